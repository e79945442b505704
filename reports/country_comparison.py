"""Compare the tiers and figures of countries over the years. No Django here.

What is compared comes from two sources: the record of a country that the reader may see, and the published
country-years of the back-test. A year is named by its first day, 1 April: the reporting period that the next edition
of the report looks back on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from recommendations.choices import EffortQuestion, Tier
from reports.readiness.backtest.country_years import CountryYear, NarrativeCount
from tiptracker.choices import ChoiceEnum
from tiptracker.localization import format_number, gettext, gettext_noop

COMPARED_QUESTIONS = (
    EffortQuestion.INVESTIGATIONS,
    EffortQuestion.PROSECUTIONS,
    EffortQuestion.CONVICTIONS,
    EffortQuestion.VICTIMS,
    EffortQuestion.MONEY,
)
"""The questions of the law that the published country-years tell something of in figures or directions."""
FIRST_MONTH_KNOWN = 8
"""The report of a year appears in June or July. From this month on, its edition is taken as published."""


class FigureOrigin(ChoiceEnum):
    """Where a compared figure comes from, or why there is none."""

    VERIFIED = "verified", gettext_noop("Verified in the record")
    PUBLISHED = "published", gettext_noop("Published")
    NOT_REPORTED = "not_reported", gettext_noop("No data in the record")
    UNREVIEWED = "unreviewed", gettext_noop("Not verified yet")
    NOT_IN_TEXT = "not_in_text", gettext_noop("Nothing in the published text")
    UNKNOWN = "unknown", gettext_noop("Not in the record")


class ComparedFigure(NamedTuple):
    """A figure of one country in one year, as text. `also` is the published one, if the record has another."""

    text: str
    origin: FigureOrigin
    note: str = ""
    also: str = ""

    @property
    def is_missing(self) -> bool:
        """Whether there is neither a figure nor a direction."""
        return self.origin not in (FigureOrigin.VERIFIED, FigureOrigin.PUBLISHED)


class ComparedTier(NamedTuple):
    """The tier of a country in one edition. `note` is what a reader should know about it."""

    tier: Tier
    is_in_record: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class ComparedCountry:
    """What the reader may know of a country: its tiers by edition, and its figures by question and year.

    `has_record` is True for a country whose own record the reader may see.
    """

    code: str
    name: str
    has_record: bool
    tiers: Mapping[int, ComparedTier] = field(default_factory=dict)
    figures: Mapping[tuple[EffortQuestion, int], ComparedFigure] = field(default_factory=dict)
    sources: Sequence[tuple[int, str]] = ()
    """Edition and source of each published country-year."""

    def figure(self, question: EffortQuestion, year: int) -> ComparedFigure:
        """Return the figure of a year, or why there is none."""
        return self.figures.get((question, year)) or ComparedFigure("–", FigureOrigin.UNKNOWN)


class TierRow(NamedTuple):
    """The tiers of all compared countries in one edition, by name of the country; None where none is known."""

    year: int
    cells: Sequence[tuple[str, ComparedTier | None]]


class FigureRow(NamedTuple):
    """The figures of all compared countries in one year, by name of the country."""

    year: int
    cells: Sequence[tuple[str, ComparedFigure]]

    @property
    def period(self) -> str:
        """The year in words."""
        return name_year(self.year)


class QuestionTable(NamedTuple):
    """The figures of all compared countries that answer one question, newest year first."""

    question: EffortQuestion
    rows: Sequence[FigureRow]


def name_year(year: int) -> str:
    """Return a reporting period in words: "Apr 2021 to Mar 2022"."""
    return gettext("Apr %(first)d to Mar %(last)d") % {"first": year, "last": year + 1}


def year_of(day: date) -> int:
    """Return the reporting period that a day lies in, by the year of its first day."""
    return day.year if day.month >= 4 else day.year - 1


def published_by(rows: Iterable[CountryYear], today: date) -> list[CountryYear]:
    """Return the country-years whose edition had been published by a day, oldest first."""
    newest = today.year if today.month >= FIRST_MONTH_KNOWN else today.year - 1
    return sorted((row for row in rows if row.edition <= newest), key=lambda row: (row.code, row.edition))


def compare_country(
    code: str,
    name: str,
    rows: Iterable[CountryYear],
    *,
    own_tiers: Mapping[int, ComparedTier] | None = None,
    own_figures: Mapping[tuple[EffortQuestion, int], ComparedFigure] | None = None,
) -> ComparedCountry:
    """Return what is known of a country.

    Args:
        code: its international code.
        name: its name.
        rows: its published country-years, oldest first.
        own_tiers: the tiers in its record, by edition; None if the reader may not see its record.
        own_figures: the figures in its record, by question and year; None likewise.
    """
    rows = list(rows)
    tiers, figures = published_tiers(rows), published_figures(rows)
    for key, own in (own_figures or {}).items():
        published = figures.get(key)
        if own.is_missing and published and not published.is_missing:
            continue
        differs = published and not published.is_missing and published.text != own.text
        figures[key] = own._replace(also=published.text) if published and differs else own
    return ComparedCountry(
        code,
        name,
        has_record=own_tiers is not None,
        tiers=tiers | dict(own_tiers or {}),
        figures=figures,
        sources=[(row.edition, source) for row in rows for source in row.sources],
    )


def published_tiers(rows: Iterable[CountryYear]) -> dict[int, ComparedTier]:
    """Return the tiers that country-years tell: of their own edition, and of the one before."""
    tiers: dict[int, ComparedTier] = {}
    for row in rows:
        tiers.setdefault(row.edition - 1, ComparedTier(row.tier_before, is_in_record=False))
        tiers[row.edition] = ComparedTier(row.tier_after, is_in_record=False)
    return tiers


def published_figures(rows: Iterable[CountryYear]) -> dict[tuple[EffortQuestion, int], ComparedFigure]:
    """Return the figures that country-years tell, by question and year.

    A year's own edition comes before the next one, which repeats the figure of the year before.
    """
    figures: dict[tuple[EffortQuestion, int], ComparedFigure] = {}
    rows = list(rows)
    for row in rows:
        for question in COMPARED_QUESTIONS:
            count = row.counts.get(question, NarrativeCount())
            figures[question, row.edition - 1] = _published_figure(row, count)
    for row in rows:
        for question in COMPARED_QUESTIONS:
            before = row.counts.get(question, NarrativeCount()).before
            known = figures.get((question, row.edition - 2))
            if before is not None and (known is None or known.is_missing):
                figures[question, row.edition - 2] = ComparedFigure(
                    format_number(before), FigureOrigin.PUBLISHED, _edition_note(row)
                )
    return figures


def _published_figure(row: CountryYear, count: NarrativeCount) -> ComparedFigure:
    if count.now is not None:
        return ComparedFigure(format_number(count.now), FigureOrigin.PUBLISHED, _edition_note(row))
    if count.direction:
        return ComparedFigure(count.direction.label, FigureOrigin.PUBLISHED, _edition_note(row))
    return ComparedFigure(gettext("no figure"), FigureOrigin.NOT_IN_TEXT, _edition_note(row))


def _edition_note(row: CountryYear) -> str:
    return gettext("%(year)d edition, %(source)s") % {"year": row.edition, "source": row.source.label.lower()}


def tabulate_tiers(countries: Sequence[ComparedCountry]) -> list[TierRow]:
    """Return the tiers by edition, newest first. Editions that nobody knows in between are rows too."""
    years = {year for country in countries for year in country.tiers}
    if not years:
        return []
    return [
        TierRow(year, [(country.name, country.tiers.get(year)) for country in countries])
        for year in range(max(years), min(years) - 1, -1)
    ]


def tabulate_figures(countries: Sequence[ComparedCountry]) -> list[QuestionTable]:
    """Return a table for each question that something is known of, with the years of any country, newest first."""
    tables = []
    for question in COMPARED_QUESTIONS:
        years = {year for country in countries for asked, year in country.figures if asked is question}
        rows = [
            FigureRow(year, [(country.name, country.figure(question, year)) for country in countries])
            for year in sorted(years, reverse=True)
        ]
        if rows:
            tables.append(QuestionTable(question, rows))
    return tables
