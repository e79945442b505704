"""Check the fields of a Word document (17.16 of part 1): only fields that use nothing outside it, and in plain form."""

import re

from dialogues.files.sanitizers.errors import FileRejected, gettext_noop

FIELDS_REMEDY = gettext_noop(
    "In Word press Ctrl+A, then Ctrl+Shift+F9 to turn the fields into text, or save the file as a PDF. Then attach it "
    "again."
)
MAX_NESTED_FIELDS = 20
"""Maximum nesting depth of fields."""
_FIELD_NAMES = """
    = ADVANCE AUTHOR AUTONUM AUTONUMLGL AUTONUMOUT BIBLIOGRAPHY CITATION COMMENTS COMPARE CREATEDATE DATE DISPLAYBARCODE
    DOCPROPERTY DOCVARIABLE EDITTIME EQ FILENAME FILESIZE FOOTNOTEREF FORMCHECKBOX FORMDROPDOWN FORMTEXT IF INDEX INFO
    KEYWORDS LASTSAVEDBY LISTNUM MERGEFIELD NOTEREF NUMCHARS NUMPAGES NUMWORDS PAGE PAGEREF PRINTDATE QUOTE REF REVNUM
    SAVEDATE SECTION SECTIONPAGES SEQ SET SHAPE STYLEREF SUBJECT SYMBOL TA TC TIME TITLE TOA TOC USERADDRESS
    USERINITIALS USERNAME XE
"""
_ALLOWED_FIELDS = frozenset(_FIELD_NAMES.split())
"""Fields allowed with any arguments: numbers, dates, and text of the document itself."""
_VALUE = r'(?:"[^"\\“”„]*"|[^\s"\\“”„]+)'
_ADDRESS = r'(?:https?://[^\s"\\/“”„][^"\\“”„]*|mailto:[^"\\“”„]+|\#[^"\\/“”„]*)'
_BARE_ADDRESS = r'(?:https?://[^\s"\\/“”„][^\s"\\“”„]*|mailto:[^\s"\\“”„]+)'
_FULL_PATTERNS = {
    "HYPERLINK": re.compile(
        rf'\s*HYPERLINK\s*(?:"{_ADDRESS}"|{_BARE_ADDRESS})?'
        rf"(?:\s*+\\[hns]|\s*+\\[lotm](?:\s*+{_VALUE})?|\s*+\\\*\s*+\w++)*+\s*+",
        re.IGNORECASE,
    ),
    "MACROBUTTON": re.compile(r"\s*MACROBUTTON\s+NoMacro\b.*", re.IGNORECASE | re.DOTALL),
    "ADDIN": re.compile(
        r"\s*ADDIN\s+(?:ZOTERO_(?:ITEM|BIBL|TEMP)|EN\.(?:CITE(?:\.DATA)?|REFLIST)|CSL_CITATION|Mendeley\s+\w+)\b.*",
        re.IGNORECASE | re.DOTALL,
    ),
}
"""Fields allowed only if the whole code matches.

They are links to a web page, a mail address or a place in the document; a place to click and type; and the notes that
reference managers keep next to a citation.
"""
_NAME = re.compile(r"\s*(=|[A-Za-z]+)(?![A-Za-z])")
_CODE_ELEMENTS = frozenset({"w:instrText", "w:delInstrText", "w:t", "w:delText"})
"""Text that is part of a field code if it is inside one. Word no longer distinguishes them once it has read them."""
_NEUTRAL_ELEMENT_NAMES = """
    w:r w:ins w:del w:moveFrom w:moveTo w:bookmarkStart w:bookmarkEnd w:proofErr w:lastRenderedPageBreak w:permStart
    w:permEnd
"""
_NEUTRAL_ELEMENTS = frozenset(_NEUTRAL_ELEMENT_NAMES.split())
_NON_TEXT_ELEMENTS = frozenset({"w:rPr", "w:fldChar"})
"""Elements whose content describes the look of a run or a form field, and is no text."""
_INSERTION_ELEMENTS = frozenset({"w:ins", "w:moveTo"})
_DELETION_ELEMENTS = frozenset({"w:del", "w:moveFrom"})


class _OpenField:
    """A field that has not ended yet."""

    def __init__(self, revision: tuple[int, int]) -> None:
        self.code = ""
        self.is_code = True
        self.is_interrupted = False
        self.revisions = {revision}


