"""Set, replace or remove the Word template of a post."""

import hashlib
import logging
from datetime import datetime
from pathlib import PurePosixPath
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from dialogues.files.inspection import clean_file_name
from dialogues.files.sanitizers.errors import FileRejected
from dialogues.files.scanner import ScannerUnavailable, scan
from reports.briefings.word.template_sandbox import CheckedTemplate, check_template_in_sandbox
from reports.models import WordTemplate
from reports.permissions import can_set_word_template
from tiptracker.accounts.models import Country, User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused, TryLater
from tiptracker.localization import gettext
from tiptracker.sandbox.confinement import SandboxRunner
from tiptracker.validation import insert_row, update_row

logger = logging.getLogger(__name__)

MAX_BYTES = 2 * 1024 * 1024
"""Most bytes of a template. A letterhead with a picture has a tenth of it."""


class InspectedTemplate(NamedTuple):
    """A template ready to be stored: the name of its file, and what was checked."""

    name: str
    checked: CheckedTemplate


def inspect_template(upload: "UploadedFile[bytes]", *, run: SandboxRunner) -> InspectedTemplate:
    """Scan and check an uploaded template. This is slow: don't call it in a transaction. Raises Refused, TryLater."""
    name = clean_file_name(upload.name or "")
    if not upload.size:
        raise Refused(
            "empty_file", gettext("“%(name)s” is empty. Choose the file again.") % {"name": name}, field="file"
        )
    if upload.size > MAX_BYTES:
        sentence = gettext("“%(name)s” is larger than %(limit)d MB. Make its pictures smaller and choose it again.")
        raise Refused("too_large", sentence % {"name": name, "limit": MAX_BYTES // 1024**2}, field="file")
    suffix = PurePosixPath(name).suffix.lower()
    if suffix != ".docx":
        raise Refused("file_rejected", _describe_suffix(name, suffix), field="file")
    content = b"".join(upload.chunks())
    if settings.CLAMD_URL:  # scan before any library opens the file
        _refuse_malware(name, content)
    try:
        return InspectedTemplate(name, check_template_in_sandbox(content, run=run))
    except FileRejected as reason:
        remedy = gettext("Correct that in Word, save the file as a Word document (.docx) and choose it again.")
        sentence = gettext(reason.sentences[0]) % {"name": name, **reason.values}
        raise Refused("file_rejected", f"{sentence} {remedy}", field="file") from reason
    except TryLater as refusal:
        refusal.field = "file"
        raise


@transaction.atomic
def set_word_template(*, country: Country, template: InspectedTemplate, by: User, now: datetime) -> WordTemplate:
    """Store the template of a post, instead of an earlier one. Raises PermissionDenied."""
    _require_permission(by, country)
    locked = Country.objects.select_for_update(no_key=True, of=("self",)).get(pk=country.pk)
    row = WordTemplate.objects.select_for_update(no_key=True, of=("self",)).filter(country=locked).first()
    before = _audit_values(row) if row else None
    is_new = row is None
    row = row or WordTemplate(country=locked)
    row.name, row.content, row.facts = template.name, template.checked.content, template.checked.facts
    row.sha256 = hashlib.sha256(row.content).hexdigest()
    row.uploaded_at, row.uploaded_by = now, by
    insert_row(row) if is_new else update_row(row)
    record("country.changed", by=by, row=locked, country=locked, before=before, after=_audit_values(row))
    return row


@transaction.atomic
def remove_word_template(*, country: Country, by: User) -> None:
    """Delete the template of a post, if it has one. Raises PermissionDenied."""
    _require_permission(by, country)
    locked = Country.objects.select_for_update(no_key=True, of=("self",)).get(pk=country.pk)
    row = WordTemplate.objects.select_for_update(no_key=True, of=("self",)).filter(country=locked).first()
    if row is None:
        return
    before = _audit_values(row)
    row.delete()
    after = {"word_template": None, "sha256": None}
    record("country.changed", by=by, row=locked, country=locked, before=before, after=after)


def _require_permission(by: User, country: Country) -> None:
    if not can_set_word_template(by, country):
        raise PermissionDenied


def _refuse_malware(name: str, content: bytes) -> None:
    try:
        found = scan(content, settings.CLAMD_URL)
    except ScannerUnavailable as error:
        logger.exception("The scanner gave no verdict")
        sentence = gettext(
            "“%(name)s” was not saved, because the malware check is not available now. Try again in a few minutes."
        )
        raise Refused("scanner_unavailable", sentence % {"name": name}, field="file") from error
    if found:
        logger.warning("Malware in an upload: %s", found)
        sentence = gettext(
            "“%(name)s” contains malware (%(malware)s) and was not saved. Have the computer checked that the file came "
            "from, then choose a clean copy."
        )
        raise Refused("malware", sentence % {"name": name, "malware": found}, field="file")


def _describe_suffix(name: str, suffix: str) -> str:
    """Say what is wrong with the type of a file, by the end of its name, and what to do."""
    if suffix in (".docm", ".dotm"):
        sentence = gettext("“%(name)s” has macros. Save it in Word without them, as a Word document (.docx).")
    elif suffix in (".dotx", ".dot", ".doc"):
        sentence = gettext("“%(name)s” is not a Word document (.docx). Open it in Word and save it as one.")
    else:
        sentence = gettext("“%(name)s” is not a Word document (.docx). Choose the template of the post.")
    return sentence % {"name": name}


def _audit_values(row: WordTemplate) -> dict[str, str]:
    return {"word_template": row.name, "sha256": row.sha256}
