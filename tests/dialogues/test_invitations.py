"""Whose calendar holds a dialogue: a walk from its planning to its end, and what the mails say."""

from datetime import date, datetime, timedelta
from itertools import count

import icalendar
import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from dialogues.actions.dialogues import ParticipantInput, call_off, change_dialogue, plan_dialogue
from dialogues.actions.redactions import confirm_redaction, propose_redaction
from dialogues.choices import Presence
from reports.actions.notices import notify
from tests.factories import (
    MASERU,
    AmbassadorFactory,
    CountryFactory,
    FocalPointFactory,
    MinistryFactory,
    OfficerFactory,
)
from tiptracker.audit.append_only import REDACTED
from tiptracker.mail.models import Mail, MailState
from tiptracker.mail.rendering import build_message
from tiptracker.notifications.choices import Frequency, NoticeKind
from tiptracker.notifications.models import Notice, NoticeFrequency

pytestmark = pytest.mark.django_db

START = datetime(2022, 1, 24, 9, tzinfo=MASERU)
FIRST_DAY, OTHER_DAY = date(2022, 2, 10), date(2022, 2, 17)
PLACE, OTHER_PLACE = "The secret room", "The other secret room"


class Calendars:
    """A planned dialogue, the people who may be invited, and the mails since the last look."""

    def __init__(self):
        account = {"created_at": datetime(2021, 1, 4, 9, tzinfo=MASERU)}
        self.officer = OfficerFactory(email="officer@post.example", **account)
        self.ambassador = AmbassadorFactory(email="ambassador@post.example", **account)
        self.police = MinistryFactory(name="Ministry of Police", short_name="Police")
        self.justice = MinistryFactory(name="Ministry of Justice", short_name="Justice")
        for ministry in (self.police, self.justice):
            FocalPointFactory(ministry=ministry, email=f"{ministry.short_name.lower()}@gov.example", **account)
        self.values = {"held_on": FIRST_DAY, "place": PLACE, "purpose": "A secret purpose"}
        self.ministries = [self.police]
        self.seen = 0
        self.dialogue = plan_dialogue(
            country=CountryFactory(), by=self.officer, now=START, participants=self.participants(), **self.values
        )

    def participants(self):
        rows = self.dialogue.participants.all() if hasattr(self, "dialogue") else []
        keys = {row.ministry_id: row.pk for row in rows}
        return [
            ParticipantInput("", "A secret office", Presence.IN_PERSON, ministry, key=keys.get(ministry.pk))
            for ministry in self.ministries
        ]

    def change(self, now, **values):
        self.ministries = values.pop("ministries", self.ministries)
        self.values |= values
        self.dialogue = change_dialogue(
            dialogue=self.dialogue,
            version=self.dialogue.version,
            by=self.officer,
            now=now,
            participants=self.participants(),
            **self.values,
        )

    def run(self, since, *minutes):
        """Run at these minutes after a moment. Return the entry that each person got, by the name of their address."""
        for minute in minutes:
            notify(now=since + timedelta(minutes=minute))
        new = Mail.objects.filter(pk__gt=self.seen, kind="dialogue").select_related("person").order_by("pk")
        entries = {}
        for mail in new:
            self.seen = mail.pk
            name = mail.person.email.partition("@")[0]
            assert name not in entries, "two mails about one change"
            entries[name] = read_entry(build_message(mail))
        return entries


def read_entry(message):
    """Return the method, day, SEQUENCE and UID of the mail's entry."""
    part = next(part for part in message.message().walk() if part.get_content_type() == "text/calendar")
    calendar = icalendar.Calendar.from_ical(part.get_content())
    (event,) = calendar.walk("VEVENT")
    assert part["Content-Type"].params["method"] == calendar["method"]
    return str(calendar["method"]), event.decoded("dtstart"), event["sequence"], str(event["uid"])


def methods_and_days(entries):
    return {name: (method, day) for name, (method, day, _, _) in entries.items()}


