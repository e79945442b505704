"""Which rows are never changed, and which of their texts may be redacted: the product's table, in one place.

`KEPT` names every such model with the texts that may become the fixed mark; `make(model)` gives a row of it.
"""

from django.db import transaction

from dialogues.models import (
    Assessment,
    AssessmentEvidence,
    CommitmentEvent,
    DialogueFile,
    Evidence,
    EvidenceBearing,
    EvidenceFile,
    EvidenceReview,
    FileScan,
    NextStep,
    NextStepDone,
    Reading,
    ReadingPart,
    Redaction,
    RedactionDecision,
    RedactionFile,
    RedactionPlace,
    RoundDecision,
    UpdateRound,
)
from dialogues.words import Kind
from recommendations.models import (
    BenchmarkTerms,
    EditionImport,
    EditionTerms,
    MilestoneDone,
    RecommendationTerms,
    RecommendationWeight,
)
from reports.models import Briefing, BriefingDownload, ReadinessRun
from tests import factories
from tiptracker.accounts.models import AccountRequest, AccountRequestStep
from tiptracker.audit import actions as audit
from tiptracker.audit.models import AuditDetail, AuditEntry
from tiptracker.words import AccountRequestKind, AccountRequestStepKind

KEPT = {
    AccountRequest: set(),
    AccountRequestStep: set(),
    Assessment: {"rationale", "law", "change_reason"},
    AssessmentEvidence: set(),
    AuditDetail: {"before", "after"},
    AuditEntry: set(),
    BenchmarkTerms: {"criterion", "reason"},
    Briefing: set(),  # once cleared or withdrawn
    BriefingDownload: set(),
    CommitmentEvent: {"reason"},
    DialogueFile: set(),
    EditionImport: {"name"},  # once loaded
    EditionTerms: {"reason", "working_mark_reason"},
    Evidence: {"title", "stated_by", "source", "link", "revision_reason"},
    EvidenceBearing: set(),
    EvidenceFile: {"name"},
    EvidenceReview: {"reason"},
    FileScan: set(),
    MilestoneDone: {"source"},
    NextStep: {"text", "office"},
    NextStepDone: {"result"},
    ReadinessRun: set(),
    Reading: {"note", "source"},
    ReadingPart: set(),
    RecommendationTerms: {"text", "reason"},
    RecommendationWeight: set(),
    Redaction: {"words", "reason"},
    RedactionDecision: {"reason"},
    RedactionFile: set(),
    RedactionPlace: set(),
    RoundDecision: {"reason"},
    UpdateRound: {"narrative"},
}


def make(model):
    """A row of `model`, as it would be in the record."""
    return MAKERS[model]()


def _entry():
    with transaction.atomic():
        return audit.record("thing.changed", by=None, before={"was": 1}, after={"is": 2})


def _weight():
    recommendation = factories.RecommendationFactory()
    return factories.RecommendationWeightFactory(
        recommendation=recommendation, terms=recommendation.edition.terms.get()
    )


def _run():
    return ReadinessRun.objects.create(
        edition=factories.EditionFactory(),
        as_of=factories.DEADLINE_ON,
        known_by=factories.TERMS_SET_AT,
        facts={},
        facts_sha256="0" * 64,
        result={},
        methodology="1",
        computed_at=factories.TERMS_SET_AT,
    )


def _account_request():
    person = factories.OfficerFactory()
    return AccountRequest.objects.create(
        person=person,
        kind=AccountRequestKind.SECOND_STEP,
        old_email=person.email,
        asked_by=factories.AdministratorFactory(),
        asked_at=factories.TERMS_SET_AT,
    )


MAKERS = {
    AccountRequest: _account_request,
    AccountRequestStep: lambda: _account_request().steps.create(
        kind=AccountRequestStepKind.STOPPED, at=factories.TERMS_SET_AT
    ),
    Assessment: factories.AssessmentFactory,
    AssessmentEvidence: lambda: factories.AssessmentFactory(grounds=[factories.EvidenceFactory()]).grounds.get(),
    AuditDetail: lambda: _entry().detail,
    AuditEntry: _entry,
    BenchmarkTerms: lambda: factories.BenchmarkFactory().terms.get(),
    Briefing: lambda: factories.BriefingFactory(content=b"%PDF-1.7\n", issued=True),
    BriefingDownload: factories.BriefingDownloadFactory,
    CommitmentEvent: lambda: factories.CommitmentEventFactory(
        commitment=factories.CommitmentFactory(), kind=Kind.WITHDRAWN
    ),
    DialogueFile: factories.DialogueFileFactory,
    EditionImport: lambda: factories.EditionImportFactory(loaded=True),
    EditionTerms: lambda: factories.EditionFactory().terms.get(),
    Evidence: factories.EvidenceFactory,
    EvidenceBearing: factories.EvidenceBearingFactory,
    EvidenceFile: factories.EvidenceFileFactory,
    EvidenceReview: factories.EvidenceReviewFactory,
    FileScan: lambda: factories.EvidenceFileFactory().scans.create(at=factories.TERMS_SET_AT),
    MilestoneDone: factories.MilestoneDoneFactory,
    NextStep: factories.NextStepFactory,
    NextStepDone: factories.NextStepDoneFactory,
    ReadinessRun: _run,
    Reading: factories.ReadingFactory,
    ReadingPart: factories.ReadingPartFactory,
    RecommendationTerms: lambda: factories.RecommendationFactory().terms.get(),
    RecommendationWeight: _weight,
    Redaction: factories.RedactionFactory,
    RedactionDecision: factories.RedactionDecisionFactory,
    RedactionFile: lambda: factories.RedactionFactory().files.create(file=factories.EvidenceFileFactory()),
    RedactionPlace: lambda: factories.RedactionFactory().places.create(
        table="dialogues.evidence", row=factories.EvidenceFactory().pk, field="title"
    ),
    RoundDecision: factories.RoundDecisionFactory,
    UpdateRound: factories.UpdateRoundFactory,
}
