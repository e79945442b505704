"""Blank the texts of what is disposed of, under an open certificate, and close the certificate.

The first disposal and one that is carried out again after a restore do the same (`disposals`, `repeated_disposals`).
"""

import hashlib
import json
from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import batched

from django.db import transaction
from django.db.models import F, Model

from dialogues.actions.file_texts import forget_text_of_files
from dialogues.models import Dialogue, DisposalCertificate, DisposalRow, Draft, EvidenceFile, WorkbookDraft
from recommendations.models import EditionImport, QuestionSet, Recommendation
from reports.actions.withdrawals import empty_briefing
from reports.models import Briefing
from reports.retention.disposable_rows import DisposableRows, Keys
from reports.retention.disposed_columns import DISPOSED_TEXTS
from reports.retention.unsent_rows import find_unsent_rows, keep_rows
from tiptracker.accounts.models import User
from tiptracker.audit.actions import AuditEvent
from tiptracker.audit.append_only import DISPOSED, MARKS
from tiptracker.audit.chain import format_timestamp
from tiptracker.infrastructure.file_writes import delete_files
from tiptracker.infrastructure.locking import KEYS_AT_ONCE, LOCK_ORDER, lock_keys_in_order
from tiptracker.localization import gettext, record_language
from tiptracker.undo.models import RemovedRow

_PARTS_OF_ROWS = LOCK_ORDER.index("dialogues.draft_files")


def lock_disposable_rows(found: DisposableRows) -> None:
    """Lock every row, and delete what is unsent about them. Nothing that waits for these rows finds their texts again.

    Among what is unsent are the copies with which somebody could undo that a draft was deleted.
    """
    unsent = find_unsent_rows(found)
    keys: Keys = {**found.texts, Briefing: found.briefings}
    for model, some in unsent.items():
        keys[model] = keys.get(model, set()) | some
    early = {model: keys[model] for model in keys if LOCK_ORDER.index(model._meta.label_lower) < _PARTS_OF_ROWS}
    lock_keys_in_order(early)
    Draft.objects.filter(pk__in=unsent[Draft]).delete()
    _delete_unloaded(unsent)
    for workbook in WorkbookDraft.objects.filter(pk__in=unsent[WorkbookDraft]).order_by("pk"):
        _strip_workbook(workbook, found)
    lock_keys_in_order({model: keys[model] for model in keys.keys() - early.keys()})
    RemovedRow.objects.filter(pk__in=unsent[RemovedRow]).delete()


def _delete_unloaded(unsent: Keys) -> None:
    """Delete the lists and questions that nobody loaded, and their files after the transaction commits."""
    imports = EditionImport.objects.filter(pk__in=unsent[EditionImport])
    if names := [str(name) for name in imports.exclude(content="").values_list("content", flat=True)]:
        transaction.on_commit(lambda: delete_files(names))
    imports.delete()
    QuestionSet.objects.filter(pk__in=unsent[QuestionSet]).delete()


def _strip_workbook(workbook: WorkbookDraft, found: DisposableRows) -> None:
    """Delete the rows of a workbook that are about what goes; the whole draft if no other row is left."""
    workbook.rows = keep_rows(workbook.rows, found)
    if workbook.rows:
        workbook.version += 1  # so that a preview opened before is refused
        workbook.save(update_fields=["rows", "version"])
    else:
        WorkbookDraft.objects.filter(pk=workbook.pk).delete()


def blank_rows(
    certificate: DisposalCertificate, found: DisposableRows, *, by: User, now: datetime
) -> tuple[list[AuditEvent], list[str]]:
    """Name the locked rows in the certificate, and replace their texts by the mark.

    Return the entries that the caller writes to the log, and the names of the files to delete after the transaction.
    """
    named: Keys = {**found.texts, Briefing: found.briefings}
    DisposalRow.objects.bulk_create(
        (
            DisposalRow(certificate=certificate, table=model._meta.label_lower, row=key)
            for model in sorted(named, key=_label)
            for key in sorted(named[model])
        ),
        batch_size=KEYS_AT_ONCE,
    )
    for model in sorted(found.texts, key=lambda model: LOCK_ORDER.index(model._meta.label_lower)):
        for some in batched(sorted(found.texts[model]), KEYS_AT_ONCE):
            _blank(model, some)
    files = found.keys(EvidenceFile)
    names = [str(name) for name in EvidenceFile.objects.filter(pk__in=files).values_list("file", flat=True)]
    events, paths = _empty_briefings(certificate, found.briefings, by, now)
    forget_text_of_files(files)
    return events, names + paths


def _label(model: type[Model]) -> str:
    return model._meta.label_lower


def _blank(model: type[Model], keys: Collection[int]) -> None:
    rows = model._base_manager.filter(pk__in=keys)
    for name in DISPOSED_TEXTS[model]:
        rows.exclude(**{f"{name}__in": ("", *MARKS)}).update(**{name: DISPOSED})
    if model in (Dialogue, Recommendation):  # so that a form filled before is refused
        rows.update(version=F("version") + 1)


def _empty_briefings(
    certificate: DisposalCertificate, keys: Collection[int], by: User, now: datetime
) -> tuple[list[AuditEvent], list[str]]:
    with record_language():
        reason = gettext("Disposed of under certificate %(number)s.") % {"number": certificate.label}
    events, paths = [], []
    for briefing in Briefing.objects.filter(pk__in=keys).order_by("pk").select_related("edition"):
        if briefing.file and not briefing.withdrawn_at:
            paths += briefing.paths
            events.append(empty_briefing(briefing, reason=reason, by=by, now=now))
        elif not briefing.file and not briefing.withdrawn_at and briefing.covering_note not in ("", *MARKS):
            Briefing.objects.filter(pk=briefing.pk).update(covering_note=DISPOSED)
    return events, paths


def close_certificate(certificate: DisposalCertificate, now: datetime) -> None:
    """Count the rows, seal the certificate, and close it: from now on no text can be blanked under it."""
    rows = list(certificate.rows.values_list("table", "row"))
    certificate.counts = count_rows(rows)
    certificate.rows_sha256 = hash_rows(rows)
    certificate.closed_at = now
    certificate.sha256 = hash_certificate(certificate)
    certificate.save(update_fields=["counts", "rows_sha256", "closed_at", "sha256"])


def count_rows(rows: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Return the number of rows by table."""
    counts: dict[str, int] = {}
    for table, _ in sorted(rows):
        counts[table] = counts.get(table, 0) + 1
    return counts


def hash_rows(rows: Iterable[tuple[str, int]]) -> str:
    """Return the SHA-256 (hex) over table and key of every row: a line “table:key” for each, in order."""
    return hashlib.sha256("".join(f"{table}:{row}\n" for table, row in sorted(rows)).encode()).hexdigest()


def hash_certificate(certificate: DisposalCertificate) -> str:
    """Return the SHA-256 (hex) over what the certificate says, as JSON with sorted keys and no spaces."""
    disposal, export = certificate.disposal, certificate.export
    content = {
        "country": certificate.edition.country.code,
        "year": certificate.edition.year,
        "number": certificate.number,
        "authority": disposal.schedule.authority,
        "years": disposal.schedule.years,
        "proposed_at": format_timestamp(disposal.recorded_at),
        "approved_at": format_timestamp(certificate.recorded_at),
        "export_made_at": format_timestamp(export.made_at),
        "export_sha256": export.sha256,
        "counts": certificate.counts,
        "rows_sha256": certificate.rows_sha256,
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
