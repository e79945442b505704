"""What waits, and what each of it is worth today: foretold of one record many times over. Pure.

It says what `reports.review_simulation` says of one round or piece of evidence, to the same fraction. But what
all of them need is looked up once, and of each only its own rows are looked at: an inbox of three
hundred costs little more than ten times one of thirty.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction

from dialogues.words import Shows, Verdict
from recommendations.words import Rule
from reports.counting import OWN, Judgement, Sight, grouped
from reports.findings import NOTHING, answers, questionnaire
from reports.ledger import Ledger
from reports.record import Evidence, Facts
from reports.review_simulation import HYPOTHETICAL, reviewed, with_the_others_verified
from reports.tallying import score


@dataclass(frozen=True, slots=True)
class Stake:
    """What accepting a round would add, every piece verified, and what the best verdict it allows would on top."""

    accepting: Fraction
    verdict: Fraction

    @property
    def points(self) -> Fraction:
        """What is at stake in all."""
        return self.accepting + self.verdict


class Stakes:
    """What waits in the record of an edition, on the day `as_of`, for a word that would be given at `now`."""

    def __init__(self, facts: Facts, *, as_of: date, now: datetime) -> None:
        self.facts, self.as_of, self.now = facts, as_of, now
        self._asked = questionnaire(facts)
        self._sight = Ledger.of(facts).verified(as_of, is_lean=True)
        self.score = self._score(self._sight)
        revised = {row.revises for row in facts.evidence if row.revises is not None}
        self._by_key = {row.id: row for row in facts.evidence}
        self._sent = grouped(
            (row.round_id, row) for row in facts.evidence if row.round_id is not None and row.id not in revised
        )
        self._bearings = grouped((row.evidence_id, row) for row in facts.bearings)
        self._readings, self._behind = self._cited()
        self._rested_on = {(row.benchmark_id, one) for row in facts.assessments for one in row.evidence_ids}
        self._assessed = {one.id for one in self._asked.benchmarks if one.terms.rule is Rule.ASSESSED}

    def of_round(self, round_id: int) -> Stake:
        """What deciding on a round that waits would add."""
        sent = self._sent.get(round_id, ())
        taken = self._with_verified(sent)
        after = self._score(taken)
        best = self._score(replace(taken, judgements={**taken.judgements, **self._met(sent, taken)}))
        return Stake(after - self.score, max(best - after, NOTHING))

    def of_evidence(self, evidence_id: int) -> Fraction:
        """What verifying all that a piece of evidence shows, and itself, would add."""
        row = self._by_key.get(evidence_id)
        return self._score(self._with_verified([row])) - self.score if row else NOTHING

    def _score(self, sight: Sight) -> Fraction:
        return score(self._asked, answers(self._asked, sight))

    def _cited(self) -> tuple[Mapping[int, set[int]], Mapping[int, set[int]]]:
        """By piece of evidence, as last put right: the places of the readings that rest on it, and its earlier rows."""
        revisions = {row.revises: row.id for row in self.facts.evidence if row.revises is not None}
        readings: dict[int, set[int]] = defaultdict(set)
        behind: dict[int, set[int]] = defaultdict(set)
        for place, reading in enumerate(self.facts.readings):
            key, earlier = reading.evidence_id, set()
            while key is not None and key in revisions:
                earlier.add(key)
                key = revisions[key]
            if key is not None:
                readings[key].add(place)
                behind[key] |= earlier
        return readings, behind

    def _with_verified(self, rows: Collection[Evidence]) -> Sight:
        """What is verified and, beside it, what would be with these pieces verified, seen by themselves."""
        if not rows:
            return self._sight
        keys = {row.id for row in rows}
        bearings = tuple(one for key in keys for one in self._bearings.get(key, ()))
        alone = replace(
            self.facts,
            evidence=tuple(self._by_key[key] for key in keys.union(*(self._behind.get(key, ()) for key in keys))),
            bearings=bearings,
            readings=tuple(self.facts.readings[place] for key in keys for place in self._readings.get(key, ())),
            reviews=(),
            assessments=(),
        )
        taken = reviewed(alone, with_the_others_verified(alone, rows), now=self.now)
        return _together(self._sight, Ledger.of(taken).verified(self.as_of, is_lean=True))

    def _met(self, sent: Iterable[Evidence], taken: Sight) -> dict[int, Judgement]:
        """The verdict "met" on each benchmark that a round shows action on, where it would hold by the day.

        It rests on what of the round no earlier one rests on. Nothing adds more: where it holds, no other
        verdict gives as much, and none takes from another benchmark.
        """
        fresh: dict[int, list[date]] = defaultdict(list)
        shown = set()
        for row in sent:
            for bearing in self._bearings.get(row.id, ()):
                if bearing.shows is Shows.ACTION and row.done_by in OWN and bearing.benchmark_id in self._assessed:
                    shown.add(bearing.benchmark_id)
                if (bearing.benchmark_id, row.id) not in self._rested_on:
                    fresh[bearing.benchmark_id].append(row.happened_to)
        today = self.now.astimezone(self.facts.zone).date()
        found = {}
        for one in shown:
            on = max(fresh[one], default=today)
            holds = taken.judgements.get(one)
            if on <= self.as_of and (holds is None or holds.on <= on):
                found[one] = Judgement(HYPOTHETICAL, Verdict.MET, on)
        return found


def _together(one: Sight, more: Sight) -> Sight:
    """Two lean sights of one record as one: of each benchmark the last action of both, of readings each once.

    What shows no action tells a reason, and is worth nothing: it is left out.
    """
    actions = dict(one.actions)
    for key, rows in more.actions.items():
        actions[key] = (max((*actions.get(key, ()), *rows), key=lambda act: (act.on, act.evidence_id)),)
    readings = dict(one.readings)
    for key, told in more.readings.items():
        readings[key] = tuple({row.id: row for row in (*readings.get(key, ()), *told)}.values())
    return replace(one, actions=actions, readings=readings, figures=readings)
