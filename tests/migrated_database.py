"""A migrated SQLite database to copy, since migrating takes long; made anew where the migrations change."""

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
FOLDER = BASE_DIR / "var" / "tests"
MADE_OF = (
    "requirements.lock",
    "*/migrations/*.py",
    "tiptracker/*/migrations/*.py",
    "tiptracker/audit/append_only.py",
    "tiptracker/web/search.py",
    "deploy/postgres/roles.sql",
)
"""What a migrated database depends on: the migrations and the operations that they use, ours and those of packages,
and the rights that PostgreSQL grants."""


def copy_migrated(target: Path | str) -> None:
    """Copy a migrated, empty SQLite database to `target`. The first process that asks makes it, the others wait."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    template = FOLDER / f"migrated-{digest_migrations()}.sqlite3"
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not template.exists():
            for old in FOLDER.glob("migrated-*"):
                old.unlink()
            _make(template)
    shutil.copyfile(template, target)


def _make(template: Path) -> None:
    """Migrate in a process of its own, which has no other settings than a fresh checkout's."""
    with TemporaryDirectory(dir=FOLDER) as folder:
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
    for file in sorted({file for pattern in MADE_OF for file in BASE_DIR.glob(pattern)}):
        digest.update(f"{file.relative_to(BASE_DIR)}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
