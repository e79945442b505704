"""Place days along a time axis: month labels below it, names of events above their day.

Names never overlap each other or the line of another event, however many events are close together: they are stacked
in lanes.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from reports.charts.drawing import Label, format_coordinate, measure_text, start_path
from tiptracker.localization import format_date, format_day_and_month, format_month, gettext, join_with_and

FULL_SCALE = 100
"""Points at the top of the scale."""

LINE_HEIGHT = 1.35
"""The distance between two lines of text, as a multiple of the type size."""


class AxisEvent(NamedTuple):
    """A day marked on the time axis: a dialogue, or a milestone. A timeline fills it once it is held or done."""

    day: date
    name: str
    is_dialogue: bool
    is_solid: bool = True


class Plot(NamedTuple):
    """The area of the lines, and its days: the first begins at the left edge, the last ends at the right edge.

    `full_scale` are the points at its top.
    """

    left: float
    top: float
    right: float
    bottom: float
    starts_on: date
    ends_on: date
    full_scale: int = FULL_SCALE

    def x(self, day: date) -> float:
        """Return the x coordinate at which a day ends."""
        days = (self.ends_on - self.starts_on).days + 1
        return round(self.left + (self.right - self.left) * ((day - self.starts_on).days + 1) / days, 1)

    def y(self, points: Fraction | Decimal | int) -> float:
        """Return the y coordinate of a number of points of 100."""
        return round(self.bottom - (self.bottom - self.top) * float(points) / self.full_scale, 1)


class Flag(NamedTuple):
    """The name of an event next to its line: the x coordinates of the line and of both ends of the name."""

    line_x: float
    start: float
    end: float

    def covers(self, x: float) -> bool:
        """Return whether a line at this x coordinate has to end below the name."""
        return self.start < x < self.end


class EventNames(NamedTuple):
    """The names of events above a plot. Names that would overlap are stacked: `lanes` holds the lane of each."""

    events: Sequence[AxisEvent]
    flags: Sequence[Flag]
    lanes: Sequence[int]

    @property
    def height(self) -> float:
        """The height of all lanes, as a multiple of the type size."""
        return LINE_HEIGHT * (1 + max(self.lanes, default=-1))

    def labels(self, plot: Plot, size: float) -> tuple[Label, ...]:
        placed = zip(self.events, self.flags, self.lanes, strict=True)
        return tuple(_event_label(event, flag, lane, plot, size) for event, flag, lane in placed)

    def stems_path(self, labels: Sequence[Label], plot: Plot) -> str:
        """Return the lines from the names to the axis."""
        return "".join(_stem_path(flag, label, plot) for flag, label in zip(self.flags, labels, strict=True))


def place_names(events: Sequence[AxisEvent], plot: Plot, *, width: float, size: float) -> EventNames:
    """Place the names of events, in the order of their days, above a plot in a chart of this width.

    A name that is wider than the chart is shortened. The description of the chart has the full name.
    """
    events = [_shorten_name(event, width, size) for event in events]
    flags = _place_flags(events, plot, width=width, size=size)
    return EventNames(events, flags, _assign_lanes(flags))


def _shorten_name(event: AxisEvent, width: float, size: float) -> AxisEvent:
    """Return the event with a name that fits into a chart of this width."""
    while measure_text(format_event(event), size) + size > width and len(event.name) > 1:
        event = event._replace(name=f"{event.name.rstrip('…')[:-1].rstrip()}…")
    return event


def _place_flags(events: Sequence[AxisEvent], plot: Plot, *, width: float, size: float) -> list[Flag]:
    """Place the name of each event right or left of its line, or across it, where it covers the fewest other lines.

    Two names that cover each other's line would collide, so that is avoided first. Then names avoid lines further
    left, whose names are placed later.
    """
    positions = [plot.x(event.day) for event in events]
    flags: list[Flag] = []
    for at in reversed(range(len(events))):
        x, room = positions[at], measure_text(format_event(events[at]), size) + size * 0.8
        others = positions[:at] + positions[at + 1 :]
        starts = [x, x - room, *(other for other in others if x - room < other < x), 0, width - room]
        candidates = [
            Flag(x, start, start + room) for start in starts if max(x - room, 0) <= start <= min(x, width - room)
        ]
        flags.append(
            min(
                candidates or [Flag(x, 0, room)],  # a name wider than the chart begins at its left
                key=lambda flag: (
                    sum(flag.covers(other.line_x) and other.covers(flag.line_x) for other in flags),
                    sum(map(flag.covers, positions[:at])),
                    sum(map(flag.covers, others)),
                ),
            )
        )
    return flags[::-1]


def _assign_lanes(flags: Sequence[Flag]) -> list[int]:
    """Return the lane of each name, 0 the lowest.

    A name stands above every line that it covers, and in a lane where it overlaps no other name.
    """
    lanes: dict[int, int] = {}
    waiting = list(range(len(flags)))
    while waiting:
        ready = [
            at for at in waiting if not any(flags[at].covers(flags[other].line_x) for other in waiting if other != at)
        ]
        for at in ready or waiting[:1]:
            own = flags[at]
            met = {
                lane for other, lane in lanes.items() if flags[other].start < own.end and own.start < flags[other].end
            }
            passed = [lane for other, lane in lanes.items() if own.covers(flags[other].line_x)]
            lane = max(passed, default=-1) + 1
            while lane in met:
                lane += 1
            lanes[at] = lane
            waiting.remove(at)
    return [lanes[at] for at in range(len(flags))]


def _event_label(event: AxisEvent, flag: Flag, lane: int, plot: Plot, size: float) -> Label:
    y, gap = round(plot.top - size * (0.6 + LINE_HEIGHT * lane), 1), size * 0.4
    if flag.end == flag.line_x:
        return Label(format_event(event), round(flag.end - gap, 1), y, size, "end")
    return Label(format_event(event), round(flag.start + gap, 1), y, size)


def _stem_path(flag: Flag, name: Label, plot: Plot) -> str:
    """Return the path from a name to the axis: from beside the name, or from below it if it stands across its line."""
    top = name.box.bottom if flag.covers(flag.line_x) else name.box.top
    return f"{start_path(flag.line_x, round(top, 1))}V{format_coordinate(plot.bottom)}"


def format_event(event: AxisEvent) -> str:
    return gettext("%(event)s, %(date)s") % {"event": event.name, "date": format_day_and_month(event.day)}


def describe_events(events: Iterable[AxisEvent]) -> str:
    """Describe the marked days in a sentence: "Marked: Dialogue on 3 December 2021."."""
    days = (
        gettext("%(event)s on %(date)s") % {"event": event.name, "date": format_date(event.day)} for event in events
    )
    return gettext("Marked: %(events)s.") % {"events": join_with_and(days)}


def circle_path(x: float, y: float, radius: float) -> str:
    r, diameter = format_coordinate(radius), format_coordinate(2 * radius)
    return f"{start_path(x - radius, y)}a{r} {r} 0 1 0 {diameter} 0a{r} {r} 0 1 0 -{diameter} 0z"


def diamond_path(x: float, y: float, half: float) -> str:
    h = format_coordinate(half)
    return f"{start_path(x - half, y)}l{h} -{h}l{h} {h}l-{h} {h}z"


def month_starts(plot: Plot) -> list[tuple[float, date]]:
    """Return where each month begins within the plot, and its first day."""
    eve = plot.starts_on - timedelta(days=1)
    month = plot.starts_on.replace(day=1)
    starts = []
    while month <= plot.ends_on:
        if month >= plot.starts_on:
            starts.append((plot.x(month - timedelta(days=1)) if month > eve else plot.left, month))
        month = (month + timedelta(days=31)).replace(day=1)
    return starts


def ticks_path(plot: Plot, size: float) -> str:
    """Return the path of the ticks below the axis, one where each month begins."""
    length = format_coordinate(size * 0.4)
    return "".join(f"{start_path(x, plot.bottom)}v{length}" for x, _ in month_starts(plot))


def month_labels(plot: Plot, size: float) -> Iterator[Label]:
    """Yield month labels along the axis, as many as fit, with the year under the first one and under each January."""
    months = month_starts(plot)
    distance = min((after - before for (before, _), (after, _) in pairwise(months)), default=FULL_SCALE)
    room = max((measure_text(format_month(month), size) for _, month in months), default=0) + size * 0.5
    each = next((step for step in (1, 2, 3, 6) if distance * step >= room), 12)
    y, taken = plot.bottom + size * (0.5 + LINE_HEIGHT * 0.8), 0.0
    for at, (x, month) in enumerate(months):
        if at % each == 0:
            yield Label(format_month(month), x, round(y, 1), size)
        if (at == 0 or month.month == 1) and x >= taken:
            label = Label(str(month.year), x, round(y + size * LINE_HEIGHT * 0.9, 1), size)
            taken = label.end + size * 0.5
            yield label
