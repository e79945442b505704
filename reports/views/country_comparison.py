"""Page that compares a country's tiers and figures over the years, and with those of other countries.

Of a country that the user may not see, it shows only what published editions tell: the packaged country-years.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef
from django.http import HttpResponse

from dialogues.choices import EvidenceDecision
from dialogues.models import Reading
from dialogues.views.indicators import GridCell, GridPeriod, unrevised_readings
from recommendations.choices import EffortQuestion, Tier
from recommendations.edition_context import EditionRequest
from recommendations.models import Edition, Indicator, Recommendation
from recommendations.tracking_period import default_tracking_period
from reports import country_comparison as rules
from reports.charts.tiers import tier_chart
from reports.country_comparison import ComparedCountry, ComparedFigure, ComparedTier, FigureOrigin
from reports.forms import ComparisonForm
from reports.readiness.backtest import packaged_backtest
from reports.readiness.backtest.country_years import CountryYear, packaged_country_years
from reports.views.access import embassy_page
from tiptracker import clock
from tiptracker.accounts.models import Country, User
from tiptracker.localization import format_short_date, gettext, gettext_lazy
from tiptracker.web import exports
from tiptracker.web.pages import render_page

MAX_YEARS = 8
"""The most years of figures in the table of the country's own indicators. The export has all of them."""
EXPORT_COLUMNS = (
    gettext_lazy("Country"),
    gettext_lazy("What"),
    gettext_lazy("Edition or period"),
    gettext_lazy("Value"),
    gettext_lazy("Origin"),
    gettext_lazy("Note"),
    gettext_lazy("Also published"),
)

type YearFigures = dict[int, ComparedFigure]


class IndicatorFigures(NamedTuple):
    """An indicator and its figures, by period of the table."""

    indicator: Indicator
    cells: Sequence[tuple[str, ComparedFigure]]


class CountryRecord(NamedTuple):
    """What the record of a visible country says: its tiers by edition, and its figures by indicator and year."""

    tiers: Mapping[int, ComparedTier]
    figures: Mapping[Indicator, YearFigures]

    def answers(self) -> dict[tuple[EffortQuestion, int], ComparedFigure]:
        """Return the figures by the question of the law that they answer."""
        return {
            (EffortQuestion(indicator.question), year): figure
            for indicator, by_year in self.figures.items()
            if indicator.question
            for year, figure in by_year.items()
        }


@embassy_page
def country_comparison(request: EditionRequest) -> HttpResponse:
    """Compare the edition's country with up to four others. `?with1=` to `?with4=` choose them; `?as=` exports."""
    user, own = request.user, request.edition.country
    today = clock.today(own.time_zone)
    visible = {country.code: country for country in Country.objects.visible_to(user)}
    published = _published_rows()
    known = {
        code: kept for code, rows in published.items() if (kept := rules.published_by(rows, today)) and code != own.code
    }
    form = ComparisonForm(
        request.GET,
        followed=[(code, country.name) for code, country in visible.items() if code != own.code],
        published=[(code, rows[0].country) for code, rows in known.items() if code not in visible],
    )
    form.is_valid()
    codes = [own.code, *form.chosen()]
    records = _read_records(user, [visible[code] for code in codes if code in visible])
    countries = [
        rules.compare_country(
            code,
            visible[code].name if code in visible else known[code][0].country,
            rules.published_by(published.get(code, ()), today),
            own_tiers=records[code].tiers if code in records else None,
            own_figures=records[code].answers() if code in records else None,
        )
        for code in codes
    ]
    if exports.is_export_requested(request):
        heads = [str(head) for head in EXPORT_COLUMNS]
        return exports.export_rows(request, "comparison", heads, list(_export_rows(countries, records)))
    years, indicators = _indicator_table(records[own.code])
    tiers = {year: row.tier for year, row in countries[0].tiers.items()}
    context = {
        "edition": request.edition,
        "filter": form,
        "countries": countries,
        "tiers": rules.tabulate_tiers(countries),
        "chart": tier_chart(tiers) if len(tiers) > 1 else None,
        "questions": rules.tabulate_figures(countries),
        "periods": [rules.name_year(year) for year in years],
        "indicators": indicators,
        "has_more_years": _count_years(records[own.code]) > len(years),
        "limits": packaged_backtest().limits,
        "rows_published": sum(map(len, published.values())),
    }
    return render_page(request, "reports/country_comparison.html", context, partial="rows")


