"""The page of the people: invite several at once, see who signed in, invite again, name a contact person."""

from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.core.mail.backends import locmem
from django.test import Client
from django.urls import reverse

from tests.authentication import force_sign_in, sign_in
from tests.factories import (
    PASSWORD,
    AdministratorFactory,
    AmbassadorFactory,
    CountryFactory,
    FocalPointFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
)
from tests.tiptracker.accounts.test_invitations import find_link
from tiptracker.accounts.backend import default_valid_until
from tiptracker.accounts.models import User
from tiptracker.choices import Role
from tiptracker.mail.models import Mail

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def administrator(client):
    person = AdministratorFactory(name="The administrator")
    force_sign_in(client, person)
    return person


def person_data(**changed):
    return {"name": "Lineo", "email": "lineo@post.example", "role": "officer", "until": "2099-12-31"} | changed


def invite(client, country, *rows, **more):
    sent = {"do": "invite", "people-TOTAL_FORMS": len(rows), "people-INITIAL_FORMS": 0}
    sent |= {f"people-{n}-{name}": value for n, row in enumerate(rows) for name, value in row.items()}
    return client.post(reverse("setup_people", args=[country.pk]), sent | more)


def invited_people():
    return list(User.objects.get_queryset().exclude(role="administrator").order_by("pk").values_list("email", "role"))


def test_several_are_invited_at_once_and_each_gets_a_mail(client, run_jobs):
    police = MinistryFactory(short_name="Police")
    thabo = person_data(name="Thabo", email="THABO@gov.example", role="focal_point", ministry=police.pk)

    answer = invite(client, police.country, person_data(), {"until": "2099-12-31"}, thabo)

    assert answer.headers["Location"] == reverse("setup_people", args=[police.country_id])
    assert invited_people() == [("lineo@post.example", "officer"), ("thabo@gov.example", "focal_point")]
    page = client.get(answer.headers["Location"]).text
    assert "2 invitations will be sent shortly." in page
    assert page.count("Not accepted yet. Queued on") == 2
    run_jobs()
    assert [message.to for message in mail.outbox] == [["lineo@post.example"], ["thabo@gov.example"]]
    assert "Not accepted yet. Sent to thabo@gov.example on" in client.get(answer.headers["Location"]).text
    assert client.get(find_link(mail.outbox[0])).status_code == 200


def test_the_page_says_who_was_invited_and_whether_they_came(client):
    country = CountryFactory()
    invite(client, country, person_data())
    OfficerFactory(name="Palesa", countries=[country])
    OfficerFactory(name="Elsewhere", countries=[CountryFactory(elsewhere=True)])
    OfficerFactory(name="Public record", email="public.record@tip-tracker.invalid", countries=[country])

    page = client.get(reverse("setup_people", args=[country.pk]))

    assert [(line.person.name, line.has_come) for line in page.context["people"]] == [
        ("Lineo", False),
        ("Palesa", True),
    ]
    assert page.text.count("Send again to") == 1
    assert "Elsewhere" not in page.text


def test_an_invitation_is_sent_again_to_whoever_has_not_come_alone(client, run_jobs):
    country = CountryFactory()
    invite(client, country, person_data())
    run_jobs()
    lineo = User.objects.get_queryset().get(name="Lineo")
    come, elsewhere = OfficerFactory(), OfficerFactory(countries=[CountryFactory(elsewhere=True)])
    address = reverse("setup_people", args=[country.pk])

    assert client.post(address, {"do": "again", "again": lineo.pk}).status_code == 302
    run_jobs()
    first, second = mail.outbox
    assert client.get(find_link(first)).status_code == 410
    assert client.get(find_link(second)).status_code == 200
    for other in (come.pk, elsewhere.pk, 987654321, "x", ""):
        page = client.post(address, {"do": "again", "again": other})
        assert page.status_code == 422
        assert "This person does not wait for an invitation any more." in page.text
    assert Mail.objects.count() == 2


