"""What a file really is: by its content, whatever the sender says of it."""

import hashlib
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from PIL import Image

from dialogues.uploads import EXTENSIONS, clean_name, inspect
from tests.refusing import refuses

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


def office(*names, content=b"<xml/>"):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, content)
    return made.getvalue()


DOCX = office("[Content_Types].xml", "_rels/.rels", "word/document.xml")
XLSX = office("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml")


def picture(kind, size=(64, 48)):
    made = io.BytesIO()
    Image.effect_noise(size, 50).convert("RGB").save(made, kind)
    return made.getvalue()


PNG, JPEG = picture("PNG"), picture("JPEG")
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def upload(name, content, claims="application/octet-stream"):
    return SimpleUploadedFile(name, content, claims)


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("A.PDF", PDF, "application/pdf"),
        ("a.docx", DOCX, WORD),
        ("a.xlsx", XLSX, EXCEL),
        ("a.png", PNG, "image/png"),
        ("a.jpg", JPEG, "image/jpeg"),
        ("a.jpeg", JPEG, "image/jpeg"),
    ],
)
def test_file_is_taken_for_what_its_content_is(name, content, media_type):
    found = inspect(upload(name, content, claims="text/html"))

    assert found == (name, media_type, len(content), hashlib.sha256(content).hexdigest())


def test_file_on_disk_is_read_whole_and_left_at_its_beginning():
    kept = TemporaryUploadedFile("a.pdf", "application/pdf", len(PDF), None)
    kept.write(PDF)

    assert inspect(kept).sha256 == hashlib.sha256(PDF).hexdigest()
    assert kept.read() == PDF


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"just words"),
        ("a.pdf", b"%PDF-1.7\n a truncated one"),
        ("a.pdf", b"MZ\x90\x00" + PDF),
        ("a.docx", office("[Content_Types].xml", "xl/workbook.xml")[:60]),
        ("a.docx", office("word/document.xml")),
        ("a.docx", office("[Content_Types].xml", "readme.txt")),
        ("a.docx", office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")),
        ("a.png", PNG[:-40]),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 100),
        ("a.jpg", JPEG[: len(JPEG) // 2]),
        ("a.jpg", b"\xff\xd8\xff\xe0" + b"\x00" * 100),
        ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
    ],
    ids=[
        "words as pdf",
        "pdf cut off",
        "program with a pdf behind",
        "zip cut off",
        "zip without content types",
        "zip of nothing known",
        "macros",
        "png cut off",
        "png in name alone",
        "jpeg cut off",
        "jpeg in name alone",
        "svg as png",
    ],
)
def test_file_that_is_not_what_its_name_says_is_refused(name, content):
    with refuses("its content is damaged or something else", field="files"):
        inspect(upload(name, content))


@pytest.mark.parametrize(
    ("name", "content", "called"),
    [
        ("a.docx", PDF, "a PDF"),
        ("a.pdf", PNG, "a PNG picture"),
        ("a.xlsx", DOCX, "a Word document"),
        ("report", XLSX, "an Excel workbook"),
        ("a.pdf.exe", PDF, "a PDF"),
    ],
)
def test_file_named_for_something_else_is_told_what_it_is(name, content, called):
    with refuses(f"“{name}” is {called} by its content, but its name doesn't end in", field="files"):
        inspect(upload(name, content))


@pytest.mark.parametrize("name", ["a.exe", "a.html", "a.svg", "a.zip", "a", "a.doc"])
def test_file_of_another_sort_is_told_what_is_taken(name):
    with refuses("Send a PDF, a Word or Excel file (.docx, .xlsx) or a picture (.jpg, .png).", field="files"):
        inspect(upload(name, b"MZ\x90\x00 whatever it is"))


def test_empty_file_is_refused():
    with refuses("“a.pdf” is empty. Choose the file again.", field="files"):
        inspect(upload("a.pdf", b""))


def test_file_over_the_limit_is_refused_and_one_at_it_is_not(settings):
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    filler = b"\n" * (settings.UPLOAD_MAX_BYTES - len(PDF))
    at_the_limit = PDF[:9] + filler + PDF[9:]

    assert inspect(upload("a.pdf", at_the_limit)).size == 1024 * 1024
    with refuses("at most 1.0 MB can be taken. Send a smaller scan, or split it.", field="files"):
        inspect(upload("a.pdf", PDF[:9] + b"\n" + at_the_limit[9:]))


def test_picture_made_to_fill_the_memory_is_refused(monkeypatch):
    monkeypatch.setattr("dialogues.uploads.MOST_PIXELS", 64 * 48 - 1)

    with refuses("damaged or something else", field="files"):
        inspect(upload("a.png", PNG))


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
    assert clean_name(sent) == kept


def test_long_name_keeps_its_extension():
    assert clean_name("x" * 300 + ".docx") == "x" * 250 + ".docx"
    assert len(clean_name("x." + "y" * 300)) == 255


def test_extensions_offered_are_those_that_are_taken():
    assert EXTENSIONS == (".pdf", ".docx", ".xlsx", ".jpg", ".jpeg", ".png")
