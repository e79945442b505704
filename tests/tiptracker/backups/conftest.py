"""Fixtures for backups."""

import os
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from django.conf import settings as current
from django.db import connection

from tests import database_roles


@pytest.fixture
def restore_in_new_database(tmp_path, settings):
    """Call it to restore in another process, into a database that does not exist yet. Returns exit code and output."""
    name = f"{connection.settings_dict['NAME']}_new" if connection.vendor == "postgresql" else str(tmp_path / "new.db")
    if connection.vendor == "postgresql":
        database_roles.run_maintenance(f'CREATE DATABASE "{name}" OWNER {database_roles.OWNER}')
        url = urlsplit(database_roles.SUPERUSER_URL)._replace(path=f"/{name}").geturl()
    else:
        url = f"sqlite:///{name}"

    def run(place, *options):
        environment = os.environ | {
            "DATABASE_URL": url, "MEDIA_ROOT": str(tmp_path / "new_files"), "VAR_DIR": str(tmp_path / "new_var"),
            "SECRET_KEY": settings.SECRET_KEY,
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "manage.py", "restore", str(place), *options],
            cwd=current.BASE_DIR, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    yield run
    if connection.vendor == "postgresql":
        database_roles.run_maintenance(f'DROP DATABASE "{name}" WITH (FORCE)')
