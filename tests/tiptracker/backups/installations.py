"""An installation with rows and files, and another, empty one to restore into."""

import io
import tarfile
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection, transaction
from django.test import override_settings

from dialogues.actions import redactions
from dialogues.models import Evidence
from tests import database_roles
from tests.conftest import use_copy_of
from tests.factories import (
    BriefingFactory,
    CountryFactory,
    EvidenceFactory,
    EvidenceFileFactory,
    OfficerFactory,
    ReadingFactory,
)
from tiptracker.audit.actions import record
from tiptracker.backups.row_encoding import list_columns, list_models

NAME = "Palesa Exercise"
"""A name that somebody removes from the record."""


def fill():
    """Rows of many kinds with their entries in the log, and two stored files."""
    country = CountryFactory()
    officer = OfficerFactory(countries=[country])
    file = EvidenceFileFactory(content=f"%PDF-1.4\n{NAME} was here\n%%EOF\n".encode(), country=country)
    evidence = EvidenceFactory(
        country=country, title=f"Letter about {NAME}, “ßş” and \u2028 more", verified=True, file=file
    )
    ReadingFactory()
    BriefingFactory(edition__country=country, pdf=b"%PDF-1.7\nbriefing\n")
    with transaction.atomic():
        record("evidence.logged", by=officer, row=evidence, country=country, after={"title": evidence.title})
    return country


def redact(country, *, files=()):
    """Two officers remove the name, and the files, from the record."""
    first, second = OfficerFactory(countries=[country]), OfficerFactory(countries=[country])
    redaction = redactions.propose_redaction(
        country=country, words=NAME, reason="It names somebody.", files=files, by=first, now=datetime.now(UTC)
    )
    redactions.confirm_redaction(redaction=redaction, by=second, now=datetime.now(UTC))
    redactions.finish_redaction(redaction=redaction)
    return redaction


def backup(place, *options):
    """Make a backup, and return what the command printed."""
    said, complained = io.StringIO(), io.StringIO()
    call_command("backup", str(place), *options, stdout=said, stderr=complained)
    return said.getvalue() + complained.getvalue()


def restore(place, *options):
    """Restore into the current database, as the owner of its tables, and return what the command printed."""
    said = io.StringIO()
    with database_roles.as_owner():
        call_command("restore", str(place), *options, stdout=said, stderr=said)
    return said.getvalue()


@contextmanager
def empty_installation(database_template, folder):
    """Another migrated database without rows, with its own folder for files."""
    with use_copy_of(database_template), override_settings(MEDIA_ROOT=str(folder)):
        yield


def all_rows(*, without=()):
    """Every row of every table, by table."""
    return {
        label: list(model._base_manager.order_by("pk").values_list(*list_columns(model)))
        for model in list_models()
        for label in [model._meta.label_lower]
        if label not in {"backups.backup", *without}
    }


def stored_files():
    """The names and contents of all files that evidence names."""
    return {name: default_storage.open(name).read() for name in Evidence.objects.values_list("file__file", flat=True)}


def find_everywhere(word, folder):
    """The tables and files that contain a word."""
    tables = [label for label, rows in all_rows().items() if word in repr(rows)]
    files = [str(path) for path in folder.rglob("*") if path.is_file() and word.encode() in path.read_bytes()]
    return tables + files


def rewrite(archive, target, change):
    """Write a backup again, member by member: `change` gets name and content, and returns both, or None to leave it."""
    with tarfile.open(archive) as old, tarfile.open(target, "w") as new:
        for info in old:
            for name, content in change(info.name, old.extractfile(info).read()):
                member = tarfile.TarInfo(name)
                member.size = len(content)
                new.addfile(member, io.BytesIO(content))


def later(hours):
    """A moment from now, in machine time."""
    return datetime.now(UTC) + timedelta(hours=hours)


def vendor():
    """The kind of database that the tests run on."""
    return connection.vendor
