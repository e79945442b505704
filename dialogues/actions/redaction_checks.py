"""Compare the redaction marks in the record and in the activity log with the redactions that name them."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Q

from dialogues.choices import RedactionAnswer
from dialogues.models import Dialogue, EvidenceFile, Redaction, RedactionPlace
from dialogues.models.dialogues import AgendaItem, Participant
from dialogues.models.free_texts import FREE_TEXTS
from recommendations.models import Edition, Milestone, Recommendation
from tiptracker.audit.append_only import REDACTED
from tiptracker.audit.imported_logs import list_imported_places, list_imported_rows
from tiptracker.audit.models import AuditDetail, AuditEntry, ImportedEntry
from tiptracker.former_names import current_field, current_label

EDITABLE_MODELS = frozenset({AgendaItem, Dialogue, Edition, Milestone, Participant, Recommendation})
"""Models whose rows may be edited or deleted, so that a redacted text may have been replaced since."""
CHECKED_FIELDS: Mapping[type[models.Model], tuple[str, ...]] = {
    **{model: texts.fields for model, texts in FREE_TEXTS.items()},
    AuditDetail: ("before", "after"),
    ImportedEntry: ("before", "after"),
}


REDACTING_VERBS = ("redaction.confirmed", "redaction.finished", "redaction.repeated")


class PlaceKey(NamedTuple):
    """A text by its table, row and field."""

    table: str
    row: int
    field: str

    def __str__(self) -> str:
        return f"{self.table} {self.row}, {self.field}"


def find_redacted_text_faults() -> list[str]:
    """Return a sentence for each fault.

    Faults are marks that no redaction names, redacted places without a mark or a log entry, and words erased before a
    decision.
    """
    named, marks = set(_confirmed_places()), set(_redacted_places())
    unlogged = set(_find_unlogged(named))
    fixed = {model._meta.label_lower: CHECKED_FIELDS[model] for model in CHECKED_FIELDS.keys() - EDITABLE_MODELS}
    return [
        *(
            f"{place} contains the redaction mark, but no redaction names it"
            for place in sorted(marks - named - set(_dropped_file_names()))
        ),
        *(
            f"{place} is named by a redaction, but does not contain the redaction mark"
            for place in sorted(named - marks)
            if place.field in fixed.get(place.table, ())  # a field of an earlier release may be gone
        ),
        *(f"{place} is named by a redaction, but no entry of the activity log lists it" for place in sorted(unlogged)),
        *(f"the words of redaction {pk} were erased before it was decided on" for pk in _undecided_redactions()),
    ]


def _confirmed_places() -> Iterator[PlaceKey]:
    confirmed = RedactionPlace.objects.filter(is_left=False, redaction__decision__decision=RedactionAnswer.CONFIRMED)
    for table, row, field in confirmed.values_list("table", "row", "field").iterator():
        yield PlaceKey(current_label(table), row, current_field(field))


def _redacted_places() -> Iterator[PlaceKey]:
    for model, fields in CHECKED_FIELDS.items():
        is_redacted = Q()
        for field in fields:
            is_redacted |= Q((field, REDACTED))
        rows: Any = model._default_manager.filter(is_redacted).order_by().values_list("pk", *fields)
        for pk, *texts in rows.iterator():
            for field, text in zip(fields, texts, strict=True):
                if text == REDACTED:
                    yield PlaceKey(model._meta.label_lower, pk, field)


def _dropped_file_names() -> Iterator[PlaceKey]:
    """Yield the names of unsent files that were deleted.

    They have the mark, and the log says that the file was dropped.
    """
    table = EvidenceFile._meta.label_lower
    for row in AuditEntry.objects.filter(verb="file.dropped", table=table).values_list("row", flat=True).iterator():
        yield PlaceKey(table, int(row), "name")
    for key in list_imported_rows(table, "file.dropped"):
        yield PlaceKey(table, key, "name")


def _find_unlogged(named: set[PlaceKey]) -> Iterator[PlaceKey]:
    """Yield the places that no log entry lists: of a confirmation, of the search that followed it, or of a restore."""
    table = Redaction._meta.label_lower
    entries = AuditEntry.objects.filter(table=table, verb__in=REDACTING_VERBS)
    logged: set[PlaceKey] = set()
    for place in list_imported_places(REDACTING_VERBS, table):
        if place is None:
            return
        logged.add(_parse_key(place))
    for text in entries.values_list("detail__after", flat=True).iterator():
        if text == REDACTED:  # the list itself was redacted, so nothing can be checked
            return
        logged.update(_parse_key(key) for key in json.loads(text or "{}").get("places", ()))
    yield from named - logged


def _parse_key(key: str) -> PlaceKey:
    """Parse a place as a log entry lists it: "dialogues.updateversion:12:narrative", or with former names."""
    table, row, field = key.split(":")
    return PlaceKey(current_label(table), int(row), current_field(field))


def _undecided_redactions() -> list[int]:
    return list(Redaction.objects.filter(words=REDACTED, decision=None).order_by("pk").values_list("pk", flat=True))
