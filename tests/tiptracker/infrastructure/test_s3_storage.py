"""Files in a bucket of an S3-compatible store, on a real server."""

import io
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from html import unescape
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from dialogues.actions.files import check_stored_files
from dialogues.actions.redactions import confirm_redaction, finish_redaction, propose_redaction
from dialogues.models import EvidenceFile, Redaction, UpdateVersion
from tests.dialogues.sample_files import PDF
from tests.factories import (
    AmbassadorFactory,
    BriefingFactory,
    CommitmentFactory,
    CountryFactory,
    EvidenceFactory,
    EvidenceFileFactory,
    FocalPointFactory,
    OfficerFactory,
    at_noon,
)
from tests.refusals import shows_refusal
from tests.running_server import free_port
from tests.s3_server import VERSIONED_BUCKET
from tests.tiptracker.web.test_unavailable import TYPED, csrf_token, form_fields, strict_client
from tiptracker.audit.append_only import REDACTED
from tiptracker.audit.models import AuditEntry
from tiptracker.housekeeping import remove_orphan_files
from tiptracker.infrastructure.outages import FILES_UNREACHABLE
from tiptracker.infrastructure.s3_storage import S3FileStorage
from tiptracker.infrastructure.storage import AtomicFileStorage, StorageUnavailableError, stored_names
from tiptracker.management.commands.copy_files import CHECKS

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

NOW = at_noon(date(2022, 1, 28))
ODD_NAMES = [
    "a b/ü é/“quoted” & +plus.pdf",
    "percent%20sign",
    "question?mark=#1",
    "evidence/ab/0123",
    "ends with a dot.",
]


@pytest.fixture
def use_bucket(s3_server, settings):
    """Store files in a new folder of the bucket, as FILES_URL does. Call it with other options to break the store."""
    options = s3_server.options()

    def use(**changes):
        backend = "tiptracker.infrastructure.s3_storage.S3FileStorage"
        settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": backend, "OPTIONS": options | changes}}
        return storages["default"]

    return use


@pytest.fixture
def bucket(use_bucket):
    return use_bucket()


def put(storage, name, content=b"content"):
    return storage.save(name, ContentFile(content))


def read(storage, name):
    with storage.open(name) as file:
        return file.read()


# --- The storage ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ODD_NAMES)
@pytest.mark.parametrize("content", [b"", b"content", b"\0" * 3_000_000], ids=["empty", "short", "3 MB"])
def test_a_file_is_read_as_it_was_saved(bucket, name, content):
    before = timezone.now() - timedelta(minutes=1)

    assert put(bucket, name, content) == name

    assert read(bucket, name) == content
    assert (bucket.exists(name), bucket.size(name), list(bucket.names())) == (True, len(content), [name])
    assert before < bucket.get_modified_time(name) < timezone.now() + timedelta(minutes=1)
    bucket.delete(name)
    assert (bucket.exists(name), list(bucket.names())) == (False, [])


def test_a_missing_file_is_told_apart_from_a_store_that_fails(bucket):
    for ask in (bucket.open, bucket.size, bucket.get_modified_time):
        with pytest.raises(FileNotFoundError):
            ask("evidence/ab/none")
    assert not bucket.exists("evidence/ab/none")
    bucket.delete("evidence/ab/none")  # as on a disk: there is nothing left to do


def test_a_second_file_of_the_same_name_replaces_none(bucket):
    put(bucket, "letter.pdf", b"first")

    other = put(bucket, "letter.pdf", b"second")

    assert other != "letter.pdf"
    assert (read(bucket, "letter.pdf"), read(bucket, other)) == (b"first", b"second")


