"""The stored fields of a run, and readiness recomputed from them."""

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


def json_round_trip(document):
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
        "facts": json_round_trip(facts_document(facts, JULY)),
        "result": json_round_trip(readiness_document(result)),
        "as_of": AS_OF,
        "known_by": JULY,
        "methodology": METHOD_VERSION,
    }
    return SimpleNamespace(**run | changed)


def test_stored_facts_are_read_as_the_same_facts():
    facts = complete_facts()

    again = facts_from_document(json_round_trip(facts_document(facts)))

    assert facts_from_document(json_round_trip(facts_document(again))) == again
    assert (again.zone, again.tiers, again.edition) == (facts.zone, facts.tiers, facts.edition)
    assert set(again.edition_terms[-1].weights.values()) == {Decimal("2.50")}
    assert {type(piece.done_by).__name__ for piece in again.evidence} == {"DoneBy"}


@given(records(), days, moments)
def test_recomputing_from_stored_facts_gives_the_same_bytes(record, as_of, known_by):
    result = evaluate_readiness(record.facts, as_of=as_of, known_by=known_by)
    again = facts_from_document(json_round_trip(facts_document(record.facts, known_by)))

    assert json.dumps(readiness_document(evaluate_readiness(again, as_of=as_of, known_by=known_by))) == json.dumps(
        readiness_document(result)
    )


def test_a_stored_run_does_not_depend_on_the_time_zone_of_its_moment():
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


def replace_sentences(document, fields=RESULT_FIELDS):
    """Return a document with another text for every sentence, and without advice."""
    return {
        name: "Reworded." if use is FieldUse.REGENERATED
        else [replace_sentences(row, use.fields) for row in document[name]] if isinstance(use, RowFields)
        else document[name] if isinstance(use, FieldUse) else replace_sentences(document[name], use)
        for name, use in fields.items() if name in document
    }  # fmt: skip


def test_a_reworded_sentence_is_no_difference_and_is_displayed():
    run = stored_run()
    other = stored_run(result=replace_sentences(run.result))

    assert other.result["headline"] == other.result["parts"][0]["questions"][0]["reason"] == "Reworded."
    assert compare_run(other).outcome is RecomputeOutcome.SAME
    assert "Reworded." not in json.dumps(result_for_display(other, compare_run(other)))
    assert result_for_display(other, compare_run(other)) == result_for_display(run, compare_run(run)) == run.result


def test_the_order_of_gains_is_not_compared_but_their_points_are():
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
def test_a_changed_number_verdict_code_or_reference_is_found_at_any_depth(place, name):
    run = stored_run()
    *path, last = place
    container = run.result
    for step in path:
        container = container[step]
    container[last] = 98765

    assert compare_run(run).differing == (name,)


def test_a_missing_or_repeated_line_is_a_difference():
    run = stored_run()
    gone = run.result["benchmarks"].pop()
    assert compare_run(run).differing == ("benchmarks",)

    run.result["benchmarks"] += [gone, gone]
    assert compare_run(run).differing == ("benchmarks",)


def test_a_missing_field_is_a_difference_only_if_every_run_stored_it():
    run = stored_run()
    del run.result["watch_list_years"], run.result["claims"][0]["readings"], run.result["benchmarks"][0]["rows"]
    assert compare_run(run).outcome is RecomputeOutcome.SAME

    for name in ALWAYS_STORED:
        del run.result[name]
    assert compare_run(run).differing == tuple(sorted(ALWAYS_STORED))


def test_a_run_stores_no_sentence_and_no_advice():
    whole_result = stored_run().result

    stored = comparable_fields(whole_result)

    assert compare_run(stored_run(result=stored)).outcome is RecomputeOutcome.SAME
    assert not {"headline", "checks", "next_steps"} & stored.keys()
    assert not {"title", "reason", "law"} & stored["parts"][0]["questions"][0].keys()
    assert result_for_display(stored_run(result=stored), compare_run(stored_run(result=stored))) == whole_result


def unlisted_fields(document, fields, where=""):
    """Yield the fields of a document that `fields` does not list, and compared fields that it does not have."""
    yield from (f"{where}{name} is not listed" for name in document.keys() - fields.keys())
    for name, use in fields.items():
        if use is FieldUse.REGENERATED:
            continue
        if name not in document:
            yield f"{where}{name} is missing"
        elif isinstance(use, RowFields):
            assert document[name], f"{where}{name} is empty here, so its fields are not tested"
            yield from (
                found for row in document[name] for found in unlisted_fields(row, use.fields, f"{where}{name}.")
            )
        elif not isinstance(use, FieldUse):
            yield from unlisted_fields(document[name], use, f"{where}{name}.")


def test_result_fields_lists_every_field():
    assert [*unlisted_fields(stored_run().result, RESULT_FIELDS)] == []


def test_a_run_that_differs_or_has_another_version_is_displayed_as_stored():
    for run in (stored_run(methodology="0"), stored_run()):
        run.result["headline"], run.result["score"] = "The stored sentence.", 1.0
        assert result_for_display(run, compare_run(run)) == run.result


def test_changed_facts_make_the_score_differ():
    run = stored_run()
    run.facts["reviews"] = []

    assert "score" in compare_run(run).differing


@pytest.mark.parametrize(
    "facts", [{}, [], {"edition": "LSO", "zone": "Africa/Maseru"}, {"edition": {}, "zone": "Mars"}]
)
def test_facts_that_cannot_be_read_differ(facts):
    assert compare_run(stored_run(facts=facts)).differing == ("facts",)


def test_a_run_of_another_version_is_not_recomputed():
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
    for milestone in run.facts["milestones"]:
        milestone["done_on"] = next((row["done_on"] for row in milestone.pop("done")), None)

    assert compare_run(run).outcome is RecomputeOutcome.SAME
    interim, deadline = facts_from_document(run.facts).milestones
    assert ([row.done_on for row in interim.done], deadline.done) == ([date(2022, 1, 30)], ())


def test_a_run_stores_no_text_that_may_be_redacted():
    run = stored_run()

    assert "Words of ours." not in json.dumps(run.facts) + json.dumps(run.result)
    assert run.result["readiness_target"] == 45.5
