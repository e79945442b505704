"""Two administrators of the backup confirm, each with password and one-time code, that its redactions are lost."""

import os
import pty
import subprocess
import sys
import threading

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings as current

from tests.factories import AdministratorFactory, CountryFactory, OfficerFactory
from tests.refusals import refuses
from tests.tiptracker.backups.installations import backup, fill
from tiptracker.backups.approvals import check_administrator

PASSWORD = "a password of the tests"


def add(factory, email, **fields):
    """A person with a password and an app for codes. Returns the secret of the app."""
    person = factory(email=email, **fields)
    person.set_password(PASSWORD)
    person.save()
    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(person, secret)
    return person


def code():
    return format_hotp_value(hotp_value("JBSWY3DPEHPK3PXP", next(iter(yield_hotp_counters_from_time()))))


@pytest.mark.django_db
def test_an_administrator_needs_password_and_code():
    person = add(AdministratorFactory, "first@example.org")
    add(OfficerFactory, "officer@example.org")
    add(AdministratorFactory, "closed@example.org", is_active=False)
    add(AdministratorFactory, "post@example.org", countries=[CountryFactory()])
    right = {"email": "First@example.org", "password": PASSWORD, "code": code()}
    for wrong in (
        {"password": "another"}, {"code": "000000"}, {"code": ""}, {"email": "nobody@example.org"},
        {"email": "officer@example.org"}, {"email": "closed@example.org"},
        {"email": "post@example.org"},
    ):  # fmt: skip
        with refuses("not_confirmed"):
            check_administrator(**{**right, **wrong})
    assert check_administrator(**right) == person
    with refuses("not_confirmed"):  # a code counts once
        check_administrator(**right)


def answer(process, terminal, answers):
    """Type each answer after its prompt; a code is worked out only then. Returns all that was printed."""
    printed = b""
    waiting = list(answers)
    while True:
        try:
            more = os.read(terminal, 4096)
        except OSError:
            break
        if not more:
            break
        printed += more
        if waiting and printed.rstrip().endswith(waiting[0][0].encode()):
            typed = waiting.pop(0)[1]
            os.write(terminal, (typed if isinstance(typed, str) else typed()).encode() + b"\n")
            printed += b"\n"
    process.wait()
    return printed.decode()


@pytest.fixture
def lost_redactions(fresh_database, tmp_path, settings):
    """A folder with a backup of two administrators, and no file of redactions."""
    settings.MEDIA_ROOT = tmp_path / "files"
    fill()
    add(AdministratorFactory, "first@example.org")
    add(AdministratorFactory, "second@example.org")
    backup(tmp_path / "backups")
    (tmp_path / "backups" / "redactions.jsonl").unlink()
    return tmp_path / "backups"


@pytest.mark.parametrize(("second", "exit_code"), [("second@example.org", 0), ("first@example.org", 1)])
def test_two_administrators_confirm_at_a_terminal(lost_redactions, new_database_url, settings, second, exit_code):
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "restore", str(lost_redactions), "--without-redactions"],
        cwd=current.BASE_DIR, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        env=os.environ
        | {"DATABASE_URL": new_database_url, "VAR_DIR": str(lost_redactions), "SECRET_KEY": settings.SECRET_KEY},
    )  # fmt: skip
    os.close(theirs)
    killer = threading.Timer(120, process.kill)
    killer.start()
    printed = answer(
        process, ours,
        [
            ("First administrator, e-mail address:", "first@example.org"), ("Password:", PASSWORD),
            ("One-time code:", code),
            ("Second administrator, e-mail address:", second), ("Password:", PASSWORD), ("One-time code:", code),
        ],
    )  # fmt: skip
    killer.cancel()
    os.close(ours)

    assert process.returncode == exit_code, printed
    assert "words that were removed from the record after the backup come back" in printed
    assert PASSWORD not in printed
    assert ("Proven: " in printed) == (exit_code == 0)
