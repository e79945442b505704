"""The list of recommendations, and the page of one: its benchmarks and what supports them."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils.html import escape

from dialogues.choices import DoneBy, EvidenceDecision, SupportKind, Verdict
from recommendations.choices import Origin, Rule, TextStatus
from recommendations.models import Recommendation
from tests.edition_urls import edition_url
from tests.factories import (
    AdministratorFactory,
    AmbassadorFactory,
    AssessmentFactory,
    BenchmarkFactory,
    CommitmentFactory,
    CountryFactory,
    EditionFactory,
    EvidenceFactory,
    EvidenceReviewFactory,
    FocalPointFactory,
    IndicatorFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
    ReadingFactory,
    RecommendationFactory,
    RecommendationTermsFactory,
    UpdateVersionFactory,
    at_noon,
)

pytestmark = pytest.mark.django_db


def test_recommendation_list_shows_how_far_each_benchmark_is(client):
    districts = IndicatorFactory(unit="districts")
    police = MinistryFactory(name="Ministry of Police")
    recommendation = RecommendationFactory(lead=police)
    for figure, verified in ((6, True), (8, False)):
        evidence = EvidenceFactory(happened_to=date(2021, 12, figure), verified=verified)
        ReadingFactory(indicator=districts, figure=figure, through_on=date(2021, 12, figure), evidence=evidence)
    BenchmarkFactory(
        recommendation=recommendation, terms__rule=Rule.TARGET, terms__target=10, terms__indicator=districts
    )
    BenchmarkFactory(recommendation=recommendation)
    client.force_login(ObserverFactory())

    response = client.get(reverse("recommendation_list"))

    (row,) = response.context["rows"]
    assert [display.bar.text for _, display in row.benchmarks] == [
        "6 of 10 districts; claimed: 8 of 10 districts",
        "no data",
    ]
    assert 'width="60%"' in response.text
    assert "Prosecution · Ministry of Police" in response.text
    assert f'"{reverse("glossary")}#reconstruction"' in response.text


def test_recommendation_list_is_most_important_first_the_action_plan_last(client):
    RecommendationFactory(number=2, text="Second")
    RecommendationFactory(number=1, text="Plan", origin=Origin.ACTION_PLAN)
    RecommendationFactory(number=1, text="First")
    client.force_login(AmbassadorFactory())

    response = client.get(reverse("recommendation_list"))

    assert [row.recommendation.text for row in response.context["rows"]] == ["First", "Second", "Plan"]
    assert reverse("recommendation_add", args=[EditionFactory().pk]) not in response.text


@pytest.mark.parametrize(("second", "above", "each"), [(TextStatus.RECONSTRUCTION, 1, 0), (TextStatus.OFFICIAL, 0, 1)])
def test_a_ministry_reads_once_that_the_wording_of_every_recommendation_is_ours(client, second, above, each):
    ours = RecommendationFactory(text_status=TextStatus.RECONSTRUCTION)
    RecommendationFactory(edition=ours.edition, text_status=second)
    client.force_login(FocalPointFactory(ministry__country=ours.edition.country))

    text = client.get(reverse("recommendation_list")).text

    assert text.count("The wording is ours, from public sources.") == above
    assert text.count("Our wording, from public sources.") == each


def test_a_recommendation_shows_an_administrator_no_commitments(client):
    benchmark = BenchmarkFactory(terms__criterion="Ours.")
    address = reverse("recommendation_detail", args=[benchmark.recommendation_id])
    pages = []
    for reader in (AdministratorFactory(), FocalPointFactory()):
        client.force_login(reader)
        pages.append(client.get(address).text)

    assert ["Your ministry" in page for page in pages] == [False, True]


def test_recommendation_list_gives_a_ministry_what_is_published_and_its_own(client):
    police = MinistryFactory(short_name="Police")
    own, other = BenchmarkFactory(terms__criterion="Ours."), BenchmarkFactory(terms__criterion="Theirs.")
    CommitmentFactory(text="Our promise", ministry=police, benchmarks=[own])
    CommitmentFactory(text="Their promise", benchmarks=[own, other])
    client.force_login(FocalPointFactory(ministry=police))

    response = client.get(reverse("recommendation_list"))

    first, second = response.context["published"]
    assert (first.wordings, [commitment.text for commitment in first.commitments]) == (
        [("1a", "Ours.")],
        ["Our promise"],
    )
    assert (second.wordings, second.commitments) == ([], [])
    assert second.text in response.text
    for secret in ("Their promise", "Theirs.", "share-bar", "no data", own.recommendation.lead.name, "Add a"):
        assert secret not in response.text
    assert {"rows", "may_edit"}.isdisjoint(_context_names(response))


def _context_names(response):
    """Return the names of everything in the context of the page."""
    return {name for context in response.context for layer in context.dicts for name in layer}


@pytest.mark.parametrize("count", [1, 3])
def test_recommendation_list_query_count(client, django_assert_num_queries, count):
    for benchmark in BenchmarkFactory.create_batch(count):
        EvidenceFactory(supports=[benchmark], verified=True)
    client.force_login(OfficerFactory())

    # 2 who asks, 2 zone and tasks, 1 edition, 1 may read, 1 ministries, 12 facts, 1 recommendations, 2 benchmarks,
    # 1 may edit, 1 what is retired, 1 the edition before, 1 saved filters, 1 name
    with django_assert_num_queries(30):
        response = client.get(edition_url("recommendation_list"))

    assert len(response.context["rows"]) == count


@pytest.mark.parametrize("count", [1, 3])
def test_recommendation_list_query_count_for_a_ministry(client, django_assert_num_queries, count):
    police = MinistryFactory()
    for benchmark in BenchmarkFactory.create_batch(count):
        CommitmentFactory(ministry=police, benchmarks=[benchmark])
    client.force_login(FocalPointFactory(ministry=police))

    # 2 who asks, 1 zone, 1 edition, 2 benchmarks, 3 commitments, 1 recommendations, 1 what is retired
    with django_assert_num_queries(11):
        response = client.get(edition_url("recommendation_list"))

    assert len(response.context["published"]) == count


def get_recommendation(client, recommendation):
    return client.get(reverse("recommendation_detail", args=[recommendation.pk]))


def test_recommendation_detail_shows_all_that_supports_it(client):
    benchmark = BenchmarkFactory(terms__criterion="A budget is released.")
    recommendation = benchmark.recommendation
    recommendation.years_unmet, recommendation.years_unmet_source = 5, "TIP Report 2021"
    recommendation.save()
    act = EvidenceFactory(title="Money was paid out", supports=[benchmark], verified=True)
    AssessmentFactory(
        benchmark=benchmark, rationale="Too early.", recorded_at=at_noon(date(2022, 1, 12)), grounds=[act]
    )
    AssessmentFactory(benchmark=benchmark, verdict=Verdict.MET, rationale="Paid in full.", grounds=[act])
    CommitmentFactory(text="Pay it", benchmarks=[benchmark], made__due_on=date(2022, 1, 21))
    client.force_login(ObserverFactory())

    response = get_recommendation(client, recommendation)

    (one,) = response.context["benchmarks"]
    assert one.display.reason == "Assessed as of 10 January 2022: Met. Last verified action: 10 January 2022."
    kinds = [type(entry).__name__ for entry in one.history]
    assert kinds == ["BenchmarkVerdict", "BenchmarkVerdict", "BenchmarkEvidence"]
    assert [entry.holds for entry in one.history[:2]] == [True, False]
    for told in (
        "A budget is released.",
        "Our wording, from public sources. It is not the wording of the report.",
        "5 years in a row",
        "Money was paid out",
        "Paid in full.",
        "Too early.",
        "Another assessment is in force.",
        "Pay it",
        "Overdue by 7 days",
        "22 U.S.C. 7107(b), Tier 2",
    ):
        assert told in response.text
    assert "Log progress</a>" not in response.text.partition("<main")[2]


def test_recommendation_detail_shows_the_verdict_in_force(client):
    benchmark = BenchmarkFactory()
    act = EvidenceFactory(supports=[benchmark], happened_to=date(2021, 12, 1), verified=True)
    AssessmentFactory(benchmark=benchmark, rationale="On nothing.", recorded_at=at_noon(date(2022, 1, 12)))
    AssessmentFactory(benchmark=benchmark, rationale="On December.", grounds=[act])
    client.force_login(OfficerFactory())

    (one,) = get_recommendation(client, benchmark.recommendation).context["benchmarks"]

    judged = [entry for entry in one.history if hasattr(entry, "verdict")]
    assert [(entry.assessment.rationale, entry.holds) for entry in judged] == [
        ("On December.", False),
        ("On nothing.", True),
    ]


def test_recommendation_detail_says_why_evidence_does_not_count(client):
    benchmark = BenchmarkFactory()
    EvidenceFactory(title="An old law", supports=[benchmark], happened_to=date(2021, 1, 15), verified=True)
    EvidenceFactory(title="A charity's shelter", supports=[benchmark], done_by=DoneBy.CIVIL_SOCIETY)
    EvidenceFactory(title="A plan", supports=[benchmark], supports__shows=SupportKind.PLAN)
    EvidenceFactory(title="A claim", supports=[benchmark])
    client.force_login(OfficerFactory())

    response = get_recommendation(client, benchmark.recommendation)

    (one,) = response.context["benchmarks"]
    assert {entry.evidence.title: entry.counting.reason for entry in one.history} == {
        "An old law": "before 1 April 2021",
        "A charity's shelter": "done by civil society, not by the government",
        "A plan": "a statement or plan, not a concrete action",
        "A claim": "not verified yet",
    }
    assert "Does not count: before 1 April 2021" in response.text
    assert "Does not count: not verified yet" not in response.text


def test_recommendation_detail_says_when_verified_evidence_was_rejected_or_corrected_later(client):
    benchmark = BenchmarkFactory()
    rejected = EvidenceFactory(title="Rejected", supports=[benchmark], verified=True)
    EvidenceReviewFactory(
        evidence_link=rejected.evidence_links.get(),
        decision=EvidenceDecision.REJECTED,
        recorded_at=at_noon(date(2022, 1, 14)),
    )
    first = EvidenceFactory(title="First", supports=[benchmark], verified=True)
    EvidenceFactory(title="Second", revises=first, supports=[benchmark], recorded_at=at_noon(date(2022, 1, 16)))
    client.force_login(OfficerFactory())

    text = get_recommendation(client, benchmark.recommendation).text

    entries = {
        title: entry
        for title in ("Rejected", "First", "Second")
        for entry in text.split("<li")
        if f">{title}</a>" in entry
    }
    assert "Verified on 10 Jan 2022, rejected on 14 Jan 2022" in entries["Rejected"]
    for title, state in (("First", "Replaced by a corrected version"), ("Second", "Not reviewed")):
        assert "Verified on 10 Jan 2022, corrected on 16 Jan 2022" in entries[title]
        assert state in entries[title]
    assert not any("status--verified" in entry for entry in entries.values())


def test_recommendation_detail_shows_the_readings_of_a_counted_benchmark(client):
    cases = IndicatorFactory()
    benchmark = BenchmarkFactory(terms__rule=Rule.MORE, terms__indicator=cases)
    ReadingFactory(indicator=cases, figure=4, last_period=True)
    ReadingFactory(indicator=cases, figure=9, through_on=date(2021, 12, 31), verified=True)
    ReadingFactory(indicator=cases, figure=None, through_on=date(2022, 1, 15))
    ReadingFactory(indicator=cases, figure=1, starts_on=date(2019, 4, 1), through_on=date(2020, 3, 31))
    client.force_login(OfficerFactory())

    response = get_recommendation(client, benchmark.recommendation)

    (one,) = response.context["benchmarks"]
    assert [(reading.display_value, counting.counts) for reading, counting in one.readings] == [
        ("no figure", False),
        ("9", True),
        ("4", True),
        ("1", False),
    ]
    assert "from a year that is not compared" in response.text
    assert reverse("benchmark_assess", args=[benchmark.pk]) not in response.text  # a figure decides


def test_recommendation_detail_offers_an_officer_what_an_officer_may_do(client):
    benchmark = BenchmarkFactory()
    ways = [
        reverse("recommendation_edit", args=[benchmark.recommendation_id]),
        reverse("benchmark_add", args=[benchmark.recommendation_id]),
        reverse("benchmark_edit", args=[benchmark.pk]),
        reverse("benchmark_assess", args=[benchmark.pk]),
    ]
    client.force_login(OfficerFactory())
    text = get_recommendation(client, benchmark.recommendation).text
    assert [way for way in ways if f'"{way}"' not in text] == []

    client.force_login(AmbassadorFactory())
    text = get_recommendation(client, benchmark.recommendation).text
    assert [way for way in ways if f'"{way}"' in text] == []


def test_recommendation_detail_leads_an_officer_to_logging_with_its_benchmarks_chosen(client):
    recommendation = RecommendationFactory()
    first, second = (BenchmarkFactory(recommendation=recommendation) for _ in range(2))
    client.force_login(OfficerFactory())
    page = get_recommendation(client, recommendation)

    def chosen(url):
        assert f'href="{escape(url)}"' in page.text
        return [int(row["benchmark"].value()) for row in client.get(url).context["rows"] if row["benchmark"].value()]

    assert chosen(page.context["log_url"]) == [first.pk, second.pk]
    for benchmark in (first, second):
        assert chosen(edition_url("evidence_log", query={"benchmark": benchmark.pk})) == [benchmark.pk]


def test_recommendation_detail_leads_to_the_years_before_and_after(client):
    first = RecommendationFactory(number=4, years_unmet=5, years_unmet_source="TIP Report 2021")
    again = RecommendationFactory(edition=EditionFactory(year=2022), number=1, repeats=first)
    client.force_login(ObserverFactory())

    before, after = get_recommendation(client, first), get_recommendation(client, again)

    assert (before.context["repeated"], before.context["repeated_by"]) == (None, [again])
    assert before.context["unmet"].text == "5 years in a row"
    assert (after.context["repeated"], after.context["repeated_by"]) == (first, [])
    assert after.context["unmet"].text == "6 years in a row"
    assert "2022 edition, TIP Report, recommendation 1" in before.text
    assert "2021 edition, TIP Report, recommendation 4" in after.text


def test_recommendation_list_leads_an_officer_to_the_roll_over_where_there_is_a_year_before(client):
    client.force_login(OfficerFactory())
    first = RecommendationFactory()
    assert "Roll over" not in client.get(edition_url("recommendation_list")).text

    following = EditionFactory(year=2022)
    RecommendationFactory(edition=following)
    address = edition_url("recommendation_list", edition=following)

    assert (
        reverse("edition_repeats", args=[first.edition_id]) not in client.get(edition_url("recommendation_list")).text
    )
    assert "Roll over from the 2021 edition" in client.get(address).text
    client.force_login(AmbassadorFactory())
    assert "Roll over from the 2021 edition" not in client.get(address).text


def test_recommendation_detail_gives_a_ministry_what_is_published_and_its_own(client):
    police = MinistryFactory(name="Ministry of Police")
    recommendation = RecommendationFactory(lead=police, years_unmet=5, years_unmet_source="Counted by us")
    own = BenchmarkFactory(recommendation=recommendation, terms__criterion="Ours.", terms__reason="Internal reason")
    other = BenchmarkFactory(recommendation=recommendation, terms__criterion="Theirs.")
    EvidenceFactory(title="Internal evidence", supports=[own], verified=True)
    AssessmentFactory(benchmark=own, rationale="Internal verdict")
    CommitmentFactory(text="Our promise", ministry=police, benchmarks=[own], made__due_on=date(2022, 2, 1))
    CommitmentFactory(text="Their promise", benchmarks=[own, other])
    client.force_login(FocalPointFactory(ministry=police))

    response = get_recommendation(client, recommendation)

    for told in (recommendation.text, "Our wording", "Ours.", "Our promise", "Due on Tuesday, <time"):
        assert told in response.text
    for secret in (
        "Theirs.",
        "Their promise",
        "Internal",
        "Counted by us",
        "a concrete step",
        "7106(b)",
        "weight",
        "Assess",
    ):
        assert secret not in response.text
    assert {"recommendation", "benchmarks", "supporting", "pillar"}.isdisjoint(_context_names(response))


def test_recommendation_of_another_country_is_not_there(client):
    recommendation = RecommendationFactory()
    client.force_login(OfficerFactory(countries=[CountryFactory(elsewhere=True)]))

    assert get_recommendation(client, recommendation).status_code == 404
    assert client.get(reverse("recommendation_detail", args=[987654])).status_code == 404


def retire(recommendation, **said):
    """Retired on 1 February 2022."""
    RecommendationTermsFactory(
        recommendation=recommendation, is_retired=True, recorded_at=at_noon(date(2022, 2, 1)), **said
    )
    Recommendation.objects.filter(pk=recommendation.pk).update(is_retired=True)


@pytest.mark.parametrize("reader", [OfficerFactory, FocalPointFactory])
def test_retired_benchmarks_are_listed_separately_with_their_commitments(client, reader):
    gone = BenchmarkFactory(recommendation__text="Count the trees.", recommendation__number=1)
    BenchmarkFactory(recommendation__text="Train the police.", recommendation__number=2)
    user = reader()
    ministry = {"ministry": user.ministry} if user.ministry else {}
    CommitmentFactory(text="Every tree by May.", benchmarks=[gone], **ministry)
    retire(gone.recommendation, reason="The list of May no longer has it.")
    client.force_login(user)

    listed = client.get(reverse("recommendation_list")).text
    assert "1. Count the trees." not in listed
    assert "2. Train the police." in listed
    assert "No longer asked" in listed
    assert f'<a href="{reverse("recommendation_detail", args=[gone.recommendation_id])}">Count the trees.</a>' in listed
    response = client.get(reverse("recommendation_detail", args=[gone.recommendation_id]))
    assert "Every tree by May." in response.text
    assert "no longer asked" in response.text.lower()
    assert ("since 1 February 2022: The list of May no longer has it." in response.text) is user.is_embassy


def test_earlier_wordings_stay_readable(client):
    client.force_login(OfficerFactory())
    recommendation = RecommendationFactory(number=3, text="Ours.")
    alone = get_recommendation(client, recommendation).text
    RecommendationTermsFactory(
        recommendation=recommendation, number=7, text="Theirs.", text_status=TextStatus.OFFICIAL, reason="It came.",
        recorded_at=at_noon(date(2022, 2, 1)),
    )  # fmt: skip
    Recommendation.objects.filter(pk=recommendation.pk).update(number=7, text="Theirs.", text_status="official")
    worded = get_recommendation(client, recommendation).text

    assert "Earlier wordings" not in alone
    assert [each in worded for each in ("Earlier wordings", "Ours.", "Reconstruction", "It came.")] == [True] * 4


@pytest.mark.parametrize("count", [1, 3])
def test_recommendation_detail_query_count(client, django_assert_num_queries, count):
    recommendation = RecommendationFactory()
    for _ in range(count):
        cases = IndicatorFactory()
        benchmark = BenchmarkFactory(recommendation=recommendation, terms__rule=Rule.MORE, terms__indicator=cases)
        evidence = EvidenceFactory(supports=[benchmark], verified=True)
        ReadingFactory(indicator=cases, evidence=evidence)
        AssessmentFactory(benchmark=benchmark, grounds=[evidence])
        CommitmentFactory(benchmarks=[benchmark])
    client.force_login(OfficerFactory())

    # 2 who asks, 2 zone and tasks, 1 recommendation, 1 may read, 1 supporting, 12 facts, 2 benchmarks, 2 commitments,
    # 2 evidence, 2 reversed reviews, 1 readings, 3 assessments, 4 what may be done, 1 wordings,
    # 2 years unmet and asked again, 1 name
    with django_assert_num_queries(46):
        response = get_recommendation(client, recommendation)

    assert len(response.context["benchmarks"]) == count


def test_a_ministry_sees_no_commitment_as_overdue_while_an_update_waits(client):
    ministry = MinistryFactory()
    benchmark = BenchmarkFactory()
    silent, waits = (
        CommitmentFactory(ministry=ministry, benchmarks=[benchmark], made__due_on=date(2022, 1, 15)) for _ in range(2)
    )
    UpdateVersionFactory(update__commitment=waits)
    client.force_login(FocalPointFactory(ministry=ministry))

    published = client.get(reverse("recommendation_list")).context["published"]
    stands = {own.text: own.status.value for shown in published for own in shown.commitments}
    assert stands == {silent.text: "overdue", waits.text: "with_embassy"}
