"""The rule by which a commitment's standing is folded from its events."""

import pytest

from dialogues.choices import CommitmentEventKind, CommitmentStatus
from dialogues.commitment_status import STATUS_AFTER_EVENT, original_due_date, standing_on, summarize_events
from tests.dialogues.histories import DUE, HISTORIES, MADE, NAMES, UNDATED, history, jan


@pytest.mark.parametrize("told", HISTORIES, ids=NAMES)
def test_standing_on_a_day(told):
    assert standing_on(told.events, told.sent, told.day, zone=told.zone, known_by=told.known_by) == told.standing


@pytest.mark.parametrize("told", HISTORIES, ids=NAMES)
def test_standing_does_not_depend_on_the_order_of_rows(told):
    events, sent = reversed(told.events), reversed(told.sent)

    assert standing_on(events, sent, told.day, zone=told.zone, known_by=told.known_by) == told.standing


@pytest.mark.parametrize("told", HISTORIES, ids=NAMES)
def test_by_its_events_alone_it_is_open_whatever_waits(told):
    """What the ceiling takes as still to be kept; so is what waits, claimed under way."""
    alone = summarize_events(told.events, told.day)
    stands = standing_on(told.events, [], told.day, zone=told.zone)

    assert (alone is not None and alone.is_open) == (
        stands is not None and stands.status in (CommitmentStatus.OPEN, CommitmentStatus.OVERDUE)
    )


@pytest.mark.parametrize(
    ("made", "day", "due_on"), [(MADE, jan(28), DUE), (UNDATED, jan(28), None), (MADE, jan(1).replace(year=2021), None)]
)
def test_the_first_due_day_stays_whatever_comes_after(made, day, due_on):
    moved = history(made, (CommitmentEventKind.RESCHEDULED, jan(10), jan(20)), (CommitmentEventKind.WITHDRAWN, jan(21)))

    assert original_due_date(reversed(moved), day) == due_on


def test_every_history_counts_somewhere():
    told = {event.kind for history in HISTORIES for event in history.events}

    assert told == set(CommitmentEventKind)
    assert set(STATUS_AFTER_EVENT) < told
    assert {history.standing.status for history in HISTORIES if history.standing} == set(CommitmentStatus)
