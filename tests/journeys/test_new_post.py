"""From nothing to a second post, without a shell: an administrator sets it up, its officer comes by the link of a mail,
accepts benchmarks and logs the first commitment. Lesotho is on the same installation, and neither sees the other.
"""

from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from dialogues.models import Commitment
from recommendations.models import Benchmark, Recommendation
from tests.journeys.page_actions import (
    accept_invitation,
    choose_option,
    mail_link,
    press_button,
    save_screenshots,
    wait_until_sent,
)
from tests.running_server import RunningServer
from tiptracker.accounts.models import Country, User

FIRST_ITEM = "Open a shelter in all 28 districts and fund it (exercise)."
SECOND_ITEM = "Amend the law so that courts can punish (exercise)."
NARRATIVE = f"""MALAWI: TIER 2 WATCH LIST

PRIORITIZED RECOMMENDATIONS:

• {FIRST_ITEM}
• {SECOND_ITEM}

PROSECUTION

The government did what it did (exercise).
"""
COMMITMENT_TEXT = "Open the first three shelters (exercise)"


def set_up_malawi(page: Page, live: RunningServer) -> None:
    """What an administrator does: country, edition, ministries, people."""
    page.goto(live.url)
    expect(page.get_by_role("heading", name="Posts", exact=True)).to_be_visible()
    page.get_by_role("link", name="Set up another post").click()
    page.get_by_label("Country").select_option(label="Malawi")
    press_button(page, "Continue")
    expect(page.get_by_label("Time zone")).to_have_value("Africa/Blantyre")
    assert len(page.locator("#id_districts").input_value().splitlines()) == 28
    save_screenshots(page, "setup-country")
    press_button(page, "Add this country")

    page.get_by_role("link", name="Add or edit editions").click()
    page.get_by_label("Year", exact=True).fill("2021")
    choose_option(page, "Tier 2 Watch List")
    page.get_by_label("Source", exact=True).fill("Exercise: the report of 2021")
    page.get_by_label("Deadline", exact=True).fill("2022-03-15")
    page.get_by_label("Reason for this deadline").fill("Exercise: it was asked for by then.")
    page.get_by_label("Interim assessment (optional)", exact=True).fill("2022-02-01")
    save_screenshots(page, "setup-edition")
    press_button(page, "Add this edition")

    load_list(page)
    page.get_by_role("link", name="Add ministries").click()
    for number, name in enumerate(("Homeland Security", "Gender")):
        page.locator(f"#id_new-{number}-name").fill(f"Ministry of {name}")
        page.locator(f"#id_new-{number}-short_name").fill(name)
        page.locator(f"#id_new-{number}-holder").fill(f"Exercise Minister {number + 1}")
    save_screenshots(page, "setup-ministries")
    press_button(page, "Save ministries")
    save_screenshots(page, "setup-detail")

    page.get_by_role("link", name="Invite people").click()
    for number, role in enumerate(("officer", "ambassador")):
        page.locator(f"#id_people-{number}-name").fill(f"Exercise {role.capitalize()} in Malawi")
        page.locator(f"#id_people-{number}-email").fill(f"{role}@malawi.example")
        page.locator(f"#id_people-{number}-role").select_option(role)
    press_button(page, "Send invitations")
    expect(page.get_by_text("2 invitations will be sent shortly.")).to_be_visible()
    page.get_by_label("Contact person", exact=True).select_option(label="Exercise Officer in Malawi")
    press_button(page, "Save the contact person")
    for role in ("officer", "ambassador"):
        wait_until_sent(page, f"{role}@malawi.example")
    save_screenshots(page, "setup-people")


def load_list(page: Page) -> None:
    """The list of the edition: left before it is brought, and again before it is loaded, and taken up each time."""
    expect(page.get_by_role("heading", name="Import the recommendations of Malawi, 2021 edition")).to_be_visible()
    page.get_by_role("link", name="Setup of the post").click()
    expect(page.get_by_text("The 2021 edition has no recommendations yet.").first).to_be_visible()
    page.get_by_role("link", name="Import the list").click()
    page.get_by_label("Text (one of the two)").fill(NARRATIVE)
    save_screenshots(page, "setup-import")
    press_button(page, "Show the preview")
    expect(page.get_by_label("Pillar of item 1")).to_have_value("protection")
    save_screenshots(page, "setup-import-preview")

    page.get_by_role("link", name="Import the recommendations of Malawi, 2021 edition").click()
    page.get_by_role("link", name="Report editions").click()
    page.get_by_role("link", name="Setup of the post").click()
    expect(page.get_by_text("The list of the 2021 edition is a draft import.")).to_be_visible()
    page.get_by_role("link", name="Check the draft import").click()
    save_screenshots(page, "setup-import-waiting")
    page.get_by_role("link", name="Pasted text").click()
    press_button(page, "Import this list")
    expect(page.get_by_text("List imported. New: 2.")).to_be_visible()
    save_screenshots(page, "setup-import-loaded")
    page.get_by_role("link", name="Setup of the post").click()
    expect(page.get_by_text("The 2021 edition has 2 recommendations.")).to_be_visible()


