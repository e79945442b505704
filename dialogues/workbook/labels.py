"""The labels of the cells with a list, and the values that they stand for."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils import translation

from dialogues.forms.information_requests import LineAnswerForm
from dialogues.forms.updates import FigureForm, UpdateForm
from dialogues.workbook.columns import Column, RequestColumn
from tiptracker.text_rules import normalize_name

_FIELDS: dict[StrEnum, Any] = {
    Column.CLAIMED: UpdateForm.base_fields["claimed"],
    Column.DONE_BY: UpdateForm.base_fields["done_by"],
    Column.DIRECTION: FigureForm.base_fields["direction"],
    RequestColumn.ANSWER: LineAnswerForm.base_fields["answer"],
}
LIST_COLUMNS = frozenset(_FIELDS)
"""The columns whose cells offer a list."""


def list_labels(column: StrEnum) -> dict[str, str]:
    """Return the labels of a column with a list, by value, in the reader's language."""
    choices: Any = cast("forms.ChoiceField", _FIELDS[column]).choices
    return {str(value): str(label) for value, label in choices if value}


def make_label_reader() -> Callable[[StrEnum, str], str]:
    """Return a function that gives the value of a label in any language of this installation.

    It returns a text that is no label unchanged. A workbook may be filled in in one language and uploaded in another.
    """
    values: dict[tuple[StrEnum, str], str] = {}
    for language, _ in settings.LANGUAGES:
        with translation.override(language):
            for column in _FIELDS:
                values |= {(column, normalize_name(label)): value for value, label in list_labels(column).items()}
    return lambda column, text: values.get((column, normalize_name(text)), text)
