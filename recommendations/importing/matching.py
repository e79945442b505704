"""Turn the user's decisions about each old item into a plan of what to write."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from recommendations.importing.comparison import ExistingItem, match_identical
from recommendations.importing.tables.rows import ImportedItem
from tiptracker.errors import Refused
from tiptracker.localization import gettext

RETIRED = "retired"
"""The word that the user enters instead of a number if an item is no longer asked."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """The user's decisions. `became` gives, by the old item's key, its new numbers; none if it is retired.

    `benchmarks` gives, by the key of a benchmark of a split item, the number that it moves to.
    """

    became: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    benchmarks: Mapping[int, int] = field(default_factory=dict)


class NewItem(NamedTuple):
    """A row to create. `existing_key` is the old item that it comes from; it takes that item's pillar and lead."""

    row: ImportedItem
    existing_key: int | None = None


class ImportPlan(NamedTuple):
    """What to write. Old items and benchmarks are given by key, rows by number.

    `continued` are old items that continue as another row of the list. `retired` are items no longer asked, with the
    number that each was merged into, if any. `moved` are benchmarks that change their recommendation. `split` are old
    items that became several.
    """

    continued: Mapping[int, ImportedItem]
    new_items: Sequence[NewItem]
    retired: Mapping[int, int | None]
    moved: Mapping[int, int]
    split: Mapping[int, Sequence[int]]


def plan_import(
    old_items: Sequence[ExistingItem],
    rows: Sequence[ImportedItem],
    pairing: Pairing,
    benchmarks: Mapping[int, Collection[int]],
) -> ImportPlan:
    """Return the plan that follows from the pairing. `benchmarks` are those of each old item, by its key.

    Raises Refused, with the field `became_KEY` or `goes_KEY`, if a decision is missing or impossible.
    """
    by_number = {row.number: row for row in rows}
    became = _resolve_pairing(old_items, rows, pairing)
    heir_numbers: dict[int, int] = {}
    taken: set[int] = set()
    for item in sorted(old_items, key=lambda item: (len(became[item.key]) != 1, item.number)):
        if free := [number for number in became[item.key] if number not in taken]:
            heir_numbers[item.key] = free[0]
            taken.add(free[0])
    first_keys = {number: item.key for item in reversed(old_items) for number in became[item.key]}
    new_items = [NewItem(row, first_keys.get(row.number)) for row in rows if row.number not in taken]
    retired = {key: next(iter(numbers), None) for key, numbers in became.items() if key not in heir_numbers}
    moved = {
        benchmark: number
        for item in old_items
        for benchmark in benchmarks.get(item.key, ())
        if (number := _benchmark_destination(benchmark, became[item.key], pairing)) is not None
        and heir_numbers.get(item.key) != number
    }
    split = {key: numbers for key, numbers in became.items() if len(numbers) > 1}
    return ImportPlan(
        {key: by_number[number] for key, number in heir_numbers.items()}, new_items, retired, moved, split
    )


def _resolve_pairing(
    old_items: Sequence[ExistingItem], rows: Sequence[ImportedItem], pairing: Pairing
) -> dict[int, tuple[int, ...]]:
    """Return, by key, the numbers that each old item became. Identical wordings are paired without a decision."""
    certain = match_identical(old_items, rows)
    numbers = {row.number for row in rows}
    became: dict[int, tuple[int, ...]] = {}
    for item in old_items:
        if row := certain.get(item.key):
            became[item.key] = (row.number,)
            continue
        if item.key not in pairing.became:
            raise Refused(
                "required",
                gettext("Write the new number of recommendation %(number)d, or that it is retired.")
                % {"number": item.number},
                field=f"became_{item.key}",
            )
        if unknown := [number for number in pairing.became[item.key] if number not in numbers]:
            raise Refused(
                "not_in_list",
                describe_unknown_number(unknown[0]),
                field=f"became_{item.key}",
            )
        became[item.key] = tuple(dict.fromkeys(pairing.became[item.key]))
    return became


def _benchmark_destination(benchmark: int, became: tuple[int, ...], pairing: Pairing) -> int | None:
    """Return the number that a benchmark moves to; None if its item is retired, and the benchmark with it."""
    if len(became) < 2:
        return next(iter(became), None)
    chosen = pairing.benchmarks.get(benchmark)
    if chosen not in became:
        raise Refused("no_choice", describe_split_choice(became), field=f"goes_{benchmark}")
    return chosen


def describe_split_choice(became: Sequence[int]) -> str:
    """Return the error for a benchmark that is assigned to none of the numbers that its item was split into."""
    numbers = ", ".join(map(str, became))
    return gettext("Its recommendation was split. Write to which item this benchmark belongs: %(numbers)s.") % {
        "numbers": numbers
    }


def describe_unknown_number(number: int) -> str:
    """Return the error for a number that the new list does not have."""
    return gettext("The new list has no item %(number)d. Write numbers of that list.") % {"number": number}
