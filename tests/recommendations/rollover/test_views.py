"""The page on which an officer says which recommendations repeat those of the year before."""

import pytest
from django.urls import reverse

from recommendations.models import Recommendation
from tests.factories import EditionFactory, OfficerFactory, RecommendationFactory
from tests.recommendations.replacement_list import REPLACEMENT_LIST
from tests.refusals import shows_refusal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def officer(client):
    person = OfficerFactory()
    client.force_login(person)
    return person


@pytest.fixture
def old_and_new_list():
    """The list of 2021, and that of 2022 with the first two in another order and a new one."""
    edition = EditionFactory(year=2022)
    old = [RecommendationFactory(number=number, text=REPLACEMENT_LIST[number]) for number in (1, 2, 3)]
    texts = [
        REPLACEMENT_LIST[2],
        REPLACEMENT_LIST[1].replace("Finalize, implement", "Implement"),
        "Ratify the protocol",
    ]
    new = [RecommendationFactory(edition=edition, number=n, text=text, lead=None) for n, text in enumerate(texts, 1)]
    return old, new


def repeats_url(new):
    return reverse("edition_repeats", args=[new[0].edition_id])


def opened_form_data(client, new):
    form = client.get(repeats_url(new)).context["form"]
    return {field.html_name: field.value() or "" for field in form}


def test_what_is_alike_is_proposed_and_kept_as_it_is_sent(client, old_and_new_list):
    old, new = old_and_new_list

    sent = opened_form_data(client, new)
    answer = client.post(repeats_url(new), sent)

    assert [sent[f"repeats_{row.pk}"] for row in new] == [old[1].pk, old[0].pk, ""]
    assert answer.url == reverse("edition_roll_over", args=[new[0].edition_id])
    assert list(Recommendation.objects.filter(edition=new[0].edition).values_list("repeats", flat=True)) == [
        old[1].pk,
        old[0].pk,
        None,
    ]


def test_opening_the_page_writes_nothing(client, old_and_new_list):
    client.get(repeats_url(old_and_new_list[1]))

    assert not Recommendation.objects.exclude(repeats=None).exists()


def test_a_saved_answer_is_shown_in_place_of_the_proposal(client, old_and_new_list):
    old, new = old_and_new_list
    client.post(repeats_url(new), opened_form_data(client, new) | {f"repeats_{new[1].pk}": ""})

    shown = opened_form_data(client, new)

    assert [shown[f"repeats_{row.pk}"] for row in new] == [old[1].pk, "", ""]


def test_the_words_are_shown_beside_those_before(client, old_and_new_list):
    page = client.get(repeats_url(old_and_new_list[1]))

    assert "<del>" in page.text
    assert "Most similar, in this order: Number 1" in page.text
    assert "No recommendation of the year before is similar." in page.text


def test_an_invalid_choice_is_refused_and_the_others_are_kept(client, old_and_new_list):
    old, new = old_and_new_list
    sent = opened_form_data(client, new) | {f"repeats_{new[0].pk}": "999999", f"repeats_{new[2].pk}": str(old[2].pk)}

    page = client.post(repeats_url(new), sent)

    assert page.status_code == 422
    assert page.context["form"].errors == {f"repeats_{new[0].pk}": ["Choose one from the list."]}
    assert page.context["form"][f"repeats_{new[2].pk}"].value() == str(old[2].pk)
    assert not Recommendation.objects.exclude(repeats=None).exists()


def test_edit_conflict_can_be_sent_again(client, old_and_new_list):
    old, new = old_and_new_list
    sent = opened_form_data(client, new)
    Recommendation.objects.filter(pk=old[0].pk).update(version=2)

    page = client.post(repeats_url(new), sent)
    again = client.post(repeats_url(new), {field.html_name: field.value() or "" for field in page.context["form"]})

    assert page.status_code == 422
    assert shows_refusal(page, "edit_conflict")
    assert again.status_code == 302


def test_without_an_earlier_list_the_page_says_so(client, old_and_new_list):
    page = client.get(reverse("edition_repeats", args=[old_and_new_list[0][0].edition_id]))

    assert "No earlier edition has recommendations." in page.text
