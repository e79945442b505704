"""Agreed proof on the pages of officers and of the ministry, in the form of an update, and where it is reviewed."""

from datetime import date

import pytest
from django.urls import reverse

from dialogues.choices import ClaimedProgress, CommitmentEventKind, EvidenceDecision, ProofState
from dialogues.models import AgreedProof, AgreedProofMatch, Commitment
from dialogues.views.proof_rows import list_proofs
from tests.conftest import TODAY
from tests.dialogues.test_views_ministry_home import form_data, pdf_upload
from tests.factories import (
    AgreedProofEndFactory,
    AgreedProofFactory,
    AgreedProofMatchFactory,
    CommitmentEventFactory,
    CommitmentFactory,
    EvidenceFactory,
    EvidenceReviewFactory,
    FocalPointFactory,
    OfficerFactory,
    RecommendationFactory,
    UpdateVersionFactory,
)
from tests.refusals import shows_refusal
from tests.tiptracker.web.test_exports import csv_rows

pytestmark = pytest.mark.django_db

ACT, LIST = "a copy of the Act", "a list of those trained"


def row_url(name, row):
    return reverse(name, args=[row.pk])


@pytest.fixture(autouse=True)
def current_edition():
    """An edition that the pages belong to."""
    RecommendationFactory(number=99, lead=None)


@pytest.fixture
def officer():
    return OfficerFactory(name="Palesa Nkosi")


@pytest.fixture
def police():
    return FocalPointFactory()


@pytest.fixture
def commitment(police):
    return CommitmentFactory(ministry=police.ministry, text="Pass the amendment.")


@pytest.fixture
def act(commitment):
    return AgreedProofFactory(commitment=commitment, text=ACT)


def text_of(response):
    return " ".join(response.text.split())


def states(user, commitment):
    return {row.proof.text: row.state for row in list_proofs(user, [commitment.pk], TODAY)[commitment.pk]}


# --- What has come, by reader -----------------------------------------------------------------------------------------


def test_a_proof_has_come_until_it_is_returned_rejected_or_said_not_to_be_it(commitment, act, officer):
    sent = UpdateVersionFactory(update__commitment=commitment)
    evidence = EvidenceFactory(update_version=sent)
    assert states(officer, commitment) == {ACT: ProofState.MISSING}

    AgreedProofMatchFactory(proof=act, evidence=evidence)
    assert states(officer, commitment) == {ACT: ProofState.RECEIVED}
    EvidenceReviewFactory(evidence=evidence, decision=EvidenceDecision.REJECTED)
    assert states(officer, commitment) == {ACT: ProofState.MISSING}
    EvidenceReviewFactory(evidence=evidence)
    assert states(officer, commitment) == {ACT: ProofState.VERIFIED}
    AgreedProofMatchFactory(proof=act, evidence=evidence, is_match=False)
    assert states(officer, commitment) == {ACT: ProofState.MISSING}


def test_what_came_with_a_returned_update_has_not_come(commitment, act, officer):
    returned = UpdateVersionFactory(update__commitment=commitment, returned=True)
    AgreedProofMatchFactory(proof=act, evidence=EvidenceFactory(update_version=returned))

    assert states(officer, commitment) == {ACT: ProofState.MISSING}


def test_a_ministry_does_not_learn_of_proof_that_the_embassy_keeps_to_itself(commitment, act, officer, police):
    AgreedProofMatchFactory(proof=act, evidence=EvidenceFactory(commitment=commitment))

    assert states(officer, commitment) == {ACT: ProofState.RECEIVED}
    assert states(police, commitment) == {ACT: ProofState.MISSING}
    assert states(FocalPointFactory(), commitment) == {}


def test_a_proof_that_ended_is_shown_no_longer(commitment, act, officer):
    AgreedProofEndFactory(proof=act)

    assert states(officer, commitment) == {}


# --- Pages of officers ------------------------------------------------------------------------------------------------


