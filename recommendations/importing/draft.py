"""A draft import, narrative or table, and its conversion to and from JSON."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from recommendations.choices import Pillar, Tier
from recommendations.importing import report_parser
from recommendations.importing.readers.paragraph import Paragraph
from recommendations.importing.readers.report_file import read_report
from recommendations.importing.stored_sentences import StoredSentence, deserialize_sentence, translate_lines
from recommendations.importing.tables import is_workbook, read_table
from recommendations.importing.tables.cells import TableCells, TableLine
from recommendations.importing.tables.charsets import Charset
from recommendations.importing.tables.columns import ColumnLayout, ColumnType, guess_columns
from recommendations.importing.tables.csv_files import read_pasted_table
from recommendations.importing.tables.rows import ExpectedEdition, ImportedItem, ImportedList, read_rows
from tiptracker.localization import gettext_noop
from tiptracker.sandbox.confinement import SandboxRunner

_INTRODUCTION = gettext_noop("The text before the list is not imported: “%(text)s”")
_TABLE_SUFFIXES = (".csv", ".tsv", ".tab", ".xlsx", ".xls", ".xlsm")


class DraftItems(NamedTuple):
    """Items of a list, and texts found within it that are not part of it."""

    rows: tuple[ImportedItem, ...]
    left_out: tuple[str, ...]


class DraftImport(NamedTuple):
    """The content of a draft: a table's cells and what each column holds, or a narrative's items.

    The user can correct the columns and edit the items. `notes` are sentences about the whole draft, `left_out` texts
    found within the list that are not part of it, or items that the user removed.
    """

    rows: tuple[ImportedItem, ...] = ()
    cells: TableCells | None = None
    columns: ColumnLayout = ColumnLayout((), False)
    notes: tuple[StoredSentence, ...] = ()
    left_out: tuple[str, ...] = ()
    tier: Tier | None = None
    """The tier that a narrative states."""
    as_read: DraftItems | None = None
    """The items before the user edited them; None if they were not edited. A table's are read from its cells."""
    choices: Mapping[str, str] = {}
    """What the user typed on the preview, by field, to continue later."""

    @property
    def is_table(self) -> bool:
        """Return whether the draft is a table."""
        return self.cells is not None

    def listed(self, sought: ExpectedEdition) -> ImportedList:
        """Return the list of the draft.

        Raises Refused if a table's columns give no list, or if it is about another country or year.
        """
        if self.cells is None:
            return ImportedList(_translate_rows(self.rows), (), tuple(map(str, self.notes)))
        read = read_rows(self.cells, self.columns, sought)
        return read._replace(rows=_translate_rows(self.rows)) if self.as_read else read

    def editable_items(self, listed: ImportedList) -> tuple[ImportedItem, ...]:
        """Return the items as they are stored: texts as typed, doubts in English. `listed` is the list of the draft."""
        return listed.rows if self.cells is not None and self.as_read is None else self.rows

    def with_items(self, rows: Sequence[ImportedItem], left_out: Sequence[str]) -> "DraftImport":
        """Return the draft with items that the user edited."""
        as_read = self.as_read or DraftItems(self.rows, self.left_out)
        return self._replace(rows=tuple(rows), left_out=tuple(left_out), as_read=as_read)

    def without_edits(self) -> "DraftImport":
        """Return the draft with the items as they were read."""
        if self.as_read is None:
            return self
        return self._replace(rows=self.as_read.rows, left_out=self.as_read.left_out, as_read=None, choices={})


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
    introduction = [StoredSentence(_INTRODUCTION, {"text": narrative.introduction})] if narrative.introduction else []
    return DraftImport(rows, notes=(*narrative.doubts, *introduction), left_out=narrative.left_out, tier=narrative.tier)


def serialize_draft(draft: DraftImport) -> dict[str, Any]:
    """Return the draft as JSON data."""
    document: dict[str, Any] = {
        "notes": [note.serialize() for note in draft.notes],
        "left_out": list(draft.left_out),
        "tier": draft.tier,
    }
    if draft.choices:
        document["choices"] = dict(draft.choices)
    if draft.as_read:
        document["as_read"] = {
            "rows": [_serialize_item(row) for row in draft.as_read.rows],
            "left_out": list(draft.as_read.left_out),
        }
    if draft.cells is None or draft.as_read:
        document["rows"] = [_serialize_item(row) for row in draft.rows]
    if draft.cells is None:
        return document
    return document | {
        "lines": [[line.number, list(line.cells)] for line in draft.cells.lines],
        "cells_notes": [note.serialize() for note in draft.cells.notes],
        "holds": [column.value for column in draft.columns.types],
        "has_headings": draft.columns.has_headings,
    }


def deserialize_draft(document: Mapping[str, Any]) -> DraftImport:
    """Return the draft from JSON data."""
    as_read = document.get("as_read")
    draft = DraftImport(
        rows=_deserialize_items(document.get("rows", [])),
        notes=tuple(map(deserialize_sentence, document["notes"])),
        left_out=tuple(document["left_out"]),
        tier=Tier(document["tier"]) if document["tier"] else None,
        as_read=DraftItems(_deserialize_items(as_read["rows"]), tuple(as_read["left_out"])) if as_read else None,
        choices=document.get("choices", {}),
    )
    if "lines" not in document:
        return draft
    lines = tuple(TableLine(number, tuple(cells)) for number, cells in document["lines"])
    return draft._replace(
        cells=TableCells(lines, tuple(map(deserialize_sentence, document["cells_notes"]))),
        columns=ColumnLayout(
            tuple(ColumnType(column_type) for column_type in document["holds"]), document["has_headings"]
        ),
    )


def _translate_rows(rows: Iterable[ImportedItem]) -> tuple[ImportedItem, ...]:
    """Return the items as a reader sees them: each text in one line, each doubt in the reader's language."""
    return tuple(replace(row, text=" ".join(row.text.split()), doubt=translate_lines(row.doubt)) for row in rows)


def _serialize_item(row: ImportedItem) -> list[Any]:
    """Return the values of an item, without those at the end that it lacks."""
    if row.pillar or row.lead or row.supporting or row.line:
        return [row.number, row.text, row.doubt, row.pillar, row.lead, list(row.supporting), row.line]
    return [row.number, row.text, row.doubt]


def _deserialize_items(rows: Iterable[Sequence[Any]]) -> tuple[ImportedItem, ...]:
    items = []
    for number, text, doubt, *rest in rows:
        pillar, lead, supporting, line = rest or (None, "", (), None)
        items.append(
            ImportedItem(number, text, doubt, Pillar(pillar) if pillar else None, lead, tuple(supporting), line)
        )
    return tuple(items)
