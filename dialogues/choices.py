"""Enumerations for commitments, dialogues, updates, evidence, figures and assessments. No Django here."""

from tiptracker.choices import ChoiceEnum
from tiptracker.localization import gettext_noop, pgettext_noop


class MadeBy(ChoiceEnum):
    """Who made a commitment."""

    MINISTRY = "ministry", gettext_noop("Ministry")
    UNITED_STATES = "united_states", gettext_noop("United States")


class CommitmentReach(ChoiceEnum):
    """What a kept commitment does for the benchmark it is linked to."""

    MEETS = "meets", gettext_noop("Meets the whole benchmark")
    CONTRIBUTES = "contributes", gettext_noop("A step towards the benchmark")


class Horizon(ChoiceEnum):
    """The two kinds of step in an action plan (22 U.S.C. 7107(b)(4))."""

    SHORT_TERM = "short_term", gettext_noop("Short-term")
    MULTI_YEAR = "multi_year", gettext_noop("Multi-year")


class CommitmentEventKind(ChoiceEnum):
    """The kinds of dated event in the life of a commitment."""

    MADE = "made", pgettext_noop("commitment", "Made")
    RESCHEDULED = "rescheduled", gettext_noop("Rescheduled")
    REPORTED_DONE = "reported_done", gettext_noop("Reported done")
    REPORT_RETURNED = "report_returned", gettext_noop("Report returned")
    REPORT_WITHDRAWN = "report_withdrawn", gettext_noop("Report withdrawn by the ministry")
    VERIFIED_DONE = "verified_done", gettext_noop("Verified done")
    WITHDRAWN = "withdrawn", gettext_noop("Withdrawn")
    REOPENED = "reopened", gettext_noop("Reopened")


class CommitmentStatus(ChoiceEnum):
    """The status of a commitment on a day, derived from its events and its updates. It is never stored."""

    OPEN = "open", gettext_noop("Open")
    OVERDUE = "overdue", gettext_noop("Overdue")
    WITH_EMBASSY = "with_embassy", gettext_noop("With the embassy")
    REPORTED = "reported_done", gettext_noop("Reported done")
    VERIFIED = "verified_done", gettext_noop("Verified done")
    WITHDRAWN = "withdrawn", gettext_noop("Withdrawn")


class ClaimedProgress(ChoiceEnum):
    """The progress that a ministry claims for a commitment when it sends an update."""

    NOT_STARTED = "not_started", gettext_noop("Not started")
    UNDER_WAY = "under_way", gettext_noop("Under way")
    DONE = "done", gettext_noop("Done")


PROGRESS_MEANINGS: dict[str, str] = {
    ClaimedProgress.NOT_STARTED: gettext_noop("Nothing has been done yet. There may be a plan."),
    ClaimedProgress.UNDER_WAY: gettext_noop("One part has been done. Another part is still open."),
    ClaimedProgress.DONE: gettext_noop("Everything that was promised has been done."),
}
"""The meaning of each claimed progress in English, shown next to the choice; `gettext` translates it."""


class UpdateDecision(ChoiceEnum):
    """How the wait of an update version ended: the embassy returned or accepted it, or its ministry withdrew it."""

    RETURNED = "returned", gettext_noop("Returned")
    ACCEPTED = "accepted", gettext_noop("Accepted")
    WITHDRAWN = "withdrawn", pgettext_noop("update", "Withdrawn")


DECISIONS_ENDING_CLAIMS = frozenset({UpdateDecision.RETURNED, UpdateDecision.WITHDRAWN})
"""The decisions after which the claims of an update version no longer count."""


class RequestLineKind(ChoiceEnum):
    """What a line of a request for information asks for."""

    FIGURE = "figure", gettext_noop("Figure")
    DOCUMENT = "document", gettext_noop("Document or other information")


class RequestEventKind(ChoiceEnum):
    """The kinds of dated event in the life of a request for information."""

    ASKED = "asked", gettext_noop("Asked")
    MOVED = "moved", gettext_noop("Due date moved")
    CORRECTED = "corrected", gettext_noop("Request corrected")
    WITHDRAWN = "withdrawn", pgettext_noop("request", "Withdrawn")


class RequestStatus(ChoiceEnum):
    """The status of a request for information on a day, derived from its events and its answers. It is never stored."""

    ASKED = "asked", gettext_noop("Asked")
    OVERDUE = "overdue", gettext_noop("Overdue")
    WITH_EMBASSY = "with_embassy", gettext_noop("With the embassy")
    PARTLY_ANSWERED = "partly_answered", gettext_noop("Partly answered")
    ANSWERED = "answered", gettext_noop("Answered")
    NONE = "none", gettext_noop("Ministry has none")
    WITHDRAWN = "withdrawn", pgettext_noop("request", "Withdrawn")


