"""Find the questions in a table: which column holds what, then one question a row. No Django here."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

from recommendations.importing.readers.paragraph import HARD_BREAK, Paragraph, ParagraphKind
from recommendations.importing.report_parser.dehyphenation import LineJoiner
from recommendations.importing.stored_sentences import StoredSentence
from recommendations.importing.tables.cells import TableCells, TableLine
from recommendations.questions.draft_questions import DraftQuestions
from recommendations.questions.numbers import NumberKind, QuestionMarker, read_marker, read_number
from recommendations.questions.parser import QuestionCollector, parse_paragraphs, with_named_years
from tiptracker.choices import ChoiceEnum
from tiptracker.localization import gettext_noop

_NO_NUMBERS = gettext_noop("No column contains numbers. The questions are numbered in the order of their rows.")
_MIN_TEXT_LENGTH = 15
"""Average length, in characters, from which a column without a heading holds questions."""

_MAX_HEADING_LENGTH = 120
"""Most characters of a row with one cell that is a heading."""


class QuestionColumn(ChoiceEnum):
    """What a column of a table of questions may hold."""

    NUMBER = "number", gettext_noop("Number")
    TEXT = "text", gettext_noop("Question")
    HEADING = "heading", gettext_noop("Heading")


_HEADING_PATTERNS = {
    QuestionColumn.NUMBER: r"^(no|nr|n|#|№|num|ref|id|item|q)\b\.?$|number|^q(uestion)? ?(no|nr|#)",
    QuestionColumn.HEADING: r"^(heading|section|pillar|topic|area|chapter|theme|part|category|subject)\b",
    QuestionColumn.TEXT: r"question|text|wording|^ask",
}
"""Patterns of headings. The first match wins."""


class QuestionRow(NamedTuple):
    """A row of a table by what its columns hold."""

    number: str
    text: str
    heading: str


def parse_table(cells: TableCells) -> DraftQuestions:
    """Return the questions of a table. Raises Refused if there are none."""
    collector = QuestionCollector()
    is_numbered = _collect_table(collector, cells.lines)
    texts = [cell for line in cells.lines for cell in line.cells]
    draft = collector.finish(LineJoiner(texts))
    notes = (*cells.notes, *draft.notes, *(() if is_numbered else (StoredSentence(_NO_NUMBERS),)))
    return with_named_years(replace(draft, notes=notes), texts)


def parse_document(paragraphs: Sequence[Paragraph]) -> DraftQuestions:
    """Return the questions of a document: those of its tables if they have numbers, else those of its text.

    Raises Refused if there are none.
    """
    rows = _table_rows(paragraphs)
    if not rows:
        return parse_paragraphs(paragraphs)
    texts = [paragraph.text for paragraph in paragraphs]
    collector = QuestionCollector()
    number = -1
    for paragraph in paragraphs:
        if paragraph.cell is None and paragraph.kind is ParagraphKind.HEADING:
            collector.add_heading(" ".join(paragraph.text.split()))
        elif paragraph.cell is None and paragraph.kind not in (ParagraphKind.TITLE, ParagraphKind.FURNITURE):
            collector.left_out.append(" ".join(paragraph.text.split()))
        elif paragraph.cell and paragraph.cell[0] != number:
            number = paragraph.cell[0]
            _collect_table(collector, rows.get(number, ()))
    return with_named_years(collector.finish(LineJoiner(texts)), texts)


def _table_rows(paragraphs: Sequence[Paragraph]) -> dict[int, list[TableLine]]:
    """Return the rows of each table of a document that has a column of numbers."""
    inside = [paragraph for paragraph in paragraphs if paragraph.cell is not None]
    tables: dict[int, list[TableLine]] = {}
    for number, own in groupby(inside, key=lambda paragraph: paragraph.cell and paragraph.cell[0]):
        lines = []
        for row, in_row in groupby(own, key=lambda paragraph: paragraph.cell and paragraph.cell[1]):
            cells: dict[int, list[str]] = {}
            for paragraph in in_row:
                before = f"{paragraph.number} " if paragraph.number else ""
                text = before + paragraph.text.replace(HARD_BREAK, "\n")
                cells.setdefault(paragraph.cell[2] if paragraph.cell else 0, []).append(text)
            lines.append(TableLine((row or 0) + 1, tuple("\n".join(cells.get(n, [])) for n in range(max(cells) + 1))))
        columns = guess_question_columns(lines)
        if QuestionColumn.NUMBER in columns.values() or any(_marker_of(line, columns) for line in lines):
            tables[number or 0] = lines
    return tables


def guess_question_columns(lines: Sequence[TableLine]) -> dict[int, QuestionColumn]:
    """Return what each column holds, by its place: from the headings in the first row, else from the cells."""
    headings = _columns_from_headings(lines[0]) if lines else {}
    if QuestionColumn.TEXT in headings.values() or len(set(headings.values())) > 1:
        return headings | _columns_from_cells(lines[1:], headings)
    return _columns_from_cells(lines, {})


def _columns_from_headings(line: TableLine) -> dict[int, QuestionColumn]:
    found: dict[int, QuestionColumn] = {}
    for place, cell in enumerate(line.cells):
        text = " ".join(cell.casefold().split())
        column = next((each for each, pattern in _HEADING_PATTERNS.items() if re.search(pattern, text)), None)
        if column and len(text) <= 40 and column not in found.values():
            found[place] = column
    return found


def _columns_from_cells(lines: Sequence[TableLine], known: Mapping[int, QuestionColumn]) -> dict[int, QuestionColumn]:
    """Return what the cells say about the columns: mostly numbers, the longest texts, a heading that repeats."""
    width = max((len(line.cells) for line in lines), default=0)
    columns = {
        place: [cell for line in lines if place < len(line.cells) and (cell := line.cells[place])]
        for place in range(width)
        if place not in known
    }
    columns = {place: cells for place, cells in columns.items() if cells}
    found: dict[int, QuestionColumn] = {}
    missing = set(QuestionColumn) - set(known.values())
    numbers = next((p for p, cells in columns.items() if 2 * sum(map(_is_number, cells)) > len(cells)), None)
    if QuestionColumn.NUMBER in missing and numbers is not None:
        found[numbers] = QuestionColumn.NUMBER
    lengths = {p: sum(map(len, cells)) / len(cells) for p, cells in columns.items() if p not in found}
    if QuestionColumn.TEXT in missing and lengths and max(lengths.values()) >= _MIN_TEXT_LENGTH:
        found[max(lengths, key=lambda p: lengths[p])] = QuestionColumn.TEXT
    repeats = next((p for p, cells in columns.items() if p not in found and 2 * len(set(cells)) <= len(cells)), None)
    if QuestionColumn.HEADING in missing and repeats is not None:
        found[repeats] = QuestionColumn.HEADING
    return found


def _is_number(cell: str) -> bool:
    return read_number(cell) is not None


def _collect_table(collector: QuestionCollector, lines: Sequence[TableLine]) -> bool:
    """Add the questions of a table. Return whether they have numbers of their own."""
    columns = guess_question_columns(lines)
    has_headings = bool(lines) and QuestionColumn.TEXT in _columns_from_headings(lines[0]).values()
    rows = list(lines[1:] if has_headings else lines)
    is_numbered = any(_marker_of(line, columns) for line in rows)
    count = 0
    for line in rows:
        row = _row_of(line, columns)
        filled = [cell for cell in line.cells if cell]
        marker = _marker_of(line, columns)
        if marker is None and not is_numbered and row.text:
            count += 1
            marker = QuestionMarker(NumberKind.FULL, str(count), row.text)
        if row.heading and row.heading != collector.heading:
            collector.add_heading(row.heading)
        if marker is None and len(filled) == 1 and _is_heading(filled[0]):
            collector.add_heading(" ".join(filled[0].split()))
        elif marker is None:
            collector.add_line(" ".join(" ".join(filled).split()))
        else:
            first, *more = (marker.rest or row.text).splitlines() or [""]
            collector.add_question(marker, first)
            for text in more:
                collector.add_line(text)
    return is_numbered


def _is_heading(cell: str) -> bool:
    return len(cell) <= _MAX_HEADING_LENGTH and not cell.endswith(("?", "."))


def _row_of(line: TableLine, columns: Mapping[int, QuestionColumn]) -> QuestionRow:
    values = dict.fromkeys(QuestionColumn, "")
    for place, column in columns.items():
        if place < len(line.cells):
            values[column] = line.cells[place].strip()
    heading = " ".join(values[QuestionColumn.HEADING].split())
    return QuestionRow(values[QuestionColumn.NUMBER], values[QuestionColumn.TEXT], heading)


def _marker_of(line: TableLine, columns: Mapping[int, QuestionColumn]) -> QuestionMarker | None:
    """Return the number of a row: from its column, or from the start of its text."""
    row = _row_of(line, columns)
    if row.number:
        found = read_number(row.number)
        return replace(found, rest="") if found and row.text else None
    if QuestionColumn.NUMBER in columns.values():
        return None
    lines = (row.text or next((cell for cell in line.cells if cell), "")).split("\n", 1)
    found = read_marker(" ".join(lines[0].split()))
    if found is None or not found.is_certain or found.kind is NumberKind.CAPITAL:
        return None
    return replace(found, rest="\n".join([found.rest, *lines[1:]]))
