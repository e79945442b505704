"""What the ambassador's briefing of the exercise record costs, beside others that do alike; and a click on a ready one.

Beside it, in turn: Chromium that prints the same HTML in a new context, and a process that does nothing but import
WeasyPrint. A click is held against a static file of as many bytes from the same server, on one connection each.
"""

import base64
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from http.client import HTTPConnection
from io import BytesIO
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from playwright.sync_api import sync_playwright
from pypdf import PdfReader

from dialogues.models import Evidence, EvidenceLink, EvidenceReview
from recommendations.models import Edition
from reports.actions.current_briefing import refresh_current_briefing
from reports.briefings import pdf
from reports.briefings.documents import build_document
from reports.briefings.html import render_html
from reports.choices import BriefingKind
from reports.models import Briefing, Document
from tests import factories
from tests.exercise import load_exercise
from tests.running_server import CHROMIUM, CHROMIUM_FLAGS, RunningServer, free_port, stop, wait_until_served
from tiptracker.accounts.models import User
from tiptracker.demo.supervisor import web_command
from tiptracker.infrastructure.call_stack import with_room_for_calls
from tiptracker.jobs.actions import JobProgress

GOAL_PAGE_MS, GOAL_WARM_MB, GOAL_MOST_MB, GOAL_CLICK, TIMES = 65, 130, 170, 3, 10
ROUNDS, CLICKS = 3, 120

WORKER = """
import gc, os, sys, django
django.setup()
from tiptracker.celery import app
app.loader.import_default_modules()
from reports.briefings import pdf
html = sys.stdin.read()
pdf.preload_engine()
gc.collect()
gc.freeze()
if child := os.fork():
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
def held(name, file):
    return sum(int(line.split()[1]) for line in open(f"/proc/self/{file}") if line.startswith(name))
pdf.prepare_fonts()
warm = held("VmHWM", "status")
pdf.render_pdf(html)
gc.collect()
print(warm, held("VmHWM", "status"), held("Private_", "smaps_rollup"), flush=True)
os._exit(0)
"""
"""What a worker does: its parent loads, and a child makes one document. In KiB, of the child: the most it held once it
was warm, and after it, and what of that is no other process's too after a run of the garbage collector.

Not `ru_maxrss`, which begins with what the process held that started it.
"""

render_pdf = with_room_for_calls(pdf.render_pdf)
"""As a worker renders: its tasks have this room."""


class Cost(NamedTuple):
    """Milliseconds of one run: by the clock, and of the processor, of which nobody else's work is part."""

    wall: float
    processor: float


class Costs(NamedTuple):
    """Several runs of one thing."""

    runs: list[Cost]

    @property
    def wall(self) -> float:
        return median(run.wall for run in self.runs)

    @property
    def processor(self) -> float:
        return median(run.processor for run in self.runs)

    @property
    def least(self) -> float:
        """The least of the processor's."""
        return min(run.processor for run in self.runs)


def tell_briefings(say: Callable[[str], None], queries: Callable[..., Any], now: datetime) -> Iterator[str]:
    """Print it all; gives what is wrong, as sentences."""
    load_exercise(verbosity=0, stdout=open(os.devnull, "w"))  # noqa: SIM115, PTH123
    edition = Edition.objects.get_queryset().get(country__code="LSO", year=2021)
    reader = factories.AmbassadorFactory(email="XLS@exercise.invalid", countries=[edition.country])
    build = lambda: _html(edition, reader, now)  # noqa: E731 -- one line
    with queries() as sent:
        html = build()
    file = pdf.render_pdf(html)
    evidence = Evidence.objects.get_queryset().filter(country=edition.country)
    pages = len(PdfReader(BytesIO(file)).pages)
    say(
        f"\nthe ambassador’s briefing of the exercise record: {pages} pages, {len(file):,} bytes of PDF/UA-1,"
        f" {evidence.count()} pieces of evidence, {len(sent)} queries"
    )
    with _chromium() as chromium:
        costs = _in_turn(
            {
                "gathered and told": build,
                "made, warm": lambda: render_pdf(html),
                **({"Chromium, a new context": lambda: chromium(html)} if chromium else {}),
                "import weasyprint alone": _import_alone,
            }
        )
    _tell_costs(say, costs, pages)
    warm, most, own = _memory(html)
    say(
        f"  memory of a worker: {warm} MB warm, {most} MB at most as it makes it (goal {GOAL_WARM_MB} and"
        f" {GOAL_MOST_MB} MB), {own} MB its own"
    )
    _tell_click(say, edition, reader, now)
    once = costs["gathered and told"].least + costs["made, warm"].least
    _multiply(edition)
    with queries() as sent_then:
        yield from _ten_times(say, build, once)
    if len(sent_then) != len(sent):
        yield f"With {TIMES} times the evidence {len(sent_then)} queries are sent in place of {len(sent)}."


