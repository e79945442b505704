"""What-if: ticked benchmarks change the displayed score and its parts, never the record."""

import re
from datetime import date

import pytest
from django.urls import reverse

from dialogues.choices import Verdict
from tests.edition_urls import edition_url
from tests.factories import (
    AdministratorFactory,
    AmbassadorFactory,
    AssessmentFactory,
    BenchmarkFactory,
    CommitmentFactory,
    CountryFactory,
    EditionTermsFactory,
    EvidenceFactory,
    FocalPointFactory,
    ObserverFactory,
    OfficerFactory,
    RecommendationFactory,
    at_noon,
)
from tests.refusals import shows_refusal

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def get_what_if(client):
    """Call it with benchmarks to tick to get the page as an officer, or as somebody else."""

    def ask(*met, user=None, headers=None, **query):
        client.force_login(user or OfficerFactory())
        return client.get(
            reverse("readiness_what_if"),
            {"met": [getattr(benchmark, "pk", benchmark) for benchmark in met]} | query,
            headers=headers,
        )

    return ask


@pytest.fixture
def three_benchmarks():
    """Three benchmarks, each of a recommendation of its own: a step on the first, the third shown already."""
    first, second, third = (
        BenchmarkFactory(),
        BenchmarkFactory(terms__criterion="A budget is released."),
        BenchmarkFactory(),
    )
    EvidenceFactory(supports=[first], verified=True)
    act = EvidenceFactory(supports=[third], verified=True)
    AssessmentFactory(benchmark=third, verdict=Verdict.MET, grounds=[act])
    return first, second, third


def options(response):
    return [option for _, options in response.context["groups"] for option in options]


@pytest.mark.parametrize("reader", [OfficerFactory, AmbassadorFactory, ObserverFactory])
def test_what_if_says_what_the_score_would_be(get_what_if, three_benchmarks, reader):
    first, second, _ = three_benchmarks

    response = get_what_if(first, second, user=reader())

    # Ten points a recommendation: 5 and 10 of them stand, and a third of 20; met, all three.
    assert "Benchmarks 1a and 2a met. Readiness would be 36.7. It is 21.7 now." in response.text
    supposed = response.context["what_if"]
    assert [(part.title, part.before, part.after, part.points) for part in supposed.parts][1] == (
        "Concrete action",
        15,
        30,
        "+15",
    )
    assert "That would be 8.3 short of our target of 45." in response.text
    assert [option.is_ticked for option in options(response)] == [True, True, False]
    assert response.text.count(" checked>") == 2


def test_what_if_shows_what_each_benchmark_adds_alone(get_what_if, three_benchmarks):
    CommitmentFactory(benchmarks=[three_benchmarks[1]], made__due_on=date(2022, 2, 28))

    response = get_what_if()

    assert [(option.choice.key, option.choice.points, option.choice.is_shown) for option in options(response)] == [
        ("1a", "+5", False),
        ("2a", "+10", False),
        ("3a", "", True),
    ]
    assert "<strong>+10</strong> alone" in response.text
    assert "A budget is released." in response.text
    assert "shown already" in response.text
    assert f'value="{three_benchmarks[2].pk}"' not in response.text, "what is shown is not ticked"
    assert "commitment due" in response.text
    assert "Nothing is ticked. Readiness is 21.7." in response.text


def test_what_if_says_that_it_is_not_the_record(get_what_if, three_benchmarks):
    response = get_what_if(three_benchmarks[0])

    assert "<title>What-if, not the record – Lesotho 2021" in response.text
    assert "<strong>This is a what-if, not the record." in response.text
    assert "stroke-dasharray" in response.text.partition('id="result"')[2].partition("<table")[0]
    assert "does not predict a tier" in response.text


def test_what_if_records_nothing(get_what_if, three_benchmarks, client):
    before = get_what_if().context["what_if"].before

    get_what_if(*three_benchmarks)

    assert get_what_if().context["what_if"].before == before


