"""Render HTML as PDF/UA-1, and extract the text of a PDF. Only this file and `layout_speed` use WeasyPrint.

Each process parses the print style (`templates/reports/print.css`) and the product's own fonts once and uses them
for every document. Rendering uses nothing from outside: it fetches no URL, opens no file for a document and uses no
font of the machine. So the same HTML gives the same bytes on any machine. Importing WeasyPrint takes a second and
only the worker needs it, so functions import it.

A worker's parent process imports it before it forks (`preload_engine`), and its children share that memory. Each
process sets up its own fonts: Pango serves them from a thread, which a fork does not copy. A child that used its
parent's fonts would wait for ever.
"""

import atexit
import gc
import hashlib
import io
import logging
import os
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.etree.ElementTree import ParseError
from xml.etree.ElementTree import fromstring as parse_xml

from reports.briefings import layout_speed, typesetting
from reports.briefings.layout_speed import save_work
from reports.briefings.text_width import FONTS_DIR, printable_glyphs
from reports.briefings.typesetting import replace_missing_glyphs, typeset, undo_typesetting

if TYPE_CHECKING:
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

logger = logging.getLogger(__name__)

PROJECT_ROOT = Path(__file__).resolve().parents[2]
PRINT_STYLESHEET = PROJECT_ROOT / "templates" / "reports" / "print.css"
FONTCONFIG_FILE = PROJECT_ROOT / "templates" / "reports" / "fonts.conf"

FONT_SCHEME = "font"
WORD_START = re.compile(r"(?<=[a-z])(?=[A-Z])")
"""Where the name of a font file, such as `NotoSansGreek`, begins the next word of its family."""
FONT_WEIGHTS = {"Regular": 400, "Medium": 500, "SemiBold": 600, "Bold": 700}

PRINT_FLAG = 4
"""The annotation flag "print" (ISO 32000-1, 12.5.3)."""


type ProgressCallback = Callable[[int, str], None]
"""A function that gets the progress in per cent of the rendering time and the current step in words.

The per cents go from 0 to 100 and never decrease.
"""

RENDER_STEPS = {
    "1": (0, "Reading the content"),
    "3": (4, "Applying the print style"),
    "4": (9, "Arranging the parts"),
    "5": (14, "Laying out page {}"),
    "6": (66, "Drawing the pages"),
    "7": (84, "Writing the file"),
}
"""Where each step of WeasyPrint begins, by WeasyPrint's number for it, and its text for the user.

The per cents were measured with an ambassador's briefing.
"""
REPAGINATION_TEXT = "Filling in page numbers"
EMPTY_ELEMENT = re.compile(r"<(br|col|hr|img|meta|wbr)\b([^>]*?)/?>")
"""The start tag of an element that has no end tag in HTML."""
HTML_CHARS_PER_PAGE = 5_000
"""Roughly how many characters of HTML fill a page. The number of pages is not known before layout."""


class PdfEngine(NamedTuple):
    """Data prepared once and shared with forked processes: font files, parsed styles, printable glyphs.

    `defaults` is the style that elements have without the print style.
    """

    files: dict[str, bytes]
    fetcher: "URLFetcher"
    defaults: "CSS"
    style: "CSS"
    glyphs: frozenset[str]


class Typefaces(NamedTuple):
    """The fonts of one process: Pango's configuration, and the CSS rules by which documents name them."""

    fonts: "FontConfiguration"
    rules: "CSS"


def preload_engine() -> None:
    """Import the engine and parse the print style. A parent process may do this before it forks renderers."""
    _get_engine()


def prepare_fonts() -> None:
    """Set up the fonts and render one line in each of them. Use it in a process that renders and does not fork."""
    render_pdf(
        '<html lang="en"><head><title>A line</title></head><body><p>It <b>is <i>a</i></b> <i>line</i>.</p></html>'
    )


def release_fonts() -> None:
    """Free the fonts of this process."""
    _get_typefaces.cache_clear()


def hash_render_input(html: str) -> str:
    """Return the SHA-256, in hexadecimal, of everything a file is made from. Equal hashes mean equal bytes."""
    return hashlib.sha256(f"{_describe_toolchain()}\n{html}".encode()).hexdigest()


def render_pdf(html: str, on_progress: ProgressCallback | None = None) -> bytes:
    """Render a whole HTML document, with `lang` and `<title>`, as PDF/UA-1. Equal HTML gives equal bytes.

    A character without a glyph in the fonts prints as its code point, `[U+1F984]`. URLs in the document are never
    fetched.

    Args:
        on_progress: is called with the progress.

    Raises:
        FileNotFoundError: if the front end has not been built.
    """
    engine, typefaces = _get_engine(), _get_typefaces(os.getpid())
    with _gc_disabled(), _report_progress(on_progress, len(html) / HTML_CHARS_PER_PAGE):
        document = _parse_html(replace_missing_glyphs(typeset(html), engine.glyphs), engine)
        pdf: bytes = document.write_pdf(
            finisher=_finish_pdf,
            font_config=typefaces.fonts,
            stylesheets=[typefaces.rules, engine.style],
            pdf_variant="pdf/ua-1",
        )
    return pdf


