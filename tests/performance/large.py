"""`make bench-large`: the plans of all lists with 188 posts and 3 million pieces of evidence, on PostgreSQL.

Each list, the search, the pages of readiness and the work of the night are asked for as people and workers ask. Each
statement that they send is run again with EXPLAIN (ANALYZE, BUFFERS). Printed is, of each page, the slowest statement,
its time and its plan in short. The run fails (exit 1) if a plan reads a table that grows from beginning to end, or if a
page does not answer. Milliseconds are never judged.
"""

import os
import sys
from collections.abc import Callable, Collection, Iterator
from datetime import timedelta
from time import perf_counter
from typing import NamedTuple

from tests.performance.bench import NOW, run_in_own_database, say  # sets the tests' environment, and Django, first

from django.conf import settings  # isort: skip
from django.core.cache import caches
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reports.actions import nightly_readiness, notices
from tests.database_roles import run_as_owner
from tests.edition_urls import edition_url
from tests.performance.large_record import (
    COMMITMENT_MODELS,
    COMMITMENTS_IN_ONE,
    CopiedPost,
    FirstPost,
    make_posts,
)
from tests.performance.plans import Plan, Statement, captured_statements, explain, pages_of_tables
from tests.test_list_queries import LISTS
from tiptracker import housekeeping
from tiptracker.accounts.models import User
from tiptracker.audit.actions import log_now
from tiptracker.notifications.models import Notice

FEW_PAGES = 128
"""A table of so many pages (1 MB) may be read from beginning to end."""
SLOW_MS = 100
"""Statements that take longer are printed besides the slowest of a page."""
POSTS_AND_YEARS = {
    "accounts_country", "accounts_district", "accounts_ministry", "accounts_officeholder", "accounts_user",
    "accounts_user_countries", "recommendations_benchmark", "recommendations_benchmarkterms",
    "recommendations_edition", "recommendations_editionterms", "recommendations_indicator",
    "recommendations_milestone", "recommendations_question", "recommendations_questionterms",
    "recommendations_recommendation", "recommendations_recommendationterms",
}  # fmt: skip
"""Tables that grow only with posts and years, by at most some thousand rows a year. All others grow with the work."""
OF_COMMITMENTS = {model._meta.db_table for model in COMMITMENT_MODELS}
"""Of these, one post holds a fifth. To read all of them for its pages is right."""
COUNTED_ENTRIES = {"audit_auditentry"}
"""An administrator's log says how many entries of all countries there are, which no index tells."""

NOTICES_WAIT = "notices: mails, all posts at once"
"""Every notice of every post waits, as after a long outage. To read all of them is right."""


class Page(NamedTuple):
    """A page that is asked for: its name, who asks, and its address.

    `is_large`: of the post with 20,000 commitments.
    """

    name: str
    person: User
    address: str
    is_large: bool = False


def pages_of_post(post: CopiedPost, observer: User) -> Iterator[Page]:
    """Yield the pages of an ordinary post."""
    for listed in LISTS:
        if "as=" in listed.query:
            continue  # an export reads all rows of a country, as it should
        name = " ".join(filter(None, (listed.name, listed.query, listed.reader)))
        yield Page(name, getattr(post, listed.reader), listed.address(post))
    edition = post.edition
    for name in ("dashboard", "readiness_detail", "my_tasks", "calendar_month", "readiness_trend"):
        yield Page(f"{name} reviewer", post.reviewer, edition_url(name, edition=edition))
    filters = {
        "evidence_list": ("", "page=500", "sort=title", "sort=received&page=9", "q=kelimonu",
            "word=unreviewed", "word=verified", "shows=action", "kind=court", "since=2021-05-01&until=2021-06-01"),
        "my_tasks": ("",),
        "recommendation_list": ("",),
    }  # fmt: skip
    for name, queries in filters.items():
        for query in queries:
            yield Page(f"{name} {query} observer", observer, f"{edition_url(name, edition=edition)}?{query}")
    for query in ("kelimonu", "shelter", "piece 1999", "exercise kelimonu", "nowhere"):
        for person in (observer, post.officer, post.focal_point):
            address = f"{reverse('search')}?q={query.replace(' ', '+')}"
            yield Page(f"search {query} {person.role}", person, address)
    for person in (post.officer, post.focal_point, observer, post.administrator):
        yield Page(f"overview {person.role}", person, "/")


def pages_of_large_post(first: FirstPost, observer: User) -> Iterator[Page]:
    """Yield pages of the post with 20,000 commitments."""
    for name, queries in {
        "commitment_list": ("", "status=overdue", "status=overdue&q=promise&page=2", "sort=text", "sort=moved"),
        "recommendation_list": ("",),
        "dashboard": ("",),
    }.items():
        for query in queries:
            address = f"{edition_url(name, edition=first.edition)}?{query}"
            yield Page(f"{name} {query} observer, {COMMITMENTS_IN_ONE:,} commitments", observer, address, is_large=True)


