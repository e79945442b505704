"""Let WeasyPrint lay out and draw documents with less work. The files stay the same, byte for byte.

Each change leaves the work to WeasyPrint and takes away only what it does twice. A test makes documents without these
changes and compares the files (`tests/reports/briefings/test_layout_speed.py`): run it after an upgrade of WeasyPrint.
`docs/performance.md` says what each change saves. Importing WeasyPrint is slow and only the worker needs it, so
functions import it.
"""

import re
import sys
from collections.abc import Callable
from typing import Any

LINE_SEPARATORS = re.compile("[\n\v\f\r\x85\u2028\u2029]")
BORDER_WIDTHS = tuple(f"border_{side}_width" for side in ("top", "right", "bottom", "left"))
LENGTHS = (
    *(f"{kind}_{side}" for kind in ("margin", "padding") for side in ("top", "right", "bottom", "left")),
    *(f"{limit}{axis}" for limit in ("", "min_", "max_") for axis in ("width", "height")),
)
"""The lengths of a box that `resolve_percentages` sets, beside the widths of its borders."""


def save_work() -> None:
    """Change WeasyPrint in this process."""
    from weasyprint.text import line_break  # noqa: PLC0415

    _follow_page_references()
    _draw_lines_as_measured()
    _resolve_lengths_once_per_style()
    _refer_to_pages_once()
    for function in (line_break.get_font_description, line_break.strut):
        _replace(function, _once_per_style(function))


def _replace(function: Callable[..., Any], replacement: Callable[..., Any]) -> None:
    """Let all modules of WeasyPrint call another function."""
    for name, module in list(sys.modules.items()):
        if name.startswith("weasyprint.") and getattr(module, function.__name__, None) is function:
            setattr(module, function.__name__, replacement)


def _once_per_style(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a function that computes its result once for each style. Many boxes share a style."""
    name = f"kept_{function.__name__}"

    def compute_once(style: Any) -> Any:
        if name not in style.__dict__:
            setattr(style, name, function(style))
        return getattr(style, name)

    return compute_once


def _follow_page_references() -> None:
    """Lay out a page again only if it prints the number of a later page.

    The first layout finds the numbers. WeasyPrint forgets the anchor of a reference that is written as `attr(href)`, so
    after the second layout it sees only that something has changed, such as the total number of pages, and makes a
    third with the numbers. Here each reference knows its anchor, so the second layout has the numbers. The number of an
    earlier page is known before the first layout, so there it is filled in before. References print the number of a
    page (`target-counter(attr(href), page)`) and no other counter; the total is ignored.
    """
    from weasyprint import document  # noqa: PLC0415
    from weasyprint.css.targets import TargetCollector  # noqa: PLC0415
    from weasyprint.layout.page import remake_page  # noqa: PLC0415

    class PageReferences(TargetCollector):  # type: ignore[misc]
        def collect_missing_counters(
            self, box: Any, token: str, parse_again: object, own: list[str], of_targets: dict[str | None, list[str]]
        ) -> None:
            if of_targets:
                own, of_targets = [], {box.element.get("href", "").removeprefix("#"): ["page"]}
            super().collect_missing_counters(box, token, parse_again, own, of_targets)

        def cache_target_page_counters(self, anchor: str, counters: dict[str, list[int]], *others: object) -> None:
            super().cache_target_page_counters(anchor, {"page": counters["page"]}, *others)

        def fill_in_known_numbers(self) -> None:
            """Fill in the numbers that have become known in the references that no page contains yet."""
            for reference in self.counter_lookup_items.values():
                if reference.pending:
                    reference.pending = False
                    reference.parse_again(reference.cached_page_counter_values)

    def lay_out_page(index: int, context: Any, *others: Any) -> Any:
        context.target_collector.fill_in_known_numbers()
        return remake_page(index, context, *others)

    document.TargetCollector = PageReferences
    _replace(remake_page, lay_out_page)


def _draw_lines_as_measured() -> None:
    """Draw each line of text with the glyphs that were shaped to measure it.

    WeasyPrint throws them away and shapes each line again to draw it.
    """
    from weasyprint.text import line_break  # noqa: PLC0415
    from weasyprint.text.ffi import pango  # noqa: PLC0415

    class MeasuredLayout(line_break.Layout):  # type: ignore[misc]
        is_measured = False

        def set_text(self, text: str, justify: bool = False) -> None:
            if not LINE_SEPARATORS.search(text):
                # Drawing sets this mode, and Pango shapes again what is in another. It matters for separators only.
                pango.pango_layout_set_single_paragraph_mode(self.layout, True)
            super().set_text(text, justify)

        def deactivate(self) -> None:
            if self.is_measured or self.justification_spacing or LINE_SEPARATORS.search(self.text):
                super().deactivate()
            self.is_measured = True

        def reactivate(self, style: Any) -> None:
            if not hasattr(self, "layout"):
                super().reactivate(style)

    line_break.Layout = MeasuredLayout


def _resolve_lengths_once_per_style() -> None:
    """Look up the lengths of a box once for each style, unless they depend on what contains the box."""
    from weasyprint.layout.percent import resolve_percentages  # noqa: PLC0415

    def resolve(box: Any, containing_block: Any) -> None:
        style = box.style
        lengths = style.__dict__.get("kept_lengths")
        if lengths is None:
            resolve_percentages(box, containing_block)
            style.kept_lengths = {name: getattr(box, name) for name in LENGTHS} if _are_fixed(style) else {}
        elif not lengths:
            resolve_percentages(box, containing_block)
        else:
            box.__dict__.update(lengths)
            collapses = style["border_collapse"] == "collapse"
            for name in BORDER_WIDTHS:
                if not (collapses and hasattr(box, name)):
                    setattr(box, name, style[name])

    _replace(resolve_percentages, resolve)


def _are_fixed(style: Any) -> bool:
    """Return whether the lengths of a style depend neither on the containing block nor on the borders of a cell."""
    return (style["box_sizing"] == "content-box" or style["border_collapse"] != "collapse") and all(
        value == "auto" or getattr(value, "unit", None) == "px" for value in (style[name] for name in LENGTHS)
    )


def _refer_to_pages_once() -> None:
    """Write the reference to each page once.

    WeasyPrint asks for the references of all pages for each box, so the work would grow with the square of the pages.
    """
    from weasyprint.pdf import pydyf  # noqa: PLC0415

    def page_references(pdf: Any) -> list[bytes]:
        references: list[bytes] = pdf.__dict__.setdefault("kept_page_references", [])
        new = pdf.pages["Kids"][3 * len(references) :: 3]  # each page is three entries
        references += [f"{number} 0 R".encode() for number in new]
        return references

    pydyf.PDF.page_references = property(page_references)
