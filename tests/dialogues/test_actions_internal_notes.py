"""An officer writes an internal note, names a colleague, and the note is marked as dealt with."""

import json
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from dialogues.actions.internal_notes import mark_note_done, mark_note_not_done, write_note
from dialogues.actions.redactions import confirm_redaction, finish_redaction, propose_redaction
from dialogues.models import InternalNote, InternalNoteDone
from tests.factories import (
    AdministratorFactory,
    AmbassadorFactory,
    CommitmentFactory,
    CountryFactory,
    FocalPointFactory,
    InternalNoteDoneFactory,
    InternalNoteFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
    RecommendationFactory,
    at_noon,
)
from tests.refusals import refuses
from tests.visibility import EMBASSY, create_readers, same_for_each, visible_names
from tiptracker.audit.append_only import REDACTED
from tiptracker.audit.models import AuditEntry
from tiptracker.choices import Role

pytestmark = pytest.mark.django_db

TODAY = date(2022, 1, 28)
NOW = at_noon(TODAY)


def write(subject=None, **values):
    defaults = {"text": "Ask about it.", "by": OfficerFactory(), "now": NOW}
    return write_note(subject=subject or CommitmentFactory(), **defaults | values)


def waiting_for(user):
    return list(InternalNote.objects.visible_to(user).waiting_for(user, TODAY))


# --- Who reads notes --------------------------------------------------------------------------------------------------


def test_the_embassy_reads_the_notes_of_its_country_and_no_ministry_does():
    people = create_readers()
    police = people["own ministry"].ministry
    elsewhere = people["officer elsewhere"].countries.get()
    rows = {
        "on a commitment": InternalNoteFactory(commitment=CommitmentFactory(ministry=police)),
        "on a recommendation": InternalNoteFactory(recommendation=RecommendationFactory(lead=police)),
        "on a ministry": InternalNoteFactory(ministry=police),
        "elsewhere": InternalNoteFactory(country=elsewhere, ministry=MinistryFactory(country=elsewhere)),
    }

    here = ("on a commitment", "on a ministry", "on a recommendation")
    assert visible_names(people, rows) == same_for_each(EMBASSY, here) | {"officer elsewhere": ["elsewhere"]}


# --- Writing ----------------------------------------------------------------------------------------------------------


def test_a_note_is_dated_signed_and_logged_with_what_it_is_about():
    by, colleague = OfficerFactory(), OfficerFactory(name="Thabo Mokoena")
    ministry = MinistryFactory()

    note = write(ministry, text=" Ask about it. ", named=colleague, by=by)

    stored = InternalNote.objects.get()
    assert (stored.subject, stored.country, stored.text) == (ministry, ministry.country, "Ask about it.")
    assert (stored.named, stored.recorded_by, stored.recorded_at) == (colleague, by, NOW)
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.table, entry.row, entry.country) == (
        "internal_note.added",
        "dialogues.internalnote",
        str(note.pk),
        ministry.country,
    )
    assert json.loads(entry.detail.after) == {
        "ministry": ministry.pk,
        "named": "Thabo Mokoena",
        "text": "Ask about it.",
    }


@pytest.mark.parametrize("factory", [AmbassadorFactory, ObserverFactory, FocalPointFactory, AdministratorFactory])
def test_only_officers_of_the_country_write_notes(factory):
    with pytest.raises(PermissionDenied):
        write(by=factory())
    with pytest.raises(PermissionDenied):
        write(by=OfficerFactory(countries=[CountryFactory(elsewhere=True)]))


def test_a_note_without_a_text_or_sent_twice_is_refused_until_the_first_is_dealt_with():
    by, commitment = OfficerFactory(), CommitmentFactory()
    with refuses("required", field="text", sentence="Write the note."):
        write(commitment, text=" ", by=by)
    first = write(commitment, by=by)

    with refuses("duplicate"):
        write(commitment, by=by)
    write(commitment, named=OfficerFactory(), by=by)
    write(CommitmentFactory(), by=by)
    InternalNoteDoneFactory(note=first)
    write(commitment, by=by)
    assert InternalNote.objects.count() == 4


def test_only_colleagues_who_can_have_tasks_of_the_country_are_named():
    by = OfficerFactory()
    elsewhere = OfficerFactory(countries=[CountryFactory(elsewhere=True)])
    gone, expired = OfficerFactory(is_active=False), OfficerFactory(valid_until_on=date(2022, 1, 27))
    for person in (by, ObserverFactory(), FocalPointFactory(), AdministratorFactory(), elsewhere, gone, expired):
        with refuses("cannot_be_named", field="named"):
            write(named=person, by=by)

    assert write(named=AmbassadorFactory(), by=by)
    assert write(named=OfficerFactory(valid_until_on=TODAY), by=by)


def test_the_database_refuses_a_note_about_nothing_or_two_things_or_for_its_writer():
    note = InternalNoteFactory()
    for change in (
        {"commitment": None},
        {"ministry": MinistryFactory()},
        {"named": note.recorded_by},
        {"text": ""},
    ):
        row = InternalNote(
            **{name: getattr(note, name) for name in ("country", "commitment", "text", "recorded_at", "recorded_by")}
            | change
        )
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)


