"""What a run keeps, and the way back: kept facts as values again, and readiness computed anew from them. Pure.

A run keeps numbers, verdicts, codes and references, and is compared by these alone. Sentences and advice are made
when somebody reads the run, so that a better wording never makes a run differ. `RESULT` says which field is which.
Runs kept before that (by commit 174854d and earlier) hold their sentences, too.

No text that may be redacted is kept, so that redaction need not reach into runs that nobody may
change: the reason of the working mark stays in the terms alone, which the facts name by their id.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, is_dataclass, replace
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache, partial
from types import NoneType
from typing import Any, Final, Protocol, get_args, get_origin, get_type_hints

from reports.choices import Recomputed
from reports.readiness.facts import Facts
from reports.readiness.readiness import METHOD, readiness
from reports.readiness.serialization import as_document


class Kept(Protocol):
    """A run as it is kept: `methodology` is the version of the method, `facts` and `result` are documents."""

    as_of: date
    known_by: datetime
    facts: Any
    result: Any
    methodology: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of computing a run anew; `differing` are the keys of the result that are no longer the same.

    `again` is the whole result as it is today, sentences and advice with it; None where it was not computed.
    """

    outcome: Recomputed
    differing: tuple[str, ...] = ()
    again: Mapping[str, Any] | None = field(default=None, compare=False, repr=False)


class Use(Enum):
    """What a run does with a field of the result."""

    COMPARED = "compared"
    """A number, a verdict, a code or a reference: kept, and compared with what is computed anew."""
    SAID = "said"
    """A sentence or advice: neither kept nor compared, but made when somebody reads the run."""


type Fields = Mapping[str, Use | Rows | Fields]
"""The fields of a document by name: what a run does with each, or the fields that stand in it."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The field is a list of rows with these fields; the one named `by` tells a row from the others of its list."""

    by: str
    fields: Fields


COMPARED, SAID = Use.COMPARED, Use.SAID


def _numbers(*names: str) -> dict[str, Use]:
    return {field: COMPARED for name in names for field in (name, f"{name}_exact")}


_WORTH: Final = {
    "key": COMPARED,
    "title": SAID,
    **_numbers("points", "of", "claimed"),
    "verdict": COMPARED,
    "reason": SAID,
    "law": SAID,
    "rows": COMPARED,
}
_LINE: Final = {
    **_WORTH,
    **_numbers("share", "claimed_share"),
    "claimed_reason": SAID,
    "claimed_rows": COMPARED,
}
_METHOD_LINE: Final = {"key": COMPARED, "title": SAID, "of": COMPARED, "law": SAID}

RESULT: Final[Fields] = {
    "edition": {"id": COMPARED, "country": COMPARED, "year": COMPARED},
    "as_of": COMPARED,
    "known_by": COMPARED,
    "headline": SAID,
    **_numbers("score", "claimed", "possible", "ceiling"),
    "reviewed": COMPARED,
    "waiting": COMPARED,
    "parts": Rows("key", {**_WORTH, "questions": Rows("key", _LINE)}),
    "benchmarks": Rows("id", {**_LINE, "id": COMPARED, "recommendation": COMPARED, "recommendation_id": COMPARED}),
    # The points and days of levers are compared, their order is advice.
    "levers": Rows(
        "benchmark_id",
        {"benchmark": COMPARED, "benchmark_id": COMPARED, **_numbers("points"), "due_on": COMPARED},
    ),
    "smallest_set": COMPARED,
    "claims": Rows(
        "ministry_id",
        {
            "ministry_id": COMPARED,
            **_numbers("points"),
            "rounds": COMPARED,
            "evidence": COMPARED,
            "readings": COMPARED,
        },
    ),
    "checks": SAID,
    "next_steps": SAID,
    "also_ask": SAID,
    "last_period": SAID,
    "to_assess": SAID,
    "after_deadline": SAID,
    "target_reached_after": SAID,
    "watch_list_years": COMPARED,
    "deadline_on": COMPARED,
    "working_mark": COMPARED,
    "working_mark_reason": SAID,
    "methodology": {
        "version": COMPARED,
        "parts": Rows("key", _METHOD_LINE),
        "questions": Rows("key", _METHOD_LINE),
        "disclaimer": SAID,
    },
}
"""What a run does with each field of `document.as_document`. A field that is not listed is left out.

So a new sentence needs nothing here to be left out, and a new number is compared only if it is listed. Problems in the
record (`checks`) and the next steps are advice: they may be put better, or be fewer, without the score being another.
"""

