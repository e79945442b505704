"""The history of what was verified when, written out once so that it answers for any day and any moment.

An evidence link or a reading is verified between two moments of knowledge: from its review until a newer review
rejects it or a revision replaces the evidence. `VerifiedHistory.verified` selects those that were verified at a moment
and count on a day.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter

from dialogues.choices import EvidenceDecision, SupportKind
from reports.readiness.countable_facts import (
    Action,
    EffectiveAssessment,
    FactView,
    group_by_key,
    is_action,
    is_in_window,
    is_of_period,
    start_date_of,
)
from reports.readiness.facts import AssessmentFact, EvidenceFact, EvidenceReviewFact, Facts, Period, ReadingFact

END_OF_TIME = datetime.max.replace(tzinfo=UTC)
"""The end of validity for rows that are still valid."""
ALL_KNOWN_AT = END_OF_TIME - timedelta.resolution
"""A moment by which everything is known."""


@dataclass(frozen=True, slots=True)
class VerifiedLink:
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


@dataclass(frozen=True, slots=True)
class ReadingInForce:
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

    Looked up once, it answers for every day of the year. `borne` are the evidence links, ordered by last day and then
    by evidence id. `told` are the readings, `held` the assessments, and `previous` the readings for the year before.
    """

    borne: tuple[VerifiedLink, ...]
    told: tuple[ReadingInForce, ...]
    held: tuple[DatedAssessment, ...]
    previous: tuple[ReadingInForce, ...]

    @classmethod
    def of(cls, facts: Facts) -> "VerifiedHistory":
        """Build the history of a record."""
        said: dict[tuple[int, int | None], list[EvidenceReviewFact]] = defaultdict(list)
        for review in sorted(facts.reviews, key=attrgetter("recorded_at", "id")):
            said[review.evidence_id, review.bearing_id].append(review)
        evidence = {row.id: row for row in facts.evidence}
        revisions = {row.revises: row for row in facts.evidence if row.revises is not None}
        return cls(
            borne=tuple(
                sorted(_verified_links(facts, said, evidence, revisions), key=attrgetter("last_on", "evidence_id"))
            ),
            told=tuple(_verified_readings(facts, said, evidence, revisions)),
            held=tuple(_dated_assessments(facts, said, evidence)),
            previous=tuple(
                ReadingInForce(row.recorded_at, _known_until(row.evidence_id, revisions), row)
                for row in facts.readings
                if Period(row.starts_on, row.through_on) == facts.edition.previous
            ),
        )

    def verified(
        self, as_of: date, known_by: datetime = ALL_KNOWN_AT, *, is_begun: bool = False, is_lean: bool = False
    ) -> FactView:
        """Return what was verified by a moment and counts on a day.

        Args:
            as_of: the day. Rows count from their end date.
            known_by: the moment of knowledge.
            is_begun: count rows from their start date instead.
            is_lean: keep only the last action on each benchmark. The shares stay the same, with fewer rows.
        """
        known_by = known_by.astimezone(UTC)  # The rows are in UTC, too: comparing across time zones is slower.
        readings = group_by_key(
            (told.reading.indicator_id, told.reading)
            for told in self.told
            if told.known_from <= known_by < told.known_until
            and (told.reading.starts_on if is_begun else told.reading.through_on) <= as_of
        )
        ordered = sorted(self.borne, key=attrgetter("first_on", "evidence_id")) if is_begun else self.borne
        actions: dict[int, list[VerifiedLink]] = defaultdict(list)
        findings: dict[int, list[int]] = defaultdict(list)
        for row in ordered:
            if (row.first_on if is_begun else row.last_on) > as_of:
                break
            if not row.known_from <= known_by < row.known_until:
                continue
            if row.is_action:
                actions[row.benchmark_id].append(row)
            else:
                findings[row.benchmark_id].append(row.evidence_id)
        return FactView(
            readings=readings,
            figures=readings,
            previous=group_by_key(
                (told.reading.indicator_id, told.reading)
                for told in self.previous
                if told.known_from <= known_by < told.known_until
            ),
            actions={
                key: tuple(
                    Action(row.evidence_id, row.first_on if is_begun else row.last_on)
                    for row in (rows[-1:] if is_lean else rows)
                )
                for key, rows in actions.items()
            },
            judgements=self._judgements(as_of, known_by, is_begun=is_begun),
            findings={key: tuple(rows) for key, rows in findings.items()},
        )

    def _judgements(self, as_of: date, known_by: datetime, *, is_begun: bool) -> Mapping[int, EffectiveAssessment]:
        """Return the assessment in force on each benchmark: the latest by the day it holds from, then by recording."""
        last: dict[int, tuple[date, datetime, int]] = {}
        judgements = {}
        for row in self.held:
            one, on = row.assessment, row.begun_on if is_begun else row.over_on
            order = (on, one.recorded_at, one.id)
            if (
                on <= as_of
                and one.recorded_at <= known_by
                and (one.benchmark_id not in last or last[one.benchmark_id] < order)
            ):
                last[one.benchmark_id] = order
                judgements[one.benchmark_id] = EffectiveAssessment(one.id, one.verdict, on)
        return judgements


