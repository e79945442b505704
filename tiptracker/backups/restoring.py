"""Restore a backup into an empty installation, in one transaction: all of it and proven, or nothing."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from django.contrib.contenttypes.models import ContentType
from django.core.cache import caches
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

import tiptracker
from tiptracker.accounts.models import ApiToken, Country, User
from tiptracker.audit.actions import log_now, record
from tiptracker.backups import archive_format as layout
from tiptracker.backups import loading, proof, redaction_file
from tiptracker.backups.actions import record_restored
from tiptracker.backups.archive_format import Header, Manifest
from tiptracker.backups.archive_reader import check_archive, read_header, read_members
from tiptracker.backups.archive_writer import list_migrations
from tiptracker.backups.destinations import BackupPlace, Destination, newest_name
from tiptracker.backups.encryption import OpenStream, decrypted
from tiptracker.backups.proof import Proven
from tiptracker.backups.redaction_file import RedactionLines
from tiptracker.backups.stored_files import write_stored
from tiptracker.errors import Refused
from tiptracker.infrastructure import new_database
from tiptracker.infrastructure.file_writes import delete_files, find_unreferenced_files
from tiptracker.localization import format_datetime, gettext
from tiptracker.mail.actions import drop_waiting_mails


@dataclass
class RestoreOptions:
    """What the operator asked for.

    `redactions` is where the newest file of redactions is; None: beside the backup. `also` is another place that may
    have a newer one. `confirm` asks two administrators of the backup whether to go
    on without a complete file of redactions, and returns them. `writes_files` is False for a proof, which compares the
    files with their hashes, and keeps neither files nor rows.
    """

    identity_file: Path | None = None
    redactions: Destination | None = None
    also: Destination | None = None
    confirm: Callable[[Refused], tuple[User, User]] | None = None
    accepts_other_key: bool = False
    writes_files: bool = True
    say: Callable[[str], None] = field(default=lambda sentence: None)


@dataclass
class CheckedBackup:
    """A backup whose every byte was checked, and the files of redactions; `problem` is why these are not complete."""

    place: BackupPlace
    open_stream: OpenStream
    manifest: Manifest
    redactions: Sequence[RedactionLines]
    problem: Refused | None


def restore_backup(place: BackupPlace, options: RestoreOptions) -> Proven:
    """Check the backup, load it, carry out later redactions, and prove the result. Raises Refused.

    Mails that were waiting are not sent: the installation of the backup may have sent them since.

    After an error, the database is as empty as before, and the files that were written are deleted.
    """
    checked = _check(place, options)
    prepare_database(checked.manifest.header)
    loading.require_tables(checked.manifest)
    written: list[str] = []
    try:
        if options.writes_files:
            _write_files(checked, written)
        with transaction.atomic(durable=True):
            proven = _load_and_prove(checked, options)
            transaction.set_rollback(not options.writes_files)
    except BaseException:
        delete_files(written)
        raise
    # The content of what was redacted after the backup. If this process ends before, the nightly housekeeping does it.
    delete_files(find_unreferenced_files(written))
    caches["pages"].clear()
    return proven


def _check(place: BackupPlace, options: RestoreOptions) -> CheckedBackup:
    name = place.name or newest_name(place.destination)
    open_stream = decrypted(lambda: place.destination.open(name), options.identity_file)
    refuse_other_version(read_header(open_stream))
    options.say(gettext("Checking %(name)s …") % {"name": name})
    manifest = check_archive(open_stream)
    if not options.accepts_other_key:
        proof.refuse_other_key(manifest)
    files, problem = _find_redactions(options.redactions or place.destination, manifest, options.also)
    if problem and options.confirm is None:
        raise problem
    options.say(_describe(manifest))
    return CheckedBackup(place._replace(name=name), open_stream, manifest, files, problem)


def _format_moment(text: str) -> str:
    """Return a moment of machine time, which a backup has in ISO 8601, for people."""
    return f"{format_datetime(datetime.fromisoformat(text).astimezone(UTC))} UTC"


def _describe(manifest: Manifest) -> str:
    """Return of when the backup is and what it has, so that nobody restores another one than the one that is meant."""
    people, countries = (manifest.tables[model._meta.label_lower].rows for model in (User, Country))
    head = manifest.header.log_head
    return gettext(
        "It was made on %(moment)s. Accounts: %(people)d. Countries: %(countries)d. Entries of the log: %(entries)d."
    ) % {
        "moment": _format_moment(manifest.header.made_at),
        "people": people,
        "countries": countries,
        "entries": head.number if head else 0,
    }


def _load_and_prove(checked: CheckedBackup, options: RestoreOptions) -> Proven:
    manifest, loader = checked.manifest, loading.RowLoader(checked.manifest)
    try:
        with loading.triggers_set_aside():
            loading.delete_generated_rows()
            for name, content in read_members(checked.open_stream):
                if name.startswith(layout.ROWS_PREFIX):
                    loader.load(name, content)
    except DatabaseError as error:
        raise Refused(
            "not_loaded", gettext("The database refused a row of the backup: %(reason)s.") % {"reason": error}
        ) from error
    ContentType.objects.clear_cache()
    loading.set_next_keys(manifest)
    options.say(gettext("Loaded %(rows)d rows. Proving them …") % {"rows": sum(loader.counts.values())})
    proof.prove_rows(loader.counts, manifest)
    proof.prove_file_hashes(manifest)
    confirmed = options.confirm(checked.problem) if checked.problem and options.confirm else ()
    repeated = sum(redaction_file.carry_out_again(file, manifest) for file in checked.redactions)
    after = {"made_at": manifest.header.made_at, "redactions_repeated": repeated}
    if confirmed:
        after |= {"without_redactions_by": [person.pk for person in confirmed]}
    record("backup.restored", by=confirmed[0] if confirmed else None, after=after)
    if repeated:
        loading.set_next_keys(manifest)  # redactions have the keys that they had
    for sentence in _describe_consequences(checked, repeated, drop_waiting_mails(now=log_now())):
        options.say(sentence)
    record_restored(checked.place, made_at=datetime.fromisoformat(manifest.header.made_at), now=log_now())
    return proof.prove_results(manifest)


def _describe_consequences(checked: CheckedBackup, repeated: int, dropped: int) -> Iterator[str]:
    """Yield what the operator has to know of redactions, mails, and what works again as it did on that day."""
    yield gettext("Later redactions that were carried out again: %(number)d.") % {"number": repeated}
    if moments := [file.lines[-1].at for file in checked.redactions if file.lines]:
        yield gettext(
            "The last line of %(file)s is of %(moment)s. If there is a newer one, restore into an empty database again "
            "with that one."
        ) % {"file": redaction_file.FILE_NAME, "moment": _format_moment(max(moments))}
    if dropped:
        yield gettext("Mails that were waiting then, and will not be sent: %(number)d.") % {"number": dropped}
    yield gettext(
        "As on that day, these may be used again: accounts: %(people)d, tokens: %(tokens)d. Close those that were "
        "closed since then."
    ) % {
        "people": User.objects.get_queryset().filter(is_active=True).count(),
        "tokens": ApiToken.objects.get_queryset().filter(revoked_at=None, expires_on__gte=log_now().date()).count(),
    }


def refuse_other_version(header: Header) -> None:
    """Refuse a backup of another version. Raises Refused, code "other_version" or "other_migrations"."""
    if header.version != tiptracker.VERSION:
        raise Refused(
            "other_version",
            gettext(
                "The backup was made by version %(other)s, and this is version %(own)s. Install version %(other)s, "
                "restore there, then upgrade."
            )
            % {"other": header.version, "own": tiptracker.VERSION},
        )


def _refuse_other_migrations(header: Header) -> None:
    have, want = list_migrations(), {app: sorted(names) for app, names in header.migrations.items()}
    if have == want:
        return
    if ("socialaccount" in have) != ("socialaccount" in want):
        raise Refused(
            "other_migrations",
            gettext(
                "The backup was made with OIDC_SERVER_URL set, or this installation has it set and the backup was made "
                "without. Set it as it was, restore, then change it."
            ),
        )
    app = next(app for app in sorted({*have, *want}) if have.get(app) != want.get(app))
    raise Refused(
        "other_migrations",
        gettext(
            "The backup was made by another build of version %(version)s: the migrations of “%(app)s” differ. Install "
            "the build that made it, restore there, then upgrade."
        )
        % {"version": header.version, "app": app},
    )


def prepare_database(header: Header) -> None:
    """Create the tables of an absent or empty database. Refuse one with rows, or of another version. Raises Refused."""
    if new_database.is_new(connection):
        call_command("migrate", verbosity=0)
    _refuse_other_migrations(header)
    loading.require_owner()
    if rows := loading.find_rows():
        label, number = max(rows.items(), key=lambda item: item[1])
        raise Refused(
            "not_empty",
            gettext(
                "This database has rows already (%(label)s: %(number)d). Restore into an installation in which nobody "
                "has an account yet: see “Restore” in docs/operating.md."
            )
            % {"label": label, "number": number},
        )


def _find_redactions(
    main: Destination, manifest: Manifest, also: Destination | None
) -> tuple[list[RedactionLines], Refused | None]:
    """Return the files of redactions to apply, and why they are not complete."""
    files: list[RedactionLines] = []
    try:
        file = redaction_file.read_redaction_file(main)
        redaction_file.require_complete(file, manifest=manifest, names=main.list_names())
        files.append(file)
        if also and also.label != main.label:
            files.append(redaction_file.read_redaction_file(also))
    except Refused as refusal:
        return files, refusal
    return files, None


def _write_files(checked: CheckedBackup, written: list[str]) -> None:
    """Write the stored files, read each again, and compare it with the backup. Raises Refused.

    Before the transaction, which must not wait for a storage. Until its end, no row names a file.
    """
    for name, content in read_members(checked.open_stream):
        if name.startswith(layout.FILES_PREFIX):
            write_stored(name.removeprefix(layout.FILES_PREFIX), content, checked.manifest, written)
    proof.prove_written_files(checked.manifest)
