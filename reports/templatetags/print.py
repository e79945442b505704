"""What a printed document needs besides Django's own tags."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


class Footnotes:
    """The sources of a document as footnotes: each has a number, and stands once in a section at the foot of a page."""

    def __init__(self) -> None:
        self.last = 0
        self.told: dict[str, int] = {}

    def begin_section(self) -> None:
        """Forget what was told: the reader of a section should not have to turn back for a note."""
        self.told = {}

    def number(self, source: str) -> tuple[int, bool]:
        """The number of a source, and whether it is told here for the first time."""
        if source in self.told:
            return self.told[source], False
        self.last += 1
        self.told[source] = self.last
        return self.last, True

    def written(self, source: str) -> SafeString:
        """The note itself where it is new, else its number again."""
        number, is_new = self.number(source)
        if not is_new:
            return format_html('<a class="again" href="#source-{}">{}</a>', number, number)
        return format_html('<span class="source" id="source-{}" data-number="{}">{}</span>', number, number, source)


@register.simple_tag
def source(notes: Footnotes, text: str) -> SafeString | str:
    """A source as a footnote; nothing where none is named."""
    return notes.written(text) if text else ""


@register.simple_tag
def begin_notes(notes: Footnotes) -> str:
    """From here on each source stands at the foot of a page again."""
    notes.begin_section()
    return ""
