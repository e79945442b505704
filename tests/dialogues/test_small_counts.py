"""Which cells of a breakdown of people are suppressed."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogues.small_counts import SMALLEST_SHOWN, find_suppressed, is_small

CELLS = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 12), min_size=2)


@pytest.mark.parametrize(
    ("cells", "total", "expected"),
    [
        ({"women": 12, "men": 7}, 19, set()),
        ({"women": 12, "men": 0}, 12, set()),
        # 15 less 12 would be the men.
        ({"women": 12, "men": 3}, 15, {"women", "men"}),
        ({"adults": 30, "girls": 9, "boys": 2}, 41, {"girls", "boys"}),
        # Two that are 5 together: 1 and 4, or 2 and 3.
        ({"adults": 30, "girls": 3, "boys": 2}, 35, {"girls", "boys"}),
        # Two that are 2 together, or 8, are each the least or the most.
        ({"adults": 30, "girls": 1, "boys": 1}, 32, {"adults", "girls", "boys"}),
        ({"adults": 30, "girls": 4, "boys": 4}, 38, {"adults", "girls", "boys"}),
        # Nothing larger to hide behind: not even who was nobody is told.
        ({"women": 3, "men": 0}, 3, {"women", "men"}),
        # Of four people nobody said in which district.
        ({"Maseru": 12, "Leribe": 2}, 18, {"Leribe"}),
    ],
)
def test_suppressed_cells_of_a_breakdown(cells, total, expected):
    assert find_suppressed(cells, total) == expected


@given(cells=CELLS, unplaced=st.integers(0, 3))
def test_suppressed_counts_cannot_be_derived_from_the_others(cells, unplaced):
    """Tried out: all ways to fill the held-back cells that go with the total; at least one of them is small.

    Where some are in no cell, the reader knows only that the cells make no more than the total.
    """
    total = sum(cells.values()) + unplaced
    hidden = sorted(find_suppressed(cells, total))
    left = total - sum(count for category, count in cells.items() if category not in hidden)
    ways = [
        way
        for way in product(range(left + 1), repeat=len(hidden))
        if (sum(way) <= left if unplaced else sum(way) == left) and any(is_small(count) for count in way)
    ]

    for place, category in enumerate(hidden):
        if is_small(cells[category]):
            assert len({way[place] for way in ways}) > 1


@given(cells=CELLS, unplaced=st.integers(0, 3))
def test_small_counts_are_suppressed_with_at_most_one_large_count(cells, unplaced):
    held = find_suppressed(cells, sum(cells.values()) + unplaced)

    small = {category for category, count in cells.items() if 0 < count < SMALLEST_SHOWN}
    assert small <= held
    if any(count >= SMALLEST_SHOWN for count in cells.values()):
        assert len(held - small) <= 1
