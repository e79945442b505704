"""Pages, forms, the API and jobs of an edition that was disposed of: nothing can be added, and each says why."""

import re

import pytest
from django.urls import reverse
from lxml import html

from dialogues.models import (
    Commitment,
    CommitmentEvent,
    Dialogue,
    Draft,
    Evidence,
    EvidenceReview,
    InformationRequest,
    InternalNote,
    UpdateVersion,
)
from recommendations.choices import TextStatus
from recommendations.importing.actions import create_import
from recommendations.models import Benchmark, Edition, EditionImport, Question, Recommendation
from reports.models import Briefing
from tests import factories
from tests.authentication import force_sign_in
from tests.dialogues.test_api import update_body
from tests.edition_urls import edition_url
from tests.reports.old_editions import NOW, dispose_with_typed_export, fill_old_edition
from tiptracker.audit.append_only import DISPOSED
from tiptracker.errors import Refused

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases, pytest.mark.slow, pytest.mark.unordered_locks]
SENTENCE = "belongs to an edition that was disposed of"
TYPED = "What I have just typed"
MAIN = re.compile(r"<main.*</main>", re.DOTALL)
POSTED_FORM = re.compile(r'<form[^>]*method="post"')
ADDING_LINK = re.compile(
    r'href="(?!/redactions)[^"]*/(?:add|evidence/log|enter|load|edit|assess|correct|move|request|update|date|import)/'
)


@pytest.fixture
def old():
    edition = fill_old_edition(factories.CountryFactory())
    dispose_with_typed_export(edition)
    return edition


@pytest.fixture
def officer(old, client):
    person = factories.OfficerFactory(countries=[old.country])
    force_sign_in(client, person)
    return person


@pytest.fixture
def focal_point(old, client):
    person = factories.FocalPointFactory(ministry=Commitment.objects.get().ministry)
    force_sign_in(client, person)
    return person


def count_rows():
    """The number of rows in each table that a person can fill."""
    tables = (
        Benchmark, Briefing, CommitmentEvent, Dialogue, Draft, Evidence, EvidenceReview, InformationRequest,
        InternalNote, Question, Recommendation, UpdateVersion,
    )  # fmt: skip
    return {model: model.objects.count() for model in tables}


def fill_form(page, contains, **typed):
    """Return the data of the first form that has these fields, as a browser sends it, with something in each field."""
    forms = [form for form in html.document_fromstring(page.text).forms if contains in form.fields]
    assert forms, f"no form with {contains}"
    data = {}
    for field in forms[0].inputs:
        if field.name is None or field.get("type") in ("submit", "file"):
            continue
        value = (field.value or "").strip()
        if field.tag == "select" and not value:
            is_further_row = re.search(r"-[1-9][0-9]*-", field.name)
            value = "" if is_further_row else next((option for option in field.value_options if option), "")
        elif field.get("type") in ("radio", "checkbox"):
            if field.get("checked") is None and (field.get("type") == "checkbox" or field.name in data):
                continue
            value = field.get("value", "on")
        elif field.tag == "textarea" or (field.get("type") == "text" and field.get("inputmode") is None):
            value = value or TYPED
        data[field.name] = value
    return data | typed


def list_errors(answer):
    """The errors that a page shows."""
    found = html.document_fromstring(answer.text).xpath("//*[contains(@class, 'error')]")
    return sorted({" ".join(each.text_content().split()) for each in found})


