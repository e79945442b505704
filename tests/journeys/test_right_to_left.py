"""Pages in a language that is written from right to left, at the width of a desktop and of telephones."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, Route

from dialogues.models import Commitment, Evidence
from tests.authentication import force_sign_in
from tests.pseudo_languages import RIGHT_TO_LEFT, pseudo_languages
from tiptracker.accounts.models import User

WIDTHS = (1280, 375, 320)
SITE = "http://tracker.test"

OVERLAPPING_TEXTS = """() => [...document.querySelectorAll("main svg")].flatMap(drawing => {
  const shown = [...drawing.querySelectorAll("text")].filter(each => each.checkVisibility());
  const boxes = shown.map(each => [each.textContent.trim(), each.getBoundingClientRect()]);
  // A row's name and figures may touch; they may not lie on each other.
  const overlap = (one, other) => Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1
    && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 4;
  return boxes.flatMap(([text, box], at) => boxes.slice(at + 1)
    .filter(([, other]) => overlap(box, other)).map(([other]) => `${text} | ${other}`));
})"""
CUT_TEXTS = """() => [...document.querySelectorAll("main svg text")].filter(each => each.checkVisibility())
  .filter(each => { const box = each.getBoundingClientRect(); return box.left < 0 || box.right > innerWidth; })
  .map(each => each.textContent.trim())"""


@pytest.fixture
def open_page(people: dict[str, User], browser: Browser):
    """A function that shows somebody's page in the made-up language from right to left.

    The pages are answered in the process of the test, because only it knows the made-up languages.
    """
    context = browser.new_context(locale="en-GB", reduced_motion="reduce")
    page, client = context.new_page(), Client()
    shown: dict[str, bytes] = {}

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        name = re.sub(r"\.[0-9a-f]{12}(?=\.\w+$)", "", path.removeprefix("/static/"))
        if path in shown:
            route.fulfill(body=shown[path], content_type="text/html")
        elif path.startswith("/static/") and (found := finders.find(name)):
            route.fulfill(path=found)
        else:
            route.abort()

    def open_as(who: str, address: str) -> Page:
        force_sign_in(client, people[who])
        shown[address] = client.get(address, follow=True).content
        page.goto(f"{SITE}{address}")
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        return page

    page.route(f"{SITE}/**", answer)
    with pseudo_languages():
        User.objects.update(language=RIGHT_TO_LEFT)
        yield open_as
    context.close()


def test_no_page_is_wider_than_the_window(open_page: Callable[[str, str], Page]) -> None:
    pages = [
        *(("officer", reverse(name)) for name in (
            "dashboard", "readiness_detail", "readiness_trend", "readiness_what_if", "readiness_explanation",
            "timeline", "commitment_list", "evidence_list", "evidence_log", "my_tasks", "district_list",
        )),
        ("officer", reverse("commitment_detail", args=[Commitment.objects.earliest("pk").pk])),
        ("officer", reverse("evidence_detail", args=[Evidence.objects.earliest("pk").pk])),
        ("police", reverse("ministry_home")),
        ("admin", reverse("person_list")),
    ]  # fmt: skip
    faults = []
    for who, address in pages:
        page = open_page(who, address)
        assert page.locator("html").get_attribute("dir") == "rtl"
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            wide = page.evaluate("document.documentElement.scrollWidth")
            faults += [f"{address} at {width}: {wide} wide"] if wide > width else []
            faults += [f"{address} at {width}, cut: {text}" for text in page.evaluate(CUT_TEXTS)]
            faults += [f"{address} at {width}, on each other: {text}" for text in page.evaluate(OVERLAPPING_TEXTS)]
    assert not faults, "\n".join(faults)


def test_bars_and_frames_begin_at_the_right(open_page: Callable[[str, str], Page]) -> None:
    page = open_page("officer", reverse("dashboard"))

    bar = page.locator(".readiness-bar > svg").bounding_box()
    verified = page.locator(".readiness-bar > svg rect[fill='#005ea2']").last.bounding_box()
    alert = page.locator(".usa-alert").first
    assert bar
    assert verified
    assert verified["x"] + verified["width"] == pytest.approx(bar["x"] + bar["width"], abs=1)
    assert verified["x"] > bar["x"] + bar["width"] / 2
    assert alert.evaluate("each => getComputedStyle(each).borderRightWidth") == "8px"
    assert alert.evaluate("each => getComputedStyle(each).borderLeftWidth") == "0px"


def test_time_runs_from_left_to_right_in_charts(open_page: Callable[[str, str], Page]) -> None:
    page = open_page("officer", reverse("timeline"))

    years = page.locator(".year-line text").filter(has_text=re.compile(r"^\d{4}$"))
    first, second = (years.filter(has_text=year).bounding_box() for year in ("2021", "2022"))
    assert first
    assert second
    assert first["x"] < second["x"]


def test_a_text_of_the_record_keeps_its_full_stop_at_its_end(open_page: Callable[[str, str], Page]) -> None:
    page = open_page("officer", reverse("timeline"))
    sentence = page.locator("main p").first
    sentence.evaluate("each => each.textContent = 'The police opened two cases.'")

    stop, start = sentence.evaluate("""each => [28, 1].map(end => {
      const range = document.createRange();
      range.setStart(each.firstChild, end - 1);
      range.setEnd(each.firstChild, end);
      return range.getBoundingClientRect().left;
    })""")
    assert stop > start
