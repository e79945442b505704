"""The first account of an installation."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from tests.authentication import sign_in
from tests.factories import OfficerFactory
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
    browser.post(path, {"password": password, "again": password})
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


@pytest.mark.parametrize("email", ["taken@post.example", "no address"])
def test_command_refuses_an_existing_account_and_an_invalid_address(email):
    OfficerFactory(email="taken@post.example")

    with pytest.raises(CommandError, match=r"already|no e-mail address"):
        invite(email, "Thabo")

    assert User.objects.get_queryset().get().role == "officer"
