"""The API of commitments, updates, evidence, dialogues and assessments."""

import json
import re
from datetime import date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import encode_multipart

from dialogues.choices import (
    ClaimedProgress,
    CommitmentEventKind,
    CommitmentReach,
    ReadingDirection,
    Sensitivity,
    UpdateDecision,
)
from dialogues.models import (
    Assessment,
    CommitmentBenchmark,
    EvidenceFile,
    EvidenceReview,
    UpdateVersion,
    UpdateVersionDecision,
)
from recommendations.choices import Rule
from tests.conftest import MASERU
from tests.dialogues.sample_files import PDF
from tests.factories import (
    AgendaItemFactory,
    AmbassadorFactory,
    AssessmentFactory,
    BenchmarkFactory,
    CommitmentCorrectionFactory,
    CommitmentEventFactory,
    CommitmentFactory,
    CountryFactory,
    DialogueFactory,
    DueDateProposalDecisionFactory,
    DueDateProposalFactory,
    EditionFactory,
    EvidenceFactory,
    EvidenceFileFactory,
    EvidenceLinkFactory,
    EvidenceReviewFactory,
    FocalPointFactory,
    IndicatorFactory,
    MinistryFactory,
    NextStepDoneFactory,
    NextStepFactory,
    ObserverFactory,
    OfficerFactory,
    ParticipantFactory,
    ReadingFactory,
    RecorderFactory,
    UpdateFactory,
    UpdateVersionDecisionFactory,
    UpdateVersionFactory,
    at_noon,
)
from tests.query_counts import FIRST_LIST_READ
from tiptracker.choices import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def police():
    return MinistryFactory(short_name="Police")


@pytest.fixture
def focal_point(client, police):
    user = FocalPointFactory(ministry=police, name="Thabo Mokoena")
    client.force_login(user)
    return user


@pytest.fixture
def officer(client):
    user = OfficerFactory(name="Officer Orr")
    client.force_login(user)
    return user


def results(client, path, **query):
    response = client.get(f"/api/v1/{path}/", query)
    assert response.status_code == 200, response.content
    return response.json()["results"]


def post(client, path, body):
    return client.post(f"/api/v1/{path}/", body, content_type="application/json")


# --- What the embassy reads -------------------------------------------------------------------------------------------


def test_a_commitment_has_its_status_today_and_its_events(client, officer, police):
    benchmark = BenchmarkFactory()
    commitment = CommitmentFactory(
        ministry=police,
        text="Draft the amendment.",
        made__due_on=date(2021, 12, 15),
        benchmarks=[benchmark],
        benchmarks__reach=CommitmentReach.MEETS,
    )
    moved = CommitmentEventFactory(
        commitment=commitment,
        kind=CommitmentEventKind.RESCHEDULED,
        happened_on=date(2021, 12, 10),
        due_on=date(2022, 1, 20),
        reason="Parliament rose.",
    )

    (row,) = results(client, "commitments")

    events = row.pop("events")
    assert row == {
        "id": commitment.pk,
        "ministry": police.pk,
        "text": "Draft the amendment.",
        "dialogue": None,
        "letter": "Letter of 8 November 2021",
        "status": "overdue",
        "due_on": "2022-01-20",
        "slips": 1,
        "benchmarks": [benchmark.pk],
        "due_date_proposals": [],
        "recorded_at": "2021-11-08T12:00:00+02:00",
        "country": "LSO",
        "made_by": "ministry",
        "horizon": "short_term",
        "links": [{"benchmark": benchmark.pk, "reach": "meets"}],
        "corrections": [],
    }
    assert [event["kind"] for event in events] == ["made", "rescheduled"]
    assert events[1] == {
        "id": moved.pk,
        "kind": "rescheduled",
        "happened_on": "2021-12-10",
        "due_on": "2022-01-20",
        "recorded_at": "2021-12-10T12:00:00+02:00",
        "recorded_by": "Recorder",
        "reason": "Parliament rose.",
        "update_version": None,
        "round": None,
    }


@pytest.mark.day("2021-11-07")
def test_a_commitment_is_left_out_before_it_was_made(client, officer, police):
    commitment = CommitmentFactory(ministry=police)

    assert results(client, "commitments") == []
    assert client.get(f"/api/v1/commitments/{commitment.pk}/").status_code == 404


def test_evidence_has_its_links_and_every_review(client, officer):
    benchmark = BenchmarkFactory()
    file = EvidenceFileFactory(name="charge sheet.pdf")
    evidence = EvidenceFactory(title="A case was opened", file=file, supports=[benchmark])
    (evidence_link,) = evidence.evidence_links.all()
    review = EvidenceReviewFactory(evidence_link=evidence_link, reason="We were in court.")

    (row,) = results(client, "evidence")

    assert row["file"] == {
        "id": file.pk,
        "name": "charge sheet.pdf",
        "media_type": "application/pdf",
        "size": file.size,
        "original_size": None,
        "received_sha256": file.received_sha256,
        "stored_sha256": file.stored_sha256,
        "url": f"/files/{file.pk}/",
    }
    assert row["evidence_links"] == [
        {
            "id": evidence_link.pk,
            "benchmark": benchmark.pk,
            "shows": "concrete_action",
            "recorded_at": "2022-01-10T12:00:00+02:00",
        }
    ]
    assert row["reviews"] == [
        {
            "id": review.pk,
            "evidence": evidence.pk,
            "evidence_link": evidence_link.pk,
            "bearing": evidence_link.pk,
            "decision": "verified",
            "first_on": None,
            "reason": "We were in court.",
            "recorded_at": "2022-01-10T12:00:00+02:00",
            "recorded_by": "Reviewer",
        }
    ]
    assert (row["sensitivity"], row["revises"], row["recorded_by"]) == ("internal", None, "Recorder")


