"""Store uploaded files before anything cites them, and hand them out only as they were stored."""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from dialogues.actions.file_texts import READ_FILE_TEXT, forget_text_of_files
from dialogues.choices import DECISIONS_ENDING_CLAIMS, RedactionAnswer
from dialogues.files.inspection import InspectedFile, inspect_upload, sha256
from dialogues.files.scanner import ScannerUnavailable, scan
from dialogues.files.upload_rules import describe_oversized_total, format_size
from dialogues.models import Draft, Evidence, EvidenceFile, FileScan, RedactionDecision, UpdateVersion
from dialogues.models.files import is_sent, random_name
from dialogues.permissions import can_upload
from tiptracker.accounts.models import Ministry, User
from tiptracker.audit.actions import record, record_once
from tiptracker.audit.append_only import DISPOSED, MARKS, REDACTED
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
from tiptracker.infrastructure.file_writes import NewFiles, delete_files
from tiptracker.jobs.actions import enqueue
from tiptracker.localization import format_date, gettext
from tiptracker.sandbox.sandbox import Sandbox
from tiptracker.validation import insert_row

logger = logging.getLogger(__name__)

MAX_BYTES_PER_CHECK = 2 * 1024**3
"""In bytes. Reading this much takes far less than the time limit of a job."""
VIEWING_PERIOD = timedelta(hours=1)
"""Pages of a file shown within this time count as one opening in the activity log."""
MAX_ORIGINAL_BYTES = 256 * 1024**2
"""In bytes. No camera of a telephone makes a larger picture, and no browser would make it smaller."""
_PICTURE_TYPES = frozenset({"image/jpeg", "image/png"})
UNSENT_LIFETIME = timedelta(days=2)
"""How long a file is kept for a form that was rejected, if no draft holds it."""


def store_upload(
    *, upload: "UploadedFile[bytes]", by: User, now: datetime, original_size: int | None = None
) -> EvidenceFile:
    """Store a clean copy of an uploaded file under a random name. It proves nothing until evidence cites it.

    `original_size` is the size in bytes of the photograph that the sender's browser made smaller, as it says. A size
    that can't be true is ignored.

    Raises:
        PermissionDenied: if the user may not upload files.
        Refused: (field "files") if the file is empty, too large or not what its name says.
        TryLater: if the sandbox can't start now.
    """
    if not can_upload(by):
        raise PermissionDenied
    inspected = inspect_upload(upload, run=Sandbox(by.pk))
    is_credible = (
        inspected.media_type in _PICTURE_TYPES
        and original_size is not None
        and (upload.size or 0) < original_size <= MAX_ORIGINAL_BYTES
    )
    return store_inspected(inspected=inspected, by=by, now=now, original_size=original_size if is_credible else None)


def store_inspected(
    *, inspected: InspectedFile, by: User, now: datetime, original_size: int | None = None
) -> EvidenceFile:
    """Store an inspected file. Raises PermissionDenied, and Refused if the ministry would exceed its storage limit."""
    with NewFiles() as new_files:
        stored = write_inspected(inspected, new_files)
        return record_stored_file(inspected=inspected, stored=stored, by=by, now=now, original_size=original_size)


def write_inspected(inspected: InspectedFile, new_files: NewFiles) -> str:
    """Write the content of an inspected file before the transaction that records it. Return its name in the storage."""
    return new_files.write(random_name(), inspected.content)


