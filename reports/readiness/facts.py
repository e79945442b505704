"""The record of one edition as plain values: every dated row that readiness may rest on.

`reports.readiness.gathering` fills it from the tables, whole: each row of terms, each review and each assessment
ever recorded is in it. What of it was known by a moment, and what counts on a day, is decided in
`reports.readiness.countable_facts` from these values alone, so that one loading answers for any day.

Moments (`…_at`) are aware datetimes, days (`…_on`, `…_from`, `…_to`) are dates in the country, ids
are the tables' keys. Rows may come in any order. Pure: no Django.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
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
    """Two days and all between them, both included."""

    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class EditionTermsFact:
    """What an edition is measured by; a change is another row.

    `weights` gives recommendations, by id, a weight other than 1.
    """

    id: int
    recorded_at: datetime
    deadline_on: date | None = None
    weights: Mapping[int, Decimal] = field(default_factory=dict)
    working_mark: Decimal | None = None
    working_mark_reason: str = ""


@dataclass(frozen=True, slots=True)
class EditionFact:
    """The edition whose recommendations are followed; `tracking` is the window in which action on them counts."""

    id: int
    country: str
    year: int
    tracking: Period

    @property
    def previous(self) -> Period:
        """The year before the window, which figures are compared with (22 U.S.C. 7107(b), Watch List (II))."""
        return Period(*year_before(self.tracking.starts_on))


@dataclass(frozen=True, slots=True)
class RecommendationTermsFact:
    """The pillar that a recommendation belongs to and its number in the list; a change is another row.

    `number` is None in what was kept before numbers were dated: then the recommendation's own has always held.
    """

    id: int
    recorded_at: datetime
    pillar: Pillar
    number: int | None = None
    is_retired: bool = False


@dataclass(frozen=True, slots=True)
class RecommendationFact:
    """One prioritized recommendation; `has_lead` is False where no ministry answers for it.

    `number` is that of its newest terms. `lead_id` is the lead ministry's key, `indicia` the numbers of those in
    22 U.S.C. 7106(b) that it is about; runs kept before these two were kept have neither.
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
    """How a benchmark is judged, and where it stands; a change is another row.

    `recommendation_id` and `letter` are None in what was kept before they were dated: then the benchmark's own have
    always held. Raises ValueError where the rule could not be applied: a target needs a figure above 0, and both
    rules that count need an indicator.
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
    """One checkable part of a recommendation: "6a" is letter "a" of number 6. Where it stands, its newest terms say."""

    id: int
    recommendation_id: int
    letter: str
    terms: tuple[BenchmarkTermsFact, ...] = ()


@dataclass(frozen=True, slots=True)
class IndicatorFact:
    """What is counted, and which question of "Increasing efforts" it answers, if any (one indicator a question).

    `indicium` is its number in 22 U.S.C. 7106(b), `ministry_id` the ministry that reports it, where one is set.
    """

    id: int
    name: str
    pillar: Pillar
    unit: str = ""
    better: Better = Better.UP
    question: EffortQuestion | None = None
    indicium: int | None = None
    ministry_id: int | None = None


@dataclass(frozen=True, slots=True)
class ReadingFact:
    """What was told of an indicator from `starts_on` through a day.

    A figure, or a direction only, or no data. `has_source` is False where neither a source nor a
    piece of evidence stands behind it.
    """

    id: int
    indicator_id: int
    recorded_at: datetime
    starts_on: date
    through_on: date
    figure: Decimal | None = None
    direction: ReadingDirection | None = None
    evidence_id: int | None = None
    round_id: int | None = None
    has_source: bool = True

    @property
    def is_no_data(self) -> bool:
        """Whether it says that there is nothing to say: a state of its own, not a zero."""
        return self.figure is None and self.direction is None


@dataclass(frozen=True, slots=True)
class EvidenceFact:
    """What happened, between two days of which the first may be unknown, and who did it.

    `revises` is the row that this one puts right and takes the place of; `commitment_id` is what it was
    filed under.
    """

    id: int
    recorded_at: datetime
    happened_from: date | None
    happened_to: date
    done_by: DoneBy
    round_id: int | None = None
    revises: int | None = None
    commitment_id: int | None = None


@dataclass(frozen=True, slots=True)
class EvidenceLinkFact:
    """What a piece of evidence shows on a benchmark."""

    id: int
    evidence_id: int
    benchmark_id: int
    recorded_at: datetime
    shows: SupportKind


@dataclass(frozen=True, slots=True)
class EvidenceReviewFact:
    """The embassy's word on one bearing, or, where `bearing_id` is None, on the evidence itself.

    `first_on` states the first day where the evidence lacks it.
    """

    id: int
    evidence_id: int
    bearing_id: int | None
    recorded_at: datetime
    decision: EvidenceDecision
    first_on: date | None = None


@dataclass(frozen=True, slots=True)
class UpdateVersionFact:
    """One sending of a ministry's update: how far it says it is, and when it was sent back, if it was.

    `ministry_id` is who sent it, `commitment_id` on what; `decided_at` is when it was answered, either way.
    """

    id: int
    recorded_at: datetime
    progress: ClaimedProgress
    returned_at: datetime | None = None
    ministry_id: int | None = None
    commitment_id: int | None = None
    decided_at: datetime | None = None

    @property
    def pk(self) -> int:
        """Its key, as `dialogues.commitment_status` calls it."""
        return self.id


@dataclass(frozen=True, slots=True)
class CommitmentEventFact:
    """What happened to a commitment on a day; `due_on` is the date it agreed, if any."""

    id: int
    recorded_at: datetime
    kind: CommitmentEventKind
    happened_on: date
    due_on: date | None = None

    @property
    def pk(self) -> int:
        """Its key, as `dialogues.commitment_status` calls it."""
        return self.id


@dataclass(frozen=True, slots=True)
class CommitmentFact:
    """What was promised, by the government or (`ministry_id` None) by the United States.

    It never counts. `towards` says by benchmark (id) what keeping it would give, `linked_at` since when that is known
    where it was recorded later than the commitment; `events` are its life.
    """

    id: int
    recorded_at: datetime
    ministry_id: int | None
    towards: Mapping[int, CommitmentReach] = field(default_factory=dict)
    events: tuple[CommitmentEventFact, ...] = ()
    linked_at: Mapping[int, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MilestoneDoneFact:
    """The day on which what was to happen by a milestone did; another row puts it right."""

    id: int
    recorded_at: datetime
    done_on: date


@dataclass(frozen=True, slots=True)
class MilestoneFact:
    """A day of the edition's year, and all that was recorded of what was to happen by then."""

    id: int
    kind: MilestoneKind
    due_on: date
    done: tuple[MilestoneDoneFact, ...] = ()


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
    """Everything readiness may rest on, whatever the day and whenever it became known.

    `zone` is the country's: a moment's day there is the day it was recorded. `tiers` are those that
    the country was given, by the year of the edition, up to this one.
    """

    edition: EditionFact
    zone: ZoneInfo
    edition_terms: tuple[EditionTermsFact, ...] = ()
    recommendations: tuple[RecommendationFact, ...] = ()
    benchmarks: tuple[BenchmarkFact, ...] = ()
    indicators: tuple[IndicatorFact, ...] = ()
    readings: tuple[ReadingFact, ...] = ()
    evidence: tuple[EvidenceFact, ...] = ()
    bearings: tuple[EvidenceLinkFact, ...] = ()
    reviews: tuple[EvidenceReviewFact, ...] = ()
    rounds: tuple[UpdateVersionFact, ...] = ()
    assessments: tuple[AssessmentFact, ...] = ()
    commitments: tuple[CommitmentFact, ...] = ()
    milestones: tuple[MilestoneFact, ...] = ()
    tiers: Mapping[int, Tier] = field(default_factory=dict)
