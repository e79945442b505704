"""What a mail says, made from its row in the moment that it is sent."""

from collections.abc import Callable

from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from tiptracker.accounts import links
from tiptracker.accounts.backend import Backend
from tiptracker.accounts.models import User
from tiptracker.accounts.posts import post_of
from tiptracker.mail.models import Mail, MailKind


def _may_sign_in(person: User) -> bool:
    return Backend().user_can_authenticate(person)


def _is_expected(person: User) -> bool:
    return _may_sign_in(person) and not person.has_usable_password()


WITH_LINK: dict[str, tuple[links.Purpose, Callable[[User], bool]]] = {
    MailKind.INVITATION: (links.Purpose.INVITATION, _is_expected),
    MailKind.PASSWORD_RESET: (links.Purpose.RESET, _may_sign_in),
}
"""By kind: what the link in the mail is for, and to whom it is sent if it still holds of them.

The link is made from the account as it then stands, so the mail goes to the person's own address alone.
"""


def message_of(mail: Mail) -> EmailMessage | None:
    """The mail as it is sent; None where nobody needs it any more."""
    person = mail.person
    if person is None:
        return None
    address, more = mail.address or person.email, dict(mail.words)
    if mail.kind in WITH_LINK:
        purpose, is_needed = WITH_LINK[mail.kind]
        if not is_needed(person):
            return None
        address, more["link"] = person.email, links.link(person, purpose)
    said = render_to_string(f"account/email/{mail.kind}.txt", {"person": person, "post": post_of(person), **more})
    subject, _, text = said.partition("\n")
    message_id = {"Message-ID": mail.message_id}
    return EmailMessage(subject.strip(), text.strip() + "\n", to=[address], headers=message_id)
