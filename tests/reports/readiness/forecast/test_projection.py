"""The projected score, the gains of benchmarks and the smallest set, by the rules of the method."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from dialogues.choices import CommitmentEventKind, CommitmentReach, ReadingDirection, Verdict
from recommendations.choices import Better, EffortQuestion, Pillar, Rule
from reports.readiness.forecast.projection import project
from reports.readiness.readiness import evaluate_readiness
from reports.readiness.scoring import compute_score
from tests.reports.record_builder import RecordBuilder, line_points, noon, period, points, shares

HALF = Fraction(1, 2)
DATA_GIVEN_POINTS = Fraction(5, 2)
START, END = date(2021, 4, 1), date(2022, 3, 31)
DEADLINE = date(2022, 2, 28)
KNOWN = date(2021, 9, 2)
TODAY = date(2021, 12, 31)
DAY_AFTER_DEADLINE = DEADLINE + timedelta(days=1)
A_DAY = timedelta(days=1)


class CountedRecord(RecordBuilder):
    """A record with one figure, prosecutions, and one recommendation on prevention, so that no P hides another."""

    def __init__(self, better=Better.UP):
        super().__init__(period("2021-04-01", "2022-03-31"))
        self.prosecutions = self.indicator("prosecutions", question=EffortQuestion.PROSECUTIONS, better=better)
        self.told = self.evidence(START, END, known=KNOWN)
        self.review(self.told, known=END)
        self.one = self.recommendation(1, Pillar.PREVENTION)

    def asks(self, key, rule=Rule.ASSESSED, target=None, **fields):
        counted = None if rule is Rule.ASSESSED else self.prosecutions
        self.benchmark(
            self.one, key, self.benchmark_terms(rule, known=START, indicator_id=counted, target=target, **fields)
        )

    def tells(self, before, *now):
        """The figure of the year before, and those of the period, all verified."""
        if before != "nothing":
            self.reading_year_before(self.prosecutions, before, known=START)
        for told in now:
            self.reading(self.prosecutions, told, through=END, known=KNOWN, evidence=self.told)

    def kept(self, met=(), steps=()):
        """What would be, with these benchmarks (keys) met and those a step further."""
        seen = evaluate_readiness(self.facts, as_of=END).verified_record
        ids = self.benchmark_ids
        return compute_score(
            seen.questionnaire, project(seen, met=[ids[key] for key in met], steps=[ids[key] for key in steps])
        )


def prosecution_points(found):
    """Points of the question (of 7) and of the required figure (of 2 1/2)."""
    return line_points(found, "increasing_efforts")["prosecutions"], line_points(found, "data_given")["prosecutions"]


# --- Met, and a step --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verdict", [None, *Verdict])
def test_met_is_an_action_and_the_verdict_met(verdict):
    record = CountedRecord()
    record.asks("1a")
    record.asks("1b")
    if verdict:
        record.assessment("1a", verdict, known=KNOWN)
        record.assessment("1b", verdict, known=KNOWN)

    assert shares(record.kept(met=["1a"])) == {"1a": 1, "1b": 0}


@pytest.mark.parametrize(
    ("before", "now", "question", "given"),
    [
        # Ten are asked, and become the figure: of the question, and the one that has to be given.
        (4, (), 7, DATA_GIVEN_POINTS),
        (4, (None,), 7, DATA_GIVEN_POINTS),
        (4, (6,), 7, DATA_GIVEN_POINTS),
        (10, (6,), Fraction(7, 2), DATA_GIVEN_POINTS),
        (12, (6,), 0, DATA_GIVEN_POINTS),
        ("nothing", (), 0, DATA_GIVEN_POINTS),
        (ReadingDirection.UP, (), 0, DATA_GIVEN_POINTS),
        # The present figure goes further than what is asked: it stays.
        (12, (14,), 7, DATA_GIVEN_POINTS),
        # Nothing falls by it: what was told to be more stays more.
        (12, (ReadingDirection.UP,), 7, DATA_GIVEN_POINTS),
    ],
)
def test_a_target_is_met_by_the_greater_of_the_target_and_the_figure(before, now, question, given):
    record = CountedRecord()
    record.asks("1a", Rule.TARGET, target=10)
    record.tells(before, *now)

    found = record.kept(met=["1a"])
    assert (shares(found), prosecution_points(found)) == ({"1a": 1}, (question, given))


@pytest.mark.parametrize(
    ("before", "now", "question", "given"),
    [
        (4, (), 7, DATA_GIVEN_POINTS),
        (0, (), 7, DATA_GIVEN_POINTS),
        (4, (2,), 7, DATA_GIVEN_POINTS),
        (4, (9,), 7, DATA_GIVEN_POINTS),
        (4, (ReadingDirection.DOWN,), 7, DATA_GIVEN_POINTS),
        # The year before unknown, or told without a figure: only the benchmark moves.
        ("nothing", (), 0, 0),
        (None, (), 0, 0),
        (ReadingDirection.UP, (), 0, 0),
        ("nothing", (3,), 0, DATA_GIVEN_POINTS),
        ("nothing", (ReadingDirection.LEVEL,), Fraction(7, 2), 0),
    ],
)
def test_more_than_last_period_is_met_by_one_more_than_then(before, now, question, given):
    record = CountedRecord()
    record.asks("1a", Rule.MORE)
    record.tells(before, *now)

    found = record.kept(met=["1a"])
    assert (shares(found), prosecution_points(found)) == ({"1a": 1}, (question, given))


def test_an_increase_is_met_completely_or_not_at_all():
    record = CountedRecord()
    record.asks("1a", Rule.MORE)
    record.asks("1b", Rule.TARGET, target=10)
    record.tells(4, 2)

    assert shares(record.kept(met=["1a"])) == {"1a": 1, "1b": HALF}


@pytest.mark.parametrize(
    ("rule", "before", "now", "question", "given"),
    [
        (Rule.MORE, 4, (), 7, DATA_GIVEN_POINTS),
        (Rule.MORE, 4, (6,), 7, DATA_GIVEN_POINTS),
        (Rule.MORE, 1, (), 7, DATA_GIVEN_POINTS),
        # Less than nothing can't be: only the benchmark moves.
        (Rule.MORE, 0, (), 0, 0),
        (Rule.MORE, 0, (3,), 0, DATA_GIVEN_POINTS),
        (Rule.TARGET, 5, (), 7, DATA_GIVEN_POINTS),
        (Rule.TARGET, 5, (9,), 7, DATA_GIVEN_POINTS),
        (Rule.TARGET, 2, (9,), Fraction(7, 2), DATA_GIVEN_POINTS),
        (Rule.TARGET, 1, (9,), 0, DATA_GIVEN_POINTS),
        (Rule.TARGET, 2, (1,), 7, DATA_GIVEN_POINTS),
    ],
)
def test_the_assumed_figure_falls_if_less_is_better(rule, before, now, question, given):
    record = CountedRecord(Better.DOWN)
    record.asks("1a", rule, target=2 if rule is Rule.TARGET else None)
    record.tells(before, *now)

    found = record.kept(met=["1a"])
    assert (shares(found), prosecution_points(found)) == ({"1a": 1}, (question, given))


def test_one_fewer_than_last_year_counts_fully_if_less_is_better():
    record = CountedRecord(Better.DOWN)
    record.asks("1a", Rule.MORE)
    record.asks("1b", Rule.TARGET, target=3)
    record.asks("1c", Rule.TARGET, target=2)
    record.tells(4, 6)

    assert shares(record.kept(met=["1a"])) == {"1a": 1, "1b": 1, "1c": 0}
    assert shares(record.kept(met=["1a", "1c"])) == {"1a": 1, "1b": 1, "1c": 1}


@pytest.mark.parametrize(
    ("met", "expected"),
    [
        ([], (0, Fraction(2, 10), Fraction(2, 20))),
        (["1a"], (1, HALF, Fraction(1, 4))),
        (["1b"], (1, 1, HALF)),
        (["1c"], (1, 1, 1)),
        (["1a", "1b"], (1, 1, HALF)),
        (["1b", "1c"], (1, 1, 1)),
    ],
)
def test_benchmarks_that_read_one_figure_move_together_with_the_furthest_of_them(met, expected):
    record = CountedRecord()
    record.asks("1a", Rule.MORE)
    record.asks("1b", Rule.TARGET, target=10)
    record.asks("1c", Rule.TARGET, target=20)
    record.tells(4, 2)

    assert tuple(shares(record.kept(met=met)).values()) == expected
    assert tuple(shares(record.kept(met=reversed(met))).values()) == expected


def test_a_benchmark_on_another_figure_does_not_move():
    record = CountedRecord()
    record.asks("1a", Rule.TARGET, target=10)
    shelters = record.indicator("shelters", Pillar.PROTECTION)
    record.benchmark(
        record.one, "1b", record.benchmark_terms(Rule.TARGET, known=START, indicator_id=shelters, target=5)
    )

    assert shares(record.kept(met=["1a"])) == {"1a": 1, "1b": 0}
    assert prosecution_points(record.kept(met=["1b"])) == (0, 0)


@pytest.mark.parametrize(
    ("rule", "gives"), [(Rule.ASSESSED, HALF), (Rule.TARGET, Fraction(1, 5)), (Rule.MORE, Fraction(0))]
)
def test_a_step_is_at_least_one_half_where_the_embassy_assesses_and_nothing_where_a_figure_decides(rule, gives):
    record = CountedRecord()
    record.asks("1a", rule, target=10 if rule is Rule.TARGET else None)
    record.tells(4, 2)

    found = record.kept(steps=["1a"])
    assert (shares(found), prosecution_points(found)) == ({"1a": gives}, (0, DATA_GIVEN_POINTS))


def test_a_step_takes_nothing_from_what_is_met():
    record = CountedRecord()
    record.asks("1a")
    met = record.action("1a", KNOWN, KNOWN, known=KNOWN, verified=KNOWN)
    record.assessment("1a", Verdict.MET, known=KNOWN, on=[met])
    record.asks("1b")

    assert shares(record.kept(met=["1b"], steps=["1a", "1b"])) == {"1a": 1, "1b": 1}


def test_a_figure_that_rises_turns_on_the_p_it_belongs_to_beside_the_benchmarks_own():
    record = CountedRecord()
    record.asks("1a", Rule.MORE)
    record.tells(4)

    assert line_points(record.kept(), "three_ps") == {"prosecution": 0, "protection": 0, "prevention": 0}
    assert line_points(record.kept(met=["1a"]), "three_ps") == {
        "prosecution": Fraction(20, 3),
        "protection": 0,
        "prevention": Fraction(20, 3),
    }


def test_a_figure_that_stays_level_turns_no_p_on():
    record = CountedRecord()
    record.asks("1a", Rule.TARGET, target=4)
    record.tells(4)

    assert line_points(record.kept(met=["1a"]), "three_ps")["prosecution"] == 0


def test_benchmarks_on_complicit_officials_move_their_question_by_weight():
    record = CountedRecord()
    record.asks("1a", is_about_complicity=True)
    record.asks("1b", is_about_complicity=True, weight=3)
    record.asks("1c")

    def officials(**kept):
        return line_points(record.kept(**kept), "increasing_efforts")["complicit_officials"]

    assert (officials(), officials(met=["1a"]), officials(steps=["1b"])) == (0, 4, 2)
    assert (officials(met=["1a", "1b"]), officials(met=["1c"])) == (8, 0)


# --- The projected score ----------------------------------------------------------------------------------------------


@pytest.fixture
def record_with_deadline():
    """Benchmark 1a, which the embassy assesses, in an edition with a deadline."""
    record = CountedRecord()
    record.asks("1a")
    record.edition_terms(START, deadline_on=DEADLINE)
    return record


def projected_share(record, as_of=TODAY, **known):
    return shares(evaluate_readiness(record.facts, as_of=as_of, **known).projected)["1a"]


MADE = date(2021, 11, 1)
SOON = date(2022, 1, 31)


@pytest.mark.parametrize(
    ("due", "then", "share"),
    [
        (SOON, [], 1),
        (None, [], 1),
        (DEADLINE, [], 1),
        (DAY_AFTER_DEADLINE, [], 0),
        # Late, and not given up.
        (date(2021, 12, 1), [], 1),
        # The day in force is the one agreed last.
        (SOON, [(CommitmentEventKind.RESCHEDULED, TODAY, DAY_AFTER_DEADLINE)], 0),
        (DAY_AFTER_DEADLINE, [(CommitmentEventKind.RESCHEDULED, TODAY, SOON)], 1),
        (SOON, [(CommitmentEventKind.RESCHEDULED, TODAY + A_DAY, DAY_AFTER_DEADLINE)], 1),
        # Reported done it is a claim, and counts as what is claimed; verified or withdrawn it is over.
        (SOON, [(CommitmentEventKind.REPORTED_DONE, TODAY, None)], 0),
        (SOON, [(CommitmentEventKind.VERIFIED_DONE, TODAY, None)], 0),
        (SOON, [(CommitmentEventKind.WITHDRAWN, TODAY, None)], 0),
        (None, [(CommitmentEventKind.WITHDRAWN, TODAY, None)], 0),
        (SOON, [(CommitmentEventKind.WITHDRAWN, TODAY + A_DAY, None)], 1),
        # Open again.
        (
            SOON,
            [(CommitmentEventKind.REPORTED_DONE, MADE, None), (CommitmentEventKind.REPORT_RETURNED, TODAY, None)],
            1,
        ),
        (SOON, [(CommitmentEventKind.VERIFIED_DONE, MADE, None), (CommitmentEventKind.REOPENED, TODAY, None)], 1),
    ],
)
def test_the_projected_score_takes_open_promises_that_are_due_by_the_deadline_or_undated_as_kept(
    record_with_deadline, due, then, share
):
    record_with_deadline.commitment(made=MADE, due=due, later_events=then, _1a=CommitmentReach.MEETS)

    assert projected_share(record_with_deadline) == share


def test_a_promise_that_contributes_gives_a_step_and_one_that_meets_gives_all(record_with_deadline):
    record_with_deadline.commitment(made=MADE, _1a=CommitmentReach.CONTRIBUTES)
    assert projected_share(record_with_deadline) == HALF

    record_with_deadline.commitment(made=MADE, _1a=CommitmentReach.MEETS)
    assert projected_share(record_with_deadline) == 1


def test_commitments_of_the_united_states_never_enter_the_projection(record_with_deadline):
    record_with_deadline.commitment(made=MADE, due=SOON, ministry=None, _1a=CommitmentReach.MEETS)

    assert projected_share(record_with_deadline) == 0


def test_after_the_deadline_the_projected_score_is_what_is_claimed(record_with_deadline):
    record_with_deadline.commitment(made=MADE, _1a=CommitmentReach.MEETS)
    record_with_deadline.claim("1a", "under_way", KNOWN, known=KNOWN)

    assert projected_share(record_with_deadline, DEADLINE) == 1
    assert projected_share(record_with_deadline, DAY_AFTER_DEADLINE) == HALF
    result = evaluate_readiness(record_with_deadline.facts, as_of=DAY_AFTER_DEADLINE)
    assert result.projected == result.claimed


def test_the_deadline_is_the_one_that_was_known(record_with_deadline):
    record_with_deadline.commitment(made=MADE, due=DAY_AFTER_DEADLINE, _1a=CommitmentReach.MEETS)
    record_with_deadline.edition_terms(TODAY, deadline_on=DAY_AFTER_DEADLINE)

    assert projected_share(record_with_deadline, known_by=noon(TODAY - A_DAY)) == 0
    assert projected_share(record_with_deadline) == projected_share(record_with_deadline, DAY_AFTER_DEADLINE) == 1


def test_a_promise_and_its_end_count_from_when_they_were_known(record_with_deadline):
    record_with_deadline.commitment(made=MADE, known=KNOWN + timedelta(days=90), due=SOON, _1a=CommitmentReach.MEETS)
    record_with_deadline.commitment(
        made=MADE, later_events=[(CommitmentEventKind.WITHDRAWN, MADE + A_DAY, None)], _1a=CommitmentReach.CONTRIBUTES
    )

    assert projected_share(record_with_deadline, known_by=noon(MADE)) == HALF
    assert projected_share(record_with_deadline, known_by=noon(MADE + A_DAY)) == 0
    assert projected_share(record_with_deadline) == 1


def test_a_promise_counts_from_the_day_it_was_made(record_with_deadline):
    record_with_deadline.commitment(made=MADE, _1a=CommitmentReach.MEETS)

    assert (projected_share(record_with_deadline, MADE - A_DAY), projected_share(record_with_deadline, MADE)) == (0, 1)


def test_the_projected_score_stands_on_what_is_claimed(record_with_deadline):
    """A step promised adds nothing to a claim of "done", and a promise of a figure nothing to a higher claim."""
    record_with_deadline.asks("1b", Rule.TARGET, target=10)
    record_with_deadline.asks("1c", Rule.TARGET, target=20)
    record_with_deadline.tells(12)
    record_with_deadline.claim("1a", "done", KNOWN, known=KNOWN)
    record_with_deadline.reading(record_with_deadline.prosecutions, 14, through=KNOWN, known=KNOWN)
    record_with_deadline.commitment(made=MADE, _1a=CommitmentReach.CONTRIBUTES, _1b=CommitmentReach.MEETS)

    result = evaluate_readiness(record_with_deadline.facts, as_of=TODAY)
    assert shares(result.projected) == shares(result.claimed) == {"1a": 1, "1b": 1, "1c": Fraction(14, 20)}
    assert prosecution_points(result.projected) == (7, DATA_GIVEN_POINTS)
    assert prosecution_points(result.verified) == (0, 0)


def test_a_promise_of_a_figure_brings_the_figure_if_it_meets_and_nothing_if_it_contributes(record_with_deadline):
    record_with_deadline.asks("1b", Rule.TARGET, target=10)
    record_with_deadline.tells(4)
    record_with_deadline.commitment(made=MADE, _1b=CommitmentReach.CONTRIBUTES)
    assert evaluate_readiness(record_with_deadline.facts, as_of=TODAY).projected.points == 0

    record_with_deadline.commitment(made=MADE, _1b=CommitmentReach.MEETS)
    assert prosecution_points(evaluate_readiness(record_with_deadline.facts, as_of=TODAY).projected) == (
        7,
        DATA_GIVEN_POINTS,
    )


def test_a_promise_towards_what_is_not_asked_yet_is_left_alone(record_with_deadline):
    record_with_deadline.benchmark(record_with_deadline.one, "1b", record_with_deadline.benchmark_terms(known=TODAY))
    record_with_deadline.commitment(made=MADE, _1a=CommitmentReach.CONTRIBUTES, _1b=CommitmentReach.MEETS)

    known = noon(TODAY - A_DAY)
    assert shares(evaluate_readiness(record_with_deadline.facts, as_of=TODAY, known_by=known).projected) == {"1a": HALF}
    assert shares(evaluate_readiness(record_with_deadline.facts, as_of=TODAY).projected) == {"1a": HALF, "1b": 1}


# --- Levers -----------------------------------------------------------------------------------------------------------


class WeightedRecord(RecordBuilder):
    """Two recommendations, the first of weight 2: 1a on complicit officials and of weight 3, 1b on a figure; and 2a."""

    def __init__(self, mark=None):
        super().__init__(period("2021-04-01", "2022-03-31"))
        counted = self.indicator("prosecutions", question=EffortQuestion.PROSECUTIONS)
        self.reading_year_before(counted, 4, known=START)
        self.one, two = self.recommendation(1, Pillar.PROSECUTION), self.recommendation(2, Pillar.PROTECTION)
        self.benchmark(self.one, "1a", self.benchmark_terms(known=START, weight=3, is_about_complicity=True))
        self.benchmark(self.one, "1b", self.benchmark_terms(Rule.MORE, known=START, indicator_id=counted))
        self.benchmark(two, "2a", self.benchmark_terms(known=START))
        self.marked(mark, known=START)

    def marked(self, mark, known):
        self.edition_terms(known, deadline_on=DEADLINE, weights={self.one: 2}, readiness_target=mark)

    def meets(self, key):
        """An action on a benchmark, verified and assessed as met."""
        self.assessment(key, Verdict.MET, known=KNOWN, on=[self.action(key, KNOWN, KNOWN, known=KNOWN, verified=KNOWN)])

    def gains(self, as_of=TODAY):
        return [
            (gain.key, gain.points, gain.due_on)
            for gain in evaluate_readiness(self.facts, as_of=as_of).benchmark_gains()
        ]

    def smallest_set(self):
        found = evaluate_readiness(self.facts, as_of=TODAY).smallest_set()
        keys = {number: key for key, number in self.benchmark_ids.items()}
        return None if found is None else [keys[benchmark_id] for benchmark_id in found]


def test_a_lever_gives_all_that_meeting_it_adds():
    """1a: three quarters of two thirds of 30: 15, officials 8, the first P 6 2/3: 29 2/3. 1b: 5, the question 7, the
    figure 2 1/2, the P 6 2/3: 21 1/6. 2a: 10 and its P 6 2/3: 16 2/3.
    """
    assert WeightedRecord().gains() == [
        ("1a", Fraction(89, 3), None),
        ("1b", Fraction(127, 6), None),
        ("2a", Fraction(50, 3), None),
    ]


def test_a_lever_adds_to_the_present_score_and_a_met_benchmark_is_no_lever():
    """1a met has the P on: of 1b 14 1/2 is left. A step on 2a is 5 and its P: 5 is left."""
    record = WeightedRecord()
    record.meets("1a")
    record.action("2a", KNOWN, KNOWN, known=KNOWN, verified=KNOWN)

    assert record.gains() == [("1b", Fraction(29, 2), None), ("2a", Fraction(5), None)]


def test_gains_of_equal_points_stand_by_the_soonest_day_and_then_in_order():
    record = RecordBuilder(period("2021-04-01", "2022-03-31"))
    one = record.recommendation(1, Pillar.PREVENTION)
    for key in ("1a", "1b", "1c", "1d"):
        record.benchmark(one, key, record.benchmark_terms(known=START))
    record.commitment(made=MADE, due=DEADLINE, _1c=CommitmentReach.MEETS)
    record.commitment(made=MADE, due=SOON, _1d=CommitmentReach.MEETS)

    found = evaluate_readiness(record.facts, as_of=TODAY).benchmark_gains()
    assert [(gain.key, gain.due_on) for gain in found] == [("1d", SOON), ("1c", DEADLINE), ("1a", None), ("1b", None)]
    assert {gain.points for gain in found} == {Fraction(30, 4) + Fraction(20, 3)}


def test_a_lever_with_more_points_comes_before_one_that_is_due_sooner():
    record = WeightedRecord()
    record.commitment(made=MADE, due=SOON, _2a=CommitmentReach.MEETS)

    assert [(key, due) for key, _, due in record.gains()] == [("1a", None), ("1b", None), ("2a", SOON)]


@pytest.mark.parametrize(
    ("promises", "due"),
    [
        ([], None),
        ([{"due": None}], None),
        ([{"due": DEADLINE}, {"due": SOON}, {"due": None}], SOON),
        ([{"due": DAY_AFTER_DEADLINE}], DAY_AFTER_DEADLINE),
        ([{"due": KNOWN}, {"due": SOON}], KNOWN),
        ([{"due": SOON, "ministry": None}, {"due": DEADLINE}], DEADLINE),
        ([{"due": SOON, "later_events": [(CommitmentEventKind.WITHDRAWN, TODAY, None)]}, {"due": DEADLINE}], DEADLINE),
        ([{"due": SOON, "later_events": [(CommitmentEventKind.REPORTED_DONE, TODAY, None)]}], None),
        ([{"due": SOON, "later_events": [(CommitmentEventKind.RESCHEDULED, TODAY, DEADLINE)]}], DEADLINE),
    ],
)
@pytest.mark.parametrize("reach", CommitmentReach)
def test_a_lever_is_due_on_the_soonest_day_that_the_government_promised(promises, due, reach):
    record = WeightedRecord()
    for fields in promises:
        record.commitment(made=MADE, _2a=reach, **fields)

    assert {key: day for key, _, day in record.gains()} == {"1a": None, "1b": None, "2a": due}


# --- The smallest set -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mark", "keys"),
    [
        (None, None),
        (0, []),
        (29, ["1a"]),
        # 1a and 1b share a P: together 44 1/6. 1a and 2a turn two on: 46 1/3.
        (44, ["1a", "1b"]),
        (45, ["1a", "2a"]),
        # All together: 60 5/6.
        (60, ["1a", "1b", "2a"]),
        (61, None),
    ],
)
def test_the_smallest_set_reaches_the_mark_with_the_fewest(mark, keys):
    assert WeightedRecord(mark).smallest_set() == keys


@pytest.mark.parametrize(
    ("due", "keys"),
    [
        ({"2a": SOON}, ["1a", "2a"]),
        ({"2a": SOON, "1b": SOON}, ["1a", "1b"]),
        ({"2a": SOON, "1b": DEADLINE}, ["1a", "2a"]),
        ({"2a": DEADLINE, "1b": SOON}, ["1a", "1b"]),
        ({"1a": SOON}, ["1a", "1b"]),
    ],
)
def test_among_equally_small_sets_the_soonest_due_is_chosen(due, keys):
    record = WeightedRecord(44)
    for key, day in due.items():
        record.commitment(made=MADE, due=day, **{f"_{key}": CommitmentReach.MEETS})

    assert record.smallest_set() == keys


def test_the_smallest_set_is_empty_once_the_mark_is_reached():
    record = WeightedRecord(29)
    record.meets("1a")
    assert record.smallest_set() == []

    record.marked(44, known=KNOWN)
    assert record.smallest_set() == ["1b"]


def test_a_step_that_is_there_is_not_counted_again():
    """A step on 1a is 7 1/2, officials 4 and the P: 18 1/6. Met it is 29 2/3; with 1b it is 32 2/3, with 2a 34 5/6."""
    record = WeightedRecord(33)
    record.action("1a", KNOWN, KNOWN, known=KNOWN, verified=KNOWN)

    assert record.smallest_set() == ["2a"]
    assert evaluate_readiness(record.facts, as_of=TODAY).score_with(
        (), met=[record.benchmark_ids["1a"]]
    ).points == Fraction(89, 3)


def test_one_benchmark_may_meet_another_on_the_same_figure():
    """Each is worth 10; the figure brings 7, 2 1/2 and two Ps. A target of 10 against 4 the year before meets both."""
    record = CountedRecord()
    record.asks("1a", Rule.MORE)
    record.asks("1b", Rule.TARGET, target=10)
    record.asks("1c")
    record.tells(4)
    record.edition_terms(START, readiness_target=40)

    result = evaluate_readiness(record.facts, as_of=TODAY)
    assert result.smallest_set() == (record.benchmark_ids["1b"],)
    assert result.score_with((), met=[record.benchmark_ids["1b"]]).points == Fraction(
        20 + 7
    ) + DATA_GIVEN_POINTS + Fraction(40, 3)
    assert points(result.score_with((), met=[record.benchmark_ids["1a"]]))["concrete_action"] == 15


def test_two_benchmarks_on_one_figure_bring_it_once():
    """Alone 1a would give 10, 5 on 1b and the figure; 1b 20 and the figure: together they give what 1b does, 42 5/6."""
    record = CountedRecord()
    record.asks("1a", Rule.MORE)
    record.asks("1b", Rule.TARGET, target=10)
    record.asks("1c")
    record.tells(4)
    record.edition_terms(START, readiness_target=50)

    assert evaluate_readiness(record.facts, as_of=TODAY).smallest_set() == (
        record.benchmark_ids["1b"],
        record.benchmark_ids["1c"],
    )


def test_a_projection_does_not_change_the_record():
    record = WeightedRecord(45)
    result = evaluate_readiness(record.facts, as_of=TODAY)

    assert result.score_with((), met=[]) == result.verified
    assert result.score_with((), met=[record.benchmark_ids["1a"]]).points > result.score == 0
