"""A separate PostgreSQL that hangs, is killed and returns, with the application's connection options."""

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from django.db import OperationalError, connection
from django.db.utils import ConnectionHandler

from tests.performance.faults import free_port, postgres, wait_for
from tiptracker.infrastructure.database import BoundedConnection, connection_class, postgres_options
from tiptracker.infrastructure.outages import BUSY, UNREACHABLE, find_outage

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="a PostgreSQL of the test's own is started")


@pytest.fixture(scope="module")
def server():
    with TemporaryDirectory(prefix="tiptracker-postgres-") as name:  # pytest's own folders are root's alone
        folder = Path(name)
        folder.chmod(0o755)
        process = postgres(folder, free_port())
        process.start()
        yield process
        process.kill()


@pytest.fixture
def database(server, django_db_blocker):
    """A connection of Django's to it, with the options of the settings."""
    options = postgres_options(statement_seconds=30, pool=2)
    where = {"ENGINE": "django.db.backends.postgresql", "NAME": "postgres", "USER": "postgres", "HOST": "127.0.0.1"}
    handler = ConnectionHandler(
        {"default": where | {"PORT": server.port, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}}
    )
    own = handler["default"]
    with django_db_blocker.unblock():
        yield own
        own.close()
        own.close_pool()


def run_statement(database, statement="SELECT 1"):
    with database.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()


def operational_error(database, statement="SELECT 1"):
    """What Django says where the question ends in an error; a request's connection goes back to the pool."""
    with pytest.raises(OperationalError) as error:
        run_statement(database, statement)
    database.close()
    return error.value


def test_frozen_server_is_an_outage_and_is_used_again_when_it_answers(server, database):
    assert run_statement(database) == (1,)
    database.close()

    server.freeze()
    try:
        assert find_outage(operational_error(database)) is UNREACHABLE
    finally:
        server.thaw()

    assert run_statement(database) == (1,)


def has_recovered(server):
    with suppress(psycopg.OperationalError):
        psycopg.connect(host="127.0.0.1", port=server.port, user="postgres", dbname="postgres").close()
        return True
    return False


def test_the_first_request_after_an_outage_is_answered(server, database):
    """By default a pool tries again after pauses that grow with the outage."""
    assert run_statement(database) == (1,)
    database.close()
    server.kill()
    (server.folder / "postgres" / "postmaster.pid").unlink(missing_ok=True)
    assert find_outage(operational_error(database)) is UNREACHABLE

    server.start()
    wait_for(lambda: has_recovered(server), "PostgreSQL")
    assert run_statement(database) == (1,)
    assert database.pool.reconnect_timeout <= 1
    assert database.pool.timeout <= 2


def test_a_server_that_stops_in_mid_sentence_is_given_up(server):
    """The server's own limits are of no use then."""
    kind = connection_class(0.2)
    own = kind.connect(host="127.0.0.1", port=server.port, user="postgres", dbname="postgres")
    server.freeze()
    try:
        with pytest.raises(psycopg.OperationalError, match="said nothing"):
            own.execute("SELECT 1")
    finally:
        server.thaw()
    assert own.closed


def test_no_statement_and_no_lock_is_waited_for_without_an_end(server):
    told = postgres_options(statement_seconds=30, pool=2)["options"]
    own = BoundedConnection.connect(
        host="127.0.0.1", port=server.port, user="postgres", dbname="postgres", options=told
    )
    limits = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    assert [own.execute(f"SHOW {name}").fetchone()[0] for name in limits] == ["30s", "10s", "2min"]

    own.execute("SET statement_timeout = 10")
    with pytest.raises(psycopg.errors.QueryCanceled) as error:
        own.execute("SELECT pg_sleep(60)")
    own.close()
    assert find_outage(error.value) is BUSY
