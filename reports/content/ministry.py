"""What a ministry's page says. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from reports.content.ambassador import Undertaking
from reports.words import BriefingKind

AGREED_FIRST, VERIFIED_FIRST, NEEDED_FIRST = 12, 8, 8
"""How many of each a ministry's one page names at most, where it has room for them."""


@dataclass(frozen=True)
class Verified:
    """Something that the embassy has verified, and in words when it happened and when that was."""

    what: str
    when: str


@dataclass(frozen=True)
class Needed:
    """An undertaking that is open, and in a sentence what is asked next."""

    what: str
    sentence: str


@dataclass(frozen=True)
class MinistryPage:
    """All that a ministry's page says: nothing that the ministry may not read, and no score."""

    kind: ClassVar[BriefingKind] = BriefingKind.MINISTRY

    title: str
    subtitle: str
    post: str
    country: str
    edition: str
    minister: str
    marking: str
    is_cleared: bool
    as_of: date
    known_by: datetime | None
    facts_up_to: datetime | None
    sentence: str
    agreed: tuple[Undertaking, ...]
    verified: tuple[Verified, ...]
    needed: tuple[Needed, ...]
    sections: tuple[str, ...] | None = None
    covering_note: str = ""

    @property
    def agreed_first(self) -> tuple[Undertaking, ...]:
        """What the page names as far as it has room: the most urgent."""
        return self.agreed[:AGREED_FIRST]

    @property
    def verified_first(self) -> tuple[Verified, ...]:
        """What the page names as far as it has room: what is done, then what was verified last."""
        return self.verified[:VERIFIED_FIRST]

    @property
    def needed_first(self) -> tuple[Needed, ...]:
        """What the page names as far as it has room: the most urgent."""
        return self.needed[:NEEDED_FIRST]
