"""Build a mail from its row at the moment of sending."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from tiptracker import clock
from tiptracker.accounts import mail_links
from tiptracker.accounts.backend import Backend
from tiptracker.accounts.models import AccountRequest, Country, User
from tiptracker.mail.models import Mail, MailKind


def _post_name(person: User) -> str:
    """Return the name of the person's post: "U.S. Embassy, Lesotho"; with several countries or none, no place."""
    countries = list(Country.objects.visible_to(person).order_by("name").values_list("name", flat=True)[:2])
    return f"U.S. Embassy, {countries[0]}" if len(countries) == 1 else "U.S. Department of State"


def _may_sign_in(person: User) -> bool:
    return Backend().user_can_authenticate(person)


def _awaits_first_password(person: User) -> bool:
    return _may_sign_in(person) and not person.has_usable_password()


LINK_MAILS: dict[str, tuple[mail_links.LinkPurpose, Callable[[User], bool]]] = {
    MailKind.INVITATION: (mail_links.LinkPurpose.INVITATION, _awaits_first_password),
    MailKind.PASSWORD_RESET: (mail_links.LinkPurpose.RESET, _may_sign_in),
}
"""By kind: the purpose of the link in the mail, and the condition that its person must still meet.

The link is made from the account as it is at the time of sending. So the mail goes only to the person's own address.
"""


def _sent_at(mail: Mail) -> datetime:
    """Return when the mail is being sent, in domain time."""
    return clock.to_domain_time(mail.tried_at or mail.queued_at)


def _request_context(key: int, address: str) -> dict[str, Any]:
    """Return the template context of a mail about a request. The old and the new address get different links."""
    request = AccountRequest.objects.select_related("person", "asked_by").get(pk=key)
    decision = (
        mail_links.RequestLinkAction.STOP if address == request.old_email else mail_links.RequestLinkAction.CONFIRM
    )
    return {"request": request, "link": mail_links.request_link(request, decision), "address": address}


def build_message(mail: Mail) -> EmailMessage | None:
    """Return the mail to send, or None if it is no longer needed."""
    person = mail.person
    if person is None:
        return None
    address, more = mail.address or person.email, dict(mail.words)
    if "request" in more:
        more |= _request_context(int(more["request"]), address)
    if mail.kind in LINK_MAILS:
        purpose, is_needed = LINK_MAILS[mail.kind]
        if not is_needed(person) or (
            purpose is mail_links.LinkPurpose.RESET and mail_links.is_reset_blocked(person, _sent_at(mail))
        ):
            return None
        address, more["link"] = person.email, mail_links.password_link(person, purpose)
    said = render_to_string(f"account/email/{mail.kind}.txt", {"person": person, "post": _post_name(person), **more})
    subject, _, text = said.partition("\n")
    message_id = {"Message-ID": mail.message_id}
    return EmailMessage(subject.strip(), text.strip() + "\n", to=[address], headers=message_id)
