"""Properties that all kinds of documents share: content hash, draft marking, imprint."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from reports.briefings.content.ambassador import AmbassadorBriefing
from reports.briefings.content.answers import QuestionAnswers
from reports.briefings.content.dialogue import DialoguePack
from reports.briefings.content.ministry import MinistryPage
from reports.briefings.content.sections import pick_sections
from reports.briefings.content.washington import WashingtonInput
from reports.choices import BriefingKind
from tiptracker.localization import format_date, format_datetime, gettext, gettext_noop, pgettext

type DocumentContent = AmbassadorBriefing | MinistryPage | DialoguePack | QuestionAnswers | WashingtonInput
"""The content of a document of any kind."""


WASHINGTON_OFFICE = gettext_noop("Office to Monitor and Combat Trafficking in Persons, Washington")
AUDIENCES: Mapping[BriefingKind, str] = {
    BriefingKind.AMBASSADOR: gettext_noop("Ambassador"),
    BriefingKind.DIALOGUE: gettext_noop("Ambassador"),
    BriefingKind.WASHINGTON: WASHINGTON_OFFICE,
    BriefingKind.ANSWERS: WASHINGTON_OFFICE,
}
"""Who each kind of document is written for. A ministry's page is for the ministry in its title."""
IMPRINT_TITLE = gettext_noop("About this document")
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
    return "" if content.is_cleared else gettext("DRAFT, NOT CLEARED")


def imprint_lines(content: DocumentContent) -> tuple[tuple[str, str], ...]:
    """Return the last lines of a document: what it is based on, as pairs of a name and a text.

    A ministry's page has no content hash, because the ministry gets it. A doubtful copy can be checked by its file.
    """
    is_handed_over = isinstance(content, MinistryPage)
    audience = AUDIENCES.get(content.kind)
    lines = [
        (gettext("Document"), content.kind.label),
        (gettext("Prepared for"), gettext(audience) if audience else content.title),
        (gettext("As of"), format_date(content.as_of)),
        (gettext("Facts up to"), describe_newest_fact(content)),
    ]
    if content.known_by:
        lines.append((gettext("Using only what was recorded by"), format_datetime(content.known_by)))
    if isinstance(content, QuestionAnswers | WashingtonInput):
        lines.append((gettext("Sources"), gettext("named") if content.has_sources else gettext("left out")))
    if content.sections is not None:
        titles = ", ".join(section.title for section in pick_sections(content.kind, content.sections))
        lines.append((gettext("Chosen sections"), titles or pgettext("sections", "none")))
    lines.append((gettext("Marking"), content.marking))
    if isinstance(content, AmbassadorBriefing):
        lines.append((gettext("Method"), content.methodology.rstrip(".")))
        if any(piece.files for piece in content.evidence):
            lines.append((gettext("Files"), gettext("TIP Tracker shows the checksum of each file with its evidence.")))
    if not is_handed_over:
        lines.append((gettext("Checksum of the content (SHA-256)"), hash_content(content)))
    return tuple(lines)


def describe_newest_fact(content: DocumentContent) -> str:
    """Return when the newest fact of a document was recorded."""
    return format_datetime(content.facts_up_to) if content.facts_up_to else gettext("no fact recorded yet")


def page_number_words() -> tuple[str, str, str]:
    """Return what stands before, between and after the page number and the number of pages."""
    before, _, rest = gettext("Page %(page)s of %(pages)s").partition("%(page)s")
    between, _, after = rest.partition("%(pages)s")
    return before, between, after


def _to_json_value(value: Any) -> Any:
    """Return a value as JSON values, with fields and items in their order."""
    if is_dataclass(value):
        return {field.name: _to_json_value(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple | list):
        return [_to_json_value(item) for item in value]
    return value if value is None or isinstance(value, bool | int) else str(value)
