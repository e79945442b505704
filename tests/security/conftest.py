from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.test import override_settings
from django.utils import timezone

from dialogues.files.previews import PreviewError
from dialogues.views import previews
from tests.conftest import connect_to, copy_database, drop_database
from tests.security.world import World
from tests.transactions import outer_transaction
from tiptracker.accounts import sessions


@pytest.fixture(autouse=True)
def second_factor_required(settings):
    settings.SECOND_FACTOR_REQUIRED = True


@pytest.fixture(scope="session")
def world_database(database_template: str, django_db_blocker) -> Iterator[tuple[str, World]]:
    """A database with the rows of the world, filled once per process. Yields its name and the world."""
    with django_db_blocker.unblock():
        ordinary = str(connection.settings_dict["NAME"])
        name = f"{ordinary}_world"
        copy_database(database_template, name)
        connect_to(name)
        with create_world() as world:
            connection.run_on_commit = []  # messages for a worker
        connect_to(ordinary)
        yield name, world
    drop_database(name)


@contextmanager
def create_world() -> Iterator[World]:
    """Create the world in a transaction, on the usual day of the tests' clock."""
    then = override_settings(DEMO_CLOCK=f"2022-01-28T09:00:00+02:00 {timezone.now().isoformat()}")
    with then, outer_transaction():
        yield World()


@pytest.fixture(scope="module")
def world(world_database: tuple[str, World], django_db_blocker) -> Iterator[World]:
    """The rows of two countries and their readers. Each request of a test rolls back what it wrote."""
    name, world = world_database
    with django_db_blocker.unblock(), reuse_drawn_previews(), pytest.MonkeyPatch.context() as patch:
        # Once a minute a request records that its session is used. Equal requests are to send equal queries.
        patch.setattr(sessions, "STAMP_INTERVAL_SECONDS", float("inf"))
        ordinary = str(connection.settings_dict["NAME"])
        connect_to(name)
        with outer_transaction():
            world.sign_in()  # unused sessions end after half an hour, and a whole run may take that long
            yield world
            transaction.set_rollback(True)
        connect_to(ordinary)


_drawn_previews: dict[tuple[object, ...], object] = {}


@contextmanager
def reuse_drawn_previews() -> Iterator[None]:
    """Draw each page of each file once: these tests check who may see it, not how it is drawn."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("read_outline_in_sandbox", "draw_page_in_sandbox"):
            patch.setattr(previews, name, _reuse_result(name, getattr(previews, name)))
        yield


def _reuse_result(name, draw):
    def drawn_once(*arguments, run):
        key = (name, *arguments)
        if key not in _drawn_previews:
            try:
                _drawn_previews[key] = draw(*arguments, run=run)
            except PreviewError as error:
                _drawn_previews[key] = error
        if isinstance(_drawn_previews[key], PreviewError):
            raise PreviewError
        return _drawn_previews[key]

    return drawn_once
