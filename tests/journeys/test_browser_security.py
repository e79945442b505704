"""In a real browser: what is left to see after signing out, and no page that its own policy stops.

Our own pages are walked for that by test_accessibility; here those that come with our dependencies.
"""

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from tests.authentication import enrol_second_factor
from tests.running_server import RunningServer
from tiptracker.accounts.models import Country, Ministry, User

pytestmark = pytest.mark.without_worker


def test_back_shows_nothing_after_signing_out(live: RunningServer, people: dict[str, User], page: Page) -> None:
    """A machine that others use too."""
    live.sign_in(page, people["police"])
    page.locator('main h3 a[href^="/commitments/"]').first.click()
    page.wait_for_url("**/commitments/**")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/**")

    for _ in range(2):
        page.go_back()
        expect(page).to_have_title("Sign in – TIP Tracker")


@pytest.fixture
def administrator(people: dict[str, User]) -> User:
    return next(person for person in people.values() if person.role == "administrator")


def test_policy_stops_nothing_on_the_pages_of_dependencies(
    live: RunningServer, people, administrator, browser: Browser
) -> None:
    country, ministry = Country.objects.first(), Ministry.objects.first()
    enrol_second_factor(people["observer"])
    walked = {
        administrator: [
            reverse("person_list"),
            reverse("person_add"),
            reverse("person_detail", args=[people["observer"].pk]),
            reverse("person_edit", args=[people["observer"].pk]),
            reverse("country_edit", args=[country.pk]),
            reverse("ministry_edit", args=[ministry.pk]),
        ],
        people["officer"]: [reverse("api_docs"), reverse("mfa_activate_totp")],
    }
    heard, elsewhere = [], []
    for person, addresses in walked.items():
        context = browser.new_context(locale="en-GB")
        live.force_sign_in(context, person)
        page = context.new_page()
        page.on("console", lambda message: heard.append((page.url, message.type, message.text)))
        page.on("pageerror", lambda error: heard.append((page.url, "error", str(error))))
        page.on("request", lambda asked: elsewhere.append(asked.url))
        for address in addresses:
            assert page.goto(f"{live.url}{address}", wait_until="networkidle").status == 200, address
        context.close()

    # The browser itself notes each answer that is no success, such as an icon that isn't there.
    faults = [each for each in heard if each[1] in {"error", "warning"} and "Failed to load resource" not in each[2]]
    assert faults == []
    assert [url for url in elsewhere if not url.startswith((live.url, "data:", "blob:"))] == []
