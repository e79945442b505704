"""Check that a stored file is unchanged, and report a fault in the activity log.

A missing file is not the same as an altered file. A server that is set up without the shared files finds all of them
missing, although nobody has touched the record.
"""

import hashlib
import logging
from collections.abc import Mapping
from datetime import timedelta

from django.core.files.storage import default_storage
from django.db import models, transaction

from tiptracker.accounts.models import Country, User
from tiptracker.audit.actions import log_now, record
from tiptracker.audit.models import AuditEntry
from tiptracker.choices import ChoiceEnum
from tiptracker.errors import Refused
from tiptracker.infrastructure.storage import StorageUnavailableError
from tiptracker.localization import gettext

logger = logging.getLogger(__name__)

LOG_INTERVAL = timedelta(days=7)
"""The log reports the same fault of the same file at most once in this time, however often the file is requested."""
MIN_FILES_FOR_MACHINE_FAULT = 5
"""If at least this many files were checked and all are missing, the server is at fault, not the files."""


class FileFault(ChoiceEnum):
    """What is wrong with a file."""

    MISSING = "missing"
    ALTERED = "altered"


class FileIntegrityError(Exception):
    """The file cannot be read here, or its content has changed."""

    def __init__(self, fault: FileFault) -> None:
        super().__init__(fault)
        self.fault = fault


def read_intact_file(path: str, sha256: str) -> bytes:
    """Return the content of a file whose hash matches.

    Raises FileIntegrityError, and StorageUnavailableError if nobody can say now whether the file is there.
    """
    try:
        with default_storage.open(path) as file:
            content = bytes(file.read())
    except StorageUnavailableError:
        raise
    except OSError:
        raise FileIntegrityError(FileFault.MISSING) from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise FileIntegrityError(FileFault.ALTERED)
    return content


def describe_fault(fault: FileFault, *, noun: str, number: int, remedy: str) -> str:
    """Return the sentence that a page shows instead of the file."""
    if fault == FileFault.MISSING:
        return gettext("We cannot find this file on the server. Tell your administrator its number: %(number)d.") % {
            "number": number
        }
    return gettext(
        "This file was altered after it was saved, so we do not show it. Tell your administrator its number: "
        "%(number)d."
    ) % {"number": number}


def refuse_faults(faults: Mapping[int, FileFault], *, things: str, looked_for: int) -> None:
    """Raise Refused if any file is missing or altered.

    Args:
        faults: fault by file number.
        things: plural noun for the files, used in the sentence.
        looked_for: how many files were checked.
    """
    if is_machine_fault(faults, looked_for):
        raise Refused(
            "all_files_missing",
            f"None of {looked_for} {things} is on this machine. MEDIA_ROOT must be the folder that the other machines "
            "use, or FILES_URL their bucket. Set it here.",
        )
    if faults:
        numbers = ", ".join(str(number) for number in faults)
        if len(faults) == 1:
            fault = f"1 {things.removesuffix('s')} is missing or altered (number: {numbers})."
            remedy = "Restore it from a backup. Until then, nobody can open it."
        else:
            fault = f"{len(faults)} {things} are missing or altered (numbers: {numbers})."
            remedy = "Restore them from a backup. Until then, nobody can open them."
        raise Refused("files_missing_or_altered", f"{fault} {remedy}")


def is_machine_fault(faults: Mapping[int, FileFault], looked_for: int) -> bool:
    """Return whether every file is missing. If so, the log should not report each of them."""
    return looked_for >= MIN_FILES_FOR_MACHINE_FAULT and list(faults.values()) == [FileFault.MISSING] * looked_for


@transaction.atomic
def log_fault(
    fault: FileFault,
    *,
    row: models.Model,
    kind: str,
    path: str,
    sha256: str,
    country: Country | int | None,
    by: User | None,
) -> None:
    """Record a fault in the activity log as `kind`.missing or `kind`.altered, at most once in LOG_INTERVAL."""
    logger.error("%s %s is %s (%s)", kind.capitalize(), row.pk, fault, path)
    verb = f"{kind}.{fault}"
    type(row)._default_manager.select_for_update(no_key=True).get(pk=row.pk)  # several requests may arrive at once
    same = AuditEntry.objects.for_rows(row).filter(verb=verb)
    if not same.filter(at__gte=log_now() - LOG_INTERVAL).exists():
        record(verb, by=by, row=row, country=country, before={"sha256": sha256})
