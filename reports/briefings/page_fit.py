"""What has room on a first page: a covering note, and of a ministry's one sheet each row and each long text. Pure.

The print style would break a table off where the sheet ends, and nobody could say how much is missing. So the sheet is
measured beforehand, in the sizes of `templates/reports/print.css`: what is shown is whole, and the rest is counted.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any, NamedTuple

from reports import formatting, sentences
from reports.briefings import content
from reports.briefings.text_width import BOLD, ELLIPSIS, POINT, SEMIBOLD, Style, lines_of, shortened, width_of
from tiptracker.choices import Paper

HEIGHT = {Paper.A4: 255.0, Paper.LETTER: 237.4}
WIDTH = {Paper.A4: 170.0, Paper.LETTER: 175.9}
"""Of the text on a sheet, in millimetres as all that follows."""
SPARE = 3.0
"""What stays free at the foot: sums of measures are not exact."""
COLUMNS = {"agreed": (57, 17, 26), "verified": (52, 48), "needed": (34, 20, 46)}
"""Of each section's table, in per cent."""
GAP, MARK = 3.0, 3.6
"""Between two columns; what the mark of a state takes before its words."""
LINE, SMALL, FINE = 12 * POINT, 11 * POINT, 10 * POINT
"""A line of a table, of small text, and of what stands under an undertaking."""
NOTE, PLAIN, SENTENCE = 12.5 * POINT, 14 * POINT, 20 * POINT
HEADING, ORDER, TABLE, MORE = 11.0, 1.5, 4.8, 1.2 + SMALL
"""A section's heading; what stands around the line on its order; a table's head; how many rows there are besides."""
ROW, UNDER = 2.2, 0.6
"""What a row takes besides its lines; what stands above the small text in it."""
LONG_TITLE = 2
"""A title of more lines is set smaller."""
NOTE_LINES = 8
"""A covering note of more lines, as it was typed, is set without its line breaks."""
SHORT_NOTE, STEPS_BESIDE = 2, 5
"""A note of so many lines stands on every first page; a longer one where so many next steps have room beside it."""
BAR, LATE_OR_DUE = 17.0, 46.0
"""On the first page of an ambassador's briefing: the bar of readiness; what is late or due with a row, and the foot."""
LIMITS = ((99, 99), (5, 9), (3, 6), (2, 4), (1, 3))
"""How many lines a text, and what is asked next, may have: as many as they need, then fewer until `LEAST` rows fit."""
LEAST = 2
TURNS = (("needed", "agreed", "verified"), ("needed", "agreed"), ("verified",))
"""Which sections take turns in adding a row: all, until each has `LEAST`; then what is to do and what was agreed."""
NOTHING = {
    "agreed": "Nothing is agreed yet. The next dialogue is the place to begin.",
    "verified": (
        "Nothing yet. What is sent with the days on which it began and ended, and with something that shows it, can be "
        "verified."
    ),
    "needed": "Nothing is needed from you now. Thank you.",
}


class Row(NamedTuple):
    """A row, with its texts shortened where they are too long, and its height."""

    says: Any
    height: float
    is_shortened: bool


@dataclass(frozen=True)
class Shown:
    """A section as it stands on the sheet; `more` says how many rows have no room, and where they are."""

    name: str
    title: str
    order: str
    rows: Sequence[Any]
    more: str
    nothing: str


@dataclass(frozen=True)
class Sheet:
    """A ministry's page as it stands on its one sheet."""

    has_long_title: bool
    sections: Sequence[Shown]
    foot: str


def sheet_of(page: content.MinistryPage, sections: Sequence[content.Section], paper: Paper) -> Sheet:
    """What of a page is shown on this paper."""
    width = WIDTH[paper]
    has_long_title = lines_of(page.title, Style(22, width, SEMIBOLD)) > LONG_TITLE
    note = note_of(page.covering_note, width)
    room = HEIGHT[paper] - SPARE - _head(page, has_long_title, note, width) - _foot(page, width)
    rows: Mapping[str, Sequence[Row]] = {}
    shown: Mapping[str, int] = {}
    for text_lines, asked_lines in LIMITS:
        rows = {one.name: _rows(page, one.name, width, text_lines, asked_lines) for one in sections}
        shown = _chosen(page, rows, room, width)
        if all(number >= min(LEAST, len(rows[name])) for name, number in shown.items()):
            break
    is_shortened = any(row.is_shortened for name, number in shown.items() for row in rows[name][:number])
    return Sheet(
        has_long_title,
        [
            Shown(
                one.name,
                one.title,
                _order(page, one.name),
                [row.says for row in rows[one.name][: shown[one.name]]],
                _more(len(rows[one.name]) - shown[one.name]),
                NOTHING[one.name],
            )
            for one in sections
        ],
        foot_of(page, is_shortened=is_shortened),
    )


