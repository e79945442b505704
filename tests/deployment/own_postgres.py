"""A PostgreSQL of the tests' own, as the image starts it, with the roles that the shipped script sets up."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.deployment.container import BASE_DIR
from tests.running_server import free_port

SCRIPT = BASE_DIR / "deploy" / "postgres" / "roles.sh"


def _find_program(name: str) -> str:
    """Debian keeps PostgreSQL's programs off the path."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which(name, path=os.pathsep.join([os.environ["PATH"], *map(str, folders)]))
    assert found, f"{name} is needed and is not here (Debian: postgresql)"
    return found


def _as_postgres() -> list[str]:
    """PostgreSQL refuses to run as root."""
    is_root = os.geteuid() == 0
    return ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"] if is_root else []


@contextmanager
def run_postgres() -> Iterator[dict[str, str]]:
    """A PostgreSQL as the image starts it, with one superuser that owns everything; gives how to reach it."""
    folder = Path(tempfile.mkdtemp(prefix="tiptracker-postgres-"))  # pytest's own folders are root's alone
    if _as_postgres():
        shutil.chown(folder, "postgres")
    data, port = folder / "data", str(free_port())
    subprocess.run(
        [*_as_postgres(), _find_program("initdb"), "--no-sync", "--auth-local", "trust", "--auth-host", "scram-sha-256",
         "--username", "tiptracker", "--pgdata", data],
        check=True, cwd="/", stdout=subprocess.DEVNULL,
    )  # fmt: skip
    started = subprocess.Popen(
        [*_as_postgres(), _find_program("postgres"), "-D", data, "-p", port, "-k", folder, "-c", "fsync=off",
         "-c", "listen_addresses=127.0.0.1"],
        cwd="/", stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert started.stderr
    try:
        for line in started.stderr:
            if "ready to accept connections" in line:
                break
        yield {"socket": str(folder), "port": port}
    finally:
        started.terminate()
        started.communicate()
        shutil.rmtree(folder)


def create_database(server: dict[str, str]) -> None:
    """Create the empty database of the application."""
    with psycopg.connect(
        host=server["socket"], port=server["port"], user="tiptracker", dbname="postgres", autocommit=True
    ) as admin:
        admin.execute("CREATE DATABASE tiptracker")


def set_up_roles(server: dict[str, str], owner_password: str, password: str) -> None:
    """Run the shipped script in the database of the application, as the image does."""
    environment = os.environ | {
        "PGHOST": server["socket"],
        "PGPORT": server["port"],
        "POSTGRES_USER": "tiptracker",
        "POSTGRES_DB": "tiptracker",
        "DATABASE_OWNER_PASSWORD": owner_password,
        "DATABASE_PASSWORD": password,
        "ROLES_SQL": str(SCRIPT.with_suffix(".sql")),
    }
    subprocess.run([SCRIPT], env=environment, check=True)
