"""Uploads: their size and name, and what is stored."""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile

from dialogues.files.inspection import clean_file_name, inspect_upload
from dialogues.files.sanitizers.file_types import sanitize_file
from dialogues.files.upload_rules import format_size
from tests.dialogues.sample_files import DOCX, PDF
from tests.refusals import refuses
from tiptracker.sandbox.sandbox import Sandbox


def upload(name, content, claims="application/octet-stream"):
    return SimpleUploadedFile(name, content, claims)


def test_an_upload_becomes_a_clean_copy_and_its_declared_type_is_ignored():
    cleaned = sanitize_file(PDF, ".pdf").content

    assert inspect_upload(upload("A.PDF", PDF, claims="text/html"), run=Sandbox(None)) == (
        "A.PDF",
        "application/pdf",
        cleaned,
        hashlib.sha256(PDF).hexdigest(),
    )
    assert cleaned != PDF


def test_file_on_disk_is_read_whole():
    kept = TemporaryUploadedFile("a.pdf", "application/pdf", len(PDF), None)
    kept.write(PDF)

    assert inspect_upload(kept, run=Sandbox(None)).received_sha256 == hashlib.sha256(PDF).hexdigest()


@pytest.mark.parametrize(
    ("name", "content", "code", "sentence"),
    [
        ("a.pdf", b"", "empty_file", "“a.pdf” is empty. Choose the file again."),
        (
            "a.pdf",
            b"just words",
            "file_rejected",
            "“a.pdf” is damaged, or its content is not of type PDF.",
        ),
        (
            "a.pdf",
            DOCX,
            "file_rejected",
            "The content of “a.pdf” is of type Word, but its name does not say so. Rename the file to end in .docx",
        ),
        ("a.exe", b"MZ", "file_rejected", "“a.exe” is of a type that cannot be attached. Attach a PDF,"),
    ],
)
def test_refusal_names_the_file(name, content, code, sentence):
    with refuses(code, field="files", sentence=sentence):
        inspect_upload(upload(name, content), run=Sandbox(None))


def test_file_over_the_limit_is_refused_and_one_at_it_is_not(settings):
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    at_the_limit = PDF[:9] + b"\n" * (settings.UPLOAD_MAX_BYTES - len(PDF)) + PDF[9:]

    assert inspect_upload(upload("a.pdf", at_the_limit), run=Sandbox(None)).media_type == "application/pdf"
    with refuses(
        "too_large",
        field="files",
        sentence="“a.pdf” has 1 MB. The limit is 1 MB. Attach a smaller scan, or split the file.",
    ):
        inspect_upload(upload("a.pdf", PDF[:9] + b"\n" + at_the_limit[9:]), run=Sandbox(None))


@pytest.mark.parametrize(
    ("size", "told"), [(1, "0 MB"), (1024 * 1024 * 3 // 2, "1.5 MB"), (5 * 1024**3 // 2, "2.5 GB")]
)
def test_sizes_are_displayed_in_units(size, told):
    assert format_size(size) == told


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("letter.pdf", "letter.pdf"),
        ("/etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\boot.pdf", "boot.pdf"),
        ("C:\\Users\\Thabo\\my letter.pdf", "my letter.pdf"),
        ("gnp\u202efdp.pdf", "gnpfdp.pdf"),
        ("a\x00b\nc\x7f.pdf", "abc.pdf"),
        ("zero\u200bwidth\ufeff.pdf", "zerowidth.pdf"),
        ("  much   room .pdf ", "much room .pdf"),
        ("…", "…"),
        ("...", "file"),
        ("", "file"),
        (".pdf", "pdf"),
        ("Mokhotlong – Qacha’s Nek.pdf", "Mokhotlong – Qacha’s Nek.pdf"),
        ("e\u0301.pdf", "é.pdf"),
    ],
)
def test_name_is_cleaned(sent, kept):
    assert clean_file_name(sent) == kept


def test_long_name_keeps_its_extension():
    assert clean_file_name("x" * 300 + ".docx") == "x" * 250 + ".docx"
    assert len(clean_file_name("x." + "y" * 300)) == 255
