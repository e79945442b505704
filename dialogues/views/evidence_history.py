"""The story of a piece of evidence: how it was worded, what was put right in it, by whom, when and why."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from dialogues.models import Evidence, EvidenceFile, Reading
from dialogues.views.evidence_query import with_what_it_shows
from tiptracker.accounts.models import User
from tiptracker.validation import spelt


class Changed(NamedTuple):
    """A field whose wording a revision changed."""

    name: str
    old: str
    new: str


class Wording(NamedTuple):
    """One entry of a piece of evidence: by whom and when it was recorded, and, of a revision, why and what it changed.

    `replaced_by` is the entry that put it right in its turn, None for the one that stands.
    """

    evidence: Evidence
    changed: Sequence[Changed]
    replaced_by: int | None


def wordings(user: User, evidence: Evidence) -> list[Wording]:
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
    rows = {row.pk: row for row in with_what_it_shows(user).prefetch_related("readings__parts").filter(pk__in=keys)}
    entries = [rows[key] for key in keys]
    told = [_told(row) for row in entries]
    return [
        Wording(row, _changes(told[place - 1], told[place]) if place else [], after.get(row.pk))
        for place, row in enumerate(entries)
    ][::-1]


def _changes(old: Mapping[str, str], new: Mapping[str, str]) -> list[Changed]:
    return [Changed(name, old[name], new[name]) for name in new if old[name] != new[name]]


def _told(evidence: Evidence) -> dict[str, str]:
    """All that a piece of evidence says, by the name of the field, as read."""
    return {
        "What happened": evidence.title,
        "First day": spelt(evidence.happened_from) if evidence.happened_from else "not known",
        "Last day": spelt(evidence.happened_to),
        "Who did it": evidence.get_done_by_display(),
        "Who says so": evidence.stated_by,
        "Source": evidence.source,
        "Link": evidence.link,
        "File": _file(evidence.file),
        "What sort of thing it is": evidence.get_kind_display(),
        "Commitment": evidence.commitment.text if evidence.commitment else "",
        "Who may see it": evidence.get_sensitivity_display(),
        "Benchmarks": "; ".join(
            f"{bearing.benchmark.key}: {bearing.get_shows_display().lower()}" for bearing in evidence.bearings.all()
        ),
        "Figures": "; ".join(_figure(reading) for reading in evidence.readings.all()),
    }


def _file(file: EvidenceFile | None) -> str:
    return f"{file.name} (SHA-256 {file.stored_sha256[:12]}…)" if file else ""


def _figure(reading: Reading) -> str:
    parts = "; ".join(f"{name} {told}" for cells in reading.parts_told.values() for name, told in cells.items())
    return ", ".join(filter(None, (reading.in_words, parts, reading.note)))
