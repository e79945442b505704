"""Merge the styles and lists of a post's Word template with ours, so that every style of a document is there."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from lxml import etree

LANGUAGE = "en-US"
MARKING_STYLE = "Marking"
HIDING = ("vanish", "webHidden", "specVanish")
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_HEADING_LEVELS = {"title": 0, "heading 1": 1, "heading 2": 2, "heading 3": 3}
_BEFORE_LISTS = ("pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl")
"""What stands before the list in the properties of a paragraph, in the order of the standard."""


def merge_styles(styles: Any, own: Any) -> tuple[list[str], list[str], dict[str, str]]:
    """Add our styles that a template lacks to its styles.

    Return the names that it has, the names that it lacks, and the keys of all our styles in the merged list.
    """
    _normalize_styles(styles)
    ids = {_key_of(style): style.get(w_tag("styleId")) for style in styles.iter(w_tag("style"))}
    defaults = {style.get(w_tag("type")) for style in styles.iter(w_tag("style")) if style.get(w_tag("default")) == "1"}
    taken, missing, added = [], [], {}
    copies = []
    for style in own.iter(w_tag("style")):
        kind, name = _key_of(style)
        ours = style.get(w_tag("styleId"))
        if (kind, name) in ids and name != MARKING_STYLE.lower():
            added[ours] = ids[kind, name]
            if style.get(w_tag("default")) != "1" or kind == "paragraph":
                taken.append(_name_of(style))
            for each in (each for each in styles.iter(w_tag("style")) if _key_of(each) == (kind, name)):
                each.find(w_tag("name")).set(w_tag("val"), _name_of(style))
            continue
        missing.append(_name_of(style))
        copy = deepcopy(style)
        added[ours] = ids.get((kind, name)) or _free_id(ours, set(ids.values()))
        for replaced in [each for each in styles.iter(w_tag("style")) if _key_of(each) == (kind, name)]:
            styles.remove(replaced)
        ids[kind, name] = added[ours]
        copy.set(w_tag("styleId"), added[ours])
        if copy.get(w_tag("default")) == "1" and kind in defaults:
            del copy.attrib[w_tag("default")]
        copies.append(copy)
    for copy in copies:
        for name in ("basedOn", "next", "link"):
            for each in copy.findall(w_tag(name)):
                each.set(w_tag("val"), added[each.get(w_tag("val"))])
        styles.append(copy)
    return taken, missing, added


def _normalize_styles(styles: Any) -> None:
    """Make every text visible and English, and give headings their levels and no numbers of their own."""
    for element in styles.iter(w_tag("rPr")):
        remove_children(element, *HIDING, "lang")
    defaults = styles.find(w_tag("docDefaults"))
    if defaults is None:
        defaults = etree.Element(w_tag("docDefaults"))
        styles.insert(0, defaults)
    run_defaults = defaults.find(w_tag("rPrDefault"))
    if run_defaults is None:
        run_defaults = etree.Element(w_tag("rPrDefault"))
        defaults.insert(0, run_defaults)
    look = run_defaults.find(w_tag("rPr"))
    if look is None:
        look = etree.SubElement(run_defaults, w_tag("rPr"))
    language = etree.SubElement(look, w_tag("lang"))
    language.set(w_tag("val"), LANGUAGE)
    language.set(w_tag("eastAsia"), LANGUAGE)
    language.set(w_tag("bidi"), "ar-SA")
    for style in styles.iter(w_tag("style")):
        kind, name = _key_of(style)
        if kind != "paragraph" or name not in _HEADING_LEVELS:
            continue
        properties = _paragraph_properties(style)
        remove_children(properties, "numPr", "outlineLvl")
        if _HEADING_LEVELS[name]:
            level = etree.Element(w_tag("outlineLvl"))
            level.set(w_tag("val"), str(_HEADING_LEVELS[name] - 1))
            after = next((each for each in properties if each.tag in (w_tag("divId"), w_tag("cnfStyle"))), None)
            properties.append(level) if after is None else after.addprevious(level)


def merge_lists(styles: Any, lists: Any, own: Any, bullet_id: str, *, is_ours: bool) -> Any:
    """Return the template's lists, with ours if its style for bullets has none or is ours.

    `bullet_id` is the key of that style.
    """
    bullet = next(style for style in styles.iter(w_tag("style")) if style.get(w_tag("styleId")) == bullet_id)
    if lists is None:
        for style in styles.iter(w_tag("style")):
            for properties in style.findall(w_tag("pPr")):
                remove_children(properties, "numPr")
    else:
        remove_children(lists, "numPicBullet")
        for level in lists.iter(w_tag("lvl")):
            remove_children(level, "pStyle", "lvlPicBulletId")
    if lists is not None and bullet.find(f"{w_tag('pPr')}/{w_tag('numPr')}") is not None and not is_ours:
        return lists
    own.find(f".//{w_tag('pStyle')}").set(w_tag("val"), bullet_id)
    number = 1
    if lists is None:
        lists = own
    else:
        abstract, instance = own.find(w_tag("abstractNum")), own.find(w_tag("num"))
        kind = _next_number(lists, "abstractNum", "abstractNumId")
        number = _next_number(lists, "num", "numId")
        abstract.set(w_tag("abstractNumId"), str(kind))
        instance.set(w_tag("numId"), str(number))
        instance.find(w_tag("abstractNumId")).set(w_tag("val"), str(kind))
        first = next((each for each in lists if each.tag != w_tag("abstractNum")), None)
        lists.append(abstract) if first is None else first.addprevious(abstract)
        last = [each for each in lists if each.tag in (w_tag("abstractNum"), w_tag("num"))][-1]
        last.addnext(instance)
    _set_list(bullet, number)
    return lists


def _set_list(style: Any, number: int) -> None:
    """Let a style have bullets of a list."""
    properties = _paragraph_properties(style)
    remove_children(properties, "numPr")
    numbered = etree.Element(w_tag("numPr"))
    etree.SubElement(numbered, w_tag("numId")).set(w_tag("val"), str(number))
    first = next((each for each in properties if each.tag not in map(w_tag, _BEFORE_LISTS)), None)
    properties.append(numbered) if first is None else first.addprevious(numbered)


def _paragraph_properties(style: Any) -> Any:
    """Return the properties of a style's paragraphs; empty ones if it has none."""
    properties = style.find(w_tag("pPr"))
    if properties is None:
        properties = etree.Element(w_tag("pPr"))
        before = next((each for each in style if each.tag in (w_tag("rPr"), w_tag("tblPr"))), None)
        style.append(properties) if before is None else before.addprevious(properties)
    return properties


