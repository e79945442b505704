"""Turn readiness into a JSON document, and the facts it rests on into another.

The API, the management command and the stored runs all use these documents, so they cannot differ.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from types import NoneType
from typing import Any
from zoneinfo import ZoneInfo

from reports.readiness import countable_facts
from reports.readiness.answers import RowReference, claimed_reason
from reports.readiness.checks import RecordProblem
from reports.readiness.explanation.headline import DISCLAIMER, headline
from reports.readiness.explanation.step_sentences import StepFormatter, StepTexts
from reports.readiness.facts import Facts
from reports.readiness.forecast.claims import MinistryClaims
from reports.readiness.forecast.next_steps import NextSteps, ReadinessStep
from reports.readiness.forecast.projection import BenchmarkGain
from reports.readiness.readiness import METHOD_VERSION, Readiness
from reports.readiness.scoring import (
    PART_LAW,
    PART_POINTS,
    QUESTION_LAW,
    QUESTION_POINTS,
    BenchmarkLine,
    ScoreLine,
    ScorePart,
)
from tiptracker.localization import gettext

NO_TEXTS = StepTexts()

FORMER_RESULT_NAMES: Mapping[str, str] = {
    "ceiling": "projected",
    "ceiling_exact": "projected_exact",
    "rounds": "update_versions",
    "working_mark": "readiness_target",
    "working_mark_reason": "readiness_target_reason",
}
"""Former names of fields of the readiness document, which the API and the command also give in this release."""


def readiness_document(
    result: Readiness, *, steps: NextSteps | None = None, texts: StepTexts = NO_TEXTS
) -> dict[str, Any]:
    """Return the whole result as a JSON-compatible document.

    Points and shares are numbers with four decimals and never null. Next to each stands the exact value as a string
    ("121/2"). A share without data is 0 with the verdict `no_data`. Rows are references to the record: {"type":
    "reading", "id": 3}.

    Args:
        result: the readiness to describe.
        steps: the next steps, if the caller has computed them already.
        texts: the names and texts for the sentences of the next steps.
    """
    verified, claimed = result.verified, result.claimed
    keys = {benchmark.benchmark_id: benchmark.line.key for benchmark in verified.benchmarks}
    smallest = result.smallest_set()
    steps = steps or result.next_steps()
    formatter = StepFormatter(result, texts)

    return {
        "edition": {"id": result.edition.id, "country": result.edition.country, "year": result.edition.year},
        "as_of": result.as_of.isoformat(),
        "known_by": result.known_by.isoformat() if result.known_by else None,
        "headline": headline(result),
        **_number_fields("score", verified.points),
        **_number_fields("claimed", claimed.points),
        **_number_fields("possible", result.possible.points),
        **_number_fields("projected", result.projected.points),
        "reviewed": result.is_reviewed,
        "waiting": result.waiting,
        "parts": [_part(*pair) for pair in zip(verified.parts, claimed.parts, strict=True)],
        "benchmarks": [_benchmark(*pair) for pair in zip(verified.benchmarks, claimed.benchmarks, strict=True)],
        "next_steps": [
            {**_step(step, keys, formatter), **_number_fields("cumulative", step.cumulative or Fraction(0))}
            for step in steps.steps
        ],
        **{
            name: [_step(step, keys, formatter) for step in getattr(steps, name)]
            for name in ("also_ask", "last_period", "to_assess", "after_deadline")
        },
        "target_reached_after": steps.target_reached_after,
        "levers": [_benchmark_gain(gain) for gain in result.benchmark_gains()],
        "smallest_set": None if smallest is None else [keys[benchmark_id] for benchmark_id in smallest],
        "claims": [_ministry_claims(claim) for claim in result.claims],
        "checks": [_problem(problem) for problem in result.checks],
        "watch_list_years": result.watch_list_years,
        "deadline_on": result.deadline_on.isoformat() if result.deadline_on else None,
        "readiness_target": None if result.readiness_target is None else float(result.readiness_target),
        "readiness_target_reason": result.readiness_target_reason,
        "methodology": _methodology(),
    }


def with_former_names(document: Any) -> Any:
    """Add the former names to a readiness document, and give `round` as the type of a row."""
    match document:
        case {"type": "update_version", **row}:
            return {"type": "round", **row}
        case Mapping():
            given = {key: with_former_names(value) for key, value in document.items()}
            former = {former: given[name] for former, name in FORMER_RESULT_NAMES.items() if name in given}
            return {**given, **former}
        case list():
            return [with_former_names(value) for value in document]
        case _:
            return document


def facts_document(facts: Facts, known_by: datetime | None = None) -> dict[str, Any]:
    """Return the facts as they were known, JSON-compatible and in a fixed order: equal facts give equal documents."""
    document: dict[str, Any] = _to_json(countable_facts.facts_known_by(facts, known_by))
    return document


def facts_fingerprint(document: dict[str, Any]) -> str:
    """Return the SHA-256 of a document in hexadecimal. The order of its keys does not matter."""
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def _methodology() -> dict[str, Any]:
    """Return the method as every document states it: its version, the most each part can give, and its law."""
    return {
        "version": METHOD_VERSION,
        "parts": [
            {"key": key.value, "title": key.label, "of": float(of), "law": PART_LAW[key]}
            for key, of in PART_POINTS.items()
        ],
        "questions": [
            {"key": key.value, "title": key.label, "of": float(of), "law": QUESTION_LAW[key]}
            for key, of in QUESTION_POINTS.items()
        ],
        "disclaimer": gettext(DISCLAIMER),
    }


def _part(verified: ScorePart, claimed: ScorePart) -> dict[str, Any]:
    return {
        "key": verified.key.value,
        "title": verified.key.label,
        **_number_fields("points", verified.points),
        **_number_fields("of", verified.max_points),
        **_number_fields("claimed", claimed.points),
        "verdict": verified.verdict.value,
        "reason": verified.reason,
        "law": verified.law,
        "rows": _row_references(row for line in verified.lines for row in line.finding.rows),
        "questions": [_line(*pair) for pair in zip(verified.lines, claimed.lines, strict=True)],
    }


def _line(verified: ScoreLine, claimed: ScoreLine) -> dict[str, Any]:
    return {
        "key": verified.key,
        "title": verified.title,
        **_number_fields("points", verified.points),
        **_number_fields("of", verified.max_points),
        **_number_fields("claimed", claimed.points),
        **_number_fields("share", verified.finding.worth),
        **_number_fields("claimed_share", claimed.finding.worth),
        "verdict": verified.finding.verdict.value,
        "reason": verified.finding.reason,
        "claimed_reason": claimed_reason(verified.finding, claimed.finding),
        "law": verified.law,
        "rows": _row_references(verified.finding.rows),
        "claimed_rows": _row_references(claimed.finding.rows),
    }


def _benchmark(verified: BenchmarkLine, claimed: BenchmarkLine) -> dict[str, Any]:
    return {
        "id": verified.benchmark_id,
        "recommendation": verified.recommendation,
        "recommendation_id": verified.recommendation_id,
        **_line(verified.line, claimed.line),
    }


def _step(step: ReadinessStep, keys: Mapping[int, str], formatter: StepFormatter) -> dict[str, Any]:
    indicator = (
        formatter.result.claimed_record.questionnaire.indicators[step.indicator_id]
        if step.indicator_id is not None
        else None
    )
    return {
        "kind": step.kind.value,
        "benchmarks": [keys[benchmark] for benchmark in step.benchmarks],
        "indicator": indicator.name if indicator else None,
        "rows": [row._asdict() for row in step.rows],
        "owner": formatter.owner(step),
        "owner_id": step.ministry_id,
        "due_on": step.due_on.isoformat() if step.due_on else None,
        **_number_fields("points", step.points),
        **_number_fields("points_at_most", step.points_at_most),
        "sentence": formatter.sentence(step),
    }


def _benchmark_gain(gain: BenchmarkGain) -> dict[str, Any]:
    return {
        "benchmark": gain.key,
        "benchmark_id": gain.benchmark_id,
        **_number_fields("points", gain.points),
        "due_on": gain.due_on.isoformat() if gain.due_on else None,
    }


def _ministry_claims(claims: MinistryClaims) -> dict[str, Any]:
    return {
        "ministry_id": claims.ministry_id,
        **_number_fields("points", claims.points),
        "update_versions": list(claims.update_versions),
        "evidence": list(claims.evidence),
        "readings": list(claims.readings),
    }


def _problem(check: RecordProblem) -> dict[str, Any]:
    return {
        "key": check.kind.value,
        "title": check.kind.label,
        "sentence": check.sentence,
        "to_do": check.to_do,
        "rows": [row._asdict() for row in check.rows],
    }


def _number_fields(name: str, value: Fraction) -> dict[str, Any]:
    return {name: float(round(value, 4)), f"{name}_exact": str(value)}


def _row_references(rows: Iterable[RowReference]) -> list[dict[str, Any]]:
    return [row._asdict() for row in sorted(set(rows))]


def _to_json(value: Any) -> Any:
    """Return a value of the record in its JSON form. Collections are sorted by id, plain values by value."""
    kind: Any = type(value)
    if kind in _PLAIN_TYPES:
        return value
    if names := _field_names(kind):
        return {name: _to_json(getattr(value, name)) for name in names}
    match value:
        case date():
            value = value.isoformat()
        case Decimal() | ZoneInfo():
            value = str(value)
        case tuple() | frozenset():
            value = [_to_json(item) for item in sorted(value, key=lambda item: getattr(item, "id", item))]
        case Mapping():
            value = {str(key): _to_json(item) for key, item in value.items()}
    return value


_PLAIN_TYPES = {NoneType, bool, int, str}


@cache
def _field_names(kind: Any) -> tuple[str, ...]:
    """Return the names of the fields of a dataclass or a named tuple; none for other types."""
    if is_dataclass(kind):
        return tuple(field.name for field in fields(kind))
    names: tuple[str, ...] = getattr(kind, "_fields", ())
    return names
