"""The proxy that is shipped in front of the application: nginx with deploy/proxy/nginx.conf, in its container."""

import http.client
import json
import os
import re
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psycopg
import pytest
import yaml
from django.urls import reverse
from django.utils import timezone

from tests.deployment.container import BASE_DIR, USERS
from tests.deployment.proxy import HOST_NAME, READER, Proxy, run_proxy
from tests.factories import BriefingFactory, EvidenceFactory, EvidenceFileFactory, OfficerFactory
from tests.running_server import free_port
from tiptracker.operations.checks import CheckState
from tiptracker.operations.delivery_checks import check_proxy
from tiptracker.web import error_pages

pytestmark = pytest.mark.container

ATTACKER = "127.0.0.2"


@pytest.fixture(scope="session")
def proxy(proxy_image, web) -> Iterator[Proxy]:
    with run_proxy(proxy_image, web.port) as running:
        yield running


# --- Pages and errors -------------------------------------------------------------------------------------------------


def test_pages_come_by_tls_alone(proxy):
    status, headers, page = proxy.ask("/accounts/login/")
    line = http.client.HTTPConnection("127.0.0.1", proxy.plain_port, timeout=30)
    line.request("GET", "/accounts/login/?next=/", headers={"Host": HOST_NAME})
    plain = line.getresponse()
    line.close()

    assert status == 200
    assert "Sign in" in page
    assert headers["strict-transport-security"].startswith("max-age=31536000")
    assert (plain.status, plain.headers["Location"]) == (301, f"https://{HOST_NAME}/accounts/login/?next=/")


def test_the_applications_own_errors_are_passed_on(proxy):
    status, _, page = proxy.ask("/nowhere/")

    assert status == 404
    assert error_pages.NOT_FOUND.title in page


@pytest.mark.parametrize(("path", "is_program"), [("/accounts/login/", False), ("/api/v1/updates/", True)])
def test_a_request_that_is_too_large_is_refused_with_a_sentence(proxy, path, is_program):
    """At once: nobody waits until all of it was sent."""
    head = f"POST {path} HTTP/1.1\nHost: {HOST_NAME}\nContent-Length: {43 * 1024**2}\n\n"
    with proxy.open(READER, head) as line:
        answer = http.client.HTTPResponse(line)
        answer.begin()
        said = answer.read().decode()

    assert answer.status == 413
    if is_program:
        assert json.loads(said)["detail"].startswith(error_pages.TOO_LARGE.title)
    else:
        assert said == error_pages.render_html(*error_pages.TOO_LARGE)


def test_while_the_application_is_away_a_page_says_so_and_what_becomes_of_the_typed(proxy_image):
    with run_proxy(proxy_image, free_port()) as proxy:
        status, headers, page = proxy.ask("/accounts/login/", method="POST", body=b"login=a")
        program = proxy.ask("/api/v1/updates/")

    assert (status, page) == (503, error_pages.render_html(*error_pages.UNAVAILABLE))
    assert headers["retry-after"] == "30"
    assert headers["content-security-policy"] == error_pages.POLICY
    assert program[0] == 503
    assert "Try again" in json.loads(program[2])["detail"]


def test_the_status_tells_a_proxy_that_passes_requests_on_from_one_that_does_not(proxy, proxy_image, settings):
    settings.SECURE, settings.PUBLIC_URL = True, f"https://{HOST_NAME}"
    settings.TLS_ADDRESS = f"127.0.0.1:{proxy.tls_port}"
    assert check_proxy(timezone.now()).state is CheckState.OK

    with run_proxy(proxy_image, free_port()) as without_application:
        settings.TLS_ADDRESS = f"127.0.0.1:{without_application.tls_port}"
        result = check_proxy(timezone.now())

    assert result.state is CheckState.FAILED
    assert "does not reach the web server" in result.measured


def test_no_secret_of_a_link_and_no_parameter_stands_in_its_log(proxy, web):
    proxy.ask("/notices/stop/a-secret-of-a-link/")
    proxy.ask("/calendar/a-secret-of-a-link.ics")
    proxy.ask("/accounts/invitation/a-secret-of-a-link/?next=a-secret-parameter")
    proxy.container.wait_for(lambda: "/accounts/invitation/" in proxy.container.log.read_text())

    logged = proxy.container.log.read_text()
    for path in ("/accounts/invitation/[token]", "/notices/stop/[token]", "/calendar/[token]"):
        assert f'"GET {path}" ' in logged
    assert "secret" not in logged + web.container.log.read_text()


