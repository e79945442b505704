"""The context of the score, in sentences."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from recommendations.choices import Tier
from reports.readiness.explanation import context_display, score_display
from reports.readiness.readiness import evaluate_readiness
from tests.reports.lesotho_record import lesotho_record
from tests.reports.record_builder import noon

END, DEADLINE = date(2022, 3, 31), date(2022, 2, 28)
LATER = noon(date(2022, 7, 31))


def lesotho_result(as_of=END, known_by=LATER, tiers=None, **terms):
    record = lesotho_record()
    if terms:
        record.edition_terms(date(2021, 7, 2), deadline_on=DEADLINE, **terms)
    return evaluate_readiness(replace(record.facts, tiers=tiers or {}), as_of=as_of, known_by=known_by)


def test_possible_tells_how_much_is_dated_to_a_later_day():
    assert context_display.describe_possible(lesotho_result(DEADLINE)) == (
        "53.3 more points are verified for a later date. Readiness is then 60.5, if nothing else changes."
    )
    assert context_display.describe_possible(lesotho_result(END)) == "Everything that is verified counts already."


def test_projected_score_tells_what_is_within_reach():
    assert (
        context_display.describe_projected(lesotho_result(END))
        == "The deadline has passed, so open commitments add nothing to what is claimed."
    )
    assert (
        context_display.describe_projected(lesotho_result(DEADLINE))
        == "No open commitment would add to what is claimed."
    )


def smallest_set_text(stands):
    return context_display.describe_smallest_set(stands, stands.smallest_set())


def test_smallest_set_names_the_benchmarks():
    assert (
        smallest_set_text(lesotho_result(DEADLINE))
        == "4 benchmarks would reach our target of 45, if met: 1a, 1b, 1d and 4a."
    )


def test_smallest_set_is_empty_where_the_mark_is_reached():
    assert smallest_set_text(lesotho_result(END)) == "Our target of 45 is reached."


def test_smallest_set_says_where_no_mark_can_be_reached_or_is_set():
    far = lesotho_result(DEADLINE, readiness_target=Decimal(99), readiness_target_reason="far")
    assert smallest_set_text(far).startswith("Benchmarks alone cannot reach our target of 99.")

    none = lesotho_result(DEADLINE, readiness_target=None)
    assert smallest_set_text(none) == "No target is set."


@pytest.mark.parametrize(
    ("tiers", "said"),
    [
        ({}, "does not place the country on the Watch List"),
        ({2020: Tier.TIER_3, 2021: Tier.WATCH_LIST}, "1 year on the Watch List"),
        ({2020: Tier.WATCH_LIST, 2021: Tier.WATCH_LIST}, "2 years in a row on the Watch List"),
    ],
)
def test_watch_list_counts_the_years_and_names_what_follows_by_law(tiers, said):
    sentence = context_display.describe_watch_list(lesotho_result(tiers=tiers))

    assert said in sentence
    assert ("unless waived (22 U.S.C. 7107(b))" in sentence) == bool(tiers)


@pytest.mark.parametrize(("before", "is_told"), [(Tier.TIER_3, False), (Tier.WATCH_LIST, True)])
def test_the_risk_of_tier_3_is_told_from_the_second_year_on_until_the_target_is_reached(before, is_told):
    result = lesotho_result(DEADLINE, tiers={2020: before, 2021: Tier.WATCH_LIST})

    assert bool(context_display.describe_watch_list_risk(result)) == is_told
    reached = lesotho_result(DEADLINE, tiers={2020: before, 2021: Tier.WATCH_LIST}, readiness_target=Decimal(1))
    assert context_display.describe_watch_list_risk(reached) == ""


def test_claims_as_printed_add_up_to_the_gap_that_is_printed():
    for as_of in (date(2021, 11, 30), DEADLINE, END):
        stands = lesotho_result(as_of)
        bar = score_display.readiness_bar_figures(stands)
        assert sum(claim.points for claim in context_display.display_claims(stands)) == bar.claimed - bar.verified > 0


def test_nothing_reviewed_gives_no_points():
    stands = lesotho_result(DEADLINE, noon(DEADLINE))

    assert (context_display.describe_possible(stands), context_display.describe_projected(stands)) == ("", "")
    assert {claim.points for claim in context_display.display_claims(stands)} == {None}
