"""Properties that all kinds of documents share: content hash, draft marking, imprint."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from reports.briefings.content.ambassador import AmbassadorBriefing
from reports.briefings.content.dialogue import DialoguePack
from reports.briefings.content.ministry import MinistryPage
from reports.briefings.content.sections import pick_sections
from reports.briefings.content.washington import WashingtonInput
from reports.choices import BriefingKind
from tiptracker.localization import format_date, format_datetime

type DocumentContent = AmbassadorBriefing | MinistryPage | DialoguePack | WashingtonInput
"""The content of a document of any kind."""


AUDIENCES: Mapping[BriefingKind, str] = {
    BriefingKind.AMBASSADOR: "Ambassador",
    BriefingKind.DIALOGUE: "Ambassador",
    BriefingKind.WASHINGTON: "Office to Monitor and Combat Trafficking in Persons, Washington",
}
"""Who each kind of document is written for. A ministry's page is for the ministry in its title."""
IMPRINT_TITLE = "About this document"
"""Title of the last lines of a document."""


def hash_content(content: DocumentContent) -> str:
    """Return the SHA-256 in hexadecimal of everything a document says, whether or not it is cleared.

    The content has no database keys, so the same facts for the same reader give the same hash in any database.
    """
    return hashlib.sha256(json.dumps(to_json_values(content), sort_keys=True).encode()).hexdigest()


def to_json_values(content: DocumentContent) -> dict[str, Any]:
    """Return everything a document says as JSON values, without whether it is cleared.

    The content hash and comparisons between documents use these values.
    """
    values: dict[str, Any] = _to_json_value(content)
    del values["is_cleared"]
    return values


def draft_marking(content: DocumentContent) -> str:
    """Return the marking for the top of every page until another person than the requester clears the document."""
    return "" if content.is_cleared else "DRAFT, NOT CLEARED"


def imprint_lines(content: DocumentContent) -> tuple[tuple[str, str], ...]:
    """Return the last lines of a document: what it is based on, as pairs of a name and a text.

    A ministry's page has no content hash, because the ministry gets it. A doubtful copy can be checked by its file.
    """
    is_handed_over = isinstance(content, MinistryPage)
    lines = [
        ("Document", content.kind.label),
        ("Prepared for", AUDIENCES.get(content.kind, content.title)),
        ("As of", format_date(content.as_of)),
        (
            "Facts up to",
            format_datetime(content.facts_up_to) if content.facts_up_to else "no fact recorded yet",
        ),
    ]
    if content.known_by:
        lines.append(("As known by", format_datetime(content.known_by)))
    if isinstance(content, WashingtonInput):
        lines.append(("Sources", "named" if content.has_sources else "left out"))
    if content.sections is not None:
        titles = ", ".join(section.title for section in pick_sections(content.kind, content.sections))
        lines.append(("Sections picked", titles or "none"))
    lines.append(("Marking", content.marking))
    if isinstance(content, AmbassadorBriefing):
        lines.append(("Method", content.methodology.rstrip(".")))
        if any(piece.files for piece in content.evidence):
            lines.append(("Files named", "the SHA-256 of each stands with its evidence in the tracker"))
    if not is_handed_over:
        lines.append(("SHA-256 of all that it says", hash_content(content)))
    return tuple(lines)


def _to_json_value(value: Any) -> Any:
    """Return a value as JSON values, with fields and items in their order."""
    if is_dataclass(value):
        return {field.name: _to_json_value(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple | list):
        return [_to_json_value(item) for item in value]
    return value if value is None or isinstance(value, bool | int) else str(value)
