"""The embassy's verdict on a benchmark."""

import pytest
from django.urls import reverse

from dialogues.choices import VERDICT_MEANINGS, EvidenceDecision, Verdict
from dialogues.models import Assessment
from dialogues.views.assessments import section_of_law
from tests.dialogues.commitment_histories import january
from tests.factories import (
    AmbassadorFactory,
    AssessmentFactory,
    BenchmarkFactory,
    CommitmentFactory,
    CountryFactory,
    EvidenceFactory,
    EvidenceReviewFactory,
    FocalPointFactory,
    ObserverFactory,
    OfficerFactory,
    RecommendationFactory,
    UpdateVersionFactory,
    at_noon,
)
from tests.refusals import shows_refusal

pytestmark = pytest.mark.django_db


def assess_url(benchmark):
    return reverse("benchmark_assess", args=[benchmark.pk])


def form_data(**changed):
    return {
        "verdict": "concrete_step",
        "rationale": "Two of three parts are done.",
        "law": "22 U.S.C. 7106(b)(2)",
    } | changed


def test_benchmark_assess_gives_a_verdict_on_its_grounds(client):
    benchmark = BenchmarkFactory()
    evidence = EvidenceFactory(supports=[benchmark], verified=True)
    officer = OfficerFactory()
    client.force_login(officer)

    response = client.post(assess_url(benchmark), form_data(evidence=[evidence.pk]))

    verdict = Assessment.objects.get()
    assert response.headers["Location"] == reverse("recommendation_detail", args=[benchmark.recommendation_id])
    assert (verdict.verdict, verdict.rationale, verdict.recorded_by) == (
        Verdict.STEP,
        "Two of three parts are done.",
        officer,
    )
    assert [ground.evidence for ground in verdict.grounds.all()] == [evidence]


def test_benchmark_assess_shows_when_each_verdict_is_given_and_asks_what_changed(client):
    benchmark = BenchmarkFactory()
    client.force_login(OfficerFactory())
    first = client.get(assess_url(benchmark))
    assert all(f"{means}</p>" in first.text for means in VERDICT_MEANINGS.values())
    assert set(VERDICT_MEANINGS) == set(Verdict)
    assert "What has changed" not in first.text
    before = AssessmentFactory(benchmark=benchmark, verdict=Verdict.STALLED)

    refused = client.post(assess_url(benchmark), form_data(seen=before.pk))

    assert refused.status_code == 422
    assert refused.context["assessable"].form.errors["change_reason"] == [
        "The assessment of 15 January 2022 was “Stalled”. Write what has changed since."
    ]
    assert "What has changed since 15 January 2022" in refused.text
    client.post(assess_url(benchmark), form_data(seen=before.pk, change_reason="The court sat."))
    page = client.get(reverse("recommendation_detail", args=[benchmark.recommendation_id])).text
    assert "What changed: The court sat." in page
    assert "In force from 28 January 2022." in page
    assert "In force from 15 January 2022." in page
    assert "Another assessment is in force." in page


def test_benchmark_assess_leads_back_to_the_version_it_came_from(client):
    benchmark, sent = BenchmarkFactory(), UpdateVersionFactory(accepted=True)
    client.force_login(OfficerFactory())

    for given, location in (
        (str(sent.pk), reverse("version_detail", args=[sent.pk])),
        ("987654", reverse("recommendation_detail", args=[benchmark.recommendation_id])),
        ("//elsewhere.example", reverse("recommendation_detail", args=[benchmark.recommendation_id])),
    ):
        assert client.post(assess_url(benchmark), form_data(update_version=given)).headers["Location"] == location


def test_benchmark_assess_fills_in_the_law_and_what_was_verified(client):
    benchmark = BenchmarkFactory(recommendation=RecommendationFactory(indicia=[1, 7]))
    verified = EvidenceFactory(supports=[benchmark], verified=True)
    EvidenceFactory(supports=[benchmark])
    client.force_login(OfficerFactory())

    form = client.get(assess_url(benchmark)).context["assessable"].form

    assert form["law"].value() == "22 U.S.C. 7106(b)(1), (7)"
    assert form["evidence"].value() == [str(verified.pk)]
    assert len(form.fields["evidence"].choices) == 2


def test_benchmark_assess_ticks_nothing_that_an_earlier_verdict_rests_on(client):
    benchmark, other = BenchmarkFactory(), BenchmarkFactory()
    old, newer, shared = (EvidenceFactory(supports=[benchmark, other], verified=True) for _ in range(3))
    AssessmentFactory(benchmark=benchmark, grounds=[old])
    AssessmentFactory(benchmark=benchmark, grounds=[])
    AssessmentFactory(benchmark=other, grounds=[shared])
    client.force_login(OfficerFactory())

    response = client.get(assess_url(benchmark))

    form = response.context["assessable"].form
    assert set(form["evidence"].value()) == {str(newer.pk), str(shared.pk)}
    assert [str(pk) for pk, read in form.fields["evidence"].choices if "used for an earlier assessment" in read] == [
        str(old.pk)
    ]
    assert "10 Jan 2022, used for an earlier assessment)" in response.text


