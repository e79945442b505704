"""Say in words where a fact is stated, alike in every document."""

from dialogues.models import Evidence, Reading
from tiptracker.localization import format_date


def describe_evidence_source(evidence: Evidence, *, has_date: bool) -> str:
    """Return who states it, where, and the link: "Lesotho press: Lesotho Times. 3 March 2022. https://…".

    `has_date`: whether the last day of what happened is included, for documents that do not print it beside.
    """
    day = format_date(evidence.happened_to) if has_date else ""
    return ". ".join(part.rstrip(".") for part in (evidence.attribution, day, evidence.link) if part)


def describe_reading_source(reading: Reading, *, has_date: bool) -> str:
    """Return where a figure is stated: the source of its evidence, otherwise its own. Fetch the evidence with it."""
    if reading.evidence is None:
        return reading.source
    return describe_evidence_source(reading.evidence, has_date=has_date)
