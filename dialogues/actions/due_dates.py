"""Propose another due date for a ministry's commitment, answer the proposal, or withdraw it."""

from collections.abc import Mapping
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from dialogues.actions.commitments import add_event, is_open, lock_with_standing, newest_event_date, settled_sentence
from dialogues.choices import CommitmentEventKind, DueDateDecision
from dialogues.commitment_status import CommitmentStanding, days_past_due
from dialogues.models import Commitment, CommitmentEvent, DueDateProposal, DueDateProposalDecision
from dialogues.permissions import can_answer_due_date, can_propose_due_date, can_withdraw_due_date
from recommendations.actions.readiness_jobs import enqueue_readiness
from tiptracker.accounts.models import User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.localization import format_date, gettext
from tiptracker.validation import EditConflict, format_moment, insert_row, require_text


@transaction.atomic
def propose_due_date(*, commitment: Commitment, due_on: date, reason: str, by: User, now: datetime) -> DueDateProposal:
    """Propose another due date for a commitment, with a reason. Nothing moves until the embassy accepts it.

    Raises:
        PermissionDenied: if the user is not of the ministry that made the commitment.
        Refused: if the commitment is settled or reported done, a proposal waits, or the date is invalid.
    """
    if not can_propose_due_date(by, commitment):
        raise PermissionDenied
    reason = require_text(reason, gettext("Write why you need another date."), field="reason")
    locked, standing = lock_with_standing(commitment, now)
    if not is_open(locked, now):
        # The reason and its author may be internal to the embassy: a ministry sees status and date.
        sentence = (
            gettext("%(status)s on %(date)s. There is no due date to move any more.")
            if standing.is_settled
            else gettext(
                "Your ministry reported this commitment done on %(date)s. If it is not done, withdraw the update first."
            )
        )
        values = {"status": standing.status.label, "date": format_date(newest_event_date(locked))}
        raise Refused("closed", sentence % values)
    if waiting := find_waiting_proposal(locked):
        sentence = gettext(
            "%(person)s already proposed %(date)s, on %(moment)s. Wait for our answer, or withdraw that proposal first."
        )
        raise Refused(
            "proposal_waits",
            sentence
            % {
                "person": waiting.recorded_by,
                "date": format_date(waiting.due_on),
                "moment": format_moment(waiting.recorded_at, now),
            },
        )
    if days_past_due(due_on, now.date()):
        raise Refused("due_too_early", gettext("This date has passed. Enter a date from today on."), field="due_on")
    if due_on == standing.due_on:
        raise Refused(
            "unchanged",
            gettext("The commitment is already due on %(date)s. Enter another date.") % {"date": format_date(due_on)},
            field="due_on",
        )
    proposal = insert_row(
        DueDateProposal(commitment=locked, due_on=due_on, reason=reason, recorded_at=now, recorded_by=by)
    )
    record(
        "commitment.due_date_proposed",
        by=by,
        row=locked,
        country=locked.country_id,
        before={"due_on": standing.due_on},
        after={"proposal": proposal.pk, "due_on": due_on, "reason": reason},
        ministries=[locked.ministry_id],
    )
    return proposal


@transaction.atomic
def accept_due_date(*, proposal: DueDateProposal, reason: str = "", by: User, now: datetime) -> DueDateProposalDecision:
    """Accept a proposed due date: the commitment is rescheduled to it today, for the reason that the ministry gave.

    Args:
        reason: what the embassy tells the ministry, if anything.

    Raises:
        PermissionDenied: if the user may not move the due date.
        Refused: if the commitment is settled or reported done, or the proposed date has passed or is the due date.
        EditConflict: if a colleague has answered it, or the ministry has withdrawn it.
    """
    locked, standing = _lock_for_answer(proposal, by, now)
    if not is_open(locked, now):
        sentence = gettext("Its due date cannot be moved. Decline the proposal.")
        raise Refused("closed", f"{settled_sentence(locked)} {sentence}")
    if days_past_due(proposal.due_on, now.date()):
        sentence = gettext("The proposed date has passed. Decline the proposal and say which date you can agree to.")
        raise Refused("due_too_early", sentence)
    if proposal.due_on == standing.due_on:
        sentence = gettext("The commitment is already due on %(date)s. Decline the proposal and say so.")
        raise Refused("unchanged", sentence % {"date": format_date(proposal.due_on)})
    event = add_event(
        locked,
        CommitmentEventKind.RESCHEDULED,
        on=now.date(),
        due_on=proposal.due_on,
        reason=proposal.reason,
        by=by,
        now=now,
    )
    decision = _decide(proposal, DueDateDecision.ACCEPTED, reason, by, now, event=event)
    enqueue_readiness(locked.country_id)
    before, after = {"due_on": standing.due_on}, {"due_on": proposal.due_on}
    _log("commitment.due_date_accepted", decision, before=before, after=after)
    return decision


