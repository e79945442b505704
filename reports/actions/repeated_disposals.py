"""List the disposals without any text, and carry them out again in a record that was restored.

`tiptracker.backups.redaction_file` calls both by their import path. A restored record may be older than the disposal,
so it may lack the certificate, the people who decided on it, and rows that it names.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models, transaction

from dialogues.choices import RecordKind
from dialogues.models import Disposal, DisposalCertificate, RetentionSchedule
from recommendations.models import Edition
from reports.actions.blanking import blank_rows, close_certificate, lock_disposable_rows
from reports.models import Briefing
from reports.retention.disposable_rows import DisposableRows, find_disposable_rows
from reports.retention.disposed_columns import DISPOSED_TEXTS
from tiptracker.accounts.actions import ensure_former_account
from tiptracker.accounts.models import Country
from tiptracker.audit.actions import record, record_all
from tiptracker.backups.models import PostExport
from tiptracker.former_names import current_label
from tiptracker.validation import insert_row


def list_redacted() -> Iterator[dict[str, Any]]:
    """Yield each closed certificate with what it names: tables and keys, and no text of the record."""
    rows = DisposalCertificate.objects.filter(closed_at__isnull=False).order_by("pk")
    for certificate in rows.select_related("edition", "disposal__schedule", "export"):
        disposal, schedule, export = certificate.disposal, certificate.disposal.schedule, certificate.export
        keys: dict[str, list[int]] = {}
        for table, row in certificate.rows.order_by("table", "row").values_list("table", "row"):
            keys.setdefault(table, []).append(row)
        yield {
            "key": certificate.pk,
            "country": certificate.edition.country_id,
            "edition": certificate.edition_id,
            "number": certificate.number,
            "schedule": {"key": schedule.pk, "years": schedule.years, "authority": schedule.authority}
            | _describe_entry(schedule),
            "proposed": {"key": disposal.pk} | _describe_entry(disposal),
            "approved": _describe_entry(certificate),
            "export": {
                "key": export.pk,
                "name": export.name,
                "sha256": export.sha256,
                "size": export.size,
                "made_at": export.made_at.isoformat(),
                "log_number": export.log_number,
            },
            "rows": keys,
        }


def _describe_entry(row: Any) -> dict[str, Any]:
    return {"at": row.recorded_at.isoformat(), "by": row.recorded_by_id}


@transaction.atomic
def redact_again(content: Mapping[str, Any]) -> bool:
    """Carry out one disposal again. Return whether the record still had the edition.

    The record may be older than changes before the disposal. So what hangs on the edition alone is found again, and
    goes together with the rows that the certificate named. The caller deletes the content of the files afterwards.
    """
    country = Country.objects.select_for_update(no_key=True).filter(pk=content["country"]).first()
    edition = Edition.objects.filter(pk=content["edition"], country=country).select_related("country").first()
    if edition is None or DisposalCertificate.objects.filter(edition=edition).exists():
        return False
    found = find_disposable_rows(edition)
    _add_named(found, content["rows"])
    lock_disposable_rows(found)
    certificate = _restore_certificate(edition, content)
    by, at = certificate.recorded_by, certificate.recorded_at
    events, _ = blank_rows(certificate, found, by=by, now=at)
    close_certificate(certificate, at)
    record_all(events, by=None, country=country)
    after = {"certificate": certificate.label, "edition": edition.year, "rows_sha256": certificate.rows_sha256}
    record("disposal.repeated", by=None, row=certificate, country=country, after=after)
    return True


def _add_named(found: DisposableRows, named: Mapping[str, list[int]]) -> None:
    """Add the rows that the certificate named and that the restored record has."""
    for label, keys in named.items():
        model: type[models.Model] = apps.get_model(current_label(label))
        here = set(model._base_manager.filter(pk__in=keys).values_list("pk", flat=True))
        if model is Briefing:
            found.briefings |= here
        elif model in DISPOSED_TEXTS:
            found.texts.setdefault(model, set()).update(here)


def _restore_certificate(edition: Edition, content: Mapping[str, Any]) -> DisposalCertificate:
    """Create the certificate, and what the record lacks of schedule, proposal and export."""
    schedule, proposed, export = content["schedule"], content["proposed"], content["export"]
    if not RetentionSchedule.objects.filter(pk=schedule["key"]).exists():
        insert_row(
            RetentionSchedule(
                pk=schedule["key"],
                country_id=edition.country_id,
                kind=RecordKind.EDITION,
                years=schedule["years"],
                authority=schedule["authority"],
                **_restore_entry(schedule),
            )
        )
    if not Disposal.objects.filter(pk=proposed["key"]).exists():
        insert_row(
            Disposal(pk=proposed["key"], edition=edition, schedule_id=schedule["key"], **_restore_entry(proposed))
        )
    if not PostExport.objects.filter(pk=export["key"]).exists():
        values = {name: value for name, value in export.items() if name not in ("key", "made_at")}
        made_at = datetime.fromisoformat(export["made_at"])
        insert_row(PostExport(pk=export["key"], country_id=edition.country_id, made_at=made_at, **values))
    return insert_row(
        DisposalCertificate(
            pk=content["key"],
            disposal_id=proposed["key"],
            edition=edition,
            number=content["number"],
            export_id=export["key"],
            is_repeated=True,
            **_restore_entry(content["approved"]),
        )
    )


def _restore_entry(content: Mapping[str, Any]) -> dict[str, Any]:
    at = datetime.fromisoformat(content["at"])
    return {"recorded_at": at, "recorded_by": ensure_former_account(content["by"], at=at)}
