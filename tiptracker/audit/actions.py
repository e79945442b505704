"""Write to the activity log, and check it. Nothing else writes to it."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.module_loading import import_string

from tiptracker.accounts.models import Country, User
from tiptracker.audit import chain, request_context
from tiptracker.audit.append_only import MARKS
from tiptracker.audit.imported_logs import find_imported_fault
from tiptracker.audit.models import AuditDetail, AuditEntry, AuditEntryQuerySet, ImportedEntryQuerySet, ImportedLog
from tiptracker.audit.record_version import RecordChange, renew_versions
from tiptracker.choices import Role
from tiptracker.infrastructure.prepared_query import PreparedQuery
from tiptracker.infrastructure.transactions import is_in_transaction
from tiptracker.localization import gettext
from tiptracker.privacy.confirmations import confirmed_kinds

REDACTION_CHECKS = (
    "dialogues.actions.redaction_checks.find_redacted_text_faults",
    "reports.actions.withdrawals.find_unlogged_note_redactions",
    "reports.actions.disposal_checks.find_disposal_faults",
)
"""Functions that compare the marks of redactions and disposals with what names them.

They are import paths, because this package must not import those apps.
"""
_ENCODER = DjangoJSONEncoder(sort_keys=True, ensure_ascii=False)
_CHAIN_LOCK = 7106_7107
"""Any fixed number: the PostgreSQL advisory lock under which entries are appended one at a time."""


class AuditEvent(NamedTuple):
    """The content of one entry: the verb, the row it was done to, and the values before and after.

    The verb is "noun.verb" in the past tense ("update.sent"). Set `country` if the entries of one call belong to
    different countries. `ministries` are the only ones (ids) that may read what was changed; None if any may.
    """

    verb: str
    row: models.Model | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    country: Country | int | None = None
    ministries: Collection[int | None] | None = None


def record(
    verb: str,
    *,
    by: User | None,
    row: models.Model | None = None,
    country: Country | int | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    ministries: Collection[int | None] | None = None,
) -> AuditEntry:
    """Append one entry, in the transaction of the action that it describes. See `AuditEvent` and `record_all`."""
    (entry,) = record_all([AuditEvent(verb, row, before, after, ministries=ministries)], by=by, country=country)
    return entry


def record_all(
    events: Sequence[AuditEvent], *, by: User | None, country: Country | int | None = None
) -> list[AuditEntry]:
    """Append an entry for each event, in this order, with the same number of queries for a thousand as for one.

    `country` decides who may read the entries. The values before and after are stored apart from the chain, which holds
    only a salted digest of each. If an API token was used, the values after include its prefix. Without events, no
    query runs. Raises RuntimeError outside a transaction.
    """
    if not is_in_transaction():
        raise RuntimeError("An entry belongs in the transaction of its action.")
    if not events:
        return []
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])
    last, previous = log_head() or (0, chain.GENESIS_HASH)
    entries, values = [], []
    at, author, address = log_now(), by.pk if by else None, request_context.address.get()
    for number, event in enumerate(events, last + 1):
        salt = secrets.token_hex(16)
        before, after = _to_json(event.before), _to_json(_with_request_context(event.after))
        entry_country = event.country or country
        entry = AuditEntry(
            number=number,
            at=at,
            by_id=author,
            country_id=entry_country.pk if isinstance(entry_country, Country) else entry_country,
            verb=event.verb,
            table=event.row._meta.label_lower if event.row is not None else "",
            row=str(event.row.pk) if event.row is not None else "",
            address=address,
            before_digest=chain.salted_digest(salt, "before", before),
            after_digest=chain.salted_digest(salt, "after", after),
            previous_hash=previous,
        )
        previous = entry.hash = chain.hash_entry(previous, _hashed_fields(entry))
        entries.append(entry)
        values.append((salt, before, after))
    AuditEntry.objects.bulk_create(entries)
    AuditDetail.objects.bulk_create(
        AuditDetail(entry_id=entry.pk, salt=salt, before=before, after=after)
        for entry, (salt, before, after) in zip(entries, values, strict=True)
        if before or after
    )
    renew_versions(
        RecordChange(entry.verb, entry.country_id, event.ministries)
        for entry, event in zip(entries, events, strict=True)
    )
    return entries


def _with_request_context(after: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Add to the values after: what the user confirmed about personal data, and the API token that was used."""
    if after and (kinds := confirmed_kinds()):
        after = {**after, "confirmed_no_personal_data": kinds}
    if prefix := request_context.token.get():
        after = {**(after or {}), "by_token": prefix}
    return after


