"""What a run keeps, and the way back: kept facts as values again, and readiness computed anew from them. Pure.

No text that may be redacted is kept, so that redaction need not reach into runs that nobody may
change: the reason of the working mark stays in the terms alone, which the facts name by their id.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, is_dataclass, replace
from datetime import UTC, date, datetime
from functools import cache, partial
from types import NoneType
from typing import Any, Protocol, get_args, get_origin, get_type_hints

from reports.document import as_document
from reports.readiness import METHOD, readiness
from reports.record import Facts
from reports.words import Recomputed


class Kept(Protocol):
    """A run as it is kept: `methodology` is the version of the method, `facts` and `result` are documents."""

    as_of: date
    known_by: datetime
    facts: Any
    result: Any
    methodology: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of computing a run anew; `differing` are the keys of the result that are no longer the same."""

    outcome: Recomputed
    differing: tuple[str, ...] = ()


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


def compare(run: Kept) -> Comparison:
    """Whether a kept run comes out again byte for byte; one of another version of the method isn't computed anew."""
    if run.methodology != METHOD:
        return Comparison(Recomputed.NOT_COMPUTED)
    try:
        again = result_from(run.facts, run.as_of, run.known_by)
    except ValueError:
        return Comparison(Recomputed.DIFFERS, ("facts",))
    if spelt(again) == spelt(run.result):
        return Comparison(Recomputed.SAME)
    keys = sorted(again.keys() | run.result.keys())
    return Comparison(
        Recomputed.DIFFERS, tuple(key for key in keys if spelt(again.get(key)) != spelt(run.result.get(key)))
    )


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
