"""The roles by which the tests use a PostgreSQL: the owner of the tables, and the application.

The shipped `deploy/postgres/roles.sql` gives the application's role its rights, so the whole suite runs on them.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
from django.db import connection, transaction
from django.test.utils import setup_databases

from tests.migrated import copy_migrated

OWNER, APPLICATION = "tiptracker_tests_owner", "tiptracker_tests_app"
LOGIN = "tiptracker_tests"
"""Signs in as the application. A test that needs the owner's rights takes on its role, since LOGIN is in both."""

ROLES_SQL = Path(__file__).resolve().parent.parent / "deploy" / "postgres" / "roles.sql"

SUPERUSER_URL = os.environ.setdefault("SUPERUSER_DATABASE_URL", os.environ.get("DATABASE_URL", ""))
"""The address as it was given, which has to be a superuser's; processes of pytest-xdist inherit it."""

_CREATE = f"""
SELECT pg_advisory_lock(7106);  -- other processes of the same run do the same
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{LOGIN}') THEN
        CREATE ROLE {OWNER} CREATEDB;
        CREATE ROLE {APPLICATION};
        CREATE ROLE {LOGIN} LOGIN IN ROLE {OWNER}, {APPLICATION};
        ALTER ROLE {LOGIN} SET role TO {APPLICATION};
    END IF;
END $$;
"""  # noqa: S608 -- names of our own


def create_roles() -> None:
    """Create the roles where they are missing, and let this process and its children sign in as the application."""
    with psycopg.connect(SUPERUSER_URL, dbname="postgres", autocommit=True) as server:
        server.execute(_CREATE)
        password = urlsplit(SUPERUSER_URL).password or ""
        if password:
            server.execute(psycopg.sql.SQL("ALTER ROLE {} PASSWORD {}").format(psycopg.sql.Identifier(LOGIN), password))
    os.environ["DATABASE_URL"] = _as_login(SUPERUSER_URL)


def _as_login(url: str) -> str:
    parts = urlsplit(url)
    password = f":{quote(parts.password)}" if parts.password else ""
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{LOGIN}{password}@{host}").geturl()


def set_up_databases() -> list[tuple]:
    """Create the test database and migrate it as its owner; afterwards the connection is the application's.

    Gives what `teardown_databases` takes.
    """
    if connection.vendor == "sqlite":
        name = connection.settings_dict["TEST"]["NAME"]
        copy_migrated(name)
        connection.close()
        connection.settings_dict["NAME"] = name
        return []
    with as_owner():
        made = setup_databases(verbosity=0, interactive=False)
        grant(str(connection.settings_dict["NAME"]))
    return made


@contextmanager
def as_owner() -> Iterator[None]:
    """Connect anew as the role that owns the tables, for migrations and the like, and as the application's at the end.

    On SQLite, where there are no roles, nothing changes.
    """
    if connection.vendor != "postgresql":
        yield
        return
    options = connection.settings_dict["OPTIONS"]
    as_application = options["options"]
    _connect_with(options=f"{as_application} -c role={OWNER}")
    yield
    _connect_with(options=as_application)


def _connect_with(*, options: str) -> None:
    connection.close()
    connection.close_pool()
    connection.settings_dict["OPTIONS"]["options"] = options


def grant(database: str, owner: str = OWNER, application: str = APPLICATION) -> None:
    """Run the shipped script in `database`."""
    with psycopg.connect(SUPERUSER_URL, dbname=database, autocommit=True) as server:
        server.execute("SELECT set_config('tiptracker.owner', %s, false)", [owner])
        server.execute("SELECT set_config('tiptracker.app', %s, false)", [application])
        server.execute(ROLES_SQL.read_text())


def run_as_owner(statement: str) -> None:
    """Run a statement that only the owner may, in the transaction at hand or one of its own (PostgreSQL)."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {OWNER}")
        cursor.execute(statement)
        cursor.execute(f"SET LOCAL ROLE {APPLICATION}")
