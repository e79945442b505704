"""Several editions and countries at once: which edition a page stands at, what it shows of it, and where it leads."""

import re
from datetime import date, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, resolve, reverse
from django.utils.html import strip_tags

from recommendations import edition_context
from reports.readiness.gathering import gather_facts
from tests import factories
from tests.edition_urls import edition_url, edition_url_names
from tests.several_editions import create_editions

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PAGES = edition_url_names()
MINISTRY_PAGES = {"ministry_home", "recommendation_list", "commitment_list", "dialogue_list"}
OFFICER_PAGES = {
    "evidence_log",
    "commitment_add",
    "indicator_enter",
    "partner_add",
    "retention_list",
    "retention_schedule",
    "law_entry_add",
    "dialogue_add",
    "briefing_request",
    "information_request_add",
    "standard_indicators",
}
DAYS = ("2022-01-28", "2022-01-27")
OTHER_EDITION_PAGES = {"briefing_request", "my_tasks_next"}
"""Pages that lead on where there is nothing to show."""


@pytest.fixture
def world():
    return create_editions()


def words_of(page):
    """The words of a page, without elements."""
    return " ".join(strip_tags(page.text.replace("<br>", " ")).split())


def readable_pages(client, world, reader):
    """The names of the pages that a reader may open."""
    client.force_login(getattr(world, reader))
    return {"focal_point": MINISTRY_PAGES, "officer": PAGES.keys() - {"ministry_home"}}.get(
        reader, PAGES.keys() - {"ministry_home"} - OFFICER_PAGES
    )


def page_head(answer):
    """The country, year and word that a page's head names."""
    told = answer.context["page_head"]
    return told.country, told.year, told.word


def is_without_edition(url):
    """Whether an address leads to the edition at hand, since it names none."""
    try:
        return resolve(urlsplit(url).path).func is edition_context.redirect_to_edition
    except Resolver404:
        return False


def internal_links(answer):
    return re.findall(r'(?:href|action|hx-get)="(/[^"]*)"', answer.text)


@pytest.mark.parametrize("reader", ["officer", "observer", "focal_point"])
def test_an_upcoming_edition_never_takes_the_place_of_the_current_one(client, world, reader):
    for name in readable_pages(client, world, reader):
        asked = reverse(name, args=PAGES[name])

        answer = client.get(asked, follow=True)

        assert answer.request["PATH_INFO"].startswith("/LSO/2021/"), name


@pytest.mark.parametrize("reader", ["officer", "observer", "focal_point"])
@pytest.mark.parametrize("edition", ["past", "current", "upcoming"])
def test_every_page_of_an_edition_names_it_and_leads_to_its_own_pages(client, world, reader, edition):
    stands_at = getattr(world, edition)
    word = {"past": "past", "current": "", "upcoming": "upcoming, from 1 April 2022"}[edition]
    for name in readable_pages(client, world, reader) - OTHER_EDITION_PAGES:
        answer = client.get(edition_url(name, *PAGES[name], edition=stands_at))

        assert answer.status_code == 200, name
        assert page_head(answer) == ("Lesotho", stands_at.year, word), name
        assert ("edition-notice" in answer.text) is (edition != "current"), name
        assert [url for url in internal_links(answer) if is_without_edition(url)] == [], name
        lit = [item.label for item in answer.context["navigation"] if item.current]
        in_navigation = [item for item in answer.context["navigation"] if item.url == answer.request["PATH_INFO"]]
        assert [item.label for item in in_navigation] == lit if in_navigation else len(lit) <= 1, name


def test_an_edition_that_is_not_there_or_not_seen_has_no_pages(client, world):
    untracked = factories.EditionFactory(year=2018)
    client.force_login(world.officer)
    for name, args in PAGES.items():
        for code, year in (("MWI", 2021), ("LSO", 2019), ("XXX", 2021), ("LSO", untracked.year)):
            url = reverse(name, args=[code, year, *args])
            assert client.get(url).status_code == 404, url
            assert client.post(url).status_code == 404, url


def test_an_address_without_an_edition_keeps_what_it_asks(client, world):
    client.force_login(world.officer)
    where = f"{reverse('commitment_list')}?status=open&edition={world.past.pk}&q=law&q=court"

    answer = client.get(where)

    assert answer.request["PATH_INFO"] == edition_url("commitment_list", edition=world.past)
    assert answer.request["QUERY_STRING"] == "status=open&q=law&q=court"
    for unknown in (world.elsewhere.pk, 987654, "x", "²"):
        assert client.get(f"{reverse('commitment_list')}?edition={unknown}").status_code == 404


