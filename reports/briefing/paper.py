"""A document as HTML, in the one print style: each kind has its template, and all share a frame."""

from django.template.loader import render_to_string

from reports import content
from tiptracker.words import Paper

TEMPLATES: dict[type, str] = {
    content.BriefingContent: "reports/briefing.html",
    content.MinistryPage: "reports/briefing_ministry.html",
    content.WashingtonInput: "reports/briefing_washington.html",
}


def as_html(said: content.Content, paper: Paper = Paper.A4) -> str:
    """What a document says, laid out; besides its hash, and whether it is a draft, nothing is added."""
    context = {
        "briefing": said,
        "paper": paper.value,
        "clearance": content.clearance(said),
        "fingerprint": content.fingerprint(said),
    }
    return render_to_string(TEMPLATES[type(said)], context)
