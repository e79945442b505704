"""The handover note and the page of a ministry, which only the embassy reads."""

import csv
import io
from datetime import date

import pytest
from django.urls import reverse

from dialogues.choices import ClaimedProgress, CommitmentEventKind, MadeBy, SupportKind
from recommendations.choices import MilestoneKind
from tests.edition_urls import edition_url
from tests.factories import (
    AmbassadorFactory,
    BenchmarkFactory,
    CommitmentEventFactory,
    CommitmentFactory,
    CountryFactory,
    DialogueFactory,
    EvidenceFactory,
    FocalPointFactory,
    InternalNoteDoneFactory,
    InternalNoteFactory,
    MilestoneFactory,
    MinistryFactory,
    ObserverFactory,
    OfficeHolderFactory,
    OfficerFactory,
    ParticipantFactory,
    RecommendationFactory,
    UpdateVersionFactory,
    at_noon,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def police():
    police = MinistryFactory(short_name="Police")
    OfficeHolderFactory(ministry=police, name="Sekola", from_on=date(2020, 5, 20))
    OfficeHolderFactory(ministry=police, name="Somebody before", until_on=date(2020, 5, 19))
    return police


@pytest.fixture
def record(client, police):
    """Commitments of four ministries: overdue, waiting, returned and kept; and one of ours, overdue."""
    client.force_login(OfficerFactory(name="Officer now"))
    AmbassadorFactory(name="The Ambassador")
    FocalPointFactory(ministry=police, name="Focal point")
    FocalPointFactory(ministry=police, name="Left since", is_active=False)
    benchmark = BenchmarkFactory(recommendation=RecommendationFactory(lead=police))
    before, last = DialogueFactory(held_on=date(2021, 10, 1)), DialogueFactory(place="The residence")
    DialogueFactory(planned=True, held_on=date(2022, 2, 3), place="Room to come")
    ParticipantFactory(dialogue=last, name="Sekola", office="Minister of Police")
    ParticipantFactory(dialogue=before, name="", office="Director of Public Prosecutions")
    CommitmentFactory(ministry=police, dialogue=last, text="Overdue", made__due_on=date(2022, 1, 14))
    sent = CommitmentFactory(ministry=police, dialogue=last, text="Sent", made__due_on=date(2022, 2, 20))
    UpdateVersionFactory(update__commitment=sent, claimed=ClaimedProgress.UNDER_WAY)
    back = CommitmentFactory(ministry=police, dialogue=before, text="Returned", made__due_on=date(2022, 3, 20))
    UpdateVersionFactory(update__commitment=back, returned=True)
    CommitmentFactory(ministry=police, dialogue=last, text="Kept", done=True)
    CommitmentFactory(united_states=True, text="Ours", made__due_on=date(2022, 1, 27))
    MilestoneFactory(kind=MilestoneKind.INTERIM, due_on=date(2022, 2, 1))
    EvidenceFactory(supports=[benchmark])
    elsewhere = CountryFactory(elsewhere=True)
    CommitmentFactory(ministry=MinistryFactory(country=elsewhere, short_name="Theirs"), text="Elsewhere")
    return benchmark.recommendation


def test_the_handover_note_has_readiness_contacts_and_open_items(client, record, police):
    response = client.get(reverse("handover"))
    note = response.context["note"]

    assert note.headline == "Nothing has been reviewed yet. 1 claim is waiting."
    assert (note.parts[0].title, note.parts[0].points) == ("Increasing efforts", None)
    (party,) = [party for party in note.parties if party.key == police.pk]
    assert (party.in_office, party.focal_points) == (["Sekola, Minister"], ["Focal point"])
    assert (party.overdue, party.open, party.waiting, party.returned) == (1, 1, 1, 1)
    ours = note.parties[-1]
    assert (ours.name, ours.overdue, ours.open) == (MadeBy.UNITED_STATES.label, 1, 0)
    assert (
        note.last_dialogue.row.place,
        [(commitment.row.text, commitment.status_sentence) for commitment in note.last_dialogue.commitments],
    ) == (
        "The residence",
        [
            ("Overdue", "overdue by 14 days, no update received"),
            ("Sent", "with the embassy since 10 January 2022"),
            ("Kept", "verified done"),
        ],
    )
    assert [(day.title, day.distance) for day in note.due] == [
        ("Overdue", "overdue by 14 days"),
        ("Ours", "overdue by 1 day"),
        ("Interim assessment", "in 4 days"),
        ("Dialogue", "in 6 days"),
        ("Sent", "in 23 days"),
    ]
    assert {("Officer now", "Officer"), ("The Ambassador", "Ambassador")} <= set(note.colleagues)
    assert note.people_met == ["Sekola, Minister of Police", "Director of Public Prosecutions"]
    assert "Internal to the embassy." in response.text
    for secret in ("Elsewhere", "Ministry of Theirs", "Left since", "Somebody before"):
        assert secret not in response.text


def test_the_note_says_to_an_observer_until_when_somebody_is_there(client, record):
    OfficerFactory(name="Leaves soon", valid_until_on=date(2022, 2, 4))
    OfficerFactory(name="Stays", valid_until_on=date(2022, 12, 31))
    OfficerFactory(name="Gone", valid_until_on=date(2022, 1, 27))
    client.force_login(ObserverFactory())

    page = client.get(reverse("handover"))

    assert "Leaves soon (Officer, until 4 February 2022)" in page.text
    assert ("Stays", "Officer") in page.context["note"].colleagues
    assert "Gone" not in page.text


def test_handover_counts_what_it_has_no_room_for(client, record, police):
    held = DialogueFactory(held_on=date(2022, 1, 20))
    for _ in range(15):
        CommitmentFactory(ministry=police, dialogue=held, made__due_on=date(2022, 2, 10))

    note = client.get(reverse("handover")).context["note"]

    assert (len(note.due), note.more_due) == (5, 15)
    assert (len(note.last_dialogue.commitments), note.last_dialogue.more) == (3, 12)


def test_handover_leads_to_tasks_only_who_has_tasks(client, record):
    def links(reader):
        client.force_login(reader)
        return client.get(reverse("handover")).text.count("/tasks/")

    assert links(OfficerFactory()) > links(ObserverFactory()) == 0


def test_handover_lists_open_notes_by_what_they_are_about(client, record, police):
    InternalNoteFactory(recommendation=record, text="NOTE on a recommendation")
    InternalNoteFactory(ministry=police, text="NOTE on a ministry", named=OfficerFactory(name="Thabo Mokoena"))
    InternalNoteDoneFactory(note__text="NOTE dealt with")
    elsewhere = MinistryFactory(country=CountryFactory(elsewhere=True))
    InternalNoteFactory(ministry=elsewhere, country=elsewhere.country, text="NOTE elsewhere")

    for reader in (OfficerFactory(), ObserverFactory()):
        client.force_login(reader)
        page = client.get(reverse("handover"))
        groups = [(group.heading, [row.text for row in group.notes]) for group in page.context["note"].notes]
        assert groups == [
            ("Recommendations", ["NOTE on a recommendation"]),
            ("Ministries", ["NOTE on a ministry"]),
        ]
        assert "For Thabo Mokoena" in page.text
        assert "NOTE dealt with" not in page.text
        assert "NOTE elsewhere" not in page.text


def test_handover_folds_up_the_notes_that_it_has_no_room_for(client, record, police):
    for number in range(6):
        InternalNoteFactory(ministry=police, recorded_at=at_noon(date(2022, 1, 10 + number)), text=f"NOTE {number}")

    page = client.get(reverse("handover"))

    note = page.context["note"]
    shown, folded = ([row.text for group in groups for row in group.notes] for groups in (note.notes, note.more_notes))
    assert (shown, folded) == (["NOTE 5", "NOTE 4", "NOTE 3"], ["NOTE 2", "NOTE 1", "NOTE 0"])
    assert "3 more notes" in page.text


def test_handover_without_a_dialogue_says_so(client):
    client.force_login(OfficerFactory())
    RecommendationFactory()
    assert "No dialogue has been held yet." in client.get(reverse("handover")).text


def test_ministry_page_tells_what_it_leads_promised_and_sent_and_who_is_there(client, record, police):
    response = client.get(reverse("ministry_detail", args=[police.pk]))

    assert [row.recommendation for row in response.context["rows"]] == [record]
    assert [
        (commitment.row.text, commitment.status_sentence) for commitment in response.context["desk"].commitments
    ] == [
        ("Overdue", "overdue by 14 days, no update received"),
        ("Returned", "returned on 10 January 2022; due 20 Mar 2022"),
        ("Sent", "with the embassy since 10 January 2022"),
        ("Kept", "verified done"),
    ]
    assert {decision.value for _, _, decision, _ in response.context["updates"]} == {"with_embassy", "returned"}
    assert "until 19 May 2020" in response.text
    assert reverse("ministry_detail", args=[police.pk]) in client.get(reverse("dashboard")).text


def test_ministry_page_says_with_a_commitment_and_its_update_that_a_verified_action_was_reversed(client, police):
    client.force_login(OfficerFactory())
    benchmark = BenchmarkFactory(recommendation=RecommendationFactory(lead=police))
    rules = CommitmentFactory(ministry=police, text="Put the rules in force", benchmarks=[benchmark])
    sent = UpdateVersionFactory(update__commitment=rules, accepted=True)
    EvidenceFactory(update_version=sent, happened_to=date(2021, 12, 1), supports=[benchmark], verified=True)
    EvidenceFactory(
        commitment=rules,
        title="Rules taken back",
        happened_to=date(2022, 1, 12),
        supports=[benchmark],
        supports__shows=SupportKind.NO_ACTION,
        verified=True,
    )

    response = client.get(reverse("ministry_detail", args=[police.pk]))

    since = "Since then: Rules taken back, 12 January 2022."
    assert [since_then for _, since_then in response.context["commitments"]] == [since]
    assert [since_then for *_, since_then in response.context["updates"]] == [since]
    assert response.text.count(since) == 2
    assert response.text.count("An action was verified, then reversed on 12 January 2022.") == 1  # of the benchmark
    exported = client.get(reverse("ministry_detail", args=[police.pk]), {"as": "csv"}).content.decode("utf-8-sig")
    assert [(row["Commitment"], row["Reversed"]) for row in csv.DictReader(io.StringIO(exported))] == [
        ("Put the rules in force", since)
    ]


def test_ministry_page_and_dashboard_do_not_count_a_reversed_commitment_as_done(client, police):
    client.force_login(OfficerFactory())
    benchmark = BenchmarkFactory(recommendation=RecommendationFactory(lead=police))
    for is_reversed in (True, False):
        done = CommitmentFactory(ministry=police, benchmarks=[benchmark])
        CommitmentEventFactory(commitment=done, kind=CommitmentEventKind.VERIFIED_DONE, happened_on=date(2022, 1, 6))
        if is_reversed:
            sent = UpdateVersionFactory(update__commitment=done, accepted=True)
            EvidenceFactory(update_version=sent, happened_to=date(2021, 12, 1), supports=[benchmark], verified=True)
            EvidenceFactory(
                commitment=done,
                happened_to=date(2022, 1, 12),
                supports=[benchmark],
                supports__shows=SupportKind.NO_ACTION,
                verified=True,
            )

    tally = "1 verified done, 1 verified done but reversed since."
    assert f"Commitments: {tally}" in client.get(reverse("ministry_detail", args=[police.pk])).text
    assert [ministry.commitments for ministry in client.get(edition_url("dashboard")).context["ministries"]] == [tally]


@pytest.mark.parametrize("page", [("handover", 41), ("ministry_detail", 51)], ids=["handover", "ministry_detail"])
@pytest.mark.parametrize("count", [1, 3, 300])
def test_handover_and_ministry_query_count(client, police, django_assert_num_queries, count, page):
    name, queries = page
    client.force_login(OfficerFactory())
    benchmark = BenchmarkFactory(recommendation=RecommendationFactory(lead=police))
    held = DialogueFactory()
    for number in range(count):
        promise = CommitmentFactory(ministry=police, dialogue=held, made__due_on=date(2022, 2, 1))
        if number < 3:
            CommitmentEventFactory(
                commitment=promise,
                kind=CommitmentEventKind.RESCHEDULED,
                happened_on=date(2021, 12, 1),
                due_on=date(2022, 1, 1),
            )
            UpdateVersionFactory(update__commitment=promise)
    EvidenceFactory(supports=[benchmark])
    address = reverse(name, args=[police.pk]) if name == "ministry_detail" else edition_url(name)

    # 2 who asks, 3 their zone, the count of My tasks, the editions; 12 facts; 4 desks; and then the note:
    # 1 milestones, 2 dialogues, 2 how much waits, 1 evidence on words alone, 1 colleagues, 1 met, 1 the next dialogue,
    # 1 annual targets, 1 how many yearly questions there are, 3 what next steps
    # are called; the ministry: 1 itself, 2 what it leads, 2 what it sent, 1 who held its office, 11 what to raise with
    # it, 2 its documents
    with django_assert_num_queries(queries):
        assert client.get(address).status_code == 200
