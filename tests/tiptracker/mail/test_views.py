"""The list of mails: whom it shows, its filters, and who reads it."""

import pytest
from django.urls import reverse

from tests.authentication import force_sign_in
from tests.factories import AdministratorFactory, OfficerFactory, at_noon
from tiptracker.mail.models import Mail, MailKind, MailState

pytestmark = pytest.mark.django_db


@pytest.fixture
def mails(client):
    """Two mails to Thabo, one to Lineo and one to an unknown address; an administrator is signed in."""
    thabo = OfficerFactory(name="Thabo Exercise", email="thabo@post.example")
    lineo = OfficerFactory(name="Lineo Exercise", email="lineo@post.example")
    queued_at = at_noon(thabo.created_at.date())
    Mail.objects.create(kind=MailKind.DIALOGUE, person=thabo, queued_at=queued_at)
    ended = {"state": MailState.NOT_NEEDED, "finished_at": queued_at}
    Mail.objects.create(kind=MailKind.NOTICES, person=thabo, queued_at=queued_at, **ended)
    Mail.objects.create(kind=MailKind.NOTICES, person=lineo, queued_at=queued_at)
    Mail.objects.create(kind=MailKind.PASSWORD_RESET, person=None, queued_at=queued_at, **ended)
    force_sign_in(client, AdministratorFactory())


def listed(client, **asked):
    rows = client.get(reverse("mail_list"), asked).context["rows"]
    return [(row.mail.person.name.split()[0] if row.mail.person else None, row.mail.kind) for row in rows]


@pytest.mark.parametrize("words", ["thabo", "thabo@post.example", "Exercise Thabo"])
def test_mails_are_filtered_by_the_name_or_address_of_the_person(client, mails, words):
    assert listed(client, q=words) == [("Thabo", MailKind.NOTICES), ("Thabo", MailKind.DIALOGUE)]


def test_both_filters_together_narrow_the_list_and_an_unknown_status_does_not(client, mails):
    assert listed(client, q="thabo", state=MailState.QUEUED) == [("Thabo", MailKind.DIALOGUE)]
    assert len(listed(client)) == len(listed(client, state="unknown")) == 4
    assert "No matching mails." in client.get(reverse("mail_list"), {"q": "nobody"}).text


def test_the_page_of_a_person_leads_to_their_mails(client, mails):
    thabo = Mail.objects.filter(kind=MailKind.DIALOGUE).get().person

    page = client.get(reverse("person_detail", args=[thabo.pk])).text

    assert f'href="{reverse("mail_list")}?q=thabo%40post.example"' in page


def test_only_an_administrator_filters_mails(client, mails):
    force_sign_in(client, OfficerFactory())
    assert client.get(reverse("mail_list"), {"q": "thabo"}).status_code == 403


def test_the_list_explains_the_kinds_and_says_its_time_zone(client, mails):
    page = client.get(reverse("mail_list")).text
    assert "A “Calendar entry” invites a person to a dialogue" in page
    assert "All times are in the time zone UTC." in page


@pytest.mark.parametrize("page", ["person_list", "account_request_list", "sign_in_list", "token_list", "log_list"])
def test_pages_of_an_administrator_say_the_time_zone_once(client, mails, page):
    assert client.get(reverse(page)).text.count("All times are in the time zone UTC.") == 1


@pytest.mark.parametrize("state", [MailState.REFUSED, MailState.GIVEN_UP])
def test_the_list_says_whether_a_mail_failed_and_shows_those_alone(client, mails, state):
    assert "No mail failed." in client.get(reverse("mail_list")).text

    failed = Mail.objects.get(kind=MailKind.PASSWORD_RESET)
    failed.state = state
    failed.save()

    page = client.get(reverse("mail_list")).text
    assert "1 mail failed" in page
    assert f'href="{reverse("mail_list")}?state=failed"' in page
    assert listed(client, state="failed") == [(None, MailKind.PASSWORD_RESET)]