@transaction.atomic
def record_stored_file(
    *, inspected: InspectedFile, stored: str, by: User, now: datetime, original_size: int | None = None
) -> EvidenceFile:
    """Record a file whose content was written under the name `stored`.

    Raises PermissionDenied, and Refused if the ministry would exceed its storage limit.
    """
    if not can_upload(by):
        raise PermissionDenied
    _refuse_over_ministry_quota(inspected, by)
    file = EvidenceFile(
        file=stored,
        name=inspected.name,
        media_type=inspected.media_type,
        size=len(inspected.content),
        received_sha256=inspected.received_sha256,
        stored_sha256=sha256(inspected.content),
        original_size=original_size,
        uploaded_at=now,
        uploaded_by=by,
        ministry=by.ministry,
        country_id=_country_of_uploader(by),
    )
    insert_row(file)
    if settings.CLAMD_URL:  # inspection rejects every file that is not clean
        FileScan.objects.create(file=file, at=now)
    after = {name: getattr(file, name) for name in ("name", "received_sha256", "stored_sha256")}
    if original_size:
        after["made_smaller_from"] = original_size
    enqueue(READ_FILE_TEXT, file.pk)
    record("file.kept", by=by, row=file, country=file.country_id, after=after)
    return file


def read_for_download(*, file: EvidenceFile, by: User) -> bytes:
    """Return the content of a file, and log who downloaded it. The caller has checked with `visible_to` that they may.

    Raises Refused as `read_stored_file` does.
    """
    _refuse_redacted(file)  # it may have been redacted since the page was opened
    content = read_stored_file(file=file, by=by)
    with transaction.atomic():
        record("file.taken", by=by, row=file, country=_country_of_file(file), after={"sha256": file.stored_sha256})
    return content


def read_for_preview(*, file: EvidenceFile, by: User) -> bytes:
    """Return the content of a file to show it in a page, and log who saw it: one entry for all its pages.

    Raises Refused as `read_stored_file` does.
    """
    _refuse_redacted(file)
    content = read_stored_file(file=file, by=by)
    with transaction.atomic():
        EvidenceFile.objects.select_for_update(no_key=True).get(pk=file.pk)  # a browser requests several pages at once
        record_once(
            "file.shown",
            by=by,
            row=file,
            within=VIEWING_PERIOD,
            country=_country_of_file(file),
            after={"sha256": file.stored_sha256},
        )
    return content


def read_stored_file(*, file: EvidenceFile, by: User) -> bytes:
    """Return the content of a file to a caller that hands none of it out.

    Raises Refused if the file was redacted, is in quarantine, or differs from what was stored. The last is logged.
    """
    if file.name in MARKS:  # a file whose content was removed always has such a name
        _refuse_redacted(file)
    _refuse_in_quarantine(file)
    try:
        return read_intact_file(str(file.file), file.stored_sha256)
    except FileIntegrityError as error:
        _log_fault(error.fault, file, by)
        remedy = gettext("ask the sender to send it again")
        sentence = describe_fault(error.fault, noun="this file", number=file.pk, remedy=remedy)
        raise Refused(f"file_{error.fault}", sentence) from error


def scan_unscanned_files(*, now: datetime) -> int:
    """Scan files that were stored without a scan.

    Return the number of files scanned. Stop if the scanner is unavailable.
    """
    scan_count = 0
    if not settings.CLAMD_URL:
        return scan_count
    for file in EvidenceFile.objects.unscanned().order_by("pk").iterator():
        try:
            content = read_intact_file(str(file.file), file.stored_sha256)
        except FileIntegrityError:  # such a file is never handed out, and the nightly check reports it
            continue
        try:
            malware = scan(content, settings.CLAMD_URL)
        except ScannerUnavailable:
            logger.exception("The scanner gave no verdict on file %s", file.pk)
            break
        with transaction.atomic():
            FileScan.objects.create(file=file, found=malware[:200], at=now)
            if malware:
                logger.error("Malware in file %s: %s", file.pk, malware)
            # A clean file has an entry, too, because pages say of a file that it has not been scanned yet.
            verb = "file.infected" if malware else "file.scanned"
            record(verb, by=None, row=file, country=_country_of_file(file), after={"found": malware})
        scan_count += 1
    return scan_count


