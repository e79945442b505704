"""The history of what was verified when, written out once so that it answers for any day and any moment.

An evidence link or a reading is verified between two moments of knowledge: from its review until a newer review
rejects it or a revision replaces the evidence. `VerifiedHistory.verified` selects those that were verified at a moment
and count on a day.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple

from dialogues.choices import EvidenceDecision, SupportKind
from reports.readiness.countable_facts import (
    Action,
    EffectiveAssessment,
    FactView,
    group_by_key,
    is_action,
    is_in_window,
    is_of_period,
)
from reports.readiness.fact_index import END_OF_TIME, FactIndex
from reports.readiness.facts import AssessmentFact, EvidenceReviewFact, Facts, Period, ReadingFact

ALL_KNOWN_AT = END_OF_TIME - timedelta.resolution
"""A moment by which everything is known."""


class VerifiedLink(NamedTuple):
    """An evidence link while it is verified, between two moments of knowledge.

    `first_on` and `last_on` are the first and last day of the event.
    """

    known_from: datetime
    known_until: datetime
    first_on: date
    last_on: date
    benchmark_id: int
    evidence_id: int
    is_action: bool


class _OrderedLinks(NamedTuple):
    """Verified links in the order of their last days, and these days."""

    days: Sequence[date]
    links: Sequence[VerifiedLink]

    def last(self, as_of: date, known_by: datetime) -> VerifiedLink | None:
        """Return the last link that was verified at a moment and counts on a day."""
        for link in reversed(self.links[: bisect_right(self.days, as_of)]):
            if link.known_from <= known_by < link.known_until:
                return link
        return None


class ReadingInForce(NamedTuple):
    """A reading while it is in force, between two moments of knowledge."""

    known_from: datetime
    known_until: datetime
    reading: ReadingFact


@dataclass(frozen=True, slots=True)
class DatedAssessment:
    """An assessment with the days from which it holds.

    `over_on` counts from the end dates of the evidence it rests on, `begun_on` from the start dates.
    """

    assessment: AssessmentFact
    over_on: date
    begun_on: date


@dataclass(frozen=True)
class VerifiedHistory:
    """Everything ever verified in the tracking period, each row with the moments between which it was verified.

    Looked up once, it answers for every day of the year. `links` are the evidence links, ordered by last day and then
    by evidence id. `previous` are the readings for the year before.
    """

    links: tuple[VerifiedLink, ...]
    readings: tuple[ReadingInForce, ...]
    assessments: tuple[DatedAssessment, ...]
    previous: tuple[ReadingInForce, ...]

    @classmethod
    def from_facts(cls, facts: Facts) -> "VerifiedHistory":
        """Build the history of a record."""
        return cls.from_index(FactIndex(facts))

    @classmethod
    def from_index(cls, index: FactIndex) -> "VerifiedHistory":
        """Build the history of a record whose rows are looked up already."""
        facts = index.facts
        return cls(
            links=tuple(sorted(_verified_links(index), key=attrgetter("last_on", "evidence_id"))),
            readings=tuple(_verified_readings(index)),
            assessments=tuple(_dated_assessments(index)),
            previous=tuple(
                ReadingInForce(row.recorded_at, index.known_until(row.evidence_id), row)
                for row in facts.readings
                if Period(row.starts_on, row.through_on) == facts.edition.previous
            ),
        )

    def verified(self, as_of: date, known_by: datetime = ALL_KNOWN_AT, *, is_begun: bool = False) -> FactView:
        """Return what was verified by a moment and counts on a day.

        Args:
            as_of: the day. Rows count from their end date.
            known_by: the moment of knowledge.
            is_begun: count rows from their start date instead.
        """
        known_by = known_by.astimezone(UTC)  # The rows are in UTC, too: comparing across time zones is slower.
        links = sorted(self.links, key=attrgetter("first_on", "evidence_id")) if is_begun else self.links
        actions: dict[int, list[Action]] = defaultdict(list)
        other_evidence: dict[int, list[int]] = defaultdict(list)
        for row in links:
            counts_from = row.first_on if is_begun else row.last_on
            if counts_from > as_of:
                break
            if not row.known_from <= known_by < row.known_until:
                continue
            if row.is_action:
                actions[row.benchmark_id].append(Action(row.evidence_id, counts_from))
            else:
                other_evidence[row.benchmark_id].append(row.evidence_id)
        return self._view(
            {key: tuple(rows) for key, rows in actions.items()},
            {key: tuple(rows) for key, rows in other_evidence.items()},
            as_of,
            known_by,
            is_begun=is_begun,
        )

    def last_verified(self, as_of: date, known_by: datetime = ALL_KNOWN_AT) -> FactView:
        """Return `verified` without all actions and all other evidence but the last on each benchmark.

        The shares stay the same.
        """
        known_by = known_by.astimezone(UTC)
        actions = {}
        other_evidence = {}
        for (benchmark_id, shows_action), links in self._links_by_benchmark.items():
            last = links.last(as_of, known_by)
            if last is not None and shows_action:
                actions[benchmark_id] = (Action(last.evidence_id, last.last_on),)
            elif last is not None:
                other_evidence[benchmark_id] = (last.evidence_id,)
        return self._view(actions, other_evidence, as_of, known_by, is_begun=False)

    @cached_property
    def _links_by_benchmark(self) -> Mapping[tuple[int, bool], _OrderedLinks]:
        """The links by benchmark, those that show an action apart from the others."""
        groups: dict[tuple[int, bool], list[VerifiedLink]] = defaultdict(list)
        for link in self.links:
            groups[link.benchmark_id, link.is_action].append(link)
        return {key: _OrderedLinks([link.last_on for link in links], links) for key, links in groups.items()}

    def _view(
        self,
        actions: Mapping[int, tuple[Action, ...]],
        other_evidence: Mapping[int, tuple[int, ...]],
        as_of: date,
        known_by: datetime,
        *,
        is_begun: bool,
    ) -> FactView:
        """Return the view with these actions and this other evidence, and with what else was verified."""
        readings = group_by_key(
            (in_force.reading.indicator_id, in_force.reading)
            for in_force in self.readings
            if in_force.known_from <= known_by < in_force.known_until
            and (in_force.reading.starts_on if is_begun else in_force.reading.through_on) <= as_of
        )
        return FactView(
            readings=readings,
            figures=readings,
            previous=group_by_key(
                (in_force.reading.indicator_id, in_force.reading)
                for in_force in self.previous
                if in_force.known_from <= known_by < in_force.known_until
            ),
            actions=actions,
            assessments=self._effective_assessments(as_of, known_by, is_begun=is_begun),
            other_evidence=other_evidence,
        )

    def _effective_assessments(
        self, as_of: date, known_by: datetime, *, is_begun: bool
    ) -> Mapping[int, EffectiveAssessment]:
        """Return the assessment in force on each benchmark: the latest by the day it holds from, then by recording."""
        dated = [(row.begun_on if is_begun else row.over_on, row.assessment) for row in self.assessments]
        known = [
            (holds_from, assessment)
            for holds_from, assessment in dated
            if holds_from <= as_of and assessment.recorded_at <= known_by
        ]
        known.sort(key=lambda pair: (pair[0], pair[1].recorded_at, pair[1].id))
        return {
            assessment.benchmark_id: EffectiveAssessment(assessment.id, assessment.verdict, holds_from)
            for holds_from, assessment in known
        }


def _verified_links(index: FactIndex) -> Iterator[VerifiedLink]:
    """Yield evidence links in the window, except for context, for as long as their newest review verifies them."""
    evidence_by_id, reviews, window = index.evidence, index.reviews, index.facts.edition.tracking
    for link in index.facts.evidence_links:
        own_reviews = reviews.get((link.evidence_id, link.id))
        evidence = evidence_by_id.get(link.evidence_id)
        if own_reviews is None or evidence is None or link.shows is SupportKind.CONTEXT:
            continue
        known_from = max(evidence.recorded_at, link.recorded_at)
        for review, since, until in _verifying_reviews(own_reviews, index.known_until(evidence.id), known_from):
            first_on = evidence.happened_from or review.first_on
            if first_on is not None and is_in_window(window, first_on, evidence.happened_to):
                yield VerifiedLink(
                    since,
                    until,
                    first_on,
                    evidence.happened_to,
                    link.benchmark_id,
                    evidence.id,
                    is_action(link, evidence),
                )


def _verified_readings(index: FactIndex) -> Iterator[ReadingInForce]:
    """Yield readings for the period, for as long as the newest review of the cited evidence verifies it.

    The review must be newer than the reading: a figure added to evidence that was verified earlier has not been
    reviewed.
    """
    for reading in index.facts.readings:
        cited = index.cited(reading)
        if cited is None or not is_of_period(index.facts.edition.tracking, reading):
            continue
        known_from = max(reading.recorded_at, cited.recorded_at)
        own_reviews = index.reviews.get((cited.id, None), ())
        for review, since, until in _verifying_reviews(own_reviews, index.known_until(cited.id), known_from):
            if review.recorded_at >= reading.recorded_at:
                yield ReadingInForce(since, until, reading)


def _dated_assessments(index: FactIndex) -> Iterator[DatedAssessment]:
    """Yield assessments with the days they hold from. One without evidence holds from the day of its recording."""
    stated_start: dict[int, date] = {}
    for (key, _), reviews in index.reviews.items() if index.facts.assessments else ():
        newest = reviews[-1]
        if newest.first_on is not None and newest.decision is EvidenceDecision.VERIFIED:
            stated_start[key] = max(newest.first_on, stated_start.get(key, newest.first_on))
    for row in index.facts.assessments:
        rests_on = [index.evidence[evidence_id] for evidence_id in row.evidence_ids if evidence_id in index.evidence]
        recorded_on = row.recorded_at.astimezone(index.facts.zone).date()
        yield DatedAssessment(
            row,
            max((evidence.happened_to for evidence in rests_on), default=recorded_on),
            max(
                (
                    evidence.happened_from or stated_start.get(evidence.id, evidence.happened_to)
                    for evidence in rests_on
                ),
                default=recorded_on,
            ),
        )


def _verifying_reviews(
    reviews: Sequence[EvidenceReviewFact], in_force_until: datetime, known_from: datetime
) -> list[tuple[EvidenceReviewFact, datetime, datetime]]:
    """Return the reviews that verify a line of evidence, in order, each with the moments between which it holds.

    It holds until a newer review is recorded or a revision replaces the evidence (`in_force_until`).
    """
    found = []
    for number, review in enumerate(reviews, start=1):
        if review.decision is EvidenceDecision.VERIFIED:
            since = max(review.recorded_at, known_from)
            until = min(in_force_until, reviews[number].recorded_at) if number < len(reviews) else in_force_until
            if since < until:
                found.append((review, since, until))
    return found
