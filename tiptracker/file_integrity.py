"""Whether a file of the record is still what was kept, and telling the log where it isn't.

A file that is missing is another thing than one that was altered: a machine that was set up without the others' files
finds all of them missing, and nobody has touched the record.
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

logger = logging.getLogger(__name__)

LOG_INTERVAL = timedelta(days=7)
"""How often the log tells of the same fault of the same file, however often it is asked for meanwhile."""
MIN_FILES_FOR_MACHINE_FAULT = 5
"""Where so many were looked for and none was there, it is the machine's fault, not the files'."""


class FileFault(ChoiceEnum):
    """What is wrong with a file."""

    MISSING = "missing"
    ALTERED = "altered"


class FileIntegrityError(Exception):
    """The file can't be read here, or its bytes are others than those that were kept."""

    def __init__(self, fault: FileFault) -> None:
        super().__init__(fault)
        self.fault = fault


def read_intact_file(path: str, sha256: str) -> bytes:
    """The content of a file. Raises NotAsKept."""
    try:
        with default_storage.open(path) as kept:
            content = bytes(kept.read())
    except OSError:
        raise FileIntegrityError(FileFault.MISSING) from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise FileIntegrityError(FileFault.ALTERED)
    return content


def describe_fault(fault: FileFault, *, what: str, number: int, remedy: str) -> str:
    """What a page says instead of handing the file out."""
    if fault == FileFault.MISSING:
        return (
            f"This server doesn’t find {what}. It may be kept on another machine: tell your administrator its number, "
            f"{number}."
        )
    return (
        f"This file is no longer what was kept, so it isn't given out. Tell your administrator its number, {number}, "
        f"or {remedy}."
    )


def refuse_faults(faults: Mapping[int, FileFault], *, things: str, looked_for: int) -> None:
    """Raises Refused where files are not as kept: `faults` by the number of each, of so many that were looked for."""
    if is_machine_fault(faults, looked_for):
        raise Refused(
            f"None of {looked_for} {things} is on this machine. MEDIA_ROOT has to be the folder that the other "
            "machines use: mount it here."
        )
    if faults:
        numbers = ", ".join(str(number) for number in faults)
        are = f"{things.removesuffix('s')} is" if len(faults) == 1 else f"{things} are"
        raise Refused(
            f"{len(faults)} {are} missing or no longer what was kept (by number: {numbers}). Restore what is named "
            "from a backup; until then it isn't given out."
        )


def is_machine_fault(faults: Mapping[int, FileFault], looked_for: int) -> bool:
    """Whether not one file was there. Then the log is not to tell of each of them."""
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
    """Write into the log what is wrong with a file: as `kind`.missing or `kind`.altered, once in TOLD_EVERY."""
    logger.error("%s %s is %s (%s)", kind.capitalize(), row.pk, fault, path)
    verb = f"{kind}.{fault}"
    type(row)._default_manager.select_for_update(no_key=True).get(pk=row.pk)  # it may be asked for many times at once
    same = AuditEntry.objects.filter(table=row._meta.label_lower, row=str(row.pk), verb=verb)
    if not same.filter(at__gte=log_now() - LOG_INTERVAL).exists():
        record(verb, by=by, row=row, country=country, before={"sha256": sha256})
