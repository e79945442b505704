"""Rewrite the XML parts of an Office file with only the elements and attributes listed in `vocabulary.toml`.

Where a part offers alternatives for newer programs (part 3 of ECMA-376, "AlternateContent"), the fallback for all
programs is kept.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from dialogues.files.sanitizers import excel_formulas, office_relationships
from dialogues.files.sanitizers.errors import FileRejected, gettext_noop
from dialogues.files.sanitizers.package_xml import refuse_document_type
from dialogues.files.sanitizers.word_fields import FieldChecker

_XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"
_COMPATIBILITY_NAMESPACE = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_XSI_NAMESPACE = "http://www.w3.org/2001/XMLSchema-instance"
_RELATION_NAMESPACES = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
"""Namespaces of attributes that name a relationship. The second is that of "strict" files."""


class SanitizedMarkup(NamedTuple):
    """A rewritten part, and the ids of the relationships that it uses."""

    content: bytes
    drawn_on: frozenset[str]
    sheets: Mapping[str, str]
    """For a workbook: the names of its sheets by relationship id."""


class PartContext(NamedTuple):
    """What sanitizing a part needs to know: its root element, its relationships and its sheet."""

    root: str
    relations: Mapping[str, str]
    """The kinds of the part's relationships by id. Only allowed ones."""
    sheet: str = ""
    """The name of the sheet, as people see it."""
    sheets: frozenset[str] | None = None
    """The names of all sheets, case folded, or None if they are unknown."""


def sanitize_markup(part: bytes, place: PartContext) -> SanitizedMarkup:
    """Return the part with nothing but what the vocabulary lists.

    Raises FileRejected if dropping something would change the meaning, or something uses content outside the file.
    Raises expat's error or ValueError if it is no sound part of its kind.
    """
    return _MarkupWriter(place).write(part)


def _load_vocabulary() -> tuple[dict[str, str], dict[str, str], dict[str, dict[str, str]]]:
    """Return the prefixes by namespace, the element names, and the attribute names by prefix.

    Element and attribute names are keyed by what expat reports: the namespace, a space and the local name.
    """
    spaces, elements = {}, {"xml": "xml"}  # the root of a VML part has no namespace
    attributes: dict[str, dict[str, str]] = {"": {}}
    said = tomllib.loads((Path(__file__).parent / "vocabulary.toml").read_text())
    known = {prefix: row["namespaces"] for prefix, row in said.items()}
    known |= {"r": list(_RELATION_NAMESPACES), "xml": [_XML_NAMESPACE], "xsi": [_XSI_NAMESPACE]}
    for prefix, row in said.items():
        for space in row["namespaces"]:
            spaces[space] = prefix
            elements |= {f"{space} {name}": f"{prefix}:{name}" for name in row["elements"].split()}
        attributes[prefix] = {f"{_XML_NAMESPACE} space": "xml:space", f"{_XML_NAMESPACE} lang": "xml:lang"}
        for name in row["attributes"].split():
            owner, _, local = name.rpartition(":")
            attributes[prefix] |= {f"{space} {local}" if space else local: name for space in known.get(owner, [""])}
    return spaces, elements, attributes