def test_all_of_more_than_a_thousand_files_are_listed(bucket):
    names = {f"evidence/{number % 7}/{number}" for number in range(1_100)}
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda name: bucket._save(name, ContentFile(b"x")), names))

    assert set(bucket.names()) == names
    assert set(bucket.names("evidence/3")) == {name for name in names if name.startswith("evidence/3/")}
    assert bucket.listdir("evidence") == ([str(number) for number in range(7)], [])
    assert set(bucket.listdir("evidence/3")[1]) == {str(number) for number in range(1_100) if number % 7 == 3}
    assert bucket.listdir("")[0] == ["evidence"]


def test_nobody_reads_a_file_without_the_key(bucket, s3_server):
    put(bucket, "evidence/secret")
    address = f"{s3_server.endpoint}/{bucket.bucket}/{bucket.prefix}/evidence/secret"

    with pytest.raises(HTTPError) as refused:
        urlopen(address, timeout=10)  # noqa: S310 -- our own server
    refused.value.close()

    assert refused.value.code == 403
    with pytest.raises(NotImplementedError):
        bucket.url("evidence/secret")


def test_a_deleted_file_leaves_no_version_behind(use_bucket, s3_server):
    storage = use_bucket(url=f"s3://{VERSIONED_BUCKET}/here")
    put(storage, "letter", b"first")
    put(storage, "letter with more", b"stays")
    storage._save("letter", ContentFile(b"second"))

    storage.delete("letter")

    left = s3_server.client.list_object_versions(Bucket=VERSIONED_BUCKET, Prefix="here/")
    assert [version["Key"] for version in left["Versions"]] == ["here/letter with more"]
    assert not left.get("DeleteMarkers")


def test_the_store_encrypts_what_the_setting_says(use_bucket, s3_server):
    put(use_bucket(encryption="AES256"), "letter")
    storage = use_bucket()
    put(storage, "plain")
    heads = [
        s3_server.client.head_object(Bucket=storage.bucket, Key=f"{storage.prefix}/{name}")
        for name in ("letter", "plain")
    ]

    assert [head.get("ServerSideEncryption") for head in heads] == ["AES256", None]
    assert read(storage, "letter") == b"content"


@pytest.mark.parametrize(
    "wrong",
    [{"secret": "another"}, {"key_id": "nobody"}, {"url": "s3://no-such-bucket/here"}],
    ids=["secret", "key", "bucket"],
)
def test_a_store_that_refuses_us_is_an_outage_and_no_missing_file(bucket, use_bucket, wrong):
    put(bucket, "letter")
    storage = use_bucket(**wrong)

    for ask in (storage.open, lambda name: list(storage.names())):
        with pytest.raises(StorageUnavailableError, match="refuses: "):
            ask("letter")


