"""What a slow, dear line has to carry: the first page after signing in, everything included, with nothing kept yet."""

from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from playwright.sync_api import Browser

from dialogues.models import Commitment
from tests.edition_urls import edition_url
from tests.running_server import RunningServer
from tiptracker.accounts.models import User

pytestmark = pytest.mark.without_worker

MAX_KILOBYTES = 90
MAX_KILOBYTES_AGAIN = 15
FIRST_PAGES = {
    "officer": edition_url("dashboard"),
    "ambassador": edition_url("dashboard"),
    "home.affairs": edition_url("ministry_home"),
}


def test_first_page_weighs_less_than_90_kilobytes(live: RunningServer, people, browser: Browser) -> None:
    for who, path in FIRST_PAGES.items():
        arrived_at, carried = _measure_first_page(browser, live, people[who])
        assert urlsplit(arrived_at).path == path
        assert {urlsplit(url).netloc for url in carried} == {urlsplit(live.url).netloc}, "nothing from outside"
        assert any(url.endswith(".woff2") for url in carried), "everything is counted"
        assert sum(carried.values()) < MAX_KILOBYTES * 1000, (who, carried)


def test_a_ministrys_page_after_the_first_weighs_less_than_15_kilobytes(
    live: RunningServer, people, browser: Browser
) -> None:
    own = Commitment.objects.filter(ministry=people["home.affairs"].ministry).order_by("pk")
    for path in (edition_url("ministry_home"), reverse("update_send", args=[own[0].pk])):
        arrived_at, carried = _measure_first_page(browser, live, people["home.affairs"], again=path)
        assert urlsplit(arrived_at).path == path
        assert 0 < sum(carried.values()) < MAX_KILOBYTES_AGAIN * 1000, (path, carried)


def _measure_first_page(
    browser: Browser, live: RunningServer, user: User, again: str = ""
) -> tuple[str, dict[str, int]]:
    """Where somebody arrives, and how many bytes came over the wire for each address, headers and all.

    With nothing kept yet; or on going to `again` once more, with all that a browser keeps.
    """
    context = browser.new_context(locale="en-GB")
    live.force_sign_in(context, user)
    page = context.new_page()
    for _ in range(2 if again else 0):
        page.goto(f"{live.url}{again}", wait_until="networkidle")
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.setCacheDisabled", {"cacheDisabled": not again})
    asked: dict[str, str] = {}
    carried: dict[str, int] = {}

    def ask(told) -> None:
        if came := told.get("redirectResponse"):
            carried[came["url"]] = came["encodedDataLength"]
        asked[told["requestId"]] = told["request"]["url"]

    line.on("Network.requestWillBeSent", ask)
    line.on(
        "Network.loadingFinished", lambda told: carried.update({asked[told["requestId"]]: told["encodedDataLength"]})
    )
    page.goto(f"{live.url}{again}", wait_until="networkidle")
    missing = set(asked.values()) - set(carried)
    assert not missing, "all that was asked for came"
    context.close()
    return page.url, carried
