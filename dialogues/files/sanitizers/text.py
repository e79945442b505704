"""Check text files and tables.

They are kept unchanged; a table that a spreadsheet would run as formulas is rejected.
"""

import csv
import io
import re
import unicodedata

import magic

from dialogues.files.sanitizers.errors import FileRejected, gettext_noop

SNIFFED_BYTES = 64 * 1024
"""Number of bytes that libmagic reads."""
_ALLOWED_CONTROLS = "\t\n\r\f\ufeff"
_MARKUP_MEDIA_TYPES = frozenset(
    {"text/html", "text/xml", "application/xml", "image/svg+xml", "text/rtf", "application/rtf"}
)
MAX_CELLS = 1_000_000
"""Cells of a table, whichever separator is used."""
_SEPARATORS = ",;\t"
"""Which of them separates the cells depends on the reader's regional settings."""
_SEPARATOR_LINE = re.compile(r"sep=([^\s\"])", re.IGNORECASE)
"""The first line may name another separator, which Excel then uses."""
_FORMULA_START = re.compile(r"[\s\ufeff\"]*([=@＝＠]|[-+－＋])")
_REFERENCE_OR_CALL = re.compile(
    r"\||!\$?[A-Z]|\w\(|\b(?:WEBSERVICE|IMAGE|HYPERLINK|RTD|DDE|CALL|REGISTER\.ID)\s*\(", re.IGNORECASE
)
"""A program started by DDE, a reference to another table, or a function call."""
_SYLK = re.compile(r"ID;.*^C;[^\n]*;E", re.DOTALL | re.MULTILINE)
"""Another table format, which Excel recognizes by its first letters, with a formula in it."""


def sanitize_text(content: bytes) -> bytes:
    """Return the same bytes. Raises FileRejected if they are not plain text in UTF-8."""
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise FileRejected(
            gettext_noop("“%(name)s” is not a text in UTF-8."),
            gettext_noop("Save it again as plain text in UTF-8 (in Excel: “CSV UTF-8”), then attach it again."),
        ) from error
    if magic.from_buffer(content[:SNIFFED_BYTES], mime=True) in _MARKUP_MEDIA_TYPES or text.lstrip(
        "\ufeff \t\r\n"
    ).startswith("<"):
        raise FileRejected(
            gettext_noop("“%(name)s” contains a web page or a drawing with code."),
            gettext_noop("Save it as a PDF, then attach that."),
        )
    if any(unicodedata.category(character) == "Cc" and character not in _ALLOWED_CONTROLS for character in set(text)):
        raise FileRejected(
            gettext_noop("“%(name)s” contains characters that are not text."),
            gettext_noop("Open the file to check it, save it again as plain text, then attach it again."),
        )
    return content


def sanitize_table(content: bytes) -> bytes:
    """Return the same bytes.

    Raises FileRejected as `sanitize_text` does, and if a spreadsheet would run a cell as a formula.
    """
    text = sanitize_text(content).decode().removeprefix("\ufeff")
    if _SYLK.match(text):
        raise _formula_error(1)
    named = _SEPARATOR_LINE.match(text)
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    for separator in _SEPARATORS + (named[1] if named else ""):
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        cells = 0
        for row in rows:
            cells += len(row)
            if cells > MAX_CELLS:
                raise FileRejected(
                    gettext_noop("“%(name)s” has more than %(limit)d cells."),
                    gettext_noop("Attach a table with only the rows that matter."),
                    limit=MAX_CELLS,
                )
            if any(_is_formula(cell) for cell in row):
                raise _formula_error(rows.line_num)
    return content


def _is_formula(cell: str) -> bool:
    """Return whether a spreadsheet would run the cell as a formula that could do harm.

    After "+" or "-" it is one only with a reference or a call: -5, +266 2231 2345 and "- police officers" are ordinary.
    """
    begins = _FORMULA_START.match(cell)
    return begins is not None and (begins[1] in "=@＝＠" or _REFERENCE_OR_CALL.search(cell) is not None)


def _formula_error(line: int) -> FileRejected:
    return FileRejected(
        gettext_noop(
            "“%(name)s” has a cell that a spreadsheet would run as a formula, in the row that ends in line %(line)d: "
            "it begins with =, +, - or @."
        ),
        gettext_noop(
            "Write a word or an apostrophe before it and attach the file again, or attach an Excel workbook (.xlsx)."
        ),
        line=line,
    )
