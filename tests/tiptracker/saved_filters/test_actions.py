"""Save, rename, replace, delete and restore filters. Each belongs to one person."""

from datetime import date, timedelta

import pytest

from tests.factories import OfficerFactory, SavedFilterFactory, at_noon
from tests.refusals import refuses
from tiptracker.audit.models import AuditEntry
from tiptracker.saved_filters.actions import MAX_FILTERS, delete_filter, rename_filter, restore_filter, save_filter
from tiptracker.saved_filters.models import SavedFilter

pytestmark = pytest.mark.django_db
NOW = at_noon(date(2022, 1, 28))


def save_sample(by, name="Overdue", query="status=overdue", page="commitment_list", *, replaces=False):
    return save_filter(page=page, query=query, name=name, replaces=replaces, by=by, now=NOW)


def test_filters_are_saved_once_by_their_name_for_each_person_and_list():
    person, other = OfficerFactory(), OfficerFactory()

    saved, replaced = save_sample(person, " Overdue ")
    save_sample(other)
    save_sample(person, page="evidence_list", query="q=law")

    assert (saved.name, saved.query, replaced) == ("Overdue", "status=overdue", "")
    assert list(SavedFilter.objects.visible_to(person).filter(page="commitment_list")) == [saved]
    with refuses("name_taken", field="name", sentence="You already have filters with the name “Overdue”"):
        save_sample(person, query="status=open")
    assert SavedFilter.objects.get(pk=saved.pk).query == "status=overdue"
    assert not AuditEntry.objects.filter(table="saved_filters.savedfilter").exists()


def test_filters_are_replaced_if_the_person_says_so():
    person = OfficerFactory()
    saved, _ = save_sample(person)

    assert save_sample(person, query="status=open", replaces=True) == (saved, "status=overdue")
    assert SavedFilter.objects.get().query == "status=open"


@pytest.mark.parametrize("query", ["", "sort=text"])
def test_without_a_filter_there_is_nothing_to_save(query):
    with refuses("no_filter", sentence="No filter is set."):
        save_sample(OfficerFactory(), query=query)


def test_a_name_is_asked_for_and_is_not_too_long():
    with refuses("required", field="name", sentence="Give the filters a name."):
        save_sample(OfficerFactory(), "  ")
    with refuses("max_length", field="name"):
        save_sample(OfficerFactory(), "x" * 61)


def test_no_more_than_a_list_has_room_for():
    person = OfficerFactory()
    for number in range(MAX_FILTERS):
        SavedFilterFactory(person=person, name=f"Number {number}")

    with refuses("too_many", sentence=f"You have {MAX_FILTERS} saved filters for this list"):
        save_sample(person)
    assert save_sample(person, page="evidence_list")[1] == ""


def test_a_name_is_changed_but_not_to_that_of_others():
    saved = SavedFilterFactory(name="Old")
    SavedFilterFactory(person=saved.person, name="Taken")
    SavedFilterFactory(name="Somebody else’s")

    assert rename_filter(saved=saved, name="Somebody else’s", by=saved.person).name == "Somebody else’s"
    with refuses("name_taken", field="name"):
        rename_filter(saved=saved, name="Taken", by=saved.person)


def test_deleted_filters_are_restored_unless_their_name_is_taken():
    saved = SavedFilterFactory(name="Overdue")
    kept = delete_filter(saved=saved, by=saved.person, now=NOW)
    with refuses("gone", sentence="These filters were deleted in the meantime."):
        delete_filter(saved=saved, by=saved.person, now=NOW)

    assert restore_filter(removed=kept.pk, by=saved.person, now=NOW + timedelta(minutes=5)).pk == saved.pk

    kept = delete_filter(saved=saved, by=saved.person, now=NOW)
    save_sample(saved.person, "Overdue")
    with refuses("name_taken"):
        restore_filter(removed=kept.pk, by=saved.person, now=NOW)


def test_nobody_renames_or_deletes_the_filters_of_somebody_else():
    saved, other = SavedFilterFactory(), OfficerFactory()

    with refuses("gone"):
        rename_filter(saved=saved, name="Mine", by=other)
    with refuses("gone"):
        delete_filter(saved=saved, by=other, now=NOW)
    assert list(SavedFilter.objects.visible_to(other)) == []


@pytest.mark.unordered_locks  # the product never deletes an account
def test_filters_are_deleted_with_the_account_of_their_person():
    saved = SavedFilterFactory()

    saved.person.delete()

    assert not SavedFilter.objects.exists()
