"""The computed width of texts, compared with the printed texts."""

import io

import pypdfium2
import pytest

from reports.briefings import pdf
from reports.briefings.text_width import (
    BOLD,
    MM_PER_POINT,
    REGULAR,
    SEMIBOLD,
    TextStyle,
    count_lines,
    measure_width,
    shorten_to_lines,
)

TEXTS = [
    "Exercise: register of investigations, April to December (Investigations begun: 6, from 1 April 2021)",
    "WWW MMM @@@ 1.250.000 maloti; 31 days, 8 of 10 districts, Qacha’s Nek, ’M’e Ntšiuoa",
    "Somebody wrote this at length, and had more to tell than anybody has time to read. " * 6,
    "w" * 120,
    "\N{UNICORN FACE} and what the typefaces lack",
]


def printed_lines(text, style):
    """Return the number of printed lines: the number of different heights of glyphs."""
    weight = {REGULAR: 400, SEMIBOLD: 600, BOLD: 700}[style.weight]
    html = (
        '<html lang="en"><head><title>A text</title></head><body data-before-page="Page ">'
        f'<p style="width: {style.width}mm; font-size: {style.size}pt; line-height: 14pt; font-weight: {weight}">{text}'
        "</p></body></html>"
    )
    with pypdfium2.PdfDocument(io.BytesIO(pdf.render_pdf(html))) as document:
        page = document[0].get_textpage()
        whole = page.get_text_bounded()
    return len([line for line in whole.splitlines() if line.strip() and not line.startswith("Page 1")])


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
@pytest.mark.parametrize("style", [TextStyle(8.5, 55), TextStyle(8.5, 94, SEMIBOLD), TextStyle(15.5, 170, BOLD)])
def test_a_text_is_never_printed_on_more_lines_than_were_measured(text, style):
    measured = count_lines(text, style)

    assert measured - 1 <= printed_lines(text, style) <= measured


def test_figures_are_as_wide_as_tables_have_them():
    style = TextStyle(10, 100)

    assert (
        measure_width("1111", style)
        == measure_width("8888", style)
        == pytest.approx(4 * 0.7 * 10 * MM_PER_POINT, rel=0.02)
    )


@pytest.mark.parametrize(
    ("text", "lines", "told"),
    [
        ("It is short.", 1, "It is short."),
        ("A sentence that ends here. Another one that does not fit here.", 1, "A sentence that ends here. …"),
        ("A text of many words, without an end that fits on the line", 1, "A text of many words…"),
        ("On two\n\nlines of a note", 2, "On two lines of a note"),
        ("w" * 60, 1, "w" * 17 + "…"),
    ],
)
def test_a_text_is_shortened_to_whole_sentences_else_to_whole_words(text, lines, told):
    style = TextStyle(8.5, 45)

    assert shorten_to_lines(text, lines, style) == told
    assert count_lines(told, style) <= lines
