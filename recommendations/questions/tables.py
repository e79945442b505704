"""Find the questions in a table: which column holds what, then one question a row. No Django here."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from recommendations.importing.readers.paragraph import Paragraph, ParagraphKind
from recommendations.importing.report_parser.dehyphenation import LineJoiner
from recommendations.importing.stored_sentences import StoredSentence
from recommendations.importing.tables.cells import TableCells, TableLine
from recommendations.questions.draft_questions import DraftQuestions
from recommendations.questions.numbers import NumberKind, QuestionMarker, read_marker, read_number
from recommendations.questions.parser import QuestionCollector, parse_paragraphs, with_named_years
from recommendations.questions.source import QuestionSource, TableColumns, find_tables
from tiptracker.choices import ChoiceEnum
from tiptracker.errors import Refused
from tiptracker.localization import gettext, gettext_noop

_NO_NUMBERS = gettext_noop("No column contains numbers. The questions are numbered in the order of their rows.")
MAX_ROWS = 2_000
"""Most rows of a table file. The draft keeps them."""
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
    """Return the questions of a table, with the table to read again. Raises Refused if it has no rows or too many."""
    if len(cells.lines) > MAX_ROWS:
        sentence = gettext("The table has more than %(limit)d rows. Keep only the questions of one country and year.")
        raise Refused("too_many", sentence % {"limit": MAX_ROWS})
    columns = guess_question_columns(cells.lines)
    return read_source(QuestionSource(cells, columns=(_as_table_columns(columns, cells.lines),)))


def parse_document(paragraphs: Sequence[Paragraph]) -> DraftQuestions:
    """Return the questions of a document: those of its tables if they have numbers, else those of its text.

    A document with tables is kept, to read it again. Raises Refused if a document without tables has no questions.
    """
    tables = find_tables(paragraphs)
    if not tables:
        return parse_paragraphs(paragraphs)
    columns = tuple(map(_guess_table, tables.values()))
    return read_source(QuestionSource(paragraphs=tuple(paragraphs), columns=columns))


def read_source(source: QuestionSource) -> DraftQuestions:
    """Return the questions in the columns of a source. A draft without questions means that the columns are wrong.

    Raises Refused if there are too many questions, or no row at all.
    """
    tables = source.tables
    try:
        if not any(columns.has_questions for columns in source.columns):
            draft = parse_paragraphs(source.paragraphs)
        elif source.cells:
            draft = _read_cells(source.cells, source.columns[0])
        else:
            draft = _read_tables(source.paragraphs, tables, dict(zip(tables, source.columns, strict=True)))
    except Refused as refusal:
        if refusal.code != "no_questions" or not any(tables.values()):
            raise
        draft = DraftQuestions()
    return replace(draft, source=source)


def _read_cells(cells: TableCells, columns: TableColumns) -> DraftQuestions:
    collector = QuestionCollector()
    is_numbered = _collect_table(collector, cells.lines, columns)
    texts = [cell for line in cells.lines for cell in line.cells]
    draft = collector.finish(LineJoiner(texts))
    notes = (*cells.notes, *draft.notes, *(() if is_numbered else (StoredSentence(_NO_NUMBERS),)))
    return with_named_years(replace(draft, notes=notes), texts)


def _read_tables(
    paragraphs: Sequence[Paragraph], tables: Mapping[int, Sequence[TableLine]], columns: Mapping[int, TableColumns]
) -> DraftQuestions:
    """Return the questions of a document's tables. Its headings are theirs, its other texts are left out."""
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
            if columns[number].has_questions:
                _collect_table(collector, tables[number], columns[number])
    return with_named_years(collector.finish(LineJoiner(texts)), texts)


def _guess_table(lines: Sequence[TableLine]) -> TableColumns:
    """Return the columns of a document's table; none if it has neither a column of numbers nor numbered texts."""
    columns = guess_question_columns(lines)
    guessed = _as_table_columns(columns, lines)
    if guessed.number is not None:
        return guessed
    if not any(_marker_of(line, guessed) for line in lines):
        return TableColumns()
    return guessed if guessed.text is not None else guessed._replace(text=_longest_column(lines))


def _longest_column(lines: Sequence[TableLine]) -> int:
    """Return the place of the column with the most text."""
    width = max(len(line.cells) for line in lines)
    return max(range(width), key=lambda place: sum(len(line.cells[place]) for line in lines if place < len(line.cells)))


def _as_table_columns(columns: Mapping[int, QuestionColumn], lines: Sequence[TableLine]) -> TableColumns:
    has_headings = bool(lines) and QuestionColumn.TEXT in _columns_from_headings(lines[0]).values()
    places = {column: place for place, column in columns.items()}
    number, text, heading = map(places.get, QuestionColumn)
    return TableColumns(number, text, heading, has_headings)


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


def _collect_table(collector: QuestionCollector, lines: Sequence[TableLine], columns: TableColumns) -> bool:
    """Add the questions of a table. Return whether they have numbers of their own."""
    rows = list(lines[1:] if columns.has_headings else lines)
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


def _row_of(line: TableLine, columns: TableColumns) -> QuestionRow:
    number, text, heading = (
        line.cells[place].strip() if place is not None and place < len(line.cells) else "" for place in columns[:3]
    )
    return QuestionRow(number, text, " ".join(heading.split()))


def _marker_of(line: TableLine, columns: TableColumns) -> QuestionMarker | None:
    """Return the number of a row: from its column, or from the start of its text."""
    row = _row_of(line, columns)
    if row.number:
        found = read_number(row.number)
        return replace(found, rest="") if found and row.text else None
    if columns.number is not None:
        return None
    lines = (row.text or next((cell for cell in line.cells if cell), "")).split("\n", 1)
    found = read_marker(" ".join(lines[0].split()))
    if found is None or not found.is_certain or found.kind is NumberKind.CAPITAL:
        return None
    return replace(found, rest="\n".join([found.rest, *lines[1:]]))
