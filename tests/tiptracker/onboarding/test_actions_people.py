"""Invite people to a post: accounts for all or none, then a mail to each."""

import json
from datetime import date

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied

from tests.factories import AdministratorFactory, CountryFactory, FocalPointFactory, MinistryFactory, OfficerFactory
from tests.refusals import refuses
from tiptracker import clock
from tiptracker.accounts.models import User
from tiptracker.audit.models import AuditEntry
from tiptracker.choices import Role
from tiptracker.onboarding.actions.people import PersonInput, add_people, send_invitations

pytestmark = pytest.mark.django_db

UNTIL = date(2099, 12, 31)
LINEO = PersonInput("Lineo", "Lineo@Post.example", Role.OFFICER, None, UNTIL)


def invite(*people, by=None):
    return add_people(country=CountryFactory(), people=people, by=by or AdministratorFactory(), now=clock.now())


def email_addresses():
    return list(User.objects.get_queryset().exclude(role=Role.ADMINISTRATOR).values_list("email", flat=True))


def test_people_get_an_account_without_a_password_and_their_own_country_alone():
    elsewhere, police = CountryFactory(elsewhere=True), MinistryFactory(short_name="Police")

    lineo, thabo = invite(LINEO, PersonInput("Thabo", "thabo@gov.example", Role.FOCAL_POINT, police, UNTIL))

    assert (lineo.email, lineo.role, lineo.has_usable_password()) == ("lineo@post.example", "officer", False)
    assert elsewhere not in lineo.countries.all()
    assert list(lineo.countries.all()) == [police.country]
    assert (thabo.ministry, list(thabo.countries.all())) == (police, [])
    entries = AuditEntry.objects.select_related("detail").order_by("number")
    assert [each.verb for each in entries] == ["user.added", "person.role_given"] * 2
    assert json.loads(entries[0].detail.after)["countries"] == ["Lesotho"]
    assert entries[1].country == police.country
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("person", "code", "field", "sentence"),
    [
        (LINEO._replace(name=" "), "required", "people-1-name", "Enter the person’s name."),
        (LINEO._replace(email=""), "required", "people-1-email", "Enter the person’s e-mail address."),
        (
            LINEO._replace(email="there@post.example"),
            "taken",
            "people-1-email",
            "This address belongs to the account of",
        ),
        (LINEO._replace(role=Role.ADMINISTRATOR), "no_choice", "people-1-role", "one of the roles of a post"),
        (LINEO._replace(role=Role.FOCAL_POINT), "required", "people-1-ministry", "Choose the ministry"),
        (LINEO._replace(until=date(2020, 1, 1)), "past_day", "people-1-until", "This date has passed."),
    ],
)
def test_errors_are_shown_at_their_row_and_no_account_is_created(person, code, field, sentence):
    OfficerFactory(email="there@post.example")

    with refuses(code, field=field, sentence=sentence):
        invite(LINEO._replace(email="first@post.example"), person)

    assert email_addresses() == ["there@post.example"]
    assert not AuditEntry.objects.exists()


def test_a_ministry_is_a_focal_points_alone_and_of_the_country():
    theirs = MinistryFactory(country=CountryFactory(elsewhere=True))

    sentence = "Only a focal point belongs to a ministry."
    with refuses("ministry_not_for_role", field="people-0-ministry", sentence=sentence):
        invite(LINEO._replace(ministry=MinistryFactory()))
    with refuses("another_country", field="people-0-ministry", sentence="Choose a ministry of this country."):
        invite(LINEO._replace(role=Role.FOCAL_POINT, ministry=theirs))
    with refuses("required", sentence="Enter at least one person to invite."):
        invite()


def test_each_gets_a_mail_and_whoever_does_not_is_named(run_jobs):
    administrator = AdministratorFactory()
    lineo, palesa = invite(LINEO, LINEO._replace(name="Palesa", email="palesa@post.example"), by=administrator)
    lineo.set_password("a password of her own")
    lineo.save()

    said = send_invitations(people=[lineo, palesa], by=administrator)
    run_jobs()

    assert [message.to for message in mail.outbox] == [["palesa@post.example"]]
    assert said == ["Lineo has already set a password, and can request a new one on the sign-in page."]


@pytest.mark.parametrize("person", [OfficerFactory, FocalPointFactory])
def test_only_administrators_invite(person):
    by = person()

    with pytest.raises(PermissionDenied):
        invite(LINEO, by=by)
    with pytest.raises(PermissionDenied):
        send_invitations(people=[], by=by)
