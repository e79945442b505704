"""Propose another due date, answer and withdraw it, and where each side sees it."""

from datetime import date

import pytest
from django.urls import reverse

from dialogues.actions.due_dates import accept_due_date, decline_due_date
from dialogues.choices import CommitmentEventKind, DueDateDecision
from dialogues.models import DueDateProposal
from tests.factories import (
    AmbassadorFactory,
    CommitmentEventFactory,
    CommitmentFactory,
    DueDateProposalDecisionFactory,
    DueDateProposalFactory,
    FocalPointFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
    RecommendationFactory,
    UpdateVersionFactory,
    at_noon,
)
from tests.refusals import shows_refusal

pytestmark = pytest.mark.django_db

NOW = at_noon(date(2022, 1, 28))


@pytest.fixture(autouse=True)
def current_edition():
    """An edition that the pages belong to."""
    RecommendationFactory(number=99, lead=None)


@pytest.fixture
def police():
    return MinistryFactory(short_name="Police")


@pytest.fixture
def focal_point(client, police):
    user = FocalPointFactory(ministry=police, name="Lepota Sekola")
    client.force_login(user)
    return user


@pytest.fixture
def commitment(police):
    return CommitmentFactory(ministry=police, made__due_on=date(2022, 2, 14))


@pytest.fixture
def proposal(commitment):
    return DueDateProposalFactory(commitment=commitment, due_on=date(2022, 3, 15), reason="The printer is late.")


def propose_url(commitment):
    return reverse("due_date_propose", args=[commitment.pk])


def answer_url(proposal):
    return reverse("due_date_answer", args=[proposal.pk])


def withdraw_url(proposal):
    return reverse("due_date_withdraw", args=[proposal.pk])


def commitment_url(commitment):
    return reverse("commitment_detail", args=[commitment.pk])


def collapse_whitespace(text):
    return " ".join(text.split())


# --- The ministry -----------------------------------------------------------------------------------------------------


def test_a_ministry_proposes_another_date_and_reads_what_comes_next(client, focal_point, commitment):
    assert propose_url(commitment) in client.get(commitment_url(commitment)).text
    assert "Due on" in client.get(propose_url(commitment)).text

    response = client.post(
        propose_url(commitment), {"due_on": "2022-03-15", "reason": "The printer is late."}, follow=True
    )

    assert response.redirect_chain == [(commitment_url(commitment), 302)]
    proposal = DueDateProposal.objects.get()
    assert (proposal.due_on, proposal.reason, proposal.recorded_by) == (
        date(2022, 3, 15), "The printer is late.", focal_point
    )  # fmt: skip
    assert "You proposed 15 March 2022. An officer will answer." in response.text
    assert "You proposed to move the due date to 15 March 2022. We have not answered yet." in response.text
    assert propose_url(commitment) not in response.text, "one proposal waits at a time"
    assert withdraw_url(proposal) in response.text
    assert response.context["standing"].due_on == date(2022, 2, 14)
    assert "Another due date proposed: 15 March 2022" in response.text


def test_a_refused_proposal_keeps_what_was_typed(client, focal_point, commitment):
    response = client.post(propose_url(commitment), {"due_on": "2022-01-01", "reason": "The printer is late."})

    assert response.status_code == 422
    assert shows_refusal(response, "due_too_early")
    assert "The printer is late." in response.text
    assert not DueDateProposal.objects.exists()


@pytest.mark.parametrize("kind", [CommitmentEventKind.WITHDRAWN, CommitmentEventKind.REPORTED_DONE])
def test_no_other_date_is_offered_for_what_is_closed(client, focal_point, commitment, proposal, kind):
    CommitmentEventFactory(commitment=commitment, kind=kind, happened_on=date(2022, 1, 20))

    page = client.get(commitment_url(commitment))

    assert propose_url(commitment) not in page.text
    assert withdraw_url(proposal) not in page.text
    assert "We have not answered yet" not in page.text


@pytest.mark.parametrize("due_on", [date(2022, 1, 16), date(2022, 6, 30), None])
def test_home_and_the_commitments_page_offer_another_date_alike(client, focal_point, police, due_on):
    commitment = CommitmentFactory(ministry=police, made__due_on=due_on)

    assert propose_url(commitment) in client.get(reverse("ministry_home")).text
    assert propose_url(commitment) in client.get(commitment_url(commitment)).text


def test_no_other_date_is_offered_while_a_proposal_or_an_update_waits(client, focal_point, police):
    commitments = [CommitmentFactory(ministry=police, made__due_on=date(2022, 1, 16)) for _ in range(2)]
    DueDateProposalFactory(commitment=commitments[0])
    UpdateVersionFactory(update__commitment=commitments[1])

    home = client.get(reverse("ministry_home")).text

    assert [each for each in commitments if propose_url(each) in home] == []
    for each in commitments:
        assert propose_url(each) not in client.get(commitment_url(each)).text


def test_a_ministry_reads_a_declined_date_with_our_reason(client, focal_point, commitment, proposal):
    decline_due_date(proposal=proposal, reason="The deadline stays.", by=OfficerFactory(name="Palesa"), now=NOW)

    for page in (client.get(reverse("ministry_home")), client.get(commitment_url(commitment))):
        assert "We declined your proposal to move the due date to 15 March 2022." in page.text
        assert "The deadline stays." in page.text
        assert "Palesa" not in page.text
    assert propose_url(commitment) in client.get(commitment_url(commitment)).text


