"""What one reader's briefing says: rows through `visible_to`, as of a day and as known by a moment, as plain values."""

from reports.briefings.ambassador import build_briefing
from reports.briefings.dialogue import build_dialogue_pack
from reports.briefings.documents import build_document
from reports.briefings.html import as_html
from reports.briefings.ministry import build_ministry_page
from reports.briefings.washington import build_washington_input

__all__ = [
    "as_html",
    "build_briefing",
    "build_dialogue_pack",
    "build_document",
    "build_ministry_page",
    "build_washington_input",
]
