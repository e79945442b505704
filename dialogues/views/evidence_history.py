"""The history of a piece of evidence: what its revisions changed, and which of its reviews were reversed."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils import timezone

from dialogues.choices import DoneBy, EvidenceDecision, EvidenceKind, Sensitivity, SupportKind
from dialogues.models import Evidence, EvidenceFile, EvidenceReview, Reading
from dialogues.review_history import ReviewStep, describe_reversal
from dialogues.views.evidence_query import describe_topics, evidence_with_details
from tiptracker.accounts.models import Country, User
from tiptracker.accounts.visible_rows import VisibleRows
from tiptracker.infrastructure.prepared_rows import is_one_of
from tiptracker.localization import format_date, gettext, join_with_colon
from tiptracker.templatetags.recorded_texts import as_recorded


class WordingChange(NamedTuple):
    """A field that a revision changed, with the old and the new text."""

    name: str
    old: str
    new: str


class EvidenceVersion(NamedTuple):
    """One version of a piece of evidence: the entry, with its recorder, time and reason, and what it changed.

    `replaced_by` is the id of the entry that revised it; None for the current version.
    """

    evidence: Evidence
    changed: Sequence[WordingChange]
    replaced_by: int | None


type Reversals = Mapping[tuple[int, int | None], str]
"""How reviews were reversed, in words, by the ids of evidence and of a benchmark (None: the evidence itself)."""


def list_evidence_versions(user: User, evidence: Evidence) -> list[EvidenceVersion]:
    """Return all versions of a revised piece of evidence, newest first; empty if it was never revised."""
    if not (evidence.revises_id or hasattr(evidence, "revised_by")):
        return []
    visible = Evidence.objects.visible_to(user)
    revised = visible.filter(country=evidence.country, revises__isnull=False).values_list("pk", "revises_id")
    before = dict(revised)
    after = {old: new for new, old in before.items()}
    keys = [evidence.pk]
    while keys[0] in before:
        keys.insert(0, before[keys[0]])
    while keys[-1] in after:
        keys.append(after[keys[-1]])
    rows = {row.pk: row for row in evidence_with_details(user).prefetch_related("readings__parts").filter(pk__in=keys)}
    entries = [rows[key] for key in keys]
    fields = [_displayed_fields(row) for row in entries]
    return [
        EvidenceVersion(row, _list_changes(fields[index - 1], fields[index]) if index else [], after.get(row.pk))
        for index, row in enumerate(entries)
    ][::-1]


def find_reversals(user: User, country: Country, keys: Collection[int]) -> Reversals:
    """Return how reviews of evidence were reversed. What was not reversed is left out.

    A correction reverses the reviews of the version that it replaced.

    Args:
        keys: the ids of the evidence.
    """
    revised, corrected_at = _find_revised(user, country, keys)
    versions = {key: [key] for key in keys}  # each with its earlier versions, oldest first
    for earlier in versions.values():
        while earlier[0] in revised:
            earlier.insert(0, revised[earlier[0]])
    reviewed = list({version for earlier in versions.values() for version in earlier})
    steps: dict[int, dict[int | None, list[ReviewStep]]] = defaultdict(lambda: defaultdict(list))
    for version, benchmark, decision, at in _REVIEWS.find(user, keys=reviewed):
        step = ReviewStep(EvidenceDecision(decision), timezone.localtime(at).date())
        steps[version][benchmark].append(step)
    for version, at in corrected_at.items():
        for of_benchmark in steps[version].values():
            of_benchmark.append(ReviewStep(None, timezone.localtime(at).date()))
    return {
        (key, benchmark): sentence
        for key, earlier in versions.items()
        for benchmark in {benchmark for version in earlier for benchmark in steps[version]}
        if (sentence := describe_reversal([step for version in earlier for step in steps[version][benchmark]]))
    }


def _find_revised(user: User, country: Country, keys: Collection[int]) -> tuple[dict[int, int], dict[int, datetime]]:
    """Return by revision what it revised, back to the first version, and by what was revised when that was done.

    Each query goes back one version. Most evidence was never revised.
    """
    revised: dict[int, int] = {}
    revised_at: dict[int, datetime] = {}
    rows = _REVISIONS_AND_THEIR_OWN.find(user, country=country.pk, keys=list(keys))
    while rows:
        revised |= {new: old for new, old, _ in rows}
        revised_at |= {old: at for _, old, at in rows}
        rows = _REVISIONS.find(user, country=country.pk, keys=[old for _, old, _ in rows])
    return revised, revised_at


def _select_revisions(reader: User, country: int, *is_sought: Any) -> Any:
    visible = Evidence.objects.visible_to(reader, Country(pk=country)).filter(revises__isnull=False)
    return visible.filter(reduce(or_, map(Q, is_sought))).order_by().values_list("pk", "revises_id", "recorded_at")


_REVISIONS: VisibleRows[Any] = VisibleRows(
    lambda reader, country, keys: _select_revisions(reader, country, is_one_of("pk", keys)), country=int, keys=list
)
_REVISIONS_AND_THEIR_OWN: VisibleRows[Any] = VisibleRows(
    lambda reader, country, keys: _select_revisions(reader, country, is_one_of("pk", keys), is_one_of("revises", keys)),
    country=int,
    keys=list,
)
_REVIEWS: VisibleRows[Any] = VisibleRows(
    lambda reader, keys: (
        EvidenceReview.objects.visible_to(reader)
        .filter(is_one_of("evidence", keys))
        .order_by("recorded_at", "pk")
        .values_list("evidence_id", "evidence_link__benchmark_id", "decision", "recorded_at")
    ),
    keys=list,
)


def _list_changes(old: Mapping[str, str], new: Mapping[str, str]) -> list[WordingChange]:
    return [WordingChange(name, old[name], new[name]) for name in new if old[name] != new[name]]


def _displayed_fields(evidence: Evidence) -> dict[str, str]:
    """Return all fields of a piece of evidence as displayed, by label."""
    return {
        gettext("What happened"): as_recorded(evidence.title),
        gettext("Start date"): format_date(evidence.happened_from) if evidence.happened_from else gettext("unknown"),
        gettext("End date"): format_date(evidence.happened_to),
        gettext("Who did it"): DoneBy(evidence.done_by).label,
        gettext("Partner"): str(evidence.partner or ""),
        gettext("Stated by"): as_recorded(evidence.stated_by),
        gettext("Source"): as_recorded(evidence.source),
        gettext("Link"): evidence.link,
        gettext("File"): _format_file(evidence.file),
        gettext("Type of evidence"): EvidenceKind(evidence.kind).label,
        gettext("Commitment"): as_recorded(evidence.commitment.text) if evidence.commitment else "",
        gettext("Who may read it"): Sensitivity(evidence.sensitivity).label,
        gettext("Benchmarks"): "; ".join(
            join_with_colon(evidence_link.benchmark.key, SupportKind(evidence_link.shows).label)
            for evidence_link in evidence.evidence_links.all()
        ),
        gettext("Supports without a recommendation"): "; ".join(describe_topics(evidence)),
        gettext("Figures"): "; ".join(_format_reading(reading) for reading in evidence.readings.all()),
    }


def _format_file(file: EvidenceFile | None) -> str:
    return f"{file.name} (SHA-256 {file.stored_sha256[:12]}…)" if file else ""


def _format_reading(reading: Reading) -> str:
    parts = "; ".join(
        join_with_colon(name, figure)
        for cells in reading.breakdown_for_display.values()
        for name, figure in cells.items()
    )
    return ", ".join(filter(None, (reading.description, parts, reading.note)))
