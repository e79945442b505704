"""Fixtures for what moves a record into another database."""

from urllib.parse import urlsplit

import pytest
from django.db import connection

from tests import database_roles


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