@cache
def _published_rows() -> Mapping[str, Sequence[CountryYear]]:
    """Return the packaged country-years by the code of the country."""
    rows: dict[str, list[CountryYear]] = defaultdict(list)
    for row in packaged_country_years():
        rows[row.code].append(row)
    return dict(sorted(rows.items(), key=lambda item: item[1][0].country))


def _read_records(user: User, countries: Sequence[Country]) -> dict[str, CountryRecord]:
    """Return the records of countries that the user may see, by code."""
    tracked = Recommendation.objects.visible_to(user).filter(edition=OuterRef("pk"))
    editions: Any = Edition.objects.visible_to(user).filter(country__in=countries).annotate(is_tracked=Exists(tracked))
    tiers: dict[int, dict[int, ComparedTier]] = defaultdict(dict)
    for edition in editions:
        note = edition.note if edition.is_tracked else _join(gettext("Known only by its tier."), edition.note)
        tiers[edition.country_id][edition.year] = ComparedTier(Tier(edition.tier), is_in_record=True, note=note)
    figures: dict[int, dict[Indicator, YearFigures]] = {country.pk: {} for country in countries}
    found: dict[tuple[int, int], list[Reading]] = defaultdict(list)
    for reading in unrevised_readings(user).filter(indicator__country__in=countries):
        found[reading.indicator_id, rules.year_of(reading.starts_on)].append(reading)
    for indicator in Indicator.objects.visible_to(user).filter(country__in=countries):
        figures[indicator.country_id][indicator] = {}
        for (indicator_id, year), readings in found.items():
            if indicator_id == indicator.pk and (figure := _figure_of_record(readings, year)):
                figures[indicator.country_id][indicator][year] = figure
    return {country.code: CountryRecord(tiers[country.pk], figures[country.pk]) for country in countries}


def _figure_of_record(readings: Sequence[Reading], year: int) -> ComparedFigure | None:
    """Return the figure of a year as the record has it. A figure counts only once it is verified.

    None if there is only a claim that was returned, withdrawn or rejected.
    """
    period = GridPeriod(*default_tracking_period(year))
    cell = GridCell.of(readings, period)
    if cell is None or cell.decision is EvidenceDecision.REJECTED:
        return None
    reading = cell.reading
    note = "" if reading.through_on >= period.last else _until(reading)
    if reading.is_no_data:
        return ComparedFigure(reading.display_value, FigureOrigin.NOT_REPORTED, note)
    if cell.decision is EvidenceDecision.VERIFIED:
        return ComparedFigure(reading.display_value, FigureOrigin.VERIFIED, note)
    return ComparedFigure(gettext("not verified yet"), FigureOrigin.UNREVIEWED)


def _until(reading: Reading) -> str:
    return gettext("up to %(date)s") % {"date": format_short_date(reading.through_on)}


def _join(*sentences: str) -> str:
    return " ".join(filter(None, sentences))


def _count_years(record: CountryRecord) -> int:
    return len({year for by_year in record.figures.values() for year in by_year})


def _indicator_table(record: CountryRecord) -> tuple[list[int], list[IndicatorFigures]]:
    """Return the newest years with figures, and what each indicator that has any says in them."""
    years = sorted({year for by_year in record.figures.values() for year in by_year}, reverse=True)[:MAX_YEARS]
    unknown = ComparedFigure("–", FigureOrigin.UNKNOWN)
    return years, [
        IndicatorFigures(indicator, [(rules.name_year(year), by_year.get(year, unknown)) for year in years])
        for indicator, by_year in record.figures.items()
        if by_year
    ]


def _export_rows(
    countries: Iterable[ComparedCountry], records: Mapping[str, CountryRecord]
) -> Iterator[tuple[object, ...]]:
    """Yield a row for each tier, each figure by question, and each figure of other indicators in a record."""
    for country in countries:
        for year, tier in sorted(country.tiers.items()):
            origin = gettext("In the record") if tier.is_in_record else FigureOrigin.PUBLISHED.label
            yield country.name, gettext("Tier"), year, tier.tier.label, origin, tier.note, ""
        for (question, year), figure in sorted(country.figures.items()):
            yield country.name, question.label, *_export_figure(year, figure)
        for indicator, by_year in records[country.code].figures.items() if country.code in records else ():
            for year, figure in sorted(by_year.items()) if not indicator.question else ():
                yield country.name, indicator.name, *_export_figure(year, figure)


def _export_figure(year: int, figure: ComparedFigure) -> tuple[object, ...]:
    return rules.name_year(year), figure.text, figure.origin.label, figure.note, figure.also