def test_what_if_counts_no_claim(get_what_if):
    benchmark, other = BenchmarkFactory(), BenchmarkFactory()
    EvidenceFactory(supports=[other], verified=True)
    EvidenceFactory(supports=[benchmark], title="Only claimed")

    assert get_what_if().context["what_if"].before == get_what_if().context["what_if"].after
    assert "Readiness is 14.2" in get_what_if().text


def test_what_if_without_reviews_counts_from_zero_and_says_so(get_what_if):
    benchmark = BenchmarkFactory()
    EvidenceFactory(supports=[benchmark])

    said = "Benchmark 1a met. Readiness would be 36.7. It is 0 now, because nothing has been reviewed yet."
    assert said in get_what_if(benchmark).text


def test_what_if_offers_the_smallest_set_that_reaches_the_target(get_what_if):
    benchmarks = [BenchmarkFactory() for _ in range(3)]
    edition = benchmarks[0].recommendation.edition

    # All three together give 30, and a third of 20: never 45.
    ways = [preset.label for preset in get_what_if().context["presets"]]
    assert ways == ["Tick all next steps", "Tick all open benchmarks", "Tick none"]

    EditionTermsFactory(edition=edition, readiness_target=20, recorded_at=at_noon(date(2021, 7, 2)))
    response = get_what_if(as_of="2022-01-28")
    *_, fewest, everything, none = response.context["presets"]
    assert fewest.label.startswith("Tick the fewest benchmarks that reach the target: ")
    followed = get_what_if(user=OfficerFactory()).client.get(fewest.url)
    assert "That would reach our target of 20." in followed.text
    assert sum(option.is_ticked for option in options(followed)) == 2
    assert f"met={benchmarks[0].pk}&met={benchmarks[1].pk}&met={benchmarks[2].pk}" in everything.url
    assert "met" not in none.url


def test_what_if_with_all_next_steps_gives_their_cumulative_score(get_what_if):
    """A step waits for review and one benchmark is open: 5 and 10 points, and a third of 20 for the pillar."""
    waits, _ = BenchmarkFactory(), BenchmarkFactory()
    EvidenceFactory(supports=[waits])
    EvidenceFactory(supports=[BenchmarkFactory()], verified=True)
    opened = get_what_if()
    steps = opened.context["steps"]

    every = opened.client.get(
        next(preset.url for preset in opened.context["presets"] if preset.label == "Tick all next steps")
    )

    assert [step.is_ticked for step in every.context["steps"]] == [True] * len(steps)
    assert every.context["what_if"].after == steps[-1].step.cumulative
    assert f"{len(steps)} next steps taken. Readiness would be" in every.text
    first = get_what_if(step=[steps[0].key])
    assert first.context["what_if"].after == steps[0].step.cumulative
    assert [step.is_ticked for step in first.context["steps"]] == [True] + [False] * (len(steps) - 1)


def test_what_if_refuses_an_unknown_step_and_keeps_the_ticks(get_what_if, three_benchmarks):
    response = get_what_if(three_benchmarks[0], step=["keep-commitment-999"])

    assert response.status_code == 422
    assert shows_refusal(response, "unknown_step")
    assert "That next step is no longer on the list." in response.text
    assert [option.is_ticked for option in options(response)] == [True, False, False]


def test_what_if_gives_htmx_only_the_result(get_what_if, three_benchmarks):
    response = get_what_if(three_benchmarks[0], headers=HTMX)

    assert "Benchmark 1a met. Readiness would be 26.7. It is 21.7 now." in response.text
    assert "<form" not in response.text
    assert "groups" not in response.context
    assert "HX-Request" in response.headers["Vary"]


def test_what_if_keeps_the_day_and_the_moment_as_boxes_are_ticked(get_what_if, three_benchmarks):
    response = get_what_if(three_benchmarks[0], as_of="2022-01-10", known_by="2022-01-20T10:00:00+02:00")

    assert '<input type="hidden" name="as_of" value="2022-01-10">' in response.text
    assert '<input type="hidden" name="known_by" value="2022-01-20T10:00:00+02:00">' in response.text
    assert all("as_of=2022-01-10" in preset.url for preset in response.context["presets"])


