"""Write the answers to the yearly questions as a Word file.

It has the same text and order as the printed version, `templates/reports/briefing_answers.html`. Questions, answers and
remarks have styles of their own, so a post can change the look of each at once.
"""

from collections.abc import Iterator

from reports.briefings.content.answers import PrintedAnswer, PrintedSource, QuestionAnswers
from reports.briefings.content.documents import IMPRINT_TITLE
from reports.briefings.content.sections import pick_sections
from reports.briefings.word.frame import begin_document, write_imprint
from reports.briefings.word.writer import SourceNote, TextRun, WordCell, WordColumn, WordParagraph, WordWriter
from tiptracker.choices import Paper
from tiptracker.localization import gettext

MISSING_COLUMNS, SOURCE_COLUMNS = (20, 80), (42, 43, 15)
"""Column widths of the tables, in per cent of the text width."""


def render_answers(content: QuestionAnswers, paper: Paper = Paper.A4, template: bytes = b"") -> bytes:
    """Return the content as a Word file. Equal content gives equal bytes."""
    writer = begin_document(content, paper, template)
    sections = pick_sections(content.kind, content.sections)
    writer.add_paragraph("Sentence", content.sentence)
    writer.add_paragraph("Normal", content.scope)
    writer.add_paragraph("TOC Heading", gettext("Contents"))
    writer.add_contents([*(section.title for section in sections), gettext(IMPRINT_TITLE)])
    for section in sections:
        writer.source_numbers.begin_section()
        writer.add_heading(1, section.title)
        _SECTIONS[section.name](writer, content)
    if not sections:
        writer.add_paragraph("Remark", content.no_sections)
    write_imprint(writer, content)
    return writer.to_bytes()


def _write_answers(writer: WordWriter, content: QuestionAnswers) -> None:
    for group in content.groups:
        if group.heading:
            writer.add_heading(2, group.heading)
        for answer in group.answers:
            _write_answer(writer, answer)


def _write_answer(writer: WordWriter, answer: PrintedAnswer) -> None:
    writer.add_heading(3, answer.title)
    writer.add_paragraph("Law", answer.state_line)
    for paragraph in answer.paragraphs:
        pieces: list[str | TextRun | SourceNote] = []
        for sentence in paragraph:
            pieces += [" "] if pieces else []
            pieces += [sentence.text, *map(SourceNote, sentence.sources)]
        writer.add_paragraph("Normal", *pieces)
    if not answer.paragraphs:
        writer.add_paragraph("Normal", answer.no_answer)
    for remark in answer.remarks:
        writer.add_paragraph("Remark", remark)


def _write_missing(writer: WordWriter, content: QuestionAnswers) -> None:
    columns = map(WordColumn, content.missing_heads, MISSING_COLUMNS)
    rows = [answer for answer in content.answers if answer.missing]
    if rows:
        writer.add_table(gettext("What is missing"), [*columns], map(_missing_cells, rows))
    else:
        writer.add_paragraph("Remark", gettext("Nothing is missing."))


def _missing_cells(answer: PrintedAnswer) -> Iterator[WordCell]:
    yield (WordParagraph("Table Name", (answer.number,)),)
    yield tuple(WordParagraph("Table Text", (item,)) for item in answer.missing)


def _write_last_year(writer: WordWriter, content: QuestionAnswers) -> None:
    rows = [answer for answer in content.answers if answer.last_year]
    for answer in rows:
        writer.add_heading(3, answer.title)
        writer.add_paragraph("Normal", answer.last_year)
    if not rows:
        writer.add_paragraph("Remark", gettext("No answer of the year before is recorded."))


def _write_sources(writer: WordWriter, content: QuestionAnswers) -> None:
    if content.sources:
        columns = map(WordColumn, content.source_heads, SOURCE_COLUMNS)
        writer.add_table(gettext("Sources"), [*columns], map(_source_cells, content.sources))
    else:
        writer.add_paragraph("Remark", gettext("Sources are left out."))


def _source_cells(row: PrintedSource) -> Iterator[WordCell]:
    yield (WordParagraph("Table Name", (row.label,)),)
    yield (WordParagraph("Table Text", (row.source,)),)
    yield (WordParagraph("Table Text", (row.questions,)),)


_SECTIONS = {
    "answers": _write_answers,
    "missing": _write_missing,
    "last_year": _write_last_year,
    "sources": _write_sources,
}
