"""What changed the score between two moments: small records by hand, and properties of every record."""

from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogues.choices import EvidenceDecision, ReadingDirection, SupportKind, Verdict
from recommendations.choices import EffortQuestion, Origin, Pillar, Rule
from reports.readiness.answers import RowReference
from reports.readiness.countable_facts import facts_known_by
from reports.readiness.explanation.changes import RecordMoment, find_changes
from reports.readiness.readiness import evaluate_readiness
from tests.reports.lesotho_record import PERIOD, REPORT_OF_2022_ON, TERMS_ON, lesotho_record
from tests.reports.record_builder import RecordBuilder, noon
from tests.reports.record_strategies import days, moments, records

FEBRUARY = date(2022, 2, 28)
END = PERIOD.ends_on
BY_JULY = noon(date(2022, 7, 31))
DAY, NEXT, LATER = date(2021, 10, 1), date(2021, 10, 4), date(2021, 10, 8)
STEP, PILLAR = Fraction(15, 2), Fraction(20, 3)
"""In `small_record`: what a step on one of its two benchmarks gives, and what the pillar's first sign gives."""


def small_record():
    """A record that asks two benchmarks of one recommendation, both assessed; its terms are from the first day."""
    record = RecordBuilder(PERIOD)
    record.edition_terms(PERIOD.starts_on)
    recommendation = record.recommendation(1, Pillar.PROSECUTION)
    for key in ("1a", "1b"):
        record.benchmark(recommendation, key, record.benchmark_terms(known=PERIOD.starts_on))
    return record


def changes_between(record, first, last, as_of=END):
    """What changed of one day between what was known on one day and on another."""
    return find_changes(record.facts, RecordMoment(as_of, noon(first)), RecordMoment(as_of, noon(last)))


def points_by_line(stop):
    """The points that a stop moved, by part and line."""
    return {(moved.part.value, moved.key): moved.points for moved in stop.lines}


def test_a_new_number_alone_moves_no_points():
    record = small_record()
    record.action("1a", DAY, DAY, known=DAY, verified=DAY)
    other = record.recommendation(2, Pillar.PROTECTION)
    record.benchmark(other, "2a", record.benchmark_terms(known=PERIOD.starts_on))
    swapped = {1: 2, 2: 1}
    record.tables["recommendations"] = [
        replace(
            recommendation,
            number=swapped[recommendation.number],
            terms=(
                replace(recommendation.terms[0], number=recommendation.number),
                replace(
                    record.recommendation_terms(recommendation.terms[0].pillar, known=NEXT),
                    number=swapped[recommendation.number],
                ),
            ),
        )
        for recommendation in record.tables["recommendations"]
    ]

    assert changes_between(record, DAY, LATER).changes == ()
    assert points_by_line(changes_between(record, PERIOD.starts_on, DAY).changes[0])["concrete_action", "1a"] > 0


# --- Lesotho ----------------------------------------------------------------------------------------------------------


def test_between_what_was_known_in_february_and_in_july_the_report_of_2022_moved_it():
    found = find_changes(lesotho_record().facts, RecordMoment(FEBRUARY, noon(FEBRUARY)), RecordMoment(END, BY_JULY))

    assert (found.before, found.after) == (0, Fraction(121, 2))
    (stop,) = found.changes
    assert (stop.day, stop.recorded_at, stop.points) == (REPORT_OF_2022_ON, noon(REPORT_OF_2022_ON), Fraction(121, 2))
    assert points_by_line(stop) == {
        ("increasing_efforts", "investigations"): 7,
        ("increasing_efforts", "prosecutions"): 7,
        ("increasing_efforts", "convictions"): 3,
        ("increasing_efforts", "victims_identified"): 8,
        ("concrete_action", "1a"): Fraction(3, 4),
        ("concrete_action", "1b"): Fraction(3, 4),
        ("concrete_action", "4a"): Fraction(3, 2),
        ("concrete_action", "4b"): Fraction(3, 2),
        ("concrete_action", "6a"): Fraction(3, 4),
        ("concrete_action", "7a"): Fraction(3, 4),
        ("concrete_action", "10a"): 1,
        ("concrete_action", "10c"): 1,
        ("three_ps", "prosecution"): PILLAR,
        ("three_ps", "protection"): PILLAR,
        ("three_ps", "prevention"): PILLAR,
        ("data_given", "investigations"): Fraction(5, 2),
        ("data_given", "prosecutions"): Fraction(5, 2),
        ("data_given", "convictions"): Fraction(5, 2),
    }


