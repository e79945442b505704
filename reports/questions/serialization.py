"""Write the answers to the yearly questions as JSON values."""

from collections.abc import Sequence
from typing import Any

from dialogues.answer_text import CitedFact
from reports.questions.answered import AnsweredQuestion
from reports.questions.record import MissingItem
from reports.questions.sources import FactSource, describe_sources
from reports.reader_view import ReaderView


def answers_document(view: ReaderView, answered: Sequence[AnsweredQuestion]) -> dict[str, Any]:
    """Return the questions with their answers. Each sentence names the facts of the record that it rests on."""
    cited = dict.fromkeys(fact for row in answered for sentence in row.sentences for fact in sentence.citations)
    sources = describe_sources(view.reader, view.edition.country, list(cited))
    return {
        "country": view.edition.country.code,
        "edition": view.edition.year,
        "as_of": view.as_of.isoformat(),
        "known_by": view.known_by.isoformat() if view.known_by else None,
        "questions": [_question(row, sources) for row in answered],
    }


def _question(row: AnsweredQuestion, sources: dict[CitedFact, FactSource]) -> dict[str, Any]:
    return {
        "number": row.wording.number,
        "heading": row.wording.heading,
        "text": row.wording.text,
        "state": row.state.value,
        "finding": row.finding.value if row.finding else None,
        "is_out_of_date": row.is_out_of_date,
        "sentences": [
            {
                "text": sentence.text,
                "facts": [_fact(sources[fact]) for fact in sentence.citations if fact in sources],
            }
            for sentence in row.sentences
        ],
        "missing": [_missing(item) for item in row.record.missing],
    }


def _fact(source: FactSource) -> dict[str, Any]:
    return {
        "key": source.fact.key,
        "kind": source.fact.kind.value,
        "id": source.fact.id,
        "label": source.label,
        "source": source.source,
    }


def _missing(item: MissingItem) -> dict[str, Any]:
    return {
        "text": item.text,
        "ministry": item.ministry_name,
        "asked_on": item.asked_on.isoformat() if item.asked_on else None,
    }
