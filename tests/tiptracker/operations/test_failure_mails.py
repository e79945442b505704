"""Administrators are told by mail of parts that have failed."""

from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.utils import timezone

from tests.factories import AdministratorFactory, CountryFactory, OfficerFactory
from tiptracker.operations import checks
from tiptracker.operations.checks import CheckResult, CheckState, StatusCheck
from tiptracker.operations.failure_mails import report_failures
from tiptracker.operations.models import PartFailure

pytestmark = pytest.mark.django_db

BEGIN = timezone.now().replace(microsecond=0)


@pytest.fixture
def states(monkeypatch):
    """What each of three parts answers, to be changed by a test."""
    found = {"Backups": CheckState.OK, "Redis": CheckState.OK, "Mails": CheckState.ATTENTION}
    parts = [
        StatusCheck(label.lower(), label, lambda now, label=label: CheckResult(found[label], "")) for label in found
    ]
    monkeypatch.setattr(checks, "load_checks", lambda: parts)
    return found


@pytest.fixture
def look(run_jobs):
    """Call it to look at the status so many minutes after the beginning. Returns who got which subject and text."""

    def run(minutes):
        outbox.outbox.clear()
        report_failures(now=BEGIN + timedelta(minutes=minutes))
        run_jobs()
        return sorted((mail.to[0], mail.subject, mail.body) for mail in outbox.outbox)

    return run


def test_administrators_are_told_of_what_failed_twice_and_again_after_a_day(states, look):
    AdministratorFactory(email="first@example.org")
    AdministratorFactory(email="second@example.org")
    AdministratorFactory(email="left@example.org", is_active=False)
    AdministratorFactory(email="post@example.org", countries=[CountryFactory()])
    OfficerFactory()
    assert look(0) == []
    states |= {"Backups": CheckState.FAILED, "Redis": CheckState.FAILED}

    assert look(10) == []
    told = look(20)
    assert [address for address, *_ in told] == ["first@example.org", "second@example.org"]
    assert {subject for _, subject, _ in told} == {"TIP Tracker: a part of the installation has failed"}
    assert "Backups and Redis" in told[0][2]
    assert "/status/" in told[0][2]
    assert look(30) == []

    states["Redis"] = CheckState.OK
    assert look(20 + 24 * 60 - 10) == []
    again = look(20 + 24 * 60)
    assert len(again) == 2
    assert "Redis" not in again[0][2]


def test_a_failure_that_is_over_at_the_next_look_is_not_told(states, look):
    AdministratorFactory()
    for minutes in (0, 20, 40):
        states["Backups"] = CheckState.FAILED
        assert look(minutes) == []
        states["Backups"] = CheckState.OK
        assert look(minutes + 10) == []

    assert not PartFailure.objects.exists()


def test_a_second_part_that_fails_is_told_at_once_with_the_first(states, look):
    AdministratorFactory()
    states["Backups"] = CheckState.FAILED
    look(0)
    assert len(look(10)) == 1
    states["Redis"] = CheckState.FAILED
    look(20)

    assert "Backups and Redis" in look(30)[0][2]
