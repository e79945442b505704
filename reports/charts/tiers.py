"""The tiers of one country over the years, as a line between four levels, the best tier at the top.

Years without a known tier leave a gap. The table beside the chart has the same tiers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from recommendations.choices import Tier
from reports.charts.axis import LINE_HEIGHT, circle_path
from reports.charts.drawing import Label, format_coordinate, measure_text, rules_path, start_path
from tiptracker.localization import gettext, join_with_and

LEVELS = tuple(Tier)
"""From the top of the chart to its bottom."""


@dataclass(frozen=True)
class TierChart:
    """The chart in user units: paths as the `d` of SVG paths, labels with their positions, and a description."""

    width: float
    height: float
    size: float
    rules: str
    line: str
    points: str
    levels: tuple[Label, ...]
    years: tuple[Label, ...]
    description: str


def tier_chart(tiers: Mapping[int, Tier], *, width: float = 760, size: float = 13) -> TierChart:
    """Return the chart of a country's tiers by edition. `tiers` has at least one."""
    first, last = min(tiers), max(tiers)
    left = max(measure_text(tier.label, size) for tier in LEVELS) + size * 1.5
    right, step = width - size * 2, size * 2.1
    heights = [round(step * (number + 0.6), 1) for number in range(len(LEVELS))]
    place = {
        year: (
            round(left + (right - left) * (year - first) / max(last - first, 1), 1),
            heights[LEVELS.index(tiers[year])],
        )
        for year in sorted(tiers)
    }
    return TierChart(
        width=width,
        height=round(heights[-1] + size * (1.2 + LINE_HEIGHT), 1),
        size=size,
        rules=rules_path(left - size * 0.7, width, heights),
        line="".join(
            f"{start_path(*place[year])}L{' '.join(map(format_coordinate, place[following]))}"
            for year, following in pairwise(place)
            if following == year + 1
        ),
        points="".join(circle_path(x, y, size * 0.4) for x, y in place.values()),
        levels=tuple(
            Label(tier.label, 0, round(y + size * 0.35, 1), size) for tier, y in zip(LEVELS, heights, strict=True)
        ),
        years=tuple(_year_labels(place, y=round(heights[-1] + size * (0.9 + LINE_HEIGHT), 1), size=size)),
        description=gettext("Tiers by edition: %(tiers)s.")
        % {"tiers": join_with_and(f"{year} {tiers[year].label}" for year in place)},
    )


def _year_labels(place: Mapping[int, tuple[float, float]], *, y: float, size: float) -> list[Label]:
    """Return the labels of the years, from the newest on, as many as fit."""
    labels: list[Label] = []
    for year, (x, _) in sorted(place.items(), reverse=True):
        label = Label(str(year), round(x - measure_text(str(year), size) / 2, 1), y, size)
        if not labels or label.end + size * 0.6 <= labels[-1].start:
            labels.append(label)
    return labels[::-1]
