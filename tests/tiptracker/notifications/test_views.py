"""The pages of notices: read, settled, choose how often, and stop mails from a link without signing in."""

import email.policy
import re
from datetime import date
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.urls import reverse

from dialogues.actions.corrections import correct_commitment
from dialogues.actions.information_requests import CorrectedLine, LineInput, correct_request
from dialogues.choices import CommitmentReach
from reports.actions.notices import notify
from tests.factories import (
    AmbassadorFactory,
    BenchmarkFactory,
    CommitmentEventFactory,
    CommitmentFactory,
    FocalPointFactory,
    InformationRequestFactory,
    MinistryFactory,
    NoticeFactory,
    ObserverFactory,
    OfficerFactory,
    UpdateVersionFactory,
    at_noon,
)
from tiptracker.mail.actions import MailInput, queue_mails
from tiptracker.mail.models import Mail, MailKind
from tiptracker.mail.rendering import build_message
from tiptracker.notifications.choices import Frequency, NoticeKind
from tiptracker.notifications.digest import stop_path
from tiptracker.notifications.kind_descriptions import describe_kind
from tiptracker.notifications.models import DigestSchedule, Notice, NoticeFrequency
from tiptracker.notifications.preferences import kinds_for_role

pytestmark = pytest.mark.django_db


def choices_for(person, **changes):
    """What the form of settings sends."""
    usual = dict.fromkeys((kind.value for kind in kinds_for_role(person.role)), "daily")
    return usual | {"hour": "8", "weekly_on": "0", "working_days": ["0", "1", "2", "3", "4"]} | changes


# --- List and page ----------------------------------------------------------------------------------------------------


def test_the_head_counts_unread_notices_until_they_are_opened(client):
    notice = NoticeFactory()
    NoticeFactory(person=notice.person, settled_at=at_noon(date(2022, 1, 2)))
    NoticeFactory()  # somebody else's
    client.force_login(notice.person)
    assert "(1 unread)" in client.get(reverse("notice_list")).text

    response = client.get(reverse("notice_detail", args=[notice.pk]))

    assert response.url == reverse("commitment_detail", args=[notice.row])
    assert "unread)" not in client.get(reverse("notice_list")).text


def test_the_list_says_what_was_changed_and_a_mail_does_not(client):
    focal_point = FocalPointFactory(created_at=at_noon(date(2021, 1, 4)))
    commitment = CommitmentFactory(ministry=focal_point.ministry, text="Fund the unit")
    officer, now = OfficerFactory(), at_noon(date(2022, 1, 14))
    event = {"commitment": commitment, "kind": "rescheduled", "happened_on": now.date(), "recorded_at": now}
    CommitmentEventFactory(**event, due_on=date(2022, 3, 15), reason="A secret reason")
    benchmark = BenchmarkFactory()
    correct_commitment(
        commitment=commitment,
        text="Fund the whole unit",
        edition=benchmark.recommendation.edition,
        links=[(benchmark, CommitmentReach.CONTRIBUTES)],
        reason="Another secret reason",
        by=officer,
        now=now,
    )
    asked = InformationRequestFactory(ministry=focal_point.ministry)
    correct_request(
        information_request=asked,
        asked_reason="Something else",
        lines=[CorrectedLine(line, LineInput(line.wording)) for line in asked.lines.all()],
        reason="A third secret reason",
        by=officer,
        now=now,
    )
    notify(now=now)
    Notice.objects.exclude(kind__in=[NoticeKind.COMMITMENT_CHANGED, NoticeKind.REQUEST_CHANGED]).delete()
    client.force_login(focal_point)

    details = {row.notice.kind: row.detail for row in client.get(reverse("notice_list")).context["rows"]}

    assert details == {
        NoticeKind.COMMITMENT_CHANGED: "Due date moved to 15 March 2022. Wording corrected. Benchmarks corrected.",
        NoticeKind.REQUEST_CHANGED: "Reason for asking corrected.",
    }
    notify(now=at_noon(date(2022, 1, 17)))
    messages = filter(None, map(build_message, Mail.objects.filter(person=focal_point)))
    said = "".join(message.subject + message.body for message in messages)
    assert f"The embassy changed commitment {commitment.pk} on 14 January 2022." in said
    assert "moved to" not in said
    assert "orrected" not in said


