"""The same narrative as HTML, PDF and Word files, in many layouts."""

import io
import zipfile
from html import escape

from weasyprint import HTML

from tests.recommendations.importing.report_parser.sample_narratives import HEADINGS, OPENING, PROSE

TITLE = "2021 Trafficking in Persons Report: Lesotho"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_NUMBERED = '<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>'
_PAGE_TEMPLATE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<title>{title} - United States Department of State</title><style>p {{ margin: 0 }}</style>
<script>var said = "PRIORITIZED RECOMMENDATIONS: Train; fund;"</script></head><body>
<header><nav><ul><li>Policy Issues</li><li>Countries</li></ul></nav></header>
<div><a>Home</a> &gt; <a>Reports</a> &gt; <a>2021 Trafficking in Persons Report</a> &gt; Lesotho</div>
<div class="share"><a>Share</a><a>Facebook</a></div>
<ul><li><a href="#a">Prioritized Recommendations</a></li><li><a href="#b">Prosecution</a></li></ul>
{main}<aside><ul><li>Related: Malawi</li></ul></aside><footer><p>2022 Trafficking in Persons Report</p></footer>
</body></html>"""


def html_report(
    listed,
    heading=f"<p><strong>{HEADINGS[0]}</strong></p>",
    following=f"<p><strong>PROSECUTION</strong></p><p>{PROSE}</p>",
):
    """Return a web page with navigation, scripts and links around the text. `listed` is HTML."""
    main = f"<h1>{TITLE}</h1><h2>LESOTHO (Tier 2)</h2><p>{OPENING}</p>{heading}{listed}{following}"
    return _PAGE_TEMPLATE.format(title=TITLE, main=main).encode()


HTML_LISTS = {
    "a list": lambda items: "<ul>" + "".join(f"<li>{escape(item)}</li>\n" for item in items) + "</ul>",
    "a list with spans": lambda items: (
        "<ul>" + "".join(f"<li><span>{escape(item)}</span><span> </span></li>" for item in items) + "</ul>"
    ),
    "a list of paragraphs": lambda items: (
        "<ul>" + "".join(f"<li><p>{escape(item)}</p></li>" for item in items) + "</ul>"
    ),
    "lists of one": lambda items: "".join(f"<ul><li>{escape(item)}</li></ul>" for item in items),
    "a numbered list": lambda items: "<ol>" + "".join(f"<li>{escape(item)}</li>" for item in items) + "</ol>",
    "paragraphs": lambda items: "".join(f"<p>{escape(item)}</p>\n" for item in items),
    "paragraphs with bullets": lambda items: "".join(f"<p>• {escape(item)}</p>" for item in items),
    "one paragraph with bullets": lambda items: f"<p>{' • '.join(escape(item) for item in items)}</p>",
    "one paragraph, glued": lambda items: f"<p>{''.join(f'<span>{escape(item)}</span>' for item in items)}</p>",
    "one paragraph with line breaks": lambda items: f"<p>{'<br>'.join(escape(item) for item in items)}</p>",
    "the first before the list": lambda items: f"<p>{escape(items[0])}</p>{HTML_LISTS['a list'](items[1:])}",
    "a table": lambda items: "<table>" + "".join(f"<tr><td>{escape(item)}</td></tr>" for item in items) + "</table>",
}
"""The ways in which a web page can lay out a list."""

PDF_STYLES = {
    "A4": "@page { margin: 2cm; @top-center { content: 'LESOTHO' } @bottom-center { content: counter(page) } }",
    "small and justified": "@page { size: A6; margin: 1.2cm; @bottom-right { content: 'Page ' counter(page) ' of 9' } }"
    "body { font-size: 9pt; text-align: justify }",
    "two columns, hyphenated": "@page { size: letter; @top-left { content: '2021 TRAFFICKING IN PERSONS REPORT' } }"
    "main { columns: 2; font-size: 9pt; text-align: justify; hyphens: auto }",
    "without gaps": "@page { size: A5 } p, ul, li { margin: 0; padding: 0 } ul { list-style-position: inside }",
}
"""Style sheets for PDFs."""


def pdf_report(listed, style=PDF_STYLES["A4"], heading=HEADINGS[0]):
    """Return a PDF. `listed` is HTML."""
    said = f"<h1>LESOTHO (Tier 2)</h1><p>{OPENING}</p><p>{heading}</p>{listed}<p>PROSECUTION</p><p>{PROSE}</p>"
    made = HTML(
        string=f"<html lang=en><title>{TITLE}</title><style>{style}</style><main>{said}</main></html>"
    ).write_pdf()
    return bytes(made)


def word_paragraph(text, properties=""):
    return f'<w:p>{properties}<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


def word_bullets(items):
    """Return Word paragraphs with automatic bullets or numbers."""
    return "".join(word_paragraph(item, _NUMBERED) for item in items)


def word_report(listed, *, before="", heading=HEADINGS[0], **parts):
    """Return a Word document. `listed` is XML, `before` precedes the document element, `parts` adds parts by name."""
    around = "".join(word_paragraph(text) for text in (TITLE, "LESOTHO (Tier 2)", OPENING, heading))
    return pack_word(f"{around}{listed}{word_paragraph('PROSECUTION')}{word_paragraph(PROSE)}", before=before, **parts)


def pack_word(body, *, before="", **parts):
    """Return a Word document. `body` is XML, `before` precedes the document element, `parts` adds parts by name."""
    parts = {"word/document.xml": f'{before}<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'} | parts
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return made.getvalue()
