"""Page of benchmarks that count districts: a tile map and a table of districts, with the evidence."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Prefetch
from django.http import HttpResponse

from dialogues.choices import BreakdownDimension, EvidenceDecision
from dialogues.models import Evidence, EvidenceReview, Reading
from recommendations.edition_context import EditionRequest
from recommendations.models import Benchmark, Edition
from reports.charts.tiles import ChartDistrict, TileMap, tile_map
from reports.choices import DistrictStatus
from reports.views.access import embassy_page
from tiptracker.accounts.models import User
from tiptracker.text_rules import normalize_name
from tiptracker.web import exports
from tiptracker.web.pages import render_page


class DistrictEvidence(NamedTuple):
    """A district: its status and the evidence for it, newest first."""

    name: str
    told: DistrictStatus
    proof: Sequence[Evidence]


class DistrictBenchmark(NamedTuple):
    """A benchmark that counts districts, with its map and its table."""

    benchmark: Benchmark
    drawing: TileMap
    districts: Sequence[DistrictEvidence]
    unplaced: Sequence[Reading]


@embassy_page
def district_list(request: EditionRequest) -> HttpResponse:
    """Show the edition's benchmarks that count districts; `?as=` exports their tables as one."""
    edition = request.edition
    counted = _find_benchmarks(request.user, edition)
    if exports.is_export_requested(request):
        return exports.export_rows(
            request, "districts", EXPORT_COLUMNS, [row for each in counted for row in _export_rows(each)]
        )
    return render_page(request, "reports/district_list.html", {"edition": edition, "counted": counted})


EXPORT_COLUMNS = ("Benchmark", "What it asks", "District", "Told", "First day", "Last day", "Evidence", "Who says so")


def _export_rows(counted: DistrictBenchmark) -> list[tuple[object, ...]]:
    benchmark = (counted.benchmark.key, counted.benchmark.wording)
    rows: list[tuple[object, ...]] = []
    for where in counted.districts:
        told = (*benchmark, where.name, where.told.label)
        if not where.proof:
            rows.append((*told, None, None, "", ""))
        rows += [(*told, piece.first_day, piece.happened_to, piece.title, piece.stated_by) for piece in where.proof]
    return rows


def _find_benchmarks(user: User, edition: Edition) -> list[DistrictBenchmark]:
    benchmarks = Benchmark.objects.visible_to(user).filter(recommendation__edition=edition).asked()
    asked = [
        (benchmark, terms.indicator)
        for benchmark in benchmarks.select_related("recommendation").with_terms()
        if (terms := benchmark.current_terms) and terms.indicator and terms.indicator.counts_districts
    ]
    reviews = EvidenceReview.objects.visible_to(user).filter(evidence_link=None)
    readings = (
        Reading.objects.visible_to(user)
        .filter(
            indicator__in=[indicator for _, indicator in asked],
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
    names = [district.name for district in edition.country.districts.all()] if asked else []
    return [_build_benchmark(edition, benchmark, names, by_indicator[indicator.pk]) for benchmark, indicator in asked]


def _build_benchmark(
    edition: Edition, benchmark: Benchmark, names: Sequence[str], readings: Sequence[Reading]
) -> DistrictBenchmark:
    proof: dict[str, dict[DistrictStatus, list[Evidence]]] = defaultdict(lambda: defaultdict(list))
    unplaced = []
    for reading in readings:
        if reading.evidence is None or (told := _evidence_status(reading.evidence)) is None:
            continue
        here = {
            normalize_name(part.category)
            for part in reading.parts.all()
            if part.dimension == BreakdownDimension.DISTRICT and part.figure
        }
        if not here:
            unplaced.append(reading)
        for name in (name for name in names if normalize_name(name) in here):
            proof[name][told].append(reading.evidence)
    districts = [_build_district(name, proof[name]) for name in names]
    drawing = tile_map(edition.country.code, [ChartDistrict(where.name, where.told) for where in districts])
    return DistrictBenchmark(benchmark, drawing, districts, unplaced)


def _build_district(name: str, proof: dict[DistrictStatus, list[Evidence]]) -> DistrictEvidence:
    told = next(
        (told for told in (DistrictStatus.VERIFIED, DistrictStatus.CLAIMED) if proof[told]), DistrictStatus.NOTHING
    )
    return DistrictEvidence(name, told, proof[told])


def _evidence_status(evidence: Evidence) -> DistrictStatus | None:
    """Return the status that a figure gives its districts, by the newest review; None if its evidence was rejected."""
    if evidence.word is None:
        return DistrictStatus.CLAIMED
    return DistrictStatus.VERIFIED if evidence.word.decision == EvidenceDecision.VERIFIED else None
