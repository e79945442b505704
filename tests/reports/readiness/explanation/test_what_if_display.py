"""What-if: the score if some benchmarks were met, with displayed figures that add up."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from dialogues.choices import CommitmentReach, Verdict
from recommendations.choices import Pillar
from reports import formatting
from reports.readiness.explanation.what_if_display import display_what_if, what_if_choices
from reports.readiness.readiness import evaluate_readiness
from tests.reports.lesotho_record import PERIOD, lesotho_record
from tests.reports.record_builder import RecordBuilder, noon
from tests.reports.record_strategies import days, moments, records

BY_JULY = noon(date(2022, 7, 31))
DAY = date(2021, 10, 1)


def lesotho_what_if(*keys, as_of=PERIOD.ends_on, known_by=BY_JULY):
    """Lesotho with these benchmarks met."""
    result = evaluate_readiness(lesotho_record().facts, as_of=as_of, known_by=known_by)
    ids = {benchmark.line.key: benchmark.benchmark_id for benchmark in result.verified.benchmarks}
    return display_what_if(result, [ids[key] for key in keys])


def small_record(mark=None, benchmarks=("1a", "1b")):
    """A record that asks a few benchmarks of one recommendation, with a step on the first of them."""
    record = RecordBuilder(PERIOD)
    record.edition_terms(PERIOD.starts_on, readiness_target=mark)
    recommendation = record.recommendation(1, Pillar.PROSECUTION)
    for key in benchmarks:
        record.benchmark(recommendation, key, record.benchmark_terms(known=PERIOD.starts_on))
    record.action(benchmarks[0], DAY, DAY, known=DAY, verified=DAY)
    return record


def what_if_met(record, *keys):
    result = evaluate_readiness(record.facts, as_of=PERIOD.ends_on)
    return display_what_if(result, [record.benchmark_ids[key] for key in keys])


def test_lesotho_with_two_benchmarks_met():
    # 1c is a quarter of one recommendation of ten: 0.75; 5a a half of another: 1.5.
    then = lesotho_what_if("1c", "5a")

    assert then.sentence == "Benchmarks 1c and 5a met. Readiness would be 62.8. It is 60.5 now."
    assert (then.before, then.after, then.points) == (Decimal("60.5"), Decimal("62.8"), "+2.3")
    assert then.target_sentence == "Our target of 45 is reached already."
    action = next(part for part in then.parts if part.key == "concrete_action")
    assert (action.title, action.before, action.after, action.of) == ("Concrete action", 8, Decimal("10.3"), 30)
    assert sum(part.before for part in then.parts) == then.before
    assert sum(part.after for part in then.parts) == then.after


def test_a_benchmark_decided_by_a_figure_moves_its_question():
    # As of February nothing is counted: 1b met means one prosecution more than the year before, 7 of the question, ¾ of
    # the benchmark, a third of 20 for prosecution, a figure given 2½; printed so that 7.2 and 24.1 add up.
    then = lesotho_what_if("1b", as_of=date(2022, 2, 28))

    assert [part.points for part in then.parts] == ["+7", "+0.8", "+6.6", "+2.5"]


def test_without_a_tick_it_says_what_stands():
    then = lesotho_what_if()

    assert then.sentence == "Nothing is ticked. Readiness is 60.5."
    assert (then.points, {part.points for part in then.parts}) == ("0", {"0"})


def test_without_reviews_it_counts_from_zero_and_says_so():
    then = lesotho_what_if("4a", as_of=date(2022, 2, 28), known_by=noon(date(2022, 2, 28)))

    assert then.sentence == (
        "Benchmark 4a met. Readiness would be 8.2. It is 0 now, because nothing has been reviewed yet."
    )
    assert then.before == 0


def test_the_distance_to_the_target_is_stated():
    # A step on one of two: 7.5, and a third of 20: 14.2 in all; 1b met adds 15.
    assert what_if_met(small_record(45)).target_sentence == "That is 30.8 short of our target of 45."
    assert what_if_met(small_record(45), "1b").target_sentence == "That would be 15.8 short of our target of 45."
    assert what_if_met(small_record(29), "1b").target_sentence == "That would reach our target of 29."
    assert what_if_met(small_record(14), "1b").target_sentence == "Our target of 14 is reached already."
    assert (
        what_if_met(small_record(Decimal("29.2")), "1b").target_sentence
        == "That would be less than 0.1 short of our target of 29.2."
    )
    assert what_if_met(small_record(), "1b").target_sentence == "No target is set."


def test_a_benchmark_that_would_add_nothing_says_so():
    record = small_record()
    idle = record.recommendation(2, Pillar.PROSECUTION)
    record.benchmark(idle, "2a", record.benchmark_terms(known=PERIOD.starts_on, weight=0))

    assert what_if_met(record, "2a").sentence == "Benchmark 2a met. Readiness would still be 10.4."


def test_many_benchmarks_are_counted():
    record = small_record(benchmarks=tuple(f"1{letter}" for letter in "abcdefgh"))

    assert what_if_met(record, *["1a", "1b", "1c", "1d", "1e", "1f"]).sentence.startswith(
        "Benchmarks 1a, 1b, 1c, 1d, 1e and 1f met."
    )
    assert what_if_met(record, *["1a", "1b", "1c", "1d", "1e", "1f", "1g"]).sentence.startswith("7 benchmarks met.")


def test_choices_say_what_each_would_add_alone_and_what_is_shown_already():
    record = small_record()
    record.assessment("1b", Verdict.MET, known=DAY, on=[record.action("1b", DAY, DAY, known=DAY, verified=DAY)])
    record.commitment(made=DAY, due=date(2022, 2, 1), _1a=CommitmentReach.MEETS)

    first, second = what_if_choices(evaluate_readiness(record.facts, as_of=DAY))

    assert (first.key, first.points, first.is_shown, first.due_on) == ("1a", "+7.5", False, date(2022, 2, 1))
    assert (second.key, second.points, second.is_shown, second.due_on) == ("1b", "", True, None)


@given(records(), days, moments, st.data())
def test_displayed_points_add_up_and_follow_the_rules(record, as_of, known_by, drawn):
    result = evaluate_readiness(record.facts, as_of=as_of, known_by=known_by)
    asked = [benchmark.benchmark_id for benchmark in result.verified.benchmarks]
    met = drawn.draw(st.sets(st.sampled_from(asked))) if asked else set()
    then = display_what_if(result, met)

    def figure(text):
        return Decimal(text.replace("−", "-"))

    assert then.before == formatting.round_to_tenth(result.score) == sum(part.before for part in then.parts)
    assert (
        then.after
        == formatting.round_to_tenth(result.score_with((), met=met).points)
        == sum(part.after for part in then.parts)
    )
    assert figure(then.points) == then.after - then.before == sum(figure(part.points) for part in then.parts)
