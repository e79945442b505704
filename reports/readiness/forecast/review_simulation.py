"""Simulate what reviews and assessments that do not exist yet would do to the score of a record.

Nothing is estimated. The simulated reviews and assessments are added to the rows they are about, and the rules of
`reports.readiness.verified_history`, `.answers` and `.scoring` are applied again. So the real points equal the
simulated points, as long as nothing else is recorded in between.

What all simulations of a record need is looked up once, so a long list (`.review_priority`) costs little more an item.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction
from typing import NamedTuple

from dialogues.choices import EvidenceDecision, Verdict
from dialogues.effective_reading import find_effective_reading
from recommendations.choices import Rule
from reports import formatting
from reports.readiness.answers import Answers, Finding, compute_answers, compute_partial_answers
from reports.readiness.countable_facts import Action, FactView, group_by_key, is_action, newest_row
from reports.readiness.exact_sums import FULL, HALF
from reports.readiness.fact_index import FactIndex
from reports.readiness.facts import AssessmentFact, EvidenceFact, EvidenceReviewFact, Facts, IndicatorFact, ReadingFact
from reports.readiness.questionnaire import AskedBenchmark, build_questionnaire
from reports.readiness.scoring import PointCalculator
from reports.readiness.verified_history import VerifiedHistory
from tiptracker.localization import format_number, gettext

FIRST_HYPOTHETICAL_ID = 1 << 62
"""The first id of simulated rows: above every real id, so that they are the newer of two rows of one moment."""


class ReviewDecision(NamedTuple):
    """A simulated decision on an evidence link (id) or, without one, on the evidence itself (id).

    `first_on` is the start date that the reviewer enters. It is ignored if the evidence has a start date.
    """

    evidence_id: int
    evidence_link_id: int | None
    decision: EvidenceDecision
    first_on: date | None = None


class AssumedVerdict(NamedTuple):
    """A simulated verdict on a benchmark (id), and the ids of the evidence it would rest on."""

    benchmark_id: int
    verdict: Verdict
    rests_on: frozenset[int]


@dataclass(frozen=True, slots=True)
class SimulatedOutcome:
    """The record as it would be: the view, its answers and its score of 100.

    `reviews` are all reviews, real and simulated, by the id of the evidence that was decided on. The shares of the
    answers are exact, but their reasons and rows are not meant to be shown.
    """

    view: FactView
    answers: Answers
    score: Fraction
    reviews: Mapping[int, tuple[EvidenceReviewFact, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ScoreDrop:
    """Something that would be worth less than now.

    If a figure causes the drop, `indicator` is what is counted. `before` is the reading verified now, and `after` the
    one that would be in force (None: none). `lines` maps the key of a benchmark or the title of a question to its
    shares now and then.
    """

    lines: Mapping[str, tuple[Fraction, Fraction]]
    indicator: IndicatorFact | None = None
    before: ReadingFact | None = None
    after: ReadingFact | None = None


@dataclass(frozen=True, slots=True)
class AssessmentGain:
    """What assessing these benchmarks (keys such as "6a") with a verdict would add once the update is accepted."""

    benchmarks: tuple[str, ...]
    verdict: Verdict
    points: Fraction


@dataclass(frozen=True, slots=True)
class UpdateGain:
    """The score today, what accepting an update adds, and what each assessment adds after that. All are of 100.

    `accepting` is None if the update was accepted already. `drops` are the drops that accepting it would cause.
    `needs_start_date` is True if evidence has no start date and no decision enters one. The points then come only if
    the review enters a start date in the tracking period.
    """

    score: Fraction
    accepting: Fraction | None
    assessing: tuple[AssessmentGain, ...]
    needs_start_date: bool
    drops: tuple[ScoreDrop, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewGain:
    """The score today, what reviews would add to it, and the drops that they would cause."""

    score: Fraction
    points: Fraction
    drops: tuple[ScoreDrop, ...]


class ReviewSimulation:
    """Simulate reviews and assessments of an edition's record on the day `as_of`, recorded at the moment `now`."""

    def __init__(self, facts: Facts, *, as_of: date, now: datetime) -> None:
        self.facts, self.as_of, self.now = facts, as_of, now
        self._questionnaire = build_questionnaire(facts)
        self._points = PointCalculator(self._questionnaire).points
        self._index = FactIndex(facts)
        self._evidence_by_update = group_by_key(
            (row.update_version_id, row) for row in self._index.in_force if row.update_version_id is not None
        )
        self._evidence_links = group_by_key((row.evidence_id, row) for row in facts.evidence_links)
        self._readings = group_by_key((row.evidence_id, row) for row in facts.readings)
        self._reviews = group_by_key((row.evidence_id, row) for row in facts.reviews)
        self._assessments = group_by_key((row.benchmark_id, row) for row in facts.assessments)
        self._rested_on = {
            (row.benchmark_id, evidence_id) for row in facts.assessments for evidence_id in row.evidence_ids
        }
        verified = VerifiedHistory.from_facts(facts).verified(as_of)
        self._actions = verified.actions
        last_actions = replace(verified, actions={key: rows[-1:] for key, rows in self._actions.items()})
        answers = compute_answers(self._questionnaire, last_actions)
        self.current = SimulatedOutcome(last_actions, answers, self._points(answers))

    # --- Simulated rows -----------------------------------------------------------------------------------------------

    def with_reviews(self, decisions: Iterable[ReviewDecision]) -> SimulatedOutcome:
        """Return the record with these decisions recorded now."""
        simulated: dict[int, list[EvidenceReviewFact]] = {}
        for number, decision in enumerate(decisions):
            row = EvidenceReviewFact(
                FIRST_HYPOTHETICAL_ID + number,
                decision.evidence_id,
                decision.evidence_link_id,
                self.now,
                decision.decision,
                decision.first_on,
            )
            simulated.setdefault(decision.evidence_id, []).append(row)
        decided = simulated.keys() & self._index.evidence.keys()
        if not decided:
            return self.current
        reviews = {key: (*self._reviews.get(key, ()), *simulated[key]) for key in decided}
        evidence_links = tuple(row for key in decided for row in self._evidence_links.get(key, ()))
        own_facts = replace(
            self.facts,
            evidence=tuple(row for key in decided for row in self._with_revision(key)),
            evidence_links=evidence_links,
            readings=tuple(row for key in decided for row in self._readings.get(key, ())),
            reviews=tuple(row for key in decided for row in reviews[key]),
            assessments=(),
        )
        own_view = VerifiedHistory.from_facts(own_facts).last_verified(self.as_of)
        actions, readings = dict(self.current.view.actions), dict(self.current.view.readings)
        benchmarks = {row.benchmark_id for row in evidence_links}
        for key in benchmarks:
            last_other = next(
                (action for action in reversed(self._actions.get(key, ())) if action.evidence_id not in decided), None
            )
            actions[key] = _last_action([*([last_other] if last_other else []), *own_view.actions.get(key, ())])
        indicators = {row.indicator_id for row in own_facts.readings}
        for key in indicators:
            kept = [row for row in readings.get(key, ()) if row.evidence_id not in decided]
            readings[key] = (*kept, *own_view.readings.get(key, ()))
        view = replace(self.current.view, actions=actions, readings=readings, figures=readings)
        return self._outcome(self.current.answers, view, reviews, benchmarks, indicators)

    def with_assessments(self, outcome: SimulatedOutcome, verdicts: Iterable[AssumedVerdict]) -> SimulatedOutcome:
        """Return an outcome with these verdicts recorded now."""
        rows = [
            AssessmentFact(FIRST_HYPOTHETICAL_ID + number, row.benchmark_id, self.now, row.verdict, row.rests_on)
            for number, row in enumerate(verdicts)
        ]
        if not rows:
            return outcome
        benchmarks = {row.benchmark_id for row in rows}
        rows += [row for key in benchmarks for row in self._assessments.get(key, ())]
        rested_on = {evidence_id for row in rows for evidence_id in row.evidence_ids} & self._index.evidence.keys()
        own_facts = replace(
            self.facts,
            evidence=tuple(self._index.evidence[key] for key in rested_on),
            evidence_links=(),
            readings=(),
            reviews=(),
            assessments=tuple(rows),
        )
        assessments = VerifiedHistory.from_facts(own_facts).verified(self.as_of).assessments
        view = replace(outcome.view, assessments={**outcome.view.assessments, **assessments})
        return self._outcome(outcome.answers, view, outcome.reviews, benchmarks)

    def _outcome(
        self,
        previous: Answers,
        view: FactView,
        reviews: Mapping[int, tuple[EvidenceReviewFact, ...]],
        benchmarks: Collection[int],
        indicators: Collection[int] = (),
    ) -> SimulatedOutcome:
        """Return an outcome that answers only these benchmarks and indicators (ids) again."""
        affected = [
            benchmark
            for benchmark in self._questionnaire.benchmarks
            if benchmark.id in benchmarks
            or (benchmark.is_decided_by_figure and benchmark.terms.indicator_id in indicators)
        ]
        changed = compute_partial_answers(self._questionnaire, view, affected, indicators)
        answers = Answers(
            {**previous.questions, **changed.questions},
            {**previous.benchmarks, **changed.benchmarks},
            {**previous.required_figures, **changed.required_figures},
        )
        return SimulatedOutcome(view, answers, self._points(answers), reviews)

    # --- Gains and drops ----------------------------------------------------------------------------------------------

    def update_gain(
        self, update_version_id: int, *, decisions: Collection[ReviewDecision] = (), is_accepted: bool = False
    ) -> UpdateGain:
        """Return what deciding on an update would add.

        An assessment is taken to rest on what the page ticks: the verified evidence of the update that no earlier
        assessment rests on. If there is none, it rests on nothing.

        Args:
            update_version_id: the id of the update version.
            decisions: the decisions that accepting it records. Every other line of its evidence is taken as verified.
            is_accepted: whether the update was accepted already. Its reviews then stay as they are.
        """
        evidence = self.update_evidence(update_version_id)
        all_decisions = [] if is_accepted else self.with_rest_verified(evidence, decisions)
        accepted = self.with_reviews(all_decisions)
        assessable = self.assessable_benchmarks(evidence)
        choices = [(benchmark,) for benchmark in assessable] + ([assessable] if len(assessable) > 1 else [])
        return UpdateGain(
            score=self.current.score,
            accepting=None if is_accepted else accepted.score - self.current.score,
            assessing=tuple(
                AssessmentGain(
                    tuple(benchmark.key for benchmark in choice),
                    verdict,
                    self.with_verdict(accepted, evidence, choice, verdict).score - accepted.score,
                )
                for choice in choices
                for verdict in (Verdict.STEP, Verdict.MET)
            ),
            needs_start_date=self.lacks_start_date(all_decisions, entered_by=decisions),
            drops=self.score_drops(accepted),
        )

    def review_gain(self, decisions: Iterable[ReviewDecision]) -> ReviewGain:
        """Return what these decisions would add."""
        outcome = self.with_reviews(decisions)
        return ReviewGain(self.current.score, outcome.score - self.current.score, self.score_drops(outcome))

    def verdict_gains(self, benchmark_id: int, *, rests_on: Collection[int]) -> dict[Verdict, Fraction]:
        """Return what each verdict on a benchmark would add if it rested on this evidence (ids)."""
        grounds = frozenset(rests_on)
        return {
            verdict: self.with_assessments(self.current, [AssumedVerdict(benchmark_id, verdict, grounds)]).score
            - self.current.score
            for verdict in Verdict
        }

    def with_verdict(
        self,
        outcome: SimulatedOutcome,
        evidence: Collection[EvidenceFact],
        benchmarks: Iterable[AskedBenchmark],
        verdict: Verdict,
    ) -> SimulatedOutcome:
        """Return an outcome with this verdict on these benchmarks.

        Each verdict rests on the verified evidence in `evidence` that no earlier verdict on the benchmark rests on.
        """
        return self.with_assessments(
            outcome,
            [
                AssumedVerdict(benchmark.id, verdict, self._unused_among(benchmark.id, evidence, outcome))
                for benchmark in benchmarks
            ],
        )

    def score_drops(self, outcome: SimulatedOutcome) -> tuple[ScoreDrop, ...]:
        """Return what would be worth less: drops caused by figures, by indicator, then assessed benchmarks."""
        current, simulated = self.current, outcome
        benchmarks = _find_drops(current.answers.benchmarks, simulated.answers.benchmarks)
        questions = _find_drops(current.answers.questions, simulated.answers.questions)
        figures = _find_drops(current.answers.required_figures, simulated.answers.required_figures)
        lower = [benchmark for benchmark in self._questionnaire.benchmarks if benchmark.id in benchmarks]
        drops = []
        for indicator in self._questionnaire.indicators.values():
            lines = {
                benchmark.key: benchmarks[benchmark.id]
                for benchmark in lower
                if benchmark.is_decided_by_figure and benchmark.terms.indicator_id == indicator.id
            }
            if question := indicator.question:
                lines |= {question.label: questions[question]} if question in questions else {}
                data = gettext("Data given: %(indicator)s") % {"indicator": question.label}
                lines |= {data: figures[question]} if question in figures else {}
            if lines:
                before, after = (
                    find_effective_reading(state.view.readings.get(indicator.id, ())) for state in (current, simulated)
                )
                drops.append(ScoreDrop(lines, indicator, before, after))
        assessed = (ScoreDrop({asked.key: benchmarks[asked.id]}) for asked in lower if not asked.is_decided_by_figure)
        return (*drops, *assessed)

    # --- Lines and evidence -------------------------------------------------------------------------------------------

    def update_evidence(self, update_version_id: int) -> tuple[EvidenceFact, ...]:
        """Return the evidence of an update without what was revised since: a revised row is no longer part of it."""
        return self._evidence_by_update.get(update_version_id, ())

    def evidence_with_id(self, evidence_id: int) -> tuple[EvidenceFact, ...]:
        """Return the evidence with this id as a tuple; empty if the record has none."""
        row = self._index.evidence.get(evidence_id)
        return (row,) if row else ()

    def review_lines(self, evidence_id: int) -> list[int | None]:
        """Return the lines on which evidence is reviewed: the id of each link, and None for the evidence itself.

        The evidence itself is a line if a figure cites it or if it has no link.
        """
        evidence_links: list[int | None] = [row.id for row in self._evidence_links.get(evidence_id, ())]
        return evidence_links if evidence_links and evidence_id not in self._readings else [*evidence_links, None]

    def unreviewed_lines(self, evidence_id: int) -> list[int | None]:
        """Return the lines of evidence that have no review. The evidence itself needs one since its last figure."""
        reviews = self._reviews.get(evidence_id, ())
        reviewed_links = {row.evidence_link_id for row in reviews}
        newest_reading_at = max((row.recorded_at for row in self._readings.get(evidence_id, ())), default=None)
        is_reviewed = any(
            row.evidence_link_id is None and (newest_reading_at is None or row.recorded_at >= newest_reading_at)
            for row in reviews
        )
        return [
            line
            for line in self.review_lines(evidence_id)
            if (not is_reviewed if line is None else line not in reviewed_links)
        ]

    def with_rest_verified(
        self, evidence: Collection[EvidenceFact], decisions: Iterable[ReviewDecision] = ()
    ) -> list[ReviewDecision]:
        """Return these decisions, and every other line of the evidence as verified, as accepting an update does.

        For evidence without a start date, the other lines take its end date as the start date. Any day in the tracking
        period gives the same result.
        """
        given = {(decision.evidence_id, decision.evidence_link_id): decision for decision in decisions}
        return [
            given.get((row.id, line)) or verifying_decision(row, line)
            for row in evidence
            for line in self.review_lines(row.id)
        ]

    def lacks_start_date(
        self, decisions: Iterable[ReviewDecision], *, entered_by: Iterable[ReviewDecision] = ()
    ) -> bool:
        """Return whether a decision verifies evidence without a start date, and `entered_by` does not enter one."""
        with_start_date = {
            (decision.evidence_id, decision.evidence_link_id) for decision in entered_by if decision.first_on
        }
        return any(
            decision.decision is EvidenceDecision.VERIFIED
            and (decision.evidence_id, decision.evidence_link_id) not in with_start_date
            and any(row.happened_from is None for row in self.evidence_with_id(decision.evidence_id))
            for decision in decisions
        )

    def assessable_benchmarks(self, evidence: Iterable[EvidenceFact]) -> tuple[AskedBenchmark, ...]:
        """Return the benchmarks that the embassy assesses and on which this evidence shows action, in order."""
        shown_ids = {
            evidence_link.benchmark_id
            for row in evidence
            for evidence_link in self._evidence_links.get(row.id, ())
            if is_action(evidence_link, row)
        }
        return tuple(
            benchmark
            for benchmark in self._questionnaire.benchmarks
            if benchmark.id in shown_ids and benchmark.terms.rule is Rule.ASSESSED
        )

    def unused_evidence_ids(self, benchmark_id: int, *, update_version_id: int | None = None) -> frozenset[int]:
        """Return the ids of verified evidence on a benchmark that no verdict on it rests on.

        With `update_version_id`, only evidence of that update is looked at. Evidence of returned and
        withdrawn updates is left out.
        """
        rows = self._index.in_force if update_version_id is None else self.update_evidence(update_version_id)
        return self._unused_among(
            benchmark_id, [row for row in rows if not self._index.claims_ended_at(row.update_version_id)], self.current
        )

    def _unused_among(
        self, benchmark_id: int, rows: Iterable[EvidenceFact], outcome: SimulatedOutcome
    ) -> frozenset[int]:
        return frozenset(
            row.id
            for row in rows
            if (benchmark_id, row.id) not in self._rested_on
            and any(
                evidence_link.benchmark_id == benchmark_id and self._is_verified(row.id, evidence_link.id, outcome)
                for evidence_link in self._evidence_links.get(row.id, ())
            )
        )

    def _is_verified(self, evidence_id: int, evidence_link_id: int, outcome: SimulatedOutcome) -> bool:
        reviews = outcome.reviews.get(evidence_id) or self._reviews.get(evidence_id, ())
        newest = newest_row(row for row in reviews if row.evidence_link_id == evidence_link_id)
        return newest is not None and newest.decision is EvidenceDecision.VERIFIED

    def _with_revision(self, evidence_id: int) -> list[EvidenceFact]:
        """Return a piece of evidence and the revision that replaced it, if any."""
        revision = self._index.revisions.get(evidence_id)
        return [self._index.evidence[evidence_id], *([revision] if revision else [])]


