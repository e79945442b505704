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
from tiptracker.web import exports
from tiptracker.web.pages import SignedInRequest, render_page

PAGE_SIZE = 25
LINE_TITLES = {one.value: one.label for words in (PartKey, EffortQuestion, Pillar) for one in words}
"""Titles of lines by code, for a run that stored no titles and can't be recomputed."""


class StoredLine(NamedTuple):
    """A line of a stored result, as printed.

    `points` is None if nothing had been reviewed. `verdict` is None if the method of that time used another term.
    `title` is the line's code if no title was stored and the code is unknown today.
    """

    told: Mapping[str, Any]
    title: str
    points: Decimal | None
    of: Decimal
    verdict: ReadinessVerdict | None


class StoredPart(NamedTuple):
    """A part of a stored result. The printed points of its lines add up to its own."""

    line: StoredLine
    lines: Sequence[StoredLine]


class StoredTarget(NamedTuple):
    """The target at that time and its reason; `points` is None if there was none."""

    points: Decimal | None
    reason: str


class StoredGain(NamedTuple):
    """What meeting a benchmark would have added (None if nothing had been reviewed), and when it was due."""

    benchmark: str
    points: Decimal | None
    due_on: date | None


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
        told = ("as_of", "known_by", "score", "claimed", "methodology", "computed_at", "facts_sha256")
        heads = ("As of", "Known by", "Verified", "Claimed", "Method", "Computed", "Hash of the facts")
        return exports.export_rows(request, "runs", heads, [[getattr(run, name) for name in told] for run in runs])
    page = Paginator(runs, PAGE_SIZE).get_page(request.GET.get("page"))
    return render_page(request, "reports/run_list.html", {"edition": edition, "page": page, "method": METHOD_VERSION})


@read_page
def run_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a stored run, and whether recomputing it gives the same result."""
    run = get_object_or_404(ReadinessRun.objects.visible_to(request.user).select_related("edition__country"), pk=pk)
    set_page_edition(request, run.edition)
    comparison = stored_runs.compare_run(run)
    kept, mark = stored_runs.result_for_display(run, comparison), _stored_target(request, run)
    context = {
        "run": run,
        "kept": kept,
        "method": METHOD_VERSION,
        "comparison": comparison,
        "mark": mark,
        "bar": score_display.ReadinessBarFigures(
            _stored_figure(kept, "score"), _stored_figure(kept, "claimed"), mark.points, _stored_figure(kept, "ceiling")
        ),
        "possible": _stored_figure(kept, "possible"),
        "deadline_on": _parse_date(kept.get("deadline_on")),
        "parts": _stored_parts(kept),
        "benchmarks": _stored_lines(kept.get("benchmarks", []), is_reviewed=bool(kept.get("reviewed"))),
        "levers": [
            StoredGain(
                one.get("benchmark", ""),
                formatting.round_to_tenth(_exact_figure(one, "points")) if kept.get("reviewed") else None,
                _parse_date(one.get("due_on")),
            )
            for one in kept.get("levers", ())
        ],
    }
    return render_page(request, "reports/run_detail.html", context)


def _stored_target(request: SignedInRequest, run: ReadinessRun) -> StoredTarget:
    """Return the stored target with its reason. The reason is read from the terms known at the time of the run."""
    mark = run.result.get("working_mark")
    if mark is None:
        return StoredTarget(None, "")
    terms = EditionTerms.objects.visible_to(request.user).filter(edition=run.edition).known_by(run.known_by).first()
    return StoredTarget(
        score_display.without_trailing_zeros(Decimal(str(mark))), terms.working_mark_reason if terms else ""
    )


def _stored_figure(kept: Mapping[str, Any], name: str) -> Decimal | None:
    """Return a figure of 100 as printed; None if nothing had been reviewed."""
    return (
        score_display.without_trailing_zeros(formatting.round_to_tenth(_exact_figure(kept, name)))
        if kept.get("reviewed")
        else None
    )


def _stored_parts(kept: Mapping[str, Any]) -> list[StoredPart]:
    told = kept.get("parts", [])
    is_reviewed = bool(kept.get("reviewed"))
    return [
        StoredPart(line, _stored_lines(one.get("questions", []), is_reviewed=is_reviewed, total=line.points))
        for one, line in zip(told, _stored_lines(told, is_reviewed=is_reviewed), strict=True)
    ]


def _stored_lines(
    told: Sequence[Mapping[str, Any]], *, is_reviewed: bool, total: Decimal | None = None
) -> list[StoredLine]:
    points = formatting.round_preserving_sum([_exact_figure(one, "points") for one in told], total=total)
    possible = formatting.round_preserving_sum([_exact_figure(one, "of") for one in told])
    return [
        StoredLine(
            one,
            one.get("title") or LINE_TITLES.get(one.get("key", ""), one.get("key", "")),
            score_display.without_trailing_zeros(given) if is_reviewed else None,
            score_display.without_trailing_zeros(of),
            next((word for word in ReadinessVerdict if word == one.get("verdict")), None),
        )
        for one, given, of in zip(told, points, possible, strict=True)
    ]


def _exact_figure(told: Mapping[str, Any], name: str) -> Fraction:
    """Return a figure of a stored result, exact if it was stored exactly."""
    return Fraction(told.get(f"{name}_exact") or str(told.get(name, 0)))


def _parse_date(told: str | None) -> date | None:
    return date.fromisoformat(told) if told else None
