"""Each check says what it measured by its rule. One that raises or hangs is reported, and holds up no other."""

import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings as django_settings
from django.db import OperationalError, connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from kombu import Connection

from dialogues.files.scanner_status import check_scanner
from tests.dialogues.fake_clamd import fake_clamd
from tests.factories import JobFactory, OfficerFactory
from tiptracker.accounts.secrets_at_rest import encrypt
from tiptracker.audit.actions import log_head, record
from tiptracker.audit.models import LogVerification
from tiptracker.audit.verification import verify_log
from tiptracker.infrastructure.task_messages import SENDER_OPTIONS
from tiptracker.jobs.models import State
from tiptracker.mail.models import Mail, MailKind, MailState
from tiptracker.operations import checks, delivery_checks, service_checks, storage_checks, thresholds
from tiptracker.operations.checks import CheckResult, CheckState, StatusCheck, load_checks, run_checks, worst_state
from tiptracker.operations.models import ServiceHeartbeat

OK, ATTENTION, FAILED = CheckState
MINUTE = timedelta(minutes=1)


@pytest.fixture
def now():
    return timezone.now()


# --- All together -----------------------------------------------------------------------------------------------------


def raise_error(now):
    raise ValueError("a secret")


def test_a_check_that_raises_or_hangs_is_reported_and_the_others_are_done(monkeypatch, now):
    monkeypatch.setattr(checks, "CHECK_SECONDS", 0.3)
    is_over = threading.Event()

    def hang(now):
        is_over.wait(60)
        return CheckResult(OK, "late")

    def work(now):
        return CheckResult(OK, "measured")

    try:
        parts = run_checks(
            now=now,
            checks=[
                StatusCheck("hangs", "Hangs", hang),
                StatusCheck("raises", "Raises", raise_error),
                StatusCheck("works", "Works", work),
            ],
        )
    finally:
        is_over.set()

    assert [part.check.name for part in parts] == ["hangs", "raises", "works"]
    assert [part.result.state for part in parts] == [FAILED, FAILED, OK]
    assert all(part.result.next_step for part in parts[:2])
    assert "a secret" not in str(parts)
    assert worst_state(parts) is FAILED


def test_a_part_whose_database_does_not_answer_points_to_that_part(now, monkeypatch):
    def fail(*_):
        raise OperationalError("connection refused")

    monkeypatch.setattr(storage_checks, "connection", SimpleNamespace(vendor="postgresql", cursor=fail))
    jobs = StatusCheck("queue", "Jobs", fail, uses_database=True)

    database, other = (part.result for part in run_checks(now=now, checks=[storage_checks.DATABASE, jobs]))

    assert (database.state, database.measured) == (FAILED, "PostgreSQL does not answer.")
    assert (other.state, other.next_step) == (FAILED, "First look at the part “Database”.")


def test_every_check_of_the_list_is_there_and_has_its_own_name():
    found = load_checks()

    assert len({check.name for check in found}) == len(found) == len(checks.CHECKS)


# --- Web and workers --------------------------------------------------------------------------------------------------


@contextmanager
def web_server(status):
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status if self.path == "/health/" else 404)
            self.end_headers()

        def log_message(self, *_):
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(("status", "state"), [(200, OK), (503, FAILED)])
def test_web_works_if_its_health_says_so(settings, now, status, state):
    with web_server(status) as settings.WEB_URL:
        assert service_checks.check_web(now).state is state


def test_web_that_does_not_answer_has_failed(settings, now):
    settings.WEB_URL = "http://127.0.0.1:9"

    assert service_checks.check_web(now).state is FAILED


def test_a_worker_is_there_while_it_runs(live, now):
    """It takes jobs and mails. What else consumes messages of this broker belongs to it."""
    give_up = 20
    while service_checks.WORKER.run(now).state is not OK and give_up:
        give_up -= 1
    assert service_checks.WORKER.run(now).state is OK
    assert service_checks.MAIL_WORKER.run(now).state is OK

    live.worker.kill()
    live.worker.wait()

    assert service_checks.WORKER.run(now).state is FAILED
    assert service_checks.MAIL_WORKER.run(now).state is FAILED


