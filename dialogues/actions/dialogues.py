"""Meetings with a government."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction

from dialogues.actions.twice import RecordedBefore
from dialogues.models import AgendaItem, Dialogue, Participant, Presence
from dialogues.permissions import can_hold_dialogue
from recommendations.models import Recommendation
from tiptracker.accounts.models import Country, Ministry, User
from tiptracker.audit.actions import record
from tiptracker.refusals import Refused
from tiptracker.rules import add, change, refuse_future, refuse_stale, spelt, written


class ParticipantLine(NamedTuple):
    """Somebody at a dialogue: a name (may be empty), the office, in person or by video, the ministry if any."""

    name: str
    office: str
    presence: Presence
    ministry: Ministry | None


@transaction.atomic
def record_dialogue(
    *,
    country: Country,
    held_on: date,
    place: str,
    purpose: str,
    record: str,
    agreed: str,
    participants: Sequence[ParticipantLine],
    agenda: Sequence[Recommendation],
    source: str = "",
    by: User,
    now: datetime,
) -> Dialogue:
    """Write down a meeting that was held. Raises PermissionDenied; Refused for a day to come; RecordedBefore."""
    if not can_hold_dialogue(by, country):
        raise PermissionDenied
    dialogue = Dialogue(country=country, source=source.strip(), recorded_at=now, recorded_by=by)
    _fill(dialogue, held_on=held_on, place=place, purpose=purpose, record=record, agreed=agreed, now=now)
    _refuse_wrong_lines(country, participants, agenda)
    add(dialogue)
    _add_lines(dialogue, participants, agenda)
    _log("dialogue.recorded", dialogue, {}, by, now)
    return dialogue


@transaction.atomic
def change_dialogue(
    *,
    dialogue: Dialogue,
    version: int,
    held_on: date,
    place: str,
    purpose: str,
    record: str,
    agreed: str,
    participants: Sequence[ParticipantLine],
    agenda: Sequence[Recommendation],
    by: User,
    now: datetime,
) -> Dialogue:
    """Put the record of a meeting right; the log keeps what stood there before.

    `version` is the one that the form was filled from. Raises PermissionDenied, ChangedMeanwhile, Refused.
    """
    if not can_hold_dialogue(by, dialogue.country):
        raise PermissionDenied
    locked = Dialogue.objects.select_for_update().get(pk=dialogue.pk)
    refuse_stale(locked, version, now)
    before = _told(locked)
    _fill(locked, held_on=held_on, place=place, purpose=purpose, record=record, agreed=agreed, now=now)
    _refuse_wrong_lines(locked.country, participants, agenda)
    locked.version += 1
    change(locked)
    notes = dict(locked.agenda.values_list("recommendation_id", "note"))
    locked.participants.all().delete()
    locked.agenda.all().delete()
    _add_lines(locked, participants, agenda, notes)
    _log("dialogue.changed", locked, before, by, now)
    return locked


def _fill(
    dialogue: Dialogue, *, held_on: date, place: str, purpose: str, record: str, agreed: str, now: datetime
) -> None:
    """Set what a form holds, or refuse."""
    refuse_future(held_on, now, field="held_on")
    dialogue.held_on = held_on
    dialogue.place = written(place, "Say where it was held.", field="place")
    dialogue.purpose = written(purpose, "Say what it was held for.", field="purpose")
    dialogue.record, dialogue.agreed = record.strip(), agreed.strip()
    same = Dialogue.objects.filter(country=dialogue.country_id, held_on=held_on, place=dialogue.place)
    if other := same.exclude(pk=dialogue.pk).first():
        raise RecordedBefore(
            f"A dialogue of {spelt(held_on)} at {dialogue.place} is recorded already. Open that one and change it.",
            other,
            field="held_on",
        )


def _refuse_wrong_lines(
    country: Country, participants: Sequence[ParticipantLine], agenda: Sequence[Recommendation]
) -> None:
    for line in participants:
        written(line.office, "Name the office of everybody who came.", field="participants")
        if line.ministry and line.ministry.country_id != country.pk:
            raise Refused("One of the ministries is another country's. Choose this country's.", field="participants")
    if len({item.pk for item in agenda}) < len(agenda):
        raise Refused("A recommendation is on the agenda twice. Leave one out.", field="agenda")
    if any(item.edition.country_id != country.pk for item in agenda):
        raise Refused("A recommendation on the agenda is another country's. Leave it out.", field="agenda")


def _add_lines(
    dialogue: Dialogue,
    participants: Sequence[ParticipantLine],
    agenda: Sequence[Recommendation],
    notes: dict[int, str] | None = None,
) -> None:
    for line in participants:
        add(
            Participant(
                dialogue=dialogue,
                name=line.name.strip(),
                office=line.office.strip(),
                presence=line.presence,
                ministry=line.ministry,
            )
        )
    for position, item in enumerate(agenda, start=1):
        add(AgendaItem(dialogue=dialogue, recommendation=item, position=position, note=(notes or {}).get(item.pk, "")))


def _told(dialogue: Dialogue) -> dict[str, object]:
    """What the log keeps of a dialogue."""
    return {
        "held_on": dialogue.held_on,
        "place": dialogue.place,
        "purpose": dialogue.purpose,
        "record": dialogue.record,
        "agreed": dialogue.agreed,
        "participants": list(
            dialogue.participants.order_by("pk").values_list("name", "office", "presence", "ministry_id")
        ),
        "agenda": list(dialogue.agenda.order_by("position").values_list("recommendation_id", flat=True)),
    }


def _log(verb: str, dialogue: Dialogue, before: dict[str, object], by: User, now: datetime) -> None:
    after = {**_told(dialogue), "recorded_at": now}
    record(verb, by=by, row=dialogue, country=dialogue.country_id, before=before, after=after)
