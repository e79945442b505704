"""The part of the log that came along with a country is checked, redacted and exported again."""

import csv
import io
import json
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, transaction
from django.urls import reverse

from dialogues.models import Evidence
from tests import database_roles
from tests.authentication import force_sign_in
from tests.factories import (
    AdministratorFactory,
    CountryFactory,
    FocalPointFactory,
    ImportedEntryFactory,
    OfficerFactory,
)
from tests.tiptracker.backups.installations import backup, empty_installation, restore
from tests.tiptracker.portable_post.posts import NAME, export, fill_post, import_archive, redact, unpacked
from tiptracker.accounts.models import Country, User
from tiptracker.audit.actions import find_log_fault, find_redaction_faults, log_head, record
from tiptracker.audit.append_only import REDACTED
from tiptracker.audit.imported_logs import LEFT_BEHIND, LOG_IMPORTED
from tiptracker.audit.models import AuditEntry, ImportedEntry, ImportedLog
from tiptracker.audit.subjects import history
from tiptracker.backups import loading
from tiptracker.choices import Role

pytestmark = pytest.mark.unordered_locks  # an import is alone in its database

SEALED = ("number", "at", "verb", "table", "row", "address", "before_digest", "after_digest", "previous_hash", "hash")


@pytest.fixture
def source(fresh_database, tmp_path, settings):
    """An installation with two posts. Returns Malawi."""
    settings.MEDIA_ROOT = tmp_path / "files"
    malawi = fill_post(CountryFactory(elsewhere=True))  # first, so that its keys are taken where Lesotho is alone
    fill_post(CountryFactory())
    return malawi


@pytest.fixture
def move(tmp_path, database_template):
    """Call it to export Malawi and to import it beside Lesotho, in another database. Used as a context."""
    archive = tmp_path / "post.tar"

    def into(name):
        export(archive)
        return beside_lesotho(database_template, tmp_path / name, archive)

    return into


@pytest.mark.django_db
def test_administrators_of_a_post_read_the_imported_log_of_their_country_alone():
    entry, other = ImportedEntryFactory(), ImportedEntryFactory(log__country=CountryFactory(elsewhere=True))
    of_account = ImportedEntryFactory(log=entry.log, table="accounts.ministry")
    fact = ImportedEntryFactory(log=entry.log, table="dialogues.evidence")
    country = entry.log.country
    readers = {
        AdministratorFactory(): {entry, other, of_account, fact},
        AdministratorFactory(countries=[country]): {of_account},
        OfficerFactory(countries=[country]): {entry, of_account, fact},
        FocalPointFactory(ministry__country=country): set(),
    }

    for reader, expected in readers.items():
        assert set(ImportedEntry.objects.visible_to(reader)) == expected
    for administrator in (reader for reader in readers if reader.role == Role.ADMINISTRATOR):
        assert set(ImportedEntry.objects.visible_to(administrator).with_readable_values(administrator)) == {of_account}


@contextmanager
def beside_lesotho(template, folder, archive):
    """Another installation with Lesotho, into which an archive was imported."""
    with empty_installation(template, folder):
        fill_post(CountryFactory())
        import_archive(archive)
        yield


def test_the_entries_of_the_country_come_along_as_they_were(source, move):
    wanted = list(AuditEntry.objects.filter(country=source).values_list(*SEALED))
    foreign = AuditEntry.objects.exclude(country=source).count()
    with move("other"):
        log = ImportedLog.objects.get()
        arrived = list(ImportedEntry.objects.filter(log=log).values_list(*SEALED))

        assert foreign > 0
        assert arrived[: len(wanted)] == wanted
        assert [entry[2] for entry in arrived[len(wanted) :]] == ["country.exported"]
        assert (log.entries, log.head) == (len(arrived), ImportedEntry.objects.latest("number").seal)
        noted = AuditEntry.objects.get(verb="log.imported")
        assert json.loads(noted.detail.after)["head"] == log.head
        call_command("verify_audit")


def test_entries_lead_to_the_rows_and_people_of_here(source, move):
    with move("other"):
        entry = ImportedEntry.objects.get(verb="evidence.logged")
        evidence = Evidence.objects.get(country__code="MWI")

        assert entry.row_here == str(evidence.pk) != entry.row
        assert entry.by == evidence.recorded_by
        assert NAME in entry.after


def test_the_history_of_a_record_goes_back_before_the_move(source, move, client):
    with move("other"):
        evidence = Evidence.objects.get(country__code="MWI")
        reader = OfficerFactory(countries=[evidence.country])
        stranger = OfficerFactory(countries=[Country.objects.get(code="LSO")])

        assert [(row.action, row.imported_entry is not None) for row in history(reader, evidence)] == [
            ("Opened evidence", True),
            ("Logged evidence", True),
        ]
        assert history(stranger, evidence) == []
        force_sign_in(client, reader)
        page = client.get(reverse("evidence_detail", args=[evidence.pk]))
        assert "of the imported log" in page.text


