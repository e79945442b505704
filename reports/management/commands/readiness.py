"""`manage.py readiness LSO 2021 --as-of 2022-03-31`: how ready the record is, to read or as JSON."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand

from recommendations.models import Edition
from reports import document, wording
from reports.facts import gather_facts
from reports.readiness import Line, Readiness, readiness
from tiptracker import clock
from tiptracker.accounts.models import Country
from tiptracker.refusals import Refused


class Command(BaseCommand):
    help = "Say how ready the record of an edition is for a day, as known at a moment. It never predicts a tier."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("country", help="ISO 3166-1 alpha-3 code, such as LSO")
        parser.add_argument("year", help="the edition's year, such as 2021")
        parser.add_argument("--as-of", help="the day it is asked for, such as 2022-03-31; today where none is given")
        parser.add_argument(
            "--known-by", help="the moment of knowledge, such as 2022-07-31T23:59:59+02:00; now where none is given"
        )
        parser.add_argument("--json", action="store_true", dest="is_json", help="print the whole result as JSON")

    def handle(
        self, *, country: str, year: str, as_of: str | None, known_by: str | None, is_json: bool, **options: Any
    ) -> None:
        try:
            edition = _edition(country, year)
            result = readiness(
                gather_facts(edition), as_of=_day(as_of, edition), known_by=_moment(known_by) if known_by else None
            )
        except Refused as refusal:
            self.stderr.write(str(refusal))
            raise SystemExit(2) from refusal
        if is_json:
            self.stdout.write(json.dumps(document.as_document(result), indent=2, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(_read(result)))


def _edition(code: str, year: str) -> Edition:
    """The edition asked for, if there is one with recommendations to follow."""
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


def _day(told: str | None, edition: Edition) -> date:
    """The day asked for: from the first of the tracking period to the country's today."""
    today = clock.today(edition.country.time_zone)
    try:
        day = date.fromisoformat(told) if told else today
    except ValueError as error:
        raise Refused(f"“{told}” is no day. Give one such as 2022-03-31 after --as-of.") from error
    if day > today:
        raise Refused(f"{wording.day(day)} has not come yet. Ask for today, {wording.day(today)}, or an earlier day.")
    if day < edition.starts_on:
        raise Refused(
            f"The tracking period begins on {wording.day(edition.starts_on)}. Ask for that day or a later one."
        )
    return day


def _moment(told: str) -> datetime:
    """The moment of knowledge, with its zone."""
    try:
        moment = datetime.fromisoformat(told)
    except ValueError as error:
        raise Refused(f"“{told}” is no moment. Give one such as 2022-07-31T23:59:59+02:00 after --known-by.") from error
    if moment.tzinfo is None:
        raise Refused(
            "Add the zone after --known-by, such as 2022-07-31T23:59:59+02:00: without it the moment is unclear."
        )
    return moment


def _read(result: Readiness) -> Iterator[str]:
    """The result in lines of text; no figure of what is verified where nothing has been reviewed."""
    known = f", as known by {result.known_by.isoformat()}" if result.known_by else ""
    yield f"{result.edition.country} {result.edition.year}, as of {wording.day(result.as_of)}{known}"
    yield document.headline(result)
    parts = result.verified.parts
    printed = wording.printed([part.points for part in parts])
    for part, points in zip(parts, printed, strict=True):
        figure = (
            f"{points:.1f} of {wording.figure(wording.tenths(part.of))}" if result.is_reviewed else part.verdict.label
        )
        yield f"\n{part.key.label}: {figure}. {part.law}"
        lines = wording.printed([line.points for line in part.lines], total=points)
        for line, given in zip(part.lines, lines, strict=True):
            shown = f"{given:>5.1f}" if result.is_reviewed else ""
            named = line.title.lower() in line.finding.reason.lower()
            yield f"{shown:5}  {_line(line, '' if named else f'{line.title}. ')}"
    yield "\nBenchmarks"
    yield from (f"{one.line.key:>5}  {_line(one.line)}" for one in result.verified.benchmarks)
    yield from ("", *result.checks) if result.checks else ()
    yield f"\n{document.DISCLAIMER}"


def _line(line: Line, title: str = "") -> str:
    return f"{line.finding.verdict.label.lower():<13}{title}{line.finding.reason}"
