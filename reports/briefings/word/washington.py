"""Input for Washington, told as `templates/reports/briefing_washington.html` tells it on paper."""

from collections.abc import Iterator

from reports import formatting
from reports.briefings import content
from reports.briefings.word.manuscript import Cell, Column, Line, Manuscript, Piece, Source
from tiptracker.choices import Paper

COUNTED, JUDGED, IMPRINT = (26, 17, 17, 40), (37, 16, 47), (26, 74)
"""The tables' columns, in per cent of the width."""


def to_docx(said: content.WashingtonInput, paper: Paper = Paper.A4) -> bytes:
    """What it says as a Word file: equal bytes for equal words."""
    written = Manuscript(paper)
    written.describe(title=said.title, subject=said.subtitle, author=said.post, on=said.as_of)
    written.margins(
        marking=said.marking,
        running=f"{said.post} – {said.title}",
        clearance=content.clearance(said),
        foot=f"{said.country}, {said.edition}, {formatting.day(said.as_of)}",
    )
    sections = content.picked(said.kind, said.sections)
    _write_opening(written, said, [section.title for section in sections])
    for section in sections:
        for pillar in said.pillars:
            if pillar.title == section.title:
                _write_pillar(written, pillar)
    if not sections:
        written.line("Remark", said.no_sections)
    _write_imprint(written, said)
    return written.to_bytes()


def _write_opening(written: Manuscript, said: content.WashingtonInput, titles: list[str]) -> None:
    written.line("Subtitle", said.subtitle)
    written.line("Title", said.title)
    for name, says in said.facts:
        written.line("Facts", Piece(name, "Quiet"), "\t", says)
    for line in filter(str.strip, said.covering_note.splitlines()):
        written.line("Covering Note", line)
    written.line("Sentence", said.sentence)
    written.line("Normal", said.scope)
    written.line("TOC Heading", "Contents")
    written.contents([*titles, content.IMPRINT])


def _write_pillar(written: Manuscript, pillar: content.PillarInput) -> None:
    written.notes.begin_section()
    written.heading(1, pillar.title)
    for indicium in pillar.indicia:
        written.heading(2, indicium.label)
        if indicium.law:
            written.line("Law", indicium.law)
        if indicium.counted:
            columns = map(Column, indicium.counted_heads, COUNTED)
            written.table(f"What was counted: {indicium.label}", [*columns], map(_counted, indicium.counted))
        for deed in indicium.deeds:
            told = (Piece(deed.when, "Strong"), ": ", deed.what, Source(deed.source), " ", Piece(deed.beside, "Quiet"))
            written.line("List Bullet", *told)
        if not indicium.deeds:
            written.line("Remark", indicium.no_deeds)
        if indicium.judged:
            columns = map(Column, indicium.judged_heads, JUDGED)
            written.table(f"How benchmarks are assessed: {indicium.label}", [*columns], map(_judged, indicium.judged))
    if not pillar.indicia:
        written.line("Remark", pillar.no_indicia)


def _counted(one: content.Counted) -> Iterator[Cell]:
    yield (Line("Table Name", (one.name,)),)
    yield (Line("Table Text", (one.before,)),)
    yield (Line("Table Text", (one.now,)),)
    yield (Line("Table Text", (one.moved, Source(one.source))),)


def _judged(one: content.Judged) -> Iterator[Cell]:
    yield (Line("Table Name", (one.named,)),)
    yield (Line("Table Text", (one.verdict,)),)
    yield (Line("Table Text", (one.rationale,)), Line("Table Small", (one.law,)))


def _write_imprint(written: Manuscript, said: content.WashingtonInput) -> None:
    written.heading(1, content.IMPRINT)
    rows = (((Line("Table Text", (name,)),), (Line("Table Text", (says,)),)) for name, says in content.imprint(said))
    written.table(content.IMPRINT, [Column("", width) for width in IMPRINT], rows)
    if said.disclaimer:
        written.line("Small", said.disclaimer)
