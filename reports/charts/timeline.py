"""A year as a timeline: events named above the line, today marked, and due dates below it in one row per status.

Each row is named at its left with its count, so there is no legend. The filling of a mark repeats the status: overdue
solid black, open an outline, with the embassy or reported done hatched, verified solid blue, withdrawn dashed. Days
that are too close for separate marks share one mark with their number, so nothing overlaps.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import NamedTuple

from reports.charts.axis import (
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
from reports.charts.drawing import Box, Label, format_coordinate, hatch, measure_text, rules_path, start_path
from tiptracker.localization import format_date, format_day_and_month, gettext, join_with_and


class Filling(Enum):
    """How a mark is filled."""

    SOLID = "solid"
    OUTLINE = "outline"
    HATCHED = "hatched"
    BLUE = "blue"
    DASHED = "dashed"


class TimelineRow(NamedTuple):
    """The due dates of one status, in order."""

    label: Callable[[int], str]
    filling: Filling
    days: Sequence[date]


@dataclass(frozen=True)
class TimelineMark:
    """The mark of one day or of several close days: its rectangle and filling.

    `number` is the number of days, if there are several.
    """

    box: Box
    width: float
    height: float
    filling: Filling
    hatching: str
    number: Label | None


@dataclass(frozen=True)
class Timeline:
    """The chart in user units: paths as the `d` of SVG paths, labels with their positions, and a description."""

    width: float
    height: float
    size: float
    rules: str
    ticks: str
    stems: str
    solid: str
    outlined: str
    today_line: str
    axis: tuple[Label, ...]
    names: tuple[Label, ...]
    rows: tuple[Label, ...]
    today: Label | None
    marks: tuple[TimelineMark, ...]
    description: str


def timeline_chart(
    events: Iterable[AxisEvent],
    rows: Iterable[TimelineRow],
    *,
    starts_on: date,
    ends_on: date,
    today: date,
    width: float = 760,
    size: float = 13,
) -> Timeline:
    """Return the timeline from `starts_on` to `ends_on`, `width` units wide.

    Days outside the period are left out; the table below the chart lists them.
    """
    within = sorted({event for event in events if starts_on <= event.day <= ends_on})
    drawn = [
        TimelineRow(row.label, row.filling, days)
        for row in rows
        if (days := sorted(day for day in row.days if starts_on <= day <= ends_on))
    ]
    row_labels = [row.label(len(row.days)) for row in drawn]
    left = round(max((measure_text(label, size) for label in row_labels), default=0) + size, 1)
    flat = Plot(left, 0, round(width - size * 1.6, 1), 0, starts_on, ends_on)
    names = place_names(within, flat, width=width, size=size)
    line_y = round(size * (1.4 + names.height), 1)
    above = flat._replace(top=line_y - size * 0.8, bottom=line_y)
    name_labels = names.labels(above, size)
    step = size * 2.1
    middles = [round(line_y + step * (number + 0.85), 1) for number in range(len(drawn))]
    bottom = round((middles[-1] if middles else line_y) + step * 0.75, 1)
    plot = flat._replace(top=line_y, bottom=bottom)
    is_within = starts_on <= today <= ends_on
    return Timeline(
        width=width,
        height=round(bottom + size * (0.9 + (3 if is_within else 2) * LINE_HEIGHT), 1),
        size=size,
        rules=rules_path(left, plot.right, (line_y, *middles, bottom)),
        ticks=ticks_path(plot, size),
        stems=names.stems_path(name_labels, above),
        solid="".join(_event_path(event, above, size) for event in within if event.is_solid),
        outlined="".join(_event_path(event, above, size) for event in within if not event.is_solid),
        today_line=f"{start_path(plot.x(today), line_y)}V{format_coordinate(bottom + size * 0.8)}" if is_within else "",
        axis=tuple(month_labels(plot, size)),
        names=name_labels,
        rows=tuple(
            Label(words, 0, round(y + size * 0.35, 1), size) for words, y in zip(row_labels, middles, strict=True)
        ),
        today=_today_label(today, plot, size) if is_within else None,
        marks=tuple(mark for row, y in zip(drawn, middles, strict=True) for mark in _row_marks(row, y, plot, size)),
        description=_describe_timeline(within, row_labels, starts_on, ends_on, today),
    )


def _event_path(event: AxisEvent, plot: Plot, size: float) -> str:
    x = plot.x(event.day)
    return circle_path(x, plot.bottom, size * 0.4) if event.is_dialogue else diamond_path(x, plot.bottom, size * 0.5)


def _today_label(today: date, plot: Plot, size: float) -> Label:
    """Return the label of today, on its own line below months and years and within the chart."""
    text = gettext("today, %(date)s") % {"date": format_day_and_month(today)}
    x = min(max(plot.x(today) - measure_text(text, size) / 2, 0), plot.right + size * 1.6 - measure_text(text, size))
    return Label(text, round(x, 1), round(plot.bottom + size * (0.5 + LINE_HEIGHT * 2.7), 1), size)


def _row_marks(row: TimelineRow, y: float, plot: Plot, size: float) -> Iterable[TimelineMark]:
    """Yield the marks of a row. Days that a mark would cover are counted in it."""
    reach = size * 2
    groups: list[list[float]] = []
    for x in map(plot.x, row.days):
        if groups and x - groups[-1][0] < reach:
            groups[-1].append(x)
        else:
            groups.append([x])
    for group in groups:
        wide, high = (size * 1.8, size * 1.4) if len(group) > 1 else (size * 0.8, size * 0.8)
        left, top = round(group[0] - size * 0.4, 1), round(y - high / 2, 1)
        box = Box(left, top, round(left + wide, 1), round(top + high, 1))
        text = str(len(group))
        x = round((box.left + box.right - measure_text(text, size * 0.85)) / 2, 1)
        yield TimelineMark(
            box,
            round(wide, 1),
            round(high, 1),
            row.filling,
            hatch(x=left, y=top, width=wide, height=high, step=4) if row.filling is Filling.HATCHED else "",
            Label(text, x, round(y + size * 0.3, 1), round(size * 0.85, 2)) if len(group) > 1 else None,
        )


def _describe_timeline(
    events: Sequence[AxisEvent], row_labels: Sequence[str], starts_on: date, ends_on: date, today: date
) -> str:
    """Describe the chart in words, for readers who cannot see it."""
    period = gettext("From %(start)s to %(end)s. Today is %(today)s.")
    sentences = [period % {"start": format_date(starts_on), "end": format_date(ends_on), "today": format_date(today)}]
    if events:
        sentences.append(describe_events(events))
    if row_labels:
        sentences.append(gettext("Due in that time: %(counts)s.") % {"counts": join_with_and(row_labels)})
    return " ".join(sentences)
