"""While the database or the disk is down: 503, when to try again, and nothing typed is lost."""

import errno
import re
import time
from contextlib import contextmanager
from html import unescape

import psycopg
import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import InternalError, OperationalError, connection
from django.test import Client
from django.urls import reverse

from dialogues.models import EvidenceFile, UpdateVersion
from tests.edition_urls import edition_url
from tests.factories import (
    PASSWORD,
    BenchmarkFactory,
    CommitmentFactory,
    FocalPointFactory,
    NoticeFactory,
    OfficerFactory,
)
from tiptracker.infrastructure.outages import FULL, READ_ONLY, UNREACHABLE

pytestmark = pytest.mark.django_db
TYPED = {
    "title": "Work went on", "narrative": "We typed “this” for an hour:\n<b>two</b> lines of it.",
    "claimed": "under_way", "happened_to": "2022-01-28", "through_on": "2022-01-28", "done_by": "government",
}  # fmt: skip


@contextmanager
def failing_database(cause):
    """Every question to the database ends in `cause`; gives the questions."""
    asked = []

    def fail(execute, sql, *_):
        asked.append(sql)
        raise OperationalError(str(cause)) from cause

    with connection.execute_wrapper(fail):
        yield asked


@contextmanager
def database_down():
    with failing_database(psycopg.OperationalError("server closed the connection unexpectedly")) as asked:
        yield asked


def strict_client(person=None):
    """A browser that is held to the token of our forms, and shows what is answered."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    if person:
        client.force_login(person)
    return client


@pytest.fixture
def focal_point():
    return FocalPointFactory()


@pytest.fixture
def update_form(focal_point):
    """The form of an update, opened before anything failed: the browser, the address, the token."""
    client, url = (
        strict_client(focal_point),
        reverse("update_send", args=[CommitmentFactory(ministry=focal_point.ministry).pk]),
    )
    return client, url, csrf_token(client.get(url).text)


def csrf_token(page):
    return re.search('name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]


def form_fields(page):
    """What a browser would send of the page's form."""
    inputs = re.findall('<input (?:type="hidden" |id="[^"]*" )name="([^"]+)" value="([^"]*)">', page)
    areas = re.findall('<textarea [^>]*name="([^"]+)"[^>]*>\n([^<]*)</textarea>', page)
    return {name: unescape(text) for name, text in inputs + areas}


def letter_upload():
    return SimpleUploadedFile("letter.txt", b"What stands in the letter.")


def test_outage_page_names_the_outage_and_when_to_try_again():
    client = strict_client(OfficerFactory())

    with database_down() as asked:
        answer = client.get(reverse("overview"))

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, str(UNREACHABLE.retry_after))
    assert UNREACHABLE.title in unescape(answer.text)
    assert f'<a href="{reverse("overview")}">Open the page again</a>' in answer.text
    assert len(asked) == 1, "a database that fails is asked once a request"


def test_outage_page_keeps_the_input_to_send_it_again(update_form):
    client, url, token = update_form
    with database_down() as asked:
        answer = client.post(url, TYPED | {"csrfmiddlewaretoken": token, "files": letter_upload()})

    assert answer.status_code == 503
    assert len(asked) == 1
    again = form_fields(answer.text)
    assert {name: again[name] for name in TYPED} == TYPED
    assert "What stands in the letter." not in answer.text
    assert '<input type="file" id="files-0" name="files" multiple>' in answer.text
    assert f'<form method="post" action="{url}" enctype="multipart/form-data">' in answer.text

    sent = client.post(url, again | {"files": letter_upload()})

    assert sent.status_code == 302
    assert UpdateVersion.objects.get().narrative == TYPED["narrative"]
    assert EvidenceFile.objects.count() == 1


EVIDENCE = {
    "title": "Judge sentenced", "happened_from": "2022-01-20", "kind": "court", "commitment": "17",
    "is_about_complicity": "on", "version": "3", "count-span": "period", "count-figure": "4",
    "evidence_links-TOTAL_FORMS": "2", "evidence_links-0-benchmark": "31", "evidence_links-0-shows": "concrete_action",
    "evidence_links-1-benchmark": "", "evidence_links-1-shows": "",
    "proofs-0-proof_text": "a copy of the sentence", "unheard_of-4-thing": "Of no form that we have",
}  # fmt: skip


