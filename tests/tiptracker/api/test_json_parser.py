"""Unusual JSON: every request gets an answer other than 500, and no more than the limit is read."""

import io
import json
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import FakePayload
from django.urls import reverse

from tests.factories import CommitmentFactory, FocalPointFactory, OfficerFactory
from tiptracker.api import json_parser

pytestmark = pytest.mark.django_db
REVIEWS, UPDATES, BRIEFINGS = "/api/v1/reviews/", "/api/v1/updates/", "/api/v1/briefings/"
MEGABYTE = 1024 * 1024


@pytest.fixture
def officer_client(client):
    client.force_login(OfficerFactory())
    return client


@pytest.fixture
def focal_point_client(client):
    client.force_login(FocalPointFactory())
    return client


def post_text(client, path, text):
    content = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    return client.post(path, content, content_type="application/json")


# --- Too much ---------------------------------------------------------------------------------------------------------


def test_a_body_that_is_too_long_is_refused_unread(officer_client, monkeypatch):
    read = []
    real = FakePayload.read
    monkeypatch.setattr(FakePayload, "read", lambda self, size=None: read.append(size) or real(self, size))

    answer = post_text(officer_client, REVIEWS, b'"' + b"x" * (50 * MEGABYTE) + b'"')

    assert answer.status_code == 413
    assert answer.json() == {"detail": "The body is too large. Send less at a time."}
    assert read == []


def test_a_body_that_states_no_length_is_read_no_further_than_it_may_be(settings):
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size=-1):
            assert size >= 0
            self.given += size
            return b" " * size

    stream = Endless()

    with pytest.raises(json_parser.BodyTooLarge):
        json_parser.JsonParser().parse(stream)

    assert stream.given == settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1


def test_the_longest_body_that_may_be_is_read(officer_client, settings):
    body = json.dumps({"reason": ""})
    whole = body[:-2] + "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE - len(body)) + body[-2:]

    assert len(whole) == settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert post_text(officer_client, REVIEWS, whole).status_code == 400


@pytest.mark.parametrize("path", [REVIEWS, UPDATES, BRIEFINGS])
def test_too_much_of_a_form_is_refused(client, settings, path):
    client.force_login(FocalPointFactory() if path == UPDATES else OfficerFactory())
    many = {f"field{number}": "x" for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}
    long = {"narrative": "x" * (3 * MEGABYTE)}

    answers = [client.post(path, many), client.post(path, long)]

    assert [answer.status_code for answer in answers] == [400, 400]
    assert {answer.json()["detail"] for answer in answers} == {"The body is too large. Send less at a time."}


def test_too_many_files_are_refused(focal_point_client):
    files = [SimpleUploadedFile(f"{number}.txt", b"A letter.") for number in range(101)]

    assert focal_point_client.post(UPDATES, {"files": files}).status_code == 400


def test_files_too_large_together_are_refused(settings, client):
    settings.UPLOAD_MAX_TOTAL_BYTES = 2048
    own = FocalPointFactory()
    promise = CommitmentFactory(ministry=own.ministry)
    client.force_login(own)
    body = {
        "commitment": promise.pk, "title": "Work went on", "narrative": "We worked.", "claimed": "under_way",
        "happened_to": "2022-01-28", "files": [SimpleUploadedFile("letter.txt", b"x" * 4096)],
    }  # fmt: skip

    answer = client.post(UPDATES, body)

    assert answer.status_code == 409
    assert answer.json()["field"] == "files"


# --- What can't be kept -----------------------------------------------------------------------------------------------

DEPTH = 100_000
BODIES = {
    "deep lists": "[" * DEPTH + "]" * DEPTH,
    "deep objects": '{"a":' * DEPTH + "1" + "}" * DEPTH,
    "deep value": '{"reason": ' + "[" * DEPTH + "]" * DEPTH + "}",
    "not a number": '{"evidence": NaN}',
    "infinity": '{"evidence": Infinity}',
    "infinity below": '{"evidence": -Infinity}',
    "float beyond all": '{"evidence": 1e400, "figures": [{"figure": 1e999}]}',
    "huge number": '{"evidence": ' + "9" * 400 + "}",
    "number too long": '{"evidence": ' + "9" * 100_000 + "}",
    "half a character": '{"reason": "\\ud800", "decision": "\\udfff"}',
    "half a character as a name": '{"\\ud800": 1}',
    "half a character unescaped": '{"reason": "\ud800"}',
    "nothing but zeros": '{"reason": "\\u0000", "title": "\\u0000", "decision": "\\u0000", "known_by": "\\u0000"}',
    "no text at all": b"\xff\xfe\x00",
    "a byte order mark": "\ufeff{}",
    "nothing": "",
    "a list": "[]",
    "null": "null",
    "a text": '"x"',
    "cut off": '{"reason": "',
    "two at once": "{} {}",
    "ids of every sort": '{"evidence": [], "review": {}, "commitment": true, "benchmark": 1.5, "edition": "1e3"}',
    "days of every sort": '{"happened_to": [], "as_of": "99999-01-01", "known_by": "0001-01-01T00:00:00+14:00"}',
    "lists of every sort": '{"reviews": [null, 1, [[]], {"evidence": 1e308}], "figures": {"0": null}, "files": "x"}',
    "words of every sort": '{"decision": {"a": 1}, "claimed": ["x"], "kind": 0, "done_by": false}',
}