def test_a_dialogue_has_its_agenda_participants_and_commitments(client, officer, police):
    dialogue = DialogueFactory(place="Maseru", record="Frank words.")
    item = AgendaItemFactory(dialogue=dialogue, said="They will.")
    NextStepDoneFactory(step=NextStepFactory(dialogue=dialogue, text="Send it."), result="Sent.")
    NextStepFactory(dialogue=dialogue, text="Call.")
    ParticipantFactory(dialogue=dialogue, name="Minister One", office="Minister of Police", ministry=police)
    commitment = CommitmentFactory(ministry=police, dialogue=dialogue)

    (row,) = results(client, "dialogues")

    assert row["record"] == "Frank words."
    assert row["state"] == "held"
    assert row["agenda"] == [
        {
            "position": 1,
            "recommendation": item.recommendation_id,
            "commitment": None,
            "topic": "",
            "note": "",
            "said": "They will.",
        }
    ]
    assert [
        (expected_text["text"], expected_text["done_on"], expected_text["result"])
        for expected_text in row["next_steps"]
    ] == [
        ("Send it.", "2021-12-01", "Sent."),
        ("Call.", None, None),
    ]
    assert row["commitments"] == [commitment.pk]
    assert row["participants"] == [
        {
            "name": "Minister One",
            "office": "Minister of Police",
            "ministry": police.pk,
            "presence": "in_person",
            "came": True,
        }
    ]


def test_readings_keep_no_data_apart_from_zero_and_from_a_direction(client, officer):
    indicator = IndicatorFactory()
    for number, what in enumerate(
        [{"figure": 0}, {"figure": None}, {"figure": None, "direction": ReadingDirection.UP}]
    ):
        ReadingFactory(indicator=indicator, through_on=date(2021, 12, 1 + number), **what)

    expected_text = [(row["figure"], row["direction"], row["is_no_data"]) for row in results(client, "readings")]

    assert expected_text == [("0.00", "", False), (None, "", True), (None, "up", False)]


def test_updates_have_every_version_with_its_decision(client, officer, police):
    update = UpdateFactory(commitment__ministry=police)
    first = UpdateVersionFactory(update=update, narrative="We began.", returned=True)
    second = UpdateVersionFactory(update=update, narrative="We began on 3 January.")

    (row,) = results(client, "updates")

    assert [(sent["id"], sent["narrative"]) for sent in row["versions"]] == [
        (first.pk, "We began."),
        (second.pk, "We began on 3 January."),
    ]
    assert row["versions"][0]["decision"]["reason"] == "Please add the date."
    assert row["versions"][1]["decision"] is None


def test_an_assessment_names_the_evidence_it_rests_on(client, officer):
    benchmark = BenchmarkFactory()
    evidence = EvidenceFactory(supports=[benchmark])
    assessment = AssessmentFactory(benchmark=benchmark, grounds=[evidence])

    (row,) = results(client, "assessments")

    assert row == {
        "id": assessment.pk,
        "benchmark": benchmark.pk,
        "verdict": "concrete_step",
        "rationale": "It was seen to be so.",
        "law": "22 U.S.C. 7106(b)(1)",
        "change_reason": "",
        "evidence": [evidence.pk],
        "recorded_at": "2022-01-15T12:00:00+02:00",
        "recorded_by": "Recorder",
    }


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("path", "queries"),
    [
        # session, person, zone; the zones of countries, count, keys, commitments, links, events, people, corrections,
        # proposed due dates, statuses
        ("commitments", 12),
        ("updates", 6),  # … updates, versions
        ("evidence", 10),  # … keys, evidence, evidence links, indicia, questions, reviews
        ("reviews", 5),
        ("dialogues", 10),  # … dialogues, commitments, participants, agenda, next steps and their marks
        ("readings", 5),
        ("assessments", 6),  # … assessments, grounds
    ],
)
def test_lists_count_their_queries(client, django_assert_num_queries, path, queries, count):
    client.force_login(OfficerFactory())
    for _ in range(count):
        dialogue = DialogueFactory()
        ParticipantFactory(dialogue=dialogue)
        AgendaItemFactory(dialogue=dialogue)
        NextStepDoneFactory(step__dialogue=dialogue)
        benchmark = BenchmarkFactory()
        sent = UpdateVersionFactory(
            update__commitment__benchmarks=[benchmark], update__commitment__dialogue=dialogue, returned=True
        )
        DueDateProposalDecisionFactory(proposal__commitment=sent.update.commitment)
        evidence = EvidenceFactory(update_version=sent, supports=[benchmark], file=EvidenceFileFactory())
        EvidenceReviewFactory(evidence=evidence)
        ReadingFactory(evidence=evidence, update_version=sent)
        AssessmentFactory(benchmark=benchmark, grounds=[evidence])

    with django_assert_num_queries(queries + FIRST_LIST_READ):
        rows = results(client, path)

    assert len(rows) == count


def test_lists_are_filtered_by_their_parameters(client, officer, police):
    benchmark, indicator = BenchmarkFactory(), IndicatorFactory()
    own = CommitmentFactory(ministry=police, benchmarks=[benchmark], made__due_on=date(2022, 1, 5))
    CommitmentFactory(made__due_on=date(2022, 3, 5))
    sent = UpdateVersionFactory(update__commitment=own)
    evidence = EvidenceFactory(update_version=sent, supports=[benchmark], happened_to=date(2022, 1, 8))
    EvidenceFactory(happened_to=date(2021, 6, 1))
    review = EvidenceReviewFactory(evidence=evidence)
    EvidenceReviewFactory()
    reading = ReadingFactory(indicator=indicator, update_version=sent)
    ReadingFactory()
    assessment = AssessmentFactory(benchmark=benchmark)
    AssessmentFactory()

    def listed_ids(path, **query):
        return [row["id"] for row in results(client, path, **query)]

    assert listed_ids("commitments", ministry=police.pk) == [own.pk]
    assert listed_ids("commitments", benchmark=benchmark.pk) == [own.pk]
    assert listed_ids("commitments", status="with_embassy") == [own.pk]
    assert listed_ids("commitments", status="overdue") == []
    assert listed_ids("commitments", due_before="2022-02-28") == [own.pk]
    assert listed_ids("updates", commitment=own.pk) == [sent.update_id]
    for query in (
        {"commitment": own.pk},
        {"benchmark": benchmark.pk},
        {"update_version": sent.pk},
        {"happened_after": "2022-01-01", "happened_before": "2022-01-09"},
    ):
        assert listed_ids("evidence", **query) == [evidence.pk]
    assert listed_ids("reviews", evidence=evidence.pk) == [review.pk]
    assert listed_ids("readings", indicator=indicator.pk) == [reading.pk]
    assert listed_ids("readings", update_version=sent.pk) == [reading.pk]
    assert listed_ids("assessments", benchmark=benchmark.pk) == [assessment.pk]


