"""A disposal of an old edition from the list to the certificate, with backups, export and import around it."""

import gzip
import io
import tarfile
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import IntegrityError, connection

from dialogues.models import DisposalCertificate, EvidenceFile, RetentionHold
from recommendations.models import Edition, Recommendation
from reports.actions.disposals import approve_disposal, propose_disposal
from reports.actions.retention import place_hold, release_hold
from reports.models import Briefing
from reports.retention.due_editions import list_retention
from tests.concurrent_writes import run_simultaneously
from tests.factories import (
    CountryFactory,
    DisposalCertificateFactory,
    EditionFactory,
    OfficerFactory,
    RecommendationFactory,
)
from tests.reports.old_editions import NOW, WORD, dispose, prepare
from tests.tiptracker.backups.installations import backup, empty_installation, find_everywhere, restore
from tests.tiptracker.portable_post.posts import export, import_archive
from tiptracker.audit.actions import find_log_fault, find_redaction_faults
from tiptracker.audit.append_only import DISPOSED
from tiptracker.audit.models import AuditDetail, AuditEntry
from tiptracker.errors import Refused

pytestmark = [pytest.mark.both_databases, pytest.mark.slow]


@pytest.fixture
def old(fresh_database, tmp_path, settings):
    """The old edition of a country, and two officers."""
    settings.MEDIA_ROOT = tmp_path / "files"
    return prepare(CountryFactory())


def find_in_archive(archive, word=WORD):
    """The members of a backup or an archive of a post that contain a word."""
    with tarfile.open(archive) as tar:
        contents = {info.name: tar.extractfile(info).read() for info in tar}
    return [
        name
        for name, content in contents.items()
        if word.encode() in (gzip.decompress(content) if name.endswith(".gz") else content)
    ]


def verify():
    """Run the command that checks the log, and return what it said."""
    said = io.StringIO()
    call_command("verify_audit", stdout=said, stderr=said)
    return said.getvalue()


@pytest.mark.unordered_locks
def test_words_of_an_edition_that_was_disposed_of_are_nowhere(old, tmp_path):
    edition, first, second = old
    (due,) = [each for each in list_retention(edition.country, NOW.date()) if each.is_due]
    assert (due.edition, f"{due.due_since}") == (edition, "2021-04-01")
    digests = dict(AuditEntry.objects.values_list("number", "hash"))
    paths = [*EvidenceFile.objects.values_list("file", flat=True), *Briefing.objects.get(file__gt="").paths]
    assert len(find_everywhere(WORD, tmp_path / "files")) > 40

    certificate = dispose(edition, first, second, tmp_path / "post.tar")
    backup(tmp_path / "backups")

    assert find_everywhere(WORD, tmp_path / "files") == []
    assert not any(map(default_storage.exists, paths))
    assert find_in_archive(tmp_path / "post.tar") != []  # the post keeps the record there
    assert find_in_archive(next((tmp_path / "backups").glob("*.tar"))) == []
    assert WORD not in (tmp_path / "backups" / "redactions.jsonl").read_text()
    assert "The log has no fault" in verify()
    assert digests.items() <= dict(AuditEntry.objects.values_list("number", "hash")).items()
    assert AuditDetail.objects.filter(before=DISPOSED, after=DISPOSED).count() > 40
    assert (certificate.label, certificate.counts["recommendations.recommendation"]) == ("LSO 1", 1)
    assert find_redaction_faults() == []


@pytest.mark.unordered_locks
def test_a_restored_older_backup_disposes_of_the_edition_again(old, tmp_path, database_template):
    edition, first, second = old
    backup(tmp_path / "backups")
    archive = next((tmp_path / "backups").glob("*.tar"))
    certificate = dispose(edition, first, second, tmp_path / "post.tar")
    backup(tmp_path / "backups" / "second.tar")
    assert find_in_archive(archive) != []

    with empty_installation(database_template, tmp_path / "other"):
        printed = restore(archive)

        assert "Later redactions that were carried out again: 1." in printed
        assert find_everywhere(WORD, tmp_path / "other") == []
        again = DisposalCertificate.objects.get()
        assert (again.number, again.export.sha256, again.is_repeated) == (1, certificate.export.sha256, True)
        assert find_log_fault() is None
        assert find_redaction_faults() == []


@pytest.mark.unordered_locks
def test_a_backup_after_the_disposal_needs_nothing_again(old, tmp_path, database_template):
    dispose(*old, tmp_path / "post.tar")
    backup(tmp_path / "backups")

    with empty_installation(database_template, tmp_path / "other"):
        assert "Later redactions that were carried out again: 0." in restore(next((tmp_path / "backups").glob("*.tar")))
        assert not DisposalCertificate.objects.get().is_repeated
        assert find_redaction_faults() == []


