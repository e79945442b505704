"""Word documents and Excel workbooks (ECMA-376): zips of XML parts, packed anew from the parts that they may hold."""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator

from dialogues.cleaning import Unclean, pictures, relations
from dialogues.cleaning.markup import Element, elements
from recommendations.reading.xml_limits import TooMuchXml, XmlCount

MOST_PARTS = 5_000
MOST_UNPACKED = 256 * 1024 * 1024
"""In bytes, of all parts together: beyond it a zip is made to fill a server."""

_TYPES = "[Content_Types].xml"
_TYPES_SPACE = "http://schemas.openxmlformats.org/package/2006/content-types"
_MAIN = {
    "word": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "xl": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
}
"""What the main part of each sort is (15.2 of part 1); one with macros, or a template, is another type."""
_XML = frozenset({"xml", "rels", "vml"})
_PICTURES = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG"}
_PLAIN = {
    "gif": re.compile(rb"GIF8[79]a"),
    "bmp": re.compile(rb"BM.{4}\x00{4}", re.DOTALL),
    "tif": (_TIFF := re.compile(rb"II[*+]\x00|MM\x00[*+]")),
    "tiff": _TIFF,
    "emf": re.compile(rb"\x01\x00{3}.{36} EMF", re.DOTALL),
    "wmf": re.compile(rb"\xd7\xcd\xc6\x9a|[\x01\x02]\x00\x09\x00\x00[\x01\x03]"),
    "odttf": re.compile(rb".{44}[!-~][ -~]{3}.{12}[!-~][ -~]{3}", re.DOTALL),
    "bin": re.compile(rb"(?!MZ|PK|\xd0\xcf\x11\xe0|\x7fELF|%PDF|Rar!|7z\xbc\xaf|\x1f\x8b|\{\\rtf|#!|<[^?])"),
}
"""What is kept as it is, and how each begins: pictures that Office draws itself; fonts, whose first 32 bytes are
scrambled (17.8.1), by the names of their third and fourth table; settings of a printer, which begin as its maker likes,
but not like a program, an archive or another document."""
_PRINTER = re.compile(r"(word|xl)/printerSettings/\w+\.bin")
_MACROS = re.compile(r"vbaproject|vbadata|macrosheet|macroenabled", re.IGNORECASE)
_FETCHES = re.compile(r"\s*(?:DDE|DDEAUTO|INCLUDE|INCLUDEPICTURE|INCLUDETEXT|IMPORT|LINK|RD|DATABASE)\b", re.IGNORECASE)
"""Fields that draw on another file or program when they are brought up to date (17.16.5 of part 1, and older ones)."""
_LEADS = re.compile(r'\s*HYPERLINK\s+"?([^"\s]+)', re.IGNORECASE)
_BARE_NAME = re.compile(r"\s*\w*")
_WORDS = frozenset(
    {"http://schemas.openxmlformats.org/wordprocessingml/2006/main", "http://purl.oclc.org/ooxml/wordprocessingml/main"}
)
_FORMULAS = frozenset(
    {"f", "formula", "formula1", "formula2", "definedName", "calculatedColumnFormula", "totalsRowFormula"}
)
_QUOTED = re.compile(r"""\"[^"]*"|'[^']*'|(\[[^]]*["'][^]]*\]?)|\[[^]]*\]""")
"""Texts, names of sheets, names of columns; in the latter a quotation mark may stand for itself."""
_CALLED = r"(?:WEBSERVICE|IMAGE|RTD|DDE|CALL|REGISTER\.ID)"
_ASKS = re.compile(rf"\||\b_xl\w+\.{_CALLED}\b|\b{_CALLED}\s*\(", re.IGNORECASE)
"""In a formula: a program by DDE ("|" is nothing else there), an address, a server."""
_CODES = _FORMULAS | {"instrText"}
_DRAWN = frozenset({"image", "imagedata", "fill", "stroke"})
_CARRIED = frozenset({"attachedTemplate", "altChunk", "subDoc", "dataSource", "OLEObject", "oleObject"})
"""What always stands for something outside, or for another file: whatever its relation says that it is."""
_LOOKED_AT = _CODES | _DRAWN | _CARRIED | {"fldSimple", "fldChar", "blip"}
_ELSEWHERE = re.compile(r"\s*(?:(?:https?|ftp|file):|\\\\|//)", re.IGNORECASE)


def folder_of(content: bytes) -> str:
    """The folder of the main part, "word" or "xl", or "" where it is no such zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return ""
    return next((folder for folder in _MAIN if any(name.startswith(f"{folder}/") for name in names)), "")


def clean(content: bytes, folder: str) -> bytes:
    """Another zip of the same parts, with its pictures drawn anew and nothing between, before or behind the parts.

    Raises Unclean where it has macros, another file inside or draws on one outside; ValueError, zipfile's or expat's
    error where it isn't whole.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = dict(_parts(archive))
    _refuse_types(elements(parts[_TYPES]), folder)
    drawn = {name: elements(part) for name, part in parts.items() if _extension(name) == "rels"}
    for rows in drawn.values():
        relations.refuse_harm(rows)
    printers = {part for name, rows in drawn.items() for part in relations.printers(name, rows)}
    for name in parts:
        if _extension(name) == "bin" and name.lower() not in printers:
            raise relations.with_another_inside(name)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in sorted(parts.items()):
            archive.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)  # dated 1980, the same each time
    return packed.getvalue()


