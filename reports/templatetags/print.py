"""Template tags for printed documents."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


class Footnotes:
    """Sources of a document as numbered footnotes, printed at the foot of the page once per section."""

    def __init__(self) -> None:
        self.last = 0
        self.numbers: dict[str, int] = {}

    def begin_section(self) -> None:
        """Print each source in full again, so that the reader of a section need not turn back for a note."""
        self.numbers = {}

    def number(self, source: str) -> tuple[int, bool]:
        """Return the number of a source, and whether it is new in this section."""
        if source in self.numbers:
            return self.numbers[source], False
        self.last += 1
        self.numbers[source] = self.last
        return self.last, True

    def render(self, source: str) -> SafeString:
        """Return the footnote if it is new, otherwise a link to its number."""
        number, is_new = self.number(source)
        if not is_new:
            return format_html('<a class="again" href="#source-{}">{}</a>', number, number)
        return format_html('<span class="source" id="source-{}" data-number="{}">{}</span>', number, number, source)


@register.simple_tag
def source(footnotes: Footnotes, text: str) -> SafeString | str:
    """Render a source as a footnote; nothing if there is no source."""
    return footnotes.render(text) if text else ""


@register.simple_tag
def sources(footnotes: Footnotes, texts: Iterable[str]) -> SafeString:
    """Render several sources of one sentence as footnotes, with a comma between their numbers."""
    return format_html_join(
        SafeString('<span class="again">, </span>'), "{}", ((source(footnotes, text),) for text in texts if text)
    )


@register.simple_tag
def begin_notes(footnotes: Footnotes) -> str:
    """Start a section, in which each source is printed at the foot of a page again."""
    footnotes.begin_section()
    return ""
