"""`manage.py load_lesotho`: load the public record of Lesotho, and with --exercise a made-up exercise as well."""

from argparse import ArgumentParser
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dialogues.lesotho.entries import read_record
from dialogues.lesotho.exercise_player import play_exercise, read_exercise
from dialogues.lesotho.loading import LoadResult, load_public_record
from tiptracker import clock
from tiptracker.data_files import DataFileError
from tiptracker.errors import Refused
from tiptracker.localization import format_date


class Command(BaseCommand):
    help = (
        "Load the public record of Lesotho and its 2021 edition, as far as it was known on the date of the "
        "application's clock. Running it again adds newer facts and changes nothing else. Exits with 1 if it fails. "
        "Example: manage.py load_lesotho"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--exercise",
            action="store_true",
            help="also load made-up updates, reviews and delays, each marked as an exercise, with their accounts; only "
            "in the demonstration",
        )

    def handle(self, *, exercise: bool, **options: Any) -> None:
        if exercise and not settings.DEMONSTRATION:
            raise CommandError(
                "The exercise is made up and runs only in the demonstration. Load the public record without "
                "--exercise, or run `make demo`."
            )
        try:
            record = read_record()
            now = clock.now(record.country.time_zone)
            if exercise and now < record.list_recorded_at:
                raise CommandError(
                    "The exercise needs the 2021 edition, known from 1 July 2021. Set the clock to a later day."
                )
            written_before, steps = _play_exercise(now) if exercise else (0, None)
            entries = load_public_record(now=now)
        except (DataFileError, Refused) as error:
            raise CommandError(str(error)) from error
        written = _format_count(written_before + entries.written, "fact")
        self.stdout.write(f"Lesotho: {written} written, {entries.existing - written_before} already loaded.")
        if entries.left_out:
            self.stdout.write(_left_out_sentence(entries.left_out, "fact", "not known yet", now.date()))
        if steps:
            self.stdout.write(
                f"Exercise: {_format_count(steps.written, 'step')} played, {steps.existing} played before."
            )
            if steps.left_out:
                self.stdout.write(_left_out_sentence(steps.left_out, "step", "still to come", now.date()))


def _play_exercise(now: datetime) -> tuple[int, LoadResult]:
    """Play the exercise on what was known until its end. Return the number of facts loaded for it, and the result."""
    end = read_exercise().steps[-1].at
    loaded = load_public_record(now=min(now, end))
    try:
        return loaded.written, play_exercise(now=now)
    except Refused as refusal:
        day = format_date(end.date())
        raise CommandError(
            f"The exercise ends on {day}, but later facts are already loaded. Start with an empty database."
        ) from refusal


def _format_count(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number} {noun}s"


def _left_out_sentence(number: int, noun: str, reason: str, day: date) -> str:
    """Return a sentence on what was left out because the clock has not reached it."""
    verb, past_verb = ("is", "was") if number == 1 else ("are", "were")
    return f"{_format_count(number, noun)} {verb} {reason} on {format_date(day)} and {past_verb} left out."
