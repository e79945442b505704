"""`manage.py upgrade` stops at the first step that fails, and says what to do. The data: tests/test_upgrade.py."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from tests import database_roles
from tests.factories import OfficerFactory
from tests.upgrading import upgrade
from tiptracker.backups.archive_format import backup_name
from tiptracker.operations import checks
from tiptracker.operations.checks import CheckResult, CheckState, StatusCheck
from tiptracker.operations.management.commands import upgrade as command
from tiptracker.operations.models import PartFailure


@pytest.fixture
def steps(fresh_database, monkeypatch):
    """The names of the commands that the upgrade calls, in order. They run."""
    called = []

    def call(name, *arguments, **options):
        called.append((name, *arguments))
        call_command(name, *arguments, **options)

    monkeypatch.setattr(command, "call_command", call)
    return called


def remove_newest_table():
    """Let the database lack a migration and the table that it creates."""
    MigrationRecorder.Migration.objects.filter(app="operations", name="0002_failed_parts").delete()
    with database_roles.as_owner(), connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {PartFailure._meta.db_table}")


def test_without_a_backup_nothing_is_done_until_somebody_says_so(steps, settings, tmp_path):
    remove_newest_table()
    for settings.BACKUP_DESTINATION in ("", str(tmp_path)):
        with pytest.raises(CommandError, match="--without-backup") as ended:
            upgrade()
        assert ended.value.returncode == 1

    assert steps == []


def test_a_backup_of_the_version_that_runs_is_found_and_named(steps, settings, tmp_path):
    settings.BACKUP_DESTINATION = str(tmp_path)
    OfficerFactory()
    call_command("backup", str(tmp_path), stdout=io.StringIO(), stderr=io.StringIO())
    remove_newest_table()

    said = upgrade()

    assert said[1].startswith("1. Backup: tiptracker-")
    assert [step[0] for step in steps] == ["migrate", "check"]


def test_a_backup_of_yesterday_is_too_old(steps, settings, tmp_path):
    settings.BACKUP_DESTINATION = str(tmp_path)
    (tmp_path / backup_name(timezone.now() - timedelta(days=1))).touch()
    remove_newest_table()

    with pytest.raises(CommandError, match="no backup of the last hour"):
        upgrade()

    assert steps == []


def test_where_no_migration_is_missing_no_backup_is_needed(steps, settings):
    settings.BACKUP_DESTINATION = ""

    assert upgrade()[1] == "1. Backup: none is needed, because no migration is missing."


def test_missing_migrations_are_applied_and_each_step_has_a_line(steps):
    remove_newest_table()

    said = [line for line in upgrade(without_backup=True) if not line.startswith("   ")]

    assert [line[:2] for line in said[1:]] == ["1.", "2.", "3.", "4."]
    assert said[2].startswith("2. Migrations applied: 1, in ")
    assert "Schedule" in said[4]  # it does not run here
    assert PartFailure.objects.count() == 0


def test_a_migration_that_fails_is_named_and_ends_the_upgrade(steps):
    """The table is there already, as after a restore by hand."""
    MigrationRecorder.Migration.objects.filter(app="operations", name="0002_failed_parts").delete()

    with pytest.raises(CommandError) as ended:
        upgrade(without_backup=True)

    said = str(ended.value)
    assert "operations.0002_failed_parts failed after 0 of 1" in said
    assert "already exists" in said
    assert "restore the backup" in said
    assert [step[0] for step in steps] == ["migrate"]


@pytest.mark.parametrize(("judges", "fails"), [(True, True), (False, False)])
def test_a_fault_of_the_database_is_a_failure_and_a_service_that_is_stopped_is_not(steps, monkeypatch, judges, fails):
    part = StatusCheck("x", "Part", lambda now: CheckResult(CheckState.FAILED, "Gone."), judges_upgrade=judges)
    monkeypatch.setattr(checks, "load_checks", lambda: [part])

    if fails:
        with pytest.raises(CommandError, match="Part: Gone"):
            upgrade(without_backup=True)
    else:
        upgrade(without_backup=True)
