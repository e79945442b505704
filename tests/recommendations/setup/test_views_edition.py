"""The page of the edition: optional fields, filled-in values and corrections."""

from datetime import date

import pytest
from django.urls import reverse

from recommendations.choices import MilestoneKind
from recommendations.models import Edition, EditionTerms, Milestone
from tests.factories import (
    AdministratorFactory,
    CountryFactory,
    EditionFactory,
    EditionTermsFactory,
    MilestoneFactory,
    OfficerFactory,
    RecommendationFactory,
)
from tests.refusals import shows_refusal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def administrator(client):
    person = AdministratorFactory()
    client.force_login(person)
    return person


def form_data(**changed):
    return {
        "year": "2022",
        "tier": "2",
        "source": "TIP Report 2022, Lesotho narrative",
        "deadline_on": "2023-02-28",
        "reason": "Kept as typed",
    } | changed


def post_edition(client, country, **changed):
    return client.post(reverse("setup_edition", args=[country.pk]), form_data(**changed))


def test_an_edition_needs_little_and_its_period_is_the_ordinary_one(client):
    country = CountryFactory()

    answer = post_edition(client, country)

    edition = Edition.objects.get()
    assert answer.headers["Location"] == reverse("edition_import", args=[edition.pk])
    assert (edition.country, edition.target_tier, edition.published_on) == (country, "", None)
    assert (edition.starts_on, edition.ends_on) == (date(2022, 4, 1), date(2023, 3, 31))
    assert sorted(edition.milestones.values_list("kind", flat=True)) == ["deadline", "period_end"]


def test_every_field_of_an_edition_is_stored(client):
    country = CountryFactory()

    post_edition(
        client,
        country,
        target_tier="1",
        published_on="2022-07-19",
        starts_on="2022-05-01",
        ends_on="2023-03-30",
        deadline_source="A letter",
        action_plan_on="2022-12-20",
        action_plan_source="The plan",
        interim_assessment_on="2023-02-01",
    )

    edition = Edition.objects.get()
    assert (edition.target_tier, edition.published_on) == ("1", date(2022, 7, 19))
    assert (edition.starts_on, edition.ends_on) == (date(2022, 5, 1), date(2023, 3, 30))
    assert dict(edition.milestones.values_list("kind", "source")) == {
        "action_plan": "The plan",
        "interim_assessment": "",
        "deadline": "A letter",
        "period_end": "TIP Report 2022, Lesotho narrative",
    }


@pytest.mark.parametrize(
    ("changed", "field", "code", "sentence"),
    [
        ({"year": ""}, "year", None, "Fill this in."),
        ({"year": "2021"}, "year", "taken", ""),
        ({"year": "1999"}, "year", None, "Give 2001 or more."),
        ({"year": "1e9"}, "year", None, "Give a number in digits alone"),
        ({"tier": "4"}, "tier", None, "Choose one from the list."),
        ({"deadline_on": ""}, "deadline_on", None, "Enter the date, such as 2022-01-28."),
        ({"deadline_on": "soon"}, "deadline_on", None, "Give the day as a date"),
        ({"deadline_on": "2023-04-01"}, "deadline_on", "outside_tracking_period", ""),
        ({"ends_on": "2022-03-31"}, "ends_on", "reversed_dates", ""),
        ({"reason": " "}, "reason", None, "Fill this in."),
        ({"action_plan_source": "The plan"}, "action_plan_on", None, "Give the date for this source"),
        ({"interim_assessment_on": "2024-02-01"}, "interim_assessment_on", "outside_tracking_period", ""),
    ],
)
def test_errors_are_shown_at_their_field_and_the_other_input_stays(client, changed, field, code, sentence):
    edition = EditionFactory(year=2021)

    page = post_edition(client, edition.country, **changed)

    assert page.status_code == 422
    assert page.context["form"].has_error(field, code)
    assert sentence in page.context["form"].errors[field][0]
    assert "reason" in changed or "Kept as typed" in page.text
    assert list(Edition.objects.all()) == [edition]
    assert not Milestone.objects.exists()


