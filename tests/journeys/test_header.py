"""The header on a telephone and on a desktop: its last button keeps clear of the banner and ends at the margin."""

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.factories import AdministratorFactory, OfficerFactory
from tests.journeys.page_actions import SCREENSHOT_WIDTHS, save_screenshots
from tests.running_server import serve


@pytest.mark.parametrize("width", SCREENSHOT_WIDTHS)
@pytest.mark.parametrize(
    ("person_factory", "second_factor_required"),
    [(OfficerFactory, "true"), (AdministratorFactory, "false")],
    ids=["held at enrolment", "administrator"],
)
def test_the_last_button_of_the_header_ends_at_the_margin(
    fresh_database, browser: Browser, person_factory, second_factor_required, width
):
    with serve(fresh_database, with_worker=False, SECOND_FACTOR_REQUIRED=second_factor_required) as server:
        context = browser.new_context(viewport={"width": width, "height": 844})
        server.force_sign_in(context, person_factory())
        page = context.new_page()
        page.goto(f"{server.url}/accounts/second-step/")
        save_screenshots(page, f"header-{person_factory.__name__}")
        button = last_button(page)

        assert top(button) - top(page.locator(".site-header")) >= 8
        assert right(button) == pytest.approx(right_margin(page), abs=1)


def last_button(page: Page) -> Locator:
    """The menu on a telephone, if there is one, otherwise the button to sign out."""
    menu = page.locator(".site-header__menu-button")
    return menu if menu.is_visible() else page.locator("header").get_by_role("button", name="Sign out")


def top(place: Locator) -> float:
    return place.evaluate("it => it.getBoundingClientRect().top")


def right(place: Locator) -> float:
    return place.evaluate("it => it.getBoundingClientRect().right")


def right_margin(page: Page) -> float:
    """Where the content of the page ends."""
    padding = "parseFloat(getComputedStyle(it).paddingRight)"
    return page.locator("main > .wrap").evaluate(f"it => it.getBoundingClientRect().right - {padding}")
