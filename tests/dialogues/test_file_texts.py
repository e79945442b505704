"""The text of stored files: read once by a job, found by the search, and gone after a redaction."""

import io
from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from dialogues.actions.file_texts import READ_FILE_TEXT, enqueue_unread_files, read_file_text
from dialogues.actions.files import delete_unsent_files, store_upload
from dialogues.actions.redactions import confirm_redaction, finish_redaction, propose_redaction
from dialogues.files.text_extraction import MAX_CHARACTERS, PAGE_CHARACTERS, extract_pages
from dialogues.files.text_extraction.text_sandbox import extract_pages_in_sandbox
from dialogues.models import FileText
from tests.dialogues.sample_files import EXCEL_TYPE, PDF, WORD_TYPE
from tests.factories import (
    AmbassadorFactory,
    CountryFactory,
    EvidenceFactory,
    OfficerFactory,
    UpdateVersionFactory,
    at_noon,
)
from tiptracker.jobs.models import Job
from tiptracker.sandbox.sandbox import Sandbox

NOW = at_noon(date(2022, 1, 28))
LETTER = Path(__file__).parent / "files" / "fixtures" / "letter.docx"


def store_file(content=PDF, name="letter.pdf"):
    file = store_upload(upload=SimpleUploadedFile(name, content), by=OfficerFactory(), now=NOW)
    read_file_text(file_id=file.pk)
    return file


def stored_texts(file):
    return list(file.texts.values_list("page", "text"))


def test_a_pdf_is_read_page_by_page():
    (page,) = extract_pages(PDF, "application/pdf")

    assert "A letter" in page
    assert "To whom it may concern" in page


def test_a_word_document_a_workbook_and_a_text_are_read():
    workbook, made = Workbook(), io.BytesIO()
    workbook.active.append(["Cases", 12])
    workbook.create_sheet("Other").append([None, "Qacha’s Nek"])
    workbook.save(made)

    assert "District Cases Maseru" in extract_pages(LETTER.read_bytes(), WORD_TYPE)[0]
    assert extract_pages(made.getvalue(), EXCEL_TYPE) == ["Cases 12 Qacha’s Nek"]
    assert extract_pages("Ha‑Thetsane\n\nsecond\0line".encode(), "text/plain") == ["Ha‑Thetsane second line"]
    assert extract_pages(b"a,b\n1,2\n", "text/csv") == ["a,b 1,2"]


def test_a_photograph_has_one_empty_page():
    assert extract_pages(b"\xff\xd8 not even whole", "image/jpeg") == [""]


def test_a_long_text_is_cut_into_pages_between_words_and_ends_somewhere():
    pages = extract_pages(("shelter " * 400_000).encode(), "text/plain")

    assert {len(page) <= PAGE_CHARACTERS for page in pages} == {True}
    assert all(page.split() == ["shelter"] * len(page.split()) for page in pages[:-1])
    assert sum(map(len, pages)) <= MAX_CHARACTERS
    assert len(pages) > 400


@pytest.mark.slow
def test_a_file_that_breaks_its_reader_has_one_empty_page():
    assert extract_pages_in_sandbox(b"%PDF-1.7 nothing else", "application/pdf", run=Sandbox(None)) == [""]


@pytest.mark.slow
@pytest.mark.django_db
def test_a_stored_file_is_read_once_by_a_job():
    file = store_file()

    assert [job.key for job in Job.objects.filter(kind=READ_FILE_TEXT)] == [str(file.pk)]
    ((page, text),) = stored_texts(file)
    assert page == 1
    assert "To whom it may concern" in text
    read_file_text(file_id=file.pk)
    assert len(stored_texts(file)) == 1


@pytest.mark.slow
@pytest.mark.django_db
def test_files_from_before_are_read_at_night_and_those_that_were_read_are_not():
    read = store_file()
    unread = store_upload(upload=SimpleUploadedFile("other.pdf", PDF), by=OfficerFactory(), now=NOW)
    for job in Job.objects.order_by("pk"):
        job.delete()

    enqueue_unread_files()

    assert [job.key for job in Job.objects.all()] == [str(unread.pk)]
    assert read.texts.exists()


@pytest.mark.slow
@pytest.mark.django_db
def test_an_unsent_file_that_is_deleted_loses_its_text():
    file = store_file()

    delete_unsent_files(now=at_noon(date(2022, 2, 28)))

    assert stored_texts(file) == [(1, "")]


@pytest.mark.slow
@pytest.mark.django_db
def test_a_redaction_empties_the_texts_that_hold_its_words_and_leaves_the_others():
    name = "Palesa Exercise"
    UpdateVersionFactory(narrative=f"We brought {name} to a safe house.")
    kept, named, destroyed = (
        store_file(),
        store_file(f"About {name}.".encode(), "a.txt"),
        store_file(b"Another text.", "b.txt"),
    )
    for file in (kept, named, destroyed):
        EvidenceFactory(file=file)
    redaction = propose_redaction(
        country=CountryFactory(),
        words=name,
        reason="It names somebody.",
        files=[destroyed],
        by=OfficerFactory(),
        now=NOW,
    )
    assert FileText.objects.filter(text__contains=name).exists()

    confirm_redaction(redaction=redaction, by=AmbassadorFactory(), now=NOW)
    finish_redaction(redaction=redaction)

    assert stored_texts(named) == stored_texts(destroyed) == [(1, "")]
    assert "To whom it may concern" in stored_texts(kept)[0][1]
    read_file_text(file_id=named.pk)
    assert stored_texts(named) == [(1, "")]
