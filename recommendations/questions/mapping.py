"""Propose what in the record answers a question: indicia, indicators, benchmarks, types of evidence. No Django here.

A question that repeats one of last year keeps its confirmed mapping. Another takes that of the outline's question that
is most like it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from recommendations.questions.outline import OutlineQuestion, read_outline
from recommendations.text_similarity import find_similar_pairs, normalize_wording

_MIN_SCORE = 2
"""Lowest score at which a question of the outline counts as like another one."""


class MappingBenchmark(NamedTuple):
    """A benchmark as the rules need it. `repeats` is the key of last year's benchmark that it repeats."""

    key: int
    criterion: str
    recommendation: str
    indicator: int | None = None
    is_about_complicity: bool = False
    repeats: int | None = None


class QuestionMapping(NamedTuple):
    """What answers a question."""

    indicia: tuple[int, ...] = ()
    indicators: frozenset[int] = frozenset()
    benchmarks: frozenset[int] = frozenset()
    evidence_kinds: tuple[str, ...] = ()


class MappingSources(NamedTuple):
    """What the record has to map questions to.

    `indicators` gives the indicators of the country by the key of the standard indicator that each is or looks like.
    """

    indicators: Mapping[str, int] = {}
    benchmarks: Sequence[MappingBenchmark] = ()


def propose_mapping(text: str, context: str, sources: MappingSources) -> QuestionMapping:
    """Return what may answer a question. `context` is its heading and the questions that it is a part of."""
    entry = find_outline_question(text, context)
    if entry is None:
        return QuestionMapping()
    benchmarks = {row.key for row in sources.benchmarks if _answers(entry, row)}
    indicators = {sources.indicators[key] for key in entry.catalogue_keys if key in sources.indicators}
    indicators |= {row.indicator for row in sources.benchmarks if row.key in benchmarks and row.indicator}
    benchmarks |= {
        row.key for row in sources.benchmarks if row.indicator in indicators and _is_asked_by(entry, row, sources)
    }
    return QuestionMapping(entry.indicia, frozenset(indicators), frozenset(benchmarks), entry.evidence_kinds)


def carry_mapping(confirmed: QuestionMapping, benchmarks: Iterable[MappingBenchmark]) -> QuestionMapping:
    """Return last year's mapping with this year's benchmarks that repeat last year's. Indicators stay."""
    repeated = frozenset(row.key for row in benchmarks if row.repeats in confirmed.benchmarks)
    return confirmed._replace(benchmarks=repeated)


def find_outline_question(text: str, context: str = "") -> OutlineQuestion | None:
    """Return the question of the outline that is most like a text; None if none is.

    Each word of the outline's question that occurs counts two points, in the context one. Similar texts break a tie.
    """
    outline = read_outline()
    wording = normalize_wording(text)
    for entry in outline:
        if normalize_wording(entry.text) == wording:
            return entry
    likeness = {pair.new: pair.likeness for pair in find_similar_pairs([text], [entry.text for entry in outline])}
    scores = [
        2 * _count_words(entry.question_words, text) + _count_words(entry.question_words, context) for entry in outline
    ]
    best = max(range(len(outline)), key=lambda place: (scores[place], likeness.get(place, 0)))
    return outline[best] if scores[best] >= _MIN_SCORE else None


def _answers(entry: OutlineQuestion, row: MappingBenchmark) -> bool:
    """Return whether a benchmark answers a question of the outline, by its wording or by what it is about."""
    if row.is_about_complicity or entry.is_about_complicity:
        return row.is_about_complicity and entry.is_about_complicity
    is_worded_so = _count_words(entry.criterion_words, row.criterion) > 0
    return is_worded_so or _count_words(entry.recommendation_words, row.recommendation) > 0


def _is_asked_by(entry: OutlineQuestion, row: MappingBenchmark, sources: MappingSources) -> bool:
    """Return whether the figure of a benchmark is one that the question asks for."""
    return any(sources.indicators.get(key) == row.indicator for key in entry.catalogue_keys)


def _count_words(beginnings: Iterable[str], text: str) -> int:
    """Return how many of these beginnings of words occur in a text."""
    folded = normalize_wording(text)
    return sum(re.search(rf"\b{re.escape(beginning)}", folded) is not None for beginning in beginnings)
