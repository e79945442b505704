"""The pages of commitments: history, new commitment and changes."""

from datetime import date

import pytest
from django.urls import reverse

from dialogues.choices import (
    ClaimedProgress,
    CommitmentEventKind,
    CommitmentReach,
    CommitmentStatus,
    Sensitivity,
    UpdateDecision,
)
from dialogues.models import Commitment
from tests.edition_urls import edition_url
from tests.factories import (
    AmbassadorFactory,
    BenchmarkFactory,
    CommitmentEventFactory,
    CommitmentFactory,
    CountryFactory,
    DialogueFactory,
    EditionFactory,
    EvidenceFactory,
    EvidenceReviewFactory,
    FocalPointFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
    RecommendationFactory,
    RecorderFactory,
    UpdateVersionDecisionFactory,
    UpdateVersionFactory,
    at_noon,
)
from tests.refusals import shows_refusal
from tiptracker.choices import Role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def current_edition():
    """An edition that the pages belong to."""
    RecommendationFactory(number=99, lead=None)


VERBS = ("reschedule", "withdraw", "reopen", "report_done", "verify_done")


def row_url(name, row, *, query=""):
    return f"{reverse(name, args=[row.pk])}{query}"


def listed_commitments(response):
    return [line.commitment for line in response.context["lines"]]


# --- One commitment ---------------------------------------------------------------------------------------------------


def timeline_entries(response):
    return [(entry.day, entry.speaker, entry.title, entry.verb) for entry in response.context["entries"]]


def test_commitment_detail_tells_one_story_newest_first(client):
    benchmark = BenchmarkFactory(terms__criterion="Ten districts have one.")
    row = CommitmentFactory(
        benchmarks=[benchmark], benchmarks__reach=CommitmentReach.MEETS, made__due_on=date(2021, 12, 17)
    )
    sent = UpdateVersionFactory(update__commitment=row, happened_on=date(2021, 12, 3), returned=True)
    CommitmentEventFactory(
        commitment=row, kind=CommitmentEventKind.RESCHEDULED, happened_on=date(2021, 12, 17), due_on=date(2022, 2, 11)
    )
    EvidenceFactory(
        commitment=row, title="Two posts seen", happened_to=date(2022, 1, 20), supports=[benchmark], verified=True
    )
    client.force_login(OfficerFactory())

    response = client.get(row_url("commitment_detail", row))

    assert timeline_entries(response)[-4:] == [
        (date(2021, 12, 17), "embassy", "Due date moved to 11 February 2022", "recorded"),
        (date(2021, 12, 3), "embassy", "", "returned"),
        (date(2021, 12, 3), "ministry", "Update 1", "claimed"),
        (date(2021, 11, 8), "ministry", "Commitment made in writing: Letter of 8 November 2021", "promised"),
    ]
    assert (date(2022, 1, 20), "record", "Two posts seen", "claimed") in timeline_entries(response)
    assert (
        date(2022, 1, 20),
        "embassy",
        f"“Two posts seen”, benchmark {benchmark.key}",
        "verified",
    ) in timeline_entries(response)
    assert sent.narrative in response.text
    assert 'Due on Friday, <time datetime="2022-02-11">11 February 2022</time>.' in response.text
    assert "First due 17 Dec 2021, moved once." in response.text
    assert "Earlier due date: 17 December 2021" in response.text
    assert "Ten districts have one." in response.text
    assert "Meets the whole benchmark" in response.text


