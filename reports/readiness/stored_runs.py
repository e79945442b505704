"""What a run keeps, and the way back: kept facts as values again, and readiness computed anew from them. Pure.

A run keeps numbers, verdicts, codes and references, and is compared by these alone. Sentences and advice are made
when somebody reads the run, so that a better wording never makes a run differ. `RESULT_FIELDS` says which field is
which. Runs kept before that (by commit 174854d and earlier) hold their sentences, too.

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

from reports.choices import RecomputeOutcome
from reports.readiness.facts import Facts
from reports.readiness.readiness import METHOD_VERSION, evaluate_readiness
from reports.readiness.serialization import readiness_document


class StoredRun(Protocol):
    """A run as it is kept: `methodology` is the version of the method, `facts` and `result` are documents."""

    as_of: date
    known_by: datetime
    facts: Any
    result: Any
    methodology: str


@dataclass(frozen=True, slots=True)
class RunComparison:
    """What came of computing a run anew; `differing` are the keys of the result that are no longer the same.

    `again` is the whole result as it is today, sentences and advice with it; None where it was not computed.
    """

    outcome: RecomputeOutcome
    differing: tuple[str, ...] = ()
    again: Mapping[str, Any] | None = field(default=None, compare=False, repr=False)


class FieldUse(Enum):
    """What a run does with a field of the result."""

    COMPARED = "compared"
    """A number, a verdict, a code or a reference: kept, and compared with what is computed anew."""
    SAID = "said"
    """A sentence or advice: neither kept nor compared, but made when somebody reads the run."""


type DocumentFields = Mapping[str, FieldUse | RowFields | DocumentFields]
"""The fields of a document by name: what a run does with each, or the fields that stand in it."""


@dataclass(frozen=True, slots=True)
class RowFields:
    """The field is a list of rows with these fields; the one named `by` tells a row from the others of its list."""

    by: str
    fields: DocumentFields


COMPARED, REGENERATED = FieldUse.COMPARED, FieldUse.SAID


def _number_fields(*names: str) -> dict[str, FieldUse]:
    return {field: COMPARED for name in names for field in (name, f"{name}_exact")}


_SCORED_FIELDS: Final = {
    "key": COMPARED,
    "title": REGENERATED,
    **_number_fields("points", "of", "claimed"),
    "verdict": COMPARED,
    "reason": REGENERATED,
    "law": REGENERATED,
    "rows": COMPARED,
}
_LINE_FIELDS: Final = {
    **_SCORED_FIELDS,
    **_number_fields("share", "claimed_share"),
    "claimed_reason": REGENERATED,
    "claimed_rows": COMPARED,
}
_METHOD_LINE_FIELDS: Final = {"key": COMPARED, "title": REGENERATED, "of": COMPARED, "law": REGENERATED}

RESULT_FIELDS: Final[DocumentFields] = {
    "edition": {"id": COMPARED, "country": COMPARED, "year": COMPARED},
    "as_of": COMPARED,
    "known_by": COMPARED,
    "headline": REGENERATED,
    **_number_fields("score", "claimed", "possible", "ceiling"),
    "reviewed": COMPARED,
    "waiting": COMPARED,
    "parts": RowFields("key", {**_SCORED_FIELDS, "questions": RowFields("key", _LINE_FIELDS)}),
    "benchmarks": RowFields(
        "id", {**_LINE_FIELDS, "id": COMPARED, "recommendation": COMPARED, "recommendation_id": COMPARED}
    ),
    # The points and days of levers are compared, their order is advice.
    "levers": RowFields(
        "benchmark_id",
        {"benchmark": COMPARED, "benchmark_id": COMPARED, **_number_fields("points"), "due_on": COMPARED},
    ),
    "smallest_set": COMPARED,
    "claims": RowFields(
        "ministry_id",
        {
            "ministry_id": COMPARED,
            **_number_fields("points"),
            "rounds": COMPARED,
            "evidence": COMPARED,
            "readings": COMPARED,
        },
    ),
    "checks": REGENERATED,
    "next_steps": REGENERATED,
    "also_ask": REGENERATED,
    "last_period": REGENERATED,
    "to_assess": REGENERATED,
    "after_deadline": REGENERATED,
    "target_reached_after": REGENERATED,
    "watch_list_years": COMPARED,
    "deadline_on": COMPARED,
    "working_mark": COMPARED,
    "working_mark_reason": REGENERATED,
    "methodology": {
        "version": COMPARED,
        "parts": RowFields("key", _METHOD_LINE_FIELDS),
        "questions": RowFields("key", _METHOD_LINE_FIELDS),
        "disclaimer": REGENERATED,
    },
}
"""What a run does with each field of `document.as_document`. A field that is not listed is left out.

