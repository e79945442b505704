"""Today's briefing on the dashboard, and automatic briefings in lists, pages and the API."""

import re
from datetime import date, datetime, time

import pytest
from django.db import connection
from django.urls import reverse

from tests.edition_urls import edition_url
from tests.factories import (
    DEADLINE_ON,
    MASERU,
    AmbassadorFactory,
    BriefingFactory,
    EvidenceFactory,
    FocalPointFactory,
    JobFactory,
    ObserverFactory,
    OfficerFactory,
    RecommendationFactory,
)
from tests.refusals import shows_refusal
from tests.transactions import record_log_entry
from tiptracker.audit.actions import log_head
from tiptracker.jobs.models import State

pytestmark = pytest.mark.django_db

BUTTON = "Download today’s briefing"


@pytest.fixture
def edition():
    return RecommendationFactory().edition


@pytest.fixture
def ambassador():
    return AmbassadorFactory()


@pytest.fixture
def current_briefing(edition, ambassador):
    record_log_entry("evidence.logged", by=None, country=edition.country)
    return BriefingFactory(
        edition=edition,
        requested_by=None,
        pdf=b"%PDF-1.7" + 175_000 * b".",
        log_number=log_head()[0],
        facts_up_to=datetime.combine(date(2022, 1, 28), time(8, 32), MASERU),
    )


def dashboard_head(client):
    """Return the top of the dashboard, where the button is."""
    page = client.get(reverse("dashboard")).text
    return page[page.index('<div class="actions">') : page.index('id="next-steps"')]


@pytest.mark.parametrize("reader", [AmbassadorFactory, OfficerFactory, ObserverFactory])
def test_a_ready_briefing_is_downloaded_with_one_click(client, current_briefing, reader):
    client.force_login(reader())
    shown = dashboard_head(client)

    assert f'href="{reverse("briefing_file", args=[current_briefing.pk])}"' in shown
    assert BUTTON in shown
    assert "PDF, 170.9\xa0KB" in shown
    assert "acts up to 08:32" in shown
    assert "recorded since" not in shown
    assert "<form" not in shown


def test_a_draft_is_called_one_beside_the_button_and_in_the_list(client, current_briefing, ambassador):
    client.force_login(ambassador)
    assert "Draft, not cleared" in dashboard_head(client)
    assert "Draft, not cleared" in client.get(reverse("briefing_list")).text


def test_an_issued_briefing_is_not_called_a_draft(client, edition, ambassador):
    BriefingFactory(edition=edition, pdf=b"%PDF-1.7", issued=True)
    client.force_login(ambassador)

    assert BUTTON in dashboard_head(client)
    assert "Draft, not cleared" not in dashboard_head(client)
    assert "Draft, not cleared" not in client.get(reverse("briefing_list")).text


def test_a_fact_of_an_earlier_day_is_shown_with_its_day(client, current_briefing, ambassador):
    current_briefing.facts_up_to = datetime(2022, 1, 26, 12, tzinfo=MASERU)
    current_briefing.save()
    client.force_login(ambassador)

    assert "Facts up to 26 January 2022, 2 days old" in dashboard_head(client)
    assert "Facts up to 26 January 2022, 2 days old" in client.get(reverse("briefing_list")).text
    assert (
        "Facts up to 26 January 2022, 2 days old."
        in client.get(reverse("briefing_detail", args=[current_briefing.pk])).text
    )


def test_a_briefing_without_facts_says_so(client, current_briefing, ambassador):
    current_briefing.facts_up_to = None
    current_briefing.save()
    client.force_login(ambassador)

    assert "The record has no facts yet" in dashboard_head(client)


def test_the_download_link_says_if_more_was_recorded_since(client, current_briefing, ambassador):
    EvidenceFactory(title="The unit’s budget was released")
    record_log_entry("evidence.logged", by=None, country=current_briefing.edition.country)
    client.force_login(ambassador)
    shown = dashboard_head(client)

    assert f'href="{reverse("briefing_file", args=[current_briefing.pk])}"' in shown
    assert "Something was recorded since. The next briefing follows within 20 minutes." in shown
    assert "<form" not in shown


@pytest.mark.parametrize("why", ["nobody reads for it", "it failed"])
def test_a_briefing_can_be_requested_if_none_is_made_automatically(client, current_briefing, ambassador, why):
    if why == "it failed":
        JobFactory(kind="current_briefing", key=current_briefing.edition.pk, state=State.FAILED, reason="No.")
    else:
        ambassador.is_active = False
        ambassador.save()
    EvidenceFactory(title="The unit’s budget was released", recorded_at=datetime(2022, 1, 28, 13, tzinfo=MASERU))
    record_log_entry("evidence.logged", by=None, country=current_briefing.edition.country)
    client.force_login(OfficerFactory())
    shown = dashboard_head(client)

    assert "The next briefing" not in shown
    assert "<form" in shown
    assert "Download the briefing made at 12:00" in shown
    assert "More was recorded since." in shown


