"""Django's SMTP, given up after a while: however slowly a server speaks, it holds a worker no longer than that."""

import smtplib
import socket
import threading
from contextlib import suppress
from typing import Any

from django.core.mail.backends import smtp

SECONDS_IN_ALL = 45.0
"""For one connection, from its beginning to its end. The time-out in settings is that of a single step."""


class _WithDeadline:
    """A connection that is cut off when its time is over."""

    _deadline: threading.Timer | None = None

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connected: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        held = connected.dup()  # TLS takes over the first one
        self._deadline = threading.Timer(SECONDS_IN_ALL, _cut_off, [held])
        self._deadline.daemon = True
        self._deadline.start()
        self._held = held
        return connected

    def close(self) -> None:
        """Hang up."""
        if self._deadline:
            self._deadline.cancel()
            self._held.close()
            self._deadline = None
        super().close()  # type: ignore[misc]


def _cut_off(held: socket.socket) -> None:
    with suppress(OSError):
        held.shutdown(socket.SHUT_RDWR)


class _Smtp(_WithDeadline, smtplib.SMTP):
    pass


class _SmtpOverTls(_WithDeadline, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    """Django's own, with connections that have a deadline."""

    @property
    def connection_class(self) -> Any:
        return _SmtpOverTls if self.use_ssl else _Smtp
