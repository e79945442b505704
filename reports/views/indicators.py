"""The page of one indicator: its annual target and progress, and all its figures."""

from typing import NamedTuple

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from dialogues import permissions
from dialogues.models import IndicatorTarget, InformationRequest, Reading
from dialogues.target_standings import TargetStanding, list_standings
from dialogues.views.indicators import list_readings, review_decision
from dialogues.views.request_rows import list_request_rows
from dialogues.views.targets import list_target_history
from recommendations.choices import BreakdownDimension, Rule
from recommendations.edition_context import get_page_edition, set_page_country
from recommendations.models import BenchmarkTerms, Edition, Indicator
from recommendations.permissions import can_describe_indicator, can_set_reporting_ministry
from reports.charts.figures import FigureChart
from reports.standing_charts import draw_standing
from reports.views.trend import NARROW_SIZE, NARROW_WIDTH, WIDE_SIZE, WIDE_WIDTH
from tiptracker import clock
from tiptracker.accounts.models import User
from tiptracker.localization import format_number, gettext
from tiptracker.web.pages import SignedInRequest, render_page


class TargetSection(NamedTuple):
    """The annual target of an indicator in the edition of the page: how it stands, its history, and its chart."""

    standing: TargetStanding
    history: list[IndicatorTarget]
    chart: FigureChart | None
    narrow: FigureChart | None
    benchmarks: list[tuple[str, str]]
    can_set: bool


@login_required
@require_safe
def indicator_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one indicator with its annual target, and all its figures and their breakdowns, newest period first."""
    user = request.user
    if not user.is_embassy:
        raise PermissionDenied
    indicator = get_object_or_404(Indicator.objects.visible_to(user).select_related("country", "ministry"), pk=pk)
    set_page_country(request, indicator.country)
    readings = (
        list_readings(user).filter(indicator=indicator).order_by("-starts_on", "-through_on", "-recorded_at", "-pk")
    )
    standard = indicator.standard
    requests = (
        InformationRequest.objects.visible_to(user)
        .filter(lines__indicator=indicator, lines__removed_in=None)
        .distinct()
    )
    edition = get_page_edition(request)
    context = {
        "indicator": indicator,
        "edition": edition,
        "yearly": build_target_section(user, indicator, edition) if edition else None,
        "standard_name": gettext(standard.name) if standard else "",
        "standard_note": gettext(standard.note) if standard and standard.note else "",
        "lines": [(reading, review_decision(reading), _breakdowns(reading)) for reading in readings],
        "can_enter": permissions.can_log_evidence(user, indicator.country),
        "can_ask": permissions.can_ask_for_information(user, indicator.country),
        "requests": list_request_rows(list(requests.with_history()), clock.today(indicator.country.time_zone)),
        "can_set_ministry": can_set_reporting_ministry(user, indicator),
        "can_describe": can_describe_indicator(user, indicator),
    }
    return render_page(request, "reports/indicator_detail.html", context)


def build_target_section(user: User, indicator: Indicator, edition: Edition) -> TargetSection:
    """Return what the page says of the annual target of an indicator in an edition."""
    today = clock.today(edition.country.time_zone)
    (standing,) = list_standings(user, edition, [indicator], today=today)
    is_drawn = standing.has_target or bool(standing.readings)
    return TargetSection(
        standing=standing,
        history=list_target_history(user, indicator),
        chart=draw_standing(standing, width=WIDE_WIDTH, size=WIDE_SIZE) if is_drawn else None,
        narrow=draw_standing(standing, width=NARROW_WIDTH, size=NARROW_SIZE) if is_drawn else None,
        benchmarks=_benchmarks_with_targets(user, indicator, edition),
        can_set=permissions.can_set_annual_target(user, indicator),
    )


def _benchmarks_with_targets(user: User, indicator: Indicator, edition: Edition) -> list[tuple[str, str]]:
    """Return the benchmarks that measure this indicator against a target of their own, each with that target."""
    newest = BenchmarkTerms.objects.filter(benchmark=OuterRef("benchmark")).order_by("-recorded_at", "-pk")
    rows = BenchmarkTerms.objects.visible_to(user).filter(
        pk=Subquery(newest.values("pk")[:1]),
        indicator=indicator,
        rule=Rule.TARGET,
        benchmark__recommendation__edition=edition,
        benchmark__recommendation__is_retired=False,
    )
    terms = rows.select_related("benchmark__recommendation")
    terms = terms.order_by("benchmark__recommendation__number", "benchmark__letter")
    return [(row.benchmark.key, format_number(row.target)) for row in terms if row.target is not None]


def _breakdowns(reading: Reading) -> list[tuple[str, dict[str, str]]]:
    """Return the label and the cells of each breakdown. Districts have one name in all languages."""
    return [
        (
            BreakdownDimension(name).label,
            cells if name == BreakdownDimension.DISTRICT else {gettext(key): text for key, text in cells.items()},
        )
        for name, cells in reading.breakdown_for_display.items()
    ]
