"""The score week by week as a step line: known at the time as a solid line, with later information as a dashed line.

Everything is labelled in place, so there is no legend: each line at its end, the target along its line, dialogues and
milestones above their day. Before the first review there is no figure, so only a dashed outline with a text is drawn.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from reports import formatting
from reports.charts.axis import (
    FULL_SCALE,
    LINE_HEIGHT,
    AxisEvent,
    Plot,
    circle_path,
    describe_events,
    diamond_path,
    month_labels,
    place_names,
    ticks_path,
)
from reports.charts.drawing import NOTHING_REVIEWED, Box, Label, format_coordinate, measure_text, rules_path, start_path
from tiptracker.localization import format_date, format_number, gettext


@dataclass(frozen=True, slots=True)
class TrendWeek:
    """A week by its last day, with the score of that day, of 100.

    `then` is the score as known at the time, `hindsight` with later information. A score is None if nothing had been
    reviewed by then. No figure is then shown or drawn.
    """

    ends_on: date
    then: Fraction | None
    hindsight: Fraction | None


@dataclass(frozen=True)
class TrendChart:
    """The chart: paths as the `d` of SVG paths, empty if there is nothing to draw, and labels with their positions.

    `unreviewed` is the stretch before the first review. `names` are the labels of events. `words` are the labels
    inside the plot; they cover the thin lines behind them.
    """

    width: float
    height: float
    size: float
    grid: str
    ticks: str
    stems: str
    dialogues: str
    milestones: str
    unreviewed: Box | None
    then: str
    hindsight: str
    mark_line: str
    axis: tuple[Label, ...]
    names: tuple[Label, ...]
    words: tuple[Label, ...]
    description: str


class LineSegment(NamedTuple):
    """One week of a line: its left and right end, and its height."""

    left: float
    right: float
    y: float


def trend_chart(
    weeks: Sequence[TrendWeek],
    *,
    starts_on: date,
    ends_on: date,
    events: Iterable[AxisEvent] = (),
    mark: Decimal | None = None,
    width: float = 760,
    plot_height: float = 200,
    size: float = 13,
    full_scale: int = FULL_SCALE,
) -> TrendChart:
    """Return the chart of the weeks over the tracking period from `starts_on` to `ends_on`.

    The room above the plot depends on the names of the events.

    Args:
        weeks: the weeks, in order.
        starts_on: the first day of the tracking period.
        ends_on: its last day.
        events: days to mark. Those outside the period are left out.
        mark: the target; None if there is none.
        width: the width of the chart in user units.
        plot_height: the height of the plot in user units.
        size: the type size in user units.
        full_scale: the points at the top of the scale; no week and no target may be above.
    """
    within = sorted({event for event in events if starts_on <= event.day <= ends_on})
    end_labels = _line_end_labels(weeks, room=width * 0.24, size=size)
    left, right = size * 2.5, _plot_right(weeks, end_labels, starts_on, ends_on, width=width, size=size)
    flat = Plot(left, 0, right, plot_height, starts_on, ends_on, full_scale)
    names = place_names(within, flat, width=width, size=size)
    top = round(size * (0.6 + names.height), 1)
    plot = flat._replace(top=top, bottom=top + plot_height)
    height = round(plot.bottom + size * (0.6 + 2 * LINE_HEIGHT), 1)

    then = _line_segments(plot, [(week.ends_on, week.then) for week in weeks])
    hindsight = _line_segments(plot, [(week.ends_on, week.hindsight) for week in weeks])
    if hindsight == then:
        hindsight = []
    reviewed_from = then[0].left if then else _last_week_x(plot, weeks)
    unreviewed = Box(plot.left, plot.top, reviewed_from, plot.bottom) if reviewed_from > plot.left else None
    occupied = [*_line_boxes(then, size), *_line_boxes(hindsight, size)]
    if mark is not None:
        occupied.append(Box(plot.left, plot.y(mark) - size * 0.2, plot.right, plot.y(mark) + size * 0.2))
    plot_labels: list[Label] = []

    def place_label(candidates: Iterable[tuple[Label, ...]], *, edges: Sequence[Box] = ()) -> None:
        """Add a label where it overlaps nothing, otherwise at the first candidate; never below the chart's edge.

        Only this label avoids `edges` too.
        """
        choices = [labels for labels in candidates if all(label.box.bottom <= height for label in labels)]
        taken = [*occupied, *edges]
        chosen = next((labels for labels in choices if not _overlaps_any(labels, taken)), choices[0])
        plot_labels.extend(chosen)
        occupied.extend(label.box.wider(size * 0.2) for label in chosen)

    for line, end_label in ((then, end_labels[0]), (hindsight, end_labels[1])):
        if line and end_label:
            place_label(_beside_end(end_label, line[-1], size))
    if mark is not None:
        place_label(
            _along_line(gettext("%(points)s our target") % {"points": format_number(mark)}, plot.y(mark), plot, size),
            edges=[Box(reviewed_from, plot.top, reviewed_from, plot.bottom)] if unreviewed else [],
        )
    if unreviewed:
        place_label(_inside_box(gettext(NOTHING_REVIEWED), unreviewed, size))
    axis = (*_scale_labels(plot, size), *month_labels(plot, size))
    if hindsight and not end_labels[1]:
        # Where a small chart has no room for it, the description alone names the dashed line.
        positions = _over_line(gettext("with later information"), hindsight, size, width=width)
        base_line = Box(plot.left, plot.bottom - size * 0.2, plot.right, plot.bottom + size * 0.2)
        taken = [*occupied, base_line, *(label.box for label in axis)]
        plot_labels.extend(next((labels for labels in positions if not _overlaps_any(labels, taken)), ()))
    name_labels = names.labels(plot, size)
    return TrendChart(
        width=width,
        height=height,
        size=size,
        grid=rules_path(plot.left, plot.right, (plot.y(points) for points in _scale(plot))),
        ticks=ticks_path(plot, size),
        stems=names.stems_path(name_labels, plot),
        dialogues="".join(
            circle_path(plot.x(event.day), plot.bottom, size * 0.36) for event in within if event.is_dialogue
        ),
        milestones="".join(
            diamond_path(plot.x(event.day), plot.bottom, size * 0.5) for event in within if not event.is_dialogue
        ),
        unreviewed=unreviewed,
        then=_line_path(then),
        hindsight=_line_path(hindsight),
        mark_line="" if mark is None else rules_path(plot.left, plot.right, [plot.y(mark)]),
        axis=axis,
        names=name_labels,
        words=tuple(plot_labels),
        description=_describe_trend(weeks, within, mark, starts_on),
    )


# --- Lines ------------------------------------------------------------------------------------------------------------


def _line_segments(plot: Plot, scores: Iterable[tuple[date, Fraction | None]]) -> list[LineSegment]:
    """Return the weeks that have a figure, each starting where the week before ends."""
    steps, left = [], plot.left
    for ends_on, points in scores:
        if points is not None:
            steps.append(LineSegment(left, plot.x(ends_on), plot.y(points)))
        left = plot.x(ends_on)
    return steps


def _line_path(steps: Sequence[LineSegment]) -> str:
    if not steps:
        return ""
    path, y = start_path(steps[0].left, steps[0].y), steps[0].y
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        if step.y != y:
            path, y = f"{path}V{format_coordinate(step.y)}", step.y
        if following is None or following.y != y:
            path += f"H{format_coordinate(step.right)}"
    return path


def _line_boxes(steps: Sequence[LineSegment], size: float) -> Iterator[Box]:
    """Yield the rectangles that a line covers: its levels and the steps between them."""
    over = size * 0.2
    before = None
    for step in steps:
        low, high = min(step.y, before or step.y), max(step.y, before or step.y)
        yield Box(step.left, low - over, step.left, high + over)
        yield Box(step.left, step.y - over, step.right, step.y + over)
        before = step.y


def _last_week_x(plot: Plot, weeks: Sequence[TrendWeek]) -> float:
    return plot.x(weeks[-1].ends_on) if weeks else plot.left


# --- Labels in the plot -----------------------------------------------------------------------------------------------


def _line_end_labels(
    weeks: Sequence[TrendWeek], *, room: float, size: float
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the labels at the ends of both lines, wrapped to `room` units.

    The first line is the score as known at the time, the second with later information.

    If both lines end at the same figure, the dashed line is labelled elsewhere. A line that does not exist has no
    label.
    """
    if not weeks:
        return (), ()
    last = weeks[-1]
    then: tuple[str, ...] = ()
    if last.then is not None:
        text = gettext("%(points)s known at the time") % {"points": formatting.format_points(last.then)}
        then = _wrap_text(text, room, size)
    if last.hindsight is None or last.hindsight == last.then:
        return then, ()
    text = gettext("%(points)s with later information") % {"points": formatting.format_points(last.hindsight)}
    return then, _wrap_text(text, room, size)


