"""Variables are read by their declaration; an error says what is wrong with a value."""

import logging
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from tiptracker import environment as env

TOP = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("variable", "given", "value"),
    [
        (env.WEB_THREADS, "12", 12),
        (env.SECURE, "true", True),
        (env.SECURE, "0", False),
        (env.ALLOWED_HOSTS, "a.example,b.example", ["a.example", "b.example"]),
        (env.ALLOWED_HOSTS, "a.example, .b.example, [::1]", ["a.example", ".b.example", "[::1]"]),
        (env.ALLOWED_HOSTS, "", []),
        (env.DEFAULT_FROM_EMAIL, "TIP Tracker <tip@post.example>", "TIP Tracker <tip@post.example>"),
        (env.VAR_DIR, "/srv/tip", Path("/srv/tip")),
        (env.LIMIT_API, "5/d", "5/d"),
        (env.CLAMD_URL, "tcp://clamd:3310", "tcp://clamd:3310"),
        (env.CLAMD_URL, "", ""),
        (env.LOG_LEVEL, "debug", logging.DEBUG),
        (env.DAY, "2022-03-31", date(2022, 3, 31)),
    ],
)
def test_a_value_has_the_declared_type(monkeypatch, variable, given, value):
    monkeypatch.setenv(variable.name, given)

    assert variable.read() == value


def test_a_variable_that_is_not_set_has_its_default(monkeypatch):
    for variable in (env.WEB_THREADS, env.SECOND_FACTOR_REQUIRED, env.VAR_DIR, env.LOG_LEVEL):
        monkeypatch.delenv(variable.name, raising=False)

    assert env.WEB_THREADS.read() == 4
    assert env.LOG_LEVEL.read() == logging.INFO
    assert env.SECOND_FACTOR_REQUIRED.read() is True
    assert env.SECOND_FACTOR_REQUIRED.read(False) is False
    assert env.VAR_DIR.read(Path("var")) == Path("var")


@pytest.mark.parametrize(
    ("variable", "given", "sentence"),
    [
        (env.WEB_THREADS, "many", "WEB_THREADS: “many” is not a whole number from 1 to 64."),
        (env.ALLOWED_HOSTS, "a.example,https://b.example", "without https:// and without a port."),
        (env.ALLOWED_HOSTS, "a.example:8443", "without https:// and without a port."),
        (env.EMAIL_HOST, "smtp://mail.example", "EMAIL_HOST: “smtp://mail.example” is not the name of a host"),
        (env.DEFAULT_FROM_EMAIL, "post", "DEFAULT_FROM_EMAIL: “post” is not an e-mail address."),
        (env.WEB_THREADS, "65", "WEB_THREADS: “65” is not a whole number from 1 to 64."),
        (env.UPLOAD_MAX_BYTES, "10MB", "UPLOAD_MAX_BYTES: “10MB” is not a whole number of bytes, 1024 or more."),
        (env.SECURE, "perhaps", "SECURE: “perhaps” is not true or false."),
        (env.LOG_LEVEL, "loud", "LOG_LEVEL: “loud” is not DEBUG, INFO, WARNING, ERROR or CRITICAL."),
        (env.CLAMD_URL, "clamd:3310", "the address of clamd: tcp://host:port or unix:///path."),
        (env.LIMIT_API, "0/m", "LIMIT_API: “0/m” is not a number per s, m, h or d"),
        (env.DAY, "31/03/2022", "DAY: “31/03/2022” is not a day, such as 2022-03-31."),
    ],
)
def test_invalid_value_is_refused_with_variable_value_and_what_is_expected(monkeypatch, variable, given, sentence):
    monkeypatch.setenv(variable.name, given)

    with pytest.raises(ImproperlyConfigured) as refused:
        variable.read()

    assert sentence in str(refused.value)


def test_a_value_can_be_checked_without_being_set(monkeypatch):
    monkeypatch.setenv("WEB_THREADS", "4")
    monkeypatch.delenv("EMAIL_HOST", raising=False)

    assert env.WEB_THREADS.check("12") == 12
    assert env.EMAIL_HOST.check("smtp.example.gov") == "smtp.example.gov"
    with pytest.raises(ImproperlyConfigured, match="“many” is not a whole number"):
        env.WEB_THREADS.check("many")
    assert env.WEB_THREADS.read() == 4
    assert "EMAIL_HOST" not in os.environ


def test_a_wrong_secret_is_not_shown(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "psotgres://tip:hunter2@db/tip")

    with pytest.raises(ImproperlyConfigured) as refused:
        env.DATABASE_URL.read()

    assert "DATABASE_URL: its value is not the address of a database" in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_a_variable_without_a_default_has_to_be_set(monkeypatch):
    monkeypatch.delenv("OIDC_CLIENT_ID", raising=False)

    with pytest.raises(ImproperlyConfigured, match="Set OIDC_CLIENT_ID: the client ID that the provider issued"):
        env.OIDC_CLIENT_ID.read()


def test_a_command_with_a_wrong_setting_says_so_in_a_sentence_without_a_traceback(tmp_path):
    wrong = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path), "SECRET_KEY": "k" * 50, "EMAIL_PORT": "many"}
    done = subprocess.run(
        [sys.executable, "manage.py", "status"], cwd=TOP, env=wrong, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert done.stderr.startswith("EMAIL_PORT: “many” is not a whole number")
    assert len(done.stderr.splitlines()) == 1
