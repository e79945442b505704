"""Gather commitments with their status on the day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from dialogues.choices import CommitmentEventKind, CommitmentStatus, MadeBy
from dialogues.commitment_phrases import describe_receipt
from dialogues.commitment_status import CommitmentStanding, standing_on
from dialogues.models import AgreedProof, Commitment, CommitmentBenchmark, CommitmentEvent, Dialogue
from recommendations.models import Edition
from reports import sentences
from reports.briefings.commitment_priority import CommitmentPriorities
from reports.briefings.content.ambassador import PrintedCommitment
from reports.reader_view import ReaderView
from tiptracker.accounts.models import Ministry
from tiptracker.localization import format_short_date, gettext

FOLLOW_UP_STATUSES = (
    CommitmentStatus.OVERDUE,
    CommitmentStatus.OPEN,
    CommitmentStatus.WITH_EMBASSY,
    CommitmentStatus.REPORTED,
)
"""Statuses of commitments that the post follows up on, most urgent first."""


@dataclass(frozen=True)
class GatheredCommitment:
    """A commitment, its events that were known and had happened by the day, its status, and its printed form.

    `proof` is the agreed proof in words, such as "a copy of the Act, from the Ministry of Justice"; empty if no proof
    is agreed.
    """

    row: Commitment
    events: tuple[CommitmentEvent, ...]
    standing: CommitmentStanding
    printed: PrintedCommitment
    proof: str = ""

    @property
    def is_our_own(self) -> bool:
        """Whether the United States made the commitment. It is tracked too, but never counts in readiness."""
        return self.row.made_by == MadeBy.UNITED_STATES

    @property
    def last_event_on(self) -> date:
        return self.events[-1].happened_on

    @property
    def urgency(self) -> tuple[int, date, int]:
        """Sort key: overdue first, then open by due date, then waiting for the embassy, then settled."""
        status = self.standing.status
        place = FOLLOW_UP_STATUSES.index(status) if status in FOLLOW_UP_STATUSES else len(FOLLOW_UP_STATUSES)
        return place, self.standing.due_on or date.max, self.row.pk


def is_of_edition(edition: Edition, known_by: datetime | None = None) -> Q:
    """Return a filter for the commitments towards the edition's benchmarks and those towards no benchmark.

    Args:
        known_by: the links are those that held at this moment (None: now).
    """
    links = CommitmentBenchmark.objects.known_by(known_by).filter(commitment=OuterRef("pk"))
    return Q(Exists(links.filter(benchmark__recommendation__edition=edition))) | Q(~Exists(links))


def gather_commitments(
    view: ReaderView, keys: Mapping[int, str], *, ministry: Ministry | None = None
) -> list[GatheredCommitment]:
    """Return the commitments towards the edition's benchmarks and those towards no benchmark, most urgent first.

    Args:
        keys: names of benchmarks ("6a") by primary key.
        ministry: only the commitments of this ministry (None: of all ministries and of the United States).
    """
    edition = view.edition
    rows: QuerySet[Any] = (
        Commitment.objects.visible_to(view.reader)
        .filter(view.recorded, is_of_edition(edition, view.known_by), country=edition.country)
        .filter(Q() if ministry is None else Q(ministry=ministry))
        .with_history()
        .with_links(known_by=view.known_by)
        .with_wording(view.known_by)
        .select_related("ministry", "dialogue")
        .prefetch_related(Prefetch("agreed_proofs", _agreed_proofs(view)))
        .order_by("pk")
    )
    return sorted(
        filter(None, (_build_commitment(view, row, keys) for row in rows)), key=lambda commitment: commitment.urgency
    )


def _agreed_proofs(view: ReaderView) -> QuerySet[AgreedProof]:
    return AgreedProof.objects.visible_to(view.reader).in_force(view.as_of, view.known_by)


def commitments_made_at(dialogue: Dialogue, commitments: Iterable[GatheredCommitment]) -> list[GatheredCommitment]:
    """Return those of these commitments that were made at a dialogue."""
    return [commitment for commitment in commitments if commitment.row.dialogue_id == dialogue.pk]


def commitments_to_follow_up(
    commitments: Iterable[GatheredCommitment], priorities: CommitmentPriorities
) -> tuple[PrintedCommitment, ...]:
    """Return the ministries' commitments to follow up on, the most urgent first.

    These are the commitments that the ministries' pages raise and, last, those that wait for our reply.
    """
    found = [
        commitment
        for commitment in commitments
        if not commitment.is_our_own and priorities.needs_follow_up(commitment.row.pk, commitment.standing)
    ]
    found.sort(key=lambda commitment: priorities.follow_up_order(commitment.row.pk, commitment.standing))
    return tuple(_with_follow_up_status(commitment, priorities) for commitment in found)


def _with_follow_up_status(commitment: GatheredCommitment, priorities: CommitmentPriorities) -> PrintedCommitment:
    """Return a commitment whose status also says what the status alone hides.

    This is how long after the due date an update was received, and that a verified action was reversed since.
    """
    printed, standing = commitment.printed, commitment.standing
    status_text = gettext("%(status)s, %(detail)s")
    if standing.received_days_after_due:
        return replace(
            printed,
            status_text=status_text % {"status": printed.status_text, "detail": describe_receipt(standing)},
        )
    if standing.status is CommitmentStatus.VERIFIED and commitment.row.pk in priorities.reversed_ids:
        detail = gettext("reversed since")
        return replace(printed, status_text=status_text % {"status": printed.status_text, "detail": detail})
    return printed


def _build_commitment(view: ReaderView, row: Any, keys: Mapping[int, str]) -> GatheredCommitment | None:
    """Return the commitment, or None if it had not been made by the day."""
    events = sorted(
        (event for event in row.events.all() if event.happened_on <= view.as_of and view.knows(event.recorded_at)),
        key=lambda event: (event.happened_on, event.recorded_at, event.pk),
    )
    sent = [version for update in row.updates.all() for version in update.versions.all()]
    standing = standing_on(events, sent, view.as_of, zone=view.zone, known_by=view.known_by)
    if standing is None:
        return None
    made = next((event for event in events if event.kind == CommitmentEventKind.MADE), events[0])
    printed = PrintedCommitment(
        text=row.wording,
        ministry=row.maker,
        made_on=made.happened_on,
        where=gettext("Dialogue of %(date)s") % {"date": format_short_date(row.dialogue.held_on)}
        if row.dialogue
        else row.letter,
        towards=", ".join(keys[link.benchmark_id] for link in row.links.all() if link.benchmark_id in keys),
        due_on=standing.due_on,
        times_moved=standing.slips,
        state=standing.status.value,
        status_text=sentences.describe_commitment_status(
            standing, events[-1].happened_on, view.as_of, is_ministrys=row.made_by == MadeBy.MINISTRY
        ),
    )
    proof = "; ".join(str(proof) for proof in row.agreed_proofs.all())
    return GatheredCommitment(row, tuple(events), standing, printed, proof)
