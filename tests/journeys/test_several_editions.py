"""Two countries and three editions: an observer, an officer and a focal point change from one to another."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.edition_urls import edition_url
from tests.journeys.page_actions import SCREENSHOT_WIDTHS, save_screenshots
from tests.running_server import RunningServer
from tests.several_editions import create_editions

pytestmark = pytest.mark.without_worker


@pytest.fixture
def world(live: RunningServer):
    return create_editions()


def open_start_page(browser: Browser, live: RunningServer, person) -> Page:
    context = browser.new_context(locale="en-GB", timezone_id="Africa/Maseru", reduced_motion="reduce")
    live.force_sign_in(context, person)
    page = context.new_page()
    page.goto(live.url)
    return page


def change_edition(page: Page, name: str, country: str, *, shown: str) -> None:
    """Choose an edition in the head; it is named there afterwards, and nothing runs over at either width."""
    switcher = page.locator("details.switcher")
    switcher.locator("summary").click()
    save_screenshots(page, f"switcher-{country}-{name}")
    choices = switcher.locator(f"h2:text-is('{country}') + ul")
    choices.get_by_role("link", name=re.compile(f"^{name}")).click()
    expect(switcher.locator("summary")).to_have_text(shown)
    for width in SCREENSHOT_WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    save_screenshots(page, f"page-{country}-{name}")


def test_an_observer_goes_from_the_overview_to_each_country(live: RunningServer, world, browser: Browser) -> None:
    page = open_start_page(browser, live, world.observer)
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    save_screenshots(page, "overview")

    page.get_by_role("link", name="Malawi, 2021 edition").click()
    assert page.url == live.url + edition_url("dashboard", edition=world.elsewhere)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Commitments").click()
    change_edition(page, "2021 edition", "Lesotho", shown="Lesotho, 2021 edition")
    assert page.url == live.url + edition_url("commitment_list")


def test_an_officer_opens_the_coming_year_on_purpose_and_comes_back(
    live: RunningServer, world, browser: Browser
) -> None:
    page = open_start_page(browser, live, world.officer)
    assert page.url == live.url + edition_url("dashboard")

    page.get_by_role("link", name="Open the 2022 edition").click()
    expect(page.locator(".edition-notice")).to_contain_text("The 2022 edition is upcoming.")
    save_screenshots(page, "dashboard-upcoming")
    page.get_by_role("link", name="Log progress", exact=True).first.click()
    assert page.url == live.url + edition_url("evidence_log", edition=world.upcoming)
    page.get_by_role("link", name="Go to the current edition, 2021").click()
    assert page.url == live.url + edition_url("evidence_log")
    change_edition(page, "2020 edition", "Lesotho", shown="Lesotho, 2020 edition past")


def test_a_focal_point_reads_what_another_year_asks(live: RunningServer, world, browser: Browser) -> None:
    page = open_start_page(browser, live, world.focal_point)
    assert page.url == live.url + edition_url("ministry_home")

    page.get_by_role("navigation", name="Main").get_by_role("link", name="Recommendations").click()
    change_edition(page, "TIP Report 2022", "Lesotho", shown="Lesotho, TIP Report 2022 upcoming, from 1 April 2022")
    expect(page.locator(".edition-notice")).to_contain_text("The tracking period of the TIP Report 2022 begins")
    assert page.url == live.url + edition_url("recommendation_list", edition=world.upcoming)
