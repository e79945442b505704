"""What saves work changes no byte: documents are compared with those of WeasyPrint as it is."""

import subprocess
import sys

from django.conf import settings

from reports.briefings import pdf

PLAIN = """
import sys
from reports.briefings import pdf
pdf.save_work = lambda: None
sys.stdout.buffer.write(pdf.render_pdf(sys.stdin.read()))
"""
"""Renders a document without the changes to WeasyPrint."""

SENTENCES = " ".join(f"The ministry of number {number} has reported 1,{number:03} cases." for number in range(12))
REFERENCES = "".join(
    f'<li>Part {number}: <a class="page" href="#part-{number}">page</a></li>' for number in range(1, 13)
)
CONTENTS = "".join(f'<p class="contents"><a href="#part-{number}">Part {number}</a></p>' for number in range(1, 13))
CELL = '<td style="{border}; box-sizing: border-box; height: 9mm"><p style="margin-left: 20%">Police {number}</p></td>'
ROWS = "".join(
    f"<tr>{CELL}{CELL}<td><p class='clamp-1'>{SENTENCES}</p></td></tr>".format(
        number=number, border="border: 1pt solid" if number % 3 else "border: 4pt solid"
    )
    for number in range(40)
)
TABLE = (
    '<table><col style="width: 20%"><col style="width: 30%"><thead><tr><th scope="col">Ministry</th>'
    f'<th scope="col">Office</th><th scope="col">Report</th></tr></thead><tbody>{ROWS}</tbody></table>'
)
LINES = f"""
<p style="white-space: pre-line">One\nTwo\n\nThree</p>
<p style="text-align: justify">{SENTENCES}</p>
<p style="overflow: hidden; text-overflow: ellipsis; white-space: nowrap">{SENTENCES}</p>
"""
BOXES = f"""
<div style="box-sizing: border-box; width: 50%; border: 3pt solid; padding: 4mm">
<div style="width: 25%"><p>{SENTENCES}</p></div>
</div>
"""
CHART = """
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 40" font-family="Public Sans" font-size="11">
<text x="0" y="20">28.7 of 100</text><text x="100" y="20" font-weight="600">45 our target</text>
</svg>
"""


def render_plain(html):
    run = [sys.executable, "-c", PLAIN]
    return subprocess.run(run, input=html.encode(), stdout=subprocess.PIPE, check=True, cwd=settings.BASE_DIR).stdout


def test_a_document_is_the_same_without_what_saves_work():
    contents = [TABLE, LINES, BOXES, CHART, *(f"<p>{SENTENCES}</p>" * 9 for _ in range(8))]
    parts = "".join(
        f'<section class="annex"><h2 id="part-{number}">Part {number}</h2>{content}<ul>{REFERENCES}</ul></section>'
        for number, content in enumerate(contents, 1)
    )
    html = (
        '<html lang="en"><head><title>Parts</title><style>@page :first { margin-left: 50mm }</style></head>'
        '<body data-before-page="Page " data-before-pages=" of " data-after-pages="">'
        f'<div style="padding-left: 20%">{f"<p>{SENTENCES}</p>" * 12}</div>'
        f"<h1>Parts</h1>{CONTENTS}<ul>{REFERENCES}</ul>{parts}</body></html>"
    )

    lines, plain_lines = pdf.render_pdf(html).split(b"\n"), render_plain(html).split(b"\n")

    assert len(lines) == len(plain_lines)
    assert [number for number, (line, plain) in enumerate(zip(lines, plain_lines, strict=True)) if line != plain] == []
