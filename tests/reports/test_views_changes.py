"""What changed between two days or two moments, as a page."""

from datetime import date, datetime

import pytest
from django.urls import reverse

from dialogues.choices import SupportKind, Verdict
from tests.edition_urls import edition_url
from tests.factories import (
    MASERU,
    AdministratorFactory,
    AmbassadorFactory,
    AssessmentFactory,
    BenchmarkFactory,
    CommitmentFactory,
    CountryFactory,
    DialogueFactory,
    EditionTermsFactory,
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

TODAY = date(2022, 1, 28)
DECEMBER, JANUARY = date(2021, 12, 1), date(2022, 1, 10)


@pytest.fixture
def get_changes(client):
    """Call it with query parameters to get the page as an officer, or as somebody else."""

    def ask(user=None, **query):
        client.force_login(user or OfficerFactory())
        return client.get(reverse("readiness_changes"), query)

    return ask


def create_action(benchmark, happened_on, reviewed_on, **fields):
    """An action on a benchmark, known from its day and verified on a later one."""
    evidence = EvidenceFactory(
        supports=[benchmark],
        happened_from=happened_on,
        happened_to=happened_on,
        recorded_at=at_noon(happened_on),
        **fields,
    )
    EvidenceReviewFactory(
        evidence=evidence, evidence_link=evidence.evidence_links.get(), recorded_at=at_noon(reviewed_on)
    )
    return evidence


def stop_lines(response):
    """Return the points of each change, and the points and row texts of each of its lines."""
    return [
        (stop.points, [(change.line.title, change.points, [row.text for row in rows]) for change, rows in changes])
        for stop, changes in response.context["stops"]
    ]


@pytest.mark.parametrize("reader", [OfficerFactory, AmbassadorFactory, ObserverFactory])
def test_changes_tells_since_four_weeks_ago_what_moved_and_by_which_facts(get_changes, reader):
    benchmark = BenchmarkFactory()
    create_action(benchmark, DECEMBER, JANUARY, title="Two officers were charged")
    EvidenceFactory(title="Only claimed", supports=[benchmark])
    AssessmentFactory(benchmark=BenchmarkFactory(), verdict=Verdict.MET)

    response = get_changes(reader())

    assert response.status_code == 200
    # A step on one of two benchmarks, each the only one of its recommendation: 30/4; and a third of 20.
    assert stop_lines(response) == [
        (
            "+14.2",
            [
                ("Benchmark 1a", "+7.5", ["Two officers were charged"]),
                ("Prosecution", "+6.7", ["Two officers were charged"]),
            ],
        )
    ]
    text = response.text
    assert "Readiness came to 14.2. Nothing had been reviewed at the start." in text
    assert '<time datetime="2021-12-31">31 December 2021</time>, using only what was recorded by' in text
    assert '<time datetime="2022-01-28">28 January 2022</time>, using everything known now' in text
    assert "Recorded <time" in text
    assert "Nothing has been verified yet." in text
    assert "Not assessed yet. A verified action of 1 December 2021 counts as a concrete step." in text
    assert "Only claimed" not in text


def test_changes_says_what_a_benchmark_asks_for(get_changes):
    benchmark = BenchmarkFactory(terms__criterion="An amendment is before Parliament.")
    create_action(benchmark, DECEMBER, JANUARY)

    assert "An amendment is before Parliament." in get_changes().text


def test_changes_counts_what_happened_where_nothing_moved(get_changes):
    benchmark = BenchmarkFactory()
    create_action(benchmark, DECEMBER, DECEMBER)
    statement = EvidenceFactory(supports=[benchmark], supports__shows=SupportKind.PLAN)
    EvidenceReviewFactory(
        evidence=statement, evidence_link=statement.evidence_links.get(), recorded_at=at_noon(JANUARY)
    )
    UpdateVersionFactory(recorded_at=at_noon(JANUARY))
    CommitmentFactory(made__due_on=JANUARY)
    CommitmentFactory(made__due_on=date(2021, 12, 1))

    response = get_changes(as_of_from="2022-01-05", known_on_from="2022-01-05")

    assert response.context["activity"] == (
        "Recorded in between: 1 update, 1 piece of evidence reviewed and 1 due date missed."
    )
    assert "Choose an earlier day to see more." in response.text
    quiet = get_changes(as_of_from="2022-01-20", known_on_from="2022-01-20")
    assert quiet.context["activity"] == (
        "No update, review or assessment was recorded in between, and no due date was missed."
    )


def test_changes_names_what_happened_behind_an_assessment(get_changes):
    benchmark = BenchmarkFactory()
    create_action(benchmark, DECEMBER, DECEMBER)
    finding = EvidenceFactory(
        title="Rules taken back", supports=[benchmark], supports__shows=SupportKind.NO_ACTION, happened_to=JANUARY
    )
    AssessmentFactory(benchmark=benchmark, verdict=Verdict.BACKWARDS, grounds=[finding], recorded_at=at_noon(JANUARY))

    response = get_changes(as_of_from="2022-01-05", known_on_from="2022-01-05")

    facts = [row.text for _, lines in response.context["stops"] for _, rows in lines for row in rows]
    assert any("Going backwards. It rests on: “Rules taken back”" in text for text in facts), facts


def test_changes_links_each_line_to_its_reasons_and_each_fact_to_its_page(get_changes):
    benchmark = BenchmarkFactory()
    evidence = create_action(benchmark, DECEMBER, JANUARY)

    text = get_changes().text

    assert f'href="{reverse("evidence_detail", args=[evidence.pk])}"' in text
    assert f'href="{edition_url("readiness_why", "concrete_action", "1a")}?as_of=' in text
    assert "Verified by" in text


def test_changes_goes_from_stop_to_stop_in_the_order_of_time(get_changes):
    benchmark = BenchmarkFactory()
    create_action(benchmark, DECEMBER, DECEMBER)
    act = create_action(benchmark, date(2021, 12, 10), JANUARY)
    AssessmentFactory(benchmark=benchmark, verdict=Verdict.MET, grounds=[act], recorded_at=at_noon(JANUARY))

    response = get_changes(as_of_from="2021-11-20", known_on_from="2021-11-20")

    assert [stop.recorded_at for stop, _ in response.context["stops"]] == [at_noon(DECEMBER), at_noon(JANUARY)]
    assert "Nothing had been reviewed at the start." in response.text
    # A step of the only benchmark: 15, and a third of 20; then the whole: 15 more.
    assert [stop.points for stop, _ in response.context["stops"]] == ["+21.7", "+15"]
    assert response.text.index("1 December 2021, 12:00") < response.text.index("10 January 2022, 12:00")
    assert "<strong>+36.7</strong> points" in response.text


@pytest.mark.parametrize("reader", [OfficerFactory, AmbassadorFactory])
def test_changes_says_of_other_terms_what_a_line_weighs_and_why(get_changes, reader):
    benchmark, _ = BenchmarkFactory(), BenchmarkFactory()
    create_action(benchmark, DECEMBER, DECEMBER)
    edition = benchmark.recommendation.edition
    for day, weight in ((JANUARY, 3), (date(2022, 1, 12), 5)):
        terms = EditionTermsFactory(edition=edition, reason=f"It weighs {weight} times.", recorded_at=at_noon(day))
        terms.weights.create(recommendation=benchmark.recommendation, weight=weight)

    response = get_changes(reader())

    first, second = (
        [(change.reason_before, change.reason_after) for change, _ in changes]
        for _, changes in response.context["stops"]
    )
    stands = "Not assessed yet. A verified action of 1 December 2021 counts as a concrete step."
    assert first == [("It could give 15 of 30 points.", f"It can give 22.5 of 30 points. {stands}")]
    assert second == [("It could give 22.5 of 30 points.", f"It can give 25 of 30 points. {stands}")]
    page = reverse("edition_terms", args=[edition.pk])
    if reader is AmbassadorFactory:
        page = edition_url("readiness_detail")
    for weight, day in ((3, JANUARY), (5, date(2022, 1, 12))):
        assert f'<a href="{page}">Terms of Lesotho, 2021 edition: It weighs {weight} times.</a>' in response.text
        assert f'set <time datetime="{day}">' in response.text


def test_changes_says_what_fell(get_changes):
    benchmark = BenchmarkFactory()
    evidence = create_action(benchmark, DECEMBER, DECEMBER)
    EvidenceReviewFactory(
        evidence=evidence,
        evidence_link=evidence.evidence_links.get(),
        decision="rejected",
        recorded_at=at_noon(JANUARY),
    )

    response = get_changes()

    assert "Readiness fell from 21.7 to 0." in response.text
    assert stop_lines(response)[0][0] == "−21.7"


def test_changes_compares_what_was_known_of_one_day_then_and_now(get_changes):
    benchmark = BenchmarkFactory()
    create_action(benchmark, date(2021, 11, 1), DECEMBER)
    create_action(benchmark, DECEMBER, JANUARY, title="Looked at late")
    AssessmentFactory(benchmark=benchmark, verdict=Verdict.MET, recorded_at=at_noon(date(2022, 1, 20)))

    response = get_changes(as_of_from="2021-12-15", known_on_from="2021-12-15", as_of_to="2021-12-15")

    assert "Readiness did not change." in response.text
    assert response.text.count("15 December 2021</time>, using") == 2
    assert response.context["stops"] == []


def test_changes_takes_a_moment_with_its_zone(get_changes):
    benchmark = BenchmarkFactory()
    create_action(benchmark, DECEMBER, JANUARY)
    before, after = (datetime(2022, 1, 10, hour, tzinfo=MASERU).isoformat() for hour in (11, 13))

    ((stop, _),) = get_changes(known_by_from=before, known_by_to=after).context["stops"]

    assert stop.recorded_at == at_noon(JANUARY)
    assert get_changes(known_by_from=after).context["stops"] == []


def test_changes_where_nothing_moved_says_so(get_changes):
    create_action(BenchmarkFactory(), date(2021, 11, 1), DECEMBER)

    response = get_changes()

    assert "Readiness did not change. It is 21.7." in response.text
    assert "Because of" not in response.text


def test_changes_shows_no_figure_where_nothing_has_been_reviewed(get_changes):
    EvidenceFactory(supports=[BenchmarkFactory()])

    response = get_changes()

    assert "Nothing has been reviewed yet, so readiness has not changed." in response.text
    assert "points" not in response.text


@pytest.mark.day("2021-04-10")
def test_changes_begins_with_the_period_where_four_weeks_ago_lie_before_it(get_changes):
    BenchmarkFactory()

    since = get_changes().context["since"]

    assert (since.as_of, since.known_by.date()) == (date(2021, 4, 1), date(2021, 4, 1))


def test_changes_to_an_earlier_day_begins_four_weeks_before_that(get_changes):
    BenchmarkFactory()

    response = get_changes(as_of_to="2021-10-29", known_on_to="2021-09-30")

    assert response.status_code == 200
    since = response.context["since"]
    assert (since.as_of, since.known_by.date()) == (date(2021, 10, 1), date(2021, 9, 30))


def test_changes_offers_what_is_often_asked(get_changes):
    BenchmarkFactory()
    for held_on in (date(2021, 3, 20), date(2021, 11, 8), date(2021, 9, 1)):
        DialogueFactory(held_on=held_on)
    DialogueFactory(held_on=JANUARY, country=CountryFactory(elsewhere=True))

    response = get_changes()

    presets = {preset.label: preset.url for preset in response.context["presets"]}
    assert list(presets) == [
        "Since the last dialogue, 8 November 2021",
        "Since last week",
        "31 December 2021: known at the time and with later information",
    ]
    assert presets["Since last week"] == ("/LSO/2021/readiness/changes/?as_of_from=2022-01-21&known_on_from=2022-01-21")
    assert list(presets.values())[2].endswith("as_of_from=2021-12-31&known_on_from=2021-12-31&as_of_to=2021-12-31")


def test_changes_of_a_country_without_a_dialogue_offers_none(get_changes):
    BenchmarkFactory()

    assert "Since the last dialogue" not in get_changes().text


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ({"as_of_from": "2022-01-10", "as_of_to": "2021-12-01"}, "as_of_to", "reversed_dates"),
        ({"known_on_from": "2022-01-10", "known_on_to": "2021-12-01"}, "known_on_to", "reversed_moments"),
        ({"as_of_from": "2022-01-10", "known_on_to": "2021-12-01"}, "known_on_to", "reversed_moments"),
        ({"as_of_from": "2021-03-31"}, "as_of_from", "before_tracking_period"),
        ({"as_of_to": "2022-01-29"}, "as_of_to", "future_day"),
        ({"as_of_from": "yesterday"}, "as_of_from", "not_a_day"),
        ({"known_on_to": "now"}, "known_on_to", "not_a_day"),
        ({"known_by_from": "2022-01-10T10:00:00"}, None, "no_time_zone"),
    ],
)
def test_changes_refuses_what_cannot_be_meant_in_a_sentence_and_keeps_what_was_typed(get_changes, query, field, code):
    BenchmarkFactory()

    response = get_changes(**query)

    assert response.status_code == 422
    form = response.context["form"]
    assert form.has_error(field or "__all__", code)
    assert shows_refusal(response, code)
    for name, value in query.items():
        if name in form.fields:
            assert f'value="{value}"' in response.text


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("as_of", "1 December 2021 is before 10 January 2022. Give the earlier day first."),
        ("known_on", "This day is before the one of the start."),
    ],
)
def test_changes_says_which_of_two_days_in_the_wrong_order_to_change(get_changes, name, sentence):
    BenchmarkFactory()

    assert sentence in get_changes(**{f"{name}_from": "2022-01-10", f"{name}_to": "2021-12-01"}).text


def test_changes_of_an_edition_without_benchmarks_says_how_to_begin(get_changes):
    RecommendationFactory()

    response = get_changes()

    assert response.status_code == 200
    assert "This edition has no benchmarks yet." in response.text


def test_changes_is_the_embassys_alone(get_changes, client):
    BenchmarkFactory()

    for reader in (FocalPointFactory, AdministratorFactory):
        assert get_changes(reader()).status_code == 403
    client.logout()
    assert client.get(reverse("readiness_changes")).headers["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("count", [1, 3])
def test_changes_query_count(client, django_assert_num_queries, count):
    for number in range(count):
        benchmark = BenchmarkFactory()
        act = create_action(benchmark, DECEMBER, JANUARY)
        AssessmentFactory(
            benchmark=benchmark, verdict=Verdict.MET, grounds=[act], recorded_at=at_noon(date(2022, 1, 11 + number))
        )
    client.force_login(OfficerFactory())

    # 2 who asks, 2 their zone and the count of My tasks, 1 edition, 1 may read, 12 facts, 2 evidence and what was said
    # of it, 1 assessments, 1 the last dialogue
    with django_assert_num_queries(28):
        response = client.get(edition_url("readiness_changes"))

    assert len(response.context["stops"]) == 1 + count
