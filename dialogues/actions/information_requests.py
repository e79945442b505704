"""Ask a ministry for information, correct the request, move its due date, or withdraw it."""

from collections.abc import Container, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction

from dialogues.actions.commitments import lock_with_standing, newest_event_date
from dialogues.actions.duplicates import lock_person, refuse_duplicate
from dialogues.actions.sent_versions import waiting_version
from dialogues.choices import RequestEventKind
from dialogues.commitment_status import CommitmentStanding, days_past_due
from dialogues.models import Commitment, Dialogue, InformationRequest, RequestEvent, RequestLine
from dialogues.models.updates import UpdateSubject
from dialogues.permissions import can_ask_for_information, can_change_request
from dialogues.request_status import RequestStanding
from recommendations.actions.readiness_jobs import enqueue_readiness
from recommendations.models import Edition, Indicator, Question
from tiptracker.accounts.models import Ministry, User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.localization import format_date, gettext, ngettext
from tiptracker.validation import (
    insert_row,
    insert_rows,
    refuse_reversed_dates,
    refuse_unseen,
    require_text,
    update_row,
)

MAX_LINES = 40
"""How many lines a request may have. A ministry answers them in one form."""


class LineInput(NamedTuple):
    """What a line asks for: a figure of an indicator for a period or, without an indicator, a document in words.

    A figure without its own wording is called after the indicator. `question` is the yearly question for whose answer
    the embassy asks, if it does.
    """

    wording: str
    indicator: Indicator | None = None
    starts_on: date | None = None
    through_on: date | None = None
    question: Question | None = None


@transaction.atomic
def ask_for_information(
    *,
    edition: Edition,
    ministry: Ministry,
    lines: Sequence[LineInput],
    reason: str,
    due_on: date,
    dialogue: Dialogue | None = None,
    by: User,
    now: datetime,
) -> InformationRequest:
    """Ask a ministry for figures and documents by a day, with the reason, which the ministry reads.

    Args:
        edition: the edition that needs the information.
        dialogue: the dialogue at which it was asked, if any.

    Raises:
        PermissionDenied: if the user may not ask in the edition's country.
        Refused: without lines or a reason, for a due date that has passed, or for a line that is incomplete or asked
            twice. The field of a line is "lines-1-wording" for the second line.
        DuplicateRecord: if the same person has already asked exactly this.
    """
    country = edition.country
    if not can_ask_for_information(by, country):
        raise PermissionDenied
    reason = require_text(reason, gettext("Write why the embassy needs this."), field="reason")
    if ministry.country_id != country.pk:
        sentence = gettext("That ministry belongs to another country. Choose a ministry of this country.")
        raise Refused("another_country", sentence, field="ministry")
    _refuse_invalid_dialogue(dialogue, edition, now.date())
    _refuse_passed(due_on, now)
    asked = [_complete_line(line, number, edition) for number, line in enumerate(lines)]
    if not asked:
        raise Refused("required", gettext("Ask for at least one figure or document."), field="lines")
    _refuse_too_many(len(asked))
    _refuse_repeated(asked)
    lock_person(by)
    request = InformationRequest(
        country=country,
        ministry=ministry,
        edition=edition,
        dialogue=dialogue,
        reason=reason,
        recorded_at=now,
        recorded_by=by,
    )
    refuse_duplicate(_find_identical(request, asked, due_on), now)
    insert_row(request)
    insert_rows(
        [
            RequestLine(information_request=request, number=number, **line._asdict())
            for number, line in enumerate(asked, start=1)
        ]
    )
    _add_event(request, RequestEventKind.ASKED, due_on=due_on, by=by, now=now)
    enqueue_readiness(country.pk)  # the briefing counts the requests
    record(
        "request.asked",
        by=by,
        row=request,
        country=country,
        after={
            "ministry": ministry.pk,
            "edition": edition.pk,
            "dialogue": dialogue.pk if dialogue else None,
            "reason": reason,
            "due_on": due_on,
            "lines": [_line_audit_values(line) for line in asked],
        },
        ministries=[ministry.pk],
    )
    return request


