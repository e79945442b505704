"""Decide what fits on the first page of a document.

This covers the covering note, the next steps, and each row and long text of a ministry's one-page sheet. Otherwise the
print style would cut a table off at the end of the sheet, and nobody could say how much is missing. So this module
measures the sheet in advance, with the sizes of `templates/reports/print.css`. What is shown is complete, and the
rest is counted. No Django here. Lengths are in millimetres unless a comment says otherwise.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any, NamedTuple

from reports.briefings.content.ambassador import AmbassadorBriefing, PrintedCommitment
from reports.briefings.content.documents import imprint_lines
from reports.briefings.content.ministry import MinistryPage, NeededItem, VerifiedItem
from reports.briefings.content.sections import DocumentSection
from reports.briefings.text_width import (
    BOLD,
    ELLIPSIS,
    MM_PER_POINT,
    SEMIBOLD,
    TextStyle,
    count_lines,
    measure_width,
    shorten_to_lines,
)
from reports.readiness.explanation.step_display import StepDisplay
from tiptracker.choices import Paper
from tiptracker.localization import format_date, format_short_date, gettext, gettext_noop, join_with_colon, ngettext

TEXT_HEIGHT = {Paper.A4: 255.0, Paper.LETTER: 237.4}
TEXT_WIDTH = {Paper.A4: 170.0, Paper.LETTER: 175.9}
"""Height and width of the text area of a sheet."""
SAFETY_MARGIN = 3.0
"""Space kept free at the bottom of the page, because the sum of the measurements is not exact."""
COLUMN_SHARES = {"agreed": (57, 17, 26), "verified": (52, 48), "needed": (34, 20, 46)}
"""Column widths of each section's table, in per cent."""
COLUMN_GAP, MARK_WIDTH = 3.0, 3.6
"""The gap between two columns, and the space for a status mark before its words."""
LINE_HEIGHT, SMALL_LINE_HEIGHT, FINE_LINE_HEIGHT = 12 * MM_PER_POINT, 11 * MM_PER_POINT, 10 * MM_PER_POINT
"""Heights of a line in a table, of small text, and of the text below a commitment."""
NOTE_LINE_HEIGHT, PLAIN_LINE_HEIGHT, SENTENCE_LINE_HEIGHT = 12.5 * MM_PER_POINT, 14 * MM_PER_POINT, 20 * MM_PER_POINT
PROSE_LINE_HEIGHT = 13.5 * MM_PER_POINT
"""Height of a line of the first paragraph of an ambassador's briefing."""
HEADING_HEIGHT, ORDER_SPACING, TABLE_HEAD_HEIGHT, MORE_ROWS_HEIGHT = 11.0, 1.5, 4.8, 1.2 + SMALL_LINE_HEIGHT
"""Heights of a section's heading, of the space around the line on its order, of a table header, and of the line that
counts the rows left out.
"""
ROW_PADDING, SUBTEXT_GAP = 2.2, 0.6
"""Space that a row needs besides its lines, and the space above small text in a row."""
MAX_TITLE_LINES = 2
"""A title with more lines gets a smaller size."""
MAX_NOTE_LINES = 8
"""A covering note that has more lines as typed is set without its line breaks."""
SHORT_NOTE_LINES, MIN_STEPS_WITH_NOTE = 2, 3
"""A note with at most this many lines stays on the first page. A longer one stays if this many next steps fit too."""
BAR_HEIGHT, DUE_TABLE_HEIGHT = 17.0, 46.0
"""First page of an ambassador's briefing: heights of the readiness bar, and of the table of overdue and due items with
one row and the footer.
"""
MIN_DUE_ROWS = 2
"""How many overdue and due items have room on that page, whatever the number of next steps."""
DUE_SHARES = (49, 27, 24)
"""Column widths of that table, in per cent."""
DUE_LINES, DUE_ORDER_LINES, DISCLAIMER_HEIGHT = 2, 2, 13.0
"""The most lines of its cells and of the text above it, and the height of what is below it.

One more line says how many requests for information are overdue, if any is.
"""
STEP_SHARES = (68, 18, 14)
"""Column widths of the table of next steps on that page, in per cent."""
LINE_LIMITS = ((99, 99), (5, 9), (3, 6), (2, 4), (1, 3))
"""The most lines for a text and for the next request: as many as needed, then fewer until `MIN_ROWS` rows fit."""
MIN_ROWS = 2
SECTION_TURNS = (("needed", "agreed", "verified"), ("needed", "agreed"), ("verified",))
"""Which sections take turns in adding a row.

In the first turn every section does, until each has `MIN_ROWS`. Then come what is needed and what was agreed, and
last what is verified.
"""
EMPTY_SENTENCES = {
    "agreed": gettext_noop("Nothing is agreed yet. We can agree on commitments at the next dialogue."),
    "verified": gettext_noop(
        "Nothing is verified yet. We can verify an update that gives start date, end date and proof."
    ),
    "needed": gettext_noop("We need nothing from you now. Thank you."),
}


