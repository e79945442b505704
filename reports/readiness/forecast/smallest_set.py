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

    def without(self, thing: SetCandidate) -> "Pool":
        """Return the pool without an item that is not taken."""
        return Pool(tuple(step for step in self.candidates if step is not thing), self.count)

    def taking(self, thing: SetCandidate) -> "Pool":
        """Return the pool after an item was taken. If the item is not in the pool, the pool stays the same."""
        return Pool(self.without(thing).candidates, self.count - (thing in self.candidates))


def rank_key(things: Iterable[SetCandidate]) -> tuple[int, list[date], list[int]]:
    """Return the sort key of a set: its size, then its due dates in order (none last), then its places."""
    taken = tuple(things)
    return len(taken), sorted(thing.due_on or NO_DUE_DATE for thing in taken), sorted(thing.position for thing in taken)


def find_smallest_set(
    things: Iterable[SetCandidate],
    bonuses: Mapping[str, Fraction],
    goal: Fraction,
    *,
    given: Sequence[SetCandidate] = (),
) -> tuple[SetCandidate, ...] | None:
    """Return the set of lowest rank that reaches the goal, in the order of the places; None if all together do not.

    Gains and bonuses must be at least 0. Items in `given` are always in the set and count in its rank.
    """
    free = tuple(sorted(things, key=lambda thing: thing.position))

    def reaches(pools: Sequence[Pool], taken: Sequence[SetCandidate] = ()) -> bool:
        most = _max_gain(pools, (*given, *taken), bonuses)
        return most is not None and most >= goal

    number = next((count for count in range(len(free) + 1) if reaches([Pool(free, count)])), None)
    if number is None:
        return None
    # Take as many as possible of the items due first, then of those due next, and so on: no other dates are sooner.
    pools: list[Pool] = []
    rest = tuple(sorted(free, key=lambda thing: (thing.due_on or NO_DUE_DATE, thing.position)))
    left = number
    for _, due in groupby(rest, key=lambda thing: thing.due_on):
        same = tuple(due)
        rest = rest[len(same) :]
        count = next(n for n in range(left, -1, -1) if reaches([*pools, Pool(same, n), Pool(rest, left - n)]))
        pools.append(Pool(same, count))
        left -= count
    # Of sets with the same dates prefer the lowest places: take each item in order if the goal can still be reached.
    taken: list[SetCandidate] = []
    for thing in free:
        with_it = [pool.taking(thing) for pool in pools]
        if reaches(with_it, [*taken, thing]):
            taken.append(thing)
            pools = with_it
        else:
            pools = [pool.without(thing) for pool in pools]
    return tuple(sorted((*given, *taken), key=lambda thing: thing.position))


def _max_gain(pools: Iterable[Pool], taken: Iterable[SetCandidate], bonuses: Mapping[str, Fraction]) -> Fraction | None:
    """Return the most that the taken items and the counts from each pool can gain; None if a pool has too few items."""
    best = {frozenset[str](): Fraction(0)}
    for thing in taken:
        best = {on | thing.bonuses: gain + thing.gain for on, gain in best.items()}
    for pool in pools:
        if not 0 <= pool.count <= len(pool.candidates):
            return None
        best = _draw_from_pool(pool, best)
    return max(gain + sum((bonuses[one] for one in on), Fraction(0)) for on, gain in best.items())


def _draw_from_pool(pool: Pool, before: Mapping[frozenset[str], Fraction]) -> dict[frozenset[str], Fraction]:
    """Return the most gained for each set of bonuses after drawing the pool's count of items."""
    tables: list[dict[frozenset[str], Fraction]] = [dict(before), *({} for _ in range(pool.count))]
    for seen, thing in enumerate(pool.candidates, start=1):
        for drawn in range(min(seen, pool.count), 0, -1):
            table = tables[drawn]
            for on, gain in tables[drawn - 1].items():
                now = on | thing.bonuses
                if now not in table or table[now] < gain + thing.gain:
                    table[now] = gain + thing.gain
    return tables[pool.count]
