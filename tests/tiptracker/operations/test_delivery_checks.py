"""What leads outside: whether the proxy passes requests on, and whether the mail server takes mails."""

import socket
import ssl
import threading
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.utils import timezone

from tests.certificates import make_certificate
from tests.factories import OfficerFactory
from tiptracker.mail.models import Mail, MailKind, MailState
from tiptracker.operations import delivery_checks
from tiptracker.operations.checks import CheckState
from tiptracker.operations.delivery_checks import check_mail, check_proxy

OK, ATTENTION, FAILED = CheckState
HOST = "tip.example.gov"
HEALTHY, UNAVAILABLE, ERROR_PAGE = b'{"status": "ok"}', b'{"status": "unavailable"}', b"<!doctype html>"


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def secure(settings):
    settings.SECURE, settings.PUBLIC_URL, settings.OPERATED_BY = True, f"https://{HOST}", "compose"
    return settings


# --- Proxy ------------------------------------------------------------------------------------------------------------


@contextmanager
def proxy(folder, status, body):
    """Run a server with TLS that answers to /health/ of the right host, and yield its address."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            is_right = (self.path, self.headers["Host"]) == ("/health/", HOST)
            self.send_response(status if is_right else 404)
            self.end_headers()
            self.wfile.write(body if is_right else b"")

        def log_message(self, *_):
            """Nothing."""

    make_certificate(folder, name=HOST, days=-1)  # it is the matter of another check that it has ended
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("status", "body", "state"),
    [
        (200, HEALTHY, OK),
        (503, UNAVAILABLE, OK),  # the application's own answer, which the row of the web server reports
        (502, ERROR_PAGE, FAILED),
        (503, ERROR_PAGE, FAILED),
        (504, b"", FAILED),
        (404, ERROR_PAGE, ATTENTION),
        (200, ERROR_PAGE, ATTENTION),
    ],
)
def test_the_proxy_works_if_the_answer_is_the_applications_own(secure, tmp_path, status, body, state):
    with proxy(tmp_path, status, body) as secure.TLS_ADDRESS:
        result = check_proxy(timezone.now())

    assert result.state is state
    assert bool(result.next_step) == bool(result.commands) == (state is not OK)


@contextmanager
def silent_server(folder=None):
    """Run a server that takes connections and says nothing, with TLS if it has a certificate."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        is_over = threading.Event()

        def take():
            line, _ = listener.accept()
            if folder:
                make_certificate(folder, name=HOST)
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
                line = context.wrap_socket(line, server_side=True)
            is_over.wait(60)
            line.close()

        taking = threading.Thread(target=take)
        taking.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        is_over.set()
        taking.join()


def test_a_proxy_that_is_away_or_hangs_has_failed_with_its_log_and_the_frequent_cause(secure, now, monkeypatch):
    monkeypatch.setattr(delivery_checks, "TLS_SECONDS", 0.3)
    secure.TLS_ADDRESS = "127.0.0.1:9"
    away = check_proxy(now)
    with silent_server() as secure.TLS_ADDRESS:
        hangs = check_proxy(now)

    for result in (away, hangs):
        assert result.state is FAILED
        assert "nobody can reach any page" in result.measured
        assert "user 33 cannot read the key" in result.next_step
        assert "docker compose logs --tail 50 proxy" in result.commands


def test_a_proxy_that_waits_in_vain_for_the_web_server_has_failed(secure, now, monkeypatch, tmp_path):
    monkeypatch.setattr(delivery_checks, "TLS_SECONDS", 0.5)
    with silent_server(tmp_path) as secure.TLS_ADDRESS:
        result = check_proxy(now)

    assert result.state is FAILED
    assert "does not reach the web server" in result.measured


def test_without_https_no_proxy_is_known(settings, now):
    settings.SECURE, settings.TLS_ADDRESS = False, "127.0.0.1:9"

    assert check_proxy(now).state is OK


# --- Mails ------------------------------------------------------------------------------------------------------------


def queue(now, **fields):
    person = OfficerFactory()
    return Mail.objects.create(kind=MailKind.NOTICES, person=person, queued_at=now - timedelta(minutes=2), **fields)


@pytest.mark.django_db
def test_a_mail_that_the_server_did_not_take_needs_attention_at_once(now):
    queue(now)
    assert check_mail(now).state is OK

    queue(now, tries=1, answer="451 Try again later")
    result = check_mail(now)

    assert result.state is ATTENTION
    assert "did not take 1 waiting mail" in result.measured
    assert "The page “Mails” shows" in result.next_step


@pytest.mark.django_db
def test_before_the_first_mail_nothing_is_said_of_mails_that_were_sent(now):
    """A test mail is sent without a row."""
    assert check_mail(now).measured == "No mail waits."

    queue(now, state=MailState.SENT, finished_at=now)
    assert "The last mail was sent" in check_mail(now).measured
