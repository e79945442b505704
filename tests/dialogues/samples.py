"""Files as people send them, small but sound, and what can be wrong with them."""

import io
import random
import zipfile

import pikepdf
from PIL import Image

from dialogues.lesotho.paper import exercise_pdf

PDF = exercise_pdf("A letter", ["To whom it may concern"])
MARK = b"MARKER-OF-SOMETHING-THAT-RUNS"
SCRIPT = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=MARK.decode())
_OFFICE = "application/vnd.openxmlformats-officedocument"
WORD = f"{_OFFICE}.wordprocessingml.document"
EXCEL = f"{_OFFICE}.spreadsheetml.sheet"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def pdf(change=lambda pdf: None, **save):
    """PDF, after `change` was done to it (a pikepdf.Pdf)."""
    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(PDF)) as opened:
        change(opened)
        opened.save(made, deterministic_id=not save.get("encryption"), **save)
    return made.getvalue()


def types(*parts):
    """The part that says what the others are: pairs of a part's name and its type."""
    said = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in parts)
    return f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{said}</Types>'


def relations(*rows):
    """A part of relations: pairs of a kind and a target, and "External" where it lies outside."""
    said = "".join(
        f'<Relationship Id="r{number}" Type="{_RELATION}/{kind}" Target="{target}"'
        f"{''.join(f' TargetMode="{mode}"' for mode in outside)}/>"
        for number, (kind, target, *outside) in enumerate(rows)
    )
    return f'<Relationships xmlns="{_RELATIONS}">{said}</Relationships>'


def zipped(parts):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)  # dated 1980
    return made.getvalue()


def docx(**more):
    """A Word document of one sentence; `more` are parts by name, None to leave one out."""
    parts = {
        "[Content_Types].xml": types(("word/document.xml", f"{WORD}.main+xml")),
        "_rels/.rels": relations(("officeDocument", "word/document.xml")),
        "word/document.xml": (
            '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r>'
            "<w:t>To whom it may concern</w:t></w:r></w:p></w:body></w:document>"
        ),
    }
    return zipped({name: part for name, part in (parts | more).items() if part is not None})


def xlsx(**more):
    """An Excel workbook of one empty sheet; `more` as for docx."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts = {
        "[Content_Types].xml": types(
            ("xl/workbook.xml", f"{EXCEL}.main+xml"),
            ("xl/worksheets/sheet1.xml", f"{_OFFICE}.spreadsheetml.worksheet+xml"),
        ),
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": (
            f'<workbook xmlns="{main}" xmlns:r="{_RELATION}"><sheets><sheet name="One" sheetId="1" r:id="r0"/></sheets>'
            "</workbook>"
        ),
        "xl/_rels/workbook.xml.rels": relations(("worksheet", "worksheets/sheet1.xml")),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData/></worksheet>',
    }
    return zipped({name: part for name, part in (parts | more).items() if part is not None})


def picture(kind, size=(64, 48), mode="RGB", **save):
    """A picture of noise, the same each time."""
    made = io.BytesIO()
    noise = random.Random(7).randbytes(size[0] * size[1] * 3)  # noqa: S311 -- nothing secret
    Image.frombytes("RGB", size, noise).convert(mode).save(made, kind, **save)
    return made.getvalue()


DOCX, XLSX, PNG, JPEG = docx(), xlsx(), picture("PNG"), picture("JPEG")