class LineStatus(ChoiceEnum):
    """What is known of one line of a request for information. Without an answer, nothing follows about the figure."""

    ASKED = "asked", gettext_noop("Asked, no answer")
    WITH_EMBASSY = "with_embassy", gettext_noop("With the embassy")
    ANSWERED = "answered", gettext_noop("Answered")
    NONE = "none", gettext_noop("Ministry has none")


class LineAnswerKind(ChoiceEnum):
    """What a ministry says to one line of a request for information."""

    ANSWERED = "answered", gettext_noop("We send it")
    NONE = "none", gettext_noop("We have none")


class ReceivedAs(ChoiceEnum):
    """How a ministry handed over what an officer then sent on its behalf."""

    LETTER = "letter", gettext_noop("By letter")
    MEETING = "meeting", gettext_noop("At a meeting")
    MESSAGE = "message", gettext_noop("By e-mail or message")
    WORKBOOK = "workbook", gettext_noop("As a workbook")


class DueDateDecision(ChoiceEnum):
    """How a proposal for another due date ended: the embassy accepted or declined it, or its ministry withdrew it."""

    ACCEPTED = "accepted", gettext_noop("Accepted")
    DECLINED = "declined", gettext_noop("Declined")
    WITHDRAWN = "withdrawn", pgettext_noop("proposal", "Withdrawn")


class UpdatePart(ChoiceEnum):
    """A part of the form of an update, by the name of its field, that the embassy may ask to change."""

    NARRATIVE = "narrative", gettext_noop("What was done")
    DATES = "happened_from", gettext_noop("Start date and end date")
    FILES = "files", gettext_noop("Proof")
    FIGURES = "figures", gettext_noop("Figures")


class RedactionAnswer(ChoiceEnum):
    """The second person's decision on a proposed redaction."""

    CONFIRMED = "confirmed", gettext_noop("Confirmed")
    DECLINED = "declined", gettext_noop("Declined")


class DialogueStage(ChoiceEnum):
    """The stage of a dialogue on a day, derived from its date and from what is recorded of it. It is never stored."""

    PLANNED = "planned", gettext_noop("Planned")
    TODAY = "today", gettext_noop("Today")
    UNRECORDED = "to_be_recorded", gettext_noop("Not recorded")
    HELD = "held", gettext_noop("Held")
    CALLED_OFF = "called_off", gettext_noop("Called off")


class Presence(ChoiceEnum):
    """How a participant takes part in a dialogue."""

    IN_PERSON = "in_person", gettext_noop("In person")
    VIDEO = "video", gettext_noop("By video")


class DialogueFileKind(ChoiceEnum):
    """The kind of a file attached to a dialogue."""

    STATEMENT = "statement", gettext_noop("Statement")
    COMMUNIQUE = "communique", gettext_noop("Communiqué")
    AGENDA = "agenda", gettext_noop("Agenda")
    PHOTOGRAPH = "photograph", gettext_noop("Photograph")
    OTHER = "other", gettext_noop("Other")


class EvidenceKind(ChoiceEnum):
    """The type of evidence."""

    LAW = "law", gettext_noop("Law or regulation")
    BUDGET = "budget", gettext_noop("Budget or payment")
    COURT = "court", gettext_noop("Court record")
    STATISTIC = "statistic", gettext_noop("Statistic")
    TRAINING = "training", gettext_noop("Training")
    REPORT = "report", gettext_noop("Report")
    SITE_VISIT = "site_visit", gettext_noop("Site visit")
    PRESS = "press", gettext_noop("Press")
    STATEMENT = "statement", gettext_noop("Statement")


class DoneBy(ChoiceEnum):
    """Who did what the evidence describes.

    Only the government's own or joint action counts (22 U.S.C. 7107(b), Tier 2).
    """

    GOVERNMENT = "government", gettext_noop("Government")
    JOINT = "joint", gettext_noop("Joint, the government taking part")
    CIVIL_SOCIETY = "civil_society", gettext_noop("Civil society")
    INTERNATIONAL = "international_organization", gettext_noop("International organization")
    UNITED_STATES = "united_states", gettext_noop("United States")


GOVERNMENT_DOERS = frozenset({DoneBy.GOVERNMENT, DoneBy.JOINT})
"""Whose actions count (22 U.S.C. 7107(b), Tier 2)."""