@transaction.atomic
def move_request(
    *,
    information_request: InformationRequest,
    due_on: date,
    reason: str,
    seen: int | None = None,
    by: User,
    now: datetime,
) -> RequestEvent:
    """Set another due date, with a reason, which the ministry reads.

    Args:
        seen: the id of the newest event that the page showed (None: don't check).

    Raises:
        PermissionDenied: if the user may not change the request.
        Refused: if nothing more is expected, or the date has passed or is the due date already.
        EditConflict: if another event was recorded since the page was opened.
    """
    if not can_change_request(by, information_request):
        raise PermissionDenied
    reason = require_text(reason, gettext("Write why the due date moves."), field="reason")
    locked, standing = _lock_for_change(information_request, seen, now)
    _refuse_passed(due_on, now)
    if due_on == standing.due_on:
        sentence = gettext("The request is already due on %(date)s. Enter another date.")
        raise Refused("unchanged", sentence % {"date": format_date(due_on)}, field="due_on")
    event = _add_event(locked, RequestEventKind.MOVED, due_on=due_on, reason=reason, by=by, now=now)
    _log_change("request.due_date_moved", event, standing)
    return event


class CorrectedLine(NamedTuple):
    """What an open line asks for after a correction. `line` is the line as it was, or None for one that is added."""

    line: RequestLine | None
    content: LineInput


@transaction.atomic
def correct_request(
    *,
    information_request: InformationRequest,
    asked_reason: str,
    lines: Sequence[CorrectedLine],
    reason: str,
    seen: int | None = None,
    by: User,
    now: datetime,
) -> RequestEvent:
    """Correct a request: its reason for asking, its open lines, or both. The ministry reads what changed, and why.

    The earlier reason and the removed lines stay in the record: until `now`, they are what was asked. A line that is
    answered, or whose answer waits for the embassy, stays as it is. A line that changes keeps its number; what a
    ministry has drafted for it is not taken over, because it answered another question.

    Args:
        asked_reason: the reason for asking, as it is right.
        lines: all lines that stay expected. Another one that is expected is removed.
        reason: what was wrong.
        seen: the id of the newest event that the page showed (None: don't check).

    Raises:
        PermissionDenied: if the user may not change the request.
        Refused: without a reason, if nothing changes, if no line is left, if nothing more is expected, or for a line
            that stays as it is, is incomplete, asked twice or of another request. The field of a line is as in
            `ask_for_information`.
        EditConflict: if another event was recorded since the page was opened.
    """
    if not can_change_request(by, information_request):
        raise PermissionDenied
    asked_reason = require_text(asked_reason, gettext("Write why the embassy needs this."), field="asked_reason")
    reason = require_text(reason, gettext("Write what was wrong, in a sentence."), field="reason")
    locked, standing = _lock_for_change(information_request, seen, now)
    wanted = [
        CorrectedLine(row.line, _complete_line(_keep_question(row), number, locked.edition))
        for number, row in enumerate(lines)
    ]
    current = {line.pk: line for line in locked.list_lines(standing)}
    fixed = [line for line in current.values() if not standing.lines[line.pk].is_expected]
    _refuse_unknown(wanted, {line.pk for line in current.values() if line not in fixed})
    _refuse_repeated([row.content for row in wanted], [_line_input(line) for line in fixed])
    _refuse_too_many(len(fixed) + len(wanted))
    if not fixed and not wanted:
        sentence = gettext("Leave at least one line. If the embassy needs nothing of this, withdraw the request.")
        raise Refused("required", sentence, field="lines")
    changed = [row for row in wanted if row.line is None or _line_input(current[row.line.pk]) != row.content]
    kept = {row.line.pk for row in wanted if row.line and row not in changed}
    removed = [line for line in current.values() if line not in fixed and line.pk not in kept]
    if not changed and not removed and asked_reason == locked.reason:
        raise Refused("unchanged", gettext("You changed nothing. Correct what is wrong, or choose “Cancel”."))
    replaced = locked.reason if asked_reason != locked.reason else ""
    event = _add_event(locked, RequestEventKind.CORRECTED, reason=reason, replaced_reason=replaced, by=by, now=now)
    locked.reason, locked.newest_correction = asked_reason, event
    update_row(locked)
    for line in removed:
        line.removed_in = event
        update_row(line)
    last = max(line.number for line in locked.lines.all())
    for row in changed:
        last += row.line is None
        number = row.line.number if row.line else last
        insert_row(RequestLine(information_request=locked, number=number, added_in=event, **row.content._asdict()))
    enqueue_readiness(locked.country_id)
    record(
        "request.corrected",
        by=by,
        row=locked,
        country=locked.country_id,
        before={
            "reason": replaced or asked_reason,
            "lines": [_line_audit_values(_line_input(line)) for line in current.values()],
        },
        after={
            "reason": asked_reason,
            "lines": [_line_audit_values(_line_input(line)) for line in fixed]
            + [_line_audit_values(row.content) for row in wanted],
            "change_reason": reason,
        },
        ministries=[locked.ministry_id],
    )
    return event