def test_calendars_follow_a_dialogue_from_its_planning_to_its_end():
    calendars, weeks = Calendars(), count(1)
    sent = []

    def look(since, *minutes):
        entries = calendars.run(since, *minutes)
        sent.append(entries)
        return methods_and_days(entries)

    def next_morning():
        return START + timedelta(days=next(weeks))

    assert look(START, 0, 4) == {}  # it may still be undone
    invited = dict.fromkeys(["officer", "ambassador", "police"], ("REQUEST", FIRST_DAY))
    assert look(START, 5, 6) == invited

    morning = next_morning()
    calendars.change(morning, held_on=OTHER_DAY, place=OTHER_PLACE)
    calendars.run(morning, 1)
    calendars.change(morning + timedelta(minutes=2), held_on=FIRST_DAY, place=PLACE)
    assert look(morning, 3, 10) == {}  # undone

    morning = next_morning()
    calendars.change(morning, held_on=OTHER_DAY)
    calendars.run(morning, 1)
    calendars.change(morning + timedelta(minutes=3), place=OTHER_PLACE)
    assert look(morning, 4, 7) == {}
    assert look(morning, 8, 9) == dict.fromkeys(invited, ("REQUEST", OTHER_DAY))

    morning = next_morning()
    calendars.change(morning, place=PLACE)
    assert look(morning, 1, 6) == dict.fromkeys(invited, ("REQUEST", OTHER_DAY))

    morning = next_morning()
    calendars.change(morning, ministries=[calendars.justice], purpose="Another secret purpose")
    assert look(morning, 1, 6) == {"justice": ("REQUEST", OTHER_DAY), "police": ("CANCEL", OTHER_DAY)}

    morning = next_morning()
    calendars.change(morning, ministries=[calendars.justice, calendars.police])
    assert look(morning, 1, 6) == {"police": ("REQUEST", OTHER_DAY)}

    morning = next_morning()
    calendars.change(morning, held_on=FIRST_DAY)  # as it was once, but not as people were last told
    assert look(morning, 1, 6) == dict.fromkeys([*invited, "justice"], ("REQUEST", FIRST_DAY))

    morning = next_morning()
    call_off(
        dialogue=calendars.dialogue,
        version=calendars.dialogue.version,
        reason="A secret reason",
        by=calendars.officer,
        now=morning,
    )
    assert look(morning, 1, 6, 600) == dict.fromkeys([*invited, "justice"], ("CANCEL", FIRST_DAY))

    for name in [*invited, "justice"]:
        sequences = [entries[name][2] for entries in sent if name in entries]
        assert sequences == sorted(set(sequences))
    assert len({uid for entries in sent for *_, uid in entries.values()}) == 1


def test_mails_give_the_day_and_nothing_else_of_the_record():
    calendars = Calendars()
    calendars.run(START, 1)
    mails = Mail.objects.filter(kind="dialogue", person__email="police@gov.example")
    calendars.run(START, 6)
    invitation = build_message(mails.get())
    calendars.change(START + timedelta(days=1), held_on=OTHER_DAY)
    calendars.run(START + timedelta(days=1), 1, 6)
    moved = build_message(mails.latest("pk"))
    calendars.change(START + timedelta(days=2), place=OTHER_PLACE)
    calendars.run(START + timedelta(days=2), 1, 6)
    elsewhere = build_message(mails.latest("pk"))
    calendars.change(START + timedelta(days=3), ministries=[calendars.justice])
    calendars.run(START + timedelta(days=3), 1, 6)
    left = build_message(mails.latest("pk"))

    assert [message.subject for message in (invitation, moved, elsewhere, left)] == [
        "TIP Tracker: invitation to a dialogue on 10 February 2022",
        "TIP Tracker: dialogue moved to 17 February 2022",
        "TIP Tracker: new place for the dialogue of 17 February 2022",
        "TIP Tracker: invitation to the dialogue of 17 February 2022 cancelled",
    ]
    for message in (invitation, moved, elsewhere, left):
        text = "".join(part.get_content() for part in message.message().walk() if not part.is_multipart())
        assert "secret" not in text
        assert "post.example" not in text.partition("BEGIN:VCALENDAR")[2]
    assert build_message(mails.earliest("pk")) is None, "what holds no longer is not sent"


