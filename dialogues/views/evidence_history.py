"""The revisions of a piece of evidence: what changed, who changed it, when and why."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from dialogues.models import Evidence, EvidenceFile, Reading
from dialogues.views.evidence_query import evidence_with_details
from tiptracker.accounts.models import User
from tiptracker.localization import format_date


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


def _list_changes(old: Mapping[str, str], new: Mapping[str, str]) -> list[WordingChange]:
    return [WordingChange(name, old[name], new[name]) for name in new if old[name] != new[name]]


def _displayed_fields(evidence: Evidence) -> dict[str, str]:
    """Return all fields of a piece of evidence as displayed, by label."""
    return {
        "What happened": evidence.title,
        "First day": format_date(evidence.happened_from) if evidence.happened_from else "not known",
        "Last day": format_date(evidence.happened_to),
        "Who did it": evidence.get_done_by_display(),
        "Who says so": evidence.stated_by,
        "Source": evidence.source,
        "Link": evidence.link,
        "File": _format_file(evidence.file),
        "What sort of thing it is": evidence.get_kind_display(),
        "Commitment": evidence.commitment.text if evidence.commitment else "",
        "Who may see it": evidence.get_sensitivity_display(),
        "Benchmarks": "; ".join(
            f"{evidence_link.benchmark.key}: {evidence_link.get_shows_display().lower()}"
            for evidence_link in evidence.evidence_links.all()
        ),
        "Figures": "; ".join(_format_reading(reading) for reading in evidence.readings.all()),
    }


def _format_file(file: EvidenceFile | None) -> str:
    return f"{file.name} (SHA-256 {file.stored_sha256[:12]}…)" if file else ""


def _format_reading(reading: Reading) -> str:
    parts = "; ".join(f"{name} {figure}" for cells in reading.parts_told.values() for name, figure in cells.items())
    return ", ".join(filter(None, (reading.in_words, parts, reading.note)))
