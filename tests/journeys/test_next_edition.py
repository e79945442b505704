"""The year after: its list and its questions are loaded, an officer says what is asked again, what is open moves along.

The list is of our own making; the public record knows of 2022 by its tier alone.
"""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from dialogues.models import Commitment, CommitmentEvent
from recommendations.models import Edition, Question, Recommendation
from tests.edition_urls import edition_url
from tests.journeys.page_actions import save_screenshots
from tests.running_server import RunningServer
from tiptracker.accounts.models import User

pytestmark = pytest.mark.day("2022-08-05")

REPEATED_NUMBERS = [4, 1, 3, 6, 2, 5, 7, 8, 10]
"""The items of 2021 that the exercise's list of 2022 asks again, in its order; the ninth it does not."""
NEW_ITEM = "Give interpreters to victims who testify (exercise)."
OPEN_COMMITMENT = "Exercise: finish the procedures for identifying victims"
OTHER_COMMITMENT = "Exercise: draft higher penalties for the Children's Protecti"


QUESTION_ORDER = [3, 4, 5, 6, 7, 8, 9, 10, 1, 2, 11, 13, 14, 15, 16, 17, 18, 19, 20]
"""The questions of 2021 that the exercise's set of 2022 asks again, in its order; the twelfth it does not."""