FORMS = {
    "a recommendation": ("recommendation_add", Edition, "text", {"number": "7", "reason": TYPED}),
    "a changed recommendation": ("recommendation_edit", Recommendation, "text", {"text": TYPED}),
    "a benchmark": ("benchmark_add", Recommendation, "criterion", {"letter": "z", "weight": "1"}),
    "terms of a benchmark": ("benchmark_edit", Benchmark, "criterion", {"criterion": TYPED, "weight": "1"}),
    "terms of the edition": ("edition_terms", Edition, "reason", {"deadline_on": "2019-03-01"}),
    "a milestone": ("milestone_add", Edition, "due_on", {"due_on": "2019-01-05"}),
    "an assessment": ("benchmark_assess", Benchmark, "rationale", {"change_reason": TYPED}),
    "a correction": ("commitment_correct", Commitment, "reason", {"text": TYPED}),
    "another due date": ("commitment_reschedule", Commitment, "reason", {"due_on": "2022-06-01"}),
    "agreed proof": ("agreed_proof_add", Commitment, "text", {}),
    "a note": ("commitment_note_add", Commitment, "text", {}),
    "another due date of a request": (
        "information_request_move",
        InformationRequest,
        "reason",
        {"due_on": "2022-06-01"},
    ),
    "corrected evidence": ("evidence_revise", Evidence, "reason", {"title": TYPED}),
    "another day of a dialogue": ("dialogue_edit", Dialogue, "place", {"place": TYPED}),
    "a contribution": ("contribution_add", Dialogue, "what", {"amount": "5"}),
}


@pytest.mark.parametrize("what", FORMS)
def test_a_form_of_the_edition_is_refused_and_keeps_what_was_typed(client, old, officer, what):
    view, model, field, typed = FORMS[what]
    row = {
        Edition: lambda: old,
        Evidence: lambda: Evidence.objects.filter(revises__isnull=False).get(),
    }.get(model, lambda: model.objects.order_by("pk").first())()
    url = reverse(view, args=[row.pk])
    before = count_rows()

    answer = client.post(url, fill_form(client.get(url), field, **typed))

    assert answer.status_code == 422
    assert any(SENTENCE in error for error in list_errors(answer)), list_errors(answer)
    assert TYPED in answer.text
    assert count_rows() == before


PAGES = {
    "progress": ("evidence_log", "benchmark", Benchmark, "title", {"happened_to": "2018-07-01"}),
    "a commitment": ("commitment_add", "recommendation", Recommendation, "text", {"made_on": "2018-07-01"}),
    "a request": ("information_request_add", "benchmark", Benchmark, "reason", {"due_on": "2022-06-01"}),
}


@pytest.mark.parametrize("what", PAGES)
def test_a_form_about_a_row_of_the_edition_is_refused_and_keeps_what_was_typed(client, old, officer, what):
    view, name, model, field, typed = PAGES[what]
    url = edition_url(view, edition=old, query={name: model.objects.order_by("pk").first().pk})
    before = count_rows()

    answer = client.post(url, fill_form(client.get(url), field, **typed))

    assert answer.status_code == 422
    assert any(SENTENCE in error for error in list_errors(answer)), list_errors(answer)
    assert TYPED in answer.text
    assert count_rows() == before


def test_a_dialogue_on_a_day_of_the_edition_is_refused_at_the_date(client, old, officer):
    url = edition_url("dialogue_add", edition=old)

    answer = client.post(url, fill_form(client.get(url), "place", held_on="2018-07-01"))

    assert answer.status_code == 422
    assert "1 July 2018 is in the tracking period of the 2018 edition, which was disposed of" in answer.text
    assert Dialogue.objects.count() == 1


def test_progress_that_supports_nothing_is_refused_at_its_date(client, old, officer):
    url = edition_url("evidence_log", edition=old)
    before = count_rows()

    data = fill_form(client.get(url), "title", happened_to="2018-07-01") | {
        "evidence_links-0-benchmark": "",
        "commitment": "",
    }
    answer = client.post(url, data)

    assert any("which was disposed of" in error for error in list_errors(answer)), list_errors(answer)
    assert count_rows() == before


def test_an_answer_to_a_question_is_refused_and_kept_on_the_page(client, old, officer):
    question = Question.objects.get(answers__isnull=False)
    data = {"text": TYPED, "do": "save", "seen": "", "finding": "facts"}
    before = count_rows()

    answer = client.post(reverse("question_detail", args=[question.pk]), data)

    assert answer.status_code == 422
    assert any(SENTENCE in error for error in list_errors(answer)), list_errors(answer)
    assert TYPED in answer.text
    assert count_rows() == before


