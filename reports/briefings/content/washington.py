"""Content of the input for Washington."""

from dataclasses import dataclass
from typing import ClassVar

from reports import sentences
from reports.briefings.content.common import CommonContent
from reports.choices import BriefingKind
from tiptracker.localization import format_date, format_datetime


@dataclass(frozen=True)
class PrintedIndicator:
    """An indicator: the year before, the period, and its movement in a sentence. `source` may be empty."""

    name: str
    before: str
    now: str
    moved: str
    source: str


@dataclass(frozen=True)
class VerifiedAction:
    """A verified concrete action of the government: when, what, who did it, and for which benchmarks.

    `source` may be empty.
    """

    when: str
    what: str
    done_by: str
    towards: str
    source: str

    @property
    def details(self) -> str:
        """Who did it, and for which benchmarks: "Government; benchmarks 4a, 4b"."""
        if not self.towards:
            return self.done_by
        return f"{self.done_by}; {'benchmarks' if ',' in self.towards else 'benchmark'} {self.towards}"


@dataclass(frozen=True)
class AssessedBenchmark:
    """A benchmark with the embassy's assessment, its rationale and the section of the law."""

    key: str
    criterion: str
    verdict: str
    rationale: str
    law: str

    @property
    def named(self) -> str:
        """The benchmark's key and its criterion."""
        return f"{self.key} · {self.criterion}"


@dataclass(frozen=True)
class Indicium:
    """What the record holds on one of the twelve indicia, within one pillar."""

    no_deeds: ClassVar[str] = "No concrete action is verified here yet."
    counted_heads: ClassVar[tuple[str, ...]] = ("Counted", "The year before", "The period", "How it moved")
    judged_heads: ClassVar[tuple[str, ...]] = ("Benchmark", "Assessment", "Why")

    label: str
    law: str
    counted: tuple[PrintedIndicator, ...]
    deeds: tuple[VerifiedAction, ...]
    judged: tuple[AssessedBenchmark, ...]


@dataclass(frozen=True)
class PillarInput:
    """A pillar with its indicia, in the order of the law."""

    no_indicia: ClassVar[str] = "Nothing is asked under this pillar, and nothing is counted."

    title: str
    indicia: tuple[Indicium, ...]


@dataclass(frozen=True, kw_only=True)
class WashingtonInput(CommonContent):
    """The tracking period by pillar and indicium, as Washington asks for it.

    `has_sources` says whether each line names its source. `unverified` is the number of claims that wait for review;
    the document leaves them out.
    """

    kind: ClassVar[BriefingKind] = BriefingKind.WASHINGTON
    no_sections: ClassVar[str] = "No section was picked for this document."

    window: str
    sentence: str
    has_sources: bool
    pillars: tuple[PillarInput, ...]
    unverified: int
    disclaimer: str

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """The lines below the title, as pairs of a name and a text."""
        lines = [("Tracking period", self.window), ("As of", format_date(self.as_of))]
        if self.known_by:
            lines.append(("As known by", format_date(self.known_by)))
        newest = format_datetime(self.facts_up_to) if self.facts_up_to else "no fact recorded yet"
        return (*lines, ("Facts up to", newest))

    @property
    def scope(self) -> str:
        """What the document includes and what it leaves out."""
        scope = (
            "Only what the embassy has verified stands here: concrete actions that the government took in the tracking "
            "period, alone or jointly, and what was counted, against the year before."
        )
        if self.unverified:
            claims = "claim is not verified yet and is", "claims are not verified yet and are"
            scope += f" {sentences.format_count(self.unverified, *claims)} left out."
        if self.has_sources:
            return f"{scope} Each line names its source, at the foot of its page."
        return f"{scope} Sources are left out."
