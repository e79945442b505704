"""Previews in pages: pictures, pages of PDFs, texts, and files that cannot be shown."""

from datetime import date

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.urls import reverse

from dialogues.models import FileScan, RedactionFile
from dialogues.views import previews
from tests.dialogues.files.test_previews import blank_pdf
from tests.dialogues.sample_files import PDF, PNG, WORD_TYPE
from tests.factories import (
    CountryFactory,
    EvidenceFactory,
    EvidenceFileFactory,
    FocalPointFactory,
    OfficerFactory,
    RedactionDecisionFactory,
    UpdateVersionFactory,
    at_noon,
)
from tests.refusals import shows_refusal
from tiptracker.audit.append_only import REDACTED
from tiptracker.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clear_cache():
    cache.clear()


def create_file(content=PDF, media_type="application/pdf", name="map.pdf", **more):
    return EvidenceFileFactory(content=content, media_type=media_type, name=name, **more)


def get_picture(client, file, page=1):
    return client.get(reverse("file_picture", args=[file.pk, page]))


def logged_verbs(file):
    return list(AuditEntry.objects.for_rows(file).values_list("verb", "by__name"))


@pytest.mark.parametrize("page", ["evidence_detail", "version_detail"])
def test_a_pdf_is_shown_page_by_page_in_the_page(client, page):
    sent = UpdateVersionFactory()
    file = create_file(blank_pdf(*[(595, 842)] * 14))
    pieces = [EvidenceFactory(update_version=sent, file=file) for _ in range(2)]  # shown once, with the first
    client.force_login(OfficerFactory())

    text = client.get(reverse(page, args=[pieces[0].pk if page == "evidence_detail" else sent.pk])).text

    assert text.count("<img src=") == 12
    address = reverse("file_picture", args=[file.pk, 12])
    alt = "map.pdf, page 12 of 14"
    assert f'<img src="{address}" alt="{alt}" width="1200" height="1698" loading="lazy"' in text
    assert "The file has 2 more pages. Download it to read them." in text
    assert reverse("evidence_file", args=[file.pk]) in text
    assert logged_verbs(file) == []  # what has been shown is told when it is


def test_a_page_is_served_as_a_picture_and_logged_once(client):
    file = EvidenceFactory(file=create_file(blank_pdf(*[(100, 100)] * 3))).file
    client.force_login(OfficerFactory(name="The officer"))

    answers = [get_picture(client, file, page) for page in (1, 2, 3)]

    assert all(answer.content.startswith(b"\xff\xd8\xff") for answer in answers)
    headers = answers[0].headers
    assert headers["Content-Type"] == "image/jpeg"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert {"private", "no-store"} <= set(headers["Cache-Control"].split(", "))
    assert logged_verbs(file) == [("file.shown", "The officer")]
    client.force_login(OfficerFactory(name="Another"))
    get_picture(client, file)
    assert logged_verbs(file) == [("file.shown", "The officer"), ("file.shown", "Another")]


def test_pictures_and_texts_are_shown_and_office_files_are_to_be_downloaded(client):
    sent = UpdateVersionFactory()
    text = create_file(b"district;cases\nMaseru;<3>\n", "text/csv", "cases.csv")
    long = create_file(b"a" * 20_001, "text/plain", "long.txt")
    for file in (create_file(PNG, "image/png", "sign.png"), text, long, create_file(b"PK", WORD_TYPE, "plan.docx")):
        EvidenceFactory(update_version=sent, file=file)
    client.force_login(OfficerFactory())

    shown = client.get(reverse("version_detail", args=[sent.pk])).text

    assert 'alt="sign.png, shown as an image" width="64" height="48"' in shown
    assert "Maseru;&lt;3&gt;" in shown
    assert "This is the beginning of the file. Download it to read the rest." in shown
    assert "a" * 20_001 not in shown
    assert "Word and Excel files cannot be shown here. Download the file to read it." in shown
    assert [verb for verb, _ in logged_verbs(text)] == ["file.shown"]


def alter_content(file):
    with default_storage.open(file.file.name, "wb") as stored:
        stored.write(b"%PDF-1.4 something else")


def mark_infected(file):
    FileScan.objects.create(file=file, found="Eicar", at=at_noon(date(2022, 1, 11)))


@pytest.mark.parametrize(("spoil", "code"), [(alter_content, "file_altered"), (mark_infected, "malware")])
def test_a_file_that_cannot_be_downloaded_has_no_preview_and_says_why(client, spoil, code):
    evidence = EvidenceFactory(file=create_file())
    spoil(evidence.file)
    client.force_login(OfficerFactory())

    page, answer = client.get(reverse("evidence_detail", args=[evidence.pk])), get_picture(client, evidence.file)

    assert shows_refusal(page, code)
    assert "<img" not in page.text
    assert answer.status_code == 409
    assert shows_refusal(answer, code)
    assert "file.shown" not in dict(logged_verbs(evidence.file))


def test_a_file_that_was_destroyed_is_not_shown(client):
    evidence = EvidenceFactory(file=create_file(name=REDACTED))
    redaction = RedactionDecisionFactory(redaction__words=REDACTED).redaction
    RedactionFile.objects.create(redaction=redaction, file=evidence.file)
    client.force_login(OfficerFactory())

    assert "<img" not in client.get(reverse("evidence_detail", args=[evidence.pk])).text
    answer = get_picture(client, evidence.file)
    assert (answer.status_code, shows_refusal(answer, "redacted")) == (409, True)


def test_a_file_that_cannot_be_drawn_is_to_be_downloaded(client):
    evidence = EvidenceFactory(file=create_file(b"%PDF-1.4\n%%EOF\n"))
    client.force_login(OfficerFactory())

    assert previews.CANNOT_PREVIEW in client.get(reverse("evidence_detail", args=[evidence.pk])).text
    assert get_picture(client, evidence.file).status_code == 409
    document = get_picture(client, EvidenceFactory(file=create_file(b"PK", WORD_TYPE, "plan.docx")).file)
    assert (document.status_code, shows_refusal(document, "no_preview")) == (409, True)


def test_a_file_is_shown_to_those_who_see_what_cites_it(client):
    own = FocalPointFactory()
    sent = UpdateVersionFactory(update__commitment__ministry=own.ministry, recorded_by=own)
    file = EvidenceFactory(update_version=sent, file=create_file()).file
    for user, status in (
        (own, 200),
        (FocalPointFactory(), 404),
        (OfficerFactory(countries=[CountryFactory(elsewhere=True)]), 404),
    ):
        client.force_login(user)
        assert get_picture(client, file).status_code == status
    client.force_login(own)
    # A slow line: nothing of it is fetched until it is opened.
    page = client.get(reverse("evidence_detail", args=[sent.evidence.get().pk]))
    assert "<details><summary>Show map.pdf</summary>" in page.text


def test_how_many_pages_there_are_is_asked_once(client, monkeypatch):
    evidence = EvidenceFactory(file=create_file())
    client.force_login(OfficerFactory())
    address = reverse("evidence_detail", args=[evidence.pk])
    first = client.get(address).text
    monkeypatch.setattr(previews, "read_outline_in_sandbox", None)

    assert first.count("<img") == client.get(address).text.count("<img") == 1
