"""What all drawings are made of: words with their measure, hatching, and how a coordinate is written. Pure."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

NOTHING_REVIEWED = "nothing reviewed yet"

GLYPH_WIDTH = 0.56
"""Mean width of a character of Public Sans, as a share of the type size: near enough to keep labels apart."""


class Box(NamedTuple):
    """A rectangle by two of its corners."""

    left: float
    top: float
    right: float
    bottom: float

    def wider(self, by: float) -> "Box":
        """With so much room around it."""
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def meets(self, other: "Box") -> bool:
        """Whether two rectangles share any room."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


@dataclass(frozen=True)
class Label:
    """A word over or under a drawing, set in `size` units. `x` is its left end, or where its `anchor` stands."""

    text: str
    x: float
    y: float
    size: float
    anchor: Literal["start", "end"] = "start"

    @property
    def width(self) -> float:
        """Its estimated width in user units."""
        return measure_text(self.text, self.size)

    @property
    def start(self) -> float:
        """Its estimated left end."""
        return self.x if self.anchor == "start" else self.x - self.width

    @property
    def end(self) -> float:
        """Its estimated right end."""
        return self.start + self.width

    @property
    def box(self) -> Box:
        """The estimated room that it takes."""
        return Box(self.start, self.y - self.size * 0.85, self.end, self.y + self.size * 0.25)


def measure_text(words: str, size: float) -> float:
    """The estimated width of words set in `size` units."""
    return len(words) * size * GLYPH_WIDTH


def hatch(*, x: float, y: float, width: float, height: float, step: float = 6) -> str:
    """Lines rising to the right, `step` units apart, clipped to a rectangle: the `d` of one SVG path.

    Empty where the rectangle is. Lines hang on the scale's own origin, so two hatched
    stretches beside each other run on.
    """
    if width <= 0 or height <= 0:
        return ""
    segments = []
    foot = (x // step) * step - (height // step + 1) * step
    while foot < x + width:
        left, right = max(foot, x), min(foot + height, x + width)
        if right - left > 0.01:
            start = f"M{format_coordinate(left)} {format_coordinate(y + height - (left - foot))}"
            segments.append(f"{start}L{format_coordinate(right)} {format_coordinate(y + height - (right - foot))}")
        foot += step
    return "".join(segments)


def format_coordinate(value: float) -> str:
    """A coordinate as SVG writes it: two places at most, no trailing zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
