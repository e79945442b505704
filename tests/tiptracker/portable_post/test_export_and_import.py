"""A post is exported and imported beside another one, with every row, person and file, or nothing is."""

import gzip
import hashlib
import json
import re
from functools import partial
from pathlib import Path

import pyrage
import pytest
from django.apps import apps
from django.core.management.base import CommandError
from django.core.management.color import no_style
from django.db import IntegrityError, connection, transaction

from dialogues.models import Evidence, EvidenceFile, EvidenceReview
from reports.models import Briefing
from tests import database_roles
from tests.database_schema import list_triggers
from tests.factories import CountryFactory, DraftFactory, EvidenceFactory, EvidenceFileFactory, OfficerFactory
from tests.tiptracker.backups.installations import all_rows, backup, empty_installation, rewrite
from tests.tiptracker.portable_post.posts import (
    export,
    fill_post,
    highest_keys,
    import_archive,
    redact,
    rows_after,
    unpacked,
)
from tiptracker.accounts.models import Country, User
from tiptracker.audit.actions import find_log_fault, find_redaction_faults
from tiptracker.audit.models import AuditEntry, ImportedEntry
from tiptracker.backups import loading
from tiptracker.backups.row_encoding import list_models
from tiptracker.backups.stored_files import hash_stored
from tiptracker.choices import Role
from tiptracker.portable_post import importing
from tiptracker.portable_post.people import EMPTIED_FIELDS, KEPT_FIELDS
from tiptracker.portable_post.post_rows import LEFT_OUT, PACKAGES, list_post_models, references

pytestmark = pytest.mark.unordered_locks  # an import is alone in its database

CHANGED = {
    "accounts.user": {"is_active", "last_login", "password", "role", "role_given_by_id"},
    "audit.importedentry": {"row_here"},
    "audit.importedlog": {"keys", "imported_at"},
    "reports.briefing": {"job_id", "log_number"},
}
"""Columns that are not the same after a move."""


@pytest.fixture
def archive(fresh_database, tmp_path, settings):
    """The archive of Malawi, from an installation that has Lesotho too."""
    settings.MEDIA_ROOT = tmp_path / "files"
    fill_post(CountryFactory(elsewhere=True))  # first, so that its keys are taken where Lesotho is alone
    fill_post(CountryFactory())
    export(tmp_path / "post.tar")
    return tmp_path / "post.tar"


@pytest.fixture
def empty(tmp_path, database_template):
    """An empty installation, as a context."""
    return empty_installation(database_template, tmp_path / "other")


def exported_rows(archive):
    """By table: the rows in the archive, as dictionaries."""
    members = unpacked(archive)
    columns = {label: table["columns"] for label, table in json.loads(members["manifest.json"])["tables"].items()}
    rows = {label: [] for label in columns}
    for name, content in members.items():
        if name.startswith("rows/"):
            label = name.split("/")[1]
            rows[label] += [dict(zip(columns[label], json.loads(line), strict=True)) for line in content.splitlines()]
    return rows


def stored_files():
    """The SHA-256 of every file of evidence and briefings."""
    names = [*EvidenceFile.objects.values_list("file", flat=True), *Briefing.objects.values_list("file", flat=True)]
    return sorted(hash_stored(name) for name in names if name)


def all_paths(folder):
    return sorted(str(path) for path in Path(folder).rglob("*") if path.is_file())


# --- What comes along -------------------------------------------------------------------------------------------------


def test_somebody_said_of_every_model_whether_it_comes_along():
    own = {model._meta.label_lower for model in list_models() if model.__module__.startswith(PACKAGES)}
    exported = {model._meta.label_lower for model in list_post_models()}

    assert exported | set(LEFT_OUT) == own
    assert not exported & set(LEFT_OUT)
    assert {field.attname for field in User._meta.concrete_fields} == KEPT_FIELDS | EMPTIED_FIELDS


def test_a_model_that_nobody_thought_of_stops_the_export(archive, tmp_path, monkeypatch):
    without = {label: why for label, why in LEFT_OUT.items() if label != "jobs.job"}
    monkeypatch.setattr("tiptracker.portable_post.post_rows.LEFT_OUT", without)

    with pytest.raises(RuntimeError, match="Job comes along"):
        export(tmp_path / "second.tar")
    assert not (tmp_path / "second.tar").exists()


