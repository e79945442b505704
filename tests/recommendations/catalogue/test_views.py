"""The page to set up standard indicators: what is proposed, asked and set up in one press."""

import pytest

from recommendations.choices import EffortQuestion
from recommendations.models import Indicator
from recommendations.standard_indicators import read_catalogue
from tests.edition_urls import edition_url
from tests.factories import CountryFactory, IndicatorFactory, MinistryFactory, OfficerFactory, RecommendationFactory
from tests.refusals import shows_refusal

pytestmark = pytest.mark.django_db

CATALOGUE = read_catalogue()


@pytest.fixture(autouse=True)
def edition(client):
    client.force_login(OfficerFactory())
    return RecommendationFactory(lead=None).edition


def page_url(query=""):
    return f"{edition_url('standard_indicators')}{query}"


def rows_of(response):
    """Return the rows of the page by the key of their standard indicator."""
    lines = [line for pillar in response.context["pillars"] for question in pillar.questions for line in question.lines]
    return {line.entry.key: line.row for line in lines if line.row}


def as_sent(response):
    """Return the fields of the page as a browser sends them."""
    fields = [field for row in rows_of(response).values() for field in row]
    return {field.html_name: field.value() for field in fields if field.value() not in (None, "", False)}


def texts(response):
    return " ".join(response.text.split())


def test_the_page_shows_the_whole_catalogue_by_pillar_and_says_what_each_counts(client):
    page = client.get(page_url())

    assert [pillar.title for pillar in page.context["pillars"]] == ["Prosecution", "Protection", "Prevention"]
    assert set(rows_of(page)) == set(CATALOGUE)
    for entry in CATALOGUE.values():
        assert entry.includes in page.text
        assert entry.note in page.text
    assert "Unit: LSL. A higher figure is better." in page.text
    assert page.text.count('<details class="block">') == 3, (
        "the pillars are closed, so that a telephone shows all three"
    )


def test_opening_the_page_ticks_nothing_and_tick_all_ticks_what_needs_no_answer(client):
    IndicatorFactory(name="Labour inspections in factories")
    IndicatorFactory(name="Campaigns", catalogue_key="campaigns")

    assert not any(row["wanted"].value() for row in rows_of(client.get(page_url())).values())

    ticked = {key for key, row in rows_of(client.get(page_url("?tick=all"))).items() if row["wanted"].value()}
    assert ticked == set(CATALOGUE) - {"labour_inspections", "campaigns"}


def test_one_press_sets_up_what_is_ticked_with_the_proposed_ministry(client):
    police = MinistryFactory(name="Ministry of Police")
    sent = as_sent(client.get(page_url())) | {"investigations_begun-wanted": "on", "sentences_served-wanted": "on"}

    answer = client.post(page_url(), sent, follow=True)

    assert answer.redirect_chain == [(edition_url("indicator_list"), 302)]
    assert "2 indicators are added. No ministry gets a message." in texts(answer)
    added = {row.catalogue_key: row.ministry for row in Indicator.objects.all()}
    assert added == {"investigations_begun": police, "sentences_served": None}


def test_the_officer_changes_the_proposed_ministry(client):
    MinistryFactory(name="Ministry of Police")
    other = MinistryFactory(name="Directorate on Corruption")
    sent = {"investigations_begun-wanted": "on", "investigations_begun-ministry": other.pk}

    client.post(page_url(), sent)

    assert Indicator.objects.get().ministry == other


def test_pressed_twice_nothing_is_doubled(client):
    sent = as_sent(client.get(page_url("?tick=all")))
    client.post(page_url(), sent)

    answer = client.post(page_url(), sent, follow=True)

    assert Indicator.objects.count() == len(CATALOGUE)
    assert f"{len(CATALOGUE)} standard indicators were set up before and stay as they are." in texts(answer)


