"""Scores of one record on many days."""

from bisect import bisect_right
from datetime import date, datetime
from fractions import Fraction

from reports.readiness import countable_facts
from reports.readiness.answers import Answers, compute_answers
from reports.readiness.facts import Facts
from reports.readiness.questionnaire import Questionnaire, build_questionnaire
from reports.readiness.scoring import Score, compute_points, compute_score
from reports.readiness.verified_history import ALL_KNOWN_AT, VerifiedHistory


class DailyScores:
    """Scores of one record on many days. What all days need is looked up once."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.history = VerifiedHistory.from_facts(facts)
        self.first_review = countable_facts.first_reviewed_at(facts)
        self._terms_at = sorted(countable_facts.terms_recorded_at(facts))
        self._questionnaires: dict[int, Questionnaire] = {}

    def score(self, as_of: date, known_by: datetime) -> Fraction | None:
        """Return the score of a day by what was known at a moment; None if nothing had been reviewed by then."""
        if self.first_review is None or self.first_review > known_by:
            return None
        return compute_points(*self._answers(as_of, known_by, last_actions_only=True))

    def score_with_reasons(self, as_of: date, known_by: datetime | None) -> Score:
        """Return the score of a day with its reasons."""
        return compute_score(*self._answers(as_of, known_by))

    def answer_shares(self, as_of: date, known_by: datetime | None) -> tuple[Questionnaire, tuple[Fraction, ...]]:
        """Return the questionnaire and the worth of each answer. If both are equal on two days, so are all points."""
        questionnaire, answers = self._answers(as_of, known_by, last_actions_only=True)
        mappings = (answers.questions, answers.benchmarks, answers.required_figures)
        return questionnaire, tuple(finding.worth for findings in mappings for finding in findings.values())

    def _answers(
        self, as_of: date, known_by: datetime | None, *, last_actions_only: bool = False
    ) -> tuple[Questionnaire, Answers]:
        moment = known_by or ALL_KNOWN_AT
        questionnaire = self._questionnaire(moment)
        return questionnaire, compute_answers(
            questionnaire, self.history.verified(as_of, moment, last_actions_only=last_actions_only)
        )

    def _questionnaire(self, known_by: datetime) -> Questionnaire:
        """Return the questionnaire known by a moment. It stays the same until other terms are recorded."""
        recorded = bisect_right(self._terms_at, known_by)
        if recorded not in self._questionnaires:
            self._questionnaires[recorded] = build_questionnaire(countable_facts.facts_known_by(self.facts, known_by))
        return self._questionnaires[recorded]
