"""What the ambassador's briefing says, and what other documents say in the same words. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from reports import charts
from reports.choices import BriefingKind
from reports.readiness.explanation.step_display import StepsDisplay

MAX_PRESSING = 14
"""How many promises page 1 names at most, where it has room for them; all stand by ministry."""

MAX_MONTHS, MAX_MILESTONES, MAX_MINISTRIES = 3, 4, 4
"""How many of each page 2 names; where there are more, all stand in an annex."""


@dataclass(frozen=True)
class PrintedFile:
    """A file kept with evidence: what it was called, what it is, and the hash that proves it unchanged."""

    name: str
    kind: str
    size: int
    sha256: str


@dataclass(frozen=True)
class ReadinessSummary:
    """Where the record stands: the sentence, and the figures of the bar in points of 100.

    Both figures are None where nothing has been reviewed: then none is printed, in the parts neither.
    """

    sentence: str
    verified: Decimal | None
    claimed: Decimal | None
    mark: Decimal | None
    mark_note: str
    ceiling: Decimal | None = None
    possible: str = ""
    watch_list: str = ""

    @property
    def bar(self) -> charts.ReadinessBar:
        """The readiness bar in print size."""
        return charts.readiness_bar(
            verified=self.verified,
            claimed=self.claimed,
            mark=self.mark,
            ceiling=self.ceiling,
            width=648,
            size=11,
        )


@dataclass(frozen=True)
class PrintedMonth:
    """The last week that ended in a month: the score as then known and in hindsight, and what happened since."""

    ends_on: date
    then: Decimal | None
    hindsight: Decimal | None
    happened: str


@dataclass(frozen=True)
class PrintedTrend:
    """The score week by week: the finding, the drawing in print size, and a row for each month that has one to tell."""

    title: str
    chart: charts.TrendChart
    months: tuple[PrintedMonth, ...]

    @property
    def months_first(self) -> tuple[PrintedMonth, ...]:
        """What fits on page 2: the last ones."""
        return self.months[-MAX_MONTHS:]

    @property
    def months_more(self) -> int:
        """How many earlier months there are."""
        return len(self.months) - len(self.months_first)


@dataclass(frozen=True)
class PrintedCheck:
    """What doesn't fit together, what to do, and what it is about: `“Train the posts”, Ministry of Police`."""

    sentence: str
    to_do: str
    about: tuple[str, ...]


@dataclass(frozen=True)
class PrintedQuestion:
    """One question of a part: points out of what it can give, the verdict and its sentence."""

    title: str
    points: Decimal | None
    of: Decimal
    verdict: str
    reason: str


@dataclass(frozen=True)
class PrintedPart:
    """One of the four parts of readiness, with its reason and its section of the law."""

    title: str
    points: Decimal | None
    claimed: Decimal | None
    of: Decimal
    verdict: str
    reason: str
    law: str
    questions: tuple[PrintedQuestion, ...] = ()

    @property
    def in_words(self) -> str:
        """The part's figures in a phrase."""
        if self.points is None:
            return f"nothing reviewed yet, {self.of} points to give"
        return f"{self.points} of {self.of} verified, {self.claimed} claimed"

    @property
    def bar(self) -> charts.ShareBar:
        """Verified against claimed as a share of the part's own points."""
        return charts.share_bar(
            verified=None if self.points is None else self.points / self.of,
            claimed=0 if self.claimed is None else self.claimed / self.of,
            width=96,
        )


@dataclass(frozen=True)
class PrintedCommitment:
    """A commitment as it stands on the day: `state` is the status word, `standing` says it with the days."""

    text: str
    ministry: str
    made_on: date
    where: str
    towards: str
    due_on: date | None
    times_moved: int
    state: str
    standing: str


@dataclass(frozen=True)
class PrintedMilestone:
    """A day that everybody watches; `standing` says done, or how far off."""

    title: str
    on: date
    is_done: bool
    standing: str


@dataclass(frozen=True)
class PrintedMinistry:
    """A ministry, who leads it, what it answers for and what it undertook."""

    name: str
    minister: str
    leads: str
    summary: str
    undertakings: tuple[PrintedCommitment, ...]


@dataclass(frozen=True)
class PrintedAssessment:
    """The embassy's verdict on a benchmark: its rationale; who gave it and when; its section of the law."""

    rationale: str
    by: str
    law: str


@dataclass(frozen=True)
class PrintedBenchmark:
    """One checkable part of a recommendation. `share` is None for want of data; `figure` says it in words."""

    key: str
    criterion: str
    rule: str
    share: Decimal | None
    claimed: Decimal
    figure: str
    reason: str
    assessment: PrintedAssessment | None
    evidence: tuple[str, ...]

    @property
    def bar(self) -> charts.ShareBar:
        """The benchmark's share, verified against claimed."""
        return charts.share_bar(verified=self.share, claimed=self.claimed)


