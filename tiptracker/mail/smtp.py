"""Django's SMTP backend with a deadline: however slowly a server answers, a connection ends after that time."""

import smtplib
import socket
import threading
from contextlib import suppress
from typing import Any

from django.core.mail.backends import smtp

CONNECTION_DEADLINE_SECONDS = 45.0
"""Seconds for one connection from start to end. The time-out in settings is that of a single step."""


class _DeadlineMixin:
    """A connection that is cut off at its deadline."""

    _deadline: threading.Timer | None = None

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connected: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        duplicate = connected.dup()  # TLS detaches the original socket
        self._deadline = threading.Timer(CONNECTION_DEADLINE_SECONDS, _shut_down, [duplicate])
        self._deadline.daemon = True
        self._deadline.start()
        self._held = duplicate
        return connected

    def connect(self, host: str = "localhost", port: int = 0, source_address: Any = None) -> tuple[int, bytes]:
        """Connect, and close the connection if TLS cannot begin: smtplib would leave it open."""
        try:
            answer: tuple[int, bytes] = super().connect(host, port, source_address)  # type: ignore[misc]
        except OSError:
            self.close()
            raise
        return answer

    def close(self) -> None:
        """Close the connection and cancel its deadline."""
        if self._deadline:
            self._deadline.cancel()
            self._held.close()
            self._deadline = None
        super().close()  # type: ignore[misc]


def _shut_down(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


class _DeadlineSmtp(_DeadlineMixin, smtplib.SMTP):
    pass


class _DeadlineSmtpTls(smtplib.SMTP_SSL, _DeadlineSmtp):
    """The deadline is that of the connection below TLS, so TLS comes first."""


class EmailBackend(smtp.EmailBackend):
    """Django's backend, with connections that have a deadline."""

    _partial_connection: smtplib.SMTP | None

    @property
    def connection_class(self) -> Any:
        return _DeadlineSmtpTls if self.use_ssl else _DeadlineSmtp

    def open(self) -> bool | None:
        """Open a connection. If TLS or signing in fails, close it: Django would keep it open, unused."""
        try:
            is_new: bool | None = super().open()
        except OSError:
            if self._partial_connection is not None:
                self._partial_connection.close()
                self._partial_connection = None
            raise
        return is_new
