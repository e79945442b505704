"""A file as pictures that a page can show: bytes in, JPEG out. What is drawn can't run, and needs no viewer.

Chromium refuses its PDF viewer in a sandbox, and phones have none; so pages are drawn here. The libraries that do it
are written for sound files, so that `apart` runs them in a process of its own, as those that clean files.
"""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, Self

MOST_PAGES = 12
"""How many pages of a PDF are shown in place; the others are read in the file itself."""
MOST_WIDE = 1200
MOST_HIGH = 2400
"""In pixels: what a column of a page shows sharply, and no more than a slow line bears."""
MOST_SECONDS = 3
"""Of the processor's time, for a page: an ordinary one takes a third of one."""
MOST_MEMORY = 768 * 1024 * 1024
_QUALITY = 80


class Undrawable(Exception):
    """A file, or a page of it, that can't be drawn here."""


class Size(NamedTuple):
    """How large a picture is, in pixels."""

    width: int
    height: int


class Outline(NamedTuple):
    """How many pages there are (a picture has one), and the sizes at which the first of them are drawn."""

    pages: int
    sizes: tuple[Size, ...]


def outline(content: bytes, media_type: str) -> Outline:
    """What there is to be shown; raises Undrawable."""
    with _drawn_alone(), SORTS[media_type](content) as source:
        pages = source.pages
        return Outline(pages, tuple(source.size(number) for number in range(min(pages, MOST_PAGES))))


def draw(content: bytes, media_type: str, page: int) -> bytes:
    """A page (from 1) as a JPEG; raises Undrawable, also where there is no such page or it lies beyond MOST_PAGES."""
    with _drawn_alone(), SORTS[media_type](content) as source:
        if not 1 <= page <= min(source.pages, MOST_PAGES):
            raise Undrawable
        drawn = io.BytesIO()
        source.picture(page - 1).save(drawn, "JPEG", quality=_QUALITY)
        return drawn.getvalue()


def _scale(width: float, height: float) -> float:
    """How many times as large a page is drawn as it is; one without any extent is none."""
    if not (width > 0 and height > 0):
        raise Undrawable
    return min(MOST_WIDE / width, MOST_HIGH / height)


def _sized(width: float, height: float, scale: float) -> Size:
    return Size(max(1, round(width * scale)), max(1, round(height * scale)))


@contextmanager
def _drawn_alone() -> Iterator[None]:
    """Whatever a library raises over a file means the same: it can't be drawn."""
    try:
        yield
    except Undrawable:
        raise
    except Exception as error:
        raise Undrawable from error


class _Pdf:
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
        return _sized(width, height, _scale(width, height))

    def picture(self, number: int) -> Any:
        page = self._document[number]
        return page.render(scale=_scale(*page.get_size()), may_draw_forms=False).to_pil().convert("RGB")


class _Picture:
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
        return _sized(width, height, min(1, _scale(width, height)))

    def picture(self, number: int) -> Any:
        from PIL import Image  # noqa: PLC0415 -- only where it is needed

        size = self.size(number)
        self._image.draft("RGB", size)
        shown = self._image.convert("RGBA").resize(size)
        paper = Image.new("RGBA", size, "white")  # what is transparent is seen on white
        paper.alpha_composite(shown)
        return paper.convert("RGB")


SORTS: dict[str, Callable[[bytes], Any]] = {
    "application/pdf": _Pdf,
    "image/jpeg": _Picture,
    "image/png": _Picture,
}
"""What can be drawn, by its media type."""
