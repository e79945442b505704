"""Redis is down or does not answer: people can work, and limits on attempts still apply.

A closed port and a silent server of the test's own stand for it; what is counted is how often it was asked.
"""

import socket
import threading
from contextlib import suppress

import pytest
from django.core.cache import cache, caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from redis.backoff import NoBackoff
from redis.retry import Retry

from dialogues.models import UpdateVersion
from tests.authentication import sign_in
from tests.factories import PASSWORD, BriefingFactory, CommitmentFactory, FocalPointFactory, OfficerFactory
from tiptracker.accounts.models import User
from tiptracker.audit.models import AuditEntry
from tiptracker.celery import app
from tiptracker.infrastructure import task_messages
from tiptracker.infrastructure.cache import redis_breaker
from tiptracker.jobs.actions import enqueue
from tiptracker.jobs.models import Job, State
from tiptracker.web.rate_limits import FALLBACK_DIVISOR, RateLimit

pytestmark = pytest.mark.django_db
MAX_TRIES = 2
"""How often Redis may be asked by a request, or many of them: once by a cache, once by whoever was just before it."""


@pytest.fixture(params=["down", "hung"])
def unavailable_redis(request, settings, monkeypatch):
    """A Redis that doesn't answer; a list of the connections that it was asked for (of one that is hung)."""
    taken = []
    accepting = None
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
        if request.param == "hung":

            def take():
                with suppress(OSError):
                    while True:
                        taken.append(listener.accept()[0])

            accepting = threading.Thread(target=take)
            accepting.start()
        else:
            listener.close()
        waits = {"socket_connect_timeout": 0.05, "socket_timeout": 0.05}
        shared = {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": url,
            "OPTIONS": waits | {"retry": Retry(NoBackoff(), 0)},
        }
        settings.CACHES = settings.CACHES | {"shared": shared}
        connection = app.connection_for_write(url, transport_options=task_messages.SENDER_OPTIONS | waits)
        monkeypatch.setattr(task_messages, "sender_connection", lambda: connection)
        monkeypatch.setattr(redis_breaker, "pause", 3600.0)
        yield taken
        if accepting:
            listener.shutdown(socket.SHUT_RDWR)  # wakes the thread, which closing does not
            accepting.join()
    for taken_socket in taken:
        taken_socket.close()
    redis_breaker.answered()


def test_somebody_signs_in_and_sends_an_update_with_a_file(unavailable_redis, client):
    own = FocalPointFactory()
    promise = CommitmentFactory(ministry=own.ministry)
    update = {
        "title": "Work went on", "narrative": "We typed this for an hour.", "claimed": "under_way",
        "happened_to": "2022-01-28", "through_on": "2022-01-28", "done_by": "government",
    }  # fmt: skip

    assert sign_in(client, own).status_code == 302
    sent = client.post(
        reverse("update_send", args=[promise.pk]), update | {"files": SimpleUploadedFile("letter.txt", b"A letter.")}
    )

    assert sent.status_code == 302
    assert UpdateVersion.objects.get().narrative == "We typed this for an hour."
    assert len(unavailable_redis) <= MAX_TRIES


def test_a_briefing_is_taken(unavailable_redis):
    briefing = BriefingFactory(pdf=b"%PDF-1.7\n")
    client = Client()
    client.force_login(OfficerFactory())

    taken = client.get(reverse("briefing_file", args=[briefing.pk]))

    assert (taken.status_code, taken.getvalue()) == (200, b"%PDF-1.7\n")
    assert len(unavailable_redis) <= MAX_TRIES


def test_a_job_waits_as_a_row(unavailable_redis, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        jobs = [enqueue("readiness", key) for key in range(10)]

    assert set(Job.objects.filter(pk__in=[job.pk for job in jobs]).values_list("state", flat=True)) == {State.QUEUED}
    assert len(unavailable_redis) <= MAX_TRIES


def test_a_forgotten_password_is_a_job_that_waits(unavailable_redis, client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        asked = client.post(reverse("password_forgotten"), {"email": OfficerFactory().email})

    assert asked.status_code == 302
    assert Job.objects.filter(kind="send_mail", state=State.QUEUED).count() == 1
    assert len(unavailable_redis) <= MAX_TRIES


def test_many_questions_of_one_request_ask_redis_once(unavailable_redis):
    for number in range(10):
        cache.set(f"key-{number}", number)

    assert [cache.get(f"key-{number}") for number in range(10)] == list(range(10))
    assert len(unavailable_redis) <= 1


def test_lock_outs_hold(unavailable_redis, client):
    """… also where the cache was emptied, and in another process."""
    officer = OfficerFactory()
    for _ in range(5):
        assert sign_in(client, officer, "a wrong password").status_code == 200
    cache.clear()
    caches["default"]._memory.clear()

    refused = sign_in(Client(), officer)

    assert refused.status_code != 302
    assert AuditEntry.objects.filter(verb="person.locked_out").count() == 1


def test_limits_are_stricter_while_each_process_counts_by_itself(unavailable_redis, settings, rf):
    settings.LIMITS = settings.LIMITS | {"exports": "40/h"}
    request = rf.get("/")
    request.user = User(pk=7)

    may = [RateLimit("exports").allow_request(request) for _ in range(40)]

    assert may == [True] * (40 // FALLBACK_DIVISOR) + [False] * (40 - 40 // FALLBACK_DIVISOR)


def test_emptied_cache_does_not_end_a_lock_out(client):
    officer = OfficerFactory()
    for _ in range(5):
        sign_in(client, officer, "a wrong password")
    caches["shared"].clear()
    cache.clear()

    assert sign_in(client, officer, PASSWORD).status_code != 302


def test_sign_in_works_on_a_full_disk(client, monkeypatch):
    """Where there is no Redis, the cache is a folder of files."""

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("django.core.cache.backends.filebased.FileBasedCache.set", full)
    monkeypatch.setattr("django.core.cache.backends.filebased.FileBasedCache.add", full)

    assert sign_in(client, OfficerFactory()).status_code == 302
    redis_breaker.answered()


def test_redis_is_asked_again_once_it_is_back(unavailable_redis, settings, monkeypatch):
    cache.set("key", 1)
    assert redis_breaker.is_open

    settings.CACHES = settings.CACHES | {"shared": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    monkeypatch.setattr(redis_breaker, "pause", 0.0)
    redis_breaker.failed()
    cache.set("key", 2)

    assert not redis_breaker.is_open
    assert caches["shared"].get("key") == 2
