"""Write the questions of a previewed set into its edition."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from recommendations.models import Edition, Question, QuestionSet, QuestionTerms
from recommendations.questions.mapping import QuestionMapping
from recommendations.questions.matching import QuestionChange
from recommendations.questions.preview import (
    QuestionLine,
    QuestionPreview,
    gather_mapping_sources,
    propose_line_mapping,
)
from tiptracker.accounts.models import User
from tiptracker.audit.actions import AuditEvent
from tiptracker.localization import gettext, record_language
from tiptracker.validation import insert_rows, update_rows

_CHANGED_FIELDS = ("number", "position", "heading", "text", "parent", "repeats", "is_retired", "version")
_MAPPING_FIELDS = ("indicia", "evidence_kinds")


@dataclass
class QuestionWriter:
    """Writes one preview. The edition, the set and the questions must be locked.

    `by` is the user and `now` the moment of loading.
    """

    edition: Edition
    question_set: QuestionSet
    preview: QuestionPreview
    by: User
    now: datetime
    rows: dict[int, Question] = field(default_factory=dict)
    """The row of each question of the set, by its place."""
    terms: list[QuestionTerms] = field(default_factory=list)
    events: list[AuditEvent] = field(default_factory=list)

    def write(self) -> dict[str, int]:
        """Write the rows. Return how many questions were added, changed, kept and retired."""
        lines = self.preview.lines
        changed = [line for line in lines if line.current and line.change is not QuestionChange.SAME]
        new = [line for line in lines if line.current is None]
        self.rows = {line.place: line.current for line in lines if line.current}
        before = {line.place: _audit_values(self.rows[line.place]) for line in changed}
        relinked = [
            line
            for line in changed
            if not self.rows[line.place].is_mapping_confirmed
            and before[line.place]["repeats"] != (line.last_year and line.last_year.pk)
        ]
        did = {
            "new": len(new),
            "changed": len(changed),
            "unchanged": len(lines) - len(new) - len(changed),
            "retired": len(self.preview.retired),
        }
        keys = [*(self.rows[line.place].pk for line in changed), *(row.pk for row in self.preview.retired)]
        Question.objects.filter(pk__in=keys).update(is_retired=True)  # from here on their numbers are free
        mappings = self._propose_mappings([*new, *relinked])
        self._insert_new(new, mappings)
        for line in changed:
            self._change(line, before[line.place])
        retired = [self._retire(row) for row in self.preview.retired]
        update_rows([*(self.rows[line.place] for line in changed), *retired], _CHANGED_FIELDS)
        insert_rows(self.terms)
        self._replace_mappings(relinked, mappings)
        self._insert_links(mappings)
        return did

    def _propose_mappings(self, lines: Sequence[QuestionLine]) -> dict[int, QuestionMapping]:
        """Return what may answer these questions, by their places."""
        if not lines:
            return {}
        sources = gather_mapping_sources(self.edition)
        return {line.place: propose_line_mapping(line, self.preview.lines, sources) for line in lines}

    def _replace_mappings(self, lines: Sequence[QuestionLine], mappings: Mapping[int, QuestionMapping]) -> None:
        """Give questions that repeat another one than before its mapping. Nobody had confirmed theirs."""
        rows = [self.rows[line.place] for line in lines]
        for line, row in zip(lines, rows, strict=True):
            row.indicia = list(mappings[line.place].indicia)
            row.evidence_kinds = list(mappings[line.place].evidence_kinds)
        if rows:
            update_rows(rows, _MAPPING_FIELDS)
            Question.benchmarks.through.objects.filter(question__in=rows).delete()
            Question.indicators.through.objects.filter(question__in=rows).delete()

    def _insert_new(self, new: Sequence[QuestionLine], mappings: Mapping[int, QuestionMapping]) -> None:
        """Insert the new questions, those that others are part of first, with their terms and proposed mapping."""
        for line in new:
            mapping = mappings[line.place]
            self.rows[line.place] = Question(
                edition=self.edition,
                number=line.question.number,
                position=line.place + 1,
                heading=line.question.heading,
                text=line.question.text,
                repeats=line.last_year,
                indicia=list(mapping.indicia),
                evidence_kinds=list(mapping.evidence_kinds),
            )
        for depth in sorted({line.question.depth for line in new}):
            level = [line for line in new if line.question.depth == depth]
            for line in level:
                self.rows[line.place].parent = self._parent_of(line)
            insert_rows([self.rows[line.place] for line in level])
        for line in new:
            self._add_terms(self.rows[line.place])

    def _insert_links(self, mappings: Mapping[int, QuestionMapping]) -> None:
        indicators: Any = Question.indicators.through
        benchmarks: Any = Question.benchmarks.through
        benchmarks.objects.bulk_create(
            benchmarks(question_id=self.rows[place].pk, benchmark_id=key)
            for place, mapping in mappings.items()
            for key in sorted(mapping.benchmarks)
        )
        indicators.objects.bulk_create(
            indicators(question_id=self.rows[place].pk, indicator_id=key)
            for place, mapping in mappings.items()
            for key in sorted(mapping.indicators)
        )

    def _change(self, line: QuestionLine, before: Mapping[str, Any]) -> None:
        """Change a row in memory. It gets new terms if its number, heading or text changed, or if it is asked again."""
        row, question = self.rows[line.place], line.question
        row.number, row.heading, row.text = question.number, question.heading, question.text
        row.position, row.parent, row.is_retired = line.place + 1, self._parent_of(line), False
        row.repeats = line.last_year
        row.version += 1
        after = _audit_values(row)
        if any(after[name] != before[name] for name in ("number", "heading", "text", "is_retired")):
            self._add_terms(row)
        self.events.append(AuditEvent("question.changed", row, before, after))

    def _retire(self, row: Question) -> Question:
        before = _audit_values(row)
        row.is_retired = True
        row.version += 1
        with record_language():
            reason = gettext("Not in the set of questions “%(name)s”.") % {"name": self.question_set.name}
        self._add_terms(row, reason)
        self.events.append(AuditEvent("question.retired", row, before, _audit_values(row)))
        return row

    def _add_terms(self, row: Question, reason: str = "") -> None:
        with record_language():
            sentence = gettext("As in the set of questions “%(name)s”.") % {"name": self.question_set.name}
        self.terms.append(
            QuestionTerms(
                question=row,
                question_set=self.question_set,
                number=row.number,
                heading=row.heading,
                text=row.text,
                is_retired=row.is_retired,
                reason=reason or sentence,
                recorded_at=self.now,
                recorded_by=self.by,
            )
        )

    def _parent_of(self, line: QuestionLine) -> Question | None:
        return None if line.parent is None else self.rows[line.parent]

    def audit_events(self, did: Mapping[str, Any]) -> list[AuditEvent]:
        """Return the entries of the activity log; none if nothing changed."""
        if not self.terms and not self.events:  # every new, changed or retired question has one of them
            return []
        values = dict(did) | {
            "file": self.question_set.name,
            "sha256": self.question_set.sha256,
            "question_set": self.question_set.pk,
        }
        return [*self.events, AuditEvent("edition.questions_loaded", self.edition, None, values)]


def _audit_values(row: Question) -> dict[str, Any]:
    return {
        "number": row.number,
        "heading": row.heading,
        "text": row.text,
        "position": row.position,
        "parent": row.parent_id,
        "repeats": row.repeats_id,
        "is_retired": row.is_retired,
    }