def test_what_if_sent_from_the_plain_page_gives_the_same_figures_later(get_what_if, three_benchmarks, set_clock):
    first, second, _ = three_benchmarks
    opened = get_what_if()
    assert "using only what was recorded by <time" in opened.text
    named = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]+)">', opened.text))
    (_, everything, _) = opened.context["presets"]
    sent = "Benchmark 1a met. Readiness would be 26.7. It is 21.7 now."
    assert sent in get_what_if(first, **named).text

    set_clock(date(2022, 2, 10))
    EvidenceFactory(supports=[second], verified=True, recorded_at=at_noon(date(2022, 2, 1)))

    assert sent in get_what_if(first, **named).text
    assert "It is 21.7 now." in opened.client.get(everything.url).text
    assert sent not in get_what_if(first).text


@pytest.mark.parametrize("headers", [None, HTMX], ids=["page", "htmx"])
@pytest.mark.parametrize("stray", ["987654", "x", "²", "-1", "", "1" * 30])
def test_what_if_refuses_a_benchmark_of_no_current_list_and_keeps_the_others(
    get_what_if, three_benchmarks, stray, headers
):
    response = get_what_if(three_benchmarks[0], stray, headers=headers)

    assert response.status_code == 422
    assert shows_refusal(response, "benchmark_not_asked")
    assert "would be" not in response.text.partition('id="result"')[2]
    if not headers:
        assert [option.is_ticked for option in options(response)] == [True, False, False]


def test_what_if_answers_alike_for_foreign_and_unknown_benchmarks(get_what_if, three_benchmarks):
    theirs = BenchmarkFactory(recommendation__edition__country=CountryFactory(elsewhere=True))

    response = get_what_if(theirs)

    assert response.status_code == 422
    assert shows_refusal(response, "benchmark_not_asked")
    assert "That benchmark is not on the list." in response.text


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"as_of": "2021-03-31"}, "before_tracking_period"),
        ({"as_of": "2022-01-29"}, "future_day"),
        ({"as_of": "soon"}, "not_a_day"),
        ({"known_by": "2022-01-10T10:00:00"}, "no_time_zone"),
    ],
)
def test_what_if_refuses_invalid_parameters(get_what_if, three_benchmarks, query, code):
    response = get_what_if(three_benchmarks[0], **query)

    assert response.status_code == 422
    assert shows_refusal(response, code)


def test_what_if_of_an_edition_without_benchmarks_says_how_to_begin(get_what_if):
    RecommendationFactory()

    response = get_what_if()

    assert response.status_code == 200
    assert "This edition has no benchmarks yet." in response.text


def test_only_the_embassy_sees_what_if(get_what_if, three_benchmarks, client):
    for reader in (FocalPointFactory, AdministratorFactory):
        assert get_what_if(three_benchmarks[0], user=reader()).status_code == 403
    client.logout()
    assert client.get(reverse("readiness_what_if")).headers["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("count", [1, 3])
def test_what_if_query_count(client, django_assert_num_queries, count):
    benchmarks = [BenchmarkFactory() for _ in range(count)]
    for benchmark in benchmarks:
        EvidenceFactory(supports=[benchmark], verified=True)
        CommitmentFactory(benchmarks=[benchmark])
    client.force_login(OfficerFactory())
    query = {"met": [benchmark.pk for benchmark in benchmarks]}

    # 2 who asks, 1 their zone, 1 edition, 1 may read, 12 facts
    with django_assert_num_queries(17):
        client.get(edition_url("readiness_what_if"), query, headers=HTMX)
    # and 1 recommendations, 2 benchmarks, 2 what next steps are called, 1 the count of My tasks
    with django_assert_num_queries(27):
        response = client.get(edition_url("readiness_what_if"), query)

    assert len(options(response)) == count