def _wrap_text(text: str, room: float, size: float) -> tuple[str, ...]:
    lines: list[str] = []
    for word in text.split():
        if lines and measure_text(f"{lines[-1]} {word}", size) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return tuple(lines)


def _plot_right(
    weeks: Sequence[TrendWeek],
    end_labels: tuple[tuple[str, ...], ...],
    starts_on: date,
    ends_on: date,
    *,
    width: float,
    size: float,
) -> float:
    """Return the right edge of the plot: that of the chart, unless the labels at the line ends need room beside it."""
    room = max((measure_text(line, size) for lines in end_labels for line in lines), default=0) + size
    full = width - size * 0.5
    if not weeks:
        return full
    ahead = (ends_on - weeks[-1].ends_on).days / ((ends_on - starts_on).days + 1)
    return full if room <= full * ahead * 0.95 else round(width - room, 1)


def _overlaps_any(labels: Iterable[Label], occupied: Sequence[Box]) -> bool:
    boxes = [label.box for label in labels]  # measured once
    return any(box.meets(other) for box in boxes for other in occupied)


def _beside_end(lines: Sequence[str], end: LineSegment, size: float) -> Iterator[tuple[Label, ...]]:
    """Yield positions for a label of several lines right of a line's end, at its height or as near as possible."""
    first = end.y - (len(lines) - 1) * size * LINE_HEIGHT / 2 + size * 0.3
    for step_number in range(48):
        offset = (step_number + 1) // 2 * size * 0.25 * (-1 if step_number % 2 else 1)
        yield tuple(
            Label(line, round(end.right + size * 0.5, 1), round(first + offset + at * size * LINE_HEIGHT, 1), size)
            for at, line in enumerate(lines)
        )