def test_who_planned_it_gets_the_entry_but_nothing_unread():
    calendars = Calendars()
    calendars.run(START, 0, 6)
    told = Notice.objects.filter(kind=NoticeKind.DIALOGUE_INVITED, mail__isnull=False)
    assert set(told.unread().values_list("person__email", flat=True)) == {
        "ambassador@post.example",
        "police@gov.example",
    }
    mails = Mail.objects.filter(kind="dialogue", person=calendars.officer)
    planned = build_message(mails.get())
    calendars.change(START + timedelta(days=1), held_on=OTHER_DAY)
    calendars.run(START + timedelta(days=1), 0, 6)
    moved = build_message(mails.latest("pk"))
    end = {"reason": "A secret reason", "by": calendars.officer, "now": START + timedelta(days=2)}
    call_off(dialogue=calendars.dialogue, version=calendars.dialogue.version, **end)
    calendars.run(START + timedelta(days=2), 0, 6)
    ended = build_message(mails.latest("pk"))

    assert [message.subject for message in (planned, moved, ended)] == [
        "TIP Tracker: dialogue planned for 10 February 2022",
        "TIP Tracker: dialogue moved to 17 February 2022",
        "TIP Tracker: dialogue of 17 February 2022 called off",
    ]
    assert all("invited" not in message.body and "need not come" not in message.body for message in (planned, ended))
    cancelled = Notice.objects.filter(kind=NoticeKind.DIALOGUE_CANCELLED).unread()
    assert set(cancelled.values_list("person__email", flat=True)) == {"ambassador@post.example", "police@gov.example"}


def test_a_redacted_place_is_no_new_place():
    calendars = Calendars()
    calendars.run(START, 0, 6)
    morning = START + timedelta(days=1)
    proposal = {"country": calendars.dialogue.country, "words": PLACE, "reason": "It names a victim’s home."}
    redaction = propose_redaction(**proposal, by=calendars.officer, now=morning)
    confirm_redaction(redaction=redaction, by=calendars.ambassador, now=morning)
    calendars.dialogue.refresh_from_db()
    assert calendars.dialogue.place == REDACTED

    assert calendars.run(morning, 0, 6, 60) == {}
    assert not Notice.objects.filter(settled_at__isnull=False).exists(), "the invitations stand"

    calendars.change(morning + timedelta(days=1), place=REDACTED, held_on=OTHER_DAY)
    assert methods_and_days(calendars.run(morning + timedelta(days=1), 0, 6)) == dict.fromkeys(
        ["officer", "ambassador", "police"], ("REQUEST", OTHER_DAY)
    )
    calendars.change(morning + timedelta(days=2), place=OTHER_PLACE)
    assert len(calendars.run(morning + timedelta(days=2), 0, 6)) == 3


def test_without_mails_a_dialogue_is_still_in_the_list_of_notices():
    calendars = Calendars()
    for person, frequency in ((calendars.officer, Frequency.NEVER), (calendars.police.users.get(), Frequency.DAILY)):
        NoticeFrequency.objects.create(person=person, kind=NoticeKind.DIALOGUE_INVITED, frequency=frequency)

    calendars.run(START, 0)
    Notice.objects.update(read_at=START)  # what they read in the application is not in their calendars yet

    assert set(calendars.run(START, 6)) == {"ambassador"}
    assert set(calendars.run(START + timedelta(days=1), 0)) == {"police"}
    assert Notice.objects.filter(person=calendars.officer, kind=NoticeKind.DIALOGUE_INVITED, mail=None).exists()


def test_an_invitation_that_was_undone_at_once_is_not_listed():
    calendars = Calendars()
    calendars.run(START, 0)
    calendars.change(START + timedelta(minutes=2), held_on=OTHER_DAY)
    calendars.run(START, 3)

    listed = Notice.objects.visible_to(calendars.officer).listed()
    assert list(listed.values_list("day", flat=True)) == [OTHER_DAY]


