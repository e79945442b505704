"""Signing in as a person does, by the pages; and second factors for those who are to have one already."""

import time

from allauth.mfa import app_settings
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.urls import reverse

from tests.factories import PASSWORD


def sign_in(client, person, password=PASSWORD, **more):
    """Send the sign-in page; gives its answer."""
    return client.post(reverse("account_login"), {"login": person.email, "password": password}, **more)


def enter(client, person, *, with_second_factor=True):
    """A session of `person` without the pages: just signed in, with both steps or with the password alone."""
    client.force_login(person)
    session = client.session
    methods = [{"method": "password"}, *([{"method": "mfa", "type": "totp"}] if with_second_factor else [])]
    just_now = time.time() + 3600  # … for as long as a whole module's tests take
    session["account_authentication_methods"] = [method | {"at": just_now} for method in methods]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()


def enrol(person):
    """Give `person` an app and recovery codes; gives the app's secret."""
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    RecoveryCodes.activate(person)
    return secret


def code_of(secret):
    """What the app shows now: good for half a minute at least, as long as a slow machine may take."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // app_settings.TOTP_PERIOD))


def codes(person):
    """The recovery codes of `person` that were not used yet."""
    return RecoveryCodes.activate(person).get_unused_codes()
