"""Compare the rows of an uploaded workbook with the record, by the same forms as an update on its own page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import QueryDict

from dialogues.actions.updates import FigureInput
from dialogues.forms.updates import FigureForm, UpdateForm, check_end_of_figures
from dialogues.models import SendKey, UpdateVersion
from dialogues.views.update_submission import read_figure_input
from dialogues.views.uploads import UploadResult
from dialogues.workbook.columns import FIGURE_COLUMNS, name_figure_field
from dialogues.workbook.content import AskedCommitment
from dialogues.workbook.preview_row import SheetPreviewRow, name_row, send_key, show_faults
from dialogues.workbook.request_content import AskedRequest
from dialogues.workbook.request_preview import RequestPreviewRow, preview_request
from dialogues.workbook.rows import RowStatus, WorkbookRow, decide_status, describe_changes
from tiptracker.accounts.models import User
from tiptracker.errors import Refused
from tiptracker.localization import format_date, gettext, ngettext
from tiptracker.web.frontend.form_rows import add_refusal


class RowUpdateForm(UpdateForm):
    """The form of an update among those of several rows."""

    def __init__(self, *args: Any, row: WorkbookRow, **kwargs: Any) -> None:
        super().__init__(*args, prefix=row.prefix, **kwargs)
        self.row_name = name_row(row)


class RowFigureForm(FigureForm):
    """The form of a figure among those of several rows."""

    def __init__(self, *args: Any, row: WorkbookRow, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.prefix = f"{row.prefix}-{self.prefix}"
        self.row_name = name_row(row)


@dataclass(kw_only=True)
class CommitmentPreviewRow(SheetPreviewRow):
    """A commitment in the preview, with the form of an update and one for each figure that is asked for."""

    asked: AskedCommitment | None = None
    form: UpdateForm | None = None
    figures: Sequence[FigureForm] = ()

    def values(self) -> dict[str, Any]:
        """Return the cleaned values of its valid forms, as `send_workbook_row` takes them."""
        if self.form is None or self.asked is None:
            raise ValueError("a row without forms")
        data = self.form.cleaned_data
        figures: list[FigureInput] = [
            read_figure_input(figure, through_on=data["through_on"]) for figure in self.figures if figure.is_filled
        ]
        own = {name: value for name, value in data.items() if name not in ("files", "through_on")}
        return {**own, "commitment": self.asked.commitment, "files": list(self.files), "figures": figures}

    def show_refusal(self, refusal: Refused) -> None:
        """Show beside its field why the row was not sent."""
        if self.form:
            add_refusal(self.form, refusal)


type WorkbookPreviewRow = CommitmentPreviewRow | RequestPreviewRow


def build_preview(
    rows: Sequence[WorkbookRow],
    asked: Iterable[AskedCommitment],
    asked_requests: Iterable[AskedRequest],
    *,
    uploads: Mapping[str, UploadResult],
    user: User,
    today: date,
) -> list[WorkbookPreviewRow]:
    """Return the rows of the preview, in the order of the file: commitments, then requests.

    Args:
        rows: the rows as read and corrected.
        asked: the ministry's commitments with the figures that they ask for.
        asked_requests: the ministry's requests for information.
        uploads: the files attached to each row, by its place, and the messages about those that were refused.
        user: who reads the preview.
        today: the present day in the country.
    """
    by_commitment = {each.commitment.pk: each for each in asked}
    by_request = {each.request.pk: each for each in asked_requests}
    keys = SendKey.objects.filter(key__in=[send_key(row) for row in rows if row.key])
    visible = keys.filter(update_version__in=UpdateVersion.objects.visible_to(user))
    sent = {
        each.key: each.update_version
        for each in visible.select_related(
            "update_version__recorded_by",
            "update_version__update__commitment__ministry",
            "update_version__update__information_request__ministry",
        )
    }
    preview: list[WorkbookPreviewRow] = []
    for row in rows:
        uploaded, before = uploads.get(row.place), sent.get(send_key(row))
        if row.is_request:
            preview.append(preview_request(row, by_request.get(row.request or 0), uploaded, before, today))
        else:
            preview.append(_preview_row(row, by_commitment.get(row.commitment or 0), uploaded, before, today))
    return preview


def _preview_row(
    row: WorkbookRow,
    asked: AskedCommitment | None,
    uploaded: UploadResult | None,
    sent: UpdateVersion | None,
    today: date,
) -> CommitmentPreviewRow:
    if row.problem or asked is None or row.state is None:
        reason = str(row.problem) if row.problem else gettext("The ministry has no such commitment any more.")
        status = RowStatus.WRONG if row.problem or row.is_filled else RowStatus.UNCHANGED
        return CommitmentPreviewRow(row=row, status=status, reason=reason)
    preview = CommitmentPreviewRow(
        row=row,
        status=RowStatus.UNCHANGED,
        title=asked.commitment.text,
        changes=[*describe_changes(row.state, asked.state), *_describe_unasked_figures(row, asked)],
        files=uploaded.files if uploaded else [],
        sent=sent,
        asked=asked,
    )
    if row.is_sent or sent or not row.is_filled or not asked.is_open:
        preview.status = decide_status(row, was_sent=sent is not None, is_blocked=not asked.is_open)
        preview.reason = _describe_blocked(asked) if preview.status is RowStatus.BLOCKED else ""
        return preview
    form, figures = _build_forms(row, asked, today)
    has_errors = not check_end_of_figures(form, figures)
    has_errors |= show_faults(row, [form, *figures])
    if uploaded:
        uploaded.show_refusals(form)
    preview.status = decide_status(row, has_errors=has_errors or bool(form.errors), changes=bool(preview.changes))
    preview.form, preview.figures, preview.forms = form, figures, [form, *figures]
    preview.facts = _list_facts(form, figures)
    return preview


def _list_figure_fields(asked: AskedCommitment) -> set[str]:
    return {name_figure_field(each.indicator.pk, column) for each in asked.figures for column in FIGURE_COLUMNS}


def _describe_unasked_figures(row: WorkbookRow, asked: AskedCommitment) -> list[str]:
    """Say that figures of the row are not sent, if the commitment asks for them no longer."""
    figures = {name for name in row.values if name.rpartition("-")[2] in FIGURE_COLUMNS}
    number = len({name.rpartition("-")[0] for name in figures - _list_figure_fields(asked)})
    sentence = ngettext(
        "%(number)d figure of this row is not asked for any more. It is not sent.",
        "%(number)d figures of this row are not asked for any more. They are not sent.",
        number,
    )
    return [sentence % {"number": number}] if number else []


def _describe_blocked(asked: AskedCommitment) -> str:
    """Return why no update can be sent on a commitment now, and what to do."""
    version = asked.version
    if asked.standing.is_settled or version is None:
        sentence = gettext("The status of the commitment is “%(status)s”. Nothing more is needed.")
        return sentence % {"status": asked.standing.status.label}
    sentence = gettext("The embassy has the update that %(person)s sent on %(date)s. Wait for the reply.")
    return sentence % {"person": version.sender, "date": format_date(asked.state.sent_on or version.happened_on)}


def _build_forms(row: WorkbookRow, asked: AskedCommitment, today: date) -> tuple[UpdateForm, list[FigureForm]]:
    """Return the forms of a row, filled with its values as if they had just been posted."""
    prefix = row.prefix
    data = QueryDict(mutable=True)
    for name, text in row.values.items():
        data[f"{prefix}-{name}"] = text
    form = RowUpdateForm(data, row=row, today=today, asks_figures=bool(asked.figures))
    figures: list[FigureForm] = [
        RowFigureForm(
            data,
            row=row,
            indicator=each.indicator,
            since=format_date(asked.since or today),
            last=each.last,
            earlier=each.earlier,
            corrects=asked.version_to_resend is not None,
        )
        for each in asked.figures
    ]
    return form, figures


def _list_facts(form: UpdateForm, figures: Sequence[FigureForm]) -> list[tuple[str, str]]:
    """Return what a valid row says, as pairs of label and text."""
    facts = []
    for owner in (form, *figures):
        data = getattr(owner, "cleaned_data", {})
        figures_filled = any(figure.is_valid() and figure.is_filled for figure in figures)
        for name, bound in ((bound.name, bound) for bound in owner.visible_fields()):
            value = data.get(name)
            if value in (None, "", [], False) or (name == "through_on" and not figures_filled):
                continue
            choices = {str(key): str(label) for key, label in getattr(bound.field, "choices", ())}
            shown = format_date(value) if isinstance(value, date) else choices.get(str(value), bound.value())
            facts.append((str(bound.label), str(shown)))
    return facts
