"""Write the database and the stored files into a backup, as they were at one moment, while people work."""

import gzip
import hashlib
import io
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any, cast

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader

import tiptracker
from tiptracker.audit.actions import log_head
from tiptracker.audit.models import LogVerification
from tiptracker.backups import archive_format as layout
from tiptracker.backups.archive_format import Head, Header, Manifest, Member, Table
from tiptracker.backups.row_encoding import encode_row, list_columns, list_models
from tiptracker.backups.stored_files import list_file_hashes
from tiptracker.backups.streams import HashedReader, Writable
from tiptracker.infrastructure.read_snapshot import snapshot

LARGE_ROWS, SMALL_ROWS = 20, 2000
"""How many rows are read at a time: of tables with JSON or bytes, whose rows may be large, and of others."""


def write_archive(stream: Writable, *, made_at: str, redaction_head: Head | None) -> Manifest:
    """Write a whole backup to `stream`, and return what it contains.

    All rows are from one snapshot, which ends before the files are written. Files never change, but a redaction may
    destroy one meanwhile.
    """
    with tarfile.open(fileobj=cast("IO[bytes]", stream), mode="w|", format=tarfile.PAX_FORMAT) as tar:
        names: dict[str, None] = {}
        with snapshot():
            header = describe_installation(made_at)
            manifest = Manifest(header, redaction_head)
            add_header(tar, manifest)
            for model in list_models():
                _add_table(tar, manifest, model, names)
            next_keys = read_next_keys()
            for model in list_models():
                manifest.tables[model._meta.label_lower].next_key = next_keys.get(model._meta.db_table)
            expected = list(list_file_hashes())
            manifest.log_fault = last.fault if (last := LogVerification.objects.first()) else ""
        for name in names:
            add_file(tar, manifest, name)
        files = manifest.files
        manifest.faulty_files = [name for name, sha256 in expected if files.get(name) != sha256]
        add_manifest(tar, manifest)
    return manifest


def add_header(tar: tarfile.TarFile, manifest: Manifest) -> None:
    """Begin an archive with what it says of itself."""
    _add(tar, manifest, layout.HEADER_MEMBER, layout.encode_header(manifest.header))


def add_manifest(tar: tarfile.TarFile, manifest: Manifest) -> None:
    """End an archive with its manifest and the hash of it."""
    content = layout.encode_manifest(manifest)
    _add_unlisted(tar, layout.MANIFEST_MEMBER, content)
    _add_unlisted(tar, layout.HASH_MEMBER, _sha256(content).encode())


def describe_installation(made_at: str) -> Header:
    """Return version, migrations, key and head of the log of this installation."""
    return Header(
        version=tiptracker.VERSION,
        made_at=made_at,
        vendor=connection.vendor,
        migrations=list_migrations(),
        secret_key=layout.fingerprint_key(settings.SECRET_KEY),
        log_head=Head(*head) if (head := log_head()) else None,
    )


def list_migrations() -> dict[str, list[str]]:
    """Return the applied migrations of each app."""
    loader = MigrationLoader(connection)
    found: dict[str, list[str]] = {}
    for app_label, name in sorted(set(loader.applied_migrations) & set(loader.disk_migrations)):
        found.setdefault(app_label, []).append(name)
    return found


def read_next_keys() -> dict[str, int]:
    """Return the next key of each table that counts its keys. It may be higher than the highest key plus one.

    A key is never given twice, because the activity log names rows by their keys.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, seq + 1 FROM sqlite_sequence")
            return dict(cursor.fetchall())
        cursor.execute(
            "SELECT t.relname, s.relname FROM pg_class s"
            " JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i')"
            " JOIN pg_class t ON t.oid = d.refobjid WHERE s.relkind = 'S' AND s.relnamespace = 'public'::regnamespace"
        )
        found = {}
        for table, sequence in cursor.fetchall():
            name = connection.ops.quote_name(sequence)
            cursor.execute(f"SELECT last_value + CASE WHEN is_called THEN 1 ELSE 0 END FROM {name}")  # noqa: S608
            found[table] = cursor.fetchone()[0]
        return found


def _add_table(tar: tarfile.TarFile, manifest: Manifest, model: type[models.Model], names: dict[str, None]) -> None:
    """Add the rows of a table in parts, and the names of their files to `names`."""
    columns = list_columns(model)
    add_rows(tar, manifest, model, _name_files(model, columns, _read_rows(model, columns), names))


def _name_files(
    model: type[models.Model], columns: list[str], rows: Iterable[Any], names: dict[str, None]
) -> Iterator[Any]:
    files = [columns.index(f.attname) for f in model._meta.local_concrete_fields if isinstance(f, models.FileField)]
    for row in rows:
        names.update((row[index], None) for index in files if row[index])
        yield row


def add_rows(
    tar: tarfile.TarFile, manifest: Manifest, model: type[models.Model], rows: Iterable[Sequence[Any]]
) -> None:
    """Add rows of a table in parts. Each row has the values of `list_columns(model)`."""
    label = model._meta.label_lower
    table = manifest.tables[label] = Table(list_columns(model))
    number, part = 0, bytearray()
    for row in rows:
        part += encode_row(row)
        table.rows += 1
        if len(part) >= layout.PART_BYTES:
            number += 1
            _add_part(tar, manifest, label, number, part)
            part.clear()
    if part:
        _add_part(tar, manifest, label, number + 1, part)


def _read_rows(model: type[models.Model], columns: list[str]) -> Iterator[Any]:
    is_large = any(isinstance(field, models.JSONField | models.BinaryField) for field in model._meta.concrete_fields)
    rows = model._base_manager.order_by("pk").values_list(*columns)
    return rows.iterator(chunk_size=LARGE_ROWS if is_large else SMALL_ROWS)


def _add_part(tar: tarfile.TarFile, manifest: Manifest, label: str, number: int, part: bytearray) -> None:
    packed = gzip.compress(part, compresslevel=5, mtime=0)
    _add(tar, manifest, f"{layout.ROWS_PREFIX}{label}/{number:06}.jsonl.gz", packed, unpacked=len(part))


def _add(tar: tarfile.TarFile, manifest: Manifest, name: str, content: bytes, *, unpacked: int = 0) -> None:
    _add_unlisted(tar, name, content)
    manifest.members.append(Member(name, len(content), _sha256(content), unpacked))


def _add_unlisted(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    tar.addfile(info, io.BytesIO(content))


def add_file(tar: tarfile.TarFile, manifest: Manifest, name: str) -> None:
    """Add a stored file, or note that it is missing."""
    info = tarfile.TarInfo(f"{layout.FILES_PREFIX}{name}")
    try:
        file = default_storage.open(name)
    except FileNotFoundError:
        manifest.missing_files.append(name)
        return
    with file:
        info.size = file.size
        content = HashedReader(file)
        tar.addfile(info, content)
    manifest.members.append(Member(info.name, content.size, content.sha256.hexdigest()))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
