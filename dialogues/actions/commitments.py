"""Record commitments and their dated events."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NotRequired, TypedDict, Unpack

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import model_to_dict

from dialogues.actions.duplicates import lock_person, refuse_duplicate
from dialogues.choices import (
    CommitmentEventKind,
    CommitmentReach,
    CommitmentStatus,
    EvidenceDecision,
    Horizon,
    MadeBy,
    SupportKind,
    UpdateDecision,
)
from dialogues.commitment_status import CommitmentStanding, summarize_events
from dialogues.models import Commitment, CommitmentBenchmark, CommitmentEvent, Dialogue, Evidence, UpdateVersion
from dialogues.permissions import (
    can_change_commitment,
    can_record_commitment,
    can_report_done,
    can_verify_done,
    has_reported_done,
)
from recommendations.actions.readiness_jobs import enqueue_readiness
from recommendations.models import Benchmark
from tiptracker.accounts.models import Country, Ministry, User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.localization import format_date
from tiptracker.validation import insert_row, refuse_future, refuse_unseen, require_text


class CommitmentValues(TypedDict):
    """The content of a commitment: who undertook what, and at which dialogue or by which letter."""

    made_by: MadeBy
    ministry: Ministry | None
    text: str
    dialogue: Dialogue | None
    letter: NotRequired[str]
    horizon: Horizon


@transaction.atomic
def record_commitment(
    *,
    country: Country,
    made_on: date,
    due_on: date | None,
    links: Sequence[tuple[Benchmark, CommitmentReach]],
    by: User,
    now: datetime,
    **values: Unpack[CommitmentValues],
) -> Commitment:
    """Record a commitment of a ministry or of the United States. `due_on` None: no date agreed.

    Raises:
        PermissionDenied: if the user may not record commitments of the country.
        Refused: if it is not clear who made it, or at which dialogue or by which letter, or a date is invalid.
        DuplicateRecord: if the same person has already recorded the same.
    """
    if not can_record_commitment(by, country):
        raise PermissionDenied
    commitment = Commitment(country=country, recorded_at=now, recorded_by=by, **values)
    ministry, dialogue = commitment.ministry, commitment.dialogue
    commitment.letter = commitment.letter.strip()
    commitment.text = require_text(commitment.text, "Say what was promised.", field="text")
    refuse_future(made_on, now, field="made_on")
    if due_on and due_on < made_on:
        raise Refused(
            "due_too_early", "It can't be due before it was promised. Put one of the days right.", field="due_on"
        )
    if (commitment.made_by == MadeBy.MINISTRY) != (ministry is not None):
        raise Refused(
            "unclear_maker",
            "Name the ministry, or say that it is the United States' own undertaking: one of the two.",
            field="ministry",
        )
    if ministry and ministry.country_id != country.pk:
        raise Refused(
            "another_country", "That ministry is another country's. Choose one of this country's.", field="ministry"
        )
    if not (dialogue or commitment.letter):
        raise Refused("required", "Say at which dialogue, or by which letter, it was made.", field="dialogue")
    if dialogue and dialogue.country_id != country.pk:
        raise Refused(
            "another_country", "That dialogue was with another country. Choose one with this country.", field="dialogue"
        )
    if dialogue:
        _refuse_unless_held(dialogue, now)
    refuse_invalid_benchmarks([benchmark for benchmark, _ in links], country, field="links")
    lock_person(by)
    refuse_duplicate(_find_identical(commitment, made_on, due_on, links), now)
    insert_row(commitment)
    if dialogue and dialogue.recorded_at is None:  # this commitment is the first thing recorded of the dialogue
        Dialogue.objects.filter(pk=dialogue.pk, recorded_at=None).update(recorded_at=now, recorded_by=by)
    for benchmark, reach in links:
        insert_row(CommitmentBenchmark(commitment=commitment, benchmark=benchmark, reach=reach))
    add_event(commitment, CommitmentEventKind.MADE, on=made_on, due_on=due_on, by=by, now=now)
    enqueue_readiness(country.pk)
    record(
        "commitment.recorded",
        by=by,
        row=commitment,
        country=country,
        after={
            **model_to_dict(commitment, CommitmentValues.__annotations__),
            "made_on": made_on,
            "due_on": due_on,
            "links": [(benchmark.pk, reach) for benchmark, reach in links],
        },
    )
    return commitment


def _refuse_unless_held(dialogue: Dialogue, now: datetime) -> None:
    if dialogue.called_off_at:
        raise Refused(
            "called_off", "That dialogue was called off. Choose another, or name the letter.", field="dialogue"
        )
    if dialogue.held_on > now.date():
        raise Refused(
            "not_held_yet",
            f"That dialogue is planned for {format_date(dialogue.held_on)}: nothing was promised there yet. Choose "
            "another.",
            field="dialogue",
        )


def _find_identical(
    commitment: Commitment, made_on: date, due_on: date | None, links: Sequence[tuple[Benchmark, CommitmentReach]]
) -> Commitment | None:
    """Return a commitment that the same person recorded before with the same text, dates and benchmarks."""
    content = model_to_dict(commitment, [*CommitmentValues.__annotations__, "country", "recorded_by"])
    made = CommitmentEvent.objects.filter(kind=CommitmentEventKind.MADE, happened_on=made_on, due_on=due_on)
    benchmarks = sorted((benchmark.pk, str(reach)) for benchmark, reach in links)
    for row in Commitment.objects.filter(**content, events__in=made).order_by("pk"):
        if benchmarks == sorted(row.links.values_list("benchmark_id", "reach")):
            return row
    return None


@transaction.atomic
def reschedule(
    *, commitment: Commitment, due_on: date, reason: str, on: date, seen: int | None = None, by: User, now: datetime
) -> CommitmentEvent:
    """Set a new due date, agreed on the day `on`, with a reason. Each new date counts as a slip.

    Args:
        seen: here and in the functions below, the id of the newest event that the page showed (None: don't check).

    Raises:
        PermissionDenied: if the user may not change the commitment.
        Refused: if the commitment is settled or reported done, or a date is invalid.
        EditConflict: if another event was recorded since the page was opened.
    """
    if not can_change_commitment(by, commitment):
        raise PermissionDenied
    reason = require_text(reason, "Say why the date moved.", field="reason")
    locked, standing = _lock_for_change(commitment, on, seen, now)
    if not _is_open(locked, now):
        raise Refused("closed", _settled_refusal(locked, "It can't be moved."))
    if due_on < on:
        raise Refused(
            "due_too_early", "The new date lies before the day it was agreed on. Give a later one.", field="due_on"
        )
    if due_on == standing.due_on:
        raise Refused("unchanged", f"It is due on {format_date(due_on)} already. Give another date.", field="due_on")
    return _record_event(
        locked, CommitmentEventKind.RESCHEDULED, standing, on=on, reason=reason, due_on=due_on, by=by, now=now
    )


@transaction.atomic
def withdraw(
    *, commitment: Commitment, reason: str, on: date, seen: int | None = None, by: User, now: datetime
) -> CommitmentEvent:
    """Record that the commitment was withdrawn on the day `on`, and why. Raises as `reschedule` does."""
    if not can_change_commitment(by, commitment):
        raise PermissionDenied
    reason = require_text(reason, "Say why it was taken back.", field="reason")
    locked, standing = _lock_for_change(commitment, on, seen, now)
    _refuse_while_waiting(locked, now)
    if standing.is_settled:
        raise Refused("closed", _settled_refusal(locked, "Reopen it first if that is wrong."))
    return _record_event(locked, CommitmentEventKind.WITHDRAWN, standing, on=on, reason=reason, by=by, now=now)


@transaction.atomic
def reopen(
    *, commitment: Commitment, reason: str, on: date, seen: int | None = None, by: User, now: datetime
) -> CommitmentEvent:
    """Reopen a commitment that is settled or reported done, on the day `on`, with a reason.

    Raises as `reschedule` does.
    """
    if not can_change_commitment(by, commitment):
        raise PermissionDenied
    reason = require_text(reason, "Say why it is taken up again.", field="reason")
    locked, standing = _lock_for_change(commitment, on, seen, now)
    _refuse_while_waiting(locked, now)
    if _is_open(locked, now):
        raise Refused("already_open", "It is open as it stands. There is nothing to reopen.")
    return _record_event(locked, CommitmentEventKind.REOPENED, standing, on=on, reason=reason, by=by, now=now)


@transaction.atomic
def report_done(
    *, commitment: Commitment, on: date, seen: int | None = None, by: User, now: datetime
) -> CommitmentEvent:
    """Report a commitment of the United States done. Another officer verifies it. Raises as `reschedule` does."""
    if not can_report_done(by, commitment):
        raise PermissionDenied
    locked, standing = _lock_for_change(commitment, on, seen, now)
    if not _is_open(locked, now):
        raise Refused("closed", _settled_refusal(locked, "It need not be reported again."))
    return _record_event(locked, CommitmentEventKind.REPORTED_DONE, standing, on=on, by=by, now=now)


@transaction.atomic
def verify_done(
    *, commitment: Commitment, reason: str, on: date, seen: int | None = None, by: User, now: datetime
) -> CommitmentEvent:
    """Verify a commitment done on the day `on`. This needs verified, dated evidence and a written reason.

    The refusal names all that is missing. Raises as `reschedule` does, and Refused for the user's own report.
    """
    if not can_verify_done(by, commitment):
        if can_change_commitment(by, commitment) and has_reported_done(by, commitment):
            raise Refused("needs_second_person", "You reported this done yourself. Ask another officer to verify it.")
        raise PermissionDenied
    locked, standing = _lock_for_change(commitment, on, seen, now)
    _refuse_while_waiting(locked, now)
    if standing.is_settled:
        raise Refused("closed", _settled_refusal(locked, "Reopen it first if that is wrong."))
    refuse_unproven(locked, reason)
    reason = reason.strip()
    return _record_event(locked, CommitmentEventKind.VERIFIED_DONE, standing, on=on, reason=reason, by=by, now=now)


def lock_with_standing(commitment: Commitment, now: datetime) -> tuple[Commitment, CommitmentStanding]:
    """Lock the commitment until the transaction ends. Return it with its standing today."""
    locked = Commitment.objects.with_history().select_for_update(no_key=True, of=("self",)).get(pk=commitment.pk)
    standing = locked.standing_on(now.date())
    if standing is None:
        raise Refused("not_made_yet", "It was made on a later day than today. Wait for that day.")
    return locked, standing


def is_reported_done(commitment: Commitment, now: datetime) -> bool:
    """Return whether the newest event up to today reports the commitment done, whether or not an update waits."""
    summary = summarize_events(commitment.events.all(), now.date())
    return summary is not None and summary.closing_status is CommitmentStatus.REPORTED


def waiting_version(commitment: Commitment) -> UpdateVersion | None:
    """Return the update version that waits for a decision, or None. There is one at most."""
    waiting = UpdateVersion.objects.filter(update__commitment=commitment).undecided()
    return waiting.select_related("recorded_by").first()


def returned_version(commitment: Commitment) -> UpdateVersion | None:
    """Return the version that was returned and not sent again.

    None if nothing was returned or the newest was accepted.
    """
    versions = UpdateVersion.objects.filter(update__commitment=commitment).select_related("update", "decision")
    newest = versions.order_by("-update__number", "-number").first()
    return newest if newest and newest.decision.decision == UpdateDecision.RETURNED else None


def refuse_unproven(commitment: Commitment, reason: str) -> None:
    """Refuse to verify a commitment done, and name all that is missing: verified evidence, its dates, a reason."""
    missing = [gap for gap in (find_missing_proof(commitment), "" if reason.strip() else "a written reason") if gap]
    if missing:
        raise Refused(
            "unproven",
            f"It can't be verified done yet. What is missing: {'; '.join(missing)}.",
            field="reason" if missing == ["a written reason"] else None,
        )


def add_event(
    commitment: Commitment,
    kind: CommitmentEventKind,
    *,
    on: date,
    by: User,
    now: datetime,
    reason: str = "",
    due_on: date | None = None,
    update_version: UpdateVersion | None = None,
) -> CommitmentEvent:
    """Write one event. The caller has checked that it is allowed."""
    return insert_row(
        CommitmentEvent(
            commitment=commitment,
            kind=kind,
            happened_on=on,
            due_on=due_on,
            reason=reason,
            update_version=update_version,
            recorded_at=now,
            recorded_by=by,
        )
    )


def refuse_invalid_benchmarks(benchmarks: Sequence[Benchmark], country: Country, *, field: str) -> None:
    """Refuse, on `field`, a benchmark that is named twice or belongs to another country."""
    keys = {benchmark.pk for benchmark in benchmarks}
    if len(keys) < len(benchmarks):
        raise Refused("named_twice", "A benchmark is named twice. Name each once.", field=field)
    known = Benchmark.objects.filter(pk__in=keys, recommendation__edition__country=country).count()
    if known < len(keys):
        raise Refused(
            "another_country", "One of those benchmarks is another country's. Choose this country's.", field=field
        )


def newest_event_date(commitment: Commitment) -> date:
    """Return the day of the newest event. An event of an earlier day would not change the standing."""
    return max(event.happened_on for event in commitment.events.all())


def settled_sentence(commitment: Commitment) -> str:
    """Return a sentence on the newest event, such as "Withdrawn on 3 January 2022 by A. B.: …"."""
    last = commitment.events.select_related("recorded_by").order_by("-happened_on", "-recorded_at", "-pk")[0]
    reason = f": {last.reason}" if last.reason else ""
    return (
        f"{CommitmentEventKind(last.kind).label} on {format_date(last.happened_on)} by "
        f"{last.recorded_by}{reason.rstrip('.')}."
    )


def _settled_refusal(commitment: Commitment, next_step: str) -> str:
    return f"{settled_sentence(commitment)} {next_step}"


def _is_open(commitment: Commitment, now: datetime) -> bool:
    """Return whether the events leave the commitment open, even while an update waits that claims it is under way."""
    summary = summarize_events(commitment.events.all(), now.date())
    return summary is not None and summary.is_open


def _lock_for_change(
    commitment: Commitment, on: date, seen: int | None, now: datetime
) -> tuple[Commitment, CommitmentStanding]:
    """Lock the commitment and return it with its standing.

    Refuse a future date, a date before the newest event, and a stale page.
    """
    refuse_future(on, now, field="on")
    locked, standing = lock_with_standing(commitment, now)
    refuse_unseen(locked.events.select_related("recorded_by").order_by("-pk").first(), seen, now, noun="entry")
    if on < (newest := newest_event_date(locked)):
        raise Refused(
            "before_newest_entry",
            f"Its newest entry is of {format_date(newest)}. Give that day or a later one.",
            field="on",
        )
    return locked, standing


def _record_event(
    commitment: Commitment,
    kind: CommitmentEventKind,
    before: CommitmentStanding,
    *,
    on: date,
    by: User,
    now: datetime,
    reason: str = "",
    due_on: date | None = None,
) -> CommitmentEvent:
    """Add one event with its log entry, and have readiness recalculated."""
    event = add_event(commitment, kind, on=on, reason=reason, due_on=due_on, by=by, now=now)
    enqueue_readiness(commitment.country_id)
    record(
        f"commitment.{kind}",
        by=by,
        row=commitment,
        country=commitment.country_id,
        before={"status": before.status, "due_on": before.due_on},
        after={"on": on, "due_on": due_on, "reason": reason},
    )
    return event


def _refuse_while_waiting(commitment: Commitment, now: datetime) -> None:
    if waiting := waiting_version(commitment):
        sent_on = format_date(waiting.recorded_at.astimezone(now.tzinfo).date())
        raise Refused(
            "update_waits", f"The ministry's update of {sent_on} waits in the inbox. Accept or return it first."
        )


def find_missing_proof(commitment: Commitment) -> str | None:
    """Return what the evidence of a commitment lacks to prove that it is done. None if it lacks nothing."""
    pieces = commitment.evidence.current().prefetch_related("reviews__evidence_link")
    verified = [(piece, first) for piece in pieces for first in _verified_start_dates(piece)]
    if not verified:
        return "verified evidence of what was done (log it under this commitment, and have somebody else verify it)"
    if not any(piece.happened_from or first for piece, first in verified):
        return "the first day of its evidence (state it when you verify the evidence)"
    return None


def _verified_start_dates(piece: Evidence) -> list[date | None]:
    """Return the start date that each verification in force states, of the evidence itself or of an action it shows."""
    newest = {
        review.evidence_link_id: review for review in sorted(piece.reviews.all(), key=lambda r: (r.recorded_at, r.pk))
    }
    return [
        review.first_on
        for review in newest.values()
        if review.decision == EvidenceDecision.VERIFIED
        and (review.evidence_link is None or review.evidence_link.shows == SupportKind.ACTION)
    ]
