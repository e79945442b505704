"""What the contents of all kinds of documents have in common."""

from dataclasses import dataclass, field
from datetime import date, datetime

from tiptracker.choices import Marking


@dataclass(frozen=True, kw_only=True)
class CommonContent:
    """The title of a document, what it describes and for whom, and what was picked for it."""

    title: str
    subtitle: str
    post: str
    country: str
    edition: str
    as_of: date
    known_by: datetime | None
    facts_up_to: datetime | None
    marking: str = field(default_factory=lambda: Marking.SBU.label)
    is_cleared: bool = False
    sections: tuple[str, ...] | None = None
    covering_note: str = ""
