"""What to raise first with a ministry, on the dashboard: by the rules of its page, from what the dashboard has read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from dialogues.models import InformationRequest
from dialogues.request_status import RequestStanding
from reports.briefings import asks
from reports.briefings.commitment_priority import OPEN, OVERDUE, CommitmentPriorities, Urgency
from reports.briefings.requests import find_named_figures, list_unanswered
from reports.choices import StepKind
from reports.readiness.explanation.step_sentences import FigureRequest
from reports.views.commitments import CommitmentDisplay, ListedCommitment


class MinistryAsk(NamedTuple):
    """What to raise first with a ministry, as its page does: a sentence to say, and how urgent it is."""

    sentence: str
    status_text: str
    is_overdue: bool


@dataclass(frozen=True)
class FirstAsks:
    """Finds what to raise first with each ministry.

    Attributes:
        asked: the figures of next steps that were asked for, by indicator (id).
        overdue_requests: the requests for information of the edition that are overdue.
    """

    priorities: CommitmentPriorities
    asked: Mapping[int, FigureRequest]
    overdue_requests: Sequence[tuple[InformationRequest, RequestStanding]]

    def find(self, ministry: int, commitments: Iterable[CommitmentDisplay[ListedCommitment]]) -> MinistryAsk | None:
        """Return what to raise first with a ministry (key), which made these commitments.

        It is a commitment, an answer that is overdue, or a figure among the next steps. None if there is none of them.
        The page of the ministry may then still ask for a new commitment.
        """
        asks_of_all_kinds = [
            *self._commitments(commitments),
            *self._overdue_answers(ministry),
            *self._figures(ministry),
        ]
        return min(asks_of_all_kinds, key=lambda pair: pair[0], default=(None, None))[1]

    def _commitments(
        self, commitments: Iterable[CommitmentDisplay[ListedCommitment]]
    ) -> Iterator[tuple[Urgency, MinistryAsk]]:
        for display in commitments:
            key, standing = display.commitment.pk, display.standing
            if display.commitment.is_of_edition and self.priorities.is_raised(key, standing):
                sentence = asks.ask_about_commitment(key, display.commitment.text, standing, self.priorities)
                ask = MinistryAsk(sentence, display.due_text, bool(standing.days_overdue))
                yield self.priorities.urgency(key, standing), ask

    def _overdue_answers(self, ministry: int) -> Iterator[tuple[Urgency, MinistryAsk]]:
        named = find_named_figures(ministry, self.priorities.steps, self.asked)
        for row, standing in self.overdue_requests:
            if row.ministry_id == ministry and (lines := list_unanswered(row, standing, named)):
                status = asks.describe_overdue_answer(standing.asked_on, standing.due_on)
                ask = MinistryAsk(asks.ask_for_answer(lines, standing.due_on), status, True)
                yield (OVERDUE, 0, standing.due_on, row.pk), ask

    def _figures(self, ministry: int) -> Iterator[tuple[Urgency, MinistryAsk]]:
        for place, step in enumerate(self.priorities.steps.steps):
            if step.kind is StepKind.ASK and step.ministry_id == ministry:
                request = self.asked.get(step.indicator_id or 0)
                is_overdue = request is not None and request.is_overdue
                sentence = asks.ask_for_figure(step, self.priorities.result, request)
                ask = MinistryAsk(sentence, asks.describe_asked(request), is_overdue)
                since = request.due_on if request and is_overdue else None
                yield ((OVERDUE, 0, since, step.rows[0].id) if since else (OPEN, place, date.max, step.rows[0].id)), ask
