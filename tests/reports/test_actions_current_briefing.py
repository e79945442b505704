"""The ambassador's daily briefing: made automatically, replaced in its row, cleared by nobody."""

import hashlib
from datetime import datetime, timedelta

import pytest
from django.core.files.storage import default_storage

from reports.actions.briefings import clear_briefing, record_download, request_briefing
from reports.actions.current_briefing import refresh_current_briefing
from reports.actions.withdrawals import withdraw_briefing
from reports.briefings import pdf
from reports.choices import BriefingKind
from reports.models import Briefing, BriefingState, Document
from tests.factories import (
    MASERU,
    AmbassadorFactory,
    EvidenceFactory,
    JobFactory,
    OfficerFactory,
    RecommendationFactory,
    RedactionDecisionFactory,
    RedactionFactory,
)
from tests.refusals import refuses
from tests.transactions import record_log_entry
from tiptracker.audit.actions import log_head
from tiptracker.audit.models import AuditEntry
from tiptracker.jobs.actions import JobProgress
from tiptracker.jobs.models import State

pytestmark = pytest.mark.django_db

NOW = datetime(2022, 1, 28, 9, tzinfo=MASERU)


@pytest.fixture
def edition():
    return RecommendationFactory().edition


@pytest.fixture
def ambassador():
    return AmbassadorFactory()


@pytest.fixture
def rendered_documents(monkeypatch):
    """The documents that were rendered, in order; each file is its HTML."""
    documents = []

    def to_pdf(html, tell=None):
        documents.append(html)
        return f"%PDF-1.7 {len(documents)} {html}".encode()

    monkeypatch.setattr(pdf, "render_pdf", to_pdf)
    return documents


def refresh(edition, now=NOW):
    newest = log_head()
    job = JobFactory(kind="current_briefing", key=edition.pk, state=State.READY)
    refresh_current_briefing(edition=edition, log_number=newest[0] if newest else 0, now=now, progress=JobProgress(job))


def automatic_briefings():
    return list(Briefing.objects.filter(requested_by=None).order_by("pk"))


def test_the_daily_briefing_is_a_draft_for_the_ambassador_without_a_requester(edition, ambassador, rendered_documents):
    record_log_entry("evidence.logged", by=None, country=edition.country)
    refresh(edition)

    (briefing,) = automatic_briefings()
    assert (briefing.state, briefing.kind, briefing.as_of, briefing.version) == (
        BriefingState.READY,
        BriefingKind.AMBASSADOR,
        NOW.date(),
        1,
    )
    assert (briefing.prepared_by, briefing.job.kind) == ("TIP Tracker", "current_briefing")
    assert "DRAFT, NOT CLEARED" in rendered_documents[0]
    assert AuditEntry.objects.filter(verb="briefing.rendered", by=None, row=str(briefing.pk)).exists()
    assert briefing.log_number == AuditEntry.objects.get(verb="evidence.logged").number


