"""Asking for a briefing on what was known at an earlier moment."""

import io
from datetime import date, datetime, time

import pytest
from django.urls import reverse
from pypdf import PdfReader

from reports.actions.briefings import request_briefing
from reports.choices import BriefingKind
from reports.models import Briefing, Document
from tests.factories import (
    MASERU,
    CountryFactory,
    DialogueFactory,
    MinistryFactory,
    OfficerFactory,
    RecommendationFactory,
    at_noon,
)
from tests.refusals import refuses
from tiptracker.choices import Paper

pytestmark = pytest.mark.django_db

NOW = datetime(2022, 1, 28, 9, tzinfo=MASERU)


@pytest.fixture
def edition():
    return RecommendationFactory().edition


def test_a_briefing_looks_back_to_what_was_known_by_the_end_of_a_day(client, edition):
    client.force_login(OfficerFactory())
    response = client.post(reverse("briefing_list"), {"as_of": "2022-01-20", "known_by": "2022-01-21"})

    briefing = Briefing.objects.get()
    assert response.url == reverse("briefing_detail", args=[briefing.pk])
    assert briefing.as_of == date(2022, 1, 20)
    assert briefing.known_by == datetime.combine(date(2022, 1, 21), time.max, MASERU)


@pytest.mark.parametrize("typed", ["", "2022-01-28"])
def test_a_briefing_by_today_knows_what_is_known_now(client, edition, typed):
    client.force_login(OfficerFactory())
    client.post(reverse("briefing_list"), {"as_of": "2022-01-20", "known_by": typed})

    assert Briefing.objects.get().known_by.astimezone(MASERU).date() == date(2022, 1, 28)


@pytest.mark.parametrize(
    ("typed", "code", "sentence"),
    [
        (
            "2022-01-29",
            "future_moment",
            "This moment is in the future. Leave it empty to use everything recorded until now.",
        ),
        ("soon", "invalid", "This is not a date. Write it like 28/01/2022 or 2022-01-28, or leave it empty."),
    ],
)
def test_a_briefing_by_no_such_day_is_refused_beside_the_field(client, edition, typed, code, sentence):
    client.force_login(OfficerFactory())
    response = client.post(reverse("briefing_list"), {"as_of": "2022-01-20", "known_by": typed})

    assert response.status_code == 422
    assert response.context["form"].errors["known_by"] == [sentence]
    assert response.context["form"].has_error("known_by", code)
    assert typed in response.text
    assert not Briefing.objects.exists()


def test_request_briefing_refuses_a_moment_that_has_not_come(edition):
    with refuses("future_moment", field="known_by"):
        request_briefing(
            edition=edition,
            document=Document(BriefingKind.AMBASSADOR),
            as_of=date(2022, 1, 20),
            known_by=NOW.replace(hour=10),
            by=OfficerFactory(),
            now=NOW,
        )


@pytest.mark.parametrize(
    ("kind", "field", "factory"),
    [(BriefingKind.MINISTRY, "ministry", MinistryFactory), (BriefingKind.DIALOGUE, "dialogue", DialogueFactory)],
)
def test_request_briefing_refuses_a_ministry_or_a_dialogue_of_another_country(edition, kind, field, factory):
    theirs = factory(country=CountryFactory(elsewhere=True))

    with refuses("another_country", field=field, sentence=f"This {field} belongs to another country."):
        request_briefing(
            edition=edition,
            document=Document(kind, **{field: theirs}),
            as_of=date(2022, 1, 20),
            by=OfficerFactory(),
            now=NOW,
        )


def test_the_api_takes_a_moment_with_its_zone_and_no_other(client, edition):
    client.force_login(OfficerFactory())

    def ask(known_by):
        return client.post("/api/v1/briefings/", {"known_by": known_by}, content_type="application/json")

    taken, refused = ask("2022-01-09T00:00:00+02:00"), ask("2022-01-09T00:00:00")
    assert (taken.status_code, taken.json()["known_by"]) == (202, "2022-01-09T00:00:00+02:00")
    assert (refused.status_code, list(refused.json())) == (400, ["known_by"])
    assert Briefing.objects.count() == 1


def test_a_document_is_set_on_the_paper_of_its_post(run_jobs):
    edition = RecommendationFactory(edition__country__paper=Paper.LETTER).edition
    briefing = request_briefing(
        edition=edition,
        document=Document(BriefingKind.AMBASSADOR),
        as_of=date(2022, 1, 28),
        by=OfficerFactory(),
        now=at_noon(date(2022, 1, 28)),
    )

    run_jobs()

    briefing.refresh_from_db()
    with briefing.file.open("rb") as file:
        assert PdfReader(io.BytesIO(file.read())).pages[0].mediabox[2:] == [612, 792]