def test_its_log_has_the_number_of_each_request(proxy):
    _, headers, _ = proxy.ask("/accounts/login/")

    proxy.container.wait_for(lambda: f" {headers['x-request-id']}\n" in proxy.container.log.read_text())


def test_nobody_outside_reads_the_metrics(proxy, web):
    """The proxy does not pass them on, and the application refuses what any proxy passes on."""
    for path in ("/metrics/", "//metrics/", "/%6detrics/?format=text", "/metrics/../metrics/"):
        assert proxy.ask(path)[0] == 404
    assert web.get("/metrics/")[0] == 404
    assert proxy.ask("/ready/")[2] == '{"status": "ok"}'


# --- Who asks ---------------------------------------------------------------------------------------------------------


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was asked."""

    def do_GET(self) -> None:
        said = json.dumps([list(pair) for pair in self.headers.items()]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_the_proxy_ignores_forwarded_headers_of_the_browser(proxy_image):
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with run_proxy(proxy_image, server.server_port) as proxy:
            forged = {
                "X-Forwarded-For": "192.0.2.1",
                "X_Forwarded_For": "192.0.2.2",
                "X-Forwarded-Proto": "http",
                "X-Forwarded-Host": "evil.example",
                "Forwarded": "for=192.0.2.3",
            }
            _, _, said = proxy.ask("/", **forged)
        server.shutdown()

    got = {name.lower(): value for name, value in json.loads(said) if name.lower() != "accept-encoding"}
    assert got == {"host": HOST_NAME, "x-forwarded-for": READER, "x-forwarded-proto": "https", "connection": "close"}


def test_the_log_has_the_address_that_the_proxy_saw(proxy, production):
    _, headers, page = proxy.ask("/accounts/login/")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    typed = f"login=nobody%40post.example&password=wrong-password&csrfmiddlewaretoken={token}".encode()
    sent = {
        "Cookie": headers["set-cookie"].split(";")[0],
        "Origin": f"https://{HOST_NAME}",
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Forwarded-For": "192.0.2.1",
    }
    proxy.ask("/accounts/login/", method="POST", body=typed, **sent)

    with psycopg.connect(production.environment["DATABASE_URL"]) as database:
        rows = database.execute("SELECT verb, host(address) FROM audit_auditentry ORDER BY id DESC LIMIT 1")
        assert rows.fetchall() == [("person.sign_in_refused", READER)]


# --- Files ------------------------------------------------------------------------------------------------------------


@dataclass
class Application:
    """A server that answers every request in the same way, as the application answers one."""

    headers: dict[str, str]

    @contextmanager
    def run(self) -> Iterator[int]:
        class Answers(BaseHTTPRequestHandler):
            def do_GET(handler) -> None:  # noqa: N805 -- `self` is the application
                handler.send_response(200)
                for name, value in self.headers.items():
                    handler.send_header(name, value)
                handler.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing."""

        with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield server.server_port
            server.shutdown()


CONTENT = b"%PDF-1.7 " + b"0123456789" * 30_000


def told_override() -> dict:
    """What docs/operating.md tells an operator to add to the service."""
    page = (BASE_DIR / "docs" / "operating.md").read_text()
    block = re.search(r"```yaml\n(services:\n  proxy:.+?)```", page, re.DOTALL)
    return yaml.safe_load(block[1])["services"]["proxy"]


def briefing_address() -> tuple[str, str]:
    """The address of a document, and the name of its stored file."""
    briefing = BriefingFactory(pdf=CONTENT)
    return reverse("briefing_file", args=[briefing.pk]), briefing.file.name


def evidence_address() -> tuple[str, str]:
    """The address of a file of evidence, and the name of the stored file."""
    file = EvidenceFactory(file=EvidenceFileFactory(content=CONTENT, name="Lengolo la ’Muso.pdf")).file
    return reverse("evidence_file", args=[file.pk]), file.file.name


