"""Queue mails about accounts and about the installation: plain text, short, with no secret but the link.

Each mail is queued in the transaction that causes it, and a worker sends it: see tiptracker.mail.
"""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from tiptracker.accounts.models import AccountRequest, User
from tiptracker.mail.actions import queue_mail
from tiptracker.mail.models import Mail, MailKind


def send_invitation(person: User) -> Mail:
    """Queue the link by which a new person sets the first password.

    At most one invitation per person waits to be sent.
    """
    return queue_mail(MailKind.INVITATION, person=person, key=str(person.pk))


def find_queued_invitation(person: User) -> Mail | None:
    """Return the invitation to `person` that waits to be sent, or None."""
    return Mail.objects.queued().filter(kind=MailKind.INVITATION, key=str(person.pk)).first()


def last_invitations(people: Iterable[User]) -> dict[int, Mail]:
    """Return the newest invitation to each of `people`, by person id; people without one are left out."""
    sent = Mail.objects.filter(kind=MailKind.INVITATION, person__in=people).order_by("pk")
    return {mail.person_id: mail for mail in sent if mail.person_id}


def newest_mails(person: User, most: int = 5) -> list[Mail]:
    """Return the newest mails to `person`, newest first."""
    return list(Mail.objects.filter(person=person)[:most])


def send_reset_link(person: User | None, email: str) -> Mail:
    """Queue the link by which the person who signs in as `email` sets a new password.

    For an unknown address (`person` is None) everything but the sending happens. Its address is not stored, only a
    fingerprint of it. So two unknown addresses in turn cause the same work as two people.
    """
    stranger = salted_hmac("tiptracker.accounts.strangers", email, algorithm="sha256").hexdigest()
    return queue_mail(MailKind.PASSWORD_RESET, person=person, key=str(person.pk) if person else f"nobody {stranger}")


def notify_sign_in_changed(person: User, change: str) -> None:
    """Tell the person what changed in their sign-in: `gettext_noop("A passkey was added.")`, translated in the mail."""
    queue_mail(MailKind.SIGN_IN_CHANGED, person=person, values={"what": change})


def notify_account_changed(person: User, changed: Iterable[str], addresses: Iterable[str]) -> None:
    """Tell the person what an administrator changed: one mail to each address, which shows no other address.

    `changed` are names of fields, marked with `gettext_noop` and translated in the mail.
    """
    what = ", ".join(changed)
    for address in addresses:
        queue_mail(MailKind.ACCOUNT_CHANGED, person=person, address=address, values={"what": what})


def notify_request_made(request: AccountRequest) -> None:
    """Tell the person of a request for a new address or to remove the second step, with the link that stops it."""
    _queue_request_mail(request, MailKind.REQUEST_MADE, request.old_email)


def send_address_confirmation(request: AccountRequest) -> None:
    """Queue the link by which an owner proves that the new address is theirs."""
    _queue_request_mail(request, MailKind.ADDRESS_CONFIRM, request.new_email)


def ask_for_consent(request: AccountRequest, people: Iterable[User], *, until: datetime) -> None:
    """Ask each person whose consent counts to decide on the request, which lapses at `until`."""
    page = urljoin(settings.PUBLIC_URL, reverse("account_request_detail", args=[request.pk]))
    for person in people:
        queue_mail(MailKind.CONSENT_ASKED, person=person, values={"page": page, "until": until.isoformat()})


def notify_request_done(request: AccountRequest) -> None:
    """Tell the person that the address changed or the second step was removed.

    Only the mail to the old address has the link that stops it.
    """
    for address in sorted({request.old_email, request.new_email} - {""}):
        _queue_request_mail(request, MailKind.REQUEST_DONE, address)


def notify_administrator_added(person: User, added: User, by: str) -> None:
    """Tell an administrator that another person became an administrator, and for which countries; empty for all."""
    countries = ", ".join(added.countries.order_by("name").values_list("name", flat=True))
    values = {"added": added.name, "by": by, "countries": countries}
    queue_mail(MailKind.ADMINISTRATOR_ADDED, person=person, values=values)


def _queue_request_mail(request: AccountRequest, kind: MailKind, address: str) -> None:
    """Queue a mail about a request. Its link is made when the mail is sent, so the row holds no secret."""
    queue_mail(kind, person=request.person, address=address, values={"request": str(request.pk)})


def notify_log_fault(person: User, entry: int) -> None:
    """Tell the person that the nightly check found an entry of the activity log that does not hold."""
    link = urljoin(settings.PUBLIC_URL, reverse("log_list"))
    key = f"{person.pk} {entry}"
    queue_mail(MailKind.LOG_FAULT, person=person, key=key, values={"entry": str(entry), "link": link})
