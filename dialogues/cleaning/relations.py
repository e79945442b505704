"""What a part of an Office file draws on (ECMA-376, part 2, 6.5): refused unless it is known to do no harm."""

import posixpath
import re
from urllib.parse import unquote

from dialogues.cleaning import Unclean
from dialogues.cleaning.markup import Element

LINKS = ("http:", "https:", "mailto:", "#")
PICTURES = frozenset({"jpg", "jpeg", "png", "gif", "emf", "wmf", "tif", "tiff", "bmp"})
_SPACE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPE = re.compile(
    r"http://(?:schemas\.openxmlformats\.org|schemas\.microsoft\.com/office|purl\.oclc\.org/ooxml)/"
    r"(?:[\w.]+/)*relationships/(?:metadata/)?([\w-]+)",
    re.IGNORECASE,
)
_MARKUP = """
    officeDocument core-properties coreProperties extended-properties extendedProperties custom-properties
    customProperties classificationLabels customXml customXmlProps theme themeOverride styles
    chart chartEx chartStyle chartColorStyle chartUserShapes drawing ctrlProp
    diagramData diagramLayout diagramQuickStyle diagramColors diagramDrawing
    stylesWithEffects numbering settings webSettings fontTable header footer footnotes endnotes glossaryDocument
    comments commentsExtended commentsExtensible commentsIds people documentTasks intelligence
    worksheet chartsheet sharedStrings calcChain sheetMetadata table tableSingleCells namedSheetView
    threadedComment person pivotTable pivotCacheDefinition pivotCacheRecords slicer slicerCache timeline timelineCache
    revisionHeaders revisionLog usernames
    featurePropertyBag rdRichValue rdRichValueStructure rdRichValueTypes rdArray rdSupportingPropertyBag
    rdSupportingPropertyBagStructure richStyles richValueRel
"""
_TAKEN = {name.lower(): frozenset({"xml"}) for name in _MARKUP.split()} | {
    "image": PICTURES,
    "thumbnail": PICTURES,
    "vmldrawing": frozenset({"vml"}),
    "font": frozenset({"odttf"}),
    "printersettings": frozenset({"bin"}),
}
"""What may be drawn on inside the file, and the extensions of the parts that it may be."""
_MACROS = re.compile(r"vba|macrosheet|keymapcustomizations|attachedtoolbars")
_FILES = frozenset({"oleobject", "package", "control", "activexcontrolbinary", "video", "audio", "media"})
_OTHERS = frozenset(
    {"externallink", "externallinkpath", "connections", "querytable", "volatiledependencies", "afchunk"}
)
"""Other workbooks, databases and pages, programs, and a whole document inside this one."""


def refuse_harm(elements: list[Element]) -> None:
    """Unclean where a part of relations may do harm; ValueError where it isn't what each reader takes it for."""
    for element in elements:
        if element.space != _SPACE or element.is_extended:
            raise ValueError("relations with more in them")
        if element.name == "Relationship":
            _refuse(_kind(element), element.said.get("Target", ""), element.said.get("TargetMode", "Internal"))


def printers(name: str, elements: list[Element]) -> set[str]:
    """The parts, in lower case, that keep how to print, as the part of relations called `name` has them."""
    base = posixpath.dirname(posixpath.dirname(name))
    targets = (unquote(each.said.get("Target", "")) for each in elements if _kind(each) == "printersettings")
    return {posixpath.normpath(posixpath.join("/", base, target)).lstrip("/").lower() for target in targets}


def _kind(element: Element) -> str:
    known = _TYPE.fullmatch(element.said.get("Type", ""))
    return known[1].lower() if known else element.said.get("Type", "")


def _refuse(kind: str, target: str, mode: str) -> None:
    if kind == "hyperlink" and target.lower().startswith(LINKS):
        return
    path = unquote(target)
    if mode != "Internal" or kind in _OTHERS or kind == "hyperlink" or re.search(r"[:?#\\]|^//", path):
        raise drawing_on_others()
    if _MACROS.search(kind):
        raise with_macros()
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


def with_another_inside(name: str) -> Unclean:
    return Unclean(
        f"has another file inside it ({posixpath.basename(name)}). Take that out, or save it as a PDF, then choose "
        "it again; send what was inside by itself."
    )


def with_macros() -> Unclean:
    return Unclean("has macros. Save it without them (as .docx or .xlsx), then choose it again.")
