"""What accepting a round would add to the score, and what assessing its benchmarks would add then. Pure.

Nothing is estimated: the reviews and the assessments that would be written are put among the facts,
and the rules of `reports.readiness` are asked again. The points foretold are the points that come,
as long as nobody records anything else in between.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction

from dialogues.words import Review, Shows, Verdict
from recommendations.words import Rule
from reports.counting import OWN, newest
from reports.readiness import readiness
from reports.record import Assessment, Bearing, Evidence, EvidenceReview, Facts

HYPOTHETICAL = 1 << 62
"""Keys of rows that nobody has written: above any key there is, so that of two at one moment they are the newer."""


@dataclass(frozen=True, slots=True)
class Assessing:
    """What assessing these benchmarks (by key, "6a") so would add, once the round is accepted."""

    benchmarks: tuple[str, ...]
    verdict: Verdict
    points: Fraction


@dataclass(frozen=True, slots=True)
class Foretold:
    """The score as it stands, what accepting all of a round adds, and what each assessment adds on top. Of 100.

    `accepting` is None where the round was accepted already. `needs_first_day` is True where a piece
    of evidence has no first day: the points come only if its review states one in the tracking period.
    """

    score: Fraction
    accepting: Fraction | None
    assessing: tuple[Assessing, ...]
    needs_first_day: bool


def foretold(facts: Facts, *, round_id: int, as_of: date, now: datetime, is_accepted: bool = False) -> Foretold:
    """What deciding on a round at the moment `now` would add to the score of the day `as_of`.

    Accepting means that every file and figure of it is verified; where it `is_accepted` already,
    its reviews stand as they are. An assessment is taken to rest on what the page ticks: what of the
    round's evidence is verified and no earlier assessment rests on; where that is none, on nothing.
    """
    sent = _sent(facts, round_id)
    taken = facts if is_accepted else accepted(facts, round_id=round_id, now=now)
    before, after = (readiness(each, as_of=as_of).score for each in (facts, taken))

    def then(benchmarks: Collection[int], verdict: Verdict) -> Fraction:
        judged = assessed(taken, benchmarks=benchmarks, verdict=verdict, evidence=sent, now=now)
        return readiness(judged, as_of=as_of).score - after

    assessable = _assessable(facts, sent)
    choices = [{one: key} for one, key in assessable.items()]
    if len(assessable) > 1:
        choices.append(assessable)
    return Foretold(
        score=before,
        accepting=None if is_accepted else after - before,
        assessing=tuple(
            Assessing(tuple(choice.values()), verdict, then(choice.keys(), verdict))
            for choice in choices
            for verdict in (Verdict.STEP, Verdict.MET)
        ),
        needs_first_day=not is_accepted and any(row.happened_from is None for row in sent),
    )


def accepted(facts: Facts, *, round_id: int, now: datetime) -> Facts:
    """The facts with every bearing of a round's evidence, and the evidence itself, verified at `now`.

    Where evidence has no first day the review is taken to state its last day as the first: any day
    in the tracking period gives the same.
    """
    sent = {row.id: row for row in _sent(facts, round_id)}
    words: list[tuple[Evidence, int | None]] = [(row, None) for row in sent.values()]
    words += [(sent[row.evidence_id], row.id) for row in facts.bearings if row.evidence_id in sent]
    reviews = tuple(
        EvidenceReview(
            id=HYPOTHETICAL + number,
            evidence_id=row.id,
            bearing_id=bearing,
            recorded_at=now,
            decision=Review.VERIFIED,
            first_on=None if row.happened_from else row.happened_to,
        )
        for number, (row, bearing) in enumerate(words)
    )
    return replace(facts, reviews=facts.reviews + reviews)


def assessed(
    facts: Facts, *, benchmarks: Iterable[int], verdict: Verdict, evidence: Iterable[Evidence], now: datetime
) -> Facts:
    """The facts with these benchmarks (ids) assessed so at `now`.

    Each rests on what of the evidence is verified to bear on it and no earlier assessment of it rests on.
    """
    rows = {row.id for row in evidence}
    words = {row.bearing_id: row.decision for row in sorted(facts.reviews, key=lambda row: (row.recorded_at, row.id))}
    rested_on = {(row.benchmark_id, one) for row in facts.assessments for one in row.evidence_ids}
    fresh = {
        (row.benchmark_id, row.evidence_id)
        for row in facts.bearings
        if row.evidence_id in rows and words.get(row.id) is Review.VERIFIED
    } - rested_on
    return replace(
        facts,
        assessments=facts.assessments
        + tuple(
            Assessment(
                id=HYPOTHETICAL + number,
                benchmark_id=one,
                recorded_at=now,
                verdict=verdict,
                evidence_ids=frozenset(piece for about, piece in fresh if about == one),
            )
            for number, one in enumerate(benchmarks)
        ),
    )


def _sent(facts: Facts, round_id: int) -> tuple[Evidence, ...]:
    """The evidence that came with a round, as it stands: what was revised since is no longer part of it."""
    revised = {row.revises for row in facts.evidence}
    return tuple(row for row in facts.evidence if row.round_id == round_id and row.id not in revised)


def _assessable(facts: Facts, sent: Iterable[Evidence]) -> dict[int, str]:
    """The benchmarks (by id, with their key) that this evidence shows action on and that are assessed, in order."""
    own = {row.id for row in sent if row.done_by in OWN}
    shown = {row.benchmark_id for row in facts.bearings if _shows_action(row) and row.evidence_id in own}
    numbers = {row.id: row.number for row in facts.recommendations}
    found = [
        (numbers[row.recommendation_id], row.letter, row.id)
        for row in facts.benchmarks
        if row.id in shown and (terms := newest(row.terms)) and terms.rule is Rule.ASSESSED
    ]
    return {one: f"{number}{letter}" for number, letter, one in sorted(found)}


def _shows_action(bearing: Bearing) -> bool:
    return bearing.shows is Shows.ACTION
