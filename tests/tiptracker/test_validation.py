"""Checks that the actions of all packages share."""

from datetime import UTC, date, datetime

import pytest

from dialogues.models import Dialogue
from tests.factories import MASERU, DialogueFactory, OfficerFactory, at_noon
from tests.refusals import refuses
from tests.transactions import record_log_entry
from tiptracker.localization import format_date
from tiptracker.validation import (
    format_moment,
    insert_row,
    refuse_future,
    refuse_reversed_dates,
    refuse_stale,
    refuse_unseen,
    require_text,
    update_row,
)

NOW = at_noon(date(2022, 1, 28))


def test_day_and_moment_are_spelt_as_read_in_the_country():
    assert format_date(date(2021, 12, 9)) == "9 December 2021"
    assert format_moment(datetime(2022, 1, 27, 22, 30, tzinfo=UTC), NOW) == "28 January 2022 at 00:30"


def test_text_is_written_without_blanks_around_it_or_refused():
    assert require_text("  said \n", "Say it.", field="text") == "said"
    with refuses("required", field="text", sentence="Say it."):
        require_text(" \n ", "Say it.", field="text")


def test_today_has_come_and_tomorrow_has_not():
    refuse_future(date(2022, 1, 28), NOW, field="held_on")
    with refuses("future_day", field="held_on", sentence="Enter a date up to today, 28 January 2022."):
        refuse_future(date(2022, 1, 29), NOW, field="held_on")


def test_today_is_the_countrys_day_though_it_is_still_yesterday_in_utc():
    just_after_midnight = datetime(2022, 1, 29, 0, 30, tzinfo=MASERU)

    refuse_future(date(2022, 1, 29), just_after_midnight, field="held_on")


def test_span_may_be_one_day_but_not_turned_round():
    refuse_reversed_dates(date(2022, 1, 1), date(2022, 1, 1), field="happened_to")
    refuse_reversed_dates(None, date(2022, 1, 1), field="happened_to")
    with refuses("reversed_dates", field="happened_to", sentence="The end date is before the start date."):
        refuse_reversed_dates(date(2022, 1, 2), date(2022, 1, 1), field="happened_to")


@pytest.mark.django_db
def test_invalid_row_is_refused_with_the_field_named():
    row = DialogueFactory.build(country=None, recorded_by=None, place="x" * 201)
    with refuses("max_length", field="place", sentence="at most 200 characters"):
        insert_row(row)

    kept = DialogueFactory()
    kept.purpose = "y" * 301
    with refuses("max_length", field="purpose"):
        update_row(kept)
    assert Dialogue.objects.get().purpose == "Progress on the recommendations"


@pytest.mark.django_db
def test_stale_page_is_refused_naming_who_changed_what_and_when():
    dialogue = DialogueFactory(version=2)
    by = OfficerFactory(name="Palesa Nkosi")
    same, other = {"place": "here", "record": "a", "agreed": "b"}, {"place": "here", "record": "c", "agreed": "d"}
    record_log_entry("dialogue.changed", by=by, row=dialogue, before=same, after={**other, "recorded_at": NOW})

    refuse_stale(dialogue, 2, NOW)
    sentence = (
        "Palesa Nkosi changed this on 28 January 2022 at 12:00: what was agreed and what was said. "
        "Your text is kept. Compare it with the saved values, then save again."
    )
    with refuses("edit_conflict", sentence=sentence):
        refuse_stale(dialogue, 1, NOW)


@pytest.mark.django_db
def test_stale_page_is_refused_even_without_a_log_entry():
    with refuses("edit_conflict", sentence="Somebody changed this in the meantime."):
        refuse_stale(DialogueFactory(version=2), 1, NOW)


@pytest.mark.django_db
def test_refusal_names_a_row_newer_than_the_page_showed():
    newest = DialogueFactory(recorded_by=OfficerFactory(name="Palesa Nkosi"))

    refuse_unseen(newest, None, NOW, noun="review")
    refuse_unseen(newest, newest.pk, NOW, noun="review")
    refuse_unseen(None, 0, NOW, noun="review")
    with refuses("edit_conflict", sentence="Palesa Nkosi recorded something newer on 8 November 2021 at 12:00."):
        refuse_unseen(newest, 0, NOW, noun="review")
