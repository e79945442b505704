"""Load the archive of a post into an installation that does not have the country: all of it and proven, or nothing."""

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from django.core.cache import caches
from django.core.management import call_command
from django.db import DatabaseError, models, transaction
from django.db.models import Q

import tiptracker
from tiptracker.accounts.models import Country, User
from tiptracker.audit.actions import AuditEvent, find_log_fault, find_redaction_faults, record_all
from tiptracker.audit.imported_logs import LOG_IMPORTED, NotedLog, find_row_here
from tiptracker.audit.models import ImportedEntry, ImportedLog
from tiptracker.backups import archive_format as layout
from tiptracker.backups import loading
from tiptracker.backups.archive_format import Manifest
from tiptracker.backups.archive_reader import check_archive, read_header, read_members
from tiptracker.backups.destinations import BackupPlace
from tiptracker.backups.encryption import OpenStream, decrypted
from tiptracker.backups.proof import prove_written_files
from tiptracker.backups.row_encoding import list_columns
from tiptracker.backups.stored_files import list_file_hashes, write_stored
from tiptracker.errors import Refused
from tiptracker.infrastructure.file_writes import delete_files
from tiptracker.localization import gettext
from tiptracker.portable_post.exporting import FORMAT, list_own_migrations
from tiptracker.portable_post.key_mapping import KeyMapping
from tiptracker.portable_post.people import close_account
from tiptracker.portable_post.post_rows import PEOPLE, list_post_models
from tiptracker.portable_post.refusals import archive_refusals

MEMBERSHIPS = "accounts.user_countries"
LOGS, ENTRIES = ImportedLog._meta.label_lower, ImportedEntry._meta.label_lower


class ImportedPost(NamedTuple):
    """What was imported and proven. `known_people` had accounts here already."""

    country: Country
    rows: int
    files: int
    people: int
    entries: int
    runs: str
    known_people: list[str]


