"""Enumerations for commitments, dialogues, updates, evidence, figures and assessments. No Django here."""

from tiptracker.choices import ChoiceEnum


class MadeBy(ChoiceEnum):
    """Who made a commitment."""

    MINISTRY = "ministry"
    UNITED_STATES = "united_states", "United States"


class CommitmentReach(ChoiceEnum):
    """What a kept commitment does for the benchmark it is linked to."""

    MEETS = "meets", "Meets it"
    CONTRIBUTES = "contributes", "Contributes to it"


class Horizon(ChoiceEnum):
    """The two kinds of step in an action plan (22 U.S.C. 7107(b)(4))."""

    SHORT_TERM = "short_term", "Short-term"
    MULTI_YEAR = "multi_year", "Multi-year"


class CommitmentEventKind(ChoiceEnum):
    """The kinds of dated event in the life of a commitment."""

    MADE = "made"
    RESCHEDULED = "rescheduled"
    REPORTED_DONE = "reported_done"
    REPORT_RETURNED = "report_returned"
    VERIFIED_DONE = "verified_done"
    WITHDRAWN = "withdrawn"
    REOPENED = "reopened"


class CommitmentStatus(ChoiceEnum):
    """The status of a commitment on a day, derived from its events and its updates. It is never stored."""

    OPEN = "open"
    OVERDUE = "overdue"
    WITH_EMBASSY = "with_embassy", "With the embassy"
    REPORTED = "reported_done", "Reported done"
    VERIFIED = "verified_done", "Verified done"
    WITHDRAWN = "withdrawn"


class ClaimedProgress(ChoiceEnum):
    """The progress that a ministry claims for a commitment when it sends an update."""

    NOT_STARTED = "not_started", "Not started"
    UNDER_WAY = "under_way", "Under way"
    DONE = "done"


PROGRESS_MEANINGS: dict[str, str] = {
    ClaimedProgress.NOT_STARTED: "Nothing of it has been done yet, though there may be a plan.",
    ClaimedProgress.UNDER_WAY: "A part of it has been done, and a part is still to come.",
    ClaimedProgress.DONE: "All that was promised has been done.",
}
"""The meaning of each claimed progress, shown next to the choice."""


class UpdateDecision(ChoiceEnum):
    """The embassy's decision on an update version: returned or accepted."""

    RETURNED = "returned"
    ACCEPTED = "accepted"


class RedactionAnswer(ChoiceEnum):
    """The second person's decision on a proposed redaction."""

    CONFIRMED = "confirmed"
    DECLINED = "declined"


class DialogueStage(ChoiceEnum):
    """The stage of a dialogue on a day, derived from its date and from what is recorded of it. It is never stored."""

    PLANNED = "planned"
    TODAY = "today", "Today"
    UNRECORDED = "to_be_recorded", "Not recorded"
    HELD = "held"
    CALLED_OFF = "called_off", "Called off"


class Presence(ChoiceEnum):
    """How a participant takes part in a dialogue."""

    IN_PERSON = "in_person", "In person"
    VIDEO = "video", "By video"


class DialogueFileKind(ChoiceEnum):
    """The kind of a file attached to a dialogue."""

    STATEMENT = "statement"
    COMMUNIQUE = "communique", "Communiqué"
    AGENDA = "agenda"
    PHOTOGRAPH = "photograph"
    OTHER = "other"


class EvidenceKind(ChoiceEnum):
    """The type of evidence."""

    LAW = "law", "Law or regulation"
    BUDGET = "budget", "Budget or payment"
    COURT = "court", "Court record"
    STATISTIC = "statistic"
    TRAINING = "training"
    REPORT = "report", "Report"
    SITE_VISIT = "site_visit", "Site visit"
    PRESS = "press"
    STATEMENT = "statement"


class DoneBy(ChoiceEnum):
    """Who did what the evidence describes.

    Only the government's own or joint action counts (22 U.S.C. 7107(b), Tier 2).
    """

    GOVERNMENT = "government"
    JOINT = "joint", "Joint, the government taking part"
    CIVIL_SOCIETY = "civil_society", "Civil society"
    INTERNATIONAL = "international_organization", "International organization"
    UNITED_STATES = "united_states", "United States"


GOVERNMENT_DOERS = frozenset({DoneBy.GOVERNMENT, DoneBy.JOINT})
"""Whose actions count (22 U.S.C. 7107(b), Tier 2)."""


class Sensitivity(ChoiceEnum):
    """Who may see a piece of evidence, besides the ministry that sent it."""

    INTERNAL = "internal", "Internal to the embassy"
    SHARED = "shared", "Shared with the ministry"


class SupportKind(ChoiceEnum):
    """What a piece of evidence shows on a benchmark. Only a concrete action scores (22 U.S.C. 7107(b), Tier 2)."""

    ACTION = "concrete_action", "A concrete action"
    PLAN = "statement_or_plan", "A statement or plan"
    NO_ACTION = "no_action", "A finding of no action"
    CONTEXT = "context"


class EvidenceDecision(ChoiceEnum):
    """The embassy's decision on an evidence link or on a piece of evidence."""

    VERIFIED = "verified"
    REJECTED = "rejected"


class Verdict(ChoiceEnum):
    """The embassy's verdict on a benchmark."""

    MET = "met"
    STEP = "concrete_step", "Concrete step"
    STALLED = "stalled"
    NO_INFORMATION = "no_information", "No information"
    BACKWARDS = "going_backwards", "Going backwards"


VERDICT_MEANINGS: dict[str, str] = {
    Verdict.MET: "All that the benchmark asks is done, and verified evidence of a concrete action shows it.",
    Verdict.STEP: "A concrete action was taken and verified, and part of what is asked is still open.",
    Verdict.STALLED: "Nothing that moves it was done, or what began has stopped. A plan or a promise is no action.",
    Verdict.NO_INFORMATION: "It was asked, and nobody has told. On investigations and on complicit officials the law "
    "then presumes that nothing was done (22 U.S.C. 7106(b)(1), (7)).",
    Verdict.BACKWARDS: "It stands worse than before: something was undone, or done against what is asked.",
}
"""When each verdict is given, shown next to the choice."""


class BreakdownDimension(ChoiceEnum):
    """The dimension by which a figure is broken down."""

    FORM = "form", "Sex or labour trafficking"
    SEX = "sex"
    AGE = "age"
    DISTRICT = "district"


BREAKDOWN_CATEGORIES = {
    BreakdownDimension.FORM: ("Sex trafficking", "Labour trafficking"),
    BreakdownDimension.SEX: ("Female", "Male"),
    BreakdownDimension.AGE: ("Adults", "Children"),
}
"""The categories of each dimension. Districts are not here: each country has its own."""


class ReadingDirection(ChoiceEnum):
    """The direction in which a count moved, where no figure was reported."""

    UP = "up", "More, no figure"
    LEVEL = "level", "Level, no figure"
    DOWN = "down", "Less, no figure"
