"""Describe the fields of a form that was posted, without its page: from the classes of forms, and without the database.

A page that gives back what was typed may be shown while nothing can be read, so the form itself cannot be made.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django import forms
from django.http import HttpRequest
from django.urls import Resolver404, resolve

from tiptracker.localization import gettext
from tiptracker.web.frontend.forms import TrackerForm

type FormClass = type[forms.Form]


class FieldDescription(NamedTuple):
    """A field as its page shows it: the label and, for a choice, the label of each stored value.

    `is_hidden` means that the page does not show the field. `is_choice` says whether its value is chosen and not typed;
    None if that is not known.
    """

    label: str
    choice_labels: Mapping[str, str]
    is_hidden: bool = False
    is_choice: bool | None = None

    def is_row_key(self, value: str) -> bool:
        """Return whether a value is the key of a chosen row. It says nothing to anybody; the database has its name."""
        return bool(self.is_choice and value not in self.choice_labels and re.fullmatch("[0-9]+", value))


def describe_posted_fields(request: HttpRequest) -> dict[str, FieldDescription]:
    """Return a description of each posted field and file, by the name under which it was posted.

    The label is that of the form which has the most of the posted fields, preferably a form of the page. If several
    forms differ, the label is made from the name. Fields of several rows are numbered.
    """
    rows: dict[str, dict[str, str]] = defaultdict(dict)
    for posted_name in (*request.POST, *request.FILES):
        prefix, _, field_name = posted_name.rpartition("-")
        rows[prefix][posted_name] = field_name
    every_form, numbers = list(_list_forms(TrackerForm)), _number_rows(rows)
    used = _forms_used_by_view(request)
    described = {}
    for prefix, names in rows.items():
        candidates = _find_fitting_forms(names.values(), every_form, used), used, every_form
        for posted_name, field_name in names.items():
            fields = (_find_common_field(field_name, among) for among in candidates)
            field = next(filter(None, fields), None)
            described[posted_name] = _describe(field, posted_name, numbers.get(prefix))
    return described


def choice_labels(field: forms.Field) -> dict[str, str]:
    """Return the labels of a field's choices by value; empty for a field without choices."""
    choices: Iterable[tuple[Any, Any]] = getattr(field, "choices", ())
    return {str(value): str(label) for value, label in choices if not isinstance(label, list | tuple)}


def field_label(name: str) -> str:
    """Make a readable label from a field name: "ended_on" becomes "Ended on". It leaves out numbers of rows."""
    words = [word for word in re.split("[_ -]", name) if not re.fullmatch("[0-9]*", word)]
    return " ".join(words).capitalize() or name


def _describe(field: forms.Field | None, name: str, number: int | None) -> FieldDescription:
    label = str(field.label) if field and field.label else field_label(name)
    if number:
        label = gettext("%(label)s (%(number)d)") % {"label": label, "number": number}
    if field is None:
        return FieldDescription(label, {})
    if isinstance(field, forms.BooleanField):
        return FieldDescription(label, {"on": gettext("Yes")}, field.widget.is_hidden, is_choice=True)
    if not isinstance(field, forms.ChoiceField):
        return FieldDescription(label, {}, field.widget.is_hidden, is_choice=False)
    # Other choices than a list are made when they are read, some of them from the database.
    labels = choice_labels(field) if isinstance(field.choices, list) else {}
    return FieldDescription(label, labels, field.widget.is_hidden, is_choice=True)


def _number_rows(prefixes: Iterable[str]) -> dict[str, int]:
    """Return the number of each row by its prefix, from 1, where a form has several rows of a kind."""
    kinds = defaultdict(list)
    for prefix in prefixes:
        kinds[re.sub(r"\d+", "", prefix)].append(prefix)
    return {prefix: number for rows in kinds.values() if len(rows) > 1 for number, prefix in enumerate(rows, 1)}


def _forms_used_by_view(request: HttpRequest) -> list[FormClass]:
    """Return the classes of forms, and of rows of forms, that the module of the view names."""
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return []
    named = [each for each in vars(sys.modules[view.__module__]).values() if isinstance(each, type)]
    forms_or_rows = (getattr(each, "form", each) for each in named)
    return [each for each in forms_or_rows if isinstance(each, type) and issubclass(each, TrackerForm)]


def _find_fitting_forms(
    names: Iterable[str], among: Iterable[FormClass], used: Collection[FormClass]
) -> list[FormClass]:
    """Return the form that has the most of these fields and the fewest others; several if they are alike."""
    wanted = set(names)
    ranks = {form: (len(wanted & form.base_fields.keys()), form in used, -len(form.base_fields)) for form in among}
    best = max(ranks.values())
    return [form for form, rank in ranks.items() if rank == best] if best[0] else []


def _find_common_field(name: str, among: Iterable[FormClass]) -> forms.Field | None:
    """Return the field of this name, rather a shown one, if all of the forms that have it agree on its label."""
    found = [form.base_fields[name] for form in among if name in form.base_fields]
    if len({str(field.label) for field in found}) != 1:
        return None
    return min(found, key=lambda field: field.widget.is_hidden)


def _list_forms(parent: FormClass) -> Iterator[FormClass]:
    for form in parent.__subclasses__():
        yield form
        yield from _list_forms(form)