def test_a_form_sent_to_an_address_without_an_edition_loses_nothing(client, world):
    client.force_login(world.officer)

    answer = client.post(reverse("commitment_add"), {"text": "They build a shelter.", "links-TOTAL_FORMS": 0})

    assert answer.request["PATH_INFO"] == edition_url("commitment_add")
    assert "They build a shelter." in answer.text
    assert answer.status_code == 422


@pytest.mark.day("2022-05-02")
def test_without_a_current_tracking_period_the_latest_edition_is_shown(client, world):
    factories.RecommendationFactory(edition=world.elsewhere)
    client.force_login(factories.OfficerFactory(countries=[world.malawi]))

    answer = client.get(reverse("dashboard"))

    assert page_head(answer) == ("Malawi", 2021, "past")
    assert "31 March 2022" in answer.text


def test_a_reader_of_two_countries_sees_each_on_its_own_pages(client, world):
    for code, year in (("LSO", 2021), ("MWI", 2021)):
        benchmark = world.benchmarks[code, year]
        lead, country = benchmark.recommendation.lead, benchmark.recommendation.edition.country
        factories.CommitmentFactory(ministry=lead, text=f"Promise of {code}.", benchmarks=[benchmark])
        factories.EvidenceFactory(country=country, title=f"Law of {code}.", supports=[benchmark])
        factories.DialogueFactory(country=country, place=f"Hall of {code}")
        factories.IndicatorFactory(country=country, name=f"Figures of {code}")
    client.force_login(world.observer)

    for edition, other in ((world.current, "MWI"), (world.elsewhere, "LSO")):
        for name, what in (
            ("commitment_list", "Promise"),
            ("evidence_list", "Law"),
            ("dialogue_list", "Hall"),
            ("indicator_list", "Figures"),
        ):
            text = client.get(edition_url(name, edition=edition)).text
            assert f"{what} of {edition.country.code}" in text, name
            assert f"{what} of {other}" not in text, name


def test_the_page_of_a_row_names_the_country_and_edition_of_the_row(client, world):
    theirs = world.benchmarks["MWI", 2021]
    past, later = world.benchmarks["LSO", 2020], world.benchmarks["LSO", 2022]
    lead = past.recommendation.lead
    of_the_past = factories.CommitmentFactory(ministry=lead, benchmarks=[past])
    rolled_over = factories.CommitmentFactory(ministry=lead, benchmarks=[past, later])
    moved_along = factories.CommitmentFactory(ministry=lead, benchmarks=[world.benchmarks["LSO", 2021], later])
    evidence = factories.EvidenceFactory(country=world.malawi, supports=[theirs])
    client.force_login(world.observer)

    for name, row, expected in (
        ("commitment_detail", of_the_past, ("Lesotho", 2020, "past")),
        ("commitment_detail", rolled_over, ("Lesotho", 2020, "past")),
        ("commitment_detail", moved_along, ("Lesotho", 2021, "")),
        ("evidence_detail", evidence, ("Malawi", 2021, "")),
        ("dialogue_detail", factories.DialogueFactory(country=world.malawi), ("Malawi", 2021, "")),
        ("indicator_detail", factories.IndicatorFactory(country=world.malawi), ("Malawi", 2021, "")),
        ("ministry_detail", theirs.recommendation.lead, ("Malawi", 2021, "")),
        ("recommendation_detail", theirs.recommendation, ("Malawi", 2021, "")),
        ("recommendation_detail", later.recommendation, ("Lesotho", 2022, "upcoming, from 1 April 2022")),
        ("run_detail", factories.ReadinessRunFactory(edition=world.past), ("Lesotho", 2020, "past")),
        ("briefing_detail", factories.BriefingFactory(edition=world.elsewhere), ("Malawi", 2021, "")),
    ):
        answer = client.get(reverse(name, args=[row.pk]))

        assert answer.status_code == 200, name
        assert page_head(answer) == expected, name
        code = {"Lesotho": "LSO", "Malawi": "MWI"}[expected[0]]
        leads_to = [item.url for item in answer.context["navigation"] if item.label != "Overview"]
        assert all(url.startswith(f"/{code}/{expected[1]}/") for url in leads_to), name