def test_with_the_knowledge_of_july_the_last_day_of_the_period_changed_the_score():
    found = find_changes(lesotho_record().facts, RecordMoment(FEBRUARY, BY_JULY), RecordMoment(END, BY_JULY))

    assert (found.before, found.after) == (Fraction(43, 6), Fraction(121, 2))
    (stop,) = found.changes
    assert (stop.day, stop.recorded_at, stop.points) == (END, None, Fraction(160, 3))
    # The plan was launched by September: since then it counts as a step, and prevention as shown.
    assert points_by_line(stop)["concrete_action", "10a"] == Fraction(1, 2)
    assert ("three_ps", "prevention") not in points_by_line(stop)


def test_a_line_says_what_it_said_before_what_it_says_now_and_which_rows_did_it():
    record = lesotho_record()
    (stop,) = find_changes(record.facts, RecordMoment(END, noon(FEBRUARY)), RecordMoment(END, BY_JULY)).changes
    moved = {(line.part.value, line.key): line for line in stop.lines}

    trials = moved["increasing_efforts", "prosecutions"]
    assert trials.title == "Prosecutions"
    assert trials.reason_before == "Prosecutions: no data."
    assert trials.reason_after == "Prosecutions rose from 4 to 16."
    now, before = (
        next(
            row.id
            for row in record.facts.readings
            if row.figure == figure and row.recorded_at == noon(REPORT_OF_2022_ON)
        )
        for figure in (16, 4)
    )
    assert set(trials.rows) == {RowReference("reading", now), RowReference("reading", before)}

    launch = moved["concrete_action", "10a"]
    assert launch.title == "Benchmark 10a"
    assert launch.reason_before == "Nothing has been verified yet."
    assert launch.reason_after == "Assessed as of 31 March 2022: Met. Last verified action: 31 March 2022."
    assert {row.type for row in launch.rows} == {"assessment", "evidence"}
    assert {*trials.rows, *launch.rows} <= {*stop.rows}


# --- By hand ----------------------------------------------------------------------------------------------------------


def test_changes_are_listed_by_day_and_moment_in_the_order_of_time():
    record = small_record()
    first = record.action("1a", DAY, DAY, known=DAY, verified=NEXT)
    second = record.action("1b", NEXT, LATER, known=DAY, verified=NEXT)

    found = find_changes(record.facts, RecordMoment(DAY, noon(DAY)), RecordMoment(END, noon(END)))

    assert [(stop.day, stop.recorded_at, stop.rows, stop.points) for stop in found.changes] == [
        (NEXT, noon(NEXT), (RowReference("evidence", first), RowReference("evidence", second)), STEP + PILLAR),
        (LATER, None, (RowReference("evidence", second),), STEP),
    ]


def test_one_stop_gathers_all_that_was_recorded_at_one_moment():
    record = small_record()
    acts = [record.action(key, DAY, DAY, known=DAY, verified=NEXT) for key in ("1a", "1b")]

    (stop,) = changes_between(record, DAY, LATER).changes

    assert stop.points == 2 * STEP + PILLAR
    assert [(line.key, line.rows) for line in stop.lines if line.part.value == "concrete_action"] == [
        ("1a", (RowReference("evidence", acts[0]),)),
        ("1b", (RowReference("evidence", acts[1]),)),
    ]


def test_points_fall_by_a_review_that_rejects():
    record = small_record()
    act = record.action("1a", DAY, DAY, known=DAY, verified=DAY)
    record.review(act, known=LATER, key="1a", decision=EvidenceDecision.REJECTED)

    found = changes_between(record, DAY, LATER)

    assert (found.before, found.after) == (STEP + PILLAR, 0)
    (stop,) = found.changes
    assert points_by_line(stop) == {("concrete_action", "1a"): -STEP, ("three_ps", "prosecution"): -PILLAR}
    assert all(line.rows == (RowReference("evidence", act),) for line in stop.lines)


def test_points_fall_with_a_revision_and_come_back_with_its_own_review():
    record = small_record()
    act = record.action("1a", DAY, DAY, known=DAY, verified=DAY)
    put_right = record.action("1a", DAY, DAY, known=NEXT, verified=LATER, revises=act)

    found = changes_between(record, DAY, LATER)

    assert found.before == found.after == STEP + PILLAR
    assert [(stop.recorded_at, stop.points) for stop in found.changes] == [
        (noon(NEXT), -STEP - PILLAR),
        (noon(LATER), STEP + PILLAR),
    ]
    assert found.changes[0].rows == found.changes[1].rows == (RowReference("evidence", put_right),)


