"""Scores of one record on many days, by what was known at different moments."""

from bisect import bisect_right
from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple

from reports.readiness import countable_facts
from reports.readiness.answers import Answers, compute_answers
from reports.readiness.countable_facts import RecordedRow
from reports.readiness.facts import Facts, Period
from reports.readiness.kept_results import KeptResults
from reports.readiness.new_rows import NewRows
from reports.readiness.questionnaire import Questionnaire, build_questionnaire
from reports.readiness.scoring import PointCalculator, Score, compute_score
from reports.readiness.verified_history import ALL_KNOWN_AT, VerifiedHistory
from tiptracker.localization import current_language

MOST_RESULTS = 1_000
"""How many results are kept of one record. A year has 52 weeks and some hundred moments at which the score moved."""


class _KeptResult(NamedTuple):
    """A result with the moment and the day after which rows make no difference to it (see `DailyScores.once`)."""

    known_by: datetime
    as_of: date
    value: Any


class DailyScores:
    """Scores of one record on many days. What all days need is looked up once, and results are kept.

    What was known at a moment in the past does not change when rows are recorded later, and neither does the score of a
    day when they are about later days. So such results stay right (`with_new_rows`).
    """

    def __init__(self, facts: Facts, kept: Mapping[Hashable, _KeptResult] = MappingProxyType({})) -> None:
        self.facts = facts
        self._kept = dict(kept)

    def with_new_rows(self, facts: Facts, new_rows: NewRows) -> "DailyScores":
        """Return the scores of the facts with new rows.

        Results by what was known before the first of these rows are taken over, and the scores of the days before the
        first on which one of them counts. That is no day if they only claim something. Nothing is taken over if other
        terms, recommendations, benchmarks or indicators are in force.
        """
        if _terms_of(facts) != _terms_of(self.facts):
            return DailyScores(facts)
        new_evidence = {row.id for row in new_rows.evidence}
        # The day from which an assessment holds is that of its evidence.
        resting_on_it = tuple(row for row in facts.assessments if not new_evidence.isdisjoint(row.evidence_ids))
        tables: tuple[tuple[RecordedRow, ...], ...] = (
            new_rows.evidence,
            new_rows.evidence_links,
            new_rows.reviews,
            new_rows.readings,
            new_rows.assessments,
            resting_on_it,
        )
        first_at = min((row.recorded_at for rows in tables for row in rows), default=ALL_KNOWN_AT)
        scores = DailyScores(facts)
        if _touches_nothing_verified(facts, new_rows):
            first_on = date.max
            if "_history" in self.__dict__:
                scores._history = self._history
        elif self._first_review is not None and self._first_review == scores._first_review:
            first_on = _first_day_touched(facts, new_rows)
        else:
            first_on = date.min
        # A copy, because another thread may be adding results.
        for key, result in self._kept.copy().items():
            if result.known_by < first_at or result.as_of < first_on:
                scores._kept[key] = result
        return scores

    def once[T](
        self, key: Hashable, known_by: datetime | None, compute: Callable[[], T], *, as_of: date = date.max
    ) -> T:
        """Return the result that is kept under a key, or compute it and keep it.

        Args:
            key: the name of the result and what it was computed for. One with sentences needs the language, too.
            known_by: it may rest only on rows recorded by this moment (None: on all).
            compute: computes it.
            as_of: a row that counts only from a later day makes no difference to it.
        """
        if (kept := self._kept.get(key)) is not None:
            found: T = kept.value
            return found
        result = compute()
        self._kept[key] = _KeptResult(known_by or ALL_KNOWN_AT, as_of, result)
        for oldest in list(self._kept)[: max(len(self._kept) - MOST_RESULTS, 0)]:
            self._kept.pop(oldest, None)  # another thread may have been faster
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
    def _calculators(self) -> dict[int, PointCalculator]:
        return {}

    @cached_property
    def _kept_answers(self) -> KeptResults:
        return KeptResults()

    def score(self, as_of: date, known_by: datetime) -> Fraction | None:
        """Return the score of a day by what was known at a moment; None if nothing had been reviewed by then."""
        key = "score", as_of, known_by
        return self.once(key, known_by, lambda: self._score(as_of, known_by), as_of=as_of)

    def keep_score(self, as_of: date, known_by: datetime, points: Fraction | None) -> None:
        """Keep a score that was computed elsewhere, as `score` would return it."""
        self.once(("score", as_of, known_by), known_by, lambda: points, as_of=as_of)

    def score_with_reasons(self, as_of: date, known_by: datetime | None) -> Score:
        """Return the score of a day with its reasons."""
        key = "score with reasons", as_of, known_by, current_language()
        return self.once(key, known_by, lambda: self._score_with_reasons(as_of, known_by or ALL_KNOWN_AT), as_of=as_of)

    def answer_shares(self, as_of: date, known_by: datetime | None) -> tuple[Questionnaire, tuple[Fraction, ...]]:
        """Return the questionnaire and the worth of each answer. If both are equal on two days, so are all points."""
        moment = known_by or ALL_KNOWN_AT
        questionnaire = self._calculator(moment).questionnaire
        answers = self._last_answers(questionnaire, as_of, moment)
        mappings = (answers.questions, answers.benchmarks, answers.required_figures)
        return questionnaire, tuple([finding.worth for findings in mappings for finding in findings.values()])

    def _score(self, as_of: date, known_by: datetime) -> Fraction | None:
        if self._first_review is None or self._first_review > known_by:
            return None
        calculator = self._calculator(known_by)
        return calculator.points(self._last_answers(calculator.questionnaire, as_of, known_by))

    def _score_with_reasons(self, as_of: date, known_by: datetime) -> Score:
        kept, name = self._kept_answers, current_language()
        questionnaire = self._calculator(known_by).questionnaire
        answers = compute_answers(questionnaire, self._history.verified(as_of, known_by), kept, name)
        return compute_score(questionnaire, answers, kept, name)

    def _last_answers(self, questionnaire: Questionnaire, as_of: date, known_by: datetime) -> Answers:
        """Return answers of which only the shares are used.

        Those that rest on the same rows as on the day that was asked for before are taken from there.
        """
        view = self._history.last_verified(as_of, known_by)
        return compute_answers(questionnaire, view, self._kept_answers, "shares")

    def _calculator(self, known_by: datetime) -> PointCalculator:
        """Return the calculator for the questionnaire known by a moment. It stays until other terms are recorded."""
        recorded = bisect_right(self._terms_at, known_by)
        if recorded not in self._calculators:
            known_facts = countable_facts.facts_known_by(self.facts, known_by)
            self._calculators[recorded] = PointCalculator(build_questionnaire(known_facts))
        return self._calculators[recorded]