def test_an_officer_agrees_on_proof_and_the_page_shows_it_to_both(client, commitment, officer, police):
    client.force_login(officer)
    assert "No proof is agreed for this commitment." in client.get(row_url("commitment_detail", commitment)).text
    posted = {"kind": "law", "text": ACT, "from_whom": "the Ministry of Justice", "agreed_on": TODAY.isoformat()}

    page = client.post(row_url("agreed_proof_add", commitment), posted, follow=True)

    assert f"{commitment.ministry} sees it where it sends an update." in page.text
    assert "A copy of the Act, from the Ministry of Justice" in text_of(page)
    assert "Proof agreed" in page.text
    client.force_login(police)
    page = client.get(row_url("commitment_detail", commitment))
    assert "A copy of the Act, from the Ministry of Justice" in text_of(page)
    assert row_url("agreed_proof_end", AgreedProof.objects.get()) not in page.text


def test_an_officer_ends_a_proof_and_the_ministry_reads_why(client, commitment, act, officer, police):
    client.force_login(officer)
    page = client.get(row_url("agreed_proof_end", act))
    assert f"{commitment.ministry} reads this reason." in page.text

    client.post(row_url("agreed_proof_end", act), {"reason": "It is on the web.", "ended_on": TODAY.isoformat()})

    client.force_login(police)
    page = client.get(row_url("commitment_detail", commitment))
    assert "Agreed proof ended" in page.text
    assert "It is on the web." in page.text
    assert "Palesa Nkosi" not in page.text


def test_an_officer_says_which_evidence_it_is(client, commitment, act, officer):
    evidence = EvidenceFactory(commitment=commitment, title="The gazette")
    other = EvidenceFactory(title="Another gazette")
    client.force_login(officer)
    page = client.get(row_url("agreed_proof_evidence", act))
    assert "The gazette" in page.text
    assert "Another gazette" not in page.text

    client.post(row_url("agreed_proof_evidence", act), {"evidence": [evidence.pk]})
    assert states(officer, commitment) == {ACT: ProofState.RECEIVED}
    page = client.get(row_url("agreed_proof_evidence", act))
    assert page.context["form"]["evidence"].value() == [evidence.pk]
    refused = client.post(row_url("agreed_proof_evidence", act), {"evidence": [other.pk]})
    assert refused.status_code == 422


def test_proof_is_agreed_while_the_commitment_is_recorded(client, officer):
    client.force_login(officer)
    ministry = FocalPointFactory().ministry
    posted = {
        "made_by": "ministry",
        "ministry": ministry.pk,
        "text": "Pass the amendment.",
        "made_on": "2022-01-10",
        "letter": "A letter",
        "horizon": "short_term",
        "links-TOTAL_FORMS": 0,
        "links-INITIAL_FORMS": 0,
        "proofs-TOTAL_FORMS": 2,
        "proofs-INITIAL_FORMS": 0,
        "proofs-0-proof_kind": "law",
        "proofs-0-proof_text": ACT,
    }

    refused = client.post(reverse("commitment_add"), posted)
    assert refused.status_code == 422
    assert "Agreed proof 1. From whom: Write from whom it comes" in text_of(refused)
    another = client.post(reverse("commitment_add"), posted | {"more": "proofs"})
    assert another.status_code == 200
    assert 'name="proofs-2-proof_text"' in another.text
    assert f'value="{ACT}"' in another.text
    client.post(reverse("commitment_add"), posted | {"proofs-0-proof_from": "the Ministry of Justice"})

    [proof] = Commitment.objects.get().agreed_proofs.all()
    assert (str(proof), proof.agreed_on) == (f"{ACT}, from the Ministry of Justice", date(2022, 1, 10))


