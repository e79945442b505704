"""Derive the status of a request for information on a day from its events and the answers to its lines. No Django here.

The rules are those of commitments (`dialogues.commitment_status`): an update that waits for the embassy is never
overdue, and one that its ministry withdrew counts as never sent.
"""

from collections.abc import Iterable, Mapping, Sequence
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
    which an answer was sent that waits for the embassy.
    """

    status: LineStatus = LineStatus.ASKED
    answered_on: date | None = None
    version: int | None = None
    sent_on: date | None = None

    @property
    def is_open(self) -> bool:
        return self.answered_on is None


class RequestStanding(NamedTuple):
    """The standing of a request on a day.

    `lines` holds what is known of each line, by its id. `moves` counts how often the due date was moved. `sent_on` is
    the day on which the newest version was sent, without those that the ministry withdrew. `returned_on` is the day on
    which that version was returned, while an answer is still expected. `closed_on` is the day on which the last line
    was answered, or the request withdrawn.
    """

    status: RequestStatus
    asked_on: date
    due_on: date
    lines: Mapping[int, LineStanding]
    moves: int = 0
    days_overdue: int = 0
    sent_on: date | None = None
    returned_on: date | None = None
    closed_on: date | None = None

    @property
    def is_settled(self) -> bool:
        """Whether nothing more is expected: every line is answered, or the request was withdrawn."""
        return self.closed_on is not None

    @property
    def waits_since(self) -> date | None:
        """The day on which the update that waits for the embassy was sent. None if no update waits."""
        return self.sent_on if self.status is RequestStatus.WITH_EMBASSY else None

    @property
    def number_answered(self) -> int:
        """How many lines have an accepted answer, "has none" included."""
        return sum(not line.is_open for line in self.lines.values())


def end_of_knowledge(day: date, zone: tzinfo, known_by: datetime | None) -> datetime:
    """Return the last moment that counts: the end of `day` in the country or, if that is earlier, `known_by`."""
    end = datetime.combine(day, time.max, zone)
    return end if known_by is None else min(end, known_by)


def request_standing_on[Version: UpdateVersionLike](
    events: Iterable[RequestEventLike],
    answers: Mapping[int, Iterable[tuple[str, Version]]],
    versions: Iterable[Version],
    day: date,
    *,
    zone: tzinfo,
    known_by: datetime | None = None,
) -> RequestStanding | None:
    """Return the standing at the end of `day`, or None if nothing had been asked by then.

    Args:
        events: the events of the request.
        answers: for each line (id) asked for on the day, what versions answer, each with its version.
        versions: all versions of its updates.
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
    sent = [version for version in versions if is_past(version.recorded_at) and not is_past(version.withdrawn_at)]
    last = max(sent, key=lambda version: (version.recorded_at, version.pk), default=None)
    is_waiting = last is not None and not is_past(last.decided_at)
    closed_on = _closed_on(past, lines)
    is_expected = closed_on is None and not is_waiting
    overdue = days_past_due(due_on, day) if is_expected else 0
    returned_at = last.returned_at if last and is_expected and is_past(last.returned_at) else None
    return RequestStanding(
        status=_choose_status(past[-1], lines, is_waiting=is_waiting, is_overdue=overdue > 0),
        asked_on=past[0].happened_on,
        due_on=due_on,
        lines=lines,
        moves=sum(event.kind == RequestEventKind.MOVED for event in past),
        days_overdue=overdue,
        sent_on=last.recorded_at.astimezone(zone).date() if last else None,
        returned_on=returned_at.astimezone(zone).date() if returned_at else None,
        closed_on=closed_on,
    )


def _line_standing(answers: Iterable[tuple[str, UpdateVersionLike]], is_past: "IsPast", zone: tzinfo) -> LineStanding:
    """Return what the newest accepted version says to a line or, without one, whether an answer waits."""
    answers = list(answers)
    accepted = [
        (version.decided_at, version.pk, kind)
        for kind, version in answers
        if version.decided_at is not None
        and is_past(version.decided_at)
        and version.returned_at is None
        and version.withdrawn_at is None
    ]
    if not accepted:
        waiting = [
            version for _, version in answers if is_past(version.recorded_at) and not is_past(version.decided_at)
        ]
        if not waiting:
            return LineStanding()
        sent_at = max(version.recorded_at for version in waiting)
        return LineStanding(LineStatus.WITH_EMBASSY, sent_on=sent_at.astimezone(zone).date())
    at, key, kind = max(accepted)
    status = LineStatus.NONE if kind == LineAnswerKind.NONE else LineStatus.ANSWERED
    return LineStanding(status, at.astimezone(zone).date(), key)


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


def _choose_status(
    newest: RequestEventLike, lines: Mapping[int, LineStanding], *, is_waiting: bool, is_overdue: bool
) -> RequestStatus:
    if newest.kind == RequestEventKind.WITHDRAWN:
        return RequestStatus.WITHDRAWN
    if is_waiting:
        return RequestStatus.WITH_EMBASSY
    if all(line.status is LineStatus.NONE for line in lines.values()):
        return RequestStatus.NONE
    if not any(line.is_open for line in lines.values()):
        return RequestStatus.ANSWERED
    if is_overdue:
        return RequestStatus.OVERDUE
    return RequestStatus.ASKED if all(line.is_open for line in lines.values()) else RequestStatus.PARTLY_ANSWERED
