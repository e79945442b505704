"""Store uploaded files."""

import hashlib
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from dialogues.actions.files import (
    UNSENT_LIFETIME,
    check_stored_files,
    delete_unsent_files,
    read_for_download,
    refuse_oversized_total,
    refuse_unless_own_and_unsent,
    store_upload,
)
from dialogues.files.sanitizers.file_types import sanitize_file
from dialogues.models import EvidenceFile
from tests.dialogues.sample_files import PDF
from tests.factories import (
    AdministratorFactory,
    AmbassadorFactory,
    EvidenceFactory,
    EvidenceFileFactory,
    FocalPointFactory,
    ObserverFactory,
    OfficerFactory,
    at_noon,
)
from tests.refusals import refuses
from tiptracker.audit.append_only import REDACTED
from tiptracker.audit.models import AuditEntry
from tiptracker.celery import app
from tiptracker.file_integrity import MIN_FILES_FOR_MACHINE_FAULT
from tiptracker.jobs.models import State

pytestmark = pytest.mark.django_db

NOW = at_noon(date(2022, 1, 28))


def letter_upload(content=PDF, name="../a letter.pdf"):
    return SimpleUploadedFile(name, content, "application/pdf")


def count_stored_files():
    """Return the number of files in the storage."""
    return sum(path.is_file() for path in Path(default_storage.path("")).rglob("*"))


@pytest.mark.parametrize("factory", [OfficerFactory, FocalPointFactory])
def test_an_upload_is_stored_under_a_random_name(factory):
    by = factory()
    file = EvidenceFile.objects.get(pk=store_upload(upload=letter_upload(), by=by, now=NOW).pk)

    cleaned = sanitize_file(PDF, ".pdf").content
    assert (file.name, file.media_type, file.size) == ("a letter.pdf", "application/pdf", len(cleaned))
    assert (file.uploaded_by, file.uploaded_at) == (by, NOW)
    assert file.received_sha256 == hashlib.sha256(PDF).hexdigest()
    assert file.stored_sha256 == hashlib.sha256(cleaned).hexdigest()
    with file.file.open() as content:
        assert content.read() == cleaned
    assert "letter" not in file.file.name
    assert "pdf" not in file.file.name
    assert list(EvidenceFile.objects.visible_to(by)) == [file]


def test_an_upload_is_logged_for_the_country_of_its_uploader():
    by = FocalPointFactory()
    file = store_upload(upload=letter_upload(), by=by, now=NOW)

    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.row, entry.by, entry.country) == ("file.kept", str(file.pk), by, by.ministry.country)


@pytest.mark.parametrize("factory", [AmbassadorFactory, ObserverFactory, AdministratorFactory])
def test_only_officers_and_focal_points_upload(factory):
    with pytest.raises(PermissionDenied):
        store_upload(upload=letter_upload(), by=factory(), now=NOW)


def test_refused_upload_leaves_nothing_behind():
    before = count_stored_files()

    with refuses("file_rejected", field="files"):
        store_upload(upload=letter_upload(b"not a PDF at all"), by=OfficerFactory(), now=NOW)
    assert count_stored_files() == before
    assert not EvidenceFile.objects.exists()


def test_an_upload_that_cannot_be_recorded_is_deleted_from_storage(monkeypatch):
    def fails(*args, **kwargs):
        raise RuntimeError("the log is full")

    monkeypatch.setattr("dialogues.actions.files.record", fails)
    before = count_stored_files()

    with pytest.raises(RuntimeError):
        store_upload(upload=letter_upload(), by=OfficerFactory(), now=NOW)
    assert count_stored_files() == before
    assert not EvidenceFile.objects.exists()


# --- What nobody sent -------------------------------------------------------------------------------------------------

TOO_LONG_AGO = NOW - UNSENT_LIFETIME - timedelta(minutes=1)


def test_unsent_files_are_deleted_after_two_days():
    by = FocalPointFactory()
    old = store_upload(upload=letter_upload(name="a victim.pdf"), by=by, now=TOO_LONG_AGO)
    cited = store_upload(upload=letter_upload(), by=by, now=TOO_LONG_AGO)
    EvidenceFactory(file=cited)
    new = store_upload(upload=letter_upload(), by=by, now=NOW - UNSENT_LIFETIME + timedelta(minutes=1))

    assert (delete_unsent_files(now=NOW), delete_unsent_files(now=NOW)) == (1, 0)

    old.refresh_from_db()
    assert not default_storage.exists(old.file.name)
    assert (old.name, old.received_sha256) == (REDACTED, hashlib.sha256(PDF).hexdigest())
    assert default_storage.exists(cited.file.name)
    assert default_storage.exists(new.file.name)
    assert AuditEntry.objects.filter(verb="file.dropped").values_list("row", "country").get() == (
        str(old.pk),
        by.ministry.country_id,
    )


def test_a_deleted_unsent_file_can_be_neither_opened_nor_sent():
    by = FocalPointFactory()
    old = store_upload(upload=letter_upload(), by=by, now=TOO_LONG_AGO)
    delete_unsent_files(now=NOW)

    assert not EvidenceFile.objects.visible_to(by).exists()
    with (
        refuses("already_sent", field="files", sentence="has already been sent. If it proves this as well"),
        transaction.atomic(),
    ):
        refuse_unless_own_and_unsent([old], by)


