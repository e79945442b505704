"""The catalogue of standard indicators: what the law and the yearly questions ask every post to say in figures.

The entries are in `standard_indicators.toml`. Their sentences are English; `gettext` translates them. No Django here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from recommendations.choices import INDICIA_SUMMARIES, Better, BreakdownDimension, EffortQuestion, Pillar
from tiptracker.choices import ChoiceEnum
from tiptracker.data_files import DataReader, Names
from tiptracker.localization import gettext, gettext_noop

FILE = Path(__file__).with_suffix(".toml")


class YearlyQuestion(ChoiceEnum):
    """The questions of every winter that figures answer, by their number in our own outline."""

    INVESTIGATIONS = "4", gettext_noop("Investigations")
    PROSECUTIONS = "5", gettext_noop("Prosecutions")
    CONVICTIONS = "6", gettext_noop("Convictions, sentences and restitution")
    COMPLICITY = "7", gettext_noop("Complicit officials")
    TRAINING = "8", gettext_noop("Training of officials")
    IDENTIFIED = "10", gettext_noop("Victims identified")
    ASSISTED = "11", gettext_noop("Victims referred and assisted")
    AWARENESS = "14", gettext_noop("Awareness, hotlines, recruiters and labour inspection")
    MONEY = "20", gettext_noop("Money")


class ReportingBody(ChoiceEnum):
    """The kind of body that usually has a figure."""

    POLICE = "police"
    JUSTICE = "justice"
    HOME_AFFAIRS = "home_affairs"
    SOCIAL_AFFAIRS = "social_affairs"
    LABOUR = "labour"
    FINANCE = "finance"


_NAME_OF_BODY = {
    ReportingBody.POLICE: re.compile(r"\bpolice\b"),
    ReportingBody.JUSTICE: re.compile(r"\bjustice\b"),
    ReportingBody.HOME_AFFAIRS: re.compile(r"\bhome affairs\b|\binterior\b"),
    ReportingBody.SOCIAL_AFFAIRS: re.compile(r"\bsocial\b|\bwelfare\b"),
    ReportingBody.LABOUR: re.compile(r"\blabou?r\b"),
    ReportingBody.FINANCE: re.compile(r"\bfinance\b|\btreasury\b"),
}
"""Words in the name of a ministry that belongs to each kind of body."""


@dataclass(frozen=True, slots=True)
class StandardIndicator:
    """An entry of the catalogue.

    `includes` says what a figure includes, and `note` what the law leaves open. Money has the currency of the country
    for its unit. Where `counts_victims`, small parts of its figures are suppressed. A breakdown by district is always
    possible.
    """

    key: Annotated[str, Names("standard indicator")]
    name: Annotated[str, Names("name")]
    yearly_question: YearlyQuestion
    pillar: Pillar
    indicium: int
    better: Better
    reported_by: ReportingBody
    includes: str
    unit: str = ""
    is_money: bool = False
    counts_victims: bool = False
    effort_question: EffortQuestion | None = None
    breakdowns: tuple[BreakdownDimension, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        """Check what the types leave open. Raises ValueError."""
        if self.indicium not in INDICIA_SUMMARIES:
            raise ValueError(f"indicium: 22 U.S.C. 7106(b) has no number {self.indicium}.")
        if bool(self.unit) is self.is_money:
            raise ValueError("Give a unit, or say that it is money, and not both.")
        if not self.includes:
            raise ValueError("includes: Say what a figure includes.")
        if BreakdownDimension.DISTRICT in self.breakdowns:
            raise ValueError("breakdowns: Leave “district” out. Every figure can be broken down by district.")

    def unit_in(self, currency: str) -> str:
        """Return the unit, which for money is the currency of the country, in the language at hand."""
        return currency if self.is_money else gettext(self.unit)


@cache
def read_catalogue() -> dict[str, StandardIndicator]:
    """Read the catalogue once. Returns its entries by key, in their order. Raises DataFileError."""
    return {entry.key: entry for entry in DataReader().read(FILE, {"indicator": StandardIndicator})}


def propose_ministry(body: ReportingBody, ministries: Mapping[int, str]) -> int | None:
    """Return the key of the one ministry (names by key) whose name fits a body; None if none or several fit."""
    fitting = [pk for pk, name in ministries.items() if _NAME_OF_BODY[body].search(name.casefold())]
    return fitting[0] if len(fitting) == 1 else None
