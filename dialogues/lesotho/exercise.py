"""An exercise on top of the public record: made-up submissions, reviews and slips, each plainly marked as made up.

It shows every state a thing can be in, between 24 November 2021 and late January 2022. Everything is done by the
exercise's own people through the actions that everybody uses, so that it can't hold what the product would refuse. No
official figure is touched: those of the exercise cover a part of the year, say so, and go with evidence of their own.
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
"""The log's word for a step that was played: steps come in order, so their number says where to go on."""


class ExerciseResult(NamedTuple):
    """What came of it: steps played now, steps found played, steps whose day has not come."""

    played: int
    found: int
    left_out: int


STEPS = (*exercise_2021.STEPS, *exercise_2022.STEPS)
"""All of them, in the order in which they happen."""


def play_exercise(*, now: datetime) -> ExerciseResult:
    """Make the exercise's people and play each step that is due by `now` (aware) and wasn't played yet.

    The public record must be loaded up to the same moment. Each action of a step has a transaction of its own, as when
    people do it: where a step was interrupted, the database has to be emptied. Raises Refused.
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