def verifying_decision(row: EvidenceFact, evidence_link_id: int | None) -> ReviewDecision:
    """Return the decision that verifies a line. If the evidence has no start date, it enters the end date."""
    return ReviewDecision(
        row.id, evidence_link_id, EvidenceDecision.VERIFIED, None if row.happened_from else row.happened_to
    )


def describe_drop(drop: ScoreDrop) -> str:
    """Return why something drops, as a sentence: "Prosecutions: 6 would replace 8, which is verified."."""
    if drop.indicator is None:
        ((key, (share_now, share_then)),) = drop.lines.items()
        if share_then == HALF:
            return gettext("Benchmark %(benchmark)s would count half. It counts fully now.") % {"benchmark": key}
        if share_now == FULL:
            return gettext("Benchmark %(benchmark)s would not count. It counts fully now.") % {"benchmark": key}
        return gettext("Benchmark %(benchmark)s would not count. It counts half now.") % {"benchmark": key}
    values = {
        "indicator": formatting.capitalize_first(drop.indicator.name),
        "before": _format_figure(drop.indicator, drop.before),
        "after": _format_figure(drop.indicator, drop.after),
    }
    has_figure_before = drop.before is not None and drop.before.figure is not None
    if drop.after is None or drop.after.is_no_data:
        sentence = gettext("%(indicator)s: no figure would be left. A direction without a figure is verified now.")
        if has_figure_before:
            sentence = gettext("%(indicator)s: no figure would be left. %(before)s is verified now.")
    elif drop.after.figure is None:
        sentence = gettext("%(indicator)s: a direction without a figure would replace another direction.")
        if has_figure_before:
            sentence = gettext("%(indicator)s: a direction alone would replace %(before)s, which is verified.")
    else:
        sentence = gettext("%(indicator)s: %(after)s would replace a direction without a figure, which is verified.")
        if has_figure_before:
            sentence = gettext("%(indicator)s: %(after)s would replace %(before)s, which is verified.")
    return sentence % values


def _format_figure(indicator: IndicatorFact, reading: ReadingFact | None) -> str:
    """Return a figure with its unit, unless the indicator's name begins with it: "1,200 LSL", "6"."""
    if reading is None or reading.figure is None:
        return ""
    is_named = indicator.name.casefold().startswith(indicator.unit.casefold())
    return f"{format_number(reading.figure)} {'' if is_named else indicator.unit}".rstrip()


def _find_drops[K](current: Mapping[K, Finding], simulated: Mapping[K, Finding]) -> dict[K, tuple[Fraction, Fraction]]:
    """Return what is worth less then than now, with both shares."""
    return {
        key: (finding.worth, simulated[key].worth)
        for key, finding in current.items()
        if simulated[key].worth < finding.worth
    }


def _last_action(actions: Collection[Action]) -> tuple[Action, ...]:
    """Return only the last of some actions on a benchmark: its share depends on no other."""
    return (max(actions, key=lambda action: (action.counts_from, action.evidence_id)),) if actions else ()