def test_benchmark_assess_says_what_was_rejected_or_not_reviewed_before_a_verdict_rests_on_it(client):
    benchmark = BenchmarkFactory()
    EvidenceFactory(supports=[benchmark], title="Verified.", happened_to=january(10), verified=True)
    EvidenceFactory(supports=[benchmark], title="Claimed.", happened_to=january(10))
    refused = EvidenceFactory(supports=[benchmark], title="Refused.", happened_to=january(10))
    EvidenceReviewFactory(evidence_link=refused.evidence_links.get(), decision=EvidenceDecision.REJECTED)
    whole = EvidenceFactory(supports=[benchmark], title="Refused as a whole.", happened_to=january(10), verified=True)
    EvidenceReviewFactory(evidence=whole, evidence_link=None, decision=EvidenceDecision.REJECTED)
    used = EvidenceFactory(supports=[benchmark], title="Used, then refused.", happened_to=january(10), verified=True)
    AssessmentFactory(benchmark=benchmark, grounds=[used])
    EvidenceReviewFactory(
        evidence_link=used.evidence_links.get(),
        decision=EvidenceDecision.REJECTED,
        recorded_at=at_noon(january(20)),
    )
    client.force_login(OfficerFactory())

    response = client.get(assess_url(benchmark))

    assert sorted(label for _, label in response.context["assessable"].form.fields["evidence"].choices) == [
        "Claimed. (10 Jan 2022, not reviewed)",
        "Refused as a whole. (10 Jan 2022, rejected)",
        "Refused. (10 Jan 2022, rejected)",
        "Used, then refused. (10 Jan 2022, rejected; used for an earlier assessment)",
        "Verified. (10 Jan 2022)",
    ]


def test_benchmark_assess_says_from_which_day_the_verdict_will_hold(client):
    benchmark, bare = BenchmarkFactory(), BenchmarkFactory()
    pieces = [EvidenceFactory(supports=[benchmark], happened_to=january(day), verified=True) for day in (5, 12)]
    client.force_login(OfficerFactory())
    rule = (
        "The assessment takes effect on the end date of the evidence that you tick. If you tick none, it takes effect "
        "today, 28 January 2022."
    )

    assert f"{rule} With the evidence ticked now, that is 12 January 2022." in client.get(assess_url(benchmark)).text
    refused = client.post(assess_url(benchmark), form_data(rationale="", evidence=[pieces[0].pk])).text
    assert f"{rule} With the evidence ticked now, that is 5 January 2022." in refused
    refused = client.post(assess_url(benchmark), form_data(rationale="")).text
    assert rule in refused
    assert "With the evidence ticked now" not in refused
    assert "The assessment takes effect today, 28 January 2022." in client.get(assess_url(bare)).text


@pytest.mark.parametrize(
    ("indicia", "section"),
    [([], "22 U.S.C. 7107(b)"), ([2], "22 U.S.C. 7106(b)(2)"), ([3, 9], "22 U.S.C. 7106(b)(3), (9)")],
)
def test_section_of_law_names_the_indicia(indicia, section):
    assert section_of_law(indicia) == section


@pytest.mark.parametrize(
    ("changed", "field"), [({"verdict": ""}, "verdict"), ({"rationale": ""}, "rationale"), ({"law": ""}, "law")]
)
def test_benchmark_assess_refuses_beside_the_field_and_keeps_what_was_typed(client, changed, field):
    client.force_login(OfficerFactory())

    response = client.post(assess_url(BenchmarkFactory()), form_data(**changed))

    assert response.status_code == 422
    assert field in response.context["assessable"].form.errors
    kept = {"rationale": "22 U.S.C. 7106(b)(2)"}.get(field, "Two of three parts are done.")
    assert kept in response.text
    assert not Assessment.objects.exists()


def test_benchmark_assess_takes_no_evidence_that_does_not_support_it(client):
    benchmark = BenchmarkFactory()
    EvidenceFactory(supports=[benchmark])
    client.force_login(OfficerFactory())

    response = client.post(assess_url(benchmark), form_data(evidence=[EvidenceFactory().pk]))

    assert response.status_code == 422
    assert "Choose from the list." in response.text


def test_the_second_to_assess_sees_what_the_first_said_and_loses_nothing(client):
    benchmark = BenchmarkFactory()
    client.force_login(OfficerFactory())
    AssessmentFactory(benchmark=benchmark, rationale="Nothing moved.")

    first = client.post(assess_url(benchmark), form_data(seen="0"))

    assert first.status_code == 422
    assert shows_refusal(first, "edit_conflict")
    assert "Nothing moved." in first.text
    assert "Two of three parts are done." in first.text

    seen = first.context["assessable"].form["seen"].value()
    assert client.post(assess_url(benchmark), form_data(seen=seen)).status_code == 302


def test_benchmark_assess_is_404_unseen_and_403_where_seen_but_not_allowed(client):
    benchmark = BenchmarkFactory()
    commitment = CommitmentFactory(benchmarks=[benchmark])
    for user, status in (
        (AmbassadorFactory(), 403),
        (ObserverFactory(), 403),
        (FocalPointFactory(ministry=commitment.ministry), 403),
        (FocalPointFactory(), 404),
        (OfficerFactory(countries=[CountryFactory(elsewhere=True)]), 404),
    ):
        client.force_login(user)
        assert client.get(assess_url(benchmark)).status_code == status
        assert client.post(assess_url(benchmark), form_data()).status_code == status


@pytest.mark.parametrize("count", [1, 3])
def test_benchmark_assess_query_count(client, django_assert_num_queries, count):
    benchmark = BenchmarkFactory()
    for _ in range(count):
        EvidenceFactory(supports=[benchmark], verified=True)
        AssessmentFactory(benchmark=benchmark)
    client.force_login(OfficerFactory())

    # session, user, zone; benchmark, links, reviews, assessments, terms; figures; may assess; tasks, the post’s name
    with django_assert_num_queries(16):
        response = client.get(assess_url(benchmark))

    assert len(response.context["assessable"].exhibits) == count
