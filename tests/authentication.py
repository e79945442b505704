"""Sign in, by the page or without it, and set up second factors."""

import time

from allauth.mfa import app_settings
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.urls import reverse

from tests.factories import PASSWORD


def sign_in(client, person, password=PASSWORD, **more):
    """Send the sign-in form and return the response."""
    return client.post(reverse("account_login"), {"login": person.email, "password": password}, **more)


def force_sign_in(client, person, *, with_second_factor=True):
    """Start a session of `person` without the sign-in page, with both steps or with the password alone."""
    client.force_login(person)
    session = client.session
    methods = [{"method": "password"}, *([{"method": "mfa", "type": "totp"}] if with_second_factor else [])]
    just_now = time.time() + 3600  # recent enough for as long as all tests of a module take
    session["account_authentication_methods"] = [method | {"at": just_now} for method in methods]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()


def enrol_second_factor(person):
    """Set up an authenticator app and recovery codes for `person`. Return the secret of the app."""
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    RecoveryCodes.activate(person)
    return secret


def current_totp_code(secret):
    """Return the code that the app shows now. It is valid for at least half a minute, enough for a slow machine."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // app_settings.TOTP_PERIOD))


def unused_recovery_codes(person):
    """Return the recovery codes of `person` that are not used yet."""
    return RecoveryCodes.activate(person).get_unused_codes()
