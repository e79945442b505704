"""Requests for information as rows of a list, and what is known of the figures that were asked for."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from dialogues.choices import LineStatus, RequestStatus
from dialogues.models import InformationRequest
from dialogues.request_phrases import describe_line_standing, format_answered, format_request_status
from dialogues.request_status import RequestStanding
from recommendations.models import Edition
from tiptracker.accounts.models import User


class RequestListRow(NamedTuple):
    """A request in a list, with its standing, the words for it, and what its lines ask for today."""

    information_request: InformationRequest
    standing: RequestStanding
    text: str
    answered: str
    lines: Sequence[str]

    @property
    def status(self) -> RequestStatus:
        return self.standing.status

    @property
    def order(self) -> tuple[Any, ...]:
        """Sort key: those that wait for an answer first, by due date, then the settled ones, the newest first."""
        is_settled = self.standing.is_settled
        return is_settled, -self.information_request.pk if is_settled else 0, self.standing.due_on


def list_request_rows(requests: Sequence[InformationRequest], today: date) -> list[RequestListRow]:
    """Return requests, loaded `with_history`, as rows of a list: open ones first, by due date."""
    rows = [
        RequestListRow(
            row,
            standing,
            format_request_status(standing),
            format_answered(standing),
            [line.description for line in row.list_lines(standing)],
        )
        for row in requests
        if (standing := row.standing_on(today))
    ]
    return sorted(rows, key=lambda row: row.order)


class AskedFigureState(NamedTuple):
    """What is known of a figure that a ministry was asked for: of which period, in words, and by which request.

    `is_waiting`: whether its answer is still to come or to be reviewed.
    """

    starts_on: date
    text: str
    information_request: InformationRequest
    is_waiting: bool


def describe_asked_figures(requests: Sequence[InformationRequest], today: date) -> dict[int, list[AskedFigureState]]:
    """Return what is known of the figures asked for, by the id of the indicator: of each period the newest request.

    Load the requests `with_history`. An indicator that nobody was asked about is not in the answer.
    """
    known: dict[int, dict[date, AskedFigureState]] = defaultdict(dict)
    for row in sorted(requests, key=lambda row: row.pk):
        standing = row.standing_on(today)
        if standing is None or standing.status is RequestStatus.WITHDRAWN:
            continue
        for line in row.list_lines(standing):
            if line.indicator_id and line.starts_on:
                line_standing = standing.lines[line.pk]
                text = describe_line_standing(line_standing, line.asked_on(standing))
                is_waiting = line_standing.status in (LineStatus.ASKED, LineStatus.WITH_EMBASSY)
                known[line.indicator_id][line.starts_on] = AskedFigureState(line.starts_on, text, row, is_waiting)
    return {indicator: list(figures.values()) for indicator, figures in known.items()}


def find_newest_requests(user: User, edition: Edition, today: date) -> dict[int, AskedFigureState]:
    """Return what is known of the newest request for a figure of the tracking period, by the id of the indicator."""
    requests = InformationRequest.objects.visible_to(user, edition.country).filter(edition=edition)
    asked = describe_asked_figures(list(requests.with_history()), today)
    of_year = {key: [each for each in states if each.starts_on >= edition.starts_on] for key, states in asked.items()}
    return {key: states[-1] for key, states in of_year.items() if states}
