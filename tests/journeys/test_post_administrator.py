"""An administrator of two posts: invited by one of the installation, at work on both, and later on one alone.

A third country is on the same installation, and each page that could name it is opened.
"""

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from tests.factories import (
    AdministratorFactory,
    CountryFactory,
    DistrictFactory,
    EditionFactory,
    MinistryFactory,
    OfficerFactory,
    RecommendationFactory,
)
from tests.journeys.page_actions import (
    accept_invitation,
    choose_option,
    mail_link,
    press_button,
    save_screenshots,
    wait_until_sent,
)
from tests.running_server import RunningServer
from tiptracker.accounts.models import Country, Ministry, User
from tiptracker.choices import Paper

NAME, ADDRESS = "Palesa Administrator", "palesa@posts.example"
LISTS = ("setup_list", "person_list", "ministry_list", "country_list", "log_list", "mail_list", "account_request_list")
ZAMBIA = {"code": "ZMB", "name": "Zambia", "time_zone": "Africa/Lusaka", "currency": "ZMW"}


@pytest.fixture
def countries(fresh_database: str) -> dict[str, Country]:
    """Three countries by name, each with an officer, a ministry, an edition and a recommendation."""
    found = {country.name: country for country in (CountryFactory(), CountryFactory(elsewhere=True))}
    found["Zambia"] = CountryFactory(**ZAMBIA)
    for name, country in found.items():
        DistrictFactory(country=country, name=f"Central {name}")
        OfficerFactory(name=f"Officer of {name}", email=f"officer@{name.lower()}.example", countries=[country])
        MinistryFactory(country=country, name=f"Ministry of Health of {name}", short_name=f"Health {name}")
        RecommendationFactory(edition=EditionFactory(country=country), text=f"Open a shelter in {name}")
    return found


def pages_of(country: Country) -> list[str]:
    """The addresses of what belongs to a country: its set-up, people, ministries and lists."""
    edition = country.editions.get()
    return [
        *(reverse(name, args=[country.pk]) for name in ("setup_detail", "setup_country", "setup_people")),
        *(reverse(name, args=[country.pk]) for name in ("setup_edition", "setup_ministries", "country_edit")),
        *(reverse(name, args=[edition.pk]) for name in ("setup_edition_edit", "edition_import")),
        reverse(
            "person_detail",
            args=[User.objects.get_queryset().get(email__endswith=f"{country.name.lower()}.example").pk],
        ),
        reverse(
            "ministry_edit", args=[Ministry.objects.get_queryset().get(name=f"Ministry of Health of {country.name}").pk]
        ),
        f"/{country.code}/{edition.year}/recommendations/",
    ]


def statuses(page: Page, live: RunningServer, country: Country) -> set[int]:
    """What the pages of a country answer."""
    return {page.request.get(f"{live.url}{path}").status for path in pages_of(country)}


def assert_nowhere(page: Page, live: RunningServer, country: Country) -> None:
    """No list, search or export names a country, except the entries about the person's own account."""
    searches = [reverse("search", query={"q": words}) for words in ("officer", "health", "shelter")]
    paths = [*map(reverse, LISTS), reverse("log_export"), *searches]
    for path in paths:
        answer = page.request.get(f"{live.url}{path}")
        assert answer.status == 200, path
        named = [line for line in answer.text().splitlines() if country.name in line]
        assert [line for line in named if f'"{NAME}","accounts.user"' not in line] == [], path


def test_an_administrator_of_two_posts_works_on_both_and_after_leaving_one_on_the_other(
    live: RunningServer, countries: dict[str, Country], browser: Browser
) -> None:
    installation, own = browser.new_context(), browser.new_context()
    live.force_sign_in(installation, AdministratorFactory())
    page = installation.new_page()
    page.goto(f"{live.url}{reverse('person_add')}")
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("E-mail address").fill(ADDRESS)
    page.get_by_label("Role").select_option("administrator")
    for name in ("Lesotho", "Malawi"):
        choose_option(page, name)
    press_button(page, "Add and invite")
    wait_until_sent(page, ADDRESS)
    person_page = page.url

    post = own.new_page()
    accept_invitation(post, live, mail_link(ADDRESS))
    post.goto(f"{live.url}{reverse('person_list')}")
    expect(post.get_by_text("Everyone who works on Lesotho, Malawi. You manage no other country.")).to_be_visible()
    save_screenshots(post, "post-administrator-people")
    assert statuses(post, live, countries["Lesotho"]) == statuses(post, live, countries["Malawi"]) == {200}
    assert statuses(post, live, countries["Zambia"]) == {404}
    assert_nowhere(post, live, countries["Zambia"])
    change_both(post, live, countries)

    post.goto(f"{live.url}{reverse('setup_detail', args=[countries['Zambia'].pk])}")
    expect(post.get_by_role("heading", name="Page not found")).to_be_visible()
    post.goto(f"{live.url}{reverse('setup_add')}")
    expect(post.get_by_text("Only administrators of the whole installation")).to_be_visible()
    save_screenshots(post, "post-administrator-refused")

    page.goto(person_page)
    page.get_by_role("link", name="Change the account").click()
    choose_option(page, "Malawi")
    press_button(page, "Save the account")
    expect(page.get_by_text("Access was removed: Malawi.")).to_be_visible()

    post.goto(f"{live.url}{reverse('person_list')}")
    live.sign_in(post, User.objects.get_queryset().get(email=ADDRESS))
    assert statuses(post, live, countries["Lesotho"]) == {200}
    assert statuses(post, live, countries["Malawi"]) == {404}
    for name in ("Malawi", "Zambia"):
        assert_nowhere(post, live, countries[name])


def change_both(page: Page, live: RunningServer, countries: dict[str, Country]) -> None:
    """Change a person of one country, a ministry of the other, and the set-up of one."""
    officer = User.objects.get_queryset().get(email="officer@lesotho.example")
    page.goto(f"{live.url}{reverse('person_edit', args=[officer.pk])}")
    expect(page.get_by_text("Zambia")).to_have_count(0)
    page.get_by_label("Name").fill("Officer with a new name")
    press_button(page, "Save the account")
    expect(page.get_by_text("The name was saved.")).to_be_visible()

    ministry = Ministry.objects.get_queryset().get(short_name="Health Malawi")
    page.goto(f"{live.url}{reverse('ministry_edit', args=[ministry.pk])}")
    page.get_by_label("Short name").fill("Health and more")
    press_button(page, "Save the ministry")

    page.goto(f"{live.url}{reverse('setup_country', args=[countries['Lesotho'].pk])}")
    choose_option(page, "US Letter")
    press_button(page, "Save the country")

    officer.refresh_from_db()
    ministry.refresh_from_db()
    assert (officer.name, ministry.short_name) == ("Officer with a new name", "Health and more")
    assert Country.objects.get(code="LSO").paper == Paper.LETTER
