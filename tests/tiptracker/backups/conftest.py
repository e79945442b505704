"""Fixtures for backups."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import boto3
import pytest
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings as current
from django.db import connection

from tests import database_roles
from tests.running_server import free_port, stop

S3_KEY = {"KEY_ID": "key-of-the-tests", "SECRET": "secret-of-the-tests"}


@pytest.fixture
def new_database_url(tmp_path):
    """The address of a database without tables. On PostgreSQL its owner connects; the file of SQLite does not exist."""
    if connection.vendor != "postgresql":
        yield f"sqlite:///{tmp_path / 'new.sqlite3'}"
        return
    name = f"{connection.settings_dict['NAME']}_new"
    database_roles.run_maintenance(f'CREATE DATABASE "{name}" OWNER {database_roles.OWNER}')
    yield urlsplit(database_roles.SUPERUSER_URL)._replace(path=f"/{name}").geturl()
    database_roles.run_maintenance(f'DROP DATABASE "{name}" WITH (FORCE)')


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


@pytest.fixture(scope="session")
def s3_store(tmp_path_factory):
    """A real S3-compatible store with an empty bucket "backups". Yields its address."""
    folder, port = tmp_path_factory.mktemp("store"), free_port()
    (folder / "s3.json").write_text(
        json.dumps(
            {
                "identities": [
                    {
                        "name": "tests",
                        "credentials": [{"accessKey": S3_KEY["KEY_ID"], "secretKey": S3_KEY["SECRET"]}],
                        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
                    }
                ]
            }
        )
    )
    options = {
        "ip": "127.0.0.1", "ip.bind": "127.0.0.1", "dir": str(folder), "filer": "true", "s3": "true",
        "s3.port": port, "s3.port.grpc": free_port(), "s3.config": str(folder / "s3.json"), "master.port": free_port(),
        "master.port.grpc": free_port(), "filer.port": free_port(), "filer.port.grpc": free_port(),
        "volume.port": free_port(), "volume.port.grpc": free_port(), "master.volumeSizeLimitMB": 64,
        "s3.iam": "false", "master.telemetry": "false",
    }  # fmt: skip
    command = [str(Path(sys.executable).parent / "weed"), "server"]
    with (folder / "output").open("w") as output:
        process = subprocess.Popen(
            [*command, *(f"-{name}={value}" for name, value in options.items())],
            stdout=output, stderr=subprocess.STDOUT, start_new_session=True, cwd=folder,
        )  # fmt: skip
    endpoint = f"http://127.0.0.1:{port}"
    client = boto3.client(
        "s3", endpoint_url=endpoint, region_name="us-east-1",
        aws_access_key_id=S3_KEY["KEY_ID"], aws_secret_access_key=S3_KEY["SECRET"],
    )  # fmt: skip
    try:
        for _ in range(240):
            try:
                client.create_bucket(Bucket="backups")
                break
            except (BotoCoreError, ClientError):
                assert process.poll() is None, (folder / "output").read_text()[-3000:]
                time.sleep(0.25)
        else:
            pytest.fail((folder / "output").read_text()[-3000:])
        yield endpoint
    finally:
        stop(process)


@pytest.fixture
def bucket(s3_store, settings):
    """An empty folder of the bucket, as a destination."""
    settings.BACKUP_S3_ENDPOINT, settings.BACKUP_S3_REGION = s3_store, "us-east-1"
    settings.BACKUP_S3_KEY_ID, settings.BACKUP_S3_SECRET = S3_KEY["KEY_ID"], S3_KEY["SECRET"]
    return f"s3://backups/{uuid4().hex}"
