"""The rule by which a commitment's standing is folded from its events."""

import pytest

from dialogues.status import SETTLED, standing_on
from dialogues.words import Kind
from tests.dialogues.histories import HISTORIES, NAMES


@pytest.mark.parametrize(("_", "events", "day", "standing"), HISTORIES, ids=NAMES)
def test_standing_on_a_day(_, events, day, standing):
    assert standing_on(events, day) == standing


@pytest.mark.parametrize(("_", "events", "day", "standing"), HISTORIES, ids=NAMES)
def test_standing_does_not_depend_on_the_order_of_rows(_, events, day, standing):
    assert standing_on(list(reversed(events)), day) == standing


def test_every_history_counts_somewhere():
    told = {event.kind for _, events, _, _ in HISTORIES for event in events}

    assert told == set(Kind)
    assert set(SETTLED) < told
