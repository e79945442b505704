"""Sort the relationships of the parts of an Office file (ECMA-376, part 2, 6.5): keep, drop or reject each."""

import posixpath
import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote

from dialogues.files.sanitizers.errors import FileRejected, gettext_noop
from dialogues.files.sanitizers.package_xml import Element

IMAGE_EXTENSIONS = frozenset({"jpg", "jpeg", "png", "gif", "emf", "wmf", "tif", "tiff", "bmp"})
RELATIONSHIPS_NAMESPACE = "http://schemas.openxmlformats.org/package/2006/relationships"
_RELATIONSHIP_TYPE = re.compile(
    r"http://(?:schemas\.openxmlformats\.org|schemas\.microsoft\.com/office|purl\.oclc\.org/ooxml)/"
    r"(?:[\w.]+/)*relationships/(?:metadata/)?([\w-]+)",
    re.IGNORECASE,
)
_RELATIONSHIP_ID = re.compile(r"[A-Za-z_][\w.-]*")
_LINK_TARGET = re.compile(r"https?://[^\s\\/][^\\\x00-\x1f]*|mailto:[^\\\x00-\x1f]*|#[^\\\x00-\x1f]*", re.IGNORECASE)
"""Where a link that a reader clicks may lead."""
_XML_KINDS = """
    officeDocument core-properties coreProperties extended-properties extendedProperties theme themeOverride styles
    chart chartUserShapes drawing diagramData diagramLayout diagramQuickStyle diagramColors
    numbering settings fontTable header footer footnotes endnotes comments
    worksheet chartsheet sharedStrings table
"""
_ALLOWED_EXTENSIONS = {name.lower(): frozenset({"xml"}) for name in _XML_KINDS.split()} | {
    "image": IMAGE_EXTENSIONS,
    "vmldrawing": frozenset({"vml"}),
    "font": frozenset({"odttf"}),
}
"""The kinds of relationship allowed inside the file, and the file extensions of their targets."""
IMPLICIT_KINDS = frozenset(
    {"styles", "theme", "themeoverride", "numbering", "settings", "fonttable", "footnotes", "endnotes", "comments"}
    | {"sharedstrings"}
)
"""Kinds that a part uses without an element that names the relationship."""
_DROPPED_KIND_NAMES = """
    attachedTemplate mailMergeSource mailMergeHeaderSource mailMergeRecipientData recipientData transform
    custom-properties customProperties classificationLabels thumbnail
    customXml customXmlProps chartStyle chartColorStyle diagramDrawing chartEx ctrlProp printerSettings
    stylesWithEffects webSettings glossaryDocument commentsExtended commentsExtensible commentsIds people documentTasks
    intelligence calcChain sheetMetadata tableSingleCells xmlMaps namedSheetView threadedComment person
    pivotTable pivotCacheDefinition pivotCacheRecords slicer slicerCache timeline timelineCache
    revisionHeaders revisionLog usernames featurePropertyBag rdRichValue rdRichValueStructure rdRichValueTypes rdArray
    rdSupportingPropertyBag rdSupportingPropertyBagStructure richStyles customProperty
"""
_DROPPED_KINDS = frozenset(name.lower() for name in _DROPPED_KIND_NAMES.split())
"""Kinds that no reader misses: settings of programs, printers and servers, and other forms of the same content.

Dropping a pivot table leaves its cells. Dropping threaded comments leaves the ordinary comments in place.
"""
_MACRO_KINDS = re.compile(r"vba|macrosheet|keymapcustomizations|attachedtoolbars|dialogsheet")
_EMBEDDED_KINDS = frozenset({"oleobject", "package", "control", "activexcontrolbinary", "video", "audio", "media"})
_CHART_SOURCE_KINDS = frozenset({"oleobject", "package"})
"""The workbook behind a chart, embedded or external. Its numbers are in the chart as well."""
_EXTERNAL_KINDS = frozenset(
    {"externallink", "externallinkpath", "connections", "querytable", "volatiledependencies", "afchunk", "subdocument"}
)
"""Other workbooks, databases, pages and programs, and a whole document inside this one."""


class Relationship(NamedTuple):
    """A relationship that is kept."""

    key: str
    kind: str
    """The last word of its type, in lower case."""
    type: str
    target: str
    """The name of a part, or the address of a link."""
    is_outside: bool


class SortedRelationships(NamedTuple):
    """The relationships of a part: those that are kept, and the names (lower case) of the parts that are dropped."""

    taken: list[Relationship]
    left_behind: frozenset[str]


