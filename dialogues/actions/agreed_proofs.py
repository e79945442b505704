"""Agree on proof for a commitment, end what was agreed, and say which evidence is an agreed proof."""

from collections.abc import Collection
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from dialogues.actions.commitments import lock_with_standing, settled_sentence
from dialogues.actions.duplicates import refuse_duplicate
from dialogues.actions.proof_inputs import ProofInput, insert_proof, proof_audit_values
from dialogues.choices import CommitmentEventKind
from dialogues.models import AgreedProof, AgreedProofEnd, AgreedProofMatch, Commitment, Evidence
from dialogues.permissions import can_change_commitment
from recommendations.actions.readiness_jobs import enqueue_readiness
from tiptracker.accounts.models import User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.localization import format_date, gettext
from tiptracker.validation import EditConflict, format_moment, insert_row, refuse_future, require_text


@transaction.atomic
def agree_on_proof(
    *, commitment: Commitment, proof: ProofInput, agreed_on: date, by: User, now: datetime
) -> AgreedProof:
    """Add a proof that was agreed for a commitment after it was recorded.

    Raises:
        PermissionDenied: if the user may not change the commitment.
        Refused: without a text or a source, if the commitment is settled, for a day in the future or before the
            promise, or if a colleague has recorded the same proof.
        DuplicateRecord: if the same person has already recorded the same proof.
    """
    if not can_change_commitment(by, commitment):
        raise PermissionDenied
    refuse_future(agreed_on, now, field="agreed_on")
    locked, standing = lock_with_standing(commitment, now)
    if standing.is_settled:
        next_step = gettext("No proof can be agreed any more. To agree on one, reopen the commitment first.")
        raise Refused("closed", f"{settled_sentence(locked)} {next_step}")
    made_on = min(event.happened_on for event in locked.events.all() if event.kind == CommitmentEventKind.MADE)
    if agreed_on < made_on:
        sentence = gettext("The commitment was made on %(date)s. Enter that day or a later one.")
        raise Refused("before_promise", sentence % {"date": format_date(made_on)}, field="agreed_on")
    before = list(locked.agreed_proofs.in_force(now.date()).select_related("recorded_by"))
    agreed = insert_proof(locked, proof, agreed_on, by=by, now=now)
    _refuse_repeated(agreed, before, by, now)
    enqueue_readiness(locked.country_id)
    record(
        "commitment.proof_agreed",
        by=by,
        row=locked,
        country=locked.country_id,
        after=proof_audit_values(agreed),
    )
    return agreed


@transaction.atomic
def end_proof(*, proof: AgreedProof, ended_on: date, reason: str, by: User, now: datetime) -> AgreedProofEnd:
    """End an agreed proof from a day on, with a reason that the ministry reads. It stays in the history.

    Raises:
        PermissionDenied: if the user may not change the commitment.
        Refused: without a reason, or for a day in the future or before the agreement.
        EditConflict: if a colleague has ended it.
    """
    if not can_change_commitment(by, proof.commitment):
        raise PermissionDenied
    reason = require_text(reason, gettext("Write why this proof is no longer needed."), field="reason")
    refuse_future(ended_on, now, field="ended_on")
    locked, _ = lock_with_standing(proof.commitment, now)
    if earlier := AgreedProofEnd.objects.filter(proof=proof).select_related("recorded_by").first():
        sentence = gettext("%(person)s already ended this agreed proof on %(moment)s. Your text was not saved.")
        named = {"person": earlier.recorded_by, "moment": format_moment(earlier.recorded_at, now)}
        raise EditConflict(sentence % named)
    if ended_on < proof.agreed_on:
        sentence = gettext("This proof was agreed on %(date)s. Enter that day or a later one.")
        raise Refused("before_agreed", sentence % {"date": format_date(proof.agreed_on)}, field="ended_on")
    end = insert_row(AgreedProofEnd(proof=proof, ended_on=ended_on, reason=reason, recorded_at=now, recorded_by=by))
    enqueue_readiness(locked.country_id)
    record(
        "commitment.proof_ended",
        by=by,
        row=locked,
        country=locked.country_id,
        before=proof_audit_values(proof),
        after={"ended_on": ended_on, "reason": reason},
    )
    return end


@transaction.atomic
def match_evidence(*, proof: AgreedProof, evidence: Collection[Evidence], by: User, now: datetime) -> int:
    """Say which evidence of the commitment is the agreed proof, and that the other evidence is not.

    Return how many pieces changed. Verified evidence is needed all the same: this verifies nothing.

    Raises:
        PermissionDenied: if the user may not change the commitment.
        Refused: if the evidence belongs to another commitment, or if nothing changes.
    """
    if not can_change_commitment(by, proof.commitment):
        raise PermissionDenied
    locked, _ = lock_with_standing(proof.commitment, now)
    wanted = {piece.pk: piece for piece in evidence}
    if any(piece.commitment_id != locked.pk for piece in evidence):
        sentence = gettext("One of these pieces of evidence belongs to another commitment. Choose from the list.")
        raise Refused("another_commitment", sentence, field="evidence")
    matched = {match.evidence_id: match.evidence for match in current_matches(proof)}
    added = [piece for pk, piece in wanted.items() if pk not in matched]
    removed = [piece for pk, piece in matched.items() if pk not in wanted]
    if not (added or removed):
        raise Refused("unchanged", gettext("You changed nothing. Tick or untick evidence, or choose “Cancel”."))
    for pieces, is_match in ((added, True), (removed, False)):
        for piece in pieces:
            insert_row(
                AgreedProofMatch(proof=proof, evidence=piece, is_match=is_match, recorded_at=now, recorded_by=by)
            )
    record(
        "commitment.proof_matched",
        by=by,
        row=locked,
        country=locked.country_id,
        before={"proof": proof.pk, "evidence": sorted(matched)},
        after={"proof": proof.pk, "evidence": sorted(wanted)},
    )
    return len(added) + len(removed)


def current_matches(proof: AgreedProof) -> list[AgreedProofMatch]:
    """Return the matches in force of an agreed proof: the newest row of each piece of current evidence."""
    rows = AgreedProofMatch.objects.filter(proof=proof, evidence__revised_by__isnull=True).select_related("evidence")
    newest = {row.evidence_id: row for row in rows.order_by("recorded_at", "pk")}
    return [row for row in newest.values() if row.is_match]


def carry_matches(evidence: Evidence, revision: Evidence) -> None:
    """Match the corrected evidence with the agreed proof that the earlier row was said to be."""
    newest = {row.proof_id: row for row in evidence.proof_matches.order_by("recorded_at", "pk")}
    for row in newest.values():
        if row.is_match:
            insert_row(
                AgreedProofMatch(
                    proof_id=row.proof_id,
                    evidence=revision,
                    recorded_at=revision.recorded_at,
                    recorded_by=revision.recorded_by,
                )
            )


def _refuse_repeated(agreed: AgreedProof, before: Collection[AgreedProof], by: User, now: datetime) -> None:
    """Refuse a proof that is agreed already. Raising undoes the new row."""
    same = next((row for row in before if _content(row) == _content(agreed)), None)
    if same is None:
        return
    if same.recorded_by_id == by.pk:
        refuse_duplicate(same, now)
    sentence = gettext("%(person)s already recorded this agreed proof on %(moment)s. You need not record it again.")
    named = {"person": same.recorded_by, "moment": format_moment(same.recorded_at, now)}
    raise Refused("already_agreed", sentence % named, field="text")


def _content(proof: AgreedProof) -> tuple[str, str, str]:
    return proof.kind, proof.text.casefold(), proof.from_whom.casefold()