@contextmanager
def answer_once(answer):
    """A server that sends these bytes to whoever connects, and ends the connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def send():
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    connection.sendall(answer)

        thread = threading.Thread(target=send)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_half_a_file_is_never_handed_out(s3_server):
    half = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nETag: x\r\n\r\n" + b"x" * 500
    with answer_once(half) as endpoint, pytest.raises(StorageUnavailableError):
        S3FileStorage(**s3_server.options(endpoint=endpoint)).open("letter")


def test_half_an_upload_leaves_no_file(bucket, s3_server):
    letter = {"Bucket": bucket.bucket, "Key": f"{bucket.prefix}/letter"}
    address = urlsplit(s3_server.client.generate_presigned_url("put_object", letter))
    head = f"PUT {address.path}?{address.query} HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Length: 1000\r\n\r\n"
    with socket.create_connection((address.hostname, address.port)) as line:
        line.sendall(head.encode() + b"x" * 500)

    put(bucket, "another")
    assert list(bucket.names()) == ["another"]


def test_a_store_that_is_away_is_not_asked_by_every_request(s3_server):
    storage = S3FileStorage(**s3_server.options(endpoint=f"http://127.0.0.1:{free_port()}"))
    with pytest.raises(StorageUnavailableError, match="does not answer: EndpointConnectionError"):
        storage.open("letter")
    with pytest.raises(StorageUnavailableError, match="a moment ago"):
        storage.open("letter")


def test_the_client_is_loaded_only_where_files_are_in_a_bucket():
    """It takes 40 MB and a second."""
    program = (
        "import sys, django; django.setup(); import tiptracker.urls; from django.core.files.storage import"
        " default_storage; default_storage.exists('x'); print([name for name in sys.modules if 'boto' in name])"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


# --- The product ------------------------------------------------------------------------------------------------------


def letter_upload():
    return SimpleUploadedFile("letter.pdf", PDF, "application/pdf")


@pytest.fixture
def update_form():
    """A browser with the form of an update: the browser, the address, the token."""
    by = FocalPointFactory()
    client = strict_client(by)
    url = reverse("update_send", args=[CommitmentFactory(ministry=by.ministry).pk])
    return client, url, csrf_token(client.get(url).text)


def test_a_file_is_uploaded_shown_downloaded_and_checked(bucket, update_form, client, run_jobs):
    sender, url, token = update_form
    assert sender.post(url, TYPED | {"csrfmiddlewaretoken": token, "files": letter_upload()}).status_code == 302
    file = EvidenceFile.objects.get()
    assert list(bucket.names()) == [str(file.file)]
    client.force_login(OfficerFactory())

    picture = client.get(reverse("file_picture", args=[file.pk, 1]))
    download = client.get(reverse("evidence_file", args=[file.pk]))

    assert picture.content.startswith(b"\xff\xd8\xff")
    assert b"".join(download.streaming_content) == read(bucket, str(file.file))
    assert "failed" not in {job.state for job in run_jobs()}
    check_stored_files()


@pytest.mark.parametrize(("spoil", "code"), [("alter", "file_altered"), ("delete", "file_missing")])
def test_an_altered_or_missing_file_is_refused_and_logged(bucket, client, spoil, code):
    file = EvidenceFactory(file=EvidenceFileFactory(content=PDF)).file
    bucket.delete(str(file.file))
    if spoil == "alter":
        put(bucket, str(file.file), b"another letter")
    client.force_login(OfficerFactory())

    answer = client.get(reverse("evidence_file", args=[file.pk]))

    assert answer.status_code == 409
    assert shows_refusal(answer, code)
    assert AuditEntry.objects.filter(verb=code.replace("_", ".")).count() == 1


def test_a_briefing_is_downloaded_as_its_hash_says(bucket, client):
    briefing = BriefingFactory(pdf=b"%PDF-1.7 the briefing", issued=True)
    client.force_login(OfficerFactory())
    url = reverse("briefing_file", args=[briefing.pk])
    assert b"".join(client.get(url).streaming_content) == b"%PDF-1.7 the briefing"

    bucket.delete(str(briefing.file))
    put(bucket, str(briefing.file), b"%PDF-1.7 another")

    assert client.get(url).status_code == 409


@pytest.mark.parametrize("breakage", ["away", "wrong key"])
def test_a_page_keeps_what_was_typed_while_the_store_fails(use_bucket, update_form, breakage):
    client, url, token = update_form
    body = TYPED | {"csrfmiddlewaretoken": token}
    use_bucket(**({"endpoint": f"http://127.0.0.1:{free_port()}"} if breakage == "away" else {"secret": "another"}))

    answer = client.post(url, body | {"files": letter_upload()})

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, str(FILES_UNREACHABLE.retry_after))
    assert FILES_UNREACHABLE.title in unescape(answer.text)
    again = form_fields(answer.text)
    assert again["narrative"] == TYPED["narrative"]
    assert (EvidenceFile.objects.count(), UpdateVersion.objects.count()) == (0, 0)

    use_bucket()
    assert client.post(url, again | {"files": letter_upload()}).status_code == 302
    assert UpdateVersion.objects.get().narrative == TYPED["narrative"]
    assert len(list(stored_names())) == 1


def test_a_file_is_not_called_missing_while_the_store_fails(bucket, use_bucket):
    evidence = EvidenceFactory(file=EvidenceFileFactory(content=PDF))
    use_bucket(endpoint=f"http://127.0.0.1:{free_port()}")
    client = strict_client(OfficerFactory())

    answers = [
        client.get(reverse("evidence_file", args=[evidence.file.pk])),
        client.get(reverse("file_picture", args=[evidence.file.pk, 1])),
    ]

    assert [answer.status_code for answer in answers] == [503, 503]
    with pytest.raises(StorageUnavailableError):
        check_stored_files()
    assert not AuditEntry.objects.filter(verb="file.missing").exists()


def test_a_redacted_file_is_destroyed_in_the_bucket(bucket, use_bucket):
    file = EvidenceFileFactory()
    EvidenceFactory(file=file)
    redaction = propose_redaction(
        country=CountryFactory(), words="", reason="It shows a victim.", files=[file], by=OfficerFactory(), now=NOW
    )
    confirm_redaction(redaction=redaction, by=AmbassadorFactory(), now=NOW)
    use_bucket(endpoint=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(StorageUnavailableError):
        finish_redaction(redaction=redaction)
    assert Redaction.objects.get().words != REDACTED

    storage = use_bucket()
    finish_redaction(redaction=redaction)

    assert Redaction.objects.get().words == REDACTED
    assert list(storage.names()) == []


def test_files_that_no_row_names_are_removed_from_the_bucket(bucket):
    named = EvidenceFileFactory()
    put(bucket, "evidence/ab/orphan")

    assert remove_orphan_files(before=timezone.now() - timedelta(days=7)) == 0
    assert remove_orphan_files(before=timezone.now() + timedelta(days=1)) == 1
    assert list(bucket.names()) == [str(named.file)]


# --- Copying ----------------------------------------------------------------------------------------------------------


def copy_files(source):
    out = io.StringIO()
    call_command("copy_files", str(source), stdout=out)
    return out.getvalue().splitlines()[0]


def test_files_are_copied_into_a_bucket_and_back(use_bucket, settings, s3_server, tmp_path, run_jobs):
    settings.MEDIA_ROOT = tmp_path / "disk"
    evidence, briefing = EvidenceFactory(file=EvidenceFileFactory()).file, BriefingFactory(pdf=b"%PDF-1.7", issued=True)
    names = {str(evidence.file), str(briefing.file)}
    (tmp_path / "disk" / "evidence" / "killed.part").write_bytes(b"half")

    bucket = use_bucket()
    assert copy_files(tmp_path / "disk") == "Copied 2 files. 0 were there already."
    assert copy_files(tmp_path / "disk") == "Copied 0 files. 2 were there already."
    assert set(bucket.names()) == names
    assert {(job.kind, job.state) for job in run_jobs() if job.kind in CHECKS} == {(kind, "ready") for kind in CHECKS}

    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": AtomicFileStorage.__module__ + ".AtomicFileStorage"}
    }
    settings.MEDIA_ROOT = tmp_path / "another disk"
    settings.FILES_S3_OPTIONS = {name: value for name, value in s3_server.options().items() if name != "url"}
    assert copy_files(f"s3://{bucket.bucket}/{bucket.prefix}") == "Copied 2 files. 0 were there already."
    assert set(stored_names()) == names


def test_a_copy_that_differs_is_named_and_a_wrong_source_is_refused(use_bucket, bucket, tmp_path):
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "letter").write_bytes(b"on the disk")
    put(bucket, "evidence/letter", b"in the bucket")

    with pytest.raises(CommandError, match=r"1 files have another content here than in .*\nevidence/letter"):
        copy_files(tmp_path)
    with pytest.raises(CommandError, match="There are no files in"):
        copy_files(tmp_path / "nothing")
    use_bucket(endpoint=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(CommandError, match="does not answer"):
        copy_files(tmp_path)