def _verified_links(
    facts: Facts,
    said: Mapping[tuple[int, int | None], Sequence[EvidenceReviewFact]],
    evidence: Mapping[int, EvidenceFact],
    revisions: Mapping[int, EvidenceFact],
) -> Iterator[VerifiedLink]:
    """Yield evidence links of actions and findings in the window, for as long as their newest review verifies them.

    Evidence that a revision replaced supports nothing any more: the revision has links and reviews of its own.
    """
    window = facts.edition.tracking
    for bearing in facts.bearings:
        row = evidence.get(bearing.evidence_id)
        if row is None or bearing.shows is SupportKind.CONTEXT:
            continue
        known_from = max(bearing.recorded_at, row.recorded_at)
        for review, until in _verifying_reviews(said.get((row.id, bearing.id), ()), _known_until(row.id, revisions)):
            first = start_date_of(row, review)
            since = max(review.recorded_at, known_from)
            if first is not None and is_in_window(window, first, row.happened_to) and since < until:
                yield VerifiedLink(
                    since, until, first, row.happened_to, bearing.benchmark_id, row.id, is_action(bearing, row)
                )


def _verified_readings(
    facts: Facts,
    said: Mapping[tuple[int, int | None], Sequence[EvidenceReviewFact]],
    evidence: Mapping[int, EvidenceFact],
    revisions: Mapping[int, EvidenceFact],
) -> Iterator[ReadingInForce]:
    """Yield readings for the period, for as long as the newest review of the cited evidence verifies it.

    The review must be newer than the reading: a figure added to evidence that was verified earlier has not been
    reviewed. Evidence that a revision replaced gives no figure any more: the revision has figures of its own.
    """
    for reading in facts.readings:
        if not is_of_period(facts.edition.tracking, reading):
            continue
        cited = evidence.get(reading.evidence_id) if reading.evidence_id is not None else None
        if cited is None:
            continue
        known_from = max(reading.recorded_at, cited.recorded_at)
        for review, until in _verifying_reviews(said.get((cited.id, None), ()), _known_until(cited.id, revisions)):
            since = max(review.recorded_at, known_from)
            if review.recorded_at >= reading.recorded_at and since < until:
                yield ReadingInForce(since, until, reading)


def _known_until(evidence_id: int | None, revisions: Mapping[int, EvidenceFact]) -> datetime:
    """Return until when evidence is in force, together with its links and readings: until a revision replaces it."""
    revision = revisions.get(evidence_id) if evidence_id is not None else None
    return revision.recorded_at if revision else END_OF_TIME


def _dated_assessments(
    facts: Facts,
    said: Mapping[tuple[int, int | None], Sequence[EvidenceReviewFact]],
    evidence: Mapping[int, EvidenceFact],
) -> Iterator[DatedAssessment]:
    """Yield assessments with the days they hold from. One without evidence holds from the day of its recording."""
    stated: dict[int, date] = {}
    for (key, _), reviews in said.items():
        last = reviews[-1]
        if last.first_on is not None and last.decision is EvidenceDecision.VERIFIED:
            stated[key] = max(last.first_on, stated.get(key, last.first_on))
    for row in facts.assessments:
        rests_on = [evidence[one] for one in row.evidence_ids if one in evidence]
        recorded_on = row.recorded_at.astimezone(facts.zone).date()
        yield DatedAssessment(
            row,
            max((one.happened_to for one in rests_on), default=recorded_on),
            max((one.happened_from or stated.get(one.id, one.happened_to) for one in rests_on), default=recorded_on),
        )


def _verifying_reviews(
    reviews: Sequence[EvidenceReviewFact], last: datetime
) -> Iterator[tuple[EvidenceReviewFact, datetime]]:
    """Yield the reviews that verify, in order, each with the moment until which it is the newest."""
    for place, review in enumerate(reviews, start=1):
        if review.decision is EvidenceDecision.VERIFIED:
            yield review, min(last, reviews[place].recorded_at) if place < len(reviews) else last
