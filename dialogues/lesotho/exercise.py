"""An exercise on top of the public record: made-up updates, reviews and delays, each clearly marked as made up.

It shows every possible state, between 24 November 2021 and late January 2022. The users of the exercise do everything
through the ordinary actions, so it contains nothing that the product would refuse. It changes no official figure: its
own figures cover a part of the year, say so, and have evidence of their own.
"""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from dialogues.lesotho import edition_data, exercise_2021, exercise_2022, seed_accounts
from dialogues.lesotho.exercise_context import ExerciseContext
from dialogues.lesotho.loading import ENTRIES
from tiptracker.accounts.models import Country
from tiptracker.audit import actions as audit
from tiptracker.audit.models import AuditEntry
from tiptracker.errors import Refused

PLAYED_VERB = "exercise.played"
"""Verb of the log entry for a played step.

Steps are played in order, so the number of entries says where to continue.
"""


class ExerciseResult(NamedTuple):
    """The number of steps played now, played before, and not due yet."""

    played: int
    found: int
    left_out: int


STEPS = (*exercise_2021.STEPS, *exercise_2022.STEPS)
"""All steps in chronological order."""


def play_exercise(*, now: datetime) -> ExerciseResult:
    """Create the users of the exercise and play each step that is due by `now` (aware) and was not played yet.

    The public record must be loaded up to the same moment. Each action of a step has its own transaction, as when
    people use the product. If a step is interrupted, the database has to be emptied. Raises Refused.
    """
    country = Country.objects.get(code=edition_data.COUNTRY.code)
    found = AuditEntry.objects.filter(verb=PLAYED_VERB, country=country).count()
    due = [step for step in STEPS[found:] if step.at <= now]
    loaded = AuditEntry.objects.filter(country=country, verb__endswith=".loaded").exclude(verb="user.loaded")
    if due and loaded.count() > sum(fact.recorded_at <= STEPS[-1].at for fact in ENTRIES):
        raise Refused("What became known after the exercise is loaded already.")
    seed_accounts.ensure_exercise_users(country)
    for step in due:
        step.play(ExerciseContext(country, step.at))
        with transaction.atomic():
            audit.record(
                PLAYED_VERB, by=None, row=country, country=country, after={"step": step.play.__doc__, "at": step.at}
            )
    return ExerciseResult(len(due), found, left_out=len(STEPS) - found - len(due))
