"""Names of an earlier release that stored rows still hold, and what they are called today. No Django here.

The activity log, redactions, readiness runs and issued briefings keep the names they were written with, because these
are part of a hash or of a trigger's condition. Whoever reads such a row uses this table.

A model or field that is renamed in a migration gets its line here, in the same commit.
"""

from collections.abc import Mapping
from typing import Any

MODELS: Mapping[str, str] = {
    "dialogues.evidencebearing": "dialogues.evidencelink",
    "dialogues.rounddecision": "dialogues.updateversiondecision",
    "dialogues.updateround": "dialogues.updateversion",
}
"""Labels of models, lower case: the former one and today's."""

FIELDS: Mapping[str, str] = {
    "bearing": "evidence_link",
    "bearing_id": "evidence_link_id",
    "bearings": "evidence_links",
    "beginning": "prefix",
    "ceiling": "projected",
    "ceiling_exact": "projected_exact",
    "round": "update_version",
    "round_id": "update_version_id",
    "rounds": "update_versions",
    "working_mark": "readiness_target",
    "working_mark_reason": "readiness_target_reason",
}
"""Keys of logged values, of stored facts and results, and of the content of briefings; fields of redacted places."""


def current_label(label: str) -> str:
    """Return what a model is called today, from its label at any time."""
    return MODELS.get(label, label)


def all_labels(label: str) -> list[str]:
    """Return today's label of a model and its former ones, under which stored rows may name it."""
    return [label, *(former for former, today in MODELS.items() if today == label)]


def current_field(name: str) -> str:
    """Return what a field or key is called today."""
    return FIELDS.get(name, name)


def all_fields(name: str) -> list[str]:
    """Return today's name of a field and its former ones, under which stored rows may name it."""
    return [name, *(former for former, today in FIELDS.items() if today == name)]


def with_current_fields(document: Any) -> Any:
    """Return a stored JSON document with today's keys, at every depth. Values stay as they are."""
    match document:
        case Mapping():
            return {current_field(key): with_current_fields(value) for key, value in document.items()}
        case list():
            return [with_current_fields(value) for value in document]
        case _:
            return document
