"""Paragraphs as file readers return them, and how plain text is split into them."""

import re
from collections.abc import Iterator
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from recommendations.importing.stored_sentences import StoredSentence

MIN_WRAPPED_LENGTH, MAX_WRAPPED_LENGTH = 30, 200
"""Shortest and longest line, in characters, that counts as wrapped."""
HARD_BREAK = "\v"
"""In a paragraph's text: an intended line end. A newline is only a point where a long line wrapped."""
PAGE_BREAK = "\f"
"""In a paragraph's text: the end of a page or column at a full line. The paragraph may continue or end there."""


_AFTER_HEADING = re.compile(r"\W*(?:\w+\s+)?recommendations?\b", re.IGNORECASE)
"""The start of a line that may follow a heading, so its length says nothing about other lines."""
_QUOTE_PREFIX = re.compile(r"[ \t]{0,3}>(?:[ \t]?>)*(?:[ \t]|(?=\S)|$)")
"""The characters ">" at the start of a line that an e-mail quotes, one per level of quoting."""


class ParagraphKind(StrEnum):
    """What a paragraph is by its structure, if the file says so."""

    PLAIN = "plain"
    HEADING = "heading"
    ITEM = "item"
    """The start of a list item."""
    PART = "part"
    """A part of the preceding item: its second paragraph, or an item of a nested list."""
    TITLE = "title"
    """The title or address of the file, which is not part of its text."""
    FURNITURE = "furniture"
    """Page furniture, which is not part of the text: running heads, page numbers, navigation."""


class Paragraph(NamedTuple):
    """A paragraph: its kind, and its text with HARD_BREAK, PAGE_BREAK and newlines.

    Only a Word document gives the last three.
    """

    text: str
    kind: ParagraphKind = ParagraphKind.PLAIN
    number: str = ""
    """The number or letter that Word counts and shows before the text, such as "4." or "(b)"."""
    level: int | None = None
    """The level of that number, from 0."""
    cell: tuple[int, int, int] | None = None
    """Table, row and column, from 0, of a paragraph in a table."""


class UnreadableFile(Exception):
    """A file that can't be read.

    `sentence` says why and what to do. It has the placeholder `name` for the file's name, because the process that
    reads the file knows neither the name nor the reader's language. `code` is that of the refusal.
    """

    def __init__(self, code: str, message: str, **values: str | int) -> None:
        super().__init__(message)
        self.code, self.sentence = code, StoredSentence(message, values)


def split_paragraphs(text: str) -> Iterator[Paragraph]:
    """Split plain text into paragraphs at empty lines and at page ends. The ">" of quoted lines is removed."""
    lines: list[str] = []
    for line in [*_remove_quote_prefixes(re.split(r"(?:\r\n?|[\n\x85\u2028\u2029])(?!\f)|(?=\f)", text)), ""]:
        if line.strip():
            lines.append(line.rstrip("\r\n\x85\u2028\u2029"))
        elif lines:
            yield Paragraph(_join_lines(lines))
            lines = []


def _remove_quote_prefixes(lines: list[str]) -> list[str]:
    """Return lines without the "> " or ">> " of an e-mail that quotes them.

    A single line with one stays: there ">" may mean "more than".
    """
    if sum(bool(_QUOTE_PREFIX.match(line)) for line in lines) < 2:
        return lines
    return [_QUOTE_PREFIX.sub("", line, count=1) for line in lines]


def _join_lines(lines: list[str]) -> str:
    """Join lines to one text.

    A line with room for the first word of the next line ends in a HARD_BREAK, because its end was intended.
    """
    lengths = [len(line.rstrip()) for line in lines if not _AFTER_HEADING.match(line)]
    longest_line = max((length for length in lengths if length <= MAX_WRAPPED_LENGTH), default=0)
    text = lines[0]
    for before, line in pairwise(lines):
        length = len(before.rstrip())
        is_wrapped = length <= MAX_WRAPPED_LENGTH and longest_line >= MIN_WRAPPED_LENGTH
        has_room = not is_wrapped or length + 1 + len(line.split(maxsplit=1)[0]) < longest_line
        text += HARD_BREAK if has_room else "" if line.startswith(PAGE_BREAK) else "\n"
        text += line
    return text
