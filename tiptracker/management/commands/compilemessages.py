"""Django's compilemessages, without GNU gettext: it compiles the catalogues that have changed."""

from typing import Any

from django.core.management.base import BaseCommand

from tiptracker.languages.catalogues import LOCALE_DIR, compile_catalogues


class Command(BaseCommand):
    help = (
        "Compile the catalogues of translations that have changed. It needs no GNU gettext. make setup does it. "
        "Example: manage.py compilemessages"
    )
    requires_system_checks = ()

    def handle(self, **options: Any) -> None:
        for file in compile_catalogues():
            self.stdout.write(f"Compiled {file.relative_to(LOCALE_DIR)}.")
