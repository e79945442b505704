"""Find which figures of next steps the embassy has asked a ministry for, and what became of it."""

from collections.abc import Iterable, Mapping

from dialogues.choices import LineStatus, RequestStatus
from dialogues.models import InformationRequest
from dialogues.models.information_requests import InformationRequestQuerySet
from reports.choices import StepKind, YearsAsked
from reports.readiness.explanation.step_sentences import FigureRequest
from reports.readiness.facts import Period
from reports.readiness.forecast.next_steps import NextSteps, ReadinessStep
from reports.readiness.readiness import Readiness


def find_asked_figures(
    result: Readiness, steps: NextSteps, requests: InformationRequestQuerySet
) -> Mapping[int, FigureRequest]:
    """Return the figures of these steps that a ministry was asked for, by the id of the indicator.

    A figure counts as asked for if each year that its step needs is a line of a request that was not withdrawn. The
    newest request decides. A line whose answer was accepted and gave a figure counts no more: the step is there because
    that figure was not verified.

    Args:
        requests: those that the reader may see.
    """
    wanted = [step for step in steps.all_steps if step.kind is StepKind.ASK and step.indicator_id]
    if not wanted:
        return {}
    indicators = {step.indicator_id for step in wanted}
    known = requests.filter(edition=result.edition.id, lines__indicator__in=indicators).distinct().with_history()
    asked = list(_list_asked(known.order_by("-pk"), result))
    figures = {}
    for step in wanted:
        parts = [_find_newest(asked, step, year) for year in _years(step, result)]
        if step.indicator_id and (found := [part for part in parts if part]) and len(found) == len(parts):
            figures[step.indicator_id] = max(found, key=lambda part: (part.asked_on, part.request))
    return figures


type _AskedLine = tuple[int | None, Period, FigureRequest]
"""The id of an indicator, the period that is asked for, and what became of it."""


def _list_asked(requests: Iterable[InformationRequest], result: Readiness) -> Iterable[_AskedLine]:
    for request in requests:
        standing = request.standing_on(result.as_of, known_by=result.known_by)
        if standing is None or standing.status is RequestStatus.WITHDRAWN:
            continue
        for line in request.list_lines(standing):
            status = standing.lines[line.pk].status
            if line.starts_on and line.through_on and status is not LineStatus.ANSWERED:
                asked_on = line.asked_on(standing)
                is_overdue = status is LineStatus.ASKED and standing.days_overdue > 0
                has_none = status is LineStatus.NONE
                figure = FigureRequest(request.pk, request.maker, asked_on, standing.due_on, is_overdue, has_none)
                yield line.indicator_id, Period(line.starts_on, line.through_on), figure


def _years(step: ReadinessStep, result: Readiness) -> list[Period]:
    edition = result.edition
    return {
        YearsAsked.PERIOD: [edition.tracking],
        YearsAsked.BEFORE: [edition.previous],
        YearsAsked.BOTH: [edition.tracking, edition.previous],
    }[step.years]


def _find_newest(asked: Iterable[_AskedLine], step: ReadinessStep, year: Period) -> FigureRequest | None:
    return next(
        (
            figure
            for indicator, period, figure in asked
            if indicator == step.indicator_id and year.starts_on <= period.starts_on <= year.ends_on
        ),
        None,
    )