def note_of(text: str, width: float) -> str:
    """A covering note as it is set: as it was typed, or without its line breaks where these take too much room."""
    note = "\n".join(line.strip() for line in text.strip().splitlines() if line.strip())
    return note if _note_lines(note, width) <= NOTE_LINES else " ".join(note.split())


def steps_beside(note: str, said: content.BriefingContent, paper: Paper) -> int:
    """How many of the next steps the first page of an ambassador's briefing has room for, beside a covering note."""
    width = WIDTH[paper]
    title = min(2, lines_of(said.title, Style(22, width, BOLD))) * 22 * 1.2 * POINT
    facts = 2.2 + (FINE + LINE + 0.8) * (2 if said.known_by else 1)
    sentence = 4.5 + min(3, lines_of(said.standing.sentence, Style(15.5, width, SEMIBOLD))) * SENTENCE + 3
    beside = min(3, lines_of(f"{said.standing.possible} {said.standing.watch_list}", Style(9, width))) * NOTE + 1.5
    target = 2 * SMALL + ORDER
    head = LINE + 1.2 + title + facts + sentence + BAR + beside + HEADING + target + TABLE + FINE
    noted = 3.5 + _note_lines(note, width) * NOTE if note else 0
    room = HEIGHT[paper] - SPARE - head - noted - MORE - LATE_OR_DUE
    steps = [_step(one, width) for one in said.ladder.on_one_page]
    return sum(1 for height in accumulate(steps) if height <= room)


def has_room(note: str, said: content.BriefingContent, paper: Paper) -> bool:
    """Whether a covering note stands in full on the first page of an ambassador's briefing; a short one always does."""
    is_short = _note_lines(note, WIDTH[paper]) <= SHORT_NOTE
    return is_short or steps_beside(note, said, paper) >= min(STEPS_BESIDE, len(said.ladder.on_one_page))


def _step(one: content.NextStep, width: float) -> float:
    """A step as the first page has it."""
    lines = lines_of(one.sentence, Style(8.5, width * 0.74 - GAP)) * LINE
    beside = LINE + (FINE + UNDER) * (2 if one.at_most is not None else 1 if one.reaches_target else 0)
    return max(lines, beside) + ROW


def foot_of(page: content.MinistryPage, *, is_shortened: bool) -> str:
    """Who prepared the page, how a copy is checked, and where a text stands in full that is shortened here."""
    told = (
        f"Prepared by the {page.post} from what was agreed between us and what your ministry has sent. "
        "If you doubt a copy of this page, send us its file: we can check it."
    )
    return f"{told} A text that ends in “{ELLIPSIS}” stands in full in the tracker." if is_shortened else told


def _chosen(
    page: content.MinistryPage, rows: Mapping[str, Sequence[Row]], room: float, width: float
) -> Mapping[str, int]:
    """How many rows of each section fit."""
    shown = dict.fromkeys(rows, 0)

    def height() -> float:
        return sum(_section(page, name, rows[name], number, width) for name, number in shown.items())

    for turn, names in enumerate(TURNS):
        growing = [name for name in names if name in rows]
        while growing:
            for name in tuple(growing):
                most = len(rows[name]) if turn else min(LEAST, len(rows[name]))
                shown[name] += 1
                if shown[name] > most or height() > room:
                    shown[name] -= 1
                    growing.remove(name)
    return shown


def _head(page: content.MinistryPage, has_long_title: bool, note: str, width: float) -> float:
    """What stands above the sections."""
    eyebrow = lines_of(f"{page.post} · Trafficking in Persons Report, {page.edition}", Style(9, width, SEMIBOLD))
    size = 13 if has_long_title else 22
    title = lines_of(page.title, Style(size, width, SEMIBOLD)) * size * 1.2 * POINT
    beside = 6 + width_of(formatting.day(page.as_of), Style(8.5, width))
    minister = lines_of(page.minister, Style(8.5, width))
    is_beside = beside + width_of(page.minister, Style(8.5, width)) <= width
    facts = 2.2 + FINE + LINE + 0.8 + (0 if is_beside else FINE + minister * LINE + 0.8)
    noted = 3.5 + _note_lines(note, width) * NOTE if note else 0
    sentence = 4.5 + lines_of(page.sentence, Style(15.5, width, SEMIBOLD)) * SENTENCE + 3
    return eyebrow * LINE + 1.2 + title + facts + noted + sentence


