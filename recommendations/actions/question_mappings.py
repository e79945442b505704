"""Correct and confirm what in the record answers the yearly questions."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from recommendations.models import Benchmark, Edition, Indicator, Question
from recommendations.permissions import can_edit_recommendations
from tiptracker.accounts.models import User
from tiptracker.audit.actions import AuditEvent, record, record_all
from tiptracker.errors import Refused
from tiptracker.infrastructure.locking import lock_rows
from tiptracker.localization import gettext
from tiptracker.validation import EditConflict, refuse_stale, update_row, update_rows


@transaction.atomic
def set_question_mapping(
    *,
    question: Question,
    version: int,
    indicia: Sequence[int],
    indicators: Sequence[Indicator],
    benchmarks: Sequence[Benchmark],
    evidence_kinds: Sequence[str],
    by: User,
    now: datetime,
) -> Question:
    """Record what answers a question, and confirm it. The activity log keeps the earlier mapping.

    `version` is the version that the form was filled from. Raises PermissionDenied, EditConflict, Refused.
    """
    if not can_edit_recommendations(by, question.edition):
        raise PermissionDenied
    (locked,) = lock_rows(Question.objects.filter(pk=question.pk).select_related("edition"))
    refuse_stale(locked, version, now)
    country = locked.edition.country_id
    if any(indicator.country_id != country for indicator in indicators):
        sentence = gettext("An indicator belongs to another country. Choose indicators of this country.")
        raise Refused("another_country", sentence, field="indicators")
    if any(benchmark.recommendation.edition_id != locked.edition_id for benchmark in benchmarks):
        sentence = gettext("A benchmark belongs to another edition. Choose benchmarks of this edition.")
        raise Refused("another_edition", sentence, field="benchmarks")
    before = _audit_values(locked)
    locked.indicia = sorted(set(indicia))
    locked.evidence_kinds = list(dict.fromkeys(evidence_kinds))
    locked.is_mapping_confirmed = True
    locked.version += 1
    update_row(locked)
    locked.benchmarks.set(benchmarks)
    locked.indicators.set(indicators)
    record("question.mapped", by=by, row=locked, country=country, before=before, after=_audit_values(locked))
    return locked


@transaction.atomic
def confirm_question_mappings(*, edition: Edition, seen: str | None, by: User) -> int:
    """Confirm all mappings of an edition that are still proposals. Return how many there were.

    `seen` is the fingerprint of the questions that the page showed; None skips the check. Raises PermissionDenied,
    EditConflict.
    """
    if not can_edit_recommendations(by, edition):
        raise PermissionDenied
    rows = lock_rows(Question.objects.filter(edition=edition).active())
    if seen is not None and seen != questions_fingerprint(rows):
        raise EditConflict(
            gettext(
                "Somebody changed a question in the meantime, so nothing was confirmed. Check the list and confirm "
                "again."
            )
        )
    proposed = [row for row in rows if not row.is_mapping_confirmed]
    for row in proposed:
        row.is_mapping_confirmed = True
        row.version += 1
    update_rows(proposed, ("is_mapping_confirmed", "version"))
    values = {"is_mapping_confirmed": False}, {"is_mapping_confirmed": True}
    record_all([AuditEvent("question.mapped", row, *values) for row in proposed], by=by, country=edition.country_id)
    return len(proposed)


def questions_fingerprint(rows: Iterable[Question]) -> str:
    """Return a short hash that changes whenever one of these questions changes."""
    versions = ",".join(f"{pk}:{version}" for pk, version in sorted((row.pk, row.version) for row in rows))
    return sha256(versions.encode()).hexdigest()[:16]


def _audit_values(row: Question) -> dict[str, Any]:
    """Return the values that the activity log keeps, with the names of the rows."""
    benchmarks = row.benchmarks.select_related("recommendation").order_by("recommendation__number", "letter")
    return {
        "indicia": row.indicia,
        "evidence_kinds": row.evidence_kinds,
        "benchmarks": [benchmark.key for benchmark in benchmarks],
        "indicators": [indicator.name for indicator in row.indicators.order_by("pk")],
        "is_mapping_confirmed": row.is_mapping_confirmed,
    }