def test_the_list_names_the_record_and_marks_all_as_read(client):
    commitment = CommitmentFactory(text="Fund the unit")
    notice = NoticeFactory(row=str(commitment.pk))
    client.force_login(notice.person)
    assert "Fund the unit" in client.get(reverse("notice_list")).text

    client.post(reverse("notice_list"))

    assert not Notice.objects.filter(read_at=None).exists()


def test_a_settled_notice_says_so_and_leads_on(client):
    notice = NoticeFactory(settled_at=at_noon(date(2022, 1, 2)))
    client.force_login(notice.person)

    page = client.get(reverse("notice_detail", args=[notice.pk])).text

    assert "This is settled" in page
    assert reverse("commitment_detail", args=[notice.row]) in page


def test_whoever_may_no_longer_see_the_record_learns_that_and_nothing_of_it(client):
    point = FocalPointFactory()
    commitment = CommitmentFactory(text="A promise of others")
    notice = NoticeFactory(person=point, kind=NoticeKind.OVERDUE, row=str(commitment.pk))
    client.force_login(point)

    page = client.get(reverse("notice_detail", args=[notice.pk])).text

    assert "You can no longer open the record" in page
    assert "A promise of others" not in page
    assert "A promise of others" not in client.get(reverse("notice_list")).text


def test_a_ministry_opens_its_returned_update_at_the_commitment(client):
    version = UpdateVersionFactory(returned=True)
    point = version.recorded_by
    notice = NoticeFactory(
        person=point, kind=NoticeKind.UPDATE_RETURNED, table="dialogues.updateversion", row=str(version.pk)
    )
    client.force_login(point)

    response = client.get(reverse("notice_detail", args=[notice.pk]))

    assert response.url == reverse("commitment_detail", args=[version.update.commitment_id])
    assert client.get(response.url).status_code == 200


# --- Mails ------------------------------------------------------------------------------------------------------------


def carried_by_mail(*notices):
    """A mail that carries these notices, as it is built."""
    with transaction.atomic():
        mail, *_ = queue_mails([MailInput(MailKind.NOTICES, notices[0].person)])
    Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(mail=mail)
    return mail


def test_a_mail_says_what_there_is_and_nothing_of_the_record():
    commitment = CommitmentFactory(text="Fund the secret unit", ministry__name="Ministry of Police")
    notice = NoticeFactory(row=str(commitment.pk))
    message = build_message(carried_by_mail(notice, NoticeFactory(person=notice.person)))

    content = message.message().as_string()
    assert message.subject == "TIP Tracker: 2 commitments are overdue by two weeks"
    assert "Commitment" in message.body
    assert "secret" not in content
    assert "Police" not in content
    assert [kind for _, kind in message.alternatives] == ["text/html"]
    assert "<img" not in message.alternatives[0][0]


def test_a_mail_leaves_out_what_is_settled_and_is_not_sent_if_nothing_is_left():
    kept, gone = NoticeFactory(), NoticeFactory()
    Notice.objects.update(person=kept.person)
    mail = carried_by_mail(kept, gone)
    Notice.objects.filter(pk=gone.pk).update(settled_at=at_noon(date(2022, 1, 2)))
    assert build_message(mail).subject == (
        f"TIP Tracker: Commitment {kept.row} is overdue. It was due on 15 December 2021."
    )

    Notice.objects.update(settled_at=at_noon(date(2022, 1, 2)))
    assert build_message(mail) is None


# --- Choices ----------------------------------------------------------------------------------------------------------


def test_choices_are_saved_and_shown_again(client):
    person = OfficerFactory()
    client.force_login(person)

    sent = choices_for(person, update_received="weekly", hour="17", working_days=["0", "3"], on_holidays="on")
    assert client.post(reverse("notice_settings"), sent).status_code == 302

    saved = NoticeFrequency.objects.get(person=person, kind=NoticeKind.UPDATE_RECEIVED)
    assert saved.frequency == Frequency.WEEKLY
    assert DigestSchedule.objects.get(person=person).times == (17, "03", 0, True)
    initial = client.get(reverse("notice_settings")).context["form"].initial
    assert (initial["update_received"], initial["hour"], initial["working_days"]) == ("weekly", 17, ["0", "3"])