So a new sentence needs nothing here to be left out, and a new number is compared only if it is listed. Problems in the
record (`checks`) and the next steps are advice: they may be put better, or be fewer, without the score being another.
"""

ALWAYS_STORED = ("score", "claimed", "possible", "ceiling", "parts", "benchmarks")
"""What every run of this version of the method has kept; later fields are compared where a run kept them."""


def without_redactable_texts(facts: Facts) -> Facts:
    """The facts as a run keeps them: all that scores, and no text that may be redacted."""
    return replace(facts, edition_terms=tuple(replace(one, working_mark_reason="") for one in facts.edition_terms))


def facts_from_document(document: Mapping[str, Any]) -> Facts:
    """The facts that `document.facts_document` told. What a document older than a field doesn't tell has its default.

    Raises ValueError where the document is none of facts.
    """
    try:
        facts: Facts = _make_decoder(Facts)(
            {**document, "milestones": [*map(_upgrade_milestone, document.get("milestones", ()))]}
        )
    except (ArithmeticError, AttributeError, LookupError, TypeError) as error:
        raise ValueError("These are no facts that a run has kept.") from error
    return facts


def recompute_result(facts: Mapping[str, Any], as_of: date, known_by: datetime) -> dict[str, Any]:
    """The whole result computed anew from kept facts, for the day and the moment of the run; raises as
    `facts_from_document`."""
    read = facts_from_document(facts)
    return readiness_document(evaluate_readiness(read, as_of=as_of, known_by=known_by.astimezone(read.zone)))


def comparable_fields(document: Mapping[str, Any], fields: DocumentFields = RESULT_FIELDS) -> dict[str, Any]:
    """The numbers, verdicts, codes and references of a result: what a run keeps of it, and is compared by."""
    kept: dict[str, Any] = {}
    for name, use in fields.items():
        if name not in document or use is REGENERATED:
            continue
        told = document[name]
        if isinstance(use, RowFields):
            kept[name] = [comparable_fields(row, use.fields) for row in told]
        else:
            kept[name] = comparable_fields(told, use) if isinstance(use, Mapping) else told
    return kept


def compare_run(run: StoredRun) -> RunComparison:
    """Compare a kept run with the result computed anew from its facts; one of another version isn't computed anew."""
    if run.methodology != METHOD_VERSION:
        return RunComparison(RecomputeOutcome.NOT_COMPUTED)
    try:
        again = recompute_result(run.facts, run.as_of, run.known_by)
    except ValueError:
        return RunComparison(RecomputeOutcome.DIFFERS, ("facts",))
    differing = {
        name
        for name in RESULT_FIELDS
        if name in run.result and not _is_same_field(run.result, again, name, RESULT_FIELDS[name])
    }
    differing.update(name for name in ALWAYS_STORED if name not in run.result)
    return RunComparison(
        RecomputeOutcome.DIFFERS if differing else RecomputeOutcome.SAME, tuple(sorted(differing)), again
    )


def result_for_display(run: StoredRun, comparison: RunComparison) -> Mapping[str, Any]:
    """A run's result as somebody reads it: its numbers as they were kept, its sentences and advice as made today.

    Where the run does not come out the same, or is not computed anew, what it kept is read as it is.
    """
    if comparison.again is None or comparison.outcome is not RecomputeOutcome.SAME:
        kept: Mapping[str, Any] = run.result
        return kept
    return _with_new_sentences(run.result, comparison.again, RESULT_FIELDS)


