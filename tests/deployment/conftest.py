"""Fixtures for tests in containers. They need PostgreSQL, Redis, nginx and root; in CI all of these must be there."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.conftest import copy_database, drop_database
from tests.deployment.container import Image, compose, why_unavailable
from tests.deployment.production import COMPOSE_VARIABLES, Production, Web, serve
from tests.deployment.proxy import HOST_NAME


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    wanted = [item for item in items if any(item.iter_markers("container"))]
    if not wanted:
        return
    for item in wanted:
        item.add_marker("long")  # so that they run together in one process, which builds the image once
    if not (os.environ["DATABASE_URL"].startswith("postgres") and os.environ["REDIS_URL"]):
        reason = "production stands on PostgreSQL and Redis: set DATABASE_URL and REDIS_URL"
    elif not shutil.which("nginx"):
        reason = "there is no nginx here: apt-get install nginx-light"
    else:
        why = why_unavailable()
        reason = f"no container can be made here: {why}" if why else ""
    if not reason:
        return
    if os.environ.get("CONTAINERS") == "required":
        raise pytest.UsageError(f"CONTAINERS=required, and {reason}")
    for item in wanted:
        item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def image(tmp_path_factory) -> Image:
    """The image of the application."""
    return Image.build("", tmp_path_factory.mktemp("application") / "image")


@pytest.fixture(scope="session")
def proxy_image(tmp_path_factory) -> Image:
    image = Image.build("proxy", tmp_path_factory.mktemp("proxy") / "image")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    where = ["-keyout", "tls_key", "-out", "tls_certificate", "-subj", f"/CN={HOST_NAME}"]
    subprocess.run([*command, *where], cwd=image.folder.parent, check=True, capture_output=True)
    (image.folder.parent / "tls_key").chmod(0o644)  # the tests' own
    return image


@pytest.fixture(scope="session")
def production(image, tmp_path_factory, database_template: str, django_db_blocker) -> Iterator[Production]:
    """The image, and a database for it."""
    folder, name = tmp_path_factory.mktemp("production"), f"{database_template}_image"
    with django_db_blocker.unblock():
        copy_database(database_template, name)
    environment = {
        "DATABASE_URL": urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl(),
        "REDIS_URL": os.environ["REDIS_URL"],
        "GRANIAN_HOST": "127.0.0.1",
    }
    yield Production(image, compose(**COMPOSE_VARIABLES), folder, environment)
    with django_db_blocker.unblock():
        drop_database(name)


@pytest.fixture(scope="session")
def web(production) -> Iterator[Web]:
    running = serve(production, "web")
    yield running
    running.container.stop()