def test_the_worker_deletes_unsent_files_every_night(settings):
    old = store_upload(upload=letter_upload(), by=OfficerFactory(), now=TOO_LONG_AGO - timedelta(days=1))
    app.loader.import_default_modules()
    app.tasks[settings.CELERY_BEAT_SCHEDULE["unsent-files"]["task"]]()

    assert not default_storage.exists(old.file.name)


# --- How much ---------------------------------------------------------------------------------------------------------


def test_files_beyond_the_storage_limit_of_a_ministry_are_refused(settings):
    by, size = FocalPointFactory(), len(sanitize_file(PDF, ".pdf").content)
    EvidenceFileFactory(uploaded_by=FocalPointFactory(), content=b"a" * 5000)
    EvidenceFileFactory(uploaded_by=by, name=REDACTED, content=b"dropped" * 1000)
    EvidenceFactory(
        file=EvidenceFileFactory(uploaded_by=FocalPointFactory(ministry=by.ministry, email="b@example.com"))
    )
    settings.UPLOAD_MAX_MINISTRY_BYTES = size + 15

    file = store_upload(upload=letter_upload(), by=by, now=NOW)
    before = count_stored_files()
    with refuses(
        "quota_exceeded",
        field="files",
        sentence="There is no room for “a letter.pdf”: your ministry has used all of its 0 MB.",
    ):
        store_upload(upload=letter_upload(), by=by, now=NOW)
    assert store_upload(upload=letter_upload(), by=OfficerFactory(), now=NOW)
    assert list(EvidenceFile.objects.filter(uploaded_by=by).exclude(name=REDACTED)) == [file]
    assert count_stored_files() == before + 1


def test_the_total_size_of_files_of_an_update_is_limited(settings):
    files = [EvidenceFileFactory(content=b"a" * 512 * 1024) for _ in range(2)]
    settings.UPLOAD_MAX_UPDATE_BYTES = 1024 * 1024

    refuse_oversized_total(files)
    with refuses(
        "too_large",
        field="files",
        sentence="The files together have 1 MB. The limit for one update is 1 MB. Send some of them",
    ):
        refuse_oversized_total([*files, EvidenceFileFactory(content=b"a")])


# --- As it was kept ---------------------------------------------------------------------------------------------------


def alter_content(file, content=b"another letter"):
    Path(default_storage.path(file.file.name)).write_bytes(content)


def test_a_download_returns_the_stored_content_and_is_logged():
    file, by = EvidenceFileFactory(content=b"a letter"), OfficerFactory()

    assert read_for_download(file=file, by=by) == b"a letter"
    assert AuditEntry.objects.values_list("verb", "by", "row").get() == ("file.taken", by.pk, str(file.pk))


def delete_content(file):
    default_storage.delete(file.file.name)


@pytest.mark.parametrize(
    ("harm", "fault", "sentence"),
    [
        (
            alter_content,
            "altered",
            "This file was altered after it was saved, so we do not show it. Tell your administrator",
        ),
        (delete_content, "missing", "We cannot find this file on the server. Tell your"),
    ],
)
def test_an_altered_or_missing_file_is_refused_and_logged_once(harm, fault, sentence, caplog):
    file, by = EvidenceFileFactory(content=b"a letter"), OfficerFactory()
    EvidenceFactory(file=file)
    harm(file)

    for _ in range(3):
        with refuses(f"file_{fault}", sentence=sentence):
            read_for_download(file=file, by=by)
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.by, entry.row, entry.country) == (
        f"file.{fault}",
        by,
        str(file.pk),
        file.evidence.get().country,
    )
    assert f"File {file.pk} is {fault}" in caplog.text


def test_the_nightly_job_names_altered_files(settings, run_jobs, monkeypatch):
    sound, altered, gone = (EvidenceFileFactory(content=b"a letter") for _ in range(3))
    EvidenceFileFactory(name=REDACTED, file="evidence/dropped")
    task = app.tasks[settings.CELERY_BEAT_SCHEDULE["kept-files"]["task"]]
    task()
    assert {job.state for job in run_jobs()} == {State.READY}

    alter_content(altered)
    default_storage.delete(gone.file.name)
    # Small runs: the second file is the last of the first run, the third is found by the next.
    monkeypatch.setattr("dialogues.actions.files.MAX_BYTES_PER_CHECK", sound.size + 1)
    task()
    first, second = run_jobs()
    assert (first.state, second.state) == (State.FAILED, State.FAILED)
    assert first.reason.startswith(f"1 kept file is missing or altered (number: {altered.pk}).")
    assert f"(number: {gone.pk}). Restore it from a backup" in second.reason
    assert list(AuditEntry.objects.values_list("verb", "row")) == [
        ("file.altered", str(altered.pk)),
        ("file.missing", str(gone.pk)),
    ]


def test_altered_files_are_counted(caplog):
    for file in (EvidenceFileFactory(), EvidenceFileFactory()):
        alter_content(file)

    with refuses("files_missing_or_altered", sentence="2 kept files are missing or altered"):
        check_stored_files()


def test_a_server_without_the_storage_reports_itself_and_not_each_file():
    for _ in range(MIN_FILES_FOR_MACHINE_FAULT):
        delete_content(EvidenceFileFactory(content=b"a letter"))

    with refuses("all_files_missing", sentence=f"None of {MIN_FILES_FOR_MACHINE_FAULT} kept files is on this machine."):
        check_stored_files()
    assert not AuditEntry.objects.exists()
