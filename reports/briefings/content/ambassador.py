"""Content of the ambassador's briefing, and values that other documents share with it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from reports.briefings.content.common import CommonContent
from reports.charts.bars import ReadinessBar, ShareBar, readiness_bar, share_bar
from reports.charts.trend import TrendChart
from reports.choices import BriefingKind
from reports.readiness.explanation.step_display import StepsDisplay
from tiptracker.localization import format_number, gettext, gettext_noop, pgettext_noop

MAX_FIRST_PAGE_COMMITMENTS = 14
"""The most commitments on page 1, if they fit. The annex by ministry lists all of them."""

MAX_MONTHS, MAX_MILESTONES, MAX_MINISTRIES = 2, 4, 4
"""The most months, milestones and ministries on page 2. If there are more, an annex lists the others."""
MAX_ASKS = 2
"""The most sentences on what to raise with a ministry. Its page and the dialogue pack have all of them."""

EVIDENCE_STATES = {
    "verified": gettext_noop("Verified"),
    "claimed": gettext_noop("Not reviewed"),
    "returned": pgettext_noop("evidence", "Returned"),
    "withdrawn": gettext_noop("Withdrawn"),
    "rejected": gettext_noop("Rejected"),
}
"""The labels of the states of evidence."""


@dataclass(frozen=True)
class PrintedFile:
    """A file kept with evidence: its name, its kind, its size in bytes, and the hash that proves it unchanged."""

    name: str
    kind: str
    size: int
    sha256: str


@dataclass(frozen=True)
class ReadinessSummary:
    """Readiness in one sentence and in one paragraph, and the figures of the readiness bar in points of 100.

    `verified` and `claimed` are None if nothing has been reviewed. Then the document prints no figure, and the parts
    have none either. `mark` is the post's target, `mark_note` gives its reason, and `projected` is the projected score.
    `paragraph` is prose that a cable can quote (see `reports.briefings.summary`).
    """

    sentence: str
    verified: Decimal | None
    claimed: Decimal | None
    mark: Decimal | None
    mark_note: str
    projected: Decimal | None = None
    possible: str = ""
    watch_list: str = ""
    paragraph: str = ""

    @property
    def bar(self) -> ReadinessBar:
        """The readiness bar in print size."""
        return readiness_bar(
            verified=self.verified,
            claimed=self.claimed,
            mark=self.mark,
            projected=self.projected,
            width=648,
            size=11,
        )


@dataclass(frozen=True)
class PrintedMonth:
    """The last week that ended in a month, or the day of the last dialogue or briefing.

    It has the score known at the time, the score with later information, and the events since the month before, each
    with its day.
    """

    ends_on: date
    then: Decimal | None
    hindsight: Decimal | None
    happened: str


@dataclass(frozen=True)
class PrintedTrend:
    """The score week by week: the finding, the chart in print size, and the months with something to report.

    `chart` is None if too few weeks have a figure; `no_chart` then says so. `since` is the day of the last dialogue or
    briefing, which the first paragraph of the document compares with. It is None if there is no such day. `falls` says
    how far the score has fallen since its highest week, with its cause and without, and `changes` what changed it in
    the last month.
    """

    title: str
    chart: TrendChart | None
    months: tuple[PrintedMonth, ...]
    since: PrintedMonth | None = None
    no_chart: str = ""
    falls: tuple[str, ...] = ()
    changes: str = ""

    @property
    def months_first(self) -> tuple[PrintedMonth, ...]:
        """The rows on page 2: the day that the first paragraph compares with, and the newest months that fit."""
        newest = self.months[-self._room_for_months :]
        if self.since is None or self.since.ends_on in {month.ends_on for month in newest}:
            return newest
        return tuple(sorted((self.since, *newest), key=lambda row: row.ends_on))

    @property
    def months_left(self) -> tuple[PrintedMonth, ...]:
        """The earlier months, which are not on page 2."""
        return self.months[: -self._room_for_months]

    @property
    def _room_for_months(self) -> int:
        """How many months fit on page 2 with the day of `since`, if that is not one of them."""
        days = {month.ends_on for month in self.months[-MAX_MONTHS:]}
        return MAX_MONTHS if self.since is None or self.since.ends_on in days else MAX_MONTHS - 1


@dataclass(frozen=True)
class PrintedCheck:
    """A problem in the record, what to do about it, and what it is about: `“Train the posts”, Ministry of Police`."""

    sentence: str
    to_do: str
    about: tuple[str, ...]


@dataclass(frozen=True)
class PrintedQuestion:
    """One question of a part: its points, the most it can give, the verdict and the reason."""

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
            return gettext("nothing reviewed yet, at most %(most)s points") % {"most": format_number(self.of)}
        values = {
            "verified": format_number(self.points),
            "most": format_number(self.of),
            "claimed": format_number(self.points if self.claimed is None else self.claimed),
        }
        return gettext("%(verified)s of %(most)s points verified, %(claimed)s claimed") % values

    @property
    def verified_of(self) -> str:
        """The verified points and the most that the part can give."""
        if self.points is None:
            return gettext("not reviewed")
        return gettext("%(points)s of %(most)s") % {
            "points": format_number(self.points),
            "most": format_number(self.of),
        }

    @property
    def claimed_of(self) -> str:
        """The verified and claimed points and the most that the part can give."""
        if self.claimed is None:
            return gettext("not reviewed")
        return gettext("%(points)s of %(most)s") % {
            "points": format_number(self.claimed),
            "most": format_number(self.of),
        }

    @property
    def bar(self) -> ShareBar:
        """The bar of verified and claimed points, as shares of the part's own points."""
        return share_bar(
            verified=None if self.points is None else self.points / self.of,
            claimed=0 if self.claimed is None else self.claimed / self.of,
            width=96,
        )


