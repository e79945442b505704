"""These tests start their own PostgreSQL and Redis. They run where the suite runs on PostgreSQL, as in `.ci/run`."""

import os
import shutil
from pathlib import Path

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    own = [item for item in items if Path(__file__).parent in item.path.parents]
    missing = [name for name in ("redis-server", "redis-cli") if not shutil.which(name)]
    missing += (
        [] if list(Path("/usr/lib/postgresql").glob("*/bin/postgres")) or shutil.which("postgres") else ["postgres"]
    )
    if os.environ.get("CONTAINERS") == "required" and missing:
        raise pytest.UsageError(f"CONTAINERS=required, and these programs are missing: {', '.join(missing)}")
    for item in own:
        item.add_marker("long")
        if missing:
            item.add_marker(pytest.mark.skip(reason=f"missing here: {', '.join(missing)}"))
        elif not os.environ["DATABASE_URL"].startswith("postgres"):
            item.add_marker(pytest.mark.skip(reason="production stands on PostgreSQL and Redis: set DATABASE_URL"))
