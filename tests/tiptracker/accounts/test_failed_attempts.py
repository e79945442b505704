"""Every address that checks a secret locks out and logs; every address that changes one informs its owner."""

import ast
from pathlib import Path

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.contrib.auth import hashers
from django.core.cache import cache
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from tests.authentication import enrol_second_factor, force_sign_in, sign_in
from tests.factories import AdministratorFactory, OfficerFactory
from tests.person_pages import press_person_button
from tiptracker import clock
from tiptracker.accounts import account_requests, mail_links, tokens
from tiptracker.audit.models import AuditEntry
from tiptracker.choices import TokenScope
from tiptracker.mail.models import Mail

pytestmark = pytest.mark.django_db
TRIES, FEWER_TRIES = 40, 12
MAX_CHECKS = 5
NEW_PASSWORD = "another long password"


def url_names_and_views():
    """Return the name and the view of every address."""

    def walk(patterns):
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns)
            else:
                yield pattern.name, pattern.callback

    return list(walk(get_resolver().url_patterns))


# --- Trying -----------------------------------------------------------------------------------------------------------


def signed_out_attempt(person):
    return Client(), {"login": person.email, "password": "wrong"}


def signed_in_attempt(person):
    browser = Client()
    force_sign_in(browser, person)
    return browser, {"password": "wrong", "code": "000000"}


def first_step_attempt(person):
    browser = Client()
    sign_in(browser, person)
    return browser, {"code": "000000"}


CHECKS = {
    "account_login": (signed_out_attempt, False),
    "account_reauthenticate": (signed_in_attempt, False),
    "mfa_authenticate": (first_step_attempt, True),
    "mfa_reauthenticate": (signed_in_attempt, True),
    "mfa_activate_totp": (signed_in_attempt, False),
}
"""By address that checks a password or a code: who tries, and whether with a second step set up before."""


@pytest.fixture
def secret_checks(monkeypatch):
    """Count how often a password or code was checked."""
    found = []

    def noting(where, name):
        real = getattr(where, name)

        def note(*args, **kwargs):
            found.append(f"{where.__name__}.{name}")
            return real(*args, **kwargs)

        monkeypatch.setattr(where, name, note)

    noting(hashers, "verify_password")
    noting(TOTP, "validate_code")
    noting(RecoveryCodes, "validate_code")
    monkeypatch.setattr(
        "allauth.mfa.totp.forms.auth.validate_totp_code", lambda *args: found.append("new app") and False
    )
    return found


@pytest.mark.parametrize("name", CHECKS)
def test_repeated_wrong_attempts_lock_out_and_are_logged(name, secret_checks):
    prepare, has_second_step = CHECKS[name]
    person = OfficerFactory()
    if has_second_step:
        enrol_second_factor(person)
    browser, wrong = prepare(person)
    if name == "mfa_activate_totp":
        browser.get(reverse(name))
    secret_checks.clear()

    before = AuditEntry.objects.count()
    for _ in range(TRIES if name.startswith("account_") else FEWER_TRIES):
        browser.post(reverse(name), wrong)

    kinds = {each for each in secret_checks if each != "new app"} if name != "mfa_activate_totp" else {"new app"}
    assert kinds
    assert all(secret_checks.count(kind) <= MAX_CHECKS for kind in kinds)
    told = list(AuditEntry.objects.filter(row=str(person.pk)).order_by("number").values_list("verb", flat=True))
    assert told.count("person.locked_out") == 1
    assert sum(verb.endswith("_refused") for verb in told) == MAX_CHECKS
    assert AuditEntry.objects.count() - before <= MAX_CHECKS + 1


CHECKING_CALLS = {
    "check_password",
    "acheck_password",
    "verify_password",
    "authenticate",
    "aauthenticate",
    "validate_code",
}
ALLOWED_CALLS = {
    "tiptracker/accounts/adapter.py": {"authenticate"},
    "tiptracker/accounts/one_time_codes.py": {"validate_code"},
    "tiptracker/backups/approvals.py": {"check_password"},
    "tiptracker/demo/database.py": {"check_password"},
}
"""Where a secret is checked: through the adapter, which counts; for a form that has counted the attempt; where the
demonstration sets its own password; and at the terminal of a restore, once a run, by who has the whole backup anyway.
"""


def test_no_code_of_ours_checks_a_password_past_the_limit():
    found = {}
    for package in ("tiptracker", "recommendations", "dialogues", "reports"):
        for path in (settings.BASE_DIR / package).rglob("*.py"):
            if "node_modules" in path.parts:
                continue
            names = {
                node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                for node in ast.walk(ast.parse(path.read_text()))
                if isinstance(node, ast.Call)
            }
            name = str(Path(path).relative_to(settings.BASE_DIR))
            if here := (names & CHECKING_CALLS) - ALLOWED_CALLS.get(name, set()):
                found[name] = here
    assert found == {}


DEPENDENCY_VIEWS = {"account_login", "account_inactive", "api_schema", "api_docs"}
"""Addresses whose views are a dependency's own: the sign-in page, which counts; others that take no secret."""
PACKAGES = ("tiptracker.", "recommendations.", "dialogues.", "reports.")


