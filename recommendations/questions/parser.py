"""Find the numbered questions in paragraphs: numbers as they are written, headings, parts of questions. No Django here.

A line that starts with a number begins a question. Lines without a number belong to the question above them. What
stands before the first question, or between a heading and its first question, is left out and shown to the user.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from recommendations.importing.readers.paragraph import HARD_BREAK, PAGE_BREAK, Paragraph, ParagraphKind
from recommendations.importing.report_parser.dehyphenation import LineJoiner
from recommendations.importing.stored_sentences import StoredSentence
from recommendations.questions.draft_questions import DraftQuestion, DraftQuestions, renest
from recommendations.questions.edition_years import find_named_years
from recommendations.questions.numbers import (
    MAX_NUMBER_LENGTH,
    NumberKind,
    QuestionMarker,
    join_number,
    read_marker,
    relative_values,
    split_number,
)
from tiptracker.errors import Refused
from tiptracker.localization import gettext, gettext_noop

MAX_QUESTIONS = 200
"""Most questions of a set. The page to edit them has a few fields for each."""
MAX_HEADING_LENGTH = 300
_MAX_SHORT_HEADING = 120
_MAX_PLAIN_HEADING_WORDS = 8
_SENTENCE_ENDS = (".", "?", "!", ":", ";")
_LINE_ENDS = re.compile(f"([\n{HARD_BREAK}{PAGE_BREAK}])")
_NO_PARENT = gettext_noop("There is no question “%(parent)s” above this one, so it is not part of another question.")
_COMPOSED = gettext_noop(
    "Some parts of questions have only a letter in the text. They got the number of their question in front, such as "
    "“4.b”."
)


class TextLine(NamedTuple):
    """A line of a text: `starts` says whether it begins a line on purpose, and is not only wrapped."""

    text: str
    starts: bool = True
    kind: ParagraphKind = ParagraphKind.PLAIN
    marker: QuestionMarker | None = None
    level: int | None = None


@dataclass
class _OpenPart:
    """A question that further parts may belong to: its depth, how its letters count and how far, and Word's level."""

    question: int
    style: str
    value: int
    level: int | None


