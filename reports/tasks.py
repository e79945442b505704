"""Tasks of the worker. Each task is named after its kind of job; the work is done in `reports.actions`."""

import gc
from datetime import timedelta
from typing import Any

from celery import shared_task
from celery.signals import worker_init, worker_process_init, worker_process_shutdown
from django.conf import settings

from dialogues.models import Redaction
from recommendations.models import Edition
from reports.actions import handovers, nightly_readiness, notices
from reports.actions.current_briefing import refresh_current_briefing
from reports.actions.file_checks import check_stored_briefings
from reports.actions.rendering import render_briefing
from reports.actions.runs import compute_readiness
from reports.actions.withdrawals import withdraw_redacted_briefings
from reports.briefings import pdf
from reports.current_briefing import JOB_KIND, is_rebuild_due
from reports.models import Briefing
from tiptracker import clock
from tiptracker.accounts.models import Country
from tiptracker.audit.actions import log_head, log_now
from tiptracker.infrastructure.temporary_folder import remove_own_folder, use_own_folder
from tiptracker.jobs.actions import JobProgress, enqueue, wait_for_further_requests
from tiptracker.jobs.tasks import job_task

RUN_INTERVAL = timedelta(minutes=1)
"""The least time between two runs of an edition because of changes.

With 4,000 pieces of evidence, a run takes nearly half a second and stores 4 MB. Pages need none, because they compute
readiness themselves.
"""


@job_task("readiness")
def readiness(progress: JobProgress) -> None:
    """Compute an edition's readiness (the job's key is the edition's id) as of today in the country.

    The first change is computed at once. The job then waits, so that a busy post stores one run a minute, not one for
    each change.
    """
    wait_for_further_requests(progress.job, RUN_INTERVAL)
    edition = Edition.objects.select_related("country").get(pk=progress.job.key)
    now = clock.now(edition.country.time_zone)
    compute_readiness(edition=edition, as_of=now.date(), now=now)


@shared_task(name="readiness_nightly")
def readiness_nightly() -> None:
    """Queue the readiness of the countries where a night has begun. Runs every hour, because nights differ."""
    nightly_readiness.queue_countries(now=clock.now("UTC"), logged_by=log_now())


@job_task(nightly_readiness.JOB_KIND)
def country_readiness(progress: JobProgress) -> None:
    """Compute the readiness of a country's editions (the job's key is the country's id) as of today there."""
    country = Country.objects.get(pk=progress.job.key)
    nightly_readiness.compute_country_readiness(country=country, now=clock.now(country.time_zone))


@job_task("briefing")
def briefing(progress: JobProgress) -> None:
    """Render a briefing (the job's key is its id): the draft or, once that is cleared, the issued file."""
    rows = Briefing.objects.select_related("edition__country", "ministry", "dialogue", "requested_by", "cleared_by")
    row = rows.get(pk=progress.job.key)
    render_briefing(briefing=row, now=clock.now(row.edition.country.time_zone), progress=progress)


@shared_task(name="notify")
def notify() -> None:
    """Bring everybody's notices up to date, and queue the mails that are due. Runs every minute."""
    notices.notify(now=clock.now("UTC"))


@shared_task(name="carry_out_handovers")
def carry_out_handovers() -> None:
    """Close the accounts of people whose last day is over and who have a successor. Runs every ten minutes."""
    handovers.carry_out_due_handovers(now=clock.now("UTC"))


@shared_task(name="current_briefings")
def current_briefings() -> None:
    """Queue a rebuild of each current briefing that no longer fits the record or the day.

    Runs twice a minute.
    """
    for edition in nightly_readiness.find_editions_under_way(clock.now("UTC")):
        if is_rebuild_due(edition, clock.today(edition.country.time_zone), log_now()):
            enqueue(JOB_KIND, edition.pk)


@job_task(JOB_KIND)
def current_briefing(progress: JobProgress) -> None:
    """Make the ambassador's briefing of an edition (the job's key is the edition's id) as of today there."""
    edition = Edition.objects.select_related("country").get(pk=progress.job.key)
    newest = log_head()  # before the clock is read: no entry that it covers is later than `now`
    now = clock.now(edition.country.time_zone)
    refresh_current_briefing(edition=edition, log_number=newest[0] if newest else 0, now=now, progress=progress)


@job_task("redaction")
def redaction(progress: JobProgress) -> None:
    """Search the briefings for a redacted text (the job's key is the redaction's id) and finish the redaction."""
    row = Redaction.objects.select_related("country", "decision__recorded_by").get(pk=progress.job.key)
    withdraw_redacted_briefings(redaction=row, now=clock.now(row.country.time_zone), progress=progress)


@shared_task(name="unfinished_redactions")
def unfinished_redactions() -> None:
    """Queue each unfinished redaction again. Runs every ten minutes.

    A redaction whose job failed is incomplete, and blocks the download of all briefings of its country.
    """
    for row in Redaction.objects.unfinished():
        enqueue("redaction", row.pk)


@worker_init.connect
def preload_engine(*, sender: Any, **_: object) -> None:
    """Load what rendering needs once, before the worker forks the processes that render.

    A worker that only sends mails needs none of it.
    """
    if settings.CELERY_TASK_DEFAULT_QUEUE not in sender.app.amqp.queues.consume_from:
        return
    pdf.preload_engine()
    # The garbage collector writes to every object that it looks at. Without this, each forked process would soon have
    # its own copy of everything that is loaded by now (45 MB).
    gc.collect()
    gc.freeze()


@worker_process_init.connect
def prepare_fonts(**_: object) -> None:
    """Prepare each rendering process before its first briefing.

    Files of fonts stay behind if the process is killed, so it keeps them in a folder that the next one removes.
    """
    use_own_folder()
    pdf.prepare_fonts()


@worker_process_shutdown.connect
def release_fonts(**_: object) -> None:
    """Clean up when a rendering process is replaced."""
    pdf.release_fonts()
    remove_own_folder()


@shared_task(name="briefings_nightly")
def briefings_nightly() -> None:
    """Queue the check of all briefing files against their hashes. Runs every night."""
    enqueue("check_briefings", 0)


@job_task("check_briefings")
def check_briefings(progress: JobProgress) -> None:
    """Check the files of briefings against their hashes (the job's key is the id of the last one checked)."""
    check_stored_briefings(after=int(progress.job.key))
