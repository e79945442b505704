"""Internal notes: their section on other pages, the form for a new one, and the page of one note."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from dialogues import permissions
from dialogues.actions.internal_notes import mark_note_done, mark_note_not_done, write_note
from dialogues.forms.commitments import ConfirmationForm
from dialogues.forms.internal_notes import InternalNoteForm, NoteNotDoneForm
from dialogues.models import Commitment, InternalNote, InternalNoteDone
from dialogues.models.disposals import is_disposed_of
from dialogues.models.internal_notes import (
    NAMED_ROLES,
    SUBJECT_FIELDS,
    NoteSubject,
    find_people_to_name,
    subject_country,
    subject_field,
)
from dialogues.occasions import NOTE
from dialogues.views.page_context import duplicate_link, set_page_edition_for_commitment
from dialogues.views.redactions import pending_redaction_urls, removal_notes
from recommendations.edition_context import page_url, set_page_country, set_page_edition
from recommendations.models import Recommendation
from tiptracker import clock
from tiptracker.accounts.models import Country, Ministry, User
from tiptracker.accounts.visible_rows import VisibleRows
from tiptracker.infrastructure.prepared_rows import PreparedRows
from tiptracker.localization import gettext
from tiptracker.notifications.actions import mark_opened
from tiptracker.undo.offers import offer_undo
from tiptracker.web.form_pages import form_page, render_form, save_form, sent_data
from tiptracker.web.frontend.forms import TrackerForm
from tiptracker.web.pages import SignedInRequest

BACK_TO_TASKS = "tasks"
"""What the button in My tasks sends as `back`, so that the user returns there."""


class NoteLine(NamedTuple):
    """A note in the section of a page, its mark if it was dealt with, and whether the user may change that."""

    note: InternalNote
    done: InternalNoteDone | None
    may_mark: bool


class NotesSection(NamedTuple):
    """The internal notes about one thing, newest first. `form` is for a new one, None if the user writes none."""

    open: Sequence[NoteLine]
    done: Sequence[NoteLine]
    form: InternalNoteForm | None
    add_url: str

    @property
    def rows(self) -> list[Model]:
        """The notes as rows, for what the page says of redactions."""
        return [line.note for line in (*self.open, *self.done)]


def build_notes_section(user: User, subject: NoteSubject) -> NotesSection | None:
    """Return the internal notes about a recommendation, a commitment or a ministry.

    None if the user may not read them, or if there is none and the user writes none.
    """
    if not user.is_embassy:
        return None
    country = subject_country(subject)
    may_write = permissions.can_write_notes(user, country)
    rows = _NOTES[subject_field(subject)].find(user, country=country.pk, subject=subject.pk)
    if not rows and not may_write:
        return None
    lines = [
        NoteLine(row, row.done, may_write or (user.role in NAMED_ROLES and row.named_id == user.pk)) for row in rows
    ]
    return NotesSection(
        [line for line in lines if line.done is None],
        [line for line in lines if line.done is not None],
        _note_form(user, country) if may_write else None,
        reverse(f"{subject_field(subject)}_note_add", args=[subject.pk]),
    )


def _notes_about(field: str) -> VisibleRows[InternalNote]:
    def build(reader: User, country: int, subject: int) -> QuerySet[InternalNote]:
        notes = InternalNote.objects.visible_to(reader, Country(pk=country))
        return notes.filter(**{field: subject}).with_marks()

    return VisibleRows(build, country=int, subject=int)


_NOTES = {field: _notes_about(field) for field in SUBJECT_FIELDS}


def subject_url(subject: NoteSubject) -> str:
    """Return the address of the internal notes on the page of what they are about."""
    return f"{reverse(f'{subject_field(subject)}_detail', args=[subject.pk])}#notes"


@form_page
def recommendation_note_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write an internal note about a recommendation."""
    rows = Recommendation.objects.visible_to(request.user).select_related("edition__country")
    recommendation = get_object_or_404(rows, pk=pk)
    set_page_edition(request, recommendation.edition)
    return _add_note(request, recommendation)


