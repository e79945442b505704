"""`make bench`: what readiness costs, beside a bare SELECT of the same rows, on a made-up record in its own database.

Then what it costs after one new fact (`new_facts.py`), a long list (`lists.py`), the search (`search.py`), an
observer's pages (`observer.py`), and the ambassador's briefing (`briefings.py`), each beside what does alike, a
narrative as a PDF (`narratives.py`), a long table of recommendations (`tables.py`), runs of the notices (`notices.py`),
the nights of all posts (`nightly.py`), drafts of the yearly questions (`questions.py`), pages of ministries' work
(`work_pages.py`), and the start of the demonstration (`start.py`).

Milliseconds are printed and never judged, since machines differ. What makes the run fail (exit 1) is what every
machine agrees on: how many queries are sent, and how cost grows with the number of facts. ONLY_JUDGED=1 leaves out the
rest.
"""

import gc
import logging
import os
import shutil
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from gzip import compress
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

from tests.conftest import MASERU, VAR_DIR  # sets the environment of the tests, and with it Django, first

from django.conf import settings  # isort: skip
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import teardown_databases
from django.urls import reverse
from django.utils import timezone

from dialogues.models import (
    Assessment,
    CommitmentBenchmark,
    CommitmentEvent,
    Evidence,
    EvidenceLink,
    EvidenceReview,
    Reading,
    UpdateVersion,
)
from recommendations.models import Benchmark, BenchmarkTerms, Edition, Recommendation, RecommendationTerms
from reports.readiness.explanation.changes import RecordMoment, find_changes
from reports.readiness.explanation.trend import weekly_scores
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import evaluate_readiness
from reports.views.next_steps import next_steps_context
from tests.database_roles import as_owner, set_up_databases
from tests.edition_urls import edition_url
from tests.factories import PERIOD_ENDS_ON
from tests.performance.briefings import tell_briefings
from tests.performance.lists import tell_lists
from tests.performance.narratives import tell_narratives
from tests.performance.new_facts import tell_new_facts
from tests.performance.nightly import tell_nightly
from tests.performance.notices import tell_notices
from tests.performance.observer import tell_observer
from tests.performance.questions import tell_questions
from tests.performance.search import tell_search
from tests.performance.start import tell_start
from tests.performance.synthetic_record import make_edition, update_statistics
from tests.performance.tables import tell_tables
from tests.performance.work_pages import tell_work_pages
from tiptracker.accounts.models import User

SIZES = {"XAA": 200, "XAB": 2_000, "XAC": 20_000}
"""Pieces of evidence, by the code of the made-up country: 1×, 10×, 100×."""
GOAL_IS_FOR = "XAB"
MOST_QUERIES = 12
MOST_GROWTH = 1.8
"""How much dearer a fact may be at 100× than at 10×, both measured against the bare SELECT run beside it.

Linear cost gives about 1, n log n 1.3, quadratic 10; on busy machines it was seen between 0.7 and 1.4. Something
quadratic with a share s of the cost at 10× gives about 1 + 9s, so a tenth of it is seen, or less than a third where
what doesn't grow still weighs at 10×. Smaller records than these would hide it altogether.
"""
MOST_RUNS, FEWEST_RUNS, SECONDS = 15, 3, 2.0
"""How often a thing is measured: until so many runs or, from the fewest on, so many seconds."""

TODAY = PERIOD_ENDS_ON
NOW = datetime.combine(TODAY, time(17), MASERU)
FOUR_WEEKS = timedelta(weeks=4)

COLUMNS = {
    Recommendation: ("edition", "id number origin lead_id"),
    RecommendationTerms: ("recommendation__edition", "id recommendation_id recorded_at pillar number is_retired"),
    Benchmark: ("recommendation__edition", "id recommendation_id letter"),
    BenchmarkTerms: (
        "benchmark__recommendation__edition",
        "id benchmark_id recorded_at rule weight target indicator_id is_about_complicity recommendation_id letter",
    ),
    Reading: (
        "indicator__country__editions",
        "id indicator_id recorded_at starts_on through_on figure direction evidence_id update_version_id source",
    ),
    Evidence: (
        "country__editions",
        "id recorded_at happened_from happened_to done_by update_version_id revises_id",
    ),
    EvidenceLink: ("evidence__country__editions", "id evidence_id benchmark_id recorded_at shows"),
    EvidenceReview: ("evidence__country__editions", "id evidence_id evidence_link_id recorded_at decision first_on"),
    UpdateVersion: (
        "update__commitment__country__editions",
        "id recorded_at claimed decision__decision decision__recorded_at update__commitment_id",
    ),
    Assessment: ("benchmark__recommendation__edition", "id benchmark_id recorded_at verdict grounds__evidence_id"),
    CommitmentBenchmark: ("benchmark__recommendation__edition", "commitment_id benchmark_id reach"),
    CommitmentEvent: (
        "commitment__country__editions",
        "id commitment_id recorded_at kind happened_on due_on",
    ),
}
"""What a bare SELECT reads: how each table's rows belong to an edition, and the columns that readiness reads."""


