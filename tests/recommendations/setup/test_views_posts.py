"""The posts of an installation, and one of them with its five steps."""

import re
from datetime import date

import pytest
from django.urls import reverse

from recommendations.setup.steps import SetupStep, StepState
from tests.factories import (
    AdministratorFactory,
    AmbassadorFactory,
    BenchmarkFactory,
    CountryFactory,
    DistrictFactory,
    EditionFactory,
    EditionImportFactory,
    FocalPointFactory,
    MinistryFactory,
    OfficeHolderFactory,
    OfficerFactory,
    RecommendationFactory,
)
from tiptracker.accounts.models import find_contact

pytestmark = pytest.mark.django_db


def invited_officer(**more):
    person = OfficerFactory(**more)
    person.set_unusable_password()
    person.save()
    return person


def step_lines(client, country):
    lines = client.get(reverse("setup_detail", args=[country.pk])).context["lines"]
    return {line.status.step: line for line in lines}


def test_an_empty_installation_receives_its_first_administrator_here(client):
    client.force_login(AdministratorFactory())

    page = client.get(reverse("home"), follow=True)

    assert page.request["PATH_INFO"] == reverse("setup_list")
    assert "No post is set up yet." in page.text
    assert f'href="{reverse("setup_add")}"' in page.text
    assert [item.url for item in page.context["navigation"]] == [
        reverse(name) for name in ("setup_list", "person_list", "ministry_list", "country_list", "log_list", "status")
    ]


def test_an_administrator_sees_every_post_and_an_officer_their_own(client):
    lesotho, malawi = CountryFactory(), CountryFactory(elsewhere=True)

    def listed(person):
        client.force_login(person)
        return [line.country for line in client.get(reverse("setup_list")).context["lines"]]

    assert listed(AdministratorFactory()) == [lesotho, malawi]
    assert listed(OfficerFactory()) == [lesotho]
    assert listed(AmbassadorFactory(countries=[malawi])) == [malawi]
    client.force_login(FocalPointFactory())
    assert client.get(reverse("setup_list")).status_code == 403


def test_a_post_elsewhere_is_not_there_for_an_officer_nor_a_ministry(client):
    lesotho, malawi = CountryFactory(), CountryFactory(elsewhere=True)
    for person, country, expected in (
        (OfficerFactory(), malawi, 404),
        (OfficerFactory(), lesotho, 200),
        (FocalPointFactory(), lesotho, 403),
        (FocalPointFactory(ministry=MinistryFactory(country=malawi)), lesotho, 404),
    ):
        client.force_login(person)
        assert client.get(reverse("setup_detail", args=[country.pk])).status_code == expected


def test_how_far_each_step_is_comes_from_the_rows_of_that_country_alone(client):
    """Malawi has everything that Lesotho still lacks."""
    lesotho, malawi = CountryFactory(), CountryFactory(elsewhere=True)
    DistrictFactory(country=malawi)
    edition = EditionFactory(country=malawi)
    BenchmarkFactory(recommendation=RecommendationFactory(edition=edition))
    OfficeHolderFactory(ministry=MinistryFactory(country=malawi))
    officers = [OfficerFactory(countries=[malawi]), OfficerFactory(countries=[malawi])]
    type(malawi).objects.filter(pk=malawi.pk).update(contact=officers[0])
    OfficerFactory(countries=[lesotho], email="public.record@tip-tracker.invalid")
    client.force_login(AdministratorFactory())

    states = {step: line.status.state for step, line in step_lines(client, lesotho).items()}
    assert {step for step, state in states.items() if state is StepState.DONE} == {SetupStep.COUNTRY}
    assert {step: line.status.state for step, line in step_lines(client, malawi).items()} == dict.fromkeys(
        SetupStep, StepState.DONE
    )
    assert "All five steps are done." in client.get(reverse("setup_detail", args=[malawi.pk])).text


@pytest.mark.parametrize(
    "change",
    [
        lambda officer: None,
        lambda officer: type(officer).objects.get_queryset().filter(pk=officer.pk).update(is_active=False),
        lambda officer: officer.countries.set([CountryFactory()]),
        lambda officer: officer.contact_of.update(contact=None),
    ],
    ids=["is there", "may sign in no more", "went elsewhere", "was never named"],
)
def test_a_post_is_set_up_only_with_a_contact_person_whom_ministries_are_told(client, change):
    malawi = CountryFactory(elsewhere=True)
    DistrictFactory(country=malawi)
    BenchmarkFactory(recommendation=RecommendationFactory(edition=EditionFactory(country=malawi)))
    OfficeHolderFactory(ministry=MinistryFactory(country=malawi))
    officer, *_ = (OfficerFactory(countries=[malawi]) for _ in range(3))
    type(malawi).objects.filter(pk=malawi.pk).update(contact=officer)
    change(officer)
    client.force_login(AdministratorFactory())

    page = client.get(reverse("setup_detail", args=[malawi.pk]))
    people = client.get(reverse("setup_people", args=[malawi.pk])).text

    is_told = find_contact(malawi.pk) is not None
    assert ("All five steps are done." in page.text) is is_told
    assert ("Ministries have no contact person at the embassy." in people) is not is_told
    if not is_told:
        assert page.context["ahead"].url == reverse("setup_people", args=[malawi.pk])
        assert page.context["ahead"].status.sentence == "Ministries have no contact person at the embassy."


