"""`manage.py issue_briefing LSO 2021 --kind ambassador --as-of DAY --output FILE`: the file a job would make."""

from argparse import ArgumentParser
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.template.loader import render_to_string

from recommendations.models import Edition
from reports import asking, pdf, wording
from reports.briefing import build_briefing
from reports.content import BriefingContent
from reports.management import arguments
from reports.models import BriefingKind
from tiptracker import clock
from tiptracker.accounts.models import User
from tiptracker.refusals import Refused
from tiptracker.snapshot import snapshot
from tiptracker.words import Role


class Command(BaseCommand):
    help = (
        "Write a briefing on an edition to a file, as the country's ambassador would read it. "
        "It is marked as a draft: only one that was asked for on the page can be cleared."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("country", help="ISO 3166-1 alpha-3 code, such as LSO")
        parser.add_argument("year", help="the edition's year, such as 2021")
        parser.add_argument("--kind", default=BriefingKind.AMBASSADOR.value, help="what kind of briefing: ambassador")
        parser.add_argument("--as-of", required=True, help="the day it speaks of, such as 2022-02-28")
        parser.add_argument(
            "--known-by",
            help="the moment of knowledge, such as 2022-07-31T23:59:59+02:00; now where none is given",
        )
        parser.add_argument("--output", required=True, help="the PDF file to write")

    def handle(
        self, *, country: str, year: str, kind: str, as_of: str, known_by: str | None, output: str, **options: Any
    ) -> None:
        try:
            if kind not in set(BriefingKind):
                raise Refused(f"There is no kind of briefing called “{kind}”. There is {wording.listed(BriefingKind)}.")
            edition = arguments.edition(country, year)
            now = clock.now(edition.country.time_zone)
            day = asking.day(as_of, edition, now.date())
            moment = asking.moment(known_by) if known_by else now
            content = _as_the_ambassador_reads_it(edition, day, moment)
            size = _write(content, Path(output))
        except Refused as refusal:
            self.stderr.write(str(refusal))
            raise SystemExit(2) from refusal
        self.stdout.write(f"{content.standing.sentence}\n{output}: {size:,} bytes.")


def _as_the_ambassador_reads_it(edition: Edition, as_of: date, known_by: datetime) -> BriefingContent:
    """Read through the eyes of an ambassador who is there for as long as it takes: no account is needed or left."""
    with snapshot(), transaction.atomic():
        reader = User.objects.create(
            email="issue.briefing@tip-tracker.invalid", name="issue_briefing", role=Role.AMBASSADOR
        )
        reader.countries.add(edition.country)
        content = build_briefing(reader=reader, edition=edition, as_of=as_of, known_by=known_by)
        transaction.set_rollback(True)
    return content


def _write(content: BriefingContent, output: Path) -> int:
    """Write the file; gives its size in bytes."""
    try:
        return output.write_bytes(pdf.to_pdf(render_to_string("reports/briefing.html", {"briefing": content})))
    except OSError as error:
        raise Refused(f"The briefing could not be written. {error.strerror or error}: {output}") from error
