"""The status of a commitment, derived from its events."""

import pytest

from dialogues.choices import CommitmentEventKind, CommitmentStatus
from dialogues.commitment_status import STATUS_AFTER_EVENT, original_due_date, standing_on, summarize_events
from tests.dialogues.commitment_histories import DUE, HISTORIES, HISTORY_NAMES, MADE, UNDATED, january, make_events


@pytest.mark.parametrize("case", HISTORIES, ids=HISTORY_NAMES)
def test_the_status_of_a_commitment_on_a_day(case):
    assert standing_on(case.events, case.sent, case.day, zone=case.zone, known_by=case.known_by) == case.standing


@pytest.mark.parametrize("case", HISTORIES, ids=HISTORY_NAMES)
def test_standing_does_not_depend_on_the_order_of_rows(case):
    events, sent = reversed(case.events), reversed(case.sent)

    assert standing_on(events, sent, case.day, zone=case.zone, known_by=case.known_by) == case.standing


@pytest.mark.parametrize("case", HISTORIES, ids=HISTORY_NAMES)
def test_events_alone_leave_a_commitment_open_while_an_update_waits(case):
    """The projected score counts these as open, also one with a waiting update “under way”."""
    alone = summarize_events(case.events, case.day)
    standing = standing_on(case.events, [], case.day, zone=case.zone)

    assert (alone is not None and alone.is_open) == (
        standing is not None and standing.status in (CommitmentStatus.OPEN, CommitmentStatus.OVERDUE)
    )


@pytest.mark.parametrize(
    ("made", "day", "due_on"),
    [(MADE, january(28), DUE), (UNDATED, january(28), None), (MADE, january(1).replace(year=2021), None)],
)
def test_the_original_due_date_stays_after_later_events(made, day, due_on):
    moved = make_events(
        made, (CommitmentEventKind.RESCHEDULED, january(10), january(20)), (CommitmentEventKind.WITHDRAWN, january(21))
    )

    assert original_due_date(reversed(moved), day) == due_on


def test_the_histories_contain_every_event_and_status():
    case = {event.kind for history in HISTORIES for event in history.events}

    assert case == set(CommitmentEventKind)
    assert set(STATUS_AFTER_EVENT) < case
    assert {history.standing.status for history in HISTORIES if history.standing} == set(CommitmentStatus)
