"""The paragraph of a report that every reader returns, and the paragraphs of plain text."""

import re
from collections.abc import Iterator
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from recommendations.importing.stored_sentences import StoredSentence

MIN_WRAPPED_LENGTH, MAX_WRAPPED_LENGTH = 30, 200
"""Shortest and longest line, in characters, that counts as wrapped."""
HARD_BREAK = "\v"
"""In a paragraph's text: an intended line end. A newline is only the point where a full line was wrapped."""
PAGE_BREAK = "\f"
"""In a paragraph's text: the end of a page or column at a full line. The paragraph may continue or end there."""


_AFTER_HEADING = re.compile(r"\W*(?:\w+\s+)?recommendations?\b", re.IGNORECASE)
"""The start of a line that may follow a heading, so its length says nothing about other lines."""
_QUOTATION_MARKS = re.compile(r"[ \t]{0,3}>(?:[ \t]?>)*(?:[ \t]|(?=\S)|$)")
"""The marks at the start of a line that an e-mail quotes, one for each time that it was quoted."""


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
    """A paragraph: its kind, and its text with HARD_BREAK, PAGE_BREAK and newlines."""

    text: str
    kind: ParagraphKind = ParagraphKind.PLAIN


class UnreadableFile(Exception):
    """A file that can't be read.

    `sentence` says why and what to do. It has the placeholder `name` for the file's name, because the process that
    reads the file knows neither the name nor the reader's language. `code` is that of the refusal.
    """

    def __init__(self, code: str, message: str, **values: str | int) -> None:
        super().__init__(message)
        self.code, self.sentence = code, StoredSentence(message, values)


def split_paragraphs(text: str) -> Iterator[Paragraph]:
    """Split plain text into paragraphs at empty lines and at page ends. The marks of quoted lines are removed."""
    lines: list[str] = []
    for line in [*_remove_quotation_marks(re.split(r"(?:\r\n?|[\n\x85\u2028\u2029])(?!\f)|(?=\f)", text)), ""]:
        if line.strip():
            lines.append(line.rstrip("\r\n\x85\u2028\u2029"))
        elif lines:
            yield Paragraph(_join_lines(lines))
            lines = []


def _remove_quotation_marks(lines: list[str]) -> list[str]:
    """Return lines without the marks of an e-mail that quotes them, such as "> " or ">> ".

    A single line with a mark stays: there ">" may mean "more than".
    """
    if sum(bool(_QUOTATION_MARKS.match(line)) for line in lines) < 2:
        return lines
    return [_QUOTATION_MARKS.sub("", line, count=1) for line in lines]


def _join_lines(lines: list[str]) -> str:
    """Join lines to one text.

    A line with room for the first word of the next line ends in a HARD_BREAK, because its end was intended.
    """
    lengths = [len(line.rstrip()) for line in lines if not _AFTER_HEADING.match(line)]
    full = max((length for length in lengths if length <= MAX_WRAPPED_LENGTH), default=0)
    text = lines[0]
    for before, line in pairwise(lines):
        length = len(before.rstrip())
        is_wrapped = length <= MAX_WRAPPED_LENGTH and full >= MIN_WRAPPED_LENGTH
        has_room = not is_wrapped or length + 1 + len(line.split(maxsplit=1)[0]) < full
        text += HARD_BREAK if has_room else "" if line.startswith(PAGE_BREAK) else "\n"
        text += line
    return text
