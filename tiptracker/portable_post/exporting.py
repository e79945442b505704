"""Write one country's record, its people and its files into an archive, as they were at one moment."""

import tarfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import IO, NamedTuple, cast

from django.db import connection, transaction

import tiptracker
from tiptracker.accounts.models import Country
from tiptracker.audit.actions import find_log_fault, log_head, record
from tiptracker.backups.archive_format import Head, Header, Manifest
from tiptracker.backups.archive_writer import (
    add_file,
    add_header,
    add_manifest,
    list_migrations,
)
from tiptracker.backups.destinations import BackupPlace
from tiptracker.backups.encryption import SUFFIX, encrypt_to, parse_recipients
from tiptracker.backups.models import PostExport
from tiptracker.backups.stored_files import list_file_hashes
from tiptracker.backups.streams import HashedWriter, Writable
from tiptracker.errors import Refused
from tiptracker.infrastructure.read_snapshot import snapshot
from tiptracker.localization import gettext
from tiptracker.portable_post.archive_rows import add_all_rows
from tiptracker.portable_post.post_rows import (
    count_unfinished,
    is_work_under_way,
    list_post_models,
)

FORMAT = "tiptracker-post"
EXPORT_WRITTEN = "country.export_written"
"""Verb of the entry that says that an archive was written completely."""


class ExportedPost(NamedTuple):
    """A new archive: its name, what it contains, and how many drafts and unfinished rows stayed behind."""

    name: str
    size: int
    manifest: Manifest
    unfinished: int


def export_post(*, code: str, place: BackupPlace, recipients: Sequence[str], now: datetime) -> ExportedPost:
    """Write the archive of a country, encrypted to `recipients` (public keys of age) if there are any.

    `now` is machine time. The log says that the country was exported, also if that fails later. Raises Refused, and
    leaves no archive then.
    """
    country = Country.objects.filter(code=code).first()
    if country is None:
        raise Refused("no_country", gettext("There is no country with the code %(code)s.") % {"code": code})
    _refuse_log_fault()
    keys = parse_recipients(recipients)
    name = place.name or f"post-{code}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.tar{SUFFIX if keys else ''}"
    with transaction.atomic():
        record("country.exported", by=None, row=country, country=country, after={"archive": name})
    with place.destination.create(name) as file:
        sink = HashedWriter(file)
        with encrypt_to(sink, keys) as stream:
            manifest = _write_archive(stream, country, now)
    _record_export(country, name, sink, manifest, now)
    return ExportedPost(name, sink.size, manifest, count_unfinished(country))


@transaction.atomic
def _record_export(country: Country, name: str, sink: HashedWriter, manifest: Manifest, now: datetime) -> None:
    """Record that the archive was written completely, and its hash, which a certificate of disposal names."""
    export = PostExport.objects.create(
        country=country,
        name=name,
        sha256=sink.sha256.hexdigest(),
        size=sink.size,
        made_at=now,
        log_number=manifest.header.log_head.number if manifest.header.log_head else 0,
    )
    after = {"archive": name, "sha256": export.sha256, "log_number": export.log_number}
    record(EXPORT_WRITTEN, by=None, row=export, country=country, after=after)


def _refuse_log_fault() -> None:
    if fault := find_log_fault():
        raise Refused(
            "log_fault",
            gettext("The activity log has a fault: %(fault)s. See “When something fails”.") % {"fault": fault[1]},
        )


def _refuse_unfinished(country: Country) -> None:
    """Refuse while a job works on what must not be cut in two. Inside the snapshot, so that none begins meanwhile."""
    if is_work_under_way(country):
        raise Refused(
            "unfinished",
            gettext(
                "A redaction is being carried out, or a briefing is being issued. Wait a minute, then export again. If "
                "it takes longer, look at the status."
            ),
        )


def _write_archive(stream: Writable, country: Country, made_at: datetime) -> Manifest:
    with tarfile.open(fileobj=cast("IO[bytes]", stream), mode="w|", format=tarfile.PAX_FORMAT) as tar:
        with snapshot():
            _refuse_unfinished(country)
            manifest = Manifest(_describe_installation(made_at), None)
            manifest.post = {"code": country.code, "name": country.name}
            add_header(tar, manifest)
            names = add_all_rows(tar, manifest, country, made_at)
            hashes = {name: sha256 for name, sha256 in list_file_hashes() if name in names}
        for name in hashes:
            add_file(tar, manifest, name)
        if wrong := [name for name, sha256 in hashes.items() if manifest.files.get(name) != sha256]:
            raise Refused(
                "faulty_files",
                gettext(
                    "Files of the country are missing or altered: %(number)d. The first is “%(name)s”. Restore them "
                    "from a backup, then export again."
                )
                % {"number": len(wrong), "name": wrong[0]},
            )
        add_manifest(tar, manifest)
    return manifest


def _describe_installation(made_at: datetime) -> Header:
    return Header(
        version=tiptracker.VERSION,
        made_at=made_at.astimezone(UTC).isoformat(),
        vendor=connection.vendor,
        migrations=list_own_migrations(),
        secret_key="",  # no secret of an account comes along
        log_head=Head(*head) if (head := log_head()) else None,
        format=FORMAT,
    )


def list_own_migrations() -> dict[str, list[str]]:
    """Return the applied migrations of the apps whose rows come along."""
    own = {model._meta.app_label for model in list_post_models()}
    return {app: names for app, names in list_migrations().items() if app in own}
