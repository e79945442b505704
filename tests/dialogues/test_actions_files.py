"""Keeping what was uploaded."""

import hashlib
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from dialogues.actions import drop_unsent, keep_upload
from dialogues.actions.files import UNSENT_FOR, refuse_unless_own_and_unsent
from dialogues.cleaning import clean
from dialogues.models import EvidenceFile
from tests.dialogues.samples import PDF
from tests.factories import (
    AdministratorFactory,
    AmbassadorFactory,
    EvidenceFactory,
    FocalPointFactory,
    ObserverFactory,
    OfficerFactory,
    at_noon,
)
from tests.refusing import refuses
from tiptracker.audit.append_only import REDACTED
from tiptracker.audit.models import AuditEntry
from tiptracker.celery import app

pytestmark = pytest.mark.django_db

NOW = at_noon(date(2022, 1, 28))


def upload(content=PDF, name="../a letter.pdf"):
    return SimpleUploadedFile(name, content, "application/pdf")


def stored_files():
    """How many files lie in the store."""
    return sum(path.is_file() for path in Path(default_storage.path("")).rglob("*"))


@pytest.mark.parametrize("factory", [OfficerFactory, FocalPointFactory])
def test_upload_is_kept_under_a_name_that_tells_nothing(factory):
    by = factory()
    kept = EvidenceFile.objects.get(pk=keep_upload(upload=upload(), by=by, now=NOW).pk)

    cleaned = clean(PDF, ".pdf").content
    assert (kept.name, kept.media_type, kept.size) == ("a letter.pdf", "application/pdf", len(cleaned))
    assert (kept.uploaded_by, kept.uploaded_at) == (by, NOW)
    assert kept.received_sha256 == hashlib.sha256(PDF).hexdigest()
    assert kept.stored_sha256 == hashlib.sha256(cleaned).hexdigest()
    with kept.file.open() as content:
        assert content.read() == cleaned
    assert "letter" not in kept.file.name
    assert "pdf" not in kept.file.name
    assert list(EvidenceFile.objects.visible_to(by)) == [kept]


def test_upload_is_logged_for_the_country_of_who_sent_it():
    by = FocalPointFactory()
    kept = keep_upload(upload=upload(), by=by, now=NOW)

    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.row, entry.by, entry.country) == ("file.kept", str(kept.pk), by, by.ministry.country)


@pytest.mark.parametrize("factory", [AmbassadorFactory, ObserverFactory, AdministratorFactory])
def test_who_writes_no_facts_uploads_nothing(factory):
    with pytest.raises(PermissionDenied):
        keep_upload(upload=upload(), by=factory(), now=NOW)


def test_refused_upload_leaves_nothing_behind():
    before = stored_files()

    with refuses("its content is damaged or something else", field="files"):
        keep_upload(upload=upload(b"not a PDF at all"), by=OfficerFactory(), now=NOW)
    assert stored_files() == before
    assert not EvidenceFile.objects.exists()


def test_upload_that_cannot_be_recorded_is_taken_out_of_the_store(monkeypatch):
    def fails(*args, **kwargs):
        raise RuntimeError("the log is full")

    monkeypatch.setattr("dialogues.actions.files.record", fails)
    before = stored_files()

    with pytest.raises(RuntimeError):
        keep_upload(upload=upload(), by=OfficerFactory(), now=NOW)
    assert stored_files() == before
    assert not EvidenceFile.objects.exists()


# --- What nobody sent -------------------------------------------------------------------------------------------------

TOO_LONG_AGO = NOW - UNSENT_FOR - timedelta(minutes=1)


def test_what_nobody_sent_in_two_days_is_dropped():
    by = FocalPointFactory()
    old = keep_upload(upload=upload(name="a victim.pdf"), by=by, now=TOO_LONG_AGO)
    cited = keep_upload(upload=upload(), by=by, now=TOO_LONG_AGO)
    EvidenceFactory(file=cited)
    new = keep_upload(upload=upload(), by=by, now=NOW - UNSENT_FOR + timedelta(minutes=1))

    assert (drop_unsent(now=NOW), drop_unsent(now=NOW)) == (1, 0)

    old.refresh_from_db()
    assert not default_storage.exists(old.file.name)
    assert (old.name, old.received_sha256) == (REDACTED, hashlib.sha256(PDF).hexdigest())
    assert default_storage.exists(cited.file.name)
    assert default_storage.exists(new.file.name)
    assert AuditEntry.objects.filter(verb="file.dropped").values_list("row", "country").get() == (
        str(old.pk),
        by.ministry.country_id,
    )


def test_what_was_dropped_can_be_neither_opened_nor_sent():
    by = FocalPointFactory()
    old = keep_upload(upload=upload(), by=by, now=TOO_LONG_AGO)
    drop_unsent(now=NOW)

    assert not EvidenceFile.objects.visible_to(by).exists()
    with refuses("Attach it again", field="files"):
        refuse_unless_own_and_unsent([old], by)


def test_every_night_the_worker_drops_what_nobody_sent(settings):
    old = keep_upload(upload=upload(), by=OfficerFactory(), now=TOO_LONG_AGO - timedelta(days=1))
    app.loader.import_default_modules()
    app.tasks[settings.CELERY_BEAT_SCHEDULE["unsent-files"]["task"]]()

    assert not default_storage.exists(old.file.name)
