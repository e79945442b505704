"""What rows of both sheets share in the preview: their status, their files, and the keys under which they are sent."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from django.forms import Form

from dialogues.actions.sent_forms import SentForm
from dialogues.models import EvidenceFile, UpdateVersion
from dialogues.workbook.rows import RowStatus, WorkbookRow
from tiptracker.localization import gettext
from tiptracker.web.frontend.form_rows import invalid_forms


@dataclass(kw_only=True)
class SheetPreviewRow:
    """A row of the preview: its status, and why it is wrong or can't be sent.

    `title` is what the row is about, empty if that is not known. `forms` are those that were filled from its cells.
    `files` are those attached to it, `sent` is the version that was sent with it before.
    """

    row: WorkbookRow
    status: RowStatus
    title: str = ""
    reason: str = ""
    changes: Sequence[str] = ()
    forms: Sequence[Form] = ()
    files: Sequence[EvidenceFile] = ()
    sent: UpdateVersion | None = None
    facts: Sequence[tuple[str, str]] = field(default_factory=list)

    @property
    def prefix(self) -> str:
        """The beginning of the names of its fields."""
        return self.row.prefix

    @property
    def is_sendable(self) -> bool:
        return self.status in (RowStatus.NEW, RowStatus.CHANGED)

    @property
    def is_correctable(self) -> bool:
        """Whether its forms are shown, because something in them is wrong."""
        return self.status is RowStatus.WRONG and bool(self.forms)

    @property
    def missing_files(self) -> list[str]:
        """The names of files in the row that no attached file has."""
        attached = {file.name.casefold() for file in self.files}
        return [name for name in self.row.named_files if name.casefold() not in attached]

    @property
    def refused_forms(self) -> list[Form]:
        return invalid_forms(*self.forms)

    def sent_form(self, seen: int) -> SentForm:
        """Return what identifies the row when it is sent. `seen` is the newest version that the page showed."""
        content = [self.row.values, self.row.files]
        return SentForm(send_key(self.row), sha256(json.dumps(content, sort_keys=True).encode()).digest(), seen)


def show_faults(row: WorkbookRow, forms: Iterable[Form]) -> bool:
    """Show why cells can't be used, in place of what the forms say of the empty fields.

    Return whether there are any such cells.
    """
    for form in forms:
        for name in form.fields:
            full = form.add_prefix(name).removeprefix(f"{row.prefix}-")
            if fault := row.faults.get(full):
                form.errors.pop(name, None)
                form.add_error(name, str(fault))
    return bool(row.faults)


def name_row(row: WorkbookRow) -> str:
    """Return the name of a row: "Row 12", or "Row 12 of the requests"."""
    sentence = gettext("Row %(number)d of the requests") if row.is_request else gettext("Row %(number)d")
    return sentence % {"number": row.number}


def send_key(row: WorkbookRow) -> UUID:
    """Return the key under which a row is sent once: the same cells with the same key of the row, in any file."""
    return UUID(bytes=sha256(f"{row.key}\n{row.uploaded}".encode()).digest()[:16])
