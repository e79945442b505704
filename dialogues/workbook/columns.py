"""The columns of the sheet of commitments. A hidden row above the headings names them, so their order does not matter.

No Django here.
"""

from enum import StrEnum

from tiptracker.localization import gettext, gettext_noop

SHEET_MARK = "tip-tracker-commitments-1"
"""The first cell of the hidden row. It marks the sheet, also in a CSV file, and the version of its columns."""


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


_HEADINGS = {
    Column.KEY: gettext_noop("Key"),
    Column.NUMBER: gettext_noop("Commitment"),
    Column.ABOUT: gettext_noop("What was promised, or which figure we ask for"),
    Column.SITUATION: gettext_noop("Status, our reply or your last figure"),
    Column.CLAIMED: gettext_noop("Progress"),
    Column.TITLE: gettext_noop("Summary in one line"),
    Column.NARRATIVE: gettext_noop("What was done"),
    Column.HAPPENED_FROM: gettext_noop("Start date"),
    Column.HAPPENED_TO: gettext_noop("End date"),
    Column.DONE_BY: gettext_noop("Done by"),
    Column.FIGURE: gettext_noop("Figure"),
    Column.DIRECTION: gettext_noop("If you have no figure: compared with the year before"),
    Column.THROUGH_ON: gettext_noop("End date of the figures"),
    Column.FILES: gettext_noop("Names of the files that prove it"),
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


def describe_column(column: Column) -> str:
    """Return the heading of a column in the reader's language."""
    return gettext(_HEADINGS[column])


def name_figure_field(indicator: int, column: Column) -> str:
    """Return the name of the form's field that holds a cell on the line of a figure. `indicator` is its id."""
    return f"indicator-{indicator}-{column}"
