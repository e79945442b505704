"""The pages to load the yearly questions: from the outline, a file or a text, with a preview to correct."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from recommendations.models import Question, QuestionSet
from tests.edition_urls import edition_url
from tests.factories import EditionFactory, ObserverFactory, OfficerFactory, QuestionFactory, RecommendationFactory
from tests.recommendations.questions import question_files
from tests.recommendations.questions.question_files import Asked
from tests.refusals import shows_refusal
from tests.undo_buttons import press_undo, undo_forms

pytestmark = [pytest.mark.django_db, pytest.mark.day("2021-12-02")]


@pytest.fixture
def edition():
    return RecommendationFactory().edition


@pytest.fixture(autouse=True)
def officer(client, edition):
    person = OfficerFactory()
    client.force_login(person)
    return person


def start(client, **said):
    """Send the form of the first page. Return the preview."""
    return client.post(edition_url("question_sets"), {"pasted": ""} | said, follow=True)


def fields(page):
    """What the form of the preview sends if nothing is typed."""
    form = page.context["form"]
    sent = {field.name: field.value() for field in form if not isinstance(field.value(), bool | None)}
    return sent | {"seen": form["seen"].value()}


def send(client, page, step, **typed):
    url = reverse("question_set_preview", args=[page.context["question_set"].pk])
    return client.post(url, fields(page) | {"step": step} | typed, follow=True)


def words(page):
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


def test_the_outline_is_loaded_with_two_presses(client):
    preview = start(client, start="outline")
    assert preview.context["preview"].lines[7].question.number == "8"
    assert Question.objects.count() == 0

    page = send(client, preview, "load")

    assert page.redirect_chain[-1][0] == edition_url("question_list")
    assert "New: 20. Changed: 0. Unchanged: 0. No longer asked: 0." in words(page)
    assert Question.objects.count() == 20
    assert "Record that nothing changes" in start(client, start="outline").text


def test_a_word_file_is_read_and_its_texts_can_be_corrected(client):
    content = question_files.numbered_word(question_files.sixty_questions())
    preview = start(client, file=SimpleUploadedFile("instruction.docx", content))
    assert "It contains 60 questions" in words(preview)

    page = send(client, preview, "load", heading_0="All", text_1="How many women?", number_1="1.x", depth_1="0")

    assert "New: 60." in words(page)
    first, second = Question.objects.order_by("position")[:2]
    assert (first.number, first.heading) == ("1", "All")
    assert (second.number, second.text, second.heading, second.parent) == ("1.x", "How many women?", "All", None)


@pytest.mark.parametrize(
    "write",
    [question_files.typed_word, question_files.numbered_word, question_files.table_word],
    ids=["typed numbers", "numbers by Word", "table"],
)
def test_sixty_questions_of_a_word_file_reach_the_record_without_loss(client, write):
    asked = question_files.sixty_questions()
    send(client, start(client, file=SimpleUploadedFile("instruction.docx", write(asked))), "load")
    rows = Question.objects.select_related("parent").order_by("position")
    assert [Asked(row.number, row.text, row.heading, row.parent.number if row.parent else "") for row in rows] == asked
    assert [row.position for row in rows] == list(range(1, 61))


def test_a_question_is_left_out_and_the_rest_stays_as_typed(client):
    preview = start(client, pasted="Answer all.\n\n1. What?\n2. Who?")
    assert "1 line is left out" in words(preview)
    page = send(client, preview, "leave-1", text_0="What changed?")
    assert [line.question.text for line in page.context["preview"].lines] == ["What changed?"]
    assert "2 lines are left out" in words(page)
    assert "Draft saved" in words(send(client, page, "save"))


def test_two_questions_of_one_number_have_to_be_resolved(client):
    preview = start(client, pasted="1. What?\n1. Who?")
    assert "Several questions have the same number: 1." in words(preview)
    refused = send(client, preview, "load")
    assert refused.status_code == 422
    assert shows_refusal(refused, "numbered_twice")
    assert "New: 2." in words(send(client, refused, "load", number_1="2"))


def test_a_set_of_another_year_needs_a_tick(client):
    preview = start(client, pasted="Reporting period from April 1, 2022\n\n1. What changed?")
    assert "The text names a period from 1 April 2022." in words(preview)
    refused = send(client, preview, "load")
    assert shows_refusal(refused, "another_year")
    assert "New: 1." in words(send(client, refused, "load", is_right_year="on"))


def test_the_preview_shows_what_changes_and_what_repeats_last_year(client, edition):
    QuestionFactory(edition=edition, number="1", text="How many victims did the police find?")
    QuestionFactory(edition=edition, number="2", text="Which laws changed?")
    earlier = EditionFactory(year=2020)
    QuestionFactory(edition=earlier, number="5", text="Which courts have jurisdiction over borders?")
    QuestionFactory(edition=earlier, number="6", text="How many victims did the police find this year?")

    text = words(start(client, pasted="1. How many victims did the police and others find?\n3. Who pays for shelters?"))

    assert "Reworded: 1" in text
    assert "New: 3" in text
    assert "No longer asked: 2. Which laws changed?" in text
    assert "Questions that repeat one of the 2020 edition: 1 of 2." in text
    assert "Asked last year only: 5. Which courts" in text


def test_a_draft_that_another_officer_changed_shows_the_current_one(client, edition):
    preview = start(client, pasted="1. What?\n2. Who?")
    client.post(
        reverse("question_set_preview", args=[preview.context["question_set"].pk]),
        fields(preview) | {"step": "leave-1"},
    )
    assert shows_refusal(send(client, preview, "load"), "edit_conflict")
    assert not Question.objects.exists()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"pasted": ""}, ""),
        ({"pasted": "No numbers here."}, "no_questions"),
        ({"file": SimpleUploadedFile("q.docx", b"PK\x03\x04 nothing")}, "damaged"),
    ],
)
def test_what_cannot_be_read_is_refused_beside_its_field(client, said, code):
    page = start(client, **said)
    assert page.status_code == 422
    assert not code or shows_refusal(page, code)
    assert not QuestionSet.objects.exists()


def test_discarding_a_draft_is_undone_for_whoever_did_it(client):
    preview = start(client, start="outline")
    url = reverse("question_set_preview", args=[preview.context["question_set"].pk])
    before = QuestionSet.objects.values().get()

    discarded = client.post(url, {"do": "discard"}, follow=True)
    assert not QuestionSet.objects.exists()
    [(at, fields)] = undo_forms(discarded)
    RecommendationFactory(edition__year=2022)
    elsewhere = client.post(at.replace("2021", "2022"), fields)
    assert [refusal.code for refusal in elsewhere.refusals] == ["undo_elsewhere"]
    back = press_undo(client, discarded)

    assert back.redirect_chain == [(url, 302)]
    assert "The draft is back." in back.text
    after = QuestionSet.objects.values().get()
    assert after | {"begun_at": None} == before | {"begun_at": None}
    late = client.post(at, fields)
    assert [refusal.code for refusal in late.refusals] == ["undo_over"]
    client.force_login(ObserverFactory())
    assert client.post(at, fields).status_code == 403


def test_other_roles_of_the_embassy_read_loaded_sets(client):
    send(client, start(client, start="outline"), "load")
    loaded = QuestionSet.objects.get()
    client.force_login(ObserverFactory())
    page = client.get(edition_url("question_sets"))
    assert "Preview our outline" not in page.text
    assert "New: 20." in words(client.get(reverse("question_set_preview", args=[loaded.pk])))
