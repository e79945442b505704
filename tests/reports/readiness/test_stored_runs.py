"""What a run keeps, and readiness computed anew from it."""

import json
from dataclasses import replace
from datetime import UTC, date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given

from dialogues.choices import Kind, Reach
from recommendations.choices import MilestoneKind, Pillar, Rule, Tier
from reports.choices import Recomputed
from reports.readiness.facts import EditionTerms
from reports.readiness.readiness import METHOD, readiness
from reports.readiness.serialization import as_document, facts_document
from reports.readiness.stored_runs import (
    ALWAYS_KEPT,
    RESULT,
    Rows,
    Use,
    as_read,
    comparable,
    compare,
    facts_from,
    result_from,
    spelt,
    without_texts,
)
from tests.reports.lesotho import TIP_2022, lesotho
from tests.reports.made_up import days, moments, records
from tests.reports.records import noon

THE_DAY, JULY = date(2022, 3, 31), noon(TIP_2022)


def through_json(document):
    return json.loads(json.dumps(document))


def whole():
    """Facts in which every field of every row is used."""
    record = lesotho()
    benchmark = next(iter(record.benchmark_ids))
    counted = record.tables["indicators"][0].id
    record.promise(
        made=date(2021, 11, 8),
        due=date(2022, 1, 10),
        then=[(Kind.RESCHEDULED, date(2022, 1, 9), date(2022, 2, 1))],
        **{f"_{benchmark}": Reach.MEETS},
    )
    record.milestone(MilestoneKind.INTERIM, date(2022, 2, 1), date(2022, 1, 30))
    record.milestone(MilestoneKind.DEADLINE, date(2022, 2, 28))
    record.benchmark(
        record.recommendation(11, Pillar.PREVENTION),
        "11a",
        record.rule(
            Rule.TARGET, known=date(2021, 7, 1), weight=Decimal("0.25"), target=Decimal("7.50"), indicator_id=counted
        ),
    )
    record.evidence(None, date(2021, 12, 1), known=date(2021, 12, 2), revises=record.tables["evidence"][0].id)
    weights = {record.tables["recommendations"][0].id: Decimal("2.50")}
    terms = EditionTerms(999, noon(date(2021, 8, 1)), date(2022, 2, 28), weights, Decimal("45.5"), "Words of ours.")
    facts = record.facts
    return replace(facts, edition_terms=(*facts.edition_terms, terms), tiers={2020: Tier.TIER_3, 2021: Tier.WATCH_LIST})


def kept(**changed):
    """A run with its sentences, as runs were kept at first, and as it comes back from where it is kept."""
    facts = without_texts(whole())
    result = readiness(facts, as_of=THE_DAY, known_by=JULY)
    run = {
        "facts": through_json(facts_document(facts, JULY)),
        "result": through_json(as_document(result)),
        "as_of": THE_DAY,
        "known_by": JULY,
        "methodology": METHOD,
    }
    return SimpleNamespace(**run | changed)


def test_kept_facts_become_the_same_facts_again():
    facts = whole()

    again = facts_from(through_json(facts_document(facts)))

    assert facts_from(through_json(facts_document(again))) == again
    assert (again.zone, again.tiers, again.edition) == (facts.zone, facts.tiers, facts.edition)
    assert set(again.edition_terms[-1].weights.values()) == {Decimal("2.50")}
    assert {type(one.done_by).__name__ for one in again.evidence} == {"DoneBy"}


@given(records(), days, moments)
def test_recomputing_from_kept_facts_gives_the_same_bytes(record, as_of, known_by):
    result = readiness(record.facts, as_of=as_of, known_by=known_by)
    again = facts_from(through_json(facts_document(record.facts, known_by)))

    assert spelt(as_document(readiness(again, as_of=as_of, known_by=known_by))) == spelt(as_document(result))


def test_a_kept_run_is_the_same_whatever_zone_its_moment_comes_back_in():
    run = kept()

    assert compare(run).outcome is Recomputed.SAME
    assert compare(kept(known_by=JULY.astimezone(UTC))).outcome is Recomputed.SAME
    assert result_from(run.facts, THE_DAY, JULY)["score"] == run.result["score"] > 0


def test_a_run_that_no_longer_comes_out_names_what_differs():
    run = kept()
    run.result["score"] += 1
    run.result["watch_list_years"] += 1

    assert compare(run).outcome is Recomputed.DIFFERS
    assert compare(run).differing == ("score", "watch_list_years")


def reworded(told, fields=RESULT):
    """A document with another text for every sentence in it, and no advice."""
    return {
        name: "Put otherwise." if use is Use.SAID
        else [reworded(row, use.fields) for row in told[name]] if isinstance(use, Rows)
        else told[name] if isinstance(use, Use) else reworded(told[name], use)
        for name, use in fields.items() if name in told
    }  # fmt: skip


