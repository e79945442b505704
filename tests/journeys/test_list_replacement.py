"""Lesotho's reconstruction gives way to a list in other words and another order, of our own making: an administrator
pastes it, pairs old with new, and loads it. Every commitment still belongs where it should, old wordings stay, earlier
readiness stays, and the same list as a file changes nothing.
"""

import re
from datetime import datetime

from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from dialogues.models import Commitment
from recommendations.models import Benchmark, Edition, EditionImport, Recommendation
from tests.journeys.page_actions import save_screenshots
from tests.recommendations.replacement_list import REPLACEMENT_LIST
from tests.running_server import RunningServer
from tiptracker.accounts.models import User

FIRST, SECOND = "Allocate money to shelters for victims.", "Support more than one provider of services to victims."
LIST = [*(REPLACEMENT_LIST[number] for number in (1, 2, 3, 4, 6)), FIRST, SECOND,
        *(REPLACEMENT_LIST[number] for number in (8, 9, 10, 11))]  # fmt: skip
ITEMS = "\n".join(f"• {text}" for text in LIST)
NARRATIVE = f"""LESOTHO: TIER 2 WATCH LIST

An exercise: this list was made up to be loaded, and no report says it.

PRIORITIZED RECOMMENDATIONS:

{ITEMS}

PROSECUTION

An exercise: the government did what it did.
"""
TABLE = "\r\n".join(["Number,Recommendation", *(f'{number},"{text}"' for number, text in enumerate(LIST, 1))]) + "\r\n"
PAIRS = {1: "3", 2: "4", 3: "5", 4: "1", 5: "2", 6: "6, 7", 7: "8", 8: "9", 9: "retired", 10: "10"}
"""What the administrator says of each item of the reconstruction."""
NEW_KEYS = {"1": "3", "2": "4", "3": "5", "4": "1", "5": "2", "6": "6", "7": "8", "8": "9", "9": "9", "10": "10"}
"""By the number before, the number of a benchmark's recommendation now; but 6b goes to 7, as its first."""


