"""Choices for readiness results, next steps, problems in the record and briefings."""

from tiptracker.choices import ChoiceEnum
from tiptracker.localization import gettext_noop


class PartKey(ChoiceEnum):
    """The four parts of the readiness score (readiness method, version 1)."""

    EFFORTS = "increasing_efforts", gettext_noop("Increasing efforts")
    ACTION = "concrete_action", gettext_noop("Concrete action on the recommendations")
    THREE_PS = "three_ps", gettext_noop("All three Ps")
    DATA = "data_given", gettext_noop("Data given")


class ReadinessVerdict(ChoiceEnum):
    """How far the record shows a part or benchmark. No data is a verdict of its own, worth 0."""

    SHOWN = "shown", gettext_noop("Shown")
    PARTLY = "partly_shown", gettext_noop("Partly shown")
    NOT_SHOWN = "not_shown", gettext_noop("Not shown")
    NO_DATA = "no_data", gettext_noop("No data")


class ProblemKind(ChoiceEnum):
    """Kinds of problems in the record."""

    MET_WITHOUT_ACTION = "met_without_action", gettext_noop("Assessed as met without a verified action")
    NOT_ASSESSED = "not_assessed", gettext_noop("Verified action without an assessment")
    FIGURE_TOO_LOW = "figure_too_low", gettext_noop("Figure below what the evidence adds up to")
    NO_SOURCE = "no_source", gettext_noop("Figure without a source")
    DAY_UNKNOWN = "day_unknown", gettext_noop("Verified action without a start date")
    PAST_DUE = "past_due", gettext_noop("Overdue, no update received")
    NO_AGREED_PROOF = "no_agreed_proof", gettext_noop("Open commitment without agreed proof")
    NO_BENCHMARK = "no_benchmark", gettext_noop("Recommendation without a benchmark")
    NO_LEAD = "no_lead", gettext_noop("Recommendation without a lead ministry")
    MISSED = "missed", gettext_noop("Milestone missed")


class StepKind(ChoiceEnum):
    """Kinds of next steps, from the surest gain to the least sure."""

    REVIEW = "review", gettext_noop("Review")
    ASK = "ask", gettext_noop("Ask for a figure")
    KEEP = "keep", gettext_noop("Keep a commitment")
    AGREE = "agree", gettext_noop("Agree on a commitment")


class YearsAsked(ChoiceEnum):
    """The years for which a figure is requested."""

    PERIOD = "period", gettext_noop("The tracking period")
    BOTH = "both", gettext_noop("The tracking period and the year before")
    BEFORE = "before", gettext_noop("The year before")


class RecomputeOutcome(ChoiceEnum):
    """Result of recomputing a stored readiness run."""

    SAME = "same", gettext_noop("Calculated again: same result")
    DIFFERS = "differs", gettext_noop("Calculated again: different result")
    NOT_COMPUTED = "not_computed", gettext_noop("Not calculated again")


class BriefingKind(ChoiceEnum):
    """Kinds of documents that the tracker produces."""

    AMBASSADOR = "ambassador", gettext_noop("Ambassador’s briefing")
    MINISTRY = "ministry", gettext_noop("Ministry’s page")
    DIALOGUE = "dialogue", gettext_noop("Dialogue pack")
    WASHINGTON = "washington", gettext_noop("Input for Washington")
    ANSWERS = "answers", gettext_noop("Answers to the yearly questions")

    @property
    def is_for_washington(self) -> bool:
        """Whether the document goes to Washington: it is a Word file too, and may leave its sources out."""
        return self in (BriefingKind.WASHINGTON, BriefingKind.ANSWERS)


class DistrictStatus(ChoiceEnum):
    """What is known about a district: verified, only claimed, or nothing."""

    VERIFIED = "verified", gettext_noop("Verified")
    CLAIMED = "claimed", gettext_noop("Claimed")
    NOTHING = "no_data", gettext_noop("No data")
