"""`manage.py send_test_mail ADDRESS`: try the mail server before anybody is invited."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, mailers
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from tiptracker.mail.smtp_failures import explain_failure

TEXT = """\
This is a test of TIP Tracker at %(address)s.

If you read this, TIP Tracker can send mails. There is nothing to do.
"""


class Command(BaseCommand):
    help = (
        "Send a mail to an address at once, and print what the mail server answered. Exits with 1 if the server does "
        "not take the mail, and says which setting to change. Example: manage.py send_test_mail a.molapo@example.gov"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", help="the e-mail address to send to, such as your own")

    def handle(self, *, address: str, **options: Any) -> None:
        try:
            validate_email(address)
        except ValidationError:
            raise CommandError(f"“{address}” is no e-mail address.") from None
        server = settings.MAILERS["default"]["OPTIONS"]
        message = EmailMessage("TIP Tracker: test mail", TEXT % {"address": settings.PUBLIC_URL}, to=[address])
        mailer = mailers.default
        replies: list[tuple[int, bytes]] = []
        try:
            mailer.open()
            _keep_replies(mailer, replies)
            mailer.send_messages([message])
            code, answer = replies[-1]
        except OSError as error:
            raise CommandError(f"Not sent. {explain_failure(error, server, settings.DEFAULT_FROM_EMAIL)}") from error
        finally:
            mailer.close()
        self.stdout.write(
            f"Sent. {server['host']} answered: {code} {answer.decode(errors='replace')}\n"
            f"Look into the mailbox of {address}, also among the junk. The sender is {settings.DEFAULT_FROM_EMAIL}."
        )


def _keep_replies(mailer: Any, replies: list[tuple[int, bytes]]) -> None:
    """Add each answer of the server to `replies` from now on, until the connection is closed."""
    connection = mailer.connection
    get_reply = connection.getreply

    def keep_reply() -> tuple[int, bytes]:
        replies.append(get_reply())
        return replies[-1]

    connection.getreply = keep_reply
