"""Add milestones, change their dates, and add the Department's year."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from recommendations.actions.milestones import add_department_year, add_milestone, change_milestone_date
from recommendations.choices import MilestoneKind, Tier
from recommendations.models import Milestone
from tests.factories import (
    AdministratorFactory,
    AmbassadorFactory,
    CountryFactory,
    EditionFactory,
    MilestoneDateChangeFactory,
    MilestoneDoneFactory,
    MilestoneFactory,
    OfficerFactory,
    at_noon,
)
from tests.refusals import refuses
from tiptracker.audit.models import AuditEntry

pytestmark = pytest.mark.django_db
NOW = at_noon(date(2021, 12, 20))


def change(milestone, **changes):
    values = {"due_on": date(2022, 1, 10), "is_estimated": False, "reason": "The Department said so."}
    return change_milestone_date(milestone=milestone, **{"by": OfficerFactory(), "now": NOW} | values | changes)


@pytest.mark.parametrize("by", [OfficerFactory, AdministratorFactory])
def test_the_year_is_added_once_and_what_exists_stays(by):
    EditionFactory(year=2020, tier=Tier.TIER_3)
    edition = EditionFactory()
    MilestoneFactory(kind=MilestoneKind.POST_ANSWERS, due_on=date(2022, 2, 11), edition=edition)

    added = add_department_year(edition=edition, by=(person := by()))

    assert {row.kind for row in added} == {
        "data_call", "action_plan", "public_submissions", "interim_assessment", "period_end", "next_report"
    }  # fmt: skip
    assert Milestone.objects.find_post_answers(edition).falls_on == date(2022, 2, 11)
    assert AuditEntry.objects.get(verb="edition.year_added").by == person
    with refuses("nothing_to_add"):
        add_department_year(edition=edition, by=person)


def test_others_may_not_add_the_year_or_change_a_date():
    edition = EditionFactory()
    milestone = MilestoneFactory(kind=MilestoneKind.INTERIM, edition=edition)
    for person in (AmbassadorFactory(), OfficerFactory(countries=[CountryFactory(elsewhere=True)])):
        with pytest.raises(PermissionDenied):
            add_department_year(edition=edition, by=person)
        with pytest.raises(PermissionDenied):
            change(milestone, by=person)
    with pytest.raises(PermissionDenied):
        change(milestone, by=AdministratorFactory())


def test_a_changed_date_is_known_from_when_it_was_recorded_and_the_earlier_ones_stay():
    plan = MilestoneFactory(kind=MilestoneKind.ACTION_PLAN, due_on=date(2021, 12, 28))

    def known(moment):
        row = Milestone.objects.as_known_by(moment).get()
        return row.falls_on, row.is_about

    change(plan)
    MilestoneDateChangeFactory(
        milestone=plan, due_on=date(2022, 1, 20), is_estimated=True, recorded_at=at_noon(date(2022, 1, 9))
    )

    assert known(at_noon(date(2021, 12, 19))) == (date(2021, 12, 28), False)
    assert known(NOW) == (date(2022, 1, 10), False)
    assert known(None) == (date(2022, 1, 20), True)
    assert plan.date_changes.count() == 2


@pytest.mark.parametrize(
    ("kind", "changes", "code", "field"),
    [
        (MilestoneKind.ACTION_PLAN, {"due_on": date(2021, 3, 31)}, "out_of_range", "due_on"),
        (MilestoneKind.ACTION_PLAN, {"due_on": date(2023, 4, 1)}, "out_of_range", "due_on"),
        (MilestoneKind.ACTION_PLAN, {"reason": " "}, "required", "reason"),
        (MilestoneKind.ACTION_PLAN, {"due_on": date(2021, 12, 28)}, "unchanged", None),
        (MilestoneKind.PERIOD_END, {}, "fixed_milestone", "due_on"),
    ],
)
def test_a_date_that_cannot_be_is_refused(kind, changes, code, field):
    milestone = MilestoneFactory(kind=kind, due_on=date(2021, 12, 28))
    with refuses(code, field=field):
        change(milestone, **changes)
    assert not milestone.date_changes.exists()


def test_the_deadline_is_refused_with_the_place_where_it_is_changed():
    with refuses("fixed_milestone", field="due_on", sentence="The deadline is set in the terms of the edition."):
        change(MilestoneFactory())


def test_two_data_calls_have_names_of_their_own():
    edition = EditionFactory()

    def add(own_title, day):
        return add_milestone(
            edition=edition,
            kind=MilestoneKind.DATA_CALL,
            own_title=own_title,
            due_on=day,
            is_estimated=False,
            source="A cable",
            by=OfficerFactory(),
        )

    assert add("", date(2021, 11, 1)).name == "Data call to ministries"
    with refuses("taken", field="own_title"):
        add("", date(2022, 1, 10))
    assert add("Second data call", date(2022, 1, 10)).name == "Second data call"


def test_the_posts_answers_are_expected_on_the_first_day_that_is_not_done():
    edition = EditionFactory()
    assert Milestone.objects.find_post_answers(edition) is None
    rows = [
        Milestone.objects.create(edition=edition, kind=MilestoneKind.POST_ANSWERS, due_on=date(2022, 2, day))
        for day in (15, 25)
    ]

    assert Milestone.objects.find_post_answers(edition) == rows[0]
    MilestoneDoneFactory(milestone=rows[0], done_on=date(2022, 2, 14))
    assert Milestone.objects.find_post_answers(edition) == rows[1]
    MilestoneDoneFactory(milestone=rows[1], done_on=date(2022, 2, 24))
    assert Milestone.objects.find_post_answers(edition) == rows[1]
