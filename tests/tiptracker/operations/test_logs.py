"""Log lines name the request and the job, and hold no personal data. Error pages show the number of the request."""

import io
import json
import logging
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, OperationalError, transaction
from django.test import Client
from django.urls import reverse

from tests.authentication import sign_in
from tests.factories import CommitmentFactory, FocalPointFactory
from tiptracker.accounts.models import User
from tiptracker.infrastructure.log_lines import (
    JsonLineFormatter,
    TextLineFormatter,
    logging_settings,
    request_number,
)
from tiptracker.web import pages

pytestmark = pytest.mark.django_db


@pytest.fixture
def lines():
    """Call it for the lines of JSON that were logged, from INFO upwards."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLineFormatter())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(before)


def fails(*_, **__):
    raise ValueError("Thabo could not be read")


def raise_outage(*_, **__):
    raise OperationalError from OSError(28, "No space left on device")


def test_signing_in_sending_and_failing_log_nothing_personal(lines, monkeypatch):
    client = Client(raise_request_exception=False, REMOTE_ADDR="203.0.113.9")
    own = FocalPointFactory(name="Lineo Exercise", email="lineo@ministry.example")
    promise = CommitmentFactory(ministry=own.ministry)
    sign_in(client, own, "a wrong password")
    assert sign_in(client, own).status_code == 302
    update = {
        "title": "Work went on", "narrative": "We trained Lineo.", "claimed": "under_way",
        "happened_to": "2022-01-28", "through_on": "2022-01-28", "done_by": "government",
    }  # fmt: skip
    sent = client.post(
        reverse("update_send", args=[promise.pk]),
        update | {"files": SimpleUploadedFile("lineo-letter.txt", b"A letter.")},
    )
    assert sent.status_code == 302
    client.get("/nowhere/", {"q": own.email})
    try:
        with transaction.atomic():
            User.objects.create_user(own.email, name=own.name, role="officer")
    except IntegrityError:
        logging.getLogger("tiptracker").exception("%s could not be added", own.email)

    text = json.dumps(lines(), ensure_ascii=False).lower()

    assert "could not be added" in text
    assert [word for word in ("lineo", "203.0.113.9", "a wrong password") if word in text] == []


@pytest.mark.parametrize("formatter", [JsonLineFormatter(), TextLineFormatter()])
def test_addresses_links_and_values_of_rows_are_left_out(formatter):
    try:
        raise IntegrityError("duplicate key value\nDETAIL:  Key (email)=(thabo) already exists.\nCONTEXT:  for thabo")
    except IntegrityError as error:
        record = logging.LogRecord(
            "x", logging.ERROR, "", 1, "%s opened /accounts/password/eyJh/", ("t.x+y@post.example",), error_of(error)
        )

    line = formatter.format(record)

    assert "[address] opened /accounts/password/[token]/" in line
    assert "duplicate key value" in line
    assert "thabo" not in line


def error_of(error):
    return type(error), error, error.__traceback__


@pytest.mark.parametrize("path", ["/", "/api/v1/nowhere/", "/health/", "/accounts/login/"])
def test_every_answer_has_a_number_of_its_own_whatever_the_request_says(client, path):
    numbers = {client.get(path, headers={"X-Request-ID": "theirs"}).headers["X-Request-ID"] for _ in range(3)}

    assert len(numbers) == 3
    assert all(re.fullmatch("[0-9a-f]{10}", number) for number in numbers)


@pytest.mark.parametrize(("error", "status"), [(fails, 500), (raise_outage, 503)])
def test_an_error_page_shows_the_number_under_which_the_error_is_logged(lines, monkeypatch, error, status):
    monkeypatch.setattr(pages, "redirect", error)

    answer = Client(raise_request_exception=False).get(reverse("home"))

    number = answer.headers["X-Request-ID"]
    assert answer.status_code == status
    assert f"give this number: {number}." in answer.text
    logged = [line for line in lines() if line["level"] == "ERROR"]
    assert logged
    assert {line["request"] for line in logged} == {number}
    assert any("traceback" in line for line in logged)


def test_no_number_is_left_for_what_comes_after_a_request(client):
    client.get(reverse("health"))

    assert request_number.get() == ""


@pytest.mark.parametrize(("is_json", "formatter"), [(True, JsonLineFormatter), (False, TextLineFormatter)])
def test_the_format_is_chosen(is_json, formatter):
    (chosen,) = logging_settings(json=is_json, level="INFO")["formatters"].values()

    assert chosen["()"] == f"{formatter.__module__}.{formatter.__qualname__}"