@dataclass
class _Import:
    """An archive that was checked, and what is known while it is loaded."""

    open_stream: OpenStream
    manifest: Manifest
    loader: loading.RowLoader
    keys: KeyMapping
    now: datetime
    ministries: set[int] = field(default_factory=set)
    known_people: dict[int, str] = field(default_factory=dict)
    log_keys: dict[int, dict[str, Any]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    country: int = 0


def import_post(
    *, place: BackupPlace, identity_file: Path | None, now: datetime, say: Callable[[str], None] = lambda sentence: None
) -> ImportedPost:
    """Check the archive, write its files, load its rows, and prove the result. `now` is machine time. Raises Refused.

    After an error the database is as before, and the files that were written are deleted.
    """
    with archive_refusals():
        open_stream = decrypted(lambda: place.destination.open(place.name), identity_file)
        _refuse_other_version(read_header(open_stream, FORMAT))
        say(gettext("Checking %(name)s …") % {"name": place.name})
        manifest = check_archive(open_stream, FORMAT)
        _refuse_other_tables(manifest)
        loading.require_owner()
        _refuse_present(manifest)
        written: list[str] = []
        try:
            _write_files(open_stream, manifest, written)
            with transaction.atomic(durable=True):
                imported = _load_and_prove(open_stream, manifest, now, say)
        except BaseException:
            delete_files(written)
            raise
    caches["pages"].clear()
    return imported


# --- What is refused before anything is loaded ------------------------------------------------------------------------


def _refuse_other_version(header: layout.Header) -> None:
    if (header.version, header.migrations) != (tiptracker.VERSION, list_own_migrations()):
        raise Refused(
            "other_version",
            gettext(
                "The post was exported by version %(other)s, and this is version %(own)s, or another build of it. "
                "Upgrade both installations to the same version, then export again."
            )
            % {"other": header.version, "own": tiptracker.VERSION},
        )


def _refuse_other_tables(manifest: Manifest) -> None:
    want = {model._meta.label_lower: list_columns(model) for model in list_post_models()}
    if {label: table.columns for label, table in manifest.tables.items()} != want:
        raise layout.damaged(layout.MANIFEST_MEMBER)


def _refuse_present(manifest: Manifest) -> None:
    """Refuse a country of which this installation has anything already: its code or its name."""
    code, name = str(manifest.post.get("code")), str(manifest.post.get("name"))
    if present := Country.objects.filter(Q(code=code) | Q(name__iexact=name)).first():
        raise Refused(
            "country_there",
            gettext(
                "This installation has %(country)s (%(code)s) already, so nothing was imported. A post can only be "
                "imported where its country was never set up."
            )
            % {"country": present.name, "code": present.code},
        )


def _write_files(open_stream: OpenStream, manifest: Manifest, written: list[str]) -> None:
    """Write the files, read each again, and compare it with the archive. Until rows name them, nobody sees them."""
    if set(manifest.files) & {name for name, _ in list_file_hashes()}:
        raise Refused("other_file", gettext("A file of the archive is one of another country here."))
    for name, content in read_members(open_stream):
        if name.startswith(layout.FILES_PREFIX):
            write_stored(name.removeprefix(layout.FILES_PREFIX), content, manifest, written)
    prove_written_files(manifest)


# --- Rows -------------------------------------------------------------------------------------------------------------


def _load_and_prove(
    open_stream: OpenStream, manifest: Manifest, now: datetime, say: Callable[[str], None]
) -> ImportedPost:
    faults = set(find_redaction_faults())
    before = {model._meta.label_lower: model._base_manager.count() for model in list_post_models()}
    try:
        with loading.triggers_set_aside():
            _refuse_present(manifest)  # nobody else can add a country from here on
            loaded = _Import(open_stream, manifest, loading.RowLoader(manifest), KeyMapping(), now)
            _load_people_and_logs(loaded)
            for label, rows in _read_rows(loaded):
                if label not in (PEOPLE, LOGS):
                    _insert(loaded, label, (_place(loaded, label, row) for row in rows))
    except DatabaseError as error:
        raise Refused(
            "not_loaded", gettext("The database refused a row of the archive: %(reason)s.") % {"reason": error}
        ) from error
    except (KeyError, TypeError, AttributeError, ValueError):  # values of another kind than a column has
        raise layout.damaged(layout.MANIFEST_MEMBER) from None
    for model in list_post_models():
        label = model._meta.label_lower
        loading.set_next_key(model, loaded.keys.tables[label] + (manifest.tables[label].next_key or 1))
    say(gettext("Loaded %(rows)d rows. Proving them …") % {"rows": sum(loaded.counts.values())})
    _prove_rows(loaded, before)
    country = Country.objects.get(pk=loaded.country)
    entries = _note_in_log(loaded, country)
    return ImportedPost(
        country=country,
        rows=sum(loaded.counts.values()),
        files=len(manifest.files),
        people=loaded.counts[PEOPLE],
        entries=entries,
        runs=_prove_results(faults),
        known_people=sorted(loaded.known_people.values()),
    )


def _read_rows(loaded: _Import, *labels: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield the rows of the tables with these labels, or of all tables."""
    for name, content in read_members(loaded.open_stream):
        if name.startswith(layout.ROWS_PREFIX):
            label, _ = loaded.loader.find_table(name)
            if not labels or label in labels:
                columns = loaded.manifest.tables[label].columns
                for rows in loaded.loader.read(name, content):
                    yield label, [dict(zip(columns, row, strict=True)) for row in rows]


def _insert(loaded: _Import, label: str, rows: Iterator[dict[str, Any] | None]) -> None:
    columns = loaded.manifest.tables[label].columns
    values = [[row[column] for column in columns] for row in rows if row is not None]
    loading.insert_rows(loaded.loader.models[label], columns, values)
    loaded.counts[label] = loaded.counts.get(label, 0) + len(values)


def _load_people_and_logs(loaded: _Import) -> None:
    """Find out who has an account here, create closed ones for all others, and load the logs, whose entries need them.

    Raises Refused, code "damaged", unless the archive has exactly one country.
    """
    loaded.counts = dict.fromkeys(loaded.manifest.tables, 0)
    people: list[dict[str, Any]] = []
    logs: list[dict[str, Any]] = []
    countries: list[dict[str, Any]] = []
    for label, rows in _read_rows(loaded, PEOPLE, LOGS, "accounts.country", "accounts.ministry"):
        {PEOPLE: people, LOGS: logs, "accounts.country": countries}.get(label, []).extend(rows)
        if label == "accounts.ministry":
            loaded.ministries |= {row["id"] for row in rows}
    if [row["code"] for row in countries] != [loaded.manifest.post.get("code")]:
        raise layout.damaged(layout.MANIFEST_MEMBER)
    _match_people(loaded, people)
    loaded.country = loaded.keys.map_key("accounts.country", countries[0]["id"])
    created = (loaded.keys.map_row(User, row) for row in people if row["id"] not in loaded.known_people)
    _insert(loaded, PEOPLE, created)
    for row in logs:
        loaded.log_keys[row["id"]] = loaded.keys.log_keys(row["keys"])
    _insert(loaded, LOGS, (_place_log(loaded, row) for row in logs))


def _match_people(loaded: _Import, people: list[dict[str, Any]]) -> None:
    added = loaded.keys.tables[PEOPLE]
    for row in people:
        row.update(close_account(row, loaded.ministries))
        here = User._base_manager.filter(email__iexact=row["email"]).values_list("pk", "name").first()
        if here:
            loaded.known_people[row["id"]] = here[1]
        loaded.keys.people[row["id"]] = here[0] if here else row["id"] + added
    if len(set(loaded.keys.people.values())) < len(people):  # two people must not become one, who verified their own
        raise layout.damaged(layout.MANIFEST_MEMBER)


def _place_log(loaded: _Import, row: dict[str, Any]) -> dict[str, Any]:
    placed = loaded.keys.map_row(ImportedLog, row) | {"keys": loaded.log_keys[row["id"]]}
    return placed if row["keys"] else placed | {"imported_at": loaded.now}


def _place(loaded: _Import, label: str, row: dict[str, Any]) -> dict[str, Any] | None:
    """Return a row as it is here; None if it does not come along."""
    if label == MEMBERSHIPS and row["user_id"] in loaded.known_people:
        return None  # nobody with an account here gets to see the country by an import
    placed = loaded.keys.map_row(loaded.loader.models[label], row)
    if label == ENTRIES:
        placed["row_here"] = find_row_here(loaded.log_keys[row["log_id"]], row["table"], row["row"])
    return placed


# --- Proof ------------------------------------------------------------------------------------------------------------


def _prove_rows(loaded: _Import, before: Mapping[str, int]) -> None:
    """Compare rows, triggers and the hashes of files with the archive. Raises Refused, code "not_proven"."""
    models_by_label: dict[str, type[models.Model]] = loaded.loader.models
    members = loaded.manifest.tables[MEMBERSHIPS].rows - loaded.counts[MEMBERSHIPS]
    absent = {PEOPLE: len(loaded.known_people), MEMBERSHIPS: members}
    for label, count in loaded.counts.items():
        stored = models_by_label[label]._base_manager.count() - before[label]
        if not stored == count == loaded.manifest.tables[label].rows - absent.get(label, 0):
            raise _not_proven(gettext("rows of %(table)s are missing or were added") % {"table": label})
    if missing := loading.find_missing_triggers():
        raise _not_proven(gettext("triggers are missing: %(names)s") % {"names": "; ".join(missing)})
    files = loaded.manifest.files
    names = files.keys() | _new_names(loaded)
    expected = {name: sha256 for name, sha256 in list_file_hashes() if name in names}
    if expected != files:
        raise _not_proven(gettext("files differ from what rows say of them"))


def _new_names(loaded: _Import) -> set[str]:
    """Return the names of the files whose content the loaded rows need."""
    names: set[str] = set()
    for label, rows in _read_rows(loaded, "dialogues.evidencefile", "reports.briefing"):
        fields = ("file",) if label == "dialogues.evidencefile" else ("file", "word")
        names.update(str(row[name]) for row in rows for name in fields if row[name])
    return names


def _note_in_log(loaded: _Import, country: Country) -> int:
    """Note every imported log in the own log, and what was imported. Return how many entries came along."""
    logs = list(ImportedLog.objects.filter(country=country))
    told = {"archive_made_at": loaded.manifest.header.made_at, "rows": sum(loaded.counts.values())}
    events = [AuditEvent(LOG_IMPORTED, log, after=NotedLog.of_log(log)._asdict()) for log in logs]
    record_all([AuditEvent("country.imported", country, after=told), *events], by=None, country=country)
    newest = logs[-1] if logs else None
    sealed = (loaded.manifest.post.get("entries"), loaded.manifest.post.get("head"))
    if newest is None or (newest.entries, newest.head) != sealed:
        raise _not_proven(gettext("the log is not the one that the archive names"))
    return sum(log.entries for log in logs)


def _prove_results(known_faults: set[str]) -> str:
    """Check the log, the redacted texts and every stored run. Return what the runs said."""
    if fault := find_log_fault():
        raise _not_proven(fault[1])
    if faults := set(find_redaction_faults()) - known_faults:
        raise _not_proven(min(faults))
    said, complained = io.StringIO(), io.StringIO()
    try:
        call_command("recompute_runs", stdout=said, stderr=complained)
    except SystemExit:
        raise _not_proven(complained.getvalue().strip().rstrip(".")) from None
    return said.getvalue().strip()


def _not_proven(fault: str) -> Refused:
    return Refused(
        "not_proven", gettext("The result is not what was exported, so nothing was kept: %(fault)s.") % {"fault": fault}
    )
