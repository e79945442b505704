"""Read figures that were pasted from a spreadsheet. No Django here.

Columns are parted by tabs, semicolons or commas. A line names an item of the table and gives its figure, or all lines
are figures in the order of the table. Headings and blank lines are skipped. A line that can't be read with certainty is
not taken: its problem says why, and the other lines are taken all the same.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from typing import NamedTuple

from dialogues.choices import ReadingDirection
from dialogues.figure_parsing import UnreadableFigure, parse_figure
from dialogues.text_search import normalize_for_search
from tiptracker.localization import gettext, ngettext
from tiptracker.text_rules import normalize_name, remove_invisible


class CountedItem(NamedTuple):
    """A line of the table that figures are pasted into: an indicator with its unit."""

    key: int
    name: str
    unit: str


class PastedFigure(NamedTuple):
    """The value of one line: a figure, a direction only, or `is_not_reported`; and a note."""

    line: int
    item: CountedItem
    figure: Decimal | None
    direction: ReadingDirection | None
    note: str

    @property
    def is_not_reported(self) -> bool:
        return self.figure is None and self.direction is None


class LineProblem(NamedTuple):
    """Why a line is not taken. `line` is None if the problem is about all lines.

    `code` is one of UnreadableFigure, or no_figure, several_figures, unknown_name, several_names, named_twice or
    too_many_figures.
    """

    line: int | None
    code: str
    sentence: str


class PastedFigures(NamedTuple):
    """What was found in the pasted text. `headings` are the numbers of the lines that were skipped as headings."""

    figures: tuple[PastedFigure, ...]
    problems: tuple[LineProblem, ...]
    headings: tuple[int, ...]


def parse_pasted_figures(text: str, items: Sequence[CountedItem], *, decimal_mark: str = ".") -> PastedFigures:
    """Read the lines of a pasted text.

    Args:
        text: what was pasted.
        items: the lines of the table, in its order.
        decimal_mark: "." or ",", as the language of the reader has it.
    """
    rows = _read_rows(text)
    reader = _RowReader(items, _value_words(), decimal_mark)
    if _is_figures_alone(rows, reader):
        return _parse_by_position(rows, reader)
    return _parse_by_name(rows, reader)


# --- Rows and cells ---------------------------------------------------------------------------------------------------


class _Row(NamedTuple):
    line: int
    cells: tuple[str, ...]

    @property
    def filled(self) -> list[str]:
        return [cell for cell in self.cells if cell]


_SEPARATOR_LINE = re.compile(r"sep=(.)\n", re.IGNORECASE)
"""The first line of some files of Excel. It names the mark between columns."""
_FIGURES_ONLY = re.compile(r"[\s\d.,'’+-]*")


def _read_rows(text: str) -> list[_Row]:
    text = remove_invisible(text).replace("\r\n", "\n").replace("\r", "\n")
    separator = _SEPARATOR_LINE.match(text)
    delimiter = separator[1] if separator else _find_delimiter(text.split("\n"))
    is_quoted = text.count('"') % 2 == 0  # a single quotation mark would swallow the lines after it
    if delimiter is None:
        cells: Iterable[list[str]] = ([line] for line in text.split("\n"))
        return [_Row(number, _clean(line)) for number, line in enumerate(cells, 1)]
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter,
        quoting=csv.QUOTE_MINIMAL if is_quoted else csv.QUOTE_NONE,
        skipinitialspace=True,
    )
    rows, line = [], 1
    for row in reader:
        rows.append(_Row(line, _clean(row)))
        line = reader.line_num + 1
    return rows


def _find_delimiter(lines: Sequence[str]) -> str | None:
    """Return the mark between columns; None if there is one column. A comma within a figure is no such mark."""
    if any("\t" in line for line in lines):
        return "\t"
    filled = [line for line in lines if line.strip()]
    if sum(";" in line for line in filled) * 2 >= max(1, len(filled)):
        return ";"
    return "," if any("," in line and not _FIGURES_ONLY.fullmatch(line) for line in filled) else None


def _clean(cells: Iterable[str]) -> tuple[str, ...]:
    return tuple(" ".join(cell.split()) for cell in cells)


# --- Names and values -------------------------------------------------------------------------------------------------


def _value_words() -> dict[str, ReadingDirection | None]:
    """Return the words that stand for a figure: a direction, or None for "not reported"."""
    words: dict[str, ReadingDirection | None] = {
        "more": ReadingDirection.UP,
        "up": ReadingDirection.UP,
        "increase": ReadingDirection.UP,
        "about as many": ReadingDirection.LEVEL,
        "about the same": ReadingDirection.LEVEL,
        "level": ReadingDirection.LEVEL,
        "same": ReadingDirection.LEVEL,
        "fewer": ReadingDirection.DOWN,
        "less": ReadingDirection.DOWN,
        "down": ReadingDirection.DOWN,
        "decrease": ReadingDirection.DOWN,
        "not reported": None,
        "no data": None,
        "no data was given": None,
        "not available": None,
        "not known": None,
        "unknown": None,
        "n/a": None,
        "n.a.": None,
        "na": None,
    }
    words |= {direction.label.casefold(): direction for direction in ReadingDirection}
    # The short names that the form shows, and which its hint quotes.
    words |= {
        gettext("More").casefold(): ReadingDirection.UP,
        gettext("About the same").casefold(): ReadingDirection.LEVEL,
        gettext("Fewer").casefold(): ReadingDirection.DOWN,
    }
    return words | {gettext("not reported").casefold(): None}


_ORDINAL = re.compile(r"\(?[0-9]{1,3}[a-z]?[.):]\s*")
"""A number in front of a name: "4. Cases"."""
_NUMERIC = re.compile(r"[0-9][\s0-9.,'’+%()-]*")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}(?:\s?[/–-]\s?[0-9]{2,4})?")
_FIGURE_HEADINGS = frozenset({"figure", "figures", "number", "value", "total", "count", "amount", "quantity", "result"})
_NOTE_HEADINGS = frozenset({"note", "notes", "remark", "remarks", "comment", "comments"})
_NAME_HEADINGS = frozenset(
    {
        "indicator", "indicators", "name", "counted", "whatiscounted", "item", "measure", "description", "category",
        "no", "",
    }
)  # fmt: skip
_SIMILARITY = 0.8
"""Least similarity, of 1, at which a name is proposed for an unknown one."""


class _Columns(NamedTuple):
    """The columns that a heading names; None where it names none."""

    figure: int | None = None
    note: int | None = None


class _Unread(Exception):
    """Why a row is not taken."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code, self.sentence = code, sentence


