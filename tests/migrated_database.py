"""Keep a migrated SQLite database to copy, because migrating takes long. It is made anew if a migration changes."""

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

BASE_DIR = Path(__file__).resolve().parent.parent
CACHE_FOLDER = BASE_DIR / "var" / "tests"
DEPENDENCIES = (
    "requirements.lock",
    "*/migrations/*.py",
    "tiptracker/*/migrations/*.py",
    "tiptracker/audit/append_only.py",
    "tiptracker/infrastructure/large_tables.py",
    "tiptracker/infrastructure/new_database.py",
    "tiptracker/management/commands/migrate.py",
    "tiptracker/web/search.py",
    "deploy/postgres/roles.sql",
    "tests/database_roles.py",
)
"""The files that a migrated database depends on: migrations and the operations in them, our own and of packages,
the rights that PostgreSQL grants, and what the tests change in it."""


def copy_migrated_database(target: Path | str) -> None:
    """Copy a migrated, empty SQLite database to `target`. The first process creates it, the others wait."""
    CACHE_FOLDER.mkdir(parents=True, exist_ok=True)
    template = CACHE_FOLDER / f"migrated-{digest_migrations()}.sqlite3"
    with (CACHE_FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not template.exists():
            for old in CACHE_FOLDER.glob("migrated-*"):
                old.unlink()
            _create_template(template)
    shutil.copyfile(template, target)


def _create_template(template: Path) -> None:
    """Migrate in another process, with the settings of a fresh checkout."""
    with TemporaryDirectory(dir=CACHE_FOLDER) as folder:
        begun, done = Path(folder) / "begun.sqlite3", Path(folder) / "done.sqlite3"
        environment = os.environ | {"DATABASE_URL": f"sqlite:///{begun}", "REDIS_URL": ""}
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(command, cwd=BASE_DIR, env=environment, check=True)
        with closing(sqlite3.connect(begun)) as old, closing(sqlite3.connect(done)) as new:
            old.backup(new)
        done.rename(template)


def digest_migrations() -> str:
    """Return a digest of what a migrated database depends on."""
    digest = sha256()
    for file in sorted({file for pattern in DEPENDENCIES for file in BASE_DIR.glob(pattern)}):
        digest.update(f"{file.relative_to(BASE_DIR)}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
