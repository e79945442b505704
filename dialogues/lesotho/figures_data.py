"""Lesotho, from the public record: the figures.

The record contains no figure that its sources don't give. No Django here.
"""

from decimal import Decimal

from dialogues.choices import ReadingDirection
from dialogues.lesotho.edition_data import (
    CONVICTIONS,
    DISTRICTS_WITH_FOCAL_POINT,
    EDITION_KNOWN_AT,
    INVESTIGATIONS,
    NARRATIVE_2020,
    NARRATIVE_2021,
    NARRATIVE_2022,
    OFFICIALS_TRAINED,
    PROSECUTIONS,
    VICTIM_FUNDING,
    VICTIMS,
)
from dialogues.lesotho.entries import (
    ReadingEntry,
    ReportingPeriod,
)

YEAR_BEFORE_LAST = ReportingPeriod.from_april(2019)
LAST_YEAR = ReportingPeriod.from_april(2020)
THIS_YEAR = ReportingPeriod.from_april(2021)


def _reading(
    indicator: str,
    period: ReportingPeriod,
    edition: int,
    source: str = "",
    *,
    figure: int | None = None,
    direction: ReadingDirection | None = None,
    note: str = "",
    evidence: str = "",
    forms: tuple[tuple[str, Decimal], ...] = (),
) -> ReadingEntry:
    """Return a reading that became known with an edition.

    Without a source it says that no source gives a figure: no data.
    """
    return ReadingEntry(
        indicator=indicator,
        period=period,
        source=source or "None in this record",
        recorded_at=EDITION_KNOWN_AT[edition],
        figure=None if figure is None else Decimal(figure),
        direction=direction,
        note=note if source else "No source gives a figure.",
        evidence=evidence,
        forms=forms,
    )


READINGS = (
    _reading(INVESTIGATIONS, YEAR_BEFORE_LAST, 2020, NARRATIVE_2020, figure=0),
    _reading(PROSECUTIONS, YEAR_BEFORE_LAST, 2020, NARRATIVE_2020, figure=0),
    _reading(CONVICTIONS, YEAR_BEFORE_LAST, 2020, NARRATIVE_2020, figure=0, note="The fourth year without one."),
    _reading(VICTIMS, YEAR_BEFORE_LAST, 2020),
    _reading(VICTIM_FUNDING, YEAR_BEFORE_LAST, 2020, NARRATIVE_2020, figure=0, note="None."),
    _reading(OFFICIALS_TRAINED, YEAR_BEFORE_LAST, 2020),
    _reading(DISTRICTS_WITH_FOCAL_POINT, YEAR_BEFORE_LAST, 2020),
    _reading(INVESTIGATIONS, LAST_YEAR, 2021, NARRATIVE_2021, figure=4),
    _reading(PROSECUTIONS, LAST_YEAR, 2022, NARRATIVE_2022, figure=4),
    _reading(CONVICTIONS, LAST_YEAR, 2021, NARRATIVE_2021, figure=1, note="The first in four years."),
    _reading(VICTIMS, LAST_YEAR, 2021),
    _reading(VICTIM_FUNDING, LAST_YEAR, 2021, NARRATIVE_2021, note="“Modest”, no figure."),
    _reading(OFFICIALS_TRAINED, LAST_YEAR, 2021),
    _reading(DISTRICTS_WITH_FOCAL_POINT, LAST_YEAR, 2021),
    _reading(
        INVESTIGATIONS,
        THIS_YEAR,
        2022,
        NARRATIVE_2022,
        figure=10,
        note="3 more were continued from before.",
        evidence="investigations",
        forms=(("Labour trafficking", Decimal(5)), ("Unspecified", Decimal(5))),
    ),
    _reading(
        PROSECUTIONS,
        THIS_YEAR,
        2022,
        NARRATIVE_2022,
        figure=16,
        evidence="prosecutions",
        forms=(("Labour trafficking", Decimal(6)), ("Sex trafficking", Decimal(10))),
    ),
    _reading(
        CONVICTIONS,
        THIS_YEAR,
        2022,
        NARRATIVE_2022,
        figure=1,
        note="Ten years in prison, suspended.",
        evidence="conviction",
    ),
    _reading(VICTIMS, THIS_YEAR, 2022, NARRATIVE_2022, direction=ReadingDirection.UP, evidence="victims"),
    _reading(VICTIM_FUNDING, THIS_YEAR, 2022),
    _reading(OFFICIALS_TRAINED, THIS_YEAR, 2022, NARRATIVE_2022, direction=ReadingDirection.UP, evidence="training"),
    _reading(DISTRICTS_WITH_FOCAL_POINT, THIS_YEAR, 2022),
)
