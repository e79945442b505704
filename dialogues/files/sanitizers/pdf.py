"""Sanitize PDFs (ISO 32000-2): remove what could run, open or play something, and embedded files."""

import io
from collections.abc import Iterator

import pikepdf

from dialogues.files.sanitizers.errors import FileRejected, gettext_noop

END_MARK_WITHIN = 2048
"""The end mark must be within this number of bytes of the end. Some scanners write a little after it."""

_MAX_UNPACKED_BYTES = 128 * 1024 * 1024
pikepdf.settings.set_qpdf_limits(
    doc_max_warnings=1000,
    parser_max_container_size=1_000_000,
    flate_max_memory=_MAX_UNPACKED_BYTES,
    run_length_max_memory=_MAX_UNPACKED_BYTES,
    png_max_memory=_MAX_UNPACKED_BYTES,
    tiff_max_memory=_MAX_UNPACKED_BYTES,
)

MAX_OBJECTS = 250_000
"""Objects of a file. A report of a thousand pages has a fifth of this."""


def _names(text: str) -> frozenset[str]:
    return frozenset(f"/{name}" for name in text.split())


_UNSAFE_ACTIONS = _names(
    "JavaScript Launch GoToR GoToE Thread ImportData SubmitForm Rendition Movie Sound RichMediaExecute"
)
"""Actions that run, open, send or play something (12.6.4).

Going to a page, and links that a reader clicks, are kept.
"""
_UNSAFE_KEYS = _names("OpenAction AA JS JavaScript XFA EmbeddedFiles EF RF AF RichMediaContent")
"""Keys of what runs by itself, or of an embedded file (7.7.2, 7.11.4, 12.6.3, 12.7.8, 13.7)."""
_EXTERNAL_STREAM_KEYS = _names("F FFilter FDecodeParms Ref OPI")
"""Keys of a stream whose content, or a replacement for it, is in another file (7.3.8.2, 8.10.4, 14.11.7)."""
_LINK_ACTIONS = frozenset({"/URI"})
_SAFE_LINK_PREFIXES = (b"http:", b"https:", b"mailto:")
"""Where a link that a reader clicks may lead.

A file or a network share would be opened with the reader's own account.
"""
_ACTION_KEYS = frozenset({"/A", "/PA", "/Next"})
"""Keys that hold an action, or the actions that follow it."""
_SAFE_ACTIONS = frozenset({"/GoTo", "/URI"})
_NAMED_ACTIONS = frozenset({"/Named"})
_SAFE_NAMED_ACTIONS = frozenset({"/NextPage", "/PrevPage", "/FirstPage", "/LastPage"})
"""Allowed actions, by type and by name: they go to a page of the file, or open a web page."""
_SAFE_ANNOTATIONS = _names("""
    Text Link FreeText Line Square Circle Polygon PolyLine Highlight Underline Squiggly StrikeOut Caret Stamp Ink Popup
    Widget PrinterMark TrapNet Watermark Redact
""")
"""Allowed annotations (12.5.6): text, marks and links. None contains or plays a file."""
_SAFE_CATALOG_KEYS = _names("""
    Type Version Pages PageLabels Names Dests ViewerPreferences PageLayout PageMode Outlines AcroForm Metadata
    StructTreeRoot MarkInfo Lang OCProperties OutputIntents
""")
_SAFE_NAME_TREES = frozenset({"/Dests"})
"""Allowed keys of the catalog (7.7.2), and allowed name trees (7.7.4).

Name trees of scripts, of embedded files and of web pages that the file was made from are not allowed.
"""


def sanitize_pdf(content: bytes) -> bytes:
    """Return a new PDF with the same pages. What is not reached from them is dropped.

    Raises FileRejected if it has a password, or shows nothing without what is removed. Raises ValueError or
    pikepdf.PdfError if it isn't a whole PDF with pages.
    """
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-END_MARK_WITHIN:]:
        raise ValueError("no beginning, or no end, of a PDF")
    try:
        opened = pikepdf.open(io.BytesIO(content))
    except pikepdf.PasswordError as error:
        raise _protected_error() from error
    with opened as pdf:
        if pdf.is_encrypted:
            raise _protected_error()
        if len(pdf.objects) > MAX_OBJECTS:
            raise FileRejected(
                gettext_noop("“%(name)s” contains too much to be checked."),
                gettext_noop("Print the pages that matter to a PDF, then attach that."),
            )
        _refuse_empty_shell(pdf.Root)
        _keep_keys(pdf.Root, _SAFE_CATALOG_KEYS)
        if isinstance(pdf.Root.get("/Names"), pikepdf.Dictionary):
            _keep_keys(pdf.Root.Names, _SAFE_NAME_TREES)
        pages = len(pdf.pages)
        for row in pdf.objects:
            for inner in _iterate_dictionaries(row):
                _strip_unsafe(inner)
        cleaned = io.BytesIO()
        pdf.save(
            cleaned,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
            deterministic_id=True,
        )
    with pikepdf.open(io.BytesIO(cleaned.getvalue()), attempt_recovery=False) as again:
        if not pages or len(again.pages) != pages:
            raise ValueError("no page, or one of them was lost")
    return cleaned.getvalue()


