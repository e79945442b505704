"""Fields that choose among rows, and forms with several rows, to which a user can add rows without losing input."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import QueryDict

from tiptracker.errors import Refused
from tiptracker.localization import gettext, gettext_lazy
from tiptracker.numbers import parse_whole_number

Choices = list[tuple[str, str | list[tuple[str, str]]]]
"""Pairs of stored value and label, or of a group's name and its pairs."""


class RowField(forms.ChoiceField):
    """Choose one of the rows that the user may see. A missing row and one the user may not see give the same error."""

    default_error_messages = {"invalid_choice": gettext_lazy("Choose one from the list.")}  # noqa: RUF012 -- as Django's
    rows: Mapping[str, Model]

    def clean(self, value: Any) -> Any:
        return self.rows.get(super().clean(value))


class RowsField(forms.MultipleChoiceField):
    """Choose several of the rows that the user may see."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages = {"invalid_choice": gettext_lazy("Choose from the list.")}  # noqa: RUF012 -- as Django's
    rows: Mapping[str, Model]

    def clean(self, value: Any) -> Any:
        return [self.rows[pk] for pk in super().clean(value)]


def set_row_choices(
    form: forms.Form, name: str, rows: Iterable[Model], *, empty: str | None = None, choices: Choices | None = None
) -> None:
    """Offer `rows` in a field of a form, labelled by their names or by `choices`. `empty` is the label for no row."""
    field = cast("RowField | RowsField", form.fields[name])
    field.rows = {str(row.pk): row for row in rows}
    none = [] if empty is None else [("", empty)]
    field.choices = [*none, *(choices or [(pk, str(row)) for pk, row in field.rows.items()])]


def raw_values(form: forms.Form) -> dict[str, Any]:
    """Return the input of a bound form as typed, so that it can be shown again without validation."""
    return {
        name: field.widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
        for name, field in form.fields.items()
    }


def numbered(noun: str, row: forms.Form) -> str:
    """Return the name of a row of a formset by its position: "Person 2" for the second. `noun` is translated."""
    number = int((row.prefix or "").rpartition("-")[2]) + 1
    return gettext("%(noun)s %(number)d") % {"noun": noun, "number": number}


def add_empty_row[Rows: forms.BaseFormSet[Any]](rows: Rows, *, is_added: bool = True, **kwargs: Any) -> Rows:
    """Return the same rows as typed, with an empty one added and without validation.

    `is_added` False: without an empty one, if a row was added to other rows of the page. `kwargs` are those with which
    the rows were made.
    """
    again = type(rows)(initial=[raw_values(form) for form in rows.forms], **kwargs)
    again.extra = 1 if is_added else 0
    if not is_added:
        return again
    # The browser, and then htmx, places the cursor here. If the address has a fragment, the browser goes there instead.
    again.forms[-1].visible_fields()[0].field.widget.attrs["autofocus"] = True
    return again


def invalid_forms(*all_forms: forms.Form) -> list[forms.Form]:
    """Return the forms that have errors."""
    return [form for form in all_forms if form.is_bound and form.errors]


def add_refusal(form: forms.Form, refusal: Refused) -> None:
    """Show a refusal next to the field that it names, or above the form if the form has no such field."""
    add_refusal_at(form, refusal, refusal.field)


def add_refusal_at(form: forms.Form, refusal: Refused, field: str | None) -> None:
    """Show a refusal next to `field`, or above the form if the form has no such field."""
    form.add_error(field if field in form.fields else None, ValidationError(str(refusal), code=refusal.code))


def add_row_refusal(rows: Mapping[str, Sequence[forms.Form]], refusal: Refused) -> bool:
    """Show a refusal next to the row that it names: "people-1-email" is in the second form of `rows["people"]`.

    Return whether the refusal names one of the rows.
    """
    name, _, rest = (refusal.field or "").partition("-")
    number, _, within = rest.partition("-")
    row_number = parse_whole_number(number)
    if name not in rows or row_number is None:
        return False
    add_refusal_at(rows[name][row_number], refusal, within)
    return True


def mark_as_seen(form: forms.Form, name: str, key: int | str) -> None:
    """Let the user send a refused form again as typed, now that the page shows the newer row `key`."""
    data = cast("QueryDict", form.data).copy()
    data[form.add_prefix(name)] = str(key)
    form.data = data
