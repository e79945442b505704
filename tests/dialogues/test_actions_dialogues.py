"""Actions on dialogues: plan, move, call off, agenda, record, next steps and files."""

import json
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from dialogues.actions.agendas import AgendaItemInput, arrange_agenda
from dialogues.actions.commitments import record_commitment
from dialogues.actions.dialogue_records import (
    CommitmentInput,
    NextStepInput,
    attach_files,
    mark_step_done,
    mark_step_not_done,
    record_dialogue,
)
from dialogues.actions.dialogues import ParticipantInput, call_off, change_dialogue, plan_dialogue
from dialogues.actions.duplicates import DuplicateRecord
from dialogues.choices import CommitmentReach, DialogueFileKind, DialogueStage, Horizon, MadeBy, Presence
from dialogues.models import Commitment, Dialogue, EvidenceFile, NextStep, NextStepDone
from tests.append_only import redact_text
from tests.factories import (
    AgendaItemFactory,
    AmbassadorFactory,
    BenchmarkFactory,
    CommitmentFactory,
    CountryFactory,
    DialogueFactory,
    DialogueFileFactory,
    EvidenceFactory,
    EvidenceFileFactory,
    FocalPointFactory,
    MinistryFactory,
    NextStepDoneFactory,
    NextStepFactory,
    ObserverFactory,
    OfficerFactory,
    ParticipantFactory,
    RecommendationFactory,
    at_noon,
)
from tests.refusals import refuses
from tiptracker.audit.append_only import REDACTED
from tiptracker.audit.models import AuditEntry

pytestmark = pytest.mark.django_db

TODAY = date(2022, 1, 28)
NOW = at_noon(TODAY)
MINISTER = ParticipantInput("", "Minister", Presence.VIDEO, None)


def dialogue_values(**values):
    return {
        "held_on": date(2022, 2, 10),
        "place": "The Ambassador's residence",
        "purpose": "Progress before the deadline",
        "participants": [MINISTER],
        **values,
    }


def plan_sample(by=None, *, country=None, **values):
    return plan_dialogue(
        country=country or CountryFactory(), by=by or OfficerFactory(), now=NOW, **dialogue_values(**values)
    )


def change_sample(dialogue, by=None, *, version=1, **values):
    return change_dialogue(
        dialogue=dialogue, version=version, by=by or OfficerFactory(), now=NOW, **dialogue_values(**values)
    )


def dialogue_of_today(**more):
    """A dialogue of today with one expected participant and no record yet."""
    dialogue = DialogueFactory(planned=True, held_on=TODAY, **more)
    ParticipantFactory(dialogue=dialogue)
    return dialogue


def participants_present(dialogue, *others):
    expected = [
        ParticipantInput(
            participant.name,
            participant.office,
            Presence(participant.presence),
            participant.ministry,
            came=True,
            key=participant.pk,
        )
        for participant in dialogue.participants.all()
    ]
    return [*expected, *others]


def record_sample(dialogue, by=None, **values):
    return record_dialogue(
        **{
            "dialogue": dialogue,
            "version": dialogue.version,
            "participants": participants_present(dialogue),
            "said": {},
            "record": "The minister told of two cases.",
            "agreed": "Figures by 14 February.",
            "by": by or OfficerFactory(),
            "now": NOW,
            **values,
        }
    )


# --- Beforehand -------------------------------------------------------------------------------------------------------


def test_plan_dialogue_saves_the_participants():
    by, police = OfficerFactory(), MinistryFactory(short_name="Police")
    lines = [ParticipantInput(" A. Minister ", "Minister", Presence.IN_PERSON, police), MINISTER]

    dialogue = plan_sample(by, participants=lines)

    assert (dialogue.entered_by, dialogue.recorded_at, dialogue.stage_on(TODAY)) == (by, None, DialogueStage.PLANNED)
    assert [(p.name, p.office, p.presence, p.ministry, p.came) for p in dialogue.participants.all()] == [
        ("A. Minister", "Minister", "in_person", police, None),
        ("", "Minister", "video", None, None),
    ]
    assert AuditEntry.objects.get().verb == "dialogue.planned"


INVALID_VALUES = [
    ({"place": " "}, "place", "required", "Give the place of the dialogue."),
    ({"purpose": ""}, "purpose", "required", "Give the purpose of the dialogue."),
    ({"place": "x" * 201}, "place", "max_length", ""),
    ({"participants": []}, "participants", "required", "Name at least one office that takes part."),
    (
        {"participants": [ParticipantInput("Somebody", " ", Presence.VIDEO, None)]},
        "participants",
        "required",
        "Give the office of each participant.",
    ),
]


