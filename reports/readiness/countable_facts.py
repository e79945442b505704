"""Which facts count: what was known by a moment, and what of it is verified, or claimed, on a day.

The law looks at concrete actions recorded in the period, promises excluded (22 U.S.C. 7107(b), Tier
2). So a fact counts from its last day, if its whole span lies in the tracking period; a bearing, if
it shows a concrete action that the government did, alone or jointly. Pure.

A `FactView` is the record as one way of looking at it lets it be seen. The rules of
`reports.readiness.readiness` read nothing else, so the same rules answer for what is verified and for what is
claimed.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Protocol

from dialogues.choices import ClaimedProgress, DoneBy, SupportKind, Verdict
from reports.readiness.facts import (
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

GOVERNMENT_DOERS = frozenset({DoneBy.GOVERNMENT, DoneBy.JOINT})
"""Whose actions count: the government's own, or those it took part in."""


class RecordedRow(Protocol):
    """Any dated row."""

    @property
    def id(self) -> int: ...

    @property
    def recorded_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Action:
    """A concrete action of the government on a benchmark, counting from the day `on`.

    `claimed` is None where it is verified; else what was said of it when it was sent.
    """

    evidence_id: int
    on: date
    claimed: ClaimedProgress | None = None


@dataclass(frozen=True, slots=True)
class EffectiveAssessment:
    """An assessment and the day it holds from."""

    id: int
    verdict: Verdict
    on: date


@dataclass(frozen=True, slots=True)
class FactView:
    """What may be counted on a day, by indicator or by benchmark (their ids), looked at in one way.

    `readings` answer the questions of the period, `figures` are those that may move a benchmark,
    `previous` are the readings for the whole period before. `findings` is what has been verified on
    a benchmark besides an action that counts: enough to say "not shown" rather than "no data".
    """

    readings: Mapping[int, tuple[ReadingFact, ...]]
    figures: Mapping[int, tuple[ReadingFact, ...]]
    previous: Mapping[int, tuple[ReadingFact, ...]]
    actions: Mapping[int, tuple[Action, ...]]
    judgements: Mapping[int, EffectiveAssessment]
    findings: Mapping[int, tuple[int, ...]]


def facts_known_by(facts: Facts, by: datetime | None) -> Facts:
    """The facts as they were known: every row recorded by that moment; all of them where it is None."""
    if by is None:
        return facts
    moment = by.astimezone(UTC)  # as the rows are: moments of two zones take longer to compare

    def so_far[R: RecordedRow](rows: Iterable[R]) -> tuple[R, ...]:
        return tuple([row for row in rows if row.recorded_at <= moment])

    return replace(
        facts,
        edition_terms=so_far(facts.edition_terms),
        recommendations=tuple(_recommendation_with_terms(one, so_far(one.terms)) for one in facts.recommendations),
        benchmarks=tuple(_benchmark_with_terms(one, so_far(one.terms)) for one in facts.benchmarks),
        readings=so_far(facts.readings),
        evidence=so_far(facts.evidence),
        bearings=so_far(facts.bearings),
        reviews=so_far(facts.reviews),
        rounds=tuple(
            replace(one, returned_at=None, decided_at=None)
            if _is_later(one.decided_at or one.returned_at, moment)
            else one
            for one in so_far(facts.rounds)
        ),
        assessments=so_far(facts.assessments),
        commitments=tuple(
            _commitment_with_events(one, so_far(one.events), moment) for one in so_far(facts.commitments)
        ),
        milestones=tuple(replace(one, done=so_far(one.done)) for one in facts.milestones),
    )


def _commitment_with_events(
    one: CommitmentFact, events: tuple[CommitmentEventFact, ...], moment: datetime
) -> CommitmentFact:
    """A commitment with these events alone, and towards what it was linked with by a moment."""
    if not one.linked_at:
        return replace(one, events=events)
    known = {key for key in one.towards if key not in one.linked_at or one.linked_at[key] <= moment}
    return replace(
        one,
        events=events,
        towards={key: reach for key, reach in one.towards.items() if key in known},
        linked_at={key: at for key, at in one.linked_at.items() if key in known},
    )


