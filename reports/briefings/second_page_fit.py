"""Decide what page 2 of an ambassador's briefing says of each ministry: the sentences to raise with it that fit.

The page also has the trend, the milestones, the four parts of readiness and the list of annexes. What these leave free
goes to the sentences. No Django here. Lengths are in millimetres, with the sizes of `templates/reports/print.css`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import ceil

from reports.briefings.content.ambassador import MAX_ASKS, AmbassadorBriefing, PrintedMinistry, PrintedMonth
from reports.briefings.page_fit import (
    COLUMN_GAP,
    FINE_LINE_HEIGHT,
    LINE_HEIGHT,
    MORE_ROWS_HEIGHT,
    SAFETY_MARGIN,
    SMALL_LINE_HEIGHT,
    SUBTEXT_GAP,
    TABLE_HEAD_HEIGHT,
    TEXT_HEIGHT,
    TEXT_WIDTH,
)
from reports.briefings.text_width import BOLD, MM_PER_POINT, SEMIBOLD, TextStyle, count_lines, shorten_to_lines
from tiptracker.choices import Paper
from tiptracker.localization import gettext, gettext_noop

MINISTRY_SHARES = (38, 62)
"""Column widths of the table of ministries, in per cent."""
READINESS_SHARES = (16, 18)
"""Widths of the columns with readiness on a day, in per cent: `templates/reports/print_months.html`."""
MONTH_SHARE = 50
"""Width of the column on what happened, in per cent."""
ROW_PADDING = {Paper.A4: 2.5, Paper.LETTER: 1.3}
"""Space that a row of a table on this page needs besides its lines."""
HEADING_HEIGHT = {Paper.A4: 10.4, Paper.LETTER: 9.4}
TITLE_LINE_HEIGHT = 11 * 1.2 * MM_PER_POINT
MAX_CHART_HEIGHT = {Paper.A4: 60.0, Paper.LETTER: 50.0}
MAX_CROWDED_CHART_HEIGHT = 42.0
MILESTONES_HEIGHT = (14 + 2 * 12) * MM_PER_POINT
ANNEX_LINE_HEIGHT, ANNEX_COLUMNS = 12.5 * MM_PER_POINT, 3
ANNEX_COLUMN_SHARE, ANNEX_INDENT = 31, 9.0
LEAD_OF_MINISTRIES = gettext_noop(
    "You can say each sentence as it is written. The ministries’ pages in TIP Tracker and the dialogue pack have more."
)
PARTS = 4
NOTES_SPACING = 2.5
"""Space above and below the texts on the trend."""
ASK_LINES = (4, 3, 2)
"""The most lines for a sentence: as many as needed, then fewer until each ministry has one."""


class MinistryDetail(StrEnum):
    """How much the first column says of a ministry, the most first."""

    FULL = "full"
    """The name on as many lines as needed, the minister and the commitments on one line each."""
    COMPACT = "compact"
    """The name on one line, the minister on another."""
    LINE = "line"
    """The name and the minister on one line."""


@dataclass(frozen=True)
class FittedMinistry:
    """A ministry with the sentences that fit on page 2, shortened if they are too long."""

    ministry: PrintedMinistry
    detail: MinistryDetail
    asks: tuple[str, ...] = ()


@dataclass(frozen=True)
class FittedSecondPage:
    """What page 2 says of the trend below its title, and of each ministry."""

    trend_notes: str
    rows: Sequence[FittedMinistry]


def fit_second_page(content: AmbassadorBriefing, annexes: Sequence[str], paper: Paper) -> FittedSecondPage:
    """Choose the sentences on the trend and to raise with each ministry that fit on page 2.

    Each ministry gets its first sentence and its minister on a line before the trend gets more text below its title.

    Args:
        annexes: the titles of the annexes that the page lists.
    """
    trend = content.trend
    notes = (*(" ".join(filter(None, (fall, trend.changes))) for fall in trend.falls or ("",)), *trend.falls[-1:], "")
    pages = [FittedSecondPage(text, _fit_ministries(content, annexes, paper, text)) for text in dict.fromkeys(notes)]
    with_asks = [page for page in pages if all(one.asks or not one.ministry.asks for one in page.rows)]
    with_ministers = (page for page in with_asks if all(one.detail is not MinistryDetail.LINE for one in page.rows))
    return next(with_ministers, (with_asks or pages)[-1])


def _fit_ministries(
    content: AmbassadorBriefing, annexes: Sequence[str], paper: Paper, trend_notes: str
) -> Sequence[FittedMinistry]:
    """Choose the sentences to raise with each ministry that fit on page 2 below these texts on the trend.

    Each ministry gets its first sentence before one gets a second, and before the first column says more.
    """
    room = _room_for_ministries(content, annexes, paper, trend_notes)
    for detail in MinistryDetail:
        for lines in ASK_LINES:
            fitted = _fit(content, detail, lines, room, paper)
            if fitted and all(one.asks or not one.ministry.asks for one in fitted):
                return fitted
    partial = (_fit(content, detail, ASK_LINES[-1], room, paper) for detail in reversed(MinistryDetail))
    return next(filter(None, partial), [FittedMinistry(row, MinistryDetail.LINE) for row in content.ministries_first])


def _fit(
    content: AmbassadorBriefing, detail: MinistryDetail, lines: int, room: float, paper: Paper
) -> list[FittedMinistry]:
    """Return the ministries with the sentences that fit, each on at most `lines`. Empty if not even the names fit."""
    style = TextStyle(8.5, TEXT_WIDTH[paper] * MINISTRY_SHARES[1] / 100)

    def fits(rows: Sequence[FittedMinistry]) -> bool:
        return sum(_row_height(each, content, paper) for each in rows) <= room

    fitted = [FittedMinistry(ministry, detail) for ministry in content.ministries_first]
    if not fits(fitted):
        return []
    for turn in range(MAX_ASKS):
        for place, one in enumerate(fitted):
            if len(one.asks) != turn or len(one.ministry.asks) <= turn:
                continue
            longer = replace(one, asks=(*one.asks, shorten_to_lines(one.ministry.asks[turn], lines, style)))
            if fits(candidate := [*fitted[:place], longer, *fitted[place + 1 :]]):
                fitted = candidate
    return fitted


def _row_height(one: FittedMinistry, content: AmbassadorBriefing, paper: Paper) -> float:
    width = TEXT_WIDTH[paper]
    name = TextStyle(8.5, width * MINISTRY_SHARES[0] / 100 - COLUMN_GAP, SEMIBOLD)
    small = FINE_LINE_HEIGHT + SUBTEXT_GAP
    match one.detail:
        case MinistryDetail.FULL:
            about = min(count_lines(one.ministry.name, name), _clamp(content)) * LINE_HEIGHT + 2 * small
        case MinistryDetail.COMPACT:
            about = LINE_HEIGHT + small
        case MinistryDetail.LINE:
            about = LINE_HEIGHT
    style = TextStyle(8.5, width * MINISTRY_SHARES[1] / 100)
    asks = sum(count_lines(text, style) * LINE_HEIGHT + SUBTEXT_GAP for text in one.asks) - SUBTEXT_GAP
    return max(about, asks) + ROW_PADDING[paper]


def _room_for_ministries(content: AmbassadorBriefing, annexes: Sequence[str], paper: Paper, trend_notes: str) -> float:
    """Return the height that is left for the rows of the table of ministries."""
    headings = 4 * HEADING_HEIGHT[paper]
    months = _months_height(content.trend.months_first, content, paper)
    milestones = MILESTONES_HEIGHT + (MORE_ROWS_HEIGHT if content.milestones_left else 0)
    milestones += MORE_ROWS_HEIGHT if content.next_dialogue else 0
    note_lines = count_lines(trend_notes, TextStyle(8, TEXT_WIDTH[paper])) if trend_notes else 0
    notes = note_lines * SMALL_LINE_HEIGHT + (NOTES_SPACING if note_lines else 0)
    parts = TABLE_HEAD_HEIGHT + PARTS * (LINE_HEIGHT + ROW_PADDING[paper]) + MORE_ROWS_HEIGHT + SMALL_LINE_HEIGHT
    lead = gettext(LEAD_OF_MINISTRIES)
    more_lead = (count_lines(lead, TextStyle(8, TEXT_WIDTH[paper])) - 1) * SMALL_LINE_HEIGHT
    ministries = MORE_ROWS_HEIGHT + more_lead + TABLE_HEAD_HEIGHT + (MORE_ROWS_HEIGHT if content.ministries_more else 0)
    listed = _annexes_height(annexes, paper) + MORE_ROWS_HEIGHT
    taken = headings + _trend_height(content, paper) + notes + months + milestones + parts + ministries + listed
    return TEXT_HEIGHT[paper] - SAFETY_MARGIN - taken


def _annexes_height(annexes: Sequence[str], paper: Paper) -> float:
    """Return the height of the longest of the columns that list the annexes."""
    style = TextStyle(9, TEXT_WIDTH[paper] * ANNEX_COLUMN_SHARE / 100 - ANNEX_INDENT)
    rows = ceil(len(annexes) / ANNEX_COLUMNS)
    columns = (annexes[start : start + rows] for start in range(0, len(annexes), rows or 1))
    return (
        max((sum(count_lines(title, style) for title in column) for column in columns), default=0) * ANNEX_LINE_HEIGHT
    )


def _trend_height(content: AmbassadorBriefing, paper: Paper) -> float:
    width, chart = TEXT_WIDTH[paper], content.trend.chart
    title = 2.0 + min(2, count_lines(content.trend.title, TextStyle(11, width, BOLD))) * TITLE_LINE_HEIGHT
    if chart is None:
        return title + 2 * LINE_HEIGHT
    most = MAX_CROWDED_CHART_HEIGHT if content.is_crowded else MAX_CHART_HEIGHT[paper]
    return title + min(most, chart.height * width / chart.width) + 1.5


def _months_height(months: Sequence[PrintedMonth], content: AmbassadorBriefing, paper: Paper) -> float:
    if not months:
        return 2 * LINE_HEIGHT
    style = TextStyle(8.5, TEXT_WIDTH[paper] * MONTH_SHARE / 100)
    lines = sum(min(_clamp(content), count_lines(month.happened, style)) for month in months)
    return _months_head_height(paper) + lines * LINE_HEIGHT + len(months) * ROW_PADDING[paper]


def _months_head_height(paper: Paper) -> float:
    """Return the height of the head of that table. Its two narrow columns have long names in some languages."""
    heads = (gettext("Readiness, known at the time"), gettext("Readiness, with later information"))
    lines = max(
        count_lines(head, TextStyle(7.5, TEXT_WIDTH[paper] * share / 100 - COLUMN_GAP))
        for head, share in zip(heads, READINESS_SHARES, strict=True)
    )
    return TABLE_HEAD_HEIGHT + (max(lines, 2) - 1) * FINE_LINE_HEIGHT


def _clamp(content: AmbassadorBriefing) -> int:
    """Return the most lines of a cell: the class `clamp` of the template."""
    return 1 if content.is_crowded else 2
