"""Turn answers into points: four parts, each the sum of its lines, each line its maximum times its share.

`reports.readiness.answers` says what one view of the record answers. `compute_score` turns any answers into points, of
100 and as exact fractions, each with its sentence and its section of the law.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any, NamedTuple

from recommendations.choices import REQUIRED_QUESTIONS, EffortQuestion, Pillar
from reports import formatting
from reports.choices import PartKey, ReadinessVerdict
from reports.readiness.answer_sentences import no_data_sentence
from reports.readiness.answers import Answers, Finding, better_finding, rows_of, share_verdict, weighted_mean
from reports.readiness.exact_sums import FULL, NOTHING, exact_weight, weighted_sum
from reports.readiness.kept_results import KeptResults
from reports.readiness.questionnaire import AskedBenchmark, AskedRecommendation, Questionnaire
from tiptracker.localization import gettext, join_with_and, ngettext

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
    PartKey.EFFORTS: [(question, points, QUESTION_LAW[question]) for question, points in QUESTION_POINTS.items()],
    PartKey.ACTION: [],
    PartKey.THREE_PS: [(pillar, PILLAR_POINTS, PILLAR_LAW[pillar]) for pillar in Pillar],
    PartKey.DATA: [(question, points, DATA_LAW) for question, points in FIGURE_POINTS.items()],
}
"""What each part asks of every record: the question or P, the most it can give, and its section of the law.

