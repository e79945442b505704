"""The file of a briefing: rendered once for equal content, stored for each, with progress."""

import hashlib
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from reports.actions.briefings import clear_briefing, request_briefing, retry_briefing
from reports.actions.rendering import render_briefing
from reports.actions.withdrawals import withdraw_briefing
from reports.briefings import pdf
from reports.choices import BriefingKind
from reports.models import Briefing, BriefingState, Document
from tests.factories import (
    MASERU,
    AmbassadorFactory,
    BriefingFactory,
    CountryFactory,
    EvidenceFactory,
    JobFactory,
    OfficerFactory,
    RecommendationFactory,
    RedactionDecisionFactory,
    RedactionFactory,
)
from tiptracker.jobs.actions import JobProgress
from tiptracker.jobs.models import Job, State

pytestmark = pytest.mark.django_db

NOW = datetime(2022, 1, 28, 9, tzinfo=MASERU)


@pytest.fixture
def edition():
    return RecommendationFactory().edition


@pytest.fixture
def rendered_documents(monkeypatch):
    """The documents that were rendered, in order; each file is its HTML."""
    documents = []

    def to_pdf(html, tell=None):
        documents.append(html)
        return f"%PDF-1.7 {len(documents)} {html}".encode()

    monkeypatch.setattr(pdf, "render_pdf", to_pdf)
    return documents


def request_sample(edition, by, **fields):
    return request_briefing(
        edition=edition,
        document=Document(BriefingKind.AMBASSADOR, **fields),
        as_of=date(2022, 1, 28),
        by=by,
        now=NOW,
    )


def file_content(briefing):
    with briefing.file.open("rb") as file:
        return file.read()


def test_equal_briefings_are_rendered_once_and_have_separate_files(edition, rendered_documents, run_jobs):
    first, second = request_sample(edition, OfficerFactory()), request_sample(edition, AmbassadorFactory())
    run_jobs()

    first, second = Briefing.objects.get(pk=first.pk), Briefing.objects.get(pk=second.pk)
    assert len(rendered_documents) == 1
    assert (first.state, second.state) == (BriefingState.READY, BriefingState.READY)
    assert first.setting_sha256 == second.setting_sha256 == pdf.hash_render_input(rendered_documents[0])
    assert file_content(first) == file_content(second)
    assert first.file.name != second.file.name


def test_withdrawing_one_leaves_the_others_file(edition, rendered_documents, run_jobs):
    kept, gone = request_sample(edition, OfficerFactory()), request_sample(edition, OfficerFactory())
    run_jobs()
    redaction = RedactionDecisionFactory(redaction=RedactionFactory()).redaction
    gone.refresh_from_db()
    withdraw_briefing(briefing=gone, redaction=redaction, reason="It held a name.", now=NOW)

    kept = Briefing.objects.get(pk=kept.pk)
    assert Briefing.objects.get(pk=gone.pk).state is BriefingState.WITHDRAWN
    assert hashlib.sha256(file_content(kept)).hexdigest() == kept.sha256


def test_a_withdrawn_briefing_is_not_copied(edition, rendered_documents, run_jobs):
    request_sample(edition, OfficerFactory())
    run_jobs()
    redaction = RedactionDecisionFactory(redaction=RedactionFactory(), recorded_at=NOW).redaction
    withdraw_briefing(briefing=Briefing.objects.get(), redaction=redaction, reason="It held a name.", now=NOW)
    request_sample(edition, OfficerFactory())
    run_jobs()

    assert len(rendered_documents) == 2


@pytest.mark.parametrize(
    "differently",
    [
        lambda edition: request_sample(edition, OfficerFactory(), covering_note="For the car."),
        lambda edition: EvidenceFactory(title="Recorded in between") and request_sample(edition, OfficerFactory()),
    ],
    ids=["note", "facts"],
)
def test_a_briefing_whose_content_differs_is_rendered_again(edition, rendered_documents, run_jobs, differently):
    request_sample(edition, OfficerFactory())
    run_jobs()
    differently(edition)
    run_jobs()

    assert len(rendered_documents) == 2
    assert len({row.setting_sha256 for row in Briefing.objects.all()}) == 2


@pytest.mark.parametrize("altered", [b"%PDF-1.7 something else", None], ids=["altered", "gone"])
def test_a_file_that_is_no_longer_what_was_made_is_not_copied(edition, rendered_documents, run_jobs, caplog, altered):
    request_sample(edition, OfficerFactory())
    run_jobs()
    path = Path(default_storage.path(Briefing.objects.get().file.name))
    if altered is None:
        path.unlink()
    else:
        path.write_bytes(altered)
    second = request_sample(edition, OfficerFactory())
    run_jobs()

    second.refresh_from_db()
    assert len(rendered_documents) == 2
    assert file_content(second).startswith(b"%PDF-1.7 2 ")
    assert "The file of briefing" in caplog.text


