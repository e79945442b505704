"""The columns of a table of questions are corrected on the preview, without the file."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from recommendations.models import Question, QuestionSet
from tests.edition_urls import edition_url
from tests.factories import OfficerFactory, RecommendationFactory
from tests.recommendations.questions import question_files
from tests.refusals import shows_refusal

pytestmark = [pytest.mark.django_db, pytest.mark.day("2021-12-02")]

ROWS = [
    ("No.", "Code", "Text for posts", "Wanted"),
    ("1", "P-4", "Give the source of each figure, and compare it with the year before.", "How many cases?"),
    ("2", "P-9", "Name the court and the law of each sentence, with the day of it.", "How many convictions?"),
]
"""A table in which the longest texts are no questions, and the first numbers are those of rows."""


@pytest.fixture(autouse=True)
def officer(client):
    RecommendationFactory()
    person = OfficerFactory()
    client.force_login(person)
    return person


def upload(client, name, content):
    file = SimpleUploadedFile(name, content)
    return client.post(edition_url("question_sets"), {"pasted": "", "file": file}, follow=True)


def upload_rows(client, rows=ROWS):
    content = io.StringIO()
    csv.writer(content).writerows(rows)
    return upload(client, "q.csv", content.getvalue().encode())


def sent(form):
    """What a form sends if nothing is typed."""
    values = {field.html_name: field.value() for field in form if not isinstance(field.value(), bool)}
    ticked = {field.html_name: "on" for field in form if field.value() is True}
    return {name: "" if value is None else value for name, value in (values | ticked).items()}


def send(client, page, step, **typed):
    columns = sent(page.context["columns"]) if page.context["columns"] else {}
    values = sent(page.context["form"]) | columns | {"step": step}
    typed = {name.replace("__", "-"): value for name, value in typed.items()}
    url = reverse("question_set_preview", args=[page.context["question_set"].pk])
    return client.post(url, values | typed, follow=True)


def questions(page):
    return [(line.question.number, line.question.text) for line in page.context["preview"].lines]


def choose(client, page, **more):
    return send(client, page, "read", table__number_0="1", table__text_0="3", table__heading_0="", **more)


def test_a_wrong_guess_is_corrected_and_loaded(client):
    preview = upload_rows(client)
    assert questions(preview)[0] == ("1", ROWS[1][2])
    assert "Column 4: “Wanted”, “How many cases?”, “How many convictions?”" in preview.text

    page = choose(client, preview, table__has_headings_0="on")

    assert questions(page) == [("P-4", "How many cases?"), ("P-9", "How many convictions?")]
    send(client, page, "load")
    assert list(Question.objects.values_list("number", "text")) == questions(page)


def test_corrections_are_lost_only_after_a_tick(client):
    typed = send(client, upload_rows(client), "save", text_0="How many courts?")
    refused = choose(client, typed)
    assert shows_refusal(refused, "loses_corrections")
    assert questions(refused)[0] == ("1", "How many courts?")
    page = choose(client, refused, **{"table-loses_corrections": "on"}, table__has_headings_0="on")
    assert questions(page)[0] == ("P-4", "How many cases?")
    assert not page.context["preview"].draft.is_edited


def test_what_is_typed_beside_other_columns_counts_as_a_correction(client):
    refused = choose(client, upload_rows(client), text_1="How many courts?")
    assert shows_refusal(refused, "loses_corrections")
    assert refused.context["form"]["text_1"].value() == "How many courts?"
    assert "number_0" in refused.context["columns"].fields


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"table-number_0": "3"}, "text_0"),
        ({"table-text_0": ""}, "text_0"),
        ({"table-text_0": "9"}, "text_0"),
    ],
    ids=["one column twice", "no questions", "no such column"],
)
def test_columns_that_give_no_questions_are_refused_beside_their_field(client, typed, field):
    preview = upload_rows(client)
    page = send(client, preview, "read", **({"table-text_0": "3", "table-heading_0": ""} | typed))
    assert page.status_code == 422
    assert field in page.context["columns"].errors
    assert questions(page) == questions(preview)


def test_a_table_in_which_no_question_is_found_is_corrected_too(client):
    preview = upload_rows(client, [("Code", "Wanted"), ("Alpha", "Who?"), ("Beta", "What?")])
    assert questions(preview) == []
    assert "We found no question in this file." in preview.text
    assert shows_refusal(send(client, preview, "load"), "no_questions")
    page = send(client, preview, "read", table__text_0="1", table__has_headings_0="on")
    assert questions(page) == [("1", "Who?"), ("2", "What?")]


def test_each_table_of_a_document_has_its_own_columns(client):
    preview = upload(client, "q.docx", question_files.two_tables_word())
    assert [editor.name for editor in preview.context["columns"].editors()] == ["Table 1", "Table 2"]
    page = send(client, preview, "read", table__number_1="1")
    assert [number for number, _ in questions(page)] == ["1", "2", "7"]
    page = send(client, page, "read", table__text_1="")
    assert [number for number, _ in questions(page)] == ["1", "2"]


@pytest.mark.parametrize("name", ["q.xlsx", "q.docx"])
def test_sixty_untouched_questions_are_read_again_without_a_tick(client, name):
    write = {"q.xlsx": question_files.as_workbook, "q.docx": question_files.table_word}[name]
    preview = upload(client, name, write(question_files.sixty_questions()))
    page = send(client, preview, "read")
    assert len(questions(page)) == 60
    assert questions(page) == questions(preview)


def test_a_text_has_no_columns(client):
    preview = client.post(edition_url("question_sets"), {"pasted": "1. What?"}, follow=True)
    assert preview.context["columns"] is None
    assert "Columns of the table" not in preview.text
    url = reverse("question_set_preview", args=[QuestionSet.objects.get().pk])
    client.post(url, sent(preview.context["form"]) | {"step": "read"})
    assert not Question.objects.exists()


def test_columns_of_a_draft_that_another_officer_changed_are_not_read(client):
    preview = upload_rows(client)
    send(client, preview, "save", text_0="How many courts?")
    refused = choose(client, preview, **{"table-loses_corrections": "on"})
    assert shows_refusal(refused, "edit_conflict")
    assert build_questions()[0] == "How many courts?"


def build_questions():
    return [values[1] for values in QuestionSet.objects.get().draft["questions"]]
