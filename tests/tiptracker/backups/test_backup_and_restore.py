"""A backup is restored into an empty installation with every row and file, or nothing is."""

import json
import re
import tarfile
from unittest.mock import Mock

import pytest
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, transaction

from dialogues.models import Dialogue, Evidence, EvidenceFile, Redaction
from reports.actions.withdrawals import withdraw_redacted_briefings
from reports.models import Briefing
from tests.database_schema import list_triggers
from tests.factories import (
    BriefingFactory,
    CountryFactory,
    DialogueFactory,
    EvidenceFactory,
    IndicatorFactory,
    JobFactory,
    OfficerFactory,
)
from tests.tiptracker.backups.installations import (
    NAME,
    all_rows,
    backup,
    empty_installation,
    fill,
    find_everywhere,
    later,
    redact,
    restore,
)
from tiptracker.accounts.models import ApiToken, Country, User
from tiptracker.audit.actions import find_head_fault, find_log_fault, log_head, record
from tiptracker.audit.append_only import REDACTED
from tiptracker.audit.models import AuditEntry, LogVerification
from tiptracker.backups import archive_writer, loading, proof
from tiptracker.backups.actions import newest_backup_state
from tiptracker.backups.models import Backup
from tiptracker.jobs.models import Job
from tiptracker.mail.actions import queue_mail
from tiptracker.mail.models import Mail, MailKind
from tiptracker.operations.models import ServiceHeartbeat

pytestmark = pytest.mark.unordered_locks  # a restore is alone in its database

RESTORED = {"audit.auditentry", "audit.auditdetail", "audit.recordversion"}
"""Tables to which a restore adds its own entry of the log."""


@pytest.fixture
def installation(fresh_database, tmp_path, settings):
    """An installation with rows and files. Its folder for backups is beside it."""
    settings.MEDIA_ROOT = tmp_path / "files"
    return fill()


@pytest.fixture
def place(tmp_path):
    return tmp_path / "backups"


@pytest.fixture
def empty(tmp_path, database_template):
    """An empty installation, as a context."""
    return empty_installation(database_template, tmp_path / "other")


def test_every_row_and_file_comes_back(installation, place, tmp_path, database_template):
    printed = backup(place)
    head, rows, triggers = log_head(), all_rows(), list_triggers()
    names = list(EvidenceFile.objects.values_list("file", flat=True))
    assert "The backup is not encrypted" in printed
    assert f"log {head[0]}:{head[1]}" in printed

    with empty_installation(database_template, tmp_path / "other"):
        printed = restore(place)

        assert {table: found for table, found in all_rows().items() if table not in RESTORED} == {
            table: found for table, found in rows.items() if table not in RESTORED
        }
        assert all_rows()["audit.auditentry"][:-1] == rows["audit.auditentry"]
        assert AuditEntry.objects.latest("number").verb == "backup.restored"
        assert find_log_fault() is None
        assert find_head_fault(*head) == ""
        assert list_triggers() == triggers
    assert printed.splitlines()[-1].startswith(f"Proven: {sum(map(len, rows.values()))} rows of ")
    assert "2 files by their hashes" in printed
    for name in names:
        assert (tmp_path / "other" / name).read_bytes() == (tmp_path / "files" / name).read_bytes()


def test_the_restored_record_is_protected_and_goes_on(installation, place, tmp_path, database_template):
    removed = EvidenceFactory(country=installation)  # its key is used up
    deleted = IndicatorFactory(country=installation)
    highest = deleted.pk
    deleted.delete()
    backup(place)

    with empty_installation(database_template, tmp_path / "other"):
        restore(place)
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            Evidence.objects.filter(pk=removed.pk).update(title="Another title")
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            AuditEntry.objects.filter(number=1).update(verb="nothing.happened")
        country = Country.objects.get()
        assert EvidenceFactory(country=country).pk > removed.pk
        assert IndicatorFactory(country=country).pk > highest


def test_a_backup_is_of_one_moment(installation, place, tmp_path, database_template, monkeypatch):
    write = archive_writer._add_table

    def write_while_others_work(tar, manifest, model, names):
        if model._meta.label_lower == "account.emailaddress":  # the first table: the countries come later
            execute_elsewhere("UPDATE accounts_country SET name = 'Elsewhere'")
        write(tar, manifest, model, names)

    monkeypatch.setattr(archive_writer, "_add_table", write_while_others_work)
    names = dict(Country.objects.values_list("code", "name"))
    backup(place)
    assert set(Country.objects.values_list("name", flat=True)) == {"Elsewhere"}

    with empty_installation(database_template, tmp_path / "other"):
        restore(place)
        assert dict(Country.objects.values_list("code", "name")) == names