def test_outage_page_names_fields_as_their_form_does():
    client = strict_client(OfficerFactory())
    url = edition_url("evidence_log", edition=BenchmarkFactory().recommendation.edition)
    token = csrf_token(client.get(url).text)

    with database_down() as asked:
        answer = client.post(url, EVIDENCE | {"csrfmiddlewaretoken": token, "file": letter_upload()})

    assert len(asked) == 1
    main = " ".join(answer.text.partition("<main")[2].split())
    assert re.findall("<label[^>]*>([^<]*)</label>", main) == [
        "What happened", "Start date", "Figure", "What will show it", "Unheard of thing", "File",
    ]  # fmt: skip
    assert re.findall("<strong>([^<]*)</strong> ([^<]*)<", main) == [
        ("Type of evidence:", "Court record"), ("Commitment:", "Your choice is kept."),
        ("About complicit officials:", "Yes"), ("Period covered:", "period"),
        ("Benchmark (1):", "Your choice is kept."), ("What it shows (1):", "A concrete action"),
    ]  # fmt: skip
    assert {name: form_fields(answer.text)[name] for name in EVIDENCE} == EVIDENCE


@pytest.mark.parametrize("token", ["", "x" * 64], ids=["without", "wrong"])
def test_another_sites_form_is_not_given_back(update_form, token):
    """Else whoever reads the page would send it on, with the token of ours."""
    client, url, _ = update_form

    with database_down():
        answer = client.post(url, TYPED | {"csrfmiddlewaretoken": token}, headers={"origin": "https://evil.example"})

    assert answer.status_code == 503
    assert TYPED["title"] not in answer.text
    assert "<form" not in answer.text
    assert "csrfmiddlewaretoken" not in answer.text


def test_outage_page_keeps_no_sign_in_data():
    client = strict_client()
    url = reverse("account_login")
    token = csrf_token(client.get(url).text)

    with database_down():
        answer = client.post(
            url, {"csrfmiddlewaretoken": token, "login": "somebody@post.example", "password": PASSWORD}
        )

    assert answer.status_code == 503
    assert PASSWORD not in answer.text
    assert "somebody@post.example" not in answer.text
    assert f'<a href="{url}">Open the page again</a>' in answer.text


@pytest.mark.parametrize("cause", [psycopg.errors.ReadOnlySqlTransaction(), psycopg.errors.DiskFull()])
@pytest.mark.parametrize("page", ["account_login", "password_forgotten"])
def test_outage_page_tells_somebody_who_cannot_sign_in_why(cause, page):
    client = strict_client()
    url = reverse(page)
    sent = {"csrfmiddlewaretoken": csrf_token(client.get(reverse("account_login")).text), "login": "a@post.example"}
    sent |= {"email": OfficerFactory().email, "password": PASSWORD}

    with failing_database(cause):
        answer = client.post(url, sent)

    assert answer.status_code == 503
    assert "You cannot sign in at the moment, because TIP Tracker cannot record it." in answer.text
    assert "tell your administrator" in answer.text
    assert "You can read the record" not in answer.text
    assert f'<a href="{url}">Open the page again</a>' in answer.text


def test_a_database_that_can_only_be_read_does_not_promise_a_page_that_it_cannot_show(focal_point):
    client = strict_client(focal_point)

    with failing_database(psycopg.errors.ReadOnlySqlTransaction()):
        answer = client.get(reverse("ministry_home"))

    assert answer.status_code == 503
    assert "This page cannot be opened while nothing can be saved." in answer.text
    assert "You can read the record" not in answer.text


def test_outage_page_with_typed_text_has_the_more_careful_marking(update_form):
    client, url, token = update_form
    sensitive = '<p class="marking marking--sensitive">SENSITIVE BUT UNCLASSIFIED</p>'

    with database_down():
        with_text = client.post(url, TYPED | {"csrfmiddlewaretoken": token}).text
        without_text = [client.get(url).text, client.post(url, TYPED | {"csrfmiddlewaretoken": "x" * 64}).text]

    assert with_text.count(sensitive) == 2
    assert ">UNCLASSIFIED<" not in with_text
    for page in without_text:
        assert page.count('<p class="marking">UNCLASSIFIED</p>') == 2
        assert "SENSITIVE" not in page