@transaction.atomic
def withdraw_request(
    *, information_request: InformationRequest, reason: str, seen: int | None = None, by: User, now: datetime
) -> RequestEvent:
    """Withdraw a request, with a reason, which the ministry reads. What was answered stays in the record.

    Raises as `move_request` does, and Refused while an answer waits for a decision.
    """
    if not can_change_request(by, information_request):
        raise PermissionDenied
    reason = require_text(reason, gettext("Write why the request is withdrawn."), field="reason")
    locked, standing = _lock_for_change(information_request, seen, now)
    _refuse_waiting(locked, now)
    event = _add_event(locked, RequestEventKind.WITHDRAWN, reason=reason, by=by, now=now)
    _log_change("request.withdrawn", event, standing)
    return event


def lock_request(information_request: InformationRequest, now: datetime) -> tuple[InformationRequest, RequestStanding]:
    """Lock the request until the transaction ends. Return it with its standing today."""
    rows = InformationRequest.objects.with_history().select_for_update(no_key=True, of=("self",))
    locked = rows.get(pk=information_request.pk)
    standing = locked.standing_on(now.date())
    if standing is None:
        raise Refused("not_asked_yet", gettext("The request was made on a day after today. Try again on that day."))
    return locked, standing


def lock_update_subject(
    subject: UpdateSubject, now: datetime
) -> tuple[UpdateSubject, CommitmentStanding | RequestStanding]:
    """Lock what an update is about, and return it with its standing today."""
    if isinstance(subject, Commitment):
        return lock_with_standing(subject, now)
    return lock_request(subject, now)


def find_closing_date(subject: UpdateSubject, standing: CommitmentStanding | RequestStanding) -> date:
    """Return the day since which nothing more is expected. Both are as `lock_update_subject` returns them."""
    if isinstance(subject, Commitment):
        return newest_event_date(subject)
    return getattr(standing, "closed_on", None) or max(event.happened_on for event in subject.events.all())


def newest_request_event(information_request: InformationRequest) -> RequestEvent | None:
    """Return the event that was recorded last."""
    return information_request.events.select_related("recorded_by").order_by("-pk").first()


def _refuse_waiting(request: InformationRequest, now: datetime) -> None:
    """Refuse a change that would take away the question of an answer that the embassy has not reviewed."""
    if waiting := waiting_version(request):
        sentence = gettext("The ministry’s answer of %(date)s has not been reviewed yet. Accept it or return it first.")
        sent_on = waiting.recorded_at.astimezone(now.tzinfo).date()
        raise Refused("update_waits", sentence % {"date": format_date(sent_on)})


def _refuse_too_many(number: int) -> None:
    if number > MAX_LINES:
        sentence = ngettext(
            "A request can have at most %(limit)d line. Ask for the rest in another request.",
            "A request can have at most %(limit)d lines. Ask for the rest in another request.",
            MAX_LINES,
        )
        raise Refused("too_many", sentence % {"limit": MAX_LINES}, field="lines")


def _refuse_repeated(asked: Sequence[LineInput], fixed: Sequence[LineInput] = ()) -> None:
    """Refuse a line that asks for the same as an earlier one, or as one that stays as it is."""
    for number, line in enumerate(asked):
        field = f"lines-{number}-wording"
        if line in asked[:number]:
            sentence = gettext("This is asked for above already. Remove one of the two lines.")
            raise Refused("named_twice", sentence, field=field)
        if line in fixed:
            sentence = gettext("Another line asks for this, and has an answer. Remove this line.")
            raise Refused("named_twice", sentence, field=field)


def _refuse_unknown(wanted: Sequence[CorrectedLine], expected: Container[int]) -> None:
    """Refuse a correction of a line that has an answer or is of no request, or one that corrects a line twice."""
    seen: set[int] = set()
    for number, row in enumerate(wanted):
        if row.line is None:
            continue
        if row.line.pk not in expected or row.line.pk in seen:
            sentence = gettext("This line can no longer be corrected. Open the page again to see the lines that can.")
            raise Refused("closed", sentence, field=f"lines-{number}-wording")
        seen.add(row.line.pk)


def _line_input(line: RequestLine) -> LineInput:
    return LineInput(line.wording, line.indicator, line.starts_on, line.through_on, line.question)


def _keep_question(row: CorrectedLine) -> LineInput:
    """Return a corrected line with the yearly question for which the line was asked."""
    return row.content._replace(question=row.line.question) if row.line else row.content


def _line_audit_values(line: LineInput) -> dict[str, Any]:
    return {
        "wording": line.wording,
        "indicator": line.indicator.pk if line.indicator else None,
        "starts_on": line.starts_on,
        "through_on": line.through_on,
    } | ({"question": line.question.pk} if line.question else {})


