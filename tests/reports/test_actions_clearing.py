"""Clear a draft: another person clears it, only the draft mark goes, and it never changes afterwards."""

import hashlib
import io
from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from pypdf import PdfReader

from reports.actions.briefings import clear_briefing, request_briefing
from reports.actions.rendering import render_briefing
from reports.choices import BriefingKind
from reports.models import Briefing, BriefingState, Document
from tests.factories import (
    MASERU,
    AmbassadorFactory,
    BriefingDownloadFactory,
    BriefingFactory,
    CountryFactory,
    EditionFactory,
    EvidenceFactory,
    FocalPointFactory,
    JobFactory,
    ObserverFactory,
    OfficerFactory,
    RecommendationFactory,
    ReviewerFactory,
)
from tests.refusals import refuses, shows_refusal
from tiptracker.audit.actions import find_head_fault
from tiptracker.jobs.actions import JobProgress
from tiptracker.jobs.models import State

pytestmark = pytest.mark.django_db

NOW = datetime(2022, 1, 28, 9, tzinfo=MASERU)
DRAFT_MARK = "DRAFT, NOT CLEARED"


def pdf_text(briefing):
    with briefing.file.open("rb") as file:
        return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(file.read())).pages)


def clear(briefing, by, sha256=None):
    return clear_briefing(briefing=briefing, sha256=sha256 or briefing.sha256, by=by, now=NOW)


@pytest.fixture
def draft(run_jobs):
    """A draft that the worker made, of a record with one piece of evidence."""
    edition = RecommendationFactory().edition
    EvidenceFactory(title="The unit’s budget was released")
    briefing = request_briefing(
        edition=edition,
        document=Document(BriefingKind.AMBASSADOR),
        as_of=date(2022, 1, 28),
        by=OfficerFactory(),
        now=NOW,
    )
    run_jobs()
    return Briefing.objects.get(pk=briefing.pk)


def test_a_cleared_document_loses_the_draft_mark_and_never_changes(draft, run_jobs):
    said, drawn = pdf_text(draft), str(draft.file)
    assert DRAFT_MARK in said
    assert draft.content_sha256 in said
    ambassador = AmbassadorFactory()

    clear(draft, ambassador)
    assert Briefing.objects.get().state is BriefingState.CLEARING
    run_jobs()

    issued = Briefing.objects.get()
    assert (issued.state, issued.cleared_by) == (BriefingState.ISSUED, ambassador)
    assert DRAFT_MARK not in pdf_text(issued)
    assert pdf_text(issued).split() == said.replace(DRAFT_MARK, "").split()
    assert issued.content_sha256 == draft.content_sha256
    assert issued.sha256 != draft.sha256
    assert (issued.run.known_by, issued.run.methodology) == (issued.known_by, "1")
    assert find_head_fault(issued.log_number, issued.log_hash) == ""
    assert default_storage.exists(str(issued.file))
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Briefing.objects.update(size=1)
    assert str(issued.file) != drawn


def test_the_drafts_file_goes_once_what_is_issued_is_kept(draft, run_jobs, django_capture_on_commit_callbacks):
    drawn = str(draft.file)
    clear(draft, AmbassadorFactory())

    with django_capture_on_commit_callbacks(execute=True):
        run_jobs()

    assert not default_storage.exists(drawn)
    assert default_storage.exists(str(Briefing.objects.get().file))


def test_nobody_clears_what_they_asked_for(draft):
    with refuses("needs_second_person", sentence="Ask another officer or the Ambassador to clear it."):
        clear(draft, draft.requested_by)

    assert Briefing.objects.get().cleared_by is None


@pytest.mark.parametrize("reader", [ObserverFactory, FocalPointFactory])
def test_observers_and_ministries_cannot_clear(draft, reader):
    with pytest.raises(PermissionDenied):
        clear(draft, reader())