def test_rewording_never_makes_a_run_differ_and_is_what_is_read():
    run = kept()
    other = kept(result=reworded(run.result))

    assert other.result["headline"] == other.result["parts"][0]["questions"][0]["reason"] == "Put otherwise."
    assert compare(other).outcome is Recomputed.SAME
    assert "Put otherwise." not in spelt(as_read(other, compare(other)))
    assert as_read(other, compare(other)) == as_read(run, compare(run)) == run.result


def test_the_order_of_levers_is_advice_and_their_points_are_not():
    run = kept()
    run.result["levers"].reverse()
    assert compare(run).outcome is Recomputed.SAME

    run.result["levers"][0]["points_exact"] = "99"
    assert compare(run).differing == ("levers",)


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
    run = kept()
    *way, last = place
    told = run.result
    for step in way:
        told = told[step]
    told[last] = 98765

    assert compare(run).differing == (name,)


def test_a_line_that_is_missing_or_there_twice_differs():
    run = kept()
    gone = run.result["benchmarks"].pop()
    assert compare(run).differing == ("benchmarks",)

    run.result["benchmarks"] += [gone, gone]
    assert compare(run).differing == ("benchmarks",)


def test_a_field_that_an_older_run_lacks_is_no_difference_and_one_that_every_run_kept_is():
    run = kept()
    del run.result["watch_list_years"], run.result["claims"][0]["readings"], run.result["benchmarks"][0]["rows"]
    assert compare(run).outcome is Recomputed.SAME

    for name in ALWAYS_KEPT:
        del run.result[name]
    assert compare(run).differing == tuple(sorted(ALWAYS_KEPT))


def test_a_run_keeps_no_sentence_and_no_advice():
    whole_result = kept().result

    told = comparable(whole_result)

    assert compare(kept(result=told)).outcome is Recomputed.SAME
    assert not {"headline", "checks", "next_steps"} & told.keys()
    assert not {"title", "reason", "law"} & told["parts"][0]["questions"][0].keys()
    assert as_read(kept(result=told), compare(kept(result=told))) == whole_result


def unlisted(told, fields, where=""):
    """The fields of a document that nothing is said of, and those compared that it doesn't have."""
    yield from (f"{where}{name} is not listed" for name in told.keys() - fields.keys())
    for name, use in fields.items():
        if use is Use.SAID:
            continue
        if name not in told:
            yield f"{where}{name} is not there"
        elif isinstance(use, Rows):
            assert told[name], f"{where}{name} is empty here, so that nothing is seen of it"
            yield from (found for row in told[name] for found in unlisted(row, use.fields, f"{where}{name}."))
        elif not isinstance(use, Use):
            yield from unlisted(told[name], use, f"{where}{name}.")


def test_of_every_field_of_the_result_it_is_said_whether_runs_are_compared_by_it():
    assert [*unlisted(kept().result, RESULT)] == []


def test_a_run_of_another_version_or_that_differs_is_read_as_it_was_kept():
    for run in (kept(methodology="0"), kept()):
        run.result["headline"], run.result["score"] = "As it was said then.", 1.0
        assert as_read(run, compare(run)) == run.result


def test_facts_that_are_not_those_of_the_run_are_seen():
    run = kept()
    run.facts["reviews"] = []

    assert "score" in compare(run).differing


@pytest.mark.parametrize(
    "facts", [{}, [], {"edition": "LSO", "zone": "Africa/Maseru"}, {"edition": {}, "zone": "Mars"}]
)
def test_facts_that_cannot_be_read_differ(facts):
    assert compare(kept(facts=facts)).differing == ("facts",)


def test_a_run_of_another_version_is_not_computed_anew():
    run = kept(methodology="0")
    run.result["score"] += 1

    assert (compare(run).outcome, compare(run).differing) == (Recomputed.NOT_COMPUTED, ())


def test_facts_kept_before_a_field_was_there_have_its_default():
    run = kept()
    for row in run.facts["readings"]:
        del row["has_source"]

    assert {row.has_source for row in facts_from(run.facts).readings} == {True}


def test_facts_kept_before_milestones_were_done_by_rows_have_the_day_that_was_told():
    run = kept()
    for one in run.facts["milestones"]:
        one["done_on"] = next((row["done_on"] for row in one.pop("done")), None)

    assert compare(run).outcome is Recomputed.SAME
    interim, deadline = facts_from(run.facts).milestones
    assert ([row.done_on for row in interim.done], deadline.done) == ([date(2022, 1, 30)], ())


def test_no_text_that_may_be_redacted_is_kept():
    run = kept()

    assert "Words of ours." not in spelt(run.facts) + spelt(run.result)
    assert run.result["working_mark"] == 45.5
