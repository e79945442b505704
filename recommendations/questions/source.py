"""What a reader returned of a file with tables, and which columns hold the questions. No Django here.

A draft keeps it, so that the user can correct the columns without choosing the file again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from recommendations.importing.readers.paragraph import HARD_BREAK, Paragraph, ParagraphKind
from recommendations.importing.stored_sentences import deserialize_sentence
from recommendations.importing.tables.cells import TableCells, TableLine


class TableColumns(NamedTuple):
    """The columns of a table, by their places from 0, and whether its first row is headings.

    If none holds questions or numbers, the table has no questions.
    """

    number: int | None = None
    text: int | None = None
    heading: int | None = None
    has_headings: bool = False

    @property
    def has_questions(self) -> bool:
        return self.number is not None or self.text is not None


@dataclass(frozen=True, slots=True)
class QuestionSource:
    """A table file (`cells`), or a document with tables (`paragraphs`), and the columns of each table in its order."""

    cells: TableCells | None = None
    paragraphs: tuple[Paragraph, ...] = ()
    columns: tuple[TableColumns, ...] = ()

    @property
    def tables(self) -> dict[int, Sequence[TableLine]]:
        """Return the rows of each table. The keys are those of the paragraphs’ cells; 0 for a table file."""
        return {0: self.cells.lines} if self.cells else find_tables(self.paragraphs)


def find_tables(paragraphs: Sequence[Paragraph]) -> dict[int, Sequence[TableLine]]:
    """Return the rows of each table of a document, by its number."""
    inside = [paragraph for paragraph in paragraphs if paragraph.cell is not None]
    tables: dict[int, Sequence[TableLine]] = {}
    for number, own in groupby(inside, key=lambda paragraph: paragraph.cell and paragraph.cell[0]):
        lines = []
        for row, in_row in groupby(own, key=lambda paragraph: paragraph.cell and paragraph.cell[1]):
            cells: dict[int, list[str]] = {}
            for paragraph in in_row:
                before = f"{paragraph.number} " if paragraph.number else ""
                text = before + paragraph.text.replace(HARD_BREAK, "\n")
                cells.setdefault(paragraph.cell[2] if paragraph.cell else 0, []).append(text)
            lines.append(TableLine((row or 0) + 1, tuple("\n".join(cells.get(n, [])) for n in range(max(cells) + 1))))
        tables[number or 0] = lines
    return tables


def serialize_source(source: QuestionSource) -> dict[str, Any]:
    """Return the source as JSON data."""
    document: dict[str, Any] = {"columns": [list(columns) for columns in source.columns]}
    if source.cells is None:
        return document | {"paragraphs": [list(paragraph) for paragraph in source.paragraphs]}
    return document | {
        "lines": [[line.number, list(line.cells)] for line in source.cells.lines],
        "notes": [note.serialize() for note in source.cells.notes],
    }


def deserialize_source(document: Mapping[str, Any]) -> QuestionSource:
    """Return the source from JSON data."""
    columns = tuple(TableColumns(*values) for values in document["columns"])
    if "lines" not in document:
        return QuestionSource(paragraphs=tuple(map(_deserialize_paragraph, document["paragraphs"])), columns=columns)
    lines = tuple(TableLine(number, tuple(cells)) for number, cells in document["lines"])
    return QuestionSource(TableCells(lines, tuple(map(deserialize_sentence, document["notes"]))), columns=columns)


def _deserialize_paragraph(values: Sequence[Any]) -> Paragraph:
    text, kind, number, level, cell = values
    return Paragraph(text, ParagraphKind(kind), number, level, tuple(cell) if cell else None)