@pytest.mark.parametrize(("values", "field", "code", "sentence"), INVALID_VALUES)
def test_plan_dialogue_refuses(values, field, code, sentence):
    with refuses(code, field=field, sentence=sentence):
        plan_sample(**values)
    assert not Dialogue.objects.exists()


@pytest.mark.parametrize(("values", "field", "code"), [row[:3] for row in INVALID_VALUES])
def test_a_refused_change_leaves_the_dialogue_as_it_was(values, field, code):
    dialogue = plan_sample()

    with refuses(code, field=field):
        change_sample(dialogue, **values)
    dialogue.refresh_from_db()
    assert (dialogue.place, dialogue.version, dialogue.participants.count()) == ("The Ambassador's residence", 1, 1)


def test_dialogue_is_planned_once_a_day_and_place_unless_it_was_called_off():
    dialogue = plan_sample()

    with refuses(
        "duplicate",
        field="held_on",
        sentence="A dialogue on 10 February 2022 at The Ambassador's residence already exists.",
    ):
        plan_sample()
    assert plan_sample(place="The ministry").pk
    call_off(dialogue=dialogue, version=1, reason="The minister travels.", by=OfficerFactory(), now=NOW)
    assert plan_sample().pk


def test_dialogue_refuses_rows_of_another_country():
    elsewhere = CountryFactory(elsewhere=True)
    stranger = ParticipantInput("", "Minister", Presence.VIDEO, MinistryFactory(country=elsewhere))

    with refuses("another_country", field="participants", sentence="One of the ministries belongs to another country."):
        plan_sample(participants=[stranger])
    with refuses("another_country", field="items", sentence="An item on the agenda belongs to another country."):
        arrange_items(dialogue_of_today(), RecommendationFactory(edition__country=elsewhere))
    with refuses("another_country", field="items"):
        arrange_items(Dialogue.objects.get(), CommitmentFactory(ministry__country=elsewhere))


def test_change_dialogue_logs_the_values_before():
    by = OfficerFactory()
    dialogue = plan_sample()
    participant = dialogue.participants.get()
    change_sample(
        dialogue,
        by,
        held_on=date(2022, 2, 17),
        participants=[ParticipantInput("B. Deputy", "Deputy minister", Presence.VIDEO, None, key=participant.pk)],
    )

    saved = Dialogue.objects.get()
    assert (saved.held_on, saved.version) == (date(2022, 2, 17), 2)
    assert [(p.pk, p.office) for p in saved.participants.all()] == [(participant.pk, "Deputy minister")]
    entry = AuditEntry.objects.last()
    assert (entry.verb, entry.by) == ("dialogue.changed", by)
    assert "2022-02-10" in entry.detail.before
    assert "2022-02-17" in entry.detail.after


def test_a_recorded_dialogue_cannot_be_moved_into_the_future():
    with refuses("future_day", field="held_on"):
        change_sample(DialogueFactory())


def test_a_dialogue_that_was_called_off_cannot_be_changed():
    dialogue = plan_sample()
    with refuses("required", field="reason", sentence="Say why the dialogue is called off."):
        call_off(dialogue=dialogue, version=1, reason=" ", by=OfficerFactory(), now=NOW)
    call_off(dialogue=dialogue, version=1, reason="The minister travels.", by=OfficerFactory(), now=NOW)

    dialogue.refresh_from_db()
    assert (dialogue.stage_on(date(2022, 2, 11)), dialogue.called_off_reason) == (
        DialogueStage.CALLED_OFF,
        "The minister travels.",
    )
    for change in (
        lambda: change_sample(dialogue, version=2),
        lambda: arrange_items(dialogue, "A topic"),
        lambda: record_sample(dialogue),
        lambda: call_off(dialogue=dialogue, version=2, reason="Again.", by=OfficerFactory(), now=NOW),
    ):
        with refuses("called_off", sentence="This dialogue was called off. Plan a new one instead."):
            change()


def test_a_recorded_dialogue_cannot_be_called_off():
    with refuses("already_held", sentence="This dialogue has a record, so it cannot be called off."):
        call_off(dialogue=DialogueFactory(), version=1, reason="No.", by=OfficerFactory(), now=NOW)


def test_a_second_officer_is_refused_and_reads_what_the_first_did():
    dialogue = plan_sample()
    change_sample(dialogue, OfficerFactory(name="Thabo Mokoena"), place="The ministry", purpose="Something else")

    with refuses(
        "edit_conflict",
        sentence="Thabo Mokoena changed this on 28 January 2022 at 12:00: place and purpose.",
    ):
        record_sample(dialogue, version=1)


