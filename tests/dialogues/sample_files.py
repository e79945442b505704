"""Small valid files of each accepted type, and functions that create files with chosen parts."""

import io
import random
import zipfile

import pikepdf
from PIL import Image

from dialogues.lesotho.exercise_pdf import render_exercise_pdf

PDF = render_exercise_pdf("A letter", ["To whom it may concern"])
ACTIVE_CONTENT_MARKER = b"MARKER-OF-SOMETHING-THAT-RUNS"
JAVASCRIPT_ACTION = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=ACTIVE_CONTENT_MARKER.decode())
EMF = b"\x01\x00\x00\x00" + b"\x6c" + b"\x00" * 35 + b" EMF" + b"\x00" * 60
PRINTER_SETTINGS = "HP LaserJet".encode("utf-16-le").ljust(64, b"\x00") + b"\x01\x04\x00\x06\xdc\x00" + b"\x00" * 150
FONT_FILE = bytes(range(128, 160)) + b"\x00" * 12 + b"cvt " + b"\x00" * 12 + b"glyf" + b"\x00" * 60
_OFFICE = "application/vnd.openxmlformats-officedocument"
WORD_TYPE = f"{_OFFICE}.wordprocessingml.document"
EXCEL_TYPE = f"{_OFFICE}.spreadsheetml.sheet"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_EXTENDED = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
CORE_PROPERTIES = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def pdf(change=lambda pdf: None, **save):
    """Return the sample PDF after `change`, which gets a pikepdf.Pdf."""
    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(PDF)) as opened:
        change(opened)
        opened.save(made, deterministic_id=not save.get("encryption"), **save)
    return made.getvalue()


def content_types_part(*parts):
    """Return the part [Content_Types].xml, from pairs of part name and type."""
    said = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in parts)
    return f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{said}</Types>'


def relationships_part(*rows):
    """Return a part with relationships, from tuples of kind and target, and "External" for external targets."""
    said = "".join(
        f'<Relationship Id="r{number}" Type="{_RELATION}/{kind}" Target="{target}"'
        f"{''.join(f' TargetMode="{mode}"' for mode in outside)}/>"
        for number, (kind, target, *outside) in enumerate(rows)
    )
    return f'<Relationships xmlns="{_RELATIONS}">{said}</Relationships>'


def zip_parts(parts):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)  # dated 1980
    return made.getvalue()


def docx(**more):
    """Return a Word document of one sentence. `more` adds or replaces parts by name; None leaves one out."""
    parts = {
        "[Content_Types].xml": content_types_part(("word/document.xml", f"{WORD_TYPE}.main+xml")),
        "_rels/.rels": relationships_part(("officeDocument", "word/document.xml")),
        "word/document.xml": (
            '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r>'
            "<w:t>To whom it may concern</w:t></w:r></w:p></w:body></w:document>"
        ),
    }
    return zip_parts({name: part for name, part in (parts | more).items() if part is not None})


