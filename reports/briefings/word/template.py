"""Take styles, page size, header and footer from a post's Word template, and put them into our empty document.

The template is a clean copy, as the sanitizer writes it (`dialogues.files.sanitizers.office`). Its text is left behind.
A style that it lacks is ours. What every document needs stays as it is: visible text, our language, headings without
numbers of their own, because the Department's numbers are part of the text, and our marking.
"""

import io
import posixpath
import zipfile
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from lxml import etree

from reports.briefings.word.template_styles import (
    HIDING,
    MARKING_STYLE,
    find_style_ids,
    merge_lists,
    merge_styles,
    remove_children,
    w_tag,
)

EMPTY_DOCUMENT_DIR = Path(__file__).resolve().parents[3] / "templates" / "reports" / "word"
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip file can store. Each part has it, so the bytes do not depend on the clock."""
MIN_TEXT_WIDTH, MIN_TEXT_HEIGHT = 5100, 5700
"""Least room for text on a page, in twentieths of a point: 9 by 10 cm. Tables need it."""
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_MAX_PARTS = 200
_SECTION_PARTS = ("pgSz", "pgMar", "pgBorders", "titlePg")
"""What a section keeps, in the order of the standard. Columns, line numbers and the like would break our tables."""
_COPIED_KINDS = ("theme", "header", "footer", "image")


class UnusableTemplate(Exception):
    """A template that can't be used. `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TemplateFacts(NamedTuple):
    """What a template gives: the names of its styles that we use and of those that it lacks, the page and its parts.

    `width` and `height` are in millimetres.
    """

    styles: list[str]
    missing: list[str]
    width: int
    height: int
    has_header: bool
    has_footer: bool


class MergedTemplate(NamedTuple):
    """Our empty document with the look of a template, as a Word file, and what the template gave."""

    content: bytes
    facts: TemplateFacts


def write_zip_entry(zipped: zipfile.ZipFile, name: str, part: bytes) -> None:
    """Write one part of a zip file without a real time or operating system, so that the bytes are reproducible."""
    entry = zipfile.ZipInfo(name, ZIP_EPOCH)
    entry.create_system = 0
    zipped.writestr(entry, part, zipfile.ZIP_DEFLATED)


@lru_cache(maxsize=8)
def merge_template(template: bytes) -> MergedTemplate:
    """Return our empty document with the look of a template. Raises UnusableTemplate."""
    try:
        merger = _TemplateMerger(template)
        merger.merge()
    except (KeyError, ValueError, TypeError, etree.XMLSyntaxError, zipfile.BadZipFile) as error:
        raise UnusableTemplate("unreadable") from error
    return MergedTemplate(merger.to_bytes(), merger.facts)


def read_empty_document() -> dict[str, bytes]:
    """Return the parts of our own empty document, by name, in order."""
    return {
        path.relative_to(EMPTY_DOCUMENT_DIR).as_posix(): path.read_bytes()
        for path in sorted(EMPTY_DOCUMENT_DIR.rglob("*"))
        if path.is_file()
    }


class _Target(NamedTuple):
    """The target of a relationship: its kind (the last word of its type), its whole type, and the part's name."""

    kind: str
    type: str
    part: str