ALWAYS_KEPT = ("score", "claimed", "possible", "ceiling", "parts", "benchmarks")
"""What every run of this version of the method has kept; later fields are compared where a run kept them."""


def without_texts(facts: Facts) -> Facts:
    """The facts as a run keeps them: all that scores, and no text that may be redacted."""
    return replace(facts, edition_terms=tuple(replace(one, working_mark_reason="") for one in facts.edition_terms))


def facts_from(document: Mapping[str, Any]) -> Facts:
    """The facts that `document.facts_document` told. What a document older than a field doesn't tell has its default.

    Raises ValueError where the document is none of facts.
    """
    try:
        facts: Facts = _reader(Facts)({**document, "milestones": [*map(_dated, document.get("milestones", ()))]})
    except (ArithmeticError, AttributeError, LookupError, TypeError) as error:
        raise ValueError("These are no facts that a run has kept.") from error
    return facts


def result_from(facts: Mapping[str, Any], as_of: date, known_by: datetime) -> dict[str, Any]:
    """The whole result computed anew from kept facts, for the day and the moment of the run; raises as `facts_from`."""
    read = facts_from(facts)
    return as_document(readiness(read, as_of=as_of, known_by=known_by.astimezone(read.zone)))


def comparable(document: Mapping[str, Any], fields: Fields = RESULT) -> dict[str, Any]:
    """The numbers, verdicts, codes and references of a result: what a run keeps of it, and is compared by."""
    kept: dict[str, Any] = {}
    for name, use in fields.items():
        if name not in document or use is SAID:
            continue
        told = document[name]
        if isinstance(use, Rows):
            kept[name] = [comparable(row, use.fields) for row in told]
        else:
            kept[name] = comparable(told, use) if isinstance(use, Mapping) else told
    return kept


def compare(run: Kept) -> Comparison:
    """Compare a kept run with the result computed anew from its facts; one of another version isn't computed anew."""
    if run.methodology != METHOD:
        return Comparison(Recomputed.NOT_COMPUTED)
    try:
        again = result_from(run.facts, run.as_of, run.known_by)
    except ValueError:
        return Comparison(Recomputed.DIFFERS, ("facts",))
    differing = {name for name in RESULT if name in run.result and not _is_same(run.result, again, name, RESULT[name])}
    differing.update(name for name in ALWAYS_KEPT if name not in run.result)
    return Comparison(Recomputed.DIFFERS if differing else Recomputed.SAME, tuple(sorted(differing)), again)


def as_read(run: Kept, comparison: Comparison) -> Mapping[str, Any]:
    """A run's result as somebody reads it: its numbers as they were kept, its sentences and advice as made today.

    Where the run does not come out the same, or is not computed anew, what it kept is read as it is.
    """
    if comparison.again is None or comparison.outcome is not Recomputed.SAME:
        kept: Mapping[str, Any] = run.result
        return kept
    return _worded(run.result, comparison.again, RESULT)


