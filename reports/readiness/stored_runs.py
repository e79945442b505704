"""Store runs of readiness, read stored facts back, and compare a run with the result computed again.

A run stores numbers, verdicts, codes and references, and only these are compared. Sentences and advice are generated
when a user reads the run, so better wording never makes a run differ. `RESULT_FIELDS` says which field is which. Runs
stored by commit 174854d and earlier also contain their sentences.

A run contains no text that may be redacted, because nobody may change a run. So the reason of the target stays in the
terms, and the facts refer to the terms by id.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, is_dataclass, replace
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from types import NoneType
from typing import Any, Final, Protocol, get_args, get_origin, get_type_hints

from reports.choices import RecomputeOutcome
from reports.readiness.facts import Facts
from reports.readiness.readiness import METHOD_VERSION, evaluate_readiness
from reports.readiness.serialization import readiness_document
from tiptracker.former_names import with_current_fields


class StoredRun(Protocol):
    """A run as it is stored: `methodology` is the version of the method, `facts` and `result` are JSON documents."""

    as_of: date
    known_by: datetime
    facts: Any
    result: Any
    methodology: str


@dataclass(frozen=True, slots=True)
class RunComparison:
    """The result of computing a run again. `differing` are the top-level keys of the result that changed.

    `recomputed` is the whole result as computed today, with sentences and advice; None if it was not computed.
    """

    outcome: RecomputeOutcome
    differing: tuple[str, ...] = ()
    recomputed: Mapping[str, Any] | None = field(default=None, compare=False, repr=False)


class FieldUse(Enum):
    """How a run treats a field of the result."""

    COMPARED = "compared"
    """A number, a verdict, a code or a reference: stored, and compared with the result computed again."""
    REGENERATED = "regenerated"
    """A sentence or advice: neither stored nor compared, but generated when a user reads the run."""


type DocumentFields = Mapping[str, FieldUse | RowFields | DocumentFields]
"""The fields of a document by name: how a run treats each, or the fields nested in it."""


@dataclass(frozen=True, slots=True)
class RowFields:
    """A field that holds a list of rows with these fields. The field named `by` identifies a row in its list."""

    by: str
    fields: DocumentFields


COMPARED, REGENERATED = FieldUse.COMPARED, FieldUse.REGENERATED


def _compared(*names: str) -> dict[str, FieldUse]:
    return dict.fromkeys(names, COMPARED)


def _regenerated(*names: str) -> dict[str, FieldUse]:
    return dict.fromkeys(names, REGENERATED)


def _numbers(*names: str) -> dict[str, FieldUse]:
    return {field: COMPARED for name in names for field in (name, f"{name}_exact")}


_SCORED_FIELDS: Final = {
    **_compared("key"),
    **_regenerated("title"),
    **_numbers("points", "of", "claimed"),
    **_compared("verdict"),
    **_regenerated("reason", "law"),
    **_compared("rows"),
}
_LINE_FIELDS: Final = {
    **_SCORED_FIELDS,
    **_numbers("share", "claimed_share"),
    **_regenerated("claimed_reason"),
    **_compared("claimed_rows"),
}
_METHOD_LINE_FIELDS: Final = {"key": COMPARED, "title": REGENERATED, "of": COMPARED, "law": REGENERATED}

RESULT_FIELDS: Final[DocumentFields] = {
    "edition": _compared("id", "country", "year"),
    **_compared("as_of", "known_by"),
    **_regenerated("headline"),
    **_numbers("score", "claimed", "possible", "projected"),
    **_compared("reviewed", "waiting"),
    "parts": RowFields("key", {**_SCORED_FIELDS, "questions": RowFields("key", _LINE_FIELDS)}),
    "benchmarks": RowFields("id", {**_LINE_FIELDS, **_compared("id", "recommendation", "recommendation_id")}),
    # The gains of open benchmarks: points and due dates are compared; their order is advice.
    "levers": RowFields(
        "benchmark_id", {**_compared("benchmark", "benchmark_id"), **_numbers("points"), **_compared("due_on")}
    ),
    **_compared("smallest_set"),
    "claims": RowFields(
        "ministry_id",
        {**_compared("ministry_id"), **_numbers("points"), **_compared("update_versions", "evidence", "readings")},
    ),
    **_regenerated("checks", "next_steps", "also_ask", "last_period", "to_assess", "after_deadline"),
    **_regenerated("target_reached_after"),
    **_compared("watch_list_years", "deadline_on", "readiness_target"),
    **_regenerated("readiness_target_reason"),
    "methodology": {
        "version": COMPARED,
        "parts": RowFields("key", _METHOD_LINE_FIELDS),
        "questions": RowFields("key", _METHOD_LINE_FIELDS),
        "disclaimer": REGENERATED,
    },
}
"""How a run treats each field of `serialization.readiness_document`. Fields that are not listed are not stored.