def say(line: str = "") -> None:
    """Print a line at once, also where the output is a file."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class Spread(NamedTuple):
    """Several runs of one thing: milliseconds, and how many times its bare SELECT they took.

    `ratio` is the median; `undisturbed` compares the least of both, which others' work touches least.
    """

    middle: float
    least: float
    most: float
    ratio: float
    undisturbed: float


@dataclass
class Measured:
    """One edition of a size: how many facts a bare SELECT brings, and what was measured of it."""

    edition: Edition
    facts: int
    spreads: dict[str, Spread] = field(default_factory=dict)


class BareSelect:
    """The rows that readiness reads, table by table, by a raw cursor: what the database alone costs."""

    def __init__(self, edition: Edition) -> None:
        self.statements = [
            model._default_manager.filter(**{path: edition.pk})
            .order_by()
            .values_list(*columns.split())
            .query.sql_with_params()
            for model, (path, columns) in COLUMNS.items()
        ]

    def __call__(self) -> int:
        """How many rows there are, each fetched."""
        with connection.cursor() as cursor:
            return sum(len(cursor.execute(*statement) and cursor.fetchall()) for statement in self.statements)


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    """The SELECT statements that the body sends."""
    sent: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *others: Any) -> Any:
        if sql.lstrip("( ").upper().startswith(("SELECT", "WITH")):
            sent.append(sql)
        return execute(sql, *others)

    with connection.execute_wrapper(note):
        yield sent


def measure(act: Callable[[], Any], beside: Callable[[], Any]) -> Spread:
    """Time an act and what it is compared with, in turn, so that a machine that slows down slows both."""
    took: list[float] = []
    bare: list[float] = []
    act()
    began = perf_counter()
    while len(took) < MOST_RUNS and (len(took) < FEWEST_RUNS or perf_counter() - began < SECONDS):
        bare.append(1000 * seconds_of(beside))
        took.append(1000 * seconds_of(act))
    ratios = [seconds / other for seconds, other in zip(took, bare, strict=True)]
    return Spread(median(took), min(took), max(took), median(ratios), min(took) / min(bare))


def seconds_of(act: Callable[[], Any]) -> float:
    began = perf_counter()
    act()
    return perf_counter() - began


def measure_edition(edition: Edition, *, is_whole: bool) -> Measured:
    """What is done with an edition's facts; the whole list, or only what is asked of every size."""
    bare = BareSelect(edition)
    measured = Measured(edition, bare())
    facts = gather_facts(edition)
    result = evaluate_readiness(facts, as_of=TODAY, known_by=NOW)
    before, after = RecordMoment(TODAY - FOUR_WEEKS, NOW - FOUR_WEEKS), RecordMoment(TODAY, NOW)
    acts: dict[str, Callable[[], Any]] = {
        "bare SELECT": bare,
        "facts gathered": lambda: gather_facts(edition),
        "one edition as of one day": lambda: evaluate_readiness(gather_facts(edition), as_of=TODAY, known_by=NOW),
        "weekly trend": lambda: weekly_scores(facts, NOW),
    }
    if is_whole:
        acts |= {
            "gain of each open benchmark": result.benchmark_gains,
            "next steps": result.next_steps,
            "smallest set": result.smallest_set,
            "what changed in four weeks": lambda: find_changes(facts, before, after),
        }
    for name, act in acts.items():
        measured.spreads[name] = measure(act, bare)
    return measured


