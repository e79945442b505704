"""Save, rename and delete one's own filters.

The activity log does not record this: filters are private, and change nothing of the record.
"""

from datetime import datetime

from django.db import transaction

from tiptracker.accounts.models import User
from tiptracker.errors import Refused
from tiptracker.localization import gettext
from tiptracker.saved_filters.models import SavedFilter
from tiptracker.saved_filters.pages import narrows
from tiptracker.undo.actions import bring_back, keep_removed
from tiptracker.undo.models import RemovedRow
from tiptracker.validation import insert_row, require_text, update_row

MAX_FILTERS = 20
"""Most saved filters of one person for one list: more would hide the list."""


@transaction.atomic
def save_filter(
    *, page: str, query: str, name: str, replaces: bool, by: User, now: datetime
) -> tuple[SavedFilter, str]:
    """Save the filters of a list under a name. Return them, and the query that they replace; "" if they are new.

    Raises Refused if there is no filter, if the name is taken and `replaces` is false, or if there are too many.
    """
    name = _require_name(name)
    if not narrows(query):
        raise Refused("no_filter", gettext("No filter is set. Choose a filter in the list first."))
    _lock_person(by)
    own = SavedFilter.objects.visible_to(by).filter(page=page)
    if same := own.filter(name=name).first():
        if not replaces:
            raise Refused("name_taken", _taken_sentence(name), field="name")
        before, same.query, same.saved_at = same.query, query, now
        return update_row(same), before
    _refuse_too_many(by, page)
    return insert_row(SavedFilter(person=by, page=page, name=name, query=query, saved_at=now)), ""


@transaction.atomic
def rename_filter(*, saved: SavedFilter, name: str, by: User) -> SavedFilter:
    """Give saved filters another name. Raises Refused if the name is taken, or they were deleted in the meantime."""
    name = _require_name(name)
    _lock_person(by)
    own = SavedFilter.objects.visible_to(by)
    locked = _get(own.filter(pk=saved.pk).first())
    if own.filter(page=locked.page, name=name).exclude(pk=locked.pk).exists():
        raise Refused("name_taken", _taken_sentence(name), field="name")
    locked.name = name
    return update_row(locked)


@transaction.atomic
def delete_filter(*, saved: SavedFilter, by: User, now: datetime) -> RemovedRow:
    """Delete saved filters. They can be brought back for a while. Raises Refused if they are gone already."""
    _lock_person(by)
    locked = _get(SavedFilter.objects.visible_to(by).filter(pk=saved.pk).first())
    kept = keep_removed(locked, by=by, now=now)
    locked.delete()
    return kept


@transaction.atomic
def restore_filter(*, removed: int, by: User, now: datetime) -> SavedFilter:
    """Bring back saved filters that were just deleted. Raises Refused if their name is taken, or the time is over."""
    _lock_person(by)

    def refuse_if_taken(saved: SavedFilter) -> None:
        if SavedFilter.objects.visible_to(by).filter(page=saved.page, name=saved.name).exists():
            raise Refused("name_taken", _taken_sentence(saved.name))
        _refuse_too_many(by, saved.page)

    saved, _ = bring_back(SavedFilter, removed, by=by, now=now, check=refuse_if_taken)
    return saved


def _lock_person(person: User) -> None:
    """Lock the person's row until the transaction ends, so that two pages can't save the same name."""
    User.objects.get_queryset().select_for_update(no_key=True, of=("self",)).get(pk=person.pk)


def _get(saved: SavedFilter | None) -> SavedFilter:
    if saved is None:
        raise Refused("gone", gettext("These filters were deleted in the meantime."))
    return saved


def _require_name(name: str) -> str:
    return require_text(name, gettext("Give the filters a name."), field="name")


def _taken_sentence(name: str) -> str:
    sentence = gettext("You already have filters with the name “%(name)s” for this list. Choose another name.")
    return sentence % {"name": name}


def _refuse_too_many(by: User, page: str) -> None:
    count = SavedFilter.objects.visible_to(by).filter(page=page).count()
    if count >= MAX_FILTERS:
        sentence = gettext("You have %(number)d saved filters for this list, which is the limit. Delete one first.")
        raise Refused("too_many", sentence % {"number": MAX_FILTERS})
