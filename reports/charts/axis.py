"""Place days along a time axis: month labels below it, names of events above their day.

Names never overlap each other or the line of another event, however many events are close together: they are stacked
in lanes.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from reports.charts.drawing import Label, format_coordinate, measure_text, start_path

FULL_SCALE = 100
"""Points at the top of the scale."""

LINE_HEIGHT = 1.35
"""The distance between two lines of text, as a multiple of the type size."""


class AxisEvent(NamedTuple):
    """A day marked on the time axis: a dialogue, or a milestone."""

    on: date
    name: str
    is_dialogue: bool


class Plot(NamedTuple):
    """The area of the lines, and its days: the first begins at the left edge, the last ends at the right edge."""

    left: float
    top: float
    right: float
    bottom: float
    starts_on: date
    ends_on: date

    def x(self, day: date) -> float:
        """Return the x coordinate at which a day ends."""
        days = (self.ends_on - self.starts_on).days + 1
        return round(self.left + (self.right - self.left) * ((day - self.starts_on).days + 1) / days, 1)

    def y(self, points: Fraction | Decimal | int) -> float:
        """Return the y coordinate of a number of points of 100."""
        return round(self.bottom - (self.bottom - self.top) * float(points) / FULL_SCALE, 1)


class Flag(NamedTuple):
    """The name of an event next to its line: the x coordinates of the line and of both ends of the name."""

    spot: float
    start: float
    end: float

    def covers(self, spot: float) -> bool:
        """Return whether a line at this x coordinate has to end below the name."""
        return self.start < spot < self.end


def place_flags(events: Sequence[AxisEvent], plot: Plot, *, width: float, size: float) -> list[Flag]:
    """Place the name of each event right or left of its line, or across it, where it covers the fewest other lines.

    Two names that cover each other's line would collide, so that is avoided first. Then names avoid lines further
    left, whose names are placed later.
    """
    spots = [plot.x(one.on) for one in events]
    flags: list[Flag] = []
    for at in reversed(range(len(events))):
        spot, room = spots[at], measure_text(format_event(events[at]), size) + size * 0.8
        others = spots[:at] + spots[at + 1 :]
        starts = [spot, spot - room, *(other for other in others if spot - room < other < spot), 0, width - room]
        wanted = [
            Flag(spot, start, start + room)
            for start in starts
            if max(spot - room, 0) <= start <= min(spot, width - room)
        ]
        flags.append(
            min(
                wanted,
                key=lambda one: (
                    sum(one.covers(other.spot) and other.covers(one.spot) for other in flags),
                    sum(map(one.covers, spots[:at])),
                    sum(map(one.covers, others)),
                ),
            )
        )
    return flags[::-1]


def assign_lanes(flags: Sequence[Flag]) -> list[int]:
    """Return the lane of each name, 0 the lowest.

    A name stands above every line that it covers, and in a lane where it overlaps no other name.
    """
    lanes: dict[int, int] = {}
    waiting = list(range(len(flags)))
    while waiting:
        ready = [
            at for at in waiting if not any(flags[at].covers(flags[other].spot) for other in waiting if other != at)
        ]
        for at in ready or waiting[:1]:
            own = flags[at]
            met = {
                lane for other, lane in lanes.items() if flags[other].start < own.end and own.start < flags[other].end
            }
            passed = [lane for other, lane in lanes.items() if own.covers(flags[other].spot)]
            lane = max(passed, default=-1) + 1
            while lane in met:
                lane += 1
            lanes[at] = lane
            waiting.remove(at)
    return [lanes[at] for at in range(len(flags))]


def event_label(event: AxisEvent, flag: Flag, lane: int, plot: Plot, size: float) -> Label:
    y, aside = round(plot.top - size * (0.6 + LINE_HEIGHT * lane), 1), size * 0.4
    if flag.end == flag.spot:
        return Label(format_event(event), round(flag.end - aside, 1), y, size, "end")
    return Label(format_event(event), round(flag.start + aside, 1), y, size)


def stem_path(flag: Flag, name: Label, plot: Plot) -> str:
    """Return the path from a name to the axis: from beside the name, or from below it if it stands across its line."""
    top = name.box.bottom if flag.covers(flag.spot) else name.box.top
    return f"{start_path(flag.spot, round(top, 1))}V{format_coordinate(plot.bottom)}"


def format_event(event: AxisEvent) -> str:
    return f"{event.name}, {event.on.day} {event.on:%b}"


def circle_path(x: float, y: float, radius: float) -> str:
    r, across = format_coordinate(radius), format_coordinate(2 * radius)
    return f"{start_path(x - radius, y)}a{r} {r} 0 1 0 {across} 0a{r} {r} 0 1 0 -{across} 0z"


def diamond_path(x: float, y: float, half: float) -> str:
    one = format_coordinate(half)
    return f"{start_path(x - half, y)}l{one} -{one}l{one} {one}l-{one} {one}z"


def month_starts(plot: Plot) -> list[tuple[float, date]]:
    """Return where each month begins within the plot, and its first day."""
    eve = plot.starts_on - timedelta(days=1)
    month = plot.starts_on.replace(day=1)
    found = []
    while month <= plot.ends_on:
        if month >= plot.starts_on:
            found.append((plot.x(month - timedelta(days=1)) if month > eve else plot.left, month))
        month = (month + timedelta(days=31)).replace(day=1)
    return found


def ticks_path(plot: Plot, size: float) -> str:
    """Return the path of the ticks below the axis, one where each month begins."""
    length = format_coordinate(size * 0.4)
    return "".join(f"{start_path(x, plot.bottom)}v{length}" for x, _ in month_starts(plot))


def month_labels(plot: Plot, size: float) -> Iterator[Label]:
    """Yield month labels along the axis, as many as fit, with the year under the first one and under each January."""
    months = month_starts(plot)
    apart = min((after - before for (before, _), (after, _) in pairwise(months)), default=FULL_SCALE)
    each = next((step for step in (1, 2, 3, 6) if apart * step >= measure_text("Mar", size) + size * 0.5), 12)
    y, taken = plot.bottom + size * (0.5 + LINE_HEIGHT * 0.8), 0.0
    for at, (x, month) in enumerate(months):
        if at % each == 0:
            yield Label(f"{month:%b}", x, round(y, 1), size)
        if (at == 0 or month.month == 1) and x >= taken:
            label = Label(str(month.year), x, round(y + size * LINE_HEIGHT * 0.9, 1), size)
            taken = label.end + size * 0.5
            yield label
