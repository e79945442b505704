"""The pages of dialogues: list, detail, planning, agenda, record and follow-up."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.html import strip_tags

from dialogues.actions.agendas import arrange_agenda
from dialogues.actions.dialogue_records import NextStepInput, record_dialogue
from dialogues.actions.dialogues import ParticipantInput, change_dialogue
from dialogues.choices import DialogueStage, Presence
from dialogues.models import Commitment, Dialogue, NextStep
from tests.dialogues.sample_files import PDF
from tests.edition_urls import edition_url
from tests.factories import (
    TERMS_SET_AT,
    AgendaItemFactory,
    AmbassadorFactory,
    BenchmarkFactory,
    CommitmentFactory,
    CountryFactory,
    DialogueFactory,
    DialogueFileFactory,
    EditionFactory,
    FocalPointFactory,
    InformationRequestFactory,
    MinistryFactory,
    NextStepDoneFactory,
    NextStepFactory,
    ObserverFactory,
    OfficerFactory,
    ParticipantFactory,
    RecommendationFactory,
    RecorderFactory,
    UpdateVersionFactory,
    at_noon,
)
from tests.refusals import shows_refusal
from tests.undo_buttons import press_undo, undo_forms

pytestmark = pytest.mark.django_db

TODAY = date(2022, 1, 28)


def row_url(name, row):
    return reverse(name, args=[row.pk])


def held_dialogue(**fields):
    """A dialogue with all kinds of internal texts."""
    dialogue = DialogueFactory(
        **{"place": "Residence", "purpose": "PURPOSE", "record": "RECORD", "agreed": "AGREED"} | fields
    )
    ParticipantFactory(dialogue=dialogue, name="PARTICIPANT")
    AgendaItemFactory(dialogue=dialogue, recommendation=RecommendationFactory(text="AGENDA"), said="SAID")
    return dialogue


def planned_dialogue(**fields):
    """A dialogue of 10 February 2022, with its agenda."""
    dialogue = DialogueFactory(planned=True, **{"place": "Ministry", "purpose": "PURPOSE"} | fields)
    ParticipantFactory(dialogue=dialogue, office="Minister of Police", name="")
    AgendaItemFactory(dialogue=dialogue, recommendation=None, topic="TOPIC", note="NOTE")
    return dialogue


def test_dialogue_list_tells_what_is_ahead_first_then_what_was_newest_first(client):
    older, newer = held_dialogue(held_on=date(2021, 11, 8)), held_dialogue(held_on=date(2022, 1, 12))
    later, sooner, missed = (
        planned_dialogue(),
        planned_dialogue(held_on=TODAY),
        planned_dialogue(held_on=date(2022, 1, 27)),
    )
    off = planned_dialogue(called_off_at=at_noon(TODAY), called_off_by=OfficerFactory(), called_off_reason="No.")
    CommitmentFactory(dialogue=newer)
    CommitmentFactory(dialogue=newer)
    ParticipantFactory(dialogue=newer)
    ParticipantFactory(dialogue=newer, came=False)
    NextStepFactory(dialogue=newer)
    NextStepDoneFactory(step__dialogue=newer)
    client.force_login(ObserverFactory())

    rows = client.get(reverse("dialogue_list")).context["meetings"]

    told = [(row.pk, row.stage, row.commitment_count, row.participant_count, row.step_count) for row in rows]
    assert told == [
        (missed.pk, DialogueStage.UNRECORDED, 0, 1, 0),
        (sooner.pk, DialogueStage.TODAY, 0, 1, 0),
        (later.pk, DialogueStage.PLANNED, 0, 1, 0),
        (off.pk, DialogueStage.CALLED_OFF, 0, 1, 0),
        (newer.pk, DialogueStage.HELD, 2, 2, 1),
        (older.pk, DialogueStage.HELD, 0, 1, 0),
    ]
    taken = client.get(reverse("dialogue_list"), {"as": "csv"}).content.decode()
    assert '"Not recorded","PURPOSE","1","0"' in taken


def test_a_ministry_reads_of_a_dialogue_its_date_place_and_own_commitments(client):
    dialogue = held_dialogue()
    own, other = (
        CommitmentFactory(dialogue=dialogue, text="Ours."),
        CommitmentFactory(dialogue=dialogue, text="Theirs."),
    )
    held_dialogue(held_on=date(2022, 1, 12), place="Elsewhere")
    others = planned_dialogue(place="Elsewhere")
    AgendaItemFactory(dialogue=others, recommendation=None, commitment=own)
    NextStepFactory(dialogue=dialogue, text="STEP", ministry=own.ministry)
    DialogueFileFactory(dialogue=dialogue, file__name="STATEMENT.pdf")
    client.force_login(FocalPointFactory(ministry=own.ministry))

    of_list = client.get(reverse("dialogue_list"))
    assert of_list.context["meetings"] == [(dialogue.pk, dialogue.held_on, "Residence", 1, None, "", 0, 0)]
    assert client.get(row_url("dialogue_detail", others)).status_code == 404

    of_one = client.get(row_url("dialogue_detail", dialogue))
    secrets = ("PURPOSE", "RECORD", "AGREED", "PARTICIPANT", "AGENDA", "SAID", "STEP", "STATEMENT", "Elsewhere")
    for response in (of_list, of_one):
        assert "Residence" in response.text
        for secret in (*secrets, other.text, "NOTE"):
            assert secret not in response.text, secret
    assert "Ours." in of_one.text
    assert not [value for layer in of_one.context for value in layer.dicts[-1].values() if isinstance(value, Dialogue)]
    taken = client.get(reverse("dialogue_list"), {"as": "csv"}).content.decode()
    assert taken.splitlines()[0].lstrip("\ufeff") == '"Date","Place","Commitments"'


def test_a_ministry_that_takes_part_reads_where_the_dialogue_is_and_that_it_was_called_off(client):
    dialogue = planned_dialogue(place="Residence")
    RecommendationFactory()
    ministry = ParticipantFactory(dialogue=dialogue, ministry=MinistryFactory()).ministry
    AgendaItemFactory(dialogue=dialogue, recommendation=None, topic="TOPIC")
    client.force_login(FocalPointFactory(ministry=ministry))
    pages = [client.get(row_url("dialogue_detail", dialogue)).text]
    assert [row.place for row in client.get(reverse("dialogue_list")).context["meetings"]] == ["Residence"]

    Dialogue.objects.update(called_off_at=TERMS_SET_AT, called_off_by=RecorderFactory(), called_off_reason="REASON")
    pages.append(client.get(row_url("dialogue_detail", dialogue)).text)

    assert ["Your ministry is invited" in page for page in pages] == [True, False]
    assert ["called off" in page for page in pages] == [False, True]
    assert not client.get(reverse("dialogue_list")).context["meetings"]
    for secret in ("PURPOSE", "PARTICIPANT", "TOPIC", "REASON"):
        assert all(secret not in page for page in pages), secret


def test_a_ministry_reads_that_it_made_no_commitment_at_a_dialogue(client):
    dialogue = held_dialogue()
    RecommendationFactory()
    ministry = ParticipantFactory(dialogue=dialogue, ministry=MinistryFactory()).ministry
    client.force_login(FocalPointFactory(ministry=ministry))

    assert "Your ministry made no commitment at this dialogue." in client.get(row_url("dialogue_detail", dialogue)).text


def test_minutes_tell_who_came_what_was_said_agreed_and_what_became_of_it(client):
    dialogue = held_dialogue()
    ParticipantFactory(dialogue=dialogue, name="", office="ABSENT", came=False)
    CommitmentFactory(dialogue=dialogue, text="Theirs.", made__due_on=date(2022, 1, 16))
    NextStepFactory(dialogue=dialogue, text="STEP", due_on=date(2022, 1, 25), office="OFFICE")
    NextStepDoneFactory(step__dialogue=dialogue, result="RESULT")
    DialogueFileFactory(dialogue=dialogue, file__name="STATEMENT.pdf")
    client.force_login(ObserverFactory())

    text = client.get(row_url("dialogue_detail", dialogue)).text

    for told in (
        "PURPOSE", "RECORD", "AGREED", "PARTICIPANT", "AGENDA", "SAID", "Expected but absent: ABSENT", "Theirs.",
        "Overdue by 12 days", "OFFICE:", "STEP", "overdue by 3 days", "RESULT", "STATEMENT.pdf",
    ):  # fmt: skip
        assert told in text, told
    for button in ("Edit the record", "Mark as done", "Attach a file"):
        assert button not in text


def test_the_agenda_of_one_to_come_tells_what_became_of_the_last_one(client):
    before, dialogue = held_dialogue(), planned_dialogue()
    promise = CommitmentFactory(dialogue=before, text="Promised.", made__due_on=date(2022, 1, 16))
    AgendaItemFactory(dialogue=dialogue, recommendation=None, commitment=promise)
    NextStepFactory(dialogue=before, text="STEP")
    forgotten = held_dialogue(held_on=date(2021, 10, 1))
    NextStepFactory(dialogue=forgotten, text="FORGOTTEN")
    NextStepDoneFactory(step__dialogue=forgotten, step__text="LONG DONE")
    client.force_login(OfficerFactory())

    for name in ("dialogue_detail", "dialogue_agenda", "dialogue_record"):
        text = client.get(row_url(name, dialogue)).text
        for told in ("TOPIC", "NOTE", "Results of the previous dialogue", "Overdue by 12 days", "STEP", "FORGOTTEN"):
            assert told in text, (name, told)
        assert "LONG DONE" not in text


def test_pages_of_a_dialogue_are_404_for_people_who_may_not_see_it(client):
    dialogue = held_dialogue()
    step = NextStepFactory(dialogue=dialogue)
    names = ("detail", "edit", "call_off", "agenda", "record", "attach")
    for user in (FocalPointFactory(), OfficerFactory(countries=[CountryFactory(elsewhere=True)])):
        client.force_login(user)
        for name in names:
            assert client.get(row_url(f"dialogue_{name}", dialogue)).status_code == 404
        assert client.get(row_url("next_step_done", step)).status_code == 404


def create_dialogues(count):
    """Create as many held and planned dialogues, each with all that its row shows."""
    for n in range(count):
        dialogue = held_dialogue(held_on=date(2021, 4, 1), place=f"Room {n}")
        CommitmentFactory(dialogue=dialogue, ministry=MinistryFactory(short_name="Police"))
        NextStepFactory(dialogue=dialogue)
        planned_dialogue(place=f"Room {n}")


@pytest.mark.parametrize("count", [1, 3, 300])
def test_dialogue_list_query_count(client, django_assert_num_queries, count):
    create_dialogues(count)
    client.force_login(OfficerFactory())

    # session, user, zone; number of rows, rows; edition, may add; tasks, name of the post
    with django_assert_num_queries(12):
        response = client.get(edition_url("dialogue_list"))

    assert len(response.context["meetings"]) == min(2 * count, 25)


def full_dialogue(count):
    """Create an earlier dialogue, and one of today with many rows of each kind."""
    before, dialogue = held_dialogue(), planned_dialogue(held_on=TODAY)
    for _ in range(count):
        promise = CommitmentFactory(dialogue=before, made__due_on=date(2022, 1, 16))
        UpdateVersionFactory(update__commitment=promise)
        AgendaItemFactory(dialogue=dialogue, recommendation=None, commitment=promise)
        AgendaItemFactory(dialogue=dialogue)
        ParticipantFactory(dialogue=dialogue, ministry=promise.ministry)
        NextStepFactory(dialogue=before)
        NextStepFactory(dialogue=dialogue)
        DialogueFileFactory(dialogue=dialogue)
        CommitmentFactory(dialogue=dialogue)
        BenchmarkFactory()
    return dialogue


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("name", "queries"), [("dialogue_detail", 34), ("dialogue_agenda", 25), ("dialogue_record", 28)]
)
def test_pages_of_a_dialogue_count_their_queries(client, django_assert_num_queries, name, queries, count):
    dialogue = full_dialogue(count)
    client.force_login(OfficerFactory())

    with django_assert_num_queries(queries):
        assert client.get(row_url(name, dialogue)).status_code == 200


# --- Planning one -----------------------------------------------------------------------------------------------------


def form_data(**changed):
    rows = {"people-TOTAL_FORMS": "3", "people-INITIAL_FORMS": "0"}
    form = {
        "held_on": "2022-02-10",
        "place": "Ministry of Police",
        "purpose": "Follow-up",
        "people-0-name": "A. Minister",
        "people-0-office": "Minister of Police",
        "people-0-presence": "video",
    }
    return rows | form | changed


@pytest.mark.parametrize(("held_on", "page"), [("2022-02-10", "dialogue_agenda"), ("2022-01-28", "dialogue_record")])
def test_dialogue_add_goes_on_to_the_agenda_or_to_the_record(client, held_on, page):
    EditionFactory()
    RecommendationFactory()
    police = MinistryFactory(short_name="Police")
    client.force_login(OfficerFactory())

    response = client.post(reverse("dialogue_add"), form_data(held_on=held_on, **{"people-0-ministry": police.pk}))

    dialogue = Dialogue.objects.get()
    assert response.headers["Location"] == row_url(page, dialogue)
    assert [(p.name, p.office, p.presence, p.ministry, p.came) for p in dialogue.participants.all()] == [
        ("A. Minister", "Minister of Police", Presence.VIDEO, police, None)
    ]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"held_on": "10 February"}, "Give the day as a date, such as 2022-01-28."),
        ({"place": ""}, "Fill this in."),
        ({"people-0-office": ""}, "Give the office of this participant"),
        ({"people-0-office": "", "people-0-name": ""}, "Name at least one office that takes part"),
    ],
)
def test_dialogue_add_refuses_beside_the_field_and_keeps_what_was_typed(client, changed, sentence):
    RecommendationFactory()
    client.force_login(OfficerFactory())

    response = client.post(reverse("dialogue_add"), form_data(**changed))

    assert response.status_code == 422
    assert sentence in response.text
    assert "Follow-up" in response.text
    assert not Dialogue.objects.exists()


def test_dialogue_add_twice_is_refused_and_loses_nothing(client):
    RecommendationFactory()
    client.force_login(OfficerFactory())
    client.post(reverse("dialogue_add"), form_data())

    response = client.post(reverse("dialogue_add"), form_data())

    assert response.status_code == 422
    assert shows_refusal(response, "duplicate")
    kept = Dialogue.objects.get()
    assert f'<a href="{reverse("dialogue_detail", args=[kept.pk])}">{kept}</a>' in response.text


def test_dialogue_add_offers_another_line_and_loses_nothing(client):
    RecommendationFactory()
    client.force_login(OfficerFactory())

    response = client.post(reverse("dialogue_add"), form_data(more="people", place=""))

    assert response.status_code == 200
    assert 'name="people-3-name"' in response.text
    assert "A. Minister" in response.text
    assert "Fill this in." not in response.text


def test_dialogues_are_the_officers_to_write(client):
    dialogue = held_dialogue()
    CommitmentFactory(dialogue=dialogue, ministry=MinistryFactory(short_name="Police"))
    names = ("edit", "call_off", "agenda", "record", "attach")
    for user in (
        ObserverFactory(),
        AmbassadorFactory(),
        FocalPointFactory(ministry=MinistryFactory(short_name="Police")),
    ):
        client.force_login(user)
        for url in (reverse("dialogue_add"), *(row_url(f"dialogue_{name}", dialogue) for name in names)):
            assert client.get(url).status_code == 403
            assert client.post(url, form_data()).status_code == 403


def test_dialogue_edit_moves_it_and_keeps_whom_it_names(client):
    dialogue = planned_dialogue()
    one = dialogue.participants.get()
    client.force_login(OfficerFactory())
    begun = client.get(row_url("dialogue_edit", dialogue)).text
    for told in ("PURPOSE", "Minister of Police", 'value="2022-02-10"', f'value="{one.pk}"'):
        assert told in begun, told

    said = form_data(version=1, held_on="2022-02-17", **{"people-0-key": one.pk})
    response = client.post(row_url("dialogue_edit", dialogue), said)

    assert response.headers["Location"] == row_url("dialogue_detail", dialogue)
    dialogue.refresh_from_db()
    assert (dialogue.held_on, dialogue.participants.get().pk) == (date(2022, 2, 17), one.pk)


def test_the_second_to_edit_sees_what_the_first_saved_and_loses_nothing(client):
    dialogue = planned_dialogue()
    change_dialogue(
        dialogue=dialogue,
        version=1,
        held_on=dialogue.held_on,
        place="What the first one wrote",
        purpose=dialogue.purpose,
        participants=[ParticipantInput("B. First", "Deputy Minister", Presence.IN_PERSON, None)],
        by=OfficerFactory(email="first@example.com", name="First Officer"),
        now=at_noon(date(2022, 1, 27)),
    )
    client.force_login(OfficerFactory())

    first = client.post(row_url("dialogue_edit", dialogue), form_data(version=1))

    assert first.status_code == 422
    assert shows_refusal(first, "edit_conflict")
    for told in ("What the first one wrote", "B. First, Deputy Minister", "A. Minister"):
        assert told in first.text, told
    again = form_data(version=first.context["form"]["version"].value())
    assert client.post(row_url("dialogue_edit", dialogue), again).status_code == 302


def test_dialogue_call_off_keeps_it_with_its_reason(client):
    dialogue = planned_dialogue()
    client.force_login(OfficerFactory(name="Thabo Mokoena"))
    url = row_url("dialogue_call_off", dialogue)

    assert client.post(url, {"reason": " ", "version": 1}).status_code == 422
    assert client.post(url, {"reason": "The minister travels.", "version": 1}).status_code == 302
    text = client.get(row_url("dialogue_detail", dialogue)).text
    for told in ("Thabo Mokoena called off this dialogue on 28 January 2022.", "The minister travels.", "TOPIC"):
        assert told in text, told
    again = client.post(url, {"reason": "Again.", "version": 2})
    assert again.status_code == 422
    assert shows_refusal(again, "called_off")


# --- Its agenda -------------------------------------------------------------------------------------------------------


def agenda_data(*abouts, **more):
    rows = {"items-TOTAL_FORMS": str(len(abouts)), "items-INITIAL_FORMS": str(len(abouts)), "version": "1"}
    for number, each in enumerate(abouts):
        topic, about = (each, "topic") if " " in each else ("", each)
        rows |= {f"items-{number}-about": about, f"items-{number}-topic": topic, f"items-{number}-note": f"N{number}"}
    return rows | more


def test_dialogue_agenda_proposes_what_presses_most_first_and_ticks_it(client):
    EditionFactory()
    dialogue = DialogueFactory(planned=True)
    silent = RecommendationFactory(text="Do it.")
    overdue = CommitmentFactory(text="Overdue.", made__due_on=date(2022, 1, 16))
    waiting = UpdateVersionFactory().update.commitment
    CommitmentFactory(text="Far off.", made__due_on=date(2022, 6, 1))
    CommitmentFactory(text="Done.", done=True)
    client.force_login(OfficerFactory())

    form = client.get(row_url("dialogue_agenda", dialogue)).context["form"]

    told = [(about, strip_tags(label.replace("<br>", " "))) for about, label in form.fields["proposed"].choices]
    assert [(about, label.partition(": ")[2]) for about, label in told] == [
        (f"commitment-{overdue.pk}", "Overdue. Overdue by 12 days."),
        (
            f"commitment-{waiting.pk}",
            f"{waiting.text} The ministry’s update has been with the embassy since 10 January 2022.",
        ),
        (f"recommendation-{silent.pk}", "Do it. To date, no action on it has been recorded."),
    ]
    assert form["proposed"].value() == [f"commitment-{overdue.pk}", f"commitment-{waiting.pk}"]
    assert "Far off." in str(form["other"])


def test_dialogue_agenda_proposes_what_is_theirs_of_a_dialogue_with_one_ministry_and_offers_the_rest(client):
    EditionFactory()
    dialogue = DialogueFactory(planned=True)
    police, justice = MinistryFactory(short_name="Police"), MinistryFactory(short_name="Justice")
    ParticipantFactory(dialogue=dialogue, ministry=police)
    ParticipantFactory(dialogue=dialogue, office="Ambassador")
    own, theirs = RecommendationFactory(lead=police), RecommendationFactory(lead=justice)
    late = {
        ministry: CommitmentFactory(ministry=ministry, made__due_on=date(2022, 1, 16)) for ministry in (police, justice)
    }
    ours = {
        recommendation: CommitmentFactory(
            united_states=True, benchmarks=[BenchmarkFactory(recommendation=recommendation)]
        )
        for recommendation in (own, theirs)
    }
    client.force_login(OfficerFactory())

    form = client.get(row_url("dialogue_agenda", dialogue)).context["form"]

    assert [about for about, _ in form.fields["proposed"].choices] == [
        f"commitment-{late[police].pk}", f"commitment-{ours[own].pk}", f"recommendation-{own.pk}",
    ]  # fmt: skip
    others = {about for about, _ in form.fields["other"].choices} - {""}
    assert others == {f"commitment-{late[justice].pk}", f"commitment-{ours[theirs].pk}", f"recommendation-{theirs.pk}"}


def test_dialogue_agenda_proposes_unanswered_requests_of_the_ministries_at_the_table_as_topics(client):
    edition = EditionFactory()
    dialogue = DialogueFactory(planned=True)
    police, justice = MinistryFactory(short_name="Police"), MinistryFactory(short_name="Justice")
    ParticipantFactory(dialogue=dialogue, ministry=police)
    asked, _ = (
        InformationRequestFactory(
            ministry=ministry, edition=edition, asked__due_on=date(2022, 1, 20), lines=["The list", "The order"]
        )
        for ministry in (police, justice)
    )
    client.force_login(OfficerFactory())
    url = row_url("dialogue_agenda", dialogue)
    key, topic = f"request-{asked.pk}", f"Police: request for information {asked.pk} of 8 November 2021"

    form = client.get(url).context["form"]
    ((about, label),) = form.fields["proposed"].choices
    assert (about, strip_tags(label)) == (key, f"{topic}Overdue by 8 days.")
    assert form["proposed"].value() == [key]

    page = client.post(url, agenda_data(put="yes", proposed=key))
    (line,) = page.context["lines"]
    assert (line.form.initial["topic"], line.form.initial["note"]) == (topic, "The list; The order")
    assert not page.context["form"].fields["proposed"].choices, "it is on the agenda"

    assert client.post(url, agenda_data(other="", proposed=key)).status_code == 302
    assert [(item.topic, item.note) for item in dialogue.agenda.all()] == [(topic, "The list; The order")]
    assert not client.get(url).context["form"].fields["proposed"].choices


def test_the_last_one_is_the_last_with_the_same_ministry(client):
    police, justice = MinistryFactory(short_name="Police"), MinistryFactory(short_name="Justice")
    dialogue = planned_dialogue()
    ParticipantFactory(dialogue=dialogue, ministry=police)
    joint = held_dialogue(held_on=date(2021, 10, 1))
    for ministry in (police, justice):
        CommitmentFactory(dialogue=joint, ministry=ministry, text=f"Of {ministry.short_name}.")
        NextStepFactory(dialogue=joint, ministry=ministry, text=f"Step of {ministry.short_name}.")
    others = held_dialogue(held_on=date(2021, 12, 1), place="MARKER")
    CommitmentFactory(dialogue=others, ministry=justice, text="MARKER")
    client.force_login(OfficerFactory())

    for name in ("dialogue_detail", "dialogue_agenda", "dialogue_record"):
        last = client.get(row_url(name, dialogue)).context["last"]
        assert last.dialogue == joint
        assert [commitment.commitment.text for commitment in last.commitments] == ["Of Police."]
        assert [step.row.text for step in last.steps] == ["Step of Police."]


def test_dialogue_agenda_is_ordered_by_hand_before_it_is_saved(client):
    dialogue = DialogueFactory(planned=True)
    first, second = CommitmentFactory(), CommitmentFactory()
    keys = f"commitment-{first.pk}", f"commitment-{second.pk}"
    client.force_login(OfficerFactory())
    url = row_url("dialogue_agenda", dialogue)

    def order(said):
        response = client.post(url, said)
        assert response.status_code == 200
        return [row.form.initial["note"] or row.form.initial["about"] for row in response.context["lines"]]

    assert order(agenda_data(*keys, "Our topic", move="up-1")) == ["N1", "N0", "N2"]
    assert order(agenda_data(*keys, "Our topic", move="down-1")) == ["N0", "N2", "N1"]
    assert order(agenda_data(*keys, move="up-0")) == ["N0", "N1"]
    assert order(agenda_data(*keys, drop="0")) == ["N1"]
    assert order(agenda_data(keys[0], put="yes", proposed=keys[1])) == ["N0", keys[1]]
    assert order(agenda_data(keys[0], more="items")) == ["N0", "topic"]
    assert not dialogue.agenda.exists()

    assert client.post(url, agenda_data(keys[1], "Our topic", other="", proposed=keys[0])).status_code == 302
    assert [(str(item), item.note) for item in dialogue.agenda.all()] == [
        (second.text, "N0"),
        ("Our topic", "N1"),
        (first.text, ""),
    ]


def test_removing_an_agenda_item_is_undone_with_what_was_typed_in_its_place(client):
    dialogue = DialogueFactory(planned=True)
    keys = [f"commitment-{CommitmentFactory(text=f'Promise {number}').pk}" for number in range(3)]
    client.force_login(OfficerFactory())
    url = row_url("dialogue_agenda", dialogue)

    def notes(response):
        return [row.form.initial["note"] for row in response.context["lines"]]

    removed = client.post(url, agenda_data(*keys, drop="1"))
    assert notes(removed) == ["N0", "N2"]
    dropped = removed.context["dropped"]
    assert (dropped.place, dropped.about, dropped.note) == (1, keys[1], "N1")
    assert "Promise 1” from the agenda." in removed.text
    assert 'name="undo" value="1"' in removed.text
    back = {f"dropped-{name}": getattr(dropped, name) for name in ("about", "topic", "note")} | {"undo": "1"}

    assert notes(client.post(url, agenda_data(keys[0], keys[2], **back))) == ["N0", "N1", "N1"]
    assert notes(client.post(url, agenda_data(*keys, **back))) == ["N0", "N1", "N2"]  # it is there already
    unseen = CommitmentFactory(ministry__country__elsewhere=True)
    forged = back | {"dropped-about": f"commitment-{unseen.pk}"}
    assert notes(client.post(url, agenda_data(keys[0], **forged))) == ["N0"]
    assert client.post(url, agenda_data(keys[0], drop="7")).context["dropped"] is None
    assert not dialogue.agenda.exists()


def test_dialogue_agenda_refuses_what_is_not_seen_and_keeps_what_was_typed(client):
    dialogue, elsewhere = DialogueFactory(planned=True), CommitmentFactory(ministry__country__elsewhere=True)
    client.force_login(OfficerFactory())

    response = client.post(row_url("dialogue_agenda", dialogue), agenda_data(f"commitment-{elsewhere.pk}", "Our topic"))

    assert response.status_code == 422
    assert "This item no longer exists, or you may not see it." in response.text
    assert "Our topic" in response.text
    assert elsewhere.text not in response.text


# --- In the room ------------------------------------------------------------------------------------------------------


def record_data(dialogue, **changed):
    page = {"version": dialogue.version, "record-text": "They spoke.", "agreed-text": "Soon."}
    for prefix in ("others", "commitments", "steps"):
        page |= {f"{prefix}-TOTAL_FORMS": "1", f"{prefix}-INITIAL_FORMS": "0"}
    for participant in dialogue.participants.all():
        page |= {f"came-{participant.pk}-came": "on", f"came-{participant.pk}-name": "P. Minister"}
    return page | changed


@pytest.fixture
def dialogue_of_today(client):
    """A dialogue of today with one item and one expected participant; an officer is signed in."""
    EditionFactory()
    client.force_login(OfficerFactory())
    return planned_dialogue(held_on=TODAY)


def test_dialogue_record_saves_all_that_was_typed_in_the_room(client, dialogue_of_today):
    item, benchmark = dialogue_of_today.agenda.get(), BenchmarkFactory()
    police = MinistryFactory(short_name="Police")
    said = {
        f"said-{item.pk}-text": "They will.",
        "others-0-office": "Deputy minister",
        "commitments-TOTAL_FORMS": "2",
        "commitments-0-who": police.pk,
        "commitments-0-text": "Name them.",
        "commitments-0-due_on": "2022-02-14",
        "commitments-0-benchmark_1": benchmark.pk,
        "commitments-0-reach_1": "meets",
        "commitments-1-who": "united_states",
        "commitments-1-text": "Train them.",
        "commitments-1-no_date": "on",
        "steps-0-text": "Send the list.",
        "steps-0-owner": "office",
        "steps-0-office": "Registrar",
    }

    response = client.post(
        row_url("dialogue_record", dialogue_of_today), record_data(dialogue_of_today, **said), follow=True
    )

    told = ("They will.", "P. Minister", "Deputy minister", "Name them.", "Train them.", "Registrar:", "Send the list.")
    for each in (*told, "They spoke.", "Soon.", "2 commitments were added. 1 next step was added.", "Minutes"):
        assert each in response.text, each
    assert [(c.maker, [(x.benchmark, x.reach) for x in c.links.all()]) for c in Commitment.objects.all()] == [
        (police.name, [(benchmark, "meets")]),
        ("United States", []),
    ]


PROOF_IN_THE_ROOM = {
    "commitments-0-who": "united_states",
    "commitments-0-text": "Train them.",
    "commitments-0-no_date": "on",
    "commitments-0-proof_kind_1": "training",
    "commitments-0-proof_text_1": "the list of those trained",
    "commitments-0-proof_from_1": "the academy",
    "commitments-0-proof_kind_2": "report",
    "commitments-0-proof_text_2": "its report",
    "commitments-0-proof_from_2": "the academy",
}


def test_dialogue_record_takes_the_proof_agreed_in_the_room(client, dialogue_of_today):
    client.post(row_url("dialogue_record", dialogue_of_today), record_data(dialogue_of_today, **PROOF_IN_THE_ROOM))

    agreed = Commitment.objects.get().agreed_proofs.all()
    assert [(str(proof), proof.kind, proof.agreed_on) for proof in agreed] == [
        ("the list of those trained, from the academy", "training", TODAY),
        ("its report, from the academy", "report", TODAY),
    ]


def test_dialogue_record_refuses_agreed_proof_in_part(client, dialogue_of_today):
    said = PROOF_IN_THE_ROOM | {"commitments-0-proof_from_1": "", "commitments-0-proof_text_2": ""}

    refused = client.post(row_url("dialogue_record", dialogue_of_today), record_data(dialogue_of_today, **said))

    assert refused.status_code == 422
    assert refused.context["commitments"][0].errors.keys() == {"proof_from_1", "proof_text_2"}


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"commitments-0-text": "Train."}, "Choose who makes the commitment"),
        ({"commitments-0-who": "united_states", "commitments-0-no_date": "on"}, "Write down the commitment."),
        ({"commitments-0-who": "united_states", "commitments-0-text": "T"}, "or tick “No date agreed”"),
        ({"steps-0-office": "Registrar"}, "Say what is to be done."),
        ({"steps-0-text": "A", "steps-0-owner": "office"}, "Name the office that is to do it."),
        ({"others-0-name": "Somebody"}, "Give the office of this participant"),
    ],
)
def test_dialogue_record_refuses_beside_the_row_and_keeps_what_was_typed(client, dialogue_of_today, said, sentence):
    response = client.post(row_url("dialogue_record", dialogue_of_today), record_data(dialogue_of_today, **said))

    assert response.status_code == 422
    assert sentence in response.text
    assert "They spoke." in response.text
    assert not Commitment.objects.exists()
    assert not NextStep.objects.exists()
    dialogue_of_today.refresh_from_db()
    assert dialogue_of_today.recorded_at is None


def test_dialogue_record_shows_a_refusal_beside_its_row_and_saves_nothing(client, dialogue_of_today):
    said = {"commitments-0-who": "united_states", "commitments-0-text": "T", "commitments-0-due_on": "2022-01-27"}

    response = client.post(row_url("dialogue_record", dialogue_of_today), record_data(dialogue_of_today, **said))

    assert response.status_code == 422
    assert response.context["commitments"].forms[0].has_error("due_on", "due_too_early")
    assert shows_refusal(response, "due_too_early")
    assert "They spoke." in response.text
    assert not Commitment.objects.exists()
    dialogue_of_today.refresh_from_db()
    assert dialogue_of_today.recorded_at is None


def test_dialogue_record_refuses_nobody_and_a_day_to_come(client, dialogue_of_today):
    nobody = {key: value for key, value in record_data(dialogue_of_today).items() if not key.endswith("-came")}
    assert shows_refusal(client.post(row_url("dialogue_record", dialogue_of_today), nobody), "required")
    to_come = planned_dialogue()
    response = client.post(row_url("dialogue_record", to_come), record_data(to_come))
    assert response.status_code == 422
    assert shows_refusal(response, "not_held_yet")
    assert "They spoke." in response.text


@pytest.mark.parametrize("more", ["others", "commitments", "steps"])
def test_dialogue_record_offers_another_line_and_loses_nothing(client, dialogue_of_today, more):
    said = {
        f"said-{dialogue_of_today.agenda.get().pk}-text": "Half a sen",
        "steps-0-text": "Se",
        "commitments-0-text": "Tr",
    }

    response = client.post(
        row_url("dialogue_record", dialogue_of_today), record_data(dialogue_of_today, more=more, **said)
    )

    assert response.status_code == 200
    for kept in ("Half a sen", ">\nSe</textarea>", ">\nTr</textarea>", "P. Minister", "They spoke."):
        assert kept in response.text, kept
    assert len(response.context[more].forms) == 2


def test_a_second_officer_keeps_their_text_and_overwrites_only_changed_fields(client, dialogue_of_today):
    item, one = dialogue_of_today.agenda.get(), dialogue_of_today.participants.get()
    page = client.get(row_url("dialogue_record", dialogue_of_today))
    mine = {f"{form.prefix}-was": form["was"].value() for _, form in page.context["items"]}
    mine |= {f"{page.context[name].prefix}-was": page.context[name]["was"].value() for name in ("record", "agreed")}
    record_dialogue(
        dialogue=dialogue_of_today,
        version=1,
        participants=[ParticipantInput("", one.office, Presence.IN_PERSON, None, came=True, key=one.pk)],
        said={item.pk: "Theirs on the item."},
        record="Theirs besides.",
        agreed="",
        next_steps=[NextStepInput("Their step.", None, "", None)],
        by=OfficerFactory(email="first@example.com", name="First Officer"),
        now=at_noon(TODAY),
    )

    first = client.post(
        row_url("dialogue_record", dialogue_of_today), record_data(dialogue_of_today, **mine, **{"agreed-text": ""})
    )

    assert first.status_code == 422
    assert shows_refusal(first, "edit_conflict")
    for told in ("Theirs besides.", "Their step.", "They spoke."):
        assert told in first.text, told
    again = {"draft_seen": first.context["draft"].seen}  # what could not be saved is kept as a draft
    again |= {"version": first.context["seen"]["version"].value(), f"said-{item.pk}-text": "Theirs on the item."}
    assert first.context["items"][0][1]["text"].value() == "Theirs on the item."
    assert (
        client.post(row_url("dialogue_record", dialogue_of_today), record_data(dialogue_of_today, **again)).status_code
        == 302
    )
    dialogue_of_today.refresh_from_db()
    item.refresh_from_db()
    assert (dialogue_of_today.record, item.said, dialogue_of_today.next_steps.count()) == (
        "They spoke.",
        "Theirs on the item.",
        1,
    )


def test_words_on_an_item_that_a_colleague_took_off_go_to_what_was_said_besides(client, dialogue_of_today):
    item = dialogue_of_today.agenda.get()
    said = record_data(dialogue_of_today, **{f"said-{item.pk}-text": "Typed on it."})
    arrange_agenda(dialogue=dialogue_of_today, version=1, items=[], by=OfficerFactory(), now=at_noon(TODAY))

    response = client.post(row_url("dialogue_record", dialogue_of_today), said)

    assert response.status_code == 422
    assert response.context["record"]["text"].value() == "They spoke.\nTyped on it."


def test_dialogue_record_goes_on_from_a_draft_that_goes_with_it(client, dialogue_of_today):
    item = dialogue_of_today.agenda.get()
    typed = record_data(dialogue_of_today, **{f"said-{item.pk}-text": "As typed.", "steps-0-text": "Call."})
    assert client.post(row_url("dialogue_draft", dialogue_of_today), typed | {"draft_seen": ""}).status_code == 302

    page = client.get(row_url("dialogue_record", dialogue_of_today))
    for kept in ("As typed.", "Call.", "P. Minister"):
        assert kept in page.text, kept
    stale = client.post(row_url("dialogue_record", dialogue_of_today), typed | {"draft_seen": ""})
    assert stale.status_code == 422
    assert shows_refusal(stale, "edit_conflict")

    sent = client.post(
        row_url("dialogue_record", dialogue_of_today), typed | {"draft_seen": dialogue_of_today.draft.mark}, follow=True
    )
    assert "data-draft-sent" in sent.text
    assert not Dialogue.objects.filter(draft__isnull=False).exists()


# --- Afterwards -------------------------------------------------------------------------------------------------------


def test_next_step_done_marks_it_as_done_with_its_result(client):
    step = NextStepFactory(text="Send the list.")
    client.force_login(OfficerFactory())
    url = row_url("next_step_done", step)

    early = client.post(url, {"done_on": "2021-11-07", "result": "Sent."})
    assert (early.status_code, shows_refusal(early, "before_agreed")) == (422, True)
    done = client.post(url, {"done_on": "2022-01-27", "result": "Sent."}, follow=True)
    assert "27 Jan 2022" in done.text
    assert "Sent." in done.text
    assert "marked this step as done on 27 January 2022." in client.get(url).text


def test_a_next_step_marked_as_done_by_mistake_is_marked_as_not_done(client):
    mark = NextStepDoneFactory(step__text="Send the list.", result="Sent.", recorded_by=OfficerFactory(name="A. First"))
    client.force_login(OfficerFactory(name="B. Second"))
    url, dialogue = row_url("next_step_done", mark.step), row_url("dialogue_detail", mark.step.dialogue)
    assert f'name="mark" value="{mark.pk}"' in client.get(url).text
    assert "Mark as not done" in client.get(dialogue).text

    answer = client.post(url, {"mark": mark.pk})

    assert answer.headers["Location"] == dialogue
    text = client.get(dialogue).text
    assert "B. Second marked it as not done on 28 Jan 2022." in text
    assert "Mark as done" in text
    history = client.get(url).text
    assert "A. First marked the step as done on 1 December 2021." in history
    assert "B. Second marked the step as not done." in history


def test_marking_a_next_step_as_done_is_undone_and_that_again(client):
    step = NextStepFactory(text="Send the list.")
    client.force_login(OfficerFactory())
    url = row_url("next_step_done", step)

    done = client.post(url, {"done_on": "2022-01-27", "result": "Sent."}, follow=True)
    not_done = press_undo(client, done)
    assert "This next step is open again: Send the list." in not_done.text
    again = press_undo(client, not_done)

    assert "You marked this next step as done: Send the list." in again.text
    marks = step.marks.order_by("pk")
    assert [(str(mark.done_on), mark.result, mark.undone_at is None) for mark in marks] == [
        ("2022-01-27", "Sent.", False),
        ("2022-01-27", "Sent.", True),
    ]
    [(at, fields)] = undo_forms(not_done)
    late = client.post(at, fields)
    assert (late.status_code, shows_refusal(late, "already_done")) == (422, True)


def test_marking_a_step_as_not_done_a_second_time_names_the_first_person(client):
    mark = NextStepDoneFactory()
    client.force_login(OfficerFactory())
    url = row_url("next_step_done", mark.step)
    client.post(url, {"mark": mark.pk})

    late = client.post(url, {"mark": mark.pk})

    assert (late.status_code, shows_refusal(late, "already_undone")) == (422, True)
    odd = client.post(url, {"mark": "x"})
    assert odd.status_code == 422
    assert client.post(url, {"done_on": "2022-01-27", "result": "Sent."}).status_code == 302
    stale = client.post(url, {"mark": mark.pk})
    assert (stale.status_code, shows_refusal(stale, "already_undone")) == (422, True)
    assert mark.step.marks.filter(undone_at=None).count() == 1


def test_dialogue_attach_keeps_a_statement_and_refuses_what_is_no_file(client):
    dialogue = held_dialogue()
    client.force_login(OfficerFactory())
    url = row_url("dialogue_attach", dialogue)

    none = client.post(url, {"what": "statement"})
    assert (none.status_code, shows_refusal(none, "required")) == (422, True)
    wrong = client.post(url, {"what": "statement", "files": SimpleUploadedFile("a.pdf", b"no pdf")})
    assert wrong.status_code == 422
    sent = client.post(url, {"what": "communique", "files": SimpleUploadedFile("joint.pdf", PDF)}, follow=True)
    assert "Communiqué:" in sent.text
    assert "joint.pdf" in sent.text
    assert dialogue.files.get().what == "communique"


def test_a_commitments_story_leads_to_its_dialogue(client):
    dialogue = held_dialogue()
    commitment = CommitmentFactory(dialogue=dialogue)
    client.force_login(FocalPointFactory(ministry=commitment.ministry))

    assert row_url("dialogue_detail", dialogue) in client.get(row_url("commitment_detail", commitment)).text
