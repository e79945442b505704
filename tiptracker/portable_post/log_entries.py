"""The country's part of the activity log, as the rows of an imported log."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast

import tiptracker
from tiptracker.accounts.models import Country
from tiptracker.audit import chain
from tiptracker.audit.append_only import MARKS
from tiptracker.audit.imported_logs import LEFT_BEHIND
from tiptracker.audit.models import AuditEntry, ImportedEntry, ImportedLog
from tiptracker.audit.verbs import VerbGroup, list_verbs
from tiptracker.former_names import all_labels, current_label
from tiptracker.portable_post.post_rows import PEOPLE, list_post_models

FILES = "dialogues.evidencefile"


class PostLog:
    """The entries of a country, to be read once, as rows of `audit.importedentry`.

    Number and seal of the last one are known when all were read. `detail_keys` leads from the key of an entry's values
    to the key of the new row, because redacted places name it.
    """

    def __init__(self, country: Country, files: QuerySet[Any], *, log_key: int, first_key: int) -> None:
        self.log_key, self.next_key = log_key, first_key
        self.count, self.head = 0, chain.GENESIS_HASH
        self.detail_keys: dict[int, int] = {}
        keys = files.order_by().values(key=Cast("pk", CharField()))
        # An officer of two countries may upload a file before it is known for which country.
        of_a_file = Q(country=None, table__in=all_labels(FILES), row__in=keys)
        entries = AuditEntry.objects.filter(Q(country=country) | of_a_file)
        self.entries = entries.select_related("detail").order_by("number")
        self._read_verbs = frozenset(list_verbs(VerbGroup.READ))
        self._tables = {model._meta.label_lower for model in list_post_models()} - {PEOPLE}

    def rows(self) -> Iterator[ImportedEntry]:
        """Yield the entries."""
        for entry in self.entries.iterator(chunk_size=2000):
            detail = getattr(entry, "detail", None)
            self.head = chain.seal_imported(self.head, entry.number, entry.hash)
            self.count += 1
            yield ImportedEntry(
                pk=self.next_key,
                log_id=self.log_key,
                number=entry.number,
                at=entry.at,
                by_id=entry.by_id,
                by_key=entry.by_id,
                country_key=entry.country_id,
                verb=entry.verb,
                table=entry.table,
                row=entry.row,
                address=entry.address,
                before_digest=entry.before_digest,
                after_digest=entry.after_digest,
                previous_hash=entry.previous_hash,
                hash=entry.hash,
                detail_key=detail.pk if detail else None,
                salt=detail.salt if detail else "",
                before=self._values(entry, detail.before) if detail else "",
                after=self._values(entry, detail.after) if detail else "",
                seal=self.head,
            )
            if detail:
                self.detail_keys[detail.pk] = self.next_key
            self.next_key += 1

    def _values(self, entry: AuditEntry, text: str) -> str:
        """Return the values of an entry, or what stands in their place if they may be about other countries too."""
        is_of_country = current_label(entry.table) in self._tables and entry.verb not in self._read_verbs
        return text if is_of_country or text in ("", *MARKS) else LEFT_BEHIND

    def describe(self, country: Country, made_at: datetime) -> ImportedLog:
        """Return the row of the log itself. Only after all entries were read."""
        return ImportedLog(
            pk=self.log_key,
            country=country,
            version=tiptracker.VERSION,
            made_at=made_at,
            imported_at=made_at,
            entries=self.count,
            head=self.head if self.count else "",
            keys={},
        )
