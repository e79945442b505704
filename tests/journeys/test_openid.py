"""Signing in through an organisation's OpenID Connect provider: a certified one, oidc-provider, on loopback.

It is installed by `setup.sh browser` (see openid_provider/). Its answers can be spoiled on their way out, so that each
refusal is asked for by a browser, from the sign-in page to the page that says what is wrong.
"""

import json
import os
import re
import subprocess
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.authentication import current_totp_code, enrol_second_factor
from tests.database_roles import migrate_in_other_process
from tests.factories import OfficerFactory
from tests.running_server import free_port, serve, stop
from tiptracker.accounts.models import User
from tiptracker.audit.models import AuditEntry

PROVIDER_FOLDER = Path(__file__).parent / "openid_provider"
IS_INSTALLED = (PROVIDER_FOLDER / "node_modules" / "oidc-provider").is_dir()
pytestmark = [
    pytest.mark.skipif(
        not IS_INSTALLED and os.environ.get("JOURNEYS") != "required", reason="Install the provider: ./setup.sh browser"
    ),
]


class OpenIdProvider:
    """The provider, which listens at `url`."""

    def __init__(self, url):
        self.url = url

    def spoil(self, fault=""):
        urlopen(f"{self.url}/fault", data=fault.encode()).close()  # noqa: S310 -- our own, on loopback


@contextmanager
def run_provider(secret):
    port = free_port()
    environment = {"PATH": os.environ["PATH"], "PORT": str(port), "CLIENT_SECRET": secret}
    process = subprocess.Popen(
        ["node", "provider.mjs"], cwd=PROVIDER_FOLDER, env=environment, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, start_new_session=True, text=True,
    )  # fmt: skip
    try:
        assert process.stdout.readline() == "ready\n", "Install the provider: ./setup.sh browser"
        yield OpenIdProvider(f"http://127.0.0.1:{port}")
    finally:
        stop(process)
        process.stdout.close()


@pytest.fixture
def server_and_provider(fresh_database):
    """A server that asks for a second step and has a provider besides, and that provider."""
    secret = "a secret of the client"
    with run_provider(secret) as provider:
        chosen = {
            "OIDC_SERVER_URL": provider.url,
            "OIDC_CLIENT_ID": "tiptracker",
            "OIDC_CLIENT_SECRET": secret,
            "SECOND_FACTOR_REQUIRED": "true",
        }
        migrate_in_other_process(fresh_database, "socialaccount", chosen)
        with serve(fresh_database, **chosen) as live:
            yield live, provider


def sign_in_through_provider(page: Page, live, who):
    """Press the button on the sign-in page, and say to the provider who one is."""
    page.context.clear_cookies()
    page.goto(f"{live.url}/accounts/login/")
    page.get_by_role("link", name="through your organisation").click()
    if page.get_by_label("Who are you?").is_visible():
        page.get_by_label("Who are you?").fill(who)
        page.get_by_role("button", name="Go on").click()


def logged_refusals():
    entries = AuditEntry.objects.filter(verb="person.sign_in_refused").order_by("number")
    return [(json.loads(entry.detail.after)["why"], entry.row) for entry in entries]


WRONG_TOKENS = ["wrong audience", "wrong issuer", "wrong nonce", "wrong signature", "expired token", "somebody else"]
UNUSABLE_ANSWERS = [
    "garbage at /.well-known",
    "nothing at /.well-known",
    "an error at /token",
    "a list at /jwks",
    "garbage at /me",
]


def test_signs_in_through_the_organisation_and_is_refused_what_it_should(server_and_provider, page: Page):
    live, provider = server_and_provider
    person = OfficerFactory(email="palesa@post.example")
    password = person.password
    secret = enrol_second_factor(person)

    # The way in, second step included.
    sign_in_through_provider(page, live, person.email)
    page.get_by_label("Code of your authenticator app, or a recovery code").fill(current_totp_code(secret))
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(re.compile("/dashboard/"))
    person.refresh_from_db()
    assert person.password == password
    signed_in = AuditEntry.objects.get(verb="person.signed_in")
    assert json.loads(signed_in.detail.after) == {"with": ["socialaccount", "totp"]}

    # Whom the provider vouches for, and who isn't let in.
    refused = page.get_by_role("heading", name="You were not signed in")
    sign_in_through_provider(page, live, "stranger@post.example")
    expect(page.get_by_role("heading", name="You have no account here")).to_be_visible()
    other = OfficerFactory(email="unverified@post.example")
    sign_in_through_provider(page, live, other.email)
    expect(refused).to_be_visible()
    expect(page.get_by_text("has not verified your e-mail address")).to_be_visible()
    sign_in_through_provider(page, live, "somebody without an address")
    expect(page.get_by_text("did not give us your e-mail address")).to_be_visible()
    sign_in_through_provider(page, live, "")
    expect(page.get_by_text("You cancelled the sign-in through your organisation")).to_be_visible()
    assert logged_refusals() == [("unknown", ""), ("unverified", str(other.pk)), ("nameless", "")]

    # An answer that was given already.
    seen = []
    page.on("request", lambda request: seen.append(request.url))
    sign_in_through_provider(page, live, person.email)
    expect(page.get_by_label("Code of your authenticator app, or a recovery code")).to_be_visible()
    used = next(url for url in seen if "/login/callback/" in url)
    page.goto(used)
    expect(page.get_by_text("This sign-in was already completed")).to_be_visible()
    begin = f"{live.url}/accounts/provider/organisation/login/?process=connect&scope=all&auth_params=nonce%3Da"
    led_to = page.request.get(begin, max_redirects=0).headers["location"]
    asked = parse_qs(urlsplit(led_to).query)
    assert set(asked["scope"][0].split()) == {"openid", "email", "profile"}
    assert len(asked["nonce"][0]) == 32
    page.goto(re.sub("state=[^&]+", f"state={asked['state'][0]}", used))
    expect(page.get_by_text("refused the sign-in")).to_be_visible()

    # Answers that can't be believed, and none.
    for fault in WRONG_TOKENS:
        provider.spoil(fault)
        sign_in_through_provider(page, live, person.email)
        expect(refused, fault).to_be_visible()
        expect(page.get_by_text("TIP Tracker cannot accept the answer"), fault).to_be_visible()
    assert logged_refusals()[3:] == [("untrusted", "")]  # once a while
    for fault in UNUSABLE_ANSWERS:
        provider.spoil(fault)
        sign_in_through_provider(page, live, person.email)
        expect(refused, fault).to_be_visible()
    provider.spoil("silence at /.well-known")
    sign_in_through_provider(page, live, person.email)
    expect(page.get_by_text("Your organisation’s sign-in service does not answer")).to_be_visible(timeout=20_000)

    assert AuditEntry.objects.filter(verb="person.signed_in").count() == 1
    assert User.objects.count() == 2
    assert "Traceback" not in live.log.read_text()
