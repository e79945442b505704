"""Which columns a disposal blanks in each table, and why the other texts stay. A test compares this with the models."""

from collections.abc import Mapping

from django.db import models

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
    DueDateProposal,
    DueDateProposalDecision,
    Evidence,
    EvidenceFile,
    EvidenceReview,
    IndicatorTarget,
    InformationRequest,
    InternalNote,
    LineAnswer,
    NextStep,
    NextStepDone,
    Participant,
    Reading,
    RequestEvent,
    RequestLine,
    Sustainment,
    UpdateVersion,
    UpdateVersionDecision,
)
from dialogues.models.free_texts import FREE_TEXTS
from recommendations.models import (
    BenchmarkTerms,
    Edition,
    EditionImport,
    EditionTerms,
    Milestone,
    MilestoneDateChange,
    MilestoneDone,
    Question,
    QuestionSet,
    QuestionTerms,
    Recommendation,
    RecommendationTerms,
)
from tiptracker.audit.models import AuditDetail, ImportedEntry

DISPOSED_MODELS: tuple[type[models.Model], ...] = (
    AgendaItem, AgreedProof, AgreedProofEnd, AnswerEvent, AnswerSentence, Assessment, BenchmarkTerms, ChosenIndicator,
    ChosenIndicatorEvent, Commitment, CommitmentCorrection, CommitmentEvent, Contribution, Dialogue, DueDateProposal,
    DueDateProposalDecision, Edition, EditionImport, EditionTerms, Evidence, EvidenceFile, EvidenceReview,
    IndicatorTarget, InformationRequest, InternalNote, LineAnswer, Milestone, MilestoneDateChange, MilestoneDone,
    NextStep, NextStepDone, Participant, Question, QuestionSet, QuestionTerms, Reading, Recommendation,
    RecommendationTerms, RequestEvent, RequestLine, Sustainment, UpdateVersion, UpdateVersionDecision,
)  # fmt: skip
"""The tables of the record of which a disposal blanks texts. It also blanks the log, and empties documents."""

KEPT_TEXTS: Mapping[str, str] = {
    "recommendations.Edition.source": "It says where the tier is published, and the tier stays.",
    "recommendations.EditionImport.content": "A job empties it before the import is loaded.",
    "recommendations.EditionImport.draft": "It is emptied when the import is loaded; other drafts are kept 90 days.",
    "recommendations.EditionImport.did": "It has numbers and counts.",
    "recommendations.EditionImport.sha256": "Hashes stay.",
    "recommendations.EditionImport.charset": "It is the name of a character set.",
    "recommendations.QuestionSet.draft": "It is emptied when the set is loaded; other drafts are kept 90 days.",
    "recommendations.QuestionSet.did": "It has numbers and counts.",
    "recommendations.QuestionSet.sha256": "Hashes stay.",
    "recommendations.Question.number": "It is the number of a question.",
    "recommendations.Question.heading": (
        "It is a heading of the Department’s questions, and says nothing of the record."
    ),
    "recommendations.Question.indicia": "It has numbers of a statute.",
    "recommendations.Question.evidence_kinds": "It has codes.",
    "recommendations.QuestionTerms.number": "It is the number of a question.",
    "recommendations.QuestionTerms.heading": (
        "It is a heading of the Department’s questions, and says nothing of the record."
    ),
    "recommendations.Recommendation.indicia": "It has numbers of a statute.",
    "recommendations.BenchmarkTerms.letter": "It is the letter of a benchmark.",
    "dialogues.Contribution.currency": "It belongs to a figure, and figures stay.",
    "dialogues.EvidenceFile.file": "It is a random name. The content is destroyed.",
    "dialogues.EvidenceFile.media_type": "It is the type of a file.",
    "dialogues.EvidenceFile.received_sha256": "Hashes stay.",
    "dialogues.EvidenceFile.stored_sha256": "Hashes stay.",
    "dialogues.UpdateVersionDecision.parts": "It has keys and codes.",
}
"""By column of these tables: why a disposal leaves a text as it is. Rows, keys, dates, codes and figures stay too."""

DISPOSED_TEXTS: Mapping[type[models.Model], tuple[str, ...]] = {
    **{
        model: tuple(name for name in FREE_TEXTS[model].fields if f"{model._meta.label}.{name}" not in KEPT_TEXTS)
        for model in DISPOSED_MODELS
    },
    AuditDetail: ("before", "after"),
    ImportedEntry: ("before", "after"),
}
"""By table: the columns in which each text becomes the mark."""
