"""A Word document (ECMA-376, part 1, 17): the text of its body, with what is a heading and what an item of a list.

What Word shows as deleted isn't read, what it shows as inserted is.
"""

import io
import re
import zipfile
from collections.abc import Iterator

from lxml import etree

from recommendations.importing.readers.paragraph import BROKEN, Kind, Paragraph, Unreadable
from tiptracker.sandbox.xml_limits import TooMuchXml, XmlCount

MOST_UNPACKED = 40 * 1024 * 1024
"""In bytes, of a part: beyond it a zip is made to fill a machine."""
_TOO_MUCH = "unpacks to more than any narrative holds. Save it anew, or paste its text."
_UNREAD = frozenset({"del", "moveFrom", "instrText", "delText", "Fallback", "pPr", "rPr", "sectPr"})
_SIGNS = {"tab": " ", "br": BROKEN, "cr": BROKEN, "noBreakHyphen": "-", "softHyphen": "\N{SOFT HYPHEN}"}
_HEADING = re.compile(r"(?:heading|title|subtitle)\s*\d?", re.IGNORECASE)
_LIST = re.compile(r"list(?!\s*continue)", re.IGNORECASE)


def read(content: bytes) -> Iterator[Paragraph]:
    """Its paragraphs; raises Unreadable where it is another sort of zip, or one that unpacks to too much."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        body = _parsed(packed, "word/document.xml")
        if body is None:
            raise Unreadable("is a packed file, but no Word document. Unpack it, or save it as .docx, then choose it.")
        if (core := _parsed(packed, "docProps/core.xml")) is not None:
            yield from (Paragraph(each.text, Kind.TITLE) for each in core if _name(each) == "title" and each.text)
        styles = _styles(_parsed(packed, "word/styles.xml"))
    for paragraph in body.iter("{*}p"):
        if not any(_name(outer) in _UNREAD for outer in paragraph.iterancestors()):
            text = re.sub(r"[ \t\r\n]+", " ", "".join(_texts(paragraph))).strip(f" {BROKEN}")
            if text:
                yield Paragraph(text, _kind(paragraph, styles))


def _parsed(packed: zipfile.ZipFile, name: str) -> etree._Element | None:
    """A part, or None where there is none. Its stated size is not believed."""
    if name not in packed.namelist():
        return None
    with packed.open(name) as part:
        if len(read := part.read(MOST_UNPACKED + 1)) > MOST_UNPACKED:
            raise Unreadable(_TOO_MUCH)
    try:
        XmlCount().add(read)
    except TooMuchXml as error:
        raise Unreadable(_TOO_MUCH) from error
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    root = etree.fromstring(read, parser)
    if root.getroottree().docinfo.internalDTD is not None:  # and with it all that entities can do
        raise Unreadable("holds definitions that no Word document has. Save it anew in Word, then choose it again.")
    return root


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _texts(element: etree._Element) -> Iterator[str]:
    """The text of a paragraph, without that of others inside it, such as of a box of text."""
    for child in element:
        name = _name(child)
        if name == "t":
            yield child.text or ""
        elif name in _SIGNS:
            yield _SIGNS[name]
        elif name != "p" and name not in _UNREAD:
            yield from _texts(child)


def _said(element: etree._Element, path: str) -> str | None:
    """The value of the property at `path`, such as "numPr/ilvl"."""
    found = element.find("/".join(f"{{*}}{name}" for name in path.split("/")))
    if found is None:
        return None
    return next((str(value) for key, value in found.attrib.items() if etree.QName(key).localname == "val"), "")


def _styles(root: etree._Element | None) -> dict[str, Kind]:
    """What each style of paragraphs makes of one, by its own name or that of the style it is based on."""
    named: dict[str, tuple[str, str, bool]] = {}
    for style in root.iter("{*}style") if root is not None else ():
        key = next((str(value) for key, value in style.attrib.items() if etree.QName(key).localname == "styleId"), "")
        is_numbered = _said(style, "pPr/numPr/numId") not in (None, "0")
        named[key] = (_said(style, "name") or key, _said(style, "basedOn") or "", is_numbered)
    return {key: _kind_of_style(key, named) for key in named}


def _kind_of_style(key: str, named: dict[str, tuple[str, str, bool]]) -> Kind:
    for _ in range(10):  # a chain that goes round ends here
        if key not in named:
            break
        name, key, is_numbered = named[key]
        if _HEADING.match(name):
            return Kind.HEADING
        if _LIST.match(name) and is_numbered:
            return Kind.ITEM
    return Kind.PLAIN


def _kind(paragraph: etree._Element, styles: dict[str, Kind]) -> Kind:
    style = _said(paragraph, "pPr/pStyle") or ""
    by_style = styles.get(style, Kind.HEADING if _HEADING.match(style) else Kind.PLAIN)
    if _said(paragraph, "pPr/outlineLvl") in set("012345678") or by_style == Kind.HEADING:
        return Kind.HEADING
    number = _said(paragraph, "pPr/numPr/numId")
    if number == "0" or (number is None and by_style != Kind.ITEM):
        return Kind.PLAIN
    return Kind.ITEM if _said(paragraph, "pPr/numPr/ilvl") in (None, "0") else Kind.PART
