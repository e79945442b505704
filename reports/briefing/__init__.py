"""What one reader's briefing says: rows through `visible_to`, as of a day and as known by a moment, as plain values."""

from reports.briefing.ambassador import build_briefing
from reports.briefing.ministry import build_ministry_page
from reports.briefing.paper import as_html

__all__ = ["as_html", "build_briefing", "build_ministry_page"]