class _RowReader:
    """Read one row: which item it names, and the value that it gives."""

    def __init__(
        self, items: Sequence[CountedItem], words: Mapping[str, ReadingDirection | None], decimal_mark: str
    ) -> None:
        self.items, self.words, self.decimal_mark = items, words, decimal_mark
        self.by_key: dict[str, list[CountedItem]] = {}
        for item in items:
            for key in dict.fromkeys((_key(item.name), _key(item.name + item.unit))):
                self.by_key.setdefault(key, []).append(item)

    def find_name(self, row: _Row) -> tuple[str, int] | None:
        """Return the name in a row as it is written, and the number of the cell after it; None without a known name.

        A name with a comma may have been cut into several cells.
        """
        for first in range(len(row.cells)):
            for after in range(len(row.cells), first, -1):
                cells = row.cells[first:after]
                if all(map(_key, cells)) and self._named(", ".join(cells)):
                    return ", ".join(cells), after
        return None

    def _named(self, written: str) -> list[CountedItem]:
        return self.by_key.get(_key(written)) or self.by_key.get(_key(_ORDINAL.sub("", written, count=1)), [])

    def find_item(self, written: str) -> CountedItem:
        """Return the item with this name. Raises _Unread if there are several that read alike."""
        named = self._named(written)
        exact = [item for item in named if normalize_name(item.name) == normalize_name(written)]
        if len(named) > 1 and len(exact) != 1:
            sentence = gettext("“%(name)s” can be “%(first)s” or “%(second)s”. Write the name as it stands below.")
            texts = {"name": written, "first": named[0].name, "second": named[1].name}
            raise _Unread("several_names", sentence % texts)
        return (exact or named)[0]

    def read_value(self, text: str) -> tuple[Decimal | None, ReadingDirection | None]:
        """Return the figure or the direction of a cell; neither if it says "not reported"."""
        if text.casefold() in self.words:
            return None, self.words[text.casefold()]
        try:
            return parse_figure(text, decimal_mark=self.decimal_mark), None
        except UnreadableFigure as unreadable:
            raise _Unread(unreadable.code, str(unreadable)) from None

    def is_value(self, cell: str) -> bool:
        return cell.casefold() in self.words or _NUMERIC.fullmatch(cell) is not None

    def read_row(self, row: _Row, written: str, after: int, columns: _Columns) -> PastedFigure:
        """Return the value of a row that names an item. Raises _Unread if it has none, or more than one."""
        item = self.find_item(written)
        rest = [cell for cell in row.cells[after:] if cell and _key(cell) != _key(item.unit)]
        if columns.figure is not None and after <= columns.figure < len(row.cells):
            text = row.cells[columns.figure]
            note_cells = row.cells[columns.figure + 1 :] if columns.note is None else row.cells[columns.note :][:1]
            notes = [cell for cell in note_cells if cell and _key(cell) != _key(item.unit)]
            others: list[str] = []
        else:
            text, notes = (rest[0], rest[1:]) if rest else ("", [])
            others = [cell for cell in notes if self.is_value(cell)]
        if not text:
            sentence = gettext("“%(name)s” has no figure. Write the figure or “not reported”.")
            raise _Unread("no_figure", sentence % {"name": item.name})
        figure, direction = self.read_value(text)
        if others:
            sentence = gettext("%(first)s and %(second)s could both be the figure. Leave one of them.")
            raise _Unread("several_figures", sentence % {"first": text, "second": others[0]})
        return PastedFigure(row.line, item, figure, direction, "; ".join(notes))

    def describe_unknown(self, row: _Row) -> _Unread:
        """Return why a row that names no item is not taken."""
        label = next((cell for cell in row.filled if any(map(str.isalpha, cell))), row.filled[0])
        if close := get_close_matches(_key(label), self.by_key, 1, _SIMILARITY):
            sentence = gettext("“%(name)s” is not in the table below. Did you mean “%(similar)s”?")
            return _Unread("unknown_name", sentence % {"name": label, "similar": self.by_key[close[0]][0].name})
        sentence = gettext("“%(name)s” is not in the table below. Write the name as it stands there.")
        return _Unread("unknown_name", sentence % {"name": label})

    def is_heading(self, row: _Row, *, is_above: bool) -> bool:
        """Return whether a row that names no item is a heading. `is_above`: it stands above the first known name."""
        first, *others = row.filled
        if not others and not self.is_value(first):
            return True
        values = [cell for cell in row.filled if self.is_value(cell)]
        if not is_above or not all(_YEAR.fullmatch(value) for value in values):
            return False
        return not values or _key(row.cells[0]) in _NAME_HEADINGS


