"""Explain each line of the score, down to the rows it rests on and the rows that do not count, each with its reason.

A line rests on one or more criteria: a question on its figures, a recommendation on its benchmarks, a P on everything
that is asked of it. Every known row given for a criterion appears once: as a row it rests on, as a claim that would
count, or as a row that does not count.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter

from recommendations.choices import EffortQuestion, Pillar, Rule
from reports.choices import PartKey
from reports.readiness import countable_facts
from reports.readiness.answers import Finding, RowReference, claimed_reason
from reports.readiness.explanation.counting_reasons import CountingStatus, CountingStatuses, find_counting_statuses
from reports.readiness.facts import Facts
from reports.readiness.questionnaire import AskedBenchmark, AskedRecommendation
from reports.readiness.readiness import Readiness
from reports.readiness.scoring import ScoreLine
from tiptracker.localization import gettext, gettext_noop

REPLACED_BY_LATER = gettext_noop("replaced by a later figure")
NO_DATA_REPLACES_NOTHING = gettext_noop("“no data” never replaces a figure")
ANOTHER_VERDICT_HOLDS = gettext_noop("another assessment is in force")
HOLDS_LATER = gettext_noop("in force from a later day")
ADDS_NOTHING = gettext_noop("not verified yet, and would add nothing")


@dataclass(frozen=True, slots=True)
class ExplainedRow:
    """A row given for a criterion.

    `reason` is the reason if it does not count. `is_claim` is True if it would count once verified.
    """

    row: RowReference
    reason: str = ""
    is_claim: bool = False


@dataclass(frozen=True, slots=True)
class VerifiedAndClaimedLine:
    """A line of a part, as verified and as claimed. `address` identifies it within the part ("6a")."""

    part: PartKey
    address: str
    line: ScoreLine
    claimed_line: ScoreLine

    @property
    def claim(self) -> str:
        """A sentence on what claims would add; empty if they add nothing."""
        return claimed_reason(self.line.finding, self.claimed_line.finding)


@dataclass(frozen=True, slots=True)
class CriterionExplanation(VerifiedAndClaimedLine):
    """One question, figure or benchmark, with every row given for it.

    `benchmark_id` is None for a question or a figure.
    """

    benchmark_id: int | None
    rows: tuple[ExplainedRow, ...]

    @property
    def rests_on(self) -> tuple[ExplainedRow, ...]:
        """The rows that count."""
        return tuple(row for row in self.rows if not row.reason)

    @property
    def claimed(self) -> tuple[ExplainedRow, ...]:
        """The rows that would count if they were verified."""
        return tuple(row for row in self.rows if row.is_claim)

    @property
    def not_counted(self) -> tuple[ExplainedRow, ...]:
        """The rows that do not count."""
        return tuple(row for row in self.rows if row.reason and not row.is_claim)


@dataclass(frozen=True, slots=True)
class LineExplanation(VerifiedAndClaimedLine):
    """A line of a part with the criteria it rests on, or a benchmark with the line of its recommendation."""

    recommendation_id: int | None
    benchmark_id: int | None
    recommendation_line: ScoreLine | None
    criteria: tuple[CriterionExplanation, ...]


class ScoreExplanation:
    """The explanations of one result, by part and address. `facts` are those that it was computed from."""

    def __init__(self, facts: Facts, result: Readiness) -> None:
        self._questionnaire = result.verified_record.questionnaire
        self._facts = countable_facts.facts_known_by(facts, result.known_by)
        self._statuses: CountingStatuses = find_counting_statuses(self._facts, result.as_of)
        self._lines = {
            (part.key, line.key): (line, claimed_line)
            for part, claimed in zip(result.verified.parts, result.claimed.parts, strict=True)
            for line, claimed_line in zip(part.lines, claimed.lines, strict=True)
        }
        action = next(part for part in result.verified.parts if part.key is PartKey.ACTION)
        asked = tuple(zip(self._questionnaire.recommendations, action.lines, strict=True))
        self._recommendations = {line.key: recommendation for recommendation, line in asked}
        self._recommendation_lines = {recommendation.id: line for recommendation, line in asked}
        self._benchmark_lines = {
            benchmark.benchmark_id: (benchmark.line, claimed_line.line)
            for benchmark, claimed_line in zip(result.verified.benchmarks, result.claimed.benchmarks, strict=True)
        }

    def lines_of_part(self, part: PartKey) -> tuple[LineExplanation, ...]:
        """Return the lines of a part, in order."""
        return tuple(self._line(*key) for key in self._lines if key[0] is part)

    def find_line(self, part: PartKey, address: str) -> LineExplanation | None:
        """Return a line of a part ("prosecutions", "6") or a benchmark ("6a"); None if there is none."""
        if (part, address) in self._lines:
            return self._line(part, address)
        for recommendation in self._questionnaire.recommendations if part is PartKey.ACTION else ():
            for benchmark in recommendation.benchmarks:
                if benchmark_address(recommendation, benchmark) == address:
                    return self._benchmark(recommendation, benchmark)
        return None

    def _line(self, part: PartKey, key: str) -> LineExplanation:
        recommendation = self._recommendations[key] if part is PartKey.ACTION else None
        return LineExplanation(
            part,
            key,
            *self._lines[part, key],
            recommendation_id=recommendation.id if recommendation else None,
            benchmark_id=None,
            recommendation_line=None,
            criteria=tuple(self._criteria(part, key, recommendation)),
        )

    def _benchmark(self, recommendation: AskedRecommendation, benchmark: AskedBenchmark) -> LineExplanation:
        criterion = self._of_benchmark(recommendation, benchmark)
        recommendation_line = self._recommendation_lines[recommendation.id]
        return LineExplanation(
            PartKey.ACTION,
            criterion.address,
            criterion.line,
            criterion.claimed_line,
            recommendation.id,
            benchmark.id,
            recommendation_line,
            (criterion,),
        )

    def _criteria(
        self, part: PartKey, key: str, recommendation: AskedRecommendation | None
    ) -> Iterator[CriterionExplanation]:
        if recommendation is not None:
            yield from (self._of_benchmark(recommendation, benchmark) for benchmark in recommendation.benchmarks)
        elif part is PartKey.THREE_PS:
            yield from self._of_pillar(Pillar(key))
        elif part is PartKey.EFFORTS and key == EffortQuestion.COMPLICITY:
            yield from self._of_benchmarks(
                benchmark for benchmark in self._questionnaire.benchmarks if benchmark.terms.is_about_complicity
            )
        else:
            yield self._of_question(part, EffortQuestion(key))

    def _of_pillar(self, pillar: Pillar) -> Iterator[CriterionExplanation]:
        """Yield everything asked of a P: the questions whose figures move it, then its benchmarks."""
        for question in EffortQuestion:
            indicator = self._questionnaire.indicator_of(question)
            if question is not EffortQuestion.COMPLICITY and indicator and indicator.pillar is pillar:
                yield self._of_question(PartKey.EFFORTS, question)
        yield from self._of_benchmarks(
            benchmark for benchmark in self._questionnaire.benchmarks if benchmark.pillar is pillar
        )

    def _of_benchmarks(self, benchmarks: Iterable[AskedBenchmark]) -> Iterator[CriterionExplanation]:
        by_id = {recommendation.id: recommendation for recommendation in self._questionnaire.recommendations}
        return (self._of_benchmark(by_id[benchmark.recommendation_id], benchmark) for benchmark in benchmarks)

    def _of_benchmark(self, recommendation: AskedRecommendation, benchmark: AskedBenchmark) -> CriterionExplanation:
        line, claimed_line = self._benchmark_lines[benchmark.id]
        if benchmark.terms.rule is Rule.ASSESSED:
            rows = [*self._evidence_links(benchmark.id), *self._assessments(benchmark.id)]
        else:
            is_compared = benchmark.terms.rule is Rule.MORE
            figures = self._readings(
                benchmark.terms.indicator_id, line.finding, claimed_line.finding, is_compared=is_compared
            )
            rows = [*figures, *self._evidence_links(benchmark.id)]
        return CriterionExplanation(
            PartKey.ACTION, benchmark_address(recommendation, benchmark), line, claimed_line, benchmark.id, tuple(rows)
        )

    def _of_question(self, part: PartKey, question: EffortQuestion) -> CriterionExplanation:
        line, claimed_line = self._lines[part, question.value]
        indicator = self._questionnaire.indicator_of(question)
        rows = self._readings(
            indicator.id if indicator else None, line.finding, claimed_line.finding, is_compared=part is PartKey.EFFORTS
        )
        return CriterionExplanation(part, question.value, line, claimed_line, None, tuple(rows))

    def _evidence_links(self, benchmark_id: int) -> Iterator[ExplainedRow]:
        """Yield the evidence that supports a benchmark, the latest event first."""
        end_dates = {row.id: row.happened_to for row in self._facts.evidence}
        rows = [
            row
            for row in self._facts.evidence_links
            if row.benchmark_id == benchmark_id and row.evidence_id in end_dates
        ]
        for row in sorted(rows, key=lambda row: (end_dates[row.evidence_id], row.evidence_id), reverse=True):
            status = self._statuses.evidence_links[row.id]
            yield _explained_row(RowReference("evidence", row.evidence_id), status)

    def _assessments(self, benchmark_id: int) -> Iterator[ExplainedRow]:
        """Yield the assessments of a benchmark, the newest first. At most one of them is in force."""
        rows = [row for row in self._facts.assessments if row.benchmark_id == benchmark_id]
        in_force = self._statuses.assessments_in_force
        reason = ANOTHER_VERDICT_HOLDS if any(row.id in in_force for row in rows) else HOLDS_LATER
        for row in sorted(rows, key=attrgetter("recorded_at", "id"), reverse=True):
            yield ExplainedRow(RowReference("assessment", row.id), "" if row.id in in_force else gettext(reason))

    def _readings(
        self, indicator_id: int | None, finding: Finding, claimed_finding: Finding, *, is_compared: bool
    ) -> Iterator[ExplainedRow]:
        """Yield an indicator's readings, the latest day covered first.

        Readings of the year before are included if the rule compares with them (`is_compared`).
        """
        first = self._facts.edition.tracking.starts_on
        rows = [
            row
            for row in self._facts.readings
            if row.indicator_id == indicator_id and (is_compared or row.through_on >= first)
        ]
        for row in sorted(rows, key=attrgetter("through_on", "recorded_at", "id"), reverse=True):
            reference, status = RowReference("reading", row.id), self._statuses.readings[row.id]
            if status.counts and reference not in finding.rows:
                yield ExplainedRow(
                    reference, gettext(NO_DATA_REPLACES_NOTHING if row.is_no_data else REPLACED_BY_LATER)
                )
            elif status.is_claim and reference not in claimed_finding.rows:
                yield ExplainedRow(reference, gettext(ADDS_NOTHING))
            else:
                yield _explained_row(reference, status)


def benchmark_address(recommendation: AskedRecommendation, benchmark: AskedBenchmark) -> str:
    """Return the address of a benchmark's explanation: "6a", "action_plan_6a"."""
    return f"{recommendation.prefix}{benchmark.key}"


def _explained_row(row: RowReference, status: CountingStatus) -> ExplainedRow:
    return ExplainedRow(row, "" if status.counts else status.reason, status.is_claim)
