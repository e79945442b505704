"""Read an HTML page as it appears on a screen. Nothing in it runs and nothing is fetched."""

import re
from collections.abc import Iterator

from lxml import etree

from recommendations.importing.readers.paragraph import HARD_BREAK, Paragraph, ParagraphKind, UnreadableFile
from tiptracker.localization import gettext_noop

_HIDDEN_TAGS = {
    "applet", "audio", "canvas", "datalist", "embed", "head", "iframe", "map", "math", "noscript", "object",
    "script", "select", "style", "svg", "template", "textarea", "video",
}  # fmt: skip
_BOILERPLATE_TAGS = {
    "aside", "button", "dialog", "figure", "footer", "form", "label", "menu", "nav",
}  # fmt: skip
_BOILERPLATE_ROLES = {
    "banner", "complementary", "contentinfo", "menu", "menubar", "navigation", "search", "toolbar",
}  # fmt: skip
_BLOCK_TAGS = {
    "address", "article", "aside", "blockquote", "body", "button", "caption", "center", "dd", "details",
    "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3",
    "h4", "h5", "h6", "header", "hgroup", "hr", "html", "label", "legend", "li", "main", "menu", "nav", "ol",
    "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
}  # fmt: skip
MAX_TAGS = 300_000
"""Most tags of a page. A long report as one page has a tenth of this."""
_HEADING = re.compile(r"h[1-6]")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_WHITESPACE = re.compile(r"[ \t\r\n\f]+")
_TITLE_XPATHS = ("//head/title/text()", "//meta[@property='og:title']/@content", "//link[@rel='canonical']/@href")


def read_html(text: str) -> Iterator[Paragraph]:
    """Yield the paragraphs in order, with lists and headings as such and everything around the text as furniture.

    Raises UnreadableFile if the page has too many tags.
    """
    if text.count("<") > MAX_TAGS:
        raise UnreadableFile(
            "too_many",
            gettext_noop("“%(name)s” is too long a web page. Copy the narrative from it and paste the text."),
        )
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    root = etree.fromstring(text.encode(errors="replace"), parser)
    if root is None:
        return
    for path in _TITLE_XPATHS:
        for title in root.xpath(path):
            yield Paragraph(_WHITESPACE.sub(" ", str(title)).strip(), ParagraphKind.TITLE)
    yield from _HtmlWalker(root).read()


class _HtmlWalker:
    """Walks the page and collects the text of each block."""

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        mains = root.xpath("//main | //*[@role='main']")
        self.main = mains[0] if len(mains) == 1 else None
        self.texts: list[str] = []
        self.begun_items: list[bool] = []
        """Whether each open list item has begun with a text, outermost first."""
        self.depths = dict.fromkeys(("unseen", "beside", "heading", "main"), 0)

    def read(self) -> Iterator[Paragraph]:
        for event, element in etree.iterwalk(self.root, events=("start", "end")):
            if element.tag in _BLOCK_TAGS:
                yield from self._flush()
            if event == "start":
                self._start(element)
            else:
                self._end(element)
        yield from self._flush()

    def _start(self, element: etree._Element) -> None:
        for depth in self._depths_of(element):
            self.depths[depth] += 1
        if element.tag == "li":
            self.begun_items.append(False)
        elif element.tag == "br":
            self.texts.append(HARD_BREAK)
        self._hear(element.text)

    def _end(self, element: etree._Element) -> None:
        if element.tag == "li":
            self.begun_items.pop()
        for depth in self._depths_of(element):
            self.depths[depth] -= 1
        self._hear(element.tail)

    def _depths_of(self, element: etree._Element) -> Iterator[str]:
        name, attributes = element.tag, element.attrib
        if name in _HIDDEN_TAGS or "hidden" in attributes or _HIDDEN_STYLE.search(attributes.get("style", "")):
            yield "unseen"
        if name in _BOILERPLATE_TAGS or attributes.get("role") in _BOILERPLATE_ROLES:
            yield "beside"
        if _HEADING.fullmatch(name):
            yield "heading"
        if element is self.main:
            yield "main"

    def _hear(self, text: str | None) -> None:
        if text and not self.depths["unseen"]:
            self.texts.append(_WHITESPACE.sub(" ", text))

    def _flush(self) -> Iterator[Paragraph]:
        text = _WHITESPACE.sub(" ", "".join(self.texts)).strip(f" {HARD_BREAK}")
        self.texts.clear()
        if text:
            yield Paragraph(text, self._kind())

    def _kind(self) -> ParagraphKind:
        if self.depths["beside"] or (self.main is not None and not self.depths["main"]):
            return ParagraphKind.FURNITURE
        if self.depths["heading"]:
            return ParagraphKind.HEADING
        if not self.begun_items:
            return ParagraphKind.PLAIN
        is_first = self.begun_items == [False]
        self.begun_items = [True] * len(self.begun_items)
        return ParagraphKind.ITEM if is_first else ParagraphKind.PART
