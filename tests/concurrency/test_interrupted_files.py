"""A process is killed, or the storage fails, between writing or deleting a file and saving its row.

No row names a file that is not there. A file that no row needs is deleted by the housekeeping. A redaction is finished
only after its files are gone.
"""

import os
from datetime import date, timedelta
from pathlib import Path

import psycopg
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, transaction
from django.utils import timezone

from dialogues.actions import files, redactions
from dialogues.actions.files import UNSENT_LIFETIME, delete_unsent_files, refuse_unless_own_and_unsent, store_upload
from dialogues.actions.redactions import confirm_redaction, propose_redaction
from dialogues.models import EvidenceFile, Redaction, UpdateVersion
from recommendations.importing import actions as importing
from recommendations.models import EditionImport
from reports.actions import current_briefing, rendering, withdrawals
from reports.actions.briefings import clear_briefing, request_briefing
from reports.actions.current_briefing import refresh_current_briefing
from reports.actions.rendering import render_briefing
from reports.actions.withdrawals import withdraw_redacted_briefings
from reports.briefings import pdf
from reports.choices import BriefingKind
from reports.models import Briefing, BriefingState, Document
from tests.authentication import force_sign_in
from tests.dialogues.sample_files import PDF
from tests.factories import (
    AdministratorFactory,
    AmbassadorFactory,
    BriefingFactory,
    CommitmentFactory,
    CountryFactory,
    EditionFactory,
    EvidenceFactory,
    EvidenceFileFactory,
    FocalPointFactory,
    JobFactory,
    OfficerFactory,
    RecommendationFactory,
    UpdateVersionFactory,
    at_noon,
)
from tests.refusals import refuses
from tiptracker.audit.append_only import REDACTED
from tiptracker.file_integrity import read_intact_file
from tiptracker.housekeeping import remove_orphan_files
from tiptracker.infrastructure.file_writes import NewFiles
from tiptracker.infrastructure.storage import AtomicFileStorage, StorageUnavailableError, stored_names
from tiptracker.jobs.actions import JobProgress
from tiptracker.jobs.models import Job, State

pytestmark = pytest.mark.django_db

NOW = at_noon(date(2022, 1, 28))
NAME = "Palesa Exercise"


class Killed(BaseException):
    """The process ends here. Nothing of it runs after that."""


@pytest.fixture(autouse=True)
def own_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def kill_at(monkeypatch):
    """End the process where it calls a function. `monkeypatch.undo` starts another one."""

    def kill(module, name):
        def end(*arguments, **named):
            raise Killed

        monkeypatch.setattr(NewFiles, "__exit__", lambda *_: None)  # a killed process tidies nothing up
        monkeypatch.setattr(module, name, end)

    return kill


def remove_orphans():
    """Let the housekeeping run when all files are old."""
    return remove_orphan_files(before=timezone.now() + timedelta(days=1))


def upload(by, now=NOW):
    return store_upload(upload=SimpleUploadedFile("letter.pdf", PDF, "application/pdf"), by=by, now=now)


@pytest.fixture
def focal_point_body():
    """A focal point, and the body of a request that sends an update with two files."""
    by = FocalPointFactory()
    commitment = CommitmentFactory(ministry=by.ministry)

    def body():
        sent = [SimpleUploadedFile(f"letter {number}.pdf", PDF, "application/pdf") for number in (1, 2)]
        return {
            "commitment": commitment.pk, "title": "A letter", "narrative": "They wrote.", "claimed": "under_way",
            "happened_to": "2022-01-28", "files": sent,
        }  # fmt: skip

    return by, body


def progress():
    return JobProgress(JobFactory(state=State.RUNNING))


# --- Uploads ----------------------------------------------------------------------------------------------------------


def test_an_upload_killed_before_its_row_leaves_a_file_for_the_housekeeping(kill_at, monkeypatch):
    kill_at(files, "record")
    with pytest.raises(Killed):
        upload(OfficerFactory())

    assert (EvidenceFile.objects.count(), len(list(stored_names()))) == (0, 1)
    monkeypatch.undo()
    assert (remove_orphans(), list(stored_names())) == (1, [])


def test_the_file_of_an_upload_is_there_before_its_row(monkeypatch):
    found = []
    record = files.record

    def look(*arguments, row, **named):
        found.append(Path(default_storage.path(str(row.file))).exists())
        return record(*arguments, row=row, **named)

    monkeypatch.setattr(files, "record", look)
    upload(OfficerFactory())

    assert found == [True]


