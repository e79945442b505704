"""What input for Washington says. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from reports.words import BriefingKind


@dataclass(frozen=True)
class Counted:
    """An indicator: the year before, the period, and which way it moved, in a sentence. `source` may be left out."""

    name: str
    before: str
    now: str
    moved: str
    source: str


@dataclass(frozen=True)
class Deed:
    """A verified concrete action of the government: when, what, who did it, on which benchmarks. `source` may be ""."""

    when: str
    what: str
    done_by: str
    towards: str
    source: str


@dataclass(frozen=True)
class Judged:
    """A benchmark as the embassy assesses it, with its rationale and section of the law."""

    key: str
    criterion: str
    verdict: str
    rationale: str
    law: str


@dataclass(frozen=True)
class Indicium:
    """What the record holds on one of the twelve indicia under a pillar; `label` is empty where none is named."""

    label: str
    law: str
    counted: tuple[Counted, ...]
    deeds: tuple[Deed, ...]
    judged: tuple[Judged, ...]


@dataclass(frozen=True)
class PillarInput:
    """A pillar with its indicia, in the order of the law."""

    title: str
    indicia: tuple[Indicium, ...]


@dataclass(frozen=True)
class WashingtonInput:
    """The tracking period by pillar and indicium, as Washington asks for it; `has_sources`: each says where it stands.

    `unverified` is how many claims wait: they are no part of it.
    """

    kind: ClassVar[BriefingKind] = BriefingKind.WASHINGTON

    title: str
    subtitle: str
    post: str
    country: str
    edition: str
    marking: str
    is_cleared: bool
    reader: str
    as_of: date
    known_by: datetime | None
    facts_up_to: datetime | None
    window: str
    sentence: str
    has_sources: bool
    pillars: tuple[PillarInput, ...]
    unverified: int
    disclaimer: str
    sections: tuple[str, ...] | None = None
    covering_note: str = ""