class FittedRow(NamedTuple):
    """A row with its texts shortened if they are too long, and its height."""

    content: Any
    height: float
    is_shortened: bool


@dataclass(frozen=True)
class FittedSection:
    """A section as it fits on the sheet. `more` says how many rows do not fit, and where to read them."""

    name: str
    title: str
    order: str
    rows: Sequence[Any]
    more: str
    empty_text: str


@dataclass(frozen=True)
class FittedSheet:
    """A ministry's page as it fits on one sheet."""

    has_long_title: bool
    sections: Sequence[FittedSection]
    footer: str


def fit_ministry_page(page: MinistryPage, sections: Sequence[DocumentSection], note: str, paper: Paper) -> FittedSheet:
    """Choose the rows and texts of a ministry's page that fit on this paper below its covering note."""
    width = TEXT_WIDTH[paper]
    has_long_title = count_lines(page.title, TextStyle(22, width, SEMIBOLD)) > MAX_TITLE_LINES
    room = (
        TEXT_HEIGHT[paper]
        - SAFETY_MARGIN
        - _header_height(page, has_long_title, note, width)
        - _footer_height(page, width)
    )
    rows: Mapping[str, Sequence[FittedRow]] = {}
    shown: Mapping[str, int] = {}
    for text_lines, asked_lines in LINE_LIMITS:
        rows = {section.name: _fit_rows(page, section.name, width, text_lines, asked_lines) for section in sections}
        shown = _choose_row_counts(page, rows, room, width)
        if all(number >= min(MIN_ROWS, len(rows[name])) for name, number in shown.items()):
            break
    is_shortened = any(row.is_shortened for name, number in shown.items() for row in rows[name][:number])
    return FittedSheet(
        has_long_title,
        [
            FittedSection(
                section.name,
                section.title,
                _order_text(page, section.name),
                [row.content for row in rows[section.name][: shown[section.name]]],
                _more_rows_sentence(len(rows[section.name]) - shown[section.name]),
                gettext(EMPTY_SENTENCES[section.name]),
            )
            for section in sections
        ],
        footer_text(page, is_shortened=is_shortened),
    )


def fit_note(text: str, width: float) -> str:
    """Return a covering note as it is printed: as typed, or without line breaks if these take too much room."""
    note = "\n".join(line.strip() for line in text.strip().splitlines() if line.strip())
    return note if _count_note_lines(note, width) <= MAX_NOTE_LINES else " ".join(note.split())


def count_fitting_steps(note: str, content: AmbassadorBriefing, paper: Paper) -> int:
    """Return how many next steps fit on the first page of an ambassador's briefing together with a covering note."""
    more_due_rows = max(0, min(MIN_DUE_ROWS, len(content.commitments_to_follow_up)) - 1)
    below = MORE_ROWS_HEIGHT + DUE_TABLE_HEIGHT + more_due_rows * (2 * LINE_HEIGHT + ROW_PADDING)
    below += bool(content.overdue_requests) * SMALL_LINE_HEIGHT
    room = _room_below_head(note, content, paper) - below
    return sum(1 for height in accumulate(_step_heights(content, paper)) if height <= room)


def count_fitting_commitments(note: str, content: AmbassadorBriefing, steps: int, paper: Paper) -> int:
    """Return how many overdue and due items fit on that page below this many next steps. One always does.

    The page discards rows that do not fit, so this needs no safety margin.
    """
    more_steps = MORE_ROWS_HEIGHT if steps < len(content.next_steps.steps) else 0
    order = (DUE_ORDER_LINES + bool(content.overdue_requests)) * SMALL_LINE_HEIGHT + ORDER_SPACING
    room = (
        _room_below_head(note, content, paper)
        + SAFETY_MARGIN
        + _unused_in_head(content, paper)
        - sum(_step_heights(content, paper)[:steps])
        - more_steps
        - (HEADING_HEIGHT + order + TABLE_HEAD_HEIGHT + DISCLAIMER_HEIGHT)
    )
    heights = accumulate(_due_height(item, TEXT_WIDTH[paper]) for item in content.first_page_commitments)
    return max(1, sum(1 for height in heights if height <= room))


