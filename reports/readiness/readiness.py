"""Evaluate readiness, method version 1: a score of 100 points for the record, with its reasons.

The score never predicts a tier: the tier is the Secretary of State's decision (22 U.S.C. 7107(b)). The score is the
sum of four parts, in exact fractions. Each part is the sum of its lines, and each line is its maximum times its share.
Everything depends only on the facts, a day and a moment of knowledge.

`compute_answers` (`reports.readiness.answers`) says what one view of the record answers. `compute_score`
(`reports.readiness.scoring`) turns answers into points. Verified, claimed, possible and projected are scores
of different views of the same record.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import partial

from recommendations.watch_list import years_on_watch_list
from reports.choices import StepKind
from reports.readiness import countable_facts
from reports.readiness.answers import Answers, compute_answers, max_answers
from reports.readiness.checks import RecordProblem, find_problems
from reports.readiness.commitment_standings import (
    DatedCommitment,
    date_commitments,
    open_commitments,
    update_commitments,
)
from reports.readiness.countable_facts import FactView
from reports.readiness.fact_views import FactViews, build_fact_views, update_fact_views
from reports.readiness.facts import EditionFact, Facts
from reports.readiness.forecast.claims import Claim, MinistryClaims, claims_by_ministry, find_waiting_claims
from reports.readiness.forecast.next_steps import NextSteps, ReadinessStep, compute_next_steps
from reports.readiness.forecast.projection import (
    BenchmarkGain,
    EvaluatedRecord,
    OpenCommitment,
    benchmark_gains,
    due_dates,
    project,
    project_open_commitments,
    smallest_benchmark_set,
)
from reports.readiness.kept_results import KeptResults
from reports.readiness.new_rows import NewRows
from reports.readiness.questionnaire import build_questionnaire
from reports.readiness.reversed_actions import ReversedAction, find_reversed_actions
from reports.readiness.scoring import Score, compute_score
from tiptracker.localization import one_language

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
    known by the moment, and `open_commitments` those of the government. `views`, `commitments` (by id) and
    `kept_results` are what `bring_up_to_date` begins with.
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
    views: FactViews = field(compare=False, repr=False)
    commitments: Mapping[int, DatedCommitment] = field(compare=False, repr=False)
    kept_results: KeptResults = field(compare=False, repr=False)
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
        return benchmark_gains(self.verified_record, self.due)

    def smallest_set(self) -> tuple[int, ...] | None:
        """Return the fewest open benchmarks (ids) that would reach the target if met.

        The result is None if even all of them do not reach it, or if there is no target.
        """
        return smallest_benchmark_set(self.verified_record, self.readiness_target, self.due)

    def reversed_actions(self) -> tuple[ReversedAction, ...]:
        """Return the verified actions that were reversed by the day."""
        facts = self.known_facts
        rows = (facts.evidence, facts.evidence_links, facts.reviews, facts.assessments)
        return self.kept_results.once(
            "reversed actions", rows, partial(find_reversed_actions, facts, self.as_of, self.views)
        )

    def score_with(self, steps: Iterable[ReadinessStep], *, met: Collection[int] = ()) -> Score:
        """Return the score as it would be with these next steps taken and these benchmarks (ids) met."""
        answers = project(self.verified_record, met=met)
        for step in steps:
            answers = max_answers(answers, step.answers)
        return compute_score(self.verified_record.questionnaire, answers)


@one_language()
def evaluate_readiness(facts: Facts, *, as_of: date, known_by: datetime | None = None) -> Readiness:
    """Evaluate readiness as of a day, by what was known at a moment (None: everything recorded).

    An action scores only if the government took it and it was verified by the moment. It must also lie wholly in the
    tracking period and be over by the day (22 U.S.C. 7107(b), Tier 2).
    """
    known_facts = countable_facts.facts_known_by(facts, known_by)
    views, commitments = build_fact_views(known_facts, as_of), date_commitments(known_facts, as_of)
    return _conclude(views, commitments, KeptResults(), as_of, known_by)


@one_language()
def bring_up_to_date(readiness: Readiness, facts: Facts, new_rows: NewRows) -> Readiness:
    """Return what `evaluate_readiness` returns for `facts`, as of the same day and by everything recorded.

    Only what the new rows touch is computed again: the views of their benchmarks and indicators, their commitments, and
    each result that rests on something else than before.

    Args:
        readiness: the readiness before, by everything recorded then, whose sentences are in the same language.
        facts: the facts with the new rows (see `NewRows.added_to`). Terms, milestones and indicators may have changed,
            too.
        new_rows: the rows that were added or have changed since.
    """
    as_of, views = readiness.as_of, readiness.views
    views = update_fact_views(views, facts, new_rows, as_of)
    commitments = update_commitments(readiness.commitments, facts, new_rows, as_of)
    return _conclude(views, commitments, readiness.kept_results, as_of, None)


def _conclude(
    views: FactViews,
    dated: Mapping[int, DatedCommitment],
    kept: KeptResults,
    as_of: date,
    known_by: datetime | None,
) -> Readiness:
    """Return the readiness that follows from the views of the known facts and from the commitments as of a day."""
    facts = views.index.facts
    asked = (facts.edition, facts.edition_terms, facts.recommendations, facts.benchmarks, facts.indicators)
    questionnaire = kept.once("questionnaire", asked, partial(build_questionnaire, facts))

    def answers(name: str, view: FactView) -> Answers:
        return compute_answers(questionnaire, view, kept, name)

    def score(name: str, given: Answers) -> Score:
        return compute_score(questionnaire, given, kept, name)

    verified_answers = answers("verified", views.verified)
    claimed_answers = max_answers(verified_answers, answers("claimed", views.claimed))
    last_actions = views.verified_last_actions
    verified_record = EvaluatedRecord(questionnaire, last_actions, answers("last actions", last_actions))
    claimed_record = EvaluatedRecord(questionnaire, views.claimed, claimed_answers)
    waiting = find_waiting_claims(views.index, verified_record, claimed_record, kept)
    commitments = tuple((row.commitment, row.summary.due_on) for row in open_commitments(dated.values()))
    terms = countable_facts.newest_row(facts.edition_terms)
    deadline_on = terms.deadline_on if terms else None
    projected = project_open_commitments(commitments, as_of, deadline_on, claimed_record)
    return Readiness(
        edition=facts.edition,
        as_of=as_of,
        known_by=known_by,
        verified=score("verified", verified_answers),
        claimed=score("claimed", claimed_answers),
        possible=score("possible", max_answers(verified_answers, answers("begun", views.begun))),
        projected=score("projected", projected),
        is_reviewed=views.index.is_reviewed,
        waiting=views.waiting,
        claims=claims_by_ministry(verified_record, waiting),
        checks=find_problems(views.index, questionnaire, views.verified, dated, as_of=as_of, kept=kept),
        watch_list_years=years_on_watch_list(facts.tiers, facts.edition.year),
        deadline_on=deadline_on,
        readiness_target=terms.readiness_target if terms else None,
        readiness_target_reason=terms.readiness_target_reason if terms else "",
        due=due_dates(commitments),
        verified_record=verified_record,
        claimed_record=claimed_record,
        known_facts=facts,
        open_commitments=commitments,
        waiting_claims=waiting,
        views=views,
        commitments=dated,
        kept_results=kept,
    )