def _next_number(lists: Any, name: str, key: str) -> int:
    """Return the lowest number above those of the lists."""
    return max((int(each.get(w_tag(key))) for each in lists.iter(w_tag(name))), default=0) + 1


def find_style_ids(styles: Any, name: str) -> set[str]:
    """Return the keys of the paragraph styles with a name."""
    rows = (style for style in styles.iter(w_tag("style")) if _key_of(style) == ("paragraph", name.lower()))
    return {str(style.get(w_tag("styleId"))) for style in rows}


def w_tag(name: str) -> str:
    """Return the name of an element or attribute of WordprocessingML, with its namespace."""
    return f"{{{_W}}}{name}"


def _name_of(style: Any) -> str:
    name = style.find(w_tag("name"))
    return "" if name is None else str(name.get(w_tag("val"), ""))


def _key_of(style: Any) -> tuple[str, str]:
    """Return the type of a style and its name in lower case: what makes it the same style in every file."""
    return style.get(w_tag("type"), "paragraph"), _name_of(style).lower()


def _free_id(wanted: str, used: set[str]) -> str:
    return next(name for name in _ids(wanted) if name not in used)


def _ids(wanted: str) -> Iterator[str]:
    yield wanted
    number = 1
    while True:
        yield f"{wanted}Tracker{number}"
        number += 1


def remove_children(element: Any, *names: str) -> None:
    """Remove the children with these names from an element."""
    for name in names:
        for child in element.findall(w_tag(name)):
            element.remove(child)
