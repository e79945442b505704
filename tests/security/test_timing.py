"""The time of signing in reveals nothing: accounts that exist and accounts that do not cause the same work.

Work is counted and not timed: hashed passwords, and statements in order without values. `make bench` also prints how
long both take. `test_roles` compares the work for rows that exist with that for rows that do not.
"""

from datetime import date
from types import SimpleNamespace

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.authentication import sign_in
from tests.factories import OfficerFactory
from tests.security.sql_statements import capture_statements

SIGN_IN_CASES = {
    "an account": OfficerFactory,
    "nobody": lambda: SimpleNamespace(email="nobody@post.example"),
    "a closed account": lambda: OfficerFactory(is_active=False),
    "an expired account": lambda: OfficerFactory(valid_until_on=date(2022, 1, 1)),
    "somebody invited who has set no password yet": lambda: OfficerFactory(password=make_password(None)),
}


@pytest.fixture
def password_hashes(monkeypatch):
    """A list that grows by one for each hashed password."""
    done = []
    for name in ("encode", "verify"):
        real = getattr(Argon2PasswordHasher, name)
        monkeypatch.setattr(Argon2PasswordHasher, name, lambda *a, real=real, name=name: done.append(1) or real(*a))
    return done


def measure_work(act, hashed):
    """Return the number of hashes and the queries."""
    hashed.clear()
    with capture_statements() as statements:
        answer = act()
    return answer.status_code, len(hashed), statements


def differing_work(act, hashed):
    """Return, by person, the work that differs from the work for an unknown person."""
    done = {}
    for who, make in SIGN_IN_CASES.items():
        person = make()
        cache.clear()
        done[who] = measure_work(lambda person=person: act(person), hashed)
    return {who: each for who, each in done.items() if each != done["nobody"]}, done["nobody"]


# --- Ways in ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_wrong_password_causes_equal_work_for_any_account(password_hashes):
    differ, (status, hashes, _) = differing_work(lambda person: sign_in(Client(), person, "wrong"), password_hashes)

    assert differ == {}
    assert (status, hashes) == (200, 1)


@pytest.mark.django_db
def test_a_password_during_a_lock_out_causes_equal_work_for_any_account(password_hashes):
    """Also for the right password: nobody learns it by further attempts."""

    def try_on(person):
        for _ in range(5):
            sign_in(Client(), person, "wrong")
        password_hashes.clear()
        return sign_in(Client(), person)

    differ, (status, hashes, _) = differing_work(try_on, password_hashes)

    assert differ == {}
    assert (status, hashes) == (200, 0)


@pytest.mark.django_db
def test_a_forgotten_password_causes_equal_work_for_any_account(password_hashes):
    def ask_for_link(person):
        return Client().post(reverse("password_forgotten"), {"email": person.email})

    differ, (status, hashes, _) = differing_work(ask_for_link, password_hashes)

    assert differ == {}
    assert (status, hashes) == (302, 0)


@pytest.mark.django_db
def test_requesting_a_passkey_causes_equal_work_for_any_account(password_hashes):
    """The challenge is for any passkey. It names no address and no keys of an account."""
    client = Client(headers={"accept": "application/json"})

    challenge = client.get(reverse("mfa_login_webauthn")).json()["request_options"]["publicKey"]

    assert challenge.get("allowCredentials", []) == []