def test_yesterdays_briefing_is_not_offered_as_todays(client, current_briefing, ambassador, set_clock):
    set_clock(date(2022, 1, 29))
    client.force_login(ambassador)
    shown = dashboard_head(client)

    assert reverse("briefing_file", args=[current_briefing.pk]) not in shown
    assert "<form" in shown


def test_one_that_was_withdrawn_is_not_offered(client, current_briefing, ambassador):
    current_briefing.file, current_briefing.withdrawn_at = "", current_briefing.known_by
    current_briefing.withdrawn_by, current_briefing.withdrawn_reason = OfficerFactory(), "It held a name."
    current_briefing.save()
    client.force_login(ambassador)

    assert reverse("briefing_file", args=[current_briefing.pk]) not in dashboard_head(client)


def test_a_briefing_with_options_is_not_offered_as_todays_briefing(client, edition, ambassador):
    BriefingFactory(edition=edition, pdf=b"%PDF-1.7", covering_note="For the car.")
    BriefingFactory(edition=edition, pdf=b"%PDF-1.7", sections=["evidence"])
    client.force_login(ambassador)

    assert "<form" in dashboard_head(client)


def test_the_dashboard_asks_as_much_with_one_ready(client, current_briefing, django_assert_num_queries):
    client.force_login(OfficerFactory())
    client.get(edition_url("dashboard"))

    # as without one, but for 2 where no benchmark is asked, and 1 of the log
    with django_assert_num_queries(44):
        client.get(edition_url("dashboard"))


def test_a_download_sends_few_queries(client, current_briefing, ambassador, django_assert_num_queries):
    client.force_login(ambassador)

    # 1 session, 1 person, 1 time zone, 1 briefing, 1 may download, 1 it again under a lock, 1 redactions, 2 savepoint,
    # 1 download, 2 the log (PostgreSQL: 3, under its lock)
    with django_assert_num_queries(12 + (connection.vendor == "postgresql")):
        response = client.get(reverse("briefing_file", args=[current_briefing.pk]))

    assert b"".join(response.streaming_content).startswith(b"%PDF-1.7")
    assert current_briefing.downloads.get().by == ambassador


def test_lists_pages_and_the_api_say_that_the_tracker_made_it(client, current_briefing, ambassador):
    client.force_login(ambassador)
    page = client.get(reverse("briefing_detail", args=[current_briefing.pk])).text
    listed = client.get(reverse("briefing_list")).text
    taken = b"".join(client.get(reverse("briefing_list"), {"format": "csv"})).decode("utf-8-sig")

    assert "<dd>TIP Tracker, 28 January 2022" in page
    assert 'data-label="Requested by"><span> TIP Tracker<br>' in listed
    assert "TIP Tracker" in taken
    assert client.get(f"/api/v1/briefings/{current_briefing.pk}/").json()["requested_by"] is None


def test_its_page_offers_to_ask_for_it_and_nobody_to_clear_it(client, current_briefing, ambassador):
    address = reverse("briefing_detail", args=[current_briefing.pk])
    client.force_login(ambassador)
    page = client.get(address).text

    assert "Clear for issue" not in page
    assert "Nobody requested this briefing" in page
    assert "Request this briefing for clearance" in page
    form = re.search(r'<form method="post" action="([^"]*/briefings/)">(.*?)</form>', page, re.DOTALL)
    fields = dict(re.findall(r'name="(what|as_of)" value="([^"]*)"', form[2]))
    asked = client.post(form[1], fields)
    assert asked.status_code == 302
    assert asked.url != address
    assert fields == {"what": "ambassador", "as_of": "2022-01-28"}

    client.force_login(ObserverFactory())
    assert "Request this briefing" not in client.get(address).text
    refused = client.post(reverse("briefing_clear", args=[current_briefing.pk]), {"sha256": current_briefing.sha256})
    assert refused.status_code == 403


def test_clearing_the_daily_briefing_is_refused_with_a_hint(client, current_briefing, ambassador):
    client.force_login(ambassador)
    answer = client.post(reverse("briefing_clear", args=[current_briefing.pk]), {"sha256": current_briefing.sha256})

    assert answer.status_code == 422
    assert shows_refusal(answer, "made_by_tracker")


def test_a_ministry_sees_nothing_of_it(client, current_briefing):
    client.force_login(FocalPointFactory())

    assert client.get(reverse("briefing_file", args=[current_briefing.pk])).status_code == 404
    assert not current_briefing.downloads.exists()
    assert date(2022, 1, 28) < DEADLINE_ON