def xlsx(**more):
    """Return an Excel workbook of one empty sheet; `more` as for `docx`."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts = {
        "[Content_Types].xml": content_types_part(
            ("xl/workbook.xml", f"{EXCEL_TYPE}.main+xml"),
            ("xl/worksheets/sheet1.xml", f"{_OFFICE}.spreadsheetml.worksheet+xml"),
        ),
        "_rels/.rels": relationships_part(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": (
            f'<workbook xmlns="{main}" xmlns:r="{_RELATION}"><sheets><sheet name="One" sheetId="1" r:id="r0"/></sheets>'
            "</workbook>"
        ),
        "xl/_rels/workbook.xml.rels": relationships_part(("worksheet", "worksheets/sheet1.xml")),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData/></worksheet>',
    }
    return zip_parts({name: part for name, part in (parts | more).items() if part is not None})


def full_docx():
    """Return a Word document with usual contents: pictures, a chart, a header, a link, a field, a form."""
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    drawing = "http://schemas.openxmlformats.org/drawingml/2006"
    drawn = (
        '<mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx/></w:drawing></mc:Choice>'
        '<mc:Fallback><w:pict><v:shape id="a" o:spid="b" w14:anchorId="c" alt="" type="#_x0000_t75"><v:imagedata '
        'r:id="r1" o:title=""/></v:shape></w:pict></mc:Fallback></mc:AlternateContent>'
        f'<w:drawing><a:graphic><a:graphicData uri="{drawing}/picture"><a:blip r:embed="r0"/></a:graphicData>'
        f'<a:graphicData uri="{drawing}/chart"><c:chart r:id="r2"/></a:graphicData></a:graphic></w:drawing>'
    )
    marks = ("begin", "separate", "end")
    mark = [
        f'<w:r><w:rPr><w14:ligatures w14:val="all"/></w:rPr><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in marks
    ]
    code = '<w:r><w:instrText xml:space="preserve"> PA</w:instrText></w:r><w:r><w:instrText>GE </w:instrText></w:r>'
    body = f"<w:p>{mark[0]}{code}{mark[1]}<w:r>{drawn}</w:r>{mark[2]}</w:p>"
    body += "<m:oMath><m:f><m:fPr/><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den/></m:f></m:oMath>"
    body += '<w:p><w:hyperlink r:id="r4"><w:r><w:t>The law</w:t></w:r></w:hyperlink></w:p>'
    body += (
        '<w:sdt><w:sdtPr><w:tag w:val="minister"/><w:dataBinding w:xpath="/item" w:storeItemID="a"/></w:sdtPr>'
        "<w:sdtContent><w:p><w:r><w:t>Minister of Police</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )
    spaces = {
        "w": word,
        "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "a": f"{drawing}/main",
        "c": f"{drawing}/chart",
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "v": "urn:schemas-microsoft-com:vml",
        "o": "urn:schemas-microsoft-com:office:office",
        "r": _RELATION,
    }
    said = " ".join(f'xmlns:{prefix}="{space}"' for prefix, space in spaces.items())
    properties = relationships_part(
        ("officeDocument", "word/document.xml"), ("extended-properties", "docProps/app.xml")
    )
    # As LibreOffice writes it: "officedocument" in lower case.
    core = f'<Relationship Id="r9" Type="{_RELATIONS}/metadata/core-properties" Target="docProps/core.xml"/>'
    core += core.replace("r9", "r8").replace(_RELATIONS, _RELATION.replace("officeDocument", "officedocument"))
    return docx(
        **{
            "_rels/.rels": properties.replace("</Relationships>", f"{core}</Relationships>"),
            "docProps/app.xml": f'<Properties xmlns="{_EXTENDED}"><Template>a</Template></Properties>',
            "docProps/core.xml": f'<coreProperties xmlns="{CORE_PROPERTIES}"/>',
            "word/document.xml": (
                f'<w:document {said} mc:Ignorable="w14"><w:body>{body}<w:sectPr><w:headerReference w:type="default" '
                'r:id="r3"/></w:sectPr></w:body></w:document>'
            ),
            "word/_rels/document.xml.rels": relationships_part(
                ("image", "media/image1.png"),
                ("image", "media/image2.emf"),
                ("chart", "charts/chart1.xml"),
                ("header", "header1.xml"),
                ("hyperlink", "https://example.org/", "External"),
                ("styles", "/word/styles.xml"),
                ("customXml", "../customXml/item1.xml"),
                ("printerSettings", "printerSettings/printerSettings1.bin"),
                ("fontTable", "fontTable.xml"),
            ),
            "word/media/image1.png": picture("PNG"),
            "word/media/image2.emf": EMF,
            "word/charts/chart1.xml": (
                f'<c:chartSpace xmlns:c="{drawing}/chart" xmlns:r="{_RELATION}"><c:chart><c:f>Sheet1!$A$1:$A$5</c:f>'
                '</c:chart><c:externalData r:id="r0"/></c:chartSpace>'
            ),
            "word/charts/_rels/chart1.xml.rels": relationships_part(("package", "../embeddings/Sheet.xlsx")),
            "word/embeddings/Sheet.xlsx": b"PK\x03\x04",
            "word/header1.xml": f'<w:hdr xmlns:w="{word}"><w:p/></w:hdr>',
            "word/styles.xml": f'<w:styles xmlns:w="{word}"/>',
            "customXml/item1.xml": "<item/>",
            "word/printerSettings/printerSettings1.bin": PRINTER_SETTINGS,
            "word/fontTable.xml": (
                f'<w:fonts xmlns:w="{word}" xmlns:r="{_RELATION}"><w:font w:name="A">'
                '<w:embedRegular r:id="r0"/></w:font></w:fonts>'
            ),
            "word/_rels/fontTable.xml.rels": relationships_part(("font", "fonts/font1.odttf")),
            "word/fonts/font1.odttf": FONT_FILE,
        }
    )


def full_xlsx():
    """Return a workbook with usual contents: formulas, a table, notes, pictures, a chart, rules, links."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    x14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
    xm = "http://schemas.microsoft.com/office/excel/2006/main"
    xr = "http://schemas.microsoft.com/office/spreadsheetml/2014/revision"
    drawing = "http://schemas.openxmlformats.org/drawingml/2006"
    formulas = ("SUM(B1:B9)", "'It''s (2)'!A1&amp;\" | \"&amp;One!A1", 'Cases[[#This Row],[a|b]]&amp;"RTD (x)"')
    cells = "".join(f'<c r="A{row}"><f>{formula}</f><v>1</v></c>' for row, formula in enumerate(formulas, 1))
    rules = "<x14:formula1><xm:f>'Image (2)'!$A$1</xm:f></x14:formula1>"
    blips = "".join(f'<a:blip r:embed="r{number}"/>' for number in (0, 1, 3, 4))
    frame = f'<a:graphic><a:graphicData uri="{drawing}/chart"><c:chart r:id="r2"/></a:graphicData></a:graphic>'
    return xlsx(
        **{
            "xl/workbook.xml": (
                f'<workbook xmlns="{main}" xmlns:r="{_RELATION}"><sheets><sheet name="One" sheetId="1" r:id="r0"/>'
                '<sheet name="It\'s (2)" sheetId="2" r:id="r1"/></sheets><definedNames><definedName '
                'name="_xlnm.Print_Titles" localSheetId="0">One!$A:$B,One!$1:$3</definedName></definedNames></workbook>'
            ),
            "xl/_rels/workbook.xml.rels": relationships_part(
                ("worksheet", "worksheets/sheet1.xml"), ("worksheet", "worksheets/sheet2.xml")
            ),
            "xl/worksheets/sheet2.xml": f'<worksheet xmlns="{main}"><sheetData/></worksheet>',
            "xl/worksheets/sheet1.xml": (
                f'<worksheet xmlns="{main}" xmlns:r="{_RELATION}" xmlns:xr="{xr}" xr:uid="a"><sheetData>'
                f'<row r="1">{cells}</row></sheetData><hyperlinks><hyperlink ref="A1" r:id="r5"/><hyperlink ref="A2" '
                'location="\'It\'\'s (2)\'!A1"/><hyperlink ref="A3" r:id="r6"/></hyperlinks><pageSetup r:id="r0"/>'
                '<drawing r:id="r3"/><legacyDrawing r:id="r1"/><tableParts><tablePart r:id="r4"/></tableParts>'
                f'<extLst><ext uri="a" xmlns:x14="{x14}" xmlns:xm="{xm}"><x14:dataValidation>{rules}'
                "</x14:dataValidation></ext></extLst></worksheet>"
            ),
            "xl/worksheets/_rels/sheet1.xml.rels": relationships_part(
                ("printerSettings", "../printerSettings/printerSettings1.bin"),
                ("vmlDrawing", "../drawings/vmlDrawing1.vml"),
                ("comments", "../comments1.xml"),
                ("drawing", "../drawings/drawing1.xml"),
                ("table", "../tables/table1.xml"),
                ("hyperlink", "#One!A1", "External"),
                ("hyperlink", "mailto:a@example.org", "External"),
            ),
            "xl/printerSettings/printerSettings1.bin": PRINTER_SETTINGS,
            "xl/drawings/vmlDrawing1.vml": (
                '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
                'xmlns:x="urn:schemas-microsoft-com:office:excel">'
                '<v:shape id="a" o:spid="b"><v:fill color2="red"/><x:ClientData ObjectType="Note"><x:Row>1</x:Row>'
                "</x:ClientData></v:shape></xml>"
            ),
            "xl/comments1.xml": f'<comments xmlns="{main}"/>',
            "xl/drawings/drawing1.xml": (
                f'<xdr:wsDr xmlns:xdr="{drawing}/spreadsheetDrawing" xmlns:a="{drawing}/main" '
                f'xmlns:c="{drawing}/chart" xmlns:r="{_RELATION}"><xdr:pic>{blips}</xdr:pic>'
                f"<xdr:graphicFrame>{frame}</xdr:graphicFrame></xdr:wsDr>"
            ),
            "xl/drawings/_rels/drawing1.xml.rels": relationships_part(
                ("image", "../media/image1.jpeg"),
                ("image", "../media/image2.gif"),
                ("chart", "../charts/chart1.xml"),
                ("image", "../media/image3.bmp"),
                ("image", "../media/image4.tiff"),
            ),
            "xl/media/image1.jpeg": picture("JPEG"),
            "xl/media/image2.gif": picture("GIF"),
            "xl/media/image3.bmp": picture("BMP"),
            "xl/media/image4.tiff": picture("TIFF"),
            "xl/charts/chart1.xml": f'<c:chartSpace xmlns:c="{drawing}/chart"/>',
            "xl/tables/table1.xml": f'<table xmlns="{main}" xmlns:xr="{xr}" id="1" name="Cases" xr:uid="a"/>',
        }
    )


def picture(kind, size=(64, 48), mode="RGB", **save):
    """Return a picture of noise, the same each time."""
    made = io.BytesIO()
    noise = random.Random(7).randbytes(size[0] * size[1] * 3)  # noqa: S311 -- nothing secret
    Image.frombytes("RGB", size, noise).convert(mode).save(made, kind, **save)
    return made.getvalue()


DOCX, XLSX, PNG, JPEG = docx(), xlsx(), picture("PNG"), picture("JPEG")
