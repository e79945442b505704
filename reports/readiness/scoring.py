"""Turn answers into points: four parts, each the sum of its lines, each line its maximum times its share.

`reports.readiness.answers` says what one view of the record answers. `compute_score` turns any answers into points, of
100 and as exact fractions, each with its sentence and its section of the law.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from recommendations.choices import REQUIRED_QUESTIONS, EffortQuestion, Pillar
from reports import formatting
from reports.choices import PartKey, ReadinessVerdict
from reports.readiness.answers import (
    NOTHING,
    PRESUMED_AGAINST,
    WHOLE,
    Answers,
    AskedRecommendation,
    Finding,
    Questionnaire,
    rows_of,
    share_verdict,
    weighted_mean,
)

PART_POINTS = {
    PartKey.EFFORTS: Fraction(40),
    PartKey.ACTION: Fraction(30),
    PartKey.THREE_PS: Fraction(20),
    PartKey.DATA: Fraction(10),
}
"""The most that each part can give, of 100."""

QUESTION_POINTS = {
    EffortQuestion.INVESTIGATIONS: Fraction(7),
    EffortQuestion.PROSECUTIONS: Fraction(7),
    EffortQuestion.CONVICTIONS: Fraction(6),
    EffortQuestion.VICTIMS: Fraction(8),
    EffortQuestion.MONEY: Fraction(4),
    EffortQuestion.COMPLICITY: Fraction(8),
}
"""The most that each question of "Increasing efforts" can give. Together they make the points of that part."""

PART_LAW = {
    PartKey.EFFORTS: "22 U.S.C. 7107(b), Watch List (II); 7106(b)(1), (2), (7), (11)",
    PartKey.ACTION: "22 U.S.C. 7107(b), Tier 2",
    PartKey.THREE_PS: "22 U.S.C. 7106(b)(1)–(3)",
    PartKey.DATA: "22 U.S.C. 7106(b)(1), (7)",
}
"""The section of the law that each part rests on."""

QUESTION_LAW = {
    EffortQuestion.INVESTIGATIONS: "22 U.S.C. 7107(b), Watch List (II); 7106(b)(1)",
    EffortQuestion.PROSECUTIONS: "22 U.S.C. 7107(b), Watch List (II); 7106(b)(1)",
    EffortQuestion.CONVICTIONS: "22 U.S.C. 7107(b), Watch List (II); 7106(b)(1)",
    EffortQuestion.VICTIMS: "22 U.S.C. 7107(b), Watch List (II); 7106(b)(2)",
    EffortQuestion.MONEY: "22 U.S.C. 7107(b), Watch List (II); 7106(b)(2)",
    EffortQuestion.COMPLICITY: "22 U.S.C. 7107(b), Watch List (II); 7106(b)(7)",
}

PILLAR_LAW = {
    Pillar.PROSECUTION: "22 U.S.C. 7106(b)(1)",
    Pillar.PROTECTION: "22 U.S.C. 7106(b)(2)",
    Pillar.PREVENTION: "22 U.S.C. 7106(b)(3)",
}

PILLAR_POINTS = PART_POINTS[PartKey.THREE_PS] / len(Pillar)
FIGURE_POINTS = dict.fromkeys(REQUIRED_QUESTIONS, PART_POINTS[PartKey.DATA] / len(REQUIRED_QUESTIONS))
DATA_LAW = "22 U.S.C. 7106(b)(1)"
COMPLICITY_LAW = "22 U.S.C. 7107(b), Tier 2; 7106(b)(7)"

METHOD_LINES: Mapping[PartKey, Sequence[tuple[EffortQuestion | Pillar, Fraction, str]]] = {
    PartKey.EFFORTS: [(one, of, QUESTION_LAW[one]) for one, of in QUESTION_POINTS.items()],
    PartKey.ACTION: [],
    PartKey.THREE_PS: [(one, PILLAR_POINTS, PILLAR_LAW[one]) for one in Pillar],
    PartKey.DATA: [(one, of, DATA_LAW) for one, of in FIGURE_POINTS.items()],
}
"""What each part asks of every record: the question or P, the most it can give, and its section of the law.

