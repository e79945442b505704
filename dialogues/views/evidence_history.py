"""The story of a piece of evidence: how it was worded, what was put right in it, by whom, when and why."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from dialogues.models import Evidence, EvidenceFile, Reading
from dialogues.views.evidence_query import evidence_with_details
from tiptracker.accounts.models import User
from tiptracker.validation import format_date


class WordingChange(NamedTuple):
    """A field whose wording a revision changed."""

    name: str
    old: str
    new: str


class EvidenceVersion(NamedTuple):
    """One entry of a piece of evidence: by whom and when it was recorded, and, of a revision, why and what it changed.

    `replaced_by` is the entry that put it right in its turn, None for the one that stands.
    """

    evidence: Evidence
    changed: Sequence[WordingChange]
    replaced_by: int | None


def list_evidence_versions(user: User, evidence: Evidence) -> list[EvidenceVersion]:
    """All entries of a piece of evidence that was ever put right, the newest first; nothing where it never was."""
    if not (evidence.revises_id or hasattr(evidence, "revised_by")):
        return []
    seen = Evidence.objects.visible_to(user)
    put_right = seen.filter(country=evidence.country, revises__isnull=False).values_list("pk", "revises_id")
    before = dict(put_right)
    after = {old: new for new, old in before.items()}
    keys = [evidence.pk]
    while keys[0] in before:
        keys.insert(0, before[keys[0]])
    while keys[-1] in after:
        keys.append(after[keys[-1]])
    rows = {row.pk: row for row in evidence_with_details(user).prefetch_related("readings__parts").filter(pk__in=keys)}
    entries = [rows[key] for key in keys]
    told = [_displayed_fields(row) for row in entries]
    return [
        EvidenceVersion(row, _list_changes(told[place - 1], told[place]) if place else [], after.get(row.pk))
        for place, row in enumerate(entries)
    ][::-1]


def _list_changes(old: Mapping[str, str], new: Mapping[str, str]) -> list[WordingChange]:
    return [WordingChange(name, old[name], new[name]) for name in new if old[name] != new[name]]


def _displayed_fields(evidence: Evidence) -> dict[str, str]:
    """All that a piece of evidence says, by the name of the field, as read."""
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
            f"{bearing.benchmark.key}: {bearing.get_shows_display().lower()}" for bearing in evidence.bearings.all()
        ),
        "Figures": "; ".join(_format_reading(reading) for reading in evidence.readings.all()),
    }


def _format_file(file: EvidenceFile | None) -> str:
    return f"{file.name} (SHA-256 {file.stored_sha256[:12]}…)" if file else ""


def _format_reading(reading: Reading) -> str:
    parts = "; ".join(f"{name} {told}" for cells in reading.parts_told.values() for name, told in cells.items())
    return ", ".join(filter(None, (reading.in_words, parts, reading.note)))