# --- What a ministry reads --------------------------------------------------------------------------------------------


def test_a_ministry_reads_its_commitment_without_reach_and_reasons(client, focal_point, police):
    benchmark = BenchmarkFactory()
    commitment = CommitmentFactory(ministry=police, benchmarks=[benchmark], benchmarks__reach=CommitmentReach.MEETS)
    CommitmentEventFactory(
        commitment=commitment,
        kind=CommitmentEventKind.RESCHEDULED,
        due_on=date(2022, 2, 1),
        reason="They begged for it.",
    )
    CommitmentFactory()

    (row,) = results(client, "commitments")

    assert sorted(row) == [
        "benchmarks",
        "corrections",
        "dialogue",
        "due_date_proposals",
        "due_on",
        "events",
        "id",
        "letter",
        "ministry",
        "recorded_at",
        "slips",
        "status",
        "text",
    ]
    assert [sorted(event) for event in row["events"]] == [
        ["due_on", "happened_on", "id", "kind", "recorded_at", "recorded_by"]
    ] * 2
    assert row["events"][0]["recorded_by"] == "The embassy"


def test_a_ministry_reads_of_a_dialogue_its_day_its_place_and_its_own_commitments(client, focal_point, police):
    dialogue = DialogueFactory(record="Frank words.")
    own = CommitmentFactory(ministry=police, dialogue=dialogue)
    CommitmentFactory(dialogue=dialogue)
    ParticipantFactory(dialogue=dialogue)

    assert results(client, "dialogues") == [
        {"id": dialogue.pk, "held_on": "2021-11-08", "place": dialogue.place, "commitments": [own.pk]}
    ]


def test_a_ministry_reads_the_answer_to_what_it_sent_and_its_colleagues_names(client, focal_point, police):
    colleague = FocalPointFactory(ministry=police, name="Lineo Phiri")
    benchmark = BenchmarkFactory()
    sent = UpdateVersionFactory(
        update__commitment__ministry=police,
        update__commitment__benchmarks=[benchmark],
        recorded_by=colleague,
        returned=True,
    )
    evidence = EvidenceFactory(update_version=sent, supports=[benchmark], verified=True)

    ((sent_row,),) = [row["versions"] for row in results(client, "updates")]
    (row,) = results(client, "evidence")

    assert sent_row["recorded_by"] == "Lineo Phiri"
    assert (sent_row["decision"]["reason"], sent_row["decision"]["recorded_by"]) == (
        "Please add the date.",
        "The embassy",
    )
    assert [review["recorded_by"] for review in row["reviews"]] == ["The embassy"] * 2
    assert row["evidence_links"] == [{"id": evidence.evidence_links.get().pk, "benchmark": benchmark.pk}]
    assert {"sensitivity", "revises", "country"}.isdisjoint(row)
    assert len(results(client, "reviews")) == 2


def test_what_an_officer_uploaded_says_on_whose_behalf(client, focal_point, police):
    sent = UpdateVersionFactory(
        update__commitment__ministry=police, recorded_by=OfficerFactory(name="Naledi"), received_on=date(2022, 1, 9)
    )
    EvidenceFactory(update_version=sent)

    ((sent_row,),) = [row["versions"] for row in results(client, "updates")]
    (row,) = results(client, "evidence")

    on_behalf = f"Naledi of the embassy on behalf of the {police.name}, from its workbook received on 9 January 2022"
    assert (sent_row["recorded_by"], row["recorded_by"]) == (on_behalf, on_behalf)


def test_shared_evidence_hides_other_ministries_benchmarks_and_the_embassys_reviews(client, focal_point, police):
    own, others = BenchmarkFactory(), BenchmarkFactory()
    commitment = CommitmentFactory(ministry=police, benchmarks=[own])
    hidden = EvidenceFactory(commitment=commitment)
    shared = EvidenceFactory(
        commitment=commitment,
        sensitivity=Sensitivity.SHARED,
        supports=[own, others],
        verified=True,
        revises=hidden,
    )

    (row,) = results(client, "evidence")

    assert row["id"] == shared.pk
    assert [evidence_link["benchmark"] for evidence_link in row["evidence_links"]] == [own.pk]
    assert row["reviews"] == []
    assert str(hidden.pk) not in json.dumps({**row, "recorded_at": "", "id": ""}).split()
    assert results(client, "reviews") == []
    assert [len(results(client, "evidence", benchmark=benchmark.pk)) for benchmark in (own, others)] == [1, 0]


def test_a_ministry_does_not_see_reviews_on_benchmarks_that_are_hidden_from_it(client, focal_point, police):
    own, others = BenchmarkFactory(), BenchmarkFactory()
    commitment = CommitmentFactory(ministry=police, benchmarks=[own])
    sent = UpdateVersionFactory(update__commitment=commitment)
    evidence = EvidenceFactory(update_version=sent, supports=[own, others], verified=True)
    on_others = evidence.evidence_links.get(benchmark=others)

    (row,) = results(client, "evidence")
    reviews = results(client, "reviews")

    assert on_others.pk not in [evidence_link["id"] for evidence_link in row["evidence_links"]]
    assert [review["evidence_link"] for review in row["reviews"]] == [review["evidence_link"] for review in reviews]
    assert on_others.pk not in [review["evidence_link"] for review in reviews]
    review = EvidenceReview.objects.get(evidence_link=on_others)
    assert client.get(f"/api/v1/reviews/{review.pk}/").status_code == 404


# --- Who recorded it, once people have moved --------------------------------------------------------------------------


