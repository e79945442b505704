"""Ask clamd whether a file contains malware, with its INSTREAM command (clamd(8)) over TCP or a Unix socket."""

import re
import socket
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 20
"""In seconds, for each step of the exchange."""
STATUS_TIMEOUT_SECONDS = 3
"""The same for the status page, which waits for the answer."""
_CHUNK_BYTES = 64 * 1024


class ScannerUnavailable(Exception):
    """Raised if the scanner gave no verdict: it is not there, too slow, or reports an error."""


def scan(content: bytes, address: str) -> str:
    """Return the name of the malware that the scanner found in `content`, or "" for none.

    `address` is "tcp://host:port" or "unix:///path". Raises ScannerUnavailable if the scanner gives no verdict.
    """
    try:
        with _connect(address) as clamd:
            clamd.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), _CHUNK_BYTES):
                chunk = content[start : start + _CHUNK_BYTES]
                clamd.sendall(len(chunk).to_bytes(4) + chunk)
            clamd.sendall(bytes(4))
            with clamd.makefile("rb") as answers:
                answer = answers.read(1000).rstrip(b"\0\n").decode(errors="replace")
    except OSError as error:
        raise ScannerUnavailable(str(error)) from error
    if answer == "stream: OK":
        return ""
    if found := re.fullmatch(r"stream: (.+) FOUND", answer):
        return found[1]
    raise ScannerUnavailable(answer or "no answer")


def ask_version(address: str) -> str:
    """Return the version of the scanner and of its signatures. Raises ScannerUnavailable if it does not answer."""
    try:
        with _connect(address, timeout=STATUS_TIMEOUT_SECONDS) as clamd:
            clamd.sendall(b"zVERSION\0")
            with clamd.makefile("rb") as answers:
                answer = answers.read(1000).rstrip(b"\0\n").decode(errors="replace")
    except OSError as error:
        raise ScannerUnavailable(str(error)) from error
    if not answer:
        raise ScannerUnavailable("no answer")
    return answer


def _connect(address: str, *, timeout: float = TIMEOUT_SECONDS) -> socket.socket:
    where = urlsplit(address)
    if where.scheme == "tcp":
        return socket.create_connection((where.hostname, where.port or 0), timeout=timeout)
    clamd = socket.socket(socket.AF_UNIX)
    clamd.settimeout(timeout)
    try:
        clamd.connect(where.path)
    except OSError:
        clamd.close()
        raise
    return clamd