def test_an_upload_whose_commit_was_not_answered_keeps_its_file(monkeypatch):
    """The row may have been saved. If it was not, the housekeeping deletes the file."""
    monkeypatch.setattr(files, "record_stored_file", raise_lost_connection)
    with pytest.raises(OperationalError):
        upload(OfficerFactory())

    assert len(list(stored_names())) == 1


def test_a_file_that_a_row_names_stays_whatever_fails_afterwards():
    def write_two(new_files):
        EvidenceFileFactory(file=new_files.write("evidence/ab/named", b"content"))
        new_files.write("evidence/ab/unnamed", b"content")
        raise_lost_row()

    with pytest.raises(RuntimeError), NewFiles() as new_files:
        write_two(new_files)

    assert list(stored_names()) == ["evidence/ab/named"]


def test_an_error_is_shown_even_if_its_file_cannot_be_deleted(monkeypatch, caplog):
    def write_one(new_files):
        new_files.write("evidence/ab/left", b"content")
        raise_lost_row()

    monkeypatch.setattr(AtomicFileStorage, "delete", raise_unavailable)
    with pytest.raises(RuntimeError, match="The row is wrong"), NewFiles() as new_files:
        write_one(new_files)

    assert "Left a file to the nightly housekeeping: evidence/ab/left" in caplog.text


def test_files_of_an_update_that_the_api_refuses_are_deleted(client, focal_point_body):
    by, body = focal_point_body
    force_sign_in(client, by)

    refused = client.post("/api/v1/updates/", body() | {"happened_to": "2031-01-28"})
    assert (refused.status_code, list(stored_names())) == (409, [])

    accepted = client.post("/api/v1/updates/", body())
    assert (accepted.status_code, UpdateVersion.objects.count(), len(list(stored_names()))) == (201, 1, 2)


# --- Files that nobody sent -------------------------------------------------------------------------------------------


def test_a_dropped_file_whose_deletion_was_killed_is_deleted_by_the_housekeeping(kill_at, monkeypatch):
    by = FocalPointFactory()
    file = upload(by, NOW - UNSENT_LIFETIME - timedelta(hours=1))
    other = upload(by)
    kill_at(files, "delete_files")
    with pytest.raises(Killed):
        delete_unsent_files(now=NOW)
    monkeypatch.undo()

    file.refresh_from_db()
    assert file.name == REDACTED
    with refuses("already_sent", field="files"), transaction.atomic():
        refuse_unless_own_and_unsent([file], by)
    assert set(stored_names()) == {str(file.file), str(other.file)}
    assert delete_unsent_files(now=NOW) == 0
    assert (remove_orphans(), list(stored_names())) == (1, [str(other.file)])


def test_a_storage_that_fails_does_not_stop_the_dropping_of_other_files(monkeypatch):
    for _ in range(2):
        upload(OfficerFactory(), NOW - UNSENT_LIFETIME - timedelta(hours=1))
    with monkeypatch.context() as patched:
        patched.setattr(AtomicFileStorage, "delete", raise_unavailable)
        assert delete_unsent_files(now=NOW) == 2

    assert (remove_orphans(), list(stored_names())) == (2, [])


# --- Redactions -------------------------------------------------------------------------------------------------------


@pytest.fixture
def redaction():
    """A confirmed redaction of a name and a file."""
    version = UpdateVersionFactory(narrative=f"We brought {NAME} to a safe house.")
    file = EvidenceFileFactory()
    EvidenceFactory(update_version=version, file=file)
    proposed = propose_redaction(
        country=CountryFactory(), words=NAME, reason="It names a victim.", files=[file], by=OfficerFactory(), now=NOW
    )
    confirm_redaction(redaction=proposed, by=AmbassadorFactory(), now=NOW)
    return proposed


def is_finished(redaction):
    return Redaction.objects.get(pk=redaction.pk).words == REDACTED


def finish(redaction):
    row = Redaction.objects.select_related("country", "decision__recorded_by").get(pk=redaction.pk)
    withdraw_redacted_briefings(redaction=row, now=NOW, progress=progress())


