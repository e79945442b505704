"""What rows of both sheets share in the preview: their names, and the keys under which they are sent once."""

from hashlib import sha256
from uuid import UUID

from dialogues.workbook.rows import WorkbookRow
from tiptracker.localization import gettext


def name_row(row: WorkbookRow) -> str:
    """Return the name of a row: "Row 12", or "Row 12 of the requests"."""
    sentence = gettext("Row %(number)d of the requests") if row.is_request else gettext("Row %(number)d")
    return sentence % {"number": row.number}


def send_key(row: WorkbookRow) -> UUID:
    """Return the key under which a row is sent once: the same cells with the same key of the row, in any file."""
    return UUID(bytes=sha256(f"{row.key}\n{row.uploaded}".encode()).digest()[:16])