def test_points_of_rows_reviewed_early_move_when_the_rows_are_recorded():
    record = small_record()
    cited = record.evidence(DAY, DAY, known=NEXT)
    record.review(cited, known=DAY)
    counted = record.indicator("investigations", question=EffortQuestion.INVESTIGATIONS)
    record.reading(counted, ReadingDirection.UP, through=DAY, known=DAY, evidence=cited)
    act = record.action("1a", DAY, DAY, known=LATER, verified=NEXT)
    other = record.evidence(DAY, DAY, known=DAY)
    record.evidence_link(other, "1b", SupportKind.ACTION, known=LATER)
    record.review(other, known=NEXT, key="1b")

    found = changes_between(record, DAY, LATER)

    assert [(stop.recorded_at, points_by_line(stop)) for stop in found.changes] == [
        (noon(NEXT), {("increasing_efforts", "investigations"): 7, ("three_ps", "prosecution"): PILLAR}),
        (noon(LATER), {("concrete_action", "1a"): STEP, ("concrete_action", "1b"): STEP}),
    ]
    assert [line.rows for stop in found.changes for line in stop.lines if line.part.value != "three_ps"] == [
        (RowReference("evidence", cited),),
        (RowReference("evidence", act),),
        (RowReference("evidence", other),),
    ]
    assert found.after == evaluate_readiness(record.facts, as_of=END, known_by=noon(LATER)).score


def test_an_assessment_raises_a_step_to_the_whole():
    record = small_record()
    act = record.action("1a", DAY, DAY, known=DAY, verified=DAY)
    verdict = record.assessment("1a", Verdict.MET, known=LATER, on=[act])

    (stop,) = changes_between(record, DAY, LATER).changes

    (moved,) = stop.lines
    assert (moved.points, moved.rows) == (STEP, (RowReference("assessment", verdict),))


def test_a_change_of_weight_is_a_separate_change_that_links_to_the_edition():
    record = small_record()
    other = record.recommendation(2, Pillar.PROTECTION)
    record.benchmark(other, "2a", record.benchmark_terms(known=PERIOD.starts_on))
    record.action("2a", DAY, DAY, known=DAY, verified=DAY)
    record.edition_terms(NEXT, weights={other: Decimal(3)})

    found = changes_between(record, DAY, LATER)

    # A step on the only benchmark of one of two recommendations: ¼ of 30, and with three times the weight ⅜.
    (stop,) = found.changes
    assert stop.rows == (RowReference("edition", 1),)
    assert points_by_line(stop) == {("concrete_action", "2a"): Fraction(15, 4)}
    assert [(line.rows, line.reason_before == line.reason_after) for line in stop.lines] == [(stop.rows, True)]
    assert [(line.max_points_before, line.max_points) for line in stop.lines] == [(15, Fraction(45, 2))]


def test_a_change_of_a_benchmarks_terms_leads_to_the_benchmark():
    record = RecordBuilder(PERIOD)
    record.edition_terms(PERIOD.starts_on)
    visits = record.indicator("visits")
    by_word = record.benchmark_terms(known=PERIOD.starts_on)
    by_count = record.benchmark_terms(Rule.TARGET, known=NEXT, target=Decimal(4), indicator_id=visits)
    benchmark = record.benchmark(record.recommendation(1, Pillar.PROSECUTION), "1a", by_word, by_count)
    record.action("1a", DAY, DAY, known=DAY, verified=DAY)

    found = changes_between(record, DAY, LATER)

    (stop,) = found.changes
    assert (stop.recorded_at, stop.rows) == (noon(NEXT), (RowReference("benchmark", benchmark),))
    assert points_by_line(stop) == {("concrete_action", "1a"): -15, ("three_ps", "prosecution"): -PILLAR}
    assert stop.lines[0].reason_after == "Visits: no data."


def test_a_benchmark_asked_later_lowers_what_the_others_give():
    record = RecordBuilder(PERIOD)
    recommendation = record.recommendation(1, Pillar.PROSECUTION)
    record.benchmark(recommendation, "1a", record.benchmark_terms(known=PERIOD.starts_on))
    asked_later = record.benchmark(recommendation, "1b", record.benchmark_terms(known=NEXT))
    record.action("1a", DAY, DAY, known=DAY, verified=DAY)

    (stop,) = changes_between(record, DAY, LATER).changes

    assert points_by_line(stop) == {("concrete_action", "1a"): -STEP}
    assert stop.rows == (RowReference("benchmark", asked_later),)


