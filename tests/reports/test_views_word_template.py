"""The page of a post's Word template: uploaded, replaced, removed, refused; Word documents have its look."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from docx import Document

from dialogues.files import scanner
from reports.actions import word_templates as actions
from reports.models import WordTemplate
from tests import factories
from tests.refusals import shows_refusal
from tests.reports.briefings import word_templates
from tiptracker.audit.models import AuditDetail
from tiptracker.sandbox.sandbox import Sandbox

pytestmark = [pytest.mark.django_db, pytest.mark.day("2022-02-15")]


@pytest.fixture
def country():
    return factories.RecommendationFactory(edition__year=2021).edition.country


@pytest.fixture(autouse=True)
def administrator(client, country):
    person = factories.AdministratorFactory()
    client.force_login(person)
    return person


def url(country):
    return reverse("word_template", args=[country.pk])


def upload(client, country, content, name="letterhead.docx"):
    return client.post(url(country), {"file": SimpleUploadedFile(name, content)}, follow=True)


def logged():
    """The changes of the template in the log, oldest first: the names before and after."""
    details = AuditDetail.objects.filter(entry__verb="country.changed").order_by("entry__number")
    values = [[json.loads(text or "{}") or {} for text in (detail.before, detail.after)] for detail in details]
    return [tuple(each.get("word_template") for each in pair) for pair in values]


def test_a_template_is_uploaded_replaced_and_removed_and_each_is_logged(client, country, administrator):
    page = upload(client, country, word_templates.letterhead())
    assert "200 × 280 mm" in page.text
    first = WordTemplate.objects.get()
    assert (first.name, first.uploaded_by) == ("letterhead.docx", administrator)

    upload(client, country, word_templates.two_sections(), name="new.docx")
    second = WordTemplate.objects.get()
    assert (second.pk, second.name) == (first.pk, "new.docx")
    assert second.sha256 != first.sha256

    page = client.post(url(country), {"do": "remove"}, follow=True)
    assert "There is no template yet." in page.text
    client.post(url(country), {"do": "remove"})
    assert logged() == [(None, "letterhead.docx"), ("letterhead.docx", "new.docx"), ("new.docx", None)]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("t.docx", word_templates.with_macros(), "file_rejected"),
        ("t.docm", b"x", "file_rejected"),
        ("t.dotx", b"x", "file_rejected"),
        ("t.pdf", b"%PDF-1.7", "file_rejected"),
        ("t.docx", word_templates.with_remote_template("https://x.example/t.dotx"), "file_rejected"),
        ("t.docx", word_templates.narrow(), "file_rejected"),
        ("t.docx", b"PK\x03\x04 nothing", "file_rejected"),
        ("t.docx", b"1" * (2 * 1024 * 1024 + 1), "too_large"),
    ],
    ids=["macros", "docm", "dotx", "PDF", "remote", "narrow", "broken", "large"],
)
def test_a_bad_template_is_refused_and_the_earlier_one_stays(client, country, name, content, code):
    kept = factories.WordTemplateFactory(country=country, name="earlier.docx")
    page = upload(client, country, content, name)
    assert page.status_code == 422
    assert shows_refusal(page, code)
    assert name in page.context["form"].errors["file"][0]
    assert WordTemplate.objects.get().sha256 == kept.sha256
    assert logged() == []


def test_a_refusal_says_what_to_do(client, country):
    page = upload(client, country, word_templates.with_macros())
    [sentence] = page.context["form"].errors["file"]
    assert sentence.startswith("“letterhead.docx” has macros. Correct that in Word, save the file as a Word document")


@pytest.mark.parametrize(
    ("verdict", "code"), [("Eicar-Signature", "malware"), (scanner.ScannerUnavailable(), "scanner_unavailable")]
)
def test_a_template_is_scanned_first(client, country, settings, monkeypatch, *, verdict, code):
    def scan(content, address):
        if isinstance(verdict, Exception):
            raise verdict
        return verdict

    settings.CLAMD_URL = "tcp://scanner:3310"
    monkeypatch.setattr(actions, "scan", scan)
    assert shows_refusal(upload(client, country, word_templates.letterhead()), code)
    assert not WordTemplate.objects.exists()


def test_no_file_is_refused(client, country):
    assert client.post(url(country), {}).status_code == 422


def test_documents_have_the_look_of_the_template_of_their_own_post(client, country, tmp_path):
    factories.QuestionFactory(edition=country.editions.get(year=2021), number="8")
    elsewhere = factories.CountryFactory(elsewhere=True)

    def written(name):
        path = tmp_path / name
        call_command("draft_answers", "LSO", "2021", as_of="2022-02-15", output=str(path))
        return path

    upload(client, elsewhere, word_templates.letterhead(landscape=True))
    plain = written("plain.docx")
    assert round(Document(plain).sections[0].page_width.mm) == 210

    upload(client, country, word_templates.letterhead())
    file = written("letter.docx")
    document = Document(file)
    assert document.styles["Normal"].font.name == word_templates.FONT
    assert word_templates.LETTERHEAD in [each.text for each in document.sections[0].header.paragraphs]
    assert file.read_bytes() == written("again.docx").read_bytes()

    client.post(url(country), {"do": "remove"})
    assert written("removed.docx").read_bytes() == plain.read_bytes()


def test_the_confined_process_gives_facts_and_a_clean_copy():
    file = SimpleUploadedFile("t.docx", word_templates.letterhead())
    found = actions.inspect_template(file, run=Sandbox(None))
    assert found.checked.facts["width"] == 200
    assert found.checked.content.startswith(b"PK")