@pytest.mark.day("2022-01-28")
def test_each_thing_that_lacks_is_counted(client):
    country = CountryFactory(elsewhere=True)  # where nobody recorded what stands here
    edition = EditionFactory(country=country)
    first, *_ = (RecommendationFactory(edition=edition, lead=None) for _ in range(3))
    for _ in range(2):
        BenchmarkFactory(recommendation=first)
    gone, there, never = (MinistryFactory(country=country) for _ in range(3))
    OfficeHolderFactory(ministry=gone, until_on=date(2022, 1, 27))
    OfficeHolderFactory(ministry=there, from_on=date(2022, 1, 28))
    OfficeHolderFactory(ministry=there, from_on=date(2022, 2, 28))
    FocalPointFactory(ministry=there)
    FocalPointFactory(ministry=never, is_active=False)
    invited_officer(countries=[country])
    OfficerFactory(is_active=False, countries=[country])
    client.force_login(AdministratorFactory())

    told = {step: line.status.sentence for step, line in step_lines(client, country).items()}
    assert told[SetupStep.EDITION] == "The 2021 edition has 3 recommendations."
    assert told[SetupStep.MINISTRIES] == "2 ministries have no office holder yet."
    assert told[SetupStep.BENCHMARKS] == "2 of 3 recommendations have no benchmark yet."
    assert told[SetupStep.PEOPLE].startswith("No officer has set a password yet. Nobody can verify")


def test_the_edition_at_hand_is_the_newest_that_is_followed(client):
    """The edition of 2022 has only a tier, the outcome of the one before."""
    country = CountryFactory()
    EditionFactory(country=country, year=2020, terms=False)
    RecommendationFactory(edition=EditionFactory(country=country, year=2021))
    EditionFactory(country=country, year=2022, terms=False)
    client.force_login(AdministratorFactory())

    assert step_lines(client, country)[SetupStep.EDITION].status.sentence == "The 2021 edition has 1 recommendation."


def test_an_administrator_is_led_to_the_step_that_waits_for_them_and_an_officer_to_theirs(client):
    country = CountryFactory()
    client.force_login(AdministratorFactory())

    page = client.get(reverse("setup_detail", args=[country.pk]))
    assert page.context["ahead"].status.step is SetupStep.EDITION
    assert page.context["ahead"].url == reverse("setup_edition", args=[country.pk])

    client.force_login(OfficerFactory())
    page = client.get(reverse("setup_detail", args=[country.pk]))
    assert page.context["ahead"] is None
    assert reverse("setup_edition", args=[country.pk]) not in page.text


def test_each_reader_is_told_whether_the_step_is_theirs_or_whose_it_is(client):
    """Administrators enter ministries and people; officers enter the benchmarks in between."""
    country = RecommendationFactory().edition.country
    DistrictFactory(country=country)

    def told(user):
        client.force_login(user)
        page = client.get(reverse("setup_detail", args=[country.pk])).text
        return re.findall(r"<p class=\"quiet\">\s*([^<]*? this\.|This is your task\.)\s*</p>", page)

    an_administrator, an_officer = "An administrator does this.", "An officer of the post does this."
    you = "This is your task."
    assert told(AdministratorFactory()) == [you, an_officer, you]
    assert told(OfficerFactory()) == [an_administrator, you, an_administrator]
    assert told(AmbassadorFactory()) == [an_administrator, an_officer, an_administrator]


def test_each_step_has_one_button_and_the_next_one_is_the_strongest(client):
    country = RecommendationFactory().edition.country
    DistrictFactory(country=country)

    def buttons(user):
        client.force_login(user)
        page = client.get(reverse("setup_detail", args=[country.pk])).text.partition("<main")[2]
        return re.findall(r"<a class=\"usa-button( usa-button--outline)?\" href=\"[^\"]+\">([^<]+)</a>", page)

    outline = " usa-button--outline"
    assert buttons(AdministratorFactory()) == [
        (outline, "Edit the country"),
        (outline, "Add or edit editions"),
        ("", "Add ministries"),
        (outline, "Invite people"),
    ]
    assert buttons(OfficerFactory()) == [(outline, "Set the terms of the edition"), ("", "Add benchmarks")]
    assert buttons(AmbassadorFactory()) == []


def test_step_2_leads_an_administrator_to_the_list_until_it_is_there_and_an_officer_to_the_terms(client):
    administrator, officer = AdministratorFactory(), OfficerFactory()
    edition = EditionFactory()
    EditionImportFactory(edition=EditionFactory(country=CountryFactory(elsewhere=True)))  # waits elsewhere

    def step_2(person):
        client.force_login(person)
        line = step_lines(client, edition.country)[SetupStep.EDITION]
        assert client.get(line.url).status_code == 200
        return line.url, line.status.sentence

    bring, terms = (reverse(name, args=[edition.pk]) for name in ("edition_import", "edition_terms"))
    lacks = "The 2021 edition has no recommendations yet. Import its list."
    assert (step_2(administrator), step_2(officer)) == ((bring, lacks), (terms, lacks))
    EditionImportFactory(edition=edition, loaded=True)
    assert step_2(administrator) == (bring, lacks)
    EditionImportFactory(edition=edition)
    waits = "The list of the 2021 edition is a draft import. Check it and import it."
    assert (step_2(administrator), step_2(officer)) == ((bring, waits), (terms, lacks))
    RecommendationFactory(edition=edition)
    there = "The 2021 edition has 1 recommendation."
    edit = reverse("setup_edition", args=[edition.country_id])
    assert (step_2(administrator), step_2(officer)) == ((edit, there), (terms, there))


def test_an_edition_known_by_its_tier_alone_asks_an_administrator_for_no_list(client):
    edition = EditionFactory(terms=False)
    client.force_login(AdministratorFactory())

    assert step_lines(client, edition.country)[SetupStep.EDITION].url == reverse(
        "setup_edition", args=[edition.country_id]
    )
