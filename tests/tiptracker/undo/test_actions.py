"""A deleted row can be restored once, by the person who deleted it, within an hour."""

from datetime import date, timedelta

import pytest

from tests.factories import OfficerFactory, RemovedRowFactory, SavedFilterFactory, at_noon
from tests.refusals import refuses
from tiptracker.errors import Refused
from tiptracker.saved_filters.models import SavedFilter
from tiptracker.undo.actions import bring_back, forget_removed, keep_removed
from tiptracker.undo.models import RemovedRow
from tiptracker.undo.tasks import forget_removed_rows

pytestmark = pytest.mark.django_db
NOW = at_noon(date(2022, 1, 28))


def remove_filters(by):
    """Filters that this person deleted just now: their columns, and what brings them back."""
    row = SavedFilterFactory(person=by, name="Überfällig “so”")
    columns = SavedFilter.objects.values().get(pk=row.pk)
    kept = keep_removed(row, by=by, now=NOW)
    row.delete()
    return columns, kept


def bring_back_filters(kept, by, *, after=timedelta(minutes=59), check=lambda _: None):
    return bring_back(SavedFilter, kept.pk, by=by, now=NOW + after, check=check)


def test_a_row_comes_back_as_it_was_and_only_once():
    person = OfficerFactory()
    columns, kept = remove_filters(person)

    row, related = bring_back_filters(kept, person)

    assert SavedFilter.objects.values().get(pk=row.pk) == columns
    assert related == {}
    with refuses("undo_over", sentence="This can no longer be undone."):
        bring_back_filters(kept, person)


def test_after_an_hour_it_is_too_late():
    person = OfficerFactory()
    _, kept = remove_filters(person)

    with refuses("undo_over"):
        bring_back_filters(kept, person, after=timedelta(hours=1))


def test_a_colleague_cannot_bring_it_back_and_nothing_else_is_made_of_it():
    person, colleague = OfficerFactory(), OfficerFactory()
    _, kept = remove_filters(person)

    with refuses("undo_over"):
        bring_back_filters(kept, colleague)
    with refuses("undo_over"):
        bring_back(RemovedRow, kept.pk, by=person, now=NOW, check=lambda _: None)
    assert not SavedFilter.objects.exists()
    assert list(RemovedRow.objects.visible_to(colleague)) == []


def test_a_refused_undo_keeps_the_row_for_later():
    person = OfficerFactory()
    _, kept = remove_filters(person)

    def refuse(_):
        raise Refused("not_here", "Not here.")

    with refuses("not_here"):
        bring_back_filters(kept, person, check=refuse)
    assert not SavedFilter.objects.exists()
    assert bring_back_filters(kept, person)[0].pk


def test_deleted_rows_are_removed_once_they_cannot_be_restored(set_clock):
    old = RemovedRowFactory(removed_at=NOW - timedelta(hours=1))
    newer = RemovedRowFactory(removed_at=NOW - timedelta(minutes=59))

    assert forget_removed(now=NOW) == 1
    assert list(RemovedRow.objects.all()) == [newer]
    assert old.pk != newer.pk

    set_clock(date(2022, 1, 29))
    forget_removed_rows()
    assert not RemovedRow.objects.exists()
