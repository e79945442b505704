"""Every link of every mail opens, and a run that is killed at any statement tells nobody twice."""

import re
from collections import defaultdict
from datetime import date, datetime, timedelta

import pytest
from django.conf import settings
from django.core import mail as outbox
from django.db import connection, transaction
from django.urls import reverse

from dialogues.choices import CommitmentEventKind, RequestEventKind
from reports.actions.notices import notify
from tests.factories import (
    MASERU,
    AmbassadorFactory,
    BriefingFactory,
    CommitmentEventFactory,
    CommitmentFactory,
    DialogueFactory,
    DueDateProposalDecisionFactory,
    DueDateProposalFactory,
    FocalPointFactory,
    InformationRequestFactory,
    InternalNoteFactory,
    MinistryFactory,
    NoticeFactory,
    OfficerFactory,
    ParticipantFactory,
    RequestEventFactory,
    UpdateVersionFactory,
)
from tiptracker.choices import Role
from tiptracker.mail.actions import deliver_mail
from tiptracker.mail.models import Mail, MailState
from tiptracker.mail.rendering import build_message
from tiptracker.notifications.choices import NoticeKind
from tiptracker.notifications.models import Notice

pytestmark = pytest.mark.django_db

LONG_AGO = datetime(2021, 1, 4, 9, tzinfo=MASERU)
NOW = datetime(2022, 1, 28, 9, tzinfo=MASERU)


def on(day: date, hour: int = 8) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=MASERU)


@pytest.fixture
def eventful_record():
    """A record that gives reason for every kind of notice on 28 January 2022."""
    officer = OfficerFactory(email="officer@post.example", created_at=LONG_AGO)
    AmbassadorFactory(email="ambassador@post.example", created_at=LONG_AGO)
    ministry = MinistryFactory(name="Ministry of Police", short_name="Police")
    focal_point = FocalPointFactory(ministry=ministry, email="police@gov.example", created_at=LONG_AGO)
    yesterday = NOW.date() - timedelta(days=1)
    CommitmentFactory(ministry=ministry, made__due_on=date(2022, 1, 3))
    CommitmentFactory(ministry=ministry, made__due_on=date(2022, 2, 10))
    CommitmentFactory(ministry=ministry, recorded_at=on(yesterday))
    moved = CommitmentFactory(ministry=ministry)
    CommitmentEventFactory(
        commitment=moved, kind=CommitmentEventKind.RESCHEDULED, happened_on=yesterday, due_on=date(2022, 4, 30)
    )
    for decision in ({}, {"returned": True}, {"accepted": True}):
        UpdateVersionFactory(update__commitment__ministry=ministry, happened_on=yesterday, **decision)
    DueDateProposalFactory(commitment__ministry=ministry, recorded_at=on(yesterday))
    DueDateProposalDecisionFactory(
        proposal__commitment__ministry=ministry, proposal__recorded_at=on(yesterday), recorded_at=on(yesterday)
    )
    InformationRequestFactory(ministry=ministry, asked__due_on=date(2022, 1, 3))
    answered = InformationRequestFactory(ministry=ministry, asked__due_on=date(2022, 3, 31))
    UpdateVersionFactory(
        update__information_request=answered, answers=answered.lines.all(), happened_on=yesterday, returned=True
    )
    InformationRequestFactory(ministry=ministry, asked__due_on=date(2022, 2, 10))
    RequestEventFactory(
        information_request=InformationRequestFactory(ministry=ministry, asked__due_on=date(2022, 4, 30)),
        kind=RequestEventKind.WITHDRAWN,
        happened_on=yesterday,
    )
    DialogueFactory(planned=True, held_on=date(2022, 2, 3))
    called_off = DialogueFactory(
        planned=True, called_off_at=on(yesterday), called_off_by=officer, called_off_reason="The minister travels."
    )
    ParticipantFactory(dialogue=called_off, ministry=ministry)
    NoticeFactory(
        person=focal_point,
        kind=NoticeKind.DIALOGUE_INVITED,
        table="dialogues.dialogue",
        row=str(called_off.pk),
        day=called_off.held_on,
        delivered_at=on(date(2022, 1, 21)),
        settled_at=on(yesterday),
    )
    InternalNoteFactory(ministry=ministry, named=officer, recorded_at=on(yesterday))
    BriefingFactory(issued=True, as_of=date(2022, 1, 20), known_by=on(yesterday), pdf=b"%PDF-1.7\n")
    BriefingFactory(requested_by=officer, requested_at=on(yesterday), pdf=b"%PDF-1.7\n")
    CommitmentFactory(ministry=MinistryFactory(), made__due_on=date(2022, 1, 3))  # has no focal point
    return ministry


def test_the_record_gives_reason_for_every_kind(eventful_record):
    notify(now=NOW)

    assert set(Notice.objects.values_list("kind", flat=True)) == set(NoticeKind)


