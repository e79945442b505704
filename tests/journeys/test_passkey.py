"""Somebody new enrols a passkey, keeps the recovery codes, signs out, and signs in with the passkey alone.

A virtual authenticator of Chromium stands for the telephone: it keeps the key and says that its owner unlocked it.
"""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.factories import PASSWORD, OfficerFactory
from tests.running_server import serve
from tiptracker.audit.models import AuditEntry


@pytest.fixture
def second_factor_server(fresh_database):
    """A server that asks for a second factor, by the one plain-HTTP name that browsers give passkeys to."""
    with serve(fresh_database, SECOND_FACTOR_REQUIRED="true") as running:
        yield f"http://localhost:{running.port}"


@pytest.fixture
def virtual_authenticator(page: Page):
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    return devtools, devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def type_password(page, address, person):
    page.goto(f"{address}/accounts/login/")
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_enrols_a_passkey_and_signs_in_with_it(second_factor_server, page, virtual_authenticator):
    person = OfficerFactory(name="Palesa")
    complaints = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)

    type_password(page, second_factor_server, person)
    expect(page.get_by_role("heading", name="Set up a second step")).to_be_visible()
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name of the passkey").fill("My telephone")
    page.get_by_role("button", name="Add a passkey").click()

    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    codes = page.locator(".recovery-codes code").all_inner_texts()
    assert len(codes) == 10
    page.get_by_role("link", name="I have kept the codes").click()
    page.wait_for_url(re.compile("/dashboard/"))
    page.goto(f"{second_factor_server}/accounts/second-step/")
    expect(page.get_by_text("My telephone, added")).to_be_visible()

    page.get_by_role("button", name="Sign out").first.click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(re.compile("/dashboard/"))

    page.goto(f"{second_factor_server}/accounts/logout/")
    page.locator("main").get_by_role("button", name="Sign out").click()
    type_password(page, second_factor_server, person)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(re.compile("/dashboard/"))

    page.goto(f"{second_factor_server}/accounts/logout/")
    page.locator("main").get_by_role("button", name="Sign out").click()
    type_password(page, second_factor_server, person)
    page.get_by_label("Code of your authenticator app, or a recovery code").fill(codes[0])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(re.compile("/dashboard/"))

    assert complaints == []
    verbs = list(AuditEntry.objects.order_by("number").values_list("verb", flat=True))
    assert verbs.count("person.signed_in") == 4
    assert verbs.count("person.second_factor_added") == 1


def test_a_browser_that_shows_no_passkey_is_told_what_to_do(second_factor_server, page, virtual_authenticator):
    devtools, key = virtual_authenticator
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})

    page.goto(f"{second_factor_server}/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_text("The passkey did not work. Try again, or sign in with your password.")).to_be_visible()
