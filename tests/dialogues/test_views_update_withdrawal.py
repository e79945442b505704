"""Withdraw an update: the ministry's page, and what others see afterwards."""

import re
from datetime import date

import pytest
from django.urls import reverse

from dialogues.actions.update_decisions import withdraw_update
from dialogues.choices import ClaimedProgress, CommitmentStatus, DoneBy, UpdateDecision
from dialogues.models import UpdateVersion
from tests.edition_urls import edition_url
from tests.factories import (
    AmbassadorFactory,
    BenchmarkFactory,
    CommitmentFactory,
    EvidenceFactory,
    EvidenceFileFactory,
    FocalPointFactory,
    IndicatorFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
    ReadingFactory,
    RecommendationFactory,
    UpdateVersionDecisionFactory,
    UpdateVersionFactory,
    at_noon,
)
from tests.refusals import shows_refusal

pytestmark = pytest.mark.django_db


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
def waiting_version(police):
    commitment = CommitmentFactory(ministry=police, made__due_on=date(2022, 1, 20), benchmarks=[BenchmarkFactory()])
    return UpdateVersionFactory(update__commitment=commitment, narrative="Six districts have one.")


def withdraw_url(sent):
    return reverse("version_withdraw", args=[sent.pk])


def commitment_url(sent):
    return reverse("commitment_detail", args=[sent.update.commitment_id])


def test_the_page_of_a_commitment_offers_withdrawal_while_an_update_waits(client, focal_point, waiting_version):
    assert withdraw_url(waiting_version) in client.get(commitment_url(waiting_version)).text

    UpdateVersionDecisionFactory(update_version=waiting_version, decision=UpdateDecision.RETURNED)
    assert withdraw_url(waiting_version) not in client.get(commitment_url(waiting_version)).text


@pytest.mark.parametrize("reader", [OfficerFactory, AmbassadorFactory, ObserverFactory])
def test_the_embassy_cannot_withdraw_an_update(client, waiting_version, reader):
    client.force_login(reader())

    assert withdraw_url(waiting_version) not in client.get(commitment_url(waiting_version)).text
    assert client.post(withdraw_url(waiting_version)).status_code == 403
    assert not hasattr(UpdateVersion.objects.get(), "decision")


def test_another_ministry_does_not_find_the_withdrawal_page(client, waiting_version):
    client.force_login(FocalPointFactory())

    assert client.get(withdraw_url(waiting_version)).status_code == 404
    assert client.post(withdraw_url(waiting_version)).status_code == 404


def test_a_confirmation_says_what_is_withdrawn_and_what_follows(client, focal_point, waiting_version):
    text = client.get(withdraw_url(waiting_version)).text

    assert "Six districts have one." in text
    assert "The embassy will not review this update" in text
    assert "The commitment will no longer be reported as done." not in text
    assert not hasattr(UpdateVersion.objects.get(), "decision")

    done = UpdateVersionFactory(
        update__commitment=CommitmentFactory(ministry=focal_point.ministry), claimed=ClaimedProgress.DONE
    )
    assert "The commitment will no longer be reported as done." in client.get(withdraw_url(done)).text


def test_withdrawing_leads_back_and_says_what_happened(client, focal_point, waiting_version):
    response = client.post(withdraw_url(waiting_version), {"reason": "The wrong list."}, follow=True)

    assert response.redirect_chain == [(commitment_url(waiting_version), 302)]
    decision = UpdateVersion.objects.get().decision
    assert (decision.decision, decision.reason, decision.recorded_by) == ("withdrawn", "The wrong list.", focal_point)
    assert "You withdrew the update. The embassy will not review it." in response.text
    assert response.context["status"] is CommitmentStatus.OVERDUE
    assert "If you send it again, its text is already filled in." in response.text
    entry = next(entry for entry in response.context["entries"] if entry.status is UpdateDecision.WITHDRAWN)
    assert (entry.speaker, entry.by, entry.text) == ("ministry", "Lepota Sekola", "The wrong list.")


@pytest.mark.parametrize("decision", UpdateDecision)
def test_after_a_decision_the_withdrawal_page_says_so_without_a_button(client, focal_point, waiting_version, decision):
    UpdateVersionDecisionFactory(update_version=waiting_version, decision=decision)

    opened, posted = client.get(withdraw_url(waiting_version)), client.post(withdraw_url(waiting_version))

    assert (opened.status_code, posted.status_code) == (200, 422)
    assert shows_refusal(posted, "edit_conflict")
    for page in (opened, posted):
        assert f"{decision} this update on 10 January 2022" in page.text.replace("withdrew", "withdrawn")
        assert '<form method="post" class="form"' not in page.text
    assert UpdateVersion.objects.get().decision.decision == decision