def execute_elsewhere(statement):
    """Run and commit one statement in another connection, as another person's request does."""
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute(statement)
    other.close()


def test_an_absent_database_is_created(installation, place, tmp_path, restore_in_new_database):
    backup(place)

    code, printed = restore_in_new_database(place)

    assert code == 0, printed
    assert printed.splitlines()[-1].startswith("Proven: ")


def test_a_full_database_is_refused(installation, place, tmp_path):
    backup(place)
    rows = all_rows()

    with pytest.raises(CommandError, match=r"This database has rows already \(.+: \d+\)"):
        restore(place)

    assert all_rows() == rows


@pytest.mark.parametrize(
    "case",
    [
        ({"version": "9.9.9"}, "made by version 9.9.9, and this is version 0.1.0. Install version 9.9.9"),
        ({"migrations": {"audit": ["0001_initial"]}}, "was made by another build of version 0.1.0"),
    ],
)
def test_a_backup_of_another_version_is_refused(installation, place, empty, monkeypatch, case):
    change, sentence = case
    describe = archive_writer.describe_installation
    monkeypatch.setattr(
        archive_writer,
        "describe_installation",
        lambda made_at: describe(made_at).__class__(**{**describe(made_at).__dict__, **change}),
    )
    backup(place)

    with empty, pytest.raises(CommandError, match=sentence):
        restore(place)


def test_a_backup_of_another_secret_key_is_refused_unless_the_key_is_lost(
    installation, place, tmp_path, settings, database_template
):
    backup(place)

    with empty_installation(database_template, tmp_path / "other"):
        settings.SECRET_KEY = "another key, of another installation, which opens nothing here"
        with pytest.raises(CommandError, match="The second steps cannot be opened with this SECRET_KEY"):
            restore(place)
        assert not User.objects.exists()
        restore(place, "--with-other-key")
        assert User.objects.exists()


def test_a_former_secret_key_will_do(installation, place, tmp_path, settings, database_template):
    backup(place)

    with empty_installation(database_template, tmp_path / "other"):
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another key, of another installation, which opens nothing here"
        restore(place)


def test_a_failed_restore_leaves_nothing(installation, place, tmp_path, database_template, monkeypatch):
    backup(place)
    monkeypatch.setattr(proof, "find_missing_triggers", lambda: ["append_only on dialogues_evidence"])

    with empty_installation(database_template, tmp_path / "other"):
        rows, triggers = all_rows(), list_triggers()
        with pytest.raises(CommandError, match="Triggers are missing: append_only on dialogues_evidence"):
            restore(place)
        assert all_rows() == rows
        assert list_triggers() == triggers
    assert [path for path in (tmp_path / "other").rglob("*") if path.is_file()] == []


def test_an_altered_run_is_noticed(installation, place, tmp_path, database_template, monkeypatch):
    backup(place)

    def differs(name, stdout, stderr):
        stderr.write("Run 3 (LSO 2021) differs: score.\n")
        raise SystemExit(1)

    monkeypatch.setattr(proof, "call_command", differs)
    with empty_installation(database_template, tmp_path / "other"):
        with pytest.raises(CommandError, match=r"Stored runs differ .*: Run 3 \(LSO 2021\) differs: score"):
            restore(place)
        assert not User.objects.exists()


def test_a_file_that_was_altered_before_the_backup_is_named_and_does_not_prevent_a_restore(
    installation, place, tmp_path, database_template
):
    name = EvidenceFile.objects.values_list("file", flat=True)[0]
    (tmp_path / "files" / name).write_bytes(b"something else")

    assert "Files that were missing or altered when the backup was made: 1." in backup(place)

    assert "missing or altered" in Backup.objects.get().problem
    with empty_installation(database_template, tmp_path / "other"):
        assert "Wrong before the backup already: files missing or altered: 1." in restore(place)
    assert (tmp_path / "other" / name).read_bytes() == b"something else"


def test_another_file_of_the_same_name_is_not_overwritten(installation, place, tmp_path, empty):
    backup(place)
    name = EvidenceFile.objects.values_list("file", flat=True)[0]
    own = tmp_path / "other" / name
    own.parent.mkdir(parents=True)
    own.write_bytes(b"mine")

    with empty, pytest.raises(CommandError, match="There is another file"):
        restore(place)
    assert own.read_bytes() == b"mine"
    assert [path for path in (tmp_path / "other").rglob("*") if path.is_file()] == [own]


# --- Redactions -------------------------------------------------------------------------------------------------------


