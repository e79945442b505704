"""Derive the status of a request for information on a day from its events and the answers to its lines. No Django here.

The rules are those of commitments (`dialogues.commitment_status`), line by line: a line whose answer waits for the
embassy is never overdue, and an answer that its ministry withdrew counts as never sent.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, time, tzinfo
from typing import NamedTuple, Protocol

from dialogues.choices import LineAnswerKind, LineStatus, RequestEventKind, RequestStatus
from dialogues.commitment_status import UpdateVersionLike, days_past_due


class RequestEventLike(Protocol):
    """The fields of an event that this module reads."""

    @property
    def pk(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def happened_on(self) -> date: ...
    @property
    def recorded_at(self) -> datetime: ...
    @property
    def due_on(self) -> date | None: ...


class LineStanding(NamedTuple):
    """What is known of one line on a day.

    `answered_on` is the day on which the embassy accepted the answer, or that the ministry has none. `version` is the
    id of the update version that says so. Both are None while there is no accepted answer. `sent_on` is the day on
    which an answer was sent that waits for the embassy. `returned_on` is the day on which the newest answer was
    returned, and `returned_version` the id of its update version; None once another one was sent.
    """

    status: LineStatus = LineStatus.ASKED
    answered_on: date | None = None
    version: int | None = None
    sent_on: date | None = None
    returned_on: date | None = None
    returned_version: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether no answer is accepted."""
        return self.answered_on is None

    @property
    def is_expected(self) -> bool:
        """Whether the ministry has to send an answer: none is accepted, and none waits for the embassy."""
        return self.status is LineStatus.ASKED


class RequestStanding(NamedTuple):
    """The standing of a request on a day.

    `lines` holds what is known of each line, by its id. `moves` counts how often the due date was moved. `closed_on` is
    the day on which the last line was answered, or the request withdrawn.
    """

    status: RequestStatus
    asked_on: date
    due_on: date
    lines: Mapping[int, LineStanding]
    moves: int = 0
    days_overdue: int = 0
    closed_on: date | None = None

    @property
    def is_settled(self) -> bool:
        """Whether nothing more is expected: every line is answered, or the request was withdrawn."""
        return self.closed_on is not None

    @property
    def is_expected(self) -> bool:
        """Whether the ministry has to send something: it is not settled, and not every open line waits."""
        return self.status in EXPECTED

    @property
    def waits_since(self) -> date | None:
        """The day on which the oldest answer that waits for the embassy was sent. None if none waits."""
        return min((line.sent_on for line in self.lines.values() if line.sent_on), default=None)

    @property
    def returned_on(self) -> date | None:
        """The day on which an answer was returned last, while another one is still expected to its lines."""
        days = (line.returned_on for line in self.lines.values() if line.returned_on)
        return max(days, default=None) if self.is_expected else None

    @property
    def number_answered(self) -> int:
        """How many lines have an accepted answer, "has none" included."""
        return sum(not line.is_open for line in self.lines.values())

    @property
    def number_waiting(self) -> int:
        """How many lines have an answer that waits for the embassy."""
        return sum(line.sent_on is not None for line in self.lines.values())


EXPECTED = frozenset({RequestStatus.ASKED, RequestStatus.PARTLY_ANSWERED, RequestStatus.OVERDUE})
"""The statuses in which the ministry has to send something."""


def end_of_knowledge(day: date, zone: tzinfo, known_by: datetime | None) -> datetime:
    """Return the last moment that counts: the end of `day` in the country or, if that is earlier, `known_by`."""
    end = datetime.combine(day, time.max, zone)
    return end if known_by is None else min(end, known_by)


