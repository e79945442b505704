"""Read the text of a file, page by page, for the search: bytes in, texts out.

The libraries are written for sound files, so `text_sandbox` runs them in a separate process. They are imported only
where they are needed.
"""

import io
from collections.abc import Callable, Iterable, Iterator

from dialogues.files.sanitizers.file_types import EXCEL, WORD
from tiptracker.text_rules import remove_invisible

MAX_PAGES = 500
"""Pages of a file that are read; the search does not find what is on later ones."""
MAX_CHARACTERS = 2_000_000
"""Characters of a file that are read, about 300,000 words."""
PAGE_CHARACTERS = 3_000
"""Characters of a page of a file that has no pages of its own: text, a Word document, a table."""


def extract_pages(content: bytes, media_type: str) -> list[str]:
    """Return the text of each page, without line breaks; one empty page for a file without text, such as a photograph.

    Raises whatever the libraries raise.
    """
    reader = _READERS.get(media_type)
    pages, room = [], MAX_CHARACTERS
    for page in reader(content) if reader else ():
        text = " ".join(remove_invisible(page.replace("\0", " ")).split())[:room]
        pages.append(text)
        room -= len(text)
        if len(pages) == MAX_PAGES or room <= 0:
            break
    return pages or [""]


def _read_pdf(content: bytes) -> Iterator[str]:
    import pypdfium2  # noqa: PLC0415 -- only where it is needed

    document = pypdfium2.PdfDocument(content)
    for number in range(len(document)):
        page = document[number]
        yield page.get_textpage().get_text_bounded()
        page.close()


def _read_word(content: bytes) -> Iterator[str]:
    from recommendations.importing.readers.word import read_word  # noqa: PLC0415 -- only where it is needed

    return _fill_pages(paragraph.text for paragraph in read_word(content))


def _read_workbook(content: bytes) -> Iterator[str]:
    from openpyxl import load_workbook  # noqa: PLC0415 -- only where it is needed

    workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    rows = (row for sheet in workbook.worksheets for row in sheet.iter_rows(values_only=True))
    return _fill_pages(" ".join(str(cell) for cell in row if cell is not None) for row in rows)


def _read_plain_text(content: bytes) -> Iterator[str]:
    from recommendations.importing.readers.text import decode_report  # noqa: PLC0415 -- only where it is needed

    return _fill_pages(decode_report(content).splitlines())


def _fill_pages(pieces: Iterable[str]) -> Iterator[str]:
    """Yield texts of about PAGE_CHARACTERS. A word is broken only in a piece without any blank."""
    page = ""
    for piece in pieces:
        page = f"{page} {piece}".strip()
        while len(page) > PAGE_CHARACTERS:
            end = page.rfind(" ", 0, PAGE_CHARACTERS)
            end = end if end > 0 else PAGE_CHARACTERS
            yield page[:end]
            page = page[end:].strip()
    if page:
        yield page


_READERS: dict[str, Callable[[bytes], Iterator[str]]] = {
    "application/pdf": _read_pdf,
    WORD.media_type: _read_word,
    EXCEL.media_type: _read_workbook,
    "text/plain": _read_plain_text,
    "text/csv": _read_plain_text,
}
