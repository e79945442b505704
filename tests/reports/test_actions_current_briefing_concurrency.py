"""The daily briefing while other transactions commit."""

from datetime import datetime, timedelta

from django.core.files.storage import default_storage

from reports.actions.briefings import record_download
from reports.actions.current_briefing import refresh_current_briefing
from reports.briefings import pdf
from reports.models import Briefing, BriefingDownload
from reports.tasks import current_briefings
from tests.concurrent_writes import run_on_other_connection, run_simultaneously
from tests.factories import MASERU, AmbassadorFactory, EvidenceFactory, JobFactory, RecommendationFactory
from tiptracker.audit.actions import log_head
from tiptracker.jobs.actions import JobProgress
from tiptracker.jobs.models import Job

NOW = datetime(2022, 1, 28, 9, tzinfo=MASERU)


def refresh(edition, now=NOW):
    newest = log_head()
    job = JobFactory(kind="current_briefing", key=edition.pk, state="ready")
    refresh_current_briefing(edition=edition, log_number=newest[0] if newest else 0, now=now, progress=JobProgress(job))


def automatic_briefings():
    return list(Briefing.objects.filter(requested_by=None).order_by("pk"))


def test_one_taken_while_the_next_is_made_is_kept(fresh_database, monkeypatch):
    edition, ambassador = RecommendationFactory().edition, AmbassadorFactory()
    monkeypatch.setattr(pdf, "render_pdf", lambda html, tell: html.encode())
    refresh(edition)
    taken = automatic_briefings()[0]
    EvidenceFactory(title="The unit’s budget was released", recorded_at=NOW)

    def to_pdf(html, tell):
        run_on_other_connection(lambda: record_download(briefing=taken, by=ambassador, now=NOW))
        return html.encode()

    monkeypatch.setattr(pdf, "render_pdf", to_pdf)
    refresh(edition, NOW + timedelta(minutes=5))

    assert [row.sha256 == taken.sha256 for row in automatic_briefings()] == [True, False]
    assert BriefingDownload.objects.get().sha256 == taken.sha256
    assert default_storage.exists(taken.file.name)


def test_two_beats_at_once_ask_for_it_once(fresh_database):
    RecommendationFactory()
    AmbassadorFactory()
    run_simultaneously(current_briefings, current_briefings)

    assert Job.objects.filter(kind="current_briefing").count() == 1


def test_two_workers_at_once_leave_one(fresh_database, monkeypatch):
    edition = RecommendationFactory().edition
    AmbassadorFactory()
    monkeypatch.setattr(pdf, "render_pdf", lambda html, tell: html.encode())
    run_simultaneously(lambda: refresh(edition), lambda: refresh(edition))

    assert [(row.version, default_storage.exists(row.file.name)) for row in automatic_briefings()] == [(1, True)]
