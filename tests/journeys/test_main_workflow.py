"""The main job, end to end, in a real browser with a real server and a real worker, on the public record of Lesotho.

A ministry sends its proof, the embassy returns it, the ministry mends it, the embassy accepts and assesses, readiness
rises by exactly the points that the page gave before, and the Ambassador downloads a briefing that says so. Another
ministry sees nothing of it.
"""

import io
import re
from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pypdf import PdfReader

from dialogues.actions.commitments import record_commitment
from dialogues.choices import CommitmentReach, Horizon, MadeBy
from dialogues.models import EvidenceFile, UpdateVersion
from recommendations.models import Benchmark, Edition
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import evaluate_readiness
from tests.conftest import MASERU, TODAY
from tests.journeys.page_actions import blank_pdf, choose_option
from tests.running_server import RunningServer
from tiptracker.accounts.models import Ministry, User

pytestmark = pytest.mark.both_databases

SUMMARY = "Eleven officers at Maseru Bridge were trained to recognise forced labour (exercise)"
CORRECTION = "The list of sessions is attached now; the training ended on 20 January 2022 (exercise)."


@pytest.fixture
def commitment(people: dict[str, User]):
    """What the police promised: a benchmark of its own, on which nothing has been shown."""
    return record_commitment(
        country=people["police"].ministry.country,
        made_by=MadeBy.MINISTRY,
        ministry=Ministry.objects.get(pk=people["police"].ministry_id),
        text="Train officers at the border posts (exercise)",
        made_on=TODAY - timedelta(days=60),
        due_on=TODAY + timedelta(days=20),
        dialogue=None,
        letter="Letter of 29 November 2021 (exercise)",
        horizon=Horizon.SHORT_TERM,
        links=[(Benchmark.objects.get(recommendation__number=7, letter="b"), CommitmentReach.MEETS)],
        by=people["officer"],
        now=datetime.combine(TODAY, datetime.min.time(), MASERU),
    )


def current_score() -> Fraction:
    edition = Edition.objects.select_related("country").get(year=2021)
    return evaluate_readiness(gather_facts(edition), as_of=TODAY).score


def send_update(page: Page, live: RunningServer, commitment, narrative: str, *, is_again: bool = False) -> None:
    page.goto(f"{live.url}/ministry/")
    page.get_by_role("link", name=commitment.text).click()
    page.get_by_role("link", name=re.compile("Send an|Correct the")).first.click()
    choose_option(page, "Done")
    choose_option(page, "The government alone")
    page.get_by_label("Summary in one line").fill(SUMMARY)
    page.get_by_label("What was done").fill(narrative)
    page.get_by_label("Start date").fill("2022-01-17")
    page.get_by_label("End date (optional)", exact=True).fill("2022-01-20")
    if is_again:  # the file that came along before is ticked, and goes along once more
        expect(page.get_by_role("checkbox", name=re.compile("sessions.pdf"))).to_be_checked()
    else:
        page.get_by_label("Proof").set_input_files(
            {"name": "sessions.pdf", "mimeType": "application/pdf", "buffer": blank_pdf()}
        )
    page.get_by_role("button", name="Send to the embassy").click()
    page.wait_for_url(re.compile(r"\?sent$"))


def open_in_my_tasks(page: Page, live: RunningServer, commitment) -> None:
    page.goto(f"{live.url}/tasks/")
    page.get_by_role("link", name=commitment.text).click()


def simulated_points(page: Page, what: str) -> Fraction:
    row = page.locator(f'tr[data-simulated="{what}"]').first
    row.wait_for()
    return Fraction(row.get_attribute("data-points"))


