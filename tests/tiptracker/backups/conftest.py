"""Fixtures for backups."""

import os
import subprocess
import sys
from uuid import uuid4

import pytest
from django.conf import settings as current

from tests.s3_server import BUCKET, KEY_ID, SECRET


@pytest.fixture
def restore_in_new_database(tmp_path, settings, new_database_url):
    """Call it to restore in another process, into a database that does not exist yet. Returns exit code and output."""

    def run(place, *options):
        environment = os.environ | {
            "DATABASE_URL": new_database_url, "MEDIA_ROOT": str(tmp_path / "new_files"),
            "VAR_DIR": str(tmp_path / "new_var"), "SECRET_KEY": settings.SECRET_KEY,
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "manage.py", "restore", str(place), *options],
            cwd=current.BASE_DIR, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    return run


@pytest.fixture
def bucket(s3_server, settings):
    """An empty folder of a bucket, as a destination."""
    settings.BACKUP_S3_ENDPOINT, settings.BACKUP_S3_REGION = s3_server.endpoint, "us-east-1"
    settings.BACKUP_S3_KEY_ID, settings.BACKUP_S3_SECRET = KEY_ID, SECRET
    return f"s3://{BUCKET}/{uuid4().hex}"
