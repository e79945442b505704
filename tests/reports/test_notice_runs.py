"""Everybody is told once, whatever the clock, the schedule and the mail server do: states and counts, no waiting."""

from datetime import UTC, date, datetime, timedelta
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail as outbox
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from dialogues.choices import CommitmentEventKind
from reports.actions.notices import notify
from tests.factories import (
    MASERU,
    AdministratorFactory,
    AgendaItemFactory,
    CommitmentEventFactory,
    CommitmentFactory,
    DialogueFactory,
    FocalPointFactory,
    InformationRequestFactory,
    MinistryFactory,
    OfficerFactory,
    UpdateVersionFactory,
)
from tiptracker.mail.actions import deliver_mail
from tiptracker.mail.models import Mail, MailState
from tiptracker.notifications.choices import CALENDAR_KINDS, NoticeKind
from tiptracker.notifications.models import Notice

pytestmark = pytest.mark.django_db

LONG_AGO = datetime(2021, 1, 4, 9, tzinfo=MASERU)


def at(day: date, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=MASERU)


@pytest.fixture
def officer():
    return OfficerFactory(email="officer@post.example", created_at=LONG_AGO)


@pytest.fixture
def focal_point(officer):
    return FocalPointFactory(email="police@gov.example", created_at=LONG_AGO)


def send_mails() -> list[EmailMultiAlternatives]:
    """Send what is queued, as the mail worker does, and return what the server took."""
    before = len(outbox.outbox)
    for mail in Mail.objects.queued().select_related("person").order_by("pk"):
        deliver_mail(mail)
    return outbox.outbox[before:]


def told_by_mail(person) -> list[tuple[str, str, int]]:
    """The kind, the row and the stage of each notice that was put into a mail of the person, without invitations."""
    listed = Notice.objects.filter(mail__person=person).exclude(kind__in=CALENDAR_KINDS)
    return sorted(listed.values_list("kind", "row", "stage"))


def test_a_clock_that_goes_back_past_midnight_tells_nothing_twice(focal_point):
    commitment = CommitmentFactory(ministry=focal_point.ministry, made__due_on=date(2022, 1, 20))
    UpdateVersionFactory(update__commitment__ministry=focal_point.ministry, returned=True)  # on 10 January at noon
    thursday = date(2022, 1, 13)  # seven days before
    half_past_twelve, half_past_eight, an_hour = at(thursday, 0, 30), at(thursday, 8, 30), timedelta(hours=1)
    moments = [at(date(2021, 12, 21)), at(date(2022, 1, 10), 12, 5), at(date(2022, 1, 10), 11, 5)]
    moments += [half_past_twelve, half_past_twelve - an_hour, half_past_twelve, half_past_eight]
    moments += [half_past_eight - an_hour, half_past_eight + an_hour]

    sent = []
    for now in moments:
        notify(now=now)
        sent.append(len([mail for mail in send_mails() if mail.to == [focal_point.email]]))

    assert sent == [1, 1, 0, 0, 0, 0, 1, 0, 0]
    assert told_by_mail(focal_point)[:2] == [(NoticeKind.DUE_SOON, str(commitment.pk), stage) for stage in (7, 30)]


def test_what_happened_while_no_run_came_for_three_days_is_told_once_by_one_mail(focal_point, officer):
    ministry = focal_point.ministry
    thursday, monday = date(2022, 1, 13), date(2022, 1, 17)
    CommitmentFactory(ministry=ministry, made__due_on=date(2022, 1, 21))  # seven days before is a Friday
    CommitmentFactory(ministry=ministry, made__due_on=date(2022, 1, 7))  # seven days after is a Friday
    notify(now=at(thursday))
    send_mails()
    friday = at(date(2022, 1, 14), 10)
    UpdateVersionFactory(update__commitment__ministry=ministry, happened_on=friday.date(), accepted=True)
    UpdateVersionFactory(update__commitment__ministry=ministry, happened_on=friday.date(), returned=True)
    UpdateVersionFactory(update__commitment__ministry=ministry, happened_on=friday.date())

    told = []
    for now in (at(monday, 10), at(monday, 10, 1)):
        notify(now=now)
        told.append(sorted(mail.to[0] for mail in send_mails() if mail.to[0] in (focal_point.email, officer.email)))

    assert told == [[officer.email, focal_point.email], []]
    assert {kind for kind, _, _ in told_by_mail(focal_point)} >= {
        NoticeKind.DUE_SOON,
        NoticeKind.OVERDUE,
        NoticeKind.UPDATE_ACCEPTED,
        NoticeKind.UPDATE_RETURNED,
    }
    assert NoticeKind.UPDATE_RECEIVED in {kind for kind, _, _ in told_by_mail(officer)}