def test_redis_that_is_away_has_failed_and_is_named_as_the_reason(settings, now, monkeypatch):
    settings.REDIS_URL = "redis://:a-long-password@127.0.0.1:9/0"
    nobody = Connection(settings.REDIS_URL, transport_options=SENDER_OPTIONS)
    monkeypatch.setattr(service_checks.app, "connection_for_write", lambda **_: nobody)

    results = [service_checks.check_redis(now), service_checks.WORKER.run(now)]

    assert [result.state for result in results] == [FAILED, FAILED]
    assert "Redis does not answer" in results[1].measured
    assert "a-long-password" not in str(results)


# --- Schedule and jobs ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("age", "state"),
    [(None, FAILED), (timedelta(seconds=20), OK), (3 * MINUTE, FAILED), (-30 * MINUTE, FAILED)],
)
def test_a_schedule_that_has_not_worked_for_two_minutes_has_failed(now, age, state):
    if age is not None:
        ServiceHeartbeat.objects.create(service="beat", at=now - age)

    assert service_checks.check_beat(now).state is state


@pytest.mark.django_db
@pytest.mark.parametrize(("waits", "state"), [(4, OK), (6, ATTENTION), (31, FAILED)])
def test_the_oldest_job_that_is_due_is_measured(now, waits, state):
    JobFactory(due_at=now - waits * MINUTE)
    JobFactory(due_at=now + 60 * MINUTE)
    JobFactory(due_at=now - 90 * MINUTE, state=State.RUNNING)

    assert service_checks.check_queue(now).state is state


@pytest.mark.django_db
def test_failed_jobs_of_every_kind_are_listed_by_number_for_a_day(now):
    def fail(kind, age):
        return JobFactory(kind=kind, state=State.FAILED, reason="A reason.", finished_at=now - age).pk

    briefings = [fail("briefing", MINUTE * minutes) for minutes in range(8)]
    other = fail("check_files", timedelta(hours=20))
    old = fail("readiness", timedelta(hours=25))

    result = service_checks.check_queue(now)

    assert result.state is ATTENTION
    shown = ", ".join(map(str, briefings[:-6:-1]))
    assert f"9 jobs failed in the last day: briefing {shown} and 3 more; check_files {other}." in result.measured
    assert f"readiness {old}" not in result.measured


# --- What is stored ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_database_that_accepts_no_changes_has_failed(now):
    assert storage_checks.check_database(now).state is OK
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")

        assert storage_checks.check_database(now).state is FAILED


@pytest.mark.django_db
@pytest.mark.parametrize(("attention", "failed", "state"), [(0.0, 2.0, ATTENTION), (0.0, 0.0, FAILED)])
def test_a_database_with_few_free_connections_is_reported(monkeypatch, now, attention, failed, state):
    monkeypatch.setattr(thresholds, "CONNECTIONS_ATTENTION", attention)
    monkeypatch.setattr(thresholds, "CONNECTIONS_FAILED", failed)

    assert storage_checks.check_database(now).state is (state if connection.vendor == "postgresql" else OK)


@pytest.mark.django_db
def test_missing_migrations_are_counted_and_the_first_is_named(now):
    assert storage_checks.check_migrations(now).state is OK

    MigrationRecorder.Migration.objects.filter(app="operations").delete()

    result = storage_checks.check_migrations(now)
    assert result.state is FAILED
    assert "operations.0001_service_heartbeats" in result.measured


@pytest.mark.parametrize(("limits", "state"), [((0, 0), OK), ((2, 0), ATTENTION), ((2, 2), FAILED)])
def test_a_disk_with_little_free_space_is_reported(settings, monkeypatch, tmp_path, limits, state):
    settings.DATABASE_DISK = str(tmp_path)
    settings.MEDIA_ROOT = tmp_path / "nothing" / "stored"
    monkeypatch.setattr(thresholds, "DISK_FREE_ATTENTION", limits[0])
    monkeypatch.setattr(thresholds, "DISK_FREE_FAILED", limits[1])

    files = storage_checks.check_files_disk(timezone.now())
    assert files.state is state
    assert str(settings.MEDIA_ROOT) in files.measured
    if connection.vendor == "postgresql":
        assert storage_checks.check_database_disk(timezone.now()).state is state


def test_a_disk_that_is_not_seen_asks_nobody_to_do_anything(settings, now):
    settings.DATABASE_DISK = ""

    result = storage_checks.check_database_disk(now)

    assert (result.state, result.next_step) == (OK, "")


