"""Our own outline of the yearly questions. The entries are in `outline.toml`. No Django here."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from recommendations.choices import INDICIA_SUMMARIES
from recommendations.standard_indicators import read_catalogue
from tiptracker.choices import ChoiceEnum
from tiptracker.data_files import DataReader, Names
from tiptracker.localization import gettext_noop

FILE = Path(__file__).with_suffix(".toml")


class OutlineHeading(ChoiceEnum):
    """The headings of the outline."""

    GENERAL = "general", gettext_noop("General")
    PROSECUTION = "prosecution", gettext_noop("Prosecution")
    PROTECTION = "protection", gettext_noop("Protection")
    PREVENTION = "prevention", gettext_noop("Prevention")
    PARTNERSHIP = "partnership", gettext_noop("Partnership")


@dataclass(frozen=True, slots=True)
class OutlineQuestion:
    """A question of the outline, and what usually answers it. `outline.toml` describes the fields."""

    number: Annotated[str, Names("number")]
    heading: OutlineHeading
    text: str
    indicia: tuple[int, ...]
    evidence_kinds: tuple[str, ...]
    question_words: tuple[str, ...]
    indicators: tuple[str, ...] = ()
    criterion_words: tuple[str, ...] = ()
    recommendation_words: tuple[str, ...] = ()
    is_about_complicity: bool = False

    def __post_init__(self) -> None:
        """Check what the types leave open. Raises ValueError."""
        if not set(self.indicia) <= set(INDICIA_SUMMARIES):
            raise ValueError("indicia: 22 U.S.C. 7106(b) has the numbers 1 to 12.")
        if unknown := [key for key in self.indicators if key not in read_catalogue()]:
            raise ValueError(f"indicators: The catalogue has no “{unknown[0]}”.")

    @property
    def catalogue_keys(self) -> frozenset[str]:
        """The keys of the standard indicators that answer it."""
        asked = {entry.key for entry in read_catalogue().values() if entry.yearly_question == self.number}
        return frozenset(asked | set(self.indicators))


@cache
def read_outline() -> tuple[OutlineQuestion, ...]:
    """Read the outline once, in its order. Raises DataFileError."""
    return tuple(DataReader().read(FILE, {"question": OutlineQuestion}))
