import os
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from tests.append_only import redact_text
from tests.database_roles import OWNER, as_owner, run_as_owner
from tests.factories import CountryFactory, OfficerFactory
from tests.transactions import record_log_entry
from tiptracker.audit import actions, chain
from tiptracker.audit.append_only import REDACTED
from tiptracker.audit.models import AuditDetail, AuditEntry


def write_entries(count):
    """`count` entries, each with what was before and after."""
    officer = OfficerFactory()
    return [
        record_log_entry("thing.changed", by=officer, row=officer, country=CountryFactory(), after={"number": number})
        for number in range(1, count + 1)
    ]


def execute_without_triggers(statement, *values):
    """Run a statement as somebody with the owner's password could, the triggers dropped."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in ("audit_auditentry", "audit_auditdetail"):
                run_as_owner(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        else:
            for table in ("audit_auditentry", "audit_auditdetail"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only")
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only_delete")
        cursor.execute(statement, values)


def alter_detail(entry, side, text):
    statement = {
        "before": "UPDATE audit_auditdetail SET before = %s WHERE entry_id = %s",
        "after": "UPDATE audit_auditdetail SET after = %s WHERE entry_id = %s",
    }[side]
    execute_without_triggers(statement, text, entry.pk)


@pytest.mark.django_db
def test_record_chains_each_entry_to_the_one_before():
    first, second = write_entries(2)

    assert (first.number, first.previous_hash) == (1, chain.GENESIS_HASH)
    assert (second.number, second.previous_hash) == (2, first.hash)
    assert actions.find_log_fault() is None


@pytest.mark.django_db
def test_record_tells_who_did_what_to_which_row():
    officer = OfficerFactory()
    entry = record_log_entry("user.changed", by=officer, row=officer, country=CountryFactory(), before={"name": "Old"})

    assert (entry.verb, entry.by, entry.table, entry.row) == ("user.changed", officer, "accounts.user", str(officer.pk))
    assert (entry.detail.before, entry.detail.after) == ('{"name": "Old"}', "")


@pytest.mark.django_db
@pytest.mark.parametrize("many", [1, 300])
def test_many_entries_are_chained_in_their_order_by_as_few_queries_as_one(many, django_assert_num_queries):
    (before,), officer = write_entries(1), OfficerFactory()
    told = [
        actions.AuditEvent("thing.changed", officer, {"number": number - 1}, {"number": number})
        for number in range(many)
    ]

    # the lock, where there is one; the head; entries; what was before and after; the version of the record
    with transaction.atomic(), django_assert_num_queries(5 if connection.vendor == "postgresql" else 4):
        entries = actions.record_all(told, by=officer, country=CountryFactory.build(pk=before.country_id))

    assert [entry.number for entry in entries] == list(range(2, many + 2))
    assert [entry.pk for entry in AuditEntry.objects.order_by("number")] == [
        before.pk,
        *(entry.pk for entry in entries),
    ]
    assert entries[0].previous_hash == before.hash
    assert entries[-1].detail.after == f'{{"number": {many - 1}}}'
    assert actions.find_log_fault() is None


@pytest.mark.parametrize("database", ["db", "fresh_database"])
def test_record_outside_a_transaction_is_an_error(request, database):
    """… also in a test that has a transaction of its own around it."""
    request.getfixturevalue(database)

    with pytest.raises(RuntimeError, match="belongs in the transaction"):
        actions.record("thing.changed", by=None)


def test_an_action_that_fails_leaves_no_entry(fresh_database):
    @transaction.atomic
    def fail():
        actions.record("thing.changed", by=None)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert not AuditEntry.objects.exists()


@pytest.mark.django_db
def test_verify_names_an_entry_changed_behind_the_triggers():
    write_entries(3)
    execute_without_triggers("UPDATE audit_auditentry SET verb = %s WHERE number = 2", "nothing.happened")

    assert actions.find_log_fault() == (2, "entry 2 was changed or inserted")


@pytest.mark.django_db
def test_verify_names_an_entry_deleted_behind_the_triggers():
    write_entries(3)
    execute_without_triggers(
        "DELETE FROM audit_auditdetail WHERE entry_id = (SELECT id FROM audit_auditentry WHERE number = 2)"
    )
    execute_without_triggers("DELETE FROM audit_auditentry WHERE number = 2")

    assert actions.find_log_fault() == (2, "entry 2 is missing")


@pytest.mark.django_db
def test_verify_names_an_entry_put_in_behind_the_triggers():
    second = write_entries(3)[1]
    execute_without_triggers("UPDATE audit_auditentry SET number = 4 WHERE number = 3")
    forged = AuditEntry(number=3, at=second.at, verb="nothing.happened", previous_hash=second.hash)
    forged.hash = chain.hash_entry(second.hash, actions._hashed_fields(forged))
    forged.save()

    assert actions.find_log_fault() == (3, "entry 3 was inserted")


@pytest.mark.django_db
@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("instead", ["{}", ""])
def test_verify_names_an_entry_whose_before_or_after_was_altered(side, instead):
    write_entries(1)
    entry = record_log_entry("thing.changed", by=None, before={"number": 1}, after={"number": 2})
    alter_detail(entry, side, instead)

    assert actions.find_log_fault() == (2, f"what entry 2 changed was altered ({side})")


@pytest.mark.django_db
@pytest.mark.parametrize("text", ['{"number": 0}', REDACTED])
def test_verify_names_an_entry_to_which_a_before_was_added(text):
    entry = write_entries(2)[1]
    alter_detail(entry, "before", text)

    assert actions.find_log_fault() == (2, "what entry 2 changed was altered (before)")


@pytest.mark.django_db
def test_verify_names_an_entry_to_which_before_and_after_were_added():
    write_entries(1)
    entry = record_log_entry("thing.looked_at", by=None)
    AuditDetail.objects.create(entry=entry, salt="salt", after='{"number": 7}')

    assert actions.find_log_fault() == (2, "what entry 2 changed was put in")


@pytest.mark.django_db
@pytest.mark.parametrize(("redacted", "altered"), [("before", "after"), ("after", "before")])
def test_verify_holds_the_side_that_was_not_redacted(redacted, altered):
    entry = record_log_entry("thing.changed", by=None, before={"number": 1}, after={"number": 2})
    redact_text(entry.detail, redacted)
    AuditDetail.objects.filter(entry=entry).update(**{redacted: REDACTED})
    assert actions.find_log_fault() is None

    alter_detail(entry, altered, "{}")
    assert actions.find_log_fault() == (1, f"what entry 1 changed was altered ({altered})")


@pytest.mark.django_db
def test_verify_names_an_entry_whose_detail_is_missing():
    entry = write_entries(2)[0]
    execute_without_triggers("DELETE FROM audit_auditdetail WHERE entry_id = %s", entry.pk)

    assert actions.find_log_fault() == (1, "what entry 1 changed is missing")


@pytest.mark.django_db
def test_the_log_holds_after_a_redaction():
    entry = write_entries(2)[0]
    redact_text(entry.detail, "after")
    AuditDetail.objects.filter(entry=entry).update(after=REDACTED)

    assert actions.find_log_fault() is None


@pytest.mark.django_db
def test_verify_audit_prints_the_head(capsys):
    entry = write_entries(2)[1]
    call_command("verify_audit")

    assert capsys.readouterr().out == f"The log has no fault: 2 entries, seal 2:{entry.hash}.\n"


@pytest.mark.django_db
def test_verify_audit_holds_the_log_against_a_head_noted_before(capsys):
    second = write_entries(3)[1]

    call_command("verify_audit", f"--expect=2:{second.hash}")

    assert "The log has no fault: 3 entries" in capsys.readouterr().out


@pytest.mark.skipif(connection.vendor != "postgresql", reason="roles are PostgreSQL's")
def test_verify_audit_warns_of_a_database_role_that_could_switch_triggers_off(fresh_database, capsys):
    call_command("verify_audit")
    assert "Warning" not in capsys.readouterr().err

    with as_owner():
        call_command("verify_audit")
    assert f"the database role {OWNER} could switch off the triggers" in capsys.readouterr().err


@pytest.mark.django_db
def test_verify_audit_finds_that_the_end_was_cut_off():
    """… which the hashes alone can't tell."""
    newest = write_entries(3)[2]
    execute_without_triggers("DELETE FROM audit_auditdetail WHERE entry_id = %s", newest.pk)
    execute_without_triggers("DELETE FROM audit_auditentry WHERE number = 3")
    assert actions.find_log_fault() is None

    with pytest.raises(CommandError, match="entry 3 is missing: the log ends at 2"):
        call_command("verify_audit", f"--expect=3:{newest.hash}")