def _html(edition: Edition, reader: User, now: datetime) -> str:
    return render_html(
        build_document(
            document=Document(BriefingKind.AMBASSADOR),
            edition=edition,
            reader=reader,
            as_of=now.date(),
            known_by=now,
            tells_known_by=False,
        )
    )


def _tell_costs(say: Callable[[str], None], costs: dict[str, Costs], pages: int) -> None:
    ours = costs["made, warm"]
    say(f"  {'':26}{'ms, clock':>11}{'processor':>11}{'least':>8}{'× ours':>9}")
    for name, cost in costs.items():
        goal = f"  {cost.wall / pages:.0f} a page, goal {GOAL_PAGE_MS} ms" if cost is ours else ""
        times = cost.processor / ours.processor
        say(f"  {name:26}{cost.wall:>11.0f}{cost.processor:>11.0f}{cost.least:>8.0f}{times:>9.2f}{goal}")
    if other := costs.get("Chromium, a new context"):
        say(
            f"  ours over Chromium’s: {ours.wall / other.wall:.2f} by the clock, "
            f"{ours.processor / other.processor:.2f} of the processor (goal 1)"
        )
    else:
        say("  there is no Chromium here to compare it with")


def _ten_times(say: Callable[[str], None], build: Callable[[], str], once: float) -> Iterator[str]:
    """With ten times the evidence: what the briefing costs then, over `once` (ms of the processor)."""
    whole = _in_turn({"whole": lambda: render_pdf(build())}, versions=1)["whole"]
    growth = whole.least / once
    say(
        f"  with {TIMES} times the evidence: {whole.wall:.0f} ms by the clock, {whole.processor:.0f} of the processor,"
        f" {growth:.1f} times as much (less than {TIMES})"
    )
    if growth >= TIMES:
        yield f"With {TIMES} times the evidence the briefing takes {growth:.1f} times as long."


def _multiply(edition: Edition) -> None:
    """Nine copies of each piece of evidence, with what it supports and what was said of that; no version is theirs."""
    rows = list(Evidence.objects.get_queryset().filter(country=edition.country))
    evidence_links = list(EvidenceLink.objects.get_queryset().filter(evidence__in=rows))
    reviews = list(EvidenceReview.objects.get_queryset().filter(evidence__in=rows))
    for _ in range(TIMES - 1):
        pieces = _copied(rows, update_version=None, revises=None)
        borne = _copied(evidence_links, evidence=pieces)
        _copied(reviews, evidence=pieces, evidence_link=borne)


def _copied(rows: list[Any], **others: Any) -> dict[int, Any]:
    """Copies by the key of each row; `others` are fields that are other: a value, or rows by the key of each before."""
    copies = {}
    for row in rows:
        copy = type(row)(**{field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields})
        copy.pk = None
        for name, other in others.items():
            key = getattr(row, f"{name}_id")
            setattr(copy, name, other.get(key) if isinstance(other, dict) else other)
        copies[row.pk] = copy
    if rows:
        type(rows[0]).objects.get_queryset().bulk_create(copies.values())
    return copies


# --- Measuring --------------------------------------------------------------------------------------------------------


def _in_turn(acts: dict[str, Callable[[], Any]], versions: int = ROUNDS) -> dict[str, Costs]:
    """Each act several times, one after another, so that a machine that slows down slows all."""
    costs: dict[str, Costs] = {name: Costs([]) for name in acts}
    for _ in range(versions):
        for name, act in acts.items():
            began, own = perf_counter(), process_time() + _of_others()
            act()
            processor = process_time() + _of_others() - own
            costs[name].runs.append(Cost(1000 * (perf_counter() - began), 1000 * processor))
    return costs


