"""Decide which commitments of a ministry to raise with it, and which of them first. No Django here.

The talking points, a ministry's page, the dashboard and the first pages of the ambassador's briefing all use these
rules, so that they name the same commitments in the same order.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from dialogues.choices import CommitmentStatus
from dialogues.commitment_status import CommitmentStanding
from reports.choices import StepKind
from reports.readiness.forecast.next_steps import NextSteps
from reports.readiness.readiness import Readiness

FAR_OFF = timedelta(days=60)
"""What is due later than this after the deadline is not pressed for."""

WAITING_STATUSES = frozenset({CommitmentStatus.WITH_EMBASSY, CommitmentStatus.REPORTED})
"""Statuses of commitments that wait for our reply."""

type Urgency = tuple[int, int, date, int]
"""Sort key of what to raise: the group, the place among the next steps, the due date, the id."""
OVERDUE, RETURNED, OPEN, QUESTION = range(4)
"""The groups, most urgent first. OPEN also has questions for figures. A QUESTION asks for a new commitment."""


@dataclass(frozen=True)
class CommitmentPriorities:
    """Which commitments to raise, on the day of a result, and in which order.

    Attributes:
        reversed_ids: ids of the commitments on which a verified action was reversed since.
    """

    result: Readiness
    steps: NextSteps
    reversed_ids: Collection[int] = frozenset()

    def is_raised(self, commitment_id: int, standing: CommitmentStanding) -> bool:
        """Return whether to raise a commitment with its ministry.

        What is overdue, returned or asked about is raised, and so is what was done and has been reversed since. What
        waits for our reply is not, because we owe the next step.
        """
        match standing.status:
            case CommitmentStatus.OVERDUE:
                return True
            case CommitmentStatus.OPEN if not standing.returned_on and commitment_id not in self.reversed_ids:
                return self.is_asked_about(commitment_id, standing)
            case CommitmentStatus.OPEN:
                return True
            case CommitmentStatus.VERIFIED:
                return commitment_id in self.reversed_ids
        return False

    def needs_follow_up(self, commitment_id: int, standing: CommitmentStanding) -> bool:
        """Return whether a commitment is raised with its ministry, or waits for our reply."""
        return standing.status in WAITING_STATUSES or self.is_raised(commitment_id, standing)

    def is_asked_about(self, commitment_id: int, standing: CommitmentStanding) -> bool:
        """Return whether there is something to ask about an open commitment.

        There is not if it is due after the deadline and an earlier date would add nothing. Nor is there if it is due
        long after the deadline and its date was never moved: there is nothing to press for yet.
        """
        due_on, deadline_on = standing.due_on, self.result.deadline_on
        if due_on is None or deadline_on is None:
            return True
        if not standing.slips and due_on > max(deadline_on, self.result.as_of) + FAR_OFF:
            return False
        return not self.is_due_too_late(due_on) or commitment_id in self._gains_by_deadline

    def is_due_too_late(self, due_on: date) -> bool:
        """Return whether a due date lies after a deadline that is not over yet."""
        deadline_on = self.result.deadline_on
        if deadline_on is None or self.result.as_of > deadline_on:
            return False
        return due_on > deadline_on

    def place_among_steps(self, commitment_id: int) -> int:
        """Return the place of a commitment among the next steps; after all of them if it is none."""
        return self._places.get(commitment_id, len(self.steps.steps))

    def urgency(self, commitment_id: int, standing: CommitmentStanding) -> Urgency:
        """Return the sort key of a commitment that is raised."""
        due_on = standing.due_on or date.max
        if standing.days_overdue:
            return OVERDUE, 0, due_on, commitment_id
        if standing.returned_on:
            return RETURNED, 0, due_on, commitment_id
        return OPEN, self.place_among_steps(commitment_id), due_on, commitment_id

    def follow_up_order(self, commitment_id: int, standing: CommitmentStanding) -> tuple[bool, Urgency]:
        """Return the sort key of a commitment that needs follow-up: what is raised, then what waits for our reply."""
        return not self.is_raised(commitment_id, standing), self.urgency(commitment_id, standing)

    @cached_property
    def _places(self) -> dict[int, int]:
        return {step.rows[0].id: place for place, step in enumerate(self.steps.steps) if step.kind is StepKind.KEEP}

    @cached_property
    def _gains_by_deadline(self) -> frozenset[int]:
        """The commitments due after the deadline that would add points if they were kept before it."""
        return frozenset(step.rows[0].id for step in self.steps.after_deadline if step.points)
