"""`manage.py sign_off_language CODE`: let people choose a language, or switch it off."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tiptracker import clock
from tiptracker.errors import Refused
from tiptracker.languages.actions import sign_off, switch_off


class Command(BaseCommand):
    help = (
        "Sign a language off, so that people may choose it, and name the speaker who reviewed it. With --off, switch "
        "it off. Administrators of the installation do the same on the page “Languages”. Example: "
        "manage.py sign_off_language fr --speaker 'Marie Dubois' --office 'interpreter of the embassy'"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("language", help="the code of the language, such as fr")
        parser.add_argument("--speaker", default="", help="the name of the speaker who reviewed it")
        parser.add_argument("--office", default="", help="what the speaker is")
        parser.add_argument("--off", metavar="REASON", default="", help="switch the language off, for this reason")

    def handle(self, *, language: str, speaker: str, office: str, off: str, **options: Any) -> None:
        now = clock.now()
        try:
            if off:
                switch_off(language=language, reason=off, by=None, now=now)
            else:
                sign_off(language=language, speaker=speaker, speaker_office=office, by=None, now=now)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{language} is switched off." if off else f"{language} is signed off.")