@pytest.mark.django_db
def test_verify_audit_finds_that_the_end_was_written_anew():
    newest = write_entries(3)[2]
    execute_without_triggers("DELETE FROM audit_auditdetail WHERE entry_id = %s", newest.pk)
    execute_without_triggers("DELETE FROM audit_auditentry WHERE number = 3")
    record_log_entry("nothing.happened", by=None)
    assert actions.find_log_fault() is None

    with pytest.raises(CommandError, match="entry 3 is not the one that was noted"):
        call_command("verify_audit", f"--expect=3:{newest.hash}")


@pytest.mark.parametrize("typed", ["3", "three:" + "a" * 64, "3:abc"])
def test_verify_audit_takes_nothing_else_for_a_head(typed):
    with pytest.raises(CommandError, match="Give it as NUMBER:HASH"):
        call_command("verify_audit", f"--expect={typed}")


@pytest.mark.django_db
def test_each_entry_tells_by_itself_whether_it_holds():
    first, second, third = write_entries(3)
    assert [actions.find_entry_fault(entry) for entry in (first, second, third)] == ["", "", ""]

    execute_without_triggers("UPDATE audit_auditentry SET verb = %s WHERE number = 2", "nothing.happened")
    alter_detail(first, "after", "{}")

    faults = [actions.find_entry_fault(AuditEntry.objects.get(number=number)) for number in (1, 2, 3)]
    assert faults == ["what entry 1 changed was altered (after)", "entry 2 was changed or inserted", ""]
    execute_without_triggers("UPDATE audit_auditentry SET hash = %s WHERE number = 2", "b" * 64)
    assert actions.find_entry_fault(AuditEntry.objects.get(number=3)) == "entry 3 does not follow the entry before it"


@pytest.mark.django_db
def test_verify_audit_fails_where_the_log_does_not_hold():
    write_entries(2)
    execute_without_triggers("UPDATE audit_auditentry SET row = %s WHERE number = 1", "0")

    with pytest.raises(CommandError, match="The log has a fault: entry 1 was changed") as failed:
        call_command("verify_audit")
    assert failed.value.returncode == 1


WRITER = """
import django
django.setup()
from django.db import transaction
from tiptracker.audit import actions
for number in range(25):
    with transaction.atomic():
        actions.record("thing.changed", by=None, after={"number": number})
"""


def test_four_processes_write_one_chain(fresh_database):
    environment = os.environ | {"DATABASE_URL": fresh_database}
    writers = [subprocess.Popen([sys.executable, "-c", WRITER], env=environment) for _ in range(4)]

    assert [writer.wait(60) for writer in writers] == [0, 0, 0, 0]
    assert list(AuditEntry.objects.values_list("number", flat=True)) == list(range(1, 101))
    assert actions.find_log_fault() is None
