"""Find settings that are too weak for an installation that other machines can reach."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.http.request import validate_host


def describe_weak_settings(values: Mapping[str, Any], environment: Mapping[str, str]) -> list[str]:
    """Return a sentence for each setting that is too weak. Each sentence says what to do.

    Args:
        given: the settings by name.
        environment: the variables from which the settings were read.
    """
    allowed, loopback = values["ALLOWED_HOSTS"], values["LOOPBACK"]
    if not values["SECURE"]:
        others = set(allowed) - set(loopback)
        return ["ALLOWED_HOSTS names more than this machine, which needs HTTPS: set SECURE=true."] if others else []
    database, redis = values["DATABASES"]["default"], urlsplit(values["REDIS_URL"])
    public_url, oidc_url = values["PUBLIC_URL"], values["OIDC_SERVER_URL"]
    public_host = urlsplit(public_url).hostname or ""
    checks = {
        "Set SECRET_KEY: the one that `make setup` made is for this machine alone.": "SECRET_KEY" not in environment,
        "SECRET_KEY, and each of SECRET_KEY_FALLBACKS, has to be 50 or more random characters.": any(
            len(key) < 50 or len(set(key)) < 10 for key in (values["SECRET_KEY"], *values["SECRET_KEY_FALLBACKS"])
        ),
        "DEMONSTRATION is for this machine alone: unset it.": values["DEMONSTRATION"],
        "Set ALLOWED_HOSTS to the names people use, such as tip.example.gov.": "*" in allowed or allowed is loopback,
        "Set PUBLIC_URL to what links in mails begin with, such as https://tip.example.gov: ALLOWED_HOSTS names no one "
        "host.": not public_url,
        "PUBLIC_URL has to begin with https://.": bool(public_url) and not public_url.startswith("https://"),
        "The host in PUBLIC_URL has to be one that ALLOWED_HOSTS names: links in mails lead there.": (
            bool(public_url) and not (public_host.strip(".") == public_host and validate_host(public_host, allowed))
        ),
        "In production everybody has a second factor: unset SECOND_FACTOR_REQUIRED.": (
            not values["SECOND_FACTOR_REQUIRED"]
        ),
        "Set DATABASE_URL to a PostgreSQL; SQLite is for the demonstration and the tests.": (
            database["ENGINE"] != "django.db.backends.postgresql"
        ),
        "The password in DATABASE_URL has to be 12 or more characters and not the user's name.": _is_guessable(
            database.get("HOST"), database.get("PASSWORD"), database.get("USER")
        ),
        "Set REDIS_URL; the broker in files is for the demonstration and the tests.": not values["REDIS_URL"],
        "The password in REDIS_URL has to be 12 or more characters.": _is_guessable(
            redis.hostname, redis.password, redis.username
        ),
        "OIDC_SERVER_URL has to begin with https://, and OIDC_CLIENT_SECRET may not be empty.": bool(
            oidc_url and not (oidc_url.startswith("https://") and environment.get("OIDC_CLIENT_SECRET"))
        ),
    }
    return [sentence for sentence, is_so in checks.items() if is_so]


def _is_guessable(host: str | None, password: str | None, user: str | None) -> bool:
    """Return whether a password is missing or weak. A service that only this machine can reach may go without one."""
    is_here = not host or host.startswith("/") or host in {"localhost", "127.0.0.1", "::1"}
    return not is_here and (len(password or "") < 12 or password == user)
