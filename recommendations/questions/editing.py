"""Edit the questions of a draft by hand: correct, merge, split, leave out. Nothing here is saved. No Django here."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from recommendations.questions.draft_questions import DraftQuestion, DraftQuestions, renest
from recommendations.questions.numbers import NumberKind, read_marker, split_number
from tiptracker.errors import Refused
from tiptracker.localization import gettext


class QuestionStep(StrEnum):
    """What the user does to a question, or to a line that is left out."""

    MERGE = "merge"
    """Add its text to the question above."""
    SPLIT = "split"
    """Begin a question at each line of its text."""
    LEAVE_OUT = "leave"
    RESTORE = "restore"
    """Make a question of a line that is left out."""


class TypedQuestion(NamedTuple):
    """The values of a question as the user typed them."""

    number: str
    text: str
    heading: str
    depth: int
    is_new: bool = False
    repeats: int | None = None


def with_typed(draft: DraftQuestions, typed: Sequence[TypedQuestion]) -> DraftQuestions:
    """Return the draft with what the user typed. A question that was changed has no doubt any more."""
    if len(typed) != len(draft.questions):
        return draft
    questions = []
    for question, values in zip(draft.questions, typed, strict=True):
        changed = replace(question, **values._asdict())
        is_edited = replace(changed, is_new=question.is_new, repeats=question.repeats) != question
        questions.append(replace(changed, doubt=None) if is_edited else changed)
    return replace(draft, questions=renest(questions))


def with_repeats(draft: DraftQuestions, repeats: Mapping[int, int]) -> DraftQuestions:
    """Return the draft with the questions of last year that these of its questions repeat, by their places."""
    questions = (
        replace(question, repeats=repeats.get(place, question.repeats))
        for place, question in enumerate(draft.questions)
    )
    return replace(draft, questions=tuple(questions))


def edit_question(draft: DraftQuestions, step: QuestionStep, place: int) -> DraftQuestions:
    """Do one step to the question, or the line left out, at a place from 0. Raises Refused if it is not possible."""
    if not 0 <= place < len(draft.left_out if step is QuestionStep.RESTORE else draft.questions):
        raise Refused("no_question", gettext("This question is not in the draft any more. Check the list below."))
    match step:
        case QuestionStep.MERGE:
            return _merge(draft, place)
        case QuestionStep.SPLIT:
            return _split(draft, place)
        case QuestionStep.LEAVE_OUT:
            return _leave_out(draft, place)
        case QuestionStep.RESTORE:
            return _restore(draft, place)


def draft_fingerprint(draft: DraftQuestions) -> str:
    """Return a short hash that changes whenever a question or its place changes."""
    texts = [
        f"{row.number}\t{row.depth}\t{row.heading}\t{row.text}\t{row.is_new}\t{row.repeats}" for row in draft.questions
    ]
    columns = str(draft.source.columns) if draft.source else ""
    return sha256("\n".join([*texts, columns, *draft.left_out]).encode()).hexdigest()[:16]


def _merge(draft: DraftQuestions, place: int) -> DraftQuestions:
    if place == 0:
        raise Refused("no_question_above", gettext("There is no question above the first one."), field="text_0")
    above, own = draft.questions[place - 1 : place + 1]
    merged = replace(above, text=f"{above.text}\n{own.text}".strip(), doubt=None)
    return _with_questions(draft, [*draft.questions[: place - 1], merged, *draft.questions[place + 1 :]])


def _split(draft: DraftQuestions, place: int) -> DraftQuestions:
    """Begin a question at each line. A line that starts with a number gets it, another has to be given one."""
    own = draft.questions[place]
    first, *more = [line.strip() for line in own.text.splitlines() if line.strip()] or [""]
    if not more:
        raise Refused(
            "no_line_break",
            gettext("Start a new line where the next question begins. Then choose “Split” again."),
            field=f"text_{place}",
        )
    pieces = [replace(own, text=first, doubt=None)]
    for line in more:
        marker = read_marker(line)
        is_numbered = marker is not None and marker.kind is NumberKind.FULL and marker.is_certain
        number, text = (marker.number, marker.rest) if marker and is_numbered else ("", line)
        pieces.append(DraftQuestion(number, text, own.heading, own.depth))
    return _with_questions(draft, [*draft.questions[:place], *pieces, *draft.questions[place + 1 :]])


def _leave_out(draft: DraftQuestions, place: int) -> DraftQuestions:
    own = draft.questions[place]
    line = " ".join(f"{own.number}. {own.text}".split())
    rest = [*draft.questions[:place], *draft.questions[place + 1 :]]
    return replace(_with_questions(draft, rest), left_out=(*draft.left_out, line))


def _restore(draft: DraftQuestions, place: int) -> DraftQuestions:
    """Make a question of a line that was left out, where its number belongs, else at the end."""
    line = draft.left_out[place]
    marker = read_marker(line)
    is_numbered = marker is not None and marker.kind is NumberKind.FULL
    number, text = (marker.number, marker.rest) if marker and is_numbered else ("", line)
    key = _sort_key(number)
    later = (n for n, row in enumerate(draft.questions) if number and _sort_key(row.number) > key)
    at = next(later, len(draft.questions))
    beside = draft.questions[at - 1] if at else None
    restored = DraftQuestion(number, text, beside.heading if beside else "", max(len(split_number(number)) - 1, 0))
    left_out = (*draft.left_out[:place], *draft.left_out[place + 1 :])
    return replace(_with_questions(draft, [*draft.questions[:at], restored, *draft.questions[at:]]), left_out=left_out)


def _sort_key(number: str) -> tuple[tuple[int, int, str], ...]:
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in split_number(number))


def _with_questions(draft: DraftQuestions, questions: Sequence[DraftQuestion]) -> DraftQuestions:
    return replace(draft, questions=renest(questions))
