"""A field for figures as people write them, such as "1,250,000"."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.formats import get_format

from dialogues.figure_parsing import UnreadableFigure, parse_figure
from dialogues.forms.fields import FigureField
from tiptracker.localization import format_number


def get_decimal_mark() -> str:
    """Return the decimal mark of the reader's language: "." or ","."""
    return "," if get_format("DECIMAL_SEPARATOR") == "," else "."


class GroupedFigureField(FigureField):
    """Field for a figure. It takes and shows marks between thousands, and says what to write where it can't read."""

    def to_python(self, value: Any) -> Any:
        """Return the figure that was typed; None if nothing was."""
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        try:
            return parse_figure(value, decimal_mark=get_decimal_mark())
        except UnreadableFigure as unreadable:
            raise forms.ValidationError(str(unreadable), code=unreadable.code) from None

    def prepare_value(self, value: Any) -> Any:
        """Show a figure with marks between thousands. What the user typed stays as typed."""
        return format_number(value) if isinstance(value, Decimal) else value