@pytest.mark.parametrize("spoken_of", [date(2022, 1, 3), date(2022, 1, 10)])
def test_commitment_detail_shows_a_corrected_version_after_the_reply_to_the_first(client, spoken_of):
    row = CommitmentFactory()
    first = UpdateVersionFactory(update__commitment=row, happened_on=spoken_of, recorded_at=at_noon(date(2022, 1, 10)))
    UpdateVersionDecisionFactory(
        update_version=first, decision=UpdateDecision.RETURNED, recorded_at=at_noon(date(2022, 1, 10))
    )
    again = UpdateVersionFactory(
        update=first.update, happened_on=spoken_of, recorded_at=at_noon(date(2022, 1, 10)), narrative="Mended."
    )
    UpdateVersionDecisionFactory(
        update_version=again, decision=UpdateDecision.ACCEPTED, recorded_at=at_noon(date(2022, 1, 12))
    )
    client.force_login(OfficerFactory())

    response = client.get(row_url("commitment_detail", row))

    assert timeline_entries(response)[:4] == [
        (date(2022, 1, 12), "embassy", "", "accepted"),
        (date(2022, 1, 10), "ministry", "Update 1, version 2", "claimed"),
        (date(2022, 1, 10), "embassy", "", "returned"),
        (date(2022, 1, 10), "ministry", "Update 1", "claimed"),
    ]
    assert response.text.count(f"Date: {spoken_of.day} January 2022.") == 2


def test_commitment_detail_says_that_a_fact_before_the_window_does_not_count(client):
    EditionFactory()
    row = CommitmentFactory(benchmarks=[BenchmarkFactory()])
    EvidenceFactory(commitment=row, happened_to=date(2021, 2, 10))
    client.force_login(OfficerFactory())

    assert "does not count: before 1 April 2021" in client.get(row_url("commitment_detail", row)).text


def test_commitment_detail_shows_a_ministry_only_its_own_data(client):
    benchmark = BenchmarkFactory(terms__criterion="Ten districts have one.")
    row = CommitmentFactory(
        benchmarks=[benchmark],
        letter="",
        dialogue=DialogueFactory(place="Maseru", purpose="PURPOSE", record="RECORD", agreed="AGREED"),
    )
    CommitmentEventFactory(
        commitment=row,
        kind=CommitmentEventKind.RESCHEDULED,
        happened_on=date(2021, 12, 17),
        due_on=date(2022, 2, 11),
        reason="CANDID REASON",
    )
    sent = UpdateVersionFactory(update__commitment=row, returned=True)
    EvidenceFactory(commitment=row, title="INTERNAL", sensitivity=Sensitivity.INTERNAL)
    EvidenceFactory(
        commitment=row,
        title="Shared letter",
        sensitivity=Sensitivity.SHARED,
        supports=[benchmark],
        verified=True,
    )
    client.force_login(FocalPointFactory(ministry=row.ministry, name="Own Colleague"))

    text = client.get(row_url("commitment_detail", row)).text

    assert "Ten districts have one." in text
    assert "Shared letter" in text
    assert sent.decision.reason in text
    assert "Correct the update" in text
    for secret in (
        "PURPOSE", "RECORD", "AGREED", "CANDID REASON", "INTERNAL", "contributes", "concrete action",
        "Seen with our own eyes", sent.decision.recorded_by.name, RecorderFactory().name, "does not count", "My tasks",
        "Move the due date",
    ):  # fmt: skip
        assert secret not in text, secret


def test_a_ministry_reads_the_names_of_its_senders_wherever_they_work_now_and_none_of_the_embassys(client):
    row = CommitmentFactory(benchmarks=[BenchmarkFactory()])
    left = FocalPointFactory(ministry=row.ministry, name="Has Left")
    sent = UpdateVersionFactory(update__commitment=row, recorded_by=left)
    came = OfficerFactory(name="Came From The Embassy")
    UpdateVersionDecisionFactory(update_version=sent, recorded_by=came)
    EvidenceFactory(commitment=row, title="INTERNAL", recorded_by=came)
    EvidenceFactory(commitment=row, title="Shared letter", sensitivity=Sensitivity.SHARED, recorded_by=came)
    left.ministry = MinistryFactory(short_name="Elsewhere")
    left.save()
    came.countries.clear()
    came.role, came.ministry = Role.FOCAL_POINT, row.ministry
    came.save()
    client.force_login(FocalPointFactory(ministry=row.ministry))

    text = client.get(row_url("commitment_detail", row)).text

    assert "Has Left" in text
    assert "Shared letter" in text
    assert "Came From The Embassy" not in text
    assert "INTERNAL" not in text


