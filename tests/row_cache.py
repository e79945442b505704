"""Cache rows that take long to create: a process creates them once and inserts copies for later tests."""

from collections.abc import Callable, Hashable
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, transaction

from tests.database_roles import run_as_owner
from tests.transactions import outer_transaction
from tiptracker.accounts.models import Country

APP_LABELS = ("accounts", "audit", "jobs", "mail", "recommendations", "dialogues", "reports")
_cached_rows: dict[Hashable, tuple[Any, list[list[Any]]]] = {}


def load_cached[T](make: Callable[..., T], *arguments: Hashable, **named: Hashable) -> T:
    """Return the result of `make(*arguments, **named)`, with all rows that it writes in the database.

    The database must be empty. Rows are cached by function, arguments and the date of the tests' clock. Files stay
    where the first call stored them, and no message is sent to a worker. Loading Lesotho takes 0.3 s, the exercise 2 s;
    inserting their rows, with every constraint and trigger on, takes 0.02 s.
    """
    assert not Country.objects.exists(), "rows that are there already would be cached as if they were new"
    key = (make, arguments, frozenset(named.items()), settings.DEMO_CLOCK.partition(" ")[0])
    if key not in _cached_rows:
        with outer_transaction():
            made = make(*arguments, **named)
            _cached_rows[key] = made, [list(model._base_manager.order_by("pk")) for model in _own_models()]
            transaction.set_rollback(True)
    made, tables = _cached_rows[key]
    _insert_rows(tables)
    return made


def _own_models():
    return [model for app in APP_LABELS for model in apps.get_app_config(app).get_models(include_auto_created=True)]


@transaction.atomic
def _insert_rows(tables: list[list[Any]]) -> None:
    for rows in filter(None, tables):
        type(rows[0])._base_manager.bulk_create(rows)
    for statement in connection.ops.sequence_reset_sql(no_style(), _own_models()):  # SQLite has none
        run_as_owner(statement)
