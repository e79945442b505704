"""Histories of commitments with the expected standing on a day: one table for the rule in Python and the one in SQL."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dialogues.choices import CommitmentEventKind, CommitmentStatus
from dialogues.commitment_status import CommitmentStanding

MASERU = ZoneInfo("Africa/Maseru")
DUE = date(2022, 1, 14)


class Event(NamedTuple):
    """The fields of an event that the rule reads. `pk` is its position in the history."""

    pk: int
    kind: CommitmentEventKind
    happened_on: date
    recorded_at: datetime
    due_on: date | None = None


class Version(NamedTuple):
    """The fields of an update version that the rule reads. `pk` is its position among those sent."""

    pk: int
    recorded_at: datetime
    decided_at: datetime | None = None
    returned_at: datetime | None = None
    withdrawn_at: datetime | None = None


class History(NamedTuple):
    """Events and versions of a commitment, and its standing on `day` (None: no event yet)."""

    name: str
    events: list[Event]
    day: date
    standing: CommitmentStanding | None
    sent: Sequence[Version] = ()
    known_by: datetime | None = None
    zone: ZoneInfo = MASERU


def moment_of(day: date, hour: int = 12) -> datetime:
    return datetime.combine(day, time(hour), MASERU)


def make_events(*events: tuple) -> list[Event]:
    """Create events in the order of their rows, from tuples (kind, happened_on[, due_on[, recorded_at]])."""
    rows = []
    for pk, (kind, happened_on, *rest) in enumerate(events, start=1):
        due_on, recorded_at = (*rest, None, None)[:2]
        rows.append(Event(pk, kind, happened_on, recorded_at or moment_of(happened_on), due_on))
    return rows


def make_versions(*versions: tuple) -> list[Version]:
    """Create versions in the order in which they were sent, from tuples (moment[, decided_at, decision])."""
    rows = []
    for pk, (moment, *answer) in enumerate(versions, start=1):
        decided_at, word = answer or (None, "")
        returned_at = decided_at if word == "returned" else None
        rows.append(Version(pk, moment, decided_at, returned_at, decided_at if word == "withdrawn" else None))
    return rows


def overdue_without_update(
    due_on: date, slips: int, days_overdue: int, sent_on: date | None = None
) -> CommitmentStanding:
    """Return the standing: overdue, without an update since it was made or moved, or since one was accepted."""
    return CommitmentStanding(
        CommitmentStatus.OVERDUE, due_on, slips, days_overdue, sent_on, is_overdue_without_update=True
    )


def january(day: int) -> date:
    return date(2022, 1, day)


MADE = (CommitmentEventKind.MADE, date(2021, 11, 8), DUE)
UNDATED = (CommitmentEventKind.MADE, date(2021, 11, 8))
REPORTED = (CommitmentEventKind.REPORTED_DONE, january(12))
RETURNED_13 = (moment_of(january(12)), moment_of(january(13)), "returned")
ACCEPTED_13 = (moment_of(january(12)), moment_of(january(13)), "accepted")
WITHDRAWN_13 = (moment_of(january(12)), moment_of(january(13)), "withdrawn")
AUCKLAND = ZoneInfo("Pacific/Auckland")
NEW_YORK = ZoneInfo("America/New_York")
NINE_AT_NIGHT_IN_UTC = datetime(2022, 1, 14, 21, tzinfo=UTC)

HISTORIES = [
    History("before it was made", make_events(MADE), date(2021, 11, 7), None),
    History(
        "made that day", make_events(MADE), date(2021, 11, 8), CommitmentStanding(CommitmentStatus.OPEN, DUE, 0, 0)
    ),
    History("due that day", make_events(MADE), DUE, CommitmentStanding(CommitmentStatus.OPEN, DUE, 0, 0)),
    History("due the day before", make_events(MADE), january(15), overdue_without_update(DUE, 0, 1)),
    History("no date agreed", make_events(UNDATED), january(28), CommitmentStanding(CommitmentStatus.OPEN, None, 0, 0)),
    History(
        "rescheduled before it was due",
        make_events(MADE, (CommitmentEventKind.RESCHEDULED, january(10), january(28))),
        january(28),
        CommitmentStanding(CommitmentStatus.OPEN, january(28), 1, 0),
    ),
    History(
        "rescheduled, asked for the day before that",
        make_events(MADE, (CommitmentEventKind.RESCHEDULED, january(20), january(28))),
        january(19),
        overdue_without_update(DUE, 0, 5),
    ),
    History(
        "rescheduled twice, past due again",
        make_events(
            MADE,
            (CommitmentEventKind.RESCHEDULED, january(10), january(20)),
            (CommitmentEventKind.RESCHEDULED, january(19), january(25)),
        ),
        january(28),
        overdue_without_update(january(25), 2, 3),
    ),
    History(
        "no date agreed, then one",
        make_events(UNDATED, (CommitmentEventKind.RESCHEDULED, january(10), january(12))),
        january(13),
        overdue_without_update(january(12), 1, 1),
    ),
    History(
        "reported done",
        make_events(MADE, REPORTED),
        january(12),
        CommitmentStanding(CommitmentStatus.REPORTED, DUE, 0, 0),
    ),
    History(
        "reported done, past due since",
        make_events(MADE, REPORTED),
        january(28),
        CommitmentStanding(CommitmentStatus.REPORTED, DUE, 0, 0),
    ),
    History(
        "reported done, the day before",
        make_events(MADE, REPORTED),
        january(11),
        CommitmentStanding(CommitmentStatus.OPEN, DUE, 0, 0),
    ),
    History(
        "returned after it was reported done",
        make_events(MADE, REPORTED, (CommitmentEventKind.REPORT_RETURNED, january(13))),
        january(13),
        CommitmentStanding(CommitmentStatus.OPEN, DUE, 0, 0),
    ),
    History(
        "returned, and past due since",
        make_events(MADE, REPORTED, (CommitmentEventKind.REPORT_RETURNED, january(13))),
        january(16),
        overdue_without_update(DUE, 0, 2),
    ),
    History(
        "reported and returned the same day",
        make_events(
            MADE,
            (*REPORTED, None, moment_of(january(12), 9)),
            (CommitmentEventKind.REPORT_RETURNED, january(12), None, moment_of(january(12), 15)),
        ),
        january(12),
        CommitmentStanding(CommitmentStatus.OPEN, DUE, 0, 0),
    ),
    History(
        "the same day, recorded the other way round",
        make_events(
            MADE,
            (*REPORTED, None, moment_of(january(12), 15)),
            (CommitmentEventKind.REPORT_RETURNED, january(12), None, moment_of(january(12), 9)),
        ),
        january(12),
        CommitmentStanding(CommitmentStatus.REPORTED, DUE, 0, 0),
    ),
    History(
        "the same moment: by key",
        make_events(MADE, REPORTED, (CommitmentEventKind.REPORT_RETURNED, january(12))),
        january(12),
        CommitmentStanding(CommitmentStatus.OPEN, DUE, 0, 0),
    ),
    History(
        "recorded later than what happened after it",
        make_events(
            MADE,
            (CommitmentEventKind.WITHDRAWN, january(20)),
            (CommitmentEventKind.RESCHEDULED, january(10), january(28), moment_of(january(25))),
        ),
        january(28),
        CommitmentStanding(CommitmentStatus.WITHDRAWN, january(28), 1, 0),
    ),
    History(
        "two dates set the same day",
        make_events(
            MADE,
            (CommitmentEventKind.RESCHEDULED, january(10), january(20), moment_of(january(10), 16)),
            (CommitmentEventKind.RESCHEDULED, january(10), january(27), moment_of(january(10), 8)),
        ),
        january(28),
        overdue_without_update(january(20), 2, 8),
    ),
    History(
        "verified done",
        make_events(MADE, REPORTED, (CommitmentEventKind.VERIFIED_DONE, january(20))),
        january(28),
        CommitmentStanding(CommitmentStatus.VERIFIED, DUE, 0, 0),
    ),
    History(
        "withdrawn",
        make_events(MADE, (CommitmentEventKind.WITHDRAWN, january(10))),
        january(28),
        CommitmentStanding(CommitmentStatus.WITHDRAWN, DUE, 0, 0),
    ),
    History(
        "withdrawn, then reopened",
        make_events(MADE, (CommitmentEventKind.WITHDRAWN, january(10)), (CommitmentEventKind.REOPENED, january(24))),
        january(28),
        overdue_without_update(DUE, 0, 14),
    ),
    History(
        "withdrawn and not yet reopened",
        make_events(MADE, (CommitmentEventKind.WITHDRAWN, january(10)), (CommitmentEventKind.REOPENED, january(24))),
        january(23),
        CommitmentStanding(CommitmentStatus.WITHDRAWN, DUE, 0, 0),
    ),
    History(
        "verified done, then reopened",
        make_events(
            UNDATED,
            REPORTED,
            (CommitmentEventKind.VERIFIED_DONE, january(13)),
            (CommitmentEventKind.REOPENED, january(20)),
        ),
        january(28),
        CommitmentStanding(CommitmentStatus.OPEN, None, 0, 0),
    ),
    History(
        "an update waits, claimed under way",
        make_events(MADE),
        january(13),
        CommitmentStanding(CommitmentStatus.WITH_EMBASSY, DUE, sent_on=january(12)),
        make_versions((moment_of(january(12)),)),
    ),
    History(
        "an update waits, claimed done",
        make_events(MADE, REPORTED),
        january(13),
        CommitmentStanding(CommitmentStatus.WITH_EMBASSY, DUE, sent_on=january(12)),
        make_versions((moment_of(january(12)),)),
    ),
    History(
        "an update waits, past due since",
        make_events(MADE),
        january(28),
        CommitmentStanding(CommitmentStatus.WITH_EMBASSY, DUE, sent_on=january(12)),
        make_versions((moment_of(january(12)),)),
    ),
    History(
        "sent after the day, and waits",
        make_events(MADE),
        january(28),
        CommitmentStanding(CommitmentStatus.WITH_EMBASSY, DUE, sent_on=january(20)),
        make_versions((moment_of(january(20)),)),
    ),
    History(
        "withdrawn by its ministry, counts as never sent",
        make_events(MADE),
        january(14),
        CommitmentStanding(CommitmentStatus.OPEN, DUE, withdrawn_on=january(13)),
        make_versions(WITHDRAWN_13),
    ),
    History(
        "withdrawn by its ministry, past due since",
        make_events(MADE),
        january(28),
        overdue_without_update(DUE, 0, 14)._replace(withdrawn_on=january(13)),
        make_versions(WITHDRAWN_13),
    ),
    History(
        "the day before it was withdrawn, still waits",
        make_events(MADE),
        january(12),
        CommitmentStanding(CommitmentStatus.WITH_EMBASSY, DUE, sent_on=january(12)),
        make_versions(WITHDRAWN_13),
    ),
    History(
        "withdrawn, as known before that, still waits",
        make_events(MADE),
        january(28),
        CommitmentStanding(CommitmentStatus.WITH_EMBASSY, DUE, sent_on=january(12)),
        make_versions(WITHDRAWN_13),
        known_by=moment_of(january(12), 13),
    ),
    History(
        "claimed done, and withdrawn with its claim",
        make_events(MADE, REPORTED, (CommitmentEventKind.REPORT_WITHDRAWN, january(13))),
        january(14),
        CommitmentStanding(CommitmentStatus.OPEN, DUE, withdrawn_on=january(13)),
        make_versions(WITHDRAWN_13),
    ),
    History(
        "returned, sent again and withdrawn: returned as before",
        make_events(MADE),
        january(28),
        CommitmentStanding(
            CommitmentStatus.OVERDUE,
            DUE,
            days_overdue=14,
            sent_on=january(10),
            returned_on=january(11),
            withdrawn_on=january(13),
        ),
        make_versions((moment_of(january(10)), moment_of(january(11)), "returned"), WITHDRAWN_13),
    ),
    History(
        "accepted, then another one withdrawn: nothing new received",
        make_events(MADE),
        january(28),
        overdue_without_update(DUE, 0, 14, january(10))._replace(withdrawn_on=january(13)),
        make_versions((moment_of(january(10)), moment_of(january(11)), "accepted"), WITHDRAWN_13),
    ),
    History(
        "withdrawn by its ministry, and the commitment withdrawn since",
        make_events(MADE, (CommitmentEventKind.WITHDRAWN, january(20))),
        january(28),
        CommitmentStanding(CommitmentStatus.WITHDRAWN, DUE),
        make_versions(WITHDRAWN_13),
    ),
    History(
        "withdrawn, then sent again, and waits",
        make_events(MADE),
        january(28),
        CommitmentStanding(CommitmentStatus.WITH_EMBASSY, DUE, sent_on=january(14)),
        make_versions(WITHDRAWN_13, (moment_of(january(14)),)),
    ),
    History(
        "the day before it was sent",
        make_events(MADE),
        january(19),
        overdue_without_update(DUE, 0, 5),
        make_versions((moment_of(january(20)),)),
    ),
    History(
        "sent on the day itself, late in the evening",
        make_events(MADE),
        january(15),
        CommitmentStanding(CommitmentStatus.WITH_EMBASSY, DUE, sent_on=january(15)),
        make_versions((moment_of(january(15), 23),)),
    ),
    History(
        "returned, and past due",
        make_events(MADE),
        january(28),
        CommitmentStanding(CommitmentStatus.OVERDUE, DUE, 0, 14, sent_on=january(12), returned_on=january(13)),
        make_versions(RETURNED_13),
    ),
    History(
        "returned before it is due",
        make_events(MADE),
        january(14),
        CommitmentStanding(CommitmentStatus.OPEN, DUE, sent_on=january(12), returned_on=january(13)),
        make_versions(RETURNED_13),
    ),
    History(
        "returned later than the day asked for",
        make_events(MADE),
        january(16),
        CommitmentStanding(CommitmentStatus.WITH_EMBASSY, DUE, sent_on=january(12)),
        make_versions((moment_of(january(12)), moment_of(january(17)), "returned")),
    ),
    History(
        "returned on the day asked for",
        make_events(MADE),
        january(17),
        CommitmentStanding(CommitmentStatus.OVERDUE, DUE, 0, 3, sent_on=january(12), returned_on=january(17)),
        make_versions((moment_of(january(12)), moment_of(january(17)), "returned")),
    ),
    History(
        "returned, sent again, and the second version waits",
        make_events(MADE),
        january(28),
        CommitmentStanding(CommitmentStatus.WITH_EMBASSY, DUE, sent_on=january(20)),
        make_versions(RETURNED_13, (moment_of(january(20)),)),
    ),
    History(
        "returned twice",
        make_events(MADE),
        january(28),
        CommitmentStanding(CommitmentStatus.OVERDUE, DUE, 0, 14, sent_on=january(20), returned_on=january(22)),
        make_versions(RETURNED_13, (moment_of(january(20)), moment_of(january(22)), "returned")),
    ),
    History(
        "accepted as a step, past due since",
        make_events(MADE),
        january(28),
        overdue_without_update(DUE, 0, 14, sent_on=january(12)),
        make_versions(ACCEPTED_13),
    ),
    History(
        "accepted as a step, before it is due",
        make_events(MADE),
        january(14),
        CommitmentStanding(CommitmentStatus.OPEN, DUE, sent_on=january(12)),
        make_versions(ACCEPTED_13),
    ),
    History(
        "accepted as a step, then another returned",
        make_events(MADE),
        january(28),
        CommitmentStanding(CommitmentStatus.OVERDUE, DUE, 0, 14, sent_on=january(20), returned_on=january(21)),
        make_versions(ACCEPTED_13, (moment_of(january(20)), moment_of(january(21)), "returned")),
    ),
    History(
        "sent and returned before it was moved, past due again",
        make_events(MADE, (CommitmentEventKind.RESCHEDULED, january(15), january(25))),
        january(28),
        CommitmentStanding(
            CommitmentStatus.OVERDUE,
            january(25),
            1,
            3,
            sent_on=january(12),
            returned_on=january(13),
            is_overdue_without_update=True,
        ),
        make_versions(RETURNED_13),
    ),
    History(
        "sent on the day on which it was moved, before that",
        make_events(MADE, (CommitmentEventKind.RESCHEDULED, january(12), january(25), moment_of(january(12), 15))),
        january(28),
        CommitmentStanding(
            CommitmentStatus.OVERDUE,
            january(25),
            1,
            3,
            sent_on=january(12),
            returned_on=january(13),
            is_overdue_without_update=True,
        ),
        make_versions(RETURNED_13),
    ),
    History(
        "sent on the day on which it was moved, after that",
        make_events(MADE, (CommitmentEventKind.RESCHEDULED, january(12), january(25), moment_of(january(12), 9))),
        january(28),
        CommitmentStanding(CommitmentStatus.OVERDUE, january(25), 1, 3, sent_on=january(12), returned_on=january(13)),
        make_versions(RETURNED_13),
    ),
    History(
        "moved while it waits",
        make_events(MADE, (CommitmentEventKind.RESCHEDULED, january(15), january(25))),
        january(28),
        CommitmentStanding(CommitmentStatus.WITH_EMBASSY, january(25), 1, sent_on=january(12)),
        make_versions((moment_of(january(12)),)),
    ),
    History(
        "accepted as done",
        make_events(MADE, REPORTED, (CommitmentEventKind.VERIFIED_DONE, january(13))),
        january(28),
        CommitmentStanding(CommitmentStatus.VERIFIED, DUE, sent_on=january(12)),
        make_versions(ACCEPTED_13),
    ),
    History(
        "accepted as done, then reopened",
        make_events(
            MADE,
            REPORTED,
            (CommitmentEventKind.VERIFIED_DONE, january(13)),
            (CommitmentEventKind.REOPENED, january(20)),
        ),
        january(28),
        overdue_without_update(DUE, 0, 14, sent_on=january(12)),
        make_versions(ACCEPTED_13),
    ),
    History(
        "withdrawn after an update was returned",
        make_events(MADE, (CommitmentEventKind.WITHDRAWN, january(20))),
        january(28),
        CommitmentStanding(CommitmentStatus.WITHDRAWN, DUE, sent_on=january(12)),
        make_versions(RETURNED_13),
    ),
    History(
        "withdrawn as of a day on which an update waited",
        make_events(MADE, (CommitmentEventKind.WITHDRAWN, january(12))),
        january(12),
        CommitmentStanding(CommitmentStatus.WITHDRAWN, DUE, sent_on=january(12)),
        make_versions(RETURNED_13),
    ),
    History(
        "as known before it was sent",
        make_events(MADE),
        january(28),
        overdue_without_update(DUE, 0, 14),
        make_versions((moment_of(january(20)),)),
        known_by=moment_of(january(19)),
    ),
    History(
        "as known before it was answered",
        make_events(MADE),
        january(28),
        CommitmentStanding(CommitmentStatus.WITH_EMBASSY, DUE, sent_on=january(12)),
        make_versions(RETURNED_13),
        known_by=moment_of(january(12), 18),
    ),
    History(
        "as known before it was reported done",
        make_events(MADE, (CommitmentEventKind.REPORTED_DONE, january(10), None, moment_of(january(12)))),
        january(11),
        CommitmentStanding(CommitmentStatus.OPEN, DUE),
        make_versions((moment_of(january(12)),)),
        known_by=moment_of(january(11)),
    ),
    History(
        "nine at night in UTC is the next day in Auckland",
        make_events(MADE),
        DUE,
        CommitmentStanding(CommitmentStatus.OPEN, DUE),
        make_versions((NINE_AT_NIGHT_IN_UTC,)),
        zone=AUCKLAND,
    ),
    History(
        "nine at night in UTC is the same day in New York",
        make_events(MADE),
        DUE,
        CommitmentStanding(CommitmentStatus.WITH_EMBASSY, DUE, sent_on=DUE),
        make_versions((NINE_AT_NIGHT_IN_UTC,)),
        zone=NEW_YORK,
    ),
]

HISTORY_NAMES = [history.name for history in HISTORIES]