@pytest.mark.parametrize("count", [1, 3])
def test_commitment_detail_query_count(client, django_assert_num_queries, count):
    row = CommitmentFactory(benchmarks=[BenchmarkFactory() for _ in range(count)])
    for _ in range(count):
        sent = UpdateVersionFactory(update__commitment=row, accepted=True)
        EvidenceFactory(update_version=sent, supports=row.benchmarks.all(), verified=True)
        EvidenceFactory(commitment=row, supports=row.benchmarks.all(), verified=True)
    client.force_login(OfficerFactory())

    # session, user, zone; commitment, events, edition; versions, readings; proposed due dates; evidence, evidence
    # links, readings, reviews; benchmarks, terms, links; links made later; may log, may change; tasks, name of the
    # post; what is proposed to go; agreed proof, and what came of it; internal notes
    with django_assert_num_queries(31):
        response = client.get(row_url("commitment_detail", row))

    assert len(response.context["entries"]) == 1 + 4 * count + count * count


def test_commitment_detail_is_404_for_people_who_may_not_see_it(client):
    row = CommitmentFactory()
    for user in (FocalPointFactory(), OfficerFactory(countries=[CountryFactory(elsewhere=True)])):
        client.force_login(user)
        assert client.get(row_url("commitment_detail", row)).status_code == 404


def next_step_for(client, user, row):
    client.force_login(user)
    return client.get(row_url("commitment_detail", row)).context["next"]


def test_commitment_detail_names_what_is_needed_next_and_one_button(client):
    officer, observer = OfficerFactory(), ObserverFactory()
    row = CommitmentFactory(ministry=MinistryFactory(name="Ministry of Police"))
    police = FocalPointFactory(ministry=row.ministry)

    assert next_step_for(client, officer, row).action == "Log progress"
    assert next_step_for(client, police, row).action == "Send an update"
    assert next_step_for(client, observer, row) == (
        "The ministry has to act, and send an update with the proof.",
        "",
        "",
    )

    sent = UpdateVersionFactory(update__commitment=row, claimed=ClaimedProgress.DONE)
    assert next_step_for(client, officer, row)[1:] == (row_url("version_detail", sent), "Review the update")
    assert next_step_for(client, observer, row).action == "Read the update"
    assert next_step_for(client, police, row) == (
        (
            "We have your update of 10 January 2022. You need not do anything now. An officer will accept it, or "
            "return it and say what to change. You will see our reply here and on your home page."
        ),
        "",
        "",
    )


def test_commitment_detail_asks_another_officer_to_verify_what_one_reported(client):
    reporter, other = OfficerFactory(), OfficerFactory(email="other@example.com")
    row = CommitmentFactory(united_states=True)
    assert next_step_for(client, reporter, row).action == "Report the commitment done"
    CommitmentEventFactory(
        commitment=row, kind=CommitmentEventKind.REPORTED_DONE, happened_on=date(2022, 1, 20), recorded_by=reporter
    )

    unproven = next_step_for(client, other, row)
    assert (unproven.action, "verified evidence of what was done" in unproven.sentence) == ("Log progress", True)
    piece = EvidenceFactory(commitment=row, supports=[BenchmarkFactory()])
    assert next_step_for(client, other, row)[1:] == (row_url("evidence_detail", piece), "Review the evidence")
    for evidence_link in piece.evidence_links.all():
        EvidenceReviewFactory(evidence_link=evidence_link)
    assert next_step_for(client, other, row).action == "Verify the commitment as done"
    assert next_step_for(client, reporter, row).sentence.endswith("Another officer has to verify it.")
    assert next_step_for(client, reporter, row).action == ""


def test_commitment_detail_asks_for_another_look_at_evidence_that_came_after_the_verification(client):
    row = CommitmentFactory(done=True)
    assert next_step_for(client, OfficerFactory(), row) == (
        "The commitment is verified as done. Nothing is needed.",
        "",
        "",
    )

    later = EvidenceFactory(commitment=row, happened_to=date(2022, 1, 20))
    assert next_step_for(client, OfficerFactory(), row)[1:] == (
        row_url("evidence_detail", later),
        "Open the new evidence",
    )


# --- A new one --------------------------------------------------------------------------------------------------------


