"""What runs of the notices cost a country with many people and commitments: the first, a second one, the next day's."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

from django.db import connection

from dialogues.choices import CommitmentEventKind
from dialogues.models import Commitment, CommitmentEvent
from reports.actions.notices import notify
from tests import factories
from tiptracker.accounts.models import Country, Ministry, User
from tiptracker.mail.models import Mail
from tiptracker.notifications.models import Notice

EXERCISE = "Exercise: made up"
MINISTRIES, PEOPLE, COMMITMENTS = 100, 1_000, 20_000
SHORT_PEOPLE, SHORT_COMMITMENTS = 200, 2_000
"""The same in a short run, which judges the number of queries only."""
OVERDUE_EVERY = 10
MOST_QUERIES_A_COUNTRY = 40
GOAL_SECONDS = 60


def make_country(now: datetime, people: int, commitments: int) -> Country:
    """Make a country with focal points, and commitments of which every tenth is overdue by a week."""
    country = factories.CountryFactory(code="XAH", name=f"{EXERCISE}, {commitments} commitments")
    recorder = factories.OfficerFactory(email="XAH@exercise.invalid", countries=[country])
    ministries = Ministry.objects.bulk_create(
        Ministry(country=country, name=f"{EXERCISE} {number}", short_name=f"X{number}") for number in range(MINISTRIES)
    )
    User.objects.bulk_create(
        User(
            email=f"focal{number}@exercise.invalid",
            name=f"{EXERCISE} {number}",
            role="focal_point",
            ministry=ministries[number % MINISTRIES],
        )
        for number in range(people)
    )
    made_at = now - timedelta(days=60)
    rows = Commitment.objects.bulk_create(
        Commitment(
            country=country,
            ministry=ministries[number % MINISTRIES],
            text=f"{EXERCISE} {number}",
            letter=EXERCISE,
            recorded_at=made_at,
            recorded_by=recorder,
        )
        for number in range(commitments)
    )
    CommitmentEvent.objects.bulk_create(
        CommitmentEvent(
            commitment=row,
            kind=CommitmentEventKind.MADE,
            happened_on=made_at.date(),
            due_on=now.date() + timedelta(days=-7 if number % OVERDUE_EVERY == 0 else 20 + number % 60),
            recorded_at=made_at,
            recorded_by=recorder,
        )
        for number, row in enumerate(rows)
    )
    return country


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    """The statements that the body sends, reading and writing."""
    sent: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *others: Any) -> Any:
        sent.append(sql)
        return execute(sql, *others)

    with connection.execute_wrapper(note):
        yield sent


def tell_notices(say: Callable[[str], None], now: datetime, *, is_short: bool) -> Iterator[str]:
    """Run the notices over a large country. Yield what is wrong with the number of statements and of rows.

    The first run has to tell all at once; the daily run is that of the next day.
    """
    people, commitments = (SHORT_PEOPLE, SHORT_COMMITMENTS) if is_short else (PEOPLE, COMMITMENTS)
    country = make_country(now, people, commitments)
    notify(now=now)  # the other countries of the benchmark, and this one, are told what there is
    say(
        f"notices: {Notice.objects.filter(country=country).count()} rows and {Mail.objects.count()} mails "
        f"for {people} people and {commitments} commitments"
    )
    Notice.objects.all().delete()
    Mail.objects.all().delete()
    others = Country.objects.count()
    for name, moment in (("first run", now), ("repeated run", now), ("daily run", now + timedelta(days=1))):
        began = perf_counter()
        with counted_statements() as sent:
            result = notify(now=moment)
        say(
            f"  {name}: {perf_counter() - began:.1f} s (goal: {GOAL_SECONDS}), {len(sent)} statements for {others} "
            f"countries, {result.written} notices, {result.sent} mails"
        )
        if name != "first run" and len(sent) > MOST_QUERIES_A_COUNTRY * others:
            yield f"the {name} of the notices sent {len(sent)} statements for {others} countries"
        if name == "repeated run" and (result.written or result.sent):
            yield f"the repeated run of the notices told {result.written} things again"
        if name == "daily run" and not result.sent:
            yield "the daily run of the notices told nothing, so it measures nothing"
