"""Page that explains a part, a line or a benchmark of the score, with the rows that count and those that don't."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from recommendations.edition_context import EditionRequest, edition_url
from reports import formatting
from reports.choices import PartKey
from reports.readiness.answers import Finding, RowReference
from reports.readiness.explanation import score_display
from reports.readiness.explanation.score_display import PartDisplay, without_trailing_zeros
from reports.readiness.explanation.score_explanation import (
    CriterionExplanation,
    ExplainedRow,
    LineExplanation,
    ScoreExplanation,
    benchmark_address,
)
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import Readiness, evaluate_readiness
from reports.request_params import RequestedStandpoint
from reports.views.record_rows import RecordedReview, RecordRow, find_record_rows
from reports.views.standpoint import read_standpoint
from tiptracker.accounts.models import User
from tiptracker.infrastructure.read_snapshot import snapshot
from tiptracker.web.pages import render_page

type PrintedPoints = tuple[Decimal | None, Decimal]
"""Points given and points possible, of 100, as printed; the first is None if nothing has been reviewed."""

NO_ROW = RowReference("", 0)
"""The subject of a question: no row of the record."""


class ExplanationRow(NamedTuple):
    """A row on the page, the embassy's review decision on it here, and the reason if it does not count."""

    told: RecordRow
    word: RecordedReview | None
    why: str


class ExplanationLine(NamedTuple):
    """A line on the page: its title, sentence, points, law, and the rows under it."""

    title: str
    url: str
    points: str
    finding: Finding
    claim: str
    law: str
    rests_on: Sequence[ExplanationRow]
    claimed: Sequence[ExplanationRow]
    aside: Sequence[ExplanationRow]


@login_required
@require_safe
def readiness_why(request: EditionRequest, part: str, key: str = "") -> HttpResponse:
    """Explain the result of a part, or of a line of it (by its key, such as "6a")."""
    if part not in PartKey:
        raise Http404
    asked, form, status = read_standpoint(request)
    context: dict[str, Any] = {"asked": asked, "form": form, "part": PartKey(part), "key": key}
    if asked is not None:
        with snapshot():
            facts = gather_facts(asked.edition)
            result = evaluate_readiness(facts, as_of=asked.as_of, known_by=asked.known_by)
            page = _ExplanationPage(request.user, asked, result, ScoreExplanation(facts, result))
            answer = page.of_line(PartKey(part), key) if key else page.of_part(PartKey(part))
        if answer is None:
            raise Http404
        context |= answer
    return render_page(request, "reports/readiness_why.html", context, status=status)