def test_what_was_redacted_after_the_backup_is_redacted_again(installation, place, tmp_path, database_template):
    backup(place)
    (archive,) = place.glob("*.tar")
    file = EvidenceFile.objects.get()
    redaction = redact(installation, files=[file])
    backup(place / "second.tar")
    assert find_everywhere(NAME, tmp_path / "files") == []

    assert NAME not in (place / "redactions.jsonl").read_text()
    with empty_installation(database_template, tmp_path / "other"):
        printed = restore(archive)

        assert "Later redactions that were carried out again: 1." in printed
        assert find_everywhere(NAME, tmp_path / "other") == []
        again = Redaction.objects.get()
        assert (again.pk, again.country.code) == (redaction.pk, installation.code)
        assert {str(place) for place in again.places.all()} >= {f"dialogues.evidence:{Evidence.objects.get().pk}:title"}
        officers = {again.recorded_by.email, again.decision.recorded_by.email}
        assert officers == {
            f"account-{pk}@restored.invalid" for pk in (redaction.recorded_by_id, redaction.recorded_by_id + 1)
        }
        assert not User.objects.filter(email__endswith="restored.invalid", is_active=True).exists()
        assert OfficerFactory(email="new@example.org").pk > redaction.recorded_by_id + 1


def test_a_row_that_was_edited_between_backup_and_redaction_loses_its_text(
    installation, place, tmp_path, database_template
):
    dialogue = DialogueFactory(country=installation, purpose=f"Talk about {NAME}")
    backup(place)
    archive = next(place.glob("*.tar"))
    with transaction.atomic():
        Dialogue.objects.filter(pk=dialogue.pk).update(purpose="Talk")
        record(
            "dialogue.changed", by=None, row=dialogue, country=installation,
            before={"purpose": f"Talk about {NAME}"}, after={"purpose": "Talk"},
        )  # fmt: skip
    redact(installation)
    backup(place / "second.tar")

    with empty_installation(database_template, tmp_path / "other"):
        restore(archive)
        assert find_everywhere(NAME, tmp_path / "none") == []


def test_briefings_that_a_redaction_withdrew_are_withdrawn_again(installation, place, tmp_path, database_template):
    withdrawn = Briefing.objects.get()  # no program can read it, so it could contain the words
    noted = BriefingFactory(edition=withdrawn.edition, covering_note=f"Ask about {NAME}.")
    other = BriefingFactory(edition__country=CountryFactory(), pdf=b"%PDF-1.7\nof another country\n")
    backup(place)
    archive = next(place.glob("*.tar"))
    redaction = redact(installation, files=EvidenceFile.objects.all())
    withdraw_redacted_briefings(redaction=redaction, now=later(0), progress=Mock())
    backup(place / "second.tar")

    with empty_installation(database_template, tmp_path / "other"):
        restore(archive)

        again = Briefing.objects.get(pk=withdrawn.pk)
        assert (again.file, again.withdrawn_for) == ("", Redaction.objects.get())
        assert again.withdrawn_reason == "It contained personal data that were removed from the record."
        assert again.sha256 == withdrawn.sha256
        assert not (tmp_path / "other" / withdrawn.file.name).exists()
        assert Briefing.objects.get(pk=noted.pk).covering_note == REDACTED
        assert (tmp_path / "other" / Briefing.objects.get(pk=other.pk).file.name).exists()
        assert find_log_fault() is None
        assert find_everywhere(NAME, tmp_path / "other") == []


def test_a_backup_after_the_redaction_needs_nothing_again(installation, place, tmp_path, database_template):
    redact(installation)
    backup(place)

    with empty_installation(database_template, tmp_path / "other"):
        assert "Later redactions that were carried out again: 0." in restore(place)


def test_a_missing_or_shortened_file_of_redactions_is_refused(installation, place, tmp_path, database_template):
    backup(place)
    archive = next(place.glob("*.tar"))
    redact(installation)
    backup(place / "tiptracker-20990101T000000Z.tar")
    file = place / "redactions.jsonl"
    lines = file.read_text().splitlines(keepends=True)
    assert len(lines) >= 3

    with empty_installation(database_template, tmp_path / "other"):
        file.write_text("".join(lines[:1]))
        with pytest.raises(CommandError, match="is not the newest one, or its end is missing"):
            restore(archive)
        file.write_text("".join(lines[1:]))
        with pytest.raises(CommandError, match=r"Line 1 of redactions.jsonl was changed or removed"):
            restore(archive)
        file.write_text(lines[0] + lines[1].replace('"places":[[', '"places":[["x"],[') + "".join(lines[2:]))
        with pytest.raises(CommandError, match=r"Line 2 of redactions.jsonl was changed"):
            restore(archive)
        file.unlink()
        with pytest.raises(CommandError, match=r"There is no redactions.jsonl beside the backup"):
            restore(archive)
        with pytest.raises(CommandError, match="Two administrators have to confirm this at a terminal"):
            restore(archive, "--without-redactions")
        assert not User.objects.exists()