@dataclass
class QuestionCollector:
    """Collects questions from lines or rows in their order."""

    heading: str = ""
    questions: list[DraftQuestion] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    is_composed: bool = False
    _texts: list[list[str]] = field(default_factory=list)
    _is_open: bool = False
    _parts: list[_OpenPart] = field(default_factory=list)
    _numbers: dict[tuple[str, ...], int] = field(default_factory=dict)

    def add_heading(self, text: str) -> None:
        self.heading = text[:MAX_HEADING_LENGTH]
        self._is_open = False
        self._parts = []

    def add_line(self, line: str, *, is_wrapped: bool = False) -> None:
        """Add a line without a number to the question above it, or to the lines that are left out."""
        texts = self._texts[-1] if self._is_open else self.left_out
        if is_wrapped and texts:
            texts[-1] = f"{texts[-1]}\n{line}"
        elif self._is_open:
            texts.append(line)
        else:
            self.left_out.append(line)

    def add_question(self, marker: QuestionMarker, text: str, level: int | None = None) -> None:
        """Add a question with its number. A relative number gets that of its question in front."""
        if marker.kind is NumberKind.RELATIVE and self.questions:
            number, depth = self._place_part(marker, level)
            doubt = None
        else:
            number = marker.number if marker.kind is NumberKind.FULL else marker.number.strip("().")
            depth, doubt = self._place_full(marker)
            self._parts = [*self._parents_of(depth), _OpenPart(len(self.questions), "", 0, level)]
        if len(number) > MAX_NUMBER_LENGTH:
            number = number[:MAX_NUMBER_LENGTH]
        self._numbers[split_number(number)] = len(self.questions)
        self.questions.append(DraftQuestion(number, "", self.heading, depth, doubt))
        self._texts.append([text] if text else [])
        self._is_open = True

    def continues(self, marker: QuestionMarker) -> bool:
        """Return whether a number follows on the questions so far. Then it begins one even in a wrapped text.

        After the end of a sentence it may also skip numbers.
        """
        if not self.questions or marker.kind is NumberKind.CAPITAL or not marker.is_certain:
            return False
        is_sentence_over = self._is_open and bool(self._texts[-1]) and self._texts[-1][-1].endswith(_SENTENCE_ENDS)
        if marker.kind is NumberKind.RELATIVE:
            return is_sentence_over or self._next_part(relative_values(marker.number)) is not None
        first, *parts = split_number(marker.number)
        last = split_number(self.questions[-1].number)[0]
        if parts and first == last:
            return True
        step = _trailing_number(first) - _trailing_number(last)
        return step == 1 or (step > 0 and is_sentence_over)

    def finish(self, joiner: LineJoiner) -> DraftQuestions:
        """Return what was collected. Raises Refused if there is no question or too many."""
        questions = [
            replace(question, text=_join_lines(lines, joiner))
            for question, lines in zip(self.questions, self._texts, strict=True)
        ]
        if not questions:
            raise Refused(
                "no_questions",
                gettext(
                    "There is no numbered question. Write a number before each question, such as “4.” or “4.b”. In a "
                    "table, name the columns “Number” and “Question”."
                ),
            )
        if len(questions) > MAX_QUESTIONS:
            raise Refused(
                "too_many",
                gettext("There are more than %(limit)d questions. Load only the questions of one country and year.")
                % {"limit": MAX_QUESTIONS},
            )
        notes = (StoredSentence(_COMPOSED),) if self.is_composed else ()
        return DraftQuestions(renest(questions), tuple(map(joiner.join, self.left_out)), notes)

    def _parents_of(self, depth: int) -> list[_OpenPart]:
        return [part for part in self._parts if self.questions[part.question].depth < depth]

    def _place_full(self, marker: QuestionMarker) -> tuple[int, StoredSentence | None]:
        """Return the depth of a question with a full number, and a doubt if what it is a part of is missing."""
        parts = split_number(marker.number)
        for length in range(len(parts) - 1, 0, -1):
            if (place := self._numbers.get(parts[:length])) is not None:
                return self.questions[place].depth + 1, None
        is_lettered = len(parts) > 1 and parts[-1].isalpha()
        return 0, StoredSentence(_NO_PARENT, {"parent": parts[0]}) if is_lettered else None

    def _next_part(self, values: dict[str, int]) -> tuple[list[_OpenPart], str, int] | None:
        """Return the parts above one that counts on, how it counts, and its value; None if it follows on nothing."""
        for place in range(len(self._parts) - 1, -1, -1):
            part = self._parts[place]
            if values.get(part.style) == part.value + 1:
                return self._parts[:place], part.style, values[part.style]
        begins = [style for style, value in values.items() if value == 1]
        used = {part.style for part in self._parts}
        # “i.” after “a.” is the first Roman number; as the first part of a question it is one as well.
        style = next((style for style in reversed(begins) if style not in used), None)
        return (list(self._parts), style, 1) if style else None

    def _place_part(self, marker: QuestionMarker, level: int | None) -> tuple[str, int]:
        """Return the full number and the depth of a part with a letter alone."""
        values = relative_values(marker.number)
        if level:
            above = [part for part in self._parts if part.level is not None and part.level < level]
            style, value = next(iter(values.items()))
            found = (above or self._parts[:1], style, value)
        else:
            found = self._next_part(values) or self._nearest_part(values)
        above, style, value = found
        parent = self.questions[above[-1].question]
        self._parts = [*above, _OpenPart(len(self.questions), style, value, level)]
        self.is_composed = True
        return join_number(parent.number, marker.number), parent.depth + 1

    def _nearest_part(self, values: dict[str, int]) -> tuple[list[_OpenPart], str, int]:
        """Place a part whose letter follows on nothing: beside the last that counts alike, or below the question."""
        for place in range(len(self._parts) - 1, 0, -1):
            if self._parts[place].style in values:
                return self._parts[:place], self._parts[place].style, values[self._parts[place].style]
        style, value = next(iter(values.items()))
        return self._parts[:1] or [_OpenPart(len(self.questions) - 1, "", 0, None)], style, value


