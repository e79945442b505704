"""`manage.py issue_briefing LSO 2021 --kind ambassador --as-of DAY --output FILE`: the file a job would make."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from recommendations.models import Edition
from reports import asking, pdf, wording
from reports.briefing import as_html, build_briefing, build_ministry_page, build_washington_input
from reports.content import Content
from reports.management import arguments
from reports.words import BriefingKind
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
        parser.add_argument(
            "--kind", default=BriefingKind.AMBASSADOR.value, help="what kind of briefing: ambassador or ministry"
        )
        parser.add_argument("--ministry", help="whose page it is: the ministry's name or short name")
        parser.add_argument("--without-sources", action="store_true", help="leave sources out of input for Washington")
        parser.add_argument("--as-of", required=True, help="the day it speaks of, such as 2022-02-28")
        parser.add_argument(
            "--known-by",
            help="the moment of knowledge, such as 2022-07-31T23:59:59+02:00; now where none is given",
        )
        parser.add_argument("--output", required=True, help="the PDF file to write")

    def handle(
        self,
        *,
        country: str,
        year: str,
        kind: str,
        ministry: str | None,
        without_sources: bool,
        as_of: str,
        known_by: str | None,
        output: str,
        **options: Any,
    ) -> None:
        try:
            if kind not in set(BriefingKind):
                raise Refused(f"There is no kind of briefing called “{kind}”. There is {wording.listed(BriefingKind)}.")
            edition = arguments.edition(country, year)
            now = clock.now(edition.country.time_zone)
            day = asking.day(as_of, edition, now.date())
            moment = asking.moment(known_by) if known_by else now
            _refuse_what_does_not_fit(kind, ministry, without_sources=without_sources)
            if kind == BriefingKind.MINISTRY:
                said = _for_a_ministry(ministry, edition, day, moment)
            elif kind == BriefingKind.WASHINGTON:
                build = partial(build_washington_input, has_sources=not without_sources)
                said = _as_the_ambassador_reads_it(build, edition, day, moment)
            else:
                said = _as_the_ambassador_reads_it(build_briefing, edition, day, moment)
            size = _write(said, Path(output))
        except Refused as refusal:
            self.stderr.write(str(refusal))
            raise SystemExit(2) from refusal
        self.stdout.write(f"{said.sentence}\n{output}: {size:,} bytes.")


def _for_a_ministry(name: str | None, edition: Edition, as_of: date, known_by: datetime) -> Content:
    if not name:
        raise Refused("Say which ministry the page is for: --ministry, with its name or short name.")
    ministry = arguments.ministry(name, edition.country)
    return build_ministry_page(ministry=ministry, edition=edition, as_of=as_of, known_by=known_by)


def _refuse_what_does_not_fit(kind: str, ministry: str | None, *, without_sources: bool) -> None:
    if ministry and kind != BriefingKind.MINISTRY:
        raise Refused("Only --kind ministry is about one ministry. Leave --ministry out.")
    if without_sources and kind != BriefingKind.WASHINGTON:
        raise Refused("Only --kind washington can leave sources out. Leave --without-sources out.")


def _as_the_ambassador_reads_it(
    build: Callable[..., Content], edition: Edition, as_of: date, known_by: datetime
) -> Content:
    """Read through the eyes of an ambassador who is there for as long as it takes: no account is needed or left."""
    with snapshot(), transaction.atomic():
        reader = User.objects.create(
            email="issue.briefing@tip-tracker.invalid", name="issue_briefing", role=Role.AMBASSADOR
        )
        reader.countries.add(edition.country)
        content = build(reader=reader, edition=edition, as_of=as_of, known_by=known_by)
        transaction.set_rollback(True)
    return content


def _write(said: Content, output: Path) -> int:
    """Write the file; gives its size in bytes."""
    try:
        return output.write_bytes(pdf.to_pdf(as_html(said)))
    except OSError as error:
        raise Refused(f"The briefing could not be written. {error.strerror or error}: {output}") from error
