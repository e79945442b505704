"""Say in words where a fact is stated, alike in every document."""

from dialogues.models import Evidence, Reading


def describe_evidence_source(evidence: Evidence) -> str:
    """Return who states it, where, and the link: "Lesotho press: Lesotho Times, 3 March 2022. https://…"."""
    return ". ".join(part.rstrip(".") for part in (evidence.attribution, evidence.link) if part)


def describe_reading_source(reading: Reading) -> str:
    """Return where a figure is stated: the source of its evidence, otherwise its own. Fetch the evidence with it."""
    return reading.source if reading.evidence is None else describe_evidence_source(reading.evidence)
