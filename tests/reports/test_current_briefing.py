"""When the daily briefing is rebuilt: after new log entries and a quiet period, or on a new day."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from reports.current_briefing import (
    MAX_DELAY,
    QUIET_PERIOD,
    RETRY_DELAY,
    find_ambassador,
    has_changed_since,
    is_rebuild_due,
    is_rebuild_expected,
)
from reports.models import Briefing
from tests.factories import (
    AmbassadorFactory,
    BriefingFactory,
    CountryFactory,
    JobFactory,
    OfficerFactory,
    RecommendationFactory,
)
from tests.transactions import record_log_entry
from tiptracker.audit.actions import log_head
from tiptracker.audit.verbs import VERBS, VERBS_CHANGING_NO_FACT, VerbGroup
from tiptracker.jobs.models import State

pytestmark = pytest.mark.django_db

TODAY = date(2022, 1, 28)
SECOND = timedelta(seconds=1)


@pytest.fixture
def edition():
    AmbassadorFactory()
    return RecommendationFactory().edition


@pytest.fixture
def current_briefing(edition):
    """Today's automatic briefing, which includes all log entries so far."""
    record_log_entry("evidence.logged", by=None, country=edition.country)
    return BriefingFactory(edition=edition, requested_by=None, pdf=b"%PDF-1.7", log_number=log_head()[0])


def moment_after(entry, after):
    return entry.at + after


def test_a_briefing_is_due_if_there_is_none(edition):
    assert is_rebuild_due(edition, TODAY, timezone.now())


def test_a_briefing_is_not_due_if_nothing_was_recorded_since(current_briefing):
    assert not is_rebuild_due(current_briefing.edition, TODAY, timezone.now() + timedelta(hours=5))
    assert not has_changed_since(current_briefing)


def test_a_briefing_is_due_once_the_quiet_period_is_over(current_briefing):
    first = record_log_entry("evidence.logged", by=None, country=current_briefing.edition.country)
    assert has_changed_since(current_briefing)
    assert not is_rebuild_due(current_briefing.edition, TODAY, moment_after(first, QUIET_PERIOD - SECOND))
    assert is_rebuild_due(current_briefing.edition, TODAY, moment_after(first, QUIET_PERIOD))


def test_after_the_maximum_delay_the_briefing_is_rebuilt_without_a_quiet_period(current_briefing, monkeypatch):
    began = timezone.now()
    for moment in (began, began + MAX_DELAY - QUIET_PERIOD + SECOND):
        monkeypatch.setattr("tiptracker.audit.actions.timezone", SimpleNamespace(now=lambda moment=moment: moment))
        record_log_entry("evidence.logged", by=None, country=current_briefing.edition.country)

    assert not is_rebuild_due(current_briefing.edition, TODAY, began + MAX_DELAY - SECOND)
    assert is_rebuild_due(current_briefing.edition, TODAY, began + MAX_DELAY)


def test_a_briefing_for_another_day_is_due_immediately(current_briefing):
    record_log_entry("evidence.logged", by=None, country=current_briefing.edition.country)
    assert is_rebuild_due(current_briefing.edition, TODAY + timedelta(days=1), timezone.now())


@pytest.mark.parametrize(
    ("verb", "counts"),
    [
        ("evidence.viewed", False),
        ("briefing.requested", False),
        ("briefing.downloaded", False),
        ("person.signed_in", False),
        ("draft.begun", False),
        ("readiness.computed", False),
        ("evidence.verified", True),
        ("text.redacted", True),
        ("ministry.changed", True),
        ("edition_terms.loaded", True),
        ("something.nobody_thought_of", True),
    ],
)
def test_only_what_changes_the_record_counts_and_so_does_a_verb_that_nobody_knows(current_briefing, verb, counts):
    entry = record_log_entry(verb, by=None, country=current_briefing.edition.country)

    assert has_changed_since(current_briefing) is counts
    assert is_rebuild_due(current_briefing.edition, TODAY, moment_after(entry, QUIET_PERIOD)) is counts


def test_log_entries_without_a_country_count_as_changes_and_those_of_others_do_not(current_briefing):
    record_log_entry("evidence.logged", by=None, country=CountryFactory(elsewhere=True))
    assert not has_changed_since(current_briefing)
    record_log_entry("user.changed", by=None)
    assert has_changed_since(current_briefing)


def test_no_verb_of_the_record_itself_is_taken_for_reading():
    papers = {verb for verb in VERBS if verb.startswith(("briefing.", "draft.", "internal_note."))}

    assert (
        not {verb for verb, (group, _) in VERBS.items() if group is VerbGroup.RECORD} & VERBS_CHANGING_NO_FACT - papers
    )
    shown = {verb for verb in VERBS if verb.startswith(("user.", "country.", "ministry."))} - {
        "country.exported",
        "country.export_written",
    }
    assert not shown & VERBS_CHANGING_NO_FACT
    assert set(VERBS) > VERBS_CHANGING_NO_FACT


def test_whether_something_changed_is_one_question_however_much_was_read(current_briefing, django_assert_num_queries):
    for _ in range(5):
        record_log_entry("evidence.viewed", by=None, country=current_briefing.edition.country)
    current_briefing = Briefing.objects.select_related("edition").get()

    with django_assert_num_queries(1):
        has_changed_since(current_briefing)


@pytest.mark.unordered_locks  # the product deletes no account
def test_nobody_is_ambassador(current_briefing):
    find_ambassador(current_briefing.edition).delete()
    record_log_entry("evidence.logged", by=None, country=current_briefing.edition.country)

    assert find_ambassador(current_briefing.edition) is None
    assert not is_rebuild_due(current_briefing.edition, TODAY + timedelta(days=1), timezone.now())
    assert not is_rebuild_expected(current_briefing.edition)


def test_an_ambassador_who_left_reads_no_more(edition):
    person = find_ambassador(edition)
    person.is_active = False
    person.save()
    OfficerFactory()
    assert find_ambassador(edition) is None

    there = AmbassadorFactory(email="next@post.example")
    assert find_ambassador(edition) == there


def test_an_ambassador_of_another_country_is_no_reader(edition):
    find_ambassador(edition).countries.set([CountryFactory(elsewhere=True)])
    assert find_ambassador(edition) is None


def test_a_briefing_that_failed_is_not_tried_again_at_every_beat(edition):
    failed_at = datetime(2022, 1, 28, 7, tzinfo=timezone.get_current_timezone())
    JobFactory(kind="current_briefing", key=edition.pk, state=State.FAILED, reason="No.", finished_at=failed_at)

    assert not is_rebuild_expected(edition)
    assert not is_rebuild_due(edition, TODAY, failed_at + RETRY_DELAY - SECOND)
    assert is_rebuild_due(edition, TODAY, failed_at + RETRY_DELAY)


def test_no_briefing_is_due_before_the_tracking_period(edition):
    assert not is_rebuild_due(edition, edition.starts_on - timedelta(days=1), timezone.now())
    assert is_rebuild_due(edition, edition.starts_on, timezone.now())