def test_a_draft_that_changed_since_it_was_read_cannot_be_cleared(draft):
    with refuses("stale_page", sentence="The draft has changed since you opened this page."):
        clear(draft, AmbassadorFactory(), sha256="0" * 64)
    with refuses("stale_page"):
        clear(BriefingFactory(edition=draft.edition), AmbassadorFactory())


def test_a_second_clearing_names_the_person_who_cleared_first(draft, run_jobs):
    clear(draft, ambassador := AmbassadorFactory())
    for _ in range(2):
        with refuses("edit_conflict", sentence=f"{ambassador} has already cleared this briefing."):
            clear(draft, ReviewerFactory())
        run_jobs()


def test_a_briefing_whose_content_would_differ_is_not_issued_and_says_why(client, draft, run_jobs):
    EvidenceFactory(title="Slipped in with an earlier day", recorded_at=draft.known_by - timedelta(days=1))
    clear(draft, ambassador := AmbassadorFactory())
    with refuses("content_changed", sentence="The content has changed since the draft was cleared."):
        render_briefing(briefing=Briefing.objects.get(), now=NOW, progress=JobProgress(JobFactory(state=State.READY)))

    (job,) = [job for job in run_jobs() if job.kind == "briefing"]

    assert job.state == State.FAILED
    kept = Briefing.objects.get()
    assert (kept.state, kept.sha256) == (BriefingState.READY, draft.sha256)
    client.force_login(ambassador)
    page = client.get(reverse("briefing_detail", args=[draft.pk])).text
    assert job.reason in page


def test_the_page_lets_somebody_else_clear_it_and_tells_who_asked_that_they_may_not(client, draft, run_jobs):
    address = reverse("briefing_detail", args=[draft.pk])
    button = "Clear for issue"
    client.force_login(draft.requested_by)
    own = client.get(address).text
    assert button not in own
    assert "another officer or the Ambassador has to clear it" in own
    refused = client.post(reverse("briefing_clear", args=[draft.pk]), {"sha256": draft.sha256})
    assert refused.status_code == 422
    assert shows_refusal(refused, "needs_second_person")

    client.force_login(AmbassadorFactory())
    assert button in client.get(address).text
    sent = client.post(reverse("briefing_clear", args=[draft.pk]), {"sha256": draft.sha256})
    assert (sent.status_code, sent.url) == (302, address)
    assert "The file without the draft marking is being made." in client.get(address).text
    run_jobs()
    page = client.get(address).text
    assert "This document is issued. It cannot change." in page
    assert f"Entry {Briefing.objects.get().log_number}:" in page


def test_a_correction_is_a_later_version_that_names_the_one_before(client):
    first, draft_between = BriefingFactory(pdf=b"one", issued=True), BriefingFactory(pdf=b"two")
    second = BriefingFactory(pdf=b"three", issued=True)
    client.force_login(AmbassadorFactory())

    def page(briefing):
        return client.get(reverse("briefing_detail", args=[briefing.pk])).context

    assert (page(second)["corrects"], page(second)["corrected_by"]) == (first, None)
    assert (page(first)["corrects"], page(first)["corrected_by"]) == (None, second)
    assert page(draft_between)["corrected_by"] == second
    assert "A later version was issued:" in client.get(reverse("briefing_detail", args=[first.pk])).text


def test_the_page_and_the_check_of_an_older_draft_lead_to_the_newest_one(client):
    first, second, third = (BriefingFactory(pdf=content) for content in (b"one", b"two", b"three"))
    BriefingFactory()  # has no file yet
    BriefingFactory(
        sha256=hashlib.sha256(b"gone").hexdigest(),
        withdrawn_at=NOW,
        withdrawn_by=AmbassadorFactory(),
        withdrawn_reason="It held a name.",
    )
    client.force_login(ObserverFactory())
    link = f'<a href="{reverse("briefing_detail", args=[third.pk])}">version 3</a>'

    def says(briefing, content):
        texts = client.get(reverse("briefing_detail", args=[briefing.pk])).text, check_file(client, content).text
        return ["A later version exists as a draft:" in text and link in text for text in texts]

    assert says(first, b"one") == says(second, b"two") == [True, True]
    assert says(third, b"three") == [False, False]


