"""Settings with which production does not start, its headers, and sign-in through a provider.

In processes of their own, since settings are read once.
"""

import json
import os
import secrets
import subprocess
import sys
import textwrap

import pytest
from django.conf import settings

from tests.migrated_database import copy_migrated_database

STRONG_KEY = secrets.token_urlsafe(50)
PRODUCTION = {
    "SECURE": "true",
    "SECRET_KEY": STRONG_KEY,
    "ALLOWED_HOSTS": "tip.example.gov",
    "SECURE_PROXY_HEADER": "X-Forwarded-Proto",
    "TRUSTED_PROXIES": "1",
    "DATABASE_URL": "postgres://tip:a-long-password@db:5432/tip",
    "REDIS_URL": "redis://:a-long-password@redis:6379/0",
}
UNSET_VARIABLES = (
    "DJANGO_ALLOW_ASYNC_UNSAFE",
    "SECRET_KEY",
    "SECOND_FACTOR_REQUIRED",
    "DEMONSTRATION",
    "DEMO_CLOCK",
    "DATABASE_URL",
    "REDIS_URL",
)


def run_manage(tmp_path, *command, **more):
    """Run `manage.py` with an environment of production, changed by `more` (None: not set)."""
    environment = {name: value for name, value in os.environ.items() if name not in UNSET_VARIABLES}
    environment |= PRODUCTION | {"VAR_DIR": str(tmp_path)} | more
    environment = {name: value for name, value in environment.items() if value is not None}
    command = [sys.executable, "manage.py", *command]
    return subprocess.run(
        command, env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False, timeout=120
    )


def test_production_is_deployed_without_a_warning(tmp_path):
    checked = run_manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING")

    assert checked.returncode == 0, checked.stderr


