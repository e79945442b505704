"""A ministry withdraws an update before it is decided on."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from dialogues.actions.commitments import withdraw
from dialogues.actions.evidence import review_evidence
from dialogues.actions.update_decisions import withdraw_update
from dialogues.choices import (
    ClaimedProgress,
    CommitmentEventKind,
    CommitmentStatus,
    EvidenceDecision,
    UpdateDecision,
)
from dialogues.models import CommitmentEvent, EvidenceFile, UpdateVersion, UpdateVersionDecision
from recommendations.choices import Rule
from recommendations.models import Edition
from reports.readiness.explanation.counting_reasons import find_counting_statuses
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import evaluate_readiness
from tests.concurrent_writes import run_simultaneously
from tests.dialogues.commitment_histories import january
from tests.dialogues.test_actions_updates import accept, return_version, send
from tests.factories import (
    AmbassadorFactory,
    BenchmarkFactory,
    CommitmentFactory,
    EvidenceFileFactory,
    FocalPointFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
    at_noon,
)
from tests.refusals import refuses
from tiptracker.audit.models import AuditEntry
from tiptracker.errors import Refused
from tiptracker.jobs.models import Job

TODAY = date(2022, 1, 28)
NOW = at_noon(TODAY)


@pytest.fixture
def police(db):
    return FocalPointFactory(name="Lepota Sekola", ministry=MinistryFactory(short_name="Police"))


@pytest.fixture
def officer(db):
    return OfficerFactory(name="Palesa Nkosi")


@pytest.fixture
def commitment(police):
    return CommitmentFactory(
        ministry=police.ministry, made__due_on=date(2022, 2, 14), benchmarks=[BenchmarkFactory(), BenchmarkFactory()]
    )


def withdraw_version(sent, by, **values):
    return withdraw_update(update_version=sent, **{"by": by, "now": NOW, **values})


def commitment_status(commitment, day=TODAY):
    return type(commitment).objects.get(pk=commitment.pk).standing_on(day).status


def test_the_sender_withdraws_an_update_that_waits(commitment, police):
    sent = send(commitment, police)
    Job.objects.all().delete()
    decision = withdraw_version(sent, police, reason=" The wrong list. ")

    assert Job.objects.exists(), "readiness is calculated again"
    assert UpdateVersionDecision.objects.get() == decision
    assert (decision.decision, decision.reason, decision.recorded_by) == ("withdrawn", "The wrong list.", police)
    entry = AuditEntry.objects.last()
    assert (entry.verb, entry.by) == ("update.withdrawn", police)
    assert commitment_status(commitment) is CommitmentStatus.OPEN
    assert commitment.events.count() == 1


def test_a_reason_is_not_needed_and_a_colleague_may_withdraw_it_too(commitment, police):
    colleague = FocalPointFactory(ministry=police.ministry)

    assert withdraw_version(send(commitment, police), colleague).recorded_by == colleague


def test_a_withdrawn_update_stays_in_the_record(commitment, police):
    file = EvidenceFileFactory(uploaded_by=police)
    sent = send(commitment, police, files=[file])
    pieces, hashes = list(sent.evidence.values()), list(EvidenceFile.objects.values_list("stored_sha256"))
    withdraw_version(sent, police)

    sent = UpdateVersion.objects.get(pk=sent.pk)
    assert sent.narrative == "Six districts have one now."
    assert list(sent.evidence.values()) == pieces
    assert list(EvidenceFile.objects.values_list("stored_sha256")) == hashes


def test_withdrawing_a_claim_of_done_restores_the_earlier_status(commitment, police):
    sent = send(commitment, police, claimed=ClaimedProgress.DONE)
    assert commitment_status(commitment) is CommitmentStatus.WITH_EMBASSY
    withdraw_version(sent, police)

    event = commitment.events.last()
    assert (event.kind, event.happened_on, event.update_version) == ("report_withdrawn", TODAY, sent)
    assert (event.recorded_by, event.reason, event.sent_for) == (police, "", police.ministry)
    assert commitment_status(commitment) is CommitmentStatus.OPEN
    assert commitment_status(commitment, date(2022, 2, 15)) is CommitmentStatus.OVERDUE


def test_a_claimed_done_that_was_settled_since_is_not_folded_back(commitment, police):
    sent = send(commitment, police, claimed=ClaimedProgress.DONE)
    CommitmentEvent.objects.create(
        commitment=commitment, kind=CommitmentEventKind.WITHDRAWN, happened_on=TODAY, reason="Given up.",
        recorded_at=NOW, recorded_by=OfficerFactory(),
    )  # fmt: skip
    withdraw_version(sent, police)

    assert commitment_status(commitment) is CommitmentStatus.WITHDRAWN


def test_the_next_version_belongs_to_the_same_update_and_may_bring_the_same_files(commitment, police):
    file = EvidenceFileFactory(uploaded_by=police)
    first = send(commitment, police, files=[file])
    withdraw_version(first, police)
    again = send(commitment, police, files=[file])

    assert (again.update, again.number) == (first.update, 2)
    assert again.evidence.get().file == file
    assert commitment_status(commitment) is CommitmentStatus.WITH_EMBASSY


def test_after_a_return_and_a_withdrawal_the_commitment_is_returned_as_before(commitment, police, officer):
    first = send(commitment, police)
    return_version(first, officer)
    withdraw_version(send(commitment, police), police)

    row = type(commitment).objects.get(pk=commitment.pk)
    assert row.standing_on(TODAY).returned_on == TODAY


def test_the_embassy_may_change_the_commitment_again(commitment, police, officer):
    sent = send(commitment, police)
    with refuses("update_waits"):
        withdraw(commitment=commitment, reason="Given up.", on=TODAY, by=officer, now=NOW)
    withdraw_version(sent, police)

    withdraw(commitment=commitment, reason="Given up.", on=TODAY, by=officer, now=NOW)
    assert commitment_status(commitment) is CommitmentStatus.WITHDRAWN


@pytest.mark.parametrize("factory", [OfficerFactory, AmbassadorFactory, ObserverFactory, FocalPointFactory])
def test_nobody_but_its_ministry_withdraws_an_update(commitment, police, factory):
    sent = send(commitment, police)

    with pytest.raises(PermissionDenied):
        withdraw_version(sent, factory())
    assert not UpdateVersionDecision.objects.exists()


@pytest.mark.parametrize("decide", [return_version, accept])
def test_a_decided_update_cannot_be_withdrawn(commitment, police, officer, decide):
    sent = send(commitment, police)
    decision = decide(sent, officer).decision

    with pytest.raises(Refused) as refused:
        withdraw_version(UpdateVersion.objects.get(pk=sent.pk), police)
    assert refused.value.code == "edit_conflict"
    assert f"The embassy {decision} this update on 28 January 2022 at 12:00" in str(refused.value)
    assert "Palesa" not in str(refused.value), "a ministry reads no names of the embassy"
    assert UpdateVersionDecision.objects.get().decision == decision


@pytest.mark.parametrize("decide", [return_version, accept])
def test_a_late_decision_says_that_the_ministry_withdrew_the_update(commitment, police, officer, decide):
    sent = send(commitment, police)
    withdraw_version(sent, police)

    with refuses("edit_conflict", sentence="Lepota Sekola withdrew this update for the ministry"):
        decide(UpdateVersion.objects.get(pk=sent.pk), officer)


def test_a_colleague_withdrew_it_first(commitment, police):
    sent = send(commitment, police)
    withdraw_version(sent, police)

    with refuses("edit_conflict", sentence="Lepota Sekola withdrew this update on 28 January 2022 at 12:00."):
        withdraw_version(UpdateVersion.objects.get(pk=sent.pk), FocalPointFactory(ministry=police.ministry))


def test_its_evidence_waits_for_no_review(commitment, police, officer):
    sent = send(commitment, police)
    withdraw_version(sent, police)
    piece = sent.evidence.first()

    with refuses("update_withdrawn"):
        review_evidence(
            evidence=piece,
            evidence_link=piece.evidence_links.first(),
            decision=EvidenceDecision.VERIFIED,
            reason="Seen.",
            by=officer,
            now=NOW,
        )


# --- Readiness --------------------------------------------------------------------------------------------------------


def test_its_claims_end_and_count_as_known_before(police):
    """The claimed score falls. As known at a moment before the withdrawal, it still has the claims."""
    benchmark = BenchmarkFactory(terms__rule=Rule.ASSESSED)
    commitment = CommitmentFactory(ministry=police.ministry, benchmarks=[benchmark])
    sent = send(commitment, police, claimed=ClaimedProgress.DONE, happened_to=january(20))

    def scores(**known):
        result = evaluate_readiness(gather_facts(Edition.objects.get()), as_of=TODAY, **known)
        return result.verified.points, result.claimed.points, result.waiting

    with_claim = scores()
    withdraw_version(sent, police, now=NOW + timedelta(minutes=5))

    verified, claimed, waiting = scores()
    assert with_claim == (verified, with_claim[1], 1)
    assert (claimed, waiting) == (verified, 0)
    assert claimed < with_claim[1]
    assert scores(known_by=NOW) == with_claim

    [status] = find_counting_statuses(gather_facts(Edition.objects.get()), TODAY).evidence_links.values()
    assert status.reason == "sent with an update that the ministry withdrew on 28 January 2022"


# --- Two at once, for real --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("claimed", [ClaimedProgress.UNDER_WAY, ClaimedProgress.DONE])
def test_accepting_and_withdrawing_at_once_are_one_decision_and_one_refusal(fresh_database, claimed):
    police = FocalPointFactory()
    sent = send(CommitmentFactory(ministry=police.ministry), police, claimed=claimed)
    officer = OfficerFactory()

    done, refused = run_simultaneously(
        lambda: accept(UpdateVersion.objects.get(pk=sent.pk), officer, reason="Seen."),
        lambda: withdraw_version(sent, police),
    )

    assert (done, refused) == ("done", "edit_conflict")
    decision = UpdateVersionDecision.objects.get().decision
    closing = {UpdateDecision.ACCEPTED: "verified_done", UpdateDecision.WITHDRAWN: "report_withdrawn"}[decision]
    kinds = list(CommitmentEvent.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["made", *(["reported_done", closing] if claimed is ClaimedProgress.DONE else [])]