@pytest.mark.django_db
def test_a_key_that_does_not_open_the_stored_secrets_has_failed(settings, now):
    assert storage_checks.check_secrets(now).state is OK
    person, former = OfficerFactory(), settings.SECRET_KEY
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": encrypt("A" * 32)})
    assert storage_checks.check_secrets(now).state is OK

    settings.SECRET_KEY = "another key, with which nothing here was encrypted"
    assert storage_checks.check_secrets(now).state is FAILED

    settings.SECRET_KEY_FALLBACKS = [former]
    assert storage_checks.check_secrets(now).state is OK


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("age", "state"), [(timedelta(hours=20), OK), (timedelta(hours=31), ATTENTION), (timedelta(days=4), FAILED)]
)
def test_the_log_has_to_be_verified_every_night(now, age, state):
    assert storage_checks.check_activity_log(now).state is ATTENTION
    with transaction.atomic():
        record("person.invited", by=None, row=OfficerFactory())

    verify_log(now=now - age)

    assert storage_checks.check_activity_log(now).state is state


@pytest.mark.django_db
def test_a_log_without_the_entry_of_its_last_verification_has_failed(now):
    with transaction.atomic():
        record("person.invited", by=None, row=OfficerFactory())
    number, digest = log_head()

    LogVerification.objects.create(at=now, number=number + 5, hash=digest)

    assert storage_checks.check_activity_log(now).state is FAILED


# --- Mails, certificate, scanner --------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "age", "expected"),
    [
        (MailState.SENT, 60 * MINUTE, OK),
        (MailState.QUEUED, 10 * MINUTE, OK),
        (MailState.QUEUED, 20 * MINUTE, ATTENTION),
        (MailState.QUEUED, 130 * MINUTE, FAILED),
        (MailState.REFUSED, 60 * MINUTE, ATTENTION),
        (MailState.GIVEN_UP, 60 * MINUTE, ATTENTION),
        (MailState.REFUSED, 25 * 60 * MINUTE, OK),
    ],
)
def test_mails_that_wait_or_were_not_sent_are_counted_without_their_receivers(now, state, age, expected):
    person = OfficerFactory(name="Thabo Exercise", email="thabo@post.example")
    finished_at = None if state == MailState.QUEUED else now - age
    Mail.objects.create(
        kind=MailKind.NOTICES,
        person=person,
        address=person.email,
        answer="550 thabo@post.example is unknown",
        state=state,
        queued_at=now - age,
        finished_at=finished_at,
    )

    result = delivery_checks.check_mail(now)

    assert result.state is expected
    assert "thabo" not in str(result).lower()


@contextmanager
def tls_server(folder, ends_at):
    """The address of a server with a certificate that ends at a moment."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tip.example.gov")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(ends_at - timedelta(days=400))
        .not_valid_after(ends_at)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    plain = serialization.NoEncryption()
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer():
            line, _ = listener.accept()
            with suppress(OSError), context.wrap_socket(line, server_side=True) as secured:
                secured.recv(1)

        answering = threading.Thread(target=answer)
        answering.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        answering.join()


@pytest.mark.parametrize(("days", "state"), [(100, OK), (20, ATTENTION), (3, FAILED), (-2, FAILED)])
def test_the_last_day_of_the_certificate_is_read(settings, tmp_path, now, days, state):
    settings.SECURE = True
    with tls_server(tmp_path, now + timedelta(days=days)) as settings.TLS_ADDRESS:
        assert delivery_checks.check_certificate(now).state is state


def test_a_certificate_that_cannot_be_read_needs_attention(settings, now):
    settings.SECURE, settings.TLS_ADDRESS = True, "127.0.0.1:9"
    assert delivery_checks.check_certificate(now).state is ATTENTION

    settings.SECURE = False
    assert delivery_checks.check_certificate(now).state is OK


def test_the_scanner_is_asked_for_its_version(settings, now):
    assert check_scanner(now).state is OK  # none is set

    with fake_clamd() as (settings.CLAMD_URL, _):
        assert "ClamAV" in check_scanner(now).measured
    assert check_scanner(now).state is FAILED


def test_the_version_is_that_of_the_project(now):
    project = (django_settings.BASE_DIR / "pyproject.toml").read_text()

    assert f'\nversion = "{storage_checks.VERSION_NUMBER}"\n' in project
    assert storage_checks.VERSION_NUMBER in storage_checks.check_version(now).measured
