"""Forbidden requests are logged once; invalid ones and unseen rows are not."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.authentication import force_sign_in
from tests.edition_urls import edition_url
from tests.factories import (
    AdministratorFactory,
    CommitmentFactory,
    CountryFactory,
    EvidenceFactory,
    FocalPointFactory,
    ObserverFactory,
    OfficerFactory,
    RecommendationFactory,
    UpdateVersionFactory,
)
from tiptracker.audit import refused_requests
from tiptracker.audit.models import AuditDetail, AuditEntry

pytestmark = pytest.mark.django_db


def logged_refusals():
    return [
        (entry.verb, entry.by, entry.row, entry.detail.after)
        for entry in AuditEntry.objects.order_by("number").select_related("detail", "by")
    ]


def test_forbidden_requests_are_logged(client):
    RecommendationFactory()
    focal_point = FocalPointFactory()
    force_sign_in(client, focal_point)

    assert client.get(edition_url("dashboard"), {"of": "somebody"}).status_code == 403

    ((verb, by, row, after),) = logged_refusals()
    assert (verb, by, row) == ("person.refused", focal_point, str(focal_point.pk))
    assert after == f'{{"asked": "GET {edition_url("dashboard")}"}}'
    entry = AuditEntry.objects.get()
    assert entry.country == focal_point.ministry.country
    assert AuditEntry.objects.visible_to(OfficerFactory()).filter(pk=entry.pk).exists()
    assert AuditDetail.objects.visible_to(AdministratorFactory()).filter(entry=entry).exists()


def test_forbidden_api_requests_are_logged(client):
    observer = ObserverFactory()
    force_sign_in(client, observer)

    refused = client.post(
        reverse("update-version-return", args=[UpdateVersionFactory().pk]),
        {"reason": "No."},
        content_type="application/json",
    )
    assert refused.status_code == 403

    assert [(verb, by) for verb, by, _, _ in logged_refusals()] == [("person.refused", observer)]


def test_cross_site_form_is_logged():
    client = Client(enforce_csrf_checks=True)
    officer = OfficerFactory()
    force_sign_in(client, officer)

    assert client.post(reverse("password_choose", args=["a-secret-token"]), {"password": "x"}).status_code == 403

    ((verb, by, _, after),) = logged_refusals()
    assert (verb, by) == ("person.forgery_refused", officer)
    assert "a-secret-token" not in after
    assert "[token]" in after


def test_repeated_refusal_is_logged_once_and_a_flood_is_capped(client, monkeypatch):
    monkeypatch.setattr(refused_requests, "MAX_REFUSALS", 3)
    RecommendationFactory()
    force_sign_in(client, ObserverFactory())
    for _ in range(3):
        assert client.get(reverse("evidence_log")).status_code == 403
    assert len(logged_refusals()) == 1

    for evidence in EvidenceFactory.create_batch(5):
        assert client.post(reverse("evidence_review", args=[evidence.pk])).status_code == 403

    assert len(logged_refusals()) == 3


def test_refusals_are_logged_for_each_person():
    RecommendationFactory()
    for _ in range(2):
        client = Client()
        force_sign_in(client, ObserverFactory())
        client.get(reverse("evidence_log"))

    assert len(logged_refusals()) == 2


def test_not_found_invalid_and_sign_in_requests_are_not_refusals(client):
    elsewhere = CommitmentFactory(country=CountryFactory(elsewhere=True), united_states=True, letter="A letter")
    assert client.get(reverse("dashboard")).status_code == 302
    RecommendationFactory()
    force_sign_in(client, OfficerFactory())

    assert client.get(reverse("commitment_detail", args=[elsewhere.pk])).status_code == 404
    assert client.post(reverse("evidence_log"), {"title": ""}).status_code == 422

    assert not AuditEntry.objects.filter(verb="person.refused").exists()
