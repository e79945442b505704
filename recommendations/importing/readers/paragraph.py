"""A paragraph of a report as every reader gives it, and the paragraphs of a plain text. Pure."""

import re
from collections.abc import Iterator
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

MIN_WRAPPED_LENGTH, MAX_WRAPPED_LENGTH = 30, 200
"""Characters: nobody wraps lines sooner or later."""
HARD_BREAK = "\v"
"""In a paragraph's text: here a line ends because it was meant to; "\\n" is no more than where a line was full."""
PAGE_BREAK = "\f"
"""The same: here a page or a column ends with a full line, which tells nothing of whether a paragraph does."""


_AFTER_HEADING = re.compile(r"\W*(?:\w+\s+)?recommendations?\b", re.IGNORECASE)
"""How a line begins that a heading was set before, so that it tells nothing of how long the others may be."""


class ParagraphKind(StrEnum):
    """What a paragraph is by its structure, where the file says so."""

    PLAIN = "plain"
    HEADING = "heading"
    ITEM = "item"
    """The beginning of an item of a list."""
    PART = "part"
    """What belongs to the item before it: its second paragraph, an item of a list inside it."""
    TITLE = "title"
    """The file's own title or address, which stands beside its text."""
    FURNITURE = "furniture"
    """Running heads, page numbers, navigation: beside the text, wherever it stands in it."""


class Paragraph(NamedTuple):
    """A paragraph: its text, with BROKEN, PAGE and line breaks in it, and what it is."""

    text: str
    kind: ParagraphKind = ParagraphKind.PLAIN


class UnreadableFile(Exception):
    """A file that can't be read; says why and what to do, in words that follow its name: "has a password. …"."""


def split_paragraphs(text: str) -> Iterator[Paragraph]:
    """Split a plain text into paragraphs: what empty lines or the end of a page part."""
    lines: list[str] = []
    for line in [*re.split(r"(?:\r\n?|[\n\x85\u2028\u2029])(?!\f)|(?=\f)", text), ""]:
        if line.strip():
            lines.append(line.rstrip("\r\n\x85\u2028\u2029"))
        elif lines:
            yield Paragraph(_join_lines(lines))
            lines = []


def _join_lines(lines: list[str]) -> str:
    """Lines as one text: where one had room for the next one's first word, it ended because it was meant to."""
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
