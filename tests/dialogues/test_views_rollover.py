"""The page on which benchmarks and open commitments of the year before are rolled over."""

from datetime import date

import pytest
from django.urls import reverse

from dialogues.choices import Verdict
from dialogues.models import CommitmentBenchmark
from recommendations.models import Benchmark, Recommendation
from tests.edition_urls import edition_url
from tests.factories import (
    AssessmentFactory,
    BenchmarkFactory,
    CommitmentFactory,
    EditionFactory,
    EvidenceFactory,
    OfficerFactory,
    RecommendationFactory,
)
from tests.refusals import shows_refusal

pytestmark = [pytest.mark.django_db, pytest.mark.day("2022-08-05")]


@pytest.fixture(autouse=True)
def officer(client):
    person = OfficerFactory()
    client.force_login(person)
    return person


@pytest.fixture
def old_benchmarks():
    """Benchmarks of 2021: 4a, and 5a of a recommendation that nothing repeats."""
    return [BenchmarkFactory(recommendation=RecommendationFactory(number=number)) for number in (4, 5)]


@pytest.fixture
def new_recommendation(old_benchmarks):
    """Recommendation 1 of 2022, which repeats the first."""
    edition = EditionFactory(year=2022, terms__deadline_on=date(2023, 2, 28))
    return RecommendationFactory(edition=edition, number=1, repeats=old_benchmarks[0].recommendation)


def carry_over_url(new):
    return reverse("edition_roll_over", args=[new.edition_id])


def opened_form_data(client, new):
    return {field.html_name: field.value() or "" for field in client.get(carry_over_url(new)).context["form"]}


def test_repeated_benchmarks_are_copied_and_the_others_stay(client, old_benchmarks, new_recommendation):
    moves, stays = CommitmentFactory(benchmarks=[old_benchmarks[0]]), CommitmentFactory(benchmarks=[old_benchmarks[1]])

    sent = opened_form_data(client, new_recommendation)
    answer = client.post(carry_over_url(new_recommendation), sent, follow=True)

    assert sent == {f"goes_{old_benchmarks[0].pk}": f"copy-{new_recommendation.pk}", f"goes_{old_benchmarks[1].pk}": ""}
    assert (
        "1 benchmark of 2021 was rolled over. 1 open commitment is now linked to the 2022 edition too." in answer.text
    )
    copy = new_recommendation.benchmarks.get()
    assert (copy.key, copy.wording) == ("1a", old_benchmarks[0].wording)
    assert list(CommitmentBenchmark.objects.filter(benchmark=copy).values_list("commitment", flat=True)) == [moves.pk]
    assert stays.links.count() == 1


def test_the_page_tells_of_both_years_and_of_what_is_open(client, old_benchmarks, new_recommendation):
    AssessmentFactory(benchmark=old_benchmarks[0], verdict=Verdict.STALLED)
    late = CommitmentFactory(benchmarks=[old_benchmarks[0]], text="Print the procedures", made__due_on=date(2022, 2, 1))
    CommitmentFactory(benchmarks=[old_benchmarks[0]], text="Already done", done=True)

    page = client.get(carry_over_url(new_recommendation))

    (group,) = page.context["repeated"]
    assert group.repeated_by == [new_recommendation]
    assert [(line.verdict, [commitment.commitment for commitment in line.commitments]) for line in group.lines] == [
        (Verdict.STALLED, [late])
    ]
    assert "Print the procedures" in page.text
    assert "Already done" not in page.text
    assert [group.recommendation.number for group in page.context["dropped"]] == [5]


def test_a_benchmark_in_the_same_words_is_found(client, old_benchmarks, new_recommendation):
    own = BenchmarkFactory(recommendation=new_recommendation, terms__criterion=old_benchmarks[0].wording.upper())

    assert opened_form_data(client, new_recommendation)[f"goes_{old_benchmarks[0].pk}"] == f"same-{own.pk}"


def test_rolled_over_benchmarks_are_listed_and_not_offered_again(client, old_benchmarks, new_recommendation):
    client.post(carry_over_url(new_recommendation), opened_form_data(client, new_recommendation))
    client.post(
        carry_over_url(new_recommendation),
        opened_form_data(client, new_recommendation)
        | {f"goes_{old_benchmarks[1].pk}": f"copy-{new_recommendation.pk}"},
    )

    page = client.get(carry_over_url(new_recommendation))

    assert "Repeated as" in page.text
    assert "Everything is rolled over." in page.text
    assert [benchmark.key for benchmark in Benchmark.objects.filter(recommendation=new_recommendation)] == ["1a", "1b"]
    assert (
        "Nothing from 2021 was left to roll over." in client.post(carry_over_url(new_recommendation), follow=True).text
    )


def test_a_second_officer_rolls_over_only_the_rest(client, old_benchmarks, new_recommendation):
    sent = opened_form_data(client, new_recommendation) | {
        f"goes_{old_benchmarks[1].pk}": f"copy-{new_recommendation.pk}"
    }
    client.post(carry_over_url(new_recommendation), opened_form_data(client, new_recommendation))

    client.post(carry_over_url(new_recommendation), sent)

    assert [benchmark.repeats for benchmark in new_recommendation.benchmarks.order_by("letter")] == old_benchmarks


def test_a_refusal_stands_beside_its_field_and_keeps_what_was_chosen(client, old_benchmarks, new_recommendation):
    own = BenchmarkFactory(recommendation=new_recommendation)
    chosen = {f"goes_{each.pk}": f"same-{own.pk}" for each in old_benchmarks}

    page = client.post(carry_over_url(new_recommendation), chosen)

    assert page.status_code == 422
    assert list(page.context["form"].errors) == [f"goes_{old_benchmarks[1].pk}"]
    assert shows_refusal(page, "repeats_another")
    assert page.context["form"][f"goes_{old_benchmarks[0].pk}"].value() == f"same-{own.pk}"
    assert not Benchmark.objects.exclude(repeats=None).exists()


