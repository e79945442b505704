"""What the filtered list of commitments costs the server, beside its bare SELECT and a page that does nothing.

The page that does nothing has as many bytes, goes through the same middleware, and asks who reads it.
"""

import re
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import override_settings
from django.urls import include, path

from dialogues.choices import CommitmentEventKind
from dialogues.models import Commitment, CommitmentEvent
from tests import factories
from tests.database_roles import run_as_owner
from tests.edition_urls import edition_url
from tests.factories import DEADLINE_ON, DIALOGUE_ON, at_noon
from tiptracker.accounts.models import User

COMMITMENTS = 5_000
EVENTS_A_COMMITMENT = 4
MINISTRIES = 10
EXERCISE = "Exercise: made up"
GOAL_MS, GOAL_TIMES = 60, 4

_body = b""


@login_required
def _nothing(request: Any) -> HttpResponse:
    return HttpResponse(_body)


urlpatterns = [path("nothing/", _nothing), path("", include("tiptracker.urls"))]


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


class BarePage:
    """The rows of one page by a raw cursor: keys found beforehand, so that the database only fetches them."""

    def __init__(self, keys: list[int]) -> None:
        rows = Commitment.objects.filter(pk__in=keys).select_related("ministry").order_by("pk")
        events = CommitmentEvent.objects.filter(commitment__in=keys).order_by()
        self.statements = [each.query.sql_with_params() for each in (rows, events)]

    def __call__(self) -> int:
        """How many rows there are, each fetched."""
        with connection.cursor() as cursor:
            return sum(len(cursor.execute(*statement) and cursor.fetchall()) for statement in self.statements)


def tell_lists(measure: Callable[..., Any], say: Callable[[str], None], queries: Callable[..., Any]) -> None:
    """Print, for each address, server time beside a bare SELECT of its rows and a page of its bytes, taken in turn."""
    global _body  # noqa: PLW0603 -- what the view above answers with
    officer = make_commitments()
    if connection.vendor == "postgresql":
        run_as_owner("ANALYZE")
    events = COMMITMENTS * EVENTS_A_COMMITMENT
    say(
        f"\ncommitment_list of {COMMITMENTS:,} commitments, {events:,} events; goal {GOAL_MS} ms and {GOAL_TIMES} times"
    )
    say(f"  {'':26}{'ms':>8}{'least':>8}{'× bare SELECT':>15}{'× page of nothing':>19}{'queries':>9}")
    with override_settings(ROOT_URLCONF=__name__):
        client = Client(SERVER_NAME="localhost")
        client.force_login(officer)
        for name, address in asked(officer).items():
            response = client.get(address)
            assert response.status_code == 200, (name, response.status_code)
            _body = secrets.token_bytes(len(response.content) // 2).hex().encode()  # nothing to pack
            keys = sorted({int(key) for key in re.findall(rb"/commitments/(\d+)/", response.content)})
            with queries() as sent:
                client.get(address)
            act = lambda at=address: client.get(at)  # noqa: E731 -- one line, of this round
            bare = measure(act, BarePage(keys))
            beside = measure(act, lambda: client.get("/nothing/"))
            say(
                f"  {name:26}{beside.middle:>8.1f}{beside.least:>8.1f}{bare.undisturbed:>15.1f}"
                f"{beside.undisturbed:>19.1f}{len(sent):>9}"
            )
