"""What somebody typed after a command, as the row, the day and the moment they meant; else Refused with a sentence."""

from datetime import date, datetime

from recommendations.models import Edition
from reports import wording
from tiptracker.accounts.models import Country
from tiptracker.refusals import Refused


def edition(code: str, year: str) -> Edition:
    """The edition asked for, if there is one with recommendations to follow; with its country."""
    country = Country.objects.filter(code=code.upper()).first()
    if country is None:
        codes = list(Country.objects.values_list("code", flat=True).order_by("code"))
        there = f"There is {wording.listed(codes)}." if codes else "None has been loaded yet."
        raise Refused(f"There is no country with the code “{code}” here. {there}")
    tracked = {
        str(one.year): one for one in Edition.objects.filter(country=country).select_related("country").tracked()
    }
    if year not in tracked:
        there = f"There is {wording.listed(tracked)}." if tracked else "Load one first."
        raise Refused(f"No edition {year} on {country} has recommendations to follow. {there}")
    return tracked[year]


def day(told: str, asked: Edition, today: date) -> date:
    """A day from the first of the tracking period to `today`, the country's."""
    try:
        meant = date.fromisoformat(told)
    except ValueError as error:
        raise Refused(f"“{told}” is no day. Give one such as 2022-03-31 after --as-of.") from error
    if meant > today:
        raise Refused(f"{wording.day(meant)} has not come yet. Ask for today, {wording.day(today)}, or an earlier day.")
    if meant < asked.starts_on:
        raise Refused(f"The tracking period begins on {wording.day(asked.starts_on)}. Ask for that day or a later one.")
    return meant


def moment(told: str) -> datetime:
    """A moment of knowledge, with its zone."""
    try:
        meant = datetime.fromisoformat(told)
    except ValueError as error:
        raise Refused(f"“{told}” is no moment. Give one such as 2022-07-31T23:59:59+02:00 after --known-by.") from error
    if meant.tzinfo is None:
        raise Refused(
            "Add the zone after --known-by, such as 2022-07-31T23:59:59+02:00: without it the moment is unclear."
        )
    return meant
