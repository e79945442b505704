"""Evaluate readiness, method version 1: a score of 100 points for the record, with its reasons.

The score never predicts a tier: the tier is the Secretary of State's decision (22 U.S.C. 7107(b)). The score is the
sum of four parts, in exact fractions. Each part is the sum of its lines, and each line is its maximum times its share.
Everything depends only on the facts, a day and a moment of knowledge.

`compute_answers` (`reports.readiness.answers`) says what one view of the record answers. `compute_score`
(`reports.readiness.scoring`) turns answers into points. Verified, claimed, possible and ceiling (projected) are scores
of different views of the same record.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

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
from reports.readiness.watch_list import years_on_watch_list

METHOD_VERSION = "1"
"""The version of the method. It is raised with every change of a rule and stored with every result."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """The readiness of an edition as of a day and as known by a moment (`known_by` None: by now).

    `verified` is the score. `possible` also counts verified rows that have begun and are not over. `claimed` takes
    each waiting claim as sent. `ceiling` (projected) adds to it every commitment due by the deadline, as if kept. So
    score ≤ possible, and score ≤ claimed ≤ ceiling.

    `is_reviewed` is False if the embassy has reviewed nothing yet: the score is then 0 and pages show no figure.
    `waiting` counts the unreviewed claims, and `claims` groups them by ministry. `checks` are the problems in the
    record. `working_mark` is the target. `due` maps benchmark ids to due dates. `seen` is the verified record, `sent`
    the claimed one. `record` are the facts as known, and `promised` the open commitments of the government.
    """

    edition: EditionFact
    as_of: date
    known_by: datetime | None
    verified: Score
    claimed: Score
    possible: Score
    ceiling: Score
    is_reviewed: bool
    waiting: int
    claims: tuple[MinistryClaims, ...]
    checks: tuple[RecordProblem, ...]
    watch_list_years: int
    deadline_on: date | None
    working_mark: Decimal | None
    working_mark_reason: str
    due: Mapping[int, date]
    seen: EvaluatedRecord = field(compare=False, repr=False)
    sent: EvaluatedRecord = field(compare=False, repr=False)
    record: Facts = field(compare=False, repr=False)
    promised: tuple[OpenCommitment, ...] = field(compare=False, repr=False)
    waiting_claims: tuple[Claim, ...] = field(compare=False, repr=False)
    method: str = METHOD_VERSION

    @property
    def score(self) -> Fraction:
        """The verified points, of 100."""
        return self.verified.points

    def next_steps(self, *, without: Collection[StepKind] = ()) -> NextSteps:
        """Return the next steps in order, each with what it adds after all steps before it."""
        return compute_next_steps(
            self.record,
            seen=self.seen,
            sent=self.sent,
            waiting=self.waiting_claims,
            promised=self.promised,
            as_of=self.as_of,
            deadline_on=self.deadline_on,
            target=self.working_mark,
            without=without,
        )

    def levers(self) -> tuple[BenchmarkGain, ...]:
        """Return what meeting each open benchmark would add, the largest gain first."""
        return benchmark_gains(self.seen, self.verified, self.due)

    def smallest_set(self) -> tuple[int, ...] | None:
        """Return the fewest open benchmarks (ids) that would reach the target if met.

        The result is None if even all of them do not reach it, or if there is no target.
        """
        return smallest_benchmark_set(self.seen, self.verified, self.working_mark, self.due)

    def if_taken(self, steps: Iterable[ReadinessStep], *, met: Collection[int] = ()) -> Score:
        """Return the score as it would be with these next steps taken and these benchmarks (ids) met."""
        found = project(self.seen, met=met)
        for step in steps:
            found = max_answers(found, step.taken)
        return compute_score(self.seen.asked, found)


def evaluate_readiness(facts: Facts, *, as_of: date, known_by: datetime | None = None) -> Readiness:
    """Evaluate readiness as of a day, by what was known at a moment (None: everything recorded).

    An action scores only if the government took it and it was verified by the moment. It must also lie wholly in the
    tracking period and be over by the day (22 U.S.C. 7107(b), Tier 2).
    """
    record = countable_facts.facts_known_by(facts, known_by)
    asked = build_questionnaire(record)
    sights = build_fact_views(record, as_of)
    found = compute_answers(asked, sights.verified)
    sent = max_answers(found, compute_answers(asked, sights.claimed))
    seen = EvaluatedRecord(asked, sights.lean, compute_answers(asked, sights.lean))
    claimed = EvaluatedRecord(asked, sights.claimed, sent)
    waiting = find_waiting_claims(record, seen, claimed)
    promised = tuple(open_commitments(record, as_of))
    terms = countable_facts.newest_row(record.edition_terms)
    deadline_on = terms.deadline_on if terms else None
    return Readiness(
        edition=facts.edition,
        as_of=as_of,
        known_by=known_by,
        verified=compute_score(asked, found),
        claimed=compute_score(asked, sent),
        possible=compute_score(asked, max_answers(found, compute_answers(asked, sights.begun))),
        ceiling=compute_score(asked, project_open_commitments(promised, as_of, deadline_on, claimed)),
        is_reviewed=countable_facts.is_reviewed(record),
        waiting=sights.waiting,
        claims=claims_by_ministry(seen, waiting),
        checks=find_problems(record, asked, sights.verified, as_of),
        watch_list_years=years_on_watch_list(facts.tiers, facts.edition.year),
        deadline_on=deadline_on,
        working_mark=terms.working_mark if terms else None,
        working_mark_reason=terms.working_mark_reason if terms else "",
        due=due_dates(promised),
        seen=seen,
        sent=claimed,
        record=record,
        promised=promised,
        waiting_claims=waiting,
    )


class DailyScores:
    """Scores of one record on many days. What all days need is looked up once."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.ledger = VerifiedHistory.of(facts)
        self.first_review = countable_facts.first_reviewed_at(facts)
        self._terms_at = sorted(countable_facts.terms_recorded_at(facts))
        self._asked: dict[int, Questionnaire] = {}

    def score(self, as_of: date, known_by: datetime) -> Fraction | None:
        """Return the score of a day by what was known at a moment; None if nothing had been reviewed by then."""
        if self.first_review is None or self.first_review > known_by:
            return None
        return compute_points(*self._answers(as_of, known_by, is_lean=True))

    def tally(self, as_of: date, known_by: datetime | None) -> Score:
        """Return the score of a day with its reasons."""
        return compute_score(*self._answers(as_of, known_by))

    def worth(self, as_of: date, known_by: datetime | None) -> tuple[Questionnaire, tuple[Fraction, ...]]:
        """Return the questionnaire and the worth of each answer. If both are equal on two days, so are all points."""
        asked, found = self._answers(as_of, known_by, is_lean=True)
        every = (found.questions, found.benchmarks, found.figures)
        return asked, tuple(finding.worth for findings in every for finding in findings.values())

    def _answers(
        self, as_of: date, known_by: datetime | None, *, is_lean: bool = False
    ) -> tuple[Questionnaire, Answers]:
        moment = known_by or ALL_KNOWN_AT
        asked = self._questionnaire(moment)
        return asked, compute_answers(asked, self.ledger.verified(as_of, moment, is_lean=is_lean))

    def _questionnaire(self, known_by: datetime) -> Questionnaire:
        """Return the questionnaire known by a moment. It stays the same until other terms are recorded."""
        recorded = bisect_right(self._terms_at, known_by)
        if recorded not in self._asked:
            self._asked[recorded] = build_questionnaire(countable_facts.facts_known_by(self.facts, known_by))
        return self._asked[recorded]