def test_the_page_before_verifying_says_which_proof_has_not_come(client, act, officer):
    ours = CommitmentFactory(united_states=True)
    CommitmentEventFactory(commitment=ours, kind=CommitmentEventKind.REPORTED_DONE, happened_on=date(2022, 1, 12))
    proof = AgreedProofFactory(commitment=ours, text=LIST)
    evidence = EvidenceFactory(commitment=ours, verified=True)
    client.force_login(officer)
    warning = f"We have not received the agreed proof yet: </strong> {LIST}, from the Ministry of Justice."

    page = client.get(row_url("commitment_verify_done", ours))
    assert warning in text_of(page)
    AgreedProofMatchFactory(proof=proof, evidence=evidence)
    assert warning not in text_of(client.get(row_url("commitment_verify_done", ours)))

    AgreedProofMatchFactory(proof=proof, evidence=evidence, is_match=False)
    posted = {"reason": "We saw the training.", "on": TODAY.isoformat()}
    assert client.post(row_url("commitment_verify_done", ours), posted).status_code == 302, "it gates nothing"


def test_the_export_of_commitments_has_the_agreed_proof(client, commitment, act, officer):
    AgreedProofFactory(commitment=commitment, text=LIST, from_whom="the academy")
    client.force_login(officer)

    [row] = csv_rows(client.get(reverse("commitment_list"), {"as": "csv"}))

    assert row["Agreed proof"] == f"{ACT}, from the Ministry of Justice; {LIST}, from the academy"


# --- The ministry -----------------------------------------------------------------------------------------------------


def test_the_ministry_reads_it_at_home_and_above_the_files(client, commitment, act, police):
    line = f"<strong>Agreed proof:</strong> {ACT}, from the Ministry of Justice"
    client.force_login(police)

    assert line in text_of(client.get(reverse("ministry_home")))
    page = text_of(client.get(row_url("update_send", commitment)))
    assert page.index(line) < page.index('name="files"')
    assert "We take the files that you attach as this proof." in page
    assert 'name="proofs"' not in page, "with one agreed proof, there is nothing to choose"


def test_the_ministry_says_which_of_several_it_sends(client, commitment, act, police):
    trained = AgreedProofFactory(commitment=commitment, text=LIST)
    AgreedProofFactory(text="another ministry's proof")
    client.force_login(police)
    page = client.get(row_url("update_send", commitment))
    assert [str(label) for _, label in page.context["form"].fields["proofs"].choices] == [str(act), str(trained)]

    posted = form_data() | {"files": [pdf_upload()], "proofs": [trained.pk]}
    assert client.post(row_url("update_send", commitment), posted).status_code == 302
    assert {match.proof for match in AgreedProofMatch.objects.all()} == {trained}


def test_a_returned_update_keeps_what_was_ticked(client, commitment, act, police):
    trained = AgreedProofFactory(commitment=commitment, text=LIST)
    returned = UpdateVersionFactory(update__commitment=commitment, returned=True, recorded_by=police)
    AgreedProofMatchFactory(proof=trained, evidence=EvidenceFactory(update_version=returned))
    client.force_login(police)

    page = client.get(row_url("update_send", commitment))

    assert page.context["form"]["proofs"].value() == [trained.pk]
    assert act.pk != trained.pk


# --- The review -------------------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(commitment, police):
    sent = UpdateVersionFactory(update__commitment=commitment, recorded_by=police, claimed=ClaimedProgress.DONE)
    EvidenceFactory(update_version=sent, title="The Act, scanned")
    return sent


def test_the_review_shows_what_came_and_what_is_missing(client, commitment, act, waiting, officer):
    AgreedProofMatchFactory(proof=act, evidence=waiting.evidence.get())
    AgreedProofFactory(commitment=commitment, text=LIST)
    client.force_login(officer)

    page = client.get(row_url("version_detail", waiting))

    assert [(row.proof.text, row.state, [piece.title for piece in row.evidence]) for row in page.context["proofs"]] == [
        (ACT, ProofState.RECEIVED, ["The Act, scanned"]),
        (LIST, ProofState.MISSING, []),
    ]
    assert "with this update" in page.text
    assert f"We have not received the agreed proof yet: </strong> {LIST}, from the Ministry of Justice." in text_of(
        page
    )


OWN_WORDS = "We read the Act in the gazette."


def acceptance(waiting, **reason):
    """What the page of the update posts to accept it, with the reason for all items."""
    [link] = [*waiting.evidence.get().evidence_links.all()] or [None]
    prefix = f"evidence_link-{link.pk}" if link else f"evidence-{waiting.evidence.get().pk}"
    return {f"{prefix}-decision": "verified"} | {f"accept-{name}": value for name, value in reason.items()}


