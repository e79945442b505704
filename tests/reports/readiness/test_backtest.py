"""The back-test: rows computed by hand, measures on small numbers, and results of the 147 country-years."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils import translation

from dialogues.choices import ReadingDirection
from recommendations.choices import EffortQuestion, Tier
from reports.readiness import backtest
from reports.readiness.backtest import country_years, measures, report
from reports.readiness.backtest.country_years import (
    CountryYear,
    NarrativeCount,
    NarrativeSource,
    OfficialComplicity,
    PlanStatus,
    TierChange,
)
from reports.readiness.backtest.measures import Case, ClassificationOutcome
from reports.readiness.backtest.scoring import score_country_year
from tests.pseudo_languages import LEFT_TO_RIGHT, pseudo_languages, pseudo_translate

UP, LEVEL, DOWN = ReadingDirection.UP, ReadingDirection.LEVEL, ReadingDirection.DOWN
COUNTED_QUESTIONS = (
    EffortQuestion.INVESTIGATIONS,
    EffortQuestion.PROSECUTIONS,
    EffortQuestion.CONVICTIONS,
    EffortQuestion.VICTIMS,
    EffortQuestion.MONEY,
)


def country_year(**facts):
    """Return a country-year with only these `facts`. Name a count by its question: `prosecutions=Count(…)`."""
    counts = {question: facts.pop(question.value, NarrativeCount()) for question in COUNTED_QUESTIONS}
    return CountryYear(
        **{
            "code": "XXA", "country": "Exercise A", "edition": 2023, "tier_before": Tier.WATCH_LIST,
            "tier_after": Tier.TIER_2, "moved": TierChange.UP, "source": NarrativeSource.OPENING, "counts": counts,
        }
        | facts
    )  # fmt: skip


def part_points(row):
    return [part.points for part in score_country_year(row).score.parts]


# --- A row in points --------------------------------------------------------------------------------------------------


def test_a_row_with_all_data():
    """By hand.

    Efforts: investigations from 2 to 5: 7; prosecutions level at 3: 3½; convictions level at 0: 0;
    victims down: 0; money up: 4; officials investigated: 4; together 18½. Action: 4 of 7 of 30: 17 1/7.
    Ps: prosecution (investigations), protection (money), prevention (training): 20. Data: 4 of 4: 10.
    """
    row = country_year(
        investigations=NarrativeCount(Decimal(5), Decimal(2), UP),
        prosecutions=NarrativeCount(Decimal(3), Decimal(3), LEVEL),
        convictions=NarrativeCount(Decimal(0), Decimal(0), LEVEL),
        victims_identified=NarrativeCount(direction=DOWN),
        money_for_victims=NarrativeCount(direction=UP),
        officials=OfficialComplicity.INVESTIGATED,
        training=UP,
        achievements=4,
    )

    assert part_points(row) == [Fraction(37, 2), Fraction(120, 7), 20, 10]
    assert score_country_year(row).points == Fraction(37, 2) + Fraction(120, 7) + 30


def test_a_row_without_data_has_no_points_and_says_why():
    found = score_country_year(country_year())

    assert found.points == 0
    assert {line.finding.verdict.value for part in found.score.parts for line in part.lines} == {"no_data"}


def test_each_line_gives_its_reason_and_points_at_no_row_of_the_record():
    row = country_year(prosecutions=NarrativeCount(Decimal(16), Decimal(4), UP), law_changed=True, achievements=3)
    lines = {(part.key.value, line.key): line for part in score_country_year(row).score.parts for line in part.lines}

    assert lines["increasing_efforts", "prosecutions"].finding.reason == "Prosecutions rose from 4 to 16."
    assert lines["concrete_action", "achievements"].finding.reason == "3 of 7 achievements by 31 March 2023."
    assert lines["three_ps", "prosecution"].finding.reason == "Shown by: law changed and prosecutions."
    assert [line for line in lines.values() if line.finding.rows] == []


@pytest.mark.parametrize(
    ("count", "points", "data"),
    [
        (NarrativeCount(direction=UP), 7, Fraction(5, 2)),
        (NarrativeCount(direction=LEVEL), Fraction(7, 2), Fraction(5, 2)),
        (NarrativeCount(None, Decimal(0), LEVEL), 0, Fraction(5, 2)),  # level with a zero is a zero
        (NarrativeCount(None, Decimal(0), UP), 7, Fraction(5, 2)),
        (NarrativeCount(Decimal(0), None, DOWN), 0, Fraction(5, 2)),  # the direction is told, though one figure isn't
        (NarrativeCount(Decimal(9), None, None), 0, 0),  # nothing to compare it with
        (NarrativeCount(None, Decimal(9), None), 0, 0),
    ],
)
def test_a_count_is_worth_what_the_method_gives_it(count, points, data):
    efforts, _, _, given = part_points(country_year(investigations=count))

    assert (efforts, given) == (points, data)


@pytest.mark.parametrize(("achievements", "points"), [(0, 0), (1, Fraction(30, 7)), (7, 30), (9, 30), (None, 0)])
def test_concrete_action_is_the_achievements_of_seven(achievements, points):
    assert part_points(country_year(achievements=achievements))[1] == points


@pytest.mark.parametrize(
    ("officials", "points"),
    [
        (OfficialComplicity.CONVICTED, 8),
        (OfficialComplicity.PROSECUTED, 8),
        (OfficialComplicity.INVESTIGATED, 4),
        (OfficialComplicity.NONE, 0),
        (OfficialComplicity.NOT_REPORTED, 0),
    ],
)
def test_officials_convicted_or_prosecuted_count_as_met_and_investigated_as_a_step(officials, points):
    assert part_points(country_year(officials=officials))[0] == points


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        ({"investigations": NarrativeCount(direction=UP)}, ["prosecution"]),
        ({"prosecutions": NarrativeCount(direction=UP)}, ["prosecution"]),
        ({"convictions": NarrativeCount(direction=UP)}, ["prosecution"]),
        ({"convictions": NarrativeCount(direction=LEVEL)}, []),
        ({"officials": OfficialComplicity.CONVICTED}, ["prosecution"]),
        ({"officials": OfficialComplicity.PROSECUTED}, ["prosecution"]),
        ({"officials": OfficialComplicity.INVESTIGATED}, ["prosecution"]),
        ({"officials": OfficialComplicity.NONE}, []),
        ({"law_changed": True}, ["prosecution"]),
        ({"law_changed": False}, []),
        ({"victims_identified": NarrativeCount(direction=UP)}, ["protection"]),
        ({"victims_identified": NarrativeCount(direction=LEVEL)}, []),
        ({"procedures_adopted": True}, ["protection"]),
        ({"procedures_adopted": False}, []),
        ({"money_for_victims": NarrativeCount(direction=UP)}, ["protection"]),
        ({"money_for_victims": NarrativeCount(direction=DOWN)}, []),
        ({"plan": PlanStatus.ADOPTED}, ["prevention"]),
        ({"plan": PlanStatus.IMPLEMENTED}, ["prevention"]),
        ({"plan": PlanStatus.NONE}, []),
        ({"awareness": UP}, ["prevention"]),
        ({"awareness": LEVEL}, ["prevention"]),
        ({"awareness": DOWN}, []),
        ({"training": UP}, ["prevention"]),
        ({"training": LEVEL}, []),
        ({"achievements": 9}, []),
    ],
)
def test_any_sign_of_a_pillar_gives_the_points_of_the_pillar(facts, shown):
    lines = score_country_year(country_year(**facts)).score.parts[2].lines

    assert [line.key for line in lines if line.points] == shown
    assert sum(line.points for line in lines) == Fraction(20, 3) * len(shown)


# --- Reading the file -------------------------------------------------------------------------------------------------

COLUMNS = (
    "iso3,country,edition,tier_before,tier_after,moved,waiver_or_autodowngrade,inv_now,inv_before,inv_dir,pros_now,"
    "pros_before,pros_dir,conv_now,conv_before,conv_dir,vic_now,vic_before,vic_dir,funding_dir,complicity,law_changed,"
    "procedures_adopted,plan,training_dir,awareness_dir,says_overall_increasing,says_significant,n_achievements,"
    "n_failures,source_kind,wl_years_before,policy_or_pattern,source_1,source_2,note"
)


def csv_line(**cells):
    known = {
        "iso3": "XXA", "country": "Exercise A", "edition": "2023", "tier_before": "2WL", "tier_after": "2WL",
        "moved": "same", "source_kind": "opening",
    }  # fmt: skip
    return ",".join({**known, **cells}.get(column, "") for column in COLUMNS.split(","))


def test_a_row_is_read_column_by_column():
    (row,) = country_years.read_country_years(
        [
            COLUMNS,
            csv_line(
                inv_now="5", inv_before="2", inv_dir="up", vic_dir="down", funding_dir="up", complicity="not told",
                law_changed="y", procedures_adopted="n", plan="adopted", training_dir="level", n_achievements="4",
                wl_years_before="3+", source_1="https://example.org/a", note="an exercise",
            ),
        ]
    )  # fmt: skip

    assert row == CountryYear(
        code="XXA",
        country="Exercise A",
        edition=2023,
        tier_before=Tier.WATCH_LIST,
        tier_after=Tier.WATCH_LIST,
        moved=TierChange.SAME,
        source=NarrativeSource.OPENING,
        counts={
            EffortQuestion.INVESTIGATIONS: NarrativeCount(Decimal(5), Decimal(2), UP),
            EffortQuestion.PROSECUTIONS: NarrativeCount(),
            EffortQuestion.CONVICTIONS: NarrativeCount(),
            EffortQuestion.VICTIMS: NarrativeCount(direction=DOWN),
            EffortQuestion.MONEY: NarrativeCount(direction=UP),
        },
        law_changed=True,
        procedures_adopted=False,
        plan=PlanStatus.ADOPTED,
        training=LEVEL,
        achievements=4,
        years_before="3+",
        sources=("https://example.org/a",),
        note="an exercise",
    )


def test_the_words_of_the_decision_are_never_an_input():
    written = [csv_line(inv_dir="up", says_overall_increasing=said, says_significant=said) for said in ("y", "n", "")]

    assert len({str(country_years.read_country_years([COLUMNS, row])) for row in written}) == 1


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([csv_line(moved="sideways")], "sideways"),
        ([csv_line(source_kind="rumour")], "rumour"),
        ([csv_line(inv_now="2", inv_before="5", inv_dir="up")], "XXA 2023: inv_dir contradicts its figures"),
        ([csv_line(inv_now="2", inv_before="5")], "XXA 2023: inv_dir contradicts its figures"),
        ([csv_line(), csv_line()], "occur twice"),
    ],
)
def test_an_invalid_row_is_refused(lines, sentence):
    with pytest.raises(ValueError, match=sentence):
        country_years.read_country_years([COLUMNS, *lines])


@pytest.mark.parametrize(
    ("facts", "is_tested"),
    [
        ({}, True),
        ({"source": NarrativeSource.FACTBOOK}, True),
        ({"source": NarrativeSource.PRESS}, False),
        ({"source": NarrativeSource.LIST}, False),
        ({"tier_before": Tier.TIER_3}, False),
    ],
)
def test_only_the_watch_list_with_a_text_is_tested(facts, is_tested):
    assert country_year(**facts).is_tested is is_tested


# --- Measures ---------------------------------------------------------------------------------------------------------


def cases(*, up, others):
    return [Case(Fraction(score), True) for score in up] + [Case(Fraction(other), False) for other in others]


def test_the_area_counts_pairs_in_order_and_ties_half():
    """60 is above 40 and 50; 50 is above 40 and equal to 50: three and a half of four pairs."""
    assert measures.area_under_curve(cases(up=[60, 50], others=[40, 50])) == Fraction(7, 8)


def test_the_area_needs_cases_of_both_kinds():
    assert measures.area_under_curve(cases(up=[60], others=[])) is None
    assert measures.area_under_curve(cases(up=[], others=[40])) is None


def test_a_score_at_the_threshold_counts_as_reaching_it():
    assert measures.classify(cases(up=[45, "89/2"], others=[45, "89/2", 10]), 45) == ClassificationOutcome(1, 2, 2, 3)


def test_the_outcome_counts_missed_and_false_predictions():
    outcome = ClassificationOutcome(found=24, moved_up=25, warned=36, others=58)

    assert (outcome.missed, outcome.false_hopes) == (1, 22)


def test_the_best_threshold_separates_the_two_kinds_best():
    """From 31 to 40 three are found and two warned, from 51 to 60 two and three: the same, and the highest wins."""
    assert measures.best_threshold(cases(up=[40, 60, 70], others=[10, 30, 50])) == 60
    assert measures.best_threshold(cases(up=[60, 70], others=[10, "119/2"])) == 60


def test_leave_one_out_judges_each_row_by_the_others():
    """By hand: the highest threshold that is still best.

    Without 40: learnt from 80 and 10, 30: 80, and 40 is missed. Without 80: learnt from 40: 40, and 80
    is found. Without 10 or 30: all are told apart at 40, and both stand below.
    """
    found = measures.leave_one_out(cases(up=[40, 80], others=[10, 30]))

    assert found.outcome == ClassificationOutcome(found=1, moved_up=2, warned=2, others=2)
    assert found.thresholds == ((40, 3), (80, 1))


# --- The whole --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def packaged_backtest():
    return backtest.packaged_backtest()


def test_147_country_years_come_with_the_product(packaged_backtest):
    assert len(packaged_backtest.rows) == 147
    assert (packaged_backtest.tested.moved_up, packaged_backtest.tested.others) == (25, 58)
    assert packaged_backtest.left_out == ((NarrativeSource.PRESS, 12), (NarrativeSource.LIST, 1))


def test_the_packaged_areas_are_reproduced(packaged_backtest):
    found = [
        (each.moved_up, each.others, f"{each.area:.2f}")
        for each in (packaged_backtest.tested, *packaged_backtest.groups)
    ]

    assert found == [(25, 58, "0.86"), (25, 29, "0.80"), (17, 15, "0.90")]


def test_the_packaged_table_is_reproduced(packaged_backtest):
    assert [(threshold.threshold, threshold.outcome) for threshold in packaged_backtest.thresholds] == [
        (40, ClassificationOutcome(25, 25, 34, 58)),
        (45, ClassificationOutcome(24, 25, 36, 58)),
        (50, ClassificationOutcome(19, 25, 41, 58)),
        (55, ClassificationOutcome(15, 25, 46, 58)),
    ]


def test_the_packaged_held_out_splits_are_reproduced(packaged_backtest):
    assert [(split.chosen_on, split.threshold, split.outcome) for split in packaged_backtest.splits] == [
        ("edition 2023", 44, ClassificationOutcome(8, 8, 23, 43)),
        ("the other editions", 47, ClassificationOutcome(15, 17, 12, 15)),
    ]


def test_the_packaged_leave_one_out_result_is_reproduced(packaged_backtest):
    assert packaged_backtest.leave_one_out.outcome == ClassificationOutcome(23, 25, 35, 58)
    assert packaged_backtest.leave_one_out.thresholds == ((44, 81), (46, 1), (47, 1))


def test_the_packaged_rows_of_lesotho_are_reproduced(packaged_backtest):
    found = [(row.row.edition, row.row.moved, f"{row.points:.1f}") for row in packaged_backtest.rows_of_country("LSO")]

    assert found == [(2020, TierChange.DOWN, "29.5"), (2021, TierChange.UP, "76.9"), (2022, TierChange.UP, "84.7")]


def test_the_packaged_years_on_the_watch_list_are_reproduced(packaged_backtest):
    found = [(year.years, year.moved_up, year.fell, year.of) for year in packaged_backtest.after_years]

    assert found == [("1", 4, 1, 12), ("2", 5, 2, 10), ("3+", 10, 2, 12)]


def test_a_score_does_not_predict_the_next_edition(packaged_backtest):
    assert (
        packaged_backtest.forecast.moved_up,
        packaged_backtest.forecast.others,
        f"{packaged_backtest.forecast.area:.2f}",
    ) == (15, 13, "0.57")


@pytest.mark.parametrize(
    "bent",
    [
        {"achievements": 7},
        {"law_changed": True, "procedures_adopted": True, "awareness": LEVEL},
        {"officials": OfficialComplicity.CONVICTED},
    ],
    ids=["achievements", "ps", "officials"],
)
def test_the_area_depends_on_every_assumption(packaged_backtest, bent):
    """With other assumptions, the same rows give another area."""
    other = backtest.run_backtest([replace(row.row, **bent) for row in packaged_backtest.rows])

    assert other.tested.area != packaged_backtest.tested.area


def test_rows_from_the_press_do_not_change_the_result(packaged_backtest):
    without = backtest.run_backtest(
        [row.row for row in packaged_backtest.rows if row.row.source is not NarrativeSource.PRESS]
    )

    assert (without.tested, without.thresholds, without.splits) == (
        packaged_backtest.tested,
        packaged_backtest.thresholds,
        packaged_backtest.splits,
    )
    assert (without.leave_one_out, without.forecast) == (packaged_backtest.leave_one_out, packaged_backtest.forecast)


def test_a_country_is_found_by_code_or_name(packaged_backtest):
    assert len(packaged_backtest.rows_of_country(" lesotho ")) == len(packaged_backtest.rows_of_country("lso")) == 3
    assert packaged_backtest.rows_of_country("Atlantis") == ()


def test_the_result_is_computed_once(packaged_backtest):
    assert backtest.packaged_backtest() is packaged_backtest


# --- In words ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "tell", [report.report_lines, lambda test: report.country_report_lines(test, test.rows_of_country("LSO"))]
)
def test_every_report_has_the_limits_and_the_disclaimer(packaged_backtest, tell):
    text = "\n".join(tell(packaged_backtest))

    assert [limit for limit in packaged_backtest.limits if limit not in text] == []
    assert "It does not predict a tier" in text


@pytest.mark.parametrize(
    "tell", [report.backtest_document, lambda test: report.country_document(test, test.rows_of_country("LSO"))]
)
def test_data_carries_the_limits_and_the_disclaimer(packaged_backtest, tell):
    data = tell(packaged_backtest)

    assert data["limits"] == list(packaged_backtest.limits)
    assert data["disclaimer"] == report.DISCLAIMER


def test_the_limits_say_what_country_years_cannot_tell(packaged_backtest):
    text = " ".join(packaged_backtest.limits)

    for said in ("knew the outcome of each", "upper bound", "press", "43% to 59%", "does not forecast", "0.57"):
        assert said in text


def test_the_sentences_are_in_the_language_of_each_reader_whoever_asked_first():
    def lines():
        test = backtest.packaged_backtest()
        return "\n".join(report.country_report_lines(test, test.rows_of_country("LSO")))

    with pseudo_languages(), translation.override(LEFT_TO_RIGHT):
        assert pseudo_translate("Prosecutions") in lines()

    assert "Prosecutions rose from 4 to 16." in lines()
