"""The entries of the public record, as its data files (`record/`) have them: what each says, and when it became known.

Benchmarks are named by number and letter ("6a"), ministries by their short names; indicators and evidence by words of
the record itself. `recorded_at` and the recorder identify an entry of its kind, so no two pieces of evidence and no two
commitments share a moment. No Django here.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo

from dialogues.choices import (
    CommitmentReach,
    DoneBy,
    EvidenceKind,
    LawEntryKind,
    MadeBy,
    ReadingDirection,
    SupportKind,
    Verdict,
)
from recommendations.choices import EffortQuestion, MilestoneKind, Pillar, Rule, Tier
from tiptracker.choices import Role
from tiptracker.data_files import DataReader, Names, RefersTo

TIME_ZONE = ZoneInfo("Africa/Maseru")
"""The time zone of the moments in the data files."""

MinistryName = Annotated[str, RefersTo("ministry")]
EditionYear = Annotated[int, RefersTo("edition")]
RecommendationNumber = Annotated[int, RefersTo("recommendation")]
IndicatorName = Annotated[str, RefersTo("indicator")]
BenchmarkKey = Annotated[str, RefersTo("benchmark")]
EvidenceKey = Annotated[str, RefersTo("evidence")]


@dataclass(frozen=True, slots=True)
class AccountEntry:
    """A user or a source to create. Only focal points have a ministry."""

    key: Annotated[str, Names("account")]
    email: str
    name: str
    role: Role
    ministry: MinistryName = ""
    may_sign_in: bool = True


@dataclass(frozen=True, slots=True)
class ReportingPeriod:
    """A reporting period: its first and last day, both included."""

    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordEntry:
    """An entry that is loaded, and written to the activity log, by itself. `recorded_at`: when it became known."""

    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class CountryEntry(RecordEntry):
    code: str
    name: str
    time_zone: str
    currency: str
    districts: tuple[tuple[Annotated[str, Names("district")], str], ...]
    """Name and capital of each."""


@dataclass(frozen=True, slots=True)
class MinistryEntry(RecordEntry):
    short_name: Annotated[str, Names("ministry")]
    name: str


@dataclass(frozen=True, slots=True)
class OfficeHolderEntry(RecordEntry):
    ministry: MinistryName
    name: str
    title: str
    source: str


@dataclass(frozen=True, slots=True)
class EditionEntry(RecordEntry):
    year: Annotated[int, Names("edition")]
    tier: Tier
    source: str
    note: str = ""
    published_on: date | None = None
    target_tier: Tier | None = None

    @property
    def tracking(self) -> ReportingPeriod:
        """The tracking period, in which progress on the recommendations of this edition is made."""
        return ReportingPeriod(date(self.year, 4, 1), date(self.year + 1, 3, 31))


@dataclass(frozen=True, slots=True)
class EditionTermsEntry(RecordEntry):
    year: EditionYear
    deadline_on: date
    readiness_target: Decimal
    readiness_target_reason: str
    reason: str


@dataclass(frozen=True, slots=True)
class MilestoneEntry(RecordEntry):
    year: EditionYear
    kind: MilestoneKind
    due_on: date
    source: str
    is_estimated: bool = False


@dataclass(frozen=True, slots=True)
class MilestoneDateChangeEntry(RecordEntry):
    """Another date of a milestone that the record has once."""

    year: EditionYear
    kind: MilestoneKind
    due_on: date
    reason: str
    is_estimated: bool = False


@dataclass(frozen=True, slots=True)
class IndicatorEntry(RecordEntry):
    name: Annotated[str, Names("indicator")]
    unit: str
    pillar: Pillar
    indicium: int
    question: EffortQuestion | None = None


@dataclass(frozen=True, slots=True)
class RecommendationEntry(RecordEntry):
    year: EditionYear
    number: Annotated[int, Names("recommendation")]
    text: str
    pillar: Pillar
    indicia: tuple[int, ...]
    lead: MinistryName
    years_unmet: int | None = None
    years_unmet_source: str = ""


@dataclass(frozen=True, slots=True)
class BenchmarkEntry(RecordEntry):
    year: EditionYear
    key: Annotated[str, Names("benchmark"), RefersTo("recommendation", lambda key: int(key[:-1]))]
    criterion: str
    reason: str
    rule: Rule = Rule.ASSESSED
    target: Decimal | None = None
    indicator: IndicatorName = ""
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
    ministry: MinistryName = ""
    by_video: bool = False


@dataclass(frozen=True, slots=True)
class DialogueEntry(RecordEntry):
    held_on: Annotated[date, Names("dialogue")]
    place: str
    purpose: str
    record: str
    agreed: str
    source: str
    year: EditionYear
    agenda: tuple[RecommendationNumber, ...]
    participants: tuple[ParticipantEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentEntry(RecordEntry):
    """A commitment.

    `at_dialogue` is the day of the dialogue at which it was made; without one, `letter` is its source.
    """

    text: str
    made_on: date
    made_by: MadeBy
    links: tuple[tuple[BenchmarkKey, CommitmentReach], ...]
    recorded_at: Annotated[datetime, Names("moment of a commitment")]
    ministry: MinistryName = ""
    due_on: date | None = None
    at_dialogue: Annotated[date, RefersTo("dialogue")] | None = None
    letter: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceEntry(RecordEntry):
    key: Annotated[str, Names("evidence")]
    title: str
    kind: EvidenceKind
    happened_from: date | None = None
    happened_to: date
    done_by: DoneBy
    stated_by: str
    source: str
    recorded_at: Annotated[datetime, Names("moment of evidence")]
    evidence_links: tuple[tuple[BenchmarkKey, SupportKind], ...] = ()


@dataclass(frozen=True, slots=True)
class ReadingEntry(RecordEntry):
    """A reading: a figure, a direction only, or neither (no data).

    `evidence` is the key of the evidence that it cites.
    """

    indicator: IndicatorName
    period: ReportingPeriod
    source: str
    figure: Decimal | None = None
    direction: ReadingDirection | None = None
    note: str = ""
    evidence: EvidenceKey = ""
    forms: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationEntry(RecordEntry):
    """A verification of an evidence link or, if no benchmark is named, of the evidence itself.

    Verifying the evidence itself also verifies the readings that cite it.
    """

    evidence: EvidenceKey
    benchmark: BenchmarkKey = ""
    reason: str


@dataclass(frozen=True, slots=True)
class AssessmentEntry(RecordEntry):
    benchmark: BenchmarkKey
    verdict: Verdict
    rationale: str
    law: str
    evidence: tuple[EvidenceKey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LawRecordEntry(RecordEntry):
    """What the law says, or how it was used. `evidence` is the key of the evidence that it rests on."""

    standard: int
    kind: LawEntryKind
    citation: str
    text: str
    source: str
    from_on: date | None = None
    evidence: EvidenceKey = ""


_KINDS = {
    "account": AccountEntry,
    "country": CountryEntry,
    "edition": EditionEntry,
    "ministry": MinistryEntry,
    "office_holder": OfficeHolderEntry,
    "terms": EditionTermsEntry,
    "milestone": MilestoneEntry,
    "milestone_date_change": MilestoneDateChangeEntry,
    "indicator": IndicatorEntry,
    "recommendation": RecommendationEntry,
    "benchmark": BenchmarkEntry,
    "dialogue": DialogueEntry,
    "commitment": CommitmentEntry,
    "evidence": EvidenceEntry,
    "reading": ReadingEntry,
    "verification": VerificationEntry,
    "assessment": AssessmentEntry,
    "law": LawRecordEntry,
}
_FOLDER = Path(__file__).parent / "record"
_FILES = (
    "accounts",
    "country",
    "edition_2021",
    "recommendations",
    "dialogue",
    "evidence",
    "figures",
    "report_2022",
    "law",
)
"""The files of the record, in an order in which each entry finds what it refers to."""


class PublicRecord(NamedTuple):
    """The accounts of its sources by key, and all entries in the order in which they are loaded."""

    accounts: dict[str, AccountEntry]
    entries: tuple[RecordEntry, ...]

    def entries_of[Entry](self, kind: type[Entry]) -> list[Entry]:
        return [entry for entry in self.entries if isinstance(entry, kind)]

    @property
    def country(self) -> CountryEntry:
        return self.entries_of(CountryEntry)[0]

    @property
    def list_recorded_at(self) -> datetime:
        """The moment at which the recommendations of 2021 and their benchmarks became known."""
        return self.entries_of(RecommendationEntry)[0].recorded_at


def read_record_with(reader: DataReader) -> PublicRecord:
    """Read the files of the record, so that the files read next with the same reader may refer to it."""
    entries = [entry for name in _FILES for entry in reader.read(_FOLDER / f"{name}.toml", _KINDS)]
    accounts = {entry.key: entry for entry in entries if isinstance(entry, AccountEntry)}
    return PublicRecord(accounts, tuple(entry for entry in entries if isinstance(entry, RecordEntry)))


@cache
def read_record() -> PublicRecord:
    """Read the public record once. Raises DataFileError."""
    return read_record_with(DataReader(TIME_ZONE))
