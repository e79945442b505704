"""Open and correct an edition: only administrators, with an entry in the log."""

import json
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from recommendations.choices import MilestoneKind, Tier
from recommendations.models import Edition, EditionTerms, Milestone
from recommendations.setup.actions.editions import MilestoneDate, change_edition, open_edition
from recommendations.tracking_period import default_tracking_period
from tests.factories import (
    AdministratorFactory,
    AmbassadorFactory,
    CountryFactory,
    EditionFactory,
    MilestoneFactory,
    OfficerFactory,
    RecommendationFactory,
    at_noon,
)
from tests.refusals import refuses
from tiptracker.audit.models import AuditEntry
from tiptracker.jobs.models import Job

pytestmark = pytest.mark.django_db

NOW = at_noon(date(2022, 7, 20))
DEADLINE = MilestoneDate(date(2023, 2, 28), "A letter")


def edition_values(**changed):
    return {
        "year": 2022,
        "tier": Tier.TIER_2,
        "target_tier": Tier.TIER_1,
        "published_on": date(2022, 7, 19),
        "period": default_tracking_period(2022),
        "source": "TIP Report 2022, Lesotho narrative",
        "deadline": DEADLINE,
        "reason": "The Department asked for it by then.",
        "milestones": {MilestoneKind.INTERIM: MilestoneDate(date(2023, 2, 1), "22 U.S.C. 7107(b)")},
    } | changed


def logged_values(verb):
    entry = AuditEntry.objects.select_related("detail").filter(verb=verb).get()
    return json.loads(entry.detail.before or "{}"), json.loads(entry.detail.after or "{}"), entry


def test_the_ordinary_period_is_the_one_that_lesothos_edition_is_tracked_in():
    edition = EditionFactory(year=2021)

    assert default_tracking_period(2021) == (edition.starts_on, edition.ends_on)


def test_an_edition_is_opened_with_its_terms_and_its_days():
    administrator, country = AdministratorFactory(), CountryFactory()

    edition = open_edition(country=country, by=administrator, now=NOW, **edition_values())

    assert (edition.country, edition.year, edition.tier, edition.target_tier) == (country, 2022, "2", "1")
    assert (edition.starts_on, edition.ends_on) == (date(2022, 4, 1), date(2023, 3, 31))
    terms = edition.terms.get()
    assert (terms.deadline_on, terms.reason, terms.recorded_at, terms.recorded_by) == (
        date(2023, 2, 28),
        "The Department asked for it by then.",
        NOW,
        administrator,
    )
    assert list(edition.milestones.values_list("kind", "due_on", "source")) == [
        ("interim_assessment", date(2023, 2, 1), "22 U.S.C. 7107(b)"),
        ("deadline", date(2023, 2, 28), "A letter"),
        ("period_end", date(2023, 3, 31), "TIP Report 2022, Lesotho narrative"),
    ]
    before, after, entry = logged_values("edition.opened")
    assert (before, entry.country, entry.by) == ({}, country, administrator)
    assert after["deadline_on"] == "2023-02-28"
    assert after["milestones"] == {
        "interim_assessment": "2023-02-01",
        "deadline": "2023-02-28",
        "period_end": "2023-03-31",
    }


@pytest.mark.parametrize(
    ("wrong", "code", "sentence", "field"),
    [
        ({"year": 2021}, "taken", "The 2021 edition on Lesotho already exists.", "year"),
        ({"source": " "}, "required", "Write the source of the edition.", "source"),
        ({"source": "x" * 301}, "max_length", "", "source"),
        ({"reason": ""}, "required", "Write why this is the deadline.", "reason"),
        ({"period": (date(2022, 4, 1), date(2022, 3, 31))}, "reversed_dates", "", "ends_on"),
        (
            {"period": (date(2022, 4, 1), date(2022, 4, 1))},
            "one_day_period",
            "The first and the last day are the same.",
            "ends_on",
        ),
        (
            {"period": (date(2, 4, 1), date(2023, 3, 31))},
            "out_of_range",
            "begins between 2021 and 2023.",
            "starts_on",
        ),
        ({"deadline": MilestoneDate(date(2023, 4, 1))}, "outside_tracking_period", "", "deadline_on"),
        (
            {"milestones": {MilestoneKind.ACTION_PLAN: MilestoneDate(date(2022, 3, 31))}},
            "outside_tracking_period",
            "",
            "action_plan_on",
        ),
    ],
)
def test_invalid_input_is_refused_and_nothing_is_saved(wrong, code, sentence, field):
    there = EditionFactory(year=2021)

    with refuses(code, field=field, sentence=sentence):
        open_edition(country=there.country, by=AdministratorFactory(), now=NOW, **edition_values(**wrong))

    assert list(Edition.objects.all()) == [there]
    assert EditionTerms.objects.count() == 1
    assert not Milestone.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("person", [OfficerFactory, AmbassadorFactory])
