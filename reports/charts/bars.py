"""Bars for readiness and shares: verified solid, claimed hatched, no data as a dashed outline."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from reports.charts.drawing import NOTHING_REVIEWED, Label, format_coordinate, hatch, start_path
from tiptracker.localization import format_number, gettext

type Number = Fraction | Decimal | int | float

FULL_SCALE = 100
"""Points at the right end of the readiness scale."""


@dataclass(frozen=True)
class ReadinessBar:
    """The readiness bar of briefings and dashboards: verified, claimed and the target on a scale of 0 to 100.

    If nothing has been reviewed, the scale is a dashed outline that says so, without a figure.
    """

    width: float
    height: float
    bar_y: float
    bar_height: float
    is_reviewed: bool
    verified_width: float
    claimed_x: float
    claimed_width: float
    projected_width: float
    hatch: str
    mark_x: float | None
    labels: tuple[Label, ...]
    mark_label: Label | None
    ends: tuple[Label, ...]
    description: str

    @property
    def frame_width(self) -> float:
        """The width of the outline: half a unit less on each side, so that its stroke is not cut off."""
        return self.width - 1

    @property
    def claimed_end(self) -> float:
        """Where the claimed part ends and the projected part begins."""
        return round(self.claimed_x + self.claimed_width, 2)

    @property
    def mark_line(self) -> str:
        """The path of the target line, from the top of the bar to below the bar; empty if there is no target."""
        if self.mark_x is None:
            return ""
        length = format_coordinate(round(self.bar_height * 7 / 6, 2))
        return f"{start_path(self.mark_x, self.bar_y)}v{length}"


@dataclass(frozen=True)
class ShareBar:
    """A short bar for a share from 0 to 1: verified solid, claimed hatched, dashed without data."""

    width: float
    height: float
    verified_width: float
    claimed_x: float
    claimed_width: float
    hatch: str
    has_data: bool

    @property
    def frame_width(self) -> float:
        """The width of the outline: that of the chart minus the stroke."""
        return round(self.width - 0.8, 2)

    @property
    def frame_height(self) -> float:
        """The height of the outline: that of the chart minus the stroke."""
        return round(self.height - 0.8, 2)


def readiness_bar(
    *,
    verified: Decimal | None,
    claimed: Decimal | None,
    mark: Decimal | None,
    projected: Decimal | None = None,
    width: float = 640,
    size: float = 12,
) -> ReadinessBar:
    """Return the readiness bar.

    Args:
        verified: points of 100, as displayed above the bar; None if nothing has been reviewed. Then the scale stays
            empty.
        claimed: as `verified`.
        mark: the target; None if the edition has none.
        projected: the projected points, drawn as an outline that starts where claimed ends; None to leave it out.
        width: the width of the chart in user units.
        size: the type size of the labels in user units.
    """
    line = round(size * 1.5, 2)
    bar_height = round(size * 2, 2)
    below = round(line + bar_height + size * 1.35, 2)
    mark_label = None
    if mark is not None:
        (mark_label,) = _space_labels(
            [(gettext("%(points)s our target") % {"points": format_number(mark)}, _position(mark, width))],
            y=below,
            size=size,
            width=width,
        )
    claimed_end = _position(claimed or 0, width)
    verified_end = min(_position(verified or 0, width), claimed_end)
    reach = max(_position(projected or 0, width) - claimed_end, 0)
    if verified is None or claimed is None:
        labels: tuple[Label, ...] = (Label(gettext(NOTHING_REVIEWED), size, round(line + size * 1.35, 2), size),)
    else:
        positions = [
            (gettext("%(points)s verified") % {"points": format_number(verified)}, verified_end),
            (gettext("%(points)s claimed") % {"points": format_number(claimed)}, claimed_end),
        ]
        if reach and projected is not None:
            text = gettext("%(points)s projected") % {"points": format_number(projected)}
            positions.append((text, claimed_end + reach))
        labels = _space_labels(positions, y=round(line - size * 0.5, 2), size=size, width=width)
    return ReadinessBar(
        width=width,
        height=round(below + size * 0.45, 2),
        bar_y=line,
        bar_height=bar_height,
        is_reviewed=verified is not None,
        verified_width=verified_end,
        claimed_x=verified_end,
        claimed_width=round(claimed_end - verified_end, 2),
        projected_width=round(reach, 2),
        hatch=hatch(x=verified_end, y=line, width=claimed_end - verified_end, height=bar_height),
        mark_x=None if mark is None else _position(mark, width),
        labels=labels,
        mark_label=mark_label,
        ends=_end_labels(mark_label, y=below, size=size, width=width),
        description=_describe_bar(
            verified=verified, claimed=claimed, projected=projected if reach else None, mark=mark
        ),
    )


def share_bar(*, verified: Number | None, claimed: Number = 0, width: float = 64, height: float = 9) -> ShareBar:
    """Return the bar of a share. `verified` and `claimed` are from 0 to 1; `verified` is None without data."""
    verified_width = 0.0 if verified is None else _position(verified, width, scale=1)
    claimed_end = max(verified_width, _position(claimed, width, scale=1))
    return ShareBar(
        width=width,
        height=height,
        verified_width=verified_width,
        claimed_x=verified_width,
        claimed_width=round(claimed_end - verified_width, 2),
        hatch=hatch(x=verified_width, y=0, width=claimed_end - verified_width, height=height, step=4),
        has_data=verified is not None,
    )


def _position(value: Number, width: float, *, scale: int = FULL_SCALE) -> float:
    """Return the position of a value on a scale of `width` units from 0 to `scale`, kept within the scale."""
    return round(float(min(max(value, 0), scale)) / scale * width, 2)


def _space_labels(positions: list[tuple[str, float]], *, y: float, size: float, width: float) -> tuple[Label, ...]:
    """Return labels centred on their positions as far as possible without overlaps, within the chart."""
    gap = size
    widths = [Label(text, 0, y, size).width for text, _ in positions]
    lefts: list[float] = []
    earliest = 0.0
    for (_, position), own_width in zip(positions, widths, strict=True):
        lefts.append(max(position - own_width / 2, earliest))
        earliest = lefts[-1] + own_width + gap
    latest = width
    for at in reversed(range(len(positions))):
        lefts[at] = min(lefts[at], latest - widths[at])
        latest = lefts[at] - gap
    return tuple(Label(text, round(left, 2), y, size) for (text, _), left in zip(positions, lefts, strict=True))


def _end_labels(mark: Label | None, *, y: float, size: float, width: float) -> tuple[Label, ...]:
    """Return the labels 0 and 100 under the ends of the scale, without one that the target's label would cover."""
    zero = Label("0", 0, round(y, 2), size)
    full = Label("100", 0, round(y, 2), size)
    full = Label("100", round(width - full.width, 2), full.y, size)
    if mark is None:
        return zero, full
    return tuple(label for label in (zero, full) if label.end + size < mark.x or label.x > mark.end + size)


def _describe_bar(
    *, verified: Decimal | None, claimed: Decimal | None, projected: Decimal | None, mark: Decimal | None
) -> str:
    """Describe the bar in sentences, for readers who cannot see it."""
    sentence = gettext("Nothing has been reviewed yet.")
    if verified is not None and claimed is not None:
        sentence = gettext("Verified: %(verified)s of 100 points. Claimed: %(claimed)s.")
        if projected is not None:
            sentence = gettext("Verified: %(verified)s of 100 points. Claimed: %(claimed)s. Projected: %(projected)s.")
    figures = {"verified": verified, "claimed": claimed, "projected": projected, "target": mark}
    values = {name: format_number(figure) for name, figure in figures.items() if figure is not None}
    sentences = [sentence % values]
    if mark is not None:
        sentences.append(gettext("Our target: %(target)s.") % values)
    return " ".join(sentences)