def _is_same_field(
    kept: Mapping[str, Any], again: Mapping[str, Any], name: str, use: FieldUse | RowFields | DocumentFields
) -> bool:
    """Whether a field that a run kept comes out the same: fields in it that the run lacks are no difference."""
    if use is REGENERATED:
        return True
    if name not in again:
        return False
    ours, theirs = kept[name], again[name]
    if isinstance(use, RowFields):
        old, new = _rows_by_field(use.by, ours), _rows_by_field(use.by, theirs)
        return (
            old is not None
            and new is not None
            and old.keys() == new.keys()
            and all(_has_same_fields(row, new[key], use.fields) for key, row in old.items())
        )
    if isinstance(use, Mapping):
        return isinstance(ours, Mapping) and _has_same_fields(ours, theirs, use)
    return bool(ours == theirs)


def _has_same_fields(kept: Mapping[str, Any], again: Mapping[str, Any], fields: DocumentFields) -> bool:
    return all(_is_same_field(kept, again, name, use) for name, use in fields.items() if name in kept)


def _rows_by_field(name: str, rows: Any) -> dict[Any, Mapping[str, Any]] | None:
    """Rows by the field that tells them apart; None where they can't be told apart by it."""
    if not isinstance(rows, list) or not all(
        isinstance(row, Mapping) and isinstance(row.get(name, row), str | int | None) for row in rows
    ):
        return None
    found = {row[name]: row for row in rows}
    return found if len(found) == len(rows) else None


def _with_new_sentences(kept: Mapping[str, Any], again: Mapping[str, Any], fields: DocumentFields) -> dict[str, Any]:
    """What was kept with the sentences of a result that is the same but for them."""
    read: dict[str, Any] = {}
    for name, use in fields.items():
        if use is REGENERATED:
            if name in again:
                read[name] = again[name]
        elif name in kept:
            ours, theirs = kept[name], again[name]
            if isinstance(use, RowFields):
                new = _rows_by_field(use.by, theirs) or {}
                read[name] = [_with_new_sentences(row, new[row[use.by]], use.fields) for row in ours]
            else:
                read[name] = _with_new_sentences(ours, theirs, use) if isinstance(use, Mapping) else ours
    return read


def _upgrade_milestone(milestone: Mapping[str, Any]) -> Mapping[str, Any]:
    """A milestone as it is kept today; one kept before recordings were dated has the day that it told of itself."""
    if not (done_on := milestone.get("done_on")):
        return milestone
    known_all_along = datetime.min.replace(tzinfo=UTC).isoformat()
    return {**milestone, "done": [{"id": milestone["id"], "recorded_at": known_all_along, "done_on": done_on}]}


def canonical_json(document: Any) -> str:
    """A document byte for byte, whatever the order of its keys."""
    return json.dumps(document, sort_keys=True)


@cache
def _make_decoder(hint: Any) -> Callable[[Any], Any]:
    """What makes a value of the record of what JSON holds of it, by the type that its field has."""
    inner = [_make_decoder(one) for one in get_args(hint) if one not in (NoneType, Ellipsis)]
    kind: Any = get_origin(hint) or hint
    reader: Callable[[Any], Any] = kind
    if NoneType in get_args(hint):
        reader = partial(_decode_optional, inner[0])
    elif kind is Mapping:
        reader = partial(_decode_mapping, inner[0], inner[1])
    elif kind in (tuple, frozenset):
        reader = partial(_decode_collection, kind, inner[0])
    elif is_dataclass(hint):
        readers = {name: _make_decoder(one) for name, one in get_type_hints(kind).items()}
        reader = partial(_decode_dataclass, reader, readers)
    elif kind in (date, datetime):
        reader = kind.fromisoformat
    return reader


def _decode_optional(reader: Callable[[Any], Any], told: Any) -> Any:
    return None if told is None else reader(told)


def _decode_mapping(
    key: Callable[[Any], Any], value: Callable[[Any], Any], told: Mapping[str, Any]
) -> Mapping[Any, Any]:
    return {key(name): value(one) for name, one in told.items()}


def _decode_collection(kind: Callable[[Any], Any], reader: Callable[[Any], Any], told: Iterable[Any]) -> Any:
    return kind(map(reader, told))


def _decode_dataclass(
    kind: Callable[..., Any], readers: Mapping[str, Callable[[Any], Any]], told: Mapping[str, Any]
) -> Any:
    return kind(**{name: reader(told[name]) for name, reader in readers.items() if name in told})
