"""A briefing picked, made, cleared by somebody else, held against its hash, compared with that of a week before."""

import io
import re
from datetime import date, datetime, time

from playwright.sync_api import Browser, BrowserContext, Page, expect
from pypdf import PdfReader

from dialogues.actions.evidence import log_evidence, review_evidence
from dialogues.choices import DoneBy, EvidenceDecision, EvidenceKind, SupportKind
from recommendations.models import Benchmark
from tests.conftest import MASERU
from tests.journeys.page_actions import save_screenshots
from tests.running_server import RunningServer
from tiptracker.accounts.models import User

COVERING_NOTE = "Exercise: for the meeting of the ninth of February."
EVIDENCE_TITLE = "A trafficker was sentenced (exercise)"
TIMEOUT = 60_000
"""Milliseconds that the worker is given for a document, on a machine that others use too."""


def test_a_briefing_is_picked_made_cleared_checked_and_compared(
    live: RunningServer, people: dict[str, User], browser: Browser
):
    officer, ambassador, police = (
        _open_browser(browser, live, people[name]) for name in ("officer", "ambassador", "police")
    )

    # As of a week before, with a note, without the third pillar, protection first.
    page = officer.new_page()
    page.goto(f"{live.url}/briefings/")
    page.get_by_label("Document", exact=True).select_option("washington")
    page.get_by_label("As of").fill("2022-01-21")
    save_screenshots(page, "1-asked")
    page.get_by_role("button", name="Choose sections first").click()
    page.get_by_label("Protection").select_option("1")
    page.get_by_label("Prosecution").select_option("1")
    page.get_by_label("Prevention").select_option("Left out")
    page.get_by_label("Covering note").fill(COVERING_NOTE)
    page.get_by_role("button", name="Request a briefing").click()
    expect(page.get_by_text("Choose another place.").first).to_be_visible()
    save_screenshots(page, "2-picked-twice")
    page.get_by_label("Prosecution").select_option("2")
    page.get_by_role("button", name="Request a briefing").click()
    save_screenshots(page, "3-in-progress")
    expect(page.get_by_text("This document is ready as a draft.")).to_be_visible(timeout=TIMEOUT)
    save_screenshots(page, "4-ready")
    draft = download_pdf(page)
    said = pdf_text(draft)
    assert COVERING_NOTE in said
    assert "DRAFT, NOT CLEARED" in said
    assert said.rindex("Protection") < said.rindex("Prosecution")
    assert "Prevention" not in said
    expect(page.get_by_text("another officer or the Ambassador has to clear it")).to_be_visible()
    expect(page.get_by_role("button", name="Clear for issue")).to_have_count(0)
    of_the_week_before = page.url

    # The Ambassador has read it, and clears it: the same, without the draft's mark.
    page = ambassador.new_page()
    page.goto(of_the_week_before)
    page.get_by_role("button", name="Clear for issue").click()
    expect(page.get_by_text("This document is issued. It cannot change.")).to_be_visible(timeout=TIMEOUT)
    save_screenshots(page, "5-issued")
    issued = download_pdf(page)
    assert "DRAFT, NOT CLEARED" not in pdf_text(issued)
    assert COVERING_NOTE in pdf_text(issued)

    # Anybody who signed in can hold a file against it, and learns only of what they may read.
    page = ambassador.new_page()
    verify_document(page, live, issued)
    expect(page.get_by_text("This file is one of our documents")).to_be_visible()
    expect(page.get_by_text("Your file is unchanged.")).to_be_visible()
    save_screenshots(page, "6-checked")
    verify_document(page, live, draft)
    expect(page.get_by_text("Your file is an unchanged draft.")).to_be_visible()
    verify_document(page, live, issued + b"\n")
    expect(page.get_by_text("We do not know this file")).to_be_visible()
    page = police.new_page()
    verify_document(page, live, issued)
    expect(page.get_by_text("We do not know this file")).to_be_visible()

    # A week later, after something happened, it is asked for with the same picks, and compared.
    add_verified_action(people)
    page = officer.new_page()
    page.goto(of_the_week_before)
    page.get_by_role("link", name="Request a briefing").click()
    expect(page.get_by_label("Protection")).to_have_value("1")
    expect(page.get_by_label("Prevention")).to_have_value("")
    expect(page.get_by_label("Covering note")).to_have_value(COVERING_NOTE)
    page.get_by_label("As of").fill("2022-01-28")
    page.get_by_role("button", name="Request a briefing").click()
    expect(page.get_by_text("This document is ready as a draft.")).to_be_visible(timeout=TIMEOUT)
    page.get_by_role("link", name="Compare briefings").click()
    page.get_by_label("Compare with").select_option(label="21 January 2022, version 1 (Issued)")
    page.get_by_role("button", name="Compare briefings").click()
    expect(page.get_by_text(EVIDENCE_TITLE).first).to_be_visible()
    save_screenshots(page, "7-compared")
    for context in (officer, ambassador, police):
        context.close()


def add_verified_action(people: dict[str, User]) -> None:
    """A concrete action of 25 January, logged by the officer and verified by the Ambassador."""
    benchmark = Benchmark.objects.get(recommendation__number=1, letter="a")
    now = datetime.combine(date(2022, 1, 26), time(10), MASERU)
    piece = log_evidence(
        country=benchmark.recommendation.edition.country,
        title=EVIDENCE_TITLE,
        kind=EvidenceKind.COURT,
        happened_from=date(2022, 1, 25),
        happened_to=date(2022, 1, 25),
        done_by=DoneBy.GOVERNMENT,
        stated_by="High Court (exercise)",
        source="Judgment of 25 January 2022 (exercise)",
        evidence_links=[(benchmark, SupportKind.ACTION)],
        by=people["officer"],
        now=now,
    )
    for evidence_link in (None, piece.evidence_links.get()):
        review_evidence(
            evidence=piece,
            evidence_link=evidence_link,
            decision=EvidenceDecision.VERIFIED,
            reason="The judgment is at hand (exercise).",
            by=people["ambassador"],
            now=now,
        )


def download_pdf(page: Page) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("^Download.*PDF")).click()
    return download.value.path().read_bytes()


def pdf_text(pdf: bytes) -> str:
    """Its words, a blank between two."""
    leaves = PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"\s+", " ", " ".join(leaf.extract_text() for leaf in leaves))


def verify_document(page: Page, live: RunningServer, file: bytes) -> None:
    page.goto(f"{live.url}/briefings/check/")
    given = {"name": "received.pdf", "mimeType": "application/pdf", "buffer": file}
    page.get_by_label("Your file").set_input_files(given)
    page.get_by_role("button", name="Verify the document").click()


def _open_browser(browser: Browser, live: RunningServer, user: User) -> BrowserContext:
    context = browser.new_context(viewport={"width": 1280, "height": 844}, locale="en-GB", reduced_motion="reduce")
    live.force_sign_in(context, user)
    return context
