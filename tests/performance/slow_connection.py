"""How long a ministry waits on a line of 64 kbit/s with 500 ms each way: `python -m tests.performance.slow_connection`.

Two walks in a real browser: a photograph of 1.8 MB chosen and sent, and an update without a file from the sign-in page
on, first with nothing kept by the browser, then with what it keeps. Seconds are printed and never judged.
"""

import sys
from time import perf_counter

from tests.conftest import VAR_DIR  # sets the environment of the tests, and with it Django, first

from django.core.management import call_command  # isort: skip
from django.db import connection
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from dialogues.models import Commitment, EvidenceFile
from tests.factories import CommitmentFactory, FocalPointFactory
from tests.journeys.page_actions import choose_option
from tests.journeys.photographs import large_photograph
from tests.running_server import CHROMIUM, CHROMIUM_FLAGS, RunningServer, serve

BYTES_PER_SECOND = 64_000 / 8
LATENCY = 500
"""In milliseconds, before each answer begins."""
PATIENCE = 300_000


def main() -> None:
    """Print what each walk takes."""
    if CHROMIUM is None:
        say("no browser: nothing measured")
        return
    database = VAR_DIR / "slow-line.sqlite3"
    database.unlink(missing_ok=True)
    connection.settings_dict["NAME"] = database
    call_command("migrate", verbosity=0)
    people = [FocalPointFactory() for _ in range(2)]
    commitments = [CommitmentFactory(ministry=person.ministry) for person in people for _ in range(2)]
    # A second factor would be a page more.
    more = {"SECOND_FACTOR_REQUIRED": "false"}
    with serve(f"sqlite:///{database}", with_worker=False, **more) as live, sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        sign_in_and_send(browser, live, commitments[2:])
        for full_size in (False, True):
            send_a_photograph(browser, live, commitments[int(full_size)], full_size=full_size)
        browser.close()


def send_a_photograph(browser: Browser, live: RunningServer, commitment: Commitment, *, full_size: bool) -> None:
    """Choose it on the form, and send the form as soon as that is possible."""
    context = browser.new_context(locale="en-GB", viewport={"width": 390, "height": 844})
    live.force_sign_in(context, commitment.ministry.users.get())
    page = context.new_page()
    page.goto(f"{live.url}{reverse('update_send', args=[commitment.pk])}")
    fill(page)
    if full_size:
        choose_option(page, "Send photographs at full size")
    page.wait_for_timeout(4_000)  # what was typed is saved
    slow_down(context, page)
    began = perf_counter()
    page.get_by_label("Proof").set_input_files(
        {"name": "yard.jpg", "mimeType": "image/jpeg", "buffer": large_photograph()}
    )
    page.get_by_role("button", name="Send to the embassy").click()
    page.locator(".uploads__said", has_text="%").wait_for(timeout=PATIENCE)
    ready = perf_counter() - began
    page.get_by_text("Your update was sent to the embassy.").wait_for(timeout=PATIENCE)
    size = EvidenceFile.objects.order_by("pk").last().size
    label = "at full size" if full_size else "made smaller"
    took = f"{perf_counter() - began:.0f} s, of which {ready:.0f} s before it is on its way"
    say(f"a photograph of {len(large_photograph()):,} bytes, {label} ({size:,} stored): {took}")
    context.close()


def sign_in_and_send(browser: Browser, live: RunningServer, commitments: list[Commitment]) -> None:
    """Sign in, open the commitment, fill the form and send it; then once more, with what the browser keeps."""
    context = browser.new_context(locale="en-GB", viewport={"width": 390, "height": 844})
    for commitment, label in zip(commitments, ("first visit", "later visit"), strict=True):
        page = context.new_page()
        slow_down(context, page)
        began = perf_counter()
        live.sign_in(page, commitment.ministry.users.get())
        page.goto(f"{live.url}{reverse('commitment_detail', args=[commitment.pk])}")
        page.get_by_role("link", name="Send an update").click()
        fill(page)
        page.get_by_role("button", name="Send to the embassy").click()
        page.get_by_text("Your update was sent to the embassy.").wait_for(timeout=PATIENCE)
        context.clear_cookies()
        say(f"from the sign-in page to a sent update without a file, {label}: {perf_counter() - began:.0f} s")
        page.close()
    context.close()


def fill(page: Page) -> None:
    """Fill what an update needs. Nobody types in no time; what is measured is the line."""
    choose_option(page, "Under way")
    choose_option(page, "The government alone")
    page.get_by_label("Summary in one line").fill("The shelter has a yard")
    page.get_by_label("What was done").fill("It was opened on Monday, with a wall.")
    page.get_by_label("End date").first.fill("2022-01-20")


def slow_down(context: BrowserContext, page: Page) -> None:
    """Give the page the line of a small town."""
    page.set_default_timeout(PATIENCE)
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": LATENCY,
            "downloadThroughput": BYTES_PER_SECOND,
            "uploadThroughput": BYTES_PER_SECOND,
        },
    )


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
