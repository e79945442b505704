"""The pages of annual targets: the form and its proposed baseline, the list, the indicator, the ministry’s page."""

from datetime import date

import pytest
from django.urls import reverse

from dialogues.models import IndicatorTarget
from recommendations.choices import Rule
from tests.edition_urls import edition_url
from tests.factories import (
    BenchmarkFactory,
    EvidenceFactory,
    FocalPointFactory,
    IndicatorFactory,
    IndicatorTargetFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
    ReadingFactory,
    RecommendationFactory,
)
from tests.refusals import shows_refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def cases():
    RecommendationFactory()
    return IndicatorFactory(name="Cases begun")


def form_url(indicator):
    return reverse("annual_target", args=[indicator.pk])


def page_url(indicator):
    return reverse("indicator_detail", args=[indicator.pk])


def test_the_form_proposes_the_figure_of_the_year_before_and_saves_with_one_press(client, cases):
    ReadingFactory(indicator=cases, figure=4, last_period=True, source="TIP Report 2021")
    client.force_login(OfficerFactory())

    form = client.get(form_url(cases)).context["form"]
    assert (form.initial["baseline"], form.initial["baseline_source"]) == (4, "TIP Report 2021")

    data = {name: form[name].value() or "" for name in form.fields} | {"figure": "16", "reason": "Four times as many."}
    answer = client.post(form_url(cases), data, follow=True)

    target = IndicatorTarget.objects.get()
    assert (target.figure, target.baseline, target.origin) == (16, 4, "post")
    assert "The annual target is now 16. Readiness does not change." in answer.text


def test_without_a_figure_of_the_year_before_the_form_proposes_the_reason(client, cases):
    ReadingFactory(indicator=cases, figure=None, direction="up", last_period=True)
    client.force_login(OfficerFactory())

    initial = client.get(form_url(cases)).context["form"].initial
    assert "baseline" not in initial
    assert initial["baseline_missing_reason"].startswith("Only a direction is known")


def test_a_figure_in_words_and_a_target_below_the_baseline_are_refused_beside_their_field(client, cases):
    client.force_login(OfficerFactory())
    given = {
        "baseline": "4", "baseline_starts_on": "2020-04-01", "baseline_through_on": "2021-03-31",
        "baseline_source": "TIP Report 2021", "reason": "Agreed.", "unit": cases.unit, "seen": 0,
    }  # fmt: skip

    for figure, sentence in (("10 %", "10 %"), ("3", "below the baseline 4"), ("", "Enter the annual target.")):
        shows_refusal(client.post(form_url(cases), given | {"figure": figure}), sentence)
    assert not IndicatorTarget.objects.exists()


def test_the_indicator_shows_how_far_along_it_is_and_marks_a_claim(client, cases):
    ReadingFactory(indicator=cases, figure=8, through_on=date(2021, 12, 31), verified=True)
    ReadingFactory(indicator=cases, figure=10, through_on=date(2022, 1, 20), evidence=EvidenceFactory())
    IndicatorTargetFactory(indicator=cases)
    BenchmarkFactory(terms__rule=Rule.TARGET, terms__target=10, terms__indicator=cases)
    client.force_login(ObserverFactory())

    page = client.get(page_url(cases))

    assert page.context["yearly"].standing.progress.share * 2 == 1
    for words in (
        "50% of the way from the baseline to the annual target.",
        "Claimed: 10, up to 20 January 2022. Nobody has verified it.",
        "has a target of its own in its terms: 10. Only that one counts for readiness.",
        "8 verified</text>",
        "10 claimed</text>",
        "Three times as many as the year before.",
    ):
        assert words in page.text
    assert form_url(cases) not in page.text

    listed = client.get(edition_url("indicator_list"))
    assert "50% of the way" in listed.text


def test_a_ministry_reads_on_its_page_what_was_agreed_with_it_until_it_is_dropped(client, cases):
    police = MinistryFactory(short_name="Police")
    agreed = IndicatorTargetFactory(indicator=cases, ministry=police)
    IndicatorTargetFactory(indicator=IndicatorFactory(name="Set alone"))
    client.force_login(FocalPointFactory(ministry=police))

    page = client.get(edition_url("ministry_home"))
    assert "Cases begun: <strong>12</strong> (cases). Baseline: 4" in page.text
    assert "Set alone" not in page.text
    assert agreed.reason not in page.text

    IndicatorTargetFactory(indicator=cases, ministry=police, figure=None)
    assert "Annual targets agreed with you" not in client.get(edition_url("ministry_home")).text