def test_the_officers_are_told_if_a_ministry_has_nobody_to_invite():
    calendars = Calendars()
    calendars.change(START, ministries=[MinistryFactory()])
    calendars.run(START, 6)

    assert Notice.objects.filter(person=calendars.officer, kind=NoticeKind.NO_FOCAL_POINT).count() == 1


def page_of(calendars, client, person):
    client.force_login(person)
    page = client.get(reverse("dialogue_detail", args=[calendars.dialogue.pk]))
    return " ".join(strip_tags(page.text).split())


@pytest.mark.day("2022-01-28")
def test_the_page_of_a_dialogue_names_who_was_invited_and_what_became_of_it(client):
    calendars = Calendars()
    focal_point = calendars.police.users.get()
    for person, name in (
        (calendars.officer, "Ann Lee"),
        (calendars.ambassador, "Tom Ray"),
        (focal_point, "Lineo Sello"),
    ):
        person.name = name
        person.save()
    NoticeFrequency.objects.create(
        person=calendars.ambassador, kind=NoticeKind.DIALOGUE_INVITED, frequency=Frequency.NEVER
    )
    assert "Invited on" not in page_of(calendars, client, calendars.officer)
    calendars.run(START, 0, 6)
    Mail.objects.filter(person=focal_point).update(state=MailState.REFUSED, finished_at=START)
    calendars.change(START + timedelta(days=1), held_on=OTHER_DAY)
    calendars.run(START + timedelta(days=1), 0, 6)
    calendars.change(START + timedelta(days=2), ministries=[MinistryFactory(name="Ministry of Health")])
    calendars.run(START + timedelta(days=2), 0, 6)

    page = page_of(calendars, client, calendars.officer)

    wants_none = "Tom Ray – no mail, by their own choice"
    assert f"Invited on 24 Jan 2022: Ann Lee, {wants_none} (embassy); Lineo Sello – the mail did not arrive" in page
    assert f"Told on 25 Jan 2022 of another day or place: Ann Lee, {wants_none} (embassy); Lineo Sello (Police)" in page
    assert "Told on 26 Jan 2022 that they need not come: Lineo Sello (Police)" in page
    assert "Ministry of Health has no focal point with an account" in page


@pytest.mark.day("2022-01-28")
def test_a_ministry_at_the_table_adds_the_dialogue_to_its_calendar_and_reads_nobodys_name(client):
    calendars = Calendars()
    calendars.run(START, 0, 6)
    calendars.change(START + timedelta(days=1), held_on=OTHER_DAY)
    link = reverse("dialogue_calendar", args=[calendars.dialogue.pk])
    focal_point = calendars.police.users.get()

    page = page_of(calendars, client, focal_point)
    assert calendars.officer.name not in page
    assert f'href="{link}"' in client.get(reverse("dialogue_detail", args=[calendars.dialogue.pk])).text
    answer = client.get(link)

    (event,) = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    assert (event.decoded("dtstart"), event["sequence"], str(event["uid"])) == (
        OTHER_DAY,
        1,
        f"dialogue-{calendars.dialogue.pk}@localhost",
    )
    assert answer["Content-Type"].startswith("text/calendar")
    assert "secret" not in answer.text

    client.force_login(calendars.justice.users.get())
    assert client.get(link).status_code == 404


@pytest.mark.day("2022-01-28")
def test_a_dialogue_that_is_called_off_offers_no_entry_and_its_file_removes_one(client):
    calendars = Calendars()
    end = {"reason": "A secret reason", "by": calendars.officer, "now": START}
    call_off(dialogue=calendars.dialogue, version=calendars.dialogue.version, **end)
    client.force_login(calendars.officer)
    link = reverse("dialogue_calendar", args=[calendars.dialogue.pk])

    assert link not in client.get(reverse("dialogue_detail", args=[calendars.dialogue.pk])).text
    (event,) = icalendar.Calendar.from_ical(client.get(link).content).walk("VEVENT")
    assert event["status"] == "CANCELLED"
