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
    found: ImportPreview
    by: User
    now: datetime
    has_written: bool = False
    rows: dict[int, Recommendation] = field(default_factory=dict)
    """The current rows, by number."""
    changed: list[Recommendation] = field(default_factory=list)
    terms: list[RecommendationTerms] = field(default_factory=list)
    entries: list[AuditEvent] = field(default_factory=list)
    """Changed rows, their new terms and their log entries, to be written together."""

    def write(self, planned: ImportPlan, pillars: Mapping[int, Pillar]) -> dict[str, Any]:
        """Carry out the plan. Return what it did, as stored in the import. `pillars` are by number."""
        numbers = {key: row.number for key, row in self.found.standing.items()}
        self._retire(planned.retired)
        self._write_changed()  # from here on their numbers are free
        changed = self._go_on(planned.kept, pillars)
        self._write_changed()
        insert_rows(self.terms)
        self._begin(planned.begun, pillars)
        moved = self._move(planned.moved, numbers)
        self.has_written = bool(self.entries or planned.begun)
        if self.has_written:
            enqueue_readiness(self.edition.country_id)
        record_all(self.entries, by=self.by, country=self.edition.country_id)
        return {
            "new": [each.row.number for each in planned.begun],
            "changed": changed,
            "unchanged": len(planned.kept) - len(changed),
            "retired": [numbers[key] for key in planned.retired],
            "joined": {str(numbers[key]): number for key, number in planned.retired.items() if number},
            "split": {str(numbers[key]): list(became) for key, became in planned.split.items()},
            "moved": len(moved),
            "benchmarks": moved,
        }

    @property
    def _whence(self) -> str:
        return f"As it stands in “{self.imported.name}”."

    def _retire(self, retired: Mapping[int, int | None]) -> None:
        for key, number in retired.items():
            row = self.found.standing[key]
            before = recommendation_audit_values(row, row.pillar, self.now)
            row.is_retired = True
            into = f"It went into number {number} of" if number else "It stands no longer in"
            self._keep(row, row.pillar, f"{into} “{self.imported.name}”.", before)

    def _go_on(self, kept: Mapping[int, ImportedItem], pillars: Mapping[int, Pillar]) -> dict[str, int]:
        """Collect the changes of continued rows. Return the changed ones: old number to new number."""
        pairs = [(self.found.standing[key], row) for key, row in kept.items()]
        renumbered = [one.pk for one, row in pairs if one.number != row.number]
        Recommendation.objects.filter(pk__in=renumbered).update(number=_TEMPORARY_NUMBER - F("number"))
        changed: dict[str, int] = {}
        for one, row in pairs:
            self.rows[row.number] = one
            number = one.number
            if self._change(one, row, pillars):
                changed[str(number)] = row.number
        return changed

    def _change(self, one: Recommendation, row: ImportedItem, pillars: Mapping[int, Pillar]) -> bool:
        """Update a row in memory. Return whether anything changed."""
        before = recommendation_audit_values(one, one.pillar, self.now)
        lead, supporting = self._ministries(row)
        one.number, one.text, one.text_status = row.number, row.text, self._status
        one.lead_id = lead or one.lead_id
        pillar = pillars.get(row.number) or row.pillar or one.pillar
        has_new_support = bool(supporting) and supporting != set(before["supporting"])
        if recommendation_audit_values(one, pillar, self.now) == before and not has_new_support:
            return False
        if has_new_support:
            one.supporting.set(supporting)
        self._keep(one, pillar, self._whence, before)
        return True

    def _keep(self, row: Recommendation, pillar: str | None, reason: str, before: Mapping[str, Any]) -> None:
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

    def _begin(self, begun: Iterable[NewItem], pillars: Mapping[int, Pillar]) -> None:
        """Write the new rows in bulk, because there may be a thousand."""
        placed, rows, supporting = [], [], []
        for each in begun:
            like = self.found.standing.get(each.like or 0)
            placed.append(self._pillar(each.row, like, pillars))
            lead, named = self._ministries(each.row)
            supporting.append(named or ({one.pk for one in like.supporting.all()} if like else set()))
            rows.append(
                Recommendation(
                    edition=self.edition,
                    origin=Origin.REPORT,
                    number=each.row.number,
                    text=each.row.text,
                    text_status=self._status,
                    indicia=list(like.indicia) if like else [],
                    lead_id=lead or (like.lead_id if like else None),
                )
            )
        Recommendation.objects.bulk_create(rows)
        RecommendationTerms.objects.bulk_create(
            build_recommendation_terms(row, pillar, self._whence, by=self.by, now=self.now)
            for row, pillar in zip(rows, placed, strict=True)
        )
        support: Any = Recommendation.supporting.through
        support.objects.bulk_create(
            support(recommendation_id=row.pk, ministry_id=key)
            for row, keys in zip(rows, supporting, strict=True)
            for key in keys
        )
        self.rows |= {row.number: row for row in rows}

    def _pillar(self, row: ImportedItem, like: Recommendation | None, pillars: Mapping[int, Pillar]) -> Pillar:
        pillar = pillars.get(row.number) or row.pillar or (Pillar(like.pillar) if like else None)
        if pillar is None:
            raise Refused(f"Say to which of the three Ps number {row.number} belongs.", field=f"pillar_{row.number}")
        return pillar

    def _ministries(self, row: ImportedItem) -> tuple[int | None, set[int]]:
        """Return the keys of the ministries that a row names. Unknown ministries are ignored and not created."""
        known = self.found.ministries
        return known.get(normalize_name(row.lead)), {
            key for name in row.supporting if (key := known.get(normalize_name(name)))
        }

    def _move(self, moved: Mapping[int, int], numbers: Mapping[int, int]) -> dict[str, str]:
        """Move benchmarks to another recommendation. Their commitments, evidence and assessments stay with them.

        `numbers` are the old list's numbers, by key. Return each benchmark's old name and its new one.
        """
        called: dict[str, str] = {}
        for key, number in moved.items():
            benchmark = Benchmark.objects.select_related("recommendation").get(pk=key)
            then = f"{numbers[benchmark.recommendation_id]}{benchmark.letter}"
            before = {"recommendation": benchmark.recommendation_id, "letter": benchmark.letter}
            there = self.rows[number]
            benchmark.letter = next_letter(there.benchmarks.values_list("letter", flat=True))
            benchmark.recommendation = there
            update_row(benchmark)
            if terms := build_moved_terms(benchmark, self._whence, by=self.by, now=self.now):
                insert_row(terms)
            after = {"recommendation": there.pk, "letter": benchmark.letter, "import": self.imported.pk}
            self.entries.append(AuditEvent("benchmark.moved", benchmark, before, after))
            called[then] = benchmark.key
        return called

    @property
    def _status(self) -> TextStatus:
        return TextStatus(self.imported.text_status)
