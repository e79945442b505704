"""An update from a phone while the line drops: nothing typed is lost, and "Saved" is said of what the server has."""

import re

from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from dialogues.models import Draft, UpdateVersion
from tests.factories import CommitmentFactory, FocalPointFactory
from tests.journeys.page_actions import choose_option
from tests.running_server import RunningServer
from tiptracker.accounts.models import User

COMMITMENT_TEXT = "Exercise: name a police focal point in each of the ten districts"
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8ffff3f0005fe02fe0def46b8"
    "0000000049454e44ae426082"
)
FIRST_TEXT, SECOND_TEXT, THIRD_TEXT = (
    "Nine districts have one.",
    " The tenth was named on Monday.",
    " The list follows.",
)


def test_an_update_survives_a_line_that_drops_and_a_colleague_sends_it(
    live: RunningServer, people: dict[str, User], browser: Browser
) -> None:
    own = people["police"]
    phone, page = _open_phone(browser, live, own)
    page.get_by_role("link", name=COMMITMENT_TEXT).click()
    page.get_by_role("link", name="Send an update").click()
    address, told = page.url, page.locator("[data-draft-said]")

    # While the server has not answered, nothing is called saved.
    held: list[Route] = []
    page.route("**/draft/", lambda route: held.append(route))
    narrative = _narrative_field(page)
    narrative.press_sequentially(FIRST_TEXT)
    expect(told).to_have_text("Saving…", timeout=10_000)
    assert not Draft.objects.exists()
    held[0].continue_()
    page.unroute("**/draft/")
    expect(told).to_have_text(re.compile(r"^Saved at 09:0\d\. Not sent yet\.$"))
    assert _draft_on_server() == FIRST_TEXT
    assert _drafts_in_browser(page) == []

    # The line drops: it says so, keeps it here, and saves by itself once the line is back.
    phone.set_offline(True)
    narrative.press_sequentially(SECOND_TEXT)
    expect(told).to_have_text("Not saved: there is no connection. Your text is kept on this device.", timeout=10_000)
    assert _draft_on_server() == FIRST_TEXT
    phone.set_offline(False)
    expect(told).to_have_text(re.compile("^Saved at"), timeout=15_000)
    assert _draft_on_server() == FIRST_TEXT + SECOND_TEXT

    # It drops again, and the page is closed: back on it, what was typed is offered, and is saved.
    phone.set_offline(True)
    narrative.press_sequentially(THIRD_TEXT)
    expect(told).to_have_text(re.compile("^Not saved: there is no connection"), timeout=10_000)
    # (What a page sends while it closes goes past the browser's imitation of a line that is down.)
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError()); }")
    page.close()
    phone.set_offline(False)
    page = phone.new_page()
    page.goto(address)
    expect(_narrative_field(page)).to_have_value(FIRST_TEXT + SECOND_TEXT)
    expect(page.get_by_role("alert")).to_contain_text("You typed something else on this device")
    page.get_by_role("button", name="Use it", exact=True).click()
    expect(_narrative_field(page)).to_have_value(FIRST_TEXT + SECOND_TEXT + THIRD_TEXT)
    expect(page.locator("[data-draft-said]")).to_have_text(re.compile("^Saved at"), timeout=10_000)
    assert _draft_on_server() == FIRST_TEXT + SECOND_TEXT + THIRD_TEXT

    # A colleague goes on on another phone, adds a picture, which is kept at once, and sends it.
    colleague = FocalPointFactory(ministry=own.ministry, name="Exercise colleague")
    others, theirs = _open_phone(browser, live, colleague)
    expect(theirs.get_by_text(f"{own.name} saved it on")).to_be_visible()
    # (What keeps it comes late: what was chosen before is kept all the same.)
    late: list[Route] = []
    theirs.route("**/draft*.js", lambda route: late.append(route))
    theirs.get_by_role("link", name="Continue the draft").click(no_wait_after=True)
    expect(_narrative_field(theirs)).to_have_value(FIRST_TEXT + SECOND_TEXT + THIRD_TEXT)
    expect(theirs.locator("[data-draft-said]")).to_contain_text(f"{own.name} saved this draft")
    assert _lines_of_the_bar(theirs, width=375) <= 2
    theirs.get_by_label("Or take a photograph now").set_input_files(
        {"name": "list.png", "mimeType": "image/png", "buffer": PICTURE}
    )
    for route in late:
        route.continue_()
    theirs.unroute("**/draft*.js")
    expect(theirs.get_by_role("checkbox", name=re.compile("list.png"))).to_be_checked(timeout=15_000)
    choose_option(theirs, "Done")
    choose_option(theirs, "The government alone")
    theirs.get_by_label("Summary in one line").fill("All ten districts have a focal point")
    theirs.get_by_label("Start date").fill("2022-01-20")

    # The first one types on meanwhile, and overwrites nothing.
    expect(theirs.locator("[data-draft-said]")).to_have_text(re.compile("^Saved at"), timeout=10_000)
    _narrative_field(page).press_sequentially(" Mine.")
    expect(page.get_by_role("alert")).to_contain_text("Exercise colleague saved a draft", timeout=10_000)
    assert _draft_on_server() == FIRST_TEXT + SECOND_TEXT + THIRD_TEXT

    theirs.get_by_role("button", name="Send to the embassy").click()
    expect(theirs.get_by_text("You need not do anything now")).to_be_visible()
    expect(theirs.get_by_text("Exercise Officer", exact=True)).to_be_visible()
    sent = UpdateVersion.objects.get(recorded_by=colleague)
    assert (sent.narrative, [piece.file.name for piece in sent.evidence.all()]) == (
        FIRST_TEXT + SECOND_TEXT + THIRD_TEXT,
        ["list.png"],
    )
    assert not Draft.objects.exists()

    # The first one's phone learns that it was sent, and what nobody sent still stands there until signing out.
    page.get_by_role("button", name="Show the saved version").click()
    expect(page.get_by_text("You need not do anything now")).to_be_visible()
    expect(page.get_by_label("Text on this device that was not sent")).to_have_value(re.compile("Mine"), timeout=5_000)
    assert len(_drafts_in_browser(page)) == 1
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name="Sign out").click()  # asked whether it may go; a browser of tests says no
    expect(page.get_by_label("Text on this device that was not sent")).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile(reverse("account_login")))
    assert _drafts_in_browser(page) == []

    # What is typed right before signing out is saved first, and the device keeps nothing of it.
    another = CommitmentFactory(ministry=own.ministry)
    theirs.goto(f"{live.url}{reverse('update_send', args=[another.pk])}")
    _narrative_field(theirs).press_sequentially(FIRST_TEXT)
    theirs.get_by_role("button", name="Menu").click()
    theirs.get_by_role("button", name="Sign out").click()
    theirs.wait_for_url(re.compile(reverse("account_login")))
    theirs.wait_for_timeout(300)
    assert _drafts_in_browser(theirs) == []
    assert _draft_on_server() == FIRST_TEXT
    phone.close()
    others.close()


def _open_phone(browser: Browser, live: RunningServer, user: User) -> tuple[BrowserContext, Page]:
    """A phone in which this person has signed in, on the ministry's first page."""
    context = browser.new_context(
        locale="en-GB", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    live.force_sign_in(context, user)
    page = context.new_page()
    page.goto(live.url)
    return context, page


def _narrative_field(page: Page):
    return page.get_by_label("What was done")


def _lines_of_the_bar(page: Page, *, width: int) -> int:
    """How many lines the bar below the form takes on a phone of this width."""
    before = page.viewport_size
    page.set_viewport_size({"width": width, "height": 812})
    # The script may put the bar elsewhere at this moment. Outside the page, it has no height.
    lines = page.wait_for_function(
        """() => {
            const bar = document.querySelector("[data-draft-said]");
            return Math.round(bar.clientHeight / parseFloat(getComputedStyle(bar).lineHeight));
        }"""
    ).json_value()
    page.set_viewport_size(before)
    return int(lines)


def _draft_on_server() -> str:
    return Draft.objects.get().content["narrative"][0]


def _drafts_in_browser(page: Page) -> list[str]:
    """What of any form this browser holds."""
    return page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft'))")
