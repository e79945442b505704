"""What all drawings are made of: words with their measure, hatching, and how a coordinate is written. Pure."""

from dataclasses import dataclass

NOTHING_REVIEWED = "nothing reviewed yet"

GLYPH = 0.56
"""Mean width of a character of Public Sans, as a share of the type size: near enough to keep labels apart."""


@dataclass(frozen=True)
class Label:
    """A word over or under a drawing. `x` is its left end; it is set in `size` units."""

    text: str
    x: float
    y: float
    size: float

    @property
    def width(self) -> float:
        """Its estimated width in user units."""
        return len(self.text) * self.size * GLYPH

    @property
    def end(self) -> float:
        """Its estimated right end."""
        return self.x + self.width


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
            start = f"M{written(left)} {written(y + height - (left - foot))}"
            segments.append(f"{start}L{written(right)} {written(y + height - (right - foot))}")
        foot += step
    return "".join(segments)


def written(value: float) -> str:
    """A coordinate as SVG writes it: two places at most, no trailing zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