So a new sentence needs no entry here, and a new number is compared only once it is listed. Problems in the record
(`checks`) and the next steps are advice: their wording or number may change while the score stays the same.
"""

ALWAYS_STORED = ("score", "claimed", "possible", "projected", "parts", "benchmarks")
"""Fields that every run of this version of the method contains. Later fields are compared if a run contains them."""


def without_redactable_texts(facts: Facts) -> Facts:
    """Return the facts as a run stores them: everything that scores, and no text that may be redacted."""
    return replace(
        facts, edition_terms=tuple(replace(terms, readiness_target_reason="") for terms in facts.edition_terms)
    )


def facts_from_document(document: Mapping[str, Any]) -> Facts:
    """Return the facts from a document made by `serialization.facts_document`.

    A field that is missing in an older document has its default value.

    Raises:
        ValueError: if the document does not contain facts.
    """
    document = with_current_fields(document)
    try:
        facts: Facts = _make_decoder(Facts)(
            {**document, "milestones": [*map(_upgrade_milestone, document.get("milestones", ()))]}
        )
    except (ArithmeticError, AttributeError, LookupError, TypeError) as error:
        raise ValueError("These are no facts that a run has kept.") from error
    return facts


def recompute_result(facts: Mapping[str, Any], as_of: date, known_by: datetime) -> dict[str, Any]:
    """Compute the whole result again from stored facts, for the day and the moment of the run.

    Raises:
        ValueError: if the document does not contain facts.
    """
    decoded = facts_from_document(facts)
    return readiness_document(evaluate_readiness(decoded, as_of=as_of, known_by=known_by.astimezone(decoded.zone)))


def comparable_fields(document: Mapping[str, Any], fields: DocumentFields = RESULT_FIELDS) -> dict[str, Any]:
    """Return the numbers, verdicts, codes and references of a result: the fields that a run stores and compares."""
    stored: dict[str, Any] = {}
    for name, use in fields.items():
        if name not in document or use is REGENERATED:
            continue
        value = document[name]
        if isinstance(use, RowFields):
            stored[name] = [comparable_fields(row, use.fields) for row in value]
        else:
            stored[name] = comparable_fields(value, use) if isinstance(use, Mapping) else value
    return stored


def compare_run(run: StoredRun) -> RunComparison:
    """Compare a stored run with the result computed again from its facts.

    A run of another version of the method is not computed again.
    """
    if run.methodology != METHOD_VERSION:
        return RunComparison(RecomputeOutcome.NOT_COMPUTED)
    try:
        recomputed = recompute_result(run.facts, run.as_of, run.known_by)
    except ValueError:
        return RunComparison(RecomputeOutcome.DIFFERS, ("facts",))
    stored = with_current_fields(run.result)
    differing = {
        name
        for name in RESULT_FIELDS
        if name in stored and not _is_same_field(stored, recomputed, name, RESULT_FIELDS[name])
    }
    differing.update(name for name in ALWAYS_STORED if name not in stored)
    return RunComparison(
        RecomputeOutcome.DIFFERS if differing else RecomputeOutcome.SAME, tuple(sorted(differing)), recomputed
    )


def result_for_display(run: StoredRun, comparison: RunComparison) -> Mapping[str, Any]:
    """Return the result of a run for a reader: its stored numbers with sentences and advice generated today.

    If the run differs or was not computed again, the stored result is returned unchanged.
    """
    stored: Mapping[str, Any] = with_current_fields(run.result)
    if comparison.recomputed is None or comparison.outcome is not RecomputeOutcome.SAME:
        return stored
    return _with_new_sentences(stored, comparison.recomputed, RESULT_FIELDS)


def _is_same_field(
    stored: Mapping[str, Any], recomputed: Mapping[str, Any], name: str, use: FieldUse | RowFields | DocumentFields
) -> bool:
    """Return whether a stored field has the same value now. Nested fields that the run lacks are no difference."""
    if use is REGENERATED:
        return True
    if name not in recomputed:
        return False
    stored_value, new_value = stored[name], recomputed[name]
    if isinstance(use, RowFields):
        old_rows, new_rows = _rows_by_field(use.by, stored_value), _rows_by_field(use.by, new_value)
        return (
            old_rows is not None
            and new_rows is not None
            and old_rows.keys() == new_rows.keys()
            and all(_has_same_fields(row, new_rows[key], use.fields) for key, row in old_rows.items())
        )
    if isinstance(use, Mapping):
        return isinstance(stored_value, Mapping) and _has_same_fields(stored_value, new_value, use)
    return bool(stored_value == new_value)


def _has_same_fields(stored: Mapping[str, Any], recomputed: Mapping[str, Any], fields: DocumentFields) -> bool:
    return all(_is_same_field(stored, recomputed, name, use) for name, use in fields.items() if name in stored)


def _rows_by_field(name: str, rows: Any) -> dict[Any, Mapping[str, Any]] | None:
    """Return rows by the field that identifies them; None if it does not identify them all."""
    if not isinstance(rows, list) or not all(
        isinstance(row, Mapping) and isinstance(row.get(name, row), str | int | None) for row in rows
    ):
        return None
    by_field = {row[name]: row for row in rows}
    return by_field if len(by_field) == len(rows) else None


def _with_new_sentences(
    stored: Mapping[str, Any], recomputed: Mapping[str, Any], fields: DocumentFields
) -> dict[str, Any]:
    """Return the stored fields with the sentences of the result computed again."""
    result: dict[str, Any] = {}
    for name, use in fields.items():
        if use is REGENERATED:
            if name in recomputed:
                result[name] = recomputed[name]
        elif name in stored:
            stored_value, new_value = stored[name], recomputed[name]
            if isinstance(use, RowFields):
                new_rows = _rows_by_field(use.by, new_value) or {}
                result[name] = [_with_new_sentences(row, new_rows[row[use.by]], use.fields) for row in stored_value]
            else:
                result[name] = (
                    _with_new_sentences(stored_value, new_value, use) if isinstance(use, Mapping) else stored_value
                )
    return result


def _upgrade_milestone(milestone: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a milestone in today's format. In older runs a milestone had a `done_on` of its own and no records."""
    if not (done_on := milestone.get("done_on")):
        return milestone
    known_all_along = datetime.min.replace(tzinfo=UTC).isoformat()
    return {**milestone, "done": [{"id": milestone["id"], "recorded_at": known_all_along, "done_on": done_on}]}


@cache
def _make_decoder(hint: Any) -> Callable[[Any], Any]:
    """Return a function that turns JSON into a value of the type of a field."""
    inner = [_make_decoder(argument) for argument in get_args(hint) if argument not in (NoneType, Ellipsis)]
    kind: Any = get_origin(hint) or hint
    if NoneType in get_args(hint):
        return lambda value: None if value is None else inner[0](value)
    if kind is Mapping:
        return lambda value: {inner[0](name): inner[1](item) for name, item in value.items()}
    if kind in (tuple, frozenset):
        return lambda value: kind(map(inner[0], value))
    if is_dataclass(hint) or hasattr(hint, "_fields"):
        decoders = {name: _make_decoder(field_hint) for name, field_hint in get_type_hints(kind).items()}
        return lambda value: kind(**{name: decode(value[name]) for name, decode in decoders.items() if name in value})
    decoder: Callable[[Any], Any] = kind.fromisoformat if kind in (date, datetime) else kind
    return decoder
