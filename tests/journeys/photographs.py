"""Photographs as a telephone takes them: up to 1.8 MB, stored on their side, with the location."""

import io
from functools import cache

from PIL import ExifTags, Image

GPS_PLACE = b"WGS-84 of a yard"


@cache
def large_photograph() -> bytes:
    """Return a JPEG of 12 million pixels whose upper left corner is black once it is upright."""
    coarse = Image.effect_noise((800, 600), 90).resize((4000, 3000))
    fine = Image.effect_noise((4000, 3000), 14)
    drawn = Image.blend(coarse, fine, 0.45)
    return _save_jpeg(drawn, 65)


@cache
def small_photograph() -> bytes:
    """Return a JPEG that is small enough to be sent as it is, with the same EXIF data."""
    return _save_jpeg(Image.effect_noise((320, 240), 60), 80)


def _save_jpeg(drawn: Image.Image, quality: int) -> bytes:
    drawn = drawn.convert("RGB")
    # The camera was held upright, so its sensor was on its side: the upper left corner is stored at the lower left.
    drawn.paste("black", (0, drawn.height * 3 // 4, drawn.width // 4, drawn.height))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSMapDatum] = GPS_PLACE.decode()
    made = io.BytesIO()
    drawn.save(made, "JPEG", quality=quality, exif=exif)
    return made.getvalue()