class PartnerKind(ChoiceEnum):
    """The kinds of organization outside government."""

    CIVIL_SOCIETY = "civil_society", gettext_noop("Civil society")
    INTERNATIONAL = "international_organization", gettext_noop("International organization")
    OTHER = "other", gettext_noop("Other")


class LawEntryKind(ChoiceEnum):
    """What an entry on the law is about. The order is that of the register."""

    OFFENCE = "offence", gettext_noop("Offence")
    PENALTY = "penalty", gettext_noop("Penalty")
    GAP = "gap", gettext_noop("Gap")
    CASE = "case", gettext_noop("Case of use")


class Sensitivity(ChoiceEnum):
    """Who may see a piece of evidence, besides the ministry that sent it."""

    INTERNAL = "internal", gettext_noop("Internal to the embassy")
    SHARED = "shared", gettext_noop("Shared with the ministry")


class SupportKind(ChoiceEnum):
    """What a piece of evidence shows on a benchmark. Only a concrete action scores (22 U.S.C. 7107(b), Tier 2)."""

    ACTION = "concrete_action", gettext_noop("A concrete action")
    PLAN = "statement_or_plan", gettext_noop("A statement or plan")
    NO_ACTION = "no_action", gettext_noop("A finding of no action")
    CONTEXT = "context", gettext_noop("Context")


class EvidenceDecision(ChoiceEnum):
    """The embassy's decision on an evidence link or on a piece of evidence."""

    VERIFIED = "verified", gettext_noop("Verified")
    REJECTED = "rejected", gettext_noop("Rejected")


class ReviewState(ChoiceEnum):
    """The embassy's decision on an evidence link or on a piece of evidence, or that nobody has reviewed it yet."""

    VERIFIED = "verified", gettext_noop("Verified")
    REJECTED = "rejected", gettext_noop("Rejected")
    CLAIMED = "claimed", gettext_noop("Not reviewed")


class ProofState(ChoiceEnum):
    """Whether an agreed proof has come, derived from the evidence that is said to be it. It is never stored."""

    VERIFIED = "verified", gettext_noop("Verified")
    RECEIVED = "claimed", gettext_noop("Received, not verified")
    MISSING = "open", gettext_noop("Not received yet")


class Verdict(ChoiceEnum):
    """The embassy's verdict on a benchmark."""

    MET = "met", gettext_noop("Met")
    STEP = "concrete_step", gettext_noop("Concrete step")
    STALLED = "stalled", gettext_noop("Stalled")
    NO_INFORMATION = "no_information", gettext_noop("No information")
    BACKWARDS = "going_backwards", gettext_noop("Going backwards")


VERDICT_MEANINGS: dict[str, str] = {
    Verdict.MET: gettext_noop(
        "Everything that the benchmark asks is done. Verified evidence of a concrete action shows it."
    ),
    Verdict.STEP: gettext_noop(
        "A concrete action was taken and verified. Part of what the benchmark asks is still open."
    ),
    Verdict.STALLED: gettext_noop(
        "No action was taken, or the work that began has stopped. A plan or a promise is not an action."
    ),
    Verdict.NO_INFORMATION: gettext_noop(
        "We asked, and nobody answered. For investigations and for complicit officials, the law then presumes that "
        "nothing was done (22 U.S.C. 7106(b)(1), (7))."
    ),
    Verdict.BACKWARDS: gettext_noop(
        "The situation is worse than before: something was undone, or something was done against what is asked."
    ),
}
"""When each verdict is given, in English, shown next to the choice; `gettext` translates it."""


class ReadingDirection(ChoiceEnum):
    """The direction in which a count moved, where no figure was reported."""

    UP = "up", gettext_noop("More, no figure")
    LEVEL = "level", gettext_noop("Level, no figure")
    DOWN = "down", gettext_noop("Less, no figure")


class AnswerFinding(ChoiceEnum):
    """What kind of answer a yearly question has. Nothing known, no answer and none are three different answers."""

    FACTS = "facts", gettext_noop("Facts")
    NONE = "none", pgettext_noop("answer", "None")
    NO_ANSWER = "no_answer", gettext_noop("Asked, no answer")
    NOTHING_KNOWN = "nothing_known", gettext_noop("Nothing known")


FINDING_MEANINGS: dict[str, str] = {
    AnswerFinding.FACTS: gettext_noop("The record holds facts. The sentences below state them."),
    AnswerFinding.NONE: gettext_noop("It did not happen, or the figure is zero, and a source says so."),
    AnswerFinding.NO_ANSWER: gettext_noop("The embassy asked a ministry, and it has not answered."),
    AnswerFinding.NOTHING_KNOWN: gettext_noop("The embassy has no information, and nobody was asked."),
}
"""The meaning of each kind of answer in English; `gettext` translates it."""


