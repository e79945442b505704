"""Find what there is to tell about dialogues: that they come near, who is invited, and who no longer is.

Three queries, whatever the number of dialogues.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from zlib import crc32
from zoneinfo import ZoneInfo

from django.db.models import Q

from dialogues.models import Dialogue, Participant
from tiptracker.accounts.models import Country
from tiptracker.audit.append_only import MARKS
from tiptracker.notifications.actions import Occasion
from tiptracker.notifications.choices import CALENDAR_KINDS, DAYS_BEFORE_DIALOGUE, NoticeKind
from tiptracker.notifications.models import Notice

DIALOGUE = "dialogues.dialogue"


def find_dialogue_occasions(country: Country, today: date, since: datetime) -> Iterator[Occasion]:
    """Yield which dialogues come near, whom to invite to each dialogue ahead, and whose invitation to cancel.

    The embassy is invited, and each ministry that takes part. Whoever was told of an invitation is told if the dialogue
    is called off, or if their ministry no longer takes part.

    Args:
        since: dialogues that were moved into the past before this moment are left out.
    """
    planned = Dialogue.objects.filter(
        Q(held_on__gte=today) | Q(changed_at__gte=since),
        country=country,
        recorded_at__isnull=True,
        entered_at__isnull=False,
    )
    dialogues = {dialogue.pk: dialogue for dialogue in planned}
    invited: dict[int, set[int | None]] = {pk: {None} for pk in dialogues}  # None is the embassy
    at_the_table = Participant.objects.at_the_table().filter(dialogue__in=dialogues)
    for pk, ministry in at_the_table.values_list("dialogue", "ministry"):
        invited[pk].add(ministry)
    ahead = {
        pk: dialogue for pk, dialogue in dialogues.items() if not dialogue.called_off_at and dialogue.held_on >= today
    }
    yield from _dialogues_soon(ahead.values(), ZoneInfo(country.time_zone), today)
    notices = _find_notices(dialogues)
    for pk, dialogue in ahead.items():
        place = _place_checksum(dialogue, notices)
        yield from (_invite(dialogue, ministry, place) for ministry in invited[pk])
    for told in _last_told(notices, today):
        pk = int(told.row)
        if pk not in ahead or told.person.ministry_id not in invited[pk]:
            yield _cancel(dialogues[pk], told)


def _dialogues_soon(dialogues: Iterable[Dialogue], zone: ZoneInfo, today: date) -> Iterator[Occasion]:
    """Yield the newest stage before each dialogue that is reached, if the dialogue was planned before that stage."""
    for dialogue in dialogues:
        left = (dialogue.held_on - today).days
        stage = min((days for days in DAYS_BEFORE_DIALOGUE if left <= days), default=None)
        if stage is None or dialogue.entered_at is None:
            continue
        reached_on = dialogue.held_on - timedelta(days=stage)
        if dialogue.entered_at.astimezone(zone).date() <= reached_on:
            started_at = datetime.combine(reached_on, time.min, zone)
            yield Occasion(NoticeKind.DIALOGUE_SOON, DIALOGUE, dialogue.pk, dialogue.held_on, started_at, stage=stage)


def _place_checksum(dialogue: Dialogue, notices: Iterable[Notice]) -> int:
    """Return what tells one place of the dialogue from another.

    A place that was redacted is still the one that people were invited to: a redaction invites nobody again.
    """
    if dialogue.place in MARKS:
        own = [one for one in notices if one.row == str(dialogue.pk) and one.kind == NoticeKind.DIALOGUE_INVITED]
        if own:
            return max(own, key=lambda one: (one.settled_at is None, one.recorded_at, one.pk)).stage
    return crc32(dialogue.place.encode()) & 0x7FFF_FFFF


def _invite(dialogue: Dialogue, ministry: int | None, place: int) -> Occasion:
    """Return the invitation to the dialogue as it is now. Another day or place makes it another one."""
    return Occasion(
        NoticeKind.DIALOGUE_INVITED,
        DIALOGUE,
        dialogue.pk,
        dialogue.held_on,
        _changed_at(dialogue),
        ministry=ministry,
        by=dialogue.entered_by_id if dialogue.changed_at is None else None,
        stage=place,
        sequence=dialogue.version - 1,
    )


def _cancel(dialogue: Dialogue, told: Notice) -> Occasion:
    """Return the end of the invitation of which a person was told."""
    return Occasion(
        NoticeKind.DIALOGUE_CANCELLED,
        DIALOGUE,
        dialogue.pk,
        told.day,
        _changed_at(dialogue),
        ministry=told.ministry_id,
        by=dialogue.called_off_by_id,
        stage=told.stage,
        named=told.person_id,
        sequence=dialogue.version - 1,
    )


def _changed_at(dialogue: Dialogue) -> datetime:
    moments = (dialogue.entered_at, dialogue.changed_at, dialogue.called_off_at)
    return max(moment for moment in moments if moment is not None)


def _find_notices(dialogues: dict[int, Dialogue]) -> list[Notice]:
    """Return the invitations to these dialogues, and the ends of invitations, whether they were told or not."""
    notices = Notice.objects.filter(table=DIALOGUE, row__in=[str(pk) for pk in dialogues], kind__in=CALENDAR_KINDS)
    return list(notices.select_related("person"))


def _last_told(notices: Sequence[Notice], today: date) -> list[Notice]:
    """Return what each person was last told of each dialogue, unless its day is over."""
    told = [(notice.delivered_at, notice.pk, notice) for notice in notices if notice.delivered_at]
    last = {(notice.person_id, notice.row): notice for *_, notice in sorted(told)}
    return [notice for notice in last.values() if notice.day >= today]