def test_in_an_empty_installation_every_row_has_its_key(archive, empty):
    malawi = Country.objects.get(code="MWI").pk
    wanted = [row for row in rows_after({})["dialogues.evidence"] if row["country_id"] == malawi]
    with empty:
        restart_keys()  # other tests may have given some in the database that this one is a copy of
        printed = import_archive(archive)

        assert list(Country.objects.values_list("code", flat=True)) == ["MWI"]
        assert rows_after({})["dialogues.evidence"] == wanted
        assert find_log_fault() is None
    assert re.search(r"Proven: Malawi, \d+ rows, \d+ closed accounts, 3 files by their hashes", printed)
    assert "1 of method 1 recomputed, 0 of them different" in printed


def restart_keys():
    """Let every empty table give the key 1 next, as in a new database."""
    with database_roles.as_owner(), connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list_models()):
            cursor.execute(statement)


@pytest.fixture
def beside(archive, empty):
    """An installation with Lesotho, into which Malawi was imported: what it had before, and what came."""
    with empty:
        fill_post(CountryFactory())
        highest, before, files = highest_keys(), all_rows(), stored_files()
        import_archive(archive)
        yield highest, before, files


def test_beside_another_country_every_row_comes_along_with_new_keys(archive, beside):
    highest, _, _ = beside
    arrived, wanted = rows_after(highest), exported_rows(archive)
    for label in ("accounts.user", "accounts.user_countries"):  # some had accounts here
        arrived[label] = wanted[label] = []
    pairs = {label: list(zip(wanted[label], arrived[label], strict=True)) for label in wanted}
    here = {label: {old["id"]: new["id"] for old, new in found} for label, found in pairs.items()}
    here["accounts.user"] = {
        row["id"]: User.objects.get(email=row["email"]).pk for row in exported_rows(archive)["accounts.user"]
    }

    assert sum(map(bool, arrived.values())) > 20
    for model in list_post_models():
        label = model._meta.label_lower
        keys = {field.attname: here.get(field.related_model._meta.label_lower, {}) for field in references(model)}
        for old, new in pairs[label]:
            for column in set(old) - CHANGED.get(label, set()) - {"id"}:
                if column in keys:
                    assert new[column] == keys[column].get(old[column]), f"{label}.{column}"
                elif label == "dialogues.redactionplace" and column == "row":
                    continue
                else:
                    read = model._meta.get_field(column).to_python
                    assert read(new[column]) == read(old[column]), f"{label}.{column}"


def test_what_was_there_stays_as_it_was(beside):
    _, before, files = beside
    after = all_rows(without={"audit.recordversion"})

    for label, rows in before.items():
        assert label == "audit.recordversion" or set(map(repr, rows)) <= set(map(repr, after[label])), label
    assert set(files) < set(stored_files())
    assert find_log_fault() is None
    assert find_redaction_faults() == []


def test_people_come_along_closed_and_with_this_country_alone(archive, empty):
    officer = User.objects.get(email="officer@mwi.example")
    officer.countries.add(Country.objects.get(code="LSO"))
    assert officer.has_usable_password()
    named = set(User.objects.filter(email__endswith="lso.example").values_list("email", flat=True))
    with empty:
        import_archive(archive)

        arrived = User.objects.get(email="officer@mwi.example")
        assert [country.code for country in arrived.countries.all()] == ["MWI"]
        assert not User.objects.filter(is_active=True).exists()
        assert not any(person.has_usable_password() for person in User.objects.all())
        assert not User.objects.filter(role=Role.ADMINISTRATOR).exists()
        assert not User.objects.filter(email__in=named).exists()


def test_a_person_with_an_account_keeps_it_and_gains_nothing(archive, empty):
    with empty:
        known = OfficerFactory(email="OFFICER@mwi.example", name="Known here", countries=[])
        printed = import_archive(archive)
        known.refresh_from_db()

        assert "Known here" in printed
        assert known.is_active
        assert not known.countries.exists()
        assert Evidence.objects.get().recorded_by == known
        assert find_log_fault() is None


def test_the_triggers_are_on_afterwards(archive, empty):
    triggers = list_triggers()
    with empty:
        import_archive(archive)

        assert list_triggers() == triggers
        evidence = Evidence.objects.get()
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            Evidence.objects.update(title="Another title")
        own = EvidenceReview.objects.get()
        own.pk, own.recorded_by = None, evidence.recorded_by
        with pytest.raises(IntegrityError, match="Nobody verifies"), transaction.atomic():
            own.save(force_insert=True)
        EvidenceFactory(country=evidence.country)  # keys go on


def test_drafts_stay_behind_and_are_counted(archive, tmp_path):
    dialogue = apps.get_model("dialogues.dialogue").objects.filter(country__code="MWI").first()
    DraftFactory(dialogue=dialogue, saved_by=User.objects.first(), content={"agreed": ["not said yet"]})
    printed = export(tmp_path / "second.tar")

    assert "stay behind: 1." in printed
    assert not any(b"not said yet" in content for content in unpacked(tmp_path / "second.tar").values())


