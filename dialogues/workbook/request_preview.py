"""Compare the rows of requests in an uploaded workbook with the record, by the same forms as an answer on its page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import QueryDict

from dialogues.actions.workbooks import send_workbook_answer
from dialogues.forms.information_requests import AnswerForm, LineAnswerForm
from dialogues.models import EvidenceFile, RequestLine, UpdateVersion
from dialogues.views.request_answers import read_answer
from dialogues.views.uploads import UploadResult
from dialogues.workbook.columns import RequestColumn, name_answer_field
from dialogues.workbook.preview_row import SheetPreviewRow, name_row, show_faults
from dialogues.workbook.request_content import AskedRequest
from dialogues.workbook.rows import RowStatus, WorkbookRow, decide_status, describe_changes
from tiptracker.errors import Refused
from tiptracker.localization import format_date, gettext, join_with_colon
from tiptracker.web.frontend.form_rows import add_refusal, add_refusal_at, invalid_forms


class RowAnswerForm(AnswerForm):
    """The form of an answer among those of several rows: its files, and what else the ministry says."""

    def __init__(self, *args: Any, row: WorkbookRow, **kwargs: Any) -> None:
        super().__init__(*args, prefix=row.prefix, **kwargs)
        self.row_name = name_row(row)


class RowLineForm(LineAnswerForm):
    """The form of a line among those of several rows."""

    def __init__(self, *args: Any, row: WorkbookRow, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.prefix = f"{row.prefix}-{self.prefix}"

    @property
    def heading(self) -> str:
        """The line, as its own page names it: "Line 2: The list of shelters"."""
        return join_with_colon(self.row_name, self.line.description)


@dataclass(kw_only=True)
class RequestPreviewRow(SheetPreviewRow):
    """A request in the preview, with the form of an answer and one for each line that can be answered."""

    asked: AskedRequest | None = None
    form: AnswerForm | None = None
    parts: Sequence[RowLineForm] = ()

    def send(self, **signed: Any) -> UpdateVersion:
        """Send what the valid forms say. `signed` are the other arguments of `send_workbook_answer`."""
        if self.form is None or self.asked is None:
            raise ValueError("a row without forms")
        return send_workbook_answer(
            information_request=self.asked.request,
            answers=[read_answer(part) for part in self.parts if part.is_filled],
            files=list(self.files),
            **signed,
        )

    def show_refusal(self, refusal: Refused) -> None:
        """Show beside its field why the row was not sent."""
        prefix, _, field = (refusal.field or "").rpartition("-")
        part = next((part for part in self.parts if part.prefix == f"{self.prefix}-{prefix}"), None)
        if part:
            add_refusal_at(part, refusal, field)
        elif self.form:
            add_refusal(self.form, refusal)


def preview_request(
    row: WorkbookRow,
    asked: AskedRequest | None,
    uploaded: UploadResult | None,
    sent: UpdateVersion | None,
    today: date,
) -> RequestPreviewRow:
    """Return a request in the preview. Arguments are those of `build_preview`, for this row."""
    if row.problem or asked is None or row.state is None:
        reason = str(row.problem) if row.problem else gettext("The ministry is asked no such request any more.")
        status = RowStatus.WRONG if row.problem or row.is_filled else RowStatus.UNCHANGED
        return RequestPreviewRow(row=row, status=status, reason=reason)
    waiting = _describe_waiting(row, asked)
    preview = RequestPreviewRow(
        row=row,
        status=RowStatus.UNCHANGED,
        title=asked.text,
        changes=[*describe_changes(row.state, asked.state, is_request=True), *waiting],
        files=uploaded.files if uploaded else [],
        sent=sent,
        asked=asked,
    )
    is_blocked = not asked.is_open or (bool(waiting) and not any(_is_line_filled(row, line) for line in asked.lines))
    if row.is_sent or sent or not row.is_filled or is_blocked:
        preview.status = decide_status(row, was_sent=sent is not None, is_blocked=is_blocked)
        if preview.status is RowStatus.BLOCKED:
            preview.reason = " ".join(waiting) or _describe_blocked(asked)
        return preview
    data = QueryDict(mutable=True)
    for name, text in row.values.items():
        data[f"{row.prefix}-{name}"] = text
    form = RowAnswerForm(data, row=row)
    parts = [RowLineForm(data, row=row, line=line, today=today) for line in asked.lines]
    has_errors = not all([form.is_valid(), *(part.is_valid() for part in parts)])
    if not has_errors and not any(part.is_filled for part in parts):
        form.add_error(None, gettext("No line is answered. Enter an answer, or choose “We have none”."))
    _refuse_unattached(parts, preview.files)
    show_faults(row, parts)
    if uploaded:
        uploaded.show_refusals(form)
    has_errors = bool(invalid_forms(form, *parts))
    preview.status = decide_status(row, has_errors=has_errors, changes=bool(preview.changes))
    preview.form, preview.parts, preview.forms = form, parts, [form, *parts]
    preview.facts = _list_facts(parts)
    return preview


def _describe_blocked(asked: AskedRequest) -> str:
    """Return why a request can't be answered now, and what to do."""
    version = asked.version
    if asked.standing.is_settled or version is None:
        sentence = gettext("The status of the request is “%(status)s”. Nothing more is needed.")
        return sentence % {"status": asked.standing.status.label}
    sentence = gettext(
        "The embassy has an answer to every open line. %(person)s sent the last on %(date)s. Wait for the reply."
    )
    return sentence % {"person": version.sender, "date": format_date(asked.state.sent_on or version.happened_on)}


