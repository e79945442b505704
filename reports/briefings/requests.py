"""Requests for information in documents: how many were made and answered, and what each ministry was asked for."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from dialogues.choices import LineStatus, RequestStatus
from dialogues.models import InformationRequest, RequestLine
from dialogues.request_phrases import describe_line_standing, format_request_status
from dialogues.request_status import RequestStanding
from reports import formatting
from reports.briefings.content.ambassador import OverdueRequest
from reports.briefings.content.dialogue import AskedInformation
from reports.choices import StepKind
from reports.reader_view import ReaderView
from reports.readiness.explanation.step_sentences import FigureRequest
from reports.readiness.forecast.next_steps import NextSteps
from tiptracker.localization import gettext, ngettext

CLOSED = frozenset({RequestStatus.ANSWERED, RequestStatus.NONE})


def gather_requests(view: ReaderView) -> list[tuple[InformationRequest, RequestStanding]]:
    """Return the requests of the edition that were known and had been made, each with its standing on the day."""
    rows = InformationRequest.objects.visible_to(view.reader).filter(view.recorded, edition=view.edition)
    standings = ((row, row.standing_on(view.as_of, known_by=view.known_by)) for row in rows.with_history())
    return [(row, standing) for row, standing in standings if standing is not None]


def list_unanswered(
    row: InformationRequest, standing: RequestStanding, named: Collection[tuple[int, int]]
) -> list[str]:
    """Return the lines of a request without an answer, as texts.

    `named` are the figures (request, indicator) that are asked for elsewhere, as next steps. They are left out.
    """
    return [
        line.description
        for line in row.list_lines(standing)
        if standing.lines[line.pk].is_open and (row.pk, line.indicator_id) not in named
    ]


def find_named_figures(
    ministry: int | None, steps: NextSteps, asked: Mapping[int, FigureRequest]
) -> set[tuple[int, int]]:
    """Return the figures (request, indicator) whose answer by the ministry (key) is overdue and that are next steps."""
    return {
        (figure.request, step.indicator_id)
        for step in steps.steps
        if step.kind is StepKind.ASK
        and step.ministry_id == ministry
        and step.indicator_id
        and (figure := asked.get(step.indicator_id))
        and figure.is_overdue
    }


def list_overdue(requests: Sequence[tuple[InformationRequest, RequestStanding]]) -> tuple[OverdueRequest, ...]:
    """Return the requests that are overdue, the longest first."""
    overdue = [OverdueRequest(row.ministry.name, standing.days_overdue) for row, standing in requests]
    return tuple(sorted((one for one in overdue if one.days), key=lambda one: -one.days))


def summarize_requests(requests: Iterable[tuple[InformationRequest, RequestStanding]]) -> str:
    """Return how many requests were made, answered and are overdue; empty if none was made.

    A request that the ministry answered with “we have none” is answered. One that was withdrawn is not counted.
    """
    statuses = [standing.status for _, standing in requests]
    made = [status for status in statuses if status is not RequestStatus.WITHDRAWN]
    if not made:
        return ""
    sentence = ngettext(
        "Requests for information: %(asked)d asked, %(answered)d answered, %(overdue)d overdue.",
        "Requests for information: %(asked)d asked, %(answered)d answered, %(overdue)d overdue.",
        len(made),
    )
    answered = sum(status in CLOSED for status in made)
    return sentence % {"asked": len(made), "answered": answered, "overdue": made.count(RequestStatus.OVERDUE)}


def build_asked_information(view: ReaderView, ministries: Collection[int]) -> tuple[AskedInformation, ...]:
    """Return the lines asked of these ministries, or of all if there are none, the earliest due date first.

    Lines of withdrawn requests are left out.
    """
    rows = [
        (row, standing)
        for row, standing in gather_requests(view)
        if standing.status is not RequestStatus.WITHDRAWN and (not ministries or row.ministry_id in ministries)
    ]
    return tuple(
        AskedInformation(
            ministry=row.ministry.short_name,
            what=line.description,
            due_on=standing.due_on,
            state=_choose_state(standing, line),
            status_text=_describe_line(standing, line),
        )
        for row, standing in sorted(rows, key=lambda pair: (pair[1].due_on, pair[0].pk))
        for line in row.list_lines(standing)
    )


def _choose_state(standing: RequestStanding, line: RequestLine) -> str:
    """Return the status code of a line: "overdue" if its request is and nothing answers it, so that it stands out."""
    status = standing.lines[line.pk].status
    is_overdue = status is LineStatus.ASKED and standing.days_overdue
    return RequestStatus.OVERDUE.value if is_overdue else status.value


def _describe_line(standing: RequestStanding, line: RequestLine) -> str:
    """Return what is known of a line and, if it is overdue, by how many days."""
    known = standing.lines[line.pk]
    text = describe_line_standing(known, line.asked_on(standing))
    if known.status is LineStatus.ASKED and standing.days_overdue:
        detail = formatting.lowercase_first(format_request_status(standing))
        return gettext("%(line)s; %(request)s") % {"line": text, "request": detail}
    return text