def press_button(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def narrative() -> str:
    """A narrative of 2022 that asks the same in nearly the same words, under other numbers, and one thing more."""
    old = dict(Recommendation.objects.filter(edition__year=2021).values_list("number", "text"))
    items = "\n".join(
        f"• {text}" for text in [*(f"{old[number]} (exercise)." for number in REPEATED_NUMBERS), NEW_ITEM]
    )
    return (
        f"LESOTHO (Tier 2)\n\nAn exercise.\n\nPRIORITIZED RECOMMENDATIONS:\n\n{items}\n\nPROSECUTION\n\nAn exercise.\n"
    )


def load_list(page: Page, live: RunningServer) -> None:
    page.goto(live.url)
    page.get_by_role("link", name="Lesotho", exact=True).click()
    page.get_by_role("link", name="Import the list").click()
    page.get_by_label("Text (one of the two)").fill(narrative())
    press_button(page, "Show the preview")
    for field in page.get_by_label("Pillar of item").all():
        if not field.input_value():
            field.select_option(label="Prevention")
    press_button(page, "Import this list")
    expect(page.get_by_text("List imported. New: 10.")).to_be_visible()


def roll_over(page: Page, live: RunningServer) -> None:
    page.goto(f"{live.url}{reverse('recommendation_list')}")
    expect(page.locator("#main").get_by_text("Lesotho, 2022 edition")).to_be_visible()
    page.get_by_role("link", name="Roll over from the 2021 edition").click()
    proposed = {
        row.number: page.locator(f"#id_repeats_{row.pk} option:checked").inner_text()
        for row in Recommendation.objects.filter(edition__year=2022)
    }
    assert {number: told.partition(":")[0] for number, told in proposed.items()} == {
        **{place: f"Number {number}" for place, number in enumerate(REPEATED_NUMBERS, 1)},
        10: "None",
    }
    save_screenshots(page, "repeats")
    press_button(page, "Save and continue")
    expect(page.get_by_text("9 of 10 recommendations repeat one of 2021.")).to_be_visible()
    expect(page.get_by_role("heading", name="Not repeated")).to_be_visible()
    save_screenshots(page, "roll-over")
    press_button(page, "Roll over to 2022")
    expect(page.get_by_text("of 2021 were rolled over.")).to_be_visible()
    save_screenshots(page, "recommendations-next-year")


def ask_questions(officer: Page, live: RunningServer) -> None:
    """Draft the answers of 2021, load questions of 2022 with other numbers, and read last year's answer beside one."""
    first, second = (Edition.objects.get(country__code="LSO", year=year) for year in (2021, 2022))
    officer.goto(f"{live.url}{edition_url('question_list', edition=first)}")
    with officer.expect_navigation():
        officer.get_by_role("button", name=re.compile("Draft [0-9]+ answers from the record")).click()
    texts = {row.number: row.text for row in Question.objects.filter(edition=first)}
    asked = [texts[str(number)] for number in QUESTION_ORDER]
    asked[1] = asked[1].replace("by form of trafficking", "by form of trafficking and by district (exercise)")
    asked.append("Exercise: are workers on ships and in domestic service abroad protected?")
    officer.goto(f"{live.url}{edition_url('question_sets', edition=second)}")
    officer.locator("textarea").fill("\n\n".join(f"{number}. {text}" for number, text in enumerate(asked, 1)))
    press_button(officer, "Show the preview")
    expect(officer.get_by_text("Questions that repeat one of the 2021 edition: 19 of 20.")).to_be_visible()
    save_screenshots(officer, "questions-next-year-preview")
    press_button(officer, "Load these questions")
    expect(officer.get_by_text("Questions loaded. New: 20.")).to_be_visible()
    officer.get_by_role("link", name="2. How many investigations").click()
    before = officer.locator("section", has=officer.get_by_role("heading", name="Answer of the 2021 edition"))
    expect(before.get_by_role("link", name="4. How many investigations")).to_be_visible()
    expect(before.get_by_text("Investigations begun rose from 4 in the year before")).to_be_visible()
    save_screenshots(officer, "question-next-year")


def test_the_next_years_list_takes_along_what_is_open_and_counts_the_years(
    live: RunningServer, people: dict[str, User], browser: Browser
) -> None:
    def browser_of(name: str) -> Page:
        context = browser.new_context(locale="en-GB", timezone_id="Africa/Maseru", reduced_motion="reduce")
        live.force_sign_in(context, people[name])
        return context.new_page()

    events = CommitmentEvent.objects.count()
    officer = browser_of("officer")
    edition = Edition.objects.get(country__code="LSO", year=2022)
    officer.goto(f"{live.url}{reverse('edition_terms', args=[edition.pk])}")
    officer.get_by_label("Deadline", exact=True).fill("2023-02-28")
    officer.get_by_label("Reason for these terms").fill("Exercise: the end of February, as the year before.")
    press_button(officer, "Save the new terms")

    load_list(browser_of("admin"), live)
    ambassador = browser_of("ambassador")
    ambassador.goto(live.url)
    expect(ambassador.get_by_role("heading", name="The 2022 edition has begun")).to_be_visible()
    expect(ambassador.get_by_role("link", name="Open the 2021 edition")).to_be_visible()
    save_screenshots(ambassador, "dashboard-next-year")
    officer.goto(live.url)
    expect(officer.get_by_role("link", name="Roll over from the 2021 edition", exact=True)).to_be_visible()
    roll_over(officer, live)
    ask_questions(officer, live)

    # The years count by themselves: the narrative of 2021 told five.
    first = Recommendation.objects.get(edition=edition, number=1)
    officer.goto(f"{live.url}{reverse('recommendation_detail', args=[first.pk])}")
    expect(officer.get_by_text("6 years in a row")).to_be_visible()
    expect(officer.get_by_role("link", name="2021 edition, TIP Report, recommendation 4")).to_be_visible()
    expect(officer.get_by_role("link", name=OPEN_COMMITMENT)).to_be_visible()
    save_screenshots(officer, "recommendation-next-year")

    # What is open works towards both years, with its history; what was not asked again stays.
    promise = Commitment.objects.get(text__startswith=OPEN_COMMITMENT)
    officer.goto(f"{live.url}{reverse('commitment_detail', args=[promise.pk])}")
    expect(officer.get_by_text("Recommendation 1 of 2022")).to_be_visible()
    expect(officer.get_by_text("Recommendation 4 of 2021")).to_be_visible()
    save_screenshots(officer, "commitment-next-year")
    assert CommitmentEvent.objects.count() == events
    stays = Commitment.objects.get(text__startswith=OTHER_COMMITMENT)
    assert [link.benchmark.recommendation.edition.year for link in stays.links.all()] == [2021]
    done = Commitment.objects.get(text__startswith="Exercise: release the quarter's budget")
    assert not done.links.filter(benchmark__recommendation__edition=edition).exists()

    # The ministry reads what is asked of it now, first.
    focal_point = User.objects.get_queryset().filter(ministry=promise.ministry, email__endswith="@demo.example").first()
    ministry = browser_of(focal_point.email.split("@")[0])
    ministry.goto(f"{live.url}{reverse('commitment_detail', args=[promise.pk])}")
    expect(ministry.locator("section[aria-labelledby=towards] > p").first).to_contain_text("Recommendation 1 of 2022")
    save_screenshots(ministry, "commitment-next-year-ministry")

    # Nothing is left to do, and doing it again changes nothing.
    officer.goto(f"{live.url}{reverse('edition_roll_over', args=[edition.pk])}")
    expect(officer.get_by_text("Keep it in 2021 only").first).to_be_attached()
    press_button(officer, "Roll over to 2022")
    expect(officer.get_by_text("Nothing from 2021 was left to roll over.")).to_be_visible()