def test_what_is_counted_already_is_shown_and_linked_in_the_same_press(client):
    ours = IndicatorFactory(name="Cases opened", question=EffortQuestion.INVESTIGATIONS)
    page = client.get(page_url("?tick=all"))
    assert f'You already count this: <a href="/indicators/{ours.pk}/">Cases opened</a>.' in page.text

    answer = client.post(page_url(), as_sent(page), follow=True)

    assert Indicator.objects.count() == len(CATALOGUE)
    ours.refresh_from_db()
    assert ours.catalogue_key == "investigations_begun"
    assert f"{len(CATALOGUE) - 1} indicators are added. 1 indicator is linked to a standard indicator." in texts(answer)


def test_a_separate_indicator_is_added_where_the_officer_says_that_it_is_another(client):
    ours = IndicatorFactory(name="Acquittals")

    client.post(page_url(), {"acquittals-wanted": "on", "acquittals-existing": f"not-{ours.pk}"})

    assert list(Indicator.objects.values_list("name", "catalogue_key")) == [
        ("Acquittals", ""), ("Acquittals (standard)", "acquittals"),
    ]  # fmt: skip


def test_a_similar_name_must_be_answered_if_the_row_is_ticked(client):
    IndicatorFactory(name="Labour inspections in factories")
    assert "looks like it. Is it the same?" in client.get(page_url()).text

    answer = client.post(page_url(), {"labour_inspections-wanted": "on", "campaigns-wanted": "on"})

    assert answer.status_code == 422
    assert rows_of(answer)["labour_inspections"].errors == {
        "existing": ["Say whether “Labour inspections in factories” is the same."]
    }
    assert rows_of(answer)["campaigns"]["wanted"].value()
    assert Indicator.objects.count() == 1

    assert client.post(page_url(), {"campaigns-wanted": "on"}).status_code == 302


def test_an_indicator_of_another_name_can_be_linked(client):
    ours = IndicatorFactory(name="Radio spots")

    client.post(page_url(), {"campaigns-wanted": "on", "campaigns-existing": ours.pk})

    ours.refresh_from_db()
    assert ours.catalogue_key == "campaigns"


def test_indicators_of_another_country_are_never_matched_offered_or_linked(client):
    elsewhere = CountryFactory(elsewhere=True)
    client.force_login(OfficerFactory(countries=[CountryFactory(), elsewhere]))
    theirs = IndicatorFactory(country=elsewhere, name="Acquittals")
    linked = IndicatorFactory(country=elsewhere, name="Awareness campaigns", catalogue_key="campaigns")

    page = client.get(page_url())
    assert all(row.match is None for row in rows_of(page).values())
    assert len(rows_of(page)) == len(CATALOGUE)
    for row in (theirs, linked):
        assert f'value="{row.pk}"' not in page.text
        assert f"/indicators/{row.pk}/" not in page.text

    sent = {"acquittals-wanted": "on", "acquittals-existing": theirs.pk}
    assert client.post(page_url(), sent).status_code == 422
    theirs.refresh_from_db()
    assert theirs.catalogue_key == ""


def test_what_was_added_by_hand_after_the_page_was_opened_is_asked_about(client):
    sent = as_sent(client.get(page_url())) | {"acquittals-wanted": "on"}
    IndicatorFactory(name="Acquittals")

    answer = client.post(page_url(), sent)

    assert answer.status_code == 422
    assert "existing" in rows_of(answer)["acquittals"].errors
    assert Indicator.objects.count() == 1


def test_an_indicator_that_answers_no_question_of_the_law_cannot_stand_for_one_that_does(client):
    ours = IndicatorFactory(name="Convictions")

    page = client.get(page_url())

    assert "It does not answer the question of the law, and that cannot be changed." in texts(page)
    values = [value for value, _ in rows_of(page)["convictions"].fields["existing"].choices]
    assert values == ["", f"not-{ours.pk}"]


def test_a_press_with_nothing_ticked_says_what_to_do(client):
    answer = client.post(page_url(), {})

    assert answer.status_code == 422
    assert shows_refusal(answer, "required")


def test_the_list_of_indicators_leads_to_the_page(client):
    assert f'href="{page_url()}"' in client.get(edition_url("indicator_list")).text
