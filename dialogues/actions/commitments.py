"""Record commitments and their dated events."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NotRequired, TypedDict, Unpack

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import model_to_dict

from dialogues.actions.disposed_periods import refuse_unsupported_in_disposed_period
from dialogues.actions.duplicates import lock_person, refuse_duplicate
from dialogues.actions.proof_inputs import ProofInput, insert_proof, proof_audit_values
from dialogues.actions.sent_versions import waiting_version
from dialogues.choices import (
    CommitmentEventKind,
    CommitmentReach,
    CommitmentStatus,
    EvidenceDecision,
    Horizon,
    MadeBy,
    SupportKind,
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
from tiptracker.localization import format_date, gettext
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
    proofs: Sequence[ProofInput] = (),
    by: User,
    now: datetime,
    **values: Unpack[CommitmentValues],
) -> Commitment:
    """Record a commitment of a ministry or of the United States. `due_on` None: no date agreed.

    `proofs` is the proof that was agreed with it: what will show that it is kept.

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
    commitment.text = require_text(commitment.text, gettext("Write what was promised."), field="text")
    refuse_future(made_on, now, field="made_on")
    if due_on and due_on < made_on:
        raise Refused(
            "due_too_early",
            gettext("The due date is before the day of the promise. Change one of the two dates."),
            field="due_on",
        )
    if (commitment.made_by == MadeBy.MINISTRY) != (ministry is not None):
        raise Refused(
            "unclear_maker",
            gettext("Choose the ministry, or say that the United States made the commitment."),
            field="ministry",
        )
    if ministry and ministry.country_id != country.pk:
        raise Refused(
            "another_country",
            gettext("That ministry belongs to another country. Choose a ministry of this country."),
            field="ministry",
        )
    if not (dialogue or commitment.letter):
        raise Refused(
            "required",
            gettext("Choose the dialogue at which the commitment was made, or name the letter."),
            field="dialogue",
        )
    if dialogue and dialogue.country_id != country.pk:
        raise Refused(
            "another_country",
            gettext("That dialogue was with another country. Choose a dialogue with this country."),
            field="dialogue",
        )
    if dialogue:
        _refuse_unless_held(dialogue, now)
    refuse_invalid_benchmarks([benchmark for benchmark, _ in links], country, field="links")
    refuse_unsupported_in_disposed_period(country, made_on, made_on, supports=bool(links), field="made_on")
    lock_person(by)
    refuse_duplicate(_find_identical(commitment, made_on, due_on, links), now)
    insert_row(commitment)
    if dialogue and dialogue.recorded_at is None:  # this commitment is the first thing recorded of the dialogue
        Dialogue.objects.filter(pk=dialogue.pk, recorded_at=None).update(recorded_at=now, recorded_by=by)
    for benchmark, reach in links:
        insert_row(CommitmentBenchmark(commitment=commitment, benchmark=benchmark, reach=reach))
    add_event(commitment, CommitmentEventKind.MADE, on=made_on, due_on=due_on, by=by, now=now)
    agreed = [insert_proof(commitment, proof, made_on, by=by, now=now, field="proofs") for proof in proofs]
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
            "agreed_proofs": [proof_audit_values(proof) for proof in agreed],
        },
    )
    return commitment


