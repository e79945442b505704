"""Compute and store runs of the readiness rules."""

from datetime import date, datetime

from django.db import transaction

from recommendations.models import Edition
from reports.models import ReadinessRun
from reports.readiness import serialization, stored_runs
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import METHOD_VERSION, evaluate_readiness
from tiptracker.audit.actions import record


def compute_readiness(
    *, edition: Edition, as_of: date, known_by: datetime | None = None, now: datetime
) -> ReadinessRun:
    """Compute readiness as of a day and store the run, or return a stored run with the same facts and method.

    Args:
        known_by: use only what was recorded by this moment; None means `now`.
    """
    known_by = known_by or now
    facts = stored_runs.without_redactable_texts(gather_facts(edition))
    document = serialization.facts_document(facts, known_by)
    digest = serialization.facts_fingerprint(document)
    same = {"edition": edition, "as_of": as_of, "facts_sha256": digest, "methodology": METHOD_VERSION}
    if stored := ReadinessRun.objects.filter(**same).first():
        return stored
    result = evaluate_readiness(facts, as_of=as_of, known_by=known_by)
    with transaction.atomic():
        run, is_new = ReadinessRun.objects.get_or_create(
            **same,
            defaults={
                "known_by": known_by,
                "facts": document,
                "result": stored_runs.comparable_fields(serialization.readiness_document(result)),
                "computed_at": now,
            },
        )
        if is_new:
            record("readiness.computed", by=None, row=run, country=edition.country_id, after={"facts": digest})
    return run
