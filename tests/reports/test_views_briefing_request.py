"""Request a document with chosen sections."""

from datetime import date

import pytest
from django.urls import reverse

from reports.choices import BriefingKind
from reports.models import Briefing
from tests.edition_urls import edition_url
from tests.factories import (
    AmbassadorFactory,
    BriefingFactory,
    CountryFactory,
    EditionFactory,
    MinistryFactory,
    OfficerFactory,
    RecommendationFactory,
)
from tests.refusals import shows_refusal

pytestmark = [pytest.mark.django_db, pytest.mark.day("2022-01-28")]

FORM_DATA = {"what": "ambassador", "as_of": "2022-01-28"}


@pytest.fixture
def edition():
    return RecommendationFactory().edition


@pytest.fixture
def officer(client):
    client.force_login(person := OfficerFactory())
    return person


def place_data(**places):
    return {f"place_{name}": str(number) for name, number in places.items()}


def post_request(client, **typed):
    return client.post(reverse("briefing_request"), FORM_DATA | typed)


@pytest.mark.usefixtures("officer", "edition")
def test_sections_are_kept_in_the_order_of_their_places(client):
    answer = post_request(client, **place_data(evidence=1, ministries=3), covering_note="Read the second page first.")

    briefing = Briefing.objects.get()
    assert answer.headers["Location"] == reverse("briefing_detail", args=[briefing.pk])
    assert briefing.sections == ["evidence", "ministries"]
    assert briefing.covering_note == "Read the second page first."


@pytest.mark.usefixtures("officer", "edition")
def test_the_usual_selection_is_stored_as_no_selection(client):
    post_request(client, **place_data(parts=1, recommendations=2, ministries=3, dialogues=4, updates=5, evidence=6))
    assert Briefing.objects.get().sections is None


@pytest.mark.usefixtures("officer", "edition")
def test_an_ambassador_may_be_given_the_first_two_pages_alone(client):
    post_request(client)
    assert Briefing.objects.get().sections == []


@pytest.mark.usefixtures("officer", "edition")
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (place_data(evidence=2, parts=2), "Choose another place."),
        ({"what": "washington"}, "Every section is left out. Give at least one section a place."),
        ({"covering_note": "x" * 601}, "600"),
        (place_data(evidence=7), "This place is not offered. Choose one from the list."),
    ],
)
def test_an_invalid_request_is_refused_and_keeps_the_typed_text(client, typed, sentence):
    answer = post_request(client, **{"covering_note": "Kept"} | typed)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert typed.get("covering_note", "Kept") in answer.content.decode()
    assert not Briefing.objects.exists()


@pytest.mark.usefixtures("officer", "edition")
def test_a_day_that_has_not_come_is_refused_and_the_note_stays(client):
    answer = post_request(client, as_of="2022-02-28", covering_note="Kept")

    assert answer.status_code == 422
    assert shows_refusal(answer, "future_day")
    assert "Kept" in answer.text
    assert not Briefing.objects.exists()


@pytest.mark.usefixtures("officer")
def test_the_last_choices_for_a_kind_are_offered_again(client, edition):
    BriefingFactory(edition=edition, sections=["evidence"], requested_by=AmbassadorFactory())
    BriefingFactory(edition=edition, sections=None, requested_by=None)
    BriefingFactory(edition=edition, kind=BriefingKind.WASHINGTON, sections=["protection"])

    form = client.get(reverse("briefing_request"), FORM_DATA).context["form"]

    assert {name: form[name].value() for name in form.fields if name.startswith("place_") and form[name].value()} == {
        "place_evidence": "1"
    }


@pytest.mark.usefixtures("officer")
def test_a_briefing_can_be_requested_again_with_the_same_options(client, edition):
    ministry = MinistryFactory()
    briefing = BriefingFactory(
        edition=edition,
        kind=BriefingKind.MINISTRY,
        ministry=ministry,
        sections=["needed"],
        covering_note="With thanks.",
    )

    answer = client.get(reverse("briefing_request"), {"again": briefing.pk})

    form = answer.context["form"]
    assert form["what"].value() == f"ministry-{ministry.pk}"
    assert form["covering_note"].value() == "With thanks."
    assert form["place_needed"].value() == "1"
    assert "The ministry reads it." in answer.content.decode()


@pytest.mark.usefixtures("officer", "edition")
def test_another_countrys_is_not_asked_for_again(client):
    theirs = BriefingFactory(edition=EditionFactory(country=CountryFactory(elsewhere=True)), covering_note="Theirs")
    assert client.get(reverse("briefing_request"), {"again": theirs.pk}).status_code == 404


@pytest.mark.usefixtures("officer", "edition")
def test_the_list_leads_to_the_sections_with_what_was_typed(client):
    answer = client.post(reverse("briefing_list"), FORM_DATA | {"known_by": "2022-01-20", "pick": "1"}, follow=True)

    form = answer.context["form"]
    assert (form["what"].value(), form["as_of"].value(), form["known_by"].value()) == (
        "ambassador",
        "2022-01-28",
        "2022-01-20",
    )
    assert not Briefing.objects.exists()


@pytest.mark.usefixtures("officer", "edition")
def test_a_document_that_is_not_offered_leads_to_the_list(client):
    answer = client.get(reverse("briefing_request"), {"what": "ministry-99999"})
    assert answer.headers["Location"] == edition_url("briefing_list")


@pytest.mark.usefixtures("edition")
def test_todays_briefing_is_still_one_click_on_the_dashboard(client):
    client.force_login(AmbassadorFactory())
    page = client.get(reverse("dashboard")).content.decode()
    assert 'name="what" value="ambassador"' in page

    client.post(reverse("briefing_list"), {"what": "ambassador", "as_of": "2022-01-28"})

    assert Briefing.objects.get().as_of == date(2022, 1, 28)
