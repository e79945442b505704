"""What the embassy's word would add to the score: on a round, on a piece of evidence, on a benchmark. Pure.

Nothing is estimated: the reviews and the assessments that would be written are put among the facts,
and the rules of `reports.readiness` are asked again. The points foretold are the points that come,
as long as nobody records anything else in between.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from typing import NamedTuple

from dialogues.words import Review, Shows, Verdict
from recommendations.words import Rule
from reports.counting import OWN, newest
from reports.readiness import readiness
from reports.record import Assessment, Bearing, Evidence, EvidenceReview, Facts

HYPOTHETICAL = 1 << 62
"""Keys of rows that nobody has written: above any key there is, so that of two at one moment they are the newer."""


class Word(NamedTuple):
    """What somebody is about to say of a bearing (id) or, with none, of a piece of evidence (id) itself.

    `first_on` is the first day that they state; one that evidence tells itself holds all the same.
    """

    evidence_id: int
    bearing_id: int | None
    decision: Review
    first_on: date | None = None


@dataclass(frozen=True, slots=True)
class Assessing:
    """What assessing these benchmarks (by key, "6a") so would add, once the round is accepted."""

    benchmarks: tuple[str, ...]
    verdict: Verdict
    points: Fraction


@dataclass(frozen=True, slots=True)
class Foretold:
    """The score as it stands, what accepting a round adds, and what each assessment adds on top. Of 100.

    `accepting` is None where the round was accepted already. `needs_first_day` is True where a piece
    of evidence has no first day, and none was stated yet: the points come only if its review states
    one in the tracking period.
    """

    score: Fraction
    accepting: Fraction | None
    assessing: tuple[Assessing, ...]
    needs_first_day: bool


def foretold(
    facts: Facts,
    *,
    round_id: int,
    as_of: date,
    now: datetime,
    is_accepted: bool = False,
    words: Collection[Word] = (),
) -> Foretold:
    """What deciding on a round at the moment `now` would add to the score of the day `as_of`.

    Accepting it gives `words`, and verifies every file and figure of it on which nothing is said
    there; where it `is_accepted` already, its reviews stand as they are. An assessment is taken to
    rest on what the page ticks: what of the round's evidence is verified and no earlier assessment
    rests on; where that is none, on nothing.
    """
    sent = evidence_of(facts, round_id)
    said = () if is_accepted else with_the_others_verified(facts, sent, words)
    taken = reviewed(facts, said, now=now)
    before, after = (readiness(each, as_of=as_of).score for each in (facts, taken))

    def then(benchmarks: Collection[int], verdict: Verdict) -> Fraction:
        judged = assessed(taken, benchmarks=benchmarks, verdict=verdict, evidence=sent, now=now)
        return readiness(judged, as_of=as_of).score - after

    assessable = assessable_by(facts, sent)
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
        needs_first_day=lacks_first_day(sent, said, stated_by=words),
    )


def verifying(facts: Facts, words: Iterable[Word], *, as_of: date, now: datetime) -> tuple[Fraction, Fraction]:
    """The score of the day `as_of`, and what these words, given at the moment `now`, would add to it."""
    taken = reviewed(facts, words, now=now)
    before, after = (readiness(each, as_of=as_of).score for each in (facts, taken))
    return before, after - before


def assessing(
    facts: Facts, benchmark: int, *, rests_on: Collection[int], as_of: date, now: datetime
) -> tuple[Fraction, dict[Verdict, Fraction]]:
    """The score of the day `as_of`, and what each verdict on a benchmark (id), given at `now`, would add to it.

    Each would rest on these pieces of evidence (ids).
    """
    before = readiness(facts, as_of=as_of).score
    added = {}
    for verdict in Verdict:
        one = Assessment(HYPOTHETICAL, benchmark, now, verdict, frozenset(rests_on))
        taken = replace(facts, assessments=(*facts.assessments, one))
        added[verdict] = readiness(taken, as_of=as_of).score - before
    return before, added


def reviewed(facts: Facts, words: Iterable[Word], *, now: datetime) -> Facts:
    """The facts with these words said at `now`."""
    reviews = tuple(
        EvidenceReview(HYPOTHETICAL + number, word.evidence_id, word.bearing_id, now, word.decision, word.first_on)
        for number, word in enumerate(words)
    )
    return replace(facts, reviews=facts.reviews + reviews)


def with_the_others_verified(facts: Facts, evidence: Iterable[Evidence], words: Iterable[Word] = ()) -> list[Word]:
    """These words, and every other line that accepting has to judge, verified.

    That is each bearing; a piece itself where a figure cites it or it bears on nothing. Where
    evidence has no first day, those others are taken to state its last day as the first: any day in
    the tracking period gives the same.
    """
    rows = {row.id: row for row in evidence}
    said = {(word.evidence_id, word.bearing_id): word for word in words if word.evidence_id in rows}
    lines: list[tuple[int, int | None]] = [
        (row.evidence_id, row.id) for row in facts.bearings if row.evidence_id in rows
    ]
    cited = {row.evidence_id for row in facts.readings}
    borne = {key for key, _ in lines}
    lines += [(key, None) for key in rows if key in cited or key not in borne]
    return [said.get(line) or verified(rows[line[0]], line[1]) for line in lines]


def verified(row: Evidence, bearing_id: int | None) -> Word:
    """The word that verifies a line, its first day stated where the evidence lacks it."""
    return Word(row.id, bearing_id, Review.VERIFIED, None if row.happened_from else row.happened_to)


def open_lines(facts: Facts, evidence_id: int) -> list[int | None]:
    """The bearings (ids) of a piece that nobody has reviewed; None too, where a figure waits for a word on the piece.

    A piece that shows nothing, and that no figure cites, is itself what is open until it is reviewed.
    """
    own = [row for row in facts.reviews if row.evidence_id == evidence_id]
    said = {row.bearing_id for row in own}
    bearings: list[int | None] = [row.id for row in facts.bearings if row.evidence_id == evidence_id]
    figures = [row for row in facts.readings if row.evidence_id == evidence_id]
    since = max((row.recorded_at for row in figures), default=None)
    is_told = any(row.bearing_id is None and (since is None or row.recorded_at >= since) for row in own)
    lines = [one for one in bearings if one not in said]
    if (figures or not bearings) and not is_told:
        lines.append(None)
    return lines


def fresh_grounds(facts: Facts, benchmark: int, *, round_id: int | None = None) -> set[int]:
    """The evidence (ids) verified on a benchmark (id) that no verdict on it rests on: of one round, or of all."""
    revised = {row.revises for row in facts.evidence}
    returned = {row.id for row in facts.rounds if row.returned_at is not None}
    rows = {
        row.id: row
        for row in facts.evidence
        if row.id not in revised and row.round_id not in returned and round_id in (None, row.round_id)
    }
    words = {row.bearing_id: row.decision for row in sorted(facts.reviews, key=lambda row: (row.recorded_at, row.id))}
    rested_on = {one for row in facts.assessments if row.benchmark_id == benchmark for one in row.evidence_ids}
    return {
        row.evidence_id
        for row in facts.bearings
        if row.benchmark_id == benchmark
        and row.evidence_id in rows.keys() - rested_on
        and words.get(row.id) is Review.VERIFIED
    }


def lacks_first_day(evidence: Iterable[Evidence], said: Iterable[Word], *, stated_by: Iterable[Word] = ()) -> bool:
    """Whether a first day has still to be stated of something verified: one that nobody stated is taken for granted."""
    unknown = {row.id for row in evidence if row.happened_from is None}
    stated = {(word.evidence_id, word.bearing_id) for word in stated_by if word.first_on}
    return any(
        word.evidence_id in unknown
        and word.decision is Review.VERIFIED
        and (word.evidence_id, word.bearing_id) not in stated
        for word in said
    )


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


def evidence_of(facts: Facts, round_id: int) -> tuple[Evidence, ...]:
    """The evidence that came with a round, as it stands: what was revised since is no longer part of it."""
    revised = {row.revises for row in facts.evidence}
    return tuple(row for row in facts.evidence if row.round_id == round_id and row.id not in revised)


def assessable_by(facts: Facts, sent: Iterable[Evidence]) -> dict[int, str]:
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
