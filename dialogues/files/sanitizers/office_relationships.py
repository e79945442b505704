"""What a part of an Office file draws on (ECMA-376, part 2, 6.5): taken, left behind or refused."""

import posixpath
import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote

from dialogues.files.sanitizers.errors import Unclean
from dialogues.files.sanitizers.package_xml import Element

PICTURES = frozenset({"jpg", "jpeg", "png", "gif", "emf", "wmf", "tif", "tiff", "bmp"})
SPACE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPE = re.compile(
    r"http://(?:schemas\.openxmlformats\.org|schemas\.microsoft\.com/office|purl\.oclc\.org/ooxml)/"
    r"(?:[\w.]+/)*relationships/(?:metadata/)?([\w-]+)",
    re.IGNORECASE,
)
_KEY = re.compile(r"[A-Za-z_][\w.-]*")
_ADDRESS = re.compile(r"https?://[^\s\\/][^\\\x00-\x1f]*|mailto:[^\\\x00-\x1f]*|#[^\\\x00-\x1f]*", re.IGNORECASE)
"""Where a link may lead that a person presses."""
_MARKUP = """
    officeDocument core-properties coreProperties extended-properties extendedProperties theme themeOverride styles
    chart chartUserShapes drawing diagramData diagramLayout diagramQuickStyle diagramColors
    numbering settings fontTable header footer footnotes endnotes comments
    worksheet chartsheet sharedStrings table
"""
_TAKEN = {name.lower(): frozenset({"xml"}) for name in _MARKUP.split()} | {
    "image": PICTURES,
    "vmldrawing": frozenset({"vml"}),
    "font": frozenset({"odttf"}),
}
"""What may be drawn on inside the file, and the extensions of the parts that it may be."""
WITHOUT_A_KEY = frozenset(
    {"styles", "theme", "themeoverride", "numbering", "settings", "fonttable", "footnotes", "endnotes", "comments"}
    | {"sharedstrings"}
)
"""What a part draws on without an element that says so."""
_UNMISSED = """
    attachedTemplate mailMergeSource mailMergeHeaderSource mailMergeRecipientData recipientData transform
    custom-properties customProperties classificationLabels thumbnail
    customXml customXmlProps chartStyle chartColorStyle diagramDrawing chartEx ctrlProp printerSettings
    stylesWithEffects webSettings glossaryDocument commentsExtended commentsExtensible commentsIds people documentTasks
    intelligence calcChain sheetMetadata tableSingleCells xmlMaps namedSheetView threadedComment person
    pivotTable pivotCacheDefinition pivotCacheRecords slicer slicerCache timeline timelineCache
    revisionHeaders revisionLog usernames featurePropertyBag rdRichValue rdRichValueStructure rdRichValueTypes rdArray
    rdSupportingPropertyBag rdSupportingPropertyBagStructure richStyles customProperty
"""
_LEFT_BEHIND = frozenset(name.lower() for name in _UNMISSED.split())
"""What nobody misses who reads the document: settings of programs, of printers and of servers, other ways of saying
what stands in it as well. Pivot tables leave their cells, threaded comments the ordinary ones beside them."""
_MACROS = re.compile(r"vba|macrosheet|keymapcustomizations|attachedtoolbars|dialogsheet")
_FILES = frozenset({"oleobject", "package", "control", "activexcontrolbinary", "video", "audio", "media"})
_OF_CHARTS = frozenset({"oleobject", "package"})
"""The workbook behind a chart, inside or outside: its numbers stand in the chart as well."""
_OTHERS = frozenset(
    {"externallink", "externallinkpath", "connections", "querytable", "volatiledependencies", "afchunk", "subdocument"}
)
"""Other workbooks, databases and pages, programs, and a whole document inside this one."""


class Relation(NamedTuple):
    """A relation that is taken."""

    key: str
    kind: str
    """The last word of its type, in lower case."""
    type: str
    target: str
    """The name of a part, or an address where it is a link."""
    is_outside: bool


