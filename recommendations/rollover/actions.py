"""Record which recommendation of the year before is repeated, and copy its benchmarks."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from recommendations.actions.benchmarks import add_benchmark
from recommendations.actions.readiness_jobs import enqueue_readiness
from recommendations.choices import Rule
from recommendations.models import Benchmark, Edition, Recommendation
from recommendations.permissions import can_edit_recommendations
from tiptracker.accounts.models import User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.infrastructure.locking import lock_rows
from tiptracker.localization import gettext, record_language
from tiptracker.validation import EditConflict, update_row


@transaction.atomic
def set_repeats(*, edition: Edition, repeats: Mapping[int, int | None], seen: str | None, by: User) -> int:
    """Set which recommendation of the year before each recommendation (key) repeats; None means that it is new.

    A recommendation without ministries or indicia takes them from the one that it repeats.

    Args:
        seen: the `recommendations_fingerprint` of the rows on the page; None skips the check.

    Returns:
        How many recommendations of the edition repeat one.

    Raises PermissionDenied, EditConflict, Refused.
    """
    if not can_edit_recommendations(by, edition):
        raise PermissionDenied
    locked = Edition.objects.select_for_update(no_key=True).get(pk=edition.pk)
    lock_rows(Recommendation.objects.filter(edition=locked))
    before = get_preceding_edition(locked)
    old = {row.pk: row for row in list_active_recommendations(before)}
    new = {row.pk: row for row in list_active_recommendations(locked)}
    if seen is not None and seen != recommendations_fingerprint([*old.values(), *new.values()]):
        raise EditConflict(
            gettext(
                "Somebody changed one of the two lists in the meantime, so nothing was saved. Your choices are kept. "
                "Check the current lists, then save again."
            ),
        )
    for key, repeated in repeats.items():
        if key not in new or (repeated is not None and repeated not in old):
            sentence = gettext(
                "One of these recommendations is no longer asked in %(before)d or %(year)d. Open this page again."
            )
            raise Refused("stale_page", sentence % {"before": before.year, "year": locked.year})
    enqueue_readiness(locked.country_id)
    for key, repeated in repeats.items():
        _set_repeated(new[key], old.get(repeated or 0), by)
    return sum(row.repeats_id is not None for row in new.values())


def _set_repeated(row: Recommendation, repeated: Recommendation | None, by: User) -> None:
    """Save the differences and record them in the activity log."""
    was = _repeats_audit_values(row)
    row.repeats = repeated
    if repeated:
        row.lead_id = row.lead_id or repeated.lead_id
        row.indicia = row.indicia or list(repeated.indicia)
        if not was["supporting"]:
            row.supporting.set(repeated.supporting.all())
    after = _repeats_audit_values(row)
    if after == was:
        return
    row.version += 1
    update_row(row)
    record("recommendation.repeats", by=by, row=row, country=row.edition.country_id, before=was, after=after)


def _repeats_audit_values(row: Recommendation) -> dict[str, Any]:
    return {
        "repeats": row.repeats_id,
        "indicia": list(row.indicia),
        "lead": row.lead_id,
        "supporting": sorted(ministry.pk for ministry in row.supporting.all()),
    }


def copy_benchmark(*, benchmark: Benchmark, under: Recommendation, by: User, now: datetime) -> Benchmark:
    """Copy a benchmark, with its terms in force, to a recommendation of the next edition.

    Call it within a transaction. Raises PermissionDenied, or Refused if the benchmark has no terms.
    """
    terms = benchmark.current_terms
    if terms is None:
        raise Refused(
            "no_terms",
            gettext("Benchmark %(benchmark)s has no terms yet, so it cannot be copied. Set its terms first.")
            % {"benchmark": benchmark.key},
        )
    with record_language():
        named = {"benchmark": benchmark.key, "year": benchmark.recommendation.edition.year}
        reason = gettext("As benchmark %(benchmark)s of the %(year)d edition.") % named
    return add_benchmark(
        recommendation=under,
        criterion=terms.criterion,
        rule=Rule(terms.rule),
        target=terms.target,
        weight=terms.weight,
        indicator=terms.indicator,
        is_about_complicity=terms.is_about_complicity,
        reason=reason,
        repeats=benchmark,
        by=by,
        now=now,
    )


@transaction.atomic
def link_repeated_benchmark(*, benchmark: Benchmark, repeated: Benchmark, by: User) -> Benchmark:
    """Record that an existing benchmark asks the same as one of the year before.

    Raises PermissionDenied, or Refused if it already repeats another one.
    """
    if not can_edit_recommendations(by, benchmark.recommendation.edition):
        raise PermissionDenied
    (locked,) = lock_rows(Benchmark.objects.filter(pk=benchmark.pk))
    if locked.repeats_id not in (None, repeated.pk):
        sentence = gettext("Benchmark %(benchmark)s already repeats another one. Copy %(repeated)s, or skip it.")
        raise Refused("repeats_another", sentence % {"benchmark": locked.key, "repeated": repeated.key})
    locked.repeats = repeated
    update_row(locked)
    after = {"repeats": repeated.pk}
    country = locked.recommendation.edition.country_id
    record("benchmark.repeats", by=by, row=locked, country=country, before={"repeats": None}, after=after)
    return locked


def get_preceding_edition(edition: Edition) -> Edition:
    """Return the edition to roll over into `edition`. Raises Refused if there is none."""
    before = Edition.objects.preceding(edition).first()
    if before is None:
        raise Refused(
            "no_preceding_edition",
            gettext("There is no list of a year before %(year)d, so nothing can be rolled over.")
            % {"year": edition.year},
        )
    return before


def list_active_recommendations(edition: Edition) -> list[Recommendation]:
    """Return what an edition asks now, the report's own recommendations first, with ministries."""
    rows = Recommendation.objects.filter(edition=edition).active().select_related("edition")
    return list(rows.prefetch_related("supporting").order_by("-origin", "number"))


def recommendations_fingerprint(rows: Iterable[Recommendation]) -> str:
    """Return a short hash that changes whenever one of these rows changes."""
    versions = ",".join(f"{row.pk}:{row.version}" for row in rows)
    return sha256(versions.encode()).hexdigest()[:16]
