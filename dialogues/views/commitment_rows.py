"""Commitments as lists show them: ordered, with their status and number of pieces of evidence."""

from collections.abc import Sequence
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
from dialogues.commitment_status import CommitmentStanding, original_due_date
from dialogues.models import Commitment, CommitmentEvent, Evidence
from dialogues.models.commitments import CommitmentQuerySet, standing_from_row
from dialogues.models.evidence import EvidenceQuerySet
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
        _counted_evidence(user)
        .filter(commitment=OuterRef("pk"))
        .order_by()
        .values("commitment")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return (
        order_commitments(commitments.with_status(day), day)
        .annotate(
            made_on=date_made(),
            evidence_count=Coalesce(Subquery(evidence, output_field=IntegerField()), 0),
        )
        .select_related("ministry")
    )


def order_commitments(commitments: CommitmentQuerySet, day: date) -> CommitmentQuerySet:
    """Return the commitments made by `day`, unsettled first and then by due date. They need `.status` and `.due_on`."""
    settled = Case(
        When(status__in=[CommitmentStatus.VERIFIED, CommitmentStatus.WITHDRAWN], then=Value(1)), default=Value(0)
    )
    begun = CommitmentEvent.objects.as_of(day).filter(commitment=OuterRef("pk"))
    return commitments.filter(Exists(begun)).order_by(settled, DUE_DATE_ORDER, "pk")


def date_made() -> Subquery:
    """Return a subquery for the day on which a commitment was made."""
    made = CommitmentEvent.objects.filter(commitment=OuterRef("pk"), kind=CommitmentEventKind.MADE)
    return Subquery(made.values("happened_on")[:1])


def list_status_rows(keys: Sequence[int], user: User, day: date) -> list[CommitmentStatusRow]:
    """Return the rows of a list for the commitments with these keys, in their order.

    This takes five queries. For the few rows of a page it is much faster than `annotate_commitments`, whose query has a
    subquery for everything that a row shows.
    """
    evidence = _counted_evidence(user).filter(commitment__in=keys).order_by()
    counts = dict(evidence.values_list("commitment").annotate(number=Count("pk")))
    rows: Any = Commitment.objects.visible_to(user).select_related("ministry").with_history().in_bulk(keys)
    lines = []
    for row in (rows[key] for key in keys if key in rows):
        row.evidence_count = counts.get(row.pk, 0)
        if standing := row.standing_on(day):
            lines.append(_status_row(row, standing, original_due_date(row.events.all(), day), user))
    return lines


def _counted_evidence(user: User) -> EvidenceQuerySet:
    """Return the evidence that a list counts: nothing that was corrected, returned or withdrawn."""
    return Evidence.objects.visible_to(user).current().without_ended_claims()


def commitment_status_row(commitment: Any, user: User, day: date) -> CommitmentStatusRow:
    """Convert a row of `annotate_commitments` to a row of a list."""
    return _status_row(commitment, standing_from_row(commitment, day), commitment.first_due_on, user)


def _status_row(
    commitment: Commitment, standing: CommitmentStanding, first_due_on: date | None, user: User
) -> CommitmentStatusRow:
    return CommitmentStatusRow(
        commitment,
        standing,
        format_status_detail(standing),
        describe_sent(user, commitment, standing),
        describe_rescheduling(standing.slips, first_due_on),
    )


def describe_sent(user: User, commitment: Commitment, standing: CommitmentStanding) -> str:
    """Return what happened to the newest update and, to the embassy, whether it was received by the due date."""
    what_happened = describe_last_update(standing, is_ministrys=commitment.made_by == MadeBy.MINISTRY)
    return what_happened or (describe_receipt(standing) if user.is_embassy else "")
