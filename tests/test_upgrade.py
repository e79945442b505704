"""A database of release 0.1.0 is migrated: nothing is lost, the triggers are on, and the log and stored runs hold."""

import json
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from reports.models import ReadinessRun
from reports.readiness import stored_runs
from tests import database_roles
from tiptracker.audit.actions import find_head_fault, find_log_fault, log_head
from tiptracker.former_names import current_label

EXPECTED = json.loads((Path(__file__).parent / "fixtures" / "0.1.0" / "expected.json").read_text())


@pytest.fixture
def migrated(database_of_0_1_0):
    with database_roles.as_owner():
        call_command("migrate", verbosity=0)
    if connection.vendor == "postgresql":
        database_roles.grant(str(connection.settings_dict["NAME"]))


def triggers():
    """Every trigger of the database at hand: its table, its name and what it does."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(pg_trigger.oid), prosrc"
                " FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid WHERE NOT tgisinternal AND tgenabled = 'O'"
            )
        else:
            cursor.execute("SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'")
        return set(cursor.fetchall())


@pytest.fixture
def new_triggers(django_db_setup, django_db_blocker):
    """Those of a database that was migrated from nothing."""
    with django_db_blocker.unblock():
        return triggers()


def test_a_database_of_0_1_0_keeps_every_row_log_entry_trigger_and_run(new_triggers, migrated):
    counted = {label: apps.get_model(current_label(label.lower()))._base_manager.count() for label in EXPECTED["rows"]}
    assert counted == EXPECTED["rows"]

    assert log_head() == (EXPECTED["entries"], EXPECTED["hash"][connection.vendor])
    assert find_log_fault() is None
    assert find_head_fault(*log_head()) == ""

    assert len(new_triggers) > 80
    assert triggers() == new_triggers

    runs = ReadinessRun.objects.get_queryset().select_related("edition__country").order_by("pk")
    assert {str(run.pk): stored_runs.compare_run(run).outcome.value for run in runs} == EXPECTED["runs"]
