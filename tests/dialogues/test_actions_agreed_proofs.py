"""Agree on proof for a commitment, end it, match evidence with it, and return an update without it."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.utils.translation import override

from dialogues.actions.agreed_proofs import agree_on_proof, current_matches, end_proof, match_evidence
from dialogues.actions.commitments import record_commitment
from dialogues.actions.proof_inputs import MissingProof, ProofInput
from dialogues.actions.revisions import revise_evidence
from dialogues.actions.updates import return_update
from dialogues.choices import DoneBy, EvidenceKind, Horizon, MadeBy, UpdatePart
from dialogues.models import AgreedProof, AgreedProofEnd, AgreedProofMatch
from dialogues.returned_parts import list_changes
from tests.dialogues.test_actions_updates import send
from tests.factories import (
    AgreedProofEndFactory,
    AgreedProofFactory,
    AmbassadorFactory,
    BenchmarkFactory,
    CommitmentFactory,
    CountryFactory,
    EvidenceFactory,
    EvidenceFileFactory,
    FocalPointFactory,
    ObserverFactory,
    OfficerFactory,
    UpdateVersionFactory,
    at_noon,
)
from tests.pseudo_languages import LEFT_TO_RIGHT, OPEN, pseudo_languages
from tests.refusals import refuses
from tiptracker.audit.models import AuditEntry
from tiptracker.jobs.models import Job
from tiptracker.validation import EditConflict

pytestmark = pytest.mark.django_db

TODAY = date(2022, 1, 28)
NOW = at_noon(TODAY)
ACT = ProofInput(EvidenceKind.LAW, "a copy of the Act", "the Ministry of Justice")


@pytest.fixture
def officer():
    return OfficerFactory(name="Palesa Nkosi")


@pytest.fixture
def police():
    return FocalPointFactory()


@pytest.fixture
def commitment(police):
    return CommitmentFactory(ministry=police.ministry)


def agree(commitment, by, **given):
    return agree_on_proof(**{"commitment": commitment, "proof": ACT, "agreed_on": TODAY, "by": by, "now": NOW} | given)


# --- Agree and end ----------------------------------------------------------------------------------------------------


def test_a_proof_is_agreed_with_the_commitment(officer):
    country = CountryFactory()
    commitment = record_commitment(
        country=country,
        made_by=MadeBy.UNITED_STATES,
        ministry=None,
        text="Train the unit.",
        dialogue=None,
        letter="A letter",
        horizon=Horizon.SHORT_TERM,
        made_on=date(2022, 1, 3),
        due_on=None,
        links=[],
        proofs=[ACT, ProofInput(EvidenceKind.REPORT, "a list  of those\ntrained", "the police academy")],
        by=officer,
        now=NOW,
    )

    act, training = commitment.agreed_proofs.all()
    assert (str(act), act.kind, act.agreed_on) == (
        "a copy of the Act, from the Ministry of Justice",
        EvidenceKind.LAW,
        date(2022, 1, 3),
    )
    assert training.text == "a list of those trained", "one line, because it stands in a sentence"


def test_a_proof_is_agreed_later_and_logged(commitment, officer):
    BenchmarkFactory()
    Job.objects.all().delete()
    agreed = agree(commitment, officer)

    assert (agreed.commitment, agreed.recorded_by) == (commitment, officer)
    entry = AuditEntry.objects.last()
    assert (entry.verb, entry.row) == ("commitment.proof_agreed", str(commitment.pk))
    assert Job.objects.exists(), "problems in the record depend on it"


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"proof": ACT._replace(text=" ")}, "required", "text"),
        ({"proof": ACT._replace(from_whom="")}, "required", "from_whom"),
        ({"agreed_on": date(2022, 1, 29)}, "future_day", "agreed_on"),
        ({"agreed_on": date(2021, 11, 7)}, "before_promise", "agreed_on"),
    ],
)
def test_an_incomplete_proof_and_an_impossible_day_are_refused(commitment, officer, given, code, field):
    with refuses(code, field=field):
        agree(commitment, officer, **given)
    assert not AgreedProof.objects.exists()


def test_the_same_proof_is_agreed_once(commitment, officer):
    agree(commitment, officer)

    with refuses("duplicate"):
        agree(commitment, officer, proof=ACT._replace(text="A copy of the  act"))
    with refuses("already_agreed", field="text", sentence="Palesa Nkosi already recorded this agreed proof on"):
        agree(commitment, OfficerFactory())
    assert AgreedProof.objects.count() == 1


def test_a_proof_that_was_ended_can_be_agreed_again(commitment, officer):
    end_proof(proof=agree(commitment, officer), ended_on=TODAY, reason="Not needed.", by=officer, now=NOW)

    assert agree(commitment, officer).pk


def test_no_proof_is_agreed_for_a_settled_commitment(officer):
    settled = CommitmentFactory(done=True)

    with refuses("closed", sentence="To agree on one, reopen the commitment first."):
        agree(settled, officer)


@pytest.mark.parametrize("reader", [AmbassadorFactory, ObserverFactory, FocalPointFactory])
def test_only_officers_agree_end_and_match(commitment, reader):
    proof, user = AgreedProofFactory(commitment=commitment), reader()
    for change in (
        lambda: agree(commitment, user),
        lambda: end_proof(proof=proof, ended_on=TODAY, reason="Why", by=user, now=NOW),
        lambda: match_evidence(proof=proof, evidence=[], by=user, now=NOW),
    ):
        with pytest.raises(PermissionDenied):
            change()


def test_an_ended_proof_stays_and_is_no_longer_in_force(commitment, officer):
    proof = AgreedProofFactory(commitment=commitment, agreed_on=date(2022, 1, 3))
    end_proof(proof=proof, ended_on=date(2022, 1, 20), reason="It is on the web.", by=officer, now=NOW)

    def in_force(day, known_by=None):
        return list(AgreedProof.objects.in_force(day, known_by))

    assert in_force(date(2022, 1, 2)) == in_force(date(2022, 1, 20)) == []
    assert in_force(date(2022, 1, 3)) == in_force(date(2022, 1, 19)) == [proof]
    assert in_force(TODAY, at_noon(date(2022, 1, 27))) == [proof], "its end was not known yet"
    assert in_force(TODAY, at_noon(date(2022, 1, 2))) == []
    assert AuditEntry.objects.last().verb == "commitment.proof_ended"


def test_a_proof_is_ended_once_with_a_reason_and_not_before_it_was_agreed(commitment, officer):
    proof = AgreedProofFactory(commitment=commitment, agreed_on=date(2022, 1, 3))

    def end(**given):
        return end_proof(
            **{"proof": proof, "ended_on": TODAY, "reason": "It is published.", "by": officer, "now": NOW} | given
        )

    for given, code, field in (
        ({"reason": " "}, "required", "reason"),
        ({"ended_on": date(2022, 1, 29)}, "future_day", "ended_on"),
        ({"ended_on": date(2022, 1, 2)}, "before_agreed", "ended_on"),
    ):
        with refuses(code, field=field):
            end(**given)
    end()
    with pytest.raises(EditConflict, match="Palesa Nkosi already ended this agreed proof"):
        end(by=OfficerFactory())
    assert AgreedProofEnd.objects.count() == 1


# --- Which evidence it is ---------------------------------------------------------------------------------------------


def matched_titles(proof):
    return {match.evidence.title for match in current_matches(proof)}


def test_an_officer_says_which_evidence_it_is_and_takes_that_back(commitment, officer):
    proof = AgreedProofFactory(commitment=commitment)
    act, minutes = (EvidenceFactory(commitment=commitment, title=title) for title in ("The Act", "The minutes"))

    match_evidence(proof=proof, evidence=[act, minutes], by=officer, now=NOW)
    assert matched_titles(proof) == {"The Act", "The minutes"}
    match_evidence(proof=proof, evidence=[act], by=officer, now=NOW)
    assert matched_titles(proof) == {"The Act"}
    assert AgreedProofMatch.objects.count() == 3, "the mistake stays in the record"
    with refuses("unchanged"):
        match_evidence(proof=proof, evidence=[act], by=officer, now=NOW)
    with refuses("another_commitment", field="evidence"):
        match_evidence(proof=proof, evidence=[EvidenceFactory()], by=officer, now=NOW)


def test_corrected_evidence_stays_the_agreed_proof(commitment, officer):
    proof = AgreedProofFactory(commitment=commitment)
    evidence = EvidenceFactory(commitment=commitment, title="The Act", recorded_by=officer)
    match_evidence(proof=proof, evidence=[evidence], by=officer, now=NOW)

    revise_evidence(
        evidence=evidence,
        reason="The title was wrong.",
        title="The Act of 2021",
        kind=EvidenceKind.LAW,
        happened_from=evidence.happened_from,
        happened_to=evidence.happened_to,
        done_by=DoneBy(evidence.done_by),
        stated_by=evidence.stated_by,
        source=evidence.source or "The gazette",
        link="",
        file=None,
        commitment=commitment,
        sensitivity=evidence.sensitivity,
        by=officer,
        now=NOW,
    )

    assert matched_titles(proof) == {"The Act of 2021"}


def files_of(person, *names):
    return [EvidenceFileFactory(uploaded_by=person, name=name) for name in names]


def test_the_files_of_a_ministry_are_its_one_agreed_proof(commitment, police):
    proof = AgreedProofFactory(commitment=commitment)
    AgreedProofEndFactory(proof__commitment=commitment)

    sent = send(commitment, police, files=files_of(police, "act.pdf", "list.pdf"))

    assert {match.evidence for match in current_matches(proof)} == set(sent.evidence.all())
    assert AgreedProofMatch.objects.count() == 2


def test_without_a_file_or_with_several_agreed_proofs_nothing_is_assumed(commitment, police):
    AgreedProofFactory(commitment=commitment)
    send(commitment, police)
    other = CommitmentFactory(ministry=police.ministry)
    AgreedProofFactory.create_batch(2, commitment=other)
    send(other, police, files=files_of(police, "act.pdf"))

    assert not AgreedProofMatch.objects.exists()


def test_a_ministry_says_which_of_several_it_sends(commitment, police):
    sent_proof, later = AgreedProofFactory.create_batch(2, commitment=commitment)

    sent = send(commitment, police, files=files_of(police, "act.pdf"), proofs=[sent_proof])

    assert [match.evidence for match in current_matches(sent_proof)] == list(sent.evidence.all())
    assert current_matches(later) == []


def test_a_ministry_sends_no_proof_of_another_commitment_and_none_that_was_ended(commitment, police):
    ended = AgreedProofEndFactory(proof__commitment=commitment).proof
    for proof in (AgreedProofFactory(), ended):
        with refuses("not_agreed", field="proofs"):
            send(commitment, police, proofs=[proof])


# --- Return an update without it --------------------------------------------------------------------------------------


@pytest.fixture
def waiting(commitment):
    return UpdateVersionFactory(update__commitment=commitment)


def test_a_return_names_the_missing_proof_and_the_day_at_the_files(commitment, officer, waiting):
    act = AgreedProofFactory(commitment=commitment, text="a copy of the Act")
    missing = MissingProof([act], date(2022, 2, 15))

    decision = return_update(
        update_version=waiting,
        reason="Thank you for it.",
        parts=[UpdatePart.NARRATIVE],
        missing=missing,
        by=officer,
        now=NOW,
    )

    sentence = (
        "This agreed proof is missing: a copy of the Act, from the Ministry of Justice. "
        "Please send it by 15 February 2022."
    )
    assert decision.reason == f"Thank you for it.\n\n{sentence}"
    assert list_changes(decision) == {"narrative": ["Thank you for it."], "files": [sentence]}
    assert commitment.standing_on(TODAY).due_on is None, "the day is a request, no due date"


def test_missing_proof_is_reason_enough(commitment, officer, waiting):
    acts = [AgreedProofFactory(commitment=commitment, text=text) for text in ("the Act", "the regulations.")]

    decision = return_update(update_version=waiting, reason=" ", missing=MissingProof(acts, TODAY), by=officer, now=NOW)

    assert decision.reason == (
        "These agreed proofs are missing: the Act, from the Ministry of Justice; "
        "the regulations, from the Ministry of Justice. Please send them by 28 January 2022."
    )
    assert list_changes(decision) == {"files": [decision.reason]}


def test_the_sentence_is_written_in_the_language_of_the_record(commitment, officer, waiting):
    act = AgreedProofFactory(commitment=commitment)
    with pseudo_languages(), override(LEFT_TO_RIGHT):
        decision = return_update(
            update_version=waiting, reason="", missing=MissingProof([act], TODAY), by=officer, now=NOW
        )

    assert decision.reason.startswith("This agreed proof is missing:")
    assert OPEN not in decision.reason


def test_a_return_refuses_a_past_day_and_a_proof_that_is_not_agreed(commitment, officer, waiting):
    act, other = AgreedProofFactory(commitment=commitment), AgreedProofFactory()
    for proof, day, code, field in (
        (act, date(2022, 1, 27), "due_too_early", "send_by"),
        (other, TODAY, "not_agreed", "missing"),
    ):
        with refuses(code, field=field):
            return_update(update_version=waiting, reason="", missing=MissingProof([proof], day), by=officer, now=NOW)
    with refuses("required", field="reason"):
        return_update(update_version=waiting, reason="", by=officer, now=NOW)
    waiting.refresh_from_db()
    assert not hasattr(waiting, "decision")
