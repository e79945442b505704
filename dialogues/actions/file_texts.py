"""Keep the text of stored files for the search. A job reads each file once, some seconds after it was stored."""

from collections.abc import Collection

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from dialogues.files.text_extraction.text_sandbox import extract_pages_in_sandbox
from dialogues.models import EvidenceFile, FileText
from dialogues.models.free_texts import rows_of_country
from dialogues.text_search import contains_words
from tiptracker.accounts.models import Country
from tiptracker.file_integrity import FileIntegrityError, read_intact_file
from tiptracker.infrastructure.locking import lock_rows
from tiptracker.jobs.actions import enqueue
from tiptracker.sandbox.sandbox import Sandbox

READ_FILE_TEXT = "read_file_text"
"""The job that reads the text of a file; its key is the id of the file."""
MAX_JOBS_PER_NIGHT = 1_000


def read_file_text(*, file_id: int) -> None:
    """Store the text of a file that has none stored. A file that is gone, infected or not scanned yet is left alone.

    Raises TryLater if too many files are being opened at the moment.
    """
    file = _files_to_read().filter(pk=file_id).first()
    if file is None:
        return
    try:
        content = read_intact_file(str(file.file), file.stored_sha256)
    except FileIntegrityError:  # such a file is never handed out, and the nightly check reports it
        return
    pages = extract_pages_in_sandbox(content, file.media_type, run=Sandbox(file.uploaded_by_id, is_job=True))
    with transaction.atomic():
        EvidenceFile.objects.select_for_update(no_key=True).get(pk=file_id)
        if _files_to_read().filter(pk=file_id).exists():  # it may have been redacted or dropped meanwhile
            FileText.objects.bulk_create(
                FileText(file=file, page=number, text=text) for number, text in enumerate(pages, start=1)
            )


def enqueue_unread_files() -> None:
    """Enqueue, every night, the files whose text was never read: those from before there was a search."""
    for pk in _files_to_read().order_by("pk").values_list("pk", flat=True)[:MAX_JOBS_PER_NIGHT]:
        enqueue(READ_FILE_TEXT, pk)


def forget_texts_with(words: str, country: Country) -> None:
    """Empty the texts of a country's files that contain redacted words. The files themselves stay as they are.

    The emptied rows stay, so that the file is not read again.
    """
    files = rows_of_country(EvidenceFile, country).order_by().values("pk")
    texts = FileText.objects.filter(file__in=files).exclude(text="")
    found = [pk for pk, text in texts.values_list("pk", "text").iterator() if contains_words(text, words)]
    _empty(FileText.objects.filter(pk__in=found))


def forget_text_of_files(files: Collection[int]) -> None:
    """Empty the texts of files whose content is deleted."""
    _empty(FileText.objects.filter(file__in=files))


def forget_texts_of_country(country: Country) -> None:
    """Empty the texts of all files of a country, because nobody knows which of them contain redacted words."""
    files = rows_of_country(EvidenceFile, country).order_by().values("pk")
    _empty(FileText.objects.filter(file__in=files).exclude(text=""))


def _empty(texts: QuerySet[FileText]) -> None:
    locked = lock_rows(texts)
    FileText.objects.filter(pk__in=[text.pk for text in locked]).update(text="")


def _files_to_read() -> QuerySet[EvidenceFile]:
    rows = EvidenceFile.objects.kept().filter(texts__isnull=True)
    return rows.filter(scans__isnull=False).exclude(scans__found__gt="") if settings.CLAMD_URL else rows
