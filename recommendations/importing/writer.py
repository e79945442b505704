"""Write an import plan: continued rows, new rows, retired rows, moved benchmarks.

Rows of one kind are written together, so that a long list needs few queries. Each row that existed before gets its own
entry in the activity log.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import F

from recommendations.actions.benchmarks import build_moved_terms, next_letter
from recommendations.actions.readiness_jobs import enqueue_readiness
from recommendations.actions.recommendations import build_recommendation_terms, recommendation_audit_values
from recommendations.choices import Origin, Pillar, TextStatus
from recommendations.importing.matching import ImportPlan, NewItem
from recommendations.importing.preview import ImportPreview
from recommendations.importing.tables.rows import ImportedItem
from recommendations.models import Benchmark, Edition, EditionImport, Recommendation, RecommendationTerms
from tiptracker.accounts.models import User
from tiptracker.audit.actions import AuditEvent, record_all
from tiptracker.errors import Refused
from tiptracker.localization import gettext, record_language
from tiptracker.text_rules import normalize_name
from tiptracker.validation import insert_row, insert_rows, update_row, update_rows

_TEMPORARY_NUMBER = 32_767
"""The highest number that the column holds. Numbers from there down are used while rows swap places."""
_CHANGED_FIELDS = ("number", "text", "text_status", "lead", "is_retired", "version")
"""The fields that an import changes in an existing row."""


@dataclass
class ImportWriter:
    """Write a plan for one import into its edition. Both rows must be locked.

    `by` is the user and `now` the moment of the import.
    """

    edition: Edition
    imported: EditionImport
    preview: ImportPreview
    by: User
    now: datetime
    has_written: bool = False
    rows: dict[int, Recommendation] = field(default_factory=dict)
    """The current rows, by number."""
    changed: list[Recommendation] = field(default_factory=list)
    terms: list[RecommendationTerms] = field(default_factory=list)
    entries: list[AuditEvent] = field(default_factory=list)
    """Changed rows, their new terms and their log entries, to be written together."""
    supporting: dict[int, set[int]] = field(default_factory=dict)
    """The new supporting ministries of changed rows, by key."""

    def write(self, plan: ImportPlan, pillars: Mapping[int, Pillar]) -> dict[str, Any]:
        """Carry out the plan. Return what it did, as stored in the import. `pillars` are by number."""
        numbers = {key: row.number for key, row in self.preview.existing_rows.items()}
        self._retire(plan.retired)
        self._write_changed()  # from here on their numbers are free
        changed = self._write_continued(plan.continued, pillars)
        self._write_changed()
        self._write_supporting()
        insert_rows(self.terms)
        self._write_new(plan.new_items, pillars)
        moved = self._move(plan.moved, numbers)
        self.has_written = bool(self.entries or plan.new_items)
        if self.has_written:
            enqueue_readiness(self.edition.country_id)
        record_all(self.entries, by=self.by, country=self.edition.country_id)
        return {
            "new": [item.row.number for item in plan.new_items],
            "changed": changed,
            "unchanged": len(plan.continued) - len(changed),
            "retired": [numbers[key] for key in plan.retired],
            "joined": {str(numbers[key]): number for key, number in plan.retired.items() if number},
            "split": {str(numbers[key]): list(became) for key, became in plan.split.items()},
            "moved": len(moved),
            "benchmarks": moved,
        }

    @cached_property
    def _reason(self) -> str:
        with record_language():
            return gettext("As in the imported file “%(file)s”.") % {"file": self.imported.name}

    def _retire(self, retired: Mapping[int, int | None]) -> None:
        for key, number in retired.items():
            row = self.preview.existing_rows[key]
            before = self._audit_values(row, row.pillar)
            row.is_retired = True
            named = {"file": self.imported.name, "number": number}
            with record_language():
                reason = (
                    gettext("Merged into number %(number)d by the import of “%(file)s”.")
                    if number
                    else gettext("No longer asked after the import of “%(file)s”.")
                )
            self._queue_change(row, row.pillar, reason % named, before, self._audit_values(row, row.pillar))

    def _write_continued(self, continued: Mapping[int, ImportedItem], pillars: Mapping[int, Pillar]) -> dict[str, int]:
        """Collect the changes of continued rows. Return the changed ones: old number to new number."""
        pairs = [(self.preview.existing_rows[key], row) for key, row in continued.items()]
        renumbered = [recommendation.pk for recommendation, row in pairs if recommendation.number != row.number]
        Recommendation.objects.filter(pk__in=renumbered).update(number=_TEMPORARY_NUMBER - F("number"))
        changed: dict[str, int] = {}
        for recommendation, row in pairs:
            self.rows[row.number] = recommendation
            number = recommendation.number
            if self._change(recommendation, row, pillars):
                changed[str(number)] = row.number
        return changed

    def _change(self, recommendation: Recommendation, row: ImportedItem, pillars: Mapping[int, Pillar]) -> bool:
        """Update a row in memory. Return whether anything changed."""
        before = self._audit_values(recommendation, recommendation.pillar)
        lead, supporting = self._ministries(row)
        recommendation.number, recommendation.text, recommendation.text_status = row.number, row.text, self._status
        recommendation.lead_id = lead or recommendation.lead_id
        pillar = pillars.get(row.number) or row.pillar or recommendation.pillar
        if supporting and supporting != self.preview.existing_items[recommendation.pk].supporting:
            self.supporting[recommendation.pk] = supporting
        after = self._audit_values(recommendation, pillar)
        if after == before:
            return False
        self._queue_change(recommendation, pillar, self._reason, before, after)
        return True

    def _audit_values(self, row: Recommendation, pillar: str | None) -> dict[str, Any]:
        """Return what the activity log records of an existing row, as it is now in memory."""
        return recommendation_audit_values(row, pillar, self._supporting(row.pk), self.now)

    def _supporting(self, key: int) -> Collection[int]:
        """Return the keys of the supporting ministries of an existing row, as they will be."""
        return self.supporting.get(key) or self.preview.existing_items[key].supporting

    def _queue_change(
        self, row: Recommendation, pillar: str | None, reason: str, before: Mapping[str, Any], after: dict[str, Any]
    ) -> None:
        """Queue a changed row to be written, with a log entry and, if its dated values changed, new terms."""
        row.version += 1
        self.changed.append(row)
        dated = ("number", "text", "text_status", "pillar")
        if pillar and (row.is_retired or any(after[name] != before[name] for name in dated)):
            self.terms.append(build_recommendation_terms(row, Pillar(pillar), reason, by=self.by, now=self.now))
        after |= {"is_retired": row.is_retired, "import": self.imported.pk}
        self.entries.append(AuditEvent("recommendation.changed", row, before, after))

    def _write_changed(self) -> None:
        update_rows(self.changed, _CHANGED_FIELDS)
        self.changed = []

    def _write_supporting(self) -> None:
        """Replace the supporting ministries of changed rows."""
        self._links.objects.filter(recommendation__in=list(self.supporting)).delete()
        self._link(self.supporting.items())

    def _link(self, supporting: Iterable[tuple[int, Collection[int]]]) -> None:
        """Insert the supporting ministries of rows, by key."""
        self._links.objects.bulk_create(
            self._links(recommendation_id=key, ministry_id=ministry)
            for key, ministries in supporting
            for ministry in ministries
        )

    @property
    def _links(self) -> Any:
        return Recommendation.supporting.through

    def _write_new(self, new_items: Iterable[NewItem], pillars: Mapping[int, Pillar]) -> None:
        """Write the new rows in bulk, because there may be a thousand."""
        new_pillars, rows, supporting = [], [], []
        for item in new_items:
            existing = self.preview.existing_rows.get(item.existing_key or 0)
            new_pillars.append(self._pillar(item.row, existing, pillars))
            lead, supporters = self._ministries(item.row)
            supporting.append(supporters or (self._supporting(existing.pk) if existing else frozenset()))
            rows.append(
                Recommendation(
                    edition=self.edition,
                    origin=Origin.REPORT,
                    number=item.row.number,
                    text=item.row.text,
                    text_status=self._status,
                    indicia=list(existing.indicia) if existing else [],
                    lead_id=lead or (existing.lead_id if existing else None),
                )
            )
        Recommendation.objects.bulk_create(rows)
        RecommendationTerms.objects.bulk_create(
            build_recommendation_terms(row, pillar, self._reason, by=self.by, now=self.now)
            for row, pillar in zip(rows, new_pillars, strict=True)
        )
        self._link(zip((row.pk for row in rows), supporting, strict=True))
        self.rows |= {row.number: row for row in rows}

    def _pillar(self, row: ImportedItem, existing: Recommendation | None, pillars: Mapping[int, Pillar]) -> Pillar:
        pillar = pillars.get(row.number) or row.pillar or (Pillar(existing.pillar) if existing else None)
        if pillar is None:
            raise Refused(
                "required",
                gettext("Choose the pillar of item %(number)d.") % {"number": row.number},
                field=f"pillar_{row.number}",
            )
        return pillar

    def _ministries(self, row: ImportedItem) -> tuple[int | None, set[int]]:
        """Return the keys of the ministries that a row names. Unknown ministries are ignored and not created."""
        known = self.preview.ministries
        return known.get(normalize_name(row.lead)), {
            key for name in row.supporting if (key := known.get(normalize_name(name)))
        }

    def _move(self, moved: Mapping[int, int], numbers: Mapping[int, int]) -> dict[str, str]:
        """Move benchmarks to another recommendation. Their commitments, evidence and assessments stay with them.

        `numbers` are the old list's numbers, by key. Return each benchmark's old name and its new one.
        """
        renamed: dict[str, str] = {}
        for key, number in moved.items():
            benchmark = Benchmark.objects.select_related("recommendation").get(pk=key)
            old_key = f"{numbers[benchmark.recommendation_id]}{benchmark.letter}"
            before = {"recommendation": benchmark.recommendation_id, "letter": benchmark.letter}
            target = self.rows[number]
            benchmark.letter = next_letter(target.benchmarks.values_list("letter", flat=True))
            benchmark.recommendation = target
            update_row(benchmark)
            if terms := build_moved_terms(benchmark, self._reason, by=self.by, now=self.now):
                insert_row(terms)
            after = {"recommendation": target.pk, "letter": benchmark.letter, "import": self.imported.pk}
            self.entries.append(AuditEvent("benchmark.moved", benchmark, before, after))
            renamed[old_key] = benchmark.key
        return renamed

    @property
    def _status(self) -> TextStatus:
        return TextStatus(self.imported.text_status)
