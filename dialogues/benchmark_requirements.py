"""Say in words what must be shown for a benchmark. The rules do not use Django."""

from decimal import Decimal
from typing import TYPE_CHECKING

from recommendations.choices import Better, Rule
from tiptracker.localization import format_number, gettext

if TYPE_CHECKING:
    from recommendations.models import BenchmarkTerms


def describe_requirement(
    rule: Rule,
    *,
    indicator: str = "",
    unit: str = "",
    target: Decimal | None = None,
    better: Better = Better.UP,
) -> str:
    """Return what meets a benchmark, in two or three sentences.

    Args:
        indicator: the name of what is counted, for the two rules with figures.
    """
    if rule is Rule.ASSESSED:
        return gettext(
            "Verified evidence of a concrete action by the government. A plan or a statement is not enough. The "
            "embassy then assesses how far the action goes."
        )
    printed = "" if target is None else f"{format_number(target)} {unit}".rstrip()
    values = {"indicator": indicator, "target": printed}
    if rule is Rule.TARGET:
        sentence = (
            gettext(
                "A verified figure of “%(indicator)s” of at most %(target)s, with its source. An event without "
                "a figure does not count."
            )
            if better is Better.DOWN
            else gettext(
                "A verified figure of “%(indicator)s” of %(target)s, with its source. A lower figure counts in "
                "part. An event without a figure does not count."
            )
        )
        return sentence % values
    sentence = (
        gettext(
            "A verified figure of “%(indicator)s” that is lower than the year before. Figures of both years are "
            "needed, with their sources. An event without a figure does not count."
        )
        if better is Better.DOWN
        else gettext(
            "A verified figure of “%(indicator)s” that is higher than the year before. Figures of both years are "
            "needed, with their sources. An event without a figure does not count."
        )
    )
    return sentence % values


def describe_terms(terms: "BenchmarkTerms") -> str:
    """Return what meets a benchmark with these terms, which were loaded with their indicator."""
    indicator = terms.indicator
    return describe_requirement(
        Rule(terms.rule),
        indicator=indicator.name if indicator else "",
        unit=indicator.unit if indicator else "",
        target=terms.target,
        better=Better(indicator.better) if indicator else Better.UP,
    )
