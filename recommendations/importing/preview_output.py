"""The preview outside web pages: as lines of text, and as JSON that the user can edit and pass back."""

from collections.abc import Iterator, Mapping
from typing import Any

from recommendations.choices import Pillar
from recommendations.importing.comparison import ItemChange, ItemComparison
from recommendations.importing.matching import RETIRED, Pairing
from recommendations.importing.preview import ImportPreview
from recommendations.text_similarity import DiffSide, diff_words
from tiptracker.errors import Refused


def format_preview(preview: ImportPreview) -> Iterator[str]:
    """Yield one line for each item with its differences, then unreadable rows, then notes on the whole list."""
    for line in preview.comparison.lines:
        yield _format_item(line)
        if line.old and line.is_little_alike:
            yield f"          not very similar to {line.old.number}. {line.old.text}"
        elif line.old and line.new and line.old.text != line.new.text:
            yield f"          {format_diff(line.old.text, line.new.text)}"
        yield from (f"          {change}" for change in line.changes)
        if line.new and line.new.doubt:
            yield f"          ? {line.new.doubt}"
    yield from (f"wrong     row {row.line}: {row.reason}" for row in preview.imported_list.unreadable)
    yield from (f"? {note}" for note in preview.imported_list.notes)
    if unknown := preview.comparison.unknown_ministries:
        yield f"? Unknown ministries: {', '.join(unknown)}. They are not created. Add them first, or set them later."


def serialize_preview(preview: ImportPreview) -> dict[str, Any]:
    """Return the preview as JSON data. `pairing` is the proposal to correct and pass back."""
    return {
        "items": [_serialize_item(line) for line in preview.comparison.lines],
        "wrong": [{"row": row.line, "why": row.reason} for row in preview.imported_list.unreadable],
        "notes": list(preview.imported_list.notes),
        "unknown_ministries": list(preview.comparison.unknown_ministries),
        "pairing": propose_pairing(preview),
    }


def propose_pairing(preview: ImportPreview) -> dict[str, Any]:
    """Return the proposed pairing: what each undecided old item became, by number, and the pillar of each new item."""
    undecided = [(line.old, line.new) for line in preview.comparison.undecided if line.old]
    begun = [line.new for line in preview.comparison.lines if line.new and line.old is None]
    return {
        "became": {str(old.number): [new.number] if new else RETIRED for old, new in undecided},
        "benchmarks": {},
        "pillars": {str(row.number): preview.pillar_of(row) for row in begun},
    }


def parse_pairing(document: Mapping[str, Any], preview: ImportPreview) -> tuple[Pairing, dict[int, Pillar]]:
    """Convert a pairing that the user edited to keys. Raises Refused.

    The pairing names old items by number and benchmarks by number and letter, such as "4a".
    """
    keys = {row.number: key for key, row in preview.existing_rows.items()}
    lettered = {
        f"{row.number}{benchmark.letter}": benchmark.pk
        for row in preview.existing_rows.values()
        for benchmark in row.listed_benchmarks
    }
    try:
        became = {
            _look_up(keys, int(number), number): () if numbers == RETIRED else tuple(map(int, numbers))
            for number, numbers in document.get("became", {}).items()
        }
        goes = {_look_up(lettered, name, name): int(number) for name, number in document.get("benchmarks", {}).items()}
        pillars = {int(number): Pillar(pillar) for number, pillar in document.get("pillars", {}).items() if pillar}
    except (AttributeError, TypeError, ValueError) as error:
        raise Refused(
            "invalid_pairing",
            "The pairing is not valid. Use the output of --dry-run --json and change only its numbers.",
        ) from error
    return Pairing(became, goes), pillars


def format_diff(old: str, new: str) -> str:
    """Return both texts as one, with [-removed words-] and {+added words+} marked."""
    brackets = {DiffSide.BOTH: "{}", DiffSide.OLD: "[-{}-]", DiffSide.NEW: "{{+{}+}}"}
    return " ".join(brackets[piece.side].format(piece.text) for piece in diff_words(old, new))


def _look_up[K, V](keys: Mapping[K, V], key: K, name: object) -> V:
    if key not in keys:
        raise Refused("not_in_list", f"The current list has no {name}. Use the names in the output of --dry-run.")
    return keys[key]


def _format_item(line: ItemComparison) -> str:
    if line.new is None:
        return f"{line.kind.value:<9} {line.old.number:>3}. {line.old.text}" if line.old else ""
    text = f"{line.kind.value:<9} {line.new.number:>3}. {line.new.text}"
    return f"{text} (was {line.old.number})" if line.old and line.kind is not ItemChange.UNCHANGED else text


def _serialize_item(line: ItemComparison) -> dict[str, Any]:
    return {
        "kind": line.kind.value,
        "was": {"number": line.old.number, "text": line.old.text} if line.old else None,
        "is": {"number": line.new.number, "text": line.new.text, "doubt": line.new.doubt} if line.new else None,
        "changes": list(line.changes),
        "certain": line.is_certain,
        "alike": [{"number": candidate.number, "likeness": candidate.likeness} for candidate in line.candidates],
    }