def _protected_error() -> FileRejected:
    return FileRejected(
        gettext_noop("“%(name)s” has a password, or is protected against changes."),
        gettext_noop("Print it to a PDF without a password, then attach that."),
    )


def _refuse_empty_shell(root: pikepdf.Object) -> None:
    """Refuse a PDF whose pages show nothing without what is removed: a portfolio, or a form that draws itself."""
    if "/Collection" in root:
        raise FileRejected(
            gettext_noop("“%(name)s” is a portfolio that contains other files."),
            gettext_noop("Attach each of these files by itself."),
        )
    if root.get("/NeedsRendering", False):
        raise FileRejected(
            gettext_noop("“%(name)s” is a form that only Adobe’s own programs can show."),
            gettext_noop("Print it to a PDF, then attach that."),
        )


def _iterate_dictionaries(row: object) -> Iterator[pikepdf.Object]:
    """Yield the dictionary of an object or stream, and the dictionaries directly inside it."""
    waiting: list[object] = [row]
    while waiting:
        each = waiting.pop()
        if isinstance(each, pikepdf.Array):
            inside: list[object] = list(each)
        elif isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
            yield each
            inside = [each.get(key) for key in each.keys()]  # noqa: SIM118 -- iterating it gives values of an array
        else:
            continue
        waiting += [value for value in inside if isinstance(value, pikepdf.Object) and not value.is_indirect]


def _keep_keys(row: pikepdf.Object, keys: frozenset[str]) -> None:
    for key in set(row.keys()) - keys:
        del row[key]


def _strip_unsafe(row: pikepdf.Object) -> None:
    keys = set(row.keys())
    if isinstance(row, pikepdf.Dictionary) and (_is_name_in(row.get("/S"), _UNSAFE_ACTIONS) or _is_unsafe_link(row)):
        for key in keys:
            del row[key]
        return
    for key in keys & (_UNSAFE_KEYS | _EXTERNAL_STREAM_KEYS if isinstance(row, pikepdf.Stream) else _UNSAFE_KEYS):
        del row[key]
    for key in keys & _ACTION_KEYS:
        following = row[key]
        if any(
            _is_unsafe_action(each) for each in (following if isinstance(following, pikepdf.Array) else [following])
        ):
            del row[key]
    notes = row.get("/Annots")
    if isinstance(notes, pikepdf.Array):
        kept = [note for note in notes if _is_safe_annotation(note)]
        if len(kept) != len(notes):
            row["/Annots"] = pikepdf.Array(kept)


def _is_unsafe_link(row: pikepdf.Object) -> bool:
    """Return whether it is a link to anything but a web page or a mail address, such as a file or a network share."""
    address = row.get("/URI")
    is_known = isinstance(address, pikepdf.String) and bytes(address).lower().startswith(_SAFE_LINK_PREFIXES)
    return _is_name_in(row.get("/S"), _LINK_ACTIONS) and not is_known


def _is_unsafe_action(action: object) -> bool:
    """Return whether it is an action that is not allowed. A value without a type (/S) is no action."""
    if not isinstance(action, pikepdf.Dictionary) or "/S" not in action:
        return False
    is_named = _is_name_in(action.get("/S"), _NAMED_ACTIONS) and _is_name_in(action.get("/N"), _SAFE_NAMED_ACTIONS)
    return not (is_named or _is_name_in(action.get("/S"), _SAFE_ACTIONS))


def _is_safe_annotation(note: object) -> bool:
    return not isinstance(note, pikepdf.Dictionary) or _is_name_in(note.get("/Subtype"), _SAFE_ANNOTATIONS)


def _is_name_in(name: object, names: frozenset[str]) -> bool:
    return isinstance(name, pikepdf.Name) and str(name) in names