# --- Whose task it is -------------------------------------------------------------------------------------------------


def test_a_note_is_the_task_of_the_person_named_until_it_is_dealt_with():
    writer, colleague, ambassador = OfficerFactory(), OfficerFactory(), AmbassadorFactory()
    write(by=writer)
    for_colleague, for_ambassador = write(named=colleague, by=writer), write(named=ambassador, by=writer)

    assert [waiting_for(user) for user in (writer, colleague, ambassador)] == [[], [for_colleague], [for_ambassador]]

    mark_note_done(note=for_colleague, by=colleague, now=NOW)
    mark_note_done(note=for_ambassador, by=writer, now=NOW)
    assert [waiting_for(user) for user in (writer, colleague, ambassador)] == [[], [], []]


@pytest.mark.parametrize(
    "leaves",
    [
        lambda person: {"is_active": False},
        lambda person: {"valid_until_on": date(2022, 1, 27)},
        lambda person: {"role": Role.OBSERVER},
        lambda person: person.countries.set([CountryFactory(elsewhere=True)]) or {},
    ],
    ids=["account closed", "last day over", "another role", "another country"],
)
def test_the_note_of_a_person_who_left_is_a_task_of_the_officers(leaves):
    writer, other, ambassador, person = OfficerFactory(), OfficerFactory(), AmbassadorFactory(), OfficerFactory()
    note = write(named=person, by=writer)

    for name, value in leaves(person).items():
        setattr(person, name, value)
    person.save()

    assert [waiting_for(user) for user in (writer, other)] == [[note], [note]]
    elsewhere = OfficerFactory(countries=[CountryFactory(elsewhere=True)])
    assert [waiting_for(user) for user in (ambassador, elsewhere)] == [[], []]


# --- Dealt with -------------------------------------------------------------------------------------------------------


def test_officers_and_the_ambassador_whom_the_note_names_mark_it_as_dealt_with():
    ambassador, other_ambassador = AmbassadorFactory(), AmbassadorFactory()
    writer = OfficerFactory()
    denied = (
        other_ambassador,
        ObserverFactory(),
        FocalPointFactory(),
        OfficerFactory(countries=[CountryFactory(elsewhere=True)]),
    )
    for by in denied:
        note = write(named=ambassador, by=writer, text=f"Ask {by.pk}.")
        with pytest.raises(PermissionDenied):
            mark_note_done(note=note, by=by, now=NOW)

    for by in (ambassador, writer, OfficerFactory()):
        note = write(named=ambassador, by=writer, text=f"Ask {by.pk}.")
        mark = mark_note_done(note=note, by=by, now=NOW)
        assert (mark.recorded_by, mark.recorded_at, note.done) == (by, NOW, mark)


def test_a_mark_is_taken_back_once_and_both_stay_in_the_history_and_the_log():
    by = OfficerFactory(name="Thabo Mokoena")
    note = write(by=by)
    mark = mark_note_done(note=note, by=by, now=NOW)
    with refuses("already_done", sentence="Thabo Mokoena has already marked this note as dealt with"):
        mark_note_done(note=note, by=by, now=NOW)

    mark_note_not_done(note=note, mark=mark.pk, by=by, now=NOW)

    assert InternalNote.objects.open().get() == note
    with refuses("already_undone", sentence="Thabo Mokoena has already marked this note as not dealt with"):
        mark_note_not_done(note=note, mark=mark.pk, by=by, now=NOW)
    with refuses("stale_page"):
        mark_note_not_done(note=note, mark=InternalNoteDoneFactory().pk, by=by, now=NOW)
    again = mark_note_done(note=note, by=by, now=NOW)
    assert [(row.pk, row.undone_by) for row in note.marks.order_by("pk")] == [(mark.pk, by), (again.pk, None)]
    verbs = AuditEntry.objects.filter(row=str(note.pk)).order_by("number").values_list("verb", flat=True)
    assert list(verbs) == [f"internal_note.{what}" for what in ("added", "done", "undone", "done")]


def test_the_database_keeps_a_mark_that_was_taken_back_and_holds_one_mark():
    mark = InternalNoteDoneFactory(undone_at=NOW, undone_by=OfficerFactory())
    for change in ({"undone_at": None, "undone_by": None}, {"undone_by": OfficerFactory()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            InternalNoteDone.objects.filter(pk=mark.pk).update(**change)

    InternalNoteDoneFactory(note=mark.note)
    with pytest.raises(IntegrityError), transaction.atomic():
        InternalNoteDoneFactory(note=mark.note)


# --- Redaction --------------------------------------------------------------------------------------------------------


def test_a_redaction_removes_the_note_and_what_the_log_keeps_of_it():
    note = write(text="Ask for Mpho Letsie.")

    redaction = propose_redaction(
        country=note.country, words="Mpho Letsie", reason="It names somebody.", by=OfficerFactory(), now=NOW
    )
    confirm_redaction(redaction=redaction, by=OfficerFactory(), now=NOW)
    finish_redaction(redaction=redaction)

    note.refresh_from_db()
    assert note.text == REDACTED
    assert "Mpho" not in AuditEntry.objects.get(verb="internal_note.added").detail.after
