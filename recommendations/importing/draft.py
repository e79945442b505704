"""A draft import, narrative or table, and its conversion to and from JSON."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from recommendations.choices import Tier
from recommendations.importing import report_parser
from recommendations.importing.readers.paragraph import Paragraph
from recommendations.importing.readers.report_file import read_report
from recommendations.importing.tables import is_workbook, read_table
from recommendations.importing.tables.cells import TableCells, TableLine
from recommendations.importing.tables.charsets import Charset
from recommendations.importing.tables.columns import ColumnLayout, ColumnType, guess_columns
from recommendations.importing.tables.csv_files import read_pasted_table
from recommendations.importing.tables.rows import ExpectedEdition, ImportedItem, ImportedList, read_rows
from tiptracker.sandbox.confinement import SandboxRunner

_TABLE_SUFFIXES = (".csv", ".tsv", ".tab", ".xlsx", ".xls", ".xlsm")


class DraftImport(NamedTuple):
    """The content of a draft: a table's cells and what each column holds, or a narrative's items.

    The user can correct the columns. `notes` are sentences about the whole draft, `left_out` texts found within the
    list that are not part of it.
    """

    rows: tuple[ImportedItem, ...] = ()
    cells: TableCells | None = None
    columns: ColumnLayout = ColumnLayout((), False)
    notes: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    tier: Tier | None = None
    """The tier that a narrative states."""

    @property
    def is_table(self) -> bool:
        """Return whether the draft is a table."""
        return self.cells is not None

    def listed(self, sought: ExpectedEdition) -> ImportedList:
        """Return the list of the draft.

        Raises Refused if a table's columns give no list, or if it is about another country or year.
        """
        if self.cells is not None:
            return read_rows(self.cells, self.columns, sought)
        return ImportedList(self.rows, (), self.notes)


def read_draft_file(
    name: str, content: bytes, sought: ExpectedEdition, charset: Charset | None = None, *, run: SandboxRunner
) -> DraftImport:
    """Read a file: a table, judged by its name or because it is a workbook, or else a narrative. Raises Refused."""
    if name.lower().endswith(_TABLE_SUFFIXES) or (is_workbook(content) and b"xl/workbook.xml" in content):
        return _draft_from_table(read_table(content, charset, run=run))
    return _draft_from_narrative(read_report(name, content, run=run), sought)


def read_draft_text(text: str, sought: ExpectedEdition) -> DraftImport:
    """Read pasted text: a table if the first lines all contain tabs, or else a narrative. Raises Refused."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > 1 and all("\t" in line for line in lines[:5]):
        return _draft_from_table(read_pasted_table(text))
    return _draft_from_narrative(text, sought)


def _draft_from_table(cells: TableCells) -> DraftImport:
    return DraftImport(cells=cells, columns=guess_columns(cells))


def _draft_from_narrative(source: str | Iterable[Paragraph], expected: ExpectedEdition) -> DraftImport:
    narrative = report_parser.parse_narrative(source, country=expected.code)
    report_parser.refuse_other_narrative(narrative, country=expected.code, year=expected.year)
    rows = tuple(ImportedItem(item.number, item.text, item.doubt) for item in narrative.recommendations)
    introduction = [f"Before the list it says: “{narrative.introduction}”"] if narrative.introduction else []
    return DraftImport(rows, notes=(*narrative.doubts, *introduction), left_out=narrative.left_out, tier=narrative.tier)


def serialize_draft(draft: DraftImport) -> dict[str, Any]:
    """Return the draft as JSON data."""
    document = {"notes": list(draft.notes), "left_out": list(draft.left_out), "tier": draft.tier}
    if draft.cells is None:
        return document | {"rows": [[row.number, row.text, row.doubt] for row in draft.rows]}
    return document | {
        "lines": [[line.number, list(line.cells)] for line in draft.cells.lines],
        "cells_notes": list(draft.cells.notes),
        "holds": [column.value for column in draft.columns.types],
        "has_headings": draft.columns.has_headings,
    }


def deserialize_draft(document: Mapping[str, Any]) -> DraftImport:
    """Return the draft from JSON data."""
    draft = DraftImport(
        notes=tuple(document["notes"]),
        left_out=tuple(document["left_out"]),
        tier=Tier(document["tier"]) if document["tier"] else None,
    )
    if "lines" not in document:
        return draft._replace(rows=tuple(ImportedItem(*row) for row in document["rows"]))
    lines = tuple(TableLine(number, tuple(cells)) for number, cells in document["lines"])
    return draft._replace(
        cells=TableCells(lines, tuple(document["cells_notes"])),
        columns=ColumnLayout(tuple(ColumnType(one) for one in document["holds"]), document["has_headings"]),
    )