def check_queries(edition: Edition) -> Iterator[str]:
    """What is wrong with how many queries are sent, as sentences."""
    with counted_queries() as sent:
        facts = gather_facts(edition)
        result = evaluate_readiness(facts, as_of=TODAY, known_by=NOW)
        for_one_day = len(sent)
        weekly_scores(facts, NOW)
        for_trend = len(sent) - for_one_day
        result.benchmark_gains()
        result.next_steps()
        result.smallest_set()
        find_changes(facts, RecordMoment(TODAY - FOUR_WEEKS), RecordMoment(TODAY))
        for_others = len(sent) - for_one_day - for_trend
    say(
        f"  queries at {edition.country}: {for_one_day} for one day (at most {MOST_QUERIES}), {for_trend} more for the"
        f" trend, {for_others} more for gains, next steps, smallest set and what changed"
    )
    if for_one_day > MOST_QUERIES:
        yield f"One edition as of one day takes {for_one_day} queries; at most {MOST_QUERIES} are wanted."
    if for_trend or for_others:
        yield f"From the same facts nothing more is asked, but {for_trend + for_others} queries were sent."


def check_growth(base: Measured, large: Measured) -> Iterator[str]:
    """What grows faster than the facts, as sentences: cost a fact at 100× over that at 10×, in bare SELECTs."""
    for name in ("one edition as of one day", "weekly trend"):
        growth = large.spreads[name].undisturbed / base.spreads[name].undisturbed
        say(f"  growth of {name}: a fact costs {growth:.2f} times as much at 100× as at 10× (at most {MOST_GROWTH})")
        if growth > MOST_GROWTH:
            yield f"The cost of “{name}” grows faster than the facts: {growth:.2f} times as much for each."


def tell(measured: Measured, goals: dict[str, int]) -> None:
    say(f"\n{measured.edition.country}: {measured.facts:,} rows read")
    say(f"  {'':28}{'median':>10}{'least':>10}{'most':>10}{'× bare SELECT':>15}{'µs a row':>10}")
    for name, spread in measured.spreads.items():
        goal = f"  goal {goals[name]} ms" if name in goals else ""
        each = 1000 * spread.middle / measured.facts
        times = "".join(f"{ms:>7.1f} ms" for ms in (spread.middle, spread.least, spread.most))
        say(f"  {name:28}{times}{spread.ratio:>15.2f}{each:>10.2f}{goal}")


def tell_memory(edition: Edition) -> None:
    """The most that gathering and judging an edition holds at once, beyond what was there before."""
    tracemalloc.start()
    facts = gather_facts(edition)
    kept, most = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    evaluate_readiness(facts, as_of=TODAY, known_by=NOW)
    _, judged = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    told = [f"{size / 1e6:.1f} MB" for size in (most, kept, judged)]
    say("  memory: gathering peaks at {}, the facts are {}, readiness peaks at {}".format(*told))


def tell_pages(edition: Edition) -> None:
    """What the pages of an edition weigh as they are served, without headers and what a browser keeps."""
    client = Client(headers={"accept-encoding": "gzip, br"}, SERVER_NAME="localhost")
    client.force_login(User.objects.get_queryset().get(email=f"{edition.country.code}@exercise.invalid"))
    for name in ("dashboard", "readiness_detail"):
        with counted_queries() as sent:
            began = perf_counter()
            response = client.get(edition_url(name, edition=edition))
            took = perf_counter() - began
        assert response.status_code == 200, (name, response.status_code)
        encoding = response.headers.get("content-encoding")
        body = response.content
        more = f"compressed ({encoding})" if encoding else f"not compressed; by gzip {len(compress(body)):,}"
        say(f"  {name}: {len(body):,} bytes on the wire, {more}; {len(sent)} queries, {1000 * took:.0f} ms once")


def tell_next_steps(edition: Edition) -> None:
    """What next steps cost of the dashboard: worked out, named by five queries at most and told, beside all of it."""
    user = User.objects.get_queryset().get(email=f"{edition.country.code}@exercise.invalid")
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    result = evaluate_readiness(gather_facts(edition), as_of=TODAY, known_by=NOW)
    told = measure(
        lambda: next_steps_context(user, result, result.next_steps(), edition), lambda: client.get(reverse("dashboard"))
    )
    say(f"  next steps: {told.middle:.1f} ms, {100 * told.ratio:.0f} % of the dashboard (goal: 23 %, 30 % more)")


