"""`/health/` and `/ready/` say only yes or no to others. This machine also gets the reason."""

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db.migrations.recorder import MigrationRecorder
from django.urls import reverse

from tiptracker.infrastructure.cache import redis_breaker
from tiptracker.operations import health

pytestmark = pytest.mark.django_db

OUTSIDERS = [
    {"REMOTE_ADDR": "192.0.2.7"},
    {"REMOTE_ADDR": "172.18.0.5"},
    {"headers": {"X-Forwarded-For": "192.0.2.7"}},  # through a proxy on the same machine
    {"headers": {"Forwarded": "for=192.0.2.7"}},
    {"REMOTE_ADDR": ""},
]


@pytest.fixture(autouse=True)
def forget_migrations(monkeypatch):
    monkeypatch.setattr(health, "_migrated", set())


def raise_error(*_):
    raise OSError("a secret path")


@pytest.mark.parametrize("name", ["health", "ready"])
@pytest.mark.parametrize("outsider", OUTSIDERS, ids=str)
def test_others_read_no_reason(client, monkeypatch, name, outsider):
    monkeypatch.setattr(redis_breaker, "_is_open", True)
    assert client.get(reverse(name), **outsider).json() == {"status": "ok"}

    monkeypatch.setattr(staticfiles_storage, "stored_name", raise_error)

    answer = client.get(reverse(name), **outsider)
    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable"})


@pytest.mark.parametrize("name", ["health", "ready"])
def test_this_machine_reads_the_reason(client, monkeypatch, name):
    monkeypatch.setattr(staticfiles_storage, "stored_name", raise_error)

    answer = client.get(reverse(name))

    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable", "reason": "static"})


def test_a_process_without_redis_is_ready_because_people_can_work(client, monkeypatch):
    monkeypatch.setattr(redis_breaker, "_is_open", True)
    monkeypatch.setattr(redis_breaker, "_tried_again_at", float("inf"))

    answer = client.get(reverse("ready"))

    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "degraded": ["redis"]})


def test_a_database_without_the_newest_migration_is_healthy_and_not_ready(client):
    newest = MigrationRecorder.Migration.objects.filter(app="operations", name="0002_failed_parts")
    newest.delete()

    assert client.get(reverse("health")).status_code == 200
    answer = client.get(reverse("ready"))
    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable", "reason": "migrations"})

    MigrationRecorder.Migration.objects.create(app="operations", name="0002_failed_parts")
    assert client.get(reverse("ready")).status_code == 200
