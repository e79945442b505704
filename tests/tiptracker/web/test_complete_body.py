"""A request is recorded completely or not at all, even if the connection breaks."""

import io
import json
import socket
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.test import Client
from django.test.client import encode_multipart
from django.urls import reverse

from dialogues.models import Evidence, EvidenceFile, UpdateVersion
from tests.authentication import force_sign_in
from tests.dialogues.sample_files import PDF
from tests.factories import CommitmentFactory, FocalPointFactory
from tiptracker.web.complete_body import INCOMPLETE_BODY_MESSAGE, IncompleteBody, require_complete_bodies

BOUNDARY = "----WebKitFormBoundaryAbCdEf"
FORM_TYPE = f"multipart/form-data; boundary={BOUNDARY}"
PHOTO = PDF[:9] + b"\n" * 100_000 + PDF[9:]


def encode_form(**fields):
    """A form as a browser sends it: its texts first, then a file."""
    file = io.BytesIO(PHOTO)
    file.name = "photo.pdf"
    return encode_multipart(BOUNDARY, fields | {"files": file})


# --- The stream -------------------------------------------------------------------------------------------------------


def parse_request(sent, content_type, stated):
    """What Django makes of `sent` under a stated length: the texts, and the names of the files."""
    requests = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/",
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(stated),
        "wsgi.input": io.BytesIO(sent),
    }
    require_complete_bodies(lambda environ, _: requests.append(WSGIRequest(environ)) or [])(environ, None)
    (request,) = requests
    return request.POST.dict(), [file.name for file in request.FILES.getlist("files")]


def test_complete_form_is_accepted_with_its_files():
    whole = encode_form(narrative="Told.")

    assert parse_request(whole, FORM_TYPE, len(whole)) == ({"narrative": "Told."}, ["photo.pdf"])
    assert parse_request(whole + b"\r\nmore on", FORM_TYPE, len(whole) + 9) == ({"narrative": "Told."}, ["photo.pdf"])
    assert parse_request(b"narrative=Told.", "application/x-www-form-urlencoded", 15) == ({"narrative": "Told."}, [])


@pytest.mark.parametrize("arrived", [0, 40, 70_000, -1, -len(f"--{BOUNDARY}--\r\n")])
def test_a_form_that_is_shorter_than_it_says_is_not_taken(arrived):
    whole = encode_form(narrative="Told.")

    with pytest.raises(IncompleteBody):
        parse_request(whole[:arrived], FORM_TYPE, len(whole))


@pytest.mark.parametrize("content_type", [FORM_TYPE, f'multipart/Form-Data; charset=utf-8; boundary="{BOUNDARY}"'])
def test_a_form_that_does_not_end_in_its_boundary_is_not_taken(content_type):
    cut = encode_form(narrative="Told.")[:70_000]

    with pytest.raises(IncompleteBody):
        parse_request(cut, content_type, len(cut))


def test_typed_text_that_is_shorter_than_it_says_is_not_taken():
    with pytest.raises(IncompleteBody):
        parse_request(b"narrative=We tr", "application/x-www-form-urlencoded", 40)


# --- A real server ----------------------------------------------------------------------------------------------------


@pytest.fixture
def commitment_and_focal_point(live):
    own = FocalPointFactory()
    return CommitmentFactory(ministry=own.ministry), own


def send_raw(live, client, path, content_type, body, *, stated=None, headers=()):
    """Send a POST, whose line breaks after `body` where more is `stated`; gives the answer, if there is one."""
    head = [
        f"POST {path} HTTP/1.1",
        f"Host: 127.0.0.1:{live.port}",
        f"Origin: {live.url}",
        f"Content-Type: {content_type}",
        f"Content-Length: {stated or len(body)}",
        "Cookie: " + "; ".join(f"{name}={cookie.value}" for name, cookie in client.cookies.items()),
        "Connection: close",
        *headers,
    ]
    with socket.create_connection(("127.0.0.1", live.port), timeout=30) as line:
        line.sendall("\r\n".join(head).encode() + b"\r\n\r\n" + body)
        if stated:
            line.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: line.recv(65536), b"")).decode(errors="replace")


def signed_in_client(own):
    client = Client()
    force_sign_in(client, own)
    client.cookies[settings.CSRF_COOKIE_NAME] = "k" * 32
    return client


UPDATE_DATA = {
    "claimed": "under_way",
    "title": "Six districts",
    "narrative": "Officers were named.",
    "happened_from": "2022-01-10",
    "happened_to": "2022-01-20",
    "done_by": "government",
}


def test_a_line_that_breaks_within_a_photo_records_nothing(live, commitment_and_focal_point):
    commitment, own = commitment_and_focal_point
    client, path = signed_in_client(own), reverse("update_send", args=[commitment.pk])
    whole = encode_form(csrfmiddlewaretoken="k" * 32, **UPDATE_DATA)
    cut = whole[: whole.index(PDF[:8]) + 20_000]

    broken = send_raw(live, client, path, FORM_TYPE, cut, stated=len(whole))
    unclosed = send_raw(live, client, path, FORM_TYPE, cut)

    assert " 302 " not in broken
    assert UpdateVersion.objects.count() == EvidenceFile.objects.count() == 0
    assert " 400 " in unclosed.splitlines()[0]
    assert "nothing was saved" in unclosed

    assert " 302 " in send_raw(live, client, path, FORM_TYPE, whole).splitlines()[0]
    assert [piece.file.name for piece in Evidence.objects.all()] == ["photo.pdf"]


def test_a_line_that_breaks_within_what_a_program_sends_records_nothing(live, commitment_and_focal_point):
    commitment, own = commitment_and_focal_point
    client, token = signed_in_client(own), [f"X-CSRFToken: {'k' * 32}"]
    whole = encode_form(commitment=commitment.pk, **UPDATE_DATA)
    text = json.dumps(UPDATE_DATA | {"commitment": commitment.pk}).encode()

    send_raw(live, client, "/api/v1/updates/", FORM_TYPE, whole[:20_000], stated=len(whole), headers=token)
    # JSON that says all before it breaks off
    send_raw(live, client, "/api/v1/updates/", "application/json", text, stated=len(text) + 9, headers=token)
    unclosed = send_raw(live, client, "/api/v1/updates/", FORM_TYPE, whole[:20_000], headers=token)

    assert UpdateVersion.objects.count() == EvidenceFile.objects.count() == 0
    assert " 400 " in unclosed.splitlines()[0]
    assert json.loads(unclosed.partition("\r\n\r\n")[2]) == {"detail": INCOMPLETE_BODY_MESSAGE}

    assert " 201 " in send_raw(live, client, "/api/v1/updates/", FORM_TYPE, whole, headers=token).splitlines()[0]


def test_typed_text_of_which_the_end_is_lost_is_not_taken(live, commitment_and_focal_point):
    commitment, own = commitment_and_focal_point
    client, path = signed_in_client(own), reverse("update_send", args=[commitment.pk])
    typed = "application/x-www-form-urlencoded"
    body = urlencode(UPDATE_DATA | {"csrfmiddlewaretoken": "k" * 32}).encode()

    send_raw(live, client, path, typed, body, stated=len(body) + 30)
    send_raw(live, client, path, typed, body.replace(b"Officers", b"Twenty"))

    assert [sent.narrative for sent in UpdateVersion.objects.all()] == ["Twenty were named."]