@pytest.mark.unordered_locks
def test_certificates_schedules_and_holds_move_with_the_post(old, tmp_path, database_template):
    certificate = dispose(*old, tmp_path / "post.tar")
    export(tmp_path / "after.tar", code="LSO")
    assert find_in_archive(tmp_path / "after.tar") == []

    with empty_installation(database_template, tmp_path / "other"):
        elsewhere = EditionFactory(country=CountryFactory(elsewhere=True), terms=False)
        RecommendationFactory(edition=elsewhere, lead=None, terms=False)  # their keys are taken
        import_archive(tmp_path / "after.tar")

        moved = DisposalCertificate.objects.select_related("disposal__schedule").get()
        assert (moved.sha256, moved.disposal.schedule.authority) == (certificate.sha256, "EXERCISE-7")
        named = moved.rows.filter(table="recommendations.recommendation").values("row")
        assert Recommendation.objects.get(pk__in=named).text == DISPOSED

        assert find_redaction_faults() == []
        assert find_log_fault() is None


def refuse_on_hold():
    """Check that a new officer of the country cannot dispose of the old edition, because of its hold."""
    edition = Edition.objects.get(year=2018, country__code="LSO")
    hold = RetentionHold.objects.in_force().get()
    assert (hold.edition, hold.reason) == (edition, "A court asks for it.")
    with pytest.raises(Refused) as caught:
        propose_disposal(edition=edition, by=OfficerFactory(countries=[edition.country]), now=NOW)
    assert caught.value.code == "on_hold"
    with pytest.raises(IntegrityError, match="on hold"):
        DisposalCertificateFactory(disposal__edition=edition)


@pytest.mark.unordered_locks
def test_a_hold_moves_with_the_post_and_is_in_force_there(old, tmp_path, database_template):
    edition, first, second = old
    released = place_hold(edition=edition, reason="An audit asks for it.", by=first, now=NOW)
    release_hold(hold=released, reason="The audit is over.", by=second, now=NOW)
    place_hold(edition=edition, reason="A court asks for it.", by=first, now=NOW)
    export(tmp_path / "held.tar", code="LSO")

    with empty_installation(database_template, tmp_path / "other"):
        EditionFactory(country=CountryFactory(elsewhere=True), terms=False)  # its key is taken
        import_archive(tmp_path / "held.tar")

        assert RetentionHold.objects.count() == 2
        refuse_on_hold()


@pytest.mark.unordered_locks
def test_a_restored_backup_keeps_a_hold(old, tmp_path, database_template):
    edition, first, _ = old
    place_hold(edition=edition, reason="A court asks for it.", by=first, now=NOW)
    backup(tmp_path / "backups")

    with empty_installation(database_template, tmp_path / "other"):
        restore(next((tmp_path / "backups").glob("*.tar")))

        refuse_on_hold()


@pytest.mark.parametrize("_", range(3))
def test_of_a_hold_and_an_approval_at_once_one_is_refused(old, tmp_path, _):
    edition, first, second = old
    disposal = propose_disposal(edition=edition, by=first, now=NOW)
    export(tmp_path / "post.tar", code="LSO")

    done, refused = run_simultaneously(
        lambda: approve_disposal(disposal=disposal, by=second, now=NOW),
        lambda: place_hold(edition=edition, reason="A court asks for it.", by=first, now=NOW),
    )

    is_disposed_of = DisposalCertificate.objects.exists()
    assert (done, refused) == ("done", "disposed_of" if is_disposed_of else "on_hold")
    assert RetentionHold.objects.exists() is not is_disposed_of
    assert Recommendation.objects.filter(text=DISPOSED).exists() is is_disposed_of


@pytest.mark.unordered_locks  # the recorder of this thread sees the other thread too
def test_a_hold_that_comes_while_a_disposal_runs_waits_and_is_refused(old, tmp_path):
    edition, first, second = old
    disposal = propose_disposal(edition=edition, by=first, now=NOW)
    export(tmp_path / "post.tar", code="LSO")
    outcomes = []

    def hold():
        try:
            place_hold(edition=edition, reason="A court asks for it.", by=first, now=NOW)
        except Refused as refused:
            outcomes.append((refused.code, DisposalCertificate.objects.exists()))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:

        def begin_hold(execute, sql, params, many, context):
            if sql.startswith('INSERT INTO "dialogues_disposalcertificate"'):
                other.submit(hold)
                time.sleep(0.3)
                assert outcomes == []
            return execute(sql, params, many, context)

        with connection.execute_wrapper(begin_hold):
            approve_disposal(disposal=disposal, by=second, now=NOW)

    assert outcomes == [("disposed_of", True)]
    assert not RetentionHold.objects.exists()
