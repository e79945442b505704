"""Briefings by the API: selected sections."""

import pytest

from reports.models import Briefing
from tests.factories import OfficerFactory, RecommendationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.day("2022-01-28")]


@pytest.fixture
def post_briefing(client):
    RecommendationFactory()
    client.force_login(OfficerFactory())

    def post(**body):
        return client.post("/api/v1/briefings/", {"kind": "ambassador"} | body, content_type="application/json")

    return post


def test_sections_and_a_note_are_picked(post_briefing):
    answer = post_briefing(sections=["evidence", "parts"], covering_note="The evidence first.")

    assert answer.status_code == 202
    assert answer.json()["sections"] == ["evidence", "parts"]
    assert Briefing.objects.get().covering_note == "The evidence first."


def test_no_selection_differs_from_an_empty_selection(post_briefing):
    assert post_briefing().json()["sections"] is None
    assert post_briefing(sections=[]).json()["sections"] == []


@pytest.mark.parametrize(
    ("body", "code", "sentence"),
    [
        ({"sections": ["weather"]}, "no_choice", "does not have that section"),
        ({"sections": ["parts", "parts"]}, "named_twice", "Choose each section once."),
        ({"kind": "washington", "sections": []}, "required", "Choose at least one section."),
    ],
)
def test_sections_that_can_not_be_are_refused(post_briefing, body, code, sentence):
    answer = post_briefing(**body)

    assert answer.status_code == 409
    assert (answer.json()["code"], answer.json()["field"]) == (code, "sections")
    assert sentence in answer.json()["detail"]
    assert not Briefing.objects.exists()


def test_a_note_in_which_somebody_could_be_found_is_held_back(post_briefing):
    answer = post_briefing(covering_note="Call the survivor at +266 5812 3456.")

    assert answer.status_code == 400
    assert not Briefing.objects.exists()
