"""What a real worker logs."""

import json

from tests.running_server import serve
from tests.tiptracker.jobs.test_worker import wait_for
from tiptracker.infrastructure.log_lines import request_number
from tiptracker.jobs.actions import enqueue
from tiptracker.jobs.models import State


def test_lines_of_a_job_have_its_number_and_that_of_the_request_that_queued_it(fresh_database):
    """A real worker is told both by the message."""
    with serve(fresh_database, LOG_FORMAT="json") as live:
        before = request_number.set("0a1b2c3d4e")
        job = enqueue("readiness", 1_000_000)
        request_number.reset(before)
        wait_for(job, State.FAILED)
        logged = live.log.read_text().splitlines()

    lines = [json.loads(line) for line in logged if line.startswith("{")]
    (of_job,) = [line for line in lines if line.get("job") == job.pk and line["level"] == "ERROR"]
    assert of_job["request"] == "0a1b2c3d4e"
    assert "Traceback" in of_job["traceback"]
    assert [line for line in lines if line["message"].startswith("celery@") and "job" in line] == []