def test_a_redaction_is_not_finished_while_its_file_cannot_be_deleted(redaction, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(AtomicFileStorage, "delete", raise_unavailable)
        with pytest.raises(StorageUnavailableError):
            finish(redaction)
    assert not is_finished(redaction)
    assert len(list(stored_names())) == 1
    assert list(Redaction.objects.unfinished()) == [redaction]  # so its job is queued again

    finish(redaction)

    assert (is_finished(redaction), list(stored_names())) == (True, [])


@pytest.mark.parametrize("step", ["_redact_places", "record"])
def test_a_redaction_killed_after_its_file_was_deleted_is_finished_by_the_next_run(
    redaction, kill_at, monkeypatch, step
):
    kill_at(redactions, step)
    with pytest.raises(Killed):
        finish(redaction)
    monkeypatch.undo()
    assert (is_finished(redaction), list(stored_names())) == (False, [])

    finish(redaction)

    assert is_finished(redaction)


def render_name():
    return pdf.render_pdf(f'<html lang="en"><head><title>A briefing</title></head><body>{NAME}</body></html>')


def test_a_briefing_whose_withdrawal_was_killed_is_withdrawn_by_the_next_run(redaction, kill_at, monkeypatch):
    briefing = BriefingFactory(pdf=render_name())
    kill_at(withdrawals, "record_all")
    with pytest.raises(Killed):
        finish(redaction)
    monkeypatch.undo()
    assert Briefing.objects.get().state is BriefingState.READY
    assert not default_storage.exists(str(briefing.file))
    assert not is_finished(redaction)

    finish(redaction)

    assert Briefing.objects.get().state is BriefingState.WITHDRAWN
    assert is_finished(redaction)


@pytest.mark.parametrize("step", ["open", "delete"])
def test_a_storage_that_does_not_answer_withdraws_no_briefing(redaction, monkeypatch, step):
    held, other = BriefingFactory(pdf=render_name()), BriefingFactory(pdf=pdf.render_pdf("<p>Thabo</p>"))
    with monkeypatch.context() as patched:
        patched.setattr(AtomicFileStorage, step, raise_unavailable)
        with pytest.raises(StorageUnavailableError):
            finish(redaction)
    assert {row.state for row in Briefing.objects.all()} == {BriefingState.READY}
    assert not is_finished(redaction)

    finish(redaction)

    assert Briefing.objects.get(pk=held.pk).state is BriefingState.WITHDRAWN
    assert Briefing.objects.get(pk=other.pk).state is BriefingState.READY


def test_a_briefing_that_was_rendered_again_while_it_was_searched_is_searched_again(redaction, monkeypatch):
    briefing = BriefingFactory(pdf=render_name())
    search = withdrawals._withdrawal_reason
    searched = []

    def render_meanwhile(found, words):
        searched.append(reason := search(found, words))
        if len(searched) == 1:
            stored = default_storage.save("briefings/again.pdf", ContentFile(pdf.render_pdf("<p>Thabo</p>")))
            Briefing.objects.filter(pk=briefing.pk).update(file=stored)
        return reason

    monkeypatch.setattr(withdrawals, "_withdrawal_reason", render_meanwhile)
    finish(redaction)

    assert [bool(reason) for reason in searched] == [True, False]
    assert Briefing.objects.get().state is BriefingState.READY
    assert "briefings/again.pdf" in stored_names()


# --- Briefings --------------------------------------------------------------------------------------------------------


@pytest.fixture
def requested(monkeypatch):
    """A briefing that was requested and waits for its rendering."""
    monkeypatch.setattr(pdf, "render_pdf", lambda html, tell=None: f"%PDF-1.7 {html}".encode())
    return request_briefing(
        edition=RecommendationFactory().edition,
        document=Document(BriefingKind.AMBASSADOR),
        as_of=date(2022, 1, 28),
        by=OfficerFactory(),
        now=NOW,
    )


def render(briefing):
    render_briefing(briefing=Briefing.objects.get(pk=briefing.pk), now=NOW, progress=progress())
    return Briefing.objects.get(pk=briefing.pk)


def test_a_rendering_killed_before_its_row_was_saved_is_done_by_the_next_run(requested, kill_at, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(NewFiles, "__exit__", lambda *_: None)
        patched.setattr(rendering, "record", raise_killed)
        with pytest.raises(Killed):
            render(requested)
    assert not Briefing.objects.get().file
    assert len(list(stored_names())) == 1

    rendered = render(requested)

    assert rendered.state is BriefingState.READY
    assert (remove_orphans(), list(stored_names())) == (1, rendered.paths)


def test_a_rendering_that_fails_leaves_no_file(requested, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(rendering, "record", raise_lost_row)
        with pytest.raises(RuntimeError):
            render(requested)

    assert list(stored_names()) == []


def test_the_draft_of_an_issued_briefing_is_deleted_by_the_housekeeping_if_that_was_killed(requested, monkeypatch):
    draft = render(requested)
    clear_briefing(briefing=draft, sha256=draft.sha256, by=AmbassadorFactory(), now=NOW)
    with monkeypatch.context() as patched:
        patched.setattr(NewFiles, "__exit__", lambda *_: None)
        patched.setattr(rendering, "delete_files", raise_killed)
        with pytest.raises(Killed):
            render(requested)

    issued = Briefing.objects.get()
    assert issued.cleared_at
    assert read_intact_file(str(issued.file), issued.sha256)
    assert set(stored_names()) == {*draft.paths, *issued.paths}
    assert render(requested).paths == issued.paths
    assert (remove_orphans(), list(stored_names())) == (1, issued.paths)


@pytest.mark.parametrize(("module", "step"), [(rendering, "record"), (current_briefing, "delete_files")])
def test_the_current_briefing_always_has_its_file(monkeypatch, module, step):
    monkeypatch.setattr(pdf, "render_pdf", lambda html, tell=None: f"%PDF-1.7 {html}".encode())
    edition = EditionFactory()
    AmbassadorFactory()

    def refresh(now):
        refresh_current_briefing(edition=edition, log_number=0, now=now, progress=progress())
        return Briefing.objects.get()

    before = refresh(NOW)
    with monkeypatch.context() as patched:
        patched.setattr(NewFiles, "__exit__", lambda *_: None)
        patched.setattr(module, step, raise_killed)
        with pytest.raises(Killed):
            refresh(NOW + timedelta(days=1))

    kept = Briefing.objects.get()
    assert read_intact_file(str(kept.file), kept.sha256)
    assert (kept.paths == before.paths) is (step == "record")
    after = refresh(NOW + timedelta(days=1))
    remove_orphans()
    assert list(stored_names()) == after.paths


# --- Imports ----------------------------------------------------------------------------------------------------------


def create_import():
    return importing.create_import(
        edition=EditionFactory(), name="list.txt", content=b"A list", draft=None,
        text_status="official", by=AdministratorFactory(), now=NOW,
    )  # fmt: skip


def test_an_import_killed_before_its_row_leaves_a_file_for_the_housekeeping(kill_at, monkeypatch):
    kill_at(importing, "enqueue")
    with pytest.raises(Killed):
        create_import()
    monkeypatch.undo()

    assert (EditionImport.objects.count(), Job.objects.count()) == (0, 0)
    assert (remove_orphans(), list(stored_names())) == (1, [])


def test_an_import_has_its_file_until_its_row_needs_none():
    imported = create_import()
    assert remove_orphans() == 0

    importing.discard_import(imported=imported, by=imported.begun_by, now=NOW)  # killed before it deletes the file

    assert (remove_orphans(), list(stored_names())) == (1, [])


# --- The rule ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reach",
    [
        lambda name: default_storage.save("evidence/ab/another", ContentFile(b"content")),
        lambda name: default_storage.open(name).close(),
        lambda name: default_storage.exists(name),
        lambda name: default_storage.delete(name),
        lambda name: list(stored_names()),
    ],
    ids=["save", "open", "exists", "delete", "list"],
)
def test_tests_refuse_storage_within_a_transaction(reach, blocked_connections):
    name = str(EvidenceFileFactory().file)
    reach(name)
    with pytest.raises(PermissionError, match="while a transaction is open"), transaction.atomic():
        reach(name)

    os.unlink(blocked_connections)  # noqa: PTH108 -- else the refused attempt fails this test


def raise_unavailable(*arguments, **named):
    raise StorageUnavailableError("The store of files does not answer.")


def raise_killed(*arguments, **named):
    raise Killed


def raise_lost_connection(*arguments, **named):
    raise OperationalError from psycopg.OperationalError("server closed the connection unexpectedly")


def raise_lost_row(*arguments, **named):
    raise RuntimeError("The row is wrong.")
