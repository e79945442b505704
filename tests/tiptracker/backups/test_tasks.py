"""The nightly backup and the weekly proof, as the schedule runs them, and what the status says of them."""

import os
import subprocess
import sys

import pyrage
import pytest
from django.conf import settings as current

from dialogues.models import EvidenceFile
from tests.tiptracker.backups.installations import fill, later, redact
from tiptracker.audit.actions import log_head
from tiptracker.backups.actions import newest_backup_state, remove_expired_backups
from tiptracker.backups.archive_format import backup_name
from tiptracker.backups.destinations import FolderDestination
from tiptracker.backups.models import Backup, BackupProof
from tiptracker.backups.processes import FOLDER_PREFIX, proof_environment, temporary_folder
from tiptracker.celery import app
from tiptracker.jobs.models import Job, State


@pytest.fixture
def installation(fresh_database, tmp_path, settings, monkeypatch):
    """An installation with rows and files and a folder for nightly backups; so have the processes that it starts."""
    settings.MEDIA_ROOT, settings.VAR_DIR = tmp_path / "files", tmp_path / "var"
    settings.BACKUP_DESTINATION = str(tmp_path / "backups")
    settings.VAR_DIR.mkdir()
    for name, value in {"DATABASE_URL": fresh_database, "MEDIA_ROOT": str(settings.MEDIA_ROOT)}.items():
        monkeypatch.setenv(name, value)
    return fill()


@pytest.fixture
def run_hour(run_jobs):
    """Call it to do what the schedule does every hour, and then the jobs."""

    def run():
        app.tasks["backups_due"]()
        return {job.kind: (job.state, job.reason) for job in run_jobs() if "backup" in job.kind or "red" in job.kind}

    return run


def test_there_is_no_schedule_without_a_destination(installation, settings, run_hour):
    settings.BACKUP_DESTINATION = ""

    assert run_hour() == {}
    assert newest_backup_state(later(0))[:3] == (False, None, None)


def test_a_night_brings_a_backup_and_the_next_hour_its_proof(installation, run_hour, tmp_path):
    head = log_head()
    assert run_hour()["backup"][0] == State.READY
    (name,) = FolderDestination(tmp_path / "backups").list_names()
    made = Backup.objects.get()
    assert (made.name, made.size, made.log_number, made.log_hash) == (
        name, (tmp_path / "backups" / name).stat().st_size, *head,
    )  # fmt: skip
    assert (made.proven_at, made.problem) == (None, "")
    state = newest_backup_state(later(0))
    assert (state.is_configured, state.last_success_at, state.is_late, state.is_unproven) == (
        True, made.created_at, False, True,
    )  # fmt: skip

    assert run_hour()["prove_backup"] == (State.READY, "")
    made.refresh_from_db()
    assert (made.proof, made.problem, made.proven_at) == (BackupProof.RESTORED, "", made.tried_at)
    assert not newest_backup_state(later(0)).is_unproven
    assert list((tmp_path / "var").glob(f"{FOLDER_PREFIX}*")) == []
    stored = tmp_path / "files" / EvidenceFile.objects.values_list("file", flat=True).get()
    assert stored.read_bytes().startswith(b"%PDF")  # the proof deleted none

    assert set(run_hour()) == {"redaction_file"}
    assert newest_backup_state(later(27)).is_late
    assert newest_backup_state(later(24 * 9)).is_unproven


def test_a_damaged_backup_is_reported_until_a_later_one_is_proven(installation, run_hour, tmp_path):
    run_hour()
    archive = next((tmp_path / "backups").glob("*.tar"))
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 1
    archive.write_bytes(content)

    state, reason = run_hour()["prove_backup"]

    assert state == State.FAILED
    assert "The backup" in reason
    found = newest_backup_state(later(0))
    assert (found.problem, found.last_proven_at) == (reason, None)
    assert "prove_backup" not in run_hour()  # not every hour

    Backup.objects.create(
        created_at=later(0), destination="x", name="x", proven_at=later(0), proof=BackupProof.RESTORED
    )
    assert newest_backup_state(later(0)).problem == ""


def test_a_place_that_is_full_or_gone_is_reported(installation, run_hour, settings, tmp_path, monkeypatch):
    settings.BACKUP_DESTINATION = str(tmp_path / "none" / "backups")

    state, reason = run_hour()["backup"]

    assert state == State.FAILED
    assert "Check that the folder above exists" in reason
    assert newest_backup_state(later(0)).problem == reason

    Backup.objects.create(created_at=later(0), destination="x", name="x")
    assert newest_backup_state(later(0)).problem == ""


