"""Write input for Washington as a Word file.

It has the same text and order as the printed version, `templates/reports/briefing_washington.html`.
"""

from collections.abc import Iterable, Iterator

from reports.briefings.content.documents import IMPRINT_TITLE
from reports.briefings.content.sections import pick_sections
from reports.briefings.content.washington import (
    AssessedBenchmark,
    IndiciumFact,
    PillarInput,
    PrintedIndicator,
    PrintedStandard,
    VerifiedAction,
    WashingtonInput,
)
from reports.briefings.word.frame import begin_document, write_imprint
from reports.briefings.word.writer import SourceNote, TextRun, WordCell, WordColumn, WordParagraph, WordWriter
from tiptracker.choices import Paper
from tiptracker.localization import gettext

INDICATOR_COLUMNS, ASSESSMENT_COLUMNS = (26, 17, 17, 40), (37, 16, 47)
"""Column widths of the tables, in per cent of the text width."""


def render_washington_input(content: WashingtonInput, paper: Paper = Paper.A4, template: bytes = b"") -> bytes:
    """Return the content as a Word file. Equal content gives equal bytes."""
    writer = begin_document(content, paper, template)
    sections = pick_sections(content.kind, content.sections)
    _write_opening(writer, content, [section.title for section in sections])
    for section in sections:
        for pillar in content.pillars:
            if pillar.title == section.title:
                _write_pillar(writer, pillar)
    if not sections:
        writer.add_paragraph("Remark", content.no_sections)
    write_imprint(writer, content)
    return writer.to_bytes()


def _write_opening(writer: WordWriter, content: WashingtonInput, titles: list[str]) -> None:
    writer.add_paragraph("Sentence", content.sentence)
    writer.add_paragraph("Normal", content.scope)
    writer.add_paragraph("TOC Heading", gettext("Contents"))
    writer.add_contents([*titles, gettext(IMPRINT_TITLE)])


def _write_pillar(writer: WordWriter, pillar: PillarInput) -> None:
    writer.source_numbers.begin_section()
    writer.add_heading(1, pillar.title)
    _write_standards(writer, pillar.standards)
    for indicium in pillar.indicia:
        writer.add_heading(2, indicium.label)
        if indicium.law:
            writer.add_paragraph("Law", indicium.law)
        if indicium.counted:
            columns = map(WordColumn, indicium.counted_heads, INDICATOR_COLUMNS)
            about = gettext("Indicators: %(indicium)s") % {"indicium": indicium.label}
            writer.add_table(about, [*columns], map(_indicator_cells, indicium.counted))
        _write_dated_facts(writer, indicium.deeds)
        if not (indicium.deeds or indicium.others):
            writer.add_paragraph("Remark", indicium.no_deeds)
        if indicium.judged:
            columns = map(WordColumn, indicium.judged_heads, ASSESSMENT_COLUMNS)
            about = gettext("Assessments of benchmarks: %(indicium)s") % {"indicium": indicium.label}
            writer.add_table(about, [*columns], map(_assessment_cells, indicium.judged))
        if indicium.others:
            writer.add_paragraph("Remark", indicium.others_heading)
            _write_dated_facts(writer, indicium.others)
    if not pillar.indicia:
        writer.add_paragraph("Remark", pillar.no_indicia)


def _write_standards(writer: WordWriter, standards: Iterable[PrintedStandard]) -> None:
    for standard in standards:
        writer.add_heading(2, standard.label)
        writer.add_paragraph("Law", standard.law)
        for entry in standard.entries:
            pieces = (
                TextRun(f"{entry.kind}: {entry.citation}", "Strong"),
                ". ",
                entry.text,
                SourceNote(entry.source),
                " ",
                TextRun(entry.details, "Quiet"),
            )
            writer.add_paragraph("List Bullet", *pieces)
        if not standard.entries:
            writer.add_paragraph("Remark", standard.no_entries)


def _write_dated_facts(writer: WordWriter, facts: Iterable[VerifiedAction | IndiciumFact]) -> None:
    for fact in facts:
        pieces = (
            TextRun(fact.when, "Strong"),
            ": ",
            fact.what,
            SourceNote(fact.source),
            " ",
            TextRun(fact.details, "Quiet"),
        )
        writer.add_paragraph("List Bullet", *pieces)


def _indicator_cells(row: PrintedIndicator) -> Iterator[WordCell]:
    yield (WordParagraph("Table Name", (row.name,)),)
    yield (WordParagraph("Table Text", (row.before,)),)
    yield (WordParagraph("Table Text", (row.now,)),)
    yield (WordParagraph("Table Text", (row.moved, SourceNote(row.source))),)


def _assessment_cells(row: AssessedBenchmark) -> Iterator[WordCell]:
    yield (WordParagraph("Table Name", (row.named,)),)
    yield (WordParagraph("Table Text", (row.verdict,)),)
    yield (WordParagraph("Table Text", (row.rationale,)), WordParagraph("Table Small", (row.law,)))
