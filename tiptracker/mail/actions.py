"""Queue a mail in the transaction of what caused it; send it later, and keep what became of it.

A mail that no server takes is tried again with growing pauses for a day. It is sent twice only where a worker was
killed between the server's acceptance and our row, and then under the same Message-ID. Times are the machine's.
"""

import logging
import smtplib
from collections.abc import Mapping
from datetime import timedelta

from django.utils import timezone

from tiptracker.accounts.models import User
from tiptracker.infrastructure.transactions import is_in_transaction
from tiptracker.jobs.actions import RetryJobLater, enqueue
from tiptracker.mail.models import Mail, MailKind, MailState, new_key
from tiptracker.mail.rendering import build_message

logger = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=2)
"""Each pause is twice as long as the one before."""
RETRY_PERIOD = timedelta(days=1)
MAX_ANSWER_LENGTH = 500


def queue_mail(
    kind: MailKind, *, person: User | None, address: str = "", key: str = "", words: Mapping[str, str] | None = None
) -> Mail:
    """Have a mail sent once this transaction commits; a worker sends it, whatever the mail server does.

    `kind` names its template. `address`: other than the person's own. Of one `kind` and `key` at most one mail waits:
    it is tried at once, and no other is queued. `person` is None for a stranger, to whom nothing is sent.
    """
    if not is_in_transaction():
        raise RuntimeError("A mail belongs in the transaction of what it tells of.")
    rest = {"person": person, "address": address, "words": dict(words or {}), "queued_at": timezone.now()}
    mail, _ = Mail.objects.get_or_create(kind=kind, key=key or new_key(), state=MailState.QUEUED, defaults=rest)
    enqueue("send_mail", mail.pk)
    return mail


def deliver_mail(mail: Mail) -> None:
    """Try to send a mail. Raises TryLater where the mail server can't be reached, or asks for patience."""
    if mail.state != MailState.QUEUED:
        return
    mail.tries += 1
    mail.tried_at = timezone.now()
    try:
        message = build_message(mail)
        if message is not None:
            message.send()
    except OSError as error:  # every error of the network, of TLS and of smtplib is one
        mail.answer = _describe_error(error)[:MAX_ANSWER_LENGTH]
        logger.warning("Mail %s (%s) was not taken: %s", mail.pk, mail.kind, mail.answer)
        _schedule_retry(mail, error)
    except Exception:
        mail.answer = "It could not be put together. The server's log says why."
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
    """Finish what was refused for good, or tried for a day; else say when it is tried again."""
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
    """Whether the server refuses this address or this mail for good.

    What it says to our name, password or sender may be the post's own mistake, which somebody corrects within the day.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _ in error.recipients.values())
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return True  # such as an address in letters that the server doesn't know
    return isinstance(error, smtplib.SMTPDataError) and 500 <= error.smtp_code < 600


def _describe_error(error: OSError) -> str:
    """What the server said, else what happened."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {_decode(said)}" for code, said in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_decode(error.smtp_error)}"
    if isinstance(error, TimeoutError):
        return "The mail server did not answer in time."
    return str(error) or type(error).__name__


def _decode(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said


def _finish(mail: Mail, state: MailState) -> None:
    mail.state, mail.finished_at, mail.next_try_at = state, timezone.now(), None
    mail.save(update_fields=["state", "finished_at", "next_try_at", "tries", "tried_at", "answer", "address"])
