from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogues.choices import Verdict
from recommendations.choices import Pillar
from reports import formatting
from reports.charts.trend import TrendWeek
from reports.readiness.explanation.trend import (
    RecentChange,
    describe_later_information,
    describe_trend,
    recent_change,
    week_ends,
    weekly_scores,
)
from reports.readiness.explanation.trend_display import display_trend
from reports.readiness.readiness import evaluate_readiness
from tests.reports.lesotho_record import lesotho_record
from tests.reports.record_builder import MASERU, RecordBuilder, noon, period
from tests.reports.record_strategies import records

PERIOD = period("2021-04-01", "2022-03-31")
JULY_2022 = noon(date(2022, 7, 31))


def record_with_reviews(*reviewed):
    """A record of one benchmark a review: each verified, and assessed as met, on its day; all of it done in April."""
    record = RecordBuilder(PERIOD)
    asked = record.recommendation(1, Pillar.PROSECUTION)
    for letter, day in zip("abcd", reviewed, strict=False):
        record.benchmark(asked, f"1{letter}", record.benchmark_terms(known=PERIOD.starts_on))
        done = record.action(f"1{letter}", date(2021, 4, 1), date(2021, 4, 5), known=day, verified=day)
        record.assessment(f"1{letter}", Verdict.MET, known=day, on=[done])
    return record.facts


def weeks_with_scores(*scores):
    """Weeks from 7 April 2021 on, with these scores as then known."""
    return [
        TrendWeek(date(2021, 4, 7) + timedelta(weeks=number), None if score is None else Fraction(score), None)
        for number, score in enumerate(scores)
    ]


def last_weeks(facts, today):
    """The last five weeks of the trend that had a review."""
    trend = display_trend(facts, as_of=today, known_by=None, events=())
    return [week for week in trend.weeks if week.then is not None][-5:]


# --- Weeks ------------------------------------------------------------------------------------------------------------


def test_weeks_are_counted_from_the_first_day_of_the_period():
    ends = list(week_ends(PERIOD, date(2021, 4, 21)))

    assert ends == [date(2021, 4, 7), date(2021, 4, 14), date(2021, 4, 21)]


def test_the_running_week_ends_today():
    assert list(week_ends(PERIOD, date(2021, 4, 16)))[-2:] == [date(2021, 4, 14), date(2021, 4, 16)]
    assert list(week_ends(PERIOD, date(2021, 4, 1))) == [date(2021, 4, 1)]


def test_the_last_week_ends_with_the_period():
    ends = list(week_ends(PERIOD, date(2022, 7, 31)))

    assert len(ends) == 53
    assert ends[-2:] == [date(2022, 3, 30), date(2022, 3, 31)]


def test_before_the_period_there_is_no_week():
    assert list(week_ends(PERIOD, date(2021, 3, 31))) == []
    assert weekly_scores(lesotho_record().facts, noon(date(2021, 3, 31))) == ()


def test_the_week_is_that_of_the_countrys_day():
    late_in_maseru = datetime(2021, 4, 7, 22, 30, tzinfo=UTC)

    assert [week.ends_on for week in weekly_scores(lesotho_record().facts, late_in_maseru)] == [
        date(2021, 4, 7),
        date(2021, 4, 8),
    ]


# --- Two lines --------------------------------------------------------------------------------------------------------


def test_lesotho_had_nothing_reviewed_in_the_whole_period_and_has_a_figure_in_hindsight():
    by_day = {week.ends_on: week for week in weekly_scores(lesotho_record().facts, JULY_2022)}

    assert {week.then for week in by_day.values()} == {None}
    assert by_day[date(2021, 9, 29)].hindsight == 0
    assert by_day[date(2021, 10, 6)].hindsight == Fraction(43, 6), "the launch of the plan was over by 30 September"
    assert by_day[date(2022, 3, 30)].hindsight == Fraction(43, 6)
    assert by_day[date(2022, 3, 31)].hindsight == Fraction(121, 2)


def test_lesotho_in_january_has_no_figure_of_either_kind():
    assert {(week.then, week.hindsight) for week in weekly_scores(lesotho_record().facts, noon(date(2022, 1, 28)))} == {
        (None, None)
    }


def test_no_figure_before_the_first_review_though_hindsight_has_one():
    first, second = weekly_scores(record_with_reviews(date(2021, 4, 12)), noon(date(2021, 4, 14)))

    assert (first.ends_on, first.then) == (date(2021, 4, 7), None)
    assert first.hindsight == second.hindsight == second.then > 0


def test_only_hindsight_includes_later_reviews():
    told = weekly_scores(record_with_reviews(date(2021, 4, 12), date(2021, 4, 20)), noon(date(2021, 4, 21)))

    assert told[0].then is None
    assert 0 < told[1].then < told[2].then
    assert {week.hindsight for week in told} == {told[2].then}


