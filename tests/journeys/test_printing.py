"""A page on paper: what is handed round takes no sheet more than it needs."""

import io
from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from recommendations.models import Benchmark
from tests.factories import (
    ChosenIndicatorFactory,
    CommitmentFactory,
    DialogueFactory,
    IndicatorFactory,
    IndicatorTargetFactory,
    InternalNoteFactory,
)
from tests.running_server import RunningServer
from tiptracker.accounts.models import User

pytestmark = pytest.mark.without_worker

MARGINS = dict.fromkeys(("top", "right", "bottom", "left"), "15mm")


def add_rows(people: dict[str, User]) -> None:
    """So much on top of the exercise that each part of the handover note is longer than it has room for."""
    officer, police = people["officer"], people["police"].ministry
    held = DialogueFactory(country=police.country, recorded_by=officer, place="Exercise: " + "a long place " * 9)
    for day in range(1, 21):
        CommitmentFactory(
            ministry=police,
            dialogue=held,
            text=f"Exercise: promise {day}, told " + "in very many words " * 20,
            made__due_on=date(2022, 2, day),
            recorded_by=officer,
            made__recorded_by=officer,
        )
        InternalNoteFactory(
            ministry=police,
            country=police.country,
            text=f"Exercise: note {day}, written " + "in very many words " * 20,
            named=officer,
            recorded_by=people["second.officer"],
        )
    edition = police.country.editions.get(year=2021)
    planned = DialogueFactory(country=police.country, planned=True, entered_by=officer, held_on=date(2022, 1, 29))
    for number in range(1, 7):
        indicator = IndicatorFactory(country=police.country, name=f"Exercise: figure {number}, " + "a long name " * 3)
        IndicatorTargetFactory(indicator=indicator, edition=edition, recorded_by=officer)
        ChosenIndicatorFactory(dialogue=planned, indicator=indicator, recorded_by=officer)


def test_a_printed_page_for_a_meeting_fits_one_sheet(
    live: RunningServer, people: dict[str, User], browser: Browser
) -> None:
    context = browser.new_context()
    live.force_sign_in(context, people["officer"])
    page = context.new_page()
    one = Benchmark.objects.get(recommendation__number=5, letter="a", recommendation__edition__year=2021)

    page.goto(f"{live.url}{reverse('readiness_what_if')}?met={one.pk}")
    told = text_of_only_sheet(page, "A4")
    assert "This is a what-if, not the record." in told
    assert "as of 28 January 2022, using only what was recorded by 28 January 2022" in told

    add_rows(people)
    page.goto(f"{live.url}{reverse('handover')}")
    expect(page.get_by_role("button", name="Print on one page")).to_be_visible()
    for paper in ("A4", "Letter"):
        told = text_of_only_sheet(page, paper)
        for words in (
            "SENSITIVE BUT UNCLASSIFIED",
            "Internal to the embassy.",
            "What is missing in the record",
            "Met at dialogues",
            "Answers cleared:",
            "more annual targets",
            "4 more indicators",
        ):
            assert words in told
        assert "Print on one page" not in told
    context.close()


def text_of_only_sheet(page: Page, paper: str) -> str:
    """What stands on the one sheet that the page takes."""
    sheets = PdfReader(io.BytesIO(page.pdf(format=paper, margin=MARGINS))).pages
    assert len(sheets) == 1, paper
    return " ".join(sheets[0].extract_text().split())
