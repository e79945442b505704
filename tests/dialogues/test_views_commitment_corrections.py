"""The page that corrects a commitment, and the pages that show corrections."""

from datetime import date

import pytest
from django.urls import reverse

from dialogues.choices import CommitmentEventKind, CommitmentReach
from dialogues.models import Commitment
from tests.edition_urls import edition_url
from tests.factories import (
    AmbassadorFactory,
    BenchmarkFactory,
    CommitmentCorrectionFactory,
    CommitmentEventFactory,
    CommitmentFactory,
    DialogueFactory,
    EditionFactory,
    EvidenceFactory,
    FocalPointFactory,
    OfficerFactory,
    RecommendationFactory,
    UpdateVersionFactory,
    at_noon,
)
from tests.refusals import shows_refusal
from tests.tiptracker.web.test_exports import csv_rows

pytestmark = pytest.mark.django_db

MEETS, CONTRIBUTES = CommitmentReach.MEETS, CommitmentReach.CONTRIBUTES
WRONG, RIGHT = "Train 04 officers.", "Train 40 officers."


@pytest.fixture
def benchmarks():
    """The benchmarks 4a, 4b and 4c."""
    recommendation = RecommendationFactory(number=4)
    return [
        BenchmarkFactory(recommendation=recommendation, letter=letter, terms__criterion=f"Criterion {letter}.")
        for letter in "abc"
    ]


@pytest.fixture
def commitment(benchmarks):
    return CommitmentFactory(text=WRONG, benchmarks=benchmarks[:1])


@pytest.fixture
def officer(client):
    user = OfficerFactory(name="Palesa Nkosi")
    client.force_login(user)
    return user


def row_url(name, row):
    return reverse(name, args=[row.pk])


def form_data(page, **changed):
    """Return the data of the opened form, as a browser sends it, with changes."""
    form, rows = page.context["form"], page.context["links"]
    sent = {"text": form["text"].value(), "reason": "The digits were swapped.", "seen": form["seen"].value()}
    if rows is not None:
        sent |= {"links-TOTAL_FORMS": rows.total_form_count(), "links-INITIAL_FORMS": rows.initial_form_count()}
        for row in rows:
            sent |= {row.add_prefix(name): row[name].value() or "" for name in ("benchmark", "reach")}
    return sent | changed


@pytest.fixture
def opened_page(client, officer, commitment):
    return client.get(row_url("commitment_correct", commitment))


def test_the_page_shows_what_is_recorded_and_who_reads_the_reason(opened_page, commitment, benchmarks):
    assert opened_page.context["form"]["text"].value() == WRONG
    assert [row["benchmark"].value() for row in opened_page.context["links"]][:1] == [benchmarks[0].pk]
    assert f"{commitment.ministry} reads this reason." in opened_page.text
    assert "If the promise itself changed, move the due date" in opened_page.text
    assert "Criterion c." in opened_page.text


def test_a_promise_of_the_united_states_is_read_by_no_ministry(client, officer):
    ours = CommitmentFactory(united_states=True)

    assert "No ministry reads this reason." in client.get(row_url("commitment_correct", ours)).text


def test_wording_and_benchmarks_are_corrected_together(client, opened_page, commitment, benchmarks):
    changed = {"text": RIGHT, "links-0-benchmark": benchmarks[1].pk, "links-0-reach": "meets"}

    answer = client.post(row_url("commitment_correct", commitment), form_data(opened_page, **changed), follow=True)

    assert answer.redirect_chain == [(row_url("commitment_detail", commitment), 302)]
    assert Commitment.objects.get().text == RIGHT
    assert list(commitment.links.current().values_list("benchmark", "reach")) == [(benchmarks[1].pk, "meets")]
    for read in (
        f"{commitment.ministry} sees it in the history of its commitment.",
        f"Earlier wording: “{WRONG}”",
        f"Corrected wording: “{RIGHT}”",
        "Benchmark added: 4b (Meets the whole benchmark)",
        "Benchmark removed: 4a",
        "The digits were swapped.",
        "Palesa Nkosi",
    ):
        assert read in answer.text, read


def test_each_of_several_corrections_shows_the_wording_before_and_after(client, officer, commitment):
    for number, text in enumerate(["Train 40 officers.", "Train 400 officers."]):
        at = at_noon(date(2022, 1, 10 + number))
        CommitmentCorrectionFactory(commitment=commitment, text=text, reason=f"Reason {number}.", recorded_at=at)

    entries = client.get(row_url("commitment_detail", commitment)).context["entries"]

    assert [(entry.text, list(entry.facts)) for entry in entries[:2]] == [
        ("Reason 1.", ["Earlier wording: “Train 40 officers.”", "Corrected wording: “Train 400 officers.”"]),
        ("Reason 0.", [f"Earlier wording: “{WRONG}”", "Corrected wording: “Train 40 officers.”"]),
    ]
    assert entries[0].day == date(2022, 1, 11)


