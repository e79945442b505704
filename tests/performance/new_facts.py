"""What readiness costs after one new fact, where the process has kept it: read and computed is only what it touches."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from statistics import median
from time import perf_counter

from dialogues.choices import EvidenceDecision
from dialogues.models import EvidenceLink, EvidenceReview
from recommendations.models import Edition
from reports.readiness.gathering import gather_facts
from reports.readiness.kept_readiness import readiness_of
from reports.readiness.readiness import evaluate_readiness
from tests.transactions import record_log_entry
from tiptracker.accounts.models import User

GOAL_MS = 5
MOST_QUERIES = 7
"""The position of the snapshot, five tables whose rows may change, and the one that grew."""
RUNS = 15


def tell_new_facts(
    edition: Edition,
    say: Callable[[str], None],
    counted_queries: Callable[[], AbstractContextManager[list[str]]],
    bare: Callable[[], object],
    now: datetime,
) -> Iterator[str]:
    """Review evidence again and again, and bring readiness up to date each time. Yield what is wrong, as sentences."""
    links = list(EvidenceLink.objects.filter(benchmark__recommendation__edition=edition).order_by("pk")[: RUNS + 2])
    reviewer = User.objects.get_queryset().get(email=f"{edition.country.code}.second@exercise.invalid")
    record_log_entry("thing.changed", by=None)
    took, beside = [], []
    for number, link in enumerate(links):
        EvidenceReview.objects.create(
            evidence_id=link.evidence_id,
            evidence_link=link,
            decision=EvidenceDecision.REJECTED,
            reason="Exercise: made up",
            recorded_at=now + timedelta(minutes=number),
            recorded_by=reviewer,
        )
        began = perf_counter()
        bare()
        beside.append(1000 * (perf_counter() - began))
        with counted_queries() as sent:
            began = perf_counter()
            result = readiness_of(edition, as_of=now.date(), version=number)
            took.append(1000 * (perf_counter() - began))
    del took[:2], beside[:2]  # the first gathers everything; on PostgreSQL the second may do so, too
    say(
        f"  after one new fact: {median(took):.1f} ms (least {min(took):.1f}), {min(took) / min(beside):.2f} times the"
        f" bare SELECT; {len(sent)} queries (at most {MOST_QUERIES}); goal {GOAL_MS} ms"
    )
    if len(sent) > MOST_QUERIES:
        yield f"Readiness after one new fact takes {len(sent)} queries; at most {MOST_QUERIES} are wanted."
    if result != evaluate_readiness(gather_facts(edition), as_of=now.date()):
        yield "Readiness that was brought up to date differs from readiness that is evaluated anew."
