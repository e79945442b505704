"""Containers are made where there is PostgreSQL, Redis and a root who may mount; in CI nothing of it may be missing."""

import os
import shutil

import pytest

from tests.deployment.container import why_impossible


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
