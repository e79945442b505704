"""Metrics are for programs of this machine or with the token, and hold no personal data."""

import os
import subprocess
import sys

import pytest
from django.conf import settings as django_settings
from django.urls import reverse

from tests.authentication import sign_in
from tests.factories import AdministratorFactory, JobFactory, OfficerFactory
from tests.tiptracker.operations.test_health import OUTSIDERS
from tiptracker.jobs.models import State
from tiptracker.mail.models import Mail, MailKind, MailState

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-twenty-and-more-characters"


@pytest.mark.parametrize("outsider", OUTSIDERS, ids=str)
def test_others_are_answered_that_there_is_no_such_page(client, settings, outsider):
    """An administrator in a browser is somebody else too."""
    client.force_login(AdministratorFactory())
    assert client.get(reverse("metrics"), **outsider).status_code == 404

    settings.METRICS_TOKEN = TOKEN
    headers = outsider.get("headers", {})
    for shown in ("Bearer ", f"Bearer {TOKEN[:-1]}", TOKEN):
        refused = client.get(reverse("metrics"), **outsider | {"headers": headers | {"Authorization": shown}})
        assert refused.status_code == 404
    shown = client.get(reverse("metrics"), **outsider | {"headers": headers | {"Authorization": f"Bearer {TOKEN}"}})
    assert shown.status_code == 200


def test_requests_jobs_and_mails_are_counted(client):
    JobFactory(kind="briefing", state=State.FAILED, reason="A reason.")
    waiting = JobFactory(kind="check_files")
    Mail.objects.create(kind=MailKind.NOTICES, queued_at=waiting.queued_at, state=MailState.QUEUED)
    client.get(reverse("glossary"))

    text = client.get(reverse("metrics")).text

    assert 'tiptracker_requests_total{method="GET",status="302",view="glossary"}' in text
    assert 'tiptracker_request_seconds_count{view="glossary"}' in text
    assert 'tiptracker_jobs{kind="briefing",state="failed"} 1.0' in text
    assert 'tiptracker_mails{kind="notices",state="queued"} 1.0' in text
    (age,) = [line for line in text.splitlines() if line.startswith("tiptracker_queue_age_seconds ")]
    assert float(age.split()[1]) > 0


def test_labels_hold_no_personal_data(client):
    person = OfficerFactory(name="Thabo Exercise", email="thabo@post.example")
    sign_in(client, person)
    client.get(reverse("mail_list"), {"q": person.email})
    client.get("/accounts/password/eyJhbGciOiJzZWNyZXQ/")
    client.get("/thabo@post.example/")
    client.generic("THABO", reverse("health"))
    Mail.objects.create(kind=MailKind.NOTICES, person=person, address=person.email, queued_at=person.created_at)

    text = client.get(reverse("metrics")).text.lower()

    assert "thabo" not in text
    assert "eyjh" not in text
    assert "127.0.0.1" not in text
    assert 'view="none"' in text


def test_processes_that_share_a_folder_are_counted_together(tmp_path):
    script = (
        "import django; django.setup()\n"
        "from tiptracker.operations.metrics import REQUESTS\n"
        "REQUESTS.labels('glossary', 'GET', '200').inc()\n"
        "from prometheus_client import CollectorRegistry, generate_latest\n"
        "from prometheus_client.multiprocess import MultiProcessCollector\n"
        "whole = CollectorRegistry(); MultiProcessCollector(whole)\n"
        "print(generate_latest(whole).decode())\n"
    )
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "metrics")}
    for counted in ("1.0", "2.0"):
        done = subprocess.run(
            [sys.executable, "-c", script],
            cwd=django_settings.BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert f'tiptracker_requests_total{{method="GET",status="200",view="glossary"}} {counted}' in done.stdout
