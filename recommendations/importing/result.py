"""What loading a list did, in words, told from what the import keeps of it (`EditionImport.did`). Pure.

An import of before something was kept lacks it: what is there is told.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

MOST_TOLD = 50
"""Of a list's numbers; the rest is only counted."""


class Fact(NamedTuple):
    """One thing that loading did: how often, and to which, if that was kept."""

    what: str
    many: int
    which: str = ""


def in_short(did: Mapping[str, Any]) -> str:
    """One sentence."""
    counts = {name: len(did[name]) for name in ("new", "changed", "retired")}
    if not any(counts.values()):
        return "The list stands already, word for word: nothing had to be changed."
    counts["unchanged"] = did["unchanged"]
    return f"Loaded: {', '.join(f'{count} {name}' for name, count in counts.items() if count)}."


def facts(did: Mapping[str, Any]) -> list[Fact]:
    """All of it, in the order in which it is read."""
    changed, retired, joined = did.get("changed", {}), did.get("retired", []), did.get("joined", {})
    split, moved = did.get("split", {}), did.get("benchmarks", {})
    always = [
        Fact("New", len(did["new"]), _numbered(did["new"])),
        Fact("Changed", len(changed), "; ".join(_renumbered(changed))),
        Fact("Unchanged", did.get("unchanged", 0)),
        Fact("No longer asked", len(retired), _listed(_gone(number, joined) for number in retired)),
    ]
    perhaps = [
        Fact("Split", len(split), _listed(f"{old} into {_and(new)}" for old, new in _in_order(split))),
        Fact("Benchmarks moved", did.get("moved", 0), _listed(_moved(*pair) for pair in _in_order(moved))),
        Fact("Rows left out", did.get("left_out", 0)),
    ]
    return [*always, *(fact for fact in perhaps if fact.many)]


def _renumbered(changed: Mapping[str, int]) -> Iterator[str]:
    same = [int(old) for old, new in _in_order(changed) if old == str(new)]
    if len(same) < len(changed):
        yield _listed(f"{old} is now {new}" for old, new in _in_order(changed) if old != str(new))
    if same:
        yield f"{_numbered(same)} as before"


def _gone(number: int, joined: Mapping[str, int]) -> str:
    into = joined.get(str(number))
    return f"{number} went into {into}" if into else f"number {number}"


def _moved(old: str, new: str) -> str:
    return f"{old} is now {new}" if old != new else f"{old} is {new} again"


def _numbered(numbers: Collection[int]) -> str:
    return f"number{'s' if len(numbers) > 1 else ''} {_listed(map(str, numbers))}" if numbers else ""


def _listed(parts: Iterable[str]) -> str:
    found = iter(parts)
    shown, more = list(islice(found, MOST_TOLD)), sum(1 for _ in found)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _and(numbers: Iterable[int]) -> str:
    return " and ".join(", ".join(map(str, numbers)).rsplit(", ", 1))


def _in_order[V](named: Mapping[str, V]) -> list[tuple[str, V]]:
    """By number: the database may have kept them in another order."""
    return sorted(named.items(), key=lambda pair: (len(pair[0]), pair[0]))
