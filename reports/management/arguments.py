"""What commands share: their refusals, and the rows that their arguments name.

A row that is not there raises Refused with a sentence.
"""

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from dialogues.models import Dialogue
from recommendations.models import Edition
from tiptracker.accounts.models import Country, Ministry, User
from tiptracker.choices import Role
from tiptracker.errors import Refused
from tiptracker.infrastructure.read_snapshot import snapshot
from tiptracker.localization import join_with_and


class RefusingCommand(BaseCommand):
    """A command that prints why it refuses, and exits with 2."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except Refused as refusal:
            self.stderr.write(str(refusal))
            raise SystemExit(2) from refusal


def add_edition_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("country", help="the country's code of three letters (ISO 3166-1), such as LSO")
    parser.add_argument("year", help="the year of the edition, such as 2021")


def get_edition(code: str, year: str) -> Edition:
    """Return the edition with its country, if it has recommendations to follow."""
    country = Country.objects.filter(code=code.upper()).first()
    if country is None:
        codes = list(Country.objects.values_list("code", flat=True).order_by("code"))
        there = f"Choose one of: {join_with_and(codes)}." if codes else "No country has been loaded yet."
        raise Refused("unknown_country", f"There is no country with the code “{code}” here. {there}")
    tracked = {
        str(edition.year): edition
        for edition in Edition.objects.filter(country=country).select_related("country").tracked()
    }
    if year not in tracked:
        there = f"Choose one of: {join_with_and(tracked)}." if tracked else "Load one first."
        raise Refused("untracked_edition", f"No edition {year} on {country} has recommendations to follow. {there}")
    return tracked[year]


def get_ministry(name: str, country: Country) -> Ministry:
    """Return the ministry of a country with this name or short name, ignoring case."""
    there = list(Ministry.objects.filter(country=country).order_by("name"))
    for known in there:
        if name.strip().casefold() in (known.name.casefold(), known.short_name.casefold()):
            return known
    names = (
        f"Choose one of: {join_with_and(known.short_name for known in there)}." if there else "None has been added yet."
    )
    raise Refused("unknown_ministry", f"There is no ministry called “{name}” in {country}. {names}")


def get_dialogue(name: str | None, country: Country, as_of: date, known_by: datetime) -> Dialogue:
    """Return the dialogue of a country on this date, or with this date and place if that day has two.

    Without a name: the next one planned on or after the day, or else the last one held. Never one that was called off.
    """
    there = list(Dialogue.objects.filter(country=country).nearest_first(as_of, known_by=known_by))
    if not there:
        raise Refused(
            "no_dialogues",
            f"No dialogue with {country} is planned or recorded yet. Plan one first, on the page of dialogues.",
        )
    if name is None:
        return there[0]
    called = [known for known in there if name.strip() in (known.held_on.isoformat(), str(known))]
    if not called:
        days = join_with_and(sorted({known.held_on.isoformat() for known in there}))
        raise Refused("unknown_dialogue", f"There is no dialogue with {country} on “{name}”. Choose one of: {days}.")
    if len(called) > 1:
        names = " or ".join(f"“{dialogue}”" for dialogue in called)
        raise Refused(
            "ambiguous_dialogue", f"There are {len(called)} dialogues on {name}. Say which one is meant: {names}."
        )
    return called[0]


@contextmanager
def temporary_ambassador(country: Country) -> Iterator[User]:
    """Provide an ambassador who exists only in this block: no account is needed before or left after."""
    with snapshot(), transaction.atomic():
        reader = User.objects.create(
            email="issue.briefing@tip-tracker.invalid", name="issue_briefing", role=Role.AMBASSADOR
        )
        reader.countries.add(country)
        yield reader
        transaction.set_rollback(True)
