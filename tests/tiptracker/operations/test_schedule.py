"""The schedule writes down that it works, as long as it could send what was due."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import timedelta

from celery.beat import SchedulingError
from django.conf import settings
from django.utils import timezone

from tests.running_server import stop
from tiptracker.celery import app
from tiptracker.jobs.schedule import Scheduler
from tiptracker.operations.checks import CheckState
from tiptracker.operations.models import ServiceHeartbeat
from tiptracker.operations.schedule import BEAT, RecordingScheduler, record_heartbeat
from tiptracker.operations.service_checks import check_beat


def test_a_schedule_that_hangs_is_seen_by_its_last_heartbeat(fresh_database, tmp_path):
    command = [sys.executable, "-m", "celery", "--app", "tiptracker", "beat", "--pidfile", "", "--loglevel", "ERROR"]
    schedule = subprocess.Popen(
        [*command, "--schedule", str(tmp_path / "schedule")],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": fresh_database, "ALIVE_FILE": str(tmp_path / "alive")},
        start_new_session=True,
    )
    try:
        give_up_at = time.monotonic() + 60
        while not ServiceHeartbeat.objects.exists():
            assert time.monotonic() < give_up_at
            time.sleep(0.1)
        assert check_beat(timezone.now()).state is CheckState.OK

        os.killpg(schedule.pid, signal.SIGSTOP)
        hung = ServiceHeartbeat.objects.get().at

        assert check_beat(hung + timedelta(minutes=3)).state is CheckState.FAILED
        assert (tmp_path / "alive").exists()
    finally:
        stop(schedule)


def test_a_schedule_that_cannot_send_records_no_heartbeat(fresh_database, monkeypatch, tmp_path):
    """Celery logs the error and goes on, so the process looks alive."""
    could_send = []

    def send(self, *args, **kwargs):
        if not could_send:
            raise SchedulingError("The broker does not answer")

    def tick(self, *args, **kwargs):
        with suppress(SchedulingError):
            self.apply_async(None)
        return 1.0

    monkeypatch.setattr(Scheduler, "apply_async", send)
    monkeypatch.setattr(Scheduler, "tick", tick)
    scheduler = RecordingScheduler(app, lazy=True, schedule_filename=str(tmp_path / "schedule"))

    scheduler._store = {}  # it keeps the schedule
    scheduler.tick()
    assert not ServiceHeartbeat.objects.exists()

    could_send.append(True)
    scheduler._store = None  # it stands by
    scheduler.tick()
    assert not ServiceHeartbeat.objects.exists()

    scheduler._store = {}
    scheduler.tick()
    assert ServiceHeartbeat.objects.get().service == BEAT


def test_a_service_has_one_row_however_often_it_works(fresh_database):
    for _ in range(3):
        record_heartbeat(BEAT)

    assert ServiceHeartbeat.objects.count() == 1