REQUESTS_SCRIPT = r"""
    import json, re
    from django.conf import settings
    from django.db import connections
    from django.test import Client
    from tiptracker.accounts.models import User
    from tiptracker.accounts.sessions import SessionStore

    # Nothing is to be reached from here but a file.
    del connections["default"]
    connections.databases["default"] |= {
        "ENGINE": "django.db.backends.sqlite3", "NAME": settings.VAR_DIR / "db.sqlite3", "OPTIONS": {},
    }
    settings.CACHES["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    User.objects.create_user("a@post.example", "a long enough password", name="A", role="administrator")
    browser = Client(SERVER_NAME="tip.example.gov", raise_request_exception=False, enforce_csrf_checks=True)
    SAFE = {"Host": "tip.example.gov", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}

    def told(answer):
        return {"status": answer.status_code, **{name.lower(): value for name, value in answer.headers.items()}}

    def cookies():
        return {name: dict(morsel) | {"": morsel.value} for name, morsel in browser.cookies.items()}

    said = {"plain": told(browser.get("/accounts/login/"))}
    page = browser.get("/accounts/login/", headers=SAFE)
    said["page"] = told(page)
    said["other host"] = told(browser.get("/", headers=SAFE | {"Host": "evil.example"}))
    before = {"login": "a@post.example", "password": "a long enough password"}
    page_of = {"elsewhere": {"Origin": "https://evil.example"}, "here": {"Origin": "https://tip.example.gov"}}
    said["from elsewhere"] = told(browser.post("/accounts/login/", before, headers=SAFE | page_of["elsewhere"]))
    begun = SessionStore()
    begun.save(must_create=True)
    said["begun"] = browser.cookies["__Host-session"] = begun.session_key
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())[1]
    typed = before | {"csrfmiddlewaretoken": token}
    said["signed in"] = told(browser.post("/accounts/login/", typed, headers=SAFE | page_of["here"]))
    said["cookies"] = cookies()
    print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def production_answers(tmp_path_factory):
    """What production answers: over HTTP, over HTTPS, by another name, to a form from elsewhere, to signing in."""
    folder = tmp_path_factory.mktemp("production")
    copy_migrated_database(folder / "db.sqlite3")
    said = run_manage(folder, "shell", "--no-imports", "-c", textwrap.dedent(REQUESTS_SCRIPT))
    assert said.returncode == 0, said.stderr[-3000:]
    return json.loads(said.stdout)


def test_production_leads_to_https_and_keeps_browsers_there(production_answers):
    """What a proxy says is believed of the header alone that the settings name."""
    assert production_answers["plain"]["status"] == 301
    assert production_answers["plain"]["location"] == "https://tip.example.gov/accounts/login/"
    assert production_answers["page"]["status"] == 200
    assert production_answers["page"]["strict-transport-security"] == "max-age=31536000; includeSubDomains; preload"
    assert production_answers["page"]["content-security-policy"].endswith("; upgrade-insecure-requests")


def test_production_answers_by_its_own_name_and_its_own_forms_alone(production_answers):
    assert production_answers["other host"]["status"] == 400
    assert production_answers["from elsewhere"]["status"] == 403
    assert production_answers["signed in"]["status"] == 302


def test_production_keeps_its_cookies_to_https_and_to_its_own_host(production_answers):
    """… and somebody who signs in has another session than whoever began it."""
    cookies = production_answers["cookies"]

    assert set(cookies) == {"__Host-session", "__Host-csrf"}
    for name, cookie in cookies.items():
        kept = {key: cookie[key] for key in ("secure", "httponly", "samesite", "path", "domain")}
        assert kept == {"secure": True, "httponly": True, "samesite": "Lax", "path": "/", "domain": ""}, name
    assert cookies["__Host-session"][""] != production_answers["begun"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"SECRET_KEY": "changeme"}, "has to be 50 or more random characters"),
        ({"SECRET_KEY": "x" * 60}, "has to be 50 or more random characters"),
        ({"SECRET_KEY_FALLBACKS": "old"}, "has to be 50 or more random characters"),
        ({"SECRET_KEY": None}, "is for this machine alone"),
        ({"DEMONSTRATION": "true"}, "unset it"),
        ({"ALLOWED_HOSTS": "*"}, "Set ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": None}, "Set ALLOWED_HOSTS"),
        ({"PUBLIC_URL": "http://tip.example.gov"}, "has to begin with https://"),
        ({"ALLOWED_HOSTS": ".example.gov"}, "Set PUBLIC_URL to what links in mails begin with"),
        ({"PUBLIC_URL": "https://tip.example.org"}, "has to be one that ALLOWED_HOSTS names"),
        ({"PUBLIC_URL": "https://.example.gov", "ALLOWED_HOSTS": ".example.gov"}, "has to be one that ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": ""}, "Set ALLOWED_HOSTS"),
        ({"SECOND_FACTOR_REQUIRED": "false"}, "unset SECOND_FACTOR_REQUIRED"),
        ({"DATABASE_URL": None}, "Set DATABASE_URL to a PostgreSQL"),
        ({"DATABASE_URL": "postgres://tip@db/tip"}, "The password in DATABASE_URL"),
        ({"DATABASE_URL": "postgres://tip:changeme@db/tip"}, "The password in DATABASE_URL"),
        ({"DATABASE_URL": "postgres://tiptracker-owner:tiptracker-owner@db/tip"}, "The password in DATABASE_URL"),
        ({"REDIS_URL": None}, "Set REDIS_URL"),
        ({"REDIS_URL": "redis://redis:6379/0"}, "The password in REDIS_URL"),
        ({"OIDC_SERVER_URL": "http://id.example.gov", "OIDC_CLIENT_SECRET": "s"}, "OIDC_SERVER_URL has to begin with"),
        ({"OIDC_SERVER_URL": "https://id.example.gov", "OIDC_CLIENT_SECRET": ""}, "may not be empty"),
        ({"FILES_URL": "s3://files", "PROXY_FILES_PATH": "/kept/"}, "unset PROXY_FILES_PATH or FILES_URL"),
        ({"FILES_URL": "https://files.example.gov"}, "is not the address of a bucket: s3://bucket or s3://"),
        ({"SECURE": "false"}, "which needs HTTPS: set SECURE=true"),
    ],
    ids=lambda given: " ".join(f"{name}={value}" for name, value in given.items()) if isinstance(given, dict) else "",
)
def test_production_does_not_start_with_what_is_weak(tmp_path, wrong, sentence):
    (tmp_path / "secret_key").write_text(secrets.token_urlsafe(50))

    refused = run_manage(tmp_path, "check", **{"OIDC_CLIENT_ID": "tip"} | wrong)

    assert refused.returncode != 0
    assert sentence in refused.stderr


PROVIDER_SCRIPT = """
    from allauth.core import context
    from allauth.socialaccount.internal.flows.login import complete_login
    from allauth.socialaccount.models import SocialAccount, SocialLogin
    from allauth.account.models import EmailAddress
    from django.contrib.auth.models import AnonymousUser
    from django.contrib.messages.storage.cookie import CookieStorage
    from django.core.management import call_command
    from django.test import Client, RequestFactory
    from django.urls import reverse
    from tiptracker.accounts.models import User
    from tiptracker.accounts.openid import SocialAccountAdapter
    from tiptracker.audit.models import AuditEntry

    call_command("migrate", "socialaccount", verbosity=0)
    known = User.objects.create_user("known@post.example", "a long enough password", name="K", role="administrator")

    def vouched_for(email, verified=True):
        browser = Client()
        request = RequestFactory(SERVER_NAME="localhost").get("/")
        request.user, request.session = AnonymousUser(), browser.session
        request._messages = CookieStorage(request)
        provider = SocialAccountAdapter(request).list_providers(request)[0]
        with context.request_context(request):
            login = SocialLogin(
                user=User(email=email, name="From the provider"),
                account=SocialAccount(provider="organisation", uid=email),
                email_addresses=[EmailAddress(email=email, verified=verified, primary=True)],
                provider=provider,
            )
            answer = complete_login(request, login)
        who = getattr(request, "user", None)
        print(email, verified, answer.status_code, who.email if who.is_authenticated else "nobody")

    page = Client(SERVER_NAME="localhost").get(reverse("account_login"))
    print("through your organisation" in page.content.decode(), reverse("openid_connect_login", args=["organisation"]))
    vouched_for("stranger@post.example")
    vouched_for("known@post.example", verified=False)
    vouched_for("known@post.example")
    print(User.objects.get_queryset().count(), *AuditEntry.objects.values_list("verb", flat=True))
"""


def test_whoever_a_provider_vouches_for_signs_in_and_nobody_signs_up(tmp_path):
    provider = {"OIDC_SERVER_URL": "https://id.example.gov", "OIDC_CLIENT_ID": "tip", "OIDC_CLIENT_SECRET": "s"}
    script = textwrap.dedent(PROVIDER_SCRIPT)
    copy_migrated_database(tmp_path / "db.sqlite3")

    done = run_manage(
        tmp_path,
        "shell",
        "--no-imports",
        "-c",
        script,
        SECURE=None,
        ALLOWED_HOSTS="localhost",
        DATABASE_URL=None,
        REDIS_URL=None,
        **provider,
    )

    assert done.stdout.splitlines() == [
        "True /accounts/provider/organisation/login/",
        "stranger@post.example True 200 nobody",
        "known@post.example False 401 nobody",
        "known@post.example True 302 known@post.example",
        "1 person.sign_in_refused person.sign_in_refused person.signed_in",
    ], done.stderr[-3000:]
