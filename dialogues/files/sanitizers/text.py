"""Texts and tables in text, as they are: read by people; a table that a spreadsheet would run is refused."""

import csv
import io
import re
import unicodedata

import magic

from dialogues.files.sanitizers.errors import Unclean

HEAD = 64 * 1024
"""As much as libmagic is shown, in bytes."""
_ALLOWED = "\t\n\r\f\ufeff"
_MARKUP = frozenset({"text/html", "text/xml", "application/xml", "image/svg+xml", "text/rtf", "application/rtf"})
MOST_CELLS = 1_000_000
"""Of a table, whatever parts its cells."""
_SEPARATORS = ",;\t"
"""Which of them parts the cells, the reader's own country decides."""
_NAMED_SEPARATOR = re.compile(r"sep=([^\s\"])", re.IGNORECASE)
"""In the first line: what Excel takes in their stead."""
_BEGINS = re.compile(r"[\s\ufeff\"]*([=@＝＠]|[-+－＋])")
_REACHES = re.compile(
    r"\||!\$?[A-Z]|\w\(|\b(?:WEBSERVICE|IMAGE|HYPERLINK|RTD|DDE|CALL|REGISTER\.ID)\s*\(", re.IGNORECASE
)
"""A program by DDE, another table, a function."""
_SYLK = re.compile(r"ID;.*^C;[^\n]*;E", re.DOTALL | re.MULTILINE)
"""Another format of tables, which Excel knows by its first letters, with a formula."""


def clean(content: bytes) -> bytes:
    """The same bytes; raises Unclean where they are no plain text in UTF-8."""
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise Unclean(
            "isn't a text in UTF-8. Save it again as plain text in UTF-8 (in Excel: “CSV UTF-8”), then choose it again."
        ) from error
    if magic.from_buffer(content[:HEAD], mime=True) in _MARKUP or text.lstrip("\ufeff \t\r\n").startswith("<"):
        raise Unclean("holds a page or a drawing with code in it. Save it as a PDF, then choose it again.")
    if any(unicodedata.category(character) == "Cc" and character not in _ALLOWED for character in set(text)):
        raise Unclean("holds what is no text. Open it to see, save it again as plain text, then choose it again.")
    return content


def clean_table(content: bytes) -> bytes:
    """As `clean`; raises Unclean, too, where a spreadsheet would read a cell as a formula."""
    text = clean(content).decode().removeprefix("\ufeff")
    if _SYLK.match(text):
        raise _reckoning(1)
    named = _NAMED_SEPARATOR.match(text)
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    for separator in _SEPARATORS + (named[1] if named else ""):
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        cells = 0
        for row in rows:
            cells += len(row)
            if cells > MOST_CELLS:
                raise Unclean(
                    f"has more than {MOST_CELLS:,} cells. Send the rows that matter alone, in a table of their own."
                )
            if any(_is_formula(cell) for cell in row):
                raise _reckoning(rows.line_num)
    return content


def _is_formula(cell: str) -> bool:
    """Behind a "+" or a "-" only where it reaches for more: -5, +266 2231 2345 and "- police officers" are ordinary."""
    begins = _BEGINS.match(cell)
    return begins is not None and (begins[1] in "=@＝＠" or _REACHES.search(cell) is not None)


def _reckoning(line: int) -> Unclean:
    return Unclean(
        f"has a cell that a spreadsheet would run as a formula, in the row that ends in line {line}: it begins with =, "
        "+, - or @. Write a word or an apostrophe before it, or send an Excel workbook (.xlsx), then choose it again."
    )
