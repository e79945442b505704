"""What the filtered list of commitments costs the server, the first time and from the cache, beside two other pages.

The page that does nothing has as many bytes, goes through the same middleware, and asks who reads it. The plain page
answers with the very bytes of the list.
"""

import secrets
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.cache import caches
from django.http import HttpResponse
from django.test import Client
from django.test.utils import override_settings
from django.urls import include, path

from dialogues.choices import CommitmentEventKind
from dialogues.models import Commitment, CommitmentEvent
from tests import factories
from tests.edition_urls import edition_url
from tests.factories import DEADLINE_ON, DIALOGUE_ON, at_noon
from tests.performance.synthetic_record import update_statistics
from tiptracker.accounts.models import User

COMMITMENTS = 5_000
EVENTS_A_COMMITMENT = 4
MINISTRIES = 10
EXERCISE = "Exercise: made up"
GOAL_TIMES, GOAL_TIMES_FIRST, GOAL_SHARE = 4, 8, 60
"""At most so many times the page that does nothing, kept and the first time; at least so much of the plain page."""
MOST_QUERIES = 6
"""How many queries a list from the cache may send: session, person, language, editions, version, saved filters."""

_bodies = {"nothing": b"", "plain": b""}


@login_required
def _answer(request: Any, body: str) -> HttpResponse:
    return HttpResponse(_bodies[body])


urlpatterns = [path("bench/<str:body>/", _answer), path("", include("tiptracker.urls"))]


def make_commitments() -> User:
    """A post with 5,000 commitments and 20,000 events, a third of them overdue; gives its officer."""
    country = factories.CountryFactory(code="XAD", name=f"{EXERCISE}, {COMMITMENTS} commitments")
    officer = factories.OfficerFactory(email="XAD@exercise.invalid", countries=[country])
    factories.RecommendationFactory(edition__country=country, text=EXERCISE)
    ministries = [factories.MinistryFactory(country=country, short_name=f"{EXERCISE} {n}") for n in range(MINISTRIES)]
    said = {"recorded_at": at_noon(DIALOGUE_ON), "recorded_by": officer}
    rows = Commitment.objects.bulk_create(
        Commitment(
            country=country,
            ministry=ministries[number % MINISTRIES],
            text=f"{EXERCISE}, promise {number} to train officers of the district",
            letter=EXERCISE,
            **said,
        )
        for number in range(COMMITMENTS)
    )
    CommitmentEvent.objects.bulk_create(
        CommitmentEvent(
            commitment=row,
            kind=kind,
            happened_on=DIALOGUE_ON + timedelta(days=place),
            due_on=DEADLINE_ON + timedelta(days=number % 90)
            if kind in (CommitmentEventKind.MADE, CommitmentEventKind.RESCHEDULED)
            else None,
            reason="" if kind in (CommitmentEventKind.MADE, CommitmentEventKind.REPORTED_DONE) else EXERCISE,
            **said,
        )
        for number, row in enumerate(rows)
        for place, kind in enumerate(
            (
                CommitmentEventKind.MADE,
                CommitmentEventKind.RESCHEDULED,
                CommitmentEventKind.REPORTED_DONE,
                CommitmentEventKind.REPORT_RETURNED if number % 3 else CommitmentEventKind.WITHDRAWN,
            )
        )
    )
    return officer


def asked(officer: User) -> dict[str, str]:
    """The addresses that are measured: what is in them, by a name."""
    country = officer.countries.get()
    ministry = country.ministry_set.order_by("pk")[3].pk
    queries: dict[str, dict[str, object]] = {
        "everything": {},
        "overdue": {"status": "overdue"},
        "overdue, of a ministry": {"status": "overdue", "ministry": ministry},
        "overdue, words, page 2": {"status": "overdue", "q": "officers train", "page": 2},
        "of a ministry, by text": {"ministry": ministry, "sort": "text"},
    }
    edition = country.editions.get()
    return {name: edition_url("commitment_list", edition=edition, query=query) for name, query in queries.items()}


def tell_lists(measure: Callable[..., Any], say: Callable[[str], None], queries: Callable[..., Any]) -> Iterator[str]:
    """Print what each list costs beside the other pages, taken in turn; give what is wrong, as sentences."""
    officer = make_commitments()
    update_statistics()
    events = COMMITMENTS * EVENTS_A_COMMITMENT
    say(
        f"\ncommitment_list of {COMMITMENTS:,} commitments, {events:,} events; goals: {GOAL_TIMES} times the page of"
        f" nothing from the cache, {GOAL_TIMES_FIRST} the first time, {GOAL_SHARE} % as many as the plain page"
    )
    say(f"  {'':26}{'ms':>8}{'first':>8}{'× nothing':>11}{'first':>8}{'% of plain':>12}{'queries':>9}{'first':>7}")
    addresses = asked(officer) | {"API, 100 rows": "/api/v1/commitments/?page_size=100"}
    with override_settings(ROOT_URLCONF=__name__):
        client = Client(SERVER_NAME="localhost", headers={"accept-encoding": "gzip"})
        client.force_login(officer)
        for name, address in addresses.items():
            plain = Client(SERVER_NAME="localhost")
            plain.force_login(officer)
            response = plain.get(address)
            assert response.status_code == 200, (name, response.status_code)
            _bodies["plain"] = response.content
            _bodies["nothing"] = secrets.token_bytes(len(response.content) // 2).hex().encode()  # nothing to pack
            kept = lambda at=address: client.get(at)  # noqa: E731 -- one line, of this round
            first = lambda at=address: (caches["pages"].clear(), client.get(at))  # noqa: E731
            with queries() as sent_first:
                first()
            with queries() as sent:
                kept()
            nothing, beside_plain = lambda: client.get("/bench/nothing/"), lambda: client.get("/bench/plain/")
            warm, cold = measure(kept, nothing), measure(first, nothing)
            share = 100 / measure(kept, beside_plain).undisturbed
            say(
                f"  {name:26}{warm.middle:>8.1f}{cold.middle:>8.1f}{warm.undisturbed:>11.1f}{cold.undisturbed:>8.1f}"
                f"{share:>12.0f}{len(sent):>9}{len(sent_first):>7}"
            )
            if len(sent) > MOST_QUERIES and not name.startswith("API"):
                yield f"The list “{name}” sends {len(sent)} queries from the cache; at most {MOST_QUERIES} are wanted."