def _key(name: str) -> str:
    return normalize_for_search(name)


def _find_columns(headings: Iterable[_Row]) -> _Columns:
    columns = _Columns()
    for row in headings:
        figures = [index for index, cell in enumerate(row.cells) if _key(cell) in _FIGURE_HEADINGS]
        figures = figures or [index for index, cell in enumerate(row.cells) if _YEAR.fullmatch(cell)]
        notes = [index for index, cell in enumerate(row.cells) if _key(cell) in _NOTE_HEADINGS]
        if len(figures) == 1:
            columns = _Columns(figures[0], notes[0] if notes else None)
    return columns


# --- Two kinds of list ------------------------------------------------------------------------------------------------


def _parse_by_name(rows: Sequence[_Row], reader: _RowReader) -> PastedFigures:
    rows = [row for row in rows if row.filled]
    names = {row.line: found for row in rows if (found := reader.find_name(row))}
    first_named = min(names, default=None)
    figures: dict[CountedItem, PastedFigure] = {}
    problems: list[LineProblem] = []
    headings: list[_Row] = []
    for row in rows:
        is_above = first_named is None or row.line < first_named
        if _is_separator_line(row) or (row.line not in names and reader.is_heading(row, is_above=is_above)):
            headings.append(row)
            continue
        try:
            if row.line not in names:
                raise reader.describe_unknown(row)
            pasted = reader.read_row(row, *names[row.line], _find_columns(headings))
            if earlier := figures.get(pasted.item):
                sentence = gettext("“%(name)s” is already in line %(line)d. Leave one of the two lines.")
                raise _Unread("named_twice", sentence % {"name": pasted.item.name, "line": earlier.line})
        except _Unread as unread:
            problems.append(_line_problem(row.line, unread))
        else:
            figures[pasted.item] = pasted
    return PastedFigures(tuple(figures.values()), tuple(problems), tuple(row.line for row in headings))


