"""Create files that are small to send and take far more processor time than their size suggests."""

import io
import struct
import zipfile
import zlib

from PIL import Image

from tests.dialogues.sample_files import docx, xlsx


def pdf_with_mesh_shading(triangles=33_000):
    """A page filled by a mesh of triangles (shading type 4), each as large as the page: 1 kB, a minute to draw."""
    triangle = bytes([0, 0, 0, 0, 0, 255, 0, 255, 0, 0, 255, 128])  # three times flag, x, y, grey
    mesh = zlib.compress(zlib.compress(triangle * triangles, 9), 9)
    mesh_head = (
        "<</ShadingType 4/ColorSpace/DeviceGray/BitsPerCoordinate 8/BitsPerComponent 8/BitsPerFlag 8"
        f"/Decode[0 600 0 1200 0 1]/Filter[/FlateDecode/FlateDecode]/Length {len(mesh)}>>stream\n"
    )
    return pdf_of(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 1200]/Resources<</Shading<</S 5 0 R>>>>/Contents 4 0 R>>",
        b"<</Length 5>>stream\n/S sh\nendstream",
        mesh_head.encode() + mesh + b"\nendstream",
    )


def pdf_of_very_many_objects(many=260_000):
    """Many unused objects in a compressed stream."""
    offsets = " ".join(f"{6 + number} {2 * number}" for number in range(many))
    packed = zlib.compress(f"{offsets}\n{'1 ' * many}".encode(), 9)
    first = len(offsets) + 1
    rows = [b"\x00\x00\x00\x00\x00\x00"]
    out = bytearray(b"%PDF-1.5\n")
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 1200]>>",
        f"<</Type/ObjStm/N {many}/First {first}/Filter/FlateDecode/Length {len(packed)}>>stream\n".encode()
        + packed
        + b"\nendstream",
    )
    for number, content in enumerate(objects, start=1):
        rows.append(struct.pack(">BIB", 1, len(out), 0))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start = len(out)
    rows.append(struct.pack(">BIB", 1, start, 0))
    rows += [struct.pack(">BIB", 2, 4, number % 256) for number in range(many)]
    table = zlib.compress(b"".join(rows), 9)
    head = f"<</Type/XRef/Size {many + 6}/W[1 4 1]/Root 1 0 R/Filter/FlateDecode/Length {len(table)}>>stream\n"
    out += b"5 0 obj\n" + head.encode() + table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % start
    return bytes(out)


def pdf_of(*objects):
    """Return a PDF with these objects; the first is its root."""
    out, starts = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, start=1):
        starts.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    end = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return bytes(out) + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + end


def xml_of_elements(many):
    """Return XML with many empty elements."""
    return f"<a>{'<b/>' * many}</a>"


def word_of_empty_elements(many=2_000_000):
    """A Word document of 8 kB that unpacks to many empty elements."""
    return docx(**{"word/document.xml": xml_of_elements(many)})


def word_of_many_parts(many=12, each=100_000):
    """The same elements in many parts, none of which is large."""
    part = xml_of_elements(each)
    return docx(**{f"word/header{number}.xml": part for number in range(many)})


def word_nested(depth=200_000):
    """Elements within elements."""
    return docx(**{"word/document.xml": f"<a>{'<b>' * depth}{'</b>' * depth}</a>"})


def word_of_many_pictures(many=40):
    """Many pictures of 4 million pixels: each file is small, and each is drawn again."""
    made = io.BytesIO()
    Image.new("1", (2000, 2000)).save(made, "PNG", optimize=True)
    return docx(**{f"word/media/image{number}.png": made.getvalue() for number in range(many)})


def workbook_of_shared_texts(many=1_200_000):
    """A workbook with a huge table of shared texts."""
    return xlsx(**{"xl/sharedStrings.xml": f"<sst>{'<si/>' * many}</sst>"})


def jpeg_of_many_scans(many=2_000):
    """A progressive JPEG whose last scan is repeated many times."""
    made = io.BytesIO()
    Image.new("L", (2000, 2000)).save(made, "JPEG", progressive=True)
    content = made.getvalue()
    last = content.rindex(b"\xff\xda")
    return content[:-2] + content[last:-2] * many + content[-2:]


def table_of_empty_cells(many=3_300_000):
    """Empty cells, separated by every usual separator."""
    return (b";,\t" * 50 + b"\n") * (many // 150)


def page_of_tags(many=400_000):
    """A web page of nothing but tags."""
    return b"<html><body>" + b"<b>" * many + b"Train</body></html>"


def word_report_of_elements(many=1_200_000):
    """A report as a Word document of empty paragraphs."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<document><body>{'<p/>' * many}</body></document>")
    return made.getvalue()
