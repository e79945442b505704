"""Add the rows of one country to an archive, without what belongs to this installation or to other countries."""

import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any

from django.apps import apps
from django.db import models

from tiptracker.accounts.models import Country, User
from tiptracker.audit.models import AuditDetail, ImportedEntry, ImportedLog
from tiptracker.backups.archive_format import Manifest
from tiptracker.backups.archive_writer import add_rows, read_next_keys
from tiptracker.backups.row_encoding import list_columns
from tiptracker.errors import Refused
from tiptracker.former_names import current_label
from tiptracker.localization import gettext
from tiptracker.portable_post.log_entries import FILES, PostLog
from tiptracker.portable_post.people import close_account, find_people
from tiptracker.portable_post.post_rows import EMPTIED, NAMING_ROWS, PEOPLE, list_post_models, references, select_rows

CHUNK_ROWS = 200


@dataclass
class _Selection:
    """What comes along: the keys of the rows by label, and the log."""

    country: Country
    log: PostLog
    keys: dict[str, set[int]] = field(default_factory=dict)


def add_all_rows(tar: tarfile.TarFile, manifest: Manifest, country: Country, made_at: datetime) -> set[str]:
    """Add the rows of every table, and return the names of the files that they name."""
    next_keys = read_next_keys()
    chosen = _select(country, next_keys)
    names: set[str] = set()
    for model in list_post_models():  # the entries of the log before the log itself, which counts them
        added: Iterable[models.Model] = chosen.log.rows() if model is ImportedEntry else ()
        if model is ImportedLog:
            added = [chosen.log.describe(country, made_at)]
        rows = (_change(model, row, chosen) for row in _read_rows(model, chosen))
        add_rows(tar, manifest, model, _listed(model, chain(rows, map(_read_values, added)), names))
        manifest.tables[model._meta.label_lower].next_key = next_keys.get(model._meta.db_table) or 1
    manifest.tables[ImportedLog._meta.label_lower].next_key = chosen.log.log_key + 1
    manifest.tables[ImportedEntry._meta.label_lower].next_key = chosen.log.next_key
    manifest.post |= {"entries": chosen.log.count, "head": chosen.log.head if chosen.log.count else ""}
    return names


def _listed(model: type[models.Model], rows: Iterable[dict[str, Any]], names: set[str]) -> Iterator[list[Any]]:
    """Yield the values of rows in the order of columns, and add the names of their files to `names`."""
    columns = list_columns(model)
    files = [each.attname for each in model._meta.local_concrete_fields if isinstance(each, models.FileField)]
    for row in rows:
        names.update(str(row[name]) for name in files if row[name])
        yield [row[column] for column in columns]


def _read_values(row: models.Model) -> dict[str, Any]:
    return {column: getattr(row, column) for column in list_columns(type(row))}


def _select(country: Country, next_keys: dict[str, int]) -> _Selection:
    """Find out which rows come along. Raises Refused if one of them refers to a row of another country."""
    tables = [model for model in list_post_models() if model is not User]
    files = select_rows(apps.get_model(FILES), country)
    log_key, first_key = (next_keys.get(model._meta.db_table) or 1 for model in (ImportedLog, ImportedEntry))
    log = PostLog(country, files, log_key=log_key, first_key=first_key)
    keys = {model._meta.label_lower: set(select_rows(model, country).values_list("pk", flat=True)) for model in tables}
    named: set[int] = set(log.entries.filter(by__isnull=False).order_by().values_list("by", flat=True).distinct())
    for model in tables:
        for reference in references(model):
            rows = select_rows(model, country).exclude(**{reference.name: None}).order_by()
            found = set(rows.values_list(reference.attname, flat=True).distinct())
            if reference.related_model is User:
                named |= found
            elif (model._meta.label_lower, reference.name) not in EMPTIED:
                _refuse_other_rows(reference, found - keys[reference.related_model._meta.label_lower])
    keys[PEOPLE] = set(find_people(country, named).values_list("pk", flat=True))
    return _Selection(country, log, keys)


def _refuse_other_rows(reference: Any, others: set[int]) -> None:
    if others:
        raise Refused(
            "mixed",
            gettext(
                "A row of the country refers to a row that does not belong to it (%(reference)s: %(key)s). Nothing was "
                "exported. Report this as a fault of the application."
            )
            % {"reference": reference, "key": min(others)},
        )


def _read_rows(model: type[models.Model], chosen: _Selection) -> Iterator[dict[str, Any]]:
    if model is User:
        rows = User._base_manager.filter(pk__in=chosen.keys[PEOPLE]).order_by("pk")
    else:
        rows = select_rows(model, chosen.country)
    yield from rows.values(*list_columns(model)).iterator(chunk_size=CHUNK_ROWS)


def _change(model: type[models.Model], row: dict[str, Any], chosen: _Selection) -> dict[str, Any]:
    """Return a row without what belongs to this installation or to other countries."""
    label = model._meta.label_lower
    if model is User:
        row = close_account(row, chosen.keys["accounts.ministry"])
    for reference in references(model):
        if (label, reference.name) in EMPTIED:
            known = chosen.keys.get(reference.related_model._meta.label_lower, set())
            row[reference.attname] = row[reference.attname] if row[reference.attname] in known else None
    if label == "reports.briefing" and row["requested_by_id"] is None:
        row["log_number"] = None
    if label in NAMING_ROWS and current_label(row["table"]) == AuditDetail._meta.label_lower:
        place = chosen.log.detail_keys.get(row["row"])
        if place is None:
            _refuse_other_rows(f"{label}.row", {row["row"]})
        row |= {"table": ImportedEntry._meta.label_lower, "row": place}
    return row