def test_a_newer_file_of_redactions_elsewhere_counts(installation, place, tmp_path, database_template, settings):
    elsewhere = tmp_path / "nightly"
    backup(place)
    redact(installation)
    backup(elsewhere)

    with empty_installation(database_template, tmp_path / "other"):
        settings.BACKUP_DESTINATION = str(elsewhere)
        assert "Later redactions that were carried out again: 1." in restore(place)
        assert find_everywhere(NAME, tmp_path / "none") == []


def test_the_file_of_redactions_names_each_redaction_once(installation, place):
    redact(installation)
    backup(place)
    before = (place / "redactions.jsonl").read_text()
    backup(place / "another.tar")

    after = (place / "redactions.jsonl").read_text()
    assert after.startswith(before)
    kinds = [json.loads(line)["kind"] for line in after.splitlines()]
    assert sorted(kinds) == ["backup", "backup", "redaction"]


def test_an_archive_is_read_with_tar_alone(installation, place):
    backup(place)
    with tarfile.open(next(place.glob("*.tar"))) as tar:
        names = tar.getnames()

    assert names[0] == "backup.json"
    assert names[-2:] == ["manifest.json", "manifest.sha256"]
    assert "rows/accounts.country/000001.jsonl.gz" in names


def test_a_row_that_the_database_refuses_leaves_nothing_and_the_triggers_on(installation, place, empty, monkeypatch):
    backup(place)
    load = loading.RowLoader.load

    def load_with_a_row_that_refers_to_nothing(loader, name, content):
        load(loader, name, content)
        if "auditdetail" in name:
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO audit_auditdetail (entry_id, salt, \"before\", \"after\") VALUES (999999, '', '', '')"
                )

    monkeypatch.setattr(loading.RowLoader, "load", load_with_a_row_that_refers_to_nothing)
    with empty:
        with pytest.raises(CommandError, match="The database refused a row of the backup"):
            restore(place)
        assert not User.objects.exists()
        evidence = EvidenceFactory()
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            Evidence.objects.filter(pk=evidence.pk).update(title="Another title")


def test_a_proof_leaves_this_installation_as_it_is(installation, place, tmp_path, capfd):
    backup(place)
    rows = all_rows()

    restore(place, "--prove")

    printed = capfd.readouterr().out
    assert "2 files by their hashes" in printed
    assert printed.endswith("Nothing was kept, because this was a proof.\n")
    assert all_rows() == rows

    archive = next(place.glob("*.tar"))
    archive.write_bytes(archive.read_bytes()[:20_000])
    with pytest.raises(CommandError, match="The backup was not proven"):
        restore(archive, "--prove")
    assert "it was cut off, or a part is damaged" in capfd.readouterr().err


def test_an_installation_that_was_started_and_has_no_accounts_counts_as_empty(installation, place, empty):
    backup(place)
    jobs = set(Job.objects.values_list("pk", flat=True))

    with empty:
        JobFactory(kind="current_briefings")
        ServiceHeartbeat.objects.create(service="beat", at=later(0))
        LogVerification.objects.create(at=later(0), number=0)

        restore(place)

        assert set(Job.objects.values_list("pk", flat=True)) == jobs
        assert not ServiceHeartbeat.objects.exists()
        assert not LogVerification.objects.exists()


def test_an_empty_installation_is_not_backed_up(fresh_database, place):
    with pytest.raises(CommandError, match="Nobody has an account here"):
        backup(place)
    assert not place.exists()


def test_it_says_which_backup_it_is_and_what_works_again(installation, place, empty):
    with transaction.atomic():
        waiting = queue_mail(MailKind.INVITATION, person=OfficerFactory())
    ApiToken.objects.create(
        person=OfficerFactory(), name="Exercise", scope="read", prefix="abc", digest="1" * 64, created_at=later(0),
        expires_on=later(100).date(),
    )  # fmt: skip
    people = User.objects.count()
    backup(place)

    with empty:
        printed = restore(place)

        assert re.search(rf"made on .* UTC\. Accounts: {people}\. Countries: 1\. Entries of the log: \d+\.", printed)
        assert re.search(r"The last line of redactions.jsonl is of .* UTC\.", printed)
        assert "Mails that were waiting then, and will not be sent: 1." in printed
        assert f"accounts: {people}, tokens: 1." in printed
        again = Mail.objects.get(pk=waiting.pk)
        assert (again.state, again.tries) == ("not_needed", 0)
        assert "may have been sent since" in again.answer
        row = Backup.objects.get()
        assert (row.name, row.proof) == (next(place.glob("*.tar")).name, "restored")
        assert not newest_backup_state(later(0)).is_late