The part "Concrete action" asks what the list of the edition asks.
"""


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One line of a score: the most it can give, of 100, and the finding behind it."""

    key: str
    title: str
    max_points: Fraction
    law: str
    finding: Finding

    @property
    def points(self) -> Fraction:
        """The points that the line gives."""
        return self.max_points * self.finding.worth


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One of the four parts of a score: the sum of its lines."""

    key: PartKey
    lines: tuple[ScoreLine, ...]

    @property
    def max_points(self) -> Fraction:
        """The most that the part can give, of 100."""
        return PART_POINTS[self.key]

    @property
    def law(self) -> str:
        """The section of the law that the part rests on."""
        return PART_LAW[self.key]

    @property
    def points(self) -> Fraction:
        """The points that its lines give together."""
        return weighted_sum((line.max_points, line.finding.worth) for line in self.lines)

    @property
    def verdict(self) -> ReadinessVerdict:
        """The verdict for its share; no data if none of its lines has data."""
        if all(line.finding.share is None for line in self.lines):
            return ReadinessVerdict.NO_DATA
        return share_verdict(self.points / self.max_points)

    @property
    def reason(self) -> str:
        """A sentence for each verdict that names its lines."""
        if self.key is PartKey.ACTION:
            numbers = ((line.key if line.key.isdigit() else line.title, line.finding) for line in self.lines)
            return describe_verdicts(numbers, are_recommendations=True)
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
        return weighted_sum((line.max_points, line.finding.worth) for part in self.parts for line in part.lines)


def version_lines(score: Score) -> Iterator[tuple[ScorePart, Decimal, tuple[Decimal, ...]]]:
    """Yield the parts with their points and those of their lines, to one decimal. They add up at every level."""
    points = formatting.round_preserving_sum([part.points for part in score.parts])
    for part, total in zip(score.parts, points, strict=True):
        yield part, total, formatting.round_preserving_sum([line.points for line in part.lines], total=total)


def compute_score(
    questionnaire: Questionnaire, answers: Answers, kept: KeptResults | None = None, name: str = ""
) -> Score:
    """Return the score of these answers.

    The three Ps and the question on complicit officials are computed from the answers. `kept` are earlier results of
    the score with this name. Lines that rest on the same findings are taken from them.
    """
    once = (kept or KeptResults()).once
    on_officials = tuple(
        (benchmark.key, answers.benchmarks[benchmark.id])
        for benchmark in questionnaire.benchmarks
        if benchmark.terms.is_about_complicity
    )
    complicity = once((name, "complicity"), on_officials, partial(complicity_finding, on_officials))
    parts: Mapping[PartKey, Mapping[Any, Finding]] = {
        PartKey.EFFORTS: {**answers.questions, EffortQuestion.COMPLICITY: complicity},
        PartKey.THREE_PS: {
            pillar: once((name, "pillar", pillar), rows, rows.finding)
            for pillar in Pillar
            for rows in [_rows_of_pillar(pillar, questionnaire, answers)]
        },
        PartKey.DATA: answers.required_figures,
    }
    fixed = {
        part: once((name, part), tuple(findings.items()), partial(fixed_part, part, findings))
        for part, findings in parts.items()
    }
    total = weighted_sum((recommendation.weight, FULL) for recommendation in questionnaire.recommendations)
    lines = tuple(
        once(
            (name, "recommendation", recommendation.id),
            (recommendation, total, findings),
            partial(_recommendation_line, recommendation, total, findings),
        )
        for recommendation in questionnaire.recommendations
        for findings in [tuple(answers.benchmarks[benchmark.id] for benchmark in recommendation.benchmarks)]
    )
    return Score(
        parts=tuple(ScorePart(part, lines) if part is PartKey.ACTION else fixed[part] for part in PART_POINTS),
        benchmarks=tuple(
            once((name, "line", benchmark.id), inputs, partial(_benchmark_line, *inputs))
            for recommendation in questionnaire.recommendations
            for benchmark in recommendation.benchmarks
            for inputs in [
                (recommendation, benchmark, questionnaire.list_weights[benchmark.id], answers.benchmarks[benchmark.id])
            ]
        ),
    )


def compute_points(questionnaire: Questionnaire, answers: Answers) -> Fraction:
    """Return the points of `compute_score` without the reasons. Use it to compare many answers."""
    return PointCalculator(questionnaire).points(answers)


class PointCalculator:
    """Compute the points of answers, of 100, and what answers add to other answers. Use it to try many of them.

    What answers add equals the difference of two `points`, but only the answers that change are looked at.
    """

    def __init__(self, questionnaire: Questionnaire) -> None:
        self.questionnaire = questionnaire
        self._benchmark_points = {
            benchmark_id: PART_POINTS[PartKey.ACTION] * weight
            for benchmark_id, weight in questionnaire.list_weights.items()
        }
        officials = [benchmark.id for benchmark in questionnaire.benchmarks if benchmark.terms.is_about_complicity]
        for benchmark_id in officials:
            self._benchmark_points[benchmark_id] += QUESTION_POINTS[EffortQuestion.COMPLICITY] / len(officials)
        self._benchmark_pillars = {benchmark.id: benchmark.pillar for benchmark in questionnaire.benchmarks}
        self._question_pillars = {
            indicator.question: indicator.pillar
            for indicator in questionnaire.indicators.values()
            if indicator.question
        }

    def pillars(self, answers: Answers) -> frozenset[Pillar]:
        """Return the Ps that these answers show."""
        return frozenset(
            [self._benchmark_pillars[key] for key, finding in answers.benchmarks.items() if finding.share]
            + [self._question_pillars[key] for key, finding in answers.questions.items() if finding.share == FULL]
        )

    def points(self, answers: Answers) -> Fraction:
        """Return the points of these answers, as `compute_score` does."""
        return (
            _weigh(answers.questions, QUESTION_POINTS)
            + _weigh(answers.benchmarks, self._benchmark_points)
            + _weigh(answers.required_figures, FIGURE_POINTS)
            + PILLAR_POINTS * len(self.pillars(answers))
        )

    def gain(self, added: Answers, state: Answers, shown: frozenset[Pillar]) -> Fraction:
        """Return the points that the answers `added` add to a state where they are better.

        `shown` are the Ps that the state shows (see `pillars`).
        """
        efforts = _points_gained(added.questions, state.questions, QUESTION_POINTS)
        action = _points_gained(added.benchmarks, state.benchmarks, self._benchmark_points)
        data = _points_gained(added.required_figures, state.required_figures, FIGURE_POINTS)
        return efforts + action + data + PILLAR_POINTS * len(self.pillars(added) - shown)


def _weigh[K](findings: Mapping[K, Finding], points: Mapping[K, Fraction]) -> Fraction:
    return weighted_sum((points[key], finding.worth) for key, finding in findings.items())


def _points_gained[K](added: Mapping[K, Finding], state: Mapping[K, Finding], points: Mapping[K, Fraction]) -> Fraction:
    """Return the points that some answers add to a state where they are better. Answers the state lacks add nothing."""
    return sum(
        (
            points[key] * (finding.worth - state[key].worth)
            for key, finding in added.items()
            if key in state and better_finding(state[key], finding) is not state[key]
        ),
        NOTHING,
    )


def fixed_part(part: PartKey, findings: Mapping[Any, Finding]) -> ScorePart:
    """Return a part that has the same lines for every record (see `METHOD_LINES`).

    `findings` maps questions or Ps to findings. A question without a finding counts as one without data.
    """
    return ScorePart(
        part,
        tuple(
            ScoreLine(
                key=question.value,
                title=question.label,
                max_points=max_points,
                law=law,
                finding=findings.get(question) or _unanswered_finding(question),
            )
            for question, max_points, law in METHOD_LINES[part]
        ),
    )


def _recommendation_line(
    recommendation: AskedRecommendation, total: Fraction, findings: tuple[Finding, ...]
) -> ScoreLine:
    """Return the line of a recommendation in the part "Concrete action" (22 U.S.C. 7107(b), Tier 2).

    `total` is the weight of all recommendations, and `findings` are those on its benchmarks. Nothing leaves the
    denominator: a recommendation without data has a share of 0.
    """
    return ScoreLine(
        key=f"{recommendation.prefix}{recommendation.number}",
        title=recommendation.title,
        max_points=PART_POINTS[PartKey.ACTION] * recommendation.weight / total if total else NOTHING,
        law=PART_LAW[PartKey.ACTION],
        finding=recommendation_finding(recommendation, findings),
    )


def recommendation_finding(recommendation: AskedRecommendation, findings: Iterable[Finding]) -> Finding:
    """Return the finding on a recommendation: the weighted mean of the findings on its benchmarks."""
    pairs = tuple(zip(recommendation.benchmarks, findings, strict=True))
    return Finding(
        weighted_mean((exact_weight(benchmark.terms.weight), finding) for benchmark, finding in pairs),
        describe_verdicts((benchmark.key, finding) for benchmark, finding in pairs),
        rows_of(finding for _, finding in pairs),
    )


def complicity_finding(findings: Iterable[tuple[str, Finding]]) -> Finding:
    """Return the finding on complicit officials: the mean share of the benchmarks about them (22 U.S.C. 7106(b)(7)).

    `findings` are benchmark keys with their findings. Met means charged or convicted in the tracking period; a step
    means investigated. No data is presumed against.
    """
    pairs = tuple(findings)
    share = weighted_mean((FULL, finding) for _, finding in pairs)
    rows = rows_of(finding for _, finding in pairs)
    if share is None:
        reason = gettext("Complicit officials: no data.")
        return Finding(None, reason, rows)
    met = [key for key, finding in pairs if finding.worth == FULL]
    steps = [key for key, finding in pairs if finding.worth and finding.worth != FULL]
    if met and steps:
        reason = gettext("Complicit officials: met on %(met)s, a concrete step on %(steps)s.")
    elif met:
        reason = gettext("Complicit officials: met on %(met)s.")
    elif steps:
        reason = gettext("Complicit officials: a concrete step on %(steps)s.")
    else:
        reason = gettext("Complicit officials: nobody charged, convicted or investigated on %(asked)s.")
    values = {"met": met, "steps": steps, "asked": [key for key, _ in pairs]}
    names = {name: join_with_and(keys) for name, keys in values.items() if keys}
    return Finding(share, reason % names, rows)


def pillar_finding(shown: Iterable[tuple[str, Finding]], findings: Iterable[Finding]) -> Finding:
    """Return the finding on a P: 1 if anything shows it, otherwise 0; no data if nothing asked of it has data.

    `shown` are names and findings of what shows the P, `findings` the findings on everything that is asked of it.
    """
    shown_pairs = tuple(shown)
    if shown_pairs:
        names = join_with_and(name for name, _ in shown_pairs)
        return Finding(
            FULL, gettext("Shown by: %(names)s.") % {"names": names}, rows_of(finding for _, finding in shown_pairs)
        )
    asked = tuple(findings)
    if all(finding.share is None for finding in asked):
        return Finding(None, gettext("Nothing asked here has data."), rows_of(asked))
    return Finding(NOTHING, gettext("No benchmark has moved, and no figure has improved."), rows_of(asked))


def describe_verdicts(findings: Iterable[tuple[str, Finding]], *, are_recommendations: bool = False) -> str:
    """Return sentences that list names by verdict: "Shown: 1a and 1b. Not shown: 1c and 1d.".

    With `are_recommendations` the names are numbers: "Shown: recommendations 1 and 6.".
    """
    pairs = tuple(findings)
    lists = [
        _list_names(verdict, names, are_recommendations=are_recommendations)
        for verdict in ReadinessVerdict
        if (names := [name for name, finding in pairs if finding.verdict is verdict])
    ]
    return " ".join(lists) if lists else gettext("Nothing is asked.")


def _list_names(verdict: ReadinessVerdict, names: Sequence[str], *, are_recommendations: bool) -> str:
    number = len(names)
    match verdict:
        case ReadinessVerdict.SHOWN:
            sentence = gettext("Shown: %(names)s.")
            if are_recommendations:
                sentence = ngettext("Shown: recommendation %(names)s.", "Shown: recommendations %(names)s.", number)
        case ReadinessVerdict.PARTLY:
            sentence = gettext("Partly shown: %(names)s.")
            if are_recommendations:
                sentence = ngettext(
                    "Partly shown: recommendation %(names)s.", "Partly shown: recommendations %(names)s.", number
                )
        case ReadinessVerdict.NOT_SHOWN:
            sentence = gettext("Not shown: %(names)s.")
            if are_recommendations:
                sentence = ngettext(
                    "Not shown: recommendation %(names)s.", "Not shown: recommendations %(names)s.", number
                )
        case ReadinessVerdict.NO_DATA:
            sentence = gettext("No data: %(names)s.")
            if are_recommendations:
                sentence = ngettext("No data: recommendation %(names)s.", "No data: recommendations %(names)s.", number)
    return sentence % {"names": join_with_and(names)}


class _PillarRows(NamedTuple):
    """What is asked of a P: its benchmarks and its questions, each with its name and its finding."""

    benchmarks: tuple[tuple[str, Finding], ...]
    questions: tuple[tuple[str, Finding], ...]

    def finding(self) -> Finding:
        """Return the finding on the P.

        A benchmark shows it if its share is above 0, and a question if its count is up.
        """
        shown = [(name, finding) for name, finding in self.benchmarks if finding.share]
        shown += [(name, finding) for name, finding in self.questions if finding.share == FULL]
        return pillar_finding(shown, [finding for _, finding in self.benchmarks + self.questions])


def _rows_of_pillar(pillar: Pillar, questionnaire: Questionnaire, answers: Answers) -> _PillarRows:
    """Return what is asked of a P.

    The question on complicit officials is left out: it is a mean of benchmarks, and these count for their own pillar.
    """
    asked = {indicator.question for indicator in questionnaire.indicators.values() if indicator.pillar is pillar}
    return _PillarRows(
        tuple(
            (benchmark.key, answers.benchmarks[benchmark.id])
            for benchmark in questionnaire.benchmarks
            if benchmark.pillar is pillar
        ),
        tuple(
            (question.label, answers.questions[question])
            for question in QUESTION_POINTS
            if question in asked and question in answers.questions
        ),
    )


def _benchmark_line(
    recommendation: AskedRecommendation, benchmark: AskedBenchmark, list_weight: Fraction, finding: Finding
) -> BenchmarkLine:
    return BenchmarkLine(
        benchmark_id=benchmark.id,
        recommendation_id=recommendation.id,
        recommendation=recommendation.number,
        line=ScoreLine(
            key=benchmark.key,
            title=benchmark.key,
            max_points=PART_POINTS[PartKey.ACTION] * list_weight,
            law=COMPLICITY_LAW if benchmark.terms.is_about_complicity else PART_LAW[PartKey.ACTION],
            finding=finding,
        ),
    )


def _unanswered_finding(question: EffortQuestion | Pillar) -> Finding:
    return Finding(None, no_data_sentence(question.label))
