"""What a ministry's page says. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from reports.briefings.content.ambassador import PrintedCommitment
from reports.choices import BriefingKind


@dataclass(frozen=True)
class VerifiedItem:
    """Something that the embassy has verified, and in words when it happened and when that was."""

    what: str
    when: str


@dataclass(frozen=True)
class NeededItem:
    """An undertaking that is open, in a sentence what is asked next, and why it stands where it does in the list."""

    what: str
    sentence: str
    reason: str


@dataclass(frozen=True)
class MinistryPage:
    """All that a ministry's page says: nothing that the ministry may not read, and no score.

    What is listed is in an order, told in a sentence of its own (`agreed_order` …; empty where there is none to tell).
    """

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
    agreed: tuple[PrintedCommitment, ...]
    verified: tuple[VerifiedItem, ...]
    needed: tuple[NeededItem, ...]
    agreed_order: str
    verified_order: str
    needed_order: str
    sections: tuple[str, ...] | None = None
    covering_note: str = ""
