"""Assess benchmarks: the embassy's verdict."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import model_to_dict

from dialogues.choices import Verdict
from dialogues.models import Assessment, AssessmentEvidence, Evidence
from dialogues.permissions import can_assess
from recommendations.actions.readiness_jobs import enqueue_readiness
from recommendations.models import Benchmark
from tiptracker.accounts.models import User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.localization import format_date, gettext
from tiptracker.validation import insert_row, refuse_unseen, require_text


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
    """Assess a benchmark: the verdict, the reason, the section of the law, and the evidence that it rests on.

    The assessment takes effect from the last day of that evidence or, without evidence, from today.

    Args:
        change_reason: what has changed since the newest verdict. Required if that verdict was another one.
        seen: the id of the newest assessment that the page showed (0: none; None: don't check).

    Raises:
        PermissionDenied: if the user may not assess the benchmark.
        Refused: if a reason or the law is missing, or evidence was revised or does not support the benchmark.
        EditConflict: if another person has assessed the benchmark since.
    """
    if not can_assess(by, benchmark):
        raise PermissionDenied
    rationale = require_text(rationale, gettext("Write the reason in one or two sentences."), field="rationale")
    law = require_text(law, gettext("Enter the section of the law, such as 22 U.S.C. 7106(b)(1)."), field="law")
    locked = Benchmark.objects.select_for_update(no_key=True).get(pk=benchmark.pk)
    newest = locked.assessments.select_related("recorded_by").order_by("-recorded_at", "-pk").first()
    refuse_unseen(newest, seen, now, noun="assessment")
    change_reason = _check_change_reason(newest, verdict, change_reason, now)
    cited = {piece.pk: piece for piece in evidence}
    rows = Evidence.objects.filter(pk__in=cited)
    if rows.filter(revised_by__isnull=False).exists():
        raise Refused(
            "replaced",
            gettext("Some of this evidence has been revised since. Choose the newest revision."),
            field="evidence",
        )
    if rows.filter(evidence_links__benchmark=locked).count() < len(cited):
        raise Refused(
            "unrelated_evidence",
            gettext("Some of this evidence does not support the benchmark. Choose from the evidence in the list."),
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
    for piece in cited.values():
        insert_row(AssessmentEvidence(assessment=assessment, evidence=piece))
    country = locked.recommendation.edition.country_id
    enqueue_readiness(country)
    record(
        "benchmark.assessed",
        by=by,
        row=locked,
        country=country,
        before={"verdict": newest.verdict} if newest else None,
        after=model_to_dict(assessment, ("verdict", "rationale", "law", "change_reason")) | {"evidence": sorted(cited)},
    )
    return assessment


def _check_change_reason(newest: Assessment | None, verdict: Verdict, reason: str, now: datetime) -> str:
    """Return the reason for a changed verdict, or an empty string for a first verdict.

    Refuse a change without a reason.
    """
    if newest is None:
        return ""
    if newest.verdict != verdict:
        day = format_date(newest.recorded_at.astimezone(now.tzinfo).date())
        previous = Verdict(newest.verdict).label
        sentence = gettext("The assessment of %(date)s was “%(verdict)s”. Write what has changed since.")
        return require_text(reason, sentence % {"date": day, "verdict": previous}, field="change_reason")
    return reason.strip()
