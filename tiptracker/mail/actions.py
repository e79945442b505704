"""Queue a mail in the transaction that causes it; send it later, and record what happened to it.

If the mail server does not accept a mail, it is tried again for a day, with growing pauses. A mail is sent twice only
if a worker is killed after the server accepted it and before the row is saved; both then have the same Message-ID.
Times are machine time.
"""

import logging
import smtplib
import socket
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import CharField, Exists, OuterRef
from django.db.models.functions import Cast
from django.utils import timezone

from tiptracker.accounts.models import User
from tiptracker.infrastructure.outages import save_through_outage
from tiptracker.infrastructure.transactions import is_in_transaction
from tiptracker.jobs.actions import RetryJobLater, enqueue, enqueue_new
from tiptracker.jobs.models import OPEN_STATES, Job
from tiptracker.localization import gettext, record_language
from tiptracker.mail import smtp
from tiptracker.mail.models import Mail, MailKind, MailState, new_key
from tiptracker.mail.rendering import build_message

logger = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=2)
"""Pauses between tries: each is twice as long as the one before, up to the longest."""
RETRY_PERIOD = timedelta(days=1)
MAX_ANSWER_LENGTH = 500
REQUEUED_AT_ONCE = 500


def queue_mail(
    kind: MailKind, *, person: User | None, address: str = "", key: str = "", values: Mapping[str, str] | None = None
) -> Mail:
    """Queue a mail, to be sent by a worker once this transaction commits, whatever the mail server does.

    At most one mail of a `kind` and `key` waits: if there is one, it is tried at once and no other is queued. Raises
    RuntimeError outside a transaction.

    Args:
        kind: also names its template.
        person: None for an unknown address, to which nothing is sent.
        address: where to send it, if not to the person's own address.
        values: further values for the template.
    """
    if not is_in_transaction():
        raise RuntimeError("A mail belongs in the transaction of what it tells of.")
    defaults = {
        "person": person,
        "address": address,
        "template_values": dict(values or {}),
        "queued_at": timezone.now(),
    }
    mail, _ = Mail.objects.get_or_create(kind=kind, key=key or new_key(), state=MailState.QUEUED, defaults=defaults)
    enqueue("send_mail", mail.pk)
    return mail


class MailInput(NamedTuple):
    """A mail to queue: its kind, which names its template, and the person it goes to."""

    kind: MailKind
    person: User


def queue_mails(mails: Sequence[MailInput]) -> list[Mail]:
    """Queue many mails at once, in two queries. Raises RuntimeError outside a transaction.

    No message is sent for each of them: a worker finds the waiting jobs within seconds (`send_due_jobs`).
    """
    if not is_in_transaction():
        raise RuntimeError("A mail belongs in the transaction of what it tells of.")
    now = timezone.now()
    queued = Mail.objects.bulk_create([Mail(kind=mail.kind, person=mail.person, queued_at=now) for mail in mails])
    enqueue_new("send_mail", [mail.pk for mail in queued])
    return queued


def requeue_lost_mails() -> int:
    """Queue the waiting mails again whose job failed, and return how many: their worker was killed each time.

    Those that have waited for a day are given up, so that the list of mails shows them.
    """
    now = timezone.now()
    open_jobs = Job.objects.filter(kind="send_mail", state__in=OPEN_STATES, key=Cast(OuterRef("pk"), CharField()))
    lost = list(Mail.objects.queued().filter(~Exists(open_jobs)).order_by("pk")[:REQUEUED_AT_ONCE])
    for mail in lost:
        if now < mail.queued_at + RETRY_PERIOD:
            enqueue("send_mail", mail.pk)
        else:
            with record_language():
                mail.answer = mail.answer or gettext("The worker that sends mails ended each time.")
            _finish(mail, MailState.GIVEN_UP)
    return len(lost)


def drop_waiting_mails(*, now: datetime) -> int:
    """Finish every waiting mail without sending it, and return how many: for a record that was restored from a backup.

    The installation of the backup may have sent them since, and their occasions may be over. `now` is machine time.
    """
    with record_language():
        reason = gettext("It was waiting when a backup was made that was restored later. It may have been sent since.")
    return Mail.objects.queued().update(state=MailState.NOT_NEEDED, answer=reason, finished_at=now, next_try_at=None)


def deliver_mail(mail: Mail) -> None:
    """Try to send a mail. Raises RetryJobLater if the server cannot be reached, or refuses the mail for now."""
    if mail.state != MailState.QUEUED:
        return
    mail.tries += 1
    mail.tried_at = timezone.now()
    try:
        message = build_message(mail)
        if message is not None:
            message.send()
    except OSError as error:  # errors of the network, of TLS and of smtplib are all OSErrors
        mail.answer = _describe_error(error, timezone.now() - mail.tried_at)[:MAX_ANSWER_LENGTH]
        logger.warning("Mail %s (%s) was not taken: %s", mail.pk, mail.kind, mail.answer)
        _schedule_retry(mail, error)
    except Exception:
        with record_language():
            mail.answer = gettext("The mail could not be built. The server’s log says why.")
        _finish(mail, MailState.GIVEN_UP)
        raise
    else:
        mail.answer = ""
        if message is None:
            _finish(mail, MailState.NOT_NEEDED)
        else:
            mail.address = str(message.to[0])
            _finish(mail, MailState.SENT)


def _schedule_retry(mail: Mail, error: OSError) -> None:
    """Finish a mail that was refused for good or tried for a day; otherwise schedule the next try."""
    now = timezone.now()
    if is_permanent_failure(error):
        _finish(mail, MailState.REFUSED)
    elif now >= mail.queued_at + RETRY_PERIOD:
        _finish(mail, MailState.GIVEN_UP)
    else:
        pause = min(FIRST_PAUSE * 2 ** min(mail.tries - 1, 20), LONGEST_PAUSE)
        mail.next_try_at = min(now + pause, mail.queued_at + RETRY_PERIOD)
        mail.save(update_fields=["tries", "tried_at", "next_try_at", "answer"])
        raise RetryJobLater(mail.next_try_at, "Waiting for the mail server")


def is_permanent_failure(error: OSError) -> bool:
    """Return whether the server refuses this address or this mail for good.

    An error about our name, password or sender may be a mistake of the post that can be corrected within the day.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _ in error.recipients.values())
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return True  # such as an address with characters that the server does not support
    return isinstance(error, smtplib.SMTPDataError) and 500 <= error.smtp_code < 600


def _describe_error(error: OSError, lasted: timedelta) -> str:
    """Return what the server said, or what happened. `lasted`: how long the try lasted."""
    # What came of an answer before the connection was cut off is no answer.
    is_cut_off = lasted.total_seconds() >= smtp.CONNECTION_DEADLINE_SECONDS
    if isinstance(error, TimeoutError) or is_cut_off:
        with record_language():
            return gettext("The mail server did not answer in time.")
    if isinstance(error, socket.gaierror):
        with record_language():
            return gettext("The name of the mail server (EMAIL_HOST) was not found.")
    if isinstance(error, ConnectionRefusedError):
        with record_language():
            return gettext("The mail server takes no connections.")
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {_decode(answer)}" for code, answer in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_decode(error.smtp_error)}"
    return str(error) or type(error).__name__


def _decode(answer: bytes | str) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer


def _finish(mail: Mail, state: MailState) -> None:
    mail.state, mail.finished_at, mail.next_try_at = state, timezone.now(), None
    fields = ["state", "finished_at", "next_try_at", "tries", "tried_at", "answer", "address"]
    save_through_outage(lambda: mail.save(update_fields=fields))
