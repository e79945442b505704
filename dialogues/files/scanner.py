"""Ask clamd whether a file holds malware: its INSTREAM command (clamd(8)), over TCP or a socket in the file system."""

import re
import socket
from urllib.parse import urlsplit

MOST_WAITED = 20
"""Seconds for each step of the conversation."""
_CHUNK = 64 * 1024


class Silent(Exception):
    """The scanner gave no verdict: it isn't there, is too slow, or says that it can't."""


def scan(content: bytes, address: str) -> str:
    """What the scanner at `address` ("tcp://host:port", "unix:///path") found in `content`: a name, "" for nothing.

    Raises Silent where it gives no verdict.
    """
    try:
        with _connected(address) as clamd:
            clamd.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), _CHUNK):
                chunk = content[start : start + _CHUNK]
                clamd.sendall(len(chunk).to_bytes(4) + chunk)
            clamd.sendall(bytes(4))
            with clamd.makefile("rb") as answers:
                answer = answers.read(1000).rstrip(b"\0\n").decode(errors="replace")
    except OSError as error:
        raise Silent(str(error)) from error
    if answer == "stream: OK":
        return ""
    if found := re.fullmatch(r"stream: (.+) FOUND", answer):
        return found[1]
    raise Silent(answer or "no answer")


def _connected(address: str) -> socket.socket:
    where = urlsplit(address)
    if where.scheme == "tcp":
        return socket.create_connection((where.hostname, where.port or 0), timeout=MOST_WAITED)
    clamd = socket.socket(socket.AF_UNIX)
    clamd.settimeout(MOST_WAITED)
    try:
        clamd.connect(where.path)
    except OSError:
        clamd.close()
        raise
    return clamd