# --- The agenda -------------------------------------------------------------------------------------------------------


def arrange_items(dialogue, *abouts, by=None, **notes):
    items = [about if isinstance(about, AgendaItemInput) else AgendaItemInput(about) for about in abouts]
    return arrange_agenda(
        dialogue=dialogue, version=dialogue.version, items=items, by=by or OfficerFactory(), now=NOW, **notes
    )


def test_arrange_agenda_saves_order_and_notes_and_leaves_what_was_said():
    dialogue = DialogueFactory()
    values = AgendaItemFactory(dialogue=dialogue, said="They will.").recommendation
    dropped = AgendaItemFactory(dialogue=dialogue)
    commitment = CommitmentFactory()

    arrange_items(dialogue, AgendaItemInput(commitment, "When?"), values, " The courts ")

    saved = [(item.position, str(item), item.note, item.said) for item in dialogue.agenda.all()]
    assert saved == [
        (1, commitment.text, "When?", ""),
        (2, f"Recommendation {values.number}: {values.text}", "", "They will."),
        (3, "The courts", "", ""),
    ]
    assert str(dropped.recommendation.pk) in AuditEntry.objects.last().detail.before


def test_arrange_agenda_refuses_duplicates_empty_topics_and_removing_a_discussed_item():
    dialogue = DialogueFactory()
    recommendation = AgendaItemFactory(dialogue=dialogue, said="They will.").recommendation

    with refuses("named_twice", field="items", sentence="An item is on the agenda twice."):
        arrange_items(dialogue, recommendation, recommendation)
    with refuses("required", field="items", sentence="Name the topic, or remove the item."):
        arrange_items(dialogue, recommendation, " ")
    with refuses("already_discussed", field="items", sentence="You removed an item on which something is recorded."):
        arrange_items(dialogue)
    assert dialogue.agenda.get().position == 1


# --- In the room ------------------------------------------------------------------------------------------------------


def test_record_dialogue_writes_all_of_it_at_once():
    by, police, benchmark = OfficerFactory(), MinistryFactory(short_name="Police"), BenchmarkFactory()
    dialogue = dialogue_of_today()
    item = AgendaItemFactory(dialogue=dialogue)

    record_sample(
        dialogue,
        by,
        participants=participants_present(
            dialogue, ParticipantInput("", "Deputy minister", Presence.IN_PERSON, police, came=True)
        ),
        said={item.pk: " They will. "},
        commitments=[
            CommitmentInput(
                police, "Name them.", date(2022, 2, 14), Horizon.SHORT_TERM, [(benchmark, CommitmentReach.MEETS)]
            ),
            CommitmentInput(None, "Train them.", None, Horizon.MULTI_YEAR),
        ],
        next_steps=[
            NextStepInput("Send the list.", None, "", date(2022, 2, 1)),
            NextStepInput("Ask the registrar.", None, "Registrar of the High Court", None),
        ],
    )

    saved = Dialogue.objects.get()
    assert (saved.stage_on(TODAY), saved.recorded_by, saved.recorded_at) == (DialogueStage.HELD, by, NOW)
    assert [(p.office, p.came) for p in saved.participants.all()] == [("Minister", True), ("Deputy minister", True)]
    assert saved.agenda.get().said == "They will."
    commitments = [
        (c.maker, c.text, c.events.get().happened_on, c.events.get().due_on) for c in saved.commitments.all()
    ]
    assert commitments == [
        (police.name, "Name them.", TODAY, date(2022, 2, 14)),
        ("United States", "Train them.", TODAY, None),
    ]
    assert saved.commitments.first().links.get().reach == CommitmentReach.MEETS
    assert [(s.owner, s.text, s.due_on) for s in saved.next_steps.all()] == [
        ("The embassy", "Send the list.", date(2022, 2, 1)),
        ("Registrar of the High Court", "Ask the registrar.", None),
    ]