def check_stored_files(*, after: int = 0) -> None:
    """Check stored files with an id above `after` against their hashes.

    After MAX_BYTES_PER_CHECK, a new job does the rest.

    Raises Refused if some files differ from what was stored, and names them. Each is logged.
    """
    faulty: dict[EvidenceFile, FileFault] = {}
    checked = bytes_read = 0
    for file in EvidenceFile.objects.kept().filter(pk__gt=after).order_by("pk").iterator():
        try:
            read_intact_file(str(file.file), file.stored_sha256)
        except FileIntegrityError as error:
            faulty[file] = error.fault
        checked += 1
        bytes_read += file.size
        if bytes_read > MAX_BYTES_PER_CHECK:
            enqueue("check_files", file.pk)
            break
    faults = {file.pk: fault for file, fault in faulty.items()}
    if not is_machine_fault(faults, checked):
        for file, fault in faulty.items():
            _log_fault(fault, file, None)
    refuse_faults(faults, things="kept files", looked_for=checked)


def list_stored_hashes() -> Iterator[tuple[str, str]]:
    """Yield name and SHA-256 of every file whose content is still stored."""
    yield from EvidenceFile.objects.kept().order_by("pk").values_list("file", "stored_sha256").iterator()


def delete_unsent_files(*, now: datetime) -> int:
    """Delete the content and the name of files not sent within UNSENT_LIFETIME. Return the number of files.

    Their rows stay, like all records: who uploaded a file of which size and hash, and when. If the content can't be
    deleted now, the nightly housekeeping does it.
    """
    deleted = 0
    unsent = EvidenceFile.objects.unsent(before=now - UNSENT_LIFETIME)
    for pk in unsent.values_list("pk", flat=True):
        if file := _drop_file(pk, unsent):
            delete_files([str(file.file)])
            deleted += 1
    return deleted


@transaction.atomic
def _drop_file(pk: int, unsent: QuerySet[EvidenceFile]) -> EvidenceFile | None:
    """Mark a file as dropped, so that nobody can send it any more. Return None if it is no longer unsent."""
    # Lock first, then check again: the file may be sent at this moment.
    EvidenceFile.objects.select_for_update(no_key=True).get(pk=pk)
    file = unsent.filter(pk=pk).first()
    if file:
        EvidenceFile.objects.filter(pk=pk).update(name=REDACTED)
        forget_text_of_files([pk])
        record("file.dropped", by=None, row=file, country=file.country_id)
    return file


def refuse_oversized_total(files: Sequence[EvidenceFile]) -> None:
    """Refuse files that together exceed the limit of one update, however they were uploaded."""
    total = sum(file.size for file in files)
    if total > settings.UPLOAD_MAX_UPDATE_BYTES:
        raise Refused("too_large", describe_oversized_total(format_size(total)), field="files")


def find_resendable_files(versions: Sequence[UpdateVersion], by: User) -> QuerySet[EvidenceFile]:
    """Return the files of returned or withdrawn versions that their ministry may send again with the next version.

    A file that has been sent since, with a version that waits or was accepted, is not among them.
    """
    own = EvidenceFile.objects.visible_to(by).kept()
    sent = Evidence.objects.filter(update_version__isnull=False)
    counting = sent.exclude(update_version__decision__decision__in=DECISIONS_ENDING_CLAIMS)
    is_counting = Exists(counting.filter(file=OuterRef("pk")))
    return own.filter(~is_counting, evidence__update_version__in=versions).distinct()


