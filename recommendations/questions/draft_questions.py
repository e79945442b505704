"""A set of questions before it is loaded, as it was read and edited, and its conversion to and from JSON."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from recommendations.importing.stored_sentences import StoredSentence, deserialize_sentence
from recommendations.questions.source import QuestionSource, deserialize_source, serialize_source

MAX_DEPTH = 2
"""Deepest level: a question, its part, and a part of that. Deeper ones are kept at this level, with their numbers."""

NO_QUESTION = 0
"""In place of the key of a question: none, because the user said so."""


@dataclass(frozen=True, slots=True)
class DraftQuestion:
    """A question of a set that is not loaded yet.

    `depth` is 0 for a question and 1 for its part. It is part of the nearest question above it that is less deep.
    `doubt` is a sentence for the user to check. `is_new` says that the user took it for a new question, and not for
    the similar one in the record. `repeats` is the key of last year's question that the user chose, or NO_QUESTION. It
    is None if the proposal stands.
    """

    number: str
    text: str
    heading: str = ""
    depth: int = 0
    doubt: StoredSentence | None = None
    is_new: bool = False
    repeats: int | None = None


@dataclass(frozen=True, slots=True)
class DraftQuestions:
    """The questions of a set in their order, the lines that are no questions, notes on the set, and years it names.

    `years` are the years of reports that the text names, `starts` those in which a reporting period begins. `source` is
    what to read again if the columns of a table are corrected. `is_edited` says that the user changed the questions.
    """

    questions: tuple[DraftQuestion, ...] = ()
    left_out: tuple[str, ...] = ()
    notes: tuple[StoredSentence, ...] = ()
    years: tuple[int, ...] = ()
    starts: tuple[int, ...] = ()
    source: QuestionSource | None = None
    is_edited: bool = False

    @property
    def duplicates(self) -> list[str]:
        """Return the numbers that several questions have, in their order."""
        seen: set[str] = set()
        twice = {}
        for question in self.questions:
            if question.number in seen:
                twice[question.number] = True
            seen.add(question.number)
        return list(twice)

    @property
    def parents(self) -> list[int | None]:
        """Return for each question the place of the one that it is a part of; None if it stands alone."""
        return find_parents([question.depth for question in self.questions])

    def is_of_another_year(self, edition_year: int) -> bool:
        """Return whether the text names other years than those of an edition.

        The tracking period of an edition feeds the report of the year after it. A text may compare with earlier years,
        so one right year is enough.
        """
        if self.starts:
            return edition_year not in self.starts
        return bool(self.years) and edition_year + 1 not in self.years


def find_parents(depths: Sequence[int]) -> list[int | None]:
    """Return for each depth the place of the nearest one before it that is less deep."""
    parents: list[int | None] = []
    for place, depth in enumerate(depths):
        above = (other for other in range(place - 1, -1, -1) if depths[other] < depth)
        parents.append(next(above, None) if depth else None)
    return parents


def serialize_questions(draft: DraftQuestions) -> dict[str, Any]:
    """Return the draft as JSON data."""
    source = {"source": serialize_source(draft.source)} if draft.source else {}
    return source | {
        "questions": [_serialize_question(question) for question in draft.questions],
        "left_out": list(draft.left_out),
        "notes": [note.serialize() for note in draft.notes],
        "years": list(draft.years),
        "starts": list(draft.starts),
        "is_edited": draft.is_edited,
    }


def deserialize_questions(document: Mapping[str, Any]) -> DraftQuestions:
    """Return the draft from JSON data; an empty one if the set is loaded."""
    return DraftQuestions(
        questions=tuple(map(_deserialize_question, document.get("questions", ()))),
        left_out=tuple(document.get("left_out", ())),
        notes=tuple(map(deserialize_sentence, document.get("notes", ()))),
        years=tuple(document.get("years", ())),
        starts=tuple(document.get("starts", ())),
        source=deserialize_source(document["source"]) if "source" in document else None,
        is_edited=document.get("is_edited", False),
    )


def renest(questions: Iterable[DraftQuestion]) -> tuple[DraftQuestion, ...]:
    """Return the questions with depths that follow one another: a part is one deeper than what it is a part of."""
    nested: list[DraftQuestion] = []
    for question in questions:
        most = min(nested[-1].depth + 1, MAX_DEPTH) if nested else 0
        nested.append(replace(question, depth=min(question.depth, most)))
    return tuple(nested)


def _serialize_question(question: DraftQuestion) -> list[Any]:
    doubt = question.doubt.serialize() if question.doubt else None
    values = [question.number, question.text, question.heading, question.depth, doubt, question.is_new]
    return [*values, question.repeats]


def _deserialize_question(values: Sequence[Any]) -> DraftQuestion:
    number, text, heading, depth, doubt, is_new, *chosen = values
    doubted = deserialize_sentence(doubt) if doubt else None
    return DraftQuestion(number, text, heading, depth, doubted, is_new, *chosen)
