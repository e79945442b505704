"""The sections of each kind of document, in their default order."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from reports.choices import BriefingKind
from tiptracker.localization import gettext, gettext_noop


class DocumentSection(NamedTuple):
    """A section: its name, as in a URL or a row, and its title in English."""

    name: str
    english_title: str

    @property
    def title(self) -> str:
        """The title in the reader's language."""
        return gettext(self.english_title)


SECTIONS: Mapping[BriefingKind, tuple[DocumentSection, ...]] = {
    BriefingKind.AMBASSADOR: (
        DocumentSection("parts", gettext_noop("The four parts of readiness")),
        DocumentSection("recommendations", gettext_noop("Recommendations")),
        DocumentSection("ministries", gettext_noop("Commitments by ministry")),
        DocumentSection("dialogues", gettext_noop("Dialogues")),
        DocumentSection("updates", gettext_noop("Updates from ministries")),
        DocumentSection("evidence", gettext_noop("Evidence")),
    ),
    BriefingKind.MINISTRY: (
        DocumentSection("agreed", gettext_noop("What we agreed")),
        DocumentSection("verified", gettext_noop("What we have verified")),
        DocumentSection("needed", gettext_noop("What we need next")),
    ),
    BriefingKind.DIALOGUE: (
        DocumentSection("agenda", gettext_noop("Agenda")),
        DocumentSection("points", gettext_noop("Talking points")),
        DocumentSection("figures", gettext_noop("Dialogue by numbers")),
        DocumentSection("last_time", gettext_noop("Last dialogue")),
        DocumentSection("participants", gettext_noop("Participants")),
    ),
    BriefingKind.WASHINGTON: (
        DocumentSection("prosecution", gettext_noop("Prosecution")),
        DocumentSection("protection", gettext_noop("Protection")),
        DocumentSection("prevention", gettext_noop("Prevention")),
    ),
    BriefingKind.ANSWERS: (
        DocumentSection("answers", gettext_noop("Answers")),
        DocumentSection("missing", gettext_noop("What is missing")),
        DocumentSection("last_year", gettext_noop("Answers of the year before")),
        DocumentSection("sources", gettext_noop("Table of sources")),
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
