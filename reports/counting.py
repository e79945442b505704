"""Which facts count: what was known by a moment, and what of it is verified, or claimed, on a day.

The law looks at concrete actions recorded in the period, promises excluded (22 U.S.C. 7107(b), Tier
2). So a fact counts from its last day, if its whole span lies in the tracking period; a bearing, if
it shows a concrete action that the government did, alone or jointly. Pure.

A `Sight` is the record as one way of looking at it lets it be seen. The rules of
`reports.readiness` read nothing else, so the same rules answer for what is verified and for what is
claimed.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol

from dialogues.words import DoneBy, Progress, Review, Shows, Verdict
from reports.record import (
    Bearing,
    Evidence,
    EvidenceReview,
    Facts,
    Period,
    Reading,
    Round,
)

OWN = frozenset({DoneBy.GOVERNMENT, DoneBy.JOINT})
"""Whose actions count: the government's own, or those it took part in."""


class Recorded(Protocol):
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
    claimed: Progress | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """An assessment and the day it holds from."""

    id: int
    verdict: Verdict
    on: date


@dataclass(frozen=True, slots=True)
class Sight:
    """What may be counted on a day, by indicator or by benchmark (their ids), looked at in one way.

    `readings` answer the questions of the period, `figures` are those that may move a benchmark,
    `previous` are the readings for the whole period before. `findings` is what has been verified on
    a benchmark besides an action that counts: enough to say "not shown" rather than "no data".
    """

    readings: Mapping[int, tuple[Reading, ...]]
    figures: Mapping[int, tuple[Reading, ...]]
    previous: Mapping[int, tuple[Reading, ...]]
    actions: Mapping[int, tuple[Action, ...]]
    judgements: Mapping[int, Judgement]
    findings: Mapping[int, tuple[int, ...]]


def known(facts: Facts, by: datetime | None) -> Facts:
    """The facts as they were known: every row recorded by that moment; all of them where it is None."""
    if by is None:
        return facts

    def so_far[R: Recorded](rows: Iterable[R]) -> tuple[R, ...]:
        return tuple(row for row in rows if row.recorded_at <= by)

    return replace(
        facts,
        edition_terms=so_far(facts.edition_terms),
        recommendations=tuple(replace(one, terms=so_far(one.terms)) for one in facts.recommendations),
        benchmarks=tuple(replace(one, terms=so_far(one.terms)) for one in facts.benchmarks),
        readings=so_far(facts.readings),
        evidence=so_far(facts.evidence),
        bearings=so_far(facts.bearings),
        reviews=so_far(facts.reviews),
        rounds=tuple(
            replace(one, returned_at=None) if one.returned_at and one.returned_at > by else one
            for one in so_far(facts.rounds)
        ),
        assessments=so_far(facts.assessments),
        commitments=tuple(replace(one, events=so_far(one.events)) for one in so_far(facts.commitments)),
    )


def newest[R: Recorded](rows: Iterable[R]) -> R | None:
    """The row recorded last, the higher id where two were recorded at once; None of none."""
    return max(rows, key=lambda row: (row.recorded_at, row.id), default=None)


def latest(readings: Iterable[Reading]) -> Reading | None:
    """The reading that covers the latest day; of those the one recorded last, then the higher id.

    "No data" never replaces a figure: where there is one, rows that say "no data" are passed over.
    It does replace a mere direction, which is no figure (22 U.S.C. 7106(b)(1)).
    """
    rows = tuple(readings)
    if any(row.figure is not None for row in rows):
        rows = tuple(row for row in rows if not row.is_no_data)
    return max(rows, key=lambda row: (row.through_on, row.recorded_at, row.id), default=None)


@dataclass(frozen=True, slots=True)
class Sights:
    """The record looked at in three ways, and how many claims wait for a review.

    `begun` counts what is verified from the first day of each span, not from its last: what will be
    dated by the time it is over. A claim is a piece of evidence that would count if it were taken, or
    a figure that was sent without one.
    """

    verified: Sight
    claimed: Sight
    begun: Sight
    waiting: int


def sights(facts: Facts, as_of: date) -> Sights:
    """The three ways of looking at a day. `facts` are those known (see `known`)."""
    record = _Record.of(facts)
    seen = _verified(record, facts, as_of)
    sent = _claimed(record, facts, as_of, seen)
    return Sights(
        verified=seen,
        claimed=sent,
        begun=_verified(record, facts, as_of, is_begun=True),
        waiting=_waiting(record, facts, as_of, sent),
    )


def verified(facts: Facts, as_of: date) -> Sight:
    """What is verified and counts by that day. `facts` are those known (see `known`)."""
    return _verified(_Record.of(facts), facts, as_of)


def claimed(facts: Facts, as_of: date) -> Sight:
    """What would count by that day if each waiting claim were taken as sent.

    Readings and figures are the verified ones with the claimed ones beside them, actions are claims
    only: what they give is capped by the assessment, which verified actions aren't. A claim that
    was rejected, whose evidence was rejected or whose round went back is none. One whose first day
    nobody has stated is in the window if its last day is, even where it was verified: it stays a
    claim until its review states the day.
    """
    record = _Record.of(facts)
    return _claimed(record, facts, as_of, _verified(record, facts, as_of))


