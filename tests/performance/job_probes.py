"""What the processes of `faults_jobs.py` do: ask for jobs that do nothing, and note the moments."""

import os
import time
from pathlib import Path

from celery import shared_task
from django.db import transaction

from tiptracker.audit.actions import record
from tiptracker.jobs.actions import claim_job, enqueue


def note(name: str, *values: object) -> None:
    """Add a line to a file of the measurement's folder. A line so short is written whole, whoever else writes."""
    with Path(os.environ["VAR_DIR"], name).open("a") as lines:
        lines.write(" ".join(map(str, values)) + "\n")


@shared_task(name="probe")
def probe(job_id: int) -> None:
    """A job that does nothing: when it was begun, and when the worker was free again."""
    with claim_job(job_id) as progress:
        begun = time.time()
    if progress:
        note("done", job_id, begun, time.time())


def send(sender: str, jobs: int, pause: float) -> None:
    """Ask for jobs, each in a transaction that adds an entry to the log besides, as an action does."""
    for number in range(jobs):
        with transaction.atomic():
            record("person.sign_in_refused", by=None, after={"with": ["webauthn"]})
            job = enqueue("probe", f"{sender}-{number}")
        note("asked", job.pk, time.time())
        time.sleep(pause)
