"""Permissions: the people for whom each function returns true."""

import pytest
from django.contrib.auth.models import AnonymousUser

from dialogues import permissions
from dialogues.choices import CommitmentEventKind
from recommendations.permissions import can_edit_recommendations
from tests.dialogues.commitment_histories import january
from tests.factories import (
    BenchmarkFactory,
    CommitmentEventFactory,
    CommitmentFactory,
    DialogueFactory,
    EvidenceFactory,
    EvidenceLinkFactory,
    UpdateVersionFactory,
    at_noon,
)
from tests.visibility import create_readers

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return create_readers()


def allowed_readers(people, may, *rows):
    """Return the names of the people who may do something."""
    return {
        name
        for name, user in people.items()
        if not isinstance(user, AnonymousUser) and user.is_active and may(user, *rows)
    }


def test_officers_of_the_country_write_facts_and_verdicts(people):
    country = people["own ministry"].ministry.country
    commitment = CommitmentFactory(ministry=people["own ministry"].ministry)
    benchmark = BenchmarkFactory()
    may = {
        permissions.can_log_evidence: country,
        permissions.can_record_commitment: country,
        permissions.can_manage_dialogues: country,
        permissions.can_change_commitment: commitment,
        permissions.can_verify_done: commitment,
        permissions.can_assess: benchmark,
        can_edit_recommendations: benchmark.recommendation.edition,
    }

    assert {can.__name__: allowed_readers(people, can, row) for can, row in may.items()} == {
        can.__name__: {"officer"} for can in may
    }


def test_officers_and_the_ambassador_ask_for_a_pack_while_the_dialogue_stands(people):
    dialogue = DialogueFactory(country=people["own ministry"].ministry.country, planned=True)

    assert allowed_readers(people, permissions.can_request_pack, dialogue) == {"officer", "ambassador"}
    dialogue.called_off_at = at_noon(january(20))
    assert allowed_readers(people, permissions.can_request_pack, dialogue) == set()


def test_focal_points_send_updates_on_their_own_ministrys_commitments(people):
    commitment = CommitmentFactory(ministry=people["own ministry"].ministry)
    of_nobody = CommitmentFactory(united_states=True)

    assert allowed_readers(people, permissions.can_send_update, commitment) == {"own ministry"}
    assert allowed_readers(people, permissions.can_send_update, of_nobody) == set()


def test_officers_report_what_the_united_states_did_and_nothing_else(people):
    assert allowed_readers(people, permissions.can_report_done, CommitmentFactory(united_states=True)) == {"officer"}
    assert allowed_readers(people, permissions.can_report_done, CommitmentFactory()) == set()


def test_nobody_verifies_their_own_report_that_a_commitment_is_done(people):
    commitment = CommitmentFactory(united_states=True)
    CommitmentEventFactory(
        commitment=commitment,
        kind=CommitmentEventKind.REPORTED_DONE,
        happened_on=january(10),
        recorded_by=people["officer"],
    )

    assert allowed_readers(people, permissions.can_verify_done, commitment) == {"ambassador"}
    CommitmentEventFactory(commitment=commitment, kind=CommitmentEventKind.REPORTED_DONE, happened_on=january(11))
    assert allowed_readers(people, permissions.can_verify_done, commitment) == {"officer", "ambassador"}
    assert allowed_readers(people, permissions.can_verify_done, CommitmentFactory()) == {"officer"}


def test_officers_of_the_country_decide_on_versions_they_did_not_send(people):
    sent = UpdateVersionFactory(update__commitment__ministry=people["own ministry"].ministry)
    own = UpdateVersionFactory(recorded_by=people["officer"])

    assert allowed_readers(people, permissions.can_decide_on_update, sent) == {"officer"}
    assert allowed_readers(people, permissions.can_decide_on_update, own) == set()


def test_the_ambassador_reviews_what_an_officer_recorded_and_officers_review_all_but_their_own(people):
    by_an_officer = EvidenceFactory()
    by_a_ministry = EvidenceFactory(update_version=UpdateVersionFactory())
    own = EvidenceFactory(recorded_by=people["officer"])
    borne_by_the_officer = EvidenceLinkFactory(evidence=by_an_officer, recorded_by=people["officer"])

    assert allowed_readers(people, permissions.can_review_evidence, by_an_officer) == {"officer", "ambassador"}
    assert allowed_readers(people, permissions.can_review_evidence, by_a_ministry) == {"officer"}
    assert allowed_readers(people, permissions.can_review_evidence, own) == {"ambassador"}
    assert allowed_readers(people, permissions.can_review_evidence, by_an_officer, borne_by_the_officer) == {
        "ambassador"
    }


def test_officers_and_focal_points_may_upload(people):
    assert allowed_readers(people, permissions.can_upload) == {
        "officer",
        "officer elsewhere",
        "officer of nowhere",
        "own ministry",
        "supporting ministry",
        "other ministry",
        "ministry elsewhere",
    }
