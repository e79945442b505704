"""The nightly check of the log: its findings are stored, shown, logged and mailed, each fault once."""

from contextlib import contextmanager, nullcontext
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.authentication import force_sign_in
from tests.conftest import run_due_jobs
from tests.factories import AdministratorFactory, AmbassadorFactory, CountryFactory, FocalPointFactory, OfficerFactory
from tests.tiptracker.audit.test_actions import execute_without_triggers
from tests.transactions import record_log_entry
from tiptracker.audit.models import AuditEntry, LogVerification
from tiptracker.audit.verification import verify_log
from tiptracker.celery import app
from tiptracker.mail.models import Mail

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _register_tasks(run_jobs):
    """As to a worker."""


def verify():
    return verify_log(now=timezone.now())


def alter_entry(number):
    execute_without_triggers("UPDATE \"audit_auditentry\" SET verb = 'nothing.happened' WHERE number = %s", number)


def test_log_verification_is_scheduled_every_night_with_a_long_limit():
    task = app.tasks[app.conf.beat_schedule["log-verification"]["task"]]

    assert task.time_limit >= 1800


def test_intact_log_is_shown_on_its_page_without_a_mail(client):
    record_log_entry("evidence.logged", by=None, country=CountryFactory())
    force_sign_in(client, AdministratorFactory())
    assert "The log has not been checked yet." in client.get(reverse("log_list")).text

    found = verify()

    assert (found.fault, found.faulty_number, found.number) == ("", None, AuditEntry.objects.latest("number").number)
    assert f"It covered every entry up to {found.number}." in client.get(reverse("log_list")).text
    assert not Mail.objects.exists()


def test_log_fault_is_mailed_once_to_administrators_officers_and_ambassador():
    here, elsewhere = CountryFactory(), CountryFactory(elsewhere=True)
    told = [AdministratorFactory(), OfficerFactory(countries=[here]), AmbassadorFactory(countries=[here])]
    AdministratorFactory(countries=[here])
    OfficerFactory(countries=[elsewhere])
    OfficerFactory(countries=[here], is_active=False)
    FocalPointFactory(ministry__country=here)
    entry = record_log_entry("evidence.logged", by=None, country=here)
    alter_entry(entry.number)

    assert verify().faulty_number == entry.number
    verify()
    run_due_jobs()

    assert sorted(message.to[0] for message in mail.outbox) == sorted(person.email for person in told)
    assert all("evidence" not in message.body for message in mail.outbox)
    recorded = AuditEntry.objects.filter(verb="log.fault_found")
    assert set(recorded.values_list("country", flat=True)) == {here.pk, None}
    for person in told:
        browser = Client()
        force_sign_in(browser, person)
        assert "Entry 1 was changed or inserted." in browser.get(reverse("log_list")).text


def test_new_log_fault_is_mailed_again_and_to_all_if_it_has_no_country():
    countries = (CountryFactory(), CountryFactory(elsewhere=True))
    officers = [OfficerFactory(countries=[country]) for country in countries]
    for _ in range(2):
        record_log_entry("housekeeping.done", by=None)
    alter_entry(2)
    verify()
    alter_entry(1)
    verify()
    run_due_jobs()

    assert len(mail.outbox) == 2 * len(officers)


def test_a_check_by_hand_is_stored_like_that_of_the_night():
    record_log_entry("housekeeping.done", by=None)

    call_command("verify_audit", stdout=StringIO())

    assert LogVerification.objects.get().number == 1


def test_a_fault_that_is_found_by_hand_is_mailed_once_and_recorded():
    administrator = AdministratorFactory()
    alter_entry(record_log_entry("housekeeping.done", by=None).number)

    for _ in range(2):
        with pytest.raises(CommandError, match="The log has a fault: entry 1 was changed"):
            call_command("verify_audit")
    run_due_jobs()

    assert [message.to for message in mail.outbox] == [[administrator.email]]
    assert AuditEntry.objects.filter(verb="log.fault_found", country=None).count() == 1


def test_a_wrongly_noted_head_is_reported_to_nobody_else():
    AdministratorFactory()
    record_log_entry("housekeeping.done", by=None)

    with pytest.raises(CommandError, match="entry 9 is missing"):
        call_command("verify_audit", f"--expect=9:{'a' * 64}")

    assert LogVerification.objects.get().fault == ""
    assert not Mail.objects.exists()


@contextmanager
def read_only_database():
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # until the transaction of the test ends
            cursor.execute("SET TRANSACTION READ ONLY")
            yield
        else:
            cursor.execute("PRAGMA query_only = ON")
            try:
                yield
            finally:
                cursor.execute("PRAGMA query_only = OFF")


@pytest.mark.both_databases
@pytest.mark.parametrize("is_altered", [False, True])
def test_where_nothing_can_be_written_the_result_is_said_all_the_same(capsys, is_altered):
    number = record_log_entry("housekeeping.done", by=None).number
    if is_altered:
        alter_entry(number)

    with read_only_database(), pytest.raises(CommandError) if is_altered else nullcontext():
        call_command("verify_audit")

    printed = capsys.readouterr()
    assert "could not be stored" in printed.err
    assert is_altered or "The log has no fault: 1 entries" in printed.out
    assert not LogVerification.objects.exists()


def test_an_end_that_was_cut_off_is_found_by_the_head_of_the_night_before():
    for _ in range(3):
        record_log_entry("housekeeping.done", by=None)
    verify()
    execute_without_triggers('DELETE FROM "audit_auditdetail"')
    execute_without_triggers('DELETE FROM "audit_auditentry" WHERE number = 3')

    assert verify().fault == "entry 3 is missing: the log ends at 2"
    assert LogVerification.objects.count() == 2
