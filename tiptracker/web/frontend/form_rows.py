"""Choosing among rows, and lines of a form: as many as somebody wants, each added without losing what was typed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from django import forms
from django.db.models import Model
from django.http import QueryDict

from tiptracker.numbers import parse_whole_number

Choices = list[tuple[str, str | list[tuple[str, str]]]]
"""Pairs of a stored word and its reading, or of a group's name and its pairs."""


class RowField(forms.ChoiceField):
    """One of the rows that a person may see. A row that is not there and one that is not seen are the same error."""

    default_error_messages = {"invalid_choice": "Choose one from the list."}  # noqa: RUF012 -- as Django's
    rows: Mapping[str, Model]

    def clean(self, value: Any) -> Any:
        return self.rows.get(super().clean(value))


class RowsField(forms.MultipleChoiceField):
    """Some of the rows that a person may see."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages = {"invalid_choice": "Choose from the list."}  # noqa: RUF012 -- as Django's
    rows: Mapping[str, Model]

    def clean(self, value: Any) -> Any:
        return [self.rows[pk] for pk in super().clean(value)]


def set_row_choices(
    form: forms.Form, name: str, rows: Iterable[Model], *, empty: str | None = None, choices: Choices | None = None
) -> None:
    """Offer `rows` in a field of a form, read by their names or by `choices`; `empty` is how none of them is read."""
    field = cast("RowField | RowsField", form.fields[name])
    field.rows = {str(row.pk): row for row in rows}
    none = [] if empty is None else [("", empty)]
    field.choices = [*none, *(choices or [(pk, str(row)) for pk, row in field.rows.items()])]


def raw_values(form: forms.Form) -> dict[str, Any]:
    """What stands in a bound form so far, as typed, so that it can be shown again without being judged."""
    return {
        name: field.widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
        for name, field in form.fields.items()
    }


def numbered(noun: str, row: forms.Form) -> str:
    """What a row of a formset is called by its place: "Person 2"."""
    return f"{noun} {int((row.prefix or '').rpartition('-')[2]) + 1}"


def add_empty_row[F: forms.Form](rows: "forms.BaseFormSet[F]", **kwargs: Any) -> "forms.BaseFormSet[F]":
    """The same lines as typed, and an empty one, not yet judged. `kwargs` are those the lines were made with."""
    again = type(rows)(initial=[raw_values(form) for form in rows.forms], **kwargs)
    again.extra = 1
    # Where the browser puts the cursor, and htmx after it; on a page with a fragment the browser goes to that instead.
    again.forms[-1].visible_fields()[0].field.widget.attrs["autofocus"] = True
    return again


def invalid_forms(*all_forms: forms.Form) -> list[forms.Form]:
    """Those in which something has to be put right."""
    return [form for form in all_forms if form.is_bound and form.errors]


def add_field_error(form: forms.Form, sentence: str, field: str | None) -> None:
    """Put a refusal beside the field it names, or on the form where that has no such field."""
    form.add_error(field if field in form.fields else None, sentence)


def add_row_error(lines: Mapping[str, Sequence[forms.Form]], sentence: str, field: str | None) -> bool:
    """Put a refusal beside the line it names: "people-1-email" is the second of those in `lines["people"]`.

    Whether it names one of them.
    """
    name, _, rest = (field or "").partition("-")
    number, _, within = rest.partition("-")
    place = parse_whole_number(number)
    if name not in lines or place is None:
        return False
    add_field_error(lines[name][place], sentence, within)
    return True


def mark_as_seen(form: forms.Form, name: str, key: int) -> None:
    """Let a refused form be sent again as typed, now that its reader sees the newer row `key` beside it."""
    data = cast("QueryDict", form.data).copy()
    data[form.add_prefix(name)] = str(key)
    form.data = data
