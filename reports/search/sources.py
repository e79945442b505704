"""How the search looks through a kind of row: the rows a user may see, their texts, and the page to open.

`reports.search.groups` lists the kinds.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, Q, QuerySet
from django.urls import reverse

from tiptracker.accounts.models import User
from tiptracker.choices import EMBASSY_ROLES, Role
from tiptracker.web.search import filter_by_words


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
    find_by_name: Callable[[QuerySet[Any], str], Sequence[int]] = lambda rows, query: ()

    def is_for(self, user: User) -> bool:
        return user.role in self.roles and bool(self.fields_for(user))

    def fields_for(self, user: User) -> tuple[str, ...]:
        """Return the fields that this user's search looks through."""
        return self.ministry_fields if user.is_ministry else self.fields

    def find(self, user: User, query: str) -> QuerySet[Any]:
        """Return the keys of the rows that the user may see and that have each word of the query."""
        rows = self.rows(user)
        found = filter_by_words(rows, query, *self.fields_for(user), are_few=user.is_ministry).values("pk")
        if named := self.find_by_name(rows, query):
            return rows.filter(Q(pk__in=found.order_by()) | Q(pk__in=named)).values("pk")
        return found

    def fetch(self, user: User, keys: Sequence[int]) -> QuerySet[Any]:
        """Return the rows of these keys that the user may see, with all that `title`, `url` and `mark` need."""
        return self.completed(self.rows(user).filter(pk__in=keys), user)

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
    by_number = dict(enumerate(sources))
    statements: list[str] = []
    parameters: list[Any] = []
    for number, source in by_number.items():
        with suppress(EmptyResultSet):
            statement, values = source.find(user, query)[:most].query.sql_with_params()
            statements.append(f"SELECT {number}, pk FROM ({statement}) AS source_{number}")  # noqa: S608 -- compiled
            parameters += values
    keys: dict[Source, list[int]] = {}
    if not statements:
        return keys
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(statements), parameters)
        for number, key in cursor:
            keys.setdefault(by_number[number], []).append(key)
    return keys


def related(*names: str) -> Callable[[QuerySet[Any], User], QuerySet[Any]]:
    """Return a function that adds related rows, as `Source.completed`."""
    return lambda rows, user: rows.select_related(*names)


def opens(view: str, target: Callable[[Any], int | None] = lambda row: row.pk) -> Callable[[Any, User], str]:
    """Return a function that gives the page `view` of a row."""

    def url(row: Any, user: User) -> str:
        key = target(row)
        return reverse(view, args=[key]) if key else ""

    return url
