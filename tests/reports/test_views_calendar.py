"""The month page, the private address for calendar programs, and what its feed tells."""

from datetime import date, datetime
from urllib.parse import urlsplit

import icalendar
import pytest
from django.urls import reverse

from dialogues.models import Commitment
from recommendations.choices import MilestoneKind
from tests.edition_urls import edition_url
from tests.factories import (
    AdministratorFactory,
    CommitmentFactory,
    DialogueFactory,
    FocalPointFactory,
    InformationRequestFactory,
    MilestoneFactory,
    MinistryFactory,
    OfficerFactory,
    RecommendationFactory,
    UpdateVersionFactory,
)
from tiptracker.notifications.models import CalendarFeed

pytestmark = [pytest.mark.django_db, pytest.mark.day("2022-01-28")]


@pytest.fixture
def officer():
    return OfficerFactory()


@pytest.fixture
def record(officer):
    """A milestone, a planned dialogue, a due date of each of two ministries, and one of another country."""
    edition = RecommendationFactory().edition
    MilestoneFactory(edition=edition, kind=MilestoneKind.DATA_CALL, own_title="Our secret call", is_estimated=True)
    DialogueFactory(planned=True, place="The secret room")
    police = MinistryFactory(name="Ministry of Police", short_name="Police")
    CommitmentFactory(ministry=police, text="Fund the unit", made__due_on=date(2022, 2, 15))
    CommitmentFactory(text="Open a shelter", made__due_on=date(2022, 2, 16))
    CommitmentFactory(text="Done long ago", made__due_on=date(2022, 1, 3), done=True)
    CommitmentFactory(
        ministry=MinistryFactory(country__elsewhere=True), text="Another country", made__due_on=date(2022, 2, 17)
    )
    return police


def make_feed(client, person):
    """Make the person's address, and return its path."""
    client.force_login(person)
    client.post(reverse("calendar_feed"), {"do": "renew"})
    path = urlsplit(client.get(reverse("calendar_feed")).context["address"]).path
    client.logout()
    return path


def events(client, path):
    response = client.get(path)
    assert response.status_code == 200
    calendar = icalendar.Calendar.from_ical(response.content)
    return {str(event["uid"]).partition("@")[0].partition("-")[0]: event for event in calendar.walk("VEVENT")}


# --- The month --------------------------------------------------------------------------------------------------------


def test_a_month_shows_what_falls_in_it(client, officer, record):
    client.force_login(officer)

    page = client.get(edition_url("calendar_month"), {"month": "2022-02"}).text

    assert "Fund the unit" in page
    assert "The secret room" in page
    assert "Another country" not in page
    assert "Done long ago" not in page


def test_a_ministrys_month_holds_only_what_concerns_it(client, record):
    client.force_login(FocalPointFactory(ministry=record))

    page = client.get(edition_url("calendar_month"), {"month": "2022-02"}).text

    assert "Fund the unit" in page
    assert "Open a shelter" not in page
    assert "The secret room" not in page


@pytest.mark.parametrize("month", ["", "2022-13", "nonsense", "9999-12", "0001-01"])
def test_without_a_month_the_present_one_is_shown(client, officer, record, month):
    client.force_login(officer)

    page = client.get(edition_url("calendar_month"), {"month": month})

    assert page.context["first"] == date(2022, 1, 1)


def test_links_lead_to_the_months_of_the_year_and_no_further(client, officer, record):
    client.force_login(officer)
    shown = {
        month: client.get(edition_url("calendar_month"), {"month": month}).context
        for month in ("2021-04", "2022-01", "2022-03", "2030-01")
    }

    assert {month: (context["previous"], context["next"]) for month, context in shown.items()} == {
        "2021-04": (None, date(2021, 5, 1)),
        "2022-01": (date(2021, 12, 1), date(2022, 2, 1)),
        "2022-03": (date(2022, 2, 1), None),
        "2030-01": (date(2029, 12, 1), None),
    }


# --- The feed ---------------------------------------------------------------------------------------------------------


def test_the_feed_tells_days_and_nothing_of_the_record(client, officer, record):
    path = make_feed(client, officer)
    content = client.get(path).text
    found = events(client, path)

    assert set(found) == {"milestone", "dialogue", "commitment"}
    assert found["dialogue"].decoded("dtstart") == date(2022, 2, 10)
    assert "/dialogues/" in found["dialogue"]["url"]
    assert found["milestone"]["summary"].startswith("Data call by the embassy to ministries (estimated date)")
    for secret in ("Our secret call", "Fund the unit", "Open a shelter", "secret room", "Police", "Another country"):
        assert secret not in content


def test_a_ministrys_feed_holds_its_own_due_dates_only(client, record):
    path = make_feed(client, FocalPointFactory(ministry=record))

    days = [event.decoded("dtstart") for event in icalendar.Calendar.from_ical(client.get(path).content).walk("VEVENT")]

    assert days == [date(2022, 2, 15)]


