"""Remove the whitespace from HTML that only lays out a template."""

import re

_BLOCKS = (
    "body|caption|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|head|header|html|legend|li|link|"
    "main|meta|nav|noscript|ol|option|p|script|section|select|style|summary|table|tbody|td|tfoot|th|thead|title|tr|ul"
)
_EDGE = re.compile(rf" ?(</?(?:{_BLOCKS})\b[^>]*>) ?")
_AS_TYPED = re.compile(r"(<(?:textarea|pre)\b.*?</(?:textarea|pre)>)", re.DOTALL)


def collapse_layout_whitespace(html: str) -> str:
    """Collapse whitespace, and drop it at the edges of block elements. The text of <textarea> and <pre> stays."""
    parts = _AS_TYPED.split(html)
    return "".join(
        part if number % 2 else _EDGE.sub(r"\1", re.sub(r"[ \t\r\n\f]+", " ", part))
        for number, part in enumerate(parts)
    )
