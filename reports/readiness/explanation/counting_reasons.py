"""Say for each row whether it counts and, if not, why not.

`reports.readiness.countable_facts` decides whether a row counts. This module only reads the result and names the first
rule that excludes the row.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from dialogues.choices import DoneBy, EvidenceDecision, SupportKind
from recommendations.choices import Rule
from reports import formatting
from reports.readiness import countable_facts
from reports.readiness.fact_views import build_fact_views, newest_reviews
from reports.readiness.facts import (
    EvidenceFact,
    EvidenceLinkFact,
    EvidenceReviewFact,
    Facts,
    Period,
    ReadingFact,
    UpdateVersionFact,
)


@dataclass(frozen=True, slots=True)
class CountingStatus:
    """Whether a row counts, whether it is a claim that would count, and the reason why it does not count."""

    counts: bool
    is_claim: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class CountingStatuses:
    """The counting statuses of evidence links and of readings, by id.

    `holding` are the ids of the assessments in force, at most one per benchmark. `waiting` are the ids of evidence
    that would count if it were verified, for what it shows or for a figure.
    """

    bearings: Mapping[int, CountingStatus]
    readings: Mapping[int, CountingStatus]
    holding: frozenset[int]
    waiting: frozenset[int]


COUNTS = CountingStatus(counts=True)
WAITING = CountingStatus(counts=False, is_claim=True, why="not verified yet")


def find_counting_statuses(facts: Facts, as_of: date) -> CountingStatuses:
    """Return the counting status of each evidence link and each reading on a day, by everything that is known."""
    sights = build_fact_views(facts, as_of)
    seen, sent = sights.verified, sights.claimed
    rule = {one.id: terms.rule for one in facts.benchmarks if (terms := countable_facts.newest_row(one.terms))}
    evidence = {row.id: row for row in facts.evidence}
    reviews = newest_reviews(facts.reviews)
    record = _FactIndex(
        evidence=evidence,
        reviews=reviews,
        rounds={row.id: row for row in facts.rounds},
        revised=frozenset(row.revises for row in facts.evidence if row.revises is not None),
        window=facts.edition.tracking,
        zone=facts.zone,
        as_of=as_of,
    )
    proven = {(one, act.evidence_id) for one, acts in seen.actions.items() for act in acts}
    waiting = {(one, act.evidence_id) for one, acts in sent.actions.items() for act in acts}
    figures = {row.id for rows in seen.readings.values() for row in rows}
    figures |= {row.id for rows in seen.previous.values() for row in rows}
    told = {row.id for rows in sent.readings.values() for row in rows}

    def bearing(row: EvidenceLinkFact) -> CountingStatus:
        pair = (row.benchmark_id, row.evidence_id)
        if rule.get(row.benchmark_id, Rule.ASSESSED) is not Rule.ASSESSED:
            return CountingStatus(counts=False, why="only a figure moves this benchmark")
        if pair in proven:
            return COUNTS
        against = record.against_bearing(row, evidence[row.evidence_id])
        if pair in waiting:
            return CountingStatus(counts=False, is_claim=True, why=against or WAITING.why)
        return CountingStatus(counts=False, why=against)

    def reading(row: ReadingFact) -> CountingStatus:
        if row.id in figures:
            return COUNTS
        return WAITING if row.id in told else CountingStatus(counts=False, why=record.against_reading(row))

    readings = {row.id: reading(row) for row in facts.readings}
    cited = {row.evidence_id for row in facts.readings if row.evidence_id is not None and readings[row.id].is_claim}
    return CountingStatuses(
        bearings={row.id: bearing(row) for row in facts.bearings},
        readings=readings,
        holding=frozenset(one.id for one in seen.judgements.values()),
        waiting=frozenset(evidence for _, evidence in waiting) | cited,
    )


@dataclass(frozen=True)
class _FactIndex:
    evidence: Mapping[int, EvidenceFact]
    reviews: Mapping[tuple[int, int | None], EvidenceReviewFact]
    rounds: Mapping[int, UpdateVersionFact]
    revised: frozenset[int]
    window: Period
    zone: ZoneInfo
    as_of: date

    def against_bearing(self, bearing: EvidenceLinkFact, evidence: EvidenceFact) -> str:
        """Return the first reason why an evidence link does not count; empty if there is none."""
        return next((why for why in self._all_against_bearing(bearing, evidence) if why), "")

    def _all_against_bearing(self, bearing: EvidenceLinkFact, evidence: EvidenceFact) -> Iterator[str]:
        review = self.reviews.get((evidence.id, bearing.id))
        first = evidence.happened_from or (review.first_on if review else None)
        if evidence.id in self.revised:
            yield "put right by a newer row"
        if evidence.done_by not in countable_facts.GOVERNMENT_DOERS:
            yield f"done by {describe_doer(evidence.done_by)}, not by the government"
        if bearing.shows is not SupportKind.ACTION:
            yield f"{formatting.lowercase_first(bearing.shows.label)}, not a concrete action"
        if (first or evidence.happened_to) < self.window.starts_on:
            yield self._outside(first, evidence.happened_to)
        if evidence.happened_to > self.window.ends_on:
            yield f"after {formatting.format_date(self.window.ends_on)}"
        if evidence.happened_to > self.as_of:
            yield f"not over by {formatting.format_date(self.as_of)}"
        if review is None:
            yield self._rejected(self.reviews.get((evidence.id, None)))
            yield self._returned(evidence.round_id)
        elif review.decision is EvidenceDecision.REJECTED:
            yield self._rejected(review)
        elif first is None:
            yield "verified, but nobody has stated its first day"

    def against_reading(self, reading: ReadingFact) -> str:
        """Return the first reason why a reading does not count; empty if there is none."""
        return next((why for why in self._all_against_reading(reading) if why), "")

    def _all_against_reading(self, reading: ReadingFact) -> Iterator[str]:
        cited = self.evidence.get(reading.evidence_id) if reading.evidence_id is not None else None
        if cited and cited.id in self.revised:
            yield "put right by a newer row"
        if reading.through_on < self.window.starts_on:
            yield f"before {formatting.format_date(self.window.starts_on)}"
        if reading.starts_on != self.window.starts_on:
            yield "not from the first day of the tracking period"
        if reading.through_on > self.window.ends_on:
            yield f"after {formatting.format_date(self.window.ends_on)}"
        if reading.through_on > self.as_of:
            yield f"not over by {formatting.format_date(self.as_of)}"
        yield self._returned(reading.round_id)
        if cited:
            yield self._returned(cited.round_id)
            yield self._rejected(self.reviews.get((cited.id, None)))
        if reading.is_no_data:
            yield "it says that there is no data"

    def _outside(self, first: date | None, last: date) -> str:
        start = formatting.format_date(self.window.starts_on)
        return f"begun before {start}" if first and last >= self.window.starts_on else f"before {start}"

    def _rejected(self, review: EvidenceReviewFact | None) -> str:
        """Return the phrase on when the embassy rejected it; empty if it did not."""
        if review is None or review.decision is not EvidenceDecision.REJECTED:
            return ""
        return f"rejected by the embassy on {self._day(review.recorded_at)}"

    def _returned(self, round_id: int | None) -> str:
        """Return the phrase on when the update that it came with was returned; empty if it was not."""
        sent = self.rounds.get(round_id) if round_id is not None else None
        if sent is None or sent.returned_at is None:
            return ""
        return f"the update it came with was returned on {self._day(sent.returned_at)}"

    def _day(self, moment: datetime) -> str:
        return formatting.format_date(moment.astimezone(self.zone).date())


def describe_doer(doer: DoneBy) -> str:
    """Return who did it, as part of a sentence: `the government`, `civil society`."""
    return {
        DoneBy.GOVERNMENT: "the government",
        DoneBy.JOINT: "the government and others",
        DoneBy.CIVIL_SOCIETY: "civil society",
        DoneBy.INTERNATIONAL: "an international organization",
        DoneBy.UNITED_STATES: "the United States",
    }[doer]