def _verified(record: "_Record", facts: Facts, as_of: date, *, is_begun: bool = False) -> Sight:
    """What is verified; each span counted from its last day, or, where it `is_begun`, from its first."""
    window = facts.edition.tracking
    readings = _grouped(
        (row.indicator_id, row)
        for row in facts.readings
        if _covers(window, row, as_of, is_begun=is_begun) and record.is_verified(row)
    )
    actions = []
    findings = []
    for bearing, evidence in record.borne:
        review = record.reviews.get((evidence.id, bearing.id))
        if review is None or review.decision is not Review.VERIFIED:
            continue
        first = _first_day(evidence, review)
        if first is None or not _in_window(window, first, evidence.happened_to):
            continue
        on = first if is_begun else evidence.happened_to
        if on > as_of:
            continue
        if _is_action(bearing, evidence):
            actions.append((bearing.benchmark_id, Action(evidence.id, on)))
        elif bearing.shows is not Shows.CONTEXT:
            findings.append((bearing.benchmark_id, evidence.id))
    return Sight(
        readings=readings,
        figures=readings,
        previous=_previous(facts),
        actions=_grouped(actions),
        judgements=_judgements(record, facts, as_of, is_begun=is_begun),
        findings=_grouped(findings),
    )


def _claimed(record: "_Record", facts: Facts, as_of: date, seen: Sight) -> Sight:
    window = facts.edition.tracking
    readings = [(row.indicator_id, row) for rows in seen.readings.values() for row in rows]
    figures = list(readings)
    for row in facts.readings:
        if _covers(window, row, as_of) and record.is_waiting(row):
            readings.append((row.indicator_id, row))
            if row.figure is not None:
                figures.append((row.indicator_id, row))
    actions = []
    for bearing, evidence in record.borne:
        if not _is_action(bearing, evidence) or record.is_turned_down(evidence):
            continue
        review = record.reviews.get((evidence.id, bearing.id))
        first = _first_day(evidence, review)
        if review is not None and (review.decision is Review.REJECTED or first is not None):
            continue
        if _in_window(window, first, evidence.happened_to) and evidence.happened_to <= as_of:
            said = record.progress(evidence)
            actions.append((bearing.benchmark_id, Action(evidence.id, evidence.happened_to, said)))
    return replace(
        seen,
        readings=_grouped(readings),
        figures=_grouped(figures),
        actions=_grouped(actions),
    )


def is_met_without_action(sight: Sight, benchmark_id: int) -> bool:
    """Whether a benchmark is assessed as met while nothing verified stands behind it: two rows that contradict."""
    judgement = sight.judgements.get(benchmark_id)
    return judgement is not None and judgement.verdict is Verdict.MET and not sight.actions.get(benchmark_id)


def is_reviewed(facts: Facts) -> bool:
    """Whether anything in the tracking period has been reviewed, be it verified or rejected.

    Whatever the day asked for: it says whether the embassy has begun to look, so that a first
    figure can be told from none.
    """
    window = facts.edition.tracking
    of_period = {row.id for row in facts.evidence if _in_window(window, row.happened_from, row.happened_to)} | {
        row.evidence_id for row in facts.readings if _covers(window, row, window.ends_on)
    }
    return any(review.evidence_id in of_period for review in facts.reviews)


@dataclass(frozen=True)
class _Record:
    """The facts, looked up.

    `reviews` are the newest, by what they are about: a piece of evidence and a bearing's id, or None.
    `borne` are the bearings with their evidence. Evidence that a revision took the place of bears on
    nothing any more: the revision has bearings, and reviews, of its own.
    """

    evidence: Mapping[int, Evidence]
    revisions: Mapping[int, int]
    rounds: Mapping[int, Round]
    reviews: Mapping[tuple[int, int | None], EvidenceReview]
    borne: tuple[tuple[Bearing, Evidence], ...]

    @classmethod
    def of(cls, facts: Facts) -> "_Record":
        evidence = {row.id: row for row in facts.evidence}
        revisions = {row.revises: row.id for row in facts.evidence if row.revises is not None}
        said = _grouped(((row.evidence_id, row.bearing_id), row) for row in facts.reviews)
        return cls(
            evidence=evidence,
            revisions=revisions,
            rounds={row.id: row for row in facts.rounds},
            reviews={about: last for about, rows in said.items() if (last := newest(rows))},
            borne=tuple(
                (row, evidence[row.evidence_id])
                for row in sorted(facts.bearings, key=lambda row: row.id)
                if row.evidence_id in evidence and row.evidence_id not in revisions
            ),
        )

    def cited(self, reading: Reading) -> Evidence | None:
        """The evidence a reading cites, as last revised: a correction asks for another look."""
        cited = self.evidence.get(reading.evidence_id) if reading.evidence_id is not None else None
        while cited and cited.id in self.revisions:
            cited = self.evidence[self.revisions[cited.id]]
        return cited

    def verdict_on(self, evidence: Evidence | None, since: datetime | None = None) -> Review | None:
        """The newest word on the evidence itself; None where nobody has looked (`since` then, where that is given)."""
        review = self.reviews.get((evidence.id, None)) if evidence else None
        return review.decision if review and (since is None or review.recorded_at >= since) else None

    def is_verified(self, reading: Reading) -> bool:
        """A reading is verified by the newest review of the evidence it cites itself, if that came after it.

        A figure put on evidence that was verified before is nobody's word but its author's.
        """
        return self.verdict_on(self.cited(reading), since=reading.recorded_at) is Review.VERIFIED

    def is_waiting(self, reading: Reading) -> bool:
        """A reading is a claim while its evidence hasn't been reviewed and its round not sent back.

        One that says "no data" claims nothing.
        """
        cited = self.cited(reading)
        return (
            not reading.is_no_data
            and self.verdict_on(cited, since=reading.recorded_at) is None
            and not self.is_returned(reading.round_id)
            and not (cited and self.is_returned(cited.round_id))
        )

    def is_turned_down(self, evidence: Evidence) -> bool:
        """Whether the evidence itself was rejected, or the round it came with went back."""
        return self.verdict_on(evidence) is Review.REJECTED or self.is_returned(evidence.round_id)

    def is_returned(self, round_id: int | None) -> bool:
        sent = self.rounds.get(round_id) if round_id is not None else None
        return sent is not None and sent.returned_at is not None

    def progress(self, evidence: Evidence) -> Progress:
        """What was said of it when it was sent; what was logged without a round is under way."""
        sent = self.rounds.get(evidence.round_id) if evidence.round_id is not None else None
        return sent.progress if sent else Progress.UNDER_WAY