def _recommendation_with_terms(
    one: RecommendationFact, terms: tuple[RecommendationTermsFact, ...]
) -> RecommendationFact:
    """A recommendation with these terms alone, and the number that the newest of them gives it."""
    last = newest_row(terms)
    number = one.number if last is None or last.number is None else last.number
    return replace(one, terms=terms, number=number)


def _benchmark_with_terms(one: BenchmarkFact, terms: tuple[BenchmarkTermsFact, ...]) -> BenchmarkFact:
    """A benchmark with these terms alone, where the newest of them puts it."""
    last = newest_row(terms)
    if last is None or last.recommendation_id is None or last.letter is None:
        return replace(one, terms=terms)
    return replace(one, terms=terms, recommendation_id=last.recommendation_id, letter=last.letter)


def _is_later(at: datetime | None, by: datetime) -> bool:
    return at is not None and at > by


def terms_recorded_at(facts: Facts) -> Iterator[datetime]:
    """The moments at which what is asked, or how it is weighed, was recorded."""
    yield from (terms.recorded_at for terms in facts.edition_terms)
    yield from (terms.recorded_at for one in facts.recommendations for terms in one.terms)
    yield from (terms.recorded_at for one in facts.benchmarks for terms in one.terms)


def newest_row[R: RecordedRow](rows: Iterable[R]) -> R | None:
    """The row recorded last, the higher id where two were recorded at once; None of none."""
    return max(rows, key=lambda row: (row.recorded_at, row.id), default=None)


def first_reviewed_at(facts: Facts) -> datetime | None:
    """When anything in the tracking period was first reviewed, be it verified or rejected; None where nothing was.

    Whatever the day asked for: it says when the embassy began to look, so that a first figure can be
    told from none.
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
    """Whether anything in the tracking period has been reviewed. `facts` are those known."""
    return first_reviewed_at(facts) is not None


def is_action(bearing: EvidenceLinkFact, evidence: EvidenceFact) -> bool:
    """Only a concrete action of the government, alone or jointly, scores."""
    return bearing.shows is SupportKind.ACTION and evidence.done_by in GOVERNMENT_DOERS


def start_date_of(evidence: EvidenceFact, review: EvidenceReviewFact | None) -> date | None:
    """The first day of a span: the evidence's own; where it lacks it, the one its own review states."""
    if evidence.happened_from is not None or review is None:
        return evidence.happened_from
    return review.first_on


def is_in_window(window: Period, first: date | None, last: date) -> bool:
    """Whether a span, as far as its days are known, lies in the window."""
    return window.starts_on <= (first or last) and last <= window.ends_on


def is_of_period(window: Period, reading: ReadingFact) -> bool:
    """Whether a reading is one for the period: from its very start.

    One that starts later tells of a part only, and isn't compared with a year.
    """
    return reading.starts_on == window.starts_on and reading.through_on <= window.ends_on


def group_by_key[K: Hashable, V](pairs: Iterable[tuple[K, V]]) -> Mapping[K, tuple[V, ...]]:
    groups: dict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return {key: tuple(values) for key, values in groups.items()}


def newest_recorded_at(facts: Facts, known_by: datetime | None = None) -> datetime | None:
    """When the newest fact that was known was recorded; None where there is none."""
    return max(_recorded_moments(facts_known_by(facts, known_by)), default=None)


def _recorded_moments(facts: Facts) -> Iterator[datetime]:
    for rows in (
        facts.edition_terms,
        (terms for one in facts.recommendations for terms in one.terms),
        (terms for one in facts.benchmarks for terms in one.terms),
        facts.readings,
        facts.evidence,
        facts.bearings,
        facts.reviews,
        facts.rounds,
        facts.assessments,
        facts.commitments,
        (event for one in facts.commitments for event in one.events),
        (done for one in facts.milestones for done in one.done),
    ):
        yield from (row.recorded_at for row in rows)
    yield from (at for row in facts.rounds if (at := row.decided_at or row.returned_at))
