"""Scores of one record on many days, by what was known at different moments."""

from bisect import bisect_right
from collections.abc import Callable, Hashable, Mapping
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import Any, Protocol

from reports.readiness import countable_facts
from reports.readiness.answers import Answers, compute_answers
from reports.readiness.facts import Facts
from reports.readiness.new_rows import NewRows
from reports.readiness.questionnaire import Questionnaire, build_questionnaire
from reports.readiness.scoring import Score, compute_points, compute_score
from reports.readiness.verified_history import ALL_KNOWN_AT, VerifiedHistory
from tiptracker.localization import current_language

MOST_RESULTS = 1_000
"""How many results are kept of one record. A year has 52 weeks and some hundred moments at which the score moved."""


class RecordedRow(Protocol):
    """A row with the moment at which it was recorded."""

    @property
    def recorded_at(self) -> datetime: ...


class DailyScores:
    """Scores of one record on many days. What all days need is looked up once, and results are kept.

    What was known at a moment in the past does not change when rows are recorded later. So results by what was known
    then stay right (`with_new_rows`).
    """

    def __init__(self, facts: Facts, kept: Mapping[Hashable, tuple[datetime, Any]] = MappingProxyType({})) -> None:
        self.facts = facts
        self._kept = dict(kept)

    def with_new_rows(self, facts: Facts, new_rows: NewRows) -> "DailyScores":
        """Return the scores of the facts with new rows.

        Results by what was known before the first of these rows are taken over. None is if other terms,
        recommendations, benchmarks or indicators are in force.
        """
        if _terms_of(facts) != _terms_of(self.facts):
            return DailyScores(facts)
        tables: tuple[tuple[RecordedRow, ...], ...] = (
            new_rows.evidence, new_rows.evidence_links, new_rows.reviews, new_rows.readings, new_rows.assessments
        )  # fmt: skip
        first_at = min((row.recorded_at for rows in tables for row in rows), default=ALL_KNOWN_AT)
        # A copy, because another thread may be adding results.
        kept = self._kept.copy()
        return DailyScores(facts, {key: result for key, result in kept.items() if result[0] < first_at})

    def once[T](self, key: Hashable, known_by: datetime | None, compute: Callable[[], T]) -> T:
        """Return the result that is kept under a key, or compute it and keep it.

        It may rest only on rows recorded by the moment `known_by`. A result with sentences needs the language in its
        key.
        """
        if (kept := self._kept.get(key)) is not None:
            result: T = kept[1]
            return result
        result = compute()
        if len(self._kept) < MOST_RESULTS:
            self._kept[key] = (known_by or ALL_KNOWN_AT, result)
        return result

    @cached_property
    def _history(self) -> VerifiedHistory:
        return VerifiedHistory.from_facts(self.facts)

    @cached_property
    def _first_review(self) -> datetime | None:
        return countable_facts.first_reviewed_at(self.facts)

    @cached_property
    def _terms_at(self) -> list[datetime]:
        return sorted(countable_facts.terms_recorded_at(self.facts))

    @cached_property
    def _questionnaires(self) -> dict[int, Questionnaire]:
        return {}

    def score(self, as_of: date, known_by: datetime) -> Fraction | None:
        """Return the score of a day by what was known at a moment; None if nothing had been reviewed by then."""
        return self.once(("score", as_of, known_by), known_by, lambda: self._score(as_of, known_by))

    def score_with_reasons(self, as_of: date, known_by: datetime | None) -> Score:
        """Return the score of a day with its reasons."""
        key = "score with reasons", as_of, known_by, current_language()
        return self.once(key, known_by, lambda: compute_score(*self._answers(as_of, known_by)))

    def answer_shares(self, as_of: date, known_by: datetime | None) -> tuple[Questionnaire, tuple[Fraction, ...]]:
        """Return the questionnaire and the worth of each answer. If both are equal on two days, so are all points."""
        questionnaire, answers = self._answers(as_of, known_by, last_actions_only=True)
        mappings = (answers.questions, answers.benchmarks, answers.required_figures)
        return questionnaire, tuple(finding.worth for findings in mappings for finding in findings.values())

    def _score(self, as_of: date, known_by: datetime) -> Fraction | None:
        if self._first_review is None or self._first_review > known_by:
            return None
        return compute_points(*self._answers(as_of, known_by, last_actions_only=True))

    def _answers(
        self, as_of: date, known_by: datetime | None, *, last_actions_only: bool = False
    ) -> tuple[Questionnaire, Answers]:
        moment = known_by or ALL_KNOWN_AT
        questionnaire = self._questionnaire(moment)
        return questionnaire, compute_answers(
            questionnaire, self._history.verified(as_of, moment, last_actions_only=last_actions_only)
        )

    def _questionnaire(self, known_by: datetime) -> Questionnaire:
        """Return the questionnaire known by a moment. It stays the same until other terms are recorded."""
        recorded = bisect_right(self._terms_at, known_by)
        if recorded not in self._questionnaires:
            self._questionnaires[recorded] = build_questionnaire(countable_facts.facts_known_by(self.facts, known_by))
        return self._questionnaires[recorded]


def _terms_of(facts: Facts) -> tuple[object, ...]:
    """Return what a score rests on besides the rows that `NewRows` adds."""
    return facts.edition, facts.zone, facts.edition_terms, facts.recommendations, facts.benchmarks, facts.indicators
