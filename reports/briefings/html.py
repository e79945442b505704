"""Render documents as HTML. Each kind has its own template; all share one frame and one print style."""

from itertools import pairwise
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from reports.briefings.content.ambassador import AmbassadorBriefing
from reports.briefings.content.answers import QuestionAnswers
from reports.briefings.content.dialogue import DialoguePack
from reports.briefings.content.documents import (
    IMPRINT_TITLE,
    DocumentContent,
    draft_marking,
    imprint_lines,
    page_number_words,
)
from reports.briefings.content.ministry import MinistryPage
from reports.briefings.content.sections import DocumentSection, pick_sections
from reports.briefings.content.washington import WashingtonInput
from reports.briefings.page_fit import (
    TEXT_WIDTH,
    count_fitting_commitments,
    count_fitting_steps,
    fit_ministry_page,
    fit_note,
    has_room_for_note,
    points_note,
    projection_note,
)
from reports.briefings.second_page_fit import fit_second_page
from reports.briefings.summary import count_overdue_requests
from reports.templatetags.print import Footnotes
from tiptracker.choices import Paper
from tiptracker.localization import current_language, gettext, gettext_noop

TEMPLATES: dict[type, str] = {
    AmbassadorBriefing: "reports/briefing.html",
    MinistryPage: "reports/briefing_ministry.html",
    DialoguePack: "reports/briefing_dialogue.html",
    WashingtonInput: "reports/briefing_washington.html",
    QuestionAnswers: "reports/briefing_answers.html",
}

NOTE_IN_ANNEX = gettext_noop("The covering note is on page")
"""Text on page 1 if the covering note moves to an annex; the page number follows."""

type ContentsEntry = tuple[str, str]
"""A line of a table of contents: an anchor and a title."""


def render_html(content: DocumentContent, paper: Paper = Paper.A4) -> str:
    """Return a document as HTML.

    The template adds nothing to the content except the draft marking and the imprint with the content hash.
    """
    sections = pick_sections(content.kind, content.sections)
    note = fit_note(content.covering_note, TEXT_WIDTH[paper])
    is_note_in_annex = isinstance(content, AmbassadorBriefing) and not has_room_for_note(note, content, paper)
    if is_note_in_annex:
        note = gettext(NOTE_IN_ANNEX)
    contents = _table_of_contents(content, sections, is_note_in_annex=is_note_in_annex)
    context: dict[str, Any] = {
        "briefing": content,
        "paper": paper.value,
        "sections": sections,
        "section_names": {section.name for section in sections},
        "contents": _split_columns(contents),
        "note": note,
        "is_note_in_annex": is_note_in_annex,
        "clearance": draft_marking(content),
        "imprint": imprint_lines(content),
        "footnotes": Footnotes(),
        "page_words": page_number_words(),
        "language": "en" if current_language() == settings.LANGUAGE_CODE else current_language(),
    }
    if isinstance(content, AmbassadorBriefing):
        shown = count_fitting_steps(note, content, paper)
        due = count_fitting_commitments(note, content, shown, paper)
        second = fit_second_page(content, [title for _, title in contents], paper)
        context |= {
            "projection_note": projection_note(),
            "points_note": points_note(),
            "trend_notes": second.trend_notes,
            "steps": content.next_steps.on_one_page[:shown],
            "more_steps": content.next_steps.more_than(shown),
            "to_follow_up": content.first_page_commitments[:due],
            "more_to_follow_up": max(0, len(content.commitments_to_follow_up) - due),
            "overdue_requests": count_overdue_requests(overdue) if (overdue := len(content.overdue_requests)) else "",
            "fitted_ministries": second.rows,
        }
    if isinstance(content, MinistryPage):
        context["sheet"] = fit_ministry_page(content, sections, note, paper)
    return render_to_string(TEMPLATES[type(content)], context)


def _table_of_contents(
    content: DocumentContent, sections: tuple[DocumentSection, ...], *, is_note_in_annex: bool
) -> list[ContentsEntry]:
    """Return the entries of the table of contents: what follows the first pages."""
    entries: list[ContentsEntry] = []
    if is_note_in_annex:
        entries.append(("note", gettext("Covering note")))
    if isinstance(content, AmbassadorBriefing) and content.has_more_months:
        entries.append(("earlier-months", gettext("Earlier months")))
    for section in sections:
        pack = content if isinstance(content, DialoguePack) and section.name == "points" else None
        if pack and pack.next_steps:
            entries.append(("next-steps", gettext("Next steps to agree on")))
        entries.append((section.name, section.title))
        if pack and pack.requests:
            entries.append(("requests", gettext("Information that we asked for")))
    return [*entries, ("imprint", gettext(IMPRINT_TITLE))]


def _split_columns(entries: list[ContentsEntry], columns: int = 3) -> list[list[ContentsEntry]]:
    """Split the entries into columns that are read one after the other. The first columns are the longer ones."""
    lines, more = divmod(len(entries), columns)
    ends = [0, *(lines * at + min(at, more) for at in range(1, columns + 1))]
    return [entries[start:end] for start, end in pairwise(ends) if end > start]
