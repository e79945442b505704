from django.apps import AppConfig
from django.db.backends.signals import connection_created

from tiptracker import celery  # noqa: F401 -- tasks belong to this application, not to a default one


class TiptrackerConfig(AppConfig):
    name = "tiptracker"

    def ready(self) -> None:
        """Give each connection to SQLite what the search needs."""
        from tiptracker.web.search import register_sqlite_function  # noqa: PLC0415 -- once Django has loaded

        connection_created.connect(register_sqlite_function)
