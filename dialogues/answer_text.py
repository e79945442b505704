"""Turn the sentences of an answer into text that a person can edit, and such text into sentences. No Django here.

In the text, the facts that a sentence cites stand behind it in brackets: "Police opened four cases. [F12, E3]". An
empty line begins a new paragraph.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from dialogues.choices import CITED_LETTERS, CitedKind
from tiptracker.localization import gettext

_KINDS = {letter: kind for kind, letter in CITED_LETTERS.items()}
_BRACKETS = re.compile(r"\s*\[\s*([A-Z]\d{1,18}(?:\s*[,;]\s*[A-Z]\d{1,18})*)\s*\]", re.IGNORECASE)
_KEY = re.compile(r"([A-Z])(\d+)", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?][\"”’')]*\s+(?=[\"“‘'(]?[A-Z0-9])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Z]|[A-Z]\.[A-Z]|U\.S\.C|Art|Arts|cf|Dr|e\.g|etc|i\.e|Mr|Mrs|Ms|No|Nos|para|Prof|Sec|St|vs)|§)\.$"
)
"""The end of a text that looks like the end of a sentence and is not."""
_LEADING_MARK = re.compile(r"^[.!?,;:]+")


class CitedFact(NamedTuple):
    """A fact that a sentence cites: its kind and the primary key of its row."""

    kind: CitedKind
    id: int

    @property
    def key(self) -> str:
        """What the text calls it, such as "E12"."""
        return f"{self.kind.letter}{self.id}"


class SentenceText(NamedTuple):
    """A sentence with the facts that it cites, each once, and the number of its paragraph from 1."""

    text: str
    citations: tuple[CitedFact, ...] = ()
    paragraph: int = 1


class UnknownCitation(ValueError):
    """A bracket names a kind of fact that does not exist. `args` holds a sentence for the reader."""


def format_answer(sentences: Iterable[SentenceText]) -> str:
    """Return the sentences as text that a person can edit."""
    paragraphs = groupby(sentences, key=lambda sentence: sentence.paragraph)
    return "\n\n".join(" ".join(map(_format_sentence, group)) for _, group in paragraphs)


def _format_sentence(sentence: SentenceText) -> str:
    keys = ", ".join(fact.key for fact in sentence.citations)
    return f"{sentence.text} [{keys}]" if keys else sentence.text


def parse_answer(text: str) -> list[SentenceText]:
    """Return the sentences of a text that a person edited.

    Citations belong to the sentence before them. A sentence without any has none.

    Raises:
        UnknownCitation: if a bracket names a kind of fact that does not exist.
    """
    paragraphs = filter(str.strip, re.split(r"\n\s*\n", text.replace("\r\n", "\n")))
    return [
        SentenceText(sentence, citations, number)
        for number, paragraph in enumerate(paragraphs, start=1)
        for sentence, citations in _parse_paragraph(" ".join(paragraph.split()))
    ]


def _parse_paragraph(text: str) -> list[tuple[str, tuple[CitedFact, ...]]]:
    found: list[tuple[str, tuple[CitedFact, ...]]] = []
    place = 0
    for bracket in _BRACKETS.finditer(text):
        found += [(sentence, ()) for sentence in split_sentences(_take(text[place : bracket.start()], found))]
        if found:
            sentence, cited = found[-1]
            found[-1] = sentence, tuple(dict.fromkeys((*cited, *_read_keys(bracket[1]))))
        place = bracket.end()
    return found + [(sentence, ()) for sentence in split_sentences(_take(text[place:], found))]


def _take(piece: str, found: list[tuple[str, tuple[CitedFact, ...]]]) -> str:
    """Return a piece of text without a full stop at its start, which belongs to the cited sentence before it."""
    mark = _LEADING_MARK.match(piece.lstrip())
    if mark is None or not found:
        return piece
    sentence, cited = found[-1]
    if not sentence.endswith(tuple(".!?")):
        found[-1] = sentence + mark[0], cited
    return piece.lstrip()[mark.end() :]


def split_sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a text without sources."""
    begin = 0
    for end in _SENTENCE_END.finditer(text):
        sentence = text[begin : end.end()].strip()
        if not _ABBREVIATION.search(sentence):
            yield sentence
            begin = end.end()
    if rest := text[begin:].strip():
        yield rest


def _read_keys(text: str) -> Iterator[CitedFact]:
    for letter, number in _KEY.findall(text):
        if (kind := _KINDS.get(letter.upper())) is None:
            known = ", ".join(f"{letter} ({kind.label})" for letter, kind in _KINDS.items())
            raise UnknownCitation(
                gettext("No fact of the record has the key “%(key)s”. Keys begin with: %(known)s.")
                % {"key": f"{letter}{number}", "known": known}
            )
        yield CitedFact(kind, int(number))
