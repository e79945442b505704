"""Arrange the agenda of a dialogue."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from dialogues.actions.dialogues import audit_dialogue, dialogue_audit_values, lock_for_change
from dialogues.models import AgendaItem, Commitment, Dialogue
from recommendations.models import Recommendation
from tiptracker.accounts.models import User
from tiptracker.errors import Refused
from tiptracker.localization import gettext
from tiptracker.validation import insert_row, require_text, update_row


class AgendaItemInput(NamedTuple):
    """An agenda item: a recommendation, a commitment or a topic in words, and what to ask (`note`)."""

    about: Recommendation | Commitment | str
    note: str = ""


@transaction.atomic
def arrange_agenda(
    *, dialogue: Dialogue, version: int, items: Sequence[AgendaItemInput], by: User, now: datetime
) -> Dialogue:
    """Set the agenda to `items`, in their order. What was said on an item stays with it.

    Raises:
        PermissionDenied: if the user may not manage dialogues of the country.
        EditConflict: if the dialogue has changed since `version`.
        Refused: (field "items") if an item is there twice, belongs to another country, or was left out although
            something was said on it.
    """
    locked = lock_for_change(dialogue, version, by, now)
    before = dialogue_audit_values(locked)
    _refuse_invalid_items(locked, items)
    removed = {_subject_key(row): row for row in locked.agenda.all()}
    # Two items may share a position for a moment: the database has no constraint on positions.
    for position, item in enumerate(items, start=1):
        row = _new_item(locked, item.about)
        row = removed.pop(_subject_key(row), row)
        row.position, row.note = position, item.note.strip()
        if row.pk:
            update_row(row)
        else:
            insert_row(row)
    if any(row.said for row in removed.values()):
        raise Refused(
            "already_discussed",
            gettext("You removed an item on which something is recorded. Add it to the agenda again."),
            field="items",
        )
    AgendaItem.objects.filter(pk__in=[row.pk for row in removed.values()]).delete()
    locked.version += 1
    update_row(locked)
    audit_dialogue("dialogue.agenda_arranged", locked, before, by, now)
    return locked


def _refuse_invalid_items(dialogue: Dialogue, items: Sequence[AgendaItemInput]) -> None:
    for item in items:
        if isinstance(item.about, str):
            require_text(item.about, gettext("Name the topic, or remove the item."), field="items")
        elif _country_id_of(item.about) != dialogue.country_id:
            raise Refused(
                "another_country",
                gettext("An item on the agenda belongs to another country. Remove it."),
                field="items",
            )
    if len({_subject_key(_new_item(dialogue, item.about)) for item in items}) < len(items):
        raise Refused("named_twice", gettext("An item is on the agenda twice. Remove one of the two."), field="items")


def _country_id_of(about: Recommendation | Commitment) -> int:
    return about.country_id if isinstance(about, Commitment) else about.edition.country_id


def _new_item(dialogue: Dialogue, about: Recommendation | Commitment | str) -> AgendaItem:
    match about:
        case Recommendation():
            return AgendaItem(dialogue=dialogue, recommendation=about)
        case Commitment():
            return AgendaItem(dialogue=dialogue, commitment=about)
        case _:
            return AgendaItem(dialogue=dialogue, topic=about.strip())


def _subject_key(item: AgendaItem) -> tuple[int | None, int | None, str]:
    return item.recommendation_id, item.commitment_id, item.topic
