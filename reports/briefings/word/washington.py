"""Write input for Washington as a Word file.

It has the same text and order as the printed version, `templates/reports/briefing_washington.html`.
"""

from collections.abc import Iterator

from reports.briefings.content.documents import IMPRINT_TITLE, draft_marking, imprint_lines, page_number_words
from reports.briefings.content.sections import pick_sections
from reports.briefings.content.washington import AssessedBenchmark, PillarInput, PrintedIndicator, WashingtonInput
from reports.briefings.word.writer import SourceNote, TextRun, WordCell, WordColumn, WordParagraph, WordWriter
from tiptracker.choices import Paper
from tiptracker.localization import format_date, gettext

INDICATOR_COLUMNS, ASSESSMENT_COLUMNS, IMPRINT_COLUMNS = (26, 17, 17, 40), (37, 16, 47), (26, 74)
"""Column widths of the tables, in per cent of the text width."""


def render_docx(content: WashingtonInput, paper: Paper = Paper.A4) -> bytes:
    """Return the content as a Word file. Equal content gives equal bytes."""
    writer = WordWriter(paper)
    writer.set_properties(title=content.title, subject=content.subtitle, author=content.post, as_of=content.as_of)
    writer.write_margins(
        marking=content.marking,
        running=f"{content.post} – {content.title}",
        clearance=draft_marking(content),
        footer_text=f"{content.country}, {content.edition}, {format_date(content.as_of)}",
        page_words=page_number_words(),
    )
    sections = pick_sections(content.kind, content.sections)
    _write_opening(writer, content, [section.title for section in sections])
    for section in sections:
        for pillar in content.pillars:
            if pillar.title == section.title:
                _write_pillar(writer, pillar)
    if not sections:
        writer.add_paragraph("Remark", content.no_sections)
    _write_imprint(writer, content)
    return writer.to_bytes()


def _write_opening(writer: WordWriter, content: WashingtonInput, titles: list[str]) -> None:
    writer.add_paragraph("Subtitle", content.subtitle)
    writer.add_paragraph("Title", content.title)
    for name, value in content.facts:
        writer.add_paragraph("Facts", TextRun(name, "Quiet"), "\t", value)
    for line in filter(str.strip, content.covering_note.splitlines()):
        writer.add_paragraph("Covering Note", line)
    writer.add_paragraph("Sentence", content.sentence)
    writer.add_paragraph("Normal", content.scope)
    writer.add_paragraph("TOC Heading", gettext("Contents"))
    writer.add_contents([*titles, gettext(IMPRINT_TITLE)])


def _write_pillar(writer: WordWriter, pillar: PillarInput) -> None:
    writer.source_numbers.begin_section()
    writer.add_heading(1, pillar.title)
    for indicium in pillar.indicia:
        writer.add_heading(2, indicium.label)
        if indicium.law:
            writer.add_paragraph("Law", indicium.law)
        if indicium.counted:
            columns = map(WordColumn, indicium.counted_heads, INDICATOR_COLUMNS)
            about = gettext("Indicators: %(indicium)s") % {"indicium": indicium.label}
            writer.add_table(about, [*columns], map(_indicator_cells, indicium.counted))
        for action in indicium.deeds:
            pieces = (
                TextRun(action.when, "Strong"),
                ": ",
                action.what,
                SourceNote(action.source),
                " ",
                TextRun(action.details, "Quiet"),
            )
            writer.add_paragraph("List Bullet", *pieces)
        if not indicium.deeds:
            writer.add_paragraph("Remark", indicium.no_deeds)
        if indicium.judged:
            columns = map(WordColumn, indicium.judged_heads, ASSESSMENT_COLUMNS)
            about = gettext("Assessments of benchmarks: %(indicium)s") % {"indicium": indicium.label}
            writer.add_table(about, [*columns], map(_assessment_cells, indicium.judged))
    if not pillar.indicia:
        writer.add_paragraph("Remark", pillar.no_indicia)


def _indicator_cells(row: PrintedIndicator) -> Iterator[WordCell]:
    yield (WordParagraph("Table Name", (row.name,)),)
    yield (WordParagraph("Table Text", (row.before,)),)
    yield (WordParagraph("Table Text", (row.now,)),)
    yield (WordParagraph("Table Text", (row.moved, SourceNote(row.source))),)


def _assessment_cells(row: AssessedBenchmark) -> Iterator[WordCell]:
    yield (WordParagraph("Table Name", (row.named,)),)
    yield (WordParagraph("Table Text", (row.verdict,)),)
    yield (WordParagraph("Table Text", (row.rationale,)), WordParagraph("Table Small", (row.law,)))


def _write_imprint(writer: WordWriter, content: WashingtonInput) -> None:
    writer.add_heading(1, gettext(IMPRINT_TITLE))
    rows = (
        ((WordParagraph("Table Text", (name,)),), (WordParagraph("Table Text", (value,)),))
        for name, value in imprint_lines(content)
    )
    writer.add_table(gettext(IMPRINT_TITLE), [WordColumn("", width) for width in IMPRINT_COLUMNS], rows)
    if content.disclaimer:
        writer.add_paragraph("Small", content.disclaimer)
