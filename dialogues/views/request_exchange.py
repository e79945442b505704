"""Which answers to a request for information wait for the embassy, and which came back, each with its lines.

These are plain values: a ministry's page reaches no row through them.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from dialogues.models import InformationRequest, RequestLine, UpdateVersion
from dialogues.request_status import RequestStanding
from dialogues.views.timeline import decision_on
from tiptracker.localization import join_with_and


class WaitingAnswer(NamedTuple):
    """An answer that waits for the embassy: the id of its version, the day it was sent, and the lines it holds.

    `numbers` are those of the lines in words, "1 and 3"; `line_count` says how many they are.
    """

    version: int
    sent_on: date
    numbers: str
    line_count: int


class ReturnedAnswer(NamedTuple):
    """An answer that the embassy returned, with the reason, and the lines to which another answer is expected.

    The other fields are as in `WaitingAnswer`.
    """

    version: int
    reason: str
    numbers: str
    line_count: int


def list_waiting_answers(request: InformationRequest, standing: RequestStanding) -> list[WaitingAnswer]:
    """Return the answers that wait for the embassy, oldest first. Load the request `with_history`."""
    lines: dict[int, list[RequestLine]] = defaultdict(list)
    days: dict[int, date] = {}
    for line in request.list_lines(standing):
        if (sent_on := standing.lines[line.pk].sent_on) and (answer := line.newest_answer):
            lines[answer.update_version_id].append(line)
            days[answer.update_version_id] = sent_on
    order = sorted(lines, key=lambda key: (days[key], key))
    return [WaitingAnswer(key, days[key], _join_numbers(lines[key]), len(lines[key])) for key in order]


def list_returned_answers(request: InformationRequest, standing: RequestStanding) -> list[ReturnedAnswer]:
    """Return the answers that were returned and not sent again, oldest first. Load the request `with_history`."""
    lines: dict[int, list[RequestLine]] = defaultdict(list)
    versions: dict[int, UpdateVersion] = {}
    for line in request.list_expected_lines(standing) if standing.is_expected else ():
        for answer in line.answers.all():
            if answer.update_version_id == standing.lines[line.pk].returned_version:
                lines[answer.update_version_id].append(line)
                versions[answer.update_version_id] = answer.update_version
    return [
        ReturnedAnswer(key, decision.reason, _join_numbers(lines[key]), len(lines[key]))
        for key in sorted(lines)
        if (decision := decision_on(versions[key]))
    ]


def _join_numbers(lines: Sequence[RequestLine]) -> str:
    return join_with_and([str(line.number) for line in lines])
