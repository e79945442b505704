"""The API of editions, recommendations, benchmarks and indicators, for each reader."""

from datetime import date

import pytest

from recommendations.choices import EffortQuestion, Origin, Rule, TextStatus
from tests.factories import (
    BenchmarkFactory,
    BenchmarkTermsFactory,
    CommitmentFactory,
    CountryFactory,
    EditionFactory,
    FocalPointFactory,
    IndicatorFactory,
    MinistryFactory,
    OfficerFactory,
    RecommendationFactory,
    at_noon,
)
from tests.query_counts import FIRST_LIST_READ

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client):
    user = OfficerFactory()
    client.force_login(user)
    return user


def results(client, path, **query):
    response = client.get(f"/api/v1/{path}/", query)
    assert response.status_code == 200, response.content
    return response.json()["results"]


def test_editions_tell_the_embassy_their_terms_newest_first(client, officer):
    edition = EditionFactory(terms__readiness_target=50)

    assert results(client, "editions") == [
        {
            "id": edition.pk,
            "country": "LSO",
            "year": 2021,
            "tier": "2WL",
            "published_on": "2021-07-01",
            "starts_on": "2021-04-01",
            "ends_on": "2022-03-31",
            "source": "TIP Report 2021",
            "target_tier": "2",
            "note": "",
            "terms": [
                {
                    "id": edition.terms.get().pk,
                    "deadline_on": "2022-02-28",
                    "readiness_target": "50.0",
                    "working_mark": "50.0",
                    "readiness_target_reason": "The post's own target.",
                    "working_mark_reason": "The post's own target.",
                    "reason": "The edition was published.",
                    "recorded_at": "2021-07-01T09:00:00+02:00",
                }
            ],
        }
    ]


def test_recommendations_tell_who_answers_for_them_in_the_reports_order(client, officer):
    lead, supporting = MinistryFactory(), MinistryFactory()
    planned = RecommendationFactory(number=1, origin=Origin.ACTION_PLAN, lead=None)
    second = RecommendationFactory(number=2, text_status=TextStatus.OFFICIAL)
    first = RecommendationFactory(
        number=1, lead=lead, supporting=[supporting], years_unmet=5, years_unmet_source="TIP Report 2021"
    )

    rows = results(client, "recommendations")

    assert [row["id"] for row in rows] == [first.pk, second.pk, planned.pk]
    assert rows[0] == {
        "id": first.pk,
        "edition": first.edition_id,
        "origin": "report",
        "number": 1,
        "text": "Do what number 1 says.",
        "text_status": "reconstruction",
        "pillar": "prosecution",
        "indicia": [1],
        "lead": lead.pk,
        "supporting": [supporting.pk],
        "repeats": None,
        "years_unmet": 5,
        "years_unmet_source": "TIP Report 2021",
        "unmet": {"years": 5, "is_at_least": False, "source": "TIP Report 2021"},
    }


def test_recommendations_tell_for_how_long_they_are_unmet_also_where_it_is_counted(client, officer):
    first = RecommendationFactory(number=1)
    again = RecommendationFactory(edition=EditionFactory(year=2022), number=4, repeats=first)

    rows = {row["id"]: row["unmet"] for row in results(client, "recommendations")}

    counted = {"years": 1, "is_at_least": True, "source": "asked in 2021 and again in 2022"}
    assert rows == {first.pk: None, again.pk: counted}


def test_benchmarks_tell_the_embassy_every_row_of_their_terms(client, officer):
    indicator = IndicatorFactory()
    benchmark = BenchmarkFactory(terms__criterion="Three districts.", terms__recorded_at=at_noon(date(2021, 7, 1)))
    BenchmarkTermsFactory(
        benchmark=benchmark,
        criterion="Ten districts.",
        rule=Rule.TARGET,
        target=10,
        indicator=indicator,
        reason="The plan says ten.",
        recorded_at=at_noon(date(2021, 9, 1)),
    )

    (row,) = results(client, "benchmarks")

    assert (row["key"], row["wording"], row["repeats"]) == ("1a", "Ten districts.", None)
    assert [(terms["criterion"], terms["target"], terms["indicator"]) for terms in row["terms"]] == [
        ("Ten districts.", "10.00", indicator.pk),
        ("Three districts.", None, None),
    ]


def test_indicators_say_which_figures_the_law_requires(client, officer):
    required = IndicatorFactory(question=EffortQuestion.CONVICTIONS)
    IndicatorFactory(question=EffortQuestion.MONEY)

    rows = results(client, "indicators")

    assert [row["is_required"] for row in rows] == [True, False]
    assert rows[0]["id"] == required.pk
    assert rows[0]["country"] == "LSO"