def test_a_second_post_is_set_up_and_its_first_commitment_logged_without_a_shell(
    live: RunningServer, people: dict[str, User], browser: Browser
) -> None:
    def browser_of(person: User | None = None) -> Page:
        context = browser.new_context(locale="en-GB", timezone_id="Africa/Maseru", reduced_motion="reduce")
        if person:
            live.force_sign_in(context, person)
        return context.new_page()

    administrator = browser_of(people["admin"])
    set_up_malawi(administrator, live)
    malawi = Country.objects.get(code="MWI")

    page = browser_of()
    accept_invitation(page, live, mail_link("officer@malawi.example"))
    page.get_by_role("link", name="Recommendations", exact=True).locator("visible=true").first.click()
    page.get_by_role("link", name="Setup of the post").click()
    page.get_by_role("link", name="Add benchmarks").click()
    page.get_by_role("link", name="Suggested benchmarks for recommendation 1").click()
    save_screenshots(page, "setup-suggested")
    choose_option(page, "Accept this benchmark for “in all 28 districts”")
    press_button(page, "Add the ticked benchmarks")
    expect(page.get_by_text("Malawi, recommendation 2")).to_be_visible()
    page.get_by_label("Success criterion").last.fill("The law is changed, and in force (exercise)")
    page.get_by_text("Accept this benchmark for").last.click()
    press_button(page, "Add the ticked benchmarks")
    expect(page.get_by_text("Every recommendation has a benchmark now.")).to_be_visible()
    benchmarks = Benchmark.objects.filter(recommendation__edition__country=malawi)
    assert [(benchmark.key, benchmark.wording) for benchmark in benchmarks.select_related("recommendation")] == [
        ("1a", "Number of districts, of 28: Open a shelter in all 28 districts"),
        ("2a", "The law is changed, and in force (exercise)"),
    ]

    page.goto(f"{live.url}{reverse('commitment_add')}")
    page.get_by_label("Ministry (optional)", exact=True).select_option(label="Ministry of Gender")
    page.get_by_label("What was promised").fill(COMMITMENT_TEXT)
    page.get_by_label("Letter or other source").fill("Exercise: letter of 20 January 2022")
    page.get_by_label("Due date (optional)", exact=True).fill("2022-03-01")
    press_button(page, "Record the commitment")
    promise = Commitment.objects.get(text=COMMITMENT_TEXT)
    assert promise.country == malawi

    accept_invitation(browser_of(), live, mail_link("ambassador@malawi.example"))
    administrator.goto(f"{live.url}{reverse('setup_detail', args=[malawi.pk])}")
    expect(administrator.get_by_text("All five steps are done.")).to_be_visible()
    administrator.goto(f"{live.url}{reverse('setup_list')}")
    save_screenshots(administrator, "setup-list")

    ours = browser_of(people["officer"])
    theirs = Commitment.objects.filter(country__code="LSO").order_by("pk").first()
    asked = Recommendation.objects.filter(edition__country__code="LSO", edition__year=2021).first()
    assert_hidden(page, live, theirs, asked)
    assert_hidden(ours, live, promise, Recommendation.objects.get(text=FIRST_ITEM))


def assert_hidden(page: Page, live: RunningServer, promise: Commitment, asked: Recommendation) -> None:
    """Nothing of another country is there for an officer: no page of its own, and no line in any list."""
    for name, row in {
        "commitment_detail": promise,
        "recommendation_detail": asked,
        "setup_suggested": asked,
        "edition_terms": asked.edition,
        "setup_detail": promise.country,
    }.items():
        assert page.goto(f"{live.url}{reverse(name, args=[row.pk])}").status == 404, name
    assert page.goto(f"{live.url}{reverse('dashboard')}?edition={asked.edition_id}").status == 404
    for name in (
        "dashboard",
        "recommendation_list",
        "commitment_list",
        "indicator_list",
        "briefing_list",
        "setup_list",
    ):
        assert page.goto(f"{live.url}{reverse(name)}").status == 200, name
        told = page.content()
        assert [text for text in (promise.text, asked.text, promise.country.name) if text in told] == [], name