@dataclass(frozen=True)
class PrintedCommitment:
    """A commitment as of the day.

    `state` is the status code. `status_text` says the same in words, with the days.
    """

    text: str
    ministry: str
    made_on: date
    where: str
    towards: str
    due_on: date | None
    times_moved: int
    state: str
    status_text: str


@dataclass(frozen=True)
class PrintedMilestone:
    """A milestone of the year. `status_text` says whether it is done, or how far off it is."""

    title: str
    on: date
    is_done: bool
    status_text: str


@dataclass(frozen=True)
class PrintedMinistry:
    """A ministry, its minister, the recommendations it leads on, its commitments, and what to raise with it first.

    `asks` are sentences to speak aloud, the most urgent first.
    """

    name: str
    minister: str
    leads: str
    summary: str
    commitments: tuple[PrintedCommitment, ...]
    asks: tuple[str, ...] = ()


@dataclass(frozen=True)
class PrintedAssessment:
    """The embassy's assessment of a benchmark: the rationale, who assessed it and when, and the section of the law."""

    rationale: str
    by: str
    law: str


@dataclass(frozen=True)
class PrintedBenchmark:
    """One benchmark of a recommendation.

    `share` is None if there is no data; `figure` says it in words. `name` is the criterion with the subject of the
    recommendation, so that a row can be understood without its heading.
    """

    key: str
    criterion: str
    rule: str
    share: Decimal | None
    claimed: Decimal
    figure: str
    reason: str
    assessment: PrintedAssessment | None
    evidence: tuple[str, ...]
    name: str

    @property
    def bar(self) -> ShareBar:
        """The bar of the benchmark's verified and claimed shares."""
        return share_bar(verified=self.share, claimed=self.claimed)


@dataclass(frozen=True)
class PrintedRecommendation:
    """One recommendation of the edition with its benchmarks, its points, and the most it can give.

    `label` is its number. `facts` gives its origin, its pillar, its indicia, the lead ministry, and how long it has
    been unmet.
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
        """The recommendation's points in a phrase."""
        if self.points is None:
            return gettext("nothing reviewed yet, at most %(most)s points") % {"most": self.of}
        return gettext("%(verified)s of %(most)s points verified") % {"verified": self.points, "most": self.of}


@dataclass(frozen=True)
class OverdueRequest:
    """A request for information that is overdue: the ministry that was asked, and by how many days."""

    ministry: str
    days: int


@dataclass(frozen=True)
class PrintedParticipant:
    """A person who took part in a dialogue, and how."""

    name: str
    office: str
    attended: str


@dataclass(frozen=True)
class PrintedDialogue:
    """A dialogue: who came, the agenda with what was said on each item, what else was said, and what was agreed."""

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
    """One version of an update from a ministry, and the decision on it.

    `outcome` is "accepted", "returned", "withdrawn" or "waiting". `decision` says the same with the day and the reason.
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
    """A ministry's update on one commitment, with all its versions."""

    commitment: str
    ministry: str
    towards: str
    update_versions: tuple[PrintedUpdateVersion, ...]


