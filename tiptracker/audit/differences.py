"""What was before and what was after, side by side, field by field, as a person reads it."""

import json
from datetime import date, datetime
from typing import Any, NamedTuple

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format

from tiptracker.audit.append_only import REDACTED

NOTHING = "–"

type AnyField = models.Field[Any, Any]


class Line(NamedTuple):
    """One field: what it is called, and how it reads on either side ("" where that side doesn't have it)."""

    name: str
    before: str
    after: str
    differs: bool


def compare(table: str, before: str, after: str) -> list[Line]:
    """The fields of an entry on a row of `table`, from its two sides as kept; a redacted side reads as the mark."""
    was, became = _parsed(before), _parsed(after)
    keys = [*became, *(key for key in was if key not in became)]
    if not keys and REDACTED in (before, after):
        return [Line("All of it", before, after, differs=False)]
    lines = []
    for key in keys:
        field = _field(table, key)
        differs = key in was and key in became and was[key] != became[key]
        lines.append(Line(_name(key, field), _side(before, was, key, field), _side(after, became, key, field), differs))
    return lines


def _side(text: str, said: dict[str, Any], key: str, field: AnyField | None) -> str:
    if text == REDACTED:
        return REDACTED
    return told(said[key], field) if key in said else ""


def told(value: Any, field: AnyField | None = None) -> str:
    """A value of the log in words: a day as "28 January 2022", a moment in the reader's zone, a choice by its label."""
    match value:
        case None | "" | [] | {}:
            return NOTHING
        case bool():
            return "yes" if value else "no"
        case dict():
            return "; ".join(f"{_name(key)}: {told(each)}" for key, each in value.items())
        case list():
            separator = "; " if any(isinstance(each, list | dict) for each in value) else ", "
            return separator.join(told(each, field) for each in value)
        case str():
            return _text(value, field)
    return f"number {value}" if field is not None and field.is_relation else str(value)


def _text(value: str, field: AnyField | None) -> str:
    if field is not None and (label := dict(field.flatchoices).get(value)):
        return str(label)
    if field is not None and isinstance(field, models.CharField | models.TextField):
        return value  # as somebody wrote it, even if it looks like a day
    try:
        if len(value) == len("2022-01-28"):
            return date_format(date.fromisoformat(value), "j F Y")
        at = datetime.fromisoformat(value)
    except ValueError:
        return value
    return date_format(timezone.localtime(at), "j F Y, H:i") if at.tzinfo else value


def _parsed(text: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(text) if text and text != REDACTED else {}
    return said


def _field(table: str, key: str) -> AnyField | None:
    try:
        found = apps.get_model(table)._meta.get_field(key) if table else None
    except (LookupError, FieldDoesNotExist):
        return None
    return found if isinstance(found, models.Field) else None


def _name(key: str, field: AnyField | None = None) -> str:
    name = str(field.verbose_name) if field is not None else key.replace("_", " ")
    return name[:1].upper() + name[1:]
