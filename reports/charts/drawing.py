"""Shared parts of all charts: labels with estimated sizes, hatching, and the format of coordinates."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple
from unicodedata import category

from tiptracker.localization import gettext_noop

NOTHING_REVIEWED = gettext_noop("nothing reviewed yet")
"""The label of a chart without a figure."""

GLYPH_WIDTH = 0.56
"""The mean width of a character of Public Sans, as a share of the type size: exact enough to keep labels apart."""


class Box(NamedTuple):
    """A rectangle, given by two corners."""

    left: float
    top: float
    right: float
    bottom: float

    def wider(self, by: float) -> "Box":
        """Return the rectangle enlarged by a margin on every side."""
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def meets(self, other: "Box") -> bool:
        """Return whether two rectangles overlap."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


@dataclass(frozen=True)
class Label:
    """A text on a chart, set in `size` units. `x` is its left end, or its right end if `anchor` is "end"."""

    text: str
    x: float
    y: float
    size: float
    anchor: Literal["start", "end"] = "start"

    @property
    def width(self) -> float:
        """The estimated width in user units."""
        return measure_text(self.text, self.size)

    @property
    def start(self) -> float:
        """The estimated left end."""
        return self.x if self.anchor == "start" else self.x - self.width

    @property
    def end(self) -> float:
        """The estimated right end."""
        return self.start + self.width

    @property
    def box(self) -> Box:
        """The estimated rectangle that the text covers."""
        return Box(self.start, self.y - self.size * 0.85, self.end, self.y + self.size * 0.25)


def measure_text(text: str, size: float) -> float:
    """Return the estimated width of a text set in `size` units. Characters of direction have no width."""
    return sum(category(letter) != "Cf" for letter in text) * size * GLYPH_WIDTH


def hatch(*, x: float, y: float, width: float, height: float, step: float = 6) -> str:
    """Return hatching for a rectangle as the `d` of one SVG path: lines rising to the right, `step` units apart.

    An empty rectangle gives an empty string. The lines are aligned to the origin of the scale, so the hatching of two
    adjacent rectangles continues without a break.
    """
    if width <= 0 or height <= 0:
        return ""
    segments = []
    foot = (x // step) * step - (height // step + 1) * step
    while foot < x + width:
        left, right = max(foot, x), min(foot + height, x + width)
        if right - left > 0.01:
            start = start_path(left, y + height - (left - foot))
            segments.append(f"{start}L{format_coordinate(right)} {format_coordinate(y + height - (right - foot))}")
        foot += step
    return "".join(segments)


def start_path(x: float, y: float) -> str:
    """Return the beginning of an SVG path: the move to its first point."""
    return f"M{format_coordinate(x)} {format_coordinate(y)}"


def rules_path(left: float, right: float, heights: Iterable[float]) -> str:
    """Return horizontal lines at these heights as the `d` of one SVG path."""
    return "".join(f"{start_path(left, y)}H{format_coordinate(right)}" for y in heights)


def format_coordinate(value: float) -> str:
    """Format a coordinate for SVG: at most two decimal places, without trailing zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
