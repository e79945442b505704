"""A list as somebody brought it, narrative or table, and the way to JSON and back while it is looked over. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from recommendations.choices import Tier
from recommendations.importing import report_parser
from recommendations.importing.readers.paragraph import Paragraph
from recommendations.importing.readers.report_file import read_file
from recommendations.importing.report_parser import Narrative
from recommendations.importing.tables import (
    Cells,
    Charset,
    Listed,
    Row,
    guess_columns,
    is_workbook,
    read_cells,
    read_pasted,
    read_rows,
)
from recommendations.importing.tables.cells import Line
from recommendations.importing.tables.columns import Column, Columns
from recommendations.importing.tables.rows import Sought
from tiptracker.sandbox.confinement import Run

_TABLES = (".csv", ".tsv", ".tab", ".xlsx", ".xls", ".xlsm")


class Brought(NamedTuple):
    """What was read. Of a table the cells, and what each column holds, which a person may correct; else the items.

    `notes` are sentences about the whole, `left_out` what stood within the list and is none of it.
    """

    rows: tuple[Row, ...] = ()
    cells: Cells | None = None
    columns: Columns = Columns((), False)
    notes: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    tier: Tier | None = None
    """As a narrative names it."""

    @property
    def is_table(self) -> bool:
        """Whether it has columns."""
        return self.cells is not None

    def listed(self, sought: Sought) -> Listed:
        """Its list; raises Refused where the columns as they are said to be hold none, or another country's."""
        if self.cells is not None:
            return read_rows(self.cells, self.columns, sought)
        return Listed(self.rows, (), self.notes)


def bring_file(name: str, content: bytes, sought: Sought, charset: Charset | None = None, *, run: Run) -> Brought:
    """What a file holds: a table by its name or by being a workbook, anything else a narrative. Raises Refused."""
    if name.lower().endswith(_TABLES) or (is_workbook(content) and b"xl/workbook.xml" in content):
        return _table(read_cells(content, charset, run=run))
    return _narrative(read_file(name, content, run=run), sought)


def bring_text(text: str, sought: Sought) -> Brought:
    """What was pasted: cells, where every line has tabs between them; else a narrative. Raises Refused."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > 1 and all("\t" in line for line in lines[:5]):
        return _table(read_pasted(text))
    return _narrative(text, sought)


def _table(cells: Cells) -> Brought:
    return Brought(cells=cells, columns=guess_columns(cells))


def _narrative(said: str | Iterable[Paragraph], sought: Sought) -> Brought:
    found = report_parser.read(said, country=sought.code)
    report_parser.expect(found, country=sought.code, year=sought.year)
    rows = tuple(Row(item.number, item.text, item.doubt) for item in found.recommendations)
    return Brought(rows, notes=tuple(_notes(found)), left_out=found.left_out, tier=found.tier)


def _notes(found: Narrative) -> Iterable[str]:
    yield from found.doubts
    if found.introduction:
        yield f"Before the list it says: “{found.introduction}”"


def as_document(brought: Brought) -> dict[str, Any]:
    """As JSON takes it."""
    document: dict[str, Any] = {
        "notes": list(brought.notes),
        "left_out": list(brought.left_out),
        "tier": brought.tier,
    }
    if brought.cells is None:
        return document | {"rows": [[row.number, row.text, row.doubt] for row in brought.rows]}
    return document | {
        "lines": [[line.number, list(line.cells)] for line in brought.cells.lines],
        "cells_notes": list(brought.cells.notes),
        "holds": [column.value for column in brought.columns.holds],
        "has_headings": brought.columns.has_headings,
    }


def from_document(document: Mapping[str, Any]) -> Brought:
    """As it was brought."""
    brought = Brought(
        notes=tuple(document["notes"]),
        left_out=tuple(document["left_out"]),
        tier=Tier(document["tier"]) if document["tier"] else None,
    )
    if "lines" not in document:
        return brought._replace(rows=tuple(Row(*row) for row in document["rows"]))
    lines = tuple(Line(number, tuple(cells)) for number, cells in document["lines"])
    return brought._replace(
        cells=Cells(lines, tuple(document["cells_notes"])),
        columns=Columns(tuple(Column(one) for one in document["holds"]), document["has_headings"]),
    )
