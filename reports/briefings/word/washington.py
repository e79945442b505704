"""Write input for Washington as a Word file.

It has the same text and order as the printed version, `templates/reports/briefing_washington.html`.
"""

from collections.abc import Iterator

from reports import formatting
from reports.briefings.content.documents import IMPRINT_TITLE, draft_marking, imprint_lines
from reports.briefings.content.sections import pick_sections
from reports.briefings.content.washington import AssessedBenchmark, PillarInput, PrintedIndicator, WashingtonInput
from reports.briefings.word.writer import SourceNote, TextRun, WordCell, WordColumn, WordParagraph, WordWriter
from tiptracker.choices import Paper

INDICATOR_COLUMNS, ASSESSMENT_COLUMNS, IMPRINT_COLUMNS = (26, 17, 17, 40), (37, 16, 47), (26, 74)
"""Column widths of the tables, in per cent of the text width."""


def render_docx(said: WashingtonInput, paper: Paper = Paper.A4) -> bytes:
    """Return the content as a Word file. Equal content gives equal bytes."""
    written = WordWriter(paper)
    written.describe(title=said.title, subject=said.subtitle, author=said.post, on=said.as_of)
    written.margins(
        marking=said.marking,
        running=f"{said.post} – {said.title}",
        clearance=draft_marking(said),
        foot=f"{said.country}, {said.edition}, {formatting.format_date(said.as_of)}",
    )
    sections = pick_sections(said.kind, said.sections)
    _write_opening(written, said, [section.title for section in sections])
    for section in sections:
        for pillar in said.pillars:
            if pillar.title == section.title:
                _write_pillar(written, pillar)
    if not sections:
        written.line("Remark", said.no_sections)
    _write_imprint(written, said)
    return written.to_bytes()


def _write_opening(written: WordWriter, said: WashingtonInput, titles: list[str]) -> None:
    written.line("Subtitle", said.subtitle)
    written.line("Title", said.title)
    for name, says in said.facts:
        written.line("Facts", TextRun(name, "Quiet"), "\t", says)
    for line in filter(str.strip, said.covering_note.splitlines()):
        written.line("Covering Note", line)
    written.line("Sentence", said.sentence)
    written.line("Normal", said.scope)
    written.line("TOC Heading", "Contents")
    written.contents([*titles, IMPRINT_TITLE])


def _write_pillar(written: WordWriter, pillar: PillarInput) -> None:
    written.notes.begin_section()
    written.heading(1, pillar.title)
    for indicium in pillar.indicia:
        written.heading(2, indicium.label)
        if indicium.law:
            written.line("Law", indicium.law)
        if indicium.counted:
            columns = map(WordColumn, indicium.counted_heads, INDICATOR_COLUMNS)
            written.table(f"What was counted: {indicium.label}", [*columns], map(_indicator_cells, indicium.counted))
        for deed in indicium.deeds:
            told = (
                TextRun(deed.when, "Strong"),
                ": ",
                deed.what,
                SourceNote(deed.source),
                " ",
                TextRun(deed.beside, "Quiet"),
            )
            written.line("List Bullet", *told)
        if not indicium.deeds:
            written.line("Remark", indicium.no_deeds)
        if indicium.judged:
            columns = map(WordColumn, indicium.judged_heads, ASSESSMENT_COLUMNS)
            written.table(
                f"How benchmarks are assessed: {indicium.label}", [*columns], map(_assessment_cells, indicium.judged)
            )
    if not pillar.indicia:
        written.line("Remark", pillar.no_indicia)


def _indicator_cells(one: PrintedIndicator) -> Iterator[WordCell]:
    yield (WordParagraph("Table Name", (one.name,)),)
    yield (WordParagraph("Table Text", (one.before,)),)
    yield (WordParagraph("Table Text", (one.now,)),)
    yield (WordParagraph("Table Text", (one.moved, SourceNote(one.source))),)


def _assessment_cells(one: AssessedBenchmark) -> Iterator[WordCell]:
    yield (WordParagraph("Table Name", (one.named,)),)
    yield (WordParagraph("Table Text", (one.verdict,)),)
    yield (WordParagraph("Table Text", (one.rationale,)), WordParagraph("Table Small", (one.law,)))


def _write_imprint(written: WordWriter, said: WashingtonInput) -> None:
    written.heading(1, IMPRINT_TITLE)
    rows = (
        ((WordParagraph("Table Text", (name,)),), (WordParagraph("Table Text", (says,)),))
        for name, says in imprint_lines(said)
    )
    written.table(IMPRINT_TITLE, [WordColumn("", width) for width in IMPRINT_COLUMNS], rows)
    if said.disclaimer:
        written.line("Small", said.disclaimer)