def form_data(**changed):
    rows = {"links-TOTAL_FORMS": "2", "links-INITIAL_FORMS": "0"}
    form = {
        "made_by": "ministry",
        "ministry": MinistryFactory(short_name="Police").pk,
        "text": "Train every district focal point.",
        "made_on": "2022-01-20",
        "due_on": "2022-02-20",
        "letter": "Letter of 20 January 2022",
        "horizon": "short_term",
    }
    return rows | form | changed


def test_commitment_add_records_the_promise_and_what_it_goes_towards(client):
    benchmark = BenchmarkFactory()
    client.force_login(OfficerFactory())

    response = client.post(
        reverse("commitment_add"), form_data(**{"links-0-benchmark": benchmark.pk, "links-0-reach": "meets"})
    )

    row = Commitment.objects.get()
    assert response.headers["Location"] == row_url("commitment_detail", row)
    assert row.text == "Train every district focal point."
    assert [(link.benchmark, link.reach) for link in row.links.all()] == [(benchmark, CommitmentReach.MEETS)]
    assert row.standing_on(date(2022, 1, 28))[:2] == (CommitmentStatus.OPEN, date(2022, 2, 20))


def test_commitment_add_begins_at_the_dialogue_it_was_opened_from_and_goes_on_there(client):
    BenchmarkFactory()
    dialogue = DialogueFactory()
    client.force_login(OfficerFactory())
    opened = edition_url("commitment_add", query={"dialogue": dialogue.pk})

    assert f'<option value="{dialogue.pk}" selected>' in client.get(opened).text

    response = client.post(reverse("commitment_add"), form_data(dialogue=dialogue.pk, letter="", another="yes"))
    assert response.headers["Location"] == opened


def test_commitment_add_offers_no_dialogue_that_is_to_come_or_was_called_off(client):
    BenchmarkFactory()
    held = DialogueFactory()
    DialogueFactory(planned=True)
    off = {"called_off_at": at_noon(date(2022, 1, 18)), "called_off_by": OfficerFactory(), "called_off_reason": "Busy"}
    DialogueFactory(planned=True, held_on=date(2022, 1, 20), **off)
    client.force_login(OfficerFactory())

    offered = client.get(reverse("commitment_add")).context["form"].fields["dialogue"].choices

    assert [value for value, _ in offered] == ["", str(held.pk)]


def test_commitment_add_begins_with_what_it_was_opened_from(client):
    lead = MinistryFactory()
    benchmark = BenchmarkFactory(recommendation=RecommendationFactory(lead=lead))
    BenchmarkFactory()
    client.force_login(OfficerFactory())

    page = client.get(f"{reverse('commitment_add')}?recommendation={benchmark.recommendation_id}")

    assert page.context["form"]["ministry"].value() == lead.pk
    assert page.context["links"][0]["benchmark"].value() == benchmark.pk


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"text": ""}, "text", "Fill this in."),
        ({"made_on": "2022-01-29"}, "made_on", "This date is in the future."),
        ({"made_on": "yesterday"}, "made_on", "Give the day as a date"),
        ({"due_on": "2022-01-01"}, "due_on", "before the date of the promise"),
        ({"ministry": ""}, "ministry", "Choose the ministry that made the commitment."),
        ({"ministry": "987654"}, "ministry", "Choose one from the list."),
        ({"made_by": "united_states"}, "ministry", "Leave this empty"),
        ({"letter": ""}, "dialogue", "Choose the dialogue"),
    ],
)
def test_commitment_add_refuses_beside_the_field_and_keeps_what_was_typed(client, changed, field, sentence):
    BenchmarkFactory()
    client.force_login(OfficerFactory())

    response = client.post(reverse("commitment_add"), form_data(**({"text": "Kept as typed."} | changed)))

    assert response.status_code == 422
    assert sentence in str(response.context["form"].errors[field])
    if "text" not in changed:
        assert "Kept as typed." in response.text
    assert not Commitment.objects.exists()


