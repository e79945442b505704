"""Word documents and Excel workbooks (ECMA-376): zips of XML parts, packed anew from the parts that they may hold."""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
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
        for _ in _elements(part):
            pass
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
    return {said.get("PartName", said.get("Extension", "")): said.get("ContentType", "") for _, said in _elements(part)}


def _refuse_relations(part: bytes) -> None:
    for _, said in _elements(part):
        is_outside = said.get("TargetMode") == "External"
        is_link = said.get("Type", "").endswith("/hyperlink") and said.get("Target", "").lower().startswith(_LINKS)
        if said.get("Type", "").endswith(("/externalLink", "/externalLinkPath")) or (is_outside and not is_link):
            raise Unclean(
                "draws on another file outside it: a template, a linked picture or another workbook. Break that link, "
                "or save it as a PDF, then choose it again."
            )


def _elements(part: bytes) -> list[tuple[str, dict[str, str]]]:
    """Each element's name and attributes, in order; raises expat's error where the part isn't well-formed XML.

    A document type is refused, and with it all that entities can do: no part has one (9.1.1 of part 1).
    """
    found: list[tuple[str, dict[str, str]]] = []

    def refuse(*_: object) -> None:
        raise ValueError("a document type")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda name, said: found.append((name, said))
    parser.Parse(part, True)
    return found


def _with_macros() -> Unclean:
    return Unclean("has macros. Save it without them (as .docx or .xlsx), then choose it again.")
