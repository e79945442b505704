"""The sections that a document of each kind has, in the order in which it tells them unless others are picked. Pure."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from reports.choices import BriefingKind


class Section(NamedTuple):
    """A section by its name in an address or a row, and its title on a page."""

    name: str
    title: str


SECTIONS: Mapping[BriefingKind, tuple[Section, ...]] = {
    BriefingKind.AMBASSADOR: (
        Section("parts", "The four parts, with their reasons"),
        Section("recommendations", "Recommendations"),
        Section("ministries", "By ministry"),
        Section("dialogues", "Dialogue record"),
        Section("updates", "What ministries sent"),
        Section("evidence", "Evidence"),
    ),
    BriefingKind.MINISTRY: (
        Section("agreed", "What we agreed, and where it stands"),
        Section("verified", "What we have verified"),
        Section("needed", "What would help next"),
    ),
    BriefingKind.DIALOGUE: (
        Section("agenda", "Agenda"),
        Section("points", "Talking points, by ministry"),
        Section("last_time", "What was agreed last time"),
        Section("participants", "Participants"),
    ),
    BriefingKind.WASHINGTON: (
        Section("prosecution", "Prosecution"),
        Section("protection", "Protection"),
        Section("prevention", "Prevention"),
    ),
}
"""The first two pages of an ambassador's briefing stand alone and are no section: they always come first."""


def picked(kind: BriefingKind, names: Sequence[str] | None) -> tuple[Section, ...]:
    """The sections of these names, in this order; all of the kind's for None. KeyError for no such one."""
    known = {section.name: section for section in SECTIONS[kind]}
    return SECTIONS[kind] if names is None else tuple(known[name] for name in names)
