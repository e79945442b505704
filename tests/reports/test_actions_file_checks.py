"""The files of briefings are compared with their hashes at each download and every night."""

from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from reports.models import BriefingDownload
from tests.factories import BriefingFactory, OfficerFactory
from tests.refusals import shows_refusal
from tiptracker.audit.models import AuditEntry
from tiptracker.celery import app
from tiptracker.jobs.models import State

pytestmark = pytest.mark.django_db


def delete_file(briefing):
    Path(default_storage.path(briefing.file.name)).unlink()


def alter_file(briefing):
    Path(default_storage.path(briefing.file.name)).write_bytes(b"%PDF-1.7 something else")


FILE_FAULTS = [
    (delete_file, "missing", "We cannot find this file on the server."),
    (alter_file, "altered", "This file was altered after it was saved"),
]


@pytest.mark.parametrize(("harm", "fault", "sentence"), FILE_FAULTS)
def test_an_altered_briefing_file_cannot_be_downloaded(harm, fault, sentence):
    briefing, officer, client = BriefingFactory(pdf=b"%PDF-1.7 made"), OfficerFactory(), Client()
    client.force_login(officer)
    harm(briefing)

    page = client.get(reverse("briefing_file", args=[briefing.pk]))
    answer = client.get(reverse("briefing-file", args=[briefing.pk]))

    assert (page.status_code, answer.status_code) == (409, 409)
    assert shows_refusal(page, f"file_{fault}")
    assert answer.json()["code"] == f"file_{fault}"
    assert sentence in answer.json()["detail"]
    assert list(AuditEntry.objects.values_list("verb", "row")) == [(f"briefing.{fault}", str(briefing.pk))]
    assert not BriefingDownload.objects.exists()


def test_every_night_a_job_names_the_briefings_whose_file_is_not_as_it_was_made(settings, run_jobs):
    sound, lost, altered = (BriefingFactory(pdf=f"%PDF-1.7 {number}".encode()) for number in range(3))
    task = app.tasks[settings.CELERY_BEAT_SCHEDULE["kept-briefings"]["task"]]
    task()
    assert [job.state for job in run_jobs()] == [State.READY]

    delete_file(lost)
    alter_file(altered)
    task()

    (job,) = run_jobs()
    assert job.state == State.FAILED
    assert job.reason.startswith(f"2 briefings are missing or altered (numbers: {lost.pk}, {altered.pk}")
    assert str(sound.pk) not in job.reason.partition("number")[2].partition(")")[0].split(", ")
    assert list(AuditEntry.objects.values_list("verb", "row")) == [
        ("briefing.missing", str(lost.pk)),
        ("briefing.altered", str(altered.pk)),
    ]