def test_a_due_date_moved_after_midnight_of_the_country_is_told_of_that_day(focal_point):
    """It is still the day before in UTC, and in Washington."""
    commitment = CommitmentFactory(ministry=focal_point.ministry, made__due_on=date(2022, 1, 21))
    notify(now=at(date(2022, 1, 14), 0, 5))
    moved_at = datetime(2022, 1, 13, 22, 10, tzinfo=UTC)  # ten past twelve on 14 January in Maseru
    CommitmentEventFactory(
        commitment=commitment, kind=CommitmentEventKind.RESCHEDULED, happened_on=date(2022, 1, 14),
        due_on=date(2022, 1, 28), recorded_at=moved_at,
    )  # fmt: skip

    sent = []
    for day in (14, 17, 18, 21, 24, 27):
        notify(now=at(date(2022, 1, day)))
        sent += [(day, mail.subject.partition(": ")[2]) for mail in send_mails()]

    # Of the new date, 30 days before has passed; 7 days before was two weeks after the move.
    assert sent == [
        (14, f"The embassy changed commitment {commitment.pk} on 14 January 2022."),
        (21, f"Commitment {commitment.pk} is due on 28 January 2022."),
        (27, f"Commitment {commitment.pk} is due on 28 January 2022."),
    ]


def test_a_mail_goes_where_its_person_is_at_the_moment_of_sending_and_nowhere_once_they_left(focal_point, officer):
    ministry, day = focal_point.ministry, date(2022, 1, 13)
    colleague = FocalPointFactory(ministry=ministry, email="colleague@gov.example", created_at=LONG_AGO)
    CommitmentFactory(ministry=ministry, made__due_on=date(2022, 1, 20))
    notify(now=at(day))
    colleague.email = "new@gov.example"
    colleague.save()
    focal_point.is_active = False
    focal_point.save()

    assert [mail.to for mail in send_mails()] == [["new@gov.example"]]
    assert Mail.objects.get(person=focal_point).state == MailState.NOT_NEEDED

    colleague.is_active = False
    colleague.save()
    notify(now=at(day, 10))
    assert {mail.subject for mail in send_mails() if mail.to == [officer.email]} == {
        "TIP Tracker: A ministry has no focal point, so nobody there gets notices. Ask the administrator to add one."
    }


def test_a_refused_address_is_told_to_administrators_and_not_called_reminded(client, focal_point, officer, monkeypatch):
    """The next mail is tried again, since the mistake may be the server's."""
    commitment = CommitmentFactory(ministry=focal_point.ministry, made__due_on=date(2022, 1, 20))
    refusal = SMTPRecipientsRefused({focal_point.email: (550, b"5.1.1 No such mailbox")})

    def refuse(message, **_):
        raise refusal

    notify(now=at(date(2022, 1, 13)))
    with monkeypatch.context() as patch:
        patch.setattr(EmailMultiAlternatives, "send", refuse)
        assert send_mails() == []
    notify(now=at(date(2022, 1, 13), 10))
    assert Mail.objects.get().state == MailState.REFUSED

    client.force_login(AdministratorFactory())
    assert "No such mailbox" in client.get(reverse("mail_list"), {"state": "refused"}).text
    client.force_login(officer)
    page = reverse("commitment_detail", args=[commitment.pk])
    assert not [reminder for reminder in client.get(page).context["reminders"] if reminder.is_done]

    notify(now=at(date(2022, 1, 19)))
    assert [mail.to for mail in send_mails()] == [[focal_point.email]]


def test_a_request_to_a_ministry_without_a_focal_point_is_mailed_to_the_officers_within_minutes(officer):
    asked_at = at(date(2022, 1, 15), 22)  # a Saturday
    InformationRequestFactory(ministry=MinistryFactory(), recorded_at=asked_at, asked__happened_on=asked_at.date())

    sent = []
    for minutes in (4, 5, 6):
        notify(now=asked_at + timedelta(minutes=minutes))
        sent.append(len([mail for mail in send_mails() if mail.to == [officer.email]]))
    first_of_month = at(date(2022, 2, 1), 0, 5)
    for now in (first_of_month, at(date(2022, 2, 1), 8, 5)):
        notify(now=now)
        mails = [mail for mail in send_mails() if mail.to == [officer.email]]
        sent.append(len([mail for mail in mails if "no focal point" in mail.subject]))

    assert sent == [0, 1, 0, 0, 1]


def test_what_is_on_the_next_agenda_is_not_proposed_for_it_and_a_late_run_says_each_thing_once(officer):
    ministry = FocalPointFactory(created_at=LONG_AGO).ministry
    listed, other = (CommitmentFactory(ministry=ministry, made__due_on=date(2022, 1, 3)) for _ in range(2))
    AgendaItemFactory(dialogue=DialogueFactory(planned=True), recommendation=None, commitment=listed)

    notify(now=at(date(2022, 1, 28)))

    assert told_by_mail(officer) == [
        (NoticeKind.FOR_AGENDA, str(other.pk), 21),
        (NoticeKind.LONG_OVERDUE, str(listed.pk), 14),
    ]


@pytest.mark.day("2022-01-28")
def test_reminders_of_the_same_day_are_one_line(client, officer):
    ministry = FocalPointFactory(created_at=LONG_AGO).ministry
    commitment = CommitmentFactory(ministry=ministry, made__due_on=date(2022, 1, 10))
    notify(now=at(date(2022, 1, 28)))
    client.force_login(officer)

    reminders = client.get(reverse("commitment_detail", args=[commitment.pk])).context["reminders"]

    assert [(one.day, one.is_done, len(one.sentences)) for one in reminders] == [
        (date(2022, 1, 28), True, 2),
        (date(2022, 1, 31), False, 1),
    ]
    late, planned = reminders
    assert late.sentences[0].endswith("7 days overdue, late: planned for 17 Jan 2022")
    assert "late:" not in planned.sentences[0]
