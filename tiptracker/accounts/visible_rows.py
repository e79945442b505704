"""Read rows as a person may see them, by queries that are built once for each role."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from tiptracker.accounts.models import AnyUser, User
from tiptracker.choices import Role
from tiptracker.infrastructure.prepared_query import ParameterType
from tiptracker.infrastructure.prepared_rows import PreparedRows


class VisibleRows[Row]:
    """Rows as a person may see them, equal to those that the ORM returns.

    Args:
        build: returns the query, for a person and values of the parameters. It reads through `visible_to`, and nothing
            of the person but the role and the keys of the person and of the ministry.
        parameters: as of `PreparedRows`.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]], **parameters: ParameterType) -> None:
        self._build, self._parameters = build, parameters
        self._by_role: dict[Role, PreparedRows[Row]] = {}

    def find(self, user: AnyUser, **values: Any) -> list[Row]:
        """Return the rows that a person may see. Nobody else than active people sees any."""
        if not isinstance(user, User) or not user.is_active:
            return []
        role = Role(user.role)
        if role not in self._by_role:
            self._by_role[role] = self._prepare(role)
        return self._by_role[role].rows(reader=user.pk, ministry=user.ministry_id, **values)

    def _prepare(self, role: Role) -> PreparedRows[Row]:
        def build(reader: int, ministry: int | None, **values: Any) -> QuerySet[Any, Row]:
            return self._build(stand_in_reader(role, reader, ministry), **values)

        return PreparedRows(build, optional=("reader", "ministry"), reader=int, ministry=int, **self._parameters)


def stand_in_reader(role: Role, key: int, ministry: int | None) -> User:
    """Return a person of a role, for whom a query is built. Only a focal point has a ministry."""
    reader = User(pk=key, role=role)
    reader.ministry_id = ministry if reader.is_ministry else None
    return reader