def test_commitment_add_sent_again_says_what_it_recorded_and_adds_nothing(client):
    benchmark = BenchmarkFactory()
    client.force_login(OfficerFactory())
    form = form_data(**{"links-0-benchmark": benchmark.pk, "links-0-reach": "meets"})

    client.post(reverse("commitment_add"), form)
    again = client.post(reverse("commitment_add"), form)

    row = Commitment.objects.get()
    assert again.status_code == 422
    assert shows_refusal(again, "duplicate")
    assert f'<a href="{row_url("commitment_detail", row)}">{row}</a>' in again.text
    for changed in ({"due_on": "2022-02-21"}, {"links-0-reach": "contributes"}):
        assert client.post(reverse("commitment_add"), form | changed).status_code == 302


def test_commitment_add_refuses_a_benchmark_named_twice(client):
    benchmark = BenchmarkFactory()
    client.force_login(OfficerFactory())

    response = client.post(
        reverse("commitment_add"), form_data(**{"links-0-benchmark": benchmark.pk, "links-1-benchmark": benchmark.pk})
    )

    assert response.status_code == 422
    assert "This benchmark is already named above." in response.text


def test_commitment_add_offers_another_line_without_judging_what_was_typed(client):
    benchmark = BenchmarkFactory()
    client.force_login(OfficerFactory())

    response = client.post(
        reverse("commitment_add"),
        form_data(**{"more": "links", "text": "", "due_on": "2022-02-20", "links-1-benchmark": benchmark.pk}),
    )

    assert response.status_code == 200
    assert 'name="links-2-benchmark"' in response.text
    assert f'<option value="{benchmark.pk}" selected>' in response.text
    assert 'value="2022-02-20"' in response.text
    assert "Fill this in." not in response.text


@pytest.mark.parametrize("reader", [ObserverFactory, AmbassadorFactory, FocalPointFactory])
def test_commitment_add_is_the_officers(client, reader):
    BenchmarkFactory()
    client.force_login(reader())
    assert client.get(reverse("commitment_add")).status_code == 403
    assert client.post(reverse("commitment_add"), form_data()).status_code == 403


# --- Verbs ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", VERBS)
def test_verbs_are_404_unseen_and_403_where_seen_but_not_allowed(client, verb):
    row = CommitmentFactory(united_states=verb == "report_done")
    for user, status in (
        (FocalPointFactory(), 404),
        (ObserverFactory(), 403),
        (AmbassadorFactory(), 403),
        (OfficerFactory(), 200),
    ):
        client.force_login(user)
        assert client.get(row_url(f"commitment_{verb}", row)).status_code == status
        if status != 200:
            assert client.post(row_url(f"commitment_{verb}", row), {}).status_code == status


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb != "report_done"])
def test_verbs_are_not_the_ministrys_own(client, verb):
    row = CommitmentFactory()
    client.force_login(FocalPointFactory(ministry=row.ministry))
    assert client.get(row_url(f"commitment_{verb}", row)).status_code == 403


@pytest.mark.parametrize(
    ("verb", "typed", "made", "status"),
    [
        (
            "reschedule",
            {"due_on": "2022-03-01", "reason": "They asked.", "on": "2022-01-28"},
            {},
            CommitmentStatus.OPEN,
        ),
        ("withdraw", {"reason": "Taken back.", "on": "2022-01-28"}, {}, CommitmentStatus.WITHDRAWN),
        ("reopen", {"reason": "Not so.", "on": "2022-01-28"}, {"done": True}, CommitmentStatus.OPEN),
        ("report_done", {"on": "2022-01-28"}, {"united_states": True}, CommitmentStatus.REPORTED),
    ],
)
def test_verbs_move_a_commitment(client, verb, typed, made, status):
    row = CommitmentFactory(**made)
    client.force_login(OfficerFactory())

    response = client.post(row_url(f"commitment_{verb}", row), typed)

    assert response.headers["Location"] == row_url("commitment_detail", row)
    assert row.standing_on(date(2022, 1, 28)).status == status


