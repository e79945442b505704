import gc
import io
import socket
import subprocess
import sys
import threading

import page
import pytest
from pypdf import PdfReader

from reports.briefings import pdf
from tests.reports.printed_document import elements_of, fonts_of

PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>A title</title>{head}</head>
<body data-marking="UNCLASSIFIED" data-clearance="DRAFT, NOT CLEARED" data-subject="Lesotho" data-post="Maseru"
  data-before-page="Page " data-before-pages=" of " data-after-pages="">
<h1>A title</h1>{body}</body></html>"""

TABLE = (
    '<table><thead><tr><th scope="col">What</th><th scope="col">When</th></tr></thead>'
    '<tbody><tr><th scope="row">A plan</th><td>8 Nov 2021</td></tr></tbody></table>'
)


def render(body, head=""):
    return pdf.render_pdf(PAGE.format(body=body, head=head))


def pdf_text(content):
    return "\n".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(content)).pages)


def test_document_passes_pdf_ua_1():
    report = page.validate_pdf_bytes(render(f"<p>Text</p>{TABLE}"), profile="ua1")

    assert [failure.message for failure in report.failures] == []
    assert report.is_compliant


def test_header_cells_say_what_they_head():
    heads = [cell["/A"]["/Scope"] for cell in elements_of(PdfReader(io.BytesIO(render(TABLE)))) if cell["/S"] == "/TH"]

    assert heads == ["/Column", "/Column", "/Row"]


def test_marking_and_clearance_stand_on_every_page():
    content = render('<p style="break-after: page">One</p><p>Two</p>')
    sheets = [sheet.extract_text() for sheet in PdfReader(io.BytesIO(content)).pages]

    assert len(sheets) == 2
    assert [sheet.count("UNCLASSIFIED") for sheet in sheets] == [2, 2]
    assert all("DRAFT, NOT CLEARED" in sheet for sheet in sheets)
    assert ["Page 1 of 2" in sheets[0], "Page 2 of 2" in sheets[1]] == [True, True]


def test_pages_with_page_numbers_of_others_are_laid_out_twice():
    """References to later pages, to an earlier one and to the own one."""
    reference = '<p>See <a class="page" href="#{0}">part {0}</a>.</p>'
    contents = "".join(map(reference.format, "abc"))
    parts = "".join(f'<section class="annex"><h2 id="{name}">{name}</h2>{contents}</section>' for name in "abc")
    steps = []
    file = pdf.render_pdf(PAGE.format(body=contents + parts, head=""), lambda per_cent, step: steps.append(step))
    sheets = [" ".join(sheet.extract_text().split()) for sheet in PdfReader(io.BytesIO(file)).pages]

    assert len(sheets) == 4
    assert all("See part a 2. See part b 3. See part c 4." in sheet for sheet in sheets)
    assert steps.count(pdf.REPAGINATION_TEXT) == 1 + len(sheets)  # said once at first, and at each page


def test_pages_with_numbers_of_earlier_pages_alone_are_laid_out_once():
    part = '<section class="annex"><h2 id="{0}">{0}</h2><p>See <a class="page" href="#a">part a</a>.</p></section>'
    own_page = '<section class="annex"><h2 id="a">a</h2></section>'
    steps = []
    file = pdf.render_pdf(
        PAGE.format(body=own_page + "".join(map(part.format, "bc")), head=""), lambda per_cent, step: steps.append(step)
    )
    sheets = [" ".join(sheet.extract_text().split()) for sheet in PdfReader(io.BytesIO(file)).pages]

    assert ["See part a 2." in sheet for sheet in sheets] == [False, False, True, True]
    assert pdf.REPAGINATION_TEXT not in steps


def test_same_html_gives_the_same_bytes_in_another_process():
    html = PAGE.format(body=TABLE, head="")
    script = "import sys; from reports.briefings import pdf; sys.stdout.buffer.write(pdf.render_pdf(sys.stdin.read()))"
    other = subprocess.run(
        [sys.executable, "-c", script], input=html.encode(), cwd=pdf.PROJECT_ROOT, capture_output=True, check=True
    )

    assert pdf.render_pdf(html) == pdf.render_pdf(html) == other.stdout


def test_nothing_is_fetched_from_outside(tmp_path):
    calls = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.5)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/"

        def answer():
            try:
                connection, _ = server.accept()
            except TimeoutError:
                return
            calls.append(connection)
            connection.close()

        listening = threading.Thread(target=answer)
        listening.start()
        secret = tmp_path / "secret.svg"
        secret.write_text('<svg xmlns="http://www.w3.org/2000/svg"><text y="9">secret</text></svg>')
        content = render(
            f'<p>Kept</p><img alt="" src="{secret.as_uri()}"><img alt="" src="{address}a.png">'
            f'<p style="background: url({address}b.png)">Shown</p>',
            head=f'<link rel="stylesheet" href="{address}c.css"><style>@import "{address}d.css";</style>',
        )
        listening.join()

    assert calls == []
    assert "secret" not in pdf_text(content)
    assert "Shown" in pdf_text(content)


def test_only_own_typefaces_are_used():
    file = render('<p style="font-family: DejaVu Sans, serif">Text <b>bold</b> <i>italic</i></p>')
    names = fonts_of(PdfReader(io.BytesIO(file)))

    assert names == {"Public-Sans", "Public-Sans-Bold", "Public-Sans-Italic"}


def test_character_without_a_glyph_prints_as_its_code_point():
    assert "a unicorn [U+1F984] here" in pdf_text(render("<p>a unicorn \N{UNICORN FACE} here</p>"))


def test_names_in_sesotho_print_as_they_are():
    assert "’M’e Ntšiuoa of Qacha’s Nek" in pdf_text(render("<p>’M’e Nts\u030ciuoa of Qacha’s Nek</p>"))


@pytest.mark.parametrize(
    ("name", "font"),
    [
        ("وزارة التمرين", "Arabic"),
        ("Վարժանքի նախարար", "Armenian"),
        ("অনুশীলন মন্ত্রী", "Bengali"),
        ("Дасгалын яам", "Cyrillic"),
        ("अभ्यास मन्त्री", "Devanagari"),
        ("የልምምድ ሚኒስትር", "Ethiopic"),
        ("სავარჯიშო მინისტრი", "Georgian"),
        ("Υπουργείο Άσκησης", "Greek"),
        ("משרד התרגיל", "Hebrew"),
        ("រដ្ឋមន្ត្រី", "Khmer"),
        ("අභ්‍යාස", "Sinhala"),
        ("މަޝްގު", "Thaana"),
        ("รัฐมนตรี", "Thai"),
    ],
)
def test_names_in_other_alphabets_print_in_their_letters(name, font):
    made = render(f"<p>{name}</p>")
    fonts = PdfReader(io.BytesIO(made)).pages[0]["/Resources"]["/Font"].values()

    assert "U+" not in pdf_text(made)
    assert any(font in each.get_object()["/BaseFont"] for each in fonts)


def test_missing_typefaces_say_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(pdf, "FONTS_DIR", tmp_path)

    with pytest.raises(FileNotFoundError, match="make setup"):
        pdf._get_engine.__wrapped__()


def test_collector_runs_again_after_a_document():
    render("<p>Text</p>")

    assert gc.isenabled()


def test_the_text_of_a_pdf_is_read_as_it_was_written():
    """… with what the typefaces lack, which stands there as its code point."""
    made = pdf.render_pdf('<html lang="en"><head><title>A title</title></head><body><p>Ntš🦄oana</p></body></html>')

    assert "🦄" in pdf.extract_pdf_text(made)
    assert "U+" not in pdf.extract_pdf_text(made)
    assert pdf.extract_pdf_text(b"no PDF at all") == ""


@pytest.mark.parametrize(("paper", "size"), [("a4", (595, 842)), ("letter", (612, 792))])
def test_every_page_has_the_size_of_the_paper(paper, size):
    html = PAGE.replace("<body", f'<body data-paper="{paper}"').format(
        body='<p style="break-after: page">One</p><p>Two</p>', head=""
    )
    sheets = PdfReader(io.BytesIO(pdf.render_pdf(html))).pages

    assert [(round(sheet.mediabox.width), round(sheet.mediabox.height)) for sheet in sheets] == [size, size]
