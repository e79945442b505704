"""The body of a page with gaps: texts that are compressed once, and the parts between them that differ each time."""

import re
import secrets
import zlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

from django.http import HttpResponse
from django.utils.safestring import SafeString

MAX_PADDING = 100
"""Bytes that are added to a compressed page at most, at random, against attacks that measure its length (BREACH)."""
_GZIP_HEADER = b"\x1f\x8b\x08\x08\0\0\0\0\x02\xff"  # deflate; a file name follows; no time; most compressed; any system
_LAST_BLOCK = b"\x03\0"  # empty


class Gaps:
    """The gaps of a page that is being rendered. Their marks are random, so no text of the record contains one."""

    def __init__(self) -> None:
        self._mark = f"gap-{secrets.token_hex(16)}-"

    def mark(self, name: str) -> SafeString:
        """Return what stands in the body in place of the part with this name."""
        return SafeString(f"{self._mark}{name.encode().hex()}.")

    def split(self, body: str) -> tuple[list[str], list[str]]:
        """Return the texts between the gaps, one more than gaps, and the names of the gaps."""
        parts = re.split(rf"{self._mark}([0-9a-f]*)\.", body)
        return parts[::2], [bytes.fromhex(name).decode() for name in parts[1::2]]


class KeptBody(NamedTuple):
    """The compressed texts between the gaps, the names of the gaps, and the headers of the response."""

    texts: Sequence[bytes]
    gaps: Sequence[str]
    headers: Mapping[str, str]

    @classmethod
    def of_response(cls, response: HttpResponse, gaps: Gaps) -> Self:
        """Take apart a response that was rendered with these gaps."""
        texts, names = gaps.split(response.content.decode())
        return cls([_compress(text) for text in texts], names, dict(response.headers))

    @classmethod
    def of_text(cls, text: str, content_type: str) -> Self:
        """Return a body without gaps."""
        return cls([_compress(text)], [], {"Content-Type": content_type})

    def fill(self, parts: Mapping[str, str]) -> "KeptBodyResponse":
        """Return the response with a part, by its name, in each gap."""
        return KeptBodyResponse(self, [parts[name].encode() for name in self.gaps])


class KeptBodyResponse(HttpResponse):
    """A response from a kept body. `gzipped` puts the same content together from the texts as they are compressed.

    `sent_rows` is how many rows of a list of the API it holds; None for a page.
    """

    sent_rows: int | None = None

    def __init__(self, body: KeptBody, parts: Sequence[bytes]) -> None:
        self._texts, self._parts = body.texts, parts
        plain = [zlib.decompressobj(-zlib.MAX_WBITS).decompress(text) for text in body.texts]
        super().__init__(b"".join(_interleave(plain, parts)), headers=body.headers)

    def gzipped(self) -> bytes:
        """Return the content as one gzip member (RFC 1952) with a random padding."""
        content, packer = self.content, _packer(zlib.Z_BEST_SPEED)
        packed = [packer.compress(part) + packer.flush(zlib.Z_FULL_FLUSH) for part in self._parts]
        file_name = b"a" * secrets.randbelow(MAX_PADDING) + b"\0"
        end = zlib.crc32(content).to_bytes(4, "little") + (len(content) & 0xFFFFFFFF).to_bytes(4, "little")
        return b"".join([_GZIP_HEADER, file_name, *_interleave(self._texts, packed), _LAST_BLOCK, end])


def _interleave(texts: Sequence[bytes], parts: Sequence[bytes]) -> list[bytes]:
    pieces = [piece for pair in zip(texts, parts, strict=False) for piece in pair]
    return [*pieces, texts[-1]]


def _compress(text: str) -> bytes:
    """Return the text as blocks of raw deflate (RFC 1951). They refer to nothing before them, and are not the last."""
    packer = _packer(zlib.Z_DEFAULT_COMPRESSION)
    packed: bytes = packer.compress(text.encode()) + packer.flush(zlib.Z_FULL_FLUSH)
    return packed


def _packer(level: int) -> Any:
    return zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
