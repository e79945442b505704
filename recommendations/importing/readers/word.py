"""Read a Word document (ECMA-376, part 1, 17): the text of its body, with headings, list items and tables as such.

Deletions under tracked changes are skipped and insertions are read.
"""

import io
import re
import zipfile
from collections.abc import Iterator

from lxml import etree

from recommendations.importing.readers.paragraph import HARD_BREAK, Paragraph, ParagraphKind, UnreadableFile
from recommendations.importing.readers.word_numbering import read_numbering
from tiptracker.localization import gettext_noop
from tiptracker.sandbox.xml_limits import TooMuchXml, XmlCounter

MAX_UNPACKED_BYTES = 40 * 1024 * 1024
"""Most bytes of an unpacked part. A larger one is likely a zip bomb."""
_TOO_LARGE = gettext_noop("“%(name)s” unpacks to far more than a narrative. Save it again in Word, or paste its text.")
_SKIPPED_TAGS = frozenset({"del", "moveFrom", "instrText", "delText", "Fallback", "pPr", "rPr", "sectPr"})
_CHARACTER_TAGS = {
    "tab": " ",
    "br": HARD_BREAK,
    "cr": HARD_BREAK,
    "noBreakHyphen": "-",
    "softHyphen": "\N{SOFT HYPHEN}",
}
_HEADING_STYLE = re.compile(r"(?:heading|title|subtitle)\s*\d?", re.IGNORECASE)
_LIST_STYLE = re.compile(r"list(?!\s*continue)", re.IGNORECASE)


def read_word(content: bytes) -> Iterator[Paragraph]:
    """Yield the paragraphs. Raises UnreadableFile if it is another kind of zip, or one that unpacks to too much."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        body = _parse_part(packed, "word/document.xml")
        if body is None:
            raise UnreadableFile(
                "unsupported_format",
                gettext_noop(
                    "“%(name)s” is a zip file, but not a Word document. Unpack it, or save it as .docx, and choose it "
                    "again."
                ),
            )
        if (core := _parse_part(packed, "docProps/core.xml")) is not None:
            yield from (
                Paragraph(each.text, ParagraphKind.TITLE) for each in core if _local_name(each) == "title" and each.text
            )
        style_part = _parse_part(packed, "word/styles.xml")
        styles = _style_kinds(style_part)
        numbering = read_numbering(_parse_part(packed, "word/numbering.xml"), style_part)
    cells = _table_cells(body)
    for paragraph in body.iter("{*}p"):
        outer = list(paragraph.iterancestors())
        if any(_local_name(each) in _SKIPPED_TAGS for each in outer):
            continue
        text = re.sub(r"[ \t\r\n]+", " ", "".join(_texts(paragraph))).strip(f" {HARD_BREAK}")
        place = numbering.number_of(paragraph)
        number, level = place or ("", None)
        cell = next((cells[each] for each in reversed(outer) if each in cells), None) if cells else None
        if text:
            yield Paragraph(text, _paragraph_kind(paragraph, styles), number, level, cell)
        elif number and cell:  # a column of numbers that Word counts
            yield Paragraph(number, cell=cell)


def _parse_part(packed: zipfile.ZipFile, name: str) -> etree._Element | None:
    """Return a part, or None if it doesn't exist. Its stated size is not trusted."""
    if name not in packed.namelist():
        return None
    with packed.open(name) as part:
        if len(read := part.read(MAX_UNPACKED_BYTES + 1)) > MAX_UNPACKED_BYTES:
            raise UnreadableFile("too_large", _TOO_LARGE)
    try:
        XmlCounter().add(read)
    except TooMuchXml as error:
        raise UnreadableFile("too_large", _TOO_LARGE) from error
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    root = etree.fromstring(read, parser)
    if root.getroottree().docinfo.internalDTD is not None:  # a DTD can define entities, and no Word document needs one
        raise UnreadableFile(
            "declares_entities",
            gettext_noop(
                "“%(name)s” contains definitions that Word does not write. Save it again in Word and choose it again."
            ),
        )
    return root


def _table_cells(body: etree._Element) -> dict[etree._Element, tuple[int, int, int]]:
    """Return table, row and column of each cell. A table within a table belongs to the cell around it."""
    outermost = (table for table in body.iter("{*}tbl") if next(table.iterancestors("{*}tbl"), None) is None)
    return {
        cell: (number, row_number, column)
        for number, table in enumerate(outermost)
        for row_number, row in enumerate(table.iterfind("{*}tr"))
        for column, cell in enumerate(row.iterfind("{*}tc"))
    }


def _local_name(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _texts(element: etree._Element) -> Iterator[str]:
    """Yield the text of a paragraph, without that of paragraphs nested in it, such as in a text box."""
    for child in element:
        name = _local_name(child)
        if name == "t":
            yield child.text or ""
        elif name in _CHARACTER_TAGS:
            yield _CHARACTER_TAGS[name]
        elif name != "p" and name not in _SKIPPED_TAGS:
            yield from _texts(child)


def _property_value(element: etree._Element, path: str) -> str | None:
    """Return the value of the property at `path`, such as "numPr/ilvl"."""
    child = element.find("/".join(f"{{*}}{name}" for name in path.split("/")))
    if child is None:
        return None
    return next((str(value) for key, value in child.attrib.items() if etree.QName(key).localname == "val"), "")


def _style_kinds(root: etree._Element | None) -> dict[str, ParagraphKind]:
    """Return the kind of paragraph of each style, by the style's name or that of the style it is based on."""
    named: dict[str, tuple[str, str, bool]] = {}
    for style in root.iter("{*}style") if root is not None else ():
        key = next((str(value) for key, value in style.attrib.items() if etree.QName(key).localname == "styleId"), "")
        is_numbered = _property_value(style, "pPr/numPr/numId") not in (None, "0")
        named[key] = (_property_value(style, "name") or key, _property_value(style, "basedOn") or "", is_numbered)
    return {key: _resolve_style_kind(key, named) for key in named}


def _resolve_style_kind(key: str, named: dict[str, tuple[str, str, bool]]) -> ParagraphKind:
    for _ in range(10):  # a circular chain ends here
        if key not in named:
            break
        name, key, is_numbered = named[key]
        if _HEADING_STYLE.match(name):
            return ParagraphKind.HEADING
        if _LIST_STYLE.match(name) and is_numbered:
            return ParagraphKind.ITEM
    return ParagraphKind.PLAIN


def _paragraph_kind(paragraph: etree._Element, styles: dict[str, ParagraphKind]) -> ParagraphKind:
    style = _property_value(paragraph, "pPr/pStyle") or ""
    by_style = styles.get(style, ParagraphKind.HEADING if _HEADING_STYLE.match(style) else ParagraphKind.PLAIN)
    if _property_value(paragraph, "pPr/outlineLvl") in set("012345678") or by_style == ParagraphKind.HEADING:
        return ParagraphKind.HEADING
    number = _property_value(paragraph, "pPr/numPr/numId")
    if number == "0" or (number is None and by_style != ParagraphKind.ITEM):
        return ParagraphKind.PLAIN
    return ParagraphKind.ITEM if _property_value(paragraph, "pPr/numPr/ilvl") in (None, "0") else ParagraphKind.PART