def test_the_ministry_reads_the_correction_its_day_and_its_reason_and_no_more(client, commitment, benchmarks, officer):
    CommitmentCorrectionFactory(
        commitment=commitment, removes=benchmarks[:1], adds=benchmarks[:1], adds__reach=MEETS, reason="INTERNAL"
    )
    CommitmentCorrectionFactory(
        commitment=commitment,
        text=RIGHT,
        removes=benchmarks[:1],
        adds=benchmarks[1:2],
        adds__reach=MEETS,
        reason="The digits were swapped.",
        recorded_by=officer,
    )
    client.force_login(FocalPointFactory(ministry=commitment.ministry))

    page = client.get(row_url("commitment_detail", commitment))

    for read in (RIGHT, f"Earlier wording: “{WRONG}”", "The digits were swapped.", "10 Jan 2022", "Criterion b."):
        assert read in page.text, read
    for hidden in (
        "INTERNAL",
        "Meets the whole benchmark",
        "A step towards the benchmark",
        "Palesa Nkosi",
        "Criterion a.",
        "Correct the",
    ):
        assert hidden not in page.text, hidden
    assert RIGHT in client.get(reverse("ministry_home"), follow=True).text


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({}, "unchanged"),
        ({"text": RIGHT, "reason": ""}, None),
        ({"text": ""}, None),
        ({"links-0-benchmark": ""}, "no_benchmark"),
    ],
)
def test_a_refused_correction_keeps_the_typed_text(client, opened_page, commitment, changed, code):
    answer = client.post(row_url("commitment_correct", commitment), form_data(opened_page, **changed))

    assert answer.status_code == 422
    if code:
        assert shows_refusal(answer, code)
    for name, value in changed.items():
        bound = answer.context["form"][name] if name in ("text", "reason") else answer.context["links"][0]["benchmark"]
        assert bound.value() == value
    assert Commitment.objects.get().text == WRONG


def test_the_second_to_correct_sees_what_the_first_did_and_loses_nothing(client, opened_page, commitment, benchmarks):
    CommitmentCorrectionFactory(
        commitment=commitment,
        text="Train 44 officers.",
        removes=benchmarks[:1],
        adds=benchmarks[2:],
        recorded_by=OfficerFactory(name="Thabo Mokoena"),
    )
    sent = form_data(opened_page, text=RIGHT, **{"links-0-benchmark": benchmarks[1].pk})

    first = client.post(row_url("commitment_correct", commitment), sent)

    assert first.status_code == 422
    assert shows_refusal(first, "edit_conflict")
    assert "Thabo Mokoena" in first.text
    assert "Train 44 officers." in first.text
    assert "Criterion c." in first.text
    assert (first.context["form"]["text"].value(), first.context["form"]["reason"].value()) == (
        RIGHT,
        "The digits were swapped.",
    )
    assert first.context["links"][0]["benchmark"].value() == str(benchmarks[1].pk)
    again = sent | {"seen": first.context["form"]["seen"].value()}
    assert client.post(row_url("commitment_correct", commitment), again).status_code == 302
    assert Commitment.objects.get().text == RIGHT
    assert set(commitment.links.current().values_list("benchmark", flat=True)) == {benchmarks[1].pk}


def test_a_correction_that_is_sent_twice_is_recorded_once(client, opened_page, commitment, benchmarks):
    sent = form_data(opened_page, text=RIGHT, **{"links-0-benchmark": benchmarks[1].pk})
    client.post(row_url("commitment_correct", commitment), sent)

    again = client.post(row_url("commitment_correct", commitment), sent)

    assert again.status_code == 422
    assert shows_refusal(again, "duplicate")
    assert again.context["recorded_before"] == (row_url("commitment_detail", commitment), RIGHT)
    assert commitment.corrections.count() == 1


def test_another_row_is_offered_without_judging_what_was_typed(client, opened_page, commitment):
    answer = client.post(row_url("commitment_correct", commitment), form_data(opened_page, text="", more="links"))

    assert answer.status_code == 200
    assert answer.context["form"]["reason"].value() == "The digits were swapped."
    assert answer.context["links"].total_form_count() == opened_page.context["links"].total_form_count() + 1


def test_a_settled_commitment_offers_its_wording_alone(client, officer, benchmarks):
    settled = CommitmentFactory(benchmarks=benchmarks[:1], done=True)
    page = client.get(row_url("commitment_correct", settled))

    assert page.context["links"] is None
    assert client.post(row_url("commitment_correct", settled), form_data(page, text=RIGHT)).status_code == 302
    assert Commitment.objects.get().text == RIGHT


def test_rows_typed_before_the_commitment_was_settled_are_kept_and_refused(client, opened_page, commitment, benchmarks):
    CommitmentEventFactory(commitment=commitment, kind=CommitmentEventKind.WITHDRAWN, happened_on=date(2022, 1, 27))
    sent = form_data(opened_page, text=RIGHT, **{"links-0-benchmark": benchmarks[1].pk})

    answer = client.post(row_url("commitment_correct", commitment), sent)

    assert answer.status_code == 422
    assert shows_refusal(answer, "closed")
    assert answer.context["links"][0]["benchmark"].value() == str(benchmarks[1].pk)
    assert Commitment.objects.get().text == WRONG


