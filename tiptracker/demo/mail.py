"""Mail backend of the demonstration: readable files from which a link can be copied."""

from email.policy import default
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.filebased import EmailBackend

READABLE_POLICY = default.clone(max_line_length=998)
"""Breaks no line shorter than the limit of mail (RFC 5322, 2.1.1), and leaves letters unencoded."""


class ReadableFileBackend(EmailBackend):
    """Write each mail to its own file in `file_path`."""

    stream: Any

    def write_message(self, message: EmailMessage) -> None:
        """Write one mail to the open file."""
        self.stream.write(message.message(policy=READABLE_POLICY).as_bytes())
        self.stream.write(b"\n")
