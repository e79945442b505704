"""Free-text search in lists. Each search word must be in one of the row's texts, in any order.

A word is found by its beginning, as typed, because the record holds names in several languages. An English word is also
found by its other forms: "prosecution" finds "prosecuted". Production uses PostgreSQL's full text search; SQLite uses
an equivalent (`tiptracker/web/word_forms.py`).
"""

from collections.abc import Sequence
from functools import reduce
from operator import and_, or_
from typing import Any

from django.apps.registry import Apps
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchQueryCombinable, SearchQueryField, SearchVectorField
from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import BooleanField, F, Func, Q, QuerySet, Value

from tiptracker.infrastructure.new_database import DatabaseObjectOperation
from tiptracker.web.word_forms import has_word, split_words

_WORDS = (
    r"regexp_replace(%(expressions)s, "
    r"'[\u0001-\u002F:-@\u005B-\u0060\u007B-\u00BF\u02B9-\u02BF\u2000-\u206F]+', ' ', 'g')"
)
"""Texts with blanks for anything but letters and digits (PostgreSQL)."""


class _WordVector(Func):
    """The words of non-null texts, as typed, as a PostgreSQL search vector."""

    arg_joiner = " || ' ' || "
    template = f"to_tsvector('simple', {_WORDS})"
    output_field = SearchVectorField()


class _WordFormVector(_WordVector):
    """The words of non-null texts, as typed, and their English stems."""

    template = f"(to_tsvector('simple', {_WORDS}) || to_tsvector('english', {_WORDS}))"


class _Matches(Func):
    """Whether a search vector has what a search query asks for (PostgreSQL)."""

    template = "%(expressions)s"
    arg_joiner = " @@ "
    output_field = BooleanField()


class _Unforeseen(Func):
    """A search query that PostgreSQL computes before it plans nothing by it.

    So it expects few rows and uses its index for every word. A word that nearly all rows have would else make it read
    all rows and split each text into words again.
    """

    template = "(SELECT %(expressions)s)"
    output_field = SearchQueryField()


class _IsAnyOf(Func):
    """Whether a key is one of those that a subquery finds (PostgreSQL).

    The subquery runs once, before all else. As a condition with IN, it may be joined with the other rows in another
    order, and be run anew for each of thousands.
    """

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()


class _HasWord(Func):
    """Whether a text has a word (SQLite)."""

    function = "has_word"
    output_field = BooleanField()


class IndexWords(DatabaseObjectOperation):
    """Migration operation: index the words of these fields, as typed, in PostgreSQL. `IndexWordForms` replaced it.

    The index is not part of the models, because SQLite cannot have it.
    """

    vector: type[Func] = _WordVector
    suffix = "words"

    def __init__(self, model_name: str, *fields: str) -> None:
        self.model_name = model_name
        self.fields = fields

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        return type(self).__qualname__, [self.model_name, *self.fields], {}

    def describe(self) -> str:
        return f"Index the words of {self.model_name}"

    def object_key(self, app_label: str) -> tuple[str, ...]:
        return app_label, self.model_name.lower(), self.suffix

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
            self.vector(*self.fields), name=f"{self.model_name.lower()}_{self.suffix}"
        )


class UnindexWords(IndexWords):
    """Remove the index of `IndexWords`; a model that is renamed gets it again under its new name."""

    removes = True

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


class IndexWordForms(IndexWords):
    """Migration operation: index the words of these fields and their English stems in PostgreSQL.

    The fields must be all of one table that `filter_by_words` searches. SQLite has no such index and reads each text.
    """

    vector = _WordFormVector
    suffix = "word_forms"

    def describe(self) -> str:
        return f"Index the words of {self.model_name} and their forms"


def register_sqlite_function(*, connection: BaseDatabaseWrapper, **more: Any) -> None:
    """Add to a new connection the function by which SQLite looks for words."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("has_word", 2, has_word, deterministic=True)


def filter_by_words[Rows: QuerySet[Any]](rows: Rows, text: str, *fields: str, are_few: bool = False) -> Rows:
    """Filter `rows` to those whose `fields` together contain each word of `text`: its beginning or another form.

    A text without words returns all rows. Fields are the rows' own, or those of one related row, such as
    "update_version__narrative". The two are searched separately so that PostgreSQL can use its index on each
    (`IndexWordForms`). If the rows `are_few`, such as those of a ministry, their texts are read. So they can be other
    fields than those of an index.
    """
    words = split_words(text)
    if not words:
        return rows
    if connection.vendor == "postgresql" and are_few:
        vectors = [_WordFormVector(*names) for names in _by_row(fields).values()]
        has_word = (reduce(or_, (Q(_Matches(vector, _query_for(word))) for vector in vectors)) for word in words)
        return rows.filter(reduce(and_, has_word))
    if connection.vendor == "postgresql":
        is_in_one_row = len({field.rpartition("__")[0] for field in fields}) == 1
        searches = [words] if is_in_one_row else [[word] for word in words]
        first, *others = (_rows_with_words(rows.model, fields, some) for some in searches)
        keys = first.intersection(*others).order_by() if others else first
        return rows.filter(_IsAnyOf(F("pk"), ArraySubquery(keys)))
    has_each = (reduce(or_, (Q(_HasWord(F(name), Value(word))) for name in fields)) for word in words)
    return rows.filter(reduce(and_, has_each))


def _rows_with_words(model: type[models.Model], fields: Sequence[str], words: Sequence[str]) -> QuerySet[Any]:
    """Return the keys of rows that have, in these fields, words beginning with `words` or other forms of them."""
    query = _Unforeseen(reduce(and_, map(_query_for, words)))
    queries = []
    for relation, paths in _by_row(fields).items():
        texts: Any = model._meta.get_field(relation).related_model if relation else model
        names = [path.rpartition("__")[2] for path in paths]
        keys = texts._base_manager.filter(_Matches(_WordFormVector(*names), query)).order_by().values("pk")
        is_one = Q(_IsAnyOf(F(f"{relation}__pk"), ArraySubquery(keys)))
        queries.append(model._base_manager.filter(is_one).order_by().values("pk") if relation else keys)
    first, *others = queries
    return first.union(*others, all=True).order_by() if others else first


def _by_row(fields: Sequence[str]) -> dict[str, list[str]]:
    """Return the fields by the relation that leads to their row; "" for the rows' own."""
    by_row: dict[str, list[str]] = {}
    for field in fields:
        by_row.setdefault(field.rpartition("__")[0], []).append(field)
    return by_row


def _query_for(word: str) -> SearchQueryCombinable:
    """Return what PostgreSQL looks for: a word that begins with this one or has its stem."""
    typed = SearchQuery(f"{word}:*", config="simple", search_type="raw")
    return typed | SearchQuery(word, config="english")
