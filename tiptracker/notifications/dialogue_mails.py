"""What a mail about a dialogue contains: why it comes, and an entry for the calendar program of its reader (RFC 5546).

Calendar programs store entries on other people's servers. So an entry holds the day and a link, and nothing of the
record. Who opens the link has to sign in.
"""

from datetime import datetime
from email.utils import parseaddr
from typing import Any, NamedTuple
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi

from tiptracker.accounts.models import User
from tiptracker.audit.subjects import Subject, find_subjects
from tiptracker.localization import format_date, gettext
from tiptracker.mail.models import Mail
from tiptracker.notifications.choices import CALENDAR_KINDS, NoticeKind
from tiptracker.notifications.digest import notice_url
from tiptracker.notifications.models import Notice


class CalendarPart(NamedTuple):
    """The part of a mail for calendar programs: REQUEST adds or changes an entry, CANCEL removes it."""

    method: str
    content: str


class MailSentences(NamedTuple):
    """What a mail says: its subject, what happened, and what happens in the reader's calendar."""

    subject: str
    what: str
    calendar: str


def find_entry(mail: Mail, person: User) -> Notice | None:
    """Return the notice of the mail if it still holds."""
    return Notice.objects.unsettled().filter(mail=mail, person=person).first()


def entry_context(entry: Notice, person: User, post: str) -> dict[str, Any]:
    """Return the context of the mail's templates. `post` is the embassy within a sentence."""
    subject = find_subjects([(entry.table, entry.row)], person).get((entry.table, entry.row), Subject(""))
    may_open = bool(subject.url)
    return {
        **_describe(entry, person, post, may_open=may_open)._asdict(),
        "is_invited": entry.kind == NoticeKind.DIALOGUE_INVITED,
        "may_open": may_open,
        "link": notice_url(entry),
        "settings_url": urljoin(settings.PUBLIC_URL, reverse("notice_settings")),
        "language": get_language(),
        "LANGUAGE_BIDI": get_language_bidi(),
    }


def _describe(entry: Notice, person: User, post: str, *, may_open: bool) -> MailSentences:
    """Say what is new since the person was last told of the dialogue."""
    values = {"date": format_date(entry.day), "post": post}
    told = _find_last_told(entry)
    if entry.kind == NoticeKind.DIALOGUE_CANCELLED:
        subject, what = _describe_end(person, may_open=may_open)
        calendar = gettext("Your calendar program can remove the day with this mail.")
    elif told is None or told.kind == NoticeKind.DIALOGUE_CANCELLED:
        subject, what = _describe_invitation(person)
        calendar = gettext("Your calendar program can add the day with this mail.")
    else:
        values["earlier"] = format_date(told.day)
        is_moved = told.day != entry.day
        subject = (
            gettext("dialogue moved to %(date)s") if is_moved else gettext("new place for the dialogue of %(date)s")
        )
        what = (
            gettext("The dialogue planned for %(earlier)s is moved to %(date)s.")
            if is_moved
            else gettext("The dialogue of %(date)s has a new place.")
        )
        calendar = gettext("Your calendar program can change the entry with this mail.")
    return MailSentences(subject % values, what % values, calendar)


def _describe_invitation(person: User) -> tuple[str, str]:
    """Return the subject and the first sentence. The embassy, which invites, is told that the dialogue is planned."""
    if person.is_ministry:
        what = gettext("You are invited to a dialogue with %(post)s on %(date)s.")
        return gettext("invitation to a dialogue on %(date)s"), what
    return gettext("dialogue planned for %(date)s"), gettext("A dialogue with the government is planned for %(date)s.")


def _describe_end(person: User, *, may_open: bool) -> tuple[str, str]:
    """Return the subject and the first sentence of the end of an invitation."""
    if not person.is_ministry:
        what = gettext("The dialogue planned for %(date)s does not take place.")
        return gettext("dialogue of %(date)s called off"), what
    what = (
        gettext("The dialogue planned for %(date)s does not take place. You need not come.")
        if may_open
        else gettext("Your ministry no longer takes part in the dialogue of %(date)s. You need not come.")
    )
    return gettext("invitation to the dialogue of %(date)s cancelled"), what


def _find_last_told(entry: Notice) -> Notice | None:
    """Return what the person was told of the dialogue before this notice."""
    told = Notice.objects.filter(
        person=entry.person_id,
        table=entry.table,
        row=entry.row,
        kind__in=CALENDAR_KINDS,
        delivered_at__lt=entry.delivered_at,
    )
    return told.order_by("-delivered_at").first()


def build_calendar(entry: Notice, address: str, stamp: datetime) -> CalendarPart:
    """Return the entry for the calendar of the person with this address.

    The sender is the organizer, so that it stays the same whoever is the contact person. Nobody need answer.
    """
    from icalendar import vCalAddress  # noqa: PLC0415 -- only the worker that sends mails needs it: 3 MB

    from tiptracker.notifications.calendar_entries import (  # noqa: PLC0415 -- it imports icalendar, see above
        new_calendar,
        new_dialogue_event,
    )

    is_cancelled = entry.kind == NoticeKind.DIALOGUE_CANCELLED
    method = "CANCEL" if is_cancelled else "REQUEST"
    calendar = new_calendar(method=method)
    event = new_dialogue_event(
        entry.row, entry.day, notice_url(entry), stamp, sequence=entry.sequence, is_cancelled=is_cancelled
    )
    organizer = vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    organizer.params["cn"] = "TIP Tracker"
    event.add("organizer", organizer)
    attendee = vCalAddress(f"mailto:{address}")
    attendee.params["rsvp"] = "FALSE"
    event.add("attendee", attendee)
    calendar.add_component(event)
    return CalendarPart(method, calendar.to_ical().decode())
