"""Verifying several simple items of an update at once: the button fills in the choices, and saves nothing."""

import re
from datetime import date

import pytest
from django.urls import reverse

from dialogues.decision_reasons import RejectionReason, VerificationReason
from dialogues.models import EvidenceReview
from dialogues.views.bulk_review import find_obstacle
from tests.factories import (
    AmbassadorFactory,
    BenchmarkFactory,
    CommitmentFactory,
    EvidenceFactory,
    OfficerFactory,
    ReadingFactory,
    UpdateVersionDecisionFactory,
    UpdateVersionFactory,
)

pytestmark = pytest.mark.django_db
REASON = next(iter(VerificationReason)).value


@pytest.fixture
def officer(client):
    user = OfficerFactory()
    client.force_login(user)
    return user


@pytest.fixture
def waiting_version():
    """An update with three simple items, one without a start date, one with a figure and one outside the period."""
    benchmark = BenchmarkFactory()
    version = UpdateVersionFactory(update__commitment=CommitmentFactory(benchmarks=[benchmark]))
    for number in range(3):
        EvidenceFactory(update_version=version, supports=[benchmark], title=f"List {number}")
    EvidenceFactory(update_version=version, supports=[benchmark], title="No day", happened_from=None)
    EvidenceFactory(
        update_version=version,
        supports=[benchmark],
        title="Long ago",
        happened_from=date(2019, 1, 1),
        happened_to=date(2019, 1, 2),
    )
    counted = EvidenceFactory(update_version=version, title="Count")
    ReadingFactory(update_version=version, evidence=counted)
    return version


def row_url(name, row):
    return reverse(name, args=[row.pk])


def item_prefixes(sent, *titles):
    """Return the form prefixes of these pieces of evidence."""
    return [f"evidence_link-{sent.evidence.get(title=title).evidence_links.get().pk}" for title in titles]


def chosen_decisions(page):
    """Return the chosen decision of each item, by form prefix."""
    return {
        form.prefix: form["decision"].value()
        for exhibit in page.context["exhibits"]
        for line in exhibit.lines
        if (form := line.form)
    }


def test_the_page_ticks_the_simple_items_and_names_why_the_others_are_not(client, officer, waiting_version):
    page = client.get(row_url("version_detail", waiting_version))

    bulk = page.context["bulk"]
    assert bulk.form["items"].value() == item_prefixes(waiting_version, "List 0", "List 1", "List 2")
    assert {item.title.split(" (")[0]: item.obstacle for item in bulk.one_by_one} == {
        "No day": "the start date is missing",
        "Long ago": "does not count: before 1 April 2021",
        "Count": "compare the figure with the proof",
    }
    assert "Decide on these items one by one:" in page.text
    assert set(chosen_decisions(page).values()) == {None}  # nothing is chosen before the button is pressed


def test_the_button_fills_in_the_ticked_items_and_saves_nothing(client, officer, waiting_version):
    first, second, third = item_prefixes(waiting_version, "List 0", "List 1", "List 2")

    page = client.post(
        row_url("version_fill", waiting_version), {"several-items": [first, third], "several-because": REASON}
    )

    assert page.status_code == 200
    assert {key for key, decision in chosen_decisions(page).items() if decision} == {first, third}
    assert chosen_decisions(page)[first] == "verified"
    assert "“Verify” is filled in for 2 items." in page.text
    assert "Nothing is saved yet." in page.text
    assert page.context["bulk"].form["items"].value() == [first, third]
    reasons = [line.form["because"].value() for exhibit in page.context["exhibits"] for line in exhibit.lines]
    assert sorted(filter(None, reasons)) == [REASON, REASON]
    assert not EvidenceReview.objects.exists()
    assert second in chosen_decisions(page)


def test_filled_in_choices_can_be_changed_before_accepting(client, officer):
    benchmark = BenchmarkFactory()
    sent = UpdateVersionFactory(update__commitment=CommitmentFactory(benchmarks=[benchmark]))
    for number in range(3):
        EvidenceFactory(update_version=sent, supports=[benchmark], title=f"List {number}")
    ticked = item_prefixes(sent, "List 0", "List 1", "List 2")
    page = client.post(row_url("version_fill", sent), {"several-items": ticked, "several-because": REASON})
    typed = {}
    for name in re.findall(r'name="(evidence_link-[^"]+-decision)" value="verified"[^>]* checked', page.text):
        typed[name] = "verified"
    for key in ticked:
        typed[f"{key}-because"] = REASON
    assert len(typed) == 6
    typed |= {f"{ticked[2]}-decision": "rejected", f"{ticked[2]}-because": next(iter(RejectionReason)).value}

    accepted = client.post(row_url("version_accept", sent), typed)

    assert accepted.status_code == 302
    assert sorted(EvidenceReview.objects.values_list("decision", flat=True)) == ["rejected", "verified", "verified"]


