"""Prove that a restored record is the one of the backup: rows, files, triggers, log, redactions and stored runs."""

import io
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from django.conf import settings
from django.core.management import call_command

from tiptracker.audit.actions import find_head_fault, find_log_fault, find_redaction_faults, log_head
from tiptracker.backups import archive_format as layout
from tiptracker.backups.archive_format import Manifest
from tiptracker.backups.loading import compare_counts, count_triggers, find_missing_triggers
from tiptracker.backups.stored_files import hash_stored, list_file_hashes
from tiptracker.errors import Refused
from tiptracker.localization import gettext

MAX_LISTED = 5


class Proven(NamedTuple):
    """What was proven, in numbers."""

    rows: int
    tables: int
    files: int
    triggers: int
    entries: int
    runs: str
    known: str


def prove_rows(counts: Mapping[str, int], manifest: Manifest) -> None:
    """Compare rows, triggers and the log with the backup. Raises Refused, code "not_proven"."""
    _refuse(compare_counts(counts, manifest), gettext("Rows are missing or were added"))
    _refuse(find_missing_triggers(), gettext("Triggers are missing"))
    head = log_head()
    if (head and tuple(head)) != (manifest.header.log_head and tuple(manifest.header.log_head)):
        _refuse([f"{head}"], gettext("The newest entry of the log is not the one of the backup"))
    _refuse_log_fault(manifest)


def prove_file_hashes(manifest: Manifest) -> None:
    """Compare the hashes of the files in the backup with those in rows. Raises Refused, code "not_proven"."""
    files, known = manifest.files, set(manifest.faulty_files)
    wrong = [name for name, sha256 in list_file_hashes() if name not in known and files.get(name) != sha256]
    _refuse(wrong, gettext("Files differ from what rows say of them"))


def prove_written_files(manifest: Manifest) -> None:
    """Read each stored file, and compare it with the backup. Raises Refused, code "not_proven"."""
    wrong = [name for name, sha256 in manifest.files.items() if hash_stored(name) != sha256]
    _refuse(wrong, gettext("Files differ from those of the backup"))


def prove_results(manifest: Manifest) -> Proven:
    """Check the redacted texts and the head of the log again, and compute every stored run again.

    Raises Refused, code "not_proven".
    """
    _refuse(find_redaction_faults(), gettext("Redacted texts do not match the redactions"))
    if manifest.header.log_head and (fault := find_head_fault(*manifest.header.log_head)):
        _refuse([fault], gettext("The activity log has a fault"))
    _refuse_log_fault(manifest)
    said, complained = io.StringIO(), io.StringIO()
    try:
        call_command("recompute_runs", stdout=said, stderr=complained)
    except SystemExit:
        _refuse(complained.getvalue().splitlines(), gettext("Stored runs differ when they are computed again"))
    head = log_head()
    return Proven(
        rows=manifest.rows,
        tables=len(manifest.tables),
        files=len(manifest.files),
        triggers=count_triggers(),
        entries=head[0] if head else 0,
        runs=said.getvalue().strip(),
        known=_describe_known_faults(manifest),
    )


def refuse_other_key(manifest: Manifest) -> None:
    """Refuse a backup of another SECRET_KEY, whose second steps nobody could use. Raises Refused, code "other_key"."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if manifest.header.secret_key not in map(layout.fingerprint_key, keys):
        raise Refused(
            "other_key",
            gettext(
                "The second steps cannot be opened with this SECRET_KEY. Set SECRET_KEY to the one of the installation "
                "that made the backup. If it is lost, add --with-other-key: then everybody sets up a new second step."
            ),
        )


def _describe_known_faults(manifest: Manifest) -> str:
    """Return what the installation knew to be wrong when the backup was made, as the end of the line; "" if nothing."""
    known = [manifest.log_fault] if manifest.log_fault else []
    known += [f"files missing or altered: {len(manifest.faulty_files)}"] if manifest.faulty_files else []
    return f" Wrong before the backup already: {'; '.join(known)}." if known else ""


def _refuse_log_fault(manifest: Manifest) -> None:
    """Refuse a fault of the log, unless the installation knew of it when the backup was made."""
    fault = find_log_fault()
    if fault and fault[1] != manifest.log_fault:
        _refuse([fault[1]], gettext("The activity log has a fault"))


def _refuse(faults: list[str], title: str) -> None:
    if faults:
        more = f" (+{len(faults) - MAX_LISTED})" if len(faults) > MAX_LISTED else ""
        listed = "; ".join(_shorten(faults))
        raise Refused("not_proven", f"{title}: {listed}{more}.")


def _shorten(faults: list[str]) -> Iterator[str]:
    for fault in faults[:MAX_LISTED]:
        yield fault[:200].rstrip(".")
