"""Sanitize images by drawing them again.

The pixels are kept. EXIF with its location, comments and trailing data are not.
"""

import io

from PIL import ExifTags, Image, ImageFile

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


def sanitize_image(content: bytes, kind: str) -> bytes:
    """Return only the image in `content`, upright, as a new file of the same `kind` ("JPEG" or "PNG").

    If a file has several images, the first is kept. Raises FileRejected if it has too many pixels, and whatever Pillow
    raises if it can't be read to its end.
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
    drawn = io.BytesIO()
    picture.save(drawn, kind, **({"quality": _JPEG_QUALITY} if kind == "JPEG" else {}))
    return drawn.getvalue()


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
