"""What loading a list would do to the one that stands: the preview, before anything is written. Pure.

Words alone tell which is which: two items that say the same are one, whatever their numbers. What is only alike is
proposed, and a person decides. Numbers never match by themselves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from recommendations.choices import Pillar, TextStatus
from recommendations.importing.tables.rows import Row
from recommendations.text_similarity import LIKELY, Likeness, alikenesses, pairs, same_words
from tiptracker.choices import Word
from tiptracker.text_rules import alike

MOST_CANDIDATES = 3


class Kind(Word):
    """What becomes of an item."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    GONE = "gone"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True)
class Standing:
    """An item of the list that stands: its key, and all that a list may tell anew. Ministries are keys."""

    key: int
    number: int
    text: str
    text_status: TextStatus
    pillar: Pillar | None = None
    lead: int | None = None
    supporting: frozenset[int] = frozenset()


class Candidate(NamedTuple):
    """A new item that an old one may have become, by its number, and how alike they are, of 100."""

    number: int
    likeness: int


@dataclass(frozen=True, slots=True)
class Line:
    """An item before (`old`), after (`new`), or both, and what becomes of it.

    `changes` says in words what differs besides the text. `candidates` are given where a person has to say what the
    old item became: the most alike first. It is paired with `new` as proposed, if with anything, and `likeness` is how
    alike the two are, of 100.
    """

    kind: Kind
    old: Standing | None = None
    new: Row | None = None
    changes: tuple[str, ...] = ()
    is_certain: bool = True
    candidates: tuple[Candidate, ...] = ()
    likeness: int | None = None

    @property
    def is_little_alike(self) -> bool:
        """Whether what is proposed is so little alike that a person should look twice."""
        return self.likeness is not None and self.likeness < LIKELY


@dataclass(frozen=True, slots=True)
class Comparison:
    """The preview, a line an item in the order of the new numbers, what is gone last.

    `unknown_ministries` are names in the list that no ministry of the country has: none is made of them.
    """

    lines: tuple[Line, ...]
    unknown_ministries: tuple[str, ...] = ()

    def of(self, kind: Kind) -> list[Line]:
        """The lines of one kind."""
        return [line for line in self.lines if line.kind is kind]

    @property
    def undecided(self) -> list[Line]:
        """The items before of which a person has to say what they became, in the order of their numbers."""
        lines = [line for line in self.lines if line.old and not line.is_certain]
        return sorted(lines, key=lambda line: line.old.number if line.old else 0)

    @property
    def changes_nothing(self) -> bool:
        """Whether loading would write nothing."""
        return all(line.kind is Kind.UNCHANGED for line in self.lines)


def compare(
    old: Sequence[Standing], rows: Sequence[Row], *, status: TextStatus, ministries: Mapping[str, int]
) -> Comparison:
    """The list that stands beside the one to be loaded, whose words are of `status`.

    `ministries` are the country's keys by their names as `texts.alike` spells them.
    """
    certain = same(old, rows)
    left = [each for each in old if each.key not in certain]
    taken = {row.number for row in certain.values()}
    free = [row for row in rows if row.number not in taken]
    found = alikenesses([each.text for each in left], [row.text for row in free])
    proposed = {left[place].key: (free[pair.new], pair.likeness) for place, pair in pairs(found).items()}
    candidates = _candidates(found, left, free)
    by_number: dict[int, Line] = {row.number: _new(row) for row in free}
    gone = []
    for each in old:
        if row := certain.get(each.key):
            changes = _changes(each, row, status, ministries)
            kind = Kind.CHANGED if changes else Kind.UNCHANGED
            by_number[row.number] = Line(Kind.DOUBTFUL if row.doubt else kind, each, row, changes)
        elif each.key in proposed:
            row, likeness = proposed[each.key]
            kind = Kind.CHANGED if likeness >= LIKELY and not row.doubt else Kind.DOUBTFUL
            changes = _changes(each, row, status, ministries)
            by_number[row.number] = Line(kind, each, row, changes, False, candidates[each.key], likeness)
        else:
            gone.append(Line(Kind.GONE, each, is_certain=False, candidates=candidates[each.key]))
    named = {name for row in rows for name in (row.lead, *row.supporting) if name}
    return Comparison(
        (*(by_number[number] for number in sorted(by_number)), *gone),
        tuple(sorted(name for name in named if alike(name) not in ministries)),
    )


def same(old: Sequence[Standing], rows: Sequence[Row]) -> dict[int, Row]:
    """By the old item's key, the row that says the same, whatever its number; of several the first."""
    by_words: dict[str, Row] = {}
    for row in rows:
        by_words.setdefault(same_words(row.text), row)
    found = {}
    for each in old:
        words = same_words(each.text)
        if words in by_words:
            found[each.key] = by_words.pop(words)
    return found


def _new(row: Row) -> Line:
    return Line(Kind.DOUBTFUL if row.doubt else Kind.NEW, new=row)


def _candidates(
    found: Sequence[Likeness], left: Sequence[Standing], free: Sequence[Row]
) -> dict[int, tuple[Candidate, ...]]:
    """By key, the most alike rows of each old item."""
    candidates: dict[int, list[Candidate]] = {each.key: [] for each in left}
    for pair in found:
        own = candidates[left[pair.old].key]
        if len(own) < MOST_CANDIDATES:
            own.append(Candidate(free[pair.new].number, pair.likeness))
    return {key: tuple(own) for key, own in candidates.items()}


def _changes(old: Standing, row: Row, status: TextStatus, ministries: Mapping[str, int]) -> tuple[str, ...]:
    """What differs besides the words, in words. What the list doesn't tell, stays."""
    said = []
    if old.number != row.number:
        said.append(f"number {old.number} becomes {row.number}")
    if old.text != row.text and same_words(old.text) == same_words(row.text):
        said.append("it is spelt otherwise")
    if old.text_status != status:
        said.append(
            "our reconstruction becomes the report’s words"
            if status is TextStatus.OFFICIAL
            else "the report’s words become our reconstruction"
        )
    if row.pillar and row.pillar != old.pillar:
        said.append(f"it belongs to {row.pillar.label.lower()}")
    lead = ministries.get(alike(row.lead))
    if lead and lead != old.lead:
        said.append(f"{row.lead} leads")
    supporting = {key for name in row.supporting if (key := ministries.get(alike(name)))}
    if supporting and supporting != old.supporting:
        said.append(f"{', '.join(row.supporting)} support it")
    return tuple(said)
