"""Keep secret links out of the server log: links from mails, and the private addresses of calendars.

Django loads this module with the settings, before any app.
"""

import logging
import re

_LINK_TOKEN = re.compile(
    r"(/accounts/(?:password|invitation|address/confirm|requests/stop)/|/notices/stop/|/calendar/(?=[^/\s?]+\.ics))"
    r"[^/\s\"'<>]+"
)


class MaskingFormatter(logging.Formatter):
    """A log formatter that replaces the secret part of a link with "[token]", in tracebacks too."""

    def format(self, record: logging.LogRecord) -> str:
        return _LINK_TOKEN.sub(r"\1[token]", super().format(record))