class Sorted(NamedTuple):
    """The relations of a part: those that are taken, and the parts, in lower case, that are left behind."""

    taken: list[Relation]
    left_behind: frozenset[str]


def sort(name: str, elements: list[Element]) -> Sorted:
    """The relations in the part called `name`.

    Raises Unclean where one may do harm and can't be left behind; ValueError where they aren't what each reader takes
    them for.
    """
    taken: list[Relation] = []
    left_behind: set[str] = set()
    keys: set[str] = set()
    folder = posixpath.dirname(posixpath.dirname(name))
    for element in _rows(elements):
        kind, key = _kind(element), element.said.get("Id", "")
        target, mode = element.said.get("Target", ""), element.said.get("TargetMode", "Internal")
        if not _KEY.fullmatch(key) or key in keys:
            raise ValueError("relations without a key of their own")
        keys.add(key)
        if kind in _LEFT_BEHIND or (kind in _OF_CHARTS and posixpath.basename(folder) == "charts"):
            left_behind.add(_part(folder, target).lower())
        elif kind == "image" and mode == "Internal" and target.lower().endswith(".svg"):
            left_behind.add(_part(folder, target).lower())  # a copy of it in pixels stands beside it
        elif kind == "hyperlink" and _ADDRESS.fullmatch(target):
            taken.append(Relation(key, kind, element.said["Type"], target, True))
        else:
            _refuse(kind, target, mode)
            taken.append(Relation(key, kind, element.said["Type"], _part(folder, target), False))
    return Sorted(taken, frozenset(left_behind))


def _rows(elements: list[Element]) -> Iterator[Element]:
    for element in elements:
        if element.space != SPACE or element.is_extended:
            raise ValueError("relations with more in them")
        if element.name == "Relationship":
            yield element


def _part(folder: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/", folder, unquote(target))).lstrip("/")


def _kind(element: Element) -> str:
    known = _TYPE.fullmatch(element.said.get("Type", ""))
    return known[1].lower() if known else element.said.get("Type", "")


def _refuse(kind: str, target: str, mode: str) -> None:
    path = unquote(target)
    if kind == "hyperlink":
        raise leading_astray(target)
    if mode != "Internal" or kind in _OTHERS or re.search(r"[:?#\\]|^//", path):
        raise drawing_on_others()
    if _MACROS.search(kind):
        raise with_macros()
    if kind == "richvaluerel":
        raise Unclean(
            "has pictures inside its cells. Place each over its cells (in Excel right-click it, “Place over Cells”), "
            "or save it as a PDF, then choose it again."
        )
    if kind not in _TAKEN and kind not in _FILES:
        raise Unclean(
            f"holds something that can't be taken along ({posixpath.basename(kind)}). Save it as a PDF, then choose "
            "that instead."
        )
    if path.rpartition(".")[2].lower() not in _TAKEN.get(kind, ()):
        raise with_another_inside(path)


def drawing_on_others() -> Unclean:
    return Unclean(
        "draws on something outside it: a template, a linked picture, another workbook or a program. Break that link, "
        "or save it as a PDF, then choose it again."
    )


def leading_astray(target: str) -> Unclean:
    shown = target if len(target) <= 60 else f"{target[:59]}…"
    return Unclean(
        f"has a link that draws on something outside it that is no page of the web and no address of mail (“{shown}”). "
        "Remove that link, or save it as a PDF, then choose it again."
    )


def with_another_picture() -> Unclean:
    return Unclean(
        "has a picture or a drawing of a kind that can't be taken along. Put it in as a PNG picture, or save it as a "
        "PDF, then choose it again."
    )


def with_another_inside(name: str) -> Unclean:
    return Unclean(
        f"has another file inside it ({posixpath.basename(name)}). Take that out, or save it as a PDF, then choose "
        "it again; send what was inside by itself."
    )


def with_macros() -> Unclean:
    return Unclean("has macros. Save it without them (as .docx or .xlsx), then choose it again.")
