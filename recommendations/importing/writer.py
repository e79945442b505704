"""Write an import plan: continued rows, new rows, retired rows, moved benchmarks.

Rows of one kind are written together, so that a long list needs few queries. Each row that existed before gets its own
entry in the activity log.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
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

    def write(self, plan: ImportPlan, pillars: Mapping[int, Pillar]) -> dict[str, Any]:
        """Carry out the plan. Return what it did, as stored in the import. `pillars` are by number."""
        numbers = {key: row.number for key, row in self.preview.existing_rows.items()}
        self._retire(plan.retired)
        self._write_changed()  # from here on their numbers are free
        changed = self._write_continued(plan.continued, pillars)
        self._write_changed()
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

    @property
    def _reason(self) -> str:
        with record_language():
            return gettext("As in the imported file “%(file)s”.") % {"file": self.imported.name}

    def _retire(self, retired: Mapping[int, int | None]) -> None:
        for key, number in retired.items():
            row = self.preview.existing_rows[key]
            before = recommendation_audit_values(row, row.pillar, self.now)
            row.is_retired = True
            named = {"file": self.imported.name, "number": number}
            with record_language():
                reason = (
                    gettext("Merged into number %(number)d by the import of “%(file)s”.")
                    if number
                    else gettext("No longer asked after the import of “%(file)s”.")
                )
            self._queue_change(row, row.pillar, reason % named, before)

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
        before = recommendation_audit_values(recommendation, recommendation.pillar, self.now)
        lead, supporting = self._ministries(row)
        recommendation.number, recommendation.text, recommendation.text_status = row.number, row.text, self._status
        recommendation.lead_id = lead or recommendation.lead_id
        pillar = pillars.get(row.number) or row.pillar or recommendation.pillar
        has_new_support = bool(supporting) and supporting != set(before["supporting"])
        if recommendation_audit_values(recommendation, pillar, self.now) == before and not has_new_support:
            return False
        if has_new_support:
            recommendation.supporting.set(supporting)
        self._queue_change(recommendation, pillar, self._reason, before)
        return True

    def _queue_change(self, row: Recommendation, pillar: str | None, reason: str, before: Mapping[str, Any]) -> None:
        """Queue a changed row to be written, with a log entry and, if its dated values changed, new terms."""
        row.version += 1
        self.changed.append(row)
        after = recommendation_audit_values(row, pillar, self.now)
        dated = ("number", "text", "text_status", "pillar")
        if pillar and (row.is_retired or any(after[name] != before[name] for name in dated)):
            self.terms.append(build_recommendation_terms(row, Pillar(pillar), reason, by=self.by, now=self.now))
        after |= {"is_retired": row.is_retired, "import": self.imported.pk}
        self.entries.append(AuditEvent("recommendation.changed", row, before, after))

    def _write_changed(self) -> None:
        update_rows(self.changed, _CHANGED_FIELDS)
        self.changed = []

    def _write_new(self, new_items: Iterable[NewItem], pillars: Mapping[int, Pillar]) -> None:
        """Write the new rows in bulk, because there may be a thousand."""
        new_pillars, rows, supporting = [], [], []
        for item in new_items:
            existing = self.preview.existing_rows.get(item.existing_key or 0)
            new_pillars.append(self._pillar(item.row, existing, pillars))
            lead, supporters = self._ministries(item.row)
            supporting.append(
                supporters or ({ministry.pk for ministry in existing.supporting.all()} if existing else set())
            )
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
        support: Any = Recommendation.supporting.through
        support.objects.bulk_create(
            support(recommendation_id=row.pk, ministry_id=key)
            for row, keys in zip(rows, supporting, strict=True)
            for key in keys
        )
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