_PREFIXES, _ELEMENTS, _ATTRIBUTES = _load_vocabulary()
VOCABULARY = frozenset(_ELEMENTS)
"""The elements that a copy may contain, each as namespace, space and name."""
_PREFIXES |= {_RELATION_NAMESPACES[0]: "r", _RELATION_NAMESPACES[1]: "r", _XSI_NAMESPACE: "xsi"}
_WORD_NAMESPACES = [space for space, prefix in _PREFIXES.items() if prefix == "w"]
_UNWRAPPED_ELEMENTS = frozenset(
    [
        f"{_COMPATIBILITY_NAMESPACE} AlternateContent",
        f"{_COMPATIBILITY_NAMESPACE} Fallback",
        *(f"{space} {name}" for space in _WORD_NAMESPACES for name in ("customXml", "smartTag")),
    ]
)
"""Elements that are dropped while their content is kept."""
_EMBEDDED_ELEMENTS = frozenset(
    f"{space} {name}" for space in _WORD_NAMESPACES for name in ("object", "control", "altChunk", "subDoc")
) | {"urn:schemas-microsoft-com:office:office OLEObject"}
"""Other files in the document, which people see as part of it."""
_RELATION_ATTRIBUTES = {
    "w:hyperlink": {"r:id": "hyperlink"},
    "a:hlinkClick": {"r:id": "hyperlink"},
    "s:hyperlink": {"r:id": "hyperlink"},
    "w:headerReference": {"r:id": "header"},
    "w:footerReference": {"r:id": "footer"},
    "a:blip": {"r:embed": "image"},
    "v:imagedata": {"r:id": "image", "o:relid": "image"},
    "v:image": {"r:id": "image", "o:relid": "image"},
    "v:fill": {"r:id": "image", "o:relid": "image"},
    "v:stroke": {"r:id": "image", "o:relid": "image"},
    "s:picture": {"r:id": "image"},
    "s:sheet": {"r:id": "worksheet chartsheet"},
    "s:drawing": {"r:id": "drawing"},
    "s:legacyDrawing": {"r:id": "vmldrawing"},
    "s:legacyDrawingHF": {"r:id": "vmldrawing"},
    "s:tablePart": {"r:id": "table"},
    "c:chart": {"r:id": "chart"},
    "c:userShapes": {"r:id": "chartusershapes"},
    "dgm:relIds": {
        "r:dm": "diagramdata",
        "r:lo": "diagramlayout",
        "r:qs": "diagramquickstyle",
        "r:cs": "diagramcolors",
    },
    "w:embedRegular": {"r:id": "font"},
    "w:embedBold": {"r:id": "font"},
    "w:embedItalic": {"r:id": "font"},
    "w:embedBoldItalic": {"r:id": "font"},
}
"""Attributes that name a relationship, by element, with the kinds that it may have."""
_REQUIRING_RELATION = frozenset({"a:hlinkClick", "w:embedRegular", "w:embedBold", "w:embedItalic", "w:embedBoldItalic"})
"""Elements that are meaningless without the relationship that they name."""
_FORMULA_ELEMENTS = frozenset(
    {"s:f", "s:formula", "s:definedName", "s:calculatedColumnFormula", "s:totalsRowFormula", "c:f"}
)
_AUTO_RUN_NAMES = re.compile(r"(?:_xlnm\.)?auto_(?:open|close|activate|deactivate)", re.IGNORECASE)
_UNSAFE_STYLE = re.compile(r"url|expression|behaviou?r|import|[\\@<]", re.IGNORECASE)
"""Parts of a VML style that could load something."""
_LOCAL_SHAPE = re.compile(r"#?[\w.-]*")
"""In VML: a shape type defined in the same part, or a fill type."""
_DRAWING_NAMESPACES = frozenset(
    f"{base}drawingml/{year}{kind}"
    for base, year in (("http://schemas.openxmlformats.org/", "2006/"), ("http://purl.oclc.org/ooxml/", ""))
    for kind in ("main", "picture", "chart", "diagram", "table", "lockedCanvas", "compatibility")
)
"""What a frame may contain (20.1.2.2.17). Content of newer programs comes with an alternative."""
_INTERNAL_LOCATION = re.compile(r"(?:(?:'(?:[^'\[\]\\/:*?|]|'')+'|[^'\[\]\\/:*?|!\"]+)!)?[^\[\]\\/|'\"!]+")
"""The target of a link within a workbook: a range or a name, with or without a sheet."""
_TEXT_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
_TEXT_SPECIALS = re.compile(r"[&<>\r]")
_ATTRIBUTE_SPECIALS = re.compile(r"[&<>\"\t\r\n]")
_ATTRIBUTE_ENTITIES = _TEXT_ENTITIES | {'"': "&quot;", "\t": "&#9;", "\n": "&#10;"}


