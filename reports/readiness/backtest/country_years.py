"""Read the country-years of the back-test from `country_years.csv`.

The file has one row per country and edition: the tier before and after, whether the government moved up, and the facts
that the narrative reports on the period. The facts are in our own coding; no sentence is copied. The last columns name
the sources.

| column | content |
|---|---|
| `inv_`, `pros_`, `conv_`, `vic_` | investigations, prosecutions, convictions, victims: `now`, `before`, `dir` |
| `…_dir` | the direction: `up`, `level`, `down`; empty if none was reported |
| `complicity` | the most serious step reported against complicit officials |
| `law_changed`, `procedures_adopted` | `y`, `n`, or empty if nothing was reported |
| `n_achievements`, `n_failures` | distinct ones in the opening paragraph |
| `wl_years_before` | consecutive editions on the Watch List, up to the one before: `1`, `2`, `3+` |
| `source_kind` | what was read: the opening paragraph, the Factbook, the press, or a list without text |

`says_overall_increasing` and `says_significant` are the wording of the decision itself. The file keeps them, but
nothing reads them: a judgement must not be tested on itself.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib import resources

from dialogues.choices import ReadingDirection
from recommendations.choices import EffortQuestion, Tier
from reports.readiness.facts import Period
from tiptracker.choices import ChoiceEnum
from tiptracker.localization import gettext_noop


class NarrativeSource(ChoiceEnum):
    """What the coder read."""

    OPENING = "opening", gettext_noop("Opening paragraph")
    FACTBOOK = "factbook", gettext_noop("World Factbook")
    PRESS = "press", gettext_noop("Press")
    LIST = "list", gettext_noop("List of tiers, no text")


class TierChange(ChoiceEnum):
    """How the government's tier changed from the edition before to this one."""

    UP = "up", gettext_noop("Moved up")
    SAME = "same", gettext_noop("Stayed")
    DOWN = "down", gettext_noop("Fell")


class OfficialComplicity(ChoiceEnum):
    """The most serious step reported against complicit officials."""

    CONVICTED = "convicted", gettext_noop("Officials convicted")
    PROSECUTED = "prosecuted", gettext_noop("Officials prosecuted")
    INVESTIGATED = "investigated", gettext_noop("Officials investigated")
    NONE = "none", gettext_noop("No official investigated, prosecuted or convicted")
    NOT_REPORTED = "not told", gettext_noop("No report on officials")


class PlanStatus(ChoiceEnum):
    """What was reported on a national action plan."""

    IMPLEMENTED = "implemented", gettext_noop("Plan implemented")
    ADOPTED = "adopted", gettext_noop("Plan adopted")
    NONE = "none", gettext_noop("No plan")


TEXT_SOURCES = frozenset({NarrativeSource.OPENING, NarrativeSource.FACTBOOK})
"""Sources with a narrative. Press rows are all of governments that moved up, and a list has no text."""

COUNT_COLUMNS = {
    EffortQuestion.INVESTIGATIONS: "inv",
    EffortQuestion.PROSECUTIONS: "pros",
    EffortQuestion.CONVICTIONS: "conv",
    EffortQuestion.VICTIMS: "vic",
}


@dataclass(frozen=True, slots=True)
class NarrativeCount:
    """What was reported of one count: this year's figure, last year's figure and the direction."""

    now: Decimal | None = None
    before: Decimal | None = None
    direction: ReadingDirection | None = None


@dataclass(frozen=True, slots=True)
class CountryYear:
    """One country and edition. None, or an empty `NarrativeCount`, means that nothing was reported."""

    code: str
    country: str
    edition: int
    tier_before: Tier
    tier_after: Tier
    moved: TierChange
    source: NarrativeSource
    counts: Mapping[EffortQuestion, NarrativeCount]
    officials: OfficialComplicity = OfficialComplicity.NOT_REPORTED
    law_changed: bool | None = None
    procedures_adopted: bool | None = None
    plan: PlanStatus | None = None
    training: ReadingDirection | None = None
    awareness: ReadingDirection | None = None
    achievements: int | None = None
    years_before: str = ""
    sources: tuple[str, ...] = ()
    note: str = ""

    @property
    def period(self) -> Period:
        """The year that the edition covers: 1 April to 31 March."""
        return Period(date(self.edition - 1, 4, 1), date(self.edition, 3, 31))

    @property
    def has_text(self) -> bool:
        """Whether the row rests on a narrative or the Factbook."""
        return self.source in TEXT_SOURCES

    @property
    def is_tested(self) -> bool:
        """Whether the row enters the tests: on the Watch List in the edition before, and with a text."""
        return self.has_text and self.tier_before is Tier.WATCH_LIST


def read_country_years(lines: Iterable[str]) -> tuple[CountryYear, ...]:
    """Read the rows of a file like `country_years.csv`. The first line holds the names of the columns.

    Raises:
        KeyError: if a column is missing.
        ValueError: if a code is unknown, a direction contradicts its figures, or a country and edition occur twice.
    """
    rows = tuple(_parse_row(cells) for cells in csv.DictReader(lines))
    if len({(row.code, row.edition) for row in rows}) < len(rows):
        raise ValueError("A country and edition occur twice.")
    return rows


def packaged_country_years() -> tuple[CountryYear, ...]:
    """Return the 147 rows that come with the product."""
    file = resources.files(__package__).joinpath("country_years.csv")
    return read_country_years(file.read_text(encoding="utf-8").splitlines())


def _parse_row(cells: Mapping[str, str]) -> CountryYear:
    return CountryYear(
        code=cells["iso3"],
        country=cells["country"],
        edition=int(cells["edition"]),
        tier_before=Tier(cells["tier_before"]),
        tier_after=Tier(cells["tier_after"]),
        moved=TierChange(cells["moved"]),
        source=NarrativeSource(cells["source_kind"]),
        counts={
            **{question: _parse_count(cells, column) for question, column in COUNT_COLUMNS.items()},
            EffortQuestion.MONEY: NarrativeCount(direction=_parse_direction(cells["funding_dir"])),
        },
        officials=OfficialComplicity(cells["complicity"] or OfficialComplicity.NOT_REPORTED),
        law_changed=_parse_yes_no(cells["law_changed"]),
        procedures_adopted=_parse_yes_no(cells["procedures_adopted"]),
        plan=PlanStatus(cells["plan"]) if cells["plan"] else None,
        training=_parse_direction(cells["training_dir"]),
        awareness=_parse_direction(cells["awareness_dir"]),
        achievements=int(cells["n_achievements"]) if cells["n_achievements"] else None,
        years_before=cells["wl_years_before"],
        sources=tuple(cells[column] for column in ("source_1", "source_2") if cells[column]),
        note=cells["note"],
    )


def _parse_count(cells: Mapping[str, str], column: str) -> NarrativeCount:
    now, before = (Decimal(cell) if (cell := cells[f"{column}_{when}"]) else None for when in ("now", "before"))
    direction = _parse_direction(cells[f"{column}_dir"])
    if now is not None and before is not None:
        computed = (
            ReadingDirection.LEVEL if now == before else ReadingDirection.UP if now > before else ReadingDirection.DOWN
        )
        if computed is not direction:
            raise ValueError(f"{cells['iso3']} {cells['edition']}: {column}_dir contradicts its figures.")
    return NarrativeCount(now, before, direction)


def _parse_direction(cell: str) -> ReadingDirection | None:
    return ReadingDirection(cell) if cell else None


def _parse_yes_no(cell: str) -> bool | None:
    return {"y": True, "n": False, "": None}[cell]
