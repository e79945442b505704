"""Lives of commitments, and how each stands at the end of a day: one table, for the rule and for its twin in SQL."""

from datetime import date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dialogues.status import Standing
from dialogues.words import Kind, Status

MASERU = ZoneInfo("Africa/Maseru")
DUE = date(2022, 1, 14)


class Event(NamedTuple):
    """An event, as far as the rule reads it; `pk` is its place in the history."""

    pk: int
    kind: Kind
    happened_on: date
    recorded_at: datetime
    due_on: date | None = None


def at(day: date, hour: int = 12) -> datetime:
    return datetime.combine(day, time(hour), MASERU)


def history(*events: tuple) -> list[Event]:
    """Events in the order in which rows were added: (kind, happened_on[, due_on[, recorded_at]])."""
    rows = []
    for pk, (kind, happened_on, *rest) in enumerate(events, start=1):
        due_on, recorded_at = (*rest, None, None)[:2]
        rows.append(Event(pk, kind, happened_on, recorded_at or at(happened_on), due_on))
    return rows


def jan(day: int) -> date:
    return date(2022, 1, day)


MADE = (Kind.MADE, date(2021, 11, 8), DUE)
UNDATED = (Kind.MADE, date(2021, 11, 8))
REPORTED = (Kind.REPORTED_DONE, jan(12))

HISTORIES = [
    ("before it was made", history(MADE), date(2021, 11, 7), None),
    ("made that day", history(MADE), date(2021, 11, 8), Standing(Status.OPEN, DUE, 0, 0)),
    ("due that day", history(MADE), DUE, Standing(Status.OPEN, DUE, 0, 0)),
    ("due the day before", history(MADE), jan(15), Standing(Status.LATE, DUE, 0, 1)),
    ("no date agreed", history(UNDATED), jan(28), Standing(Status.OPEN, None, 0, 0)),
    (
        "rescheduled before it was due",
        history(MADE, (Kind.RESCHEDULED, jan(10), jan(28))),
        jan(28),
        Standing(Status.OPEN, jan(28), 1, 0),
    ),
    (
        "rescheduled, asked for the day before that",
        history(MADE, (Kind.RESCHEDULED, jan(20), jan(28))),
        jan(19),
        Standing(Status.LATE, DUE, 0, 5),
    ),
    (
        "rescheduled twice, past due again",
        history(MADE, (Kind.RESCHEDULED, jan(10), jan(20)), (Kind.RESCHEDULED, jan(19), jan(25))),
        jan(28),
        Standing(Status.LATE, jan(25), 2, 3),
    ),
    (
        "no date agreed, then one",
        history(UNDATED, (Kind.RESCHEDULED, jan(10), jan(12))),
        jan(13),
        Standing(Status.LATE, jan(12), 1, 1),
    ),
    ("reported done", history(MADE, REPORTED), jan(12), Standing(Status.REPORTED, DUE, 0, 0)),
    ("reported done, past due since", history(MADE, REPORTED), jan(28), Standing(Status.REPORTED, DUE, 0, 0)),
    ("reported done, the day before", history(MADE, REPORTED), jan(11), Standing(Status.OPEN, DUE, 0, 0)),
    (
        "returned after it was reported done",
        history(MADE, REPORTED, (Kind.REPORT_RETURNED, jan(13))),
        jan(13),
        Standing(Status.OPEN, DUE, 0, 0),
    ),
    (
        "returned, and past due since",
        history(MADE, REPORTED, (Kind.REPORT_RETURNED, jan(13))),
        jan(16),
        Standing(Status.LATE, DUE, 0, 2),
    ),
    (
        "reported and returned the same day",
        history(MADE, (*REPORTED, None, at(jan(12), 9)), (Kind.REPORT_RETURNED, jan(12), None, at(jan(12), 15))),
        jan(12),
        Standing(Status.OPEN, DUE, 0, 0),
    ),
    (
        "the same day, recorded the other way round",
        history(MADE, (*REPORTED, None, at(jan(12), 15)), (Kind.REPORT_RETURNED, jan(12), None, at(jan(12), 9))),
        jan(12),
        Standing(Status.REPORTED, DUE, 0, 0),
    ),
    (
        "the same moment: by key",
        history(MADE, REPORTED, (Kind.REPORT_RETURNED, jan(12))),
        jan(12),
        Standing(Status.OPEN, DUE, 0, 0),
    ),
    (
        "recorded later than what happened after it",
        history(MADE, (Kind.WITHDRAWN, jan(20)), (Kind.RESCHEDULED, jan(10), jan(28), at(jan(25)))),
        jan(28),
        Standing(Status.WITHDRAWN, jan(28), 1, 0),
    ),
    (
        "two dates set the same day",
        history(
            MADE,
            (Kind.RESCHEDULED, jan(10), jan(20), at(jan(10), 16)),
            (Kind.RESCHEDULED, jan(10), jan(27), at(jan(10), 8)),
        ),
        jan(28),
        Standing(Status.LATE, jan(20), 2, 8),
    ),
    (
        "verified done",
        history(MADE, REPORTED, (Kind.VERIFIED_DONE, jan(20))),
        jan(28),
        Standing(Status.VERIFIED, DUE, 0, 0),
    ),
    ("withdrawn", history(MADE, (Kind.WITHDRAWN, jan(10))), jan(28), Standing(Status.WITHDRAWN, DUE, 0, 0)),
    (
        "withdrawn, then reopened",
        history(MADE, (Kind.WITHDRAWN, jan(10)), (Kind.REOPENED, jan(24))),
        jan(28),
        Standing(Status.LATE, DUE, 0, 14),
    ),
    (
        "withdrawn and not yet reopened",
        history(MADE, (Kind.WITHDRAWN, jan(10)), (Kind.REOPENED, jan(24))),
        jan(23),
        Standing(Status.WITHDRAWN, DUE, 0, 0),
    ),
    (
        "verified done, then reopened",
        history(UNDATED, REPORTED, (Kind.VERIFIED_DONE, jan(13)), (Kind.REOPENED, jan(20))),
        jan(28),
        Standing(Status.OPEN, None, 0, 0),
    ),
]
"""Name, events, day, standing (None: nothing had happened by then)."""

NAMES = [name for name, *_ in HISTORIES]
