"""Build the preview of an import from database rows."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from typing import Any

from recommendations.choices import Origin, Pillar, TextStatus
from recommendations.importing.comparison import ExistingItem, ListComparison, compare_lists
from recommendations.importing.draft import DraftImport, deserialize_draft
from recommendations.importing.item_editing import items_fingerprint
from recommendations.importing.pillar_suggestion import suggest_pillar
from recommendations.importing.tables.rows import ExpectedEdition, ImportedItem, ImportedList
from recommendations.models import Edition, EditionImport, Recommendation
from recommendations.text_similarity import LIKELY_SIMILARITY, find_similar_pairs, pick_best_pairs
from tiptracker.accounts.models import Country, Ministry
from tiptracker.text_rules import normalize_name


@dataclass(frozen=True)
class ImportPreview:
    """What loading an import would do.

    `previous` is the tracked edition before, if any. `existing_rows` are the current rows by key, with
    `.listed_benchmarks`. `existing_items` are the same as values. `fingerprint` is their fingerprint, to detect changes
    before loading. `ministries` are the keys of the country's ministries, by normalized name. `editable_items` are the
    items with their texts as typed, and `items_fingerprint` is the fingerprint of those.
    """

    imported: EditionImport
    previous: Edition | None
    draft: DraftImport
    imported_list: ImportedList
    existing_rows: Mapping[int, Recommendation]
    existing_items: Mapping[int, ExistingItem]
    ministries: Mapping[str, int]
    fingerprint: str
    editable_items: Sequence[ImportedItem]
    items_fingerprint: str

    @cached_property
    def comparison(self) -> ListComparison:
        """The comparison of both lists. Loading doesn't need it, and it takes longer than the rest."""
        return compare_lists(
            tuple(self.existing_items.values()),
            self.imported_list.rows,
            status=TextStatus(self.imported.text_status),
            ministries=self.ministries,
        )

    @cached_property
    def last_year_pillars(self) -> Mapping[int, Pillar]:
        """The pillars, by number, of very similar recommendations of the edition before."""
        return _last_years_pillars(self.previous, self.imported_list.rows)

    def pillar_of(self, row: ImportedItem) -> Pillar | None:
        """Return the pillar in the table, or a proposal: last year's, or one from the words. None if there is none."""
        return row.pillar or self.last_year_pillars.get(row.number) or suggest_pillar(row.text)


def get_expected_edition(edition: Edition) -> ExpectedEdition:
    """Return the country and year that the list must be about. The edition needs its country."""
    return ExpectedEdition(edition.country.code, edition.year, (edition.country.name,))


def build_preview(imported: EditionImport, texts: Mapping[int, str] | None = None) -> ImportPreview:
    """Return what loading would do now. `texts` are corrected texts by number. Raises Refused if there is no list."""
    draft = deserialize_draft(imported.draft)
    expected = get_expected_edition(imported.edition)
    imported_list = draft.listed(expected)
    editable_items = draft.editable_items(imported_list)
    if texts:
        imported_list = imported_list._replace(
            rows=tuple(replace(row, text=texts.get(row.number, row.text)) for row in imported_list.rows)
        )
    existing_rows = list_existing(imported.edition)
    return ImportPreview(
        imported,
        Edition.objects.preceding(imported.edition).first(),
        draft,
        imported_list,
        existing_rows,
        _to_existing_items(imported.edition, existing_rows),
        _ministry_keys_by_name(imported.edition.country),
        list_fingerprint(existing_rows.values()),
        editable_items,
        items_fingerprint(editable_items, draft.left_out),
    )


def list_existing(edition: Edition) -> dict[int, Recommendation]:
    """Return by key the recommendations now asked in the report's list, with `.pillar` and `.listed_benchmarks`."""
    rows = Recommendation.objects.filter(edition=edition, origin=Origin.REPORT).active().order_by("number")
    return {row.pk: row for row in rows.with_pillar().with_listed_benchmarks()}


def list_fingerprint(rows: Iterable[Recommendation]) -> str:
    """Return a short hash that changes whenever one of these rows, or the place of a benchmark, changes."""
    state = [(row.pk, row.version, [benchmark.pk for benchmark in row.listed_benchmarks]) for row in rows]
    return sha256(json.dumps(state).encode()).hexdigest()[:16]


def _last_years_pillars(previous: Edition | None, rows: Sequence[ImportedItem]) -> dict[int, Pillar]:
    """Return last year's pillar, by number, for rows without one whose text is very similar to last year's."""
    without_pillar = [row for row in rows if row.pillar is None]
    if previous is None or not without_pillar:
        return {}
    old_rows = list(Recommendation.objects.filter(edition=previous).active().with_pillar())
    pairs = pick_best_pairs(find_similar_pairs([row.text for row in old_rows], [row.text for row in without_pillar]))
    return {
        without_pillar[pair.new].number: Pillar(old_rows[place].pillar)
        for place, pair in pairs.items()
        if pair.likeness >= LIKELY_SIMILARITY and old_rows[place].pillar
    }


def _to_existing_items(edition: Edition, rows: Mapping[int, Recommendation]) -> dict[int, ExistingItem]:
    """Return the rows of `list_existing` as values, with the keys of their supporting ministries."""
    links: Any = Recommendation.supporting.through
    supporting: dict[int, list[int]] = {}
    of_edition = links.objects.filter(recommendation__edition=edition)
    for key, ministry in of_edition.values_list("recommendation_id", "ministry_id"):
        supporting.setdefault(key, []).append(ministry)
    return {
        key: ExistingItem(
            key,
            row.number,
            row.text,
            TextStatus(row.text_status),
            Pillar(row.pillar) if row.pillar else None,
            row.lead_id,
            frozenset(supporting.get(key, ())),
        )
        for key, row in rows.items()
    }


def _ministry_keys_by_name(country: Country) -> dict[str, int]:
    """Return the keys of the country's ministries, by name and by short name."""
    rows = Ministry.objects.filter(country=country).values_list("pk", "name", "short_name")
    return {normalize_name(name): pk for pk, *names in rows for name in names}
