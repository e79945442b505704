"""Proposals for another due date: what a ministry proposed for its commitment, and what became of each proposal."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery

from dialogues.choices import DueDateDecision
from dialogues.commitment_status import STATUS_AFTER_EVENT
from dialogues.models.commitments import Commitment, CommitmentEvent
from tiptracker.accounts.models import AnyUser, Country, Ministry, User
from tiptracker.choices import Role
from tiptracker.localization import gettext_lazy


class DueDateProposalQuerySet(models.QuerySet["DueDateProposal"]):
    def visible_to(self, user: AnyUser, country: Country | None = None) -> Self:
        """Filter to proposals for commitments that the user may see. `country`: only those of that country."""
        return self.filter(commitment__in=Commitment.objects.visible_to(user, country))

    def for_answer_by(self, user: User) -> Self:
        """Filter to proposals that wait for an answer, for officers; none for others."""
        return self.awaiting_answer() if user.role == Role.OFFICER else self.none()

    def awaiting_answer(self) -> Self:
        """Filter to proposals that wait for an answer.

        A proposal waits while its commitment may still be kept: there is no date to move once it is reported done,
        verified done or withdrawn.
        """
        newest_first = ("-happened_on", "-recorded_at", "-pk")
        events = CommitmentEvent.objects.filter(commitment=OuterRef("commitment")).order_by(*newest_first)
        undecided = self.filter(decision__isnull=True).annotate(newest_event=Subquery(events.values("kind")[:1]))
        return undecided.exclude(newest_event__in=STATUS_AFTER_EVENT)


class DueDateProposal(models.Model):
    """Another due date that a ministry proposes for its commitment. It moves nothing until it is accepted."""

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="due_date_proposals")
    due_on = models.DateField()
    reason = models.TextField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = DueDateProposalQuerySet.as_manager()

    class Meta:
        ordering = ("recorded_at", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_proposed_due_date_has_its_reason",
                condition=~Q(reason=""),
                violation_error_message=gettext_lazy("Write why you need another date."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.due_on}, {self.recorded_at:%Y-%m-%d}"

    @property
    def sent_for(self) -> Ministry | None:
        """The ministry that proposed the date, wherever the person works today."""
        return self.commitment.ministry

    @property
    def outcome(self) -> DueDateDecision | None:
        """What became of it. None while it has no answer. Select or prefetch `decision`."""
        decision: DueDateProposalDecision | None = getattr(self, "decision", None)
        return DueDateDecision(decision.decision) if decision else None


class DueDateProposalDecision(models.Model):
    """What ended the wait of a proposal. Never changed.

    The embassy accepted it, which moved the due date (`event`), or declined it with a reason; or its ministry withdrew
    it.
    """

    proposal = models.OneToOneField(DueDateProposal, models.PROTECT, related_name="decision")
    decision = models.CharField(max_length=10, choices=DueDateDecision.choices())
    reason = models.TextField(blank=True)
    event = models.OneToOneField(CommitmentEvent, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_declined_due_date_has_its_reason",
                condition=~Q(decision=DueDateDecision.DECLINED) | ~Q(reason=""),
                violation_error_message=gettext_lazy("Write why the due date stays."),
            ),
            models.CheckConstraint(
                name="exactly_an_accepted_proposal_moves_the_due_date",
                condition=Q(decision=DueDateDecision.ACCEPTED, event__isnull=False)
                | (~Q(decision=DueDateDecision.ACCEPTED) & Q(event__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_decision_display()} {self.recorded_at:%Y-%m-%d}"

    @property
    def sent_for(self) -> Ministry | None:
        """The ministry that withdrew the proposal. None for an answer of the embassy."""
        return self.proposal.sent_for if self.decision == DueDateDecision.WITHDRAWN else None