def parse_paragraphs(paragraphs: Sequence[Paragraph]) -> DraftQuestions:
    """Return the questions of a text. Raises Refused if there are none."""
    lines = [line for paragraph in paragraphs for line in _split_lines(paragraph)]
    collector = QuestionCollector()
    for place, line in enumerate(lines):
        _collect_line(collector, line, lines[place + 1] if place + 1 < len(lines) else None)
    draft = collector.finish(LineJoiner(paragraph.text for paragraph in paragraphs))
    return with_named_years(draft, (paragraph.text for paragraph in paragraphs))


def with_named_years(draft: DraftQuestions, texts: Iterable[str]) -> DraftQuestions:
    """Return the draft with the years that the whole text names."""
    years, starts = find_named_years("\n".join(texts))
    return replace(draft, years=years, starts=starts)


def _collect_line(collector: QuestionCollector, line: TextLine, following: TextLine | None) -> None:
    marker = line.marker
    if _is_heading(line, following):
        collector.add_heading(line.text)
    elif (
        marker is None
        or not ((line.starts and marker.is_certain) or collector.continues(marker))
        or (marker.kind is NumberKind.CAPITAL and not marker.rest.endswith("?"))
    ):
        collector.add_line(line.text, is_wrapped=not line.starts)
    else:
        collector.add_question(marker, marker.rest, line.level)


def _is_heading(line: TextLine, following: TextLine | None) -> bool:
    """Return whether a line is a heading: by its style, in capitals, or short and right above a question."""
    rest = line.marker.rest if line.marker else line.text
    if not line.starts or rest.endswith("?") or len(line.text) > MAX_HEADING_LENGTH:
        return False
    if line.kind is ParagraphKind.HEADING:
        return len(rest) <= _MAX_SHORT_HEADING
    if len(rest) > _MAX_SHORT_HEADING or not any(letter.isalpha() for letter in rest):
        return False
    if rest.isupper() and len(rest) > 3:
        return True
    is_lettered = line.marker is not None and line.marker.kind is NumberKind.CAPITAL
    is_sentence = rest.endswith((".", ";", ",", "!")) or re.search(r"\b\d{4}\b", rest) is not None
    if (line.marker and not is_lettered) or is_sentence or not line.text[0].isupper():
        return False
    begins = following is not None and following.starts and following.marker is not None
    is_short = len(rest.split()) <= _MAX_PLAIN_HEADING_WORDS
    return begins and following.marker.kind is NumberKind.FULL and (is_short or is_lettered)  # type: ignore[union-attr]


def _split_lines(paragraph: Paragraph) -> Iterator[TextLine]:
    """Yield the lines of a paragraph. The number that Word counts is the marker of the first one."""
    if paragraph.kind in (ParagraphKind.TITLE, ParagraphKind.FURNITURE):
        return
    pieces = ["\v", *_LINE_ENDS.split(paragraph.text)]
    for place, (end, piece) in enumerate(zip(pieces[::2], pieces[1::2], strict=True)):
        text = " ".join(piece.split())
        if not text:
            continue
        if place == 0 and paragraph.number:
            marker = read_marker(f"{paragraph.number} {text}")
            yield TextLine(text, True, paragraph.kind, marker, paragraph.level)
        else:
            kind = paragraph.kind if place == 0 else ParagraphKind.PLAIN
            yield TextLine(text, end == HARD_BREAK, kind, read_marker(text))


def _trailing_number(first: str) -> int:
    """Return the number at the end of the first part of a number: 12 of “P-12”."""
    found = re.search(r"\d+$", first)
    return int(found[0]) if found else 0


def _join_lines(lines: Iterable[str], joiner: LineJoiner) -> str:
    """Return the text of a question: wrapped lines joined, bullets and further paragraphs on lines of their own."""
    joined: list[str] = []
    for line in lines:
        is_sentence = not joined or joined[-1].endswith(_SENTENCE_ENDS)
        if joined and not is_sentence and not re.match(r"[•●▪◦‣–—*-]\s", line):
            joined[-1] = f"{joined[-1]}\n{line}"
        else:
            joined.append(line)
    return "\n".join(joiner.join(text) for text in joined)
