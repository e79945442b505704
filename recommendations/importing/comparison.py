"""Compare an imported list with the current one: the preview, before anything is written.

Only the text identifies items: two items with the same wording are the same item, whatever their numbers. Similar
items are proposed as pairs and the user decides. Numbers alone never match.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from recommendations.choices import Pillar, TextStatus
from recommendations.importing.tables.rows import ImportedItem
from recommendations.text_similarity import (
    LIKELY_SIMILARITY,
    SimilarPair,
    find_similar_pairs,
    normalize_wording,
    pick_best_pairs,
)
from tiptracker.choices import ChoiceEnum
from tiptracker.localization import gettext, gettext_noop
from tiptracker.text_rules import normalize_name

MAX_CANDIDATES = 3


class ItemChange(ChoiceEnum):
    """What happens to an item."""

    NEW = "new", gettext_noop("To be created")
    CHANGED = "changed", gettext_noop("To be changed")
    UNCHANGED = "unchanged", gettext_noop("Left as they are")
    GONE = "gone", gettext_noop("No longer asked")
    DOUBTFUL = "doubtful", gettext_noop("To be checked")


@dataclass(frozen=True, slots=True)
class ExistingItem:
    """An item of the current list: its key and everything that an import can change. Ministries are keys."""

    key: int
    number: int
    text: str
    text_status: TextStatus
    pillar: Pillar | None = None
    lead: int | None = None
    supporting: frozenset[int] = frozenset()


class MatchCandidate(NamedTuple):
    """A new item that an old one may have become: its number, and their similarity of 100."""

    number: int
    likeness: int


@dataclass(frozen=True, slots=True)
class ItemComparison:
    """An item before (`old`), after (`new`), or both, and what happens to it.

    `changes` describes in words what differs besides the text. `candidates` are set if the user has to decide what the
    old item became, most similar first. In that case `new` is the proposed pair, if any, and `likeness` is the
    similarity of the two, of 100.
    """

    kind: ItemChange
    old: ExistingItem | None = None
    new: ImportedItem | None = None
    changes: tuple[str, ...] = ()
    is_certain: bool = True
    candidates: tuple[MatchCandidate, ...] = ()
    likeness: int | None = None

    @property
    def is_little_alike(self) -> bool:
        """Return whether the proposed pair is so dissimilar that the user should check carefully."""
        return self.likeness is not None and self.likeness < LIKELY_SIMILARITY


@dataclass(frozen=True, slots=True)
class ListComparison:
    """The preview: one line for each item, in the order of the new numbers; removed items come last.

    `unknown_ministries` are names in the list that match no ministry of the country. The import doesn't create them.
    """

    lines: tuple[ItemComparison, ...]
    unknown_ministries: tuple[str, ...] = ()

    @property
    def undecided(self) -> list[ItemComparison]:
        """Return the old items for which the user has to decide what they became, in the order of their numbers."""
        lines = [line for line in self.lines if line.old and not line.is_certain]
        return sorted(lines, key=lambda line: line.old.number if line.old else 0)

    @property
    def changes_nothing(self) -> bool:
        """Return whether loading would write nothing."""
        return all(line.kind is ItemChange.UNCHANGED for line in self.lines)


def compare_lists(
    old: Sequence[ExistingItem], rows: Sequence[ImportedItem], *, status: TextStatus, ministries: Mapping[str, int]
) -> ListComparison:
    """Compare the current list with the rows to import, whose texts have this status.

    `ministries` are the country's ministry keys, by their names as `normalize_name` returns them.
    """
    certain = match_identical(old, rows)
    unmatched = [item for item in old if item.key not in certain]
    taken = {row.number for row in certain.values()}
    free = [row for row in rows if row.number not in taken]
    pairs = find_similar_pairs([item.text for item in unmatched], [row.text for row in free])
    proposed = {unmatched[place].key: (free[pair.new], pair.likeness) for place, pair in pick_best_pairs(pairs).items()}
    candidates = _match_candidates(pairs, unmatched, free)
    by_number = {
        row.number: ItemComparison(ItemChange.DOUBTFUL if row.doubt else ItemChange.NEW, new=row) for row in free
    }
    gone = []
    for item in old:
        if row := certain.get(item.key):
            changes = _describe_changes(item, row, status, ministries)
            kind = ItemChange.CHANGED if changes else ItemChange.UNCHANGED
            by_number[row.number] = ItemComparison(ItemChange.DOUBTFUL if row.doubt else kind, item, row, changes)
        elif item.key in proposed:
            row, likeness = proposed[item.key]
            changes = _describe_changes(item, row, status, ministries)
            kind = ItemChange.CHANGED if likeness >= LIKELY_SIMILARITY and not row.doubt else ItemChange.DOUBTFUL
            by_number[row.number] = ItemComparison(kind, item, row, changes, False, candidates[item.key], likeness)
        else:
            gone.append(ItemComparison(ItemChange.GONE, item, is_certain=False, candidates=candidates[item.key]))
    named = {name for row in rows for name in (row.lead, *row.supporting) if name}
    return ListComparison(
        (*(by_number[number] for number in sorted(by_number)), *gone),
        tuple(sorted(name for name in named if normalize_name(name) not in ministries)),
    )


def match_identical(old: Sequence[ExistingItem], rows: Sequence[ImportedItem]) -> dict[int, ImportedItem]:
    """Return, by the old item's key, the row with the same wording. If several match, the first unused one."""
    by_words: dict[str, ImportedItem] = {}
    for row in rows:
        by_words.setdefault(normalize_wording(row.text), row)
    matches = {}
    for item in old:
        words = normalize_wording(item.text)
        if words in by_words:
            matches[item.key] = by_words.pop(words)
    return matches


