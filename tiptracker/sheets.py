"""Rows as CSV that a spreadsheet opens as text: nothing that somebody typed becomes a formula there."""

import csv
from collections.abc import Iterable, Iterator, Sequence

BYTE_ORDER_MARK = "\ufeff"
"""By which Excel knows that a file is UTF-8."""
BEGIN_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def without_formula(cell: object) -> object:
    """A cell as it is, or with an apostrophe before a text that a spreadsheet would compute."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(BEGIN_FORMULAS) else cell


def csv_lines(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The lines of the file, one at a time, so that a long one is never held whole."""
    writer = csv.writer(_Line())
    yield BYTE_ORDER_MARK + writer.writerow(heads)
    for row in rows:
        yield writer.writerow([without_formula(cell) for cell in row])


class _Line:
    """What a csv writer writes to; it hands each line back."""

    def write(self, line: str) -> str:
        return line
