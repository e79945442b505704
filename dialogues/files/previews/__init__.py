"""A file as pictures that a page can show: bytes in, JPEG out. What is drawn can't run, and needs no viewer.

Chromium refuses its PDF viewer in a sandbox, and phones have none; so pages are drawn here. The libraries that do it
are written for sound files, so that `apart` runs them in a process of its own, as those that clean files.
"""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, Self

MAX_PAGES = 12
"""How many pages of a PDF are shown in place; the others are read in the file itself."""
MAX_WIDTH = 1200
MAX_HEIGHT = 2400
"""In pixels: what a column of a page shows sharply, and no more than a slow line bears."""
MAX_SECONDS = 3
"""Of the processor's time, for a page: an ordinary one takes a third of one."""
MAX_MEMORY = 768 * 1024 * 1024
_JPEG_QUALITY = 80


class PreviewError(Exception):
    """A file, or a page of it, that can't be drawn here."""


class Size(NamedTuple):
    """How large a picture is, in pixels."""

    width: int
    height: int


class Outline(NamedTuple):
    """How many pages there are (a picture has one), and the sizes at which the first of them are drawn."""

    pages: int
    sizes: tuple[Size, ...]


def read_outline(content: bytes, media_type: str) -> Outline:
    """What there is to be shown; raises Undrawable."""
    with _raise_preview_errors(), PREVIEW_SOURCES[media_type](content) as source:
        pages = source.pages
        return Outline(pages, tuple(source.size(number) for number in range(min(pages, MAX_PAGES))))


def draw_page(content: bytes, media_type: str, page: int) -> bytes:
    """A page (from 1) as a JPEG; raises Undrawable, also where there is no such page or it lies beyond MOST_PAGES."""
    with _raise_preview_errors(), PREVIEW_SOURCES[media_type](content) as source:
        if not 1 <= page <= min(source.pages, MAX_PAGES):
            raise PreviewError
        drawn = io.BytesIO()
        source.picture(page - 1).save(drawn, "JPEG", quality=_JPEG_QUALITY)
        return drawn.getvalue()


def _scale(width: float, height: float) -> float:
    """How many times as large a page is drawn as it is; one without any extent is none."""
    if not (width > 0 and height > 0):
        raise PreviewError
    return min(MAX_WIDTH / width, MAX_HEIGHT / height)


def _scaled_size(width: float, height: float, scale: float) -> Size:
    return Size(max(1, round(width * scale)), max(1, round(height * scale)))


@contextmanager
def _raise_preview_errors() -> Iterator[None]:
    """Whatever a library raises over a file means the same: it can't be drawn."""
    try:
        yield
    except PreviewError:
        raise
    except Exception as error:
        raise PreviewError from error


class _PdfSource:
    """A PDF, drawn as it is printed: with its annotations, without its forms, scripts and layers of media."""

    def __init__(self, content: bytes) -> None:
        import pypdfium2  # noqa: PLC0415 -- only where it is needed

        self._document: Any = pypdfium2.PdfDocument(content)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
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
    """A picture, never drawn larger than it is."""

    def __init__(self, content: bytes) -> None:
        from PIL import Image  # noqa: PLC0415 -- only where it is needed

        self._image = Image.open(io.BytesIO(content), formats=["JPEG", "PNG"])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
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
        paper = Image.new("RGBA", size, "white")  # what is transparent is seen on white
        paper.alpha_composite(shown)
        return paper.convert("RGB")


PREVIEW_SOURCES: dict[str, Callable[[bytes], Any]] = {
    "application/pdf": _PdfSource,
    "image/jpeg": _ImageSource,
    "image/png": _ImageSource,
}
"""What can be drawn, by its media type."""
