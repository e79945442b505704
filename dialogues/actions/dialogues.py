"""Plan, change and call off dialogues with a government, and set their participants."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import model_to_dict

from dialogues.actions.disposed_periods import refuse_disposed_day
from dialogues.actions.duplicates import DuplicateRecord
from dialogues.choices import Presence
from dialogues.models import AgendaItem, Dialogue, Participant
from dialogues.permissions import can_manage_dialogues
from tiptracker.accounts.models import Country, Ministry, User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.localization import format_date, gettext
from tiptracker.validation import insert_row, refuse_future, refuse_stale, require_text, update_row


class ParticipantInput(NamedTuple):
    """A participant who is expected or came: name (may be empty), office, presence, and ministry if any.

    `came` is None until it is known. `key` is the id of the participant to change, or None for a new one.
    """

    name: str
    office: str
    presence: Presence
    ministry: Ministry | None
    came: bool | None = None
    key: int | None = None


@transaction.atomic
def plan_dialogue(
    *,
    country: Country,
    held_on: date,
    place: str,
    purpose: str,
    participants: Sequence[ParticipantInput],
    source: str = "",
    by: User,
    now: datetime,
) -> Dialogue:
    """Enter a dialogue: a future one, or one that was held and is still to be recorded.

    Raises:
        PermissionDenied: if the user may not manage dialogues of the country.
        Refused: if there is no participant, or the edition of that day was disposed of.
        DuplicateRecord: if a dialogue of that date and place exists.
    """
    if not can_manage_dialogues(by, country):
        raise PermissionDenied
    _lock_country(country)
    dialogue = Dialogue(country=country, source=source.strip(), entered_at=now, entered_by=by)
    _fill_fields(dialogue, held_on=held_on, place=place, purpose=purpose)
    insert_row(dialogue)
    set_participants(dialogue, participants)
    audit_dialogue("dialogue.planned", dialogue, {}, by, now)
    return dialogue


@transaction.atomic
def change_dialogue(
    *,
    dialogue: Dialogue,
    version: int,
    held_on: date,
    place: str,
    purpose: str,
    participants: Sequence[ParticipantInput],
    by: User,
    now: datetime,
) -> Dialogue:
    """Change the date, place, purpose or participants of a dialogue. The log keeps the old values.

    `version` is the version that the form was filled from. Raises PermissionDenied, EditConflict, Refused.
    """
    _lock_country(dialogue.country)
    locked = lock_for_change(dialogue, version, by, now)
    if locked.recorded_at:
        refuse_future(held_on, now, field="held_on")
    before = dialogue_audit_values(locked)
    _fill_fields(locked, held_on=held_on, place=place, purpose=purpose)
    locked.changed_at = now
    locked.version += 1
    update_row(locked)
    set_participants(locked, participants)
    audit_dialogue("dialogue.changed", locked, before, by, now)
    return locked


@transaction.atomic
def call_off(*, dialogue: Dialogue, version: int, reason: str, by: User, now: datetime) -> Dialogue:
    """Record that a planned dialogue does not take place, and why. It stays in the record.

    Raises PermissionDenied, EditConflict, and Refused if something is recorded of the dialogue.
    """
    locked = lock_for_change(dialogue, version, by, now)
    reason = require_text(reason, gettext("Say why the dialogue is called off."), field="reason")
    if locked.recorded_at:
        raise Refused(
            "already_held",
            gettext("This dialogue has a record, so it cannot be called off. Correct its record instead."),
        )
    before = dialogue_audit_values(locked)
    locked.called_off_at, locked.called_off_by, locked.called_off_reason = now, by, reason
    locked.version += 1
    update_row(locked)
    audit_dialogue("dialogue.called_off", locked, before, by, now)
    return locked


def lock_for_change(dialogue: Dialogue, version: int, by: User, now: datetime) -> Dialogue:
    """Lock the dialogue until the transaction ends. Refuse a stale `version`, and a dialogue that was called off."""
    if not can_manage_dialogues(by, dialogue.country):
        raise PermissionDenied
    locked = Dialogue.objects.select_for_update(no_key=True, of=("self",)).select_related("country").get(pk=dialogue.pk)
    refuse_stale(locked, version, now)
    if locked.called_off_at:
        raise Refused("called_off", gettext("This dialogue was called off. Plan a new one instead."))
    return locked


def set_participants(dialogue: Dialogue, lines: Sequence[ParticipantInput]) -> None:
    """Replace the participants by `lines`. Refuse an empty list, or a participant without an office."""
    if not lines:
        raise Refused("required", gettext("Name at least one office that takes part."), field="participants")
    removed: dict[int | None, Participant] = {row.pk: row for row in dialogue.participants.all()}
    for line in lines:
        office = require_text(line.office, gettext("Give the office of each participant."), field="participants")
        if line.ministry and line.ministry.country_id != dialogue.country_id:
            raise Refused(
                "another_country",
                gettext("One of the ministries belongs to another country. Choose another one."),
                field="participants",
            )
        row = removed.pop(line.key, None) or Participant(dialogue=dialogue)
        row.name, row.office, row.presence, row.ministry = line.name.strip(), office, line.presence, line.ministry
        row.came = line.came
        if row.pk:
            update_row(row)
        else:
            insert_row(row)
    Participant.objects.filter(pk__in=[row.pk for row in removed.values()]).delete()


def _lock_country(country: Country) -> None:
    """Lock the country, so that two requests can't both enter a dialogue for the same day and place."""
    Country.objects.select_for_update(no_key=True).get(pk=country.pk)


def _fill_fields(dialogue: Dialogue, *, held_on: date, place: str, purpose: str) -> None:
    """Set the fields of the form, or refuse them."""
    if dialogue.held_on != held_on:
        refuse_disposed_day(dialogue.country, held_on, field="held_on")
    dialogue.held_on = held_on
    dialogue.place = require_text(place, gettext("Give the place of the dialogue."), field="place")
    dialogue.purpose = require_text(purpose, gettext("Give the purpose of the dialogue."), field="purpose")
    same = Dialogue.objects.filter(
        country=dialogue.country_id, held_on=held_on, place=dialogue.place, called_off_at__isnull=True
    )
    if other := same.exclude(pk=dialogue.pk).first():
        raise DuplicateRecord(
            gettext("A dialogue on %(date)s at %(place)s already exists. Open it and edit it.")
            % {"date": format_date(held_on), "place": dialogue.place},
            other,
            field="held_on",
        )


def dialogue_audit_values(dialogue: Dialogue) -> dict[str, object]:
    """Return the values of a dialogue that the activity log keeps."""
    return {
        **model_to_dict(dialogue, ("held_on", "place", "purpose", "record", "agreed", "called_off_reason")),
        "participants": list(
            dialogue.participants.order_by("pk").values_list("name", "office", "presence", "ministry_id", "came")
        ),
        "agenda": [_item_audit_values(item) for item in dialogue.agenda.order_by("position")],
        "next_steps": list(dialogue.next_steps.order_by("pk").values_list("pk", flat=True)),
    }


def _item_audit_values(item: AgendaItem) -> dict[str, object]:
    names = ("recommendation_id", "commitment_id", "topic", "note", "said")
    return {name: value for name in names if (value := getattr(item, name))}


def audit_dialogue(verb: str, dialogue: Dialogue, before: dict[str, object], by: User, now: datetime) -> None:
    """Log what was done to a dialogue, with its values before and after."""
    after = {**dialogue_audit_values(dialogue), "recorded_at": now}
    record(verb, by=by, row=dialogue, country=dialogue.country_id, before=before, after=after)
