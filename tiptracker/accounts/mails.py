"""What is sent to somebody about their own account: plain text, short, no secret but the link.

Each is queued in the transaction of what it tells of, and sent by a worker: see tiptracker.mail.
"""

from collections.abc import Iterable
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from tiptracker.accounts.models import AccountRequest, User
from tiptracker.mail.actions import queue_mail
from tiptracker.mail.models import Mail, MailKind


def send_invitation(person: User) -> Mail:
    """The link by which somebody new sets the first password. While one waits to be sent, there is no second."""
    return queue_mail(MailKind.INVITATION, person=person, key=str(person.pk))


def find_waiting_invitation(person: User) -> Mail | None:
    """The invitation that waits to be sent to `person`, if there is one."""
    return Mail.objects.waiting().filter(kind=MailKind.INVITATION, key=str(person.pk)).first()


def last_invitations(people: Iterable[User]) -> dict[int, Mail]:
    """The newest invitation to each of `people` who was sent one, by the person's key."""
    sent = Mail.objects.filter(kind=MailKind.INVITATION, person__in=people).order_by("pk")
    return {mail.person_id: mail for mail in sent if mail.person_id}


def newest_mails(person: User, most: int = 5) -> list[Mail]:
    """The newest mails about the account of `person`, newest first."""
    return list(Mail.objects.filter(person=person)[:most])


def send_reset_link(person: User | None, email: str) -> Mail:
    """The link by which the person who signs in as `email` sets another password; for a stranger all but the sending.

    No address of a stranger is kept: only a fingerprint, so that for two strangers in turn no less is done than for
    two people.
    """
    stranger = salted_hmac("tiptracker.accounts.strangers", email, algorithm="sha256").hexdigest()
    return queue_mail(MailKind.PASSWORD_RESET, person=person, key=str(person.pk) if person else f"nobody {stranger}")


def notify_sign_in_changed(person: User, what: str) -> None:
    """That something about the sign-in changed, in words: "A passkey was added"."""
    queue_mail(MailKind.SIGN_IN_CHANGED, person=person, words={"what": what})


def notify_account_changed(person: User, what: str, addresses: Iterable[str]) -> None:
    """That an administrator changed `what` of the account: to each of `addresses`, none of which reads the others."""
    for address in addresses:
        queue_mail(MailKind.ACCOUNT_CHANGED, person=person, address=address, words={"what": what})


def notify_request_made(request: AccountRequest) -> None:
    """That somebody asked for another address, or for the removal of the second step, with the link that stops it."""
    _queue_request_mail(request, MailKind.REQUEST_MADE, request.old_email)


def send_address_confirmation(request: AccountRequest) -> None:
    """The link by which an owner shows that the new address is theirs."""
    _queue_request_mail(request, MailKind.ADDRESS_CONFIRM, request.new_email)


def ask_for_consent(request: AccountRequest, people: Iterable[User]) -> None:
    """That somebody's consent is asked for, to each whose consent counts."""
    page = urljoin(settings.PUBLIC_URL, reverse("account_request_detail", args=[request.pk]))
    for person in people:
        queue_mail(MailKind.CONSENT_ASKED, person=person, words={"page": page})


def notify_request_done(request: AccountRequest) -> None:
    """That the address changed, or the second step is removed. The link to stop it goes to the old address alone."""
    for address in sorted({request.old_email, request.new_email} - {""}):
        _queue_request_mail(request, MailKind.REQUEST_DONE, address)


def notify_administrator_added(person: User, added: User, by: str) -> None:
    """That somebody else became an administrator."""
    queue_mail(MailKind.ADMINISTRATOR_ADDED, person=person, words={"added": added.name, "by": by})


def _queue_request_mail(request: AccountRequest, kind: MailKind, address: str) -> None:
    """The link is made as the mail is sent: so the row holds nothing secret."""
    queue_mail(kind, person=request.person, address=address, words={"request": str(request.pk)})


def notify_log_fault(person: User, entry: int) -> None:
    """That the nightly check found an entry of the log which does not hold."""
    link = urljoin(settings.PUBLIC_URL, reverse("log_list"))
    key = f"{person.pk} {entry}"
    queue_mail(MailKind.LOG_FAULT, person=person, key=key, words={"entry": str(entry), "link": link})