@pytest.mark.day("2022-07-20")
def test_the_year_offered_is_this_one_then_the_one_after_the_newest(client):
    country = CountryFactory()
    address = reverse("setup_edition", args=[country.pk])

    assert client.get(address).context["form"]["year"].value() == 2022
    EditionFactory(country=country, year=2024)
    assert client.get(address).context["form"]["year"].value() == 2025


def test_the_page_lists_what_is_there_by_the_deadline_that_counts_and_nothing_elsewhere(client):
    edition = RecommendationFactory().edition
    MilestoneFactory(edition=edition, kind=MilestoneKind.DEADLINE, due_on=date(2022, 2, 28))
    EditionTermsFactory(edition=edition, deadline_on=date(2022, 3, 15), readiness_target_reason="An officer’s own")
    EditionFactory(country=CountryFactory(elsewhere=True), year=2019)
    known = EditionFactory(country=edition.country, year=2020, terms=False)

    page = client.get(reverse("setup_edition", args=[edition.country_id]))

    assert [(edition, edition.recommendation_count) for edition in page.context["editions"]] == [(edition, 1)]
    assert page.context["others"] == [known]
    assert "1 edition with only a tier" in page.text
    for shown in (edition, known):
        assert f'href="{reverse("edition_import", args=[shown.pk])}"' in page.text
    assert "15 Mar 2022" in page.text
    assert "28 Feb 2022" not in page.text
    assert "An officer’s own" not in page.text


def test_an_edition_is_corrected(client):
    edition = EditionFactory()
    MilestoneFactory(edition=edition, kind=MilestoneKind.ACTION_PLAN)
    address = reverse("setup_edition_edit", args=[edition.pk])

    form = client.get(address).context["form"]
    assert form["tier"].value() == edition.tier
    assert "action_plan_on" not in form.fields
    sent = {"tier": "2", "source": "Another page", "interim_assessment_on": "2022-02-01"}
    answer = client.post(address, sent)

    assert answer.headers["Location"] == reverse("setup_edition", args=[edition.country_id])
    edition.refresh_from_db()
    assert (edition.tier, edition.source) == ("2", "Another page")
    assert edition.milestones.filter(kind="interim_assessment").exists()
    page = client.post(address, {"tier": "2", "source": "Another page"})
    assert shows_refusal(page, "unchanged")


def test_editions_are_the_administrators(client):
    edition = EditionFactory()
    client.force_login(OfficerFactory())

    for name, key in (("setup_edition", edition.country_id), ("setup_edition_edit", edition.pk)):
        address = reverse(name, args=[key])
        assert (client.get(address).status_code, client.post(address, form_data()).status_code) == (403, 403)


def shown_values(client, country):
    form = client.get(reverse("setup_edition", args=[country.pk])).context["form"]
    return {name: form[name].value() for name in ("year", "source", "deadline_on", "reason")}


@pytest.mark.parametrize(
    ("day", "year"),
    [
        pytest.param("2022-01-28", 2021, marks=pytest.mark.day("2022-01-28")),
        pytest.param("2022-03-31", 2021, marks=pytest.mark.day("2022-03-31")),
        pytest.param("2022-04-01", 2022, marks=pytest.mark.day("2022-04-01")),
    ],
)
def test_the_first_edition_is_filled_in_for_the_tracking_period_of_today(client, day, year):
    assert shown_values(client, CountryFactory()) == {
        "year": year,
        "source": f"TIP Report {year}, Lesotho narrative",
        "deadline_on": date(year + 1, 3, 31),
        "reason": "The tracking period ends on this day.",
    }


def test_what_is_filled_in_follows_another_year_but_not_what_was_typed(client):
    country = CountryFactory()
    shown = {name: str(value) for name, value in shown_values(client, country).items()}

    post_edition(client, country, **shown | {"year": "2023"})
    terms = EditionTerms.objects.select_related("edition").get()

    assert terms.edition.source == "TIP Report 2023, Lesotho narrative"
    assert (terms.deadline_on, terms.reason) == (date(2024, 3, 31), "The tracking period ends on this day.")


def test_another_deadline_needs_a_reason_of_its_own(client):
    country = CountryFactory()
    shown = {name: str(value) for name, value in shown_values(client, country).items()}

    page = post_edition(client, country, **shown | {"deadline_on": "2022-02-28"})

    assert "Write who set this deadline and why." in page.text
    assert not Edition.objects.exists()
