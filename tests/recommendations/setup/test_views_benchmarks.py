"""Benchmarks suggested from the wording. None counts before an officer accepts it."""

import json
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from recommendations.choices import EffortQuestion, Rule
from recommendations.models import Benchmark, BenchmarkTerms, Indicator
from recommendations.setup.benchmark_suggestions import suggest_benchmarks
from recommendations.setup.forms.benchmarks import DEFAULT_REASON
from tests.factories import (
    AdministratorFactory,
    AmbassadorFactory,
    BenchmarkFactory,
    CountryFactory,
    DistrictFactory,
    EditionFactory,
    FocalPointFactory,
    IndicatorFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
    RecommendationFactory,
)
from tests.pseudo_languages import LEFT_TO_RIGHT, pseudo_languages, pseudo_translate
from tests.refusals import shows_refusal
from tiptracker.accounts.models import User
from tiptracker.audit.models import AuditEntry
from tiptracker.country_reference import find_country

pytestmark = pytest.mark.django_db

FUND = "Fund the police unit and place an officer in all districts"


@pytest.fixture(autouse=True)
def officer(client):
    person = OfficerFactory()
    client.force_login(person)
    return person


def create_recommendation(text=FUND, **more):
    return RecommendationFactory(text=text, lead=None, **more)


def suggestions_url(row):
    return reverse("setup_suggested", args=[row.pk])


def opened_form_data(client, row):
    """Return the data of the page as a browser sends it, with nothing ticked."""
    page = client.get(suggestions_url(row))
    rows = page.context["rows"]
    sent = {"reason": page.context["reason"]["reason"].value()}
    sent |= {f"suggested-{name}": value for name, value in rows.management_form.initial.items()}
    for line in rows:
        for field in line:
            if (value := field.value()) not in (None, "", False):
                sent[field.html_name] = value
    return sent


def test_what_the_wording_suggests_is_shown_unticked_and_nothing_is_kept(client):
    country = CountryFactory()
    for name in ("Berea", "Leribe"):
        DistrictFactory(country=country, name=name)
    row = create_recommendation()

    page = client.get(suggestions_url(row))

    assert [(line["criterion"].value(), line["accept"].value()) for line in page.context["rows"]] == [
        ("Money was allocated and spent in the period: Fund the police unit", None),
        ("Number of districts, of 2: place an officer in all districts", None),
    ]
    assert "for “in all districts”" in page.text
    assert not Benchmark.objects.exists()


def test_accepted_suggestion_is_not_offered_again(client):
    row = create_recommendation()
    client.post(suggestions_url(row), opened_form_data(client, row) | {"suggested-0-accept": "on"})

    page = client.get(suggestions_url(row))

    left = [benchmark.criterion for benchmark in suggest_benchmarks(FUND, districts=0)][1:]
    assert [line["criterion"].value() for line in page.context["rows"]] == left


def test_only_ticked_suggestions_become_benchmarks_with_the_corrections_typed(client, officer):
    DistrictFactory()
    row = create_recommendation()
    sent = opened_form_data(client, row) | {
        "suggested-1-accept": "on",
        "suggested-1-criterion": "Districts with an officer, of 10",
        "suggested-1-target": "10",
        "reason": "The list says so.",
    }

    answer = client.post(suggestions_url(row), sent)

    assert answer.headers["Location"] == reverse("setup_detail", args=[row.edition.country_id])
    terms = BenchmarkTerms.objects.get()
    assert (terms.benchmark.recommendation, terms.benchmark.letter) == (row, "a")
    assert (terms.criterion, terms.rule, terms.target, terms.weight, terms.reason, terms.recorded_by) == (
        "Districts with an officer, of 10",
        Rule.TARGET,
        Decimal(10),
        Decimal(1),
        "The list says so.",
        officer,
    )
    indicator = Indicator.objects.get()
    assert (terms.indicator, indicator.unit, indicator.country) == (indicator, "districts", row.edition.country)
    entries = list(AuditEntry.objects.select_related("detail").order_by("number"))
    assert [each.verb for each in entries] == ["indicator.added", "benchmark.added"]
    assert json.loads(entries[0].detail.after) == {
        "name": "Districts: place an officer",
        "unit": "districts",
        "better": "up",
        "pillar": "prosecution",
        "question": "",
        "ministry": None,
    }


