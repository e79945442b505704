"""Draw files as JPEG images that a page can show: bytes in, JPEG out. An image can't run code, and needs no viewer.

Chromium refuses its PDF viewer in a sandbox, and phones have none, so pages are drawn here. The libraries are written
for sound files, so `preview_sandbox` runs them in a separate process, as the sanitizers are run.
"""

import io
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any, NamedTuple

MAX_PAGES = 12
"""Number of pages of a PDF that are shown in place. Users read the others in the file itself."""
MAX_WIDTH = 1200
MAX_HEIGHT = 2400
"""In pixels: sharp in a column of a page, and small enough for a slow connection."""
MAX_SECONDS = 3
"""Seconds of processor time for a page. An ordinary page takes a third of one."""
MAX_MEMORY = 768 * 1024 * 1024
_JPEG_QUALITY = 80


class PreviewError(Exception):
    """Raised if a file, or a page of it, can't be drawn."""


class Size(NamedTuple):
    """The size of an image, in pixels."""

    width: int
    height: int


class Outline(NamedTuple):
    """The number of pages (1 for an image), and the sizes at which the first of them are drawn."""

    pages: int
    sizes: tuple[Size, ...]


def read_outline(content: bytes, media_type: str) -> Outline:
    """Return the outline of a file. Raises PreviewError."""
    with _raise_preview_errors(), closing(PREVIEW_SOURCES[media_type](content)) as source:
        pages = source.pages
        return Outline(pages, tuple(source.size(number) for number in range(min(pages, MAX_PAGES))))


def draw_page(content: bytes, media_type: str, page: int) -> bytes:
    """Return a page (counted from 1) as a JPEG.

    Raises PreviewError, also if there is no such page or it is after MAX_PAGES.
    """
    with _raise_preview_errors(), closing(PREVIEW_SOURCES[media_type](content)) as source:
        if not 1 <= page <= min(source.pages, MAX_PAGES):
            raise PreviewError
        drawn = io.BytesIO()
        source.picture(page - 1).save(drawn, "JPEG", quality=_JPEG_QUALITY)
        return drawn.getvalue()


def _scale(width: float, height: float) -> float:
    """Return the factor by which to enlarge a page. Raises PreviewError for a page without width or height."""
    if not (width > 0 and height > 0):
        raise PreviewError
    return min(MAX_WIDTH / width, MAX_HEIGHT / height)


def _scaled_size(width: float, height: float, scale: float) -> Size:
    return Size(max(1, round(width * scale)), max(1, round(height * scale)))


@contextmanager
def _raise_preview_errors() -> Iterator[None]:
    """Turn any error that a library raises into PreviewError."""
    try:
        yield
    except PreviewError:
        raise
    except Exception as error:
        raise PreviewError from error


class _PdfSource:
    """A PDF, drawn as it prints: with annotations, without forms, scripts and media."""

    def __init__(self, content: bytes) -> None:
        import pypdfium2  # noqa: PLC0415 -- only where it is needed

        self._document: Any = pypdfium2.PdfDocument(content)

    def close(self) -> None:
        self._document.close()

    @property
    def pages(self) -> int:
        return len(self._document)

    def size(self, number: int) -> Size:
        width, height = self._document[number].get_size()
        return _scaled_size(width, height, _scale(width, height))

    def picture(self, number: int) -> Any:
        page = self._document[number]
        return page.render(scale=_scale(*page.get_size()), may_draw_forms=False).to_pil().convert("RGB")


class _ImageSource:
    """An image, never drawn larger than it is."""

    def __init__(self, content: bytes) -> None:
        from PIL import Image  # noqa: PLC0415 -- only where it is needed

        self._image = Image.open(io.BytesIO(content), formats=["JPEG", "PNG"])

    def close(self) -> None:
        self._image.close()

    pages = 1

    def size(self, _: int) -> Size:
        width, height = self._image.size
        return _scaled_size(width, height, min(1, _scale(width, height)))

    def picture(self, number: int) -> Any:
        from PIL import Image  # noqa: PLC0415 -- only where it is needed

        size = self.size(number)
        self._image.draft("RGB", size)
        shown = self._image.convert("RGBA").resize(size)
        paper = Image.new("RGBA", size, "white")  # transparent areas are shown white
        paper.alpha_composite(shown)
        return paper.convert("RGB")


PREVIEW_SOURCES: dict[str, Callable[[bytes], Any]] = {
    "application/pdf": _PdfSource,
    "image/jpeg": _ImageSource,
    "image/png": _ImageSource,
}
"""The files that can be drawn, by media type."""