def test_indicators_tell_the_embassy_alone_which_ministry_reports_them(client, officer):
    police, home = MinistryFactory(), MinistryFactory()
    benchmark = BenchmarkFactory(terms__rule=Rule.MORE, terms__indicator=IndicatorFactory(ministry=home))
    CommitmentFactory(ministry=police, benchmarks=[benchmark])
    IndicatorFactory()

    assert [row["ministry"] for row in results(client, "indicators")] == [home.pk, None]
    client.force_login(FocalPointFactory(ministry=police))
    (row,) = results(client, "indicators")
    assert "ministry" not in row
    client.force_login(FocalPointFactory(ministry=home))
    assert results(client, "indicators") == []


def test_a_ministry_reads_what_is_published_and_the_wording_of_its_own_benchmarks(client):
    police = MinistryFactory(short_name="Police")
    own = BenchmarkFactory(terms__rule=Rule.MORE, terms__criterion="More than last year.")
    others = BenchmarkFactory(recommendation=own.recommendation, terms__rule=Rule.MORE)
    CommitmentFactory(ministry=police, benchmarks=[own])
    CommitmentFactory(benchmarks=[others])
    client.force_login(FocalPointFactory(ministry=police))

    (edition,), (recommendation,) = results(client, "editions"), results(client, "recommendations")

    assert "terms" not in edition
    assert "target_tier" not in edition
    assert recommendation == {
        "id": own.recommendation_id,
        "edition": edition["id"],
        "origin": "report",
        "number": 1,
        "text": "Do what number 1 says.",
        "text_status": "reconstruction",
        "pillar": "prosecution",
        "indicia": [1],
    }
    assert results(client, "benchmarks") == [
        {
            "id": own.pk,
            "key": "1a",
            "recommendation": own.recommendation_id,
            "letter": "a",
            "wording": "More than last year.",
        }
    ]
    assert [row["id"] for row in results(client, "indicators")] == [own.terms.get().indicator_id]


@pytest.mark.parametrize(
    ("path", "query", "found"),
    [
        ("editions", {"country": "lso"}, 2),
        ("editions", {"country": "MWI"}, 0),
        ("editions", {"year": 2020}, 1),
        ("recommendations", {"edition": "own"}, 1),
        ("recommendations", {"pillar": "prevention"}, 0),
        ("recommendations", {"origin": "report"}, 1),
        ("benchmarks", {"edition": "own"}, 1),
        ("benchmarks", {"recommendation": "own"}, 1),
        ("indicators", {"pillar": "prosecution"}, 1),
        ("indicators", {"question": "convictions"}, 0),
    ],
)
def test_lists_are_narrowed_by_their_parameters(client, officer, path, query, found):
    benchmark = BenchmarkFactory(terms__rule=Rule.MORE)
    EditionFactory(year=2020)
    own = {"edition": benchmark.recommendation.edition_id, "recommendation": benchmark.recommendation_id}

    rows = results(client, path, **{name: own[name] if value == "own" else value for name, value in query.items()})

    assert len(rows) == found


@pytest.mark.parametrize("path", ["recommendations", "benchmarks"])
def test_an_unseen_and_an_unknown_edition_narrow_to_the_same_empty_list(client, officer, path):
    unseen = BenchmarkFactory(recommendation__edition__country=CountryFactory(elsewhere=True))

    asked = [
        client.get(f"/api/v1/{path}/", {"edition": pk}).json()
        for pk in (unseen.recommendation.edition_id, 10**9, 10**25)
    ]

    assert asked == [{"count": 0, "next": None, "previous": None, "results": []}] * 3


def test_filter_with_an_unknown_choice_is_refused_by_its_name(client, officer):
    response = client.get("/api/v1/recommendations/", {"pillar": "punishment"})

    assert response.status_code == 400
    assert list(response.json()) == ["pillar"]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("editions", 6),  # session, person, zone; count, editions, terms
        ("recommendations", 7),  # … supporting ministries, years unmet
        ("benchmarks", 6),  # … terms
        ("indicators", 6),
    ],
)
def test_lists_count_their_queries(client, django_assert_num_queries, path, queries, count):
    client.force_login(OfficerFactory())
    for year in range(2021, 2021 + count):
        edition = EditionFactory(year=year)
        recommendation = RecommendationFactory(edition=edition, supporting=[MinistryFactory()])
        BenchmarkFactory(recommendation=recommendation, terms__rule=Rule.MORE)

    with django_assert_num_queries(queries + FIRST_LIST_READ):
        rows = results(client, path)

    assert len(rows) == count