def test_home_says_so_and_asks_for_an_update(client, focal_point, waiting_version):
    UpdateVersionDecisionFactory(update_version=waiting_version, decision=UpdateDecision.WITHDRAWN)

    page = client.get(reverse("ministry_home"))

    [row] = page.context["open"]
    assert (row.is_withdrawn, row.is_returned, row.answer, row.sent_on) == (True, False, None, None)
    assert row.status_text == "overdue by 8 days"
    assert "You withdrew your last update." in page.text
    assert "Your first update" not in page.text
    assert page.context["summary"] == "You have 1 commitment. It is overdue."


def test_home_says_again_what_was_returned_before(client, focal_point, waiting_version):
    UpdateVersionDecisionFactory(
        update_version=waiting_version, decision=UpdateDecision.RETURNED, reason="Add the list of posts."
    )
    again = UpdateVersionFactory(update=waiting_version.update, happened_on=date(2022, 1, 12))
    UpdateVersionDecisionFactory(update_version=again, decision=UpdateDecision.WITHDRAWN)

    home = client.get(reverse("ministry_home"))
    form = client.get(reverse("update_send", args=[waiting_version.update.commitment_id]))

    [row] = home.context["open"]
    assert (row.is_returned, row.reason, row.is_withdrawn) == (True, "Add the list of posts.", True)
    assert "Add the list of posts." in form.text
    assert form.context["form"]["narrative"].value() == again.narrative


def test_the_form_starts_from_what_was_withdrawn(client, focal_point, waiting_version):
    indicator = IndicatorFactory()
    benchmark = BenchmarkFactory(terms__rule="target", terms__target=10, terms__indicator=indicator)
    waiting_version.update.commitment.links.create(benchmark=benchmark, reach="meets")
    EvidenceFactory(update_version=waiting_version, file=EvidenceFileFactory(name="list.pdf"), title="Six districts")
    figure = EvidenceFactory(update_version=waiting_version, kind="statistic")
    ReadingFactory(indicator=indicator, figure=6, evidence=figure, update_version=waiting_version)
    UpdateVersionDecisionFactory(update_version=waiting_version, decision=UpdateDecision.WITHDRAWN)

    page = client.get(reverse("update_send", args=[waiting_version.update.commitment_id]))

    assert page.context["form"]["narrative"].value() == "Six districts have one."
    assert [file.name for file in page.context["attached"]] == ["list.pdf"]
    assert [form["figure"].value() for form in page.context["figures"]] == ["6"]
    assert "You withdrew this update. Your earlier text is filled in below, and your files are ticked." in page.text
    assert "What to change" not in page.text


def test_what_waits_and_what_is_withdrawn_is_shown_with_figures_dates_doer_and_files(
    client, focal_point, waiting_version
):
    file = EvidenceFileFactory(name="list.pdf")
    own = {"update_version": waiting_version, "happened_to": waiting_version.happened_on, "done_by": DoneBy.JOINT}
    EvidenceFactory(**own, file=file, title="Six districts", happened_from=date(2022, 1, 3))
    figure = EvidenceFactory(update_version=waiting_version, kind="statistic")
    ReadingFactory(indicator__name="Districts", figure=6, evidence=figure, update_version=waiting_version)

    for url in (commitment_url(waiting_version), withdraw_url(waiting_version)):
        text = client.get(url).text.split("What happened")[0]
        assert re.search(r"Districts:\s+<strong>6</strong>", text), url
        for told in (
            "Start date: 3 January 2022. End date: 10 January 2022.",
            "Who did it: Joint, the government taking part.",
            "list.pdf",
            "Under way",
        ):
            assert told in text, (url, told)


def test_an_end_date_that_was_left_empty_is_neither_shown_nor_filled_in(client, focal_point, waiting_version):
    commitment = waiting_version.update.commitment
    day = waiting_version.happened_on
    EvidenceFactory(update_version=waiting_version, commitment=commitment, happened_from=day, happened_to=day)

    page = client.get(withdraw_url(waiting_version)).text
    assert "Start date: 10 January 2022." in page
    assert "End date" not in page
    assert "End date" not in client.get(commitment_url(waiting_version)).text

    client.force_login(OfficerFactory())
    review = client.get(reverse("version_detail", args=[waiting_version.pk])).text
    assert "Start date: 10 January 2022." in review
    assert "End date" not in review

    client.force_login(focal_point)
    UpdateVersionDecisionFactory(update_version=waiting_version, decision=UpdateDecision.WITHDRAWN)
    form = client.get(reverse("update_send", args=[commitment.pk])).context["form"]
    assert (form["happened_from"].value(), form["happened_to"].value()) == (day, None)