def _match_candidates(
    pairs: Sequence[SimilarPair], unmatched: Sequence[ExistingItem], free: Sequence[ImportedItem]
) -> dict[int, tuple[MatchCandidate, ...]]:
    """Return the most similar rows of each old item, by its key."""
    candidates: dict[int, list[MatchCandidate]] = {item.key: [] for item in unmatched}
    for pair in pairs:
        own = candidates[unmatched[pair.old].key]
        if len(own) < MAX_CANDIDATES:
            own.append(MatchCandidate(free[pair.new].number, pair.likeness))
    return {key: tuple(own) for key, own in candidates.items()}


def _describe_changes(
    old: ExistingItem, row: ImportedItem, status: TextStatus, ministries: Mapping[str, int]
) -> tuple[str, ...]:
    """Describe in words what differs besides the text. Fields that the list leaves empty keep their values."""
    changes = []
    if old.number != row.number:
        changes.append(gettext("Its number changes from %(old)d to %(new)d.") % {"old": old.number, "new": row.number})
    if old.text != row.text and normalize_wording(old.text) == normalize_wording(row.text):
        changes.append(gettext("Its spelling changes."))
    if old.text_status != status:
        changes.append(
            gettext("The official text of the report replaces our reconstruction.")
            if status is TextStatus.OFFICIAL
            else gettext("Our reconstruction replaces the official text of the report.")
        )
    if row.pillar and row.pillar != old.pillar:
        changes.append(gettext("Its pillar becomes: %(pillar)s.") % {"pillar": row.pillar.label})
    lead = ministries.get(normalize_name(row.lead))
    if lead and lead != old.lead:
        changes.append(gettext("Its lead ministry becomes: %(ministry)s.") % {"ministry": row.lead})
    supporting = {key for name in row.supporting if (key := ministries.get(normalize_name(name)))}
    if supporting and supporting != old.supporting:
        changes.append(
            gettext("Its supporting ministries become: %(ministries)s.") % {"ministries": ", ".join(row.supporting)}
        )
    return tuple(changes)