@pytest.mark.parametrize(
    ("values", "field", "code", "sentence"),
    [
        ({"participants": [MINISTER]}, "participants", "required", "Tick at least one participant who came"),
        (
            {"commitments": [CommitmentInput(None, "Train.", None, Horizon.SHORT_TERM)] * 2},
            "commitments-1-text",
            "duplicate",
            "",
        ),
        (
            {"commitments": [CommitmentInput(None, "Train.", date(2022, 1, 27), Horizon.SHORT_TERM)]},
            "commitments-0-due_on",
            "due_too_early",
            "",
        ),
        (
            {"next_steps": [NextStepInput("A", None, "", None), NextStepInput(" ", None, "", None)]},
            "steps-1-text",
            "required",
            "Say what is to be done.",
        ),
        (
            {"next_steps": [NextStepInput("A", None, "", date(2022, 1, 27))]},
            "steps-0-due_on",
            "due_too_early",
            "The due date is before the dialogue.",
        ),
        ({"next_steps": [NextStepInput("A", None, "", None)] * 2}, "steps-1-text", "duplicate", ""),
    ],
)
def test_record_dialogue_refuses_on_the_field_of_the_row_and_saves_nothing(values, field, code, sentence):
    dialogue = dialogue_of_today()

    with refuses(code, field=field, sentence=sentence):
        record_sample(dialogue, **values)

    dialogue.refresh_from_db()
    assert (dialogue.record, dialogue.version, dialogue.recorded_at) == ("", 1, None)
    assert not Commitment.objects.exists()
    assert not NextStep.objects.exists()


def test_a_future_dialogue_cannot_be_recorded():
    dialogue = plan_sample()
    with refuses("not_held_yet", sentence="This dialogue is planned for 10 February 2022."):
        record_sample(dialogue)


def test_recording_again_adds_commitments_and_next_steps():
    dialogue = dialogue_of_today()
    record_sample(dialogue, next_steps=[NextStepInput("Send the list.", None, "", None)])
    dialogue.refresh_from_db()
    first = dialogue.recorded_by
    record_sample(dialogue, OfficerFactory(), next_steps=[NextStepInput("Call them.", None, "", None)])

    dialogue.refresh_from_db()
    assert dialogue.recorded_by == first
    assert [step.text for step in dialogue.next_steps.all()] == ["Send the list.", "Call them."]


def test_a_commitment_needs_a_held_dialogue_and_may_be_the_first_thing_recorded_of_it():
    by = OfficerFactory()
    values = {
        "country": CountryFactory(), "made_by": MadeBy.UNITED_STATES, "ministry": None, "text": "Train.",
        "made_on": TODAY, "due_on": None, "horizon": Horizon.SHORT_TERM, "links": [], "by": by, "now": NOW,
    }  # fmt: skip

    with refuses("not_held_yet", field="dialogue", sentence="That dialogue is planned for 10 February 2022"):
        record_commitment(dialogue=plan_sample(), **values)
    dialogue = dialogue_of_today()
    record_commitment(dialogue=dialogue, **values)
    dialogue.refresh_from_db()
    assert (dialogue.recorded_by, dialogue.stage_on(TODAY)) == (by, DialogueStage.HELD)


# --- Afterwards -------------------------------------------------------------------------------------------------------


def mark_done(step, **values):
    return mark_step_done(
        **{"step": step, "done_on": TODAY, "result": "Sent.", "by": OfficerFactory(), "now": NOW} | values
    )


def test_a_next_step_is_marked_done_once_and_not_before_the_dialogue():
    step = NextStepFactory()
    with refuses("future_day", field="done_on"):
        mark_done(step, done_on=date(2022, 1, 29))
    with refuses(
        "before_agreed",
        field="done_on",
        sentence="This step was agreed on 8 November 2021. Give that day or a later one.",
    ):
        mark_done(step, done_on=date(2021, 11, 7))

    assert mark_done(step, by=OfficerFactory(name="Thabo Mokoena")).result == "Sent."
    sentence = "Thabo Mokoena has already marked this step as done on 28 January 2022."
    with refuses("already_done", sentence=sentence):
        mark_done(step)


def mark_not_done(mark, **values):
    return mark_step_not_done(**{"step": mark.step, "mark": mark.pk, "by": OfficerFactory(), "now": NOW} | values)


def test_a_next_step_marked_as_done_by_mistake_is_open_again_and_its_history_says_so():
    step = NextStepFactory()
    mark = mark_done(step)

    mark_not_done(mark, by=(by := OfficerFactory(name="Thabo Mokoena")), now=NOW + timedelta(minutes=5))

    step = NextStep.objects.with_marks().get()
    assert (step.done, step.undone, step.undone.undone_by) == (None, mark, by)
    assert step.done_as_known(NOW) == mark
    assert NextStep.objects.unsettled().get() == step
    entry = AuditEntry.objects.get(verb="next_step.undone")
    assert (entry.by, entry.row) == (by, str(step.pk))
    assert json.loads(entry.detail.before) == {"done_on": "2022-01-28", "result": "Sent."}

    again = mark_done(step, result="Sent now.")
    assert NextStep.objects.get().done == again
    assert not NextStep.objects.unsettled().exists()


