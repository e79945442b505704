"""Sanitize Word documents and Excel workbooks (ECMA-376): zips of XML parts, packed again from the allowed parts.

The copy is built from the main part along the allowed relationships (`office_relationships`). Each XML part is written
again from the known vocabulary (`office_markup`). Parts that are not reached that way are dropped.
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
from dialogues.files.sanitizers.errors import FileRejected, gettext_noop, password_error, too_complex_error
from dialogues.files.sanitizers.office_markup import PartContext, sanitize_markup
from dialogues.files.sanitizers.office_relationships import Relationship
from dialogues.files.sanitizers.package_xml import Element, read_elements
from tiptracker.sandbox.xml_limits import TooMuchXml, XmlCounter

MAX_PARTS = 5_000
MAX_UNPACKED_BYTES = 256 * 1024 * 1024
"""In bytes, all parts together. A larger zip is made to fill a server's memory or disk."""

_CONTENT_TYPES_NAME = "[Content_Types].xml"
_CONTENT_TYPES_NAMESPACE = "http://schemas.openxmlformats.org/package/2006/content-types"
_OFFICE_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument"
_MAIN_PART_TYPES = {
    "word": f"{_OFFICE_MEDIA_TYPE}.wordprocessingml.document.main+xml",
    "xl": f"{_OFFICE_MEDIA_TYPE}.spreadsheetml.sheet.main+xml",
}
"""The type of the main part of each format (15.2 of part 1). Files with macros and templates have other types."""


class _PartType(NamedTuple):
    """The type of an XML part: its root element and its content type."""

    root: str
    type: str


