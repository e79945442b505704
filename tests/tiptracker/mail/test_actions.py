"""Mails through a real mail server on this machine: accepted, refused, timed out, retried, given up."""

import socket
from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.conftest import run_due_jobs
from tests.factories import OfficerFactory
from tests.smtp_server import mail_server
from tiptracker.accounts import mails
from tiptracker.jobs.models import Job, State
from tiptracker.mail import smtp
from tiptracker.mail.actions import FIRST_PAUSE, LONGEST_PAUSE, RETRY_PERIOD, queue_mail, requeue_lost_mails
from tiptracker.mail.models import Mail, MailKind, MailState

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings):
    with mail_server() as running:
        options = {"host": "127.0.0.1", "port": running.port, "timeout": 20}
        settings.MAILERS = {"default": {"BACKEND": "tiptracker.mail.smtp.EmailBackend", "OPTIONS": options}}
        yield running


@pytest.fixture(autouse=True)
def _register_tasks(run_jobs):
    """As to a worker."""


def queue_sample():
    with transaction.atomic():
        return queue_mail(MailKind.SIGN_IN_CHANGED, person=OfficerFactory(), values={"what": "A passkey was added"})


def send_and_refresh(mail):
    run_due_jobs()
    mail.refresh_from_db()
    return mail


def move_into_past(mail, pause):
    """As if so much of it had passed."""
    for row, names in ((mail, ("queued_at", "tried_at", "next_try_at")), (job_of(mail), ("due_at", "heartbeat_at"))):
        for name in names:
            if moment := getattr(row, name):
                setattr(row, name, moment - pause)
        row.save()


def job_of(mail):
    return Job.objects.filter(kind="send_mail", key=str(mail.pk)).latest("pk")


# --- Queueing ---------------------------------------------------------------------------------------------------------


def test_a_mail_and_its_job_are_rows_of_the_transaction_that_caused_it():
    with transaction.atomic():
        queue_mail(MailKind.SIGN_IN_CHANGED, person=OfficerFactory())
        transaction.set_rollback(True)
    assert (Mail.objects.count(), Job.objects.count()) == (0, 0)

    mail = queue_sample()

    assert (mail.state, job_of(mail).state) == (MailState.QUEUED, State.QUEUED)


def test_only_one_mail_of_a_kind_and_key_waits():
    person = OfficerFactory()
    with transaction.atomic():
        first, second = (mails.send_reset_link(person, person.email) for _ in range(2))

    assert first == second
    assert Job.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Mail.objects.create(kind=first.kind, key=first.key, queued_at=timezone.now())


def test_no_row_and_no_message_holds_the_link_or_a_strangers_address(server):
    person = OfficerFactory()
    with transaction.atomic():
        mails.send_reset_link(person, person.email)
        mails.send_reset_link(None, "nobody@post.example")
    run_due_jobs()

    link = server.received[0].get_payload().split("http")[1].split()[0].rpartition("/password/")[2]
    rows = " ".join(str(row) for table in (Mail, Job) for row in table.objects.values())
    assert link
    assert link not in rows
    assert "nobody@post.example" not in rows


# --- Sending ----------------------------------------------------------------------------------------------------------


def test_accepted_mail_is_recorded_as_sent_with_its_message_id(server):
    mail = send_and_refresh(queue_sample())

    (taken,) = server.received
    assert (mail.state, mail.address, mail.tries, mail.answer) == (MailState.SENT, mail.person.email, 1, "")
    assert taken["Message-ID"] == mail.message_id
    assert taken["To"] == mail.person.email
    assert job_of(mail).state == State.READY


def test_a_mail_is_sent_once_however_often_its_job_runs(server):
    mail = send_and_refresh(queue_sample())
    Job.objects.update(state=State.QUEUED)

    send_and_refresh(mail)

    assert len(server.received) == 1


@pytest.mark.parametrize(
    ("word", "answer"), [("RCPT", "550 no such user"), ("DATA", "554 not this"), ("text", "552 too much")]
)
def test_permanently_refused_mail_keeps_the_servers_reason(server, word, answer):
    server.answers[word] = answer

    mail = send_and_refresh(queue_sample())

    assert (mail.state, mail.answer, mail.tries) == (MailState.REFUSED, answer, 1)
    assert job_of(mail).state == State.READY


