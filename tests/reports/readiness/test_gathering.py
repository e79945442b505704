from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from dialogues.choices import ClaimedProgress, DoneBy, EvidenceDecision, ReadingDirection, SupportKind, Verdict
from dialogues.lesotho.loading import load_public_record
from recommendations.actions.edition_terms import change_edition_terms
from recommendations.actions.recommendations import add_recommendation, change_recommendation
from recommendations.choices import Better, MilestoneKind, Origin, Pillar, Rule, TextStatus, Tier
from recommendations.models import Edition
from reports.readiness.countable_facts import facts_known_by, newest_recorded_at
from reports.readiness.facts import Period
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import evaluate_readiness
from tests import factories
from tests.factories import MASERU, TERMS_SET_AT, at_noon
from tests.reports.record_builder import points
from tests.row_cache import load_cached

pytestmark = pytest.mark.django_db

JULY_2022 = datetime(2022, 7, 31, 23, 59, tzinfo=MASERU)
DAY = date(2022, 1, 10)


def lesotho_edition():
    return Edition.objects.select_related("country").get(country__code="LSO", year=2021)


def add_one_of_everything():
    """A recommendation with its weight, and on it whatever a record may hold."""
    tracked = factories.EditionFactory()
    recommendation = factories.RecommendationFactory(terms__pillar=Pillar.PROTECTION)
    factories.RecommendationTermsFactory(
        recommendation=recommendation, pillar=Pillar.PREVENTION, recorded_at=at_noon(DAY)
    )
    factories.RecommendationWeightFactory(terms=tracked.terms.get(), recommendation=recommendation, weight=3)
    indicator = factories.IndicatorFactory(better=Better.DOWN, pillar=Pillar.PREVENTION)
    benchmark = factories.BenchmarkFactory(
        recommendation=recommendation, terms__rule=Rule.TARGET, terms__target=10, terms__indicator=indicator
    )
    factories.BenchmarkTermsFactory(benchmark=benchmark, weight=2, is_about_complicity=True, recorded_at=at_noon(DAY))
    sent = factories.UpdateVersionFactory(claimed=ClaimedProgress.DONE, returned=True)
    evidence = factories.EvidenceFactory(update_version=sent, supports=[benchmark])
    revision = factories.EvidenceFactory(happened_from=None, revises=evidence, done_by=DoneBy.JOINT)
    factories.EvidenceReviewFactory(evidence=revision, first_on=DAY)
    factories.EvidenceReviewFactory(evidence_link=evidence.evidence_links.get(), decision=EvidenceDecision.REJECTED)
    factories.ReadingFactory(indicator=indicator, figure=16, evidence=evidence, update_version=sent, through_on=DAY)
    factories.ReadingFactory(indicator=indicator, figure=None, direction=ReadingDirection.UP, through_on=DAY)
    factories.AssessmentFactory(benchmark=benchmark, verdict=Verdict.STEP, grounds=[evidence, revision])
    factories.AssessmentFactory(benchmark=benchmark, verdict=Verdict.MET)


def test_a_version_is_returned_or_withdrawn_at_the_moment_of_its_decision():
    tracked = factories.EditionFactory()
    factories.UpdateVersionFactory(happened_on=DAY, withdrawn=True)
    factories.UpdateVersionFactory(happened_on=DAY, returned=True)
    factories.UpdateVersionFactory(happened_on=DAY, accepted=True)
    factories.UpdateVersionFactory(happened_on=DAY)

    versions = sorted(gather_facts(tracked).update_versions, key=lambda row: row.id)

    at = at_noon(DAY)
    assert [(row.decided_at, row.returned_at, row.withdrawn_at) for row in versions] == [
        (at, None, at), (at, at, None), (at, None, None), (None, None, None)
    ]  # fmt: skip
    assert [row.claims_ended_at for row in versions] == [at, at, None, None]