def _escape_text(text: str) -> str:
    return _TEXT_SPECIALS.sub(lambda found: _TEXT_ENTITIES[found[0]], text) if _TEXT_SPECIALS.search(text) else text


def _escape_attribute(value: str) -> str:
    return (
        _ATTRIBUTE_SPECIALS.sub(lambda found: _ATTRIBUTE_ENTITIES[found[0]], value)
        if _ATTRIBUTE_SPECIALS.search(value)
        else value
    )


class _MarkupWriter:
    """Writes a part again from what expat reports."""

    def __init__(self, place: PartContext) -> None:
        self.place = place
        self.written: list[str] = []
        self.open: list[str | None] = []
        self.left_out = 0
        """Depth inside a dropped element; 0 outside."""
        self.is_begun = False
        """Whether the last start tag still needs its ">"."""
        self.spaces: dict[str, str] = {}
        self.drawn_on: set[str] = set()
        self.sheets: dict[str, str] = {}
        self.fields = FieldChecker() if place.root.startswith("w:") else None
        self.heard: list[str] | None = None
        """The text of the present formula or field code."""
        self.formula_place, self.at = _IN_DRAWING, ""
        """The cell or name that is being read, for messages."""
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = refuse_document_type
        self.parser.StartElementHandler, self.parser.EndElementHandler = self.begin, self.end
        self.parser.CharacterDataHandler = self.text

    def write(self, part: bytes) -> SanitizedMarkup:
        self.parser.Parse(part, True)
        if self.fields:
            self.fields.finish()
        spaces = "".join(
            f" xmlns{':' if prefix != 's' else ''}{prefix if prefix != 's' else ''}={quoteattr(space)}"
            for prefix, space in self.spaces.items()
        )
        root = self.written[0]
        content = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{root}{spaces}{"".join(self.written[1:])}'
        return SanitizedMarkup(content.encode(), frozenset(self.drawn_on), self.sheets)

    def begin(self, full_name: str, said: dict[str, str]) -> None:
        if self.left_out:
            self.left_out += 1
            return
        name = _ELEMENTS.get(full_name)
        if name is None:
            self._pass_over(full_name)
            return
        if self.heard is not None or not (self.open or name == self.place.root):
            raise ValueError("code with another element in it, or another part than its relation says")
        prefix = name.partition(":")[0] if ":" in name else ""
        kept = self._keep_attributes(prefix, full_name, said)
        if rule := _ELEMENT_RULES.get(name):
            rule(self, kept, said)
        if not self._point(name, kept):
            self.left_out = 1
            return
        if prefix == "v":
            _drop_external_references(kept)
        is_code = self.fields and self.fields.begin(name, kept.get("w:fldCharType"), kept.get("w:instr"))
        self.heard = [] if is_code or name in _FORMULA_ELEMENTS else None
        self._put("")
        told = "".join([f' {key}="{_escape_attribute(value)}"' for key, value in kept.items()])
        self.written.append(f"<{name.removeprefix('s:')}{told}")
        self.is_begun = True
        self.open.append(name)

    def text(self, text: str) -> None:
        if self.left_out or not self.open:
            return
        if self.heard is not None:
            self.heard.append(text)
        elif text:
            self._put(_escape_text(text))

    def end(self, _: str) -> None:
        if self.left_out:
            self.left_out -= 1
            return
        name = self.open.pop()
        if name is None:
            return
        if self.heard is not None:
            self._hear(name, "".join(self.heard))
        if self.fields:
            self.fields.end(name)
        if self.is_begun:
            self.written.append("/>")
            self.is_begun = False
        else:
            self.written.append(f"</{name.removeprefix('s:')}>")

    def _put(self, text: str) -> None:
        """Write `text`, which is XML, and close the last start tag if it still needs its ">"."""
        if self.is_begun:
            self.written.append(">")
            self.is_begun = False
        if text:
            self.written.append(text)

    def _pass_over(self, full_name: str) -> None:
        if full_name in _EMBEDDED_ELEMENTS:
            raise office_relationships.embedded_file_error(full_name.rpartition(" ")[2])
        if not self.open:
            raise ValueError("another part than its relation says")
        if full_name in _UNWRAPPED_ELEMENTS:
            self.open.append(None)
        else:
            self.left_out = 1

    def _keep_attributes(self, prefix: str, full_name: str, said: Mapping[str, str]) -> dict[str, str]:
        self._note_space(prefix, full_name)
        known, kept = _ATTRIBUTES[prefix], {}
        for key, value in said.items():
            called = known.get(key)
            if called is not None:
                kept[called] = value
                if ":" in called:
                    self._note_space(called.partition(":")[0], key)
        return kept

    def _note_space(self, prefix: str, full_name: str) -> None:
        space = full_name.rpartition(" ")[0]
        if prefix and prefix != "xml" and self.spaces.setdefault(prefix, space) != space:
            raise ValueError("a part that is strict and isn't")

    def _point(self, name: str, kept: dict[str, str]) -> bool:
        """Keep only the attributes that name an allowed relationship. Return whether to keep the element."""
        of_what = _RELATION_ATTRIBUTES.get(name, {})
        for key in [key for key in kept if key.startswith("r:") or key == "o:relid"]:
            kinds = of_what.get(key)
            if kinds is not None and self.place.relations.get(kept[key]) in kinds.split():
                self.drawn_on.add(kept[key])
            elif kinds is None or kinds in {"hyperlink", "font"} or not kept[key]:
                del kept[key]
            elif kinds == "image":
                raise office_relationships.unsupported_image_error()
            else:
                raise ValueError("a relation that isn't there")
        if name == "s:hyperlink" and not kept.keys() & {"r:id", "location"}:
            kept["location"] = kept.get("ref", "A1")  # Excel reports an empty list of links as damaged
        return "r:id" in kept or name not in _REQUIRING_RELATION

    def _hear(self, name: str, text: str) -> None:
        """Handle the text of a formula or of a piece of field code."""
        self.heard = None
        if name in _FORMULA_ELEMENTS:
            text = self.check_formula(text)
        elif self.fields:
            self.fields.text(text)
        self._put(_escape_text(text))

    def check_formula(self, formula: str) -> str:
        """Return the formula, or raise FileRejected if it is not allowed.

        In a document, return "#REF!" instead: the numbers of a chart are stored with the formula.
        """
        sheets = self.place.sheets
        if self.place.root == "s:workbook":
            sheets = frozenset(name.casefold() for name in self.sheets.values())
        refused = excel_formulas.find_refused_part(formula, sheets)
        if refused is None:
            return formula
        if sheets is None:
            return "#REF!"
        on_sheet = (gettext_noop("It is on the sheet “%(sheet)s”."),) if self.place.sheet else ()
        raise FileRejected(
            self.formula_place,
            *on_sheet,
            gettext_noop(
                "Replace the formula with its value (Copy, then Paste Special, Values), or save the file as a PDF. "
                "Then attach it again."
            ),
            formula=refused,
            at=self.at,
            sheet=self.place.sheet,
        )


