from datetime import date
from decimal import Decimal

import pytest

from dialogues.choices import SupportKind
from recommendations.choices import Better, Pillar, Rule
from reports.readiness.explanation import score_display
from reports.readiness.readiness import evaluate_readiness
from tests.reports.lesotho_record import lesotho_record
from tests.reports.record_builder import RecordBuilder, noon, period
from tiptracker.localization import format_number

TERMS_ON, DAY, TODAY = date(2021, 7, 1), date(2021, 12, 1), date(2022, 1, 28)
END, REPORT_OF_2022_ON = date(2022, 3, 31), date(2022, 7, 31)


def test_parts_as_printed_add_up_to_the_score_and_lines_to_their_part():
    result = evaluate_readiness(lesotho_record().facts, as_of=END, known_by=noon(REPORT_OF_2022_ON))

    printed = score_display.display_parts(result)

    assert [(part.points, part.of) for part in printed] == [(25, 40), (8, 30), (20, 20), (Decimal("7.5"), 10)]
    assert (
        sum(part.points for part in printed) == score_display.readiness_bar_figures(result).verified == Decimal("60.5")
    )
    for part in printed:
        assert sum(line.points for line in part.lines) == part.points
        assert sum(line.of for line in part.lines) == part.of


def test_a_line_that_gives_all_it_could_says_so():
    """Of three thirds of 20 points two print as 6.7 and one as 6.6; here the last alone is shown."""
    printed = score_display.display_parts(
        evaluate_readiness(lesotho_record().facts, as_of=date(2022, 2, 28), known_by=noon(REPORT_OF_2022_ON))
    )[2]

    assert [(line.points, line.of) for line in printed.lines] == [
        (0, Decimal("6.7")),
        (0, Decimal("6.6")),
        (Decimal("6.7"), Decimal("6.7")),
    ]


def test_nothing_reviewed_prints_no_figure():
    result = evaluate_readiness(lesotho_record().facts, as_of=TODAY, known_by=noon(TODAY))

    assert score_display.readiness_bar_figures(result) == score_display.ReadinessBarFigures(None, None, Decimal(45))
    assert {part.points for part in score_display.display_parts(result)} == {None}
    assert {line.points for part in score_display.display_parts(result) for line in part.lines} == {None}


@pytest.mark.parametrize(
    ("better", "was", "figure", "text"),
    [
        (Better.UP, 4, 10, "more than the year before"),
        (Better.UP, 4, 4, "not more than the year before"),
        (Better.DOWN, 4, 2, "less than the year before"),
        (Better.UP, 4, None, "no data"),
    ],
)
def test_the_bar_of_an_increase_says_how_many_there_were_last_period(better, was, figure, text):
    record = RecordBuilder(period("2021-04-01", "2022-03-31"))
    cases = record.indicator("cases", better=better)
    record.benchmark(
        record.recommendation(1, Pillar.PROSECUTION),
        "1a",
        record.benchmark_terms(Rule.MORE, known=TERMS_ON, indicator_id=cases),
    )
    record.reading_year_before(cases, was, known=TERMS_ON)
    evidence = record.evidence(DAY, DAY, known=DAY)
    record.review(evidence, known=DAY)
    record.reading(cases, figure, through=DAY, known=DAY, evidence=evidence)

    assert bar_text(record) == text


def bar_text(record):
    (printed,) = score_display.display_benchmarks(record.facts, evaluate_readiness(record.facts, as_of=TODAY)).values()
    return printed.bar.text


def test_the_bar_of_a_target_says_how_many_of_how_many_and_what_is_claimed():
    record = RecordBuilder(period("2021-04-01", "2022-03-31"))
    districts = record.indicator("districts", unit="districts")
    record.benchmark(
        record.recommendation(1, Pillar.PROSECUTION),
        "1a",
        record.benchmark_terms(Rule.TARGET, known=TERMS_ON, target=10, indicator_id=districts),
    )
    verified = record.evidence(DAY, DAY, known=DAY)
    record.review(verified, known=DAY)
    record.reading(districts, 6, through=DAY, known=DAY, evidence=verified)
    claimed = record.evidence(TODAY, TODAY, known=TODAY)
    record.reading(districts, 8, through=TODAY, known=TODAY, evidence=claimed)

    (printed,) = score_display.display_benchmarks(record.facts, evaluate_readiness(record.facts, as_of=TODAY)).values()

    assert printed.bar == score_display.ShareBarFigures(
        "6 of 10 districts; claimed: 8 of 10 districts", Decimal(60), Decimal(80)
    )
    assert printed.claim == "8 of 10 districts by 28 January 2022."


def test_the_bar_of_an_assessed_benchmark_says_its_verdict_and_no_data_has_no_bar():
    record = RecordBuilder(period("2021-04-01", "2022-03-31"))
    record.benchmark(record.recommendation(1, Pillar.PROSECUTION), "1a", record.benchmark_terms(known=TERMS_ON))

    assert bar_text(record) == "no data"

    record.evidence(DAY, DAY, known=DAY, _1a=SupportKind.ACTION)

    assert bar_text(record) == "no data; claimed: a concrete step"

    record.action("1a", DAY, DAY, known=DAY, verified=DAY)

    assert bar_text(record) == "a concrete step"


def test_trailing_zeros_are_removed():
    assert [str(score_display.without_trailing_zeros(Decimal(figure))) for figure in ("45.0", "10", "0.0", "7.50")] == [
        "45",
        "10",
        "0",
        "7.5",
    ]
    assert format_number(score_display.without_trailing_zeros(Decimal("100.0"))) == "100"