def request_standing_on(
    events: Iterable[RequestEventLike],
    answers: Mapping[int, Iterable[tuple[str, UpdateVersionLike]]],
    day: date,
    *,
    zone: tzinfo,
    known_by: datetime | None = None,
) -> RequestStanding | None:
    """Return the standing at the end of `day`, or None if nothing had been asked by then.

    Args:
        events: the events of the request.
        answers: for each line (id) asked for on the day, what versions answer, each with its version.
        day: the calendar day in the country.
        zone: the time zone of the country.
        known_by: if given, leave out what was recorded later (as known at the time).
    """
    until = end_of_knowledge(day, zone, known_by)

    def is_past(moment: datetime | None) -> bool:
        return moment is not None and moment <= until

    past = sorted(
        (event for event in events if event.happened_on <= day and (known_by is None or event.recorded_at <= known_by)),
        key=lambda event: (event.happened_on, event.recorded_at, event.pk),
    )
    due_on = next((event.due_on for event in reversed(past) if event.due_on), None)
    if due_on is None:
        return None
    lines = {key: _line_standing(own, is_past, zone) for key, own in answers.items()}
    closed_on = _closed_on(past, lines)
    is_expected = closed_on is None and any(line.is_expected for line in lines.values())
    overdue = days_past_due(due_on, day) if is_expected else 0
    return RequestStanding(
        status=_choose_status(past[-1], lines.values(), is_overdue=overdue > 0),
        asked_on=past[0].happened_on,
        due_on=due_on,
        lines=lines,
        moves=sum(event.kind == RequestEventKind.MOVED for event in past),
        days_overdue=overdue,
        closed_on=closed_on,
    )


def _line_standing(answers: Iterable[tuple[str, UpdateVersionLike]], is_past: "IsPast", zone: tzinfo) -> LineStanding:
    """Return what the newest accepted version says to a line or, without one, what became of the newest answer."""
    sent = [
        (version.recorded_at, version.pk, kind, version)
        for kind, version in answers
        if is_past(version.recorded_at) and not is_past(version.withdrawn_at)
    ]
    accepted = [
        (version.decided_at, key, kind)
        for _, key, kind, version in sent
        if version.decided_at is not None and is_past(version.decided_at) and version.returned_at is None
    ]
    if accepted:
        at, key, kind = max(accepted)
        status = LineStatus.NONE if kind == LineAnswerKind.NONE else LineStatus.ANSWERED
        return LineStanding(status, at.astimezone(zone).date(), key)
    if not sent:
        return LineStanding()
    sent_at, key, _, newest = max(sent, key=lambda each: each[:2])
    if newest.returned_at is not None and is_past(newest.returned_at):
        returned_on = newest.returned_at.astimezone(zone).date()
        return LineStanding(returned_on=returned_on, returned_version=key)
    return LineStanding(LineStatus.WITH_EMBASSY, sent_on=sent_at.astimezone(zone).date())


class IsPast(Protocol):
    """Whether a moment lies before the end of the day asked for."""

    def __call__(self, moment: datetime | None) -> bool: ...


def _closed_on(past: Sequence[RequestEventLike], lines: Mapping[int, LineStanding]) -> date | None:
    """Return the day of the withdrawal, of the last answer, or of the correction that removed the last open line."""
    if past[-1].kind == RequestEventKind.WITHDRAWN:
        return past[-1].happened_on
    days = [line.answered_on for line in lines.values() if line.answered_on]
    if len(days) < len(lines) or not days:
        return None
    return max([*days, *(event.happened_on for event in past if event.kind == RequestEventKind.CORRECTED)])


def _choose_status(newest: RequestEventLike, lines: Collection[LineStanding], *, is_overdue: bool) -> RequestStatus:
    if newest.kind == RequestEventKind.WITHDRAWN:
        return RequestStatus.WITHDRAWN
    if all(line.status is LineStatus.NONE for line in lines):
        return RequestStatus.NONE
    if not any(line.is_open for line in lines):
        return RequestStatus.ANSWERED
    if not any(line.is_expected for line in lines):
        return RequestStatus.WITH_EMBASSY
    if is_overdue:
        return RequestStatus.OVERDUE
    return RequestStatus.ASKED if all(line.is_open for line in lines) else RequestStatus.PARTLY_ANSWERED
