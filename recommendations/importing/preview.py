"""Build the preview of an import from database rows."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import NamedTuple

from django.db.models import Prefetch

from recommendations.choices import Origin, Pillar, TextStatus
from recommendations.importing.comparison import ExistingItem, ListComparison, compare_lists
from recommendations.importing.draft import DraftImport, deserialize_draft
from recommendations.importing.pillar_suggestion import suggest_pillar
from recommendations.importing.tables.rows import ExpectedEdition, ImportedItem, ImportedList
from recommendations.models import Benchmark, Edition, EditionImport, Recommendation
from recommendations.text_similarity import LIKELY_SIMILARITY, find_similar_pairs, pick_best_pairs
from tiptracker.accounts.models import Country, Ministry
from tiptracker.text_rules import normalize_name


class ImportPreview(NamedTuple):
    """What loading an import would do.

    `standing` are the current rows by key, with their benchmarks. `seen` is their fingerprint, to detect changes before
    loading. `last_year` are the pillars, by number, of very similar recommendations of the edition before. `old` are
    the current rows as values.
    """

    brought: DraftImport
    listed: ImportedList
    comparison: ListComparison
    standing: Mapping[int, Recommendation]
    ministries: Mapping[str, int]
    seen: str
    last_year: Mapping[int, Pillar]
    old: Sequence[ExistingItem]

    def pillar_of(self, row: ImportedItem) -> Pillar | None:
        """Return the pillar in the table, or a proposal: last year's, or one from the words. None if there is none."""
        return row.pillar or self.last_year.get(row.number) or suggest_pillar(row.text)


def get_expected_edition(edition: Edition) -> ExpectedEdition:
    """Return the country and year that the list must be about. The edition needs its country."""
    return ExpectedEdition(edition.country.code, edition.year, (edition.country.name,))


def build_preview(imported: EditionImport, texts: Mapping[int, str] | None = None) -> ImportPreview:
    """Return what loading would do now. `texts` are corrected texts by number. Raises Refused if there is no list."""
    brought = deserialize_draft(imported.brought)
    listed = brought.listed(get_expected_edition(imported.edition))
    if texts:
        listed = listed._replace(rows=tuple(replace(row, text=texts.get(row.number, row.text)) for row in listed.rows))
    standing = list_existing(imported.edition)
    ministries = _ministry_keys_by_name(imported.edition.country)
    old = [to_existing_item(row) for row in standing.values()]
    status = TextStatus(imported.text_status)
    found = compare_lists(old, listed.rows, status=status, ministries=ministries)
    seen, last_year = list_fingerprint(standing.values()), _last_years_pillars(imported.edition, listed.rows)
    return ImportPreview(brought, listed, found, standing, ministries, seen, last_year, old)


def list_existing(edition: Edition) -> dict[int, Recommendation]:
    """Return by key the recommendations now asked in the report's list, with pillar, ministries and benchmarks."""
    benchmarks = Prefetch("benchmarks", Benchmark.objects.order_by("letter").with_terms())
    rows = Recommendation.objects.filter(edition=edition, origin=Origin.REPORT).asked().order_by("number")
    return {row.pk: row for row in rows.with_pillar().prefetch_related("supporting", benchmarks)}


def list_fingerprint(rows: Iterable[Recommendation]) -> str:
    """Return a short hash that changes whenever one of these rows, or the place of a benchmark, changes."""
    told = [(row.pk, row.version, [one.pk for one in row.benchmarks.all()]) for row in rows]
    return sha256(json.dumps(told).encode()).hexdigest()[:16]


def _last_years_pillars(edition: Edition, rows: Sequence[ImportedItem]) -> dict[int, Pillar]:
    """Return last year's pillar, by number, for rows without one whose text is very similar to last year's."""
    before = Edition.objects.preceding(edition).first()
    lacking = [row for row in rows if row.pillar is None]
    if before is None or not lacking:
        return {}
    old = list(Recommendation.objects.filter(edition=before).asked().with_pillar())
    found = pick_best_pairs(find_similar_pairs([row.text for row in old], [row.text for row in lacking]))
    return {
        lacking[pair.new].number: Pillar(old[place].pillar)
        for place, pair in found.items()
        if pair.likeness >= LIKELY_SIMILARITY and old[place].pillar
    }


def to_existing_item(row: Recommendation) -> ExistingItem:
    """Return a row of `list_existing` as a value."""
    return ExistingItem(
        row.pk,
        row.number,
        row.text,
        TextStatus(row.text_status),
        Pillar(row.pillar) if row.pillar else None,
        row.lead_id,
        frozenset(ministry.pk for ministry in row.supporting.all()),
    )


def _ministry_keys_by_name(country: Country) -> dict[str, int]:
    """Return the keys of the country's ministries, by name and by short name."""
    rows = Ministry.objects.filter(country=country).values_list("pk", "name", "short_name")
    return {normalize_name(name): pk for pk, *names in rows for name in names}
