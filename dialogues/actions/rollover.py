"""Roll over to the next edition: repeat benchmarks of the year before and link open commitments to them.

A commitment stays one row with its whole history. It gets a further link, so that it supports this year's benchmark as
it supported last year's.
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
from tiptracker.localization import gettext
from tiptracker.validation import EditConflict, insert_row

MOVING_STATUSES = frozenset(
    {CommitmentStatus.OPEN, CommitmentStatus.OVERDUE, CommitmentStatus.WITH_EMBASSY, CommitmentStatus.REPORTED}
)
"""The statuses in which a commitment rolls over: it is neither verified done nor withdrawn."""


class RolloverResult(NamedTuple):
    """The number of benchmarks that were repeated, and of commitments that were linked to them."""

    benchmarks: int
    commitments: int


@transaction.atomic
def roll_over_edition(
    *, edition: Edition, goes: Mapping[Benchmark, Recommendation | Benchmark], by: User, now: datetime
) -> RolloverResult:
    """Repeat benchmarks of the year before in `edition`, and link open commitments to them.

    If the rollover is run again, it links the commitments made since.

    Args:
        goes: for each benchmark of the year before, the recommendation that gets its copy, or the existing benchmark of
            `edition` that asks the same.

    Raises:
        PermissionDenied: if the user may not edit the recommendations of `edition`.
        EditConflict: if one of the benchmarks was rolled over already.
        Refused: on the field "goes_KEY" of a benchmark that can't be rolled over.
    """
    if not can_edit_recommendations(by, edition):
        raise PermissionDenied
    locked = Edition.objects.select_for_update(no_key=True).get(pk=edition.pk)
    lock_rows(Recommendation.objects.filter(edition=locked))
    lock_rows(Benchmark.objects.filter(recommendation__edition=locked))
    before = get_preceding_edition(locked)
    repeated = repeated_benchmarks(locked)
    # commitments are locked before the activity log
    lock_open_commitments([*repeated, *(benchmark.pk for benchmark in goes)], now)
    enqueue_readiness(locked.country_id)
    for benchmark, target in goes.items():
        if benchmark.pk in repeated:
            raise EditConflict(
                gettext(
                    "A colleague has just rolled over benchmark %(benchmark)s of %(year)s, so nothing was saved. Your "
                    "choices are kept. Check the page, then roll over the rest."
                )
                % {"benchmark": benchmark.key, "year": before.year},
            )
        _refuse_other_edition(benchmark, target, before, locked)
        repeated[benchmark.pk] = _repeat_benchmark(benchmark, target, by, now)
    moved = [
        commitment
        for commitment in lock_open_commitments(repeated, now)
        if _move_commitment(commitment, repeated, locked, by, now)
    ]
    if goes or moved:
        after = {"from": before.year, "benchmarks": len(goes), "commitments": [commitment.pk for commitment in moved]}
        record("edition.carried_over", by=by, row=locked, country=locked.country_id, after=after)
    return RolloverResult(len(goes), len(moved))


def repeated_benchmarks(edition: Edition) -> dict[int, Benchmark]:
    """Return the benchmarks of `edition` that repeat one of the year before, by the id of the repeated benchmark."""
    rows = Benchmark.objects.filter(recommendation__edition=edition, repeats__isnull=False)
    return {row.repeats_id: row for row in rows.select_related("recommendation") if row.repeats_id}


def lock_open_commitments(benchmarks: Iterable[int], now: datetime) -> list[Commitment]:
    """Lock and return the commitments linked to any of these benchmarks (ids) that roll over as they stand today."""
    linked = CommitmentBenchmark.objects.current().filter(benchmark__in=benchmarks).values("commitment")
    rows = Commitment.objects.filter(pk__in=linked).select_for_update(no_key=True, of=("self",)).order_by("pk")
    standings = [(row, row.standing_on(now.date())) for row in rows.with_history().prefetch_related("links")]
    return [row for row, standing in standings if standing and standing.status in MOVING_STATUSES]


def _refuse_other_edition(
    benchmark: Benchmark, target: Recommendation | Benchmark, before: Edition, edition: Edition
) -> None:
    """Refuse if the benchmark or its target belongs to another edition, or is retired."""
    recommendation = target.recommendation if isinstance(target, Benchmark) else target
    if (
        benchmark.recommendation.edition_id != before.pk
        or recommendation.edition_id != edition.pk
        or recommendation.is_retired
    ):
        raise Refused(
            "stale_page",
            gettext("This is no longer part of the %(before)s or %(year)s edition. Open this page again.")
            % {"before": before.year, "year": edition.year},
            field=f"goes_{benchmark.pk}",
        )


def _repeat_benchmark(benchmark: Benchmark, target: Recommendation | Benchmark, by: User, now: datetime) -> Benchmark:
    """Return the benchmark that repeats `benchmark`: an existing one, or a copy."""
    try:
        if isinstance(target, Benchmark):
            return link_repeated_benchmark(benchmark=target, repeated=benchmark, by=by)
        return copy_benchmark(benchmark=benchmark, under=target, by=by, now=now)
    except Refused as refusal:
        raise Refused(refusal.code, str(refusal), field=f"goes_{benchmark.pk}") from refusal


def _move_commitment(
    commitment: Commitment, repeated: Mapping[int, Benchmark], edition: Edition, by: User, now: datetime
) -> bool:
    """Link a commitment to the benchmarks that repeat those it supports. Return whether any link is new."""
    links = commitment.links.all()
    linked = {link.benchmark_id for link in links}  # also those that a correction removed: they stay removed
    added = [
        insert_row(
            CommitmentBenchmark(
                commitment=commitment,
                benchmark=repeated[link.benchmark_id],
                reach=link.reach,
                recorded_at=now,
                recorded_by=by,
            )
        )
        for link in links
        if link.removed_in_id is None and link.benchmark_id in repeated and repeated[link.benchmark_id].pk not in linked
    ]
    if added:
        after = {"edition": edition.year, "links": [(link.benchmark_id, link.reach) for link in added]}
        record("commitment.carried_over", by=by, row=commitment, country=edition.country_id, after=after)
    return bool(added)
