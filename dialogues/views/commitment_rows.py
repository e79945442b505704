"""Commitments as lists show them: ordered, with their status and number of pieces of evidence."""

from datetime import date
from typing import Any, NamedTuple

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce

from dialogues.choices import CommitmentEventKind, CommitmentStatus, MadeBy
from dialogues.commitment_phrases import (
    describe_last_update,
    describe_receipt,
    describe_rescheduling,
    format_status_detail,
)
from dialogues.commitment_status import CommitmentStanding
from dialogues.models import Commitment, CommitmentEvent, Evidence
from dialogues.models.commitments import CommitmentQuerySet, standing_from_row
from tiptracker.accounts.models import User

DUE_DATE_ORDER = F("due_on").asc(nulls_last=True)


class CommitmentStatusRow(NamedTuple):
    """A commitment in a list, with its status as displayed and how often it was moved.

    `text` replaces the label of the status ("overdue by 12 days"). `sent` stands below it ("no update received", or for
    the embassy "update received in time"), and so does `since`: what has reversed a verified commitment since then.
    """

    commitment: Commitment
    standing: CommitmentStanding
    text: str
    sent: str
    moved: str
    since: str = ""

    @property
    def status(self) -> CommitmentStatus:
        return self.standing.status


def annotate_commitments(commitments: CommitmentQuerySet, user: User, day: date) -> CommitmentQuerySet:
    """Return the commitments made by `day` with their status and number of pieces of evidence, unsettled first.

    Evidence that was corrected, returned or withdrawn is not counted.
    """
    evidence = (
        Evidence.objects.visible_to(user)
        .current()
        .without_ended_claims()
        .filter(commitment=OuterRef("pk"))
        .order_by()
        .values("commitment")
        .annotate(n=Count("pk"))
        .values("n")
    )
    settled = Case(
        When(status__in=[CommitmentStatus.VERIFIED, CommitmentStatus.WITHDRAWN], then=Value(1)), default=Value(0)
    )
    made = CommitmentEvent.objects.filter(commitment=OuterRef("pk"), kind=CommitmentEventKind.MADE).values(
        "happened_on"
    )
    begun = CommitmentEvent.objects.as_of(day).filter(commitment=OuterRef("pk"))
    return (
        commitments.with_status(day)
        .filter(Exists(begun))
        .annotate(
            made_on=Subquery(made[:1]),
            evidence_count=Coalesce(Subquery(evidence, output_field=IntegerField()), 0),
        )
        .select_related("ministry")
        .order_by(settled, DUE_DATE_ORDER, "pk")
    )


def commitment_status_row(commitment: Any, user: User, day: date) -> CommitmentStatusRow:
    """Convert a row of `annotate_commitments` to a row of a list."""
    standing = standing_from_row(commitment, day)
    sent = describe_sent(user, commitment, standing)
    return CommitmentStatusRow(
        commitment,
        standing,
        format_status_detail(standing),
        sent,
        describe_rescheduling(standing.slips, commitment.first_due_on),
    )


def describe_sent(user: User, commitment: Commitment, standing: CommitmentStanding) -> str:
    """Return what happened to the newest update and, to the embassy, whether it was received by the due date."""
    what_happened = describe_last_update(standing, is_ministrys=commitment.made_by == MadeBy.MINISTRY)
    return what_happened or (describe_receipt(standing) if user.is_embassy else "")
