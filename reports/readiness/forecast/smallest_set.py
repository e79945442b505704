"""Find the fewest items that together reach a goal; of equally small sets, the one due soonest.

An item gives its own gain. It also gives every bonus it turns on, once for all items that turn on the same bonus.
Readiness adds up in this way: a benchmark has its own points, and any benchmark of a pillar brings a third of "All
three Ps".

The result is exact, by dynamic programming over the number of items taken and the bonuses they turn on. Time grows
with the cube of the number of items and with two to the power of the number of bonuses (three).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import groupby

NO_DUE_DATE = date.max
"""The date that stands for no due date: it sorts last."""


@dataclass(frozen=True, slots=True)
class SetCandidate:
    """An item that may be taken, with its gain and the bonuses it turns on.

    `position` is its unique place in the order. `due_on` is None if it has no due date.
    """

    position: int
    due_on: date | None
    gain: Fraction
    bonuses: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Pool:
    """Items of which exactly `count` are to be taken."""

    candidates: tuple[SetCandidate, ...]
    count: int

    def without(self, candidate: SetCandidate) -> "Pool":
        """Return the pool without an item that is not taken."""
        return Pool(tuple(other for other in self.candidates if other is not candidate), self.count)

    def taking(self, candidate: SetCandidate) -> "Pool":
        """Return the pool after an item was taken. If the item is not in the pool, the pool stays the same."""
        return Pool(self.without(candidate).candidates, self.count - (candidate in self.candidates))


def rank_key(candidates: Iterable[SetCandidate]) -> tuple[int, list[date], list[int]]:
    """Return the sort key of a set: its size, then its due dates in order (none last), then its places."""
    taken = tuple(candidates)
    return (
        len(taken),
        sorted(candidate.due_on or NO_DUE_DATE for candidate in taken),
        sorted(candidate.position for candidate in taken),
    )


def find_smallest_set(
    candidates: Iterable[SetCandidate],
    bonuses: Mapping[str, Fraction],
    goal: Fraction,
    *,
    given: Sequence[SetCandidate] = (),
) -> tuple[SetCandidate, ...] | None:
    """Return the set of lowest rank that reaches the goal, in the order of the places; None if all together do not.

    Gains and bonuses must be at least 0. Items in `given` are always in the set and count in its rank.
    """
    ordered = tuple(sorted(candidates, key=lambda candidate: candidate.position))

    def reaches(pools: Sequence[Pool], taken: Sequence[SetCandidate] = ()) -> bool:
        gain = _max_gain(pools, (*given, *taken), bonuses)
        return gain is not None and gain >= goal

    number = next((count for count in range(len(ordered) + 1) if reaches([Pool(ordered, count)])), None)
    if number is None:
        return None
    # Take as many as possible of the items due first, then of those due next, and so on: no other dates are sooner.
    pools: list[Pool] = []
    rest = tuple(sorted(ordered, key=lambda candidate: (candidate.due_on or NO_DUE_DATE, candidate.position)))
    remaining = number
    for _, due in groupby(rest, key=lambda candidate: candidate.due_on):
        same = tuple(due)
        rest = rest[len(same) :]
        count = next(
            size
            for size in range(remaining, -1, -1)
            if reaches([*pools, Pool(same, size), Pool(rest, remaining - size)])
        )
        pools.append(Pool(same, count))
        remaining -= count
    # Of sets with the same dates prefer the lowest places: take each item in order if the goal can still be reached.
    taken: list[SetCandidate] = []
    for candidate in ordered:
        with_it = [pool.taking(candidate) for pool in pools]
        if reaches(with_it, [*taken, candidate]):
            taken.append(candidate)
            pools = with_it
        else:
            pools = [pool.without(candidate) for pool in pools]
    return tuple(sorted((*given, *taken), key=lambda candidate: candidate.position))


def _max_gain(pools: Iterable[Pool], taken: Iterable[SetCandidate], bonuses: Mapping[str, Fraction]) -> Fraction | None:
    """Return the most that the taken items and the counts from each pool can gain; None if a pool has too few items."""
    best = {frozenset[str](): Fraction(0)}
    for candidate in taken:
        best = {turned_on | candidate.bonuses: gain + candidate.gain for turned_on, gain in best.items()}
    for pool in pools:
        if not 0 <= pool.count <= len(pool.candidates):
            return None
        best = _draw_from_pool(pool, best)
    return max(gain + sum((bonuses[bonus] for bonus in turned_on), Fraction(0)) for turned_on, gain in best.items())


def _draw_from_pool(pool: Pool, gains: Mapping[frozenset[str], Fraction]) -> dict[frozenset[str], Fraction]:
    """Return the most gained for each set of bonuses after drawing the pool's count of items."""
    tables: list[dict[frozenset[str], Fraction]] = [dict(gains), *({} for _ in range(pool.count))]
    for considered, candidate in enumerate(pool.candidates, start=1):
        for drawn in range(min(considered, pool.count), 0, -1):
            table = tables[drawn]
            for turned_on, gain in tables[drawn - 1].items():
                combined = turned_on | candidate.bonuses
                if combined not in table or table[combined] < gain + candidate.gain:
                    table[combined] = gain + candidate.gain
    return tables[pool.count]
