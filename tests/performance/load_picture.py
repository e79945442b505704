"""The picture of a load over time: median, 95th of 100 and requests a second, with the line of the goal."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Protocol

WIDTH, HEIGHT, LEFT, RIGHT, TOP, GAP, LOW = 960, 484, 64, 16, 64, 56, 90
"""The size of the picture, its margins, and between the two charts; the lower one is `LOW` high."""
GREY, BLUE, RED, BLACK = "#a9aeb1", "#005ea2", "#b50909", "#1b1b1b"


class Row(Protocol):
    """Some seconds of the run."""

    @property
    def begins(self) -> int: ...
    @property
    def rate(self) -> float: ...
    @property
    def p50(self) -> float: ...
    @property
    def p95(self) -> float: ...


def draw(rows: Sequence[Row], *, goal: float) -> str:
    """The SVG of a run: milliseconds above, requests a second below. Each line has its name at its end."""
    bottom = HEIGHT - GAP - LOW - 40
    chart = _Chart(rows, top=TOP, bottom=bottom, most=_round_up(max(goal * 1.2, *(row.p95 for row in rows))))
    rates = _Chart(rows, top=bottom + GAP, bottom=bottom + GAP + LOW, most=_round_up(max(row.rate for row in rows)))
    summary = f"200 people at work: 95 of 100 requests within {max(row.p95 for row in rows):.0f} ms in each ten seconds"
    head = f'viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-family="Public Sans, sans-serif" font-size="13"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {head} fill="{BLACK}"><title>{escape(summary)}</title>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        _text(LEFT, 22, "Milliseconds from when a request is due to its answer, in each ten seconds", weight=600),
        *chart.axis(),
        *chart.line([goal] * len(rows), RED, dashes="6 4"),
        *chart.line([row.p50 for row in rows], GREY),
        *chart.line([row.p95 for row in rows], BLUE),
        _legend([(RED, f"goal, {goal:.0f} ms"), (GREY, "half of the requests"), (BLUE, "95 of 100")]),
        _text(LEFT, bottom + GAP - 12, "Requests a second", weight=600),
        *rates.axis(),
        *rates.line([row.rate for row in rows], BLUE),
        *(_text(x, HEIGHT - 14, f"{seconds // 60}:{seconds % 60:02}") for x, seconds in chart.times()),
        "</svg>\n",
    ]
    return "\n".join(parts)


class _Chart:
    """One pair of axes."""

    def __init__(self, rows: Sequence[Row], *, top: float, bottom: float, most: float) -> None:
        self.rows, self.top, self.bottom, self.most = rows, top, bottom, most
        self.step = (WIDTH - LEFT - RIGHT) / max(1, len(rows) - 1)

    def x(self, place: int) -> float:
        return LEFT + place * self.step

    def y(self, figure: float) -> float:
        return self.bottom - figure / self.most * (self.bottom - self.top)

    def axis(self) -> Iterable[str]:
        """Lines at the bottom, the middle and the top, with what they stand for."""
        for share in (0, 0.5, 1):
            y = self.y(share * self.most)
            yield f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#dfe1e2" fill="none"/>'
            yield _text(LEFT - 8, y + 4, f"{share * self.most:g}", anchor="end")

    def line(self, figures: Sequence[float], colour: str, dashes: str = "") -> Iterable[str]:
        points = " ".join(f"{self.x(place):.1f},{self.y(figure):.1f}" for place, figure in enumerate(figures))
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5"{dashed}/>'

    def times(self) -> Iterable[tuple[float, int]]:
        """Where some of the moments stand, in seconds from the start."""
        every = max(1, len(self.rows) // 10)
        return ((self.x(place), row.begins) for place, row in enumerate(self.rows) if place % every == 0)


def _round_up(most: float) -> float:
    """The next round number."""
    unit: float = 10 ** (len(str(int(most))) - 1)
    return (most // unit + 1) * unit


def _text(x: float, y: float, text: str, *, anchor: str = "start", weight: int = 400) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-weight="{weight}">{escape(text)}</text>'


def _legend(entries: Iterable[tuple[str, str]]) -> str:
    parts = []
    for place, (colour, name) in enumerate(entries):
        x = LEFT + place * 185
        parts.append(f'<path d="M{x} 40h18" stroke="{colour}" stroke-width="2.5"/>{_text(x + 24, 44, name)}')
    return "".join(parts)