def test_today_is_the_day_of_the_country_that_a_page_is_about(client, set_clock, world):
    """At half past ten in the evening in Lesotho the next day has begun in Fiji."""
    fiji = factories.CountryFactory(code="FJI", name="Fiji", time_zone="Pacific/Fiji", currency="FJD")
    edition = factories.EditionFactory(country=fiji)
    ministry = factories.MinistryFactory(country=fiji)
    benchmark = factories.BenchmarkFactory(
        recommendation=factories.RecommendationFactory(edition=edition, lead=ministry)
    )
    both = factories.OfficerFactory(countries=[world.lesotho, fiji])
    late = datetime(2022, 1, 28, 22, 30, tzinfo=ZoneInfo("Africa/Maseru"))
    set_clock(late.date(), late.time())
    for lead, asked in (
        (ministry, benchmark),
        (world.benchmarks["LSO", 2021].recommendation.lead, world.benchmarks["LSO", 2021]),
    ):
        factories.CommitmentFactory(ministry=lead, made__due_on=late.date(), benchmarks=[asked])
    client.force_login(both)

    there, home = (client.get(edition_url("commitment_list", edition=shown)) for shown in (edition, world.current))

    assert [line.standing.days_overdue for line in there.context["lines"]] == [1]
    assert [line.standing.days_overdue for line in home.context["lines"]] == [0]
    rows = client.get("/api/v1/commitments/").json()["results"]
    assert {row["country"]: row["status"] for row in rows} == {"FJI": "overdue", "LSO": "open"}
    log = client.get(edition_url("evidence_log", edition=edition)).context["form"]
    assert log["happened_to"].field.widget.attrs["max"] == "2022-01-29"
    counts = client.get(edition_url("indicator_enter", edition=edition)).context["form"]
    assert counts.fields["through_on"].widget.attrs["max"] == "2022-01-29"


@pytest.mark.parametrize("role", [factories.OfficerFactory, factories.ObserverFactory])
def test_a_reader_without_editions_gets_a_page_that_says_so(client, world, role):
    alone = role(
        countries=[factories.CountryFactory(code="FJI", name="Fiji", time_zone="Pacific/Fiji", currency="FJD")]
    )
    nowhere = role(countries=[])
    for person, sentence in ((alone, "Fiji"), (nowhere, "administrator")):
        client.force_login(person)
        for name, args in PAGES.items():
            answer = client.get(reverse(name, args=args))
            assert answer.status_code == 200, name
            assert sentence in answer.text
            assert answer.templates[0].name == "recommendations/nothing_followed.html"


def test_an_officer_of_a_new_post_reads_that_it_is_being_set_up_and_who_is_next(client):
    fiji = factories.CountryFactory(code="FJI", name="Fiji", time_zone="Pacific/Fiji", currency="FJD")
    client.force_login(factories.OfficerFactory(countries=[fiji]))

    page = client.get("/", follow=True)

    words = words_of(page)
    assert "The post is being set up" in words
    assert "No edition of the TIP Report is loaded yet for: Fiji." in words
    assert "An administrator adds the edition and imports its recommendations." in words
    assert f'<a href="{reverse("setup_list")}">Posts</a>' in page.text


# --- The dashboard and the overview -----------------------------------------------------------------------------------


def test_the_dashboard_announces_an_upcoming_edition_and_shows_the_current_one(client, world):
    client.force_login(world.officer)

    current, upcoming = (
        client.get(edition_url("dashboard", edition=edition)).text for edition in (world.current, world.upcoming)
    )

    assert f'href="{edition_url("dashboard", edition=world.upcoming)}">Open the 2022 edition' in current
    assert "Open the 2022 edition" not in upcoming
    assert "began on 1 April 2022" not in upcoming
    assert "ended" not in upcoming


def test_an_upcoming_edition_offers_no_briefing_and_is_read_as_of_today_alone(client, world):
    client.force_login(world.officer)
    today, earlier = (edition_url("readiness_detail", edition=world.upcoming, query={"as_of": day}) for day in DAYS)

    assert 'name="as_of"' not in client.get(edition_url("dashboard", edition=world.upcoming)).text
    assert client.get(edition_url("briefing_list", edition=world.upcoming)).context["form"] is None
    assert client.post(edition_url("briefing_list", edition=world.upcoming), {"as_of": DAYS[0]}).status_code == 422
    assert client.get(today).status_code == 200
    assert client.get(earlier).status_code == 422


