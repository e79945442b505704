"""The figures of an indicator through one year, with the baseline and the annual target as lines.

Verified figures are filled circles on a solid line, claimed figures are empty circles. Each line is labelled in place.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil, floor, log10
from typing import NamedTuple

from reports.charts.axis import LINE_HEIGHT, Plot, circle_path, month_labels, ticks_path
from reports.charts.drawing import Box, Label, format_coordinate, measure_text, rules_path, start_path
from tiptracker.localization import format_date, format_number, gettext

SCALE_STEPS = (1, 2, 5, 10)
"""The top of the scale is one of these numbers times a power of ten."""


class ChartFigure(NamedTuple):
    """A figure up to a day, and whether it is verified or only claimed."""

    day: date
    figure: Decimal
    is_verified: bool


@dataclass(frozen=True)
class FigureChart:
    """The chart: paths as the `d` of SVG paths, empty if there is nothing to draw, and labels with their positions."""

    width: float
    height: float
    size: float
    grid: str
    ticks: str
    baseline_line: str
    target_line: str
    line: str
    verified: str
    claimed: str
    axis: tuple[Label, ...]
    words: tuple[Label, ...]
    description: str


def figure_chart(
    figures: Sequence[ChartFigure],
    *,
    starts_on: date,
    ends_on: date,
    baseline: Decimal | None,
    target: Decimal | None,
    width: float = 760,
    plot_height: float = 140,
    size: float = 13,
) -> FigureChart:
    """Return the chart of an indicator's figures over the tracking period.

    Args:
        figures: the figures; those outside the period are left out.
        starts_on: the first day of the tracking period.
        ends_on: its last day.
        baseline: the figure from which the way is measured; None if there is none.
        target: the annual target; None if there is none.
        width: the width of the chart in user units.
        plot_height: the height of the plot in user units.
        size: the type size in user units.
    """
    within = sorted(figure for figure in figures if starts_on <= figure.day <= ends_on)
    top_of_scale = _pick_scale([*(each.figure for each in within), baseline or 0, target or 0])
    scale = (Label("0", 0, 0, size), Label(format_number(top_of_scale), 0, 0, size))
    left = round(max(label.width for label in scale) + size * 0.6, 1)
    top = round(size * 1.6, 1)
    plot = Plot(left, top, width - size * 0.5, round(top + plot_height, 1), starts_on, ends_on, top_of_scale)
    verified = [each for each in within if each.is_verified]
    claimed = [each for each in within if not each.is_verified]
    radius = round(size * 0.34, 1)
    return FigureChart(
        width=width,
        height=round(plot.bottom + size * (0.6 + 2 * LINE_HEIGHT), 1),
        size=size,
        grid=rules_path(plot.left, plot.right, (plot.top, plot.bottom)),
        ticks=ticks_path(plot, size),
        baseline_line="" if baseline is None else rules_path(plot.left, plot.right, [plot.y(baseline)]),
        target_line="" if target is None else rules_path(plot.left, plot.right, [plot.y(target)]),
        line=_line_path(plot, verified),
        verified="".join(circle_path(plot.x(each.day), plot.y(each.figure), radius) for each in verified),
        claimed="".join(circle_path(plot.x(each.day), plot.y(each.figure), radius) for each in claimed),
        axis=(*_scale_labels(plot, size), *month_labels(plot, size)),
        words=tuple(_place_words(plot, within, baseline, target, size)),
        description=_describe(verified, claimed, baseline, target),
    )


def _pick_scale(values: Iterable[Decimal | int]) -> int:
    """Return the top of the scale: the smallest round number that is not below any value."""
    highest = max(map(float, values), default=0.0)
    if highest <= 1:
        return 1
    power = int(10 ** floor(log10(highest)))
    return next(step * power for step in SCALE_STEPS if step * power >= ceil(highest))


def _line_path(plot: Plot, figures: Sequence[ChartFigure]) -> str:
    """Return the line from one verified figure to the next."""
    if len(figures) < 2:
        return ""
    first, *others = figures
    path = start_path(plot.x(first.day), plot.y(first.figure))
    points = (f"L{format_coordinate(plot.x(each.day))} {format_coordinate(plot.y(each.figure))}" for each in others)
    return path + "".join(points)


def _scale_labels(plot: Plot, size: float) -> Iterator[Label]:
    for points in (0, plot.full_scale):
        y = round(plot.y(points) + size * 0.35, 1)
        yield Label(format_number(points), round(plot.left - size * 0.4, 1), y, size, "end")


def _place_words(
    plot: Plot, figures: Sequence[ChartFigure], baseline: Decimal | None, target: Decimal | None, size: float
) -> Iterator[Label]:
    """Yield the labels of the lines and of the latest figures, each where it covers nothing as far as possible."""
    taken = [
        Box(x - size * 0.4, y - size * 0.4, x + size * 0.4, y + size * 0.4)
        for x, y in ((plot.x(each.day), plot.y(each.figure)) for each in figures)
    ]
    taken += [_line_box(plot, value, size) for value in (baseline, target) if value is not None]
    wanted: list[list[Label]] = []
    if target is not None:
        text = gettext("%(figure)s annual target") % {"figure": format_number(target)}
        wanted.append(list(_beside_line(text, plot, target, size, (0, 0.5, 1))))
    if baseline is not None:
        text = gettext("%(figure)s baseline") % {"figure": format_number(baseline)}
        wanted.append(list(_beside_line(text, plot, baseline, size, (1, 0.5, 0))))
    for is_verified in (True, False):
        latest = [each for each in figures if each.is_verified is is_verified][-1:]
        wanted += [list(_beside_figure(each, plot, size)) for each in latest]
    for candidates in wanted:
        label = next((one for one in candidates if not any(one.box.meets(box) for box in taken)), candidates[0])
        taken.append(label.box.wider(size * 0.15))
        yield label


def _line_box(plot: Plot, value: Decimal, size: float) -> Box:
    y = plot.y(value)
    return Box(plot.left, y - size * 0.12, plot.right, y + size * 0.12)


def _beside_line(text: str, plot: Plot, value: Decimal, size: float, shares: Sequence[float]) -> Iterator[Label]:
    """Yield positions above or below a horizontal line: at its ends or in the middle, in the order of `shares`."""
    room = max(plot.right - plot.left - measure_text(text, size) - size * 0.8, 0)
    for y in (plot.y(value) - size * 0.45, plot.y(value) + size * 1.1):
        for share in shares:
            yield Label(text, round(plot.left + size * 0.4 + room * share, 1), round(y, 1), size)


def _beside_figure(figure: ChartFigure, plot: Plot, size: float) -> Iterator[Label]:
    """Yield positions beside a figure's circle: right, left, and higher or lower on both sides."""
    sentence = gettext("%(figure)s verified") if figure.is_verified else gettext("%(figure)s claimed")
    text = sentence % {"figure": format_number(figure.figure)}
    x, y, room = plot.x(figure.day), plot.y(figure.figure), measure_text(text, size)
    for offset in (0.35, -0.6, 1.3, -1.6, 2.3, -2.6):
        for start in (x + size * 0.7, x - size * 0.7 - room):
            if plot.left <= start and start + room <= plot.right + size * 0.5 and y + size * offset < plot.bottom:
                yield Label(text, round(start, 1), round(y + size * offset, 1), size)
    yield Label(text, round(max(x - room, plot.left), 1), round(max(y - size * 0.6, size), 1), size)


def _describe(
    verified: Sequence[ChartFigure],
    claimed: Sequence[ChartFigure],
    baseline: Decimal | None,
    target: Decimal | None,
) -> str:
    """Describe the chart in sentences, for readers who cannot see it."""
    sentences = []
    if target is not None:
        sentences.append(gettext("Annual target: %(figure)s.") % {"figure": format_number(target)})
    if baseline is not None:
        sentences.append(gettext("Baseline: %(figure)s.") % {"figure": format_number(baseline)})
    for figures, sentence in (
        (verified, gettext("Verified up to %(date)s: %(figure)s.")),
        (claimed, gettext("Claimed up to %(date)s: %(figure)s.")),
    ):
        sentences += [
            sentence % {"date": format_date(each.day), "figure": format_number(each.figure)} for each in figures
        ]
    if not verified and not claimed:
        sentences.append(gettext("There is no figure for this year yet."))
    return " ".join(sentences)
