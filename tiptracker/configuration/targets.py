"""What an installation has to set: in containers (docker-compose.yml) or as services of systemd (deploy/systemd/)."""

import os
import re
import secrets
import string
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tiptracker import environment as env
from tiptracker.environment import SECTIONS
from tiptracker.environment_variables import Variable

BASE_DIR = Path(__file__).resolve().parents[2]
DECLARED: dict[str, Variable[Any]] = {variable.name: variable for section in SECTIONS for variable in section.variables}
BEHIND_PROXY = {"SECURE": "true", "SECURE_PROXY_HEADER": "X-Forwarded-Proto", "TRUSTED_PROXIES": "1"}
"""What an installation sets behind a proxy that speaks HTTPS."""
_MAIL = (
    env.EMAIL_HOST, env.EMAIL_PORT, env.EMAIL_USE_TLS, env.EMAIL_HOST_USER, env.EMAIL_HOST_PASSWORD,
    env.DEFAULT_FROM_EMAIL,
)  # fmt: skip
MAY_BE_EMPTY = {"EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD"}


@dataclass(frozen=True)
class Target:
    """A way to run an installation.

    Attributes:
        file: where its settings are, if the command names no other file.
        asked: what only a person knows, in the order of the questions.
        suggested: by name, what to suggest where the variable has no default.
        generated: secrets that are made once and kept.
        set_always: what else the file says.
        next_steps: what to do once the file is written.
    """

    file: str
    asked: tuple[Variable[Any], ...]
    suggested: Mapping[str, str]
    generated: tuple[Variable[Any], ...]
    set_always: Mapping[str, str]
    next_steps: str


CONTAINERS = Target(
    file=".env",
    asked=(env.ALLOWED_HOSTS, env.PUBLIC_URL, env.TLS_CERTIFICATE, env.TLS_KEY, *_MAIL),
    suggested={"TLS_CERTIFICATE": "tls/certificate.pem", "TLS_KEY": "tls/key.pem"},
    generated=(env.SECRET_KEY, env.DATABASE_PASSWORD, env.DATABASE_OWNER_PASSWORD, env.REDIS_PASSWORD),
    set_always={},
    next_steps="Next, start everything: docker compose up --build --detach",
)
SYSTEMD = Target(
    file="/etc/tiptracker/environment",
    asked=(env.ALLOWED_HOSTS, env.PUBLIC_URL, *_MAIL),
    suggested={},
    generated=(env.SECRET_KEY,),
    set_always=BEHIND_PROXY
    | {
        "REDIS_URL": "redis://127.0.0.1:6379/0",
        "VAR_DIR": "/var/lib/tiptracker",
        "STATIC_ROOT": str(BASE_DIR / "var" / "static"),
        "GRANIAN_HOST": "127.0.0.1",
        "GRANIAN_PORT": "8000",
        "TLS_ADDRESS": "127.0.0.1:443",
        "OPERATED_BY": "systemd",
        "LOG_FORMAT": "json",
    },
    next_steps="Next, create the database: see “With systemd” in docs/operating.md.",
)


def generate_secret(variable: Variable[str]) -> str:
    """Return a new secret: the key of the application, or a password that can stand in an address."""
    if variable is env.SECRET_KEY:
        return secrets.token_urlsafe(50)
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(32))


def database_address(password: str, *, host: str) -> str:
    """Return the address of the database for the role of the application."""
    return f"postgres://tiptracker_app:{password}@{host}:5432/tiptracker"


def owner_values(values: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """Return what the service that migrates the database is given besides, and nothing else is.

    Args:
        values: the settings of the application.
        known: what the file of the owner says already.
    """
    application = urlsplit(values["DATABASE_URL"])
    password = known.get("DATABASE_OWNER_PASSWORD") or generate_secret(env.DATABASE_OWNER_PASSWORD)
    place = application.netloc.rpartition("@")[2]
    return {
        "DATABASE_OWNER_PASSWORD": password,
        "DATABASE_PASSWORD": application.password or "",
        "DATABASE_URL": application._replace(netloc=f"tiptracker_owner:{password}@{place}").geturl(),
    }


def find_start_faults(target: Target, values: Mapping[str, str]) -> str:
    """Load these settings as the application does at its start, and return what it says against them, or "".

    Nothing is connected to. A process of its own does it, because settings are read once.
    """
    if target is CONTAINERS:  # docker-compose.yml sets these
        redis = f"redis://:{values['REDIS_PASSWORD']}@redis:6379/0"
        addresses = {"DATABASE_URL": database_address(values["DATABASE_PASSWORD"], host="db"), "REDIS_URL": redis}
        values = {**BEHIND_PROXY, **addresses, **values}
    with tempfile.TemporaryDirectory() as folder:
        others = {name: value for name, value in os.environ.items() if name not in DECLARED}
        started = subprocess.run(
            [sys.executable, "-c", "import tiptracker.settings"],
            env={**others, **values, "VAR_DIR": folder},
            cwd=BASE_DIR,
            capture_output=True,
            text=True,
            check=False,
        )
    if started.returncode == 0:
        return ""
    return re.split(r"(?m)^[\w.]*ImproperlyConfigured: ", started.stderr.strip())[-1].strip()
