"""The rows of a workbook: what is in each, whether it changed, and what happened since its download. No Django here.

A row is a commitment with the lines of its figures, or a request with its lines. Its key says for which ministry, for
which of them and for which state of the record it was written. Keys are signed (`dialogues.workbook.keys`), so a
changed one is noticed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Any, NamedTuple, Self

from dialogues.choices import UpdateDecision
from dialogues.workbook.columns import (
    ANSWER_COLUMNS,
    FIGURE_COLUMNS,
    SHEET_MARKS,
    UPDATE_COLUMNS,
    Column,
    RequestColumn,
    describe_column,
    name_answer_field,
    name_figure_field,
)
from dialogues.workbook.reader.cells import Cell, CellKind, SheetLine
from recommendations.importing.stored_sentences import StoredSentence, deserialize_sentence
from tiptracker.choices import ChoiceEnum
from tiptracker.errors import Refused
from tiptracker.localization import format_date, gettext, gettext_noop

_DIGEST_LENGTH = 16
"""Characters of a digest in a key. It recognizes a value that changed; the signature protects it."""
_EMPTY = Cell(CellKind.TEXT, "")
_CONTENT = UPDATE_COLUMNS | FIGURE_COLUMNS


class RowState(NamedTuple):
    """The state of a commitment or a request for which a row was written.

    `version` is the id of the newest update version, or 0. `outcome` is the decision on it, or "". `due_on` is an ISO
    date, or "". `wording` is the digest of what was promised or asked.
    """

    version: int
    outcome: str
    due_on: str
    wording: str


class RowKey(NamedTuple):
    """The content of a key. `indicator` is 0 on the line of a commitment, and an id on the line of a figure.

    On the sheet of requests, `commitment` is the id of a request and `indicator` that of its line.
    `made_on` is the ISO date of the download. `filled` is the digest of what the row contained then.
    """

    ministry: int
    commitment: int
    indicator: int
    made_on: str
    filled: str
    state: RowState


class StateNow(NamedTuple):
    """The state of a commitment or a request now, with what a sentence about a change needs."""

    state: RowState
    sent_on: date | None = None
    sender: str = ""
    decided_on: date | None = None
    due_on: date | None = None


class RowStatus(ChoiceEnum):
    """What the preview says of a row."""

    NEW = "new", gettext_noop("New")
    CHANGED = "changed", gettext_noop("Changed since the download")
    WRONG = "wrong", gettext_noop("To correct")
    BLOCKED = "blocked", gettext_noop("Cannot be sent now")
    SENT = "sent", gettext_noop("Already sent")
    UNCHANGED = "unchanged", gettext_noop("Unchanged")


@dataclass
class WorkbookRow:
    """A row as read and corrected.

    Attributes:
        number: its row number in the file.
        values: what was typed, by the name of the form's field.
        commitment: the id of the commitment that its key names, or None without a valid key and for a request.
        request: the id of the request that its key names, or None.
        is_request: whether it is on the sheet of requests.
        key: the key as it stands in the file.
        filled: the digest of the values at the download.
        uploaded: the digest of the values as uploaded, before corrections. With the key, it identifies what is sent.
        made_on: the ISO date of the download.
        state: the state for which the row was written, or None without a valid key.
        problem: why the row can't be used at all.
        faults: why a cell can't be used, by the name of the form's field.
        files: the ids of the files attached in the preview.
        is_sent: whether it was sent from this draft.
    """

    number: int
    values: dict[str, str] = field(default_factory=dict)
    commitment: int | None = None
    request: int | None = None
    is_request: bool = False
    key: str = ""
    filled: str = ""
    uploaded: str = ""
    made_on: str = ""
    state: RowState | None = None
    problem: StoredSentence | None = None
    faults: dict[str, StoredSentence] = field(default_factory=dict)
    files: list[int] = field(default_factory=list)
    is_sent: bool = False

    @property
    def place(self) -> str:
        """Its place in the file, which identifies it: the number and, on the sheet of requests, the sheet."""
        return f"request{self.number}" if self.is_request else str(self.number)

    @property
    def prefix(self) -> str:
        """The beginning of the names of its fields in the preview."""
        return self.place if self.is_request else f"row{self.number}"

    @property
    def is_filled(self) -> bool:
        """Whether anything differs from what the row contained at the download."""
        return bool(self.faults) or digest_values(self.values) != self.filled

    @property
    def named_files(self) -> list[str]:
        """The names of files in the row, as typed: separated by commas, semicolons or line breaks."""
        cells = [text for name, text in self.values.items() if name.rpartition("-")[2] == Column.FILES]
        names = ",".join(cells).replace(";", ",").replace("\n", ",").split(",")
        return list(dict.fromkeys(" ".join(name.split()) for name in names if name.strip()))

    def to_json(self) -> dict[str, Any]:
        """Return data for `from_json`."""
        return {
            "number": self.number,
            "values": self.values,
            "commitment": self.commitment,
            "request": self.request,
            "is_request": self.is_request,
            "key": self.key,
            "filled": self.filled,
            "uploaded": self.uploaded,
            "made_on": self.made_on,
            "state": list(self.state) if self.state else None,
            "problem": self.problem.serialize() if self.problem else None,
            "faults": {name: sentence.serialize() for name, sentence in self.faults.items()},
            "files": self.files,
            "is_sent": self.is_sent,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return the row from the data of `to_json`."""
        return cls(
            **{
                **data,
                "state": RowState(*data["state"]) if data["state"] else None,
                "problem": deserialize_sentence(data["problem"]) if data["problem"] else None,
                "faults": {name: deserialize_sentence(sentence) for name, sentence in data["faults"].items()},
            }
        )


