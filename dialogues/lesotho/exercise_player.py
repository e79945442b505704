"""An exercise on top of the public record: made-up updates, reviews and delays, each clearly marked as made up.

It shows every possible state, between 24 November 2021 and late January 2022. The users of the exercise do everything
through the ordinary actions, so it contains nothing that the product would refuse. It changes no official figure: its
own figures cover a part of the year, say so, and have evidence of their own.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Annotated, NamedTuple

from django.db import transaction

from dialogues.lesotho.accounts import ensure_user
from dialogues.lesotho.entries import TIME_ZONE, AccountEntry, read_record, read_record_with
from dialogues.lesotho.exercise_actions import STEP_ACTIONS, Scene, StepAction
from dialogues.lesotho.exercise_notes import WriteNote
from dialogues.lesotho.exercise_numbers import NUMBER_ACTIONS
from dialogues.lesotho.exercise_partners import AddPartner
from dialogues.lesotho.exercise_proofs import AgreeOnProof
from dialogues.lesotho.exercise_questions import QUESTION_ACTIONS
from dialogues.lesotho.exercise_requests import REQUEST_ACTIONS
from dialogues.lesotho.loading import LoadResult
from tiptracker.accounts.models import Country
from tiptracker.audit import actions as audit
from tiptracker.audit.models import AuditEntry
from tiptracker.data_files import DataReader, Sections
from tiptracker.errors import Refused
from tiptracker.infrastructure.locking import lock_rows

PLAYED_VERB = "exercise.played"
"""Verb of the log entry for a played step.

Steps are played in order, so the number of entries says where to continue.
"""
REQUESTS_PLAYED_VERB = "exercise.requests_played"
"""Verb of the log entry for a played step about requests. These steps are counted by themselves."""
QUESTIONS_PLAYED_VERB = "exercise.questions_played"
"""Verb of the log entry for a played step about the yearly questions, likewise."""
FACTS_PLAYED_VERB = "exercise.facts_played"
"""Verb of the log entry for a played step about facts without a recommendation, likewise."""
NUMBERS_PLAYED_VERB = "exercise.numbers_played"
"""Verb of the log entry for a played step about a dialogue by numbers, likewise."""
_FOLDER = Path(__file__).parent / "exercise"


OTHER_ACTIONS = {"agree_on_proof": AgreeOnProof, "write_note": WriteNote, "add_partner": AddPartner}


@dataclass(frozen=True, slots=True)
class ExerciseStep:
    """A step of the exercise: its moment, what the activity log says of it, and what people do, in order."""

    at: datetime
    log: str
    actions: Annotated[
        tuple[StepAction, ...],
        Sections({**STEP_ACTIONS, **REQUEST_ACTIONS, **QUESTION_ACTIONS, **NUMBER_ACTIONS, **OTHER_ACTIONS}),
    ]


class Exercise(NamedTuple):
    """The accounts of the exercise by key, its steps, and those about requests, questions and facts, in order.

    `steps_by_verb` holds each list of steps under the verb of their log entries.
    """

    accounts: dict[str, AccountEntry]
    steps_by_verb: dict[str, tuple[ExerciseStep, ...]]

    @property
    def steps(self) -> tuple[ExerciseStep, ...]:
        """The steps of the exercise besides those about requests, questions and facts."""
        return self.steps_by_verb[PLAYED_VERB]


@cache
def read_exercise() -> Exercise:
    """Read the exercise once. Raises DataFileError."""
    reader = DataReader(TIME_ZONE)
    read_record_with(reader)
    accounts = reader.read(_FOLDER / "accounts.toml", {"account": AccountEntry})
    steps = [
        step for year in (2021, 2022) for step in reader.read(_FOLDER / f"steps_{year}.toml", {"step": ExerciseStep})
    ]
    steps_by_verb = {
        PLAYED_VERB: tuple(steps),
        REQUESTS_PLAYED_VERB: tuple(reader.read(_FOLDER / "requests.toml", {"step": ExerciseStep})),
        QUESTIONS_PLAYED_VERB: tuple(reader.read(_FOLDER / "questions.toml", {"step": ExerciseStep})),
        FACTS_PLAYED_VERB: tuple(reader.read(_FOLDER / "facts.toml", {"step": ExerciseStep})),
        NUMBERS_PLAYED_VERB: tuple(reader.read(_FOLDER / "numbers.toml", {"step": ExerciseStep})),
    }
    return Exercise({account.key: account for account in accounts}, steps_by_verb)


def play_exercise(*, now: datetime) -> LoadResult:
    """Create the users of the exercise and play each step that is due by `now` (aware) and was not played yet.

    The public record must be loaded up to the same moment. Each action of a step has its own transaction, as when
    people use the product. If a step is interrupted, the database has to be emptied. Raises DataFileError, Refused.
    """
    accounts, steps_by_verb = read_exercise()
    public_record = read_record()
    country = Country.objects.get(code=public_record.country.code)
    played, due = 0, []
    for verb, own_steps in steps_by_verb.items():
        before = AuditEntry.objects.filter(verb=verb, country=country).count()
        due += [(step, verb) for step in own_steps[before:] if step.at <= now]
        played += before
    loaded_entries = AuditEntry.objects.filter(country=country, verb__endswith=".loaded").exclude(verb="user.loaded")
    end = read_exercise().steps[-1].at
    if due and loaded_entries.count() > sum(entry.recorded_at <= end for entry in public_record.entries):
        raise Refused("later_entries_loaded", "Facts from after the exercise are already loaded.")
    _ensure_users(accounts, country)
    for step, verb in due:
        for action in step.actions:
            action.play(Scene(country, step.at, accounts))
        with transaction.atomic():
            audit.record(verb, by=None, row=country, country=country, after={"step": step.log, "at": step.at})
    return LoadResult(len(due), played, left_out=sum(map(len, steps_by_verb.values())) - played - len(due))


@transaction.atomic
def _ensure_users(accounts: dict[str, AccountEntry], country: Country) -> None:
    """Create all users of the exercise, so that a password can be set for them. Their ministries must exist."""
    if country.contact is None:
        lock_rows(Country.objects.filter(pk=country.pk))
    for account in accounts.values():
        ensure_user(account, country)
    if country.contact is None:
        officer = accounts["officer"]
        country.contact = ensure_user(officer, country)
        country.save(update_fields=["contact"])
        audit.record("country.changed", by=None, row=country, country=country, after={"contact": officer.name})
