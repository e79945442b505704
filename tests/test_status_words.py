"""A state of an update, a commitment or evidence has one word, on pages, in lists, exports and documents alike."""

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import strip_tags

from dialogues.choices import (
    CommitmentEventKind,
    CommitmentStatus,
    EvidenceDecision,
    ReviewState,
    UpdateDecision,
)
from dialogues.forms.evidence_filters import UNREVIEWED_CHOICE
from dialogues.views.evidence_list import LinkSummary
from dialogues.views.ministry_home import _CLAUSES, _SENTENCES_OF_ONE
from reports.briefings.content.ambassador import EVIDENCE_STATES
from reports.briefings.content.dialogue import MINISTRY_KINDS, OUR_KINDS
from reports.briefings.ministry import STATUS_ORDER, PriorityGroup
from reports.sentences import COUNTED_STATUSES, count_status
from tests.factories import (
    BenchmarkFactory,
    EvidenceFactory,
    FocalPointFactory,
    OfficerFactory,
    UpdateVersionFactory,
)
from tiptracker.localization import gettext

EXPECTED_WORDS = {CommitmentStatus.REPORTED: "reported as done", CommitmentStatus.VERIFIED: "verified as done"}
"""How the words of a label are said in a sentence, where they are not said just so."""


@pytest.mark.parametrize("status", list(CommitmentStatus))
def test_a_commitments_status_has_one_word_in_counts_and_sentences(status):
    assert count_status(status, 2) == f"2 {status.label.lower()}"
    said = EXPECTED_WORDS.get(status, status.label.lower())
    assert said in _CLAUSES[status.value](2)
    assert said in _SENTENCES_OF_ONE[status.value]()
    assert status in STATUS_ORDER
    assert status in COUNTED_STATUSES


def test_documents_group_commitments_under_the_words_of_their_status():
    groups = {
        PriorityGroup.OVERDUE: CommitmentStatus.OVERDUE,
        PriorityGroup.RETURNED: UpdateDecision.RETURNED,
        PriorityGroup.WITH_US: CommitmentStatus.WITH_EMBASSY,
        PriorityGroup.DONE: CommitmentStatus.VERIFIED,
        PriorityGroup.WITHDRAWN: CommitmentStatus.WITHDRAWN,
    }
    assert {group: group.label for group in groups} == {group: status.label for group, status in groups.items()}

    labels = {kind.field: gettext(kind.label) for kind in MINISTRY_KINDS}
    assert labels["kept"] == EvidenceDecision.VERIFIED.label  # commitments and evidence alike
    assert labels["with_us"] == CommitmentStatus.WITH_EMBASSY.label
    assert labels["overdue"] == CommitmentStatus.OVERDUE.label
    assert labels["returned"] == UpdateDecision.RETURNED.label
    # Nobody sends an update on our own commitments: what waits for us there is reported done.
    assert {kind.field: kind.label for kind in OUR_KINDS}["with_us"] == CommitmentStatus.REPORTED.label


def test_an_event_of_a_commitment_has_the_word_of_the_status_it_leads_to():
    assert CommitmentEventKind.REPORTED_DONE.label == CommitmentStatus.REPORTED.label
    assert CommitmentEventKind.VERIFIED_DONE.label == CommitmentStatus.VERIFIED.label
    assert CommitmentEventKind.WITHDRAWN.label == CommitmentStatus.WITHDRAWN.label


def test_the_review_of_evidence_has_one_word_in_lists_filters_exports_and_documents():
    assert {state.value: state.label for state in ReviewState} == {
        **{decision.value: decision.label for decision in EvidenceDecision},
        ReviewState.CLAIMED.value: "Not reviewed",
    }
    expected = {state.value: state.label for state in ReviewState} | {
        decision.value: decision.label for decision in (UpdateDecision.RETURNED, UpdateDecision.WITHDRAWN)
    }
    assert expected == {state: gettext(label) for state, label in EVIDENCE_STATES.items()}
    assert str(UNREVIEWED_CHOICE[1]) == ReviewState.CLAIMED.label
    assert LinkSummary("", "Context", None).in_words == "Context: Not reviewed"
    for decision in (None, *EvidenceDecision):
        shown = render_to_string("dialogues/review_state.html", {"decision": decision})
        assert (decision or ReviewState.CLAIMED).label in shown


@pytest.mark.django_db
def test_pages_of_both_sides_say_the_same_of_an_update_that_waits(client):
    police = FocalPointFactory()
    sent = UpdateVersionFactory(update__commitment__ministry=police.ministry)
    piece = EvidenceFactory(
        update_version=sent, commitment=sent.update.commitment, supports=[BenchmarkFactory()], recorded_by=police
    )

    def read(user, name, *args):
        client.force_login(user)
        return " ".join(strip_tags(client.get(reverse(name, args=args)).text).lower().split())

    officer = OfficerFactory()
    for user, name, *args in (
        (police, "ministry_home"),
        (police, "commitment_list"),
        (police, "commitment_detail", sent.update.commitment_id),
        (officer, "commitment_list"),
        (officer, "commitment_detail", sent.update.commitment_id),
        (officer, "ministry_detail", police.ministry_id),
    ):
        assert "with the embassy" in read(user, name, *args), (user.role, name)
    assert "not reviewed" in read(officer, "evidence_list")
    assert "not reviewed" in read(officer, "evidence_detail", piece.pk)