def test_a_promise_kept_raises_readiness_by_what_the_page_said_before(
    live: RunningServer, people, commitment, browser
) -> None:
    police, officer, ambassador, justice = (_open_browser(browser, live, people[name]) for name in PEOPLE)

    # The ministry sends its proof.
    page = police.new_page()
    send_update(page, live, commitment, "The training took place.")
    expect(page.get_by_text("the embassy", exact=False).first).to_be_visible()

    # The embassy sends it back, and says what is missing.
    page = officer.new_page()
    open_in_my_tasks(page, live, commitment)
    page.get_by_label("What to change").fill("Attach the list of sessions, and say when they ended.")
    page.get_by_role("button", name="Return to ministry").click()

    # The ministry reads why, and mends it: what it wrote is still there.
    page = police.new_page()
    page.goto(f"{live.url}/ministry/")
    expect(page.get_by_text("Attach the list of sessions, and say when they ended.").first).to_be_visible()
    send_update(page, live, commitment, CORRECTION, is_again=True)

    # The embassy accepts it: the score rises by what the page said.
    page = officer.new_page()
    open_in_my_tasks(page, live, commitment)
    before, accepting = current_score(), simulated_points(page, "accepting")
    assessing = simulated_points(page, "7b met")
    choose_option(page, "Verify")
    page.get_by_label("Reason for all items, in your own words").fill("The list of sessions shows it.")
    page.get_by_role("button", name="Accept", exact=True).click()
    expect(page.get_by_text("Below is the next item of your tasks.")).to_be_visible()
    after = current_score()
    assert after - before == accepting > 0

    # And by what the page said again, when the way back is taken and the benchmark is assessed as met.
    page.get_by_role("link", name="Assess its benchmarks").click()
    verdict = page.locator("form", has=page.get_by_role("button", name="Assess 7b"))
    choose_option(verdict, "Met")
    verdict.get_by_label("Reason", exact=True).fill("Verified training of officers, with the list of sessions.")
    verdict.get_by_label("Section of the law").fill("22 U.S.C. 7106(b)(2)")
    expect(verdict.get_by_role("checkbox", name=SUMMARY)).to_be_checked()
    verdict.get_by_role("button", name="Assess 7b").click()
    expect(page.get_by_text("Verified training of officers, with the list of sessions.").first).to_be_visible()
    assert current_score() - after == assessing > 0

    # The Ambassador asks for a briefing, watches it being made, and takes it.
    page = ambassador.new_page()
    page.goto(f"{live.url}/dashboard/")
    page.get_by_role("button", name="Download today’s briefing").click()
    expect(page.get_by_text("This document is ready as a draft")).to_be_visible(timeout=60_000)
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("Download")).first.click()
    text = " ".join(leaf.extract_text() for leaf in PdfReader(io.BytesIO(download.value.path().read_bytes())).pages)
    text = re.sub(r"\s+", " ", text)
    assert SUMMARY in text
    assert CORRECTION in text
    assert "DRAFT, NOT CLEARED" in text

    # Another ministry sees nothing of it: not by page, not by API, not by the file's address.
    page = justice.new_page()
    for address in _internal_addresses(commitment):
        answer = page.goto(f"{live.url}{address}")
        assert answer.status == 404, address
        assert SUMMARY not in answer.text()
    for listing in ("commitments", "updates", "evidence", "reviews", "assessments"):
        assert SUMMARY not in page.goto(f"{live.url}/api/v1/{listing}/").text()
    expect_not_on_pages(page, live)
    for context in (police, officer, ambassador, justice):
        context.close()


PEOPLE = ("police", "officer", "ambassador", "justice")


def expect_not_on_pages(page: Page, live: RunningServer) -> None:
    for address in ("/ministry/", "/commitments/", "/recommendations/"):
        page.goto(f"{live.url}{address}")
        expect(page.get_by_text(SUMMARY)).to_have_count(0)
        expect(page.get_by_text("Train officers at the border posts")).to_have_count(0)


def _open_browser(browser, live: RunningServer, user: User) -> BrowserContext:
    context = browser.new_context(locale="en-GB", timezone_id="Africa/Maseru", reduced_motion="reduce")
    live.sign_in(context.new_page(), user)
    return context


def _internal_addresses(commitment) -> list[str]:
    update_version = UpdateVersion.objects.filter(update__commitment=commitment).latest("pk")
    piece = update_version.evidence.get()
    file = EvidenceFile.objects.get(evidence=piece)
    return [
        f"/commitments/{commitment.pk}/",
        f"/commitments/{commitment.pk}/update/",
        f"/update-versions/{update_version.pk}/",
        f"/evidence/{piece.pk}/",
        f"/files/{file.pk}/",
        f"/api/v1/commitments/{commitment.pk}/",
        f"/api/v1/updates/{update_version.update_id}/",
        f"/api/v1/update-versions/{update_version.pk}/",
        f"/api/v1/evidence/{piece.pk}/",
    ]
