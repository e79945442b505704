from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogues.choices import SupportKind, Verdict
from recommendations.choices import Pillar
from reports.readiness.explanation.score_fall import describe_fall
from reports.readiness.explanation.trend_display import TrendEvent, display_trend
from tests.reports.lesotho_record import lesotho_record
from tests.reports.readiness.explanation.test_trend import PERIOD, record_with_reviews
from tests.reports.record_builder import RecordBuilder, noon
from tests.reports.record_strategies import records

JULY_2022 = noon(date(2022, 7, 31))
DIALOGUE = TrendEvent(date(2021, 4, 9), "Dialogue", "Dialogue, Maseru", dialogue_id=1)


def display_sample(facts=None, as_of=date(2021, 4, 21), known_by=None, events=()):
    facts = facts or record_with_reviews(date(2021, 4, 12), date(2021, 4, 20))
    return display_trend(facts, as_of=as_of, known_by=known_by, events=events)


def test_weeks_go_up_to_the_day_and_the_last_one_ends_with_it():
    assert [week.ends_on.day for week in display_sample(as_of=date(2021, 4, 13)).weeks] == [7, 13]


def test_hindsight_is_that_of_the_moment_though_the_day_is_earlier():
    early, late = (
        display_sample(as_of=date(2021, 4, 13)),
        display_sample(as_of=date(2021, 4, 13), known_by=noon(date(2021, 4, 13))),
    )

    assert early.weeks[-1].then == late.weeks[-1].then == late.weeks[-1].hindsight
    assert early.weeks[-1].hindsight > early.weeks[-1].then


def test_nothing_is_known_after_the_moment_though_the_day_is_later():
    weeks = display_sample(known_by=noon(date(2021, 4, 13))).weeks

    assert [week.ends_on.day for week in weeks] == [7, 14, 21]
    assert weeks[2].then == weeks[1].then == weeks[2].hindsight


def test_the_period_is_over_with_its_last_day():
    assert display_sample(lesotho_record().facts, as_of=date(2022, 7, 31)).weeks[-1].ends_on == date(2022, 3, 31)


def test_only_the_first_and_the_last_week_and_those_with_a_change_or_an_event_are_changed_weeks():
    facts = record_with_reviews(date(2021, 5, 3))
    trend = display_sample(facts, as_of=date(2021, 6, 16), events=[DIALOGUE])

    assert len(trend.by_week) == 11
    first, of_event, *changed, last = trend.changed_weeks
    assert [week.ends_on for week in (first, of_event, last)] == [
        date(2021, 4, 7),
        date(2021, 4, 14),
        date(2021, 6, 16),
    ]
    assert changed
    for week in changed:
        before = trend.by_week[trend.by_week.index(week) - 1]
        assert (week.then, week.hindsight) != (before.then, before.hindsight)
    assert display_sample(facts, as_of=date(2021, 4, 7)).changed_weeks == trend.by_week[:1]


def test_the_title_is_the_finding():
    assert display_sample().title.startswith("Verified readiness has risen from ")


def test_a_fall_since_the_highest_week_names_the_finding_that_reversed_the_action():
    record = RecordBuilder(PERIOD)
    asked = record.recommendation(1, Pillar.PROSECUTION)
    for key in ("1a", "1b"):
        record.benchmark(asked, key, record.benchmark_terms(known=PERIOD.starts_on))
        record.action(key, date(2021, 4, 1), date(2021, 4, 5), known=date(2021, 4, 5), verified=date(2021, 4, 6))
    highest = display_sample(record.facts, as_of=date(2021, 4, 14))
    taken_back = record.evidence(
        date(2021, 4, 15), date(2021, 4, 15), known=date(2021, 4, 15), _1b=SupportKind.NO_ACTION
    )
    record.review(taken_back, known=date(2021, 4, 16), key="1b")
    record.assessment("1b", Verdict.BACKWARDS, known=date(2021, 4, 17), on=[taken_back])

    fallen = display_sample(record.facts, as_of=date(2021, 4, 21))

    assert highest.fall is None
    assert fallen.fall.since == date(2021, 4, 14)
    assert fallen.fall.highest - fallen.fall.points == fallen.by_week[-1].then
    assert (fallen.fall.cause.finding_id, fallen.fall.cause.is_sole) == (taken_back, True)
    assert describe_fall(fallen.fall, "Rules taken back.") == (
        "Readiness was 21.7 on 14 April 2021 and has fallen by 7.5 since: “Rules taken back” (benchmark 1b)."
    )
    assert describe_fall(fallen.fall, "Rules taken back", told_since=date(2021, 4, 14)) == (
        "Cause: “Rules taken back” (benchmark 1b)."
    )
    assert "going backwards (benchmark 1b)" in describe_fall(fallen.fall).lower()


@settings(max_examples=25)
@given(records(), st.dates(date(2021, 4, 1), date(2022, 5, 1)))
def test_a_fall_is_what_lies_between_the_highest_week_and_the_last(record, today):
    trend = display_sample(record.facts, as_of=today)

    scores = [week.then for week in trend.by_week if week.then is not None]
    if trend.fall is None:
        assert not scores or max(scores) == scores[-1]
    else:
        assert trend.fall.highest == max(scores)
        assert trend.fall.points == max(scores) - scores[-1] > 0


def test_the_title_of_what_was_reviewed_too_late_says_so():
    assert display_sample(lesotho_record().facts, as_of=date(2022, 3, 31), known_by=JULY_2022).title == (
        "Nothing had been reviewed by 31 March 2022. With later information, readiness on that day was 60.5"
    )


def test_events_are_shown_in_their_week():
    by_week = display_sample(events=[DIALOGUE, TrendEvent(date(2021, 4, 14), "Deadline", "Deadline")]).by_week

    assert [[event.description for event in week.events] for week in by_week] == [
        [],
        ["Dialogue, Maseru", "Deadline"],
        [],
    ]


def test_events_outside_the_period_are_left_out():
    assert display_sample(events=[TrendEvent(date(2021, 3, 31), "Dialogue", "Dialogue", 1)]).events == []


def test_a_month_shows_the_last_week_that_ended_in_it():
    by_month = display_sample(as_of=date(2021, 6, 4), events=[DIALOGUE]).by_month

    assert [week.ends_on for week in by_month] == [date(2021, 4, 28), date(2021, 5, 26), date(2021, 6, 4)]
    assert [event.description for event in by_month[0].events] == ["Dialogue, Maseru"]


def test_scores_are_printed_to_one_decimal_and_none_where_nothing_was_reviewed():
    last = display_sample(lesotho_record().facts, as_of=date(2022, 3, 31), known_by=JULY_2022).by_week[-2]

    assert (last.then, last.hindsight) == (None, Decimal("7.2"))


@pytest.mark.parametrize("known_by", [None, JULY_2022])
def test_the_mark_is_the_one_that_was_known(known_by):
    assert display_sample(lesotho_record().facts, as_of=date(2021, 12, 1), known_by=known_by).target == 45
    assert (
        display_sample(lesotho_record().facts, as_of=date(2021, 12, 1), known_by=noon(date(2021, 6, 30))).target is None
    )


@settings(max_examples=20)
@given(record=records(), day=st.dates(PERIOD.starts_on, PERIOD.ends_on))
def test_the_title_and_the_fall_need_no_hindsight(record, day):
    whole, short = (
        display_trend(record.facts, as_of=day, known_by=None, events=(), with_hindsight=with_hindsight)
        for with_hindsight in (True, False)
    )

    assert (short.title, short.compared_day, short.fall) == (whole.title, whole.compared_day, whole.fall)
