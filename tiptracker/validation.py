"""Helpers for the actions of all apps: common refusals, and saving validated rows."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar, Protocol, cast

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models

from tiptracker.accounts.models import User
from tiptracker.audit.append_only import MARKS, REPEATED_MARKS
from tiptracker.audit.models import AuditEntry
from tiptracker.audit.verbs import VerbGroup, list_verbs
from tiptracker.errors import Refused
from tiptracker.localization import format_date, format_time, gettext, join_with_and

VERBS_CHANGING_NOTHING = [
    verb for group in (VerbGroup.READ, VerbGroup.SIGN_IN, VerbGroup.REFUSED) for verb in list_verbs(group)
]
"""Verbs of the activity log that change no row: reads, sign-ins and refused requests."""


class EditConflict(Refused):
    """Another user changed the row first.

    The page shows the current values, keeps what the user typed, and lets the user send it again.
    """

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__("edit_conflict", sentence, field=field)


class Versioned(Protocol):
    """A row that can be edited. Each change increases `version` by one."""

    pk: Any
    version: int
    _meta: ClassVar[Any]


def format_moment(at: datetime, now: datetime) -> str:
    """Format a moment for a sentence in the time zone of `now`, such as 9 December 2021 at 14:05."""
    local = at.astimezone(now.tzinfo)
    return gettext("%(date)s at %(time)s") % {"date": format_date(local.date()), "time": format_time(local)}


def require_text(text: str, sentence: str, *, field: str) -> str:
    """Return `text` without surrounding whitespace. Raises Refused with `sentence` if nothing is left."""
    if not (text := text.strip()):
        raise Refused("required", sentence, field=field)
    return text


def refuse_future(day: date, now: datetime, *, field: str) -> None:
    """Refuse a day after today, because the record holds what has happened."""
    if day > now.date():
        raise Refused(
            "future_day",
            gettext("This date is in the future. Enter a date up to today, %(date)s.")
            % {"date": format_date(now.date())},
            field=field,
        )


def refuse_reversed_dates(first: date | None, last: date, *, field: str) -> None:
    """Refuse a period whose end date is before its start date."""
    if first and last < first:
        raise Refused(
            "reversed_dates", gettext("The end date is before the start date. Correct one of them."), field=field
        )


def insert_row[Row: models.Model](row: Row) -> Row:
    """Insert `row`. Raises Refused for the first invalid field (too long, not one of the choices)."""
    _replace_marks(row, row._meta.concrete_fields)
    _refuse_invalid_fields(row)
    row.save(force_insert=True)
    return row


def update_row[Row: models.Model](row: Row) -> Row:
    """Update `row`. Raises Refused like `insert_row`."""
    if marked := [field for field in row._meta.concrete_fields if getattr(row, field.attname) in MARKS]:
        stored = type(row)._default_manager.get(pk=row.pk)
        _replace_marks(row, [field for field in marked if getattr(stored, field.attname) not in MARKS])
    _refuse_invalid_fields(row)
    row.save(force_update=True)
    return row


def insert_rows(rows: Sequence[models.Model]) -> None:
    """Insert rows of one table in one statement. Raises Refused like `insert_row`."""
    if not rows:
        return
    unchecked = _relation_names(rows[0])
    for row in rows:
        _replace_marks(row, row._meta.concrete_fields)
        _refuse_invalid_fields(row, unchecked)
    type(rows[0])._default_manager.bulk_create(rows)


def update_rows(rows: Sequence[models.Model], fields: Sequence[str]) -> None:
    """Update these fields of rows of one table in one statement. Raises Refused like `update_row`.

    This uses an insert that updates on conflict. Django's bulk_update takes longer than one statement per row.
    """
    if not rows:
        return
    unchecked = _relation_names(rows[0]) | {
        field.name for field in rows[0]._meta.concrete_fields if field.name not in fields
    }
    for row in rows:
        _refuse_invalid_fields(row, unchecked)
    table = type(rows[0])._default_manager
    table.bulk_create(rows, update_conflicts=True, unique_fields=["pk"], update_fields=fields)


def refuse_stale(row: Versioned, version: int, now: datetime) -> None:
    """Refuse if the locked `row` has changed since `version`, the version from which the form was filled.

    The refusal names the user, the changed fields and the time.
    """
    if row.version == version:
        return
    last = (
        AuditEntry.objects.for_rows(cast("models.Model", row))
        .exclude(verb__in=VERBS_CHANGING_NOTHING)
        .select_related("by", "detail")
        .order_by("-number")
        .first()
    )
    raise EditConflict(f"{_describe_change(last, row, now)} {_compare_then_save()}")


def refuse_unseen(newest: Any, seen: int | None, now: datetime, *, noun: str) -> None:
    """Refuse if `newest` (a row or None) is not the row that the page showed when the form was filled.

    `seen` is the key of the row shown, or 0 if there was none. None skips the check. `noun` names the row for readers
    of the code, such as "review".
    """
    if seen is None or (newest.pk if newest else 0) == seen:
        return
    sentence = (
        gettext("%(name)s recorded something newer on %(at)s.")
        % {
            "name": newest.recorded_by,
            "at": format_moment(newest.recorded_at, now),
        }
        if newest
        else ""
    )
    raise EditConflict(f"{sentence} {_compare_then_save()}".strip())


def _replace_marks(row: models.Model, fields: Iterable[Any]) -> None:
    """Replace a mark that was copied into `row`. Only a redaction or a disposal may write its mark."""
    for field in fields:
        if (value := getattr(row, field.attname)) in MARKS:
            setattr(row, field.attname, REPEATED_MARKS[value])


def _relation_names(row: models.Model) -> set[str]:
    return {field.name for field in row._meta.get_fields() if field.is_relation}


def _refuse_invalid_fields(row: models.Model, unchecked: Collection[str] | None = None) -> None:
    """Raise Refused for the first invalid field, apart from `unchecked`; None are the relations."""
    try:
        row.clean_fields(exclude=_relation_names(row) if unchecked is None else unchecked)
    except ValidationError as error:
        field, [first, *_] = next(iter(error.error_dict.items()))
        raise Refused(first.code or "invalid", first.messages[0], field=field) from error


def _compare_then_save() -> str:
    return gettext("Your text is kept. Compare it with the saved values, then save again.")


def _describe_change(entry: AuditEntry | None, row: Versioned, now: datetime) -> str:
    """Say who changed which fields of the row, and when, as far as the activity log says."""
    values = {
        "name": _describe_actor(entry),
        "fields": _list_changed_fields(entry, row),
        "at": _describe_time(entry, now),
    }
    if values["fields"] and values["at"]:
        sentence = gettext("%(name)s changed this on %(at)s: %(fields)s.")
    elif values["fields"]:
        sentence = gettext("%(name)s changed this in the meantime: %(fields)s.")
    elif values["at"]:
        sentence = gettext("%(name)s changed this on %(at)s.")
    else:
        sentence = gettext("%(name)s changed this in the meantime.")
    return sentence % values


def _describe_actor(entry: AuditEntry | None) -> User | str:
    return entry.by if entry and entry.by else gettext("Somebody")


def _entry_sides(entry: AuditEntry | None) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    detail = getattr(entry, "detail", None)
    if detail is None or {detail.before, detail.after} & {*MARKS}:
        return {}, {}
    return json.loads(detail.before or "{}"), json.loads(detail.after or "{}")


def _list_changed_fields(entry: AuditEntry | None, row: Versioned) -> str:
    before, after = _entry_sides(entry)
    return join_with_and(_field_label(key, row) for key in before if before[key] != after.get(key))


def _field_label(key: str, row: Versioned) -> str:
    """Return the label of a logged value. A value stored in the row's terms is not a field of the row."""
    try:
        return str(getattr(row._meta.get_field(key), "verbose_name", key))
    except FieldDoesNotExist:
        return key


def _describe_time(entry: AuditEntry | None, now: datetime) -> str:
    at = _entry_sides(entry)[1].get("recorded_at")
    return format_moment(datetime.fromisoformat(at), now) if at else ""