def _refuse_unless_held(dialogue: Dialogue, now: datetime) -> None:
    if dialogue.called_off_at:
        raise Refused(
            "called_off",
            gettext("That dialogue was called off. Choose another dialogue, or name the letter."),
            field="dialogue",
        )
    if dialogue.held_on > now.date():
        raise Refused(
            "not_held_yet",
            gettext("That dialogue is planned for %(date)s. Choose a dialogue that has taken place.")
            % {"date": format_date(dialogue.held_on)},
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
        if benchmarks == sorted(row.links.current().values_list("benchmark_id", "reach")):
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
    reason = require_text(reason, gettext("Write why the due date moves."), field="reason")
    locked, standing = _lock_for_change(commitment, on, seen, now)
    if not is_open(locked, now):
        raise Refused("closed", _settled_refusal(locked, gettext("Its due date cannot be moved.")))
    if due_on < on:
        raise Refused(
            "due_too_early",
            gettext("The new due date is before the day on which it was agreed. Enter a later date."),
            field="due_on",
        )
    if due_on == standing.due_on:
        raise Refused(
            "unchanged",
            gettext("The commitment is already due on %(date)s. Enter another date.") % {"date": format_date(due_on)},
            field="due_on",
        )
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
    reason = require_text(reason, gettext("Write why the commitment is withdrawn."), field="reason")
    locked, standing = _lock_for_change(commitment, on, seen, now)
    _refuse_while_waiting(locked, now)
    if standing.is_settled:
        raise Refused("closed", _settled_refusal(locked, gettext("If that is wrong, reopen the commitment first.")))
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
    reason = require_text(reason, gettext("Write why the commitment is reopened."), field="reason")
    locked, standing = _lock_for_change(commitment, on, seen, now)
    _refuse_while_waiting(locked, now)
    if is_open(locked, now):
        raise Refused("already_open", gettext("The commitment is already open. There is nothing to reopen."))
    return _record_event(locked, CommitmentEventKind.REOPENED, standing, on=on, reason=reason, by=by, now=now)


@transaction.atomic
def report_done(
    *, commitment: Commitment, on: date, seen: int | None = None, by: User, now: datetime
) -> CommitmentEvent:
    """Report a commitment of the United States done. Another officer verifies it. Raises as `reschedule` does."""
    if not can_report_done(by, commitment):
        raise PermissionDenied
    locked, standing = _lock_for_change(commitment, on, seen, now)
    if not is_open(locked, now):
        raise Refused("closed", _settled_refusal(locked, gettext("You need not report it again.")))
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
            raise Refused(
                "needs_second_person",
                gettext("You reported the commitment done yourself. Ask another officer to verify it."),
            )
        raise PermissionDenied
    locked, standing = _lock_for_change(commitment, on, seen, now)
    _refuse_while_waiting(locked, now)
    if standing.is_settled:
        raise Refused("closed", _settled_refusal(locked, gettext("If that is wrong, reopen the commitment first.")))
    refuse_unproven(locked, reason)
    reason = reason.strip()
    return _record_event(locked, CommitmentEventKind.VERIFIED_DONE, standing, on=on, reason=reason, by=by, now=now)


def lock_with_standing(commitment: Commitment, now: datetime) -> tuple[Commitment, CommitmentStanding]:
    """Lock the commitment until the transaction ends. Return it with its standing today."""
    locked = Commitment.objects.with_history().select_for_update(no_key=True, of=("self",)).get(pk=commitment.pk)
    standing = locked.standing_on(now.date())
    if standing is None:
        raise Refused("not_made_yet", gettext("The commitment was made on a day after today. Try again on that day."))
    return locked, standing


def is_reported_done(commitment: Commitment, now: datetime) -> bool:
    """Return whether the newest event up to today reports the commitment done, whether or not an update waits."""
    summary = summarize_events(commitment.events.all(), now.date())
    return summary is not None and summary.closing_status is CommitmentStatus.REPORTED


def refuse_unproven(commitment: Commitment, reason: str) -> None:
    """Refuse to verify a commitment done, and name all that is missing: verified evidence, its dates, a reason."""
    without_proof = find_missing_proof(commitment)
    without_reason = "" if reason.strip() else gettext("a written reason")
    if without_proof or without_reason:
        sentence = gettext("The commitment cannot be verified as done yet. Missing: %(missing)s.")
        raise Refused(
            "unproven",
            sentence % {"missing": "; ".join(gap for gap in (without_proof, without_reason) if gap)},
            field=None if without_proof else "reason",
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
        raise Refused("named_twice", gettext("One benchmark is named twice. Name each benchmark once."), field=field)
    known = Benchmark.objects.filter(pk__in=keys, recommendation__edition__country=country).count()
    if known < len(keys):
        raise Refused(
            "another_country",
            gettext("One of the benchmarks belongs to another country. Choose benchmarks of this country."),
            field=field,
        )


def newest_event_date(commitment: Commitment) -> date:
    """Return the day of the newest event. An event of an earlier day would not change the standing."""
    return max(event.happened_on for event in commitment.events.all())


def settled_sentence(commitment: Commitment) -> str:
    """Return a sentence on the newest event, such as "Withdrawn on 3 January 2022 by A. B.: …"."""
    last = commitment.events.select_related("recorded_by").order_by("-happened_on", "-recorded_at", "-pk")[0]
    sentence = (
        gettext("%(status)s on %(date)s by %(person)s: %(reason)s.")
        if last.reason
        else gettext("%(status)s on %(date)s by %(person)s.")
    )
    return sentence % {
        "status": CommitmentEventKind(last.kind).label,
        "date": format_date(last.happened_on),
        "person": last.recorded_by,
        "reason": last.reason.rstrip("."),
    }


def _settled_refusal(commitment: Commitment, next_step: str) -> str:
    return f"{settled_sentence(commitment)} {next_step}"


def is_open(commitment: Commitment, now: datetime) -> bool:
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
            gettext("The newest entry of the commitment is of %(date)s. Enter that day or a later one.")
            % {"date": format_date(newest)},
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
        sentence = gettext("The ministry’s update of %(date)s has not been reviewed yet. Accept it or return it first.")
        raise Refused("update_waits", sentence % {"date": sent_on})


def find_missing_proof(commitment: Commitment) -> str | None:
    """Return what the evidence of a commitment lacks to prove that it is done. None if it lacks nothing."""
    pieces = commitment.evidence.current().prefetch_related("reviews__evidence_link")
    verified = [(piece, first) for piece in pieces for first in _verified_start_dates(piece)]
    if not verified:
        return gettext(
            "verified evidence of what was done (log it for this commitment, and ask another person to verify it)"
        )
    if not any(piece.happened_from or first for piece, first in verified):
        return gettext("the start date of its evidence (enter it when you verify the evidence)")
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
