from dialogues.models.agreed_proofs import AgreedProof, AgreedProofEnd, AgreedProofMatch
from dialogues.models.assessments import Assessment, AssessmentEvidence
from dialogues.models.commitments import Commitment, CommitmentBenchmark, CommitmentCorrection, CommitmentEvent
from dialogues.models.dialogue_numbers import ChosenIndicator, ChosenIndicatorEvent, Contribution, Sustainment
from dialogues.models.dialogues import AgendaItem, Dialogue, DialogueFile, NextStep, NextStepDone, Participant
from dialogues.models.disposals import (
    Disposal,
    DisposalCertificate,
    DisposalDecline,
    DisposalRow,
    RetentionHold,
    RetentionHoldRelease,
    RetentionSchedule,
)
from dialogues.models.drafts import Draft, WorkbookDraft
from dialogues.models.due_dates import DueDateProposal, DueDateProposalDecision
from dialogues.models.evidence import Evidence, EvidenceIndicium, EvidenceLink, EvidenceQuestion, EvidenceReview
from dialogues.models.files import EvidenceFile, FileScan, FileText
from dialogues.models.information_requests import InformationRequest, LineAnswer, RequestEvent, RequestLine
from dialogues.models.internal_notes import InternalNote, InternalNoteDone
from dialogues.models.law import LawEntry
from dialogues.models.partners import Partner
from dialogues.models.question_answers import AnswerCitation, AnswerEvent, AnswerSentence, AnswerVersion
from dialogues.models.readings import Reading, ReadingPart
from dialogues.models.redactions import Redaction, RedactionDecision, RedactionFile, RedactionPlace
from dialogues.models.targets import IndicatorTarget
from dialogues.models.updates import SendKey, Update, UpdateVersion, UpdateVersionDecision

__all__ = [
    "AgendaItem",
    "AgreedProof",
    "AgreedProofEnd",
    "AgreedProofMatch",
    "AnswerCitation",
    "AnswerEvent",
    "AnswerSentence",
    "AnswerVersion",
    "Assessment",
    "AssessmentEvidence",
    "ChosenIndicator",
    "ChosenIndicatorEvent",
    "Commitment",
    "CommitmentBenchmark",
    "CommitmentCorrection",
    "CommitmentEvent",
    "Contribution",
    "Dialogue",
    "DialogueFile",
    "Disposal",
    "DisposalCertificate",
    "DisposalDecline",
    "DisposalRow",
    "Draft",
    "DueDateProposal",
    "DueDateProposalDecision",
    "Evidence",
    "EvidenceFile",
    "EvidenceIndicium",
    "EvidenceLink",
    "EvidenceQuestion",
    "EvidenceReview",
    "FileScan",
    "FileText",
    "IndicatorTarget",
    "InformationRequest",
    "InternalNote",
    "InternalNoteDone",
    "LawEntry",
    "LineAnswer",
    "NextStep",
    "NextStepDone",
    "Participant",
    "Partner",
    "Reading",
    "ReadingPart",
    "Redaction",
    "RedactionDecision",
    "RedactionFile",
    "RedactionPlace",
    "RequestEvent",
    "RequestLine",
    "RetentionHold",
    "RetentionHoldRelease",
    "RetentionSchedule",
    "SendKey",
    "Sustainment",
    "Update",
    "UpdateVersion",
    "UpdateVersionDecision",
    "WorkbookDraft",
]