def test_a_reason_left_as_suggested_is_stored_in_the_language_of_the_record(client, officer):
    row = create_recommendation()
    User.objects.filter(pk=officer.pk).update(language=LEFT_TO_RIGHT)
    with pseudo_languages():
        sent = opened_form_data(client, row)
        client.post(suggestions_url(row), sent | {"suggested-0-accept": "on"})

    assert sent["reason"] == pseudo_translate(DEFAULT_REASON)
    assert BenchmarkTerms.objects.get().reason == DEFAULT_REASON


def test_what_is_counted_already_is_offered_and_what_is_not_answers_its_question(client):
    there = IndicatorFactory(name="Cases opened", question=EffortQuestion.INVESTIGATIONS)
    row = create_recommendation("Investigate and prosecute more traffickers")
    sent = opened_form_data(client, row)
    assert sent["suggested-0-indicator"] == there.pk
    assert "suggested-0-new_name" not in sent

    client.post(suggestions_url(row), sent | {"suggested-0-accept": "on", "suggested-1-accept": "on"})

    first, second = BenchmarkTerms.objects.order_by("benchmark__letter")
    assert (first.rule, first.indicator) == (Rule.MORE, there)
    made = Indicator.objects.exclude(pk=there.pk).get()
    assert (second.indicator, made.name, made.question) == (made, "Prosecutions", "prosecutions")


def test_a_new_indicator_has_the_ministry_that_was_chosen_to_report_it(client):
    police, _ = MinistryFactory(name="Ministry of Police"), MinistryFactory()
    DistrictFactory()
    row = create_recommendation()
    sent = opened_form_data(client, row) | {"suggested-1-accept": "on", "suggested-1-new_ministry": police.pk}

    assert client.post(suggestions_url(row), sent).status_code == 302

    assert Indicator.objects.get().ministry == police
    added = AuditEntry.objects.select_related("detail").get(verb="indicator.added")
    assert json.loads(added.detail.after)["ministry"] == "Ministry of Police"


def test_a_ministry_is_chosen_for_no_indicator_that_is_there_already(client):
    """It would be lost silently. The indicator has its own page to change it."""
    police = MinistryFactory()
    there = IndicatorFactory(name="Counted elsewise", unit="districts")
    DistrictFactory()
    row = create_recommendation()
    sent = opened_form_data(client, row) | {"suggested-1-accept": "on", "suggested-1-new_ministry": police.pk}

    page = client.post(suggestions_url(row), sent | {"suggested-1-new_name": "Counted elsewise"})
    line = page.context["rows"].forms[1]
    assert line.has_error("new_ministry", "indicator_exists")
    assert "“Counted elsewise” already exists." in str(line.errors["new_ministry"])
    chosen = {"suggested-1-indicator": there.pk, "suggested-1-new_name": "", "suggested-1-new_unit": ""}
    page = client.post(suggestions_url(row), sent | chosen)
    assert "Choose an indicator or add a new one, not both." in str(page.context["rows"].forms[1].errors)

    there.refresh_from_db()
    assert there.ministry is None
    assert not Benchmark.objects.exists()


def test_an_officer_is_led_from_one_recommendation_to_the_next_without_any(client):
    edition = EditionFactory()
    first, second, third = (create_recommendation("Train police", edition=edition) for _ in range(3))
    BenchmarkFactory(recommendation=second)

    answer = client.post(suggestions_url(first), opened_form_data(client, first) | {"suggested-0-accept": "on"})
    assert answer.headers["Location"] == suggestions_url(third)
    answer = client.post(suggestions_url(third), opened_form_data(client, third) | {"suggested-0-accept": "on"})

    assert answer.headers["Location"] == reverse("setup_detail", args=[edition.country_id])


