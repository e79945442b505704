from dialogues.models.assessments import Assessment, AssessmentEvidence
from dialogues.models.commitments import Commitment, CommitmentBenchmark, CommitmentCorrection, CommitmentEvent
from dialogues.models.dialogues import AgendaItem, Dialogue, DialogueFile, NextStep, NextStepDone, Participant
from dialogues.models.drafts import Draft, WorkbookDraft
from dialogues.models.due_dates import DueDateProposal, DueDateProposalDecision
from dialogues.models.evidence import Evidence, EvidenceLink, EvidenceReview
from dialogues.models.files import EvidenceFile, FileScan, FileText
from dialogues.models.readings import Reading, ReadingPart
from dialogues.models.redactions import Redaction, RedactionDecision, RedactionFile, RedactionPlace
from dialogues.models.updates import SendKey, Update, UpdateVersion, UpdateVersionDecision

__all__ = [
    "AgendaItem",
    "Assessment",
    "AssessmentEvidence",
    "Commitment",
    "CommitmentBenchmark",
    "CommitmentCorrection",
    "CommitmentEvent",
    "Dialogue",
    "DialogueFile",
    "Draft",
    "DueDateProposal",
    "DueDateProposalDecision",
    "Evidence",
    "EvidenceFile",
    "EvidenceLink",
    "EvidenceReview",
    "FileScan",
    "FileText",
    "NextStep",
    "NextStepDone",
    "Participant",
    "Reading",
    "ReadingPart",
    "Redaction",
    "RedactionDecision",
    "RedactionFile",
    "RedactionPlace",
    "SendKey",
    "Update",
    "UpdateVersion",
    "UpdateVersionDecision",
    "WorkbookDraft",
]