def test_an_answer_leaves_the_page_with_the_next_update(client, focal_point, commitment, proposal):
    DueDateProposalDecisionFactory(proposal=proposal, recorded_at=at_noon(date(2022, 1, 11)))
    assert "We declined your proposal" in client.get(reverse("ministry_home")).text

    UpdateVersionFactory(update__commitment=commitment, happened_on=date(2022, 1, 12))

    for url in (reverse("ministry_home"), commitment_url(commitment)):
        assert "We declined your proposal" not in client.get(url).text
    assert "Proposed due date declined" in client.get(commitment_url(commitment)).text


def test_a_ministry_reads_an_accepted_date(client, focal_point, commitment, proposal):
    accept_due_date(proposal=proposal, reason="Agreed.", by=OfficerFactory(name="Palesa"), now=NOW)

    home, page = client.get(reverse("ministry_home")), client.get(commitment_url(commitment))

    for text in (home.text, page.text):
        assert "We accepted your proposal. The commitment is now due on 15 March 2022." in text
        assert "Agreed." in text
    assert "Proposed due date accepted" in page.text
    assert page.context["standing"].due_on == date(2022, 3, 15)


def test_a_ministry_withdraws_its_proposal(client, focal_point, commitment, proposal):
    assert "The printer is late." in client.get(withdraw_url(proposal)).text
    assert DueDateProposal.objects.get().outcome is None

    response = client.post(withdraw_url(proposal), follow=True)

    assert response.redirect_chain == [(commitment_url(commitment), 302)]
    assert DueDateProposal.objects.get().outcome is DueDateDecision.WITHDRAWN
    assert "You withdrew the proposal. The due date does not change." in response.text
    assert "Proposed due date withdrawn" in response.text
    assert propose_url(commitment) in response.text


@pytest.mark.parametrize("decision", [DueDateDecision.DECLINED, DueDateDecision.WITHDRAWN])
def test_an_answered_proposal_cannot_be_withdrawn(client, focal_point, proposal, decision):
    DueDateProposalDecisionFactory(proposal=proposal, decision=decision)

    opened, posted = client.get(withdraw_url(proposal)), client.post(withdraw_url(proposal))

    assert (opened.status_code, posted.status_code) == (200, 422)
    assert shows_refusal(posted, "edit_conflict")
    for page in (opened, posted):
        assert '<form method="post" class="form"' not in page.text
        assert "can no longer be withdrawn" in page.text


def test_other_ministries_find_nothing_of_it(client, commitment, proposal):
    client.force_login(FocalPointFactory())

    for url in (propose_url(commitment), answer_url(proposal), withdraw_url(proposal)):
        assert client.get(url).status_code == client.post(url).status_code == 404


# --- The embassy ------------------------------------------------------------------------------------------------------


def test_officers_see_the_proposal_beside_the_commitment_and_answer_it(client, commitment, proposal):
    client.force_login(OfficerFactory())

    text = collapse_whitespace(client.get(commitment_url(commitment)).text)
    assert 'proposes <time datetime="2022-03-15">15 March 2022</time>' in text
    assert f'href="{answer_url(proposal)}"' in text
    page = client.get(answer_url(proposal)).text
    assert "Accept: the commitment is due on 15 March 2022" in page
    assert "Decline: the commitment stays due on 14 February 2022" in page
    assert "The printer is late." in page


@pytest.mark.parametrize("reader", [AmbassadorFactory, ObserverFactory])
def test_others_at_the_embassy_read_it_and_do_not_answer(client, commitment, proposal, reader):
    client.force_login(reader())

    text = client.get(commitment_url(commitment)).text
    assert "The printer is late." in text
    assert answer_url(proposal) not in text
    assert client.get(answer_url(proposal)).status_code == 403
    assert client.post(answer_url(proposal), {"answer": "accepted"}).status_code == 403


def test_accepting_moves_the_date_and_says_who_sees_it(client, commitment, proposal):
    client.force_login(OfficerFactory())

    response = client.post(answer_url(proposal), {"answer": "accepted"}, follow=True)

    assert response.redirect_chain == [(commitment_url(commitment), 302)]
    assert "You accepted the proposed due date. The commitment is now due on 15 March 2022." in response.text
    assert response.context["standing"].due_on == date(2022, 3, 15)
    assert response.context["proposal"] is None


def test_declining_needs_a_reason_and_keeps_the_choice(client, commitment, proposal):
    client.force_login(OfficerFactory())

    refused = client.post(answer_url(proposal), {"answer": "declined", "reason": " "})
    assert refused.status_code == 422
    assert shows_refusal(refused, "required")
    assert refused.context["form"]["answer"].value() == "declined"

    response = client.post(answer_url(proposal), {"answer": "declined", "reason": "The deadline stays."}, follow=True)
    assert "You declined the proposed due date." in response.text
    assert response.context["standing"].due_on == date(2022, 2, 14)


def test_an_answer_needs_a_choice(client, proposal):
    client.force_login(OfficerFactory())

    assert client.post(answer_url(proposal), {"reason": "Why not."}).status_code == 422
    assert DueDateProposal.objects.get().outcome is None


def test_the_second_to_answer_reads_what_the_first_did_and_loses_nothing(client, proposal):
    decline_due_date(proposal=proposal, reason="No.", by=OfficerFactory(name="Palesa Nkosi"), now=NOW)
    client.force_login(OfficerFactory())

    opened = client.get(answer_url(proposal))
    posted = client.post(answer_url(proposal), {"answer": "accepted", "reason": "My own words."})

    assert (opened.status_code, posted.status_code) == (200, 422)
    for page in (opened, posted):
        assert "Palesa Nkosi declined it on 28 January 2022." in page.text
        assert '<form method="post" class="form"' not in page.text
    assert "Your answer was not saved." in posted.text
    assert "My own words." in posted.text