def test_the_sender_for_a_ministry_stays_the_same_after_changing_jobs(client, focal_point, police):
    sender = FocalPointFactory(ministry=police, name="Lineo Phiri")
    commitment = CommitmentFactory(ministry=police)
    sent = UpdateVersionFactory(update__commitment=commitment, recorded_by=sender)
    EvidenceFactory(update_version=sent)
    CommitmentEventFactory(
        commitment=commitment, kind=CommitmentEventKind.REPORTED_DONE, update_version=sent, recorded_by=sender
    )
    sender.ministry = MinistryFactory(short_name="Justice")
    sender.save()

    (update,), (piece,), (promise,) = (results(client, path) for path in ("updates", "evidence", "commitments"))

    assert [each["recorded_by"] for each in update["versions"]] == ["Lineo Phiri"]
    assert piece["recorded_by"] == "Lineo Phiri"
    assert [event["recorded_by"] for event in promise["events"]] == ["The embassy", "Lineo Phiri"]


def test_rows_recorded_for_the_embassy_stay_its_own_after_a_role_change(client, focal_point, police):
    mover = OfficerFactory(name="Officer Orr")
    commitment = CommitmentFactory(ministry=police, recorded_by=mover, made__recorded_by=mover)
    sent = UpdateVersionFactory(update__commitment=commitment, recorded_by=focal_point)
    UpdateVersionDecisionFactory(update_version=sent, recorded_by=mover)
    piece = EvidenceFactory(update_version=sent)
    EvidenceReviewFactory(evidence=piece, recorded_by=mover)
    EvidenceFactory(commitment=commitment, sensitivity=Sensitivity.SHARED, title="Shared", recorded_by=mover)
    EvidenceFactory(commitment=commitment, title="Kept to itself", recorded_by=mover)
    mover.countries.clear()
    mover.role, mover.ministry = Role.FOCAL_POINT, police
    mover.save()

    expected_text = {path: results(client, path) for path in ("commitments", "updates", "evidence", "reviews")}

    assert "Officer Orr" not in json.dumps(expected_text)
    assert "Thabo Mokoena" in json.dumps(expected_text)
    assert sorted(row["title"] for row in expected_text["evidence"]) == sorted([piece.title, "Shared"])


# --- What is new ------------------------------------------------------------------------------------------------------

EARLIER, SINCE, LATER = (datetime(2022, 1, day, 12, tzinfo=MASERU) for day in (10, 15, 20))


def ids_since(client, path, moment=SINCE):
    return [row["id"] for row in results(client, path, recorded_since=moment.isoformat())]


def recorded_at(moment):
    return {"recorded_at": moment}


@pytest.mark.usefixtures("officer")
def test_recorded_since_selects_new_and_changed_rows(client, police):
    old, moved, happened, new = (
        CommitmentFactory(ministry=police, recorded_at=moment, made__recorded_at=moment)
        for moment in (EARLIER, EARLIER, EARLIER, SINCE)
    )
    CommitmentBenchmark.objects.create(
        commitment=moved,
        benchmark=BenchmarkFactory(),
        reach=CommitmentReach.MEETS,
        recorded_by=RecorderFactory(),
        **recorded_at(LATER),
    )
    CommitmentEventFactory(
        commitment=happened, kind=CommitmentEventKind.RESCHEDULED, due_on=date(2022, 3, 1), **recorded_at(LATER)
    )
    proposed, answered = (
        CommitmentFactory(ministry=police, **recorded_at(EARLIER), made__recorded_at=EARLIER) for _ in "12"
    )
    DueDateProposalFactory(commitment=proposed, **recorded_at(LATER))
    DueDateProposalDecisionFactory(
        proposal=DueDateProposalFactory(commitment=answered, **recorded_at(EARLIER)), **recorded_at(LATER)
    )
    DueDateProposalFactory(commitment=old, **recorded_at(EARLIER))
    corrected = CommitmentFactory(ministry=police, **recorded_at(EARLIER), made__recorded_at=EARLIER)
    CommitmentCorrectionFactory(commitment=corrected, text="Train 40 officers.", **recorded_at(LATER))
    waiting_version, decided = (
        UpdateVersionFactory(update__commitment=row, **recorded_at(EARLIER)) for row in (old, moved)
    )
    UpdateVersionDecisionFactory(update_version=decided, **recorded_at(LATER))
    sent = UpdateVersionFactory(update__commitment=new, **recorded_at(SINCE))
    unchanged, reviewed, linked, added = (
        EvidenceFactory(**recorded_at(moment)) for moment in (EARLIER,) * 3 + (LATER,)
    )
    review = EvidenceReviewFactory(evidence=reviewed, **recorded_at(LATER))
    EvidenceReviewFactory(evidence=unchanged, **recorded_at(EARLIER))
    EvidenceLinkFactory(evidence=linked, **recorded_at(LATER))
    ReadingFactory(**recorded_at(EARLIER))
    reading = ReadingFactory(**recorded_at(LATER))
    AssessmentFactory(**recorded_at(EARLIER))
    assessment = AssessmentFactory(**recorded_at(LATER))

    assert ids_since(client, "commitments") == [
        moved.pk, happened.pk, new.pk, proposed.pk, answered.pk, corrected.pk,
    ]  # fmt: skip
    assert ids_since(client, "updates") == [decided.update_id, sent.update_id]
    assert sorted(ids_since(client, "evidence")) == [reviewed.pk, linked.pk, added.pk]
    assert ids_since(client, "reviews") == [review.pk]
    assert ids_since(client, "readings") == [reading.pk]
    assert ids_since(client, "assessments") == [assessment.pk]
    assert ids_since(client, "updates", EARLIER) == [waiting_version.update_id, decided.update_id, sent.update_id]
    assert ids_since(client, "updates", LATER + timedelta(seconds=1)) == []


@pytest.mark.usefixtures("officer")
def test_recorded_since_selects_dialogues_planned_recorded_called_off_or_followed_up(client):
    earlier = {"entered_at": EARLIER, "entered_by": RecorderFactory(), **recorded_at(EARLIER)}
    DialogueFactory(**earlier)
    planned = DialogueFactory(**earlier | {"entered_at": LATER} | recorded_at(None), recorded_by=None)
    recorded, stepped, done, promised = (DialogueFactory(**earlier | recorded_at(m)) for m in (LATER, *(EARLIER,) * 3))
    NextStepFactory(dialogue=stepped, **recorded_at(LATER))
    NextStepDoneFactory(step__dialogue=done, step__recorded_at=EARLIER, **recorded_at(LATER))
    CommitmentFactory(dialogue=promised, **recorded_at(LATER))
    called_off = DialogueFactory(
        **earlier | recorded_at(None), recorded_by=None,
        called_off_at=LATER, called_off_by=RecorderFactory(), called_off_reason="The minister travels.",
    )  # fmt: skip

    listed_ids = ids_since(client, "dialogues")

    assert sorted(listed_ids) == sorted(row.pk for row in (planned, recorded, stepped, done, promised, called_off))


