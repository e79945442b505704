"""What a dialogue pack says. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, NamedTuple

from reports.briefings.content.ambassador import Undertaking
from reports.choices import BriefingKind
from reports.readiness.explanation.step_display import NextStep

KEPT_FIRST, WITH_US_FIRST, OVERDUE_FIRST, RETURNED_FIRST, TO_ASK_FIRST = 3, 3, 5, 3, 6
"""How many points of each kind are named for one ministry; the rest is counted."""


@dataclass(frozen=True)
class Point:
    """Something to say: one sentence that can be spoken, and what only its reader needs.

    `standing` says how it stands ("by 44 days, moved twice"), `source` where that stands in the record, `benchmarks`
    the keys of those that it is about.
    """

    sentence: str
    standing: str
    source: str
    benchmarks: tuple[str, ...]


class Line(NamedTuple):
    """A point under the word for its kind; `state` is the mark beside that word."""

    state: str
    word: str
    point: Point


class _Kind(NamedTuple):
    """A kind of point: its mark, its word, how many are named, the rest in words, and what none of it is called."""

    state: str
    word: str
    first: int
    more: str
    nothing: str


KEPT = _Kind("verified_done", "Verified", KEPT_FIRST, "to thank for", "newly verified")
WITH_US = _Kind("waiting", "With us", WITH_US_FIRST, "to answer", "waiting for our answer")
OVERDUE = _Kind("overdue", "Overdue", OVERDUE_FIRST, "overdue", "overdue")
RETURNED = _Kind("returned", "Returned", RETURNED_FIRST, "returned", "returned")
TO_ASK = _Kind("open", "To ask", TO_ASK_FIRST, "to ask", "left to ask")
OUR_DONE = _Kind("waiting", "Done", WITH_US_FIRST, "to verify", "waiting to be verified")
TO_DO = _Kind("open", "To do", TO_ASK_FIRST, "to do", "left to do")


@dataclass(frozen=True)
class Talk:
    """What to say to a ministry, or what the United States itself answers for (`is_ours`); the most pressing first.

    `about` says who holds the office, what it leads on and how what it promised stands.
    """

    whose: str
    about: str
    is_ours: bool
    kept: tuple[Point, ...]
    with_us: tuple[Point, ...]
    overdue: tuple[Point, ...]
    returned: tuple[Point, ...]
    to_ask: tuple[Point, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """The points that are named."""
        return tuple(Line(kind.state, kind.word, point) for kind, own in self._by_kind for point in own[: kind.first])

    @property
    def more(self) -> str:
        """How many there are besides: `2 overdue and 4 to ask`; empty where all are named."""
        left = [f"{len(own) - kind.first} {kind.more}" for kind, own in self._by_kind if len(own) > kind.first]
        return _joined(left, "and")

    @property
    def nothing(self) -> str:
        """Of which kinds there is none: `Nothing is overdue or returned.`; empty where there is some of each."""
        none = [kind.nothing for kind, own in self._by_kind if not own]
        return f"Nothing is {_joined(none, 'or')}." if none else ""

    @property
    def _by_kind(self) -> Sequence[tuple[_Kind, tuple[Point, ...]]]:
        """Thanks first, then what we owe, then what we press for. Nothing of our own is ever returned."""
        if self.is_ours:
            return [(KEPT, self.kept), (OUR_DONE, self.with_us), (OVERDUE, self.overdue), (TO_DO, self.to_ask)]
        first = [(KEPT, self.kept), (WITH_US, self.with_us), (OVERDUE, self.overdue)]
        return [*first, (RETURNED, self.returned), (TO_ASK, self.to_ask)]


@dataclass(frozen=True)
class Item:
    """An item of the agenda: what it is about, whose it is, how that stands, what to ask, and what was said."""

    position: int
    what: str
    whose: str
    standing: str
    ask: str
    said: str


@dataclass(frozen=True)
class Person:
    """Somebody at the table, for an office; `how` says in what way, or that they did not come."""

    office: str
    name: str
    ministry: str
    how: str


@dataclass(frozen=True)
class Step:
    """A next step short of a commitment; `state` is the status word, `standing` says what became of it."""

    text: str
    owner: str
    agreed_on: date
    due_on: date | None
    state: str
    standing: str


@dataclass(frozen=True)
class Meeting:
    """A dialogue that was held: what was said and agreed, what was promised there, and what became of that.

    `steps` are those agreed there and, of the last one, those of earlier ones that are still open.
    """

    held_on: date
    place: str
    record: str
    agreed: str
    summary: str
    undertakings: tuple[Undertaking, ...]
    steps: tuple[Step, ...]


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
    next_steps: tuple[NextStep, ...]
    agenda: tuple[Item, ...]
    minutes: Meeting | None
    talks: tuple[Talk, ...]
    last: Meeting | None
    participants: tuple[Person, ...]
    disclaimer: str
    sections: tuple[str, ...] | None = None
    covering_note: str = ""

    @property
    def has_words_by_item(self) -> bool:
        """Whether the agenda has a column for words: what to ask, or what was said where that is told item by item."""
        return self.minutes is None or any(item.said for item in self.agenda)


def _joined(words: Sequence[str], conjunction: str) -> str:
    """`a, b or c`; empty for nothing."""
    *most, last = words or ("",)
    return f"{', '.join(most)} {conjunction} {last}" if most else last
