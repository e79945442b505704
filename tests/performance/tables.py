"""What a long table costs: 10,000 rows as CSV and as a workbook, looked over and loaded by the pages.

By the clock, and in the processor's time, of which nobody else's work is part (but that of the process that reads a
workbook is).

Then the same list once more, in other words: each item that stands goes on, as it is proposed, which is the most that
loading can have to do.
"""

import csv
import io
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from time import perf_counter
from typing import Self

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from recommendations.importing.actions import load_import
from recommendations.importing.preview import build_preview
from recommendations.importing.preview_output import parse_pairing, propose_pairing
from recommendations.models import Edition, EditionImport, Recommendation
from recommendations.tasks import read_list
from tests import factories
from tests.recommendations.importing.report_parser.sample_narratives import ITEMS
from tiptracker.accounts.models import User
from tiptracker.jobs.models import Job

Queries = Callable[[], AbstractContextManager[list[str]]]

ROWS = 1_000 if os.environ.get("ONLY_JUDGED") else 10_000
"""What is judged is how many queries are sent, for which a tenth will do."""
PREVIEW_GOAL_S, LOAD_GOAL_S = 2, 8
EXERCISE = "Exercise: made up"
HEADINGS = ("Number", "Recommendation", "Pillar", "Lead ministry", "Supporting ministries")
PILLARS = ("Prosecution", "Protection", "Prevention")
DISTRICTS = ("Berea", "Leribe", "Mafeteng", "Maseru", "Quthing")


def table(more: str = "") -> list[tuple[object, ...]]:
    """A list of our own making; `more` is put into every item."""
    return [
        (
            number,
            f"{ITEMS[number % len(ITEMS)][:-1]} in {DISTRICTS[number % 5]}{more}, part {number}.",
            PILLARS[number % 3],
            f"Ministry {number % 10}",
            f"Ministry {(number + 1) % 10}; Ministry {(number + 2) % 10}",
        )
        for number in range(1, ROWS + 1)
    ]


def as_csv(rows: list[tuple[object, ...]]) -> bytes:
    """The table as a file with commas."""
    file = io.StringIO()
    csv.writer(file).writerows([HEADINGS, *rows])
    return file.getvalue().encode()


def as_workbook(rows: list[tuple[object, ...]]) -> bytes:
    """The table as a workbook."""
    book, file = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet()
    for row in (HEADINGS, *rows):
        sheet.append(row)
    book.save(file)
    return file.getvalue()


def make_edition(code: str) -> tuple[Edition, User]:
    """An edition without a list, in a country with ten ministries; and an administrator."""
    country = factories.CountryFactory(code=code, name=f"{EXERCISE}, {code}")
    for number in range(10):
        factories.MinistryFactory(country=country, name=f"Ministry {number}", short_name=f"M{number}")
    by = factories.AdministratorFactory(email=f"{code}@exercise.invalid")
    return factories.EditionFactory(country=country), by


class Walk:
    """An administrator's way through the pages, each step by the clock."""

    def __init__(self, edition: Edition, by: User) -> None:
        self.edition = edition
        self.client = Client(headers={"accept-encoding": "gzip, br"}, SERVER_NAME="localhost")
        self.client.force_login(by)

    def look_over(self, name: str, content: bytes) -> tuple[str, bytes]:
        """Bring a file; gives the address of its preview, and the page as it is sent."""
        said = {"text_status": "official", "pasted": "", "charset": "", "file": SimpleUploadedFile(name, content)}
        response = self.client.post(reverse("edition_import", args=[self.edition.pk]), said)
        assert response.status_code == 302, response.content
        address = response.headers["Location"]
        read_list(Job.objects.latest("pk").pk)
        page = self.client.get(address)
        assert page.status_code == 200
        return address, page.content

    def load(self, address: str) -> None:
        """Load it, as it is proposed."""
        response = self.client.post(address, {"do": "load"})
        assert response.status_code == 302, response.content


class Cost:
    """What the body takes: seconds by the clock and of the processor, and SELECTs."""

    def __init__(self, queries: Queries) -> None:
        self.queries = queries

    def __enter__(self) -> Self:
        self.counting = self.queries()
        self.sent = self.counting.__enter__()
        self.began, self.worked = perf_counter(), sum(os.times()[:4])
        return self

    def __exit__(self, *raised: object) -> None:
        self.seconds, self.work = perf_counter() - self.began, sum(os.times()[:4]) - self.worked
        self.counting.__exit__(None, None, None)

    def __str__(self) -> str:
        return f"{self.seconds:.1f} s, {self.work:.1f} s of the processor, {len(self.sent)} queries"


def tell_tables(say: Callable[[str], None], queries: Queries, now: datetime) -> list[str]:
    """Print it; gives what is wrong, as sentences: rows lost, never a time, since machines differ."""
    say(f"\nA table of {ROWS:,} rows; goals {PREVIEW_GOAL_S} s looked over, {LOAD_GOAL_S} s loaded")
    rows, wrong = table(), []
    for name, code, content in (("list.csv", "XAE", as_csv(rows)), ("list.xlsx", "XAF", as_workbook(rows))):
        edition, by = make_edition(code)
        walk = Walk(edition, by)
        for what in ("new", "the same again"):
            with Cost(queries) as cost:
                address, page = walk.look_over(name, content)
            size = f"{len(content) / 1e6:.1f} MB"
            say(f"  {name} ({size}), {what}: looked over in {cost}; {len(page):,} bytes on the wire")
            with Cost(queries) as cost:
                walk.load(address)
            say(f"    loaded in {cost}")
            stands = Recommendation.objects.filter(edition=edition).active().order_by("number")
            if [tuple(row) for row in stands.values_list("number", "text")] != [row[:2] for row in rows]:
                wrong.append(f"Of {name}, loaded as {what}, not every row stands as it was brought.")
    return [*wrong, *_tell_changed(say, queries, walk, by, now)]


def _tell_changed(say: Callable[[str], None], queries: Queries, walk: Walk, by: User, now: datetime) -> list[str]:
    """More than a page can ask: it is looked over there, and loaded with a pairing, as the command does."""
    edition = walk.edition
    with Cost(queries) as cost:
        _, page = walk.look_over("list.csv", as_csv(table(" and beyond")))
    say(f"  every item in other words: looked over in {cost}; {len(page):,} bytes on the wire")
    imported = EditionImport.objects.get(edition=edition, loaded_at=None)
    found = build_preview(imported)
    pairing, pillars = parse_pairing(propose_pairing(found), found)
    with Cost(queries) as cost:
        done = load_import(
            imported=imported, pairing=pairing, pillars=pillars, texts={}, leaves_out_wrong=False,
            fingerprint=found.fingerprint, by=by, now=now + timedelta(seconds=1),
        )  # fmt: skip
    say(f"    loaded in {cost}; {len(done.did['changed']):,} changed")
    stands = Recommendation.objects.filter(edition=edition).active().order_by("number").values_list("number", "text")
    is_whole = [tuple(row) for row in stands] == [row[:2] for row in table(" and beyond")]
    return [] if is_whole else ["Of a list in other words, not every row stands as it was brought."]
