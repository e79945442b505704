"""Every free-text field of the record that can be redacted. Tests compare this list with the models and the triggers.

Names of things (of an indicator, a category, a ministry) are not in the list, because they describe nobody.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Q, QuerySet
from django.db.models.functions import Cast

from dialogues.models.agreed_proofs import AgreedProof, AgreedProofEnd
from dialogues.models.assessments import Assessment
from dialogues.models.commitments import Commitment, CommitmentCorrection, CommitmentEvent
from dialogues.models.dialogue_numbers import ChosenIndicator, ChosenIndicatorEvent, Contribution, Sustainment
from dialogues.models.dialogues import AgendaItem, Dialogue, NextStep, NextStepDone, Participant
from dialogues.models.disposals import DisposalDecline, RetentionHold, RetentionHoldRelease
from dialogues.models.due_dates import DueDateProposal, DueDateProposalDecision
from dialogues.models.evidence import Evidence, EvidenceReview
from dialogues.models.files import EvidenceFile
from dialogues.models.information_requests import InformationRequest, LineAnswer, RequestEvent, RequestLine
from dialogues.models.internal_notes import InternalNote
from dialogues.models.law import LawEntry
from dialogues.models.partners import Partner
from dialogues.models.question_answers import AnswerEvent, AnswerSentence
from dialogues.models.readings import Reading
from dialogues.models.redactions import Redaction, RedactionDecision
from dialogues.models.targets import IndicatorTarget
from dialogues.models.updates import UpdateVersion, UpdateVersionDecision
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
from tiptracker.accounts.models import Country
from tiptracker.audit.models import ACCOUNT_TABLE_PREFIX, AuditDetail, ImportedEntry

TEXT_REDACTED = "text.redacted"
"""Verb of the log entry for a redacted text. The entry says which text it was, and nothing of its content."""


class FreeTextFields(NamedTuple):
    """The free-text fields of a model, and one or two query paths from its rows to their country."""

    fields: tuple[str, ...]
    country: str
    or_country: str = ""


FREE_TEXTS: Mapping[type[models.Model], FreeTextFields] = {
    UpdateVersion: FreeTextFields(
        ("narrative",), "update__commitment__country", "update__information_request__country"
    ),
    UpdateVersionDecision: FreeTextFields(
        ("reason",),
        "update_version__update__commitment__country",
        "update_version__update__information_request__country",
    ),
    Evidence: FreeTextFields(("title", "stated_by", "source", "link", "revision_reason"), "country"),
    EvidenceFile: FreeTextFields(("name",), "evidence__country", "dialogues__dialogue__country"),
    EvidenceReview: FreeTextFields(("reason",), "evidence__country"),
    Reading: FreeTextFields(("note", "source"), "indicator__country"),
    Commitment: FreeTextFields(("text", "letter"), "country"),
    CommitmentCorrection: FreeTextFields(("replaced_text", "reason"), "commitment__country"),
    CommitmentEvent: FreeTextFields(("reason",), "commitment__country"),
    AgreedProof: FreeTextFields(("text", "from_whom"), "commitment__country"),
    AgreedProofEnd: FreeTextFields(("reason",), "proof__commitment__country"),
    DueDateProposal: FreeTextFields(("reason",), "commitment__country"),
    DueDateProposalDecision: FreeTextFields(("reason",), "proposal__commitment__country"),
    InformationRequest: FreeTextFields(("reason",), "country"),
    RequestLine: FreeTextFields(("wording",), "information_request__country"),
    RequestEvent: FreeTextFields(("reason", "replaced_reason"), "information_request__country"),
    LineAnswer: FreeTextFields(("text",), "line__information_request__country"),
    AnswerEvent: FreeTextFields(("reason",), "version__question__edition__country"),
    AnswerSentence: FreeTextFields(("text",), "version__question__edition__country"),
    Assessment: FreeTextFields(("rationale", "law", "change_reason"), "benchmark__recommendation__edition__country"),
    Dialogue: FreeTextFields(("place", "purpose", "record", "agreed", "source", "called_off_reason"), "country"),
    Participant: FreeTextFields(("name", "office"), "dialogue__country"),
    AgendaItem: FreeTextFields(("topic", "note", "said"), "dialogue__country"),
    ChosenIndicator: FreeTextFields(("reason",), "dialogue__country"),
    ChosenIndicatorEvent: FreeTextFields(("text",), "chosen__dialogue__country"),
    Contribution: FreeTextFields(("what", "source", "reason"), "country"),
    Sustainment: FreeTextFields(("payer", "proof"), "country"),
    NextStep: FreeTextFields(("text", "office"), "dialogue__country"),
    NextStepDone: FreeTextFields(("result",), "step__dialogue__country"),
    InternalNote: FreeTextFields(("text",), "country"),
    LawEntry: FreeTextFields(("citation", "text", "source", "reason"), "country"),
    Partner: FreeTextFields(("note",), "country"),
    Edition: FreeTextFields(("source", "note"), "country"),
    EditionImport: FreeTextFields(("name",), "edition__country"),
    EditionTerms: FreeTextFields(("reason", "readiness_target_reason"), "edition__country"),
    Indicator: FreeTextFields(("includes",), "country"),
    Milestone: FreeTextFields(("own_title", "source"), "edition__country"),
    MilestoneDateChange: FreeTextFields(("reason",), "milestone__edition__country"),
    MilestoneDone: FreeTextFields(("source",), "milestone__edition__country"),
    Question: FreeTextFields(("text",), "edition__country"),
    QuestionSet: FreeTextFields(("name",), "edition__country"),
    QuestionTerms: FreeTextFields(("text", "reason"), "question__edition__country"),
    Recommendation: FreeTextFields(("text", "years_unmet_source"), "edition__country"),
    RecommendationTerms: FreeTextFields(("text", "reason"), "recommendation__edition__country"),
    BenchmarkTerms: FreeTextFields(("criterion", "reason"), "benchmark__recommendation__edition__country"),
    IndicatorTarget: FreeTextFields(("baseline_source", "no_baseline_reason", "reason"), "indicator__country"),
    Redaction: FreeTextFields(("reason",), "country"),
    RedactionDecision: FreeTextFields(("reason",), "redaction__country"),
    RetentionHold: FreeTextFields(("reason",), "edition__country"),
    RetentionHoldRelease: FreeTextFields(("reason",), "hold__edition__country"),
    DisposalDecline: FreeTextFields(("reason",), "disposal__edition__country"),
}


def rows_of_country(model: type[models.Model], country: Country) -> QuerySet[Any]:
    """Return the rows of a model in `FREE_TEXTS` that belong to a country: those its officers and its ambassador see.

    Unsent files are not included: only their uploader sees them, and they are deleted by themselves.
    """
    texts = FREE_TEXTS[model]
    of_country = Q((texts.country, country))
    if texts.or_country:
        of_country |= Q((texts.or_country, country))
    return model._default_manager.filter(of_country).distinct().order_by("pk")


def log_details_of_country(country: Country) -> QuerySet[AuditDetail]:
    """Return the before and after values that the activity log keeps of a country's record.

    Account entries are left out.

    An officer of two countries may upload a file before it is known for which country. Its entry belongs to the country
    of what cites the file.
    """
    files = rows_of_country(EvidenceFile, country).order_by().values(key=Cast("pk", models.CharField()))
    of_a_file = Q(entry__country=None, entry__table=EvidenceFile._meta.label_lower, entry__row__in=files)
    details = AuditDetail.objects.filter(Q(entry__country=country) | of_a_file)
    return (
        details.exclude(entry__table__startswith=ACCOUNT_TABLE_PREFIX).exclude(entry__verb=TEXT_REDACTED).order_by("pk")
    )


def imported_entries_of_country(country: Country) -> QuerySet[ImportedEntry]:
    """Return the entries that came along with a country, with the same exceptions as for its own log."""
    entries = ImportedEntry.objects.filter(log__country=country)
    return entries.exclude(table__startswith=ACCOUNT_TABLE_PREFIX).exclude(verb=TEXT_REDACTED).order_by("pk")
