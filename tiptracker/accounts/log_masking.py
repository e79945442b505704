"""What the server's log may not hold: the links of mails, by which somebody sets a password or decides on a request.

Loaded with the settings, before any app.
"""

import logging
import re

_LINK_TOKEN = re.compile(r"(/accounts/(?:password|invitation|address/confirm|requests/stop)/)[^/\s\"'<>]+")


class MaskingFormatter(logging.Formatter):
    """Lines, tracebacks among them, with "[token]" in the place of a link's secret."""

    def format(self, record: logging.LogRecord) -> str:
        return _LINK_TOKEN.sub(r"\1[token]", super().format(record))
