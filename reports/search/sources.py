"""How the search looks through a kind of row: the rows a user may see, their texts, and the page to open.

`reports.search.groups` lists the kinds.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import Model, Q, QuerySet
from django.urls import reverse

from tiptracker.accounts.models import User
from tiptracker.accounts.visible_rows import VisibleRows, stand_in_reader
from tiptracker.choices import EMBASSY_ROLES, Role
from tiptracker.infrastructure.prepared_query import PreparedStatement, find_parameters, make_stand_ins
from tiptracker.infrastructure.prepared_rows import is_one_of
from tiptracker.web.search import filter_by_words
from tiptracker.web.word_forms import split_words


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of row that the search looks through.

    Attributes:
        rows: the rows a user may see, newest first.
        fields: the texts looked through. PostgreSQL has an index over them (`IndexWordForms` in the migrations).
        title: what a result is called.
        url: the page it opens, or "" if the user has none.
        ministry_fields: the fields for a ministry. Empty: the ministry's search leaves this source out.
        roles: whose search looks through it.
        completed: adds to found rows what `title`, `url` and `mark` read besides them.
        mark: says that a row no longer stands, and why. "" for a row that does.
        find_by_name: finds the keys of rows by what pages call them, where no column has that name.
    """

    rows: Callable[[User], QuerySet[Any]]
    fields: tuple[str, ...]
    title: Callable[[Any], str]
    url: Callable[[Any, User], str]
    ministry_fields: tuple[str, ...] = ()
    roles: frozenset[Role] = EMBASSY_ROLES
    completed: Callable[[QuerySet[Any], User], QuerySet[Any]] = lambda rows, user: rows
    mark: Callable[[Any], str] = lambda row: ""
    find_by_name: Callable[[QuerySet[Any], str], Sequence[int]] | None = None

    def is_for(self, user: User) -> bool:
        return user.role in self.roles and bool(self.fields_for(user))

    def fields_for(self, user: User) -> tuple[str, ...]:
        """Return the fields that this user's search looks through."""
        return self.ministry_fields if user.is_ministry else self.fields

    def list_named(self, user: User, query: str) -> list[int]:
        """Return the keys of the rows that the user may see and that `find_by_name` finds."""
        return list(self.find_by_name(self.rows(user), query)) if self.find_by_name else []

    def find(self, user: User, query: str, named: Any = None) -> QuerySet[Any]:
        """Return the keys of the rows that the user may see and that have each word of the query, or are `named`."""
        rows = self.rows(user)
        found = filter_by_words(rows, query, *self.fields_for(user), are_few=user.is_ministry).values("pk")
        if named is None:
            return found
        return rows.filter(Q(pk__in=found.order_by()) | Q(is_one_of("pk", named))).values("pk")

    def fetch(self, user: User, keys: Sequence[int]) -> list[Any]:
        """Return the rows of these keys that the user may see, with all that `title`, `url` and `mark` need."""
        return _rows_of(self).find(user, keys=list(keys))

    def text_of(self, row: Model, user: User) -> str:
        """Return the texts in which the query was found, as one."""
        return " · ".join(value for name in self.fields_for(user) if (value := _read(row, name)))


def _read(row: Any, name: str) -> str:
    """Return a text of a row, or of a related row: "ministry__name"."""
    for part in name.split("__"):
        row = getattr(row, part)
    return str(row)


@dataclass(frozen=True, slots=True)
class Group:
    """The sources whose results are shown under one heading. `key` chooses it in the URL."""

    key: str
    label: str
    sources: Sequence[Source]


def find_keys(sources: Iterable[Source], user: User, query: str, most: int) -> dict[Source, list[int]]:
    """Return the keys of the first `most` rows of each source that has any, in one query.

    Only keys, because columns of rows that nobody gets to see are most of what such a query costs.
    """
    all_sources, words = tuple(sources), split_words(query)
    named = {number: found for number, source in enumerate(all_sources) if (found := source.list_named(user, query))}
    statement = _prepare_search(all_sources, Role(user.role), len(words), tuple(named), most)
    keys: dict[Source, list[int]] = {}
    if not statement.sql or not user.is_active:  # it was built for somebody active
        return keys
    values: dict[str, Any] = {"reader": user.pk, "ministry": user.ministry_id}
    values |= {_name_word(number): word for number, word in enumerate(words)}
    values |= {_name_keys(number): rows for number, rows in named.items()}
    for number, key in zip(*statement.columns(values), strict=True):
        keys.setdefault(all_sources[number], []).append(key)
    return keys


@lru_cache(maxsize=100)
def _prepare_search(
    sources: Sequence[Source], role: Role, words: int, named: Collection[int], most: int
) -> PreparedStatement:
    """Return the query for the first rows of each source that have so many words, built for a role. It may be empty.

    Args:
        named: the numbers of the sources of which rows are found by their names too.
    """
    parameters: dict[str, Any] = {"reader": int, "ministry": int}
    parameters |= dict.fromkeys(map(_name_word, range(words)), str) | dict.fromkeys(map(_name_keys, named), list)
    stand_ins = make_stand_ins(parameters)
    reader = stand_in_reader(role, stand_ins["reader"], stand_ins["ministry"])
    query = " ".join(stand_ins[_name_word(number)] for number in range(words))
    statements: list[str] = []
    constants: list[Any] = []
    for number, source in enumerate(sources):
        with suppress(EmptyResultSet):
            found = source.find(reader, query, stand_ins.get(_name_keys(number)))[:most]
            statement, parts = found.query.sql_with_params()
            statements.append(f"SELECT {number}, pk FROM ({statement}) AS source_{number}")  # noqa: S608 -- compiled
            constants += parts
    return PreparedStatement(" UNION ALL ".join(statements), find_parameters(constants, stand_ins), ())


def _name_word(number: int) -> str:
    return f"word {number}"


def _name_keys(number: int) -> str:
    return f"named of {number}"


@cache
def _rows_of(source: Source) -> VisibleRows[Any]:
    """Return the query for rows of a source by their keys, as a reader may see them."""

    def build(reader: User, keys: Any) -> QuerySet[Any]:
        return source.completed(source.rows(reader).filter(is_one_of("pk", keys)), reader)

    return VisibleRows(build, keys=list)


def related(*names: str) -> Callable[[QuerySet[Any], User], QuerySet[Any]]:
    """Return a function that adds related rows, as `Source.completed`."""
    return lambda rows, user: rows.select_related(*names)


def opens(view: str, target: Callable[[Any], int | None] = lambda row: row.pk) -> Callable[[Any, User], str]:
    """Return a function that gives the page `view` of a row."""

    def url(row: Any, user: User) -> str:
        key = target(row)
        return reverse(view, args=[key]) if key else ""

    return url
