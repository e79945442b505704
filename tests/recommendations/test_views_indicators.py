"""Set the ministry that reports a figure, and say what the figure includes."""

import json

import pytest
from django.urls import reverse

from tests.factories import (
    AmbassadorFactory,
    BenchmarkFactory,
    CommitmentFactory,
    CountryFactory,
    FocalPointFactory,
    IndicatorFactory,
    MinistryFactory,
    OfficerFactory,
    RecommendationFactory,
)
from tiptracker.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def indicator():
    RecommendationFactory(lead=None)
    return IndicatorFactory(name="Prosecutions")


def includes_url(indicator):
    return reverse("indicator_includes", args=[indicator.pk])


def ministry_url(indicator):
    return reverse("indicator_ministry", args=[indicator.pk])


def test_an_officer_sets_changes_and_clears_the_ministry_that_reports_a_figure(client, indicator):
    police, justice = MinistryFactory(name="Ministry of Police"), MinistryFactory(name="Ministry of Justice")
    client.force_login(OfficerFactory())
    page, above = ministry_url(indicator), reverse("indicator_detail", args=[indicator.pk])

    assert client.get(page).context["form"]["ministry"].value() is None
    for chosen, told in (
        (police, "The ministry that reports “Prosecutions” is now: Ministry of Police."),
        (justice, "The ministry that reports “Prosecutions” is now: Ministry of Justice."),
        (None, "No ministry is set for “Prosecutions” now."),
    ):
        answer = client.post(page, {"ministry": chosen.pk if chosen else ""}, follow=True)

        assert answer.redirect_chain == [(above, 302)]
        assert told in answer.text
        indicator.refresh_from_db()
        assert indicator.ministry == chosen
        assert str(client.get(page).context["form"]["ministry"].value() or "") == str(chosen.pk if chosen else "")


def test_the_ministries_to_choose_from_are_the_countrys_own(client, indicator):
    ours = MinistryFactory(name="Ministry of Police")
    theirs = MinistryFactory(country=CountryFactory(elsewhere=True), name="Ministry of Elsewhere")
    client.force_login(OfficerFactory(countries=[indicator.country, theirs.country]))

    page = client.get(ministry_url(indicator))

    assert [key for key, _ in page.context["form"].fields["ministry"].choices] == ["", str(ours.pk)]
    assert "Ministry of Elsewhere" not in page.text


@pytest.mark.parametrize("typed", ["theirs", "0", str(10**25), "police"])
def test_ministry_that_is_not_offered_is_refused_at_its_field(client, indicator, typed):
    theirs = MinistryFactory(country=CountryFactory(elsewhere=True))
    client.force_login(OfficerFactory())

    answer = client.post(ministry_url(indicator), {"ministry": theirs.pk if typed == "theirs" else typed})

    assert answer.status_code == 422
    assert answer.context["form"].errors["ministry"] == ["Choose one from the list."]
    indicator.refresh_from_db()
    assert indicator.ministry is None
    assert not AuditEntry.objects.filter(verb="indicator.ministry_set").exists()


def test_no_ministry_sees_or_says_which_one_reports_a_figure(client, indicator):
    own, reporting = MinistryFactory(), MinistryFactory()
    indicator.ministry = reporting
    indicator.save()
    CommitmentFactory(ministry=own, benchmarks=[BenchmarkFactory(terms__indicator=indicator)])
    for ministry, expected in ((own, 403), (reporting, 404)):
        client.force_login(FocalPointFactory(ministry=ministry))
        assert client.get(ministry_url(indicator)).status_code == expected
        assert client.post(ministry_url(indicator), {"ministry": own.pk}).status_code == expected

    client.force_login(AmbassadorFactory())
    assert client.post(ministry_url(indicator), {"ministry": own.pk}).status_code == 403
    indicator.refresh_from_db()
    assert indicator.ministry == reporting


@pytest.mark.parametrize("count", [1, 3])
def test_indicator_ministry_query_count(client, django_assert_num_queries, indicator, count):
    MinistryFactory.create_batch(count, country=indicator.country)
    client.force_login(OfficerFactory())

    # 2 who asks, 2 their zone and the count of My tasks, 1 indicator, 1 may set, 1 ministries, 1 the post's name
    with django_assert_num_queries(12):
        client.get(ministry_url(indicator))


# --- What a figure includes -------------------------------------------------------------------------------------------


def test_an_officer_says_what_a_figure_includes_and_the_log_keeps_the_earlier_text(client, indicator):
    client.force_login(OfficerFactory())
    page, above = includes_url(indicator), reverse("indicator_detail", args=[indicator.pk])

    for text in ("Persons charged.", "Cases before a court.", "Cases before a court.", ""):
        assert client.post(page, {"includes": text}, follow=True).redirect_chain == [(above, 302)]
        indicator.refresh_from_db()
        assert indicator.includes == text

    entries = AuditEntry.objects.filter(verb="indicator.described").order_by("number")
    assert [json.loads(entry.detail.before)["includes"] for entry in entries] == [
        "", "Persons charged.", "Cases before a court.",
    ]  # fmt: skip


def test_personal_data_in_what_a_figure_includes_is_held_back(client, indicator):
    client.force_login(OfficerFactory())

    answer = client.post(includes_url(indicator), {"includes": "Call 62 345 678 for the cases."})

    assert answer.status_code == 422
    indicator.refresh_from_db()
    assert indicator.includes == ""


def test_only_officers_of_the_country_say_what_a_figure_includes(client, indicator):
    CommitmentFactory(ministry=(own := MinistryFactory()), benchmarks=[BenchmarkFactory(terms__indicator=indicator)])
    elsewhere = OfficerFactory(countries=[CountryFactory(elsewhere=True)])
    for person, expected in ((FocalPointFactory(ministry=own), 403), (AmbassadorFactory(), 403), (elsewhere, 404)):
        client.force_login(person)
        assert client.get(includes_url(indicator)).status_code == expected
        assert client.post(includes_url(indicator), {"includes": "Persons."}).status_code == expected

    indicator.refresh_from_db()
    assert indicator.includes == ""
