"""Edit the items of a draft import by hand: split, merge, move, add, remove. Nothing here is saved.

Items are numbered from 1 in their order after each change. The text of a split or merged item is the user's, so its
doubts are gone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from recommendations.importing.tables.rows import ImportedItem
from tiptracker.errors import Refused
from tiptracker.localization import format_number, gettext

MAX_EDITABLE_ITEMS = 100
"""Most items of a list that can be edited by hand. The longest real list has about twenty."""


class ItemStep(StrEnum):
    """What the user does to an item."""

    SPLIT = "split"
    MERGE = "merge"
    UP = "up"
    DOWN = "down"
    ADD = "add"
    REMOVE = "remove"
    RESTORE = "restore"
    """Make an item of a text that was left out. Its number is the place of that text, from 1."""
    RESET = "reset"
    """Take the items as they were read. Not a step of `edit_items`."""


class EditedItems(NamedTuple):
    """The items and the texts left out after a step.

    `numbers` gives the new number of each earlier item that is still there, `parts` the earlier number of each further
    part of a split item. `focus` is the item to show next.
    """

    items: tuple[ImportedItem, ...]
    left_out: tuple[str, ...] = ()
    numbers: Mapping[int, int] = {}
    focus: int | None = None
    parts: Mapping[int, int] = {}


def set_texts(items: Sequence[ImportedItem], texts: Mapping[int, str]) -> tuple[ImportedItem, ...]:
    """Return the items with the texts that the user typed, by number. A changed text has no doubt any more."""
    return tuple(_with_text(item, texts.get(item.number, item.text)) for item in items)


def edit_items(items: Sequence[ImportedItem], left_out: Sequence[str], step: ItemStep, number: int) -> EditedItems:
    """Do one step to item `number`; 0 is the place before the first item, to add one there.

    Raises Refused, with the field `text_NUMBER`, if the step is not possible.
    """
    place = next((place for place, item in enumerate(items) if item.number == number), None)
    if step is ItemStep.RESTORE:
        return _restore(items, left_out, number)
    if place is None and not (step is ItemStep.ADD and number == 0):
        raise Refused("no_item", gettext("There is no item %(number)d in the list.") % {"number": number})
    return _STEPS[step](items, left_out, -1 if place is None else place)


def items_fingerprint(items: Sequence[ImportedItem], left_out: Sequence[str]) -> str:
    """Return a short hash that changes whenever a text or its place changes."""
    texts = [*(f"{item.number}\t{' '.join(item.text.split())}" for item in items), "", *left_out]
    return sha256("\n".join(texts).encode()).hexdigest()[:16]


def renumber_choices(
    choices: Mapping[str, str], numbers: Mapping[int, int], parts: Mapping[int, int] | None = None
) -> dict[str, str]:
    """Return the user's choices with the new numbers of the items.

    `parts` gives the earlier number of each further part of a split item. It gets the pillar of that item.

    The fields are `pillar_NUMBER`, `became_KEY` (one or several numbers) and `goes_KEY` (a number). Numbers of items
    that are gone are left out.
    """
    renumbered: dict[str, str] = {}
    for name, typed in choices.items():
        kind, _, rest = name.partition("_")
        if kind == "pillar":
            if (number := numbers.get(int(rest))) is not None:
                renumbered.setdefault(f"pillar_{number}", typed)
        elif kind in ("became", "goes"):
            renumbered[name] = _renumber_answer(typed, numbers)
        else:
            renumbered[name] = typed
    for number, origin in (parts or {}).items():
        if pillar := choices.get(f"pillar_{origin}"):
            renumbered[f"pillar_{number}"] = pillar
    return renumbered


def _renumber_answer(typed: str, numbers: Mapping[int, int]) -> str:
    """Return the answer with new numbers. An answer that is not a list of numbers stays as typed."""
    parts = typed.replace(";", ",").replace(" and ", ",").replace(",", " ").split()
    if not parts or not all(part.isdecimal() for part in parts):
        return typed
    return ", ".join(dict.fromkeys(str(numbers[int(part)]) for part in parts if int(part) in numbers))


def _split(items: Sequence[ImportedItem], left_out: Sequence[str], place: int) -> EditedItems:
    item = items[place]
    parts = [" ".join(line.split()) for line in item.text.splitlines() if line.strip()]
    if len(parts) < 2:
        raise Refused(
            "no_line_break",
            gettext("Start a new line where the next item begins. Then choose “Split” again."),
            field=f"text_{item.number}",
        )
    pieces = [_with_text(item, part) for part in parts]
    edited = _build([*items[:place], *pieces, *items[place + 1 :]], left_out, items, focus=place)
    return edited._replace(parts={place + 1 + further: item.number for further in range(1, len(parts))})


def _merge(items: Sequence[ImportedItem], left_out: Sequence[str], place: int) -> EditedItems:
    item = items[place]
    if place == 0:
        raise Refused("first_item", gettext("There is no item before the first one."), field=f"text_{item.number}")
    before = items[place - 1]
    merged = replace(
        _with_text(before, f"{before.text.strip()} {item.text.strip()}".strip()),
        doubt="",
        pillar=before.pillar or item.pillar,
        lead=before.lead or item.lead,
        supporting=before.supporting or item.supporting,
    )
    edited = _build([*items[: place - 1], merged, *items[place + 1 :]], left_out, items, focus=place - 1)
    return edited._replace(numbers={**edited.numbers, item.number: place})


def _move(by: int) -> Callable[[Sequence[ImportedItem], Sequence[str], int], EditedItems]:
    def move(items: Sequence[ImportedItem], left_out: Sequence[str], place: int) -> EditedItems:
        moved = list(items)
        target = min(max(place + by, 0), len(items) - 1)
        moved.insert(target, moved.pop(place))
        return _build(moved, left_out, items, focus=target)

    return move


def _add(items: Sequence[ImportedItem], left_out: Sequence[str], place: int) -> EditedItems:
    return _build([*items[: place + 1], ImportedItem(0, ""), *items[place + 1 :]], left_out, items, focus=place + 1)


def _remove(items: Sequence[ImportedItem], left_out: Sequence[str], place: int) -> EditedItems:
    """Remove an item. Its text is left out of the list, so that it can be put back."""
    if len(items) == 1:
        raise Refused(
            "last_item",
            gettext("A list needs at least one item. Discard the draft if you do not need it."),
            field=f"text_{items[0].number}",
        )
    text = " ".join(items[place].text.split())
    rest = [*items[:place], *items[place + 1 :]]
    return _build(rest, [*left_out, *([text] if text else [])], items, focus=min(place, len(rest) - 1))


def _restore(items: Sequence[ImportedItem], left_out: Sequence[str], number: int) -> EditedItems:
    if not 1 <= number <= len(left_out):
        raise Refused("no_item", gettext("This text is no longer among the texts left out."))
    rest = [*left_out[: number - 1], *left_out[number:]]
    return _build([*items, ImportedItem(0, left_out[number - 1])], rest, items, focus=len(items))


_STEPS: Mapping[ItemStep, Callable[[Sequence[ImportedItem], Sequence[str], int], EditedItems]] = {
    ItemStep.SPLIT: _split,
    ItemStep.MERGE: _merge,
    ItemStep.UP: _move(-1),
    ItemStep.DOWN: _move(1),
    ItemStep.ADD: _add,
    ItemStep.REMOVE: _remove,
}


def _build(
    edited: Sequence[ImportedItem], left_out: Sequence[str], before: Sequence[ImportedItem], *, focus: int
) -> EditedItems:
    """Number the items from 1, and say which number each earlier one has now. `focus` is a place, from 0."""
    if len(edited) > MAX_EDITABLE_ITEMS:
        raise Refused(
            "too_many",
            gettext("A list that you edit by hand has at most %(number)s items.")
            % {"number": format_number(MAX_EDITABLE_ITEMS)},
        )
    known = {item.number for item in before}
    numbers: dict[int, int] = {}
    for place, item in enumerate(edited, start=1):
        if item.number in known:
            numbers.setdefault(item.number, place)
    items = tuple(replace(item, number=place) for place, item in enumerate(edited, start=1))
    return EditedItems(items, tuple(left_out), numbers, focus + 1)


def _with_text(item: ImportedItem, text: str) -> ImportedItem:
    is_same = " ".join(item.text.split()) == " ".join(text.split())
    return replace(item, text=text, doubt=item.doubt if is_same else "")
