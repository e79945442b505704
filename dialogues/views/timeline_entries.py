"""The dated entries of a commitment's timeline, as pages show them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.utils import timezone

from dialogues.choices import EvidenceDecision, SupportKind
from dialogues.models import Evidence, EvidenceFile, Reading
from tiptracker.choices import ChoiceEnum
from tiptracker.localization import gettext_noop

EMBASSY_NAME = gettext_noop("U.S. Embassy")


class TimelineEvidenceLink(NamedTuple):
    """What a piece of evidence shows on a benchmark, and the embassy's newest review decision."""

    about: str
    shows: SupportKind | None
    review: EvidenceDecision | None
    reason: str = ""
    first_on: date | None = None


@dataclass(frozen=True)
class TimelineEntry:
    """A dated entry of the timeline. `speaker` is embassy, ministry, us, or record (another source).

    `withdrawn_on` is the day on which the ministry withdrew the update version that the entry shows.
    """

    day: date
    recorded_at: datetime
    speaker: str
    title: str
    source: str
    verb: str
    first_day: date | None = None
    status: ChoiceEnum | None = None
    line: str = ""
    text: str = ""
    by: str = ""
    url: str = ""
    outside: str = ""
    files: Sequence[EvidenceFile] = ()
    readings: Sequence[Reading] = ()
    evidence_links: Sequence[TimelineEvidenceLink] = ()
    facts: Sequence[str] = ()
    event_day: date | None = None
    withdrawn_on: date | None = None

    @property
    def recorded_on(self) -> date:
        """Return the day on which it was recorded, in the active time zone."""
        return timezone.localtime(self.recorded_at).date()

    @property
    def stated_on(self) -> date:
        """Return the day on which it was stated: the day of the event, or else the day of recording."""
        return self.event_day or self.recorded_on


def summarize_update(pieces: Iterable[Evidence], readings: Iterable[Reading]) -> str:
    """Return an update in one line: the title of its evidence, without the file or figure in parentheses.

    Evidence with a file or with the ministry's text comes before evidence with a figure.
    """
    figures = {reading.evidence_id: reading.description for reading in readings}
    for piece in sorted(pieces, key=lambda piece: (piece.pk in figures, piece.pk)):
        behind = figures.get(piece.pk) or (piece.file.name if piece.file else "")
        return piece.title.removesuffix(f" ({behind})")
    return ""