_CORE_PROPERTIES = _PartType("cp:coreProperties", "application/vnd.openxmlformats-package.core-properties+xml")
_EXTENDED_PROPERTIES = _PartType("ep:Properties", f"{_OFFICE_MEDIA_TYPE}.extended-properties+xml")
_SHARED_PARTS = {
    "core-properties": _CORE_PROPERTIES,
    "coreproperties": _CORE_PROPERTIES,
    "extended-properties": _EXTENDED_PROPERTIES,
    "extendedproperties": _EXTENDED_PROPERTIES,
    "theme": _PartType("a:theme", f"{_OFFICE_MEDIA_TYPE}.theme+xml"),
    "themeoverride": _PartType("a:themeOverride", f"{_OFFICE_MEDIA_TYPE}.themeOverride+xml"),
    "chart": _PartType("c:chartSpace", f"{_OFFICE_MEDIA_TYPE}.drawingml.chart+xml"),
    "chartusershapes": _PartType("c:userShapes", f"{_OFFICE_MEDIA_TYPE}.drawingml.chartshapes+xml"),
    "diagramdata": _PartType("dgm:dataModel", f"{_OFFICE_MEDIA_TYPE}.drawingml.diagramData+xml"),
    "diagramlayout": _PartType("dgm:layoutDef", f"{_OFFICE_MEDIA_TYPE}.drawingml.diagramLayout+xml"),
    "diagramquickstyle": _PartType("dgm:styleDef", f"{_OFFICE_MEDIA_TYPE}.drawingml.diagramStyle+xml"),
    "diagramcolors": _PartType("dgm:colorsDef", f"{_OFFICE_MEDIA_TYPE}.drawingml.diagramColors+xml"),
    "vmldrawing": _PartType("xml", f"{_OFFICE_MEDIA_TYPE}.vmlDrawing"),
}
_PARTS_BY_FOLDER = {
    "word": _SHARED_PARTS
    | {
        "officedocument": _PartType("w:document", _MAIN_PART_TYPES["word"]),
        "styles": _PartType("w:styles", f"{_OFFICE_MEDIA_TYPE}.wordprocessingml.styles+xml"),
        "numbering": _PartType("w:numbering", f"{_OFFICE_MEDIA_TYPE}.wordprocessingml.numbering+xml"),
        "settings": _PartType("w:settings", f"{_OFFICE_MEDIA_TYPE}.wordprocessingml.settings+xml"),
        "fonttable": _PartType("w:fonts", f"{_OFFICE_MEDIA_TYPE}.wordprocessingml.fontTable+xml"),
        "header": _PartType("w:hdr", f"{_OFFICE_MEDIA_TYPE}.wordprocessingml.header+xml"),
        "footer": _PartType("w:ftr", f"{_OFFICE_MEDIA_TYPE}.wordprocessingml.footer+xml"),
        "footnotes": _PartType("w:footnotes", f"{_OFFICE_MEDIA_TYPE}.wordprocessingml.footnotes+xml"),
        "endnotes": _PartType("w:endnotes", f"{_OFFICE_MEDIA_TYPE}.wordprocessingml.endnotes+xml"),
        "comments": _PartType("w:comments", f"{_OFFICE_MEDIA_TYPE}.wordprocessingml.comments+xml"),
    },
    "xl": _SHARED_PARTS
    | {
        "officedocument": _PartType("s:workbook", _MAIN_PART_TYPES["xl"]),
        "styles": _PartType("s:styleSheet", f"{_OFFICE_MEDIA_TYPE}.spreadsheetml.styles+xml"),
        "sharedstrings": _PartType("s:sst", f"{_OFFICE_MEDIA_TYPE}.spreadsheetml.sharedStrings+xml"),
        "worksheet": _PartType("s:worksheet", f"{_OFFICE_MEDIA_TYPE}.spreadsheetml.worksheet+xml"),
        "chartsheet": _PartType("s:chartsheet", f"{_OFFICE_MEDIA_TYPE}.spreadsheetml.chartsheet+xml"),
        "table": _PartType("s:table", f"{_OFFICE_MEDIA_TYPE}.spreadsheetml.table+xml"),
        "comments": _PartType("s:comments", f"{_OFFICE_MEDIA_TYPE}.spreadsheetml.comments+xml"),
        "drawing": _PartType("xdr:wsDr", f"{_OFFICE_MEDIA_TYPE}.drawing+xml"),
    },
}
"""The part type that each kind of relationship leads to."""
_ROOT_RELATIONS = frozenset(
    {"officedocument", "core-properties", "coreproperties", "extended-properties", "extendedproperties"}
)
"""Relationships of the package itself: its main part and its properties.

The properties name author, dates and program. Readers behave according to the program.
"""
_XML_EXTENSIONS = frozenset({"xml", "rels", "vml"})
_IMAGE_FORMATS = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG"}
_UNCHANGED_SIGNATURES = {
    "gif": re.compile(rb"GIF8[79]a"),
    "bmp": re.compile(rb"BM.{4}\x00{4}", re.DOTALL),
    "tif": (_TIFF := re.compile(rb"II[*+]\x00|MM\x00[*+]")),
    "tiff": _TIFF,
    "emf": re.compile(rb"\x01\x00{3}.{36} EMF", re.DOTALL),
    "wmf": re.compile(rb"\xd7\xcd\xc6\x9a|[\x01\x02]\x00\x09\x00\x00[\x01\x03]"),
    "odttf": re.compile(rb".{44}[!-~][ -~]{3}.{12}[!-~][ -~]{3}", re.DOTALL),
}
"""Files kept as they are, and how each must begin: images that Office draws itself, and fonts.

The first 32 bytes of a font are scrambled (17.8.1), so it is recognized by the names of its third and fourth table.
"""
_DEFAULT_TYPES = {
    "rels": "application/vnd.openxmlformats-package.relationships+xml",
    "xml": "application/xml",
    "vml": _SHARED_PARTS["vmldrawing"].type,
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "bmp": "image/bmp",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "emf": "image/x-emf",
    "wmf": "image/x-wmf",
    "odttf": f"{_OFFICE_MEDIA_TYPE}.obfuscatedFont",
}
_MACRO_PATTERN = re.compile(r"vbaproject|vbadata|macrosheet|macroenabled", re.IGNORECASE)


