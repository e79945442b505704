"""Dialogues: the list, one of them for each reader, a new one, and putting one right."""

from datetime import date

import pytest
from django.urls import reverse

from dialogues import actions
from dialogues.models import Dialogue
from dialogues.words import Presence
from tests.factories import (
    AgendaItemFactory,
    AmbassadorFactory,
    CommitmentFactory,
    CountryFactory,
    DialogueFactory,
    EditionFactory,
    FocalPointFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
    ParticipantFactory,
    RecommendationFactory,
    at_noon,
)

pytestmark = pytest.mark.django_db


def address(name, row):
    return reverse(name, args=[row.pk])


def meeting(**fields):
    """A dialogue with everything that is internal to the embassy."""
    dialogue = DialogueFactory(
        **{"place": "Residence", "purpose": "PURPOSE", "record": "RECORD", "agreed": "AGREED"} | fields
    )
    ParticipantFactory(dialogue=dialogue, name="PARTICIPANT")
    AgendaItemFactory(dialogue=dialogue, recommendation=RecommendationFactory(text="AGENDA"))
    return dialogue


def test_dialogue_list_is_newest_first_with_what_came_of_each(client):
    older, newer = meeting(held_on=date(2021, 11, 8)), meeting(held_on=date(2022, 1, 12))
    CommitmentFactory(dialogue=newer)
    CommitmentFactory(dialogue=newer)
    ParticipantFactory(dialogue=newer)
    client.force_login(ObserverFactory())

    rows = client.get(reverse("dialogue_list")).context["meetings"]

    assert [(row.pk, row.commitment_count, row.participant_count) for row in rows] == [
        (newer.pk, 2, 2),
        (older.pk, 0, 1),
    ]


def test_a_ministry_reads_of_a_dialogue_its_date_place_and_own_commitments(client):
    dialogue = meeting()
    own, other = (
        CommitmentFactory(dialogue=dialogue, text="Ours."),
        CommitmentFactory(dialogue=dialogue, text="Theirs."),
    )
    meeting(held_on=date(2022, 1, 12), place="Elsewhere")
    client.force_login(FocalPointFactory(ministry=own.ministry))

    of_list = client.get(reverse("dialogue_list"))
    assert of_list.context["meetings"] == [(dialogue.pk, dialogue.held_on, "Residence", 1, "", 0)]

    of_one = client.get(address("dialogue_detail", dialogue))
    for response in (of_list, of_one):
        assert "Residence" in response.text
        for secret in ("PURPOSE", "RECORD", "AGREED", "PARTICIPANT", "AGENDA", other.text, "Elsewhere"):
            assert secret not in response.text, secret
    assert "Ours." in of_one.text
    assert not [value for layer in of_one.context for value in layer.dicts[-1].values() if isinstance(value, Dialogue)]


def test_the_embassy_reads_all_of_a_dialogue(client):
    dialogue = meeting()
    CommitmentFactory(dialogue=dialogue, text="Theirs.", made__due_on=date(2022, 1, 16))
    client.force_login(ObserverFactory())

    text = client.get(address("dialogue_detail", dialogue)).text

    for told in ("PURPOSE", "RECORD", "AGREED", "PARTICIPANT", "AGENDA", "Theirs.", "late by 12 days"):
        assert told in text, told
    assert "Change the record" not in text


def test_dialogue_detail_is_404_for_whoever_may_not_see_it(client):
    dialogue = meeting()
    for user in (FocalPointFactory(), OfficerFactory(countries=[CountryFactory(elsewhere=True)])):
        client.force_login(user)
        assert client.get(address("dialogue_detail", dialogue)).status_code == 404
        assert client.get(address("dialogue_edit", dialogue)).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_dialogue_list_query_count(client, django_assert_num_queries, count):
    for n in range(count):
        CommitmentFactory(dialogue=meeting(held_on=date(2021, 11, 8 + n)))
    client.force_login(OfficerFactory())

    # session, user, zone; number of rows, rows; edition, may add; inbox, name of the post
    with django_assert_num_queries(9):
        response = client.get(reverse("dialogue_list"))

    assert len(response.context["meetings"]) == count


@pytest.mark.parametrize("count", [1, 3])
def test_dialogue_detail_query_count(client, django_assert_num_queries, count):
    dialogue = meeting()
    for _ in range(count):
        CommitmentFactory(dialogue=dialogue)
        ParticipantFactory(dialogue=dialogue, ministry=MinistryFactory())
        AgendaItemFactory(dialogue=dialogue)
    client.force_login(OfficerFactory())

    # session, user, zone; dialogue, commitments, participants, agenda, may change; inbox, name of the post;
    # what is proposed to go
    with django_assert_num_queries(11):
        response = client.get(address("dialogue_detail", dialogue))

    assert len(response.context["commitments"]) == count


# --- Writing one down -------------------------------------------------------------------------------------------------


def filled(**changed):
    rows = {"people-TOTAL_FORMS": "3", "people-INITIAL_FORMS": "0"}
    form = {
        "held_on": "2022-01-20",
        "place": "Ministry of Police",
        "purpose": "Follow-up",
        "record": "The list was handed over.",
        "agreed": "Ten districts by March.",
        "people-0-name": "A. Minister",
        "people-0-office": "Minister of Police",
        "people-0-presence": "video",
    }
    return rows | form | changed