def test_editions_are_the_administrators(person):
    edition, by = EditionFactory(), person()
    facts = {name: value for name, value in edition_values().items() if name in EDITION_FIELDS}

    with pytest.raises(PermissionDenied):
        open_edition(country=edition.country, by=by, now=NOW, **edition_values())
    with pytest.raises(PermissionDenied):
        change_edition(edition=edition, by=by, **facts)


EDITION_FIELDS = ("tier", "target_tier", "published_on", "source", "milestones")


def change_sample(edition, **more):
    stands = {name: getattr(edition, name) for name in ("tier", "target_tier", "published_on", "source")}
    return change_edition(edition=edition, by=AdministratorFactory(), **stands | {"milestones": {}} | more)


def test_an_edition_is_corrected_and_readiness_is_computed_again():
    edition = RecommendationFactory().edition
    MilestoneFactory(edition=edition, kind=MilestoneKind.DEADLINE)

    change_sample(
        edition, tier=Tier.TIER_3, milestones={MilestoneKind.ACTION_PLAN: MilestoneDate(date(2021, 12, 28), "The plan")}
    )

    edition.refresh_from_db()
    assert edition.tier == "3"
    assert sorted(edition.milestones.values_list("kind", flat=True)) == ["action_plan", "deadline"]
    before, after, _ = logged_values("edition.changed")
    assert (before, after) == ({"tier": "2WL"}, {"tier": "3", "milestones": {"action_plan": "2021-12-28"}})
    assert Job.objects.filter(kind="readiness", key=str(edition.pk)).exists()


def test_a_change_of_nothing_and_a_day_that_is_there_are_refused():
    edition = EditionFactory()
    MilestoneFactory(edition=edition, kind=MilestoneKind.ACTION_PLAN)

    with refuses("unchanged", sentence="You changed nothing."):
        change_sample(edition)
    with refuses("milestone_exists", field="action_plan_on", sentence="“Action plan presented” already has a date."):
        change_sample(edition, milestones={MilestoneKind.ACTION_PLAN: MilestoneDate(date(2021, 12, 28))})


@pytest.mark.parametrize(
    "period",
    [
        (date(2022, 3, 31), date(2023, 3, 31)),
        (date(2021, 1, 1), date(2021, 4, 1)),
        (date(2021, 6, 1), date(2021, 7, 1)),
        (date(2021, 1, 1), date(2023, 1, 1)),
    ],
)
def test_a_tracking_period_that_shares_a_day_with_another_editions_is_refused_with_its_days(period):
    EditionFactory(year=2021)
    EditionFactory(year=2021, country=CountryFactory(elsewhere=True))

    sentence = "the 2021 edition, from 1 April 2021 to 31 March 2022"
    with refuses("overlapping_period", field="starts_on", sentence=sentence):
        open_edition(country=CountryFactory(), by=AdministratorFactory(), now=NOW, **edition_values(period=period))

    assert not Edition.objects.filter(year=2022).exists()


def test_another_countrys_edition_may_have_the_same_tracking_period():
    EditionFactory(year=2022, country=CountryFactory(elsewhere=True))

    open_edition(country=CountryFactory(), by=AdministratorFactory(), now=NOW, **edition_values())