def _parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MOST_PARTS or len({entry.filename.lower() for entry in entries}) != len(entries):
        raise ValueError("too many parts, or two of one name")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unclean("has a password. Save it without one, then choose it again.")
    left, xml, pixels = MOST_UNPACKED, XmlCount(), 0
    for entry in entries:
        _refuse_name(entry.filename)
        with archive.open(entry) as file:
            part = file.read(left + 1)
        left -= len(part)
        if left < 0:
            raise ValueError("too large once unpacked")
        try:
            if _extension(entry.filename) in _XML:
                xml.add(part)
        except TooMuchXml as error:
            raise Unclean(
                "holds more than can be looked through here. Save what is needed of it in a smaller file, or print it "
                "to a PDF, then choose it again."
            ) from error
        pixels += pictures.pixels(part) if _extension(entry.filename) in _PICTURES else 0
        if pixels > pictures.MOST_PIXELS:
            raise Unclean(
                f"holds pictures of more than {pictures.MOST_PIXELS // 1_000_000} million pixels together. Have Word "
                "or Excel compress its pictures, then choose it again."
            )
        yield entry.filename, _clean_part(entry.filename, part)


def _refuse_name(name: str) -> None:
    if _MACROS.search(name):
        raise relations.with_macros()
    if posixpath.normpath(name) != name or name.startswith(("/", "..")) or "\\" in name:
        raise ValueError("no name of a part")
    extension = _extension(name)
    is_known = extension in _XML | _PICTURES.keys() | _PLAIN.keys()
    if not is_known or (extension == "bin" and not _PRINTER.fullmatch(name)):
        raise relations.with_another_inside(name)


def _clean_part(name: str, part: bytes) -> bytes:
    extension = _extension(name)
    if extension in _XML:
        _refuse_code(elements(part, _LOOKED_AT, _CODES))
    elif extension in _PICTURES:
        return pictures.clean(part, _PICTURES[extension])
    elif not _PLAIN[extension].match(part):
        raise relations.with_another_inside(name)
    return part


def _extension(name: str) -> str:
    return posixpath.basename(name).rpartition(".")[2].lower()


def _refuse_types(types: list[Element], folder: str) -> None:
    """`types` says what the parts are, by part or extension."""
    if any(each.space != _TYPES_SPACE or each.is_extended for each in types):
        raise ValueError("types with more in them")
    kinds = {each.said.get("ContentType", "") for each in types}
    if any(_MACROS.search(kind) for kind in kinds):
        raise relations.with_macros()
    if _MAIN[folder] not in kinds:
        raise ValueError("no main part")


def _refuse_code(part: list[Element]) -> None:
    """Refuse fields of a document, formulas of a workbook and drawings that fetch something when it is opened."""
    for code in _fields(part):
        leads = _LEADS.match(code)
        if _FETCHES.match(code) or (leads and not leads[1].lower().startswith((*relations.LINKS, "\\"))):
            raise relations.drawing_on_others()
    for element in part:
        is_asking = element.name in _FORMULAS and _is_asking(element.text)
        if is_asking or _is_elsewhere(element.name, element.said):
            raise relations.drawing_on_others()


def _is_elsewhere(name: str, said: dict[str, str]) -> bool:
    if name in _DRAWN:
        return bool(said.get("href") or _ELSEWHERE.match(said.get("src", "")))
    return bool((name in _CARRIED and said.get("id")) or (name == "blip" and said.get("link")))


def _is_asking(formula: str) -> bool:
    """Whether it asks for something outside, by what isn't quoted; by all of it where what is quoted isn't clear."""
    is_clear = all(not column for column in _QUOTED.findall(formula))
    return _ASKS.search(_QUOTED.sub(" ", formula) if is_clear else formula) is not None


def _fields(part: list[Element]) -> list[str]:
    """The codes of a document's fields, each cut where another field stands in it; Unclean where that spells its name.

    A code may be spread over many runs, so that no run has the name whole (17.16.18, 17.16.23). Unclean, too, where a
    part of the name stands in something that a reader may pass over.
    """
    codes, is_being_named, within = [""], False, -1
    for element in part:
        if element.space not in _WORDS:
            continue
        if is_being_named and element.within != within:
            raise relations.drawing_on_others()
        if element.name == "fldSimple":
            codes.append(element.said.get("instr", ""))
        elif element.name == "instrText":
            codes[-1] += element.text
            is_being_named = is_being_named and _BARE_NAME.fullmatch(codes[-1]) is not None
        elif element.name == "fldChar":
            begins = element.said.get("fldCharType") == "begin"
            if begins and is_being_named:
                raise relations.drawing_on_others()
            codes.append("")
            is_being_named, within = begins, element.within
    return codes