@dataclass(frozen=True)
class PrintedEvidenceLink:
    """What a piece of evidence shows for one benchmark, and whether the embassy agrees.

    `state` is one of EVIDENCE_STATES. `review` says who decided and when. It is empty if the decision on the piece as a
    whole says the same.
    """

    benchmark: str
    shows: str
    state: str
    review: str = ""

    @property
    def sentence(self) -> str:
        """The link in one line: the benchmark, what the evidence shows for it, and the status or the decision."""
        values = {"benchmark": self.benchmark, "shows": self.shows}
        values["status"] = self.review.rstrip(".") or gettext(EVIDENCE_STATES.get(self.state, self.state))
        return gettext("Benchmark %(benchmark)s: %(shows)s. %(status)s.") % values


@dataclass(frozen=True)
class PrintedEvidence:
    """One piece of evidence: when, what, who did it, who says so, what proves it, and its status.

    `state` is one of EVIDENCE_STATES; `review` says who decided and when. `is_outside` is true
    if it happened before or after the tracking period. `note` says why it does not count, if it does not.
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
    evidence_links: tuple[PrintedEvidenceLink, ...]
    files: tuple[PrintedFile, ...]


@dataclass(frozen=True, kw_only=True)
class AmbassadorBriefing(CommonContent):
    """Everything in an ambassador's briefing for one reader.

    `requests` counts the requests for information, and `overdue_requests` are those that are overdue. `next_dialogue`
    says when and where the next dialogue is planned.
    """

    kind: ClassVar[BriefingKind] = BriefingKind.AMBASSADOR

    window: str
    deadline: date | None
    countdown: str
    readiness: ReadinessSummary
    parts: tuple[PrintedPart, ...]
    checks: tuple[PrintedCheck, ...]
    next_steps: StepsDisplay
    trend: PrintedTrend
    commitments_to_follow_up: tuple[PrintedCommitment, ...]
    milestones: tuple[PrintedMilestone, ...]
    ministries: tuple[PrintedMinistry, ...]
    united_states: tuple[PrintedCommitment, ...]
    recommendations: tuple[PrintedRecommendation, ...]
    dialogues: tuple[PrintedDialogue, ...]
    updates: tuple[PrintedUpdate, ...]
    requests: str = ""
    overdue_requests: tuple[OverdueRequest, ...] = ()
    next_dialogue: str = ""
    evidence: tuple[PrintedEvidence, ...]
    methodology: str
    disclaimer: str

    @property
    def sentence(self) -> str:
        """Readiness in one sentence."""
        return self.readiness.sentence

    @property
    def overdue(self) -> int:
        """The number of overdue commitments."""
        return sum(commitment.state == "overdue" for commitment in self.commitments_to_follow_up)

    @property
    def first_page_commitments(self) -> tuple[PrintedCommitment, ...]:
        """The most urgent commitments, at most as many as page 1 names."""
        return self.commitments_to_follow_up[:MAX_FIRST_PAGE_COMMITMENTS]

    @property
    def open_without_follow_up(self) -> int:
        """The number of the government's open commitments that need no follow-up yet."""
        is_open = {"open", "overdue", "with_embassy", "reported_done"}
        listed = [one for ministry in self.ministries for one in ministry.commitments]
        return sum(one.state in is_open for one in listed) - sum(
            one.state in is_open for one in self.commitments_to_follow_up
        )

    @property
    def milestones_first(self) -> tuple[PrintedMilestone, ...]:
        """The milestones for page 2, in their original order.

        If there are too many, those not done are picked before those done, and the soonest first.
        """
        return tuple(milestone for at, milestone in enumerate(self.milestones) if at in self._milestone_places)

    @property
    def milestones_left(self) -> tuple[PrintedMilestone, ...]:
        """The milestones that are not on page 2, in their original order."""
        return tuple(milestone for at, milestone in enumerate(self.milestones) if at not in self._milestone_places)

    @property
    def _milestone_places(self) -> set[int]:
        """The places of the milestones that page 2 names."""
        places = range(len(self.milestones))
        soonest = sorted(places, key=lambda at: (self.milestones[at].is_done, self.milestones[at].on))
        return set(soonest[:MAX_MILESTONES])

    @property
    def ministries_first(self) -> tuple[PrintedMinistry, ...]:
        """The ministries that fit on page 2."""
        return self.ministries[:MAX_MINISTRIES]

    @property
    def ministries_more(self) -> int:
        """The number of ministries that are not on page 2."""
        return len(self.ministries) - len(self.ministries_first)

    @property
    def has_more_months(self) -> bool:
        """Whether there are months or milestones that page 2 does not name."""
        return bool(self.trend.months_left or self.milestones_left)

    @property
    def is_crowded(self) -> bool:
        """Whether page 2 says that there are more milestones or ministries. Then its chart has less room."""
        return bool(self.milestones_left or self.ministries_more)
