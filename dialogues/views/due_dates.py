"""Pages on which a ministry proposes another due date or withdraws the proposal, and the embassy answers."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from dialogues import permissions
from dialogues.actions.due_dates import (
    accept_due_date,
    decline_due_date,
    describe_refused_withdrawal,
    propose_due_date,
    withdraw_due_date,
)
from dialogues.choices import DueDateDecision
from dialogues.commitment_phrases import format_status_detail
from dialogues.forms.commitments import AnswerDueDateForm, ConfirmationForm, ProposeDueDateForm
from dialogues.models import Commitment, DueDateProposal, DueDateProposalDecision
from dialogues.views.page_context import CommitmentHeading, set_page_edition_for_commitment
from tiptracker import clock
from tiptracker.accounts.models import User, find_contact
from tiptracker.localization import format_date, gettext
from tiptracker.web.form_pages import form_page, render_form, save_form, sent_data
from tiptracker.web.pages import SignedInRequest


@form_page
def due_date_propose(request: SignedInRequest, pk: int) -> HttpResponse:
    """Propose another due date for a commitment, with a reason."""
    rows = Commitment.objects.visible_to(request.user).select_related("ministry").with_history()
    commitment = get_object_or_404(rows, pk=pk)
    set_page_edition_for_commitment(request, commitment)
    if not permissions.can_propose_due_date(request.user, commitment):
        raise PermissionDenied
    now = clock.now(commitment.country.time_zone)
    form = ProposeDueDateForm(sent_data(request), today=now.date())
    if proposal := save_form(
        form, lambda: propose_due_date(commitment=commitment, by=request.user, now=now, **form.cleaned_data)
    ):
        messages.success(request, _describe_proposing(proposal))
        return redirect("commitment_detail", pk)
    standing = commitment.standing_on(now.date())
    context = {
        "commitment": CommitmentHeading.of(commitment),
        "standing": standing,
        "status_text": format_status_detail(standing) if standing else "",
    }
    return render_form(request, "dialogues/due_date_propose.html", form, context)


def _describe_proposing(proposal: DueDateProposal) -> str:
    """Return what the page says after a date was proposed: who reads it, and what comes next."""
    values = {"date": format_date(proposal.due_on)}
    if contact := find_contact(proposal.commitment.country_id):
        sentence = gettext(
            "You proposed %(date)s. %(officer)s will answer. Until then the due date does not change. You will see "
            "the answer here and on your home page."
        )
        return sentence % {**values, "officer": contact.name}
    sentence = gettext(
        "You proposed %(date)s. An officer will answer. Until then the due date does not change. You will see the "
        "answer here and on your home page."
    )
    return sentence % values


@form_page
def due_date_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Accept a proposed due date, which moves it, or decline it with a reason."""
    proposal = _get_proposal(request, pk)
    commitment = proposal.commitment
    if not permissions.can_answer_due_date(request.user, proposal):
        raise PermissionDenied
    now = clock.now(commitment.country.time_zone)
    standing = commitment.standing_on(now.date())
    due_on = standing.due_on if standing else None
    form = AnswerDueDateForm(
        sent_data(request),
        accept=gettext("Accept: the commitment is due on %(date)s") % {"date": format_date(proposal.due_on)},
        decline=gettext("Decline: the commitment stays due on %(date)s") % {"date": format_date(due_on)}
        if due_on
        else gettext("Decline: the commitment stays without a due date"),
    )

    def save() -> DueDateProposalDecision:
        reason = form.cleaned_data["reason"]
        action = accept_due_date if form.cleaned_data["answer"] is DueDateDecision.ACCEPTED else decline_due_date
        return action(proposal=proposal, reason=reason, by=request.user, now=now)

    if decision := save_form(form, save):
        messages.success(request, _describe_answering(decision))
        return redirect("commitment_detail", commitment.pk)
    current = _visible_proposals(request.user).get(pk=pk)
    context = {
        "commitment": CommitmentHeading.of(commitment),
        "proposal": current,
        "proposed_on": timezone.localtime(proposal.recorded_at).date(),
        "due_on": due_on,
        "outcome": current.outcome,
    }
    return render_form(request, "dialogues/due_date_answer.html", form, context)


def _describe_answering(decision: DueDateProposalDecision) -> str:
    """Return what the page says after a proposal was answered, and that the ministry sees it."""
    if decision.decision == DueDateDecision.ACCEPTED:
        sentence = gettext(
            "You accepted the proposed due date. The commitment is now due on %(date)s. The ministry sees your answer "
            "on its page."
        )
        return sentence % {"date": format_date(decision.proposal.due_on)}
    return gettext("You declined the proposed due date. The ministry sees your reason on its page.")


@form_page
def due_date_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Withdraw a proposed due date after a confirmation, or say why that is no longer possible."""
    proposal = _get_proposal(request, pk)
    commitment = proposal.commitment
    if not permissions.can_withdraw_due_date(request.user, proposal):
        raise PermissionDenied
    now = clock.now(commitment.country.time_zone)
    form = ConfirmationForm(sent_data(request))
    if save_form(form, lambda: withdraw_due_date(proposal=proposal, by=request.user, now=now)):
        messages.success(request, gettext("You withdrew the proposal. The due date does not change."))
        return redirect("commitment_detail", commitment.pk)
    current = _visible_proposals(request.user).get(pk=pk)
    context = {
        "subject": CommitmentHeading.of(commitment),
        "refusal": describe_refused_withdrawal(current.decision, now) if current.outcome else "",
        "due_on": proposal.due_on,
        "reason": proposal.reason,
        "proposed_on": timezone.localtime(proposal.recorded_at).date(),
        "proposer": proposal.recorded_by.name,
    }
    return render_form(request, "dialogues/due_date_withdraw.html", form, context)


def _visible_proposals(user: User) -> QuerySet[DueDateProposal]:
    return DueDateProposal.objects.visible_to(user).select_related(
        "commitment__country", "commitment__ministry", "recorded_by", "decision__recorded_by"
    )


def _get_proposal(request: SignedInRequest, pk: int) -> DueDateProposal:
    """Return one proposal, and set the edition of its page as for its commitment."""
    proposal = get_object_or_404(_visible_proposals(request.user), pk=pk)
    set_page_edition_for_commitment(request, proposal.commitment)
    return proposal
