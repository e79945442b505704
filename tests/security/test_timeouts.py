"""Every connection that the application opens has a time-out."""

import ast
import re

import pytest
from allauth.socialaccount import app_settings as openid
from django.conf import settings
from django.db import connection

from dialogues.files import scanner
from tests.test_architecture import find_nodes, source_files, violations
from tiptracker import settings as as_configured
from tiptracker.accounts import openid_tokens
from tiptracker.infrastructure import task_messages
from tiptracker.infrastructure.database import cache_settings
from tiptracker.jobs.schedule import SERVER_SECONDS
from tiptracker.mail import smtp
from tiptracker.operations import delivery_checks, service_checks
from tiptracker.operations.thresholds import CHECK_SECONDS

MAX_SECONDS = 20
"""Seconds for one step of an exchange. If a person waits, far less."""
OPENING_CALLS = re.compile(
    r"(socket|smtplib|http\.client|urllib\.request|requests|redis|ftplib|httpx|psycopg|boto3|botocore)(\.|$)"
)
TIMEOUT_REASONS = {
    "dialogues/files/scanner.py": "clamd: `scanner.MOST_WAITED`, below",
    "tiptracker/accounts/openid_tokens.py": "the OpenID provider: `MOST_WAITED` and `MOST_SECONDS`, below",
    "tiptracker/infrastructure/cache.py": "the errors of Redis alone",
    "tiptracker/infrastructure/database.py": "PostgreSQL and the cache in Redis: their options, below",
    "tiptracker/mail/actions.py": "the errors of smtplib alone",
    "tiptracker/mail/smtp_failures.py": "the errors of smtplib and of sockets alone",
    "tiptracker/mail/smtp.py": "the mail server: the option in settings, and a deadline for all of it, below",
    "tiptracker/management/commands/demo.py": "its own web server, by `urlopen(timeout=…)`",
    "tiptracker/infrastructure/task_messages.py": "the broker: `messages.ONE_TRY`, below",
    "tiptracker/backups/destinations.py": "the errors of botocore alone",
    "tiptracker/infrastructure/s3_client.py": "the buckets: `connect_timeout` and `read_timeout`",
    "tiptracker/infrastructure/s3_storage.py": "the errors of botocore alone",
    "tiptracker/jobs/schedule.py": "PostgreSQL: the options of the database, and `SERVER_SECONDS` for each answer",
    "tiptracker/operations/delivery_checks.py": "the proxy: `TLS_SECONDS`, below",
    "tiptracker/operations/service_checks.py": "web, Redis and workers: `WEB_SECONDS`, `WORKER_SECONDS`, below",
    "tiptracker/infrastructure/outages.py": "the errors of PostgreSQL alone",
    "tiptracker/infrastructure/watchdog.py": "the process that it watches: `REQUEST_TIMEOUT_SECONDS`",
}
"""Every file that opens connections, to what, and where its time-out is set."""


def modules_that_open_connections(path):
    for node in find_nodes(path, ast.Import, ast.ImportFrom):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
        yield from (name for name in names if OPENING_CALLS.match(name))


def test_every_file_that_opens_a_connection_is_known_with_its_time_out():
    assert violations(source_files("*.py"), modules_that_open_connections).keys() == TIMEOUT_REASONS.keys()


def test_the_mail_server_has_a_time_out_for_each_step_and_for_all_of_them():
    assert 0 < as_configured.MAILERS["default"]["OPTIONS"]["timeout"] <= MAX_SECONDS
    assert smtp.CONNECTION_DEADLINE_SECONDS < settings.CELERY_TASK_TIME_LIMIT


def test_scanner_and_provider_have_a_time_out():
    assert 0 < scanner.TIMEOUT_SECONDS <= MAX_SECONDS
    assert 0 < openid.REQUESTS_TIMEOUT <= MAX_SECONDS
    assert 0 < sum(openid_tokens.TIMEOUTS) <= MAX_SECONDS
    assert 0 < openid_tokens.MAX_SECONDS <= MAX_SECONDS


def test_the_status_waits_no_longer_than_a_check_may_take():
    for seconds in (delivery_checks.TLS_SECONDS, service_checks.WEB_SECONDS, service_checks.WORKER_SECONDS):
        assert 0 < seconds <= CHECK_SECONDS
    assert 0 < SERVER_SECONDS <= MAX_SECONDS


def test_redis_has_a_time_out_of_two_seconds_at_most():
    cache = cache_settings("redis://127.0.0.1", folder=settings.VAR_DIR)["shared"]["OPTIONS"]
    for waits in (cache, task_messages.SENDER_OPTIONS):
        assert waits["socket_connect_timeout"] + waits["socket_timeout"] <= 2


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite is a file")
def test_the_database_has_a_time_out():
    options = connection.settings_dict["OPTIONS"]

    assert 0 < options["connect_timeout"] <= MAX_SECONDS
    assert 0 < options["pool"]["timeout"] <= MAX_SECONDS
