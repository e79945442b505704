"""Page of benchmarks that count districts: a tile map and a table of districts, with the evidence."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from django.db.models import Prefetch
from django.http import HttpResponse

from dialogues.choices import EvidenceDecision
from dialogues.models import Evidence, EvidenceReview, Reading
from recommendations.choices import BreakdownDimension
from recommendations.edition_context import EditionRequest
from recommendations.kept_pages import keep_page
from recommendations.models import Benchmark, Edition
from reports.charts.tiles import ChartDistrict, TileMap, tile_map
from reports.choices import DistrictStatus
from reports.views.access import embassy_page
from tiptracker.accounts.models import User
from tiptracker.localization import gettext
from tiptracker.text_rules import normalize_name
from tiptracker.web import exports
from tiptracker.web.pages import render_page


class DistrictEvidence(NamedTuple):
    """A district: its status and the evidence for it, newest first."""

    name: str
    status: DistrictStatus
    evidence: Sequence[Evidence]


class DistrictBenchmark(NamedTuple):
    """A benchmark that counts districts, with its map and its table."""

    benchmark: Benchmark
    chart: TileMap
    districts: Sequence[DistrictEvidence]
    unplaced: Sequence[Reading]


@embassy_page
@keep_page(is_personal=False)
def district_list(request: EditionRequest) -> HttpResponse:
    """Show the edition's benchmarks that count districts; `?as=` exports their tables as one."""
    edition = request.edition
    benchmarks = _find_benchmarks(request.user, edition)
    if exports.is_export_requested(request):
        cells = [row for benchmark in benchmarks for row in _export_rows(benchmark)]
        return exports.export_rows(request, "districts", _export_columns(), cells)
    return render_page(request, "reports/district_list.html", {"edition": edition, "benchmarks": benchmarks})


def _export_columns() -> tuple[str, ...]:
    return (
        gettext("Benchmark"),
        gettext("Wording"),
        gettext("District"),
        gettext("Status"),
        gettext("Start date"),
        gettext("End date"),
        gettext("Evidence"),
        gettext("Stated by"),
    )


def _export_rows(counted: DistrictBenchmark) -> Iterator[tuple[object, ...]]:
    """Yield one row per piece of evidence, or one row for a district without evidence."""
    for district in counted.districts:
        head = (counted.benchmark.key, counted.benchmark.wording, district.name, district.status.label)
        if not district.evidence:
            yield (*head, None, None, "", "")
        for piece in district.evidence:
            yield (*head, piece.first_day, piece.happened_to, piece.title, piece.stated_by)


def _find_benchmarks(user: User, edition: Edition) -> list[DistrictBenchmark]:
    benchmarks = Benchmark.objects.visible_to(user).filter(recommendation__edition=edition).active()
    counted = [
        (benchmark, terms.indicator)
        for benchmark in benchmarks.select_related("recommendation").with_terms()
        if (terms := benchmark.current_terms) and terms.indicator and terms.indicator.counts_districts
    ]
    reviews = EvidenceReview.objects.visible_to(user).filter(evidence_link=None)
    readings = (
        Reading.objects.visible_to(user)
        .filter(
            indicator__in=[indicator for _, indicator in counted],
            starts_on=edition.starts_on,
            figure__isnull=False,
            evidence__isnull=False,
            evidence__revised_by__isnull=True,
        )
        .select_related("evidence")
        .prefetch_related("parts", Prefetch("evidence__reviews", reviews))
        .order_by("-through_on", "-recorded_at", "-pk")
    )
    by_indicator: dict[int, list[Reading]] = defaultdict(list)
    for reading in readings:
        by_indicator[reading.indicator_id].append(reading)
    names = [district.name for district in edition.country.districts.all()] if counted else []
    return [_build_benchmark(edition, benchmark, names, by_indicator[indicator.pk]) for benchmark, indicator in counted]


def _build_benchmark(
    edition: Edition, benchmark: Benchmark, names: Sequence[str], readings: Sequence[Reading]
) -> DistrictBenchmark:
    evidence: dict[tuple[str, DistrictStatus], list[Evidence]] = defaultdict(list)
    unplaced = []
    for reading in readings:
        if reading.evidence is None or (status := _evidence_status(reading.evidence)) is None:
            continue
        counted = {
            normalize_name(part.category)
            for part in reading.parts.all()
            if part.dimension == BreakdownDimension.DISTRICT and part.figure
        }
        if not counted:
            unplaced.append(reading)
        for name in names:
            if normalize_name(name) in counted:
                evidence[name, status].append(reading.evidence)
    districts = []
    for name in names:
        status = next(
            (status for status in (DistrictStatus.VERIFIED, DistrictStatus.CLAIMED) if evidence[name, status]), None
        )
        districts.append(
            DistrictEvidence(name, status or DistrictStatus.NOTHING, evidence[name, status] if status else [])
        )
    chart = tile_map(edition.country.code, [ChartDistrict(district.name, district.status) for district in districts])
    return DistrictBenchmark(benchmark, chart, districts, unplaced)


def _evidence_status(evidence: Evidence) -> DistrictStatus | None:
    """Return the status that a figure gives its districts, by the newest review; None if its evidence was rejected."""
    if evidence.newest_own_review is None:
        return DistrictStatus.CLAIMED
    return DistrictStatus.VERIFIED if evidence.newest_own_review.decision == EvidenceDecision.VERIFIED else None
