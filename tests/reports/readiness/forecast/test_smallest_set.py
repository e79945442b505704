"""The smallest set against an exhaustive search, and by hand."""

from datetime import date
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.readiness.forecast.smallest_set import SetCandidate, find_smallest_set, rank_key

BONUSES = {"prosecution": Fraction(20, 3), "protection": Fraction(20, 3), "prevention": Fraction(20, 3)}
FEBRUARY, MARCH = date(2022, 2, 1), date(2022, 3, 1)


def candidate(place, gain, due_on=None, *bonuses):
    return SetCandidate(place, due_on, Fraction(gain), frozenset(bonuses))


@st.composite
def candidates(draw):
    dates = st.sampled_from([None, FEBRUARY, date(2022, 2, 15), MARCH])
    gains = st.fractions(0, 8, max_denominator=4)
    turned_on = st.frozensets(st.sampled_from(sorted(BONUSES)), max_size=2)
    number = draw(st.integers(0, 7))
    return [SetCandidate(place, draw(dates), draw(gains), draw(turned_on)) for place in range(number)]


def total_gain(taken):
    turned_on = frozenset().union(*(each.bonuses for each in taken))
    return sum((each.gain for each in taken), sum((BONUSES[bonus] for bonus in turned_on), Fraction(0)))


@given(candidates(), st.fractions(0, 60, max_denominator=3))
def test_the_smallest_set_is_as_small_as_an_exhaustive_search_finds(things, goal):
    enough = [
        taken
        for number in range(len(things) + 1)
        for taken in combinations(things, number)
        if total_gain(taken) >= goal
    ]

    assert find_smallest_set(things, BONUSES, goal) == min(enough, key=rank_key, default=None)


@pytest.mark.parametrize(
    ("things", "goal", "places"),
    [
        ([candidate(1, 5)], 0, ()),
        ([candidate(1, 5)], 6, None),
        # One that turns a bonus on is worth more than a larger gain.
        ([candidate(1, 6), candidate(2, 1, None, "protection")], 7, (2,)),
        # A bonus is turned on once: the second of a pillar brings its own gain alone.
        ([candidate(1, 1, None, "protection"), candidate(2, 1, None, "protection"), candidate(3, 3)], 10, (1, 3)),
        # Fewer before sooner.
        ([candidate(1, 1, FEBRUARY), candidate(2, 1, FEBRUARY), candidate(3, 2)], 2, (3,)),
        # Sooner before the order of the benchmarks; the dates in order decide, one after the other.
        ([candidate(1, 2), candidate(2, 2, MARCH), candidate(3, 2, FEBRUARY)], 2, (3,)),
        (
            [candidate(1, 1, FEBRUARY), candidate(2, 1, FEBRUARY), candidate(3, 1, MARCH), candidate(4, 3, MARCH)],
            4,
            (1, 4),
        ),
        # The same dates: the order of the benchmarks.
        ([candidate(2, 2, MARCH), candidate(1, 2, MARCH)], 2, (1,)),
    ],
)
def test_the_smallest_set_of_examples_worked_out_by_hand(things, goal, places):
    found = find_smallest_set(things, BONUSES, Fraction(goal))

    assert (None if found is None else tuple(each.position for each in found)) == places
