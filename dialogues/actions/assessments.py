"""The embassy's verdict on a benchmark."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from dialogues.choices import Verdict
from dialogues.models import Assessment, AssessmentEvidence, Evidence
from dialogues.permissions import can_assess
from recommendations.actions.readiness_jobs import enqueue_readiness
from recommendations.models import Benchmark
from tiptracker.accounts.models import User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.validation import format_date, insert_row, refuse_unseen, require_text


@transaction.atomic
def assess(
    *,
    benchmark: Benchmark,
    verdict: Verdict,
    rationale: str,
    law: str,
    change_reason: str = "",
    evidence: Sequence[Evidence],
    seen: int | None = None,
    by: User,
    now: datetime,
) -> Assessment:
    """Say how far the benchmark is, why, by which section of the law, and on which evidence that rests.

    `change_reason` says what changed since the newest verdict, where that was another one. It holds from the last day
    of that evidence; with none, from today. `seen` is the key of the newest assessment that stood on the page (0: none;
    None: not asked). Raises PermissionDenied, Refused, ChangedMeanwhile.
    """
    if not can_assess(by, benchmark):
        raise PermissionDenied
    rationale = require_text(rationale, "Say why, in a sentence or two.", field="rationale")
    law = require_text(law, "Name the section of the law, such as 22 U.S.C. 7106(b)(1).", field="law")
    locked = Benchmark.objects.select_for_update(no_key=True).get(pk=benchmark.pk)
    newest = locked.assessments.select_related("recorded_by").order_by("-recorded_at", "-pk").first()
    refuse_unseen(newest, seen, now, what="assessment")
    change_reason = _check_change_reason(newest, verdict, change_reason, now)
    grounds = {piece.pk: piece for piece in evidence}
    if Evidence.objects.filter(pk__in=grounds, revised_by__isnull=False).exists():
        raise Refused(
            "Some of that evidence was put right since. Choose the later entry in its place.",
            field="evidence",
        )
    bearing_on_it = Evidence.objects.filter(pk__in=grounds, bearings__benchmark=locked).count()
    if bearing_on_it < len(grounds):
        raise Refused(
            "Some of that evidence isn't said to bear on this benchmark. Choose from the evidence listed under it.",
            field="evidence",
        )
    assessment = insert_row(
        Assessment(
            benchmark=locked,
            verdict=verdict,
            rationale=rationale,
            law=law,
            change_reason=change_reason,
            recorded_at=now,
            recorded_by=by,
        )
    )
    for piece in grounds.values():
        insert_row(AssessmentEvidence(assessment=assessment, evidence=piece))
    country = locked.recommendation.edition.country_id
    enqueue_readiness(country)
    record(
        "benchmark.assessed",
        by=by,
        row=locked,
        country=country,
        before={"verdict": newest.verdict} if newest else None,
        after={
            "verdict": verdict,
            "rationale": rationale,
            "law": law,
            "change_reason": change_reason,
            "evidence": sorted(grounds),
        },
    )
    return assessment


def _check_change_reason(newest: Assessment | None, verdict: Verdict, reason: str, now: datetime) -> str:
    """What changed since the newest verdict, as it was said; nothing where there is none. Refuses a change without."""
    if newest is None:
        return ""
    if newest.verdict != verdict:
        day = format_date(newest.recorded_at.astimezone(now.tzinfo).date())
        was = Verdict(newest.verdict).label.lower()
        return require_text(
            reason, f"Say what changed since {day}: the verdict given then was “{was}”.", field="change_reason"
        )
    return reason.strip()