def test_the_outage_page_needs_no_static_files_or_scripts(update_form):
    client, url, token = update_form

    with database_down():
        answer = client.post(url, TYPED | {"csrfmiddlewaretoken": token})

    assert settings.STATIC_URL not in answer.text
    assert "<script" not in answer.text
    assert "form-action 'self'" in answer.headers["Content-Security-Policy"]
    assert "script-src" not in answer.headers["Content-Security-Policy"]


def test_the_api_answers_an_outage_in_json():
    client = strict_client(OfficerFactory())

    with database_down():
        answer = client.get("/api/v1/commitments/")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, str(UNREACHABLE.retry_after))
    assert answer.json() == {"detail": f"{UNREACHABLE.title}. {UNREACHABLE.sentence}"}


def test_outage_answer_to_our_scripts_has_a_state(update_form):
    client, url, token = update_form

    with database_down():
        answer = client.post(url, TYPED | {"csrfmiddlewaretoken": token}, headers={"accept": "application/json"})

    assert (answer.status_code, answer.json()["state"]) == (503, "unavailable")


def test_health_names_the_database():
    with database_down() as asked:
        answer = strict_client().get(reverse("health"))

    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable", "reason": "database"})
    assert len(asked) == 1


def test_a_database_that_can_only_be_read_says_so(update_form):
    client, url, token = update_form

    with failing_database(psycopg.errors.ReadOnlySqlTransaction()):
        answer = client.post(url, TYPED | {"csrfmiddlewaretoken": token})

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, str(READ_ONLY.retry_after))
    assert READ_ONLY.title in unescape(answer.text)
    assert "Nothing was saved." in answer.text


@pytest.mark.parametrize(
    ("cause", "status"),
    [
        (psycopg.errors.ReadOnlySqlTransaction(), 200),
        (psycopg.errors.DiskFull(), 200),
        (psycopg.errors.AdminShutdown(), 503),
    ],
)
def test_a_page_is_read_where_its_session_alone_could_not_be_saved(focal_point, cause, status):
    """Once a minute the session is noted as used. Django took what failed then for a bad request."""
    client = strict_client(focal_point)
    session = client.session
    commitment = CommitmentFactory(ministry=focal_point.ministry)
    NoticeFactory(person=focal_point, row=str(commitment.pk))  # opening the page would mark it as read
    page = reverse("commitment_detail", args=[commitment.pk])
    Session.objects.update(session_data=session.encode(dict(session) | {"seen_at": int(time.time()) - 120}))

    def only_read(execute, sql, params, many, context):
        if sql.lstrip().startswith(("INSERT", "UPDATE", "DELETE")):
            raise InternalError("not written") from cause
        return execute(sql, params, many, context)

    with connection.execute_wrapper(only_read):
        answer = client.get(page)

    assert answer.status_code == status


def test_a_disk_that_is_full_keeps_no_part_of_a_file(update_form, monkeypatch):
    client, url, token = update_form

    def full(content, *_):
        yield content.read()[:3]
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("django.core.files.base.ContentFile.chunks", full)
    answer = client.post(url, TYPED | {"csrfmiddlewaretoken": token, "files": letter_upload()})

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, str(FULL.retry_after))
    assert form_fields(answer.text)["narrative"] == TYPED["narrative"]
    assert (EvidenceFile.objects.count(), UpdateVersion.objects.count()) == (0, 0)
    assert stored_files() == []


def test_a_disk_that_has_no_room_for_an_upload_loses_the_file_alone(update_form, monkeypatch):
    client, url, token = update_form

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(UploadedFile, "write", full)
    large = SimpleUploadedFile("letter.txt", b"A letter. " * 300_000)
    answer = client.post(url, {"files": large, "csrfmiddlewaretoken": token} | TYPED)

    assert answer.status_code == 503
    assert FULL.title in unescape(answer.text)
    assert form_fields(answer.text)["narrative"] == TYPED["narrative"]
    assert UpdateVersion.objects.count() == 0


def stored_files():
    return [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


@pytest.fixture(autouse=True)
def own_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    assert default_storage.location == str(tmp_path)