def test_the_daily_briefing_is_replaced_in_its_row_and_the_old_file_is_deleted(
    edition, ambassador, rendered_documents, django_capture_on_commit_callbacks
):
    refresh(edition)
    before = automatic_briefings()[0]
    EvidenceFactory(title="The unit’s budget was released", recorded_at=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        refresh(edition, NOW + timedelta(minutes=5))

    (after,) = automatic_briefings()
    assert (after.pk, after.version) == (before.pk, 1)
    assert after.known_by == after.requested_at == NOW + timedelta(minutes=5)
    assert not default_storage.exists(before.file.name)
    with after.file.open("rb") as file:
        kept = file.read()
    assert "The unit’s budget was released".encode() in kept
    assert (after.sha256, after.size) == (hashlib.sha256(kept).hexdigest(), len(kept))


def test_a_downloaded_briefing_is_kept_and_the_next_is_added(edition, ambassador, rendered_documents):
    refresh(edition)
    taken = automatic_briefings()[0]
    record_download(briefing=taken, by=ambassador, now=NOW)
    EvidenceFactory(title="The unit’s budget was released", recorded_at=NOW)
    refresh(edition, NOW + timedelta(minutes=5))
    EvidenceFactory(title="And spent", recorded_at=NOW)
    refresh(edition, NOW + timedelta(minutes=9))

    kept, beside = automatic_briefings()
    assert (kept.pk, kept.sha256, kept.version) == (taken.pk, taken.sha256, 1)
    assert default_storage.exists(kept.file.name)
    assert beside.version == 2
    assert "And spent" in rendered_documents[-1]


def test_a_briefing_with_the_same_content_stays_and_knows_the_newest_entry(edition, ambassador, rendered_documents):
    refresh(edition)
    taken = automatic_briefings()[0]
    record_download(briefing=taken, by=ambassador, now=NOW)
    record_log_entry("redaction.declined", by=None, country=edition.country)
    refresh(edition, NOW + timedelta(minutes=5))

    (kept,) = automatic_briefings()
    assert len(rendered_documents) == 1
    assert (kept.pk, kept.sha256, kept.known_by) == (taken.pk, taken.sha256, taken.known_by)
    assert kept.log_number == AuditEntry.objects.get(verb="redaction.declined").number


def test_briefings_of_earlier_days_do_not_accumulate(edition, ambassador, rendered_documents):
    for days in range(3):
        refresh(edition, NOW + timedelta(days=days))
    assert [(row.as_of, row.version) for row in automatic_briefings()] == [((NOW + timedelta(days=2)).date(), 1)]

    record_download(briefing=automatic_briefings()[0], by=ambassador, now=NOW)
    refresh(edition, NOW + timedelta(days=3))
    assert [row.as_of.day for row in automatic_briefings()] == [30, 31]


def test_a_later_version_never_knows_less(edition, ambassador, rendered_documents, run_jobs):
    refresh(edition)
    asked_for = request_briefing(
        edition=edition, document=Document(BriefingKind.AMBASSADOR), as_of=NOW.date(), by=OfficerFactory(), now=NOW
    )
    run_jobs()
    EvidenceFactory(title="The unit’s budget was released", recorded_at=NOW)
    refresh(edition, NOW + timedelta(minutes=5))

    assert asked_for.version == 2
    assert [row.version for row in automatic_briefings()] == [3]


def test_a_briefing_on_the_same_facts_reuses_the_file(edition, ambassador, rendered_documents, run_jobs):
    refresh(edition)
    asked_for = request_briefing(
        edition=edition, document=Document(BriefingKind.AMBASSADOR), as_of=NOW.date(), by=ambassador, now=NOW
    )
    run_jobs()

    asked_for.refresh_from_db()
    assert len(rendered_documents) == 1
    assert (asked_for.sha256, asked_for.state) == (automatic_briefings()[0].sha256, BriefingState.READY)
    assert asked_for.file.name != automatic_briefings()[0].file.name
    clear_briefing(briefing=asked_for, sha256=asked_for.sha256, by=OfficerFactory(), now=NOW)
    run_jobs()
    assert Briefing.objects.get(pk=asked_for.pk).state is BriefingState.ISSUED


def test_nobody_clears_it(edition, ambassador, rendered_documents):
    refresh(edition)
    (briefing,) = automatic_briefings()
    for person in (ambassador, OfficerFactory()):
        with refuses("made_by_tracker", sentence="TIP Tracker made this briefing automatically"):
            clear_briefing(briefing=briefing, sha256=briefing.sha256, by=person, now=NOW)

    assert automatic_briefings()[0].cleared_by is None


@pytest.mark.parametrize("there_is", ["nobody", "one who left", "one elsewhere"])
def test_without_an_ambassador_there_is_none(edition, rendered_documents, there_is):
    if there_is == "one who left":
        AmbassadorFactory(is_active=False)
    if there_is == "one elsewhere":
        AmbassadorFactory(countries=[])
    OfficerFactory()
    refresh(edition)

    assert automatic_briefings() == rendered_documents == []


def test_the_one_who_is_still_there_reads_for_one_who_left(edition, rendered_documents):
    AmbassadorFactory(email="left@post.example", is_active=False)
    AmbassadorFactory(email="next@post.example")
    refresh(edition)

    assert len(automatic_briefings()) == 1


def test_before_the_tracking_period_there_is_none(edition, ambassador, rendered_documents):
    refresh(edition, datetime(2021, 3, 31, 9, tzinfo=MASERU))

    assert automatic_briefings() == []


def test_a_withdrawn_briefing_is_kept_and_another_is_made(edition, ambassador, rendered_documents):
    refresh(edition)
    redaction = RedactionDecisionFactory(redaction=RedactionFactory(), recorded_at=NOW).redaction
    withdraw_briefing(briefing=automatic_briefings()[0], redaction=redaction, reason="It held a name.", now=NOW)
    refresh(edition)

    assert [row.state for row in automatic_briefings()] == [BriefingState.WITHDRAWN, BriefingState.READY]


def test_a_redaction_confirmed_while_it_is_made_is_not_in_it(edition, ambassador, monkeypatch):
    name = "Ntsoaki of Ha Thetsane"
    evidence = EvidenceFactory(title=name, recorded_at=NOW)
    made = []

    def to_pdf(html, tell):
        if not made:
            redaction = RedactionDecisionFactory(redaction=RedactionFactory(words=name)).redaction
            redaction.places.create(table="dialogues.evidence", row=evidence.pk, field="title")
            type(evidence).objects.filter(pk=evidence.pk).update(title="[redacted]")
        made.append(html)
        return html.encode()

    monkeypatch.setattr(pdf, "render_pdf", to_pdf)
    refresh(edition)

    assert [name in html for html in made] == [True, False]
    assert automatic_briefings()[0].sha256 == hashlib.sha256(made[1].encode()).hexdigest()


def test_entries_recorded_during_rendering_count_as_later_changes(edition, ambassador, monkeypatch):
    def to_pdf(html, tell):
        record_log_entry("evidence.logged", by=None, country=edition.country)
        return html.encode()

    monkeypatch.setattr(pdf, "render_pdf", to_pdf)
    refresh(edition)

    logged = AuditEntry.objects.get(verb="evidence.logged")
    assert list(AuditEntry.objects.changes_since(automatic_briefings()[0].log_number, edition.country)) == [logged]


def test_a_download_during_replacement_gets_the_new_file(edition, ambassador, rendered_documents):
    """The reader found the row before it was replaced."""
    refresh(edition)
    found = automatic_briefings()[0]
    EvidenceFactory(title="The unit’s budget was released", recorded_at=NOW)
    refresh(edition, NOW + timedelta(minutes=5))
    taken = record_download(briefing=found, by=ambassador, now=NOW)

    assert found.file.name == automatic_briefings()[0].file.name
    assert default_storage.exists(found.file.name)
    assert taken.sha256 == automatic_briefings()[0].sha256