class FieldChecker:
    """Checks the fields of a part, from its elements in order. Raises FileRejected at the first that is not allowed.

    The name of a field must be in runs of one paragraph with nothing between them, so that every reader reads the same
    name. It may not be built by a nested field, span a text box, or differ once changes are accepted.
    """

    def __init__(self) -> None:
        self.open: list[_OpenField] = []
        self.closed = 0
        self.added = self.taken_out = 0

    def begin(self, name: str, kind: str | None, instruction: str | None) -> bool:
        """Handle the start of an element, and return whether its text is field code.

        `kind` is the type of a field mark, `instruction` the code of a simple field.
        """
        if self.closed:
            self.closed += 1
            return False
        if name == "w:fldChar":
            self._mark(kind)
        elif name == "w:fldSimple":
            self._interrupt()
            _check_code(instruction or "")
        elif name in _INSERTION_ELEMENTS:
            self.added += 1
        elif name in _DELETION_ELEMENTS:
            self.taken_out += 1
        elif name in _CODE_ELEMENTS:
            is_code = bool(self.open) and self.open[-1].is_code
            if name in {"w:instrText", "w:delInstrText"} and not is_code:
                raise ValueError("a field's code where no field is")
            return is_code
        elif name not in _NEUTRAL_ELEMENTS and name not in _NON_TEXT_ELEMENTS:
            self._interrupt()
        if name in _NON_TEXT_ELEMENTS:
            self.closed = 1
        return False

    def end(self, name: str) -> None:
        if self.closed:
            self.closed -= 1
        elif name in _INSERTION_ELEMENTS:
            self.added -= 1
        elif name in _DELETION_ELEMENTS:
            self.taken_out -= 1

    def text(self, text: str) -> None:
        """Handle a piece of field code."""
        field = self.open[-1]
        if field.is_interrupted and not _has_complete_name(field.code):
            raise _composed_field_error(field.code + text)
        field.code += text
        field.revisions.add((self.added > 0, self.taken_out > 0))

    def finish(self) -> None:
        for field in self.open:
            _check_field(field)

    def _mark(self, kind: str | None) -> None:
        if kind == "begin":
            self._interrupt()
            if len(self.open) == MAX_NESTED_FIELDS:
                raise ValueError("more fields within one another than Word takes")
            self.open.append(_OpenField((self.added > 0, self.taken_out > 0)))
        elif not self.open:
            raise ValueError("the end of no field")
        elif kind == "separate":
            if not self.open[-1].is_code:
                raise ValueError("two results of one field")
            _check_field(self.open[-1])
            self.open[-1].is_code = False
        elif kind == "end":
            field = self.open.pop()
            if field.is_code:
                _check_field(field)
        else:
            raise ValueError("a mark of no kind")

    def _interrupt(self) -> None:
        """Note that the code is interrupted by something that is no part of it."""
        for field in self.open:
            if field.is_code:
                field.is_interrupted = True
                if not _has_complete_name(field.code):
                    raise _composed_field_error(field.code)


def _has_complete_name(code: str) -> bool:
    """Return whether the field name in the code is complete: something else follows it."""
    named = _NAME.match(code)
    return named is not None and (named[1] == "=" or named.end() < len(code))


def _check_field(field: _OpenField) -> None:
    name = _check_code(field.code)
    if field.is_interrupted and name in _FULL_PATTERNS:
        raise _composed_field_error(field.code)
    if len(field.revisions) > 1:
        raise FileRejected(
            gettext_noop("“%(name)s” has a field with tracked changes (“%(field)s”)."),
            gettext_noop("Accept or reject the changes in Word, save the file, then attach it again."),
            field=_shorten(field.code),
        )


def _check_code(code: str) -> str:
    """Return the name of a field with this code. Raises FileRejected if it is not allowed."""
    if not code.strip():
        return ""  # without a code, Word shows only the result
    named = _NAME.match(code)
    name = named[1].upper() if named else ""
    if name in _ALLOWED_FIELDS or (name in _FULL_PATTERNS and _FULL_PATTERNS[name].fullmatch(code)):
        return name
    raise FileRejected(
        gettext_noop("“%(name)s” has a field that may use something outside the file: “%(field)s”."),
        FIELDS_REMEDY,
        field=_shorten(code),
    )


def _composed_field_error(code: str) -> FileRejected:
    return FileRejected(
        gettext_noop(
            "“%(name)s” has a field made of other fields, which may use something outside the file: “%(field)s”."
        ),
        FIELDS_REMEDY,
        field=_shorten(code),
    )


def _shorten(code: str) -> str:
    shown = " ".join(code.split())
    return shown if len(shown) <= 60 else f"{shown[:59]}…"
