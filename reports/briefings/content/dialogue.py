"""What a dialogue pack says. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, NamedTuple

from reports.briefings.content.ambassador import PrintedCommitment
from reports.choices import BriefingKind
from reports.readiness.explanation.step_display import StepDisplay

MAX_VERIFIED, MAX_WITH_US, MAX_OVERDUE, MAX_RETURNED, MAX_TO_ASK = 3, 3, 5, 3, 6
"""How many points of each kind are named for one ministry; the rest is counted."""


@dataclass(frozen=True)
class TalkingPoint:
    """Something to say: one sentence that can be spoken, and what only its reader needs.

    `standing` says how it stands ("by 44 days, moved twice"), `source` where that stands in the record, `benchmarks`
    the keys of those that it is about.
    """

    sentence: str
    standing: str
    source: str
    benchmarks: tuple[str, ...]


class TalkingPointLine(NamedTuple):
    """A point under the word for its kind; `state` is the mark beside that word."""

    state: str
    word: str
    point: TalkingPoint


class _PointKind(NamedTuple):
    """A kind of point: its mark, its word, how many are named, the rest in words, and what none of it is called."""

    state: str
    word: str
    first: int
    more: str
    nothing: str


VERIFIED = _PointKind("verified_done", "Verified", MAX_VERIFIED, "to thank for", "newly verified")
WITH_US = _PointKind("waiting", "With us", MAX_WITH_US, "to answer", "waiting for our answer")
OVERDUE = _PointKind("overdue", "Overdue", MAX_OVERDUE, "overdue", "overdue")
RETURNED = _PointKind("returned", "Returned", MAX_RETURNED, "returned", "returned")
TO_ASK = _PointKind("open", "To ask", MAX_TO_ASK, "to ask", "left to ask")
OUR_DONE = _PointKind("waiting", "Done", MAX_WITH_US, "to verify", "waiting to be verified")
TO_DO = _PointKind("open", "To do", MAX_TO_ASK, "to do", "left to do")


@dataclass(frozen=True)
class TalkingPointList:
    """What to say to a ministry, or what the United States itself answers for (`is_same_origin`); the most pressing
    first.

    `about` says who holds the office, what it leads on and how what it promised stands.
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
            TalkingPointLine(kind.state, kind.word, point) for kind, own in self._by_kind for point in own[: kind.first]
        )

    @property
    def more(self) -> str:
        """How many there are besides: `2 overdue and 4 to ask`; empty where all are named."""
        left = [f"{len(own) - kind.first} {kind.more}" for kind, own in self._by_kind if len(own) > kind.first]
        return _join_words(left, "and")

    @property
    def nothing(self) -> str:
        """Of which kinds there is none: `Nothing is overdue or returned.`; empty where there is some of each."""
        none = [kind.nothing for kind, own in self._by_kind if not own]
        return f"Nothing is {_join_words(none, 'or')}." if none else ""

    @property
    def _by_kind(self) -> Sequence[tuple[_PointKind, tuple[TalkingPoint, ...]]]:
        """Thanks first, then what we owe, then what we press for. Nothing of our own is ever returned."""
        if self.is_ours:
            return [(VERIFIED, self.kept), (OUR_DONE, self.with_us), (OVERDUE, self.overdue), (TO_DO, self.to_ask)]
        first = [(VERIFIED, self.kept), (WITH_US, self.with_us), (OVERDUE, self.overdue)]
        return [*first, (RETURNED, self.returned), (TO_ASK, self.to_ask)]


@dataclass(frozen=True)
class PrintedAgendaItem:
    """An item of the agenda: what it is about, whose it is, how that stands, what to ask, and what was said."""

    position: int
    what: str
    whose: str
    standing: str
    ask: str
    said: str


@dataclass(frozen=True)
class PackParticipant:
    """Somebody at the table, for an office; `how` says in what way, or that they did not come."""

    office: str
    name: str
    ministry: str
    how: str


@dataclass(frozen=True)
class AgreedStep:
    """A next step short of a commitment; `state` is the status word, `standing` says what became of it."""

    text: str
    owner: str
    agreed_on: date
    due_on: date | None
    state: str
    standing: str


@dataclass(frozen=True)
class PrintedMeeting:
    """A dialogue that was held: what was said and agreed, what was promised there, and what became of that.

    `steps` are those agreed there and, of the last one, those of earlier ones that are still open.
    """

    held_on: date
    place: str
    record: str
    agreed: str
    summary: str
    undertakings: tuple[PrintedCommitment, ...]
    steps: tuple[AgreedStep, ...]


@dataclass(frozen=True)
class DialoguePack:
    """All that a dialogue pack says. `minutes` are its own, once it was held; `last` is the dialogue before it.

    `table` names the ministries that it is with, and then it speaks of what concerns these alone; empty where it is
    with none in particular.
    """

    kind: ClassVar[BriefingKind] = BriefingKind.DIALOGUE

    title: str
    subtitle: str
    post: str
    country: str
    edition: str
    marking: str
    is_cleared: bool
    as_of: date
    known_by: datetime | None
    facts_up_to: datetime | None
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
    last: PrintedMeeting | None
    participants: tuple[PackParticipant, ...]
    disclaimer: str
    sections: tuple[str, ...] | None = None
    covering_note: str = ""

    @property
    def has_words_by_item(self) -> bool:
        """Whether the agenda has a column for words: what to ask, or what was said where that is told item by item."""
        return self.minutes is None or any(item.said for item in self.agenda)


def _join_words(words: Sequence[str], conjunction: str) -> str:
    """`a, b or c`; empty for nothing."""
    *most, last = words or ("",)
    return f"{', '.join(most)} {conjunction} {last}" if most else last