def extract_pdf_text(pdf: bytes) -> str:
    """Return the text of a PDF, page by page, without typesetting; empty if the PDF can't be read."""
    from pypdf import PdfReader  # noqa: PLC0415 -- only the worker needs it

    try:
        text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    except Exception:
        logger.exception("A PDF can't be read")
        return ""
    return undo_typesetting(text)


@cache
def _describe_toolchain() -> str:
    """Return a text that identifies everything that rendering uses: code, print style, fonts and library versions."""
    files = [
        Path(__file__),
        Path(layout_speed.__file__),
        Path(typesetting.__file__),
        PRINT_STYLESHEET,
        FONTCONFIG_FILE,
        *sorted(FONTS_DIR.glob("*.ttf")),
    ]
    wanted = [line for line in metadata.requires("weasyprint") or () if "extra ==" not in line]
    libraries = ["weasyprint", *(re.split(r"[^\w.-]", line)[0] for line in wanted)]
    return "\n".join(
        [
            *(f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in files),
            *(f"{name} {metadata.version(name)}" for name in libraries),
        ]
    )


@cache
def _get_engine() -> PdfEngine:
    """Return the engine without fonts.

    Fontconfig reads where the machine's fonts are while WeasyPrint is imported, so the import hides them.
    """
    files = {path.name: path.read_bytes() for path in sorted(FONTS_DIR.glob("*.ttf"))}
    if not files:
        raise FileNotFoundError(f"No typefaces in {FONTS_DIR}: run `make setup`, which builds the front end.")
    with _no_system_fonts():
        from weasyprint import CSS  # noqa: PLC0415 -- slow, only the worker needs it
    save_work()
    _mark_languages()
    fetcher = _build_fetcher(files)
    style = CSS(string=PRINT_STYLESHEET.read_text(encoding="utf-8"), url_fetcher=fetcher)
    return PdfEngine(files, fetcher, _narrowed_defaults(), style, printable_glyphs(files))


@cache
def _get_typefaces(process: int) -> Typefaces:
    """Return the fonts of a process, by process id.

    Fontconfig reads where the machine's fonts are once more during the setup, so the setup hides them.
    """
    del process
    engine = _get_engine()
    from weasyprint import CSS  # noqa: PLC0415 -- slow, only the worker needs it
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415 -- slow, only the worker needs it

    with _no_system_fonts():
        fonts = FontConfiguration()
    rules = CSS(string="\n".join(map(_font_face, engine.files)), url_fetcher=engine.fetcher, font_config=fonts)
    # WeasyPrint removes its font folder in a finalizer that fails during interpreter shutdown, so remove it before.
    atexit.register(release_fonts)
    return Typefaces(fonts, rules)


def _narrowed_defaults() -> "CSS":
    """Return WeasyPrint's default style, with markers for list items and footnotes for sources alone.

    WeasyPrint gives each element a marker of a list item, a note and a footnote, used or not: six styles for each.
    """
    from weasyprint import CSS  # noqa: PLC0415 -- slow, only the worker needs it
    from weasyprint.html import UA  # noqa: PLC0415 -- slow, only the worker needs it

    narrowed = UA.replace("\n::marker", "\nli::marker").replace("\n::footnote-", "\n.source::footnote-")
    return CSS(string=re.sub(r"\n::note-.*", "", narrowed))


def _parse_html(html: str, engine: PdfEngine) -> "HTML":
    """Parse a document.

    Our templates are well-formed XML, except for elements without an end tag. So the parser for XML gives the same
    tree as WeasyPrint's parser for HTML, in a tenth of the time. That one gets what is not well-formed.
    """
    from cssselect2 import ElementWrapper  # noqa: PLC0415 -- slow, only the worker needs it
    from weasyprint import HTML  # noqa: PLC0415 -- slow, only the worker needs it

    try:
        # Safe, because templates escape all texts, so nobody else can declare an entity.
        root = parse_xml(EMPTY_ELEMENT.sub(r"<\1\2/>", html).strip())  # noqa: S314
    except ParseError:
        return HTML(string=html, url_fetcher=engine.fetcher)
    document = HTML.__new__(HTML)
    document.base_url, document.url_fetcher, document.media_type = None, engine.fetcher, "print"
    document.wrapper_element = ElementWrapper.from_html_root(root, content_language=None)
    document.etree_element = root
    document._ua_stylesheets = lambda forms: [engine.defaults]
    return document


