"""Compare certificates of disposal with the rows that they name, and the marks of the record with the certificates."""

from collections.abc import Iterator

from django.apps import apps
from django.db.models import Model, Q

from dialogues.actions.redaction_checks import EDITABLE_MODELS
from dialogues.models import DisposalCertificate, DisposalRow
from reports.actions.blanking import hash_certificate, hash_rows
from reports.retention.disposed_columns import DISPOSED_TEXTS
from tiptracker.audit.append_only import DISPOSED, MARKS
from tiptracker.audit.models import AuditDetail, ImportedEntry, ImportedLog
from tiptracker.former_names import current_label


def find_disposal_faults() -> list[str]:
    """Return a sentence for each fault.

    Faults are certificates that are open or altered, texts that are left, and marks that no certificate names.
    """
    certificates = DisposalCertificate.objects.select_related("edition__country", "disposal__schedule", "export")
    return [
        *(fault for certificate in certificates.order_by("pk") for fault in _check(certificate)),
        *_find_texts_left(),
        *_find_unnamed_marks(),
    ]


def _check(certificate: DisposalCertificate) -> Iterator[str]:
    if certificate.closed_at is None:
        yield f"certificate of disposal {certificate.label} was never closed"
        return
    if certificate.sha256 != hash_certificate(certificate):
        yield f"certificate of disposal {certificate.label} does not have its checksum"
    rows = list(certificate.rows.values_list("table", "row"))
    if all(certificate.rows_sha256 != hash_rows(found) for found in _as_certified(certificate, rows)):
        yield f"certificate of disposal {certificate.label} does not name the rows that it was closed with"


def _as_certified(certificate: DisposalCertificate, rows: list[tuple[str, int]]) -> Iterator[list[tuple[str, int]]]:
    """Yield the rows as they are here, and by the keys that they had before the country was imported."""
    yield rows
    keys = [row for table, row in rows if table == ImportedEntry._meta.label_lower]
    entries = ImportedEntry.objects.filter(pk__in=keys, detail_key__isnull=False)
    details = {pk: (log, key or 0) for pk, log, key in entries.values_list("pk", "log", "detail_key")}
    for log in ImportedLog.objects.filter(country=certificate.edition.country_id):
        added: dict[str, int] = log.keys.get("tables", {})
        yield [
            (AuditDetail._meta.label_lower, details[row][1])
            if table == ImportedEntry._meta.label_lower and details.get(row, (0, 0))[0] == log.pk
            else (table, row - added.get(current_label(table), 0))
            for table, row in rows
        ]


def _find_texts_left() -> Iterator[str]:
    """Yield the texts of named rows that are still there, in tables whose rows nobody edits."""
    for table in DisposalRow.objects.order_by("table").values_list("table", flat=True).distinct():
        model = apps.get_model(current_label(table))
        if model not in DISPOSED_TEXTS or model in EDITABLE_MODELS:
            continue
        named = DisposalRow.objects.filter(table=table).values("row")
        for name in DISPOSED_TEXTS[model]:
            left = model._base_manager.filter(pk__in=named).exclude(**{f"{name}__in": ("", *MARKS)})
            for pk in left.order_by("pk").values_list("pk", flat=True):
                yield f"{model._meta.label_lower} {pk}, {name} is disposed of, but its text is still there"


def _find_unnamed_marks() -> Iterator[str]:
    for model, names in DISPOSED_TEXTS.items():
        marked = Q()
        for name in names:
            marked |= Q((name, DISPOSED))
        rows = model._base_manager.filter(marked).exclude(pk__in=_named_keys(model))
        for pk in rows.order_by("pk").values_list("pk", flat=True):
            yield f"{model._meta.label_lower} {pk} contains the mark of a disposal, but no certificate names it"


def _named_keys(model: type[Model]) -> set[int]:
    rows = DisposalRow.objects.filter(table=model._meta.label_lower)
    return set(rows.values_list("row", flat=True))
