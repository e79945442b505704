"""The fewest things that together reach a goal, the soonest due among the fewest. Pure.

What a thing gives is its own gain, and, once however many things turn it on, each bonus that it
turns on. That is how readiness adds up: a benchmark's own points, and the third of "All three Ps"
that any benchmark of a pillar brings.

Exact, by dynamic programming over how many are taken and which bonuses they turn on: time grows
with the cube of the number of things and with two to the power of the number of bonuses (three).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import groupby

NO_DUE_DATE = date.max
"""What has no date comes last."""


@dataclass(frozen=True, slots=True)
class SetCandidate:
    """What may be taken: its place in order (one's own), its date if it has one, its gain, the bonuses it turns on."""

    place: int
    due_on: date | None
    gain: Fraction
    bonuses: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Pool:
    """Things of which so many are to be taken."""

    things: tuple[SetCandidate, ...]
    count: int

    def without(self, thing: SetCandidate) -> "Pool":
        """The pool if that thing stays away."""
        return Pool(tuple(each for each in self.things if each is not thing), self.count)

    def taking(self, thing: SetCandidate) -> "Pool":
        """The pool once that thing, where it is one of it, has been taken."""
        return Pool(self.without(thing).things, self.count - (thing in self.things))


def rank_key(things: Iterable[SetCandidate]) -> tuple[int, list[date], list[int]]:
    """What sets are compared by: how many they are, then their dates in order (none last), then their places."""
    taken = tuple(things)
    return len(taken), sorted(thing.due_on or NO_DUE_DATE for thing in taken), sorted(thing.place for thing in taken)


def find_smallest_set(
    things: Iterable[SetCandidate],
    bonuses: Mapping[str, Fraction],
    goal: Fraction,
    *,
    given: Sequence[SetCandidate] = (),
) -> tuple[SetCandidate, ...] | None:
    """The set of lowest rank that gains the goal, in the order of the places; None where all together don't.

    Gains and bonuses are at least 0. `given` are in the set whatever else is, and counted in its rank.
    """
    free = tuple(sorted(things, key=lambda thing: thing.place))

    def reaches(pools: Sequence[Pool], taken: Sequence[SetCandidate] = ()) -> bool:
        most = _max_gain(pools, (*given, *taken), bonuses)
        return most is not None and most >= goal

    number = next((count for count in range(len(free) + 1) if reaches([Pool(free, count)])), None)
    if number is None:
        return None
    # As many as can be of those due first, then of those due next, and so on: the dates in order are the soonest.
    pools: list[Pool] = []
    rest = tuple(sorted(free, key=lambda thing: (thing.due_on or NO_DUE_DATE, thing.place)))
    left = number
    for _, due in groupby(rest, key=lambda thing: thing.due_on):
        same = tuple(due)
        rest = rest[len(same) :]
        count = next(n for n in range(left, -1, -1) if reaches([*pools, Pool(same, n), Pool(rest, left - n)]))
        pools.append(Pool(same, count))
        left -= count
    # Of those with the same dates the one whose places come first: each is taken if the goal can still be reached.
    taken: list[SetCandidate] = []
    for thing in free:
        with_it = [pool.taking(thing) for pool in pools]
        if reaches(with_it, [*taken, thing]):
            taken.append(thing)
            pools = with_it
        else:
            pools = [pool.without(thing) for pool in pools]
    return tuple(sorted((*given, *taken), key=lambda thing: thing.place))


def _max_gain(pools: Iterable[Pool], taken: Iterable[SetCandidate], bonuses: Mapping[str, Fraction]) -> Fraction | None:
    """The most that can be gained by what is taken and by so many of each pool; None where a pool hasn't so many."""
    best = {frozenset[str](): Fraction(0)}
    for thing in taken:
        best = {on | thing.bonuses: gain + thing.gain for on, gain in best.items()}
    for pool in pools:
        if not 0 <= pool.count <= len(pool.things):
            return None
        best = _draw_from_pool(pool, best)
    return max(gain + sum((bonuses[one] for one in on), Fraction(0)) for on, gain in best.items())


def _draw_from_pool(pool: Pool, before: Mapping[frozenset[str], Fraction]) -> dict[frozenset[str], Fraction]:
    """The most gained for each set of bonuses turned on, once so many of the pool are drawn."""
    tables: list[dict[frozenset[str], Fraction]] = [dict(before), *({} for _ in range(pool.count))]
    for seen, thing in enumerate(pool.things, start=1):
        for drawn in range(min(seen, pool.count), 0, -1):
            table = tables[drawn]
            for on, gain in tables[drawn - 1].items():
                now = on | thing.bonuses
                if now not in table or table[now] < gain + thing.gain:
                    table[now] = gain + thing.gain
    return tables[pool.count]
