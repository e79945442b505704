"""The first account of an installation."""

import re
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from tests.authentication import sign_in
from tests.factories import AdministratorFactory, CountryFactory, OfficerFactory
from tiptracker.accounts.models import User
from tiptracker.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.day("2026-11-24")]


def invite(*arguments):
    out = StringIO()
    call_command("invite_administrator", *arguments, stdout=out)
    return re.search(r"http://localhost:8000(/\S+)", out.getvalue()).group(1)


def test_first_administrator_sets_a_password_by_the_link_and_may_invite_others():
    browser = Client()
    path = invite("Thabo@post.example", "Thabo")
    password = "another long password"
    browser.post(path, {"password": password})
    person = User.objects.get_queryset().get()

    assert (person.email, person.role) == ("thabo@post.example", "administrator")
    sign_in(browser, person, password)
    assert browser.get(reverse("person_add")).status_code == 200
    assert AuditEntry.objects.filter(verb="person.invited", row=str(person.pk)).exists()


def test_asked_again_before_the_link_was_used_it_gives_another_one():
    invite("thabo@post.example", "Thabo")
    again = invite("thabo@post.example", "Thabo")

    assert Client().get(again).status_code == 200
    assert User.objects.get_queryset().count() == 1


def test_an_invitation_that_was_never_used_before_the_account_expired_is_made_again():
    void = invite("thabo@post.example", "Thabo")
    expire("thabo@post.example")
    assert Client().get(void).status_code != 200

    again = invite("thabo@post.example", "Thabo")
    person = User.objects.get_queryset().get()

    assert Client().get(again).status_code == 200
    assert person.valid_until_on == date(2027, 11, 24)
    changed = AuditEntry.objects.filter(verb="user.changed", row=str(person.pk))
    assert changed.exists()


def test_an_expired_administrator_signs_in_again_with_the_same_password_and_without_earlier_sign_ins():
    person = AdministratorFactory(email="thabo@post.example")
    before = Client()
    sign_in(before, person)
    expire(person.email)
    out = StringIO()
    call_command("invite_administrator", person.email, person.name, stdout=out)

    assert "works again until 2027-11-24" in out.getvalue()
    assert "http" not in out.getvalue()
    assert before.get(reverse("person_add")).status_code == 302
    browser = Client()
    sign_in(browser, person)
    assert browser.get(reverse("person_add")).status_code == 200


def test_a_closed_administrator_is_not_invited_again():
    AdministratorFactory(email="thabo@post.example", is_active=False)

    with pytest.raises(CommandError, match="Another administrator can open it"):
        invite("thabo@post.example", "Thabo")


def test_an_administrator_is_invited_for_single_countries():
    countries = {CountryFactory(), CountryFactory(elsewhere=True)}
    invite("thabo@post.example", "Thabo", "--country", "LSO", "--country", "mwi")
    person = User.objects.get_queryset().get()

    assert (person.role, set(person.countries.all())) == ("administrator", countries)
    given = AuditEntry.objects.filter(verb="person.role_given", row=str(person.pk))
    assert set(given.values_list("country", flat=True)) == {country.pk for country in countries}


def test_an_unknown_country_and_other_countries_of_an_account_are_refused():
    CountryFactory()
    CountryFactory(elsewhere=True)

    with pytest.raises(CommandError, match=r"no country with the code “XXX”. Countries: LSO, MWI"):
        invite("thabo@post.example", "Thabo", "--country", "XXX")
    invite("thabo@post.example", "Thabo", "--country", "LSO")
    with pytest.raises(CommandError, match="for other countries"):
        invite("thabo@post.example", "Thabo", "--country", "MWI")
    invite("thabo@post.example", "Thabo")

    assert [country.code for country in User.objects.get_queryset().get().countries.all()] == ["LSO"]


def expire(email):
    """As if the last day of the account had been yesterday."""
    User.objects.get_queryset().filter(email=email).update(valid_until_on=date(2026, 11, 23))


@pytest.mark.parametrize("email", ["taken@post.example", "no address"])
def test_command_refuses_an_existing_account_and_an_invalid_address(email):
    OfficerFactory(email="taken@post.example")

    with pytest.raises(CommandError, match=r"already|no e-mail address"):
        invite(email, "Thabo")

    assert User.objects.get_queryset().get().role == "officer"
