"""Evaluate readiness, method version 1: a score of 100 points for the record, with its reasons.

The score never predicts a tier: the tier is the Secretary of State's decision (22 U.S.C. 7107(b)). The score is the
sum of four parts, in exact fractions. Each part is the sum of its lines, and each line is its maximum times its share.
Everything depends only on the facts, a day and a moment of knowledge.

`compute_answers` (`reports.readiness.answers`) says what one view of the record answers. `compute_score`
(`reports.readiness.scoring`) turns answers into points. Verified, claimed, possible and projected are scores
of different views of the same record.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from recommendations.watch_list import years_on_watch_list
from reports.choices import StepKind
from reports.readiness import countable_facts
from reports.readiness.answers import Answers, Questionnaire, build_questionnaire, compute_answers, max_answers
from reports.readiness.checks import RecordProblem, find_problems
from reports.readiness.fact_views import build_fact_views
from reports.readiness.facts import EditionFact, Facts
from reports.readiness.forecast.claims import Claim, MinistryClaims, claims_by_ministry, find_waiting_claims
from reports.readiness.forecast.next_steps import NextSteps, ReadinessStep, compute_next_steps
from reports.readiness.forecast.projection import (
    BenchmarkGain,
    EvaluatedRecord,
    OpenCommitment,
    benchmark_gains,
    due_dates,
    open_commitments,
    project,
    project_open_commitments,
    smallest_benchmark_set,
)
from reports.readiness.scoring import Score, compute_points, compute_score
from reports.readiness.verified_history import ALL_KNOWN_AT, VerifiedHistory

METHOD_VERSION = "1"
"""The version of the method. It is raised with every change of a rule and stored with every result."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """The readiness of an edition as of a day and as known by a moment (`known_by` None: by now).

    `verified` is the score. `possible` also counts verified rows that have begun and are not over. `claimed` takes
    each waiting claim as sent. `projected` adds to it every commitment due by the deadline, as if kept. So
    score ≤ possible, and score ≤ claimed ≤ projected.

    `is_reviewed` is False if the embassy has reviewed nothing yet: the score is then 0 and pages show no figure.
    `waiting` counts the unreviewed claims, and `claims` groups them by ministry. `checks` are the problems in the
    record. `readiness_target` is what the post aims at, of 100. `due` maps benchmark ids to due dates.
    `verified_record` and `claimed_record` are the record as verified and as claimed. `known_facts` are the facts as
    known by the moment, and `open_commitments` those of the government.
    """

    edition: EditionFact
    as_of: date
    known_by: datetime | None
    verified: Score
    claimed: Score
    possible: Score
    projected: Score
    is_reviewed: bool
    waiting: int
    claims: tuple[MinistryClaims, ...]
    checks: tuple[RecordProblem, ...]
    watch_list_years: int
    deadline_on: date | None
    readiness_target: Decimal | None
    readiness_target_reason: str
    due: Mapping[int, date]
    verified_record: EvaluatedRecord = field(compare=False, repr=False)
    claimed_record: EvaluatedRecord = field(compare=False, repr=False)
    known_facts: Facts = field(compare=False, repr=False)
    open_commitments: tuple[OpenCommitment, ...] = field(compare=False, repr=False)
    waiting_claims: tuple[Claim, ...] = field(compare=False, repr=False)
    method: str = METHOD_VERSION

    @property
    def score(self) -> Fraction:
        """The verified points, of 100."""
        return self.verified.points

    def next_steps(self, *, without: Collection[StepKind] = ()) -> NextSteps:
        """Return the next steps in order, each with what it adds after all steps before it."""
        return compute_next_steps(
            self.known_facts,
            verified_record=self.verified_record,
            claimed_record=self.claimed_record,
            waiting=self.waiting_claims,
            open_commitments=self.open_commitments,
            as_of=self.as_of,
            deadline_on=self.deadline_on,
            target=self.readiness_target,
            without=without,
        )

    def benchmark_gains(self) -> tuple[BenchmarkGain, ...]:
        """Return what meeting each open benchmark would add, the largest gain first."""
        return benchmark_gains(self.verified_record, self.verified, self.due)

    def smallest_set(self) -> tuple[int, ...] | None:
        """Return the fewest open benchmarks (ids) that would reach the target if met.

        The result is None if even all of them do not reach it, or if there is no target.
        """
        return smallest_benchmark_set(self.verified_record, self.verified, self.readiness_target, self.due)

    def score_with(self, steps: Iterable[ReadinessStep], *, met: Collection[int] = ()) -> Score:
        """Return the score as it would be with these next steps taken and these benchmarks (ids) met."""
        answers = project(self.verified_record, met=met)
        for step in steps:
            answers = max_answers(answers, step.answers)
        return compute_score(self.verified_record.questionnaire, answers)


def evaluate_readiness(facts: Facts, *, as_of: date, known_by: datetime | None = None) -> Readiness:
    """Evaluate readiness as of a day, by what was known at a moment (None: everything recorded).

    An action scores only if the government took it and it was verified by the moment. It must also lie wholly in the
    tracking period and be over by the day (22 U.S.C. 7107(b), Tier 2).
    """
    known_facts = countable_facts.facts_known_by(facts, known_by)
    questionnaire = build_questionnaire(known_facts)
    views = build_fact_views(known_facts, as_of)
    verified_answers = compute_answers(questionnaire, views.verified)
    claimed_answers = max_answers(verified_answers, compute_answers(questionnaire, views.claimed))
    last_actions = views.verified_last_actions
    verified_record = EvaluatedRecord(questionnaire, last_actions, compute_answers(questionnaire, last_actions))
    claimed_record = EvaluatedRecord(questionnaire, views.claimed, claimed_answers)
    waiting = find_waiting_claims(known_facts, verified_record, claimed_record)
    commitments = tuple(open_commitments(known_facts, as_of))
    terms = countable_facts.newest_row(known_facts.edition_terms)
    deadline_on = terms.deadline_on if terms else None
    return Readiness(
        edition=facts.edition,
        as_of=as_of,
        known_by=known_by,
        verified=compute_score(questionnaire, verified_answers),
        claimed=compute_score(questionnaire, claimed_answers),
        possible=compute_score(
            questionnaire, max_answers(verified_answers, compute_answers(questionnaire, views.begun))
        ),
        projected=compute_score(
            questionnaire, project_open_commitments(commitments, as_of, deadline_on, claimed_record)
        ),
        is_reviewed=countable_facts.is_reviewed(known_facts),
        waiting=views.waiting,
        claims=claims_by_ministry(verified_record, waiting),
        checks=find_problems(known_facts, questionnaire, views.verified, as_of),
        watch_list_years=years_on_watch_list(facts.tiers, facts.edition.year),
        deadline_on=deadline_on,
        readiness_target=terms.readiness_target if terms else None,
        readiness_target_reason=terms.readiness_target_reason if terms else "",
        due=due_dates(commitments),
        verified_record=verified_record,
        claimed_record=claimed_record,
        known_facts=known_facts,
        open_commitments=commitments,
        waiting_claims=waiting,
    )


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
