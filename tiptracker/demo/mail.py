"""Mails of a demonstration, which are files: as somebody reads them, so that a link can be copied."""

from email.policy import default
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.filebased import EmailBackend

READABLE_POLICY = default.clone(max_line_length=998)
"""No line is broken that mail can carry whole (RFC 5322, 2.1.1), and no letter is spelt in code."""


class ReadableFileBackend(EmailBackend):
    """A file a mail, in `file_path`."""

    stream: Any

    def write_message(self, message: EmailMessage) -> None:
        """Write one mail into the file that is open for it."""
        self.stream.write(message.message(policy=READABLE_POLICY).as_bytes())
        self.stream.write(b"\n")