def test_benchmarks_of_action_plan_and_report_with_one_key_are_distinguished():
    record = RecordBuilder(PERIOD)
    for origin in (Origin.REPORT, Origin.ACTION_PLAN):
        recommendation = record.recommendation(1, Pillar.PROSECUTION, origin=origin)
        # The second takes the first's place among `benchmark_ids`: what follows is on the plan's.
        record.benchmark(recommendation, "1a", record.benchmark_terms(known=PERIOD.starts_on))
        record.action("1a", DAY, DAY, known=DAY, verified=NEXT)

    found = changes_between(record, DAY, LATER)

    (stop,) = found.changes
    assert [(line.key, line.title, line.points) for line in stop.lines if line.part.value == "concrete_action"] == [
        ("1a", "Benchmark 1a", STEP),
        ("action_plan_1a", "Action plan 1a", STEP),
    ]
    assert found.after == stop.points == 2 * STEP + PILLAR


def test_a_fact_that_moves_no_points_is_no_stop():
    record = small_record()
    record.action("1a", DAY, DAY, known=NEXT)
    record.commitment(made=NEXT, _1a="meets")

    found = changes_between(record, DAY, LATER)

    assert (found.before, found.after, found.changes) == (0, 0, ())


def test_nothing_changes_between_a_moment_and_itself():
    here = RecordMoment(END, BY_JULY)

    found = find_changes(lesotho_record().facts, here, here)

    assert (found.before, found.after, found.changes) == (Fraction(121, 2), Fraction(121, 2), ())


@pytest.mark.parametrize(
    ("since", "until"),
    [
        (RecordMoment(LATER), RecordMoment(DAY)),
        (RecordMoment(DAY, noon(LATER)), RecordMoment(DAY, noon(DAY))),
        (RecordMoment(DAY, noon(LATER)), RecordMoment(LATER, noon(DAY))),
        (RecordMoment(DAY), RecordMoment(LATER, noon(LATER))),
    ],
    ids=["days", "moments", "a later day known earlier", "all that is known, then less"],
)
def test_the_second_moment_may_not_lie_before_the_first_by_either_clock(since, until):
    with pytest.raises(ValueError, match="before the first"):
        find_changes(small_record().facts, since, until)


# --- Of every record --------------------------------------------------------------------------------------------------


def ordered_standpoints(days, moments):
    """Two moments, the second before the first by neither clock. Without `known_by` (all is known) it is the last."""
    first, last = sorted(days)
    known, known_later = sorted(moments, key=lambda moment: (moment is None, moment or noon(TERMS_ON)))
    return RecordMoment(first, known), RecordMoment(last, known_later)


standpoint_pairs = st.builds(ordered_standpoints, st.tuples(days, days), st.tuples(moments, moments))


@given(records(), standpoint_pairs)
def test_the_points_of_all_stops_add_up_to_the_difference(record, way):
    since, until = way
    found = find_changes(record.facts, since, until)

    assert found.before == evaluate_readiness(record.facts, as_of=since.as_of, known_by=since.known_by).score
    assert found.after == evaluate_readiness(record.facts, as_of=until.as_of, known_by=until.known_by).score
    assert sum(stop.points for stop in found.changes) == found.after - found.before


@given(records(), standpoint_pairs)
def test_every_stop_lies_on_the_way_and_says_what_moved(record, way):
    since, until = way
    found = find_changes(record.facts, since, until)

    for stop in found.changes:
        if stop.recorded_at is None:
            assert since.as_of < stop.day <= until.as_of
        else:
            assert since.known_by is not None
            assert since.known_by < stop.recorded_at
            assert until.known_by is None or stop.recorded_at <= until.known_by
        assert stop.rows
        assert all(line.points and line.rows for line in stop.lines)
        assert all({*line.rows} <= {*stop.rows} for line in stop.lines)
    assert sorted(stop.day for stop in found.changes) == [stop.day for stop in found.changes]


@given(records(), standpoint_pairs, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(record, way, random):
    facts = record.facts
    shuffled = replace(
        facts,
        **{
            field.name: tuple(random.sample(rows, len(rows)))
            for field in fields(facts)
            if isinstance(rows := getattr(facts, field.name), tuple)
        },
    )

    assert find_changes(shuffled, *way) == find_changes(facts, *way)


@given(records(), standpoint_pairs)
def test_rows_recorded_after_the_second_moment_make_no_difference(record, way):
    known = facts_known_by(record.facts, way[1].known_by)

    assert find_changes(record.facts, *way) == find_changes(known, *way)
