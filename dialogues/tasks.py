"""Celery tasks of this package. The actions do the work."""

from datetime import timedelta

from celery import shared_task

from dialogues.actions import drafts, workbooks
from dialogues.actions.file_texts import READ_FILE_TEXT, enqueue_unread_files, read_file_text
from dialogues.actions.files import check_stored_files, delete_unsent_files, scan_unscanned_files
from tiptracker import clock
from tiptracker.errors import TryLater
from tiptracker.jobs.actions import JobProgress, RetryJobLater, enqueue
from tiptracker.jobs.tasks import job_task


@shared_task(name="drop_unsent_files")
def drop_unsent_files() -> None:
    """Delete, every night, files that were uploaded with a rejected form and never sent."""
    delete_unsent_files(now=clock.now())


@shared_task(name="drop_untouched_drafts")
def drop_untouched_drafts() -> None:
    """Delete, every night, drafts and previews of workbooks that have not been saved for a long time."""
    drafts.drop_untouched_drafts(now=clock.now())
    workbooks.drop_untouched_workbooks(now=clock.now())


@shared_task(name="scan_files")
def scan_files() -> None:
    """Scan quarantined files, every ten minutes, if a scanner is configured."""
    scan_unscanned_files(now=clock.now())


@shared_task(name="files_nightly")
def files_nightly() -> None:
    """Enqueue, every night, the check of all kept files against their hashes, and the reading of unread ones."""
    enqueue("check_files", 0)
    enqueue_unread_files()


@job_task(READ_FILE_TEXT)
def read_text_of_file(progress: JobProgress) -> None:
    """Read the text of the file whose id is the job's key, for the search."""
    try:
        read_file_text(file_id=int(progress.job.key))
    except TryLater as later:
        again_at = progress.job.heartbeat_at + timedelta(seconds=later.seconds)
        raise RetryJobLater(again_at, "Waiting for other files that are being opened") from later


@job_task("check_files")
def check_files(progress: JobProgress) -> None:
    """Check kept files against their hashes, starting after the job's key (the id of the last file checked).

    The job fails if a file is no longer as it was kept.
    """
    check_stored_files(after=int(progress.job.key))