def _is_figures_alone(rows: Sequence[_Row], reader: _RowReader) -> bool:
    """Return whether the rows are one column of values without names."""
    if any(len(row.filled) > 1 or reader.find_name(row) for row in rows):
        return False
    return any(reader.is_value(cell) for row in rows for cell in row.filled)


def _parse_by_position(rows: Sequence[_Row], reader: _RowReader) -> PastedFigures:
    lines = [(row.line, "".join(row.filled)) for row in rows]
    while lines and not lines[-1][1]:
        lines.pop()
    headings = _count_headings([text for _, text in lines], len(reader.items), reader)
    skipped = tuple(line for line, text in lines[:headings] if text)
    lines = lines[headings:]
    if len(lines) > len(reader.items):
        sentence = ngettext(
            "You pasted %(pasted)d figures without names, and the table has %(number)d line. Paste the names beside "
            "the figures.",
            "You pasted %(pasted)d figures without names, and the table has %(number)d lines. Paste the names beside "
            "the figures.",
            len(reader.items),
        )
        texts = {"pasted": len(lines), "number": len(reader.items)}
        return PastedFigures((), (LineProblem(None, "too_many_figures", sentence % texts),), skipped)
    figures, problems = [], []
    for item, (line, text) in zip(reader.items, lines, strict=False):
        if text:
            try:
                figures.append(PastedFigure(line, item, *reader.read_value(text), ""))
            except _Unread as unread:
                problems.append(_line_problem(line, unread))
    return PastedFigures(tuple(figures), tuple(problems), skipped)


def _count_headings(texts: Sequence[str], items: int, reader: _RowReader) -> int:
    """Return how many lines above a column of figures are its heading: none, or one with the blank lines above it.

    A heading would move every figure by a line, so it must be plain that the first line is one.
    """
    first = next(number for number, text in enumerate(texts) if text)
    text = texts[first]
    if _is_separator_text(text) or _key(text) in _FIGURE_HEADINGS:
        return first + 1
    is_text = any(map(str.isalpha, text)) and text.casefold() not in reader.words
    is_one_too_many = len(texts) - first == items + 1
    return first + 1 if is_one_too_many and (is_text or _YEAR.fullmatch(text)) else 0


def _is_separator_line(row: _Row) -> bool:
    return row.line == 1 and _is_separator_text("".join(row.filled))


def _is_separator_text(text: str) -> bool:
    return re.fullmatch(r"sep=.?", text, re.IGNORECASE) is not None


def _line_problem(line: int, unread: _Unread) -> LineProblem:
    sentence = gettext("Line %(line)d: %(problem)s") % {"line": line, "problem": unread.sentence}
    return LineProblem(line, unread.code, sentence)
