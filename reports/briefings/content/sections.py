"""The sections of each kind of document, in their default order."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from reports.choices import BriefingKind


class DocumentSection(NamedTuple):
    """A section: its name, as in a URL or a row, and its title, as on a page."""

    name: str
    title: str


SECTIONS: Mapping[BriefingKind, tuple[DocumentSection, ...]] = {
    BriefingKind.AMBASSADOR: (
        DocumentSection("parts", "The four parts, with their reasons"),
        DocumentSection("recommendations", "Recommendations"),
        DocumentSection("ministries", "By ministry"),
        DocumentSection("dialogues", "Dialogue record"),
        DocumentSection("updates", "What ministries sent"),
        DocumentSection("evidence", "Evidence"),
    ),
    BriefingKind.MINISTRY: (
        DocumentSection("agreed", "What we agreed, and where it stands"),
        DocumentSection("verified", "What we have verified"),
        DocumentSection("needed", "What would help next"),
    ),
    BriefingKind.DIALOGUE: (
        DocumentSection("agenda", "Agenda"),
        DocumentSection("points", "Talking points, by ministry"),
        DocumentSection("last_time", "What was agreed last time"),
        DocumentSection("participants", "Participants"),
    ),
    BriefingKind.WASHINGTON: (
        DocumentSection("prosecution", "Prosecution"),
        DocumentSection("protection", "Protection"),
        DocumentSection("prevention", "Prevention"),
    ),
}
"""The first two pages of an ambassador's briefing are not a section: they always come first."""


def pick_sections(kind: BriefingKind, names: Sequence[str] | None) -> tuple[DocumentSection, ...]:
    """Return the sections with these names, in this order; all sections of the kind for None.

    Raises:
        KeyError: if the kind has no such section.
    """
    known = {section.name: section for section in SECTIONS[kind]}
    return SECTIONS[kind] if names is None else tuple(known[name] for name in names)
