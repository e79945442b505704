"""Decide which yearly questions a piece of evidence answers, and what it shows on each. No Django here."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from dialogues.choices import SupportKind
from reports.questions.record import MappedQuestion

ANY_TYPE = 99
"""How broad a question is that names no type of evidence: broader than one that names several."""


class EvidenceSupports(NamedTuple):
    """What a piece of evidence supports.

    Attributes:
        kind: its type of evidence.
        benchmarks: what it shows on each benchmark (id).
        indicia: what it shows on each indicium without a recommendation.
        questions: the ids of the questions that a person linked to it.
        indicia_of: the indicia of the recommendation of each benchmark (id).
    """

    kind: str
    benchmarks: Mapping[int, SupportKind]
    indicia: Mapping[int, SupportKind]
    questions: frozenset[int]
    indicia_of: Mapping[int, frozenset[int]]


def find_answered(evidence: EvidenceSupports, questions: Sequence[MappedQuestion]) -> dict[int, SupportKind]:
    """Return the questions (ids) that a piece of evidence answers, with the strongest that it shows on each.

    - Evidence that a person linked to questions answers those and no others.
    - Else it answers the questions mapped to a benchmark that it supports and, for each indicium that it supports, the
      questions with the narrowest mapping that has this indicium.
    - Else its type decides: it answers one question, the narrowest that names its type and shares an indicium with its
      benchmarks. Otherwise each report would stand under each question that reports can answer. If several questions
      are as narrow, it answers the first of them.
    """
    if evidence.questions:
        found = {row.id: _shown_on_linked(evidence, row) for row in questions if row.id in evidence.questions}
    else:
        found = _find_supported(evidence, questions) or _find_by_type(evidence, questions)
    return {key: min(shown, key=list(SupportKind).index) for key, shown in found.items()}


def _shown_on_linked(evidence: EvidenceSupports, question: MappedQuestion) -> list[SupportKind]:
    """Return what it shows on the subject of a linked question, otherwise on anything; it is context without either."""
    shown = _shown_on_benchmarks(evidence, question)
    shown += [kind for indicium, kind in evidence.indicia.items() if indicium in question.indicia]
    return shown or [*evidence.indicia.values()] or [*evidence.benchmarks.values()] or [SupportKind.CONTEXT]


def _shown_on_benchmarks(evidence: EvidenceSupports, question: MappedQuestion) -> list[SupportKind]:
    return [kind for benchmark, kind in evidence.benchmarks.items() if benchmark in question.benchmarks]


def _find_supported(evidence: EvidenceSupports, questions: Sequence[MappedQuestion]) -> dict[int, list[SupportKind]]:
    found = {row.id: shown for row in questions if (shown := _shown_on_benchmarks(evidence, row))}
    for indicium, kind in evidence.indicia.items():
        about = [row for row in questions if indicium in row.indicia and _accepts(row, evidence.kind)]
        narrowest = min(map(_breadth, about), default=None)
        for row in about:
            if _breadth(row) == narrowest:
                found.setdefault(row.id, []).append(kind)
    return found


def _find_by_type(evidence: EvidenceSupports, questions: Iterable[MappedQuestion]) -> dict[int, list[SupportKind]]:
    found = {}
    for row in questions:
        shown = [
            kind
            for benchmark, kind in evidence.benchmarks.items()
            if not row.indicia or row.indicia & evidence.indicia_of.get(benchmark, frozenset())
        ]
        if shown and evidence.kind in row.evidence_kinds:
            found[row] = shown
    first = min(found, key=lambda row: (_breadth(row), row.position, row.id), default=None)
    return {first.id: found[first]} if first else {}


def _accepts(question: MappedQuestion, kind: str) -> bool:
    return not question.evidence_kinds or kind in question.evidence_kinds


def _breadth(question: MappedQuestion) -> tuple[bool, int, int]:
    """Return how broad the mapping of a question is: one without indicia is the broadest."""
    return not question.indicia, len(question.indicia), len(question.evidence_kinds) or ANY_TYPE
