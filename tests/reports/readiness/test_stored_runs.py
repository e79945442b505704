"""What a run keeps, and readiness computed anew from it."""

import json
from dataclasses import replace
from datetime import UTC, date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given

from dialogues.choices import CommitmentEventKind, CommitmentReach
from recommendations.choices import MilestoneKind, Pillar, Rule, Tier
from reports.choices import RecomputeOutcome
from reports.readiness.facts import EditionTermsFact
from reports.readiness.readiness import METHOD_VERSION, evaluate_readiness
from reports.readiness.serialization import facts_document, readiness_document
from reports.readiness.stored_runs import (
    ALWAYS_STORED,
    RESULT_FIELDS,
    FieldUse,
    RowFields,
    comparable_fields,
    compare_run,
    facts_from_document,
    recompute_result,
    result_for_display,
    without_redactable_texts,
)
from tests.reports.lesotho_record import REPORT_OF_2022_ON, lesotho_record
from tests.reports.record_builder import noon
from tests.reports.record_strategies import days, moments, records

AS_OF, JULY = date(2022, 3, 31), noon(REPORT_OF_2022_ON)


def through_json(document):
    return json.loads(json.dumps(document))


def complete_facts():
    """Facts in which every field of every row is used."""
    record = lesotho_record()
    benchmark = next(iter(record.benchmark_ids))
    counted = record.tables["indicators"][0].id
    record.commitment(
        made=date(2021, 11, 8),
        due=date(2022, 1, 10),
        later_events=[(CommitmentEventKind.RESCHEDULED, date(2022, 1, 9), date(2022, 2, 1))],
        **{f"_{benchmark}": CommitmentReach.MEETS},
    )
    record.milestone(MilestoneKind.INTERIM, date(2022, 2, 1), date(2022, 1, 30))
    record.milestone(MilestoneKind.DEADLINE, date(2022, 2, 28))
    record.benchmark(
        record.recommendation(11, Pillar.PREVENTION),
        "11a",
        record.benchmark_terms(
            Rule.TARGET, known=date(2021, 7, 1), weight=Decimal("0.25"), target=Decimal("7.50"), indicator_id=counted
        ),
    )
    record.evidence(None, date(2021, 12, 1), known=date(2021, 12, 2), revises=record.tables["evidence"][0].id)
    weights = {record.tables["recommendations"][0].id: Decimal("2.50")}
    terms = EditionTermsFact(999, noon(date(2021, 8, 1)), date(2022, 2, 28), weights, Decimal("45.5"), "Words of ours.")
    facts = record.facts
    return replace(facts, edition_terms=(*facts.edition_terms, terms), tiers={2020: Tier.TIER_3, 2021: Tier.WATCH_LIST})


def stored_run(**changed):
    """A run with its sentences, as runs were kept at first, and as it comes back from where it is kept."""
    facts = without_redactable_texts(complete_facts())
    result = evaluate_readiness(facts, as_of=AS_OF, known_by=JULY)
    run = {
        "facts": through_json(facts_document(facts, JULY)),
        "result": through_json(readiness_document(result)),
        "as_of": AS_OF,
        "known_by": JULY,
        "methodology": METHOD_VERSION,
    }
    return SimpleNamespace(**run | changed)


def test_stored_facts_are_read_as_the_same_facts():
    facts = complete_facts()

    again = facts_from_document(through_json(facts_document(facts)))

    assert facts_from_document(through_json(facts_document(again))) == again
    assert (again.zone, again.tiers, again.edition) == (facts.zone, facts.tiers, facts.edition)
    assert set(again.edition_terms[-1].weights.values()) == {Decimal("2.50")}
    assert {type(one.done_by).__name__ for one in again.evidence} == {"DoneBy"}


@given(records(), days, moments)
def test_recomputing_from_stored_facts_gives_the_same_bytes(record, as_of, known_by):
    result = evaluate_readiness(record.facts, as_of=as_of, known_by=known_by)
    again = facts_from_document(through_json(facts_document(record.facts, known_by)))

    assert json.dumps(readiness_document(evaluate_readiness(again, as_of=as_of, known_by=known_by))) == json.dumps(
        readiness_document(result)
    )


def test_a_stored_run_is_the_same_whatever_time_zone_its_moment_is_read_in():
    run = stored_run()

    assert compare_run(run).outcome is RecomputeOutcome.SAME
    assert compare_run(stored_run(known_by=JULY.astimezone(UTC))).outcome is RecomputeOutcome.SAME
    assert recompute_result(run.facts, AS_OF, JULY)["score"] == run.result["score"] > 0


def test_a_run_that_is_recomputed_differently_names_what_differs():
    run = stored_run()
    run.result["score"] += 1
    run.result["watch_list_years"] += 1

    assert compare_run(run).outcome is RecomputeOutcome.DIFFERS
    assert compare_run(run).differing == ("score", "watch_list_years")


def replace_sentences(told, fields=RESULT_FIELDS):
    """A document with another text for every sentence in it, and no advice."""
    return {
        name: "Put otherwise." if use is FieldUse.REGENERATED
        else [replace_sentences(row, use.fields) for row in told[name]] if isinstance(use, RowFields)
        else told[name] if isinstance(use, FieldUse) else replace_sentences(told[name], use)
        for name, use in fields.items() if name in told
    }  # fmt: skip


