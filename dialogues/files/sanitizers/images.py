"""Sanitize images by drawing them again.

The pixels are kept. EXIF with its location, comments and trailing data are not.
"""

import io
import struct
import zlib
from collections.abc import Iterator
from typing import Any

from PIL import ExifTags, Image, ImageFile, JpegImagePlugin

from dialogues.files.sanitizers.errors import FileRejected, gettext_noop

MAX_SCANS = 100
"""Passes over a JPEG. Ordinary programs write about a dozen, and each costs as much as the whole image."""
MAX_PIXELS = 50_000_000
"""More than the usual setting of any phone camera. A larger image is made to exhaust a server's memory."""
_TRANSPOSE_BY_ORIENTATION = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""How to turn an image upright, by its EXIF orientation (CIPA DC-008, 4.6.5.1)."""
_JPEG_QUALITY = 85
_COARSER = (1, 1.25, 2, 4)
"""By how much the quantization tables of a JPEG are made coarser, until the image takes no more room than it came with.

With its own tables (1) nothing is lost but rounding. More is needed only after programs that compress very hard.
"""
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_PARTS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
"""The chunks that the pixels of a PNG need, in their order (ISO 15948, 5.6)."""
_PNG_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Values of a pixel, by colour type (ISO 15948, 11.2.2)."""
_PNG_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""The seven images of an interlaced PNG: first column and line, then the steps (ISO 15948, 8.2)."""
_PIECE = 1024 * 1024
"""In bytes. Pixels are unpacked in pieces, so that an image is not in memory twice."""


def sanitize_image(content: bytes, kind: str) -> bytes:
    """Return only the image in `content`, upright, as a new file of the same `kind` ("JPEG" or "PNG").

    If a file has several images, the first is kept. The new file is not larger than `content`, except for images of a
    few bytes. Raises FileRejected if it has too many pixels, and whatever Pillow raises if it can't be read to its end.
    """
    if kind == "JPEG" and content.count(b"\xff\xda") > MAX_SCANS:
        raise FileRejected(
            gettext_noop("“%(name)s” is an image with too many layers."),
            gettext_noop("Save it again as a JPEG, then attach it again."),
        )
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint, once loaded, turns this on for the whole process
    try:
        opened = Image.open(io.BytesIO(content), formats=[kind])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large_error() from error
    with opened:
        if opened.width * opened.height > MAX_PIXELS:
            raise _too_large_error()
        opened.load()
        turn = _TRANSPOSE_BY_ORIENTATION.get(opened.getexif().get(ExifTags.Base.Orientation, 1))
        picture = opened.transpose(turn) if turn is not None else opened
        picture = picture.convert(_mode(picture, kind))
    picture.info = {}  # otherwise Pillow would write remaining comments and the profile again
    drawings = _draw(content, opened, picture, kind, is_upright=turn is None)
    smallest = next(drawings)
    while len(smallest) > len(content) and (drawn := next(drawings, b"")):
        smallest = min(smallest, drawn, key=len)
    return smallest


def _draw(content: bytes, opened: Image.Image, picture: Image.Image, kind: str, *, is_upright: bool) -> Iterator[bytes]:
    """Yield the new file as it is usually made, then as it is made of an image that came compressed harder."""
    yield _save(picture, kind, **({"quality": _JPEG_QUALITY} if kind == "JPEG" else {}))
    if isinstance(opened, JpegImagePlugin.JpegImageFile):
        sampling = JpegImagePlugin.get_sampling(opened)
        as_it_came: dict[str, Any] = {"optimize": True, "progressive": "progressive" in opened.info}
        if sampling >= 0:
            as_it_came["subsampling"] = sampling
        for factor in _COARSER:
            tables = [[min(255, round(step * factor)) for step in table] for table in opened.quantization.values()]
            yield _save(picture, kind, qtables=tables, **as_it_came)
    elif is_upright:
        yield _repack_png(content)


def _save(picture: Image.Image, kind: str, **options: Any) -> bytes:
    drawn = io.BytesIO()
    picture.save(drawn, kind, **options)
    return drawn.getvalue()


def _repack_png(content: bytes) -> bytes:
    """Return a PNG with the compressed pixels of `content`, which are not compressed again, and nothing else.

    Some programs compress harder than there is time for here. Pillow has read the pixels to their end. Empty if
    anything stands behind them, or if there are more than the image has.
    """
    chunks: dict[bytes, bytes] = {}
    at = len(_PNG_SIGNATURE)
    while at < len(content):
        length, name = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8]
        if name in _PNG_PARTS:
            chunks[name] = chunks.get(name, b"") + content[at + 8 : at + 8 + length]
        if name == b"IEND":
            break
        at += 12 + length
    if _unpacked_length(chunks[b"IDAT"]) != _length_of_pixels(chunks[b"IHDR"]):
        return b""
    packed = [
        len(chunks[name]).to_bytes(4) + name + chunks[name] + zlib.crc32(name + chunks[name]).to_bytes(4)
        for name in _PNG_PARTS
        if name in chunks
    ]
    return _PNG_SIGNATURE + b"".join(packed)


def _unpacked_length(packed: bytes) -> int | None:
    """Return the length of what zlib packed; None if it has no end, or if anything stands behind it."""
    unpacking, length, rest = zlib.decompressobj(), 0, packed
    while not unpacking.eof:
        piece = unpacking.decompress(rest, _PIECE)
        length, rest = length + len(piece), unpacking.unconsumed_tail
        if not piece and not rest:
            return None
    return None if unpacking.unused_data else length


def _length_of_pixels(header: bytes) -> int:
    """Return how long the pixels of a PNG are before they are compressed: each line with its filter (ISO 15948, 7)."""
    width, height, depth, colour, _, _, is_interlaced = struct.unpack(">IIBBBBB", header)
    bits, length = depth * _PNG_CHANNELS[colour], 0
    for left, top, step_right, step_down in _PNG_PASSES if is_interlaced else ((0, 0, 1, 1),):
        columns, lines = -((left - width) // step_right), -((top - height) // step_down)
        if columns > 0 and lines > 0:
            length += lines * (1 + -(-columns * bits // 8))
    return length


def count_pixels(content: bytes) -> int:
    """Return how many pixels the image in `content` claims to have.

    Return more than MAX_PIXELS if Pillow considers it too large, and 0 if it is no image.
    """
    try:
        with Image.open(io.BytesIO(content), formats=["JPEG", "PNG"]) as opened:
            return opened.width * opened.height
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return MAX_PIXELS + 1
    except OSError:  # not an image: sanitize_image reports this
        return 0


def _mode(picture: Image.Image, kind: str) -> str:
    """Return the Pillow mode in which to keep the pixels."""
    if kind == "JPEG":
        return "L" if picture.mode == "L" else "RGB"
    return "RGBA" if "transparency" in picture.info else picture.mode


def _too_large_error() -> FileRejected:
    most = MAX_PIXELS // 1_000_000
    return FileRejected(
        gettext_noop("“%(name)s” has more than %(limit)d million pixels."),
        gettext_noop("Make the image smaller, then attach it again."),
        limit=most,
    )