def test_gather_facts_brings_every_row_whole():
    add_one_of_everything()
    tracked = lesotho_edition()
    facts = gather_facts(tracked)

    assert facts.edition.tracking == Period(date(2021, 4, 1), date(2022, 3, 31))
    assert facts.edition.previous == Period(date(2020, 4, 1), date(2021, 3, 31))
    assert (facts.edition.country, facts.edition.year, facts.zone) == ("LSO", 2021, MASERU)

    [recommendation] = facts.recommendations
    assert (recommendation.number, recommendation.origin) == (1, Origin.REPORT)
    placed, moved = sorted(recommendation.terms, key=lambda row: row.recorded_at)
    assert (placed.pillar, placed.recorded_at) == (Pillar.PROTECTION, TERMS_SET_AT)
    assert (moved.pillar, moved.recorded_at) == (Pillar.PREVENTION, at_noon(DAY))
    [terms] = facts.edition_terms
    assert terms.recorded_at == TERMS_SET_AT
    assert (terms.deadline_on, terms.readiness_target) == (date(2022, 2, 28), 45)
    assert terms.readiness_target_reason == "The post's own target."
    assert terms.weights == {recommendation.id: 3}

    [indicator] = facts.indicators
    assert (indicator.unit, indicator.better, indicator.pillar) == ("cases", Better.DOWN, Pillar.PREVENTION)
    assert indicator.question is None
    [benchmark] = facts.benchmarks
    assert (benchmark.recommendation_id, benchmark.letter) == (recommendation.id, "a")
    first, second = sorted(benchmark.terms, key=lambda row: row.recorded_at)
    assert (first.rule, first.target, first.indicator_id, first.weight) == (Rule.TARGET, 10, indicator.id, 1)
    assert (second.rule, second.weight, second.is_about_complicity) == (Rule.ASSESSED, 2, True)

    [sent] = facts.update_versions
    assert (sent.progress, sent.returned_at) == (ClaimedProgress.DONE, at_noon(DAY))
    evidence, revision = sorted(facts.evidence, key=lambda row: row.id)
    assert (evidence.happened_from, evidence.happened_to, evidence.update_version_id) == (DAY, DAY, sent.id)
    assert (revision.happened_from, revision.done_by, revision.revises) == (None, DoneBy.JOINT, evidence.id)
    [evidence_link] = facts.evidence_links
    assert (evidence_link.evidence_id, evidence_link.benchmark_id, evidence_link.shows) == (
        evidence.id,
        benchmark.id,
        SupportKind.ACTION,
    )
    stated, rejected = sorted(facts.reviews, key=lambda row: row.id)
    assert (stated.evidence_id, stated.evidence_link_id, stated.first_on) == (revision.id, None, DAY)
    assert (rejected.evidence_link_id, rejected.decision) == (evidence_link.id, EvidenceDecision.REJECTED)

    counted, told = sorted(facts.readings, key=lambda row: row.id)
    assert (counted.figure, counted.direction, counted.evidence_id) == (Decimal(16), None, evidence.id)
    assert (counted.starts_on, counted.through_on, counted.update_version_id) == (date(2021, 4, 1), DAY, sent.id)
    assert (told.figure, told.direction, told.is_no_data) == (None, ReadingDirection.UP, False)
    resting, floating = sorted(facts.assessments, key=lambda row: row.id)
    assert (resting.verdict, resting.evidence_ids) == (Verdict.STEP, {evidence.id, revision.id})
    assert (floating.verdict, floating.evidence_ids) == (Verdict.MET, set())


def test_gather_facts_brings_milestones_with_all_that_was_recorded_of_them():
    tracked = factories.EditionFactory()
    plan = factories.MilestoneFactory(edition=tracked, kind=MilestoneKind.ACTION_PLAN, done=DAY)
    factories.MilestoneDoneFactory(milestone=plan, done_on=date(2022, 1, 9), recorded_at=at_noon(date(2022, 1, 20)))
    deadline = factories.MilestoneFactory(edition=tracked)
    earlier = factories.EditionFactory(year=2020, tier=Tier.TIER_3)
    factories.MilestoneFactory(edition=earlier, done=DAY)

    facts = gather_facts(lesotho_edition())

    done, ahead = sorted(facts.milestones, key=lambda row: row.id)
    assert [(row.recorded_at, row.done_on) for row in sorted(done.done, key=lambda row: row.id)] == [
        (at_noon(DAY), DAY),
        (at_noon(date(2022, 1, 20)), date(2022, 1, 9)),
    ]
    assert (ahead.id, ahead.due_on, ahead.done) == (deadline.pk, deadline.due_on, ())
    assert facts.tiers == {2020: Tier.TIER_3, 2021: Tier.WATCH_LIST}