def test_a_reader_of_several_countries_starts_at_the_overview(client, world):
    lead = world.benchmarks["MWI", 2021].recommendation.lead
    factories.CommitmentFactory(ministry=lead, made__due_on=date(2022, 1, 20))
    factories.CommitmentFactory(ministry=lead, made__due_on=date(2022, 2, 20))
    theirs = factories.CommitmentFactory(ministry=lead)
    factories.UpdateVersionFactory(update__commitment=theirs)
    factories.UpdateVersionFactory(
        update__commitment__ministry=world.benchmarks["LSO", 2021].recommendation.lead, accepted=True
    )
    client.force_login(world.observer)

    answer = client.get(reverse("home"), follow=True)

    assert answer.request["PATH_INFO"] == reverse("overview")
    lesotho, malawi = answer.context["lines"]
    assert (lesotho.country, lesotho.edition, lesotho.url) == (world.lesotho, world.current, edition_url("dashboard"))
    assert (malawi.edition, malawi.url) == (world.elsewhere, edition_url("dashboard", edition=world.elsewhere))
    assert (lesotho.overdue, lesotho.waiting) == (0, 0)
    assert (malawi.overdue, malawi.waiting) == (1, 1)
    assert lesotho.days_left == 31
    assert "Nothing reviewed yet" in answer.text


def test_an_overview_says_which_country_has_moved_and_since_when(client, world):
    for country, code, days in (
        (world.lesotho, "LSO", [date(2021, 12, 9), date(2022, 1, 12)]),
        (world.malawi, "MWI", [date(2021, 12, 9)]),
    ):
        for day in days:
            benchmark = factories.BenchmarkFactory(recommendation=world.benchmarks[code, 2021].recommendation)
            factories.EvidenceFactory(country=country, supports=[benchmark], happened_to=day, verified=True)
    client.force_login(world.observer)

    lesotho, malawi = client.get(reverse("overview")).context["lines"]
    text = words_of(client.get(reverse("overview")))

    assert lesotho.change.since == malawi.change.since == date(2022, 1, 5)
    assert (lesotho.points, malawi.points) == ("+5", "")
    assert "+5 since 5 Jan 2022" in text
    assert "Same as on 5 Jan 2022" in text


def test_an_overview_does_not_call_a_late_review_a_change_of_the_country(client, world):
    benchmark = world.benchmarks["LSO", 2021]
    factories.EvidenceFactory(supports=[benchmark], happened_to=date(2021, 12, 9), verified=True)
    late = factories.EvidenceFactory(
        supports=[factories.BenchmarkFactory(recommendation=benchmark.recommendation)],
        happened_to=date(2021, 12, 10),
        verified=True,
        verified__at=factories.at_noon(date(2022, 1, 20)),
    )
    client.force_login(world.observer)

    text = words_of(client.get(reverse("overview")))

    assert late.happened_to < date(2022, 1, 5)
    assert "+7.5 since 5 Jan 2022 With later information: 0" in text


def test_a_reader_of_one_country_starts_at_its_dashboard(client, world):
    client.force_login(world.officer)

    assert client.get(reverse("home"), follow=True).request["PATH_INFO"] == edition_url("dashboard")
    assert len(client.get(reverse("overview")).context["lines"]) == 1


def test_an_overview_includes_a_country_without_an_edition(client, world):
    fiji = factories.CountryFactory(code="FJI", name="Fiji", time_zone="Pacific/Fiji", currency="FJD")
    client.force_login(factories.ObserverFactory(countries=[fiji, world.malawi]))

    answer = client.get(reverse("overview"))

    assert [line.edition for line in answer.context["lines"]] == [None, world.elsewhere]
    assert "No edition is loaded yet." in answer.text


def test_an_overview_takes_as_many_more_queries_a_country_as_its_facts(client, world):
    def asked(reader):
        client.force_login(reader)
        client.get(reverse("overview"))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("overview")).status_code == 200
        return len(queries)

    with CaptureQueriesContext(connection) as facts:
        gather_facts(world.elsewhere)
    one = asked(factories.ObserverFactory(countries=[world.malawi]))
    two = asked(world.observer)

    assert two - one <= len(facts) + 1


def test_the_overview_is_the_embassys(client, world):
    for person in (world.focal_point, factories.AdministratorFactory()):
        client.force_login(person)
        assert client.get(reverse("overview")).status_code == 403
