"""Describe what an import did, from the values stored in `EditionImport.did`.

Older imports lack some values, so only the stored ones are shown.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

MAX_LISTED = 50
"""Most numbers to list. The rest are only counted."""


class ImportResultRow(NamedTuple):
    """One effect of an import: what, how many, and which items, if stored."""

    label: str
    quantity: int
    details: str = ""


def summarize_result(did: Mapping[str, Any]) -> str:
    """Return one sentence about the import."""
    counts = {name: len(did[name]) for name in ("new", "changed", "retired")}
    if not any(counts.values()):
        return "The list stands already, word for word: nothing had to be changed."
    counts["unchanged"] = did["unchanged"]
    return f"Loaded: {', '.join(f'{count} {name}' for name, count in counts.items() if count)}."


def list_result_rows(did: Mapping[str, Any]) -> list[ImportResultRow]:
    """Return every effect of the import, in reading order."""
    changed, retired, joined = did.get("changed", {}), did.get("retired", []), did.get("joined", {})
    split, moved = did.get("split", {}), did.get("benchmarks", {})
    retired_text = _join_limited(_describe_retired(number, joined) for number in retired)
    split_text = _join_limited(f"{old} into {_join_with_and(new)}" for old, new in _sort_by_number(split))
    moved_text = _join_limited(_describe_moved(*pair) for pair in _sort_by_number(moved))
    always = [
        ImportResultRow("New", len(did["new"]), _format_numbers(did["new"])),
        ImportResultRow("Changed", len(changed), "; ".join(_describe_renumbered(changed))),
        ImportResultRow("Unchanged", did.get("unchanged", 0)),
        ImportResultRow("No longer asked", len(retired), retired_text),
    ]
    optional = [
        ImportResultRow("Split", len(split), split_text),
        ImportResultRow("Benchmarks moved", did.get("moved", 0), moved_text),
        ImportResultRow("Rows left out", did.get("left_out", 0)),
    ]
    return [*always, *(fact for fact in optional if fact.quantity)]


def _describe_renumbered(changed: Mapping[str, int]) -> Iterator[str]:
    same = [int(old) for old, new in _sort_by_number(changed) if old == str(new)]
    if len(same) < len(changed):
        yield _join_limited(f"{old} is now {new}" for old, new in _sort_by_number(changed) if old != str(new))
    if same:
        yield f"{_format_numbers(same)} as before"


def _describe_retired(number: int, joined: Mapping[str, int]) -> str:
    into = joined.get(str(number))
    return f"{number} went into {into}" if into else f"number {number}"


def _describe_moved(old: str, new: str) -> str:
    return f"{old} is now {new}" if old != new else f"{old} is {new} again"


def _format_numbers(numbers: Collection[int]) -> str:
    return f"number{'s' if len(numbers) > 1 else ''} {_join_limited(map(str, numbers))}" if numbers else ""


def _join_limited(parts: Iterable[str]) -> str:
    remaining = iter(parts)
    shown, more = list(islice(remaining, MAX_LISTED)), sum(1 for _ in remaining)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _join_with_and(numbers: Iterable[int]) -> str:
    return " and ".join(", ".join(map(str, numbers)).rsplit(", ", 1))


def _sort_by_number[V](named: Mapping[str, V]) -> list[tuple[str, V]]:
    """Sort by number, because the database may not keep the order of JSON keys."""
    return sorted(named.items(), key=lambda pair: (len(pair[0]), pair[0]))
