"""Find what was typed about an edition and is not part of the record: drafts, and rows kept so that one can undo.

All of it is deleted with the edition. Of a workbook's draft, only the rows about that edition go.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.db.models import Model

from dialogues.models import Commitment, Dialogue, Draft, InformationRequest, WorkbookDraft
from recommendations.models import EditionImport, QuestionSet
from reports.retention.disposable_rows import DisposableRows, Keys
from tiptracker.former_names import current_label
from tiptracker.undo.models import RemovedRow

_SUBJECTS: Mapping[str, type[Model]] = {
    "commitment": Commitment,
    "dialogue": Dialogue,
    "information_request": InformationRequest,
}
"""What a draft is about, by its field."""


def find_unsent_rows(found: DisposableRows) -> Keys:
    """Return the keys of drafts and removed rows about what is disposed of."""
    edition = found.edition
    workbooks = WorkbookDraft.objects.filter(ministry__country=edition.country_id).values_list("pk", "rows")
    return {
        Draft: found.drafts,
        EditionImport: set(EditionImport.objects.filter(edition=edition, loaded_at=None).values_list("pk", flat=True)),
        QuestionSet: set(QuestionSet.objects.filter(edition=edition, loaded_at=None).values_list("pk", flat=True)),
        WorkbookDraft: {pk for pk, rows in workbooks if len(keep_rows(rows, found)) < len(rows)},
        RemovedRow: set(_find_removed(found)),
    }


def keep_rows(rows: Collection[Mapping[str, Any]], found: DisposableRows) -> list[Mapping[str, Any]]:
    """Return the rows of a workbook's draft that are not about what is disposed of."""
    return [
        row
        for row in rows
        if row["commitment"] not in found.keys(Commitment) and row["request"] not in found.keys(InformationRequest)
    ]


def _find_removed(found: DisposableRows) -> Iterator[int]:
    for removed in RemovedRow.objects.order_by("pk").iterator():
        fields = removed.content.get("fields", {})
        match current_label(removed.table):
            case "dialogues.draft":
                is_about = any(fields.get(name) in found.keys(model) for name, model in _SUBJECTS.items())
            case "dialogues.workbookdraft":
                is_about = len(keep_rows(fields["rows"], found)) < len(fields["rows"])
            case "recommendations.editionimport" | "recommendations.questionset":
                is_about = fields["edition"] == found.edition.pk
            case _:
                is_about = False
        if is_about:
            yield removed.pk
