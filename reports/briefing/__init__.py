"""What one reader's briefing says: rows through `visible_to`, as of a day and as known by a moment, as plain values."""

from reports.briefing.ambassador import build_briefing
from reports.briefing.dialogue import build_dialogue_pack
from reports.briefing.documents import build_document
from reports.briefing.ministry import build_ministry_page
from reports.briefing.paper import as_html
from reports.briefing.washington import build_washington_input

__all__ = [
    "as_html",
    "build_briefing",
    "build_dialogue_pack",
    "build_document",
    "build_ministry_page",
    "build_washington_input",
]
