"""Content of a dialogue pack."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, NamedTuple

from reports.briefings.content.ambassador import PrintedCommitment
from reports.briefings.content.common import CommonContent
from reports.charts.figures import FigureChart
from reports.choices import BriefingKind
from reports.readiness.explanation.step_display import StepDisplay
from tiptracker.localization import gettext, gettext_noop, pgettext_noop


@dataclass(frozen=True)
class TalkingPoint:
    """Something to say to a ministry: one sentence to speak aloud, and details for the reader.

    `status_text` is the status ("by 44 days, moved twice"). `source` says where the record has it. `benchmarks` holds
    the keys of the benchmarks it is about.
    """

    sentence: str
    status_text: str
    source: str
    benchmarks: tuple[str, ...]


class TalkingPointLine(NamedTuple):
    """A talking point with the label of its kind in the reader's language; `state` is the mark beside that label."""

    state: str
    label: str
    point: TalkingPoint


class PointKind(NamedTuple):
    """A kind of talking point.

    `field` holds its points in a list, `state` is its mark, and `most` the most that are named for one ministry; the
    rest is only counted. `label` and `counted` (the number of points) are in English.
    """

    field: str
    state: str
    label: str
    most: int
    counted: str


VERIFIED = PointKind("kept", "verified_done", gettext_noop("Verified"), 3, gettext_noop("%(number)d to thank for"))
OVERDUE = PointKind("overdue", "overdue", gettext_noop("Overdue"), 5, gettext_noop("%(number)d overdue"))
MINISTRY_KINDS = (
    VERIFIED,
    PointKind("with_us", "waiting", gettext_noop("With the embassy"), 3, gettext_noop("%(number)d with the embassy")),
    OVERDUE,
    PointKind("returned", "returned", pgettext_noop("commitments", "Returned"), 3, gettext_noop("%(number)d returned")),
    PointKind("to_ask", "open", gettext_noop("To ask"), 6, gettext_noop("%(number)d to ask")),
)
OUR_KINDS = (
    VERIFIED,
    PointKind("with_us", "waiting", gettext_noop("Reported done"), 3, gettext_noop("%(number)d to verify")),
    OVERDUE,
    PointKind("to_ask", "open", gettext_noop("To do"), 6, gettext_noop("%(number)d to do")),
)
"""The kinds in the order of a list: thanks first, then what we owe, then what we ask for.

The list of the United States has no returned points: nobody returns our own commitments.
"""


@dataclass(frozen=True)
class TalkingPointList:
    """What to say to one ministry, the most urgent first, or what the United States itself committed to (`is_ours`).

    `about` says who holds the office, what the ministry leads on, and the status of its commitments.
    """

    whose: str
    about: str
    is_ours: bool
    kept: tuple[TalkingPoint, ...]
    with_us: tuple[TalkingPoint, ...]
    overdue: tuple[TalkingPoint, ...]
    returned: tuple[TalkingPoint, ...]
    to_ask: tuple[TalkingPoint, ...]

    @property
    def lines(self) -> tuple[TalkingPointLine, ...]:
        """The points that are named."""
        return tuple(
            TalkingPointLine(kind.state, gettext(kind.label), point)
            for kind, points in self._by_kind
            for point in points[: kind.most]
        )

    @property
    def more(self) -> str:
        """A sentence on the points that are not named; empty if all are named."""
        return further_points_sentence([self], self._kinds)

    @property
    def nothing(self) -> str:
        """A sentence on the kinds that have no point: `None: Overdue, Returned.`; empty if each kind has one."""
        none = [gettext(kind.label) for kind, points in self._by_kind if not points]
        return gettext("None: %(kinds)s.") % {"kinds": ", ".join(none)} if none else ""

    def points_of(self, kind: PointKind) -> tuple[TalkingPoint, ...]:
        points: tuple[TalkingPoint, ...] = getattr(self, kind.field)
        return points

    def count_listed(self, kind: PointKind) -> int:
        return min(len(self.points_of(kind)), kind.most)

    def count_further(self, kind: PointKind) -> int:
        """Return how many points of a kind are only counted."""
        return len(self.points_of(kind)) - self.count_listed(kind)

    @property
    def _kinds(self) -> Sequence[PointKind]:
        return OUR_KINDS if self.is_ours else MINISTRY_KINDS

    @property
    def _by_kind(self) -> Sequence[tuple[PointKind, tuple[TalkingPoint, ...]]]:
        return [(kind, self.points_of(kind)) for kind in self._kinds]