def _due_height(item: PrintedCommitment, width: float) -> float:
    """Return the height of an overdue or due item on the first page."""
    text, ministry, status = (
        TextStyle(8.5, width * share / 100 - gap)
        for share, gap in zip(DUE_SHARES, (COLUMN_GAP, COLUMN_GAP, 0), strict=True)
    )
    lines = max(
        count_lines(item.text, text), count_lines(item.ministry, ministry), _count_state_lines(item.status_text, status)
    )
    return min(DUE_LINES, lines) * LINE_HEIGHT + ROW_PADDING


def _room_below_head(note: str, content: AmbassadorBriefing, paper: Paper) -> float:
    """Return the height that is left on the first page for the rows of next steps and all that follows."""
    width = TEXT_WIDTH[paper]
    title = min(2, count_lines(content.title, TextStyle(22, width, BOLD))) * 22 * 1.2 * MM_PER_POINT
    facts = 2.2 + (FINE_LINE_HEIGHT + LINE_HEIGHT + 0.8) * (2 if content.known_by else 1)
    sentence = 4.5 + min(3, count_lines(content.sentence, TextStyle(15.5, width, SEMIBOLD))) * SENTENCE_LINE_HEIGHT + 3
    paragraph = count_lines(content.readiness.paragraph, TextStyle(10, width)) * PROSE_LINE_HEIGHT + 3
    target = 2 * SMALL_LINE_HEIGHT + ORDER_SPACING
    head = (
        LINE_HEIGHT
        + 1.2
        + title
        + facts
        + sentence
        + paragraph
        + BAR_HEIGHT
        + _projection_height(content, width)
        + HEADING_HEIGHT
        + target
        + TABLE_HEAD_HEIGHT
        + FINE_LINE_HEIGHT
    )
    return TEXT_HEIGHT[paper] - SAFETY_MARGIN - head - _note_height(note, width)


def _projection_height(content: AmbassadorBriefing, width: float) -> float:
    """Return the height of the line that says what the projected figure means."""
    if content.readiness.projected is None:
        return 0
    return 1.2 + count_lines(projection_note(), TextStyle(8, width)) * SMALL_LINE_HEIGHT


def projection_note() -> str:
    """Return what the projected figure in the bar means, and how the next steps differ from it."""
    return gettext(
        "Projected: every claim verified and every open commitment kept. The steps below also ask for figures and new "
        "commitments."
    )


def points_note() -> str:
    """Return what the points of the next steps mean."""
    return gettext("Points come on top of the rows above; a figure better than the year before adds more.")


def _unused_in_head(content: AmbassadorBriefing, paper: Paper) -> float:
    """Return the height that the head of the first page keeps for second lines that it does not need."""
    width = TEXT_WIDTH[paper]
    order = f"{content.next_steps.target} {points_note()}"
    column = TextStyle(7.5, width * STEP_SHARES[2] / 100)
    return (
        max(0, 2 - count_lines(order, TextStyle(8, width))) * SMALL_LINE_HEIGHT
        + max(0, 2 - count_lines(gettext("Readiness then"), column)) * FINE_LINE_HEIGHT
    )


def _step_heights(content: AmbassadorBriefing, paper: Paper) -> list[float]:
    return [_step_height(item, TEXT_WIDTH[paper]) for item in content.next_steps.on_one_page]


def has_room_for_note(note: str, content: AmbassadorBriefing, paper: Paper) -> bool:
    """Return whether the first page of an ambassador's briefing can show the whole covering note.

    A short note always fits.
    """
    is_short = _count_note_lines(note, TEXT_WIDTH[paper]) <= SHORT_NOTE_LINES
    wanted_steps = min(MIN_STEPS_WITH_NOTE, len(content.next_steps.on_one_page))
    return is_short or count_fitting_steps(note, content, paper) >= wanted_steps


def _step_height(item: StepDisplay, width: float) -> float:
    """Return the height of a next step on the first page."""
    step_width = width * STEP_SHARES[0] / 100 - COLUMN_GAP
    lines = count_lines(item.sentence, TextStyle(8.5, step_width)) * LINE_HEIGHT
    has_small_line = item.at_most is not None or item.reaches_target
    points_height = LINE_HEIGHT + (FINE_LINE_HEIGHT + SUBTEXT_GAP if has_small_line else 0)
    return max(lines, points_height) + ROW_PADDING