def _of_others() -> float:
    """Seconds of the processor that this process's children, and theirs, have taken."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    ticks = sum(sum(map(int, stat[11:15])) for stat in _below(os.getpid()))
    return ended.ru_utime + ended.ru_stime + ticks / os.sysconf("SC_CLK_TCK")


def _below(process: int) -> Iterator[list[str]]:
    """What /proc says of each process that descends from one: the fields of its `stat` from the third on."""
    stats = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            stats[int(path.parent.name)] = path.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
    parents = {process}
    while found := {pid for pid, stat in stats.items() if int(stat[1]) in parents} - parents:
        parents |= found
    yield from (stats[pid] for pid in parents - {process})


def _import_alone() -> None:
    subprocess.run([sys.executable, "-c", "import weasyprint"], check=True, capture_output=True)


def _memory(html: str) -> list[int]:
    """MB that a worker holds at most, ready for the first document and after it; and what of that is its own."""
    done = subprocess.run(
        [sys.executable, "-c", WORKER], input=html.encode(), check=True, capture_output=True, cwd=settings.BASE_DIR
    )
    return [int(kib) * 1024 // 10**6 for kib in done.stdout.split()]


@contextmanager
def _chromium() -> Iterator[Callable[[str], bytes] | None]:
    """Prints HTML with our style and typefaces, in a context of its own each time; None where there is no Chromium."""
    if not CHROMIUM:
        yield None
        return
    faces = [
        f"{pdf._font_face(path.name)}".replace(
            f"{pdf.FONT_SCHEME}:{path.name}", f"data:font/ttf;base64,{base64.b64encode(path.read_bytes()).decode()}"
        )
        for path in sorted(pdf.FONTS_DIR.glob("*.ttf"))
    ]
    style = "\n".join(["<style>", *faces, pdf.PRINT_STYLESHEET.read_text(encoding="utf-8"), "</style></head>"])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)

        def print_it(html: str) -> bytes:
            context = browser.new_context()
            page = context.new_page()
            page.set_content(html.replace("</head>", style, 1))
            printed = page.pdf(prefer_css_page_size=True, tagged=True, outline=True)
            context.close()
            return printed

        print_it("<html><head></head><body>warm</body></html>")
        yield print_it
        browser.close()


# --- A click ----------------------------------------------------------------------------------------------------------


def _tell_click(say: Callable[[str], None], edition: Edition, reader: User, now: datetime) -> None:
    """A ready briefing, taken by its ambassador, beside a static file of as many bytes; in turn, on open lines."""
    job = factories.JobFactory(kind="current_briefing", key=edition.pk, state="ready")
    refresh_current_briefing(edition=edition, log_number=0, now=now, progress=JobProgress(job))
    ready = Briefing.objects.get_queryset().get(edition=edition, requested_by=None)
    client = Client()
    client.force_login(reader)
    cookie = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"}
    assert ready.size
    with _served(ready.size) as live:
        static = _asking(live, f"/{settings.STATIC_URL.strip('/')}/bench.pdf", {}, ready.size)
        click = _asking(live, reverse("briefing_file", args=[ready.pk]), cookie, ready.size)
        took = [(1000 * _seconds(static), 1000 * _seconds(click)) for _ in range(CLICKS)][CLICKS // 5 :]
    files, clicks = zip(*took, strict=True)
    say(
        f"  a click on a ready one: {median(clicks):.1f} ms, at least {min(clicks):.1f}; a static file of its"
        f" {ready.size:,} bytes from the same server: {median(files):.1f}, at least {min(files):.1f};"
        f" {median(c / f for f, c in took):.1f} times (goal {GOAL_CLICK})"
    )


@contextmanager
def _served(size: int) -> Iterator[RunningServer]:
    """The web server on the record's database, with a static file of so many bytes; without a worker."""
    static = settings.VAR_DIR / "static"
    shutil.copytree(settings.STATIC_ROOT, static)
    (static / "bench.pdf").write_bytes(os.urandom(size))
    name = connection.settings_dict["NAME"]
    url = f"sqlite:///{name}"
    if connection.vendor == "postgresql":
        url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    environment = os.environ | {
        "DATABASE_URL": url, "STATIC_ROOT": str(static), "LIMIT_EXPORTS": "100000/h",
        "DEMONSTRATION": "true", "DEMO_CLOCK": settings.DEMO_CLOCK,
    }  # fmt: skip
    port = free_port()
    live = RunningServer(port, environment, settings.VAR_DIR / f"bench-{port}.log")
    live.start(web_command("127.0.0.1", port))
    try:
        wait_until_served(live)
        yield live
    finally:
        stop(live.web)


def _asking(live: RunningServer, address: str, headers: dict[str, str], size: int) -> Callable[[], None]:
    """Asks for an address over one connection that stays open, and takes all of it."""
    line = HTTPConnection("127.0.0.1", live.port)

    def ask() -> None:
        line.request("GET", address, headers=headers)
        answer = line.getresponse()
        body = answer.read()
        assert (answer.status, len(body)) == (200, size), (address, answer.status, len(body))

    return ask


def _seconds(act: Callable[[], None]) -> float:
    began = perf_counter()
    act()
    return perf_counter() - began
