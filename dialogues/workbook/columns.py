"""The columns of the two sheets. A hidden row above the headings names them, so their order does not matter.

No Django here.
"""

from enum import StrEnum

from tiptracker.localization import gettext, gettext_noop

SHEET_MARK = "tip-tracker-commitments-1"
"""The first cell of the hidden row. It marks the sheet, also in a CSV file, and the version of its columns."""
REQUESTS_MARK = "tip-tracker-requests-1"
"""The same for the sheet of requests for information."""
SHEET_MARKS = frozenset({SHEET_MARK, REQUESTS_MARK})


class Column(StrEnum):
    """A column by its name in the hidden row. The names of the fields are those of the forms."""

    KEY = "key"
    NUMBER = "number"
    ABOUT = "about"
    SITUATION = "situation"
    CLAIMED = "claimed"
    TITLE = "title"
    NARRATIVE = "narrative"
    HAPPENED_FROM = "happened_from"
    HAPPENED_TO = "happened_to"
    DONE_BY = "done_by"
    FIGURE = "figure"
    DIRECTION = "direction"
    THROUGH_ON = "through_on"
    FILES = "files"


class RequestColumn(StrEnum):
    """A column of the sheet of requests. Each line of a request has a row. The names of the fields are the form's."""

    KEY = "key"
    NUMBER = "number"
    ABOUT = "about"
    SITUATION = "situation"
    ANSWER = "answer"
    FIGURE = "figure"
    THROUGH_ON = "through_on"
    TEXT = "text"
    FILES = "files"


_HEADINGS: dict[StrEnum, str] = {
    Column.KEY: gettext_noop("Key"),
    Column.NUMBER: gettext_noop("Commitment"),
    Column.ABOUT: gettext_noop("What was promised, or which figure we ask for"),
    Column.SITUATION: gettext_noop("Status, our reply or your last figure"),
    Column.CLAIMED: gettext_noop("Progress"),
    Column.TITLE: gettext_noop("Summary in one line"),
    Column.NARRATIVE: gettext_noop("What was done"),
    Column.HAPPENED_FROM: gettext_noop("Start date"),
    Column.HAPPENED_TO: gettext_noop("End date"),
    Column.DONE_BY: gettext_noop("Who did it"),
    Column.FIGURE: gettext_noop("Figure"),
    Column.DIRECTION: gettext_noop("If you have no figure: compared with the year before"),
    Column.THROUGH_ON: gettext_noop("End date of the figures"),
    Column.FILES: gettext_noop("Names of the files that prove it"),
}
_REQUEST_HEADINGS: dict[StrEnum, str] = {
    RequestColumn.KEY: gettext_noop("Key"),
    RequestColumn.NUMBER: gettext_noop("Request and line"),
    RequestColumn.ABOUT: gettext_noop("What we ask for, and why"),
    RequestColumn.SITUATION: gettext_noop("Due date, and our reply"),
    RequestColumn.ANSWER: gettext_noop("Your answer"),
    RequestColumn.FIGURE: gettext_noop("Figure"),
    RequestColumn.THROUGH_ON: gettext_noop("Last day of the figure"),
    RequestColumn.TEXT: gettext_noop("Answer in words, or explanation"),
    RequestColumn.FILES: gettext_noop("Names of the documents"),
}
UPDATE_COLUMNS = frozenset({
    Column.CLAIMED,
    Column.TITLE,
    Column.NARRATIVE,
    Column.HAPPENED_FROM,
    Column.HAPPENED_TO,
    Column.DONE_BY,
    Column.THROUGH_ON,
    Column.FILES,
})  # fmt: skip
"""What a ministry fills in on the line of a commitment."""
FIGURE_COLUMNS = frozenset({Column.FIGURE, Column.DIRECTION})
"""What a ministry fills in on the line of a figure, below its commitment."""


ANSWER_COLUMNS = frozenset({
    RequestColumn.ANSWER,
    RequestColumn.FIGURE,
    RequestColumn.THROUGH_ON,
    RequestColumn.TEXT,
    RequestColumn.FILES,
})  # fmt: skip
"""What a ministry fills in on the line of a request."""


def describe_column(column: StrEnum) -> str:
    """Return the heading of a column in the reader's language."""
    headings = _REQUEST_HEADINGS if isinstance(column, RequestColumn) else _HEADINGS
    return gettext(headings[column])


def name_answer_field(line: int, column: str) -> str:
    """Return the name of the form's field that holds a cell on the line (id) of a request."""
    return f"line-{line}-{column}"


def name_figure_field(indicator: int, column: Column) -> str:
    """Return the name of the form's field that holds a cell on the line of a figure. `indicator` is its id."""
    return f"indicator-{indicator}-{column}"
