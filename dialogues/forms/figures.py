"""A field for figures as people write them, such as "1,250,000"."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.formats import get_format

from dialogues.figure_parsing import UnreadableFigure, parse_figure
from dialogues.forms.fields import FigureField
from tiptracker.localization import format_number, gettext, gettext_lazy


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


class DistrictsField(forms.MultipleChoiceField):
    """Field for the districts that a figure counts. The form offers them with `offer_districts`."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=gettext_lazy("Districts"), required=False, **kwargs)


def offer_districts(form: forms.Form, names: Sequence[str]) -> None:
    """Offer districts in the field `districts` of a form. Without names, the field is removed."""
    if names:
        cast("forms.MultipleChoiceField", form.fields["districts"]).choices = [(name, name) for name in names]
    else:
        del form.fields["districts"]


def check_districts(form: forms.Form) -> None:
    """Compare the ticked districts with the figure. Without a figure, the number of districts is the figure."""
    data = form.cleaned_data
    ticked = data.get("districts") or []
    if not ticked or {"figure", "districts"} & set(form.errors):
        return
    if data.get("figure") is None:
        data["figure"] = Decimal(len(ticked))
    elif not data.get("direction") and len(ticked) != data["figure"]:
        sentence = gettext("Ticked districts: %(number)d. Figure: %(figure)s. Correct one of the two.")
        values = {"number": len(ticked), "figure": format_number(data["figure"])}
        form.add_error("districts", forms.ValidationError(sentence % values, code="districts_differ"))
