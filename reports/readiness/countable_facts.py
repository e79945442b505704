"""Decide which facts count: what was known by a moment, and which rows can count on a day.

The law looks at concrete actions in the period and excludes promises (22 U.S.C. 7107(b), Tier 2). A fact counts from
its end date, if all its days lie in the tracking period. An evidence link counts if it shows a concrete action that the
government took, alone or jointly (`is_action`).

A `FactView` is what one view of the record contains. It has no commitments, so a promise cannot count. The rules in
`reports.readiness.answers` read facts from nothing else, so the same rules give the verified and the claimed answers.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from operator import attrgetter
from typing import NamedTuple, Protocol

from dialogues.choices import GOVERNMENT_DOERS, ClaimedProgress, SupportKind, Verdict
from reports.readiness.facts import (
    AgreedProofFact,
    BenchmarkFact,
    BenchmarkTermsFact,
    CommitmentEventFact,
    CommitmentFact,
    EvidenceFact,
    EvidenceLinkFact,
    EvidenceReviewFact,
    Facts,
    Period,
    ReadingFact,
    RecommendationFact,
    RecommendationTermsFact,
)


class RecordedRow(Protocol):
    """Any row with an id and a moment of recording."""

    @property
    def id(self) -> int: ...

    @property
    def recorded_at(self) -> datetime: ...


class Action(NamedTuple):
    """A concrete action of the government on a benchmark, and the day from which it counts.

    `claimed` is None if the action is verified; otherwise it is the progress that the update claims.
    """

    evidence_id: int
    counts_from: date
    claimed: ClaimedProgress | None = None


@dataclass(frozen=True, slots=True)
class EffectiveAssessment:
    """The assessment in force on a benchmark, and the day from which it holds."""

    id: int
    verdict: Verdict
    holds_from: date


@dataclass(frozen=True, slots=True)
class FactView:
    """What one view of the record lets count on a day.

    All mappings are by indicator id or benchmark id. `readings` answer the questions about the period. `figures` are
    the readings that can move a benchmark. `previous` are readings for the whole period before. `assessments` are
    those in force. `other_evidence` are the ids of verified evidence that shows no action that counts, such as a plan:
    a benchmark with any of it is "not shown" instead of "no data". Commitments are left out: a promise never counts.
    """

    readings: Mapping[int, tuple[ReadingFact, ...]]
    figures: Mapping[int, tuple[ReadingFact, ...]]
    previous: Mapping[int, tuple[ReadingFact, ...]]
    actions: Mapping[int, tuple[Action, ...]]
    assessments: Mapping[int, EffectiveAssessment]
    other_evidence: Mapping[int, tuple[int, ...]]


def facts_known_by(facts: Facts, known_by: datetime | None) -> Facts:
    """Return the facts as they were known: every row recorded by that moment, or all rows if `known_by` is None."""
    if known_by is None:
        return facts
    moment = known_by.astimezone(UTC)  # The rows are in UTC, too: comparing across time zones is slower.

    def so_far[R: RecordedRow](rows: tuple[R, ...]) -> tuple[R, ...]:
        known = tuple([row for row in rows if row.recorded_at <= moment])
        return rows if len(known) == len(rows) else known

    return replace(
        facts,
        edition_terms=so_far(facts.edition_terms),
        recommendations=tuple(
            _recommendation_with_terms(recommendation, so_far(recommendation.terms))
            for recommendation in facts.recommendations
        ),
        benchmarks=tuple(_benchmark_with_terms(benchmark, so_far(benchmark.terms)) for benchmark in facts.benchmarks),
        readings=so_far(facts.readings),
        evidence=so_far(facts.evidence),
        evidence_links=so_far(facts.evidence_links),
        reviews=so_far(facts.reviews),
        update_versions=tuple(
            update_version._replace(returned_at=None, withdrawn_at=None, decided_at=None)
            if _is_later(update_version.decided_at or update_version.returned_at, moment)
            else update_version
            for update_version in so_far(facts.update_versions)
        ),
        assessments=so_far(facts.assessments),
        commitments=tuple(
            _commitment_with_proofs(
                _commitment_with_events(commitment, so_far(commitment.events), moment),
                tuple(_proof_known_by(proof, moment) for proof in so_far(commitment.proofs)),
            )
            for commitment in so_far(facts.commitments)
        ),
        milestones=tuple(
            replace(milestone, done=so_far(milestone.done), date_changes=so_far(milestone.date_changes))
            for milestone in facts.milestones
        ),
    )


def _commitment_with_events(
    commitment: CommitmentFact, events: tuple[CommitmentEventFact, ...], moment: datetime
) -> CommitmentFact:
    """Return a commitment with only these events, and with only the benchmarks that it supported at that moment."""
    if not (commitment.linked_at or commitment.removed):
        return commitment if events is commitment.events else replace(commitment, events=events)
    known = {
        benchmark_id
        for benchmark_id in commitment.towards
        if benchmark_id not in commitment.linked_at or commitment.linked_at[benchmark_id] <= moment
    }
    towards = {benchmark_id: reach for benchmark_id, reach in commitment.towards.items() if benchmark_id in known}
    linked_at = {benchmark_id: at for benchmark_id, at in commitment.linked_at.items() if benchmark_id in known}
    for link in commitment.removed:
        if link.removed_at > moment and not _is_later(link.linked_at, moment):
            towards[link.benchmark_id] = link.reach
            if link.linked_at is not None:
                linked_at[link.benchmark_id] = link.linked_at
    removed = tuple(link for link in commitment.removed if link.removed_at <= moment)
    return replace(commitment, events=events, towards=towards, linked_at=linked_at, removed=removed)


def _commitment_with_proofs(commitment: CommitmentFact, proofs: tuple[AgreedProofFact, ...]) -> CommitmentFact:
    return commitment if proofs == commitment.proofs else replace(commitment, proofs=proofs)


def _proof_known_by(proof: AgreedProofFact, moment: datetime) -> AgreedProofFact:
    """Return an agreed proof without an end that was recorded later."""
    return replace(proof, ended_on=None, ended_at=None) if _is_later(proof.ended_at, moment) else proof


def _recommendation_with_terms(
    recommendation: RecommendationFact, terms: tuple[RecommendationTermsFact, ...]
) -> RecommendationFact:
    """Return a recommendation with only these terms, and with the number that the newest of them gives."""
    newest = newest_row(terms)
    number = recommendation.number if newest is None or newest.number is None else newest.number
    return replace(recommendation, terms=terms, number=number)


def _benchmark_with_terms(benchmark: BenchmarkFact, terms: tuple[BenchmarkTermsFact, ...]) -> BenchmarkFact:
    """Return a benchmark with only these terms, with the recommendation and letter that the newest of them give."""
    newest = newest_row(terms)
    if newest is None or newest.recommendation_id is None or newest.letter is None:
        return replace(benchmark, terms=terms)
    return replace(benchmark, terms=terms, recommendation_id=newest.recommendation_id, letter=newest.letter)


def _is_later(at: datetime | None, moment: datetime) -> bool:
    return at is not None and at > moment


def terms_recorded_at(facts: Facts) -> Iterator[datetime]:
    """Yield the moments at which terms of the edition, its recommendations and its benchmarks were recorded."""
    yield from (terms.recorded_at for terms in facts.edition_terms)
    yield from (terms.recorded_at for recommendation in facts.recommendations for terms in recommendation.terms)
    yield from (terms.recorded_at for benchmark in facts.benchmarks for terms in benchmark.terms)


def newest_row[R: RecordedRow](rows: Iterable[R]) -> R | None:
    """Return the row recorded last, or None if there are no rows. Of rows recorded at once, the highest id wins."""
    return max(rows, key=lambda row: (row.recorded_at, row.id), default=None)


def first_reviewed_at(facts: Facts) -> datetime | None:
    """Return when anything in the tracking period was first reviewed, or None if nothing was.

    A rejection counts as a review, too. The result does not depend on a day: it says when the embassy began to review,
    so that a score of 0 can be told from no score.
    """
    window = facts.edition.tracking
    known_from = {
        row.id: row.recorded_at for row in facts.evidence if is_in_window(window, row.happened_from, row.happened_to)
    }
    for row in facts.readings:
        if row.evidence_id is not None and is_of_period(window, row):
            known_from[row.evidence_id] = min(row.recorded_at, known_from.get(row.evidence_id, row.recorded_at))
    return min(
        (max(row.recorded_at, known_from[row.evidence_id]) for row in facts.reviews if row.evidence_id in known_from),
        default=None,
    )


def is_reviewed(facts: Facts) -> bool:
    """Return whether anything in the tracking period has been reviewed. `facts` are the known ones."""
    return first_reviewed_at(facts) is not None


def is_action(evidence_link: EvidenceLinkFact, evidence: EvidenceFact) -> bool:
    """Return whether an evidence link can score: it shows a concrete action of the government, alone or jointly."""
    return evidence_link.shows is SupportKind.ACTION and evidence.done_by in GOVERNMENT_DOERS


def start_date_of(evidence: EvidenceFact, review: EvidenceReviewFact | None) -> date | None:
    """Return the start date of the evidence or, if it has none, the one that its review enters."""
    if evidence.happened_from is not None or review is None:
        return evidence.happened_from
    return review.first_on


def is_in_window(window: Period, first: date | None, last: date) -> bool:
    """Return whether the days from `first` to `last` lie in the window. Without `first`, only `last` is checked."""
    return window.starts_on <= (first or last) and last <= window.ends_on


def is_of_period(window: Period, reading: ReadingFact) -> bool:
    """Return whether a reading covers the tracking period from its first day.

    A reading that starts later covers only a part of the period, so it is not compared with a year.
    """
    return reading.starts_on == window.starts_on and reading.through_on <= window.ends_on


def group_by_key[K: Hashable, V](pairs: Iterable[tuple[K, V]]) -> Mapping[K, tuple[V, ...]]:
    groups: dict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return {key: tuple(values) for key, values in groups.items()}


def newest_recorded_at(facts: Facts, known_by: datetime | None = None) -> datetime | None:
    """Return when the newest known fact was recorded, or None if there is none."""
    return max(_recorded_moments(facts_known_by(facts, known_by)), default=None)


def _recorded_moments(facts: Facts) -> Iterator[datetime]:
    recorded_at = attrgetter("recorded_at")
    for rows in (
        facts.edition_terms,
        (terms for recommendation in facts.recommendations for terms in recommendation.terms),
        (terms for benchmark in facts.benchmarks for terms in benchmark.terms),
        facts.readings,
        facts.evidence,
        facts.evidence_links,
        facts.reviews,
        facts.update_versions,
        facts.assessments,
        facts.commitments,
        (event for commitment in facts.commitments for event in commitment.events),
        (done for milestone in facts.milestones for done in milestone.done),
        (change for milestone in facts.milestones for change in milestone.date_changes),
    ):
        yield from map(recorded_at, rows)
    yield from (at for row in facts.update_versions if (at := row.decided_at or row.returned_at))
    yield from (link.removed_at for commitment in facts.commitments for link in commitment.removed)
    for commitment in facts.commitments:
        for proof in commitment.proofs:
            yield proof.recorded_at
            if proof.ended_at is not None:
                yield proof.ended_at
    yield from (at for commitment in facts.commitments for at in commitment.linked_at.values())
