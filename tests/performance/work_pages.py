"""What the pages of requests, standard indicators, workbooks, notices and the calendar take in a large country."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.core.cache import caches
from django.test import Client
from django.urls import reverse

from dialogues.models import Commitment
from tests import factories
from tests.edition_urls import edition_url
from tiptracker.accounts.models import Country, User
from tiptracker.notifications.calendar_feeds import find_feed_address, renew_feed
from tiptracker.notifications.models import Notice

REQUESTS = 300
LINES = ["Exercise: the list of shelters", "Exercise: the order", "Exercise: the budget"]


def tell_work_pages(measure: Callable[..., Any], say: Callable[[str], None], queries: Callable[..., Any]) -> None:
    """Print what each page takes in the country of `notices.py`, beside the settings of notices, a page with little."""
    country = Country.objects.get(code="XAH")
    edition = factories.RecommendationFactory(edition__country=country, text="Exercise: made up").edition
    ministries = list(country.ministry_set.order_by("pk"))
    requests = [
        factories.InformationRequestFactory(ministry=ministries[number % len(ministries)], edition=edition, lines=LINES)
        for number in range(REQUESTS)
    ]
    people = User.objects.get_queryset()
    officer, focal_point = (people.get(email=f"{name}@exercise.invalid") for name in ("XAH", "focal0"))
    for person in (officer, focal_point):
        renew_feed(by=person)
    ministry = focal_point.ministry
    assert ministry
    own = Commitment.objects.filter(ministry=ministry).count()
    notices = Notice.objects.filter(person=focal_point).count()
    asked = {
        f"requests ({REQUESTS})": (officer, edition_url("information_request_list", edition=edition)),
        "one request": (officer, reverse("information_request_detail", args=[requests[0].pk])),
        "standard indicators": (officer, edition_url("standard_indicators", edition=edition)),
        "workbook": (officer, reverse("workbook", args=[ministry.pk])),
        f"its download ({own} commitments)": (officer, reverse("workbook_download", args=[ministry.pk])),
        f"notices ({notices}), a ministry": (focal_point, reverse("notice_list")),
        "calendar, a month": (officer, edition_url("calendar_month", edition=edition)),
        "calendar, a month, a ministry": (focal_point, edition_url("calendar_month", edition=edition)),
        "calendar feed": (officer, urlsplit(find_feed_address(officer)).path),
        "calendar feed, a ministry": (focal_point, urlsplit(find_feed_address(focal_point)).path),
    }
    commitments = Commitment.objects.filter(country=country).count()
    say(f"\nrequests, workbook, notices and calendar, with {commitments:,} commitments")
    say(f"  {'':34}{'ms':>8}{'least':>8}{'× settings':>12}{'queries':>9}{'bytes':>10}")
    for name, (person, address) in asked.items():
        client = Client(SERVER_NAME="localhost", headers={"accept-encoding": "gzip"})
        client.force_login(person)

        def get(at: str = address, by: Client = client) -> Any:
            for cache in caches.all():
                cache.clear()  # a person may download only so often
            return by.get(at)

        with queries() as sent:
            response = get()
        assert response.status_code == 200, (name, response.status_code)
        spread = measure(get, lambda by=client: by.get(reverse("notice_settings")))
        say(
            f"  {name:34}{spread.middle:>8.1f}{spread.least:>8.1f}{spread.undisturbed:>12.1f}{len(sent):>9}"
            f"{len(response.content):>10,}"
        )
