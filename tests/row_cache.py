"""Rows that take long to make: made once in a process, and put into the database of each later test as they were."""

from collections.abc import Callable, Hashable
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, transaction

from tests.database_roles import run_as_owner
from tests.transactions import a_tests_own_transaction
from tiptracker.accounts.models import Country

OURS = ("accounts", "audit", "jobs", "mail", "recommendations", "dialogues", "reports")
_kept: dict[Hashable, tuple[Any, list[list[Any]]]] = {}


def once[T](make: Callable[..., T], *arguments: Hashable, **named: Hashable) -> T:
    """What `make` gives with these arguments at the domain's now; all rows that it writes into an empty database.

    Loading Lesotho takes a third of a second, the exercise on top two; putting their rows back, with every constraint
    and trigger on, a fiftieth. Files stay where the first has put them, and no message is sent to a worker.
    """
    assert not Country.objects.exists(), "what is there already would be kept as if it had been made"
    key = (make, arguments, frozenset(named.items()), settings.DEMO_CLOCK.partition(" ")[0])
    if key not in _kept:
        with a_tests_own_transaction():
            made = make(*arguments, **named)
            _kept[key] = made, [list(model._base_manager.order_by("pk")) for model in _models()]
            transaction.set_rollback(True)
    made, tables = _kept[key]
    _put_back(tables)
    return made


def _models():
    return [model for app in OURS for model in apps.get_app_config(app).get_models(include_auto_created=True)]


@transaction.atomic
def _put_back(tables: list[list[Any]]) -> None:
    for rows in filter(None, tables):
        type(rows[0])._base_manager.bulk_create(rows)
    for statement in connection.ops.sequence_reset_sql(no_style(), _models()):  # SQLite has none
        run_as_owner(statement)
