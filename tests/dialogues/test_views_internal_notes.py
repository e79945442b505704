"""Internal notes on pages: their section, the form, the page of a note, and what no ministry gets to see."""

from datetime import date

import pytest
from django.urls import reverse

from dialogues.models import InternalNote
from tests.factories import (
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
    RedactionFactory,
    at_noon,
)
from tests.refusals import shows_refusal
from tests.undo_buttons import press_undo, undo_forms
from tiptracker.audit.models import AuditEntry

pytestmark = pytest.mark.django_db

SUBJECTS = {"commitment": CommitmentFactory, "recommendation": RecommendationFactory, "ministry": MinistryFactory}


def row_url(name, row):
    return reverse(name, args=[row.pk])


@pytest.fixture(params=SUBJECTS)
def about(request):
    """The kind of thing that a note is about, and one such thing."""
    RecommendationFactory()
    return request.param, SUBJECTS[request.param]()


def test_a_note_is_written_on_the_page_of_its_subject_and_shown_there(client, about):
    kind, subject = about
    colleague = OfficerFactory(name="Thabo Mokoena")
    AmbassadorFactory(name="The Ambassador")
    OfficerFactory(name="Left", is_active=False)
    ObserverFactory(name="Observer")
    OfficerFactory(name="Elsewhere", countries=[CountryFactory(elsewhere=True)])
    officer = OfficerFactory(name="Palesa Nkosi")
    client.force_login(officer)
    page = client.get(row_url(f"{kind}_detail", subject))
    form = page.context["notes"].form
    assert [label for key, label in form.fields["named"].choices] == [
        "Nobody in particular",
        "Recorder",
        "Thabo Mokoena",
        "The Ambassador",
    ]
    assert "Unclassified information only." in page.text

    answer = client.post(page.context["notes"].add_url, {"text": "ASK ABOUT IT", "named": colleague.pk}, follow=True)

    assert answer.redirect_chain == [(f"{row_url(f'{kind}_detail', subject)}#notes", 302)]
    assert "Thabo Mokoena gets a notice, and finds it in My tasks" in answer.text
    assert [line.note.text for line in answer.context["notes"].open] == ["ASK ABOUT IT"]
    assert "For Thabo Mokoena" in answer.text
    note = InternalNote.objects.get()
    assert (getattr(note, kind), note.named, note.recorded_by) == (subject, colleague, officer)
    assert undo_forms(answer) == []  # somebody is told


def test_notes_stand_newest_first_and_those_dealt_with_are_folded_up(client, about):
    kind, subject = about
    rows = [
        InternalNoteFactory(**{kind: subject}, text=f"NOTE {day}", recorded_at=at_noon(date(2022, 1, day)))
        for day in (10, 12, 11)
    ]
    InternalNoteDoneFactory(note=rows[2])
    InternalNoteFactory(text="ABOUT ANOTHER")

    for reader in (OfficerFactory(), AmbassadorFactory(), ObserverFactory()):
        client.force_login(reader)
        page = client.get(row_url(f"{kind}_detail", subject))
        notes = page.context["notes"]
        assert [line.note.text for line in notes.open] == ["NOTE 12", "NOTE 10"]
        assert [line.note.text for line in notes.done] == ["NOTE 11"]
        assert "1 note was dealt with" in page.text
        assert "ABOUT ANOTHER" not in page.text


def test_readers_who_write_none_see_no_empty_section(client, about):
    kind, subject = about
    for reader in (AmbassadorFactory(), ObserverFactory()):
        client.force_login(reader)
        assert "Internal notes" not in client.get(row_url(f"{kind}_detail", subject)).text
    client.force_login(OfficerFactory())
    assert "Internal notes" in client.get(row_url(f"{kind}_detail", subject)).text


def test_a_ministry_sees_no_note_on_its_own_commitment_and_its_recommendation(client):
    police = MinistryFactory()
    commitment, recommendation = CommitmentFactory(ministry=police), RecommendationFactory(lead=police)
    notes = [
        InternalNoteFactory(commitment=commitment, text="SECRET"),
        InternalNoteFactory(recommendation=recommendation, text="SECRET"),
        InternalNoteFactory(ministry=police, text="SECRET"),
    ]
    client.force_login(FocalPointFactory(ministry=police))

    for url in (row_url("commitment_detail", commitment), row_url("recommendation_detail", recommendation)):
        page = client.get(url)
        assert page.status_code == 200
        assert "SECRET" not in page.text
        assert "nternal note" not in page.text
    assert [client.get(row_url("note_detail", note)).status_code for note in notes] == [404, 404, 404]
    assert client.post(row_url("commitment_note_add", commitment), {"text": "Ours"}).status_code == 403


