"""A set of questions comes out of every file as it went in: numbers, texts, headings and parts."""

import csv
import io
import json
from dataclasses import replace

import pytest

from recommendations.importing.readers.paragraph import Paragraph
from recommendations.importing.readers.report_file import read_content
from recommendations.importing.stored_sentences import StoredSentence
from recommendations.importing.tables.cells import TableCells, TableLine
from recommendations.questions.draft_questions import deserialize_questions, serialize_questions
from recommendations.questions.parser import parse_paragraphs
from recommendations.questions.reading import read_question_file, read_question_text
from recommendations.questions.source import TableColumns
from recommendations.questions.tables import parse_document, parse_table, read_source
from tests.recommendations.questions import question_files
from tests.recommendations.questions.question_files import Asked
from tiptracker.errors import Refused
from tiptracker.sandbox.sandbox import Sandbox

ASKED = question_files.sixty_questions()


def found(draft):
    numbers = [question.number for question in draft.questions]
    return [
        Asked(question.number, question.text, question.heading, "" if parent is None else numbers[parent])
        for question, parent in zip(draft.questions, draft.parents, strict=True)
    ]


def read(content):
    return found(parse_document(read_content(content)))


@pytest.mark.parametrize(
    "write",
    [
        question_files.typed_word,
        question_files.numbered_word,
        lambda asked: question_files.numbered_word(asked, through_styles=True),
        question_files.table_word,
        question_files.as_pdf,
    ],
    ids=["typed", "numbered by Word", "numbered by styles", "table", "PDF"],
)
def test_files_are_read_without_loss(write):
    assert read(write(ASKED)) == ASKED


def test_the_confined_process_gives_the_same():
    run = Sandbox(None)
    assert found(read_question_file("q.docx", question_files.numbered_word(ASKED), run=run)) == ASKED
    assert found(read_question_file("q.xlsx", question_files.as_workbook(ASKED), run=run)) == ASKED


def test_text_and_tables_are_read_without_loss():
    text = read_question_text(question_files.as_text(ASKED))
    assert found(text) == [question._replace(heading=question.heading.upper()) for question in ASKED]
    assert text.left_out == ("Instructions for posts: answer every question with its source.",)
    content = io.StringIO()
    csv.writer(content).writerows([("No.", "Question", "Pillar"), *((q.number, q.text, q.heading) for q in ASKED)])
    assert found(read_question_file("q.csv", content.getvalue().encode(), run=Sandbox(None))) == ASKED
    pasted = "\n".join(f"{question.heading}\t{question.number}\t{question.text}" for question in ASKED)
    assert found(read_question_text(pasted)) == ASKED


def test_numbers_stay_as_they_are_written():
    text = """PROSECUTION
P-12. How many cases?
4(b) Which courts?
5) How many judges?
a. By court.
b. By sex:
i. women
ii. men
c. By age.
(1) adults
Question 6: What changed?
6.1 In the law?
7 – Which laws?
Include numbers of laws.
• and their dates
"""
    draft = read_question_text(text)
    assert found(draft) == [
        Asked("P-12", "How many cases?", "PROSECUTION"),
        Asked("4(b)", "Which courts?", "PROSECUTION"),
        Asked("5", "How many judges?", "PROSECUTION"),
        Asked("5.a", "By court.", "PROSECUTION", "5"),
        Asked("5.b", "By sex:", "PROSECUTION", "5"),
        Asked("5.b.i", "women", "PROSECUTION", "5.b"),
        Asked("5.b.ii", "men", "PROSECUTION", "5.b"),
        Asked("5.c", "By age.", "PROSECUTION", "5"),
        Asked("5.c(1)", "adults", "PROSECUTION", "5.c"),
        Asked("6", "What changed?", "PROSECUTION"),
        Asked("6.1", "In the law?", "PROSECUTION", "6"),
        Asked("7", "Which laws?\nInclude numbers of laws.\n• and their dates", "PROSECUTION"),
    ]
    assert [question.number for question in draft.questions if question.doubt] == ["4(b)"]


def test_a_number_within_a_wrapped_sentence_begins_no_question():
    text = "1. How many victims were found among the workers of mines since\n2. What was done for at least\n12 months?"
    assert [question.number for question in parse_paragraphs([Paragraph(text)]).questions] == ["1", "2"]


def test_a_table_without_questions_is_kept_to_choose_its_columns():
    draft = read_question_file("q.csv", b"Name,Answer\nA,1\nB,2\n", run=Sandbox(None))
    assert draft.questions == ()
    assert draft.source.tables[0][1].cells == ("A", "1")


def test_the_tables_of_a_document_are_read_with_columns_of_their_own():
    draft = parse_document(read_content(question_files.two_tables_word()))
    first, second = draft.source.columns
    assert [question.number for question in draft.questions] == ["1", "2", "3"]

    swapped = replace(draft.source, columns=(first, second._replace(number=1, text=2)))
    assert [(row.number, row.text) for row in read_source(swapped).questions] == [
        ("1", "Which laws changed?"),
        ("2", "Which courts sit?"),
        ("7", "Who pays for shelters of the government?"),
    ]
    without = replace(draft.source, columns=(first, TableColumns()))
    assert [row.number for row in read_source(without).questions] == ["1", "2"]


@pytest.mark.parametrize(
    "draft",
    [
        parse_document(read_content(question_files.table_word(ASKED))),
        parse_table(TableCells((TableLine(1, ("1", "What?")),), (StoredSentence("Note"),))),
        read_question_text("1. What?\n2. Who?"),
    ],
    ids=["document", "table", "text"],
)
def test_a_draft_comes_out_of_the_record_as_it_went_in(draft):
    chosen = replace(draft, is_edited=True, questions=tuple(replace(row, repeats=7) for row in draft.questions))
    assert deserialize_questions(json.loads(json.dumps(serialize_questions(chosen)))) == chosen


def test_a_draft_of_an_earlier_version_is_read():
    (question,) = deserialize_questions({"questions": [["1", "What?", "", 0, None, False]]}).questions
    assert (question.text, question.repeats) == ("What?", None)


@pytest.mark.parametrize(
    ("text", "start", "is_another"),
    [
        ("1. What changed since 1 April 2021?", 2021, False),
        ("1. What changed since April 1, 2022, compared with April 1, 2021?", 2021, False),
        ("Questions for the 2023 Trafficking in Persons Report\n\n1. What changed?", 2021, True),
        ("Questions for the TIP Report 2022\n\n1. What changed?", 2021, False),
        ("1. What changed since April 1, 2022, after the 2022 TIP Report?", 2021, True),
        ("1. What changed?", 2021, False),
    ],
)
def test_a_set_of_another_year_is_recognized(text, start, is_another):
    assert read_question_text(text).is_of_another_year(start) is is_another


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("q.txt", b"What changed? Who was trained?", "no_questions"),
        ("q.txt", b"  \n ", "empty_file"),
        ("q.docx", b"PK\x03\x04 nothing", "damaged"),
        ("q.pdf", b"%PDF-1.7 nothing", "damaged"),
        ("q.csv", ("Text\n" + "Note\n" * 2_000).encode(), "too_many"),
        ("q.txt", "\n".join(f"{n}. What?" for n in range(1, 202)).encode(), "too_many"),
        ("q.pdf", b"1" * (5 * 1024 * 1024 + 1), "too_large"),
    ],
)
def test_files_without_questions_are_refused(name, content, code):
    with pytest.raises(Refused) as refused:
        read_question_file(name, content, run=Sandbox(None))
    assert refused.value.code == code
