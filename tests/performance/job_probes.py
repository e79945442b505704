"""What processes of the measurements and trials do: ask for jobs that do nothing, and note the moments."""

import os
import sys
import time
from pathlib import Path

from celery import shared_task
from django.db import Error, close_old_connections, transaction

from tiptracker.audit.actions import record
from tiptracker.jobs.actions import claim_job, enqueue, enqueue_new, requeue_lost_jobs


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


@shared_task(name="long_probe")
def long_probe(job_id: int) -> None:
    """A job that takes half a second: who began and ended it, and when."""
    with claim_job(job_id) as progress:
        if progress:
            note("begun", job_id, os.getpid(), time.monotonic())
            time.sleep(0.5)
            note("done", job_id, os.getpid(), time.monotonic())


def send_on_request() -> None:
    """Ask for a job for each line of the standard input, as often as it takes until it is committed. Answer the line.

    A job of a line “silent” has no message: the schedule has to find it. “look” looks for lost jobs once.
    """
    number = 0
    for line in sys.stdin:
        is_done = False
        while not is_done:
            number += 1
            try:
                ask(line.strip(), f"{os.getpid()}-{number}")
                is_done = True
            except Error:
                time.sleep(0.1)
            close_old_connections()
        sys.stdout.write("done\n")
        sys.stdout.flush()


def ask(how: str, key: str) -> None:
    if how == "look":
        requeue_lost_jobs()
        return
    with transaction.atomic():
        if how == "silent":
            enqueue_new("long_probe", [key])
        else:
            enqueue("long_probe", key)
    note("asked", key, time.monotonic())


def send(sender: str, jobs: int, pause: float) -> None:
    """Ask for jobs, each in a transaction that adds an entry to the log besides, as an action does."""
    for number in range(jobs):
        with transaction.atomic():
            record("person.sign_in_refused", by=None, after={"with": ["webauthn"]})
            job = enqueue("probe", f"{sender}-{number}")
        note("asked", job.pk, time.time())
        time.sleep(pause)
