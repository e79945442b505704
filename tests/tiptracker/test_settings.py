"""What production is refused to start with, what it says of itself, and sign-in through a provider.

In processes of their own, since settings are read once.
"""

import os
import secrets
import subprocess
import sys
import textwrap

import pytest
from django.conf import settings

STRONG = secrets.token_urlsafe(50)
PRODUCTION = {
    "SECURE": "true",
    "SECRET_KEY": STRONG,
    "ALLOWED_HOSTS": "tip.example.gov",
    "SECURE_PROXY_HEADER": "X-Forwarded-Proto",
    "TRUSTED_PROXIES": "1",
}
LEFT_OUT = (
    "DJANGO_ALLOW_ASYNC_UNSAFE",
    "SECRET_KEY",
    "SECOND_FACTOR_REQUIRED",
    "DEMONSTRATION",
    "DEMO_CLOCK",
    "DATABASE_URL",
    "REDIS_URL",
)


def manage(tmp_path, *command, **more):
    """Run `manage.py` with an environment of production, changed by `more` (None: not set)."""
    environment = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    environment |= PRODUCTION | {"VAR_DIR": str(tmp_path)} | more
    environment = {name: value for name, value in environment.items() if value is not None}
    command = [sys.executable, "manage.py", *command]
    return subprocess.run(
        command, env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False, timeout=120
    )


def test_production_is_deployed_without_a_warning(tmp_path):
    checked = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING")

    assert checked.returncode == 0, checked.stderr


def test_production_keeps_its_cookies_to_https_and_to_its_own_host(tmp_path):
    said = manage(
        tmp_path,
        "shell",
        "--no-imports",
        "-c",
        "from django.conf import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, "
        "s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_PATH, s.SESSION_COOKIE_DOMAIN, "
        "s.SECOND_FACTOR_REQUIRED, s.PUBLIC_URL)",
    )

    assert said.stdout.split() == [
        "__Host-session", "__Host-csrf", "True", "True", "/", "None", "True", "https://tip.example.gov",
    ], said.stderr  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"SECRET_KEY": "changeme"}, "has to be 50 or more random characters"),
        ({"SECRET_KEY": "x" * 60}, "has to be 50 or more random characters"),
        ({"SECRET_KEY_FALLBACKS": "old"}, "has to be 50 or more random characters"),
        ({"SECRET_KEY": None}, "is for this machine alone"),
        ({"DEBUG": "true"}, "unset them"),
        ({"DEMONSTRATION": "true"}, "unset them"),
        ({"ALLOWED_HOSTS": "*"}, "Set ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": None}, "Set ALLOWED_HOSTS"),
        ({"PUBLIC_URL": "http://tip.example.gov"}, "has to begin with https://"),
        ({"SECOND_FACTOR_REQUIRED": "false"}, "unset SECOND_FACTOR_REQUIRED"),
    ],
    ids=lambda given: " ".join(f"{name}={value}" for name, value in given.items()) if isinstance(given, dict) else "",
)
def test_production_does_not_start_with_what_is_weak(tmp_path, wrong, sentence):
    (tmp_path / "secret_key").write_text(secrets.token_urlsafe(50))

    refused = manage(tmp_path, "check", **wrong)

    assert refused.returncode != 0
    assert sentence in refused.stderr


THROUGH_A_PROVIDER = """
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
    from tiptracker.accounts.openid import ClosedOpenIdAdapter
    from tiptracker.audit.models import AuditEntry

    call_command("migrate", verbosity=0)
    known = User.objects.create_user("known@post.example", "a long enough password", name="K", role="administrator")

    def vouched_for(email, verified=True):
        browser = Client()
        request = RequestFactory().get("/")
        request.user, request.session = AnonymousUser(), browser.session
        request._messages = CookieStorage(request)
        provider = ClosedOpenIdAdapter(request).list_providers(request)[0]
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

    page = Client().get(reverse("account_login"))
    print("through your organisation" in page.content.decode(), reverse("openid_connect_login", args=["organisation"]))
    vouched_for("stranger@post.example")
    vouched_for("known@post.example", verified=False)
    vouched_for("known@post.example")
    print(User.objects.get_queryset().count(), *AuditEntry.objects.values_list("verb", flat=True))
"""


def test_whoever_a_provider_vouches_for_signs_in_and_nobody_signs_up(tmp_path):
    provider = {"OIDC_SERVER_URL": "https://id.example.gov", "OIDC_CLIENT_ID": "tip", "OIDC_CLIENT_SECRET": "s"}
    script = textwrap.dedent(THROUGH_A_PROVIDER)

    done = manage(tmp_path, "shell", "--no-imports", "-c", script, SECURE=None, ALLOWED_HOSTS="testserver", **provider)

    assert done.stdout.splitlines() == [
        "True /accounts/provider/organisation/login/",
        "stranger@post.example True 200 nobody",
        "known@post.example False 200 nobody",
        "known@post.example True 302 known@post.example",
        "1 person.signed_in",
    ], done.stderr[-3000:]
