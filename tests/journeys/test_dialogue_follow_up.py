"""A dialogue planned, recorded in the room, and followed up at the next: at a desk and on a telephone."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from dialogues.models import Commitment, Dialogue
from tests.journeys.page_actions import choose_option
from tests.running_server import RunningServer, serve
from tiptracker.accounts.models import User

DESK, TELEPHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


def plan_dialogue(page: Page, url: str, *, on: str, place: str) -> None:
    """Enter a dialogue at which the police's minister and Washington are expected."""
    page.goto(f"{url}{reverse('dialogue_add')}")
    page.get_by_label("Date", exact=True).fill(on)
    page.get_by_label("Place", exact=True).fill(place)
    page.get_by_label("Purpose").fill("Exercise: follow-up")
    page.locator("input[name=people-0-office]").fill("Exercise: Minister of Police")
    page.locator("select[name=people-0-ministry]").select_option("Police and Public Safety")
    page.locator("input[name=people-1-office]").fill("Exercise: observer in Washington")
    page.locator("select[name=people-1-presence]").select_option("By video")
    page.get_by_role("button", name="Save and continue").last.click()


@pytest.mark.parametrize("size", [DESK, TELEPHONE], ids=["desk", "telephone"])
def test_a_dialogue_is_planned_recorded_and_followed_up(
    live: RunningServer, people: dict[str, User], browser: Browser, size: dict[str, int], set_clock: Callable[..., None]
) -> None:
    context = browser.new_context(viewport=size)
    live.force_sign_in(context, people["officer"])
    page = context.new_page()

    # Planned for today: what presses most is proposed and ticked; ordered by hand; a topic of one's own.
    plan_dialogue(page, live.url, on="2022-01-28", place="Exercise: room 1")
    dialogue = Dialogue.objects.get(place="Exercise: room 1")
    page.goto(f"{live.url}{reverse('dialogue_agenda', args=[dialogue.pk])}")
    page.get_by_role("button", name="Add the chosen items to the agenda").click()
    lines = page.locator(".agenda--arranged > li")
    expect(lines.first.get_by_label("Topic")).to_have_value(re.compile("request for information"))
    expect(lines.nth(1)).to_contain_text("with the embassy since 14 January 2022", ignore_case=True)
    first, second = (lines.nth(n).locator(".item__title").inner_text() for n in (1, 2))
    lines.nth(2).get_by_role("button", name="Move up").click()
    expect(lines.nth(1).locator(".item__title")).to_have_text(second)
    expect(lines.nth(2).locator(".item__title")).to_have_text(first)
    lines.nth(1).get_by_label("What to ask").fill("Exercise: by which day?")
    page.get_by_role("button", name="Add your own topic").click()
    page.get_by_label("Topic").last.fill("Exercise: who speaks for the police")
    page.get_by_role("button", name="Save the agenda").last.click()
    expect(page.get_by_role("heading", name="Agenda", exact=True)).to_be_visible()

    # On paper: room to write, nothing to press.
    page.emulate_media(media="print")
    expect(page.locator(".room").first).to_be_visible()
    expect(page.get_by_role("link", name="Edit the agenda").first).to_be_hidden()
    expect(page.get_by_text("Exercise: by which day?")).to_be_visible()
    page.emulate_media(media="screen")

    # In the room, on one page.
    page.get_by_role("link", name="Record the dialogue").click()
    page.locator("label", has_text="Exercise: Minister of Police").click()
    page.get_by_label("What was said on item 1", exact=True).fill("Exercise: by the end of March.")
    page.locator("select[name=commitments-0-who]").select_option("Ministry of Police and Public Safety")
    page.locator("textarea[name=commitments-0-text]").fill("Exercise: train forty officers")
    page.locator("input[name=commitments-0-due_on]").fill("2022-02-14")
    page.locator("select[name=commitments-0-benchmark_1]").select_option(index=3)
    page.locator("select[name=commitments-0-reach_1]").select_option("Meets the whole benchmark")
    page.get_by_role("button", name="Add another commitment").click()
    page.locator("select[name=commitments-1-who]").select_option("United States")
    page.locator("textarea[name=commitments-1-text]").fill("Exercise: send two trainers")
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_text("It has not been sent yet.").first).to_be_visible()
    expect(page.locator("textarea[name=commitments-1-text]")).to_have_value("Exercise: send two trainers")
    expect(page.get_by_text("You typed something else on this device")).to_have_count(0)
    page.get_by_role("button", name="Save the record", exact=True).last.click()
    expect(page.get_by_text("Give a due date, or tick “No date agreed”.").first).to_be_visible()
    choose_option(page.locator("#commitments fieldset").nth(1), "No date agreed")
    page.locator("textarea[name=steps-0-text]").fill("Exercise: send the list of names")
    page.locator("input[name=steps-0-due_on]").fill("2022-02-01")
    page.get_by_role("button", name="Save the record", exact=True).last.click()
    expect(page.get_by_text("2 commitments were added. 1 next step was added.")).to_be_visible()
    expect(page.get_by_text("Expected but absent: Exercise: observer in Washington")).to_be_visible()
    struck = Commitment.objects.filter(dialogue=dialogue).order_by("pk")
    assert [(each.made_by, each.events.get().due_on) for each in struck] == [
        ("ministry", date(2022, 2, 14)),
        ("united_states", None),
    ]
    context.close()

    # Weeks later, at the next one: what became of it.
    set_clock(date(2022, 2, 21))
    with serve(live.environment["DATABASE_URL"]) as later:
        context = browser.new_context(viewport=size)
        later.force_sign_in(context, people["officer"])
        page = context.new_page()
        plan_dialogue(page, later.url, on="2022-03-01", place="Exercise: room 2")
        expect(page.get_by_role("heading", name="Results of the previous dialogue")).to_be_visible()
        became = page.locator("section", has=page.get_by_role("heading", name="Results of the previous dialogue"))
        expect(became.locator("tr", has_text="Exercise: train forty officers")).to_contain_text(
            "Overdue by 7 days", ignore_case=True
        )
        expect(became.locator("tr", has_text="Exercise: send two trainers")).to_contain_text(
            "no due date agreed", ignore_case=True
        )
        expect(became.locator("li", has_text="Exercise: send the list of names")).to_contain_text(
            "Overdue by 20 days", ignore_case=True
        )
        page.goto(f"{later.url}{reverse('dialogue_detail', args=[dialogue.pk])}")
        page.get_by_role("link", name="Mark as done").click()
        page.get_by_label("Result").fill("Exercise: sent")
        page.get_by_role("button", name="Mark as done").click()
        expect(page.locator("li", has_text="Exercise: send the list of names")).to_contain_text("21 Feb 2022")
        context.close()
