"""Input for Washington as a Word file: made, cleared, downloaded, withdrawn."""

import hashlib
import io
import json
from datetime import date, datetime

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from docx import Document as WordDocument

from dialogues.actions.redactions import confirm_redaction, propose_redaction
from dialogues.choices import EvidenceDecision
from reports.actions.briefings import clear_briefing, request_briefing
from reports.briefings.word.template_check import check_template
from reports.choices import BriefingKind
from reports.models import Briefing, BriefingState, Document
from tests.factories import (
    MASERU,
    AmbassadorFactory,
    BenchmarkFactory,
    BriefingFactory,
    EvidenceFactory,
    EvidenceReviewFactory,
    FocalPointFactory,
    ObserverFactory,
    OfficerFactory,
    RecommendationFactory,
    WordTemplateFactory,
)
from tests.refusals import command_refuses, shows_refusal
from tests.reports.briefings import word_templates
from tiptracker.audit.models import AuditEntry

pytestmark = pytest.mark.django_db

NOW = datetime(2022, 1, 28, 9, tzinfo=MASERU)
DRAFT_MARK = "DRAFT, NOT CLEARED"
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture
def draft(run_jobs):
    """A draft that the worker made, of a record with one verified piece of evidence."""
    benchmark = BenchmarkFactory(recommendation=RecommendationFactory(indicia=[1]))
    piece = EvidenceFactory(title="The unit’s budget was released", supports=[benchmark])
    EvidenceReviewFactory(evidence=piece, evidence_link=piece.evidence_links.get(), decision=EvidenceDecision.VERIFIED)
    request_briefing(
        edition=benchmark.recommendation.edition,
        document=Document(BriefingKind.WASHINGTON),
        as_of=date(2022, 1, 28),
        by=OfficerFactory(),
        now=NOW,
    )
    run_jobs()
    return Briefing.objects.get()


def open_word(file):
    return WordDocument(io.BytesIO(file))


def word_text(file):
    return "\n".join(paragraph.text for paragraph in open_word(file).paragraphs)


def has_draft_mark(file):
    """Return whether the header of its pages says that it is a draft."""
    return DRAFT_MARK in "".join(paragraph.text for paragraph in open_word(file).sections[0].header.paragraphs)


def word_content(briefing):
    with briefing.word.open("rb") as file:
        return file.read()


def logged_values(verb):
    """Return the details of the one log entry with this verb."""
    return json.loads(AuditEntry.objects.get(verb=verb).detail.after)


def get_word_file(client, briefing):
    return client.get(reverse("briefing_word", args=[briefing.pk]))


def test_the_worker_takes_the_look_of_the_posts_template(run_jobs):
    edition = RecommendationFactory().edition
    content = check_template(word_templates.letterhead())[1]
    WordTemplateFactory(country=edition.country, content=content)
    document = Document(BriefingKind.WASHINGTON)
    request_briefing(edition=edition, document=document, as_of=date(2022, 1, 28), by=OfficerFactory(), now=NOW)
    run_jobs()

    file = word_content(Briefing.objects.get())

    section = open_word(file).sections[0]
    assert word_templates.LETTERHEAD in [paragraph.text for paragraph in section.header.paragraphs]
    assert has_draft_mark(file)
    assert round(section.page_width.mm) == 200


def test_the_worker_makes_it_with_the_pdf(draft):
    file = word_content(draft)

    assert "The unit’s budget was released" in word_text(file)
    assert has_draft_mark(file)
    assert (draft.word_sha256, draft.word_size) == (hashlib.sha256(file).hexdigest(), len(file))
    assert logged_values("briefing.rendered") == {"sha256": draft.sha256, "word_sha256": draft.word_sha256}


def test_only_input_for_washington_is_one(run_jobs):
    edition = RecommendationFactory().edition
    document = Document(BriefingKind.AMBASSADOR)
    request_briefing(edition=edition, document=document, as_of=date(2022, 1, 28), by=OfficerFactory(), now=NOW)
    run_jobs()

    briefing = Briefing.objects.get()
    assert (briefing.state, briefing.word, briefing.word_sha256, briefing.word_size) == (
        BriefingState.READY,
        "",
        "",
        None,
    )