def test_a_mark_is_taken_back_once_and_only_the_one_that_was_shown():
    first = mark_done(NextStepFactory())
    mark_not_done(first, by=OfficerFactory(name="Thabo Mokoena"))
    second = mark_done(first.step)

    sentence = "Thabo Mokoena has already marked this step as not done, on 28 January 2022"
    with refuses("already_undone", sentence=sentence):
        mark_not_done(first)
    with refuses("stale_page"):
        mark_not_done(mark_done(NextStepFactory()), step=first.step)
    assert NextStep.objects.get(pk=first.step_id).done == second


def test_the_database_keeps_a_mark_that_was_taken_back():
    mark = mark_done(NextStepFactory())
    mark_not_done(mark)
    taken_back = NextStepDone.objects.filter(pk=mark.pk)

    for change in ({"undone_at": None, "undone_by": None}, {"undone_by": OfficerFactory()}, {"result": "Other."}):
        with pytest.raises(IntegrityError), transaction.atomic():
            taken_back.update(**change)


def test_the_database_holds_one_mark_of_a_step():
    mark = mark_done(NextStepFactory())
    with pytest.raises(IntegrityError), transaction.atomic():
        NextStepDoneFactory(step=mark.step)


def test_only_the_embassy_sees_a_file_of_a_dialogue():
    by = OfficerFactory()
    dialogue, file = DialogueFactory(), EvidenceFileFactory(uploaded_by=by)
    CommitmentFactory(dialogue=dialogue, ministry=(focal_point := FocalPointFactory()).ministry)

    attach_files(dialogue=dialogue, files=[file], what=DialogueFileKind.COMMUNIQUE, by=by, now=NOW)

    assert [str(each) for each in dialogue.files.all()] == [f"Communiqué: {file.name}"]
    visible = {
        user: EvidenceFile.objects.visible_to(user).filter(pk=file.pk).exists()
        for user in (ObserverFactory(), focal_point, OfficerFactory(countries=[CountryFactory(elsewhere=True)]))
    }
    assert list(visible.values()) == [True, False, False]
    assert not EvidenceFile.objects.unsent(before=at_noon(date(2030, 1, 1))).exists()
    redact_text(file, "name")
    EvidenceFile.objects.filter(pk=file.pk).update(name=REDACTED)
    assert EvidenceFile.objects.kept().filter(pk=file.pk).exists()


def test_a_file_cannot_be_attached_to_a_second_dialogue_or_to_evidence():
    by = OfficerFactory()
    of_evidence = EvidenceFactory(file=EvidenceFileFactory(uploaded_by=by)).file
    of_another = DialogueFileFactory(file__uploaded_by=by).file

    for file in (of_evidence, of_another, EvidenceFileFactory(uploaded_by=OfficerFactory())):
        with refuses("already_sent", field="files"):
            attach_files(dialogue=DialogueFactory(), files=[file], what=DialogueFileKind.OTHER, by=by, now=NOW)
    with refuses("required", field="files", sentence="Choose a file to attach."):
        attach_files(dialogue=DialogueFactory(), files=[], what=DialogueFileKind.OTHER, by=by, now=NOW)


@pytest.mark.parametrize("factory", [AmbassadorFactory, ObserverFactory, FocalPointFactory])
def test_only_officers_write_dialogues(factory):
    by, dialogue = factory(), dialogue_of_today()
    file = EvidenceFileFactory(uploaded_by=by)

    for write in (
        lambda: plan_sample(by),
        lambda: change_sample(dialogue, by),
        lambda: call_off(dialogue=dialogue, version=1, reason="No.", by=by, now=NOW),
        lambda: arrange_items(dialogue, "A topic", by=by),
        lambda: record_sample(dialogue, by),
        lambda: mark_done(NextStepFactory(dialogue=dialogue), by=by),
        lambda: mark_not_done(NextStepDoneFactory(step__dialogue=dialogue), by=by),
        lambda: attach_files(dialogue=dialogue, files=[file], what=DialogueFileKind.OTHER, by=by, now=NOW),
    ):
        with pytest.raises(PermissionDenied):
            write()


def test_officers_plan_dialogues_with_their_own_country_alone():
    with pytest.raises(PermissionDenied):
        plan_sample(country=CountryFactory(elsewhere=True))


def test_a_duplicate_row_of_a_dialogue_names_the_existing_record():
    dialogue = dialogue_of_today()
    step = NextStepInput("Send the list.", None, "", None)
    record_sample(dialogue, by := OfficerFactory(), next_steps=[step])
    dialogue.refresh_from_db()

    with pytest.raises(DuplicateRecord) as caught:
        record_sample(dialogue, by, next_steps=[step])
    assert caught.value.row == NextStep.objects.get()