def test_commitment_verify_done_needs_proof_and_another_person(client):
    reporter, other = OfficerFactory(), OfficerFactory(email="other@example.com")
    row = CommitmentFactory(united_states=True)
    CommitmentEventFactory(
        commitment=row, kind=CommitmentEventKind.REPORTED_DONE, happened_on=date(2022, 1, 20), recorded_by=reporter
    )
    typed = {"reason": "We gave the course.", "on": "2022-01-28"}

    client.force_login(reporter)
    own = client.post(row_url("commitment_verify_done", row), typed)
    assert own.status_code == 422
    assert shows_refusal(own, "needs_second_person")

    client.force_login(other)
    unproven = client.post(row_url("commitment_verify_done", row), typed)
    assert unproven.status_code == 422
    assert shows_refusal(unproven, "unproven")
    assert "We gave the course." in unproven.text

    EvidenceFactory(commitment=row, supports=[BenchmarkFactory()], verified=True)
    assert client.post(row_url("commitment_verify_done", row), typed).status_code == 302
    assert row.standing_on(date(2022, 1, 28)).status == CommitmentStatus.VERIFIED


def test_the_second_to_move_a_commitment_sees_what_the_first_did_and_loses_nothing(client):
    row = CommitmentFactory()
    client.force_login(OfficerFactory())
    seen = client.get(row_url("commitment_reschedule", row)).context["form"]["seen"].value()
    CommitmentEventFactory(
        commitment=row,
        kind=CommitmentEventKind.RESCHEDULED,
        happened_on=date(2022, 1, 27),
        due_on=date(2022, 2, 1),
        recorded_at=at_noon(date(2022, 1, 27)),
    )
    typed = {"due_on": "2022-03-01", "reason": "They asked us.", "on": "2022-01-28", "seen": seen}

    first = client.post(row_url("commitment_reschedule", row), typed)

    assert first.status_code == 422
    assert shows_refusal(first, "edit_conflict")
    assert "1 February 2022" in first.text
    assert "They asked us." in first.text

    again = typed | {"seen": first.context["form"]["seen"].value()}
    assert client.post(row_url("commitment_reschedule", row), again).status_code == 302
    assert row.standing_on(date(2022, 1, 28)).due_on == date(2022, 3, 1)


def test_signed_out_pages_lead_to_sign_in(client):
    row = CommitmentFactory()
    for url in (reverse("commitment_list"), row_url("commitment_detail", row), reverse("commitment_add")):
        assert client.get(url).headers["Location"] == f"{reverse('account_login')}?next={url}"


def test_a_commitment_with_a_waiting_update_is_not_overdue_for_anyone(client):
    ministry = MinistryFactory()
    silent, waits = (CommitmentFactory(ministry=ministry, made__due_on=date(2022, 1, 15)) for _ in range(2))
    UpdateVersionFactory(update__commitment=waits)

    def stands(user):
        client.force_login(user)
        lines = client.get(reverse("commitment_list")).context["lines"]
        return {line.commitment.pk: line.text for line in lines}

    told = {silent.pk: "overdue by 13 days", waits.pk: "with the embassy since 10 January 2022"}
    assert stands(FocalPointFactory(ministry=ministry)) == told
    assert stands(OfficerFactory()) == told


@pytest.mark.parametrize(
    ("due_on", "sentence"),
    [
        (date(2022, 1, 10), "Update received in time"),
        (date(2022, 1, 9), "Update received 1 day after the due date"),
        (date(2021, 12, 27), "Update received 14 days after the due date"),
    ],
)
def test_the_embassy_alone_reads_whether_the_update_that_waits_was_received_in_time(client, due_on, sentence):
    ministry = MinistryFactory()
    waits = CommitmentFactory(ministry=ministry, made__due_on=due_on)
    UpdateVersionFactory(update__commitment=waits, recorded_at=at_noon(date(2022, 1, 10)))
    pages = reverse("commitment_list"), row_url("commitment_detail", waits)

    client.force_login(OfficerFactory())
    assert all(sentence in client.get(page).text for page in pages)

    client.force_login(FocalPointFactory(ministry=ministry))
    assert not any("update received" in client.get(page).text.lower() for page in pages)


def test_nothing_is_said_of_the_receipt_of_an_update_that_was_accepted(client):
    done = CommitmentFactory(made__due_on=date(2021, 12, 27))
    UpdateVersionFactory(update__commitment=done, accepted=True)
    client.force_login(OfficerFactory())

    assert "after the due date" not in client.get(row_url("commitment_detail", done)).text