@form_page
def commitment_note_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write an internal note about a commitment."""
    rows = Commitment.objects.visible_to(request.user).select_related("country", "ministry")
    commitment = get_object_or_404(rows, pk=pk)
    set_page_edition_for_commitment(request, commitment)
    return _add_note(request, commitment)


@form_page
def ministry_note_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write an internal note about a ministry."""
    ministry = get_object_or_404(Ministry.objects.visible_to(request.user).select_related("country"), pk=pk)
    set_page_country(request, ministry.country)
    return _add_note(request, ministry)


def _note_form(user: User, country: Country, request: SignedInRequest | None = None) -> InternalNoteForm:
    """Return the form for a note: empty, or with what was sent with `request`."""
    today = clock.today(country.time_zone)
    people = _OTHERS_TO_NAME.rows(today=today, country=country.pk, user=user.pk)
    return InternalNoteForm(sent_data(request) if request else None, people=people)


def _others_to_name(today: date, country: int, user: int) -> QuerySet[User]:
    return find_people_to_name(today).filter(countries=country).exclude(pk=user).order_by("name", "pk")


_OTHERS_TO_NAME = PreparedRows(_others_to_name, today=date, country=int, user=int)


def _add_note(request: SignedInRequest, subject: NoteSubject) -> HttpResponse:
    """Show the form alone, with what was typed if it was refused, and write the note."""
    user, country = request.user, subject_country(subject)
    if not permissions.can_write_notes(user, country):
        raise PermissionDenied
    form = _note_form(user, country, request)
    now = clock.now(country.time_zone)
    if note := save_form(form, lambda: write_note(subject=subject, by=user, now=now, **form.cleaned_data)):
        messages.success(request, _describe_writing(note))
        return redirect(subject_url(subject))
    context = {
        "subject": str(subject),
        "subject_url": subject_url(subject),
        "recorded_before": duplicate_link(form.refusal, "note_detail"),
    }
    return render_form(request, "dialogues/note_add.html", form, context)


def _describe_writing(note: InternalNote) -> str:
    """Return what the page says after a note was written: who reads it, who is told, and until when."""
    if note.named:
        sentence = gettext(
            "The note was saved. %(person)s gets a notice, and finds it in My tasks until it is dealt with."
        )
        return sentence % {"person": note.named}
    return gettext("The note was saved. It is in the handover note until it is dealt with.")


@form_page
def note_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one internal note with its history. The form marks it as dealt with, or as not dealt with."""
    user = request.user
    rows = InternalNote.objects.visible_to(user).select_related("country").with_marks()
    note = get_object_or_404(rows, pk=pk)
    set_page_country(request, note.country)
    now = clock.now(note.country.time_zone)
    may_mark = permissions.can_mark_note(user, note)
    if request.method == "POST" and not may_mark:
        raise PermissionDenied
    form: TrackerForm
    if "mark" in request.POST:
        form = not_done = NoteNotDoneForm(request.POST)
        if save_form(not_done, lambda: mark_note_not_done(note=note, by=user, now=now, **not_done.cleaned_data)):
            offer_undo(request, gettext("The note is open again."), request.path)
            return redirect(request.path)
    else:
        form = ConfirmationForm(sent_data(request))
        if done := save_form(form, lambda: mark_note_done(note=note, by=user, now=now)):
            offer_undo(request, gettext("You marked the note as dealt with."), request.path, mark=done.pk)
            is_from_tasks = request.POST.get("back") == BACK_TO_TASKS
            return redirect(page_url(request, "my_tasks") if is_from_tasks else subject_url(note.subject))
    if request.method == "GET":
        mark_opened(by=user, table=NOTE, row=str(note.pk), now=now)
    shown = rows.get(pk=pk)  # as it is now, if somebody else was faster
    context = {
        "note": shown,
        "done": shown.done,
        "marks": sorted(shown.marks.all(), key=lambda mark: mark.pk, reverse=True),
        "subject_url": subject_url(shown.subject),
        "may_mark": may_mark,
        "closed_edition": is_disposed_of(note),
        "redacted": removal_notes(shown),
        "pending": pending_redaction_urls(user, shown.country, shown),
    }
    return render_form(request, "dialogues/note_detail.html", form, context)