def test_a_benchmark_that_is_no_longer_asked_stays_on_offer_where_it_is_linked(client, officer, commitment, benchmarks):
    recommendation = benchmarks[0].recommendation
    recommendation.is_retired = True
    recommendation.save()
    page = client.get(row_url("commitment_correct", commitment))

    assert client.post(row_url("commitment_correct", commitment), form_data(page, text=RIGHT)).status_code == 302
    assert set(commitment.links.current().values_list("benchmark", flat=True)) == {benchmarks[0].pk}


def test_a_reason_with_personal_data_is_held_back(client, opened_page, commitment):
    held = client.post(
        row_url("commitment_correct", commitment), form_data(opened_page, text=RIGHT, reason="Passport no. N123456")
    )

    assert held.status_code == 422
    assert Commitment.objects.get().text == WRONG


# --- Everywhere else --------------------------------------------------------------------------------------------------


@pytest.fixture
def corrected_commitment(commitment, benchmarks):
    """The wording and the benchmark were wrong: the commitment supports 4b, not 4a."""
    CommitmentCorrectionFactory(commitment=commitment, text=RIGHT, removes=benchmarks[:1], adds=benchmarks[1:2])
    return commitment


def test_lists_exports_and_the_search_use_the_corrected_commitment(client, officer, corrected_commitment, benchmarks):
    other = RecommendationFactory(number=5)
    CommitmentCorrectionFactory(
        commitment=corrected_commitment, removes=benchmarks[1:2], adds=[BenchmarkFactory(recommendation=other)]
    )

    def listed(**query):
        return [line.commitment.text for line in client.get(edition_url("commitment_list"), query).context["lines"]]

    assert listed() == listed(q="40") == listed(recommendation=other.pk) == [RIGHT]
    assert listed(q="04") == listed(recommendation=benchmarks[0].recommendation_id) == []
    export = client.get(edition_url("commitment_list"), {"as": "csv"})
    assert [row["Commitment"] for row in csv_rows(export)] == [RIGHT]
    assert WRONG not in client.get(reverse("search"), {"q": "officers"}).text


def test_a_recommendation_shows_the_commitment_at_the_benchmarks_that_it_supports_now(
    client, officer, corrected_commitment, benchmarks
):
    page = client.get(row_url("recommendation_detail", benchmarks[0].recommendation))

    assert page.text.count(RIGHT) == 1
    assert WRONG not in page.text


def test_evidence_that_is_logged_for_it_begins_with_its_benchmarks_of_today(
    client, officer, corrected_commitment, benchmarks
):
    page = client.get(edition_url("evidence_log"), {"commitment": corrected_commitment.pk})

    assert [row["benchmark"].value() for row in page.context["rows"]][:1] == [benchmarks[1].pk]


def test_the_page_stands_in_the_edition_that_it_supports_now(client, officer, benchmarks):
    EditionFactory(year=2020)
    earlier = BenchmarkFactory(recommendation=RecommendationFactory(edition=EditionFactory(year=2019)))
    commitment = CommitmentFactory(benchmarks=[earlier])
    CommitmentCorrectionFactory(commitment=commitment, adds=benchmarks[:1])

    page = client.get(row_url("commitment_detail", commitment))

    assert [benchmark.year for benchmark in page.context["benchmarks"]] == [2021, 2019]


@pytest.mark.parametrize("count", [1, 3])
def test_the_history_takes_as_many_queries_for_many_corrections_as_for_one(
    client, commitment, benchmarks, django_assert_num_queries, count
):
    client.force_login(OfficerFactory())
    UpdateVersionFactory(update__commitment=commitment)
    EvidenceFactory(commitment=commitment, supports=benchmarks[:1])
    linked = benchmarks[0]
    for number in range(count):
        other = benchmarks[1 + number % 2]
        CommitmentCorrectionFactory(
            commitment=commitment, text=f"Train {number} officers.", removes=[linked], adds=[other]
        )
        linked = other

    # as on the page of a commitment without corrections, and: corrections, what they added, what they removed
    with django_assert_num_queries(31 + 3):
        client.get(row_url("commitment_detail", commitment))


def test_the_dialogue_at_which_it_was_made_shows_the_corrected_wording(client, benchmarks):
    dialogue = DialogueFactory()
    commitment = CommitmentFactory(text=WRONG, letter="", dialogue=dialogue)
    CommitmentCorrectionFactory(commitment=commitment, text=RIGHT)
    client.force_login(AmbassadorFactory())

    page = client.get(row_url("dialogue_detail", dialogue))

    assert RIGHT in page.text
    assert WRONG not in page.text