def work_of_night(post: CopiedPost) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield what the workers do by the clock, as functions."""
    now, country = NOW + timedelta(hours=12), post.country
    yield "nightly: who is due", lambda: nightly_readiness.queue_countries(now=now, logged_by=log_now())
    yield "nightly: a country", lambda: nightly_readiness.compute_country_readiness(country=country, now=now)
    yield "notices: a country, all at once", lambda: notices._update_country(country, now)
    yield "notices: the same again", lambda: notices._update_country(country, now)
    yield NOTICES_WAIT, lambda: notices.queue_notice_mails(now=now)
    Notice.objects.exclude(country=country).update(delivered_at=now)
    run_as_owner("ANALYZE notifications_notice")  # autovacuum would have
    yield "notices: mails, one post", lambda: notices.queue_notice_mails(now=now)
    yield "housekeeping", lambda: housekeeping.remove_expired(now=timezone.now())


class Judge:
    """Prints the plans of what is asked, and remembers what is wrong."""

    def __init__(self) -> None:
        self.sizes = pages_of_tables()
        self.wrong: list[str] = []

    def judge(self, name: str, act: Callable[[], object], *, may_read: Collection[str] = POSTS_AND_YEARS) -> None:
        """Do something, explain each statement it sent, print the slowest, and note what is read through."""
        with captured_statements() as sent:
            began = perf_counter()
            try:
                answer = act()
            except Exception as error:  # noqa: BLE001 -- told, and the others are judged
                answer = None
                self.wrong.append(f"{name}: {error!r}")
            took = 1000 * (perf_counter() - began)
        status = getattr(answer, "status_code", 200)
        if status not in (200, 302):
            self.wrong.append(f"{name}: the answer was {status}")
        in_database = sum(statement.ms for statement in sent)
        say(f"\n{name}: {took:.0f} ms, of which {in_database:.0f} ms for {len(sent)} statements")
        plans = list(filter(None, map(self._explain, {one.sql: one for one in sent}.values())))
        slowest = sorted(plans, key=lambda plan: -plan.ms)
        for place, plan in enumerate(slowest):
            through = sorted(
                table for table in plan.read_through() - {*may_read} if self.sizes.get(table, 0) > FEW_PAGES
            )
            if through:
                self.wrong.append(f"{name}: a statement reads all of {', '.join(through)}")
            if place == 0 or plan.ms > SLOW_MS or through:
                say(f"    {plan.ms:.1f} ms, {plan.pages:,} pages: {plan.in_short()}")
            if os.environ.get("SHOW_SQL") and (plan.ms > SLOW_MS or through):
                say(f"        {plan.statement.sql}\n        {plan.statement.params}"[:6000])

    def _explain(self, statement: Statement) -> Plan | None:
        try:
            return explain(statement)
        except DatabaseError as error:
            self.wrong.append(f"not explained: {error}: {statement.sql[:200]}")
            return None


def run() -> list[str]:
    """Make the record, ask, print; give what is wrong, as sentences."""
    settings.DEMO_CLOCK = f"{NOW.isoformat()} {timezone.now().isoformat()}"
    say("188 posts and 3 million pieces of evidence")
    first, observer = make_posts(say)
    judge = Judge()
    only = os.environ.get("ONLY", "")
    post = CopiedPost(first, 1)
    for page in [*pages_of_post(post, observer), *pages_of_large_post(first, observer)]:
        if only in page.name:
            client = Client(SERVER_NAME="localhost", raise_request_exception=False)
            client.force_login(page.person)
            for cache in caches.all():
                cache.clear()
            may_read = POSTS_AND_YEARS | (OF_COMMITMENTS if page.is_large else set())
            if page.name == "log_list administrator":
                may_read |= COUNTED_ENTRIES
            judge.judge(page.name, lambda by=client, at=page.address: by.get(at), may_read=may_read)
    for name, act in work_of_night(post):
        if only in name:
            may_read = POSTS_AND_YEARS | ({Notice._meta.db_table} if name == NOTICES_WAIT else set())
            judge.judge(name, act, may_read=may_read)
    return judge.wrong


def main() -> int:
    if connection.vendor != "postgresql":
        say("bench-large: needs PostgreSQL. Set DATABASE_URL, such as postgres://postgres@127.0.0.1:5432/bench.")
        return 1
    return run_in_own_database("bench-large", run)


if __name__ == "__main__":
    sys.exit(main())
