"""Describe what an import did, from the values stored in `EditionImport.did`.

Older imports lack some values, so only the stored ones are shown.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from tiptracker.localization import gettext, join_with_and, ngettext, pgettext

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
        return gettext("The current list already has these texts. Nothing was changed.")
    return gettext(
        "List imported. New: %(new)d. Changed: %(changed)d. Unchanged: %(unchanged)d. No longer asked: %(retired)d."
    ) % (counts | {"unchanged": did["unchanged"]})


def list_result_rows(did: Mapping[str, Any]) -> list[ImportResultRow]:
    """Return every effect of the import, in reading order."""
    changed, retired, joined = did.get("changed", {}), did.get("retired", []), did.get("joined", {})
    split, moved = did.get("split", {}), did.get("benchmarks", {})
    retired_text = _name_recommendations([_describe_retired(number, joined) for number in retired])
    split_text = _join_limited(
        gettext("%(old)s into %(new)s") % {"old": old, "new": join_with_and(map(str, new))}
        for old, new in _sort_by_number(split)
    )
    moved_text = _join_limited(_describe_moved(*pair) for pair in _sort_by_number(moved))
    new_text = _name_recommendations([str(number) for number in did["new"]])
    always = [
        ImportResultRow(pgettext("recommendations", "New"), len(did["new"]), new_text),
        ImportResultRow(pgettext("recommendations", "Changed"), len(changed), "; ".join(_describe_renumbered(changed))),
        ImportResultRow(pgettext("recommendations", "Unchanged"), did.get("unchanged", 0)),
        ImportResultRow(gettext("No longer asked"), len(retired), retired_text),
    ]
    optional = [
        ImportResultRow(pgettext("recommendations", "Split"), len(split), split_text),
        ImportResultRow(gettext("Benchmarks moved"), did.get("moved", 0), moved_text),
        ImportResultRow(gettext("Rows left out"), did.get("left_out", 0)),
    ]
    return [*always, *(fact for fact in optional if fact.quantity)]


def _describe_renumbered(changed: Mapping[str, int]) -> Iterator[str]:
    same = [int(old) for old, new in _sort_by_number(changed) if old == str(new)]
    if len(same) < len(changed):
        yield _join_limited(_describe_moved(old, str(new)) for old, new in _sort_by_number(changed) if old != str(new))
    if same:
        yield gettext("same number: %(numbers)s") % {"numbers": _join_limited(map(str, same))}


def _describe_retired(number: int, joined: Mapping[str, int]) -> str:
    into = joined.get(str(number))
    if into:
        return gettext("%(old)d merged into %(new)d") % {"old": number, "new": into}
    return str(number)


def _describe_moved(old: str, new: str) -> str:
    values = {"old": old, "new": new}
    return gettext("%(old)s is now %(new)s") % values


def _name_recommendations(numbers: Sequence[str]) -> str:
    if not numbers:
        return ""
    sentence = ngettext("recommendation %(numbers)s", "recommendations %(numbers)s", len(numbers))
    return sentence % {"numbers": _join_limited(numbers)}


def _join_limited(parts: Iterable[str]) -> str:
    remaining = iter(parts)
    shown, more = list(islice(remaining, MAX_LISTED)), sum(1 for _ in remaining)
    if not more:
        return ", ".join(shown)
    return gettext("%(items)s and %(number)d more") % {"items": ", ".join(shown), "number": more}


def _sort_by_number[V](named: Mapping[str, V]) -> list[tuple[str, V]]:
    """Sort by number, because the database may not keep the order of JSON keys."""
    return sorted(named.items(), key=lambda pair: (len(pair[0]), pair[0]))
