"""Pages of stored readiness runs.

A run stores its numbers. For a run of the current method the sentences are generated when the page is shown.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from recommendations.choices import EffortQuestion, Pillar
from recommendations.edition_context import EditionRequest, set_page_edition
from recommendations.models import EditionTerms
from reports import formatting
from reports.choices import PartKey, ReadinessVerdict
from reports.models import ReadinessRun
from reports.readiness import stored_runs
from reports.readiness.explanation import score_display
from reports.readiness.readiness import METHOD_VERSION
from reports.views.access import read_page, readiness_page
from tiptracker.accounts.models import User
from tiptracker.localization import gettext
from tiptracker.web import exports
from tiptracker.web.pages import SignedInRequest, render_page

PAGE_SIZE = 25
LINE_CHOICES = {part.value: part for choices in (PartKey, EffortQuestion, Pillar) for part in choices}
"""The lines by code: their labels are titles for a run that stored none and can't be recomputed."""


class StoredLine(NamedTuple):
    """A line of a stored result as printed, and the lines under it, whose printed points add up to its own.

    `points` is None if nothing had been reviewed. `verdict` is None if the method of that time used another term.
    `title` is the line's code if no title was stored and the code is unknown today.
    """

    stored: Mapping[str, Any]
    title: str
    points: Decimal | None
    of: Decimal
    verdict: ReadinessVerdict | None
    lines: "Sequence[StoredLine]"


@readiness_page
def run_list(request: EditionRequest) -> HttpResponse:
    """List the stored runs of the edition, newest first."""
    edition = request.edition
    runs = (
        ReadinessRun.objects.visible_to(request.user)
        .filter(edition=edition)
        .defer("facts", "result")
        .annotate(score=F("result__score"), claimed=F("result__claimed"), reviewed=F("result__reviewed"))
        .order_by("-computed_at", "-pk")
    )
    if exports.is_export_requested(request):
        fields = ("as_of", "known_by", "score", "claimed", "methodology", "computed_at", "facts_sha256")
        return exports.export_rows(request, "runs", _export_columns(), list(runs.values_list(*fields)))
    page = Paginator(runs, PAGE_SIZE).get_page(request.GET.get("page"))
    return render_page(request, "reports/run_list.html", {"edition": edition, "page": page, "method": METHOD_VERSION})


def _export_columns() -> tuple[str, ...]:
    return (
        gettext("As of"),
        gettext("Using only what was recorded by"),
        gettext("Verified"),
        gettext("Claimed"),
        gettext("Method"),
        gettext("Calculated"),
        gettext("Checksum of the facts (SHA-256)"),
    )


@read_page
def run_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a stored run, and whether recomputing it gives the same result."""
    run = get_object_or_404(ReadinessRun.objects.visible_to(request.user).select_related("edition__country"), pk=pk)
    set_page_edition(request, run.edition)
    comparison = stored_runs.compare_run(run)
    result = stored_runs.result_for_display(run, comparison)
    is_reviewed = bool(result.get("reviewed"))
    verified, claimed, projected, possible = (
        _printed_figure(result, name) if is_reviewed else None for name in ("score", "claimed", "projected", "possible")
    )
    mark = result.get("readiness_target")
    target = None if mark is None else score_display.without_trailing_zeros(Decimal(str(mark)))
    context = {
        "run": run,
        "result": result,
        "method": METHOD_VERSION,
        "comparison": comparison,
        "target_reason": _target_reason(request.user, run) if target is not None else "",
        "bar": score_display.ReadinessBarFigures(verified, claimed, target, projected),
        "possible": possible,
        "deadline_on": _parse_date(result.get("deadline_on")),
        "parts": _stored_lines(result.get("parts", []), is_reviewed=is_reviewed),
        "benchmarks": _stored_lines(result.get("benchmarks", []), is_reviewed=is_reviewed),
        "benchmark_gains": [
            (
                gain.get("benchmark", ""),
                formatting.round_to_tenth(_exact_figure(gain, "points")) if is_reviewed else None,
                _parse_date(gain.get("due_on")),
            )
            for gain in result.get("levers", ())
        ],
    }
    return render_page(request, "reports/run_detail.html", context)


def _target_reason(user: User, run: ReadinessRun) -> str:
    """Return the reason for the target from the terms known at the time of the run."""
    terms = EditionTerms.objects.visible_to(user).filter(edition=run.edition).known_by(run.known_by).first()
    return terms.readiness_target_reason if terms else ""


def _stored_lines(
    stored: Sequence[Mapping[str, Any]], *, is_reviewed: bool, total: Decimal | None = None
) -> list[StoredLine]:
    reached_points = [_exact_figure(line, "points") for line in stored]
    points = formatting.round_preserving_sum(reached_points, total=total)
    possible = formatting.round_possible_points([_exact_figure(line, "of") for line in stored], reached_points, points)
    return [
        StoredLine(
            line,
            line.get("title") or _line_title(line.get("key", "")),
            score_display.without_trailing_zeros(reached) if is_reviewed else None,
            score_display.without_trailing_zeros(of),
            next((verdict for verdict in ReadinessVerdict if verdict == line.get("verdict")), None),
            _stored_lines(line.get("questions", []), is_reviewed=is_reviewed, total=reached if is_reviewed else None),
        )
        for line, reached, of in zip(stored, points, possible, strict=True)
    ]


def _line_title(key: str) -> str:
    return LINE_CHOICES[key].label if key in LINE_CHOICES else key


def _printed_figure(stored: Mapping[str, Any], name: str) -> Decimal:
    """Return a figure of 100 as printed."""
    return score_display.without_trailing_zeros(formatting.round_to_tenth(_exact_figure(stored, name)))


def _exact_figure(stored: Mapping[str, Any], name: str) -> Fraction:
    """Return a figure of a stored result, exact if it was stored exactly."""
    return Fraction(stored.get(f"{name}_exact") or str(stored.get(name, 0)))


def _parse_date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
