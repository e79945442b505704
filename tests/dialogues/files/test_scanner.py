"""The exchange with clamd. No file is given out before it was found clean."""

import socket
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dialogues.actions.files import read_for_download, scan_unscanned_files, store_upload
from dialogues.files import scanner
from dialogues.files.scanner import ScannerUnavailable, scan
from dialogues.models import EvidenceFile
from tests.dialogues.fake_clamd import fake_clamd
from tests.dialogues.sample_files import PDF
from tests.factories import EvidenceFactory, EvidenceFileFactory, FocalPointFactory, OfficerFactory, at_noon
from tests.refusals import refuses, shows_refusal
from tiptracker.audit.append_only import REDACTED
from tiptracker.audit.models import AuditEntry
from tiptracker.celery import app

NOW = at_noon(date(2022, 1, 28))


@pytest.fixture
def closed_address():
    """Return an address where nothing listens."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        yield f"tcp://127.0.0.1:{closed.getsockname()[1]}"


@pytest.mark.parametrize("on_a_path", [False, True], ids=["tcp", "unix"])
@pytest.mark.parametrize(
    ("content", "found"), [(b"", ""), (b"a letter" * 30_000, ""), (b"a" * 100_000 + b"EICAR", "Eicar-Test")]
)
def test_the_scanner_gets_the_whole_file_and_reports_its_finding(on_a_path, content, found, tmp_path):
    with fake_clamd(str(tmp_path / "clamd") if on_a_path else None) as (address, heard):
        assert scan(content, address) == found
    assert heard == [content]


@pytest.mark.parametrize("says", [b"INSTREAM size limit exceeded. ERROR\0", b"stream: ERROR\0", b"\0", b"what?"])
def test_scanner_that_gives_no_verdict_is_not_taken_to_say_clean(says):
    with fake_clamd(reply=says) as (address, _), pytest.raises(ScannerUnavailable):
        scan(b"a letter", address)


def test_scanner_that_is_not_there_or_does_not_answer_is_silent(monkeypatch, closed_address, tmp_path):
    monkeypatch.setattr(scanner, "TIMEOUT_SECONDS", 0.05)
    for address in (closed_address, f"unix://{tmp_path}/nothing"):
        with pytest.raises(ScannerUnavailable):
            scan(b"a letter", address)
    with fake_clamd(reply=None) as (address, _), pytest.raises(ScannerUnavailable, match="timed out"):
        scan(b"a letter", address)


# --- Uploads and downloads --------------------------------------------------------------------------------------------


def letter_upload(content=PDF):
    return SimpleUploadedFile("letter.pdf", content)


@pytest.mark.django_db
def test_upload_is_kept_once_the_scanner_found_it_clean_as_it_was_sent(settings):
    by = OfficerFactory()
    with fake_clamd() as (settings.CLAMD_URL, heard):
        kept = store_upload(upload=letter_upload(), by=by, now=NOW)
    assert heard == [PDF]
    assert kept.scans.values_list("found", "at").get() == ("", NOW)
    assert read_for_download(file=kept, by=by)


@pytest.mark.django_db
def test_upload_with_malware_is_refused_and_not_kept(settings):
    with (
        fake_clamd() as (settings.CLAMD_URL, _),
        refuses("malware", field="files", sentence="“letter.pdf” contains malware (Eicar-Test) and was not saved."),
    ):
        store_upload(upload=letter_upload(PDF + b"%EICAR\n"), by=OfficerFactory(), now=NOW)
    assert not EvidenceFile.objects.exists()


@pytest.mark.django_db
def test_upload_is_refused_while_the_scanner_is_silent(settings, closed_address):
    settings.CLAMD_URL = closed_address
    with refuses(
        "scanner_unavailable",
        field="files",
        sentence="“letter.pdf” was not attached, because the malware check is not available now.",
    ):
        store_upload(upload=letter_upload(), by=FocalPointFactory(), now=NOW)
    assert not EvidenceFile.objects.exists()


@pytest.mark.django_db
def test_file_is_in_quarantine_until_the_scanner_found_it_clean(client, settings, closed_address):
    by, kept = OfficerFactory(), EvidenceFileFactory(content=b"a letter")
    EvidenceFactory(file=kept)
    client.force_login(by)
    address = reverse("evidence_file", args=[kept.pk])
    settings.CLAMD_URL = closed_address
    assert scan_unscanned_files(now=NOW) == 0

    response = client.get(address)
    assert response.status_code == 409
    assert shows_refusal(response, "not_scanned")
    assert "This file has not been checked for malware yet" in response.text.replace("&#x27;", "’")
    assert "a letter" not in response.text
    with fake_clamd() as (settings.CLAMD_URL, _):
        assert (scan_unscanned_files(now=NOW), scan_unscanned_files(now=NOW)) == (1, 0)
        assert b"".join(client.get(address).streaming_content) == b"a letter"


@pytest.mark.django_db
def test_malware_found_in_what_was_kept_before_is_never_given_out_and_is_logged(settings):
    kept, by = EvidenceFileFactory(content=b"EICAR"), OfficerFactory()
    EvidenceFactory(file=kept)
    clean, dropped = EvidenceFileFactory(content=b"a letter"), EvidenceFileFactory(name=REDACTED, content=b"EICAR")
    app.loader.import_default_modules()
    with fake_clamd() as (settings.CLAMD_URL, _):
        app.tasks[settings.CELERY_BEAT_SCHEDULE["unscanned-files"]["task"]]()
    entries = AuditEntry.objects.order_by("number").values_list("verb", "row")
    assert list(entries) == [("file.infected", str(kept.pk)), ("file.scanned", str(clean.pk))]

    settings.CLAMD_URL = ""
    with refuses("malware", sentence="This file contains malware (Eicar-Test), so you cannot"):
        read_for_download(file=kept, by=by)
    assert read_for_download(file=clean, by=by) == b"a letter"
    assert not dropped.scans.exists()
    # The newest word holds: a false alarm is put right by a later scan.
    kept.scans.create(at=NOW + timedelta(days=1))
    assert read_for_download(file=kept, by=by) == b"EICAR"


@pytest.mark.django_db
def test_without_a_scanner_nothing_is_asked():
    EvidenceFileFactory()
    assert scan_unscanned_files(now=NOW) == 0
