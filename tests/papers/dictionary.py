"""The data dictionary: every table with its columns, who sees its rows and how long they are kept, from the models."""

import inspect
import re
import tomllib
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from tests import conftest  # sets the environment of the tests, and with it Django, first

from django.apps import apps  # isort: skip
from django.core.exceptions import EmptyResultSet
from django.db import models

from dialogues.actions.files import UNSENT_LIFETIME
from dialogues.models.drafts import DRAFT_LIFETIME
from dialogues.models.free_texts import FREE_TEXTS
from recommendations.models.imports import DRAFT_RETENTION
from tests.papers.checkout import Checkout
from tests.papers.markdown import table
from tiptracker import environment
from tiptracker.accounts.models import User
from tiptracker.backups.actions import FAILURES_KEPT
from tiptracker.choices import Role
from tiptracker.idempotency.models import KEY_LIFETIME
from tiptracker.undo.models import UNDO_PERIOD

assert conftest
TABLES = tomllib.loads(Path(__file__).with_name("tables.toml").read_text())
AS_THE_RECORD = "as long as the record"
INTRODUCTION = """\
All {number} tables of the database. Types, meanings and rules come from the models, and the tests refuse a column of
text that nobody has judged. How long something is kept is given by the default of its setting.
docs/access.md says for each address who may open it.

“Personal data” says whether a column holds data of a person: yes, possible (people or files fill it, so it may name
somebody), or no. “Never” names roles for which the rule asks the database nothing at all."""


