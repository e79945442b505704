"""Enter recommendations and benchmarks with forms."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from recommendations.choices import Pillar, Rule, TextStatus
from recommendations.models import BenchmarkTerms, Recommendation
from tests.factories import (
    AmbassadorFactory,
    BenchmarkFactory,
    BenchmarkTermsFactory,
    CountryFactory,
    EditionFactory,
    EditionTermsFactory,
    FocalPointFactory,
    IndicatorFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
    RecommendationFactory,
    RecommendationWeightFactory,
    at_noon,
)
from tests.refusals import shows_refusal

pytestmark = pytest.mark.django_db

YESTERDAY = date(2022, 1, 27)
PAGES = ("edition_terms", "recommendation_add", "recommendation_edit", "benchmark_add", "benchmark_edit")


def page_url(page, benchmark):
    recommendation = benchmark.recommendation
    key = {
        "edition_terms": recommendation.edition_id,
        "recommendation_add": recommendation.edition_id,
        "recommendation_edit": recommendation.pk,
        "benchmark_add": recommendation.pk,
        "benchmark_edit": benchmark.pk,
    }[page]
    return reverse(page, args=[key])


def recommendation_data(**changed):
    return {
        "number": 1,
        "origin": "report",
        "text": "Fund the police unit.",
        "text_status": "official",
        "pillar": "prosecution",
        "indicia": [7, 1],
        "version": 1,
    } | changed


def benchmark_data(**changed):
    return {
        "criterion": "A budget is released.",
        "rule": "assessed",
        "weight": "1",
        "reason": "The Department asked for it.",
    } | changed


@pytest.mark.parametrize("page", PAGES)
def test_forms_are_the_officers_alone(client, page):
    benchmark = BenchmarkFactory()
    elsewhere = CountryFactory(elsewhere=True)

    def status(user):
        client.force_login(user)
        return client.get(page_url(page, benchmark)).status_code, client.post(page_url(page, benchmark)).status_code

    assert status(OfficerFactory()) == (200, 422)
    assert status(AmbassadorFactory()) == (403, 403)
    assert status(ObserverFactory()) == (403, 403)
    assert status(OfficerFactory(countries=[elsewhere])) == (404, 404)
    assert status(FocalPointFactory(ministry=MinistryFactory(country=elsewhere))) == (404, 404)


def test_forms_lead_strangers_to_sign_in(client):
    benchmark = BenchmarkFactory()

    for page in PAGES:
        response = client.get(page_url(page, benchmark))
        assert response.headers["Location"].startswith(reverse("account_login"))


def test_benchmark_of_another_ministry_is_not_there_for_a_focal_point(client):
    client.force_login(FocalPointFactory())

    assert client.get(page_url("benchmark_edit", BenchmarkFactory())).status_code == 404


def test_recommendation_add_writes_it_and_shows_it(client):
    edition, lead, helper = EditionFactory(), MinistryFactory(), MinistryFactory()
    officer = OfficerFactory()
    client.force_login(officer)

    response = client.post(
        reverse("recommendation_add", args=[edition.pk]), recommendation_data(lead=lead.pk, supporting=[helper.pk])
    )

    row = Recommendation.objects.with_pillar().get()
    assert response.headers["Location"] == reverse("recommendation_detail", args=[row.pk])
    assert (row.number, row.text, row.text_status, row.pillar, row.indicia, row.lead) == (
        1,
        "Fund the police unit.",
        TextStatus.OFFICIAL,
        Pillar.PROSECUTION,
        [1, 7],
        lead,
    )
    assert [*row.supporting.all()] == [helper]


def test_recommendation_add_begins_with_the_next_number(client):
    RecommendationFactory(number=4)
    client.force_login(OfficerFactory())

    form = client.get(reverse("recommendation_add", args=[EditionFactory().pk])).context["form"]

    assert form["number"].value() == 5


def test_recommendation_add_refuses_a_taken_number_and_keeps_what_was_typed(client):
    RecommendationFactory(number=1, text="Train judges.")
    client.force_login(OfficerFactory())

    response = client.post(reverse("recommendation_add", args=[EditionFactory().pk]), recommendation_data())

    assert response.status_code == 422
    assert response.context["form"].has_error("number", "taken")
    assert "Fund the police unit.</textarea>" in response.text


def test_recommendation_add_offers_this_countrys_ministries_alone(client):
    own = MinistryFactory()
    other = MinistryFactory(country=CountryFactory(elsewhere=True))
    client.force_login(OfficerFactory(countries=[own.country, other.country]))

    response = client.post(
        reverse("recommendation_add", args=[EditionFactory().pk]), recommendation_data(lead=other.pk)
    )

    assert response.status_code == 422
    assert [*response.context["form"].fields["lead"].rows.values()] == [own]


def test_recommendation_edit_corrects_it(client):
    row = RecommendationFactory(number=3, text="Fund teh unit.", supporting=[MinistryFactory()])
    client.force_login(OfficerFactory())
    page = reverse("recommendation_edit", args=[row.pk])

    filled = client.get(page).context["form"].initial
    response = client.post(page, filled | {"text": "Fund the unit."})

    row.refresh_from_db()
    assert response.status_code == 302
    assert (row.text, row.number, row.version, row.supporting.count()) == ("Fund the unit.", 3, 2, 1)


def test_recommendation_edit_at_once_shows_the_second_what_the_first_did(client):
    row = RecommendationFactory(text="Fund the unit.")
    page = reverse("recommendation_edit", args=[row.pk])
    client.force_login(OfficerFactory(name="First Officer"))
    filled = client.get(page).context["form"].initial
    client.post(page, filled | {"text": "Fund the police unit.", "pillar": "protection", "reason": "As read."})
    client.force_login(OfficerFactory(name="Second Officer"))

    response = client.post(page, filled | {"text": "Fund it."})

    assert response.status_code == 422
    assert shows_refusal(response, "edit_conflict")
    assert "First Officer changed this" in response.text
    assert response.context["current_values"] == [("Text", "Fund the police unit."), ("Pillar", "Protection")]
    assert "Fund it.</textarea>" in response.text

    version = response.context["form"]["version"].value()
    again = client.post(page, filled | {"text": "Fund it.", "version": version, "reason": "It was right before."})

    row = Recommendation.objects.with_pillar().get()
    assert again.status_code == 302
    assert (row.text, row.pillar, row.version) == ("Fund it.", Pillar.PROSECUTION, 3)


def test_recommendation_edit_asks_why_the_pillar_is_another_and_loses_nothing(client):
    row = RecommendationFactory(text="Fund the unit.")
    client.force_login(OfficerFactory())
    page = reverse("recommendation_edit", args=[row.pk])
    moved = client.get(page).context["form"].initial | {"text": "Fund the shelter.", "pillar": "protection"}

    refused = client.post(page, moved)

    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["reason"]
    assert shows_refusal(refused, "required")
    assert "Fund the shelter.</textarea>" in refused.text
    assert row.terms.count() == 1

    assert client.post(page, moved | {"reason": "It shelters victims."}).status_code == 302
    assert [(terms.pillar, terms.reason) for terms in row.terms.all()] == [
        ("protection", "It shelters victims."),
        ("prosecution", "The edition was published."),
    ]


def test_benchmark_add_gives_the_next_letter_and_its_terms(client):
    recommendation = BenchmarkFactory().recommendation
    districts = IndicatorFactory(name="Districts", unit="districts")
    client.force_login(OfficerFactory())

    response = client.post(
        reverse("benchmark_add", args=[recommendation.pk]),
        benchmark_data(rule="target", target="10", indicator=districts.pk, weight="2", is_about_complicity="on"),
    )

    added = recommendation.benchmarks.get(letter="b")
    terms = added.current_terms
    assert response.headers["Location"] == f"{reverse('recommendation_detail', args=[recommendation.pk])}#benchmark-b"
    assert (terms.rule, terms.target, terms.indicator, terms.weight, terms.is_about_complicity) == (
        Rule.TARGET,
        10,
        districts,
        2,
        True,
    )


@pytest.mark.parametrize(
    ("changed", "field", "code", "sentence"),
    [
        ({"rule": "target"}, "target", "no_target", ""),
        ({"target": "3"}, "target", "unused_target", ""),
        ({"rule": "more_than_last_period"}, "indicator", "required", ""),
        ({"reason": ""}, "reason", None, "Fill this in."),
        ({"reason": "  "}, "reason", None, "Fill this in."),
        ({"weight": "-1"}, "weight", None, "Give 0 or more."),
    ],
)
def test_benchmark_add_refuses_beside_the_field_and_keeps_what_was_typed(client, changed, field, code, sentence):
    recommendation = RecommendationFactory()
    client.force_login(OfficerFactory())

    response = client.post(reverse("benchmark_add", args=[recommendation.pk]), benchmark_data(**changed))

    assert response.status_code == 422
    assert response.context["form"].has_error(field, code)
    assert sentence in response.context["form"].errors[field][0]
    assert "A budget is released.</textarea>" in response.text
    assert not recommendation.benchmarks.exists()


def test_benchmark_edit_adds_terms_and_keeps_the_old(client):
    benchmark = BenchmarkFactory(terms__criterion="Money is promised.")
    client.force_login(OfficerFactory())
    page = reverse("benchmark_edit", args=[benchmark.pk])

    filled = client.get(page).context["form"].initial
    response = client.post(page, benchmark_data(seen=filled["seen"], weight="1.5"))

    assert response.status_code == 302
    assert [(terms.criterion, terms.weight) for terms in benchmark.terms.order_by("recorded_at")] == [
        ("Money is promised.", Decimal(1)),
        ("A budget is released.", Decimal("1.5")),
    ]


def test_benchmark_edit_asks_why(client):
    benchmark = BenchmarkFactory()
    client.force_login(OfficerFactory())
    page = reverse("benchmark_edit", args=[benchmark.pk])

    form = client.get(page).context["form"]

    assert form["criterion"].value() == benchmark.wording
    assert form["reason"].value() is None
    assert client.post(page, benchmark_data(seen=form.initial["seen"], reason="")).status_code == 422


def test_benchmark_edit_at_once_shows_the_second_what_the_first_did(client):
    benchmark = BenchmarkFactory(terms__criterion="Money is promised.")
    client.force_login(OfficerFactory())
    page = reverse("benchmark_edit", args=[benchmark.pk])
    seen = client.get(page).context["form"].initial["seen"]
    BenchmarkTermsFactory(
        benchmark=benchmark,
        criterion="Money is paid out.",
        reason="It was not clear.",
        recorded_at=at_noon(YESTERDAY),
    )

    response = client.post(page, benchmark_data(seen=seen, weight="1.00"))

    assert response.status_code == 422
    assert response.context["current_values"] == [("Success criterion", "Money is paid out.")]
    assert shows_refusal(response, "edit_conflict")
    assert "It was not clear." in response.text
    assert "A budget is released.</textarea>" in response.text

    again = client.post(page, benchmark_data(seen=response.context["form"]["seen"].value()))

    assert again.status_code == 302
    assert BenchmarkTerms.objects.filter(criterion="A budget is released.").count() == 1


def test_benchmark_without_terms_gets_its_first(client):
    benchmark = BenchmarkFactory(terms=False)
    client.force_login(OfficerFactory())
    page = reverse("benchmark_edit", args=[benchmark.pk])

    assert client.get(page).status_code == 200
    assert client.post(page, benchmark_data()).status_code == 302
    assert benchmark.wording == "A budget is released."


# --- The terms of an edition ------------------------------------------------------------------------------------------


def terms_url_and_data(client, edition):
    """Return the address of the form and its initial values."""
    page = reverse("edition_terms", args=[edition.pk])
    form = client.get(page).context["form"]
    return page, {name: form[name].value() for name in form.fields if form[name].value() is not None}


def test_edition_terms_sets_new_terms_and_tells_both(client):
    first, second = RecommendationFactory(number=1), RecommendationFactory(number=2)
    edition = first.edition
    client.force_login(OfficerFactory(name="Lerato Nkosi"))
    page, filled = terms_url_and_data(client, edition)
    weight = f"weight_{second.pk}"
    assert (filled["readiness_target"], filled[weight]) == (Decimal(45), Decimal(1))
    assert "reason" not in filled

    changed = {"deadline_on": "2022-03-15", weight: "2.5", "reason": "It was moved."}
    response = client.post(page, filled | changed, follow=True)

    assert response.redirect_chain == [(page, 302)]
    new, old = edition.terms.all()
    assert (new.deadline_on, new.reason, new.recorded_by.name) == (date(2022, 3, 15), "It was moved.", "Lerato Nkosi")
    assert [(weight.recommendation, weight.weight) for weight in new.weights.all()] == [(second, Decimal("2.5"))]
    assert response.context["history"] == [new, old]
    for told in (
        "15 Mar 2022",
        "It was moved.",
        "Lerato Nkosi",
        "2: 2.50",
        "28 Feb 2022",
        "The edition was published.",
    ):
        assert told in response.text


@pytest.mark.parametrize(
    ("changed", "field", "code", "sentence"),
    [
        ({"reason": ""}, "reason", None, "Fill this in."),
        ({"deadline_on": ""}, "deadline_on", None, "Enter the date, such as 2022-01-28."),
        ({"deadline_on": "2023-01-01"}, "deadline_on", "outside_tracking_period", ""),
        ({"readiness_target": "101"}, "readiness_target", None, "Give 100 or less."),
        ({"readiness_target_reason": ""}, "readiness_target_reason", "required", ""),
        ({"weight": ""}, "weight", None, "Give a weight. The usual weight is 1."),
        ({"weight": "-1"}, "weight", None, "Give 0 or more."),
    ],
)
def test_edition_terms_refuses_beside_the_field_and_keeps_what_was_typed(client, changed, field, code, sentence):
    row, other = RecommendationFactory(), RecommendationFactory()
    named = {"weight": f"weight_{row.pk}"}
    client.force_login(OfficerFactory())
    page, filled = terms_url_and_data(client, row.edition)
    typed = {f"weight_{other.pk}": "7", "reason": "A reason of ours."}

    response = client.post(page, filled | typed | {named.get(name, name): value for name, value in changed.items()})

    assert response.status_code == 422
    form = response.context["form"]
    assert form.has_error(named.get(field, field), code)
    assert sentence in form.errors[named.get(field, field)][0]
    assert form[f"weight_{other.pk}"].value() == "7"
    assert row.edition.terms.count() == 1


def test_edition_terms_at_once_shows_the_second_what_the_first_did(client):
    row = RecommendationFactory(number=1)
    edition, weight = row.edition, f"weight_{row.pk}"
    client.force_login(OfficerFactory(name="First Officer"))
    page, filled = terms_url_and_data(client, edition)
    client.post(page, filled | {"deadline_on": "2022-03-15", weight: "3", "reason": "It was moved."})
    client.force_login(OfficerFactory(name="Second Officer"))
    harder = {"readiness_target": "50", "readiness_target_reason": "The ambassador's.", "reason": "Harder."}

    response = client.post(page, filled | harder)

    assert response.status_code == 422
    assert shows_refusal(response, "edit_conflict")
    assert "It was moved." in response.text
    assert response.context["current_values"] == [
        ("Deadline", "15 March 2022"),
        ("Target readiness", "45"),
        ("Reason for the target", "The post's own target."),
        ("Weight of recommendation 1", "3"),
    ]
    assert "Harder.</textarea>" in response.text

    seen = response.context["form"]["seen"].value()
    again = client.post(page, filled | harder | {"seen": seen})

    assert again.status_code == 302
    assert [(terms.readiness_target, terms.weights.count()) for terms in edition.terms.all()] == [
        (50, 0),
        (45, 1),
        (45, 0),
    ]


def test_an_edition_without_terms_is_given_its_first(client):
    edition = EditionFactory(terms=False)
    client.force_login(OfficerFactory())
    page = reverse("edition_terms", args=[edition.pk])

    assert "No terms are set yet" in client.get(page).text
    assert client.post(page, {"deadline_on": "2022-02-28", "reason": "It was published."}).status_code == 302
    assert edition.terms.get().readiness_target is None


def test_terms_of_benchmarks_and_of_the_edition_lead_to_each_other(client):
    benchmark = BenchmarkFactory()
    client.force_login(OfficerFactory())

    of_edition, of_benchmark = page_url("edition_terms", benchmark), page_url("benchmark_edit", benchmark)
    assert f'href="{of_benchmark}"' in client.get(of_edition).text
    assert f'href="{of_edition}"' in client.get(of_benchmark).text


@pytest.mark.parametrize("how_many", [1, 3])
def test_edition_terms_query_count(client, django_assert_num_queries, how_many):
    edition = EditionFactory()
    for _ in range(how_many):
        benchmark = BenchmarkFactory(recommendation=RecommendationFactory(edition=edition))
        terms = EditionTermsFactory(edition=edition)
        RecommendationWeightFactory(terms=terms, recommendation=benchmark.recommendation, weight=2)
    client.force_login(OfficerFactory())

    with django_assert_num_queries(15):
        client.get(reverse("edition_terms", args=[edition.pk]))


def test_another_readiness_target_says_where_it_comes_from(client):
    edition = RecommendationFactory().edition
    client.force_login(OfficerFactory())
    page, filled = terms_url_and_data(client, edition)

    response = client.post(page, filled | {"readiness_target": "50", "reason": "Harder."})
    assert response.status_code == 422
    assert response.context["form"].has_error("readiness_target_reason", "same_reason")

    told = filled | {"readiness_target": "50", "readiness_target_reason": "The ambassador's.", "reason": "Harder."}
    assert client.post(page, told).status_code == 302
