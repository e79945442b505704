"""What the worker does for this package; the work is in the actions."""

from celery import shared_task

from dialogues.actions import drafts
from dialogues.actions.files import check_stored_files, delete_unsent_files, scan_unscanned_files
from tiptracker import clock
from tiptracker.jobs.actions import claim_job, enqueue


@shared_task(name="drop_unsent_files")
def drop_unsent_files() -> None:
    """Every night: what was uploaded with a form that was refused and never sent again isn't kept for ever."""
    delete_unsent_files(now=clock.now())


@shared_task(name="drop_untouched_drafts")
def drop_untouched_drafts() -> None:
    """Every night: a draft that nobody goes on with isn't kept for ever."""
    drafts.drop_untouched_drafts(now=clock.now())


@shared_task(name="scan_files")
def scan_files() -> None:
    """Every ten minutes: what is in quarantine is shown to the scanner, where there is one."""
    scan_unscanned_files(now=clock.now())


@shared_task(name="files_nightly")
def files_nightly() -> None:
    """Every night: ask for all kept files to be held to their hashes."""
    enqueue("check_files", 0)


@shared_task(name="check_files")
def check_files(job_id: int) -> None:
    """Hold kept files to their hashes (the job's key: the last that was checked); fails where one isn't as kept."""
    with claim_job(job_id) as progress:
        if progress:
            check_stored_files(after=int(progress.job.key))
