"""What is sent to somebody about their own account: plain text, short, no secret but the link."""

import logging
from collections.abc import Iterable
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from tiptracker.accounts import links
from tiptracker.accounts.models import AccountRequest, Country, User

logger = logging.getLogger(__name__)


def invite(person: User) -> None:
    """The link by which somebody new sets the first password. Raises OSError where the mail server won't take it."""
    _send(person, "invitation", link=links.link(person, links.Purpose.INVITATION))


def send_reset_link(person: User) -> None:
    """The link by which somebody sets another password."""
    _send(person, "password_reset", link=links.link(person, links.Purpose.RESET))


def tell_of_change(person: User, what: str) -> None:
    """That something about the sign-in changed, in words: "A passkey was added". Who did it needn't wait for it."""
    try:
        _send(person, "sign_in_changed", what=what)
    except OSError:
        logger.exception("The mail server did not take a notice to person %s", person.pk)


def tell_of_account(person: User, what: str, addresses: Iterable[str]) -> None:
    """That an administrator changed `what` of the account: to each of `addresses`, none of which reads the others."""
    for address in addresses:
        try:
            _send(person, "account_changed", address, what=what)
        except OSError:
            logger.exception("The mail server did not take a notice to person %s", person.pk)


def tell_of_request(request: AccountRequest) -> None:
    """That somebody asked for another address, or for the removal of the second step, with the link that stops it."""
    _tell(request.person, "request_made", request.old_email, **_words_of(request, request.old_email))


def confirm_address(request: AccountRequest) -> None:
    """The link by which an owner shows that the new address is theirs."""
    _tell(request.person, "address_confirm", request.new_email, **_words_of(request, request.new_email))


def ask_for_consent(request: AccountRequest, people: Iterable[User]) -> None:
    """That somebody's consent is asked for, to each whose consent counts."""
    page = urljoin(settings.PUBLIC_URL, reverse("account_request_detail", args=[request.pk]))
    for person in people:
        _tell(person, "consent_asked", person.email, page=page)


def tell_of_request_done(request: AccountRequest) -> None:
    """That the address changed, or the second step is removed. The link to stop it goes to the old address alone."""
    for address in sorted({request.old_email, request.new_email} - {""}):
        _tell(request.person, "request_done", address, **_words_of(request, address))


def _words_of(request: AccountRequest, address: str) -> dict[str, Any]:
    """What a mail about a request tells, to the address until now or to the new one: each gets its own link."""
    decision = links.Decision.STOP if address == request.old_email else links.Decision.CONFIRM
    return {"request": request, "link": links.request_link(request, decision)}


def tell_of_administrator(person: User, added: User, by: str) -> None:
    """That somebody else became an administrator."""
    _tell(person, "administrator_added", person.email, added=added, by=by)


def _tell(person: User, name: str, address: str, **more: Any) -> None:
    """Send a notice; who caused it needn't wait for it."""
    try:
        _send(person, name, address, **more)
    except OSError:
        logger.exception("The mail server did not take a notice to person %s", person.pk)


def _send(person: User, name: str, address: str = "", **more: Any) -> None:
    context = {"person": person, "post": post_of(person), "address": address, **more}
    said = render_to_string(f"account/email/{name}.txt", context)
    subject, _, text = said.partition("\n")
    EmailMessage(subject.strip(), text.strip() + "\n", to=[address or person.email]).send()


def post_of(person: User) -> str:
    """The post that somebody works with, by name: "U.S. Embassy, Lesotho"; of several or none, no place."""
    countries = list(Country.objects.visible_to(person).order_by("name").values_list("name", flat=True)[:2])
    return f"U.S. Embassy, {countries[0]}" if len(countries) == 1 else "U.S. Department of State"
