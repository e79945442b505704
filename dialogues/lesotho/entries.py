"""The entries of a public record before they become rows: what each says, and when it became known. No Django here.

Benchmarks are named by number and letter ("6a"), ministries by their short names; indicators, evidence and periods by
words of the record itself. Every `recorded_at` is aware and in Lesotho's time zone. Together with the recorder it
identifies an entry of its kind, so no two pieces of evidence and no two commitments share a moment.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from dialogues.choices import CommitmentReach, DoneBy, EvidenceKind, MadeBy, ReadingDirection, SupportKind, Verdict
from recommendations.choices import EffortQuestion, MilestoneKind, Pillar, Rule, Tier

MASERU = ZoneInfo("Africa/Maseru")


def known_at(year: int, month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    """Return the moment in Maseru at which an entry became known. Nine in the morning stands for a day."""
    return datetime(year, month, day, hour, minute, tzinfo=MASERU)


@dataclass(frozen=True, slots=True)
class ReportingPeriod:
    """A reporting period: its first and last day, both included."""

    starts_on: date
    ends_on: date

    @classmethod
    def from_april(cls, year: int) -> "ReportingPeriod":
        """Return the period that begins on 1 April of a year."""
        return cls(date(year, 4, 1), date(year + 1, 3, 31))


@dataclass(frozen=True, slots=True)
class CountryEntry:
    code: str
    name: str
    time_zone: str
    currency: str
    recorded_at: datetime
    districts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class MinistryEntry:
    short_name: str
    name: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class OfficeHolderEntry:
    ministry: str
    name: str
    title: str
    source: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class EditionEntry:
    year: int
    tier: Tier
    recorded_at: datetime
    source: str
    note: str = ""
    published_on: date | None = None
    target_tier: Tier | None = None

    @property
    def tracking(self) -> ReportingPeriod:
        """The tracking period, in which progress on the recommendations of this edition is made."""
        return ReportingPeriod.from_april(self.year)


@dataclass(frozen=True, slots=True)
class EditionTermsEntry:
    year: int
    deadline_on: date
    working_mark: Decimal
    working_mark_reason: str
    reason: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class MilestoneEntry:
    year: int
    kind: MilestoneKind
    due_on: date
    source: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class IndicatorEntry:
    name: str
    unit: str
    pillar: Pillar
    indicium: int
    recorded_at: datetime
    question: EffortQuestion | None = None


@dataclass(frozen=True, slots=True)
class RecommendationEntry:
    year: int
    number: int
    text: str
    pillar: Pillar
    indicia: tuple[int, ...]
    lead: str
    recorded_at: datetime
    years_unmet: int | None = None
    years_unmet_source: str = ""


@dataclass(frozen=True, slots=True)
class BenchmarkEntry:
    year: int
    key: str
    criterion: str
    reason: str
    recorded_at: datetime
    rule: Rule = Rule.ASSESSED
    target: Decimal | None = None
    indicator: str = ""
    is_about_complicity: bool = False

    @property
    def number(self) -> int:
        """The number of the recommendation that it belongs to."""
        return int(self.key[:-1])

    @property
    def letter(self) -> str:
        return self.key[-1]


@dataclass(frozen=True, slots=True)
class ParticipantEntry:
    office: str
    name: str = ""
    ministry: str = ""
    by_video: bool = False


@dataclass(frozen=True, slots=True)
class DialogueEntry:
    held_on: date
    place: str
    purpose: str
    record: str
    agreed: str
    source: str
    year: int
    agenda: tuple[int, ...]
    participants: tuple[ParticipantEntry, ...]
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class CommitmentEntry:
    """A commitment.

    `at_dialogue` is the day of the dialogue at which it was made; without one, `letter` is its source.
    """

    text: str
    made_on: date
    made_by: MadeBy
    links: tuple[tuple[str, CommitmentReach], ...]
    recorded_at: datetime
    ministry: str = ""
    due_on: date | None = None
    at_dialogue: date | None = None
    letter: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceEntry:
    key: str
    title: str
    kind: EvidenceKind
    happened_from: date | None
    happened_to: date
    done_by: DoneBy
    stated_by: str
    source: str
    recorded_at: datetime
    bearings: tuple[tuple[str, SupportKind], ...] = ()


@dataclass(frozen=True, slots=True)
class ReadingEntry:
    """A reading: a figure, a direction only, or neither (no data).

    `evidence` is the key of the evidence that it cites.
    """

    indicator: str
    period: ReportingPeriod
    source: str
    recorded_at: datetime
    figure: Decimal | None = None
    direction: ReadingDirection | None = None
    note: str = ""
    evidence: str = ""
    forms: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class VerificationEntry:
    """A verification of an evidence link or, if no benchmark is named, of the evidence itself.

    Verifying the evidence itself also verifies the readings that cite it.
    """

    evidence: str
    benchmark: str
    reason: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class AssessmentEntry:
    benchmark: str
    verdict: Verdict
    rationale: str
    law: str
    evidence: tuple[str, ...]
    recorded_at: datetime


RecordEntry = (
    CountryEntry
    | MinistryEntry
    | OfficeHolderEntry
    | EditionEntry
    | EditionTermsEntry
    | MilestoneEntry
    | IndicatorEntry
    | RecommendationEntry
    | BenchmarkEntry
    | DialogueEntry
    | CommitmentEntry
    | EvidenceEntry
    | ReadingEntry
    | VerificationEntry
    | AssessmentEntry
)
"""Any entry that is loaded, and written to the activity log, by itself."""