def test_what_was_typed_is_kept_if_the_note_is_refused(client, about):
    kind, subject = about
    colleague = OfficerFactory()
    client.force_login(OfficerFactory())
    url = row_url(f"{kind}_note_add", subject)

    empty = client.post(url, {"text": "  ", "named": colleague.pk})
    assert (empty.status_code, empty.context["form"]["named"].value()) == (422, str(colleague.pk))
    held_back = client.post(url, {"text": "Call her on +266 5888 1234.", "named": ""})
    assert held_back.status_code == 422
    assert "Call her on +266 5888 1234." in held_back.text
    assert not InternalNote.objects.exists()

    typed = {"text": "Ask about it."}
    assert client.post(url, typed).status_code == 302
    again = client.post(url, typed)
    assert (again.status_code, shows_refusal(again, "duplicate")) == (422, True)
    assert row_url("note_detail", InternalNote.objects.get()) in again.text


def test_a_note_for_nobody_says_where_it_goes(client):
    client.force_login(OfficerFactory())
    page = client.post(row_url("commitment_note_add", CommitmentFactory()), {"text": "Ask about it."}, follow=True)

    assert "It is in the handover note until it is dealt with." in page.text


def test_a_note_is_marked_as_dealt_with_and_that_is_undone_and_done_again(client):
    note = InternalNoteFactory(text="Ask about it.")
    client.force_login(OfficerFactory(name="Palesa Nkosi"))
    url = row_url("note_detail", note)
    assert "wrote this note on" in client.get(url).text

    done = client.post(url, follow=True)
    assert done.redirect_chain == [(f"{row_url('commitment_detail', note.commitment)}#notes", 302)]
    assert "Palesa Nkosi marked this note as dealt with on 28 January 2022." in client.get(url).text
    not_done = press_undo(client, done)
    assert "The note is open again." in not_done.text
    again = press_undo(client, not_done)

    assert "You marked the note as dealt with." in again.text
    assert [mark.undone_at is None for mark in note.marks.order_by("pk")] == [False, True]
    late = client.post(url)
    assert (late.status_code, shows_refusal(late, "already_done")) == (422, True)
    assert "Mark as not dealt with" in late.text


def test_only_people_who_may_mark_a_note_get_the_button(client):
    ambassador = AmbassadorFactory()
    named, other = InternalNoteFactory(named=ambassador), InternalNoteFactory()
    buttons = {}
    for reader in (OfficerFactory(), ambassador, ObserverFactory()):
        client.force_login(reader)
        for note in (named, other):
            on_page = client.get(row_url("commitment_detail", note.commitment)).context["notes"].open[0].may_mark
            alone = "Mark as dealt with" in client.get(row_url("note_detail", note)).text
            assert on_page is alone
            buttons[reader.role, note is named] = alone

    assert buttons == {
        ("officer", True): True,
        ("officer", False): True,
        ("ambassador", True): True,
        ("ambassador", False): False,
        ("observer", True): False,
        ("observer", False): False,
    }


def test_a_waiting_redaction_of_a_note_is_shown_where_the_note_is(client):
    note = InternalNoteFactory(text="Ask for Mpho Letsie.")
    redaction = RedactionFactory(words="Mpho Letsie")
    client.force_login(OfficerFactory())

    for url in (row_url("note_detail", note), row_url("commitment_detail", note.commitment)):
        assert client.get(url).context["pending"] == [row_url("redaction_detail", redaction)]


def test_a_note_leaves_a_briefing_up_to_date(client):
    """It is no fact, so no document has to be made again."""
    commitment = CommitmentFactory()
    client.force_login(OfficerFactory())
    client.post(row_url("commitment_note_add", commitment), {"text": "Ask about it."})

    entry = AuditEntry.objects.get(verb="internal_note.added")
    assert not AuditEntry.objects.changes_since(entry.number - 1, commitment.country).exists()


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_section_takes_as_many_queries_for_many_notes_as_for_one(client, django_assert_num_queries, count):
    commitment = CommitmentFactory()
    for _ in range(count):
        InternalNoteDoneFactory(note__commitment=commitment, note__named=OfficerFactory())
    client.force_login(OfficerFactory())
    url = row_url("commitment_detail", commitment)
    client.get(url)

    with django_assert_num_queries(22):
        client.get(url)
