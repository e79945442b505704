"""The PostgreSQL roles of the tests: the owner of the tables, and the application.

The shipped `deploy/postgres/roles.sql` grants the rights of the application's role, so the whole suite tests them.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import setup_databases

from tests.migrated_database import copy_migrated_database, digest_migrations

OWNER, APPLICATION = "tiptracker_tests_owner", "tiptracker_tests_app"
LOGIN = "tiptracker_tests"
"""This role signs in as the application. It is a member of both roles, so a test can switch to the owner's."""

TEMPLATE_PREFIX = "tiptracker_tests_migrated_"
"""Prefix of the names of migrated databases that are copied for tests."""
LARGE_TABLE_BYTES = 1_000_000
ROLES_SQL = Path(__file__).resolve().parent.parent / "deploy" / "postgres" / "roles.sql"

SUPERUSER_URL = os.environ.setdefault("SUPERUSER_DATABASE_URL", os.environ.get("DATABASE_URL", ""))
"""DATABASE_URL as it was given: a superuser's. Processes of pytest-xdist inherit it."""

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
    """Create missing roles, and let this process and its children sign in as the application."""
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
    """Create the test database and migrate it as its owner. Afterwards the connection uses the application's role.

    Returns the argument for `teardown_databases`.
    """
    if connection.vendor == "sqlite":
        name = connection.settings_dict["TEST"]["NAME"]
        copy_migrated_database(name)
        connection.close()
        connection.settings_dict["NAME"] = name
        return []
    former, name = str(connection.settings_dict["NAME"]), str(connection.settings_dict["TEST"]["NAME"])
    _copy_migrated_database_on_postgres(name)
    connection.close()
    connection.close_pool()
    connection.settings_dict["NAME"] = name
    return [(connection, former, True)]


def _copy_migrated_database_on_postgres(target: str) -> None:
    """Copy a migrated, empty database of the server to `target`. It is made anew if a migration changes.

    The first process creates it, the others wait. Migrating takes a minute, copying a moment.
    """
    template = f"{TEMPLATE_PREFIX}{digest_migrations()}"
    with psycopg.connect(SUPERUSER_URL, dbname="postgres", autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(7107)")
        found = server.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [TEMPLATE_PREFIX])
        names = {row[0] for row in found}
        if template not in names:
            for old in names:
                server.execute(psycopg.sql.SQL("DROP DATABASE {}").format(psycopg.sql.Identifier(old)))
            begun = f"{TEMPLATE_PREFIX}begun"
            _create_migrated_database(begun)
            server.execute(f'ALTER DATABASE "{begun}" RENAME TO "{template}"')
        copy_database_on_postgres(template, target)


def _create_migrated_database(name: str) -> None:
    """Create a database on the server and migrate it as its owner."""
    settings_dict = connection.settings_dict
    former, wanted = settings_dict["NAME"], settings_dict["TEST"]["NAME"]
    settings_dict["TEST"]["NAME"] = name
    try:
        with as_owner():
            setup_databases(verbosity=0, interactive=False)
        connection.close_pool()
        grant(name)
        # PostgreSQL counts rows by itself sooner or later, and then plans differently. If it counts between two tests,
        # it finds full tables without a row, which no installation has, and plans nested loops that take minutes.
        # So it counts once, and every run has the same plans.
        with psycopg.connect(SUPERUSER_URL, dbname=name, autocommit=True) as server:
            server.execute("ANALYZE")
            for table in _list_tables(server):
                server.execute(
                    f'ALTER TABLE "{table}" SET (autovacuum_enabled = false, toast.autovacuum_enabled = false)'
                )
    finally:
        settings_dict["NAME"], settings_dict["TEST"]["NAME"] = former, wanted


def vacuum_large_tables() -> None:
    """Remove from the test database what rolled-back tests left in it, as PostgreSQL may not do it by itself here."""
    with psycopg.connect(SUPERUSER_URL, dbname=str(connection.settings_dict["NAME"]), autocommit=True) as server:
        for table in _list_tables(server, min_bytes=LARGE_TABLE_BYTES):
            server.execute(f'VACUUM "{table}"')


def _list_tables(server: psycopg.Connection, min_bytes: int = 0) -> list[str]:
    """Return the names of our tables with at least so many bytes."""
    rows = server.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        " AND pg_relation_size(oid) >= %s ORDER BY relname",
        [min_bytes],
    )
    return [name for (name,) in rows]


def copy_database_on_postgres(source: str, target: str) -> None:
    """Copy a whole database with its triggers. Nobody may be connected to the source."""
    run_maintenance(f'CREATE DATABASE "{target}" TEMPLATE "{source}" OWNER {OWNER}')
    run_maintenance(f'REVOKE ALL ON DATABASE "{target}" FROM PUBLIC')  # a template does not pass on its rights
    run_maintenance(f'GRANT CONNECT ON DATABASE "{target}" TO {APPLICATION}')


def run_maintenance(statement: str, *parameters: str) -> None:
    """Run a statement about whole databases (PostgreSQL)."""
    with psycopg.connect(SUPERUSER_URL, dbname="postgres", autocommit=True) as server:
        server.execute(statement, parameters or None)


@contextmanager
def as_owner() -> Iterator[None]:
    """Reconnect as the owner of the tables, for migrations, and as the application at the end.

    On SQLite, which has no roles, nothing changes.
    """
    if connection.vendor != "postgresql":
        yield
        return
    options = connection.settings_dict["OPTIONS"]
    as_application = options["options"]
    _connect_with(options=f"{as_application} -c role={OWNER}")
    try:
        yield
    finally:
        _connect_with(options=as_application)


def _connect_with(*, options: str) -> None:
    connection.close()
    connection.close_pool()
    connection.settings_dict["OPTIONS"]["options"] = options


def grant(database: str, owner: str = OWNER, application: str = APPLICATION) -> None:
    """Run the shipped script roles.sql in `database`."""
    with psycopg.connect(SUPERUSER_URL, dbname=database, autocommit=True) as server:
        server.execute("SELECT set_config('tiptracker.owner', %s, false)", [owner])
        server.execute("SELECT set_config('tiptracker.app', %s, false)", [application])
        server.execute(ROLES_SQL.read_text())


def migrate_in_other_process(url: str, app: str, environment: dict[str, str]) -> None:
    """Migrate one app of the database at `url` in another process, with settings that this one lacks.

    On PostgreSQL a superuser migrates, and the shipped script gives the new tables to the owner.
    """
    is_postgres = connection.vendor == "postgresql"
    address = urlsplit(SUPERUSER_URL)._replace(path=urlsplit(url).path).geturl() if is_postgres else url
    subprocess.run(
        [sys.executable, "manage.py", "migrate", app, "--verbosity=0"],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": address} | environment,
        check=True,
    )
    if is_postgres:
        grant(urlsplit(url).path.removeprefix("/"))


def run_as_owner(statement: str) -> None:
    """Run a statement as the owner, in the current transaction or a new one (PostgreSQL)."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {OWNER}")
        cursor.execute(statement)
        cursor.execute(f"SET LOCAL ROLE {APPLICATION}")
