"""Page that explains a part, a line or a benchmark of the score, with the rows that count and those that don't."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.http import Http404, HttpResponse

from recommendations.edition_context import EditionRequest, edition_url
from recommendations.kept_pages import keep_page
from reports import formatting
from reports.choices import PartKey
from reports.readiness.answers import RowReference
from reports.readiness.explanation import score_display
from reports.readiness.explanation.score_display import PartDisplay, describe_reversal, without_trailing_zeros
from reports.readiness.explanation.score_explanation import (
    CriterionExplanation,
    ExplainedRow,
    LineExplanation,
    ScoreExplanation,
    benchmark_address,
)
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import Readiness, evaluate_readiness
from reports.readiness.reversed_actions import Reversal, find_reversed_benchmarks
from reports.request_params import RequestedMoment
from reports.views.access import readiness_page
from reports.views.record_moment import read_record_moment
from reports.views.record_rows import RecordedReview, RecordRow, find_record_rows
from tiptracker.accounts.models import User
from tiptracker.infrastructure.read_snapshot import snapshot
from tiptracker.localization import format_number, gettext
from tiptracker.web.form_pages import render_form

type PointsTexts = Mapping[tuple[PartKey, str], str]
"""The points of each line, and of each benchmark of a recommendation, by part and address: "3 of 7 points"."""
type RecordRows = Mapping[RowReference, RecordRow]

NO_ROW = RowReference("", 0)
"""The subject of a question: no row of the record."""


class ExplanationRow(NamedTuple):
    """A row on the page, the embassy's review decision on it here, and the reason if it does not count."""

    row: RecordRow
    review: RecordedReview | None
    why: str


class ExplanationLine(NamedTuple):
    """A line on the page: its title, its points (empty if it gives none by itself), and the rows under it.

    `not_reported` are the figures among them that were not reported: they were looked at, but nothing counts.
    `reversals` say which of its benchmarks had an action that was reversed.
    """

    explanation: LineExplanation | CriterionExplanation
    title: str
    points: str
    reversals: Sequence[str]
    rests_on: Sequence[ExplanationRow]
    not_reported: Sequence[ExplanationRow]
    claimed: Sequence[ExplanationRow]
    aside: Sequence[ExplanationRow]


@readiness_page
@keep_page(is_personal=False)
def readiness_why(request: EditionRequest, part: str, key: str = "") -> HttpResponse:
    """Explain the result of a part, or of a line of it (by its key, such as "6a")."""
    if part not in PartKey:
        raise Http404
    record_moment, form = read_record_moment(request)
    context: dict[str, Any] = {"record_moment": record_moment, "part": PartKey(part), "key": key}
    if record_moment is not None:
        with snapshot():
            explained = _explain(request.user, record_moment, PartKey(part), key)
        if explained is None:
            raise Http404
        context |= explained
    return render_form(request, "reports/readiness_why.html", form, context)


def _explain(user: User, record_moment: RequestedMoment, part: PartKey, key: str) -> dict[str, Any] | None:
    """Return the context for a part or, if there is a key, for a line; None if there is no such line."""
    facts = gather_facts(record_moment.edition)
    result = evaluate_readiness(facts, as_of=record_moment.as_of, known_by=record_moment.known_by)
    explanation = ScoreExplanation(facts, result)
    line = explanation.find_line(part, key) if key else None
    if key and line is None:
        return None
    lines = [line] if line else explanation.lines_of_part(part)
    rows = _find_rows(user, lines, record_moment)
    parts = {display.key: display for display in score_display.display_parts(result)}
    points = _points_by_line(parts, result)
    reversals = find_reversed_benchmarks(result.reversed_actions())
    if line:
        return _line_context(line, record_moment, points, rows, reversals)
    display = parts[part]
    return {
        "title": part.label,
        "law": display.law,
        "verdict": display.verdict,
        "reason": display.reason,
        "points": _format_points(display.points, display.of),
        "answers": [_explanation_line(line, line.criteria, points, rows, reversals) for line in lines],
        "is_part": True,
    }


def _line_context(
    line: LineExplanation,
    record_moment: RequestedMoment,
    points: PointsTexts,
    rows: RecordRows,
    reversals: Mapping[int, Reversal],
) -> dict[str, Any]:
    """Return the context for a line, with every row given for it."""
    subject, part, above = rows.get(_subject_row(line)), line.part, line.recommendation_line
    up = edition_url(record_moment.edition, "readiness_why", part.value, *([above.key] if above else []))
    return {
        "title": subject.text if subject else line.line.title,
        "law": line.line.law,
        "verdict": line.line.finding.verdict,
        "reason": line.line.finding.reason,
        "claim": line.claim,
        "points": points.get((part, line.address), ""),
        "up": f"{up}?{record_moment.query}",
        "up_label": above.title if above else part.label,
        "read_at": subject.url if subject else "",
        # What a criterion gives in another part is no part of this line's points.
        "answers": [
            _explanation_line(criterion, [criterion], points if criterion.part is part else {}, rows, reversals)
            for criterion in line.criteria
        ],
        "is_single": (len(line.criteria) == 1 and line.recommendation_id is None) or line.benchmark_id is not None,
    }