def test_no_address_is_a_view_of_a_dependency_but_those_named():
    """A page of a dependency that asks for a password would not apply our limit."""
    found = {name for name, view in url_names_and_views() if not view.__module__.startswith(PACKAGES)}

    assert found - {name for name in found if name and "-" in name} <= DEPENDENCY_VIEWS


# --- Changing ---------------------------------------------------------------------------------------------------------


class Account:
    """A person with two browsers and a token: other sessions, mails and log entries."""

    def __init__(self):
        self.person = OfficerFactory()
        self.here, self.elsewhere = Client(), Client()
        for browser in (self.here, self.elsewhere):
            sign_in(browser, self.person)
        self.token, _ = tokens.create_token(
            person=self.person, name="Import", scope=TokenScope.READ, expires_on=tokens.latest_expiry(self.person)
        )
        self.administrator = AdministratorFactory()
        self.office = Client()
        force_sign_in(self.office, self.administrator)
        Mail.objects.all().delete()
        self.since = AuditEntry.objects.order_by("-number").values_list("number", flat=True).first()

    def link(self, purpose):
        self.person.refresh_from_db()
        return "/" + mail_links.password_link(self.person, purpose).split("/", 3)[3]

    def became(self):
        """Return whether the other session and the token work, whether the owner got a mail, and the log's verbs."""
        self.token.refresh_from_db()
        told = AuditEntry.objects.filter(number__gt=self.since).values_list("verb", flat=True)
        return (
            self.elsewhere.get(reverse("sign_in_list")).status_code == 200,
            self.token.revoked_at is None,
            Mail.objects.filter(person=self.person).exists(),
            set(told),
        )


def reset_password(account):
    account.here.post(account.link(mail_links.LinkPurpose.RESET), {"password": NEW_PASSWORD})


def remove_app(account):
    enrol_second_factor(account.person)
    account.here.post(reverse("mfa_deactivate_totp"))


def make_codes(account):
    enrol_second_factor(account.person)
    account.here.post(reverse("mfa_generate_recovery_codes"))


def make_token(account):
    more = {"name": "Another", "scope": "read", "expires_on": tokens.latest_expiry(account.person)}
    account.here.post(reverse("token_add"), more)


def change_own_address(account):
    account.here.post(reverse("account_address"), {"email": "new@post.example"})
    request = account.person.account_requests.get()
    link = mail_links.request_link(request, mail_links.RequestLinkAction.CONFIRM)
    Client().post("/" + link.split("/", 3)[3])


def remove_second_factor(account):
    enrol_second_factor(account.person)
    second = AdministratorFactory()
    press_person_button(account.office, account.person, "second_step")
    request = account.person.account_requests.get()
    account_requests.consent(request=request, by=second, now=clock.now())


CHANGES = {
    # address: what is done; whether a sign-in elsewhere and a token go on; what the log tells
    "password_choose": (reset_password, False, False, "person.password_reset"),
    "mfa_deactivate_totp": (remove_app, False, True, "person.second_factor_removed"),
    "mfa_generate_recovery_codes": (make_codes, False, True, "person.recovery_codes_made"),
    "token_add": (make_token, True, True, "token.made"),
    "token_revoke": (
        lambda account: account.here.post(reverse("token_revoke", args=[account.token.pk])), True, False,
        "token.revoked",
    ),
    "sign_in_list": (
        lambda account: account.here.post(reverse("sign_in_list")), False, True, "person.sign_ins_ended",
    ),
    "account_address_confirm": (change_own_address, False, False, "person.address_changed"),
    "account_request_detail": (remove_second_factor, False, False, "person.second_factor_dropped"),
    "person_detail": (
        lambda account: press_person_button(account.office, account.person, "end"),
        False, False, "person.sign_ins_ended",
    ),
}  # fmt: skip
TESTED_ELSEWHERE = {
    "invitation_accept", "mfa_activate_totp", "mfa_add_webauthn", "mfa_remove_webauthn", "person_edit",
    "account_address", "account_request_stop", "account_logout", "person_add", "person_handover",
}  # fmt: skip
"""What changes in the same way: a first password, a factor that is added; asked for, stopped, signed out."""
CHANGES_NOTHING = {
    "account_login", "account_reauthenticate", "account_inactive", "account_expired", "password_forgotten",
    "mfa_authenticate", "mfa_reauthenticate", "mfa_login_webauthn", "mfa_reauthenticate_webauthn", "mfa_index",
    "mfa_view_recovery_codes", "token_list", "account_request_list", "person_list", "account_language",
}  # fmt: skip
ACCOUNT_PREFIXES = ("account_", "password_", "invitation_", "mfa_", "token_", "sign_in_", "person_")


def test_every_address_about_accounts_is_named_above():
    named = {name for name, _ in url_names_and_views() if name and name.startswith(ACCOUNT_PREFIXES)}

    assert named == CHANGES.keys() | TESTED_ELSEWHERE | CHANGES_NOTHING


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_the_sign_in_ends_sessions_and_informs_the_log_and_the_owner(name):
    cache.clear()
    account = Account()
    do, elsewhere, token, verb = CHANGES[name]

    assert account.became() == (True, True, False, set())
    do(account)

    assert account.became()[:3] == (elsewhere, token, True)
    assert verb in account.became()[3]
