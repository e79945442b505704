"""Renderers, readers of files and pages fetch nothing. In these tests not even from this machine.

In the rest of the suite, code can reach only the tests' own servers: see `tests/network_guard`.
"""

import io
import re
import socket
import subprocess
import sys
import threading
from datetime import date

import pikepdf
import pytest
from django.conf import settings
from django.core import mail
from django.core.mail import EmailMessage
from django.db import transaction

from dialogues.files.sanitizers.sanitizer_sandbox import sanitize_file_in_sandbox
from reports.briefings import pdf
from reports.briefings.ambassador import build_ambassador_briefing
from reports.briefings.html import render_html
from reports.reader_view import ReaderView
from tests.dialogues import sample_files
from tests.factories import (
    AmbassadorFactory,
    BenchmarkFactory,
    CommitmentFactory,
    EditionFactory,
    EvidenceFactory,
    RecommendationFactory,
)
from tiptracker.celery import app
from tiptracker.sandbox.sandbox import Sandbox

UNREACHABLE_HOST = "192.0.2.1"  # kept for documentation (RFC 5737): nobody is there
CONNECT_SCRIPT = f"import socket; socket.create_connection(('{UNREACHABLE_HOST}', 80), timeout=0.1)"


@pytest.fixture
def local_server():
    """A server on this machine: its address, and the requests that it got."""
    calls = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen():
            while True:
                try:
                    connection, caller = server.accept()
                except OSError:
                    return
                calls.append(caller)
                connection.close()

        listening = threading.Thread(target=listen, daemon=True)
        listening.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", calls
        server.shutdown(socket.SHUT_RDWR)
    listening.join(5)


def test_the_test_server_records_its_requests(local_server):
    """Otherwise, getting no requests would prove nothing."""
    address, calls = local_server
    socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))).close()
    for _ in range(100):
        if calls:
            break
        threading.Event().wait(0.02)

    assert len(calls) == 1


# --- The suite itself -------------------------------------------------------------------------------------------------


def test_a_test_that_connects_to_another_host_is_blocked_and_fails(blocked_connections):
    def send():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"a", (UNREACHABLE_HOST, 53))

    for attempt in (
        lambda: socket.create_connection((UNREACHABLE_HOST, 80), timeout=0.1),
        lambda: socket.getaddrinfo("example.org", 443),
        send,
    ):
        with pytest.raises(PermissionError, match="reach nobody but their own servers"):
            attempt()
        assert blocked_connections.exists()
        blocked_connections.unlink()


def test_a_process_that_a_test_starts_is_watched_too(blocked_connections):
    done = subprocess.run([sys.executable, "-c", CONNECT_SCRIPT], capture_output=True, text=True, check=False)

    assert "PermissionError: Tests reach nobody but their own servers" in done.stderr
    assert UNREACHABLE_HOST in blocked_connections.read_text()
    blocked_connections.unlink()


@pytest.mark.django_db
@pytest.mark.parametrize("way", ["connect", "mail", "message"])
def test_a_test_that_connects_during_a_transaction_fails(local_server, blocked_connections, way):
    """A transaction holds rows that others wait for, and a silent server would keep it open."""
    address, calls = local_server
    ways = {
        "connect": lambda: socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))),
        "mail": lambda: EmailMessage("A subject", "A text", to=["officer@post.example"]).send(),
        "message": lambda: app.send_task("readiness", args=[1]),
    }
    with pytest.raises(PermissionError, match="while a transaction is open"), transaction.atomic():
        ways[way]()

    assert "in a transaction" in blocked_connections.read_text()
    blocked_connections.unlink()
    assert (calls, mail.outbox) == ([], [])


# --- The renderer -----------------------------------------------------------------------------------------------------

FETCHING_HTML = {
    "a picture": '<img src="{}/a.png" alt="">',
    "a set of pictures": '<img srcset="{}/a.png 2x" src="{}/b.png" alt="">',
    "a style sheet": '<link rel="stylesheet" href="{}/a.css">',
    "an imported style": '<style>@import url("{}/a.css");</style>',
    "a typeface": '<style>@font-face {{ font-family: X; src: url("{}/a.woff") }} p {{ font-family: X }}</style><p>',
    "a background": '<p style="background: url({}/a.png)">X</p>',
    "a mark of a list": '<ul><li style="list-style-image: url({}/a.png)">X</li></ul>',
    "a picture in a drawing": '<svg xmlns="http://www.w3.org/2000/svg"><image href="{}/a.png" width="9"/></svg>',
    "a part of another drawing": '<svg xmlns="http://www.w3.org/2000/svg"><use href="{}/a.svg#a"/></svg>',
    "an object": '<object data="{}/a.svg"></object><embed src="{}/b.svg">',
    "a file to attach": '<link rel="attachment" href="{}/a.pdf">',
    "a base": '<base href="{}/"><img src="a.png" alt="">',
    "a drawing in an address": "<img alt='' src='data:image/svg+xml,<svg xmlns=\"http://www.w3.org/2000/svg\">"
    '<image href="{}/a.png" width="9" height="9"/></svg>\'>',
}
PAGE = '<!DOCTYPE html><html lang="en"><head><title>A title</title></head><body>{}</body></html>'