def find_main_folder(content: bytes) -> str:
    """Return the folder of the main part, "word" or "xl", or "" if the content is no such zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return ""
    return next((folder for folder in _MAIN_PART_TYPES if any(name.startswith(f"{folder}/") for name in names)), "")


def sanitize_office(content: bytes, folder: str) -> bytes:
    """Return a new zip with redrawn images and rewritten XML, and no data before, between or after its entries.

    Raises FileRejected if it has macros, contains another file or uses one outside. Raises ValueError, zipfile's or
    expat's error if it is damaged.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = dict(_read_parts(archive))
    _refuse_content_types(read_elements(parts[_CONTENT_TYPES_NAME]), folder)
    sorted_out = {
        name: office_relationships.sort_relationships(name, read_elements(part))
        for name, part in parts.items()
        if _extension(name) == "rels"
    }
    left_behind = {part for each in sorted_out.values() for part in each.left_behind}
    for name in parts:
        if (
            _extension(name) not in _XML_EXTENSIONS | _IMAGE_FORMATS.keys() | _UNCHANGED_SIGNATURES.keys()
            and name.lower() not in left_behind
        ):
            raise office_relationships.embedded_file_error(name)
    return _pack(_PackageCopy(parts, {name: each.taken for name, each in sorted_out.items()}, folder).make())


def _read_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MAX_PARTS or len({entry.filename.lower() for entry in entries}) != len(entries):
        raise ValueError("too many parts, or two of one name")
    if any(entry.flag_bits & 1 for entry in entries):
        raise password_error()
    left, xml, pixels = MAX_UNPACKED_BYTES, XmlCounter(), 0
    for entry in entries:
        _refuse_part_name(entry.filename)
        with archive.open(entry) as file:
            part = file.read(left + 1)
        left -= len(part)
        if left < 0:
            raise ValueError("too large once unpacked")
        try:
            if _extension(entry.filename) in _XML_EXTENSIONS:
                xml.add(part)
        except TooMuchXml as error:
            raise too_complex_error() from error
        pixels += images.count_pixels(part) if _extension(entry.filename) in _IMAGE_FORMATS else 0
        if pixels > images.MAX_PIXELS:
            raise FileRejected(
                gettext_noop("The images in “%(name)s” together have more than %(limit)d million pixels."),
                gettext_noop("Compress the images in Word or Excel, then attach the file again."),
                limit=images.MAX_PIXELS // 1_000_000,
            )
        yield entry.filename, part


def _refuse_part_name(name: str) -> None:
    if _MACRO_PATTERN.search(name):
        raise office_relationships.macros_error()
    if posixpath.normpath(name) != name or name.startswith(("/", "..")) or "\\" in name:
        raise ValueError("no name of a part")


def _extension(name: str) -> str:
    return posixpath.basename(name).rpartition(".")[2].lower()


def _refuse_content_types(types: list[Element], folder: str) -> None:
    """Refuse content types with macros, or without a main part. `types` gives the type by part or extension."""
    if any(each.space != _CONTENT_TYPES_NAMESPACE or each.is_extended for each in types):
        raise ValueError("types with more in them")
    kinds = {each.said.get("ContentType", "") for each in types}
    if any(_MACRO_PATTERN.search(kind) for kind in kinds):
        raise office_relationships.macros_error()
    if _MAIN_PART_TYPES[folder] not in kinds:
        raise ValueError("no main part")