def test_what_was_sent_stands_in_the_timeline_on_the_day_on_which_it_was_sent(client, focal_point, waiting_version):
    commitment = waiting_version.update.commitment
    UpdateVersionDecisionFactory(
        update_version=waiting_version, decision=UpdateDecision.RETURNED, recorded_at=at_noon(date(2022, 1, 12))
    )
    UpdateVersionFactory(
        update=waiting_version.update, happened_on=date(2021, 12, 1), recorded_at=at_noon(date(2022, 1, 14))
    )

    entries = client.get(commitment_url(waiting_version)).context["entries"]

    sent = [(entry.title, entry.day, entry.facts[0]) for entry in entries if entry.speaker == "ministry"][:2]
    assert sent == [
        ("Update 1, version 2", date(2022, 1, 14), "Date: 1 December 2021."),
        ("Update 1", date(2022, 1, 10), "Date: 10 January 2022."),
    ]
    assert commitment.ministry == focal_point.ministry


# --- The embassy ------------------------------------------------------------------------------------------------------


def test_officers_read_that_it_was_withdrawn_and_are_asked_nothing(client, focal_point, waiting_version):
    EvidenceFactory(update_version=waiting_version, supports=[BenchmarkFactory()])
    withdraw_update(
        update_version=waiting_version, reason="The wrong list.", by=focal_point, now=at_noon(date(2022, 1, 28))
    )
    client.force_login(OfficerFactory())

    page = client.get(reverse("version_detail", args=[waiting_version.pk]))

    assert page.context["may_decide"] is False
    assert page.context["decided"] is UpdateDecision.WITHDRAWN
    assert "The ministry withdrew this update, so there is nothing to decide." in page.text
    for words in ("Lepota Sekola", "The wrong list.", "Six districts have one."):
        assert words in page.text
    assert "Return to ministry" not in page.text
    piece = client.get(reverse("evidence_detail", args=[waiting_version.evidence.get().pk]))
    assert "The ministry withdrew the update that this came with." in piece.text
    assert not piece.context["asked"]
    simulated = client.get(reverse("version_simulation", args=[waiting_version.pk]))
    assert "The ministry withdrew this. It adds nothing." in simulated.text


def test_the_next_version_names_the_one_that_was_withdrawn(client, waiting_version):
    UpdateVersionDecisionFactory(update_version=waiting_version, decision=UpdateDecision.WITHDRAWN)
    again = UpdateVersionFactory(update=waiting_version.update, happened_on=date(2022, 1, 12))
    client.force_login(OfficerFactory())

    text = " ".join(client.get(reverse("version_detail", args=[again.pk])).text.split())

    assert "<strong>Version 1, sent on 10 January 2022,</strong> was withdrawn by the ministry." in text
    assert "was returned" not in text


@pytest.mark.parametrize("reader", [OfficerFactory, None])
def test_the_withdrawn_version_is_marked_in_the_history_and_the_next_one_is_not(
    client, focal_point, waiting_version, reader
):
    withdraw_update(update_version=waiting_version, by=focal_point, now=at_noon(date(2022, 1, 20)))
    UpdateVersionFactory(
        update=waiting_version.update, recorded_at=at_noon(date(2022, 1, 24)), narrative="Ten have one."
    )
    client.force_login(reader() if reader else focal_point)

    entries = re.findall(r"<li\b.*?</li>", client.get(commitment_url(waiting_version)).text, re.DOTALL)

    withdrawn = [entry for entry in entries if "Withdrawn by the ministry on" in entry]
    assert ["Six districts have one." in entry for entry in withdrawn] == [True]
    assert "20 January 2022" in withdrawn[0]
    assert any("Ten have one." in entry for entry in entries)


def test_the_embassy_reads_which_ministry_and_person_withdrew_the_update(client, focal_point, waiting_version):
    withdraw_update(update_version=waiting_version, by=focal_point, now=at_noon(date(2022, 1, 28)))
    client.force_login(ObserverFactory())

    page = client.get(commitment_url(waiting_version))

    entry = next(entry for entry in page.context["entries"] if entry.status is UpdateDecision.WITHDRAWN)
    assert (entry.speaker, entry.source, entry.by) == (
        "ministry",
        waiting_version.update.commitment.maker,
        "Lepota Sekola",
    )
    assert "Update withdrawn on 28 January 2022" in page.text
    assert "no update received" not in page.text.lower()
    assert client.get(edition_url("dashboard")).status_code == 200
