"""Answer a request for information: a ministry sends figures and documents, or says that it has none."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction

from dialogues.actions.drafts import DraftPage
from dialogues.actions.evidence import TITLE_LENGTH, evidence_audit_values
from dialogues.actions.information_requests import find_closing_date, lock_request
from dialogues.actions.readings import ReadingInput, reading_audit_values
from dialogues.actions.sent_forms import SentForm, find_sent_version
from dialogues.actions.sent_versions import find_update_to_continue
from dialogues.actions.update_versions import (
    add_version,
    add_version_evidence,
    add_version_figure,
    refuse_too_many_files,
)
from dialogues.choices import DoneBy, EvidenceKind, LineAnswerKind, ReceivedAs, RequestLineKind
from dialogues.models import Evidence, EvidenceFile, InformationRequest, LineAnswer, RequestLine, UpdateVersion
from dialogues.permissions import can_send_on_behalf, can_send_update
from dialogues.request_status import RequestStanding
from recommendations.actions.readiness_jobs import enqueue_readiness
from tiptracker.accounts.models import User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.localization import format_date, gettext, record_language
from tiptracker.validation import format_moment, insert_row, refuse_future


class AnswerInput(NamedTuple):
    """What a ministry says to one line.

    `figure` and `through_on`, the last day that it covers, are for a line that asks for a figure. `through_on` None
    stands for the last day asked for, or for today if that is earlier.
    """

    line: RequestLine
    answer: LineAnswerKind
    text: str = ""
    figure: Decimal | None = None
    through_on: date | None = None


class Received(NamedTuple):
    """When and how the embassy received what an officer sends on behalf of a ministry."""

    on: date
    form: ReceivedAs


@transaction.atomic
def answer_request(
    *,
    information_request: InformationRequest,
    answers: Sequence[AnswerInput],
    narrative: str = "",
    files: Sequence[EvidenceFile] = (),
    page: DraftPage | None = None,
    form: SentForm | None = None,
    received: Received | None = None,
    by: User,
    now: datetime,
) -> UpdateVersion:
    """Answer lines of a request with an update, or with a new version of one that was returned or withdrawn.

    Any line may be answered to which no answer was accepted and none waits for the embassy. The new version continues
    the newest returned or withdrawn update that holds one of these lines. Each figure becomes a reading with its own
    piece of evidence, and each file a piece of evidence. A line without an answer here stays asked. Nothing counts as
    answered until the embassy accepts the version.

    Args:
        narrative: what the ministry wants to say to all of it, if anything.
        page, form: as `send_update` takes them. The form may be older than answers to other lines.
        received: when and how the embassy received it, if an officer sends it on behalf of the ministry. A letter may
            have crossed with the request. None if the ministry sends it itself.

    Raises:
        PermissionDenied: if the user is not of the ministry that is asked or, with `received`, no officer.
        Refused: as `send_update` does, but for each line: if it is answered, its answer waits, or another one was sent
            since `form` was opened; and if no line is answered or an answer is incomplete. The field of an answer is
            "line-12-figure" for the line with the id 12.
        EditConflict: if a colleague has saved a draft that `page` has not shown.
    """
    is_allowed = can_send_on_behalf if received else can_send_update
    if not is_allowed(by, information_request):
        raise PermissionDenied
    given_on = received.on if received else now.date()
    refuse_future(given_on, now, field="received_on")
    refuse_too_many_files(files)
    locked, standing = lock_request(information_request, now)
    if before := find_sent_version(form, locked, by):
        return before
    if standing.is_settled:
        sentence = gettext("%(status)s on %(date)s. You need not do anything more.")
        values = {"status": standing.status.label, "date": format_date(find_closing_date(locked, standing))}
        raise Refused("closed", sentence % values)
    if not answers:
        raise Refused("required", gettext("Answer at least one line, or say that you have none."))
    lines = {line.pk: line for line in locked.lines.all()}  # as they are now, with what was sent meanwhile
    answers = [answer._replace(line=lines.get(answer.line.pk, answer.line)) for answer in answers]
    for answer in answers:
        refuse_unexpected(answer.line, locked, standing, now)
        _refuse_newer_answer(answer.line, form, now)
        _refuse_invalid(answer, files)
    answered_before = [each.update_version for answer in answers if (each := answer.line.newest_answer)]
    figures = [(answer.line, _to_reading(answer, given_on, now)) for answer in answers if answer.figure is not None]
    title = write_answer_title(standing)
    sent = add_version(
        UpdateVersion(
            narrative=narrative.strip() or title,
            claimed="",
            happened_on=given_on,
            received_on=received.on if received else None,
            received_as=received.form if received else "",
        ),
        subject=locked,
        update=find_update_to_continue(answered_before),
        resent=locked.list_versions_to_resend(standing),
        files=files,
        page=page,
        form=form,
        by=by,
        now=now,
    )
    for answer in answers:
        insert_row(LineAnswer(line=answer.line, update_version=sent, answer=answer.answer, text=answer.text.strip()))
    evidence = [
        add_version_evidence(
            sent,
            Evidence(
                title=f"{title} ({file.name})"[:TITLE_LENGTH],
                kind=EvidenceKind.REPORT,
                # What happened is that the ministry gave the document. Its own dates are in it.
                happened_from=given_on,
                happened_to=given_on,
                done_by=DoneBy.GOVERNMENT,
                file=file,
            ),
        )
        for file in files
    ]
    readings = [add_version_figure(sent, title, reading, field=f"line-{line.pk}-figure") for line, reading in figures]
    evidence += [reading.evidence for reading in readings if reading.evidence]
    enqueue_readiness(locked.country_id)
    on_behalf = (
        {"on_behalf_of": locked.maker, "received_on": received.on, "received_as": received.form} if received else {}
    )
    record(
        "update.sent_on_behalf" if received else "update.sent",
        by=by,
        row=sent,
        country=locked.country_id,
        after=on_behalf
        | {
            "information_request": locked.pk,
            "update": sent.update.number,
            "update_version": sent.number,
            "narrative": sent.narrative,
            "answers": [
                {"line": answer.line.number, "answer": answer.answer, "text": answer.text} for answer in answers
            ],
            "evidence": [evidence_audit_values(piece) for piece in evidence],
            "figures": [reading_audit_values(reading) for reading in readings],
        },
        ministries=[locked.ministry_id],
    )
    return sent


def write_answer_title(standing: RequestStanding) -> str:
    """Return what an answer is called in the record. It stands for the text of a ministry that adds none."""
    with record_language():
        return gettext("Answer to the request for information of %(date)s") % {"date": format_date(standing.asked_on)}


def refuse_unexpected(line: RequestLine, request: InformationRequest, standing: RequestStanding, now: datetime) -> None:
    """Refuse a line of another request, one that was corrected, and one that is answered or whose answer waits.

    Load the request `with_history`.
    """
    known = standing.lines.get(line.pk)
    values: dict[str, object] = {"number": line.number}
    if line.removed_in_id and line.information_request_id == request.pk:
        sentence = gettext(
            "The embassy corrected line %(number)d after this form was opened. Read the line as it is now."
        )
        raise Refused("closed", sentence % values)
    if line.information_request_id != request.pk or known is None:
        raise Refused("another_request", gettext("This line belongs to another request. Answer it there."))
    if known.answered_on:
        sentence = gettext("Line %(number)d was answered on %(date)s. You need not answer it again.")
        raise Refused(
            "closed", sentence % {**values, "date": format_date(known.answered_on)}, field=_answer_field(line)
        )
    if known.sent_on and (waiting := line.newest_answer):
        sent, said = waiting.update_version, _describe_sent(waiting)
        sentence = gettext(
            "The embassy has an answer to line %(number)d already. %(person)s sent it on %(moment)s. Wait for the "
            "reply."
        )
        if said:
            sentence = gettext(
                "The embassy has an answer to line %(number)d already. %(person)s sent “%(answer)s” on %(moment)s. "
                "Wait for the reply."
            )
        values |= {"person": sent.sender, "moment": format_moment(sent.recorded_at, now), "answer": said}
        raise Refused("update_waits", sentence % values, field=_answer_field(line))


def _refuse_newer_answer(line: RequestLine, form: SentForm | None, now: datetime) -> None:
    """Refuse if another answer to the line was sent since the form was opened, and returned or withdrawn again."""
    newest = line.newest_answer
    if form is None or form.last_version is None or newest is None or newest.update_version_id <= form.last_version:
        return
    sentence = gettext(
        "%(person)s answered line %(number)d on %(moment)s, after this form was opened. Read that answer, and what "
        "became of it. Then change yours if needed, and send it again."
    )
    sent = newest.update_version
    values = {"person": sent.sender, "number": line.number, "moment": format_moment(sent.recorded_at, now)}
    raise Refused("newer_version", sentence % values, field=_answer_field(line))


def _describe_sent(answer: LineAnswer) -> str:
    """Return what was said to a line, such as "Prosecutions: 16, from … to …". Empty for a document without a text."""
    line = answer.line
    figure = None
    if line.indicator_id and line.starts_on:
        figures = answer.update_version.readings.filter(indicator=line.indicator_id, starts_on=line.starts_on)
        figure = figures.select_related("indicator").first()
    is_none = answer.answer == LineAnswerKind.NONE
    said = [LineAnswerKind.NONE.label if is_none else figure.description if figure else "", answer.text]
    return ". ".join(filter(None, said))


def _answer_field(line: RequestLine) -> str:
    return f"line-{line.pk}-answer"


def _refuse_invalid(answer: AnswerInput, files: Sequence[EvidenceFile]) -> None:
    """Refuse an answer without what it says it has."""
    line, field = answer.line, f"line-{answer.line.pk}"
    if answer.answer == LineAnswerKind.NONE:
        if answer.figure is not None:
            sentence = gettext("Enter the figure, or choose “We have none”, not both.")
            raise Refused("two_answers", sentence, field=f"{field}-figure")
        return
    if line.kind is RequestLineKind.FIGURE and answer.figure is None:
        sentence = gettext("Enter the figure. If you have none, choose “We have none”.")
        raise Refused("required", sentence, field=f"{field}-figure")
    if line.kind is RequestLineKind.DOCUMENT and not (answer.text.strip() or files):
        sentence = gettext("Attach the document below, or write the answer here.")
        raise Refused("required", sentence, field=f"{field}-text")


def _to_reading(answer: AnswerInput, given_on: date, now: datetime) -> ReadingInput:
    """Return the figure of an answer, for the days that it covers. It covers no day after it was given."""
    line, field = answer.line, f"line-{answer.line.pk}-through_on"
    if line.indicator is None or line.starts_on is None or line.through_on is None:
        raise Refused("no_indicator", gettext("This line asks for no figure."), field=f"line-{line.pk}-figure")
    last = answer.through_on or min(line.through_on, given_on)
    refuse_future(last, now, field=field)
    if last > given_on:
        sentence = gettext("The figure was given on %(date)s, so it cannot cover a later day. Enter a day up to then.")
        raise Refused("future_day", sentence % {"date": format_date(given_on)}, field=field)
    if not line.starts_on <= last <= line.through_on:
        sentence = gettext("The figure is asked for %(first)s to %(last)s. Enter a date in this period.")
        days = {"first": format_date(line.starts_on), "last": format_date(line.through_on)}
        raise Refused("outside_period", sentence % days, field=field)
    return ReadingInput(line.indicator, line.starts_on, last, answer.figure, "", note=answer.text.strip()[:400])