def sort_relationships(name: str, elements: list[Element]) -> SortedRelationships:
    """Sort the relationships in the part called `name`.

    Raises FileRejected if one may do harm and can't be dropped, and ValueError if readers could interpret one in
    different ways.
    """
    taken: list[Relationship] = []
    left_behind: set[str] = set()
    keys: set[str] = set()
    folder = posixpath.dirname(posixpath.dirname(name))
    for element in _relationship_elements(elements):
        kind, key = _kind_of(element), element.said.get("Id", "")
        target, mode = element.said.get("Target", ""), element.said.get("TargetMode", "Internal")
        if not _RELATIONSHIP_ID.fullmatch(key) or key in keys:
            raise ValueError("relations without a key of their own")
        keys.add(key)
        if kind in _DROPPED_KINDS or (kind in _CHART_SOURCE_KINDS and posixpath.basename(folder) == "charts"):
            left_behind.add(_resolve_part(folder, target).lower())
        elif kind == "image" and mode == "Internal" and target.lower().endswith(".svg"):
            left_behind.add(_resolve_part(folder, target).lower())  # the file also has a pixel copy of it
        elif kind == "hyperlink" and _LINK_TARGET.fullmatch(target):
            taken.append(Relationship(key, kind, element.said["Type"], target, True))
        else:
            _refuse_unsafe(kind, target, mode)
            taken.append(Relationship(key, kind, element.said["Type"], _resolve_part(folder, target), False))
    return SortedRelationships(taken, frozenset(left_behind))


def _relationship_elements(elements: list[Element]) -> Iterator[Element]:
    for element in elements:
        if element.space != RELATIONSHIPS_NAMESPACE or element.is_extended:
            raise ValueError("relations with more in them")
        if element.name == "Relationship":
            yield element


def _resolve_part(folder: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/", folder, unquote(target))).lstrip("/")


def _kind_of(element: Element) -> str:
    known = _RELATIONSHIP_TYPE.fullmatch(element.said.get("Type", ""))
    return known[1].lower() if known else element.said.get("Type", "")


def _refuse_unsafe(kind: str, target: str, mode: str) -> None:
    path = unquote(target)
    if kind == "hyperlink":
        raise unsafe_link_error(target)
    if mode != "Internal" or kind in _EXTERNAL_KINDS or re.search(r"[:?#\\]|^//", path):
        raise external_content_error()
    if _MACRO_KINDS.search(kind):
        raise macros_error()
    if kind == "richvaluerel":
        raise FileRejected(
            gettext_noop("“%(name)s” has images inside cells."),
            gettext_noop(
                "Place each image over its cells (in Excel right-click it, “Place over Cells”), or save the file as a "
                "PDF, then attach it again."
            ),
        )
    if kind not in _ALLOWED_EXTENSIONS and kind not in _EMBEDDED_KINDS:
        raise FileRejected(
            gettext_noop("“%(name)s” contains something that cannot be attached (%(part)s)."),
            gettext_noop("Save it as a PDF, then attach that."),
            part=posixpath.basename(kind),
        )
    if path.rpartition(".")[2].lower() not in _ALLOWED_EXTENSIONS.get(kind, ()):
        raise embedded_file_error(path)


def external_content_error() -> FileRejected:
    return FileRejected(
        gettext_noop(
            "“%(name)s” uses something outside the file: a template, a linked image, another workbook or a program."
        ),
        gettext_noop("Break that link, or save the file as a PDF, then attach it again."),
    )


def unsafe_link_error(target: str) -> FileRejected:
    shown = target if len(target) <= 60 else f"{target[:59]}…"
    return FileRejected(
        gettext_noop("“%(name)s” has a link to something that is neither a web page nor a mail address (“%(link)s”)."),
        gettext_noop("Remove that link, or save the file as a PDF, then attach it again."),
        link=shown,
    )


def unsupported_image_error() -> FileRejected:
    return FileRejected(
        gettext_noop("“%(name)s” has an image or a drawing of a type that cannot be attached."),
        gettext_noop("Insert it as a PNG image, or save the file as a PDF, then attach it again."),
    )


def embedded_file_error(name: str) -> FileRejected:
    return FileRejected(
        gettext_noop("“%(name)s” has another file inside it (%(part)s)."),
        gettext_noop("Remove the file inside, or save the whole as a PDF, then attach it again."),
        gettext_noop("Attach the file inside by itself."),
        part=posixpath.basename(name),
    )


def macros_error() -> FileRejected:
    return FileRejected(
        gettext_noop("“%(name)s” has macros."),
        gettext_noop("Save the file without macros (as .docx or .xlsx), then attach it again."),
    )
