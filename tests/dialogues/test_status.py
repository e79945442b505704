"""The rule by which a commitment's standing is folded from its events."""

import pytest

from dialogues.status import SETTLED, first_due, standing_on
from dialogues.words import Kind
from tests.dialogues.histories import DUE, HISTORIES, MADE, NAMES, UNDATED, history, jan


@pytest.mark.parametrize(("_", "events", "day", "standing"), HISTORIES, ids=NAMES)
def test_standing_on_a_day(_, events, day, standing):
    assert standing_on(events, day) == standing


@pytest.mark.parametrize(("_", "events", "day", "standing"), HISTORIES, ids=NAMES)
def test_standing_does_not_depend_on_the_order_of_rows(_, events, day, standing):
    assert standing_on(list(reversed(events)), day) == standing


@pytest.mark.parametrize(
    ("made", "day", "due_on"), [(MADE, jan(28), DUE), (UNDATED, jan(28), None), (MADE, jan(1).replace(year=2021), None)]
)
def test_the_first_due_day_stays_whatever_comes_after(made, day, due_on):
    moved = history(made, (Kind.RESCHEDULED, jan(10), jan(20)), (Kind.WITHDRAWN, jan(21)))

    assert first_due(reversed(moved), day) == due_on


def test_every_history_counts_somewhere():
    told = {event.kind for _, events, _, _ in HISTORIES for event in events}

    assert told == set(Kind)
    assert set(SETTLED) < told