def _note_lines(note: str, width: float) -> int:
    return lines_of(note, Style(9, width - 4.6)) if note else 0


def _foot(page: content.MinistryPage, width: float) -> float:
    """What stands below them."""
    told = lines_of(foot_of(page, is_shortened=True), Style(8, width))
    imprint = " · ".join(f"{name}: {says}" for name, says in content.imprint(page))
    return 5.2 + told * SMALL + 1.5 + lines_of(imprint, Style(7.5, width)) * FINE


def _section(page: content.MinistryPage, name: str, rows: Sequence[Row], shown: int, width: float) -> float:
    """What a section takes with so many of its rows."""
    if not rows:
        return HEADING + lines_of(NOTHING[name], Style(10, width)) * PLAIN + 2.5
    order = _order(page, name)
    ordered = lines_of(order, Style(8, width)) * SMALL + ORDER if order else 0
    more = MORE if shown < len(rows) else 0
    return HEADING + ordered + TABLE + sum(row.height for row in rows[:shown]) + more


def _order(page: content.MinistryPage, name: str) -> str:
    return str(getattr(page, f"{name}_order"))


def _more(number: int) -> str:
    if not number:
        return ""
    one, many = "more is in the tracker: your focal point can read it there.", "more are in the tracker: your focal "
    return sentences.counted(number, one, f"{many}point can read them there.")


def _rows(page: content.MinistryPage, name: str, width: float, text_lines: int, asked_lines: int) -> list[Row]:
    """All rows of a section, no text of them longer than so many lines."""
    *most, last = COLUMNS[name]
    columns = [*(Style(8.5, width * share / 100 - GAP) for share in most), Style(8.5, width * last / 100)]
    made: Callable[[Any], Row] = {
        "agreed": lambda one: _agreed(one, text_lines, columns),
        "verified": lambda one: _verified(one, text_lines, columns),
        "needed": lambda one: _needed(one, text_lines, asked_lines, columns),
    }[name]
    return [made(one) for one in getattr(page, name)]


def _agreed(one: content.Undertaking, lines: int, columns: Sequence[Style]) -> Row:
    text, due, standing = columns
    fine = text._replace(size=7.5)
    says = replace(one, text=shortened(one.text, lines, text), where=shortened(one.where, lines, fine))
    told = lines_of(says.text, text) * LINE + UNDER + lines_of(says.where, fine) * FINE
    height = max(told, lines_of(due_of(one), due) * LINE, _state_lines(one.standing, standing) * LINE)
    return Row(says, height + ROW, (says.text, says.where) != (_plain(one.text), _plain(one.where)))


def _verified(one: content.Verified, lines: int, columns: Sequence[Style]) -> Row:
    what, when = columns
    says = replace(one, what=shortened(one.what, lines, what))
    height = max(lines_of(says.what, what), _state_lines(one.when, when)) * LINE
    return Row(says, height + ROW, says.what != _plain(one.what))


def _needed(one: content.Needed, lines: int, asked_lines: int, columns: Sequence[Style]) -> Row:
    what, reason, asked = columns
    says = replace(one, what=shortened(one.what, lines, what), sentence=shortened(one.sentence, asked_lines, asked))
    height = max(
        lines_of(says.what, what),
        lines_of(one.reason, reason._replace(weight=SEMIBOLD)),
        lines_of(says.sentence, asked),
    )
    return Row(says, height * LINE + ROW, (says.what, says.sentence) != (_plain(one.what), _plain(one.sentence)))


def due_of(one: content.Undertaking) -> str:
    """The day by which it is due, and how often that was moved."""
    if one.due_on is None:
        return "–"
    moved = {0: "", 1: ", moved once"}.get(one.times_moved, f", moved {one.times_moved} times")
    return f"{sentences.short(one.due_on)}{moved}"


def _state_lines(text: str, style: Style) -> int:
    """Lines of a state, whose mark stands before all of them; an overdue one is set bolder."""
    return lines_of(text, style._replace(width=style.width - MARK, weight=SEMIBOLD))


def _plain(text: str) -> str:
    """A text as it is measured and set: a line break in it is a blank."""
    return " ".join(text.split())