The part "Concrete action" asks what the list of the edition asks.
"""


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One line of a score: the most it can give, of 100, and the finding behind it."""

    key: str
    title: str
    of: Fraction
    law: str
    finding: Finding

    @property
    def points(self) -> Fraction:
        """The points that the line gives."""
        return self.of * self.finding.worth


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One of the four parts of a score: the sum of its lines."""

    key: PartKey
    lines: tuple[ScoreLine, ...]

    @property
    def of(self) -> Fraction:
        """The most that the part can give, of 100."""
        return PART_POINTS[self.key]

    @property
    def law(self) -> str:
        """The section of the law that the part rests on."""
        return PART_LAW[self.key]

    @property
    def points(self) -> Fraction:
        """The points that its lines give together."""
        return sum((line.points for line in self.lines), NOTHING)

    @property
    def verdict(self) -> ReadinessVerdict:
        """The verdict for its share; no data if none of its lines has data."""
        if all(line.finding.share is None for line in self.lines):
            return ReadinessVerdict.NO_DATA
        return share_verdict(self.points / self.of)

    @property
    def reason(self) -> str:
        """A sentence that lists its lines by verdict."""
        return describe_verdicts((line.title, line.finding) for line in self.lines)


@dataclass(frozen=True, slots=True)
class BenchmarkLine:
    """The line of a benchmark within its recommendation."""

    benchmark_id: int
    recommendation_id: int
    recommendation: int
    line: ScoreLine


@dataclass(frozen=True, slots=True)
class Score:
    """The score of one view of the record: the four parts, and the benchmarks under the second part."""

    parts: tuple[ScorePart, ...]
    benchmarks: tuple[BenchmarkLine, ...]

    @property
    def points(self) -> Fraction:
        """The points of all parts, of 100."""
        return sum((part.points for part in self.parts), NOTHING)


def version_lines(score: Score) -> Iterator[tuple[ScorePart, Decimal, tuple[Decimal, ...]]]:
    """Yield the parts with their points and those of their lines, to one decimal. They add up at every level."""
    points = formatting.round_preserving_sum([part.points for part in score.parts])
    for part, total in zip(score.parts, points, strict=True):
        yield part, total, formatting.round_preserving_sum([line.points for line in part.lines], total=total)


def compute_score(asked: Questionnaire, found: Answers) -> Score:
    """Return the score of these answers.

    The three Ps and the question on complicit officials are computed from the answers.
    """
    complicity = complicity_finding(
        (one.key, found.benchmarks[one.id]) for one in asked.benchmarks if one.terms.is_about_complicity
    )
    return Score(
        parts=(
            fixed_part(PartKey.EFFORTS, {**found.questions, EffortQuestion.COMPLICITY: complicity}),
            _concrete_action(asked.recommendations, found),
            fixed_part(PartKey.THREE_PS, {pillar: _evaluate_pillar(pillar, asked, found) for pillar in Pillar}),
            fixed_part(PartKey.DATA, found.figures),
        ),
        benchmarks=tuple(_benchmark_lines(asked, found)),
    )


def compute_points(asked: Questionnaire, found: Answers) -> Fraction:
    """Return the points of `compute_score` without the reasons. Use it to compare many answers."""
    return PointCalculator(asked).points(found)


class PointCalculator:
    """Compute the points of answers, of 100, and what answers add to other answers. Use it to try many of them.

    What answers add equals the difference of two `points`, but only the answers that change are looked at.
    """

    def __init__(self, asked: Questionnaire) -> None:
        self._each = {key: PART_POINTS[PartKey.ACTION] * share for key, share in asked.shares.items()}
        officials = [one.id for one in asked.benchmarks if one.terms.is_about_complicity]
        for key in officials:
            self._each[key] += QUESTION_POINTS[EffortQuestion.COMPLICITY] / len(officials)
        self._pillar_of = {one.id: one.pillar for one in asked.benchmarks}
        self._pillar_asked = {one.question: one.pillar for one in asked.indicators.values() if one.question}

    def pillars(self, found: Answers) -> frozenset[Pillar]:
        """Return the Ps that these answers show."""
        return frozenset(
            [self._pillar_of[key] for key, finding in found.benchmarks.items() if finding.share]
            + [self._pillar_asked[key] for key, finding in found.questions.items() if finding.share == WHOLE]
        )

    def points(self, found: Answers) -> Fraction:
        """Return the points of these answers, as `compute_score` does."""
        return (
            _weigh(found.questions, QUESTION_POINTS)
            + _weigh(found.benchmarks, self._each)
            + _weigh(found.figures, FIGURE_POINTS)
            + PILLAR_POINTS * len(self.pillars(found))
        )

    def gain(self, taken: Answers, state: Answers, shown: frozenset[Pillar]) -> Fraction:
        """Return the points that the answers `taken` add to a state where they are better.

        `shown` are the Ps that the state shows (see `pillars`).
        """
        efforts = _points_gained(taken.questions, state.questions, QUESTION_POINTS)
        action = _points_gained(taken.benchmarks, state.benchmarks, self._each)
        data = _points_gained(taken.figures, state.figures, FIGURE_POINTS)
        return efforts + action + data + PILLAR_POINTS * len(self.pillars(taken) - shown)


def _weigh[K](found: Mapping[K, Finding], points: Mapping[K, Fraction]) -> Fraction:
    return sum((points[key] * finding.worth for key, finding in found.items()), NOTHING)


def _points_gained[K](taken: Mapping[K, Finding], state: Mapping[K, Finding], points: Mapping[K, Fraction]) -> Fraction:
    """Return the points that some answers add to a state where they are better. Answers the state lacks add nothing."""
    return sum(
        (
            points[key] * (finding.worth - state[key].worth)
            for key, finding in taken.items()
            if key in state and finding.worth > state[key].worth
        ),
        NOTHING,
    )


def fixed_part(part: PartKey, found: Mapping[Any, Finding]) -> ScorePart:
    """Return a part that has the same lines for every record (see `METHOD_LINES`).

    `found` maps questions or Ps to findings. A question without a finding counts as one without data.
    """
    return ScorePart(
        part,
        tuple(
            ScoreLine(
                key=one.value, title=one.label, of=of, law=law, finding=found.get(one) or _unanswered_finding(one)
            )
            for one, of, law in METHOD_LINES[part]
        ),
    )


def _concrete_action(recommendations: Iterable[AskedRecommendation], found: Answers) -> ScorePart:
    """Return the part "Concrete action": the recommendations by weight (22 U.S.C. 7107(b), Tier 2).

    Nothing leaves the denominator: a recommendation without data has a share of 0.
    """
    every = tuple(recommendations)
    total = sum((each.weight for each in every), NOTHING)
    return ScorePart(
        PartKey.ACTION,
        tuple(
            ScoreLine(
                key=f"{each.prefix}{each.number}",
                title=each.title,
                of=PART_POINTS[PartKey.ACTION] * each.weight / total if total else NOTHING,
                law=PART_LAW[PartKey.ACTION],
                finding=recommendation_finding(each, found.benchmarks),
            )
            for each in every
        ),
    )


def recommendation_finding(each: AskedRecommendation, found: Mapping[int, Finding]) -> Finding:
    """Return the finding on a recommendation: the weighted mean of its benchmarks.

    `found` maps benchmark ids to findings.
    """
    own = [(one, found[one.id]) for one in each.benchmarks]
    return Finding(
        weighted_mean((Fraction(one.terms.weight), finding) for one, finding in own),
        describe_verdicts((one.key, finding) for one, finding in own),
        rows_of(finding for _, finding in own),
    )


def complicity_finding(flagged: Iterable[tuple[str, Finding]]) -> Finding:
    """Return the finding on complicit officials: the mean share of the benchmarks about them (22 U.S.C. 7106(b)(7)).

    `flagged` are benchmark keys with their findings. Met means charged or convicted in the tracking period; a step
    means investigated. No data is presumed against.
    """
    pairs = tuple(flagged)
    share = weighted_mean((WHOLE, finding) for _, finding in pairs)
    rows = rows_of(finding for _, finding in pairs)
    if share is None:
        return Finding(None, "No data on complicit officials: presumed against (22 U.S.C. 7106(b)(7)).", rows)
    shown = [key for key, finding in pairs if finding.worth]
    if not shown:
        keys = formatting.join_with_and(key for key, _ in pairs)
        return Finding(share, f"Complicit officials: nothing charged, convicted or investigated on {keys}.", rows)
    return Finding(
        share,
        "Complicit officials: "
        + formatting.join_with_and(
            f"{'met' if finding.worth == WHOLE else 'a step'} on {key}" for key, finding in pairs if finding.worth
        )
        + ".",
        rows,
    )


def pillar_finding(shown: Iterable[tuple[str, Finding]], asked: Iterable[Finding]) -> Finding:
    """Return the finding on a P: 1 if anything shows it, otherwise 0; no data if nothing asked of it has data.

    `shown` are names and findings of what shows the P, `asked` the findings on everything that is asked of it.
    """
    pairs = tuple(shown)
    if pairs:
        names = formatting.join_with_and(name for name, _ in pairs)
        return Finding(WHOLE, f"Shown by {names}.", rows_of(finding for _, finding in pairs))
    rest = tuple(asked)
    if all(finding.share is None for finding in rest):
        return Finding(None, "Nothing of it is shown, for want of data.", rows_of(rest))
    return Finding(NOTHING, "No benchmark of it has moved and no question of it is up.", rows_of(rest))


def describe_verdicts(findings: Iterable[tuple[str, Finding]]) -> str:
    """Return a sentence that lists names by verdict: "Shown: 1a and 1b; not shown: 1c and 1d."."""
    pairs = tuple(findings)
    groups = [
        f"{word.label.lower()}: {formatting.join_numbered_names([formatting.lowercase_first(name) for name in names])}"
        for word in ReadinessVerdict
        if (names := [name for name, finding in pairs if finding.verdict is word])
    ]
    return formatting.capitalize_first("; ".join(groups)) + "." if groups else "Nothing is asked."


def _evaluate_pillar(pillar: Pillar, asked: Questionnaire, found: Answers) -> Finding:
    """Return the finding on a P by its benchmarks and questions.

    A benchmark shows the P if its share is above 0, and a question if its count is up. The question on complicit
    officials is left out: it is a mean of benchmarks, and these count for their own pillar.
    """
    benchmarks = [(one.key, found.benchmarks[one.id]) for one in asked.benchmarks if one.pillar is pillar]
    its = {one.question for one in asked.indicators.values() if one.pillar is pillar}
    questions = [
        (question.label.lower(), found.questions[question])
        for question in QUESTION_POINTS
        if question in its and question in found.questions
    ]
    shown = [(name, finding) for name, finding in benchmarks if finding.share]
    shown += [(name, finding) for name, finding in questions if finding.share == WHOLE]
    return pillar_finding(shown, [finding for _, finding in [*benchmarks, *questions]])


def _benchmark_lines(asked: Questionnaire, found: Answers) -> Iterable[BenchmarkLine]:
    for each in asked.recommendations:
        for one in each.benchmarks:
            yield BenchmarkLine(
                benchmark_id=one.id,
                recommendation_id=each.id,
                recommendation=each.number,
                line=ScoreLine(
                    key=one.key,
                    title=one.key,
                    of=PART_POINTS[PartKey.ACTION] * asked.shares[one.id],
                    law=COMPLICITY_LAW if one.terms.is_about_complicity else PART_LAW[PartKey.ACTION],
                    finding=found.benchmarks[one.id],
                ),
            )


def _unanswered_finding(question: EffortQuestion | Pillar) -> Finding:
    return Finding(None, f"No data on {formatting.lowercase_first(question.label)}: {PRESUMED_AGAINST}.")
