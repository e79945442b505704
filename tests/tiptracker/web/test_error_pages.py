"""Error pages work during any outage, and `/health/` reports it."""

import base64
import hashlib
import re

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import OperationalError, connection
from django.http import Http404
from django.template import engines
from django.test import Client, RequestFactory
from django.urls import get_resolver, reverse

from tests.factories import OfficerFactory
from tiptracker.operations import health
from tiptracker.web import error_pages, pages
from tiptracker.web.complete_body import IncompleteBody


def raise_error(*_, **__):
    raise OSError("a secret path")


# --- What they need ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "error", "page"),
    [
        (400, BadRequest(), error_pages.BAD_REQUEST),
        (400, IncompleteBody(), error_pages.INCOMPLETE_BODY),
        (403, PermissionDenied(), error_pages.FORBIDDEN),
        (404, Http404(), error_pages.NOT_FOUND),
        (500, None, error_pages.SERVER_ERROR),
    ],
)
def test_an_error_page_needs_no_template_static_file_database_session_or_person(monkeypatch, status, error, page):
    """The request has neither session nor user, and a test without `db` reaches no database."""
    monkeypatch.setattr(engines["django"], "get_template", raise_error)
    monkeypatch.setattr(staticfiles_storage, "url", raise_error)
    view = get_resolver().resolve_error_handler(status)
    request = RequestFactory().get("/somewhere/")

    answer = view(request, *([error] if error else []))

    assert answer.status_code == status
    assert answer.content.decode() == error_pages.render_html(*page)
    assert answer.headers["Content-Security-Policy"] == error_pages.POLICY


def test_a_form_without_its_token_is_told_of_by_a_plain_page_where_the_frame_breaks(monkeypatch):
    monkeypatch.setattr(pages, "preserved_input_context", raise_error)

    answer = pages.csrf_failure(RequestFactory().post("/somewhere/"))

    assert (answer.status_code, answer.content.decode()) == (403, error_pages.render_html(*error_pages.CSRF_FAILURE))


def test_their_policy_allows_their_own_style_and_no_other():
    page = error_pages.render_html("A <title>", "A & B")
    style = re.search(r"<style>(.*)</style>", page, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()

    assert f"'sha256-{digest}'" in error_pages.POLICY
    assert "A &lt;title&gt;" in page
    assert "A &amp; B" in page
    assert re.findall(r'(?:src|href)="([^"]*)"', page) == ["/", "/"]


@pytest.mark.parametrize("path", ["/nowhere/", "/"])
def test_with_static_files_unreadable_pages_fail_and_their_errors_are_shown(monkeypatch, path):
    """Through every middleware; signed out, so that no database is asked."""
    monkeypatch.setattr(staticfiles_storage, "url", raise_error)
    monkeypatch.setattr(pages, "redirect", raise_error)

    answer = Client(raise_request_exception=False).get(path)

    page = error_pages.NOT_FOUND if path == "/nowhere/" else error_pages.SERVER_ERROR
    assert answer.status_code == (404 if path == "/nowhere/" else 500)
    note = ""
    if answer.status_code == 500:
        note = f"If you tell your administrator, give this number: {answer.headers['X-Request-ID']}."
    assert answer.content.decode() == error_pages.render_html(*page, note=note)
    assert "a secret path" not in answer.text


@pytest.mark.django_db
def test_while_all_is_well_an_unknown_address_stands_in_the_frame_of_the_site(client):
    client.force_login(OfficerFactory())

    answer = client.get("/nowhere/")

    assert answer.status_code == 404
    assert error_pages.NOT_FOUND.title in answer.text
    assert "site-header" in answer.text


def test_api_answers_server_errors_in_json():
    answer = pages.server_error(RequestFactory().get("/api/v1/updates/"))

    assert answer.status_code == 500
    assert answer.headers["Content-Type"] == "application/json"


# --- Health -----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_health_is_ok_where_pages_can_be_served(client):
    answer = client.get(reverse("health"))

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("broken", "error", "reason"),
    [
        ((staticfiles_storage, "stored_name"), ValueError, "static"),
        ((staticfiles_storage, "open"), PermissionError, "static"),
        ((health, "get_template"), OSError, "templates"),
        ((connection, "cursor"), OperationalError, "database"),
    ],
)
def test_health_says_what_keeps_pages_from_being_served(client, monkeypatch, broken, error, reason):
    def fails(*_, **__):
        raise error("a secret path")

    monkeypatch.setattr(*broken, fails)

    answer = client.get(reverse("health"))

    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable", "reason": reason})