def test_a_draft_before_the_issued_version_is_not_called_later_than_it(client):
    issued_first = BriefingFactory(pdf=b"one", issued=True)
    BriefingFactory(pdf=b"two")
    issued_last = BriefingFactory(pdf=b"three", issued=True)
    client.force_login(AmbassadorFactory())

    [match] = check_file(client, b"one").context["matches"]

    assert (match.briefing, match.later, match.later_draft) == (issued_first, issued_last, None)


# --- Holding a file against its hash ----------------------------------------------------------------------------------


def check_file(client, content=None, sha256=""):
    file = {"file": SimpleUploadedFile("what I have.pdf", content)} if content is not None else {}
    return client.post(reverse("briefing_check"), {"sha256": sha256} | file)


def test_a_file_is_known_by_its_content_and_by_its_hash_however_that_was_copied(client):
    issued = BriefingFactory(pdf=b"as issued", issued=True)
    client.force_login(ObserverFactory())
    hash_ = hashlib.sha256(b"as issued").hexdigest()

    for answer in (
        check_file(client, b"as issued"),
        check_file(client, sha256=f" {hash_[:32].upper()}\n{hash_[32:]} "),
    ):
        assert [match.briefing for match in answer.context["matches"]] == [issued]
        assert "Your file is unchanged." in answer.text
    assert "We do not know this file" in check_file(client, b"as issued, and a letter more").text


def test_a_draft_one_superseded_and_one_withdrawn_say_so(client):
    draft = BriefingFactory(pdf=b"draft")
    superseded = BriefingFactory(pdf=b"old", issued=True)
    later = BriefingFactory(pdf=b"new", issued=True)
    since = BriefingFactory(pdf=b"final", issued=True)
    BriefingDownloadFactory(briefing=since, sha256=hashlib.sha256(b"its draft").hexdigest())
    gone = {"withdrawn_at": NOW, "withdrawn_by": AmbassadorFactory(), "withdrawn_reason": "It held a name."}
    BriefingFactory(sha256=hashlib.sha256(b"gone").hexdigest(), **gone)
    client.force_login(OfficerFactory())

    assert "Nobody has cleared it yet." in check_file(client, b"draft").text
    assert check_file(client, b"old").context["matches"][0].later == since
    assert check_file(client, b"new").context["matches"][0].briefing == later
    assert "Use the issued file instead." in check_file(client, b"its draft").text
    answer = check_file(client, b"gone").text
    assert "It held a name." in answer
    assert "Destroy your copy" in answer
    assert {draft.version, superseded.version, later.version, since.version} == {1, 2, 3, 4}


def test_checking_a_file_reveals_nothing_to_people_who_may_not_read_it(client):
    BriefingFactory(pdf=b"as issued", issued=True)
    edition = EditionFactory(country=CountryFactory(elsewhere=True))
    for reader in (FocalPointFactory(), OfficerFactory(email="e@post.example", countries=[edition.country])):
        client.force_login(reader)
        known, unknown = check_file(client, b"as issued"), check_file(client, b"never seen")
        assert known.context["matches"] == unknown.context["matches"] == []


@pytest.mark.parametrize(
    ("content", "sha256", "field", "sentence"),
    [
        (None, "", "file", "Choose a file, or enter its SHA-256 checksum."),
        (b"", "", "file", "This file is empty. Choose another file."),
        (
            None,
            "abc",
            "sha256",
            "This is not a SHA-256 checksum. It has 64 characters: digits and the letters a to f. Copy all of it.",
        ),
    ],
)
def test_a_check_without_a_usable_file_is_refused_at_its_field(client, content, sha256, field, sentence):
    client.force_login(OfficerFactory())
    answer = check_file(client, content, sha256)

    assert answer.status_code == 422
    assert answer.context["form"].errors[field] == [sentence]
