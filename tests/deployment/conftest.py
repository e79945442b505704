"""Containers are made where there is PostgreSQL, Redis and a root who may mount; in CI nothing of it may be missing."""

import os
import shutil
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.database_roles import SUPERUSER_URL, grant
from tests.deployment.container import Image, compose, why_impossible
from tests.deployment.production import VALUES, Production, Web, serve


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    wanted = [item for item in items if any(item.iter_markers("container"))]
    if not wanted:
        return
    if not (os.environ["DATABASE_URL"].startswith("postgres") and os.environ["REDIS_URL"]):
        reason = "production stands on PostgreSQL and Redis: set DATABASE_URL and REDIS_URL"
    elif not shutil.which("nginx"):
        reason = "there is no nginx here: apt-get install nginx-light"
    else:
        why = why_impossible()
        reason = f"no container can be made here: {why}" if why else ""
    if not reason:
        return
    if os.environ.get("CONTAINERS") == "required":
        raise pytest.UsageError(f"CONTAINERS=required, and {reason}")
    for item in wanted:
        item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def production(tmp_path_factory) -> Iterator[Production]:
    """The image, and a database that its own service has migrated."""
    folder = tmp_path_factory.mktemp("production")
    name = f"test_image_{os.getpid()}"
    urls = {"the superuser": SUPERUSER_URL, "the application": os.environ["DATABASE_URL"]}
    urls = {who: urlsplit(url)._replace(path=f"/{name}").geturl() for who, url in urls.items()}
    environment = {
        "DATABASE_URL": urls["the application"],
        "REDIS_URL": os.environ["REDIS_URL"],
        "GRANIAN_HOST": "127.0.0.1",
    }
    made = Production(Image.build("", folder / "image"), compose(**VALUES), folder, environment)
    with psycopg.connect(SUPERUSER_URL, dbname="postgres", autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        try:
            migrate = made.container("migrate", DATABASE_URL=urls["the superuser"])
            migrate.run(migrate.service["command"])
            grant(name)
            yield made
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def web(production) -> Iterator[Web]:
    running = serve(production, "web")
    yield running
    running.container.stop()
