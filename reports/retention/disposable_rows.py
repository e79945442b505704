"""Find the rows that are disposed of with an edition: what hangs on it alone, and on no edition that is kept.

Stored runs of readiness stay: they contain figures, codes and keys, and no text of the record. So the result of each
edition stays the same, and can be computed again. Notices and mails hold no text of the record and are deleted after
some months by rule; saved filters are a person's own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from dialogues.choices import CommitmentEventKind
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
    Draft,
    DueDateProposal,
    DueDateProposalDecision,
    Evidence,
    EvidenceFile,
    EvidenceIndicium,
    EvidenceLink,
    EvidenceQuestion,
    EvidenceReview,
    IndicatorTarget,
    InformationRequest,
    InternalNote,
    LawEntry,
    LineAnswer,
    NextStep,
    NextStepDone,
    Participant,
    Reading,
    RequestEvent,
    RequestLine,
    Sustainment,
    Update,
    UpdateVersion,
    UpdateVersionDecision,
)
from dialogues.models.free_texts import imported_entries_of_country, log_details_of_country
from recommendations.models import (
    Benchmark,
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
from recommendations.tracking_period import year_before
from reports.models import Briefing
from reports.retention.disposed_columns import DISPOSED_TEXTS
from tiptracker.audit.models import AuditDetail, ImportedEntry
from tiptracker.former_names import current_label

type Keys = dict[type[models.Model], set[int]]


@dataclass
class DisposableRows:
    """The rows that go with an edition: keys by table. `carriers` have no text of their own, but entries in the log."""

    edition: Edition
    texts: Keys = field(default_factory=dict)
    carriers: Keys = field(default_factory=dict)
    briefings: set[int] = field(default_factory=set)
    drafts: set[int] = field(default_factory=set)

    def add(self, *selected: QuerySet[Any]) -> None:
        """Add the rows of some queries."""
        for rows in selected:
            keys = self.texts if rows.model in DISPOSED_TEXTS else self.carriers
            keys.setdefault(rows.model, set()).update(rows.order_by().values_list("pk", flat=True))

    def keys(self, model: type[models.Model]) -> set[int]:
        """Return the keys of a table."""
        return self.texts.get(model, set()) | self.carriers.get(model, set())

    def names(self, table: str, row: str) -> bool:
        """Return whether an entry of the log on this row is about what is disposed of."""
        return (current_label(table), row) in self._named

    @cached_property
    def _named(self) -> set[tuple[str, str]]:
        others: Keys = {Briefing: self.briefings, Draft: self.drafts}
        every = [*self.texts.items(), *self.carriers.items(), *others.items()]
        return {(model._meta.label_lower, str(key)) for model, keys in every for key in keys}


def find_disposable_rows(edition: Edition) -> DisposableRows:
    """Return the rows that are disposed of with an edition."""
    found = DisposableRows(edition)
    kept = Edition.objects.filter(country=edition.country_id, certificate__isnull=True).exclude(pk=edition.pk)
    _add_rows_of_edition(found, kept)
    _add_commitments(found, kept)
    _add_requests(found, kept)
    found.add(
        Update.objects.filter(
            Q(commitment__in=found.keys(Commitment)) | Q(information_request__in=found.keys(InformationRequest))
        )
    )
    versions = UpdateVersion.objects.filter(update__in=found.keys(Update))
    found.add(versions, UpdateVersionDecision.objects.filter(update_version__in=versions))
    _add_evidence(found, kept)
    _add_dialogues(found)
    _add_anchored(found)
    _add_files(found)
    found.briefings = set(Briefing.objects.filter(edition=edition).values_list("pk", flat=True))
    of_draft = Q(commitment__in=found.keys(Commitment)) | Q(dialogue__in=found.keys(Dialogue))
    of_draft |= Q(information_request__in=found.keys(InformationRequest))
    found.drafts = set(Draft.objects.filter(of_draft).values_list("pk", flat=True))
    _add_log(found)
    return found


def _add_rows_of_edition(found: DisposableRows, kept: QuerySet[Edition]) -> None:
    edition = found.edition
    recommendations = Recommendation.objects.filter(edition=edition)
    benchmarks = Benchmark.objects.filter(recommendation__edition=edition)
    questions = Question.objects.filter(edition=edition)
    versions = AnswerVersion.objects.filter(question__edition=edition)
    milestones = Milestone.objects.filter(edition=edition)
    found.add(
        Edition.objects.filter(pk=edition.pk),
        EditionTerms.objects.filter(edition=edition),
        EditionImport.objects.filter(edition=edition, loaded_at__isnull=False),
        milestones,
        MilestoneDateChange.objects.filter(milestone__in=milestones),
        MilestoneDone.objects.filter(milestone__in=milestones),
        QuestionSet.objects.filter(edition=edition, loaded_at__isnull=False),
        questions,
        QuestionTerms.objects.filter(question__in=questions),
        recommendations,
        RecommendationTerms.objects.filter(recommendation__in=recommendations),
        benchmarks,
        BenchmarkTerms.objects.filter(benchmark__in=benchmarks),
        versions,
        AnswerSentence.objects.filter(version__in=versions),
        AnswerEvent.objects.filter(version__in=versions),
        IndicatorTarget.objects.filter(edition=edition),
        Assessment.objects.filter(benchmark__in=benchmarks).exclude(_is_cited("assessment", kept)),
    )


def _is_cited(name: str, kept: QuerySet[Edition]) -> Q:
    """Return the condition: an answer of a kept edition cites the row."""
    return Q(
        Exists(AnswerCitation.objects.filter(**{name: OuterRef("pk")}, sentence__version__question__edition__in=kept))
    )


def _add_commitments(found: DisposableRows, kept: QuerySet[Edition]) -> None:
    edition = found.edition
    links = CommitmentBenchmark.objects.filter(commitment=OuterRef("pk"))
    current = links.filter(removed_in__isnull=True)
    made = CommitmentEvent.objects.filter(
        commitment=OuterRef("pk"),
        kind=CommitmentEventKind.MADE,
        happened_on__range=(edition.starts_on, edition.ends_on),
    )
    commitments = Commitment.objects.filter(
        Q(Exists(links.filter(benchmark__recommendation__edition=edition))) | Q(Exists(made), ~Exists(links)),
        ~Exists(current.filter(benchmark__recommendation__edition__in=kept)),
        country=edition.country_id,
    ).exclude(_is_cited("commitment", kept))
    keys = set(commitments.values_list("pk", flat=True))
    own = Commitment.objects.filter(pk__in=keys)
    proposals = DueDateProposal.objects.filter(commitment__in=keys)
    proofs = AgreedProof.objects.filter(commitment__in=keys)
    found.add(
        own,
        CommitmentCorrection.objects.filter(commitment__in=keys),
        CommitmentEvent.objects.filter(commitment__in=keys),
        proofs,
        AgreedProofEnd.objects.filter(proof__in=proofs),
        AgreedProofMatch.objects.filter(proof__in=proofs),
        proposals,
        DueDateProposalDecision.objects.filter(proposal__in=proposals),
    )


def _add_requests(found: DisposableRows, kept: QuerySet[Edition]) -> None:
    requests = InformationRequest.objects.filter(edition=found.edition)
    requests = requests.exclude(_is_cited("information_request", kept))
    keys = set(requests.values_list("pk", flat=True))
    found.add(
        InformationRequest.objects.filter(pk__in=keys),
        RequestLine.objects.filter(information_request__in=keys),
        RequestEvent.objects.filter(information_request__in=keys),
        LineAnswer.objects.filter(line__information_request__in=keys),
    )


def _add_evidence(found: DisposableRows, kept: QuerySet[Edition]) -> None:
    """Add evidence that supports the edition, or happened in its period, and on which nothing else depends.

    Versions of one piece of evidence go together or not at all.
    """
    edition, own = found.edition, OuterRef("pk")
    links = EvidenceLink.objects.filter(evidence=own)
    in_period = Q(happened_to__range=(edition.starts_on, edition.ends_on))
    belongs = Q(Exists(links.filter(benchmark__recommendation__edition=edition)))
    belongs |= Q(commitment__in=found.keys(Commitment)) | Q(information_request__in=found.keys(InformationRequest))
    belongs |= in_period & ~Q(Exists(links)) & Q(commitment__isnull=True, information_request__isnull=True)
    grounds = AssessmentEvidence.objects.filter(evidence=own)
    depends = (
        Q(Exists(links.filter(benchmark__recommendation__edition__in=kept)))
        | Q(Exists(EvidenceQuestion.objects.filter(evidence=own, question__edition__in=kept)))
        | Q(Exists(grounds.filter(assessment__benchmark__recommendation__edition__in=kept)))
        | Q(Exists(AgreedProofMatch.objects.filter(evidence=own).exclude(proof__commitment__in=found.keys(Commitment))))
        | Q(Exists(LawEntry.objects.filter(evidence=own)))
        | _is_cited("evidence", kept)
        | Q(Exists(AnswerCitation.objects.filter(reading__evidence=own, sentence__version__question__edition__in=kept)))
        | Q(commitment__isnull=False) & ~Q(commitment__in=found.keys(Commitment))
        | Q(information_request__isnull=False) & ~Q(information_request__in=found.keys(InformationRequest))
    )
    readings = Reading.objects.filter(evidence=own)
    for other in kept:  # a figure of the year before is what the next edition's is compared with
        first, _ = year_before(other.starts_on)
        depends |= Q(Exists(readings.filter(through_on__gte=first, starts_on__lte=other.ends_on)))
        depends |= Q(happened_to__range=(other.starts_on, other.ends_on))
    rows = Evidence.objects.filter(belongs, country=edition.country_id).exclude(depends)
    keys = _complete_families(edition, set(rows.values_list("pk", flat=True)))
    evidence = Evidence.objects.filter(pk__in=keys)
    versions = found.keys(UpdateVersion)
    alone = Q(evidence__isnull=True)
    in_edition = Q(starts_on__gte=edition.starts_on, through_on__lte=edition.ends_on, update_version__isnull=True)
    of_nothing = alone & (Q(update_version__in=versions) | in_edition & Q(indicator__country=edition.country_id))
    for other in kept:
        first, _ = year_before(other.starts_on)
        of_nothing &= ~Q(through_on__gte=first, starts_on__lte=other.ends_on)
    found.add(
        evidence,
        EvidenceReview.objects.filter(evidence__in=keys),
        EvidenceLink.objects.filter(evidence__in=keys),
        EvidenceIndicium.objects.filter(evidence__in=keys),
        EvidenceQuestion.objects.filter(evidence__in=keys),
        Reading.objects.filter(Q(evidence__in=keys) | of_nothing),
    )


def _complete_families(edition: Edition, keys: set[int]) -> set[int]:
    """Return the keys of evidence of which every version is among them."""
    earlier = dict(
        Evidence.objects.filter(country=edition.country_id, revises__isnull=False).values_list("pk", "revises")
    )
    while True:
        apart = {row for pair in earlier.items() for row in pair if row in keys and not keys.issuperset(pair)}
        if not apart:
            return keys
        keys = keys - apart


def _add_dialogues(found: DisposableRows) -> None:
    """Add the dialogues of the period of which every item belongs to the edition."""
    edition, own = found.edition, OuterRef("pk")
    agenda = AgendaItem.objects.filter(dialogue=own)
    of_another = (
        Exists(Commitment.objects.filter(dialogue=own).exclude(pk__in=found.keys(Commitment))),
        Exists(agenda.filter(recommendation__isnull=False).exclude(recommendation__edition=edition)),
        Exists(agenda.filter(commitment__isnull=False).exclude(commitment__in=found.keys(Commitment))),
        Exists(InformationRequest.objects.filter(dialogue=own).exclude(pk__in=found.keys(InformationRequest))),
        Exists(IndicatorTarget.objects.filter(dialogue=own).exclude(edition=edition)),
    )
    dialogues = Dialogue.objects.filter(
        *(~condition for condition in of_another),
        country=edition.country_id,
        held_on__range=(edition.starts_on, edition.ends_on),
    )
    keys = set(dialogues.values_list("pk", flat=True))
    steps, chosen = NextStep.objects.filter(dialogue__in=keys), ChosenIndicator.objects.filter(dialogue__in=keys)
    found.add(
        Dialogue.objects.filter(pk__in=keys),
        AgendaItem.objects.filter(dialogue__in=keys),
        Participant.objects.filter(dialogue__in=keys),
        steps,
        NextStepDone.objects.filter(step__in=steps),
        chosen,
        ChosenIndicatorEvent.objects.filter(chosen__in=chosen),
        DialogueFile.objects.filter(dialogue__in=keys),
    )


def _add_anchored(found: DisposableRows) -> None:
    """Add notes, contributions and what sustains work, of which everything that they are about goes."""
    of_commitment = Q(commitment__in=found.keys(Commitment))
    of_recommendation = Q(recommendation__in=found.keys(Recommendation))
    goes = (
        of_commitment & of_recommendation
        | of_commitment & Q(recommendation__isnull=True)
        | of_recommendation & Q(commitment__isnull=True)
    )
    of_country = {"country": found.edition.country_id}
    for model in (InternalNote, Contribution, Sustainment):
        found.add(model.objects.filter(goes, **of_country))


def _add_files(found: DisposableRows) -> None:
    """Add the files that only evidence and dialogues cite that go."""
    evidence, dialogues = found.keys(Evidence), found.keys(Dialogue)
    cited = Q(evidence__in=evidence) | Q(dialogues__dialogue__in=dialogues)
    elsewhere = Q(Exists(Evidence.objects.filter(file=OuterRef("pk")).exclude(pk__in=evidence)))
    elsewhere |= Q(Exists(DialogueFile.objects.filter(file=OuterRef("pk")).exclude(dialogue__in=dialogues)))
    found.add(EvidenceFile.objects.kept().filter(cited).exclude(elsewhere))


def _add_log(found: DisposableRows) -> None:
    """Add the details of entries on any of these rows, also of the imported log."""
    country = found.edition.country
    details = log_details_of_country(country).values_list("pk", "entry__table", "entry__row")
    imported = imported_entries_of_country(country).exclude(before="", after="")
    entries: Mapping[type[models.Model], Iterator[tuple[int, str, str]]] = {
        AuditDetail: details.iterator(),
        ImportedEntry: imported.values_list("pk", "table", "row_here").iterator(),
    }
    logged = {model: {pk for pk, table, row in rows if found.names(table, row)} for model, rows in entries.items()}
    found.texts |= logged
