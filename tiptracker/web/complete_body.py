"""Reject incomplete request bodies, so that a broken connection never records a form without its files.

If the connection breaks, the server passes on the part that arrived as if it were everything, and Django accepts it.
Every body is read through this stream: a page's form, the API's files and JSON.
"""

from collections.abc import Callable, Iterable
from email.message import Message
from io import BufferedReader, RawIOBase
from typing import Any

from django.core.exceptions import BadRequest

from tiptracker.localization import gettext, gettext_noop
from tiptracker.numbers import parse_whole_number

WsgiApplication = Callable[[dict[str, Any], Any], Iterable[bytes]]

INCOMPLETE_BODY_MESSAGE = gettext_noop(
    "Not everything arrived, because the connection broke. Nothing was saved. Send it again."
)
_TAIL_BYTES = 1024
"""Bytes at the end of a form with files that contain its closing boundary."""


class IncompleteBody(BadRequest):
    """The body is shorter than its stated length, or ends before its closing boundary. Answered 400."""

    def __init__(self) -> None:
        super().__init__(gettext(INCOMPLETE_BODY_MESSAGE))


def require_complete_bodies(application: WsgiApplication) -> WsgiApplication:
    """Wrap a WSGI application so that reading an incomplete body raises IncompleteBody."""

    def guarded(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if length := _parse_length(environ.get("CONTENT_LENGTH")):
            closing = _closing_boundary(environ.get("CONTENT_TYPE", ""))
            environ["wsgi.input"] = BufferedReader(_CompleteBodyStream(environ["wsgi.input"], length, closing))
        return application(environ, start_response)

    return guarded


class _CompleteBodyStream(RawIOBase):
    """A body of `length` bytes. If it is a multipart form, it must end with `closing`."""

    def __init__(self, stream: Any, length: int, closing: bytes) -> None:
        self._stream = stream
        self._left = length
        self._closing = closing
        self._end = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Read into `buffer`. Raises IncompleteBody if data is missing or the closing boundary is not at the end."""
        if not (size := min(len(buffer), self._left)):
            return 0
        try:
            part = self._stream.read(size)
        except OSError as error:
            raise IncompleteBody from error
        self._left -= len(part)
        if self._closing:
            self._end = (self._end + part[-_TAIL_BYTES:])[-_TAIL_BYTES:]
        if not part or (not self._left and self._closing not in self._end):
            raise IncompleteBody
        buffer[: len(part)] = part
        return len(part)


def _parse_length(stated: str | None) -> int:
    return parse_whole_number(stated) or 0


def _closing_boundary(content_type: str) -> bytes:
    """Return the closing boundary of a multipart body; empty for other bodies."""
    if not content_type.lower().startswith("multipart/"):
        return b""
    head = Message()
    head["Content-Type"] = content_type
    boundary = head.get_boundary("")
    return f"--{boundary}--".encode("latin-1", "replace") if boundary else b""
