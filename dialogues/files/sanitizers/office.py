"""Word documents and Excel workbooks (ECMA-376): zips of XML parts, packed anew from the parts that they may hold.

The copy is built from its main part along the relations that are taken (`relations`), each part of XML written anew
from the vocabulary that is known (`office_markup`). What isn't reached that way is left behind.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import quote, unquote
from xml.sax.saxutils import quoteattr

from dialogues.files.sanitizers import images, office_relationships
from dialogues.files.sanitizers.errors import Unclean
from dialogues.files.sanitizers.office_markup import Place, clean_markup
from dialogues.files.sanitizers.office_relationships import Relation
from dialogues.files.sanitizers.package_xml import Element, elements
from tiptracker.sandbox.xml_limits import TooMuchXml, XmlCount

MOST_PARTS = 5_000
MOST_UNPACKED = 256 * 1024 * 1024
"""In bytes, of all parts together: beyond it a zip is made to fill a server."""

_TYPES = "[Content_Types].xml"
_TYPES_SPACE = "http://schemas.openxmlformats.org/package/2006/content-types"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_MAIN = {
    "word": f"{_OFFICE}.wordprocessingml.document.main+xml",
    "xl": f"{_OFFICE}.spreadsheetml.sheet.main+xml",
}
"""What the main part of each sort is (15.2 of part 1); one with macros, or a template, is another type."""


class _Part(NamedTuple):
    """What a part of XML is: its first element, and its type."""

    root: str
    type: str


_CORE = _Part("cp:coreProperties", "application/vnd.openxmlformats-package.core-properties+xml")
_EXTENDED = _Part("ep:Properties", f"{_OFFICE}.extended-properties+xml")
_BOTH = {
    "core-properties": _CORE,
    "coreproperties": _CORE,
    "extended-properties": _EXTENDED,
    "extendedproperties": _EXTENDED,
    "theme": _Part("a:theme", f"{_OFFICE}.theme+xml"),
    "themeoverride": _Part("a:themeOverride", f"{_OFFICE}.themeOverride+xml"),
    "chart": _Part("c:chartSpace", f"{_OFFICE}.drawingml.chart+xml"),
    "chartusershapes": _Part("c:userShapes", f"{_OFFICE}.drawingml.chartshapes+xml"),
    "diagramdata": _Part("dgm:dataModel", f"{_OFFICE}.drawingml.diagramData+xml"),
    "diagramlayout": _Part("dgm:layoutDef", f"{_OFFICE}.drawingml.diagramLayout+xml"),
    "diagramquickstyle": _Part("dgm:styleDef", f"{_OFFICE}.drawingml.diagramStyle+xml"),
    "diagramcolors": _Part("dgm:colorsDef", f"{_OFFICE}.drawingml.diagramColors+xml"),
    "vmldrawing": _Part("xml", f"{_OFFICE}.vmlDrawing"),
}
_PARTS = {
    "word": _BOTH
    | {
        "officedocument": _Part("w:document", _MAIN["word"]),
        "styles": _Part("w:styles", f"{_OFFICE}.wordprocessingml.styles+xml"),
        "numbering": _Part("w:numbering", f"{_OFFICE}.wordprocessingml.numbering+xml"),
        "settings": _Part("w:settings", f"{_OFFICE}.wordprocessingml.settings+xml"),
        "fonttable": _Part("w:fonts", f"{_OFFICE}.wordprocessingml.fontTable+xml"),
        "header": _Part("w:hdr", f"{_OFFICE}.wordprocessingml.header+xml"),
        "footer": _Part("w:ftr", f"{_OFFICE}.wordprocessingml.footer+xml"),
        "footnotes": _Part("w:footnotes", f"{_OFFICE}.wordprocessingml.footnotes+xml"),
        "endnotes": _Part("w:endnotes", f"{_OFFICE}.wordprocessingml.endnotes+xml"),
        "comments": _Part("w:comments", f"{_OFFICE}.wordprocessingml.comments+xml"),
    },
    "xl": _BOTH
    | {
        "officedocument": _Part("s:workbook", _MAIN["xl"]),
        "styles": _Part("s:styleSheet", f"{_OFFICE}.spreadsheetml.styles+xml"),
        "sharedstrings": _Part("s:sst", f"{_OFFICE}.spreadsheetml.sharedStrings+xml"),
        "worksheet": _Part("s:worksheet", f"{_OFFICE}.spreadsheetml.worksheet+xml"),
        "chartsheet": _Part("s:chartsheet", f"{_OFFICE}.spreadsheetml.chartsheet+xml"),
        "table": _Part("s:table", f"{_OFFICE}.spreadsheetml.table+xml"),
        "comments": _Part("s:comments", f"{_OFFICE}.spreadsheetml.comments+xml"),
        "drawing": _Part("xdr:wsDr", f"{_OFFICE}.drawing+xml"),
    },
}
"""What each kind of relation leads to."""
_FIRST = frozenset({"officedocument", "core-properties", "coreproperties", "extended-properties", "extendedproperties"})
"""What the file itself draws on: its main part; who wrote it when, with which program (which readers go by)."""
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
}
"""What is kept as it is, and how each begins: pictures that Office draws itself; fonts, whose first 32 bytes are
scrambled (17.8.1), by the names of their third and fourth table."""
_DEFAULTS = {
    "rels": "application/vnd.openxmlformats-package.relationships+xml",
    "xml": "application/xml",
    "vml": _BOTH["vmldrawing"].type,
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "bmp": "image/bmp",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "emf": "image/x-emf",
    "wmf": "image/x-wmf",
    "odttf": f"{_OFFICE}.obfuscatedFont",
}
_MACROS = re.compile(r"vbaproject|vbadata|macrosheet|macroenabled", re.IGNORECASE)


def folder_of(content: bytes) -> str:
    """The folder of the main part, "word" or "xl", or "" where it is no such zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return ""
    return next((folder for folder in _MAIN if any(name.startswith(f"{folder}/") for name in names)), "")


