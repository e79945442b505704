"""Find what a ministry's workbook asks in its requests for information: the lines to answer, and where each stands."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone

from dialogues.choices import LineAnswerKind, RequestLineKind, UpdateDecision
from dialogues.models import InformationRequest, LineAnswer, Reading, RequestLine, UpdateVersion
from dialogues.request_phrases import format_request_status
from dialogues.request_status import RequestStanding
from dialogues.views.request_timeline import find_reading
from dialogues.views.timeline import decision_on
from dialogues.workbook.columns import RequestColumn, name_answer_field
from dialogues.workbook.keys import sign_key
from dialogues.workbook.rows import RowKey, RowState, StateNow, digest_text, digest_values
from tiptracker.accounts.models import Ministry, User
from tiptracker.audit.append_only import DISPOSED, MARKS
from tiptracker.localization import format_date, gettext


@dataclass(frozen=True)
class AskedRequest:
    """A request of a ministry, with all versions of its answers, oldest first."""

    request: InformationRequest
    standing: RequestStanding
    versions: Sequence[UpdateVersion]

    @property
    def text(self) -> str:
        """What the preview calls it."""
        return self.request.text

    @property
    def version(self) -> UpdateVersion | None:
        """The version that was sent last."""
        return self.versions[-1] if self.versions else None

    @property
    def lines(self) -> list[RequestLine]:
        """The lines that can be answered now."""
        return self.request.list_expected_lines(self.standing) if self.is_open else []

    @property
    def waiting_lines(self) -> list[RequestLine]:
        """The lines whose answer waits for the embassy."""
        return [line for line in self.request.list_lines(self.standing) if self.standing.lines[line.pk].sent_on]

    @property
    def is_open(self) -> bool:
        """Whether the ministry has to answer a line now."""
        return self.standing.is_expected

    def find_answer(self, line: RequestLine) -> tuple[LineAnswer, UpdateVersion] | None:
        """Return what was said last to a line, with its version."""
        answer = line.newest_answer
        version = next((each for each in self.versions if answer and each.pk == answer.update_version_id), None)
        return (answer, version) if answer and version else None

    @property
    def state(self) -> StateNow:
        """The state that its rows are written for, or compared with."""
        version, due_on = self.version, self.standing.due_on
        decision = decision_on(version) if version else None
        asked = [self.request.reason, *(str(line.pk) for line in self.request.list_lines(self.standing))]
        return StateNow(
            RowState(
                version=version.pk if version else 0,
                outcome=decision.decision if decision else "",
                due_on=due_on.isoformat(),
                wording=digest_text("\n".join(asked)),
            ),
            sent_on=timezone.localtime(version.recorded_at).date() if version else None,
            sender=version.sender if version else "",
            decided_on=timezone.localtime(decision.recorded_at).date() if decision else None,
            due_on=due_on,
        )


@dataclass(frozen=True)
class RequestSheetLine:
    """A row of the sheet of requests. `values` are what it contains already, by column."""

    key: str
    number: str
    about: str
    situation: str
    values: dict[str, str]
    is_figure: bool
    unit: str = ""


def gather_requests(user: User, ministry: Ministry, today: date) -> list[AskedRequest]:
    """Return the requests that a ministry was asked by `today`, in the order of their numbers."""
    readings = Reading.objects.visible_to(user).select_related("indicator")
    versions = UpdateVersion.objects.visible_to(user).select_related(
        "decision", "recorded_by", "update__information_request__ministry", "update__information_request__country"
    )
    versions = versions.prefetch_related(Prefetch("readings", readings)).order_by("pk")
    rows = InformationRequest.objects.visible_to(user).filter(ministry=ministry).exclude(reason=DISPOSED)
    rows = rows.with_history().order_by("pk")
    requests = list(rows)
    sent: dict[int | None, list[UpdateVersion]] = defaultdict(list)
    for version in versions.filter(update__information_request__in=requests):
        sent[version.update.information_request_id].append(version)
    return [
        AskedRequest(request, standing, sent[request.pk])
        for request in requests
        if (standing := request.standing_on(today))
    ]


def build_request_lines(asked: Iterable[AskedRequest], ministry: Ministry, made_on: date) -> list[RequestSheetLine]:
    """Return a row for each line of the requests that can be answered, the most urgent request first."""
    open_requests = sorted(
        (each for each in asked if each.is_open),
        key=lambda each: (each.standing.returned_on is None, each.standing.due_on, each.request.pk),
    )
    return [line for each in open_requests for line in _build_lines(each, ministry, made_on)]


def _build_lines(asked: AskedRequest, ministry: Ministry, made_on: date) -> Iterator[RequestSheetLine]:
    values = initial_answer_values(asked, made_on)
    key = RowKey(ministry.pk, asked.request.pk, 0, made_on.isoformat(), digest_values(values), asked.state.state)
    for line in asked.lines:
        own = {column.value: values.get(name_answer_field(line.pk, column), "") for column in RequestColumn}
        yield RequestSheetLine(
            sign_key(key._replace(indicator=line.pk), is_request=True),
            gettext("Request %(request)d, line %(line)d") % {"request": asked.request.pk, "line": line.number},
            _describe_line(asked.request, line),
            _describe_situation(asked, line),
            {name: text for name, text in own.items() if text},
            is_figure=line.kind is RequestLineKind.FIGURE,
        )


def initial_answer_values(asked: AskedRequest, made_on: date) -> dict[str, str]:
    """Return what the rows of a request contain at the download, by the name of the form's field.

    That is the last day of each figure and, if the answer to a line was returned or withdrawn, what it said.
    """
    values: dict[str, str] = {}
    for line in asked.lines:
        if line.through_on and line.starts_on and line.starts_on <= made_on:
            values[name_answer_field(line.pk, RequestColumn.THROUGH_ON)] = min(line.through_on, made_on).isoformat()
        if (found := asked.find_answer(line)) is None:
            continue
        answer, version = found
        said: dict[RequestColumn, Any] = {
            RequestColumn.ANSWER: answer.answer,
            RequestColumn.TEXT: "" if answer.text in MARKS else answer.text,
        }
        if (
            answer.answer != LineAnswerKind.NONE
            and (reading := find_reading(version, line))
            and reading.figure is not None
        ):
            said[RequestColumn.FIGURE] = f"{reading.figure.normalize():f}"
            said[RequestColumn.THROUGH_ON] = reading.through_on.isoformat()
        values |= {name_answer_field(line.pk, column): text for column, text in said.items() if text}
    return values


def _describe_line(request: InformationRequest, line: RequestLine) -> str:
    sentences = [line.description]
    if line.indicator:
        sentences.append(gettext("Unit: %(unit)s.") % {"unit": line.indicator.unit})
    sentences.append(gettext("Reason: %(reason)s") % {"reason": request.reason})
    return "\n".join(sentences)


def _describe_situation(asked: AskedRequest, line: RequestLine) -> str:
    """Return when a request is due, and what the embassy asks to change in the answer to a line."""
    standing = asked.standing
    due = gettext("Due on %(date)s.") % {"date": format_date(standing.due_on)}
    detail = format_request_status(standing)
    sentences = [f"{due} {detail[:1].upper()}{detail[1:]}." if standing.days_overdue else due]
    found = asked.find_answer(line)
    decision = decision_on(found[1]) if found else None
    if decision and decision.decision == UpdateDecision.RETURNED:
        sentences.append(gettext("We returned your answer. Please change: %(reason)s") % {"reason": decision.reason})
    elif decision:
        sentences.append(gettext("You withdrew your last answer. Its text is filled in."))
    return "\n".join(sentences)