def report_done(commitment, waiting):
    CommitmentEventFactory(
        commitment=commitment,
        kind=CommitmentEventKind.REPORTED_DONE,
        update_version=waiting,
        happened_on=date(2022, 1, 20),
    )


def test_accepting_without_the_agreed_proof_asks_for_words_of_ones_own(client, commitment, act, waiting, officer):
    report_done(commitment, waiting)
    client.force_login(officer)
    address = row_url("version_accept", waiting)

    refused = client.post(address, acceptance(waiting, because="document"))

    assert refused.status_code == 422
    assert refused.context["accept_form"].has_error("reason", "accepted_without_proof")
    assert "Say in your own words why the evidence is enough without it" in refused.text
    waiting.refresh_from_db()
    assert waiting.decided_at is None

    client.post(address, acceptance(waiting, because="document", reason=OWN_WORDS))

    page = text_of(client.get(row_url("commitment_detail", commitment)))
    assert "The embassy verified the commitment as done without it on 28 January 2022." in page
    assert f"Reason: The embassy saw the official document. {OWN_WORDS}" in page
    assert "The commitment is verified as done, without the agreed proof." in page


def test_a_ministry_reads_that_it_was_accepted_without_the_proof_but_not_why_beside_it(
    client, commitment, act, waiting, police
):
    CommitmentEventFactory(commitment=commitment, kind=CommitmentEventKind.VERIFIED_DONE, reason="An internal remark.")
    client.force_login(police)

    page = text_of(client.get(row_url("commitment_detail", commitment)))

    assert "The embassy verified the commitment as done without it" in page
    assert "An internal remark." not in page


def test_with_the_agreed_proof_a_sentence_of_the_list_is_reason_enough(client, commitment, act, waiting, officer):
    report_done(commitment, waiting)
    AgreedProofMatchFactory(proof=act, evidence=waiting.evidence.get())
    client.force_login(officer)

    client.post(row_url("version_accept", waiting), acceptance(waiting, because="document"))

    page = client.get(row_url("commitment_detail", commitment)).text
    assert "The commitment is verified as done. Nothing is needed." in page
    assert "as done without it" not in page


def test_a_review_without_agreed_proof_asks_for_none(client, waiting, officer):
    client.force_login(officer)

    page = client.get(row_url("version_detail", waiting))

    assert "No proof is agreed for this commitment." in page.text
    assert "return-missing" not in page.text


def test_a_return_names_the_missing_proof_to_the_ministry_at_the_files(client, act, waiting, officer, police):
    client.force_login(officer)
    address = row_url("version_return", waiting)
    refused = client.post(address, {"return-missing": [act.pk]})
    assert refused.status_code == 422
    assert refused.context["return_form"].errors.keys() == {"send_by"}
    refused = client.post(address, {"return-send_by": "2022-02-15"})
    assert refused.context["return_form"].errors.keys() == {"missing"}
    refused = client.post(address, {"return-missing": [act.pk], "return-send_by": "2022-01-27"})
    assert shows_refusal(refused, "due_too_early")

    assert client.post(address, {"return-missing": [act.pk], "return-send_by": "2022-02-15"}).status_code == 302

    client.force_login(police)
    sentence = f"This agreed proof is missing: {ACT}, from the Ministry of Justice. Please send it by 15 February 2022."
    page = client.get(row_url("update_send", act.commitment))
    assert page.context["changes"] == {"files": [sentence]}
    assert sentence in client.get(reverse("ministry_home")).text


def test_what_was_ticked_is_kept_while_items_are_filled_in(client, act, waiting, officer):
    client.force_login(officer)
    posted = {"return-missing": [act.pk], "return-send_by": "2022-02-15", "accept-reason": ""}

    page = client.post(row_url("version_accept", waiting), posted)

    assert page.status_code == 422
    assert page.context["return_form"]["missing"].value() == [str(act.pk)]
    assert page.context["return_form"]["send_by"].value() == "2022-02-15"
