"""Which tables are append-only, and which of their texts may be redacted.

Every table is in one of three dictionaries: `APPEND_ONLY` (with the texts that may be replaced by the redaction mark),
`PARTLY_FIXED` (with the columns that never change) or `CHANGEABLE` (with the reason). `make_row(model)` creates a row.
"""

from uuid import uuid4

from django.db import transaction

from dialogues.choices import CommitmentEventKind, RequestEventKind
from dialogues.models import (
    AgendaItem,
    AgreedProof,
    AgreedProofEnd,
    AgreedProofMatch,
    AnswerCitation,
    AnswerEvent,
    AnswerSentence,
    AnswerVersion,
    Assessment,
    AssessmentEvidence,
    ChosenIndicator,
    ChosenIndicatorEvent,
    Commitment,
    CommitmentBenchmark,
    CommitmentCorrection,
    CommitmentEvent,
    Contribution,
    Dialogue,
    DialogueFile,
    Disposal,
    DisposalCertificate,
    DisposalDecline,
    DisposalRow,
    DueDateProposal,
    DueDateProposalDecision,
    Evidence,
    EvidenceFile,
    EvidenceIndicium,
    EvidenceLink,
    EvidenceQuestion,
    EvidenceReview,
    FileScan,
    IndicatorTarget,
    InformationRequest,
    InternalNote,
    InternalNoteDone,
    LawEntry,
    LineAnswer,
    NextStep,
    NextStepDone,
    Participant,
    Partner,
    Reading,
    ReadingPart,
    Redaction,
    RedactionDecision,
    RedactionFile,
    RedactionPlace,
    RequestEvent,
    RequestLine,
    RetentionHold,
    RetentionHoldRelease,
    RetentionSchedule,
    SendKey,
    Sustainment,
    Update,
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
    RecommendationWeight,
)
from reports.models import Briefing, BriefingDownload, ReadinessRun
from tests import factories
from tiptracker.accounts.models import AccountRequest, AccountRequestStep, Country, Ministry
from tiptracker.audit import actions as audit
from tiptracker.audit.models import AuditDetail, AuditEntry, ImportedEntry, ImportedLog, LogVerification
from tiptracker.backups.models import PostExport
from tiptracker.choices import AccountRequestKind, AccountRequestStepKind
from tiptracker.handovers.choices import HandoverItemKind, HandoverStepKind
from tiptracker.handovers.models import Handover, HandoverItem, HandoverStep
from tiptracker.languages.models import LanguageReview

APPEND_ONLY = {
    AccountRequest: set(),
    AccountRequestStep: set(),
    AgreedProof: {"text", "from_whom"},
    AgreedProofEnd: {"reason"},
    AgreedProofMatch: set(),
    AnswerCitation: set(),
    AnswerEvent: {"reason"},
    AnswerSentence: {"text"},
    AnswerVersion: set(),
    Assessment: {"rationale", "law", "change_reason"},
    AssessmentEvidence: set(),
    AuditDetail: {"before", "after"},
    AuditEntry: set(),
    BenchmarkTerms: {"criterion", "reason"},
    Briefing: set(),  # once cleared or withdrawn
    BriefingDownload: set(),
    ChosenIndicator: {"reason"},
    ChosenIndicatorEvent: {"text"},
    Commitment: {"text", "letter"},
    CommitmentBenchmark: set(),
    CommitmentCorrection: {"replaced_text", "reason"},
    CommitmentEvent: {"reason"},
    Contribution: {"what", "source", "reason"},
    DialogueFile: set(),
    Disposal: set(),
    DisposalCertificate: set(),
    DisposalDecline: {"reason"},
    DisposalRow: set(),
    DueDateProposal: {"reason"},
    DueDateProposalDecision: {"reason"},
    EditionImport: {"name"},  # once loaded
    EditionTerms: {"reason", "readiness_target_reason"},
    Evidence: {"title", "stated_by", "source", "link", "revision_reason"},
    EvidenceIndicium: set(),
    EvidenceLink: set(),
    EvidenceQuestion: set(),
    EvidenceFile: {"name"},
    EvidenceReview: {"reason"},
    FileScan: set(),
    Handover: set(),
    HandoverItem: set(),
    HandoverStep: set(),
    ImportedEntry: {"before", "after"},
    ImportedLog: set(),
    IndicatorTarget: {"baseline_source", "no_baseline_reason", "reason"},
    InformationRequest: {"reason"},
    LawEntry: {"citation", "text", "source", "reason"},
    LineAnswer: {"text"},
    RequestEvent: {"reason", "replaced_reason"},
    RequestLine: {"wording"},
    InternalNote: {"text"},
    InternalNoteDone: set(),
    LanguageReview: set(),
    LogVerification: set(),
    MilestoneDateChange: {"reason"},
    MilestoneDone: {"source"},
    NextStep: {"text", "office"},
    NextStepDone: {"result"},
    PostExport: set(),
    QuestionSet: {"name"},  # once loaded
    QuestionTerms: {"text", "reason"},
    ReadinessRun: set(),
    Reading: {"note", "source"},
    ReadingPart: set(),
    RecommendationTerms: {"text", "reason"},
    RecommendationWeight: set(),
    Redaction: {"words", "reason"},
    RedactionDecision: {"reason"},
    RedactionFile: set(),
    RetentionHold: {"reason"},
    RetentionHoldRelease: {"reason"},
    RetentionSchedule: set(),
    Sustainment: {"payer", "proof"},
    RedactionPlace: set(),
    SendKey: set(),
    UpdateVersionDecision: {"reason"},
    Update: set(),
    UpdateVersion: {"narrative"},
}

