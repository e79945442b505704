"""Recording a meeting, and putting the record right."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from dialogues.actions import ParticipantLine, change_dialogue, record_dialogue
from dialogues.models import Dialogue
from dialogues.words import Presence
from tests.factories import (
    AgendaItemFactory,
    AmbassadorFactory,
    CountryFactory,
    DialogueFactory,
    FocalPointFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
    RecommendationFactory,
    at_noon,
)
from tests.refusing import refuses
from tiptracker.audit.models import AuditEntry

pytestmark = pytest.mark.django_db

NOW = at_noon(date(2022, 1, 28))


def said_at_the_meeting(**said):
    return {
        "held_on": date(2022, 1, 20),
        "place": "The Ambassador's residence",
        "purpose": "Progress before the deadline",
        "record": "The minister told of two cases.",
        "agreed": "Figures by 14 February.",
        "participants": [],
        "agenda": [],
        **said,
    }


def hold(by=None, *, country=None, **said):
    return record_dialogue(
        country=country or CountryFactory(), by=by or OfficerFactory(), now=NOW, **said_at_the_meeting(**said)
    )


def put_right(dialogue, by=None, *, version=1, **said):
    return change_dialogue(
        dialogue=dialogue, version=version, by=by or OfficerFactory(), now=NOW, **said_at_the_meeting(**said)
    )


def test_record_dialogue_writes_who_came_and_what_was_talked_of():
    by, police = OfficerFactory(), MinistryFactory(short_name="Police")
    second, first = RecommendationFactory(), RecommendationFactory()
    hold(
        by,
        participants=[
            ParticipantLine(" Lepota Sekola ", "Minister of Police", Presence.IN_PERSON, police),
            ParticipantLine("", "Office to Monitor and Combat Trafficking", Presence.VIDEO, None),
        ],
        agenda=[first, second],
    )

    kept = Dialogue.objects.get()
    assert (kept.held_on, kept.place, kept.record) == (
        date(2022, 1, 20),
        "The Ambassador's residence",
        "The minister told of two cases.",
    )
    assert (kept.recorded_by, kept.recorded_at, kept.version) == (by, NOW, 1)
    assert [(p.name, p.office, p.presence, p.ministry) for p in kept.participants.all()] == [
        ("Lepota Sekola", "Minister of Police", "in_person", police),
        ("", "Office to Monitor and Combat Trafficking", "video", None),
    ]
    assert [(item.position, item.recommendation) for item in kept.agenda.all()] == [(1, first), (2, second)]
    assert AuditEntry.objects.get().verb == "dialogue.recorded"


REFUSED = [
    ({"held_on": date(2022, 1, 29)}, "That day has not come yet.", "held_on"),
    ({"place": " "}, "Say where it was held.", "place"),
    ({"purpose": ""}, "Say what it was held for.", "purpose"),
    ({"place": "x" * 201}, "at most 200 characters", "place"),
    (
        {"participants": [ParticipantLine("Somebody", " ", Presence.VIDEO, None)]},
        "Name the office of everybody who came.",
        "participants",
    ),
]


@pytest.mark.parametrize(("said", "sentence", "field"), REFUSED)
def test_record_dialogue_refuses(said, sentence, field):
    with refuses(sentence, field=field):
        hold(**said)
    assert not Dialogue.objects.exists()


@pytest.mark.parametrize(("said", "sentence", "field"), REFUSED)
def test_change_dialogue_refuses_and_keeps_what_stood_there(said, sentence, field):
    dialogue = hold(participants=[ParticipantLine("", "Minister", Presence.VIDEO, None)])

    with refuses(sentence, field=field):
        put_right(dialogue, **said)
    dialogue.refresh_from_db()
    assert (dialogue.place, dialogue.version, dialogue.participants.count()) == ("The Ambassador's residence", 1, 1)


def test_dialogue_is_recorded_once():
    hold()

    with refuses("A dialogue of 20 January 2022 at The Ambassador's residence is recorded already.", field="held_on"):
        hold()
    assert hold(place="The ministry").pk


def test_dialogue_refuses_rows_of_another_country():
    elsewhere = CountryFactory(elsewhere=True)
    stranger = ParticipantLine("", "Minister", Presence.VIDEO, MinistryFactory(country=elsewhere))

    with refuses("One of the ministries is another country's.", field="participants"):
        hold(participants=[stranger])
    with refuses("A recommendation on the agenda is another country's.", field="agenda"):
        hold(agenda=[RecommendationFactory(edition__country=elsewhere)])


def test_dialogue_refuses_a_recommendation_twice_on_the_agenda():
    recommendation = RecommendationFactory()

    with refuses("A recommendation is on the agenda twice.", field="agenda"):
        hold(agenda=[recommendation, recommendation])


def test_change_dialogue_replaces_what_it_says_and_logs_what_stood_there():
    by = OfficerFactory()
    dialogue = hold(participants=[ParticipantLine("", "Minister", Presence.VIDEO, None)])
    put_right(
        dialogue,
        by,
        record="The minister told of three cases.",
        participants=[ParticipantLine("", "Deputy minister", Presence.VIDEO, None)],
    )

    kept = Dialogue.objects.get()
    assert (kept.record, kept.version) == ("The minister told of three cases.", 2)
    assert [p.office for p in kept.participants.all()] == ["Deputy minister"]
    entry = AuditEntry.objects.last()
    assert (entry.verb, entry.by) == ("dialogue.changed", by)
    assert "two cases" in entry.detail.before
    assert "three cases" in entry.detail.after


def test_change_dialogue_keeps_the_notes_of_the_agenda():
    dialogue = DialogueFactory()
    kept = AgendaItemFactory(dialogue=dialogue, note="Ask for the figures.").recommendation
    put_right(dialogue, agenda=[RecommendationFactory(), kept])

    assert [(item.position, item.note) for item in dialogue.agenda.all()] == [(1, ""), (2, "Ask for the figures.")]


def test_second_of_two_sees_what_the_first_did():
    dialogue = hold()
    put_right(dialogue, OfficerFactory(name="Thabo Mokoena"), place="The ministry", agreed="Nothing.")

    with refuses(
        "Thabo Mokoena changed what was agreed and place meanwhile, on 28 January 2022 at 12:00. What you typed is kept"
    ):
        put_right(dialogue, record="Something else.")
    assert put_right(dialogue, version=2, record="Something else.").version == 3


@pytest.mark.parametrize("factory", [AmbassadorFactory, ObserverFactory, FocalPointFactory])
def test_only_officers_hold_dialogues(factory):
    dialogue = DialogueFactory()

    with pytest.raises(PermissionDenied):
        hold(factory())
    with pytest.raises(PermissionDenied):
        put_right(dialogue, factory())


def test_officers_hold_dialogues_with_their_own_country_alone():
    with pytest.raises(PermissionDenied):
        hold(country=CountryFactory(elsewhere=True))