def test_an_encrypted_archive_is_imported_with_its_key(archive, empty, tmp_path):
    key = pyrage.x25519.Identity.generate()
    (tmp_path / "key.txt").write_text(str(key))
    printed = export(tmp_path / "secret.tar.age", "--recipient", str(key.to_public()))

    assert "not encrypted" not in printed
    assert b"Lesotho" not in (tmp_path / "secret.tar.age").read_bytes()
    with empty:
        import_archive(tmp_path / "secret.tar.age", "--identity", str(tmp_path / "key.txt"))
        assert Country.objects.count() == 1


# --- What is refused --------------------------------------------------------------------------------------------------


def refused(archive, settings):
    """Import and return why it was refused; nothing may have changed."""
    before, paths = all_rows(), all_paths(settings.MEDIA_ROOT)
    with pytest.raises(CommandError) as refusal:
        import_archive(archive)
    assert all_rows() == before
    assert all_paths(settings.MEDIA_ROOT) == paths
    assert "Nothing was imported." in str(refusal.value)
    return refusal.value.__cause__.code


def test_a_country_that_is_there_is_refused(archive, empty, settings):
    assert refused(archive, settings) == "country_there"
    with empty:
        CountryFactory(code="XLS", name="malawi")  # the name alone
        assert refused(archive, settings) == "country_there"


def test_another_version_is_refused(archive, empty, settings, monkeypatch):
    monkeypatch.setattr("tiptracker.VERSION", "0.0.1")
    with empty:
        assert refused(archive, settings) == "other_version"


def test_another_build_is_refused(archive, empty, settings, tmp_path):
    def change(name, content):
        values = json.loads(content) if name == "backup.json" else {}
        if values:
            values["migrations"]["dialogues"] = values["migrations"]["dialogues"][:-1]
        yield name, json.dumps(values).encode() if values else content

    rewrite(archive, tmp_path / "other.tar", change)
    with empty:
        assert refused(tmp_path / "other.tar", settings) == "other_version"


def damage(damaged, name, content):
    """Yield a member, with another last byte if its name begins with `damaged`."""
    yield name, content[:-1] + bytes([content[-1] ^ 1]) if name.startswith(damaged) else content