def record_once(
    verb: str,
    *,
    by: User,
    row: models.Model,
    within: timedelta,
    country: Country | int | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Append one entry, unless the same person did the same to the row within the time `within`.

    Lock the row before, so that simultaneous requests for several parts of it give one entry.
    """
    same = AuditEntry.objects.for_rows(row).filter(verb=verb, by=by.pk)
    if not same.filter(at__gte=timezone.now() - within).exists():
        record(verb, by=by, row=row, country=country, after=after)


def find_log_fault() -> tuple[int, str] | None:
    """Return the number of the first entry that does not fit and the reason, or None if the whole log holds.

    Logs that came along with imported countries are checked too.
    """
    return _find_own_fault() or find_imported_fault()


def _find_own_fault() -> tuple[int, str] | None:
    entries = AuditEntry.objects.select_related("detail").order_by("number")
    if fault := chain.find_first_fault(map(_chain_fields, entries.iterator(chunk_size=2000))):
        return fault
    for entry in entries.iterator(chunk_size=2000):
        if problem := _find_detail_fault(entry):
            return entry.number, problem
    return None


def find_redaction_faults() -> list[str]:
    """Return one sentence for each fault in redacted texts; empty if each mark belongs to a redaction."""
    return [fault for check in REDACTION_CHECKS for fault in import_string(check)()]


def find_entry_fault(entry: AuditEntry) -> str:
    """Return what is wrong with one entry, its values, or its link to the entry before; "" if it holds."""
    behind = AuditEntry.objects.filter(number=entry.number - 1).values_list("hash", flat=True).first()
    previous = behind if entry.number > 1 else chain.GENESIS_HASH
    return chain.find_hash_fault(*_chain_fields(entry), previous=previous) or _find_detail_fault(entry)


def log_now() -> datetime:
    """Return the current machine time, by which the log is dated.

    It stays the machine time even if the record's clock is set to another time.
    """
    return timezone.now()


def log_head() -> tuple[int, str] | None:
    """Return number and hash of the newest entry.

    Noted elsewhere, they later show whether the log's end was cut off.
    """
    return next(_NEWEST_ENTRY.rows(), None)


_NEWEST_ENTRY = PreparedQuery(lambda: AuditEntry.objects.order_by("-number").values_list("number", "hash")[:1])


def find_head_fault(number: int, noted: str) -> str:
    """Return what is wrong with the entry that was the head when its hash was noted; "" if it is unchanged."""
    stored = AuditEntry.objects.filter(number=number).values_list("hash", flat=True).first()
    if stored is None:
        if newest := log_head():
            return gettext("entry %(number)d is missing: the log ends at %(last)d") % {
                "number": number,
                "last": newest[0],
            }
        return gettext("entry %(number)d is missing: the log is empty") % {"number": number}
    return "" if stored == noted else gettext("entry %(number)d is not the one that was noted") % {"number": number}


@transaction.atomic
def record_export(*, entries: AuditEntryQuerySet, chosen: Mapping[str, str], by: User) -> AuditEntryQuerySet:
    """Return the entries to export, none later than now, and record the export in the log of each country.

    An administrator's export belongs to no country, like the accounts that an administrator looks after.
    """
    newest = log_head()
    exported = entries.filter(number__lte=newest[0] if newest else 0)
    if by.role == Role.ADMINISTRATOR:
        record("log.exported", by=by, after={"filter": chosen, "rows": exported.count()})
        return exported
    rows = dict(exported.order_by().values_list("country").annotate(Count("pk")))
    for country in Country.objects.visible_to(by):
        record("log.exported", by=by, country=country, after={"filter": chosen, "rows": rows.get(country.pk, 0)})
    return exported


@transaction.atomic
def record_imported_export(
    log: ImportedLog, *, entries: ImportedEntryQuerySet, chosen: Mapping[str, str], by: User
) -> None:
    """Record the export of entries of an imported log, for its country unless an administrator exports."""
    country = None if by.role == Role.ADMINISTRATOR else log.country
    after = {"log": str(log), "filter": chosen, "rows": entries.count()}
    record("log.exported", by=by, country=country, after=after)


def _find_detail_fault(entry: AuditEntry) -> str:
    """Return what is wrong with the values before and after of an entry that itself holds, or ""."""
    detail = getattr(entry, "detail", None)
    named = {"number": entry.number}
    if not (entry.before_digest or entry.after_digest):
        return gettext("what entry %(number)d changed was put in") % named if detail else ""
    if detail is None:
        return gettext("what entry %(number)d changed is missing") % named
    if not _is_intact("before", detail.before, detail.salt, entry.before_digest):
        return gettext("what entry %(number)d changed was altered (before)") % named
    if not _is_intact("after", detail.after, detail.salt, entry.after_digest):
        return gettext("what entry %(number)d changed was altered (after)") % named
    return ""


def _is_intact(side: str, text: str, salt: str, sealed: str) -> bool:
    """Return whether one side of an entry's values has its digest, or was redacted or disposed of."""
    return (text in MARKS and bool(sealed)) or chain.salted_digest(salt, side, text) == sealed


def _to_json(value: Mapping[str, Any] | None) -> str:
    return _ENCODER.encode(dict(value)) if value else ""


def _chain_fields(entry: AuditEntry) -> tuple[int, str, str, dict[str, str | int | None]]:
    return entry.number, entry.previous_hash, entry.hash, _hashed_fields(entry)


def _hashed_fields(entry: AuditEntry) -> dict[str, str | int | None]:
    return {
        "number": entry.number,
        "at": chain.format_timestamp(entry.at),
        "by": entry.by_id,
        "country": entry.country_id,
        "verb": entry.verb,
        "table": entry.table,
        "row": entry.row,
        "address": entry.address,
        "before": entry.before_digest,
        "after": entry.after_digest,
    }
