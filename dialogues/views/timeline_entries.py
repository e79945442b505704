"""The dated lines of a commitment's story, as pages tell them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.utils import timezone

from dialogues.choices import EvidenceDecision, SupportKind
from dialogues.models import Evidence, EvidenceFile, Reading
from tiptracker.choices import ChoiceEnum


class TimelineEvidenceLink(NamedTuple):
    """What a piece of evidence shows on a benchmark, and the embassy's newest word on that."""

    about: str
    shows: SupportKind | None
    review: EvidenceDecision | None
    reason: str = ""
    first_on: date | None = None


@dataclass(frozen=True)
class TimelineEntry:
    """One dated line of the timeline. `hand` is who speaks: embassy, ministry, us, or record (somebody else)."""

    on: date
    recorded_at: datetime
    hand: str
    title: str
    who: str
    did: str
    first: date | None = None
    word: ChoiceEnum | None = None
    line: str = ""
    text: str = ""
    by: str = ""
    url: str = ""
    outside: str = ""
    files: Sequence[EvidenceFile] = ()
    readings: Sequence[Reading] = ()
    bearings: Sequence[TimelineEvidenceLink] = ()
    facts: Sequence[str] = ()
    said: date | None = None

    @property
    def recorded_on(self) -> date:
        """The day on which it was recorded, in the reader's zone."""
        return timezone.localtime(self.recorded_at).date()

    @property
    def said_on(self) -> date:
        """The day on which it was said: that of the event, or else that of its recording."""
        return self.said or self.recorded_on


def summarize_update(pieces: Iterable[Evidence], readings: Iterable[Reading]) -> str:
    """What a ministry said in one line: the title of what came with its update, without the file or figure behind it.

    A piece that carries a file or the words goes before one that carries a figure.
    """
    figures = {reading.evidence_id: reading.in_words for reading in readings}
    for piece in sorted(pieces, key=lambda piece: (piece.pk in figures, piece.pk)):
        behind = figures.get(piece.pk) or (piece.file.name if piece.file else "")
        return piece.title.removesuffix(f" ({behind})")
    return ""
