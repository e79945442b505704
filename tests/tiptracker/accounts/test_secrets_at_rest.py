"""Another SECRET_KEY: secrets of the former one, how people sign in again, and how to rotate keys."""

from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from tests.authentication import current_totp_code, enrol_second_factor, force_sign_in, sign_in, unused_recovery_codes
from tests.factories import OfficerFactory
from tiptracker.accounts import mail_links, secrets_at_rest
from tiptracker.accounts.checks import check_secrets_readable
from tiptracker.audit.models import AuditEntry

pytestmark = pytest.mark.django_db
FORMER_KEY, NEW_KEY = "a former key that is long enough for the tests", "another key that is long enough for the tests"


@pytest.fixture(autouse=True)
def former_key(settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = FORMER_KEY, []
    settings.SECOND_FACTOR_REQUIRED = True


@pytest.fixture
def enrolled_person(former_key):
    person = OfficerFactory()
    secret = enrol_second_factor(person)
    return person, secret, unused_recovery_codes(person)


def change_key(settings, *, with_fallback):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW_KEY, [FORMER_KEY] if with_fallback else []


def send_second_step(person, code):
    """Return the answer to the second step."""
    client = Client()
    sign_in(client, person)
    return client.post(reverse("mfa_authenticate"), {"code": code})


def test_a_second_step_that_no_key_opens_is_told_in_a_sentence(settings, enrolled_person):
    person, secret, recovery = enrolled_person
    change_key(settings, with_fallback=False)

    for code in (current_totp_code(secret), recovery[0]):
        answer = send_second_step(person, code)
        assert answer.status_code == 422
        assert "This server’s key was changed" in answer.text
        assert "Use a passkey if you have one." in answer.text


def test_no_page_of_somebody_signed_in_fails_for_another_key(settings, enrolled_person):
    person, *_ = enrolled_person
    change_key(settings, with_fallback=False)
    client = Client(raise_request_exception=False)
    force_sign_in(client, person)

    for name in ("mfa_index", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"):
        answer = client.get(reverse(name))
        assert answer.status_code in {200, 302, 503}, name
        assert answer.status_code != 503 or "Your second step can’t be read" in answer.text


def test_a_former_key_goes_on_while_it_is_a_fallback(settings, enrolled_person):
    person, secret, recovery = enrolled_person
    link = mail_links.password_link(OfficerFactory(), mail_links.LinkPurpose.INVITATION)
    change_key(settings, with_fallback=True)

    assert send_second_step(person, recovery[0]).status_code == 302
    assert send_second_step(person, current_totp_code(secret)).status_code == 302
    assert mail_links.find_person(link.rstrip("/").rpartition("/")[2], mail_links.LinkPurpose.INVITATION)


def test_a_former_key_can_be_dropped_once_secrets_were_rotated(settings, enrolled_person):
    person, secret, recovery = enrolled_person
    Authenticator.objects.create(user=person, type="webauthn", data={"name": "Key", "credential": {}})
    before = Authenticator.objects.get(user=person, type="webauthn").data
    change_key(settings, with_fallback=True)
    said = StringIO()

    call_command("rotate_secrets", stdout=said)
    settings.SECRET_KEY_FALLBACKS = []

    assert said.getvalue().startswith("Written with SECRET_KEY: 2.")
    assert send_second_step(person, current_totp_code(secret)).status_code == 302
    assert send_second_step(person, recovery[0]).status_code == 302
    assert Authenticator.objects.get(user=person, type="webauthn").data == before


def test_rotation_names_whose_second_step_no_key_opens_and_leaves_it(settings, enrolled_person):
    person, *_ = enrolled_person
    kept = Authenticator.objects.get(user=person, type="totp").data
    change_key(settings, with_fallback=False)
    other = OfficerFactory()
    enrol_second_factor(other)

    with pytest.raises(CommandError, match=f"No key opens the second steps of {person.email}\\."):
        call_command("rotate_secrets", stdout=StringIO())

    assert Authenticator.objects.get(user=person, type="totp").data == kept


def test_another_key_is_noticed(settings, enrolled_person, client):
    assert client.get(reverse("health")).json() == {"status": "ok"}
    assert check_secrets_readable(databases=["default"]) == []

    change_key(settings, with_fallback=False)
    enrol_second_factor(OfficerFactory())

    assert client.get(reverse("health")).json() == {"status": "ok", "degraded": ["secret_key"]}
    assert [problem.id for problem in check_secrets_readable(databases=["default"])] == ["tiptracker.W001"]
    assert check_secrets_readable() == []


def test_whoever_runs_the_server_lets_somebody_back_in(settings, enrolled_person, mailoutbox):
    person, *_ = enrolled_person
    change_key(settings, with_fallback=False)

    call_command("reset_second_factor", person.email.upper(), stdout=StringIO())

    assert not Authenticator.objects.filter(user=person).exists()
    assert AuditEntry.objects.filter(verb="person.second_factor_dropped", by=None, row=str(person.pk)).exists()
    client = Client()
    sign_in(client, person)
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_nobody_is_let_in_under_an_address_that_nobody_has():
    with pytest.raises(CommandError, match="No account has the address"):
        call_command("reset_second_factor", "nobody@post.example")


def test_every_secret_that_is_kept_is_rotated(enrolled_person):
    """A field that allauth encrypts and that ENCRYPTED does not name would be lost with the former key."""
    person, *_ = enrolled_person
    for step in Authenticator.objects.filter(user=person):
        long = {name for name, value in step.data.items() if isinstance(value, str) and value.startswith("gAAAA")}
        assert long == {name for name in step.data if name in secrets_at_rest.ENCRYPTED_FIELDS}
