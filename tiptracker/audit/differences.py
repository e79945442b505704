"""Show the values before and after an entry side by side, field by field, in readable words."""

import json
from datetime import date, datetime
from typing import Any, NamedTuple

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import timezone
from django.utils.functional import Promise

from tiptracker.audit.append_only import MARKS
from tiptracker.audit.field_names import describe_part, translate_field_name
from tiptracker.audit.imported_logs import LEFT_BEHIND
from tiptracker.former_names import current_field, current_label
from tiptracker.localization import format_date, format_datetime, gettext, join_with_colon

EMPTY_MARK = "–"
_MARKS = frozenset({*MARKS, LEFT_BEHIND})
"""What stands in place of a whole side."""

type AnyField = models.Field[Any, Any]


class FieldDifference(NamedTuple):
    """One field: its label, and its value on either side ("" if that side does not have it)."""

    name: str
    before: str
    after: str
    differs: bool


def list_differences(table: str, before: str, after: str) -> list[FieldDifference]:
    """Return the fields of an entry on a row of `table`, from its two stored sides.

    A side that was redacted, or stayed behind when its country was exported, shows its mark.
    """
    old_values, new_values = _parse(before), _parse(after)
    keys = [*new_values, *(key for key in old_values if key not in new_values)]
    if not keys and not _MARKS.isdisjoint((before, after)):
        return [FieldDifference(gettext("All fields"), before, after, differs=False)]
    lines = []
    for key in keys:
        field = _find_field(table, key)
        differs = key in old_values and key in new_values and old_values[key] != new_values[key]
        lines.append(
            FieldDifference(
                format_label(table, key),
                _format_side(before, old_values, key, field),
                _format_side(after, new_values, key, field),
                differs,
            )
        )
    return lines


def _format_side(text: str, values: dict[str, Any], key: str, field: AnyField | None) -> str:
    if text in _MARKS:
        return text
    return format_value(values[key], field) if key in values else ""


def format_value(value: Any, field: AnyField | None = None) -> str:
    """Return a logged value in words: a day as "28 January 2022", a time in the reader's zone, a choice as a label."""
    match value:
        case None | "" | [] | {}:
            return EMPTY_MARK
        case bool():
            return gettext("yes") if value else gettext("no")
        case dict():
            return "; ".join(join_with_colon(format_label("", key), format_value(item)) for key, item in value.items())
        case list():
            separator = "; " if any(isinstance(item, list | dict) for item in value) else ", "
            return separator.join(format_value(item, field) for item in value)
        case str():
            return _format_text(value, field)
    return gettext("number %(number)s") % {"number": value} if field is not None and field.is_relation else str(value)


def _format_text(value: str, field: AnyField | None) -> str:
    if field is not None and (label := dict(field.flatchoices).get(value)):
        return str(label)
    if field is not None and isinstance(field, models.CharField | models.TextField):
        return value  # a text stays as it was typed, even if it looks like a day
    try:
        if len(value) == len("2022-01-28"):
            return format_date(date.fromisoformat(value))
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    return format_datetime(timezone.localtime(moment)) if moment.tzinfo else value


def _parse(text: str) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(text) if text and text not in _MARKS else {}
    return values


def _find_field(table: str, key: str) -> AnyField | None:
    try:
        field = apps.get_model(current_label(table))._meta.get_field(current_field(key)) if table else None
    except (LookupError, FieldDoesNotExist):
        return None
    return field if isinstance(field, models.Field) else None


def format_label(table: str, key: str) -> str:
    """Return the label of a logged value in the reader's language; without a table, of a value within another."""
    field = _find_field(table, key)
    if field is not None and isinstance(field.verbose_name, Promise):  # a label that is marked for translation
        name = str(field.verbose_name)
    else:
        name = describe_part(key) or translate_field_name(current_field(key).replace("_", " "))
    return name[:1].upper() + name[1:]
