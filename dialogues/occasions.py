"""Find what the record gives reason to tell people: updates, changes and due dates of commitments, requests, notes.

Everything follows from rows and the day. Each function runs a fixed number of queries, whatever the number of rows.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from dialogues.choices import (
    CommitmentEventKind,
    CommitmentStatus,
    DueDateDecision,
    MadeBy,
    UpdateDecision,
)
from dialogues.commitment_status import standing_from_row
from dialogues.dialogue_occasions import find_dialogue_occasions
from dialogues.due_date_stages import reached_stages
from dialogues.models import (
    AgendaItem,
    AgreedProof,
    AgreedProofEnd,
    Commitment,
    CommitmentCorrection,
    CommitmentEvent,
    Dialogue,
    DueDateProposal,
    DueDateProposalDecision,
    InformationRequest,
    InternalNote,
    UpdateVersion,
    UpdateVersionDecision,
)
from dialogues.models.updates import has_subject, subject_value
from dialogues.request_occasions import REQUEST, find_request_occasions
from tiptracker.accounts.models import Country
from tiptracker.audit.append_only import DISPOSED
from tiptracker.notifications.actions import EVENT_WINDOW, Occasion
from tiptracker.notifications.choices import DAYS_BEFORE, DAYS_OVERDUE, NoticeKind

VERSION, COMMITMENT = "dialogues.updateversion", "dialogues.commitment"
PROPOSAL, NOTE = "dialogues.duedateproposal", "dialogues.internalnote"
ANNOUNCED_EVENTS = (CommitmentEventKind.RESCHEDULED, CommitmentEventKind.WITHDRAWN, CommitmentEventKind.REOPENED)
"""Events of a commitment that its ministry is told of. What is decided on an update is told as that."""


def find_occasions(country: Country, now: datetime) -> Iterator[Occasion]:
    """Yield what there is to tell about the commitments, requests, dialogues and internal notes of a country.

    `now` is domain time.
    """
    zone = ZoneInfo(country.time_zone)
    today, since = now.astimezone(zone).date(), now - EVENT_WINDOW
    yield from _waiting_updates(country, zone)
    yield from _returned_updates(country, zone, today)
    yield from _accepted_updates(country, zone, since)
    yield from _new_commitments(country, zone, since)
    yield from _changed_commitments(country, zone, since)
    yield from _due_date_proposals(country, zone, since)
    yield from _due_dates(country, zone, today)
    yield from find_request_occasions(country, now)
    yield from find_dialogue_occasions(country, today, since)
    yield from _waiting_notes(country, zone)


def _waiting_updates(country: Country, zone: ZoneInfo) -> Iterator[Occasion]:
    rows = UpdateVersion.objects.of_country(country.pk).undecided().annotate(ministry=subject_value("ministry"))
    fields = ("pk", "update__information_request", "recorded_at", "recorded_by", "ministry")
    for pk, request, at, by, ministry in rows.values_list(*fields):
        yield _tell_of_version(NoticeKind.UPDATE_RECEIVED, pk, request, at=at, zone=zone, ministry=ministry)._replace(
            by=by
        )


def _returned_updates(country: Country, zone: ZoneInfo, today: date) -> Iterator[Occasion]:
    """Yield the returned versions after which their ministry still has to send something."""
    later = UpdateVersion.objects.filter(
        Q(decision__isnull=True) | ~Q(decision__decision=UpdateDecision.WITHDRAWN),
        update__commitment=OuterRef("update__commitment"),
        pk__gt=OuterRef("pk"),
    )
    returned = UpdateVersion.objects.of_country(country.pk).filter(decision__decision=UpdateDecision.RETURNED)
    fields = ("pk", "decision__recorded_at", "update__commitment", "update__information_request", "ministry")
    rows = list(returned.filter(~Exists(later)).annotate(ministry=subject_value("ministry")).values_list(*fields))
    commitments: Any = Commitment.objects.filter(pk__in={commitment for _, _, commitment, _, _ in rows if commitment})
    expected = set(
        commitments.with_status(today)
        .filter(status__in=[CommitmentStatus.OPEN, CommitmentStatus.OVERDUE])
        .values_list("pk", flat=True)
    )
    requests = InformationRequest.objects.filter(pk__in={request for _, _, _, request, _ in rows if request})
    answers = {version for row in requests.with_history() for version in _find_returned_answers(row, today)}
    for pk, at, commitment, request, ministry in rows:
        if commitment in expected or pk in answers:
            yield _tell_of_version(NoticeKind.UPDATE_RETURNED, pk, request, at=at, zone=zone, ministry=ministry)


def _find_returned_answers(request: InformationRequest, today: date) -> Iterator[int]:
    """Yield the returned versions (ids) that hold the newest answer to a line that the ministry still has to answer."""
    standing = request.standing_on(today)
    if standing and standing.is_expected:
        yield from (line.returned_version for line in standing.lines.values() if line.returned_version)


def _accepted_updates(country: Country, zone: ZoneInfo, since: datetime) -> Iterator[Occasion]:
    rows = UpdateVersionDecision.objects.filter(
        has_subject("update_version__update__", country=country),
        decision=UpdateDecision.ACCEPTED,
        recorded_at__gte=since,
    ).annotate(ministry=subject_value("ministry", "update_version__update__"))
    fields = ("update_version", "update_version__update__information_request", "recorded_at", "ministry")
    for pk, request, at, ministry in rows.values_list(*fields):
        yield _tell_of_version(NoticeKind.UPDATE_ACCEPTED, pk, request, at=at, zone=zone, ministry=ministry)


def _tell_of_version(
    kind: NoticeKind, version: int, request: int | None, *, at: datetime, zone: ZoneInfo, ministry: int | None
) -> Occasion:
    """Return what there is to tell of an update or, if it answers a request, of that request, once for each version."""
    if request:
        return Occasion(kind, REQUEST, request, _day(at, zone), at, ministry=ministry, stage=version)
    return Occasion(kind, VERSION, version, _day(at, zone), at, ministry=ministry)


def _new_commitments(country: Country, zone: ZoneInfo, since: datetime) -> Iterator[Occasion]:
    rows = Commitment.objects.filter(country=country, made_by=MadeBy.MINISTRY, recorded_at__gte=since)
    for pk, at, ministry in rows.values_list("pk", "recorded_at", "ministry"):
        yield Occasion(NoticeKind.COMMITMENT_RECORDED, COMMITMENT, pk, _day(at, zone), at, ministry=ministry)


def _changed_commitments(country: Country, zone: ZoneInfo, since: datetime) -> Iterator[Occasion]:
    """Yield the changes by the embassy, once for each commitment and day."""
    events = CommitmentEvent.objects.filter(kind__in=ANNOUNCED_EVENTS)
    changes: Sequence[tuple[QuerySet[Any], str]] = (
        (events, "commitment"),
        (CommitmentCorrection.objects.all(), "commitment"),
        (AgreedProof.objects.all(), "commitment"),
        (AgreedProofEnd.objects.all(), "proof__commitment"),
    )
    for rows, of in changes:
        own = rows.filter(
            **{f"{of}__country": country, f"{of}__made_by": MadeBy.MINISTRY, "recorded_at__gte": since}
        ).exclude(**{f"{of}__recorded_at__gte": since})
        for pk, at, ministry in own.values_list(of, "recorded_at", f"{of}__ministry"):
            yield Occasion(NoticeKind.COMMITMENT_CHANGED, COMMITMENT, pk, _day(at, zone), at, ministry=ministry)


def _due_date_proposals(country: Country, zone: ZoneInfo, since: datetime) -> Iterator[Occasion]:
    waiting = DueDateProposal.objects.filter(commitment__country=country).awaiting_answer()
    for pk, at, ministry in waiting.values_list("pk", "recorded_at", "commitment__ministry"):
        yield Occasion(NoticeKind.DUE_DATE_PROPOSED, PROPOSAL, pk, _day(at, zone), at, ministry=ministry)
    declined = DueDateProposalDecision.objects.filter(
        decision=DueDateDecision.DECLINED, recorded_at__gte=since, proposal__commitment__country=country
    )
    for pk, at, ministry in declined.values_list("proposal", "recorded_at", "proposal__commitment__ministry"):
        yield Occasion(NoticeKind.DUE_DATE_DECLINED, PROPOSAL, pk, _day(at, zone), at, ministry=ministry)


def _due_dates(country: Country, zone: ZoneInfo, today: date) -> Iterator[Occasion]:
    """Yield the newest stage before the due date of each open commitment, and each stage after it that was reached.

    A commitment on the agenda of a dialogue ahead is not proposed for an agenda.
    """
    soon = CommitmentEvent.objects.as_of(today).filter(
        commitment=OuterRef("pk"), due_on__lte=today + timedelta(days=max(DAYS_BEFORE))
    )
    commitments: Any = Commitment.objects.filter(Exists(soon), country=country).exclude(text=DISPOSED)
    rows = (
        commitments.with_status(today)
        .filter(status__in=[CommitmentStatus.OPEN, CommitmentStatus.OVERDUE], due_on__isnull=False)
        .annotate(**_last_exchanges())
    )
    on_agenda = set(
        AgendaItem.objects.filter(
            dialogue__in=Dialogue.objects.filter(country=country).ahead(today), commitment__isnull=False
        ).values_list("commitment", flat=True)
    )
    for row in rows:
        last_exchange_at = max(filter(None, (row.asked_at, row.answered_at)))
        for kind, stage, reached_on in reached_stages(
            row.due_on,
            today,
            last_exchange_on=_day(last_exchange_at, zone),
            is_overdue=standing_from_row(row, today).days_overdue > 0,
            soon=NoticeKind.DUE_SOON,
            overdue=DAYS_OVERDUE,
        ):
            if kind is NoticeKind.FOR_AGENDA and row.pk in on_agenda:
                continue
            # A ministry that withdraws its update is reminded from that moment on, and so with its next daily mail.
            started_at = max(filter(None, (_start(reached_on, zone), row.withdrawn_at)))
            yield Occasion(kind, COMMITMENT, row.pk, row.due_on, started_at, ministry=row.ministry_id, stage=stage)


def _last_exchanges() -> dict[str, Subquery]:
    """Return the annotations `asked_at`, `answered_at` and `withdrawn_at`, which give `last_exchange_at` in SQL."""
    asked = CommitmentEvent.objects.filter(
        Q(due_on__isnull=False) | Q(kind=CommitmentEventKind.REOPENED), commitment=OuterRef("pk")
    )
    decided = UpdateVersionDecision.objects.filter(update_version__update__commitment=OuterRef("pk"))
    is_withdrawal = Q(decision=UpdateDecision.WITHDRAWN)
    return {
        name: Subquery(rows.order_by("-recorded_at").values("recorded_at")[:1])
        for name, rows in (
            ("asked_at", asked),
            ("answered_at", decided.exclude(is_withdrawal)),
            ("withdrawn_at", decided.filter(is_withdrawal)),
        )
    }


def _waiting_notes(country: Country, zone: ZoneInfo) -> Iterator[Occasion]:
    """Yield the open notes that name a person. The writer is told too, as an officer, if that person has left."""
    rows = InternalNote.objects.filter(country=country, named__isnull=False).open()
    for pk, at, named in rows.values_list("pk", "recorded_at", "named"):
        yield Occasion(NoticeKind.NOTE_FOR_YOU, NOTE, pk, _day(at, zone), at, named=named)


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def _start(day: date, zone: ZoneInfo) -> datetime:
    """Return the moment at which a day begins in the country."""
    return datetime.combine(day, time.min, zone)