@pytest.mark.parametrize("way", FETCHING_HTML)
def test_renderer_fetches_nothing(local_server, way):
    address, calls = local_server

    assert pdf.render_pdf(PAGE.format(FETCHING_HTML[way].replace("{}", address).replace("{{", "{").replace("}}", "}")))
    assert calls == []


@pytest.mark.parametrize(
    "address", ["file:///etc/hostname", "ftp://127.0.0.1/a.png", "//127.0.0.1/a.png", "/etc/hostname"]
)
def test_renderer_opens_no_file_and_speaks_no_other_protocol(address):
    attached = pdf.render_pdf(PAGE.format(f'<link rel="attachment" href="{address}"><img src="{address}" alt="">'))

    with pikepdf.open(io.BytesIO(attached)) as made:
        assert not made.attachments


@pytest.mark.django_db
def test_html_in_typed_text_is_printed_as_text(local_server):
    """The address of a picture in a text of the record is printed as text."""
    address, calls = local_server
    typed = f'<img src="{address}/seen.png"><style>@import "{address}/a.css"</style>'
    edition = EditionFactory(note=typed)
    recommendation = RecommendationFactory(edition=edition, text=typed)
    benchmark = BenchmarkFactory(recommendation=recommendation, terms__criterion=typed)
    promise = CommitmentFactory(text=typed, benchmarks=[benchmark], made__due_on=date(2021, 12, 1))
    EvidenceFactory(title=typed, source=typed, stated_by=typed[:200], commitment=promise, supports=[benchmark])

    content = build_ambassador_briefing(ReaderView(AmbassadorFactory(), edition, date(2022, 1, 28), None))
    html = render_html(content)

    assert "&lt;img src=&quot;http://127.0.0.1" in html
    assert f'<img src="{address}' not in html
    assert pdf.render_pdf(html)
    assert calls == []


# --- The reader of files ----------------------------------------------------------------------------------------------


def pdf_with_links(address):
    """Return a PDF with every kind of external reference. Only a link to click may stay."""

    def change(opened):
        name = pikepdf.Name
        uri = pikepdf.Dictionary(S=name.URI, URI=f"{address}/a")
        link = pikepdf.Dictionary(Type=name.Annot, Subtype=name.Link, Rect=[0, 0, 9, 9], A=uri)
        opened.pages[0].Annots = pikepdf.Array([link])
        opened.Root.OpenAction = pikepdf.Dictionary(S=name.GoToR, F=f"{address}/b.pdf", D=[0, name.Fit])
        opened.Root.AcroForm = pikepdf.Dictionary(XFA=f"{address}/c", Fields=[])
        opened.Root.URI = pikepdf.Dictionary(Base=address)

    return sample_files.pdf(change)


def test_reader_of_files_fetches_nothing(local_server):
    address, calls = local_server
    link = {"word/_rels/document.xml.rels": sample_files.relationships_part(("hyperlink", address, "External"))}

    assert sanitize_file_in_sandbox(pdf_with_links(address), ".pdf", run=Sandbox(None))
    assert sanitize_file_in_sandbox(sample_files.docx(**link), ".docx", run=Sandbox(None))
    assert sanitize_file_in_sandbox(f"see {address}".encode(), ".txt", run=Sandbox(None))
    assert calls == []


@pytest.mark.parametrize(
    "attempt",
    [
        "import socket; socket.create_connection(('127.0.0.1', {port}))",
        "import os; os.system('true')",
        "import subprocess; subprocess.run(['true'])",
        "import pathlib; pathlib.Path('{folder}/a').write_text('a')",
    ],
    ids=["connects", "runs a shell", "starts a program", "writes a file"],
)
def test_process_that_cleans_a_file_can_do_nothing_else(local_server, tmp_path, attempt):
    """Even if a hostile file causes it."""
    address, calls = local_server
    attempt = attempt.format(port=address.rpartition(":")[2], folder=tmp_path)
    script = f"from tiptracker.sandbox.confinement import confine; confine(); {attempt}"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=settings.BASE_DIR, env={}, capture_output=True, text=True, check=False)

    assert "Error" in done.stderr.splitlines()[-1]
    assert calls == []


# --- Pages ------------------------------------------------------------------------------------------------------------


def test_no_style_sheet_of_ours_leads_elsewhere():
    """test_headers checks pages for it."""
    sheets = sorted(settings.STATIC_ROOT.glob("css/*.css"))
    scripts = sorted(settings.STATIC_ROOT.glob("js/*.js"))

    assert sheets
    assert scripts
    for path in (*sheets, *scripts):
        text = re.sub(r"http://www\.w3\.org/\S+", "", path.read_text())
        assert (
            re.findall(r"""(?:url\(["']?|@import\s+["']|import\s*\(?["']|fetch\(["'])(?:https?:)?//""", text) == []
        ), path.name
