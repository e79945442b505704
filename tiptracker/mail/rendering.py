"""Build a mail from its row at the moment of sending, in the language and the time zone of its recipient.

Each mail says who writes, why, what to do and by when. It ends with the address of the site and of the person who
answers questions. It says nothing of the record.
"""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation

from tiptracker import clock
from tiptracker.accounts import mail_links
from tiptracker.accounts.backend import Backend
from tiptracker.accounts.mail_links import ADDRESS_DELAY, LINK_LIFETIMES, LinkPurpose, RequestLinkAction
from tiptracker.accounts.models import AccountRequest, Country, User, find_contact
from tiptracker.choices import Role
from tiptracker.languages.enabled import find_language
from tiptracker.localization import format_date, format_datetime, gettext, join_with_and
from tiptracker.mail.messages import MailMessage
from tiptracker.mail.models import Mail, MailKind
from tiptracker.notifications.dialogue_mails import build_calendar, entry_context, find_entry
from tiptracker.notifications.digest import group_notices, notices_context, unsubscribe_headers


def _find_country(person: User) -> Country | None:
    """Return the one country that the person works on; None if there are several or none."""
    countries = list(Country.objects.visible_to(person).order_by("name")[:2])
    return countries[0] if len(countries) == 1 else None


def _describe_post(country: Country | None) -> str:
    """Return the post within a sentence: "the U.S. Embassy in Lesotho"; without a country, the Department."""
    if country is None:
        return gettext("the U.S. Department of State")
    return gettext("the U.S. Embassy in %(country)s") % {"country": country.name}


def _reply_address(person: User, country: Country | None) -> str:
    """Return the address of the contact person of the country, or "" if there is none besides the recipient."""
    contact = find_contact(country.pk) if country else None
    return contact.email if contact and contact != person else ""


LINK_PURPOSES: dict[str, LinkPurpose] = {
    MailKind.INVITATION: LinkPurpose.INVITATION,
    MailKind.PASSWORD_RESET: LinkPurpose.RESET,
}
"""By kind: the purpose of the link in the mail.

The link is made from the account as it is at the time of sending. So the mail goes only to the person's own address.
"""


def _needs_link(person: User, purpose: LinkPurpose, now: datetime) -> bool:
    """Return whether the person may still sign in, awaits the first password, or may set a new one."""
    if not Backend().user_can_authenticate(person):
        return False
    if purpose is LinkPurpose.INVITATION:
        return not person.has_usable_password()
    return not mail_links.is_reset_blocked(person, now)


def _request_context(key: int, address: str) -> dict[str, Any]:
    """Return the template context of a mail about a request. The old and the new address get different links."""
    request = AccountRequest.objects.select_related("person", "asked_by").get(pk=key)
    decision = RequestLinkAction.STOP if address == request.old_email else RequestLinkAction.CONFIRM
    return {
        "request": request,
        "link": mail_links.request_link(request, decision),
        "address": address,
        "due": format_datetime(timezone.localtime(request.asked_at + ADDRESS_DELAY)),
    }


KINDS_WITH_HTML = frozenset({MailKind.NOTICES, MailKind.DIALOGUE})
DAYS = frozenset({"last_day", "first_day"})
"""The values of a template that are days."""


def _translate_values(kind: str, values: dict[str, str]) -> dict[str, str]:
    """Return the values for the template that were stored in English, in the current language."""
    translated = dict(values)
    if kind == MailKind.SIGN_IN_CHANGED and "what" in values:
        translated["what"] = gettext(values["what"])
    if kind == MailKind.ACCOUNT_CHANGED and "what" in values:
        translated["what"] = join_with_and(gettext(name) for name in values["what"].split(", "))
    if kind == MailKind.STATUS_FAILED:
        translated["parts"] = join_with_and(gettext(label) for label in values["parts"].split(", "))
    if "until" in values:
        translated["until"] = format_datetime(timezone.localtime(datetime.fromisoformat(values["until"])))
    for name in DAYS & values.keys():
        translated[name] = format_date(date.fromisoformat(values[name]))
    return translated


def build_message(mail: Mail) -> MailMessage | None:
    """Return the mail to send, or None if it is no longer needed."""
    person = mail.person
    if person is None:
        return None
    zone, language = person.locale()
    readable = find_language(language, Role(person.role))
    with timezone.override(ZoneInfo(zone) if zone else None), translation.override(readable):
        return _build_message(mail, person)


def _build_message(mail: Mail, person: User) -> MailMessage | None:
    address, more = mail.address or person.email, _translate_values(mail.kind, mail.template_values)
    if "request" in more:
        more |= _request_context(int(more["request"]), address)
    if purpose := LINK_PURPOSES.get(mail.kind):
        now = clock.to_domain_time(mail.tried_at or mail.queued_at)
        if not _needs_link(person, purpose, now):
            return None
        address, more["link"] = person.email, mail_links.password_link(person, purpose)
        more["link_ends"] = format_date(timezone.localtime(now + LINK_LIFETIMES[purpose]).date())
    headers = {"Message-ID": mail.message_id}
    country = _find_country(person)
    post = _describe_post(country)
    if mail.kind == MailKind.NOTICES:
        groups = group_notices(mail, person) if Backend().user_can_authenticate(person) else []
        if not groups:
            return None
        more |= notices_context(groups, person)
        headers |= unsubscribe_headers(person)
    entry = None
    if mail.kind == MailKind.DIALOGUE:
        entry = find_entry(mail, person) if Backend().user_can_authenticate(person) else None
        if entry is None:
            return None
        more |= entry_context(entry, person, post)
        headers |= unsubscribe_headers(person)
    reply_to = _reply_address(person, country)
    context = {"person": person, "post": post, "reply_to": reply_to, "site": settings.PUBLIC_URL}
    rendered = render_to_string(f"account/email/{mail.kind}.txt", context | more)
    subject, _, text = rendered.partition("\n")
    message = MailMessage(
        subject.strip(),
        text.strip() + "\n",
        to=[address],
        reply_to=[reply_to] if reply_to else None,
        headers=headers,
    )
    if mail.kind in KINDS_WITH_HTML:
        message.attach_alternative(render_to_string(f"account/email/{mail.kind}.html", context | more), "text/html")
    if entry:
        calendar = build_calendar(entry, address, clock.to_domain_time(mail.tried_at or mail.queued_at))
        message.attach_alternative(calendar.content, f"text/calendar; method={calendar.method}")
    return message