@transaction.atomic
def decline_due_date(*, proposal: DueDateProposal, reason: str, by: User, now: datetime) -> DueDateProposalDecision:
    """Decline a proposed due date, with a reason that the ministry reads. The due date stays.

    Raises:
        PermissionDenied: if the user may not move the due date.
        Refused: without a reason.
        EditConflict: if a colleague has answered it, or the ministry has withdrawn it.
    """
    reason = require_text(reason, gettext("Write why the due date stays."), field="reason")
    _lock_for_answer(proposal, by, now)
    decision = _decide(proposal, DueDateDecision.DECLINED, reason, by, now)
    _log("commitment.due_date_declined", decision)
    return decision


@transaction.atomic
def withdraw_due_date(*, proposal: DueDateProposal, by: User, now: datetime) -> DueDateProposalDecision:
    """Withdraw a proposed due date that waits for an answer.

    Raises:
        PermissionDenied: if the user is not of the ministry that proposed it.
        EditConflict: if the embassy has answered it, or a colleague has withdrawn it.
    """
    if not can_withdraw_due_date(by, proposal):
        raise PermissionDenied
    lock_with_standing(proposal.commitment, now)
    if decision := _find_decision(proposal):
        raise EditConflict(describe_refused_withdrawal(decision, now))
    decision = _decide(proposal, DueDateDecision.WITHDRAWN, "", by, now)
    _log("commitment.due_date_withdrawn", decision)
    return decision


def find_waiting_proposal(commitment: Commitment) -> DueDateProposal | None:
    """Return the proposal for a commitment that has no answer yet. There is one at most."""
    rows = DueDateProposal.objects.filter(commitment=commitment, decision__isnull=True)
    return rows.select_related("recorded_by").first()


def describe_refused_withdrawal(decision: DueDateProposalDecision, now: datetime) -> str:
    """Return why a ministry can no longer withdraw a proposal. It reads no names of the embassy."""
    sentence = {
        DueDateDecision.ACCEPTED: gettext("The embassy accepted this date on %(moment)s. It is the due date now."),
        DueDateDecision.DECLINED: gettext("The embassy declined this date on %(moment)s. You need not withdraw it."),
        DueDateDecision.WITHDRAWN: gettext("%(person)s withdrew this proposal on %(moment)s."),
    }[DueDateDecision(decision.decision)]
    return sentence % {"person": decision.recorded_by, "moment": format_moment(decision.recorded_at, now)}


def _lock_for_answer(proposal: DueDateProposal, by: User, now: datetime) -> tuple[Commitment, CommitmentStanding]:
    """Lock the commitment and return it with its standing.

    Refuse if the user may not answer the proposal, or it waits no longer.
    """
    if not can_answer_due_date(by, proposal):
        raise PermissionDenied
    locked, standing = lock_with_standing(proposal.commitment, now)
    if decision := _find_decision(proposal):
        sentence = {
            DueDateDecision.ACCEPTED: gettext(
                "%(person)s accepted this proposal on %(moment)s. Your answer was not saved."
            ),
            DueDateDecision.DECLINED: gettext(
                "%(person)s declined this proposal on %(moment)s. Your answer was not saved."
            ),
            DueDateDecision.WITHDRAWN: gettext(
                "%(person)s withdrew this proposal for the ministry on %(moment)s. Your answer was not saved."
            ),
        }[DueDateDecision(decision.decision)]
        raise EditConflict(
            sentence % {"person": decision.recorded_by, "moment": format_moment(decision.recorded_at, now)}
        )
    return locked, standing


def _find_decision(proposal: DueDateProposal) -> DueDateProposalDecision | None:
    return DueDateProposalDecision.objects.filter(proposal=proposal).select_related("recorded_by").first()


def _decide(
    proposal: DueDateProposal,
    decision: DueDateDecision,
    reason: str,
    by: User,
    now: datetime,
    *,
    event: CommitmentEvent | None = None,
) -> DueDateProposalDecision:
    return insert_row(
        DueDateProposalDecision(
            proposal=proposal, decision=decision, reason=reason.strip(), event=event, recorded_at=now, recorded_by=by
        )
    )


def _log(
    verb: str,
    decision: DueDateProposalDecision,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Write what became of a proposal to the activity log, with the history of its commitment."""
    commitment = decision.proposal.commitment
    record(
        verb,
        by=decision.recorded_by,
        row=commitment,
        country=commitment.country_id,
        before=before or {},
        after={"proposal": decision.proposal_id, "reason": decision.reason, **(after or {})},
        ministries=[commitment.ministry_id],
    )