def digest_text(text: str) -> str:
    """Return a short digest of a text. Spaces and line breaks make no difference: programs change them."""
    return sha256(" ".join(text.split()).encode()).hexdigest()[:_DIGEST_LENGTH]


def digest_values(values: Mapping[str, str]) -> str:
    """Return a short digest of what was typed in a row.

    Empty cells, marks of numbers and confirmations make no difference.
    """
    filled = sorted(
        (name, text) for name, text in values.items() if text.strip() and not name.endswith(("-confirmed", "-is_lower"))
    )
    return digest_text(
        "\n".join(
            f"{name}={text.replace(' ', '').replace(',', '.') if name.endswith(f'-{Column.FIGURE}') else text}"
            for name, text in filled
        )
    )


def split_sheets(lines: Sequence[SheetLine]) -> dict[str, list[SheetLine]]:
    """Return the lines of each sheet by its mark. The first one is the hidden row that has the mark."""
    sheets: dict[str, list[SheetLine]] = {}
    own: list[SheetLine] = []
    for line in lines:
        if line.cells and line.cells[0].text in SHEET_MARKS:
            own = sheets.setdefault(line.cells[0].text, [])
        own.append(line)
    return sheets


def read_request_rows(
    lines: Sequence[SheetLine], *, read_key: Callable[[str], RowKey | None], read_label: Callable[[StrEnum, str], str]
) -> list[WorkbookRow]:
    """Return the rows of the sheet of requests: one for each request, with the cells of all its lines.

    Arguments and errors are those of `read_rows`.
    """
    places = _find_places(lines[0], RequestColumn, ANSWER_COLUMNS)
    rows: dict[int, WorkbookRow] = {}
    others: list[WorkbookRow] = []
    lines_seen: dict[int, int] = {}
    for line, cells, key in _read_keyed_lines(lines, places, read_key):
        key_cell = cells[RequestColumn.KEY]
        if key is None:
            if key_cell.text or any(cells[column].text for column in ANSWER_COLUMNS & cells.keys()):
                problem = StoredSentence(
                    gettext_noop(
                        "The key in the first column is missing or was changed, so we do not know which line this row "
                        "answers. Download the workbook again and copy your text into it."
                    )
                )
                others.append(WorkbookRow(line.number, is_request=True, problem=problem))
        elif first := lines_seen.get(key.indicator):
            others.append(WorkbookRow(line.number, is_request=True, problem=_describe_repeated(first)))
        else:
            lines_seen[key.indicator] = line.number
            row = rows.setdefault(
                key.commitment,
                WorkbookRow(
                    line.number,
                    request=key.commitment,
                    is_request=True,
                    key=key_cell.text,
                    filled=key.filled,
                    made_on=key.made_on,
                    state=key.state,
                ),
            )
            for column in sorted(ANSWER_COLUMNS & cells.keys()):
                _read_cell(row, name_answer_field(key.indicator, column), column, cells[column], read_label)
    for row in rows.values():
        row.uploaded = digest_values(row.values)
    return sorted([*rows.values(), *others], key=lambda row: row.number)