def test_recorded_since_does_not_reveal_hidden_rows_to_a_ministry(client, focal_point, police):
    own, others = BenchmarkFactory(), BenchmarkFactory()
    dialogue = DialogueFactory(**recorded_at(LATER))
    commitment = CommitmentFactory(ministry=police, dialogue=dialogue, benchmarks=[own], **recorded_at(EARLIER))
    NextStepFactory(dialogue=dialogue, **recorded_at(LATER))
    CommitmentFactory(dialogue=dialogue, **recorded_at(LATER))
    sent = UpdateVersionFactory(update__commitment=commitment, **recorded_at(EARLIER))
    answered, silent = (EvidenceFactory(update_version=sent, supports=[own], **recorded_at(EARLIER)) for _ in range(2))
    shared = EvidenceFactory(commitment=commitment, sensitivity=Sensitivity.SHARED, **recorded_at(EARLIER))
    EvidenceReviewFactory(evidence=answered, evidence_link=answered.evidence_links.get(), **recorded_at(LATER))
    EvidenceReviewFactory(
        evidence_link=EvidenceLinkFactory(evidence=silent, benchmark=others, **recorded_at(LATER)), **recorded_at(LATER)
    )
    EvidenceReviewFactory(evidence=shared, **recorded_at(LATER))

    assert ids_since(client, "dialogues") == []
    assert ids_since(client, "dialogues", EARLIER) == [dialogue.pk]
    assert ids_since(client, "evidence") == [answered.pk]
    client.force_login(OfficerFactory())
    assert sorted(ids_since(client, "evidence")) == [answered.pk, silent.pk, shared.pk]


AMBIGUOUS_MOMENTS = {
    "2022-01-15T12:00:00": "The time zone is missing.",
    "2022-01-15": "The time zone is missing.",
    "yesterday": "“yesterday” is not a date with a time.",
    "0001-01-01T00:00:00Z": "is out of range",
}


@pytest.mark.parametrize(
    "name", ["commitments", "updates", "evidence", "reviews", "dialogues", "readings", "assessments"]
)
@pytest.mark.usefixtures("officer")
def test_an_ambiguous_moment_is_refused(client, name):
    for moment, sentence in AMBIGUOUS_MOMENTS.items():
        response = client.get(f"/api/v1/{name}/", {"recorded_since": moment})

        assert response.status_code == 400
        assert list(response.json()) == ["recorded_since"]
        assert sentence in response.text
    far_zone = {"recorded_since": "2842-02-11T13:52:07+19:29"}
    assert client.get(f"/api/v1/{name}/", far_zone).json()["results"] == []


def test_recorded_since_lists_each_row_once_across_pages(client, officer):
    rows = [EvidenceFactory(**recorded_at(SINCE)) for _ in range(5)]
    EvidenceFactory(**recorded_at(EARLIER))
    url, listed_ids = f"/api/v1/evidence/?page_size=2&recorded_since={SINCE.isoformat()}", []
    while url:
        page = client.get(url).json()
        listed_ids += [row["id"] for row in page["results"]]
        url = page["next"]

    assert listed_ids == [row.pk for row in reversed(rows)]


# --- Sending and answering --------------------------------------------------------------------------------------------


@pytest.fixture
def commitment_of_police(police):
    """A commitment of the police on a counted benchmark."""
    EditionFactory()
    benchmark = BenchmarkFactory(terms__rule=Rule.MORE)
    return CommitmentFactory(ministry=police, benchmarks=[benchmark])


def update_body(commitment, **more):
    return {
        "commitment": commitment.pk,
        "title": "Ten officers were trained",
        "narrative": "We trained them in Maseru.",
        "claimed": "under_way",
        "happened_from": "2022-01-10",
        "happened_to": "2022-01-12",
    } | more


def test_an_update_is_sent_with_its_figures(client, focal_point, commitment_of_police):
    indicator = commitment_of_police.benchmarks.get().current_terms.indicator
    figures = [{"indicator": indicator.pk, "figure": "16", "through_on": "2021-12-31"}]

    response = post(client, "updates", update_body(commitment_of_police, figures=figures))

    assert response.status_code == 201
    sent = UpdateVersion.objects.get()
    answer = response.json()
    assert answer["commitment"] == commitment_of_police.pk
    assert answer["versions"][0]["id"] == sent.pk
    assert answer["versions"][0]["recorded_by"] == "Thabo Mokoena"
    assert sent.claimed is not None
    assert [(reading.figure, reading.through_on) for reading in sent.readings.all()] == [(16, date(2021, 12, 31))]
    assert [piece.title for piece in sent.evidence.all()] == [
        f"Ten officers were trained ({indicator.name}: 16, from 1 April 2021 to 31 December 2021)"
    ]