@pytest.mark.parametrize(
    ("changed", "field", "code", "sentence"),
    [
        ({"suggested-1-criterion": ""}, "criterion", "required", ""),
        ({"suggested-1-target": ""}, "target", "no_target", ""),
        ({"suggested-1-target": "many"}, "target", None, "Give a number in digits alone"),
        ({"suggested-1-rule": "assessed"}, "target", "unused_target", ""),
        ({"suggested-1-rule": "guessed"}, "rule", None, "Choose one from the list."),
        ({"suggested-1-new_name": ""}, "indicator", "required", ""),
        ({"suggested-1-new_unit": ""}, "new_unit", "required", "Write the unit"),
        ({"suggested-1-new_name": "x" * 151}, "new_name", None, "Shorten this to 150 characters"),
        (
            {"suggested-1-new_name": "Counted elsewise"},
            "new_name",
            "another_unit",
            "with the unit “trainees” already exists.",
        ),
        ({"reason": ""}, "reason", None, "Fill this in."),
    ],
)
def test_errors_are_shown_at_their_row_and_no_row_is_saved(client, changed, field, code, sentence):
    IndicatorFactory(name="Counted elsewise", unit="trainees")
    DistrictFactory()
    row = create_recommendation()
    ticked = {"suggested-0-accept": "on", "suggested-1-accept": "on", "suggested-0-criterion": "Kept as typed"}

    page = client.post(suggestions_url(row), opened_form_data(client, row) | ticked | changed)

    assert page.status_code == 422
    form = page.context["reason"] if field == "reason" else page.context["rows"].forms[1]
    assert form.has_error(field, code)
    assert sentence in form.errors[field][0]
    assert "Kept as typed" in page.text
    assert not Benchmark.objects.exists()
    assert Indicator.objects.count() == 1


def test_unticked_rows_are_not_validated(client):
    DistrictFactory()
    row = create_recommendation()
    sent = opened_form_data(client, row) | {
        "suggested-0-accept": "on",
        "suggested-1-target": "many",
        "suggested-1-rule": "x",
    }

    assert client.post(suggestions_url(row), sent).status_code == 302
    assert BenchmarkTerms.objects.get().rule == Rule.ASSESSED


def test_nothing_ticked_and_the_same_words_again_are_refused(client):
    row = create_recommendation("Train police")
    sent = opened_form_data(client, row)

    page = client.post(suggestions_url(row), sent)
    assert page.status_code == 422
    assert shows_refusal(page, "required")
    assert "Tick at least one suggestion, or add a benchmark of your own." in page.text
    assert client.post(suggestions_url(row), sent | {"suggested-0-accept": "on"}).status_code == 302
    page = client.post(suggestions_url(row), sent | {"suggested-0-accept": "on"})

    line = page.context["rows"].forms[0]
    assert line.has_error("criterion", "same_criterion")
    assert "A benchmark with this success criterion already exists." in line.errors["criterion"][0]
    assert Benchmark.objects.count() == 1


def test_an_indicator_is_chosen_or_named_not_both_and_is_the_countrys(client):
    theirs = IndicatorFactory(country=CountryFactory(elsewhere=True), name="Theirs")
    ours = IndicatorFactory(name="Ours")
    DistrictFactory()
    row = create_recommendation()
    sent = opened_form_data(client, row) | {"suggested-1-accept": "on"}

    assert "Theirs" not in client.get(suggestions_url(row)).text
    page = client.post(suggestions_url(row), sent | {"suggested-1-indicator": ours.pk})
    assert "Choose an indicator or add a new one, not both." in str(page.context["rows"].forms[1].errors)
    page = client.post(suggestions_url(row), sent | {"suggested-1-indicator": theirs.pk})
    assert "Choose one from the list." in str(page.context["rows"].forms[1].errors)


