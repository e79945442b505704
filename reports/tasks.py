"""What the worker does for this package. Each task is named as its kind of job; the work is in the actions."""

from collections.abc import Iterator
from datetime import timedelta

from celery import shared_task
from celery.signals import worker_init, worker_process_init, worker_process_shutdown

from dialogues.models import Redaction
from recommendations.models import Edition
from reports.actions.current_briefing import refresh_current_briefing
from reports.actions.file_checks import check_stored_briefings
from reports.actions.rendering import render_briefing
from reports.actions.runs import compute_readiness
from reports.actions.withdrawals import withdraw_redacted_briefings
from reports.briefings import pdf
from reports.current_briefing import JOB_KIND, is_rebuild_due
from reports.models import Briefing
from tiptracker import clock
from tiptracker.audit.actions import log_head, log_now
from tiptracker.jobs.actions import claim_job, enqueue


@shared_task(name="readiness")
def readiness(job_id: int) -> None:
    """Compute an edition's readiness (the job's key is its id) as of the country's today."""
    with claim_job(job_id) as progress:
        if progress:
            edition = Edition.objects.select_related("country").get(pk=progress.job.key)
            now = clock.now(edition.country.time_zone)
            compute_readiness(edition=edition, as_of=now.date(), now=now)


@shared_task(name="readiness_nightly")
def readiness_nightly() -> None:
    """Ask for the readiness of each edition that isn't over: a new day can move it though nobody wrote anything."""
    for edition in _editions_under_way():
        enqueue("readiness", edition.pk)


def _editions_under_way() -> Iterator[Edition]:
    """The tracked editions that aren't over where they are: elsewhere it may be another day."""
    yesterday = clock.today("UTC") - timedelta(days=1)
    for edition in Edition.objects.tracked().not_over(yesterday).select_related("country"):
        if edition.ends_on >= clock.today(edition.country.time_zone):
            yield edition


@shared_task(name="briefing")
def briefing(job_id: int) -> None:
    """Render a briefing (the job's key is its id): its draft, or, once that is cleared, what is issued."""
    with claim_job(job_id) as progress:
        if progress:
            asked = ("edition__country", "ministry", "dialogue", "requested_by", "cleared_by")
            row = Briefing.objects.select_related(*asked).get(pk=progress.job.key)
            now = clock.now(row.edition.country.time_zone)
            render_briefing(briefing=row, now=now, progress=progress)


@shared_task(name="current_briefings")
def current_briefings() -> None:
    """Twice a minute: have each current edition's briefing made that the record, or the day, has moved on from."""
    for edition in _editions_under_way():
        if is_rebuild_due(edition, clock.today(edition.country.time_zone), log_now()):
            enqueue(JOB_KIND, edition.pk)


@shared_task(name=JOB_KIND)
def current_briefing(job_id: int) -> None:
    """Make an edition's ambassador's briefing (the job's key is the edition's id) as of the country's today."""
    with claim_job(job_id) as progress:
        if progress:
            edition = Edition.objects.select_related("country").get(pk=progress.job.key)
            newest = log_head()  # before the clock is read, so that nothing it tells of comes after that moment
            now = clock.now(edition.country.time_zone)
            refresh_current_briefing(edition=edition, log_number=newest[0] if newest else 0, now=now, progress=progress)


@shared_task(name="redaction")
def redaction(job_id: int) -> None:
    """Look through the briefings for what was redacted (the job's key is the redaction's id), and finish that."""
    with claim_job(job_id) as progress:
        if progress:
            rows = Redaction.objects.select_related("country", "decision__recorded_by")
            row = rows.get(pk=progress.job.key)
            withdraw_redacted_briefings(redaction=row, now=clock.now(row.country.time_zone), progress=progress)


@shared_task(name="unfinished_redactions")
def unfinished_redactions() -> None:
    """Every ten minutes: a redaction whose job failed is no redaction yet, and holds all briefings back."""
    for row in Redaction.objects.unfinished():
        enqueue("redaction", row.pk)


@worker_init.connect
def load(**_: object) -> None:
    """Load what rendering needs once, before the worker forks the processes that will render."""
    pdf.load()


@worker_process_init.connect
def warm_up(**_: object) -> None:
    """Be ready before the first briefing is asked for, in each process that will render."""
    pdf.warm_up()


@worker_process_shutdown.connect
def cool_down(**_: object) -> None:
    """A process that is replaced leaves nothing behind."""
    pdf.cool_down()


@shared_task(name="briefings_nightly")
def briefings_nightly() -> None:
    """Every night: ask for the files of all briefings to be held to their hashes."""
    enqueue("check_briefings", 0)


@shared_task(name="check_briefings")
def check_briefings(job_id: int) -> None:
    """Hold the files of briefings to their hashes (the job's key: the last that was checked)."""
    with claim_job(job_id) as progress:
        if progress:
            check_stored_briefings(after=int(progress.job.key))