def _is_action(bearing: Bearing, evidence: Evidence) -> bool:
    """Only a concrete action of the government, alone or jointly, scores."""
    return bearing.shows is Shows.ACTION and evidence.done_by in OWN


def _first_day(evidence: Evidence, review: EvidenceReview | None) -> date | None:
    """The first day of a span: the evidence's own; where it lacks it, the one its own review states."""
    if evidence.happened_from is not None or review is None:
        return evidence.happened_from
    return review.first_on


def _in_window(window: Period, first: date | None, last: date) -> bool:
    """Whether a span, as far as its days are known, lies in the window."""
    return window.starts_on <= (first or last) and last <= window.ends_on


def _covers(window: Period, reading: Reading, as_of: date, *, is_begun: bool = False) -> bool:
    """Whether a reading is one for the period: from its very start through a day that has come.

    One that starts later tells of a part only, and isn't compared with a year. Where it `is_begun`,
    the day it starts on must have come, not the one it goes through.
    """
    if reading.starts_on != window.starts_on or reading.through_on > window.ends_on:
        return False
    return (reading.starts_on if is_begun else reading.through_on) <= as_of


def _waiting(record: "_Record", facts: Facts, as_of: date, sent: Sight) -> int:
    of_actions = {("evidence", action.evidence_id) for actions in sent.actions.values() for action in actions}
    of_readings = {
        ("evidence", cited.id) if (cited := record.cited(row)) else ("reading", row.id)
        for row in facts.readings
        if _covers(facts.edition.tracking, row, as_of) and record.is_waiting(row)
    }
    return len(of_actions | of_readings)


def _previous(facts: Facts) -> Mapping[int, tuple[Reading, ...]]:
    """The readings for the whole period before. They need no review, only to be known."""
    return _grouped(
        (row.indicator_id, row)
        for row in facts.readings
        if Period(row.starts_on, row.through_on) == facts.edition.previous
    )


def _judgements(record: "_Record", facts: Facts, as_of: date, *, is_begun: bool) -> Mapping[int, Judgement]:
    """The assessment that holds of each benchmark on a day: by the day it holds from, then as recorded.

    That is the last day of the evidence it rests on, or, where it `is_begun`, the day by which all of
    that has begun; where it rests on none, the day it was recorded.
    """

    stated: dict[int, date] = {}
    for review in record.reviews.values() if is_begun else ():
        if review.first_on is not None and review.decision is Review.VERIFIED:
            stated[review.evidence_id] = max(review.first_on, stated.get(review.evidence_id, review.first_on))

    def day_of(evidence: Evidence) -> date:
        if not is_begun:
            return evidence.happened_to
        return evidence.happened_from or stated.get(evidence.id, evidence.happened_to)

    held: dict[int, tuple[tuple[date, datetime, int], Judgement]] = {}
    for row in facts.assessments:
        days = [day_of(record.evidence[one]) for one in row.evidence_ids if one in record.evidence]
        on = max(days, default=row.recorded_at.astimezone(facts.zone).date())
        order = (on, row.recorded_at, row.id)
        if on <= as_of and (row.benchmark_id not in held or held[row.benchmark_id][0] < order):
            held[row.benchmark_id] = (order, Judgement(row.id, row.verdict, on))
    return {benchmark: judgement for benchmark, (_, judgement) in held.items()}


def _grouped[K: Hashable, V](pairs: Iterable[tuple[K, V]]) -> Mapping[K, tuple[V, ...]]:
    groups: dict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return {key: tuple(values) for key, values in groups.items()}
