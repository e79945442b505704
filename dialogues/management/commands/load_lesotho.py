"""`manage.py load_lesotho`: load the public record of Lesotho, and with --exercise a made-up exercise as well."""

from argparse import ArgumentParser
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dialogues.lesotho import edition_data
from dialogues.lesotho.exercise import STEPS, ExerciseResult, play_exercise
from dialogues.lesotho.loading import load_public_record
from tiptracker import clock
from tiptracker.errors import Refused
from tiptracker.validation import format_date


class Command(BaseCommand):
    help = (
        "Load the public record of Lesotho and its 2021 edition, as far as it is known at the clock's now. "
        "Running it again adds what has become known since, and changes nothing else."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--exercise",
            action="store_true",
            help="Add made-up submissions, reviews and slips, each plainly marked, and the accounts of the exercise.",
        )

    def handle(self, *, exercise: bool, **options: Any) -> None:
        if exercise and not settings.DEMONSTRATION:
            raise CommandError(
                "The exercise is made up, and belongs to the demonstration alone. Load the public record without "
                "--exercise, or try the exercise with `make demo`."
            )
        now = clock.now(edition_data.COUNTRY.time_zone)
        if exercise and now < edition_data.TERMS_RECORDED_AT:
            raise CommandError("The exercise needs the 2021 edition, known from 1 July 2021. Choose a later day.")
        try:
            before, steps = _play_exercise(now) if exercise else (0, None)
            facts = load_public_record(now=now)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            f"Lesotho: {_format_count(before + facts.written, 'fact')} written, {facts.found - before} found as "
            f"they are."
        )
        if facts.left_out:
            self.stdout.write(_left_out_sentence(facts.left_out, "fact", "not yet known", now.date()))
        if steps:
            self.stdout.write(f"Exercise: {_format_count(steps.played, 'step')} played, {steps.found} played before.")
            if steps.left_out:
                self.stdout.write(_left_out_sentence(steps.left_out, "step", "still to come", now.date()))


def _play_exercise(now: datetime) -> tuple[int, ExerciseResult]:
    """Play the exercise on what was known until its end. Return the number of facts loaded for it, and the result."""
    known = load_public_record(now=min(now, STEPS[-1].at))
    try:
        return known.written, play_exercise(now=now)
    except Refused as refusal:
        day = format_date(STEPS[-1].at.date())
        raise CommandError(
            f"The exercise ends on {day}, and what became known later is loaded already. Begin with an empty database."
        ) from refusal


def _format_count(number: int, thing: str) -> str:
    return f"1 {thing}" if number == 1 else f"{number} {thing}s"


def _left_out_sentence(number: int, thing: str, why: str, day: date) -> str:
    """Return a sentence on what was left out because the clock has not reached it."""
    are, were = ("is", "was") if number == 1 else ("are", "were")
    return f"{_format_count(number, thing)} {are} {why} on {format_date(day)} and {were} left out."
