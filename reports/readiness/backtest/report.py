"""Report the back-test as text for a terminal and as data.

Each report ends with the limits, so that no figure appears without them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from fractions import Fraction
from typing import Any

from reports import formatting
from reports.readiness.backtest import HELD_OUT_EDITION, BackTest, Sample
from reports.readiness.backtest.country_years import CountryYear
from reports.readiness.backtest.measures import ClassificationOutcome
from reports.readiness.backtest.scoring import ScoredCountryYear
from reports.readiness.explanation.headline import DISCLAIMER
from reports.readiness.scoring import version_lines
from tiptracker.localization import gettext, gettext_noop, join_with_and

OUTCOME_FIELDS = ("found", "missed", "moved_up", "warned", "false_hopes", "others")
CONCLUSION = gettext_noop("A low score is a safe warning. A high score is no promise.")


def report_lines(test: BackTest) -> Iterator[str]:
    """Yield the table of thresholds, leave-one-out, the held-out splits and the limits as lines of text."""
    yield f"Back-test of method {test.method} on {len(test.rows)} country-years. {CONCLUSION}"
    yield (
        f"Tested: {test.tested.moved_up + test.tested.others} on the Watch List with a text to read."
        f" {test.tested.moved_up} moved up, {test.tested.others} did not."
    )
    left_out = join_with_and(f"{count} ({source.label.lower()})" for source, count in test.left_out)
    yield f"Left out: {left_out}." if test.left_out else "Left out: none."
    yield "\nArea under the curve (1: always higher; 0.5: chance)"
    yield from (_area_line(sample) for sample in (test.tested, *test.groups))
    yield "\nThreshold   moved up, at or above    did not, below"
    yield from (_outcome_line(f"{result.threshold}", result.outcome) for result in test.thresholds)
    thresholds = join_with_and(
        f"{threshold} ({'once' if count == 1 else f'{count} times'})"
        for threshold, count in test.leave_one_out.thresholds
    )
    yield f"\nEach row judged by the threshold chosen on all the others: {thresholds}"
    yield _outcome_line("", test.leave_one_out.outcome)
    for split in test.splits:
        yield f"\nChosen on {split.chosen_on}: {split.threshold}. Tested on {split.tested_on}"
        yield _outcome_line(f"{split.threshold}", split.outcome)
    yield f"\nYears on the Watch List before edition {HELD_OUT_EDITION}"
    yield from (
        f"{result.years:<8}{result.moved_up} of {result.of} moved up, {result.fell} fell" for result in test.after_years
    )
    yield ""
    yield from limits(test)


def country_report_lines(test: BackTest, rows: Sequence[ScoredCountryYear]) -> Iterator[str]:
    """Yield the rows of one country, each with its parts and reasons, and the limits as lines of text."""
    for scored in rows:
        row = scored.row
        yield (
            f"{row.country} {row.edition}: {formatting.round_to_tenth(scored.points)} of 100."
            f" {row.tier_before.label} before, {row.tier_after.label} after: {row.moved.label.lower()}."
        )
        yield f"Read: {row.source.label.lower()}. {_tested_sentence(row)}"
        for part, points, lines in version_lines(scored.score):
            yield f"  {part.key.label}: {points:.1f} of {formatting.format_points(part.max_points)}"
            for line, line_points in zip(part.lines, lines, strict=True):
                reason = line.finding.reason
                title = "" if line.title.lower() in reason.lower() else f"{line.title}. "
                yield f"  {line_points:>6.1f}  {line.finding.verdict.label.lower():<13}{title}{reason}"
        yield from (f"  {source}" for source in row.sources)
        yield from (f"  Note: {note}" for note in [row.note] if note)
        yield ""
    yield from limits(test)


def limits(test: BackTest) -> Iterator[str]:
    """Yield the limits of the back-test, and the statement that readiness does not predict a tier."""
    yield "Limits"
    yield from (f"- {limit}" for limit in test.limits)
    yield f"\n{gettext(DISCLAIMER)}"


def backtest_document(test: BackTest) -> dict[str, Any]:
    """Return the whole back-test as a JSON-compatible document.

    Areas are numbers with two decimals, or null if all rows of a group moved up or none did. The exact value follows
    each as a string ("2481/2900").
    """
    return {
        "method": test.method,
        "country_years": len(test.rows),
        "tested": _sample_fields(test.tested),
        "groups": [_sample_fields(sample) for sample in test.groups],
        "marks": [{"mark": result.threshold, **_outcome_fields(result.outcome)} for result in test.thresholds],
        "leave_one_out": {
            **_outcome_fields(test.leave_one_out.outcome),
            "marks": [{"mark": threshold, "times": count} for threshold, count in test.leave_one_out.thresholds],
        },
        "splits": [
            {
                "learnt_on": split.chosen_on,
                "tried_on": split.tested_on,
                "mark": split.threshold,
                **_outcome_fields(split.outcome),
            }
            for split in test.splits
        ],
        "years_on_watch_list": [asdict(result) for result in test.after_years],
        "forecast": _sample_fields(test.forecast),
        "left_out": {source.value: count for source, count in test.left_out},
        "limits": list(test.limits),
        "disclaimer": DISCLAIMER,
    }


def country_document(test: BackTest, rows: Iterable[ScoredCountryYear]) -> dict[str, Any]:
    """Return the rows of one country as a JSON-compatible document, with points as in readiness, and the limits."""
    return {
        "method": test.method,
        "rows": [_country_year_fields(scored) for scored in rows],
        "limits": list(test.limits),
        "disclaimer": DISCLAIMER,
    }


def _tested_sentence(row: CountryYear) -> str:
    return "One of the rows tested." if row.is_tested else "Not one of the rows tested."


def _area_line(sample: Sample) -> str:
    area = "none" if sample.area is None else f"{sample.area:.2f}"
    return f"{area:<8}{sample.title}: {sample.moved_up} moved up, {sample.others} did not"


def _outcome_line(threshold: str, outcome: ClassificationOutcome) -> str:
    found = f"{outcome.found} of {outcome.moved_up}, missed {outcome.missed}"
    return f"{threshold:<12}{found:<25}{outcome.warned} of {outcome.others}, missed {outcome.false_hopes}"


def _outcome_fields(outcome: ClassificationOutcome) -> dict[str, int]:
    return {name: getattr(outcome, name) for name in OUTCOME_FIELDS}


def _sample_fields(sample: Sample) -> dict[str, Any]:
    return {
        "title": sample.title,
        "moved_up": sample.moved_up,
        "others": sample.others,
        "area": None if sample.area is None else round(float(sample.area), 2),
        "area_exact": None if sample.area is None else str(sample.area),
    }


def _points_fields(points: Fraction) -> dict[str, Any]:
    return {"points": round(float(points), 4), "points_exact": str(points)}


def _country_year_fields(scored: ScoredCountryYear) -> dict[str, Any]:
    row = scored.row
    return {
        "country": row.code,
        "name": row.country,
        "edition": row.edition,
        "tier_before": row.tier_before.value,
        "tier_after": row.tier_after.value,
        "moved": row.moved.value,
        "source_kind": row.source.value,
        "is_tested": row.is_tested,
        **_points_fields(scored.points),
        "parts": [
            {
                "key": part.key.value,
                "of": float(part.max_points),
                **_points_fields(part.points),
                "lines": [
                    {
                        "key": line.key,
                        "title": line.title,
                        "of": round(float(line.max_points), 4),
                        **_points_fields(line.points),
                        "verdict": line.finding.verdict.value,
                        "reason": line.finding.reason,
                    }
                    for line in part.lines
                ],
            }
            for part in scored.score.parts
        ],
        "sources": list(row.sources),
        "note": row.note,
    }
