"""Gather what to raise with one ministry: the talking points that ask it for something, the most urgent first."""

from collections.abc import Mapping
from dataclasses import dataclass

from reports.briefings.commitments import gather_commitments
from reports.briefings.content.dialogue import OVERDUE
from reports.briefings.recommendations import gather_recommendations, terms_in_force
from reports.briefings.reversal_sentences import GatheredReversals
from reports.briefings.talking_points import SortedPoint, TalkingPointBuilder
from reports.briefings.updates import gather_versions
from reports.reader_view import ReaderView
from reports.readiness.answers import RowReference
from reports.readiness.explanation.step_sentences import StepTexts, display_steps
from reports.readiness.forecast.next_steps import NextSteps
from reports.readiness.readiness import Readiness
from tiptracker.accounts.models import Ministry


@dataclass(frozen=True)
class PointToRaise:
    """One thing to raise with a ministry.

    `sentence` can be spoken as it is. `status_text` says how urgent it is ("overdue by 12 days"). `row` is the
    commitment, request, indicator or benchmark that it is about. `adds` are the points of its next step; empty if it is
    none, or if no figure is shown.
    """

    sentence: str
    status_text: str
    is_overdue: bool
    row: RowReference
    adds: str


def gather_points_to_raise(
    view: ReaderView, ministry: Ministry, result: Readiness, reversals: GatheredReversals
) -> list[PointToRaise]:
    """Return what to raise with a ministry, the most urgent first, by the rules of the talking points of a dialogue."""
    steps = result.next_steps()
    keys = {line.benchmark_id: line.line.key for line in result.verified.benchmarks}
    commitments = gather_commitments(view, keys, ministry=ministry)
    builder = TalkingPointBuilder(
        view=view,
        result=result,
        recommendations=gather_recommendations(view),
        commitments=commitments,
        versions=gather_versions(view, commitments),
        evidence=(),  # only thanks rest on evidence
        reversals=reversals,
        terms=terms_in_force(view),
        concerning=frozenset(),
        table=frozenset({ministry.pk}),
        steps=steps,
        since=None,
    )
    adds = _points_by_row(result, steps)
    return [_build_point(one, adds) for one in builder.points_to_raise(ministry.pk)]


def _points_by_row(result: Readiness, steps: NextSteps) -> dict[RowReference, str]:
    """Return what each next step adds, as the list of next steps shows it, by the row that the step is about."""
    displays = display_steps(result, steps, StepTexts())
    after_deadline = [step for step in steps.after_deadline if step.points]
    pairs = [
        *zip(steps.steps, displays.steps, strict=True),
        *zip(after_deadline, displays.after_deadline, strict=True),
    ]
    return {step.rows[0]: display.adds for step, display in pairs}


def _build_point(one: SortedPoint, adds: Mapping[RowReference, str]) -> PointToRaise:
    commitment = one.commitment
    return PointToRaise(
        sentence=one.point.sentence,
        status_text=commitment.printed.status_text if commitment else one.point.status_text,
        is_overdue=one.kind == OVERDUE.field,
        row=one.row,
        adds=adds.get(one.row, ""),
    )
