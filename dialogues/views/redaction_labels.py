"""Labels for the models and fields of the record: what a text is called for users, and which page shows it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Model
from django.utils import timezone

from dialogues.choices import CommitmentEventKind, UpdateDecision
from dialogues.models import (
    AgendaItem,
    AgreedProof,
    AgreedProofEnd,
    AnswerEvent,
    AnswerSentence,
    Assessment,
    ChosenIndicator,
    ChosenIndicatorEvent,
    Commitment,
    CommitmentCorrection,
    CommitmentEvent,
    Contribution,
    Dialogue,
    DisposalDecline,
    DueDateProposal,
    DueDateProposalDecision,
    Evidence,
    EvidenceFile,
    EvidenceReview,
    IndicatorTarget,
    InformationRequest,
    InternalNote,
    LawEntry,
    LineAnswer,
    NextStep,
    NextStepDone,
    Participant,
    Partner,
    Reading,
    Redaction,
    RedactionDecision,
    RequestEvent,
    RequestLine,
    RetentionHold,
    RetentionHoldRelease,
    Sustainment,
    UpdateVersion,
    UpdateVersionDecision,
)
from recommendations.models import (
    BenchmarkTerms,
    Edition,
    EditionImport,
    EditionTerms,
    Indicator,
    Milestone,
    MilestoneDateChange,
    MilestoneDone,
    Question,
    QuestionSet,
    QuestionTerms,
    Recommendation,
    RecommendationTerms,
)
from tiptracker.localization import format_date, gettext, gettext_noop


class ModelLabel(NamedTuple):
    """How to label a row of a model, and which page shows it.

    `target` returns the id for the URL of `page`, and `fetched` names what to prefetch. `otherwise` is the page and
    target for rows that `target` returns nothing for.
    """

    name: Callable[[Any], str]
    page: str = ""
    target: Callable[[Any], int | None] = lambda row: row.pk
    fetched: tuple[str, ...] = ()
    otherwise: tuple[str, Callable[[Any], int | None]] | None = None


def _format_day(at: datetime) -> str:
    return format_date(timezone.localtime(at).date())


def _update_label(row: UpdateVersion) -> str:
    values = {"date": _format_day(row.recorded_at), "maker": row.update.subject.maker}
    return gettext("Update of %(date)s, %(maker)s") % values


def _decision_label(row: UpdateVersionDecision) -> str:
    sent = row.update_version
    values = {"date": _format_day(sent.recorded_at), "maker": sent.update.subject.maker}
    if row.decision == UpdateDecision.WITHDRAWN:
        return gettext("Withdrawal of the update of %(date)s, %(maker)s") % values
    return gettext("Decision on the update of %(date)s, %(maker)s") % values


def _proposal_label(row: DueDateProposal) -> str:
    values = {"date": _format_day(row.recorded_at), "maker": row.commitment.maker}
    return gettext("Due date proposed on %(date)s, %(maker)s") % values


def _proposal_decision_label(row: DueDateProposalDecision) -> str:
    proposal = row.proposal
    values = {"date": _format_day(proposal.recorded_at), "maker": proposal.commitment.maker}
    return gettext("Answer to the due date proposed on %(date)s, %(maker)s") % values


def _evidence_label(row: Evidence) -> str:
    subject = row.commitment or row.information_request
    if subject is None:
        return gettext("Evidence of %(date)s") % {"date": format_date(row.happened_to)}
    values = {"date": format_date(row.happened_to), "maker": subject.maker}
    return gettext("Evidence of %(date)s, %(maker)s") % values


def _review_label(row: EvidenceReview) -> str:
    evidence = row.evidence
    subject = evidence.commitment or evidence.information_request
    if subject is None:
        return gettext("Review of evidence of %(date)s") % {"date": format_date(evidence.happened_to)}
    values = {"date": format_date(evidence.happened_to), "maker": subject.maker}
    return gettext("Review of evidence of %(date)s, %(maker)s") % values


def _correction_label(row: CommitmentCorrection) -> str:
    values = {"date": _format_day(row.recorded_at), "maker": row.commitment.maker}
    return gettext("Correction of %(date)s to a commitment of %(maker)s") % values


def _proof_label(row: AgreedProof) -> str:
    values = {"date": format_date(row.agreed_on), "maker": row.commitment.maker}
    return gettext("Proof agreed on %(date)s for a commitment of %(maker)s") % values


def _proof_end_label(row: AgreedProofEnd) -> str:
    values = {"date": format_date(row.ended_on), "maker": row.proof.commitment.maker}
    return gettext("End of an agreed proof on %(date)s for a commitment of %(maker)s") % values


def _request_line_label(row: RequestLine) -> str:
    values = {"number": row.number, "request": row.information_request.text, "maker": row.information_request.maker}
    return gettext("Line %(number)d of the %(request)s, %(maker)s") % values


def _request_event_label(row: RequestEvent) -> str:
    request = row.information_request
    values = {"date": format_date(row.happened_on), "request": request.text, "maker": request.maker}
    return gettext("Change of %(date)s to the %(request)s, %(maker)s") % values


def _line_answer_label(row: LineAnswer) -> str:
    values = {"number": row.line.number, "date": _format_day(row.update_version.recorded_at)}
    values["maker"] = row.line.information_request.maker
    return gettext("Answer of %(date)s to line %(number)d, %(maker)s") % values


def _event_label(row: CommitmentEvent) -> str:
    values = {
        "date": format_date(row.happened_on),
        "maker": row.commitment.maker,
        "event": CommitmentEventKind(row.kind).label,
    }
    return gettext("Commitment of %(maker)s, event of %(date)s (%(event)s)") % values


def _evidence_id_of(row: EvidenceFile) -> int | None:
    return next((evidence.pk for evidence in row.evidence.all()), None)


def _dialogue_id_of(row: EvidenceFile) -> int | None:
    return next((each.dialogue_id for each in row.dialogues.all()), None)


def _dated(label: str, day: Callable[[Any], str]) -> Callable[[Any], str]:
    """Return a function that labels a row by a day of it: `label` has the placeholder %(date)s."""
    return lambda row: gettext(label) % {"date": day(row)}


def _of_edition(label: str, edition: Callable[[Any], Edition], **values: Callable[[Any], Any]) -> Callable[[Any], str]:
    """Return a function that labels a row by the year of its edition (%(year)s) and by `values`."""
    return lambda row: (
        gettext(label) % {"year": edition(row).year, **{name: value(row) for name, value in values.items()}}
    )


_REQUEST_OF_ROW = ("information_request__country", "information_request__ministry")
MODEL_LABELS: Mapping[type[Model], ModelLabel] = {
    UpdateVersion: ModelLabel(
        _update_label,
        "version_detail",
        fetched=("update__commitment__ministry", "update__information_request__ministry"),
    ),
    UpdateVersionDecision: ModelLabel(
        _decision_label,
        "version_detail",
        lambda row: row.update_version_id,
        (
            "update_version__update__commitment__ministry",
            "update_version__update__information_request__ministry",
        ),
    ),
    Evidence: ModelLabel(
        _evidence_label, "evidence_detail", fetched=("commitment__ministry", "information_request__ministry")
    ),
    InformationRequest: ModelLabel(
        lambda row: f"{row.text}, {row.maker}", "information_request_detail", fetched=("country", "ministry")
    ),
    RequestLine: ModelLabel(
        _request_line_label,
        "information_request_detail",
        lambda row: row.information_request_id,
        _REQUEST_OF_ROW,
    ),
    RequestEvent: ModelLabel(
        _request_event_label,
        "information_request_detail",
        lambda row: row.information_request_id,
        _REQUEST_OF_ROW,
    ),
    LineAnswer: ModelLabel(
        _line_answer_label,
        "version_detail",
        lambda row: row.update_version_id,
        ("line__information_request__ministry", "update_version"),
    ),
    EvidenceFile: ModelLabel(
        _dated(gettext_noop("File uploaded on %(date)s"), lambda row: _format_day(row.uploaded_at)),
        "evidence_detail",
        _evidence_id_of,
        ("evidence", "dialogues"),
        ("dialogue_detail", _dialogue_id_of),
    ),
    EvidenceReview: ModelLabel(
        _review_label,
        "evidence_detail",
        lambda row: row.evidence_id,
        ("evidence__commitment__ministry", "evidence__information_request__ministry"),
    ),
    Reading: ModelLabel(
        lambda row: (
            gettext("Figure for %(indicator)s, up to %(date)s")
            % {"indicator": row.indicator.name, "date": format_date(row.through_on)}
        ),
        "evidence_detail",
        lambda row: row.evidence_id,
        ("indicator",),
    ),
    Commitment: ModelLabel(
        lambda row: (
            gettext("Commitment recorded on %(date)s, %(maker)s")
            % {"date": _format_day(row.recorded_at), "maker": row.maker}
        ),
        "commitment_detail",
        fetched=("ministry",),
    ),
    CommitmentCorrection: ModelLabel(
        _correction_label, "commitment_detail", lambda row: row.commitment_id, ("commitment__ministry",)
    ),
    CommitmentEvent: ModelLabel(
        _event_label, "commitment_detail", lambda row: row.commitment_id, ("commitment__ministry",)
    ),
    AnswerEvent: ModelLabel(
        _of_edition(
            gettext_noop("Decision on the answer to question %(number)s, %(year)s edition"),
            lambda row: row.version.question.edition,
            number=lambda row: row.version.question.number,
        ),
        fetched=("version__question__edition",),
    ),
    AnswerSentence: ModelLabel(
        _of_edition(
            gettext_noop("Answer to question %(number)s, %(year)s edition"),
            lambda row: row.version.question.edition,
            number=lambda row: row.version.question.number,
        ),
        fetched=("version__question__edition",),
    ),
    AgreedProof: ModelLabel(
        _proof_label, "commitment_detail", lambda row: row.commitment_id, ("commitment__ministry",)
    ),
    AgreedProofEnd: ModelLabel(
        _proof_end_label,
        "commitment_detail",
        lambda row: row.proof.commitment_id,
        ("proof__commitment__ministry",),
    ),
    DueDateProposal: ModelLabel(
        _proposal_label, "commitment_detail", lambda row: row.commitment_id, ("commitment__ministry",)
    ),
    DueDateProposalDecision: ModelLabel(
        _proposal_decision_label,
        "commitment_detail",
        lambda row: row.proposal.commitment_id,
        ("proposal__commitment__ministry",),
    ),
    Assessment: ModelLabel(
        _of_edition(
            gettext_noop("Assessment of benchmark %(benchmark)s, %(year)s edition, %(date)s"),
            lambda row: row.benchmark.recommendation.edition,
            benchmark=lambda row: row.benchmark.key,
            date=lambda row: _format_day(row.recorded_at),
        ),
        "recommendation_detail",
        lambda row: row.benchmark.recommendation_id,
        ("benchmark__recommendation__edition",),
    ),
    Dialogue: ModelLabel(
        _dated(gettext_noop("Dialogue of %(date)s"), lambda row: format_date(row.held_on)), "dialogue_detail"
    ),
    Participant: ModelLabel(
        _dated(gettext_noop("Participant in the dialogue of %(date)s"), lambda row: format_date(row.dialogue.held_on)),
        "dialogue_detail",
        lambda row: row.dialogue_id,
        ("dialogue",),
    ),
    AgendaItem: ModelLabel(
        _dated(gettext_noop("Agenda item of the dialogue of %(date)s"), lambda row: format_date(row.dialogue.held_on)),
        "dialogue_detail",
        lambda row: row.dialogue_id,
        ("dialogue",),
    ),
    NextStep: ModelLabel(
        _dated(gettext_noop("Next step from the dialogue of %(date)s"), lambda row: format_date(row.dialogue.held_on)),
        "dialogue_detail",
        lambda row: row.dialogue_id,
        ("dialogue",),
    ),
    NextStepDone: ModelLabel(
        _dated(
            gettext_noop("Completed next step from the dialogue of %(date)s"),
            lambda row: format_date(row.step.dialogue.held_on),
        ),
        "dialogue_detail",
        lambda row: row.step.dialogue_id,
        ("step__dialogue",),
    ),
    InternalNote: ModelLabel(
        _dated(gettext_noop("Internal note of %(date)s"), lambda row: _format_day(row.recorded_at)), "note_detail"
    ),
    LawEntry: ModelLabel(lambda row: gettext("Entry on the law of %(date)s") % {"date": _format_day(row.recorded_at)}),
    Partner: ModelLabel(lambda row: gettext("Partner “%(name)s”") % {"name": row.name}, "partner_detail"),
    ChosenIndicator: ModelLabel(
        _dated(gettext_noop("Indicator of the dialogue of %(date)s"), lambda row: format_date(row.dialogue.held_on)),
        "dialogue_numbers",
        lambda row: row.dialogue_id,
        ("dialogue",),
    ),
    ChosenIndicatorEvent: ModelLabel(
        _dated(
            gettext_noop("Event of an indicator of the dialogue of %(date)s"),
            lambda row: format_date(row.chosen.dialogue.held_on),
        ),
        "dialogue_numbers",
        lambda row: row.chosen.dialogue_id,
        ("chosen__dialogue",),
    ),
    Contribution: ModelLabel(
        _dated(gettext_noop("Contribution since %(date)s"), lambda row: format_date(row.starts_on)),
        "contribution_detail",
    ),
    Sustainment: ModelLabel(
        _dated(gettext_noop("What will sustain work from %(date)s on"), lambda row: format_date(row.from_on)),
    ),
    IndicatorTarget: ModelLabel(
        _of_edition(
            gettext_noop("Annual target for %(indicator)s, %(year)s edition"),
            lambda row: row.edition,
            indicator=lambda row: row.indicator.name,
        ),
        "indicator_detail",
        lambda row: row.indicator_id,
        ("edition", "indicator"),
    ),
    Edition: ModelLabel(_of_edition(gettext_noop("Edition of %(year)s"), lambda row: row), "edition_terms"),
    EditionImport: ModelLabel(
        _of_edition(gettext_noop("File imported for the %(year)s edition"), lambda row: row.edition),
        fetched=("edition",),
    ),
    EditionTerms: ModelLabel(
        _of_edition(
            gettext_noop("Terms of the %(year)s edition, %(date)s"),
            lambda row: row.edition,
            date=lambda row: _format_day(row.recorded_at),
        ),
        "edition_terms",
        lambda row: row.edition_id,
        ("edition",),
    ),
    Indicator: ModelLabel(
        lambda row: gettext("Indicator “%(name)s”") % {"name": row.name},
        "indicator_detail",
    ),
    Milestone: ModelLabel(
        _of_edition(
            gettext_noop("Milestone of the %(year)s edition (%(kind)s)"),
            lambda row: row.edition,
            kind=lambda row: row.get_kind_display(),
        ),
        "milestone_detail",
        fetched=("edition",),
    ),
    MilestoneDateChange: ModelLabel(
        _of_edition(
            gettext_noop("Changed date of a milestone of the %(year)s edition (%(kind)s)"),
            lambda row: row.milestone.edition,
            kind=lambda row: row.milestone.get_kind_display(),
        ),
        "milestone_detail",
        lambda row: row.milestone_id,
        ("milestone__edition",),
    ),
    MilestoneDone: ModelLabel(
        _of_edition(
            gettext_noop("Completed milestone of the %(year)s edition (%(kind)s)"),
            lambda row: row.milestone.edition,
            kind=lambda row: row.milestone.get_kind_display(),
        ),
        "milestone_detail",
        lambda row: row.milestone_id,
        ("milestone__edition",),
    ),
    Question: ModelLabel(
        _of_edition(
            gettext_noop("Question %(number)s, %(year)s edition"),
            lambda row: row.edition,
            number=lambda row: row.number,
        ),
        fetched=("edition",),
    ),
    QuestionSet: ModelLabel(
        _of_edition(gettext_noop("Set of questions of the %(year)s edition"), lambda row: row.edition),
        fetched=("edition",),
    ),
    QuestionTerms: ModelLabel(
        _of_edition(
            gettext_noop("Wording of question %(number)s, %(year)s edition"),
            lambda row: row.question.edition,
            number=lambda row: row.number,
        ),
        fetched=("question__edition",),
    ),
    Recommendation: ModelLabel(
        _of_edition(
            gettext_noop("Recommendation %(number)s, %(year)s edition"),
            lambda row: row.edition,
            number=lambda row: row.number,
        ),
        "recommendation_detail",
        fetched=("edition",),
    ),
    RecommendationTerms: ModelLabel(
        _of_edition(
            gettext_noop("Terms of recommendation %(number)s, %(year)s edition"),
            lambda row: row.recommendation.edition,
            number=lambda row: row.recommendation.number,
        ),
        "recommendation_detail",
        lambda row: row.recommendation_id,
        ("recommendation__edition",),
    ),
    BenchmarkTerms: ModelLabel(
        _of_edition(
            gettext_noop("Terms of benchmark %(benchmark)s, %(year)s edition"),
            lambda row: row.benchmark.recommendation.edition,
            benchmark=lambda row: row.benchmark.key,
        ),
        "recommendation_detail",
        lambda row: row.benchmark.recommendation_id,
        ("benchmark__recommendation__edition",),
    ),
    Redaction: ModelLabel(
        _dated(gettext_noop("Redaction proposed on %(date)s"), lambda row: _format_day(row.recorded_at)),
        "redaction_detail",
    ),
    RedactionDecision: ModelLabel(
        _dated(gettext_noop("Redaction decided on %(date)s"), lambda row: _format_day(row.recorded_at)),
        "redaction_detail",
        lambda row: row.redaction_id,
    ),
    RetentionHold: ModelLabel(
        _dated(gettext_noop("Hold of %(date)s"), lambda row: _format_day(row.recorded_at)),
        "edition_retention",
        lambda row: row.edition_id,
    ),
    RetentionHoldRelease: ModelLabel(
        _dated(gettext_noop("Release of a hold on %(date)s"), lambda row: _format_day(row.recorded_at))
    ),
    DisposalDecline: ModelLabel(
        _dated(gettext_noop("Disposal declined on %(date)s"), lambda row: _format_day(row.recorded_at))
    ),
}
"""Labels by model. They never contain a text that may be redacted itself, or a number that no page shows."""