def test_gather_facts_brings_the_benchmarks_of_commitments_as_they_were_known_at_each_moment():
    first, second, third = (factories.BenchmarkFactory() for _ in range(3))
    commitment = factories.CommitmentFactory(benchmarks=[first, second])
    factories.CommitmentCorrectionFactory(
        commitment=commitment, removes=[first], adds=[third], recorded_at=at_noon(date(2022, 1, 10))
    )
    factories.CommitmentCorrectionFactory(
        commitment=commitment, removes=[third], adds=[first], recorded_at=at_noon(date(2022, 1, 14))
    )
    facts = gather_facts(first.recommendation.edition)

    def supported(day):
        known_by = at_noon(date(2022, 1, day)) if day else None
        [fact] = facts_known_by(facts, known_by).commitments
        return set(fact.towards)

    assert supported(None) == supported(14) == {first.pk, second.pk}
    assert supported(13) == supported(10) == {second.pk, third.pk}
    assert supported(9) == {first.pk, second.pk}
    later = facts_known_by(facts, at_noon(date(2022, 1, 11)))
    assert facts_known_by(later, at_noon(date(2022, 1, 9))) == facts_known_by(facts, at_noon(date(2022, 1, 9)))
    assert newest_recorded_at(facts) == at_noon(date(2022, 1, 14))


def test_gather_facts_brings_agreed_proof_with_its_end():
    benchmarks = [factories.BenchmarkFactory() for _ in range(2)]
    commitment = factories.CommitmentFactory(benchmarks=benchmarks)
    proof, other = (factories.AgreedProofFactory(commitment=commitment) for _ in range(2))
    factories.AgreedProofEndFactory(proof=proof)
    facts = gather_facts(benchmarks[0].recommendation.edition)

    [fact] = facts.commitments
    assert set(fact.towards) == {benchmark.pk for benchmark in benchmarks}
    agreed, still_agreed = sorted(fact.proofs, key=lambda row: row.id)
    assert (still_agreed.id, still_agreed.ended_on) == (other.pk, None)
    assert (agreed.agreed_on, agreed.ended_on) == (proof.agreed_on, proof.end.ended_on)
    assert newest_recorded_at(facts) == agreed.ended_at == proof.end.recorded_at
    [before] = facts_known_by(facts, at_noon(date(2022, 1, 9))).commitments
    assert set(before.proofs) == {replace(agreed, ended_on=None, ended_at=None), still_agreed}


def test_gather_facts_leaves_out_other_countries_and_other_editions():
    factories.RecommendationFactory()
    malawi = factories.CountryFactory(elsewhere=True)
    abroad = factories.EditionFactory(country=malawi)
    earlier = factories.EditionFactory(year=2019)
    for other in (abroad, earlier):
        benchmark = factories.BenchmarkFactory(recommendation=factories.RecommendationFactory(edition=other))
        factories.AssessmentFactory(benchmark=benchmark)
        factories.EvidenceFactory(country=other.country, supports=[benchmark], verified=True)
    indicator = factories.IndicatorFactory(country=malawi)
    factories.ReadingFactory(indicator=indicator, figure=1)

    facts = gather_facts(lesotho_edition())

    assert len(facts.recommendations) == 1
    assert facts.benchmarks == facts.indicators == facts.readings == facts.evidence_links == facts.assessments == ()
    assert {row.id for row in facts.evidence} == {row.pk for row in earlier.country.evidence.all()}


@pytest.mark.parametrize("how_many", [1, 3])
def test_gather_facts_query_count(django_assert_num_queries, how_many):
    for _ in range(how_many):
        add_one_of_everything()
    tracked = lesotho_edition()

    # Terms and weights, recommendations with terms, benchmarks with terms, indicators, readings, evidence,
    # evidence links, reviews, versions, assessments with grounds.
    with django_assert_num_queries(12):
        facts = gather_facts(tracked)

    assert len(facts.assessments) == 2 * how_many