class _PackageCopy:
    """The sanitized parts of a file, reached from its main part."""

    def __init__(self, parts: Mapping[str, bytes], drawn_on: Mapping[str, list[Relationship]], folder: str) -> None:
        self.names = {unquote(name).lower(): name for name in parts}
        """The name of each part in the zip, by the name that relationships use."""
        self.parts, self.drawn_on = parts, {unquote(name).lower(): rows for name, rows in drawn_on.items()}
        self.folder = folder
        self.kinds: dict[str, str] = {}
        """The kind of each part reached."""
        self.made: dict[str, bytes] = {}
        self.sheets: frozenset[str] | None = None

    def make(self) -> dict[str, bytes]:
        first: dict[str, Relationship] = {}
        for row in self.drawn_on.get("_rels/.rels", []):
            if row.kind in _ROOT_RELATIONS:
                first.setdefault(row.target, row)  # LibreOffice names the properties twice
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
        return {_CONTENT_TYPES_NAME: self._types()} | self.made

    def _name(self, row: Relationship) -> str:
        name = self.names.get(row.target.lower())
        if name is None:
            raise ValueError("a relation to no part")
        return name

    def _clean(self, name: str, kind: str, sheet: str) -> list[tuple[Relationship, str]]:
        """Sanitize a part that belongs to `sheet`. Return the relationships it uses, each with its sheet."""
        extension = _extension(name)
        if extension in _IMAGE_FORMATS:
            self.made[name] = images.sanitize_image(self.parts[name], _IMAGE_FORMATS[extension])
            return []
        if extension in _UNCHANGED_SIGNATURES:
            if not _UNCHANGED_SIGNATURES[extension].match(self.parts[name]):
                raise office_relationships.embedded_file_error(name)
            self.made[name] = self.parts[name]
            return []
        relations_name = posixpath.join(posixpath.dirname(name), "_rels", f"{posixpath.basename(name)}.rels")
        rows = self.drawn_on.get(unquote(relations_name).lower(), [])
        root = _PARTS_BY_FOLDER[self.folder][kind].root
        clean = sanitize_markup(
            self.parts[name], PartContext(root, {row.key: row.kind for row in rows}, sheet, self.sheets)
        )
        self.made[name] = clean.content
        if root == "s:workbook":
            self.sheets = frozenset(each.casefold() for each in clean.sheets.values())
        known = _PARTS_BY_FOLDER[self.folder].keys()
        used = [
            row for row in rows if row.key in clean.drawn_on or row.kind in office_relationships.IMPLICIT_KINDS & known
        ]
        self._write_relations(relations_name, used)
        return [(row, clean.sheets.get(row.key, sheet)) for row in used if not row.is_outside]

    def _types(self) -> bytes:
        extensions = sorted({_extension(name) for name in self.made})
        rows = [f'<Default Extension="{each}" ContentType="{_DEFAULT_TYPES[each]}"/>' for each in extensions]
        parts = _PARTS_BY_FOLDER[self.folder]
        rows += [
            f'<Override PartName={quoteattr(_part_address(name))} ContentType="{parts[kind].type}"/>'
            for name, kind in sorted(self.kinds.items())
            if _extension(name) == "xml"
        ]
        return _format_xml("Types", _CONTENT_TYPES_NAMESPACE, rows)

    def _write_relations(self, name: str, rows: list[Relationship]) -> None:
        if not rows:
            return
        self.made[name] = _format_xml(
            "Relationships",
            office_relationships.RELATIONSHIPS_NAMESPACE,
            [
                f"<Relationship Id={quoteattr(row.key)} Type={quoteattr(row.type)} "
                + (
                    f'Target={quoteattr(row.target)} TargetMode="External"/>'
                    if row.is_outside
                    else f"Target={quoteattr(_part_address(self._name(row)))}/>"
                )
                for row in rows
            ],
        )


def _part_address(name: str) -> str:
    return "/" + quote(name, safe="/%!$&'()*+,;=:@")


def _format_xml(root: str, space: str, rows: list[str]) -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return f"{head}<{root} xmlns={quoteattr(space)}>{''.join(rows)}</{root}>".encode()


def _pack(parts: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            # dated 1980, so that the output is reproducible
            archive.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