class _TemplateMerger:
    """Merges one template into our empty document. `merge` does it, `to_bytes` returns the file."""

    def __init__(self, template: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(template)) as zipped:
            if len(zipped.namelist()) > _MAX_PARTS:
                raise UnusableTemplate("too_many_parts")
            self.template = {name: zipped.read(name) for name in zipped.namelist()}
        self.parts = read_empty_document()
        self.types = _parse(self.parts["[Content_Types].xml"])
        self.template_types = _parse(self.template["[Content_Types].xml"])
        self.relations = _parse(self.parts["word/_rels/document.xml.rels"])
        (self.main,) = (each.part for each in self._targets("").values() if each.kind == "officeDocument")
        self.targets = self._targets(self.main)
        self.marking_ids: set[str] = set()
        self.copied: dict[str, str] = {}
        """The names of copied parts in our document, by their names in the template."""

    def merge(self) -> None:
        """Take over styles, lists, theme, section, headers and footers."""
        styles = self._part_of_kind("styles")
        if styles is None or styles.tag != w_tag("styles"):
            raise UnusableTemplate("no_styles")
        self.marking_ids = find_style_ids(styles, MARKING_STYLE)
        own_styles = _parse(self.parts["word/styles.xml"])
        taken, missing, added = merge_styles(styles, own_styles)
        own_lists = _parse(self.parts["word/numbering.xml"])
        lists = merge_lists(
            styles, self._part_of_kind("numbering"), own_lists, added["ListBullet"], is_ours="List Bullet" in missing
        )
        self.parts["word/numbering.xml"] = _to_bytes(lists)
        self.parts["word/styles.xml"] = _to_bytes(styles)
        for target in self.targets.values():
            if target.kind == "theme":
                self._relate(target)
        section, has_header, has_footer = self._merge_section()
        self._merge_settings(section)
        size = section.find(w_tag("pgSz"))
        width, height = (round(int(size.get(w_tag(name))) / 1440 * 25.4) for name in ("w", "h"))
        self.facts = TemplateFacts(taken, missing, width, height, has_header, has_footer)

    def to_bytes(self) -> bytes:
        """Return the merged document as a Word file."""
        self.parts["[Content_Types].xml"] = _to_bytes(self.types)
        self.parts["word/_rels/document.xml.rels"] = _to_bytes(self.relations)
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as zipped:
            for name, part in self.parts.items():
                write_zip_entry(zipped, name, part)
        return file.getvalue()

    def _targets(self, part: str) -> dict[str, _Target]:
        """Return what a part of the template, or the whole of it (""), refers to inside the file, by key."""
        folder, name = posixpath.split(part)
        relations = self.template.get(posixpath.join(folder, "_rels", f"{name}.rels"))
        if relations is None:
            return {}
        found = {}
        for row in _parse(relations):
            if row.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, row.get("Target"))).lstrip("/")
                kind = row.get("Type").rpartition("/")[2]
                found[row.get("Id")] = _Target(kind, row.get("Type"), target)
        return found

    def _part_of_kind(self, kind: str) -> Any:
        name = next((target.part for target in self.targets.values() if target.kind == kind), None)
        return _parse(self.template[name]) if name else None

    def _merge_section(self) -> tuple[Any, bool, bool]:
        """Replace our section by the template's first one, with its headers and footers.

        The first section inherits nothing from another one. Return it, and whether it has a header and a footer.
        """
        document, own = _parse(self.template[self.main]), _parse(self.parts["word/document.xml"])
        section, own_section = document.find(f".//{w_tag('sectPr')}"), own.find(f".//{w_tag('sectPr')}")
        if section is None:
            section = own_section
        fallback = {child.tag: child for child in own_section}
        kept: list[Any] = []
        has = {"headerReference": False, "footerReference": False}
        for reference in list(section):
            name = etree.QName(reference).localname
            if name in has:
                target = self.targets[reference.get(f"{{{_R}}}id")]
                if self._is_ours(target):
                    continue
                reference.set(f"{{{_R}}}id", self._relate(target))
                kept.append(reference)
                has[name] = has[name] or self._has_content(target)
        kept.sort(key=lambda each: each.tag != w_tag("headerReference"))
        for name in _SECTION_PARTS:
            child = section.find(w_tag(name))
            child = fallback.get(w_tag(name)) if child is None else child
            if child is not None:
                kept.append(deepcopy(child))
        for child in list(own_section):
            own_section.remove(child)
        own_section.extend(kept)
        _refuse_narrow_page(own_section)
        self.parts["word/document.xml"] = _to_bytes(own)
        return own_section, has["headerReference"], has["footerReference"]

    def _is_ours(self, target: _Target) -> bool:
        """Return whether a header or footer has our marking: then it is of a document of ours, with its title."""
        used = {each.get(w_tag("val")) for each in _parse(self.template[target.part]).iter(w_tag("pStyle"))}
        return bool(used & self.marking_ids)

    def _has_content(self, target: _Target) -> bool:
        """Return whether a header or footer shows anything."""
        root = _parse(self.template[target.part])
        return next(root.iter(*map(w_tag, ("t", "drawing", "pict", "fldSimple", "instrText"))), None) is not None

    def _merge_settings(self, section: Any) -> None:
        """Take over whether even pages have headers of their own, and which theme colors styles use."""
        settings, own = self._part_of_kind("settings"), _parse(self.parts["word/settings.xml"])
        if settings is None:
            return
        kinds = {each.get(w_tag("type")) for each in section if each.get(w_tag("type"))}
        for name, before in (("evenAndOddHeaders", "defaultTabStop"), ("clrSchemeMapping", "themeFontLang")):
            found = settings.find(w_tag(name))
            if found is not None and (name != "evenAndOddHeaders" or "even" in kinds):
                own.find(w_tag(before)).addnext(deepcopy(found))
        self.parts["word/settings.xml"] = _to_bytes(own)

    def _relate(self, target: _Target) -> str:
        """Copy a part with all that it uses into our document. Return the key of the document's relation to it."""
        name = self._copy(target)
        key = f"rIdTemplate{len(self.relations)}"
        row = etree.SubElement(self.relations, f"{{{_RELATIONSHIPS}}}Relationship")
        row.set("Id", key)
        row.set("Type", target.type)
        row.set("Target", f"/{name}")
        return key

    def _copy(self, target: _Target) -> str:
        if target.part in self.copied:
            return self.copied[target.part]
        extension = posixpath.basename(target.part).rpartition(".")[2].lower()
        name = f"word/template{len(self.copied) + 1}.{extension}"
        self.copied[target.part] = name
        content = self.template[target.part]
        if extension in ("xml", "vml"):
            content = self._copy_markup(target, name, content)
        self.parts[name] = content
        self._add_type(target.part, name, extension)
        return name

    def _copy_markup(self, target: _Target, name: str, content: bytes) -> bytes:
        """Copy the pictures that a part uses. Its links become plain text."""
        root = _parse(content)
        for link in list(root.iter(w_tag("hyperlink"))):
            _unwrap(link)
        for element in root.iter(w_tag("rPr")):
            remove_children(element, *HIDING)
        used = {
            value for element in root.iter() for key, value in element.attrib.items() if key.startswith(f"{{{_R}}}")
        }
        rows = []
        for key, each in self._targets(target.part).items():
            if each.kind in _COPIED_KINDS and (key in used or each.kind == "theme"):
                rows.append((key, each.type, self._copy(each)))
        if rows:
            relations = etree.Element(f"{{{_RELATIONSHIPS}}}Relationships", nsmap={None: _RELATIONSHIPS})
            for key, kind, part in rows:
                row = etree.SubElement(relations, f"{{{_RELATIONSHIPS}}}Relationship")
                row.set("Id", key)
                row.set("Type", kind)
                row.set("Target", f"/{part}")
            self.parts[f"word/_rels/{posixpath.basename(name)}.rels"] = _to_bytes(relations)
        for element in root.iter():
            for key, value in list(element.attrib.items()):
                if key.startswith(f"{{{_R}}}") and value not in {row[0] for row in rows}:
                    del element.attrib[key]
        return _to_bytes(root)

    def _add_type(self, before: str, name: str, extension: str) -> None:
        """Add the content type of a copied part: its own one, or that of its extension."""
        for row in self.template_types:
            if row.get("PartName") == f"/{before}":
                own = etree.SubElement(self.types, f"{{{_TYPES}}}Override")
                own.set("PartName", f"/{name}")
                own.set("ContentType", row.get("ContentType"))
                return
        known = {row.get("Extension") for row in self.types}
        for row in self.template_types:
            if row.get("Extension") == extension and extension not in known:
                self.types.insert(0, deepcopy(row))


def _refuse_narrow_page(section: Any) -> None:
    """Refuse a page with too little room for text."""
    size, margins = section.find(w_tag("pgSz")), section.find(w_tag("pgMar"))
    room = {
        "w": ("left", "right", MIN_TEXT_WIDTH),
        "h": ("top", "bottom", MIN_TEXT_HEIGHT),
    }
    for side, (before, after, least) in room.items():
        taken = sum(abs(int(margins.get(w_tag(name), "0"))) for name in (before, after))
        if int(size.get(w_tag(side))) - taken < least:
            raise UnusableTemplate("narrow_page")


def _parse(content: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    return etree.fromstring(content, parser)


def _to_bytes(root: Any) -> bytes:
    return bytes(etree.tostring(root, encoding="UTF-8", standalone=True))


def _unwrap(element: Any) -> None:
    """Replace an element by its children."""
    for child in list(element):
        element.addprevious(child)
    element.getparent().remove(element)
