"""Free-text search in lists. Each search word must begin a word in one of the row's texts, in any order.

Production uses PostgreSQL's full text search; SQLite uses an equivalent. Neither reduces words to stems, because the
record holds names in several languages.
"""

from collections.abc import Sequence
from functools import reduce
from operator import and_, or_
from typing import Any

from django.apps.registry import Apps
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVectorExact, SearchVectorField
from django.db import connection, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.models import Func, Q, QuerySet

from tiptracker.web.word_forms import split_words


class _WordVector(Func):
    """The words of non-null texts as a PostgreSQL search vector, separated by anything but letters and digits."""

    function = "to_tsvector"
    arg_joiner = " || ' ' || "
    template = (
        r"to_tsvector('simple', regexp_replace(%(expressions)s, "
        r"'[\u0001-\u002F:-@\u005B-\u0060\u007B-\u00BF\u02B9-\u02BF\u2000-\u206F]+', ' ', 'g'))"
    )
    output_field = SearchVectorField()


class IndexWords(Operation):
    """Migration operation: index the words of these fields in PostgreSQL.

    The fields must be all of one table that `filter_by_words` searches. SQLite has no such index and reads each text.
    """

    reversible = True

    def __init__(self, model_name: str, *fields: str) -> None:
        self.model_name = model_name
        self.fields = fields

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        return type(self).__qualname__, [self.model_name, *self.fields], {}

    def describe(self) -> str:
        return f"Index the words of {self.model_name}"

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Do nothing: the index is not part of the models, because SQLite cannot have it."""

    def database_forwards(
        self, app_label: str, editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        if editor.connection.vendor == "postgresql":
            editor.add_index(*self._index(app_label, to_state.apps))

    def database_backwards(
        self, app_label: str, editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        if editor.connection.vendor == "postgresql":
            editor.remove_index(*self._index(app_label, from_state.apps))

    def _index(self, app_label: str, apps: Apps) -> tuple[type[models.Model], GinIndex]:
        return apps.get_model(app_label, self.model_name), GinIndex(
            _WordVector(*self.fields), name=f"{self.model_name.lower()}_words"
        )


class UnindexWords(IndexWords):
    """Remove the index of `IndexWords`; a model that is renamed gets it again under its new name."""

    def describe(self) -> str:
        return f"Remove the index of the words of {self.model_name}"

    def database_forwards(
        self, app_label: str, editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        super().database_backwards(app_label, editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        super().database_forwards(app_label, editor, from_state, to_state)


def filter_by_words[Rows: QuerySet[Any]](rows: Rows, text: str, *fields: str) -> Rows:
    """Filter `rows` to those whose `fields` together contain, for each word of `text`, a word that begins with it.

    A text without words returns all rows. Fields are the rows' own, or those of one related row, such as
    "update_version__narrative". The two are searched separately so that PostgreSQL can use its index on each
    (`IndexWords`).
    """
    words = split_words(text)
    if not words:
        return rows
    if connection.vendor == "postgresql":
        is_in_one_row = len({field.rpartition("__")[0] for field in fields}) == 1
        searches = [words] if is_in_one_row else [[word] for word in words]
        row_keys = (_rows_with_words(rows.model, fields, some) for some in searches)
        return rows.filter(reduce(and_, (Q(pk__in=keys) for keys in row_keys)))
    begins = (reduce(or_, (Q((f"{name}__iregex", rf"(^|[\W_ʹ-ʿ]){word}")) for name in fields)) for word in words)
    return rows.filter(reduce(and_, begins))


def _rows_with_words(model: type[models.Model], fields: Sequence[str], words: Sequence[str]) -> QuerySet[Any]:
    """Return the keys of rows that have, in these fields, words beginning with `words`.

    They are keys of their own query, so that PostgreSQL reads its index and not the texts of all rows a user sees.
    """
    query = SearchQuery(" & ".join(f"{word}:*" for word in words), config="simple", search_type="raw")
    by_row: dict[str, list[str]] = {}
    for field in fields:
        relation, _, name = field.rpartition("__")
        by_row.setdefault(relation, []).append(name)
    queries = []
    for relation, names in by_row.items():
        texts: Any = model._meta.get_field(relation).related_model if relation else model
        keys = texts._base_manager.filter(SearchVectorExact(_WordVector(*names), query)).values("pk")
        queries.append(model._base_manager.filter(**{f"{relation}__in": keys}).values("pk") if relation else keys)
    first, *others = queries
    return first.union(*others, all=True) if others else first