def test_an_account_that_is_closed_is_not_invited_again(client):
    country = CountryFactory()
    lineo = OfficerFactory(countries=[country], password="!not yet", is_active=False)
    address = reverse("setup_people", args=[country.pk])

    assert "Send again" not in client.get(address).text
    assert client.post(address, {"do": "again", "again": lineo.pk}).status_code == 422
    assert not Mail.objects.exists()


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (person_data(name=""), "Write the name, or leave the whole row empty."),
        (person_data(email=""), "Write the e-mail address."),
        (person_data(email="nobody"), "Enter an e-mail address, such as"),
        (person_data(role=""), "Choose a role."),
        (person_data(role="administrator"), "Choose one from the list."),
        (person_data(role="focal_point"), "Choose the ministry of the focal point."),
        (person_data(until=""), "Enter the last day of the account."),
        (person_data(until="2020-01-01"), "This date has passed."),
        (person_data(email="there@post.example"), "This address belongs to the account of"),
        (person_data(email="x@post.example"), "This address belongs to the account of"),
    ],
)
def test_errors_are_shown_at_their_row_and_nobody_is_invited(client, row, sentence):
    country = CountryFactory()
    OfficerFactory(email="there@post.example")

    page = invite(client, country, person_data(name="Kept as typed", email="x@post.example"), {}, row)

    assert page.status_code == 422
    assert sentence in str(page.context["rows"].forms[2].errors)
    assert "Kept as typed" in page.text
    assert invited_people() == [("there@post.example", "officer")]
    assert not Mail.objects.exists()


def test_added_row_keeps_the_input(client):
    page = invite(client, CountryFactory(), person_data(name="Kept as typed", email="not yet"), more="people")

    assert page.status_code == 200
    assert len(page.context["rows"].forms) == 2
    assert 'value="Kept as typed"' in page.text
    assert invited_people() == []


def test_an_account_lasts_a_year_unless_somebody_says_otherwise(client):
    page = client.get(reverse("setup_people", args=[CountryFactory().pk]))

    assert [row["until"].value() for row in page.context["rows"]] == [default_valid_until()] * 3


def test_a_mail_that_does_not_go_out_is_told_and_the_account_waits(client, monkeypatch, run_jobs):
    def refuse(*args):
        raise SMTPRecipientsRefused({"lineo@post.example": (550, b"No such user here")})

    monkeypatch.setattr(locmem.EmailBackend, "send_messages", refuse)

    address = invite(client, CountryFactory(), person_data()).headers["Location"]
    run_jobs()

    assert "The mail server refused it on 28 January 2022" in (text := client.get(address).text)
    assert "“550 No such user here”. Check the e-mail address." in text
    assert invited_people() == [("lineo@post.example", "officer")]


def test_inviting_wants_a_recent_sign_in_and_goes_on_with_what_was_typed(administrator, settings):
    country, browser = CountryFactory(), Client()
    sign_in(browser, administrator)
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0

    url = invite(browser, country, person_data()).headers["Location"]
    assert url.startswith(reverse("account_reauthenticate"))
    assert invited_people() == []
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
    browser.post(url, {"password": PASSWORD})

    assert invited_people() == [("lineo@post.example", "officer")]


def test_an_officer_is_named_whom_ministries_turn_to(client):
    country = CountryFactory()
    officer, elsewhere = OfficerFactory(), OfficerFactory(countries=[CountryFactory(elsewhere=True)])
    ObserverFactory(), AmbassadorFactory(), FocalPointFactory()
    address = reverse("setup_people", args=[country.pk])

    choices = client.get(address).context["contact"].fields["contact"].choices
    assert [str(key) for key, _ in choices] == ["", str(officer.pk)]
    assert client.post(address, {"do": "contact", "contact": elsewhere.pk}).status_code == 422
    assert client.post(address, {"do": "contact", "contact": ""}).status_code == 422
    assert client.post(address, {"do": "contact", "contact": officer.pk}).status_code == 302
    country.refresh_from_db()
    assert country.contact == officer


def test_people_are_the_administrators(client):
    country = CountryFactory()
    for somebody in (OfficerFactory(), FocalPointFactory()):
        force_sign_in(client, somebody)
        assert client.get(reverse("setup_people", args=[country.pk])).status_code == 403
        assert invite(client, country, person_data()).status_code == 403
    assert not Mail.objects.exists()


def test_the_roles_of_the_first_people_are_filled_in_and_rows_with_a_role_alone_are_ignored(client):
    country = CountryFactory()
    url = reverse("setup_people", args=[country.pk])
    rows = client.get(url).context["rows"]
    assert [row["role"].value() for row in rows] == ["officer", "ambassador", "focal_point"]

    sent = {"do": "invite", "people-TOTAL_FORMS": "3", "people-INITIAL_FORMS": "3"}
    for number, row in enumerate(rows):
        sent |= {f"people-{number}-role": row["role"].value(), f"people-{number}-until": "2022-12-31"}
    client.post(url, sent | {"people-0-name": "Palesa", "people-0-email": "palesa@post.example"})

    (person,) = User.objects.get_queryset().filter(countries=country)
    assert (person.name, person.role) == ("Palesa", Role.OFFICER)
    page = client.get(url)
    assert page.context["contact"]["contact"].value() == person.pk
    assert [row["role"].value() for row in page.context["rows"]] == [None] * 3
