"""A mail whose address to stop mails can be read by mail programs."""

from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage, Message
from email.policy import EmailPolicy, Policy, default
from typing import Any, cast

from django.core.mail import EmailMultiAlternatives


class UnsubscribeHeader(UnstructuredHeader):
    """`List-Unsubscribe`. Python would encode a long URL, which mail programs do not decode here (RFC 2369)."""

    def fold(self, *, policy: "Policy[Any]") -> str:
        """Return the header with its URL unchanged, on a line of its own."""
        return f"List-Unsubscribe:{policy.linesep} {self}{policy.linesep}"


HEADERS = HeaderRegistry()
HEADERS.map_to_type("list-unsubscribe", cast("type[BaseHeader]", UnsubscribeHeader))


class MailMessage(EmailMultiAlternatives):
    """A mail as Django builds it, but for `List-Unsubscribe`."""

    def message(self, *, policy: "Policy[Message[str, str]] | None" = None) -> EmailMessage:
        """Return the message to send."""
        given = cast("EmailPolicy[Message[str, str]]", policy or default)
        return super().message(policy=given.clone(header_factory=HEADERS))