def _complete_line(line: LineInput, number: int, edition: Edition) -> LineInput:
    """Return a line with its wording, or refuse it."""
    field = f"lines-{number}"
    if line.question and line.question.edition_id != edition.pk:
        sentence = gettext("This question belongs to another edition. Open the form again from the question’s page.")
        raise Refused("another_edition", sentence, field=f"{field}-wording")
    if line.indicator is None:
        wording = require_text(line.wording, gettext("Write what you ask for."), field=f"{field}-wording")
        if line.starts_on or line.through_on:
            sentence = gettext("Only a figure has a period. Choose the indicator, or leave the dates empty.")
            raise Refused("no_indicator", sentence, field=f"{field}-indicator")
        return LineInput(wording, question=line.question)
    if line.indicator.country_id != edition.country_id:
        sentence = gettext("This indicator belongs to another country. Choose one of this country.")
        raise Refused("another_country", sentence, field=f"{field}-indicator")
    if line.starts_on is None or line.through_on is None:
        sentence = gettext("Enter the first and the last day that the figure is to cover.")
        raise Refused("required", sentence, field=f"{field}-starts_on")
    refuse_reversed_dates(line.starts_on, line.through_on, field=f"{field}-through_on")
    return line._replace(wording=line.wording.strip() or line.indicator.name_with_unit)


def _refuse_invalid_dialogue(dialogue: Dialogue | None, edition: Edition, today: date) -> None:
    if dialogue is None:
        return
    if dialogue.country_id != edition.country_id:
        sentence = gettext("That dialogue was with another country. Choose a dialogue with this country.")
        raise Refused("another_country", sentence, field="dialogue")
    if dialogue.called_off_at:
        raise Refused(
            "called_off", gettext("That dialogue was called off. Choose another dialogue, or none."), field="dialogue"
        )
    if dialogue.held_on > today:
        sentence = gettext("That dialogue is on %(date)s. Choose one that has been held, or none.")
        raise Refused("not_held_yet", sentence % {"date": format_date(dialogue.held_on)}, field="dialogue")


def _refuse_passed(due_on: date, now: datetime) -> None:
    if days_past_due(due_on, now.date()):
        raise Refused("due_too_early", gettext("This date has passed. Enter a date from today on."), field="due_on")


def _find_identical(request: InformationRequest, lines: Sequence[LineInput], due_on: date) -> InformationRequest | None:
    """Return a request that the same person made before with the same content, and that was not withdrawn."""
    same = InformationRequest.objects.filter(
        edition=request.edition,
        ministry=request.ministry,
        dialogue=request.dialogue,
        reason=request.reason,
        recorded_by=request.recorded_by,
        events__in=RequestEvent.objects.filter(kind=RequestEventKind.ASKED, due_on=due_on),
    ).exclude(events__in=RequestEvent.objects.filter(kind=RequestEventKind.WITHDRAWN))
    for row in same.order_by("pk").prefetch_related("lines__indicator"):
        if [_line_input(line) for line in row.lines.all() if line.removed_in_id is None] == list(lines):
            return row
    return None


def _lock_for_change(
    information_request: InformationRequest, seen: int | None, now: datetime
) -> tuple[InformationRequest, RequestStanding]:
    """Lock the request, and refuse a stale page or a request of which nothing more is expected."""
    locked, standing = lock_request(information_request, now)
    refuse_unseen(newest_request_event(locked), seen, now, noun="entry")
    if standing.is_settled:
        sentence = gettext("%(status)s on %(date)s. Nothing more is expected, so there is nothing to change.")
        values = {"status": standing.status.label, "date": format_date(find_closing_date(locked, standing))}
        raise Refused("closed", sentence % values)
    return locked, standing


def _add_event(
    request: InformationRequest,
    kind: RequestEventKind,
    *,
    by: User,
    now: datetime,
    due_on: date | None = None,
    reason: str = "",
    replaced_reason: str = "",
) -> RequestEvent:
    return insert_row(
        RequestEvent(
            information_request=request,
            kind=kind,
            happened_on=now.date(),
            due_on=due_on,
            reason=reason,
            replaced_reason=replaced_reason,
            recorded_at=now,
            recorded_by=by,
        )
    )


def _log_change(verb: str, event: RequestEvent, before: RequestStanding) -> None:
    request = event.information_request
    enqueue_readiness(request.country_id)
    record(
        verb,
        by=event.recorded_by,
        row=request,
        country=request.country_id,
        before={"status": before.status, "due_on": before.due_on},
        after={"due_on": event.due_on, "reason": event.reason},
        ministries=[request.ministry_id],
    )