@pytest.mark.django_db
@pytest.mark.parametrize("make", [briefing_address, evidence_address])
def test_a_file_that_the_proxy_sends_comes_as_the_application_sends_it(make, proxy_image, tmp_path, client, settings):
    address, name = make()
    client.force_login(OfficerFactory())
    own = client.get(address, secure=True)
    settings.PROXY_FILES_PATH = "/stored-files/"
    named = client.get(address, secure=True)
    kept = tmp_path / "kept"
    file = kept / "files" / name
    file.parent.mkdir(parents=True)
    file.write_bytes(CONTENT)
    file.chmod(0o600)
    for path in (kept, *kept.rglob("*")):
        os.chown(path, USERS["tiptracker"], USERS["tiptracker"])

    with (
        Application(dict(named.headers)).run() as port,
        run_proxy(proxy_image, port, kept=kept, override=told_override()) as proxy,
    ):
        status, headers, body = proxy.ask(address)
        part = proxy.ask(address, Range="bytes=0-8")
        later = proxy.ask(address, **{"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"})
        directly = proxy.ask(f"/stored-files/{name}")
        file.chmod(0)
        unreadable = proxy.ask(address)

    assert (status, body) == (200, CONTENT.decode())
    assert own.getvalue() == CONTENT
    assert headers["server"] == "nginx"
    expected = {name.lower(): value for name, value in own.headers.items()}
    assert set(headers) - set(expected) == {"date", "server", "connection"}
    differing = {name for name, value in expected.items() if headers.get(name) != value}
    assert differing <= {"expires", "x-request-id"}  # the moment of the answer, and its number
    assert headers["x-request-id"] == named.headers["X-Request-ID"]
    assert (part[0], part[2]) == (later[0], later[2]) == (200, body)
    assert directly[0] == 404
    assert "%PDF" not in directly[2]
    assert (unreadable[0], unreadable[2]) == (503, error_pages.render_html(*error_pages.UNAVAILABLE))


# --- Slow, many, killed -----------------------------------------------------------------------------------------------

SLOW_HEAD = f"GET /accounts/login/ HTTP/1.1\nHost: {HOST_NAME}\nX-Slow: a"
SLOW_BODY = (
    f"POST /accounts/login/ HTTP/1.1\nHost: {HOST_NAME}\nCookie: __Host-csrf={'k' * 32}\nOrigin: https://{HOST_NAME}\n"
    "Content-Type: application/x-www-form-urlencoded\nContent-Length: 1000\n\nlogin=a"
)


def test_fifty_slow_heads_and_fifty_slow_bodies_keep_nobody_from_a_page(proxy):
    with ExitStack() as lines:
        slow = [lines.enter_context(proxy.open(ATTACKER, begun)) for begun in [SLOW_HEAD, SLOW_BODY] * 50]
        for _ in range(3):
            for line in slow:
                with suppress(OSError):  # nginx has given it up
                    line.sendall(b"x")
            assert proxy.ask("/accounts/login/")[0] == 200
            assert proxy.ask("/accounts/login/", source=ATTACKER)[0] == 200


def test_one_address_has_so_many_requests_at_once_and_another_is_not_kept_out(proxy):
    with ExitStack() as lines:
        for _ in range(100):
            lines.enter_context(proxy.open(ATTACKER, SLOW_BODY))
        # Those that were sent last may not have been read yet.
        proxy.container.wait_for(lambda: proxy.ask("/accounts/login/", source=ATTACKER)[0] == 429)
        refused = proxy.ask("/accounts/login/", source=ATTACKER)

        assert refused[2] == error_pages.render_html(*error_pages.TOO_MANY_REQUESTS)
        assert proxy.ask("/api/v1/updates/", source=ATTACKER)[0] == 429
        assert proxy.ask("/accounts/login/")[0] == 200


def test_a_web_process_that_is_killed_is_replaced_and_pages_go_on(proxy, web):
    def processes() -> set[int]:
        """Those that serve: the children of granian's own process."""
        main = next(
            pid for pid in web.container.descendants() if b"granian" in Path(f"/proc/{pid}/cmdline").read_bytes()
        )
        return {int(pid) for pid in Path(f"/proc/{main}/task/{main}/children").read_text().split()}

    before = processes()
    killed = min(before)
    os.kill(killed, signal.SIGKILL)
    web.container.wait_for(lambda: killed not in processes() and len(processes()) == len(before))

    assert len(before) == 2
    assert {proxy.ask("/accounts/login/")[0] for _ in range(10)} == {200}