_IN_DRAWING = gettext_noop(
    "“%(name)s” has a formula that may use something outside the file: “%(formula)s” in a chart or drawing."
)
_IN_CELL = gettext_noop(
    "“%(name)s” has a formula that may use something outside the file: “%(formula)s” in cell %(at)s."
)
_IN_FORMATTING = gettext_noop(
    "“%(name)s” has a formula that may use something outside the file: “%(formula)s” in a rule of conditional "
    "formatting."
)
_IN_TABLE_COLUMN = gettext_noop(
    "“%(name)s” has a formula that may use something outside the file: “%(formula)s” in the column “%(at)s” of a table."
)
_IN_DEFINED_NAME = gettext_noop(
    "“%(name)s” has a formula that may use something outside the file: “%(formula)s” in the name “%(at)s” (Formulas, "
    "Name Manager)."
)


_ElementRule = Callable[[_MarkupWriter, dict[str, str], Mapping[str, str]], None]
"""A further check of an element. Takes the kept and the original attributes."""


def _check_picture(writer: _MarkupWriter, kept: dict[str, str], said: Mapping[str, str]) -> None:
    is_inside = any(kept.get(key) for key in ("r:embed", "r:id", "o:relid"))
    is_outside = any(value for key, value in said.items() if key.rpartition(" ")[2] in {"link", "src", "href"})
    if is_outside and not is_inside:
        raise office_relationships.external_content_error()


