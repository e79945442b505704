"""Commitments as lists show them: ordered, with their status and number of pieces of evidence."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce

from dialogues.choices import CommitmentStatus, MadeBy, UpdateDecision
from dialogues.commitment_phrases import (
    describe_last_update,
    describe_receipt,
    describe_rescheduling,
    format_status_detail,
)
from dialogues.commitment_status import CommitmentStanding, original_due_date, standing_from_row, standing_on
from dialogues.models import Commitment, CommitmentEvent, Evidence
from dialogues.models.commitments import CommitmentQuerySet
from dialogues.models.evidence import EvidenceQuerySet
from tiptracker.accounts.models import User
from tiptracker.accounts.visible_rows import VisibleRows
from tiptracker.infrastructure.prepared_rows import PreparedRows, is_one_of

DUE_DATE_ORDER = F("due_on").asc(nulls_last=True)


class CommitmentInList(NamedTuple):
    """What a list shows of a commitment besides its status."""

    pk: int
    text: str
    made_by: str
    maker: str
    evidence_count: int


class CommitmentStatusRow[C: (Commitment, CommitmentInList)](NamedTuple):
    """A commitment in a list, with its status as displayed and how often it was moved.

    `text` replaces the label of the status ("overdue by 12 days"). `sent` stands below it ("no update received", or for
    the embassy "update received in time"), and so does `since`: what has reversed a verified commitment since then.
    """

    commitment: C
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
        .with_date_made()
        .annotate(evidence_count=Coalesce(Subquery(evidence, output_field=IntegerField()), 0))
        .select_related("ministry")
    )


def order_commitments(commitments: CommitmentQuerySet, day: date) -> CommitmentQuerySet:
    """Return the commitments made by `day`, unsettled first and then by due date. They need `.status` and `.due_on`."""
    settled = Case(
        When(status__in=[CommitmentStatus.VERIFIED, CommitmentStatus.WITHDRAWN], then=Value(1)), default=Value(0)
    )
    begun = CommitmentEvent.objects.as_of(day).filter(commitment=OuterRef("pk"))
    return commitments.filter(Exists(begun)).order_by(settled, DUE_DATE_ORDER, "pk")


def list_status_rows(keys: list[int], user: User, day: date) -> list[CommitmentStatusRow[CommitmentInList]]:
    """Return the rows of a list for the commitments with these keys, in their order.

    This takes four queries. For the few rows of a page it is much faster than `annotate_commitments`, whose query has a
    subquery for everything that a row shows.
    """
    counts = dict(_EVIDENCE_COUNTS.find(user, keys=keys))
    events: dict[int, list[_Event]] = defaultdict(list)
    for commitment, *event in _EVENTS.rows(keys=keys):
        events[commitment].append(_Event(*event))
    versions: dict[int, list[_Version]] = defaultdict(list)
    for commitment, *version in _VERSIONS.find(user, keys=keys):
        versions[commitment].append(_Version(*version))
    rows = {row[0]: row for row in _ROWS.find(user, keys=keys)}
    lines = []
    for pk, text, made_by, ministry, zone in (rows[key] for key in keys if key in rows):
        if standing := standing_on(events[pk], versions[pk], day, zone=ZoneInfo(zone)):
            maker = MadeBy.UNITED_STATES.label if ministry is None else ministry
            commitment = CommitmentInList(pk, text, made_by, maker, counts.get(pk, 0))
            lines.append(_status_row(commitment, standing, original_due_date(events[pk], day), user))
    return lines


class _Event(NamedTuple):
    """An event of a commitment, as far as its standing depends on it."""

    pk: int
    kind: str
    happened_on: date
    recorded_at: datetime
    due_on: date | None


class _Version(NamedTuple):
    """A version of an update, as far as the standing of its commitment depends on it."""

    pk: int
    recorded_at: datetime
    decision: str | None
    decided_at: datetime | None

    @property
    def returned_at(self) -> datetime | None:
        return self.decided_at if self.decision == UpdateDecision.RETURNED else None

    @property
    def withdrawn_at(self) -> datetime | None:
        return self.decided_at if self.decision == UpdateDecision.WITHDRAWN else None


def _select_rows(reader: User, keys: list[int]) -> Any:
    rows = Commitment.objects.visible_to(reader).filter(is_one_of("pk", keys)).order_by()
    return rows.values_list("pk", "text", "made_by", "ministry__name", "country__time_zone")


def _select_evidence_counts(reader: User, keys: list[int]) -> Any:
    rows = _counted_evidence(reader).filter(is_one_of("commitment", keys)).order_by()
    return rows.values_list("commitment").annotate(number=Count("pk"))


def _select_events(keys: list[int]) -> Any:
    return CommitmentEvent.objects.filter(is_one_of("commitment", keys)).values_list("commitment", *_Event._fields)


def _select_versions(reader: User, keys: list[int]) -> Any:
    visible = Commitment.objects.visible_to(reader)
    rows = visible.filter(is_one_of("pk", keys), updates__versions__isnull=False).order_by()
    fields = ("pk", "recorded_at", "decision__decision", "decision__recorded_at")
    return rows.values_list("pk", *(f"updates__versions__{field}" for field in fields))


_ROWS: VisibleRows[Any] = VisibleRows(_select_rows, keys=list)
_EVIDENCE_COUNTS: VisibleRows[Any] = VisibleRows(_select_evidence_counts, keys=list)
_EVENTS: PreparedRows[Any] = PreparedRows(_select_events, keys=list)
_VERSIONS: VisibleRows[Any] = VisibleRows(_select_versions, keys=list)


def _counted_evidence(user: User) -> EvidenceQuerySet:
    """Return the evidence that a list counts: nothing that was corrected, returned or withdrawn."""
    return Evidence.objects.visible_to(user).current().without_ended_claims()


def commitment_status_row(commitment: Any, user: User, day: date) -> CommitmentStatusRow[Commitment]:
    """Convert a row of `annotate_commitments` to a row of a list."""
    return _status_row(commitment, standing_from_row(commitment, day), commitment.first_due_on, user)


def _status_row[C: (Commitment, CommitmentInList)](
    commitment: C, standing: CommitmentStanding, first_due_on: date | None, user: User
) -> CommitmentStatusRow[C]:
    return CommitmentStatusRow(
        commitment,
        standing,
        format_status_detail(standing),
        describe_sent(user, commitment, standing),
        describe_rescheduling(standing.slips, first_due_on),
    )


def describe_sent(user: User, commitment: Commitment | CommitmentInList, standing: CommitmentStanding) -> str:
    """Return what happened to the newest update and, to the embassy, whether it was received by the due date."""
    what_happened = describe_last_update(standing, is_ministrys=commitment.made_by == MadeBy.MINISTRY)
    return what_happened or (describe_receipt(standing) if user.is_embassy else "")
