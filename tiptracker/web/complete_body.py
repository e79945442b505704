"""What is sent is taken whole or not at all: a line that breaks midway must not record a form without its files.

A server hands on what came before the break as if that were all, and Django takes it. Here, since every body is read
through this stream, whoever reads it: a page's form, the API's files, JSON.
"""

from collections.abc import Callable, Iterable
from email.message import Message
from io import BufferedReader, RawIOBase
from typing import Any

from django.core.exceptions import BadRequest

from tiptracker.numbers import parse_whole_number

WsgiApplication = Callable[[dict[str, Any], Any], Iterable[bytes]]

INCOMPLETE_BODY_MESSAGE = (
    "Not everything arrived: the line broke while it was being sent, so nothing was recorded. Send it again."
)
_TAIL_BYTES = 1024
"""Bytes within which the closing boundary of a form with files stands at the end."""


class IncompleteBody(BadRequest):
    """The body is shorter than it said, or ends before its closing boundary. Answered 400."""

    def __init__(self) -> None:
        super().__init__(INCOMPLETE_BODY_MESSAGE)


def require_complete_bodies(application: WsgiApplication) -> WsgiApplication:
    """The same WSGI application, to which the reading of a body that was cut off raises CutOff."""

    def guarded(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if length := _parse_length(environ.get("CONTENT_LENGTH")):
            closing = _closing_boundary(environ.get("CONTENT_TYPE", ""))
            environ["wsgi.input"] = BufferedReader(_CompleteBodyStream(environ["wsgi.input"], length, closing))
        return application(environ, start_response)

    return guarded


class _CompleteBodyStream(RawIOBase):
    """A body of `length` bytes that ends in `closing`, if it is a form with files."""

    def __init__(self, stream: Any, length: int, closing: bytes) -> None:
        self._stream = stream
        self._left = length
        self._closing = closing
        self._end = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Raises CutOff where nothing more comes though it should, or where the end is not the end of a form."""
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
    """The boundary behind which nothing of a multipart body comes any more; nothing for other bodies."""
    if not content_type.lower().startswith("multipart/"):
        return b""
    head = Message()
    head["Content-Type"] = content_type
    boundary = head.get_boundary("")
    return f"--{boundary}--".encode("latin-1", "replace") if boundary else b""
