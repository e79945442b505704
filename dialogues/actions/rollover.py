"""Carrying an edition over: the benchmarks of the year before asked again, and open commitments moved along to them.

A commitment stays one row with its whole history: it gets a further link, so that it works towards this year's
benchmark as it did towards that of the year before.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction

from dialogues.choices import CommitmentStatus
from dialogues.models import Commitment, CommitmentBenchmark
from recommendations.actions.readiness_jobs import enqueue_readiness
from recommendations.models import Benchmark, Edition, Recommendation
from recommendations.permissions import can_edit_recommendations
from recommendations.rollover.actions import copy_benchmark, get_preceding_edition, link_repeated_benchmark
from tiptracker.accounts.models import User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.infrastructure.locking import lock_rows
from tiptracker.validation import EditConflict, insert_row

MOVING_STATUSES = frozenset(
    {CommitmentStatus.OPEN, CommitmentStatus.OVERDUE, CommitmentStatus.WITH_EMBASSY, CommitmentStatus.REPORTED}
)
"""How a commitment stands that moves along: nobody has said yet that it was kept, or is off."""


class RolloverResult(NamedTuple):
    """What was carried over: benchmarks that are asked again, commitments that moved along."""

    benchmarks: int
    commitments: int


@transaction.atomic
def roll_over_edition(
    *, edition: Edition, goes: Mapping[Benchmark, Recommendation | Benchmark], by: User, now: datetime
) -> RolloverResult:
    """Ask benchmarks of the year before again in `edition`, and move open commitments along to what is asked again.

    `goes` says of a benchmark under which recommendation its copy stands, or which benchmark that is there already asks
    the same. Done again, it moves what was promised since. Raises PermissionDenied; ChangedMeanwhile where one was
    carried over already; Refused, its field "goes_KEY".
    """
    if not can_edit_recommendations(by, edition):
        raise PermissionDenied
    locked = Edition.objects.select_for_update(no_key=True).get(pk=edition.pk)
    lock_rows(Recommendation.objects.filter(edition=locked))
    lock_rows(Benchmark.objects.filter(recommendation__edition=locked))
    before = get_preceding_edition(locked)
    there = repeated_benchmarks(locked)
    lock_open_commitments([*there, *(benchmark.pk for benchmark in goes)], now)  # held before the log is
    enqueue_readiness(locked.country_id)
    for benchmark, target in goes.items():
        if benchmark.pk in there:
            raise EditConflict(
                f"{benchmark.key} of {before.year} was carried over meanwhile, so nothing of yours was saved. What you "
                "chose is kept: look at what stands now, then carry the rest over."
            )
        _refuse_other_edition(benchmark, target, before, locked)
        there[benchmark.pk] = _repeat_benchmark(benchmark, target, by, now)
    moved = [one for one in lock_open_commitments(there, now) if _move_commitment(one, there, locked, by, now)]
    if goes or moved:
        after = {"from": before.year, "benchmarks": len(goes), "commitments": [one.pk for one in moved]}
        record("edition.carried_over", by=by, row=locked, country=locked.country_id, after=after)
    return RolloverResult(len(goes), len(moved))


def repeated_benchmarks(edition: Edition) -> dict[int, Benchmark]:
    """By the key of a benchmark of the year before, the one of `edition` that repeats it."""
    rows = Benchmark.objects.filter(recommendation__edition=edition, repeats__isnull=False)
    return {row.repeats_id: row for row in rows.select_related("recommendation") if row.repeats_id}


def lock_open_commitments(benchmarks: Iterable[int], now: datetime) -> list[Commitment]:
    """Those towards any of these benchmarks (keys) that move along as they stand now, held; with their links."""
    towards = CommitmentBenchmark.objects.filter(benchmark__in=benchmarks).values("commitment")
    rows = Commitment.objects.filter(pk__in=towards).select_for_update(no_key=True, of=("self",)).order_by("pk")
    found = [(row, row.standing_on(now.date())) for row in rows.with_history().prefetch_related("links")]
    return [row for row, standing in found if standing and standing.status in MOVING_STATUSES]


def _refuse_other_edition(
    benchmark: Benchmark, target: Recommendation | Benchmark, before: Edition, edition: Edition
) -> None:
    """Refuse where either is of another edition, or no longer asked."""
    place = target.recommendation if isinstance(target, Benchmark) else target
    if benchmark.recommendation.edition_id != before.pk or place.edition_id != edition.pk or place.is_retired:
        raise Refused(
            f"That is no longer asked in {before.year} or {edition.year}. Open this page again.",
            field=f"goes_{benchmark.pk}",
        )


def _repeat_benchmark(benchmark: Benchmark, target: Recommendation | Benchmark, by: User, now: datetime) -> Benchmark:
    """The benchmark that asks the same as one of the year before, copied or there already."""
    try:
        if isinstance(target, Benchmark):
            return link_repeated_benchmark(benchmark=target, repeated=benchmark, by=by)
        return copy_benchmark(benchmark=benchmark, under=target, by=by, now=now)
    except Refused as refusal:
        raise Refused(str(refusal), field=f"goes_{benchmark.pk}") from refusal


def _move_commitment(
    commitment: Commitment, there: Mapping[int, Benchmark], edition: Edition, by: User, now: datetime
) -> bool:
    """Link it to what asks again what it works towards; whether any link was new."""
    known = {link.benchmark_id for link in commitment.links.all()}
    added = [
        insert_row(
            CommitmentBenchmark(
                commitment=commitment,
                benchmark=there[link.benchmark_id],
                reach=link.reach,
                recorded_at=now,
                recorded_by=by,
            )
        )
        for link in commitment.links.all()
        if link.benchmark_id in there and there[link.benchmark_id].pk not in known
    ]
    if added:
        after = {"edition": edition.year, "links": [(link.benchmark_id, link.reach) for link in added]}
        record("commitment.carried_over", by=by, row=commitment, country=edition.country_id, after=after)
    return bool(added)