def test_before_anybody_said_what_is_asked_again_the_page_leads_there(client, old_benchmarks, new_recommendation):
    Recommendation.objects.filter(pk=new_recommendation.pk).update(repeats=None)

    page = client.get(carry_over_url(new_recommendation))

    assert "Nobody has chosen yet which recommendations of 2021 are repeated." in page.text
    assert reverse("edition_repeats", args=[new_recommendation.edition_id]) in page.text


def test_without_an_earlier_list_it_leads_to_where_that_is_said(client, old_benchmarks):
    edition = old_benchmarks[0].recommendation.edition

    answer = client.get(reverse("edition_roll_over", args=[edition.pk]))

    assert answer.url == reverse("edition_repeats", args=[edition.pk])


def test_both_years_stand_on_the_commitments_page(client, old_benchmarks, new_recommendation):
    promise = CommitmentFactory(benchmarks=[old_benchmarks[0]])
    client.post(carry_over_url(new_recommendation), opened_form_data(client, new_recommendation))

    page = client.get(reverse("commitment_detail", args=[promise.pk]))

    assert [(benchmark.key, benchmark.year) for benchmark in page.context["benchmarks"]] == [("1a", 2022), ("4a", 2021)]
    assert "Recommendation 1 of 2022" in page.text
    moved = page.context["entries"][0]
    assert (moved.day, moved.title, moved.facts) == (date(2022, 8, 5), "Linked to the 2022 edition too", ["1a"])
    assert moved.by
    logged = client.get(f"{reverse('evidence_log')}?commitment={promise.pk}").context["rows"]
    assert [row["benchmark"].value() for row in logged if row["benchmark"].value()] == [
        new_recommendation.benchmarks.get().pk
    ]


def test_evidence_of_the_year_before_is_logged_for_its_own_edition(client, old_benchmarks, new_recommendation):
    client.post(carry_over_url(new_recommendation), opened_form_data(client, new_recommendation))
    edition = old_benchmarks[0].recommendation.edition
    shown = client.get(reverse("evidence_log"))
    assert f'href="{edition_url("evidence_log", edition=edition)}">Log progress for 2021' in shown.text
    assert "count for the 2021 edition" in shown.text

    form = client.get(edition_url("evidence_log", edition=edition))
    offered = [value for _, group in form.context["rows"][0].fields["benchmark"].choices[1:] for value, _ in group]
    assert offered == [str(benchmark.pk) for benchmark in old_benchmarks]

    piece = EvidenceFactory(
        supports=[old_benchmarks[0]],
        happened_from=date(2022, 2, 1),
        happened_to=date(2022, 2, 3),
        recorded_by=OfficerFactory(),
    )
    shown = client.get(reverse("evidence_detail", args=[piece.pk]))
    assert shown.context["outside"] == ""
    elsewhen = EvidenceFactory(happened_from=date(2020, 2, 1), happened_to=date(2020, 2, 3))
    assert client.get(reverse("evidence_detail", args=[elsewhen.pk])).context["outside"] == "before 1 April 2022"


def test_a_key_of_the_year_before_names_its_year_where_both_years_stand(client, old_benchmarks, new_recommendation):
    promise = CommitmentFactory(
        benchmarks=[
            *old_benchmarks[:1],
            new_recommendation.benchmarks.first() or BenchmarkFactory(recommendation=new_recommendation),
        ]
    )
    EvidenceFactory(supports=[old_benchmarks[0]], commitment=promise, verified=True)
    pages = (reverse("commitment_detail", args=[promise.pk]), reverse("evidence_list"))

    told = {address: client.get(address).text for address in pages}

    for address in pages:
        assert "4a of 2021" in told[address], address
    assert "What it shows" in told[pages[1]]


def test_evidence_logged_for_the_wrong_year_says_so_and_is_revised_with_the_benchmarks_of_that_year(
    client, old_benchmarks, new_recommendation
):
    client.post(carry_over_url(new_recommendation), opened_form_data(client, new_recommendation))
    wrong = EvidenceFactory(
        supports=[new_recommendation.benchmarks.get()],
        happened_from=date(2022, 2, 1),
        happened_to=date(2022, 2, 3),
        recorded_by=OfficerFactory(),
    )

    shown = client.get(reverse("evidence_detail", args=[wrong.pk]))
    form = client.get(reverse("evidence_revise", args=[wrong.pk]))

    assert "It does not count: before 1 April 2022." in shown.text
    assert "It will count as a concrete step" not in shown.text
    offered = [group for group, _ in form.context["rows"][0].fields["benchmark"].choices[1:]]
    assert sorted(group.partition(":")[0] for group in offered) == ["2021", "2021", "2022"]


def test_open_commitments_to_retired_recommendations_are_offered_too(client, old_benchmarks, new_recommendation):
    gone = BenchmarkFactory(recommendation=RecommendationFactory(number=9, is_retired=True))
    BenchmarkFactory(recommendation=RecommendationFactory(number=10, is_retired=True))
    promise = CommitmentFactory(benchmarks=[gone])

    page = client.get(carry_over_url(new_recommendation))

    assert [group.recommendation.number for group in page.context["dropped"]] == [5, 9]
    assert "already retired in 2021" in page.text
    client.post(
        carry_over_url(new_recommendation),
        opened_form_data(client, new_recommendation) | {f"goes_{gone.pk}": f"copy-{new_recommendation.pk}"},
    )
    assert promise.links.filter(benchmark__recommendation=new_recommendation).exists()