def test_a_dialogue_that_is_called_off_is_cancelled_in_the_feed(client, officer, record):
    path = make_feed(client, officer)
    uid = events(client, path)["dialogue"]["uid"]
    dialogue = DialogueFactory._meta.model.objects.get()
    dialogue.called_off_at = datetime.fromisoformat("2022-01-25T12:00:00+02:00")
    dialogue.called_off_by = officer
    dialogue.called_off_reason = "The minister is abroad."
    dialogue.save()

    event = events(client, path)["dialogue"]

    assert (event["status"], event["uid"]) == ("CANCELLED", uid)


def test_a_new_address_ends_the_one_before_and_stopping_ends_both(client, officer, record):
    first = make_feed(client, officer)
    second = make_feed(client, officer)
    assert first != second
    assert [client.get(path).status_code for path in (first, second)] == [404, 200]

    client.force_login(officer)
    client.post(reverse("calendar_feed"), {"do": "stop"})
    third = make_feed(client, officer)

    assert [client.get(path).status_code for path in (first, second, third)] == [404, 404, 200]


def test_only_a_second_address_is_said_to_end_one(client, officer):
    client.force_login(officer)

    pages = [client.post(reverse("calendar_feed"), {"do": "renew"}, follow=True).text for _ in range(2)]

    assert ["no longer works" in page for page in pages] == [False, True]
    assert 'href="webcal://' in pages[0]


def test_due_dates_and_dialogues_ahead_remind_of_themselves(client, officer, record):
    CommitmentFactory(ministry=record, text="Missed", made__due_on=date(2022, 1, 20))
    waiting = CommitmentFactory(ministry=record, text="Sent", made__due_on=date(2022, 2, 14))
    UpdateVersionFactory(update__commitment=waiting)
    calendar = icalendar.Calendar.from_ical(client.get(make_feed(client, officer)).content)

    reminded = {
        (str(event["summary"]), event.decoded("dtstart") + alarm.decoded("trigger"))
        for event in calendar.walk("VEVENT")
        for alarm in event.walk("VALARM")
    }

    due = Commitment.objects.filter(text__in=["Fund the unit", "Open a shelter"]).order_by("pk")
    assert {name for name, _ in reminded} == {"Dialogue", *(f"Commitment {row.pk} is due" for row in due)}
    assert len(reminded) == 2 * 3


def test_a_request_for_information_stands_on_its_due_date_until_it_is_answered(client, officer, record):
    asked = InformationRequestFactory(ministry=record, asked__due_on=date(2022, 2, 10), lines=["A secret list"])
    client.force_login(officer)
    month = edition_url("calendar_month", query={"month": "2022-02"})
    assert reverse("information_request_detail", args=[asked.pk]) in client.get(month).text
    path = make_feed(client, officer)

    def entries():
        events = icalendar.Calendar.from_ical(client.get(path).content).walk("VEVENT")
        return [(str(event["summary"]), event.decoded("dtstart")) for event in events if "Request" in event["summary"]]

    assert entries() == [(f"Request for information {asked.pk} is due", date(2022, 2, 10))]
    assert "A secret list" not in client.get(path).content.decode()

    UpdateVersionFactory(update__information_request=asked, answers=asked.lines.all(), accepted=True)
    assert entries() == []


@pytest.mark.day("2022-12-01")
def test_the_feed_reaches_a_year_back_and_two_ahead(client, officer, record):
    days = {
        "far back": date(2021, 11, 30),
        "back": date(2021, 12, 1),
        "ahead": date(2024, 11, 30),
        "far ahead": date(2024, 12, 1),
    }
    keys = {CommitmentFactory(made__due_on=day).pk: name for name, day in days.items()}

    found = icalendar.Calendar.from_ical(client.get(make_feed(client, officer)).content).walk("VEVENT")

    numbers = {int(str(event["uid"]).partition("@")[0].partition("-")[2]) for event in found}
    assert {name for key, name in keys.items() if key in numbers} == {"back", "ahead"}


def test_many_commitments_of_a_day_are_one_entry_that_leads_to_all_of_them(client, officer, record):
    day = date(2022, 2, 20)
    for _ in range(5):
        CommitmentFactory(ministry=record, made__due_on=day)
    path = make_feed(client, officer)

    def entries():
        events = icalendar.Calendar.from_ical(client.get(path).content).walk("VEVENT")
        return [event for event in events if event.decoded("dtstart") == day]

    assert len(entries()) == 5
    sixth = CommitmentFactory(ministry=record, made__due_on=day)
    (entry,) = entries()
    assert str(entry["summary"]) == "6 commitments are due"
    assert len(entry.walk("VALARM")) == 2
    client.force_login(officer)
    url = urlsplit(str(entry["url"]))
    listed = client.get(f"{url.path}?{url.query}").text
    assert reverse("commitment_detail", args=[sixth.pk]) in listed
    assert "Fund the unit" not in listed


def test_a_closed_account_has_no_feed(client, officer, record):
    path = make_feed(client, officer)
    officer.is_active = False
    officer.save()

    assert client.get(path).status_code == 404


def test_an_address_that_nobody_signed_opens_nothing(client, officer):
    CalendarFeed.objects.create(person=officer, number=1)

    assert client.get(reverse("calendar_file", args=["WzEsMV0:made-up"])).status_code == 404


def test_administrators_follow_no_country_and_have_no_calendar(client):
    client.force_login(AdministratorFactory())

    assert client.get(reverse("calendar_feed")).status_code == 404