class AnswerEventKind(ChoiceEnum):
    """What can be decided about the newest version of an answer."""

    COMPLETED = "completed", gettext_noop("Marked as complete")
    CLEARED = "cleared", gettext_noop("Cleared")
    REOPENED = "reopened", gettext_noop("Opened again")


class AnswerState(ChoiceEnum):
    """The state of the answer to a yearly question. It is never stored."""

    OPEN = "open", gettext_noop("Not drafted")
    DRAFTED = "drafted", gettext_noop("Drafted")
    COMPLETE = "complete", gettext_noop("Complete")
    CLEARED = "cleared", gettext_noop("Cleared")


class CitedKind(ChoiceEnum):
    """The kinds of fact that a sentence of an answer can cite."""

    EVIDENCE = "evidence", gettext_noop("Evidence")
    READING = "reading", gettext_noop("Figure")
    ASSESSMENT = "assessment", gettext_noop("Assessment")
    COMMITMENT = "commitment", gettext_noop("Commitment")
    REQUEST = "request", gettext_noop("Request for information")
    EDITION = "edition", gettext_noop("Edition of the TIP Report")
    LAW = "law", gettext_noop("Entry of the register of the law")
    CONTRIBUTION = "contribution", gettext_noop("Contribution")

    @property
    def letter(self) -> str:
        """The letter before the number of such a fact in the text of an answer, as in [E12]."""
        return CITED_LETTERS[self]


CITED_LETTERS = {
    CitedKind.EVIDENCE: "E",
    CitedKind.READING: "F",
    CitedKind.ASSESSMENT: "A",
    CitedKind.COMMITMENT: "C",
    CitedKind.REQUEST: "R",
    CitedKind.EDITION: "T",
    CitedKind.LAW: "L",
    CitedKind.CONTRIBUTION: "G",
}


class CitationChangeKind(ChoiceEnum):
    """What happened to a cited fact after the answer was written."""

    VERIFIED = "verified", gettext_noop("It was verified.")
    REJECTED = "rejected", gettext_noop("It was rejected.")
    REVISED = "revised", gettext_noop("It was corrected.")
    CLAIM_ENDED = "claim_ended", gettext_noop("Its update was returned or withdrawn.")
    NEWER_FIGURE = "newer_figure", gettext_noop("There is a newer figure.")
    NEWER_ASSESSMENT = "newer_assessment", gettext_noop("There is a newer assessment.")
    COMMITMENT_CHANGED = "commitment_changed", gettext_noop("The commitment changed.")
    REQUEST_CHANGED = "request_changed", gettext_noop("The request was changed.")
    REQUEST_ANSWERED = "request_answered", gettext_noop("An answer was received.")
    LAW_CHANGED = "law_changed", gettext_noop("The entry was corrected or ended.")
    CONTRIBUTION_CORRECTED = "contribution_corrected", gettext_noop("The contribution was corrected.")


class TargetOrigin(ChoiceEnum):
    """How the annual target of an indicator came about."""

    DIALOGUE = "dialogue", gettext_noop("Agreed at a dialogue")
    LETTER = "letter", gettext_noop("Agreed by letter")
    POST = "post", gettext_noop("Set by the embassy alone")


class ChosenIndicatorEventKind(ChoiceEnum):
    """What can happen to an indicator that was chosen for a dialogue."""

    AGREED = "agreed", gettext_noop("Agreed")
    DROPPED = "dropped", gettext_noop("Dropped")
    DISCUSSED = "discussed", gettext_noop("Discussed")
    NOT_DISCUSSED = "not_discussed", gettext_noop("Not discussed")


class ContributedBy(ChoiceEnum):
    """The side that contributes money, people or things."""

    MINISTRY = "ministry", gettext_noop("Ministry")
    UNITED_STATES = "united_states", gettext_noop("United States")
    PARTNER = "partner", gettext_noop("Partner")


class ContributionKind(ChoiceEnum):
    """What is contributed."""

    MONEY = "money", gettext_noop("Money")
    PEOPLE = "people", gettext_noop("People")
    EQUIPMENT = "equipment", gettext_noop("Equipment")
    TRAINING = "training", gettext_noop("Training")
    OTHER = "other", gettext_noop("Other")


class RecordKind(ChoiceEnum):
    """A kind of record that a retention schedule names."""

    EDITION = "edition", gettext_noop("Edition of the TIP Report with what depends on it")
