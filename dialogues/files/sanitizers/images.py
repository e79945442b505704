"""Pictures, drawn anew: what is seen is kept; EXIF with its place, comments and what follows are not."""

import io

from PIL import ExifTags, Image, ImageFile

from dialogues.files.sanitizers.errors import FileRejected

MAX_SCANS = 100
"""Passes over a JPEG: a progressive one of any program has a dozen, and each costs as much as the whole picture."""
MAX_PIXELS = 50_000_000
"""More than any telephone's camera takes unless told to; beyond it a picture is made to fill a server's memory."""
_TRANSPOSE_BY_ORIENTATION = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What turns a picture upright, by EXIF's orientation (CIPA DC-008, 4.6.5.1)."""
_JPEG_QUALITY = 85


def sanitize_image(content: bytes, kind: str) -> bytes:
    """The picture in `content` alone, upright, as another file of the same `kind` ("JPEG" or "PNG").

    Of several pictures in one file the first is kept. Raises Unclean where it has too many pixels; whatever Pillow
    raises where it can't be read to its end.
    """
    if kind == "JPEG" and content.count(b"\xff\xda") > MAX_SCANS:
        raise FileRejected(
            "is a picture that is built up in too many steps. Save it again as a JPEG, then choose it again."
        )
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint, once loaded, has it on for the whole process
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
    picture.info = {}  # what is left of the comments and the profile would be written again
    drawn = io.BytesIO()
    picture.save(drawn, kind, **({"quality": _JPEG_QUALITY} if kind == "JPEG" else {}))
    return drawn.getvalue()


def count_pixels(content: bytes) -> int:
    """How many pixels the picture in `content` says that it has; more than any may have where it can't be told."""
    try:
        with Image.open(io.BytesIO(content), formats=["JPEG", "PNG"]) as opened:
            return opened.width * opened.height
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return MAX_PIXELS + 1
    except OSError:  # no picture: whoever draws it anew says so
        return 0


def _mode(picture: Image.Image, kind: str) -> str:
    """How its pixels are kept (Pillow's word)."""
    if kind == "JPEG":
        return "L" if picture.mode == "L" else "RGB"
    return "RGBA" if "transparency" in picture.info else picture.mode


def _too_large_error() -> FileRejected:
    most = MAX_PIXELS // 1_000_000
    return FileRejected(f"has more than {most} million pixels. Save it smaller, then choose it again.")