PARTLY_FIXED = {
    AgendaItem: {"dialogue"},
    Country: {"code"},
    Dialogue: {
        "country", "entered_at", "entered_by", "recorded_at", "recorded_by", "called_off_at", "called_off_by"
    },
    Edition: {"country", "year", "starts_on", "ends_on"},
    Indicator: {"better", "question", "pillar"},
    Milestone: {"edition", "kind", "due_on", "is_estimated"},
    Ministry: {"country"},
    Participant: {"dialogue"},
    Question: {"edition"},
    Partner: {"country"},
    Recommendation: {"edition"},
}  # fmt: skip
"""Models whose rows may be corrected, with the columns that stay: whose a row is, who recorded it, and what results
were computed from. Each change is written to the activity log."""

_ACCOUNTS = "accounts and reference data are an administrator's to change; each change leaves an entry in the log"
_SIGNING_IN = "how somebody signs in, and for how long"
_DJANGO = "Django's own; no row of the record points at it"
CHANGEABLE = {
    "accounts.ApiToken": _SIGNING_IN,
    "accounts.District": _ACCOUNTS,
    "accounts.OfficeHolder": _ACCOUNTS,
    "accounts.User": _ACCOUNTS,
    "accounts.User_countries": _ACCOUNTS,
    "reports.WordTemplate": "replaced or removed at any time; the log keeps the name and the checksum of each",
    "dialogues.FileText": "a copy of the text of a file, which can be made again",
    "account.EmailAddress": _SIGNING_IN,
    "account.EmailConfirmation": _SIGNING_IN,
    "mfa.Authenticator": _SIGNING_IN,
    "sessions.Session": _SIGNING_IN,
    "usersessions.UserSession": _SIGNING_IN,
    "auth.Group": _DJANGO,
    "auth.Group_permissions": _DJANGO,
    "auth.Permission": _DJANGO,
    "contenttypes.ContentType": _DJANGO,
    "backups.Backup": "is the progress of a backup",
    "audit.RecordVersion": "is replaced with each change of the record; the log holds the changes",
    "audit.ListRead": "a count that grows through the day; the log holds the result",
    "idempotency.IdempotencyKey": "is kept for a day",
    "lock_outs.LockOutCount": "is kept until it expires",
    "operations.PartFailure": "is kept while the part fails",
    "operations.ServiceHeartbeat": "is replaced four times a minute",
    "saved_filters.SavedFilter": "is a person's own, and no fact",
    "undo.RemovedRow": "is kept for an hour, so that a deletion can be undone",
    "notifications.Notice": "is the progress of a notice; the ledger is what its constraint holds",
    "notifications.CalendarFeed": "is how a person's calendar program signs in",
    "notifications.NoticeFrequency": "is a person's own, and no fact",
    "notifications.DigestSchedule": "is a person's own, and no fact",
    "jobs.Job": "is the progress of a job",
    "mail.Mail": "is the progress of a mail, and is kept for a while",
    "dialogues.Draft": "is what somebody typed and has not sent: no fact yet",
    "dialogues.Draft_files": "belongs to its draft",
    "dialogues.WorkbookDraft": "is what somebody uploaded and has not sent: no fact yet",
    "dialogues.WorkbookDraft_files": "belongs to its draft",
    "recommendations.Benchmark": "is moved and matched; its content is in its terms, which are append-only",
    "recommendations.Question_benchmarks": "says where to look for an answer, and is no fact",
    "recommendations.Question_indicators": "says where to look for an answer, and is no fact",
    "recommendations.Recommendation_supporting": "is corrected with its recommendation",
}