@pytest.mark.parametrize("path", [REVIEWS, UPDATES, BRIEFINGS, "/api/v1/assessments/"])
@pytest.mark.parametrize("body", BODIES)
def test_what_cannot_be_kept_is_refused_in_words(client, path, body):
    client.force_login(FocalPointFactory() if path == UPDATES else OfficerFactory())
    answer = post_text(client, path, BODIES[body])

    expected = {400, 404} if path == BRIEFINGS else {400}  # where nothing is named, it has no edition to speak of
    assert answer.status_code in expected
    assert answer.json()


@pytest.mark.parametrize("body", BODIES)
def test_figures_of_a_form_with_files_are_read_with_the_same_care(focal_point_client, body):
    text = BODIES[body] if isinstance(BODIES[body], str) else BODIES[body].decode(errors="replace")

    answer = focal_point_client.post(UPDATES, {"figures": text.encode("utf-8", "replace").decode()})

    assert answer.status_code == 400


VALUES = {
    "long": "x" * (MEGABYTE // 4),
    "long number": "9" * (MEGABYTE // 4),
    "huge": "9" * 400,
    "negative": "-" + "9" * 30,
    "zero": "\x00",
    "half a character": "\udc80",
    "not a number": "NaN",
    "infinity": "Infinity",
    "turned": "\u202e1",
    "other digits": "\u0661\u0662",
    "a list": "[]",
}
NAMES = (
    "page", "edition", "as_of", "known_by", "kind", "ministry", "benchmark", "status", "due_before", "commitment",
    "update_version", "happened_after", "indicator", "starts_on", "evidence", "recommendation", "unknown",
)  # fmt: skip
LISTS = (
    "assessments", "benchmarks", "briefings", "commitments", "dialogues", "editions", "evidence", "indicators",
    "law-entries", "ministries", "readings", "readiness", "recommendations", "reviews", "updates",
)  # fmt: skip


@pytest.mark.parametrize("value", VALUES)
def test_parameters_of_every_sort_are_answered(officer_client, value):
    quoted = quote(VALUES[value].encode("utf-8", "surrogateescape"))
    all_of_them = "&".join(f"{name}={quoted}" for name in NAMES)

    asked = {
        (path, what[:5]): officer_client.get(f"/api/v1/{path}/?{what}").status_code
        for path in LISTS
        for what in (all_of_them, f"page={quoted}", f"known_by={quoted}")
    }

    assert {what: status for what, status in asked.items() if status not in {200, 400, 404}} == {}


@pytest.mark.parametrize(
    "value", ["9" * 5000, "-1", "0", "1e3", "%00", "%ff", "%ed%a0%80", "x" * 5000, "1%2F2", "\u0661"]
)
def test_ids_in_an_address_of_every_sort_are_not_found(officer_client, value):
    names = {
        "ministry",
        "edition",
        "commitment",
        "update",
        "update-version",
        "evidence",
        "review",
        "assessment",
        "briefing",
    }
    start = {name: reverse(f"{name}-detail", args=[1]).removesuffix("1/") for name in names}

    assert {name: officer_client.get(f"{start[name]}{value}/").status_code for name in names} == dict.fromkeys(
        names, 404
    )
    accept = officer_client.post(f"{start['update-version']}{value}/accept/", "{}", content_type="application/json")
    assert accept.status_code == 404


def test_unusual_but_valid_json_is_read():
    assert json_parser.parse_json('{"a": "\\ud83d\\ude00 \\u202e \\\\ud800", "b": [1e308, 0.1, -0.0], "c": null}') == {
        "a": "\U0001f600 \u202e \\ud800",
        "b": [1e308, 0.1, -0.0],
        "c": None,
    }
