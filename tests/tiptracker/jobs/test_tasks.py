import pytest

from reports import tasks
from tests.factories import JobFactory
from tiptracker.jobs.models import Job, State

pytestmark = pytest.mark.django_db


def test_a_job_task_does_each_job_once(monkeypatch):
    checked = []
    monkeypatch.setattr(tasks, "check_stored_briefings", lambda *, after: checked.append(after))
    job = JobFactory(kind="check_briefings", key="7")

    tasks.check_briefings(job.pk)
    tasks.check_briefings(job.pk)

    assert checked == [7]
    assert Job.objects.get(pk=job.pk).state == State.READY
    assert tasks.check_briefings.name == "check_briefings"
