"""Record what the law says: add an entry, correct it, or end it. Each change is another row with its reason."""

from datetime import date, datetime
from typing import TypedDict, Unpack

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import model_to_dict

from dialogues.actions.duplicates import lock_person, refuse_duplicate
from dialogues.choices import LawEntryKind
from dialogues.models import Evidence, LawEntry
from dialogues.permissions import can_keep_law
from tiptracker.accounts.models import Country, User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.localization import gettext
from tiptracker.validation import EditConflict, format_moment, insert_row, refuse_reversed_dates, require_text


class LawEntryValues(TypedDict):
    """The content of an entry: from when until when something was in force, or the day on which it happened."""

    standard: int
    kind: LawEntryKind
    citation: str
    text: str
    from_on: date | None
    until_on: date | None
    source: str
    evidence: Evidence | None


CONTENT_FIELDS = tuple(LawEntryValues.__annotations__)


@transaction.atomic
def add_law_entry(*, country: Country, by: User, now: datetime, **values: Unpack[LawEntryValues]) -> LawEntry:
    """Add an entry on a country's law.

    Raises:
        PermissionDenied: if the user is no officer of the country.
        Refused: without a citation, a text or a source, for dates in the wrong order, and for foreign evidence.
        DuplicateRecord: if the same person has already recorded the same.
    """
    if not can_keep_law(by, country):
        raise PermissionDenied
    entry = _build(LawEntry(country=country, recorded_at=now, recorded_by=by, **values))
    lock_person(by)
    same = LawEntry.objects.filter(country=country, recorded_by=by, **model_to_dict(entry, CONTENT_FIELDS))
    refuse_duplicate(same.known_by(None).first(), now)
    insert_row(entry)
    record("law_entry.added", by=by, row=entry, country=country, after=_audit_values(entry))
    return entry


@transaction.atomic
def replace_law_entry(
    *, entry: LawEntry, reason: str, by: User, now: datetime, **values: Unpack[LawEntryValues]
) -> LawEntry:
    """Replace an entry by a corrected one, with the reason. The earlier entry stays readable.

    Raises:
        PermissionDenied: if the user is no officer of the country.
        Refused: without a reason, if nothing differs, and as `add_law_entry` does.
        EditConflict: if another entry has already replaced it.
    """
    return _replace(entry, reason, values, verb="law_entry.corrected", by=by, now=now)


@transaction.atomic
def end_law_entry(*, entry: LawEntry, until_on: date, reason: str, by: User, now: datetime) -> LawEntry:
    """Say until when an entry was in force, with the reason, such as the law that repealed it.

    Raises as `replace_law_entry` does.
    """
    values: LawEntryValues = {
        "standard": entry.standard,
        "kind": LawEntryKind(entry.kind),
        "citation": entry.citation,
        "text": entry.text,
        "from_on": entry.from_on,
        "until_on": until_on,
        "source": entry.source,
        "evidence": entry.evidence,
    }
    return _replace(entry, reason, values, verb="law_entry.ended", by=by, now=now)


def _replace(entry: LawEntry, reason: str, values: LawEntryValues, *, verb: str, by: User, now: datetime) -> LawEntry:
    if not can_keep_law(by, entry.country):
        raise PermissionDenied
    reason = require_text(reason, gettext("Write the reason, in a sentence."), field="reason")
    replacement = _build(
        LawEntry(country=entry.country, replaces=entry, reason=reason, recorded_at=now, recorded_by=by, **values)
    )
    locked = LawEntry.objects.select_for_update(no_key=True).get(pk=entry.pk)
    if later := LawEntry.objects.filter(replaces=locked).select_related("recorded_by").first():
        sentence = gettext("%(person)s changed this on %(moment)s. Open the list again and change the current entry.")
        raise EditConflict(sentence % {"person": later.recorded_by, "moment": format_moment(later.recorded_at, now)})
    if model_to_dict(locked, CONTENT_FIELDS) == model_to_dict(replacement, CONTENT_FIELDS):
        raise Refused("unchanged", gettext("You have not changed anything. Change a value, or cancel."))
    insert_row(replacement)
    record(
        verb,
        by=by,
        row=replacement,
        country=entry.country_id,
        before=_audit_values(locked),
        after=_audit_values(replacement) | {"replaces": locked.pk, "reason": reason},
    )
    return replacement


def _build(entry: LawEntry) -> LawEntry:
    """Return the unsaved entry with trimmed texts, or refuse it."""
    entry.citation = require_text(entry.citation, gettext("Enter the law and its section."), field="citation")
    entry.text = require_text(entry.text, gettext("Write what it says, or what happened."), field="text")
    entry.source = require_text(
        entry.source, gettext("Enter where it can be checked, such as a gazette number."), field="source"
    )
    if entry.until_on:
        refuse_reversed_dates(entry.from_on, entry.until_on, field="until_on")
    if entry.evidence and entry.evidence.country_id != entry.country_id:
        sentence = gettext("This evidence belongs to another country. Choose evidence of this country.")
        raise Refused("another_country", sentence, field="evidence")
    return entry


def _audit_values(entry: LawEntry) -> dict[str, object]:
    return model_to_dict(entry, CONTENT_FIELDS)