def _is_same(kept: Mapping[str, Any], again: Mapping[str, Any], name: str, use: Use | Rows | Fields) -> bool:
    """Whether a field that a run kept comes out the same: fields in it that the run lacks are no difference."""
    if use is SAID:
        return True
    if name not in again:
        return False
    ours, theirs = kept[name], again[name]
    if isinstance(use, Rows):
        old, new = _by(use.by, ours), _by(use.by, theirs)
        return (
            old is not None
            and new is not None
            and old.keys() == new.keys()
            and all(_has_same(row, new[key], use.fields) for key, row in old.items())
        )
    if isinstance(use, Mapping):
        return isinstance(ours, Mapping) and _has_same(ours, theirs, use)
    return bool(ours == theirs)


def _has_same(kept: Mapping[str, Any], again: Mapping[str, Any], fields: Fields) -> bool:
    return all(_is_same(kept, again, name, use) for name, use in fields.items() if name in kept)


def _by(name: str, rows: Any) -> dict[Any, Mapping[str, Any]] | None:
    """Rows by the field that tells them apart; None where they can't be told apart by it."""
    if not isinstance(rows, list) or not all(
        isinstance(row, Mapping) and isinstance(row.get(name, row), str | int | None) for row in rows
    ):
        return None
    found = {row[name]: row for row in rows}
    return found if len(found) == len(rows) else None


def _worded(kept: Mapping[str, Any], again: Mapping[str, Any], fields: Fields) -> dict[str, Any]:
    """What was kept with the sentences of a result that is the same but for them."""
    read: dict[str, Any] = {}
    for name, use in fields.items():
        if use is SAID:
            if name in again:
                read[name] = again[name]
        elif name in kept:
            ours, theirs = kept[name], again[name]
            if isinstance(use, Rows):
                new = _by(use.by, theirs) or {}
                read[name] = [_worded(row, new[row[use.by]], use.fields) for row in ours]
            else:
                read[name] = _worded(ours, theirs, use) if isinstance(use, Mapping) else ours
    return read


def _dated(milestone: Mapping[str, Any]) -> Mapping[str, Any]:
    """A milestone as it is kept today; one kept before recordings were dated has the day that it told of itself."""
    if not (done_on := milestone.get("done_on")):
        return milestone
    known_all_along = datetime.min.replace(tzinfo=UTC).isoformat()
    return {**milestone, "done": [{"id": milestone["id"], "recorded_at": known_all_along, "done_on": done_on}]}


def spelt(document: Any) -> str:
    """A document byte for byte, whatever the order of its keys."""
    return json.dumps(document, sort_keys=True)


@cache
def _reader(hint: Any) -> Callable[[Any], Any]:
    """What makes a value of the record of what JSON holds of it, by the type that its field has."""
    inner = [_reader(one) for one in get_args(hint) if one not in (NoneType, Ellipsis)]
    kind: Any = get_origin(hint) or hint
    reader: Callable[[Any], Any] = kind
    if NoneType in get_args(hint):
        reader = partial(_unless_none, inner[0])
    elif kind is Mapping:
        reader = partial(_mapping, inner[0], inner[1])
    elif kind in (tuple, frozenset):
        reader = partial(_rows, kind, inner[0])
    elif is_dataclass(hint):
        readers = {name: _reader(one) for name, one in get_type_hints(kind).items()}
        reader = partial(_row, reader, readers)
    elif kind in (date, datetime):
        reader = kind.fromisoformat
    return reader


def _unless_none(reader: Callable[[Any], Any], told: Any) -> Any:
    return None if told is None else reader(told)


def _mapping(key: Callable[[Any], Any], value: Callable[[Any], Any], told: Mapping[str, Any]) -> Mapping[Any, Any]:
    return {key(name): value(one) for name, one in told.items()}


def _rows(kind: Callable[[Any], Any], reader: Callable[[Any], Any], told: Iterable[Any]) -> Any:
    return kind(map(reader, told))


def _row(kind: Callable[..., Any], readers: Mapping[str, Callable[[Any], Any]], told: Mapping[str, Any]) -> Any:
    return kind(**{name: reader(told[name]) for name, reader in readers.items() if name in told})
