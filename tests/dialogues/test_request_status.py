"""The status of a request for information follows from its events and from the answers to its lines."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from dialogues.choices import LineAnswerKind, LineStatus, RequestEventKind, RequestStatus
from dialogues.request_phrases import describe_line_standing, format_request_status
from dialogues.request_status import request_standing_on
from tests.factories import at_noon

ZONE = ZoneInfo("Africa/Maseru")
ASKED, DUE, LATER = date(2022, 1, 3), date(2022, 1, 15), date(2022, 1, 28)


@dataclass
class Event:
    pk: int
    kind: str
    happened_on: date
    due_on: date | None = None

    @property
    def recorded_at(self) -> datetime:
        return at_noon(self.happened_on)


@dataclass
class Version:
    pk: int
    recorded_at: datetime
    decided_at: datetime | None = None
    returned_at: datetime | None = None
    withdrawn_at: datetime | None = None


def asked(*more):
    return [Event(1, RequestEventKind.ASKED, ASKED, DUE), *more]


def sent(day, *, accepted=None, returned=None, withdrawn=None):
    decided = accepted or returned or withdrawn
    return Version(
        day.toordinal(),
        at_noon(day),
        at_noon(decided) if decided else None,
        at_noon(returned) if returned else None,
        at_noon(withdrawn) if withdrawn else None,
    )


def standing(events, answers, day=LATER, known_by=None):
    return request_standing_on(events, answers, day, zone=ZONE, known_by=known_by)


def said(version, kind=LineAnswerKind.ANSWERED):
    return [(kind, version)]


TENTH, TWELFTH, TWENTIETH = date(2022, 1, 10), date(2022, 1, 12), date(2022, 1, 20)


def test_nothing_stands_before_it_was_asked():
    assert standing(asked(), {1: []}, day=date(2022, 1, 2)) is None


@pytest.mark.parametrize(
    ("day", "status", "days"),
    [
        (DUE, RequestStatus.ASKED, 0),
        (date(2022, 1, 16), RequestStatus.OVERDUE, 1),
        (LATER, RequestStatus.OVERDUE, 13),
    ],
)
def test_a_request_without_an_answer_is_overdue_from_the_day_after_its_due_date(day, status, days):
    found = standing(asked(), {1: []}, day=day)

    assert (found.status, found.days_overdue, found.is_settled) == (status, days, False)


def test_a_line_whose_answer_waits_is_never_overdue_but_the_other_line_is():
    version = sent(TWENTIETH)

    both = standing(asked(), {1: said(version), 2: said(version, LineAnswerKind.NONE)})
    one = standing(asked(), {1: said(version), 2: []})

    assert (both.status, both.days_overdue, both.waits_since) == (RequestStatus.WITH_EMBASSY, 0, TWENTIETH)
    assert (one.status, one.days_overdue, one.waits_since) == (RequestStatus.OVERDUE, 13, TWENTIETH)
    # Nothing is answered until the embassy accepts it, and a line with an answer is not one without.
    assert [one.lines[line].status for line in (1, 2)] == [LineStatus.WITH_EMBASSY, LineStatus.ASKED]
    assert (one.number_answered, one.number_waiting) == (0, 1)
    assert describe_line_standing(one.lines[1], ASKED) == "Answer with the embassy since 20 January 2022"


def test_a_request_is_with_the_embassy_only_once_every_open_line_waits():
    accepted, waiting, later = sent(TENTH, accepted=TWELFTH), sent(TWELFTH), sent(date(2022, 1, 14))

    partly = standing(asked(), {1: said(accepted), 2: said(waiting), 3: []}, day=DUE)
    whole = standing(asked(), {1: said(accepted), 2: said(waiting), 3: said(later)}, day=DUE)

    assert (partly.status, partly.is_expected, partly.waits_since) == (RequestStatus.PARTLY_ANSWERED, True, TWELFTH)
    assert format_request_status(partly) == "1 of 3 answered, 1 with the embassy"
    assert (whole.status, whole.is_expected, whole.waits_since) == (RequestStatus.WITH_EMBASSY, False, TWELFTH)
    assert format_request_status(whole) == "with the embassy since 12 January 2022"


def test_one_line_is_returned_while_another_waits():
    back, waiting = sent(TENTH, returned=TWELFTH), sent(date(2022, 1, 13))

    found = standing(asked(), {1: said(back), 2: said(waiting)}, day=DUE)

    assert (found.status, found.returned_on, found.waits_since) == (RequestStatus.ASKED, TWELFTH, date(2022, 1, 13))
    assert (found.lines[1].returned_version, found.lines[2].returned_version) == (back.pk, None)
    assert describe_line_standing(found.lines[1], ASKED) == "Answer returned on 12 January 2022"
    again = sent(date(2022, 1, 14))
    resent = standing(asked(), {1: [*said(back), *said(again)], 2: said(waiting)}, day=DUE)
    assert (resent.status, resent.returned_on) == (RequestStatus.WITH_EMBASSY, None)


def test_a_line_is_answered_once_a_version_that_answers_it_is_accepted():
    version = sent(TENTH, accepted=TWELFTH)

    before = standing(asked(), {1: said(version), 2: []}, day=TENTH)
    found = standing(asked(), {1: said(version), 2: []}, day=DUE)
    late = standing(asked(), {1: said(version), 2: []})

    assert (before.status, before.waits_since) == (RequestStatus.ASKED, TENTH)
    assert found.status is RequestStatus.PARTLY_ANSWERED
    assert (found.lines[1].status, found.lines[1].answered_on, found.lines[1].version) == (
        LineStatus.ANSWERED,
        TWELFTH,
        version.pk,
    )
    assert found.lines[2].is_open
    assert (found.number_answered, late.status) == (1, RequestStatus.OVERDUE)  # the other line is still awaited


def test_a_request_is_answered_on_the_day_of_its_last_line():
    first, second = sent(TENTH, accepted=TWELFTH), sent(date(2022, 1, 14), accepted=TWENTIETH)

    found = standing(asked(), {1: said(first), 2: said(second, LineAnswerKind.NONE)})

    assert (found.status, found.closed_on, found.days_overdue) == (RequestStatus.ANSWERED, TWENTIETH, 0)
    assert found.lines[2].status is LineStatus.NONE


def test_we_have_none_for_every_line_is_a_state_of_its_own():
    version = sent(TENTH, accepted=TWELFTH)
    none = said(version, LineAnswerKind.NONE)

    assert standing(asked(), {1: none, 2: none}).status is RequestStatus.NONE


@pytest.mark.parametrize("ending", ["returned", "withdrawn"])
def test_what_was_returned_or_withdrawn_answers_nothing(ending):
    version = sent(TENTH, **{ending: TWELFTH})

    found = standing(asked(), {1: said(version)})

    assert (found.status, found.lines[1].status) == (RequestStatus.OVERDUE, LineStatus.ASKED)
    assert found.returned_on == (TWELFTH if ending == "returned" else None)


def test_a_moved_date_holds_from_the_day_it_was_moved_and_a_withdrawn_request_expects_nothing():
    moved = Event(2, RequestEventKind.MOVED, TENTH, date(2022, 2, 10))
    withdrawn = Event(3, RequestEventKind.WITHDRAWN, TWENTIETH)

    assert standing(asked(moved), {1: []}).due_on == date(2022, 2, 10)
    assert standing(asked(moved), {1: []}, day=date(2022, 1, 9)).due_on == DUE
    found = standing(asked(moved, withdrawn), {1: []})
    assert (found.status, found.closed_on, found.moves) == (RequestStatus.WITHDRAWN, TWENTIETH, 1)


def test_what_was_recorded_later_is_left_out_as_known_at_the_time():
    version = sent(TENTH, accepted=TWELFTH)

    found = standing(asked(), {1: said(version)}, known_by=at_noon(date(2022, 1, 11)))

    assert found.status is RequestStatus.WITH_EMBASSY


def test_silence_none_and_an_answer_read_differently():
    version = sent(TENTH, accepted=TWELFTH)
    found = standing(asked(), {1: said(version), 2: said(version, LineAnswerKind.NONE), 3: []}, day=DUE)

    texts = [describe_line_standing(found.lines[line], found.asked_on) for line in (1, 2, 3)]

    assert texts == [
        "Answered (accepted on 12 January 2022)",
        "Ministry has none (answer accepted on 12 January 2022)",
        "Asked on 3 January 2022, no answer",
    ]
    assert format_request_status(found) == "2 of 3 answered"
