"""Simulate what reviews and assessments that do not exist yet would do to the score of a record.

Nothing is estimated. The simulated reviews and assessments are added to the rows they are about, and the rules of
`reports.readiness.verified_history`, `.answers` and `.scoring` are applied again. So the real points equal the
simulated points, as long as nothing else is recorded in between.

What all simulations of a record need is looked up once, and each simulation looks only at its own rows. So an inbox of
three hundred items (`reports.readiness.forecast.inbox_priority`) costs little more than ten times one of thirty.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from dialogues.choices import EvidenceDecision, Verdict
from dialogues.effective_reading import find_effective_reading
from recommendations.choices import Rule
from reports import formatting
from reports.readiness.answers import (
    HALF,
    WHOLE,
    Answers,
    AskedBenchmark,
    Finding,
    build_questionnaire,
    compute_answers,
    compute_partial_answers,
)
from reports.readiness.countable_facts import Action, FactView, group_by_key, is_action, newest_row
from reports.readiness.fact_index import FactIndex
from reports.readiness.facts import AssessmentFact, EvidenceFact, EvidenceReviewFact, Facts, IndicatorFact, ReadingFact
from reports.readiness.scoring import PointCalculator
from reports.readiness.verified_history import VerifiedHistory

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

    `accepting` is None if the update was accepted already. `falls` are the drops that accepting it would cause.
    `needs_first_day` is True if evidence has no start date and no decision enters one. The points then come only if
    the review enters a start date in the tracking period.
    """

    score: Fraction
    accepting: Fraction | None
    assessing: tuple[AssessmentGain, ...]
    needs_first_day: bool
    falls: tuple[ScoreDrop, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewGain:
    """The score today, what reviews would add to it, and the drops that they would cause."""

    score: Fraction
    points: Fraction
    falls: tuple[ScoreDrop, ...]


class ReviewSimulation:
    """Simulate reviews and assessments of an edition's record on the day `as_of`, recorded at the moment `now`."""

    def __init__(self, facts: Facts, *, as_of: date, now: datetime) -> None:
        self.facts, self.as_of, self.now = facts, as_of, now
        self._asked = build_questionnaire(facts)
        self._points = PointCalculator(self._asked).points
        self._index = FactIndex(facts)
        self._sent = group_by_key(
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
        lean = replace(verified, actions={key: rows[-1:] for key, rows in self._actions.items()})
        found = compute_answers(self._asked, lean)
        self.stands = SimulatedOutcome(lean, found, self._points(found))

    # --- Simulated rows -----------------------------------------------------------------------------------------------

    def with_reviews(self, decisions: Iterable[ReviewDecision]) -> SimulatedOutcome:
        """Return the record with these decisions recorded now."""
        said: dict[int, list[EvidenceReviewFact]] = {}
        for number, one in enumerate(decisions):
            row = EvidenceReviewFact(
                FIRST_HYPOTHETICAL_ID + number,
                one.evidence_id,
                one.evidence_link_id,
                self.now,
                one.decision,
                one.first_on,
            )
            said.setdefault(one.evidence_id, []).append(row)
        decided = said.keys() & self._index.evidence.keys()
        if not decided:
            return self.stands
        reviews = {key: (*self._reviews.get(key, ()), *said[key]) for key in decided}
        evidence_links = tuple(row for key in decided for row in self._evidence_links.get(key, ()))
        alone = replace(
            self.facts,
            evidence=tuple(row for key in decided for row in self._piece(key)),
            evidence_links=evidence_links,
            readings=tuple(row for key in decided for row in self._readings.get(key, ())),
            reviews=tuple(row for key in decided for row in reviews[key]),
            assessments=(),
        )
        theirs = VerifiedHistory.from_facts(alone).verified(self.as_of, is_lean=True)
        actions, readings = dict(self.stands.view.actions), dict(self.stands.view.readings)
        benchmarks = {row.benchmark_id for row in evidence_links}
        for key in benchmarks:
            others = next((act for act in reversed(self._actions.get(key, ())) if act.evidence_id not in decided), None)
            actions[key] = _last_action([*([others] if others else []), *theirs.actions.get(key, ())])
        indicators = {row.indicator_id for row in alone.readings}
        for key in indicators:
            told = [row for row in readings.get(key, ()) if row.evidence_id not in decided]
            readings[key] = (*told, *theirs.readings.get(key, ()))
        sight = replace(self.stands.view, actions=actions, readings=readings, figures=readings)
        return self._seen(self.stands.answers, sight, reviews, benchmarks, indicators)

    def with_assessments(self, outcome: SimulatedOutcome, verdicts: Iterable[AssumedVerdict]) -> SimulatedOutcome:
        """Return an outcome with these verdicts recorded now."""
        rows = [
            AssessmentFact(FIRST_HYPOTHETICAL_ID + number, one.benchmark_id, self.now, one.verdict, one.rests_on)
            for number, one in enumerate(verdicts)
        ]
        if not rows:
            return outcome
        benchmarks = {row.benchmark_id for row in rows}
        rows += [row for key in benchmarks for row in self._assessments.get(key, ())]
        rested_on = {evidence_id for row in rows for evidence_id in row.evidence_ids} & self._index.evidence.keys()
        alone = replace(
            self.facts,
            evidence=tuple(self._index.evidence[key] for key in rested_on),
            evidence_links=(),
            readings=(),
            reviews=(),
            assessments=tuple(rows),
        )
        judgements = VerifiedHistory.from_facts(alone).verified(self.as_of).assessments
        sight = replace(outcome.view, assessments={**outcome.view.assessments, **judgements})
        return self._seen(outcome.answers, sight, outcome.reviews, benchmarks)

    def _seen(
        self,
        before: Answers,
        sight: FactView,
        reviews: Mapping[int, tuple[EvidenceReviewFact, ...]],
        benchmarks: Collection[int],
        indicators: Collection[int] = (),
    ) -> SimulatedOutcome:
        """Return an outcome that answers only these benchmarks and indicators (ids) again."""
        asked = [
            benchmark
            for benchmark in self._asked.benchmarks
            if benchmark.id in benchmarks
            or (benchmark.is_decided_by_figure and benchmark.terms.indicator_id in indicators)
        ]
        again = compute_partial_answers(self._asked, sight, asked, indicators)
        found = Answers(
            {**before.questions, **again.questions},
            {**before.benchmarks, **again.benchmarks},
            {**before.figures, **again.figures},
        )
        return SimulatedOutcome(sight, found, self._points(found), reviews)

    # --- Gains and drops ----------------------------------------------------------------------------------------------

    def of_update(
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
        sent = self.evidence_of(update_version_id)
        said = [] if is_accepted else self.with_the_others_verified(sent, decisions)
        taken = self.with_reviews(said)
        assessable = self.assessable_by(sent)
        choices = [(one,) for one in assessable] + ([assessable] if len(assessable) > 1 else [])
        return UpdateGain(
            score=self.stands.score,
            accepting=None if is_accepted else taken.score - self.stands.score,
            assessing=tuple(
                AssessmentGain(
                    tuple(one.key for one in choice),
                    verdict,
                    self.assessed(taken, sent, choice, verdict).score - taken.score,
                )
                for choice in choices
                for verdict in (Verdict.STEP, Verdict.MET)
            ),
            needs_first_day=self.lacks_first_day(said, stated_by=decisions),
            falls=self.falls(taken),
        )

    def of_reviews(self, decisions: Iterable[ReviewDecision]) -> ReviewGain:
        """Return what these decisions would add."""
        taken = self.with_reviews(decisions)
        return ReviewGain(self.stands.score, taken.score - self.stands.score, self.falls(taken))

    def of_verdicts(self, benchmark_id: int, *, rests_on: Collection[int]) -> dict[Verdict, Fraction]:
        """Return what each verdict on a benchmark would add if it rested on this evidence (ids)."""
        grounds = frozenset(rests_on)
        return {
            verdict: self.with_assessments(self.stands, [AssumedVerdict(benchmark_id, verdict, grounds)]).score
            - self.stands.score
            for verdict in Verdict
        }

    def assessed(
        self,
        outcome: SimulatedOutcome,
        sent: Collection[EvidenceFact],
        benchmarks: Iterable[AskedBenchmark],
        verdict: Verdict,
    ) -> SimulatedOutcome:
        """Return an outcome with this verdict on these benchmarks.

        Each verdict rests on the verified evidence in `sent` that no earlier verdict on the benchmark rests on.
        """
        return self.with_assessments(
            outcome,
            [
                AssumedVerdict(benchmark.id, verdict, self._fresh(benchmark.id, sent, outcome))
                for benchmark in benchmarks
            ],
        )

    def falls(self, outcome: SimulatedOutcome) -> tuple[ScoreDrop, ...]:
        """Return what would be worth less: drops caused by figures, by indicator, then assessed benchmarks."""
        now, then = self.stands, outcome
        benchmarks = _find_drops(now.answers.benchmarks, then.answers.benchmarks)
        questions = _find_drops(now.answers.questions, then.answers.questions)
        figures = _find_drops(now.answers.figures, then.answers.figures)
        fallen = [benchmark for benchmark in self._asked.benchmarks if benchmark.id in benchmarks]
        found = []
        for indicator in self._asked.indicators.values():
            lines = {
                one.key: benchmarks[one.id]
                for one in fallen
                if one.is_decided_by_figure and one.terms.indicator_id == indicator.id
            }
            if question := indicator.question:
                name = formatting.lowercase_first(question.label)
                lines |= {name: questions[question]} if question in questions else {}
                lines |= {f"data on {name}": figures[question]} if question in figures else {}
            if lines:
                before, after = (
                    find_effective_reading(each.view.readings.get(indicator.id, ())) for each in (now, then)
                )
                found.append(ScoreDrop(lines, indicator, before, after))
        assessed = (ScoreDrop({one.key: benchmarks[one.id]}) for one in fallen if not one.is_decided_by_figure)
        return (*found, *assessed)

    # --- Lines and evidence -------------------------------------------------------------------------------------------

    def evidence_of(self, update_version_id: int) -> tuple[EvidenceFact, ...]:
        """Return the evidence of an update without what was revised since: a revised row is no longer part of it."""
        return self._sent.get(update_version_id, ())

    def piece(self, evidence_id: int) -> tuple[EvidenceFact, ...]:
        """Return the evidence with this id as a tuple; empty if the record has none."""
        row = self._index.evidence.get(evidence_id)
        return (row,) if row else ()

    def lines_of(self, evidence_id: int) -> list[int | None]:
        """Return the lines on which evidence is reviewed: the id of each link, and None for the evidence itself.

        The evidence itself is a line if a figure cites it or if it has no link.
        """
        evidence_links: list[int | None] = [row.id for row in self._evidence_links.get(evidence_id, ())]
        return evidence_links if evidence_links and evidence_id not in self._readings else [*evidence_links, None]

    def open_lines(self, evidence_id: int) -> list[int | None]:
        """Return the lines of evidence that have no review. The evidence itself needs one since its last figure."""
        own = self._reviews.get(evidence_id, ())
        said = {row.evidence_link_id for row in own}
        since = max((row.recorded_at for row in self._readings.get(evidence_id, ())), default=None)
        is_told = any(row.evidence_link_id is None and (since is None or row.recorded_at >= since) for row in own)
        return [one for one in self.lines_of(evidence_id) if (not is_told if one is None else one not in said)]

    def with_the_others_verified(
        self, evidence: Collection[EvidenceFact], decisions: Iterable[ReviewDecision] = ()
    ) -> list[ReviewDecision]:
        """Return these decisions, and every other line of the evidence as verified, as accepting an update does.

        For evidence without a start date, the other lines take its end date as the start date. Any day in the tracking
        period gives the same result.
        """
        said = {(decision.evidence_id, decision.evidence_link_id): decision for decision in decisions}
        return [
            said.get((row.id, line)) or verifying_decision(row, line)
            for row in evidence
            for line in self.lines_of(row.id)
        ]

    def lacks_first_day(self, said: Iterable[ReviewDecision], *, stated_by: Iterable[ReviewDecision] = ()) -> bool:
        """Return whether a decision verifies evidence without a start date, and `stated_by` does not enter one."""
        stated = {(one.evidence_id, one.evidence_link_id) for one in stated_by if one.first_on}
        return any(
            one.decision is EvidenceDecision.VERIFIED
            and (one.evidence_id, one.evidence_link_id) not in stated
            and any(row.happened_from is None for row in self.piece(one.evidence_id))
            for one in said
        )

    def assessable_by(self, sent: Iterable[EvidenceFact]) -> tuple[AskedBenchmark, ...]:
        """Return the benchmarks that the embassy assesses and on which this evidence shows action, in order."""
        shown = {
            evidence_link.benchmark_id
            for row in sent
            for evidence_link in self._evidence_links.get(row.id, ())
            if is_action(evidence_link, row)
        }
        return tuple(
            benchmark
            for benchmark in self._asked.benchmarks
            if benchmark.id in shown and benchmark.terms.rule is Rule.ASSESSED
        )

    def fresh_grounds(self, benchmark_id: int, *, update_version_id: int | None = None) -> frozenset[int]:
        """Return the ids of verified evidence on a benchmark that no verdict on it rests on.

        With `update_version_id`, only evidence of that update is looked at. Evidence of returned updates is left out.
        """
        rows = self._index.in_force if update_version_id is None else self.evidence_of(update_version_id)
        return self._fresh(
            benchmark_id, [row for row in rows if not self._index.returned_at(row.update_version_id)], self.stands
        )

    def _fresh(self, benchmark_id: int, rows: Iterable[EvidenceFact], outcome: SimulatedOutcome) -> frozenset[int]:
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

    def _piece(self, evidence_id: int) -> list[EvidenceFact]:
        """Return a piece of evidence and the revision that replaced it, if any."""
        revision = self._index.revisions.get(evidence_id)
        return [self._index.evidence[evidence_id], *([revision] if revision else [])]


def verifying_decision(row: EvidenceFact, evidence_link_id: int | None) -> ReviewDecision:
    """Return the decision that verifies a line. If the evidence has no start date, it enters the end date."""
    return ReviewDecision(
        row.id, evidence_link_id, EvidenceDecision.VERIFIED, None if row.happened_from else row.happened_to
    )


COUNTS_PHRASES = {WHOLE: "counts fully", HALF: "counts half"}
WOULD_COUNT_PHRASES = {WHOLE: "would count fully", HALF: "would count half"}


def describe_drop(fall: ScoreDrop, subject: str) -> str:
    """Return why something drops, as a sentence: "This update gives 6 prosecutions; 8 were verified before."."""
    if fall.indicator is None:
        ((key, (now, then)),) = fall.lines.items()
        counts, would = COUNTS_PHRASES.get(now, "does not count"), WOULD_COUNT_PHRASES.get(then, "would not count")
        return f"{subject} lowers benchmark {key}: the benchmark {counts} now and {would} then."
    name = formatting.lowercase_first(fall.indicator.name)
    if fall.before is None or fall.before.figure is None:
        before = "a direction without a figure was verified before"
    else:
        were = "was" if fall.before.figure == 1 else "were"
        before = f"{_describe_figure(fall.indicator, fall.before, is_named=False)} {were} verified before"
    if fall.after is None or fall.after.is_no_data:
        return f"{subject} leaves no figure for {name}; {before}."
    if fall.after.figure is None:
        return f"{subject} gives a direction for {name} and no figure; {before}."
    return f"{subject} gives {_describe_figure(fall.indicator, fall.after, is_named=True)}; {before}."


def _describe_figure(indicator: IndicatorFact, reading: ReadingFact, *, is_named: bool) -> str:
    """Return a figure with what it counts: "6 prosecutions", "1,200 LSL of government money for victims".

    Without `is_named`, only the unit follows, if the indicator has one: "1,200 LSL", "6".
    """
    figure = formatting.format_number(reading.figure or Decimal(0))
    name = formatting.lowercase_first(indicator.name)
    if indicator.unit and not name.startswith(formatting.lowercase_first(indicator.unit)):
        return f"{figure} {indicator.unit} of {name}" if is_named else f"{figure} {indicator.unit}"
    if is_named:
        return f"a figure of 1 for {name}" if reading.figure == 1 else f"{figure} {name}"
    return figure


def _find_drops[K](now: Mapping[K, Finding], then: Mapping[K, Finding]) -> dict[K, tuple[Fraction, Fraction]]:
    """Return what is worth less then than now, with both shares."""
    return {key: (one.worth, then[key].worth) for key, one in now.items() if then[key].worth < one.worth}


def _last_action(actions: Collection[Action]) -> tuple[Action, ...]:
    """Return only the last of some actions on a benchmark: its share depends on no other."""
    return (max(actions, key=lambda act: (act.counts_from, act.evidence_id)),) if actions else ()
