"""Check briefing files against their stored hashes, at every download and every night."""

from collections.abc import Iterator
from typing import NamedTuple

from reports.models import Briefing
from tiptracker.accounts.models import User
from tiptracker.errors import Refused
from tiptracker.file_integrity import (
    FileFault,
    FileIntegrityError,
    describe_fault,
    is_machine_fault,
    log_fault,
    read_intact_file,
    refuse_faults,
)
from tiptracker.jobs.actions import enqueue

MAX_CHECKED_PER_JOB = 1000
"""The most briefings that one job checks. Reading them takes far less than the time limit of a job."""


class _StoredFile(NamedTuple):
    path: str
    sha256: str


def refuse_altered_briefing(*, briefing: Briefing, by: User, as_word: bool = False) -> None:
    """Refuse to hand out a briefing file that is missing or altered, and log the fault.

    Raises:
        Refused: if the stored file is missing or does not match its hash.
    """
    for file in _stored_files(briefing):
        is_asked_for = file.path == str(briefing.copy(as_word=as_word).file)
        if is_asked_for and (fault := _find_fault(file)) and _is_still_stored(briefing, file):
            _record_fault(fault, briefing, file, by)
            raise Refused(
                describe_fault(
                    fault, what="the file of this briefing", number=briefing.pk, remedy="ask for a new briefing"
                )
            )


def check_stored_briefings(*, after: int = 0) -> None:
    """Check the files of each briefing with a key above `after` against their hashes.

    One job checks at most `MAX_CHECKED_PER_JOB` briefings and queues another job for the rest. Each fault goes into
    the log, unless every file is missing: then the cause is the machine.

    Raises:
        Refused: if files are missing or altered, with the numbers of their briefings.
    """
    faulty: dict[Briefing, tuple[FileFault, _StoredFile]] = {}
    looked_for = 0
    rows = Briefing.objects.filter(pk__gt=after, withdrawn_at=None).exclude(file="").select_related("edition")
    for looked_for, briefing in enumerate(rows.defer("said").order_by("pk").iterator(), 1):
        for file in _stored_files(briefing):
            if (fault := _find_fault(file)) and _is_still_stored(briefing, file):
                faulty[briefing] = fault, file
        if looked_for == MAX_CHECKED_PER_JOB:
            enqueue("check_briefings", briefing.pk)
            break
    faults = {briefing.pk: fault for briefing, (fault, _) in faulty.items()}
    if not is_machine_fault(faults, looked_for):
        for briefing, (fault, file) in faulty.items():
            _record_fault(fault, briefing, file, None)
    refuse_faults(faults, things="briefings", looked_for=looked_for)


def _stored_files(briefing: Briefing) -> Iterator[_StoredFile]:
    if briefing.file:
        yield _StoredFile(str(briefing.file), briefing.sha256)
    if briefing.word:
        yield _StoredFile(str(briefing.word), briefing.word_sha256)


def _find_fault(file: _StoredFile) -> FileFault | None:
    try:
        read_intact_file(file.path, file.sha256)
    except FileIntegrityError as error:
        return error.fault
    return None


def _is_still_stored(briefing: Briefing, file: _StoredFile) -> bool:
    """Return whether the row still names this file. A draft may have been replaced or withdrawn in the meantime."""
    now = Briefing.objects.only("file", "word", "withdrawn_at").get(pk=briefing.pk)
    return now.withdrawn_at is None and file.path in now.paths


def _record_fault(fault: FileFault, briefing: Briefing, file: _StoredFile, by: User | None) -> None:
    country = briefing.edition.country_id
    log_fault(fault, row=briefing, kind="briefing", path=file.path, sha256=file.sha256, country=country, by=by)