def tell_secrets(seen: Edition, unseen: Edition) -> None:
    """Whether time tells what is there: how long an answer takes beside one on what isn't, in turn; 1.00 is alike.

    The suite holds the work to be the same, by hashes and statements; this shows it on a clock.
    """
    person = User.objects.get_queryset().get(email=f"{seen.country.code}@exercise.invalid")
    person.set_password("what nobody types here")
    person.save()
    reader = Client(SERVER_NAME="localhost")
    reader.force_login(person)
    stranger = Client(SERVER_NAME="localhost")

    def sign_in(email: str) -> None:
        caches["lock_outs"].clear()  # five tries are all that is allowed
        stranger.post(reverse("account_login"), {"login": email, "password": "wrong"})

    def look_for(key: int) -> None:
        response = reader.get(reverse("evidence_detail", args=[key]))
        assert response.status_code == 404, response.status_code

    hidden = Evidence.objects.get_queryset().filter(country=unseen.country).values_list("pk", flat=True)[0]
    logger = logging.getLogger("django.request")
    logger.setLevel(logging.ERROR)  # each 404 is a line otherwise
    for name, beside, act in (
        (
            "wrong password, nobody’s over an account’s",
            lambda: sign_in(person.email),
            lambda: sign_in("no@one.invalid"),
        ),
        ("404, unseen over never there", lambda: look_for(10**9), lambda: look_for(hidden)),
    ):
        told = measure(act, beside)
        say(f"  {name}: {told.ratio:.2f} times as long (at least {told.least:.1f} ms)")


def run() -> list[str]:
    """Make the record, measure, print; gives what is wrong, as sentences."""
    settings.DEMO_CLOCK = f"{NOW.isoformat()} {timezone.now().isoformat()}"
    began = perf_counter()
    editions = {code: make_edition(code, evidence) for code, evidence in SIZES.items()}
    update_statistics()  # autovacuum would have, by the time anybody reads
    gc.collect()
    gc.freeze()  # as a web process does once it is loaded; the collector takes twice as long among these modules
    say(f"{connection.vendor}, Python {sys.version.split()[0]}; rows made in {perf_counter() - began:.1f} s")
    goals = {"one edition as of one day": 35, "weekly trend": 150, "gain of each open benchmark": 100}
    is_short = bool(os.environ.get("ONLY_JUDGED"))
    measured = {}
    for code, edition in editions.items():
        measured[code] = measure_edition(edition, is_whole=code == GOAL_IS_FOR and not is_short)
        tell(measured[code], goals if code == GOAL_IS_FOR and not is_short else {})
    say()
    wrong = [query for code in (min(SIZES), GOAL_IS_FOR) for query in check_queries(editions[code])]
    wrong += check_growth(measured[GOAL_IS_FOR], measured[max(SIZES)])
    goal_edition = editions[GOAL_IS_FOR]
    wrong += tell_new_facts(goal_edition, say, counted_queries, BareSelect(goal_edition), NOW)
    if not is_short:
        tell_memory(editions[GOAL_IS_FOR])
        tell_pages(editions[GOAL_IS_FOR])
        tell_next_steps(editions[GOAL_IS_FOR])
        tell_secrets(editions[GOAL_IS_FOR], editions[min(SIZES)])
        wrong += tell_lists(measure, say, counted_queries)
        tell_search(measure, say, counted_queries)
        tell_observer(editions[GOAL_IS_FOR], measure, say, counted_queries)
    wrong += [
        *tell_briefings(say, counted_queries, NOW),
        *tell_narratives(say),
        *tell_tables(say, counted_queries, NOW),
        *tell_notices(say, NOW, is_short=is_short),
        *tell_nightly(say, NOW, is_short=is_short),
        *tell_questions(editions[GOAL_IS_FOR], say, counted_queries, NOW),
    ]
    if not is_short:
        tell_work_pages(measure, say, counted_queries)
        tell_start(say)
    return wrong


def run_in_own_database(name: str, measure: Callable[[], list[str]]) -> int:
    """Measure in a new database, and print what is wrong after the name. Gives the exit code."""
    made = set_up_databases()
    try:
        wrong = measure()
    finally:
        with as_owner():
            teardown_databases(made, verbosity=0)
        shutil.rmtree(VAR_DIR, ignore_errors=True)
    for sentence in dict.fromkeys(wrong):
        say(f"{name}: {sentence}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(run_in_own_database("bench", run))