def _note_cell(writer: _MarkupWriter, kept: dict[str, str], _: Mapping[str, str]) -> None:
    writer.formula_place, writer.at = _IN_CELL, kept.get("r", "")


def _note_formatting_rule(writer: _MarkupWriter, kept: dict[str, str], _: Mapping[str, str]) -> None:
    writer.formula_place, writer.at = _IN_FORMATTING, ""


def _check_threshold(writer: _MarkupWriter, kept: dict[str, str], _: Mapping[str, str]) -> None:
    writer.check_formula(kept.get("val", ""))


def _note_table_column(writer: _MarkupWriter, kept: dict[str, str], _: Mapping[str, str]) -> None:
    writer.formula_place, writer.at = _IN_TABLE_COLUMN, kept.get("name", "")


def _check_defined_name(writer: _MarkupWriter, kept: dict[str, str], said: Mapping[str, str]) -> None:
    if _AUTO_RUN_NAMES.match(kept.get("name", "")) or any(said.get(key) in _TRUE_VALUES for key in _MACRO_ATTRIBUTES):
        raise office_relationships.macros_error()
    writer.formula_place, writer.at = _IN_DEFINED_NAME, kept.get("name", "")


def _note_sheet(writer: _MarkupWriter, kept: dict[str, str], _: Mapping[str, str]) -> None:
    writer.sheets[kept.get("r:id", "")] = kept.get("name", "")


def _check_link(writer: _MarkupWriter, kept: dict[str, str], _: Mapping[str, str]) -> None:
    if not _INTERNAL_LOCATION.fullmatch(kept.get("location", "A1")):
        del kept["location"]


def _check_shape(writer: _MarkupWriter, kept: dict[str, str], _: Mapping[str, str]) -> None:
    if kept.get("textlink"):
        kept["textlink"] = writer.check_formula(kept["textlink"])


def _check_frame(writer: _MarkupWriter, kept: dict[str, str], _: Mapping[str, str]) -> None:
    if kept.get("uri") not in _DRAWING_NAMESPACES:
        raise office_relationships.unsupported_image_error()


def _check_timestamp(writer: _MarkupWriter, kept: dict[str, str], _: Mapping[str, str]) -> None:
    if kept.get("xsi:type", "dcterms:W3CDTF") != "dcterms:W3CDTF":
        raise ValueError("a moment of another kind")


def _drop_external_references(kept: dict[str, str]) -> None:
    """Drop from a VML shape any style or shape type that is defined elsewhere."""
    if _UNSAFE_STYLE.search(kept.get("style", "")):
        del kept["style"]
    if not _LOCAL_SHAPE.fullmatch(kept.get("type", "")):
        del kept["type"]


_TRUE_VALUES = frozenset({"1", "true", "on"})
_MACRO_ATTRIBUTES = ("function", "vbProcedure", "xlm")
_ELEMENT_RULES: dict[str, _ElementRule] = {
    "a:blip": _check_picture,
    "v:imagedata": _check_picture,
    "v:image": _check_picture,
    "s:c": _note_cell,
    "s:cfRule": _note_formatting_rule,
    "s:cfvo": _check_threshold,
    "s:tableColumn": _note_table_column,
    "s:definedName": _check_defined_name,
    "s:sheet": _note_sheet,
    "s:hyperlink": _check_link,
    "xdr:sp": _check_shape,
    "cdr:sp": _check_shape,
    "a:graphicData": _check_frame,
    "dcterms:created": _check_timestamp,
    "dcterms:modified": _check_timestamp,
}