def describe_span(span: timedelta) -> str:
    """Write a span in days or hours."""
    hours = round(span.total_seconds() / 3600)
    number, unit = (hours // 24, "day") if hours % 24 == 0 and hours > 24 else (hours, "hour")
    return f"{number} {unit}{'' if number == 1 else 's'}"


SPANS = {
    "JOBS_KEPT_DAYS": environment.JOBS_KEPT_DAYS.default,
    "MAILS_KEPT_DAYS": environment.MAILS_KEPT_DAYS.default,
    "NOTICES_KEPT_DAYS": environment.NOTICES_KEPT_DAYS.default,
    "DRAFT_LIFETIME": describe_span(DRAFT_LIFETIME),
    "DRAFT_RETENTION": describe_span(DRAFT_RETENTION),
    "FAILURES_KEPT": describe_span(FAILURES_KEPT),
    "KEY_LIFETIME": describe_span(KEY_LIFETIME),
    "UNDO_PERIOD": describe_span(UNDO_PERIOD),
    "UNSENT_LIFETIME": describe_span(UNSENT_LIFETIME),
}
"""Settings, by their defaults, and constants of the code that say how long rows are kept."""


# --- Personal data ----------------------------------------------------------------------------------------------------


class PersonalData(StrEnum):
    """Whether a column holds data of a person."""

    YES = "yes"
    POSSIBLE = "possible"
    NO = "no"


TEXT_FIELDS = (
    models.CharField, models.TextField, models.JSONField, models.BinaryField, models.FileField, models.UUIDField,
)  # fmt: skip


def classify(field: models.Field) -> tuple[PersonalData, str]:
    """Return whether a column holds data of a person, and what. Raises KeyError if nobody has decided it.

    References to accounts, mail addresses and internet addresses do. Free texts of the record may.
    """
    model = field.model
    name = f"{model._meta.label}.{field.name}"
    if name in TABLES["personal"]:
        return PersonalData.YES, TABLES["personal"][name]
    if name in TABLES["possible"]:
        return PersonalData.POSSIBLE, TABLES["possible"][name]
    if field.is_relation:
        is_person = field.related_model is User
        return (PersonalData.YES, "a person with an account") if is_person else (PersonalData.NO, "")
    if isinstance(field, models.EmailField):
        return PersonalData.YES, "a mail address"
    if isinstance(field, models.GenericIPAddressField):
        return PersonalData.YES, "an internet address"
    if model in FREE_TEXTS and field.name in FREE_TEXTS[model].fields:
        return PersonalData.POSSIBLE, "a text that people write; it can be redacted"
    if isinstance(field, TEXT_FIELDS) and not field.choices and name not in TABLES["impersonal"]["columns"]:
        raise KeyError(f"{name} is a text. Say in tables.toml whether it holds data of a person.")
    return PersonalData.NO, ""


# --- Who sees rows ----------------------------------------------------------------------------------------------------


def find_rule(model: type[models.Model]) -> type[models.QuerySet] | None:
    """Return the QuerySet that says who sees the rows of a model, if there is one."""
    rows = type(model._default_manager.all())
    return rows if hasattr(rows, "visible_to") else None


def find_owner(model: type[models.Model]) -> type[models.Model] | None:
    """Return the model whose rows a row belongs to: the first that it always refers to, except accounts."""
    for field in model._meta.concrete_fields:
        if field.is_relation and not field.null and field.related_model is not User:
            return field.related_model
    return None


def explain_rule(model: type[models.Model]) -> str:
    """Return in words who sees the rows of a model, from the docstring of its `visible_to`."""
    text = " ".join((inspect.getdoc(find_rule(model).visible_to) or "").split())
    text = re.sub(r"\s*`country`: only [^.]*\.", "", text)
    text = re.sub(r"^(?:Return|Limit to|Filter to) (?:what the user may see[.:] )?", "", text)
    return text[:1].upper() + text[1:]


def find_excluded_roles(model: type[models.Model]) -> list[Role]:
    """Return the roles for which `visible_to` asks the database nothing, so that they never see a row of this table."""
    excluded = []
    for role in Role:
        person = User(pk=0, role=role, ministry_id=0 if role == Role.FOCAL_POINT else None)
        try:
            str(model._default_manager.all().visible_to(person).query)
        except EmptyResultSet:
            excluded.append(role)
    return excluded


def describe_readers(model: type[models.Model]) -> str:
    """Return who sees the rows of a model. Raises KeyError if nothing says it."""
    if model._meta.label in TABLES["readers"]:
        return TABLES["readers"][model._meta.label]
    if find_rule(model) is None:
        owner = find_owner(model)
        if owner is None or (find_rule(owner) is None and find_owner(owner) is None):
            raise KeyError(f"{model._meta.label}: say in tables.toml who sees its rows.")
        return (
            f"At most people who see its row of {owner._meta.label}. It is reached from there, and they may see less."
        )
    excluded = find_excluded_roles(model)
    never = f" Never: {', '.join(str(role.label).lower() for role in excluded)}." if excluded else ""
    return f"{explain_rule(model)}{never}"


# --- Tables -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """A column as the dictionary describes it."""

    name: str
    type: str
    meaning: str
    personal: PersonalData
    what: str


@dataclass(frozen=True)
class Table:
    """A table as the dictionary describes it."""

    label: str
    name: str
    row: str
    readers: str
    kept: str
    columns: tuple[Column, ...]

    @property
    def personal(self) -> PersonalData:
        """Whether any of its columns holds data of a person."""
        found = {column.personal for column in self.columns}
        return next(each for each in PersonalData if each in found)


def describe_row(model: type[models.Model]) -> str:
    """Return what a row is: the first line of the docstring. Raises KeyError if a package's table has none."""
    label = model._meta.label
    if label in TABLES["rows"]:
        return TABLES["rows"][label]
    if model._meta.auto_created:
        ends = [field.related_model._meta.label for field in model._meta.concrete_fields if field.is_relation]
        return f"Connects a row of {ends[0]} with a row of {ends[1]}."
    first = (model.__doc__ or "").partition("\n")[0]
    if not first or first.startswith(f"{model.__name__}("):
        raise KeyError(f"{label} has no docstring. Say in tables.toml what a row is.")
    return first


TYPE_NAMES = {
    models.AutoField: "number of the row",
    models.BigAutoField: "number of the row",
    models.BinaryField: "bytes",
    models.BooleanField: "yes or no",
    models.CharField: "text",
    models.DateField: "day",
    models.DateTimeField: "day and time",
    models.DecimalField: "decimal number",
    models.EmailField: "mail address",
    models.FileField: "name of a file",
    models.GenericIPAddressField: "internet address",
    models.IntegerField: "whole number",
    models.JSONField: "JSON",
    models.TextField: "long text",
    models.URLField: "address of a page",
    models.UUIDField: "UUID",
}
"""Types in words; a subclass has the word of its nearest base."""


def describe_type(field: models.Field) -> str:
    """Return the type of a column in words. Raises KeyError for a type without words."""
    if field.is_relation:
        return f"reference to {field.related_model._meta.label}"
    known = [TYPE_NAMES[each] for each in type(field).mro() if each in TYPE_NAMES]
    if not known:
        raise KeyError(f"{field}: say in TYPE_NAMES what a {type(field).__name__} is.")
    if field.choices:
        return f"{known[0]}, one of a list"
    return f"{known[0]}, up to {field.max_length} characters" if isinstance(field, models.CharField) else known[0]


def describe_column(field: models.Field) -> Column:
    """Return the description of a column."""
    personal, what = classify(field)
    return Column(field.column, describe_type(field), str(field.help_text or field.verbose_name), personal, what)


def describe_tables() -> list[Table]:
    """Return all tables of the database, by package and name."""
    return [
        Table(
            label=model._meta.label,
            name=model._meta.db_table,
            row=describe_row(model),
            readers=describe_readers(model),
            kept=TABLES["kept"].get(model._meta.label, AS_THE_RECORD).format(**SPANS),
            columns=tuple(map(describe_column, model._meta.concrete_fields)),
        )
        for model in sorted(apps.get_models(include_auto_created=True), key=lambda each: each._meta.label)
    ]


def model_of(found: Table) -> type[models.Model]:
    """Return the model of a table."""
    return apps.get_model(found.label)


def dictionary_page(tables: list[Table], checkout: Checkout) -> str:
    """Return the dictionary as Markdown."""
    parts = [
        "# Data dictionary",
        checkout.sentence,
        INTRODUCTION.format(number=len(tables)),
        table(
            ("table", "what a row is", "personal data", "kept"),
            [(f"[{each.label}](#{_anchor(each)})", each.row, each.personal, each.kept) for each in tables],
        ),
    ]
    for each in tables:
        rows = [
            (f"`{column.name}`", column.type, column.meaning, _describe_personal(column)) for column in each.columns
        ]
        parts += [
            f"## {each.label}",
            f"{each.row}\n\n- Table: `{each.name}`\n- Who sees rows: {each.readers}\n- Kept: {each.kept}",
            table(("column", "type", "meaning", "personal data"), rows),
        ]
    return "\n\n".join(parts) + "\n"


def _describe_personal(column: Column) -> str:
    return f"{column.personal}: {column.what}" if column.what else str(column.personal)


def _anchor(found: Table) -> str:
    """Return the anchor of a heading as GitHub and GitLab make it."""
    return found.label.lower().replace(".", "")
