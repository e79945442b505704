"""Check briefing files against their stored hashes, at every download and every night."""

from reports.models import Briefing, BriefingFile
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
from tiptracker.localization import gettext

MAX_CHECKED_PER_JOB = 1000
"""The most briefings that one job checks. Reading them takes far less than the time limit of a job."""


def read_intact_briefing(*, briefing: Briefing, by: User, as_word: bool = False) -> bytes:
    """Return the content of a briefing file, or nothing if it has no file, or was replaced at this moment.

    Raises:
        Refused: if the stored file is missing or does not match its hash. The fault is logged.
    """
    file = briefing.get_file(as_word=as_word)
    if not file.path:
        return b""
    try:
        return read_intact_file(file.path, file.sha256)
    except FileIntegrityError as error:
        if not _is_still_stored(briefing, file):
            return b""
        _record_fault(error.fault, briefing, file, by)
        sentence = describe_fault(
            error.fault,
            noun=gettext("the file of this briefing"),
            number=briefing.pk,
            remedy=gettext("request a new briefing"),
        )
        raise Refused(f"file_{error.fault}", sentence) from error


def check_stored_briefings(*, after: int = 0) -> None:
    """Check the files of each briefing with a key above `after` against their hashes.

    One job checks at most `MAX_CHECKED_PER_JOB` briefings and queues another job for the rest. Each fault goes into
    the log, unless every file is missing: then the cause is the machine.

    Raises:
        Refused: if files are missing or altered, with the numbers of their briefings.
    """
    faulty: dict[Briefing, tuple[FileFault, BriefingFile]] = {}
    checked = 0
    rows = Briefing.objects.filter(pk__gt=after, withdrawn_at=None).exclude(file="").select_related("edition")
    for checked, briefing in enumerate(rows.defer("content").order_by("pk").iterator(), 1):
        for file in briefing.files:
            if (fault := _find_fault(file)) and _is_still_stored(briefing, file):
                faulty[briefing] = fault, file
        if checked == MAX_CHECKED_PER_JOB:
            enqueue("check_briefings", briefing.pk)
            break
    faults = {briefing.pk: fault for briefing, (fault, _) in faulty.items()}
    if not is_machine_fault(faults, checked):
        for briefing, (fault, file) in faulty.items():
            _record_fault(fault, briefing, file, None)
    refuse_faults(faults, things="briefings", looked_for=checked)


def _find_fault(file: BriefingFile) -> FileFault | None:
    try:
        read_intact_file(file.path, file.sha256)
    except FileIntegrityError as error:
        return error.fault
    return None


def _is_still_stored(briefing: Briefing, file: BriefingFile) -> bool:
    """Return whether the row still names this file. A draft may have been replaced or withdrawn in the meantime."""
    stored = Briefing.objects.only("file", "sha256", "word", "word_sha256", "withdrawn_at").get(pk=briefing.pk)
    return stored.withdrawn_at is None and file.path in stored.paths


def _record_fault(fault: FileFault, briefing: Briefing, file: BriefingFile, by: User | None) -> None:
    country = briefing.edition.country_id
    log_fault(fault, row=briefing, kind="briefing", path=file.path, sha256=file.sha256, country=country, by=by)