def footer_text(page: MinistryPage, *, is_shortened: bool) -> str:
    """Return the footer: who prepared the page, how to check a copy, and where to read shortened texts in full."""
    values = {"post": page.post, "ellipsis": ELLIPSIS}
    if is_shortened:
        return (
            gettext(
                "Prepared by the %(post)s from our agreements and your ministry’s updates. If you doubt a copy, send "
                "us its file: we can verify it. Texts that end in “%(ellipsis)s” are given in full in TIP Tracker."
            )
            % values
        )
    return (
        gettext(
            "Prepared by the %(post)s from our agreements and your ministry’s updates. If you doubt a copy, send us "
            "its file: we can verify it."
        )
        % values
    )


def _choose_row_counts(
    page: MinistryPage, rows: Mapping[str, Sequence[FittedRow]], room: float, width: float
) -> Mapping[str, int]:
    """Return how many rows of each section fit."""
    shown = dict.fromkeys(rows, 0)

    def height() -> float:
        return sum(_section_height(page, name, rows[name], number, width) for name, number in shown.items())

    for turn, names in enumerate(SECTION_TURNS):
        growing = [name for name in names if name in rows]
        while growing:
            for name in tuple(growing):
                most = len(rows[name]) if turn else min(MIN_ROWS, len(rows[name]))
                shown[name] += 1
                if shown[name] > most or height() > room:
                    shown[name] -= 1
                    growing.remove(name)
    return shown


def _header_height(page: MinistryPage, has_long_title: bool, note: str, width: float) -> float:
    """Return the height of everything above the sections."""
    eyebrow = count_lines(f"{page.post} · {page.subtitle}", TextStyle(9, width, SEMIBOLD))
    size = 13 if has_long_title else 22
    title = count_lines(page.title, TextStyle(size, width, SEMIBOLD)) * size * 1.2 * MM_PER_POINT
    date_width = 6 + measure_width(format_date(page.as_of), TextStyle(8.5, width))
    minister = count_lines(page.minister, TextStyle(8.5, width))
    fits_one_line = date_width + measure_width(page.minister, TextStyle(8.5, width)) <= width
    facts = (
        2.2
        + FINE_LINE_HEIGHT
        + LINE_HEIGHT
        + 0.8
        + (0 if fits_one_line else FINE_LINE_HEIGHT + minister * LINE_HEIGHT + 0.8)
    )
    sentence = 4.5 + count_lines(page.sentence, TextStyle(15.5, width, SEMIBOLD)) * SENTENCE_LINE_HEIGHT + 3
    return eyebrow * LINE_HEIGHT + 1.2 + title + facts + _note_height(note, width) + sentence


def _count_note_lines(note: str, width: float) -> int:
    return count_lines(note, TextStyle(9, width - 4.6)) if note else 0


def _note_height(note: str, width: float) -> float:
    return 3.5 + _count_note_lines(note, width) * NOTE_LINE_HEIGHT if note else 0


def _footer_height(page: MinistryPage, width: float) -> float:
    """Return the height of everything below the sections."""
    lines = count_lines(footer_text(page, is_shortened=True), TextStyle(8, width))
    imprint = " · ".join(join_with_colon(name, value) for name, value in imprint_lines(page))
    return 5.2 + lines * SMALL_LINE_HEIGHT + 1.5 + count_lines(imprint, TextStyle(7.5, width)) * FINE_LINE_HEIGHT


def _section_height(page: MinistryPage, name: str, rows: Sequence[FittedRow], shown: int, width: float) -> float:
    """Return the height of a section with its first `shown` rows."""
    if not rows:
        return (
            HEADING_HEIGHT + count_lines(gettext(EMPTY_SENTENCES[name]), TextStyle(10, width)) * PLAIN_LINE_HEIGHT + 2.5
        )
    order = _order_text(page, name)
    ordered = count_lines(order, TextStyle(8, width)) * SMALL_LINE_HEIGHT + ORDER_SPACING if order else 0
    more = MORE_ROWS_HEIGHT if shown < len(rows) else 0
    return HEADING_HEIGHT + ordered + TABLE_HEAD_HEIGHT + sum(row.height for row in rows[:shown]) + more


