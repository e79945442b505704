"""Kept runs of readiness: the numbers each kept, and of the method in force the sentences as they are made today."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from recommendations.choices import Pillar, Question
from recommendations.edition_context import AtEdition, stand_at
from recommendations.models import EditionTerms
from reports import formatting
from reports.choices import PartKey, Shown
from reports.models import ReadinessRun
from reports.readiness import stored_runs
from reports.readiness.explanation import score_display
from reports.readiness.readiness import METHOD
from reports.views.standpoint import readable_edition
from tiptracker.web import exports
from tiptracker.web.pages import SignedIn, render_page

PAGE_SIZE = 25
TITLES = {one.value: one.label for words in (PartKey, Question, Pillar) for one in words}
"""What lines are called, by their codes: for a run that kept no titles and isn't computed anew."""


class KeptLine(NamedTuple):
    """A line of a kept result as it is printed.

    `points` is None where nothing had been reviewed, `verdict` where the method of that time had another word.
    `title` is the line's code where neither a title was kept nor its code is known today.
    """

    told: Mapping[str, Any]
    title: str
    points: Decimal | None
    of: Decimal
    verdict: Shown | None


class KeptPart(NamedTuple):
    """One of the parts of a kept result; what its lines print adds up to what it prints."""

    line: KeptLine
    lines: Sequence[KeptLine]


class KeptMark(NamedTuple):
    """The working mark of that time and its reason; None where there was none."""

    points: Decimal | None
    reason: str


class KeptLever(NamedTuple):
    """What meeting a benchmark would have added (None where nothing had been reviewed), and when it was due."""

    benchmark: str
    points: Decimal | None
    due_on: date | None


@login_required
@require_safe
def run_list(request: AtEdition) -> HttpResponse:
    """The runs kept of the edition at hand, the newest first."""
    edition = readable_edition(request)
    runs = (
        ReadinessRun.objects.visible_to(request.user)
        .filter(edition=edition)
        .defer("facts", "result")
        .annotate(score=F("result__score"), claimed=F("result__claimed"), reviewed=F("result__reviewed"))
        .order_by("-computed_at", "-pk")
    )
    if exports.is_asked(request):
        told = ("as_of", "known_by", "score", "claimed", "methodology", "computed_at", "facts_sha256")
        heads = ("As of", "Known by", "Verified", "Claimed", "Method", "Computed", "Hash of the facts")
        return exports.export(request, "runs", heads, [[getattr(run, name) for name in told] for run in runs])
    page = Paginator(runs, PAGE_SIZE).get_page(request.GET.get("page"))
    return render_page(request, "reports/run_list.html", {"edition": edition, "page": page, "method": METHOD})


@login_required
@require_safe
def run_detail(request: SignedIn, pk: int) -> HttpResponse:
    """One run from what it kept, and whether it comes out the same again."""
    run = get_object_or_404(ReadinessRun.objects.visible_to(request.user).select_related("edition__country"), pk=pk)
    stand_at(request, run.edition)
    comparison = stored_runs.compare(run)
    kept, mark = stored_runs.as_read(run, comparison), _mark(request, run)
    context = {
        "run": run,
        "kept": kept,
        "method": METHOD,
        "comparison": comparison,
        "mark": mark,
        "bar": score_display.Bar(
            _figure(kept, "score"), _figure(kept, "claimed"), mark.points, _figure(kept, "ceiling")
        ),
        "possible": _figure(kept, "possible"),
        "deadline_on": _day(kept.get("deadline_on")),
        "parts": _parts(kept),
        "benchmarks": _lines(kept.get("benchmarks", []), is_reviewed=bool(kept.get("reviewed"))),
        "levers": [
            KeptLever(
                one.get("benchmark", ""),
                formatting.tenths(_share(one, "points")) if kept.get("reviewed") else None,
                _day(one.get("due_on")),
            )
            for one in kept.get("levers", ())
        ],
    }
    return render_page(request, "reports/run_detail.html", context)


def _mark(request: SignedIn, run: ReadinessRun) -> KeptMark:
    """The working mark that was kept, with its reason as the terms of that time say it today."""
    mark = run.result.get("working_mark")
    if mark is None:
        return KeptMark(None, "")
    terms = EditionTerms.objects.visible_to(request.user).filter(edition=run.edition).known_by(run.known_by).first()
    return KeptMark(score_display.plain(Decimal(str(mark))), terms.working_mark_reason if terms else "")


def _figure(kept: Mapping[str, Any], name: str) -> Decimal | None:
    """A figure of 100 as it is printed; None where nothing had been reviewed."""
    return score_display.plain(formatting.tenths(_share(kept, name))) if kept.get("reviewed") else None


def _parts(kept: Mapping[str, Any]) -> list[KeptPart]:
    told = kept.get("parts", [])
    is_reviewed = bool(kept.get("reviewed"))
    return [
        KeptPart(line, _lines(one.get("questions", []), is_reviewed=is_reviewed, total=line.points))
        for one, line in zip(told, _lines(told, is_reviewed=is_reviewed), strict=True)
    ]


def _lines(told: Sequence[Mapping[str, Any]], *, is_reviewed: bool, total: Decimal | None = None) -> list[KeptLine]:
    points = formatting.printed([_share(one, "points") for one in told], total=total)
    possible = formatting.printed([_share(one, "of") for one in told])
    return [
        KeptLine(
            one,
            one.get("title") or TITLES.get(one.get("key", ""), one.get("key", "")),
            score_display.plain(given) if is_reviewed else None,
            score_display.plain(of),
            next((word for word in Shown if word == one.get("verdict")), None),
        )
        for one, given, of in zip(told, points, possible, strict=True)
    ]


def _share(told: Mapping[str, Any], name: str) -> Fraction:
    """A figure of a kept result, exact where it was kept so."""
    return Fraction(told.get(f"{name}_exact") or str(told.get(name, 0)))


def _day(told: str | None) -> date | None:
    return date.fromisoformat(told) if told else None