def refuse_unless_own_and_unsent(
    files: Sequence[EvidenceFile], by: User, *, resent: Sequence[UpdateVersion] = (), draft: Draft | None = None
) -> None:
    """Refuse files that another person uploaded, or that evidence or a dialogue already cites.

    Files of the versions in `resent`, returned or withdrawn, may be sent once more. Files in the `draft` that is sent
    may have been attached by a colleague.
    """
    # Lock until the update is saved, so that two updates can't both take the same file.
    locked = set(
        EvidenceFile.objects.filter(pk__in=[file.pk for file in files])
        .select_for_update(no_key=True)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    resendable = set(find_resendable_files(resent, by).values_list("pk", flat=True)) if resent else set()
    attached = Q(pk__in=EvidenceFile.objects.uploaded_as(by).values("pk"))
    if draft:
        attached |= Q(drafts=draft)
    own = EvidenceFile.objects.filter(attached, pk__in=locked - resendable).exclude(name=REDACTED).distinct()
    if len(own.exclude(is_sent())) + len(locked & resendable) != len(files):
        raise Refused(
            "already_sent",
            gettext("One of the files has already been sent. If it proves this as well, attach it again."),
            field="files",
        )


def _refuse_over_ministry_quota(inspected: InspectedFile, by: User) -> None:
    if by.ministry_id is None:
        return
    # Lock until this file is stored, so that two uploads can't both take the last free space.
    Ministry.objects.select_for_update(no_key=True).get(pk=by.ministry_id)
    stored = EvidenceFile.objects.kept().filter(ministry=by.ministry_id).aggregate(size=Sum("size"))
    if (stored["size"] or 0) + len(inspected.content) > settings.UPLOAD_MAX_MINISTRY_BYTES:
        sentence = gettext(
            "There is no room for “%(name)s”: your ministry has used all of its %(size)s. Send the update without this "
            "file, and ask the embassy for more room."
        )
        raise Refused(
            "quota_exceeded",
            sentence % {"name": inspected.name, "size": format_size(settings.UPLOAD_MAX_MINISTRY_BYTES)},
            field="files",
        )


def _refuse_redacted(file: EvidenceFile) -> None:
    if file.name == DISPOSED and file.destroyed_at:
        sentence = gettext("This file was disposed of on %(date)s and destroyed. The file’s SHA-256 hash was %(hash)s.")
        day = format_date(timezone.localtime(file.destroyed_at).date())
        raise Refused("disposed_of", sentence % {"date": day, "hash": file.stored_sha256})
    decision = RedactionDecision.objects.filter(redaction__files__file=file, decision=RedactionAnswer.CONFIRMED).first()
    if decision:
        day = format_date(timezone.localtime(decision.recorded_at).date())
        sentence = gettext(
            "This file was removed from the record on %(date)s and destroyed. The evidence stays in the record. The "
            "file’s SHA-256 hash was %(hash)s."
        )
        raise Refused("redacted", sentence % {"date": day, "hash": file.stored_sha256})


def _refuse_in_quarantine(file: EvidenceFile) -> None:
    newest = max(file.scans.all(), key=lambda scan: (scan.at, scan.pk), default=None)
    if newest and newest.found:
        sentence = gettext(
            "This file contains malware (%(malware)s), so you cannot open it here. Ask the sender to send a clean copy."
        )
        raise Refused("malware", sentence % {"malware": newest.found})
    if newest is None and settings.CLAMD_URL:
        raise Refused(
            "not_scanned",
            gettext("This file has not been checked for malware yet. Try again in 15 minutes."),
        )


def _log_fault(fault: FileFault, file: EvidenceFile, by: User | None) -> None:
    log_fault(
        fault,
        row=file,
        kind="file",
        path=str(file.file),
        sha256=file.stored_sha256,
        country=_country_of_file(file),
        by=by,
    )


def _country_of_file(file: EvidenceFile) -> int | None:
    return (
        file.evidence.values_list("country", flat=True).first()
        or file.dialogues.values_list("dialogue__country", flat=True).first()
        or file.country_id
    )


def _country_of_uploader(by: User) -> int | None:
    """Return the country whose officers read the log of an upload: the ministry's, or an officer's only country."""
    if by.ministry:
        return by.ministry.country_id
    countries = list(by.countries.values_list("pk", flat=True)[:2])
    return countries[0] if len(countries) == 1 else None