def test_an_update_is_sent_with_files(client, focal_point, commitment_of_police):
    indicator = commitment_of_police.benchmarks.get().current_terms.indicator
    body = update_body(
        commitment_of_police,
        files=[SimpleUploadedFile(name, PDF) for name in ("list.pdf", "photo of the list.pdf")],
        figures=json.dumps([{"indicator": indicator.pk, "direction": "up", "through_on": "2021-12-31"}]),
        happened_from="",
    )

    response = client.post("/api/v1/updates/", body)

    assert response.status_code == 201, response.content
    sent = UpdateVersion.objects.get()
    *papers, figure = sent.evidence.order_by("pk")
    assert [piece.file.name for piece in papers] == ["list.pdf", "photo of the list.pdf"]
    assert {piece.happened_from for piece in papers} == {None}
    assert (figure.kind, figure.file, figure.happened_from) == ("statistic", None, date(2021, 4, 1))
    assert [reading.direction for reading in sent.readings.all()] == [ReadingDirection.UP]


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"figures": "sixteen"}, "figures", "as JSON text"),
        ({"figures": '{"indicator": 1}'}, "figures", "as JSON text"),
        ({"files": "not a file"}, "files", "not a file"),
        ({"claimed": "finished"}, "claimed", "finished"),
        ({"happened_to": ""}, "happened_to", "Give a date, such as"),
    ],
)
def test_invalid_fields_of_an_update_are_refused_by_field(client, commitment_of_police, change, field, sentence):
    client.force_login(FocalPointFactory(ministry=commitment_of_police.ministry))

    response = client.post("/api/v1/updates/", update_body(commitment_of_police, **change))

    assert response.status_code == 400
    assert list(response.json()) == [field]
    assert sentence in json.dumps(response.json())
    assert not UpdateVersion.objects.exists()


@pytest.mark.parametrize(
    ("change", "expected_text"),
    [
        ({"narrative": "1 " * 10_001}, {"narrative": "Shorten this to 20000 characters. It has 20001."}),
        ({"title": "x" * 401}, {"title": "Shorten this to 400 characters. It has 401."}),
        ({"figures": [{}] * 201}, {"figures": "Give at most 200 at a time."}),
    ],
)
def test_an_update_with_too_many_items_is_refused_before_any_lookup(
    client, commitment_of_police, change, expected_text, django_assert_max_num_queries
):
    client.force_login(FocalPointFactory(ministry=commitment_of_police.ministry))

    with django_assert_max_num_queries(15):
        response = post(client, "updates", update_body(commitment_of_police, **change))

    assert response.status_code == 400
    assert {
        name: sentence for name, sentence in expected_text.items() if sentence in json.dumps(response.json()[name])
    } == expected_text


def test_texts_of_a_body_are_refused_where_they_are_too_long_together(client, officer, waiting_version):
    reviews = [review_body(waiting_version, reason="x" * 3_999)] * 30

    response = post(client, f"update-versions/{waiting_version.pk}/accept", {"reviews": reviews})

    assert response.status_code == 400
    (sentence,) = response.json()["non_field_errors"]
    assert re.fullmatch(r"Together, the texts have 120\d+ characters. Shorten them to 100000.", sentence)


def test_invisible_characters_are_removed_from_texts(client, focal_point, commitment_of_police):
    body = update_body(
        commitment_of_police, title="Ten \u202eofficers\n\u200bcame", narrative="We\ntrained\u2066 them."
    )

    response = post(client, "updates", body)

    assert response.status_code == 201
    sent = UpdateVersion.objects.get()
    assert sent.narrative == "We\ntrained them."
    assert sent.evidence.get().title == "Ten officers came"


def test_a_refused_update_answers_409_with_the_sentence_and_its_field(client, focal_point, commitment_of_police):
    response = post(client, "updates", update_body(commitment_of_police, happened_to="2022-01-29"))

    assert response.status_code == 409
    assert response.json() == {
        "detail": "This date is in the future. Enter a date up to today, 28 January 2022.",
        "code": "future_day",
        "field": "happened_to",
    }


def test_a_file_that_is_not_what_it_claims_answers_409(client, focal_point, commitment_of_police):
    response = client.post(
        "/api/v1/updates/", update_body(commitment_of_police, files=[SimpleUploadedFile("list.pdf", b"<html>")])
    )

    assert response.status_code == 409
    assert (response.json()["code"], response.json()["field"]) == ("file_rejected", "files")
    assert not EvidenceFile.objects.exists()


def test_files_too_large_together_are_refused_before_any_is_kept(client, focal_point, commitment_of_police, settings):
    settings.UPLOAD_MAX_TOTAL_BYTES = 1024 * 1024
    files = [SimpleUploadedFile(name, PDF + b"\n" * 600_000) for name in ("one.pdf", "two.pdf")]

    response = client.post("/api/v1/updates/", update_body(commitment_of_police, files=files))

    assert response.status_code == 409
    assert (response.json()["code"], response.json()["field"]) == ("too_large", "files")
    assert not EvidenceFile.objects.exists()
    assert not UpdateVersion.objects.exists()


