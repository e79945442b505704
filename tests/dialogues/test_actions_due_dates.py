"""A ministry proposes another due date; the embassy accepts or declines it, or the ministry withdraws the proposal."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from dialogues.actions.commitments import reschedule
from dialogues.actions.due_dates import accept_due_date, decline_due_date, propose_due_date, withdraw_due_date
from dialogues.choices import CommitmentEventKind
from dialogues.models import Commitment, CommitmentEvent, DueDateProposal, DueDateProposalDecision
from tests.concurrent_writes import run_simultaneously
from tests.dialogues.commitment_histories import january
from tests.factories import (
    AmbassadorFactory,
    BenchmarkFactory,
    CommitmentEventFactory,
    CommitmentFactory,
    CountryFactory,
    DueDateProposalDecisionFactory,
    DueDateProposalFactory,
    FocalPointFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
    UpdateVersionFactory,
    at_noon,
)
from tests.refusals import refuses
from tiptracker.audit.models import AuditEntry
from tiptracker.errors import Refused
from tiptracker.jobs.models import Job

TODAY = date(2022, 1, 28)
NOW = at_noon(TODAY)
DUE = date(2022, 2, 14)
LATER = date(2022, 3, 15)


@pytest.fixture
def police(db):
    return FocalPointFactory(name="Lepota Sekola", ministry=MinistryFactory(short_name="Police"))


@pytest.fixture
def officer(db):
    return OfficerFactory(name="Palesa Nkosi")


@pytest.fixture
def commitment(police):
    return CommitmentFactory(ministry=police.ministry, made__due_on=DUE)


def propose(commitment, by, **values):
    return propose_due_date(
        **{"commitment": commitment, "due_on": LATER, "reason": "The printer is late.", "by": by, "now": NOW, **values}
    )


def accept(proposal, by, **values):
    return accept_due_date(**{"proposal": proposal, "by": by, "now": NOW, **values})


def decline(proposal, by, **values):
    return decline_due_date(**{"proposal": proposal, "reason": "The deadline stays.", "by": by, "now": NOW, **values})


def withdraw(proposal, by, **values):
    return withdraw_due_date(**{"proposal": proposal, "by": by, "now": NOW, **values})


def current_due_date(commitment):
    return Commitment.objects.get(pk=commitment.pk).standing_on(TODAY).due_on


# --- Propose ----------------------------------------------------------------------------------------------------------


def test_a_proposal_changes_nothing_about_the_due_date(commitment, police):
    proposal = propose(commitment, police, reason=" The printer is late. ")

    assert DueDateProposal.objects.get() == proposal
    assert (proposal.due_on, proposal.reason, proposal.recorded_by) == (LATER, "The printer is late.", police)
    assert proposal.outcome is None
    assert current_due_date(commitment) == DUE
    assert CommitmentEvent.objects.count() == 1
    entry = AuditEntry.objects.last()
    assert (entry.verb, entry.by, entry.row) == ("commitment.due_date_proposed", police, str(commitment.pk))


def test_a_date_may_be_proposed_where_none_was_agreed_and_for_what_is_overdue(police):
    undated = CommitmentFactory(ministry=police.ministry)
    overdue = CommitmentFactory(ministry=police.ministry, made__due_on=date(2021, 12, 1))

    assert propose(undated, police).due_on == propose(overdue, police).due_on == LATER


def test_a_date_may_be_proposed_while_an_update_on_unfinished_work_waits(commitment, police):
    UpdateVersionFactory(update__commitment=commitment)

    assert propose(commitment, police).due_on == LATER


@pytest.mark.parametrize("factory", [OfficerFactory, AmbassadorFactory, ObserverFactory, FocalPointFactory])
def test_only_the_ministry_that_made_the_commitment_proposes(commitment, factory):
    with pytest.raises(PermissionDenied):
        propose(commitment, factory())


def test_nobody_proposes_for_a_commitment_of_the_united_states(police):
    with pytest.raises(PermissionDenied):
        propose(CommitmentFactory(united_states=True), police)


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_proposal_needs_a_reason(commitment, police, reason):
    with refuses("required", field="reason", sentence="Write why you need another date."):
        propose(commitment, police, reason=reason)


def test_a_date_that_has_passed_is_not_proposed(commitment, police):
    with refuses("due_too_early", field="due_on", sentence="This date has passed."):
        propose(commitment, police, due_on=january(27))
    assert propose(commitment, police, due_on=TODAY).due_on == TODAY


def test_the_date_that_holds_is_not_proposed(commitment, police):
    with refuses("unchanged", field="due_on", sentence="already due on 14 February 2022"):
        propose(commitment, police, due_on=DUE)


def test_one_proposal_waits_at_a_time(commitment, police):
    propose(commitment, police)

    with refuses("proposal_waits", sentence="Lepota Sekola already proposed 15 March 2022, on 28 January 2022"):
        propose(commitment, FocalPointFactory(ministry=police.ministry), due_on=date(2022, 4, 1))


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (CommitmentEventKind.WITHDRAWN, "Withdrawn on 20 January 2022. There is no due date to move any more."),
        (CommitmentEventKind.REPORTED_DONE, "Your ministry reported this commitment done on 20 January 2022."),
    ],
)
def test_no_date_is_proposed_for_what_is_settled_or_reported_done(commitment, police, kind, sentence):
    reason = "" if kind is CommitmentEventKind.REPORTED_DONE else "Known to the embassy alone."
    CommitmentEventFactory(commitment=commitment, kind=kind, happened_on=january(20), reason=reason)

    with pytest.raises(Refused) as refused:
        propose(commitment, police)
    assert refused.value.code == "closed"
    assert sentence in str(refused.value)
    assert "Known to the embassy" not in str(refused.value)


# --- Answer -----------------------------------------------------------------------------------------------------------


def test_accepting_moves_the_due_date_for_the_reason_that_the_ministry_gave(commitment, police, officer):
    proposal = propose(commitment, police)
    BenchmarkFactory()  # in an edition, whose readiness depends on due dates
    decision = accept(proposal, officer, reason=" Agreed by telephone. ")

    assert current_due_date(commitment) == LATER
    event = commitment.events.last()
    assert (event.kind, event.happened_on, event.due_on) == ("rescheduled", TODAY, LATER)
    assert (event.reason, event.recorded_by) == ("The printer is late.", officer)
    assert (decision.decision, decision.reason, decision.event) == ("accepted", "Agreed by telephone.", event)
    assert AuditEntry.objects.last().verb == "commitment.due_date_accepted"
    assert Job.objects.exists(), "readiness is calculated again"
    assert Commitment.objects.get().standing_on(TODAY).slips == 1


def test_declining_leaves_the_due_date_and_needs_a_reason(commitment, police, officer):
    proposal = propose(commitment, police)
    with refuses("required", field="reason", sentence="Write why the due date stays."):
        decline(proposal, officer, reason=" ")
    decision = decline(proposal, officer)

    assert current_due_date(commitment) == DUE
    assert commitment.events.count() == 1
    assert (decision.decision, decision.reason, decision.event) == ("declined", "The deadline stays.", None)
    assert AuditEntry.objects.last().verb == "commitment.due_date_declined"


def test_the_ministry_may_propose_again_after_an_answer(commitment, police, officer):
    decline(propose(commitment, police), officer)

    assert propose(commitment, police, due_on=date(2022, 3, 1)).outcome is None


@pytest.mark.parametrize("answer", [accept, decline])
@pytest.mark.parametrize("factory", [AmbassadorFactory, ObserverFactory, FocalPointFactory])
def test_only_officers_answer(commitment, police, answer, factory):
    proposal = propose(commitment, police)

    with pytest.raises(PermissionDenied):
        answer(proposal, factory())
    with pytest.raises(PermissionDenied):
        answer(proposal, police)
    with pytest.raises(PermissionDenied):
        answer(proposal, OfficerFactory(countries=[CountryFactory(elsewhere=True)]))


def test_a_date_that_has_passed_or_holds_already_is_not_accepted(commitment, police, officer):
    proposal = propose(commitment, police)
    with refuses("due_too_early", sentence="The proposed date has passed."):
        accept(proposal, officer, now=at_noon(date(2022, 3, 16)))
    reschedule(commitment=commitment, due_on=LATER, reason="Agreed.", on=TODAY, by=officer, now=NOW)
    with refuses("unchanged", sentence="already due on 15 March 2022"):
        accept(proposal, officer)
    assert decline(proposal, officer, reason="It is the due date already.")


def test_no_date_is_accepted_for_what_was_settled_since(commitment, police, officer):
    proposal = propose(commitment, police)
    CommitmentEventFactory(commitment=commitment, kind=CommitmentEventKind.WITHDRAWN, happened_on=TODAY)

    with refuses("closed"):
        accept(proposal, officer)
    assert commitment.events.count() == 2


@pytest.mark.parametrize("first", [accept, decline])
@pytest.mark.parametrize("second", [accept, decline])
def test_a_second_answer_is_refused_and_names_the_first(commitment, police, officer, first, second):
    proposal = propose(commitment, police)
    decision = first(proposal, officer).decision

    with refuses("edit_conflict", sentence=f"Palesa Nkosi {decision} this proposal on 28 January 2022 at 12:00"):
        second(DueDateProposal.objects.get(), OfficerFactory())


# --- Withdraw ---------------------------------------------------------------------------------------------------------


def test_the_ministry_withdraws_a_proposal_that_waits(commitment, police, officer):
    proposal = propose(commitment, police)
    colleague = FocalPointFactory(name="Neo Moleko", ministry=police.ministry)
    decision = withdraw(proposal, colleague)

    assert (decision.decision, decision.recorded_by) == ("withdrawn", colleague)
    assert AuditEntry.objects.last().verb == "commitment.due_date_withdrawn"
    with refuses("edit_conflict", sentence="Neo Moleko withdrew this proposal for the ministry"):
        accept(DueDateProposal.objects.get(), officer)
    assert current_due_date(commitment) == DUE


@pytest.mark.parametrize("answer", [accept, decline])
def test_an_answered_proposal_is_not_withdrawn(commitment, police, officer, answer):
    proposal = propose(commitment, police)
    decision = answer(proposal, officer).decision

    with pytest.raises(Refused) as refused:
        withdraw(DueDateProposal.objects.get(), police)
    assert refused.value.code == "edit_conflict"
    assert f"The embassy {decision} this date on 28 January 2022 at 12:00" in str(refused.value)
    assert "Palesa" not in str(refused.value)


@pytest.mark.parametrize("factory", [OfficerFactory, AmbassadorFactory, ObserverFactory, FocalPointFactory])
def test_only_its_ministry_withdraws_a_proposal(commitment, police, factory):
    with pytest.raises(PermissionDenied):
        withdraw(propose(commitment, police), factory())


# --- What waits for whom ----------------------------------------------------------------------------------------------


def test_a_proposal_waits_for_officers_while_its_commitment_may_be_kept(commitment, police, officer):
    proposal = propose(commitment, police)
    DueDateProposalDecisionFactory(proposal=DueDateProposalFactory())
    for kind in (CommitmentEventKind.REPORTED_DONE, CommitmentEventKind.WITHDRAWN):
        closed = CommitmentFactory(ministry=police.ministry)
        CommitmentEventFactory(commitment=closed, kind=kind, happened_on=january(20))
        DueDateProposalFactory(commitment=closed)
    reopened = CommitmentFactory(ministry=police.ministry)
    for day, kind in ((20, CommitmentEventKind.WITHDRAWN), (21, CommitmentEventKind.REOPENED)):
        CommitmentEventFactory(commitment=reopened, kind=kind, happened_on=january(day))
    again = DueDateProposalFactory(commitment=reopened)

    assert set(DueDateProposal.objects.for_answer_by(officer)) == {proposal, again}
    for other in (AmbassadorFactory(), ObserverFactory(), police):
        assert not DueDateProposal.objects.for_answer_by(other).exists()


# --- Two at once, for real --------------------------------------------------------------------------------------------


def test_accepting_and_withdrawing_at_once_are_one_decision_and_one_refusal(fresh_database):
    police, officer = FocalPointFactory(), OfficerFactory()
    commitment = CommitmentFactory(ministry=police.ministry)
    proposal = propose(commitment, police)

    done, refused = run_simultaneously(
        lambda: accept(DueDateProposal.objects.get(), officer), lambda: withdraw(proposal, police)
    )

    assert (done, refused) == ("done", "edit_conflict")
    decision = DueDateProposalDecision.objects.get()
    assert current_due_date(commitment) == (LATER if decision.decision == "accepted" else None)


def test_two_proposals_at_once_are_one_proposal_and_one_refusal(fresh_database):
    police = FocalPointFactory()
    colleague = FocalPointFactory(ministry=police.ministry)
    commitment = CommitmentFactory(ministry=police.ministry)

    done, refused = run_simultaneously(lambda: propose(commitment, police), lambda: propose(commitment, colleague))

    assert (done, refused) == ("done", "proposal_waits")
    assert DueDateProposal.objects.count() == 1