def test_a_ministry_is_told_why_its_update_and_its_draft_are_refused(client, old, focal_point):
    commitment = Commitment.objects.get()
    url, before = reverse("update_send", args=[commitment.pk]), count_rows()
    data = fill_form(client.get(url), "narrative", happened_to="2022-01-20", claimed="under_way")

    page = client.post(url, data)
    script = client.post(url, data, headers={"Accept": "application/json"})
    draft = client.post(reverse("update_draft", args=[commitment.pk]), data, headers={"Accept": "application/json"})

    assert page.status_code == 422
    assert SENTENCE in page.text
    assert TYPED in page.text
    for answer in (script, draft):
        assert 400 <= answer.status_code < 500
        assert SENTENCE in answer.text
    assert count_rows() == before


@pytest.mark.parametrize(
    ("path", "reader", "body"),
    [
        ("updates", "focal_point", lambda: update_body(Commitment.objects.get())),
        ("assessments", "officer", lambda: {"benchmark": first_benchmark(), "verdict": "met", "rationale": TYPED,
                                            "law": "22 U.S.C. 7106(b)(1)", "change_reason": TYPED, "evidence": []}),
    ],
)  # fmt: skip
def test_the_api_answers_409_with_the_sentence(client, request, path, reader, body):
    request.getfixturevalue(reader)
    before = count_rows()

    answer = client.post(f"/api/v1/{path}/", body(), content_type="application/json")

    assert (answer.status_code, answer.json().get("code")) == (409, "disposed_of"), answer.json()
    assert SENTENCE in answer.json()["detail"]
    assert count_rows() == before


def first_benchmark():
    return Benchmark.objects.order_by("pk").first().pk


def test_a_document_of_the_edition_is_refused(client, old, officer):
    before = count_rows()

    answer = client.post(edition_url("briefing_list", edition=old), {"what": "ambassador", "as_of": "2018-07-01"})

    assert answer.status_code == 422
    assert SENTENCE in answer.text
    assert count_rows() == before


def test_a_list_cannot_be_imported_into_the_edition(old):
    with pytest.raises(Refused) as caught:
        create_import(
            edition=old,
            name="list.txt",
            content=b"1. One",
            draft=None,
            text_status=next(iter(TextStatus)),
            by=factories.AdministratorFactory(),
            now=NOW,
        )

    assert caught.value.code == "disposed_of"
    assert not EditionImport.objects.filter(loaded_at=None).exists()


def test_pages_of_the_edition_offer_nothing_to_add(client, old, officer):
    pages = [
        edition_url(name, edition=old)
        for name in ("dashboard", "recommendation_list", "commitment_list", "information_request_list", "dialogue_list",
                     "indicator_list", "timeline", "question_list", "question_missing", "question_mapping_list",
                     "briefing_list", "evidence_list")
    ] + [
        reverse(name, args=[row.pk])
        for name, row in (
            ("recommendation_detail", Recommendation.objects.get(edition=old)),
            ("commitment_detail", Commitment.objects.get()),
            ("information_request_detail", InformationRequest.objects.get()),
            ("dialogue_detail", Dialogue.objects.get()),
            ("evidence_detail", Evidence.objects.filter(revises__isnull=False).get()),
            ("question_detail", Question.objects.get(answers__isnull=False)),
            ("milestone_detail", old.milestones.get(own_title=DISPOSED)),
        )
    ]  # fmt: skip

    offered = {}
    for page in pages:
        main = MAIN.search(client.get(page).text)[0]
        offered[page] = [*POSTED_FORM.findall(main), *ADDING_LINK.findall(main)]
    assert {page: found for page, found in offered.items() if found} == {}


def test_a_task_about_the_edition_waits_for_nobody(client, old, officer):
    page = client.get(edition_url("my_tasks"))

    assert page.context["total"] == 1  # the evidence that supports the kept edition too
    assert "It supports both." in page.text
    assert DISPOSED not in page.text


def test_the_home_page_of_the_ministry_asks_for_nothing_of_the_edition(client, old, focal_point):
    page = client.get(edition_url("ministry_home")).text

    assert DISPOSED not in page
    assert reverse("update_send", args=[Commitment.objects.get().pk]) not in page
