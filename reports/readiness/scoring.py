"""Turn answers into points: four parts, each the sum of its lines, each line its maximum times its share.

`reports.readiness.answers` says what one view of the record answers. `compute_score` turns any answers into points, of
100 and as exact fractions, each with its sentence and its section of the law.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from recommendations.choices import REQUIRED_QUESTIONS, EffortQuestion, Origin, Pillar
from reports import formatting
from reports.choices import PartKey, ReadinessVerdict
from reports.readiness.answers import (
    NOTHING,
    PRESUMED_AGAINST,
    WHOLE,
    Answers,
    AskedBenchmark,
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

DATA_LAW = "22 U.S.C. 7106(b)(1)"
COMPLICITY_LAW = "22 U.S.C. 7107(b), Tier 2; 7106(b)(7)"


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


def compute_score(asked: Questionnaire, found: Answers) -> Score:
    """Return the score of these answers.

    The three Ps and the question on complicit officials are computed from the answers.
    """
    complicity = complicity_finding(
        (one.key, found.benchmarks[one.id]) for one in asked.benchmarks if one.terms.is_about_complicity
    )
    lines = tuple(_benchmark_lines(asked, found))
    return Score(
        parts=(
            increasing_efforts({**found.questions, EffortQuestion.COMPLICITY: complicity}),
            concrete_action((each, recommendation_finding(each, found.benchmarks)) for each in asked.recommendations),
            three_ps({pillar: _evaluate_pillar(pillar, asked, found) for pillar in Pillar}),
            data_given(found.figures),
        ),
        benchmarks=lines,
    )


def compute_points(asked: Questionnaire, found: Answers) -> Fraction:
    """Return the points of `compute_score` without the reasons. Use it to compare many answers."""
    officials = weighted_mean(
        (WHOLE, found.benchmarks[one.id]) for one in asked.benchmarks if one.terms.is_about_complicity
    )
    efforts = sum((QUESTION_POINTS[key] * finding.worth for key, finding in found.questions.items()), NOTHING)
    action = sum((asked.shares[key] * finding.worth for key, finding in found.benchmarks.items()), NOTHING)
    shown = sum(any(shows for _, _, shows in _pillar_criteria(pillar, asked, found)) for pillar in Pillar)
    given = sum((found.figures[key].worth for key in REQUIRED_QUESTIONS if key in found.figures), NOTHING)
    return (
        efforts
        + QUESTION_POINTS[EffortQuestion.COMPLICITY] * (officials or NOTHING)
        + PART_POINTS[PartKey.ACTION] * action
        + PART_POINTS[PartKey.THREE_PS] * shown / len(Pillar)
        + PART_POINTS[PartKey.DATA] * given / len(REQUIRED_QUESTIONS)
    )


class GainCalculator:
    """Compute the points, of 100, that answers add to other answers. Use it to try many small changes of one state.

    The result equals the difference of two `compute_points`, but only the answers that change are looked at.
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

    def of(self, taken: Answers, state: Answers, shown: frozenset[Pillar]) -> Fraction:
        """Return the points that the answers `taken` add to a state where they are better.

        `shown` are the Ps that the state shows (see `pillars`).
        """
        efforts = _points_gained(taken.questions, state.questions, QUESTION_POINTS)
        action = _points_gained(taken.benchmarks, state.benchmarks, self._each)
        each = PART_POINTS[PartKey.DATA] / len(REQUIRED_QUESTIONS)
        data = _points_gained(taken.figures, state.figures, dict.fromkeys(REQUIRED_QUESTIONS, each))
        new = self.pillars(taken) - shown
        return efforts + action + data + PART_POINTS[PartKey.THREE_PS] / len(Pillar) * len(new)


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


def increasing_efforts(found: Mapping[EffortQuestion, Finding]) -> ScorePart:
    """Return the part "Increasing efforts": is there more than in the year before?

    Source: 22 U.S.C. 7107(b), Watch List (II). A question without a finding counts as one without data.
    """
    return ScorePart(
        PartKey.EFFORTS,
        tuple(
            ScoreLine(
                key=question.value,
                title=question.label,
                of=points,
                law=QUESTION_LAW[question],
                finding=found.get(question) or _unanswered_finding(question),
            )
            for question, points in QUESTION_POINTS.items()
        ),
    )


def concrete_action(found: Iterable[tuple[AskedRecommendation, Finding]]) -> ScorePart:
    """Return the part "Concrete action": the recommendations by weight (22 U.S.C. 7107(b), Tier 2).

    Nothing leaves the denominator: a recommendation without data has a share of 0.
    """
    pairs = tuple(found)
    total = sum((each.weight for each, _ in pairs), NOTHING)
    return ScorePart(
        PartKey.ACTION,
        tuple(
            ScoreLine(
                key=f"{'' if each.origin is Origin.REPORT else 'action_plan_'}{each.number}",
                title=f"{'Recommendation' if each.origin is Origin.REPORT else each.origin.label} {each.number}",
                of=PART_POINTS[PartKey.ACTION] * each.weight / total if total else NOTHING,
                law=PART_LAW[PartKey.ACTION],
                finding=finding,
            )
            for each, finding in pairs
        ),
    )


def three_ps(found: Mapping[Pillar, Finding]) -> ScorePart:
    """Return the part "All three Ps": a third each for prosecution, protection and prevention.

    Source: 22 U.S.C. 7106(b)(1)–(3).
    """
    return ScorePart(
        PartKey.THREE_PS,
        tuple(
            ScoreLine(
                key=pillar.value,
                title=pillar.label,
                of=PART_POINTS[PartKey.THREE_PS] / 3,
                law=PILLAR_LAW[pillar],
                finding=found[pillar],
            )
            for pillar in Pillar
        ),
    )


def data_given(found: Mapping[EffortQuestion, Finding]) -> ScorePart:
    """Return the part "Data given": the share of the four required indicators that have a figure.

    Source: 22 U.S.C. 7106(b)(1), (7). A required question without an indicator counts as one without a figure.
    """
    return ScorePart(
        PartKey.DATA,
        tuple(
            ScoreLine(
                key=question.value,
                title=question.label,
                of=PART_POINTS[PartKey.DATA] / len(REQUIRED_QUESTIONS),
                law=DATA_LAW,
                finding=found.get(question) or _unanswered_finding(question),
            )
            for question in REQUIRED_QUESTIONS
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
    """Return the finding on a P by its benchmarks and questions."""
    on = _pillar_criteria(pillar, asked, found)
    return pillar_finding([(name, finding) for name, finding, shows in on if shows], [finding for _, finding, _ in on])


def _pillar_criteria(pillar: Pillar, asked: Questionnaire, found: Answers) -> list[tuple[str, Finding, bool]]:
    """Return everything asked of a P as name, finding, and whether the finding shows the P.

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
    return [(name, finding, bool(finding.share)) for name, finding in benchmarks] + [
        (name, finding, finding.share == WHOLE) for name, finding in questions
    ]


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
                    law=_benchmark_law(one),
                    finding=found.benchmarks[one.id],
                ),
            )


def _benchmark_law(one: AskedBenchmark) -> str:
    return COMPLICITY_LAW if one.terms.is_about_complicity else PART_LAW[PartKey.ACTION]


def _unanswered_finding(question: EffortQuestion) -> Finding:
    return Finding(None, f"No data on {formatting.lowercase_first(question.label)}: {PRESUMED_AGAINST}.")