def press_button(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def main_text(page: Page, address: str) -> str:
    """What the main part of a page says."""
    assert page.goto(address).status == 200, address
    return re.sub(r"\s+", " ", page.locator("main").inner_text())


def benchmarks_by_commitment(page: Page, live: RunningServer) -> dict[str, list[tuple[str, str]]]:
    """By commitment, what its page says it goes towards: key and wording of each benchmark."""
    found = {}
    for promise in Commitment.objects.filter(country__code="LSO"):
        page.goto(f"{live.url}{reverse('commitment_detail', args=[promise.pk])}")
        lines = page.locator("section[aria-labelledby=towards] > p").all_inner_texts()
        found[promise.text] = [tuple(line.split("\n")[0].split(" ", 1)) for line in lines if line[0].isdigit()]
    return found


def new_key(key: str) -> str:
    return "7a" if key == "6b" else f"{NEW_KEYS[key[:-1]]}{key[-1]}"


def import_list(page: Page, *, pasted: str = "", file: str = "") -> None:
    """From the post to the page on which the list is looked over."""
    page.get_by_role("link", name="Posts", exact=True).locator("visible=true").first.click()
    page.get_by_role("link", name="Lesotho", exact=True).click()
    page.get_by_role("link", name="Add or edit editions").click()
    page.get_by_role("link", name="Import another list into the 2021 edition").click()
    if file:
        page.locator("#id_file").set_input_files(
            [{"name": "exercise.csv", "mimeType": "text/csv", "buffer": file.encode()}]
        )
    else:
        page.get_by_label("Text (one of the two)").fill(pasted)
    press_button(page, "Show the preview")


def pair_and_load(page: Page) -> None:
    """Say what became of each, and load: first without a word on what was split, which is refused."""
    before = {row.number: row for row in Recommendation.objects.filter(edition__year=2021).active()}
    proposed = {number: page.locator(f"#id_became_{row.pk}").input_value() for number, row in before.items()}
    assert {number: proposed[number] for number in (1, 4, 10)} == {1: "3", 4: "1", 10: "10"}
    for number, row in before.items():
        page.locator(f"#id_became_{row.pk}").fill(PAIRS[number])
    page.get_by_label("Pillar of item 11").select_option(label="Prevention")
    press_button(page, "Import this list")
    expect(page.get_by_text("Nothing is imported yet. Please correct:")).to_be_visible()
    save_screenshots(page, "import-refused")
    first, second = Benchmark.objects.filter(recommendation=before[6]).order_by("letter")
    assert page.locator(f"#id_became_{before[6].pk}").input_value() == "6, 7"
    page.locator(f"#id_goes_{first.pk}").fill("6")
    page.locator(f"#id_goes_{second.pk}").fill("7")
    press_button(page, "Import this list")
    expect(page.get_by_text("List imported. New: 2. Changed: 9. Unchanged: 0. No longer asked: 1.")).to_be_visible()
    save_screenshots(page, "import-loaded")


def test_a_list_in_the_reports_words_takes_the_place_of_the_reconstruction_and_loses_no_commitment(
    live: RunningServer, people: dict[str, User], browser: Browser
) -> None:
    def browser_of(name: str) -> Page:
        context = browser.new_context(locale="en-GB", timezone_id="Africa/Maseru", reduced_motion="reduce")
        live.force_sign_in(context, people[name])
        page = context.new_page()
        page.goto(live.url)
        return page

    administrator, officer, ministry = (browser_of(name) for name in ("admin", "officer", "home.affairs"))
    edition = Edition.objects.get(country__code="LSO", year=2021)
    before = benchmarks_by_commitment(officer, live)
    assert sum(map(len, before.values())) >= 20
    asked = main_text(ministry, f"{live.url}{reverse('ministry_home')}")
    assert "Exercise: agree with a second provider of shelter" in asked

    import_list(administrator, pasted=NARRATIVE)
    save_screenshots(administrator, "import-preview")
    moment: datetime = EditionImport.objects.get().begun_at
    known = f"{live.url}{reverse('readiness_detail')}?as_of=2022-01-28&known_by={moment:%Y-%m-%dT%H:%M:%SZ}"
    readiness = main_text(officer, known)
    pair_and_load(administrator)

    # Where promises belong.
    assert benchmarks_by_commitment(officer, live) == {
        text: sorted((new_key(key), wording) for key, wording in benchmarks) for text, benchmarks in before.items()
    }
    assert main_text(officer, known) == readiness
    assert "2022" in readiness

    # A ministry is asked what it was asked, and finds it below the new words.
    assert main_text(ministry, f"{live.url}{reverse('ministry_home')}") == asked
    ministry.get_by_role("link", name="Exercise: agree with a second provider of shelter").click()
    expect(ministry.get_by_text(re.compile(rf"Recommendation 7\s*:\s*{re.escape(SECOND)}"))).to_be_visible()

    # The list, and what it was.
    rows = Recommendation.objects.filter(edition=edition)
    listed = main_text(officer, f"{live.url}{reverse('recommendation_list')}")
    assert [text for text in LIST if text not in listed] == []
    save_screenshots(officer, "recommendations-replaced")
    split = rows.get(number=7, is_retired=False)
    promise = Commitment.objects.get(links__benchmark__recommendation=split)
    said = main_text(officer, f"{live.url}{reverse('recommendation_detail', args=[split.pk])}")
    assert SECOND in said
    assert promise.text in said
    gone, kept = rows.get(is_retired=True), rows.get(number=1)
    page = main_text(officer, f"{live.url}{reverse('recommendation_detail', args=[gone.pk])}")
    assert "No longer asked since 28 January 2022" in page
    assert "No longer asked after the import of “Pasted text”." in page
    assert Commitment.objects.get(links__benchmark__recommendation=gone).text in page
    save_screenshots(officer, "recommendation-retired")
    page = main_text(officer, f"{live.url}{reverse('recommendation_detail', args=[kept.pk])}")
    assert LIST[0] in page
    assert "Finish and use procedures for identifying victims and referring them to care Reconstruction" in page
    save_screenshots(officer, "recommendation-replaced")
    promise = gone.benchmarks.get(letter="a").commitment_links.get().commitment
    officer.goto(f"{live.url}{reverse('commitment_detail', args=[promise.pk])}")
    expect(officer.get_by_text("Recommendation 9 (no longer asked):")).to_be_visible()

    # The same again, as a file.
    import_list(administrator, file=TABLE)
    save_screenshots(administrator, "import-preview-table")
    press_button(administrator, "Record that nothing changes")
    expect(administrator.get_by_text("The current list already has these texts. Nothing was changed.")).to_be_visible()
    assert main_text(officer, f"{live.url}{reverse('recommendation_list')}") == listed
