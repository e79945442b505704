"""Mails by their own real worker."""

import os
import time

import pytest
from django.conf import settings
from django.db import transaction

from tests.factories import OfficerFactory
from tests.running_server import RunningServer, stop
from tests.smtp_server import mail_server
from tests.tiptracker.jobs.test_worker import wait_for
from tiptracker.accounts import mails
from tiptracker.demo.supervisor import mail_worker_command
from tiptracker.mail.models import Mail, MailState


def test_two_mails_that_are_never_answered_hold_up_no_third(fresh_database):
    with mail_server() as server:
        server.unanswered_calls = 2
        environment = os.environ | {
            "DATABASE_URL": fresh_database,
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(server.port),
            "EMAIL_USE_TLS": "false",
        }
        worker = RunningServer(0, environment, settings.VAR_DIR / "mail-worker.log")
        try:
            worker.start(mail_worker_command())
            for count in (1, 2):
                queue_sample(f"Change {count}")
                wait_until(lambda wanted=count: server.calls == wanted)
            third = queue_sample("Change 3")

            wait_for(third, MailState.SENT)
        finally:
            for process in worker.processes:
                stop(process)

    assert list(Mail.objects.exclude(pk=third.pk).values_list("state", "tries")) == [(MailState.QUEUED, 0)] * 2
    assert "Change 3" in server.received[0].get_payload()


def wait_until(what, *, seconds=60):
    give_up_at = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < give_up_at
        time.sleep(0.05)


@transaction.atomic
def queue_sample(what):
    mails.notify_sign_in_changed(OfficerFactory(), what)
    return Mail.objects.latest("pk")


def test_a_mail_outside_a_transaction_is_refused(fresh_database):
    person = OfficerFactory()
    with pytest.raises(RuntimeError, match="belongs in the transaction"):
        mails.notify_sign_in_changed(person, "A passkey was added")
