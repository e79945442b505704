from django.apps import AppConfig
from django.db.backends.signals import connection_created


class DialoguesConfig(AppConfig):
    name = "dialogues"

    def ready(self) -> None:
        """Let each connection tell people why an edition that was disposed of takes no further rows."""
        from dialogues.closed_editions import watch_closed_rows  # noqa: PLC0415 -- once Django has loaded

        connection_created.connect(watch_closed_rows)