def _find_rows(user: User, lines: Iterable[LineExplanation], record_moment: RequestedMoment) -> RecordRows:
    """Return what the lines and their criteria are about, and every row given for them."""
    grounds = [ground for line in lines for ground in line.criteria]
    subjects = {_subject_row(line) for line in lines} | {_subject_row(ground) for ground in grounds}
    given = {row.row for ground in grounds for row in ground.rows}
    return find_record_rows(user, (subjects | given) - {NO_ROW}, record_moment.known_by)


def _explanation_line(
    line: LineExplanation | CriterionExplanation,
    grounds: Sequence[CriterionExplanation],
    points: PointsTexts,
    rows: RecordRows,
    reversals: Mapping[int, Reversal],
) -> ExplanationLine:
    subject = rows.get(_subject_row(line))
    rests_on = _explanation_rows(
        ((ground, explained_row) for ground in grounds for explained_row in ground.rests_on), rows
    )
    return ExplanationLine(
        explanation=line,
        title=subject.text if subject else line.line.title,
        points=points.get((line.part, line.address), ""),
        reversals=list_reversals(((ground.line.key, ground.benchmark_id) for ground in grounds), reversals),
        rests_on=[entry for entry in rests_on if not entry.row.is_no_data],
        not_reported=[entry for entry in rests_on if entry.row.is_no_data],
        claimed=_explanation_rows(
            ((ground, explained_row) for ground in grounds for explained_row in ground.claimed), rows
        ),
        aside=_explanation_rows(
            ((ground, explained_row) for ground in grounds for explained_row in ground.not_counted), rows
        ),
    )


def list_reversals(benchmarks: Iterable[tuple[str, int | None]], reversals: Mapping[int, Reversal]) -> list[str]:
    """Return a sentence for each benchmark (its key, such as "5b", and its id) with an action that was reversed."""
    return [
        gettext("%(benchmark)s: %(sentence)s") % {"benchmark": key, "sentence": describe_reversal(reversals[pk])}
        for key, pk in benchmarks
        if pk is not None and pk in reversals
    ]


def _points_by_line(parts: Mapping[PartKey, PartDisplay], result: Readiness) -> PointsTexts:
    """Return the points of each line, and of each benchmark of a recommendation, rounded so that they add up."""
    texts = {
        (part.key, line.key): _format_points(line.points, line.of) for part in parts.values() for line in part.lines
    }
    benchmark_lines = {benchmark.benchmark_id: benchmark.line for benchmark in result.verified.benchmarks}
    for recommendation, line in zip(
        result.verified_record.questionnaire.recommendations, parts[PartKey.ACTION].lines, strict=True
    ):
        benchmarks = recommendation.benchmarks
        if not benchmarks:
            continue
        own = [benchmark_lines[benchmark.id] for benchmark in benchmarks]
        possible = formatting.round_preserving_sum([benchmark_line.max_points for benchmark_line in own], total=line.of)
        points: Sequence[Decimal | None] = [None] * len(own)
        if line.points is not None:
            points = formatting.round_preserving_sum(
                [benchmark_line.points for benchmark_line in own], total=line.points
            )
        for benchmark, reached, of in zip(benchmarks, points, possible, strict=True):
            texts[PartKey.ACTION, benchmark_address(recommendation, benchmark)] = _format_points(
                None if reached is None else without_trailing_zeros(reached), without_trailing_zeros(of)
            )
    return texts


def _format_points(points: Decimal | None, of: Decimal) -> str:
    """Format points as "3 of 7 points"; without points given, "7 points possible"."""
    if points is None:
        return gettext("%(of)s points possible") % {"of": format_number(of)}
    return gettext("%(points)s of %(of)s points") % {"points": format_number(points), "of": format_number(of)}


def _subject_row(line: LineExplanation | CriterionExplanation) -> RowReference:
    """Return the row that a line is about: its benchmark, or else its recommendation."""
    if line.benchmark_id is not None:
        return RowReference("benchmark", line.benchmark_id)
    return (
        RowReference("recommendation", line.recommendation_id)
        if isinstance(line, LineExplanation) and line.recommendation_id
        else NO_ROW
    )


def _explanation_rows(
    explained: Iterable[tuple[CriterionExplanation, ExplainedRow]], rows: RecordRows
) -> list[ExplanationRow]:
    """Return the rows for the page, each row and reason once."""
    unique: dict[tuple[RowReference, str], ExplanationRow] = {}
    for criterion, explained_row in explained:
        if row := rows.get(explained_row.row):
            review = row.review_on(criterion.benchmark_id if explained_row.row.type == "evidence" else None)
            unique.setdefault(
                (explained_row.row, explained_row.reason), ExplanationRow(row, review, explained_row.reason)
            )
    return list(unique.values())
