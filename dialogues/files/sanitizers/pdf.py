"""PDFs (ISO 32000-2), without what they could run, open, play or carry along."""

import io
from collections.abc import Iterator

import pikepdf

from dialogues.files.sanitizers.errors import Unclean

TAIL = 2048
"""Where the end mark must be found, in bytes: some scanners write a little behind it."""

_MOST_UNPACKED = 128 * 1024 * 1024
pikepdf.settings.set_qpdf_limits(
    doc_max_warnings=1000,
    parser_max_container_size=1_000_000,
    flate_max_memory=_MOST_UNPACKED,
    run_length_max_memory=_MOST_UNPACKED,
    png_max_memory=_MOST_UNPACKED,
    tiff_max_memory=_MOST_UNPACKED,
)

MOST_OBJECTS = 250_000
"""Of a file: a report of a thousand pages has a fifth of it."""
_ACTIONS = frozenset(
    f"/{name}"
    for name in (
        "JavaScript",
        "Launch",
        "GoToR",
        "GoToE",
        "Thread",
        "ImportData",
        "SubmitForm",
        "Rendition",
        "Movie",
        "Sound",
        "RichMediaExecute",
    )
)
"""Actions that run, open, send or play (12.6.4). Going to a page, and a link that a person presses, are left."""
_KEYS = frozenset(
    f"/{name}"
    for name in ("OpenAction", "AA", "JS", "JavaScript", "XFA", "EmbeddedFiles", "EF", "RF", "AF", "RichMediaContent")
)
"""What runs by itself, or is a file in the file (7.7.2, 7.11.4, 12.6.3, 12.7.8, 13.7)."""
_ELSEWHERE = frozenset(f"/{name}" for name in ("F", "FFilter", "FDecodeParms", "Ref", "OPI"))
"""Of a stream: that what it holds, or what is drawn in its stead, lies in another file (7.3.8.2, 8.10.4, 14.11.7)."""
_LINK = frozenset({"/URI"})
_LINKS = (b"http:", b"https:", b"mailto:")
"""Where a link may lead that a person presses: a file or a share would be asked for with the reader's own account."""
_FOLLOWED = frozenset({"/A", "/PA", "/Next"})
"""Where an action stands, or those that come after it."""
_GOING = frozenset({"/GoTo", "/URI"})
_NAMED = frozenset({"/Named"})
_PAGES = frozenset({"/NextPage", "/PrevPage", "/FirstPage", "/LastPage"})
"""Actions that are taken, by what they do and by name: they go to a page of the file, or lead to a page of the web."""
_NOTES = """
    Text Link FreeText Line Square Circle Polygon PolyLine Highlight Underline Squiggly StrikeOut Caret Stamp Ink Popup
    Widget PrinterMark TrapNet Watermark Redact
"""
_ANNOTATIONS = frozenset(f"/{name}" for name in _NOTES.split())
"""Annotations that are taken (12.5.6): words, marks and links, none that is a file or plays one."""
_CATALOGUE = """
    Type Version Pages PageLabels Names Dests ViewerPreferences PageLayout PageMode Outlines AcroForm Metadata
    StructTreeRoot MarkInfo Lang OCProperties OutputIntents
"""
_ROOT_KEYS = frozenset(f"/{name}" for name in _CATALOGUE.split())
_NAME_TREES = frozenset({"/Dests"})
"""What the file as a whole may say (7.7.2), and the names that it may give (7.7.4): none of scripts, files or pages of
the web that it was made from."""


def clean(content: bytes) -> bytes:
    """Another PDF with the same pages; what isn't reached from them is left behind.

    Raises Unclean where it has a password or is nothing without what is taken out; ValueError or pikepdf.PdfError
    where it isn't a whole PDF with pages.
    """
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-TAIL:]:
        raise ValueError("no beginning, or no end, of a PDF")
    try:
        opened = pikepdf.open(io.BytesIO(content))
    except pikepdf.PasswordError as error:
        raise _locked() from error
    with opened as pdf:
        if pdf.is_encrypted:
            raise _locked()
        if len(pdf.objects) > MOST_OBJECTS:
            raise Unclean(
                "holds more than can be looked through here. Print the pages that matter to a PDF, then choose that."
            )
        _refuse_shell(pdf.Root)
        _keep(pdf.Root, _ROOT_KEYS)
        if isinstance(pdf.Root.get("/Names"), pikepdf.Dictionary):
            _keep(pdf.Root.Names, _NAME_TREES)
        pages = len(pdf.pages)
        for row in pdf.objects:
            for inner in _dictionaries(row):
                _strip(inner)
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


def _locked() -> Unclean:
    return Unclean(
        "has a password, or is protected against changes. Print it to a PDF without one, then choose that instead."
    )


def _refuse_shell(root: pikepdf.Object) -> None:
    """Refuse a PDF whose pages say nothing without what is taken out: a portfolio, a form that draws itself."""
    if "/Collection" in root:
        raise Unclean("is a portfolio with other files in it. Send each of those by itself.")
    if root.get("/NeedsRendering", False):
        raise Unclean("is a form that only Adobe's own programs can draw. Print it to a PDF, then choose that instead.")


def _dictionaries(row: object) -> Iterator[pikepdf.Object]:
    """The dictionary of an object, or of a stream, and those that stand right inside it."""
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


def _keep(row: pikepdf.Object, keys: frozenset[str]) -> None:
    for key in set(row.keys()) - keys:
        del row[key]


def _strip(row: pikepdf.Object) -> None:
    keys = set(row.keys())
    if isinstance(row, pikepdf.Dictionary) and (_is_one_of(row.get("/S"), _ACTIONS) or _leads_astray(row)):
        for key in keys:
            del row[key]
        return
    for key in keys & (_KEYS | _ELSEWHERE if isinstance(row, pikepdf.Stream) else _KEYS):
        del row[key]
    for key in keys & _FOLLOWED:
        following = row[key]
        if any(_acts(each) for each in (following if isinstance(following, pikepdf.Array) else [following])):
            del row[key]
    notes = row.get("/Annots")
    if isinstance(notes, pikepdf.Array):
        kept = [note for note in notes if _is_taken_note(note)]
        if len(kept) != len(notes):
            row["/Annots"] = pikepdf.Array(kept)


def _leads_astray(row: pikepdf.Object) -> bool:
    """Whether it is a link to anything but a page of the web or an address of mail: a file, say, or a share."""
    address = row.get("/URI")
    is_known = isinstance(address, pikepdf.String) and bytes(address).lower().startswith(_LINKS)
    return _is_one_of(row.get("/S"), _LINK) and not is_known


def _acts(action: object) -> bool:
    """Whether it is an action that isn't taken; what stands in its place elsewhere has no kind."""
    if not isinstance(action, pikepdf.Dictionary) or "/S" not in action:
        return False
    is_named = _is_one_of(action.get("/S"), _NAMED) and _is_one_of(action.get("/N"), _PAGES)
    return not (is_named or _is_one_of(action.get("/S"), _GOING))


def _is_taken_note(note: object) -> bool:
    return not isinstance(note, pikepdf.Dictionary) or _is_one_of(note.get("/Subtype"), _ANNOTATIONS)


def _is_one_of(name: object, names: frozenset[str]) -> bool:
    return isinstance(name, pikepdf.Name) and str(name) in names