@pytest.mark.parametrize(
    ("limit", "code"), [("UPLOAD_MAX_UPDATE_BYTES", "too_large"), ("UPLOAD_MAX_MINISTRY_BYTES", "quota_exceeded")]
)
@pytest.mark.usefixtures("focal_point")
def test_files_beyond_a_limit_leave_nothing_behind(client, commitment_of_police, settings, limit, code):
    setattr(settings, limit, len(PDF) * 3 // 2)
    files = [SimpleUploadedFile(name, PDF) for name in ("one.pdf", "two.pdf")]

    response = client.post("/api/v1/updates/", update_body(commitment_of_police, files=files))

    assert response.status_code == 409
    assert (response.json()["code"], response.json()["field"]) == (code, "files")
    assert not EvidenceFile.objects.exists()
    assert not UpdateVersion.objects.exists()


def test_more_files_than_an_update_holds_are_refused_before_any_is_kept(
    client, focal_point, commitment_of_police, settings
):
    files = [SimpleUploadedFile(f"{number}.pdf", PDF) for number in range(settings.UPLOAD_MAX_FILES + 1)]

    response = client.post("/api/v1/updates/", update_body(commitment_of_police, files=files))

    assert response.status_code == 400
    assert list(response.json()) == ["files"]
    assert not EvidenceFile.objects.exists()


def test_an_update_of_more_parts_than_a_request_may_hold_answers_400_as_json(client, focal_point, commitment_of_police):
    body = update_body(commitment_of_police, files=[SimpleUploadedFile(f"{number}.pdf", PDF) for number in range(101)])
    boundary = "a-boundary"

    response = client.generic(
        "POST",
        "/api/v1/updates/",
        encode_multipart(boundary, body),
        content_type=f"multipart/form-data; boundary={boundary}",
    )

    assert response.status_code == 400
    assert response.json() == {"detail": "The body is too large. Send less at a time."}


@pytest.fixture
def waiting_version(commitment_of_police):
    """An update of the police that claims “done”, with one piece of evidence on one benchmark."""
    sent = UpdateVersionFactory(update__commitment=commitment_of_police, claimed=ClaimedProgress.DONE)
    CommitmentEventFactory(
        commitment=commitment_of_police,
        kind=CommitmentEventKind.REPORTED_DONE,
        happened_on=date(2022, 1, 10),
        update_version=sent,
        recorded_by=sent.recorded_by,
    )
    EvidenceFactory(update_version=sent, supports=[commitment_of_police.benchmarks.get()])
    return sent


def review_body(sent, **more):
    evidence = sent.evidence.get()
    return {
        "evidence": evidence.pk,
        "evidence_link": evidence.evidence_links.get().pk,
        "decision": "verified",
        "reason": "We saw the list.",
    } | more


def test_a_version_is_accepted_link_by_link_and_what_it_claimed_done_is_verified(client, officer, waiting_version):
    response = post(
        client,
        f"update-versions/{waiting_version.pk}/accept",
        {"reviews": [review_body(waiting_version)], "reason": "It is done."},
    )

    assert response.status_code == 201, response.content
    assert response.json() == {
        "id": UpdateVersionDecision.objects.get().pk,
        "decision": "accepted",
        "reason": "It is done.",
        "recorded_at": response.json()["recorded_at"],
        "recorded_by": "Officer Orr",
    }
    assert EvidenceReview.objects.get().reason == "We saw the list."
    (commitment,) = results(client, "commitments")
    assert commitment["status"] == "verified_done"


def test_a_version_is_returned_with_its_reason(client, officer, waiting_version):
    response = post(client, f"update-versions/{waiting_version.pk}/return", {"reason": "The list has no dates."})

    assert response.status_code == 201
    assert (response.json()["decision"], response.json()["reason"]) == ("returned", "The list has no dates.")
    assert waiting_version.decision.decision == UpdateDecision.RETURNED


def test_a_version_decided_meanwhile_answers_409(client, officer, waiting_version):
    post(client, f"update-versions/{waiting_version.pk}/return", {"reason": "The list has no dates."})

    response = post(
        client,
        f"update-versions/{waiting_version.pk}/accept",
        {"reviews": [review_body(waiting_version)], "reason": "It is done."},
    )

    assert response.status_code == 409
    assert response.json()["code"] == "edit_conflict"


def test_accepting_half_a_version_answers_409(client, officer, waiting_version):
    response = post(client, f"update-versions/{waiting_version.pk}/accept", {"reviews": []})

    assert response.status_code == 409
    assert response.json()["code"] == "missing_reviews"
    assert not UpdateVersionDecision.objects.exists()


def test_a_ministry_withdraws_a_version_and_everybody_reads_who_did(client, police, waiting_version):
    person = FocalPointFactory(ministry=police, name="Lepota Sekola")
    client.force_login(person)

    response = post(client, f"update-versions/{waiting_version.pk}/withdraw", {"reason": "The wrong list."})

    assert response.status_code == 201, response.content
    read = response.json()
    assert (read["decision"], read["reason"], read["recorded_by"]) == ("withdrawn", "The wrong list.", "Lepota Sekola")
    (commitment,) = results(client, "commitments")
    assert [event["kind"] for event in commitment["events"]] == ["made", "reported_done", "report_withdrawn"]
    assert commitment["events"][-1]["recorded_by"] == "Lepota Sekola"
    assert commitment["status"] != "with_embassy"
    again = post(client, f"update-versions/{waiting_version.pk}/withdraw", {})
    assert (again.status_code, again.json()["code"]) == (409, "edit_conflict")

    client.force_login(OfficerFactory())
    refused = post(client, f"update-versions/{waiting_version.pk}/return", {"reason": "The list has no dates."})
    assert (refused.status_code, refused.json()["code"]) == (409, "edit_conflict")
    (update,) = results(client, "updates")
    assert update["versions"][0]["decision"]["recorded_by"] == "Lepota Sekola"


def test_the_embassys_decision_names_nobody_to_a_ministry(client, police):
    UpdateVersionFactory(update__commitment=CommitmentFactory(ministry=police), returned=True)
    client.force_login(FocalPointFactory(ministry=police))

    (update,) = results(client, "updates")

    assert update["versions"][0]["decision"]["recorded_by"] == "The embassy"


def test_a_commitment_has_the_due_dates_that_its_ministry_proposed_with_their_answers(client, police):
    commitment = CommitmentFactory(ministry=police)
    person = FocalPointFactory(ministry=police, name="Lepota Sekola")
    answered = DueDateProposalFactory(commitment=commitment, recorded_by=person, reason="The printer is late.")
    answer = DueDateProposalDecisionFactory(proposal=answered)
    waits = DueDateProposalFactory(
        commitment=commitment, due_on=date(2022, 3, 1), recorded_at=at_noon(date(2022, 1, 20))
    )
    others = DueDateProposalFactory(reason="Another ministry's.")

    def read(by):
        client.force_login(by)
        (row,) = [row for row in results(client, "commitments") if row["id"] == commitment.pk]
        return row["due_date_proposals"]

    first, second = read(person)
    assert first == {
        "id": answered.pk,
        "due_on": "2022-02-15",
        "reason": "The printer is late.",
        "recorded_at": "2022-01-10T12:00:00+02:00",
        "recorded_by": "Lepota Sekola",
        "decision": {
            "decision": "declined",
            "reason": "It is late.",
            "recorded_at": "2022-01-10T12:00:00+02:00",
            "recorded_by": "The embassy",
        },
    }
    assert (second["id"], second["decision"]) == (waits.pk, None)
    first, _ = read(OfficerFactory())
    assert first["decision"]["recorded_by"] == answer.recorded_by.name
    client.force_login(person)
    assert others.reason not in client.get("/api/v1/commitments/").text


@pytest.mark.parametrize("verb", ["accept", "return"])
@pytest.mark.parametrize("factory", [AmbassadorFactory, ObserverFactory])
def test_deciding_without_permission_gives_403_for_any_body(client, waiting_version, verb, factory):
    client.force_login(factory())

    assert post(client, f"update-versions/{waiting_version.pk}/{verb}", {}).status_code == 403


@pytest.mark.parametrize(
    ("path", "may"),
    [
        ("updates", [FocalPointFactory]),
        ("reviews", [OfficerFactory, AmbassadorFactory]),
        ("assessments", [OfficerFactory]),
        ("briefings", [OfficerFactory, AmbassadorFactory]),
    ],
)
def test_writing_without_permission_gives_403_before_the_body_is_read(client, path, may):
    EditionFactory()
    for factory in (OfficerFactory, AmbassadorFactory, ObserverFactory, FocalPointFactory):
        client.force_login(factory())
        assert post(client, path, {"kind": "none of them"}).status_code == (400 if factory in may else 403), factory


def test_a_review_is_written(client, officer):
    evidence = EvidenceFactory(happened_from=None, supports=[BenchmarkFactory()])
    body = {
        "evidence": evidence.pk,
        "evidence_link": evidence.evidence_links.get().pk,
        "decision": "rejected",
        "reason": "The date is wrong.",
        "first_on": "2022-01-09",
    }

    response = post(client, "reviews", body)

    assert response.status_code == 201, response.content
    assert response.json().items() >= body.items()
    assert EvidenceReview.objects.get().recorded_by == officer


def test_nobody_reviews_their_own_evidence(client, officer):
    evidence = EvidenceFactory(recorded_by=officer)

    response = post(client, "reviews", {"evidence": evidence.pk, "decision": "verified", "reason": "It is mine."})

    assert response.status_code == 409
    assert response.json()["code"] == "needs_second_person"
    assert not EvidenceReview.objects.exists()


def test_a_benchmark_is_assessed(client, officer):
    benchmark = BenchmarkFactory()
    evidence = EvidenceFactory(supports=[benchmark])
    body = {
        "benchmark": benchmark.pk,
        "verdict": "met",
        "rationale": "The act is in force.",
        "law": "22 U.S.C. 7106(b)(1)",
        "evidence": [evidence.pk],
    }

    response = post(client, "assessments", body)

    assert response.status_code == 201, response.content
    assert response.json().items() >= body.items()
    assert Assessment.objects.get().recorded_by == officer


def test_evidence_of_an_assessment_is_looked_up_without_a_query_each(client, officer, django_assert_max_num_queries):
    benchmark = BenchmarkFactory()
    ids = [EvidenceFactory().pk for _ in range(30)]
    body = {
        "benchmark": benchmark.pk,
        "verdict": "met",
        "rationale": "So.",
        "law": "So.",
        "evidence": [*ids, 987654321],
    }

    with django_assert_max_num_queries(15):
        refused = post(client, "assessments", body)

    assert refused.json() == {"evidence": ["You can see no row with the id 987654321. Use an id from the list."]}
    too_many = post(client, "assessments", body | {"evidence": ids * 7})
    assert too_many.json() == {"evidence": ["Give at most 200 at a time."]}


def test_nothing_can_be_changed_or_deleted(client, officer, waiting_version):
    evidence = waiting_version.evidence.get()

    answers = [
        getattr(client, method)(f"/api/v1/evidence/{evidence.pk}/").status_code for method in ("put", "patch", "delete")
    ]

    assert answers == [405, 405, 405]


# --- Ids in a body ----------------------------------------------------------------------------------------------------


@pytest.fixture
def hidden_ids():
    """Return rows of another country by field name. Neither a ministry nor an officer here sees them."""
    elsewhere = CountryFactory(elsewhere=True)
    ministry = MinistryFactory(country=elsewhere)
    benchmark = BenchmarkFactory(recommendation__edition__country=elsewhere, terms__rule=Rule.MORE)
    commitment = CommitmentFactory(ministry=ministry, benchmarks=[benchmark])
    evidence = EvidenceFactory(commitment=commitment, supports=[benchmark])
    return {
        "commitment": commitment.pk,
        "indicator": benchmark.current_terms.indicator_id,
        "evidence": evidence.pk,
        "evidence_link": evidence.evidence_links.get().pk,
        "benchmark": benchmark.pk,
    }


def response_without_id(client, path, body, name, pk):
    """Return the answer to `body` with every `name` set to `pk`, without that number."""

    def replace_id(part):
        if isinstance(part, list):
            return [replace_id(each) for each in part]
        if isinstance(part, dict):
            return {
                key: ([pk] if isinstance(value, list) and key == "evidence" else pk)
                if key == name
                else replace_id(value)
                for key, value in part.items()
            }
        return part

    response = post(client, path, replace_id(body))
    return response.status_code, response.content.decode().replace(str(pk), "ID")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("updates", "commitment"),
        ("updates", "indicator"),
        ("reviews", "evidence"),
        ("reviews", "evidence_link"),
        ("accept", "evidence"),
        ("accept", "evidence_link"),
        ("assessments", "benchmark"),
        ("assessments", "evidence"),
    ],
)
def test_an_unknown_and_a_hidden_id_in_a_body_give_the_same_field_error(
    client, waiting_version, hidden_ids, path, name
):
    commitment_of_police = waiting_version.update.commitment
    benchmark = commitment_of_police.benchmarks.get()
    bodies = {
        "updates": update_body(
            commitment_of_police, figures=[{"indicator": 0, "figure": 1, "through_on": "2021-12-31"}]
        ),
        "reviews": review_body(waiting_version),
        "accept": {"reviews": [review_body(waiting_version)], "reason": "It is done."},
        "assessments": {"benchmark": benchmark.pk, "verdict": "met", "rationale": "So.", "law": "So.", "evidence": []},
    }
    sender = FocalPointFactory(ministry=commitment_of_police.ministry)
    client.force_login(sender if path == "updates" else OfficerFactory())
    address = f"update-versions/{waiting_version.pk}/accept" if path == "accept" else path

    of_unseen, of_unknown, of_huge = (
        response_without_id(client, address, bodies[path], name, pk) for pk in (hidden_ids[name], 987654321, 10**30)
    )

    assert of_unseen == of_unknown == of_huge
    assert of_unseen[0] == 400
    assert "You can see no row with the id ID." in of_unseen[1]
