"""Build a document of any kind."""

from dataclasses import replace
from datetime import date, datetime

from recommendations.models import Edition
from reports.briefings.ambassador import build_ambassador_briefing
from reports.briefings.answers import build_question_answers
from reports.briefings.content.documents import DocumentContent
from reports.briefings.dialogue import build_dialogue_pack
from reports.briefings.ministry import build_ministry_page
from reports.briefings.washington import build_washington_input
from reports.choices import BriefingKind
from reports.models import Document
from reports.reader_view import ReaderView
from tiptracker.accounts.models import User


def build_document(
    *,
    document: Document,
    edition: Edition,
    reader: User,
    as_of: date,
    known_by: datetime,
    tells_known_by: bool,
    is_cleared: bool = False,
) -> DocumentContent:
    """Return the content of a document for one reader, as of a day and as known at a moment.

    Args:
        tells_known_by: whether the document prints the moment. Usually it does not: readers expect the newest
            knowledge, and two requests on the same facts then have the same content.

    Raises:
        PermissionDenied: if the reader may not read readiness. A ministry's page is read with the ministry's rights.
        DoesNotExist: if the reader may not see the edition or the dialogue.
    """
    content = _build_content(document, ReaderView(reader, edition, as_of, known_by))
    return replace(
        content,
        marking=document.marking.label,
        is_cleared=is_cleared,
        known_by=content.known_by if tells_known_by else None,
        sections=document.sections,
        covering_note=document.covering_note,
    )


def _build_content(document: Document, view: ReaderView) -> DocumentContent:
    match document.kind:
        case BriefingKind.MINISTRY:
            if document.ministry is None:
                raise ValueError("A ministry's page is about a ministry.")
            return build_ministry_page(view, document.ministry)
        case BriefingKind.DIALOGUE:
            if document.dialogue is None:
                raise ValueError("A dialogue pack is about a dialogue.")
            return build_dialogue_pack(view, document.dialogue)
        case BriefingKind.WASHINGTON:
            return build_washington_input(view, has_sources=document.has_sources)
        case BriefingKind.ANSWERS:
            return build_question_answers(view, has_sources=document.has_sources)
        case BriefingKind.AMBASSADOR:
            return build_ambassador_briefing(view)
