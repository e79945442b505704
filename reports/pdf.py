"""HTML to PDF/UA-1, and a PDF to its text: the only file that knows WeasyPrint.

One print style (`templates/reports/print.css`) and the product's own typefaces are parsed once per
process and used for every document. Nothing comes from outside: no address is fetched, no file is
opened for a document, no font of the machine is used, so the same HTML gives the same bytes anywhere.
WeasyPrint takes a second to import and only the worker needs it: it is imported inside functions.
"""

import atexit
import gc
import io
import logging
import os
import re
import unicodedata
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

logger = logging.getLogger(__name__)

HOUSE = Path(__file__).resolve().parent.parent
FONTS = HOUSE / "tiptracker" / "frontend" / "dist" / "print"
STYLE = HOUSE / "templates" / "reports" / "print.css"
NO_SYSTEM_FONTS = HOUSE / "templates" / "reports" / "fonts.conf"

FONT_SCHEME = "font"
FAMILY = "Public Sans"
WEIGHTS = {"Regular": 400, "Medium": 500, "SemiBold": 600, "Bold": 700}

PRINTED = 4
"""The flag of an annotation that is printed as it is shown (ISO 32000-1, 12.5.3)."""

UNSEEN = frozenset("\n\r\t\u00ad")
"""Characters that need no glyph: white space, and the soft hyphen."""


class Engine(NamedTuple):
    """What a process prepares once: the parsed print style, its fonts, and what these can print."""

    fetcher: "URLFetcher"
    fonts: "FontConfiguration"
    style: "CSS"
    glyphs: frozenset[str]


def warm_up() -> None:
    """Import the engine, load the typefaces and parse the print style, so that a forked worker has them ready."""
    _engine()


def to_pdf(html: str) -> bytes:
    """A whole HTML document, with `lang` and `<title>`, as PDF/UA-1 bytes: equal for equal HTML.

    A character that the typefaces lack prints as its code point, `[U+1F984]`. Addresses in the
    document are never followed. FileNotFoundError where the front end has not been built.
    """
    from weasyprint import HTML  # noqa: PLC0415 -- slow, only the worker needs it

    engine = _engine()
    document = HTML(string=printable(html, engine.glyphs), url_fetcher=engine.fetcher)
    with _collector_off():
        pdf: bytes = document.write_pdf(
            finisher=_finish,
            font_config=engine.fonts,
            stylesheets=[engine.style],
            pdf_variant="pdf/ua-1",
        )
    return pdf


def text_of(pdf: bytes) -> str:
    """What stands in a PDF, page by page; nothing where that can't be read. What `printable` spelt out is undone."""
    from pypdf import PdfReader  # noqa: PLC0415 -- only the worker needs it

    try:
        text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    except Exception:
        logger.exception("A PDF can't be read")
        return ""
    return re.sub(
        r"\[U\+[0-9A-F]{4,6}(?:\s+U\+[0-9A-F]{4,6})*\]",
        lambda run: "".join(chr(int(sign, 16)) for sign in re.findall(r"U\+([0-9A-F]+)", run[0])),
        text,
    )


def printable(text: str, glyphs: frozenset[str]) -> str:
    """The text composed (NFC); characters that have no glyph as code points, a run of them in one pair of brackets."""
    composed = unicodedata.normalize("NFC", text)
    missing = set(composed) - glyphs - UNSEEN
    if not missing:
        return composed
    run = re.compile(f"[{re.escape(''.join(sorted(missing)))}]+")
    return run.sub(lambda found: f"[{' '.join(f'U+{ord(sign):04X}' for sign in found[0])}]", composed)


@cache
def _engine() -> Engine:
    """The process's own engine. Fontconfig reads where fonts lie as WeasyPrint is imported and as they are set up."""
    files = {path.name: path.read_bytes() for path in sorted(FONTS.glob("*.ttf"))}
    if not files:
        raise FileNotFoundError(f"No typefaces in {FONTS}: run `make setup`, which builds the front end.")
    with _no_system_fonts():
        from weasyprint import CSS  # noqa: PLC0415 -- slow, only the worker needs it
        from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415 -- slow, only the worker needs it

        fonts = FontConfiguration()
    fetcher = _fetcher(files)
    style = CSS(
        string="\n".join([*map(_font_face, files), STYLE.read_text(encoding="utf-8")]),
        url_fetcher=fetcher,
        font_config=fonts,
    )
    # Its folder of typefaces is removed by a finalizer that no longer works once the interpreter is being taken down.
    atexit.register(_engine.cache_clear)
    return Engine(fetcher, fonts, style, _glyphs(files.values()))


def _fetcher(files: dict[str, bytes]) -> "URLFetcher":
    """Serves the given typefaces by name and `data:` addresses; whatever else is asked for is refused."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415 -- slow, only the worker needs it

    class OwnFontsOnly(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
            scheme, _, name = url.partition(":")
            if scheme == FONT_SCHEME and name in files:
                return URLFetcherResponse(url, files[name], {"Content-Type": "font/ttf"})
            return super().fetch(url, headers)

    return OwnFontsOnly(allowed_protocols=("data",), allow_redirects=False)


def _font_face(name: str) -> str:
    """The `@font-face` rule of a file called as its makers call it: `PublicSans-SemiBoldItalic.ttf`."""
    face = name.removesuffix(".ttf").partition("-")[2]
    style = "italic" if face.endswith("Italic") else "normal"
    weight = WEIGHTS[face.removesuffix("Italic") or "Regular"]
    return (
        f'@font-face {{ font-family: "{FAMILY}"; font-weight: {weight}; font-style: {style};'
        f' src: url("{FONT_SCHEME}:{name}") }}'
    )


def _glyphs(fonts: Iterable[bytes]) -> frozenset[str]:
    """The characters that every one of the typefaces can print."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415 -- comes with WeasyPrint

    maps = (TTFont(io.BytesIO(font), lazy=True).getBestCmap() for font in fonts)
    return frozenset.intersection(*(frozenset(map(chr, glyphs)) for glyphs in maps))


def _finish(document: object, pdf: Any) -> None:
    """What PDF/UA asks for and the engine leaves out: what each header cell heads, and that links are printed too.

    A header cell heads its column within a table's head, else its row.
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
            element["F"] = PRINTED


@contextmanager
def _no_system_fonts() -> Iterator[None]:
    """Let Fontconfig know no font of this machine while the engine starts."""
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(NO_SYSTEM_FONTS)
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
def _collector_off() -> Iterator[None]:
    """Rendering makes millions of objects and few cycles: without the collector it is a tenth faster."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