def test_the_last_recipient_of_a_ministry_cannot_switch_off_what_is_required(client):
    ministry = MinistryFactory()
    first, second = FocalPointFactory(ministry=ministry), FocalPointFactory(ministry=ministry)
    for person, status in ((first, 302), (second, 422)):
        client.force_login(person)
        response = client.post(reverse("notice_settings"), choices_for(person, overdue="never"))
        assert response.status_code == status
    assert response.context["form"].refusal.code == "last_recipient"
    assert not NoticeFrequency.objects.filter(person=second).exists()


@pytest.mark.parametrize("factory", [ObserverFactory, AmbassadorFactory])
def test_settings_offer_what_a_role_can_get(client, factory):
    person = factory()
    client.force_login(person)

    form = client.get(reverse("notice_settings")).context["form"]

    assert form.kinds == kinds_for_role(person.role)
    assert bool(form.kinds) == (factory is AmbassadorFactory)


def test_settings_say_what_is_sent_when_and_to_which_address(client):
    person = FocalPointFactory()
    client.force_login(person)

    page = client.get(reverse("notice_settings"))

    assert person.email in page.text
    hints = {field.name: field.help_text for field in page.context["form"].frequency_fields}
    assert hints["due_soon"].startswith("30 days, 7 days and 1 day before")
    assert "7 days after" in hints["overdue"]
    assert all(hints.values())


@pytest.mark.parametrize("factory", [OfficerFactory, AmbassadorFactory, FocalPointFactory])
def test_every_kind_says_when_it_is_sent(factory):
    person = factory()

    assert all(describe_kind(kind, person.role) for kind in kinds_for_role(person.role))


@pytest.mark.parametrize("factory", [FocalPointFactory, OfficerFactory, ObserverFactory])
def test_the_account_and_the_help_lead_to_the_settings_of_whoever_gets_notices(client, factory):
    person = factory()
    client.force_login(person)
    address = f'href="{reverse("notice_settings")}"'

    pages = [client.get(reverse(name)).text for name in ("sign_in_list", "how_this_works")]

    assert [address in page for page in pages] == [factory is not ObserverFactory] * 2
    assert all(f'href="{reverse("calendar_feed")}"' in page for page in pages)


# --- Stop -------------------------------------------------------------------------------------------------------------


def test_the_header_of_a_mail_stops_its_mails_without_signing_in(client):
    notice = NoticeFactory()
    sent = build_message(carried_by_mail(notice)).message(policy=email.policy.SMTP).as_bytes().decode()
    path = urlsplit(re.search(r"^List-Unsubscribe:\r\n <(\S+)>\r$", sent, re.MULTILINE)[1]).path
    assert "\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r" in sent

    assert client.get(path).status_code == 200
    assert not NoticeFrequency.objects.exists()  # looking stops nothing
    response = client.post(path, {"List-Unsubscribe": "One-Click"})

    assert response.status_code == 200
    stopped = NoticeFrequency.objects.filter(person=notice.person, frequency=Frequency.NEVER)
    assert {row.kind for row in stopped} == set(kinds_for_role(notice.person.role))


def test_stopping_leaves_a_ministry_its_last_recipient(client):
    point = FocalPointFactory()

    page = client.post(stop_path(point)).text

    assert "Update or answer returned" in page
    assert not NoticeFrequency.objects.filter(person=point, kind=NoticeKind.UPDATE_RETURNED).exists()
    assert NoticeFrequency.objects.filter(person=point, kind=NoticeKind.DUE_SOON).exists()


def test_an_address_that_nobody_signed_stops_nothing(client):
    OfficerFactory()

    assert client.post(reverse("notices_stop", args=["MQ:made-up"])).status_code == 404
    assert not NoticeFrequency.objects.exists()


def test_a_colleague_whose_account_has_ended_does_not_count_as_a_recipient(client):
    point = FocalPointFactory()
    FocalPointFactory(ministry=point.ministry, valid_until_on=date(2021, 1, 1))
    client.force_login(point)

    response = client.post(reverse("notice_settings"), choices_for(point, overdue="never"))

    assert response.context["form"].refusal.code == "last_recipient"


def test_no_mail_goes_to_an_account_that_was_closed_after_it_was_queued():
    notice = NoticeFactory()
    mail = carried_by_mail(notice)
    notice.person.is_active = False
    notice.person.save()
    mail.refresh_from_db()

    assert build_message(mail) is None