def test_an_encrypted_backup_is_proven_without_the_private_key(installation, run_hour, settings, tmp_path, monkeypatch):
    settings.BACKUP_RECIPIENTS = [str(pyrage.x25519.Identity.generate().to_public())]
    monkeypatch.setenv("BACKUP_RECIPIENTS", settings.BACKUP_RECIPIENTS[0])
    run_hour()

    assert run_hour()["prove_backup"] == (State.READY, "")

    proven = Backup.objects.get(proven_at__isnull=False)
    assert (proven.proof, proven.is_encrypted) == (BackupProof.BEFORE_ENCRYPTION, True)
    assert (tmp_path / "backups" / proven.name).exists()
    assert list((tmp_path / "var").glob(f"{FOLDER_PREFIX}*")) == []


def test_a_backup_that_somebody_removed_is_noticed_within_the_hour(installation, run_hour, tmp_path):
    run_hour()
    run_hour()
    (name,) = FolderDestination(tmp_path / "backups").list_names()
    (tmp_path / "backups" / name).rename(tmp_path / name)
    run_hour()

    state = newest_backup_state(later(0))
    assert f"{name} is no longer at {tmp_path / 'backups'}" in state.problem
    assert state.last_success_at is None

    assert run_hour()["backup"] == (State.READY, "")
    assert newest_backup_state(later(0)).problem == ""


def test_there_is_no_backup_before_somebody_has_an_account(fresh_database, settings, run_hour, tmp_path):
    settings.BACKUP_DESTINATION = str(tmp_path / "backups")

    assert run_hour() == {}


def test_the_rule_deletes_old_backups_and_never_the_only_proven_one(installation, tmp_path):
    destination = FolderDestination(tmp_path / "backups")
    moments = [later(-24 * days) for days in range(40)]
    for moment in moments:
        with destination.create(backup_name(moment)) as stream:
            stream.write(b"a backup")
    assert remove_expired_backups(destination, now=later(0)) == []  # none is proven

    oldest = backup_name(moments[-1])
    Backup.objects.create(
        created_at=moments[-1], destination=destination.label, name=oldest, proven_at=moments[-1],
        proof=BackupProof.RESTORED,
    )  # fmt: skip
    removed = remove_expired_backups(destination, now=later(0))

    left = destination.list_names()
    assert oldest in left
    assert {backup_name(moment) for moment in moments[:7]} <= set(left)
    assert len(left) == 40 - len(removed) < 20


def test_a_confirmed_redaction_is_named_beside_the_backups_at_once(installation, run_jobs, tmp_path):
    redact(installation)
    run_jobs()

    text = (tmp_path / "backups" / "redactions.jsonl").read_text()
    assert '"kind":"redaction"' in text
    assert "Palesa" not in text


def test_a_missed_redaction_is_made_up_for(installation, run_hour, tmp_path):
    redact(installation)
    Job.objects.filter(kind="redaction_file").delete()
    Backup.objects.create(created_at=later(0), destination=str(tmp_path / "backups"), name="x", tried_at=later(0))

    assert run_hour()["redaction_file"] == (State.READY, "")

    assert '"kind":"redaction"' in (tmp_path / "backups" / "redactions.jsonl").read_text()


def test_the_folder_of_a_killed_proof_is_deleted_and_that_of_a_running_one_is_not(installation, tmp_path):
    killed = tmp_path / "var" / f"{FOLDER_PREFIX}killed"
    (killed / "var").mkdir(parents=True)
    (killed / "lock").touch()

    with temporary_folder() as running:
        assert not killed.exists()
        with temporary_folder() as second:
            assert running.exists()
            assert second != running
    assert list((tmp_path / "var").iterdir()) == []


def test_a_proof_sees_neither_the_database_nor_the_mail_server(installation, monkeypatch, tmp_path):
    monkeypatch.setenv("EMAIL_HOST_PASSWORD", "secret")
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1/0")

    environment = proof_environment(tmp_path)

    assert environment["DATABASE_URL"].startswith("sqlite:///")
    assert {"EMAIL_HOST_PASSWORD", "REDIS_URL", "MEDIA_ROOT"} & set(environment) == set()


def test_a_backup_ends_with_the_process_that_wanted_it(installation, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", _STARTS_AND_DIES], cwd=current.BASE_DIR, env=dict(os.environ),
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    assert done.stdout.strip() == "ended"


_STARTS_AND_DIES = """
import os, subprocess, sys
from tiptracker.infrastructure.child_process import child_command

reading, writing = os.pipe()
if os.fork() == 0:  # the parent of the command, which ends at once
    begun, say_begun = os.pipe()
    program = f"import os, time; os.write({say_begun}, b'x'); time.sleep(50)"
    subprocess.Popen(child_command(["-c", program]), pass_fds=[writing, say_begun])
    os.read(begun, 1)
    os._exit(0)
os.close(writing)
os.read(reading, 1)  # returns when nobody holds the pipe any more
print("ended")
"""
