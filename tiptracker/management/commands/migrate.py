"""`manage.py migrate`: Django's own, which creates the tables of a new database at once."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from tiptracker.infrastructure import new_database

OTHER_WISHES = ("app_label", "plan", "check_unapplied", "fake", "fake_initial", "prune")
"""Options that ask for something else than all migrations, or for the steps themselves."""


class Command(migrate.Command):
    help = (
        "Create the tables of a new database, or apply the migrations that an existing one lacks. "
        "Example: manage.py migrate"
    )

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        if not any(options[name] for name in OTHER_WISHES) and new_database.is_new(connection):
            new_database.create_tables(connection)
        super().handle(*args, **options)
