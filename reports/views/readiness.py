"""Pages of readiness in detail and of the problems in the record."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from itertools import chain, groupby
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.utils.http import urlencode

from dialogues.models import Evidence, UpdateVersion
from recommendations.edition_context import EditionRequest, edition_url
from recommendations.kept_pages import keep_page
from recommendations.models import Benchmark
from reports.choices import PartKey, ProblemKind
from reports.readiness.answers import RowReference
from reports.readiness.checks import RecordProblem
from reports.readiness.explanation import context_display, headline, score_display
from reports.readiness.explanation.score_display import LineDisplay, PartDisplay
from reports.readiness.explanation.strengths import describe_strengths
from reports.readiness.readiness import Readiness
from reports.readiness.reversed_actions import find_reversed_benchmarks
from reports.request_params import RequestedMoment
from reports.views.access import readiness_page
from reports.views.current_readiness import readiness_at
from reports.views.explanation import list_reversals
from reports.views.next_steps import next_steps_context
from reports.views.record_moment import pin_known_by, read_record_moment
from reports.views.record_rows import RecordRow, find_record_rows, pick_rows
from reports.views.trend import trend_context
from tiptracker.accounts.models import Ministry, User
from tiptracker.choices import Role
from tiptracker.infrastructure.read_snapshot import snapshot
from tiptracker.localization import gettext, gettext_noop
from tiptracker.web import exports
from tiptracker.web.form_pages import render_form

CLAIMED_BY_OTHERS = gettext_noop("Others, logged by the embassy")


class ClaimGap(NamedTuple):
    """What a ministry claims beyond what is verified, with the updates and rows behind it."""

    ministry: str
    points: Decimal | None
    update_versions: Sequence[UpdateVersion]
    rows: Sequence[RecordRow]


def _recorder(request: EditionRequest) -> int | None:
    """Return the reader (id) if they recorded evidence: the next steps say what of it a colleague has to review."""
    user = request.user
    if user.role != Role.OFFICER:
        return None
    own = Evidence.objects.visible_to(user, request.edition.country).filter(recorded_by=user)
    return user.pk if own.exists() else None


@readiness_page
@keep_page(is_personal=False, besides=_recorder)
def readiness_detail(request: EditionRequest) -> HttpResponse:
    """Show the readiness of the record for a day, as known at a moment, in detail."""
    record_moment, form = read_record_moment(request)
    context: dict[str, Any] = {"record_moment": record_moment}
    if record_moment is not None:
        with snapshot():
            result = readiness_at(request, record_moment)
            needed = result.smallest_set()
            context |= {
                "result": result,
                "headline": headline.headline(result),
                "outlook": headline.describe_outlook(result),
                "watch_list_risk": context_display.describe_watch_list_risk(result),
                "has_benchmarks": bool(result.verified.benchmarks),
                "bar": score_display.readiness_bar_figures(result),
                "possible": context_display.describe_possible(result),
                "projected": context_display.describe_projected(result),
                "smallest_set_benchmarks": _list_benchmarks(request.user, needed or (), record_moment.known_by),
                "smallest_set": context_display.describe_smallest_set(result, needed),
                "watch_list": context_display.describe_watch_list(result),
                "gaps": _build_claim_gaps(request.user, record_moment, result),
                **next_steps_context(request.user, result, result.next_steps(), record_moment.edition),
                "to_the_mark": _smallest_set_url(pin_known_by(record_moment), needed),
                **trend_context(request, record_moment, result.known_facts, result=result),
            }
    return render_form(request, "reports/readiness_detail.html", form, context)


@readiness_page
@keep_page(is_personal=False)
def readiness_explanation(request: EditionRequest) -> HttpResponse:
    """Show what the score is made of: its parts, and the lines of each part."""
    record_moment, form = read_record_moment(request)
    context: dict[str, Any] = {"record_moment": record_moment}
    if record_moment is not None:
        with snapshot():
            result = readiness_at(request, record_moment)
        parts = _parts_with_reversals(result)
        verdicts = [benchmark.line.finding.verdict for benchmark in result.verified.benchmarks]
        context |= {
            "result": result,
            "headline": headline.headline(result),
            "strengths": describe_strengths([part for part, _ in parts], verdicts),
            "has_benchmarks": bool(result.verified.benchmarks),
            "parts": parts,
        }
    return render_form(request, "reports/readiness_explanation.html", form, context)


def _parts_with_reversals(result: Readiness) -> list[tuple[PartDisplay, list[tuple[LineDisplay, Sequence[str]]]]]:
    """Return the parts with their lines, and for a recommendation which of its benchmarks were reversed."""
    reversed_benchmarks = find_reversed_benchmarks(result.reversed_actions())
    action = next(part for part in result.verified.parts if part.key is PartKey.ACTION)
    recommendations = result.verified_record.questionnaire.recommendations
    reversals = {
        line.key: list_reversals(((row.key, row.id) for row in recommendation.benchmarks), reversed_benchmarks)
        for recommendation, line in zip(recommendations, action.lines, strict=True)
    }
    return [
        (part, [(line, reversals[line.key] if part.key is PartKey.ACTION else []) for line in part.lines])
        for part in score_display.display_parts(result)
    ]


@readiness_page
@keep_page(is_personal=False)
def readiness_checks(request: EditionRequest) -> HttpResponse:
    """List the problems in the record by kind, each with what to do."""
    record_moment, form = read_record_moment(request)
    context: dict[str, Any] = {"record_moment": record_moment}
    if record_moment is not None:
        with snapshot():
            result = readiness_at(request, record_moment)
            context["problems_by_kind"] = _problems_by_kind(request.user, record_moment, result)
            context["number"] = sum(len(problems) for _, problems in context["problems_by_kind"])
            context["may_correct"] = request.user.role == Role.OFFICER
        if exports.is_export_requested(request):
            cells = [
                _export_row(kind, *problem) for kind, problems in context["problems_by_kind"] for problem in problems
            ]
            return exports.export_rows(request, "checks", _check_export_columns(), cells)
    return render_form(request, "reports/readiness_checks.html", form, context)


def _check_export_columns() -> tuple[str, ...]:
    return gettext("Kind"), gettext("Problem"), gettext("What to do"), gettext("Where")


def _export_row(kind: ProblemKind, problem: RecordProblem, rows: Sequence[RecordRow]) -> tuple[object, ...]:
    return kind.label, problem.sentence, problem.to_do, "; ".join(row.text for row in rows)


def _build_claim_gaps(user: User, record_moment: RequestedMoment, result: Readiness) -> list[ClaimGap]:
    """Return the gap between claimed and verified by ministry. Claims without an update are listed row by row."""
    claims = context_display.display_claims(result)
    ministries = Ministry.objects.visible_to(user).filter(country=record_moment.edition.country_id).in_bulk()
    update_versions = (
        UpdateVersion.objects.visible_to(user)
        .with_subject()
        .in_bulk([key for claim in claims for key in claim.update_versions])
    )
    references = [
        [
            *(RowReference("evidence", key) for key in claim.evidence),
            *(RowReference("reading", key) for key in claim.readings),
        ]
        for claim in claims
    ]
    rows = find_record_rows(user, chain.from_iterable(references), record_moment.known_by)
    return [
        ClaimGap(
            ministries[claim.ministry_id].name if claim.ministry_id in ministries else gettext(CLAIMED_BY_OTHERS),
            claim.points,
            [update_versions[key] for key in claim.update_versions if key in update_versions],
            pick_rows(own, rows),
        )
        for claim, own in zip(claims, references, strict=True)
    ]


def _problems_by_kind(
    user: User, record_moment: RequestedMoment, result: Readiness
) -> list[tuple[ProblemKind, list[tuple[RecordProblem, list[RecordRow]]]]]:
    """Return the problems by kind, in the order of the checks, each with the rows to look at."""
    rows = find_record_rows(user, [row for problem in result.checks for row in problem.rows], record_moment.known_by)
    return [
        (kind, [(problem, pick_rows(problem.rows, rows)) for problem in problems])
        for kind, problems in groupby(result.checks, key=lambda problem: problem.kind)
    ]


def _list_benchmarks(user: User, keys: Sequence[int], known_by: datetime | None) -> list[Benchmark]:
    """Return benchmarks (ids) in their order, with their wording as known by a moment."""
    rows = Benchmark.objects.visible_to(user).select_related("recommendation").with_terms(known_by).in_bulk(keys)
    return [rows[key] for key in keys if key in rows]


def _smallest_set_url(record_moment: RequestedMoment, needed: Sequence[int] | None) -> str:
    """Return the what-if address with the smallest set (ids) ticked; empty if there is none."""
    page = edition_url(record_moment.edition, "readiness_what_if")
    return f"{page}?{record_moment.query}&{urlencode({'met': needed}, doseq=True)}" if needed else ""