def _find_places(head: SheetLine, columns: type[StrEnum], typed: Iterable[StrEnum]) -> dict[Any, int]:
    """Return the place of each column, from the hidden row that names them.

    Raises Refused if one of the `typed` columns is missing, because what was typed there would be lost.
    """
    names = [cell.text for cell in head.cells]
    if missing := [column for column in columns if column in typed and column not in names]:
        sentence = gettext(
            "The sheet has no column “%(column)s” any more, or its hidden row was changed. Download a new workbook and "
            "copy your text into it."
        )
        raise Refused("column_missing", sentence % {"column": describe_column(missing[0])}, field="file")
    return {column: names.index(column) for column in columns if column in names} | {columns("key"): 0}


def _cells_by_column(line: SheetLine, places: Mapping[Any, int]) -> dict[Any, Cell]:
    return {column: line.cells[place] if place < len(line.cells) else _EMPTY for column, place in places.items()}


def _read_keyed_lines(
    lines: Sequence[SheetLine], places: Mapping[Any, int], read_key: Callable[[str], RowKey | None]
) -> Iterator[tuple[SheetLine, dict[Any, Cell], RowKey | None]]:
    """Return the lines with their cells and keys, without the headings and without notes above the hidden row.

    Who sorts a sheet moves the headings among the rows, or rows above the hidden row. So a key tells what is a row.
    """
    hidden_row = lines[0].number
    headings = next((line.number for line in lines[1:] if line.number > hidden_row), hidden_row)
    for line in lines[1:]:
        cells = _cells_by_column(line, places)
        cell = cells["key"]
        key = read_key(cell.text) if cell.kind is CellKind.TEXT else None
        if key or (line.number > headings and cell.text != describe_column(Column.KEY)):
            yield line, cells, key


def _describe_repeated(first: int) -> StoredSentence:
    return StoredSentence(
        gettext_noop("This row repeats the key of row %(row)s. Keep one of the two, and upload the file again."),
        {"row": str(first)},
    )


def read_rows(
    lines: Sequence[SheetLine], *, read_key: Callable[[str], RowKey | None], read_label: Callable[[StrEnum, str], str]
) -> list[WorkbookRow]:
    """Return the rows of the sheet of commitments.

    Args:
        lines: the names of the columns, the headings, and the lines below.
        read_key: returns the content of a key, or None if it was changed.
        read_label: returns the value that a label stands for in a column with a list, or the label itself.

    Raises Refused if a column that is filled in is missing.
    """
    places = _find_places(lines[0], Column, _CONTENT)
    rows: dict[int, WorkbookRow] = {}
    others: list[WorkbookRow] = []
    lines_seen: dict[tuple[int, int], int] = {}
    for line, cells, key in _read_keyed_lines(lines, places, read_key):
        key_cell = cells[Column.KEY]
        if key is None:
            if key_cell.text or any(cells[column].text for column in _CONTENT & cells.keys()):
                others.append(WorkbookRow(line.number, problem=_describe_bad_key(key_cell)))
        elif first := lines_seen.get((key.commitment, key.indicator)):
            others.append(WorkbookRow(line.number, problem=_describe_repeated(first)))
        else:
            lines_seen[key.commitment, key.indicator] = line.number
            row = rows.setdefault(
                key.commitment, WorkbookRow(line.number, commitment=key.commitment, made_on=key.made_on)
            )
            if not key.indicator:
                row.number, row.key, row.filled, row.state = line.number, key_cell.text, key.filled, key.state
            _read_cells(row, cells, key.indicator, read_label)
    for row in rows.values():
        row.uploaded = digest_values(row.values)
        if row.state is None:
            row.problem = StoredSentence(
                gettext_noop(
                    "The row of the commitment is missing above this figure. Download the workbook again and copy your "
                    "text into it."
                )
            )
    return sorted([*rows.values(), *others], key=lambda row: row.number)


def _describe_bad_key(cell: Cell) -> StoredSentence:
    if not cell.text:
        return StoredSentence(
            gettext_noop(
                "This row has no key in the first column, so we do not know its commitment. Write into the rows of the "
                "workbook; do not add rows."
            )
        )
    return StoredSentence(
        gettext_noop(
            "The key in the first column was changed, so we do not know the commitment of this row. Download the "
            "workbook again and copy your text into it."
        )
    )


def _read_cells(
    row: WorkbookRow, cells: Mapping[Column, Cell], indicator: int, read_label: Callable[[StrEnum, str], str]
) -> None:
    """Add the cells of a line to its row: those of the update, or of a figure."""
    for column in sorted((FIGURE_COLUMNS if indicator else UPDATE_COLUMNS) & cells.keys()):
        name = name_figure_field(indicator, column) if indicator else column.value
        _read_cell(row, name, column, cells[column], read_label)


