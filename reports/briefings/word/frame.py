"""What all Word files share: their margins, the lines below the title, and the imprint at the end."""

from reports.briefings.content.answers import QuestionAnswers
from reports.briefings.content.documents import (
    IMPRINT_TITLE,
    draft_marking,
    imprint_lines,
    page_number_words,
)
from reports.briefings.content.washington import WashingtonInput
from reports.briefings.word.writer import TextRun, WordColumn, WordParagraph, WordWriter
from tiptracker.choices import Paper
from tiptracker.localization import format_date, gettext

IMPRINT_COLUMNS = (26, 74)
"""Column widths of the imprint, in per cent of the text width."""

type WordContent = QuestionAnswers | WashingtonInput
"""The kinds of content that have a Word file."""


def begin_document(content: WordContent, paper: Paper, template: bytes) -> WordWriter:
    """Return a document with its margins, its title, the lines below the title, and the covering note."""
    writer = WordWriter(paper, template)
    writer.set_properties(title=content.title, subject=content.subtitle, author=content.post, as_of=content.as_of)
    writer.write_margins(
        marking=content.marking,
        running=f"{content.post} – {content.title}",
        clearance=draft_marking(content),
        footer_text=f"{content.country}, {content.edition}, {format_date(content.as_of)}",
        page_words=page_number_words(),
    )
    writer.add_paragraph("Subtitle", content.subtitle)
    writer.add_paragraph("Title", content.title)
    for name, value in content.facts:
        writer.add_paragraph("Facts", TextRun(name, "Quiet"), "\t", value)
    for line in filter(str.strip, content.covering_note.splitlines()):
        writer.add_paragraph("Covering Note", line)
    return writer


def write_imprint(writer: WordWriter, content: WordContent) -> None:
    """Write the last lines of a document: what it is based on."""
    writer.add_heading(1, gettext(IMPRINT_TITLE))
    rows = (
        ((WordParagraph("Table Text", (name,)),), (WordParagraph("Table Text", (value,)),))
        for name, value in imprint_lines(content)
    )
    writer.add_table(gettext(IMPRINT_TITLE), [WordColumn("", width) for width in IMPRINT_COLUMNS], rows)
    if isinstance(content, WashingtonInput):
        writer.add_paragraph("Small", content.disclaimer)