def _order_text(page: MinistryPage, name: str) -> str:
    return str(getattr(page, f"{name}_order"))


def _more_rows_sentence(number: int) -> str:
    if not number:
        return ""
    return ngettext(
        "%(number)d more is in TIP Tracker. Your focal point can read it there.",
        "%(number)d more are in TIP Tracker. Your focal point can read them there.",
        number,
    ) % {"number": number}


def _fit_rows(page: MinistryPage, name: str, width: float, text_lines: int, asked_lines: int) -> list[FittedRow]:
    """Fit all rows of a section.

    Args:
        text_lines: the most lines for a text.
        asked_lines: the most lines for the next request.
    """
    *most, last = COLUMN_SHARES[name]
    columns = [
        *(TextStyle(8.5, width * share / 100 - COLUMN_GAP) for share in most),
        TextStyle(8.5, width * last / 100),
    ]
    fit_row: Callable[[Any], FittedRow] = {
        "agreed": lambda item: _fit_agreed(item, text_lines, columns),
        "verified": lambda item: _fit_verified(item, text_lines, columns),
        "needed": lambda item: _fit_needed(item, text_lines, asked_lines, columns),
    }[name]
    return [fit_row(item) for item in getattr(page, name)]


def _fit_agreed(item: PrintedCommitment, lines: int, columns: Sequence[TextStyle]) -> FittedRow:
    text, due, status = columns
    fine = text._replace(size=7.5)
    shortened = replace(
        item, text=shorten_to_lines(item.text, lines, text), where=shorten_to_lines(item.where, lines, fine)
    )
    text_height = count_lines(shortened.text, text) * LINE_HEIGHT
    height = max(
        text_height + SUBTEXT_GAP + count_lines(shortened.where, fine) * FINE_LINE_HEIGHT,
        count_lines(describe_due_date(item), due) * LINE_HEIGHT,
        _count_state_lines(item.status_text, status) * LINE_HEIGHT,
    )
    return FittedRow(
        shortened,
        height + ROW_PADDING,
        (shortened.text, shortened.where) != (_without_line_breaks(item.text), _without_line_breaks(item.where)),
    )


def _fit_verified(item: VerifiedItem, lines: int, columns: Sequence[TextStyle]) -> FittedRow:
    what, when = columns
    marked = when._replace(width=when.width - MARK_WIDTH)
    shortened = replace(
        item, what=shorten_to_lines(item.what, lines, what), since=shorten_to_lines(item.since, lines, marked)
    )
    since_lines = _count_state_lines(shortened.since, when) if shortened.since else 0
    height = max(count_lines(shortened.what, what), _count_state_lines(item.when, when) + since_lines) * LINE_HEIGHT
    return FittedRow(
        shortened,
        height + ROW_PADDING,
        (shortened.what, shortened.since) != (_without_line_breaks(item.what), _without_line_breaks(item.since)),
    )


def _fit_needed(item: NeededItem, lines: int, asked_lines: int, columns: Sequence[TextStyle]) -> FittedRow:
    what, reason, asked = columns
    shortened = replace(
        item,
        what=shorten_to_lines(item.what, lines, what),
        sentence=shorten_to_lines(item.sentence, asked_lines, asked),
    )
    height = max(
        count_lines(shortened.what, what),
        count_lines(item.reason, reason._replace(weight=SEMIBOLD)),
        count_lines(shortened.sentence, asked),
    )
    return FittedRow(
        shortened,
        height * LINE_HEIGHT + ROW_PADDING,
        (shortened.what, shortened.sentence) != (_without_line_breaks(item.what), _without_line_breaks(item.sentence)),
    )


def describe_due_date(item: PrintedCommitment) -> str:
    """Return the due date and how often it was moved."""
    if item.due_on is None:
        return gettext("no date")
    values = {"date": format_short_date(item.due_on), "number": item.times_moved}
    if not item.times_moved:
        return format_short_date(item.due_on)
    return ngettext("%(date)s, moved %(number)d time", "%(date)s, moved %(number)d times", item.times_moved) % values


def _count_state_lines(text: str, style: TextStyle) -> int:
    """Count the lines of a status. A mark stands before them; the bolder weight of an overdue status is assumed."""
    return count_lines(text, style._replace(width=style.width - MARK_WIDTH, weight=SEMIBOLD))


def _without_line_breaks(text: str) -> str:
    """Return a text as it is measured and printed: line breaks become blanks."""
    return " ".join(text.split())
