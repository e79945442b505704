"""A focal point follows every link there is, from the ministry's first page on: nothing dead, nothing of the embassy's.

`PICTURES=var/walk` keeps a picture of each page besides.
"""

import re
from collections import Counter, deque
from urllib.parse import urldefrag, urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.edition_urls import edition_url
from tests.journeys.page_actions import save_screenshots
from tests.running_server import RunningServer

pytestmark = pytest.mark.without_worker

MAX_PAGES = 200
INTERNAL_PATHS = {"dashboard", "readiness", "methodology", "log", "redactions", "admin", "editions", "milestones"}
"""What the addresses of the embassy's and of administrators' own pages begin with, some below an edition's."""


def test_a_focal_point_can_follow_every_link(live: RunningServer, people, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="en-GB")
    live.force_sign_in(context, people["home.affairs"])
    page = context.new_page()
    answers = crawl(page, live.url)
    context.close()

    assert {path: status for path, status in answers.items() if status != 200} == {}
    led_to_internal = [path for path in answers if INTERNAL_PATHS & set(path.split("/")[1:4])]
    assert led_to_internal == []
    kinds = Counter(re.sub(r"/\d+/", "/1/", urlsplit(path).path) for path in answers)
    ministry_home = edition_url("ministry_home").replace("2021", "1")
    reached = {ministry_home, "/commitments/1/", "/commitments/1/update/", "/recommendations/1/", "/evidence/1/"}
    reached |= {"/commitments/1/propose-due-date/", "/updates/1/withdraw/"}
    assert reached <= kinds.keys()
    assert len(answers) < MAX_PAGES, f"the walk does not end: {kinds.most_common(5)}"


def crawl(page: Page, home: str) -> dict[str, int]:
    """Every address on our own host that links lead to, with what it answers; files are fetched, not opened."""
    found: dict[str, int] = {}
    waiting = deque(["/"])
    while waiting and len(found) < MAX_PAGES:
        path = waiting.popleft()
        if path in found:
            continue
        asked = page.request.get(home + path)
        found[path] = asked.status
        if not asked.headers.get("content-type", "").startswith("text/html"):
            continue
        page.goto(home + path)
        save_screenshots(page, re.sub(r"\W+", "-", path).strip("-") or "home")
        hrefs = page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
        waiting.extend(urldefrag(href).url.removeprefix(home) for href in hrefs if href.startswith(f"{home}/"))
    return found
