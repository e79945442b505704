"""Say in words what must be shown for a benchmark, and by which kind of evidence. The rules do not use Django."""

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from dialogues.choices import EvidenceKind
from recommendations.choices import Better, Rule
from tiptracker.localization import format_number, gettext

if TYPE_CHECKING:
    from recommendations.models import BenchmarkTerms

KIND_PATTERNS = (
    (
        EvidenceKind.LAW,
        r"\b(?:law|act|acts|bill|amend\w*|regulations?|rules?|procedures?|decree|parliament|gazette\w*)\b",
    ),
    (EvidenceKind.BUDGET, r"\b(?:money|budget\w*|fund|funds|funded|funding|allocat\w+|payments?|paid|released)\b"),
    (
        EvidenceKind.COURT,
        r"\b(?:convict\w*|prosecutions?|prosecuted|charges?|charged|court\w*|sentenc\w*|cases?|prison)\b",
    ),
    (EvidenceKind.TRAINING, r"\b(?:train\w*|courses?|workshops?)\b"),
)
"""The kinds of evidence that the words of a criterion point to, in the order in which they are named."""
USUAL_KINDS = (EvidenceKind.REPORT, EvidenceKind.SITE_VISIT)
"""The kinds to name if the words point to none."""


def describe_requirement(
    criterion: str,
    rule: Rule,
    *,
    indicator: str = "",
    unit: str = "",
    target: Decimal | None = None,
    better: Better = Better.UP,
) -> str:
    """Return what meets a benchmark, in two or three sentences.

    Args:
        criterion: what must be true, in the words of the benchmark.
        indicator: the name of what is counted, for the two rules with figures.
    """
    if rule is Rule.ASSESSED:
        sentence = gettext(
            "Verified evidence of a concrete action by the government. A plan or a statement is not enough. The "
            "embassy then assesses how far the action goes. Types of evidence that can show it: %(kinds)s."
        )
        return sentence % {"kinds": ", ".join(str(kind.label) for kind in suggest_kinds(criterion))}
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
        terms.criterion,
        Rule(terms.rule),
        indicator=indicator.name if indicator else "",
        unit=indicator.unit if indicator else "",
        target=terms.target,
        better=Better(indicator.better) if indicator else Better.UP,
    )


def suggest_kinds(criterion: str) -> list[EvidenceKind]:
    """Return the types of evidence that could show a criterion, by its words."""
    words = criterion.lower()
    return [kind for kind, pattern in KIND_PATTERNS if re.search(pattern, words)] or list(USUAL_KINDS)