def test_the_running_week_knows_nothing_of_what_comes_later_today():
    facts = record_with_reviews(date(2021, 4, 12))

    assert weekly_scores(facts, noon(date(2021, 4, 12)) - timedelta(minutes=1))[-1].then is None
    assert weekly_scores(facts, noon(date(2021, 4, 12)))[-1].then > 0


@settings(max_examples=25)
@given(records(), st.dates(date(2021, 4, 1), date(2022, 5, 1)))
def test_each_week_is_the_readiness_of_its_last_day_as_known_at_its_end_and_as_known_now(record, today):
    facts, now = record.facts, noon(today)

    for week in weekly_scores(facts, now):
        at_its_end = min(datetime.combine(week.ends_on, time.max, MASERU), now)
        for known_by, told in [(at_its_end, week.then), (now, week.hindsight)]:
            result = evaluate_readiness(facts, as_of=week.ends_on, known_by=known_by)
            assert told == (result.score if result.is_reviewed else None)


# --- The change in the last weeks -------------------------------------------------------------------------------------


def test_the_recent_change_is_since_four_weeks_ago_and_says_what_the_embassy_verified_late():
    facts = record_with_reviews(date(2021, 4, 12), date(2021, 5, 20))  # both actions are of April

    change = recent_change(facts, date(2021, 6, 2))

    four_weeks_ago, *_, today = (formatting.round_to_tenth(week.then) for week in last_weeks(facts, date(2021, 6, 2)))
    assert change == RecentChange(date(2021, 5, 5), today - four_weeks_ago, Decimal(0))
    assert change.points > 0


@pytest.mark.parametrize("day", [date(2021, 3, 31), date(2021, 4, 7), date(2021, 4, 12), date(2021, 4, 14)])
def test_there_is_no_recent_change_without_a_review_in_an_earlier_week(day):
    assert recent_change(record_with_reviews(date(2021, 4, 12)), day) is None


@settings(max_examples=25)
@given(records(), st.dates(date(2021, 3, 1), date(2022, 5, 1)))
def test_the_recent_change_is_that_of_the_title(record, today):
    change, reviewed = recent_change(record.facts, today), last_weeks(record.facts, today)

    if len(reviewed) < 2:
        assert change is None
        return
    assert change is not None
    assert change.since == reviewed[0].ends_on
    last, then, hindsight = (
        formatting.round_to_tenth(score) for score in (reviewed[-1].then, reviewed[0].then, reviewed[0].hindsight)
    )
    assert change.points == last - then
    told = describe_later_information(reviewed)
    assert change.points_by_dates == (last - hindsight if told else None)


# --- The title --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scores", "title"),
    [
        ([], "Nothing has been reviewed yet"),
        ([None, None], "Nothing has been reviewed yet"),
        ([None, 12, 12], "Verified readiness has been 12 since the first review"),
        ([None, "25/2"], "Verified readiness has been 12.5 since the first review"),
        ([10, 12, 12, 12, 12, 12], "Verified readiness has not moved since the week to 14 April 2021"),
        ([10, 12, 12, 12, 12], "Verified readiness has risen from 10 on 7 April 2021 to 12 on 5 May 2021"),
        ([1, 10, 12, 14, 15, 16], "Verified readiness has risen from 10 on 14 April 2021 to 16 on 12 May 2021"),
        ([1, 20, 12, 14, 15, 16], "Verified readiness has fallen from 20 on 14 April 2021 to 16 on 12 May 2021"),
        ([1, 12, 14, 15, 16, 12], "Verified readiness is 12, the same as on 14 April 2021"),
        ([None, 0, 3], "Verified readiness has risen from 0 on 14 April 2021 to 3 on 21 April 2021"),
    ],
)
def test_the_title_says_the_finding(scores, title):
    assert describe_trend(weeks_with_scores(*scores)) == title


LATER = (
    "On 7 April 2021 readiness was 10, as known at the time. With later information it is 40.1, because the embassy "
    "has verified more about that day since."
)


@pytest.mark.parametrize(
    ("by_dates", "sentence"),
    [
        ("40.1", LATER),
        ("10", ""),
        (None, ""),
    ],
)
def test_what_the_embassy_has_verified_since_is_told_apart_and_not_in_the_title(by_dates, sentence):
    first, *later = weeks_with_scores(10, 12, 14, 15, 16)
    first = replace(first, hindsight=None if by_dates is None else Fraction(by_dates))

    assert describe_later_information([first, *later]) == sentence
    assert describe_trend([first, *later]).endswith("from 10 on 7 April 2021 to 16 on 5 May 2021")
