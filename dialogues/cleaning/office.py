"""Word documents and Excel workbooks (ECMA-376): zips of XML parts, packed anew from the parts that they may hold."""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from xml.parsers import expat

from dialogues.cleaning import Unclean, pictures

MOST_PARTS = 5_000
MOST_UNPACKED = 256 * 1024 * 1024
"""In bytes, of all parts together: beyond it a zip is made to fill a server."""

_TYPES = "[Content_Types].xml"
_MAIN = {
    "word": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "xl": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
}
"""What the main part of each sort is (15.2 of part 1); one with macros, or a template, is another type."""
_XML = frozenset({"xml", "rels", "vml"})
_PICTURES = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG"}
_PLAIN = frozenset({"gif", "emf", "wmf", "tif", "tiff", "bmp", "odttf", "fntdata"})
_PRINTER = re.compile(r"(word|xl)/printerSettings/\w+\.bin")
_MACROS = re.compile(r"vbaproject|vbadata|macrosheet|macroenabled", re.IGNORECASE)
_LINKS = ("http:", "https:", "mailto:", "#")
_FETCHES = re.compile(r"\s*(?:DDE|DDEAUTO|INCLUDE|INCLUDEPICTURE|INCLUDETEXT|IMPORT|LINK|RD|DATABASE)\b", re.IGNORECASE)
"""Fields that draw on another file or program when they are brought up to date (17.16.5 of part 1, and older ones)."""
_LEADS = re.compile(r'\s*HYPERLINK\s+"?([^"\s]+)', re.IGNORECASE)
_BARE_NAME = re.compile(r"\s*\w*")
_FORMULAS = frozenset({"f", "formula", "formula1", "formula2", "definedName"})
_ASKS = re.compile(r"\||\b(?:_xlfn\.)?(?:WEBSERVICE|IMAGE|RTD|CALL|REGISTER\.ID)\s*\(", re.IGNORECASE)
"""In a formula: a program by DDE ("|" is nothing else there), an address, a server."""
_CODES = _FORMULAS | {"instrText"}
_DRAWN = frozenset({"imagedata", "fill", "stroke"})
_ELSEWHERE = re.compile(r"(?:https?|ftp|file):|\\\\|//", re.IGNORECASE)
_DRAWING_ON_OTHERS = ("/externalLink", "/externalLinkPath", "/connections", "/aFChunk")
"""Relations to other workbooks, to databases and pages, and to a whole document inside this one."""


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
    _refuse_types(_types(parts[_TYPES]), folder)
    for name, part in parts.items():
        if _extension(name) == "rels":
            _refuse_relations(part)
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
    left = MOST_UNPACKED
    for entry in entries:
        _refuse_name(entry.filename)
        with archive.open(entry) as file:
            part = file.read(left + 1)
        left -= len(part)
        if left < 0:
            raise ValueError("too large once unpacked")
        yield entry.filename, _clean_part(entry.filename, part)


def _refuse_name(name: str) -> None:
    if _MACROS.search(name):
        raise _with_macros()
    if posixpath.normpath(name) != name or name.startswith(("/", "..")) or "\\" in name:
        raise ValueError("no name of a part")
    extension = _extension(name)
    if extension not in _XML | _PICTURES.keys() | _PLAIN and not _PRINTER.fullmatch(name):
        raise Unclean(
            f"has another file inside it ({posixpath.basename(name)}). Take that out, or save it as a PDF, then choose "
            "it again; send what was inside by itself."
        )


def _clean_part(name: str, part: bytes) -> bytes:
    extension = _extension(name)
    if extension in _XML:
        _refuse_code(_elements(part))
        return part
    return pictures.clean(part, _PICTURES[extension]) if extension in _PICTURES else part


def _extension(name: str) -> str:
    return posixpath.basename(name).rpartition(".")[2].lower()


def _refuse_types(types: Mapping[str, str], folder: str) -> None:
    """`types` is what the parts are, by part or extension."""
    if any(_MACROS.search(kind) for kind in types.values()):
        raise _with_macros()
    if _MAIN[folder] not in types.values():
        raise ValueError("no main part")


def _types(part: bytes) -> dict[str, str]:
    return {
        said.get("PartName", said.get("Extension", "")): said.get("ContentType", "") for _, said, _ in _elements(part)
    }


def _refuse_relations(part: bytes) -> None:
    for _, said, _ in _elements(part):
        is_outside = said.get("TargetMode") == "External"
        is_link = said.get("Type", "").endswith("/hyperlink") and said.get("Target", "").lower().startswith(_LINKS)
        if said.get("Type", "").endswith(_DRAWING_ON_OTHERS) or (is_outside and not is_link):
            raise _drawing_on_others()


def _refuse_code(elements: list["_Element"]) -> None:
    """Refuse fields of a document, formulas of a workbook and drawings that fetch something when it is opened."""
    for code in _fields(elements):
        leads = _LEADS.match(code)
        if _FETCHES.match(code) or (leads and not leads[1].lower().startswith((*_LINKS, "\\"))):
            raise _drawing_on_others()
    for name, said, text in elements:
        is_asking = name in _FORMULAS and _ASKS.search(re.sub(r'"[^"]*"', "", text))
        is_elsewhere = name in _DRAWN and any(_ELSEWHERE.match(said.get(key, "")) for key in ("src", "href"))
        if is_asking or is_elsewhere:
            raise _drawing_on_others()


def _fields(elements: list["_Element"]) -> list[str]:
    """The codes of a document's fields, each cut where another field stands in it; Unclean where that spells its name.

    A code may be spread over many runs, so that no run has the name whole (17.16.18, 17.16.23).
    """
    codes, is_being_named = [""], False
    for name, said, text in elements:
        if name == "fldSimple":
            codes.append(said.get("instr", ""))
        elif name == "instrText":
            codes[-1] += text
            is_being_named = is_being_named and _BARE_NAME.fullmatch(codes[-1]) is not None
        elif name == "fldChar":
            begins = said.get("fldCharType") == "begin"
            if begins and is_being_named:
                raise _drawing_on_others()
            codes.append("")
            is_being_named = begins
    return codes


class _Element(NamedTuple):
    """An element of a part: its name and attributes without prefixes; its text, where that is code."""

    name: str
    said: dict[str, str]
    text: str


def _elements(part: bytes) -> list[_Element]:
    """Each element, in order; raises expat's error where the part isn't well-formed XML.

    A document type is refused, and with it all that entities can do: no part has one (9.1.1 of part 1).
    """
    found: list[_Element] = []
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise ValueError("a document type")

    def begin(name: str, said: dict[str, str]) -> None:
        found.append(_Element(_local(name), {_local(key): value for key, value in said.items()}, ""))
        if found[-1].name in _CODES:
            parser.CharacterDataHandler, parser.EndElementHandler = go_on, end

    def go_on(text: str) -> None:
        found[-1] = found[-1]._replace(text=found[-1].text + text)

    def end(_: str) -> None:
        parser.CharacterDataHandler = parser.EndElementHandler = None

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = begin
    parser.Parse(part, True)
    return found


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _drawing_on_others() -> Unclean:
    return Unclean(
        "draws on something outside it: a template, a linked picture, another workbook or a program. Break that link, "
        "or save it as a PDF, then choose it again."
    )


def _with_macros() -> Unclean:
    return Unclean("has macros. Save it without them (as .docx or .xlsx), then choose it again.")
