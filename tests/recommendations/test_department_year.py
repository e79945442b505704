"""The dates of the Department's year, computed from values."""

from datetime import date

from recommendations.choices import MilestoneKind, MilestoneOwner, Tier
from recommendations.department_year import EditionOfYear, compute_department_year

ALWAYS = {
    MilestoneKind.DATA_CALL: (date(2021, 11, 1), True),
    MilestoneKind.PUBLIC_SUBMISSIONS: (date(2022, 2, 1), False),
    MilestoneKind.POST_ANSWERS: (date(2022, 2, 15), True),
    MilestoneKind.PERIOD_END: (date(2022, 3, 31), False),
    MilestoneKind.NEXT_REPORT: (date(2022, 6, 30), True),
}


def compute(tiers, **changes):
    values = {
        "year": 2021,
        "published_on": date(2021, 7, 1),
        "ends_on": date(2022, 3, 31),
        "source": "TIP Report 2021",
        "tiers": tiers,
    }
    return compute_department_year(EditionOfYear(**values | changes))


def days(rows):
    return {row.kind: (row.due_on, row.is_estimated) for row in rows}


def test_a_country_raised_from_tier_3_gets_an_action_plan_and_an_interim_assessment():
    rows = compute({2020: Tier.TIER_3, 2021: Tier.WATCH_LIST})

    assert days(rows) == ALWAYS | {
        MilestoneKind.ACTION_PLAN: (date(2021, 12, 28), False),
        MilestoneKind.INTERIM: (date(2022, 2, 1), False),
    }
    assert [row.due_on for row in rows] == sorted(row.due_on for row in rows)
    assert all(row.source for row in rows)


def test_a_country_off_the_watch_list_has_only_the_dates_of_every_edition():
    assert days(compute({2020: Tier.WATCH_LIST, 2021: Tier.TIER_2})) == ALWAYS
    assert days(compute({2020: Tier.TIER_3, 2021: Tier.TIER_3})) == ALWAYS


def test_the_limit_of_the_watch_list_falls_on_the_next_report_after_two_years():
    two_years = {2019: Tier.TIER_2, 2020: Tier.WATCH_LIST, 2021: Tier.WATCH_LIST}
    limit = MilestoneKind.WATCH_LIST_LIMIT

    assert days(compute(two_years))[limit] == (date(2022, 6, 30), True)
    assert days(compute(two_years, next_published_on=date(2022, 7, 19)))[limit] == (date(2022, 7, 19), False)
    assert limit not in days(compute({2019: Tier.WATCH_LIST, 2021: Tier.WATCH_LIST}))


def test_without_a_notice_the_day_of_the_public_is_the_usual_one_and_without_a_report_no_action_plan_is_due():
    tiers = {2023: Tier.TIER_3, 2024: Tier.WATCH_LIST}
    found = days(compute(tiers, year=2024, published_on=None, ends_on=date(2025, 3, 31)))

    assert found[MilestoneKind.PUBLIC_SUBMISSIONS] == (date(2025, 2, 1), True)
    assert MilestoneKind.ACTION_PLAN not in found


def test_every_milestone_says_who_has_to_reach_it():
    assert {kind for kind in MilestoneKind if kind.owner is MilestoneOwner.EMBASSY} == {
        MilestoneKind.DATA_CALL,
        MilestoneKind.POST_ANSWERS,
        MilestoneKind.DEADLINE,
    }
    assert all(kind.label_with_owner != kind.label for kind in MilestoneKind if kind.owner is MilestoneOwner.DEPARTMENT)
