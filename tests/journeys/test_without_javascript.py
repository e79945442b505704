"""The main job with JavaScript switched off, as on an old phone or a line that drops half of what it carries."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.page_actions import blank_pdf, choose_option
from tests.running_server import RunningServer
from tiptracker.accounts.models import User

pytestmark = pytest.mark.without_worker

COMMITMENT_TEXT = "Exercise: name a police focal point in each of the ten districts"
NARRATIVE = "The tenth district has its focal point since Monday."


def test_an_update_is_sent_and_accepted_without_script(live: RunningServer, people, browser: Browser) -> None:
    page = _open_browser(browser, live, people["police"])
    page.get_by_role("link", name=COMMITMENT_TEXT).click()
    page.get_by_role("link", name="Send an update").click()
    page.get_by_label("What was done").fill(NARRATIVE)
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_role("status").first).to_contain_text("It has not been sent yet.")
    page.get_by_role("link", name="Home", exact=True).click()
    page.get_by_role("link", name="Continue the draft").click()
    expect(page.get_by_label("What was done")).to_have_value(NARRATIVE)
    choose_option(page, "Under way")
    choose_option(page, "The government alone")
    page.get_by_label("Proof").set_input_files(
        {"name": "posts.pdf", "mimeType": "application/pdf", "buffer": blank_pdf()}
    )
    page.get_by_role("button", name="Send to the embassy").click()

    # A line is missing: it is said, and neither what was written nor the file is lost.
    expect(page.get_by_role("alert")).to_contain_text("Summary in one line")
    expect(page.get_by_label("What was done")).to_have_value(NARRATIVE)
    expect(page.get_by_role("checkbox", name=re.compile("posts.pdf"))).to_be_checked()
    page.get_by_label("Summary in one line").fill("A focal point named in the tenth district")
    page.get_by_label("Start date").fill("2022-01-20")
    page.get_by_role("button", name="Send to the embassy").click()
    expect(page.get_by_role("status")).to_contain_text("embassy")

    page = _open_browser(browser, live, people["officer"])
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="My tasks").click()
    page.get_by_role("link", name=COMMITMENT_TEXT).click()
    expect(page.get_by_text(NARRATIVE)).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="posts.pdf").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
    page.get_by_role("link", name="See the points that it would add to readiness").click()
    expect(page.get_by_role("heading", name="What accepting this would add")).to_be_visible()
    page.go_back()
    for group in page.get_by_role("group", name=re.compile("^Your decision on")).all():
        choose_option(group, "Verify")
    page.get_by_label("Reason for all items, in your own words").fill("The list of posts names all ten.")
    page.get_by_role("button", name="Accept", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Accepted")


def _open_browser(browser: Browser, live: RunningServer, user: User) -> Page:
    context = browser.new_context(java_script_enabled=False, locale="en-GB", viewport={"width": 375, "height": 700})
    page = context.new_page()
    live.sign_in(page, user)
    return page
