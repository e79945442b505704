"""Pages of readiness in detail and of the problems in the record."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode

from dialogues.models import UpdateVersion
from recommendations.edition_context import EditionRequest, edition_url
from recommendations.form_pages import render_form
from reports.choices import ProblemKind
from reports.readiness.answers import RowReference
from reports.readiness.explanation import context_display, headline, score_display
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import Readiness, evaluate_readiness
from reports.request_params import RequestedStandpoint
from reports.views.access import readiness_page
from reports.views.next_steps import next_steps_context
from reports.views.record_rows import RecordRow, find_record_rows
from reports.views.standpoint import pin_known_by, read_standpoint
from reports.views.trend import trend_context
from tiptracker.accounts.models import Ministry, User
from tiptracker.infrastructure.read_snapshot import snapshot
from tiptracker.web import exports

RELATED_PAGES = (
    ("readiness_what_if", "What if some of it were met"),
    ("readiness_trend", "Week by week"),
    ("methodology", "How readiness is counted"),
    ("run_list", "Kept runs"),
)
"""Other pages that show the same standpoint."""


class ClaimedUpdate(NamedTuple):
    """An update that waits for review: its page, its commitment and when it was recorded."""

    url: str
    text: str
    on: datetime


class ClaimGap(NamedTuple):
    """What a ministry claims beyond what is verified, with the updates and rows behind it."""

    ministry: str
    points: Decimal | None
    update_versions: Sequence[ClaimedUpdate]
    rows: Sequence[RecordRow]


class ProblemRow(NamedTuple):
    """A problem in the record: its sentence, what to do, and the rows to look at."""

    sentence: str
    to_do: str
    rows: Sequence[RecordRow]


@readiness_page
def readiness_detail(request: EditionRequest) -> HttpResponse:
    """Show the readiness of the record for a day, as known at a moment, in detail."""
    asked, form = read_standpoint(request)
    context: dict[str, Any] = {"asked": asked}
    if asked is not None:
        with snapshot():
            facts = gather_facts(asked.edition)
            result = evaluate_readiness(facts, as_of=asked.as_of, known_by=asked.known_by)
            needed = result.smallest_set()
            context |= {
                "result": result,
                "headline": headline.headline(result),
                "has_benchmarks": bool(result.verified.benchmarks),
                "bar": score_display.readiness_bar_figures(result),
                "possible": context_display.describe_possible(result),
                "ceiling": context_display.describe_projected(result),
                "smallest_set": context_display.describe_smallest_set(result, needed),
                "watch_list": context_display.describe_watch_list(result),
                "parts": score_display.display_parts(result),
                "gaps": _build_claim_gaps(request.user, asked, result),
                **next_steps_context(request.user, result),
                "ways": _related_links(asked),
                "to_the_mark": _smallest_set_url(pin_known_by(asked), needed),
                **trend_context(request.user, asked.edition, facts, asked.as_of, asked.known_by),
            }
    return render_form(request, "reports/readiness_detail.html", form, context)


@readiness_page
def readiness_checks(request: EditionRequest) -> HttpResponse:
    """List the problems in the record by kind, each with what to do."""
    asked, form = read_standpoint(request)
    context: dict[str, Any] = {"asked": asked}
    if asked is not None:
        with snapshot():
            result = evaluate_readiness(gather_facts(asked.edition), as_of=asked.as_of, known_by=asked.known_by)
            context |= {"count": len(result.checks), "sorts": _problems_by_kind(request.user, asked, result)}
        if exports.is_export_requested(request):
            rows = [_export_row(sort, one) for sort, checks in context["sorts"] for one in checks]
            return exports.export_rows(request, "checks", CHECK_EXPORT_COLUMNS, rows)
    return render_form(request, "reports/readiness_checks.html", form, context)


CHECK_EXPORT_COLUMNS = ("Sort", "What doesn’t fit", "What to do", "Where")


def _export_row(sort: ProblemKind, one: ProblemRow) -> tuple[object, ...]:
    return sort.label, one.sentence, one.to_do, "; ".join(row.text for row in one.rows)


def _build_claim_gaps(user: User, asked: RequestedStandpoint, result: Readiness) -> list[ClaimGap]:
    """Return the gap between claimed and verified by ministry. Claims without an update are listed row by row."""
    claims = context_display.display_claims(result)
    ministries = {
        row.pk: row.name for row in Ministry.objects.visible_to(user).filter(country=asked.edition.country_id)
    }
    update_versions = {
        row.pk: ClaimedUpdate(
            reverse("version_detail", args=[row.pk]), f"{row.update}, on “{row.update.commitment}”", row.recorded_at
        )
        for row in UpdateVersion.objects.visible_to(user)
        .filter(pk__in=[key for one in claims for key in one.update_versions])
        .select_related("update__commitment")
    }
    told = find_record_rows(
        user,
        [
            row
            for one in claims
            for row in [
                *(RowReference("evidence", key) for key in one.evidence),
                *(RowReference("reading", key) for key in one.readings),
            ]
        ],
        asked.known_by,
    )
    return [
        ClaimGap(
            ministries.get(one.ministry_id or 0, "Told by others, logged by the embassy"),
            one.points,
            [update_versions[key] for key in one.update_versions if key in update_versions],
            [
                told[row]
                for row in [
                    *(RowReference("evidence", key) for key in one.evidence),
                    *(RowReference("reading", key) for key in one.readings),
                ]
                if row in told
            ],
        )
        for one in claims
    ]


def _problems_by_kind(
    user: User, asked: RequestedStandpoint, result: Readiness
) -> list[tuple[ProblemKind, list[ProblemRow]]]:
    """Return the problems by kind, in the order of the checks."""
    told = find_record_rows(user, [row for one in result.checks for row in one.rows], asked.known_by)
    return [
        (sort, [ProblemRow(one.sentence, one.to_do, _rows_in_order(one.rows, told)) for one in checks])
        for sort, checks in groupby(result.checks, key=lambda one: one.misfit)
    ]


def _rows_in_order(rows: Sequence[RowReference], told: Mapping[RowReference, RecordRow]) -> list[RecordRow]:
    return [told[row] for row in rows if row in told]


def _related_links(asked: RequestedStandpoint) -> list[tuple[str, str]]:
    """Return links to the changes before this standpoint and to other pages at the same standpoint."""
    until = {"as_of_to": asked.as_of.isoformat()}
    if asked.known_by:
        until["known_by_to"] = asked.known_by.isoformat()
    return [
        (edition_url(asked.edition, "readiness_changes", query=until), "What changed before"),
        *((f"{edition_url(asked.edition, name)}?{asked.query}", label) for name, label in RELATED_PAGES),
    ]


def _smallest_set_url(asked: RequestedStandpoint, needed: Sequence[int] | None) -> str:
    """Return the what-if address with the smallest set (ids) ticked; empty if there is none."""
    page = edition_url(asked.edition, "readiness_what_if")
    return f"{page}?{asked.query}&{urlencode({'met': needed}, doseq=True)}" if needed else ""