def _terms_of(facts: Facts) -> tuple[object, ...]:
    """Return what a score rests on besides the rows that `NewRows` adds."""
    return facts.edition, facts.zone, facts.edition_terms, facts.recommendations, facts.benchmarks, facts.indicators


def _touches_nothing_verified(facts: Facts, new_rows: NewRows) -> bool:
    """Return whether these rows leave everything as it is that was ever verified, as evidence without a review does."""
    if new_rows.reviews or new_rows.assessments or any(row.revises is not None for row in new_rows.evidence):
        return False
    if any(Period(row.starts_on, row.through_on) == facts.edition.previous for row in new_rows.readings):
        return False
    touched = {row.id for row in new_rows.evidence} | {row.evidence_id for row in new_rows.evidence_links}
    touched |= {row.evidence_id for row in new_rows.readings if row.evidence_id is not None}
    return not any(row.evidence_id in touched for row in facts.reviews) and not any(
        key in touched for row in facts.assessments for key in row.evidence_ids
    )


def _first_day_touched(facts: Facts, new_rows: NewRows) -> date:
    """Return the first day on which one of the new rows, or an old row that it touches, counts or holds."""
    touched = replace(new_rows, update_versions=()).touched_evidence(facts)
    ends_on = {row.id: row.happened_to for row in facts.evidence}
    days = [ends_on[key] for key in touched if key in ends_on]
    new_readings = {row.id for row in new_rows.readings}
    days += [row.through_on for row in facts.readings if row.id in new_readings or row.evidence_id in touched]
    new_assessments = {row.id for row in new_rows.assessments}
    for row in facts.assessments:
        if row.id in new_assessments or not touched.isdisjoint(row.evidence_ids):
            days.append(row.recorded_at.astimezone(facts.zone).date())
            days += [ends_on[key] for key in row.evidence_ids if key in ends_on]
    return min(days, default=date.max)