def _build_fetcher(files: dict[str, bytes]) -> "URLFetcher":
    """Return a fetcher that serves these fonts by name and `data:` URLs. It refuses every other URL."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415 -- slow, only the worker needs it

    class OwnFontsOnly(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
            scheme, _, name = url.partition(":")
            if scheme == FONT_SCHEME and name in files:
                return URLFetcherResponse(url, files[name], {"Content-Type": "font/ttf"})
            return super().fetch(url, headers)

    return OwnFontsOnly(allowed_protocols=("data",), allow_redirects=False)


def _font_face(name: str) -> str:
    """Return the `@font-face` rule for a font file by its name, such as `PublicSans-SemiBoldItalic.ttf`."""
    typeface, _, face = name.removesuffix(".ttf").partition("-")
    family = WORD_START.sub(" ", typeface)  # one for each file: WeasyPrint embeds one font of a family and weight
    style = "italic" if face.endswith("Italic") else "normal"
    weight = FONT_WEIGHTS[face.removesuffix("Italic") or "Regular"]
    return (
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; font-style: {style};'
        f' src: url("{FONT_SCHEME}:{name}") }}'
    )


def _finish_pdf(document: object, pdf: Any) -> None:
    """Add what PDF/UA requires and WeasyPrint leaves out: the scope of header cells, and the print flag of links.

    A header cell in a table's head heads its column; any other heads its row.
    """
    del document
    elements: dict[bytes, Any] = {item.reference: item for item in pdf.objects}
    for element in elements.values():
        if not isinstance(element, dict):
            continue
        if element.get("S") == "/TH" and "A" in element:
            row = elements[element["P"]]
            in_head = elements[row["P"]].get("S") == "/THead"
            element["A"]["Scope"] = "/Column" if in_head else "/Row"
        elif element.get("Subtype") == "/Link":
            element["F"] = PRINT_FLAG


def _mark_languages() -> None:
    """Let the tag of an element with its own `lang` name that language. WeasyPrint names that of the document alone."""
    import pydyf  # noqa: PLC0415 -- slow, only the worker needs it
    from weasyprint.pdf import tags  # noqa: PLC0415 -- slow, only the worker needs it

    build_tree = tags._build_box_tree

    def build_tree_with_languages(box: Any, parent: Any, *more: Any) -> Iterator[Any]:
        box = getattr(box, "_box", box)
        language = "" if box.element is None else box.element.attrib.get("lang", "")
        for element in build_tree(box, parent, *more):
            if language and box.element_tag not in {"html", "body"}:
                element["Lang"] = pydyf.String(language)
            yield element

    tags._build_box_tree = build_tree_with_languages


@contextmanager
def _no_system_fonts() -> Iterator[None]:
    """Hide the machine's fonts from Fontconfig while the engine starts."""
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(FONTCONFIG_FILE)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="No fonts configured in FontConfig")
            yield
    finally:
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before


@contextmanager
def _gc_disabled() -> Iterator[None]:
    """Turn the garbage collector off.

    Rendering makes millions of objects and few cycles, so this saves a tenth of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def _report_progress(on_progress: ProgressCallback | None, pages: float) -> Iterator[None]:
    """Report WeasyPrint's progress to `on_progress`, for a document with roughly this many `pages`."""
    if on_progress is None:
        yield
        return
    steps = logging.getLogger("weasyprint.progress")
    level, steps.propagate = steps.level, False
    listener = _ProgressHandler(on_progress, pages)
    steps.addHandler(listener)
    steps.setLevel(logging.INFO)
    on_progress(*RENDER_STEPS["1"])  # WeasyPrint does not say it, unless it reads the document itself
    try:
        yield
    finally:
        steps.removeHandler(listener)
        steps.setLevel(level)
        steps.propagate = True


class _ProgressHandler(logging.Handler):
    """Translate WeasyPrint's log messages ("Step 5 - Creating layout - Page 7") into progress for the user."""

    def __init__(self, on_progress: ProgressCallback, pages: float) -> None:
        super().__init__()
        self.on_progress, self.pages, self.highest_percent, self.is_repaginating = on_progress, pages, 0, False

    def emit(self, record: logging.LogRecord) -> None:
        match = re.match(r"Step (\d)(?: - Creating layout - (?:Page (\d+)$|(Repagination)))?", record.getMessage())
        if not match or match[1] not in RENDER_STEPS or (match[1] == "5" and not (match[2] or match[3])):
            return
        per_cent, step = RENDER_STEPS[match[1]]
        if match[1] == "5":
            self.is_repaginating = self.is_repaginating or bool(match[3])
            share_done = min(1.0, (int(match[2] or 1) - 1) / self.pages)
            per_cent += int((RENDER_STEPS["6"][0] - per_cent) * share_done)
            step = REPAGINATION_TEXT if self.is_repaginating else step.format(match[2])
        self.highest_percent = max(self.highest_percent, per_cent)
        self.on_progress(self.highest_percent, step)