def test_the_list_says_what_cannot_be_checked_yet_of_the_edition_that_is_followed(client):
    edition = EditionFactory(year=2021)
    first, second = (create_recommendation(edition=edition) for _ in range(2))
    BenchmarkFactory(recommendation=first)
    create_recommendation("Of the year before", edition=EditionFactory(year=2020))
    create_recommendation("Elsewhere", edition=EditionFactory(country=CountryFactory(elsewhere=True)))

    page = client.get(reverse("setup_benchmarks", args=[edition.country_id]))

    assert [
        (recommendation, recommendation.benchmark_count, len(suggestions) > 0)
        for recommendation, suggestions in page.context["recommendations"]
    ] == [(first, 1, False), (second, 0, True)]


def test_what_the_list_has_no_longer_is_not_checked(client):
    row, retired = (create_recommendation(edition=EditionFactory()) for _ in range(2))
    type(retired).objects.filter(pk=retired.pk).update(is_retired=True)

    page = client.get(reverse("setup_benchmarks", args=[row.edition.country_id]))

    assert [recommendation for recommendation, _ in page.context["recommendations"]] == [row]
    assert client.get(suggestions_url(retired)).status_code == 404


def test_a_post_without_an_edition_has_nothing_to_check(client):
    page = client.get(reverse("setup_benchmarks", args=[CountryFactory().pk]))

    assert "No recommendations yet." in page.text


def test_benchmarks_are_the_officers_of_the_country(client):
    row = create_recommendation()
    for person, expected in (
        (AdministratorFactory(), 403),
        (AmbassadorFactory(), 403),
        (ObserverFactory(), 403),
        (FocalPointFactory(), 403),
        (OfficerFactory(countries=[CountryFactory(elsewhere=True)]), 404),
    ):
        client.force_login(person)
        assert client.get(suggestions_url(row)).status_code == expected
        assert client.post(suggestions_url(row), {}).status_code == expected
        assert client.get(reverse("setup_benchmarks", args=[row.edition.country_id])).status_code == expected
    assert not Benchmark.objects.exists()


def test_all_suggestions_are_added_at_once_where_there_is_no_benchmark_yet(client):
    edition = EditionFactory(year=2021)
    checked, first, second = (create_recommendation(text, edition=edition) for text in ("Do it", FUND, "Train nurses"))
    BenchmarkFactory(recommendation=checked)
    url = reverse("setup_benchmarks", args=[edition.country_id])
    shown = [each.criterion for _, suggestions in client.get(url).context["recommendations"] for each in suggestions]

    answer = client.post(url, {"reason": "Read by the post"})

    assert answer.headers["Location"] == reverse("setup_detail", args=[edition.country_id])
    added = Benchmark.objects.filter(recommendation__in=[first, second]).order_by("recommendation__number", "letter")
    assert [benchmark.wording for benchmark in added.with_terms()] == shown
    assert {terms.reason for terms in BenchmarkTerms.objects.filter(benchmark__in=added)} == {"Read by the post"}
    assert checked.benchmarks.count() == 1
    assert "Add all suggested benchmarks" not in client.get(url).text
    again = client.post(url, {"reason": "Read by the post"})
    assert again.status_code == 422
    assert "Every recommendation has a benchmark already." in again.text


def test_an_indicator_that_several_suggestions_need_is_made_once(client):
    edition = EditionFactory(year=2021)
    for text in ("Increase investigations", "Increase efforts to investigate officials"):
        create_recommendation(text, edition=edition)

    client.post(reverse("setup_benchmarks", args=[edition.country_id]), {"reason": "Read by the post"})

    assert Indicator.objects.filter(question=EffortQuestion.INVESTIGATIONS).count() == 1


def test_the_number_of_provinces_is_not_taken_for_that_of_districts(client):
    nepal = CountryFactory(elsewhere=True, code="NPL", name="Nepal")
    for name in find_country("NPL", date(2022, 1, 28)).districts.names:
        DistrictFactory(country=nepal, name=name)
    edition = EditionFactory(country=nepal)
    for noun in ("districts", "provinces"):
        create_recommendation(f"Hold campaigns in all {noun}", edition=edition)
    client.force_login(OfficerFactory(countries=[nepal]))

    page = client.get(reverse("setup_benchmarks", args=[nepal.pk]))

    targets = [[each.target for each in suggestions] for _, suggestions in page.context["recommendations"]]
    assert targets == [[None], [7]]