class _ExplanationPage:
    """Builds the content of the page for one user and one standpoint."""

    def __init__(self, user: User, asked: RequestedStandpoint, result: Readiness, reasons: ScoreExplanation) -> None:
        self.user, self.asked, self.reasons = user, asked, reasons
        self.parts = {part.key: part for part in score_display.display_parts(result)}
        self.points = _points_by_line(self.parts, result)

    def of_part(self, part: PartKey) -> dict[str, Any]:
        """Return a part, and each of its lines with the rows that count for it."""
        stands, lines = self.parts[part], self.reasons.of_part(part)
        told = self._told(lines)
        return {
            "title": part.label,
            "law": stands.law,
            "verdict": stands.verdict,
            "reason": stands.reason,
            "points": _format_points(stands.points, stands.of),
            "up": self._url("readiness_detail"),
            "up_label": "Readiness",
            "answers": [self._answer(one, one.grounds, told) for one in lines],
            "is_part": True,
        }

    def of_line(self, part: PartKey, key: str) -> dict[str, Any] | None:
        """Return a line with every row given for it; None if there is no such line."""
        line = self.reasons.of(part, key)
        if line is None:
            return None
        told = self._told([line])
        named = told.get(_subject_row(line))
        above = line.above if line.benchmark_id is not None else None
        return {
            "title": named.text if named else line.line.title,
            "law": line.line.law,
            "verdict": line.line.finding.verdict,
            "reason": line.line.finding.reason,
            "claim": line.claim,
            "points": self._points_of(line, part),
            "up": self._url("readiness_why", part.value, *([above.key] if above else [])),
            "up_label": above.title if above else part.label,
            "read_at": named.url if named else "",
            "answers": [self._answer(one, [one], told, part) for one in line.grounds],
            "is_single": (len(line.grounds) == 1 and line.recommendation_id is None) or line.benchmark_id is not None,
        }

    def _told(self, lines: Iterable[LineExplanation]) -> Mapping[RowReference, RecordRow]:
        grounds = [ground for line in lines for ground in line.grounds]
        about = {_subject_row(line) for line in lines} | {_subject_row(ground) for ground in grounds}
        given = {one.row for ground in grounds for one in ground.given}
        return find_record_rows(self.user, (about | given) - {NO_ROW}, self.asked.known_by)

    def _answer(
        self,
        line: LineExplanation | CriterionExplanation,
        grounds: Sequence[CriterionExplanation],
        told: Mapping[RowReference, RecordRow],
        part: PartKey | None = None,
    ) -> ExplanationLine:
        named = told.get(_subject_row(line))
        return ExplanationLine(
            title=named.text if named else line.line.title,
            url=self._url("readiness_why", line.part.value, line.address),
            points=self._points_of(line, part or line.part),
            finding=line.line.finding,
            claim=line.claim,
            law=line.line.law,
            rests_on=_explained_rows(((ground, one) for ground in grounds for one in ground.rests_on), told),
            claimed=_explained_rows(((ground, one) for ground in grounds for one in ground.claimed), told),
            aside=_explained_rows(((ground, one) for ground in grounds for one in ground.aside), told),
        )

    def _points_of(self, line: LineExplanation | CriterionExplanation, part: PartKey) -> str:
        """Return the points it gives of those possible in a part; empty if it gives none there by itself."""
        figures = self.points.get((line.part, line.address)) if line.part is part else None
        return _format_points(*figures) if figures else ""

    def _url(self, name: str, *arguments: str) -> str:
        return f"{edition_url(self.asked.edition, name, *arguments)}?{self.asked.query}"


def _points_by_line(
    parts: Mapping[PartKey, PartDisplay], result: Readiness
) -> Mapping[tuple[PartKey, str], PrintedPoints]:
    """Return points given and possible by line, and by benchmark of a recommendation.

    They are rounded for print so that they add up.
    """
    figures = {(part.key, line.key): (line.points, line.of) for part in parts.values() for line in part.lines}
    given = {one.benchmark_id: one.line for one in result.verified.benchmarks}
    for each, line in zip(result.seen.asked.recommendations, parts[PartKey.ACTION].lines, strict=True):
        own = [given[one.id] for one in each.benchmarks]
        points = (
            formatting.round_preserving_sum([one.points for one in own], total=line.points)
            if line.points is not None
            else ()
        )
        could = formatting.round_preserving_sum([one.of for one in own], total=line.of) if own else ()
        for one, gives, of in zip(each.benchmarks, points or [None] * len(own), could, strict=True):
            figures[PartKey.ACTION, benchmark_address(each, one)] = (
                None if gives is None else without_trailing_zeros(gives),
                without_trailing_zeros(of),
            )
    return figures


def _format_points(points: Decimal | None, of: Decimal) -> str:
    """Format points as "3 of 7 points"; without points given, only what is possible."""
    return f"could give {of} points" if points is None else f"{points} of {of} points"


def _subject_row(line: LineExplanation | CriterionExplanation) -> RowReference:
    """Return the row that a line is about: its benchmark, or else its recommendation."""
    if line.benchmark_id is not None:
        return RowReference("benchmark", line.benchmark_id)
    return (
        RowReference("recommendation", line.recommendation_id)
        if isinstance(line, LineExplanation) and line.recommendation_id
        else NO_ROW
    )


def _explained_rows(
    given: Iterable[tuple[CriterionExplanation, ExplainedRow]], told: Mapping[RowReference, RecordRow]
) -> list[ExplanationRow]:
    """Return the rows for the page, each row and reason once."""
    found: dict[tuple[RowReference, str], ExplanationRow] = {}
    for ground, one in given:
        if row := told.get(one.row):
            word = row.word_on(ground.benchmark_id if one.row.type == "evidence" else None)
            found.setdefault((one.row, one.why), ExplanationRow(row, word, one.why))
    return list(found.values())
