"""Write an internal note about a recommendation, a commitment or a ministry, and mark it as dealt with."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from dialogues.actions.duplicates import lock_person, refuse_duplicate
from dialogues.models import InternalNote, InternalNoteDone
from dialogues.models.internal_notes import NoteSubject, find_people_to_name, subject_country, subject_field
from dialogues.permissions import can_mark_note, can_write_notes
from tiptracker.accounts.models import User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.localization import gettext
from tiptracker.validation import format_moment, insert_row, require_text


@transaction.atomic
def write_note(*, subject: NoteSubject, text: str, named: User | None = None, by: User, now: datetime) -> InternalNote:
    """Write an internal note. It becomes a task of the person named, and a run of notices tells them.

    Raises:
        PermissionDenied: if the user is no officer of the country.
        Refused: without a text, for the same note again, or if the person named cannot have tasks of the country.
    """
    country = subject_country(subject)
    if not can_write_notes(by, country):
        raise PermissionDenied
    text = require_text(text, gettext("Write the note."), field="text")
    lock_person(by)
    if named is not None and not _can_be_named(named, country.pk, by, now):
        sentence = gettext("%(person)s cannot be named. Choose another officer or the ambassador of this country.")
        raise Refused("cannot_be_named", sentence % {"person": named}, field="named")
    same = InternalNote.objects.about(subject).open().filter(text=text, named=named, recorded_by=by)
    refuse_duplicate(same.first(), now)
    field = subject_field(subject)
    note = insert_row(
        InternalNote(country=country, text=text, named=named, recorded_at=now, recorded_by=by, **{field: subject})
    )
    after = {field: subject.pk, "text": text, "named": named.name if named else ""}
    record("internal_note.added", by=by, row=note, country=country, after=after)
    return note


@transaction.atomic
def mark_note_done(*, note: InternalNote, by: User, now: datetime) -> InternalNoteDone:
    """Mark a note as dealt with. It is nobody's task any more and leaves the handover note.

    Raises:
        PermissionDenied: if the user is neither an officer of the country nor the ambassador whom the note names.
        Refused: if somebody has marked it already.
    """
    locked = _lock_note(note, by)
    if done := locked.done:
        sentence = gettext("%(person)s has already marked this note as dealt with, on %(moment)s.")
        raise Refused(
            "already_done",
            sentence % {"person": done.recorded_by, "moment": format_moment(done.recorded_at, now)},
        )
    mark = insert_row(InternalNoteDone(note=locked, recorded_at=now, recorded_by=by))
    record("internal_note.done", by=by, row=locked, country=locked.country_id)
    return mark


@transaction.atomic
def mark_note_not_done(*, note: InternalNote, mark: int, by: User, now: datetime) -> InternalNoteDone:
    """Take back a mark that a note was dealt with, so that the note is open again. The mark stays in its history.

    `mark` is the id of the mark that the page showed. Raises PermissionDenied, Refused.
    """
    locked = _lock_note(note, by)
    shown = next((each for each in locked.marks.all() if each.pk == mark), None)
    if shown is None:
        raise Refused("stale_page", gettext("This page is out of date. Open it again."))
    if shown.undone_at:
        sentence = gettext("%(person)s has already marked this note as not dealt with, on %(moment)s.")
        raise Refused(
            "already_undone",
            sentence % {"person": shown.undone_by, "moment": format_moment(shown.undone_at, now)},
        )
    shown.undone_at, shown.undone_by = now, by
    shown.save(update_fields=["undone_at", "undone_by"])
    record("internal_note.undone", by=by, row=locked, country=locked.country_id)
    return shown


def _can_be_named(person: User, country: int, by: User, now: datetime) -> bool:
    people = find_people_to_name(now.date()).filter(countries=country)
    return person.pk != by.pk and people.filter(pk=person.pk).exists()


def _lock_note(note: InternalNote, by: User) -> InternalNote:
    """Lock a note until the transaction ends. Return it with its marks. Raises PermissionDenied."""
    if not can_mark_note(by, note):
        raise PermissionDenied
    locked = InternalNote.objects.select_for_update(no_key=True, of=("self",))
    return locked.with_marks().get(pk=note.pk)