def _read_cell(
    row: WorkbookRow, name: str, column: StrEnum, cell: Cell, read_label: Callable[[StrEnum, str], str]
) -> None:
    """Add a cell to its row, as the value of a field of the form or as the reason why it can't be used."""
    if fault := _describe_fault(cell):
        row.faults[name] = fault
    elif cell.text:
        row.values[name] = read_label(column, cell.text)


def _describe_fault(cell: Cell) -> StoredSentence | None:
    """Return why a cell can't be used, if it has a formula or shows an error."""
    if cell.kind is CellKind.FORMULA:
        return StoredSentence(gettext_noop("The cell has a formula. Type the text, the date or the number itself."))
    if cell.kind is CellKind.ERROR:
        return StoredSentence(
            gettext_noop("The cell shows the error %(error)s. Type the text, the date or the number itself."),
            {"error": cell.text},
        )
    return None


def decide_status(
    row: WorkbookRow,
    *,
    was_sent: bool = False,
    is_blocked: bool = False,
    has_errors: bool = False,
    changes: bool = False,
) -> RowStatus:
    """Return what the preview says of a row.

    Args:
        row: the row as read and corrected.
        was_sent: the same row with the same content was sent before.
        is_blocked: no update can be sent on the commitment now.
        has_errors: the form refuses a value.
        changes: something happened to the commitment since the download.
    """
    if row.problem:
        return RowStatus.WRONG
    if row.is_sent or was_sent:
        return RowStatus.SENT
    if not row.is_filled:
        return RowStatus.UNCHANGED
    if is_blocked:
        return RowStatus.BLOCKED
    if has_errors:
        return RowStatus.WRONG
    return RowStatus.CHANGED if changes else RowStatus.NEW


_UPDATE_OUTCOMES = {
    UpdateDecision.ACCEPTED: gettext_noop("The embassy accepted the last update on %(date)s."),
    UpdateDecision.RETURNED: gettext_noop("The embassy returned the last update on %(date)s."),
    UpdateDecision.WITHDRAWN: gettext_noop("The ministry withdrew the last update on %(date)s."),
}
_ANSWER_OUTCOMES = {
    UpdateDecision.ACCEPTED: gettext_noop("The embassy accepted the last answer on %(date)s."),
    UpdateDecision.RETURNED: gettext_noop("The embassy returned the last answer on %(date)s."),
    UpdateDecision.WITHDRAWN: gettext_noop("The ministry withdrew the last answer on %(date)s."),
}


def describe_changes(then: RowState, now: StateNow, *, is_request: bool = False) -> list[str]:
    """Return what happened to a commitment or a request since the download, in sentences. Empty if nothing did."""
    sentences = list(_describe_exchange(then, now, is_request=is_request))
    if then.due_on != now.state.due_on:
        sentences.append(_describe_due_date(then.due_on, now.due_on))
    if then.wording != now.state.wording:
        sentences.append(
            gettext("Other lines are asked for now, or fewer. Read the request again.")
            if is_request
            else gettext("The wording of the commitment was corrected. Read it again.")
        )
    return sentences


def _describe_exchange(then: RowState, now: StateNow, *, is_request: bool) -> Iterable[str]:
    """Yield what was sent since the download, and what became of the last update or answer."""
    if then.version != now.state.version and now.sent_on:
        sentence = (
            gettext("%(person)s sent an answer on %(date)s.")
            if is_request
            else gettext("%(person)s sent an update on %(date)s.")
        )
        yield sentence % {"person": now.sender, "date": format_date(now.sent_on)}
    is_other = (then.version, then.outcome) != (now.state.version, now.state.outcome)
    if is_other and now.state.outcome and now.decided_on:
        sentences = _ANSWER_OUTCOMES if is_request else _UPDATE_OUTCOMES
        yield gettext(sentences[UpdateDecision(now.state.outcome)]) % {"date": format_date(now.decided_on)}


def _describe_due_date(then: str, now: date | None) -> str:
    earlier = format_date(date.fromisoformat(then)) if then else ""
    if now is None:
        return gettext("The due date was %(earlier)s. Now no date is agreed.") % {"earlier": earlier}
    if not earlier:
        return gettext("No due date was agreed. It is now %(date)s.") % {"date": format_date(now)}
    return gettext("The due date was %(earlier)s. It is now %(date)s.") % {
        "earlier": earlier,
        "date": format_date(now),
    }


def describe_field(name: str) -> str:
    """Return the heading of the column that a form's field came from."""
    column = name.rpartition("-")[2]
    return describe_column(RequestColumn(column) if name.startswith("line-") else Column(column))
