"""Check the logs that came along with imported countries, and find rows of today by what they say.

An imported log is the part of another installation's log that is about one country. Its entries have gaps in their
numbers, where entries of other countries stood. Three things hold it: each entry has the hash that it had there, each
has a seal that depends on all before it, and this installation's own log notes number and seal of the last one.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django.db.models import Max, Min

from tiptracker.accounts.models import AnyUser
from tiptracker.audit import chain
from tiptracker.audit.append_only import MARKS
from tiptracker.audit.models import AuditDetail, AuditEntry, ImportedEntry, ImportedLog
from tiptracker.former_names import current_label
from tiptracker.localization import gettext

LEFT_BEHIND = "[not exported]"
"""What stands in place of values that may be about other countries too: of entries on accounts and on reading."""
LOG_IMPORTED = "log.imported"
"""Verb of the own entry that notes number and seal of an imported log."""


class NotedLog(NamedTuple):
    """What the own log notes of an imported one."""

    entries: int
    head: str
    keys_sha256: str

    @classmethod
    def of_log(cls, log: ImportedLog) -> "NotedLog":
        """Return what is to be noted of a log."""
        keys = json.dumps(log.keys, sort_keys=True, separators=(",", ":"))
        return cls(log.entries, log.head, hashlib.sha256(keys.encode()).hexdigest())


class ImportedLogSummary(NamedTuple):
    """What the page of the log says about an imported log: numbers of its first and last entry, and who notes it."""

    log: ImportedLog
    first: int
    last: int
    noted_by: AuditEntry | None

    @classmethod
    def of_log(cls, log: ImportedLog, reader: AnyUser) -> "ImportedLogSummary":
        """Return the summary of a log. The entry that notes it is left out if the reader may not read it."""
        ends = ImportedEntry.objects.filter(log=log).aggregate(first=Min("number"), last=Max("number"))
        noted = AuditEntry.objects.visible_to(reader).filter(verb=LOG_IMPORTED, row=str(log.pk)).first()
        return cls(log, ends["first"] or 0, ends["last"] or 0, noted)


def find_imported_fault() -> tuple[int, str] | None:
    """Return the number of the own entry that notes an imported log with a fault, and the fault; None if all hold."""
    logs = {str(log.pk): log for log in ImportedLog.objects.select_related("country")}
    table = ImportedLog._meta.label_lower
    noted = AuditEntry.objects.filter(verb=LOG_IMPORTED, table=table).select_related("detail").order_by("number")
    for entry in noted:
        log = logs.pop(entry.row, None)
        if fault := gettext("it is missing") if log is None else _find_fault(log, entry):
            name = log.country if log else entry.row
            return entry.number, gettext("the imported log of %(country)s: %(fault)s") % {
                "country": name,
                "fault": fault,
            }
    if logs:
        log = next(iter(logs.values()))
        newest = AuditEntry.objects.order_by("-number").values_list("number", flat=True).first() or 0
        return newest, gettext("the imported log of %(country)s is not noted in the log") % {"country": log.country}
    return None


def find_imported_entry_fault(entry: ImportedEntry) -> str:
    """Return what is wrong with one imported entry, its values, or its link to the entry before; "" if it holds."""
    before = ImportedEntry.objects.filter(log=entry.log, number__lt=entry.number).order_by("-number")
    previous = before.values_list("seal", flat=True).first() or chain.GENESIS_HASH
    return _find_entry_fault(entry.log, entry, chain.seal_imported(previous, entry.number, entry.hash))


def _find_fault(log: ImportedLog, noted: AuditEntry) -> str:
    if list(NotedLog.of_log(log)) != _read_note(noted):
        return gettext("it is not the one that entry %(number)d notes") % {"number": noted.number}
    seal, count, number = chain.GENESIS_HASH, 0, 0
    for entry in ImportedEntry.objects.filter(log=log).order_by("number").iterator(chunk_size=2000):
        seal = chain.seal_imported(seal, entry.number, entry.hash)
        if fault := _find_entry_fault(log, entry, seal):
            return fault
        count, number = count + 1, entry.number
    if count != log.entries or (count and seal != log.head):
        return gettext("an entry is missing, or entries were added; the last one is %(number)d") % {"number": number}
    return ""


def _read_note(entry: AuditEntry) -> list[Any]:
    detail = getattr(entry, "detail", None)
    if detail is None or detail.after in MARKS:
        return []
    values = json.loads(detail.after)
    return [values.get(name) for name in NotedLog._fields]


def _find_entry_fault(log: ImportedLog, entry: ImportedEntry, seal: str) -> str:
    named = {"number": entry.number}
    if entry.seal != seal or chain.hash_entry(entry.previous_hash, sealed_fields(entry)) != entry.hash:
        return gettext("entry %(number)d was changed or inserted, or the one before it was removed") % named
    for side in ("before", "after"):
        text, digest = getattr(entry, side), getattr(entry, f"{side}_digest")
        is_replaced = bool(digest) and text in (*MARKS, LEFT_BEHIND)
        if not is_replaced and chain.salted_digest(entry.salt, side, text) != digest:
            return gettext("what entry %(number)d changed was altered") % named
    if not _leads_to_same(log, entry):
        return gettext("entry %(number)d leads to another row or person") % named
    return ""


def _leads_to_same(log: ImportedLog, entry: ImportedEntry) -> bool:
    """Return whether row and person of here are those to which the keys of the log lead."""
    people: Mapping[str, int] = log.keys.get("people", {})
    person = people.get(str(entry.by_key)) if entry.by_key else None
    return entry.by_id == person and entry.row_here == find_row_here(log.keys, entry.table, entry.row)


def find_row_here(keys: Mapping[str, Any], table: str, row: str) -> str:
    """Return the key, in this installation, of the row that an imported entry names; "" if it did not come along."""
    label = current_label(table)
    if not row.isdecimal():
        return ""
    if label == "accounts.user":
        return str(keys.get("people", {}).get(row, ""))
    added = keys.get("tables", {}).get(label)
    return "" if added is None else str(int(row) + added)


def sealed_fields(entry: ImportedEntry) -> dict[str, str | int | None]:
    """Return what the hash of an entry sealed where it was written."""
    return {
        "number": entry.number,
        "at": chain.format_timestamp(entry.at),
        "by": entry.by_key,
        "country": entry.country_key,
        "verb": entry.verb,
        "table": entry.table,
        "row": entry.row,
        "address": entry.address,
        "before": entry.before_digest,
        "after": entry.after_digest,
    }


def list_imported_rows(table: str, verb: str) -> Iterator[int]:
    """Yield the keys, in this installation, of rows to which this was done before their country was imported."""
    rows = ImportedEntry.objects.of_table(table, verb).exclude(row_here="")
    yield from map(int, rows.values_list("row_here", flat=True).iterator())


def list_imported_places(verbs: tuple[str, ...], table: str) -> Iterator[str | None]:
    """Yield the redacted places that imported entries list, with the keys of this installation.

    None stands for a list that was redacted itself.
    """
    entries = ImportedEntry.objects.filter(verb__in=verbs, table=table).select_related("log")
    for entry in entries.iterator():
        if entry.after in (*MARKS, LEFT_BEHIND):
            yield None
            continue
        for place in json.loads(entry.after or "{}").get("places", ()):
            label, row, field = place.split(":")
            yield _place_here(entry.log, current_label(label), int(row), field)


def _place_here(log: ImportedLog, label: str, row: int, field: str) -> str | None:
    if label != AuditDetail._meta.label_lower:
        return f"{label}:{log.find_key(label, row)}:{field}"
    here = ImportedEntry.objects.filter(log=log, detail_key=row).values_list("pk", flat=True).first()
    return f"{ImportedEntry._meta.label_lower}:{here}:{field}" if here else f"{label}:0:{field}"
