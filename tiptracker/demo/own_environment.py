"""Give the demonstration its own folder, database and key, before Django reads the settings."""

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from tiptracker import environment as env

BASE_DIR = Path(__file__).resolve().parents[2]


def set_own_environment() -> None:
    """Set the variables of the demonstration, for this process and its children.

    If a variable has a wrong value, nothing is set. The settings or the command then say what is wrong.
    """
    with suppress(ImproperlyConfigured):
        os.environ.update(_own_variables())


def _own_variables() -> dict[str, str]:
    host = url_host(env.HOST.read())
    var = env.VAR_DIR.read(BASE_DIR / "var")
    chosen = os.environ.get("DATABASE_URL", "")
    name = f"demo-{hashlib.sha256(chosen.encode()).hexdigest()[:8]}" if chosen else "demo"
    folder = var / name
    variables = {
        "DEMONSTRATION": "true",
        "VAR_DIR": str(folder),
        "STATIC_ROOT": str(env.STATIC_ROOT.read(var / "static")),
        "MEDIA_ROOT": str(folder / "files"),
        "DATABASE_URL": chosen or f"sqlite:///{folder / 'db.sqlite3'}",
        "ALLOWED_HOSTS": ",".join([*env.LOOPBACK, host]),
        "PUBLIC_URL": os.environ.get("PUBLIC_URL", "") or f"http://{host}:{env.PORT.read()}",
    }
    key = var / "secret_key"
    if not env.SECRET_KEY.read() and key.exists():
        variables["SECRET_KEY"] = key.read_text().strip()
    return variables


def url_host(host: str) -> str:
    """Return an address as it is written in a URL: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host