def test_the_log_page_lists_an_imported_log_and_exports_it(source, move, client):
    with move("other"):
        log = ImportedLog.objects.get()
        reader = OfficerFactory(countries=[log.country])
        force_sign_in(client, reader)
        entry = ImportedEntry.objects.get(verb="evidence.logged")

        found = client.get(reverse("log_list"), {"log": log.pk, "record": "dialogues.evidence", "row": entry.row_here})
        assert [line.entry for line in found.context["lines"]] == [
            ImportedEntry.objects.get(verb="evidence.viewed"),
            entry,
        ]
        assert f'href="{entry.get_absolute_url()}"' in found.text
        assert client.get(reverse("log_list"), {"log": log.pk, "text": NAME}).context["page"].paginator.count > 0
        page = client.get(entry.get_absolute_url())
        assert NAME in page.text
        assert "The seal matches." in page.text
        viewed = client.get(ImportedEntry.objects.get(verb="evidence.viewed").get_absolute_url()).text
        assert "it stayed in the other installation" in viewed
        assert LEFT_BEHIND not in viewed

        force_sign_in(client, reader)  # again, because an export asks for it
        export_of_log = client.get(reverse("log_export"), {"log": log.pk, "what": "everything"})
        rows = list(csv.reader(io.StringIO(export_of_log.getvalue().decode())))
        assert [row[0] for row in rows[1:]] == [str(number) for number in log_numbers(log)]
        assert NAME in "".join(map(" ".join, rows))
        assert "-imported-MWI-" in export_of_log.headers["Content-Disposition"]
        noted = AuditEntry.objects.get(verb="log.exported", country=log.country)
        assert json.loads(noted.detail.after) == {
            "log": str(log),
            "filter": {"what": "everything"},
            "rows": log.entries,
        }


def test_pages_say_what_an_imported_log_is_and_that_the_post_was_imported(source, move, client):
    with move("other"):
        log = ImportedLog.objects.get()
        numbers = list(log_numbers(log))
        force_sign_in(client, AdministratorFactory())

        page = client.get(reverse("log_list"), {"log": log.pk})
        assert f"from {numbers[-1]} to {numbers[0]}" in page.text
        assert log.head in page.text
        assert log_head()[1] not in page.text  # the seal of the other log
        noted = AuditEntry.objects.get(verb=LOG_IMPORTED)
        assert f'href="{noted.get_absolute_url()}"' in page.text
        assert log.head in client.get(noted.get_absolute_url()).text  # administrators read it: it is no fact
        assert log_head()[1] in client.get(reverse("log_list")).text
        assert "numbers are missing" in client.get(ImportedEntry.objects.last().get_absolute_url()).text

        lesotho = Country.objects.get(code="LSO")
        assert "Malawi was imported on" in client.get(reverse("setup_detail", args=[log.country_id])).text
        assert "was imported on" not in client.get(reverse("setup_detail", args=[lesotho.pk])).text
        person = User.objects.get_queryset().filter(pk__in=log.keys["people"].values()).first()
        assert "from another installation" in client.get(reverse("person_detail", args=[person.pk])).text


def log_numbers(log):
    """The numbers of the entries, newest first."""
    return ImportedEntry.objects.filter(log=log).order_by("-number").values_list("number", flat=True)


def test_a_changed_imported_entry_says_so_on_its_page(source, move, client):
    with move("other"):
        force_sign_in(client, OfficerFactory(countries=[ImportedLog.objects.get().country]))
        entry = ImportedEntry.objects.get(verb="evidence.logged")
        with database_roles.as_owner(), transaction.atomic(), loading.triggers_set_aside():
            ImportedEntry.objects.filter(pk=entry.pk).update(after="{}")

        assert "The seal does not match." in client.get(entry.get_absolute_url()).text


def test_other_posts_read_no_imported_log(source, move, client):
    with move("other"):
        log = ImportedLog.objects.get()
        force_sign_in(client, OfficerFactory(countries=[Country.objects.get(code="LSO")]))

        assert "log" not in client.get(reverse("log_list")).context["filter"].fields
        unknown = client.get(reverse("log_list"), {"log": log.pk})
        assert not any(isinstance(line.entry, ImportedEntry) for line in unknown.context["lines"])
        assert client.get(ImportedEntry.objects.first().get_absolute_url()).status_code == 404


