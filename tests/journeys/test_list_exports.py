"""Each list narrowed by a person, its address opened by a colleague, taken along and held against the page."""

import csv
import io

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from tests.running_server import RunningServer
from tiptracker.accounts.models import User

pytestmark = pytest.mark.without_worker

LISTS = {
    "commitment_list": ({"Status": "Overdue"}, "Find commitments", "Commitment", "#rows tbody th a"),
    "evidence_list": ({"Embassy’s review": "Verified"}, "Find evidence", "What happened", "#rows tbody th a"),
    "recommendation_list": (
        {"Pillar": "Protection"}, "Find recommendations", "Recommendation", "#rows th[scope=rowgroup] a",
    ),
    "timeline": (
        {"Type of date": "Due date", "Status": "Still ahead"}, "Find dates", "What", "#rows td[data-label=What]",
    ),
    "dialogue_list": ({}, "", "Place", "tbody td[data-label=Place]"),
}  # fmt: skip
"""By list: what a person chooses, the button, the column of the file and where its texts stand on the page."""


def rows(page: Page, where: str) -> list[str]:
    return [" ".join(text.split()) for text in page.locator(where).all_inner_texts()]


def set_filters(page: Page, chosen: dict[str, str], button: str) -> None:
    """Choose as a person does, and press the button; then the address says it."""
    for label, choice in chosen.items():
        page.get_by_label(label, exact=True).select_option(label=choice)
        expect(page.locator(".htmx-request")).to_have_count(0)
    if button:
        page.get_by_role("button", name=button).click()
        expect(page.locator(".htmx-request")).to_have_count(0)


def test_a_list_is_filtered_opened_by_a_colleague_and_exported(
    live: RunningServer, people: dict[str, User], browser: Browser
) -> None:
    own, others = browser.new_context(accept_downloads=True), browser.new_context()
    live.force_sign_in(own, people["officer"])
    live.force_sign_in(others, people["observer"])
    page, colleague = own.new_page(), others.new_page()
    for name, (chosen, button, column, where) in LISTS.items():
        page.goto(f"{live.url}{reverse(name)}")
        whole = rows(page, where)
        set_filters(page, chosen, button)
        found = rows(page, where)
        assert found, name
        assert not chosen or len(found) < len(whole), name
        for count in rows(page, "#rows .pages p"):
            assert not chosen or count in rows(page, "[role=status]"), name

        colleague.goto(page.url)
        assert rows(colleague, where) == found, name
        for label, choice in chosen.items():
            assert colleague.get_by_label(label, exact=True).locator("option:checked").inner_text() == choice

        with page.expect_download() as download:
            page.get_by_role("link", name="CSV").click()
        lines = csv.DictReader(io.StringIO(download.value.path().read_text("utf-8-sig")))
        taken = list(dict.fromkeys(" ".join(line[column].split()) for line in lines))
        if name == "recommendation_list":  # the page puts its number before it, the file a line a benchmark
            found = [text.partition(". ")[2] for text in found]
        assert taken == list(dict.fromkeys(found)), name
    own.close()
    others.close()
