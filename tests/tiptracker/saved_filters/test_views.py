"""Saved filters are shown above their list; the address of a list has the same filters for every reader."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dialogues.forms.commitments import CommitmentFilterForm
from dialogues.forms.evidence_filters import EvidenceFilterForm
from reports.forms import RecommendationFilterForm, TimelineFilter
from tests.edition_urls import edition_url
from tests.factories import (
    AdministratorFactory,
    CommitmentFactory,
    FocalPointFactory,
    MinistryFactory,
    OfficerFactory,
    RecommendationFactory,
    RemovedRowFactory,
    SavedFilterFactory,
)
from tests.refusals import shows_refusal
from tests.undo_buttons import press_undo, undo_forms
from tiptracker.audit.forms import LogFilter
from tiptracker.onboarding.forms import CountryFilter, PersonFilter
from tiptracker.saved_filters.models import SavedFilter
from tiptracker.saved_filters.pages import PAGES, read_address

pytestmark = pytest.mark.django_db
ADD_URL = reverse("saved_filter_add")
FORMS = {
    "commitment_list": CommitmentFilterForm,
    "evidence_list": EvidenceFilterForm,
    "recommendation_list": RecommendationFilterForm,
    "timeline": TimelineFilter,
    "log_list": LogFilter,
    "person_list": PersonFilter,
    "ministry_list": CountryFilter,
}


@pytest.fixture
def officer(client):
    RecommendationFactory()
    user = OfficerFactory()
    client.force_login(user)
    return user


def commitments_url(query=""):
    return edition_url("commitment_list") + (f"?{query}" if query else "")


def saved_filter_links(page):
    """The saved filters above the list: name and address."""
    bar = re.search(r'<nav aria-label="Saved filters">(.*?)</nav>', page.text, re.DOTALL)
    pairs = re.findall(r'<a href="([^"]+)"[^>]*>(.*?)</a>', bar[1] if bar else "", re.DOTALL)
    return [(unescape(name), unescape(url)) for url, name in pairs if "Change" not in name]


def test_the_parameters_of_each_list_are_the_fields_of_its_form():
    assert {page: set(described.parameters) for page, described in PAGES.items()} == {
        page: set(form.base_fields) for page, form in FORMS.items()
    }


def test_an_address_holds_nothing_but_filters_of_its_list():
    here = read_address(commitments_url("sort=text&q=%20police%20&page=3&status=&as=csv&made_up=1"))

    assert (here.page, here.path, here.query) == (
        "commitment_list",
        edition_url("commitment_list"),
        "q=police&sort=text",
    )
    evil = ["", "nothing", "https://evil.example/LSO/2021/commitments/", "//evil.example/LSO/2021/commitments/"]
    for other in (*evil, reverse("glossary"), commitments_url("q=" + "x" * 2001), "http://[", "javascript:alert(1)"):
        assert read_address(other) is None, other


def test_filters_are_saved_from_the_list_and_stand_above_it(client, officer):
    page = client.get(commitments_url("status=overdue&page=2"))
    [save] = re.findall(r'<a href="([^"]+)">Save these filters</a>', page.text)
    assert "<h1>Save these filters</h1>" in client.get(unescape(save)).text

    saved = client.post(ADD_URL, {"address": commitments_url("status=overdue&as=csv"), "name": "Overdue"}, follow=True)

    assert saved.redirect_chain == [(commitments_url("status=overdue"), 302)]
    assert "You saved these filters as “Overdue”." in saved.text
    assert saved_filter_links(saved) == [("Overdue", commitments_url("status=overdue"))]
    assert "Save these filters" not in saved.text  # they are saved
    assert saved_filter_links(client.get(commitments_url())) == saved_filter_links(saved)
    assert SavedFilter.objects.get().query == "status=overdue"
    press_undo(client, saved)
    assert not SavedFilter.objects.exists()


def test_without_a_filter_nothing_is_offered(client, officer):
    for query in ("", "status=&sort=text"):
        page = client.get(commitments_url(query))
        assert "Save these filters" not in page.text
        assert "Copy the address" not in page.text


def test_a_name_that_is_taken_is_asked_about_and_nothing_typed_is_lost(client, officer):
    SavedFilterFactory(person=officer, name="Mine", query="status=overdue")
    sent = {"address": commitments_url("status=open"), "name": "Mine"}

    refused = client.post(ADD_URL, sent)

    assert (refused.status_code, shows_refusal(refused, "name_taken")) == (422, True)
    assert 'value="Mine"' in refused.text
    assert "Replace the filters with this name" in refused.text
    replaced = client.post(ADD_URL, sent | {"replace": "on"}, follow=True)
    assert "“Mine” now has these filters." in replaced.text
    assert SavedFilter.objects.get().query == "status=open"
    press_undo(client, replaced)
    assert SavedFilter.objects.get().query == "status=overdue"


def test_filters_are_renamed_and_that_is_undone(client, officer):
    saved = SavedFilterFactory(person=officer, name="Old")
    url = reverse("saved_filter_edit", args=[saved.pk])
    assert 'value="Old"' in client.get(url, {"address": commitments_url()}).text

    page = client.post(url, {"address": commitments_url("q=law"), "name": "New"}, follow=True)

    assert page.redirect_chain == [(commitments_url("q=law"), 302)]
    assert [name for name, _ in saved_filter_links(page)] == ["New"]
    press_undo(client, page)
    assert SavedFilter.objects.get().name == "Old"
    assert client.post(url, {"name": " "}).status_code == 422


def test_filters_are_deleted_and_that_is_undone(client, officer):
    saved = SavedFilterFactory(person=officer, name="Old")
    url = reverse("saved_filter_edit", args=[saved.pk])

    page = client.post(url, {"address": commitments_url(), "do": "delete"}, follow=True)

    assert "You deleted the saved filters “Old”." in page.text
    assert saved_filter_links(page) == []
    back = press_undo(client, page)
    assert "The filters “Old” are saved again." in back.text
    assert SavedFilter.objects.get() == saved
    [(again, fields)] = undo_forms(page)
    late = client.post(again, fields)
    assert [refusal.code for refusal in late.refusals] == ["undo_over"]
    assert "This can no longer be undone." in client.get(late.headers["Location"]).text


def test_those_of_somebody_else_are_not_there_and_cannot_be_brought_back(client, officer):
    theirs = SavedFilterFactory(name="Theirs")
    removed = RemovedRowFactory(person=theirs.person)
    url = reverse("saved_filter_edit", args=[theirs.pk])

    assert saved_filter_links(client.get(commitments_url())) == []
    assert client.get(url).status_code == client.post(url, {"do": "delete"}).status_code == 404
    answer = client.post(ADD_URL, {"address": commitments_url(), "restore": removed.pk})
    assert [refusal.code for refusal in answer.refusals] == ["undo_over"]
    for key in ("x", "9" * 40, ""):
        assert client.post(ADD_URL, {"address": commitments_url(), "restore": key}, follow=True).status_code == 200
    assert SavedFilter.objects.get() == theirs


def test_an_address_of_no_list_is_not_found(client, officer):
    for address in ("", "https://evil.example/", reverse("glossary")):
        assert client.get(ADD_URL, {"address": address}).status_code == 404
        assert client.post(ADD_URL, {"address": address, "name": "Evil"}).status_code == 404


def test_a_saved_parameter_that_no_longer_fits_is_ignored(client, officer):
    CommitmentFactory(text="Fund the shelter")
    SavedFilterFactory(person=officer, query="status=no_such_status&recommendation=987654321&gone=1&q=shelter")

    [(_, url)] = saved_filter_links(client.get(commitments_url()))
    page = client.get(url)

    assert "gone=1" not in url
    assert page.status_code == 200
    assert "Fund the shelter" in page.text


def test_a_colleagues_address_shows_the_same_filters_within_what_the_reader_may_see(client, officer):
    own = FocalPointFactory()
    other = MinistryFactory(country=own.ministry.country)
    mine = CommitmentFactory(ministry=own.ministry, text="Our shelter")
    CommitmentFactory(ministry=other, text="Their shelter")
    query = f"q=shelter&ministry={other.pk}"
    page = client.get(commitments_url(query))
    assert ("Their shelter" in page.text, "Our shelter" in page.text) == (True, False)
    [address] = re.findall(r'readonly value="([^"]+)"', page.text)
    assert unescape(address) == "http://testserver" + commitments_url(query)

    client.force_login(OfficerFactory())
    assert "Their shelter" in client.get(unescape(address)).text
    client.force_login(own)
    read = client.get(unescape(address))
    assert 'value="shelter"' in read.text
    assert mine.text in read.text
    assert "Their shelter" not in read.text


def test_without_script_the_address_stands_in_a_field(client, officer):
    page = client.get(commitments_url("q=law"))

    assert f'readonly value="http://testserver{commitments_url("q=law")}"' in page.text


def test_what_htmx_asks_for_has_the_bar_with_the_new_filters(client, officer):
    part = client.get(commitments_url("status=overdue"), headers={"HX-Request": "true"})

    assert "<html" not in part.text
    assert "Save these filters" in part.text


def test_a_list_asks_as_many_questions_however_many_filters_are_saved(client, officer, django_assert_num_queries):
    with CaptureQueriesContext(connection) as without:
        client.get(commitments_url())
    for _ in range(5):
        SavedFilterFactory(person=officer)

    with django_assert_num_queries(len(without)):
        assert len(saved_filter_links(client.get(commitments_url()))) == 5
    assert sum("saved_filters_savedfilter" in each["sql"] for each in without.captured_queries) == 1


@pytest.mark.parametrize("name", ["person_list", "ministry_list", "log_list"])
def test_administrators_save_filters_of_their_lists(client, name):
    person = AdministratorFactory()
    client.force_login(person)
    parameter = PAGES[name].parameters[0]
    value = {"q": "police", "country": "", "who": "nobody"}[parameter] or "1"
    query = f"{parameter}={value}"

    page = client.post(ADD_URL, {"address": f"{reverse(name)}?{query}", "name": "Police"}, follow=True)

    assert page.status_code == 200
    assert saved_filter_links(page) == [("Police", f"{reverse(name)}?{query}")]
