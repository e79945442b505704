"""Readiness and briefings by the API."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from dialogues.choices import Verdict
from recommendations.choices import EffortQuestion, Rule
from reports.models import Briefing, BriefingDownload
from tests.factories import (
    AmbassadorFactory,
    AssessmentFactory,
    BenchmarkFactory,
    BriefingFactory,
    CountryFactory,
    EditionFactory,
    EvidenceFactory,
    FocalPointFactory,
    IndicatorFactory,
    JobFactory,
    ObserverFactory,
    OfficerFactory,
    ReadingFactory,
    RecommendationFactory,
)
from tests.query_counts import FIRST_LIST_READ
from tests.refusals import shows_refusal
from tiptracker.jobs.models import State

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def officer(client):
    user = OfficerFactory(name="Officer Orr")
    client.force_login(user)
    return user


@pytest.fixture
def edition():
    """The edition of 2021 with something verified, something claimed and something counted."""
    benchmark = BenchmarkFactory(recommendation__text="Pass the act.")
    done = EvidenceFactory(supports=[benchmark], verified=True)
    AssessmentFactory(benchmark=benchmark, verdict=Verdict.MET, grounds=[done])
    counted = BenchmarkFactory(terms__rule=Rule.TARGET, terms__target=10)
    ReadingFactory(indicator=counted.current_terms.indicator, figure=4, through_on=date(2022, 1, 20))
    ReadingFactory(
        indicator=IndicatorFactory(question=EffortQuestion.PROSECUTIONS), through_on=date(2022, 1, 20), verified=True
    )
    EvidenceFactory(supports=[BenchmarkFactory()])
    return benchmark.recommendation.edition


def get_readiness(client, **query):
    return client.get("/api/v1/readiness/", query)


# --- Readiness --------------------------------------------------------------------------------------------------------


def test_readiness_says_what_the_command_says(client, officer, edition):
    printed = StringIO()
    call_command("readiness", "LSO", "2021", "--as-of", "2022-01-28", "--json", stdout=printed)

    response = get_readiness(client)

    assert response.status_code == 200
    assert response.json() == json.loads(printed.getvalue())
    assert response.json()["score"] > 0


def test_readiness_without_parameters_is_that_of_the_current_edition(client, officer, edition):
    older = RecommendationFactory(edition__year=2020).edition
    RecommendationFactory(edition__year=2022)  # upcoming

    assert get_readiness(client).json()["edition"] == {"id": edition.pk, "country": "LSO", "year": 2021}
    assert get_readiness(client, edition=older.pk).json()["edition"]["year"] == 2020


def test_readiness_can_be_requested_for_a_day_and_a_moment(client, officer, edition):
    early = get_readiness(client, as_of="2022-01-05").json()
    unknown = get_readiness(client, known_by="2022-01-09T00:00:00+02:00").json()

    assert (early["as_of"], early["score"]) == ("2022-01-05", 0.0)
    assert (unknown["known_by"], unknown["score"], unknown["reviewed"]) == ("2022-01-09T00:00:00+02:00", 0.0, False)


def test_a_plus_sign_that_arrives_as_a_space_is_still_a_zone(client, officer, edition):
    response = client.get("/api/v1/readiness/?known_by=2022-01-09T00:00:00+02:00")

    assert response.json()["known_by"] == "2022-01-09T00:00:00+02:00"


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ({"as_of": "yesterday"}, {"as_of": ["Give a date, such as 2022-01-28."]}),
        ({"edition": "first"}, {"edition": ["Give an id. An id is a whole number."]}),
    ],
)
def test_readiness_asked_wrongly_says_how_to_ask(client, officer, edition, query, errors):
    response = get_readiness(client, **query)

    assert response.status_code == 400
    assert response.json() == errors


@pytest.mark.usefixtures("officer", "edition")
@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        ("as_of", "2022-01-29", "future_day"),
        ("as_of", "2021-03-31", "before_tracking_period"),
        ("known_by", "yesterday", "not_a_moment"),
        ("known_by", "2022-01-28T09:00:00", "no_time_zone"),
    ],
)
def test_readiness_of_a_day_or_a_moment_that_can_not_be_is_refused_beside_it(client, field, typed, code):
    response = get_readiness(client, **{field: typed})

    assert (response.status_code, list(response.json())) == (400, [field])
    assert shows_refusal(response, code)


def test_readiness_of_an_unseen_an_unknown_and_an_untracked_edition_give_the_same_error(client, officer, edition):
    elsewhere = RecommendationFactory(edition__country=CountryFactory(elsewhere=True)).edition
    untracked = EditionFactory(year=2019)

    told = {
        (response.status_code, response.content.decode().replace(str(pk), "ID"))
        for pk in (elsewhere.pk, untracked.pk, 987654321)
        if (response := get_readiness(client, edition=pk))
    }

    assert told == {(400, '{"edition":["You can see no row with the id ID. Use an id from the list."]}')}


@pytest.mark.parametrize("edition_query", [{}, {"edition": "own"}])
def test_readiness_is_never_a_ministrys_to_read(client, edition, edition_query):
    client.force_login(FocalPointFactory())

    response = get_readiness(client, **dict.fromkeys(edition_query, edition.pk))

    assert response.status_code == 404
    assert response.json() == {"detail": "Not found."}


def test_readiness_where_nothing_is_followed_is_not_found(client, officer):
    assert get_readiness(client).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_readiness_counts_its_queries(client, django_assert_num_queries, count):
    client.force_login(OfficerFactory())
    for _ in range(count):
        benchmark = BenchmarkFactory()
        AssessmentFactory(benchmark=benchmark, grounds=[EvidenceFactory(supports=[benchmark], verified=True)])

    # session, person, zone; edition; the facts in twelve; what next steps are called: ministries, benchmarks' terms
    with django_assert_num_queries(19 + FIRST_LIST_READ):
        assert get_readiness(client).status_code == 200


# --- Briefings --------------------------------------------------------------------------------------------------------


def post_briefing(client, body):
    return client.post("/api/v1/briefings/", body, content_type="application/json")


@pytest.mark.parametrize("factory", [OfficerFactory, AmbassadorFactory])
def test_a_briefing_is_asked_for_watched_and_fetched(client, edition, run_jobs, factory):
    person = factory(name="Who Asks")
    client.force_login(person)

    asked = post_briefing(client, {"kind": "ambassador", "edition": edition.pk, "as_of": "2022-01-27"})

    assert asked.status_code == 202
    briefing = Briefing.objects.get()
    assert (asked.json()["id"], asked.json()["state"]) == (briefing.pk, "queued")
    address = f"/api/v1/briefings/{briefing.pk}/"
    early = client.get(f"{address}file/")
    assert (early.status_code, early.json()["code"]) == (409, "not_ready")
    run_jobs()
    ready = client.get(address).json()
    assert (ready["state"], ready["progress"], ready["as_of"], ready["version"]) == ("ready", 100, "2022-01-27", 1)
    assert (ready["kind"], ready["marking"], ready["requested_by"]) == ("ambassador", "sbu", "Who Asks")
    taken = client.get(f"{address}file/", headers={"accept": "application/pdf"})
    content = b"".join(taken.streaming_content)
    assert content.startswith(b"%PDF-")
    assert taken["Content-Type"] == "application/pdf"
    assert "attachment" in taken["Content-Disposition"]
    assert "no-store" in taken["Cache-Control"]
    assert BriefingDownload.objects.get().by == person
    assert (ready["size"], ready["sha256"]) == (len(content), briefing.downloads.get().sha256)


def test_the_default_briefing_is_the_ambassadors_on_the_current_edition_today(client, officer, edition):
    RecommendationFactory(edition__year=2020)

    asked = post_briefing(client, {}).json()

    assert (asked["kind"], asked["edition"], asked["as_of"]) == ("ambassador", edition.pk, "2022-01-28")


@pytest.mark.parametrize(
    ("body", "field"),
    [({"as_of": "soon"}, "as_of"), ({"kind": "memoir"}, "kind"), ({"edition": 987654321}, "edition")],
)
def test_a_briefing_asked_for_wrongly_is_refused_beside_the_field(client, edition, body, field):
    client.force_login(OfficerFactory())

    response = post_briefing(client, body)

    assert (response.status_code, list(response.json())) == (400, [field])
    assert not Briefing.objects.exists()


@pytest.mark.parametrize(("as_of", "code"), [("2022-01-29", "future_day"), ("2021-03-31", "before_tracking_period")])
def test_a_briefing_of_no_such_day_is_refused_with_its_code(client, edition, as_of, code):
    client.force_login(OfficerFactory())

    response = post_briefing(client, {"as_of": as_of})

    assert response.status_code == 409
    assert (response.json()["code"], response.json()["field"]) == (code, "as_of")
    assert not Briefing.objects.exists()


def test_an_unseen_edition_gives_the_same_error_as_an_unknown_one(client, officer, edition):
    elsewhere = RecommendationFactory(edition__country=CountryFactory(elsewhere=True)).edition

    told = {
        post_briefing(client, {"edition": pk}).content.decode().replace(str(pk), "ID")
        for pk in (elsewhere.pk, 987654321)
    }

    assert told == {'{"edition":["You can see no row with the id ID. Use an id from the list."]}'}


def test_an_observer_reads_briefings_and_asks_for_none(client, edition):
    BriefingFactory(edition=edition, pdf=PDF)
    client.force_login(ObserverFactory())

    (row,) = client.get("/api/v1/briefings/").json()["results"]

    assert b"".join(client.get(f"/api/v1/briefings/{row['id']}/file/").streaming_content) == PDF
    assert post_briefing(client, {"edition": edition.pk}).status_code == 403


def test_a_ministry_asks_for_no_briefing(client, edition):
    client.force_login(FocalPointFactory())

    assert post_briefing(client, {"edition": edition.pk}).status_code == 403


def test_a_failed_briefing_says_why(client, officer, edition):
    job = JobFactory(kind="briefing", state=State.FAILED, reason="The disk is full. Tell your administrator.")
    BriefingFactory(edition=edition, job=job)

    (row,) = client.get("/api/v1/briefings/").json()["results"]

    assert (row["state"], row["reason"]) == ("failed", "The disk is full. Tell your administrator.")


@pytest.mark.parametrize("count", [1, 3])
def test_briefings_count_their_queries(client, officer, django_assert_num_queries, edition, count):
    for number in range(count):
        BriefingFactory(edition=edition, requested_by=OfficerFactory(), job=JobFactory(key=number))

    with django_assert_num_queries(6 + FIRST_LIST_READ):  # session, person, zone; count, keys, briefings
        rows = client.get("/api/v1/briefings/").json()["results"]

    assert len(rows) == count


def test_briefings_are_narrowed_by_edition_and_kind(client, officer, edition):
    briefing = BriefingFactory(edition=edition)
    BriefingFactory(edition=RecommendationFactory(edition__year=2020).edition)

    def found(**query):
        return [row["id"] for row in client.get("/api/v1/briefings/", query).json()["results"]]

    assert found(edition=edition.pk) == [briefing.pk]
    assert len(found(kind="ambassador")) == 2
    assert found(edition=987654321) == []
