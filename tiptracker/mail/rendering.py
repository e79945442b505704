"""Build a mail from its row at the moment of sending."""

from datetime import datetime
from typing import Any

from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from tiptracker import clock
from tiptracker.accounts import mail_links
from tiptracker.accounts.backend import Backend
from tiptracker.accounts.mail_links import LinkPurpose, RequestLinkAction
from tiptracker.accounts.models import AccountRequest, Country, User
from tiptracker.mail.models import Mail, MailKind


def _post_name(person: User) -> str:
    """Return the name of the person's post: "U.S. Embassy, Lesotho"; with several countries or none, no place."""
    countries = list(Country.objects.visible_to(person).order_by("name").values_list("name", flat=True)[:2])
    return f"U.S. Embassy, {countries[0]}" if len(countries) == 1 else "U.S. Department of State"


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
    return {"request": request, "link": mail_links.request_link(request, decision), "address": address}


def build_message(mail: Mail) -> EmailMessage | None:
    """Return the mail to send, or None if it is no longer needed."""
    person = mail.person
    if person is None:
        return None
    address, more = mail.address or person.email, dict(mail.words)
    if "request" in more:
        more |= _request_context(int(more["request"]), address)
    if purpose := LINK_PURPOSES.get(mail.kind):
        if not _needs_link(person, purpose, clock.to_domain_time(mail.tried_at or mail.queued_at)):
            return None
        address, more["link"] = person.email, mail_links.password_link(person, purpose)
    rendered = render_to_string(
        f"account/email/{mail.kind}.txt", {"person": person, "post": _post_name(person), **more}
    )
    subject, _, text = rendered.partition("\n")
    message_id = {"Message-ID": mail.message_id}
    return EmailMessage(subject.strip(), text.strip() + "\n", to=[address], headers=message_id)