FAULTS = {
    "asks for patience": {"RCPT": "451 try again later"},
    "asks for patience with the text": {"text": "452 no room"},
    "has no time": {"greeting": "421 busy"},
    "refuses our sender": {"MAIL": "550 who are you"},
    "is silent": {"greeting": ""},
    "falls silent": {"RCPT": ""},
    "falls silent with the text": {"text": ""},
    "hangs up": {"greeting": None},
    "hangs up in the midst": {"MAIL": None},
    "hangs up with the text": {"text": None},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_mail_that_is_not_taken_is_tried_again_later_and_then_sent(server, fault, settings):
    server.answers |= FAULTS[fault]
    options = settings.MAILERS["default"]["OPTIONS"]
    options["timeout"] = 0.3 if "silent" in fault else 20

    mail = send_and_refresh(queue_sample())
    assert (mail.state, mail.tries, server.received) == (MailState.QUEUED, 1, [])
    assert mail.answer
    job = job_of(mail)
    assert (job.state, job.due_at, job.attempts) == (State.QUEUED, mail.next_try_at, 0)
    assert mail.next_try_at - mail.tried_at >= FIRST_PAUSE

    server.answers.clear()
    options["timeout"] = 20
    move_into_past(mail, FIRST_PAUSE + timedelta(minutes=1))
    assert send_and_refresh(mail).state == MailState.SENT
    assert (mail.tries, len(server.received)) == (2, 1)


def test_a_server_that_is_not_there_is_no_refusal(server, settings):
    with mail_server() as gone:
        settings.MAILERS["default"]["OPTIONS"]["port"] = gone.port

    mail = send_and_refresh(queue_sample())

    assert mail.state == MailState.QUEUED
    assert mail.answer == "The mail server takes no connections."


def test_a_server_whose_name_is_not_found_is_no_refusal(server, monkeypatch):
    def find_nothing(*arguments, **named):
        raise socket.gaierror(-3, "Temporary failure in name resolution")  # what a name server outside would cause

    monkeypatch.setattr(socket, "create_connection", find_nothing)
    mail = send_and_refresh(queue_sample())

    assert mail.state == MailState.QUEUED
    assert mail.answer == "The name of the mail server (EMAIL_HOST) was not found."


def test_a_server_that_speaks_ever_so_slowly_is_cut_off(server, monkeypatch):
    """Each letter comes within the time-out of a step; together they would hold the worker for ever."""
    monkeypatch.setattr(smtp, "CONNECTION_DEADLINE_SECONDS", 0.5)
    server.answers["greeting"] = "drip"

    mail = send_and_refresh(queue_sample())

    assert (mail.state, mail.tries) == (MailState.QUEUED, 1)
    assert "in time" in mail.answer


def test_a_mail_whose_job_failed_is_queued_again_and_given_up_after_a_day(server):
    """As after a worker that was killed three times while it sent the mail."""
    waiting, lost = queue_sample(), queue_sample()
    Job.objects.filter(pk=job_of(lost).pk).update(state=State.FAILED, reason="Killed.", finished_at=timezone.now())

    assert requeue_lost_mails() == 1
    assert requeue_lost_mails() == 0
    assert job_of(lost).state == State.QUEUED
    assert Job.objects.filter(key=str(waiting.pk)).count() == 1

    Job.objects.filter(pk=job_of(lost).pk).update(state=State.FAILED, reason="Killed.", finished_at=timezone.now())
    Mail.objects.filter(pk=lost.pk).update(queued_at=timezone.now() - RETRY_PERIOD)
    requeue_lost_mails()
    lost.refresh_from_db()
    assert (lost.state, bool(lost.answer)) == (MailState.GIVEN_UP, True)


def test_pauses_grow_and_after_a_day_it_is_given_up(server):
    server.answers["RCPT"] = "451 try again later"
    mail, pauses = queue_sample(), []
    while send_and_refresh(mail).state == MailState.QUEUED:
        pause = mail.next_try_at - mail.tried_at
        pauses.append(timedelta(seconds=round(pause.total_seconds(), -1)))
        move_into_past(mail, pause)

    assert pauses[:-1] == sorted(pauses[:-1])
    assert (pauses[0], max(pauses)) == (FIRST_PAUSE, LONGEST_PAUSE)
    assert RETRY_PERIOD <= sum(pauses, timedelta()) + timedelta(minutes=1) < RETRY_PERIOD + timedelta(minutes=5)
    assert (mail.state, mail.answer, mail.tries) == (MailState.GIVEN_UP, "451 try again later", len(pauses) + 1)
    assert 10 <= mail.tries <= 25
    assert job_of(mail).state == State.READY


def test_invitation_is_sent_to_the_current_address(server):
    """The link is made from the account as it then stands, so nobody at the old address may get it."""
    person = OfficerFactory()
    person.set_unusable_password()
    person.save()
    with transaction.atomic():
        mails.send_invitation(person)
    person.email = "moved@post.example"
    person.save()

    run_due_jobs()

    assert [taken["To"] for taken in server.received] == ["moved@post.example"]


def test_mail_that_cannot_be_built_fails_and_is_logged_for_the_operator(caplog):
    mail = queue_sample()
    Mail.objects.update(kind="no_such_template")

    assert send_and_refresh(mail).state == MailState.GIVEN_UP
    assert job_of(mail).state == State.FAILED
    assert "TemplateDoesNotExist" in caplog.text
    assert outbox.outbox == []