def test_nothing_typed_is_lost_and_what_the_officer_decided_stays(client, officer, waiting_version):
    first, second, third = item_prefixes(waiting_version, "List 0", "List 1", "List 2")
    [undated] = item_prefixes(waiting_version, "No day")
    typed = {
        f"{first}-decision": "rejected",
        f"{first}-reason": "Another list.",
        f"{second}-reason": "As the ministry of justice says.",
        f"{undated}-decision": "change",
        f"{undated}-first_on": "2021-13-99",
        "accept-reason": "For all.",
        "return-reason": "What to send.",
        "several-items": [first, second, third],
        "several-because": REASON,
    }

    page = client.post(row_url("version_fill", waiting_version), typed)

    assert (chosen_decisions(page)[first], chosen_decisions(page)[undated]) == ("rejected", "change")
    for text in ("Another list.", "As the ministry of justice says.", "2021-13-99", "For all.", "What to send."):
        assert text in page.text, text
    assert "“Verify” is filled in for 2 items." in page.text
    assert [title.split(" (")[0] for title in page.context["bulk"].kept] == ["List 0"]
    assert page.context["refused_forms"] == []  # nothing is judged before it is accepted
    forms = {line.form.prefix: line.form for exhibit in page.context["exhibits"] for line in exhibit.lines}
    assert forms[second]["because"].value() in (None, "")  # its own words are its reason
    assert forms[third]["because"].value() == REASON


@pytest.mark.parametrize("ticked", ["none", "not simple", "made up"])
def test_items_that_need_more_than_verification_are_not_filled_in(client, officer, waiting_version, ticked):
    chosen = {
        "none": [],
        "not simple": item_prefixes(waiting_version, "No day"),
        "made up": ["evidence_link-987654321"],
    }[ticked]

    page = client.post(row_url("version_fill", waiting_version), {"several-items": chosen})

    assert page.status_code == 422
    assert not any(chosen_decisions(page).values())
    assert [list(form.errors) for form in page.context["refused_forms"]] == [["items"]]
    assert ("Tick at least one item." in page.text) == (ticked == "none")


def test_one_simple_item_is_decided_on_by_itself(client, officer):
    benchmark = BenchmarkFactory()
    sent = UpdateVersionFactory(update__commitment=CommitmentFactory(benchmarks=[benchmark]))
    EvidenceFactory(update_version=sent, supports=[benchmark])

    page = client.get(row_url("version_detail", sent))

    assert page.context["bulk"] is None
    assert "Verify several items at once" not in page.text


def test_bulk_review_is_offered_only_to_people_who_may_decide(client, waiting_version):
    client.force_login(AmbassadorFactory())
    assert "Verify several items at once" not in client.get(row_url("version_detail", waiting_version)).text
    assert (
        client.post(
            row_url("version_fill", waiting_version), {"several-items": item_prefixes(waiting_version, "List 0")}
        ).status_code
        == 403
    )


def test_a_second_reviewer_sees_the_decision(client, officer, waiting_version):
    UpdateVersionDecisionFactory(update_version=waiting_version, recorded_by=OfficerFactory())

    page = client.post(
        row_url("version_fill", waiting_version), {"several-items": item_prefixes(waiting_version, "List 0", "List 1")}
    )

    assert page.status_code == 422
    assert "This update was already decided on" in page.text
    assert client.get(row_url("version_fill", waiting_version)).headers["Location"] == row_url(
        "version_detail", waiting_version
    )


def test_a_refused_acceptance_keeps_the_ticks(client, officer, waiting_version):
    [only] = item_prefixes(waiting_version, "List 1")

    refused = client.post(row_url("version_accept", waiting_version), {"several-items": [only]})

    assert refused.status_code == 422
    assert refused.context["bulk"].form["items"].value() == [only]


@pytest.mark.parametrize(
    ("what", "obstacle"),
    [
        ({}, ""),
        ({"has_figures": True, "needs_start_date": True}, "compare the figure with the proof"),
        ({"needs_start_date": True, "outside": "after 31 March 2022"}, "the start date is missing"),
        ({"outside": "after 31 March 2022"}, "does not count: after 31 March 2022"),
    ],
)
def test_an_item_is_simple_if_it_only_asks_to_be_verified(what, obstacle):
    assert find_obstacle(**{"needs_start_date": False, "has_figures": False, "outside": ""} | what) == obstacle