def further_points_sentence(lists: Sequence[TalkingPointList], kinds: Sequence[PointKind] = MINISTRY_KINDS) -> str:
    """Return how many points of these lists are not named: `Further points, not listed: 2 overdue, 4 to ask.`

    Empty if all are named.
    """
    numbers = {kind.counted: sum(each.count_further(kind) for each in lists) for kind in kinds}
    further = [gettext(counted) % {"number": number} for counted, number in numbers.items() if number]
    return gettext("Further points, not listed: %(counts)s.") % {"counts": ", ".join(further)} if further else ""


@dataclass(frozen=True)
class AskedInformation:
    """A figure or document that a ministry was asked for.

    `state` is the status code, `status_text` says the same in words.
    """

    ministry: str
    what: str
    due_on: date
    state: str
    status_text: str


@dataclass(frozen=True)
class PrintedAgendaItem:
    """An agenda item: the subject, who is responsible, its status, what to ask, and what was said."""

    position: int
    what: str
    whose: str
    status_text: str
    ask: str
    said: str


@dataclass(frozen=True)
class PackParticipant:
    """A participant for an office. `how` says in what way they attend, or that they did not come."""

    office: str
    name: str
    ministry: str
    how: str


@dataclass(frozen=True)
class AgreedStep:
    """A next step agreed at a dialogue, short of a commitment.

    `state` is the status code, `status_text` says the same in words.
    """

    text: str
    owner: str
    agreed_on: date
    due_on: date | None
    state: str
    status_text: str


@dataclass(frozen=True)
class PrintedMeeting:
    """A dialogue that was held: what was said and agreed, its commitments, and their status.

    `commitments` are those that concern the ministries of the pack. `others` counts the rest in a sentence; it is empty
    if there are none.
    `steps` are the next steps agreed there. For the last dialogue they include open ones from earlier dialogues.
    """

    held_on: date
    place: str
    record: str
    agreed: str
    summary: str
    commitments: tuple[PrintedCommitment, ...]
    others: str
    steps: tuple[AgreedStep, ...]


@dataclass(frozen=True)
class PackFigure:
    """An indicator of the dialogue: its figures as texts, how far along it is, and its chart.

    `now` is the verified figure with its day, `claimed` a later one that is not verified, `source` where the verified
    one comes from. `status_text` says what was agreed. `said` is what was said of it at the dialogue.
    """

    name: str
    unit: str
    baseline: str
    target: str
    now: str
    claimed: str
    source: str
    status_text: str
    sentence: str
    said: str
    chart: FigureChart | None


@dataclass(frozen=True)
class PackContribution:
    """What one side contributed since the last dialogue, with its period, its work and its source as texts."""

    giver: str
    what: str
    period: str
    work: str
    source: str


@dataclass(frozen=True)
class PackWork:
    """A piece of work that contributions name, and what will sustain it after outside money ends."""

    title: str
    sustained: str


@dataclass(frozen=True)
class PackNumbers:
    """A dialogue by numbers. `kept` are the commitments of either side that were kept since the last dialogue."""

    figures: tuple[PackFigure, ...] = ()
    contributions: tuple[PackContribution, ...] = ()
    kept: tuple[str, ...] = ()
    works: tuple[PackWork, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DialoguePack(CommonContent):
    """Everything in a dialogue pack.

    `minutes` is the record of this dialogue, once it was held. `last` is the dialogue before it. `table` names the
    ministries at the dialogue, and then the pack covers only what concerns them; it is empty if no ministry in
    particular takes part.
    """

    kind: ClassVar[BriefingKind] = BriefingKind.DIALOGUE

    held_on: date
    countdown: str
    place: str
    purpose: str
    table: str
    stage: str
    deadline: date | None
    sentence: str
    next_steps: tuple[StepDisplay, ...]
    agenda: tuple[PrintedAgendaItem, ...]
    minutes: PrintedMeeting | None
    talks: tuple[TalkingPointList, ...]
    requests: tuple[AskedInformation, ...] = ()
    numbers: PackNumbers = PackNumbers()
    last: PrintedMeeting | None
    participants: tuple[PackParticipant, ...]
    disclaimer: str

    @property
    def has_words_by_item(self) -> bool:
        """Whether the agenda has a column for words: what to ask or, after the dialogue, what was said on an item."""
        return self.minutes is None or any(item.said for item in self.agenda)
