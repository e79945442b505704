"""The sentences that say which parts of readiness are strong and weak, and what has no data."""

from datetime import date
from decimal import Decimal

from reports.choices import PartKey, ReadinessVerdict
from reports.readiness.explanation.score_display import LineDisplay, PartDisplay, display_parts
from reports.readiness.explanation.strengths import describe_strengths
from reports.readiness.readiness import evaluate_readiness
from tests.reports.lesotho_record import lesotho_record
from tests.reports.record_builder import noon

END, REPORT_OF_2022_ON, TODAY = date(2022, 3, 31), date(2022, 7, 31), date(2022, 1, 28)
SHOWN, NO_DATA = ReadinessVerdict.SHOWN, ReadinessVerdict.NO_DATA


def display_part(key, points, of, *without_data):
    lines = (
        LineDisplay(title, title, None, Decimal(7), NO_DATA, "", "", "") for title in ("Prosecutions", *without_data)
    )
    return PartDisplay(key, key.label, points, points, Decimal(of), SHOWN, "", "", tuple(lines) if without_data else ())


def test_the_strongest_and_the_weakest_parts_are_named_and_what_has_no_data():
    result = evaluate_readiness(lesotho_record().facts, as_of=END, known_by=noon(REPORT_OF_2022_ON))
    verdicts = [benchmark.line.finding.verdict for benchmark in result.verified.benchmarks]

    assert describe_strengths(display_parts(result), verdicts) == (
        "Readiness is strongest in “All three Ps” (20 of 20 points). "
        "It is weakest in “Concrete action” (8 of 30 points) and “Increasing efforts” (25 of 40 points). "
        "There is no data on government money for victims. "
        f"{verdicts.count(NO_DATA)} of {len(verdicts)} benchmarks have no data."
    )


def test_no_part_is_called_strong_or_weak_if_all_reach_the_same():
    parts = [display_part(key, Decimal(0), 10) for key in PartKey]

    assert describe_strengths(parts, [SHOWN]) == ""


def test_questions_without_data_are_named_once():
    parts = [
        display_part(PartKey.EFFORTS, Decimal(0), 40, "Convictions"),
        display_part(PartKey.DATA, Decimal(0), 10, "Convictions"),
    ]

    assert describe_strengths(parts, [NO_DATA, SHOWN]) == (
        "There is no data on prosecutions and convictions. 1 of 2 benchmarks has no data."
    )


def test_without_figures_nothing_is_said():
    result = evaluate_readiness(lesotho_record().facts, as_of=TODAY, known_by=noon(TODAY))

    assert describe_strengths(display_parts(result), [NO_DATA]) == ""
