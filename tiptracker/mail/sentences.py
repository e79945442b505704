"""Describe a mail's state in sentences, for administrators."""

from datetime import datetime

from django.utils import timezone

from tiptracker import clock
from tiptracker.accounts.mail_links import LINK_LIFETIMES, LinkPurpose
from tiptracker.localization import gettext, ngettext
from tiptracker.mail.models import Mail, MailState
from tiptracker.validation import format_moment


def describe_mail_state(mail: Mail) -> str:
    """Return what has happened to a mail so far.

    An example: "Sent to palesa@post.example on 28 January 2022 at 09:00.".
    """
    values = {
        "address": mail.address,
        "answer": mail.answer,
        "number": mail.tries,
        "at": _format_moment(mail.finished_at or mail.tried_at or mail.queued_at),
        "next": _format_moment(mail.next_try_at),
    }
    match mail.state:
        case MailState.SENT:
            sentence = gettext("Sent to %(address)s on %(at)s.")
        case MailState.REFUSED:
            sentence = gettext("The mail server refused it on %(at)s: “%(answer)s”. Check the e-mail address.")
        case MailState.GIVEN_UP:
            sentence = ngettext(
                "Not sent after %(number)d try, last on %(at)s: “%(answer)s”. Send it again.",
                "Not sent after %(number)d tries, last on %(at)s: “%(answer)s”. Send it again.",
                mail.tries,
            )
        case MailState.NOT_NEEDED:
            sentence = gettext("Not sent on %(at)s, because the account no longer needed it.")
        case _ if mail.tries and mail.next_try_at:
            sentence = ngettext(
                "Not sent yet after %(number)d try, last on %(at)s: “%(answer)s”. The next try is on %(next)s.",
                "Not sent yet after %(number)d tries, last on %(at)s: “%(answer)s”. The next try is on %(next)s.",
                mail.tries,
            )
        case _ if mail.tries:
            sentence = ngettext(
                "Not sent yet after %(number)d try, last on %(at)s: “%(answer)s”.",
                "Not sent yet after %(number)d tries, last on %(at)s: “%(answer)s”.",
                mail.tries,
            )
        case _:
            sentence = gettext("Queued on %(at)s. Not sent yet.")
    return sentence % values


def link_of_invitation(mail: Mail, now: datetime) -> str:
    """Return a sentence on how long the link of an invitation works, or "" if none was sent."""
    if mail.state != MailState.SENT or mail.tried_at is None:
        return ""
    ends = mail.tried_at + LINK_LIFETIMES[LinkPurpose.INVITATION]
    if clock.to_domain_time(ends) > now:
        return gettext("The link in the invitation works until %(at)s.") % {"at": _format_moment(ends)}
    return gettext("The link in the invitation expired on %(at)s. Send the invitation again.") % {
        "at": _format_moment(ends)
    }


def _format_moment(moment: datetime | None) -> str:
    """Format machine time in the reader's time zone: "28 January 2022 at 09:00"."""
    if moment is None:
        return ""
    shown = timezone.localtime(clock.to_domain_time(moment))
    return format_moment(shown, shown)