def test_rewording_never_makes_a_run_differ_and_is_what_is_read():
    run = stored_run()
    other = stored_run(result=replace_sentences(run.result))

    assert other.result["headline"] == other.result["parts"][0]["questions"][0]["reason"] == "Put otherwise."
    assert compare_run(other).outcome is RecomputeOutcome.SAME
    assert "Put otherwise." not in json.dumps(result_for_display(other, compare_run(other)))
    assert result_for_display(other, compare_run(other)) == result_for_display(run, compare_run(run)) == run.result


def test_the_order_of_gains_is_advice_and_their_points_are_not():
    run = stored_run()
    run.result["levers"].reverse()
    assert compare_run(run).outcome is RecomputeOutcome.SAME

    run.result["levers"][0]["points_exact"] = "99"
    assert compare_run(run).differing == ("levers",)


@pytest.mark.parametrize(
    ("place", "name"),
    [
        (("parts", 0, "questions", 1, "verdict"), "parts"),
        (("parts", 1, "rows", 0, "id"), "parts"),
        (("benchmarks", 3, "share_exact"), "benchmarks"),
        (("edition", "year"), "edition"),
        (("methodology", "parts", 2, "of"), "methodology"),
        (("deadline_on",), "deadline_on"),
        (("parts", 0, "key"), "parts"),
    ],
)
def test_a_number_verdict_code_or_reference_that_changed_is_found_however_deep(place, name):
    run = stored_run()
    *way, last = place
    told = run.result
    for step in way:
        told = told[step]
    told[last] = 98765

    assert compare_run(run).differing == (name,)


def test_a_line_that_is_missing_or_there_twice_differs():
    run = stored_run()
    gone = run.result["benchmarks"].pop()
    assert compare_run(run).differing == ("benchmarks",)

    run.result["benchmarks"] += [gone, gone]
    assert compare_run(run).differing == ("benchmarks",)


def test_a_field_that_an_older_run_lacks_is_no_difference_and_one_that_every_run_kept_is():
    run = stored_run()
    del run.result["watch_list_years"], run.result["claims"][0]["readings"], run.result["benchmarks"][0]["rows"]
    assert compare_run(run).outcome is RecomputeOutcome.SAME

    for name in ALWAYS_STORED:
        del run.result[name]
    assert compare_run(run).differing == tuple(sorted(ALWAYS_STORED))


def test_a_run_keeps_no_sentence_and_no_advice():
    whole_result = stored_run().result

    told = comparable_fields(whole_result)

    assert compare_run(stored_run(result=told)).outcome is RecomputeOutcome.SAME
    assert not {"headline", "checks", "next_steps"} & told.keys()
    assert not {"title", "reason", "law"} & told["parts"][0]["questions"][0].keys()
    assert result_for_display(stored_run(result=told), compare_run(stored_run(result=told))) == whole_result


def unlisted_fields(told, fields, where=""):
    """The fields of a document that nothing is said of, and those compared that it doesn't have."""
    yield from (f"{where}{name} is not listed" for name in told.keys() - fields.keys())
    for name, use in fields.items():
        if use is FieldUse.REGENERATED:
            continue
        if name not in told:
            yield f"{where}{name} is not there"
        elif isinstance(use, RowFields):
            assert told[name], f"{where}{name} is empty here, so that nothing is seen of it"
            yield from (found for row in told[name] for found in unlisted_fields(row, use.fields, f"{where}{name}."))
        elif not isinstance(use, FieldUse):
            yield from unlisted_fields(told[name], use, f"{where}{name}.")


def test_of_every_field_of_the_result_it_is_said_whether_runs_are_compared_by_it():
    assert [*unlisted_fields(stored_run().result, RESULT_FIELDS)] == []


def test_a_run_of_another_version_or_that_differs_is_shown_as_stored():
    for run in (stored_run(methodology="0"), stored_run()):
        run.result["headline"], run.result["score"] = "As it was said then.", 1.0
        assert result_for_display(run, compare_run(run)) == run.result


def test_facts_that_are_not_those_of_the_run_are_seen():
    run = stored_run()
    run.facts["reviews"] = []

    assert "score" in compare_run(run).differing


@pytest.mark.parametrize(
    "facts", [{}, [], {"edition": "LSO", "zone": "Africa/Maseru"}, {"edition": {}, "zone": "Mars"}]
)
def test_facts_that_cannot_be_read_differ(facts):
    assert compare_run(stored_run(facts=facts)).differing == ("facts",)


def test_a_run_of_another_version_is_not_computed_anew():
    run = stored_run(methodology="0")
    run.result["score"] += 1

    assert (compare_run(run).outcome, compare_run(run).differing) == (RecomputeOutcome.NOT_COMPUTED, ())


def test_facts_stored_before_a_field_was_added_have_its_default():
    run = stored_run()
    for row in run.facts["readings"]:
        del row["has_source"]

    assert {row.has_source for row in facts_from_document(run.facts).readings} == {True}


def test_facts_stored_before_milestones_had_rows_keep_their_day():
    run = stored_run()
    for one in run.facts["milestones"]:
        one["done_on"] = next((row["done_on"] for row in one.pop("done")), None)

    assert compare_run(run).outcome is RecomputeOutcome.SAME
    interim, deadline = facts_from_document(run.facts).milestones
    assert ([row.done_on for row in interim.done], deadline.done) == ([date(2022, 1, 30)], ())


def test_no_text_that_may_be_redacted_is_kept():
    run = stored_run()

    assert "Words of ours." not in json.dumps(run.facts) + json.dumps(run.result)
    assert run.result["readiness_target"] == 45.5
