"""Content of the input for Washington."""

from dataclasses import dataclass
from typing import ClassVar

from dialogues.choices import ProofState, ReviewState
from reports.briefings.content.common import CommonContent
from reports.choices import BriefingKind
from reports.formatting import capitalize_first
from tiptracker.localization import format_date, format_datetime, gettext, ngettext


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
        """Who did it, and for which benchmarks: "Who did it: Government. Benchmarks: 4a, 4b"."""
        values = {"doer": self.done_by, "benchmarks": self.towards}
        if not self.towards:
            return gettext("Who did it: %(doer)s") % values
        return gettext("Who did it: %(doer)s. Benchmarks: %(benchmarks)s") % values


@dataclass(frozen=True)
class IndiciumFact:
    """What evidence shows on an indicium without a recommendation. It adds nothing to readiness.

    `state` is verified or claimed. `source` may be empty.
    """

    when: str
    what: str
    shows: str
    done_by: str
    state: str
    source: str

    @property
    def details(self) -> str:
        """Whether it is verified, what it shows and who did it: "Verified. It shows: a concrete action. …"."""
        values = {"shows": self.shows, "doer": self.done_by}
        if self.state == ReviewState.VERIFIED:
            return gettext("Verified. It shows: %(shows)s. Who did it: %(doer)s") % values
        return gettext("Claimed, not reviewed. It shows: %(shows)s. Who did it: %(doer)s") % values


@dataclass(frozen=True)
class AssessedBenchmark:
    """A benchmark with the embassy's assessment, its rationale and the section of the law.

    `name` is its criterion with the subject of its recommendation.
    """

    key: str
    criterion: str
    verdict: str
    rationale: str
    law: str
    name: str

    @property
    def named(self) -> str:
        """The benchmark with its subject and its key."""
        return gettext("%(name)s (benchmark %(key)s)") % {"name": self.name, "key": self.key}


@dataclass(frozen=True)
class Indicium:
    """What the record holds on one of the twelve indicia, within one pillar."""

    label: str
    law: str
    counted: tuple[PrintedIndicator, ...]
    deeds: tuple[VerifiedAction, ...]
    judged: tuple[AssessedBenchmark, ...]
    others: tuple[IndiciumFact, ...] = ()

    @property
    def others_heading(self) -> str:
        """The sentence above the facts without a recommendation."""
        return gettext("Facts without a recommendation. They add nothing to readiness.")

    @property
    def no_deeds(self) -> str:
        """The sentence that stands in place of actions."""
        return gettext("No concrete action is verified for this indicium yet.")

    @property
    def counted_heads(self) -> tuple[str, ...]:
        """The headings of the table of indicators."""
        return gettext("Indicator"), gettext("Year before"), gettext("Tracking period"), gettext("Change")

    @property
    def judged_heads(self) -> tuple[str, ...]:
        """The headings of the table of assessments."""
        return gettext("Benchmark"), gettext("Assessment"), gettext("Reason")


@dataclass(frozen=True)
class PrintedLawEntry:
    """An offence, a penalty, a gap or a case of use. `since` and `source` may be empty.

    `state` says whether its evidence is verified, waits, or is missing.
    """

    kind: str
    citation: str
    text: str
    since: str
    state: str
    source: str

    @property
    def details(self) -> str:
        """From when it is in force, and the state of its evidence: "In force from …. The evidence is verified."."""
        evidence = {
            ProofState.VERIFIED: gettext("The evidence is verified."),
            ProofState.RECEIVED: gettext("The evidence is not verified."),
            ProofState.MISSING: gettext("No evidence is recorded."),
        }[ProofState(self.state)]
        return f"{capitalize_first(self.since)}. {evidence}" if self.since else evidence


@dataclass(frozen=True)
class PrintedStandard:
    """One of the minimum standards about the law, with its entries in force."""

    label: str
    law: str
    entries: tuple[PrintedLawEntry, ...]

    @property
    def no_entries(self) -> str:
        """The sentence that stands in place of entries."""
        return gettext("Nothing in force is recorded.")


@dataclass(frozen=True)
class PillarInput:
    """A pillar with its indicia, in the order of the law. `standards` are the minimum standards printed before them."""

    title: str
    indicia: tuple[Indicium, ...]
    standards: tuple[PrintedStandard, ...] = ()

    @property
    def no_indicia(self) -> str:
        """The sentence that stands in place of indicia."""
        return gettext("This pillar has no benchmark and no indicator.")


@dataclass(frozen=True, kw_only=True)
class WashingtonInput(CommonContent):
    """The tracking period by pillar and indicium, as Washington asks for it.

    `has_sources` says whether each line names its source. `unverified` is the number of claims that wait for review;
    the document leaves them out.
    """

    kind: ClassVar[BriefingKind] = BriefingKind.WASHINGTON

    window: str
    sentence: str
    has_sources: bool
    pillars: tuple[PillarInput, ...]
    unverified: int
    disclaimer: str

    @property
    def no_sections(self) -> str:
        """The sentence that stands in place of sections."""
        return gettext("No section was chosen for this document.")

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """The lines below the title, as pairs of a name and a text."""
        lines = [(gettext("Tracking period"), self.window), (gettext("As of"), format_date(self.as_of))]
        if self.known_by:
            lines.append((gettext("Using only what was recorded by"), format_date(self.known_by)))
        newest = format_datetime(self.facts_up_to) if self.facts_up_to else gettext("no fact recorded yet")
        return (*lines, (gettext("Facts up to"), newest))

    @property
    def scope(self) -> str:
        """What the document includes and what it leaves out."""
        sentences = [
            gettext(
                "This document includes only what the embassy has verified. It lists concrete actions that the "
                "government took in the tracking period, alone or jointly, and compares figures with the year before."
            )
        ]
        if self.unverified:
            sentences.append(
                ngettext(
                    "%(number)d claim is not verified yet and is left out.",
                    "%(number)d claims are not verified yet and are left out.",
                    self.unverified,
                )
                % {"number": self.unverified}
            )
        facts = [fact for pillar in self.pillars for indicium in pillar.indicia for fact in indicium.others]
        if any(fact.state == ReviewState.CLAIMED for fact in facts):
            sentences.append(gettext("Facts without a recommendation that are not verified are marked as claimed."))
        if any(pillar.standards for pillar in self.pillars):
            sentences.append(gettext("Entries on the law say whether their evidence is verified."))
        sentences.append(
            gettext("Sources are named at the foot of each page.")
            if self.has_sources
            else gettext("Sources are left out.")
        )
        return " ".join(sentences)
