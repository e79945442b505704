"""Programs that read a list at the same moment, with transactions that commit."""

from datetime import datetime
from zoneinfo import ZoneInfo

from tests.concurrent_writes import run_simultaneously
from tests.factories import OfficerFactory
from tiptracker.audit.list_reads import count_read
from tiptracker.audit.models import AuditEntry, ListRead

NOON = datetime(2022, 1, 28, 12, tzinfo=ZoneInfo("Africa/Maseru"))


def test_two_requests_at_once_lose_no_count_and_tell_the_log_once(fresh_database):
    officer = OfficerFactory()

    def read(page):
        return lambda: count_read("evidence", rows=200, by=officer, parameters={"page": page}, now=NOON)

    assert run_simultaneously(read("1"), read("2")) == ["done", "done"]
    assert run_simultaneously(read("3"), read("4")) == ["done", "done"]

    assert ListRead.objects.get().rows == 800
    assert AuditEntry.objects.filter(verb="list.read").count() == 2