@dataclass(frozen=True)
class PrintedRecommendation:
    """One recommendation of the edition with its benchmarks, and the points it gives of those it can.

    `label` is its number. `facts` says where it stands, its pillar and indicia, who leads, and how long it is unmet.
    """

    label: str
    text: str
    is_reconstruction: bool
    facts: tuple[str, ...]
    points: Decimal | None
    of: Decimal
    benchmarks: tuple[PrintedBenchmark, ...]

    @property
    def in_words(self) -> str:
        """Its points in a phrase."""
        if self.points is None:
            return f"nothing reviewed yet, {self.of} points to give"
        return f"{self.points} of {self.of} points verified"


@dataclass(frozen=True)
class PrintedParticipant:
    """Somebody who took part in a dialogue, and how."""

    name: str
    office: str
    attended: str


@dataclass(frozen=True)
class PrintedDialogue:
    """A dialogue: who came, what was on the table, what was said, what was agreed."""

    held_on: date
    place: str
    purpose: str
    participants: tuple[PrintedParticipant, ...]
    agenda: tuple[str, ...]
    record: str
    conclusions: str
    agreed: tuple[PrintedCommitment, ...]


@dataclass(frozen=True)
class PrintedUpdateVersion:
    """What a ministry sent once, and what the embassy made of it.

    `outcome` is "accepted", "returned" or "waiting"; `decision` says it with the day and the reason.
    """

    sent: str
    claims: str
    narrative: str
    figures: tuple[str, ...]
    evidence: tuple[str, ...]
    outcome: str
    decision: str


@dataclass(frozen=True)
class PrintedUpdate:
    """A ministry's submission on one commitment, round by round."""

    commitment: str
    ministry: str
    towards: str
    rounds: tuple[PrintedUpdateVersion, ...]


@dataclass(frozen=True)
class PrintedEvidenceLink:
    """What a piece of evidence shows on one benchmark, and whether the embassy agrees.

    `word` says by whom and when, where that is another than the word on the piece as a whole.
    """

    benchmark: str
    shows: str
    state: str
    word: str = ""


@dataclass(frozen=True)
class PrintedEvidence:
    """One piece of evidence: when, what, who did it, who says so, what proves it, and where it stands.

    `state` is "verified", "claimed", "returned" or "rejected"; `review` says by whom and when. `is_outside`
    is set before and after the window; `note` says why it doesn't count, where it can't.
    """

    ref: str
    what: str
    kind: str
    when: str
    done_by: str
    stated_by: str
    source: str
    link: str
    recorded: str
    state: str
    review: str
    is_outside: bool
    note: str
    bearings: tuple[PrintedEvidenceLink, ...]
    files: tuple[PrintedFile, ...]


@dataclass(frozen=True)
class AmbassadorBriefing:
    """All that one reader's briefing says."""

    kind: ClassVar[BriefingKind] = BriefingKind.AMBASSADOR

    title: str
    subtitle: str
    post: str
    country: str
    marking: str
    is_cleared: bool
    edition: str
    as_of: date
    known_by: datetime | None
    facts_up_to: datetime | None
    window: str
    deadline: date | None
    countdown: str
    standing: ReadinessSummary
    parts: tuple[PrintedPart, ...]
    checks: tuple[PrintedCheck, ...]
    ladder: StepsDisplay
    trend: PrintedTrend
    press_for: tuple[PrintedCommitment, ...]
    milestones: tuple[PrintedMilestone, ...]
    ministries: tuple[PrintedMinistry, ...]
    united_states: tuple[PrintedCommitment, ...]
    recommendations: tuple[PrintedRecommendation, ...]
    dialogues: tuple[PrintedDialogue, ...]
    updates: tuple[PrintedUpdate, ...]
    evidence: tuple[PrintedEvidence, ...]
    methodology: str
    disclaimer: str
    sections: tuple[str, ...] | None = None
    covering_note: str = ""

    @property
    def sentence(self) -> str:
        """Where the record stands, in one sentence."""
        return self.standing.sentence

    @property
    def overdue(self) -> int:
        """How many promises are overdue."""
        return sum(one.state == "overdue" for one in self.press_for)

    @property
    def press_for_first(self) -> tuple[PrintedCommitment, ...]:
        """What page 1 names, as far as it has room: the most pressing."""
        return self.press_for[:MAX_PRESSING]

    @property
    def milestones_first(self) -> tuple[PrintedMilestone, ...]:
        """What fits on page 2, by day: those not done yet before those done, the soonest first."""
        pressing = sorted(enumerate(self.milestones), key=lambda each: (each[1].is_done, each[1].on))
        return tuple(one for _, one in sorted(pressing[:MAX_MILESTONES], key=lambda each: each[0]))

    @property
    def milestones_more(self) -> int:
        """How many more milestones there are."""
        return len(self.milestones) - len(self.milestones_first)

    @property
    def ministries_first(self) -> tuple[PrintedMinistry, ...]:
        """What fits on page 2."""
        return self.ministries[:MAX_MINISTRIES]

    @property
    def ministries_more(self) -> int:
        """How many more ministries there are."""
        return len(self.ministries) - len(self.ministries_first)

    @property
    def has_more_months(self) -> bool:
        """Whether there are months or milestones that page 2 doesn't name."""
        return bool(self.trend.months_more or self.milestones_more)

    @property
    def is_crowded(self) -> bool:
        """Whether page 2 has to say that there is more than it names: then its drawing has less room."""
        return bool(self.milestones_more or self.ministries_more)