def test_values_that_may_be_about_other_countries_stay_behind(source, move, tmp_path):
    with move("other"):
        assert ImportedEntry.objects.get(verb="user.changed").after == LEFT_BEHIND
        assert ImportedEntry.objects.get(verb="evidence.viewed").after == LEFT_BEHIND
    assert not any(b"Chad" in content for content in unpacked(tmp_path / "post.tar").values())


CHANGES = {
    "an entry": lambda: ImportedEntry.objects.filter(verb="evidence.logged").update(verb="evidence.returned"),
    "its values": lambda: ImportedEntry.objects.filter(verb="evidence.logged").update(after="{}"),
    "a person": lambda: ImportedEntry.objects.filter(verb="evidence.logged").update(by=User.objects.last()),
    "a row": lambda: ImportedEntry.objects.filter(verb="evidence.logged").update(row_here="1"),
    "the first entry is gone": lambda: ImportedEntry.objects.order_by("number").first().delete(),
    "the last entry is gone": lambda: ImportedEntry.objects.latest("number").delete(),
    "the head": lambda: ImportedLog.objects.update(head="0" * 64),
    "the keys": lambda: ImportedLog.objects.update(keys={}),
    "all of it is gone": lambda: (ImportedEntry.objects.all().delete(), ImportedLog.objects.all().delete()),
    "another log": lambda: ImportedLog.objects.create(
        country=Country.objects.first(), version="1", made_at="2022-01-01T00:00Z", imported_at="2022-01-01T00:00Z",
        entries=0,
    ),
}  # fmt: skip


def test_every_change_of_an_imported_log_is_found(source, move):
    unnoticed = []
    with move("other"):
        assert find_log_fault() is None
        for name, change in CHANGES.items():
            with database_roles.as_owner(), transaction.atomic():
                with loading.triggers_set_aside():
                    change()
                if find_log_fault() is None:
                    unnoticed.append(name)
                with pytest.raises(CommandError, match="imported log"):
                    call_command("verify_audit")
                transaction.set_rollback(True)
        assert find_log_fault() is None

    assert unnoticed == []


def test_imported_entries_cannot_be_changed(source, move):
    with move("other"):
        for rows, change in ((ImportedEntry.objects.all(), {"verb": "x"}), (ImportedLog.objects.all(), {"head": "x"})):
            with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
                rows.update(**change)


def test_a_redaction_after_the_move_empties_the_imported_entries_too(source, move):
    with move("other"):
        redact(Country.objects.get(code="MWI"))

        assert ImportedEntry.objects.get(verb="evidence.logged").after == REDACTED
        assert NAME not in repr(list(ImportedEntry.objects.values_list("before", "after")))
        assert find_redaction_faults() == []
        assert find_log_fault() is None
        assert Evidence.objects.get(country__code="LSO").title != REDACTED


def test_redactions_before_the_move_hold_after_it(source, move, tmp_path):
    redact(source)
    assert find_redaction_faults() == []
    with move("other"):
        assert Evidence.objects.get(country__code="MWI").title == REDACTED
        assert find_redaction_faults() == []
        call_command("verify_audit")
    rows = {name: content for name, content in unpacked(tmp_path / "post.tar").items() if name.startswith("rows/")}
    assert not any(NAME.encode() in content for content in rows.values())


def test_a_backup_has_the_imported_log(source, move, tmp_path, database_template):
    with move("other"):
        backup(tmp_path / "backups")
    with empty_installation(database_template, tmp_path / "restored"):
        restore(tmp_path / "backups")

        assert ImportedLog.objects.count() == 1
        assert find_log_fault() is None


def test_a_second_move_takes_both_logs_along(source, move, tmp_path, database_template):
    redact(source)
    head = log_head()
    with move("other"):
        fill_more(Country.objects.get(code="MWI"))
        export(tmp_path / "again.tar")
    with beside_lesotho(database_template, tmp_path / "third", tmp_path / "again.tar"):
        first, later = ImportedLog.objects.all()

        assert first.made_at < later.made_at
        assert ImportedEntry.objects.filter(log=first, number__lte=head[0]).exists()
        assert ImportedEntry.objects.filter(log=later, verb="log.imported").exists()
        assert ImportedEntry.objects.get(log=later, verb="country.changed").row_here == str(
            Country.objects.get(code="MWI").pk
        )
        entry = ImportedEntry.objects.get(log=first, verb="evidence.logged")
        assert entry.row_here == str(Evidence.objects.filter(country__code="MWI").earliest("pk").pk)
        assert find_redaction_faults() == []
        call_command("verify_audit")


def fill_more(country):
    """Add an entry to the log after the first move."""
    with transaction.atomic():
        record("country.changed", by=None, row=country, country=country, after={"name": country.name})
