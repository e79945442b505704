"""Lives of commitments, and how each stands at the end of a day: one table, for the rule and for its twin in SQL."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dialogues.choices import CommitmentEventKind, CommitmentStatus
from dialogues.commitment_status import CommitmentStanding

MASERU = ZoneInfo("Africa/Maseru")
DUE = date(2022, 1, 14)


class Event(NamedTuple):
    """An event, as far as the rule reads it; `pk` is its place in the history."""

    pk: int
    kind: CommitmentEventKind
    happened_on: date
    recorded_at: datetime
    due_on: date | None = None


class Version(NamedTuple):
    """A version of an update, as far as the rule reads it; `pk` is its place among those sent."""

    pk: int
    recorded_at: datetime
    decided_at: datetime | None = None
    returned_at: datetime | None = None
    withdrawn_at: datetime | None = None


class History(NamedTuple):
    """Events and versions sent, and the standing on a day (None: nothing had happened by then)."""

    name: str
    events: list[Event]
    day: date
    standing: CommitmentStanding | None
    sent: Sequence[Version] = ()
    known_by: datetime | None = None
    zone: ZoneInfo = MASERU


def at(day: date, hour: int = 12) -> datetime:
    return datetime.combine(day, time(hour), MASERU)


def history(*events: tuple) -> list[Event]:
    """Events in the order in which rows were added: (kind, happened_on[, due_on[, recorded_at]])."""
    rows = []
    for pk, (kind, happened_on, *rest) in enumerate(events, start=1):
        due_on, recorded_at = (*rest, None, None)[:2]
        rows.append(Event(pk, kind, happened_on, recorded_at or at(happened_on), due_on))
    return rows


def sent(*versions: tuple) -> list[Version]:
    """Versions in the order in which they were sent: (moment[, moment of the decision, its value])."""
    rows = []
    for pk, (moment, *answer) in enumerate(versions, start=1):
        decided_at, word = answer or (None, "")
        returned_at = decided_at if word == "returned" else None
        rows.append(Version(pk, moment, decided_at, returned_at, decided_at if word == "withdrawn" else None))
    return rows


def overdue_without_update(
    due_on: date, slips: int, days_overdue: int, sent_on: date | None = None
) -> CommitmentStanding:
    """Overdue, and no update received since it was made, moved, or one was accepted."""
    return CommitmentStanding(
        CommitmentStatus.OVERDUE, due_on, slips, days_overdue, sent_on, is_overdue_without_update=True
    )


def jan(day: int) -> date:
    return date(2022, 1, day)


MADE = (CommitmentEventKind.MADE, date(2021, 11, 8), DUE)
UNDATED = (CommitmentEventKind.MADE, date(2021, 11, 8))
REPORTED = (CommitmentEventKind.REPORTED_DONE, jan(12))
RETURNED_13 = (at(jan(12)), at(jan(13)), "returned")
ACCEPTED_13 = (at(jan(12)), at(jan(13)), "accepted")
WITHDRAWN_13 = (at(jan(12)), at(jan(13)), "withdrawn")
AUCKLAND = ZoneInfo("Pacific/Auckland")
NEW_YORK = ZoneInfo("America/New_York")
NINE_AT_NIGHT_IN_UTC = datetime(2022, 1, 14, 21, tzinfo=UTC)

HISTORIES = [
    History("before it was made", history(MADE), date(2021, 11, 7), None),
    History("made that day", history(MADE), date(2021, 11, 8), CommitmentStanding(CommitmentStatus.OPEN, DUE, 0, 0)),
    History("due that day", history(MADE), DUE, CommitmentStanding(CommitmentStatus.OPEN, DUE, 0, 0)),
    History("due the day before", history(MADE), jan(15), overdue_without_update(DUE, 0, 1)),
    History("no date agreed", history(UNDATED), jan(28), CommitmentStanding(CommitmentStatus.OPEN, None, 0, 0)),
    History(
        "rescheduled before it was due",
        history(MADE, (CommitmentEventKind.RESCHEDULED, jan(10), jan(28))),
        jan(28),
        CommitmentStanding(CommitmentStatus.OPEN, jan(28), 1, 0),
    ),
    History(
        "rescheduled, asked for the day before that",
        history(MADE, (CommitmentEventKind.RESCHEDULED, jan(20), jan(28))),
        jan(19),
        overdue_without_update(DUE, 0, 5),
    ),
    History(
        "rescheduled twice, past due again",
        history(
            MADE,
            (CommitmentEventKind.RESCHEDULED, jan(10), jan(20)),
            (CommitmentEventKind.RESCHEDULED, jan(19), jan(25)),
        ),
        jan(28),
        overdue_without_update(jan(25), 2, 3),
    ),
    History(
        "no date agreed, then one",
        history(UNDATED, (CommitmentEventKind.RESCHEDULED, jan(10), jan(12))),
        jan(13),
        overdue_without_update(jan(12), 1, 1),
    ),
    History(
        "reported done", history(MADE, REPORTED), jan(12), CommitmentStanding(CommitmentStatus.REPORTED, DUE, 0, 0)
    ),
    History(
        "reported done, past due since",
        history(MADE, REPORTED),
        jan(28),
        CommitmentStanding(CommitmentStatus.REPORTED, DUE, 0, 0),
    ),
    History(
        "reported done, the day before",
        history(MADE, REPORTED),
        jan(11),
        CommitmentStanding(CommitmentStatus.OPEN, DUE, 0, 0),
    ),
    History(
        "returned after it was reported done",
        history(MADE, REPORTED, (CommitmentEventKind.REPORT_RETURNED, jan(13))),
        jan(13),
        CommitmentStanding(CommitmentStatus.OPEN, DUE, 0, 0),
    ),
    History(
        "returned, and past due since",
        history(MADE, REPORTED, (CommitmentEventKind.REPORT_RETURNED, jan(13))),
        jan(16),
        overdue_without_update(DUE, 0, 2),
    ),
    History(
        "reported and returned the same day",
        history(
            MADE,
            (*REPORTED, None, at(jan(12), 9)),
            (CommitmentEventKind.REPORT_RETURNED, jan(12), None, at(jan(12), 15)),
        ),
        jan(12),
        CommitmentStanding(CommitmentStatus.OPEN, DUE, 0, 0),
    ),
    History(
        "the same day, recorded the other way round",
        history(
            MADE,
            (*REPORTED, None, at(jan(12), 15)),
            (CommitmentEventKind.REPORT_RETURNED, jan(12), None, at(jan(12), 9)),
        ),
        jan(12),
        CommitmentStanding(CommitmentStatus.REPORTED, DUE, 0, 0),
    ),
    History(
        "the same moment: by key",
        history(MADE, REPORTED, (CommitmentEventKind.REPORT_RETURNED, jan(12))),
        jan(12),
        CommitmentStanding(CommitmentStatus.OPEN, DUE, 0, 0),
    ),
    History(
        "recorded later than what happened after it",
        history(
            MADE,
            (CommitmentEventKind.WITHDRAWN, jan(20)),
            (CommitmentEventKind.RESCHEDULED, jan(10), jan(28), at(jan(25))),
        ),
        jan(28),
        CommitmentStanding(CommitmentStatus.WITHDRAWN, jan(28), 1, 0),
    ),
    History(
        "two dates set the same day",
        history(
            MADE,
            (CommitmentEventKind.RESCHEDULED, jan(10), jan(20), at(jan(10), 16)),
            (CommitmentEventKind.RESCHEDULED, jan(10), jan(27), at(jan(10), 8)),
        ),
        jan(28),
        overdue_without_update(jan(20), 2, 8),
    ),
    History(
        "verified done",
        history(MADE, REPORTED, (CommitmentEventKind.VERIFIED_DONE, jan(20))),
        jan(28),
        CommitmentStanding(CommitmentStatus.VERIFIED, DUE, 0, 0),
    ),
    History(
        "withdrawn",
        history(MADE, (CommitmentEventKind.WITHDRAWN, jan(10))),
        jan(28),
        CommitmentStanding(CommitmentStatus.WITHDRAWN, DUE, 0, 0),
    ),
    History(
        "withdrawn, then reopened",
        history(MADE, (CommitmentEventKind.WITHDRAWN, jan(10)), (CommitmentEventKind.REOPENED, jan(24))),
        jan(28),
        overdue_without_update(DUE, 0, 14),
    ),
    History(
        "withdrawn and not yet reopened",
        history(MADE, (CommitmentEventKind.WITHDRAWN, jan(10)), (CommitmentEventKind.REOPENED, jan(24))),
        jan(23),
        CommitmentStanding(CommitmentStatus.WITHDRAWN, DUE, 0, 0),
    ),
    History(
        "verified done, then reopened",
        history(
            UNDATED, REPORTED, (CommitmentEventKind.VERIFIED_DONE, jan(13)), (CommitmentEventKind.REOPENED, jan(20))
        ),
        jan(28),
        CommitmentStanding(CommitmentStatus.OPEN, None, 0, 0),
    ),
    History(
        "an update waits, claimed under way",
        history(MADE),
        jan(13),
        CommitmentStanding(CommitmentStatus.WITH_EMBASSY, DUE, sent_on=jan(12)),
        sent((at(jan(12)),)),
    ),
    History(
        "an update waits, claimed done",
        history(MADE, REPORTED),
        jan(13),
        CommitmentStanding(CommitmentStatus.WITH_EMBASSY, DUE, sent_on=jan(12)),
        sent((at(jan(12)),)),
    ),
    History(
        "an update waits, past due since",
        history(MADE),
        jan(28),
        CommitmentStanding(CommitmentStatus.WITH_EMBASSY, DUE, sent_on=jan(12)),
        sent((at(jan(12)),)),
    ),
    History(
        "sent after the day, and waits",
        history(MADE),
        jan(28),
        CommitmentStanding(CommitmentStatus.WITH_EMBASSY, DUE, sent_on=jan(20)),
        sent((at(jan(20)),)),
    ),
    History(
        "withdrawn by its ministry, counts as never sent",
        history(MADE),
        jan(14),
        CommitmentStanding(CommitmentStatus.OPEN, DUE, withdrawn_on=jan(13)),
        sent(WITHDRAWN_13),
    ),
    History(
        "withdrawn by its ministry, past due since",
        history(MADE),
        jan(28),
        overdue_without_update(DUE, 0, 14)._replace(withdrawn_on=jan(13)),
        sent(WITHDRAWN_13),
    ),
    History(
        "the day before it was withdrawn, still waits",
        history(MADE),
        jan(12),
        CommitmentStanding(CommitmentStatus.WITH_EMBASSY, DUE, sent_on=jan(12)),
        sent(WITHDRAWN_13),
    ),
    History(
        "withdrawn, as known before that, still waits",
        history(MADE),
        jan(28),
        CommitmentStanding(CommitmentStatus.WITH_EMBASSY, DUE, sent_on=jan(12)),
        sent(WITHDRAWN_13),
        known_by=at(jan(12), 13),
    ),
    History(
        "claimed done, and withdrawn with its claim",
        history(MADE, REPORTED, (CommitmentEventKind.REPORT_WITHDRAWN, jan(13))),
        jan(14),
        CommitmentStanding(CommitmentStatus.OPEN, DUE, withdrawn_on=jan(13)),
        sent(WITHDRAWN_13),
    ),
    History(
        "returned, sent again and withdrawn: returned as before",
        history(MADE),
        jan(28),
        CommitmentStanding(
            CommitmentStatus.OVERDUE, DUE, days_overdue=14, sent_on=jan(10), returned_on=jan(11), withdrawn_on=jan(13)
        ),
        sent((at(jan(10)), at(jan(11)), "returned"), WITHDRAWN_13),
    ),
    History(
        "accepted, then another one withdrawn: nothing new received",
        history(MADE),
        jan(28),
        overdue_without_update(DUE, 0, 14, jan(10))._replace(withdrawn_on=jan(13)),
        sent((at(jan(10)), at(jan(11)), "accepted"), WITHDRAWN_13),
    ),
    History(
        "withdrawn by its ministry, and the commitment withdrawn since",
        history(MADE, (CommitmentEventKind.WITHDRAWN, jan(20))),
        jan(28),
        CommitmentStanding(CommitmentStatus.WITHDRAWN, DUE),
        sent(WITHDRAWN_13),
    ),
    History(
        "withdrawn, then sent again, and waits",
        history(MADE),
        jan(28),
        CommitmentStanding(CommitmentStatus.WITH_EMBASSY, DUE, sent_on=jan(14)),
        sent(WITHDRAWN_13, (at(jan(14)),)),
    ),
    History(
        "the day before it was sent", history(MADE), jan(19), overdue_without_update(DUE, 0, 5), sent((at(jan(20)),))
    ),
    History(
        "sent on the day itself, late in the evening",
        history(MADE),
        jan(15),
        CommitmentStanding(CommitmentStatus.WITH_EMBASSY, DUE, sent_on=jan(15)),
        sent((at(jan(15), 23),)),
    ),
    History(
        "returned, and past due",
        history(MADE),
        jan(28),
        CommitmentStanding(CommitmentStatus.OVERDUE, DUE, 0, 14, sent_on=jan(12), returned_on=jan(13)),
        sent(RETURNED_13),
    ),
    History(
        "returned before it is due",
        history(MADE),
        jan(14),
        CommitmentStanding(CommitmentStatus.OPEN, DUE, sent_on=jan(12), returned_on=jan(13)),
        sent(RETURNED_13),
    ),
    History(
        "returned later than the day asked for",
        history(MADE),
        jan(16),
        CommitmentStanding(CommitmentStatus.WITH_EMBASSY, DUE, sent_on=jan(12)),
        sent((at(jan(12)), at(jan(17)), "returned")),
    ),
    History(
        "returned on the day asked for",
        history(MADE),
        jan(17),
        CommitmentStanding(CommitmentStatus.OVERDUE, DUE, 0, 3, sent_on=jan(12), returned_on=jan(17)),
        sent((at(jan(12)), at(jan(17)), "returned")),
    ),
    History(
        "returned, sent again, and the second version waits",
        history(MADE),
        jan(28),
        CommitmentStanding(CommitmentStatus.WITH_EMBASSY, DUE, sent_on=jan(20)),
        sent(RETURNED_13, (at(jan(20)),)),
    ),
    History(
        "returned twice",
        history(MADE),
        jan(28),
        CommitmentStanding(CommitmentStatus.OVERDUE, DUE, 0, 14, sent_on=jan(20), returned_on=jan(22)),
        sent(RETURNED_13, (at(jan(20)), at(jan(22)), "returned")),
    ),
    History(
        "accepted as a step, past due since",
        history(MADE),
        jan(28),
        overdue_without_update(DUE, 0, 14, sent_on=jan(12)),
        sent(ACCEPTED_13),
    ),
    History(
        "accepted as a step, before it is due",
        history(MADE),
        jan(14),
        CommitmentStanding(CommitmentStatus.OPEN, DUE, sent_on=jan(12)),
        sent(ACCEPTED_13),
    ),
    History(
        "accepted as a step, then another returned",
        history(MADE),
        jan(28),
        CommitmentStanding(CommitmentStatus.OVERDUE, DUE, 0, 14, sent_on=jan(20), returned_on=jan(21)),
        sent(ACCEPTED_13, (at(jan(20)), at(jan(21)), "returned")),
    ),
    History(
        "sent and returned before it was moved, past due again",
        history(MADE, (CommitmentEventKind.RESCHEDULED, jan(15), jan(25))),
        jan(28),
        CommitmentStanding(
            CommitmentStatus.OVERDUE,
            jan(25),
            1,
            3,
            sent_on=jan(12),
            returned_on=jan(13),
            is_overdue_without_update=True,
        ),
        sent(RETURNED_13),
    ),
    History(
        "sent on the day on which it was moved, before that",
        history(MADE, (CommitmentEventKind.RESCHEDULED, jan(12), jan(25), at(jan(12), 15))),
        jan(28),
        CommitmentStanding(
            CommitmentStatus.OVERDUE,
            jan(25),
            1,
            3,
            sent_on=jan(12),
            returned_on=jan(13),
            is_overdue_without_update=True,
        ),
        sent(RETURNED_13),
    ),
    History(
        "sent on the day on which it was moved, after that",
        history(MADE, (CommitmentEventKind.RESCHEDULED, jan(12), jan(25), at(jan(12), 9))),
        jan(28),
        CommitmentStanding(CommitmentStatus.OVERDUE, jan(25), 1, 3, sent_on=jan(12), returned_on=jan(13)),
        sent(RETURNED_13),
    ),
    History(
        "moved while it waits",
        history(MADE, (CommitmentEventKind.RESCHEDULED, jan(15), jan(25))),
        jan(28),
        CommitmentStanding(CommitmentStatus.WITH_EMBASSY, jan(25), 1, sent_on=jan(12)),
        sent((at(jan(12)),)),
    ),
    History(
        "accepted as done",
        history(MADE, REPORTED, (CommitmentEventKind.VERIFIED_DONE, jan(13))),
        jan(28),
        CommitmentStanding(CommitmentStatus.VERIFIED, DUE, sent_on=jan(12)),
        sent(ACCEPTED_13),
    ),
    History(
        "accepted as done, then reopened",
        history(MADE, REPORTED, (CommitmentEventKind.VERIFIED_DONE, jan(13)), (CommitmentEventKind.REOPENED, jan(20))),
        jan(28),
        overdue_without_update(DUE, 0, 14, sent_on=jan(12)),
        sent(ACCEPTED_13),
    ),
    History(
        "withdrawn after an update was returned",
        history(MADE, (CommitmentEventKind.WITHDRAWN, jan(20))),
        jan(28),
        CommitmentStanding(CommitmentStatus.WITHDRAWN, DUE, sent_on=jan(12)),
        sent(RETURNED_13),
    ),
    History(
        "withdrawn as of a day on which an update waited",
        history(MADE, (CommitmentEventKind.WITHDRAWN, jan(12))),
        jan(12),
        CommitmentStanding(CommitmentStatus.WITHDRAWN, DUE, sent_on=jan(12)),
        sent(RETURNED_13),
    ),
    History(
        "as known before it was sent",
        history(MADE),
        jan(28),
        overdue_without_update(DUE, 0, 14),
        sent((at(jan(20)),)),
        known_by=at(jan(19)),
    ),
    History(
        "as known before it was answered",
        history(MADE),
        jan(28),
        CommitmentStanding(CommitmentStatus.WITH_EMBASSY, DUE, sent_on=jan(12)),
        sent(RETURNED_13),
        known_by=at(jan(12), 18),
    ),
    History(
        "as known before it was reported done",
        history(MADE, (CommitmentEventKind.REPORTED_DONE, jan(10), None, at(jan(12)))),
        jan(11),
        CommitmentStanding(CommitmentStatus.OPEN, DUE),
        sent((at(jan(12)),)),
        known_by=at(jan(11)),
    ),
    History(
        "nine at night in UTC is the next day in Auckland",
        history(MADE),
        DUE,
        CommitmentStanding(CommitmentStatus.OPEN, DUE),
        sent((NINE_AT_NIGHT_IN_UTC,)),
        zone=AUCKLAND,
    ),
    History(
        "nine at night in UTC is the same day in New York",
        history(MADE),
        DUE,
        CommitmentStanding(CommitmentStatus.WITH_EMBASSY, DUE, sent_on=DUE),
        sent((NINE_AT_NIGHT_IN_UTC,)),
        zone=NEW_YORK,
    ),
]

NAMES = [history.name for history in HISTORIES]
