"""The backend that ends a connection at its deadline: it leaves nothing open when a server refuses."""

import threading

import pytest
from django.core.mail import EmailMessage

from tests.smtp_server import mail_server

OFFERS_NO_TLS = {"EHLO": "250-here\r\n250 AUTH PLAIN"}


@pytest.fixture
def server():
    with mail_server() as running:
        yield running


@pytest.mark.parametrize(
    ("answers", "options"),
    [
        pytest.param({}, {"use_ssl": True}, id="TLS from the start, which the server does not speak"),
        pytest.param(OFFERS_NO_TLS, {"use_tls": True}, id="TLS later, which the server does not offer"),
        pytest.param(
            OFFERS_NO_TLS | {"AUTH": "535 wrong password"}, {"username": "post", "password": "x"}, id="a wrong password"
        ),
        pytest.param({"greeting": "554 not for you"}, {}, id="a refusal at once"),
        pytest.param({"RCPT": "554 relay access denied"}, {}, id="a refused address"),
        pytest.param({}, {}, id="a mail that is taken"),
    ],
)
def test_no_connection_is_left_open(server, settings, answers, options):
    """Otherwise it would stay open until its deadline, with the thread that waits for it."""
    server.answers = answers
    options = {"host": "localhost", "port": server.port, "timeout": 5} | options
    settings.MAILERS = {"default": {"BACKEND": "tiptracker.mail.smtp.EmailBackend", "OPTIONS": options}}
    waiting = set(threading.enumerate())
    message = EmailMessage("A subject", "A text", to=["officer@post.example"])

    try:
        message.send()
    except OSError:
        assert answers or options.get("use_ssl")
    else:
        assert not answers
    deadlines = [thread for thread in set(threading.enumerate()) - waiting if isinstance(thread, threading.Timer)]
    for thread in deadlines:
        thread.join(1)  # a cancelled one ends a moment later

    assert not any(thread.is_alive() for thread in deadlines)
