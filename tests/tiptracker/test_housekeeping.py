"""The nightly removal deletes only rows and files that are over and not referenced."""

import json
import os
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from tests.authentication import sign_in
from tests.factories import (
    BriefingFactory,
    EvidenceFileFactory,
    JobFactory,
    NoticeFactory,
    OfficerFactory,
)
from tiptracker import clock, housekeeping
from tiptracker.audit.models import AuditEntry
from tiptracker.celery import app
from tiptracker.jobs.models import Job, State
from tiptracker.mail.actions import queue_mail
from tiptracker.mail.models import Mail, MailKind, MailState
from tiptracker.notifications.choices import NoticeKind
from tiptracker.notifications.models import Notice

pytestmark = pytest.mark.django_db


def time_ago(**span):
    return timezone.now() - timedelta(**span)


def remove_expired():
    return housekeeping.remove_expired(now=timezone.now())


def store_file_aged(name, *, days):
    """A file in the storage, as old as that."""
    return set_age(default_storage.save(name, ContentFile(b"kept")), days=days)


def set_age(stored, *, days):
    then = time_ago(days=days).timestamp()
    os.utime(default_storage.path(stored), (then, then))
    return stored


@pytest.fixture(autouse=True)
def storage(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


def test_it_is_called_every_night(run_jobs):
    assert app.conf.beat_schedule["housekeeping"]["task"] in app.tasks


def test_jobs_that_ended_long_ago_go_and_those_that_wait_or_that_a_briefing_names_stay(settings):
    old = time_ago(days=settings.JOBS_KEPT_DAYS + 1)
    gone = JobFactory(state=State.READY, finished_at=old)
    named = JobFactory(state=State.FAILED, reason="It failed.", finished_at=old)
    BriefingFactory(job=named)
    stay = {
        named.pk,
        JobFactory(state=State.READY, finished_at=time_ago(days=settings.JOBS_KEPT_DAYS - 1)).pk,
        JobFactory(state=State.QUEUED, queued_at=old).pk,
    }

    assert remove_expired().jobs == 1
    assert set(Job.objects.values_list("pk", flat=True)) >= stay
    assert not Job.objects.filter(pk=gone.pk).exists()
    assert remove_expired().jobs == 0


def test_mails_that_ended_long_ago_go_and_those_that_wait_stay(settings):
    old = time_ago(days=settings.MAILS_KEPT_DAYS + 1)
    with transaction.atomic():
        gone, new, waiting = (queue_mail(MailKind.SIGN_IN_CHANGED, person=OfficerFactory()) for _ in range(3))
    Mail.objects.filter(pk=gone.pk).update(state=MailState.SENT, finished_at=old)
    Mail.objects.filter(pk=new.pk).update(state=MailState.SENT, finished_at=time_ago(days=1))
    Mail.objects.filter(pk=waiting.pk).update(queued_at=old)

    assert remove_expired().mails == 1
    assert set(Mail.objects.values_list("pk", flat=True)) == {new.pk, waiting.pk}


def test_notices_of_what_was_settled_long_ago_go_and_those_of_what_still_holds_stay(settings):
    old, yesterday = (clock.to_domain_time(time_ago(days=days)) for days in (settings.NOTICES_KEPT_DAYS + 1, 1))
    NoticeFactory(occurred_at=old, settled_at=old)
    NoticeFactory(kind=NoticeKind.UPDATE_ACCEPTED, occurred_at=old)
    stay = {
        NoticeFactory(occurred_at=old).pk,  # still overdue
        NoticeFactory(occurred_at=old, settled_at=yesterday).pk,
        NoticeFactory(kind=NoticeKind.UPDATE_ACCEPTED, occurred_at=yesterday).pk,
    }

    assert remove_expired().notices == 2
    assert set(Notice.objects.values_list("pk", flat=True)) == stay


def test_expired_sessions_are_removed_and_live_ones_stay(client):
    sign_in(client, OfficerFactory())
    here = client.session.session_key
    Session.objects.create(session_key="over", session_data="", expire_date=time_ago(minutes=1))
    UserSession.objects.create(session_key="over", user=OfficerFactory(), ip="127.0.0.1", user_agent="")
    UserSession.objects.filter(session_key="over").update(created_at=time_ago(days=2))

    assert remove_expired().sessions == 1
    assert list(Session.objects.values_list("session_key", flat=True)) == [here]
    assert list(UserSession.objects.values_list("session_key", flat=True)) == [here]


def test_old_files_that_no_row_names_go_and_new_ones_stay_for_their_row(settings):
    """A file is written before its row."""
    days = settings.ORPHAN_FILES_KEPT_DAYS
    orphan, fresh = store_file_aged("evidence/ab/orphan", days=days + 1), store_file_aged("evidence/ab/fresh", days=0)
    named = set_age(EvidenceFileFactory().file.name, days=days + 1)
    briefing = set_age(BriefingFactory(pdf=b"%PDF").file.name, days=days + 1)

    assert remove_expired().files == 1
    assert not default_storage.exists(orphan)
    assert all(default_storage.exists(name) for name in (fresh, named, briefing))
    assert remove_expired().files == 0


def test_file_whose_row_was_saved_meanwhile_is_kept(settings, monkeypatch):
    """It is asked for once more as it goes."""
    orphan = store_file_aged("evidence/ab/orphan", days=settings.ORPHAN_FILES_KEPT_DAYS + 1)
    modified = default_storage.get_modified_time

    def meanwhile(name):
        EvidenceFileFactory(file=orphan)
        return modified(name)

    monkeypatch.setattr(default_storage, "get_modified_time", meanwhile)

    assert remove_expired().files == 0
    assert default_storage.exists(orphan)


def test_files_of_another_database_are_left_alone(settings, monkeypatch, caplog):
    monkeypatch.setattr(housekeeping, "MIN_SUSPICIOUS_ORPHANS", 3)
    for number in range(4):
        store_file_aged(f"evidence/ab/{number}", days=settings.ORPHAN_FILES_KEPT_DAYS + 1)

    assert remove_expired().files == 0
    assert "MEDIA_ROOT and DATABASE_URL belong together" in caplog.text


def test_files_of_the_cache_that_ran_out_go(settings, tmp_path):
    location = {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": tmp_path / "cache"}
    settings.CACHES = settings.CACHES | {"shared": location}
    caches["shared"].set("over", 1, timeout=0.001)
    caches["shared"].set("kept", 2)

    assert remove_expired().cached == 1
    assert caches["shared"].get("kept") == 2


def test_the_log_has_how_many_were_removed_and_nothing_of_a_night_without():
    remove_expired()
    assert not AuditEntry.objects.filter(verb="housekeeping.done").exists()
    JobFactory(state=State.READY, finished_at=time_ago(days=400))

    remove_expired()

    entry = AuditEntry.objects.get(verb="housekeeping.done")
    assert json.loads(entry.detail.after)["jobs"] == 1
    assert (entry.by, entry.country) == (None, None)


def test_batches_are_bounded_and_continue_the_next_night(monkeypatch):
    monkeypatch.setattr(housekeeping, "BATCH_SIZE", 2)
    monkeypatch.setattr(housekeeping, "MAX_BATCHES", 2)
    for _ in range(5):
        JobFactory(state=State.READY, finished_at=time_ago(days=400))

    assert [remove_expired().jobs, remove_expired().jobs] == [4, 1]