def test_dialogue_add_writes_down_who_came_and_what_was_agreed(client):
    EditionFactory()
    recommendation = RecommendationFactory()
    police = MinistryFactory(short_name="Police")
    client.force_login(OfficerFactory())

    response = client.post(
        reverse("dialogue_add"), filled(agenda=[recommendation.pk], **{"people-0-ministry": police.pk})
    )

    dialogue = Dialogue.objects.get()
    assert response.headers["Location"] == address("dialogue_detail", dialogue)
    assert [(p.name, p.office, p.presence, p.ministry) for p in dialogue.participants.all()] == [
        ("A. Minister", "Minister of Police", Presence.VIDEO, police)
    ]
    assert [item.recommendation for item in dialogue.agenda.all()] == [recommendation]
    assert dialogue.agreed == "Ten districts by March."


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"held_on": "2022-01-29"}, "That day has not come yet."),
        ({"place": ""}, "Fill this in."),
        ({"people-0-office": ""}, "Say for which office"),
        ({"agenda": ["987654"]}, "Choose from the list."),
    ],
)
def test_dialogue_add_refuses_beside_the_field_and_keeps_what_was_typed(client, changed, sentence):
    RecommendationFactory()
    client.force_login(OfficerFactory())

    response = client.post(reverse("dialogue_add"), filled(**changed))

    assert response.status_code == 422
    assert sentence in response.text
    assert "The list was handed over." in response.text
    assert "A. Minister" in response.text
    assert not Dialogue.objects.exists()


def test_dialogue_add_twice_is_refused_and_loses_nothing(client):
    RecommendationFactory()
    client.force_login(OfficerFactory())
    client.post(reverse("dialogue_add"), filled())

    response = client.post(reverse("dialogue_add"), filled())

    assert response.status_code == 422
    assert "is recorded already. Open that one and change it." in response.text
    kept = Dialogue.objects.get()
    assert f'<a href="{reverse("dialogue_detail", args=[kept.pk])}">{kept}</a>' in response.text
    assert "The list was handed over." in response.text
    assert Dialogue.objects.count() == 1


def test_dialogue_add_offers_another_line_and_loses_nothing(client):
    RecommendationFactory()
    client.force_login(OfficerFactory())

    response = client.post(reverse("dialogue_add"), filled(more="people", place="", record="Half a sen"))

    assert response.status_code == 200
    assert 'name="people-3-name"' in response.text
    assert "A. Minister" in response.text
    assert "Half a sen" in response.text
    assert "Fill this in." not in response.text


def test_dialogue_add_and_edit_are_the_officers(client):
    dialogue = meeting()
    CommitmentFactory(dialogue=dialogue, ministry=MinistryFactory(short_name="Police"))
    for user in (
        ObserverFactory(),
        AmbassadorFactory(),
        FocalPointFactory(ministry=MinistryFactory(short_name="Police")),
    ):
        client.force_login(user)
        for url in (reverse("dialogue_add"), address("dialogue_edit", dialogue)):
            assert client.get(url).status_code == 403
            assert client.post(url, filled()).status_code == 403


# --- Putting one right ------------------------------------------------------------------------------------------------


def test_dialogue_edit_begins_with_what_stands_there(client):
    dialogue = meeting()
    client.force_login(OfficerFactory())

    text = client.get(address("dialogue_edit", dialogue)).text

    for told in ("PURPOSE", "RECORD", "AGREED", "PARTICIPANT", 'value="2021-11-08"', "checked"):
        assert told in text, told


def test_dialogue_edit_changes_the_record(client):
    dialogue = meeting()
    client.force_login(OfficerFactory())

    response = client.post(address("dialogue_edit", dialogue), filled(version=dialogue.version))

    assert response.headers["Location"] == address("dialogue_detail", dialogue)
    dialogue.refresh_from_db()
    assert (dialogue.record, [p.name for p in dialogue.participants.all()]) == (
        "The list was handed over.",
        ["A. Minister"],
    )


def test_the_second_to_edit_sees_what_the_first_saved_and_loses_nothing(client):
    dialogue = meeting()
    seen = dialogue.version
    actions.change_dialogue(
        dialogue=dialogue,
        version=seen,
        held_on=dialogue.held_on,
        place=dialogue.place,
        purpose=dialogue.purpose,
        record="What the first one wrote.",
        agreed="",
        participants=[actions.ParticipantLine("B. First", "Deputy Minister", Presence.IN_PERSON, None)],
        agenda=[],
        by=OfficerFactory(email="first@example.com", name="First Officer"),
        now=at_noon(date(2022, 1, 27)),
    )
    client.force_login(OfficerFactory())

    first = client.post(address("dialogue_edit", dialogue), filled(version=seen))

    assert first.status_code == 422
    assert "First Officer changed" in first.text
    for told in ("What the first one wrote.", "B. First, Deputy Minister", "The list was handed over.", "A. Minister"):
        assert told in first.text, told

    again = filled(version=first.context["form"]["version"].value())
    assert client.post(address("dialogue_edit", dialogue), again).status_code == 302
    dialogue.refresh_from_db()
    assert dialogue.record == "The list was handed over."
