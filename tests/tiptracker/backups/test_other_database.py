"""A backup of one database is restored into the other kind, and back: readiness and the log stay the same."""

import hashlib
import io
import json
import os
import subprocess
import sys
from datetime import date, timedelta

import pytest
from django.conf import settings as current
from django.core.management import call_command
from django.db import connection

from tests.exercise import load_exercise
from tests.tiptracker.backups.installations import all_rows, backup
from tiptracker.audit.actions import find_head_fault, find_log_fault, log_head

pytestmark = [
    pytest.mark.long,
    pytest.mark.unordered_locks,  # a restore is alone in its database
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL; SQLite is here anyway"),
]
DAYS = [date(2021, 9, 10) + timedelta(days=7 * number) for number in range(20)]

_READINESS = """
import hashlib, io, sys
from django.core.management import call_command
for day in sys.argv[1:]:
    said = io.StringIO()
    call_command("readiness", "LSO", "2021", as_of=day, json=True, stdout=said)
    print(day, hashlib.sha256(said.getvalue().encode()).hexdigest())
"""


def run(arguments, **environment):
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=current.BASE_DIR, env=os.environ | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def readiness():
    """By day: the hash of the JSON that `manage.py readiness` prints."""
    found = {}
    for day in DAYS:
        said = io.StringIO()
        call_command("readiness", "LSO", "2021", "--as-of", day.isoformat(), "--json", stdout=said)
        assert json.loads(said.getvalue())
        found[day.isoformat()] = hashlib.sha256(said.getvalue().encode()).hexdigest()
    return found


def readiness_elsewhere(**environment):
    command = ["shell", "--no-imports", "-c", _READINESS.replace("sys.argv[1:]", repr([str(day) for day in DAYS]))]
    return dict(line.split() for line in run(command, **environment).splitlines())


def test_a_record_goes_from_postgresql_to_sqlite_and_back(fresh_database, tmp_path, settings, new_database_url):
    settings.MEDIA_ROOT = tmp_path / "files"
    load_exercise()
    first, head, rows = readiness(), log_head(), all_rows()
    assert len(set(first.values())) > 5
    backup(tmp_path / "first")
    sqlite = {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'other.sqlite3'}", "MEDIA_ROOT": str(tmp_path / "other"),
        "VAR_DIR": str(tmp_path / "var"), "DEMO_CLOCK": settings.DEMO_CLOCK, "DEMONSTRATION": "true",
        "SECRET_KEY": settings.SECRET_KEY,
    }  # fmt: skip

    assert "Proven: " in run(["restore", str(tmp_path / "first")], **sqlite)
    assert readiness_elsewhere(**sqlite) == first
    run(["backup", str(tmp_path / "second")], **sqlite)

    postgres = sqlite | {"DATABASE_URL": new_database_url, "MEDIA_ROOT": str(tmp_path / "third")}
    assert "Proven: " in run(["restore", str(tmp_path / "second")], **postgres)
    assert readiness_elsewhere(**postgres) == first
    assert f"seal {head[0] + 2}:" in run(["verify_audit", "--expect", f"{head[0]}:{head[1]}"], **postgres)
    assert find_log_fault() is None
    assert find_head_fault(*head) == ""
    assert sum(map(len, rows.values())) > 1000