def test_cleared_it_is_made_once_more_without_the_mark_and_fixed(draft, run_jobs, django_capture_on_commit_callbacks):
    drawn, said = draft.paths, word_text(word_content(draft))
    clear_briefing(briefing=draft, sha256=draft.sha256, by=AmbassadorFactory(), now=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        run_jobs()

    issued = Briefing.objects.get()
    file = word_content(issued)
    assert issued.state is BriefingState.ISSUED
    assert not has_draft_mark(file)
    assert word_text(file) == said
    assert issued.word_sha256 == hashlib.sha256(file).hexdigest() != draft.word_sha256
    assert logged_values("briefing.issued")["word_sha256"] == issued.word_sha256
    assert [default_storage.exists(path) for path in drawn] == [False, False]
    assert [default_storage.exists(path) for path in issued.paths] == [True, True]
    for change in ({"word": "briefings/other.docx"}, {"word_sha256": "0" * 64}, {"word_size": 1}):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            Briefing.objects.update(**change)


@pytest.mark.parametrize("reader", [OfficerFactory, AmbassadorFactory, ObserverFactory])
def test_a_word_file_is_downloaded_and_logged(client, reader):
    briefing = BriefingFactory(pdf=b"%PDF-1.7", word_content=b"PK all of it")
    user = reader()
    client.force_login(user)
    response = get_word_file(client, briefing)

    assert b"".join(response.streaming_content) == b"PK all of it"
    assert response.headers["Content-Type"] == WORD_TYPE
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="TIP-input-LSO-2021-as-of-2022-01-28-v1.docx"'
    )
    assert "no-store" in response.headers["Cache-Control"]
    download = briefing.downloads.get()
    assert (download.by, download.sha256) == (user, briefing.word_sha256)
    assert AuditEntry.objects.get(verb="briefing.downloaded").by == user


@pytest.mark.parametrize(
    ("content", "code", "sentence"),
    [
        (b"", "not_ready", "This briefing is not ready yet."),
        (b"%PDF-1.7", "no_word_file", "This document has no Word file."),
    ],
)
def test_without_a_word_file_the_page_of_the_briefing_is_shown(client, content, code, sentence):
    briefing = BriefingFactory(pdf=content)
    client.force_login(OfficerFactory())

    assert get_word_file(client, briefing).headers["Location"] == reverse("briefing_detail", args=[briefing.pk])
    api = client.get(reverse("briefing-word", args=[briefing.pk]))
    assert (api.status_code, api.json()["code"]) == (409, code)
    assert sentence in api.json()["detail"]
    assert not briefing.downloads.exists()


def test_no_ministry_is_given_it(client):
    briefing = BriefingFactory(pdf=b"%PDF-1.7", word_content=b"PK")
    client.force_login(FocalPointFactory())

    answers = [get_word_file(client, briefing), client.get(reverse("briefing-word", args=[briefing.pk]))]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert not briefing.downloads.exists()


def test_its_page_leads_to_it_and_tells_its_size_and_hash(client):
    briefing = BriefingFactory(pdf=b"%PDF-1.7", word_content=b"P" * 2048)
    other = BriefingFactory(pdf=b"%PDF-1.7")
    client.force_login(ObserverFactory())
    shown, without = (client.get(reverse("briefing_detail", args=[row.pk])).text for row in (briefing, other))

    assert f'href="{reverse("briefing_word", args=[briefing.pk])}"' in shown
    assert "Download Word file (2.0\xa0KB)" in shown
    assert briefing.word_sha256 in shown
    assert "Word" not in without


def test_the_api_tells_of_it_and_gives_it(client):
    briefing = BriefingFactory(pdf=b"%PDF-1.7", word_content=b"PK all of it")
    BriefingFactory(pdf=b"%PDF-1.7")
    client.force_login(OfficerFactory())
    without, told = client.get("/api/v1/briefings/").json()["results"]

    assert (without["word"], without["word_sha256"], without["word_size"]) == (None, "", None)
    assert told["word"] == f"http://testserver/api/v1/briefings/{briefing.pk}/word/"
    assert (told["word_sha256"], told["word_size"]) == (briefing.word_sha256, 12)
    response = client.get(told["word"], headers={"accept": WORD_TYPE})
    assert b"".join(response.streaming_content) == b"PK all of it"
    assert response.headers["Content-Type"] == WORD_TYPE
    assert briefing.downloads.get().sha256 == briefing.word_sha256


