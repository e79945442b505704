"""What reviews and assessments that nobody has written yet would do to the score of a record. Pure.

Nothing is estimated: the reviews and assessments are put among the rows that they are about, and the rules of
`reports.readiness.verified_history`, `.answers` and `.scoring` are asked again. So the points that are simulated are
the points that come, as long as nobody records anything else in between.

What every simulation of a record needs is looked up once, and of each only its own rows are looked at again: an inbox
of three hundred (`reports.readiness.forecast.inbox_priority`) costs little more than ten times one of thirty.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from dialogues.choices import EvidenceDecision, SupportKind, Verdict
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
from reports.readiness.countable_facts import GOVERNMENT_DOERS, Action, FactView, group_by_key
from reports.readiness.facts import AssessmentFact, EvidenceFact, EvidenceReviewFact, Facts, IndicatorFact, ReadingFact
from reports.readiness.scoring import compute_points
from reports.readiness.verified_history import VerifiedHistory

FIRST_HYPOTHETICAL_ID = 1 << 62
"""Keys of rows that nobody has written: above any key there is, so that of two at one moment they are the newer."""


class ReviewDecision(NamedTuple):
    """What somebody is about to say of a bearing (id) or, with none, of a piece of evidence (id) itself.

    `first_on` is the first day that they state; one that evidence tells itself holds all the same.
    """

    evidence_id: int
    bearing_id: int | None
    decision: EvidenceDecision
    first_on: date | None = None


class AssumedVerdict(NamedTuple):
    """A verdict that somebody may give on a benchmark (id), and the evidence (ids) that it would rest on."""

    benchmark_id: int
    verdict: Verdict
    rests_on: frozenset[int]


@dataclass(frozen=True, slots=True)
class SimulatedOutcome:
    """The record as it would be: what counts then, what it answers, its score of 100.

    `reviews` are all reviews of the pieces of evidence (by id) that were decided on. The answers are worth what they
    would be worth; their reasons and rows are not told.
    """

    sight: FactView
    found: Answers
    score: Fraction
    reviews: Mapping[int, tuple[EvidenceReviewFact, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ScoreDrop:
    """Something that would be worth less than now.

    Where it is a figure's doing, `indicator` is what is counted, `before` the reading that is verified now and `after`
    the one that would hold (None: none). `lines` name what falls, a benchmark by its key and a question by its title,
    each with its share now and then.
    """

    lines: Mapping[str, tuple[Fraction, Fraction]]
    indicator: IndicatorFact | None = None
    before: ReadingFact | None = None
    after: ReadingFact | None = None


@dataclass(frozen=True, slots=True)
class AssessmentGain:
    """What assessing these benchmarks (by key, "6a") so would add, once the update is accepted."""

    benchmarks: tuple[str, ...]
    verdict: Verdict
    points: Fraction


@dataclass(frozen=True, slots=True)
class UpdateGain:
    """The score as it stands, what accepting an update adds, and what each assessment adds on top. Of 100.

    `accepting` is None where the update was accepted already, `falls` is what accepting it would lower.
    `needs_first_day` is True where a piece of evidence has no first day, and none was stated yet: the points come
    only if its review states one in the tracking period.
    """

    score: Fraction
    accepting: Fraction | None
    assessing: tuple[AssessmentGain, ...]
    needs_first_day: bool
    falls: tuple[ScoreDrop, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewGain:
    """The score as it stands, what reviews would add to it, and what they would lower."""

    score: Fraction
    points: Fraction
    falls: tuple[ScoreDrop, ...]


class ReviewSimulation:
    """The record of an edition on the day `as_of`, with what somebody might say of it at the moment `now`."""

    def __init__(self, facts: Facts, *, as_of: date, now: datetime) -> None:
        self.facts, self.as_of, self.now = facts, as_of, now
        self._asked = build_questionnaire(facts)
        self._evidence = {row.id: row for row in facts.evidence}
        self._revisions = {row.revises: row for row in facts.evidence if row.revises is not None}
        self._sent = group_by_key((row.round_id, row) for row in self._standing() if row.round_id is not None)
        self._bearings = group_by_key((row.evidence_id, row) for row in facts.bearings)
        self._readings = group_by_key((row.evidence_id, row) for row in facts.readings)
        self._reviews = group_by_key((row.evidence_id, row) for row in facts.reviews)
        self._assessments = group_by_key((row.benchmark_id, row) for row in facts.assessments)
        self._rested_on = {(row.benchmark_id, one) for row in facts.assessments for one in row.evidence_ids}
        verified = VerifiedHistory.of(facts).verified(as_of)
        self._actions = verified.actions
        lean = replace(verified, actions={key: rows[-1:] for key, rows in self._actions.items()})
        found = compute_answers(self._asked, lean)
        self.stands = SimulatedOutcome(lean, found, compute_points(self._asked, found))

    # --- The two rules ------------------------------------------------------------------------------------------------

    def with_reviews(self, decisions: Iterable[ReviewDecision]) -> SimulatedOutcome:
        """The record with these decisions given now."""
        said: dict[int, list[EvidenceReviewFact]] = {}
        for number, one in enumerate(decisions):
            row = EvidenceReviewFact(
                FIRST_HYPOTHETICAL_ID + number, one.evidence_id, one.bearing_id, self.now, one.decision, one.first_on
            )
            said.setdefault(one.evidence_id, []).append(row)
        decided = said.keys() & self._evidence.keys()
        if not decided:
            return self.stands
        reviews = {key: (*self._reviews.get(key, ()), *said[key]) for key in decided}
        bearings = tuple(row for key in decided for row in self._bearings.get(key, ()))
        alone = replace(
            self.facts,
            evidence=tuple(row for key in decided for row in self._piece(key)),
            bearings=bearings,
            readings=tuple(row for key in decided for row in self._readings.get(key, ())),
            reviews=tuple(row for key in decided for row in reviews[key]),
            assessments=(),
        )
        theirs = VerifiedHistory.of(alone).verified(self.as_of, is_lean=True)
        actions, readings = dict(self.stands.sight.actions), dict(self.stands.sight.readings)
        benchmarks = {row.benchmark_id for row in bearings}
        for key in benchmarks:
            others = next((act for act in reversed(self._actions.get(key, ())) if act.evidence_id not in decided), None)
            actions[key] = _last_action([*([others] if others else []), *theirs.actions.get(key, ())])
        indicators = {row.indicator_id for row in alone.readings}
        for key in indicators:
            told = [row for row in readings.get(key, ()) if row.evidence_id not in decided]
            readings[key] = (*told, *theirs.readings.get(key, ()))
        sight = replace(self.stands.sight, actions=actions, readings=readings, figures=readings)
        return self._seen(self.stands.found, sight, reviews, benchmarks, indicators)

    def with_assessments(self, outcome: SimulatedOutcome, verdicts: Iterable[AssumedVerdict]) -> SimulatedOutcome:
        """An outcome with these verdicts given now."""
        rows = [
            AssessmentFact(FIRST_HYPOTHETICAL_ID + number, one.benchmark_id, self.now, one.verdict, one.rests_on)
            for number, one in enumerate(verdicts)
        ]
        if not rows:
            return outcome
        benchmarks = {row.benchmark_id for row in rows}
        rows += [row for key in benchmarks for row in self._assessments.get(key, ())]
        rested_on = {one for row in rows for one in row.evidence_ids} & self._evidence.keys()
        alone = replace(
            self.facts,
            evidence=tuple(self._evidence[key] for key in rested_on),
            bearings=(),
            readings=(),
            reviews=(),
            assessments=tuple(rows),
        )
        judgements = VerifiedHistory.of(alone).verified(self.as_of).judgements
        sight = replace(outcome.sight, judgements={**outcome.sight.judgements, **judgements})
        return self._seen(outcome.found, sight, outcome.reviews, benchmarks)

    def _seen(
        self,
        before: Answers,
        sight: FactView,
        reviews: Mapping[int, tuple[EvidenceReviewFact, ...]],
        benchmarks: Collection[int],
        indicators: Collection[int] = (),
    ) -> SimulatedOutcome:
        """An outcome in which only these benchmarks, and what rests on these indicators (ids), are answered anew."""
        asked = [
            one
            for one in self._asked.benchmarks
            if one.id in benchmarks or (one.counts and one.terms.indicator_id in indicators)
        ]
        again = compute_partial_answers(self._asked, sight, asked, indicators)
        found = Answers(
            {**before.questions, **again.questions},
            {**before.benchmarks, **again.benchmarks},
            {**before.figures, **again.figures},
        )
        return SimulatedOutcome(sight, found, compute_points(self._asked, found), reviews)

    # --- What pages ask -----------------------------------------------------------------------------------------------

    def of_update(
        self, round_id: int, *, decisions: Collection[ReviewDecision] = (), is_accepted: bool = False
    ) -> UpdateGain:
        """What deciding on an update (id of the version sent) would add.

        Accepting it gives `decisions`, and verifies every file and figure of it that they leave out; where it
        `is_accepted` already, its reviews stand as they are. An assessment is taken to rest on what the page ticks:
        what of the update's evidence is verified and no earlier assessment rests on; where that is none, on nothing.
        """
        sent = self.evidence_of(round_id)
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
        """What these decisions would add."""
        taken = self.with_reviews(decisions)
        return ReviewGain(self.stands.score, taken.score - self.stands.score, self.falls(taken))

    def of_verdicts(self, benchmark_id: int, *, rests_on: Collection[int]) -> dict[Verdict, Fraction]:
        """What each verdict on a benchmark would add, were it to rest on these pieces of evidence (ids)."""
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
        """An outcome with these benchmarks assessed so, each on what no earlier verdict rests on of the evidence."""
        return self.with_assessments(
            outcome, [AssumedVerdict(one.id, verdict, self._fresh(one.id, sent, outcome)) for one in benchmarks]
        )

    def falls(self, outcome: SimulatedOutcome) -> tuple[ScoreDrop, ...]:
        """What would be worth less: what figures lower, by indicator, then each benchmark that is assessed."""
        now, then = self.stands, outcome
        benchmarks = _find_drops(now.found.benchmarks, then.found.benchmarks)
        questions = _find_drops(now.found.questions, then.found.questions)
        figures = _find_drops(now.found.figures, then.found.figures)
        fallen = [one for one in self._asked.benchmarks if one.id in benchmarks]
        found = []
        for indicator in self._asked.indicators.values():
            lines = {
                one.key: benchmarks[one.id] for one in fallen if one.counts and one.terms.indicator_id == indicator.id
            }
            if question := indicator.question:
                name = formatting.lowercase_first(question.label)
                lines |= {name: questions[question]} if question in questions else {}
                lines |= {f"data on {name}": figures[question]} if question in figures else {}
            if lines:
                before, after = (
                    find_effective_reading(each.sight.readings.get(indicator.id, ())) for each in (now, then)
                )
                found.append(ScoreDrop(lines, indicator, before, after))
        assessed = (ScoreDrop({one.key: benchmarks[one.id]}) for one in fallen if not one.counts)
        return (*found, *assessed)

    # --- Lines, evidence and grounds ----------------------------------------------------------------------------------

    def evidence_of(self, round_id: int) -> tuple[EvidenceFact, ...]:
        """The evidence that came with an update, as it stands: what was revised since is no longer part of it."""
        return self._sent.get(round_id, ())

    def piece(self, evidence_id: int) -> tuple[EvidenceFact, ...]:
        """A piece of evidence (id); empty where the record has none such."""
        row = self._evidence.get(evidence_id)
        return (row,) if row else ()

    def lines_of(self, evidence_id: int) -> list[int | None]:
        """The lines on which a piece is judged: each bearing (id); None, the piece itself, where a figure cites it.

        None too where it bears on nothing.
        """
        bearings: list[int | None] = [row.id for row in self._bearings.get(evidence_id, ())]
        return bearings if bearings and evidence_id not in self._readings else [*bearings, None]

    def open_lines(self, evidence_id: int) -> list[int | None]:
        """The lines of a piece that nobody has reviewed; of the piece itself, that nobody has since its last figure."""
        own = self._reviews.get(evidence_id, ())
        said = {row.bearing_id for row in own}
        since = max((row.recorded_at for row in self._readings.get(evidence_id, ())), default=None)
        is_told = any(row.bearing_id is None and (since is None or row.recorded_at >= since) for row in own)
        return [one for one in self.lines_of(evidence_id) if (not is_told if one is None else one not in said)]

    def with_the_others_verified(
        self, evidence: Collection[EvidenceFact], decisions: Iterable[ReviewDecision] = ()
    ) -> list[ReviewDecision]:
        """These decisions, and every other line of the evidence verified, as accepting it does.

        Where evidence has no first day, those others are taken to state its last day as the first: any day in the
        tracking period gives the same.
        """
        said = {(one.evidence_id, one.bearing_id): one for one in decisions}
        return [
            said.get((row.id, line)) or verifying_decision(row, line)
            for row in evidence
            for line in self.lines_of(row.id)
        ]

    def lacks_first_day(self, said: Iterable[ReviewDecision], *, stated_by: Iterable[ReviewDecision] = ()) -> bool:
        """Whether a first day has still to be stated of something verified: one nobody stated is taken for granted."""
        stated = {(one.evidence_id, one.bearing_id) for one in stated_by if one.first_on}
        return any(
            one.decision is EvidenceDecision.VERIFIED
            and (one.evidence_id, one.bearing_id) not in stated
            and any(row.happened_from is None for row in self.piece(one.evidence_id))
            for one in said
        )

    def assessable_by(self, sent: Iterable[EvidenceFact]) -> tuple[AskedBenchmark, ...]:
        """The benchmarks that the embassy assesses and on which this evidence shows action, in order."""
        shown = {
            bearing.benchmark_id
            for row in sent
            if row.done_by in GOVERNMENT_DOERS
            for bearing in self._bearings.get(row.id, ())
            if bearing.shows is SupportKind.ACTION
        }
        return tuple(one for one in self._asked.benchmarks if one.id in shown and one.terms.rule is Rule.ASSESSED)

    def fresh_grounds(self, benchmark_id: int, *, round_id: int | None = None) -> frozenset[int]:
        """The evidence (ids) verified on a benchmark that no verdict on it rests on: of one update, or of all."""
        returned = {row.id for row in self.facts.rounds if row.returned_at is not None}
        rows = self._standing() if round_id is None else self.evidence_of(round_id)
        return self._fresh(benchmark_id, [row for row in rows if row.round_id not in returned], self.stands)

    def _fresh(self, benchmark_id: int, rows: Iterable[EvidenceFact], outcome: SimulatedOutcome) -> frozenset[int]:
        return frozenset(
            row.id
            for row in rows
            if (benchmark_id, row.id) not in self._rested_on
            and any(
                bearing.benchmark_id == benchmark_id and self._is_verified(row.id, bearing.id, outcome)
                for bearing in self._bearings.get(row.id, ())
            )
        )

    def _is_verified(self, evidence_id: int, bearing_id: int, outcome: SimulatedOutcome) -> bool:
        reviews = outcome.reviews.get(evidence_id) or self._reviews.get(evidence_id, ())
        own = [row for row in reviews if row.bearing_id == bearing_id]
        return bool(own) and max(own, key=lambda row: (row.recorded_at, row.id)).decision is EvidenceDecision.VERIFIED

    def _standing(self) -> list[EvidenceFact]:
        """The evidence that no revision took the place of."""
        return [row for row in self.facts.evidence if row.id not in self._revisions]

    def _piece(self, evidence_id: int) -> list[EvidenceFact]:
        """A piece, and the revision that took its place, if any."""
        revision = self._revisions.get(evidence_id)
        return [self._evidence[evidence_id], *([revision] if revision else [])]


def verifying_decision(row: EvidenceFact, bearing_id: int | None) -> ReviewDecision:
    """The decision that verifies a line, its first day stated where the evidence lacks it."""
    return ReviewDecision(row.id, bearing_id, EvidenceDecision.VERIFIED, None if row.happened_from else row.happened_to)


COUNTS_PHRASES = {WHOLE: "counts fully", HALF: "counts half"}
WOULD_COUNT_PHRASES = {WHOLE: "would count fully", HALF: "would count half"}


def describe_drop(fall: ScoreDrop, subject: str) -> str:
    """Why something falls, in a sentence: "This update gives 6 prosecutions; 8 were verified before."."""
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
    """A figure with what it counts: "6 prosecutions", "1,200 LSL of government money for victims", "1,200 LSL"."""
    figure = formatting.format_number(reading.figure or Decimal(0))
    name = formatting.lowercase_first(indicator.name)
    if indicator.unit and not name.startswith(formatting.lowercase_first(indicator.unit)):
        return f"{figure} {indicator.unit} of {name}" if is_named else f"{figure} {indicator.unit}"
    if is_named:
        return f"a figure of 1 for {name}" if reading.figure == 1 else f"{figure} {name}"
    return figure


def _find_drops[K](now: Mapping[K, Finding], then: Mapping[K, Finding]) -> dict[K, tuple[Fraction, Fraction]]:
    """What is worth less then than now, with both shares."""
    return {key: (one.worth, then[key].worth) for key, one in now.items() if then[key].worth < one.worth}


def _last_action(actions: Collection[Action]) -> tuple[Action, ...]:
    """The last of some actions on a benchmark, which is all that its share rests on."""
    return (max(actions, key=lambda act: (act.on, act.evidence_id)),) if actions else ()