def _describe_waiting(row: WorkbookRow, asked: AskedRequest) -> list[str]:
    """Return for each line that was filled in and that the embassy has an answer to that its cells are not sent."""
    if not asked.is_open:
        return []
    sentence = gettext(
        "Line %(number)d: the embassy has had an answer since %(date)s. What this workbook says to it is not sent."
    )
    return [
        sentence % {"number": line.number, "date": format_date(sent_on)}
        for line in asked.waiting_lines
        if (sent_on := asked.standing.lines[line.pk].sent_on) and _is_line_filled(row, line)
    ]


def _is_line_filled(row: WorkbookRow, line: RequestLine) -> bool:
    """Return whether a line has an answer, a figure or a text in the row. The last day alone is filled in before."""
    columns = (RequestColumn.ANSWER, RequestColumn.FIGURE, RequestColumn.TEXT)
    names = {name_answer_field(line.pk, column) for column in columns}
    return any(row.values.get(name) or name in row.faults for name in names)


def _refuse_unattached(parts: Sequence[RowLineForm], files: Sequence[EvidenceFile]) -> None:
    """Say at each document without a text that its file is not attached yet."""
    for part in parts:
        data = getattr(part, "cleaned_data", {})
        is_document = part.is_valid() and part.is_filled and data.get("answer") == "answered" and not data.get("text")
        if is_document and "figure" not in part.fields and not files:
            part.add_error("text", gettext("Attach the document below, or write the answer here."))


def _list_facts(parts: Sequence[RowLineForm]) -> list[tuple[str, str]]:
    """Return what a valid row says to each line that it answers, as pairs of line and text."""
    facts = []
    for part in parts:
        data = getattr(part, "cleaned_data", {})
        if not part.is_valid() or not part.is_filled:
            continue
        choices = {str(key): str(label) for key, label in part.fields["answer"].choices}  # type: ignore[attr-defined]
        said = [choices.get(data["answer"], "")]
        if data.get("figure") is not None:
            through_on = data.get("through_on")
            figure = {"figure": part["figure"].value(), "date": format_date(through_on) if through_on else ""}
            said.append((gettext("%(figure)s, up to %(date)s") if through_on else "%(figure)s") % figure)
        said.append(data.get("text") or "")
        facts.append((part.heading, ". ".join(filter(None, said))))
    return facts