@pytest.mark.parametrize("as_file", [True, False])
def test_its_hash_is_known_on_the_page_that_checks_files(client, as_file):
    briefing = BriefingFactory(pdf=b"%PDF-1.7", word_content=b"PK all of it", issued=True)
    client.force_login(ObserverFactory())
    sent = {"file": SimpleUploadedFile("a.docx", b"PK all of it")} if as_file else {"sha256": briefing.word_sha256}
    answer = client.post(reverse("briefing_check"), sent)

    assert "This file is one of our documents" in answer.text
    assert "Your file is unchanged." in answer.text
    assert "This file is one of our documents" not in client.post(reverse("briefing_check"), {"sha256": "0" * 64}).text


def test_the_drafts_hash_is_known_once_it_is_issued(client, draft, run_jobs):
    client.force_login(ObserverFactory())
    assert b"".join(get_word_file(client, draft).streaming_content)
    clear_briefing(briefing=draft, sha256=draft.sha256, by=AmbassadorFactory(), now=NOW)
    run_jobs()

    answer = client.post(reverse("briefing_check"), {"sha256": draft.word_sha256})
    assert "Your file is an unchanged draft." in answer.text


def test_withdrawn_for_a_redaction_it_is_destroyed_and_its_hash_kept(client, draft, run_jobs):
    client.force_login(ObserverFactory())
    country, words = draft.edition.country, "The unit’s budget"
    redaction = propose_redaction(
        country=country, words=words, reason="It names a victim.", by=OfficerFactory(), now=NOW
    )
    confirm_redaction(redaction=redaction, by=AmbassadorFactory(), now=NOW)
    held_back = get_word_file(client, draft)
    run_jobs()

    withdrawn = Briefing.objects.get()
    assert held_back.status_code == 409
    assert shows_refusal(held_back, "redaction_unfinished")
    assert f'<a href="{reverse("briefing_word", args=[draft.pk])}"> Download Word file </a>' in held_back.text
    assert (withdrawn.word, withdrawn.word_sha256) == ("", draft.word_sha256)
    assert [default_storage.exists(path) for path in draft.paths] == [False, False]
    assert logged_values("briefing.withdrawn")["word_sha256"] == draft.word_sha256
    answers = [get_word_file(client, draft), client.get(reverse("briefing-word", args=[draft.pk]))]
    assert [answer.status_code for answer in answers] == [410, 410]
    assert client.get(f"/api/v1/briefings/{draft.pk}/").json()["word"] is None


# --- By the command ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("without_sources", [True, False])
def test_the_command_writes_it(draft, tmp_path, without_sources):
    file = tmp_path / "input.docx"
    options = {"kind": "washington", "as_of": "2022-01-28", "output": str(file), "without_sources": without_sources}
    call_command("issue_briefing", "LSO", "2021", **options)
    written = file.read_bytes()

    assert has_draft_mark(written)
    assert "The unit’s budget was released" in word_text(written)
    assert ("Sources are left out." in word_text(written)) is without_sources
    if not without_sources:
        assert word_text(written) == word_text(word_content(draft))


@pytest.mark.parametrize("kind", ["ambassador", "ministry", "dialogue"])
def test_the_command_refuses_another_kind_and_a_name_that_says_nothing(tmp_path, capsys, kind):
    RecommendationFactory()
    ministry = "Police" if kind == "ministry" else None
    for name, code, sentence in (
        (
            "a.docx",
            "no_word_file",
            "Only --kind washington and answers are written as .docx. Let the name of the file end in .pdf:",
        ),
        ("a.odt", "unsupported_format", "A briefing is written as .pdf and .docx. Let the name of the file end so:"),
    ):
        options = {"kind": kind, "as_of": "2022-01-28", "output": str(tmp_path / name), "ministry": ministry}
        with command_refuses(capsys, code, sentence=f"{sentence} {tmp_path / name}"):
            call_command("issue_briefing", "LSO", "2021", **options)

    assert [*tmp_path.iterdir()] == []