def make_row(model):
    """Create a valid row of `model`."""
    return ROW_FACTORIES[model]()


def _log_entry():
    with transaction.atomic():
        return audit.record("thing.changed", by=None, before={"was": 1}, after={"is": 2})


def _removed_link():
    """Create a link that a correction removed; nothing may change it any more."""
    benchmark = factories.BenchmarkFactory()
    commitment = factories.CommitmentFactory(benchmarks=[benchmark])
    return factories.CommitmentCorrectionFactory(commitment=commitment, removes=[benchmark]).removed.get()


def _removed_line():
    """Create a line that a correction removed; nothing may change it any more."""
    correction = factories.RequestEventFactory(kind=RequestEventKind.CORRECTED)
    return factories.RequestLineFactory(information_request=correction.information_request, removed_in=correction)


def _recommendation_weight():
    recommendation = factories.RecommendationFactory()
    return factories.RecommendationWeightFactory(
        recommendation=recommendation, terms=recommendation.edition.terms.get()
    )


def _readiness_run():
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


ROW_FACTORIES = {
    Country: factories.CountryFactory,
    Ministry: factories.MinistryFactory,
    AccountRequest: _account_request,
    AccountRequestStep: lambda: _account_request().steps.create(
        kind=AccountRequestStepKind.STOPPED, at=factories.TERMS_SET_AT
    ),
    AgreedProof: factories.AgreedProofFactory,
    AgreedProofEnd: factories.AgreedProofEndFactory,
    AgreedProofMatch: factories.AgreedProofMatchFactory,
    AnswerCitation: factories.AnswerCitationFactory,
    AnswerEvent: factories.AnswerEventFactory,
    AnswerSentence: factories.AnswerSentenceFactory,
    AnswerVersion: factories.AnswerVersionFactory,
    Assessment: factories.AssessmentFactory,
    AssessmentEvidence: lambda: factories.AssessmentFactory(grounds=[factories.EvidenceFactory()]).grounds.get(),
    AuditDetail: lambda: _log_entry().detail,
    AuditEntry: _log_entry,
    BenchmarkTerms: lambda: factories.BenchmarkFactory().terms.get(),
    Briefing: lambda: factories.BriefingFactory(pdf=b"%PDF-1.7\n", issued=True),
    BriefingDownload: factories.BriefingDownloadFactory,
    ChosenIndicator: factories.ChosenIndicatorFactory,
    ChosenIndicatorEvent: factories.ChosenIndicatorEventFactory,
    Commitment: factories.CommitmentFactory,
    CommitmentBenchmark: _removed_link,
    CommitmentCorrection: lambda: factories.CommitmentCorrectionFactory(text="Train 40 officers."),
    CommitmentEvent: lambda: factories.CommitmentEventFactory(
        commitment=factories.CommitmentFactory(), kind=CommitmentEventKind.WITHDRAWN
    ),
    Contribution: factories.ContributionFactory,
    DialogueFile: factories.DialogueFileFactory,
    Disposal: factories.DisposalFactory,
    DisposalCertificate: lambda: factories.DisposalCertificateFactory(closed=True),
    DisposalDecline: factories.DisposalDeclineFactory,
    DisposalRow: factories.DisposalRowFactory,
    DueDateProposal: factories.DueDateProposalFactory,
    DueDateProposalDecision: factories.DueDateProposalDecisionFactory,
    EditionImport: lambda: factories.EditionImportFactory(loaded=True),
    ImportedEntry: factories.ImportedEntryFactory,
    ImportedLog: factories.ImportedLogFactory,
    IndicatorTarget: factories.IndicatorTargetFactory,
    InformationRequest: factories.InformationRequestFactory,
    LineAnswer: factories.LineAnswerFactory,
    RequestEvent: factories.RequestEventFactory,
    RequestLine: _removed_line,
    InternalNote: factories.InternalNoteFactory,
    InternalNoteDone: factories.InternalNoteDoneFactory,
    Partner: factories.PartnerFactory,
    LawEntry: factories.LawEntryFactory,
    EvidenceIndicium: factories.EvidenceIndiciumFactory,
    EvidenceQuestion: factories.EvidenceQuestionFactory,
    LanguageReview: factories.LanguageReviewFactory,
    LogVerification: lambda: LogVerification.objects.create(at=factories.TERMS_SET_AT, number=1, hash="0" * 64),
    EditionTerms: lambda: factories.EditionFactory().terms.get(),
    Evidence: factories.EvidenceFactory,
    EvidenceLink: factories.EvidenceLinkFactory,
    EvidenceFile: factories.EvidenceFileFactory,
    EvidenceReview: factories.EvidenceReviewFactory,
    FileScan: lambda: factories.EvidenceFileFactory().scans.create(at=factories.TERMS_SET_AT),
    Handover: factories.HandoverFactory,
    HandoverItem: lambda: factories.HandoverFactory().items.create(kind=HandoverItemKind.DRAFTS, number=2),
    HandoverStep: lambda: factories.HandoverFactory().steps.create(
        kind=HandoverStepKind.CALLED_OFF, at=factories.TERMS_SET_AT
    ),
    MilestoneDateChange: factories.MilestoneDateChangeFactory,
    MilestoneDone: factories.MilestoneDoneFactory,
    NextStep: factories.NextStepFactory,
    NextStepDone: factories.NextStepDoneFactory,
    QuestionSet: lambda: factories.QuestionSetFactory(loaded=True),
    QuestionTerms: lambda: factories.QuestionFactory().terms.get(),
    ReadinessRun: _readiness_run,
    Reading: factories.ReadingFactory,
    ReadingPart: factories.ReadingPartFactory,
    RecommendationTerms: lambda: factories.RecommendationFactory().terms.get(),
    RecommendationWeight: _recommendation_weight,
    Redaction: factories.RedactionFactory,
    RedactionDecision: factories.RedactionDecisionFactory,
    RedactionFile: lambda: factories.RedactionFactory().files.create(file=factories.EvidenceFileFactory()),
    RedactionPlace: lambda: factories.RedactionFactory().places.create(
        table="dialogues.evidence", row=factories.EvidenceFactory().pk, field="title"
    ),
    SendKey: lambda: SendKey.objects.create(
        key=uuid4(), content_digest=b"", update_version=factories.UpdateVersionFactory()
    ),
    PostExport: factories.PostExportFactory,
    RetentionHold: factories.RetentionHoldFactory,
    RetentionHoldRelease: factories.RetentionHoldReleaseFactory,
    RetentionSchedule: factories.RetentionScheduleFactory,
    Sustainment: factories.SustainmentFactory,
    UpdateVersionDecision: factories.UpdateVersionDecisionFactory,
    Update: lambda: factories.UpdateVersionFactory().update,
    UpdateVersion: factories.UpdateVersionFactory,
    AgendaItem: factories.AgendaItemFactory,
    Dialogue: lambda: factories.DialogueFactory(recorded_by=factories.RecorderFactory()),
    Edition: factories.EditionFactory,
    Indicator: factories.IndicatorFactory,
    Milestone: factories.MilestoneFactory,
    Participant: factories.ParticipantFactory,
    Question: factories.QuestionFactory,
    Recommendation: factories.RecommendationFactory,
}


def redact_text(row, field, *, left=False):
    """Create a confirmed redaction of one text of `row`. The trigger needs it before the text may become the mark."""
    redaction = factories.RedactionDecisionFactory().redaction
    table = row._meta.label_lower
    return redaction.places.create(table=table, row=row.pk, field=field, is_left=left).redaction
