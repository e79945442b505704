"""Describe a mail's state in sentences, for administrators."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format

from tiptracker import clock
from tiptracker.accounts.mail_links import LINK_LIFETIMES, LinkPurpose
from tiptracker.mail.models import Mail, MailState


def describe_mail_state(mail: Mail) -> str:
    """Return what has happened to a mail so far.

    An example: "Sent to palesa@post.example on 28 January 2022 at 09:00.".
    """
    match mail.state:
        case MailState.SENT:
            return f"Sent to {mail.address} {_format_moment(mail.finished_at)}."
        case MailState.REFUSED:
            return f"The mail server refused it {_format_moment(mail.finished_at)}: “{mail.answer}”. Check the address."
        case MailState.GIVEN_UP:
            tried = "1 try" if mail.tries == 1 else f"{mail.tries} tries"
            return f"Given up {_format_moment(mail.finished_at)} after {tried}: “{mail.answer}”. Send it again."
        case MailState.NOT_NEEDED:
            return f"Not sent {_format_moment(mail.finished_at)}: the account no longer needs it."
    if mail.tries:
        tried = (
            f"Not sent yet: tried {_format_times(mail.tries)}, last {_format_moment(mail.tried_at)}: “{mail.answer}”."
        )
        return f"{tried} It is tried again {_format_moment(mail.next_try_at)}." if mail.next_try_at else tried
    return f"Queued {_format_moment(mail.queued_at)}, not sent yet."


def link_of_invitation(mail: Mail, now: datetime) -> str:
    """Return a sentence on how long the link of an invitation works, or "" if none was sent."""
    if mail.state != MailState.SENT or mail.tried_at is None:
        return ""
    ends = mail.tried_at + LINK_LIFETIMES[LinkPurpose.INVITATION]
    if clock.to_domain_time(ends) > now:
        return f"Its link works until {_format_moment(ends).removeprefix('on ')}."
    return f"Its link expired {_format_moment(ends)}. Send the invitation again."


def _format_times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _format_moment(moment: datetime | None) -> str:
    if moment is None:
        return ""
    shown = timezone.localtime(clock.to_domain_time(moment))
    return f"on {date_format(shown, 'j F Y')} at {shown:%H:%M}"