@pytest.mark.day("2022-08-01")
@pytest.mark.parametrize(
    ("as_of", "known_by", "score", "claimed", "is_reviewed"),
    [
        (date(2022, 3, 31), JULY_2022, Fraction(121, 2), Fraction(245, 4), True),
        (date(2022, 2, 28), JULY_2022, Fraction(43, 6), Fraction(95, 6), True),
        (date(2022, 3, 31), datetime(2022, 2, 28, 23, 59, tzinfo=MASERU), 0, Fraction(95, 6), False),
        (date(2021, 11, 8), datetime(2021, 11, 30, 23, 59, tzinfo=MASERU), 0, Fraction(181, 12), False),
    ],
)
def test_the_public_record_of_lesotho_comes_out_as_worked(as_of, known_by, score, claimed, is_reviewed):
    load_cached(load_public_record, now=JULY_2022)

    result = evaluate_readiness(gather_facts(lesotho_edition()), as_of=as_of, known_by=known_by)

    assert (result.score, result.claimed.points, result.is_reviewed) == (score, claimed, is_reviewed)


# --- What is asked changes, what was known stays ----------------------------------------------------------------------

PERIOD_ENDS = date(2022, 3, 31)
LATER = JULY_2022 + timedelta(seconds=1)


def readiness_known_by(by):
    """Readiness at the end of the period, as known by a moment."""
    return evaluate_readiness(gather_facts(lesotho_edition()), as_of=PERIOD_ENDS, known_by=by)


def recommendation_values(recommendation, **changed):
    """A recommendation as its form says it."""
    names = ("number", "text", "text_status", "origin", "indicia", "lead")
    return {name: getattr(recommendation, name) for name in names} | {"supporting": [], **changed}


def test_one_more_recommendation_leaves_what_was_known_before_as_it_was():
    load_cached(load_public_record, now=JULY_2022)
    before = readiness_known_by(JULY_2022)

    first = lesotho_edition().recommendations.get(number=1)
    add_recommendation(
        edition=lesotho_edition(),
        by=factories.OfficerFactory(),
        now=LATER,
        **recommendation_values(first, number=11, pillar=Pillar.PROTECTION, text_status=TextStatus.OFFICIAL),
    )

    assert readiness_known_by(JULY_2022) == before
    assert points(readiness_known_by(LATER).verified)["concrete_action"] == Fraction(
        80, 11
    )  # of eleven, no more of ten
    assert readiness_known_by(LATER).verified == readiness_known_by(None).verified


def test_another_pillar_leaves_what_was_known_before_as_it_was():
    load_cached(load_public_record, now=JULY_2022)
    before = readiness_known_by(JULY_2022)

    awareness = lesotho_edition().recommendations.get(number=10)  # nothing else shows prevention
    change_recommendation(
        recommendation=awareness,
        version=1,
        by=factories.OfficerFactory(),
        now=LATER,
        **recommendation_values(awareness, pillar=Pillar.PROSECUTION, reason="The Department reads it so."),
    )

    assert readiness_known_by(JULY_2022) == before
    assert points(before.verified)["three_ps"] == 20
    assert points(readiness_known_by(LATER).verified)["three_ps"] == Fraction(40, 3)
    assert readiness_known_by(LATER).verified == readiness_known_by(None).verified


def test_other_terms_leave_what_was_known_before_as_it_was():
    load_cached(load_public_record, now=JULY_2022)
    before = readiness_known_by(JULY_2022)
    terms = lesotho_edition().terms.get()

    shown = lesotho_edition().recommendations.get(number=4)
    change_edition_terms(
        edition=lesotho_edition(),
        seen=terms.pk,
        deadline_on=date(2022, 3, 15),
        readiness_target=Decimal(60),
        readiness_target_reason="Harder, to be sure.",
        weights={shown.pk: Decimal(3)},
        reason="The Department asks more of number 4.",
        by=factories.OfficerFactory(),
        now=LATER,
    )

    assert readiness_known_by(JULY_2022) == before
    assert (before.deadline_on, before.readiness_target, before.readiness_target_reason) == (
        date(2022, 2, 28),
        45,
        "The post's own target, from a comparison with the tiers of earlier years; not the Department's.",
    )
    after = readiness_known_by(LATER)
    assert (after.deadline_on, after.readiness_target, after.readiness_target_reason) == (
        date(2022, 3, 15),
        60,
        "Harder, to be sure.",
    )
    # 2 2/3 of ten, and number 4, shown, counted twice more: 4 2/3 of twelve.
    assert (points(before.verified)["concrete_action"], points(after.verified)["concrete_action"]) == (
        8,
        Fraction(35, 3),
    )
    assert after.verified == readiness_known_by(None).verified