def _along_line(text: str, y: float, plot: Plot, size: float) -> Iterator[tuple[Label, ...]]:
    """Yield positions for a label above or below a horizontal line: at its left, at its right or between."""
    room = plot.right - plot.left - measure_text(text, size)
    for baseline in (y - size * 0.5, y + size * 1.2):
        for share in (0, 1, 0.5, 0.25, 0.75):
            x = plot.left + size * 0.4 + max(room - size * 0.8, 0) * share
            yield (Label(text, round(x, 1), round(baseline, 1), size),)


def _inside_box(text: str, box: Box, size: float) -> Iterator[tuple[Label, ...]]:
    """Yield positions for a label in a rectangle at several heights.

    If the rectangle is too narrow, the label crosses its right edge.
    """
    x = max((box.left + box.right - measure_text(text, size)) / 2, box.left + size * 0.5)
    for share in (0.3, 0.7, 0.4, 0.6, 0.2, 0.8, 0.5, 0.1, 0.9):
        yield (Label(text, round(x, 1), round(box.top + (box.bottom - box.top) * share + size * 0.3, 1), size),)


def _over_line(text: str, steps: Sequence[LineSegment], size: float, *, width: float) -> Iterator[tuple[Label, ...]]:
    """Yield positions for a label above or below each week of a line, within the chart."""
    farthest = max(width - measure_text(text, size), 0)
    for step in steps:
        for baseline in (step.y - size * 0.5, step.y + size * 1.2):
            yield (Label(text, round(min(step.left + size * 0.4, farthest), 1), round(baseline, 1), size),)


# --- Axes -------------------------------------------------------------------------------------------------------------


def _scale(plot: Plot) -> tuple[int, int, int]:
    """Return the points with a line and a label: those at both ends of the scale and in its middle."""
    return 0, plot.full_scale // 2, plot.full_scale


def _scale_labels(plot: Plot, size: float) -> Iterator[Label]:
    for points in _scale(plot):
        yield Label(str(points), round(plot.left - size * 0.5, 1), round(plot.y(points) + size * 0.35, 1), size, "end")


# --- In words ---------------------------------------------------------------------------------------------------------


def _describe_trend(
    weeks: Sequence[TrendWeek], events: Sequence[AxisEvent], mark: Decimal | None, starts_on: date
) -> str:
    """Describe the chart in words, for readers who cannot see it."""
    period = {"start": format_date(starts_on), "end": format_date(weeks[-1].ends_on if weeks else starts_on)}
    sentences = [gettext("Verified readiness week by week from %(start)s to %(end)s.") % period]
    scored = [week for week in weeks if week.then is not None]
    if not scored:
        sentences.append(gettext("Known at the time: nothing reviewed yet."))
    else:
        if scored[0] is not weeks[0]:
            sentence = gettext("Nothing had been reviewed before the week to %(date)s.")
            sentences.append(sentence % {"date": format_date(scored[0].ends_on)})
        points = [week.then for week in scored if week.then is not None]
        sentence = gettext("Known at the time: %(first)s throughout.")
        if len(set(points)) > 1:
            sentence = gettext("Known at the time: from %(first)s to %(last)s.")
        sentences.append(sentence % _ends(points))
    if known_now := [week.hindsight for week in weeks if week.hindsight is not None]:
        sentence = gettext("With later information: %(first)s throughout.")
        if len(set(known_now)) > 1:
            sentence = gettext("With later information: from %(first)s to %(last)s.")
        sentences.append(sentence % _ends(known_now))
    if mark is not None:
        sentences.append(gettext("Our target: %(target)s.") % {"target": format_number(mark)})
    if events:
        sentences.append(describe_events(events))
    return " ".join(sentences)


def _ends(points: Sequence[Fraction]) -> dict[str, str]:
    return {"first": formatting.format_points(points[0]), "last": formatting.format_points(points[-1])}