def test_a_damaged_cut_or_foreign_archive_is_refused(archive, empty, settings, tmp_path):
    backup(tmp_path / "backup.tar")
    whole = archive.read_bytes()
    (tmp_path / "text.tar").write_text("no archive")
    (tmp_path / "cut.tar").write_bytes(whole[: len(whole) // 2])

    with empty:
        assert refused(tmp_path / "backup.tar", settings) == "not_a_backup"
        assert refused(tmp_path / "text.tar", settings) == "not_a_backup"
        assert refused(tmp_path / "cut.tar", settings) in {"cut_off", "damaged"}
        for damaged in ("rows/accounts.user", "rows/dialogues.evidence/", "files/", "manifest.json", "manifest.sha256"):
            rewrite(archive, tmp_path / "damaged.tar", partial(damage, damaged))
            assert refused(tmp_path / "damaged.tar", settings) == "damaged"


def forge(archive, target, label, change):
    """Write the archive again with other rows of a table, and with hashes that fit."""
    members = unpacked(archive)
    manifest = json.loads(members["manifest.json"])
    name = f"rows/{label}/000001.jsonl.gz"
    columns = manifest["tables"][label]["columns"]
    rows = [dict(zip(columns, json.loads(line), strict=True)) for line in members[name].splitlines()]
    lines = b"".join(json.dumps([row[c] for c in columns]).encode() + b"\n" for row in change(rows))
    packed = gzip.compress(lines, mtime=0)
    for member in manifest["members"]:
        if member[0] == name:
            member[1:] = [len(packed), hashlib.sha256(packed).hexdigest(), len(lines)]
    listed = json.dumps(manifest).encode()
    forged = {name: packed, "manifest.json": listed, "manifest.sha256": hashlib.sha256(listed).hexdigest().encode()}

    rewrite(archive, target, lambda name, content: [(name, forged.get(name, content))])


@pytest.mark.parametrize(
    "forged",
    [
        ("dialogues.evidence", "country_id", 10_000, "not_loaded"),
        ("dialogues.evidence", "country_id", -3, "damaged"),
        ("dialogues.evidence", "recorded_by_id", 10_000, "damaged"),
        ("dialogues.evidence", "id", "1", "damaged"),
        ("accounts.country", "code", "XXX", "damaged"),
        ("audit.importedentry", "verb", "evidence.forged", "not_proven"),
        ("audit.importedlog", "head", "0" * 64, "not_proven"),
        ("reports.readinessrun", "result", {"score": 1}, "not_proven"),
        ("dialogues.evidencefile", "stored_sha256", "0" * 64, "not_proven"),
    ],
)
def test_a_forged_row_is_refused(archive, empty, settings, tmp_path, forged):
    label, column, value, code = forged

    def change(rows):
        rows[0][column] = value
        return rows

    forge(archive, tmp_path / "forged.tar", label, change)
    with empty:
        fill_post(CountryFactory())
        found = refused(tmp_path / "forged.tar", settings)
    assert found == code or (found, code) == ("not_proven", "not_loaded")


def test_a_forged_account_arrives_closed(archive, empty, tmp_path):
    def change(rows):
        return [row | {"is_active": True, "role": "administrator", "ministry_id": None} for row in rows]

    forge(archive, tmp_path / "forged.tar", "accounts.user", change)
    with empty:
        import_archive(tmp_path / "forged.tar")
        assert not User.objects.filter(is_active=True).exists()
        assert not User.objects.filter(role=Role.ADMINISTRATOR).exists()


def test_two_people_do_not_become_one(archive, empty, settings, tmp_path):
    def change(rows):
        return [
            row | {"email": f"{'O' if number else 'o'}ne@post.example"} for number, row in enumerate(rows[:2])
        ] + rows[2:]

    forge(archive, tmp_path / "forged.tar", "accounts.user", change)
    with empty:
        OfficerFactory(email="one@post.example", countries=[])
        assert refused(tmp_path / "forged.tar", settings) == "damaged"


def test_a_redaction_under_way_stops_the_export(archive, tmp_path):
    redact(Country.objects.get(code="MWI"), finishes=False)

    with pytest.raises(CommandError, match="A redaction is being carried out"):
        export(tmp_path / "second.tar")
    assert not list(tmp_path.glob("*second*"))


def test_a_log_with_a_fault_is_not_exported(archive, tmp_path):
    with database_roles.as_owner(), transaction.atomic(), loading.triggers_set_aside():
        AuditEntry.objects.filter(number=2).update(verb="evidence.forged")

    with pytest.raises(CommandError, match="The activity log has a fault"):
        export(tmp_path / "second.tar")


def test_a_file_of_another_country_is_not_taken_over(archive, empty, settings):
    name = EvidenceFile.objects.filter(evidence__country__code="MWI").values_list("file", flat=True)[0]
    content = (Path(settings.MEDIA_ROOT) / name).read_bytes()
    with empty:
        file = EvidenceFileFactory(content=content, country=CountryFactory())
        old = Path(settings.MEDIA_ROOT) / str(file.file)
        (Path(settings.MEDIA_ROOT) / name).parent.mkdir(parents=True, exist_ok=True)
        old.rename(Path(settings.MEDIA_ROOT) / name)
        with database_roles.as_owner(), transaction.atomic(), loading.triggers_set_aside():
            EvidenceFile.objects.filter(pk=file.pk).update(file=name)
        assert refused(archive, settings) == "other_file"


def test_a_missing_or_altered_file_stops_the_export(archive, tmp_path, settings):
    name = EvidenceFile.objects.filter(evidence__country__code="MWI").values_list("file", flat=True)[0]
    (Path(settings.MEDIA_ROOT) / name).write_bytes(b"altered")

    with pytest.raises(CommandError, match="missing or altered: 1"):
        export(tmp_path / "second.tar")
    assert not list(tmp_path.glob("*second*"))


def test_a_row_that_refers_to_another_country_stops_the_export(archive, tmp_path):
    lesotho, malawi = Country.objects.get(code="LSO"), Country.objects.get(code="MWI")
    evidence = Evidence.objects.get(country=malawi)
    other = apps.get_model("recommendations.benchmark").objects.get(recommendation__edition__country=lesotho)
    apps.get_model("dialogues.evidencelink").objects.create(
        evidence=evidence, benchmark=other, shows="supports", recorded_at=evidence.recorded_at,
        recorded_by=evidence.recorded_by,
    )  # fmt: skip

    with pytest.raises(CommandError, match="does not belong to it"):
        export(tmp_path / "second.tar")
    assert not list(tmp_path.glob("*second*"))


def test_a_failure_after_loading_leaves_nothing(archive, empty, settings, monkeypatch):
    monkeypatch.setattr(importing, "find_log_fault", lambda: (1, "planted"))
    with empty:
        assert refused(archive, settings) == "not_proven"
        assert not ImportedEntry.objects.exists()
        assert not AuditEntry.objects.exists()
