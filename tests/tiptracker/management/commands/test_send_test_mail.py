"""The test mail, through a real mail server on this machine: taken, or refused in each way that an operator meets."""

import socket
import ssl
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.certificates import make_certificate
from tests.running_server import free_port
from tests.smtp_server import mail_server

ADDRESS = "officer@post.example"
SIGN_IN_OFFERED = {"EHLO": "250-here\r\n250 AUTH PLAIN"}
TLS_OFFERED = {"EHLO": "250-here\r\n250 STARTTLS"}


@pytest.fixture
def server():
    with mail_server() as running:
        yield running


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of localhost, which nobody trusts by itself."""
    folder = tmp_path_factory.mktemp("tls")
    make_certificate(folder, name="localhost")
    path = folder / "both.pem"
    path.write_text((folder / "key.pem").read_text() + (folder / "certificate.pem").read_text())
    return path


@pytest.fixture
def send(settings, server):
    """Send the test mail with options of the mailer, and return what the command prints."""

    def run(address=ADDRESS, **options):
        given = {"host": "localhost", "port": server.port, "timeout": 5} | options
        settings.MAILERS = {"default": {"BACKEND": "tiptracker.mail.smtp.EmailBackend", "OPTIONS": given}}
        out = StringIO()
        call_command("send_test_mail", address, stdout=out)
        return out.getvalue()

    return run


def refusal(send, **options):
    with pytest.raises(CommandError) as refused:
        send(**options)
    return str(refused.value)


def serve_tls(server, certificate, **more):
    server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.tls.load_cert_chain(certificate)
    server.answers = TLS_OFFERED
    server.tls_first = bool(more.get("first"))


def test_a_mail_that_is_taken_is_confirmed_with_the_servers_answer(send, server):
    server.answers = {"text": "250 2.0.0 Ok: queued as 4F3"}

    said = send()

    assert "localhost answered: 250 2.0.0 Ok: queued as 4F3" in said
    assert ADDRESS in said


def test_the_mail_says_that_it_is_a_test(send, server):
    send()

    assert server.received[0]["To"] == ADDRESS
    assert "There is nothing to do." in server.received[0].get_payload()


@pytest.mark.parametrize("options", [{"use_tls": True}, {"use_ssl": True}])
def test_a_mail_goes_by_tls_from_the_start_or_after_the_greeting(send, server, certificate, monkeypatch, options):
    serve_tls(server, certificate, first="use_ssl" in options)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    assert "Sent." in send(**options)
    assert len(server.received) == 1


def test_a_server_without_tls(send):
    assert "EMAIL_USE_TLS=false" in refusal(send, use_tls=True)


def test_tls_from_the_start_where_it_begins_later(send):
    assert "Set EMAIL_PORT=587" in refusal(send, use_ssl=True)


def test_no_tls_where_it_begins_at_once(send, server, certificate):
    serve_tls(server, certificate, first=True)

    assert "Port 465 needs EMAIL_USE_TLS=true" in refusal(send, timeout=0.3)


def test_a_certificate_that_nobody_vouches_for(send, server, certificate):
    serve_tls(server, certificate)

    said = refusal(send, use_tls=True)

    assert "self-signed certificate" in said
    assert "root certificate" in said


def test_a_certificate_of_another_name(send, server, certificate, monkeypatch):
    serve_tls(server, certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    assert "Set EMAIL_HOST to the name in the certificate" in refusal(send, use_tls=True, host="127.0.0.1")


@pytest.mark.parametrize(
    ("answers", "options", "expected"),
    [
        (
            SIGN_IN_OFFERED | {"AUTH": "535 5.7.8 wrong name or password"},
            {"username": "post", "password": "wrong"},
            ["535 5.7.8 wrong name or password", "EMAIL_HOST_PASSWORD"],
        ),
        ({}, {"username": "post", "password": "right"}, ["no name and password", "EMAIL_HOST_USER"]),
        ({"MAIL": "550 5.1.0 unknown sender"}, {}, ["550 5.1.0 unknown sender", "set DEFAULT_FROM_EMAIL"]),
        ({"MAIL": "530 5.7.0 sign in first"}, {}, ["530 5.7.0 sign in first", "EMAIL_HOST_USER"]),
        ({"RCPT": "554 5.7.1 relay access denied"}, {}, ["554 5.7.1 relay access denied", "let this machine send"]),
        ({"text": "554 5.7.1 looks like spam"}, {}, ["554 5.7.1 looks like spam", "Ask who runs the server"]),
        ({"greeting": "554 not for you"}, {}, ["554 not for you", "Ask who runs the server"]),
        ({"EHLO": None}, {}, ["ended the connection", "Check EMAIL_PORT"]),
        ({"RCPT": ""}, {"timeout": 0.3}, ["did not answer in time", "firewall"]),
    ],
)
def test_a_refusal_is_told_with_the_setting_to_change(send, server, answers, options, expected):
    server.answers = answers

    said = refusal(send, **options)

    assert said.startswith("Not sent.")
    assert [part for part in expected if part not in said] == []


def test_a_port_on_which_nothing_listens(send):
    port = free_port()

    assert f"port {port}, takes no connections. Check EMAIL_HOST and EMAIL_PORT." in refusal(send, port=port)


def test_a_name_that_no_host_has(send, monkeypatch):
    def find_nobody(*_, **__):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", find_nobody)  # the network guard lets no name server be asked

    assert "No host is called smtp.example.gov. Correct EMAIL_HOST" in refusal(send, host="smtp.example.gov")


def test_a_network_without_a_way_there(send, monkeypatch):
    def find_no_way(*_, **__):
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(socket, "create_connection", find_no_way)  # nothing outside this machine is connected to

    assert "cannot be reached: [Errno 101] Network is unreachable" in refusal(send)


def test_a_wrong_address_is_refused_before_anything_is_sent(send, server):
    with pytest.raises(CommandError, match="is no e-mail address"):
        send("officer")
    assert server.calls == 0