def clean(content: bytes, folder: str) -> bytes:
    """Another zip, with its pictures drawn anew and its XML written anew, and nothing between, before or behind them.

    Raises Unclean where it has macros, another file inside or draws on one outside; ValueError, zipfile's or expat's
    error where it isn't whole.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = dict(_parts(archive))
    _refuse_types(elements(parts[_TYPES]), folder)
    sorted_out = {
        name: office_relationships.sort(name, elements(part))
        for name, part in parts.items()
        if _extension(name) == "rels"
    }
    left_behind = {part for each in sorted_out.values() for part in each.left_behind}
    for name in parts:
        if _extension(name) not in _XML | _PICTURES.keys() | _PLAIN.keys() and name.lower() not in left_behind:
            raise office_relationships.with_another_inside(name)
    return _packed(_Copy(parts, {name: each.taken for name, each in sorted_out.items()}, folder).make())


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
        pixels += images.pixels(part) if _extension(entry.filename) in _PICTURES else 0
        if pixels > images.MOST_PIXELS:
            raise Unclean(
                f"holds pictures of more than {images.MOST_PIXELS // 1_000_000} million pixels together. Have Word "
                "or Excel compress its pictures, then choose it again."
            )
        yield entry.filename, part


def _refuse_name(name: str) -> None:
    if _MACROS.search(name):
        raise office_relationships.with_macros()
    if posixpath.normpath(name) != name or name.startswith(("/", "..")) or "\\" in name:
        raise ValueError("no name of a part")


def _extension(name: str) -> str:
    return posixpath.basename(name).rpartition(".")[2].lower()


def _refuse_types(types: list[Element], folder: str) -> None:
    """`types` says what the parts are, by part or extension."""
    if any(each.space != _TYPES_SPACE or each.is_extended for each in types):
        raise ValueError("types with more in them")
    kinds = {each.said.get("ContentType", "") for each in types}
    if any(_MACROS.search(kind) for kind in kinds):
        raise office_relationships.with_macros()
    if _MAIN[folder] not in kinds:
        raise ValueError("no main part")


class _Copy:
    """The parts of a file, cleaned, as they are reached from its main part."""

    def __init__(self, parts: Mapping[str, bytes], drawn_on: Mapping[str, list[Relation]], folder: str) -> None:
        self.names = {unquote(name).lower(): name for name in parts}
        """How each part is called in the zip, by what relations may call it."""
        self.parts, self.drawn_on = parts, {unquote(name).lower(): rows for name, rows in drawn_on.items()}
        self.folder = folder
        self.kinds: dict[str, str] = {}
        """The kind of each part that is reached."""
        self.made: dict[str, bytes] = {}
        self.sheets: frozenset[str] | None = None

    def make(self) -> dict[str, bytes]:
        first: dict[str, Relation] = {}
        for row in self.drawn_on.get("_rels/.rels", []):
            if row.kind in _FIRST:
                first.setdefault(row.target, row)  # LibreOffice says twice where the properties are
        if [row.kind for row in first.values()].count("officedocument") != 1:
            raise ValueError("no main part, or two")
        self._write_relations("_rels/.rels", list(first.values()))
        waiting = [(row, "") for row in first.values()]
        while waiting:
            row, sheet = waiting.pop()
            name = self._name(row)
            if self.kinds.setdefault(name, row.kind) != row.kind:
                raise ValueError("one part of two kinds")
            if name not in self.made:
                waiting += self._clean(name, row.kind, sheet)
        return {_TYPES: self._types()} | self.made

    def _name(self, row: Relation) -> str:
        name = self.names.get(row.target.lower())
        if name is None:
            raise ValueError("a relation to no part")
        return name

    def _clean(self, name: str, kind: str, sheet: str) -> list[tuple[Relation, str]]:
        """Clean a part, which belongs to `sheet`; what it draws on, with the sheet that this belongs to."""
        extension = _extension(name)
        if extension in _PICTURES:
            self.made[name] = images.clean(self.parts[name], _PICTURES[extension])
            return []
        if extension in _PLAIN:
            if not _PLAIN[extension].match(self.parts[name]):
                raise office_relationships.with_another_inside(name)
            self.made[name] = self.parts[name]
            return []
        relations_name = posixpath.join(posixpath.dirname(name), "_rels", f"{posixpath.basename(name)}.rels")
        rows = self.drawn_on.get(unquote(relations_name).lower(), [])
        root = _PARTS[self.folder][kind].root
        clean = clean_markup(self.parts[name], Place(root, {row.key: row.kind for row in rows}, sheet, self.sheets))
        self.made[name] = clean.content
        if root == "s:workbook":
            self.sheets = frozenset(each.casefold() for each in clean.sheets.values())
        known = _PARTS[self.folder].keys()
        used = [
            row for row in rows if row.key in clean.drawn_on or row.kind in office_relationships.WITHOUT_A_KEY & known
        ]
        self._write_relations(relations_name, used)
        return [(row, clean.sheets.get(row.key, sheet)) for row in used if not row.is_outside]

    def _types(self) -> bytes:
        extensions = sorted({_extension(name) for name in self.made})
        rows = [f'<Default Extension="{each}" ContentType="{_DEFAULTS[each]}"/>' for each in extensions]
        rows += [
            f'<Override PartName={quoteattr(_address(name))} ContentType="{_PARTS[self.folder][kind].type}"/>'
            for name, kind in sorted(self.kinds.items())
            if _extension(name) == "xml"
        ]
        return _xml("Types", _TYPES_SPACE, rows)

    def _write_relations(self, name: str, rows: list[Relation]) -> None:
        if not rows:
            return
        self.made[name] = _xml(
            "Relationships",
            office_relationships.SPACE,
            [
                f"<Relationship Id={quoteattr(row.key)} Type={quoteattr(row.type)} "
                + (
                    f'Target={quoteattr(row.target)} TargetMode="External"/>'
                    if row.is_outside
                    else f"Target={quoteattr(_address(self._name(row)))}/>"
                )
                for row in rows
            ],
        )


def _address(name: str) -> str:
    return "/" + quote(name, safe="/%!$&'()*+,;=:@")


def _xml(root: str, space: str, rows: list[str]) -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return f"{head}<{root} xmlns={quoteattr(space)}>{''.join(rows)}</{root}>".encode()


def _packed(parts: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)  # dated 1980, the same each time
    return packed.getvalue()
