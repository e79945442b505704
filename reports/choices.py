"""Choices for readiness results, next steps, problems in the record and briefings."""

from tiptracker.choices import ChoiceEnum


class PartKey(ChoiceEnum):
    """The four parts of the readiness score (readiness method, version 1)."""

    EFFORTS = "increasing_efforts", "Increasing efforts"
    ACTION = "concrete_action", "Concrete action on the recommendations"
    THREE_PS = "three_ps", "All three Ps"
    DATA = "data_given", "Data given"


class ReadinessVerdict(ChoiceEnum):
    """How far the record shows a part or benchmark. No data is a verdict of its own, worth 0."""

    SHOWN = "shown"
    PARTLY = "partly_shown", "Partly shown"
    NOT_SHOWN = "not_shown", "Not shown"
    NO_DATA = "no_data", "No data"


class ReviewState(ChoiceEnum):
    """The embassy's review decision on what a piece of evidence shows, or that nobody has reviewed it yet."""

    VERIFIED = "verified"
    REJECTED = "rejected"
    CLAIMED = "claimed", "Claimed, not verified"


class ProblemKind(ChoiceEnum):
    """Kinds of problems in the record."""

    MET_WITHOUT_ACTION = "met_without_action", "Assessed as met without a verified action"
    NOT_ASSESSED = "not_assessed", "Verified action without an assessment"
    FIGURE_TOO_LOW = "figure_too_low", "Figure below what the evidence adds up to"
    NO_SOURCE = "no_source", "Figure without a source"
    DAY_UNKNOWN = "day_unknown", "Would count if its first day were known"
    PAST_DUE = "past_due", "Overdue, no update received"
    NO_BENCHMARK = "no_benchmark", "Recommendation without a benchmark"
    NO_LEAD = "no_lead", "Recommendation without a lead ministry"
    MISSED = "missed", "Milestone missed"


class StepKind(ChoiceEnum):
    """Kinds of next steps, from the surest gain to the least sure."""

    REVIEW = "review"
    ASK = "ask", "Ask for a figure"
    KEEP = "keep", "Keep a commitment"
    AGREE = "agree", "Agree on a commitment"


class YearsAsked(ChoiceEnum):
    """The years for which a figure is requested."""

    PERIOD = "period", "The tracking period"
    BOTH = "both", "The tracking period and the year before"
    BEFORE = "before", "The year before"


class RecomputeOutcome(ChoiceEnum):
    """Result of recomputing a stored readiness run."""

    SAME = "same", "Recomputed just now: the same"
    DIFFERS = "differs", "Recomputed just now: it differs"
    NOT_COMPUTED = "not_computed", "Shown as it was kept"


class BriefingKind(ChoiceEnum):
    """Kinds of documents that the tracker produces."""

    AMBASSADOR = "ambassador", "Ambassador’s briefing"
    MINISTRY = "ministry", "Ministry’s page"
    DIALOGUE = "dialogue", "Dialogue pack"
    WASHINGTON = "washington", "Input for Washington"


class DistrictStatus(ChoiceEnum):
    """What is known about a district: verified, only claimed, or nothing."""

    VERIFIED = "verified"
    CLAIMED = "claimed"
    NOTHING = "no_data", "Nothing told"
