"""Plain values for every dated row of an edition's record that readiness can depend on.

`reports.readiness.gathering` fills them from the tables and leaves nothing out: every row of terms, every review and
every assessment ever recorded. `reports.readiness.countable_facts` then decides, from these values alone, what was
known by a moment and what counts on a day. So one load of the record serves any day.

Fields named `…_at` are aware datetimes. Fields named `…_on`, `…_from` and `…_to` are dates in the country. Ids are
primary keys of the tables. Rows can come in any order. Rows of which a record has thousands are named tuples, which
take a third of the time to make. No Django here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dialogues.choices import (
    ClaimedProgress,
    CommitmentEventKind,
    CommitmentReach,
    DoneBy,
    EvidenceDecision,
    ReadingDirection,
    SupportKind,
    Verdict,
)
from recommendations.choices import Better, EffortQuestion, MilestoneKind, Origin, Pillar, Rule, Tier
from recommendations.tracking_period import year_before


@dataclass(frozen=True, slots=True)
class Period:
    """A range of days, including its first and its last day."""

    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class EditionTermsFact:
    """One version of an edition's terms. Every change adds a new row.

    `weights` maps recommendation ids to weights; a recommendation that is missing from it has the weight 1.
    `readiness_target` is what the post aims at, in points of 100.
    """

    id: int
    recorded_at: datetime
    deadline_on: date | None = None
    weights: Mapping[int, Decimal] = field(default_factory=dict)
    readiness_target: Decimal | None = None
    readiness_target_reason: str = ""


@dataclass(frozen=True, slots=True)
class EditionFact:
    """The edition whose recommendations are followed. Action counts if it falls in the period `tracking`."""

    id: int
    country: str
    year: int
    tracking: Period

    @property
    def previous(self) -> Period:
        """The year before the tracking period. Figures are compared with it (22 U.S.C. 7107(b), Watch List (II))."""
        return Period(*year_before(self.tracking.starts_on))


@dataclass(frozen=True, slots=True)
class RecommendationTermsFact:
    """One version of a recommendation's terms: its pillar and its number in the list. Every change adds a new row.

    `number` is None in runs stored before numbers were dated. The number of the recommendation itself then applies to
    every day.
    """

    id: int
    recorded_at: datetime
    pillar: Pillar
    number: int | None = None
    is_retired: bool = False


@dataclass(frozen=True, slots=True)
class RecommendationFact:
    """One prioritized recommendation.

    `number` is the number in its newest terms. `has_lead` is False if no lead ministry is set; `lead_id` is the key of
    that ministry. `indicia` are the numbers of the indicia in 22 U.S.C. 7106(b) that the recommendation is about. Runs
    stored before `lead_id` and `indicia` existed have neither.
    """

    id: int
    number: int
    origin: Origin = Origin.REPORT
    terms: tuple[RecommendationTermsFact, ...] = ()
    has_lead: bool = True
    lead_id: int | None = None
    indicia: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class BenchmarkTermsFact:
    """One version of a benchmark's terms: how it is judged and where it is listed. Every change adds a new row.

    `recommendation_id` and `letter` are None in runs stored before they were dated. Those of the benchmark itself then
    apply to every day.

    Raises:
        ValueError: if the rule cannot be applied. A target needs a figure above 0, and both rules that use figures
            need an indicator.
    """

    id: int
    recorded_at: datetime
    rule: Rule
    weight: Decimal = Decimal(1)
    target: Decimal | None = None
    indicator_id: int | None = None
    is_about_complicity: bool = False
    recommendation_id: int | None = None
    letter: str | None = None

    def __post_init__(self) -> None:
        if self.rule is Rule.TARGET and not (self.target and self.target > 0):
            raise ValueError("A target needs a figure above 0.")
        if self.rule is not Rule.ASSESSED and self.indicator_id is None:
            raise ValueError("A rule that counts needs an indicator.")


@dataclass(frozen=True, slots=True)
class BenchmarkFact:
    """One checkable part of a recommendation: "6a" is letter "a" of number 6.

    Its newest terms say where it is listed.
    """

    id: int
    recommendation_id: int
    letter: str
    terms: tuple[BenchmarkTermsFact, ...] = ()


@dataclass(frozen=True, slots=True)
class IndicatorFact:
    """Something that is counted, and the question of "Increasing efforts" that it answers, if any.

    A question has one indicator. `indicium` is the indicium's number in 22 U.S.C. 7106(b). `ministry_id` is the
    ministry that reports the figure, if one is set.
    """

    id: int
    name: str
    pillar: Pillar
    unit: str = ""
    better: Better = Better.UP
    question: EffortQuestion | None = None
    indicium: int | None = None
    ministry_id: int | None = None


class ReadingFact(NamedTuple):
    """A reading of an indicator for the days from `starts_on` to `through_on`.

    A reading gives a figure, or only a direction, or says that there is no data. `has_source` is False if the reading
    has neither a source nor evidence.
    """

    id: int
    indicator_id: int
    recorded_at: datetime
    starts_on: date
    through_on: date
    figure: Decimal | None = None
    direction: ReadingDirection | None = None
    evidence_id: int | None = None
    update_version_id: int | None = None
    has_source: bool = True

    @property
    def is_no_data(self) -> bool:
        """Return whether the reading says that there is no data. That is a state of its own and not a zero."""
        return self.figure is None and self.direction is None


class EvidenceFact(NamedTuple):
    """A piece of evidence: when the event happened, who did it, and how the evidence was filed.

    The start date, `happened_from`, is None if it is unknown. `revises` is the id of the row that this one corrects
    and replaces. `commitment_id` is the commitment under which the evidence was filed.
    """

    id: int
    recorded_at: datetime
    happened_from: date | None
    happened_to: date
    done_by: DoneBy
    update_version_id: int | None = None
    revises: int | None = None
    commitment_id: int | None = None


class EvidenceLinkFact(NamedTuple):
    """The statement that a piece of evidence supports a benchmark, and what it shows about it."""

    id: int
    evidence_id: int
    benchmark_id: int
    recorded_at: datetime
    shows: SupportKind


class EvidenceReviewFact(NamedTuple):
    """The embassy's decision on one evidence link or, if `evidence_link_id` is None, on the evidence itself.

    `first_on` is the start date that the reviewer entered, for evidence without one.
    """

    id: int
    evidence_id: int
    evidence_link_id: int | None
    recorded_at: datetime
    decision: EvidenceDecision
    first_on: date | None = None


class UpdateVersionFact(NamedTuple):
    """One version of a ministry's update: the progress it claims, and when its wait ended.

    `ministry_id` is the ministry that sent it and `commitment_id` the commitment it reports on. An answer to a request
    for information reports on no commitment and claims no progress. `decided_at` is when the embassy accepted or
    returned it, or the ministry withdrew it. `returned_at` is set only if it was returned, and `withdrawn_at` only if
    it was withdrawn.
    """

    id: int
    recorded_at: datetime
    progress: ClaimedProgress | None
    returned_at: datetime | None = None
    ministry_id: int | None = None
    commitment_id: int | None = None
    decided_at: datetime | None = None
    withdrawn_at: datetime | None = None

    @property
    def pk(self) -> int:
        """The primary key, under the name that `dialogues.commitment_status` uses."""
        return self.id

    @property
    def claims_ended_at(self) -> datetime | None:
        """When its claims ceased to count, because it was returned or withdrawn. None if they did not."""
        return self.returned_at or self.withdrawn_at


class CommitmentEventFact(NamedTuple):
    """A dated event of a commitment. `due_on` is the due date that the event agreed, if any."""

    id: int
    recorded_at: datetime
    kind: CommitmentEventKind
    happened_on: date
    due_on: date | None = None

    @property
    def pk(self) -> int:
        """The primary key, under the name that `dialogues.commitment_status` uses."""
        return self.id


@dataclass(frozen=True, slots=True)
class RemovedLinkFact:
    """A benchmark that a commitment supported until a correction removed it.

    `linked_at` is the moment of linking, if the benchmark was linked later than the commitment was recorded.
    """

    benchmark_id: int
    reach: CommitmentReach
    linked_at: datetime | None
    removed_at: datetime


@dataclass(frozen=True, slots=True)
class AgreedProofFact:
    """That a proof was agreed for a commitment, and the day from which it is no longer needed, if any.

    `ended_at` is when that end was recorded.
    """

    id: int
    recorded_at: datetime
    agreed_on: date
    ended_on: date | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CommitmentFact:
    """A commitment of a ministry or, if `ministry_id` is None, of the United States.

    A commitment never counts towards the score. `towards` maps benchmark ids to what keeping the commitment would give
    the benchmark. `linked_at` holds the moment of linking for benchmarks that were linked later than the commitment
    was recorded. `removed` are the links that corrections removed. `events` is its history. `proofs` is the agreed
    proof: no score depends on it. Runs stored before it existed have none.
    """

    id: int
    recorded_at: datetime
    ministry_id: int | None
    towards: Mapping[int, CommitmentReach] = field(default_factory=dict)
    events: tuple[CommitmentEventFact, ...] = ()
    linked_at: Mapping[int, datetime] = field(default_factory=dict)
    removed: tuple[RemovedLinkFact, ...] = ()
    proofs: tuple[AgreedProofFact, ...] = ()


@dataclass(frozen=True, slots=True)
class MilestoneDoneFact:
    """One record of the day on which a milestone was done. A correction adds a new row."""

    id: int
    recorded_at: datetime
    done_on: date


@dataclass(frozen=True, slots=True)
class MilestoneDateFact:
    """Another date of a milestone, in force from `recorded_at` on."""

    id: int
    recorded_at: datetime
    due_on: date
    is_estimated: bool


@dataclass(frozen=True, slots=True)
class MilestoneFact:
    """A milestone of the edition's year, with every record of it as done and every later date.

    `due_on` is its first date. Use `date_in_force`.
    """

    id: int
    kind: MilestoneKind
    due_on: date
    done: tuple[MilestoneDoneFact, ...] = ()
    is_estimated: bool = False
    date_changes: tuple[MilestoneDateFact, ...] = ()

    @property
    def date_in_force(self) -> tuple[date, bool]:
        """The date recorded last, and whether it is an estimate."""
        newest = max(self.date_changes, key=lambda row: (row.recorded_at, row.id), default=None)
        return (newest.due_on, newest.is_estimated) if newest else (self.due_on, self.is_estimated)


@dataclass(frozen=True, slots=True)
class AssessmentFact:
    """The embassy's verdict on a benchmark and the evidence it rests on."""

    id: int
    benchmark_id: int
    recorded_at: datetime
    verdict: Verdict
    evidence_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that readiness can depend on, for any day and any moment of knowledge.

    `zone` is the country's time zone: it turns the moment of recording into a day. `tiers` maps the year of an edition
    to the country's tier, up to this edition.
    """

    edition: EditionFact
    zone: ZoneInfo
    edition_terms: tuple[EditionTermsFact, ...] = ()
    recommendations: tuple[RecommendationFact, ...] = ()
    benchmarks: tuple[BenchmarkFact, ...] = ()
    indicators: tuple[IndicatorFact, ...] = ()
    readings: tuple[ReadingFact, ...] = ()
    evidence: tuple[EvidenceFact, ...] = ()
    evidence_links: tuple[EvidenceLinkFact, ...] = ()
    reviews: tuple[EvidenceReviewFact, ...] = ()
    update_versions: tuple[UpdateVersionFact, ...] = ()
    assessments: tuple[AssessmentFact, ...] = ()
    commitments: tuple[CommitmentFact, ...] = ()
    milestones: tuple[MilestoneFact, ...] = ()
    tiers: Mapping[int, Tier] = field(default_factory=dict)