def links_in_mails():
    """The person and the paths in each mail that was queued."""
    for mail in Mail.objects.select_related("person").order_by("pk"):
        message = build_message(mail)
        if message is not None:
            yield mail.person, re.findall(rf"{re.escape(settings.PUBLIC_URL)}(/\S+)", message.body)


def test_every_link_of_every_mail_opens_for_whoever_got_it(client, eventful_record):
    notify(now=NOW)

    opened = set()
    for person, paths in links_in_mails():
        client.force_login(person)
        for path in paths:
            response = client.get(path, follow=True)
            assert response.status_code == 200, (person, path)
            opened.add((person.role, path))

    notices = Notice.objects.exclude(mail=None)
    assert {path for _, path in opened} >= {reverse("notice_detail", args=[notice.pk]) for notice in notices}
    assert {notice.kind for notice in notices} == set(NoticeKind)


def test_a_mail_counts_what_is_new_and_leads_to_all_tasks_whoever_has_tasks(eventful_record):
    notify(now=NOW)

    led = {person.role for person, paths in links_in_mails() if reverse("my_tasks") in paths}

    assert Role.OFFICER in led
    assert not led - {Role.OFFICER, Role.AMBASSADOR}


def test_after_the_record_changed_each_link_says_that_it_is_settled(client, eventful_record):
    notify(now=NOW)
    sent = defaultdict(list)
    for person, paths in links_in_mails():
        sent[person] += paths
    for notice in Notice.objects.filter(table="dialogues.commitment", kind=NoticeKind.OVERDUE):
        CommitmentEventFactory(
            commitment_id=notice.row, kind=CommitmentEventKind.WITHDRAWN, happened_on=NOW.date(), recorded_at=NOW
        )

    notify(now=NOW + timedelta(hours=1))

    settled = set(Notice.objects.filter(settled_at__gte=NOW).values_list("kind", flat=True))
    assert settled == {
        NoticeKind.OVERDUE,
        NoticeKind.LONG_OVERDUE,
        NoticeKind.FOR_AGENDA,
    }
    for person, paths in sent.items():
        client.force_login(person)
        for notice in Notice.objects.filter(person=person, mail__isnull=False, settled_at__gte=NOW):
            path = reverse("notice_detail", args=[notice.pk])
            assert path in paths
            assert "This is settled" in client.get(path, follow=True).text


# --- Killed anywhere --------------------------------------------------------------------------------------------------


class Killed(BaseException):
    """As if the worker was killed at this statement."""


def kill_at(number: int):
    """Return a wrapper of the database that raises at the statement with this number, counted from 1."""
    seen = iter(range(1, 10_000))

    def wrapper(execute, sql, params, many, context):
        if next(seen) == number:
            raise Killed
        return execute(sql, params, many, context)

    return wrapper


def outcome():
    """What people were told, and by how many mails."""
    notices = Notice.objects.order_by("person", "kind", "row", "stage")
    return (
        list(notices.values_list("person", "kind", "table", "row", "day", "stage", "settled_at", "mail__person")),
        list(Mail.objects.order_by("person").values_list("person", "kind", "state")),
    )


def test_a_run_killed_at_any_statement_and_run_again_tells_everybody_once(eventful_record):
    with transaction.atomic():
        notify(now=NOW)
        expected = outcome()
        transaction.set_rollback(True)
    survived = 0
    for number in range(1, 200):
        with transaction.atomic():
            try:
                with connection.execute_wrapper(kill_at(number)):
                    notify(now=NOW)
                survived += 1
            except Killed:
                pass
            notify(now=NOW)
            assert outcome() == expected, number
            transaction.set_rollback(True)
        if survived:
            break
    assert number > 50, "the run has hardly any statements: it was never killed"


def test_a_worker_killed_while_it_sends_sends_a_mail_twice_at_most_under_one_message_id(eventful_record):
    """Twice only if it is killed after the server took the mail, before that is saved."""
    notify(now=NOW)
    mails = Mail.objects.select_related("person").order_by("pk")[:1]
    sent = []
    for number in range(1, 100):
        outbox.outbox = []
        Mail.objects.update(state=MailState.QUEUED, finished_at=None)
        is_over = True
        try:
            with connection.execute_wrapper(kill_at(number)):
                deliver_mail(mails.get())
        except Killed:
            is_over = False
            deliver_mail(mails.get())
        assert mails.get().state == MailState.SENT
        assert {taken.extra_headers["Message-ID"] for taken in outbox.outbox} == {mails.get().message_id}
        sent.append(len(outbox.outbox))
        if is_over:
            break
    *earlier, last, undisturbed = sent
    assert (set(earlier), last, undisturbed) == ({1}, 2, 1)
