"""Log progress in a browser: the form follows the chosen benchmark, and one form logs a file, a figure and a law."""

import re

from django.urls import reverse
from playwright.sync_api import Page, expect

from dialogues.models import Evidence, Reading
from recommendations.models import Benchmark
from tests.journeys.page_actions import blank_pdf, choose_option, save_screenshots
from tests.running_server import RunningServer
from tiptracker.accounts.models import User


def key_of(number: int, letter: str) -> str:
    return str(Benchmark.objects.get(recommendation__number=number, letter=letter).pk)


def test_the_form_follows_the_chosen_benchmark(live: RunningServer, people: dict[str, User], page: Page) -> None:
    focal_points = Benchmark.objects.get(recommendation__number=3, letter="b")
    indicator = focal_points.current_terms.indicator
    live.sign_in(page, people["officer"])
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{live.url}{reverse('evidence_log')}")
    benchmark = page.get_by_label("Benchmark", exact=True).first
    chosen = page.get_by_label("Indicator", exact=True)
    figure = page.get_by_label("Figure", exact=True)
    districts = page.get_by_role("group", name="Districts")
    commitment = page.get_by_label("Commitment (optional)")
    fits = page.get_by_text("An open commitment is for the chosen benchmark.")
    expect(figure).to_be_hidden()
    expect(fits).to_be_hidden()

    benchmark.select_option(str(focal_points.pk))
    expect(chosen).to_have_value(str(indicator.pk))
    expect(figure).to_be_visible()
    expect(page.get_by_text(re.compile(r"So far: 6 \(.* 2021\)\. Enter the new total\."))).to_be_visible()
    expect(districts).to_be_visible()
    expect(commitment).to_be_hidden()
    expect(fits).to_be_visible()
    page.get_by_text("Commitment and who may read it").click()
    expect(commitment).to_be_visible()
    expect(commitment.locator("optgroup").first).to_have_attribute("label", "For the chosen benchmarks")
    linked = focal_points.commitment_links.current().count()
    expect(commitment.locator("optgroup").first.locator("option")).to_have_count(linked)
    save_screenshots(page, "log-progress")

    choose_option(districts, "Quthing")
    expect(districts.get_by_label("Quthing")).to_be_checked()
    benchmark.select_option(key_of(10, "b"))
    expect(districts).to_be_hidden()
    expect(page.locator("[name=count-districts]:checked")).to_have_count(0)
    benchmark.select_option(key_of(2, "a"))
    expect(chosen).to_have_value("")

    chosen.select_option(str(indicator.pk))
    benchmark.select_option(key_of(10, "b"))
    expect(chosen).to_have_value(str(indicator.pk))  # what the user chose stays


def test_a_file_a_figure_and_a_law_take_few_decisions(live: RunningServer, people: dict[str, User], page: Page) -> None:
    live.sign_in(page, people["officer"])
    page.goto(f"{live.url}{reverse('evidence_log')}?benchmark={key_of(10, 'b')}")

    page.get_by_label("What happened").fill("The committee met on the amendment in force (exercise)")
    page.get_by_label("Start date").fill("2022-01-20")
    choose_option(page.get_by_role("group", name="Who did it"), "Government")
    page.get_by_label("File").set_input_files(
        {"name": "gazette.pdf", "mimeType": "application/pdf", "buffer": blank_pdf()}
    )
    page.get_by_label("Type of evidence").select_option("law")
    page.get_by_label("Stated by").fill("Government Gazette")
    page.get_by_label("Figure", exact=True).fill("3")
    page.get_by_role("button", name="Save and log another").click()

    expect(page.get_by_role("status").first).to_contain_text("Evidence recorded.")
    expect(page.get_by_label("Start date")).to_have_value("2022-01-20")
    expect(page.get_by_label("Stated by")).to_have_value("Government Gazette")
    expect(page.get_by_label("What happened")).to_have_value("")
    reading = Reading.objects.get(evidence__stated_by="Government Gazette")
    assert reading.figure == 3
    assert Evidence.objects.get(readings=reading).file.name == "gazette.pdf"


def test_the_link_of_an_error_shows_the_field_with_its_label(
    live: RunningServer, people: dict[str, User], page: Page
) -> None:
    live.sign_in(page, people["officer"])
    page.goto(f"{live.url}{reverse('evidence_log')}")
    page.get_by_role("button", name="Log progress", exact=True).click()

    page.get_by_role("alert").get_by_role("link", name=re.compile("^Source:")).click()

    expect(page.locator("label", has_text=re.compile(r"^\s*Source\s*$"))).to_be_in_viewport(ratio=1)
    expect(page.get_by_label("Source", exact=True)).to_be_focused()

    page.get_by_role("button", name="Log progress", exact=True).press("Enter")
    expect(page).to_have_url(re.compile("/evidence/log/$"))  # no longer that of the field
    expect(page.locator("[data-error-summary]")).to_be_focused()