def test_another_countrys_file_is_never_copied(edition, rendered_documents, run_jobs, monkeypatch):
    monkeypatch.setattr(pdf, "hash_render_input", lambda html: "5" * 64)
    elsewhere = RecommendationFactory(edition__country=CountryFactory(elsewhere=True)).edition
    BriefingFactory(edition=elsewhere, pdf=b"%PDF-1.7 theirs", setting_sha256="5" * 64)
    ours = request_sample(edition, OfficerFactory())
    run_jobs()

    ours.refresh_from_db()
    assert len(rendered_documents) == 1
    assert b"theirs" not in file_content(ours)


def test_an_issued_briefing_is_rendered_again_without_the_draft_mark(edition, rendered_documents, run_jobs):
    draft = request_sample(edition, OfficerFactory())
    run_jobs()
    draft.refresh_from_db()
    drawn = draft.setting_sha256
    clear_briefing(briefing=draft, sha256=draft.sha256, by=AmbassadorFactory(), now=NOW)
    run_jobs()

    issued = Briefing.objects.get(pk=draft.pk)
    assert issued.state is BriefingState.ISSUED
    assert (len(rendered_documents), issued.setting_sha256 != drawn) == (2, True)
    assert "DRAFT, NOT CLEARED" not in rendered_documents[1]


def test_a_redaction_confirmed_meanwhile_is_not_undone_by_a_copy(edition, run_jobs, monkeypatch):
    """The text is in a file that could be copied. The redaction is confirmed after the content was gathered."""
    name = "Ntsoaki of Ha Thetsane"
    evidence = EvidenceFactory(title=name)
    request_sample(edition, OfficerFactory())
    run_jobs()
    asked_for = request_sample(edition, OfficerFactory())
    really = pdf.hash_render_input

    def confirm_in_between(html):
        monkeypatch.setattr(pdf, "hash_render_input", really)
        redaction = RedactionDecisionFactory(redaction=RedactionFactory(words=name)).redaction
        redaction.places.create(table="dialogues.evidence", row=evidence.pk, field="title")
        type(evidence).objects.filter(pk=evidence.pk).update(title="[redacted]")
        return really(html)

    monkeypatch.setattr(pdf, "hash_render_input", confirm_in_between)
    render_briefing(briefing=asked_for, now=NOW, progress=JobProgress(JobFactory()))

    asked_for.refresh_from_db()
    assert asked_for.state is BriefingState.READY
    assert name not in pdf.extract_pdf_text(file_content(asked_for))


def test_progress_is_reported_step_by_step_and_never_decreases(edition, monkeypatch, run_jobs):
    told = []
    report = JobProgress.report

    def note(self, per_cent, step):
        report(self, per_cent, step)
        job = Job.objects.get(pk=self.job.pk)
        told.append((job.progress, job.step))

    monkeypatch.setattr(JobProgress, "report", note)
    request_sample(edition, OfficerFactory())
    job = run_jobs()[-1]

    numbers = [per_cent for per_cent, _ in told]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) > 6
    assert (numbers[0], numbers[-1]) == (1, 97)
    steps = [step for _, step in told]
    assert steps[:2] == ["Gathering the facts", "Reading the content"]
    assert {"Laying out page 1", "Laying out page 2", "Drawing the pages", "Writing the file"} <= set(steps)
    assert steps[-1] == "Saving the file"
    assert (job.state, job.progress) == (State.READY, 100)


def test_a_restarted_job_keeps_its_progress():
    job = JobFactory(state=State.RUNNING, progress=60)
    progress = JobProgress(job)
    progress.report(1, "Gathering the facts")
    job.refresh_from_db()

    assert (job.progress, job.step) == (60, "Gathering the facts")


def test_a_failure_says_so_and_the_next_try_makes_it(edition, monkeypatch, run_jobs):
    really = pdf.render_pdf

    def fail(html, tell):
        raise MemoryError

    monkeypatch.setattr(pdf, "render_pdf", fail)
    briefing = request_sample(edition, officer := OfficerFactory())
    assert run_jobs()[-1].state == State.FAILED
    assert "Something went wrong on our side. Try again" in Briefing.objects.get().job.reason

    monkeypatch.setattr(pdf, "render_pdf", really)
    retry_briefing(briefing=briefing, by=officer)
    run_jobs()
    assert Briefing.objects.get().state is BriefingState.READY


def test_a_briefing_of_an_earlier_moment_is_another_file(edition, rendered_documents, run_jobs):
    request_sample(edition, OfficerFactory())
    request_briefing(
        edition=edition,
        document=Document(BriefingKind.AMBASSADOR),
        as_of=date(2022, 1, 28),
        known_by=NOW - timedelta(days=1),
        by=OfficerFactory(),
        now=NOW,
    )
    run_jobs()

    assert len(rendered_documents) == 2
